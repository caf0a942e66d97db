"""One empty cell, in every verb, every role and every type of column: the numbers of the data without that row, and a note.

Labels have many letters and share their first one, so that a label cut short, or a gap taken as a label, shows.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import karier_stats as ks
from karier_stats.answers import build
from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.sensitivity import sensitivity
from karier_stats.stats.association.specification import specifications
from karier_stats.stats.change.compare import compare
from karier_stats.stats.description.describe import Description
from karier_stats.stats.description.others import Withins
from karier_stats.stats.results import Result
from karier_stats.stats.scales.agreement import agreement, raters
from karier_stats.stats.scales.reliability import reliability
from karier_stats.stats.units.compare_units import compare_units

ROW = 7
UNITS, SIZE = 8, 7

Codes = Sequence[int | None]
Maker = Callable[[Codes], pd.Series]


def name_of(code: int | None) -> str | None:
    """A label of many letters; all begin alike."""
    return None if code is None else f"Kelurahan {'QGBXDMACZFE'[code % 11]}{code:02d}"


def words(codes: Codes) -> list[str | None]:
    return [name_of(code) for code in codes]


def category(ordered: bool) -> Maker:
    def make(codes: Codes) -> pd.Series:
        names = [name_of(code) for code in sorted({code for code in codes if code is not None}, reverse=True)]
        return pd.Series(pd.Categorical(words(codes), categories=names, ordered=ordered))
    return make


TEXT: dict[str, Maker] = {
    "str": lambda codes: pd.Series(words(codes), dtype="str"),
    "object": lambda codes: pd.Series(words(codes), dtype=object),
    "string": lambda codes: pd.Series(words(codes), dtype="string"),
    "arrow text": lambda codes: pd.Series(words(codes), dtype=pd.ArrowDtype(pa.string())),
    "arrow dictionary": lambda codes: pd.Series(
        words(codes), dtype=pd.ArrowDtype(pa.dictionary(pa.int32(), pa.string()))
    ),
    "category": category(False),
    "ordered category": category(True),
    "blank text": lambda codes: pd.Series([name or " " for name in words(codes)], dtype="str"),
}
NUMBER: dict[str, Maker] = {
    "float with a gap": lambda codes: pd.Series(list(codes)),  # whole numbers without a gap, floats with one
    "nullable Int64": lambda codes: pd.Series(list(codes), dtype="Int64"),
    "arrow int": lambda codes: pd.Series(list(codes), dtype=pd.ArrowDtype(pa.int64())),
    "numbers as objects": lambda codes: pd.Series(list(codes), dtype=object),
}
ARROW = {"arrow float": lambda codes: pd.Series(list(codes), dtype=pd.ArrowDtype(pa.float64()))}
TRUTH: dict[str, Maker] = {
    "bool with a gap": lambda codes: pd.Series([None if code is None else bool(code) for code in codes]),
    "nullable boolean": lambda codes: pd.Series(
        [None if code is None else bool(code) for code in codes], dtype="boolean"
    ),
    "arrow bool": lambda codes: pd.Series(
        [None if code is None else bool(code) for code in codes], dtype=pd.ArrowDtype(pa.bool_())
    ),
}


@functools.cache
def base() -> pd.DataFrame:
    """Codes and scores; one row per person, persons twice in ``period``."""
    rng = np.random.default_rng(4)
    unit = np.repeat(np.arange(UNITS), SIZE)
    n = len(unit)
    data = pd.DataFrame({
        "unit": unit, "arm": np.tile([0, 1], n)[:n], "level": np.arange(n) // 3 % 3, "grade": np.arange(n) // 2 % 4,
        "who": np.arange(n), "twice": np.arange(n) // 2, "year": 2022 + np.arange(n) % 3,
        "likert": rng.integers(1, 6, n), "second": rng.integers(1, 6, n),
    })
    data["pre"] = (60 + rng.normal(0, 8, n) + rng.normal(0, 3, UNITS)[unit]).round(1)
    data["post"] = (data["pre"] + 3 + 2 * data["arm"] + data["grade"] + rng.normal(0, 4, n)).round(1)
    data["lead"] = (rng.normal(0, 1, UNITS)[unit] + rng.normal(0, 0.5, n)).round(2)
    data["third"] = (data["likert"] + rng.integers(-1, 2, n)).clip(1, 5)
    return data


@functools.cache
def base_long() -> pd.DataFrame:
    """One row per person and wave."""
    data = base()
    parts = [data[["who", name]].rename(columns={name: "score"}).assign(wave=k) for k, name in enumerate(("pre", "post"))]
    return pd.concat(parts, ignore_index=True)


@functools.cache
def base_many() -> pd.DataFrame:
    """Rows of 44 units, which Parquet files need."""
    rng = np.random.default_rng(5)
    unit = np.repeat(np.arange(44), 6)
    lead = rng.normal(0, 1, 44)[unit] + rng.normal(0, 0.5, len(unit))
    return pd.DataFrame({"unit": unit, "lead": lead, "flag": rng.integers(0, 2, len(unit)),
                         "post": lead + rng.normal(0, 2, len(unit))})


@dataclass(frozen=True)
class Case:
    """A verb with one role, the column that plays it, and the kinds of columns that it may be.

    ``person_stays``: without the row, the note counts the person, who has another one.
    """

    verb: str
    role: str
    column: str
    call: Callable[[pd.DataFrame], Result]
    kinds: tuple[dict[str, Maker], ...] = (TEXT, NUMBER)
    data: Callable[[], pd.DataFrame] = base
    person_stays: bool = False


WIDE = {"before": "pre", "after": "post"}


def first(series: pd.Series) -> Any:
    """The label of a column's first row, as the data hold it."""
    return series.dropna().iloc[0]


def arms(data: pd.DataFrame, **more: Any) -> Result:
    return compare(data, **WIDE, group="arm", control=first(data["arm"]), **more)


def parquet(data: pd.DataFrame, **more: Any) -> Result:
    path = Path(PARQUET[0]) / "rows.parquet"
    data.to_parquet(path)
    return regress(path, outcome="post", on="lead", unit="unit", **more)


PARQUET: list[str] = []
"""Where the Parquet file of a test lies."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    PARQUET[:] = [str(tmp_path)]


def curve(data: pd.DataFrame, **more: Any) -> Result:
    return specifications(
        data, on="lead", choices={"outcome": {"post": "post"}, "adjust": {"grade": "grade"}}, draws=19, **more
    )


LABELS_ONLY = (TEXT, NUMBER, TRUTH)
NUMBERS_ONLY = (NUMBER,)
CASES = [
    Case("compare", "group", "arm", arms, LABELS_ONLY),
    Case("compare", "group with clusters", "arm", lambda d: arms(d, cluster="unit"), LABELS_ONLY),
    Case("compare", "by", "level", lambda d: compare(d, **WIDE, by="level")),
    Case("compare", "by of two", "arm", lambda d: compare(d, **WIDE, by="arm"), LABELS_ONLY),
    Case("compare", "by with arms", "level", lambda d: arms(d, by="level")),
    Case("compare", "cluster", "unit", lambda d: compare(d, **WIDE, cluster="unit")),
    Case("compare", "cluster with arms", "unit", lambda d: arms(d, cluster="unit")),
    Case("compare", "adjust", "grade", lambda d: only(arms(d, adjust="grade"), "ancova")),
    Case("compare", "adjust of two", "arm", lambda d: only(compare(
        d, **WIDE, group="level", control=0, adjust=["arm"]), "ancova"), LABELS_ONLY),
    Case("compare", "person", "who", lambda d: compare(d, **WIDE, person="who")),
    Case("compare", "before", "likert", lambda d: compare(d, before="likert", after="second"), NUMBERS_ONLY),
    Case("compare", "after", "second", lambda d: compare(d, before="likert", after="second"), NUMBERS_ONLY),
    Case("compare", "dose", "unit", lambda d: only(compare(d, **WIDE, dose="unit"), "dose"), NUMBERS_ONLY),
    Case("compare, long", "person", "who", lambda d: compare(
        d, before=0, after=1, outcome="score", wave="wave", person="who"), data=base_long),
    Case("compare, long", "wave", "wave", lambda d: compare(
        d, before=d["wave"].iloc[0], after=d["wave"].iloc[-1], outcome="score", wave="wave", person="who"), LABELS_ONLY,
        base_long),
    Case("compare, long", "outcome", "score", lambda d: compare(
        d, before=0, after=1, outcome="score", wave="wave", person="who"), NUMBERS_ONLY,
        lambda: base_long().assign(score=base_long()["score"].round().astype(int)), True),
    Case("leavers", "group", "arm", lambda d: arms(d).leavers(), LABELS_ONLY),
    Case("leavers", "cluster", "unit", lambda d: compare(d, **WIDE, cluster="unit").leavers()),
    Case("net_gain", "cluster", "unit", lambda d: compare(d, **WIDE, cluster="unit").net_gain(
        reliability=0.8, pool=np.linspace(55, 75, 40))),
    Case("regress", "unit", "unit", lambda d: regress(d, outcome="post", on="lead", unit="unit")),
    Case("regress", "person", "twice", lambda d: regress(d, outcome="post", on="lead", person="twice")),
    Case("regress", "person and unit", "twice", lambda d: regress(
        d, outcome="post", on="lead", unit="unit", person="twice")),
    Case("regress", "adjust", "grade", lambda d: regress(d, outcome="post", on="lead", adjust="grade")),
    Case("regress", "adjust of two", "arm", lambda d: regress(d, outcome="post", on="lead", adjust="arm"), LABELS_ONLY),
    Case("regress", "adjust with units", "arm", lambda d: regress(
        d, outcome="post", on="lead", adjust="arm", unit="unit"), LABELS_ONLY),
    Case("regress", "outcome", "likert", lambda d: regress(d, outcome="likert", on="lead"), NUMBERS_ONLY),
    Case("regress", "outcome of two", "arm", lambda d: regress(d, outcome="arm", on="lead"), (NUMBER, TRUTH)),
    Case("regress", "on", "likert", lambda d: regress(d, outcome="post", on="likert"), NUMBERS_ONLY),
    Case("regress", "moderators", "arm", lambda d: only(regress(
        d, outcome="post", on="lead", adjust="arm", moderators="arm"), "lead"), LABELS_ONLY),
    Case("regress_parquet", "unit", "unit", parquet, data=base_many),
    Case("regress_parquet", "adjust", "flag", lambda d: parquet(d, adjust="flag"), (
        {name: NUMBER[name] for name in NUMBER if "objects" not in name}, TRUTH), base_many),
    Case("agreement", "unit", "unit", lambda d: agreement(d, items=["likert", "second"], unit="unit", scale=(1, 5))),
    Case("agreement", "items", "likert", lambda d: agreement(d, items="likert", unit="unit", scale=(1, 5)), NUMBERS_ONLY),
    Case("reliability", "items", "likert", lambda d: reliability(d, items=["likert", "second", "third"]), NUMBERS_ONLY),
    Case("raters", "raters", "likert", lambda d: raters(d, raters=["likert", "second"]), NUMBERS_ONLY),
    Case("compare_units", "unit", "unit", lambda d: compare_units(d, outcome="post", unit="unit")),
    Case("compare_units", "adjust", "arm", lambda d: compare_units(
        d, outcome="post", unit="unit", adjust="arm"), LABELS_ONLY),
    Case("compare_units", "outcome of two", "arm", lambda d: compare_units(d, outcome="arm", unit="unit"),
         (NUMBER, TRUTH)),
    Case("specifications", "unit", "unit", lambda d: curve(d, unit="unit")),
    Case("specifications", "adjust", "grade", curve),
    Case("specifications", "adjust of two", "arm", lambda d: specifications(
        d, on="lead", choices={"outcome": {"post": "post"}, "adjust": {"arm": ["arm"]}}, draws=19), LABELS_ONLY),
    Case("sensitivity", "adjust", "grade", lambda d: sensitivity(
        regress(d, outcome="post", on="lead", adjust=["grade"]), benchmark="grade")),
    Case("sensitivity", "unit", "unit", lambda d: sensitivity(regress(d, outcome="post", on="lead", unit="unit"))),
    Case("sensitivity", "group", "arm", lambda d: sensitivity(arms(d, adjust=["grade"]), benchmark="grade"),
         LABELS_ONLY),
]


def only(result: Result, start: str) -> Result:
    """The result with the rows of the terms that the role bears on; the other rows keep whom it lacks."""
    object.__setattr__(result, "table", result.table[result.table["term"].str.startswith(start)].reset_index(drop=True))
    return result


COUNTED = re.compile(r"\b1 (person|row|of)\b|` 1[;)]")
"""A note that counts the one row."""


def with_gap(case: Case, make: Maker) -> pd.DataFrame:
    codes: list[int | None] = case.data()[case.column].tolist()
    codes[ROW] = None
    return case.data().assign(**{case.column: make(codes)})


def without_row(case: Case, make: Maker) -> pd.DataFrame:
    whole = case.data().assign(**{case.column: make(case.data()[case.column].tolist())})
    return whole.drop(index=ROW)


COMBINATIONS = [
    pytest.param(case, make, id=f"{case.verb}-{case.role}-{kind}")
    for case in CASES for kinds in case.kinds for kind, make in kinds.items()
]


def test_so_many_combinations_are_tried() -> None:
    """Ten verbs, every role that holds labels or gaps."""
    verbs = {case.verb.partition(",")[0] for case in CASES}
    assert verbs == {
        "compare", "leavers", "net_gain", "regress", "regress_parquet", "agreement", "reliability", "sensitivity",
        "raters", "specifications", "compare_units",
    }
    assert len(COMBINATIONS) == 476


def some() -> list[Any]:
    """All combinations in the long form; else half: every role, and every verb with every way to store a column."""
    if os.environ.get("KARIER_LONG"):
        return COMBINATIONS
    drawn = COMBINATIONS[::4]
    for part in (lambda one: one.id.rpartition("-")[0], lambda one: (one.id.partition("-")[0], one.id.rpartition("-")[2])):
        there = set(map(part, drawn))
        drawn = [*drawn, *{part(one): one for one in COMBINATIONS if part(one) not in there}.values()]
    return drawn


@pytest.mark.parametrize(("case", "make"), some())
def test_one_empty_cell_is_that_row_left_out_and_counted(case: Case, make: Maker) -> None:
    result, expected = case.call(with_gap(case, make)), case.call(without_row(case, make))
    pd.testing.assert_frame_equal(result.table, expected.table, rtol=1e-8, atol=1e-11, check_exact=False)
    if case.verb in ("sensitivity", "leavers", "net_gain"):  # these read a result that has said it
        return
    known = [note["en"] for note in expected.notes] if not case.person_stays else []
    said = [note["en"] for note in result.notes if note["en"] not in known]
    assert any(COUNTED.search(note) for note in said), said


RENAMED = [case for case in CASES if case.role not in ("before", "after", "dose", "outcome", "on", "items", "raters", "year")
           and case.verb != "net_gain" and "two" not in case.role and case.column != "flag"]


def backwards(codes: Codes) -> pd.Series:
    """Other names, in the opposite order of the alphabet."""
    return pd.Series([None if code is None else f"{'ZYXWVUTSRQP'[code % 11]}unit {99 - code}" for code in codes])


@pytest.mark.parametrize("case", RENAMED, ids=lambda case: f"{case.verb}-{case.role}")
def test_other_names_of_the_labels_give_the_same_numbers(case: Case) -> None:
    """But for covariates' own rows, whose reference is the first label, and for draws among rows or units."""
    tables = []
    for make in (TEXT["str"], backwards):
        codes = case.data()[case.column].tolist()
        table = case.call(case.data().assign(**{case.column: make(codes)})).table
        back = dict(zip(make(codes), map(str, codes), strict=True))
        table["term"] = table["term"].map(lambda term, back=back: functools.reduce(
            lambda text, pair: text.replace(*pair), back.items(), term))
        drop = table["term"].str.startswith(("grade=", "arm=", "as_strong_as"))
        tables.append(table[~drop].sort_values(["term", "method"]).reset_index(drop=True))
    if case.verb == "specifications":
        tables = [table[["term", "method", "estimate", "n"]] for table in tables]
    pd.testing.assert_frame_equal(*tables, rtol=1e-7, atol=1e-10, check_exact=False)


def test_the_old_way_would_fail() -> None:
    """A positive control: labels cut to their first letter make one of eight units."""
    column = with_gap(CASES[5], TEXT["str"])["unit"]
    cut = column.astype(str).to_numpy(dtype=str)
    assert len(set(cut)) < UNITS


# Verbs of the chapters -----------------------------------------------------------------

AFTER: dict[str, Any] = {**WIDE, "group": "arm", "control": 0}
TOLD: dict[str, tuple[str, Callable[[pd.DataFrame], Any]]] = {
    "shares by": ("level", lambda d: ks.shares(d, of="trained", by="level")),
    "shares over": ("level", lambda d: ks.shares(d, of="trained", over="level")),
    "shares cluster": ("unit", lambda d: ks.shares(d, of="trained", cluster="unit")),
    "shares of categories": ("grade", lambda d: ks.shares(d, of="grade")),
    "means by": ("level", lambda d: ks.means(d, of="post", by="level")),
    "means cluster": ("unit", lambda d: ks.means(d, of="post", cluster="unit")),
    "totals by": ("level", lambda d: ks.totals(d, of="likert", by="level")),
    "ratios by": ("level", lambda d: ks.ratios(d, of="post", to="pre", by="level")),
    "ratios among": ("level", lambda d: ks.ratios(d, of="post", to="pre", among="level")),
    "mismatch of": ("grade", lambda d: ks.mismatch(d, ks.totals(d, by="grade"), of="grade", per="who")),
    "mismatch per": ("twice", lambda d: ks.mismatch(d, ks.totals(base(), by="grade"), of="grade", per="twice")),
    "others by": ("level", lambda d: ks.others(d, of="post", by="level", within="arm")),
    "others within": ("arm", lambda d: ks.others(d, of="post", by="level", within="arm")),
    "within by": ("level", lambda d: ks.within(d, of="trained", by=["level"], unit="unit", person="who")),
    "within unit": ("unit", lambda d: ks.within(d, of="trained", by=["level"], unit="unit", person="who")),
    "gains by": ("level", lambda d: ks.gains(d, **AFTER, by="level")),
    "gains group": ("arm", lambda d: ks.gains(d, **{**AFTER, "control": first(d["arm"])})),
    "gains adjust": ("grade", lambda d: ks.gains(d, **AFTER, adjust="grade")),
    "net gains by": ("level", lambda d: ks.net_gains(d, **AFTER, by="level", least=5, fewest=8)),
    "net gains group": ("arm", lambda d: ks.net_gains(
        d, **{**AFTER, "control": first(d["arm"])}, by="level", least=5, fewest=8)),
}
"""A verb's role and the column that plays it; one row without a label is in no group, and a note counts it."""


OWN_N = ("shares of categories", "within by")
"""Whose rows say of how many they are."""


def groups_of(found: Any) -> pd.DataFrame:
    """What is said of groups; of everybody where there are none."""
    if isinstance(found, Withins):
        return pd.DataFrame([(one.code, one.value.value, one.value.std_error, one.n, one.n_group) for one in found.rows])
    if not isinstance(found, Description):
        return found.frame("rows")
    return found.table[found.table["term"].str.contains("[", regex=False)] if found.groups else found.table


def words_of(found: Any) -> str:
    """The English notes of a result and of its table, and the columns by which some rows are in no group."""
    notes = [*found.about.get("notes", ()), *getattr(found, "notes", ()), *build.ungrouped(found)]
    return " ".join(note["en"] for note in notes)


def stored() -> list[tuple[str, str]]:
    """Every role with every kind of column in the long form; else each role with a third of them, in turn."""
    step = 1 if os.environ.get("KARIER_LONG") else 3
    return [(role, kind) for place, role in enumerate(TOLD) for kind in [*TEXT, *NUMBER, *ARROW][place % step::step]]


@pytest.mark.parametrize(("role", "kind"), stored())
def test_one_empty_label_is_in_no_group_of_any_verb(role: str, kind: str) -> None:
    column, call = TOLD[role]
    data = base().assign(trained=base()["likert"] > 3)
    codes: list[int | None] = data[column].tolist()
    make = {**TEXT, **NUMBER, **ARROW}[kind]
    whole = call(data.assign(**{column: make(codes)}).drop(index=ROW))
    codes[ROW] = None
    gap = call(data.assign(**{column: make(codes)}))
    pd.testing.assert_frame_equal(groups_of(gap).reset_index(drop=True), groups_of(whole).reset_index(drop=True), rtol=1e-9)
    assert role in OWN_N or words_of(gap) != words_of(whole)


def test_a_gap_changes_no_kind_of_column() -> None:
    """Truth values stay truth values, a number among covariates stays one column, amounts keep their total."""
    flags = pd.Series([None, True, True, False] * 5, dtype=object)
    assert ks.shares(pd.DataFrame({"yes": flags}), of="yes").row.estimate == pytest.approx(2 / 3)
    data = base().assign(pre=base()["pre"].mask(base()["who"] == ROW))
    assert set(ks.slopes(data, outcome="post", on="lead", unit="unit", also="pre").adjusted.frame.adjust_names) == {"pre"}
    amounts = pd.DataFrame({"jp": [0.0, 0, 0, 4, None]})
    assert ks.inequality(amounts, of="jp").row.estimate == pytest.approx(0.75) and ks.inequality(amounts, of="jp").n == 4


@pytest.mark.parametrize("verb", [ks.gains, ks.net_gains, ks.dropouts])
def test_the_comparison_arm_is_found_however_it_is_stored_or_refused(verb: Callable[..., Any]) -> None:
    """``control`` that names no arm would make participants of everybody."""
    data = base().assign(selection="random")
    more: dict[str, Any] = {"by": "level", "least": 5, "fewest": 8} if verb is ks.net_gains else {}
    if verb is ks.dropouts:
        data, more = data.assign(post=data["post"].mask(data["grade"] == 1)), {"least": 3, "fewest": 5}
    kinds = {name: {**LABELS_ONLY[1], **LABELS_ONLY[2]}[name] for name in ("float with a gap", "nullable Int64", "bool with a gap")}
    stored = [(data, 0), (data, "0"), (data.assign(arm=data["arm"].astype(str)), 0)]
    stored += [(data.assign(arm=make(data["arm"].tolist())), 0) for make in kinds.values()]
    said = [groups_of(verb(rows, **{**AFTER, "control": control}, **more)) if verb is not ks.dropouts
            else verb(rows, **{**AFTER, "control": control}, **more).result.table for rows, control in stored]
    columns = said[0].columns.difference(["term"])
    for other in said[1:]:
        pd.testing.assert_frame_equal(other[columns], said[0][columns])
    assert len(said[0])
    with pytest.raises(StatisticsError) as caught:
        verb(data, **{**AFTER, "control": 7}, **more)
    assert caught.value.code == "K313"
