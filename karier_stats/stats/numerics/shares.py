"""Intervals for what is counted: shares, differences of shares, medians, ratios.

A value that the data cannot give is NaN here and becomes missing in a finding. By hand: statsmodels' intervals of
shares take seconds to load where every page counts, and miss 0 and 1 by rounding; those of ratios and medians it lacks.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, Interval, t_quantile, z_quantile


def critical(level: float) -> float:
    """The two-sided normal quantile of a confidence level: 1.96 for 0.95; ValueError outside 0 to 1."""
    if not 0 < level < 1:
        raise ValueError(f"0 < level < 1: {level}")
    return -z_quantile((1 - level) / 2)


def wilson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[Array, Array]:
    """The Wilson score interval of a share of ``k`` among ``n``, numbers or arrays (m,); NaN where ``n`` is 0.

    ``(p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)`` without continuity correction. It holds its level for
    small ``n`` and for shares near 0 or 1, and takes the people counted as independent. Wilson (1927), JASA 22,
    209-212; Newcombe (1998), Statistics in Medicine 17, 857-872, method 3.

    >>> low, high = wilson(81, 263)
    >>> round(float(low), 4), round(float(high), 4)
    (0.2553, 0.3662)
    """
    successes, total = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    if np.any(successes < 0) or np.any(successes > total):
        raise ValueError("0 <= k <= n")
    z2 = critical(level) ** 2
    safe = np.where(total > 0, total, np.nan)
    share = successes / safe
    centre = share + z2 / (2 * safe)
    spread = np.sqrt(z2) * np.sqrt(share * (1 - share) / safe + z2 / (4 * safe**2))
    scale = 1 + z2 / safe
    # the bounds at k = 0 and k = n are 0 and 1 exactly; rounding would leave 1e-17
    low = np.where(successes == 0, safe * 0, (centre - spread) / scale)
    high = np.where(successes == total, safe * 0 + 1, (centre + spread) / scale)
    return low, high


def share(k: int, n: int, level: float = 0.95) -> Estimate:
    """A share with its Wilson interval; NaN where ``n`` is 0."""
    def bounds(at: float) -> Interval:
        low, high = wilson(k, n, at)
        return float(low), float(high)

    return Estimate(k / n if n else NAN, bounds=bounds, level=level, method="wilson")


def newcombe(k1: int, n1: int, k2: int, n2: int, level: float = 0.95) -> Estimate:
    """The difference of two independent shares, ``k1/n1 - k2/n2``.

    With the Wilson bounds ``l, u`` of each share, ``d - sqrt((p1-l1)^2 + (u2-p2)^2)`` to
    ``d + sqrt((u1-p1)^2 + (p2-l2)^2)`` (Newcombe 1998, Statistics in Medicine 17, 873-890, method 10).

    >>> [round(value, 4) for value in newcombe(56, 70, 48, 80).ends]
    [0.2, 0.0524, 0.3339]
    """
    return replace(apart(share(k1, n1), share(k2, n2), level), method="newcombe")


def apart(one: Estimate, two: Estimate, level: float = 0.95) -> Estimate:
    """The difference of two independent estimates, its bounds from those of each as in :func:`newcombe`.

    Zou and Donner (2008), Statistics in Medicine 27, 1693-1702: with intervals over clusters it is one over clusters.
    """
    difference = one.value - two.value

    def bounds(at: float) -> Interval:
        (low1, high1), (low2, high2) = one.interval(at), two.interval(at)
        low = difference - float(np.hypot(one.value - low1, high2 - two.value))
        return low, difference + float(np.hypot(high1 - one.value, two.value - low2))

    return Estimate(difference, bounds=bounds, level=level, method="zou_donner")


def paired_difference(first_only: int, second_only: int, n: int, level: float = 0.95) -> Estimate:
    """The difference of two shares of the same ``n`` people, ``(first_only - second_only) / n``.

    Counted are people who have only the first, only the second property; of two options where each chooses one, those who
    chose it. Adjusted Wald interval with one added to both counts and two to ``n`` (Bonett & Price 2012, J. Educational and
    Behavioral Statistics 37, 479-488).

    >>> [round(value, 4) for value in paired_difference(26, 4, 48).ends]
    [0.4583, 0.2548, 0.6252]
    """
    if n <= 0:
        return Estimate(NAN)
    one, two = (first_only + 1) / (n + 2), (second_only + 1) / (n + 2)
    error = float(np.sqrt((one + two - (one - two) ** 2) / (n + 2)))
    value = (first_only - second_only) / n

    def bounds(at: float) -> Interval:
        spread = critical(at) * error
        return max(min(one - two - spread, value), -1.0), min(max(one - two + spread, value), 1.0)

    return Estimate(value, bounds=bounds, level=level, method="bonett_price")


def representation(k: int, n: int, k_all: int, n_all: int, level: float = 0.95) -> Estimate:
    """How a group is represented: its rate ``k / n`` over the rate of all, itself included; below 1 it is left out.

    With ``w = n/n_all`` and rates ``p`` (group), ``q`` (the others) and ``r`` (all): ``var(log ratio) = (1/p - w/r)^2
    p(1-p)/n + ((1-w)/r)^2 q(1-q)/(n_all-n)`` (delta method); bounds are ``ratio exp(-+ z se)``. NaN bounds where the
    group's rate is 0, all NaN where nobody takes part.
    """
    if not n or not k_all:
        return Estimate(NAN)
    others, weight = n_all - n, n / n_all
    rate, overall = k / n, k_all / n_all
    if not k:
        return Estimate(0.0)
    rest = (k_all - k) / others if others else 0.0
    variance = (1 / rate - weight / overall) ** 2 * rate * (1 - rate) / n
    variance += ((1 - weight) / overall) ** 2 * rest * (1 - rest) / others if others else 0.0
    ratio = rate / overall

    def bounds(at: float) -> Interval:
        factor = float(np.exp(critical(at) * np.sqrt(variance)))
        return ratio / factor, ratio * factor

    return Estimate(ratio, bounds=bounds, level=level, method="linearised")


def median(values: ArrayLike, level: float = 0.95) -> Estimate:
    """The median with the interval that two order statistics give.

    Bounds are the ``r``-th smallest and ``r``-th largest value, with the largest ``r`` for which
    ``P(Bin(n, 1/2) < r) <= (1 - level)/2``: the interval of the sign test, whose coverage is at least ``level``
    whatever the distribution. NaN bounds where ``n`` is too small (below 6 at 0.95).

    >>> median([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).ends
    (5.5, 2.0, 9.0)
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = ordered.size
    if not n:
        return Estimate(NAN)
    tail = special.bdtr(np.arange(n // 2 + 1), n, 0.5)

    def bounds(at: float) -> Interval:
        r = int((tail <= (1 - at) / 2).sum())
        return (float(ordered[r - 1]), float(ordered[n - r])) if r else (NAN, NAN)

    return Estimate(float(np.median(ordered)), bounds=bounds, level=level, method="order")


def mean(values: ArrayLike, level: float = 0.95) -> Estimate:
    """The mean with Student's t interval; NaN bounds for fewer than two values."""
    data = np.asarray(values, dtype=float)
    if not data.size:
        return Estimate(NAN)
    value = float(data.mean())
    if data.size < 2:
        return Estimate(value)

    def bounds(at: float) -> Interval:
        spread = float(-t_quantile((1 - at) / 2, data.size - 1) * float(data.std(ddof=1)) / np.sqrt(data.size))
        return value - spread, value + spread

    return Estimate(value, bounds=bounds, level=level, method="student")


def ratio(y: ArrayLike, x: ArrayLike, level: float = 0.95, *, positive: bool = False) -> Estimate:
    """The ratio of two totals, ``sum(y) / sum(x)``, over units (n,) of different size, such as budget lines or batches.

    With ``positive`` the bounds are made on the log scale, so that those of a cost stay above 0.

    Linearised variance ``n/(n-1) sum((y - R x)^2) / (sum x)^2`` with ``t(n-1)``; NaN bounds for one unit, all NaN where
    ``sum(x)`` is 0. Cochran (1977), Sampling Techniques, 3rd ed., eq. 6.12 without the finite-population factor.
    """
    top, bottom = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    total = float(bottom.sum())
    if total == 0:
        return Estimate(NAN)
    value = float(top.sum()) / total
    n = top.size
    if n < 2:
        return Estimate(value)
    error = float(np.sqrt(n / (n - 1) * float(np.sum((top - value * bottom) ** 2))) / total)

    def bounds(at: float) -> Interval:
        spread = -t_quantile((1 - at) / 2, n - 1) * error
        if positive and value > 0:
            factor = float(np.exp(spread / value))
            return value / factor, value * factor
        return value - spread, value + spread

    return Estimate(value, bounds=bounds, level=level, method="linearised")


def gini(values: ArrayLike, level: float = 0.95) -> Estimate:
    """How unevenly a total is spread over amounts (n,) of at least 0: 0 everyone the same, near 1 one has it all.

    ``G = sum((2i - n - 1) x_(i)) / (n sum x)``; the standard error is the jackknife's in one pass (Karagiannis &
    Kovacevic 2000, Oxford Bulletin of Economics and Statistics 62, 119-122), with normal bounds kept within 0 and 1.
    NaN where the total is 0; NaN bounds below ``n = 3``.

    >>> round(gini([0, 0, 0, 4]).value, 2)
    0.75
    """
    x = np.sort(np.asarray(values, dtype=float))
    n, total = x.size, float(x.sum())
    if total == 0:
        return Estimate(NAN)
    position = np.arange(1, n + 1)
    weighted = float(np.sum(position * x))
    value = 2 * weighted / (n * total) - (n + 1) / n
    if n < 3 or np.any(x == total):
        return Estimate(value)
    above = total - np.cumsum(x)  # each value above the one left out moves down one position
    left_out = 2 * (weighted - position * x - above) / ((n - 1) * (total - x)) - n / (n - 1)
    error = float(np.sqrt((n - 1) / n * float(np.sum((left_out - left_out.mean()) ** 2))))

    def bounds(at: float) -> Interval:
        spread = critical(at) * error
        return max(value - spread, 0.0), min(value + spread, 1.0)

    return Estimate(value, bounds=bounds, level=level, method="jackknife")


def top_share(values: ArrayLike, top: float = 0.1) -> float:
    """The share of the total that the largest ``top`` share of people (rounded up) hold; NaN where the total is 0."""
    x = np.sort(np.asarray(values, dtype=float))[::-1]
    total = float(x.sum())
    people = int(np.ceil(top * x.size - 1e-9))
    return float(x[:people].sum()) / total if total else np.nan


def lorenz(values: ArrayLike, points: int = 21) -> tuple[Array, Array]:
    """The Lorenz curve: cumulative shares of people and of what they hold, from the one with least, (points,) both."""
    x = np.sort(np.asarray(values, dtype=float))
    grid = np.linspace(0, 1, points)
    held = np.concatenate([[0.0], np.cumsum(x)]) / (x.sum() or np.nan)
    return grid, np.interp(grid, np.linspace(0, 1, x.size + 1), held)
