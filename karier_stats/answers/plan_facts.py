"""A plan as sentences speak of it: ``{it.size}``, ``{it.basis}``, ``{it.matters}`` of what is wanting."""

from __future__ import annotations

from dataclasses import dataclass

from karier_stats.answers.effect_facts import EffectFacts
from karier_stats.answers.slope_facts import facts_of
from karier_stats.stats.plan.shortfall import Shortfall


@dataclass(frozen=True)
class ShortfallFacts(EffectFacts):
    """Money that is wanting, and what it was computed from."""

    found: Shortfall


facts_of.register(Shortfall, lambda result: ShortfallFacts(result.effect, result))
