"""Which places each of several estimates may take, all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.types import Array

if TYPE_CHECKING:
    Ranks = NDArray[np.int_]


def rank_intervals(estimates: Array, std_errors: Array, dofs: Array, level: float) -> tuple[Ranks, Ranks]:
    """Best and worst rank (k,) of independent estimates, which hold all at once with probability ``level``; 1 is largest.

    Notes
    -----
    The difference of every two is tested at ``(1 - level) / (k (k - 1) / 2)`` (Bonferroni) with Welch's and
    Satterthwaite's degrees of freedom. The best rank is one more than the number of clearly larger estimates, the
    worst is k less the number of clearly smaller ones.

    References
    ----------
    Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91, 476-518.

    Examples
    --------
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
