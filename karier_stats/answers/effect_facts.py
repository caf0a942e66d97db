"""Comparisons and slopes as sentences speak of them: ``{it.size}``, ``{it.ci}``, ``{it.p}``, ``{it.where}``, ``{forms.assumptions}``."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

from karier_stats.answers import verdicts
from karier_stats.answers.facts import BESIDE, DescriptionFacts, ListFacts, Told, facts_of
from karier_stats.answers.phrases import lowered, matters, verdict_key
from karier_stats.errors import refuse_unknown
from karier_stats.stats.association.halves import Halves
from karier_stats.stats.association.slopes import POWER, Asked, Moderated, Slope, Slopes, Without, called
from karier_stats.stats.association.specification import Curve, way
from karier_stats.stats.change.gain import Gain
from karier_stats.stats.change.gains import DealtOut, Gains
from karier_stats.stats.change.retained import Retained
from karier_stats.stats.description.contrasts import Changes, Decisions
from karier_stats.stats.description.describe import Inequality
from karier_stats.stats.description.others import Others
from karier_stats.stats.effect import Effect, Refused
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.plan.allocate import Shortfall
from karier_stats.stats.results import METHODS
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.catalogue import column_of
from karier_stats.words.numbers import Text, decimals

_COLUMN = re.compile(r"`(\w+)`")


@dataclass(frozen=True)
class EffectFacts(Told):
    """One number of a comparison."""

    effect: Effect

    @property
    def _turned(self) -> EffectFacts:
        """The same as its size has it: a difference below zero without its sign."""
        value = self.effect.value
        return replace(self, effect=replace(self.effect, value=value.times(-1))) if value.high < 0 else self

    def _with(self, value: Estimate) -> EffectFacts:
        return EffectFacts(replace(self.effect, value=value))

    @property
    def own(self) -> Text | None:
        """The result's own sentence, its columns by their names."""
        said = self.effect.sentence

        def named(lang: str, found: re.Match[str]) -> str:
            return (called("outcome", found[1]) or column_of(found[1]))[lang]

        return said and {lang: _COLUMN.sub(partial(named, lang), said[lang]) for lang in said}

    def _judged(self, what: str = "") -> Text:
        refuse_unknown("measure", self.effect.measure, verdicts.SCALED)
        name, scale = verdicts.SCALED[self.effect.measure]
        return matters(self.effect.value.times(1 / scale), name, Phrase(f"said.subject.{what}") if what else None)


@dataclass(frozen=True)
class GainFacts(EffectFacts):
    """The gain of one group, with the whole comparison; the interval is that of the level at which the family was tested."""

    gain: Gain


@dataclass(frozen=True)
class DealtFacts(EffectFacts):
    """A comparison by permutation, with least squares beside it."""

    result: DealtOut


@dataclass(frozen=True)
class OfGroups(Told):
    """Changes by group."""

    gains: Gains | Others

    @property
    def verdicts(self) -> Verdicts:
        """How many have each of the three verdicts."""
        found = Counter(verdicts.verdict(value, verdicts.smallest("points")) for value in self.estimates)
        return Verdicts(found["berarti"], found["terlalu_kecil"], found["belum_diketahui"])


@dataclass(frozen=True)
class GainsFacts(OfGroups):
    """The gains of several groups."""

    gains: Gains

    @property
    def assumptions(self) -> Phrase:
        """The assumptions that the leading estimates rest on."""
        return assumptions([(row.gain.base, row.label) for row in self.rows])


class Groups(list[GainFacts], Told):
    """Some of the groups: their names, and the places that they hold."""


BESIDE["groups"] = Groups


def assumptions(leads: list[tuple[str, Text]]) -> Phrase:
    """What must hold for some gains to be read as results: of each its leading estimate (``did``, ``ancova``) and its name."""
    names = {base: [lowered(name) for lead, name in leads if lead == base] for base in ("did", "ancova")}
    used = [base for base, found in names.items() if found]
    if len(used) == 1:
        return Phrase(f"gains.assumption.{used[0]}")
    whole: dict[str, Any] = {base: Phrase(f"gains.assumption.{base}") for base in names}
    return Phrase("gains.assumption.both", **whole, **{f"{base}_names": found for base, found in names.items()})


@dataclass(frozen=True)
class RetainedFacts:
    """What lasts of the gains of several groups."""

    result: Retained

    @property
    def assumptions(self) -> Phrase:
        """The assumptions that the leading estimates rest on."""
        return assumptions([(one.gain.base, facts_of(one.gain).label) for one in self.result.rows])


class Verdicts(NamedTuple):
    """How many estimates have each verdict against the smallest change that matters."""

    matter: int
    small: int
    open: int


@dataclass(frozen=True)
class OthersFacts(OfGroups):
    """Groups beside the others of their kind."""


@dataclass(frozen=True)
class ShortfallFacts(EffectFacts):
    """Money that is wanting, and what it was computed from."""

    found: Shortfall


@dataclass(frozen=True)
class DecisionFacts(DescriptionFacts):
    """A description with the rule that its groups were held against."""

    decisions: Decisions

    @property
    def sets(self) -> Mapping[str, ListFacts]:
        """The groups of each decision."""
        return {name: self._list(rows) for name, rows in self.decisions.rows.items()}


@dataclass(frozen=True)
class InequalityFacts(Told):
    """How unevenly a total is spread."""

    result: Inequality


@dataclass(frozen=True)
class SlopeFacts(EffectFacts):
    """One slope; shares are told in percentage points."""

    slope: Slope

    @property
    def _turned(self) -> SlopeFacts:
        """The same as its size has it: a slope below zero without its sign."""
        if not self.slope.value.high < 0:
            return self
        turned = replace(self.slope, value=self.slope.value.times(-1))
        return replace(self, effect=turned, slope=turned)

    @property
    def smallest(self) -> Text:
        """The smallest slope that its test could have seen, as a further sentence."""
        seen = self.scale * self.slope.smallest
        if not 0 < seen < math.inf:
            return Joined()
        unit = Phrase("slopes.per", unit=self.unit)
        return Phrase("plan.beside", power=POWER, size=Figure(seen, "number", decimals(seen)), unit=unit)

    @property
    def matters(self) -> Text:
        """Whether it matters, as a further sentence; empty without bounds, or a margin that is told."""
        margin, key = margin_of(self.slope), f"slopes.margin.{self.slope.measure}"
        if margin is None or not catalogue.has(key) or not math.isfinite(self.slope.value.low):
            return Joined()
        found = verdict_key(self.slope.value, margin)
        shown = Phrase(key, margin=self.scale * margin)
        return Phrase(f"said.verdict.{found}", what=Phrase("said.subject.association"), margin=shown)


@dataclass(frozen=True)
class WithoutFacts(SlopeFacts):
    """A slope without some rows, beside the one of all."""

    found: Without


@dataclass(frozen=True)
class AskedFacts(SlopeFacts):
    """A secondary question: how far two slopes lie apart, or how a line bends."""

    asked: Asked


@dataclass(frozen=True)
class ModeratedFacts(Told):
    """Secondary questions that were declared beforehand."""

    found: Moderated

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


def margin_of(slope: Slope) -> float | None:
    """The smallest slope that matters, in its unit; of a scale whose ends are known, a share of its width. None without a rule."""
    ends = slope.about.get("scale")
    if slope.measure == "scale_points_per_point" and ends:
        return verdicts.smallest("slope") * float(ends[1] - ends[0])
    return verdicts.margin_of(slope.measure)


@dataclass(frozen=True)
class SlopesFacts(SlopeFacts):
    """The slopes of one regression: all that is said of the main one, and the ways of computing it."""

    slopes: Slopes

    def __getitem__(self, scope: str) -> SlopeFacts:
        return SlopeFacts(self.slopes[scope], self.slopes[scope])

    @property
    def others(self) -> Text:
        """The methods beside the main one, as the end of a sentence."""
        methods = [str(method) for method in self.slopes.ways["method"] if method != self.slopes.fit.lead[1]]
        return Phrase("slopes.others", methods=[METHODS[method] for method in methods]) if methods else Joined()

    @property
    def zeros(self) -> Text:
        """Of counts, the share of zeros as observed and as each model expects them; else empty."""
        known = [Phrase("said.plain_named", label=Phrase(f"slopes.zeros.{name}"), value=Figure(value, "percent", 1))
                 for name, value in self.slopes.fit.zeros.items() if catalogue.has(f"slopes.zeros.{name}")]
        return Phrase("slopes.zeros.told", shares=Joined(*known, mark=", ")) if known else Joined()


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


@dataclass(frozen=True)
class CurveFacts(EffectFacts):
    """Every declared way to ask."""

    curve: Curve

    @property
    def declared(self) -> Phrase:
        """What was declared; adjusted ways only where the composition is known."""
        names = [column_of(name) for name in self.curve.also]
        also = Phrase("slopes.both_ways", names=names) if names else Joined()
        return Phrase("slopes.declared", outcomes=[way(name) for name in self.curve.outcomes], also=also)


@dataclass(frozen=True)
class HalvesFacts(EffectFacts):
    """One slope of two answers, and those that hold one person's impressions."""

    halves: Halves

    @property
    def own(self) -> EffectFacts:  # type: ignore[override]
        """Where one person gives both answers."""
        return self._with(self.halves.own)


facts_of.register(dict, lambda result: {name: facts_of(one) for name, one in result.items()})
facts_of.register(Curve, lambda result: CurveFacts(result, result))
facts_of.register(Halves, lambda result: HalvesFacts(result, result))
facts_of.register(Slope, lambda result: SlopeFacts(result, result))
facts_of.register(Slopes, lambda result: SlopesFacts(result.lead, result.lead, result))
facts_of.register(Refused, RefusedFacts)
facts_of.register(Without, lambda result: WithoutFacts(result, result, result))
facts_of.register(Asked, lambda result: AskedFacts(result, result, result))
facts_of.register(Moderated, ModeratedFacts)
facts_of.register(Retained, RetainedFacts)
facts_of.register(Effect, EffectFacts)
facts_of.register(Gain, lambda result: GainFacts(result.effect, result))
facts_of.register(DealtOut, lambda result: DealtFacts(result.effect, result))
facts_of.register(Gains, GainsFacts)
facts_of.register(Others, OthersFacts)
facts_of.register(Changes, lambda result: DescriptionFacts(result.lines))
facts_of.register(Decisions, lambda result: DecisionFacts(result.result, result))
facts_of.register(Inequality, InequalityFacts)
facts_of.register(Shortfall, lambda result: ShortfallFacts(result.effect, result))
