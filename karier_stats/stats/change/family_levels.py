"""Levels of the intervals of one family, so that an interval leaves zero out just where its adjusted test sees something."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.change.result import benjamini_hochberg

Array = NDArray[np.float64]


def holm_levels(p: ArrayLike, level: float = 0.95) -> Array:
    """The level of each interval that goes with Holm's step-down test.

    Parameters
    ----------
    p : array, shape (m,)
        Unadjusted p-values; NaN stands outside the family.
    level : float
        Confidence level of one comparison, ``1 - alpha``.

    Returns
    -------
    ndarray, shape (m,)
        The k-th smallest p-value that is rejected gets ``1 - alpha / (m - k + 1)``,
        all that are not get the level of the first that is not: never below ``level``.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70: the steps.

    Examples
    --------
    >>> holm_levels([0.001, 0.4, 0.02, 0.03]).round(4).tolist()
    [0.9875, 0.9833, 0.9833, 0.9833]
    """
    values, alpha = np.asarray(p, dtype=float), 1 - level
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    steps = alpha / np.arange(len(order), 0, -1)
    kept = np.nonzero(values[order] >= steps)[0]
    if len(kept):
        steps[kept[0]:] = steps[kept[0]]
    out = np.full(len(values), level)
    out[order] = 1 - steps
    return out


def selected_levels(p: ArrayLike, level: float = 0.95) -> Array:
    """The level of each interval that goes with Benjamini and Hochberg's step-up test.

    Parameters
    ----------
    p : array, shape (m,)
        Unadjusted p-values; NaN stands outside the family.
    level : float
        Confidence level of one comparison, ``1 - alpha``.

    Returns
    -------
    ndarray, shape (m,)
        With ``R`` rejected: ``1 - R alpha / m`` for these, so that at most
        ``alpha`` of the intervals of those picked out are wrong on average,
        and ``1 - (R + 1) alpha / m`` for the others.

    References
    ----------
    Benjamini and Yekutieli (2005), J. American Statistical Association 100, 71-81, definition 1.

    Examples
    --------
    >>> selected_levels([0.001, 0.4, 0.02, 0.03]).round(4).tolist()
    [0.9625, 0.95, 0.9625, 0.9625]
    """
    values, alpha = np.asarray(p, dtype=float), 1 - level
    finite = np.isfinite(values)
    seen = finite & (np.nan_to_num(benjamini_hochberg(values), nan=1.0) < alpha)
    many, of = int(seen.sum()), max(int(finite.sum()), 1)
    return np.where(seen, 1 - many * alpha / of, np.where(finite, 1 - min(many + 1, of) * alpha / of, level))
