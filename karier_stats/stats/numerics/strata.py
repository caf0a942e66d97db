"""Estimates of several strata put together: a weighted mean, and what is left of a gain."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import NAN, Estimate, between, of_t


def combine(
    estimates: ArrayLike, std_errors: ArrayLike, dofs: ArrayLike, weights: ArrayLike, level: float = 0.95
) -> Estimate:
    """The weighted mean of k estimates from strata that share nobody; only its value where one has no standard error.

    With ``weights`` ``w`` (any positive scale) that add to one: ``sum(w b)``, variance ``v = sum(w^2 s^2)`` and degrees of
    freedom ``v^2 / sum((w^2 s^2)^2 / dof)`` (Satterthwaite 1946). Weights by size estimate the mean over the people;
    nothing is assumed about strata being alike.

    >>> found = combine([2.0, 6.0], [1.0, 1.0], [10, 10], [3, 1])
    >>> found.value, round(found.std_error, 4), round(found.dof, 2)
    (3.0, 0.7906, 12.2)
    """
    b, s, nu, w = (np.asarray(values, dtype=float) for values in (estimates, std_errors, dofs, weights))
    w = w / w.sum()
    # A stratum without spread says nothing of its own error; taken as zero it would make the others' look smaller.
    if not (s > 0).all():
        return Estimate(float(w @ b), level=level)
    parts = (w * s) ** 2
    variance = float(parts.sum())
    return of_t(float(w @ b), variance**0.5, variance**2 / float((parts**2 / nu).sum()), level)


def ratio_of(numerator: Estimate, denominator: Estimate) -> Estimate:
    """The ratio of two independent estimates; NaN bounds where the denominator's interval holds zero.

    Each has an interval of one level that is symmetric about its value: with half widths ``a`` and ``b`` the bounds solve
    ``(n - r d)^2 = a^2 + r^2 b^2`` (Fieller 1954).

    >>> found = ratio_of(between(6.0, 5.0, 7.0), between(10.0, 8.0, 12.0))
    >>> [round(value, 4) for value in found.ends]
    [0.6, 0.4636, 0.7864]
    """
    n, d = numerator.value, denominator.value
    a, b = (numerator.high - numerator.low) / 2, (denominator.high - denominator.low) / 2
    lead = d**2 - b**2
    if d == 0 or not lead > 0:
        return Estimate(n / d if d else NAN)
    root = float(np.sqrt((n * d) ** 2 - lead * (n**2 - a**2)))
    return between(n / d, (n * d - root) / lead, (n * d + root) / lead)


def mean_difference(one: ArrayLike, two: ArrayLike, level: float = 0.95) -> Estimate:
    """The difference of two means with Welch's interval; NaN bounds where an arm has fewer than two."""
    x, y = np.asarray(one, dtype=float), np.asarray(two, dtype=float)
    return paired.welch(x, y, level) if x.size and y.size else Estimate(NAN)
