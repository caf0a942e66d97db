"""``dropouts``: who left before the second test, whether they were others, and how far that could change the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from karier_stats.stats.change.change_rows import named
from karier_stats.stats.change.dropout import Leavers, leavers
from karier_stats.stats.change.gain import method_notes, nested
from karier_stats.stats.columns import about_of, arms_of, level_of, takes
from karier_stats.stats.effect import Design, Effect, cell, of_row
from karier_stats.stats.numerics.estimate import between
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text

ALIKE = ("random", "ability")
"""Ways of choosing people under which a difference in change is read as it stands."""


@dataclass(frozen=True, eq=False)
class Dropouts:
    """Those who left beside those who stayed; see :func:`dropouts`.

    Parameters
    ----------
    result : Leavers, optional
        None where too few left or stayed, and then nothing else is known.
    before : Effect, optional
        Score before of participants who left, less that of those who stayed.
    tipping : Effect, optional
        The result of those who stayed, with how much worse those who left must have done to hide or undo it.
    filled, filled_worse : Effect, optional
        The result with scores of those who left filled in from their score before, and with ``worse`` points taken off
        what is filled in for participants.
    notes : tuple of Text
        How people were taken, who was left out, and that all groups stand together.
    """

    result: Leavers | None = field(default=None, repr=False)
    before: Effect | None = None
    tipping: Effect | None = None
    filled: Effect | None = None
    filled_worse: Effect | None = None
    notes: tuple[Text, ...] = ()


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
        Column of how people came into their arm.
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
    data, control = arms_of(data, group, control)
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
    alike = bool(treated[selection].isin(ALIKE).all())
    told = _Told(found, at, {**about, "coverage": 1 - gone / len(treated)}, alike)
    pooled = (Phrase("gains.pooled"),) if compared else ()
    return Dropouts(
        found, told.before({**about, "coverage": 1.0}), told.tipping(), told.filled(0.0), told.filled(worse, taken=-worse),
        (*method_notes([(None, str(found.headline["method"]))], len(without)), *pooled),
    )


@dataclass(frozen=True)
class _Told:
    """Those who left, as findings speak of them; ``about`` has the share of those who stayed among all who began."""

    result: Leavers
    level: float
    about: Mapping[str, Any]
    alike: bool

    def row(self, base: str, more: str = "") -> pd.Series:
        return self.result.row(named(base, self.result.arms[0], more))

    def effect(self, row: pd.Series, robust: bool, **facts: Any) -> Effect:
        """One row, with the people who have a score before in the smaller arm."""
        rows = self.result.table.to_dict("records")
        n = min(int(other["n"]) for other in rows if str(other["term"]).startswith("left"))
        about = {**self.about, "facts": facts} if facts else self.about
        design: Design = "comparison_group" if self.result.control else "before_after"
        return Effect(between(*of_row(row, self.level).ends, level=self.level), n, design, robust=robust, about=about)

    def before(self, about: Mapping[str, Any]) -> Effect:
        """How their scores before differ from those of who stayed."""
        left = self.row("left")
        n = round(cell(left["estimate"]) * int(left["n"]))
        return replace(self.effect(self.row("before_gap"), True), n=n, design="descriptive", about=about)

    def tipping(self) -> Effect:
        """The result of those who stayed, and what would undo it."""
        near, far = (cell(self.row(f"tipping_{name}")["estimate"]) for name in ("unseen", "zero"))
        theirs = self.result.stayed_change[self.result.arms[0]] + near
        return self.effect(
            self.result.headline, self.alike and not theirs > 0, near=abs(near), far=abs(far), theirs=theirs,
            way=Phrase(f"gains.than.{'lower' if near < 0 else 'higher'}"),
            stayed=Phrase(f"gains.stayed.{'compared' if self.result.control else 'alone'}"),
        )

    def filled(self, delta: float, **facts: Any) -> Effect:
        return self.effect(self.row("imputed", f"{delta:g}"), self.alike, **facts)
