"""``decide`` and ``last_change``: groups by a written rule on their bounds; each group's last place beside the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import pandas as pd

from karier_stats.errors import refuse_unknown
from karier_stats.stats.description.contrasts import LEAST, Gap, difference
from karier_stats.stats.description.describe import Description, Row
from karier_stats.words import Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text

FEW, KEEP = "few", "keep"


@dataclass(frozen=True, eq=False)
class Decisions:
    """What a written rule says of every group; see :func:`decide`.

    Parameters
    ----------
    result : Description
    limits : mapping of str to float
        Decisions by the limit that a group's lower bound must pass.
    least : int
        Fewer people than this decide nothing.
    """

    result: Description
    limits: Mapping[str, float]
    least: int

    @property
    def about(self) -> Mapping[str, Any]:
        """What the view says of its table."""
        return self.result.about

    @property
    def verb(self) -> Mapping[str, Any]:
        """The keywords of the description."""
        return self.result.verb

    @property
    def rows(self) -> dict[str, tuple[Row, ...]]:
        """The groups of each decision, the largest first."""
        names = (*self.limits, KEEP, FEW)
        ranked = [(self.of(row), row) for row in self.result.ranked()]
        return {name: tuple(row for found, row in ranked if found == name) for name in names}

    @property
    def table(self) -> pd.DataFrame:
        """The decision on each group, beside the group's code."""
        return pd.DataFrame([{row.by: row.code, "decision": name} for name, rows in self.rows.items() for row in rows])

    def of(self, row: Row) -> str:
        """The decision on one group: the strictest whose limit lies below its whole interval."""
        if row.n < self.least:
            return FEW
        passed = [name for name, limit in self.limits.items() if row.low > limit]
        return max(passed, key=self.limits.__getitem__, default=KEEP)

    def each(self, decision: str) -> dict[str, Description]:
        """The groups of one decision, each as what the description is about."""
        refuse_unknown("decision", decision, self.rows)
        return {row.name: replace(self.result, focus=row.name) for row in self.rows[decision]}


def decide(result: Description, *, least: int, **limits: float) -> Decisions:
    """Sort groups by a rule that was written before the numbers were seen.

    Parameters
    ----------
    result : Description
        Of groups.
    least : int
        Groups of fewer people are ``few``.
    **limits : float
        Each decision and the limit that the lower bound must pass; the highest limit passed counts, and a group that
        passes none is ``keep``.

    Returns
    -------
    Decisions

    Notes
    -----
    The bound and not the share is held against the limit: the share of few answers passes any limit by chance.
    """
    return Decisions(result, limits, least)


@dataclass(frozen=True, eq=False)
class Changes(Mapping[str, Gap]):
    """The last change of each group, by its code; see :func:`last_change`."""

    gaps: Mapping[str, Gap]
    lines: Description = field(repr=False)
    least: int = LEAST

    def __getitem__(self, code: str) -> Gap:
        return self.gaps[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self.gaps)

    def __len__(self) -> int:
        return len(self.gaps)

    @property
    def clear(self) -> bool:
        """Whether the first of them has an interval on one side of zero."""
        return any(gap.seen for gap in list(self.values())[:1])

    @property
    def family(self) -> tuple[Text, ...]:
        """That the intervals allow for several groups."""
        return (Phrase("stats.bonferroni", n=len(self)),) if len(self) > 1 else ()

    @property
    def rows(self) -> list[Row]:
        """Every place, with enough people, of the groups that are compared."""
        return [row for row in self.lines.groups if row.code in self.gaps and row.n >= self.least]

    @property
    def about(self) -> Mapping[str, Any]:
        """What the view says of its table, with a name for each group and place."""
        about, over = self.lines.about, self.lines.verb["over"]
        known = about.get("names", {})
        names = {_place(row): Phrase("stats.place", label=label_of(known, row.by, row.code), what=Phrase(f"columns.{over}"),
                                     place=str(row.over)) for row in self.rows}
        return {**about, "names": {**known, "place": names}}

    def shown(self, kind: str) -> int:
        """People behind it."""
        return sum(row.n for row in self.rows)

    def frame(self, kind: str) -> pd.DataFrame:
        """One row per group and place."""
        rows = pd.DataFrame([{
            "place": _place(row), row.by: row.code, "estimate": row.estimate, "low": row.low, "high": row.high, "n": row.n,
        } for row in self.rows])
        rows.attrs["as"] = {"place": "label"}
        return rows


def _place(row: Row) -> str:
    return f"{row.code} · {row.over}"


def last_change(lines: Description, *, least: int = LEAST) -> Changes:
    """How far each group's share at its last place lies from that at the place before.

    Parameters
    ----------
    lines : Description
        Of :func:`~karier_stats.stats.description.describe.shares` with ``by`` and ``over``, such as courses along the
        versions of their curriculum.
    least : int
        Places with fewer people are passed over.

    Returns
    -------
    Changes
        Last less earlier; groups with one place only are left out. ``n`` of each is the smaller side's.

    Notes
    -----
    Newcombe (1998), method 10, for independent people, at the level of Bonferroni for all groups. ``coverage`` is the
    smaller one of both places, where the view gives it by group and place; None where it is unknown for one of them.
    """
    large = [row for row in lines.groups if row.n >= least]
    pairs = [(places[-1], places[-2]) for _, lot in groupby(large, key=lambda row: row.code) if len(places := list(lot)) > 1]
    level = 1 - (1 - lines.level) / max(len(pairs), 1)
    return Changes({
        new.code: Gap(
            new, old, difference(new, old, level), len(pairs), min(new.n, old.n),
            {**lines.about, "coverage": _coverage(lines.about, new, old)}, verb=lines.verb, design="before_after",
        ) for new, old in pairs
    }, lines, least)


def _coverage(about: Mapping[str, Any], *rows: Row) -> float | None:
    """The smallest share of those concerned who are in the rows."""
    known = about.get("coverage_of")
    found = [known.get((row.code, row.over)) for row in rows] if known is not None else [about.get("coverage", 1.0)]
    return None if any(one is None for one in found) else min(found)
