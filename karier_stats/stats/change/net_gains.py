"""``net_gains``: what is left of the change of people chosen for a low score, over several courses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from karier_stats.stats.change.gain import method_notes, nested
from karier_stats.stats.change.nomination import NetGain, net_gain, retest_reliability
from karier_stats.stats.columns import about_of, arms_of, level_of, takes
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.effect import Effect, cell, over_strata
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.results import TERMS
from karier_stats.words import Figure, Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text

PARTS = ("mean_change", "drift", "net_gain")


@dataclass(frozen=True, eq=False)
class Course:
    """One course whose people were chosen for a low score.

    Parameters
    ----------
    code : str
    trained, untrained : NetGain
        Of the participants, and of those who were not trained.
    otherwise : NetGain
        Of the participants, if all who sat the first test were those chosen from.
    separate : bool
        Those not trained are no remainder of the candidates, for some of them score as low as the chosen.
    coverage : float
        Share of participants with the first test who sat the second.
    without : int
        People left out because their cluster is not known.
    """

    code: str
    trained: NetGain
    untrained: NetGain
    otherwise: NetGain
    separate: bool
    coverage: float
    without: int

    @property
    def n(self) -> int:
        """Participants with both tests."""
        return int(self.trained.headline["n"])


@dataclass(frozen=True, eq=False)
class NetGains:
    """The net gains of several courses; see :func:`net_gains`.

    Parameters
    ----------
    rows : tuple of Course
    refused : tuple of str
        Courses without enough people or without a reliability of the test.
    by : str
        Column of the courses.
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
    data, control = arms_of(data, group, control, by, within)
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
    return Course(code, net(both, pool), net(again, pool), net(both, part), separate, len(both) / len(trained), len(without))
