"""``contrast``, ``rest``: how far described numbers are apart; ``last_change``: the last step along a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.description.describe import COUNTED, Description, Row, share_of
from karier_stats.stats.effect import Design
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics import shares as counts
from karier_stats.stats.numerics.estimate import NAN, Estimate, Valued, rising_root
from karier_stats.stats.numerics.multiplicity import holm, holm_levels
from karier_stats.stats.results import Tabled, TableRow, named
from karier_stats.words import Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text

LEAST = 10
"""Groups of fewer people are described and not compared."""


@dataclass(frozen=True, repr=False)
class Gap(Valued, Tabled):
    """One described number less another: ``value``, between its bounds, is ``one`` less ``two`` in the unit of the rows.

    ``family`` is the number of differences that were looked at together, ``n`` the people behind both, ``about`` what the view
    says of its table. ``p`` is that of the difference and ``p_adjusted`` by Holm for the family, NaN where no test belongs to
    the interval. ``two_groups`` says whether the breakdown has these two groups only; ``of`` is the column whose categories
    are compared, empty for groups; ``verb`` has the keywords of the description that was compared, and ``design`` says what
    the comparison rests on.
    """

    one: Row
    two: Row
    value: Estimate
    family: int
    n: int
    about: Mapping[str, Any]
    p: float = NAN
    p_adjusted: float = NAN
    two_groups: bool = False
    of: str = ""
    verb: Mapping[str, Any] = field(default_factory=dict)
    design: Design = "descriptive"

    def table_rows(self) -> list[TableRow]:
        """The difference, with p where one belongs to it."""
        value = self.value if np.isnan(self.p) else replace(self.value, p=self.p)
        return [TableRow(named("difference", self.one.place, self.two.place), self.method, value, self.n)]


@dataclass(frozen=True, repr=False)
class Gaps(Tabled):
    """Differences that form one family, in the order of their groups."""

    rows: tuple[Gap, ...]
    about: Mapping[str, Any]
    value_format = "points"  # of a picture: shares less shares

    def __iter__(self) -> Iterator[Gap]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def told(self) -> dict[str, Gaps]:
        """The differences of each breakdown under its column."""
        columns = dict.fromkeys(gap.one.by for gap in self.rows)
        return {by: Gaps(tuple(gap for gap in self.rows if gap.one.by == by), self.about) for by in columns}

    @property
    def each(self) -> list[Gap]:
        """That of every group: of two, the other's is the same the other way round."""
        other = [replace(gap, one=gap.two, two=gap.one, value=gap.value.times(-1)) for gap in self.rows if gap.two.code]
        return [*self.rows, *other]

    @property
    def seen(self) -> list[Gap]:
        """Those whose interval lies on one side of zero."""
        return [gap for gap in self.rows if gap.seen]

    @property
    def behind(self) -> Row | None:
        """The group that lies furthest behind beyond chance; None where none does."""
        low = sorted((gap for gap in self.seen if gap.value.high < 0), key=lambda gap: gap.value.value)
        if low:
            return low[0].one
        return self.seen[0].two if self.seen and self.seen[0].two_groups else None

    @property
    def plainest(self) -> Gap:
        """The one with the smallest p."""
        return min(self.rows, key=lambda gap: gap.p)

    @property
    def lag(self) -> Gap:
        """That of the group furthest behind; where none is, the one with the smallest p."""
        return next((gap for gap in self.rows if self.behind in (gap.one, gap.two)), self.plainest)


def contrast(
    result: Description, one: str | int = "highest", two: str | int = "lowest", *, against: Description | None = None,
) -> Gap | None:
    """How far apart two shares are, or two means, medians, ratios or totals.

    Parameters
    ----------
    result : Description
        Of :func:`~karier_stats.stats.description.describe.shares`, or of another describing verb.
    one, two : str or int
        A group or category, its place from the largest on (1, 2, ...), ``"highest"``, ``"lowest"``, ``"first"``, ``"last"``
        (as the groups are ordered) or ``"rest"``: everybody else in the breakdown, of shares.
    against : Description, optional
        Another description of the same kind, such as last year's: everybody here less everybody there. People who
        are in both make the two alike, so that the interval errs on the wide side.

    Returns
    -------
    Gap or None
        None where there is nothing to compare: nobody on one side, what has no interval on one side of ``against``,
        or fewer than two groups of ``LEAST`` people.

    Raises
    ------
    StatisticsError
        K317: a group and itself. K332: no such group. K333: several breakdowns, categories or places, whose rows are
        partly of the same people.
        K334: the rest of what is no share, or ``against`` another kind of number.

    Notes
    -----
    Categories that the same people chose, or groups of the same people (``per``), of those who are in both: Bonett and
    Price (2012). Independent groups: Newcombe (1998), method 10, of means Welch's t; described over clusters, and of
    medians and ratios, from the interval of each (Zou and Donner 2008).
    Where the two were picked for being extreme the level is raised by Bonferroni: for all pairs of groups
    (highest and lowest), or for all groups (highest and rest). The first beside the second needs no such correction
    (Gutmann and Maymin 1987, Annals of Statistics 15, 456-461). Groups of fewer than ``LEAST`` people are not
    compared; where exactly one is left out, so is the smallest other, since a total and the rest would tell it.
    """
    if against is not None:
        return _against(result, against)
    among = None if result.kind == "total" else _among(result)
    rows = result.ranked() if not result.groups or among is not None or result.kind == "total" else sorted(
        comparable(result.rows), key=lambda row: (-row.estimate, row.code))
    if len(rows) < 2:
        return None
    if result.kind == "total":
        first, second = _pick(rows, one), _pick(rows, two)
        apart = Estimate(first.estimate - second.estimate, level=result.level)
        return Gap(first, second, apart, 1, first.n + second.n, result.about, verb=result.verb)
    _refuse_several(result)
    ordered = [row.name for row in result.rows if row in rows]
    one, two = ({"first": ordered[0], "last": ordered[-1]}.get(str(which), which) for which in (one, two))
    first, others = _pick(rows, one), two == "rest" and among is None and bool(result.groups)
    second, family = (_rest(result, first), len(rows)) if others else (_pick(rows, two), len(rows) * (len(rows) - 1) // 2)
    if first is second:
        raise StatisticsError("K317", name="two", value=two, rule=f"two != {first.name}")
    family = family if {"highest", "lowest"} & {one, two} else 1
    level = 1 - (1 - result.level) / family
    if among is not None:
        return _of_same(result, among, first, second, family, level)
    if not result.groups:
        return _chosen(result, first, second, family, level) if first.n else None
    value = difference((result, first), (result, second), level)
    return Gap(first, second, value, family, first.n + second.n, result.about, verb=result.verb)


def _against(here: Description, there: Description) -> Gap | None:
    """Everybody here less everybody there, of independent samples."""
    refuse_kind(there.kind, here.kind)
    if not (here.n and there.n):
        return None
    value = difference((here, here.row), (there, there.row), here.level)
    if not np.isfinite(value.low):
        return None
    about = {**here.about, "against": there.about.get("year")}
    return Gap(here.row, there.row, value, 1, here.n + there.n, about, verb=here.verb)


def refuse_kind(kind: str, wanted: str) -> None:
    """Raise K334 where a description holds another kind of number than is wanted."""
    if kind != wanted:
        raise StatisticsError("K334", kind=kind, wanted=wanted)


def _refuse_several(result: Description, places: bool = True) -> None:
    """Raise K333 where groups are of several breakdowns, categories or, where ``places`` count, places: their rows share people."""
    if len({(row.by, row.part, row.over if places else None) for row in result.groups}) > 1:
        raise StatisticsError("K333", columns=", ".join(dict.fromkeys(row.by for row in result.groups)))


def _refuse_shared(result: Description, n: int, data: pd.DataFrame, by: str) -> None:
    """Raise K333 where the ``n`` people of some groups are fewer people, who stand in several of them."""
    person = result.verb.get("per")
    if person is not None and n > data[person].nunique():
        raise StatisticsError("K333", columns=by)


def _pick(rows: Sequence[Row], which: str | int) -> Row:
    if isinstance(which, int) and 1 <= which <= len(rows):
        return rows[which - 1]
    if which in ("highest", "lowest"):
        return rows[0 if which == "highest" else -1]
    found = next((row for row in rows if row.name == which), None)
    if found is None:
        raise StatisticsError("K332", group=which, known=", ".join(row.name for row in rows))
    return found


def comparable(rows: Sequence[Row]) -> list[Row]:
    """Groups large enough to be compared, without what would tell a small one by subtraction."""
    large = [row for row in rows if row.n >= LEAST]
    if len([row for row in rows if row.n]) - len(large) == 1 and large:
        large.remove(min(large, key=lambda row: row.n))
    return large


def _rest(result: Description, one: Row) -> Row:
    """The share of everybody else of a group's breakdown, over lots where those of the groups are."""
    refuse_kind(result.kind, "share")
    others = [row for row in result.rows if (row.by, row.part, row.over) == (one.by, one.part, one.over) and row is not one]
    k, n = (sum(getattr(row, name) for row in others) for name in ("k", "n"))
    found = Row(one.by, "", one.part, one.over, counts.share(k, n, one.level).alone, k, n)
    call, person = result.verb, result.verb.get("per")
    if person is None and one.lots is None:
        return found
    data = _behind(result, one, rest=True)
    _refuse_shared(result, n, data, one.by)
    if one.lots is None:
        return found
    value, lots = share_of(data, None, call["cluster"], one.level, call["frequency"])[0], int(data[call["cluster"]].nunique())
    return replace(found, value=value if lots >= call["least"] else found.value, lots=lots)


def _behind(result: Description, row: Row, rest: bool = False) -> pd.DataFrame:
    """The data behind one row of a description, or behind the rest of its breakdown."""
    data = result.data
    if row.by:
        codes = data[row.by].astype("string")
        data = data[(codes.ne(row.code) if rest else codes.eq(row.code)).fillna(False)]
    if row.over is not None:
        data = data[(data[result.verb["over"]] == row.over).fillna(False)]
    return data.assign(**{COUNTED: data[COUNTED] == row.part}) if row.part else data


def difference(one: tuple[Description, Row], two: tuple[Description, Row], level: float) -> Estimate:
    """The difference of two independent rows: of shares Newcombe's, of means Welch's, else from the interval of each."""
    (result, first), (_, second) = one, two
    singly = first.lots is None and second.lots is None
    if result.kind == "share" and singly:
        return counts.newcombe(first.k or 0, first.n, second.k or 0, second.n, level)
    if result.kind == "mean" and singly:
        here, there = (_behind(found, row)[found.of].to_numpy(float) for found, row in (one, two))
        return paired.welch(here, there, level)
    return counts.apart(first.value, second.value, level)


def _chosen(result: Description, one: Row, two: Row, family: int, level: float) -> Gap:
    person = result.verb["per"]
    if person is None:
        only = one.k or 0, two.k or 0
    else:
        chosen = result.data[result.of].astype(str)
        first, second = (set(result.data.loc[chosen == row.part, person]) for row in (one, two))
        only = len(first - second), len(second - first)
    gap = counts.paired_difference(*only, one.n, level)
    return Gap(one, two, gap, family, one.n, result.about, of=result.of, verb=result.verb)


def _among(result: Description) -> pd.DataFrame | None:
    """What counts, one row per person and one column per group; None where nobody is in two groups."""
    person, by = result.verb.get("per"), result.verb.get("by")
    if person is None or not isinstance(by, str) or not result.groups:
        return None
    wide = result.data.groupby([person, by], sort=True)[COUNTED].any().unstack()
    return wide if (wide.notna().sum(axis=1) > 1).any() else None


def _of_same(result: Description, among: pd.DataFrame, one: Row, two: Row, family: int, level: float) -> Gap:
    """Two groups among the people who are in both."""
    both = among[[one.code, two.code]].dropna().astype(bool)
    first, second = both[one.code], both[two.code]
    gap = counts.paired_difference(int((first & ~second).sum()), int((second & ~first).sum()), len(both), level)
    return Gap(one, two, gap, family, len(both), result.about, verb=result.verb)


def rest(result: Description) -> Gaps:
    """Each group less the rest of its breakdown, all breakdowns in one family by Holm.

    Notes
    -----
    Intervals as in :func:`contrast`; p is one less the level at which one reaches zero. Holm tests the i-th smallest p at
    ``alpha / (m - i + 1)`` and stops at the first that is not below; each interval is the one of the level at which
    its own comparison was tested, those after the stop at the level of the stop, so that interval and test cannot
    disagree. Of two groups there is one comparison, the higher less the lower.
    """
    pairs: list[tuple[Row, Row, bool]] = []  # group, its rest, and whether there are two groups only
    for rows in _breakdowns(result):
        large = [row for row in comparable(rows) if sum(other.n for other in rows) - row.n >= LEAST]
        if len(rows) == 2 == len(large):
            high, low = sorted(rows, key=lambda row: -row.estimate)
            pairs.append((high, low, True))
        else:
            pairs += [(row, _rest(result, row), len(rows) == 2) for row in large]
    values = [difference((result, one), (result, two), result.level) for one, two, _ in pairs]
    p = np.array([reaches_zero(value) for value in values], dtype=float)
    found = zip(pairs, values, p, holm(p), holm_levels(p, result.level), strict=True)
    return Gaps(tuple(
        Gap(one, two, value.at(float(level)), len(pairs), one.n + two.n, result.about, float(raw), float(adjusted), only,
            verb=result.verb)
        for (one, two, only), value, raw, adjusted, level in found
    ), result.about)


def _breakdowns(result: Description) -> list[list[Row]]:
    """The groups of each breakdown, of each category at each place."""
    found: dict[Any, list[Row]] = {}
    for row in result.groups:
        found.setdefault((row.by, row.part, row.over), []).append(row)
    return list(found.values())


def representation(result: Description) -> Description:
    """How each group is represented: its rate over that of its breakdown, itself included; one means in proportion.

    Raises
    ------
    StatisticsError
        K317: shares over clusters. K333: people in several groups. K334: what is no share.

    Notes
    -----
    :func:`karier_stats.stats.numerics.shares.representation`, of people who are independent.
    """
    refuse_kind(result.kind, "share")
    if result.verb.get("cluster"):
        raise StatisticsError("K317", name="cluster", value=result.verb["cluster"], rule="None")
    rows = []
    for groups in _breakdowns(result):
        k, n = sum(row.k or 0 for row in groups), sum(row.n for row in groups)
        _refuse_shared(result, n, result.data, groups[0].by)
        rows += [replace(row, value=counts.representation(row.k or 0, row.n, k, n, result.level), k=None) for row in groups]
    whole = replace(result.row, value=Estimate(1.0, level=result.level), k=None)
    return replace(result, kind="ratio", whole=(whole,), groups=tuple(rows))


def reaches_zero(apart: Estimate) -> float:
    """One less the level at which the interval of a difference reaches zero; 1 where there is none, NaN without an interval."""
    if apart.value == 0 or np.isnan(apart.low):
        return NAN if np.isnan(apart.low) else 1.0

    def reached(level: float) -> float:
        low, high = apart.interval(level)
        return 1.0 if np.isnan(low) else -low if apart.value > 0 else high  # over lots a very wide one is none

    return 1 - rising_root(reached, 1e-9, 1 - 1e-12, xtol=1e-13)  # near 1 a level itself has no more digits


@dataclass(frozen=True, eq=False, repr=False)
class Changes(Mapping[str, Gap], Tabled):
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

    def table_rows(self) -> list[TableRow]:
        """The last change of each group."""
        return [row for gap in self.values() for row in gap.table_rows()]

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

    Raises
    ------
    StatisticsError
        K333: several breakdowns or categories.

    Notes
    -----
    As :func:`contrast` of independent people, at the level of Bonferroni for all groups. ``coverage`` is the
    smaller one of both places, where the view gives it by group and place; None where it is unknown for one of them.
    """
    _refuse_several(lines, places=False)
    large = [row for row in lines.groups if row.n >= least]
    pairs = [(places[-1], places[-2]) for _, lot in groupby(large, key=lambda row: row.code) if len(places := list(lot)) > 1]
    level = 1 - (1 - lines.level) / max(len(pairs), 1)
    return Changes({
        new.code: Gap(
            new, old, difference((lines, new), (lines, old), level), len(pairs), min(new.n, old.n),
            {**lines.about, "coverage": _coverage(lines.about, new, old)}, verb=lines.verb, design="before_after",
        ) for new, old in pairs
    }, lines, least)


def _coverage(about: Mapping[str, Any], *rows: Row) -> float | None:
    """The smallest share of those concerned who are in the rows."""
    known = about.get("coverage_of")
    found = [known.get((row.code, row.over)) for row in rows] if known is not None else [about.get("coverage", 1.0)]
    return None if any(one is None for one in found) else min(found)
