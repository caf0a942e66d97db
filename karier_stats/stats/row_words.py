"""One row of a result in words: its value, its interval, and what it could not have shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from karier_stats.words import Figure, Phrase, say
from karier_stats.words.numbers import decimals, figures, is_missing

POWER = 0.8

Verdict = Literal["not_estimated", "no_interval", "split", "unseen", "seen"]


def digits_for(row: pd.Series) -> int:
    """Decimals that show two figures of half the interval's width."""
    if is_missing(row["ci_low"]):
        return 0 if not is_missing(row["estimate"]) and row["estimate"] == round(row["estimate"]) else 2
    half = (row["ci_high"] - row["ci_low"]) / 2
    return decimals(half) if half > 0 else 4


@dataclass(frozen=True)
class Told:
    """A row of a result's table, in its unit, as it is said: ``5,2 poin (selang kepercayaan 95 persen 3,1 s.d. 7,3; n = 120)``."""

    row: pd.Series
    unit: str = "points"

    def say(self, lang: str) -> str:
        """The row in words of one language."""
        row, unit, n = self.row, Phrase(f"change.unit.{self.unit}"), int(self.row["n"])
        if is_missing(row["ci_low"]) or row["ci_low"] == row["ci_high"]:
            return say("change.told.bare", lang, value=self.figure(row["estimate"]), unit=unit, n=n)
        ends = [row["estimate"], row["ci_low"], row["ci_high"]]
        (value, low, high), size = figures(ends, lang, (row["ci_high"] - row["ci_low"]) / 2)
        return say("change.told.interval", lang, value=value, low=low, high=high, size=size, unit=unit, n=n, level=row["ci_level"])

    def figure(self, value: float | None) -> Figure:
        """A number as precise as the row's own."""
        return Figure(value, digits=digits_for(self.row))


def is_null(row: pd.Series) -> bool:
    """True where the interval holds zero."""
    return not is_missing(row["ci_low"]) and row["ci_low"] <= 0 <= row["ci_high"]


def verdict(row: pd.Series, split: Phrase | None = None) -> Verdict:
    """What can be said of a row: the ladder from "no value" to "told apart from zero"."""
    if is_missing(row["estimate"]):
        return "not_estimated"
    if is_missing(row["ci_low"]):
        return "no_interval"
    return "split" if split is not None else "unseen" if is_null(row) else "seen"


def limit(least: float | None, told: Told, what: str = "change") -> Phrase | None:
    """The smallest change ("change", "net_gain") that the data of ``told`` would have shown; None where it is unknown."""
    if is_missing(least):
        return None
    unit = Phrase(f"change.unit.{told.unit}")
    return Phrase(f"change.limit.{what}", least=told.figure(least), unit=unit, power=POWER)


_STEPS = (1.0, 1e3, 1e6, 1e9, 1e12)
_MONEY = ("_rp", "_rupiah")
"""Endings of columns that hold rupiah, as in the tables of an evaluation."""
_LEAST = 0.01
"""A slope below this is told for a larger step."""


def step_of(slope: float, reach: float) -> float:
    """The smallest step (1, 1e3, 1e6, ...) at which a slope is at least 0.01, within the range of the score (``reach``).

    A slope per rupiah would read as 0.0000; per million rupiah it is a number that a reader can weigh. ``slope`` is per
    one unit, as it would be told (percentage points for a share); its size alone counts.
    """
    if not math.isfinite(slope) or slope == 0:
        return 1.0
    within = [step for step in _STEPS if step <= max(reach, 1.0)]
    return next((step for step in within if abs(slope) * step >= _LEAST), within[-1])


def step_name(step: float, column: str, way: str = "of") -> Phrase:
    """The step with its column: ``satu satuan `skor` ``, ``1 juta satuan `jarak` `` or ``Rp1 juta `pagu_rp` ``.

    ``way`` is "of", "more" or "higher": ``one unit of`` it, ``one unit more of`` it, or ``one unit of`` it ``higher``.
    """
    money = column.endswith(_MONEY)
    if money:
        amount = Phrase(f"stats.step.rupiah.{step:.0f}")
    elif step == 1:
        amount = Phrase("stats.step.one")
    else:
        amount = Phrase("stats.step.units", name=Phrase(f"stats.step.name.{step:.0f}"))
    return Phrase(f"stats.step.{'money' if money else 'unit'}.{way}", amount=amount, column=column)
