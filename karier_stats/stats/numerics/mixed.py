"""The random-intercept model by restricted maximum likelihood, as a search in one dimension.

Given the ratio of variances all else is generalised least squares in closed form, so that one number is searched for
and the fit cannot stop half way. Unit means and pooled cross-products within units are all that is needed of the rows.
By hand, since statsmodels' ``MixedLM`` stops on the way where the variance between units is near zero, and knows
neither Kenward and Roger nor a profile interval.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.numerics.cluster import means_by
from karier_stats.stats.numerics.estimate import Array, rising_root

_LARGEST_ICC = 1 - 1e-9
_UNKNOWN = 1e-10
"""With less than this share of the information left, a variance is not known: its units hold one row each, or none."""


@dataclass(frozen=True)
class _Profile:
    """What the likelihood needs of the data.

    ``sizes`` (G,), ``means`` (G, p + 1) of well-conditioned regressors and the least-squares residuals, ``within``
    (p + 1, p + 1) their pooled cross-products about the unit means; ``basis`` is ``log |X'X|`` of the regressors that
    were given less that of these.
    """

    sizes: Array
    means: Array
    within: Array
    basis: float

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.sizes.sum())

    def weighted(self, weights: Array) -> Array:
        """``sum_g weights_g m_g m_g'``: (p + 1, p + 1)."""
        return self.means.T @ (self.means * weights[:, None])

    def solve(self, icc: float) -> tuple[Array, Array, float]:
        """GLS at one intraclass correlation: coefficients (p,), ``(X'WX)^-1`` (p, p), residual sum of squares."""
        theta = icc / (1 - icc)
        full = self.within + self.weighted(self.sizes / (1 + self.sizes * theta))
        inverse = np.linalg.inv(full[:-1, :-1])
        coef = inverse @ full[:-1, -1]
        return coef, np.asarray(inverse, dtype=float), max(float(full[-1, -1] - full[:-1, -1] @ coef), 0.0)

    def deviance(self, icc: float) -> float:
        """Minus two times the restricted log-likelihood."""
        theta = icc / (1 - icc)
        _, inverse, rss = self.solve(icc)
        dof = self.n - len(inverse)
        scale = np.log(2 * np.pi * max(rss, 1e-300) / dof) + 1
        logdet = self.basis - np.linalg.slogdet(inverse)[1]
        return float(dof * scale + np.log1p(self.sizes * theta).sum() + logdet)

    def slope(self, icc: float) -> float:
        """Derivative of the deviance in the ratio of variances; its sign is all that the search needs."""
        theta = icc / (1 - icc)
        coef, inverse, rss = self.solve(icc)
        change = -self.weighted((self.sizes / (1 + self.sizes * theta)) ** 2)
        direction = np.append(-coef, 1.0)
        dof = self.n - len(inverse)
        spread = dof * (direction @ change @ direction) / max(rss, 1e-300)
        logdet = np.trace(inverse @ change[:-1, :-1])
        return float((self.sizes / (1 + self.sizes * theta)).sum() + logdet + spread)

    def lowest(self) -> float:
        """The intraclass correlation of the smallest deviance: the best cell of a grid, then where the slope turns."""
        grid = np.append(np.linspace(0, 1, 41)[:-1] ** 2, _LARGEST_ICC)
        best = int(np.argmin([self.deviance(icc) for icc in grid]))
        if best == 0 and self.slope(0.0) >= 0:
            return 0.0
        low, high = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
        return rising_root(self.slope, low, high)


@dataclass(frozen=True)
class _Information:
    """What the data say about the two variances, between units first, and how the coefficients lean on them.

    ``spread`` (p, p) is the covariance of the coefficients, ``pulls`` (2, p, p) are ``X'V^-1 G_i V^-1 X``,
    ``expected`` and ``observed`` (2, 2) twice the information of the restricted likelihood in units of ``scale`` (2,),
    what it would be if the coefficients were known, ``excess`` (p, p) what estimated variances add to the covariance.
    """

    spread: Array
    pulls: Array
    expected: Array
    observed: Array
    scale: Array
    excess: Array

    def dof(self, contrast: Array, information: Array) -> float:
        """Twice the squared variance of the contrast over the variance of its estimate; 0 where that has none."""
        leaning = self.spread @ contrast
        gradient = np.einsum("p,ipq,q->i", leaning, self.pulls, leaning) / self.scale
        if not _definite(information):
            return 0.0
        return float((contrast @ leaning) ** 2 / (gradient @ np.linalg.solve(information, gradient)))


@dataclass(frozen=True)
class RandomIntercept:
    """A random-intercept model: ``coef`` (p,) with their ``covariance`` (p, p) at the estimated variances of the intercepts
    over clusters and of the rows within them; ``loglik``, restricted, as ``logLik`` of R's lme4 gives it.
    """

    coef: Array
    covariance: Array
    between_variance: float
    residual_variance: float
    loglik: float
    _profile: _Profile = field(repr=False)
    _back: Array = field(repr=False)

    @property
    def icc(self) -> float:
        """Share of the variance that lies between clusters."""
        total = self.between_variance + self.residual_variance
        return self.between_variance / total if total > 0 else 0.0

    @property
    def adjusted_covariance(self) -> Array:
        """Covariance (p, p) that allows for the estimated variances (Kenward & Roger 1997, Biometrics 53, p. 985)."""
        if self.residual_variance <= 0:
            return self.covariance
        return self.covariance + self._back @ self._information.excess @ self._back.T

    def kenward_roger(self, contrast: ArrayLike) -> tuple[float, float]:
        """Adjusted standard error and degrees of freedom of one contrast (p,), for few and unequal units.

        For one contrast the scale of Kenward and Roger is 1, and their degrees of freedom are Satterthwaite's with the expected
        information of the variances; 0 where the data cannot tell these: rows within units do not differ, or are one each.
        """
        c = np.asarray(contrast, dtype=float)
        error = float(np.sqrt(max(c @ self.adjusted_covariance @ c, 0.0)))
        if self.residual_variance <= 0:
            return error, 0.0
        return error, self._information.dof(self._back.T @ c, self._information.expected)

    def satterthwaite(self, contrast: ArrayLike) -> float:
        """Satterthwaite's degrees of freedom of one contrast (p,) from the observed information of the variances.

        Where the variance between units is estimated at zero, the residual variance alone is counted and gives ``n - p``, as
        R's lmerTest does: far too many for a contrast between units (Fai & Cornelius 1996, J. Statistical Computation and
        Simulation 54, 363-378).
        """
        if self.residual_variance <= 0:
            return 0.0
        if self.between_variance == 0:
            return float(self._profile.n - len(self.coef))
        return self._information.dof(self._back.T @ np.asarray(contrast, dtype=float), self._information.observed)

    @cached_property
    def _information(self) -> _Information:
        """Information about the two variances and its pull on the coefficients.

        ``V`` has one eigenvector per unit, its mean, with the inverse eigenvalue ``k_g = 1/(s2 + n_g t2)``, and ``1/s2`` for all
        within. Every product of ``V^-1``, ``G_1`` (ones in each unit) and ``G_2`` (identity) is a weighted sum over unit means,
        plus the pooled cross-products within where ``G_1`` does not occur.
        """
        profile, between, residual = self._profile, self.between_variance, self.residual_variance
        n, k = profile.sizes, 1 / (residual + profile.sizes * between)
        coef, inverse, _ = profile.solve(between / (between + residual))
        spread = residual * inverse
        turn = np.eye(len(coef) + 1)
        turn[:-1, -1] = -coef

        def form(power: int, ones: int) -> Array:
            inner = profile.within / residual**power if ones == 0 else 0.0
            return turn.T @ (profile.weighted(n ** (1 + ones) * k**power) + inner) @ turn

        first = np.stack([form(2, 1), form(2, 0)])
        second = np.array([[form(3, 2), form(3, 1)], [form(3, 1), form(3, 0)]])
        traces = np.array([[(n * k) @ (n * k), n @ k**2], [n @ k**2, (profile.n - len(n)) / residual**2 + k @ k]])
        pulls, score = first[:, :-1, :-1], first[:, :-1, -1]
        lean = spread @ pulls
        inner = second[:, :, :-1, :-1]
        expected = traces - 2 * np.einsum("pq,ijqp->ij", spread, inner) + np.einsum("ipq,jqp->ij", lean, lean)
        curved = second[:, :, -1, -1] - np.einsum("ip,pq,jq->ij", score, spread, score)
        scale = np.sqrt(np.diag(traces))
        units = np.outer(scale, scale)
        expected, curved = expected / units, (2 * curved - expected) / units
        excess = np.zeros_like(spread)  # what the estimation of the variances adds to the covariance of the coefficients
        if _definite(expected):
            scaled = pulls / scale[:, None, None]
            gap = inner / units[:, :, None, None] - scaled[:, None] @ spread @ scaled[None, :]
            excess = 2 * spread @ np.einsum("ij,ijpq->pq", 2 * np.linalg.inv(expected), gap) @ spread
        return _Information(spread, pulls, expected, curved, scale, excess)

    def icc_interval(self, level: float) -> tuple[float, float]:
        """Profile interval at ``level``: all values whose restricted deviance is within the chi-squared (1) quantile of
        the smallest one; 0 where that reaches no variance at all."""
        from scipy.optimize import brentq
        from scipy.special import chdtri

        limit, inside = float(chdtri(1, 1 - level)) - 2 * self.loglik, min(self.icc, _LARGEST_ICC)

        def beyond(icc: float) -> float:
            return self._profile.deviance(icc) - limit

        low, high = (
            round(end, 8) if beyond(end) <= 0 else float(brentq(beyond, *sorted((inside, end)), xtol=1e-15))
            for end in (0.0, _LARGEST_ICC)
        )
        return low, high


def random_intercept(X: Array, y: Array, codes: NDArray[np.intp], one: Array | None = None) -> RandomIntercept:
    """Fit ``y = X b + intercept of the cluster + error`` by REML; ``X`` (n, p) has the constant and full column rank.

    ``one`` (n,) is the constant, where rows stand for others (:meth:`UnitProducts.rows`).

    The restricted likelihood is a function of the intraclass correlation alone. From the best cell of a grid the root
    of its derivative is found, exact to rounding where a search on the likelihood would stop at half of the digits.
    Regressors are made orthonormal and the outcome its least-squares residual first: cross-products lose no digits.
    Bates, Mächler, Bolker & Walker (2015), J. Statistical Software 67(1), eq. 38-42; Harville (1977), JASA 72, 320-338.
    """
    Q, R = np.linalg.qr(X)
    start = Q.T @ y
    columns = np.column_stack([Q, y - Q @ start])
    sizes, means = means_by(columns, codes, one)
    columns -= means[codes] if one is None else one[:, None] * means[codes]
    basis = 2 * float(np.log(np.abs(np.diag(R))).sum())
    back, profile = np.linalg.inv(R), _Profile(sizes, means, columns.T @ columns, basis)
    icc = profile.lowest()
    coef, inverse, rss = profile.solve(icc)
    # Where nothing is left within units the likelihood has no maximum: the unit means alone then give the variance.
    edge = 1 - icc < 2 * (1 - _LARGEST_ICC)
    scale = rss / max((len(profile.sizes) if edge else profile.n) - len(coef), 1)
    between, residual = scale * icc / (1 - icc), 0.0 if edge else scale
    covariance = scale * back @ inverse @ back.T
    return RandomIntercept(back @ start + back @ coef, covariance, between, residual, -profile.deviance(icc) / 2, profile, back)


def _definite(information: Array) -> bool:
    """Whether both variances can be told, and told apart."""
    return bool(np.linalg.eigvalsh(information)[0] > _UNKNOWN)
