"""Estimates of several strata put together: a weighted mean, and what is left of a gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import Estimate, between

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Combined:
    """A weighted mean of independent estimates.

    Attributes
    ----------
    estimate, std_error, dof : float
        Value, standard error, and Satterthwaite's degrees of freedom.
    low, high, p_value : float
        Interval at the level asked for and two-sided p of the value 0; NaN
        where a stratum has no standard error.
    """

    estimate: float
    std_error: float
    dof: float
    low: float
    high: float
    p_value: float


def combine(
    estimates: ArrayLike, std_errors: ArrayLike, dofs: ArrayLike, weights: ArrayLike, level: float = 0.95
) -> Combined:
    """The weighted mean of estimates from strata that share nobody.

    Parameters
    ----------
    estimates, std_errors, dofs : array, shape (k,)
        One estimate per stratum with its standard error and degrees of freedom.
    weights : array, shape (k,)
        What each stratum counts, such as its number of participants; any positive scale.
    level : float
        Confidence level.

    Returns
    -------
    Combined

    Notes
    -----
    With weights ``w`` that add to one: ``sum(w b)``, variance
    ``v = sum(w^2 s^2)`` and degrees of freedom
    ``v^2 / sum((w^2 s^2)^2 / dof)``. Weights by size estimate the mean over
    the people; nothing is assumed about strata being alike.

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2, 110-114, eq. 17.

    Examples
    --------
    >>> found = combine([2.0, 6.0], [1.0, 1.0], [10, 10], [3, 1])
    >>> found.estimate, round(found.std_error, 4), round(found.dof, 2)
    (3.0, 0.7906, 12.2)
    """
    from scipy.special import stdtr, stdtrit

    b, s, nu, w = (np.asarray(values, dtype=float) for values in (estimates, std_errors, dofs, weights))
    w = w / w.sum()
    parts = (w * s) ** 2
    estimate, variance = float(w @ b), float(parts.sum())
    # A stratum without spread says nothing of its own error; taken as zero it would make the others' look smaller.
    if not (s > 0).all():
        return Combined(estimate, np.nan, np.nan, np.nan, np.nan, np.nan)
    dof = variance**2 / float((parts**2 / nu).sum())
    error = float(np.sqrt(variance))
    half = float(stdtrit(dof, 0.5 + level / 2)) * error
    p = 2 * float(stdtr(dof, -abs(estimate / error)))
    return Combined(estimate, error, dof, estimate - half, estimate + half, p)


def ratio_of(numerator: Estimate, denominator: Estimate) -> Estimate:
    """The ratio of two independent estimates with Fieller's interval.

    Parameters
    ----------
    numerator, denominator : Estimate
        Each with an interval of one level that is symmetric about its value.

    Returns
    -------
    Estimate
        NaN bounds where the denominator's interval holds zero: then no
        ratio is excluded.

    Notes
    -----
    With half widths ``a`` and ``b`` the bounds solve
    ``(n - r d)^2 = a^2 + r^2 b^2``.

    References
    ----------
    Fieller (1954), J. Royal Statistical Society B 16, 175-185.

    Examples
    --------
    >>> [round(value, 4) for value in ratio_of(Estimate(6.0, 5.0, 7.0), Estimate(10.0, 8.0, 12.0))]
    [0.6, 0.4636, 0.7864]
    """
    n, d = numerator.value, denominator.value
    a, b = (numerator.high - numerator.low) / 2, (denominator.high - denominator.low) / 2
    lead = d**2 - b**2
    if d == 0 or not lead > 0:
        return Estimate(n / d if d else np.nan)
    root = float(np.sqrt((n * d) ** 2 - lead * (n**2 - a**2)))
    return between(n / d, (n * d - root) / lead, (n * d + root) / lead)


def mean_difference(one: ArrayLike, two: ArrayLike, level: float = 0.95) -> Estimate:
    """The difference of two means with Welch's interval; NaN bounds where an arm has fewer than two.

    References
    ----------
    Welch (1947), Biometrika 34, 28-35.
    """
    x, y = np.asarray(one, dtype=float), np.asarray(two, dtype=float)
    if not (x.size and y.size):
        return Estimate(np.nan)
    return paired.welch(x, y, level)
