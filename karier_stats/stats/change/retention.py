"""``retained``: what lasts of gains, the difference at a later test and the share of the gain that is left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.stats.change.change_words import method_notes, preferred
from karier_stats.stats.change.compare import compare
from karier_stats.stats.change.gain import Gain, known
from karier_stats.stats.change.gains import Gains
from karier_stats.stats.columns import about_of, arms_of, measured, read, refuse_absent
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.effect import Design, Effect, cell, of_row, over_strata
from karier_stats.stats.numerics import paired, pooling, shares
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.results import Tabled, TableRow, named, units_of
from karier_stats.words import Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text


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
