"""``split_halves``: how an answer goes with a judgement that somebody else gives: of one person both can be alike by mood alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.within_between import design_of, refuse_few, unit_means_row
from karier_stats.stats.columns import about_of, having, level_of, takes
from karier_stats.stats.effect import Effect, of_row
from karier_stats.stats.frame import build
from karier_stats.stats.numerics.estimate import Estimate, of_t
from karier_stats.stats.results import Tabled, TableRow

SPLITS = 21
"""Splits into halves by lot; an odd number, so that the median is one of them."""


@dataclass(frozen=True, eq=False, repr=False)
class Halves(Tabled, Effect):
    """The slope where one half of a unit judges and the other half answers, over ``splits`` lots.

    ``own`` is the one where one person gives both answers, ``others`` that where everybody else of the unit judges, of
    ``people`` both.
    """

    own: Estimate = field(default_factory=partial(Estimate, math.nan))
    others: Estimate = field(default_factory=partial(Estimate, math.nan))
    splits: int = SPLITS
    people: int = 0

    def table_rows(self) -> list[TableRow]:
        """The slope on the other half's judgement, on one's own, and on that of all others of the unit."""
        return [TableRow("other_half", "unit_means", self.value, self.n, self.n_units),
                *(TableRow(term, "", value, self.people, self.n_units) for term, value in (
                    ("same_person", self.own), ("other_people", self.others)))]


@takes("outcome", "on", "unit", numeric=("outcome", "on"))
def split_halves(
    data: pd.DataFrame, *, outcome: str, on: str, unit: str, splits: int = SPLITS, level: float | None = None,
    seed: int | None = None,
) -> Halves | None:
    """How an answer goes with a judgement of the same people, of the others of their unit, and of the other half.

    None where the halves have no interval.

    Parameters
    ----------
    data : DataFrame
        One row per person; those without one of the answers, or alone in their unit, are left out.
    outcome, on, unit : str
        Columns: the answer, the judgement, what people are nested in.
    splits : int
        Lots by which each unit is split.
    level, seed : optional
        Default: the view's, else 0.95 and 0.

    Raises
    ------
    StatisticsError
        K340-K352, as ``regress`` on the first split.

    Notes
    -----
    Unit means of the answer by one half on unit means of the judgement by the other half, halves drawn by lot in each unit. Over
    the splits: the median slope ``b``, and for its variance the median of ``se^2 + (b_s - b)^2``, with t of the unit means.

    References
    ----------
    Chernozhukov et al. (2018), Econometrics Journal 21, C1-C68, definition 3.3.
    """
    data = having(data, unit)
    at, lot = level_of(data, level), data.attrs.get("seed", 0) if seed is None else seed
    # In an order that the answers make themselves: neither row order nor pseudonyms decide who is in which half.
    rows = data.dropna(subset=[outcome, on, unit]).sort_values([unit, on, outcome], kind="stable", ignore_index=True)
    rows = rows.assign(others=by_others(rows, on, unit)).dropna(subset=["others"])
    asked: dict[str, Any] = {"outcome": outcome, "person": unit, "level": at, "seed": lot}
    own, others = (regress(rows, on=way, **asked).headline for way in (on, "others"))
    rng = np.random.default_rng([lot, len(rows)])
    found = [_one_split(rows, outcome, on, unit, rng.random(len(rows))) for _ in range(splits)]
    # The median over the splits, and the split that is nearest to it.
    values, errors, dof = np.array([(one.value, one.std_error, one.dof) for one in (row.estimate for row in found)]).T
    slope = float(np.median(values))
    error = math.sqrt(float(np.median(errors**2 + (values - slope) ** 2)))
    value, middle = of_t(slope, error, float(np.median(dof)), at), found[int(np.argmin(np.abs(values - slope)))]
    if not math.isfinite(value.low):
        return None
    return Halves(
        value, middle.n or 0, "association", "scale_points_per_scale_point", n_units=middle.n_units, robust=False,
        about=about_of(data), own=of_row(own, at), others=of_row(others, at), splits=splits,
        people=len(rows),
    )


def by_others(rows: pd.DataFrame, on: str, unit: str) -> pd.Series:
    """The mean judgement by everybody else of the unit; missing for somebody alone."""
    of = rows.groupby(unit, sort=False)[on]
    n = of.transform("size")
    return ((of.transform("sum") - rows[on]) / (n - 1).where(n > 1)).astype(float)


def _one_split(rows: pd.DataFrame, outcome: str, on: str, unit: str, lot: NDArray[np.float64]) -> TableRow:
    """The slope of unit means where, in each unit, the half with the lower lots judges and the other half answers."""
    place = pd.Series(lot, index=rows.index).groupby(rows[unit], sort=False)
    judges = place.rank(method="first") <= (place.transform("size") + 1) // 2
    scores = rows[judges].groupby(unit, sort=True)[on].mean().rename("half").reset_index()
    half = rows[~judges].merge(scores, on=unit, how="inner")
    design = design_of(build(half, outcome, "half", (), unit, None, "auto"))
    refuse_few(design)
    return unit_means_row(design)[0].rows[0]
