"""``reliability``: examples that can be counted by hand, degenerate scales, exact messages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.factor import fit_many, one_factor
from karier_stats.stats.scales.reliability import (
    alpha,
    feldt_interval,
    item_rest,
    omega_draws,
    reliabilities,
    reliability,
)


def scale(seed: int = 1, n: int = 150, loadings=(0.9, 0.8, 0.7, 0.6)) -> pd.DataFrame:
    """Answers that one factor explains."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(n, 1))
    scores = 3 + factor * np.array(loadings) + rng.normal(0, 0.6, (n, len(loadings)))
    return pd.DataFrame(scores, columns=[f"q{j + 1}" for j in range(len(loadings))])


def test_alpha_by_hand():
    # Variances 5/3 each, covariance 1 (deviations -1.5 -.5 .5 1.5 with -.5 -1.5 1.5 .5: sum 3 over 3):
    # alpha = 2 (1 - (10/3) / (10/3 + 2)) = 0.75, and item-rest is r = 1 / (5/3) = 0.6.
    data = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]})
    result = reliability(data, items=["a", "b"])
    assert result.row("alpha").estimate == pytest.approx(0.75, abs=1e-12)
    assert result.row("item_rest[a]").estimate == pytest.approx(0.6, abs=1e-12)
    assert result.lead == ("alpha", "feldt") and result.headline.n == 4


def test_identical_items_have_alpha_one():
    data = pd.DataFrame({"a": [1, 2, 3], "b": [1, 2, 3], "c": [1, 2, 3]})
    row = reliability(data, items=["a", "b", "c"]).row("alpha")
    assert (row.estimate, row.ci_low, row.ci_high) == pytest.approx((1, 1, 1), abs=1e-12)


def test_feldt_is_an_f_ratio():
    from scipy import stats

    low, high = feldt_interval(0.8, 50, 6, 0.95)
    # Feldt (1965): (1 - population alpha) / (1 - sample alpha) is F with (n - 1), (n - 1)(k - 1) turned round.
    assert low == pytest.approx(1 - 0.2 * stats.f.ppf(0.975, 49, 245), rel=1e-10)
    assert high == pytest.approx(1 - 0.2 * stats.f.ppf(0.025, 49, 245), rel=1e-10)


def test_feldt_interval_covers():
    rng = np.random.default_rng(20250817)
    truth, hits = 4 / 3 * (1 - 4 / (4 + 12 * 0.5)), 0
    for _ in range(400):
        scores = rng.normal(size=(30, 1)) * np.sqrt(0.5) + rng.normal(size=(30, 4)) * np.sqrt(0.5)
        low, high = feldt_interval(alpha(scores), 30, 4, 0.95)
        hits += low <= truth <= high
    # 99.9 percent binomial band of 400 runs at 95 percent.
    assert 365 <= hits <= 394


def test_a_reversed_item_is_named_and_not_turned():
    data = scale()
    straight = reliability(data, items=list(data)).row("alpha").estimate
    data["q2"] = 6 - data["q2"]
    result = reliability(data, items=list(data))
    assert result.reversed_items == ("q2",)
    assert result.row("alpha").estimate < straight - 0.2
    assert result.row("item_rest[q2]").estimate < 0
    assert "`q2` runs against the other items" in result.sentence("en")
    assert "Butir `q2` berlawanan arah" in result.sentence("id")
    assert any(note["en"].startswith("`q2`: negative correlation") for note in result.notes)


def test_omega_needs_a_hundred_rows():
    assert "omega" not in set(reliability(scale(n=99), items=["q1", "q2", "q3", "q4"]).table["term"])
    result = reliability(scale(n=100), items=["q1", "q2", "q3", "q4"])
    assert result.lead == ("omega", "bootstrap")
    assert "No omega: 99 complete rows, at least 100 are needed." in [
        note["en"] for note in reliability(scale(n=99), items=["q1", "q2", "q3", "q4"]).notes
    ]


def test_two_factors_give_no_omega():
    one, other = scale(seed=1, n=300), scale(seed=2, n=300)
    data = pd.concat([one, other.add_prefix("z")], axis=1)
    result = reliability(data, items=list(data))
    assert "omega" not in set(result.table["term"])
    assert any("one factor does not explain these items well enough" in note["en"] for note in result.notes)
    # Alpha still looks presentable: it is no proof of one dimension.
    assert result.row("alpha").estimate > 0.7


def test_two_items_and_copied_items_give_no_omega_with_a_reason():
    data = scale()
    assert any("at least 3 items" in note["en"] for note in reliability(data, items=["q1", "q2"]).notes)
    copied = data.assign(q5=data["q1"] + data["q2"])
    result = reliability(copied, items=["q1", "q2", "q5"])
    assert any("linear combination" in note["en"] for note in result.notes)


def test_omega_equals_alpha_when_items_are_parallel():
    # A correlation matrix with every r = 0.5: both are k r / (1 + (k - 1) r) = 0.8 for four items.
    R = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    fitted = one_factor(R, 200)
    assert fitted.omega == pytest.approx(0.8, abs=1e-8)
    assert (fitted.srmr, fitted.cfi) == pytest.approx((0, 1), abs=1e-8)


def test_one_factor_recovers_its_own_covariance():
    loadings, unique = np.array([0.9, 1.4, 0.3, 0.7, 1.1]), np.array([0.5, 1.0, 0.2, 2.0, 0.4])
    fitted = one_factor(np.outer(loadings, loadings) + np.diag(unique), 500)
    # The search stops at steps below 1e-9.
    assert fitted.loadings == pytest.approx(loadings, abs=1e-7)
    assert fitted.unique == pytest.approx(unique, abs=1e-7)


def test_many_fits_are_the_single_ones():
    stack = np.stack([scale(seed).corr().to_numpy() for seed in range(4)])
    loadings, _, converged = fit_many(stack)
    assert converged.all()
    for R, many in zip(stack, loadings, strict=True):
        assert one_factor(R, 150).loadings == pytest.approx(many, abs=1e-7)


def test_omega_draws_do_not_depend_on_the_order_of_rows():
    scores = scale().to_numpy()
    one = omega_draws(scores, 50, np.random.default_rng(0))
    assert omega_draws(scores[::-1], 50, np.random.default_rng(0)) == pytest.approx(one, abs=0)


def test_a_constant_rest_is_empty_and_said():
    data = pd.DataFrame({"a": [1, 2, 3, 5], "b": [4, 2, 7, 1], "c": [-4, -2, -7, -1]})
    result = reliability(data, items=["a", "b", "c"])
    assert pd.isna(result.row("item_rest[a]").estimate)
    assert np.isnan(item_rest(data.to_numpy(dtype=float))[0])
    assert any("constant sum" in note["en"] for note in result.notes)


def test_gaps_are_dropped_listwise_and_counted():
    data = scale().astype("Float64")
    data.loc[[0, 1], "q1"] = pd.NA
    data.loc[[1, 2], "q3"] = pd.NA
    result = reliability(data, items=list(data))
    assert result.headline.n == 147
    assert result.notes[0]["en"] == "3 of 150 rows were dropped because an item was empty."


REFUSED = {
    "K370": (["q1"], {}, "The reliability of a scale needs at least 2 items; got 1. Name all items in `items`."),
    "K371": (["q1", "q9"], {}, "The items q9 are not in the data. Columns at hand: q1, q2, q3, q4."),
    "K372": (
        ["q1", "q2"], {"q2": 3.0},
        "The items q2 hold one value in all 150 complete rows, so that they tell nobody apart. Drop them.",
    ),
    "K374": (["q1", "q2"], {"q2": "Setuju"}, "The items q2 must be numeric. Turn the answers into scores first."),
    "K375": (["q1", "q1"], {}, "The items q1 are named more than once. Name each item once."),
}


@pytest.mark.parametrize("code", REFUSED)
def test_wrong_scales_are_refused_in_words(code):
    items, changes, words = REFUSED[code]
    with pytest.raises(StatisticsError) as caught:
        reliability(scale().assign(**changes), items=items)
    assert caught.value.message("en") == f"{code} {words}"


def test_two_rows_are_refused():
    data = scale(n=10)
    data.loc[2:, "q2"] = np.nan
    with pytest.raises(StatisticsError) as caught:
        reliability(data, items=["q1", "q2"])
    assert caught.value.message("en") == (
        "K373 Too few complete rows: 2 of 10 rows answer all items, at least 3 are needed. Check the item with "
        "most gaps: q2."
    )


def test_items_that_cancel_are_refused():
    with pytest.raises(StatisticsError) as caught:
        reliability(pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]}), items=["a", "b"])
    assert caught.value.code == "K376"


def test_each_part_of_a_scale_has_its_alpha_or_the_reason_why_not():
    data = pd.DataFrame({
        "a": [1.0, 2, 3, 4, None, None], "b": [2.0, 1, 4, 3, None, None], "c": [None] * 4 + [1.0, 2.0],
        "d": [None] * 4 + [2.0, 1.0],
        "alone": [1.0, 2, 3, 4, 5, 6],
    })
    parts = {"alone": ["alone"], "one": ["b", "a"], "two": ["c", "d"]}
    found = reliabilities(data, parts=parts, level=0.9)
    assert list(found) == ["", "two"]  # a single item has none; the first part that has one bears no name
    assert found[""].value.value == pytest.approx(0.75) and found[""].n == 4 and found[""].level == 0.9
    assert found[""].sentence["id"] == reliability(data[["a", "b"]], items=["a", "b"]).recompute(0.9).sentence("id")
    assert found["two"].error.code == "K373"  # two rows are too few
