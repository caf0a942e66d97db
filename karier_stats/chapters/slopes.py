"""A slope of the chapter leadership in words: seen, contrary, not seen, not concluded, or too few data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karier_stats.answers import verdicts
from karier_stats.chapters import claims, counting
from karier_stats.chapters.claims import Words, decided, estimate_of
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.plan.power import beside
from karier_stats.stats.results import METHODS
from karier_stats.words.numbers import both, integer, number, p_value

if TYPE_CHECKING:
    import pandas as pd


ENOUGH = 6
"""With fewer units a slope is estimated and nothing is concluded from it (validity.md, sections 2 and 5)."""
_WHERE = {
    "between": both("Antarunit", "Between units"),
    "within": both("Di dalam unit dari tahun ke tahun", "Within units from year to year"),
}
_CAUTION = both(
    "Temuan ini menunjukkan keterkaitan, bukan hubungan sebab akibat.",
    "This is an association; it does not prove a cause.",
)


@dataclass(frozen=True)
class Quantity:
    """What is set beside engagement.

    Parameters
    ----------
    subject : Words
        The outcome, within a sentence.
    unit : Words
        Its unit of measure.
    score : Words
        What it is set beside.
    scale : float
        100 where shares are told in percentage points.
    digits : int
        Of the estimate; its interval has one more.
    margin : float
        The smallest slope that matters, before ``scale``; NaN where none is declared.
    """

    subject: Words
    unit: Words
    score: Words
    scale: float = 1
    digits: int = 1
    margin: float = math.nan

    def is_precise(self, value: Estimate) -> bool:
        """Whether the interval tells something against the margin; without one, whether it lies on one side of zero."""
        return verdicts.is_precise(value, self.margin) if math.isfinite(self.margin) else decided(value)

    def matters(self, value: Estimate, lang: str) -> str:
        """The verdict as a sentence with a leading blank; empty without a margin or bounds."""
        if not (math.isfinite(self.margin) and math.isfinite(value.low)):
            return ""
        shown = f"{self.size(self.margin, lang)} {both('per poin indeks', 'per point of the index')[lang]}"
        start = both("Keterkaitan ini", "This association is")[lang]
        return f" {start} {verdicts.weighed(value, self.margin, lang, shown)}."

    def size(self, value: float, lang: str) -> str:
        """A slope with its unit of measure."""
        return f"{number(self.scale * value, lang, self.digits)} {self.unit[lang]}"


def too_few(row: pd.Series) -> bool:
    """Whether the slope rests on fewer units than any conclusion needs."""
    return int(row["n_units"]) < ENOUGH


def sentence(row: pd.Series, what: Quantity, scope: str, undecided: bool, lang: str) -> str:
    """A row of ``regress`` on engagement in words; about units, never about persons."""
    value = estimate_of(row)
    if too_few(row):
        return _not_enough(row, what, scope, lang)
    if undecided:
        return _undecided(row, what, scope, lang)
    return _seen(row, what, scope, lang) if decided(value) else _not_seen(row, what, scope, lang)


def _facts(row: pd.Series, what: Quantity, lang: str) -> str:
    """Interval, p, method and number of units."""
    bounds = counting.span(estimate_of(row), lang, claims.plain(row["ci_level"]), what.scale, what.digits + 1)
    units = counting.units_words(row["n_units"], lang)
    parts = [bounds, p_value(claims.plain(row["p_value"]), lang), METHODS[str(row["method"])][lang], units]
    return "; ".join(parts)


def smallest(row: pd.Series, what: Quantity, lang: str) -> str:
    """The smallest slope that the test of a row could have seen, as a sentence with a leading blank."""
    per = both(f"{what.unit['id']} per poin indeks", f"{what.unit['en']} per point of the index")[lang]
    text = beside(row, lang, per, what.scale)
    return f" {text}" if text else ""


def _estimate(row: pd.Series, what: Quantity, lang: str) -> str:
    """The slope per point of the index with its facts in brackets."""
    per = both("per poin indeks", "per point of the index")[lang]
    return f"{what.size(claims.plain(row['estimate']), lang)} {per} ({_facts(row, what, lang)})"


def _not_enough(row: pd.Series, what: Quantity, scope: str, lang: str) -> str:
    """Too few units for any conclusion, whatever the estimate."""
    units, least, text = integer(row["n_units"], lang), integer(ENOUGH, lang), _estimate(row, what, lang)
    return both(
        f"{_WHERE[scope]['id']}, data tidak cukup untuk menyimpulkan keterkaitan {what.subject['id']} dengan "
        f"{what.score['id']}: hanya {units} unit, sedangkan diperlukan paling sedikit {least}. Taksirannya {text}.",
        f"{_WHERE[scope]['en']}, the data are not enough to conclude whether {what.subject['en']} goes with "
        f"{what.score['en']}: there are only {units} units and at least {least} are needed. The estimate is {text}.",
    )[lang] + smallest(row, what, lang)


def _undecided(row: pd.Series, what: Quantity, scope: str, lang: str) -> str:
    """Reasonable methods disagree."""
    text = _estimate(row, what, lang)
    return both(
        f"{_WHERE[scope]['id']}, keterkaitan {what.subject['id']} dengan {what.score['id']} belum dapat disimpulkan "
        f"karena cara-cara yang wajar berbeda jawaban; taksirannya {text}.",
        f"{_WHERE[scope]['en']}, whether {what.subject['en']} goes with {what.score['en']} cannot be concluded yet "
        f"since reasonable methods disagree; the estimate is {text}.",
    )[lang] + smallest(row, what, lang)


def _not_seen(row: pd.Series, what: Quantity, scope: str, lang: str) -> str:
    """A null with its interval and the smallest slope that it could have seen."""
    text = _estimate(row, what, lang)
    return both(
        f"{_WHERE[scope]['id']}, keterkaitan {what.subject['id']} dengan {what.score['id']} tidak terlihat: {text}.",
        f"{_WHERE[scope]['en']}, no association of {what.subject['en']} with {what.score['en']} is seen: {text}.",
    )[lang] + what.matters(estimate_of(row), lang) + smallest(row, what, lang)


def _seen(row: pd.Series, what: Quantity, scope: str, lang: str) -> str:
    """An association, in the direction expected or against it."""
    value = claims.plain(row["estimate"])
    size, facts, up = what.size(abs(value), lang), _facts(row, what, lang), value > 0
    weighed = what.matters(estimate_of(row), lang)
    word = both("lebih tinggi" if up else "lebih rendah", "higher" if up else "lower")[lang]
    against = "" if up else both("; arahnya berlawanan dengan dugaan", "; this is contrary to what was expected")[lang]
    return both(
        f"{_WHERE[scope]['id']}, satu poin {what.score['id']} berkaitan dengan {what.subject['id']} {size} {word} "
        f"({facts}){against}.{weighed} {_CAUTION['id']}",
        f"{_WHERE[scope]['en']}, one point of {what.score['en']} goes with {what.subject['en']} {size} {word} "
        f"({facts}){against}.{weighed} {_CAUTION['en']}",
    )[lang]


def worded(sentence: str, names: Mapping[str, Words], lang: str) -> str:
    """A sentence of the library with the names of columns put in words."""
    for column, words in names.items():
        sentence = sentence.replace(f"`{column}`", words[lang])
    return sentence
