"""Results as sentences speak of them: ``{row.share}``, ``{row.ci}``, ``{gap.points}``, ``{below.names}``.

A catalogue names a fact by an attribute of one of these classes; each gives a phrase, a figure or a number, so that it
is written as the language does. Facts that are one expression stand in ``facts.yml`` under the name of the class; here
are those that take more. ``rules.yml`` holds expressions of the same kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.answers import phrases, verdicts
from karier_stats.domain.rules import Rules
from karier_stats.stats.association.slopes import ENOUGH, called
from karier_stats.stats.description.contrasts import LEAST, Gap, Gaps, contrast
from karier_stats.stats.description.describe import Description, Row
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.within import Within
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.results import METHODS
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.catalogue import column_of, label_of, own_data
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    from jinja2 import Environment

DECLARED: Mapping[str, Mapping[str, str]] = own_data(Path(__file__).with_name("facts.yml"))
"""Expressions by kind of result and fact."""


class Told:
    """A kind of result whose facts stand in ``facts.yml`` under the name of its class, or of one it is made from."""

    def __getattr__(self, name: str) -> Any:
        """The value of a declared fact; what neither the class nor ``facts.yml`` knows is an AttributeError."""
        for kind in type(self).__mro__:
            if name in DECLARED.get(kind.__name__, ()):
                text = DECLARED[kind.__name__][name]
                names, value = expression(text)
                return value({one: self if one == "it" else getattr(self, one) for one in names})
        raise AttributeError(f"{type(self).__name__}.{name}", name=name, obj=self)


@cache
def expression(text: str) -> tuple[frozenset[str], Callable[[Mapping[str, Any]], Any]]:
    """The facts that an expression names, and how it is computed from them.

    What stands beside facts is handed over with them, and only what is named: Jinja copies all that an engine holds at
    every call, which takes ten times as long as most expressions.
    """
    from jinja2 import meta

    named = meta.find_undeclared_variables(_engine().parse("{{" + text + "}}"))
    beside = {name: BESIDE[name] for name in named & BESIDE.keys()}
    compute = _engine().compile_expression(text, undefined_to_none=False)
    return frozenset(named - beside.keys()), lambda known: compute(**beside, **known)


@cache
def _engine() -> Environment:
    """Jinja's expressions; what is not known is an error, never an empty text."""
    from jinja2 import Environment, StrictUndefined

    engine = Environment(undefined=StrictUndefined, autoescape=False)
    engine.globals.clear()
    engine.filters |= {"column_of": column_of, "facts_of": facts_of}
    return engine


@dataclass(frozen=True)
class RowFacts(Told):
    """One described number, the names of codes by column, and the column described, whose categories the row may name."""

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
        counts = [Phrase("said.plain_named", label=phrases.lowered(row.label), value=row.count) for row in self.whole if row.count]
        return Phrase("said.counts", what=self.of, counts=counts)

    @property
    def total(self) -> dict[str, RowFacts]:
        """Sums of the columns of the table described: ``{it.total[spent].rupiah}``."""
        sums = self.result.data.sum(numeric_only=True).astype(float)
        return {str(name): RowFacts(Row("", "", "", None, Estimate(total), None, len(self.result.data)), {}) for name, total in sums.items()}

    @property
    def also(self) -> Mapping[str, float]:
        """Means of further columns over the rows described: ``{it.also[same]:percent}``."""
        return {str(name): float(mean) for name, mean in self.result.data.mean(numeric_only=True).dropna().items()}

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
class Apart(Told):
    """A difference by its size: without its sign, and against the smallest share that matters."""

    gap: Any


@dataclass(frozen=True)
class GapFacts(Apart):
    """A difference of two described numbers, its first row less its second; shares are told in percentage points."""

    names: Mapping[str, Any]
    of: str = ""


@dataclass(frozen=True)
class GapsFacts(Told):
    """Groups beside the rest of one breakdown."""

    gaps: Gaps

    @property
    def established(self) -> list[GapFacts]:
        """The differences that are established, the plainest first."""
        return [self._said(gap) for gap in self.gaps.seen]

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
    def target(self) -> int:
        """What they have when half of the gap is closed, of a hundred."""
        pairs = self.result.short(verdicts.smallest("share"))
        return round(100 * sum((gap.one.estimate + gap.two.estimate) / 2 for gap in pairs))

    def _list(self, gaps: list[Gap]) -> ListFacts:
        return ListFacts(tuple(facts_of(gap).one for gap in gaps))


@dataclass(frozen=True)
class WithinFacts(Apart):
    """One group beside its colleagues of the same unit."""


facts_of.register(Row, lambda result: RowFacts(result, {}))
facts_of.register(Description, DescriptionFacts)
facts_of.register(Gap, lambda result: GapFacts(result, result.about.get("names", {}), result.of))
facts_of.register(Gaps, GapsFacts)
facts_of.register(Within, WithinFacts)
facts_of.register(Mismatch, MismatchFacts)

BESIDE: dict[str, Any] = {
    "say": Phrase, "figure": Figure, "joined": Joined, "nothing": Joined(), "has": catalogue.has, "called": called,
    "label_of": label_of, "column_of": column_of, "coverage_of": phrases.coverage_of,
    "lowered": phrases.lowered, "shortened": phrases.shortened, "first_few": phrases.few, "plain_share": phrases.plainly,
    "span": phrases.span, "unsigned": phrases.unsigned, "weigh": phrases.matters, "weigh_or_see": phrases.judged,
    "could_see": phrases.unsettled, "verdict_key": phrases.verdict_key, "margin_words": phrases.margin_words,
    "smallest_seen": phrases.smallest_seen, "margin": verdicts.smallest, "METHODS": METHODS, "LEAST": LEAST,
    "LISTED": phrases.LISTED, "ENOUGH": ENOUGH, "nan": math.nan, "finite": math.isfinite, "abs": abs, "len": len,
    "max": max, "min": min, "round": round, "near": math.isclose, "contrast": contrast, "verdict": verdicts.verdict,
    "commitment": verdicts.commitment,
    "rule": Rules(), "row_facts": RowFacts, "facts_of": facts_of,
}
"""What an expression may name beside facts."""
