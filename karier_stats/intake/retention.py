"""How long data may be kept: what a crosswalk declares as ``retention``, held against the calendar."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from karier_stats.errors import InputError, describe

SOON = 90
"""Days before the end in which every run says that it is near."""


def retention_of(intake: Mapping[str, Any]) -> datetime.date | None:
    """The last day that the account of an evaluation (``intake.json``) declares."""
    until = intake.get("retention")
    return datetime.date.fromisoformat(until) if until else None


def check_retention(
    evaluation: str, until: datetime.date | None, lang: str, today: datetime.date | None = None
) -> str | None:
    """Refuse data whose time is over; give the warning where the end is near.

    Parameters
    ----------
    evaluation : str
        Name of the evaluation, for the message.
    until : date or None
        Last day on which the data may be used; None where nothing is declared.
    lang : {"id", "en"}
        Language of the warning.
    today : date, optional
        The day to hold it against; default the machine's.

    Returns
    -------
    str or None
        K238, in words, within 90 days of the end.

    Raises
    ------
    InputError
        K237 after the last day.
    """
    if until is None:
        return None
    days = (until - (today or datetime.date.today())).days
    if days < 0:
        raise InputError("K237", evaluation=evaluation, until=until.isoformat())
    return describe("K238", lang, evaluation=evaluation, days=days, until=until.isoformat()) if days < SOON else None
