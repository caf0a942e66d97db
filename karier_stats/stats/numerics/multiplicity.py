"""Several tests of one question: adjusted p-values, the levels of the intervals that go with them, possible ranks."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import Array

Ranks: TypeAlias = NDArray[np.int_]


def holm(p: ArrayLike) -> Array:
    """Holm's step-down adjusted p-values; NaN stays and is not counted.

    By hand: statsmodels' Holm collects the garbage of the whole process at each call, a tenth of a second in a notebook, where a
    simulation calls it thousands of times. The tests compare both. Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    values = np.asarray(p, dtype=float)
    order = np.argsort(values)[: int(np.isfinite(values).sum())]
    adjusted = np.array(values)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * np.arange(len(order), 0, -1)), 1.0)
    return adjusted


def benjamini_hochberg(p: ArrayLike) -> Array:
    """Benjamini and Hochberg's adjusted p-values (statsmodels); NaN stays and is not counted.

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

    Of m unadjusted p-values (NaN stands outside the family) at ``level = 1 - alpha`` of one comparison: the k-th smallest that is
    rejected gets ``1 - alpha / (m - k + 1)``, all that are not get the level of the first that is not: never below ``level``.

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
    """The level of each interval that goes with Benjamini and Hochberg's step-up test; arguments as of :func:`holm_levels`.

    With ``R`` rejected: ``1 - R alpha / m`` for these, so that at most ``alpha`` of the intervals of those picked out are
    wrong on average, and ``1 - (R + 1) alpha / m`` for the others. Benjamini and Yekutieli (2005), J. American Statistical
    Association 100, 71-81, definition 1.

    >>> selected_levels([0.001, 0.4, 0.02, 0.03]).round(4).tolist()
    [0.9625, 0.95, 0.9625, 0.9625]
    """
    values, alpha = np.asarray(p, dtype=float), 1 - level
    finite = np.isfinite(values)
    seen = finite & (np.nan_to_num(benjamini_hochberg(values), nan=1.0) < alpha)
    many, of = int(seen.sum()), max(int(finite.sum()), 1)
    return np.where(seen, 1 - many * alpha / of, np.where(finite, 1 - min(many + 1, of) * alpha / of, level))


def rank_intervals(estimates: Array, std_errors: Array, dofs: Array, level: float) -> tuple[Ranks, Ranks]:
    """Best and worst rank (k,) of independent estimates, which hold all at once with probability ``level``; 1 is largest.

    The difference of every two is tested at ``(1 - level) / (k (k - 1) / 2)`` (Bonferroni) with Welch's and Satterthwaite's degrees
    of freedom. The best rank is one more than the number of clearly larger estimates, the worst is k less the number of clearly
    smaller ones. Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91, 476-518.

    >>> low, high = rank_intervals(np.array([9.0, 1.0, 1.5]), np.ones(3), np.full(3, 50.0), 0.95)
    >>> low.tolist(), high.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    k = len(estimates)
    variances = std_errors**2
    total = variances[:, None] + variances[None, :]
    dof = total**2 / (variances[:, None] ** 2 / dofs[:, None] + variances[None, :] ** 2 / dofs[None, :])
    t = (estimates[:, None] - estimates[None, :]) / np.sqrt(total)
    clear = 2 * special.stdtr(dof, -np.abs(t)) <= (1 - level) / max(k * (k - 1) / 2, 1)
    larger, smaller = (clear & (t < 0)).sum(axis=1), (clear & (t > 0)).sum(axis=1)
    return 1 + larger, k - smaller
