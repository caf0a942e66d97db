"""Tests that need no model of the scores: signs of changes, training dealt out anew among offices, matched people.

Where few offices are compared, all ways to deal out the training are counted, so that the p-value is a fixed number;
where there are too many they are drawn, and the data count as one more draw, so that no p-value is zero. By hand, since
scipy's ``permutation_test`` knows no offices, gives no interval, and draws where a sum over a grid of scores is exact.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, Array
from karier_stats.stats.numerics.paired import midranks, subset_sum_p, subset_sums
from karier_stats.words import Phrase

DRAWS = 9_999
"""Patterns drawn where they cannot all be counted; with the data they make 10,000."""

ENUMERATE_TO = 20
"""Largest number of changes of any size for which all sign patterns are listed."""

GRID_COST = 1e8
"""Largest number of steps (changes times grid points) of the exact test on a grid."""

FEWEST_OFFICES = 3
"""Offices needed on each side where whole offices are trained: the fewest that carry a test."""

_TIE = 1e-9
"""Sums this close, as a share of the largest possible one, are the same sum with another rounding."""


@dataclass(frozen=True)
class SignFlip:
    """Whether changes are symmetric about zero, judged by their mean: two-sided p, NaN where nobody changed.

    ``exact`` where all sign patterns are counted; ``patterns`` counted or drawn.
    """

    estimate: float
    p: float
    exact: bool
    patterns: int


def sign_flip(change: Array, rng: np.random.Generator, draws: int = DRAWS) -> SignFlip:
    """Test that the mean change is zero by flipping the signs of the changes; ``rng`` only where patterns are drawn.

    Under the null, each change is as likely as its negative. Scores on a grid (points, thirds of a point) give an exact
    test by counting the subsets of each sum; so do at most 20 changes of any size. Otherwise ``draws`` patterns,
    ``p = (1 + count) / (1 + draws)``. Fisher (1935), The Design of Experiments, section 21; Phipson and Smyth (2010),
    Statistical Applications in Genetics and Molecular Biology 9, 39, eq. 2.
    """
    # Sorted, so that neither draws nor the last digit of a sum hang on the order of the rows.
    ordered = change[np.lexsort((change, np.abs(change)))]
    moved = ordered[ordered != 0]
    sizes, rose, n = np.abs(moved), moved > 0, len(moved)
    mean = float(ordered.mean())
    if n == 0:
        return SignFlip(mean, NAN, True, 0)
    steps = _grid_steps(sizes)
    if steps is not None:
        return SignFlip(mean, subset_sum_p(steps, int(steps[rose].sum())), True, 2**n)
    positive, total = float(sizes[rose].sum()), float(sizes.sum())
    exact = n <= ENUMERATE_TO
    if exact:
        sums = np.zeros(1)
        for size in sizes:
            sums = np.concatenate([sums, sums + size])
    else:
        sums = _drawn_sums(sizes, rng, draws)
    extreme = int((np.abs(2 * sums - total) >= abs(2 * positive - total) - _TIE * total).sum())
    p = extreme / len(sums) if exact else (1 + extreme) / (1 + draws)
    return SignFlip(mean, p, exact, len(sums))


def _grid_steps(sizes: Array) -> NDArray[np.int_] | None:
    """Sizes as whole multiples of their greatest common step; None where counting them would take too long."""
    largest = float(sizes.max())
    step = largest
    for size in np.unique(sizes):
        rest = float(size)
        while rest > 1e-9 * largest:
            step, rest = rest, step % rest
            # Just short of a whole multiple is a whole multiple with another rounding.
            rest = 0.0 if step - rest <= 1e-9 * largest else rest
        if len(sizes) * sizes.sum() / step > GRID_COST:
            return None
    steps = np.rint(sizes / step)
    return steps.astype(int) if np.abs(sizes / step - steps).max() < 1e-4 else None


def _drawn_sums(sizes: Array, rng: np.random.Generator, draws: int) -> Array:
    """Sums of random subsets, each size in or out by the toss of a coin, shape (draws,).

    Where few sizes repeat often, a binomial number of each; otherwise a byte decides on eight sizes at once by a table
    of their 256 sums.
    """
    distinct, counts = np.unique(sizes, return_counts=True)
    sums = np.zeros(draws)
    if 400 * len(distinct) < len(sizes):
        for size, count in zip(distinct, counts, strict=True):
            sums += size * rng.binomial(int(count), 0.5, draws)
        return sums
    bits = (np.arange(256) >> np.arange(8)[:, None]) & 1
    eights = np.append(sizes, np.zeros(-len(sizes) % 8)).reshape(-1, 8)
    for eight in eights @ bits:
        sums += eight.take(rng.integers(0, 256, draws, dtype=np.uint8))
    return sums


Design: TypeAlias = Literal["offices", "within", "both"]


@dataclass(frozen=True)
class OfficePermutation:
    """Trained and untrained people compared by dealing out the training anew.

    ``estimate`` is the mean change of the trained less that of the untrained, NaN without a contrast; ``low`` to ``high``
    all shifts that the test does not reject, ``p`` twice the smaller tail, all NaN where ``refused``: no comparison
    ("contrast"), no variation ("constant"), too few offices on a side ("offices") or arrangements for the level ("level").
    ``design``: dealt out among whole "offices", "within" each, or "both". ``enumerated``: all ``arrangements`` counted, or
    ``used`` of them drawn; ``smallest_p`` is the smallest that these data allow. ``offices`` and ``people`` carry the
    comparison, ``trained`` of these are trained.
    """

    estimate: float
    low: float
    high: float
    p: float
    design: Design
    enumerated: bool
    arrangements: int
    used: int
    smallest_p: float
    offices: int
    people: int
    trained: int
    refused: str = ""

    def why_refused(self) -> Phrase | None:
        """The reason why there is no test, in words."""
        if not self.refused:
            return None
        return Phrase(
            f"change.permutation.{self.refused}", offices=self.offices, fewest=FEWEST_OFFICES, total=self.arrangements,
            smallest=self.smallest_p,
        )


@dataclass(frozen=True)
class _Clusters:
    """Centred values (n,) among which training is dealt out, who had it (n,; 1 or 0, centred), and how many get it."""

    values: Array
    treated: Array
    chosen: int


def office_permutation(
    change: Array, treated: NDArray[np.bool_], office: NDArray[Any], rng: np.random.Generator,
    draws: int = DRAWS, level: float = 0.95,
) -> OfficePermutation:
    """Compare the change of trained and untrained people of few offices, each array (n,).

    ``rng`` is used only where there are more arrangements than ``draws``; the test is refused where no p-value reaches
    ``1 - level`` of the interval.

    Where an office holds both, the training is dealt out anew among its people. Offices that are trained wholly or not at
    all make a block of their own, in which it is dealt out among the office means; where they are all of one kind, and
    others hold both, they say nothing and are left out. The estimate is the difference within the blocks, each weighted by
    ``n1 n0 / (n1 + n0)`` (of people, or of whole offices): without whole offices, the least-squares difference with a
    constant per office; with whole offices only, the difference of the averages of office means.

    Exact if without the training the arrangements are equally likely. The interval takes the training to shift every change
    alike and inverts the test: each arrangement rejects all shifts on one side of ``(T - T_a) / (1 - B_a)``, with T the
    difference and B the difference of the treatment itself under the arrangement, so the bounds are order statistics of these
    numbers. Ernst (2004), Statistical Science 19, 676-685, section 3; Hothorn, Hornik, van de Wiel and Zeileis (2006),
    American Statistician 60, 257-263 (blocks).
    """
    treated = np.asarray(treated, dtype=bool)
    labels = np.unique(office, return_inverse=True)[1].reshape(-1)
    members = [np.flatnonzero(labels == code) for code in range(labels.max(initial=-1) + 1)]
    shared = [rows for rows in members if 0 < treated[rows].sum() < len(rows)]
    alone = [rows for rows in members if treated[rows].all() or not treated[rows].any()]
    if shared and len({bool(treated[rows[0]]) for rows in alone}) < 2:
        alone = []
    blocks = [_block(change[rows], treated[rows]) for rows in shared]
    if alone or not shared:
        means = np.array([np.sort(change[rows]).mean() for rows in alone])
        blocks.append(_block(means, np.array([treated[rows[0]] for rows in alone], dtype=bool)))
    design: Design = "offices" if not shared else "both" if alone else "within"
    used = np.concatenate([*shared, *alone]) if members else np.empty(0, dtype=int)
    sizes = len(shared) + len(alone), len(used), int(treated[used].sum())
    return _tested(blocks, design, sizes, rng, draws, level)


def _block(values: Array, treated: NDArray[np.bool_]) -> _Clusters:
    """Values in an order of their own, so that draws do not hang on the order of the rows."""
    order = np.lexsort((treated, values))
    values, flags = values[order], treated[order].astype(float)
    centre = values.mean() if len(values) else 0.0
    share = flags.mean() if len(values) else 0.0
    return _Clusters(values - centre, flags - share, int(treated.sum()))


def _tested(
    blocks: list[_Clusters], design: Design, sizes: tuple[int, int, int], rng: np.random.Generator, draws: int,
    level: float,
) -> OfficePermutation:
    """Estimate, test and interval over the arrangements of some blocks; ``sizes`` are offices, people, trained."""
    total = math.prod(math.comb(len(block.values), block.chosen) for block in blocks)
    weight = sum(block.chosen * (len(block.values) - block.chosen) / max(len(block.values), 1) for block in blocks)
    enumerated = total <= draws
    used = total if enumerated else draws
    smallest = min(1.0, 2 / total if enumerated else max(2 / total, 2 / (draws + 1)))

    def result(estimate: float, refused: str, low: float = NAN, high: float = NAN, p: float = NAN) -> OfficePermutation:
        return OfficePermutation(estimate, low, high, p, design, enumerated, total, used, smallest, *sizes, refused)

    if weight == 0:
        return result(NAN, "contrast")
    observed = sum(float(block.values @ (block.treated > 0)) for block in blocks) / weight
    scale = sum(float(np.abs(block.values).sum()) for block in blocks) / weight
    if all(np.ptp(block.values) == 0 for block in blocks):
        return result(observed, "constant")
    if design == "offices" and min(blocks[0].chosen, sizes[0] - blocks[0].chosen) < FEWEST_OFFICES:
        return result(observed, "offices")
    if smallest > 1 - level + 1e-12:
        return result(observed, "level")
    sums, overlap = _listed(blocks) if enumerated else _drawn(blocks, rng, draws)
    gap, room = observed - sums / weight, 1 - overlap / weight
    gap[np.abs(gap) <= _TIE * scale] = 0.0
    low, high, p = _inverted(gap, room, not enumerated, 1 - level)
    if not math.isfinite(low):
        return result(observed, "level")
    # With one far outlier the equal-tailed bounds can miss the estimate; a wider interval still holds its level.
    return result(observed, "", min(low, observed), max(high, observed), p)


def _inverted(gap: Array, room: Array, drawn: bool, alpha: float) -> tuple[float, float, float]:
    """Bounds and p-value; NaN for the bounds where so few arrangements cannot reject."""
    movable = room > 1e-9
    turns = np.sort(gap[movable] / room[movable])
    # The data themselves are in both tails: they are among the listed arrangements, and join the drawn ones.
    same = len(room) - len(turns) + drawn
    everything = len(room) + drawn
    p = min(1.0, 2 * (same + min(int((turns <= 0).sum()), int((turns >= 0).sum()))) / everything)
    place = math.floor(alpha * everything / 2 + 1e-9) - same
    if place < 0 or place >= len(turns):
        return NAN, NAN, p
    return float(turns[place]), float(turns[-1 - place]), p


def _listed(blocks: list[_Clusters]) -> tuple[Array, Array]:
    """Sum of the values and of the treatment over the chosen, for every arrangement."""
    sums, overlap = np.zeros(1), np.zeros(1)
    for block in blocks:
        ways = itertools.combinations(range(len(block.values)), block.chosen)
        chosen = np.fromiter(itertools.chain.from_iterable(ways), dtype=int).reshape(-1, block.chosen)
        sums = np.add.outer(sums, block.values[chosen].sum(axis=1)).reshape(-1)
        overlap = np.add.outer(overlap, block.treated[chosen].sum(axis=1)).reshape(-1)
    return sums, overlap


def _drawn(blocks: list[_Clusters], rng: np.random.Generator, draws: int) -> tuple[Array, Array]:
    """The same for random arrangements, shape (draws,) each."""
    sums, overlap = np.zeros(draws), np.zeros(draws)
    for block in blocks:
        step = max(1, 2_000_000 // len(block.values))
        for start in range(0, draws, step):
            rows = slice(start, min(start + step, draws))
            keys = rng.random((rows.stop - rows.start, len(block.values)))
            chosen = np.argpartition(keys, block.chosen - 1, axis=1)[:, : block.chosen]
            sums[rows] += block.values[chosen].sum(axis=1)
            overlap[rows] += block.treated[chosen].sum(axis=1)
    return sums, overlap


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
        from scipy.optimize import brentq

        if self.p_value(1.0) >= 1 - level:
            return 1.0
        upper = 2.0
        while self.p_value(upper) < 1 - level:
            upper *= 2
        return float(brentq(lambda gamma: self.p_value(gamma) - (1 - level), upper / 2, upper, xtol=1e-10))


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
