"""Golden records: what the verbs and chapters say is, to the byte, what they said when the records were written.

``python -m tests.golden`` writes them anew; a commit that changes one says which and why the new one is better.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from karier_stats.intake.processed import Processed
from tests.golden import districts, records
from tests.golden.calls import CALLS


@pytest.fixture(scope="module")
def evaluations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Processed]]:
    """Evaluations by name, each made when it is first asked for."""
    before = {name: os.environ.get(name) for name in ("KARIER_HOME", "KARIER_KEYS")}
    yield {}
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def same(path: Path, record: object) -> None:
    """The record is the file's, fact by fact."""
    wanted, found = path.read_text(encoding="utf-8").splitlines(), records.text(record).splitlines()
    first = next((k for k, pair in enumerate(zip(wanted, found, strict=False)) if pair[0] != pair[1]), None)
    if first is None and len(wanted) != len(found):
        first = min(len(wanted), len(found))
    assert first is None, f"{path.name}, line {first + 1}:\n- {wanted[first:first + 1]}\n+ {found[first:first + 1]}"


@pytest.mark.parametrize("verb", records.verbs())
def test_verbs(verb):
    same(records.HERE / "verbs" / f"{verb}.json", records.verb_record(verb))


def test_about_eighty_calls_are_on_record():
    assert len(CALLS) >= 80


@pytest.mark.parametrize("chapter", records.CHAPTERS)
@pytest.mark.parametrize("name", districts.NAMES if os.environ.get("KARIER_LONG") else [])
def test_chapters(name, chapter, evaluations, tmp_path_factory, request):
    shared = request.getfixturevalue("shared_data") if name == districts.REAL else Path()
    if name not in evaluations:
        evaluations[name] = districts.evaluation(name, tmp_path_factory.mktemp(name), shared)
    same(records.HERE / name / f"{chapter}.json", records.chapter_record(evaluations[name], chapter))
