"""Differences as sentences speak of them: ``{gap.points}``, ``{it.plainest.beside}``, ``{it.judged}``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karier_stats.answers import verdicts
from karier_stats.answers.facts import ListFacts, RowFacts, facts_of
from karier_stats.answers.told import Told
from karier_stats.stats.description.contrasts import Gap, Gaps
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.within import Within
from karier_stats.stats.numerics.estimate import Valued


class Apart(Told):
    """A difference by its size: without its sign, and against the smallest share that matters."""

    @property
    def _apart(self) -> Valued:
        """The difference."""
        raise NotImplementedError

    @property
    def _scale(self) -> int:
        """What a sentence multiplies it by: a share is told in percentage points."""
        return 100


@dataclass(frozen=True)
class GapFacts(Apart):
    """A difference of two described numbers; shares are told in percentage points.

    Parameters
    ----------
    gap : Gap
        Its first row less its second.
    names : mapping
        Names of codes by column.
    of : str
        The column described, whose categories the rows may name.
    """

    gap: Gap
    names: Mapping[str, Any]
    of: str = ""

    @property
    def _apart(self) -> Valued:
        return self.gap

    @property
    def _scale(self) -> int:
        return 100 if self.gap.one.k is not None else 1

    @property
    def one(self) -> RowFacts:
        """The first."""
        return RowFacts(self.gap.one, self.names, self.of)

    @property
    def two(self) -> RowFacts:
        """The second."""
        return RowFacts(self.gap.two, self.names, self.of)


@dataclass(frozen=True)
class GapsFacts(Told):
    """Groups beside the rest of one breakdown."""

    gaps: Gaps

    @property
    def established(self) -> list[GapFacts]:
        """The differences that are established, the plainest first."""
        return [self._said(gap) for gap in self.gaps.seen]

    @property
    def behind(self) -> RowFacts:
        """The group furthest behind."""
        row = self.gaps.behind
        assert row is not None
        return RowFacts(row, self.gaps.about.get("names", {}))

    @property
    def more(self) -> int:
        """How many more of that group close half of the gap to the others."""
        gap = self.gaps.lag
        other = gap.two if self.gaps.behind == gap.one else gap.one
        return math.ceil((self.behind.n * other.estimate - self.behind.k) / 2 - 1e-9)

    def _said(self, gap: Gap) -> GapFacts:
        return GapFacts(gap, self.gaps.about.get("names", {}))


@dataclass(frozen=True)
class MismatchFacts(Told):
    """What is asked for beside what is given, against the smallest share that matters."""

    result: Mismatch

    @property
    def top(self) -> GapFacts:
        """The category given least for what is asked."""
        return facts_of(self.result.top(verdicts.smallest("share")))  # type: ignore[no-any-return]

    @property
    def target(self) -> int:
        """What they have when half of the gap is closed, of a hundred."""
        pairs = self.result.short(verdicts.smallest("share"))
        return round(100 * sum((gap.one.estimate + gap.two.estimate) / 2 for gap in pairs))

    def _list(self, gaps: list[Gap]) -> ListFacts:
        return ListFacts(tuple(facts_of(gap).one for gap in gaps))


@dataclass(frozen=True)
class WithinFacts(Apart):
    """One group beside its colleagues of the same unit."""

    found: Within

    @property
    def _apart(self) -> Valued:
        return self.found


facts_of.register(Gap, lambda result: GapFacts(result, result.about.get("names", {}), result.of))
facts_of.register(Gaps, GapsFacts)
facts_of.register(Within, WithinFacts)
facts_of.register(Mismatch, MismatchFacts)
