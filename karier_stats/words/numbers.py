"""Numbers, dates and counted things, written as Indonesian or English writes them.

The one place where a number becomes text. Results keep full precision; a
sentence, a table cell or an axis asks here for ``1.234,5`` or ``1,234.5``.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

LANGUAGES = ("id", "en")
Text: TypeAlias = Mapping[str, str]
"""One statement in every language: ``{"id": ..., "en": ...}``."""

_LOCALE = {"id": "id_ID", "en": "en_US"}
_AND = {"id": "dan", "en": "and"}
_TO = {"id": "s.d.", "en": "to"}
_PERCENT_WORD = {"id": " persen", "en": " percent"}
MISSING = "–"
MINUS = "−"
"""The sign of a negative number in words; a hyphen breaks at the end of a line and reads as one."""


def both(id: str, en: str) -> dict[str, str]:
    """Pair one statement in both languages."""
    return {"id": id, "en": en}


def is_missing(value: object) -> bool:
    """True for None, NaN, infinity, ``pandas.NA`` and ``pandas.NaT``, without importing pandas."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    try:
        return not math.isfinite(value)  # type: ignore[arg-type]
    except TypeError:  # no number
        return False


def number(value: float | None, lang: str, digits: int = 1) -> str:
    """A number with ``digits`` decimals; a missing one is an en dash."""
    if value is None or is_missing(value):
        return MISSING
    return _written(round(float(value), digits) + 0.0, lang, digits)  # -0.0 would print a minus sign


@lru_cache(maxsize=1 << 14)
def _written(rounded: float, lang: str, digits: int) -> str:
    """The same number stands in a sentence, a table, a file and a picture: it is written once."""
    from babel.numbers import format_decimal

    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    written: str = format_decimal(rounded, format=pattern, locale=_LOCALE[lang])
    return written.replace("-", MINUS)


def integer(value: float | None, lang: str) -> str:
    """A whole number with the thousands mark of the language."""
    return number(value, lang, 0)


def percent(share: float | None, lang: str, digits: int = 1, sign: bool = False) -> str:
    """A share between 0 and 1 as text (``12,5 persen``) or, with ``sign``, as ``12,5%``; a text is never 0 or 100 by rounding."""
    if share is None or is_missing(share):
        return MISSING
    if digits == 0 and not sign and 0 < share < 1:
        digits = next((many for many in range(3) if 0 < round(100 * share, many) < 100), 0)
    return number(100 * float(share), lang, digits) + ("%" if sign else _PERCENT_WORD[lang])


def interval(low: float | None, high: float | None, lang: str, digits: int = 1) -> str:
    """Two bounds as ``1,2 s.d. 3,4``."""
    return f"{number(low, lang, digits)} {_TO[lang]} {number(high, lang, digits)}"


def decimals(error: float, most: int = 9) -> int:
    """Decimals that show two figures of a standard error or of half an interval: none from 10 on."""
    if not error > 0 or math.isinf(error):
        return 2
    return min(max(1 - math.floor(math.log10(error)), 0), most)


def places(error: float | None, least: int) -> int:
    """Decimals of a small number: ``least``, or as many as two figures of its error (else of itself) need."""
    size = 0.0 if error is None or is_missing(error) else abs(error)
    return max(least, decimals(size, 12)) if 0 < size < 1 else least


def level_digits(level: float) -> int:
    """Decimals of a confidence level in percent: none for 95, one for 99.5, enough never to read as certainty.

    What is left of the level, ``percent(1 - level)``, takes the same number.
    """
    left = 100 * (1 - level)
    whole = next((places for places in range(5) if abs(left - round(left, places)) < 1e-9), None)
    return whole if whole is not None else next((d for d in range(1, 9) if round(100 - left, d) < 100), 8)


def level_percent(level: float, lang: str) -> str:
    """A confidence level as ``95 persen`` or ``99,99 persen``; never rounded to 100."""
    return percent(level, lang, level_digits(level))


def figures(values: Sequence[float], lang: str, error: float) -> tuple[list[str], str]:
    """Numbers that belong together, such as an estimate and its bounds, to two figures of their error.

    Parameters
    ----------
    values : sequence of float
    lang : {"id", "en"}
    error : float
        Standard error or half the interval, in the unit of ``values``.

    Returns
    -------
    list of str, str
        The numbers, and the word of the size that all are told in (``" juta"``); empty below a million, and where
        the error is so small that the word would cost figures.
    """
    largest = max((abs(value) for value in values if not is_missing(value)), default=0.0)
    for size, word in _MONEY_WORDS[lang]:
        if largest >= size and decimals(error / size) <= 4:
            return [number(value / size, lang, decimals(error / size)) for value in values], f" {word}"
    return [number(value, lang, decimals(error)) for value in values], ""


def figured(values: Sequence[float], error: float) -> tuple[list[Text], Text]:
    """The same in every language: each number, and the word of their size."""
    by = {lang: figures(values, lang, error) for lang in LANGUAGES}
    return [{lang: by[lang][0][i] for lang in LANGUAGES} for i in range(len(values))], {lang: by[lang][1] for lang in LANGUAGES}


def p_value(p: float | None, lang: str) -> str:
    """A p-value as ``p = 0,031``; beyond three decimals as ``p < 0,001`` or ``p > 0,999``."""
    if p is None or is_missing(p):
        return "p = " + MISSING
    if p < 0.001:
        return "p < " + number(0.001, lang, 3)
    if p > 0.9995:
        return "p > " + number(0.999, lang, 3)
    return "p = " + number(p, lang, 3)


def rupiah(value: float | None, lang: str, short: bool = True) -> str:
    """Money as ``Rp1,5 miliar`` (``short``) or ``Rp1.500.000.000``."""
    if value is None or is_missing(value):
        return MISSING
    amount = abs(float(value))
    sign = MINUS if float(value) < 0 and round(amount) else ""
    if short:
        for size, word in _MONEY_WORDS[lang]:
            if round(amount / size, 1) >= 1:
                return f"{sign}Rp{number(amount / size, lang, 1)} {word}"
    return f"{sign}Rp{integer(amount, lang)}"


_MONEY_WORDS = {
    "id": ((1e12, "triliun"), (1e9, "miliar"), (1e6, "juta")),
    "en": ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")),
}

Kind: TypeAlias = Literal["number", "integer", "percent", "points", "rupiah", "p"]
"""How a value of a table or picture is written; ``points`` is how far two shares are apart, whose unit the heading says."""
SHARES = ("percent", "points")
"""The kinds whose values are shares between 0 and 1, and are written times a hundred."""


def write(value: float | None, lang: str, kind: Kind | str = "number", digits: int = 1) -> str:
    """A value for a cell, a label or an axis: ``12,5``, ``12``, ``12,5%``, ``Rp1,5 miliar`` or ``<0,001``."""
    if kind == "points":
        return number(None if value is None or is_missing(value) else 100 * float(value), lang, digits)
    if kind == "percent":
        return percent(value, lang, digits, sign=True)
    if kind == "rupiah":
        return rupiah(value, lang)
    if kind == "p":
        return p_value(value, lang).removeprefix("p = ").removeprefix("p ").replace(" ", "")
    return number(value, lang, 0 if kind == "integer" else digits)


def date(value: datetime.date | None, lang: str) -> str:
    """A day as ``17 Agustus 2025`` or ``17 August 2025``; a missing one is an en dash."""
    if value is None or is_missing(value):
        return MISSING
    from babel.dates import format_date

    return format_date(value, format="d MMMM y", locale=_LOCALE[lang])


def listing(words: Iterable[str], lang: str) -> str:
    """Words as ``a, b, dan c`` (``a, b, and c``)."""
    items = list(words)
    if len(items) < 3:
        return f" {_AND[lang]} ".join(items)
    return ", ".join(items[:-1]) + f", {_AND[lang]} {items[-1]}"
