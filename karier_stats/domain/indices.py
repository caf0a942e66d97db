"""Official indices, computed as their rules say and by name rather than by number; and leaders' engagement, by what they did."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

from karier_stats.domain.codes import SERVICE_ELEMENTS
from karier_stats.domain.rules import rule


def satisfaction_index(answers: pd.DataFrame, *, legacy_weight_011: bool = False) -> float:
    """Public satisfaction index (IKM), 25 to 100, of respondents' answers 1-4 to the nine ``SERVICE_ELEMENTS``, missing allowed.

    ``legacy_weight_011`` weights each element by 0.11 as many offices print it, to reconcile
    an old figure; nine times 0.11 is 0.99, so it is too low by one percent.

    Notes
    -----
    PermenPANRB 14/2017: the mean of each element over those who answered it,
    times 1/9, summed, times 25.
    """
    element_means = answers[list(SERVICE_ELEMENTS)].astype("float64").mean()
    weight = 0.11 if legacy_weight_011 else 1 / len(SERVICE_ELEMENTS)
    return float(25 * weight * element_means.sum(skipna=False))


def satisfaction_band(index: float) -> str:
    """Quality of service A to D; the index is rounded to two decimals first."""
    rounded = round(index, 2)
    bands = rule("ikm_bands").value
    return next(band for band, low in sorted(bands.items(), key=lambda item: -item[1]) if rounded >= low)


def professionalism_band(index: float) -> str:
    """Band of the professionalism index (IP ASN): half points between the whole numbers of the rule go up."""
    return next(band for band, above in rule("ip_asn_bands").value.items() if index > above)


def job_person_match(standard: pd.Series, actual: pd.Series, person: pd.Series) -> pd.Series:
    """Job person match of each person in percent: 100 x sum of min(actual, standard) / sum of standard; missing without one.

    Whether a level above the standard makes up for one below is a rule
    (``jpm_capped``); by default it does not.
    """
    reached = actual.clip(upper=standard) if rule("jpm_capped").value else actual
    asked, met = (column.astype(float).groupby(person, sort=False).sum() for column in (standard, reached))
    return 100 * met / asked.where(asked > 0)


def predicate(work_result: object, work_behaviour: object) -> str | None:
    """The performance rating that follows from its two parts by the rule ``rating_matrix``; None without both.

    Notes
    -----
    PermenPANRB 6/2022: behaviour below expectation bars every rating above poor, whatever the result.
    """
    row = rule("rating_matrix").value.get(work_result) if isinstance(work_result, str) else None
    return row.get(work_behaviour) if row and isinstance(work_behaviour, str) else None


Values = TypeVar("Values", pd.Series, np.ndarray)

FULL_JP = 20.0
FULL_EVENTS = 6.0
FULL_LETTERS = 4.0
"""Counts from which a part of the index is full: the yearly duty of 20 JP, an
event every second month, a letter every quarter (a design choice, in ASSUMPTIONS.md)."""


def engagement_index(head_jp: Values, events_opened: Values, letters_promoting: Values) -> Values:
    """Engagement of a unit's head in one year, 0 (none) to 10 (full), from counts of that year, each of shape (n,).

    Ten times the mean of three parts, each capped at 1: own learning hours
    (20 JP), events opened or attended (6), letters that promote training (4).
    Missing where any part is missing.
    """
    parts = [
        (head_jp / FULL_JP).clip(0, 1),
        (events_opened / FULL_EVENTS).clip(0, 1),
        (letters_promoting / FULL_LETTERS).clip(0, 1)]
    return 10 * (parts[0] + parts[1] + parts[2]) / 3
