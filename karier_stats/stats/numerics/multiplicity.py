"""Several tests of one question: adjusted p-values, and the levels of the intervals that go with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from karier_stats.stats.numerics.types import Array


def holm(p: ArrayLike) -> Array:
    """Holm's step-down adjusted p-values; NaN stays and is not counted.

    Notes
    -----
    By hand: statsmodels' Holm collects the garbage of the whole process at each call, a tenth of a second in a
    notebook, where a simulation calls it thousands of times. The tests compare both.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    values = np.asarray(p, dtype=float)
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    adjusted = np.array(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(order), 0, -1)), 1.0)
    return adjusted


def benjamini_hochberg(p: ArrayLike) -> Array:
    """Benjamini and Hochberg's adjusted p-values (statsmodels); NaN stays and is not counted.

    References
    ----------
    Benjamini and Hochberg (1995), J. Royal Statistical Society B 57, 289-300.
    """
    from statsmodels.stats.multitest import multipletests

    adjusted = np.array(p, dtype=float)
    known = np.isfinite(adjusted)
    if known.any():
        adjusted[known] = multipletests(adjusted[known], method="fdr_bh")[1]
    return adjusted


def holm_levels(p: ArrayLike, level: float = 0.95) -> Array:
    """The level of each interval that goes with Holm's step-down test: it leaves out zero just where the test rejects.

    Parameters
    ----------
    p : array, shape (m,)
        Unadjusted p-values; NaN stands outside the family.
    level : float
        Confidence level of one comparison, ``1 - alpha``.

    Notes
    -----
    The k-th smallest p-value that is rejected gets ``1 - alpha / (m - k + 1)``, all that are not get the level of the
    first that is not: never below ``level``.

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
    p, level
        See :func:`holm_levels`.

    Notes
    -----
    With ``R`` rejected: ``1 - R alpha / m`` for these, so that at most ``alpha`` of the intervals of those picked out
    are wrong on average, and ``1 - (R + 1) alpha / m`` for the others.

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
