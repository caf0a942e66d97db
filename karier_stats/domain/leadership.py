"""The leader-engagement index, from what heads did rather than what people say of them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd

Values = TypeVar("Values", pd.Series, np.ndarray)

FULL_JP = 20.0
FULL_EVENTS = 6.0
FULL_LETTERS = 4.0
"""Counts from which a part of the index is full: the yearly duty of 20 JP, an
event every second month, a letter every quarter (a design choice, in ASSUMPTIONS.md)."""


def engagement_index(head_jp: Values, events_opened: Values, letters_promoting: Values) -> Values:
    """Engagement of a unit's head in one year, 0 (none) to 10 (full).

    Ten times the mean of three parts, each capped at 1: own learning hours
    (20 JP), events opened or attended (6), letters that promote training (4).
    Missing where any part is missing.

    Parameters
    ----------
    head_jp, events_opened, letters_promoting : Series or array, shape (n,)
        Counts of one year.

    Returns
    -------
    Series or array, shape (n,)
    """
    parts = [
        (head_jp / FULL_JP).clip(0, 1),
        (events_opened / FULL_EVENTS).clip(0, 1),
        (letters_promoting / FULL_LETTERS).clip(0, 1),
    ]
    return 10 * (parts[0] + parts[1] + parts[2]) / 3
