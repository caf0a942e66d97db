"""What is said of those who left: keys and facts of sentences; see :mod:`karier_stats.stats.change.dropout`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.stats.results import METHODS
from karier_stats.stats.row_words import Told, limit, verdict
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import is_missing

if TYPE_CHECKING:
    from karier_stats.stats.change.dropout import Leavers


def assumptions(random: bool, arms: bool) -> tuple[Phrase, ...]:
    """What the rows rest on, whatever was found."""
    lee = "lee_no_lot" if not random else "lee" if arms else "lee_one_group"
    return Phrase("change.left.independent"), Phrase(f"change.left.{lee}", method=METHODS["lee"])


def imputed(arms: bool, clustered: bool) -> Joined:
    """How the scores after were drawn."""
    return Joined(
        Phrase("change.left.imputed", beside=Phrase("change.left.imputed_beside") if arms else ""),
        Phrase("change.left.imputed_clusters") if clustered else None,
    )


def of_arm(reason: str, arm: str) -> Phrase:
    """Why something was not computed, in an arm or in the one group."""
    return Phrase(f"change.left.{reason}", where=Phrase("change.left.where", arm=arm) if arm else "")


def sentence(result: Leavers) -> Joined:
    """Share who left, the gain of those who stayed, and its tipping points, arm by arm."""
    return Joined(*(part for arm in result.arms for part in (_left(result, arm), _gain(result, arm))))


def _row(result: Leavers, base: str, arm: str) -> pd.Series:
    """The row of an arm."""
    return result.row(f"{base}[{arm}]" if arm else base)


def _share(result: Leavers, arm: str) -> Phrase:
    """How many of an arm left."""
    row = _row(result, "left", arm)
    share, n = row["estimate"], int(row["n"])
    return Phrase("change.left.share", count=round(share * n), n=n, share=share)


def _left(result: Leavers, arm: str) -> Phrase:
    """How many left, in an arm and in its comparison arm."""
    if not arm:
        return Phrase("change.left.one", share=_share(result, arm))
    beside = _share(result, result.control)
    return Phrase("change.left.arms", arm=arm, control=result.control, share=_share(result, arm), beside=beside)


def _gain(result: Leavers, arm: str) -> Joined:
    """The gain of those who stayed, and what would undo it."""
    told = Told(_row(result, "did" if arm else "mean_change", arm))
    found = verdict(told.row)
    what = Phrase("change.what.did" if arm else "change.what.stayed", arm=arm, control=result.control)
    text = Phrase(f"change.verdict.{found}", what=what, shown=told)
    if found == "unseen":
        return Joined(text, limit(result.detectable[arm], told))
    return Joined(text, _undone(result, arm, told) if found == "seen" else None)


def _tipping(result: Leavers, base: str, arm: str) -> float | None:
    """A tipping point; None where there is none."""
    try:
        value = _row(result, base, arm)["estimate"]
    except KeyError:
        return None
    return None if is_missing(value) else float(value)


def _undone(result: Leavers, arm: str, told: Told) -> Phrase | None:
    """How much lower (or higher) the leavers' change must have been; None where nobody left."""
    zero, unseen = (_tipping(result, f"tipping_{end}", arm) for end in ("zero", "unseen"))
    if zero is None:
        return None
    facts = {
        "who": Phrase("change.left.who", arm=arm) if arm else "", "far": told.figure(abs(zero)),
        "way": Phrase(f"change.left.{'lower' if zero < 0 else 'higher'}"),
    }
    if unseen is None:
        return Phrase("change.left.undone_zero", **facts)
    theirs = told.figure(result.stayed_change[arm] + unseen)
    return Phrase("change.left.undone", near=told.figure(abs(unseen)), theirs=theirs, **facts)
