"""What is left of a gain when people were nominated for a low score: regression to the mean taken out.

Those who score low before a course score nearer to the mean the next time,
course or no course. ``net_gain`` takes that expected drift off the mean change.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats import columns
from karier_stats.stats.change.change_rows import too_few_clusters
from karier_stats.stats.change.change_words import method_notes
from karier_stats.stats.change.pairing import nested
from karier_stats.stats.columns import about_of, arms_of, level_of, takes
from karier_stats.stats.contrast import Line, contrast
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.effect import Effect, cell, of_row, over_strata
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, between
from karier_stats.stats.numerics.paired import JointMeans, joint_means
from karier_stats.stats.results import TERMS, Result, Sheet, Spoken, Tabled, TableRow, limit, named, units_of, verdict
from karier_stats.words import Figure, Joined, Phrase, say
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text


@dataclass(frozen=True, eq=False, repr=False)
class NetGain(Result):
    """A mean change beside the drift that was to be expected; see :func:`net_gain`.

    ``reliability`` is the test-retest reliability that was used, ``detectable`` the smallest true net gain that such data would
    show with 80 percent power; NaN where unknown.
    """

    reliability: float
    detectable: float

    def sentence(self, lang: str = "id") -> str:
        """The change, what of it was to be expected, and what is left, with its interval."""
        row, raw, drift = (self.row(term) for term in ("net_gain", "mean_change", "drift"))
        told, found = Spoken(row), verdict(row)
        reading = Joined(
            Phrase(f"change.net_gain.{found}"),
            limit(self.detectable, told, "net_gain") if found == "unseen" else None,
        )
        return say(
            "change.net_gain.text", lang, change=told.figure(raw["estimate"]), drift=told.figure(drift["estimate"]),
            reliability=self.reliability, shown=told, reading=reading,
        )


def net_gain(
    before: ArrayLike, after: ArrayLike, *, reliability: float, pool: ArrayLike, reliability_se: float = 0.0,
    cluster: ArrayLike | None = None, pool_cluster: ArrayLike | None = None, level: float = 0.95,
) -> NetGain:
    """How much people gained beyond the drift that a low score before lets expect anyway.

    ``before`` and ``after`` (n,) are scores of the nominated, all of them with both. ``reliability`` (0-1) is that of the test
    retested in the group whom they were chosen from, for the time between the two tests (:func:`retest_reliability`), with its
    standard error, 0 where it is taken as known. ``pool`` (N,) are scores before of everybody whom they were chosen from, the
    nominated among them, or of a random sample of those people; ``cluster`` and ``pool_cluster`` the cluster of each.

    Rows: ``mean_change``, ``drift`` and ``net_gain`` (headline). K312 (fewer than two people), K317 (reliability, its error,
    level), K336 and K337 (arrays), K338 (clusters of the pool only), K362 (a pool of fewer than two).

    Notes
    -----
    Without a programme ``E[after | before] = mu + rho (before - mu)``. The
    drift is ``(1 - rho)(mu - mean before)`` and the net gain
    ``mean(after - rho before) - (1 - rho) mu``. With ``e`` what is left of
    ``after`` at given ``before``, its error is ``mean(e) - (1 - rho)(mu_hat - mu)
    - (rho_hat - rho)(mean before - mu)``: three parts that are uncorrelated,
    because ``e`` has mean zero at every score before, whoever was nominated by
    that score. Hence the variance
    ``var(after - rho before)/n + (1 - rho)^2 var(mu_hat) + (mu - mean before)^2 se(rho)^2``
    with Satterthwaite's degrees of freedom, the last part taken as known. With
    clusters the first two are correlated; CR2 of both together.

    References
    ----------
    James (1973), Biometrics 29, 121-130; Davis (1976), American J. Epidemiology 104, 493-498; Barnett, van der Pols and
    Dobson (2005), International J. Epidemiology 34, 215-220.

    Examples
    --------
    >>> found = net_gain([40, 44, 48], [50, 52, 60], reliability=0.5, pool=[40, 44, 48, 60, 64, 68])
    >>> [float(found.row(term)["estimate"]) for term in ("mean_change", "drift", "net_gain")]
    [10.0, 5.0, 5.0]
    """
    x, y = columns.numbers("before", before), columns.numbers("after", after)
    columns.same_length("after", len(y), "before", len(x))
    if len(x) < 2:
        raise StatisticsError("K312", n=len(x), rows=len(x))
    rho = columns.share("reliability", reliability)
    if not 0 <= reliability_se < math.inf:
        raise StatisticsError("K317", name="reliability_se", value=reliability_se, rule="0 <= reliability_se")
    columns.share("level", level, open_ends=True)
    if cluster is None and pool_cluster is not None:
        raise StatisticsError("K338", given="pool_cluster", needed="cluster")
    units = columns.labels("cluster", cluster, len(x), "before")
    scores = columns.numbers("pool", pool)
    if len(scores) < 2:
        raise StatisticsError("K362", n=len(scores))
    pool_units = columns.labels("pool_cluster", pool_cluster, len(scores), "pool")
    return _Nominated(x, y, rho, float(reliability_se), units, scores, pool_units).result(level)


def retest_reliability(
    before: ArrayLike, after: ArrayLike, *, cluster: ArrayLike | None = None, level: float = 0.95
) -> Estimate:
    """The test-retest reliability that people without the programme (n,) show, however they were chosen by the score before.

    Notes
    -----
    The slope of the score after on the score before; NaN where it cannot be fitted. Where both tests have one
    variance in the whole group, the slope is the correlation there. Unlike the correlation among those at hand it
    stays what it is when they were chosen by their score before. Least squares; CR2 with clusters.

    References
    ----------
    Pearson (1903), Philosophical Transactions A 200, 1-66 (selection on one
    variable leaves the regression on it as it is).
    """
    x, y = columns.numbers("before", before), columns.numbers("after", after)
    columns.same_length("after", len(y), "before", len(x))
    units = columns.labels("cluster", cluster, len(x), "before")
    if len(x) < 3 or np.ptp(x) == 0:
        return Estimate(NAN)
    X = np.column_stack([np.ones(len(x)), x - x.mean()])
    known = units is not None and too_few_clusters(units, None) is None
    return contrast(X, y, 1, units, "cr2" if known else "ols").at(level)


@dataclass(frozen=True)
class _Nominated:
    """Everything that a result needs at any level; ``pool`` has the scores before of those who were chosen from."""

    before: Array
    after: Array
    rho: float
    rho_se: float
    units: NDArray[Any] | None
    pool: Array
    pool_units: NDArray[Any] | None

    @property
    def left(self) -> Array:
        """Score after less what the score before carries over, shape (n,)."""
        return self.after - self.rho * self.before

    def result(self, level: float) -> NetGain:
        sheet, n, units = Sheet(notes=[Phrase("change.net_gain.pool", n=len(self.pool))]), len(self.before), None
        change = paired.differences(self.before, self.after)
        drift, net, method = self._estimates(level, sheet)
        raw = paired.mean_change(change, level)
        if method == "cr2" and self.units is not None:
            units = len(np.unique(self.units))
            raw = contrast(np.ones((n, 1)), change, 0, self.units) if net.tested else raw.alone
        sheet.add("mean_change", "paired_t" if units is None else "cr2", raw, n, units)
        sheet.add("drift", "retest", drift, n)
        sheet.add("net_gain", method, net, n, units)
        error = Phrase(f"change.net_gain.error_{'allowed' if self.rho_se else 'known'}", error=self.rho_se)
        sheet.note(
            Phrase("change.net_gain.one_mean"), Phrase("change.net_gain.reliability", rho=self.rho, error=error),
            Phrase("change.net_gain.expectation"),
        )
        return NetGain(
            sheet.table(level), ("net_gain", method), tuple(sheet.notes),
            lambda other: self.result(columns.share("level", other, open_ends=True)), self.rho,
            paired.detectable(net.std_error, net.dof, level),
        )

    def _estimates(self, level: float, sheet: Sheet) -> tuple[Estimate, Estimate, str]:
        """Drift, net gain and the method of the latter; what they rest on goes to the sheet's notes."""
        means, method = self._means(sheet)
        middle = float(self.pool.mean())
        gap = middle - float(self.before.mean())
        known, expected = gap**2 * self.rho_se**2, (1 - self.rho) * gap
        value = float(self.left.mean()) - (1 - self.rho) * middle
        if means is None:
            return Estimate(expected), Estimate(value), method
        drift = means.estimate(expected, np.array([0.0, 1 - self.rho]), level, known)
        net = means.estimate(value, np.array([1.0, -(1 - self.rho)]), level, known)
        return replace(drift, statistic=NAN, p=NAN), net, method

    def _means(self, sheet: Sheet) -> tuple[JointMeans | None, str]:
        """Means of ``left`` and of the pool together; None where nothing tells how sure they are."""
        scores, exact = self.pool, Line(np.ones((len(self.left), 1)), self.left).exact
        if exact or np.ptp(scores) == 0:
            sheet.note(Phrase(f"change.net_gain.{'on_a_line' if exact else 'all_alike'}"))
            return None, "retest"
        if self.units is None:
            return joint_means([self.left, scores]), "retest"
        refused = too_few_clusters(self.units, None)
        if refused is not None:
            sheet.note(refused)
            return None, "cr2"
        if self.pool_units is not None:
            return joint_means([self.left, scores], [self.units, self.pool_units]), "cr2"
        sheet.note(Phrase("change.net_gain.pool_alone"))
        apart = np.array([f"\0{place}" for place in range(len(scores))])
        return joint_means([self.left, scores], [self.units, apart]), "cr2"


PARTS = ("mean_change", "drift", "net_gain")


@dataclass(frozen=True, eq=False, repr=False)
class Course(Tabled):
    """One course whose people were chosen for a low score.

    ``trained`` is of the participants, ``untrained`` of those who were not trained, ``otherwise`` of the participants if all who
    sat the first test were those chosen from. ``separate``: those not trained are no remainder of the candidates, for some
    of them score as low as the chosen. ``coverage`` is the share of participants with the first test who sat the second;
    ``without`` counts people left out because their cluster is not known.
    """

    code: str
    trained: NetGain
    untrained: NetGain
    otherwise: NetGain
    separate: bool
    coverage: float
    without: int
    level: float

    def table_rows(self) -> list[TableRow]:
        """Change, drift and net gain of the participants."""
        rows = (self.trained.row(term) for term in PARTS)
        return [TableRow(named(row["term"], self.code), row["method"], of_row(row, self.level), self.n, units_of(row))
                for row in rows]

    @property
    def n(self) -> int:
        """Participants with both tests."""
        return int(self.trained.headline["n"])


@dataclass(frozen=True, eq=False, repr=False)
class NetGains(Tabled):
    """The net gains of several courses (column ``by``); see :func:`net_gains`.

    ``refused`` are courses without enough people or without a reliability of the test.
    """

    rows: tuple[Course, ...]
    refused: tuple[str, ...]
    by: str
    level: float
    about: Mapping[str, Any] = field(repr=False)

    @property
    def n(self) -> int:
        """Participants with both tests."""
        return sum(course.n for course in self.rows)

    @property
    def left(self) -> Effect:
        """What is left of the participants' change; less robust where those who were not trained moved as well."""
        if not self.rows:
            return Effect(Estimate(NAN), 0, "before_after", about=self.about)
        change, drift, net = (self._together([course.trained for course in self.rows], term) for term in PARTS)
        facts = {"change": change.value, "drift": drift.value, "courses": len(self.rows)}
        coverage = sum(course.coverage * course.n for course in self.rows) / self.n
        about = {**self.about, "coverage": coverage, "facts": facts}
        return Effect(net, self.n, "before_after", robust=not self.untrained.seen, about=about)

    @property
    def untrained(self) -> Effect:
        """What is left of the change of those who were not trained: the assumption of a net gain, tried out."""
        value = self._together([course.untrained for course in self.rows], "net_gain")
        n = sum(int(course.untrained.headline["n"]) for course in self.rows)
        return Effect(value, n, "before_after", about={**self.about, "coverage": 1.0})

    @property
    def notes(self) -> tuple[Text, ...]:
        """Whom people were chosen from, which courses have no net gain, and how people were taken."""
        apart = [course for course in self.rows if course.separate]
        value = self._together([course.otherwise for course in self.rows], "net_gain").value
        known = self.about.get("names", {})
        made = [(label_of(known, self.by, course.code), str(course.trained.headline["method"])) for course in self.rows]
        names = [label_of(known, self.by, code) for code in self.refused]
        return (
            *((Phrase("gains.net.apart", net=Figure(value, "number", 1)),) if apart else ()),
            *((Phrase("gains.net.left_over"),) if len(apart) < len(self.rows) else ()),
            *((Phrase("gains.net.refused", names=names),) if names else ()),
            *method_notes(made, sum(course.without for course in self.rows)),
        )

    def shown(self, kind: str) -> int:
        """People behind it."""
        return self.n

    def frame(self, kind: str) -> pd.DataFrame:
        """Change, expected drift and what is left, over all courses (``intervals``) or of each."""
        if kind == "intervals":
            parts = {term: self._together([course.trained for course in self.rows], term) for term in PARTS}
            return pd.DataFrame([{"term": term, "label": TERMS[term], "estimate": value.value, "low": value.low,
                                  "high": value.high, "n": self.n} for term, value in parts.items()])
        data = pd.DataFrame([{
            self.by: course.code, "n": course.n, "reliability": course.trained.reliability,
            **{name: cell(course.trained.row(term)["estimate"]) for name, term in
               zip(("change", "drift", "net"), PARTS, strict=True)},
            "low": cell(course.trained.headline["ci_low"]), "high": cell(course.trained.headline["ci_high"]),
        } for course in self.rows])
        data.attrs["as"] = {self.by: "label"}
        return data

    def _together(self, results: Sequence[NetGain], term: str) -> Estimate:
        """One row of several courses as a mean over their people."""
        rows = [result.row(term) for result in results]
        if not rows:
            return Estimate(NAN, level=self.level)
        return between(*over_strata(rows, [int(row["n"]) for row in rows], self.level).ends, level=self.level)


@takes("before", "after", "group", "by", "within", "cluster")
def net_gains(
    data: pd.DataFrame, *, before: str, after: str, group: str, control: str, by: str, within: str | None = None,
    cluster: str | None = None, least: int = LEAST, fewest: int = 20, level: float | None = None,
) -> NetGains:
    """What is left of the change of people chosen for a low score once regression to the mean is taken out.

    Parameters
    ----------
    data : DataFrame
        One row per person, course and measure, with the score ``before``.
    before, after, group, control : str
        As in :func:`~karier_stats.stats.change.compare.compare`; two arms.
    by, within : str
        Columns of the courses, and of what is measured in one.
    cluster : str, optional
        As in :func:`~karier_stats.stats.change.gains.gains`.
    least : int
        Participants with both scores that a course needs.
    fewest : int
        People who were not trained, with both scores, that the reliability of the test needs.
    level : float, optional
        Default: the view's, else 0.95.

    Notes
    -----
    :func:`karier_stats.stats.change.nomination.net_gain` of each course, its reliability from the slope of those not
    trained; over courses weighted by participants. Those chosen from are all with the score ``before`` where nobody
    untrained scored as low as a participant, else people like the untrained.
    """
    at, found, refused = level_of(data, level), [], []
    data, control = arms_of(data, group, control, by, within, before)
    for key, part in data.groupby([by, *([within] if within else [])], sort=True):
        course = _course(part, str(key[0]), (before, after, group, control, cluster), (least, fewest), at)
        if course is None:
            refused.append(str(key[0]))
        else:
            found.append(course)
    return NetGains(tuple(found), tuple(refused), by, at, about_of(data))


def _course(
    part: pd.DataFrame, code: str, roles: tuple[str, str, str, str, str | None], least: tuple[int, int], level: float,
) -> Course | None:
    """The net gain of one course; None without enough participants or without a reliability."""
    before, after, group, control, cluster = roles
    part, unit, without = nested(part, cluster, group)
    inside = part[group] == control
    trained, others = part[~inside], part[inside]
    both, again = trained[trained[after].notna()], others[others[after].notna()]
    if len(both) < least[0] or len(again) < least[1]:
        return None
    units = None if unit is None else again[unit]
    reliability = retest_reliability(again[before], again[after], cluster=units, level=level)
    if math.isnan(reliability.estimate):
        return None
    separate = bool(others[before].min() < trained[before].max())

    def net(people: pd.DataFrame, pool: pd.DataFrame) -> NetGain:
        return net_gain(
            people[before], people[after], reliability=min(max(reliability.estimate, 0.0), 1.0),
            reliability_se=0.0 if math.isnan(reliability.std_error) else reliability.std_error, pool=pool[before],
            cluster=None if unit is None else people[unit], pool_cluster=None if unit is None else pool[unit], level=level,
        )

    pool = others if separate else part
    return Course(code, net(both, pool), net(again, pool), net(both, part), separate, len(both) / len(trained), len(without),
                  level)
