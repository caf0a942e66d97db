"""Resamples of distinct pairs, their intervals, and the class gain: by listing, against R, and by coverage."""

from __future__ import annotations

import math
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import effect_size, paired, resampling
from karier_stats.stats.numerics.effect_size import class_gain, gain_of, is_resampled, why_missing
from karier_stats.stats.numerics.resampling import resample

HERE = Path(__file__).parent / "reference"
R = pd.read_csv(HERE / "permutation.csv").set_index("name")["value"]
DATA = pd.read_csv(HERE / "permutation_data.csv")
BEFORE, AFTER = DATA["before"].to_numpy(float), DATA["after"].to_numpy(float)


def seeded(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def frequencies(before: list[float], draws: int) -> np.ndarray:
    """How many people of the second kind each resample holds, where ``before`` is 0 or 1."""
    values = np.array(before)
    drawn = resample(values, values, seeded(3), draws).drawn
    return np.rint(np.asarray(drawn.start) * len(values)).astype(int)


@pytest.mark.parametrize(("zeros", "ones"), [(3, 2), (30, 10), (400, 1), (9_000, 6_000)])
def test_resampled_counts_are_binomial(zeros, ones):
    found = frequencies([0.0] * zeros + [1.0] * ones, 20_000)
    n = zeros + ones
    low, high = (int(bound) for bound in stats.binom.ppf([0.001, 0.999], n, ones / n))
    cells = np.arange(low, high + 1)
    chances = stats.binom.pmf(cells, n, ones / n)
    expected = np.append(chances, 1 - chances.sum()) * 20_000
    observed = np.append([(found == cell).sum() for cell in cells], 20_000 - np.isin(found, cells).sum())
    keep = expected > 5
    chi = float(((observed - expected) ** 2 / expected)[keep].sum())
    # a seeded test of fit: a wrong distribution gives p below 1e-6 with 20,000 draws
    assert stats.chi2.sf(chi, keep.sum() - 1) > 0.001


def test_resampled_people_are_uncorrelated_as_in_a_multinomial():
    n = 400  # all different: counts of any two people are correlated by -1/n through their fixed sum
    values = np.arange(n, dtype=float)
    drawn = resample(values, values**2, seeded(1), 20_000).drawn
    # of n draws with replacement: the mean has the variance sigma^2 / n
    # 20,000 draws: a variance is known to 1 percent, four of them
    assert np.var(drawn.start) == pytest.approx(values.var() / n, rel=0.04)
    assert np.mean(drawn.start) == pytest.approx(values.mean(), abs=4 * math.sqrt(values.var() / n / 20_000))


def test_a_poisson_number_is_a_poisson_number():
    for mean in (0.3, 0.99, 7.5, 300.0, 5_000.0):
        found = resampling._poisson_sampler(mean)(seeded(5), (512, 512)).astype(int)
        # a quarter of a million draws: chances above 1e-4 are seen to a tenth
        cells = np.arange(max(found.min(), 0), found.max() + 1)
        expected = stats.poisson.pmf(cells, mean) * found.size
        keep = expected > 20
        observed = np.bincount(found.ravel(), minlength=cells[-1] + 1)[cells]
        chi = float(((observed - expected) ** 2 / expected)[keep].sum())
        assert stats.chi2.sf(chi, keep.sum()) > 0.001, mean


def test_a_set_of_poisson_numbers_beyond_n_is_drawn_anew(monkeypatch):
    monkeypatch.setattr(resampling, "_SLACK", 0.0)  # half of the totals exceed n then
    found = frequencies([0.0] * 30 + [1.0] * 10, 20_000)
    # binomial(40, 1/4): standard error of the mean 0.02, of the variance 1 percent
    assert found.mean() == pytest.approx(10, abs=0.08)
    assert found.var() == pytest.approx(7.5, rel=0.04)


def test_observed_and_left_out_moments_are_those_of_the_people():
    found = resample(BEFORE, AFTER, seeded(), 10)
    change = paired.differences(BEFORE, AFTER)
    whole = effect_size.moments(BEFORE, AFTER, change)
    for name in ("change", "before", "after", "covariance", "start"):
        # the sums are about the centre of the pairs: only the last digits move
        assert np.asarray(getattr(found.observed, name))[0] == pytest.approx(getattr(whole, name), rel=1e-12)
    pairs = np.unique(np.column_stack([BEFORE, AFTER]), axis=0)
    for k in (0, 7, len(pairs) - 1):
        out = int(np.flatnonzero((pairs[k] == np.column_stack([BEFORE, AFTER])).all(axis=1))[0])
        assert np.asarray(found.left_out.before)[k] == pytest.approx(np.delete(BEFORE, out).var(ddof=1), rel=1e-12)
        assert np.asarray(found.left_out.change)[k] == pytest.approx(np.delete(change, out).mean(), rel=1e-12)


def test_far_from_zero_no_digit_is_lost():
    near, far = (resample(BEFORE + shift, AFTER + shift, seeded(), 500).drawn for shift in (0.0, 1e9))
    # 1e9 + 60 keeps 60 to 1e-7
    assert np.asarray(far.before) == pytest.approx(np.asarray(near.before), rel=1e-9)


def test_percentile_and_bca_of_the_class_gain_are_those_of_r():
    found = resample(BEFORE, AFTER, seeded(1), 200_000)
    value = partial(gain_of, maximum=100.0)
    width = R["bca_high"] - R["bca_low"]
    # two sets of 200,000 draws: a 2.5 percent bound varies by about 0.005 of the width
    bca, percentile = resampling.bca(found, value, 0.95), resampling.percentile(found, value, 0.95)
    assert bca == pytest.approx((R["bca_low"], R["bca_high"]), abs=0.02 * width)
    assert percentile == pytest.approx((R["percentile_low"], R["percentile_high"]), abs=0.02 * width)


def bca_of_each_d(before: np.ndarray, after: np.ndarray, level: float) -> dict[str, tuple[float, float]]:
    drawn = resample(before, after, seeded(), 4_999)
    return {name: resampling.bca(drawn, value, level) for name, value in effect_size.VALUES.items()}


def test_bca_does_not_hang_on_row_order_and_nests_in_level():
    rng = seeded(2)
    before = rng.integers(1, 6, 200).astype(float)
    after = before + rng.geometric(0.5, 200)
    shuffled = rng.permutation(200)
    narrow, wide = bca_of_each_d(before, after, 0.9), bca_of_each_d(before, after, 0.99)
    assert bca_of_each_d(before[shuffled], after[shuffled], 0.9) == narrow
    assert all(wide[d][0] < narrow[d][0] < narrow[d][1] < wide[d][1] for d in narrow)


def test_bca_of_d_av_is_scipys_within_resampling_error():
    rng = seeded(2)
    before, after = rng.normal(50, 8, 150), rng.normal(50, 8, 150) + rng.exponential(6, 150)

    def d_av(b: np.ndarray, a: np.ndarray, axis: int = -1) -> np.ndarray:
        return (a - b).mean(axis) / np.sqrt((a.var(axis, ddof=1) + b.var(axis, ddof=1)) / 2)

    expected = stats.bootstrap(
        (before, after), d_av, paired=True, n_resamples=4999, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    # two sets of 4,999 draws: the 2.5 percent bound varies by about 0.03 of the width, three of the difference
    assert bca_of_each_d(before, after, 0.95)["d_av"] == pytest.approx(
        tuple(expected), abs=0.13 * (expected.high - expected.low)
    )


def test_percentile_below_fifty_pairs_is_refused_word_for_word():
    found = resample(BEFORE[:49], AFTER[:49], seeded(), 100)
    with pytest.raises(StatisticsError) as error:
        resampling.percentile(found, effect_size.value_av, 0.95)
    assert error.value.code == "K330"
    assert error.value.message("en").endswith(
        "A percentile bootstrap interval needs at least 50 pairs; there are 49. Below that it is too narrow (with 12 "
        "skewed pairs it covers 83 percent instead of 95). Use the BCa interval or the t interval."
    )


def test_the_percentile_interval_of_few_skewed_pairs_is_too_narrow(monkeypatch):
    monkeypatch.setattr(resampling, "PERCENTILE_FROM", 2)
    rng = seeded(8)
    covered = 0
    for _ in range(500):
        before = rng.normal(0, 1, 12)
        after = before + rng.lognormal(0, 1, 12)
        low, high = resampling.percentile(resample(before, after, rng, 500), lambda m: m.change, 0.95)
        covered += low <= math.exp(0.5) <= high
    # the mean of 12 lognormal changes: far below 95 percent (500 samples: standard error 1.6 points)
    assert covered / 500 < 0.89


def test_the_class_gain_of_the_check_values():
    before = np.array([40, 55, 60, 50, 70, 45, 65, 80, 100, 50], dtype=float)
    after = np.array([70, 75, 85, 60, 90, 80, 60, 90, 100, 75], dtype=float)
    # four digits are printed
    assert class_gain(before, after, 100, 0.95, 0).estimate == pytest.approx(0.4416, abs=5e-5)
    some = before < 100
    individual = (after[some] - before[some]) / (100 - before[some])
    assert individual.mean() == pytest.approx(0.4366, abs=5e-5)


def test_fieller_is_the_inverted_t_test_of_r():
    for n in (8, 50):
        found = class_gain(BEFORE[:n], AFTER[:n], 100, 0.95, 0) if n == 8 else None
        change, room = (AFTER - BEFORE)[:n], 100 - BEFORE[:n]
        covariance = np.cov(change, room) / n
        exact = paired.fieller(change.mean(), room.mean(), covariance, n - 1, 0.95)
        # R's root search stops at 1e-12
        assert (exact.low, exact.high) == pytest.approx((R[f"fieller_low_{n}"], R[f"fieller_high_{n}"]), rel=1e-9)
        if found is not None:
            assert found == exact


def test_from_fifty_pairs_on_the_class_gain_is_resampled():
    found = class_gain(BEFORE, AFTER, 100, 0.95, seed=0)
    width = R["bca_high"] - R["bca_low"]
    # 10,000 draws beside 200,000: a 2.5 percent bound varies by about 0.02 of the width
    assert (found.low, found.high) == pytest.approx((R["bca_low"], R["bca_high"]), abs=0.08 * width)
    again = class_gain(BEFORE, AFTER, 100, 0.95, 99, resample(BEFORE, AFTER, seeded(0)))
    assert again == found  # the draws at hand are used, and they are the same
    wider = class_gain(BEFORE, AFTER, 100, 0.99, seed=0)
    assert wider.low < found.low < found.estimate < found.high < wider.high


def test_without_change_individual_gains_fall_and_the_class_gain_does_not():
    rng, individual, undefined, of_class = seeded(6), [], [], []
    for mean in (50, 70, 85, 92):
        truth = rng.normal(mean, 11 * math.sqrt(0.7), 60_000)
        # reliability 0.70, whole points from 0 to 100
        before, after = (np.clip(np.rint(truth + rng.normal(0, 11 * math.sqrt(0.3), 60_000)), 0, 100) for _ in range(2))
        some = before < 100
        individual.append(float(((after - before)[some] / (100 - before)[some]).mean()))
        undefined.append(1 - some.mean())
        of_class.append(class_gain(before[:400], after[:400], 100, 0.95, 0))
        assert class_gain(before, before, 100, 0.95, 0).estimate == 0
    # the trap of validity.md, S4; published to two digits, 60,000 people: standard error below 0.005
    assert individual == pytest.approx([-0.02, -0.08, -0.24, -0.27], abs=0.02)
    assert undefined[2:] == pytest.approx([0.09, 0.25], abs=0.01)
    assert all(found.low <= 0 <= found.high for found in of_class)


def test_coverage_of_the_class_gain():
    rng, covered = seeded(10), {12: 0, 60: 0}
    for n in covered:
        for seed in range(300):
            before = np.clip(np.rint(rng.normal(60, 12, n)), 0, 100)
            after = before + np.rint(rng.normal(0.4, 0.3, n) * (100 - before))
            found = class_gain(before, after, 100, 0.95, seed)
            covered[n] += found.low <= 0.4 <= found.high
    # 300 samples at 95 percent: standard error 1.3 points, band of two and a half
    assert all(0.92 <= count / 300 <= 0.985 for count in covered.values()), covered


def test_a_class_at_the_top_has_no_gain_and_says_why():
    top = np.full(6, 100.0)
    assert math.isnan(class_gain(top, top, 100, 0.95, 0).estimate)
    assert why_missing(top, top, 100, 0.95) == {
        "id": "Gain kelas tidak dihitung: rata-rata awal sudah pada nilai tertinggi (100), sehingga tidak ada yang dapat "
        "dicapai lagi.",
        "en": "The class gain is not computed: the average before is at the highest score (100) already, so that nothing "
        "is left to gain.",
    }
    near = np.array([100.0, 100, 100, 97])
    after = np.array([99.0, 100, 100, 100])
    assert math.isnan(class_gain(near, after, 100, 0.95, 0).estimate)
    assert why_missing(near, after, 100, 0.95)["en"].startswith(
        "The class gain is not computed: with 4 pairs the average before cannot be told from the highest score (100)"
    )
    assert why_missing(BEFORE, AFTER, 100, 0.95) is None


def test_a_class_almost_at_the_top_is_not_resampled():
    before = np.append(np.full(45, 100.0), [60, 70, 80, 55, 65])
    after = np.append(np.full(45, 100.0), [80, 70, 90, 75, 85])
    found = class_gain(before, after, 100, 0.95, 0)
    change, room = after - before, 100 - before
    assert not is_resampled(before, 100)
    assert found == paired.fieller(change.mean(), room.mean(), np.cov(change, room) / 50, 49, 0.95)
    assert is_resampled(BEFORE, 100) and not is_resampled(BEFORE[:49], 100)


@pytest.mark.parametrize("n", [2, 60])
def test_a_class_that_does_not_vary_has_a_gain_without_interval(n):
    found = class_gain(np.full(n, 60.0), np.full(n, 70.0), 100, 0.95, 0)
    assert found.estimate == 0.25 and math.isnan(found.low) and math.isnan(found.high)


def test_the_gain_does_not_hang_on_row_order_or_scale():
    order = seeded(4).permutation(len(BEFORE))
    found = class_gain(BEFORE, AFTER, 100, 0.95, 0)
    assert class_gain(BEFORE[order], AFTER[order], 100, 0.95, 0) == found
    scaled = class_gain(BEFORE / 4, AFTER / 4, 25, 0.95, 0)
    assert (scaled.estimate, scaled.low, scaled.high) == pytest.approx((found.estimate, found.low, found.high))


def test_both_ends_of_the_inverted_noncentral_t_lie_on_their_tails():
    for t, dof, level in ((2.5, 11, 0.95), (-4.0, 39, 0.9), (0.0, 5, 0.99), (9.2, 39, 0.95), (30.0, 200, 0.8)):
        low, high = effect_size.noncentrality_interval(t, dof, level)
        for bound, tail in ((low, 0.5 + level / 2), (high, 0.5 - level / 2)):
            # scipy promises about ten digits
            assert stats.nct.cdf(t, dof, bound) == pytest.approx(tail, abs=1e-9)
    assert effect_size.noncentrality_interval(-3.0, 20, 0.95) == tuple(
        -bound for bound in reversed(effect_size.noncentrality_interval(3.0, 20, 0.95))
    )
