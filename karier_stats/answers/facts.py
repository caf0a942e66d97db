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

from karier_stats.answers.phrases import column_of, coverage_of, few, label_of, lowered, plainly, shortened, span
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.description.describe import Description, Row
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text


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
    def short(self) -> Text:
        """The same for a title: of an item as it was written its first words."""
        return shortened(self.label)

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
    def half(self) -> int:
        """Half of those counted, rounded down: the target where they shall become fewer."""
        return self.k // 2

    @property
    def half_rest(self) -> int:
        """Half of those not counted."""
        return self.rest // 2

    @property
    def plainly(self) -> Phrase:
        """A share as the main report has it: ``37 dari 121``, of many ``54 dari 100``."""
        return plainly(self.row.estimate, self.row.k, self.row.n)

    @property
    def neat(self) -> Figure:
        """A mean or a median, a whole one without decimals."""
        return Figure(self.row.estimate, "number", 0 if float(self.row.estimate).is_integer() else 1)

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
    def rupiah_range(self) -> Phrase:
        """The bounds of an amount of money, in plain words."""
        return span(self.row.value, self.row.level, kind="rupiah").range

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
    def hundred(self) -> int:
        """A share, of a hundred."""
        return round(100 * self.row.estimate)

    @property
    def rated(self) -> Phrase:
        """``alumni 3,86 (186 penilaian)``."""
        return Phrase("said.rated", label=self.small, value=self.number2, n=self.n)

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
    def few(self) -> Text:
        """The first three names, and how many more."""
        return few(self.names)

    @property
    def plainly(self) -> Text:
        """The same, each with its share in plain words."""
        return few([Phrase("said.named", label=row.label, value=row.plainly) for row in self.rows])

    @property
    def tally(self) -> list[Phrase]:
        """Those that are not nil, each with its number: ``110 tidak hadir``."""
        return [Phrase("said.tally", n=row.k, label=row.small) for row in self.rows if row.k]

    @property
    def named(self) -> list[Phrase]:
        """Each with its share."""
        return [row.named for row in self.rows]

    @property
    def rated(self) -> list[Phrase]:
        """Each with its mean and the number of ratings."""
        return [row.rated for row in self.rows]

    @property
    def hundreds(self) -> Text:
        """Each with its share of a hundred."""
        return Joined(*(Phrase("said.of_hundred", label=row.label, hundred=row.hundred) for row in self.rows), mark="; ")

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


@singledispatch
def facts_of(result: Any) -> Any:
    """A result as sentences speak of it; of a view's table what it says of itself; what is neither stays as it is."""
    return getattr(result, "attrs", {}).get("facts", result)


@facts_of.register(Row)
def _(result: Row) -> RowFacts:
    return RowFacts(result, {})


@facts_of.register(Description)
def _(result: Description) -> DescriptionFacts:
    return DescriptionFacts(result)


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
    def weight(self) -> float:
        """The share of all people or rows who are in the row that the finding speaks of."""
        return self.told.n / self.n

    @property
    def rows(self) -> ListFacts:
        """The groups or categories, in order."""
        return self._list(self.result.rows)

    @property
    def whole(self) -> ListFacts:
        """The categories of everybody."""
        return self._list(self.result.whole)

    @property
    def first(self) -> RowFacts:
        """The first of the groups as they are ordered."""
        return self._said(self.result.groups[0])

    @property
    def last(self) -> RowFacts:
        """The last of them."""
        return self._said(self.result.groups[-1])

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

    @property
    def below_all(self) -> RowFacts:
        """The groups surely below everybody's value, taken together."""
        rows = [one.row for one in self.below]
        k, n = sum(row.k or 0 for row in rows), sum(row.n for row in rows)
        return self._said(Row("", "", "", None, Estimate(k / n if n else math.nan), k, n))

    @property
    def below_missing(self) -> int:
        """How many more of them it takes until each group reaches everybody's value."""
        return sum(max(math.ceil(one.n * self.result.row.estimate - 1e-9) - one.k, 0) for one in self.below)

    @property
    def below_target(self) -> int:
        """How many they are then."""
        return self.below_all.k + self.below_missing

    @property
    def below_reach(self) -> float:
        """The share of all people who are in these groups."""
        return self.below_all.n / self.result.row.n

    @property
    def coverage(self) -> float:
        """The share of those concerned who are in the data; NaN where it is unknown."""
        return coverage_of(self.result.about)

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
