"""Regressions on tables of any length: blocks of rows go by, and only what their units add up to is kept.

Least squares takes one pass, since cross-products per unit hold all that it needs. A logit or Poisson
regression takes one pass per Newton step. Sums over parts of a table add up to those of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.cluster import ClusterCovariance, cr2_of
from karier_stats.stats.numerics.unit_products import UnitProducts

Array: TypeAlias = NDArray[np.float64]
Link = Literal["logit", "log"]

_STEPS = 40
SAMPLED = 25
"""One row in so many finds the point from which the passes over all rows start."""


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
    starts: NDArray[np.intp]
    units: NDArray[np.intp]

    @property
    def codes(self) -> NDArray[np.intp]:
        """Unit of each row (n,)."""
        return np.repeat(self.units, np.diff(self.starts))


def block_of(columns: Array, codes: NDArray[Any]) -> Block:
    """A block of ``columns`` (q, n), whose rows are moved only where those of a unit do not stand together."""
    if (codes[1:] < codes[:-1]).any():
        order = np.argsort(codes.astype(np.uint16) if codes.max() < 2**16 else codes, kind="stable")
        columns, codes = np.take(columns, order, axis=1), codes[order]
    starts = np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1, [len(codes)]]).astype(np.intp)
    return Block(columns, starts, codes[starts[:-1]].astype(np.intp))


class UnitSums:
    """Sums per unit that grow as units appear.

    Parameters
    ----------
    shape : tuple of int
        Of what one unit adds up to.
    fill : float
        What a unit starts from.
    """

    def __init__(self, *shape: int, fill: float = 0.0) -> None:
        self._sums = np.full((64, *shape), fill)
        self._fill, self._seen = fill, 0

    def room(self, units: NDArray[np.intp]) -> Array:
        """The array to add to, with a place for each of ``units``."""
        self._seen = max(self._seen, int(units.max()) + 1)
        while len(self._sums) < self._seen:
            self._sums = np.concatenate([self._sums, np.full_like(self._sums, self._fill)])
        return self._sums

    @property
    def sums(self) -> Array:
        """One place per unit."""
        return self._sums[:self._seen]


def add_products(sums: UnitSums, block: Block) -> None:
    """Add the cross-products of all columns to those of their units, each of shape (q, q)."""
    columns, starts = block.columns, block.starts.tolist()
    own = np.empty((len(block.units), len(columns), len(columns)))
    for start, end, out in zip(starts[:-1], starts[1:], own, strict=True):
        part = columns[:, start:end]
        np.dot(part, part.T, out=out)
    sums.room(block.units)[block.units] += own


def to_unit_products(raw: Array, labels: Sequence[Any], origin: Array) -> UnitProducts:
    """Raw cross-products (G, q, q) with a constant first, of columns counted from ``origin`` (q - 1,)."""
    sizes = raw[:, 0, 0]
    means = raw[:, 1:, 0] / sizes[:, None]
    scatter = raw[:, 1:, 1:] - sizes[:, None, None] * means[:, :, None] * means[:, None, :]
    return UnitProducts(np.asarray(labels), sizes, origin, means, scatter)


@dataclass(frozen=True)
class LinearSums:
    """Least squares and its clustered covariance from cross-products of units.

    Parameters
    ----------
    coef : array (p,)
        Slopes; the constant is left out where ``absorbed``.
    scores : array (G, p)
        ``X_g'e_g``.
    bread : array (p, p)
    covariance : ClusterCovariance
    """

    coef: Array
    scores: Array
    bread: Array
    covariance: ClusterCovariance


def least_squares(products: UnitProducts, absorbed: bool = False) -> LinearSums:
    """Regress the last column on the others: with a constant, or with an intercept for each unit (``absorbed``).

    Raises
    ------
    StatisticsError
        ``K302`` where regressors are collinear, naming their positions (from 0, without the constant).

    Notes
    -----
    All columns are counted from their grand means, so that the constant is orthogonal to the rest and the digits that
    levels take are not lost.
    """
    p = len(products.origin) - 1
    total = products.within if absorbed else products.within + products.between
    slopes, inverse = _solve(total[:p, :p], total[:p, p])
    raw = products.scatter
    if not absorbed:
        away = products.means - products.mean
        raw = raw + products.sizes[:, None, None] * away[:, :, None] * away[:, None, :]
    parts, cross = raw[:, :p, :p], raw[:, :p, p]
    scores = cross - parts @ slopes
    if absorbed:
        return LinearSums(slopes, scores, inverse, cr2_of(parts, scores, inverse))
    sums = products.sizes[:, None] * away
    wide = np.empty((products.n_units, p + 1, p + 1))
    wide[:, 0, 0], wide[:, 1:, 1:] = products.sizes, parts
    wide[:, 0, 1:] = wide[:, 1:, 0] = sums[:, :p]
    scores = np.column_stack([sums[:, p] - sums[:, :p] @ slopes, scores])
    bread = np.zeros((p + 1, p + 1))
    bread[0, 0], bread[1:, 1:] = 1 / products.n, inverse
    return LinearSums(np.append(0.0, slopes), scores, bread, cr2_of(wide, scores, bread))


def _solve(squares: Array, cross: Array) -> tuple[Array, Array]:
    """Solution and inverse of ``squares`` brought to one scale; K302 where its columns are collinear."""
    scale = np.sqrt(np.diag(squares))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(squares / np.outer(scale, scale))
    if values[0] < 1e-11:
        raise StatisticsError("K302", columns=", ".join(map(str, np.flatnonzero(np.abs(vectors[:, 0]) > 0.01))))
    inverse = (vectors / values) @ vectors.T / np.outer(scale, scale)
    return inverse @ cross, inverse


@dataclass(frozen=True)
class NewtonFit:
    """A logit or Poisson regression over blocks, at its maximum.

    Parameters
    ----------
    coef : array (p,)
    scores : array (G, p)
        ``X_g'(y_g - m_g)``.
    bread : array (p, p)
        ``(X'WX)^-1``.
    covariance : ClusterCovariance
    curvature : array (p,)
        Mean of the second derivative of the mean times the regressors, for the delta method.
    slope : float
        Mean of the first derivative of the mean.
    passes : int
        Passes over all rows.
    """

    coef: Array
    scores: Array
    bread: Array
    covariance: ClusterCovariance
    curvature: Array
    slope: float
    passes: int

    def marginal(self, position: int) -> tuple[float, Array]:
        """Average marginal effect of one column by the derivative, and its gradient (p,) in the coefficients."""
        gradient = self.coef[position] * self.curvature
        gradient[position] += self.slope
        return float(self.coef[position] * self.slope), gradient


def newton(blocks: Iterable[Block], sample: Array, link: Link, spread: Callable[[Block], Array]) -> NewtonFit:
    """Maximum likelihood by Newton steps, one pass over the blocks for each.

    Parameters
    ----------
    blocks : iterable of Block
        Gone through once per step, so no iterator.
    sample : array (q, m)
        Some of the rows as ``spread`` gives them with the outcome last; the steps start from their own maximum.
    link : {"logit", "log"}
    spread : callable
        The regressors (p, n) of a block.

    Raises
    ------
    StatisticsError
        ``K353`` where the steps do not settle: no finite maximum.

    Notes
    -----
    From the third pass on products and scores are kept by unit. The steps end with the one that moves the linear
    predictor by less than 5e-7 on average; the scores follow it, and what is left of the weights' error is of that
    size.
    """
    coef, n = _start(sample, link), 0
    for passes in range(1, _STEPS + 1):
        score, information, n, parts = _pass(blocks, coef, link, spread, keep=passes > 2)
        step, inverse = _solve(information, score)
        moved_by = float(np.sqrt(abs(score @ step) / information[0, 0]))
        coef = coef + step * min(1.0, 5 / max(moved_by, 1e-300))
        if moved_by < 5e-7 and passes > 2:
            products, scores = parts.products.sums, parts.scores.sums
            scores = scores - products @ step
            curvature, slope = parts.curvature / n, float(information[0, 0]) / n
            return NewtonFit(coef, scores, inverse, cr2_of(products, scores, inverse), curvature, slope, passes)
        if not np.isfinite(coef).all():
            break
    raise StatisticsError("K353", rows=n)


def moved(
    blocks: Iterable[Block], coef: Array, link: Link, spread: Callable[[Block], Array], position: int,
    ends: tuple[float, float],
) -> tuple[float, Array]:
    """Mean difference of predictions with one column at the second and at the first of ``ends``, with its gradient."""
    effect, gradient, n = 0.0, np.zeros(len(coef)), 0
    for block in blocks:
        X = np.array(spread(block))
        n += X.shape[1]
        for value, sign in zip(ends, (-1.0, 1.0), strict=True):
            X[position] = value
            mean, weights = _mean(coef @ X, link)
            effect += sign * float(mean.sum())
            gradient += sign * (X @ weights)
    return effect / n, gradient / n


class _Parts:
    """What the last pass keeps: products and scores of the units, and the mean's second derivative."""

    def __init__(self, p: int) -> None:
        self.products, self.scores, self.curvature = UnitSums(p, p), UnitSums(p), np.zeros(p)


def _pass(
    blocks: Iterable[Block], coef: Array, link: Link, spread: Callable[[Block], Array], keep: bool
) -> tuple[Array, Array, int, _Parts]:
    """Score (p,), information (p, p) and rows of one pass; with ``keep`` also by unit."""
    p = len(coef)
    score, information, parts, n = np.zeros(p), np.zeros((p, p)), _Parts(p), 0
    for block in blocks:
        X, y = spread(block), block.columns[-1]
        mean, weights = _mean(coef @ X, link)
        weighted, away = X * weights, y - mean
        n += len(y)
        score += X @ away
        if not keep:
            information += weighted @ X.T
            continue
        parts.curvature += X @ (weights * (1 - 2 * mean) if link == "logit" else weights)
        parts.scores.room(block.units)[block.units] += np.add.reduceat(X * away, block.starts[:-1], axis=1).T
        starts, own = block.starts.tolist(), np.empty((len(block.units), p, p))
        for start, end, out in zip(starts[:-1], starts[1:], own, strict=True):
            np.dot(weighted[:, start:end], X[:, start:end].T, out=out)
        parts.products.room(block.units)[block.units] += own
    return score, parts.products.sums.sum(axis=0) if keep else information, n, parts


def _mean(eta: Array, link: Link) -> tuple[Array, Array]:
    """Mean and its derivative at the linear predictor."""
    if link == "log":
        mean = np.exp(np.minimum(eta, 50))
        return mean, mean
    mean = np.exp(np.clip(-eta, -35, 35))
    mean += 1
    np.reciprocal(mean, out=mean)
    return mean, mean - mean * mean


def _start(sample: Array, link: Link) -> Array:
    """Coefficients of the sampled rows after some steps; those of the constant alone where they do not settle."""
    X, y = sample[:-1], sample[-1]
    level = min(max(float(y.mean()), 1e-6), 1 - 1e-6 if link == "logit" else np.inf)
    alone = np.zeros(len(X))
    alone[0] = np.log(level) - (np.log1p(-level) if link == "logit" else 0.0)
    coef = alone.copy()
    try:
        for _ in range(12):
            mean, weights = _mean(coef @ X, link)
            step, _ = _solve((X * weights) @ X.T, X @ (y - mean))
            coef = coef + step
            if np.abs(step).max() < 1e-4 * np.abs(coef).max():
                break
    except (StatisticsError, np.linalg.LinAlgError):
        return alone
    return coef if np.isfinite(coef).all() and np.abs(coef @ X).max() < 15 else alone
