"""Findings that rest on a design: what was estimated, how far the words may go, what should be done.

:mod:`counting` makes the findings that only describe; here are those that
compare, with their grade and their words for a difference that is, or is not,
established.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from karier_stats.answers.record import Answer, Design, Finding, Recommendation, grade
from karier_stats.answers.verdicts import is_precise, margin_of, says_nothing
from karier_stats.chapters import counting
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.words.numbers import both

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.intake.processed import Evaluation

Words = dict[str, str]


def estimate_of(row: pd.Series) -> Estimate:
    """Value and bounds of one row of a result; a missing one is NaN."""
    return between(*(plain(row[name]) for name in ('estimate', 'ci_low', 'ci_high')))


def plain(value: Any) -> float:
    """A cell as a float; NaN where it is missing."""
    return math.nan if value is None or type(value).__name__ == "NAType" else float(value)


def decided(value: Estimate) -> bool:
    """Whether the interval lies on one side of zero."""
    return bool(value.low > 0 or value.high < 0)


def claim(
    of: Callable[[Any], Answer], ev: Evaluation, value: Estimate, n: int, sentence: Words, *, design: Design,
    measure: str, part: str = "", coverage: float | None, precise: bool | None = None, widest: float = math.inf,
    margin: float | None = None, robust: bool = True, reported: bool | None = None, selected: bool = True,
    p_value: float | None = None, n_units: int | None = None, headline: bool = False,
    recommendation: Recommendation | None = None, level: float | None = None, sources: tuple[str, ...] | None = None,
) -> Finding:
    """A finding of any design, graded by the written rubric.

    Parameters
    ----------
    of : callable
        The chapter's function; gives chapter, question and source tables.
    value : Estimate
        In ``measure``.
    n : int
        People behind the estimate; of a comparison, those of its smaller side,
        which is the one that disclosure control must protect.
    precise : bool, optional
        Default: the interval tells something about ``margin`` and is at most
        ``widest`` to each side. Never judged against zero.
    margin : float, optional
        The smallest difference that matters, in ``measure``. Default: the one
        of the rule ``smallest_effect``; without one nothing is precise.
    coverage : float or None
        Share of the people concerned who are in the data; None where unknown.
    reported : bool, optional
        Whether people tell the outcome of themselves. Default: answers on a scale.
    selected : bool
        Whether it is known how people were chosen.
    level : float, optional
        Of the interval, where it is not the report's.
    """
    bounded = math.isfinite(value.low)
    margin = margin_of(measure) if margin is None else margin
    if precise is None:
        precise = margin is not None and is_precise(value, margin) and (value.high - value.low) / 2 <= widest
    evidence = grade(
        design, coverage=coverage, precise=precise and bounded, robust=robust,
        useless=margin is not None and says_nothing(value, margin),
        reported=measure.startswith("scale_points") if reported is None else reported, selected=selected,
    )
    return counting.stated(
        of, value, n, sentence, design=design, measure=measure, part=part, level=level or ev.level, evidence=evidence,
        sources=sources,
        p_value=p_value if bounded else None, n_units=n_units, headline=headline, recommendation=recommendation,
    )


def mid_next_year(ev: Evaluation) -> Words:
    """The end of June after the period, as a deadline."""
    return both(f"30 Juni {ev.period + 1}", f"30 June {ev.period + 1}")


def end_next_year(ev: Evaluation) -> Words:
    """The end of the year after the period, as a deadline."""
    return both(f"31 Desember {ev.period + 1}", f"31 December {ev.period + 1}")


BKPSDM = both("BKPSDM", "the personnel agency (BKPSDM)")


def whole_programme(ev: Evaluation) -> tuple[Words, ...]:
    """A note, in a report on some units only, that these rows belong to no unit."""
    if ev.unit == "semua":
        return ()
    return (both(
        "Data ini tidak mencatat unit kerja, sehingga angkanya berlaku bagi seluruh program, bukan unit terpilih saja.",
        "These data name no work unit, so the figures are those of the whole programme and not of the chosen units.",
    ),)


def bounds(value: Estimate, lang: str, level: float, digits: int = 1) -> str:
    """The interval of a value in its own unit, in words."""
    return counting.span(value, lang, level, 1, digits)
