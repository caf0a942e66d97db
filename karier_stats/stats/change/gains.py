"""``gains``: what the people of each group gained over their comparison people, as one family and over all groups."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.change_words import counted, family_note, method_notes
from karier_stats.stats.change.gain import Gain, Roles, before_after, known, one_gain, people_of
from karier_stats.stats.columns import about_of, arms_of, labels_of, takes
from karier_stats.stats.description.describe import code_order
from karier_stats.stats.effect import Design, Effect, cell, of_row, over_strata
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.multiplicity import holm, holm_levels, rank_intervals
from karier_stats.stats.numerics.permutation import OfficePermutation, office_permutation
from karier_stats.stats.results import Tabled, TableRow
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
