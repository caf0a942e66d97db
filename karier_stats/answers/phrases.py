"""What sentences say alike of any number: its interval, whether it matters, what could be seen, what a code is called."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from karier_stats.answers import verdicts
from karier_stats.answers.verdicts import Measure
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate, between
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text

POWER_Z = 0.841621
"""Normal quantile of a power of 0.8."""
COUNTED = 200
"""Up to so many a share is told as it was counted, beyond in a hundred."""
TITLED = 5
"""A name of more words is cut in a title."""
LISTED = 3
"""So many names of a list stand in a sentence of the main report."""


class Span(Phrase):
    """An interval with its name; as plain words have it, ``range`` (``kisaran 3,7 s.d. 6,7``)."""

    __slots__ = ()

    @property
    def range(self) -> Phrase:
        """Its bounds alone; where there are none, that there are too few data."""
        return Phrase("said.range", **self.facts) if self.facts else Phrase("said.no_range")


def span(value: Estimate, level: float, scale: float = 1, digits: int = 1, kind: str = "number") -> Span:
    """The bounds of a value with the name of their interval, or that there are none; ``scale`` is 100 for shares in percent."""
    if not math.isfinite(value.low):
        return Span("said.no_ci")
    low, high = (Figure(scale * bound, kind, digits) for bound in (value.low, value.high))
    return Span("said.ci", name=Phrase("said.level", level=level), low=low, high=high)


def unsigned(value: Estimate, level: float, scale: float) -> Phrase:
    """The bounds of a difference without their sign, the smaller one first."""
    low, high = sorted((abs(value.low), abs(value.high)))
    return span(between(abs(value.value), low, high), level, scale).range


def coverage_of(about: Mapping[str, Any]) -> float:
    """The share of those concerned who are in the data, by what a view says of its table; NaN where it is unknown."""
    known = about.get("coverage", 1.0)
    return math.nan if known is None else float(known)


def plainly(share: float, k: int | None = None, n: int = 0) -> Phrase:
    """A share as plain words have it: ``37 dari 121``, of many ``54 dari 100``; never all or nothing where it is not."""
    counted = k is not None and n > 0 and abs(k / n - share) < 1e-9
    whole = round(100 * share)
    if counted and (n <= COUNTED or (whole in (0, 100) and 0 < share < 1)):
        return Phrase("said.of_all", k=k, n=n)
    if whole in (0, 100) and 0 < share < 1:
        return Phrase("said.under_one" if whole == 0 else "said.over_ninety_nine")
    return Phrase("said.of_all", k=whole, n=100)


def few(parts: Sequence[Text]) -> Text:
    """The first names of a list, and how many more there are."""
    rest = len(parts) - LISTED
    if rest < 1:
        return Phrase("said.listed", names=list(parts))
    return Phrase("said.several", names=Joined(*parts[:LISTED], mark=", "), rest=rest)


def smallest_seen(value: Estimate, level: float) -> float:
    """The smallest true difference that such data show in four cases of five: half the interval is ``z`` standard errors.

    A planning figure from the spread seen here, with a power of 0.8 and the normal quantile: no post-hoc power.
    """
    return (value.high - value.low) / 2 * (1 + POWER_Z / shares.critical(level))


def margin_words(measure: Measure) -> Phrase:
    """The smallest difference that matters, with its unit: ``5 poin persentase``."""
    scale = 100 if measure in ("share", "slope", "money") else 1
    return Phrase(f"said.matters.{measure}", margin=scale * verdicts.smallest(measure))


class Margins:
    """The same by kind of measure, as any sentence may name it: ``{margin[share]}``."""

    def __getitem__(self, measure: Measure) -> Phrase:
        return margin_words(measure)


def verdict_key(value: Estimate, measure: Measure | float) -> str:
    """The verdict on a difference, against a rule's or a given margin in its unit, as a key of ``said.verdict``.

    ``arah`` instead of ``belum_diketahui`` where the interval leaves out zero: the direction is known, the size is not.
    """
    found = verdicts.verdict(value, measure if isinstance(measure, float) else verdicts.smallest(measure))
    return "arah" if found == "belum_diketahui" and value.seen else found


def judged(value: Estimate, measure: Measure, level: float) -> Text:
    """Whether a difference matters; where it may be nil and is not known to be small, what could be seen."""
    if not math.isfinite(value.low):
        return Joined()
    return Joined(matters(value, measure), unsettled(value, measure, level))


def matters(value: Estimate, measure: Measure, what: Text | None = None) -> Text:
    """The verdict as one further sentence; empty without bounds."""
    if not math.isfinite(value.low):
        return Joined()
    subject = what or Phrase("said.difference")
    return Phrase(f"said.verdict.{verdict_key(value, measure)}", what=subject, margin=margin_words(measure))


def unsettled(value: Estimate, measure: Measure, level: float) -> Text:
    """A further sentence where a difference may be nil and is not known to be small (a precise null is knowledge); else empty."""
    if value.seen or verdict_key(value, measure) == "terlalu_kecil":
        return Joined()
    scale = 100 if measure == "share" else 1
    return Phrase("said.unsettled", seen=scale * smallest_seen(value, level), unit=Phrase(f"said.unit.{measure}"))


def lowered(label: Text) -> Text:
    """A name within a sentence: in small letters, but for abbreviations.

    Examples
    --------
    >>> lowered({"id": "Pelatihan Dasar CPNS", "en": "E-learning"})
    {'id': 'pelatihan dasar CPNS', 'en': 'e-learning'}
    """
    words = {lang: text.split(" ") for lang, text in label.items()}
    return {lang: " ".join(one.lower() if one[1:].islower() else one for one in told) for lang, told in words.items()}


def shortened(label: Text) -> Text:
    """A name for a title: its first words where it has many."""
    words = {lang: label[lang].split() for lang in label}
    return {
        lang: " ".join(told) if len(told) <= TITLED else f"{' '.join(told[:TITLED]).rstrip('.,;:')}…"
        for lang, told in words.items()
    }
