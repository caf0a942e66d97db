"""Least squares on arrays, through QR, with errors that name the offending columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.estimate import Array


@dataclass(frozen=True)
class LeastSquares:
    """A fitted linear regression: ``coef`` (p,), ``bread`` (p, p) the inverse of X'X, ``residuals`` (n,), ``dof`` n - p.

    ``sigma2`` is the residual variance with ``dof`` in the denominator; 0 where ``dof`` is 0.
    """

    coef: Array
    bread: Array
    residuals: Array
    dof: int
    sigma2: float

    @property
    def covariance(self) -> Array:
        """Covariance of the coefficients under equal error variances, shape (p, p)."""
        return self.sigma2 * self.bread


def fit(X: Array, y: Array) -> LeastSquares:
    """Regress ``y`` (n,) on the columns of ``X`` (n, p); the constant is a column like any other.

    K301 with fewer rows than columns; K302 where columns are collinear, naming their positions (from 0).

    QR of the columns scaled to unit length; never the normal equations, whose condition number is squared. By hand:
    it is called thousands of times by resampling, and statsmodels' pseudo-inverse answers collinear columns silently.
    """
    n, p = X.shape
    if n < p:
        raise StatisticsError("K301", rows=n, coefficients=p)
    scale = np.sqrt((X**2).sum(axis=0))
    scale[scale == 0] = 1.0
    Q, R = np.linalg.qr(X / scale)
    # Columns have unit length, so |R_jj| is the part of column j that the earlier ones do not explain.
    dependent = np.flatnonzero(np.abs(np.diag(R)) <= 1e-10 * max(1.0, np.sqrt(n) * 1e-3))
    if len(dependent):
        raise StatisticsError("K302", columns=", ".join(map(str, dependent)))
    R_inverse = np.linalg.solve(R, np.eye(p)) / scale[:, None]
    coef = R_inverse @ (Q.T @ y)
    residuals = y - X @ coef
    dof = n - p
    sigma2 = float(residuals @ residuals) / dof if dof else 0.0
    return LeastSquares(coef, R_inverse @ R_inverse.T, residuals, dof, sigma2)


def leverages(X: Array, bread: Array) -> Array:
    """Diagonal of the hat matrix, shape (n,)."""
    return np.asarray(((X @ bread) * X).sum(axis=1))


def heteroskedastic(fitted: LeastSquares, X: Array, kind: str = "hc2") -> Array:
    """Covariance (p, p) without equal error variances, "hc0" to "hc3": MacKinnon & White (1985), J. Econometrics 29, 305-325."""
    e2 = fitted.residuals**2
    if kind in ("hc2", "hc3"):
        e2 = e2 / np.clip(1.0 - leverages(X, fitted.bread), 1e-12, None) ** (1 if kind == "hc2" else 2)
    elif kind == "hc1":
        e2 = e2 * len(e2) / fitted.dof
    half = X @ fitted.bread
    return half.T @ (e2[:, None] * half)


def rests_on_constant(X: Array, y: Array, position: int) -> bool:
    """True where the coefficient at ``position`` is made of means of groups, one of which has one outcome only.

    That is where each column of ``X`` takes two values at most and they tell p groups apart. A robust variance, and
    one by clusters, takes the variance within such a group as zero, as Welch's would.
    """
    if not ((X.min(axis=0) == X) | (X.max(axis=0) == X)).all():
        return False
    cells, at = np.unique(X, axis=0, return_inverse=True)
    if len(cells) != X.shape[1]:
        return False
    weights = np.linalg.solve(cells.T, np.eye(len(cells))[position])
    at = at.reshape(-1)
    return any(np.ptp(y[at == g]) == 0 for g in np.flatnonzero(np.abs(weights) > 1e-9))
