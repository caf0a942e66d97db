"""Arrays that a caller hands over, checked once at the door."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from karier_stats.errors import StatisticsError

SHOWN = 5
"""So many positions are named in a message."""


def numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Values as floats (n,), all finite; K336 where some are missing or infinite, K345 where they are no real numbers."""
    from karier_stats.stats.columns import floats, is_number, settled

    column = settled(values if isinstance(values, pd.Series) else pd.Series(np.asarray(values).reshape(-1)))
    if len(column) and not is_number(column):
        raise StatisticsError("K345", column=name, role=name, kind=str(column.dtype))
    found = floats(column) if len(column) else np.empty(0)
    _refuse_empty(name, ~np.isfinite(found))
    return found


def labels(name: str, values: ArrayLike | None, n: int, other: str) -> NDArray[Any] | None:
    """One label per value of ``other``, shape (n,); None where none are given.

    K337 where there are more or fewer labels than values; K336 where labels are missing.
    """
    if values is None:
        return None
    from karier_stats.stats.columns import labels_of

    found = labels_of(values, name)
    same_length(name, len(found.codes), other, n)
    _refuse_empty(name, found.empty)
    return found.text


def same_length(name: str, given: int, other: str, wanted: int) -> None:
    """Raise K337 where two arrays that belong together differ in length."""
    if given != wanted:
        raise StatisticsError("K337", name=name, given=given, other=other, wanted=wanted)


def share(name: str, value: float, open_ends: bool = False) -> float:
    """A number from 0 to 1 (strictly between them with ``open_ends``), else K317."""
    if not (0 < value < 1 if open_ends else 0 <= value <= 1):
        rule = f"0 < {name} < 1" if open_ends else f"0 <= {name} <= 1"
        raise StatisticsError("K317", name=name, value=value, rule=rule)
    return float(value)


def _refuse_empty(name: str, empty: NDArray[np.bool_]) -> None:
    """Raise K336 where there is an empty cell, with its place counted from 1."""
    places = np.flatnonzero(empty)
    if len(places):
        rows = ", ".join(str(place + 1) for place in places[:SHOWN]) + (", ..." if len(places) > SHOWN else "")
        raise StatisticsError("K336", name=name, count=len(places), n=len(empty), rows=rows)
