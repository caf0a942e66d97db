"""A score split into what differs between units and what differs within them, and the slopes of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association import caveats
from karier_stats.stats.estimates import RowEstimate, cr2_rows, fit_named, t_estimate
from karier_stats.stats.frame import Facts, Frame, unit_means
from karier_stats.stats.numerics.cluster import cr2
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """The regressors of nested data: ``X`` (n, p) with names, and what varies where."""

    frame: Frame
    units: NDArray[np.intp]
    between: Array
    within: Array
    has_within: bool
    has_between: bool
    X: Array
    names: tuple[str, ...]
    staff_level: NDArray[np.bool_] = field(repr=False)

    @property
    def n_units(self) -> int:
        """Number of units."""
        return int(self.units.max()) + 1

    @property
    def sizes(self) -> Array:
        """Rows per unit (G,)."""
        return np.bincount(self.units).astype(float)

    def centred(self, values: Array) -> Array:
        """Deviations of the columns of ``values`` (n, k) from their unit means."""
        return values - unit_means(values, self.units)[self.units]

    def term(self, scope: str) -> str:
        """``<on>[within]`` or ``<on>[between]``."""
        return f"{self.frame.on}[{scope}]"


def design_of(frame: Frame) -> Design:
    """Split the score into its unit mean and the deviation from it, and find which columns vary within units."""
    units = frame.units
    assert units is not None
    means = unit_means(frame.x[:, None], units)[:, 0]
    within = frame.x - means[units]
    spread = 1e-9 * np.ptp(frame.x)
    has_within, has_between = bool(np.abs(within).max() > spread), bool(np.ptp(means) > spread)
    # A score that is constant within units is taken as it is: its mean would differ in the last digit.
    between = means[units] if has_within else frame.x
    parts = [("1", np.ones(frame.n))]
    parts += [(f"{frame.on}[within]", within)] if has_within else []
    parts += [(f"{frame.on}[between]", between)] if has_between else []
    X = np.column_stack([*(column for _, column in parts), frame.adjust])
    names = (*(name for name, _ in parts), *frame.adjust_names)
    deviation = X - unit_means(X, units)[units]
    staff = np.abs(deviation).max(axis=0) > 1e-9 * np.maximum(np.ptp(X, axis=0), 1e-300)
    return Design(frame, units, between, within, has_within, has_between, X, names, staff)


def own_terms(design: Design) -> tuple[str, ...]:
    """Terms of the score itself that the data can carry."""
    scopes = ["between"] if design.has_between else []
    scopes += ["within"] if design.has_within and units_that_vary(design) >= 4 else []
    return tuple(design.term(scope) for scope in scopes)


def units_that_vary(design: Design) -> int:
    """In how many units the score differs between rows."""
    return len(np.unique(design.units[np.abs(design.within) > 1e-9 * np.ptp(design.frame.x)]))


def refuse_few(design: Design) -> list[Text]:
    """Refuse fewer than four units or three on a side; note what makes the answer less certain."""
    if design.n_units < 4:
        raise StatisticsError("K341", units=design.n_units)
    notes = [] if design.n_units > 5 else [caveats.indicative(design.n_units)]
    if not design.has_within:
        notes.append(caveats.only_between(design.frame.on))
    means = unit_means(np.column_stack([design.between, design.frame.y]), design.units)
    high = two_sides(design.frame.facts, means[:, 0], means[:, 1]) if design.has_between else None
    if high is not None:
        sizes = sorted((design.sizes[high].mean(), design.sizes[~high].mean()))
        notes += [caveats.unequal(design.frame.on, sizes[1] / sizes[0])] if sizes[1] > 3 * sizes[0] else []
    if design.frame.persons_repeat:
        notes.append(caveats.persons_repeat(design.frame.n_persons, design.frame.n))
        notes += [caveats.persons_moved(design.frame.persons_moved)] if design.frame.persons_moved else []
    return notes


def two_sides(facts: Facts, score: Array, outcome: Array) -> NDArray[np.bool_] | None:
    """Which units (G,) have the higher of two values of the score; None where there are more values.

    Raises
    ------
    StatisticsError
        K342 with fewer than three units on a side, with the choices of so many units that differ as much.
    """
    high = score > (score.min() + score.max()) / 2
    if len(np.unique(np.round(score / max(np.ptp(score), 1e-300), 9))) != 2:
        return None
    above, low = int(high.sum()), int((~high).sum())
    if min(above, low) < 3:
        ways, extreme = permuted(outcome, high)
        raise StatisticsError(
            "K342", column=facts.on, low=low, high=above, few=min(low, above), ways=ways, extreme=extreme,
            outcome=facts.outcome,
        )
    return high


def permuted(means: Array, high: NDArray[np.bool_]) -> tuple[int, int]:
    """In how many ways one or two of the units could be the smaller side, and how many differ at least as much.

    Parameters
    ----------
    means : array (G,)
        Unit means of the outcome.
    high : array of bool (G,)
        The side of each unit; one side holds one or two units.
    """
    few = high if high.sum() <= len(high) / 2 else ~high
    centred, k = means - means.mean(), int(few.sum())
    sums = centred if k == 1 else (centred[:, None] + centred)[np.triu_indices(len(means), 1)]
    observed = abs(centred[few].sum())
    return len(sums), int((np.abs(sums) >= observed - 1e-9 * np.abs(centred).max()).sum())


def unit_means_row(design: Design) -> tuple[RowEstimate, dict[str, Any], tuple[float, float], list[Text]]:
    """Least squares of adjusted unit means on the unit mean of the score: row, points, line, notes."""
    Z, points, names, notes = unit_level(design)
    unit_covariates = Z[:, 2:]
    fitted = fit_named(Z, points["y"], names)
    error = float(np.sqrt(fitted.covariance[1, 1]))
    row = t_estimate(names[1], "unit_means", fitted.coef[1], error, fitted.dof, design.n_units)
    centre = unit_covariates.mean(axis=0)
    points["y"] = points["y"] - (unit_covariates - centre) @ fitted.coef[2:]
    if row.p_value is None:
        notes.append(caveats.no_residual(row.term))
    return row, points, (float(fitted.coef[0] + centre @ fitted.coef[2:]), float(fitted.coef[1])), notes


def unit_level(design: Design) -> tuple[Array, dict[str, Any], tuple[str, ...], list[Text]]:
    """The regression of unit means: regressors (G, q), points with the means ``y`` (G,), names, notes."""
    frame, k = design.frame, design.frame.adjust.shape[1]
    staff = design.staff_level[-k:] if k else np.zeros(0, dtype=bool)
    y, notes = frame.y, []
    if staff.any():
        y = frame.y - _staff_part(design, frame.adjust[:, staff])
        notes.append(caveats.two_steps([name for name, flag in zip(frame.adjust_names, staff, strict=True) if flag]))
    means = unit_means(frame.adjust[:, ~staff], design.units)
    names = [name for name, flag in zip(frame.adjust_names, staff, strict=True) if not flag]
    if design.n_units < means.shape[1] + 4:
        needed = means.shape[1] + 4
        raise StatisticsError("K348", columns=", ".join(names), units=design.n_units, needed=needed)
    points = unit_points(design, y)
    Z = np.column_stack([np.ones(design.n_units), points["x"], means])
    return Z, points, ("1", design.term("between"), *names), notes


def _staff_part(design: Design, staff: Array) -> Array:
    """What covariates that vary within units explain, by their within-unit slopes, around their grand means (n,)."""
    frame = design.frame
    columns = [design.within[:, None]] if design.has_within else []
    X = design.centred(np.column_stack([*columns, staff]))
    names = [design.term("within")] * len(columns)
    varying = {name for name, flag in zip(design.names, design.staff_level, strict=True) if flag}
    names += [name for name in frame.adjust_names if name in varying]
    slopes = fit_named(X, design.centred(frame.y[:, None])[:, 0], names).coef[len(columns):]
    return (staff - staff.mean(axis=0)) @ slopes


def unit_points(design: Design, y: Array) -> dict[str, Any]:
    """Unit means of the score and of the outcome, with the rows behind them."""
    means = unit_means(np.column_stack([design.between, y]), design.units)
    return {
        "label": list(design.frame.unit_labels), "x": means[:, 0], "y": means[:, 1], "n": design.sizes.astype(int),
    }


def within_rows(design: Design) -> tuple[list[RowEstimate], list[Text]]:
    """The slope of deviations from the unit means, with CR2 by unit."""
    term, vary = design.term("within"), units_that_vary(design)
    if vary < 4:
        return [], [caveats.few_within(design.frame.on, vary)]
    X, y, names = within_level(design)
    fitted = fit_named(X, y, names)
    covariance = cr2(X, fitted.residuals, design.units)
    rows, notes = cr2_rows([(term, 0)], fitted.coef, covariance, design.n_units)
    return rows, [*notes, caveats.fixed_effects(design.frame.on)]


def within_level(design: Design) -> tuple[Array, Array, tuple[str, ...]]:
    """The regression of deviations from unit means: regressors (n, q), outcome (n,), names."""
    term, k = design.term("within"), design.frame.adjust.shape[1]
    staff = design.frame.adjust[:, design.staff_level[-k:]] if k else design.frame.adjust
    X = design.centred(np.column_stack([design.within, staff]))
    names = (term, *(n for n, flag in zip(design.names, design.staff_level, strict=True) if flag and n != term))
    return X, design.centred(design.frame.y[:, None])[:, 0], names


def within_points(design: Design, rows: Sequence[RowEstimate]) -> tuple[dict[str, Any], tuple[float, float]]:
    """Deviations from the unit means, for a score that does not differ between units."""
    n = design.frame.n
    y = design.centred(design.frame.y[:, None])[:, 0]
    points = {"label": [""] * n, "x": design.within, "y": y, "n": np.ones(n, dtype=int)}
    return points, (0.0, rows[0].estimate if rows else 0.0)
