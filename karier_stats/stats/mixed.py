"""The random-intercept model by restricted maximum likelihood, as a search in one dimension.

Given the ratio of variances everything else is generalised least squares in
closed form, so that one number is searched for and the fit cannot stop half way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.cluster import cluster_sums

Array: TypeAlias = NDArray[np.float64]

_LARGEST_ICC = 1 - 1e-9


@dataclass(frozen=True)
class _Profile:
    """What the restricted likelihood needs of the data: sizes and cross-products.

    ``sizes`` (G,), ``sums`` (G, p + 1) of the orthonormal regressors and the
    least-squares residuals within each cluster, ``products`` (p + 1, p + 1).
    """

    sizes: Array
    sums: Array
    products: Array
    n: int

    def solve(self, icc: float) -> tuple[Array, Array, float]:
        """GLS at one intraclass correlation: coefficients (p,), ``(X'WX)^-1`` (p, p), residual sum of squares."""
        theta = icc / (1 - icc)
        weights = theta / (1 + self.sizes * theta)
        full = self.products - (self.sums * weights[:, None]).T @ self.sums
        inverse = np.linalg.inv(full[:-1, :-1])
        coef = inverse @ full[:-1, -1]
        return coef, np.asarray(inverse, dtype=float), max(float(full[-1, -1] - full[:-1, -1] @ coef), 0.0)

    def deviance(self, icc: float) -> float:
        """Minus two times the restricted log-likelihood, up to the basis of the regressors."""
        theta = icc / (1 - icc)
        _, inverse, rss = self.solve(icc)
        dof = self.n - len(inverse)
        logdet = -np.linalg.slogdet(inverse)[1]
        scale = np.log(2 * np.pi * max(rss, 1e-300) / dof) + 1
        return float(dof * scale + np.log1p(self.sizes * theta).sum() + logdet)

    def slope(self, icc: float) -> float:
        """Derivative of the deviance in the ratio of variances; its sign is all that the search needs."""
        theta = icc / (1 - icc)
        coef, inverse, rss = self.solve(icc)
        falling = self.sums / (1 + self.sizes * theta)[:, None]
        change = -falling.T @ falling
        direction = np.append(-coef, 1.0)
        dof = self.n - len(inverse)
        spread = dof * (direction @ change @ direction) / max(rss, 1e-300)
        return float((self.sizes / (1 + self.sizes * theta)).sum() + np.trace(inverse @ change[:-1, :-1]) + spread)


@dataclass(frozen=True)
class RandomIntercept:
    """A fitted random-intercept model.

    Parameters
    ----------
    coef : array (p,)
        Fixed effects.
    covariance : array (p, p)
        Their covariance at the estimated variances.
    between_variance, residual_variance : float
        Variance of the intercepts over clusters and of the rows within them.
    loglik : float
        Restricted log-likelihood (as ``logLik`` of R's lme4 gives it).
    """

    coef: Array
    covariance: Array
    between_variance: float
    residual_variance: float
    loglik: float
    _profile: _Profile = field(repr=False)

    @property
    def icc(self) -> float:
        """Share of the variance that lies between clusters."""
        return self.between_variance / (self.between_variance + self.residual_variance)

    def icc_interval(self, level: float) -> tuple[float, float]:
        """Profile interval of the intraclass correlation at ``level``.

        Notes
        -----
        All values whose restricted deviance is within the chi-squared (1)
        quantile of the smallest one; 0 where that reaches no variance at all.
        """
        from scipy.special import chdtri

        limit = self._profile.deviance(self.icc) + float(chdtri(1, 1 - level))
        return self._crossing(0.0, limit), self._crossing(_LARGEST_ICC, limit)

    def _crossing(self, end: float, limit: float) -> float:
        """The point between the estimate and ``end`` where the deviance passes ``limit``."""
        if self._profile.deviance(end) <= limit:
            return round(end, 8)
        inside, outside = self.icc, end
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if self._profile.deviance(middle) <= limit else (inside, middle)
        return inside


def random_intercept(X: Array, y: Array, codes: NDArray[np.intp]) -> RandomIntercept:
    """Fit ``y = X b + intercept of the cluster + error`` by REML.

    Parameters
    ----------
    X : array (n, p)
        Regressors with the constant, of full column rank.
    y : array (n,)
        Outcome.
    codes : array of int (n,)
        Cluster of each row, 0 .. G-1.

    Returns
    -------
    RandomIntercept

    Notes
    -----
    The restricted likelihood is a function of the intraclass correlation
    alone. From the best cell of a grid its derivative is bisected, which is
    exact to rounding where a search on the likelihood itself would stop at
    half of the digits. Regressors are made orthonormal and the outcome is replaced
    by its least-squares residual first, so that cross-products lose no digits.

    References
    ----------
    Bates, Mächler, Bolker & Walker (2015), J. Statistical Software 67(1), eq. 38-42; Harville (1977), JASA 72, 320-338.
    """
    Q, R = np.linalg.qr(X)
    start = Q.T @ y
    columns = np.column_stack([Q, y - Q @ start])
    sizes = np.bincount(codes).astype(float)
    profile = _Profile(sizes, cluster_sums(columns, codes), columns.T @ columns, len(y))
    icc = _lowest(profile)
    coef, inverse, rss = profile.solve(icc)
    residual = rss / (len(y) - X.shape[1])
    back = np.linalg.inv(R)
    # The likelihood of the original regressors differs from that of the orthonormal ones by log |R'R|.
    loglik = -(profile.deviance(icc) + 2 * float(np.log(np.abs(np.diag(R))).sum())) / 2
    return RandomIntercept(
        back @ (start + coef), residual * back @ inverse @ back.T, residual * icc / (1 - icc), residual, loglik, profile
    )


def _lowest(profile: _Profile) -> float:
    """The intraclass correlation of the smallest deviance: the best cell of a grid, then where the slope turns."""
    grid = np.append(np.linspace(0, 1, 41)[:-1] ** 2, _LARGEST_ICC)
    best = int(np.argmin([profile.deviance(icc) for icc in grid]))
    if best == 0 and profile.slope(0.0) >= 0:
        return 0.0
    low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if profile.slope(middle) < 0 else (low, middle)
    return (low + high) / 2
