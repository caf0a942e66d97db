"""Secondary questions of ``regress``: products with moderators, bends; HTZ against clubSandwich."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_regress import staff

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.cluster import cr2

HERE = Path(__file__).parent / "reference"
COUNT = {"outcome": "sessions", "on": "score", "adjust": "head", "unit": "unit", "family": "count"}


@pytest.fixture(scope="module")
def reference() -> dict[tuple[str, str], float]:
    """R's values by case and quantity; ``reference/families.R`` makes them."""
    table = pd.read_csv(HERE / "families.csv")
    return {(case, quantity): float(value) for case, quantity, value in table.itertuples(index=False)}


@pytest.fixture(scope="module")
def counted() -> pd.DataFrame:
    return pd.read_csv(HERE / "families_data.csv")


@pytest.mark.parametrize("scope", ["between", "within"])
def test_products_are_clubsandwichs(counted, reference, scope):
    result = regress(counted, moderators="head", **COUNT)
    row = result.row(f"score[{scope}] x head", "cr2")
    for quantity in ("estimate", "std_error", "dof", "p_value"):
        # Closed forms on 280 rows.
        assert row[quantity] == pytest.approx(reference[f"moderator_{scope}", quantity], rel=1e-8)
    asked = result.secondary.set_index("scope").loc[scope]
    # One term: F is t squared.
    assert asked["statistic"] == pytest.approx(float(row.statistic) ** 2, rel=1e-9)
    assert (asked["dof2"], asked["p_value"]) == pytest.approx((float(row.dof), float(row.p_value)), rel=1e-8)


def test_two_terms_together_are_clubsandwichs_htz(counted, reference):
    between = counted.groupby("unit")["score"].transform("mean")
    low, high = (reference["classes", end] for end in ("low", "high"))
    X = np.column_stack([
        np.ones(len(counted)), counted["score"] - between, counted["head"], (between >= low) & (between < high), between >= high,
    ]).astype(float)
    fitted = linear.fit(X, counted["sessions"].to_numpy(dtype=float))
    test = cr2(X, fitted.residuals, pd.factorize(counted["unit"])[0]).wald(np.eye(5)[3:], fitted.coef)
    assert test.dof1 == 2
    for quantity in ("statistic", "dof2", "p_value"):
        assert getattr(test, quantity) == pytest.approx(reference["classes", quantity], rel=1e-8)
    assert fitted.coef[4] == pytest.approx(reference["classes", "top"], rel=1e-9)


def test_htz_of_singletons_and_equal_variances_is_near_the_plain_f_test():
    rng = np.random.default_rng(2)
    X = np.column_stack([np.ones(4000), rng.normal(size=(4000, 3))])
    fitted = linear.fit(X, rng.normal(size=4000))
    test = cr2(X, fitted.residuals, np.arange(4000)).wald(np.eye(4)[1:], fitted.coef)
    explained = fitted.coef[1:] @ np.linalg.solve(fitted.covariance[1:, 1:], fitted.coef[1:]) / 3
    # A robust covariance of 4,000 rows is within a few percent of the plain one.
    assert test.statistic == pytest.approx(explained, rel=0.1)
    assert test.dof2 > 500


def test_htz_does_not_hang_on_how_the_hypothesis_is_written():
    data = staff(within=True)
    X = np.column_stack([np.ones(200), data[["lead", "age"]]])
    fitted = linear.fit(X, data["y"].to_numpy())
    covariance = cr2(X, fitted.residuals, pd.factorize(data["unit"])[0])
    one = covariance.wald(np.eye(3)[1:], fitted.coef)
    other = covariance.wald([[0, 1, 1], [0, 2, -5]], fitted.coef)
    assert (other.statistic, other.dof2) == pytest.approx((one.statistic, one.dof2), rel=1e-8)


def test_main_rows_are_not_touched_and_holm_is_over_all_questions():
    data = staff(within=True, sizes=(20,) * 12)
    plain = regress(data, outcome="y", on="lead", unit="unit")
    more = regress(data, outcome="y", on="lead", unit="unit", moderators=("status", "age"), dose_response="quadratic")
    pd.testing.assert_frame_equal(more.table.head(len(plain.table)), plain.table)
    assert more.lead == plain.lead and more.sentence("id") == plain.sentence("id")
    asked = more.secondary
    assert list(asked["kind"]) == ["moderator"] * 4 + ["quadratic"]
    smallest = asked["p_value"].astype(float).min()
    # Holm: the smallest of five is multiplied by five.
    assert asked["p_holm"].astype(float).min() == pytest.approx(min(5 * smallest, 1))
    assert sum("Secondary question (one of 5" in note["en"] for note in more.notes) == 5


def test_a_planted_difference_of_slopes_is_found_and_worded():
    rng = np.random.default_rng(8)
    data = staff(within=True, sizes=(40,) * 12)
    data["y"] = np.where(data["status"] == "PPPK", 1.0, 0.0) * data["lead"] + rng.normal(size=len(data))
    result = regress(data, outcome="y", on="lead", unit="unit", moderators="status")
    for scope in ("within", "between"):
        row = result.row(f"lead[{scope}] x status=PPPK")
        assert row.ci_low < 1 < row.ci_high
    note = next(note for note in result.notes if "within units differs by `status`" in note["en"])
    assert "keterkaitan di dalam unit `y` dengan `lead` berbeda menurut `status`" in note["id"]
    assert "confidence interval" in note["en"] and "Holm p" in note["en"] and "p Holm" in note["id"]


def test_a_null_is_worded_as_not_seen_with_its_interval():
    data = staff(within=True, sizes=(20,) * 12)
    note = regress(data, outcome="joined", on="lead", unit="unit", moderators="status").notes[-1]
    assert "is not seen to differ by `status` (estimate " in note["en"] and "percentage points" in note["en"]
    assert "belum terlihat berbeda menurut `status` (taksiran " in note["id"] and "selang kepercayaan" in note["id"]


def test_without_units_the_slope_is_moderated_over_rows():
    data = staff(slope=0.5)
    result = regress(data, outcome="y", on="lead", moderators="status", dose_response="quadratic")
    assert {"lead x status=PPPK", "lead^2"} <= set(result.table["term"])
    assert list(result.secondary["scope"]) == ["rows", "rows"]


def test_levels_in_few_units_are_not_tested():
    data = staff(sizes=(20,) * 8)
    data["rare"] = data["unit"].isin(["U00", "U01"]).astype(int)
    result = regress(data, outcome="y", on="lead", unit="unit", moderators="rare")
    assert result.secondary.empty
    assert result.notes[-1]["en"] == (
        "The secondary question on `rare` is not tested: `rare` or its opposite stands in fewer than 3 units."
    )


def test_gaps_of_a_moderator_cost_only_its_own_question():
    data = staff(within=True, sizes=(20,) * 12)
    data.loc[data.index[:30], "status"] = None
    result = regress(data, outcome="y", on="lead", unit="unit", moderators="status")
    assert result.headline.n == 240
    assert set(result.secondary["n"]) == {210}
    assert result.row("lead[within] x status=PPPK").n == 210


def test_wrong_use_is_refused_in_words():
    for value in ("cubic", (3, 1), ()):
        with pytest.raises(StatisticsError) as caught:
            regress(staff(), outcome="y", on="lead", unit="unit", dose_response=value)
        assert caught.value.message("en").startswith("K385 `dose_response` = ")
    with pytest.raises(StatisticsError, match="K340"):
        regress(staff(), outcome="y", on="lead", unit="unit", moderators="none")
