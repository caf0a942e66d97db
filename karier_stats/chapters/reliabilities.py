"""How reliably the items of a survey's scale measure one thing, as findings."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from karier_stats.answers.record import Answer, Finding
from karier_stats.chapters.claims import estimate_of
from karier_stats.chapters.counting import exact, finding, in_words
from karier_stats.errors import StatisticsError
from karier_stats.stats.scales.reliability import reliability
from karier_stats.words.numbers import both

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.views.surveys import Scale


def reliable(of: Callable[[Evaluation], Answer], ev: Evaluation, scale: Scale) -> list[Finding]:
    """Alpha (and omega) of every part of the scale as a finding, or why there is none; nothing for a single item."""
    parts = [part for part in scale.parts() if len(part.items) > 1]
    return [_alpha(of, ev, part, "alpha" if place == 0 else f"alpha.{name_of(part)}") for place, part in enumerate(parts)]


def name_of(part: Scale) -> str:
    """A name of a part in the id of a finding: its instrument and the top of its range."""
    return f"{part.items['instrument'].iloc[0]}-{part.ends[1]:g}"


def _alpha(of: Callable[[Evaluation], Answer], ev: Evaluation, scale: Scale, part: str) -> Finding:
    """Alpha of one part; a refusal says why and leaves the other findings as they are."""
    items = sorted(scale.columns)  # the order of rows of the instrument must not reach the last digit
    try:
        result = reliability(scale.wide[items], items=items).recompute(ev.level)
    except StatisticsError as error:
        sentence = both(
            f"Keandalan skor belum dapat dinilai. {error.message('id')}",
            f"The reliability of the score cannot be assessed yet. {error.message('en')}",
        )
        return finding(of, ev, exact(math.nan), 0, sentence, part=part, measure="alpha")
    row = result.row("alpha")
    value = estimate_of(row)
    precise = math.isfinite(value.low) and value.high - value.low <= 0.1
    return finding(
        of, ev, value, int(row["n"]), in_words(result.sentence), part=part, measure="alpha", coverage=None, precise=precise,
    )
