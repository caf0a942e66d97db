"""How far people of one unit agree, and what a unit's mean is worth, on arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.numerics.cluster import cluster_sums
from karier_stats.stats.numerics.types import Array

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
