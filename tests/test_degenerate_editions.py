"""Every edition of a degenerate district: whole, in both languages alike, without an absurd sentence."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from karier_stats.intake.processed import Processed
from karier_stats.report import contents, editions, gate, render
from karier_stats.report.engine import CHAPTERS
from karier_stats.words import catalogue
from karier_stats.words.numbers import LANGUAGES, both
from tests import small_office, whole_report
from tests.degenerate import DISTRICTS, district, edit, only
from tests.every_answer import of_chapter, sample
from tests.test_degenerate_districts import absurd
from tests.test_parity import figures
from tests.tiny_report import undrawn

LONG = bool(os.environ.get("KARIER_LONG"))
KELURAHAN = "14.71.10.1002"
"""A unit of twelve people."""
Tables = dict[str, pd.DataFrame]


def forty_people() -> Tables:
    """Forty people of one kecamatan, all that is known of them, and the courses and money of the whole district."""
    found = district("14.71.10")
    staff = set(found["employee"]["employee_uid"].drop_duplicates().head(40))
    return {name: frame[frame["employee_uid"].isin(staff)].reset_index(drop=True) if "employee_uid" in frame else frame
            for name, frame in found.items()}


def almost_nothing() -> Tables:
    """One unit, one year, one course, no tests and no budget, all at once."""
    return edit(
        small_office.tables(), unit=lambda rows: rows.head(1),
        employee=lambda rows: rows[rows["year"] == 2025].assign(unit_id="U1"),
        program=lambda rows: rows.head(1), batch=only("batch_id", "B1"), participation=only("batch_id", "B1"), budget=None,
    )


CASES: dict[str, tuple[Callable[[], Tables], dict[str, str]]] = {
    "forty people": (forty_people, {}), "almost nothing": (almost_nothing, {}),
    "a kelurahan for the public": (sample, {"unit": KELURAHAN, "audience": "public"}),
    **({name: (DISTRICTS[name], {}) for name in ("one unit", "one year", "one course", "no tests", "no budget", "one kelurahan")}
       | {"a kelurahan": (sample, {"unit": KELURAHAN})} if LONG else {}),
}


@pytest.fixture(scope="module", params=list(CASES))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """All editions by language; the short form leaves pictures to the tests that draw them."""
    make, more = CASES[request.param]
    title = both("Program pengembangan karier", "Career development programme")
    ev = Processed.from_tables(make(), period=2025, title=title, **more)
    with pytest.MonkeyPatch.context() as patch:
        for module in () if LONG else (contents, render):
            patch.setattr(module, "vectors", undrawn)
        shared = partial(of_chapter, **more) if make is sample else None
        answers = whole_report.found(ev, tmp_path_factory.mktemp("findings"), shared)
        return {lang: whole_report.whole(ev, answers, lang) for lang in LANGUAGES}


def lines(text: str) -> Iterator[str]:
    """What a reader reads, a block a line, without the numbers of findings, tables and actions; not what only leads to a list."""
    text = re.sub(r"<(style|svg|title)\b.*?</\1>|<details class=\"k-code\".*?</details>", " ", text, flags=re.DOTALL)
    text = re.sub(r"</(?:p|h\d|li|tr|td|th|div|span|figcaption|dt|dd|caption|summary)>", "\n", text)
    for line in html.unescape(re.sub(r"<[^>]*>", "", text)).splitlines():
        told = re.sub(r"\b[FTGRJ]-[\w.-]*\d\w*", "…", " ".join(line.split()))
        if told and not told.endswith(":"):
            yield told


def test_every_edition_is_whole(made: dict[str, dict[str, str]], tmp_path: Path) -> None:
    for lang, files in made.items():
        assert {editions.ONE, editions.MAIN, editions.ANNEXES, editions.MESSAGE, editions.SCHEMA} <= set(files)
        assert any(name.startswith(editions.TABLES) for name in files)
        assert len(files[editions.MESSAGE]) <= editions.MOST_LETTERS
        assert set(re.findall(r'id="bab-(\w+)"', files[editions.MAIN])) == {*CHAPTERS[1:-1], "pendahuluan", "simpulan"}
        (tmp_path / lang / editions.TABLES).mkdir(parents=True)
        for name, text in files.items():
            (tmp_path / lang / name).write_text(text, encoding="utf-8")
        assert gate.inspect(tmp_path / lang) == []


def test_no_sentence_is_absurd(made: dict[str, dict[str, str]]) -> None:
    wrong = [(lang, name, what, line) for lang, files in made.items() for name, text in files.items()
             if name.endswith((".html", ".txt")) for line in lines(text)
             for what in absurd(line.replace("0–10", "…"), lang)]  # the scale of an index
    assert wrong == []


def test_the_main_report_has_no_code_in_it(made: dict[str, dict[str, str]]) -> None:
    for files in made.values():
        told = "\n".join(line for name in (editions.ONE, editions.MAIN, editions.MESSAGE) for line in lines(files[name]))
        assert re.findall(r"`|\b[a-z]+_[a-z]+\b", told.replace("karier_stats", "")) == []


def test_both_languages_have_the_same_numbers(made: dict[str, dict[str, str]]) -> None:
    wholes = "|".join(text[lang] for text in catalogue.node("editions.affected").values() for lang in LANGUAGES)
    reach = rf"\d+ (?:persen|percent of) (?:{wholes});"  # of an action; the annexes say how its rank came about
    told = {(name, lang): figures(re.sub(reach, "", "\n".join(lines(made[lang][name]))), lang)
            for name in (editions.ONE, editions.MAIN, editions.MESSAGE) for lang in LANGUAGES}
    assert told[editions.MAIN, "id"] == told[editions.MAIN, "en"]
    assert told[editions.MESSAGE, "id"] == told[editions.MESSAGE, "en"]
    for lang in LANGUAGES:  # a page of longer words leaves out more of them
        assert set(told[editions.ONE, lang]) <= set(told[editions.MAIN, lang])
