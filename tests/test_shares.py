"""Intervals of shares, medians, ratios and concentration, against published and counted values."""

from __future__ import annotations

import numpy as np
import pytest

from karier_stats.stats.numerics import shares

PRINTED = 5e-5  # the sources print four decimals


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998a), table I, method 3; R's prop.test(correct = FALSE) gives the same."""
    found = shares.wilson(k, n, 0.95)
    assert found == (pytest.approx(low, abs=PRINTED), pytest.approx(high, abs=PRINTED))


def test_wilson_takes_arrays_and_mirrors() -> None:
    """The interval of the complement is the mirror image; the ends are exact."""
    k, n = np.array([0, 3, 7, 10]), np.array([10, 10, 10, 10])
    low, high = shares.wilson(k, n, 0.9)
    mirror_low, mirror_high = shares.wilson(n - k, n, 0.9)
    assert low == pytest.approx(1 - mirror_high, abs=1e-12)  # rounding only
    assert high == pytest.approx(1 - mirror_low, abs=1e-12)
    assert low[0] == 0 and high[3] == 1


def test_wilson_of_nobody_is_nan_and_impossible_counts_are_refused() -> None:
    """No people, no interval; five of four is an error."""
    assert all(np.isnan(bound) for bound in shares.wilson(0, 0))
    assert np.isnan(shares.share(0, 0).value)
    with pytest.raises(ValueError, match="0 <= k <= n"):
        shares.wilson(5, 4)


def test_a_higher_level_widens() -> None:
    """The level is used, not only printed."""
    narrow, wide = shares.share(30, 100, 0.8), shares.share(30, 100, 0.99)
    assert wide.low < narrow.low < 0.3 < narrow.high < wide.high
    with pytest.raises(ValueError, match="0 < level < 1"):
        shares.share(3, 10, 95)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926), ((0, 10, 0, 20), -0.1611, 0.2775), ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe_gives_the_published_intervals(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    """Newcombe (1998b), table II, method 10."""
    found = shares.newcombe(*counts)
    assert (found.low, found.high) == (pytest.approx(low, abs=PRINTED), pytest.approx(high, abs=PRINTED))


def test_newcombe_changes_sign_when_the_groups_change_places() -> None:
    """An identity of any difference."""
    one, two = shares.newcombe(12, 40, 5, 30), shares.newcombe(5, 30, 12, 40)
    assert (one.value, one.low, one.high) == pytest.approx((-two.value, -two.high, -two.low), abs=1e-12)


def test_paired_difference_gives_the_published_interval() -> None:
    """Bonett and Price: 26 and 4 discordant of 48 (estimate .44, SE .09448809 after adjustment)."""
    found = shares.paired_difference(26, 4, 48)
    assert (found.low, found.high) == (pytest.approx(0.2548067, abs=5e-8), pytest.approx(0.6251933, abs=5e-8))
    assert found.value == pytest.approx(22 / 48)


def test_paired_difference_covers_the_multinomial_truth() -> None:
    """First choices of 200 people with shares .36 and .25: at least 94 % of 4,000 intervals cover .11."""
    draws = np.random.default_rng(7).multinomial(200, [0.36, 0.25, 0.39], size=4000)
    found = [shares.paired_difference(int(a), int(b), 200) for a, b, _ in draws]
    covered = np.mean([one.low <= 0.11 <= one.high for one in found])
    assert 0.94 <= covered <= 0.965  # Monte Carlo error is 0.35 points at 4,000


def test_paired_difference_keeps_its_value_inside() -> None:
    """All people prefer the first: the adjusted centre lies below 1, the bounds still hold the value."""
    found = shares.paired_difference(10, 0, 10)
    assert found.value == 1 and found.low < found.high == 1


def test_representation_by_hand() -> None:
    """10 of 40 women and 40 of 60 men take part: 0.25 / 0.5 = 0.5."""
    women, men = shares.representation(10, 40, 50, 100), shares.representation(40, 60, 50, 100)
    assert women.value == pytest.approx(0.5) and men.value == pytest.approx(4 / 3)
    assert women.low < 0.5 < women.high < 1 < men.low
    # 1/p - w/r = 4 - 0.8 = 3.2 and (1-w)/r = 1.2
    error = np.sqrt(3.2**2 * 0.25 * 0.75 / 40 + 1.2**2 * (2 / 3) * (1 / 3) / 60)
    assert np.log(women.high / 0.5) == pytest.approx(1.959964 * error, rel=1e-6)  # z printed to six decimals


def test_representation_of_all_is_one_and_of_none_has_no_bounds() -> None:
    """The whole against itself has no uncertainty; a group without participants has ratio 0."""
    assert shares.representation(50, 100, 50, 100).ends == (1.0, 1.0, 1.0)
    none = shares.representation(0, 10, 50, 100)
    assert none.value == 0 and np.isnan(none.low)
    assert np.isnan(shares.representation(0, 10, 0, 100).value)


def test_median_takes_the_right_order_statistics() -> None:
    """Ten values: P(Bin(10, 1/2) <= 1) = .0107 fits .025, <= 2 does not, so ranks 2 and 9."""
    assert shares.median(range(1, 11)).ends == (5.5, 2.0, 9.0)
    assert shares.median([3, 1, 2, 6, 5, 4]).ends == (3.5, 1.0, 6.0)  # 2/64 = .03125 covers 96.9 %


def test_median_of_few_has_no_bounds() -> None:
    """Five values reach 93.75 % at most."""
    assert np.isnan(shares.median([1, 2, 3, 4, 5]).low)
    assert np.isnan(shares.median([]).value)


def test_mean_is_the_t_interval() -> None:
    """1..5: mean 3, SE sqrt(.5), t(4) = 2.776445."""
    found = shares.mean([1, 2, 3, 4, 5])
    assert found.value == 3 and found.high == pytest.approx(3 + 2.776445 * np.sqrt(0.5), rel=1e-6)
    assert np.isnan(shares.mean([4]).low) and np.isnan(shares.mean([]).value)


def test_ratio_by_hand() -> None:
    """(2 + 3 + 7) / (1 + 2 + 3) = 2; residuals 0, -1, 1; SE sqrt(3/2 * 2) / 6."""
    found = shares.ratio([2, 3, 7], [1, 2, 3])
    assert found.value == 2
    assert found.high - 2 == pytest.approx(4.302653 * np.sqrt(3) / 6, rel=1e-6)
    assert np.isnan(shares.ratio([1], [0]).value) and np.isnan(shares.ratio([1], [2]).low)


def test_ratio_over_equal_units_is_the_mean() -> None:
    """With x = 1 everywhere the ratio and its interval are those of the mean."""
    y = [1.0, 4.0, 2.0, 9.0]
    assert shares.ratio(y, np.ones(4)).ends == pytest.approx(shares.mean(y).ends, rel=1e-12)


def test_gini_by_hand_and_by_all_pairs() -> None:
    """Equal 0; one of four has all 3/4; else half the mean absolute difference over the mean."""
    assert shares.gini([5, 5, 5]).value == pytest.approx(0)
    assert shares.gini([0, 0, 0, 4]).value == pytest.approx(0.75)
    x = np.array([0, 0, 3.0, 8, 20, 20, 120])
    pairs = np.abs(x[:, None] - x[None, :]).mean() / (2 * x.mean())
    assert shares.gini(x).value == pytest.approx(pairs, rel=1e-12)


def test_gini_jackknife_is_the_brute_force_one() -> None:
    """Leaving out one person at a time, each Gini computed anew."""
    x = np.array([0, 0, 3.0, 8, 20, 20, 120])
    left = np.array([shares.gini(np.delete(x, i)).value for i in range(x.size)])
    error = np.sqrt(6 / 7 * np.sum((left - left.mean()) ** 2))
    found = shares.gini(x)
    assert found.high == pytest.approx(min(found.value + 1.959964 * error, 1), rel=1e-6)
    assert shares.gini(x[::-1]) == found


def test_gini_without_a_total() -> None:
    """Nobody has anything: nothing is concentrated, there is no value."""
    assert np.isnan(shares.gini([0, 0]).value) and np.isnan(shares.top_share([0, 0]))


def test_top_share_and_lorenz() -> None:
    """Ten people with 1 each but one with 11: the top tenth holds 11 of 20."""
    values = [1] * 9 + [11]
    assert shares.top_share(values, 0.1) == pytest.approx(0.55)
    people, held = shares.lorenz(values, 11)
    assert held[-2] == pytest.approx(0.45) and held[-1] == 1 and people[-2] == pytest.approx(0.9)
