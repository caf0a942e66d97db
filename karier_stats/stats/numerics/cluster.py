"""CR2 cluster-robust covariance with Satterthwaite degrees of freedom, on arrays.

From the cross-products of each cluster, so that a cluster costs ``p x p`` numbers however many rows it has. By hand,
since statsmodels has neither CR2 nor its degrees of freedom.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.types import Array

_LEVERAGE_ONE = 1 - 1e-10
"""A direction whose leverage reaches one has no residual left and is skipped (Moore-Penrose inverse)."""


@dataclass(frozen=True)
class WaldTest:
    """A joint test: ``statistic`` follows F with ``dof1`` and ``dof2``, of which the latter may be no whole number."""

    statistic: float
    dof1: int
    dof2: float

    @property
    def p_value(self) -> float | None:
        """None where too few clusters leave no degrees of freedom."""
        return float(special.fdtrc(self.dof1, self.dof2, self.statistic)) if self.dof2 > 0 and self.statistic >= 0 else None


@dataclass(frozen=True)
class ClusterCovariance:
    """The CR2 covariance (p, p) of ``p`` coefficients from ``G`` clusters.

    ``basis`` is ``B`` (p, p) with ``B B' = (X'X)^-1 = bread``: the columns of ``Q = X B`` are orthonormal. All below is in
    that basis, since near-collinear columns would cost degrees of freedom their digits: ``products`` (G, p, p) are
    ``Q_g'Q_g`` of each cluster, ``adjusted`` (G, p, p) ``T_g`` with ``A_g Q_g = Q_g T_g``, where ``A_g = (I - H_gg)^(-1/2)``.
    """

    covariance: Array
    basis: Array
    products: Array
    adjusted: Array

    def std_error(self, contrast: ArrayLike) -> float:
        """Standard error of ``contrast' coef``; ``contrast`` has shape (p,)."""
        c = np.asarray(contrast, dtype=float)
        return float(np.sqrt(max(c @ self.covariance @ c, 0.0)))

    def satterthwaite(self, contrast: ArrayLike) -> float:
        """Degrees of freedom of the variance of one contrast (p,); 0 where it rests on nothing.

        ``trace(P)^2 / trace(P P)`` with ``P_gh = a_g'(I - H)_gh a_h`` and ``a_g = A_g X_g bread c`` (independent errors
        of one variance as working model; Pustejovsky & Tipton 2018, eq. 11). ``P`` is a diagonal matrix less one of
        rank ``p`` and never formed.
        """
        diagonal, b = self._influence(contrast)
        quadratic = np.einsum("gp,gp->g", b, b)
        trace = float((diagonal - quadratic).sum())
        inner = b.T @ b
        squares = float((diagonal**2).sum() - 2 * (diagonal * quadratic).sum() + np.trace(inner @ inner))
        return trace**2 / squares if squares > 1e-300 else 0.0

    def target_ratio(self, contrast: ArrayLike) -> float:
        """Expected variance of a contrast over its true one in the working model; 1 where CR2 is unbiased.

        Less than 1: part of the contrast rests on one cluster alone (leverage one), whose variance no residual tells.
        """
        diagonal, b = self._influence(contrast)
        expected = (diagonal - np.einsum("gp,gp->g", b, b)).sum()
        return float(expected / (self._turned(contrast) ** 2).sum())

    def wald(self, contrasts: ArrayLike, coef: ArrayLike) -> WaldTest:
        """Test that several contrasts are all zero: linearly independent weights (q, p) of the coefficients ``coef`` (p,).

        Hotelling's T-squared with degrees of freedom ``eta`` that match the total variance of the covariance of the
        contrasts in the working model of independent rows; Satterthwaite's t for a single contrast. Pustejovsky &
        Tipton (2018), J. Business & Economic Statistics 36, 672-683, section 3.2 (``HTZ``).
        """
        C, estimate = np.atleast_2d(np.asarray(contrasts, dtype=float)), np.asarray(coef, dtype=float)
        q, moved = len(C), C @ estimate
        quadratic = float(moved @ np.linalg.pinv(C @ self.covariance @ C.T, hermitian=True) @ moved)
        turned = self._turned(C)
        values, vectors = np.linalg.eigh(turned @ turned.T)
        directions = (vectors / np.sqrt(values)).T @ turned
        spread = sum(self._moments(directions[s], directions[t]) for s in range(q) for t in range(q))
        eta = q * (q + 1) / spread
        return WaldTest((eta - q + 1) / (eta * q) * quadratic, q, eta - q + 1)

    def _moments(self, one: Array, other: Array) -> float:
        """Variance of one element of the covariance of standardised contrasts, errors being independent."""
        (a, b), (c, d) = self._paths(one), self._paths(other)
        own = [np.einsum("gp,gp->g", x, y) for x, y in ((a, b), (c, d), (a, d))]
        low = [np.einsum("gp,gp->g", x, y) for x, y in ((b, b), (d, d), (b, d))]
        across, back = b.T @ d, d.T @ b
        alike = own[0] @ own[1] - own[0] @ low[1] - own[1] @ low[0] + np.trace(across @ back)
        crossed = own[2] @ own[2] - 2 * own[2] @ low[2] + np.trace(across @ across)
        return float(alike + crossed)

    def _turned(self, contrasts: ArrayLike) -> Array:
        """Contrasts (p,) or (q, p) of the coefficients as contrasts of those on the orthonormal columns."""
        return np.asarray(contrasts, dtype=float) @ self.basis

    def _paths(self, turned: Array) -> tuple[Array, Array]:
        """``T_g c`` (G, p), so that ``a_g = Q_g`` times it, and ``Q_g'a_g`` (G, p), for a turned contrast ``c``."""
        direction = self.adjusted @ turned
        return direction, np.einsum("gpq,gq->gp", self.products, direction)

    def _influence(self, contrast: ArrayLike) -> tuple[Array, Array]:
        """``a_g'a_g`` (G,) and ``Q_g'a_g`` (G, p) with ``a_g = A_g X_g bread c``."""
        direction, b = self._paths(self._turned(contrast))
        return np.einsum("gp,gp->g", direction, b), b


def cr2(X: ArrayLike, residuals: ArrayLike, clusters: ArrayLike) -> ClusterCovariance:
    """The CR2 covariance of least-squares coefficients when rows come in clusters; K350 with fewer than two.

    ``X`` (n, p) has full column rank; for weighted fits it and the residuals (n,) are times the root of the weights.
    Clusters (n,) are any labels without missing values, taken in order of appearance, so that labels do not touch the last
    digits.

    ``V = bread [sum_g X_g' A_g e_g e_g' A_g X_g] bread`` with the symmetric ``A_g = (I - H_gg)^(-1/2)``; HC2 when every
    row is its own cluster. Fixed effects of the clusters may be absorbed beforehand: covariance and degrees of freedom stay
    the same. Bell & McCaffrey (2002), Survey Methodology 28, 169-181; Pustejovsky & Tipton (2018), J. Business & Economic
    Statistics 36, 672-683, eq. 6 and theorem 2.
    """
    design = np.asarray(X, dtype=float)
    codes = by_appearance(clusters)
    if codes.max(initial=0) < 1:
        raise StatisticsError("K350", clusters=int(codes.size > 0))
    scale = np.sqrt((design**2).sum(axis=0))
    Q, R = np.linalg.qr(design / scale)
    scores = cluster_sums(Q * np.asarray(residuals, dtype=float)[:, None], codes)
    basis = np.asarray(np.linalg.inv(R) / scale[:, None], dtype=float)
    products = cluster_products(Q, codes)
    leverage, U = np.linalg.eigh(products)  # (I - H_gg)^(-1/2) Q_g = Q_g U diag((1 - leverage)^(-1/2)) U'
    free = leverage < _LEVERAGE_ONE
    root = np.where(free, 1 / np.sqrt(np.where(free, 1 - leverage, 1.0)), 0.0)
    adjusted = (U * root[:, None, :]) @ np.swapaxes(U, 1, 2)
    half = np.einsum("gpq,gp->gq", adjusted, scores) @ basis.T
    return ClusterCovariance(half.T @ half, basis, products, adjusted)


def by_appearance(labels: ArrayLike) -> NDArray[np.intp]:
    """Labels as 0, 1, 2, ... in the order in which they first appear."""
    _, first, codes = np.unique(np.asarray(labels), return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[codes.reshape(-1)]


def cluster_sums(values: Array, codes: NDArray[np.intp]) -> Array:
    """Sums of the rows of ``values`` (n, p) per cluster: (G, p)."""
    shape = int(codes.max()) + 1, values.shape[1]
    places = codes[:, None] * shape[1] + np.arange(shape[1])
    return np.asarray(np.bincount(places.ravel(), values.ravel(), shape[0] * shape[1]), dtype=float).reshape(shape)


def means_by(values: Array, codes: NDArray[np.intp], one: Array | None = None) -> tuple[Array, Array]:
    """Sizes (G,) of the clusters and means (G, p) of the rows of ``values`` (n, p) in each.

    ``one`` (n,) is the constant, where it is not 1 since rows stand for others.
    """
    if one is None:
        sizes = np.bincount(codes).astype(float)
        return sizes, cluster_sums(values, codes) / sizes[:, None]
    sizes = np.bincount(codes, weights=one**2).astype(float)
    return sizes, cluster_sums(values * one[:, None], codes) / sizes[:, None]


def cluster_products(X: Array, codes: NDArray[np.intp]) -> Array:
    """``X_g'X_g`` per cluster: (G, p, p)."""
    return np.stack([cluster_sums(X * X[:, [j]], codes) for j in range(X.shape[1])], axis=2)
