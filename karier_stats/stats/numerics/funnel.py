"""Limits that a unit of a given size stays within if it is like all the others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from karier_stats.stats.numerics.estimate import t_quantile
from karier_stats.stats.numerics.types import Array


def mean_limits(target: float, std_errors: ArrayLike, dof: float, level: float) -> tuple[Array, Array]:
    """Limits of means at ``level``: Student's t about the target, (G,) both."""
    half = t_quantile(0.5 + level / 2, dof) * np.asarray(std_errors, dtype=float)
    return target - half, target + half


def count_limits(chances: Sequence[Array], level: float) -> tuple[Array, Array]:
    """Exact limits of the shares of units whose counts have the distributions ``chances``, (G,) both.

    With ``r`` the smallest count whose distribution function F reaches ``p = (1 - level) / 2``, the lower limit is
    ``(r - a) / n`` where ``a = (F(r) - p) / (F(r) - F(r - 1))``: the step is crossed on a straight line, so that limits
    move smoothly with n, and a count lies below exactly where its tail is below ``p``. The upper limit is the lower one
    of those who were not counted. Used for both sides, as it was published, the formula leaves more than ``p`` above
    the upper limit. Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.1.
    """
    p = (1 - level) / 2
    sizes = np.array([len(mass) - 1 for mass in chances])
    low, high = (np.array([_lower(mass[::side], p) for mass in chances]) / sizes for side in (1, -1))
    return np.maximum(low, 0.0), np.minimum(1 - high, 1.0)


def _lower(mass: Array, p: float) -> float:
    """Where the distribution function passes ``p``, on a straight line within the step."""
    below = np.cumsum(mass)
    r = min(int(np.searchsorted(below, p)), len(mass) - 1)
    return r - float((below[r] - p) / mass[r])


def binomial_chances(share: float, n: int) -> Array:
    """Chances of 0 .. n among ``n`` people of one chance each: (n + 1,)."""
    from scipy.stats import binom

    return np.asarray(binom.pmf(np.arange(n + 1), n, share), dtype=float)


def count_chances(shares: ArrayLike) -> Array:
    """Chances of 0 .. n among ``n`` people each with a chance of one's own: (n + 1,).

    The Poisson-binomial distribution, one person at a time: only sums and products of non-negative numbers.

    >>> count_chances([0.5, 0.2]).tolist()
    [0.4, 0.5, 0.1]
    """
    mass = np.ones(1)
    for share in np.asarray(shares, dtype=float):
        grown = np.append(mass * (1 - share), 0.0)
        grown[1:] += mass * share
        mass = grown
    return mass


def tail_p(mass: Array, count: int) -> float:
    """Two-sided p of a count: twice the smaller tail, at most 1."""
    return min(2 * min(float(mass[: count + 1].sum()), float(mass[count:].sum())), 1.0)
