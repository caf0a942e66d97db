"""What a table hides, no picture, sentence, note or alternative text prints: by hand, and over the sample's reports."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from karier_stats.answers.record import Answer, Brief, Field, Finding, Picture, Recommendation, Table, restored
from karier_stats.domain.disclosure import declared, policy_for
from karier_stats.draw.alt_text import describe
from karier_stats.report.cells import written
from karier_stats.report.disclosure import protect
from karier_stats.words.numbers import LANGUAGES, SHARES, both
from tests.every_answer import of_chapter, of_sample

WORDS = both("x", "x")
UNITS = ("semua", "lingkup-a", "14.71.10.1002", *(("14.71.10.1010",) if os.environ.get("KARIER_LONG") else ()))
"""Everybody, a population and a kelurahan; the long form has a second kelurahan."""
PART = {} if os.environ.get("KARIER_LONG") else {"lingkup-a": ("data_quality", "participation", "leadership")}
"""The chapters of a population that the short form reads, those that test_degenerate_districts.py asks for the public."""


def finding(id: str, en: str, estimate: float | None = 0.4, **more) -> Finding:
    base = {
        "id": "a.b", "chapter": "a", "question": WORDS, "estimate": estimate, "unit_of_measure": "share",
        "ci_low": 0.1, "ci_high": 0.8, "n": 90, "design": "descriptive", "evidence": "sedang",
        "source_tables": ("need",), "sentence": both(id, en),
    }
    return Finding(**{**base, **more})


def table(rows: list[tuple[str, ...]], counts: list[int], names: tuple[str, ...] = ("kind", "state")) -> Table:
    data = pd.DataFrame(rows, columns=list(names)).assign(n=counts, estimate=[n / 100 for n in counts])
    fields = (*(Field(name, WORDS) for name in names), Field("n", WORDS, "integer"), Field("estimate", WORDS, "percent"))
    return Table(data, fields, WORDS, count="n")


def stacked(cells: dict[tuple[str, str], int]) -> Picture:
    data = pd.DataFrame([
        {"label_id": bar, "label_en": bar, "part_id": part, "part_en": part, "value": n, "n": n}
        for (bar, part), n in cells.items()
    ])
    return Picture("stacked", data, WORDS, WORDS, WORDS, int(data["n"].sum()), "integer", 0)


def test_a_brief_that_tells_a_hidden_cell_says_so_in_plain_words_without_its_number():
    rows = table([("a", "jalan"), ("b", "jalan"), ("c", "jalan")], [3, 20, 40])
    plain = both("Di a ada 3 orang. Lainnya ada.", "In a are 3 people. There are others.")
    brief = Brief(both("Sebanyak 3 orang di a", "3 people in a"), plain)
    one = protect(Answer("a", "a", (finding("Kalimat.", "A sentence.", brief=brief),), table=rows), "internal").findings[0]
    assert one.brief.message["id"] == "Angkanya menyangkut kelompok kecil, sehingga tidak ditampilkan"
    assert one.brief.plain == both("Lainnya ada.", "There are others.")
    assert one.brief.hidden and not one.told and not restored(one.as_dict()).told
    alone = Brief(both("Ada jawaban", "There is an answer"), both("Di a ada 3 orang.", "In a are 3 people."))
    one = protect(Answer("a", "a", (finding("Kalimat.", "A sentence.", brief=alone),), table=rows), "internal").findings[0]
    assert one.brief.message["id"] == "Ada jawaban"
    assert one.brief.plain["en"].startswith("There is an answer, but")
    assert not one.brief.hidden and one.told


def hidden(data: pd.DataFrame) -> list[int]:
    return np.flatnonzero(data["suppressed"].to_numpy(dtype=bool)).tolist()


def test_a_sum_that_a_picture_shows_hides_the_next_part_of_the_same_sum():
    # S-1 finished: 3 of one kind and 10 of another; the picture shows their 13, so that 10 would tell the 3.
    rows = [("mandiri", "S-1", "selesai"), ("tugas", "S-1", "selesai"), ("tugas", "S-1", "jalan"), ("mandiri", "S-2", "selesai")]
    detail = table(rows, [10, 3, 6, 40], ("kind", "degree", "state"))
    picture = stacked({("S-1", "jalan"): 6, ("S-1", "selesai"): 13, ("S-2", "jalan"): 7, ("S-2", "selesai"): 40})
    safe = protect(Answer("a", "a", (), picture=picture, table=detail), "internal")
    assert hidden(safe.table.data) == [0, 1]
    assert hidden(safe.picture.data) == []


def test_a_cell_that_the_table_hides_is_gone_from_the_picture_too():
    rows = [("a", "jalan"), ("b", "jalan"), ("a", "selesai"), ("b", "selesai")]
    picture = stacked(dict.fromkeys(rows, 20))
    safe = protect(Answer("a", "a", (), picture=picture, table=table(rows, [3, 20, 4, 20])), "internal")
    # 3 and 4 are few; the picture's bars add up to totals, so that their neighbours go with them, in the table as well
    assert hidden(safe.table.data) == hidden(safe.picture.data) == [0, 1, 2, 3]


def test_a_row_that_prints_the_estimate_of_a_hidden_finding_is_hidden():
    data = pd.DataFrame({"label_id": list("abc"), "label_en": list("abc"), "estimate": [3.9, 1.0, 2.0],
                         "low": [-10.0, 0, 0], "high": [18.0, 2, 3], "n": [30, 40, 50]})
    picture = Picture("intervals", data, WORDS, WORDS, WORDS, 120)
    few = finding("Seminar: 3,9.", "Seminar: 3.9.", 3.9, ci_low=-10.0, ci_high=18.0, n=4)
    safe = protect(Answer("a", "a", (few,), picture=picture), "internal")
    assert safe.findings[0].suppressed
    assert hidden(safe.picture.data) == [0, 1]  # the hidden one and the next smallest


@pytest.mark.parametrize(("sentence", "shown"), [
    (both("Kelompok b: 3 orang.", "Group b: 3 people."), False),
    (both("Kelompok b: 3,0 persen.", "Group b: 3.0 percent."), False),
    (both("Kelompok b disebut.", "Group b is named."), True),
    (both("Kelompok c: 30 orang.", "Group c: 30 people."), True),
    (both("Sebanyak 3 dari 10.", "3 of 10."), True),
])
def test_a_sentence_that_names_a_hidden_cell_with_its_number_is_not_shown(sentence, shown):
    groups = table([("a", "x"), ("b", "x"), ("c", "x"), ("d", "x")], [40, 3, 30, 4])
    advice = Recommendation(sentence, WORDS, WORDS, WORDS)
    telling, other = finding(**sentence), finding("Biasa.", "Plain.", recommendation=advice)
    safe = protect(Answer("a", "a", (telling, other), table=groups, notes=(sentence,)), "internal")
    assert (not safe.findings[0].suppressed) is shown
    assert (safe.findings[1].recommendation is not None) is shown
    assert bool(safe.notes) is shown
    assert not safe.findings[1].suppressed


@pytest.mark.parametrize(("estimate", "shown"), [(0.4, True), (0.149, False)])
def test_a_title_stands_for_a_sentence_that_tells_a_hidden_cell(estimate, shown):
    """Unless the cell is what the finding is about: its number is not told under another name."""
    rows = table([("hukum", "a"), ("b", "a"), ("c", "a")], [3, 20, 40])
    rows.data["estimate"] = [0.149, 0.2, 0.4]
    brief = Brief(both("Minat tinggi", "Wishes are many"), both("Minat tinggi.", "Wishes are many."))
    said = finding("Hukum 14,9 persen.", "Hukum 14.9 percent.", estimate, ci_low=None, ci_high=None, brief=brief)
    out = protect(Answer("a", "a", (said,), table=rows), "internal").findings[0]
    assert (not out.suppressed, out.sentence["en"] == "Wishes are many.") == (shown, shown)


def test_the_kinds_of_number_that_are_looked_for():
    assert {"0,455", "0,45", "0,5", "45,5", "45,45"} <= written(0.4545, "id")
    assert written(1_303, "id") == {"1.303"}
    assert {"3.9", "3.90"} <= written(-3.9, "en")
    assert {"1,500,000", "Rp1.5 million"} == written(1_500_000, "en")


def test_a_year_with_one_hidden_group_hides_the_next_of_that_year():
    data = pd.DataFrame({
        "x": [2024, 2025, 2024, 2025, 2025], "group_id": ["PNS", "PNS", "CPNS", "CPNS", "PPPK"],
        "value": [0.5, 0.4, 0.3, 0.2, 0.1], "n": [80, 90, 20, 30, 3],
    })
    picture = Picture("lines", data.assign(group_en=data["group_id"]), WORDS, WORDS, WORDS, 123)
    safe = protect(Answer("a", "a", (), picture=picture), "internal")
    assert hidden(safe.picture.data) == [3, 4]


def test_protecting_twice_is_protecting_once():
    rows = [("a", "jalan"), ("b", "jalan"), ("a", "selesai"), ("b", "selesai")]
    answer = Answer("a", "a", (), picture=stacked(dict.fromkeys(rows, 20)), table=table(rows, [3, 20, 40, 20]))
    once = protect(answer, "public")
    twice = protect(once, "public")
    pd.testing.assert_frame_equal(once.table.data, twice.table.data)
    pd.testing.assert_frame_equal(once.picture.data, twice.picture.data)


# -- over every answer of the sample -----------------------------------------


def texts(answer: Answer, lang: str) -> list[str]:
    """Everything in words that a reader of the answer sees."""
    said = [one.sentence[lang] for one in answer.findings] + [note[lang] for note in answer.notes]
    for one in answer.findings:
        if one.recommendation:
            said += [one.recommendation.action[lang], one.recommendation.indicator[lang]]
    # how many rows are hidden and how many people the whole picture counts are no numbers of a cell
    alt = re.sub(r"\bn = \S+|(?:Tidak ditampilkan|Not shown): \S+", "", describe(answer.picture, lang)) if answer.picture else ""
    return [*said, alt]


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def rows_of(answer: Answer, lang: str) -> Iterator[tuple[frozenset[str], dict[str, float], str]]:
    """Each row of table and picture: its words, its numbers, where it stands."""
    parts = []
    if answer.table is not None and answer.table.count is not None:
        parts.append((answer.table.data, [f.name for f in answer.table.fields if f.kind == "text"], "table"))
    if answer.picture is not None and answer.picture.kind not in ("change", "units"):
        parts.append((answer.picture.data, ["label", "part", "group", "row", "column", "x"], "picture"))
    for data, names, place in parts:
        words = [next(name for name in (f"{stem}_{lang}", stem) if name in data) for stem in names
                 if stem in data or f"{stem}_{lang}" in data]
        for row in data.to_dict("records"):
            held = {name: float(value) for name, value in row.items() if name not in words and name != "suppressed"
                    and isinstance(value, int | float | np.number) and math.isfinite(value)}
            yield frozenset(str(row[name]) for name in words), held, place


def hidden_rows(before: Answer, after: Answer, lang: str) -> Iterator[tuple[frozenset[str], dict[str, float], str]]:
    """The rows that lost their numbers, as they were; all those of a picture that is not shown."""
    left = {(words, place) for words, numbers, place in rows_of(after, lang) if numbers}
    yield from (row for row in rows_of(before, lang) if row[1] and (row[0], row[2]) not in left)


def leaks(before: Answer, after: Answer) -> list[str]:
    """Cells hidden in one place and printed in another."""
    found = []
    for lang in LANGUAGES:
        gone = list(hidden_rows(before, after, lang))
        seen = [row for row in rows_of(after, lang) if row[1]]
        everywhere = {word for words, _, _ in seen for word in words}
        # an age band is no number
        ranges = {word for words, _, _ in rows_of(before, lang) for word in words if re.search(r"\d", word) and not word.isdigit()}
        whole = before.picture.n if before.picture else None  # nor are all people of the picture those of one cell
        for words, was, place in gone:
            # the same cell in the other place: all its words, the same people and the same estimate
            keys = [key for key in ("n", "estimate", "value") if key in was]
            found += [f"{after.id}: {place} hides {sorted(words)}, {there} prints it" for other, numbers, there in seen
                      if there != place and (other <= words or words <= other) and len(keys) > 1
                      and all(numbers.get(key) == was[key] for key in keys)]
            for text in texts(after, lang):
                named = {word for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)}
                if not (named - everywhere or named == words):
                    continue
                rest = text
                for word in sorted(named | ranges, key=len, reverse=True):
                    rest = re.sub(re.escape(word), " ", rest, flags=re.IGNORECASE)
                told = numbers_in(rest) & {
                    form for name, value in was.items() if (name, value) != ("n", whole) for form in written(value, lang)}
                if told:
                    found.append(f"{after.id}: {place} hides {sorted(words)}, a sentence tells {sorted(told)}: {text}")
    return found


@pytest.fixture(scope="module", params=UNITS)
def report(request) -> list[tuple[Answer, Answer]]:
    """Every answer of the sample for the public, before and after disclosure control."""
    unit = request.param
    answers = [answer for chapter in PART[unit] for answer in of_chapter(chapter, unit, 2025, "public")] if unit in PART else \
        of_sample(unit, 2025, "public")
    return [(one, protect(one, "public")) for one in answers]


def test_no_answer_prints_what_it_hides(report):
    found = [line for before, after in report for line in leaks(before, after)]
    assert found == []
    assert any(list(hidden_rows(before, after, "id")) for before, after in report)


def test_no_number_of_the_public_counts_few_people(report):
    """Tables, pictures, findings and words: neither who is counted nor who remains; the same before, where there are some."""
    found = [line for _, after in report for line in few_in(after)]
    assert found == []
    assert len([line for before, _ in report for line in few_in(before)]) > 20


def few_in(answer: Answer) -> list[str]:
    """What a report may not tell the public, by the number itself: no judgement of disclosure control is asked."""
    least, about, found = 10, declared(answer.id), []
    parts = [] if answer.table is None or answer.table.count is None else [
        (answer.table.data, answer.table.data[answer.table.count], [(f.name, f.kind) for f in answer.table.fields
         if f.kind != "text" and f.name not in about.get("things", ()) and not f.name.endswith(("low", "high"))])]
    if answer.picture is not None and "n" in answer.picture.data and about.get("picture") != "things":
        data = answer.picture.data
        parts.append((data, data["n"], [(name, answer.picture.value_format) for name in ("value", "estimate") if name in data]))
    for data, counts, columns in parts:
        for name, kind in columns:
            for value, n in zip(data[name], counts, strict=True):
                if pd.isna(value) or pd.isna(n) or kind not in ("integer", *SHARES):
                    continue
                k = value if kind == "integer" else value * n
                if abs(k - round(k)) < 1e-6 and (round(k) < least or (kind in SHARES and round(n - k) < least)):
                    found.append(f"{answer.id}: {name} {value} of {n}")
    for one in answer.findings:
        words = re.findall(r"\b(\d) (?:of \d+ )?(?:people|employees|civil servants|participants|respondents)\b", one.sentence["en"])
        share = one.unit_of_measure == "share" and one.estimate is not None and one.of_people
        k = one.estimate * one.n if share else least
        few = share and abs(k - round(k)) < 1e-6 and not least <= round(k) <= one.n - least
        if (words or few) and not any(one.bears(name) for name in about.get("findings", ())):
            found.append(f"{one.id}: {one.sentence['en']}")
    return found


def test_no_hidden_finding_stands_in_a_row(report):
    for before, after in report:
        few = {(one.estimate, one.ci_low) for one, safe in zip(before.findings, after.findings, strict=True)
               if safe.suppressed and one.estimate is not None and one.ci_low is not None}
        for _, numbers, place in rows_of(after, "id"):
            told = (numbers.get("estimate", numbers.get("value")), numbers.get("low"))
            assert told not in few, (after.id, place)


def test_the_wrong_way_is_seen(report):
    """Without disclosure control of the picture, or of the sentences, the check above finds what it should."""
    found = []
    for before, after in report:
        found += leaks(before, replace(after, picture=before.picture, findings=before.findings))
    assert found


def test_no_row_of_the_public_rests_on_few_people(report):
    least = policy_for("public").safe_threshold
    for _, after in report:
        for words, numbers, place in rows_of(after, "id"):
            assert not numbers.get("n", least) < least, (after.id, place, words)
