"""Those who left: how unlike the others they must have been, their scores drawn from others, and Lee's bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import linear, paired, special
from karier_stats.stats.numerics.cluster import cr2
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, of_t, rising_root, z_quantile
from karier_stats.stats.numerics.paired import JointMeans, joint_means


@dataclass(frozen=True)
class Side:
    """One arm: both scores (n,) of those who stayed, scores before (k,) of those who left, and their clusters."""

    before: Array
    after: Array
    left_before: Array
    units: NDArray[Any] | None = None
    left_units: NDArray[Any] | None = None

    @property
    def change(self) -> Array:
        """Change of those who stayed, shape (n,)."""
        return paired.differences(self.before, self.after)

    @property
    def alike(self) -> bool:
        """True where all who stayed changed by as much, so that nothing tells of their spread."""
        return bool(np.ptp(self.change) == 0)

    @property
    def began(self) -> int:
        """Everybody with a score before."""
        return len(self.before) + len(self.left_before)

    @property
    def share_left(self) -> float:
        """Share who left."""
        return len(self.left_before) / self.began

    @property
    def gone(self) -> Array:
        """0 for those who stayed, then 1 for those who left, shape (n + k,)."""
        return np.repeat([0.0, 1.0], [len(self.before), len(self.left_before)])

    @property
    def all_units(self) -> NDArray[Any] | None:
        """Clusters in the order of ``gone``."""
        return None if self.units is None or self.left_units is None else np.concatenate([self.units, self.left_units])


@dataclass(frozen=True)
class Whole:
    """The gain of everybody who began, as a function of how the leavers' change differs from that of the others.

    ``means`` are the change of those who stayed and the share who left, then the same of the comparison arm; not
    ``tested`` where all who stayed in an arm changed by as much: then there is no interval.
    """

    means: JointMeans
    tested: bool = True

    def at(self, delta: float, beside: float, level: float) -> Estimate:
        """The gain where leavers changed by ``delta`` points more than those who stayed (``beside``: comparison arm).

        ``d + p delta``, less ``d0 + p0 beside``. Its error holds that of the changes and, times ``delta``, that of the shares.
        """
        d = self.means.values
        weights = np.array([1.0, delta, -1.0, -beside])[: len(d)]
        value = d[0] + d[1] * delta - (d[2] + d[3] * beside if len(d) > 2 else 0.0)
        if not self.tested:
            return Estimate(float(value))
        return self.means.estimate(float(value), weights, level)

    def zero(self, opposed: bool = False) -> float:
        """The difference in change at which the gain is zero; NaN where nobody left or there is no gain."""
        found, values = self.at(0.0, 0.0, 0.5).estimate, self.means.values
        share = float(values[1] + (values[3] if opposed and len(values) > 2 else 0.0))
        return -found / share if share > 0 and found else NAN

    def unseen(self, level: float, opposed: bool = False) -> float:
        """The smallest difference in change at which the interval of the gain holds zero.

        Negative where the leavers must have done worse; NaN where nobody left, or where the interval holds zero without
        them. ``opposed``: the leavers of the comparison arm differ by as much to the other side.
        """
        from scipy.optimize import brentq

        now, end = self.at(0.0, 0.0, level), self.zero(opposed)
        if math.isnan(end) or not now.p < 1 - level:
            return NAN
        sign = math.copysign(1.0, now.estimate)

        def margin(delta: float) -> float:
            found = self.at(delta, -delta if opposed else 0.0, level)
            return (found.low if sign > 0 else -found.high)

        return float(brentq(margin, 0.0, end, xtol=1e-10 * abs(end)))


def whole(sides: Sequence[Side], clustered: bool) -> Whole:
    """The gain of one arm, or of the first against the second, with its leavers: a tipping point in a pattern-mixture model.

    Little (1993), J. American Statistical Association 88, 125-134; Yan, Lee and Li (2009), J. Biopharmaceutical Statistics
    19, 1085-1098.
    """
    blocks = [block for side in sides for block in (side.change, side.gone)]
    tested = not any(side.alike for side in sides)
    if not clustered:
        return Whole(joint_means(blocks), tested)
    units = [labels for side in sides for labels in (side.units, side.all_units)]
    return Whole(joint_means(blocks, units, [0, 1] * len(sides)), tested)  # type: ignore[arg-type]


IMPUTATIONS = 200
"""Completed data sets."""
FEWEST = 5
"""Fewest people who stayed from whom scores may be drawn."""


def can_draw(side: Side) -> bool:
    """Whether the leavers' scores can be drawn: enough stayed, with different scores before."""
    return not len(side.left_before) or (len(side.before) >= FEWEST and float(np.ptp(side.before)) > 0)


def draw_changes(side: Side, clustered: bool, rng: np.random.Generator, draws: int = IMPUTATIONS) -> Array:
    """Changes of those who left, shape (draws, k), in the order of their scores before.

    For an arm for which :func:`can_draw` holds. Bayesian normal regression of after on before: ``sigma^2 = SSE / chi2(n - 2)``,
    coefficients from a normal around least squares with covariance ``sigma^2 (X'X)^-1``, then a residual with ``sigma``. With flat
    priors, so that the imputations are proper. With ``clustered``, the coefficients have their CR2 covariance. Rubin (1987),
    Multiple Imputation for Nonresponse in Surveys, p. 167.
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


@dataclass(frozen=True)
class LeeBounds:
    """Bounds with their standard errors."""

    lower: float
    upper: float
    lower_se: float
    upper_se: float

    def interval(self, level: float) -> tuple[float, float]:
        """Interval that holds the effect itself at ``level``; NaN without standard errors.

        ``lower - C se, upper + C se`` with ``Phi(C + (upper - lower)/max(se)) - Phi(-C) = level``. Imbens and Manski
        (2004), Econometrica 72, 1845-1857, eq. 6-7.
        """
        largest = max(self.lower_se, self.upper_se)
        if not largest > 0:
            return NAN, NAN
        apart = (self.upper - self.lower) / largest
        most = z_quantile(0.5 + level / 2) + 1e-9
        C = rising_root(lambda c: float(special.ndtr(c + apart) - special.ndtr(-c)) - level, 0.0, most)
        return self.lower - C * self.lower_se, self.upper + C * self.upper_se


def lee_bounds(trained: Side, control: Side) -> LeeBounds:
    """Bounds of the difference in mean change between two arms, over those who stay in either.

    Two arms, drawn by lot; with clusters in both, whole clusters are summed. Where a larger share stayed in one arm, the surplus is
    cut off its lower or its upper end; the person at the border counts in part. Assumes that assignment moves staying in one
    direction only. The standard errors sum squares of influences (of clusters: of their sums, times ``G/(G - 1)``), which without
    clusters is Lee's eq. of proposition 3. Lee (2009), Review of Economic Studies 76, 1071-1102.

    >>> zeros = np.zeros(5)
    >>> trained = Side(zeros, np.array([1.0, 2, 3, 4, 5]), np.empty(0))
    >>> control = Side(zeros[:4], np.array([0.0, 1, 1, 2]), np.zeros(1))
    >>> found = lee_bounds(trained, control)
    >>> found.lower, found.upper
    (1.5, 2.5)
    """
    flipped = trained.share_left > control.share_left
    more, fewer = (control, trained) if flipped else (trained, control)
    sign = -1.0 if flipped else 1.0
    low, high = (_bound(more, fewer, end) for end in (1.0, -1.0))
    ends = sorted([(sign * low[0], low[1]), (sign * high[0], high[1])], key=lambda pair: pair[0])
    return LeeBounds(ends[0][0], ends[1][0], ends[0][1], ends[1][1])


def _bound(more: Side, fewer: Side, end: float) -> tuple[float, float]:
    """Mean change of the arm trimmed from above (``end`` 1) or below (-1), less that of the other; its error."""
    y, other = end * more.change, end * fewer.change
    kept = (1 - fewer.share_left) * more.began
    order, weights = np.argsort(y, kind="stable"), np.zeros(len(y))
    weights[order] = np.clip(kept - np.arange(len(y)), 0.0, 1.0)  # the person at the border counts in part
    border = float(y[order[min(math.ceil(kept - 1e-9), len(y)) - 1]])
    mean, beside = float(weights @ y) / kept, float(other.mean())
    reach = border - mean if kept < len(y) - 1e-9 else 0.0
    stay = 1 - fewer.share_left
    left_more, left_fewer = np.zeros(len(more.left_before)), np.zeros(len(fewer.left_before))
    part = np.concatenate([weights * (y - mean - reach), left_more]) / kept + reach / more.began
    staying = np.concatenate([np.ones(len(other)), left_fewer]) - stay
    rest = np.concatenate([other - beside, left_fewer])
    part_other = (reach * staying - rest) / (stay * fewer.began)
    influence = np.concatenate([part, part_other])
    if more.all_units is None or fewer.all_units is None:
        return end * (mean - beside), math.sqrt(float(influence @ influence))
    _, codes = np.unique(np.concatenate([more.all_units, fewer.all_units]), return_inverse=True)
    sums = np.bincount(codes, weights=influence)
    error = math.sqrt(float(sums @ sums) * len(sums) / (len(sums) - 1)) if len(sums) > 1 else NAN
    return end * (mean - beside), error
