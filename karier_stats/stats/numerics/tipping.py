"""How different the change of those who left must have been for a gain to be hidden, or gone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.numerics.joint_means import JointMeans, joint_means
from karier_stats.stats.numerics.types import Array


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
        found, share = self.at(0.0, 0.0, 0.5).estimate, self._weight(opposed)
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

    def _weight(self, opposed: bool) -> float:
        """Share (or sum of both shares) that a difference in change is multiplied by."""
        values = self.means.values
        return float(values[1] + (values[3] if opposed and len(values) > 2 else 0.0))


def whole(sides: Sequence[Side], clustered: bool) -> Whole:
    """The gain of one arm, or of the first against the second, with its leavers: a tipping point in a pattern-mixture model.

    References
    ----------
    Little (1993), J. American Statistical Association 88, 125-134; Yan, Lee and Li (2009), J. Biopharmaceutical Statistics
    19, 1085-1098.
    """
    blocks = [block for side in sides for block in (side.change, side.gone)]
    tested = not any(side.alike for side in sides)
    if not clustered:
        return Whole(joint_means(blocks), tested)
    units = [labels for side in sides for labels in (side.units, side.all_units)]
    return Whole(joint_means(blocks, units, [0, 1] * len(sides)), tested)  # type: ignore[arg-type]
