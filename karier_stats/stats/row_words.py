"""One row of a result in words: its value, its interval, and what it could not have shown."""

from __future__ import annotations

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
    """A row as it is said: ``5,2 poin (selang kepercayaan 95 persen 3,1 s.d. 7,3; n = 120)``.

    Parameters
    ----------
    row : Series
        A row of a result's table, in the unit that it is said in.
    unit : {"points", "share"}
    """

    row: pd.Series
    unit: str = "points"

    def say(self, lang: str) -> str:
        """The row in words of one language."""
        row, unit, n = self.row, Phrase(f"change.unit.{self.unit}"), int(self.row["n"])
        if is_missing(row["ci_low"]) or row["ci_low"] == row["ci_high"]:
            return say("change.told.bare", lang, value=self.figure(row["estimate"]), unit=unit, n=n)
        ends = [row["estimate"], row["ci_low"], row["ci_high"]]
        (value, low, high), size = figures(ends, lang, (row["ci_high"] - row["ci_low"]) / 2)
        return say(
            "change.told.interval", lang, value=value, low=low, high=high, size=size, unit=unit, n=n,
            level=row["ci_level"],
        )

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
    """The smallest change that the data would have shown; None where it is unknown.

    Parameters
    ----------
    least : float or None
        In the unit of ``told``.
    told : Told
        The row that it goes with.
    what : {"change", "net_gain"}
    """
    if is_missing(least):
        return None
    unit = Phrase(f"change.unit.{told.unit}")
    return Phrase(f"change.limit.{what}", least=told.figure(least), unit=unit, power=POWER)
