"""Three verdicts on a difference, from its interval against the smallest one that matters, and the grade of its evidence.

A difference is *berarti* where the whole interval lies beyond the margin, *terlalu kecil untuk berarti* where the whole
interval lies inside it, and *belum dapat diketahui* where neither holds. "Not zero" alone is a direction. Every chapter and
the verdict of the report use these words and no others.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from karier_stats.answers.record import Design, Finding, Grade, grade
from karier_stats.domain.rules import rule
from karier_stats.errors import refuse_unknown
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.words.numbers import is_missing

Verdict = Literal["berarti", "terlalu_kecil", "belum_diketahui"]
Measure = Literal["points", "share", "answer", "slope", "money"]
"""Points of a score of 0-100, a share (0-1), points of an answer scale, share per index point, share of a ceiling."""
PRECISE_WIDTH = 0.20
"""Shares whose interval is wider than this (20 points) are too vague to act on."""
DIFFERENCES = ("share_difference", "percentage_points", "points")
"""Measures of a description that compare: their precision is judged against the smallest difference that matters."""


def smallest(measure: Measure) -> float:
    """The smallest difference that matters, by the rule ``smallest_effect``, in the unit of ``Measure``.

    Raises
    ------
    StatisticsError
        K316 where the rule has no such measure.
    """
    known = rule("smallest_effect").value
    refuse_unknown("measure", measure, known)
    return float(known[measure])


def commitment(sign: Literal["no_show", "plans_done"]) -> float:
    """The share from which something must be done, by the rule ``commitment``."""
    return float(rule("commitment").value[sign])


SCALED: dict[str, tuple[Measure, float]] = {
    "points": ("points", 1), "points_per_jp": ("points", 0.1), "share_difference": ("share", 1),
    "percentage_points": ("share", 100),
    "scale_points": ("answer", 1), "share_per_point": ("slope", 1), "share_per_point_difference": ("slope", 1),
    "courses_per_point": ("slope", 1), "jp_per_point": ("slope", 20), "scale_points_per_point": ("slope", 4),
}
"""The margin of each measure of a difference: which of the rule's, and how it is scaled.

A course per person is a share of staff that can pass 1; 20 JP is the yearly duty and 4 the width of a scale of 1-5, so
that each slope means 2 percent of what can be reached, as the rule has it for shares.
"""


def margin_of(measure: str) -> float | None:
    """The smallest difference that matters in a finding's unit of measure; None where the rule has none."""
    name, scale = SCALED.get(measure, (None, math.nan))
    return None if name is None else smallest(name) * scale


def verdict(value: Estimate, margin: float) -> Verdict:
    """The verdict on a difference in the unit of ``margin`` (above 0); without a finite interval nothing can be known."""
    if not (math.isfinite(value.low) and math.isfinite(value.high)):
        return "belum_diketahui"
    if value.low > margin or value.high < -margin:
        return "berarti"
    return "terlalu_kecil" if -margin < value.low and value.high < margin else "belum_diketahui"


def is_precise(value: Estimate, margin: float) -> bool:
    """Whether the interval tells something: a verdict, or at most the margin to each side.

    Precision is judged against the margin, never against zero: a narrow interval around nothing is knowledge, a wide one
    beside zero is not.
    """
    if verdict(value, margin) != "belum_diketahui":
        return True
    return bool(math.isfinite(value.high - value.low) and (value.high - value.low) / 2 <= margin)


def says_nothing(value: Estimate, margin: float) -> bool:
    """Whether a difference that matters is possible either way: such an interval is of no use."""
    if not (math.isfinite(value.low) and math.isfinite(value.high)):
        return True
    return value.low <= -margin and value.high >= margin


def value_of(finding: Finding) -> Estimate:
    """The number of a finding with its interval; NaN where it has none."""
    return estimated(finding.estimate, finding.ci_low, finding.ci_high)


def estimated(value: Any, low: Any = None, high: Any = None, against: Any = 0.0) -> Estimate:
    """A number and its interval as a table or a finding holds them, less what it is set against; NaN where one is missing."""
    lost = is_missing(against)
    return between(*(math.nan if lost or is_missing(part) else float(part) - float(against) for part in (value, low, high)))


def shown(value: Estimate, margin: float | None) -> str:
    """What a difference shows, in the unit of ``margin`` (None: nothing is too small).

    Returns
    -------
    str
        ``up`` or ``down`` where its direction is known, ``small`` where it is too small to matter, ``open`` where neither is
        known, ``none`` without an interval.
    """
    if not math.isfinite(value.low):
        return "none"
    if margin is not None and verdict(value, margin) == "terlalu_kecil":
        return "small"
    return "open" if not value.seen else "up" if value.value > 0 else "down"


def graded(
    design: Design, value: Estimate, measure: str, *, coverage: float | None, precise: bool | None = None, robust: bool = True,
) -> Grade:
    """The grade of a finding from its design, its number and how much of those concerned is in the data.

    Parameters
    ----------
    value : Estimate
        In the unit of ``measure``.
    coverage : float or None
        Share (0-1) of those concerned who are in the data; None where it is unknown.
    precise : bool, optional
        By default, of a share: an interval at most ``PRECISE_WIDTH`` wide; of a difference: one that tells something about
        the smallest one that matters, never about zero.
    """
    descriptive = design == "descriptive"
    margin = margin_of(measure) if not descriptive or measure in DIFFERENCES else None
    bounded = math.isfinite(value.low)
    if precise is None and margin is not None:
        precise = is_precise(value, margin)
    elif precise is None:
        precise = (descriptive or measure == "share") and bounded and value.high - value.low <= PRECISE_WIDTH
    return grade(
        design, coverage=coverage, precise=precise and (descriptive or bounded), robust=robust,
        useless=margin is not None and says_nothing(value, margin),
        reported=not descriptive and measure.startswith("scale_points"),
    )
