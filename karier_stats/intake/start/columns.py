"""Which heading fills which column of a table: all at once, by heading and by what the cells are, with the reason of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.start import lexicon
from karier_stats.intake.start.looks import Look
from karier_stats.intake.start.traits import MOST, Trait
from karier_stats.words import Phrase

STATED, MARGIN, MAYBE, _WORDIER = 0.75, 0.1, 0.4, 0.01
"""Likeness from which a mapping is proposed, its lead over the second, from which one is worth a question, and a tie's end."""
_FEW = 12
PROVEN, _SURE = 0.9, 1.25
"""Share of cells that are words of the column's list alone, and what that adds to a heading that says more than it must."""


class Claim(NamedTuple):
    """A heading for a column, and why."""

    trait: Trait
    reason: Phrase


@dataclass(frozen=True)
class Match:
    """What was found for the columns of a table.

    Attributes
    ----------
    claims : dict of str to Claim
        The columns that are filled.
    doubtful : dict of str to list of Trait
        Columns for which several headings come into question, the likeliest first.
    worded : dict of str to list of str
        Headings that say nothing over words of lists alone, with the columns of
        those lists, where that proves no single one.
    """

    claims: dict[str, Claim]
    doubtful: dict[str, list[Trait]]
    worded: dict[str, list[str]] = field(default_factory=dict)


def fit(trait: Trait, table: str, spec: ColumnSpec) -> float:
    """How well cells are what a column of a table takes: 0 not at all, 1 wholly, more where they speak for themselves."""
    person = trait.numbers_of_people >= 0.6
    if spec.kind == "person" or person:
        return float(person and spec.kind == "person")
    match spec.kind:
        case "category":
            known = trait.known(lexicon.labels_of(spec.name, spec.codes or {}))
            return _SURE if known >= PROVEN and len(trait.counts) > 1 else 1.0 if known >= 0.6 else 0.8 * (
                known > 0 and len(trait.counts) <= _FEW) or 0.3 * (len(trait.counts) <= _FEW)
        case "date":
            return float(trait.is_days)
        case "bool":
            return float(trait.truths >= MOST and len(trait.counts) <= 4)
        case "int" | "float" | "money":
            return _number_fit(trait, spec)
    if trait.is_days:
        return 0.0
    if spec.name == "name":
        return _SURE if trait.names >= PROVEN and trait.distinct > 0.3 else 1.0 if trait.names >= 0.7 else 0.2
    if spec.name == "grade":
        return _SURE if trait.grades >= PROVEN else 0.2
    return 1.0 if trait.amounts < MOST or spec.kind == "id" else 0.2


def _number_fit(trait: Trait, spec: ColumnSpec) -> float:
    """Whether the numbers of a column lie within the bounds of another."""
    if spec.name == "year":
        return float(trait.years >= 0.95)
    if trait.amounts < MOST or trait.is_days:
        return 0.0
    low, high = -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high * 1.05
    outside = sum(n for value, n in trait.numbers if not low <= value <= high)  # some slips of the pen are no reason to doubt
    return 1.0 if outside <= (1 - PROVEN) * trait.n and (spec.kind != "money" or trait.range[1] >= 1000) else 0.3


def matched(
    look: Look, table: str, *, claims: Mapping[str, Claim] | None = None, without: Collection[str] = (),
    only: Iterable[str] | None = None,
) -> Match:
    """The headings of a sheet for the columns of a table, assigned jointly.

    Parameters
    ----------
    look : Look
    table : str
    claims : mapping, optional
        Columns that are settled already.
    without : collection of str
        Headings, and columns of the table, that take no part.
    only : iterable of str, optional
        The columns to be filled; default all.
    """
    from scipy.optimize import linear_sum_assignment

    settled = dict(claims or {})
    used = {claim.trait.name for claim in settled.values()} | set(without)
    traits = [trait for trait in look.traits if trait.name not in used and trait.heading]
    wanted = TABLES[table].by_name if only is None else dict.fromkeys(only)
    specs = [spec for name, spec in TABLES[table].by_name.items() if name in wanted and name not in settled and name not in without]
    if not traits or not specs:
        return Match(settled, {})
    score = np.array([[_score(trait, table, spec) for spec in specs] for trait in traits])
    said = np.array([[lexicon.words_alike(trait.heading, lexicon.phrases(table, spec.name)) for spec in specs] for trait in traits])
    score += _WORDIER * said * (score > 0)
    doubtful: dict[str, list[Trait]] = {}
    for row, column in zip(*linear_sum_assignment(score, maximize=True), strict=True):
        value, spec = score[row, column], specs[column]
        rivals = [other for other in range(len(traits)) if other != row and score[other, column] > value - MARGIN
                  and score[other, column] >= score[other].max() - MARGIN and said[other, column] >= said[row, column]]
        if value >= STATED and not rivals:
            settled[spec.name] = Claim(traits[row], Phrase("start.reason.heading", heading=traits[row].heading))
        elif value >= MAYBE or rivals:
            order = sorted(range(len(traits)), key=lambda place: -score[place, column])
            doubtful[spec.name] = [traits[place] for place in order if score[place, column] >= MAYBE / 2]
    free = [spec for spec in specs if spec.name not in settled and not doubtful.get(spec.name)]
    taken = {claim.trait.name for claim in settled.values()}
    sure, worded = _worded([trait for trait in traits if trait.name not in taken], free)
    return Match(settled | sure, doubtful, worded)


def _worded(traits: list[Trait], specs: list[ColumnSpec]) -> tuple[dict[str, Claim], dict[str, list[str]]]:
    """Columns for which a heading says nothing, of whose list alone every cell is a word; and headings with several such lists,
    or with one word throughout, which may stand for anything.
    """
    worded = [trait for trait in traits if len(trait.counts) <= _FEW and not lexicon.is_of_others(trait.heading)
              and all(any(map(str.isalpha, str(cell))) for cell in trait.counts)]
    lists = {spec.name: lexicon.labels_of(spec.name, spec.codes or {}) for spec in specs if spec.kind == "category"}
    fits = {trait.name: names for trait in worded if (names := [name for name in lists if trait.known(lists[name]) == 1])}
    often = Counter(name for names in fits.values() for name in names)
    sure = {fits[trait.name][0]: Claim(trait, Phrase("start.reason.words")) for trait in worded
            if len(trait.counts) > 1 and [often[name] for name in fits.get(trait.name, ())] == [1]}
    settled = {claim.trait.name for claim in sure.values()}
    return sure, {name: names for name, names in fits.items() if name not in settled}


def _score(trait: Trait, table: str, spec: ColumnSpec) -> float:
    """How well a column of a sheet fits a column of a table, by heading and cells."""
    like = lexicon.likeness(trait.heading, lexicon.phrases(table, spec.name), trait.shared)
    return min(1.0, like * fit(trait, table, spec)) if like else 0.0
