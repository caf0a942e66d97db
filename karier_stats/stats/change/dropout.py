"""Who left before the second test, whether they were others, and how far that could change the result."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats import columns
from karier_stats.stats.change.change_rows import too_few_clusters
from karier_stats.stats.change.change_words import method_notes
from karier_stats.stats.change.pairing import fewest_units, nested
from karier_stats.stats.columns import about_of, arms_of, labels_of, level_of, takes
from karier_stats.stats.effect import Design, Effect, cell, of_row
from karier_stats.stats.numerics import leaving, paired, shares
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.leaving import Side, Whole, lee_bounds, whole
from karier_stats.stats.numerics.paired import joint_means
from karier_stats.stats.results import METHODS, Result, Sheet, Spoken, Tabled, TableRow, limit, make_table, named, verdict
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import Text, is_missing


@dataclass(frozen=True, eq=False, repr=False)
class Leavers(Result):
    """How far those who left could change a gain; see :func:`leavers`.

    ``arms`` were compared with ``control``, the comparison arm (``("",)`` and empty for one group). By arm ``stayed_change`` is the
    mean change of those who stayed, ``detectable`` the smallest true gain that they would show with 80 percent power, NaN
    where unknown.
    """

    arms: tuple[str, ...]
    control: str
    stayed_change: dict[str, float]
    detectable: dict[str, float]

    def sentence(self, lang: str = "id") -> str:
        """How many left, the gain of those who stayed, and what the leavers must have done to undo it."""
        return Joined(*(part for arm in self.arms for part in _of_arm_told(self, arm)))[lang]

    @property
    def drawn(self) -> list[dict[Any, Any]]:
        """The gain of those who stayed above the gains with the leavers counted in."""
        kept = self.table["term"].str.startswith(("mean_change", "did", "imputed", "lee_"))
        return self.table[kept].to_dict("records")


def leavers(
    before: ArrayLike, after: ArrayLike, left_before: ArrayLike, *, arm: ArrayLike | None = None,
    left_arm: ArrayLike | None = None, control: str | None = None, cluster: ArrayLike | None = None,
    left_cluster: ArrayLike | None = None, random: bool = False, level: float = 0.95, seed: int = 0,
    deltas: Sequence[float] = (),
) -> Leavers:
    """Who left before the second test, and how different they must have been to undo the gain.

    ``before`` and ``after`` (n,) are scores of those who stayed, ``left_before`` (k,) scores before of those who left, maybe none.
    ``arm`` and ``left_arm`` are their arms, with ``control``, the name of the comparison arm; ``cluster`` and ``left_cluster``
    their clusters, one label one cluster in both. ``random``: arms were drawn by lot, which gives Lee's bounds. ``seed`` is
    that of the imputations. ``deltas`` are points that the leavers of every arm but the comparison arm are taken to have
    ended above (below, if negative) others with the same score before; 0 is always among them.

    Rows: ``left``, ``before_gap``, the gain of those who stayed (``mean_change`` or ``did[<arm>]``, the headline),
    ``tipping_unseen`` and ``tipping_zero`` (how many points the leavers' mean change must differ from that of those who stayed
    in the same arm), ``imputed[<delta>]``; with arms the same for each of them, ``left_gap`` and the tipping points where the
    leavers of the comparison arm differ by as much to the other side (``..._opposed``); with ``random`` also ``lee_lower`` and
    ``lee_upper``. K312 and K315 (fewer than two who stayed), K313, K314 and K338 (arms), K317 (level, deltas), K336 and K337
    (arrays), K338 (one of two clusters).

    Notes
    -----
    Tipping points, imputations and Lee's bounds: see :mod:`karier_stats.stats.numerics.leaving`. Clusters enter every
    error: CR2 of the means and shares together, summed influences for Lee's bounds. Shares who left have Wilson's and
    Newcombe's intervals.

    Examples
    --------
    >>> found = leavers([50, 52, 54, 56], [60, 61, 65, 66], [48])
    >>> float(found.headline["estimate"]), float(found.row("tipping_zero")["estimate"])
    (10.0, -50.0)
    """
    x, y, gone = (columns.numbers(*pair) for pair in (("before", before), ("after", after), ("left_before", left_before)))
    columns.same_length("after", len(y), "before", len(x))
    columns.share("level", level, open_ends=True)
    if len(x) < 2:
        raise StatisticsError("K312", n=len(x), rows=len(x) + len(gone))
    for delta in deltas:
        if not math.isfinite(delta):
            raise StatisticsError("K317", name="deltas", value=delta, rule="-inf < delta < inf")
    _together("arm", arm, "left_arm", left_arm)
    _together("arm", arm, "control", control)
    _together("cluster", cluster, "left_cluster", left_cluster)
    labels = [columns.labels(name, values, n, of) for name, values, n, of in (
        ("arm", arm, len(x), "before"), ("left_arm", left_arm, len(gone), "left_before"),
        ("cluster", cluster, len(x), "before"), ("left_cluster", left_cluster, len(gone), "left_before"),
    )]
    sides = _sides(x, y, gone, labels, control)
    amounts = tuple(dict.fromkeys([0.0, *map(float, deltas)]))
    beside = "" if arm is None else list(sides)[-1]
    return _Leaving(sides, beside, random, seed, amounts).result(level)


def _together(given: str, one: object, needed: str, other: object) -> None:
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
        return tuple(name for name in self.sides if name != self.control or not self.control)

    def pair(self, arm: str) -> list[Side]:
        return [self.sides[arm], *([self.sides[self.control]] if self.control else [])]

    def result(self, level: float) -> Leavers:
        lee = "lee_no_lot" if not self.random else "lee" if self.control else "lee_one_group"
        sheet = Sheet(notes=[Phrase("change.left.independent"), Phrase(f"change.left.{lee}", method=METHODS["lee"])])
        for name, side in self.sides.items():
            sheet.take(self._shares(name, side, level))
        gains: dict[str, TableRow] = {}
        for arm in self.arms:
            found, gains[arm] = self._arm(arm, level)
            sheet.take(found)
        if not any(len(side.left_before) for side in self.sides.values()):
            sheet.note(Phrase("change.left.nobody"))
        return Leavers(
            sheet.table(level), next(iter(gains.values())).key, tuple(sheet.notes),
            lambda other: self.result(columns.share("level", other, open_ends=True)), self.arms, self.control,
            {name: float(side.change.mean()) for name, side in self.sides.items()},
            {arm: paired.detectable(row.estimate.std_error, row.estimate.dof, level) for arm, row in gains.items()},
        )

    def _shares(self, name: str, side: Side, level: float) -> Sheet:
        """Share who left, and how their scores before differ."""
        sheet, k, n = Sheet(), len(side.left_before), side.began
        sheet.add(named("left", name), "wilson", shares.share(k, n, level), n)
        if not k:
            return sheet
        units = None if side.all_units is None else len(np.unique(side.all_units))
        value = Estimate(float(side.left_before.mean() - side.before.mean()))
        if k < 2:
            sheet.note(_of_arm("one_left", name))
        elif side.all_units is None:
            value = paired.welch(side.left_before, side.before, level)
        elif np.ptp(side.left_before) > 0 and np.ptp(side.before) > 0:
            refused = too_few_clusters(side.all_units, None)
            sheet.note(refused)
            if refused is None:
                units_of: list[Any] = [side.left_units, side.units]
                means = joint_means([side.left_before, side.before], units_of, [0, 0])
                value = means.estimate(value.value, np.array([1.0, -1.0]), level)
        sheet.add(named("before_gap", name), "welch" if units is None else "cr2", value, n, units)
        return sheet

    def _arm(self, arm: str, level: float) -> tuple[Sheet, TableRow]:
        """The gain of one arm (that row too), its tipping points, imputations and bounds."""
        pair, sheet = self.pair(arm), Sheet()
        units, refused = None, None
        if all(side.units is not None for side in pair):
            labels = np.concatenate([side.units for side in pair])  # type: ignore[misc]
            sides = np.repeat(np.arange(len(pair)), [len(side.before) for side in pair])
            units = len(np.unique(labels))
            refused = too_few_clusters(labels, fewest_units(sides, labels, 0, 1) if self.control else None)
        if refused is not None:
            sheet.note(refused, Phrase("change.left.few_clusters"))
        everybody = whole(pair, units is not None and refused is None)
        gain = everybody.at(0.0, 0.0, level)
        if self.control:
            one, two = pair
            gap = shares.newcombe(len(one.left_before), one.began, len(two.left_before), two.began, level)
            sheet.add(named("left_gap", arm), "newcombe", gap, one.began + two.began)
        method = "cr2" if units is not None else "welch" if self.control else "paired_t"
        row = sheet.add(
            named("did" if self.control else "mean_change", arm), method, gain if refused is None else gain.alone,
            sum(len(side.before) for side in pair), units,
        )
        if any(len(side.left_before) for side in pair):
            sheet.take(self._tipping(everybody, arm, row.estimate, level))
            if refused is None:
                sheet.take(self._imputed(pair, arm, level, units))
            if self.control and self.random:
                sheet.take(_lee(pair, arm, level, units, refused is not None))
        return sheet, row

    def _tipping(self, everybody: Whole, arm: str, gain: Estimate, level: float) -> Sheet:
        """How different the leavers' change must be; without interval or test, for it is a question and no estimate."""
        sheet, n = Sheet(notes=[Phrase("change.left.tipping")]), sum(side.began for side in self.pair(arm))
        bounded = math.isfinite(gain.interval(level)[0])
        if not bounded:
            sheet.note(_of_arm("no_test", arm))
        elif not gain.p < 1 - level:
            sheet.note(_of_arm("unseen_already", arm))
        for ending, opposed in (("", False), ("_opposed", True))[: 2 if self.control else 1]:
            unseen = everybody.unseen(level, opposed) if bounded else NAN
            sheet.add(named(f"tipping_unseen{ending}", arm), "tipping", Estimate(unseen), n)
            sheet.add(named(f"tipping_zero{ending}", arm), "tipping", Estimate(everybody.zero(opposed)), n)
        return sheet

    def _imputed(self, pair: list[Side], arm: str, level: float, units: int | None) -> Sheet:
        """The gain with the leavers counted in, for every delta, from one set of draws."""
        sheet, clustered = Sheet(), units is not None
        if not all(leaving.can_draw(side) for side in pair):
            sheet.note(_of_arm("no_draws", arm))
            return sheet
        beside = Phrase("change.left.imputed_beside") if self.control else ""
        sheet.note(Joined(
            Phrase("change.left.imputed", beside=beside), Phrase("change.left.imputed_clusters") if clustered else None,
        ))
        rng = np.random.default_rng(self.seed)
        drawn = [leaving.draw_changes(side, clustered, rng) for side in pair]
        for delta in self.deltas:
            found = leaving.imputed(pair, drawn, delta, clustered, level)
            found = found.alone if any(side.alike for side in pair) else found
            sheet.add(named("imputed", arm, f"{delta:g}"), "imputation", found, sum(side.began for side in pair), units)
        return sheet


def _lee(pair: list[Side], arm: str, level: float, units: int | None, refused: bool) -> Sheet:
    sheet, found, n = Sheet(), lee_bounds(pair[0], pair[1]), sum(side.began for side in pair)
    bare = refused or any(side.alike for side in pair)
    low, high = (NAN, NAN) if bare else found.interval(level)
    for name, value, error in (("lee_lower", found.lower, found.lower_se), ("lee_upper", found.upper, found.upper_se)):
        shown = between(value, low, high, std_error=NAN if bare else error)
        sheet.add(named(name, arm), "lee", shown, n, units)
    return sheet


def _of_arm(reason: str, arm: str) -> Phrase:
    """Why something was not computed, in an arm or in the one group."""
    return Phrase(f"change.left.{reason}", where=Phrase("change.left.where", arm=arm) if arm else "")


def _share(result: Leavers, arm: str) -> Phrase:
    row = result.row(named("left", arm))
    share, n = row["estimate"], int(row["n"])
    return Phrase("change.left.share", count=round(share * n), n=n, share=share)


def _of_arm_told(result: Leavers, arm: str) -> list[Phrase | None]:
    """How many left, in an arm and in its comparison arm; the gain of those who stayed, and what would undo it."""
    beside = {"arm": arm, "control": result.control, "beside": _share(result, result.control)} if arm else {}
    left = Phrase(f"change.left.{'arms' if arm else 'one'}", share=_share(result, arm), **beside)
    told = Spoken(result.row(named("did" if arm else "mean_change", arm)))
    found = verdict(told.row)
    what = Phrase("change.what.did" if arm else "change.what.stayed", arm=arm, control=result.control)
    text = Phrase(f"change.verdict.{found}", what=what, shown=told)
    if found == "unseen":
        return [left, text, limit(result.detectable[arm], told)]
    return [left, text, _undone(result, arm, told) if found == "seen" else None]


def _undone(result: Leavers, arm: str, told: Spoken) -> Phrase | None:
    """How much lower (or higher) the leavers' change must have been; None where nobody left."""
    points: dict[str, Any] = dict(zip(result.table["term"], result.table["estimate"], strict=True))
    zero, unseen = (points.get(named(f"tipping_{end}", arm), math.nan) for end in ("zero", "unseen"))
    if is_missing(zero):
        return None
    facts = {
        "who": Phrase("change.left.who", arm=arm) if arm else "", "far": told.figure(abs(zero)),
        "way": Phrase(f"change.left.{'lower' if zero < 0 else 'higher'}"),
    }
    if is_missing(unseen):
        return Phrase("change.left.undone_zero", **facts)
    theirs = told.figure(result.stayed_change[arm] + unseen)
    return Phrase("change.left.undone", near=told.figure(abs(unseen)), theirs=theirs, **facts)


ALIKE = ("random", "ability")
"""Ways of choosing people under which a difference in change is read as it stands."""


@dataclass(frozen=True, eq=False, repr=False)
class Dropouts(Tabled):
    """Those who left beside those who stayed; see :func:`dropouts`.

    Nothing but empty fields where too few left or stayed. ``before`` is the score before of participants who left, less that of
    those who stayed; ``tipping`` the result of those who stayed, with how much worse those who left must have done to hide or
    undo it; ``filled`` the result with scores of those who left filled in from their score before, ``filled_worse`` with
    ``worse`` points taken off what is filled in for participants. ``notes`` say how people were taken, who was left out, and
    that all groups stand together.
    """

    result: Leavers | None = field(default=None, repr=False)
    before: Effect | None = None
    tipping: Effect | None = None
    filled: Effect | None = None
    filled_worse: Effect | None = None
    notes: tuple[Text, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """That of the result; without rows where too few left or stayed."""
        return make_table([]) if self.result is None else self.result.table


@takes("before", "after", "group", "cluster", "selection")
def dropouts(
    data: pd.DataFrame, *, before: str, after: str, group: str, control: str, cluster: str | None = None,
    selection: str = "selection", least: int = 10, fewest: int = 20, worse: float = -5.0, level: float | None = None,
    seed: int | None = None,
) -> Dropouts:
    """Who left before the second test, whether they were others, and how far that could change the result.

    Parameters
    ----------
    data : DataFrame
        One row per person who has the score ``before``.
    before, after, group, control : str
        As in :func:`~karier_stats.stats.change.compare.compare`; two arms.
    cluster : str, optional
        As in :func:`~karier_stats.stats.change.gains.gains`.
    selection : str
        Column of how people came into their arm; where there is none nobody knows.
    least : int
        Participants who left, and who stayed; below it they are not compared.
    fewest : int
        Comparison people with both scores; below it participants stand alone.
    worse : float
        Points taken off the scores that are filled in for participants.
    level, seed : optional
        Default: the view's, else 0.95 and 0.

    Notes
    -----
    :func:`karier_stats.stats.change.dropout.leavers`. Of ordered levels nothing is compared.
    """
    data, control = arms_of(data, group, control, before)
    about, at = about_of(data), level_of(data, level)
    inside = data[group] == control
    treated, beside = data[~inside], data[inside]
    gone = int(treated[after].isna().sum())
    if data[before].dtype.name == "category" or min(gone, len(treated) - gone) < least:
        return Dropouts()
    compared = int(beside[after].notna().sum()) >= fewest
    people, unit, without = nested(data if compared else treated, cluster, group)
    stayed, left = people[people[after].notna()], people[people[after].isna()]
    found = leavers(
        stayed[before], stayed[after], left[before], arm=stayed[group] if compared else None,
        left_arm=left[group] if compared else None, control=control if compared else None,
        cluster=None if unit is None else stayed[unit], left_cluster=None if unit is None else left[unit],
        level=at, seed=about.get("seed", 0) if seed is None else seed, deltas=(worse,),
    )
    pooled = (Phrase("gains.pooled"),) if compared else ()
    alike = selection in treated and bool(treated[selection].isin(ALIKE).all())
    return _dropouts(found, at, {**about, "coverage": 1 - gone / len(treated)}, alike, worse,
                     (*method_notes([(None, str(found.headline["method"]))], len(without)), *pooled))


def _dropouts(
    found: Leavers, level: float, about: Mapping[str, Any], alike: bool, worse: float, notes: tuple[Text, ...],
) -> Dropouts:
    """Those who left, as findings speak of them; ``about`` has the share of those who stayed among all who began."""
    left = [row for row in found.table.to_dict("records") if str(row["term"]).startswith("left")]
    began, stayed = min(int(row["n"]) for row in left), min(round(int(row["n"]) * (1 - cell(row["estimate"]))) for row in left)
    design: Design = "comparison_group" if found.control else "before_after"

    def row(base: str, more: str = "") -> pd.Series:
        return found.row(named(base, found.arms[0], more))

    def told(row: pd.Series, robust: bool, **facts: Any) -> Effect:
        """One row, with the people who have a score before in the smaller arm."""
        value, more = between(*of_row(row, level).ends, level=level), {"facts": facts} if facts else {}
        return Effect(value, began, design, robust=robust, about={**about, **more})

    near, far = (cell(row(f"tipping_{name}")["estimate"]) for name in ("unseen", "zero"))
    theirs = found.stayed_change[found.arms[0]] + near
    tipping = replace(told(
        found.headline, alike and not theirs > 0, near=abs(near), far=abs(far), theirs=theirs,
        way=Phrase(f"gains.than.{'lower' if near < 0 else 'higher'}"),
        stayed=Phrase(f"gains.stayed.{'compared' if found.control else 'alone'}"),
    ), n=stayed)
    left_before = replace(told(row("before_gap"), True), n=round(cell(row("left")["estimate"]) * int(row("left")["n"])),
                          design="descriptive", about={**about, "coverage": 1.0})
    filled, filled_worse = told(row("imputed", "0"), alike), told(row("imputed", f"{worse:g}"), alike, taken=-worse)
    return Dropouts(found, left_before, tipping, filled, filled_worse, notes)
