"""Comparisons as sentences speak of them: ``{it.size}``, ``{it.ci}``, ``{it.p}``, ``{it.matters}``, ``{forms.assumptions}``."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

from karier_stats.answers import verdicts
from karier_stats.answers.contrast_facts import facts_of
from karier_stats.answers.facts import DescriptionFacts, ListFacts
from karier_stats.answers.phrases import Span, column_of, coverage_of, lowered, margin_words, matters, span
from karier_stats.stats.association.slopes import called
from karier_stats.stats.change.dealt_out import DealtOut
from karier_stats.stats.change.gains import Gain, Gains, name_of
from karier_stats.stats.change.retained import Retained
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.description.decide import Changes, Decisions
from karier_stats.stats.description.inequality import Inequality
from karier_stats.stats.description.others import Others
from karier_stats.stats.effect import Effect
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.results import METHODS
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text

_COLUMN = re.compile(r"`(\w+)`")
DIGITS = {"scale_points": 2, "correlation": 2, "scale_points_per_scale_point": 2}
"""Decimals of a measure where one is too few."""


@dataclass(frozen=True)
class EffectFacts:
    """One number of a comparison."""

    effect: Effect

    @property
    def n(self) -> int:
        """People behind it."""
        return self.effect.n

    @property
    def treated(self) -> int:
        """Participants."""
        return self.effect.treated

    @property
    def control(self) -> int:
        """Comparison people."""
        return self.effect.control

    @property
    def n_units(self) -> int | None:
        """Clusters behind it."""
        return self.effect.n_units

    @property
    def coverage(self) -> float:
        """The share of those concerned who are in the data; NaN where it is unknown."""
        return coverage_of(self.effect.about)

    @property
    def method(self) -> Text:
        """How it was made."""
        return METHODS[self.effect.method]

    @property
    def number(self) -> Figure:
        """The value with its sign."""
        return Figure(self.effect.value.value, "number", self.digits)

    @property
    def size(self) -> Figure:
        """The value without its sign."""
        return Figure(abs(self.effect.value.value), "number", self.digits)

    @property
    def half(self) -> Figure:
        """Half of that: a target."""
        return Figure(abs(self.effect.value.value) / 2, "number", self.digits)

    @property
    def k(self) -> int:
        """Of a share, how many."""
        return round(self.effect.value.value * self.effect.n)

    @property
    def exactly(self) -> Phrase:
        """A share and its interval with one decimal, to stand inside brackets."""
        value = self.effect.value
        return Phrase("said.beside", value=Figure(value.value, "percent", 1), ci=span(value, self.effect.level, 100))

    @property
    def percent(self) -> Figure:
        """A share without decimals: ``62 persen``."""
        return Figure(self.effect.value.value, "percent", 0)

    @property
    def points(self) -> Phrase:
        """A share in percentage points, whole."""
        return Phrase("said.whole_points", value=Figure(100 * self.effect.value.value, "number", 0))

    @property
    def digits(self) -> int:
        """Decimals of its measure."""
        return DIGITS.get(self.effect.measure, 1)

    @property
    def ci(self) -> Span:
        """The interval with its name; that of a share in percent without decimals."""
        share = self.effect.measure.startswith("share")
        return span(self.effect.value, self.effect.level, 100 if share else 1, 0 if share else self.digits)

    @property
    def range(self) -> Phrase:
        """Its bounds in plain words; where both lie below zero without their sign, the smaller one first."""
        return self._turned.ci.range

    @property
    def at_most(self) -> Figure:
        """How far up it may go."""
        return Figure(self.effect.value.high, "number", self.digits)

    @property
    def _turned(self) -> EffectFacts:
        """The same as its size has it: a difference below zero without its sign."""
        value = self.effect.value
        return replace(self, effect=replace(self.effect, value=value.times(-1))) if value.high < 0 else self

    @property
    def p(self) -> Figure:
        """The p-value: ``p = 0,012``."""
        return Figure(self.effect.value.p, "p")

    @property
    def apart(self) -> Phrase:
        """The value with its interval in brackets."""
        return Phrase("said.apart", value=self.number, ci=self.ci)

    @property
    def ten(self) -> EffectFacts:
        """What ten more of something go with, where the value is of one more."""
        return EffectFacts(replace(self.effect, value=self.effect.value.times(10)))

    @property
    def against(self) -> Text:
        """That it stands beside comparison people, with a blank before; empty where it does not."""
        return Phrase("gains.against") if self.effect.design == "comparison_group" else Joined()

    @property
    def own(self) -> Text | None:
        """The result's own sentence, its columns by their names."""
        said = self.effect.sentence
        return said and {lang: _COLUMN.sub(partial(_called, lang), said[lang]) for lang in said}

    @property
    def matters(self) -> Text:
        """Whether the difference matters, as a further sentence."""
        return self._judged()

    @property
    def change_matters(self) -> Text:
        """The same of a change."""
        return self._judged("change")

    @property
    def result_matters(self) -> Text:
        """The same of a result."""
        return self._judged("result")

    @property
    def left_matters(self) -> Text:
        """The same of what is left."""
        return self._judged("left")

    def _judged(self, what: str = "") -> Text:
        name, scale = verdicts.SCALED[self.effect.measure]
        return matters(self.effect.value.times(1 / scale), name, Phrase(f"said.subject.{what}") if what else None)


def _called(lang: str, found: re.Match[str]) -> str:
    """A column within a sentence of the library."""
    return (called("outcome", found[1]) or column_of(found[1]))[lang]


@dataclass(frozen=True)
class GainFacts(EffectFacts):
    """The gain of one group."""

    gain: Gain

    @property
    def label(self) -> Text:
        """What the group is called."""
        return name_of(self.gain.about, self.gain.by, self.gain.code)

    @property
    def small(self) -> Text:
        """The same within a sentence."""
        return lowered(self.label)

    @property
    def p_told(self) -> Phrase | Figure:
        """The p-value, by Holm where there are several groups."""
        return self.p if self.gain.family == 1 else Phrase("said.p_holm", p=Figure(self.effect.value.p, "p_bare"))

    @property
    def sized(self) -> Text:
        """The group with its gain: ``seminar (0,9 poin)``; of few people the name alone, whom the gain would tell of."""
        return Phrase("gains.sized", label=self.small, size=self.size) if self.n >= LEAST else Joined(self.small)

    @property
    def places(self) -> int:
        """Places attended of this group, where the view knows them."""
        return int(self.gain.about.get("facts", {}).get("places", {}).get(self.gain.code, 0))

    @property
    def reach(self) -> float:
        """Its share of all places; NaN where none is known."""
        whole = sum(self.gain.about.get("facts", {}).get("places", {}).values())
        return self.places / whole if whole else math.nan

    @property
    def assumption(self) -> Phrase:
        """What must hold for it to be read as a result."""
        return Phrase(f"gains.assumption.{self.gain.base}")

    @property
    def bracket(self) -> Text:
        """Both estimates, where nobody knows how participants were chosen; else empty."""
        unknown = self.gain.selection == "unknown" and self.gain.control
        return Phrase("gains.bracket", did=self.did.apart, ancova=self.ancova.apart) if unknown else Joined()

    @property
    def main(self) -> EffectFacts:
        """The leading estimate alone."""
        return EffectFacts(self.effect)

    @property
    def did(self) -> EffectFacts:
        """The difference in differences."""
        return self._other("did")

    @property
    def ancova(self) -> EffectFacts:
        """The difference after at equal scores before."""
        return self._other("ancova")

    def _other(self, base: str) -> EffectFacts:
        value = self.gain.interval(self.gain.other(base))
        return EffectFacts(Effect(value, self.n, self.effect.design, self.effect.measure))


@dataclass(frozen=True)
class DealtFacts(EffectFacts):
    """A comparison by permutation, with least squares beside it."""

    result: DealtOut

    @property
    def gain(self) -> GainFacts:
        """By least squares."""
        assert self.result.gain is not None
        return GainFacts(self.result.gain.effect, self.result.gain)

    @property
    def years(self) -> str:
        """The years that are compared: ``2023–2025``."""
        return "–".join(str(year) for year in self.effect.about["years"])

    @property
    def first_year(self) -> int:
        """The first of them."""
        return int(self.effect.about["years"][0])

    @property
    def last_year(self) -> int:
        """The last of them."""
        return int(self.effect.about["years"][1])

    @property
    def how(self) -> Text:
        """``p = 0,001 menurut permutasi ...``; the p-value alone where the permutation is refused."""
        return self.p if self.result.dealt.refused else Phrase("gains.dealt.how", p=self.p, where=self.result.where)  # type: ignore[return-value]

    @property
    def beside(self) -> Phrase:
        """The estimates that do not lead, as a sentence of their own."""
        key = "beside_one" if self.result.dealt.refused else "beside"
        return Phrase(f"gains.dealt.{key}", did=self.gain.main.apart, ancova=self.gain.ancova.apart)


@dataclass(frozen=True)
class GainsFacts:
    """The gains of several groups."""

    gains: Gains

    @cached_property
    def rows(self) -> list[GainFacts]:
        """One by one."""
        return [facts_of(gain) for gain in self.gains.rows]

    @property
    def count(self) -> int:
        """How many groups are compared."""
        return len(self.beside)

    @cached_property
    def beside(self) -> list[GainFacts]:
        """Those with comparison people."""
        return [facts_of(gain) for gain in self.gains.beside]

    @property
    def above(self) -> Groups:
        """Those seen above their comparison people."""
        return Groups([one for one in self.beside if one.effect.value.low > 0])

    @property
    def below(self) -> Groups:
        """Those seen below."""
        return Groups([one for one in self.beside if one.effect.value.high < 0])

    @property
    def rest(self) -> Groups:
        """Those not seen above."""
        return Groups([one for one in self.beside if not one.effect.value.low > 0])

    @property
    def n(self) -> int:
        """People of the smaller arms."""
        return self.gains.n

    @cached_property
    def estimates(self) -> list[Estimate]:
        """The leading estimates."""
        return [gain.estimate for gain in self.gains.beside]

    @property
    def up(self) -> int:
        """How many lie above zero."""
        return sum(value.low > 0 for value in self.estimates)

    @property
    def down(self) -> int:
        """How many lie below zero."""
        return sum(value.high < 0 for value in self.estimates)

    @property
    def margin(self) -> Phrase:
        """The smallest change that matters."""
        return margin_words("points")

    @property
    def verdicts(self) -> Verdicts:
        """How many have each of the three verdicts."""
        return Verdicts.of(self.estimates)

    @property
    def best_low(self) -> int:
        """Best place of the group with the highest estimate."""
        return self._best[0]

    @property
    def best_high(self) -> int:
        """Worst place of the group with the highest estimate."""
        return self._best[1]

    @property
    def _best(self) -> tuple[int, int]:
        best = max(self.gains.rows, key=lambda gain: gain.estimate.value)
        return best.ranks or (1, 1)

    @property
    def assumptions(self) -> Phrase:
        """The assumptions that the leading estimates rest on."""
        return assumptions([(row.gain.base, row.label) for row in self.rows])


class Groups(list[GainFacts]):
    """Some of the groups: their names, and the places that they hold."""

    @property
    def n(self) -> int:
        """How many."""
        return len(self)

    @property
    def small(self) -> list[Text]:
        """What they are called within a sentence."""
        return [one.small for one in self]

    @property
    def sized(self) -> list[Text]:
        """Each with its gain."""
        return [one.sized for one in self]

    @property
    def reach(self) -> float:
        """Their share of all places; NaN where none is known."""
        return sum(one.reach for one in self)

    @property
    def held(self) -> Text:
        """A further sentence on the places that they hold; empty where that is not known."""
        places = sum(one.places for one in self)
        return Phrase("gains.held", places=places, share=Figure(self.reach, "percent", 0)) if places else Joined()


def assumptions(leads: list[tuple[str, Text]]) -> Phrase:
    """What must hold for some gains to be read as results: of each its leading estimate and its name."""
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


@facts_of.register
def _(result: Retained) -> RetainedFacts:
    return RetainedFacts(result)


class Verdicts(NamedTuple):
    """How many estimates have each verdict against the smallest change that matters."""

    matter: int
    small: int
    open: int

    @classmethod
    def of(cls, values: list[Estimate]) -> Verdicts:
        """Count them."""
        found = Counter(verdicts.verdict(value, verdicts.smallest("points")) for value in values)
        return cls(found["berarti"], found["terlalu_kecil"], found["belum_diketahui"])


@facts_of.register
def _(result: Effect) -> EffectFacts:
    return EffectFacts(result)


@facts_of.register
def _(result: Gain) -> GainFacts:
    return GainFacts(result.effect, result)


@facts_of.register
def _(result: DealtOut) -> DealtFacts:
    return DealtFacts(result.effect, result)


@facts_of.register
def _(result: Gains) -> GainsFacts:
    return GainsFacts(result)


@dataclass(frozen=True)
class OthersFacts:
    """Groups beside the others of their kind."""

    found: Others

    @property
    def count(self) -> int:
        """How many were looked at."""
        return len(self.found)

    @property
    def seen(self) -> int:
        """How many are seen to differ."""
        return sum(row.seen for row in self.found.rows)

    @property
    def how(self) -> Text:
        """The correction, with a blank before; empty for a single group."""
        return Phrase("gains.after_bh") if len(self.found) > 1 else Joined()

    @property
    def margin(self) -> Phrase:
        """The smallest change that matters."""
        return margin_words("points")

    @property
    def verdicts(self) -> Verdicts:
        """How many have each of the three verdicts."""
        return Verdicts.of([row.value for row in self.found.rows])


@facts_of.register
def _(result: Others) -> OthersFacts:
    return OthersFacts(result)


@dataclass(frozen=True)
class DecisionFacts(DescriptionFacts):
    """A description with the rule that its groups were held against."""

    decisions: Decisions

    @property
    def least(self) -> int:
        """Fewer people decide nothing."""
        return self.decisions.least

    @property
    def limits(self) -> Mapping[str, float]:
        """The limit of each decision."""
        return self.decisions.limits

    @property
    def sets(self) -> Mapping[str, ListFacts]:
        """The groups of each decision."""
        return {name: self._list(rows) for name, rows in self.decisions.rows.items()}

    @property
    def judged(self) -> int:
        """How many groups could be judged."""
        return sum(len(rows) for name, rows in self.decisions.rows.items() if name != "few")


@facts_of.register(Changes)
def _(result: Changes) -> DescriptionFacts:
    return DescriptionFacts(result.lines)


@facts_of.register(Decisions)
def _(result: Decisions) -> DecisionFacts:
    return DecisionFacts(result.result, result)


@dataclass(frozen=True)
class InequalityFacts:
    """How unevenly a total is spread."""

    result: Inequality

    @property
    def n(self) -> int:
        """People."""
        return self.result.n

    @property
    def gini(self) -> Phrase:
        """Gini's coefficient with its interval in brackets."""
        value = self.result.row.value
        return Phrase("said.apart", value=Figure(value.value, "number", 2), ci=span(value, value.level, digits=2))

    @property
    def held(self) -> Figure:
        """The share of the tenth with most."""
        return Figure(self.result.held, "percent", 1)


@facts_of.register(Inequality)
def _(result: Inequality) -> InequalityFacts:
    return InequalityFacts(result)
