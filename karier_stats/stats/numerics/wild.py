"""The restricted wild cluster bootstrap of one coefficient, on arrays.

With few clusters all sign patterns are enumerated: the p-value is a fixed number, not a draw. statsmodels has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics.cluster import cluster_products, cluster_sums
from karier_stats.stats.numerics.linear import fit
from karier_stats.stats.numerics.types import Array

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
    residuals = [_residual(others, y), _residual(others, X[:, position])]
    scores = np.stack([cluster_sums(X * u[:, None], codes) for u in residuals])
    numerator, square = _patterns(scores, products, row, full.bread, _signs(G, draws, rng))
    factor = G / (G - 1) * (n - 1) / max(n - p, 1)
    observed = cluster_sums(X * full.residuals[:, None], codes) @ row
    std_error = float(np.sqrt(factor * (observed**2).sum()))
    enumerated = _enumerable(G, draws)
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


def _residual(X: Array, y: Array) -> Array:
    return fit(X, y).residuals if X.shape[1] else y


def _enumerable(clusters: int, draws: int) -> bool:
    return clusters < 60 and 2**clusters <= draws


def _signs(clusters: int, draws: int, rng: np.random.Generator) -> Iterator[Array]:
    """Sign patterns (patterns, G) in blocks; enumerated ones with the first sign +1, as their mirrors say the same."""
    if _enumerable(clusters, draws):
        bits = np.arange(2 ** (clusters - 1))[:, None] >> np.arange(clusters - 1)
        yield np.column_stack([np.ones(len(bits)), 1.0 - 2.0 * (bits & 1)])
        return
    held = max(_BLOCK // clusters, 1)
    for start in range(0, draws, held):
        size = min(held, draws - start)
        drawn = rng.integers(0, 256, size=(size, -(-clusters // 8)), dtype=np.uint8)
        yield 1.0 - 2.0 * np.unpackbits(drawn, axis=1, count=clusters).astype(float)
