"""Lee's bounds: the effect on those who would have stayed in either arm, where assignment was random."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, z_quantile
from karier_stats.stats.numerics.roots import rising_root
from karier_stats.stats.numerics.types import Array

if TYPE_CHECKING:
    from karier_stats.stats.numerics.tipping import Side


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

    Two arms, drawn by lot; with clusters in both, whole clusters are summed. Where a larger share stayed in one arm,
    the surplus is cut off its lower or its upper end; the person at the border counts in part. Assumes that assignment
    moves staying in one direction only. The standard errors sum squares of influences (of clusters: of their sums,
    times ``G/(G - 1)``), which without clusters is Lee's eq. of proposition 3. Lee (2009), Review of Economic Studies
    76, 1071-1102.

    >>> from karier_stats.stats.numerics.tipping import Side
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
    return end * (mean - beside), _error(part, part_other, more, fewer)


def _error(part: Array, other: Array, more: Side, fewer: Side) -> float:
    """Root of the sum of squared influences of people, or of clusters."""
    influence = np.concatenate([part, other])
    if more.all_units is None or fewer.all_units is None:
        return math.sqrt(float(influence @ influence))
    _, codes = np.unique(np.concatenate([more.all_units, fewer.all_units]), return_inverse=True)
    sums = np.bincount(codes, weights=influence)
    return math.sqrt(float(sums @ sums) * len(sums) / (len(sums) - 1)) if len(sums) > 1 else NAN
