"""A score split into what differs between units and what differs within them, and the slopes of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.contrast import Line, coefficient_rows
from karier_stats.stats.frame import Frame
from karier_stats.stats.numerics.estimate import Array
from karier_stats.stats.results import Sheet, TableRow
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text


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
        return np.bincount(self.units, weights=self.frame.constant**2).astype(float)

    def term(self, scope: str) -> str:
        """``<on>[within]`` or ``<on>[between]``."""
        return f"{self.frame.on}[{scope}]"


def design_of(frame: Frame) -> Design:
    """Split the score into its unit mean and the deviation from it, and find which columns vary within units."""
    units = frame.units
    assert units is not None
    means = frame.by_unit(frame.x[:, None])[:, 0]
    within = frame.centred(frame.x[:, None])[:, 0]
    spread = 1e-9 * np.ptp(frame.x)
    has_within, has_between = bool(np.abs(within).max() > spread), bool(np.ptp(means) > spread)
    # A score that is constant within units is taken as it is: its mean would differ in the last digit.
    between = frame.constant * means[units] if has_within else frame.x
    parts = [("1", frame.constant)]
    parts += [(f"{frame.on}[within]", within)] if has_within else []
    parts += [(f"{frame.on}[between]", between)] if has_between else []
    X = np.column_stack([*(column for _, column in parts), frame.adjust])
    names = (*(name for name, _ in parts), *frame.adjust_names)
    staff = np.abs(frame.centred(X)).max(axis=0) > 1e-9 * np.maximum(np.ptp(X, axis=0), 1e-300)
    return Design(frame, units, between, within, has_within, has_between, X, names, staff)


def own_terms(design: Design) -> list[tuple[str, int]]:
    """Terms of the score itself that the data can carry, with their columns."""
    carried = {"between": design.has_between, "within": design.has_within and units_that_vary(design) >= 4}
    terms = {design.term(scope) for scope, holds in carried.items() if holds}
    return [(name, place) for place, name in enumerate(design.names) if name in terms]


def units_that_vary(design: Design) -> int:
    """In how many units the score differs between rows."""
    return len(np.unique(design.units[np.abs(design.within) > 1e-9 * np.ptp(design.frame.x)]))


def refuse_few(design: Design) -> list[Text]:
    """Refuse fewer than four units or three on a side; note what makes the answer less certain."""
    if design.n_units < 4:
        raise StatisticsError("K341", units=design.n_units)
    notes: list[Text] = [] if design.n_units > 5 else [Phrase("association.note.indicative", units=design.n_units)]
    if not design.has_within:
        notes.append(Phrase("association.note.only_between", on=design.frame.on))
    means = design.frame.by_unit(np.column_stack([design.between, design.frame.y]))
    high = two_sides(design.frame, means[:, 0], means[:, 1]) if design.has_between else None
    if high is not None:
        sizes = sorted((design.sizes[high].mean(), design.sizes[~high].mean()))
        if sizes[1] > 3 * sizes[0]:
            notes.append(Phrase("association.note.unequal", on=design.frame.on, ratio=sizes[1] / sizes[0]))
    if design.frame.persons_repeat:
        notes.append(Phrase("association.note.persons_repeat", persons=design.frame.n_persons, rows=design.frame.n))
        if design.frame.persons_moved:
            notes.append(Phrase("association.note.persons_moved", persons=design.frame.persons_moved))
    return notes


def two_sides(frame: Frame, score: Array, outcome: Array) -> NDArray[np.bool_] | None:
    """Which units (G,) have the higher of two values of the score; None where there are more values.

    K342 with fewer than three units on a side: in how many ways one or two of the units could be the smaller side, and in how
    many of these the means ``outcome`` (G,) differ at least as much.
    """
    high = score > (score.min() + score.max()) / 2
    if len(np.unique(np.round(score / max(np.ptp(score), 1e-300), 9))) != 2:
        return None
    above, low = int(high.sum()), int((~high).sum())
    if min(above, low) < 3:
        few, centred = high if above <= low else ~high, outcome - outcome.mean()
        sums = centred if few.sum() == 1 else (centred[:, None] + centred)[np.triu_indices(len(outcome), 1)]
        extreme = int((np.abs(sums) >= abs(centred[few].sum()) - 1e-9 * np.abs(centred).max()).sum())
        raise StatisticsError(
            "K342", column=frame.on, low=low, high=above, few=min(low, above), ways=len(sums), extreme=extreme,
            outcome=frame.outcome,
        )
    return high


def unit_means_row(design: Design) -> tuple[Sheet, dict[str, Any], tuple[float, float]]:
    """Least squares of adjusted unit means on the unit mean of the score: its row, points, line."""
    Z, points, names, notes = unit_level(design)
    line, sheet = Line(Z, points["y"]).named(names), Sheet(notes=notes)
    row = sheet.add(names[1], "unit_means", line.contrast(1, "ols"), design.frame.n, design.n_units)
    if not row.estimate.tested:
        sheet.note(Phrase("association.note.no_residual", term=row.term))
    coef, centre = line.fitted.coef, Z[:, 2:].mean(axis=0)
    points["y"] = points["y"] - (Z[:, 2:] - centre) @ coef[2:]
    return sheet, points, (float(coef[0] + centre @ coef[2:]), float(coef[1]))


def unit_level(design: Design) -> tuple[Array, dict[str, Any], tuple[str, ...], list[Text]]:
    """The regression of unit means: regressors (G, q), points with the means ``y`` (G,), names, notes."""
    frame, k = design.frame, design.frame.adjust.shape[1]
    staff = design.staff_level[-k:] if k else np.zeros(0, dtype=bool)
    y = frame.y
    notes: list[Text] = []
    if staff.any():
        y = frame.y - _staff_part(design, frame.adjust[:, staff])
        varying = [name for name, flag in zip(frame.adjust_names, staff, strict=True) if flag]
        notes.append(Phrase("association.note.two_steps", columns=varying))
    means = frame.by_unit(frame.adjust[:, ~staff])
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
    X = design.frame.centred(np.column_stack([*columns, staff]))
    names = [design.term("within")] * len(columns)
    varying = {name for name, flag in zip(design.names, design.staff_level, strict=True) if flag}
    names += [name for name in frame.adjust_names if name in varying]
    slopes = Line(X, design.frame.centred(frame.y[:, None])[:, 0]).named(names).fitted.coef[len(columns):]
    return (staff - frame.constant[:, None] * frame.mean(staff)) @ slopes


def unit_points(design: Design, y: Array) -> dict[str, Any]:
    """Unit means of the score and of the outcome, with the rows behind them."""
    means = design.frame.by_unit(np.column_stack([design.between, y]))
    return {"label": list(design.frame.unit_labels), "x": means[:, 0], "y": means[:, 1], "n": design.sizes.astype(int)}


def within_rows(design: Design) -> Sheet:
    """The slope of deviations from the unit means, with CR2 by unit."""
    on, vary = design.frame.on, units_that_vary(design)
    if vary < 4:
        return Sheet(notes=[Phrase("association.note.few_within", on=on, units=vary)])
    X, y, names = within_level(design)
    sheet = coefficient_rows(Line(X, y, design.units, design.frame.n).named(names), [(design.term("within"), 0)], design.n_units)
    sheet.note(Phrase("association.note.fixed_effects", on=on))
    return sheet


def within_level(design: Design) -> tuple[Array, Array, tuple[str, ...]]:
    """The regression of deviations from unit means: regressors (n, q), outcome (n,), names."""
    term, k = design.term("within"), design.frame.adjust.shape[1]
    staff = design.frame.adjust[:, design.staff_level[-k:]] if k else design.frame.adjust
    X = design.frame.centred(np.column_stack([design.within, staff]))
    names = (term, *(n for n, flag in zip(design.names, design.staff_level, strict=True) if flag and n != term))
    return X, design.frame.centred(design.frame.y[:, None])[:, 0], names


def within_points(design: Design, rows: Sequence[TableRow]) -> tuple[dict[str, Any], tuple[float, float]]:
    """Deviations from the unit means, for a score that does not differ between units."""
    n = len(design.frame.y)
    y = design.frame.centred(design.frame.y[:, None])[:, 0]
    points = {"label": [""] * n, "x": design.within, "y": y, "n": np.ones(n, dtype=int)}
    return points, (0.0, rows[0].estimate.value if rows else 0.0)
