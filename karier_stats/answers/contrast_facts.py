"""Differences as sentences speak of them: ``{gap.points}``, ``{it.plainest.beside}``, ``{it.judged}``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karier_stats.answers import verdicts
from karier_stats.answers.facts import ListFacts, RowFacts, facts_of
from karier_stats.answers.phrases import (
    LISTED,
    column_of,
    judged,
    label_of,
    margin_words,
    matters,
    smallest_seen,
    span,
    unsettled,
    unsigned,
    verdict_key,
)
from karier_stats.stats.description.contrasts import Gap, Gaps
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.within import Within
from karier_stats.stats.numerics.estimate import Valued
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text


class Apart:
    """A difference by its size: without its sign, and against the smallest share that matters.

    """

    @property
    def _apart(self) -> Valued:
        """The difference."""
        raise NotImplementedError

    @property
    def _scale(self) -> int:
        """What a sentence multiplies it by: a share is told in percentage points."""
        return 100

    @property
    def size(self) -> float:
        """The difference without its sign; of shares in percentage points."""
        return abs(self._scale * self._apart.value.value)

    @property
    def half(self) -> float:
        """Half of that: the target where it shall become smaller."""
        return self.size / 2

    @property
    def range(self) -> Phrase:
        """Its bounds without their sign, in plain words, where both lie on one side of zero."""
        return unsigned(self._apart.value, self._apart.level, self._scale)

    @property
    def rise(self) -> float:
        """How far up it may go: the upper bound, without its sign."""
        return abs(self._scale * self._apart.value.high)

    @property
    def fall(self) -> float:
        """How far down: the lower bound."""
        return abs(self._scale * self._apart.value.low)

    @property
    def most(self) -> float:
        """The largest difference, either way, that remains possible."""
        return max(self.rise, self.fall)

    @property
    def matters(self) -> Text:
        """Whether it matters."""
        return matters(self._apart.value, "share")

    @property
    def judged(self) -> Text:
        """Whether it matters, and what could have been seen where that is not known."""
        return judged(self._apart.value, "share", self._apart.level)


@dataclass(frozen=True)
class GapFacts(Apart):
    """A difference of two described numbers; shares are told in percentage points."""

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

    @property
    def described(self) -> Text:
        """What was described."""
        return column_of(str(self.gap.verb.get("of", "")))

    @property
    def beside(self) -> Phrase:
        """Both shares and how far they are apart."""
        return Phrase("said.side_by_side", one=self.one, two=self.two, points=self.points)

    @property
    def verdict(self) -> Phrase:
        """The first group with the verdict on its difference."""
        return Phrase("said.plain_named", label=self.one.label, value=self.weighed)

    @property
    def signed(self) -> float:
        """A difference of shares in percentage points."""
        return 100 * self.gap.value.value

    @property
    def ci(self) -> Phrase:
        """Its interval."""
        return span(self.gap.value, self.gap.level, 100)

    @property
    def ci_whole(self) -> Phrase:
        """The same, whole."""
        return span(self.gap.value, self.gap.level, 100, 0)

    @property
    def points(self) -> Phrase:
        """``-1,7 poin persentase (selang ...)``; names the family where there is one."""
        ci = Phrase("said.family", ci=self.ci, family=self.gap.family) if self.gap.family > 1 else self.ci
        return Phrase("said.apart", value=Phrase("said.points", value=self.signed), ci=ci)

    @property
    def side(self) -> Phrase:
        """Whether the first lies ``lebih tinggi`` or ``lebih rendah`` than the second."""
        return Phrase(f"said.side.{'up' if self.gap.value.value > 0 else 'down'}")

    @property
    def plainly(self) -> Phrase:
        """Both shares in plain words."""
        return Phrase("said.both_plainly", one=self.one, two=self.two)

    @property
    def margin(self) -> Phrase:
        """The smallest difference of shares that matters, with its unit."""
        return margin_words("share")

    @property
    def touched(self) -> float:
        """The share of all compared who are counted in the first group."""
        return self.one.k / self.gap.n

    @property
    def count(self) -> int:
        """The size of a counted difference."""
        return abs(round(self.gap.value.value))

    @property
    def plain(self) -> Phrase:
        """Who is compared and how far apart they are, in the unit of what was described."""
        value = self.gap.value
        size = self.points if self.gap.one.k is not None else Phrase(
            "said.apart", value=Figure(value.value, "number", 2), ci=span(value, self.gap.level, digits=2))
        return Phrase(f"said.plain.{'pair' if self.gap.one.name else 'against'}", it=self, size=size)

    @property
    def hours(self) -> Phrase:
        """A difference of learning hours with its interval in brackets."""
        value = self.gap.value
        return Phrase("said.apart", value=Phrase("said.hours", value=value.value), ci=span(value, self.gap.level))

    @property
    def score(self) -> Phrase:
        """A difference of scores or of an index with its interval in brackets."""
        value = self.gap.value
        size = Figure(value.value, "number", 2)
        return Phrase("said.apart", value=Phrase("said.score", value=size), ci=span(value, self.gap.level, digits=2))

    @property
    def score_plain(self) -> Phrase:
        """The same in plain words."""
        value = self.gap.value
        size = Phrase("said.score", value=Figure(value.value, "number", 2))
        return Phrase("said.apart", value=size, ci=span(value, self.gap.level, digits=2).range)

    @property
    def score_size(self) -> Figure:
        """The size of a difference of scores."""
        return Figure(abs(self.gap.value.value), "number", 2)

    @property
    def score_judged(self) -> Text:
        """Whether a difference of scores matters, and what could have been seen where that is not known."""
        return judged(self.gap.value, "points", self.gap.level)

    @property
    def hours_unsettled(self) -> Text:
        """A further sentence where a difference in learning hours may be nil."""
        if self.gap.seen or not math.isfinite(self.gap.value.low):
            return Joined()
        seen = smallest_seen(self.gap.value, self.gap.level)
        return Phrase("said.unsettled", seen=seen, unit=Phrase("said.unit.hours"))

    @property
    def unsettled(self) -> Text:
        """What could have been seen, where it may be nil and is not known to be small."""
        return unsettled(self.gap.value, "share", self.gap.level)

    @property
    def weighed(self) -> Phrase:
        """The verdict as a clause."""
        return Phrase(f"said.weighed.{verdict_key(self.gap.value, 'share')}", margin=margin_words("share"))


@facts_of.register(Gap)
def _(result: Gap) -> GapFacts:
    return GapFacts(result, result.about.get("names", {}), result.of)


@facts_of.register(Gaps)
def _(result: Gaps) -> GapsFacts:
    return GapsFacts(result)


@facts_of.register(Within)
def _(result: Within) -> WithinFacts:
    return WithinFacts(result)


@dataclass(frozen=True)
class GapsFacts:
    """Groups beside the rest of one breakdown."""

    gaps: Gaps

    @property
    def what(self) -> Text:
        """What the breakdown is called."""
        return column_of(self.gaps.plainest.one.by)

    @property
    def plainest(self) -> GapFacts:
        """The difference with the smallest p."""
        return self._said(self.gaps.plainest)

    @property
    def seen(self) -> Text:
        """The differences that are established, one after the other."""
        return Joined(*(self._said(gap).beside for gap in self.gaps.seen), mark="; ")

    @property
    def described(self) -> Text:
        """What was described."""
        return self.plainest.described

    @property
    def verdicts(self) -> Text:
        """Which of them matter."""
        return Joined(*(self._said(gap).verdict for gap in self.gaps.seen), mark="; ")

    @property
    def behind(self) -> RowFacts:
        """The group furthest behind."""
        row = self.gaps.behind
        assert row is not None
        return RowFacts(row, self.gaps.about.get("names", {}))

    @property
    def plainly(self) -> Text:
        """The differences that are established, in plain words; at most three."""
        return Joined(*(self._said(gap).plainly for gap in self.gaps.seen[:LISTED]), mark="; ")

    @property
    def lag(self) -> GapFacts:
        """The difference of the group furthest behind."""
        return self._said(self.gaps.lag)

    @property
    def more(self) -> int:
        """How many more of that group close half of the gap to the others."""
        gap = self.gaps.lag
        other = gap.two if self.gaps.behind == gap.one else gap.one
        return math.ceil((self.behind.n * other.estimate - self.behind.k) / 2 - 1e-9)

    @property
    def target(self) -> int:
        """How many it has then."""
        return self.behind.k + self.more

    @property
    def reach(self) -> float:
        """The share of all people who are in that group."""
        gap = self.gaps.lag
        return self.behind.n / (gap.one.n + gap.two.n)

    @property
    def ratio(self) -> float:
        """Its rate over that of the breakdown."""
        gap = self.gaps.lag
        pooled = ((gap.one.k or 0) + (gap.two.k or 0)) / (gap.one.n + gap.two.n)
        return self.behind.estimate / pooled

    def _said(self, gap: Gap) -> GapFacts:
        return GapFacts(gap, self.gaps.about.get("names", {}))


@dataclass(frozen=True)
class MismatchFacts:
    """What is asked for beside what is given, against the smallest share that matters."""

    result: Mismatch

    @property
    def top(self) -> GapFacts:
        """The category given least for what is asked."""
        return facts_of(self.result.top(verdicts.smallest("share")))  # type: ignore[no-any-return]

    @property
    def short(self) -> ListFacts:
        """Those given too little."""
        return self._list(self.result.short(verdicts.smallest("share")))

    @property
    def over(self) -> ListFacts:
        """Those given too much."""
        return self._list(self.result.over(verdicts.smallest("share")))

    @property
    def missing(self) -> float:
        """The share of all that is given that would have to move until both spreads are alike."""
        return 1 - self.result.overlap

    @property
    def given(self) -> int:
        """What those given too little have together, of a hundred."""
        return round(100 * sum(gap.two.estimate for gap in self.result.short(verdicts.smallest("share"))))

    @property
    def target(self) -> int:
        """What they have when half of the gap is closed, of a hundred."""
        pairs = self.result.short(verdicts.smallest("share"))
        return round(100 * sum((gap.one.estimate + gap.two.estimate) / 2 for gap in pairs))

    @property
    def overlap(self) -> Figure:
        """What both spreads have in common."""
        return Figure(self.result.overlap, "percent", 1)

    def _list(self, gaps: list[Gap]) -> ListFacts:
        return ListFacts(tuple(facts_of(gap).one for gap in gaps))


@facts_of.register(Mismatch)
def _(result: Mismatch) -> MismatchFacts:
    return MismatchFacts(result)


@dataclass(frozen=True)
class WithinFacts(Apart):
    """One group beside its colleagues of the same unit."""

    found: Within

    @property
    def _apart(self) -> Valued:
        return self.found

    @property
    def label(self) -> Text:
        """The group."""
        return label_of(self.found.about.get("names", {}), self.found.by, self.found.code)

    @property
    def what(self) -> Text:
        """The breakdown."""
        return column_of(self.found.by)

    @property
    def others(self) -> list[Text]:
        """What was held equal beside."""
        return [column_of(name) for name in self.found.others]

    @property
    def described(self) -> Text:
        """What was described."""
        return column_of(self.found.of)

    @property
    def reach(self) -> float:
        """The share of the rows that the group has."""
        return self.found.n_group / self.found.n

    @property
    def signed(self) -> float:
        """The difference in percentage points."""
        return 100 * self.found.value.value

    @property
    def association(self) -> Phrase:
        """That it proves no cause."""
        return Phrase("said.association")

    @property
    def facts(self) -> Phrase:
        """Interval, corrected p, method, and on how much it rests."""
        one = self.found
        return Phrase("said.within_facts", ci=span(one.value, one.value.level, 100), p=one.p_adjusted, family=one.family,
                      method=Phrase("stats.method.cr2"), units=one.n_units, years=one.years, n=one.n)
