"""``yearly_flags``: which unit changed from one year to the next, without a false alarm every year."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import some
from karier_stats.stats.frame import complete_rows, numbers
from karier_stats.stats.numerics.estimate import of_t, t_two_sided
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.plan.power import beside
from karier_stats.stats.results import Result, Row, check_level, make_table
from karier_stats.stats.units.unit_estimates import FEWEST
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text, decimals, level_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_MANY = 1e9
"""Degrees of freedom that stand for a known spread."""
_CLEAR = 0.01
"""A corrected p below which a unit is no yardstick for the others."""


@dataclass(frozen=True, eq=False, repr=False)
class YearlyFlags(Result):
    """Changes of units from year to year, flagged at a controlled rate.

    Parameters
    ----------
    outcome, unit, year : str
        Names of the columns.
    kind : {"mean", "share"}
    horizon : int or None
        Yearly looks over which the rate is kept; None for as many as there may ever be.
    level : float
        One less the chance of any false flag over all of them.
    changes : DataFrame
        ``label, year, estimate, ci_low, ci_high, p_value, flagged``, by year and then by name of the unit.
    """

    outcome: str
    unit: str
    year: str
    kind: str
    horizon: int | None
    level: float
    changes: pd.DataFrame

    def sentence(self, lang: str = "id") -> str:
        """How many changes stand out, the rate of false flags, and the largest one."""
        chance = Figure(1 - self.level, "percent", level_digits(self.level))
        horizon = self.horizon
        over = Phrase("units.yearly.over_all") if horizon is None else Phrase("units.yearly.over_some", looks=horizon)
        said = Joined(self._count, Phrase("units.yearly.rate", chance=chance, over=over), self._foremost)[lang]
        if self.changes["flagged"].any():
            return said
        return f"{said} {beside(self.headline, lang, self._unit[lang].strip(), self.scale)}"

    @property
    def scale(self) -> float:
        """Shares are told in percentage points."""
        return 100.0 if self.kind == "share" else 1.0

    @property
    def _unit(self) -> Text:
        """Unit of measure after a number."""
        return Phrase("units.points") if self.kind == "share" else Joined()

    @property
    def _count(self) -> Phrase:
        """How many of how many."""
        flagged, years = int(self.changes["flagged"].sum()), dict.fromkeys(self.changes["year"])
        return Phrase(
            f"units.yearly.{'flagged' if flagged else 'none_flagged'}", flagged=flagged, total=len(self.changes),
            outcome=self.outcome, units=self.changes["label"].nunique(), years=list(map(str, years)),
        )

    @property
    def _foremost(self) -> Phrase:
        """The change with the smallest p."""
        row = self.headline
        label, year = row.term.removeprefix("year_change[").removesuffix("]").rsplit("; ", 1)
        places = decimals(self.scale * float(row.ci_high - row.ci_low) / 2)
        size, low, high = (
            Figure(self.scale * row[name], "number", places) for name in ("estimate", "ci_low", "ci_high")
        )
        return Phrase(
            "units.yearly.foremost", label=label, year=year, size=size, low=low, high=high, p=row.p_value, n=row.n,
            unit=self._unit,
        )

    def plot(self, ax: Axes | None = None, lang: str = "id", names: bool = False) -> Axes:
        """Each unit's change in each year with its simultaneous interval; flagged ones in another colour, and named."""
        from karier_stats.draw.units import draw_years

        return draw_years(self, ax, lang, names)

    def alt(self, lang: str = "id") -> str:
        """The picture in words, made from its data."""
        low, high = self.scale * self.changes["estimate"].agg(["min", "max"])
        return Phrase(
            "units.yearly.alt", units=self.changes["label"].nunique(), low=low, high=high, unit=self._unit,
            flagged=int(self.changes["flagged"].sum()),
        )[lang]


def yearly_flags(
    data: pd.DataFrame, *, outcome: str, unit: str, year: str, horizon: int | None = None, level: float = 0.95
) -> YearlyFlags:
    """Flag units whose change from one year to the next departs from that of the others.

    Parameters
    ----------
    data : DataFrame
        One row per person and year. Never changed.
    outcome : str
        A number, or 0/1 (share).
    unit, year : str
        Columns of the unit and of the year, a whole number.
    horizon : int, optional
        Number of yearly looks planned. Without it the rate is kept over any number of years, at less power in each.
    level : float
        One less the chance of any false flag over all units and looks.

    Returns
    -------
    YearlyFlags
        Rows ``year_change[<unit>; <year>]``; intervals hold all at once, and p-values are corrected so that a change is
        flagged exactly where its p is below ``1 - level``. ``ci_level`` is the level of the single interval.

    Raises
    ------
    StatisticsError
        K317 (horizon), K325, K340, K345, K346 (columns), K326 (a year that is not whole), K349 (level), K396 (too few
        years or units).

    Notes
    -----
    The k-th look spends ``alpha / horizon``, or ``6 alpha / (pi^2 k^2)`` without one, in equal parts on its units
    (Bonferroni): whatever the dependence between years that share data, at most ``alpha`` is spent. A unit's change is
    set against the weighted change of the others, so that what moved everybody is nobody's; a unit that clearly departs
    (corrected p below .01) is left out of what the others are set against, or a large one would move them all. Means
    have one spread within units and years. To each year of a share two successes and two failures are added: at tails
    as far out as these, Agresti and Caffo's one of each gives 6 to 9 false alarms in 100 at a nominal 5. People who
    stand in both years make changes steadier than this counts on, and flags rarer.

    References
    ----------
    Agresti & Coull (1998), The American Statistician 52, 119-126 (two and two); Agresti & Caffo (2000), the same 54,
    280-288; Lan & DeMets (1983), Biometrika 70, 659-663 (spending).
    """
    check_level(level)
    if horizon is not None and not (horizon >= 1 and float(horizon).is_integer()):
        raise StatisticsError("K317", name="horizon", value=horizon, rule="1, 2, 3, ...")
    found = complete_rows(data, [("outcome", outcome), ("year", year)], [("unit", unit)])
    when = numbers(data[year], "year")
    broken = np.flatnonzero(np.isfinite(when) & (when != np.round(when))) + 1
    if len(broken):
        raise StatisticsError("K326", column=year, count=len(broken), rows=some(broken))
    (y, when), names = found.numbers.T, (outcome, unit, year)
    return _Years(y, *found.by_name("unit"), when.astype(int), names, horizon, found.notes).result(level)


@dataclass(frozen=True, eq=False)
class _Years:
    """Complete rows, with the changes of every look."""

    y: Array
    codes: NDArray[np.intp]
    labels: tuple[str, ...]
    when: NDArray[np.int_]
    names: tuple[str, str, str]
    horizon: int | None
    dropped: tuple[Text, ...]

    @property
    def kind(self) -> str:
        """What the outcome is."""
        return "share" if np.isin(self.y, (0, 1)).all() else "mean"

    def result(self, level: float) -> YearlyFlags:
        """The result with at most ``1 - level`` spent on false flags."""
        check_level(level)
        rows = [row for look in self._looks() for row in self._rows(*look, level)]
        table = make_table(rows)
        changes = pd.DataFrame({
            "label": [row["label"] for row in rows], "year": [row["year"] for row in rows],
            **{name: table[name].astype(float) for name in ("estimate", "ci_low", "ci_high", "p_value")},
        })
        changes["flagged"] = changes["p_value"] < 1 - level
        lead = rows[int(np.argmin([row["p_value"] for row in rows]))]
        return YearlyFlags(
            table=table, lead=(lead["term"], lead["method"]),
            notes=(*self.dropped, *self._notes()), recompute=self.result,
            outcome=self.names[0], unit=self.names[1], year=self.names[2], kind=self.kind,
            horizon=self.horizon, level=level, changes=changes,
        )

    def _notes(self) -> tuple[Text, ...]:
        """What a unit's change is set against, and what it may hide."""
        how = Phrase(f"units.yearly.how.{self.kind}")
        return Phrase("units.yearly.against", how=how), Phrase("units.yearly.pairs"), Phrase("units.yearly.people")

    def _looks(self) -> list[tuple[int, int, NDArray[np.intp]]]:
        """Number of the look, its later year, and the units that have both years."""
        years = [int(year) for year in np.unique(self.when)]
        pairs = [(first, second) for first, second in pairwise(years) if second == first + 1]
        present = [
            (second, np.intersect1d(self.codes[self.when == first], self.codes[self.when == second]))
            for first, second in pairs
        ]
        found = [(year, units) for year, units in present if len(units) >= FEWEST]
        if not found:
            most = max((len(units) for _, units in present), default=0)
            raise StatisticsError("K396", years=", ".join(map(str, years)), units=most)
        return [(k, year, units) for k, (year, units) in enumerate(found, start=1)]

    def _rows(self, look: int, year: int, units: NDArray[np.intp], level: float) -> list[dict[str, Any]]:
        """One row per unit of one look."""
        change, variance, dof = (self._shares if self.kind == "share" else self._means)(year, units)
        share = (1 / self.horizon if self.horizon else 6 / (math.pi * look) ** 2) / len(units)
        estimates, errors = _against_others(change, variance, dof, _CLEAR * share)
        method, single = "plus_four" if self.kind == "share" else "pooled_spread", 1 - (1 - level) * share
        rows = []
        for g, estimate, error in zip(units, estimates, errors, strict=True):
            n = int(((self.codes == g) & ((self.when == year) | (self.when == year - 1))).sum())
            row = Row(f"year_change[{self.labels[g]}; {year}]", method, of_t(estimate, error, dof), n, len(units))
            record, p = row.record(single), min(row.estimate.p / share, 1.0)
            rows.append(record | {"p_value": p, "label": self.labels[g], "year": year})
        return rows

    def _cells(self, year: int, units: NDArray[np.intp]) -> list[tuple[Array, Array]]:
        """Sizes and sums of the units in the year before and in the year."""
        cells = []
        for at in (year - 1, year):
            rows = self.when == at
            cells.append((
                np.bincount(self.codes[rows], minlength=len(self.labels))[units].astype(float),
                np.bincount(self.codes[rows], self.y[rows], minlength=len(self.labels))[units].astype(float),
            ))
        return cells

    def _means(self, year: int, units: NDArray[np.intp]) -> tuple[Array, Array, float]:
        """Change of each mean, its variance, and the degrees of freedom of the pooled spread."""
        (n0, sum0), (n1, sum1) = self._cells(year, units)
        rows = np.isin(self.when, (year - 1, year)) & np.isin(self.codes, units)
        place = np.searchsorted(units, self.codes[rows])
        centre = np.where(self.when[rows] == year, (sum1 / n1)[place], (sum0 / n0)[place])
        dof = float(rows.sum() - 2 * len(units))
        squares = float(((self.y[rows] - centre) ** 2).sum())
        if dof < 1 or squares <= 0:
            raise StatisticsError("K355", units=len(units), rows=int(rows.sum()))
        return sum1 / n1 - sum0 / n0, squares / dof * (1 / n0 + 1 / n1), dof

    def _shares(self, year: int, units: NDArray[np.intp]) -> tuple[Array, Array, float]:
        """Change of each share with two successes and two failures added to each year, and its variance."""
        cells = self._cells(year, units)
        (p0, m0), (p1, m1) = (((total + 2) / (n + 4), n + 4) for n, total in cells)
        return p1 - p0, p0 * (1 - p0) / m0 + p1 * (1 - p1) / m1, _MANY


def _against_others(change: Array, variance: Array, dof: float, clear: float) -> tuple[Array, Array]:
    """Each change less the weighted mean of the others, and its standard error, both (G,).

    A unit that departs with a p below ``clear`` leaves what the others are set against, the farthest first, until none
    does or half of the units are left.
    """
    weight, reference = 1 / variance, np.ones(len(change), dtype=bool)
    while True:
        counted = weight * reference
        others = counted.sum() - counted
        estimate = change - ((counted @ change) - counted * change) / others
        error = np.sqrt(variance + 1 / others)
        farthest = int(np.argmax(np.where(reference, np.abs(estimate) / error, 0.0)))
        p = t_two_sided(float(estimate[farthest] / error[farthest]), dof)
        if p >= clear or reference.sum() - 1 < max(len(change) / 2, 2):
            return estimate, error
        reference[farthest] = False
