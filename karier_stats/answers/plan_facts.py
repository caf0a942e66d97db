"""A plan as sentences speak of it: ``{it.size}``, ``{it.basis}``, ``{it.matters}`` of what is wanting."""

from __future__ import annotations

import math
from dataclasses import dataclass

from karier_stats.answers.effect_facts import EffectFacts
from karier_stats.answers.phrases import Span, matters, span
from karier_stats.answers.slope_facts import facts_of
from karier_stats.stats.plan.shortfall import Shortfall
from karier_stats.words import Figure, Phrase
from karier_stats.words.numbers import Text


@dataclass(frozen=True)
class ShortfallFacts(EffectFacts):
    """Money that is wanting, and what it was computed from."""

    found: Shortfall

    @property
    def estimate(self) -> float:
        """The bare number."""
        return self.found.value.value

    @property
    def size(self) -> Figure:
        """Without its sign."""
        return Figure(abs(self.estimate), "rupiah")

    @property
    def ci(self) -> Span:
        """The interval with its name."""
        return span(self.found.value, self.effect.level, kind="rupiah")

    @property
    def people(self) -> int:
        """Those for whom the respondents stand."""
        return self.found.people

    @property
    def hours(self) -> float:
        """Hours that one person needs on average."""
        return self.found.hours.value

    @property
    def free(self) -> float:
        """Hours that cost nothing."""
        return self.found.free

    @property
    def money(self) -> float:
        """What may be spent."""
        return self.found.money

    @property
    def need(self) -> float:
        """The need in money."""
        return self.found.need.value.value

    @property
    def wanting(self) -> float:
        """The share of the need that the money does not cover."""
        return self.estimate / self.need if self.need else math.nan

    @property
    def half(self) -> Figure:
        """Half of what is wanting: what an office may aim at within a year."""
        return Figure(abs(self.estimate) / 2, "rupiah")

    @property
    def price(self) -> float:
        """What an hour costs."""
        return self.found.price.row.estimate

    @property
    def basis(self) -> Phrase:
        """What it was computed from, as a clause."""
        return Phrase("plan.basis", people=self.people, hours=self.hours, n=self.n, free=self.free,
                      price=self.price, lines=self.found.price.n)

    @property
    def matters(self) -> Text:
        """Whether it matters beside what may be spent, as a further sentence."""
        return matters(self.found.value.times(1 / (self.found.money or 1)), "money", Phrase("said.subject.gap"))


@facts_of.register
def _(result: Shortfall) -> ShortfallFacts:
    return ShortfallFacts(result.effect, result)

