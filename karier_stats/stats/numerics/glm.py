"""Logit and Poisson regression on arrays, and the average marginal effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.cluster import ClusterCovariance, cr2

Array: TypeAlias = NDArray[np.float64]
Link = Literal["logit", "log"]

_ROUNDS = 50


@dataclass(frozen=True)
class GeneralisedLinear:
    """A fitted logit or Poisson regression.

    Parameters
    ----------
    coef : array (p,)
        Coefficients on the scale of the link.
    mean : array (n,)
        Fitted probability or expected count.
    weights : array (n,)
        Working weights: the variance at ``mean``.
    bread : array (p, p)
        ``(X'WX)^-1``.
    link : {"logit", "log"}
    """

    coef: Array
    mean: Array
    weights: Array
    bread: Array
    link: Link

    def clustered(self, X: Array, y: Array, codes: NDArray[np.intp]) -> ClusterCovariance:
        """CR2 covariance: that of the weighted least squares at the last step.

        Notes
        -----
        ``A_g = (I - H_gg)^(-1/2)`` is the symmetric root of McCaffrey and Bell, with ``H`` the hat matrix of the
        working regression ``sqrt(w) X``; as ``vcovCL(type = "HC2")`` of R's sandwich. R's clubSandwich takes
        ``D B^(-1/2) D`` with ``B = D (V - X M X') D``, ``V`` the working variances and ``D`` their root: unbiased in
        the same model, but another matrix where ``V`` is not constant, so that its ``vcovCR(type = "CR2")`` of a
        ``glm`` differs from this in about the third digit. For a linear model the two are one.

        References
        ----------
        McCaffrey & Bell (2006), Statistics in Medicine 25, 4081-4098; Pustejovsky & Tipton (2018), J. Business &
        Economic Statistics 36, 672-683, eq. 4 (clubSandwich).
        """
        root = np.sqrt(self.weights)
        return cr2(X * root[:, None], (y - self.mean) / root, codes)

    def marginal(self, X: Array, position: int) -> tuple[float, Array]:
        """Average marginal effect of one column and its gradient (p,) in the coefficients.

        A column of zeros and ones is moved from 0 to 1; another one by the derivative.
        """
        column = X[:, position]
        if set(np.unique(column)) == {0.0, 1.0}:
            return self._moved(X, position)
        slope = self.coef[position]
        curvature = self.weights * (1 - 2 * self.mean) if self.link == "logit" else self.weights
        gradient = slope * (curvature[:, None] * X).mean(axis=0)
        gradient[position] += self.weights.mean()
        return float(slope * self.weights.mean()), gradient

    def _moved(self, X: Array, position: int) -> tuple[float, Array]:
        """Mean difference of predictions with the column at 1 and at 0, with its gradient."""
        effect, gradient = 0.0, np.zeros(X.shape[1])
        for value, sign in ((1.0, 1.0), (0.0, -1.0)):
            at = X.copy()
            at[:, position] = value
            mean, weights = _mean(at @ self.coef, self.link)
            effect += sign * float(mean.mean())
            gradient += sign * (weights[:, None] * at).mean(axis=0)
        return effect, gradient


def fit(X: Array, y: Array, link: Link) -> GeneralisedLinear:
    """Maximum likelihood by Newton steps, halved where they overshoot.

    Parameters
    ----------
    X : array (n, p)
        Regressors with the constant.
    y : array (n,)
        0/1 for ``logit``; counts for ``log``.
    link : {"logit", "log"}

    Raises
    ------
    StatisticsError
        ``K353`` where no finite maximum exists (separation).

    Notes
    -----
    Under separation the linear predictor keeps moving by about one per step,
    while otherwise Newton's steps shrink quadratically: a fit that still moves after 50 steps is separated.

    References
    ----------
    McCullagh & Nelder (1989), Generalized Linear Models, section 2.5; Albert & Anderson (1984), Biometrika 71, 1-10.
    """
    coef = np.zeros(X.shape[1])
    coef[0] = _start(y, link) if np.ptp(X[:, 0]) == 0 and X[0, 0] != 0 else 0.0
    for _ in range(_ROUNDS):
        mean, weights = _mean(X @ coef, link)
        root = np.sqrt(weights)
        try:
            step = linear.fit(X * root[:, None], (y - mean) / root)
        except StatisticsError:
            break
        coef = _advance(X, y, coef, step.coef, link)
        if np.abs(X @ step.coef).max() < 1e-8:
            mean, weights = _mean(X @ coef, link)
            return GeneralisedLinear(coef, mean, weights, step.bread, link)
    raise StatisticsError("K353", rows=len(y))


def _start(y: Array, link: Link) -> float:
    """The constant that gives the mean of ``y``."""
    mean = float(y.mean())
    return float(np.log(mean) - (np.log1p(-mean) if link == "logit" else 0.0))


def _mean(eta: Array, link: Link) -> tuple[Array, Array]:
    """Mean and variance at the linear predictor, kept off the edge where they vanish."""
    eta = np.clip(eta, -30, 30)
    if link == "log":
        mean = np.exp(eta)
        return mean, mean
    mean = 1 / (1 + np.exp(-eta))
    return mean, 1 / (2 + np.exp(eta) + np.exp(-eta))


def _loglik(eta: Array, y: Array, link: Link) -> float:
    """Log-likelihood up to a constant."""
    total = np.logaddexp(0, eta) if link == "logit" else np.exp(np.clip(eta, None, 50))
    return float((y * eta - total).sum())


def _advance(X: Array, y: Array, coef: Array, step: Array, link: Link) -> Array:
    """The coefficients after a step that is halved until the likelihood does not fall."""
    before = _loglik(X @ coef, y, link)
    for _ in range(12):
        after = _loglik(X @ (coef + step), y, link)
        if after >= before - 1e-9 * (1 + abs(before)):
            break
        step = step / 2
    return coef + step
