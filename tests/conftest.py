"""What several test files share.

A run of all tests has ten minutes on two cores, and answers of chapters take most of it. Before a test makes something
dear, it asks whether the run has made it already:

- ``tests/once.py``: what is alike for every test is made once in a run, by the worker that asks first. ``once.folder``
  keeps files (``once.raw()``, ``once.prepared()``), ``once.kept`` the value of a function for each of its arguments.
- ``tests/every_answer.py``: ``of_question("outcomes.change")``, ``of_chapter``, ``of_sample``: the sample's answers, by
  unit, year and audience. Of units and years take one that another test asks too.
- ``tests/degenerate.py``: ``of_district(name, chapter)``: the answers of a spoilt district.
- A test that changes the tables makes one ``Evaluation`` of them and asks it every question: its views are made once.

Whoever changes a thing that is shared changes a copy. What a short form leaves out stands under ``KARIER_LONG``
(``make long``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

import karier_stats.report  # noqa: F401  (before nbformat: see there)
from tests import once

TOGETHER = {
    "test_hidden_cells.py::": "public sample", "test_wording.py::test_every_finding_of_the_sample": "public sample",
    "test_planted_truth.py::": "sample", "test_row_order.py::": "sample",
    "test_degenerate_districts.py::test_every_chapter_runs_for_every_choice": "choices",
}
"""How ids of tests begin that form a group other than their file: they ask the sample the same questions, once."""

LONGEST = (
    "test_engine", "test_batch", "test_nbval", "test_office", "test_calibration", "test_degenerate_districts",
    "public sample", "sample", "choices", "test_brief", "test_made_up_districts", "test_figures", "test_browser",
    "test_degenerate_offices", "test_degenerate_editions", "test_attacker", "test_result_contract_regress",
    "test_disclosure", "test_mutations", "test_catalogue", "test_big", "test_chapter_notes", "test_sample",
    "test_editions", "test_names", "test_faults", "test_label_gaps", "test_specification", "test_sources", "test_regress",
    "test_project", "test_further", "test_start", "test_walks", "test_agencies",
)
"""Groups of tests that take longest, first: the workers begin with them, so that none is left alone with one at the end."""

HERE = Path(__file__).parent
SHARED_DATA = HERE.parents[1] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; a clone without it skips, and says so."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real data (../shared/data) are not beside this clone")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def the_schema_judges_the_same_values_once() -> Iterator[None]:
    """Half of the time of a small ``prepare`` is pandera's, and most tests give it the tables of the same office.

    A worker asks it once about the same values of the same table; well-formed pseudonyms, which each key makes anew, are
    all alike to it.
    """
    from karier_stats.intake import stored

    real, known = stored._faults, {}

    def faults(values: dict[str, list[Any]], name: str) -> Counter[str]:
        asked = name, re.sub(r"'p[0-9a-f]{20}'", "P", repr(values))
        if asked not in known:
            known[asked] = real(values, name)
        return Counter(known[asked])

    with patch.object(stored, "_faults", faults):
        yield


def group_of(nodeid: str) -> str:
    """What a test goes to a worker with: its file, or what shares the dear answers of the sample."""
    file = nodeid.partition("::")[0]
    return next((name for start, name in TOGETHER.items() if f"/{start}" in nodeid), Path(file).stem)


def pytest_configure(config: pytest.Config) -> None:
    """A run begins; its workers are part of it, and fork their processes from one server, which takes seconds to import.

    pytest rewrites every assertion of a new clone, which takes a worker as long as all imports. Each begins with another
    part of the files, and finds the others' parts written.
    """
    if not hasattr(config, "workerinput"):
        once.begin()
        if (config.getoption("numprocesses", None) or 0) > 1:
            once.serve()
        return
    asked = [Path(one.partition("::")[0]).resolve() for one in config.args]
    files = sorted(path.stem for path in HERE.glob("test_*.py") if any(one in (path, *path.parents) for one in asked))
    first = len(files) * int(config.workerinput["workerid"].removeprefix("gw")) // config.workerinput["workercount"]
    for name in (*files[first:], *files[:first]):
        with suppress(Exception, pytest.skip.Exception):  # said when the file is collected
            import_module(name)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest groups first, where several workers share the tests."""
    if hasattr(config, "workerinput"):
        places = {name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(group_of(item.nodeid), len(places)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Groups of our own; xdist's marks of groups do nothing under pytest 9.2, whose ids of tests are no plain attribute."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return Together(config, log) if config.getvalue("dist") == "loadgroup" else None
