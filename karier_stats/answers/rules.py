"""Which sentence a result calls for: rules that give a key of the catalogue, never words.

A part of a question names its rule by ``choose``; its sentences, and what is recommended, stand under the keys that the
rule can give. Rules that are a row of conditions stand in ``rules.yml``; here are those that take more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

from karier_stats.answers import verdicts
from karier_stats.answers.facts import expression
from karier_stats.stats.association.slopes import Asked, Slope, Slopes
from karier_stats.stats.change.gain import Gain
from karier_stats.stats.change.gains import DealtOut
from karier_stats.stats.description.contrasts import LEAST, Gap, contrast
from karier_stats.stats.description.describe import Description
from karier_stats.stats.effect import Effect
from karier_stats.words.catalogue import own_data

Rule = TypeVar("Rule", bound=Callable[[Any], str | None])
DECLARED: Mapping[str, Mapping[str, str | bool]] = own_data(Path(__file__).with_name("rules.yml"))
"""Keys with their conditions, by rule."""


def declared(name: str, result: Any) -> str | None:
    """The first key of a rule of ``rules.yml`` whose condition a result meets; None for ``nothing``.

    A KeyError tells a programmer of a rule that does not end in ``true``.
    """
    for key, condition in DECLARED[name].items():
        names, holds = expression("true" if condition is True else str(condition))
        # ``effect`` is the one that a result speaks of, where it is none itself
        if holds({one: result if one == "it" else getattr(result, one, result) for one in names}):
            return None if key == "nothing" else key
    raise KeyError(name)


RULES: dict[str, Callable[[Any], str | None]] = {
    "concluded": attrgetter("code"), **{name: partial(declared, name) for name in DECLARED},
}
"""Every rule, by the name that the catalogue gives it."""


def rule(choose: Rule) -> Rule:
    """Let the catalogue name a function by ``choose``."""
    RULES[choose.__name__] = choose
    return choose


@rule
def booked(gap: Gap) -> str | None:
    """``more`` or ``fewer`` hours than were credited, by what explains it; None where both are one."""
    if abs(gap.value.value) < 0.5:
        return None
    return f"{'more' if gap.value.value > 0 else 'fewer'}_{gap.about['facts']['explained']}"


@rule
def remaining(share: Effect) -> str | None:
    """As ``kept``; ``whole`` where nothing of it is estimated to be lost."""
    found = declared("kept", share)
    return "whole" if found == "left" and share.value.value >= 1 else found


@rule
def reviewed(gain: Gain) -> str | None:
    """As ``gained``, ``.._review`` where the gain surely stays below the smallest one that matters."""
    found = declared("gained", gain)
    small = found != "alone" and gain.estimate.high < verdicts.smallest("points")
    return f"{found}_review" if small else found


@rule
def tested(gain: Effect | Gain | DealtOut) -> str:
    """What a gain shows (:func:`~karier_stats.answers.verdicts.shown`).

    ``thin`` where fewer than ``LEAST`` people leave it open; ``alone_..`` without comparison people, ``levels`` of ordered
    answers.
    """
    effect = gain if isinstance(gain, Effect) else gain.effect
    found = verdicts.shown(effect.value, verdicts.margin_of(effect.measure))
    if effect.design != "before_after":
        return "thin" if found == "open" and effect.n < LEAST else found
    return "levels" if effect.measure == "share" else f"alone_{found}"


@rule
def rose(result: Gain | DealtOut) -> str:
    """As :func:`tested`; ``up_rose`` where participants' own mean rose too, and did not only fall less."""
    gain, found = result.gain if isinstance(result, DealtOut) else result, tested(result)
    if found != "up" or gain is None:
        return found
    own = gain.people[gain.people[gain.roles.group] != gain.roles.control]
    return "up_rose" if float((own[gain.roles.after] - own[gain.roles.before]).mean()) > 0 else "up"


@rule
def ends(bands: Description) -> str | None:
    """The first and the last of some ordered groups: ``low_high`` by their codes, ``open`` where they are not told apart."""
    found = contrast(bands, "last", "first")
    if found is None or not math.isfinite(found.value.low):
        return None
    return f"{found.two.code}_{found.one.code}" if found.seen else "open"


@rule
def slope(found: Slope | Slopes) -> str:
    """Its conclusion; ``up_beside`` where an association is seen that is not the main answer."""
    one = found.lead if isinstance(found, Slopes) else found
    return "up_beside" if one.conclusion == "up" and not one.leads else one.conclusion


@rule
def asked(found: Asked) -> str | None:
    """The conclusion on a difference of slopes, or ``bend_..`` on a bend; None within units where nothing is seen."""
    if found.scope != "between" and found.conclusion not in ("up", "down"):
        return None
    return f"bend_{found.conclusion}" if found.kind == "quadratic" else found.conclusion
