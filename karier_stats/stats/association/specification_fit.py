"""One specification of a curve: a sample, its gaps, its covariates, and one estimate by least squares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.within_between import design_of, refuse_few, unit_level
from karier_stats.stats.columns import Labels, floats, is_number, labels_of, listed, settled
from karier_stats.stats.contrast import Line, contrast
from karier_stats.stats.frame import Frame, build, covariate, gaps_of, numbers
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.numerics.types import Array

KNOWN = ("outcome", "adjust", "method", "missing", "sample")
"""Choices that the built-in fit understands."""
MISSING = ("complete", "indicator")
GAP = "{} missing"
"""Name of the column that says where a covariate has a gap."""


@dataclass(frozen=True)
class Specification:
    """One way to ask the question.

    Attributes
    ----------
    run : callable
        The regressor's values (n,) to its estimate, or to none with the reason.
    key : tuple
        What the regression is made of; equal for choices that come to the same. Empty where it cannot be made.
    """

    run: Callable[[Array], Estimate]
    key: tuple[Any, ...] = ()


def check_values(name: str, value: Any, unit: str | None) -> None:
    """Refuse a value that the built-in fit does not know (K368)."""
    known = {"method": ("unit_means", "cr2") if unit else ("cr2",), "missing": MISSING}
    if name in known and value not in known[name]:
        raise StatisticsError("K368", name=name, value=value, rule=", ".join(known[name]))
    if name == "sample" and value is not None and not callable(value):
        raise StatisticsError("K368", name=name, value=value, rule="None | callable(data)")


def built_in(data: pd.DataFrame, on: str, unit: str | None, choice: Mapping[str, Any]) -> Specification:
    """Least squares of one outcome on the regressor.

    Parameters
    ----------
    data : DataFrame
    on, unit : str
    choice : mapping
        ``outcome``, and where chosen ``adjust``, ``method``, ``missing`` and ``sample``.

    Notes
    -----
    A choice that was not declared takes its first option: no covariate, unit means (``cr2`` without units), complete
    rows, all rows.
    """
    outcome = choice["outcome"]
    method = choice.get("method", "unit_means" if unit else "cr2")
    try:
        part, adjust, rows = _rows(data, on, unit, choice)
        frame = build(part, outcome, on, adjust, unit, None, "continuous")
        if frame.units is not None:
            refuse_few(design_of(frame))
        scale = _spread(data[on]) / _spread(data[outcome])
        estimate = _of_means(frame) if method == "unit_means" else partial(_estimate, frame)
        estimate(frame.x)
    except StatisticsError as error:
        failed = Estimate(NAN, reason=str(error))
        return Specification(lambda values: failed)

    def run(values: Array) -> Estimate:
        try:
            found = estimate(values[rows])
        except StatisticsError as error:
            return Estimate(NAN, reason=str(error))
        return found.times(scale)

    return Specification(run, (method, frame.y.tobytes(), frame.adjust.tobytes(), rows.tobytes()))


def used_rows(
    data: pd.DataFrame, on: str, unit: str | None, choices: Sequence[Mapping[str, Any]]
) -> NDArray[np.bool_]:
    """Rows (n,) that a specification can use; all with a value and a unit where none can be made."""
    used = np.zeros(len(data), dtype=bool)
    for choice in choices:
        try:
            used[_rows(data, on, unit, choice)[2]] = True
        except StatisticsError:  # a specification that cannot be made says so in its own row
            continue
    known = ~np.logical_or.reduce(list(gaps_by_column(data, on, unit, ()).values()))
    return used & known if used.any() else known


def gaps_by_column(
    data: pd.DataFrame, on: str, unit: str | None, others: Sequence[str]
) -> dict[str, NDArray[np.bool_]]:
    """Where the columns are empty or infinite, shape (n,) each."""
    names = dict.fromkeys(name for name in (on, *others, unit) if name is not None)
    return {name: _empty(data[name]) for name in names}


def _empty(column: pd.Series) -> NDArray[np.bool_]:
    """Where a column is empty or infinite, shape (n,)."""
    column = settled(column)
    return ~np.isfinite(floats(column)) if is_number(column) else labels_of(column).empty


def _rows(
    data: pd.DataFrame, on: str, unit: str | None, choice: Mapping[str, Any]
) -> tuple[pd.DataFrame, tuple[str, ...], NDArray[np.intp]]:
    """The complete rows of one specification, its covariates, and where the rows stand in the data."""
    outcome, adjust = choice["outcome"], listed(choice.get("adjust"))
    names = [name for name in (on, outcome, *adjust, unit) if name is not None]
    if any(name not in data.columns for name in names):
        absent = next(name for name in names if name not in data.columns)
        role = "outcome" if absent == outcome else "adjust"
        raise StatisticsError("K340", column=absent, role=role, known=", ".join(map(str, data.columns)))
    part = data[list(dict.fromkeys(names))].reset_index(drop=True)
    sample = choice.get("sample")
    kept = np.ones(len(data), dtype=bool) if sample is None else np.asarray(sample(data), dtype=bool)
    part = part[kept]
    if choice.get("missing", "complete") == "indicator":
        part, adjust = _with_indicators(part, adjust)
    others = [name for name in part.columns if name not in (on, unit)]
    part = part[~np.logical_or.reduce(list(gaps_by_column(part, on, unit, others).values()))]
    return part, adjust, part.index.to_numpy()


def _with_indicators(part: pd.DataFrame, adjust: Sequence[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Gaps of numbers filled with their mean and marked by a column; gaps of labels as a label."""
    filled, names = part.copy(), []
    for name in adjust:
        values = covariate(part[name])
        gap = gaps_of(values)
        names.append(name)
        if not gap.any():
            continue
        if isinstance(values, Labels):
            filled[name] = np.where(gap, "(missing)", values.text.astype(object))
            continue
        filled[name] = np.where(gap, values[~gap].mean() if not gap.all() else np.nan, values)
        filled[GAP.format(name)] = gap.astype(float)
        names.append(GAP.format(name))
    return filled, tuple(names)


def _spread(values: pd.Series) -> float:
    """Standard deviation of all values of a column."""
    known = numbers(values, "outcome")
    spread = float(np.nanstd(known, ddof=1)) if np.isfinite(known).sum() > 1 else 0.0
    if not spread > 0:
        raise StatisticsError("K344", column=values.name, rows=int(values.notna().sum()))
    return spread


def _of_means(frame: Frame) -> Callable[[Array], Estimate]:
    """The slope between units by unit means, for any deal of the regressor among units.

    A deal moves the means of units and leaves the deviations from them, so that what covariates explain is found once.
    """
    units, design = frame.units, design_of(frame)
    assert units is not None
    Z, points, names, _ = unit_level(design)

    def estimate(x: Array) -> Estimate:
        means = _means(frame, x)
        between = frame.by_unit((means[units] if design.has_within else x)[:, None])
        return Line(np.column_stack([Z[:, 0], between, Z[:, 2:]]), points["y"]).named(names).contrast(1, "ols")

    return estimate


def _means(frame: Frame, x: Array) -> Array:
    """Means of the regressor per unit (G,); K344 where they do not differ."""
    means: Array = frame.by_unit(x[:, None])[:, 0]
    if not np.ptp(means) > 1e-9 * np.ptp(x):
        raise StatisticsError("K344", column=frame.on, rows=frame.n)
    return means


def _estimate(frame: Frame, x: Array) -> Estimate:
    """The slope of the regressor with CR2, between units where there are units."""
    if frame.units is None:
        return contrast(np.column_stack([np.ones(frame.n), x, frame.adjust]), frame.y, 1)
    _means(frame, x)
    design = design_of(replace(frame, x=x))
    return contrast(design.X, frame.y, design.names.index(design.term("between")), design.units)
