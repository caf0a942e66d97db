"""Clusters of rows on arrays: CR2 with Satterthwaite degrees of freedom, and the restricted wild bootstrap of a coefficient.

From the cross-products of each cluster, so that a cluster costs ``p x p`` numbers however many rows it has. By hand,
since statsmodels has neither. With few clusters all sign patterns are enumerated: the p-value is a fixed number, not a draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import Array
from karier_stats.stats.numerics.linear import fit

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
        diagonal, b = self._influence(np.asarray(contrast, dtype=float) @ self.basis)
        quadratic = np.einsum("gp,gp->g", b, b)
        trace = float((diagonal - quadratic).sum())
        inner = b.T @ b
        squares = float((diagonal**2).sum() - 2 * (diagonal * quadratic).sum() + np.trace(inner @ inner))
        return trace**2 / squares if squares > 1e-300 else 0.0

    def target_ratio(self, contrast: ArrayLike) -> float:
        """Expected variance of a contrast over its true one in the working model; 1 where CR2 is unbiased.

        Less than 1: part of the contrast rests on one cluster alone (leverage one), whose variance no residual tells.
        """
        turned = np.asarray(contrast, dtype=float) @ self.basis
        diagonal, b = self._influence(turned)
        return float((diagonal - np.einsum("gp,gp->g", b, b)).sum() / (turned**2).sum())

    def wald(self, contrasts: ArrayLike, coef: ArrayLike) -> WaldTest:
        """Test that several contrasts are all zero: linearly independent weights (q, p) of the coefficients ``coef`` (p,).

        Hotelling's T-squared with degrees of freedom ``eta`` that match the total variance of the covariance of the
        contrasts in the working model of independent rows; Satterthwaite's t for a single contrast. Pustejovsky &
        Tipton (2018), J. Business & Economic Statistics 36, 672-683, section 3.2 (``HTZ``).
        """
        C, estimate = np.atleast_2d(np.asarray(contrasts, dtype=float)), np.asarray(coef, dtype=float)
        q, moved = len(C), C @ estimate
        quadratic = float(moved @ np.linalg.pinv(C @ self.covariance @ C.T, hermitian=True) @ moved)
        turned = C @ self.basis
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

    def _paths(self, turned: Array) -> tuple[Array, Array]:
        """``T_g c`` (G, p), so that ``a_g = Q_g`` times it, and ``Q_g'a_g`` (G, p), for a turned contrast ``c``."""
        direction = self.adjusted @ turned
        return direction, np.einsum("gpq,gq->gp", self.products, direction)

    def _influence(self, turned: Array) -> tuple[Array, Array]:
        """``a_g'a_g`` (G,) and ``Q_g'a_g`` (G, p) with ``a_g = A_g X_g bread c``."""
        direction, b = self._paths(turned)
        return np.einsum("gp,gp->g", direction, b), b


def cr2(X: ArrayLike, residuals: ArrayLike, clusters: ArrayLike) -> ClusterCovariance:
    """The CR2 covariance of least-squares coefficients when rows come in clusters; K350 with fewer than two.

    ``X`` (n, p) has full column rank; for weighted fits it and the residuals (n,) are times the root of the weights. Clusters (n,)
    are any labels without missing values, taken in order of appearance, so that labels do not touch the last digits.

    ``V = bread [sum_g X_g' A_g e_g e_g' A_g X_g] bread`` with the symmetric ``A_g = (I - H_gg)^(-1/2)``; HC2 when every row is its
    own cluster. Fixed effects of the clusters may be absorbed beforehand: covariance and degrees of freedom stay the same. Bell &
    McCaffrey (2002), Survey Methodology 28, 169-181; Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36, 672-683,
    eq. 6 and theorem 2.
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
    sizes = np.bincount(codes, weights=None if one is None else one**2).astype(float)
    return sizes, cluster_sums(values if one is None else values * one[:, None], codes) / sizes[:, None]


def cluster_products(X: Array, codes: NDArray[np.intp]) -> Array:
    """``X_g'X_g`` per cluster: (G, p, p)."""
    return np.stack([cluster_sums(X * X[:, [j]], codes) for j in range(X.shape[1])], axis=2)


_TIE = 1 - 1e-9
"""Statistics this close are the same one with another rounding (the pattern of all-equal signs is the data)."""
_BLOCK = 2**15
"""Signs that are held at once."""


@dataclass(frozen=True)
class WildBootstrap:
    """The bootstrap distribution of one coefficient at every null value.

    ``estimate`` is that of least squares, ``std_error`` its CR1 standard error; ``enumerated`` where all ``2^G`` sign
    patterns were used, ``patterns`` their number or that of the draws.
    """

    estimate: float
    std_error: float
    enumerated: bool
    patterns: int
    _numerator: Array = field(repr=False)
    _square: Array = field(repr=False)
    _factor: float = field(repr=False)

    @property
    def smallest_p(self) -> float:
        """The smallest p-value that the patterns allow."""
        return 2 / self.patterns if self.enumerated else 1 / (self.patterns + 1)

    def p_value(self, null: float = 0.0) -> float:
        """Share of patterns whose ``|t|`` is at least that of the data, under ``coefficient = null``.

        For draws the data count as one more pattern, so that it is never zero.
        """
        t2 = ((self.estimate - null) / self.std_error) ** 2
        numerator = (self._numerator[:, 0] - null * self._numerator[:, 1]) ** 2
        square = self._square @ np.array([1.0, -2 * null, null**2]) * self._factor
        at_least = int((numerator >= t2 * np.maximum(square, 0) * _TIE).sum())
        drawn = len(numerator)
        return at_least / drawn if self.enumerated else (1 + at_least) / (1 + drawn)

    def interval(self, level: float) -> tuple[float, float] | None:
        """All null values that the test does not reject; None where it cannot reject anything far away."""
        low, high = self._bound(-1.0, 1 - level), self._bound(1.0, 1 - level)
        return None if low is None or high is None else (low, high)

    def _bound(self, side: float, alpha: float) -> float | None:
        """Where the p-value falls to ``alpha`` or below on one side of the estimate.

        Bisected by hand: the p-value is a step function, whose jump brentq may leave on the wrong side.
        """
        step = self.std_error
        while self.p_value(self.estimate + side * step) > alpha:
            step *= 2
            if step > 1e6 * self.std_error:
                return None
        inside, outside = 0.0, step
        for _ in range(60):
            middle = (inside + outside) / 2
            kept = self.p_value(self.estimate + side * middle) > alpha
            inside, outside = (middle, outside) if kept else (inside, middle)
        return self.estimate + side * inside


def wild_bootstrap(
    X: Array, y: Array, codes: NDArray[np.intp], position: int, rng: np.random.Generator, draws: int = 9999,
    n: int | None = None,
) -> WildBootstrap:
    """Bootstrap the t statistic of ``coef[position]`` with the null imposed and signs drawn per cluster.

    ``X`` (n, p) has full column rank; ``codes`` (n,) are clusters 0 .. G-1. All ``2^G`` sign patterns are enumerated while
    they are no more than ``draws``, else so many are drawn from ``rng``. ``n`` is the number of rows of the data, where
    those of ``X`` are fewer that stand for them.

    Rademacher signs on the residuals of the model under the null, studentised by CR1, symmetric p-value. Residuals are
    linear in the null value, and so numerator and squared standard error of every pattern are a line and a parabola in it:
    tests at any null, and the interval by inversion, cost no refit. Cameron, Gelbach & Miller (2008), Rev. Economics and
    Statistics 90, 414-427; Roodman et al. (2019), Stata Journal 19, 4-60, section 4.
    """
    full = fit(X, y)
    others = np.delete(X, position, axis=1)
    row = full.bread[position]
    products = cluster_products(X, codes)
    G, p, n = len(products), X.shape[1], len(y) if n is None else n
    residuals = [fit(others, column).residuals if p > 1 else column for column in (y, X[:, position])]
    scores = np.stack([cluster_sums(X * u[:, None], codes) for u in residuals])
    enumerated = G < 60 and draws >= 2**G
    numerator, square = _patterns(scores, products, row, full.bread, _signs(G, None if enumerated else draws, rng))
    factor = G / (G - 1) * (n - 1) / max(n - p, 1)
    observed = cluster_sums(X * full.residuals[:, None], codes) @ row
    std_error = float(np.sqrt(factor * (observed**2).sum()))
    patterns = 2**G if enumerated else draws
    return WildBootstrap(float(full.coef[position]), std_error, enumerated, patterns, numerator, square, factor)


def _patterns(scores: Array, products: Array, row: Array, bread: Array, signs: Iterator[Array]) -> tuple[Array, Array]:
    """Numerator (draws, 2) and squared standard error (draws, 3) of every pattern, as polynomials in the null.

    A pattern moves all coefficients by ``m = bread sum_h s_h score_h``, so that cluster g adds ``s_g own_g - A_g m``
    with ``own_g = row' score_g`` and ``A_g = row' X_g'X_g``: no pattern costs ``G x G``. The parts are squared after
    they are summed, since at a far null those of the data's own pattern all but cancel.
    """
    own, reach = scores @ row, row @ products
    weights, p = np.concatenate([*(scores @ bread), own.T], axis=1), len(row)
    numerator, square = [], []
    for block in signs:
        moved = block @ weights
        first, second = (block * own[i] - moved[:, i * p:(i + 1) * p] @ reach.T for i in (0, 1))
        pairs = ((first, first), (first, second), (second, second))
        square.append(np.stack([np.einsum("dg,dg->d", one, other) for one, other in pairs], axis=1))
        numerator.append(moved[:, 2 * p:])
    return np.concatenate(numerator), np.concatenate(square)


def _signs(clusters: int, draws: int | None, rng: np.random.Generator) -> Iterator[Array]:
    """Sign patterns (patterns, G) in blocks; without ``draws`` all, the first sign being +1, as their mirrors say the same."""
    if draws is None:
        bits = np.arange(2 ** (clusters - 1))[:, None] >> np.arange(clusters - 1)
        yield np.column_stack([np.ones(len(bits)), 1.0 - 2.0 * (bits & 1)])
        return
    held = max(_BLOCK // clusters, 1)
    for start in range(0, draws, held):
        size = min(held, draws - start)
        drawn = rng.integers(0, 256, size=(size, -(-clusters // 8)), dtype=np.uint8)
        yield 1.0 - 2.0 * np.unpackbits(drawn, axis=1, count=clusters).astype(float)
