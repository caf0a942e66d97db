"""One set of resamples of pairs for every statistic of one comparison.

Scores repeat, so what is resampled are the counts of the distinct (before, after) pairs, and what is kept of a resample are its
moments: means, variances and the covariance of both waves. Every effect size and every gain of class averages is a function of
them. By hand, since scipy's ``bootstrap`` draws anew for every statistic: minutes where 100,000 people are compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, Array, z_quantile

Counts: TypeAlias = NDArray[np.intp]
DRAWS = 10_000
"""Resamples of one comparison."""

PERCENTILE_FROM = 50
"""Fewest pairs for a percentile interval; with 12 skewed pairs it covers 83 percent instead of 95."""


@dataclass(frozen=True)
class Moments:
    """What every effect size is made of; each but ``n`` is a number, or an array with one entry per resample.

    ``change`` is the mean of after - before, ``start`` the mean before; ``before``, ``after`` and ``covariance`` are the
    variances of both waves and their covariance, divisor n - 1.
    """

    n: float
    change: Array | float
    before: Array | float
    after: Array | float
    covariance: Array | float
    start: Array | float = NAN

    @property
    def differences(self) -> Array | float:
        """Variance of the differences."""
        return self.before + self.after - 2 * self.covariance


Statistic: TypeAlias = "Callable[[Moments], Array | float]"


@dataclass(frozen=True)
class Resamples:
    """Moments of a sample (one entry), of its resamples, and with each of k distinct pairs left out.

    ``counts``, shape (k,), says how often each of these pairs occurs.
    """

    observed: Moments
    drawn: Moments
    left_out: Moments
    counts: Counts


def resample(before: Array, after: Array, rng: np.random.Generator, draws: int = DRAWS) -> Resamples:
    """Draw n >= 2 people with replacement and keep the moments of each resample.

    The counts of the distinct pairs in a resample are multinomial. They are drawn as independent Poisson numbers with a total mean
    a little below n, topped up to n with people drawn one by one: given the total, independent Poisson numbers are multinomial, and
    so is their sum with further draws, whatever the total was. A set of Poisson numbers that exceeds n is thrown away and all n
    people are drawn one by one. The distribution is that of drawing people, without approximation, and the numbers are the same
    whatever the order of the rows. Efron (1979), Annals of Statistics 7, 1-26; Johnson, Kotz and Balakrishnan (1997), Discrete
    Multivariate Distributions, section 35.2 (multinomial as conditioned Poisson).
    """
    pairs, counts = np.unique(np.column_stack([before, after]), axis=0, return_counts=True)
    centre = pairs.mean(axis=0)
    b, a = (pairs - centre).T
    powers = np.column_stack([b, a, b**2, a**2, a * b])
    n, whole = len(before), counts @ powers
    return Resamples(
        _from_sums(whole[None, :], n, centre),
        _from_sums(_drawn_sums(powers, counts, rng, draws), n, centre),
        _from_sums(whole - powers, n - 1, centre),
        counts,
    )


def _from_sums(sums: Array, n: int, centre: Array) -> Moments:
    """Moments from sums of powers about a fixed centre."""
    b, a, bb, aa, ab = (sums / n).T
    scale = n / (n - 1) if n > 1 else NAN
    return Moments(
        n, a - b + (centre[1] - centre[0]), (bb - b**2) * scale, (aa - a**2) * scale, (ab - a * b) * scale,
        b + centre[0],
    )


_SLACK = 3.0
"""Standard deviations by which the Poisson total stays below n: one resample in 740 is then drawn anew."""

_BLOCK = 256
"""Cells worked on at once, and square root of the numbers drawn at once, so that they stay in the processor's cache."""


def _drawn_sums(powers: Array, counts: Counts, rng: np.random.Generator, draws: int) -> Array:
    """Sums of the powers in each resample, shape (draws, p)."""
    n = int(counts.sum())
    rate = max(1 - _SLACK / math.sqrt(n), 0.0)
    # a last column of ones counts the people of each resample
    cells = np.column_stack([powers, np.ones(len(powers))])
    sums = _poisson_sums(cells, counts, rate, rng, draws) if rate > 0 else np.zeros((draws, cells.shape[1]))
    sums[sums[:, -1] > n] = 0.0
    missing = np.rint(n - sums[:, -1]).astype(np.intp)
    return sums[:, :-1] + _person_sums(powers, counts, missing, rng)


def _poisson_sums(cells: Array, counts: Counts, rate: float, rng: np.random.Generator, draws: int) -> Array:
    """Sums over cells that each occur a Poisson number of times with mean ``rate * count``."""
    sums = np.zeros((draws, cells.shape[1]))
    for count in np.unique(counts):
        same = cells[counts == count]
        sampler = _poisson_sampler(rate * float(count))
        for columns in _spans(len(same), _BLOCK):
            for rows in _spans(draws, max(_BLOCK, _BLOCK**2 // len(same))):
                size = (rows.stop - rows.start, columns.stop - columns.start)
                sums[rows] += sampler(rng, size) @ same[columns]
    return sums


def _spans(length: int, step: int) -> Iterator[slice]:
    for start in range(0, length, step):
        yield slice(start, min(start + step, length))


_TABLE_TO = 4096.0
"""Largest Poisson mean for which a table is made."""


def _poisson_sampler(mean: float) -> Callable[[np.random.Generator, tuple[int, int]], Array]:
    """A function that draws Poisson numbers of one mean, as floats.

    Each probability is a whole number of 65,536ths and a remainder: 16 random bits pick from a table of the former; the
    few codes beyond it are drawn from the remainders. No probability is rounded.
    """
    if mean > _TABLE_TO:
        return lambda rng, size: rng.poisson(mean, size).astype(float)
    reach = 10 * math.sqrt(mean) + 30  # beyond it lies a chance of 1e-20
    values = np.arange(max(math.floor(mean - reach), 0), math.ceil(mean + reach)).astype(float)
    chances = np.exp(values * math.log(mean) - mean - special.gammaln(values + 1.0))
    chances /= chances.sum()
    shares = np.floor(chances * 65536)
    first_free = int(shares.sum())
    # The smallest type, so that the table stays in the processor's cache.
    table = np.zeros(65536, dtype=np.min_scalar_type(int(values[-1])))
    table[:first_free] = np.repeat(values, shares.astype(np.intp))
    remainder = np.cumsum(chances * 65536 - shares)

    def draw(rng: np.random.Generator, size: tuple[int, int]) -> Array:
        codes = rng.integers(0, 65536, size, dtype=np.uint16)
        out = table.take(codes)
        free = codes >= first_free
        if free.any():
            place = np.searchsorted(remainder, rng.random(int(free.sum())) * remainder[-1], side="right")
            out[free] = values[np.minimum(place, len(values) - 1)]
        return out.astype(float)

    return draw


def _person_sums(powers: Array, counts: Counts, sizes: Counts, rng: np.random.Generator) -> Array:
    """Sums over ``sizes[i]`` people drawn one by one, shape (len(sizes), p)."""
    cell = np.repeat(np.arange(len(counts)), counts)
    out = np.zeros((len(sizes), powers.shape[1]))
    step = max(1, 1_000_000 // max(int(sizes.max(initial=1)), 1))
    for rows in _spans(len(sizes), step):
        part = sizes[rows]
        owner = np.repeat(np.arange(len(part)), part)
        chosen = cell[rng.integers(0, len(cell), len(owner), dtype=np.uint32)]
        for j, column in enumerate(powers.T):
            out[rows, j] = np.bincount(owner, weights=column[chosen], minlength=len(part))
    return out


def percentile(resamples: Resamples, value: Statistic, level: float) -> tuple[float, float]:
    """Percentile interval of a statistic of the moments; NaN where a resample has no value, K330 of fewer than 50 pairs.

    Efron and Tibshirani (1993), An Introduction to the Bootstrap, section 13.3.
    """
    n = int(resamples.counts.sum())
    if n < PERCENTILE_FROM:
        raise StatisticsError("K330", n=n, needed=PERCENTILE_FROM)
    drawn = _values(value, resamples.drawn)
    if not np.isfinite(drawn).all():
        return NAN, NAN
    low, high = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)


def bca(resamples: Resamples, value: Statistic, level: float) -> tuple[float, float]:
    """Bias-corrected and accelerated interval of a statistic of the moments.

    NaN where a resample, or the sample with a pair left out, has no value. Efron (1987), J. American Statistical
    Association 82, 171-185, eq. 6.5-6.6.
    """
    drawn, left_out = _values(value, resamples.drawn), _values(value, resamples.left_out)
    if not (np.isfinite(drawn).all() and np.isfinite(left_out).all()):
        return NAN, NAN
    observed, counts = _values(value, resamples.observed)[0], resamples.counts
    below = ((drawn < observed).sum() + (drawn <= observed).sum()) / (2 * len(drawn))
    z0 = float(special.ndtri(min(max(below, 0.5 / len(drawn)), 1 - 0.5 / len(drawn))))
    gap = (counts @ left_out) / counts.sum() - left_out
    spread_cubed = float(counts @ gap**2) ** 1.5
    acceleration = float(counts @ gap**3) / (6 * spread_cubed) if spread_cubed > 0 else 0.0
    z = z0 + np.array([-1.0, 1.0]) * z_quantile(0.5 + level / 2)
    low, high = np.quantile(drawn, special.ndtr(z0 + z / (1 - acceleration * z)))
    return float(low), float(high)


def _values(value: Statistic, of: Moments) -> Array:
    """A statistic of every entry; NaN or infinite where it has no value."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.atleast_1d(np.asarray(value(of), dtype=float))
