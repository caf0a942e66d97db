"""Regressions on tables of any length: blocks of rows go by, and only what their units add up to is kept.

Least squares takes one pass, since cross-products per unit hold all that it needs. A logit or Poisson regression takes
one pass per Newton step. Sums over parts of a table add up to those of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.glm import Codes, Link, Rows, fit, level, mean_of
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.numerics.unit_products import UnitProducts, root_of

_CONSTANT = 1e-12
"""Less than this share of a unit's squares is what rounding leaves where its rows are alike."""


@dataclass(frozen=True)
class Block:
    """Some rows, column by column, those of a unit side by side.

    Parameters
    ----------
    columns : array (q, n)
        The constant, the regressors and the outcome, each a row of memory.
    starts : array of int (k + 1,)
        Where each run of one unit begins; the last is ``n``.
    units : array of int (k,)
        The unit of each run; no unit has two.
    """

    columns: Array
    starts: Codes
    units: Codes

    @property
    def codes(self) -> Codes:
        """Unit of each row (n,)."""
        return np.repeat(self.units, np.diff(self.starts))

    @property
    def whole(self) -> Block:
        """The same rows as one unit."""
        return Block(self.columns, self.starts[[0, -1]], np.zeros(1, dtype=np.intp))

    def products(self, left: Array, right: Array) -> Array:
        """Products ``left_g right_g'`` of each run, for ``left`` (p, n) and ``right`` (q, n): (k, p, q)."""
        starts, own = self.starts.tolist(), np.empty((len(self.units), len(left), len(right)))
        for start, end, out in zip(starts[:-1], starts[1:], own, strict=True):
            np.dot(left[:, start:end], right[:, start:end].T, out=out)
        return own


def block_of(columns: Array, codes: NDArray[Any]) -> Block:
    """A block of ``columns`` (q, n), whose rows are moved only where those of a unit do not stand together."""
    if (codes[1:] < codes[:-1]).any():
        order = np.argsort(codes.astype(np.uint16) if codes.max() < 2**16 else codes, kind="stable")
        columns, codes = np.take(columns, order, axis=1), codes[order]
    starts = np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1, [len(codes)]]).astype(np.intp)
    return Block(columns, starts, codes[starts[:-1]].astype(np.intp))


class UnitSums:
    """Sums per unit that grow as units appear; ``shape`` is that of what one unit adds up to."""

    def __init__(self, *shape: int) -> None:
        self._sums, self._seen = np.zeros((64, *shape)), 0

    def room(self, units: Codes) -> Array:
        """The array to add to, with a place for each of ``units``."""
        self._seen = max(self._seen, int(units.max()) + 1)
        while len(self._sums) < self._seen:
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)])
        return self._sums

    @property
    def sums(self) -> Array:
        """One place per unit."""
        return self._sums[:self._seen]


def add_products(sums: UnitSums, block: Block) -> None:
    """Add the cross-products of all columns to those of their units, each of shape (q, q)."""
    sums.room(block.units)[block.units] += block.products(block.columns, block.columns)


def to_unit_products(raw: Array, labels: Sequence[Any], origin: Array) -> UnitProducts:
    """Raw cross-products (G, q, q) with a constant first, of columns counted from ``origin`` (q - 1,)."""
    sizes, squares = raw[:, 0, 0], raw[:, 1:, 1:]
    means = raw[:, 1:, 0] / sizes[:, None]
    scatter = squares - sizes[:, None, None] * means[:, :, None] * means[:, None, :]
    own, whole = np.einsum("gqq->gq", scatter), np.einsum("gqq->gq", squares)
    varies = own > _CONSTANT * whole
    return UnitProducts(
        np.asarray(labels), sizes, origin, means, scatter * (varies[:, :, None] & varies[:, None, :])
    )


@dataclass(frozen=True)
class Streamed:
    """Rows that go by in blocks, for a logit or Poisson regression with units as clusters.

    Parameters
    ----------
    blocks : iterable of Block
        Gone through once per step, so no iterator; the outcome is the last column.
    spread : callable
        The regressors (p, n) of a block.
    n : int
        Number of rows.
    sample : Rows
        Some of the rows: the steps start from their own maximum.
    """

    blocks: Iterable[Block]
    spread: Callable[[Block], Array]
    n: int
    sample: Rows

    def start(self, link: Link) -> Array:
        """The sample's coefficients; those of the constant alone where it has none."""
        try:
            return fit(self.sample, link).coef
        except StatisticsError:
            return level(self, link)

    def __iter__(self) -> Iterator[tuple[Array, Array]]:
        """Regressors (m, p) and outcome (m,) of each block."""
        for block in self.blocks:
            yield self.spread(block).T, block.columns[-1]

    def weighted(self, coef: Array, link: Link, by_cluster: bool = False) -> tuple[Array, Array, Codes]:
        """Rows with the cross-products of the working regression at ``coef``: ``p`` over all, or ``p`` for each unit."""
        p = len(coef)
        squares, scores = UnitSums(p, p), UnitSums(p)
        for block in self.blocks:
            X, runs = self.spread(block), block if by_cluster else block.whole
            mean, weights = mean_of(coef @ X, link)
            squares.room(runs.units)[runs.units] += runs.products(X * weights, X)
            scores.room(runs.units)[runs.units] += runs.products(X, (block.columns[-1] - mean)[None])[:, :, 0]
        root, turn = root_of(squares.sums, np.diag(squares.sums.sum(axis=0)))
        z = np.einsum("gpq,gq->gp", turn, scores.sums)
        return root.reshape(-1, p), z.reshape(-1), np.repeat(np.arange(len(root)), p)

    def moved(self, step: Array) -> float:
        """Root mean square over the rows."""
        return float(np.sqrt(step @ self._squares @ step))

    @cached_property
    def _squares(self) -> Array:
        """Mean cross-products of the regressors (p, p)."""
        return np.asarray(sum(X.T @ X for X, _ in self)) / self.n
