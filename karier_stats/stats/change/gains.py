"""``gains``: what the people of each group gained over their comparison people, as one family and over all groups;
``retained``: what lasts of it at a later test.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.change_words import counted, family_note, method_notes, preferred
from karier_stats.stats.change.compare import compare
from karier_stats.stats.change.gain import Gain, Roles, before_after, known, one_gain, people_of
from karier_stats.stats.columns import about_of, arms_of, labels_of, measured, read, refuse_absent, takes
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.description.describe import code_order
from karier_stats.stats.effect import Design, Effect, cell, of_row, over_strata
from karier_stats.stats.numerics import paired, pooling, shares
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.multiplicity import holm, holm_levels, rank_intervals
from karier_stats.stats.numerics.permutation import OfficePermutation, office_permutation
from karier_stats.stats.results import Tabled, TableRow, named, units_of
from karier_stats.words import Figure, Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text


@dataclass(frozen=True, eq=False, repr=False)
class Gains(Mapping[str, Gain], Tabled):
    """The gains of several groups, by code, in the order of their codes.

    ``data`` are all who could be compared, and those with one score only; ``alone`` are participants before and after, where
    nobody can be compared.
    """

    rows: tuple[Gain, ...]
    data: pd.DataFrame = field(repr=False)
    roles: Roles = field(repr=False)
    alone: Gain | None = field(repr=False)
    about: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, code: str) -> Gain:
        return {gain.code: gain for gain in self.rows}[code]

    def __iter__(self) -> Iterator[str]:
        return iter(gain.code for gain in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def by(self) -> str:
        """The column of the groups; empty where there is one."""
        return self.roles.by or ""

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
            return self.treated if self.alone is None else self.alone.people
        return people_of(self.rows)

    @cached_property
    def apart(self) -> tuple[Gain, ...]:
        """The gains as strata that share nobody: groups beside one comparison arm are put together."""
        found: list[Gain] = []
        for gain in self.rows:
            linked = [other for other in found if gain.shared & other.shared]
            joined: Gain | None = gain
            if linked:  # one gain of the people of several, every comparison person once
                whole = [replace(one, people=pd.concat([one.people, one.without, one.off_site])) for one in (*linked, gain)]
                joined = one_gain(people_of(whole), linked[0].code, self.roles, linked[0].about)
            if joined is not None:  # cannot be made together: the group stays out rather than be counted as independent
                found = [other for other in found if all(other is not one for one in linked)] + [joined]
        return tuple(found)

    @cached_property
    def total(self) -> Effect:
        """The mean gain over the participants of all groups; participants before and after where nobody is compared."""
        if not self.compared:
            if self.alone is None:
                raise StatisticsError("K312", n=len(self.treated), rows=len(self.data))
            row = self.alone.row
            return Effect(
                replace(of_row(row, self.roles.level), level=self.roles.level), int(row["n"]), "before_after",
                "share" if self.alone_ordinal else "points", method=self.alone.method, sentence=self.alone.words,
                about=self.about,
            )
        parts = self.apart
        value = over_strata([gain.row for gain in parts], [gain.treated for gain in parts], self.roles.level)
        treated, control = (sum(getattr(gain, name) for gain in parts) for name in ("treated", "control"))
        design: Design = "randomised" if all(gain.selection == "random" for gain in self.rows) else "comparison_group"
        return Effect(value, min(treated, control), design, treated=treated, control=control, robust=known(*self.rows),
                      about=self.about)

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
        people = [gain.shared for gain in self.rows]
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
        return replace(self.total, value=of_row(self.alone.result.row(term), self.roles.level), sentence=None)

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
        group, waves = self.roles.group, [self.roles.before, self.roles.after]
        if kind == "change":  # participants first
            rows = self.people.rename(columns=dict(zip(waves, ("before", "after"), strict=True)))
            rows = rows.sort_values([group, "before", "after"], ascending=[False, True, True], kind="stable")
            rows = rows.reset_index(drop=True)[["before", "after", group]]
            rows.attrs["as"] = {"drop": [group]}
        elif self.alone_ordinal:
            counts = {wave: self.data[wave].dropna().astype(float).value_counts().sort_index() for wave in waves}
            rows = pd.concat([pd.DataFrame({
                "wave": wave, "score": [f"{score:g}" for score in count.index], "count": count.to_numpy(),
                "value": count.to_numpy() / count.sum(), "n": int(count.sum()),
            }) for wave, count in counts.items()], ignore_index=True)
            rows.attrs["as"] = {"wave": "label", "score": "part"}
        else:
            rows = pd.DataFrame([_row(gain) for gain in self.rows])
            rows.attrs["as"] = {self.by: "label"}
        return rows

    @property
    def notes(self) -> tuple[Text, ...]:
        """How people were taken, and who was left out."""
        if self.rows:
            names = self.about.get("names", {})
            made = [(label_of(names, self.by, gain.code) if self.by else None, gain.method) for gain in self.rows]
            used = [gain for gain in self.rows if gain.adjust]  # sites are a covariate of the ANCOVA, or are given and not
            given = [gain for gain in self.rows if (name := gain.roles.adjust) and gain.people[name].notna().any()]
            most = max((gain.people[gain.adjust[0]].nunique() for gain in used), default=0)
            return (
                *method_notes(made, sum(len(gain.without) for gain in self.rows)),
                *((Phrase("gains.sites", most=most),) if used else ()),
                *counted("gains.no_site", sum(len(gain.off_site) for gain in self.rows)),
                *counted("gains.sites_unused", sum(not gain.adjust for gain in given)),
            )
        if self.alone is None:
            return ()
        if self.alone_ordinal:
            return self.alone.result.notes
        return method_notes([(None, self.total.method)], len(self.alone.without))


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

    Notes
    -----
    p-values are adjusted by Holm over the groups, each interval is the one of the level at which its own test was
    made. The mean over all groups weights by participants; groups that share comparison people are first compared
    together, for they are no independent strata.
    """
    data, control = arms_of(data, group, control, by)
    about = about_of(data)
    roles = Roles(
        before, after, group, control, by, person, cluster, adjust, selection, least,
        about.get("level", 0.95) if level is None else level, about.get("seed", 0) if seed is None else seed,
    )
    ordinal = data[before].dtype.name == "category"
    complete = data[data[before].notna() & data[after].notna()]
    treated = complete[complete[group] != control]
    found = () if ordinal else _family([
        gain for code, part in _groups(complete, treated, by, about)
        if (gain := one_gain(part, code, roles, about)) is not None
    ], roles)
    if found or len(treated) < 2:
        return Gains(found, data, roles, None, about)
    rows = () if ordinal or alone is None else tuple(
        before_after(part, code, roles, about) for code, part in _groups(treated, treated, by, about) if len(part) >= alone
    )
    return Gains(rows, data, roles, before_after(treated, "", roles, about), about)


def _groups(
    rows: pd.DataFrame, treated: pd.DataFrame, by: str | None, about: Mapping[str, Any],
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Rows of each group that has participants, in the order of the codes."""
    if by is None:
        yield "", rows
        return
    for code in code_order(sorted(set(treated[by].dropna().astype(str))), about.get("names", {}).get(by, {})):
        yield code, rows[rows[by].astype(str) == code]


def _family(found: list[Gain], roles: Roles) -> tuple[Gain, ...]:
    """The gains with adjusted p, intervals at the levels of Holm's steps, and possible ranks."""
    p = np.array([cell(gain.row["p_value"]) for gain in found])
    values, errors, dofs = (np.array([cell(gain.row[name]) for gain in found]) for name in ("estimate", "std_error", "dof"))
    ranks: list[tuple[int, int] | None] = [None] * len(found)
    if len(found) > 1:
        ranks = [(int(best), int(worst)) for best, worst in zip(
            *rank_intervals(values, errors, dofs, roles.level), strict=True)]
    return tuple(
        replace(gain, level=float(level), p_adjusted=float(adjusted), ranks=places, family=len(found))
        for gain, level, adjusted, places in zip(
            found, holm_levels(p, roles.level), holm(p), ranks, strict=True)
    )


@dataclass(frozen=True, eq=False, repr=False)
class DealtOut(Tabled):
    """The permutation with the gain that it stands beside; see :func:`dealt_out`.

    ``gain`` is least squares', which leads where the permutation is refused; None where nothing can be compared.
    """

    dealt: OfficePermutation
    gain: Gain | None = field(repr=False)
    level: float
    about: Mapping[str, Any] = field(repr=False)

    def table_rows(self) -> list[TableRow]:
        """The permutation, and least squares beside it."""
        beside = [] if self.gain is None else self.gain.table_rows()
        return [TableRow("did", "permutation", self.value, self.dealt.people, self.dealt.offices), *beside]

    @property
    def value(self) -> Estimate:
        """The permutation's difference."""
        dealt = self.dealt
        return between(dealt.estimate, dealt.low, dealt.high, p=dealt.p, level=self.level)

    @property
    def everybody(self) -> int:
        """All who could be compared."""
        return 0 if self.gain is None else len(self.gain.people) + len(self.gain.without)

    @property
    def effect(self) -> Effect:
        """The permutation's, or least squares' where it is refused."""
        if self.gain is None:
            return Effect(Estimate(NAN), 0, "comparison_group", about=self.about)
        lead, dealt = self.gain.effect, self.dealt
        share = (len(self.gain.people) if dealt.refused else dealt.people) / self.everybody
        about = {**self.about, "coverage": self.about.get("coverage", 1.0) * share}
        if dealt.refused:
            return replace(lead, method="", sentence=None, about=about)
        control = dealt.people - dealt.trained
        return Effect(self.value, min(dealt.trained, control), lead.design, lead.measure, dealt.trained, control,
                      n_units=dealt.offices, robust=lead.robust, about=about)

    @property
    def where(self) -> Phrase:
        """Within or among how many units."""
        return Phrase(f"gains.dealt.{self.dealt.design}", units=self.dealt.offices)

    @property
    def note(self) -> Text:
        """What the permutation does and takes for granted, or why it is refused."""
        dealt, left = self.dealt, self.everybody - self.dealt.people
        refused = dealt.why_refused()
        if refused is not None:
            return refused
        ways = Phrase(f"gains.dealt.{'all' if dealt.enumerated else 'drawn'}", n=dealt.used)
        return Phrase(
            f"gains.dealt.{'note_left' if left else 'note'}", where=self.where, ways=ways, left=left,
            least=Figure(dealt.smallest_p, "p_bare"),
        )


def dealt_out(gains: Gains) -> DealtOut:
    """Compare the two arms of one group by dealing out the training anew within and among their clusters.

    Parameters
    ----------
    gains : Gains
        Of :func:`gains` without ``by``, with ``cluster``; people without one are left out.

    Returns
    -------
    DealtOut
        Of nobody where ``gains`` holds no comparison.

    Raises
    ------
    StatisticsError
        K317: gains of several groups. K338: no ``cluster``.

    Notes
    -----
    See :func:`karier_stats.stats.numerics.permutation.office_permutation`: exact if without the training every
    arrangement was equally likely; the interval holds the shifts that are not rejected.
    """
    roles = gains.roles
    if roles.by is not None:
        raise StatisticsError("K317", name="by", value=roles.by, rule="None")
    if roles.cluster is None:
        raise StatisticsError("K338", given="dealt_out", needed="cluster")
    gain = gains.rows[0] if gains.rows else None
    known = gains.data.dropna(subset=[roles.before, roles.after, roles.cluster])
    change = (known[roles.after] - known[roles.before]).to_numpy(dtype=float)
    dealt = office_permutation(
        change, (known[roles.group] != roles.control).to_numpy(dtype=bool), labels_of(known[roles.cluster]).text,
        np.random.default_rng(roles.seed), level=roles.level,
    )
    return DealtOut(dealt, gain, roles.level, gains.about)


@dataclass(frozen=True, eq=False, repr=False)
class Later(Tabled):
    """What lasts of one group's gain.

    ``gain`` is the difference at the second test, ``row`` that at the later one; ``kept`` the share of the difference that is
    left, of those who took all three tests (``n`` participants, ``control`` comparison people); NaN where the difference at
    the second test is not surely above zero, for a share of a harm, or of what may be nothing, is no share kept.
    """

    gain: Gain
    row: pd.Series
    kept: Estimate
    n: int
    control: int

    def table_rows(self) -> list[TableRow]:
        """What lasts, and the share that is kept."""
        lasting, n = of_row(self.row, cell(self.row["ci_level"])), min(self.n, self.control)
        return [TableRow(named(base, self.gain.code), method, value, n, units_of(self.row)) for base, method, value in (
            ("lasting", str(self.row["method"]), lasting), ("share_kept", "fieller", self.kept))]


@dataclass(frozen=True, eq=False, repr=False)
class Retained(Tabled):
    """What lasts of the gains of several groups; see :func:`retained`, which has the names of its keywords.

    ``rows`` are groups with enough people of both arms at all three tests, ``gains`` those of the groups whose participants
    took all three, ``people`` those with all three.
    """

    rows: tuple[Later, ...]
    gains: Gains
    people: pd.DataFrame = field(repr=False)
    later: str
    fewest: int
    about: Mapping[str, Any] = field(repr=False)

    @property
    def treated(self) -> pd.DataFrame:
        """Participants with all three tests."""
        return self.people[self.people[self.gains.roles.group] != self.gains.roles.control]

    @property
    def control(self) -> pd.DataFrame:
        """Comparison people with all three tests."""
        return self.people[self.people[self.gains.roles.group] == self.gains.roles.control]

    @property
    def design(self) -> Design:
        """Whether there are comparison people enough."""
        return "comparison_group" if len(self.control) >= self.fewest else "before_after"

    @property
    def loss(self) -> Effect:
        """Mean change from the second test to the later one, less that of comparison people where there are enough."""
        roles = self.gains.roles
        moved, beside = ((arm[self.later] - arm[roles.after]).to_numpy(float) for arm in (self.treated, self.control))
        compared = self.design == "comparison_group"
        value = pooling.mean_difference(moved, beside, roles.level) if compared else shares.mean(moved, roles.level)
        n = min(len(moved), len(beside)) if compared else len(moved)
        return Effect(replace(value, p=NAN, level=roles.level), n, self.design, treated=len(moved), about=self.about)

    @property
    def lasting(self) -> Effect | None:
        """The difference between participants and comparison people at the later test, over all groups."""
        if not self.rows:
            return None
        value = over_strata([one.row for one in self.rows], [one.n for one in self.rows], self.gains.roles.level)
        n, control = (sum(getattr(one, name) for one in self.rows) for name in ("n", "control"))
        return Effect(value, min(n, control), "comparison_group", treated=n, control=control,
                      robust=known(*(one.gain for one in self.rows)), about=self.about)

    @property
    def gain(self) -> Effect | None:
        """The difference at the second test over the groups; None where none can be compared."""
        return self.gains.total if self.gains.rows else None

    @property
    def _shared(self) -> float:
        """Covariance of the loss and of the gain: both rest on the second test of the same people, with opposite signs."""
        assert self.gain is not None
        waves, found = [self.gains.roles.before, self.gains.roles.after, self.later], 0.0
        for arm, n in ((self.treated, self.gain.treated), (self.control, self.gain.control)):
            before, after, later = arm[waves].to_numpy(float).T
            found += float(np.cov(later - after, after - before)[0, 1]) / n
        return found

    @property
    def left(self) -> Effect | None:
        """Share of the gain that is left; NaN where there surely is none, none without comparison people enough at both tests."""
        if self.gain is None or self.design != "comparison_group":
            return None
        first, loss, level = self.gain.value, self.loss.value, self.gains.roles.level
        ratio = Estimate(NAN)
        if first.low > 0 and loss.std_error > 0:
            covariance = np.array([[loss.std_error**2, self._shared], [self._shared, first.std_error**2]])
            ratio = paired.fieller(loss.value, first.value, covariance, min(loss.dof, first.dof), level)
        value = between(*(1 + end for end in ratio.ends), level=level)
        about = {**self.about, "facts": {"harm": first.high < 0}}
        return Effect(value, len(self.treated), self.design, "share_of_gain", about=about)

    @property
    def notes(self) -> tuple[Text, ...]:
        """How people were taken, and the groups where nothing was gained that could last."""
        known_as = self.about.get("names", {})
        made = [(label_of(known_as, self.gains.by, one.gain.code), str(one.row["method"])) for one in self.rows]
        harmed = [label_of(known_as, self.gains.by, gain.code) for gain in self.gains.rows if gain.estimate.high < 0]
        return (*method_notes(made, sum(len(one.gain.without) for one in self.rows)),
                *((Phrase("gains.harmed", names=harmed),) if harmed else ()))

    def shown(self, kind: str) -> int:
        """People behind it."""
        return len(self.treated)

    def frame(self, kind: str) -> pd.DataFrame:
        """Participants' mean at each test (``intervals``), or what lasts by group."""
        if kind == "intervals":
            waves = (self.gains.roles.before, self.gains.roles.after, self.later)
            means = {wave: shares.mean(self.treated[wave].to_numpy(float), self.gains.roles.level) for wave in waves}
            data = pd.DataFrame([{"wave": wave, "estimate": one.value, "low": one.low, "high": one.high,
                                  "n": len(self.treated)} for wave, one in means.items()])
            data.attrs["as"] = {"wave": "label"}
            return data
        data = pd.DataFrame([{
            self.gains.by: one.gain.code, "n": min(one.n, one.control), "trained": one.n, "control": one.control,
            "gain": one.gain.estimate.value, "lasting": cell(one.row["estimate"]), "low": cell(one.row["ci_low"]),
            "high": cell(one.row["ci_high"]), "kept": one.kept.value, "kept_low": one.kept.low, "kept_high": one.kept.high,
        } for one in self.rows])
        data.attrs["as"] = {self.gains.by: "label"}
        return data


def retained(gains: Gains, people: pd.DataFrame, *, later: str, least: int = LEAST, fewest: int = 20) -> Retained:
    """What lasts at a later test of the gains of several groups.

    Parameters
    ----------
    gains : Gains
        Of :func:`~karier_stats.stats.change.gains.gains`; their table has the column ``later``.
    people : DataFrame
        Those who took all three tests, comparison people beside participants.
    later : str
        Column of the later test.
    least : int
        People of each arm that a group needs at all three tests.
    fewest : int
        Comparison people, over all groups, from which on they stand beside the participants.

    Notes
    -----
    Of each group :func:`~karier_stats.stats.change.compare.compare` with both later waves; over groups weighted by
    participants. Shares left by Fieller's method.
    """
    refuse_absent(people, [("later", later)])
    roles = gains.roles
    waves = {name: measured(people[name], name) for name in (roles.before, roles.after, later)}
    people, _ = arms_of(people.assign(**waves), roles.group, roles.control, *waves)
    at = tuple(replace(gain, level=roles.level) for gain in gains.rows if gain.control)
    rows = tuple(one for gain in at if (one := _later(gain, later, least)) is not None)
    treated = people[people[roles.group] != roles.control]
    forms = {""} if roles.by is None else set(read(treated[roles.by]).astype("string"))
    taken = replace(gains, rows=tuple(gain for gain in at if gain.code in forms))
    return Retained(rows, taken, people, later, fewest, about_of(people))


def _later(gain: Gain, later: str, least: int) -> Later | None:
    """What lasts of one group's gain; None where too few of an arm took all three tests."""
    roles, part = gain.roles, gain.people
    control = int((part.loc[part[later].notna(), roles.group] == roles.control).sum())
    treated = int(part[later].notna().sum()) - control
    if min(treated, control) < least:
        return None
    result = compare(
        part, before=roles.before, after=[roles.after, later], group=roles.group, control=roles.control,
        cluster=gain.cluster, adjust=gain.adjust, selection=gain.selection,  # type: ignore[arg-type]
        level=roles.level, seed=roles.seed,
    )
    suffix, inside = "_ancova" if gain.base == "ancova" else "", f"{result.arms[1]} · {later}"
    row = preferred(result, f"lasting{suffix}[{inside}]")
    if math.isnan(cell(row["std_error"])):
        return None
    kept = of_row(result.row(f"share_kept{suffix}[{inside}]"), roles.level)
    return Later(gain, row, kept if gain.estimate.low > 0 else Estimate(NAN), treated, control)
