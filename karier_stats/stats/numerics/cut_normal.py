"""The mean of a normal distribution of which only the part below a cutoff was seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, t_quantile
from karier_stats.stats.numerics.types import Array

DEEPEST, HIGHEST = -2.0, 12.0
"""Cutoffs, in standard deviations above the mean, between which the values seen say something of that mean."""
_FARTHEST = 50.0
"""A bound so many standard deviations from the mean is no bound."""


@dataclass(frozen=True)
class CutNormal:
    """The fit of :func:`fit`: ``mu``, ``sigma`` of the whole; ``mean``, ``variance`` (divisor n) of those seen."""

    mu: float
    sigma: float
    cutoff: float
    n: int
    mean: float
    variance: float

    def interval(self, level: float) -> tuple[float, float]:
        """Profile-likelihood bounds of ``mu``; NaN where the likelihood does not fall far enough.

        Notes
        -----
        All ``mu`` with ``2 (l_max - l(mu)) <= t^2``, t with n - 1 degrees of
        freedom. Unlike a Wald interval it follows the long upper tail of
        ``mu``: among 60 values below the mean the Wald interval of a net gain
        covers 92 percent instead of 95.
        """
        peak, allowed = self._profile(self.mu), t_quantile(0.5 + level / 2, self.n - 1) ** 2 / 2

        def fallen(mu: float) -> float:
            return peak - self._profile(mu) - allowed

        return self._bound(fallen, -1), self._bound(fallen, 1)

    def _bound(self, fallen: Callable[[float], float], side: int) -> float:
        """Where the profile has fallen far enough on one side."""
        from scipy.optimize import brentq

        step = self.sigma / math.sqrt(self.n)
        while fallen(self.mu + side * step) < 0:
            step *= 2
            if step > _FARTHEST * self.sigma:
                return NAN
        return float(brentq(fallen, self.mu, self.mu + side * step, xtol=1e-9 * self.sigma))

    def _profile(self, mu: float) -> float:
        """Log likelihood at ``mu``, the standard deviation chosen best."""
        from scipy.optimize import minimize_scalar

        square = self.variance + (self.mean - mu) ** 2

        def loss(log_sigma: float) -> float:
            sigma = math.exp(log_sigma)
            return log_sigma + square / (2 * sigma**2) + float(special.log_ndtr((self.cutoff - mu) / sigma))

        middle = math.log(self.sigma)
        found = minimize_scalar(loss, bounds=(middle - 4, middle + 4), method="bounded", options={"xatol": 1e-9})
        return -self.n * float(found.fun)


def fit(values: Array, cutoff: float) -> CutNormal | None:
    """Fit a normal distribution of which only the part up to a cutoff was seen, by maximum likelihood.

    Parameters
    ----------
    values : ndarray, shape (n,)
        None of them above ``cutoff``.
    cutoff : float

    Returns
    -------
    CutNormal or None
        None where the likelihood has no maximum, or has it so far above the
        cutoff (``DEEPEST``) that these values say nothing of the mean.

    Notes
    -----
    With ``h = (cutoff - mu)/sigma`` and ``L = phi(h)/Phi(h)``, mean and
    variance below the cutoff are matched: ``variance / (cutoff - mean)^2 =
    (1 - h L - L^2) / (h + L)^2``, which falls in ``h`` from 1 to 0.

    References
    ----------
    Cohen (1950), Annals of Mathematical Statistics 21, 557-569.
    """
    from scipy.optimize import brentq

    mean, variance = float(values.mean()), float(values.var())
    depth = cutoff - mean
    target = variance / depth**2 if depth > 0 else 0.0
    if not 0 < target < _shape(DEEPEST):
        return None
    if target <= _shape(HIGHEST):
        return CutNormal(mean, math.sqrt(variance), cutoff, len(values), mean, variance)
    h = float(brentq(lambda at: _shape(at) - target, DEEPEST, HIGHEST, xtol=1e-12))
    sigma = depth / (h + _hazard(h))
    return CutNormal(cutoff - h * sigma, sigma, cutoff, len(values), mean, variance)


def _hazard(h: float) -> float:
    """``phi(h) / Phi(h)``."""
    return math.exp(-(h**2) / 2 - math.log(2 * math.pi) / 2 - float(special.log_ndtr(h)))


def _shape(h: float) -> float:
    """Variance over squared distance from the cutoff, of a normal cut off ``h`` standard deviations above its mean."""
    ratio = _hazard(h)
    return (1 - h * ratio - ratio**2) / (h + ratio) ** 2
