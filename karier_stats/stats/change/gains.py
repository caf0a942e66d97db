"""``gains``: what the people of each group gained over their comparison people, as one family and over all groups."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.compare import compare
from karier_stats.stats.change.gain_notes import counted, family_note, method_notes
from karier_stats.stats.change.result import Change
from karier_stats.stats.columns import about_of, takes
from karier_stats.stats.description.describe import code_order
from karier_stats.stats.effect import Design, Effect, cell, of_row, over_strata
from karier_stats.stats.numerics.estimate import NAN, Estimate, of_t
from karier_stats.stats.numerics.multiplicity import holm, holm_levels
from karier_stats.stats.numerics.rank_intervals import rank_intervals
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text

FEWEST_UNITS = 10
"""From so many clusters on, people are taken as nested in them."""
MOST_WITHOUT = 0.5
"""Where a larger share of one arm has no cluster, leaving them out would answer for others than were tested."""
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


@dataclass(frozen=True, eq=False)
class Gain:
    """The gain of one group over its comparison people, or before and after where it has none.

    Parameters
    ----------
    code : str
        Value of ``by``; empty for everybody.
    selection : str
        How people came into their arm.
    base : {"did", "ancova", "mean_change"}
        The estimate that leads, by how people were chosen.
    row : Series
        Its row of the result's table.
    result : Change
        The whole comparison.
    people : DataFrame
        Those who are compared.
    cluster : str or None
        Column that they are clustered by.
    adjust : tuple of str
        Covariates of the ANCOVA beside the score before.
    without, off_site : DataFrame
        Those left out because their cluster, or their covariate, is not known.
    level : float
        Of the interval; above the table's where several gains make one family.
    p_adjusted : float
        By Holm, within the family.
    ranks : tuple of int, optional
        Best and worst place that the gain may have among the others.
    by : str
        The column of the groups.
    family : int
        Number of gains that are tested together.
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
    by: str = ""
    family: int = 1
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def method(self) -> str:
        """Of the leading row."""
        return str(self.row["method"])

    @cached_property
    def control(self) -> int:
        """Comparison people."""
        return int((self.people[self.roles.group] == self.roles.control).sum())

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
        return preferred(self.result, f"{base}[{self.result.arms[1]}]")

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
        value = replace(self.estimate, p=self.p_adjusted if self.p_adjusted == self.p_adjusted else cell(self.row["p_value"]))
        return Effect(
            value, self.n, self.design, self.about.get("measure", "points"), treated=self.treated, control=self.control,
            method=self.method, robust=known(self), sentence=_own_words(self.result), about=self.about,
        )


@dataclass(frozen=True, eq=False)
class Gains(Mapping[str, Gain]):
    """The gains of several groups, by code, in the order of their codes.

    Parameters
    ----------
    by : str
        The column of the groups; empty where there is one.
    rows : tuple of Gain
    data : DataFrame
        All who could be compared, and those with one score only.
    alone : Change, optional
        Participants before and after, where nobody can be compared.
    """

    by: str
    rows: tuple[Gain, ...]
    data: pd.DataFrame = field(repr=False)
    roles: Roles = field(repr=False)
    alone: Change | None = field(repr=False)
    about: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, code: str) -> Gain:
        found = {gain.code: gain for gain in self.rows}
        return found[code]

    def __iter__(self) -> Iterator[str]:
        return iter(gain.code for gain in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def verb(self) -> Mapping[str, Any]:
        """The keyword that words may expect."""
        return {"verb": "gains", "by": self.by}

    @property
    def n(self) -> int:
        """People of the smaller arms of all groups, or participants of groups alone."""
        return sum(gain.n for gain in self.rows)

    @property
    def beside(self) -> tuple[Gain, ...]:
        """The gains over comparison people."""
        return tuple(gain for gain in self.rows if gain.base != "mean_change")

    @property
    def compared(self) -> bool:
        """Whether there are comparison people."""
        return bool(self.beside)

    @property
    def treated(self) -> pd.DataFrame:
        """Participants with both scores, compared or not; each once."""
        rows = self.data[self.data[self.roles.group] != self.roles.control]
        return rows[rows[self.roles.before].notna() & rows[self.roles.after].notna()]

    @property
    def people(self) -> pd.DataFrame:
        """All who are compared, comparison people who stand beside several groups once."""
        if not self.compared:
            return self.treated if self.alone is None else nested(self.treated, self.roles.cluster, self.roles.group)[0]
        return people_of(self.rows)

    @cached_property
    def apart(self) -> tuple[Gain, ...]:
        """The gains as strata that share nobody: groups beside one comparison arm are put together."""
        found: list[Gain] = []
        for gain in self.rows:
            linked = [other for other in found if _shared(gain) & _shared(other)]
            joined = _joined([*linked, gain]) if linked else gain
            if joined is not None:  # cannot be made together: the group stays out rather than be counted as independent
                found = [other for other in found if all(other is not one for one in linked)] + [joined]
        return tuple(found)

    @cached_property
    def total(self) -> Effect:
        """The mean gain over the participants of all groups; participants before and after where nobody is compared."""
        if not self.compared:
            return self._before_after()
        parts = self.apart
        value = over_strata([gain.row for gain in parts], [gain.treated for gain in parts], self.roles.level)
        treated, control = (sum(getattr(gain, name) for gain in parts) for name in ("treated", "control"))
        design: Design = "randomised" if all(gain.selection == "random" for gain in self.rows) else "comparison_group"
        return Effect(value, min(treated, control), design, treated=treated, control=control, robust=known(*self.rows),
                      about=self.about)

    def _before_after(self) -> Effect:
        """Participants alone."""
        if self.alone is None:
            raise StatisticsError("K312", n=len(self.treated), rows=len(self.data))
        row = self.alone.headline
        return Effect(
            replace(of_row(row, self.roles.level), level=self.roles.level), int(row["n"]), "before_after",
            "share" if self.alone_ordinal else "points", method=str(row["method"]), sentence=_own_words(self.alone),
            about=self.about,
        )

    @property
    def left(self) -> int:
        """Participants of groups that cannot be compared; none where nothing is compared at all."""
        if not self.by or not self.compared:
            return 0
        return int((~self.treated[self.by].astype(str).isin(list(self))).sum())

    @property
    def family(self) -> tuple[Text, ...]:
        """How many tests make one family, and which estimate leads for which way of choosing people."""
        if not self.compared:
            return ()
        ways: list[Any] = [
            Phrase("gains.way_beside" if way == "unknown" else "gains.way", way=Phrase(f"gains.selection.{way}"),
                   lead=Phrase(f"gains.lead.{base}"))
            for way, base in sorted({(gain.selection, gain.base) for gain in self.rows})
        ]
        return self._tests, Phrase("gains.ways", ways=ways)

    @property
    def _tests(self) -> Text:
        return family_note(len(self), self.by, "holm")

    @property
    def ranked(self) -> tuple[Text, ...]:
        """How many tests make one family, what ranks are, and how many groups share their comparison people."""
        people = [_shared(gain) for gain in self.rows]
        linked = sum(any(one & other for other in people if other is not one) for one in people)
        return self._tests, Phrase("gains.ranks"), *counted("gains.linked", linked)

    @property
    def limits(self) -> tuple[Text, ...]:
        """Participants whose score could not rise, and those of groups that cannot be compared."""
        top = self.about.get("scale", (NAN, math.inf))[1]
        most = 0 if self.alone_ordinal else int((self.treated[self.roles.before] >= top).sum())
        return *counted("gains.at_top", most), *counted("gains.left", self.left)

    @property
    def alone_ordinal(self) -> bool:
        """Whether scores are ordered levels."""
        return bool(self.data[self.roles.before].dtype.name == "category")

    def moved(self, term: str) -> Effect | None:
        """Of ordered levels the share who moved up (``improved``), stayed (``unchanged``) or moved down (``declined``)."""
        if not self.alone_ordinal or self.alone is None:
            return None
        return replace(self.total, value=of_row(self.alone.row(term), self.roles.level), sentence=None)

    @property
    def variant(self) -> str:
        """Which of a question's pictures and tables it is told in."""
        return "_levels" if self.alone_ordinal else ""

    def shape(self, wanted: str | None) -> str:
        """The picture that it can give: levels where scores are ordered, else what is wanted, else groups."""
        return "stacked" if self.alone_ordinal else wanted or "intervals"

    def shown(self, kind: str) -> int:
        """People in that picture."""
        if kind == "stacked":
            return len(self.data)
        return len(self.people) if kind == "change" else sum(gain.treated for gain in self.rows)

    def frame(self, kind: str) -> pd.DataFrame:
        """Rows of a picture or a table, by code: people (``change``), shares of levels (``stacked``), or groups."""
        if kind == "change":
            return self._drawn_people()
        if self.alone_ordinal:
            return self._levels()
        rows = pd.DataFrame([_row(gain) for gain in self.rows])
        rows.attrs["as"] = {self.by: "label"}
        return rows

    def _drawn_people(self) -> pd.DataFrame:
        """``before``, ``after`` and arm of everybody, participants first."""
        group = self.roles.group
        rows = self.people.rename(columns={self.roles.before: "before", self.roles.after: "after"})
        rows = rows.sort_values([group, "before", "after"], ascending=[False, True, True], kind="stable")
        rows = rows.reset_index(drop=True)[["before", "after", group]]
        rows.attrs["as"] = {"drop": [group]}
        return rows

    def _levels(self) -> pd.DataFrame:
        """How many of all who answered a wave are on each level."""
        parts = []
        for wave in (self.roles.before, self.roles.after):
            counts = self.data[wave].dropna().astype(float).value_counts().sort_index()
            parts.append(pd.DataFrame({
                "wave": wave, "score": [f"{score:g}" for score in counts.index], "count": counts.to_numpy(),
                "value": counts.to_numpy() / counts.sum(), "n": int(counts.sum()),
            }))
        rows = pd.concat(parts, ignore_index=True)
        rows.attrs["as"] = {"wave": "label", "score": "part"}
        return rows

    @property
    def notes(self) -> tuple[Text, ...]:
        """How people were taken, and who was left out."""
        if self.rows:
            made = [(self._name(gain), gain.method) for gain in self.rows]
            return *method_notes(made, sum(len(gain.without) for gain in self.rows)), *_site_notes(self.rows)
        if self.alone is None:
            return ()
        if self.alone_ordinal:
            return self.alone.notes
        without = len(nested(self.treated, self.roles.cluster, self.roles.group)[2])
        return method_notes([(None, self.total.method)], without)

    def _name(self, gain: Gain) -> Any:
        """What a group is called; None where there is one only."""
        return name_of(self.about, self.by, gain.code) if self.by else None


def _row(gain: Gain) -> dict[str, object]:
    """One group: the leading estimate with its interval, both estimates, people, adjusted p and possible ranks."""
    value = gain.estimate
    both = {base: cell(gain.other(base)["estimate"]) for base in ("did", "ancova")} if gain.control else {}
    low, high = gain.ranks or (1, 1)
    return {
        gain.by: gain.code, "estimate": value.value, "low": value.low, "high": value.high, "n": gain.n,
        "trained": gain.treated, "control": gain.control, "selection": gain.selection, "lead": gain.base, **both,
        "p_holm": gain.p_adjusted, "rank_low": low, "rank_high": high, "ranks": f"{low}–{high}",
    }


def _site_notes(found: Sequence[Gain]) -> tuple[Text, ...]:
    """Where sites are a covariate of the ANCOVA, and where they are given and are not."""
    used = [gain for gain in found if gain.adjust]
    given = [gain for gain in found if (name := gain.roles.adjust) and gain.people[name].notna().any() and not gain.adjust]
    most = max((gain.people[gain.adjust[0]].nunique() for gain in used), default=0)
    return (
        *((Phrase("gains.sites", most=most),) if used else ()),
        *counted("gains.no_site", sum(len(gain.off_site) for gain in found)), *counted("gains.sites_unused", len(given)),
    )


def name_of(about: Mapping[str, Any], column: str, code: str) -> Text:
    """A code by the names that the view gave; else as it is."""
    found = about.get("names", {}).get(column, {}).get(code, (code, code))
    return {"id": found[0], "en": found[1]} if isinstance(found, tuple) else found


@takes("before", "after", "group", "by", "person", "cluster", "adjust")
def gains(
    data: pd.DataFrame, *, before: str, after: str, group: str, control: str, by: str | None = None,
    person: str | None = None, cluster: str | None = None, adjust: str | None = None, selection: str = "unknown",
    least: int = 2, alone: int | None = None, level: float | None = None, seed: int | None = None,
) -> Gains:
    """What the participants of each group gained over their comparison people.

    Parameters
    ----------
    data : DataFrame
        One row per test and group; a comparison person may stand beside several groups.
    before, after, group, control : str
        As in :func:`~karier_stats.stats.change.compare.compare`; two arms.
    by : str, optional
        Column of the groups; by default everybody is one group.
    person : str, optional
        Who is who, so that a comparison person who stands beside several groups is counted once over all.
    cluster : str, optional
        Column that people are nested in: used where at least ten clusters are known and in no arm more than half have
        none; those without one are then left out and counted.
    adjust : str, optional
        A label measured before, such as the site, for the ANCOVA: used where it tells something.
    selection : str
        How people came into their arm: a way, or the column that holds it.
    least : int
        People that each arm of a group must have.
    alone : int, optional
        Where nobody can be compared, groups of so many participants stand alone, before and after.
    level, seed : optional
        Default: the view's, else 0.95 and 0.

    Returns
    -------
    Gains

    Notes
    -----
    p-values are adjusted by Holm over the groups, each interval is the one of the level at which its own test was
    made. The mean over all groups weights by participants; groups that share comparison people are first compared
    together, for they are no independent strata.
    """
    about = about_of(data)
    roles = Roles(
        before, after, group, control, by, person, cluster, adjust, selection, least,
        about.get("level", 0.95) if level is None else level, about.get("seed", 0) if seed is None else seed,
    )
    ordinal = data[before].dtype.name == "category"
    complete = data[data[before].notna() & data[after].notna()]
    treated = complete[complete[group] != control]
    found = () if ordinal else _family([
        replace(gain, by=by or "", about=about_group(about, code)) for code, part in _groups(complete, treated, by, about)
        if (gain := one_gain(part, code, roles)) is not None
    ], roles)
    if found or len(treated) < 2:
        return Gains(by or "", found, data, roles, None, about)
    rows = () if ordinal or alone is None else tuple(
        replace(_alone(part, code, roles, about), by=by or "")
        for code, part in _groups(treated, treated, by, about) if len(part) >= alone
    )
    return Gains(by or "", rows, data, roles, _change(treated, roles, None if ordinal else cluster), about)


def _groups(
    rows: pd.DataFrame, treated: pd.DataFrame, by: str | None, about: Mapping[str, Any],
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Rows of each group that has participants, in the order of the codes."""
    if by is None:
        yield "", rows
        return
    for code in code_order(sorted(set(treated[by].astype(str))), about.get("names", {}).get(by, {})):
        yield code, rows[rows[by].astype(str) == code]


def about_group(about: Mapping[str, Any], code: str) -> dict[str, Any]:
    """What the view says, with the coverage of one group where it knows it."""
    return {**about, "coverage": about.get("coverage_of", {}).get(code, about.get("coverage", 1.0))}


def nested(rows: pd.DataFrame, cluster: str | None, group: str) -> tuple[pd.DataFrame, str | None, pd.DataFrame]:
    """Those who are analysed, the column of their clusters (None: people are independent), and those left out."""
    if cluster is None:
        return rows, None, rows.iloc[:0]
    clear = rows[cluster].notna()
    arms = clear.groupby(rows[group]).mean()
    if rows.loc[clear, cluster].nunique() < FEWEST_UNITS or (arms < 1 - MOST_WITHOUT).any():
        return rows, None, rows.iloc[:0]
    return rows[clear], cluster, rows[~clear]


def one_gain(part: pd.DataFrame, code: str, roles: Roles) -> Gain | None:
    """The gain of one group; None where the comparison cannot be made."""
    people, cluster, without = nested(part, roles.cluster, roles.group)
    people, off_site = _with_covariate(people, roles)
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
    return Gain(code, way, base, row, result, people, roles, cluster, adjust, without, off_site, roles.level)


def _way(treated: pd.DataFrame, roles: Roles) -> str:
    """How the participants of one group were chosen; unknown where there are several ways."""
    if roles.selection not in treated:
        return roles.selection
    ways = treated[roles.selection].unique()
    return str(ways[0]) if len(ways) == 1 else "unknown"


def _alone(part: pd.DataFrame, code: str, roles: Roles, about: Mapping[str, Any]) -> Gain:
    """One group before and after."""
    people, cluster, without = nested(part, roles.cluster, roles.group)
    result = _change(part, roles, cluster)
    return Gain(code, "unknown", "mean_change", result.headline, result, people, roles, cluster, (), without,
                part.iloc[:0], roles.level, about=about_group(about, code))


def _change(treated: pd.DataFrame, roles: Roles, cluster: str | None) -> Change:
    """Participants before and after, nested in their clusters where these are known."""
    people, column, _ = nested(treated, roles.cluster, roles.group) if cluster else (treated, None, None)
    return compare(people, before=roles.before, after=roles.after, cluster=column, level=roles.level, seed=roles.seed)


def _with_covariate(people: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Those whose covariate is known and those left out for it; all where half or more of an arm have none."""
    if roles.adjust is None:
        return people, people.iloc[:0]
    clear = people[roles.adjust].notna()
    few = not clear.any() or (clear.groupby(people[roles.group]).mean() < 1 - MOST_WITHOUT).any()
    return (people, people.iloc[:0]) if few else (people[clear], people[~clear])


def _tells(people: pd.DataFrame, roles: Roles) -> bool:
    """Whether a label can be a covariate: all known, two or more, one with both arms, and few beside the people."""
    label = people[roles.adjust]
    if label.isna().any() or not 2 <= label.nunique() <= len(people) / 4:
        return False
    return bool((people.groupby(label.astype(str))[roles.group].nunique() > 1).any())


def _family(found: list[Gain], roles: Roles) -> tuple[Gain, ...]:
    """The gains with adjusted p, intervals at the levels of Holm's steps, and possible ranks."""
    p = np.array([cell(gain.row["p_value"]) for gain in found])
    values, errors, dofs = (
        np.array([cell(gain.row[name]) for gain in found]) for name in ("estimate", "std_error", "dof")
    )
    ranks: list[tuple[int, int] | None] = [None] * len(found)
    if len(found) > 1:
        ranks = [(int(best), int(worst)) for best, worst in zip(
            *rank_intervals(values, errors, dofs, roles.level), strict=True)]
    return tuple(
        replace(gain, level=float(level), p_adjusted=float(adjusted), ranks=places, family=len(found))
        for gain, level, adjusted, places in zip(
            found, holm_levels(p, roles.level), holm(p), ranks, strict=True)
    )


def preferred(result: Change, term: str) -> pd.Series:
    """The row of a term by CR2 where there are clusters, else by Welch, else by least squares."""
    order = ["cr2", "welch", "ols"]
    rows = result.table[(result.table["term"] == term) & result.table["method"].isin(order)]
    return rows.iloc[int(np.argmin([order.index(method) for method in rows["method"]]))]


def known(*found: Gain) -> bool:
    """Whether reasonable methods agree and it is known how most participants were chosen."""
    rows = [gain for gain in found if gain.base != "mean_change"]
    chosen = sum(gain.treated for gain in rows if gain.selection != "unknown")
    return all(gain.agree for gain in rows) and chosen >= KNOWN_CHOICE * sum(gain.treated for gain in rows)


def people_of(found: tuple[Gain, ...] | list[Gain]) -> pd.DataFrame:
    """All people of some gains, comparison people once."""
    roles, people = found[0].roles, pd.concat([gain.people for gain in found])
    if roles.person is None:
        return people
    again = people.duplicated([roles.person, roles.before, roles.after])
    return people[~(again & (people[roles.group] == roles.control))]


def _shared(gain: Gain) -> set[Hashable]:
    """The comparison people of a gain."""
    if gain.roles.person is None:
        return set()
    return set(gain.people.loc[gain.people[gain.roles.group] == gain.roles.control, gain.roles.person])


def _joined(found: list[Gain]) -> Gain | None:
    """One gain of the people of several, every comparison person once."""
    whole = [replace(gain, people=pd.concat([gain.people, gain.without, gain.off_site])) for gain in found]
    return one_gain(people_of(whole), found[0].code, found[0].roles)


def _own_words(result: Change) -> Text:
    """The sentence of a comparison, not said yet."""
    from karier_stats.stats.change import change_words

    return change_words.sentence(result)
