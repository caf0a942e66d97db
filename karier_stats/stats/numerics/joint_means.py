"""Several means of the same people, or of people of the same clusters, with the covariance between them.

A net gain, or a gain with its leavers, is a sum of means: of scores, of shares who left. Without clusters the means of
one person's parts are uncorrelated here; with clusters they are not, and CR2 gives their covariance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.cluster import cr2
from karier_stats.stats.numerics.estimate import Estimate, of_t
from karier_stats.stats.numerics.types import Array


@dataclass(frozen=True)
class JointMeans:
    """Means (k,) of blocks of values, their covariance (k, k), and the degrees of freedom of a weighted sum."""

    values: Array
    covariance: Array
    dof_of: Callable[[Array], float]

    def std_error(self, weights: Array) -> float:
        """Standard error of ``weights' means``."""
        return math.sqrt(max(float(weights @ self.covariance @ weights), 0.0))

    def estimate(self, value: float, weights: Array, level: float, more: float = 0.0) -> Estimate:
        """A value whose error is that of ``weights' means``, with its t interval.

        The value may be no linear function of the means: ``weights``, shape (k,), are its derivatives. ``more`` is
        further variance, independent of the means and taken as known.

        With variances ``v`` (``dof`` degrees of freedom) and ``more``, the sum has ``(v + more)^2 / (v^2 / dof)``
        degrees of freedom (Satterthwaite 1946).
        """
        part = self.std_error(weights) ** 2
        if not part > 0:
            return Estimate(value)
        dof = self.dof_of(weights) * (1 + more / part) ** 2
        return of_t(value, math.sqrt(part + more), dof, level)


def joint_means(
    blocks: Sequence[Array], clusters: Sequence[NDArray[Any]] | None = None, alike: Sequence[int] | None = None,
) -> JointMeans:
    """Means of blocks of values, each (n_b,) with at least two, and how surely they are known together.

    Without clusters: variances ``s_b^2 / n_b``, no covariance, degrees of freedom of Welch and Satterthwaite. With
    ``clusters`` (a label means the same cluster in every block): each mean is an intercept of one stacked regression,
    weighted by the inverse variances; CR2 and its Satterthwaite degrees of freedom. Blocks with one number in ``alike``
    have one variance in the working model behind these. Satterthwaite (1946), Biometrics Bulletin 2, 110-114; Pustejovsky
    & Tipton (2018), J. Business & Economic Statistics 36, 672-683.
    """
    means = np.array([float(block.mean()) for block in blocks])
    if clusters is None:
        parts = np.array([paired.spread(block) ** 2 / len(block) for block in blocks])
        sizes = np.array([len(block) - 1.0 for block in blocks])
        return JointMeans(means, np.diag(parts), lambda w: _satterthwaite(w**2 * parts, sizes))
    scales = _scales(blocks, list(alike) if alike is not None else list(range(len(blocks))))
    place = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks])
    residuals = (np.concatenate(blocks) - means[place]) / scales[place]
    found = cr2(np.eye(len(blocks))[place] / scales[place, None], residuals, np.concatenate(list(clusters)))
    return JointMeans(means, found.covariance, found.satterthwaite)


def _satterthwaite(parts: Array, sizes: Array) -> float:
    kept = parts > 0
    return float(parts.sum() ** 2 / (parts[kept] ** 2 / sizes[kept]).sum()) if kept.any() else 0.0


def _scales(blocks: Sequence[Array], group: list[int]) -> Array:
    """Standard deviation that each block has in the working model; 1 where its values do not vary."""
    pooled = {}
    for name in set(group):
        mine = [block for block, other in zip(blocks, group, strict=True) if other == name]
        squares = sum(float(((block - block.mean()) ** 2).sum()) for block in mine)
        pooled[name] = math.sqrt(squares / sum(len(block) - 1 for block in mine)) or 1.0
    return np.array([pooled[name] for name in group])
