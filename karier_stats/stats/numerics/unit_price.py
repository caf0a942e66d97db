"""What an hour costs on average over kinds of courses, and how surely a need times that price is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.numerics.estimate import Estimate, between, t_quantile
from karier_stats.stats.numerics.shares import critical
from karier_stats.stats.numerics.types import Array

DRAWS = 10_000
"""Resamples of respondents and of budget lines."""


@dataclass(frozen=True)
class Lines:
    """Budget lines with spending, sorted so that nothing depends on their order.

    ``totals`` (n, 3) are money spent, person hours (above 0) and places of each line; ``kinds`` (n, k) says which of
    the ``k`` kinds of course each line pays for.
    """

    totals: Array
    kinds: NDArray[np.bool_]

    @classmethod
    def of(cls, spent: ArrayLike, hours: ArrayLike, places: ArrayLike, kind: ArrayLike) -> Lines:
        """The lines; where places are not known for all of them, each line has the same weight."""
        totals = np.column_stack([np.asarray(one, dtype=float) for one in (spent, hours, places)])
        if not (np.isfinite(totals[:, 2]).all() and totals[:, 2].sum() > 0):
            totals[:, 2] = 1.0
        names = np.asarray(kind, dtype=object)
        levels = sorted(set(names.tolist()))
        place = np.array([levels.index(name) for name in names], dtype=int)
        order = np.lexsort((*totals.T, place))
        return cls(totals[order], (place[:, None] == np.arange(len(levels)))[order])

    def price(self, times: ArrayLike) -> Array:
        """Mean price of an hour where each line is counted ``times``, shape (..., n) to (...).

        ``sum_k P_k (S_k / H_k) / sum_k P_k``, with places, spending and hours of kind ``k``: a course of many hours
        weighs by the people who took it.
        """
        counted = np.asarray(times, dtype=float)
        spent, hours, places = (counted @ (self.kinds * self.totals[:, [j]]) for j in range(3))
        known = hours > 0
        ratio = np.divide(spent, hours, out=np.zeros_like(spent), where=known)
        weight = np.where(known, places, 0.0)
        return np.asarray((weight * ratio).sum(axis=-1) / weight.sum(axis=-1))

    @property
    def mean_price(self) -> float:
        """The price with each line counted once."""
        return float(self.price(np.ones(len(self.totals))))

    def resampled(self, rng: np.random.Generator, draws: int) -> Array:
        """Prices of resamples of the lines, shape (draws,); a resample without any place is drawn as it is observed."""
        n = len(self.totals)
        times = rng.multinomial(n, np.full(n, 1 / n), size=draws)
        empty = (times @ self.totals[:, 2]) <= 0
        return self.price(np.where(empty[:, None], 1, times))


def widening(n: int, level: float) -> float:
    """How far resampled deviations of ``n`` units are stretched, ``sqrt(n / (n - 1)) t(n - 1) / z``; infinite below 2.

    A plain percentile interval of few units is too narrow by this factor (Hesterberg 2015, The American Statistician
    69, 371-386, section 5).
    """
    if n < 2:
        return math.inf
    return math.sqrt(n / (n - 1)) * -t_quantile((1 - level) / 2, n - 1) / critical(level)


def price_of_hour(lines: Lines, level: float, seed: int) -> Estimate:
    """The mean price of an hour with the interval of resampled lines; NaN bounds for one line."""
    return _percentile(lines.mean_price, _stretched_prices(lines, level, _stream(seed, 1)), level)


def shortfall(
    hours: ArrayLike, lines: Lines, *, people: float, free: float, money: float, level: float, seed: int,
) -> Estimate:
    """Money wanting: ``max(people * mean(hours) - free, 0) * price - money``, with one interval for all sources of error.

    ``hours`` (n,) is what each respondent needs, who stand for ``people``; ``free`` person hours cost nothing; ``money`` that
    may be spent is a decision, hence without error. Respondents and lines are resampled at once and independently; each
    source's deviations are stretched by :func:`widening`, those of the price on the log scale. Respondents are counted by
    value, lines are sorted, so that neither row order nor pseudonyms reach the result. NaN bounds where one respondent or
    one line stands alone.
    """
    values, counts = np.unique(np.asarray(hours, dtype=float), return_counts=True)
    n = int(counts.sum())
    mean = float(values @ counts / n)

    def wanting(needed: Any, price: Any) -> Any:
        return np.maximum(people * needed - free, 0.0) * price - money

    drawn = _stream(seed, 2).multinomial(n, counts / n, size=DRAWS) @ values / n
    means = mean + widening(n, level) * (drawn - mean) if n > 1 else np.full(DRAWS, np.nan)
    gaps = wanting(means, _stretched_prices(lines, level, _stream(seed, 1)))
    return _percentile(float(wanting(mean, lines.mean_price)), gaps, level)


def _stream(seed: int, part: int) -> np.random.Generator:
    """Random numbers of one source, the same whatever the other source is."""
    return np.random.default_rng([seed, part])


def _stretched_prices(lines: Lines, level: float, rng: np.random.Generator) -> Array:
    """Resampled prices with deviations stretched on the log scale; NaN for a single line."""
    n = len(lines.totals)
    if n < 2:
        return np.full(DRAWS, np.nan)
    price = lines.mean_price
    return price * np.exp(widening(n, level) * np.log(lines.resampled(rng, DRAWS) / price))


def _percentile(value: float, drawn: Array, level: float) -> Estimate:
    """A value between the quantiles of its resamples."""
    if not np.isfinite(drawn).all():
        return Estimate(value)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return between(value, float(low), float(high))
