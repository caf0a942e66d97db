"""How strong a finding is, from what it rests on: the written rubric applied to a value, its measure and its data."""

from __future__ import annotations

import math

from karier_stats.answers.record import Design, Grade, grade
from karier_stats.answers.verdicts import is_precise, margin_of, says_nothing
from karier_stats.stats.numerics.estimate import Estimate

PRECISE_WIDTH = 0.20
"""Shares whose interval is wider than this (20 points) are too vague to act on."""
DIFFERENCES = ("share_difference", "percentage_points", "points")
"""Measures of a description that compare: their precision is judged against the smallest difference that matters."""


def described(
    value: Estimate, measure: str, *, coverage: float | None = 1.0, precise: bool | None = None, robust: bool = True,
) -> Grade:
    """The grade of a description.

    Parameters
    ----------
    precise : bool, optional
        Default: the interval of a share is at most ``PRECISE_WIDTH`` wide; that of a difference tells something about
        the smallest one that matters.
    """
    margin = margin_of(measure) if measure in DIFFERENCES else None
    if precise is None and margin is not None:
        precise = is_precise(value, margin)
    elif precise is None:
        precise = math.isfinite(value.low) and value.high - value.low <= PRECISE_WIDTH
    useless = margin is not None and says_nothing(value, margin)
    return grade("descriptive", coverage=coverage, precise=precise, robust=robust, useless=useless)


def claimed(
    design: Design, value: Estimate, measure: str, *, coverage: float | None, precise: bool | None = None,
    robust: bool = True,
) -> Grade:
    """The grade of a comparison or an association; precision is judged against the margin, never against zero."""
    margin = margin_of(measure)
    if precise is None and measure == "share":
        precise = value.high - value.low <= PRECISE_WIDTH
    elif precise is None:
        precise = margin is not None and is_precise(value, margin)
    return grade(
        design, coverage=coverage, precise=precise and math.isfinite(value.low), robust=robust,
        useless=margin is not None and says_nothing(value, margin),
        reported=measure.startswith("scale_points"),
    )
