"""Slopes as sentences speak of them: ``{it.where}``, ``{it.size}``, ``{it.facts}``, ``{main.adjusted}``."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from karier_stats.answers import verdicts
from karier_stats.answers.effect_facts import EffectFacts, facts_of
from karier_stats.answers.phrases import Span, column_of, span, verdict_key
from karier_stats.stats.association.every_way import Curve, way
from karier_stats.stats.association.halves import Halves
from karier_stats.stats.association.moderated import Asked, Moderated
from karier_stats.stats.association.slopes import ENOUGH, POWER, Slope, Slopes, called
from karier_stats.stats.association.without import Without
from karier_stats.stats.results import METHODS
from karier_stats.stats.tried import Refused
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.numbers import Text, decimals


@dataclass(frozen=True)
class SlopeFacts(EffectFacts):
    """One slope; shares are told in percentage points."""

    slope: Slope

    @property
    def where(self) -> Phrase:
        """``Antarunit``."""
        return Phrase(f"slopes.where.{self.slope.scope}")

    @property
    def place(self) -> Phrase:
        """The same in a word: ``Antartahun``."""
        return Phrase(f"slopes.place.{self.slope.scope}")

    @property
    def among(self) -> Phrase:
        """The same in plain words: ``Di unit yang sama dari tahun ke tahun``."""
        return Phrase(f"slopes.among.{self.slope.scope}")

    @property
    def of_units(self) -> Text:
        """The number of units, to stand behind its bounds; empty without units."""
        return Phrase("slopes.of_units", units=self.slope.n_units) if self.slope.n_units else Joined()

    @property
    def trial(self) -> Phrase:
        """Half of the units: those of a trial by lot."""
        units = self.slope.n_units or 0
        return Phrase("slopes.trial", half=units // 2, units=units) if units > 1 else Phrase("slopes.some_units")

    @property
    def outcome(self) -> Text:
        """What is set beside the score."""
        return called("outcome", self.slope.outcome) or column_of(self.slope.outcome)

    @property
    def score(self) -> Text:
        """What it is set beside."""
        return called("score", self.slope.on) or column_of(self.slope.on)

    @property
    def along(self) -> tuple[Text, Text]:
        """What stands along the axes of a picture: score and outcome."""
        first, second = ((self.slope.on, self.score), (self.slope.outcome, self.outcome))
        return called("axis", first[0]) or first[1], called("axis", second[0]) or second[1]

    @property
    def enough(self) -> int:
        """The fewest units that a conclusion needs."""
        return ENOUGH

    @property
    def digits(self) -> int:
        """Decimals of the slope; its interval has one more."""
        return 1 if self.scale > 1 else 2

    @property
    def scale(self) -> float:
        """100 where shares are told in percentage points."""
        return 100 if self.slope.measure.startswith("share") else 1

    @property
    def signed(self) -> Phrase:
        """The slope with its unit."""
        return self._sized(self.slope.value.value, self.digits)

    @property
    def size(self) -> Phrase:  # type: ignore[override]
        """The same without its sign."""
        return self._sized(abs(self.slope.value.value), self.digits)

    @property
    def ci(self) -> Span:
        """The interval with its name."""
        return span(self.slope.value, self.slope.level, self.scale, self.digits + 1)

    @property
    def _turned(self) -> SlopeFacts:
        """The same as its size has it: a slope below zero without its sign."""
        if not self.slope.value.high < 0:
            return self
        turned = replace(self.slope, value=self.slope.value.times(-1))
        return replace(self, effect=turned, slope=turned)

    @property
    def facts(self) -> Phrase:
        """Interval, p, method and number of units."""
        known = {"ci": self.ci, "p": self.p, "method": self.method}
        if self.slope.scope == "rows":
            return Phrase("slopes.facts_alone", **known)
        return Phrase("slopes.facts", **known, units=self.slope.n_units)

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

    @property
    def verdict(self) -> Text:
        """What stands behind an estimate: whether it matters; that it proves no cause, or what could have been seen."""
        return Joined(self.matters, Phrase("said.association") if self.slope.seen else self.smallest)

    @property
    def unit(self) -> Text:
        """Unit of the outcome, per point of the score."""
        key = f"slopes.unit.{self.slope.measure}"
        return Phrase(key) if catalogue.has(key) else Joined()

    def _sized(self, value: float, digits: int) -> Phrase:
        return Phrase("slopes.size", value=Figure(self.scale * value, "number", digits), unit=self.unit)


@dataclass(frozen=True)
class WithoutFacts(SlopeFacts):
    """A slope without some rows, beside the one of all."""

    found: Without

    @property
    def out(self) -> int:
        """Rows that were left out."""
        return self.found.out

    @property
    def whole(self) -> Figure:
        """The slope of all."""
        return Figure(self.scale * self.found.whole.value.value, "number", self.digits)

    @property
    def conclusion(self) -> Phrase:
        """Whether both lead to the same conclusion."""
        return Phrase(f"slopes.without.{'few' if self.found.few else 'same' if self.found.same else 'other'}")


@dataclass(frozen=True)
class AskedFacts(SlopeFacts):
    """A secondary question: how far two slopes lie apart, or how a line bends."""

    asked: Asked

    @property
    def groups(self) -> Text:
        """Who is compared, and whether between or within units."""
        return self.asked.label

    @property
    def digits(self) -> int:
        """Decimals of the difference; a bend is small."""
        return 2 if self.asked.kind == "quadratic" else super().digits

    @property
    def ci(self) -> Span:
        """The interval with its name."""
        return span(self.slope.value, self.slope.level, self.scale, 2)

    @property
    def facts(self) -> Phrase:
        """Interval, corrected p, method and number of units."""
        corrected = Phrase("slopes.corrected", p=self.p, family=self.asked.family)
        return Phrase("slopes.facts", ci=self.ci, p=corrected, method=self.method, units=self.slope.n_units)


@dataclass(frozen=True)
class ModeratedFacts:
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

    @property
    def left(self) -> Text:
        """Groups that the data cannot tell apart, as a further sentence."""
        names = [column_of(name) for name in self.found.left]
        return Phrase("slopes.secondary.left", names=names) if names else Joined()

    @property
    def family(self) -> Text:
        """How p is corrected, where there are several questions."""
        return Phrase("slopes.secondary.family", count=len(self.found)) if len(self.found) > 1 else Joined()


def margin_of(slope: Slope) -> float | None:
    """The smallest slope that matters; of a scale whose ends are known, a share of its width."""
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
    def ways(self) -> int:
        """How many ways of computing stand side by side."""
        return len(self.slopes.ways)

    @property
    def agree(self) -> int:
        """How many of them see an association."""
        return self.slopes.agree

    @property
    def low(self) -> float:
        """The lowest of their estimates."""
        return self.lead.scale * float(self.slopes.ways["estimate"].min())

    @property
    def high(self) -> float:
        """The highest."""
        return self.lead.scale * float(self.slopes.ways["estimate"].max())

    @property
    def told(self) -> Phrase:
        """How many of the ways see an association, and how far their estimates lie apart."""
        return Phrase("slopes.ways", it=self)

    @property
    def others(self) -> Text:
        """The methods beside the main one, as the end of a sentence."""
        methods = [str(method) for method in self.slopes.ways["method"] if method != self.slopes.fit.lead[1]]
        return Phrase("slopes.others", methods=[METHODS[method] for method in methods]) if methods else Joined()

    @property
    def scope(self) -> Phrase:
        """``antarunit``."""
        return Phrase(f"stats.term.{self.lead.slope.scope}")

    @property
    def adjusted(self) -> Phrase:
        """What adjusting for whom units employ leads to."""
        found = {None: "unknown", True: "same", False: "other"}[self.slopes.holds]
        return Phrase(f"slopes.adjusted.{found}", names=[column_of(name) for name in self.slopes.also])

    @property
    def known(self) -> Text:
        """What an unmeasured confounder is set beside; empty where units are too few for it."""
        known = self.slopes.of_units
        return Phrase("slopes.benchmarks", names=[column_of(name) for name in known]) if known else Joined()

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


@facts_of.register
def _(result: Curve) -> CurveFacts:
    return CurveFacts(result, result)


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

    @property
    def splits(self) -> int:
        """Lots."""
        return self.halves.splits


@facts_of.register
def _(result: Halves) -> HalvesFacts:
    return HalvesFacts(result, result)


@facts_of.register(dict)
def _(result: dict[str, Any]) -> dict[str, Any]:
    return {name: facts_of(one) for name, one in result.items()}


@facts_of.register
def _(result: Slope) -> SlopeFacts:
    return SlopeFacts(result, result)


@facts_of.register
def _(result: Slopes) -> SlopesFacts:
    return SlopesFacts(result.lead, result.lead, result)


@facts_of.register
def _(result: Refused) -> RefusedFacts:
    return RefusedFacts(result)


@facts_of.register
def _(result: Without) -> WithoutFacts:
    return WithoutFacts(result, result, result)


@facts_of.register
def _(result: Asked) -> AskedFacts:
    return AskedFacts(result, result, result)


@facts_of.register
def _(result: Moderated) -> ModeratedFacts:
    return ModeratedFacts(result)
