"""Arms and levels that hold too few people, and groups in which nothing varies: what is left of a comparison."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.sensitivity import sensitivity
from karier_stats.stats.change.compare import Change, compare
from karier_stats.stats.change.nomination import net_gain
from karier_stats.stats.numerics import linear, paired, pooling
from karier_stats.stats.numerics.effect_size import standardised_difference
from karier_stats.stats.numerics.multiplicity import holm
from karier_stats.stats.results import METHODS, Result
from karier_stats.stats.scales.agreement import agreement

WAVES = {"before": "pre", "after": "post"}
ARMS = {"group": "arm", "control": "kendali"}


def said(result: Result) -> str:
    return " ".join(note["en"] for note in result.notes)


# Three arms, and a level that lacks one -----------------------------------------


def three_arms() -> pd.DataFrame:
    """Three levels: the second has no online arm, the third one person of the comparison arm."""
    rng = np.random.default_rng(6)
    data = pd.DataFrame({
        "arm": ["kendali", "daring", "luring"] * 36, "level": np.repeat(["ahli", "muda", "pratama"], 36),
        "pre": rng.normal(60, 8, 108).round(1),
    })
    data["post"] = (data["pre"] + data["arm"].map({"kendali": 1, "daring": 4, "luring": 6}) + rng.normal(0, 4, 108)).round(1)
    absent = (data["level"] == "muda") & (data["arm"] == "daring")
    lonely = (data["level"] == "pratama") & (data["arm"] == "kendali")
    keep = ~absent & ~(lonely & (lonely.cumsum() > 1))
    return data[keep].reset_index(drop=True)


@pytest.fixture(scope="module")
def levels() -> Change:
    return compare(three_arms(), **WAVES, **ARMS, by="level", selection="ability")


def test_a_level_without_one_arm_keeps_its_other_comparison(levels: Change) -> None:
    part = three_arms().query("level == 'muda' and arm != 'daring'")
    alone = compare(part, **WAVES, **ARMS, selection="ability")
    for term, method in (("did", "welch"), ("did", "ols"), ("ancova", "ols")):
        row, own = levels.row(f"{term}[luring · muda]", method), alone.row(f"{term}[luring]", method)
        assert row["estimate"] == pytest.approx(own["estimate"], rel=1e-12)
        assert row["std_error"] == pytest.approx(own["std_error"], rel=1e-12)
        assert row["n"] == own["n"] == 24
    change = part["post"] - part["pre"]
    test = stats.ttest_ind(change[part["arm"] == "luring"], change[part["arm"] == "kendali"], equal_var=False)
    assert levels.row("did[luring · muda]", "welch")["p_value"] == pytest.approx(test.pvalue, rel=1e-9)
    assert pd.isna(levels.row("did[daring · muda]")["estimate"])
    assert levels.by["muda"].arms == ("kendali", "luring")
    assert levels.by["muda"].headline["estimate"] == levels.row("did[luring · muda]", "welch")["estimate"]


def test_a_level_whose_comparison_arm_is_too_small_has_none(levels: Change) -> None:
    assert set(levels.by) == {"ahli", "muda"}
    rows = levels.table[levels.table["term"].str.endswith("pratama]")]
    assert rows["estimate"].isna().all()
    assert "(2 are needed in each arm): muda (daring), pratama." in said(levels)


def test_the_family_counts_the_tests_that_were_made(levels: Change) -> None:
    table = levels.by_table()
    assert len(table) == 6
    made = table["p_value"].notna()
    assert made.sum() == 3
    assert table.loc[made, "p_holm"].tolist() == pytest.approx(holm(table.loc[made, "p_value"].to_numpy(dtype=float)))
    assert "over one family of 3 tests" in said(levels)
    assert "for 2 levels at once" in said(levels)  # of luring; daring has one level alone
    assert table.loc[made & table["rank_low"].notna(), "arm"].unique().tolist() == ["luring"]


def test_nobody_is_told_of_a_family_or_of_ranks_that_do_not_exist() -> None:
    data = pd.DataFrame({"pre": [50, 60, 55, 40], "post": [55, 66, 59, 47], "level": list("abcd")})
    result = compare(data, **WAVES, by="level")
    assert result.by_table()["p_value"].isna().all()
    assert "family" not in said(result) and "rank_low" not in said(result) and "by[level]" not in said(result)


def test_notes_name_only_what_is_there(levels: Change) -> None:
    for result in (levels, *levels.by.values()):
        methods = set(result.table["method"])
        for level in re.findall(r"by\[level\]", said(result)):
            assert result.by, level
        assert ("ols" in methods) == ("(ols)" in said(result))
        assert "wild" not in said(result)


@pytest.mark.parametrize("unit", [None, "unit"])
@pytest.mark.parametrize("units", [8, 45])
@pytest.mark.parametrize("outcome", ["mixed", "parted", "never"])
def test_notes_of_a_share_name_only_methods_that_it_has(outcome: str, units: int, unit: str | None) -> None:
    rng = np.random.default_rng(units)
    n = 6 * units
    data = pd.DataFrame({"unit": np.arange(n) // 6, "on": rng.normal(size=n), "two": np.arange(n) % 2})
    data["mixed"] = (rng.random(len(data)) < 0.4).astype(int)
    data["parted"], data["never"] = (data["on"] > 0).astype(int), data["mixed"] * data["two"]
    result = regress(data, outcome=outcome, on="two" if outcome == "never" else "on", unit=unit)
    methods = set(result.table["method"])
    for note in result.notes:
        if note["en"].startswith("No "):
            continue
        named = set(re.findall("`([^`]+)`", note["en"])) & set(METHODS)
        assert named <= methods, note["en"]
    assert any("linear probability model" in note["en"] for note in result.notes)


def test_clusters_too_few_for_the_wild_bootstrap_leave_its_name_out() -> None:
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"pre": rng.normal(60, 8, 24), "post": rng.normal(63, 8, 24), "unit": np.repeat(list("abc"), 8)})
    few = compare(data, **WAVES, cluster="unit")
    assert "wild" not in set(few.table["method"]) and "wild" not in said(few)
    many = compare(data.assign(unit=np.repeat(list("abcdef"), 4)), **WAVES, cluster="unit")
    assert "wild" in set(many.table["method"]) and "Only the rows by CR2 and wild allow" in said(many)


def test_secondary_questions_count_those_that_were_tested() -> None:
    rng = np.random.default_rng(2)
    data = pd.DataFrame({"on": rng.normal(size=60), "one": rng.normal(size=60), "word": ["x"] * 60})
    data["y"] = data["on"] + rng.normal(size=60)
    result = regress(data, outcome="y", on="on", moderators=["one"], dose_response="quadratic")
    assert int(result.secondary["p_holm"].notna().sum()) == 2
    assert said(result).count("Secondary question (one of 2, p corrected by Holm)") == 2


# Groups without spread ----------------------------------------------------------


def test_two_people_who_changed_alike_reject_most_true_nulls_by_welch() -> None:
    """The positive control: no effect at all, 63 percent rejected; the package gives no interval and says why."""
    rng = np.random.default_rng(7)
    rejected, given, repetitions = 0, 0, 2000
    for _ in range(repetitions):
        control = rng.normal(0, 8, 20).round()
        arm = np.repeat(rng.normal(0, 8), 2).round()
        with warnings.catch_warnings(action="ignore"):  # SciPy warns of the arm without spread
            rejected += stats.ttest_ind(arm, control, equal_var=False).pvalue < 0.05
        given += np.isfinite(paired.welch(arm, control, 0.95).low)
    assert 0.60 < rejected / repetitions < 0.68
    assert given == 0


def test_welch_holds_its_size_where_both_arms_vary() -> None:
    rng = np.random.default_rng(8)
    p = np.array([paired.welch(rng.normal(0, 8, 8), rng.normal(0, 8, 20), 0.95).p for _ in range(2000)])
    assert 0.035 < (p < 0.05).mean() < 0.067  # 5 percent, +- 3 Monte Carlo errors


def still(n: int = 30) -> pd.DataFrame:
    """A comparison arm that varies, and one of which everybody gained three points."""
    rng = np.random.default_rng(9)
    data = pd.DataFrame({"arm": ["kendali"] * n + ["kursus"] * 6, "pre": rng.normal(60, 8, n + 6).round(),
                         "unit": np.arange(n + 6) // 2, "level": np.arange(n + 6) % 2})
    gain = np.where(data["arm"] == "kursus", 3.0, rng.normal(0, 4, n + 6).round())
    return data.assign(post=data["pre"] + gain, retest=data["pre"] + gain)


@pytest.mark.parametrize("more", [{}, {"cluster": "unit"}], ids=["people", "clusters"])
def test_an_arm_without_spread_has_no_interval_in_any_reading_that_takes_its_variance(more: dict) -> None:
    result = compare(still(), **WAVES, **ARMS, selection="ability", **more)
    rows = result.table[result.table["method"].isin(["welch", "cr2", "wild"]) & result.table["term"].str.startswith("did")]
    assert len(rows) and rows["estimate"].notna().all()
    assert rows[["std_error", "ci_low", "ci_high", "p_value"]].isna().all(axis=None)
    assert result.row("mean_change[kursus]").isna()["ci_low"]
    assert "those of its difference in differences by Welch and CR2, are not computed" in said(result)
    assert "cannot be computed" in result.sentence("en")
    assert not result.row("did[kursus]", "ols").isna()["ci_low"]  # one variance for both arms is known from the other


def test_the_arm_without_spread_in_levels_and_at_later_waves() -> None:
    result = compare(still(), before="pre", after=["post", "retest"], **ARMS, by="level", selection="ability")
    for term in ("did[kursus · 0]", "did[kursus · 1]", "lasting[kursus · retest]", "lasting[kursus · 0 · retest]"):
        row = result.row(term, "welch")
        assert not row.isna()["estimate"] and row.isna()["ci_low"], term


def test_leavers_beside_an_arm_without_spread() -> None:
    data = still()
    data.loc[[0, 1, 34], "post"] = np.nan
    found = compare(data, **WAVES, **ARMS, selection="random").leavers()
    for term in ("did[kursus]", "imputed[kursus · 0]", "lee_lower[kursus]", "lee_upper[kursus]"):
        rows = found.table[found.table["term"] == term]
        assert rows["estimate"].notna().all() and rows["ci_low"].isna().all(), term


def test_cr2_beside_a_group_without_spread_is_the_welch_that_is_refused() -> None:
    """What is refused would be as wrong: with clusters of one, CR2 is Welch's interval."""
    data = still()
    y = (data["post"] - data["pre"]).to_numpy()
    X = np.column_stack([np.ones(len(y)), data["arm"] == "kursus"]).astype(float)
    assert linear.rests_on_constant(X, y, 1)
    assert not linear.rests_on_constant(X, y, 0)  # the comparison arm's own mean
    assert not linear.rests_on_constant(np.column_stack([X, data["pre"]]), y, 1)
    three = np.column_stack([X, np.arange(len(y)) < 10])
    assert linear.rests_on_constant(three, y, 1) and not linear.rests_on_constant(three, y, 2)


@pytest.mark.parametrize("share", [0, 1], ids=["0 percent", "100 percent"])
def test_shares_of_0_or_100_percent_give_a_difference_no_error(share: int) -> None:
    data = pd.DataFrame({"x": [0] * 12 + [1] * 20, "y": [share] * 12 + [0, 1] * 10})
    result = regress(data, outcome="y", on="x")
    row = result.row("x", "cr2")
    assert row["estimate"] == pytest.approx(0.5 - share)
    assert row[["std_error", "ci_low", "ci_high", "p_value"]].isna().all()
    assert "all outcomes are equal, so that its variance is not known" in said(result)
    assert "cannot be tested" in result.sentence("en")
    assert result.row("x", "firth")["p_value"] < 0.01  # the penalised likelihood does know it
    assert sensitivity(result).table is not None
    between = data.assign(unit=np.arange(32) // 4)
    nested = regress(between, outcome="y", on="x", unit="unit")
    assert nested.row("x[between]", "cr2").isna()["ci_low"] and "wild" not in set(nested.table["method"])


def test_strata_without_spread_give_their_sum_no_interval() -> None:
    found = pooling.combine([2.0, 6.0], [1.0, 0.0], [10, 10], [3, 1])
    assert found.estimate == 3.0
    assert np.isnan([found.std_error, found.low, found.high, found.p]).all()
    assert np.isnan(pooling.mean_difference([3, 3, 3], [1, 2, 4]).low)
    assert pooling.mean_difference([3, 3, 3], [1, 2, 4]).value == pytest.approx(3 - 7 / 3)


def test_units_whose_people_agree_wholly_have_no_interval_of_no_width() -> None:
    data = pd.DataFrame({"rating": [4, 4, 1, 2, 3, 5, 2, 2.0], "unit": list("aabbccdd")})
    units = agreement(data, items="rating", unit="unit", scale=(1, 5)).units.set_index("label")
    assert units.loc[["a", "d"], ["ci_low", "ci_high"]].isna().all(axis=None)
    assert units.loc[["b", "c"], ["ci_low", "ci_high"]].notna().all(axis=None)


def test_a_covariate_that_an_arm_does_not_vary_in_has_a_difference_without_interval() -> None:
    found = standardised_difference(np.zeros(10), np.array([0.0, 1] * 5), 0.95)
    assert found.estimate == pytest.approx(-0.5 / np.sqrt(np.var([0, 1] * 5, ddof=1) / 2))
    assert np.isnan([found.low, found.high, found.std_error]).all()


def test_a_pool_of_equal_scores_gives_no_interval() -> None:
    rng = np.random.default_rng(3)
    before = rng.normal(50, 4, 20)
    found = net_gain(before, before + rng.normal(5, 3, 20), reliability=0.8, pool=[60.0] * 30)
    assert found.headline.isna()["ci_low"] and not found.headline.isna()["estimate"]
    assert "All scores in `pool` are equal" in said(found)


# Covariates that a part of the people cannot tell apart --------------------------


def test_a_label_that_only_people_without_a_score_after_have_does_not_stop_the_ancova() -> None:
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"pre": rng.normal(60, 8, 40), "arm": ["kendali", "kursus"] * 20, "age": rng.normal(40, 5, 40),
                         "grade": np.resize(["muda", "madya", "madya"], 40)})
    data["post"] = data["pre"] + rng.normal(3, 4, 40)
    data.loc[3, ["grade", "post"]] = ["utama", np.nan]
    data.loc[5, ["grade", "age"]] = ["pratama", np.nan]  # the only one of a grade lacks another covariate
    holed = compare(data, **WAVES, **ARMS, adjust=["grade", "age"], selection="random")
    whole = compare(data.drop(index=[3, 5]), **WAVES, **ARMS, adjust=["grade", "age"], selection="random")
    row, own = (result.row("ancova[kursus]", "ols") for result in (holed, whole))
    assert row["n"] == own["n"] == 38
    assert row["estimate"] == pytest.approx(own["estimate"], rel=1e-9)


def test_a_level_without_a_label_of_a_covariate_keeps_its_ancova() -> None:
    rng = np.random.default_rng(5)
    data = pd.DataFrame({"pre": rng.normal(60, 8, 80), "arm": ["kendali", "kursus"] * 40,
                         "grade": np.resize(["muda", "madya", "pratama"], 80), "level": np.repeat(["a", "b"], 40)})
    data["post"] = data["pre"] + rng.normal(3, 4, 80)
    data = data[(data["level"] == "a") | (data["grade"] != "madya")]  # the first label does not occur in b
    result = compare(data, **WAVES, **ARMS, adjust="grade", by="level", selection="random")
    own = compare(data[data["level"] == "b"], **WAVES, **ARMS, adjust="grade", selection="random")
    row = result.row("ancova[kursus · b]", "ols")
    assert row["estimate"] == pytest.approx(own.headline["estimate"], rel=1e-9)
    assert not row.isna()["ci_low"]
