"""One row of a comparison in words: its value, its interval, and what it could not have shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from karier_stats.language import both, integer, interval, number, p_value, percent

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.change import Change

POWER = 0.8


def missing(value: Any) -> bool:
    """True for a cell without a value."""
    return value is None or type(value).__name__ == "NAType" or not math.isfinite(value)


def digits_for(row: pd.Series) -> int:
    """Decimals that show two figures of half the interval's width: 0 to 4."""
    if missing(row["ci_low"]):
        return 0 if not missing(row["estimate"]) and row["estimate"] == round(row["estimate"]) else 2
    half = (row["ci_high"] - row["ci_low"]) / 2
    return 4 if half <= 0 else min(max(1 - math.floor(math.log10(half)), 0), 4)


def spoken(row: pd.Series, lang: str, unit: str = "") -> str:
    """``5,2 poin (selang kepercayaan 95 persen 3,1 s.d. 7,3; n = 120)``."""
    places = digits_for(row)
    value = f"{number(row['estimate'], lang, places)} {unit or both('poin', 'points')[lang]}"
    if missing(row["ci_low"]):
        return f"{value} (n = {integer(row['n'], lang)})"
    level = percent(row["ci_level"], lang, 0 if round(100 * row["ci_level"], 6) % 1 == 0 else 1)
    bounds = interval(row["ci_low"], row["ci_high"], lang, places)
    words = both(f"selang kepercayaan {level} {bounds}", f"{level} confidence interval {bounds}")[lang]
    return f"{value} ({words}; n = {integer(row['n'], lang)})"


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
    """Both p-values where CR2 and the wild bootstrap fall on different sides of the level; else nothing."""
    rows = {row["method"]: row for row in result.table[result.table["term"] == term].to_dict("records")}
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
