"""Comparisons as sentences speak of them: ``{it.size}``, ``{it.ci}``, ``{it.p}``, ``{it.matters}``, ``{forms.assumptions}``."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, ClassVar, NamedTuple

from karier_stats.answers import verdicts
from karier_stats.answers.contrast_facts import facts_of
from karier_stats.answers.facts import DescriptionFacts, ListFacts
from karier_stats.answers.phrases import lowered, matters
from karier_stats.answers.told import Told
from karier_stats.errors import refuse_unknown
from karier_stats.stats.association.slopes import called
from karier_stats.stats.change.dealt_out import DealtOut
from karier_stats.stats.change.gain import Gain
from karier_stats.stats.change.gains import Gains
from karier_stats.stats.change.retained import Retained
from karier_stats.stats.description.decide import Changes, Decisions
from karier_stats.stats.description.inequality import Inequality
from karier_stats.stats.description.others import Others
from karier_stats.stats.effect import Effect
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.plan.shortfall import Shortfall
from karier_stats.words import Phrase
from karier_stats.words.catalogue import column_of
from karier_stats.words.numbers import Text

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

    @property
    def ten(self) -> EffectFacts:
        """What ten more of something go with, where the value is of one more."""
        return EffectFacts(replace(self.effect, value=self.effect.value.times(10)))

    @property
    def own(self) -> Text | None:
        """The result's own sentence, its columns by their names."""
        said = self.effect.sentence
        return said and {lang: _COLUMN.sub(partial(_called, lang), said[lang]) for lang in said}

    def _judged(self, what: str = "") -> Text:
        refuse_unknown("measure", self.effect.measure, verdicts.SCALED)
        name, scale = verdicts.SCALED[self.effect.measure]
        return matters(self.effect.value.times(1 / scale), name, Phrase(f"said.subject.{what}") if what else None)


def _called(lang: str, found: re.Match[str]) -> str:
    """A column within a sentence of the library."""
    return (called("outcome", found[1]) or column_of(found[1]))[lang]


@dataclass(frozen=True)
class GainFacts(EffectFacts):
    """The gain of one group.

    Parameters
    ----------
    effect : Effect
        ``gain.effect``: its interval is that of the level at which the family was tested.
    gain : Gain
        The whole comparison, with the estimate that does not lead.
    """

    gain: Gain

    @property
    def reach(self) -> float:
        """Its share of all places; NaN where none is known."""
        whole = sum(self.gain.about.get("facts", {}).get("places", {}).values())
        return self.places / whole if whole else math.nan

    @property
    def main(self) -> EffectFacts:
        """The leading estimate alone."""
        return EffectFacts(self.effect)

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


class _OfGroups(Told):
    """What plain words say of changes by group: what is compared, and what the groups are groups of."""

    _result: ClassVar[str]

    @property
    def of(self) -> Text:
        """What is compared."""
        return column_of("change")

    @property
    def by(self) -> list[Text]:
        """What the groups are groups of."""
        return [column_of(getattr(self, self._result).by)]


@dataclass(frozen=True)
class GainsFacts(_OfGroups):
    """The gains of several groups."""

    gains: Gains

    _result = "gains"

    @cached_property
    def rows(self) -> list[GainFacts]:
        """One by one."""
        return [facts_of(gain) for gain in self.gains.rows]

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
    def verdicts(self) -> Verdicts:
        """How many have each of the three verdicts."""
        return Verdicts.of(self.estimates)

    @property
    def _best(self) -> tuple[int, int]:
        best = max(self.gains.rows, key=lambda gain: gain.estimate.value)
        return best.ranks or (1, 1)

    @property
    def assumptions(self) -> Phrase:
        """The assumptions that the leading estimates rest on."""
        return assumptions([(row.gain.base, row.label) for row in self.rows])


class Groups(list[GainFacts], Told):
    """Some of the groups: their names, and the places that they hold."""


def assumptions(leads: list[tuple[str, Text]]) -> Phrase:
    """What must hold for some gains to be read as results: of each its leading estimate and its name.

    Parameters
    ----------
    leads : list of (str, Text)
        Of each gain the estimate that leads (``did``, ``ancova``, ``mean_change``) and what it is called.
    """
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

    @classmethod
    def of(cls, values: list[Estimate]) -> Verdicts:
        """Count them."""
        found = Counter(verdicts.verdict(value, verdicts.smallest("points")) for value in values)
        return cls(found["berarti"], found["terlalu_kecil"], found["belum_diketahui"])


@dataclass(frozen=True)
class OthersFacts(_OfGroups):
    """Groups beside the others of their kind."""

    found: Others

    _result = "found"

    @property
    def verdicts(self) -> Verdicts:
        """How many have each of the three verdicts."""
        return Verdicts.of([row.value for row in self.found.rows])


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

    @property
    def judged(self) -> int:
        """How many groups could be judged."""
        return sum(len(rows) for name, rows in self.decisions.rows.items() if name != "few")


@dataclass(frozen=True)
class InequalityFacts(Told):
    """How unevenly a total is spread."""

    result: Inequality


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
