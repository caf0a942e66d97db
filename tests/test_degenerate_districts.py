"""Every chapter on tiny and degenerate districts, and on every kind of unit and year of the sample: no absurd sentence."""

from __future__ import annotations

import math
import os
import random
import re
from collections.abc import Iterator

import pandas as pd
import pytest

from karier_stats.answers.record import Answer, Finding, Picture
from karier_stats.draw.alt_text import describe
from karier_stats.report.disclosure import protect
from karier_stats.report.engine import CHAPTERS
from karier_stats.report.tables import to_text
from karier_stats.report.wording import faults
from karier_stats.words.numbers import LANGUAGES, both
from tests.degenerate import DISTRICTS, of_district
from tests.every_answer import of_chapter, questions, sample

NUMBER = r"−?(?:Rp)?\d[\d.,]*"
_THINGS = (
    "units|people|batches|courses|rows|answers|participants|officers|respondents|topics|hours|applications|plans|items|"
    "pairs|years|graduates|files|staff members|persons|lines|partners|forms|comments|recommendations|groups|places|seats"
)
ABSURD = {
    "a zero denominator": {"id": r"\bdari 0\b(?![.,]\d|%)", "en": r"\bof 0\b(?![.,]\d|%)"},
    "an interval over everything": {"id": r"\b0,0+ s\.d\. 100,0", "en": r"\b0\.0+ to 100\.0"},
    "no number": dict.fromkeys(LANGUAGES, r"\b(?:nan|NaN|inf|NaT|None(?! of| [a-z]))\b|<NA>|∞|p = –"),
    "one of many": {"id": r"(?!)", "en": rf"(?<![\d.,–-])\b1 (?:{_THINGS})\b"},
    "a double blank": dict.fromkeys(LANGUAGES, r"\S  +\S"),
    "an empty name": dict.fromkeys(LANGUAGES, r"\(\s*\)|“\s*”|\s[,.;:](?:\s|$)|[:(]\s*[.;)]|,\s*,|: *$"),
}
SIZES = {"ribu": 1e3, "thousand": 1e3, "juta": 1e6, "million": 1e6, "miliar": 1e9, "billion": 1e9}
SIZED = rf"{NUMBER}(?: (?:{'|'.join(SIZES)}))?"
_SPAN = {"id": rf"({SIZED})(?: \w+)? s\.d\. ({SIZED})", "en": rf"(?:interval|:) ({SIZED})(?: \w+)? to ({SIZED})"}
_ENDS = {
    "id": (r"\b[Tt]ertinggi\b", r"\bterendah\b"), "en": (r"\b[Hh]ighest\b", r"\b[Ll]owest\b"),
}


def value(text: str, lang: str) -> float:
    """A number as written, in thousands or millions where it says so, without its unit."""
    text, _, size = text.partition(" ")
    plain = text.replace("Rp", "").rstrip(".,")
    plain = plain.replace("−", "-")
    bare = float(plain.replace(".", "").replace(",", ".") if lang == "id" else plain.replace(",", ""))
    return bare * SIZES.get(size, 1.0)


def absurd(text: str, lang: str) -> Iterator[str]:
    """What is absurd in one text."""
    for what, pattern in ABSURD.items():
        if re.search(pattern[lang], text):
            yield what
    for low, high in re.findall(_SPAN[lang], text):
        if value(low, lang) > value(high, lang):
            yield f"reversed bounds {low} {high}"
    top, bottom = (re.search(rf"{word}[^;]*?\(({NUMBER}) per", text) for word in _ENDS[lang])
    if top and bottom and top[1] == bottom[1]:
        yield f"highest is lowest: {top[1]}"


def outside(one: Finding) -> bool:
    """Whether an estimate lies outside its own interval."""
    if one.estimate is None or one.ci_low is None or one.ci_high is None:
        return False
    slack = 1e-9 * max(1.0, abs(one.estimate))
    return not one.ci_low - slack <= one.estimate <= one.ci_high + slack


def tied(picture: Picture | None) -> bool:
    """Whether all rows of a picture that compares groups have one value, or there is one row only."""
    if picture is None or picture.kind not in ("bars", "intervals"):
        return False
    values = picture.data["estimate" if picture.kind == "intervals" else "value"].astype("Float64").dropna()
    return len(values) > 0 and values.nunique() == 1


def words_of(answer: Answer, lang: str) -> Iterator[tuple[str, str]]:
    """Every text of an answer that a reader sees, with the place where it stands."""
    for one in answer.findings:
        yield one.id, one.sentence[lang]
        if one.recommendation:
            for part in ("action", "owner", "due", "indicator"):
                yield f"{one.id} {part}", getattr(one.recommendation, part)[lang]
        if one.brief:
            yield f"{one.id} message", one.brief.message[lang]
            yield f"{one.id} plain", one.brief.plain[lang]
    for note in answer.notes:
        yield f"{answer.id} note", note[lang]
    if answer.picture is not None:
        yield f"{answer.id} alt", describe(answer.picture, lang)
    if answer.table is not None:
        yield f"{answer.id} caption", answer.table.caption[lang]
        for cells in to_text(answer.table, lang)[1:]:
            yield from ((f"{answer.id} cell", cell) for cell in cells if "  " in cell or
                        re.search(ABSURD["no number"][lang], cell))


def complaints(answer: Answer) -> list[str]:
    """Everything that is absurd in one answer."""
    found = [f"{one.id}: {fault}" for one in answer.findings for fault in faults(one)]
    found += [f"{one.id}: {one.estimate} outside {one.ci_low} to {one.ci_high}" for one in answer.findings if outside(one)]
    found += [f"{one.id}: ranks a tie: {one.sentence['id']}" for one in answer.findings[:1] if tied(answer.picture)
              and re.search(r"\b(?:tertinggi|terendah)\b", one.sentence["id"])]
    for lang in LANGUAGES:
        found += [f"{place}: {what}: {text}" for place, text in words_of(answer, lang) for what in absurd(text, lang)]
    return found


# -- the checks themselves -----------------------------------------------------


@pytest.mark.parametrize(("text", "lang", "what"), [
    ("Belum ada dari 0 pelatihan yang perlu direvisi.", "id", "a zero denominator"),
    ("None of 0 courses.", "en", "a zero denominator"),
    ("Sebanyak 46,2 persen (selang 95 persen: 0,0 s.d. 100,0).", "id", "an interval over everything"),
    ("Rata-rata nan JP.", "id", "no number"),
    ("Data of 1 units.", "en", "one of many"),
    ("Tertinggi di A (40,0 persen), terendah di B (40,0 persen).", "id", "highest is lowest: 40,0"),
    ("Selisih 3,0 (selang: 5,1 s.d. 2,0).", "id", "reversed bounds 5,1 2,0"),
    ("Pelatihan  itu.", "id", "a double blank"),
    ("Menurut aturan, yaitu ; selesai.", "id", "an empty name"),
])
def test_each_absurdity_is_seen(text, lang, what):
    assert what in list(absurd(text, lang))


@pytest.mark.parametrize(("text", "lang"), [
    ("Dari 0,5 persen sampai 10 dari 100 orang.", "id"), ("Of 21 units 11 units rose.", "en"),
    ("Highest in A (40.0 percent), lowest in B (30.0 percent); a difference of 10.0 (interval: −2.0 to 22.0).", "en"),
    ("Selisih −3,0 poin (selang kepercayaan 95 persen: −5,1 s.d. −2,0).", "id"),
])
def test_plain_sentences_pass(text, lang):
    assert list(absurd(text, lang)) == []


def test_a_tie_and_an_estimate_outside_its_interval_are_seen():
    data = pd.DataFrame({"label_id": ["a", "b"], "label_en": ["a", "b"], "value": [1.0, 1.0], "n": [30, 30]})
    words = both("x", "x")
    assert tied(Picture("bars", data, words, words, words, 60))
    assert not tied(Picture("bars", data.assign(value=[1.0, 2.0]), words, words, words, 60))
    one = Finding("a.b", "a", words, 0.5, "share", 0.6, 0.9, 10, "descriptive", "kuat", (), words)
    assert outside(one)


# -- degenerate districts --------------------------------------------------------


LONG = bool(os.environ.get("KARIER_LONG"))
WHOLE = CHAPTERS[:-1]
"""Every chapter but the synthesis, which copies the others."""
READ_BY = {
    "small office": WHOLE, "one unit": ("data_quality", "participation"), "one year": ("delivery", "participation"),
    "one course": ("delivery", "needs"), "one person": ("data_quality", "needs", "delivery"),
    "one person who took no part": WHOLE, "no participation": WHOLE, "everybody took part": ("participation",),
    "nobody attended": ("delivery", "participation"), "everybody passed": ("delivery",),
    "everybody failed": ("delivery", "participation"), "no budget": ("delivery", "challenges"),
    "budget of nothing": ("delivery", "needs", "challenges"), "one budget line": ("delivery", "challenges"),
    "one sex": ("needs", "participation"), "contract staff only": ("participation",), "everybody on study": ("participation",),
    "tied needs": ("needs", "challenges"), "one wish": ("needs", "challenges"), "everybody at the standard": ("needs",),
    "one assessed": ("needs",), "all batches cancelled": ("delivery", "challenges"), "equal hours": ("delivery", "participation"),
    "required tables only": WHOLE, "two units": ("data_quality", "outcomes", "feedback"),
    "one kelurahan": ("outcomes", "leadership"), "equal scores": ("outcomes",), "scores at the ceiling": ("outcomes",),
    "no tests": ("data_quality", "outcomes"), "one person tested": ("outcomes",), "no comparison people": ("outcomes",),
    "answers all alike": ("feedback", "leadership"), "one respondent": ("needs", "feedback", "challenges"),
    "no surveys": ("data_quality", "feedback", "leadership"), "leaders alike": ("leadership",),
    "everybody of two units took part": ("delivery", "participation"),
}
"""The chapters that read what is spoilt in a district, by which the short form asks it; ``KARIER_LONG=1`` asks all of all."""


def cases() -> list[object]:
    """Every district with the chapters that its tables change, in the long form with every chapter."""
    return [pytest.param(name, chapter, id=f"{name}-{chapter}")
            for name in DISTRICTS for chapter in (WHOLE if LONG else READ_BY[name])]


def test_there_are_thirty_districts():
    assert len(DISTRICTS) >= 30
    assert set(READ_BY) == set(DISTRICTS)
    asked = [chapter for chapters in READ_BY.values() for chapter in chapters]
    assert min(asked.count(chapter) for chapter in WHOLE) >= 7  # the short form keeps every chapter before many a district


@pytest.mark.parametrize(("name", "chapter"), cases())
def test_no_absurd_sentence(name, chapter):
    found = [line for answer in of_district(name, chapter) for line in complaints(protect(answer, "internal"))]
    assert found == []


# -- every unit, population, year and audience of the sample -----------------------


def choices() -> list[tuple[str, int, str, tuple[str, ...]]]:
    """Every unit, year and audience with every chapter in the long form.

    Else three populations and three units, each with another year and audience, and a third of the chapters: every chapter
    meets a population for one audience and a unit for the other.
    """
    units = ["semua", "lingkup-a", "lingkup-b", "lingkup-c", *sorted(sample()["unit"]["unit_id"])]
    if LONG:
        whom = ("internal", "public")
        return [(unit, year, audience, WHOLE) for unit in units for year in (2023, 2024, 2025) for audience in whom]
    draw = random.Random(530)
    kinds = [draw.choice([unit for unit in units[4:] if unit.startswith(start)]) for start in ("TR-", "OPD-")]
    turns = [("public", 2025), ("internal", 2025), ("public", 2023), ("internal", 2023), ("public", 2024), ("internal", 2024)]
    drawn = [*units[1:4], *kinds, "14.71.10.1002"]  # all units at once stand in other tests
    thirds = [WHOLE[place::3] for place in range(3)]
    return [(unit, year, audience, thirds[place % 3]) for place, (unit, (audience, year)) in
            enumerate(zip(drawn, turns, strict=True))]


SILENT = {"participation.equity", "needs.by_group"}
"""Questions on groups that show a table only where each group is too small to be compared."""


@pytest.mark.parametrize(("unit", "year", "audience", "chapters"), choices())
def test_every_chapter_runs_for_every_choice(unit, year, audience, chapters):
    answers = [answer for chapter in chapters for answer in of_chapter(chapter, unit, year, audience)]
    assert len(answers) == len(list(questions(chapters)))
    assert {answer.id for answer in answers if not answer.findings} <= SILENT
    assert [a.id for a in answers if len(protect(a, audience).findings) != len(a.findings)] == []
    found = [one for answer in answers for one in answer.findings]
    assert [one.id for one in found if not (one.sentence["id"] and one.sentence["en"])] == []
    numbers = [value for one in found for value in (one.estimate, one.ci_low, one.ci_high) if value is not None]
    assert all(map(math.isfinite, numbers))
    assert [(one.id, faults(one)) for one in found if faults(one)] == []
    assert [one.id for one in found if outside(one)] == []
    shown = [text for answer in answers for lang in LANGUAGES for _, text in words_of(protect(answer, audience), lang)
             if re.search(ABSURD["no number"][lang], text) or re.search(r"\b0 dari 0\b|\b0 of 0\b", text)]
    assert shown == []
