"""How unlike two matched people may have been before a difference between them could be chance."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.paired import midranks, subset_sums
from karier_stats.stats.numerics.types import Array

EXACT_TO = 100
"""Up to so many pairs that differ the distribution of the rank sum is exact; above, normal."""


@dataclass(frozen=True)
class MatchedTest:
    """A sum over the m pairs that differ, each of which counts for the trained person or not at all.

    ``weights`` (m,) is what each counts: twice its rank, or 1 for an outcome of zeros and ones; ``observed`` their sum over
    the pairs in which the difference has the sign of the whole.
    """

    weights: NDArray[np.int64]
    observed: int

    def p_value(self, gamma: float) -> float:
        """Largest two-sided p where one of a pair was ``gamma`` times as likely (in odds) to be the trained one.

        Twice the upper tail of the sum with chance ``gamma / (1 + gamma)`` for each pair, at most 1. Rosenbaum (2002),
        Observational Studies, 2nd ed., sections 4.3.2 and 4.3.3.
        """
        chance = gamma / (1 + gamma)
        if (self.weights == 1).all():
            tail = float(special.bdtrc(self.observed - 1, len(self.weights), chance)) if self.observed else 1.0
        elif len(self.weights) <= EXACT_TO:
            tail = float(subset_sums(self.weights, chance)[self.observed:].sum())
        else:
            mean = chance * self.weights.sum()
            spread = math.sqrt(chance * (1 - chance) * float((self.weights**2).sum()))
            tail = float(special.ndtr(-(self.observed - mean) / spread))
        return min(1.0, 2 * tail)

    def gamma(self, level: float) -> float:
        """The gamma at which the largest p reaches ``1 - level``; 1 where it is there already."""
        return crossing(self.p_value, 1 - level)


def crossing(p_value: Callable[[float], float], alpha: float) -> float:
    """Where a p-value that grows with gamma reaches ``alpha``; 1 where it does so at 1."""
    from scipy.optimize import brentq

    if p_value(1.0) >= alpha:
        return 1.0
    upper = 2.0
    while p_value(upper) < alpha:
        upper *= 2
    return float(brentq(lambda gamma: p_value(gamma) - alpha, upper / 2 if upper > 2 else 1.0, upper, xtol=1e-10))


def matched_test(differences: Array, binary: bool) -> MatchedTest | None:
    """Wilcoxon's signed rank of differences (n,) between matched people, trained less the other, or McNemar's of zeros and ones.

    None where no pair differs. Ties share their mean rank; pairs without a difference are ranked and then left out (Pratt
    1959, J. American Statistical Association 54, 655-667).
    """
    size = np.abs(differences)
    differ = size > 1e-12 * max(float(size.max(initial=0.0)), 1e-300)
    if not differ.any():
        return None
    ranks = np.ones(len(size)) if binary else 2 * midranks(np.where(differ, size, 0.0))
    weights = np.rint(ranks[differ]).astype(np.int64)
    above = differences[differ] > 0
    up, down = int(weights[above].sum()), int(weights[~above].sum())
    return MatchedTest(weights, max(up, down))
