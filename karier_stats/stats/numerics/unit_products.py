"""What a model with units needs of the rows: sizes, means and centred cross-products of each unit.

Rows in memory make them here, blocks of rows in :mod:`karier_stats.stats.numerics.blocks`,
so that a table never has to be in memory whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.cluster import by_appearance, cluster_sums
from karier_stats.stats.numerics.types import Array


@dataclass(frozen=True)
class UnitProducts:
    """Sizes, means and centred cross-products of ``q`` columns in ``G`` units.

    Parameters
    ----------
    units : array (G,)
        Label of each unit, in order of appearance.
    sizes : array (G,)
        Rows of each unit.
    origin : array (q,)
        What was taken off every column before anything was summed.
    means : array (G, q)
        Unit means, counted from ``origin``.
    scatter : array (G, q, q)
        Cross-products of the deviations from the unit's own means.

    Notes
    -----
    Raw cross-products follow exactly (``products``); kept in this form they do not lose
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

    def products(self) -> Array:
        """Raw cross-products of each unit with a constant put first: (G, q + 1, q + 1)."""
        absolute = np.column_stack([np.ones(self.n_units), self.origin + self.means])
        raw = self.sizes[:, None, None] * absolute[:, :, None] * absolute[:, None, :]
        raw[:, 1:, 1:] += self.scatter
        return raw

    def select(self, columns: ArrayLike) -> UnitProducts:
        """The same of some of the columns, in the order given by their positions."""
        at = np.asarray(columns, dtype=int)
        return UnitProducts(
            self.units, self.sizes, self.origin[at], self.means[:, at], self.scatter[:, at[:, None], at[None, :]]
        )

    def one_way(self, column: int = -1) -> OneWay:
        """Analysis of variance of one column between and within the units.

        Raises
        ------
        StatisticsError
            ``K355`` where there are fewer than two units, or the column does not vary within any.
        """
        if self.n_units < 2 or not self.within[column, column] > 0:
            raise StatisticsError("K355", units=self.n_units, rows=self.n)
        squares = float(self.between[column, column]), float(self.within[column, column])
        size = (self.n - float(self.sizes @ self.sizes) / self.n) / (self.n_units - 1)
        return OneWay(*squares, self.n_units - 1, self.n - self.n_units, size)


@dataclass(frozen=True)
class OneWay:
    """One-way analysis of variance.

    Parameters
    ----------
    between, within : float
        Sums of squares.
    between_dof, within_dof : int
        Their degrees of freedom, ``G - 1`` and ``n - G``.
    size : float
        The mean size of a unit that enters the intraclass correlation, ``(n - sum n_g^2 / n) / (G - 1)``.
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
        return _correlation(self.f, self.size)

    def icc_interval(self, level: float) -> tuple[float, float]:
        """Interval of the intraclass correlation at ``level``: exact for units of one size, near otherwise.

        References
        ----------
        Searle (1971), Linear Models, section 9.9; Donner (1986), International Statistical Review 54, 67-82, eq. 2.7.
        """
        from scipy.special import fdtri

        low, high = (fdtri(self.between_dof, self.within_dof, p) for p in ((1 + level) / 2, (1 - level) / 2))
        return _correlation(self.f / float(low), self.size), _correlation(self.f / float(high), self.size)


def _correlation(ratio: float, size: float) -> float:
    """``(F - 1) / (F - 1 + size)``."""
    return (ratio - 1) / (ratio - 1 + size)


def unit_products(columns: ArrayLike, units: ArrayLike) -> UnitProducts:
    """Sizes, means and cross-products of each unit from rows.

    Parameters
    ----------
    columns : array (n, q)
        Numbers without gaps; no constant (it is implied). Where a model is to be fitted, the outcome is the last.
    units : array (n,)
        Unit of each row.

    Returns
    -------
    UnitProducts
    """
    values, labels = np.asarray(columns, dtype=float), np.asarray(units)
    codes = by_appearance(labels)
    order = np.argsort(codes, kind="stable")
    sizes = np.bincount(codes)
    ends = np.cumsum(sizes)
    origin = values[0].copy()
    away = values[order] - origin
    means = cluster_sums(away, codes[order]) / sizes[:, None]
    away -= np.repeat(means, sizes, axis=0)
    # One product of matrices per unit is faster than sums by unit of q (q + 1) / 2 columns from a few rows a unit on.
    scatter = np.stack([part.T @ part for part in (away[end - n:end] for n, end in zip(sizes, ends, strict=True))])
    return UnitProducts(labels[order[ends - sizes]], sizes.astype(float), origin, means, scatter)
