"""Firth's penalised logit, whose estimates are finite where an outcome is separated, with profile intervals.

By hand, since statsmodels penalises by the size of coefficients only, not by the determinant of the information.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.cluster import ClusterCovariance, cr2
from karier_stats.stats.numerics.estimate import Array
from karier_stats.stats.numerics.linear import leverages

_ROUNDS = 200


@dataclass(frozen=True)
class Firth:
    """A penalised logit: log odds ratios ``coef`` (p,), fitted ``mean`` (n,), ``bread`` (p, p), ``(X'WX)^-1`` at the estimate.

    ``penalised`` is ``l(b) + log |X'WX| / 2`` there.
    """

    coef: Array
    mean: Array
    bread: Array
    penalised: float
    _X: Array = field(repr=False)
    _y: Array = field(repr=False)

    def clustered(self, codes: NDArray[np.intp]) -> ClusterCovariance:
        """CR2 covariance of the weighted least squares at the estimate."""
        root = np.sqrt(self.mean * (1 - self.mean))
        return cr2(self._X * root[:, None], (self._y - self.mean) / root, codes)

    def likelihood_ratio(self, position: int, null: float = 0.0) -> float:
        """Twice the fall of the penalised likelihood where ``coef[position]`` is held at ``null``."""
        start = self.coef + self.bread[position] * (null - self.coef[position]) / self.bread[position, position]
        start[position] = null
        held = _maximise(self._X, self._y, start, np.delete(np.arange(len(start)), position))
        return max(2 * (self.penalised - held[1]), 0.0)

    def profile(self, position: int, cutoff: float, farthest: float = 50.0) -> tuple[float | None, float | None]:
        """All values of ``coef[position]`` whose ``likelihood_ratio`` is at most ``cutoff`` (Heinze & Schemper 2002, section 3).

        A bound that lies beyond ``farthest``, or past which the profile cannot be followed, is None.
        """
        return self._bound(position, -1.0, cutoff, farthest), self._bound(position, 1.0, cutoff, farthest)

    def _bound(self, position: int, side: float, cutoff: float, farthest: float) -> float | None:
        """Where the profile crosses ``cutoff`` on one side."""
        from scipy.optimize import brentq

        unit = float(np.sqrt(self.bread[position, position]))
        reach = farthest - side * float(self.coef[position])

        def excess(distance: float) -> float:
            return self.likelihood_ratio(position, self.coef[position] + side * distance) - cutoff

        outside = min(float(np.sqrt(cutoff)) * unit, reach)
        try:
            while reach > 0 and excess(outside) < 0:
                if outside >= reach:
                    return None
                outside = min(2 * outside, reach)
        except (StatisticsError, np.linalg.LinAlgError):
            return None
        if reach <= 0:
            return None
        return float(self.coef[position] + side * brentq(excess, 0.0, outside, xtol=1e-10 * unit, rtol=1e-12))


def fit(X: Array, y: Array) -> Firth:
    """Maximise the likelihood times the root of the determinant of the information; ``K359`` where that does not settle.

    ``X`` (n, p) with the constant, of full column rank, ``y`` (n,) of zeros and ones. Solves
    ``X'(y - m + h (1/2 - m)) = 0``, ``h`` the leverages of the weighted fit, by Newton steps that are halved until the
    penalised likelihood does not fall. The profile holds the same penalty: that of all columns.
    Firth (1993), Biometrika 80, 27-38, section 3.3; Heinze & Schemper (2002), Statistics in Medicine 21, 2409-2419.
    """
    coef, penalised = _maximise(X, y, np.zeros(X.shape[1]), np.arange(X.shape[1]))
    mean, information = _at(X, coef)
    return Firth(coef, mean, np.asarray(np.linalg.inv(information), dtype=float), penalised, X, y)


def _at(X: Array, coef: Array) -> tuple[Array, Array]:
    """Probabilities (n,) and information (p, p)."""
    mean = 1 / (1 + np.exp(-np.clip(X @ coef, -35, 35)))
    return mean, X.T @ (X * (mean * (1 - mean))[:, None])


def _penalised(X: Array, y: Array, coef: Array) -> float:
    """Log-likelihood plus half the log determinant of the information; minus infinity where it is singular."""
    eta = X @ coef
    sign, logdet = np.linalg.slogdet(_at(X, coef)[1])
    return float((y * eta - np.logaddexp(0, eta)).sum() + logdet / 2) if sign > 0 else -np.inf


def _maximise(X: Array, y: Array, start: Array, free: NDArray[np.intp]) -> tuple[Array, float]:
    """Best coefficients when only ``free`` ones may move, and the penalised likelihood there."""
    coef, best = start.copy(), _penalised(X, y, start)
    if not np.isfinite(best):
        coef[free] = 0.0
        best = _penalised(X, y, coef)
    for _ in range(_ROUNDS):
        score, curvature, information = _slopes(X, y, coef)
        block = np.ix_(free, free)
        step = np.zeros_like(coef)
        steepness = curvature[block] if np.linalg.eigvalsh(curvature[block])[0] > 0 else information[block]
        step[free] = np.linalg.solve(steepness, score[free])
        step *= min(1.0, 5 / max(float(np.abs(X @ step).max()), 1e-300))
        if np.abs(X @ step).max() < 1e-10:
            return coef, best
        for halved in range(20):
            value = _penalised(X, y, coef + step / 2**halved)
            if value >= best - 1e-12 * (1 + abs(best)):
                coef, best = coef + step / 2**halved, value
                break
        else:
            if np.abs(X @ step).max() < 1e-6:
                return coef, best
    raise StatisticsError("K359", rows=len(y))


def _slopes(X: Array, y: Array, coef: Array) -> tuple[Array, Array, Array]:
    """First derivative (p,) of the penalised likelihood, minus its second one (p, p), and the information (p, p)."""
    mean, information = _at(X, coef)
    inverse, weights = np.asarray(np.linalg.inv(information), dtype=float), mean * (1 - mean)
    spread = leverages(X, inverse)
    score = X.T @ (y - mean + weights * spread * (0.5 - mean))
    bend = X * (spread * weights * (1 - 6 * weights) / 2)[:, None]
    bent = X * (weights * (1 - 2 * mean))[:, None]
    turns = inverse @ ((X[:, :, None] * X[:, None, :]).reshape(len(X), -1).T @ bent).reshape(X.shape[1], X.shape[1], -1)
    twist = np.einsum("jab,kba->jk", turns, turns) / 2
    return score, information - X.T @ bend + twist, information


_EDGE = 1e-6
"""A direction that gains less than this over all rows is rounding; a true one gains about one."""


def separating(X: Array, y: Array, link: Literal["logit", "log"]) -> NDArray[np.intp]:
    """Columns of ``X`` (n, p) along which the likelihood of ``y`` (n,) rises without end; empty where it does not.

    A linear program. Logit: is there ``b`` with ``s_i x_i'b >= 0`` for all rows (``s_i`` is +1 for ones and -1 for zeros), strictly
    somewhere? Log: with ``x_i'b = 0`` where ``y_i > 0`` and ``x_i'b <= 0`` where it is zero. Complete and quasi-complete separation
    alike. Rows that are alike enter once. Albert & Anderson (1984), Biometrika 71, 1-10; Konis (2007), DPhil thesis, University of
    Oxford, section 4.2; Correia, Guimarães & Zylkin (2019), arXiv:1903.01633, proposition 1.
    """
    from scipy.optimize import linprog

    scaled = X / np.maximum(np.abs(X).max(axis=0), 1e-300)
    free = y == 0 if link == "log" else np.ones(len(y), dtype=bool)
    gains = np.unique(np.where((y > 0) & (link == "logit"), 1.0, -1.0)[free, None] * scaled[free], axis=0)
    fixed = np.unique(scaled[~free], axis=0)
    found = linprog(
        -gains.sum(axis=0), A_ub=-gains, b_ub=np.zeros(len(gains)), bounds=(-1, 1), method="highs",
        A_eq=fixed if len(fixed) else None, b_eq=np.zeros(len(fixed)) if len(fixed) else None,
    )
    if found.x is None or -found.fun <= _EDGE:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(np.abs(found.x) > _EDGE)
