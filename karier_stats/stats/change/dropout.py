"""Who left before the second test, and how much that could change the result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.stats import arrays, row_picture
from karier_stats.stats.change import dropout_words
from karier_stats.stats.change.change_arms import fewest_units
from karier_stats.stats.change.change_rows import Row, make_row, named, too_few_clusters
from karier_stats.stats.columns import labels_of
from karier_stats.stats.numerics import imputation, paired, shares
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.joint_means import joint_means
from karier_stats.stats.numerics.lee import lee_bounds
from karier_stats.stats.numerics.tipping import Side, Whole, whole
from karier_stats.stats.results import Result, make_table
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, repr=False)
class Leavers(Result):
    """How far those who left could change a gain; see :func:`leavers`.

    Parameters
    ----------
    arms : tuple of str
        Arms that were compared with ``control``; ``("",)`` for one group.
    control : str
        The comparison arm; empty for one group.
    stayed_change : dict
        Mean change of those who stayed, by arm (``""`` for one group).
    detectable : dict
        Arm to the smallest true gain that those who stayed would show with 80 percent power; NaN where unknown.
    """

    arms: tuple[str, ...]
    control: str
    stayed_change: dict[str, float]
    detectable: dict[str, float]

    def sentence(self, lang: str = "id") -> str:
        """How many left, the gain of those who stayed, and what the leavers must have done to undo it."""
        return dropout_words.sentence(self)[lang]

    def alt(self, lang: str = "id") -> str:
        """The picture in words."""
        return row_picture.in_words(self._drawn(), lang)

    def plot(self, ax: Axes | None = None, lang: str = "id") -> Axes:
        """Draw the gain of those who stayed above the gains with the leavers counted in."""
        return row_picture.draw(self._drawn(), ax, lang)

    def _drawn(self) -> list[dict[Any, Any]]:
        """Rows of the picture: gains in points."""
        kept = self.table["term"].str.startswith(("mean_change", "did", "imputed", "lee_"))
        return self.table[kept].to_dict("records")


def leavers(
    before: ArrayLike, after: ArrayLike, left_before: ArrayLike, *, arm: ArrayLike | None = None,
    left_arm: ArrayLike | None = None, control: str | None = None, cluster: ArrayLike | None = None,
    left_cluster: ArrayLike | None = None, random: bool = False, level: float = 0.95, seed: int = 0,
    deltas: Sequence[float] = (),
) -> Leavers:
    """Who left before the second test, and how different they must have been to undo the gain.

    Parameters
    ----------
    before, after : array, shape (n,)
        Scores of those who stayed.
    left_before : array, shape (k,)
        Scores before of those who left; may be empty.
    arm, left_arm : array, optional
        Arm of each of them; with ``control``, the name of the comparison arm.
    cluster, left_cluster : array, optional
        Cluster of each of them; one label is one cluster in both.
    random : bool
        Arms were drawn by lot: gives Lee's bounds.
    level : float
        Confidence level.
    seed : int
        Seed of the imputations.
    deltas : sequence of float
        Points that the leavers of every arm but the comparison arm are taken to have
        ended above (below, if negative) others with the same score before. 0 is always among them.

    Returns
    -------
    Leavers
        Rows ``left``, ``before_gap``, the gain of those who stayed (``mean_change``
        or ``did[<arm>]``, the headline), ``tipping_unseen`` and ``tipping_zero``
        (how many points the leavers' mean change must differ from that of those who
        stayed in the same arm), ``imputed[<delta>]``; with arms the same for each of them,
        ``left_gap`` and the tipping points where the leavers of the comparison
        arm differ by as much to the other side (``..._opposed``); with ``random`` also
        ``lee_lower`` and ``lee_upper``.

    Raises
    ------
    StatisticsError
        K312 and K315 (fewer than two who stayed), K313, K314 and K338 (arms), K317
        (level, deltas), K336 and K337 (arrays), K338 (one of two clusters).

    Notes
    -----
    Tipping points: see :func:`karier_stats.stats.numerics.tipping.whole`; imputations:
    :mod:`karier_stats.stats.numerics.imputation`; bounds: :func:`karier_stats.stats.numerics.lee.lee_bounds`.
    Clusters enter every error: CR2 of the means and shares together, summed
    influences for Lee's bounds. Shares who left have Wilson's and Newcombe's intervals.

    Examples
    --------
    >>> found = leavers([50, 52, 54, 56], [60, 61, 65, 66], [48])
    >>> float(found.headline["estimate"]), float(found.row("tipping_zero")["estimate"])
    (10.0, -50.0)
    """
    x, y, gone = (
        arrays.numbers(*pair) for pair in (("before", before), ("after", after), ("left_before", left_before))
    )
    arrays.same_length("after", len(y), "before", len(x))
    arrays.share("level", level, open_ends=True)
    if len(x) < 2:
        raise StatisticsError("K312", n=len(x), rows=len(x) + len(gone))
    for delta in deltas:
        if not math.isfinite(delta):
            raise StatisticsError("K317", name="deltas", value=delta, rule="-inf < delta < inf")
    _together("arm", arm, "left_arm", left_arm)
    _together("arm", arm, "control", control)
    _together("cluster", cluster, "left_cluster", left_cluster)
    labels = [arrays.labels(name, values, n, of) for name, values, n, of in (
        ("arm", arm, len(x), "before"), ("left_arm", left_arm, len(gone), "left_before"),
        ("cluster", cluster, len(x), "before"), ("left_cluster", left_cluster, len(gone), "left_before"),
    )]
    sides = _sides(x, y, gone, labels, control)
    amounts = tuple(dict.fromkeys([0.0, *map(float, deltas)]))
    beside = "" if arm is None else list(sides)[-1]
    return _Leaving(sides, beside, random, seed, amounts).result(level)


def _together(given: str, one: object, needed: str, other: object) -> None:
    """Raise K338 where one of two arguments that belong together is absent."""
    if (one is None) != (other is None):
        given, needed = (needed, given) if one is None else (given, needed)
        raise StatisticsError("K338", given=given, needed=needed)


def _sides(
    x: NDArray[np.float64], y: NDArray[np.float64], gone: NDArray[np.float64], labels: list[NDArray[Any] | None],
    control: str | None,
) -> dict[str, Side]:
    """Everybody by arm, the comparison arm last; one group has the name ``""``."""
    arm, left_arm, units, left_units = labels
    if arm is None or left_arm is None:
        return {"": Side(x, y, gone, units, left_units)}
    known = sorted({*arm, *left_arm})
    found = labels_of(np.array(known)).find(control)
    if found is None:
        raise StatisticsError("K313", control=control, column="arm", known=", ".join(known))
    control = found
    if len(known) < 2:
        raise StatisticsError("K314", control=control, column="arm")
    sides = {}
    for name in [*(name for name in known if name != control), control]:
        here, there = arm == name, left_arm == name
        if here.sum() < 2:
            raise StatisticsError("K315", arm=name, n=int(here.sum()))
        sides[str(name)] = Side(
            x[here], y[here], gone[there], None if units is None else units[here],
            None if left_units is None else left_units[there],
        )
    return sides


@dataclass(frozen=True)
class _Leaving:
    """Everything that a result needs at any level; the comparison arm is the last of ``sides``."""

    sides: dict[str, Side]
    control: str
    random: bool
    seed: int
    deltas: tuple[float, ...]

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms beside the comparison arm."""
        return tuple(name for name in self.sides if name != self.control or not self.control)

    @property
    def left(self) -> int:
        """Everybody who left."""
        return sum(len(side.left_before) for side in self.sides.values())

    def pair(self, arm: str) -> list[Side]:
        """An arm, and the comparison arm where there is one."""
        return [self.sides[arm], *([self.sides[self.control]] if self.control else [])]

    def result(self, level: float) -> Leavers:
        """All rows at one level."""
        notes: list[Text] = list(dropout_words.assumptions(self.random, bool(self.control)))
        rows = [row for name, side in self.sides.items() for row in self._share_rows(name, side, level, notes)]
        detectable = {}
        for arm in self.arms:
            found, more = self._arm_rows(arm, level, notes)
            rows += found
            detectable[arm] = more
        gain = next(row for row in rows if row["term"].startswith("did[" if self.control else "mean_change"))
        if not self.left:
            notes.append(Phrase("change.left.nobody"))
        return Leavers(
            make_table(rows), (gain["term"], gain["method"]), _once(notes),
            lambda other: self.result(arrays.share("level", other, open_ends=True)), self.arms, self.control,
            {name: float(side.change.mean()) for name, side in self.sides.items()}, detectable,
        )

    def _share_rows(self, name: str, side: Side, level: float, notes: list[Text]) -> list[Row]:
        """Share who left, and how their scores before differ."""
        k, n = len(side.left_before), side.began
        left = shares.share(k, n, level)
        rows = [make_row(named("left", name), "wilson", left, level, n)]
        if not k:
            return rows
        method = "welch" if side.units is None else "cr2"
        value = Estimate(float(side.left_before.mean() - side.before.mean()))
        if k < 2:
            notes.append(dropout_words.of_arm("one_left", name))
        elif side.units is None or side.left_units is None:
            value = paired.welch(side.left_before, side.before, level)
        elif np.ptp(side.left_before) > 0 and np.ptp(side.before) > 0:
            value = _clustered_gap(side, level, notes)
        units = None if side.all_units is None else len(np.unique(side.all_units))
        return [*rows, make_row(named("before_gap", name), method, value, level, n, units)]

    def _arm_rows(self, arm: str, level: float, notes: list[Text]) -> tuple[list[Row], float]:
        """The gain of one arm, its tipping points, imputations and bounds; and the smallest gain it would show."""
        pair = self.pair(arm)
        clustered, refused = self._clusters(pair)
        if refused is not None:
            notes += [refused, Phrase("change.left.few_clusters")]
        everybody = whole(pair, clustered and refused is None)
        gain = everybody.at(0.0, 0.0, level)
        if refused is not None:
            gain = Estimate(gain.estimate)
        units = len(np.unique(np.concatenate([side.units for side in pair]))) if clustered else None  # type: ignore[misc]
        method = "cr2" if clustered else "welch" if self.control else "paired_t"
        stayed = sum(len(side.before) for side in pair)
        rows = [self._gap_row(pair, arm, level)] if self.control else []
        rows.append(make_row(named("did" if self.control else "mean_change", arm), method, gain, level, stayed, units))
        n = sum(side.began for side in pair)
        if any(len(side.left_before) for side in pair):
            rows += self._tipping_rows(everybody, arm, gain, level, n, notes)
            if refused is None:
                rows += self._imputed_rows(pair, arm, clustered, level, n, units, notes)
            if self.control and self.random:
                bare = refused is not None or any(side.alike for side in pair)
                rows += _lee_rows(pair, arm, level, n, units, bare)
        return rows, paired.detectable(gain.std_error, gain.dof, level)

    def _clusters(self, pair: list[Side]) -> tuple[bool, Text | None]:
        """Whether there are clusters, and why they are too few."""
        if any(side.units is None for side in pair):
            return False, None
        units = np.concatenate([side.units for side in pair])  # type: ignore[misc]
        sides = None
        if self.control:
            arms = np.repeat(["arm", "control"], [len(side.before) for side in pair])
            sides = fewest_units(arms, units, "arm", "control")
        return True, too_few_clusters(units, sides)

    def _gap_row(self, pair: list[Side], arm: str, level: float) -> Row:
        """Difference in the share who left."""
        one, two = pair
        gap = shares.newcombe(len(one.left_before), one.began, len(two.left_before), two.began, level)
        return make_row(named("left_gap", arm), "newcombe", gap, level, one.began + two.began)

    def _tipping_rows(
        self, everybody: Whole, arm: str, gain: Estimate, level: float, n: int, notes: list[Text]
    ) -> list[Row]:
        """How different the leavers' change must be; without interval or test, for it is a question and no estimate."""
        notes.append(Phrase("change.left.tipping"))
        if math.isnan(gain.low):
            notes.append(dropout_words.of_arm("no_test", arm))
        elif not gain.p < 1 - level:
            notes.append(dropout_words.of_arm("unseen_already", arm))
        kinds = [("", False), ("_opposed", True)] if self.control else [("", False)]
        rows = []
        for ending, opposed in kinds:
            unseen = NAN if math.isnan(gain.low) else everybody.unseen(level, opposed)
            rows.append(make_row(named(f"tipping_unseen{ending}", arm), "tipping", Estimate(unseen), level, n))
            zero = Estimate(everybody.zero(opposed))
            rows.append(make_row(named(f"tipping_zero{ending}", arm), "tipping", zero, level, n))
        return rows

    def _imputed_rows(
        self, pair: list[Side], arm: str, clustered: bool, level: float, n: int, units: int | None, notes: list[Text]
    ) -> list[Row]:
        """The gain with the leavers counted in, for every delta, from one set of draws."""
        if not all(imputation.can_draw(side) for side in pair):
            notes.append(dropout_words.of_arm("no_draws", arm))
            return []
        notes.append(dropout_words.imputed(bool(self.control), clustered))
        rng = np.random.default_rng(self.seed)
        drawn = [imputation.draw_changes(side, clustered, rng) for side in pair]
        rows = []
        for delta in self.deltas:
            found = imputation.imputed(pair, drawn, delta, clustered, level)
            found = Estimate(found.estimate) if any(side.alike for side in pair) else found
            term = named("imputed", arm, f"{delta:g}")
            rows.append(make_row(term, "imputation", found, level, n, units))
        return rows


def _clustered_gap(side: Side, level: float, notes: list[Text]) -> Estimate:
    """Leavers' mean score before less that of the others, with CR2."""
    refused = too_few_clusters(side.all_units, None)  # type: ignore[arg-type]
    if refused is not None:
        notes.append(refused)
        return Estimate(float(side.left_before.mean() - side.before.mean()))
    blocks = [side.left_before, side.before]
    means = joint_means(blocks, [side.left_units, side.units], [0, 0])  # type: ignore[list-item]
    weights = np.array([1.0, -1.0])
    return means.estimate(float(weights @ means.values), weights, level)


def _lee_rows(pair: list[Side], arm: str, level: float, n: int, units: int | None, refused: bool) -> list[Row]:
    """Lee's bounds, each with the one interval that holds the effect itself."""
    found = lee_bounds(pair[0], pair[1])
    low, high = (NAN, NAN) if refused else found.interval(level)
    ends = (("lee_lower", found.lower, found.lower_se), ("lee_upper", found.upper, found.upper_se))
    return [
        make_row(named(name, arm), "lee", between(value, low, high, std_error=NAN if refused else error), level, n, units)
        for name, value, error in ends
    ]


def _once(notes: list[Text]) -> tuple[Text, ...]:
    """Each note once, in the order of its first appearance."""
    return tuple({note["en"]: note for note in notes}.values())
