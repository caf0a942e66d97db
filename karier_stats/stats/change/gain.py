"""The gain of one group: whom it compares, by which estimate, and what it may claim."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.change import change_words
from karier_stats.stats.change.compare import Change, compare
from karier_stats.stats.change.pairing import nested
from karier_stats.stats.effect import Design, Effect, cell
from karier_stats.stats.numerics.estimate import NAN, Estimate, of_t
from karier_stats.stats.results import Tabled, TableRow, named, units_of
from karier_stats.words.numbers import Text

KNOWN_CHOICE = 0.8
"""Where the way of choosing is known for fewer participants, the evidence is one grade less."""


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are, and how it is compared: the keywords of :func:`gains`."""

    before: str
    after: str
    group: str
    control: str
    by: str | None
    person: str | None
    cluster: str | None
    adjust: str | None
    selection: str
    least: int
    level: float
    seed: int


@dataclass(frozen=True, eq=False, repr=False)
class Gain(Tabled):
    """The gain of one group over its comparison people, or before and after where it has none.

    ``code`` is the value of ``by``, empty for everybody; ``selection`` how people came into their arm; ``base`` (did, ancova or
    mean_change) the estimate that leads by it, ``row`` its row in the table of ``result``, the whole comparison of ``people``.
    ``cluster`` is the column that they are clustered by, ``adjust`` has covariates of the ANCOVA beside the score before;
    ``without`` and ``off_site`` are left out because their cluster, or their covariate, is not known. ``level`` is that of the
    interval, above the table's where several gains (``family``) are tested together, ``p_adjusted`` by Holm, and ``ranks`` are
    the best and worst place that the gain may have among the others.
    """

    code: str
    selection: str
    base: str
    row: pd.Series = field(repr=False)
    result: Change = field(repr=False)
    people: pd.DataFrame = field(repr=False)
    roles: Roles = field(repr=False)
    cluster: str | None
    adjust: tuple[str, ...]
    without: pd.DataFrame = field(repr=False)
    off_site: pd.DataFrame = field(repr=False)
    level: float
    p_adjusted: float = NAN
    ranks: tuple[int, int] | None = None
    family: int = 1
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def by(self) -> str:
        """The column of the groups; empty where there is one."""
        return self.roles.by or ""

    def table_rows(self) -> list[TableRow]:
        """The leading row, at its own level."""
        value = replace(self.estimate, statistic=cell(self.row["statistic"]), p=cell(self.row["p_value"]))
        return [TableRow(named(self.base, self.code), self.method, value, self.n, units_of(self.row))]

    @property
    def method(self) -> str:
        """Of the leading row."""
        return str(self.row["method"])

    @cached_property
    def control(self) -> int:
        """Comparison people."""
        return int((self.people[self.roles.group] == self.roles.control).sum())

    @property
    def shared(self) -> set[Hashable]:
        """Who the comparison people are, where that is known: they may stand beside other groups too."""
        if self.roles.person is None:
            return set()
        return set(self.people.loc[self.people[self.roles.group] == self.roles.control, self.roles.person])

    @property
    def treated(self) -> int:
        """Participants."""
        return len(self.people) - self.control

    @property
    def n(self) -> int:
        """People in the smaller arm."""
        return min(self.treated, self.control) if self.control else self.treated

    @property
    def estimate(self) -> Estimate:
        """The leading estimate with its interval at ``level``."""
        return self.interval(self.row)

    def interval(self, row: pd.Series) -> Estimate:
        """An estimate of this comparison with its interval at ``level``."""
        value, error, dof = (cell(row[name]) for name in ("estimate", "std_error", "dof"))
        return of_t(value, error, dof, self.level)

    def other(self, base: str) -> pd.Series:
        """The row of ``did`` or ``ancova`` by CR2 where there are clusters, else by Welch, else by least squares."""
        return change_words.preferred(self.result, f"{base}[{self.result.arms[1]}]")

    @property
    def agree(self) -> bool:
        """Whether both estimates lead to one conclusion; asked only where the way of choosing is unknown."""
        if self.selection != "unknown" or self.base == "mean_change":
            return True
        one, two = (self.interval(self.other(base)) for base in ("did", "ancova"))
        same = math.copysign(1, one.value) == math.copysign(1, two.value)
        return one.seen == two.seen and same

    @property
    def design(self) -> Design:
        """How far words about it may go."""
        if self.base == "mean_change":
            return "before_after"
        return "randomised" if self.selection == "random" else "comparison_group"

    @cached_property
    def effect(self) -> Effect:
        """The gain as a finding speaks of it."""
        value = replace(self.estimate, p=cell(self.row["p_value"]) if math.isnan(self.p_adjusted) else self.p_adjusted)
        return Effect(
            value, self.n, self.design, self.about.get("measure", "points"), treated=self.treated, control=self.control,
            method=self.method, robust=known(self), sentence=self.words, about=self.about,
        )

    @property
    def words(self) -> Text:
        """The sentence of the comparison, not said yet."""
        return change_words.sentence(self.result)


def about_group(about: Mapping[str, Any], code: str) -> dict[str, Any]:
    """What the view says, with the coverage of one group where it knows it."""
    return {**about, "coverage": about.get("coverage_of", {}).get(code, about.get("coverage", 1.0))}


def one_gain(part: pd.DataFrame, code: str, roles: Roles, about: Mapping[str, Any]) -> Gain | None:
    """The gain of one group; None where the comparison cannot be made."""
    people, cluster, without = nested(part, roles.cluster, roles.group)
    people, _, off_site = nested(people, roles.adjust, roles.group, fewest=1)
    inside = people[roles.group] == roles.control
    if min(int(inside.sum()), int((~inside).sum())) < max(roles.least, 2):
        return None
    way = _way(people[~inside], roles)
    adjust = (roles.adjust,) if roles.adjust is not None and _tells(people, roles) else ()
    try:
        result = compare(
            people, before=roles.before, after=roles.after, group=roles.group, control=roles.control, cluster=cluster,
            adjust=adjust, selection=way, level=roles.level, seed=roles.seed,  # type: ignore[arg-type]
        )
    except StatisticsError:
        return None
    row = result.headline
    if roles.by is not None and math.isnan(cell(row["std_error"])):  # nothing to weigh it by among the others
        return None
    base = str(row["term"]).split("[")[0]
    return Gain(code, way, base, row, result, people, roles, cluster, adjust, without, off_site, roles.level,
                about=about_group(about, code))


def _way(treated: pd.DataFrame, roles: Roles) -> str:
    if roles.selection not in treated:
        return roles.selection
    ways = treated[roles.selection].unique()
    return str(ways[0]) if len(ways) == 1 else "unknown"


def before_after(treated: pd.DataFrame, code: str, roles: Roles, about: Mapping[str, Any]) -> Gain:
    """Participants before and after, nested in their clusters where these are known and scores are no ordered levels."""
    ordinal = treated[roles.before].dtype.name == "category"
    people, cluster, without = nested(treated, None if ordinal else roles.cluster, roles.group)
    result = compare(people, before=roles.before, after=roles.after, cluster=cluster, level=roles.level, seed=roles.seed)
    return Gain(code, "unknown", "mean_change", result.headline, result, people, roles, cluster, (), without,
                people.iloc[:0], roles.level, about=about_group(about, code))


def _tells(people: pd.DataFrame, roles: Roles) -> bool:
    """Whether a label can be a covariate: all known, two or more, one with both arms, and few beside the people."""
    label = people[roles.adjust]
    if label.isna().any() or not 2 <= label.nunique() <= len(people) / 4:
        return False
    return bool((people.groupby(label.astype(str))[roles.group].nunique() > 1).any())


def known(*found: Gain) -> bool:
    """Whether reasonable methods agree and it is known how most participants were chosen."""
    rows = [gain for gain in found if gain.base != "mean_change"]
    chosen = sum(gain.treated for gain in rows if gain.selection != "unknown")
    return all(gain.agree for gain in rows) and chosen >= KNOWN_CHOICE * sum(gain.treated for gain in rows)


def people_of(found: Sequence[Gain]) -> pd.DataFrame:
    """All people of some gains, comparison people once."""
    roles, people = found[0].roles, pd.concat([gain.people for gain in found])
    if roles.person is None:
        return people
    again = people.duplicated([roles.person, roles.before, roles.after])
    return people[~(again & (people[roles.group] == roles.control))]
