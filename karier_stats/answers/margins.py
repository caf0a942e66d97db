"""The verdict on a difference as a sentence of its own, with the margin in the unit of the measure."""

from __future__ import annotations

from karier_stats.answers import verdicts
from karier_stats.answers.verdicts import Measure
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words.numbers import Text, both, number

_UNIT: dict[Measure, tuple[float, int, Text]] = {
    "points": (1, 0, both("poin", "points")),
    "share": (100, 0, both("poin persentase", "percentage points")),
    "answer": (1, 1, both("poin skala", "scale points")),
    "slope": (100, 0, both("poin persentase per poin indeks", "percentage points per index point")),
    "money": (100, 0, both("persen dari pagu", "percent of the ceiling")),
}
"""Factor, digits and unit in which a margin is told."""


def shown(measure: Measure, lang: str) -> str:
    """The smallest difference that matters, with its unit: ``3 poin``."""
    factor, digits, unit = _UNIT[measure]
    return f"{number(factor * verdicts.smallest(measure), lang, digits)} {unit[lang]}"


def precise(value: Estimate, measure: Measure) -> bool:
    """Whether an interval tells something, judged against the margin of its measure."""
    return verdicts.is_precise(value, verdicts.smallest(measure))


def told(value: Estimate, measure: Measure, lang: str, what: Text | None = None) -> str:
    """The verdict as a further sentence, ``Perbedaan ini ...``, with a blank before; empty without an interval.

    Parameters
    ----------
    value : Estimate
        In the unit of the margin: points, shares (0-1), scale points.
    what : Text, optional
        Subject of the sentence where it is no difference.
    """
    if not value.low <= value.high:
        return ""
    subject = (what or both("Perbedaan ini", "This difference"))[lang]
    clause = verdicts.weighed(value, verdicts.smallest(measure), lang, shown(measure, lang))
    return f" {subject} {clause}." if lang == "id" else f" {subject} is {clause}."
