"""Slopes as sentences speak of them: ``{it.where}``, ``{it.size}``, ``{it.facts}``, ``{main.adjusted}``."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from karier_stats.answers import verdicts
from karier_stats.answers.effect_facts import EffectFacts, facts_of
from karier_stats.answers.phrases import verdict_key
from karier_stats.answers.told import Told
from karier_stats.stats.association.every_way import Curve, way
from karier_stats.stats.association.halves import Halves
from karier_stats.stats.association.moderated import Asked, Moderated
from karier_stats.stats.association.slopes import POWER, Slope, Slopes, called
from karier_stats.stats.association.without import Without
from karier_stats.stats.results import METHODS
from karier_stats.stats.tried import Refused
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.catalogue import column_of
from karier_stats.words.numbers import Text, decimals


@dataclass(frozen=True)
class SlopeFacts(EffectFacts):
    """One slope; shares are told in percentage points."""

    slope: Slope

    @property
    def along(self) -> tuple[Text, Text]:
        """What stands along the axes of a picture: score and outcome."""
        first, second = ((self.slope.on, self.score), (self.slope.outcome, self.outcome))
        return called("axis", first[0]) or first[1], called("axis", second[0]) or second[1]

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

    def _sized(self, value: float, digits: int) -> Phrase:
        return Phrase("slopes.size", value=Figure(self.scale * value, "number", digits), unit=self.unit)


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
    """The smallest slope that matters; of a scale whose ends are known, a share of its width.

    Returns
    -------
    float or None
        In the unit of the slope; None where no rule says what matters.
    """
    ends = slope.about.get("scale")
    if slope.measure == "scale_points_per_point" and ends:
        return verdicts.smallest("slope") * float(ends[1] - ends[0])
    return verdicts.margin_of(slope.measure)


@dataclass(frozen=True)
class SlopesFacts(SlopeFacts):
    """The slopes of one regression: all that is said of the main one, and the ways of computing it."""

    slopes: Slopes

    @property
    def lead(self) -> SlopeFacts:
        """The main answer."""
        return SlopeFacts(self.slope, self.slope)

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
        return {lang: self.refused.error.message(lang) for lang in ("id", "en")}

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
        return EffectFacts(replace(self.halves, value=self.halves.own))

    @property
    def others(self) -> EffectFacts:
        """Where everybody else of the unit judges."""
        return EffectFacts(replace(self.halves, value=self.halves.others))


@facts_of.register(dict)
def _(result: dict[str, Any]) -> dict[str, Any]:
    return {name: facts_of(one) for name, one in result.items()}


facts_of.register(Curve, lambda result: CurveFacts(result, result))
facts_of.register(Halves, lambda result: HalvesFacts(result, result))
facts_of.register(Slope, lambda result: SlopeFacts(result, result))
facts_of.register(Slopes, lambda result: SlopesFacts(result.lead, result.lead, result))
facts_of.register(Refused, RefusedFacts)
facts_of.register(Without, lambda result: WithoutFacts(result, result, result))
facts_of.register(Asked, lambda result: AskedFacts(result, result, result))
facts_of.register(Moderated, ModeratedFacts)
