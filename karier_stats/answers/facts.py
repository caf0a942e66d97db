"""Results as sentences speak of them: ``{row.share}``, ``{row.ci}``, ``{gap.points}``, ``{below.names}``, ``{it.size}``.

A catalogue names a fact by an attribute of one of these kinds; each gives a phrase, a figure or a number, so that it
is written as the language does. Facts that are one expression stand in ``facts.yml`` under the name of the kind; here
are those that take more. ``rules.yml`` holds expressions of the same sort.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache, partial, singledispatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from karier_stats.answers import phrases, verdicts
from karier_stats.answers.record import Counts
from karier_stats.domain import codes
from karier_stats.domain.rules import Rules
from karier_stats.errors import refuse_unknown
from karier_stats.stats.association.halves import Halves
from karier_stats.stats.association.slopes import ENOUGH, POWER, Asked, Moderated, Slope, Slopes, Without, called
from karier_stats.stats.association.specification import Curve, way
from karier_stats.stats.change.gain import Gain
from karier_stats.stats.change.gains import DealtOut, Gains
from karier_stats.stats.change.retention import Retained
from karier_stats.stats.description.contrasts import LEAST, Changes, Gap, Gaps, comparable, contrast
from karier_stats.stats.description.decisions import Decisions
from karier_stats.stats.description.describe import Description, Inequality, Row
from karier_stats.stats.description.mismatch import Mismatch
from karier_stats.stats.description.others import Others, Within
from karier_stats.stats.effect import Effect, Refused
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.plan.allocate import Shortfall
from karier_stats.stats.results import METHODS
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.catalogue import column_of, label_of, own_data
from karier_stats.words.numbers import Text, decimals

if TYPE_CHECKING:
    from jinja2 import Environment

DECLARED: Mapping[str, Mapping[str, str]] = own_data(Path(__file__).with_name("facts.yml"))
"""Expressions by kind of result and fact."""
_COLUMN = re.compile(r"`(\w+)`")


_TELLING = frozenset("k n rest half half_rest plainly percent hundred estimate size number number2 count".split())
"""Facts of a row that tell its people or what is reckoned from them."""
_TOLD: ContextVar[set[Counts] | None] = ContextVar("_TOLD", default=None)


@contextmanager
def rows_told() -> Iterator[set[Counts]]:
    """The rows whose numbers are told within the block: whom each counts, if anybody, of how many, and its value."""
    told: set[Counts] = set()
    before = _TOLD.set(told)
    try:
        yield told
    finally:
        _TOLD.reset(before)


class Factual:
    """A kind of result whose facts stand in ``facts.yml`` under the name of its class, or of one it is made from."""

    def __getattr__(self, name: str) -> Any:
        """The value of a declared fact.

        Raises
        ------
        AttributeError
            Neither the class nor ``facts.yml`` knows the name.
        """
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
    engine.filters |= {"column_of": column_of, "facts_of": facts_of, "way": way, "method": METHODS.__getitem__}
    return engine


@dataclass(frozen=True)
class RowFacts(Factual):
    """One described number, the names of codes by column, and the column described, whose categories the row may name."""

    row: Row
    names: Mapping[str, Any]
    of: str = ""

    def __getattr__(self, name: str) -> Any:
        """As every kind; what tells of people is kept for :func:`rows_told`."""
        if name in _TELLING and (told := _TOLD.get()) is not None:
            told.add((self.row.k, self.row.n, self.row.estimate))
        return super().__getattr__(name)


@dataclass(frozen=True)
class ListFacts(Factual):
    """Several rows: their number, and their names in one list."""

    rows: Iterable[RowFacts]

    def __iter__(self) -> Iterator[RowFacts]:
        return iter(self.rows)


@singledispatch
def facts_of(result: Any) -> Any:
    """A result as sentences speak of it; of a view's table what it says of itself; what is neither stays as it is."""
    return getattr(result, "attrs", {}).get("facts", result)


@dataclass(frozen=True)
class Facts(Factual):
    """A kind that is made from one result alone."""

    result: Any


class DescriptionFacts(Facts):
    """A description: everybody (``k``, ``n``, ``share``, ...) and its groups."""

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
    def asked(self) -> RowFacts:
        """The category that is asked about; a topic also where the survey has no list of them."""
        focus, found = self.result.focus, self.result.find(self.result.focus)
        listed = Row("", focus, "", None, Estimate(0.0), 0, self.result.n)
        return self._said(found) if found else RowFacts(listed, {"": codes.TOPIC})

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
        rows = {str(name): Row("", "", "", None, Estimate(total), None, len(self.result.data)) for name, total in sums.items()}
        return {name: RowFacts(row, {}) for name, row in rows.items()}

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
class DecisionFacts(DescriptionFacts):
    """A description with the rule that its groups were held against."""

    decisions: Decisions

    @property
    def sets(self) -> Mapping[str, ListFacts]:
        """The groups of each decision."""
        return {name: self._list(rows) for name, rows in self.decisions.rows.items()}


class Apart(Facts):
    """A difference by its size: without its sign, and against the smallest share that matters."""


class EffectFacts(Facts):
    """One number of a comparison (``effect``), or a result that has one."""

    @property
    def _turned(self) -> EffectFacts:
        """The same as its size has it: a difference below zero without its sign."""
        value = self.effect.value
        return self._with(value.times(-1)) if value.high < 0 else self

    def _with(self, value: Estimate) -> EffectFacts:
        return EffectFacts(replace(self.effect, value=value))

    @property
    def own(self) -> Text | EffectFacts | None:
        """The result's own sentence, its columns by their names."""
        said = self.effect.sentence

        def named(lang: str, found: re.Match[str]) -> str:
            return (called("outcome", found[1]) or column_of(found[1]))[lang]

        return said and {lang: _COLUMN.sub(partial(named, lang), said[lang]) for lang in said}

    def _judged(self, what: str = "") -> Text:
        refuse_unknown("measure", self.effect.measure, verdicts.SCALED)
        name, scale = verdicts.SCALED[self.effect.measure]
        return phrases.matters(self.effect.value.times(1 / scale), name, Phrase(f"said.subject.{what}") if what else None)


class Verdicts(NamedTuple):
    """How many estimates have each verdict against the smallest change that matters."""

    matter: int
    small: int
    open: int


class OfGroups(Facts):
    """Changes by group."""

    @property
    def verdicts(self) -> Verdicts:
        """How many have each of the three verdicts."""
        found = Counter(verdicts.verdict(value, verdicts.smallest("points")) for value in self.estimates)
        return Verdicts(found["berarti"], found["terlalu_kecil"], found["belum_diketahui"])


class Groups(list[Any], Factual):
    """Some of the groups of :class:`Gains`: their names, and the places that they hold."""


def assumed(gains: Iterable[Any]) -> Phrase:
    """What must hold for some gains (their facts) to be read as results, by the estimate that leads each: ``did`` or ``ancova``."""
    names: dict[str, list[Text]] = {"did": [], "ancova": []}
    for one in gains:
        names[one.gain.base].append(one.small)
    used = [base for base, found in names.items() if found]
    if len(used) == 1:
        return Phrase(f"gains.assumption.{used[0]}")
    whole: dict[str, Any] = {base: Phrase(f"gains.assumption.{base}") for base in names}
    return Phrase("gains.assumption.both", **whole, **{f"{base}_names": found for base, found in names.items()})


class SlopeFacts(EffectFacts):
    """One slope (``slope``), or a result that has one; shares are told in percentage points."""

    @property
    def _turned(self) -> SlopeFacts:
        value = self.slope.value
        return SlopeFacts(replace(self.slope, value=value.times(-1))) if value.high < 0 else self


def margin_of(slope: Slope) -> float | None:
    """The smallest slope that matters, in its unit; of a scale whose ends are known, a share of its width. None without a rule."""
    ends = slope.about.get("scale")
    if slope.measure == "scale_points_per_point" and ends:
        return verdicts.smallest("slope") * float(ends[1] - ends[0])
    return verdicts.margin_of(slope.measure)


class SlopesFacts(SlopeFacts):
    """The slopes of one regression: all that is said of the main one, and the ways of computing it."""

    def __getitem__(self, scope: str) -> SlopeFacts:
        return SlopeFacts(self.result[scope])

    @property
    def zeros(self) -> Text:
        """Of counts, the share of zeros as observed and as each model expects them; else empty."""
        known = [Phrase("said.plain_named", label=Phrase(f"slopes.zeros.{name}"), value=Figure(value, "percent", 1))
                 for name, value in self.result.fit.zeros.items() if catalogue.has(f"slopes.zeros.{name}")]
        return Phrase("slopes.zeros.told", shares=Joined(*known, mark=", ")) if known else Joined()


class ModeratedFacts(Facts):
    """Secondary questions that were declared beforehand."""

    @property
    def declared(self) -> Phrase:
        """Which groups the data can tell apart, which they cannot, and how many questions there are."""
        bend = "bend" in self.found
        errors = any(one.value.low == one.value.low for one in self.found.rows)
        return Phrase(
            "slopes.secondary.said", names=[column_of(name) for name in self.found.answered], family=self.family,
            bend=Phrase("slopes.secondary.bend") if bend else Joined(), left=self.left,
            errors=Phrase("slopes.secondary.errors") if errors else Joined(),
        )


class HalvesFacts(EffectFacts):
    """One slope of two answers, and those that hold one person's impressions."""

    @property
    def own(self) -> EffectFacts:
        """Where one person gives both answers."""
        return self._with(self.result.own)


@dataclass(frozen=True)
class RefusedFacts:
    """Why a part has no result; all else that a sentence may name of it is empty."""

    refused: Refused

    @property
    def reason(self) -> Text:
        """The library's own words."""
        return self.refused.error.texts

    @property
    def outcome(self) -> Text:
        """What was to be set beside a score."""
        column = str(self.refused.asked.get("outcome", ""))
        return called("outcome", column) or column_of(column)

    def __getattr__(self, name: str) -> Text:
        if name.startswith("__"):
            raise AttributeError(name)
        return Joined()


def _kind(name: str, made_from: type[Facts] = Facts) -> type[Facts]:
    """A kind whose facts are all declared in ``facts.yml``."""
    return type(name, (made_from,), {})


KINDS: dict[type, Callable[[Any], Any]] = {
    dict: lambda result: {name: facts_of(one) for name, one in result.items()},
    Row: lambda result: RowFacts(result, {}),
    Description: DescriptionFacts, Changes: lambda result: DescriptionFacts(result.lines),
    Decisions: lambda result: DecisionFacts(result.result, result), Inequality: _kind("InequalityFacts"),
    Gap: _kind("GapFacts", Apart), Gaps: _kind("GapsFacts"), Mismatch: _kind("MismatchFacts"), Within: _kind("WithinFacts", Apart),
    Effect: EffectFacts, Gain: _kind("GainFacts", EffectFacts), DealtOut: _kind("DealtFacts", EffectFacts),
    Shortfall: _kind("ShortfallFacts", EffectFacts), Curve: _kind("CurveFacts", EffectFacts), Halves: HalvesFacts,
    Gains: _kind("GainsFacts", OfGroups), Others: _kind("OthersFacts", OfGroups), Retained: _kind("RetainedFacts"),
    Slope: SlopeFacts, Slopes: SlopesFacts, Without: _kind("WithoutFacts", SlopeFacts), Asked: _kind("AskedFacts", SlopeFacts),
    Moderated: ModeratedFacts, Refused: RefusedFacts,
}
"""How each class of results is told."""
for _result, _told in KINDS.items():
    facts_of.register(_result, _told)

BESIDE: dict[str, Any] = {
    "say": Phrase, "figure": Figure, "joined": Joined, "nothing": Joined(), "has": catalogue.has, "called": called,
    "label_of": label_of, "column_of": column_of, "coverage_of": phrases.coverage_of,
    "lowered": phrases.lowered, "shortened": phrases.shortened, "first_few": phrases.few, "plain_share": phrases.plainly,
    "span": phrases.span, "unsigned": phrases.unsigned, "weigh": phrases.matters, "weigh_or_see": phrases.judged,
    "could_see": phrases.unsettled, "verdict_key": phrases.verdict_key, "margin_words": phrases.margin_words,
    "smallest_seen": phrases.smallest_seen, "margin": verdicts.smallest, "METHODS": METHODS, "LEAST": LEAST,
    "LISTED": phrases.LISTED, "ENOUGH": ENOUGH, "nan": math.nan, "finite": math.isfinite, "abs": abs, "len": len,
    "max": max, "min": min, "round": round, "ceil": math.ceil, "inf": math.inf, "decimals": decimals, "POWER": POWER,
    "slope_margin": margin_of, "near": math.isclose, "contrast": contrast, "comparable": comparable,
    "verdict": verdicts.verdict, "commitment": verdicts.commitment, "rule": Rules(), "row_facts": RowFacts, "list_facts": ListFacts,
    "facts_of": facts_of, "groups": Groups, "assumed": assumed,
}
"""What an expression may name beside facts."""
