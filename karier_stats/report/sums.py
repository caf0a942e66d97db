"""What public releases give away by sums: the rows of a table whose people are together those of a finding.

A row that each release hides beside another one is known where a second release tells that other one of the same units. Which
rows are all of a whole an attacker sees where they are all shown: there they add up, and nowhere do they add up to more.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from karier_stats.report.releases import Key

Told = Sequence[Mapping["Key", float | None]]
"""Of each release its numbers, None where one is hidden."""
NOBODY_S = -1
"""In place of a release: units that none is about by themselves."""
EVERYBODY = 1e7
"""More people than an evaluation has."""
DRAWS = 8
"""How many states of affairs are tried before the least and the greatest of a number are looked for one by one."""


class Given(NamedTuple):
    """A number of few people that sums give away: of which release, in which row, and between which values."""

    release: int
    key: Key
    low: float
    high: float


def wholes(told: Told, questions: Collection[str]) -> dict[frozenset[Key], Key]:
    """Rows of these questions that are together all of a whole, and the number of that whole; only where any is hidden.

    Rows belong together where they stand in one place and share one of their words, or where they are all there.
    """
    rows: dict[Any, dict[Key, None]] = {}
    for key in dict.fromkeys(key for one in told for key in one if key.question in questions):
        for group in _groups(key):
            rows.setdefault(group, {})[key] = None
    found: dict[frozenset[Key], Key] = {}
    for group, members in rows.items():
        together = frozenset(members)
        hidden = any(one.get(key, 0.0) is None for one in told for key in members)
        whole = _whole(told, together, group) if hidden and len(members) > 1 and together not in found else None
        if whole is not None:
            found[together] = whole
    return found


def _groups(key: Key) -> Iterator[tuple[Any, ...]]:
    """What a row may belong to: everything in its place, or what shares one of its words; the last word is the year."""
    if len(key.words) > 1:
        place = (key.question, key.place, key.column, len(key.words))
        yield (*place, key.words[-1])
        if len(key.words) > 2:
            yield from ((*place, key.words[-1], at, word) for at, word in enumerate(key.words[:-1]))


def _whole(told: Told, rows: frozenset[Key], group: tuple[Any, ...]) -> Key | None:
    """The number of a finding of the same question, or of everybody behind a share, to which rows add up."""
    question, _, column, _, year, *_ = group
    states = [[one[key] for key in rows if key in one] for one in told]
    shown = [(sum(value or 0 for value in values), None not in values) for values in states]
    sure = [place for place, (_, whole) in enumerate(shown) if whole and len(states[place]) > 1]
    for key in dict.fromkeys(key for place in sure for key in told[place]):
        of_all = len(key.words) == 1 or (column == "k" and key._replace(column="k") in rows)
        if key in rows or key.question != question or key.words[-1] != year or not of_all:
            continue
        known = [(value, *shown[place]) for place, one in enumerate(told) if (value := one.get(key)) is not None and states[place]]
        if any(told[place].get(key) is not None for place in sure) and all(
            total == value if whole else total <= value for value, total, whole in known if whole or total
        ):
            return key
    return None


def given_away(
    units: Sequence[frozenset[str]], told: Told, rows: frozenset[Key], whole: Key, least: int
) -> Iterator[Given]:
    """The numbers of rows of a whole that are hidden, or of units of which no release tells, and known within few people."""
    there = [which for which, one in enumerate(told) if whole in one or not rows.isdisjoint(one)]
    everywhere = frozenset[str]().union(*(units[which] for which in there))
    patterns = np.array(sorted({tuple(unit in units[which] for which in there) for unit in everywhere}), dtype=float)
    inside = dict(zip(there, patterns.T, strict=True))
    order = sorted(rows)

    def people(part: np.ndarray, *of: Key) -> np.ndarray:
        return np.concatenate([part * (row in of) for row in order])

    shown = [(people(inside[which], row), value) for which in there for row in order if (value := told[which].get(row)) is not None]
    seen = {vector.tobytes() for vector, _ in shown}
    shown += [(people(inside[which], *order), value) for which in there if (value := told[which].get(whole)) is not None]
    parts = [*((which, inside[which]) for which in there), *((NOBODY_S, part) for part in np.eye(len(patterns)))]
    sought = {vector.tobytes(): (which, row, vector) for which, part in reversed(parts) for row in order
              if (vector := people(part, row)).tobytes() not in seen}
    asked = [(which, row) for which, row, _ in sought.values()]
    targets = np.array([vector for *_, vector in sought.values()])
    ends = _ends(targets, np.array([one for one, _ in shown]), np.array([value for _, value in shown]), least)
    for (which, row), (low, high) in zip(asked, ends, strict=True):
        if not high <= 0.5 and not (high - low >= least or low >= least):
            yield Given(which, row, low, high)


def _ends(targets: np.ndarray, weights: np.ndarray, values: np.ndarray, least: int) -> np.ndarray:
    """Between which values each target lies at least: inner ends where these are far enough apart, else the very ends.

    NaN where a programme does not end; no ends at all (nothing is given away) where nothing agrees with what is told: such
    rows are not all of that whole.
    """
    from scipy.optimize import linprog

    def solved(cost: Any) -> Any:
        return linprog(cost, A_eq=weights, b_eq=values, bounds=(0, EVERYBODY))

    rng, ends = np.random.default_rng(0), np.tile([math.inf, -math.inf], (len(targets), 1))
    for draw in range(2 * DRAWS if len(targets) else 0):
        nobody = ends[:, 1] < 0.5
        if draw >= DRAWS and not nobody.any():
            break
        found = solved(rng.random(weights.shape[1]) if draw < DRAWS else -targets[nobody].sum(axis=0))
        if found.status == 2:
            return np.tile([0.0, math.inf], (len(targets), 1))
        if found.status == 0:
            told = targets @ found.x
            ends = np.column_stack([np.minimum(ends[:, 0], told), np.maximum(ends[:, 1], told)])
            if draw >= DRAWS and told[nobody].sum() < 0.5:  # not even together are there any
                ends[nobody] = 0.0
                break
    for place in np.flatnonzero(~((ends[:, 1] - ends[:, 0] >= least) | (ends == 0).all(axis=1))):
        ends[place, 0] = low.fun if (low := solved(targets[place])).status == 0 else math.nan
        if not ends[place, 0] >= least:
            ends[place, 1] = -high.fun if (high := solved(-targets[place])).status == 0 else math.nan
    return ends
