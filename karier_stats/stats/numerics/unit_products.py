"""What a model with units needs of the rows: sizes, means and centred cross-products of each unit.

A few rows with the same sums stand for those of a unit, and every regression on them is the same. How far the people of a
unit agree, and what its mean is worth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.cluster import by_appearance, cluster_sums
from karier_stats.stats.numerics.estimate import Array

_ROUNDING = 1e-13
"""Less than this share of the largest eigenvalue is what rounding leaves of zero."""


@dataclass(frozen=True)
class UnitProducts:
    """Sizes (G,), means (G, q) and centred cross-products (G, q, q) of ``q`` columns in the ``units`` (G,), by appearance.

    Means are counted from ``origin`` (q,), ``scatter`` from the unit's own means: kept in this form cross-products do not lose
    the digits that a column's level takes, however far it lies from zero.
    """

    units: NDArray[Any]
    sizes: Array
    origin: Array
    means: Array
    scatter: Array

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.sizes.sum())

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.sizes)

    @property
    def mean(self) -> Array:
        """Mean of each column over all rows, counted from ``origin``: (q,)."""
        return self.sizes @ self.means / self.n

    @property
    def within(self) -> Array:
        """Cross-products of the deviations from unit means, over all units: (q, q)."""
        return self.scatter.sum(axis=0)

    @property
    def between(self) -> Array:
        """Cross-products of the unit means about the grand mean, each row counted once: (q, q)."""
        apart = self.means - self.mean
        return apart.T @ (apart * self.sizes[:, None])

    def rows(self) -> tuple[Array, Array, NDArray[np.intp]]:
        """As few rows as have the same sizes, means and cross-products: ``q + 1`` for each unit.

        ``one`` (m,), the column that is 1 in every row of the data; the columns (m, q); the unit of each row (m,), 0 .. G-1.

        The first row of a unit is ``sqrt(n_g)`` times its means, ``one`` being ``sqrt(n_g)``; the others are a root of
        ``scatter``, ``one`` being 0. Least squares, clustered covariances and random intercepts know the rows of a unit
        by their cross-products alone, which turning the rows leaves as they are.
        """
        G, q = self.means.shape
        root, _ = root_of(self.scatter, np.diag(self.within + self.between))
        one, columns = np.zeros((G, q + 1)), np.empty((G, q + 1, q))
        one[:, 0] = np.sqrt(self.sizes)
        columns[:, 0] = one[:, [0]] * (self.origin + self.means)
        columns[:, 1:] = root
        return one.reshape(-1), columns.reshape(-1, q), np.repeat(np.arange(G), q + 1)

    def one_way(self, column: int = -1) -> OneWay:
        """Analysis of variance of one column between and within the units.

        ``K355`` where there are fewer than two units, or the column does not vary within any.
        """
        if self.n_units < 2 or not self.within[column, column] > 0:
            raise StatisticsError("K355", units=self.n_units, rows=self.n)
        squares = float(self.between[column, column]), float(self.within[column, column])
        size = (self.n - float(self.sizes @ self.sizes) / self.n) / (self.n_units - 1)
        return OneWay(*squares, self.n_units - 1, self.n - self.n_units, size)


def root_of(squares: Array, total: Array) -> tuple[Array, Array]:
    """Roots ``R`` (G, q, q) of cross-products, ``R'R = squares``, and ``T`` with ``R'(T c) = c`` for any ``c`` of theirs.

    ``total`` (q,) are squares that bring the columns to one scale. By eigenvalues: a column that is constant in a unit, or a
    combination of others, leaves rows of zeros, where Cholesky's factor would stop.
    """
    scale = np.sqrt(np.where(total > 0, total, 1.0))
    values, vectors = np.linalg.eigh(squares / np.outer(scale, scale))
    left = values > _ROUNDING * values[:, [-1]]
    length = np.sqrt(np.where(left, values, 0.0))
    turned = np.swapaxes(vectors, 1, 2)
    back = np.where(left, 1 / np.where(left, length, 1.0), 0.0)
    return length[:, :, None] * turned * scale, back[:, :, None] * turned / scale


@dataclass(frozen=True)
class OneWay:
    """One-way analysis of variance: sums of squares and degrees of freedom between and within units.

    ``size`` is the mean size that enters the intraclass correlation, ``(n - sum n_g^2 / n) / (G - 1)``.
    """

    between: float
    within: float
    between_dof: int
    within_dof: int
    size: float

    @property
    def f(self) -> float:
        """Mean square between over mean square within."""
        return (self.between / self.between_dof) / (self.within / self.within_dof)

    @property
    def icc(self) -> float:
        """Intraclass correlation; below zero where units differ less than their rows would by chance."""
        return (self.f - 1) / (self.f - 1 + self.size)

    def icc_interval(self, level: float) -> tuple[float, float]:
        """Interval of the intraclass correlation at ``level``: exact for units of one size, near otherwise.

        Searle (1971), Linear Models, section 9.9; Donner (1986), International Statistical Review 54, 67-82, eq. 2.7.
        """
        far = (special.fdtri(self.between_dof, self.within_dof, p) for p in ((1 + level) / 2, (1 - level) / 2))
        low, high = (self.f / float(end) for end in far)
        return (low - 1) / (low - 1 + self.size), (high - 1) / (high - 1 + self.size)


def unit_products(columns: ArrayLike, units: ArrayLike) -> UnitProducts:
    """Sizes, means and cross-products of each unit, from ``columns`` (n, q) without gaps or constant, the outcome last."""
    values, labels = np.asarray(columns, dtype=float), np.asarray(units)
    codes = by_appearance(labels)
    order = np.argsort(codes, kind="stable")
    found = products_of(values[order], np.flatnonzero(np.diff(codes[order], prepend=-1)))
    return replace(found, units=labels[order[found.units]])


def products_of(rows: Array, starts: NDArray[np.intp]) -> UnitProducts:
    """The same of ``rows`` (n, q), those of a unit side by side, each unit named by the first of its rows ``starts`` (G,)."""
    G, q = len(starts), rows.shape[1]
    means, scatter = np.empty((G, q)), np.empty((G, q, q))
    for unit, (start, end) in enumerate(pairwise([*starts.tolist(), len(rows)])):
        # Counted from the first row of the unit, so that a column that does not vary in it leaves zeros.
        away = rows[start:end] - rows[start]
        mean = away.mean(axis=0)
        away -= mean
        means[unit] = rows[start] - rows[0] + mean
        np.dot(away.T, away, out=scatter[unit])
    return UnitProducts(starts, np.diff(starts, append=len(rows)).astype(float), rows[0].copy(), means, scatter)


SLIGHT_SKEW = {5: 1.34, 6: 1.85, 7: 2.90, 8: 3.47, 9: 5.66, 10: 6.30, 11: 7.31}
"""Variance of a slightly skewed answer by number of options: LeBreton & Senter (2008), table 2."""


def null_variance(options: int, null: str) -> float:
    """Variance of an answer of so many ``options`` if people answered at random.

    ``null`` is "uniform", every answer equally likely, or "skewed", leaning slightly to one end: NaN for fewer than 5
    or more than 11 options, which no table gives (LeBreton & Senter 2008, table 2).
    """
    return (options**2 - 1) / 12 if null == "uniform" else SLIGHT_SKEW.get(options, float("nan"))


def within_variances(scores: Array, codes: NDArray[np.intp]) -> Array:
    """Mean over the items (n, J) of the variance within each unit: (G,); NaN for a unit of one row."""
    sizes = np.bincount(codes)
    away = scores - (cluster_sums(scores, codes) / sizes[:, None])[codes]
    squares = cluster_sums(away**2, codes).mean(axis=1)
    return np.where(sizes > 1, squares / np.maximum(sizes - 1, 1), np.nan)


def rwg(variances: ArrayLike, items: int, null: float) -> Array:
    """Within-unit agreement (G,) from each unit's mean variance of ``items`` items, and the variance at random.

    1 where all agree; 0 where they differ as much as, or more than, random answers would. One item: ``1 - v / null``
    (James, Demaree & Wolf 1984, J. Applied Psychology 69, 85-98; as ``rwg`` and ``rwg.j`` of R's multilevel).

    >>> rwg([0.5, 3.0], 1, 2.0).tolist()
    [0.75, 0.0]
    """
    ratio = np.minimum(np.asarray(variances, dtype=float) / null, 1.0)
    return items * (1 - ratio) / (items * (1 - ratio) + ratio)


def spearman_brown(icc: ArrayLike, size: ArrayLike) -> Array:
    """Reliability of the mean of ``size`` people whose intraclass correlation is ``icc``."""
    r, n = np.asarray(icc, dtype=float), np.asarray(size, dtype=float)
    return n * r / (1 + (n - 1) * r)
