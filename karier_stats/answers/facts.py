"""Results as sentences speak of them: ``{row.share}``, ``{row.ci}``, ``{gap.points}``, ``{below.names}``.

A catalogue names a fact by an attribute of one of these classes; each gives a
phrase, a figure or a number, so that it is written as the language does.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from karier_stats.answers import verdicts
from karier_stats.answers.verdicts import Measure
from karier_stats.stats.description.contrasts import LEAST, Gap, Gaps
from karier_stats.stats.description.describe import Description, Row
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.within import Within
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.numbers import Text

POWER_Z = 0.841621
"""Normal quantile of a power of 0.8."""


def span(value: Estimate, level: float, scale: float = 1, digits: int = 1, kind: str = "number") -> Phrase:
    """The bounds of a value with the name of their interval, or that there are none."""
    if not math.isfinite(value.low):
        return Phrase("said.no_ci")
    low, high = (Figure(scale * bound, kind, digits) for bound in (value.low, value.high))
    return Phrase("said.ci", name=Phrase("said.level", level=level), low=low, high=high)


def smallest_seen(value: Estimate, level: float) -> float:
    """The smallest true difference that such data show in four cases of five: half the interval is ``z`` standard errors."""
    return (value.high - value.low) / 2 * (1 + POWER_Z / shares.critical(level))


def margin_words(measure: Measure) -> Phrase:
    """The smallest difference that matters, with its unit: ``5 poin persentase``."""
    scale = 100 if measure in ("share", "slope", "money") else 1
    return Phrase(f"said.matters.{measure}", margin=scale * verdicts.smallest(measure))


def verdict_key(value: Estimate, measure: Measure | float) -> str:
    """The verdict on a difference as a key; the unknown one apart where its direction is known.

    ``measure`` is a kind of measure with a rule for it, or the smallest difference that matters itself.
    """
    found = verdicts.verdict(value, measure if isinstance(measure, float) else verdicts.smallest(measure))
    return "arah" if found == "belum_diketahui" and value.seen else found


def judged(value: Estimate, measure: Measure, level: float, what: Text | None = None) -> Text:
    """Whether a difference matters; where it may be nil and is not known to be small, what could be seen."""
    if not math.isfinite(value.low):
        return Joined()
    return Joined(matters(value, measure, what), unsettled(value, measure, level))


def matters(value: Estimate, measure: Measure, what: Text | None = None) -> Text:
    """The verdict as one further sentence; empty without bounds."""
    if not math.isfinite(value.low):
        return Joined()
    subject = what or Phrase("said.difference")
    return Phrase(f"said.verdict.{verdict_key(value, measure)}", what=subject, margin=margin_words(measure))


def unsettled(value: Estimate, measure: Measure, level: float) -> Text:
    """A further sentence where a difference may be nil and is not known to be small; else empty."""
    if value.seen or verdict_key(value, measure) == "terlalu_kecil":
        return Joined()
    scale = 100 if measure == "share" else 1
    return Phrase("said.unsettled", seen=scale * smallest_seen(value, level), unit=Phrase(f"said.unit.{measure}"))


@dataclass(frozen=True)
class RowFacts:
    """One described number.

    Parameters
    ----------
    row : Row
    names : mapping
        Names of codes by column.
    of : str
        The column described, whose categories the row may name.
    """

    row: Row
    names: Mapping[str, Any]
    of: str = ""

    @property
    def label(self) -> Text:
        """What the group or category is called."""
        column, code = (self.of, self.row.part) if self.row.part else (self.row.by, self.row.code)
        return label_of(self.names, column, code) if code else Phrase("said.rest")

    @property
    def small(self) -> Text:
        """The same within a sentence."""
        return lowered(self.label)

    @property
    def code(self) -> str:
        """The group or category as the data have it."""
        return self.row.name

    @property
    def among(self) -> Text:
        """Who could be counted, where the view says so by group."""
        return label_of(self.names, "among", self.row.code)

    @property
    def what(self) -> Text:
        """What the breakdown is called."""
        return column_of(self.row.by)

    @property
    def k(self) -> int:
        """Counted."""
        return int(self.row.k or 0)

    @property
    def n(self) -> int:
        """Of how many."""
        return self.row.n

    @property
    def rest(self) -> int:
        """Not counted."""
        return self.row.n - self.k

    @property
    def estimate(self) -> float:
        """The bare number, for a format of the sentence's own."""
        return self.row.estimate

    @property
    def size(self) -> float:
        """The bare number without its sign."""
        return abs(self.row.estimate)

    @property
    def count(self) -> int:
        """A total or a number of different things."""
        return round(self.row.estimate)

    @property
    def percent(self) -> Figure:
        """A share as ``12,5 persen``."""
        return Figure(self.row.estimate, "percent", 1)

    @property
    def ci(self) -> Phrase:
        """Its interval; shares in percent."""
        return span(self.row.value, self.row.level, 100 if self.row.k is not None else 1)

    @property
    def share(self) -> Phrase:
        """A share and its interval, to stand inside brackets: ``12,5 persen; selang ...``."""
        return Phrase("said.beside", value=self.percent, ci=self.ci)

    @property
    def share_apart(self) -> Phrase:
        """A share with its interval in brackets."""
        return Phrase("said.apart", value=self.percent, ci=self.ci)

    @property
    def number(self) -> Figure:
        """A mean or a median with one decimal."""
        return Figure(self.row.estimate, "number", 1)

    @property
    def number_apart(self) -> Phrase:
        """A mean or a median with its interval in brackets."""
        return Phrase("said.apart", value=self.number, ci=self.ci)

    @property
    def rupiah(self) -> Figure:
        """An amount of money."""
        return Figure(self.row.estimate, "rupiah")

    @property
    def rupiah_apart(self) -> Phrase:
        """An amount of money with its interval in brackets."""
        return Phrase("said.apart", value=self.rupiah, ci=span(self.row.value, self.row.level, kind="rupiah"))

    @property
    def number2_apart(self) -> Phrase:
        """A mean with two decimals and its interval in brackets."""
        return Phrase("said.apart", value=self.number2, ci=self.ci2)

    @property
    def number2(self) -> Figure:
        """A mean with two decimals."""
        return Figure(self.row.estimate, "number", 2)

    @property
    def ci2(self) -> Phrase:
        """Its interval with as many."""
        return span(self.row.value, self.row.level, digits=2)

    @property
    def measured(self) -> Phrase:
        """``alumni 3,86 (selang ...; n = 186)``."""
        return Phrase("said.measured", label=self.small, value=self.number2, ci=self.ci2, n=self.n)

    @property
    def named(self) -> Phrase:
        """``Manajerial (12,5 persen)``."""
        return Phrase("said.named", label=self.label, value=self.percent)

    @property
    def counted(self) -> Phrase:
        """``Dinas Sosial (n = 40)``."""
        return Phrase("said.counted", label=self.label, n=self.n)


@dataclass(frozen=True)
class ListFacts:
    """Several rows: their number, and their names in one list."""

    rows: tuple[RowFacts, ...]

    def __iter__(self) -> Iterator[RowFacts]:
        return iter(self.rows)

    @property
    def n(self) -> int:
        """How many."""
        return len(self.rows)

    @property
    def names(self) -> list[Text]:
        """What they are called."""
        return [row.label for row in self.rows]

    @property
    def small(self) -> list[Text]:
        """The same within a sentence."""
        return [row.small for row in self.rows]

    @property
    def named(self) -> list[Phrase]:
        """Each with its share."""
        return [row.named for row in self.rows]

    @property
    def measured(self) -> list[Phrase]:
        """Each with its mean, the interval and the number of people."""
        return [row.measured for row in self.rows]

    @property
    def units(self) -> Text:
        """Each with its share, interval and number of units."""
        return Joined(*(Phrase("said.of_units", row=row, units=row.row.lots) for row in self.rows), mark="; ")

    @property
    def counted(self) -> list[Phrase]:
        """Each with its number of people."""
        return [row.counted for row in self.rows]

    @property
    def parts(self) -> list[Phrase]:
        """Those that are not nil, each with its share: ``tidak hadir 3,2 persen``."""
        return [
            Phrase("said.plain_named", label=lowered(row.label), value=row.percent) for row in self.rows if row.row.estimate
        ]


@dataclass(frozen=True)
class GapFacts:
    """A difference of two described numbers; shares are told in percentage points."""

    gap: Gap
    names: Mapping[str, Any]
    of: str = ""

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
    def hours_unsettled(self) -> Text:
        """A further sentence where a difference in learning hours may be nil."""
        if self.gap.seen or not math.isfinite(self.gap.value.low):
            return Joined()
        seen = smallest_seen(self.gap.value, self.gap.level)
        return Phrase("said.unsettled", seen=seen, unit=Phrase("said.unit.hours"))

    @property
    def judged(self) -> Text:
        """Whether it matters, and what could have been seen where that is not known."""
        return judged(self.gap.value, "share", self.gap.level)

    @property
    def unsettled(self) -> Text:
        """What could have been seen, where it may be nil and is not known to be small."""
        return unsettled(self.gap.value, "share", self.gap.level)

    @property
    def matters(self) -> Text:
        """Whether it matters."""
        return matters(self.gap.value, "share")

    @property
    def weighed(self) -> Phrase:
        """The verdict as a clause."""
        return Phrase(f"said.weighed.{verdict_key(self.gap.value, 'share')}", margin=margin_words("share"))


@singledispatch
def facts_of(result: Any) -> Any:
    """A result as sentences speak of it; of a view's table what it says of itself; what is neither stays as it is."""
    return getattr(result, "attrs", {}).get("facts", result)


@facts_of.register(Gap)
def _(result: Gap) -> GapFacts:
    return GapFacts(result, result.about.get("names", {}), result.of)


@facts_of.register(Row)
def _(result: Row) -> RowFacts:
    return RowFacts(result, {})


@facts_of.register(Gaps)
def _(result: Gaps) -> GapsFacts:
    return GapsFacts(result)


@facts_of.register(Within)
def _(result: Within) -> WithinFacts:
    return WithinFacts(result)


@facts_of.register(Description)
def _(result: Description) -> DescriptionFacts:
    return DescriptionFacts(result)


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
    def ratio(self) -> float:
        """Its rate over that of the breakdown."""
        gap = next(gap for gap in self.gaps if self.gaps.behind in (gap.one, gap.two))
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
    def overlap(self) -> Figure:
        """What both spreads have in common."""
        return Figure(self.result.overlap, "percent", 1)

    def _list(self, gaps: list[Gap]) -> ListFacts:
        return ListFacts(tuple(facts_of(gap).one for gap in gaps))


@facts_of.register(Mismatch)
def _(result: Mismatch) -> MismatchFacts:
    return MismatchFacts(result)


@dataclass(frozen=True)
class WithinFacts:
    """One group beside its colleagues of the same unit."""

    found: Within

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
    def size(self) -> float:
        """The difference in percentage points, without its sign."""
        return abs(self.signed)

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

    @property
    def matters(self) -> Text:
        """Whether it matters."""
        return matters(self.found.value, "share")

    @property
    def judged(self) -> Text:
        """Whether it matters, and what could have been seen where that is not known."""
        return judged(self.found.value, "share", self.found.value.level)


@dataclass(frozen=True)
class DescriptionFacts:
    """A description: everybody (``k``, ``n``, ``share``, ...) and its groups."""

    result: Description

    @property
    def row(self) -> RowFacts:
        """Everybody."""
        return self._said(self.result.row)

    @property
    def n(self) -> int:
        """People or rows described."""
        return self.result.n

    @property
    def about(self) -> Mapping[str, Any]:
        """What the view says of its table: ``{it.about[files]}``."""
        told: Mapping[str, Any] = self.result.about.get("facts", {})
        return told

    @property
    def common(self) -> dict[str, Text]:
        """What all rows described have in common, by column: ``{main.common[instrument]}``."""
        names, data = self.result.about.get("names", {}), self.result.data
        return {name: label_of(names, name, data[name].iloc[0]) for name in names if name in data and data[name].nunique() == 1}

    def __getitem__(self, name: str) -> RowFacts:
        """One group or category by its code: ``{hours[PNS].number}``; one that nobody has counts nobody."""
        row = self.result.find(name)
        return self._said(row if row is not None else Row("", name, "", None, Estimate(0.0), 0, self.result.n))

    @property
    def of(self) -> Text:
        """What was described."""
        return column_of(self.result.of)

    @property
    def by(self) -> list[Text]:
        """The breakdowns."""
        columns = dict.fromkeys(row.by for row in self.result.groups if row.by) or {self.result.of: None}
        return [column_of(column) for column in columns]

    @property
    def over(self) -> Text:
        """The place on a line, such as the year."""
        return column_of(str(self.result.verb.get("over") or ""))

    @property
    def counts(self) -> Text:
        """How many in each category, as a further sentence; empty where a cell of a breakdown is small."""
        if any(0 < row.n < LEAST for row in self.result.groups):
            return Joined()
        counts = [Phrase("said.plain_named", label=lowered(row.label), value=row.count) for row in self.whole if row.count]
        return Phrase("said.counts", what=self.of, counts=counts)

    @property
    def total(self) -> TotalFacts:
        """Sums of the columns of the table described: ``{it.total[spent].rupiah}``."""
        return TotalFacts(self.result)

    @property
    def told(self) -> RowFacts:
        """The row that the finding speaks of."""
        return self._said(self.result.told)

    @property
    def also(self) -> Mapping[str, float]:
        """Means of further columns over the rows described: ``{it.also[same]:percent}``."""
        return {str(name): float(mean) for name, mean in self.result.data.mean(numeric_only=True).dropna().items()}

    @property
    def rows(self) -> ListFacts:
        """The groups or categories, in order."""
        return self._list(self.result.rows)

    @property
    def whole(self) -> ListFacts:
        """The categories of everybody."""
        return self._list(self.result.whole)

    @property
    def top(self) -> RowFacts:
        """The largest."""
        return self._said(self.result.ranked()[0])

    @property
    def highest(self) -> RowFacts:
        """The largest of the groups that are large enough to be compared."""
        return self._said(max((row for row in self.result.groups if row.n >= LEAST), key=lambda row: row.estimate))

    @property
    def second(self) -> RowFacts:
        """The second largest; the largest where there is one only."""
        return self._said(self.result.ranked()[min(1, len(self.result) - 1)])

    @property
    def tied(self) -> ListFacts:
        """Those as large as the largest."""
        first = self.result.ranked()[0]
        return self._list(row for row in self.result.ranked() if row.estimate == first.estimate)

    @property
    def below(self) -> ListFacts:
        """Groups surely below everybody's value."""
        return self._list(self.result.apart("below"))

    @property
    def above(self) -> ListFacts:
        """Groups surely above everybody's value."""
        return self._list(self.result.apart("above"))

    def _said(self, row: Row) -> RowFacts:
        return RowFacts(row, self.result.about.get("names", {}), self.result.of)

    def _list(self, rows: Iterable[Row]) -> ListFacts:
        return ListFacts(tuple(self._said(row) for row in rows))


@dataclass(frozen=True)
class TotalFacts:
    """Sums of columns."""

    result: Description

    def __getitem__(self, column: str) -> RowFacts:
        """The sum of one."""
        total = float(self.result.data[column].astype(float).sum())
        return RowFacts(Row("", "", "", None, Estimate(total), None, len(self.result.data)), {})


def label_of(names: Mapping[str, Any], column: str, code: str) -> Text:
    """A code in words; one outside its list, such as a typed name, as it is."""
    known = names.get(column, {})
    if code in known:
        return {"id": known[code][0], "en": known[code][1]} if isinstance(known[code], tuple) else known[code]
    text = str(code).rstrip(".")
    return {"id": text, "en": text}


def column_of(column: str) -> Text:
    """A column in words; its own name where the catalogue has none."""
    key = f"columns.{column}"
    return Phrase(key) if catalogue.has(key) else {"id": column, "en": column}


def lowered(label: Text) -> Text:
    """A name within a sentence."""
    return {lang: label[lang].lower() for lang in label}
