"""What a plan asks: power, detectable effects, numbers of people or units; the price of an hour; the best mix of places."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, between, rising_root, t_quantile
from karier_stats.stats.numerics.shares import critical

LARGEST = 1e7
"""No plan asks for more people or units than this."""
_NODES = 64
"""Gauss-Legendre nodes over a sample's spread: power to better than 1e-4 from 4 degrees of freedom on."""


def t_power(ncp: float, dof: float, level: float) -> float:
    """Power of the two-sided t test at ``level``, both tails counted; ``ncp`` is the effect over its standard error.

    ``1 - F'(t^2; 1, dof, ncp^2)`` by the noncentral F, which answers where SciPy's noncentral t (and so statsmodels') gives
    NaN. Where it has no answer either (far noncentralities), the normal is averaged over the spread of the standard error.
    """
    t = t_quantile(0.5 + level / 2, dof)
    power = 1 - float(special.ncfdtr(1, dof, ncp**2, t**2))
    if math.isfinite(power):
        return power
    return sum(
        weight * float(special.ndtr(abs(ncp) - t * spread) + special.ndtr(-abs(ncp) - t * spread))
        for weight, spread in _spreads(dof)
    )


@dataclass(frozen=True)
class Plan:
    """A study before its data; the fields are the parameters of :func:`karier_stats.power`.

    ``units`` is None where people stand alone; ``per_person`` is the mean over units of one over the unit's size where sizes
    are known, else it is taken as ``(1 + size_cv^2) / m``, its second-order value.
    """

    design: str
    effect: float
    n: float
    units: float | None
    icc: float
    size_cv: float
    sd: float
    r: float
    share: float
    level: float
    per_person: float | None = None

    @property
    def unit_variance(self) -> float:
        """Variance of a unit's mean over that of a person: ``icc + (1 - icc) mean(1 / n_g)``."""
        assert self.units is not None
        mean = self.n / self.units
        one_over = self.per_person if self.per_person is not None else (1 + self.size_cv**2) / mean
        return self.icc + (1 - self.icc) * one_over

    @property
    def design_effect(self) -> float:
        """By how much units inflate the variance of a mean: ``1 + (m - 1) icc`` where they are of one size."""
        return 1.0 if self.units is None else self.unit_variance * self.n / self.units

    @property
    def std_error(self) -> float:
        """Standard error of the estimate; for ``slope`` at a score of standard deviation 1 in the sample."""
        spread = self.sd * (math.sqrt(2 * (1 - self.r)) if self.design == "paired" else 1.0)
        arms = {"paired": 1.0, "slope": 1.0}.get(self.design, 4.0)
        if self.design == "shares":
            p, q = self.share, self.share + self.effect
            spread = math.sqrt((p * (1 - p) + q * (1 - q)) / 2)
        if self.units is None:
            return spread * math.sqrt(arms / self.n)
        count = self.units - 1 if self.design == "slope" else self.units
        return spread * math.sqrt(self.unit_variance * arms / count)

    @property
    def dof(self) -> float | None:
        """Degrees of freedom; None for two shares of people who stand alone, which the normal answers."""
        if self.units is None:
            return {"paired": self.n - 1, "two_arms": self.n - 2}.get(self.design)
        return self.units - (1 if self.design == "paired" else 2)

    @property
    def power(self) -> float:
        """Chance that the test sees the effect.

        For ``slope`` the score is random over units (normal), so that power is its mean over the chi-squared(G-1) spread of the
        scores, less than at a spread of exactly one (Gatsonis & Sampson 1989, Psychological Bulletin 106, 516-524).
        """
        dof = self.dof
        if dof is None:
            from statsmodels.stats.power import normal_power_het

            # By the normal, with the pooled variance in the test; as R's ``power.prop.test``.
            p, q, each = self.share, self.share + self.effect, self.n / 2
            pooled = (p + q) / 2
            null = math.sqrt(2 * pooled * (1 - pooled) / each)
            real = math.sqrt((p * (1 - p) + q * (1 - q)) / each)
            return float(normal_power_het(abs(self.effect), 1, 1 - self.level, null, real))
        ncp = self.effect / self.std_error
        if self.design != "slope":
            return t_power(ncp, dof, self.level)
        assert self.units is not None
        return sum(weight * t_power(ncp * spread, dof, self.level) for weight, spread in _spreads(self.units - 1))


@lru_cache(maxsize=64)
def _spreads(dof: float) -> tuple[tuple[float, float], ...]:
    """Quadrature over a sample's standard deviation with ``dof`` degrees of freedom: weights and values about one."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    values = np.sqrt(special.chdtri(dof, (1 + nodes) / 2) / dof)
    return tuple((float(w / 2), float(s)) for w, s in zip(weights, values, strict=True))


def detectable_effect(plan: Plan, power: float, sign: int = 1) -> float:
    """Smallest effect that the plan sees with ``power``; NaN where two shares cannot be so far apart.

    ``sign`` -1 gives the smallest fall (a negative number); only of shares does it differ in size from the rise.
    """
    if plan.design == "shares":
        top = (1 - plan.share if sign > 0 else plan.share) - 1e-9
        return sign * _root(lambda size: replace(plan, effect=sign * size).power - power, 1e-9, top)
    return _root(lambda effect: replace(plan, effect=effect).power - power, 0.0, 60 * plan.std_error) * sign


def people_needed(plan: Plan, power: float) -> float:
    """People in all, not rounded; NaN where no number of them is enough in so few units."""
    smallest = {"paired": 2.0, "two_arms": 3.0, "shares": 2.0}.get(plan.design, 0.0)
    low = smallest if plan.units is None else plan.units
    return _log_root(lambda n: replace(plan, n=n).power - power, low + 1e-6, LARGEST)


def units_needed(plan: Plan, size: float, power: float, fewest: float) -> float:
    """Units in all, each of ``size`` people on average, not rounded; ``fewest`` where that is already enough."""
    return _log_root(lambda units: replace(plan, units=units, n=units * size).power - power, fewest, LARGEST)


def _log_root(gap: Callable[[float], float], low: float, high: float) -> float:
    """Root of an increasing function on the log scale; ``low`` where it is above zero there, NaN where it never is."""
    if gap(low) >= 0:
        return low
    return math.exp(_root(lambda at: gap(math.exp(at)), math.log(low), math.log(high)))


def _root(gap: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function passes zero; NaN where it does not."""
    return rising_root(gap, low, high) if gap(low) <= 0 <= gap(high) else NAN


@dataclass(frozen=True)
class Mix:
    """Places to take up from each offer (k,), integers unless one is divisible, the person hours they give and the cost."""

    places: NDArray[np.int64] | NDArray[np.float64]
    hours: float
    cost: float


def best_mix(
    places: ArrayLike, hours: ArrayLike, cost: ArrayLike, *, money: float, need: float | Mapping[str, float],
    topic: ArrayLike | None = None, worth: ArrayLike | None = None, divisible: ArrayLike | None = None,
) -> Mix:
    """Places that give the most hours within the money, and of no topic more than is needed.

    ``places``, ``hours`` and ``cost`` of one place (k,); ``need``, the hours that are still wanted, in all or of each ``topic``
    (k,), where a topic that is not named is not wanted; ``worth`` (k,), what an hour of an offer counts, above 0; ``divisible``
    (k,), offers of which parts of a place can be had.

    Two mixed-integer programmes solved exactly by branch and bound: maximise ``sum(w h x)`` subject to ``sum(c x) <= money``,
    ``sum(h x) <= need`` in each topic and ``0 <= x <= places``; then minimise ``sum(c x)`` at that worth.

    >>> best_mix([2, 10], [40, 10], [100, 50], money=250, need=1000)
    Mix(places=array([2, 1]), hours=90.0, cost=250.0)
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, h, c = (np.asarray(values, dtype=float) for values in (places, hours, cost))
    worthy = h * (1.0 if worth is None else np.asarray(worth, dtype=float))
    parts = np.zeros(len(n), dtype=bool) if divisible is None else np.asarray(divisible, dtype=bool)
    if isinstance(need, Mapping):  # which offers share a limit, shape (limits, k), and the hours of each limit
        names = np.asarray(topic, dtype=object)
        kinds = sorted(set(names.tolist()))
        groups, limits = np.array([names == kind for kind in kinds], dtype=float), [need.get(kind, 0.0) for kind in kinds]
    else:
        groups, limits = np.ones((1, len(n))), [need]
    # Money and worth are brought to one: the solver's tolerances are absolute.
    size, value = max(money, 1.0), max(float(worthy @ n), 1.0)
    box, whole = Bounds(0, n), (~parts).astype(int)
    within = LinearConstraint(np.vstack([c / size, groups * h]), -np.inf, [max(money, 0.0) / size, *np.maximum(limits, 0.0)])
    first = milp(-worthy / value, constraints=within, bounds=box, integrality=whole, options={"mip_rel_gap": 0.0})
    most = float(worthy @ np.where(parts, first.x, np.rint(first.x))) / value
    enough = LinearConstraint(worthy / value, most - 1e-9, np.inf)
    cheap = milp(c / size, constraints=[within, enough], bounds=box, integrality=whole, options={"mip_rel_gap": 0.0})
    found = first.x if cheap.x is None else cheap.x
    chosen = np.where(parts, found, np.rint(found)) if parts.any() else np.rint(found).astype(np.int64)
    return Mix(chosen, float(h @ chosen), float(c @ chosen))


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
        total = weight.sum(axis=-1)
        return np.divide((weight * ratio).sum(axis=-1), total, out=np.full(np.shape(total), np.nan), where=total > 0)

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
    return _percentile(lines.mean_price, _stretched_prices(lines, level, seed), level)


def shortfall(hours: ArrayLike, lines: Lines, *, people: float, free: float, money: float, level: float, seed: int) -> Estimate:
    """Money wanting: ``max(people * mean(hours) - free, 0) * price - money``, with one interval for all sources of error.

    ``hours`` (n,) is what each respondent needs, who stand for ``people``; ``free`` person hours cost nothing; ``money`` that may
    be spent is a decision, hence without error. Respondents and lines are resampled at once and independently; each source's
    deviations are stretched by :func:`widening`, those of the price on the log scale. Respondents are counted by value, lines are
    sorted, so that neither row order nor pseudonyms reach the result. NaN bounds where one respondent or one line stands alone.
    """
    values, counts = np.unique(np.asarray(hours, dtype=float), return_counts=True)
    n = int(counts.sum())
    if not n:
        return Estimate(NAN, level=level)
    mean = float(values @ counts / n)

    def wanting(needed: Any, price: Any) -> Any:
        return np.maximum(people * needed - free, 0.0) * price - money

    drawn = np.random.default_rng([seed, 2]).multinomial(n, counts / n, size=DRAWS) @ values / n
    means = mean + widening(n, level) * (drawn - mean) if n > 1 else np.full(DRAWS, np.nan)
    gaps = wanting(means, _stretched_prices(lines, level, seed))
    return _percentile(float(wanting(mean, lines.mean_price)), gaps, level)


def _stretched_prices(lines: Lines, level: float, seed: int) -> Array:
    """Resampled prices with deviations stretched on the log scale; NaN for a single line."""
    n, price = len(lines.totals), lines.mean_price
    if n < 2 or not price > 0:
        return np.full(DRAWS, np.nan)
    # A stream of its own: the same numbers whatever the other source is.
    rng = np.random.default_rng([seed, 1])
    return price * np.exp(widening(n, level) * np.log(lines.resampled(rng, DRAWS) / price))


def _percentile(value: float, drawn: Array, level: float) -> Estimate:
    """A value between the quantiles of its resamples."""
    if not np.isfinite(drawn).all():
        return Estimate(value, level=level)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return between(value, float(low), float(high), level=level, method="bootstrap")
