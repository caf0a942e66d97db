"""Scores after that were never taken, drawn many times from those of people with the same score before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.cluster import cr2
from karier_stats.stats.numerics.estimate import Estimate, of_t
from karier_stats.stats.numerics.joint_means import joint_means
from karier_stats.stats.numerics.types import Array

if TYPE_CHECKING:
    from karier_stats.stats.numerics.tipping import Side


IMPUTATIONS = 200
"""Completed data sets."""
FEWEST = 5
"""Fewest people who stayed from whom scores may be drawn."""


def can_draw(side: Side) -> bool:
    """Whether the leavers' scores can be drawn: enough stayed, with different scores before."""
    return not len(side.left_before) or (len(side.before) >= FEWEST and float(np.ptp(side.before)) > 0)


def draw_changes(side: Side, clustered: bool, rng: np.random.Generator, draws: int = IMPUTATIONS) -> Array:
    """Changes of those who left, shape (draws, k), in the order of their scores before.

    For an arm for which :func:`can_draw` holds. Bayesian normal regression of after on before:
    ``sigma^2 = SSE / chi2(n - 2)``, coefficients from a normal around least squares with covariance
    ``sigma^2 (X'X)^-1``, then a residual with ``sigma``. With flat priors, so that the imputations are proper. With
    ``clustered``, the coefficients have their CR2 covariance. Rubin (1987), Multiple Imputation for Nonresponse in
    Surveys, p. 167.
    """
    order = _order(side)
    x = side.left_before[order]
    if not len(x):
        return np.empty((draws, 0))
    centre = float(side.before.mean())
    X = np.column_stack([np.ones(len(side.before)), side.before - centre])
    fitted = linear.fit(X, side.after)
    bread = fitted.bread
    if clustered and side.units is not None and fitted.sigma2 > 0:
        bread = cr2(X, fitted.residuals, side.units).covariance / fitted.sigma2
    sigma = np.sqrt(fitted.sigma2 * fitted.dof / rng.chisquare(fitted.dof, draws))
    values, vectors = np.linalg.eigh(bread)  # a square root of what may be singular
    noise = rng.standard_normal((draws, 2)) @ (vectors * np.sqrt(np.clip(values, 0.0, None))).T
    coef = fitted.coef + sigma[:, None] * noise
    fresh = sigma[:, None] * rng.standard_normal((draws, len(x)))
    return coef[:, [0]] + coef[:, [1]] * (x - centre) + fresh - x


def imputed(sides: Sequence[Side], drawn: Sequence[Array], delta: float, clustered: bool, level: float) -> Estimate:
    """The gain of everybody who began, from completed data sets: of one arm, or of an arm and its comparison arm.

    ``drawn`` has the changes drawn for the leavers of each, (draws, k); ``delta`` points are added to those of the first.
    Rubin's rules: variance ``U + (1 + 1/m) B``, degrees of freedom of Barnard and Rubin with those of the complete data
    (Welch, or CR2's). Rubin (1987), ch. 3; Barnard and Rubin (1999), Biometrika 86, 948-955.
    """
    moved = [changes + (delta if k == 0 else 0.0) for k, changes in enumerate(drawn)]
    found = _clustered(sides, moved) if clustered else _independent(sides, moved)
    return pool(*found, level)


def pool(estimates: Array, variances: Array, dofs: Array, level: float) -> Estimate:
    """One estimate from those of ``m`` completed data sets, each array of shape (m,)."""
    m, within, between = len(estimates), float(variances.mean()), float(estimates.var(ddof=1))
    total, dof = within + (1 + 1 / m) * between, float(dofs.mean())
    value = float(estimates.mean())
    if not total > 0:
        return Estimate(value)
    part = (1 + 1 / m) * between / total
    observed = (dof + 1) / (dof + 3) * dof * (1 - part)
    if part > 1e-12:
        old = (m - 1) / part**2
        observed = old * observed / (old + observed)
    return of_t(value, math.sqrt(total), observed, level)


def _order(side: Side) -> NDArray[np.intp]:
    """Leavers by score before, then cluster, so that no draw hangs on the order of rows."""
    if side.left_units is None:
        return np.argsort(side.left_before, kind="stable")
    return np.lexsort((side.left_units, side.left_before))


def _independent(sides: Sequence[Side], moved: Sequence[Array]) -> tuple[Array, Array, Array]:
    values, parts, sizes = [], [], []
    for side, changes in zip(sides, moved, strict=True):
        n, stayed = side.began, side.change
        mean = (stayed.sum() + changes.sum(axis=1)) / n
        squares = ((stayed - mean[:, None]) ** 2).sum(axis=1) + ((changes - mean[:, None]) ** 2).sum(axis=1)
        values.append(mean)
        parts.append(squares / (n - 1) / n)
        sizes.append(n - 1)
    estimate = values[0] - (values[1] if len(values) > 1 else 0.0)
    variance = np.sum(parts, axis=0)
    weights = np.sum([part**2 / size for part, size in zip(parts, sizes, strict=True)], axis=0)
    dof = np.divide(variance**2, weights, out=np.zeros_like(variance), where=weights > 0)
    return estimate, variance, dof


def _clustered(sides: Sequence[Side], moved: Sequence[Array]) -> tuple[Array, Array, Array]:
    """The same with CR2 of every completed data set.

    CR2 of means needs the sums of residuals by cluster only, each over ``sqrt(1 - n_g / n)``, so that all data sets are
    done at once; its degrees of freedom depend on the sizes of the clusters alone.
    """
    labels = [
        np.concatenate([side.units, side.left_units[_order(side)]]) for side in sides  # type: ignore[arg-type,index]
    ]
    _, codes = np.unique(np.concatenate(labels), return_inverse=True)
    signs = np.array([1.0, -1.0])[: len(sides)]
    estimate, influence = np.zeros(len(moved[0])), np.zeros((len(moved[0]), codes.max() + 1))
    ends = np.cumsum([side.began for side in sides])
    for side, changes, sign, end in zip(sides, moved, signs, ends, strict=True):
        values = np.hstack([np.tile(side.change, (len(changes), 1)), changes])
        mine = np.eye(influence.shape[1])[codes[end - side.began : end]]
        mean, share = values.mean(axis=1), mine.mean(axis=0)
        weight = np.where(share < 1, 1 / np.sqrt(np.where(share < 1, 1 - share, 1.0)), 0.0)
        influence += sign / side.began * ((values - mean[:, None]) @ mine) * weight
        estimate += sign * mean
    first = [np.concatenate([side.change, changes[0]]) for side, changes in zip(sides, moved, strict=True)]
    dof = joint_means(first, labels, [0] * len(sides)).dof_of(signs)
    return estimate, (influence**2).sum(axis=1), np.full(len(estimate), dof)
