"""Results as sentences speak of them: ``{row.share}``, ``{row.ci}``, ``{gap.points}``, ``{below.names}``.

A catalogue names a fact by an attribute of one of these classes; each gives a phrase, a figure or a number, so that it
is written as the language does. Facts that are one expression stand in ``facts.yml`` under the name of the class
(:class:`~karier_stats.answers.told.Told`); here are those that take more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from karier_stats.answers.phrases import lowered
from karier_stats.answers.told import Told
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.description.describe import Description, Row
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words import Joined, Phrase
from karier_stats.words.catalogue import column_of, label_of
from karier_stats.words.numbers import Text


@dataclass(frozen=True)
class RowFacts(Told):
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


@dataclass(frozen=True)
class ListFacts(Told):
    """Several rows: their number, and their names in one list."""

    rows: tuple[RowFacts, ...]

    def __iter__(self) -> Iterator[RowFacts]:
        return iter(self.rows)


@singledispatch
def facts_of(result: Any) -> Any:
    """A result as sentences speak of it; of a view's table what it says of itself; what is neither stays as it is."""
    return getattr(result, "attrs", {}).get("facts", result)


@dataclass(frozen=True)
class DescriptionFacts(Told):
    """A description: everybody (``k``, ``n``, ``share``, ...) and its groups."""

    result: Description

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
    def by(self) -> list[Text]:
        """The breakdowns."""
        columns = dict.fromkeys(row.by for row in self.result.groups if row.by) or {self.result.of: None}
        return [column_of(column) for column in columns]

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
    def also(self) -> Mapping[str, float]:
        """Means of further columns over the rows described: ``{it.also[same]:percent}``."""
        return {str(name): float(mean) for name, mean in self.result.data.mean(numeric_only=True).dropna().items()}

    @property
    def highest(self) -> RowFacts:
        """The largest of the groups that are large enough to be compared."""
        return self._said(max((row for row in self.result.groups if row.n >= LEAST), key=lambda row: row.estimate))

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


facts_of.register(Row, lambda result: RowFacts(result, {}))
facts_of.register(Description, DescriptionFacts)
