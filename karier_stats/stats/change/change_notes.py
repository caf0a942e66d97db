"""What a comparison says beside its numbers: who was left out, what was switched, what the design assumes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.stats.change.balance import balance_note
from karier_stats.stats.change.pairing import Pairs
from karier_stats.stats.numerics.resampling import DRAWS, Moments
from karier_stats.words import Figure, Phrase

FEW = 10
"""Below so many pairs a result is marked as indicative."""

CROWDED = 0.10
"""Share of people at the lowest or highest score from which a floor or ceiling is said."""


def size_notes(m: Moments, skew: float, resample: bool) -> list[Phrase]:
    """Why an interval was switched, and what another reading of d_av would give."""
    notes = [Phrase("change.note.skewed", skew=skew, draws=DRAWS)] if resample else []
    first, second = math.sqrt(m.before), math.sqrt(m.after)
    if min(first, second) > 0 and max(first, second) > 1.2 * min(first, second):
        notes.append(Phrase("change.note.other_d_av", other=float(m.change / ((first + second) / 2))))
    return notes


def pair_notes(pairs: Pairs, scale: tuple[float, float] | None) -> list[Phrase]:
    """Who was left out, how few there are, and who was at the floor or the ceiling."""
    notes = [Phrase(f"change.dropped.{reason}", n=n) for reason, n in pairs.dropped.items()]
    notes += [Phrase("change.note.changed", name=name, n=n) for name, n in pairs.changed.items()]
    n = len(pairs.before)
    if n < FEW:
        notes.append(Phrase("change.note.few", n=n))
    else:
        notes += _few_in(pairs.arm, pairs.arms) + _few_in(pairs.level, pairs.levels)
    return notes + (_crowding_notes(pairs) if scale is None else _end_notes(pairs, scale))


def _few_in(labels: NDArray[np.str_] | None, names: tuple[str, ...]) -> list[Phrase]:
    few = [name for name in names if np.sum(labels == name) < FEW]
    if not few:
        return []
    shown = ", ".join(few[:FEW]) + (", ..." if len(few) > FEW else "")
    return [Phrase("change.note.few_in", least=FEW, n=len(few), names=shown)]


def as_score(value: float) -> Figure:
    """A score as it was given: whole, or with two decimals."""
    return Figure(value, digits=0 if value == round(value) else 2)


def _end_notes(pairs: Pairs, scale: tuple[float, float]) -> list[Phrase]:
    """How many people stand at each end of the scale, before and after."""
    n, low, high = len(pairs.before), *map(as_score, scale)
    at = {
        f"{wave}_{end}": int((values == bound).sum())
        for wave, values in (("before", pairs.before), ("after", pairs.after))
        for end, bound in zip(("low", "high"), scale, strict=True)
    }
    most = {"floor": max(at["before_low"], at["after_low"]), "ceiling": max(at["before_high"], at["after_high"])}
    return [Phrase("change.note.ends", low=low, high=high, n=n, **at), *(
        Phrase(f"change.note.end_{end}", share=CROWDED) for end, count in most.items() if count >= CROWDED * n
    )]


def _crowding_notes(pairs: Pairs) -> list[Phrase]:
    """Shares at the lowest and highest observed score, where many people share it."""
    if pairs.kind == "pass_fail":
        return []
    waves = {"before": pairs.before, "after": pairs.after}
    bounds = {"floor": min(map(np.min, waves.values())), "ceiling": max(map(np.max, waves.values()))}
    return [
        Phrase(
            f"change.note.crowded_{end}", share=float((values == bound).mean()), bound=as_score(bound),
            wave=Phrase(f"change.picture.waves.{wave}"),
        )
        for wave, values in waves.items() for end, bound in bounds.items()
        if (values == bound).mean() >= CROWDED and bounds["floor"] < bounds["ceiling"] and (values == bound).sum() > 1
    ]


def design_notes(pairs: Pairs, selection: str, level: float) -> list[Phrase]:
    """What the design assumes."""
    if pairs.arm is not None:
        return [Phrase("change.note.two_readings"), Phrase("change.note.welch_and_ols"), *balance_note(pairs, level)]
    chosen = [Phrase("change.note.chosen_low")] if selection == "low_before" else []
    return [Phrase("change.note.one_group"), *chosen]


def family_notes(pairs: Pairs, family: pd.DataFrame) -> list[Phrase]:
    """Which family the p-values and ranks of ``result.level_estimates`` belong to; nothing that the levels do not have."""
    tests, known = int(family["p_value"].notna().sum()), family[family["std_error"].notna() & family["dof"].notna()]
    # A level has a rank where another one in its arm has a standard error too.
    ranked = int(known.loc[known.groupby("arm")["level"].transform("size") > 1, "level"].nunique())
    shared = "" if pairs.cluster is None else Phrase("change.note.ranks_shared")
    notes = [Phrase("change.note.family", tests=tests)] if tests else []
    return notes + ([Phrase("change.note.ranks", levels=ranked, shared=shared)] if ranked else [])
