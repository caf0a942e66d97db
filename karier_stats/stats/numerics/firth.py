"""Firth's penalised logit, whose estimates are finite where an outcome is separated, with profile intervals.

By hand, since statsmodels penalises by the size of coefficients only, not by the determinant of the information.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.cluster import ClusterCovariance, cr2
from karier_stats.stats.numerics.linear import leverages
from karier_stats.stats.numerics.types import Array

_ROUNDS = 200


@dataclass(frozen=True)
class Firth:
    """A fitted penalised logit.

    Parameters
    ----------
    coef : array (p,)
        Log odds ratios.
    mean : array (n,)
        Fitted probabilities.
    bread : array (p, p)
        ``(X'WX)^-1`` at the estimate.
    penalised : float
        ``l(b) + log |X'WX| / 2`` at the estimate.
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
        """All values of ``coef[position]`` whose ``likelihood_ratio`` is at most ``cutoff``.

        A bound that lies beyond ``farthest``, or past which the profile cannot be followed, is None.

        References
        ----------
        Heinze & Schemper (2002), Statistics in Medicine 21, 2409-2419, section 3.
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
    """Maximise the likelihood times the root of the determinant of the information.

    Parameters
    ----------
    X : array (n, p)
        Regressors with the constant, of full column rank.
    y : array (n,)
        Zeros and ones.

    Raises
    ------
    StatisticsError
        ``K359`` where the search does not settle.

    Notes
    -----
    Solves ``X'(y - m + h (1/2 - m)) = 0``, ``h`` the leverages of the weighted fit, by Newton steps that are halved
    until the penalised likelihood does not fall. The profile holds the same penalty: that of all columns.

    References
    ----------
    Firth (1993), Biometrika 80, 27-38, section 3.3; Heinze & Schemper (2002), Statistics in Medicine 21, eq. 2-3.
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
        coef, best, moved = _climb(X, y, coef, step, best)
        if not moved and np.abs(X @ step).max() < 1e-6:
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


def _climb(X: Array, y: Array, coef: Array, step: Array, best: float) -> tuple[Array, float, bool]:
    """The coefficients after the first halving of ``step`` that does not lower the penalised likelihood."""
    for _ in range(20):
        value = _penalised(X, y, coef + step)
        if value >= best - 1e-12 * (1 + abs(best)):
            return coef + step, value, True
        step = step / 2
    return coef, best, False
