"""What every result of ``compare`` keeps: its columns, its levels, its words, its picture."""

from __future__ import annotations

import dataclasses
import re
import time

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from karier_stats.stats.change.compare import Change, compare
from karier_stats.stats.results import COLUMNS, METHODS, TERMS, base_term, digits_for
from karier_stats.words.numbers import number
from tests.contract import words_on


def people(n: int = 60, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    pre = rng.normal(60, 9, n).round()
    arm = np.array(["control", "seminar", "workshop"])[np.arange(n) % 3]
    return pd.DataFrame({
        "pre": pre, "post": (pre + 2 + 5 * (arm == "workshop") + rng.normal(0, 5, n)).round(), "arm": arm,
        "form": np.array(["a", "b"])[np.arange(n) // 3 % 2], "unit": np.arange(n) // 5, "jp": rng.integers(2, 30, n),
        "later": np.where(np.arange(n) % 7, (pre + 1 + 4 * (arm == "workshop") + rng.normal(0, 5, n)).round(), np.nan),
        "office": np.array(["c", "s", "w"])[np.arange(n) % 3] + (np.arange(n) // 3 % 5).astype(str).astype(object),
    })


def graded() -> pd.DataFrame:
    kind = pd.CategoricalDtype(["never", "some", "often"], ordered=True)
    return pd.DataFrame({
        "pre": ["never", "some", "some", "often", "never", "some"] * 4,
        "post": ["some", "some", "often", "often", "some", "never"] * 4,
    }).astype(kind)


RESULTS = {
    "one group": lambda: compare(people(), before="pre", after="post", smallest_effect=10),
    "clusters": lambda: compare(people(), before="pre", after="post", cluster="unit"),
    "levels": lambda: compare(people(), before="pre", after="post", by="form"),
    "arms": lambda: compare(people(), before="pre", after="post", group="arm", control="control"),
    "arms chosen at random": lambda: compare(
        people(), before="pre", after="post", group="arm", control="control", by="form", selection="random",
        smallest_effect=3,
    ),
    "arms in clusters": lambda: compare(
        people(), before="pre", after="post", group="arm", control="control", cluster="unit", selection="ability"
    ),
    "three waves": lambda: compare(
        people(), before="pre", after=["post", "later"], dose="jp", scale=(0, 120), by="form"
    ),
    "three waves in clusters": lambda: compare(
        people(), before="pre", after=["post", "later"], dose="jp", cluster="unit", selection="low_before"
    ),
    "three waves of arms": lambda: compare(
        people(), before="pre", after=["post", "later"], dose="jp", scale=(0, 120), group="arm", control="control",
        selection="low_before",
    ),
    "whole offices": lambda: compare(
        people(), before="pre", after=["post", "later"], group="arm", control="control", cluster="office",
    ),
    "graded thrice": lambda: compare(
        graded().assign(later=lambda d: d["pre"]), before="pre", after=["post", "later"]
    ),
    "pass thrice": lambda: compare(people()[["pre", "post", "later"]] > 62, before="pre", after=["post", "later"]),
    "graded in clusters": lambda: compare(
        graded().assign(unit=np.arange(24) // 4, later=lambda d: d["pre"]), before="pre", after=["post", "later"],
        cluster="unit",
    ),
    "pass in clusters": lambda: compare(
        (people()[["pre", "post"]] > 62).assign(unit=np.arange(60) // 5), before="pre", after="post", cluster="unit"
    ),
    "pass of arms": lambda: compare(
        (people()[["pre", "post", "later"]] > 62).assign(arm=people()["arm"]), before="pre", after=["post", "later"],
        group="arm", control="control", selection="ability",
    ),
    "ten people": lambda: compare(people(10), before="pre", after="post", dose="jp", scale=(0, 100)),
    "graded": lambda: compare(graded(), before="pre", after="post"),
    "pass": lambda: compare(people()[["pre", "post"]] > 62, before="pre", after="post", smallest_effect=0.1),
    "nobody changed": lambda: compare(people().assign(post=lambda d: d["pre"]), before="pre", after="post"),
    "skewed": lambda: compare(
        people(150).assign(post=lambda d: d["pre"] + np.random.default_rng(0).exponential(3, 150) ** 2),
        before="pre", after="post",
    ),
}


@pytest.fixture(params=RESULTS, scope="module")
def result(request: pytest.FixtureRequest) -> Change:
    return RESULTS[request.param]()


def test_columns_terms_and_methods(result: Change) -> None:
    assert tuple(result.table.columns) == COLUMNS
    assert {base_term(term)[0] for term in result.table["term"]} <= set(TERMS)
    assert set(result.table["method"]) <= set(METHODS)
    assert not result.table.duplicated(["term", "method"]).any()


def test_the_estimate_lies_in_its_interval(result: Change) -> None:
    rows = result.table.dropna(subset=["ci_low"])
    assert ((rows["ci_low"] <= rows["estimate"]) & (rows["estimate"] <= rows["ci_high"])).all()
    assert rows["p_value"].dropna().between(0, 1).all()
    assert result.table.loc[result.table["ci_low"].isna(), "ci_level"].isna().all()


def test_nan_never_leaves(result: Change) -> None:
    for column in result.table.columns[2:]:
        values = result.table[column].dropna().to_numpy(dtype=float)
        assert np.isfinite(values).all()


def test_a_new_level_is_computed_anew(result: Change) -> None:
    wider, narrower = result.interval(0.99), result.interval(0.8)
    known = result.table["ci_low"].notna() & wider["ci_low"].notna()
    assert (wider["ci_high"] >= result.table["ci_high"])[known].all()
    assert (wider["ci_low"] <= result.table["ci_low"])[known].all()
    assert set(narrower["ci_level"].dropna()) <= {0.8}
    again = result.interval(result.table["ci_level"].dropna().iloc[0])
    pd.testing.assert_frame_equal(again, result.table)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_sentence_says_the_headline(result: Change, lang: str) -> None:
    row, text = result.headline, result.sentence(lang)
    factor = 100 if result.pairs.kind == "pass_fail" or result.lead[0] == "improved" else 1
    scaled = row.copy()
    scaled[["estimate", "ci_low", "ci_high"]] = row[["estimate", "ci_low", "ci_high"]] * factor
    places = 1 if result.lead[0] == "improved" else digits_for(scaled)
    for name in ("estimate", "ci_low", "ci_high"):
        if not pd.isna(row[name]):
            assert number(scaled[name], lang, places) in text, name
    assert "n = " in text
    assert text.endswith(".")


def test_no_causal_word_without_a_comparison(result: Change) -> None:
    words = re.compile(r"meningkatkan|menyebabkan|pengaruh|improved|caused|effect of", re.IGNORECASE)
    for lang in ("id", "en"):
        if result.arms and result.selection != "unknown":
            assert re.search("anggapan|assum", result.sentence(lang))
        else:
            assert not words.search(result.sentence(lang))
        assert "tidak ada pengaruh" not in result.sentence(lang)


def test_views_have_no_clock_and_no_address(result: Change) -> None:
    for view in (repr(result), result._repr_html_(), result._repr_markdown_()):
        assert "0x" not in view
        assert "*" not in view
        assert "<NA>" not in view
        assert "nan" not in view.lower().replace("dengan", "").split()
    assert repr(result).startswith("Change: ")


def test_frozen_and_noted(result: Change) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.lead = ("did", "ols")  # type: ignore[misc]
    assert result.notes
    assert all(set(note) == {"id", "en"} for note in result.notes)


def test_the_picture_is_drawn_from_the_result(result: Change) -> None:
    before = result.table.copy()
    ax = result.plot()
    panels = ax.child_axes
    assert len(panels) == {0: 2, 2: 4}.get(len(result.arms), 1)  # scores beside change; of many arms the change alone
    assert result.picture().y["id"] in words_on(ax) and "Perubahan (sesudah − sebelum)" in words_on(ax)
    pd.testing.assert_frame_equal(before, result.table)
    for lang in ("id", "en"):
        assert result.alt(lang).endswith(".")
        assert all(estimate in result.alt(lang) for estimate in result.display_table(lang).iloc[:, 2])
    plt.close("all")


def test_the_mean_in_the_picture_is_that_of_the_table() -> None:
    found = RESULTS["arms in clusters"]()
    drawn = found.picture().data.attrs
    assert drawn["level"] == 0.95 and list(drawn["change"]) == list(found.arms)
    for arm in found.arms:
        row = found.row(f"mean_change[{arm}]")
        assert drawn["change"][arm] == (row["estimate"], row["ci_low"], row["ci_high"])
        assert number(row["estimate"], "en", 1) in words_on(found.plot(lang="en"))
    plt.close("all")


def test_lines_run_on_to_the_later_waves_that_a_person_has() -> None:
    ax = RESULTS["three waves in clusters"]().plot()
    lengths = sorted(len(line) for line in ax.child_axes[0].collections[0].get_segments())
    assert lengths == [2] * 9 + [3] * 51  # every seventh of sixty people has no later score
    assert "sebelum sesudah later" in words_on(ax)
    plt.close("all")


def test_every_number_of_a_later_wave_is_in_the_table() -> None:
    found = RESULTS["three waves in clusters"]()
    row, text = found.row("lasting[later]", "cr2"), found.sentence("en")
    for name in ("estimate", "ci_low", "ci_high"):
        assert number(row[name], "en", digits_for(row)) in text
    dose = found.row("dose[linear]")
    assert number(dose["ci_low"], "en", digits_for(dose)) in text


def test_lines_to_three_hundred_and_density_above() -> None:
    few, many = (compare(people(n), before="pre", after="post") for n in (300, 303))
    assert len(few.plot().child_axes[0].collections[0].get_segments()) == 300
    assert not [c for c in many.plot().child_axes[0].collections if hasattr(c, "get_segments")]
    plt.close("all")


def test_five_thousand_people_are_drawn_quickly() -> None:
    found = compare(people(5001), before="pre", after="post")
    found.plot()
    taken = []
    for _ in range(3):  # the best of three: another test's rubbish may be collected during one
        start = time.process_time()
        found.plot().figure.canvas.draw()
        plt.close("all")
        taken.append(time.process_time() - start)
    assert min(taken) < 1.0  # about 0.2 s here
