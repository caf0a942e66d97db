"""Public releases of one year against one another: what one hides, no others give away together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table
from karier_stats.errors import GateError
from karier_stats.report import releases
from karier_stats.report.disclosure import protect
from karier_stats.report.record import as_data, bundle, records_of
from karier_stats.report.releases import Key, Release, among, attack, release
from karier_stats.report.sanitise import clean_notebook
from karier_stats.words.numbers import both

WORDS = both("x", "x")
ROUNDS = range(int(os.environ.get("KARIER_FIRST", "0")), 500) if os.environ.get("KARIER_LONG") else range(4)
"""The districts; a long form that was stopped goes on at ``KARIER_FIRST``, since each tells its number."""
CATEGORIES = ("a", "b", "c", "d")


def row(name: str, column: str = "") -> Key:
    return Key("t.q", "table", (name, "0"), column)


def shown(units: str, n: float | None, k: float | None = None) -> Release:
    return Release(frozenset(units), {row("a", "n"): n, row("a", "k"): None if n is None else k})


def test_one_hidden_unit_is_the_whole_less_the_others() -> None:
    found = attack([shown("ABC", 100), shown("A", 50), shown("B", 43), shown("C", None)], 10)
    assert [(one.release, one.key.column, one.low, one.high) for one in found if one.release >= 0] == [(3, "n", 7, 7)]


def test_a_unit_without_a_release_is_the_whole_less_the_others() -> None:
    found = attack([shown("ABC", 100), shown("A", 50), shown("B", 43)], 10)
    assert [(one.release, one.low, one.high) for one in found] == [(-1, 7, 7)]
    assert attack([shown("ABC", 93), shown("A", 50), shown("B", 43)], 10) == []  # nobody is there to tell of


def test_two_hidden_units_of_few_are_known_to_be_few() -> None:
    found = attack([shown("ABC", 59), shown("A", 50), shown("B", None), shown("C", None)], 10)
    assert {(one.release, one.low, one.high) for one in found if one.release >= 0} == {(2, 0, 9), (3, 0, 9)}
    assert attack([shown("ABC", 70), shown("A", 50), shown("B", None), shown("C", None)], 10) == []


def test_who_is_counted_and_who_remains_are_looked_for_as_well() -> None:
    found = attack([shown("AB", 100, 50), shown("A", 60, 47), shown("B", None)], 10)
    assert {(one.key.column, one.low, one.high) for one in found} == {("k", 3, 3)}
    found = attack([shown("AB", 100, 50), shown("A", 60, 13), shown("B", None)], 10)
    assert {(one.key.column, one.low, one.high) for one in found} == {("rest", 3, 3)}


def test_a_population_is_the_whole_less_another() -> None:
    found = attack([shown("ABCD", 100), shown("CD", 95), shown("AB", None), shown("A", None)], 10)
    assert {(one.release, one.low, one.high) for one in found if one.release >= 0} == {(2, 5, 5), (3, 0, 5)}


def test_numbers_that_do_not_add_up_tell_nothing() -> None:
    assert attack([shown("AB", 40), shown("A", 50), shown("B", None)], 10) == []


def test_numbers_that_do_not_add_up_are_taken_to_be_off_by_as_little_as_can_be() -> None:
    # 60 and 50 are together more than the whole of 100; whatever of that is amiss, C is nobody
    assert attack([shown("ABC", 100), shown("A", 60), shown("B", 50), shown("C", None)], 10) == []
    # the whole is 2 people short of A and B; whose the 2 are is not known, so that C is between 66 - 60 and 66 - 58
    found = attack([shown("AB", 100), shown("A", 60), shown("B", 42), shown("AC", 66), shown("C", None)], 10)
    assert [(one.low, one.high) for one in found if one.release == 4] == [(pytest.approx(6), pytest.approx(8))]


@pytest.mark.parametrize("status", [1, 4])
def test_what_a_programme_leaves_undecided_is_not_safe(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scipy.optimize.linprog", lambda *_, **__: SimpleNamespace(status=status, x=None))
    assert {one.release for one in attack([shown("AB", 200), shown("BC", 200), shown("A", None)], 10)} == {2, releases.NOBODY_S}
    first = records([(200, 100)] * 4)
    told = among([release("AB", first)], "BC", first, 10)  # neither holds the other: only a programme could tell
    assert set(release("BC", told).numbers.values()) == {None}


def test_a_number_that_another_question_tells_is_known() -> None:
    def asked(units: str, question: str, n: float | None) -> dict[Key, float | None]:
        return {row("a", "n")._replace(question=question): n}

    def together(units: str, one: float | None, other: float | None) -> Release:
        return Release(frozenset(units), asked(units, "t.one", one) | asked(units, "t.other", other))

    # one question hides B, another A; both tell of the same people, so that A is known by the one, and B by what is left
    found = attack([together("ABC", 100, 100), together("A", 50, None), together("C", None, 43), together("B", None, None)], 10)
    assert {(one.low, one.high) for one in found if one.release == 3} == {(7, 7)}
    # where two questions tell different numbers, they tell of different people
    assert attack([together("ABC", 100, 90), together("A", 50, None), together("C", None, 43), together("B", None, None)], 10) == []


def test_what_is_hidden_beside_another_row_is_the_rest_of_a_sum() -> None:
    def told(units: str, whole: float, **rows: float | None) -> Release:
        return Release(frozenset(units), {row(name, "n"): n for name, n in rows.items()} | {Key("t.q", "t.q", ("0",), "n"): whole})

    # AB hides b so that c and d are not worked out; ABC and C tell of 160 - 74 there, so that c and d are 273 - 180 - 86
    found = [told("D", 70, a=40, b=30), told("ABC", 480, a=300, b=160, c=None, d=None), told("C", 207, a=120, b=74, c=None, d=None)]
    assert attack(found, 10) != [], "and what remains of ABC without C is AB, whoever tells of it"
    assert {(one.low, one.high) for one in attack(found, 10)} == {(0, 7)}
    found[2] = told("C", 207, a=120, b=None, c=None, d=None)
    assert attack(found, 10) == []
    last = told("AB", 273, a=180, b=None, c=None, d=None)
    assert attack([*found, last], 10) == []
    found[2] = told("C", 207, a=120, b=74, c=None, d=None)
    given = {(one.key.words[0], one.through) for one in attack([*found, last], 10, last)}
    assert given == {("c", row("a", "n")), ("d", row("a", "n"))}
    # rows that do not add up where all are shown are no parts of that whole
    assert attack([told("D", 80, a=40, b=30), *found[1:2], told("C", 207, a=120, b=74, c=None, d=None)], 10) == []


def test_years_are_told_apart_and_joined_where_both_tell_of_one() -> None:
    def trend(units: str, year: int, **shown: float | None) -> Release:
        data = {"x": [int(name[1:]) for name in shown], "group_id": ["PNS"] * len(shown), "n": list(shown.values())}
        data["suppressed"] = [one is None for one in shown.values()]
        return release(units, {"t.q": [{"kind": "picture", "picture": {"data": data}}]}, year)

    # the report of 2024 hides unit B; the one of 2025 tells of A and of both in 2024 again
    found = [trend("AB", 2025, y2024=60, y2025=80), trend("A", 2025, y2024=53, y2025=40), trend("B", 2024, y2024=None)]
    assert {(one.release, one.low, one.high) for one in attack(found, 10)} == {(2, 7, 7), (-1, 7, 7)}
    plain = release("A", records([(50, 25)] * 4), 2024).numbers.keys() & release("A", records([(50, 25)] * 4), 2025).numbers.keys()
    assert plain == set(), "a row without a year is one of the year of its report"


def test_what_is_put_together_as_rare_is_the_same_only_beside_the_same_others() -> None:
    def statuses(*names: str) -> set[Key]:
        data = {"label_id": [*names, str(releases.REST["id"])], "n": [50] * (len(names) + 1)}
        return set(release("A", {"t.q": [{"kind": "picture", "picture": {"data": data}}]}).numbers)

    assert len(statuses("PNS", "PPPK") & statuses("PNS", "PPPK")) == 3
    assert {key.words[0] for key in statuses("PNS", "PPPK") & statuses("PNS")} == {"PNS"}


def test_an_unanswered_question_counts_nobody() -> None:
    none = {"id": "t.q", "n": 0, "estimate": None, "unit_of_measure": "", "of_people": True, "suppressed": False}
    assert release("A", {"t.q": [{"kind": "words", "findings": [none], "notes": []}]}).numbers == {}


def test_a_picture_of_things_counts_nobody() -> None:
    """Recommendations by state, one and three: they were hidden as if they were people."""
    def numbers(n: int | None) -> dict[Key, float | None]:
        data = pd.DataFrame({"label_id": ["a"], "label_en": ["a"], "value": [3.0], "n": pd.array([n], dtype="Int64")})
        drawn = Picture("bars", data, WORDS, WORDS, WORDS, 4, "integer")
        found = records_of(replace(answer([(40, 20)] * 4), picture=drawn, table=None, findings=(), audience="public"))
        return dict(release("A", {"t.q": found}).numbers)

    assert numbers(None) == {}
    assert set(numbers(40).values()) == {40.0, 3.0}


def test_what_every_report_tells_of_the_whole_programme_is_not_its_own() -> None:
    """Comments name nobody and have no unit: the same themes stand in the report of each, hidden where they are few."""
    one = replace(answer([(50, 25), (7, 3), (60, 30), (70, 35)]), id="feedback.themes", chapter="feedback")
    found = records_of(protect(one, "public"))
    assert release("A", {"feedback.themes": found}).numbers == {}
    assert sum(next(record for record in found if record["kind"] == "table")["table"]["data"]["suppressed"]) == 2
    assert release("A", {"feedback.revised": found}).numbers != {}


def answer(counts: Iterable[tuple[int, int]]) -> Answer:
    """A question as a chapter answers it: of each category how many there are, and how many are counted."""
    rows = [(name, n, k) for name, (n, k) in zip(CATEGORIES, counts, strict=True) if n]
    data = pd.DataFrame({
        "label_id": [name for name, _, _ in rows], "label_en": [name for name, _, _ in rows],
        "n": [n for _, n, _ in rows], "k": [k for _, _, k in rows], "estimate": [k / n for _, n, k in rows],
    })
    fields = (Field("label", WORDS), Field("n", WORDS, "integer"), Field("estimate", WORDS, "percent"))
    n, k = sum(n for _, n, _ in rows), sum(k for _, _, k in rows)
    finding = Finding("t.q", "t", WORDS, k / n, "share", None, None, n, "descriptive", "sedang", ("need",), WORDS)
    drawn = data.rename(columns={"estimate": "value"}).drop(columns="k")
    picture = Picture("bars", drawn, WORDS, WORDS, WORDS, n, "percent")
    return Answer("t.q", "t", (finding,), picture, Table(data, fields, WORDS, count="n"))


def records(counts: Iterable[tuple[int, int]]) -> dict[str, list[dict]]:
    return {"t.q": records_of(protect(answer(counts), "public"))}


def district(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Units with people by category, and those who are counted: ``[category, (n, k)]``."""
    found = {}
    for unit in range(int(rng.integers(3, 9))):
        n = rng.integers(0, 60, len(CATEGORIES))
        n[0] += 20
        found[f"U{unit}"] = np.stack([n, rng.binomial(n, rng.uniform(0.1, 0.9, len(CATEGORIES)))], axis=1)
    return found


def asked_for(rng: np.random.Generator) -> list[tuple[tuple[str, ...], np.ndarray]]:
    """The whole, two populations and the units of a district in any order, and what is true of each."""
    units = district(rng)
    names = list(units)
    half = int(rng.integers(1, len(names)))
    groups = list(dict.fromkeys(map(tuple, [names, names[:half], names[half:], *([name] for name in names)])))
    return [(groups[place], sum(units[name] for name in groups[place])) for place in rng.permutation(len(groups))]


def held(given: list[tuple[tuple[str, ...], dict]]) -> list[Release]:
    """Releases, each held against all before it."""
    out: list[Release] = []
    for group, told in given:
        out.append(release(group, {**told, **among(out, group, told, 10)}))
    return out


def few_known(found: list[Release], truth: list[tuple[tuple[str, ...], np.ndarray]]) -> list[tuple[Key, float, float]]:
    """What the attacker knows exactly and is few, with the truth held against it."""
    known = []
    for one in attack(found, 10):
        if one.high - one.low > 0.5 or len(one.key.words) < 2 or one.release < 0:
            continue
        n, k = truth[one.release][1][CATEGORIES.index(one.key.words[0])]
        value = {"n": n, "k": k, "rest": n - k}[one.key.column]
        assert one.low - 1e-6 <= value <= one.high + 1e-6, "the attacker's bounds hold the truth"
        if value < 10:
            known.append((one.key, one.low, one.high))
    return known


def test_no_number_of_few_people_is_pinned_in_random_districts() -> None:
    """Ten districts, 500 in the long form; without holding releases against one another some are."""
    without = 0
    for seed in ROUNDS:
        asked = asked_for(np.random.default_rng(seed))
        given = [(group, records([tuple(map(int, counts)) for counts in true])) for group, true in asked]
        assert attack(held(given), 10) == [], seed
        without += len(few_known([release(group, told) for group, told in given], asked))
        print(f"district {seed}", flush=True)
    assert without > len(ROUNDS) / 10


def test_what_is_hidden_besides_is_gone_from_picture_table_and_words() -> None:
    whole, first = records([(100, 50)] * 4), records([(60, 47), (50, 25), (50, 25), (50, 25)])
    told = among([release("AB", whole), release("B", records([(40, 3), (50, 25), (50, 25), (50, 25)]))], "A", first, 10)
    new = release("A", told)
    assert new.numbers[row("a", "n")] is None
    assert new.numbers[Key("t.q", "picture", ("a", "0"), "n")] is None
    assert new.numbers[row("b", "n")] == 50 or new.numbers[row("c", "n")] == 50
    assert first["t.q"] is not told["t.q"]


def test_what_a_report_repeats_is_no_second_witness() -> None:
    """Numbers that do not add up, as those of a model for a unit and for a whole: told twice, the new one would outweigh them."""
    earlier = [shown(units, n) for units, n in
               (("DKXYZC", 364), ("C", 299), ("DK", 26), ("D", 32), ("DKXYZ", 65), ("X", 39), ("Y", 11))]
    told = records([(35, 20), (0, 0), (0, 0), (0, 0)])
    new = release("Z", told)
    assert attack([*earlier, new], 10, new) == []
    assert attack([*earlier, new, new], 10, new) != [], "the wrong way"
    assert among(earlier, "Z", told, 10, beside=new) == {}
    assert among([*earlier, new], "Z", told, 10) != {}, "the wrong way, which hides what gives nothing away"


def test_a_finding_of_things_that_another_chapter_repeats_counts_nobody() -> None:
    """All criteria of the files hold: 1,073 of 1,073 and nobody else would be few, were it about people."""
    name, chapter = "data_quality.verdict", "data_quality"
    one = Finding(name, chapter, WORDS, 1.0, "share", None, None, 1073, "descriptive", "kuat", ("need",), WORDS)
    found = [{"kind": "words", "findings": as_data([one]), "notes": []}]
    for question in (name, "synthesis.verdict"):
        assert not release("A", {question: found}).numbers
    other = [{"kind": "words", "findings": as_data([replace(one, id="participation.rate")]), "notes": []}]
    assert release("A", {"synthesis.verdict": other}).numbers, "what is about people counts them wherever it is told"


def test_a_release_that_still_gives_a_number_away_is_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "_hidden", lambda question, found, rows, year: list(found))
    others = [release("AB", records([(100, 50)] * 4)), release("B", records([(40, 3), (50, 25), (50, 25), (50, 25)]))]
    with pytest.raises(GateError) as caught:
        among(others, "A", records([(60, 47), (50, 25), (50, 25), (50, 25)]), 10)
    assert caught.value.code == "K413"
    assert "t.q" in caught.value.message("en")


def test_a_release_by_itself_is_left_as_it_is() -> None:
    assert among([], "A", records([(100, 50), (60, 30), (7, 3), (40, 20)]), 10) == {}


@pytest.mark.parametrize(("absent", "withdrew", "shown"), [(31, 3, False), (25, 4, True), (24, 10, False), (37, 0, False)])
def test_what_a_part_of_a_whole_leaves_is_not_few(absent: int, withdrew: int, shown: bool) -> None:
    """Of 37 places lost nobody came to 31: six failed or withdrew, which no table tells, but two questions together."""
    def told(id: str, k: int) -> Finding:
        return Finding(id, id.partition(".")[0], WORDS, k / 94, "share", None, None, 94, "descriptive", "sedang", ("need",), WORDS)

    lost, signs = "participation.dropout", "challenges.commitment"
    parts = tuple(told(f"{signs}.{name}", k) for name, k in (("no_show", absent), ("withdrew", withdrew)))
    data = pd.DataFrame({"label_id": list("ab"), "label_en": list("ab"), "estimate": [absent / 94, 40 / 94], "n": [94, 94]})
    drawn = Picture("intervals", data, WORDS, WORDS, WORDS, 94, "percent")
    given = {lost: records_of(protect(Answer(lost, "participation", (told(lost, 37),)), "public")),
             signs: records_of(protect(Answer(signs, "challenges", parts, drawn), "public"))}
    found = among([], "A", given, 10, 2025)
    new = release("A", {**given, **found}, 2025).numbers
    asked = [Key(signs, f"{signs}.no_show", ("2025",), "k"), Key(signs, "picture", ("a", "2025"), "k")]
    least = withdrew if withdrew == 10 else absent  # what is hidden is the smallest part
    assert found.keys() == (set() if shown else {signs})
    assert [new[key] for key in asked] == [absent if shown or least != absent else None] * 2


def executed(folder: Path, lang: str, told: dict[str, list[dict]]) -> None:
    """A chapter as a report of one language has it."""
    cell = new_code_cell('with ks.question(ev, "t.q") as q:\n    q.answer(ks.shares(ev.people()))', execution_count=1)
    bundles = (bundle(one, lang) for one in told["t.q"])
    cell.outputs = [new_output("display_data", data=data, metadata=about) for data, about in bundles]
    (folder / lang / "chapters").mkdir(parents=True)
    nbformat.write(clean_notebook(new_notebook(cells=[cell])), folder / lang / "chapters" / "t.ipynb")


def test_the_new_report_is_mended_on_the_disk_in_every_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, other = records([(100, 50)] * 4), records([(40, 3), (50, 25), (50, 25), (50, 25)])
    for unit, told in (("semua", whole), ("b", other)):
        executed(tmp_path / "2025" / unit / "public", "id", told)
    about = {"semua": {"unit": "AB", "period": 2025}, "b": {"unit": "B", "period": 2025}}
    monkeypatch.setattr(releases.manifest, "read", lambda folder: about[folder.parts[-3]])
    work, ev = tmp_path / "work", Units("A")
    for lang in ("id", "en"):
        executed(work, lang, records([(60, 47), (50, 25), (50, 25), (50, 25)]))
    before = (work / "en" / "chapters" / "t.ipynb").read_text(encoding="utf-8")
    found = releases.finish(work, tmp_path / "2025" / "a" / "public", ("id", "en"), ev)
    assert [one["id"] for one in found["t"]] == ["t.q"]
    for lang in ("id", "en"):
        path = work / lang / "chapters" / "t.ipynb"
        now = releases.release("A", releases.records_in([path]))
        assert now.numbers[row("a", "n")] is None and now.numbers[row("d", "n")] == 50
        text = "".join(out.data["text/plain"] for out in nbformat.read(path, as_version=4).cells[0].outputs)
        assert ("78,3" if lang == "id" else "78.3") not in text
    assert "78.3" in before
    assert releases.finish(work, tmp_path / "2025" / "a" / "public", ("id", "en"), ev) == {}, "what is mended stays as it is"
    for lang in ("id", "en"):  # a last chapter that tells what another one hides
        executed(work / lang / "akhir", lang, records([(60, 47), (50, 25), (50, 25), (50, 25)]))
        (work / lang / "akhir" / lang / "chapters" / "t.ipynb").rename(work / lang / "chapters" / "u.ipynb")
    assert releases.finish(work, tmp_path / "2025" / "a" / "public", ("id", "en"), ev, "u").keys() == {"u"}
    assert releases.release("A", releases.records_in([work / "en" / "chapters" / "u.ipynb"])).numbers[row("a", "n")] is None


def test_what_an_attacker_takes_is_kept_beside_a_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executed(tmp_path, "id", records([(7, 3), (50, 25), (50, 25), (50, 25)]))
    folder, ev = tmp_path / "id", Units("A")
    releases.keep(folder, ev)
    outputs = {releases.NUMBERS: {"sha256": releases.manifest.sha256(folder / releases.NUMBERS)}}
    about = {"unit": "A", "period": 2025, "outputs": outputs}
    opened = release("A", releases.records_in([folder / "chapters" / "t.ipynb"]), 2025)
    assert any(value is None for value in opened.numbers.values()) and releases._kept(folder, about, ev) == opened
    assert ",7.0]" not in (folder / releases.NUMBERS).read_text(encoding="utf-8"), "what is hidden is not kept"
    (folder / releases.NUMBERS).write_text('{"units": [], "numbers": []}', encoding="utf-8")
    assert releases._kept(folder, about, ev) == opened, "one that was changed is not trusted"
    monkeypatch.setattr(releases, "records_in", None)
    outputs[releases.NUMBERS]["sha256"] = releases.manifest.sha256(folder / releases.NUMBERS)
    assert releases._kept(folder, about, ev).units == frozenset(), "otherwise no notebook is opened"


@dataclass(frozen=True)
class Units:
    """As much of an evaluation as tells which units a release is about: one letter each."""

    unit: str
    period: int = 2025

    @property
    def units(self) -> pd.DataFrame:
        return pd.DataFrame({"unit_id": list(self.unit)})
