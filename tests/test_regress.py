"""``regress``: examples that can be counted by hand, brute force, identities, exact messages."""

from __future__ import annotations

import itertools
import os
import re

import numpy as np
import pandas as pd
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.numerics import glm, linear
from karier_stats.stats.numerics.cluster import cr2, wild_bootstrap
from karier_stats.stats.numerics.mixed import random_intercept

SIZES = (6, 9, 12, 18, 25, 30, 40, 60)


def staff(seed: int = 1, slope: float = 0.0, sizes=SIZES, within: bool = False) -> pd.DataFrame:
    """People in units with a unit-level score, a covariate, and outcomes of three kinds."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(sizes)), sizes)
    lead = rng.normal(size=len(sizes))[unit] + (rng.normal(size=len(unit)) if within else 0.0)
    y = slope * lead + rng.normal(0, 0.33, len(sizes))[unit] + rng.normal(size=len(unit))
    return pd.DataFrame(
        {
            "unit": [f"U{u:02d}" for u in unit], "lead": lead, "age": rng.integers(25, 58, len(unit)), "y": y,
            "status": rng.choice(["PNS", "PPPK"], len(unit)), "joined": (y > 0).astype(int),
            "sessions": np.floor(np.exp(0.4 * y)).astype(int), "person": np.arange(len(unit)),
        }
    )


# Four units with means that lie on y = 1 + 2 x but for +-1: countable by hand.
HAND = pd.DataFrame(
    {"unit": list("aabbccdd"), "x": [0, 0, 1, 1, 2, 2, 3, 3], "y": [1, 3, 1, 3, 3, 5, 7, 9]}
)


def test_unit_means_by_hand():
    # Means (0, 2), (1, 2), (2, 4), (3, 8): slope = ((-1.5)(-2) + (-.5)(-2) + .5 * 0 + 1.5 * 4) / 5 = 2;
    # fitted 1, 3, 5, 7, residuals 1, -1, -1, 1, so s2 = 4 / 2 = 2 and SE = sqrt(2 / 5).
    row = regress(HAND, outcome="y", on="x", unit="unit").headline
    assert row.estimate == pytest.approx(2, abs=1e-12)
    assert row.std_error == pytest.approx(np.sqrt(0.4), abs=1e-12)
    # t with 2 degrees of freedom: quantile 4.302653 in any table.
    assert row.ci_high - row.estimate == pytest.approx(4.302652730 * np.sqrt(0.4), abs=1e-8)
    assert (row.dof, row.n, row.n_units, row.method) == (2, 8, 4, "unit_means")


def test_within_slope_by_hand():
    # Deviations x: -1, 1 in each of four units; y moves by 2, 4, 6, 8: the slope is the mean of 1, 2, 3, 4.
    data = pd.DataFrame(
        {"unit": list("aabbccdd"), "x": [0, 2, 1, 3, 2, 4, 5, 7], "y": [0, 2, 0, 4, 0, 6, 0, 8]}
    )
    row = regress(data, outcome="y", on="x", unit="unit").row("x[within]", "cr2")
    assert row.estimate == pytest.approx(2.5, abs=1e-12)
    # With equal designs CR2 is the standard error of the mean of the four slopes, t with 3.
    assert row.std_error == pytest.approx(np.std([1, 2, 3, 4], ddof=1) / 2, abs=1e-12)
    assert row.dof == pytest.approx(3, abs=1e-9)


def test_terms_and_methods_with_and_without_units():
    nested = regress(staff(within=True), outcome="y", on="lead", unit="unit", adjust=["age", "status"])
    rows = set(zip(nested.table["term"], nested.table["method"], strict=True))
    assert rows == {
        *(("lead[between]", method) for method in ("unit_means", "cr2", "wild", "reml")),
        *((term, method) for term in ("lead[within]", "age", "status=PPPK") for method in ("cr2", "reml")),
        ("icc", "reml"),
    }
    assert nested.lead == ("lead[between]", "unit_means")
    flat = regress(staff(), outcome="y", on="lead")
    assert [tuple(row) for row in flat.table[["term", "method"]].to_numpy()] == [("lead", "cr2")]


def test_a_score_that_is_constant_within_units_has_no_within_row():
    result = regress(staff(), outcome="y", on="lead", unit="unit")
    assert "lead[within]" not in set(result.table["term"])


def test_a_score_that_does_not_differ_between_units_has_no_between_row():
    data = staff(within=True)
    data["lead"] -= data.groupby("unit")["lead"].transform("mean")
    result = regress(data, outcome="y", on="lead", unit="unit")
    assert result.lead == ("lead[within]", "cr2")
    assert "lead[between]" not in set(result.table["term"])
    assert result.sentence("en").startswith("Within units, ")


def test_forty_units_hand_the_lead_to_reml():
    result = regress(staff(sizes=[5] * 40), outcome="y", on="lead", unit="unit")
    assert result.lead == ("lead[between]", "reml")
    assert regress(staff(sizes=[5] * 39), outcome="y", on="lead", unit="unit").lead[1] == "unit_means"


def test_cr2_is_hc2_when_every_row_is_a_cluster():
    data = staff()
    X = np.column_stack([np.ones(len(data)), data["lead"], data["age"]])
    fitted = linear.fit(X, data["y"].to_numpy())
    covariance = cr2(X, fitted.residuals, np.arange(len(data))).covariance
    # Same formula by another route: only rounding differs.
    assert covariance == pytest.approx(linear.heteroskedastic(fitted, X, "hc2"), rel=1e-9)


def test_cr2_is_welch_in_two_groups():
    rng = np.random.default_rng(5)
    group, y = np.repeat([0.0, 1.0], [15, 25]), rng.normal(size=40)
    X = np.column_stack([np.ones(40), group])
    fitted = linear.fit(X, y)
    covariance = cr2(X, fitted.residuals, np.arange(40))
    welch = y[:15].var(ddof=1) / 15 + y[15:].var(ddof=1) / 25
    assert covariance.covariance[1, 1] == pytest.approx(welch, rel=1e-12)
    # Bell-McCaffrey degrees of freedom under equal variances.
    dof = (1 / 15 + 1 / 25) ** 2 / (1 / (15**2 * 14) + 1 / (25**2 * 24))
    assert covariance.satterthwaite([0, 1]) == pytest.approx(dof, rel=1e-10)


def test_cr2_by_brute_force_and_unbiased_for_its_target():
    data = staff()
    codes = pd.factorize(data["unit"])[0]
    X = np.column_stack([np.ones(len(data)), data["lead"], data["age"]])
    fitted = linear.fit(X, data["y"].to_numpy())
    H = X @ fitted.bread @ X.T
    contrast, keep = np.array([0.0, 1.0, 0.0]), np.eye(len(data)) - H
    meat, columns = np.zeros((3, 3)), []
    for g in range(8):
        rows = codes == g
        values, vectors = np.linalg.eigh(keep[np.ix_(rows, rows)])
        A = vectors @ np.diag(values**-0.5) @ vectors.T
        score = X[rows].T @ A @ fitted.residuals[rows]
        meat += np.outer(score, score)
        columns.append(keep[:, rows] @ A @ X[rows] @ fitted.bread @ contrast)
    P = np.array(columns) @ np.array(columns).T
    result = cr2(X, fitted.residuals, codes)
    # Dense n x n algebra against p x p: about 200 roundings.
    assert result.covariance == pytest.approx(fitted.bread @ meat @ fitted.bread, rel=1e-8)
    assert result.satterthwaite(contrast) == pytest.approx(np.trace(P) ** 2 / (P**2).sum(), rel=1e-8)
    assert result.target_ratio(contrast) == pytest.approx(1, abs=1e-9)
    assert np.trace(P) == pytest.approx(fitted.bread[1, 1], rel=1e-9)


def test_cr2_with_absorbed_unit_effects_equals_that_with_dummies():
    data = staff(within=True)
    codes = pd.factorize(data["unit"])[0]
    dummies = np.eye(8)[codes]
    X, y = np.column_stack([data["lead"], dummies]), data["y"].to_numpy()
    fitted = linear.fit(X, y)
    full = cr2(X, fitted.residuals, codes)
    row = regress(data, outcome="y", on="lead", unit="unit").row("lead[within]", "cr2")
    contrast = np.eye(9)[0]
    # Pustejovsky & Tipton (2018), theorem 2.
    assert row.estimate == pytest.approx(fitted.coef[0], rel=1e-10)
    assert row.std_error == pytest.approx(full.std_error(contrast), rel=1e-9)
    assert row.dof == pytest.approx(full.satterthwaite(contrast), rel=1e-8)


def test_cr2_refuses_one_cluster():
    X = np.column_stack([np.ones(5), np.arange(5.0)])
    fitted = linear.fit(X, np.array([1.0, 2, 4, 3, 5]))
    with pytest.raises(StatisticsError) as caught:
        cr2(X, fitted.residuals, np.zeros(5))
    assert caught.value.message("en") == (
        "K350 A clustered covariance needs at least 2 clusters; there are 1. Check the unit column."
    )


@pytest.mark.parametrize("clusters", [4, 5, 6])
@pytest.mark.parametrize("null", [0.0, 0.7])
def test_wild_bootstrap_by_brute_force(clusters, null):
    rng = np.random.default_rng(clusters)
    codes = np.repeat(np.arange(clusters), rng.integers(2, 6, clusters))
    X = np.column_stack([np.ones(len(codes)), rng.normal(size=clusters)[codes], rng.normal(size=len(codes))])
    y = rng.normal(size=clusters)[codes] + rng.normal(size=len(codes))

    def t(outcome: np.ndarray) -> float:
        fitted = linear.fit(X, outcome)
        scores = np.array([X[codes == g].T @ fitted.residuals[codes == g] for g in range(clusters)]) @ fitted.bread[1]
        return (fitted.coef[1] - null) / np.sqrt((scores**2).sum())

    restricted = linear.fit(np.delete(X, 1, axis=1), y - null * X[:, 1]).residuals
    patterns = itertools.product([-1.0, 1.0], repeat=clusters)
    drawn = np.array([t(y - restricted + np.array(signs)[codes] * restricted) for signs in patterns])
    # The observed pattern ties with itself up to rounding.
    expected = (np.abs(drawn) >= abs(t(y)) * (1 - 1e-9)).mean()
    boot = wild_bootstrap(X, y, codes, 1, np.random.default_rng(0))
    assert boot.enumerated and boot.patterns == 2**clusters
    assert boot.p_value(null) == pytest.approx(expected, abs=1e-12)


def test_wild_interval_holds_what_the_test_does_not_reject():
    data = staff(slope=0.5)
    codes = pd.factorize(data["unit"])[0]
    X = np.column_stack([np.ones(len(data)), data["lead"]])
    boot = wild_bootstrap(X, data["y"].to_numpy(), codes, 1, np.random.default_rng(0))
    low, high = boot.interval(0.95)
    assert low < boot.estimate < high
    width = high - low
    for inside, outside in ((low + 1e-6 * width, low - 1e-6 * width), (high - 1e-6 * width, high + 1e-6 * width)):
        assert boot.p_value(inside) > 0.05 >= boot.p_value(outside)


def test_with_five_units_the_wild_bootstrap_has_no_say():
    result = regress(staff(sizes=[8] * 5), outcome="y", on="lead", unit="unit")
    row = result.row("lead[between]", "wild")
    assert row.isna()[["ci_low", "ci_high", "std_error", "dof"]].all()
    assert any("smallest p 0.0625" in note["en"] for note in result.notes)
    assert any(note["en"] == "Only 5 units: results between units are indicative." for note in result.notes)
    # At 90 percent 0.0625 can reject.
    assert not any("has no say" in note["en"] for note in result.recompute(0.9).notes)


def test_balanced_reml_is_the_unit_means_regression():
    data = staff(seed=3, sizes=[10] * 8)
    result = regress(data, outcome="y", on="lead", unit="unit")
    means, reml = result.row("lead[between]", "unit_means"), result.row("lead[between]", "reml")
    # Equal sizes: GLS is least squares of the means, and the variance is found to rounding.
    assert reml.estimate == pytest.approx(means.estimate, rel=1e-10)
    assert reml.std_error == pytest.approx(means.std_error, rel=1e-9)
    assert reml.dof == pytest.approx(6, rel=1e-9) and means.dof == 6


def test_reml_variances_are_the_anova_ones_when_balanced():
    rng = np.random.default_rng(8)
    codes = np.repeat(np.arange(12), 5)
    y = rng.normal(size=12)[codes] + rng.normal(size=60)
    means = y.reshape(12, 5).mean(axis=1)
    within = ((y.reshape(12, 5) - means[:, None]) ** 2).sum() / 48
    fitted = random_intercept(np.ones((60, 1)), y, codes)
    # Closed forms: the root of the likelihood's slope is exact to rounding.
    assert fitted.residual_variance == pytest.approx(within, rel=1e-9)
    assert fitted.between_variance == pytest.approx(means.var(ddof=1) - within / 5, rel=1e-9)


def test_reml_at_the_edge_is_least_squares():
    codes = np.repeat(np.arange(6), 4)
    y = np.tile([1.0, 2.0, 3.0, 4.0], 6)
    fitted = random_intercept(np.ones((24, 1)), y, codes)
    assert fitted.between_variance == 0.0 and fitted.icc_interval(0.95)[0] == 0.0
    assert fitted.covariance[0, 0] == pytest.approx(y.var(ddof=1) / 24, rel=1e-12)


@pytest.mark.parametrize("family", ["auto", "count"])
def test_row_order_does_not_matter(family):
    data = staff(within=True)
    outcome = {"auto": "joined", "count": "sessions"}[family]
    options = {"outcome": outcome, "on": "lead", "unit": "unit", "adjust": "age", "family": family}
    one = regress(data, **options).table
    other = regress(data.sample(frac=1, random_state=3), **options).table
    numbers = ["estimate", "std_error", "ci_low", "ci_high", "p_value"]
    assert list(one["term"]) == list(other["term"])
    for column in numbers:
        # Sums in another order: rounding, magnified where a bound is searched for.
        assert other[column].astype(float).to_numpy() == pytest.approx(
            one[column].astype(float).to_numpy(), rel=1e-6, abs=1e-9, nan_ok=True
        )


def test_more_units_than_can_be_enumerated_give_the_same_draws_for_any_row_order():
    data = staff(sizes=[4] * 20)
    one = regress(data, outcome="y", on="lead", unit="unit", seed=7)
    other = regress(data.iloc[::-1], outcome="y", on="lead", unit="unit", seed=7)
    assert one.row("lead[between]", "wild").p_value == other.row("lead[between]", "wild").p_value


def test_scale_and_shift():
    data = staff(slope=0.4)
    moved = data.assign(y=10 * data["y"] + 3, lead=data["lead"] * 2 - 1)
    one = regress(data, outcome="y", on="lead", unit="unit").headline
    other = regress(moved, outcome="y", on="lead", unit="unit").headline
    assert other.estimate == pytest.approx(5 * one.estimate, rel=1e-10)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-8)


def test_the_callers_data_is_not_changed():
    data = staff(within=True)
    before = data.copy(deep=True)
    regress(data, outcome="joined", on="lead", unit="unit", adjust=["status", "age"])
    pd.testing.assert_frame_equal(data, before)


def test_binary_outcome_is_found_and_gets_ame_and_odds_ratio():
    result = regress(staff(slope=0.8), outcome="joined", on="lead", unit="unit")
    assert result.family == "binary"
    linear_row, ame = result.row("lead[between]", "cr2"), result.row("lead[between]", "ame")
    odds = result.row("lead[between]", "odds_ratio")
    # Linear probability and average marginal effect answer the same question.
    assert ame.estimate == pytest.approx(linear_row.estimate, abs=0.03)
    assert odds.estimate > 1 and odds.ci_low > 0
    assert "percentage points" in result.sentence("en") and "poin persentase" in result.sentence("id")


def test_separation_is_found_and_leaves_no_logit_row():
    data = staff()
    data["joined"] = (data["lead"] > data["lead"].median()).astype(int)
    result = regress(data, outcome="joined", on="lead", unit="unit")
    assert {"ame", "odds_ratio"}.isdisjoint(result.table["method"])
    assert any(note["en"].startswith("The outcome is separated by `lead[between]`") for note in result.notes)
    # The headline is the difference of shares, which separation does not touch.
    assert result.lead == ("lead[between]", "unit_means") and not pd.isna(result.headline.p_value)


def test_logit_is_the_log_odds_of_a_two_by_two_table():
    # 10 of 40 and 30 of 50: log odds ratio log((30/20) / (10/30)) = log 4.5.
    x, y = np.repeat([0.0, 1.0], [40, 50]), np.repeat([1.0, 0, 1, 0], [10, 30, 30, 20])
    X = np.column_stack([np.ones(90), x])
    fitted = glm.fit(glm.Rows(X, y), "logit")
    assert fitted.coef[1] == pytest.approx(np.log(4.5), abs=1e-12)
    assert fitted.marginal(1)[0] == pytest.approx(0.6 - 0.25, abs=1e-12)


def test_poisson_is_the_ratio_of_two_means():
    data = pd.DataFrame({"x": [0] * 4 + [1] * 4, "y": [1, 2, 3, 2, 4, 6, 8, 6]})
    row = regress(data, outcome="y", on="x", family="count").row("x", "rate_ratio")
    assert row.estimate == pytest.approx(3, rel=1e-10)


def test_people_in_several_rows_are_clusters_without_a_unit_and_stop_reml_with_one():
    data = pd.concat([staff(within=True), staff(seed=2, within=True)], ignore_index=True)
    flat = regress(data, outcome="y", on="lead", person="person")
    assert flat.headline.n_units == 200 and flat.headline.n == 400
    nested = regress(data, outcome="y", on="lead", unit="unit", person="person")
    assert set(nested.table.loc[nested.table["method"] == "reml", "term"]) == {"icc"}
    assert any("the same people stand in several rows" in note["en"] for note in nested.notes)


def test_gaps_are_dropped_and_counted():
    data = staff()
    data.loc[[0, 5], "unit"] = None
    data.loc[[5, 7, 9], "y"] = np.nan
    result = regress(data, outcome="y", on="lead", unit="unit")
    assert result.headline.n == 196
    assert result.notes[0]["en"] == "4 of 200 rows were dropped because a column was empty (`y` 3; `unit` 2)."
    assert result.notes[0]["id"] == "4 dari 200 baris dibuang karena ada kolom kosong (`y` 3; `unit` 2)."


def test_nullable_and_boolean_columns():
    data = staff()
    data["joined"] = data["joined"].astype("boolean")
    data["lead"] = data["lead"].astype("Float64")
    data.loc[3, "joined"] = pd.NA
    assert regress(data, outcome="joined", on="lead", unit="unit").headline.n == 199


CASES = {
    "K340": (
        {"outcome": "z"},
        (
            "There is no column z (for `outcome`) in the data. "
            "Columns at hand: unit, lead, age, y, status, joined, sessions, person."
        ),
    ),
    "K345": (
        {"on": "status"},
        "The column status (for `on`) must be numeric; it holds str. Make it a number first, for instance 0 and 1.",
    ),
    "K346": (
        {"adjust": "lead"},
        "The column lead is used more than once in the analysis (as `on`, `adjust`). Use each column once.",
    ),
    "K349": ({"level": 95}, "`level` must lie between 0 and 1, for instance 0.95; got 95."),
    "K351": (
        {"family": "binary"},
        (
            "The column y does not fit the family `binary`: 200 complete rows lie outside 0, 1. "
            "Choose another family or mend the column."
        ),
    ),
    "K352": ({"family": "gamma"}, "The family `gamma` is not known. There are: auto, binary, count, continuous."),
}


@pytest.mark.parametrize("code", CASES)
def test_wrong_use_is_refused_in_words(code):
    options, words = CASES[code]
    with pytest.raises(StatisticsError) as caught:
        regress(staff(), **{"outcome": "y", "on": "lead", "unit": "unit", **options})
    assert caught.value.message("en") == f"{code} {words}"


def refusal(data: pd.DataFrame, **options) -> str:
    """The English message with which a regression is refused."""
    with pytest.raises(StatisticsError) as caught:
        regress(data, **{"outcome": "y", "on": "lead", "unit": "unit", **options})
    return caught.value.message("en")


def test_three_units_are_refused():
    assert refusal(staff(sizes=[20, 20, 20])) == (
        "K341 Too few units for a test: units with complete data: 3; at least 4 are needed. Widen the choice of "
        "units, or "
        "describe the units without a test."
    )
    assert refusal(staff(sizes=[60], within=True)).startswith("K341 Too few units for a test: units with complete data: 1;")


def extreme(data: pd.DataFrame, treated: int) -> int:
    """Choices of units whose mean differs from the others' at least as much as that of the first ones, by listing."""
    means = data.groupby("unit")["y"].mean().to_numpy()
    choices = [list(choice) for choice in itertools.combinations(range(8), treated)]
    apart = [abs(means[choice].mean() - np.delete(means, choice).mean()) for choice in choices]
    return sum(a >= apart[0] - 1e-12 for a in apart)


@pytest.mark.parametrize("treated", [1, 2])
def test_fewer_than_three_units_on_a_side_are_refused(treated):
    data = staff()
    data["lead"] = data["unit"].isin([f"U{i:02d}" for i in range(treated)]).astype(int)
    assert refusal(data) == (
        f"K342 The comparison of units on `lead` rests on too few units: {8 - treated} units at the low value and "
        f"{treated} "
        "units at the high one, at least 3 on each side are needed. Describe them without a test: of the "
        f"{ {1: 8, 2: 28}[treated]} ways to choose {treated} units, {extreme(data, treated)} give a difference in mean "
        "`y` at least as large."
    )
    data["lead"] = data["unit"].isin(["U00", "U01", "U02"]).astype(int)
    result = regress(data, outcome="y", on="lead", unit="unit")
    # Sizes 6, 9, 12 against 18 .. 60: 9 against 34.6.
    assert any("3.8 times larger" in note["en"] for note in result.notes)


def test_one_row_on_a_side_is_refused_without_units():
    data = staff()
    data["lead"] = (data.index == 4).astype(int)
    assert refusal(data, unit=None) == (
        "K380 The comparison on `lead` rests on too few rows: 199 rows at the lowest value and 1 at the highest. "
        "Describe them without a test."
    )


def test_collinear_columns_are_named():
    data = staff(within=True)
    data["months"] = 12 * data["age"]
    assert refusal(data, adjust=["age", "months"]) == (
        "K343 The columns months are linear combinations of other columns. Drop one of them from `adjust`."
    )


def test_a_constant_score_is_refused():
    assert refusal(staff().assign(lead=1)) == (
        "K344 The column lead does not vary: 200 complete rows hold one value. Choose another column or widen the data."
    )


def test_too_many_unit_level_covariates_are_named():
    data = staff(sizes=[6] * 5)
    data["p"] = data["unit"].map({"U00": 3, "U01": 1, "U02": 4, "U03": 1, "U04": 5})
    data["q"] = data["unit"].map({"U00": 2, "U01": 7, "U02": 1, "U03": 8, "U04": 2})
    assert refusal(data, adjust=["p", "q"]).startswith("K348 Too few units for the unit-level covariates p, q: 5 units")


def test_too_few_rows_are_refused():
    data = pd.DataFrame({"y": [1.0, 2, 4], "lead": [1, 2, 3]})
    assert refusal(data, unit=None).startswith("K347 Too little data: 3 complete rows for 2 coefficients, at least 4")


def test_points_on_a_line_cannot_be_tested():
    data = HAND.assign(y=2.0 * HAND["x"] + 1)
    result = regress(data, outcome="y", on="x", unit="unit")
    assert result.headline.estimate == pytest.approx(2)
    assert pd.isna(result.headline.p_value) and result.conclusion == "untested"
    assert "cannot be tested" in result.sentence("en")


def test_size_of_unit_means_and_of_the_positive_control():
    """At G = 8 the headline keeps its level; statsmodels' default cluster errors with z do not."""
    import statsmodels.api as sm

    rng = np.random.default_rng(20250817)
    unit = np.repeat(np.arange(8), SIZES)
    runs, ours, theirs = 400, 0, 0
    for _ in range(runs):
        lead = rng.normal(size=8)[unit]
        y = rng.normal(0, np.sqrt(0.1), 8)[unit] + rng.normal(0, np.sqrt(0.9), len(unit))
        means = pd.DataFrame({"u": unit, "x": lead, "y": y}).groupby("u").mean()
        X = np.column_stack([np.ones(8), means["x"]])
        fitted = linear.fit(X, means["y"].to_numpy())
        ours += abs(fitted.coef[1]) > 2.446912 * np.sqrt(fitted.covariance[1, 1])
        model = sm.OLS(y, np.column_stack([np.ones(len(y)), lead])).fit(cov_type="cluster", cov_kwds={"groups": unit})
        theirs += model.pvalues[1] < 0.05
    # 99.9 percent binomial band of 400 runs at 5 percent: 8 to 35 rejections.
    assert 8 <= ours <= 35
    assert theirs / runs > 0.15


def test_degenerate_data_are_refused_or_answered_without_nan():
    """Random small tables with ties, gaps and constants: an error of the library, or a clean table."""
    rng = np.random.default_rng(11)
    answered = 0
    tables = 300 if os.environ.get("KARIER_LONG") else 40
    for _ in range(tables):
        n = int(rng.integers(3, 40))
        data = pd.DataFrame(
            {
                "unit": rng.integers(0, rng.integers(1, 9), n).astype(float),
                "lead": rng.integers(0, 3, n).astype(float),
                "y": rng.integers(0, rng.integers(1, 4), n).astype(float), "age": rng.integers(0, 2, n).astype(float),
            }
        )
        data = data.mask(rng.random(data.shape) < 0.05)
        try:
            options = {"unit": "unit"} if rng.random() < 0.7 else {}
            if rng.random() < 0.3:
                options["family"] = "count"
            if rng.random() < 0.2:
                options |= {"moderators": "age", "dose_response": "quadratic"}
            result = regress(data, outcome="y", on="lead", adjust=["age"] if rng.random() < 0.5 else [], **options)
        except StatisticsError as refused:
            assert refused.message("id") and refused.message("en")
            continue
        answered += 1
        assert np.isfinite(result.table["estimate"].astype(float)).all()
        assert (result.table["estimate"].abs() < 1e12).all() and not (result.table["std_error"].abs() >= 1e12).any()
        for text in (repr(result), result._repr_html_(), result.sentence("id")):
            assert not re.search(r"\b(nan|inf)\b", text, re.IGNORECASE)
    assert answered > tables / 6
