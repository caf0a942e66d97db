"""Estimates of several units or strata put together: their spread, their mean, what each is likely to be, and its limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.numerics import paired, special
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, of_t, rising_root, t_quantile

Ranks: TypeAlias = NDArray[np.int_]

_GRID = 201
"""Values of the spread between units over which its uncertainty is averaged."""
_FARTHEST = 12.0
"""Spreads up to so many times that of the estimates are thought possible."""


@dataclass(frozen=True)
class Pooled:
    """Estimates of G units, one each with its sampling variance above 0, and the variance ``tau2`` between units."""

    estimates: Array
    variances: Array
    tau2: float

    @property
    def weights(self) -> Array:
        """One over the whole variance of each estimate (G,)."""
        return 1 / (self.variances + self.tau2)

    @property
    def mean(self) -> float:
        """Weighted mean of the units."""
        return float(self.weights @ self.estimates / self.weights.sum())

    @property
    def dof(self) -> int:
        """Units less one."""
        return len(self.estimates) - 1

    @property
    def std_error(self) -> float:
        """Standard error of the mean by Hartung & Knapp (2001, Statistics in Medicine 20, 3875-3889), with t(G-1)."""
        squares = self.weights @ (self.estimates - self.mean) ** 2
        return float(np.sqrt(squares / (self.dof * self.weights.sum())))

    def mean_interval(self, level: float) -> tuple[float, float]:
        """Interval of the mean at ``level``."""
        return self._around(self.std_error, level)

    def new_unit_interval(self, level: float) -> tuple[float, float]:
        """Where the true value of another unit of this kind lies with probability ``level``.

        Higgins, Thompson & Spiegelhalter (2009), J. Royal Statistical Society A 172, 137-159; as R's metafor.
        """
        return self._around(float(np.sqrt(self.tau2 + self.std_error**2)), level)

    def _around(self, error: float, level: float) -> tuple[float, float]:
        half = t_quantile(0.5 + level / 2, self.dof) * error
        return self.mean - half, self.mean + half

    def shrunken(self) -> tuple[Array, Array]:
        """Best predictions of the units' true values and their standard errors, both (G,).

        ``b y + (1 - b) mean`` with ``b = tau2 / (tau2 + v)``; the error counts that of the mean but not that of
        ``tau2``, for which :class:`Posterior` is there. As ``blup`` of R's metafor.
        """
        keep = self.tau2 * self.weights
        errors = np.sqrt(keep * self.variances + (1 - keep) ** 2 / self.weights.sum())
        return keep * self.estimates + (1 - keep) * self.mean, errors


def restricted_deviance(tau2: Array, estimates: Array, variances: Array) -> Array:
    """Minus two times the restricted log-likelihood, up to a constant, at each ``tau2`` (k,): (k,)."""
    total = variances + np.atleast_1d(tau2)[:, None]
    weights = 1 / total
    mean = weights @ estimates / weights.sum(axis=1)
    squares = (weights * (estimates - mean[:, None]) ** 2).sum(axis=1)
    return np.log(total).sum(axis=1) + np.log(weights.sum(axis=1)) + squares


def fit(estimates: Array, variances: Array) -> Pooled:
    """Pool units with the variance between them by REML (Viechtbauer 2005, J. Educ. Behav. Statistics 30, 261-293).

    The best cell of a grid, then the root of the deviance's slope in it. By hand: statsmodels' ``combine_effects`` has
    moment estimators of that variance only.
    """
    y, v = estimates, variances

    def slope(tau2: float) -> float:
        w = 1 / (v + tau2)
        return float(w.sum() - (w @ w) / w.sum() - w**2 @ (y - w @ y / w.sum()) ** 2)

    grid = np.concatenate([[0.0], np.geomspace(1e-6, 1e2, 81) * max(float(np.var(y)), float(v.mean()) * 1e-3)])
    best = int(np.argmin(restricted_deviance(grid, y, v)))
    if best == 0 and slope(0.0) >= 0:
        return Pooled(y, v, 0.0)
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    return Pooled(y, v, rising_root(slope, low, high))


def tau2_interval(pooled: Pooled, level: float) -> tuple[float, float]:
    """Profile interval of the variance between units: restricted deviances within the chi-squared(1) quantile."""
    y, v, tau2 = pooled.estimates, pooled.variances, pooled.tau2

    def beyond(other: float) -> float:
        here, there = restricted_deviance(np.array([tau2, other]), y, v)
        return float(there - here - special.chdtri(1, 1 - level))

    far = max(tau2, float(np.var(y)), float(v.mean()))
    while beyond(far) <= 0:
        far *= 2
    low = rising_root(lambda below: beyond(tau2 - below), 0.0, tau2) if beyond(0.0) > 0 else tau2
    return tau2 - low, rising_root(beyond, tau2, far)


@dataclass(frozen=True)
class Posterior:
    """The units' true values given ``estimates`` and ``variances`` (G,), with the variance between units not known.

    The spread between units and their mean have flat priors (three units or more); given the spread the true values are
    normal. Where the spread is estimated at zero units may still differ, so that no interval shrinks to a point. Gelman
    (2006), Bayesian Analysis 1, 515-534, section 2.2; Rubin (1981), J. Educational Statistics 6, 377-401.
    """

    estimates: Array
    variances: Array

    @cached_property
    def _spread(self) -> tuple[Array, Array]:
        """Variances between units (k,) on a grid of even steps in their root, and their probabilities (k,)."""
        scale = max(float(np.std(self.estimates)), float(np.sqrt(self.variances.max())))
        # Even steps of a variable whose square is the spread: fine near zero, where small units decide.
        tau = _FARTHEST * scale * np.linspace(0, 1, _GRID) ** 2
        deviance = restricted_deviance(tau**2, self.estimates, self.variances)
        weights = np.exp(-(deviance - deviance.min()) / 2) * np.linspace(0, 1, _GRID)
        return tau**2, weights / weights.sum()

    @cached_property
    def _given_spread(self) -> tuple[Array, Array]:
        """Mean and standard deviation of every unit's true value at each spread: (k, G) both."""
        tau2, _ = self._spread
        weights = 1 / (self.variances + tau2[:, None])
        total = weights.sum(axis=1, keepdims=True)
        mean = (weights @ self.estimates)[:, None] / total
        keep = tau2[:, None] * weights
        return keep * self.estimates + (1 - keep) * mean, np.sqrt(keep * self.variances + (1 - keep) ** 2 / total)

    @cached_property
    def std_errors(self) -> Array:
        """Standard deviation of each unit's true value (G,)."""
        _, weights = self._spread
        centre, spread = self._given_spread
        mean = weights @ centre
        return np.sqrt(weights @ (spread**2 + (centre - mean) ** 2))

    def interval(self, level: float) -> tuple[Array, Array]:
        """Interval of each unit's true value with equal tails: (G,) both."""
        centre, spread = self._given_spread
        return self._quantile(centre, spread, 0.5 - level / 2), self._quantile(centre, spread, 0.5 + level / 2)

    def new_unit_interval(self, level: float) -> tuple[float, float]:
        """Where the true value of another unit of this kind lies, the variance between units being unknown."""
        tau2, _ = self._spread
        weights = 1 / (self.variances + tau2[:, None])
        total = weights.sum(axis=1, keepdims=True)
        centre, spread = (weights @ self.estimates)[:, None] / total, np.sqrt(tau2[:, None] + 1 / total)
        low, high = (self._quantile(centre, spread, 0.5 + side * level / 2) for side in (-1, 1))
        return float(low[0]), float(high[0])

    def _quantile(self, centre: Array, spread: Array, probability: float) -> Array:
        """Quantile of mixtures of normals, one for each column of ``centre`` and ``spread`` (k, m), bisected at once."""
        _, weights = self._spread
        low, high = (centre - 12 * spread).min(axis=0), (centre + 12 * spread).max(axis=0)
        for _ in range(60):
            middle = (low + high) / 2
            below = weights @ special.ndtr((middle - centre) / spread) < probability
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    def draws(self, count: int, rng: np.random.Generator) -> Array:
        """True values of the units drawn together: (count, G)."""
        tau2, weights = self._spread
        chosen = tau2[np.searchsorted(np.cumsum(weights), rng.random(count) * weights.sum()).clip(max=len(tau2) - 1)]
        w = 1 / (self.variances + chosen[:, None])
        total = w.sum(axis=1)
        mean = (w @ self.estimates) / total + rng.standard_normal(count) / np.sqrt(total)
        keep = chosen[:, None] * w
        noise = rng.standard_normal((count, len(self.estimates)))
        return keep * self.estimates + (1 - keep) * mean[:, None] + noise * np.sqrt(keep * self.variances)

    def ranks(self, level: float, count: int, rng: np.random.Generator) -> tuple[Ranks, Ranks]:
        """Best and worst place of each unit at ``level`` (G,) both; place 1 is the largest value."""
        values = self.draws(count, rng)
        places = np.argsort(np.argsort(-values, axis=1), axis=1) + 1
        low = np.quantile(places, 0.5 - level / 2, axis=0, method="inverted_cdf")
        high = np.quantile(places, 0.5 + level / 2, axis=0, method="inverted_cdf")
        return low.astype(int), high.astype(int)


def combine(estimates: ArrayLike, std_errors: ArrayLike, dofs: ArrayLike, weights: ArrayLike, level: float = 0.95) -> Estimate:
    """The weighted mean of k estimates from strata that share nobody; only its value where one has no standard error.

    With ``weights`` ``w`` (any positive scale) that add to one: ``sum(w b)``, variance ``v = sum(w^2 s^2)`` and degrees of
    freedom ``v^2 / sum((w^2 s^2)^2 / dof)`` (Satterthwaite 1946). Weights by size estimate the mean over the people;
    nothing is assumed about strata being alike.

    >>> found = combine([2.0, 6.0], [1.0, 1.0], [10, 10], [3, 1])
    >>> found.value, round(found.std_error, 4), round(found.dof, 2)
    (3.0, 0.7906, 12.2)
    """
    b, s, nu, w = (np.asarray(values, dtype=float) for values in (estimates, std_errors, dofs, weights))
    w = w / w.sum()
    # A stratum without spread says nothing of its own error; taken as zero it would make the others' look smaller.
    if not (s > 0).all():
        return Estimate(float(w @ b), level=level)
    parts = (w * s) ** 2
    variance = float(parts.sum())
    return of_t(float(w @ b), variance**0.5, variance**2 / float((parts**2 / nu).sum()), level)


def mean_difference(one: ArrayLike, two: ArrayLike, level: float = 0.95) -> Estimate:
    """The difference of two means with Welch's interval; NaN bounds where an arm has fewer than two."""
    x, y = np.asarray(one, dtype=float), np.asarray(two, dtype=float)
    return paired.welch(x, y, level) if x.size and y.size else Estimate(NAN)


def mean_limits(target: float, std_errors: ArrayLike, dof: float, level: float) -> tuple[Array, Array]:
    """Limits of means at ``level``: Student's t about the target, (G,) both."""
    half = t_quantile(0.5 + level / 2, dof) * np.asarray(std_errors, dtype=float)
    return target - half, target + half


def count_limits(chances: Sequence[Array], level: float) -> tuple[Array, Array]:
    """Exact limits of the shares of units whose counts have the distributions ``chances``, (G,) both.

    With ``r`` the smallest count whose distribution function F reaches ``p = (1 - level) / 2``, the lower limit is
    ``(r - a) / n`` where ``a = (F(r) - p) / (F(r) - F(r - 1))``: the step is crossed on a straight line, so that limits
    move smoothly with n, and a count lies below exactly where its tail is below ``p``. The upper limit is the lower one
    of those who were not counted. Used for both sides, as it was published, the formula leaves more than ``p`` above
    the upper limit. Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.1.
    """
    p = (1 - level) / 2
    sizes = np.array([len(mass) - 1 for mass in chances])
    low, high = (np.array([_lower(mass[::side], p) for mass in chances]) / sizes for side in (1, -1))
    return np.maximum(low, 0.0), np.minimum(1 - high, 1.0)


def _lower(mass: Array, p: float) -> float:
    """Where the distribution function passes ``p``, on a straight line within the step."""
    below = np.cumsum(mass)
    r = min(int(np.searchsorted(below, p)), len(mass) - 1)
    return r - float((below[r] - p) / mass[r])


def binomial_chances(share: float, n: int) -> Array:
    """Chances of 0 .. n among ``n`` people of one chance each: (n + 1,)."""
    from scipy.stats import binom

    return np.asarray(binom.pmf(np.arange(n + 1), n, share), dtype=float)


def count_chances(shares: ArrayLike) -> Array:
    """Chances of 0 .. n among ``n`` people each with a chance of one's own: (n + 1,).

    The Poisson-binomial distribution, one person at a time: only sums and products of non-negative numbers.

    >>> count_chances([0.5, 0.2]).tolist()
    [0.4, 0.5, 0.1]
    """
    mass = np.ones(1)
    for share in np.asarray(shares, dtype=float):
        grown = np.append(mass * (1 - share), 0.0)
        grown[1:] += mass * share
        mass = grown
    return mass


def tail_p(mass: Array, count: int) -> float:
    """Two-sided p of a count: twice the smaller tail, at most 1."""
    return min(2 * min(float(mass[: count + 1].sum()), float(mass[count:].sum())), 1.0)
