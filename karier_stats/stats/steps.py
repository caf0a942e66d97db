"""The step of a score that a slope is told for: one unit, a thousand, a million.

A slope per rupiah would read as 0.0000; per million rupiah it is a number
that a reader can weigh. The step never exceeds the range of the data.
"""

from __future__ import annotations

import math

from karier_stats.words import Phrase

_STEPS = (1.0, 1e3, 1e6, 1e9, 1e12)
_MONEY = ("_rp", "_rupiah")
"""Endings of columns that hold rupiah, as in the tables of an evaluation."""
_LEAST = 0.01
"""A slope below this is told for a larger step."""


def step_of(slope: float, reach: float) -> float:
    """The smallest step (1, 1e3, 1e6, ...) at which a slope is at least 0.01, within the range of the score.

    Parameters
    ----------
    slope : float
        Slope per one unit, as it would be told (percentage points for a share); its size alone counts.
    reach : float
        Range of the score in the data; no step goes beyond it.
    """
    if not math.isfinite(slope) or slope == 0:
        return 1.0
    within = [step for step in _STEPS if step <= max(reach, 1.0)]
    return next((step for step in within if abs(slope) * step >= _LEAST), within[-1])


def step_amount(step: float, column: str) -> Phrase:
    """The step without its column: ``satu satuan``, ``1 juta satuan`` or ``Rp1 juta``."""
    if column.endswith(_MONEY):
        return Phrase(f"stats.step.rupiah.{step:.0f}")
    if step == 1:
        return Phrase("stats.step.one")
    return Phrase("stats.step.units", name=Phrase(f"stats.step.name.{step:.0f}"))


def step_name(step: float, column: str, way: str = "of") -> Phrase:
    """The step with its column: ``satu satuan `skor` ``, ``1 juta satuan `jarak` `` or ``Rp1 juta `pagu_rp` ``.

    Parameters
    ----------
    step : float
        As :func:`step_of` gives it.
    column : str
        Name of the score's column; one that ends in ``_rp`` holds rupiah.
    way : {"of", "more", "higher"}
        ``one unit of`` it, ``one unit more of`` it, or ``one unit of`` it ``higher``.
    """
    kind = "money" if column.endswith(_MONEY) else "unit"
    return Phrase(f"stats.step.{kind}.{way}", amount=step_amount(step, column), column=column)
