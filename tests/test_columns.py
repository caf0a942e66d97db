"""Columns that a caller names, and labels made of them in one place."""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats import columns
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.specification import specifications
from karier_stats.stats.change.compare import compare
from karier_stats.stats.change.dropout import leavers
from karier_stats.stats.columns import floats, labels_of, listed, settled
from karier_stats.stats.results import Result
from karier_stats.stats.scales.agreement import agreement, raters
from karier_stats.stats.scales.reliability import reliability
from karier_stats.stats.units.compare_units import compare_units

PACKAGE = Path(__file__).parents[1] / "karier_stats"


def rows(n: int = 48) -> pd.DataFrame:
    """Six units of eight people, with columns ``a`` and ``b`` beside one called ``ab``."""
    rng = np.random.default_rng(8)
    data = pd.DataFrame({
        "unit": [f"Unit {i % 6}" for i in range(n)], "arm": [f"arm {i % 2}" for i in range(n)],
        "a": rng.normal(size=n), "b": rng.normal(size=n), "ab": rng.normal(size=n),
        "pre": rng.normal(60, 8, n), "lead": rng.normal(size=n), "year": 2023 + np.arange(n) // 24,
        "one": rng.integers(1, 6, n), "two": rng.integers(1, 6, n),
    })
    return data.assign(post=data["pre"] + 3 * data["ab"] + rng.normal(size=n))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(StatisticsError) as error:
        call()
    return error.value.code


# Labels -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "order", "codes"),
    [
        (pd.Series(["bb", "ba", None, "bb"]), ("ba", "bb"), [1, 0, -1, 1]),
        (pd.Series([10.0, 2.0, np.nan]), ("2", "10"), [1, 0, -1]),
        (pd.Series([1.5, np.inf]), ("1.5",), [0, -1]),
        (pd.Series([True, None, False]), ("False", "True"), [1, -1, 0]),
        (pd.Series([1, "1", Decimal("1.0"), "x"], dtype=object), ("1", "x"), [0, 0, 0, 1]),
        (pd.Series(["a", "  ", ""]), ("a",), [0, -1, -1]),
        (pd.Series([None, None], dtype=object), (), [-1, -1]),
        (pd.Series([pd.Timestamp("2024-02-01"), pd.NaT]), ("2024-02-01",), [0, -1]),
        (pd.Series(pd.Categorical(["z", None, "a"], ["z", "q", "a"])), ("z", "a"), [0, -1, 1]),
        (["b", "a"], ("a", "b"), [1, 0]),
    ],
)
def test_labels_by_hand(values: Any, order: tuple[str, ...], codes: list[int]) -> None:
    found = labels_of(values)
    assert found.order == order
    assert found.codes.tolist() == codes
    assert found.text.tolist() == ["" if code < 0 else order[code] for code in codes]


def test_labels_of_some_rows_are_those_that_occur() -> None:
    found = labels_of(pd.Series(["c", "a", "b", None])).only(np.array([True, False, True, True]))
    assert (found.order, found.codes.tolist()) == (("b", "c"), [1, 0, -1])


@pytest.mark.parametrize("control", [0, 0.0, "0", "0.0", False, np.int64(0), np.float32(0), np.bool_(False), "False"])
@pytest.mark.parametrize(
    "column", [[0, 1], [0.0, 1.0], [False, True], ["0", "1"], pd.array([0, 1], "Int64"), pd.Categorical([0, 1]),
               pd.array([False, True], "boolean")], ids=str,
)
def test_a_callers_value_finds_its_label_however_it_is_stored(control: object, column: Any) -> None:
    data = rows().assign(arm=pd.Series(column).repeat(24).reset_index(drop=True))
    data["arm"] = data["arm"].astype(object) if data["arm"].dtype == bool else data["arm"]
    data.loc[5, "arm"] = None
    result = compare(data, before="pre", after="post", group="arm", control=control)
    assert result.arms[0] in ("0", "False")
    assert result.headline["n"] == 47


def test_a_value_that_means_two_labels_finds_none() -> None:
    found = labels_of(pd.Series(["1.0", "1.00", "x"]))
    assert found.find(1) is None
    assert found.find("1.00") == "1.00"


def test_waves_are_found_as_labels_are() -> None:
    data = pd.DataFrame({"who": [1, 1, 2, 2, 3, 3], "when": ["2023", "2024"] * 3, "score": [5, 7, 4, 5, 6, 9]})
    text = compare(data, before=2023, after=2024, outcome="score", wave="when", person="who")
    number = compare(data.assign(when=data["when"].astype(float)), before="2023", after=2024, outcome="score",
                     wave="when", person="who")
    assert text.headline["estimate"] == number.headline["estimate"] == 2
    same = {"outcome": "score", "wave": "when", "person": "who"}
    assert code_of(lambda: compare(data, before=2023, after=[2024, "2024.0"], **same)) == "K317"


def test_people_are_found_whatever_their_ids_are_stored_as() -> None:
    data = pd.DataFrame({"who": [1, 2, 3, "1", "2", 3.0], "when": ["a"] * 3 + ["b"] * 3, "score": [5, 4, 6, 7, 5, 9]})
    assert compare(data, before="a", after="b", outcome="score", wave="when", person="who").headline["n"] == 3


def test_lists_are_no_labels() -> None:
    data = rows().assign(unit=[[1], [2]] * 24)
    assert code_of(lambda: compare(data, before="pre", after="post", cluster="unit")) == "K327"


def cuts_text(node: ast.AST) -> bool:
    """True for a call that makes NumPy text of a column, whose width one gap may set."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    asked = [keyword.value for keyword in node.keywords if keyword.arg == "dtype"] + node.args
    texts = [ast.unparse(value) for value in asked]
    if name in ("to_numpy", "asarray", "array", "astype") and any(
        text in ("np.str_", "numpy.str_") or (text.strip("'\"").lstrip("<>=|").startswith("U") and text[:1] in "'\""
        and text.strip("'\"").lstrip("<>=|U").isdigit()) or text.strip("'\"") in ("<U", "U") for text in texts
    ):
        return True
    return name in ("to_numpy", "asarray", "array") and any(
        keyword.arg == "dtype" and ast.unparse(keyword.value) in ("str", "'str'") for keyword in node.keywords
    )


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x.to_numpy(dtype=str)", True), ("np.asarray(x, dtype=str)", True), ("np.array(x, dtype=str)", True),
        ("x.astype('<U1')", True), ("x.astype('U20')", True), ("x.astype(np.str_)", True), ("np.array(x)", False),
        ("x.astype({'unit': str})", False), ("np.array(['Unit'])", False), ("x.to_numpy(dtype=float)", False),
    ],
)
def test_the_rule_against_cut_text_sees_what_it_should(line: str, found: bool) -> None:
    assert any(cuts_text(node) for node in ast.walk(ast.parse(line))) == found


def test_no_column_is_made_numpy_text() -> None:
    """``to_numpy(dtype=str)`` takes its width from where pandas keeps a gap: every label is cut to one letter."""
    guilty = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}" for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if cuts_text(node)
    ]
    assert not guilty


# A string is one column ---------------------------------------------------------


def test_a_string_is_one_name() -> None:
    assert listed("ab") == ("ab",)
    assert listed(["a", "b"]) == ("a", "b")
    assert listed(None) == listed(()) == ()


def terms(result: Result) -> set[str]:
    return set(result.table["term"])


ONE_COLUMN: dict[str, tuple[Callable[..., Any], str, dict[str, Any]]] = {
    "compare": (compare, "adjust", {"before": "pre", "after": "post", "group": "arm", "control": "arm 0"}),
    "regress": (regress, "adjust", {"outcome": "post", "on": "lead"}),
    "regress with units": (regress, "adjust", {"outcome": "post", "on": "lead", "unit": "unit"}),
    "moderators": (regress, "moderators", {"outcome": "post", "on": "lead"}),
    "compare_units": (compare_units, "adjust", {"outcome": "post", "unit": "unit"}),
}


@pytest.mark.parametrize("verb", ONE_COLUMN)
def test_a_string_is_one_column_everywhere(verb: str) -> None:
    call, role, keywords = ONE_COLUMN[verb]
    text, one, two = (call(rows(), **keywords, **{role: names}) for names in ("ab", ["ab"], ["a", "b"]))
    pd.testing.assert_frame_equal(text.table, one.table)
    assert not text.table.equals(two.table)


def test_a_string_is_one_column_in_specifications_items_and_waves() -> None:
    data = rows()
    found = [
        specifications(data, on="lead", choices={"outcome": {"y": "post"}, "adjust": {"x": names}}, draws=9)
        for names in ("ab", ["ab"])
    ]
    pd.testing.assert_frame_equal(found[0].table, found[1].table)
    assert agreement(data, items="one", unit="unit", scale=(1, 5)).items == ("one",)
    assert code_of(lambda: reliability(data, items="one")) == "K370"
    wide = [compare(data, before="pre", after=after) for after in ("post", ["post"])]
    pd.testing.assert_frame_equal(wide[0].table, wide[1].table)


# A column that stands twice, complex numbers ------------------------------------


def roles(folder: Path) -> dict[str, tuple[str, Callable[[pd.DataFrame], Any]]]:
    """Verb and role to the column concerned and the call."""

    def parquet(data: pd.DataFrame) -> Result:
        table = pa.table([pa.array(data.iloc[:, i]) for i in range(data.shape[1])], names=list(data.columns))
        pq.write_table(table, folder / "rows.parquet")
        return regress(folder / "rows.parquet", outcome="post", on="lead", unit="unit")

    waves = {"before": "pre", "after": "post"}
    return {
        "compare before": ("pre", lambda d: compare(d, **waves)),
        "compare after": ("post", lambda d: compare(d, **waves)),
        "compare group": ("arm", lambda d: compare(d, **waves, group="arm", control="arm 0")),
        "compare by": ("arm", lambda d: compare(d, **waves, by="arm")),
        "compare cluster": ("unit", lambda d: compare(d, **waves, cluster="unit")),
        "compare adjust": ("a", lambda d: compare(d, **waves, group="arm", control="arm 0", adjust="a")),
        "compare dose": ("a", lambda d: compare(d, **waves, dose="a")),
        "compare person": ("unit", lambda d: compare(d, **waves, person="unit")),
        "compare wave": ("year", lambda d: compare(d, before=2023, after=2024, wave="year", person="b", outcome="a")),
        "regress outcome": ("post", lambda d: regress(d, outcome="post", on="lead")),
        "regress on": ("lead", lambda d: regress(d, outcome="post", on="lead")),
        "regress adjust": ("a", lambda d: regress(d, outcome="post", on="lead", adjust="a")),
        "regress unit": ("unit", lambda d: regress(d, outcome="post", on="lead", unit="unit")),
        "regress person": ("unit", lambda d: regress(d, outcome="post", on="lead", person="unit")),
        "regress moderators": ("a", lambda d: regress(d, outcome="post", on="lead", moderators="a")),
        "parquet outcome": ("post", parquet),
        "parquet unit": ("unit", parquet),
        "agreement items": ("one", lambda d: agreement(d, items=["one", "two"], unit="unit", scale=(1, 5))),
        "agreement unit": ("unit", lambda d: agreement(d, items=["one", "two"], unit="unit", scale=(1, 5))),
        "raters": ("one", lambda d: raters(d, raters=["one", "two"])),
        "reliability items": ("one", lambda d: reliability(d, items=["one", "two"])),
        "specifications on": ("lead", curve),
        "specifications outcome": ("post", curve),
        "specifications adjust": ("a", curve),
        "specifications unit": ("unit", lambda d: curve(d, unit="unit")),
        "compare_units outcome": ("post", lambda d: compare_units(d, outcome="post", unit="unit")),
        "compare_units adjust": ("a", lambda d: compare_units(d, outcome="post", unit="unit", adjust="a")),
        "compare_units unit": ("unit", lambda d: compare_units(d, outcome="post", unit="unit")),
    }


def curve(data: pd.DataFrame, **more: Any) -> Result:
    return specifications(
        data, on="lead", choices={"outcome": {"y": "post"}, "adjust": {"none": (), "a": ["a"]}}, draws=9, **more
    )


ROLES = sorted(roles(Path()))


@pytest.mark.parametrize("name", ROLES)
def test_a_column_that_stands_twice_is_refused(name: str, tmp_path: Path) -> None:
    column, call = roles(tmp_path)[name]
    data = rows()
    twice = pd.concat([data, data[[column]]], axis=1)
    with pytest.raises(StatisticsError) as error:
        call(twice)
    assert error.value.code == "K325"
    assert f"'{column}'" in error.value.message("en") and "2 times" in error.value.message("en")


@pytest.mark.parametrize("name", [name for name in ROLES if not name.startswith("parquet")])
def test_complex_numbers_are_refused(name: str, tmp_path: Path) -> None:
    column, call = roles(tmp_path)[name]
    data = rows()
    values = pd.Series(np.arange(len(data)) + 1j)
    assert code_of(lambda: call(data.assign(**{column: values}))) == "K345"
    assert code_of(lambda: call(data.assign(**{column: values.astype(object)}))) == "K345"


def test_arrays_of_what_is_no_real_number_are_refused() -> None:
    assert code_of(lambda: columns.numbers("before", [1 + 1j, 2])) == "K345"
    assert code_of(lambda: columns.numbers("before", ["a", "b"])) == "K345"
    assert code_of(lambda: columns.numbers("before", pd.array([1, None], "Int64"))) == "K336"
    assert columns.numbers("before", pd.array([1, 2], "Int64")).tolist() == [1.0, 2.0]
    assert columns.numbers("before", []).shape == (0,)


def test_numbers_kept_as_objects_are_numbers() -> None:
    for values in ([1, None], [1.0, None], [True, None], [Decimal(1), None]):
        assert floats(settled(pd.Series(values, dtype=object)))[0] == 1
    assert settled(pd.Series(["1", None], dtype=object)).dtype == object


# Keywords that belong together, people and years --------------------------------


def test_group_and_control_go_together() -> None:
    with pytest.raises(StatisticsError) as error:
        compare(rows(), before="pre", after="post", group="arm")
    assert error.value.code == "K338"
    assert "`control` must be given where `group` is." in error.value.message("en")
    with pytest.raises(StatisticsError) as error:
        compare(rows(), before="pre", after="post", control="arm 0")
    assert "`group` harus diisi bila `control` diisi." in error.value.message("id")
    assert code_of(lambda: compare(rows(), before="pre", after="post", group="arm", control=np.nan)) == "K338"


def test_wide_data_name_each_person_once() -> None:
    data = rows().assign(who=[f"Pegawai {i}" for i in range(48)])
    assert compare(data, before="pre", after="post", person="who").headline["n"] == 48
    data.loc[[10, 20], "who"] = "Pegawai 3"
    with pytest.raises(StatisticsError) as error:
        compare(data, before="pre", after="post", person="who")
    assert error.value.code == "K324"
    assert "1 people stand in more than one row (rows 11, 21)" in error.value.message("en")
    assert "Pegawai" not in error.value.message("en")


def long(**columns: Any) -> pd.DataFrame:
    """Six people at three waves."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"who": np.repeat(np.arange(6), 3), "when": ["a", "b", "c"] * 6,
                         "score": rng.normal(60, 5, 18).round(), "arm": np.repeat(["kendali", "kursus"], 9)})
    return data.assign(**columns)


def test_a_cluster_or_covariate_that_changes_is_counted_and_said() -> None:
    data = long(unit=np.repeat([f"Unit {name}" for name in "ABCDEF"], 3), age=np.repeat(np.arange(30.0, 36), 3))
    same = {"before": "a", "after": ["b", "c"], "outcome": "score", "wave": "when", "person": "who", "group": "arm",
            "control": "kendali", "cluster": "unit", "adjust": "age"}
    before = compare(data, **same)
    assert not before.pairs.changed
    data.loc[[1, 5], "unit"] = "Unit X"  # one at the second wave, one at the third
    data.loc[8, "age"] = 40
    data.loc[11, "age"] = None  # a gap is no change
    after = compare(data, **same)
    assert after.pairs.changed == {"unit": 2, "age": 1}
    said = [note["en"] for note in after.notes]
    assert "`unit` differs between the waves for 2 people; the value of the first wave counts." in said
    assert "`age` differs between the waves for 1 person; the value of the first wave counts." in said
    pd.testing.assert_frame_equal(before.table, after.table)


@pytest.mark.parametrize(("role", "code"), [("group", "K309"), ("by", "K309"), ("dose", "K322")])
def test_an_arm_level_or_dose_that_changes_at_any_wave_is_refused(role: str, code: str) -> None:
    data = long(dose=1.0)
    column = "dose" if role == "dose" else "arm"
    data.loc[2, column] = 5 if role == "dose" else "kursus"
    more = {"control": "kendali"} if role == "group" else {}
    assert code_of(lambda: compare(
        data, before="a", after=["b", "c"], outcome="score", wave="when", person="who", **{role: column}, **more
    )) == code


def test_a_person_who_changes_units_is_counted() -> None:
    data = rows().assign(who=np.arange(48) // 2)  # every person stands in two units
    said = [note["en"] for note in regress(data, outcome="post", on="lead", unit="unit", person="who").notes]
    assert "24 people stand in more than one unit; each row counts in its own." in said
    stay = data.assign(unit=[f"Unit {i // 8}" for i in range(48)])
    said = [note["en"] for note in regress(stay, outcome="post", on="lead", unit="unit", person="who").notes]
    assert not any("more than one unit" in note for note in said)


def test_half_a_draw_is_refused() -> None:
    choices = {"outcome": {"y": "post"}}
    assert code_of(lambda: specifications(rows(), on="lead", choices=choices, draws=9.5)) == "K368"


@pytest.mark.parametrize("level", [1j, "0.95", None, 0, 1, np.nan])
def test_a_level_that_is_no_number_between_0_and_1_is_refused(level: Any) -> None:
    data = rows()
    calls: list[Callable[[], object]] = [
        lambda: regress(data, outcome="post", on="lead", level=level),
        lambda: compare_units(data, outcome="post", unit="unit", level=level),
        lambda: curve(data, level=level),
        lambda: reliability(data, items=["one", "two"]).interval(level),
        lambda: agreement(data, items="one", unit="unit", scale=(1, 5)).interval(level),
    ]
    assert {code_of(call) for call in calls} == {"K349"}
    assert code_of(lambda: compare(data, before="pre", after="post", level=level)) == "K317"


@pytest.mark.parametrize("more", [{"smallest_effect": 1j}, {"scale": (0, 1j)}, {"scale": ("0", "100")}])
def test_bounds_that_are_no_real_numbers_are_refused(more: dict[str, Any]) -> None:
    assert code_of(lambda: compare(rows(), before="pre", after="post", **more)) == "K317"


def test_leavers_find_the_comparison_arm_as_compare_does() -> None:
    same = {"arm": [0, 0, 0, 1, 1, 1], "left_arm": [1]}
    scores = [50, 52, 55, 50, 51, 49], [51, 55, 56, 60, 64, 58], [47]
    for control in (0, "0", 0.0, False):
        assert leavers(*scores, **same, control=control).control == "0"
    assert code_of(lambda: leavers(*scores, **same, control=2)) == "K313"
