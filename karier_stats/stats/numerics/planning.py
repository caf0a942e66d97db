"""Power, detectable effects and numbers of people or units, from closed forms on plain numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, t_quantile
from karier_stats.stats.numerics.roots import rising_root

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
            return _two_shares(self)
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


def _two_shares(plan: Plan) -> float:
    """Power for two shares by the normal, with the pooled variance in the test; as R's ``power.prop.test``."""
    from statsmodels.stats.power import normal_power_het

    p, q = plan.share, plan.share + plan.effect
    pooled, each = (p + q) / 2, plan.n / 2
    null = math.sqrt(2 * pooled * (1 - pooled) / each)
    real = math.sqrt((p * (1 - p) + q * (1 - q)) / each)
    return float(normal_power_het(abs(plan.effect), 1, 1 - plan.level, null, real))


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
