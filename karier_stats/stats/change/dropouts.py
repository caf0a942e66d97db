"""``dropouts``: who left before the second test, whether they were others, and how far that could change the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from karier_stats.stats.change.dropout import Leavers, leavers
from karier_stats.stats.change.gain_notes import method_notes
from karier_stats.stats.change.gains import nested
from karier_stats.stats.columns import about_of, level_of
from karier_stats.stats.effect import Design, Effect, cell
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
    result : Leavers or None
        None where too few left or stayed.
    share : float
        Share of participants who left, 0-1.
    alike : bool
        Whether people were chosen in a way under which the difference in change is read as it stands.
    without : int
        People left out because their cluster is not known.
    worse : float
        Points taken off what is filled in for participants.
    """

    result: Leavers | None = field(repr=False)
    share: float
    alike: bool
    without: int
    worse: float
    level: float
    about: Mapping[str, Any] = field(repr=False)

    @property
    def arm(self) -> str:
        """The participants' arm; empty without comparison people."""
        assert self.result is not None
        return self.result.arms[0]

    @property
    def before(self) -> Effect | None:
        """Score before of participants who left, less that of those who stayed."""
        if self.result is None:
            return None
        left = self.result.row(self._term("left"))
        return self._effect("before_gap", round(cell(left["estimate"]) * int(left["n"])), "descriptive", coverage=1.0)

    @property
    def tipping(self) -> Effect | None:
        """The result of those who stayed, with how much worse those who left must have done to hide or undo it."""
        if self.result is None:
            return None
        near, far = (cell(self.result.row(self._term(f"tipping_{name}"))["estimate"]) for name in ("unseen", "zero"))
        theirs = self.result.stayed_change[self.arm] + near
        facts = {
            "near": abs(near), "far": abs(far), "theirs": theirs, "way": Phrase(f"gains.than.{'lower' if near < 0 else 'higher'}"),
            "stayed": Phrase(f"gains.stayed.{'compared' if self.result.control else 'alone'}"),
        }
        effect = self._effect(str(self.result.headline["term"]), self._n, self._design, robust=self.alike and not theirs > 0)
        return replace(effect, about={**effect.about, "facts": facts})

    @property
    def filled(self) -> Effect | None:
        """The result with scores of those who left filled in from their score before."""
        return None if self.result is None else self._imputed(0.0)

    @property
    def filled_worse(self) -> Effect | None:
        """The same with ``worse`` points taken off what is filled in for participants."""
        if self.result is None:
            return None
        effect = self._imputed(self.worse)
        return replace(effect, about={**effect.about, "facts": {"taken": -self.worse}})

    @property
    def notes(self) -> tuple[Text, ...]:
        """How people were taken, who was left out, and that all groups stand together."""
        if self.result is None:
            return ()
        pooled = (Phrase("gains.pooled"),) if self.result.control else ()
        return (*method_notes([(None, str(self.result.headline["method"]))], self.without), *pooled)

    def _term(self, name: str, more: str = "") -> str:
        """A term of the result with what stands in its brackets."""
        inside = " · ".join(bit for bit in (self.arm, more) if bit)
        return f"{name}[{inside}]" if inside else name

    @property
    def _n(self) -> int:
        """People with a score before in the smaller arm."""
        assert self.result is not None
        return min(int(row["n"]) for row in self.result.table.to_dict("records") if str(row["term"]).startswith("left"))

    @property
    def _design(self) -> Design:
        assert self.result is not None
        return "comparison_group" if self.result.control else "before_after"

    def _imputed(self, delta: float) -> Effect:
        """The result with scores filled in."""
        return self._effect(self._term("imputed", f"{delta:g}"), self._n, self._design, robust=self.alike)

    def _effect(
        self, term: str, n: int, design: Design, *, robust: bool = True, coverage: float | None = None,
    ) -> Effect:
        """One row of the result; without ``coverage`` it speaks of those who stayed among all who began."""
        assert self.result is not None
        row = self.result.row(term if "[" in term or not self.arm else self._term(term))
        value, low, high = (cell(row[name]) for name in ("estimate", "ci_low", "ci_high"))
        about = {**self.about, "coverage": 1 - self.share if coverage is None else coverage}
        return Effect(between(value, low, high, level=self.level), n, design, robust=robust, about=about)


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
    about, at = about_of(data), level_of(data, level)
    inside = data[group] == control
    treated, beside = data[~inside], data[inside]
    gone = int(treated[after].isna().sum())
    share, alike = gone / max(len(treated), 1), bool(treated[selection].isin(ALIKE).all())
    if data[before].dtype.name == "category" or min(gone, len(treated) - gone) < least:
        return Dropouts(None, share, alike, 0, worse, at, about)
    compared = int(beside[after].notna().sum()) >= fewest
    people, unit, without = nested(data if compared else treated, cluster, group)
    stayed, left = people[people[after].notna()], people[people[after].isna()]
    found = leavers(
        stayed[before], stayed[after], left[before], arm=stayed[group] if compared else None,
        left_arm=left[group] if compared else None, control=control if compared else None,
        cluster=None if unit is None else stayed[unit], left_cluster=None if unit is None else left[unit],
        level=at, seed=about.get("seed", 0) if seed is None else seed, deltas=(worse,),
    )
    return Dropouts(found, share, alike, len(without), worse, at, about)
