"""``slopes`` between and within units, and what may be concluded: do they differ between groups, or bend?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.moderators import DoseResponse
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.regression import Regression
from karier_stats.stats.columns import about_of, level_of, listed, takes, true_in
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.effect import Design, Effect, cell, of_row
from karier_stats.stats.frame import is_category
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import NAN, Estimate, of_t, t_two_sided
from karier_stats.stats.numerics.multiplicity import holm_levels
from karier_stats.stats.numerics.paired import detectable
from karier_stats.stats.plan.power import power
from karier_stats.stats.results import METHODS, POWER, RATIOS, Tabled, TableRow, base_term
from karier_stats.words import Phrase, catalogue
from karier_stats.words.numbers import Text

ENOUGH = 6
"""With fewer units a slope is estimated and nothing is concluded from it."""
KNOWN = 0.5
"""A covariate that is known for fewer is not adjusted for."""
SAME_SCALE = ("unit_means", "cr2", "wild", "reml", "reml_satterthwaite", "ame")
"""Methods whose estimates are differences and can stand side by side."""

Conclusion = Literal["few", "undecided", "open", "up", "down"]


@dataclass(frozen=True, eq=False, repr=False)
class Slope(Tabled, Effect):
    """One slope of the column ``outcome`` on the column ``on``, as a finding speaks of it.

    ``scope`` is what is compared: units ("between"), staff of one unit from year to year ("within"), or "rows" without a unit;
    it ``leads`` where it is the main answer of its regression, and is ``undecided`` where reasonable methods disagree on it;
    ``smallest`` is the smallest slope that its test could have seen, NaN where that is not known.
    """

    scope: str = "rows"
    outcome: str = ""
    on: str = ""
    leads: bool = True
    undecided: bool = False
    smallest: float = NAN

    @property
    def term(self) -> str:
        """Its name in the table of its regression."""
        return self.on if self.scope == "rows" else f"{self.on}[{self.scope}]"

    def table_rows(self) -> list[TableRow]:
        """The slope."""
        return [TableRow(self.term, self.method, self.value, self.n, self.n_units)]

    @property
    def few(self) -> bool:
        """Whether it rests on fewer units than any conclusion needs."""
        return self.n_units is not None and self.n_units < ENOUGH

    @property
    def conclusion(self) -> Conclusion:
        """``few`` units, ``undecided``, ``open`` (the interval holds zero), ``up`` or ``down``."""
        if self.few:
            return "few"
        if self.undecided:
            return "undecided"
        return "open" if not self.seen else "up" if self.value.value > 0 else "down"


def smallest_seen(row: pd.Series) -> float:
    """The smallest slope that the test of a row could have seen; NaN where that is not known."""
    error, dof = cell(row["std_error"]), cell(row["dof"])
    return detectable(error, dof, cell(row["ci_level"]), POWER) if not math.isnan(error + dof) else NAN


def varying(data: pd.DataFrame, columns: str | Sequence[str]) -> list[str]:
    """Those of some columns that vary: a single year needs no adjustment."""
    return [name for name in listed(columns) if data[name].nunique() > 1]


@dataclass(frozen=True, eq=False, repr=False)
class Slopes(Mapping[str, Slope], Tabled):
    """The slopes of one regression by what they compare: ``between`` and ``within`` units, or ``rows``.

    ``fit`` is the main regression, ``adjusted`` the same adjusted for ``also``, where that can be; ``adjust`` are covariates of
    both, and ``of_units`` what is known of units; ``measure`` is the unit of the slopes, ``level`` that of the intervals.
    """

    fit: Regression
    adjusted: Regression | None
    adjust: tuple[str, ...]
    also: tuple[str, ...]
    of_units: tuple[str, ...]
    data: pd.DataFrame = field(repr=False)
    unit: str | None
    measure: str
    level: float
    seed: int
    about: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, scope: str) -> Slope:
        return self._slopes[scope]

    def __iter__(self) -> Iterator[str]:
        return iter(self._slopes)

    def __len__(self) -> int:
        return len(self._slopes)

    @property
    def table(self) -> pd.DataFrame:
        """That of the main regression."""
        return self.fit.table

    @property
    def outcome(self) -> Text:
        """What is set beside the score."""
        name = self.fit.outcome
        return called("outcome", name) or {"id": name, "en": name}

    @property
    def design(self) -> Design:
        """How far words may go."""
        return "adjusted_association" if self.of_units else "association"

    @property
    def lead(self) -> Slope:
        """The main answer."""
        return next(slope for slope in self.values() if slope.leads)

    @cached_property
    def holds(self) -> bool | None:
        """Whether adjusting for ``also`` leaves sign and conclusion as they are; None where nobody can know."""
        if self.adjusted is None:
            return None
        one, two = (of_row(fit.headline, self.level) for fit in (self.fit, self.adjusted))
        return math.copysign(1, one.value) == math.copysign(1, two.value) and one.seen == two.seen

    @cached_property
    def _slopes(self) -> dict[str, Slope]:
        terms = set(self.fit.table["term"])
        found = {scope: f"{self.fit.on}[{scope}]" for scope in ("between", "within")}
        return {scope: self._slope(scope, term) for scope, term in found.items() if term in terms} or {
            "rows": self._slope("rows", self.fit.on)}

    def _slope(self, scope: str, term: str) -> Slope:
        fit, leads = self.fit, self.fit.lead[0] == term
        row = fit.headline if leads else fit.row(term, "cr2")
        n_units = cell(row["n_units"])
        units, undecided = None if math.isnan(n_units) else int(n_units), leads and fit.conclusion == "undecided"
        robust = self.holds is True and not undecided and not (units is not None and units < ENOUGH)
        return Slope(
            of_row(row, self.level), int(row["n"]), self.design, self.measure, method=str(row["method"]), n_units=units,
            robust=robust, about=self.about, scope=scope, outcome=fit.outcome, on=fit.on, leads=leads,
            undecided=undecided, smallest=smallest_seen(row),
        )

    @cached_property
    def ways(self) -> pd.DataFrame:
        """The rows of the main answer's term that can stand side by side: one per method."""
        rows = self.fit.table
        return rows[(rows["term"] == self.fit.lead[0]) & rows["method"].isin(SAME_SCALE) & rows["estimate"].notna()]

    @property
    def agree(self) -> int:
        """How many of the ways see an association."""
        return int((self.ways["p_value"] < 1 - self.level).sum())

    def shape(self, wanted: str | None) -> str:
        """The picture that it gives: units as points, or what is wanted."""
        return wanted or "units"

    def shown(self, kind: str) -> int:
        """Rows behind a picture."""
        return len(self.data)

    @property
    def value_format(self) -> str:
        """How outcomes are written."""
        return "percent" if self.fit.family == "binary" else "number"

    @property
    def line(self) -> tuple[float, float] | None:
        """Intercept and slope between units."""
        return self.fit.line if self.fit.scope == "between" else None

    def frame(self, kind: str) -> pd.DataFrame:
        """Units as points (``units``), ways side by side (``intervals``) or all (``rows``); shares in percentage points."""
        if kind == "units":
            return self._points()
        table = self.fit.table
        terms = [slope if slope == self.fit.on else f"{self.fit.on}[{slope}]" for slope in self]
        rows = table[table["term"].isin([*terms, self.fit.on]) & table["estimate"].notna()]
        rows = rows if kind == "rows" else rows[rows["method"].isin(SAME_SCALE)]
        scale = np.where((self.fit.family == "binary") & ~rows["method"].isin(RATIOS), 100.0, 1.0)
        return pd.DataFrame({
            "outcome": [self.outcome] * len(rows),
            "label": [
                Phrase("slopes.way", scope=Phrase(f"slopes.scope.{base_term(term)[1] or 'rows'}"), method=METHODS[method])
                for term, method in zip(rows["term"], rows["method"], strict=True)
            ],
            **{name: scale * rows[column].astype(float).to_numpy()
               for name, column in (("estimate", "estimate"), ("low", "ci_low"), ("high", "ci_high"))},
            "p": rows["p_value"].astype(float).to_numpy(), "n": rows["n"].astype(int).to_numpy(),
        })

    def _points(self) -> pd.DataFrame:
        """Mean score and mean outcome of every unit, with its own interval; nothing where there are no units."""
        if self.unit is None:
            return pd.DataFrame()
        points = []
        for unit, part in self.data.groupby(self.unit, sort=True):
            y = part[self.fit.outcome].to_numpy(float)
            binary = self.fit.family == "binary"
            value = shares.share(int(y.sum()), len(y), self.level) if binary else shares.mean(y, self.level)
            points.append({self.unit: unit, "x": float(part[self.fit.on].mean()), "y": value.value, "y_low": value.low,
                           "y_high": value.high, "n": len(y)})
        rows = pd.DataFrame(points)
        rows.attrs["as"] = {self.unit: "label"}
        return rows


def called(kind: str, column: str) -> Text | None:
    """What the column of an ``outcome`` or a ``score`` is called where one goes with the other; None without a name."""
    key = f"slopes.{kind}.{column}"
    return Phrase(key) if catalogue.has(key) else None


@takes("outcome", "on", "unit", "person", "adjust", "also", "of_units", "moderators")
def slopes(
    data: pd.DataFrame, *, outcome: str, on: str, unit: str | None = None, person: str | None = None,
    adjust: str | Sequence[str] = (), also: str | Sequence[str] = (),
    of_units: str | Sequence[str] = (), family: Literal["auto", "binary", "count", "continuous"] = "auto",
    measure: str = "", moderators: str | Sequence[str] = (), dose_response: DoseResponse = None,
    level: float | None = None, seed: int | None = None,
) -> Slopes:
    """How an outcome goes with a score, and what may be concluded: :func:`regress`, asked twice.

    Parameters
    ----------
    data, outcome, on, unit, person, family, moderators, dose_response
        As in :func:`~karier_stats.stats.association.regress.regress`.
    adjust : str or sequence of str
        Covariates of the main answer; those that do not vary are left out.
    also : str or sequence of str
        What units differ in beside: the answer is robust only where adjusting for these leads to the same conclusion.
        Those known for fewer than half, or that do not vary, are left out; a gap in words is a level of its own.
    of_units : str or sequence of str
        Further covariates of the main answer, the same for all of a unit: left out where units are too few for them.
    measure : str
        Unit of the slopes; default ``share_per_point`` for shares, else ``<outcome>_per_point``.
    level, seed : optional
        Default: the view's, else 0.95 and 0.

    Raises
    ------
    StatisticsError
        As ``regress``, of the main answer.
    """
    about = about_of(data)
    at = level_of(data, level)
    asked: dict[str, Any] = {
        "outcome": outcome, "on": on, "unit": unit, "person": person, "family": family, "level": at,
        "seed": about.get("seed", 0) if seed is None else seed,
    }
    first = tuple(varying(data, adjust))
    units = data.drop_duplicates(unit) if unit is not None and len(listed(of_units)) else data.head(0)
    known = tuple(name for name in listed(of_units) if len(units) > ENOUGH and units[name].nunique() > 1)
    fit = regress(data, adjust=[*first, *known], moderators=moderators, dose_response=dose_response, **asked)
    used = tuple(name for name in listed(also) if data[name].notna().mean() > KNOWN and data[name].nunique() > 1)
    try:
        adjusted = regress(filled(data, used), adjust=[*first, *known, *used], **asked) if used else None
    except StatisticsError:
        adjusted = None
    unit_of = measure or ("share_per_point" if fit.family == "binary" else f"{outcome}_per_point")
    return Slopes(fit, adjusted, first, used, known, data, unit, unit_of, at, asked["seed"], about)


def filled(data: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The data with every gap in some columns of levels as a level of its own: one gap drops neither a row nor a column."""
    open_ones = [name for name in columns if is_category(data[name]) and data[name].isna().any()]
    return data.assign(**{name: data[name].astype(object).where(data[name].notna(), "?") for name in open_ones})


@dataclass(frozen=True, eq=False, repr=False)
class UnitsNeeded(Tabled):
    """How many units like these, ``value``, it takes to see a ``slope``.

    There are ``n`` rows in ``n_units`` units, ``size`` in one on average; ``icc`` is their intraclass correlation.
    """

    value: Estimate
    slope: float
    n: int
    n_units: int
    size: float
    icc: float
    level: float
    about: Mapping[str, Any] = field(repr=False)

    def table_rows(self) -> list[TableRow]:
        """The number of units."""
        return [TableRow("units_needed", "", self.value, self.n, self.n_units)]

    @property
    def needed(self) -> int:
        """The value as a whole number."""
        return int(self.value.value)

    @property
    def points(self) -> float:
        """The slope of a share in percentage points."""
        return 100 * self.slope


def units_needed(found: Slopes, *, slope: float) -> UnitsNeeded | None:
    """How many units like these would show a slope with a power of 0.8; None where that cannot be computed.

    Parameters
    ----------
    found : Slopes
        Of a regression with units.
    slope : float
        The one to be seen, in the unit of the outcome per unit of the score.

    Notes
    -----
    Test of unit means with the sizes, the intraclass correlation and the spread of the score seen in these data; the
    correlation is that before the score is taken out, which asks for rather more units than fewer.
    """
    if found.unit is None:
        raise StatisticsError("K338", given="units_needed", needed="unit")
    fit, table = found.fit, found.fit.table
    units = found.data.groupby(found.unit, sort=True)[fit.on].agg(["mean", "size"])
    icc = next((cell(value) for value in table.loc[table["term"] == "icc", "estimate"]), NAN)
    size = float(units["size"].mean())
    try:
        plan = power(
            design="slope", effect=slope * float(units["mean"].std()) / float(found.data[fit.outcome].std()), size=size,
            size_cv=float(units["size"].std(ddof=0)) / size, icc=max(icc, 0.0), level=found.level,
        )
    except StatisticsError:
        return None
    needed = cell(plan.headline["estimate"])
    if not needed >= 1:
        return None
    value = Estimate(needed, method=str(plan.headline["method"]))
    return UnitsNeeded(value, slope, len(found.data), len(units), size, icc, found.level, found.about)


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Without(Slope):
    """A slope without some rows, of which ``out`` were left out; ``whole`` is the one with all rows."""

    whole: Slope
    out: int

    @property
    def same(self) -> bool:
        """Whether both are seen, or neither."""
        return self.seen == self.whole.seen


def without(data: pd.DataFrame, rows: pd.Series, **keywords: Any) -> Without | None:
    """The main slope of :func:`slopes` without some rows.

    Parameters
    ----------
    data : DataFrame
    rows : Series of bool
        Those to leave out, in the order of the data.
    **keywords
        Of :func:`slopes`.

    Returns
    -------
    Without or None
        None where no row, or every row, is left out, or the data cannot carry one of the two.
    """
    kept = data[~true_in(rows, "rows")]
    if kept.empty or len(kept) == len(data):
        return None
    try:
        one, whole = (slopes(part, **keywords).lead for part in (kept, data))
    except StatisticsError:
        return None
    found = Without(**vars(one), whole=whole, out=len(data) - len(kept))
    return replace(found, robust=one.robust and found.same)


@dataclass(frozen=True, eq=False, repr=False)
class Asked(Slope):
    """One secondary question: how far two slopes lie apart, or how a line bends; its p-value and its level are Holm's.

    ``subject`` is the column of the groups, or the score; ``kind`` is ``moderator`` or ``quadratic``; ``family`` were asked.
    """

    subject: str = ""
    kind: str = "moderator"
    family: int = 1

    @property
    def label(self) -> Text:
        """Who is compared, or that the line bends, and between or within units."""
        column = "bend" if self.kind == "quadratic" else self.subject
        about = called("groups", column) or {"id": column, "en": column}
        return Phrase("slopes.asked", about=about, scope=Phrase(f"slopes.scope.{self.scope}"))

    def table_rows(self) -> list[TableRow]:
        """The difference of two slopes, or the bend."""
        asked = f"{self.term}^2" if self.kind == "quadratic" else f"{self.term} x {self.subject}"
        own = replace(self.value, p=t_two_sided(self.value.statistic, self.value.dof))  # that of its statistic, as in every table
        return [TableRow(asked, self.method, own, self.n, self.n_units)]

    @property
    def name(self) -> str:
        """What tells it from the others: ``contract``, ``contract.within``, ``bend``."""
        base = "bend" if self.kind == "quadratic" else self.subject
        return base if self.scope == "between" else f"{base}.{self.scope}"


@dataclass(frozen=True, eq=False, repr=False)
class Moderated(Mapping[str, Asked], Tabled):
    """Secondary questions that were declared beforehand and could be tested, by name.

    ``declared`` are all columns of groups that were asked about, answered or not; ``about`` is what the view says of its table.
    """

    rows: tuple[Asked, ...]
    declared: tuple[str, ...]
    about: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> Asked:
        return next(one for one in self.rows if one.name == name)

    def __iter__(self) -> Iterator[str]:
        return (one.name for one in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def answered(self) -> list[str]:
        """Declared groups that the data can tell apart."""
        return [name for name in self.declared if name in {one.subject for one in self.rows}]

    @property
    def left(self) -> list[str]:
        """The others."""
        return [name for name in self.declared if name not in self.answered]

    def shown(self, kind: str) -> int:
        """The most people behind a question."""
        return max(one.n for one in self.rows)

    def frame(self, kind: str) -> pd.DataFrame:
        """One row per question (``rows``), or per comparison of groups (``intervals``); shares in percentage points."""
        asked = [one for one in self.rows if kind == "rows" or one.kind == "moderator"]
        scales = [100.0 if one.measure.startswith("share") else 1.0 for one in asked]
        found = pd.DataFrame([{
            "asked": one.name, "estimate": scale * one.value.value, "low": scale * one.value.low,
            "high": scale * one.value.high, "p": one.value.p, "n": one.n,
        } for one, scale in zip(asked, scales, strict=True)])
        found.attrs["as"] = {"asked": "label"}
        return found


@takes("outcome", "on", "moderators", "unit", "person", "adjust")
def moderated(
    data: pd.DataFrame, *, outcome: str, on: str, moderators: str | Sequence[str], unit: str | None = None,
    person: str | None = None, adjust: str | Sequence[str] = (), dose_response: DoseResponse = None,
    family: Literal["auto", "binary", "count", "continuous"] = "auto", least: int = LEAST, measure: str = "share",
    level: float | None = None, seed: int | None = None,
) -> Moderated:
    """Whether a slope differs between groups of staff, or bends.

    Parameters
    ----------
    data, outcome, on, unit, person, dose_response, family
        As in :func:`~karier_stats.stats.association.regress.regress`.
    moderators : str or sequence of str
        0/1 columns of two groups; a gap belongs to neither.
    adjust : str or sequence of str
        Covariates; those that do not vary are left out.
    least : int
        Groups of fewer rows are not asked about.
    measure : str
        Unit of the outcome, such as ``share``.
    level, seed : optional
        Default: the view's, else 0.95 and 0.

    Raises
    ------
    StatisticsError
        As ``regress``.
    """
    about = about_of(data)
    at, declared = level_of(data, level), listed(moderators)
    sizes = {name: data[name].value_counts() for name in declared}
    fit = regress(
        data, outcome=outcome, on=on, unit=unit, person=person, adjust=varying(data, adjust), family=family,
        moderators=[name for name in declared if len(sizes[name]) > 1 and sizes[name].min() >= least],
        dose_response=dose_response, level=at, seed=about.get("seed", 0) if seed is None else seed,
    )
    levels = holm_levels(fit.secondary["p_value"].astype(float), at) if len(fit.secondary) else ()
    found = zip(fit.secondary.iterrows(), levels, strict=True)
    rows = tuple(_asked(fit, question, measure, float(level), about) for (_, question), level in found)
    about["names"] = {**about.get("names", {}), "asked": {one.name: one.label for one in rows}}
    return Moderated(rows, declared, about)


def _asked(fit: Regression, question: pd.Series, measure: str, level: float, about: Mapping[str, Any]) -> Asked:
    """One question with its corrected p and the interval of the level at which it was tested, which agree."""
    row, kind = fit.row(str(question["terms"][0]), "cr2"), str(question["kind"])
    ending = "squared_point" if kind == "quadratic" else "point_difference"
    value = of_t(cell(row["estimate"]), cell(row["std_error"]), cell(row["dof"]), level)
    found = Asked(
        replace(value, p=float(question["p_holm"])), int(row["n"]), "association", f"{measure}_per_{ending}",
        method="cr2", n_units=int(row["n_units"]), about=about, scope=str(question["scope"]), outcome=fit.outcome, on=fit.on,
        leads=False, smallest=detectable(value.std_error, value.dof, level, POWER), subject=str(question["subject"]), kind=kind,
        family=len(fit.secondary),
    )
    return replace(found, robust=not found.few)
