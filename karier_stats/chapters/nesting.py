"""Who is nested in which work unit, whom that leaves out, and the notes made from what was done.

People of one unit resemble each other. Where enough units are known, a result
is clustered by them, and the few people without a unit are left out and
counted: one missing unit never decides how all the others are analysed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from karier_stats.stats.results import METHODS
from karier_stats.words.numbers import both, integer, listing

if TYPE_CHECKING:
    import pandas as pd

Words = dict[str, str]

FEWEST_UNITS = 10
"""From so many units on, people are taken as nested in them."""
MOST_WITHOUT = 0.5
"""Where a larger share of one arm has no unit, leaving them out would answer for others than were tested."""
CLUSTERED = ("cr2", "wild")
"""Methods that take people as nested in units."""


@dataclass(frozen=True)
class Nested:
    """The rows of one analysis and what they are clustered by.

    Attributes
    ----------
    rows : DataFrame
        Those who are analysed.
    cluster : str or None
        Column of the clusters; None where people are taken as independent.
    without : DataFrame
        Those left out because their unit is not known; empty without clusters.
    """

    rows: pd.DataFrame
    cluster: str | None
    without: pd.DataFrame


def nested(rows: pd.DataFrame, column: str = "unit_id") -> Nested:
    """Cluster rows by their unit where at least ten units are known, and leave out those without one.

    Parameters
    ----------
    rows : DataFrame
        With ``column`` and, where arms are compared, ``arm``: in no arm may more than half be left out.
    """
    known = rows[column].notna()
    arms = known.groupby(rows["arm"]).mean() if "arm" in rows else known.groupby(known.notna()).mean()
    if rows.loc[known, column].nunique() < FEWEST_UNITS or (arms < 1 - MOST_WITHOUT).any():
        return Nested(rows, None, rows.iloc[:0])
    return Nested(rows[known], column, rows[~known])


class Made(NamedTuple):
    """How one result was made: its name in both languages (or None where it is the only one), and its method."""

    name: Words | None
    method: str


def method_notes(made: Sequence[Made], without: int = 0) -> tuple[Words, ...]:
    """How the people of some results are taken, each from the method that its row names.

    Parameters
    ----------
    made : sequence of Made
        The results that are told; methods as in the column ``method`` of a result's table.
    without : int
        People left out because their unit is not known.
    """
    clustered = [each for each in made if each.method in CLUSTERED]
    alone = [each for each in made if each.method not in CLUSTERED]
    notes = []
    if clustered:
        notes.append(_note(clustered, bool(alone), both(
            "pegawai dipandang bersarang dalam unit kerja", "staff are taken as nested in work units",
        )))
    if alone:
        few = both(
            f"pegawai dipandang saling bebas, sebab unit kerja yang diketahui kurang dari {FEWEST_UNITS} atau tidak diketahui "
            "bagi lebih dari setengah pegawai",
            f"staff are taken as independent, since fewer than {FEWEST_UNITS} work units are known or more than half of the "
            "staff have none",
        )
        notes.append(_note(alone, bool(clustered), few))
    return (*notes, *left_out(without))


def _note(made: list[Made], apart: bool, text: Words) -> Words:
    """One way of taking people, with its methods, and the results that it holds for where there are others."""
    found = {}
    for lang in ("id", "en"):
        methods = listing(list(dict.fromkeys(METHODS[each.method][lang] for each in made)), lang)
        names = [each.name[lang] for each in made if each.name] if apart else []
        whole = f"{text[lang]} ({methods})"
        found[lang] = f"{listing(names, lang)}: {whole}." if names else f"{whole[0].upper()}{whole[1:]}."
    return both(found["id"], found["en"])


def left_out(without: int) -> tuple[Words, ...]:
    """A note that counts those whose unit is not known; none where there are none."""
    if not without:
        return ()
    return (both(
        f"{integer(without, 'id')} orang yang unit kerjanya tidak diketahui tidak ikut dihitung.",
        f"{integer(without, 'en')} {'person' if without == 1 else 'people'} whose work unit is not known "
        f"{'is' if without == 1 else 'are'} left out.",
    ),)


def family_note(count: int, what: Words, method: Words) -> Words:
    """How many tests make one family and how their p-values were adjusted; a single test needs nothing.

    Parameters
    ----------
    what : Words
        What is tested, in English in the plural: ``bentuk pelatihan``, ``forms of training``.
    method : Words
        ``Holm``.
    """
    if count == 1:
        return both(
            f"Hanya satu {what['id']} yang diuji, sehingga nilai p dan selangnya tidak disesuaikan.",
            f"Only one of the {what['en']} is tested, so that its p-value and interval are not adjusted.",
        )
    return both(
        f"Keluarga uji: {count} {what['id']}; nilai p disesuaikan menurut {method['id']}, dan setiap selang dibuat pada "
        "tingkat yang dipakai koreksi itu, sehingga selang memuat nol tepat bila perbedaannya tidak terlihat.",
        f"Family of tests: {count} {what['en']}; p-values are adjusted by {method['en']}'s method, and every interval is "
        "made at the level that this correction uses, so that it holds zero just where the test sees nothing.",
    )
