"""One row of a comparison in words: its value, its interval, and what it could not have shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from karier_stats.words.numbers import both, decimals, figures, integer, level_percent, number, p_value, percent

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.change.result import Change

POWER = 0.8


def missing(value: Any) -> bool:
    """True for a cell without a value."""
    return value is None or type(value).__name__ == "NAType" or not math.isfinite(value)


def digits_for(row: pd.Series) -> int:
    """Decimals that show two figures of half the interval's width."""
    if missing(row["ci_low"]):
        return 0 if not missing(row["estimate"]) and row["estimate"] == round(row["estimate"]) else 2
    half = (row["ci_high"] - row["ci_low"]) / 2
    return decimals(half) if half > 0 else 4


def spoken(row: pd.Series, lang: str, unit: str = "") -> str:
    """``5,2 poin (selang kepercayaan 95 persen 3,1 s.d. 7,3; n = 120)``."""
    unit = unit or both("poin", "points")[lang]
    if missing(row["ci_low"]) or row["ci_low"] == row["ci_high"]:
        value = f"{number(row['estimate'], lang, digits_for(row))} {unit}"
        return f"{value} (n = {integer(row['n'], lang)})"
    half = (row["ci_high"] - row["ci_low"]) / 2
    (value, low, high), size = figures([row["estimate"], row["ci_low"], row["ci_high"]], lang, half)
    level, to = level_percent(row["ci_level"], lang), both("s.d.", "to")[lang]
    words = both(
        f"selang kepercayaan {level} {low} {to} {high}{size}", f"{level} confidence interval {low} {to} {high}{size}"
    )[lang]
    return f"{value}{size} {unit} ({words}; n = {integer(row['n'], lang)})"


def is_null(row: pd.Series) -> bool:
    """True where the interval holds zero."""
    return not missing(row["ci_low"]) and row["ci_low"] <= 0 <= row["ci_high"]


def scaled(result: Change, row: pd.Series) -> pd.Series:
    """A row as it is said: shares of a 0/1 outcome in percentage points."""
    if result.pairs.kind != "pass_fail":
        return row
    row = row.copy()
    row[["estimate", "ci_low", "ci_high"]] *= 100
    return row


def unit_of(result: Change, lang: str) -> str:
    """Points, or percentage points of a 0/1 outcome."""
    return both("poin persentase", "percentage points")[lang] if result.pairs.kind == "pass_fail" else both(
        "poin", "points"
    )[lang]


def told(result: Change, row: pd.Series, lang: str) -> str:
    """A row with its interval and n, in the unit of its outcome."""
    return spoken(scaled(result, row), lang, unit_of(result, lang))


def limit(result: Change, term: str, row: pd.Series, lang: str) -> str:
    """The smallest change that the data would have shown."""
    smallest = result.detectable.get(term, math.nan)
    if missing(smallest):
        return ""
    factor = 100 if result.pairs.kind == "pass_fail" else 1
    value = f"{number(factor * smallest, lang, digits_for(scaled(result, row)))} {unit_of(result, lang)}"
    power = percent(POWER, lang, 0)
    return both(
        f" Perubahan yang lebih kecil dari {value} memang sulit terlihat pada data sebanyak ini (daya uji {power}).",
        f" A change smaller than {value} would be hard to see in this much data ({power} power).",
    )[lang]


def methods_split(result: Change, term: str, lang: str) -> str:
    """Both answers where two ways to infer fall on different sides of the level; else nothing.

    CR2 and the wild bootstrap by their p; of a 0/1 outcome, Newcombe's
    interval and McNemar's exact test, which stand in one row.
    """
    rows = {row["method"]: row for row in result.table[result.table["term"] == term].to_dict("records")}
    if result.lead[1] == "mcnemar" and "mcnemar" in rows:
        return _mcnemar_split(rows["mcnemar"], lang)
    if "cr2" not in rows or "wild" not in rows:
        return ""
    p = [rows[method]["p_value"] for method in ("cr2", "wild")]
    # Without an interval the bootstrap can never reject at this level, and has no say.
    if missing(p[0]) or missing(rows["wild"]["ci_low"]):
        return ""
    alpha = 1 - rows["cr2"]["ci_level"]
    if (p[0] < alpha) == (p[1] < alpha):
        return ""
    return both(
        f"menurut CR2 {p_value(p[0], 'id')}, tetapi menurut wild cluster bootstrap {p_value(p[1], 'id')}",
        f"by CR2 {p_value(p[0], 'en')}, but by the wild cluster bootstrap {p_value(p[1], 'en')}",
    )[lang]


def _mcnemar_split(row: Mapping[Any, Any], lang: str) -> str:
    """Newcombe's interval beside McNemar's exact p where one leaves out "no change" and the other does not."""
    if missing(row["ci_low"]) or missing(row["p_value"]):
        return ""
    if (not row["ci_low"] <= 0 <= row["ci_high"]) == (row["p_value"] < 1 - row["ci_level"]):
        return ""
    outside = not row["ci_low"] <= 0 <= row["ci_high"]
    return both(
        f"selang Newcombe {'tidak memuat' if outside else 'memuat'} nol, tetapi menurut uji McNemar eksak "
        f"{p_value(row['p_value'], 'id')}",
        f"Newcombe's interval {'leaves out' if outside else 'holds'} zero, but by McNemar's exact test "
        f"{p_value(row['p_value'], 'en')}",
    )[lang]
