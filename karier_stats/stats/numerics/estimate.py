"""The one kind of estimate: a value, how sure it is, and its interval at any level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import special

NAN = float("nan")
Array: TypeAlias = NDArray[np.float64]
"""The kind of array that numbers come in."""
Interval: TypeAlias = tuple[float, float]
Bounds: TypeAlias = Callable[[float], Interval]


def unbounded(level: float) -> Interval:
    """No interval at any level."""
    return NAN, NAN


@dataclass(frozen=True)
class Estimate:
    """An estimate that knows its interval at any level and its test of zero (of one, for a ratio).

    ``dof`` are those of Student's t, infinite for the normal distribution; ``statistic`` and ``p`` test no association;
    ``bounds`` takes a level to (low, high), ``level`` is the one that ``low`` and ``high`` speak of, and ``method`` names how the
    bounds are made, as in the column of a table; empty where whoever made the estimate says it. ``reason`` says why
    there is no test: ``exact`` (nothing is left over), ``no_spread`` (a group has one outcome only), ``leverage`` (it rests on
    one cluster alone); empty where there is one, or where no test belongs to it. NaN marks what the data do not give, for
    instance the test of a constant difference; it becomes a missing value in a table.
    """

    value: float
    std_error: float = NAN
    dof: float = NAN
    statistic: float = NAN
    p: float = NAN
    bounds: Bounds = field(default=unbounded, repr=False, compare=False)
    reason: str = ""
    level: float = 0.95
    method: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(f"0 < level < 1: {self.level}")

    def interval(self, level: float | None = None) -> Interval:
        """Lower and upper bound at a level (0-1)."""
        return self.bounds(self.level if level is None else level)

    @property
    def low(self) -> float:
        """Lower bound at ``level``."""
        return self.interval()[0]

    @property
    def high(self) -> float:
        """Upper bound at ``level``."""
        return self.interval()[1]

    @property
    def ends(self) -> tuple[float, float, float]:
        """Value, lower and upper bound at ``level``."""
        return (self.value, *self.interval())

    @property
    def estimate(self) -> float:
        """The value, by the name of its column in a table."""
        return self.value

    @property
    def seen(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return bool(self.low > 0 or self.high < 0)

    @property
    def tested(self) -> bool:
        """True where there is a p-value."""
        return bool(self.p == self.p)

    @property
    def alone(self) -> Estimate:
        """The value without error, interval and test."""
        return Estimate(self.value, reason=self.reason, level=self.level)

    def at(self, level: float) -> Estimate:
        """The same estimate, its ``low`` and ``high`` at another level."""
        return replace(self, level=level)

    def times(self, factor: float) -> Estimate:
        """The estimate in another unit; the test stays as it is."""
        def bounds(level: float) -> Interval:
            low, high = sorted(factor * end for end in self.bounds(level))
            return low, high

        return replace(self, value=factor * self.value, std_error=abs(factor) * self.std_error, bounds=bounds)

    def exponent(self, farthest: float = np.inf) -> Estimate:
        """A log ratio as a ratio; without bounds where one of them lies beyond ``farthest`` or one over it.

        Standard error by the delta method; statistic and p are those of the log ratio.
        """
        ratio = float(np.exp(self.value))

        def bounds(level: float) -> Interval:
            low, high = self.bounds(level)
            if not max(abs(low), abs(high)) <= np.log(farthest):
                return NAN, NAN
            return float(np.exp(low)), float(np.exp(high))

        return replace(self, value=ratio, std_error=self.std_error * ratio, bounds=bounds)


class Valued:
    """What is told of one estimate, its ``value``."""

    value: Estimate

    @property
    def estimate(self) -> float:
        """The number."""
        return self.value.value

    @property
    def low(self) -> float:
        """Lower bound; NaN where there is none."""
        return self.value.low

    @property
    def high(self) -> float:
        """Upper bound; NaN where there is none."""
        return self.value.high

    @property
    def level(self) -> float:
        """Of the interval; raised where several numbers form a family."""
        return self.value.level

    @property
    def method(self) -> str:
        """How the interval is made; ``counted`` where there is none."""
        return self.value.method if self.low == self.low else "counted"

    @property
    def seen(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.value.seen


def between(value: float, low: float, high: float, **known: Any) -> Estimate:
    """An estimate between bounds that were made at one level, with what else is ``known`` of it."""
    return Estimate(value, bounds=lambda level: (low, high), **known)


def of_t(value: float, std_error: float, dof: float = np.inf, level: float = 0.95) -> Estimate:
    """Estimate with Student's t (normal where ``dof`` is infinite): interval and two-sided test of zero; only the value where there
    is no error or dof.
    """
    value = float(value)
    if not (std_error > 0 and dof > 0):
        return Estimate(value, level=level)
    error, statistic = float(std_error), float(value / std_error)

    def bounds(at: float) -> Interval:
        half = t_quantile(0.5 + at / 2, dof) * error
        return value - half, value + half

    return Estimate(value, error, float(dof), statistic, t_two_sided(statistic, dof), bounds, level=level)


def t_quantile(probability: float, dof: float) -> float:
    """Quantile of Student's t."""
    return z_quantile(probability) if dof == np.inf else float(special.stdtrit(dof, probability))


def t_two_sided(statistic: float, dof: float) -> float:
    """Two-sided p of Student's t, from the lower tail so that tiny values keep their digits."""
    return z_two_sided(statistic) if dof == np.inf else float(2 * special.stdtr(dof, -abs(statistic)))


def z_quantile(probability: float) -> float:
    """Quantile of the standard normal."""
    return float(special.ndtri(probability))


def z_two_sided(statistic: float) -> float:
    """Two-sided p of the standard normal, from the lower tail."""
    return float(2 * special.ndtr(-abs(statistic)))


def rising_root(function: Callable[[float], float], low: float, high: float, *, xtol: float = 1e-300) -> float:
    """Where an increasing ``function`` passes zero between ``low`` and ``high``; the end beyond which it would.

    ``xtol`` is how far off it may be beside 15 digits: a function whose own rounding is coarser has no nearer root.

    >>> rising_root(lambda x: x - 0.5, 0.0, 2.0), rising_root(lambda x: x + 1, 0.0, 2.0)
    (0.5, 0.0)
    """
    from scipy.optimize import brentq

    if function(low) >= 0:
        return low
    if function(high) <= 0:
        return high
    return float(brentq(function, low, high, xtol=xtol, rtol=1e-15))
