"""From a researcher's table to arrays: roles checked, gaps counted, categories coded; one way for all verbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import Labels, labels_of, measured, refuse_absent, settled
from karier_stats.stats.numerics.cluster import by_appearance, means_by
from karier_stats.stats.numerics.estimate import Array
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import Text

Family = Literal["binary", "count", "continuous"]
FAMILIES = ("auto", "binary", "count", "continuous")
Roles: TypeAlias = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Complete:
    """Columns by their roles as arrays of complete rows.

    ``keep`` (N,) says which rows of the data have no gap in any of the columns: n of them. ``numbers`` (n, k) are columns of
    numbers in the order asked for, ``labels`` those of each role; ``adjust`` (n, a) the covariates, a category with L levels
    as L - 1 columns of zeros and ones, with their names ``age`` or ``status=PPPK``; ``notes`` say what was dropped and how
    categories were coded.
    """

    keep: NDArray[np.bool_]
    numbers: Array
    labels: Mapping[str, Labels]
    adjust: Array
    adjust_names: tuple[str, ...]
    notes: tuple[Text, ...]

    @property
    def n(self) -> int:
        """Number of complete rows."""
        return int(self.keep.sum())

    def by_name(self, role: str) -> tuple[NDArray[np.intp], tuple[str, ...]]:
        """Labels of a role as numbers in the order of their names, and the names."""
        return codes_by_name(self.labels[role])


def complete_rows(data: pd.DataFrame, numeric: Roles, labelled: Roles = (), adjust: Sequence[str] = ()) -> Complete:
    """Check columns of numbers, of labels (role and name of each) and covariates, drop incomplete rows, code categories.

    K325 (column twice in the data), K327 (no labels), K340 (column absent), K345 (not numeric), K346 (used twice).
    """
    covariates = [("adjust", name) for name in adjust]
    roles = [*numeric, *covariates, *labelled]
    check_roles(data, roles)
    values = [measured(data[name], role) for role, name in numeric]
    given = [covariate(data[name]) for name in adjust]
    labels = [labels_of(data[name]) for _, name in labelled]
    gaps = [gaps_of(column) for column in (*values, *given, *labels)]
    keep = ~np.logical_or.reduce(gaps)
    counts = {name: int(gap.sum()) for (_, name), gap in zip(roles, gaps, strict=True) if gap.any()}
    columns, names, notes = [np.empty((int(keep.sum()), 0))], [], [*gaps_note(int((~keep).sum()), len(keep), counts)]
    for name, column in zip(adjust, given, strict=True):
        if not isinstance(column, Labels):
            columns.append(column[keep])
            names.append(name)
            continue
        kept = column.only(keep)  # the first level in order is the reference
        first, *others = kept.order or ("",)
        notes.append(Phrase(f"stats.frame.{'reference' if others else 'one_level'}", column=name, level=first))
        columns += [(kept.codes == place).astype(float) for place in range(1, len(kept.order))]
        names += [f"{name}={level}" for level in others]
    return Complete(
        keep, np.column_stack([np.empty((len(data), 0)), *values])[keep],
        {role: found.only(keep) for (role, _), found in zip(labelled, labels, strict=True)},
        np.column_stack(columns), tuple(names), tuple(notes),
    )


@dataclass(frozen=True)
class Frame:
    """The complete rows of a regression as arrays.

    ``outcome`` and ``on`` name the columns of ``y`` and ``x`` (n,), which is regressed on; ``adjust`` (n, k) are covariates,
    named by ``adjust_names``, as in :class:`Complete`. ``units`` (n,) is the unit of each row, 0 .. G-1 in the order of their
    names ``unit_labels``, ``persons`` (n,) the person, or None. ``notes`` say what was dropped and how categories were coded.
    ``one`` (n,) is the constant, where the rows above are as few as have the same cross-products in each unit as those of a
    table that is not in memory (:meth:`UnitProducts.rows`).
    """

    outcome: str
    on: str
    y: Array
    x: Array
    adjust: Array
    adjust_names: tuple[str, ...]
    units: NDArray[np.intp] | None
    unit_labels: tuple[str, ...]
    persons: NDArray[np.intp] | None
    family: Family
    notes: tuple[Text, ...]
    one: Array | None = None

    @property
    def n(self) -> int:
        """Number of complete rows."""
        return len(self.y) if self.one is None else round(float(self.one @ self.one))

    @property
    def constant(self) -> Array:
        """The regressor of the intercept."""
        return np.ones(len(self.y)) if self.one is None else self.one

    def mean(self, values: Array) -> Array:
        """Means of the columns of ``values`` over all rows."""
        return np.asarray(values.mean(axis=0) if self.one is None else self.one @ values / self.n)

    def by_unit(self, values: Array) -> Array:
        """Means of the columns of ``values`` (n, k) per unit: (G, k)."""
        assert self.units is not None
        return means_by(values, self.units, self.one)[1]

    def centred(self, values: Array) -> Array:
        """Deviations of the columns of ``values`` (n, k) from their unit means."""
        return values - self.constant[:, None] * self.by_unit(values)[self.units]

    @property
    def n_persons(self) -> int:
        """Number of people; that of the rows where nobody is named."""
        return self.n if self.persons is None else int(self.persons.max()) + 1

    @property
    def persons_moved(self) -> int:
        """Number of people who stand in more than one unit."""
        if self.persons is None or self.units is None:
            return 0
        places = np.unique(np.column_stack([self.persons, self.units]), axis=0)[:, 0]
        return int((np.bincount(places) > 1).sum())

    @property
    def persons_repeat(self) -> bool:
        """True where a person stands in more than one row."""
        return self.n_persons < self.n


def build(
    data: pd.DataFrame, outcome: str, on: str, adjust: Sequence[str], unit: str | None, person: str | None, family: str
) -> Frame:
    """The complete rows of a regression; refuses as :func:`complete_rows`, K344 (no variation), K347 (too few rows),
    K351 and K352 (family).
    """
    labelled = [(role, name) for role, name in (("unit", unit), ("person", person)) if name is not None]
    found = complete_rows(data, [("outcome", outcome), ("on", on)], labelled, adjust)
    units, names = (None, ()) if unit is None else found.by_name("unit")
    persons = None if person is None else by_appearance(found.labels["person"].codes)
    y, x = found.numbers.T
    frame = Frame(outcome, on, y, x, found.adjust, found.adjust_names, units, names, persons, "continuous", found.notes)
    return checked(frame, family, len(adjust))


def checked(frame: Frame, family: str, covariates: int) -> Frame:
    """A frame of the family asked for; refused as :func:`build` says where its rows are too few, alike, or do not fit.

    ``auto`` takes an outcome of zeros and ones as binary and all else as continuous.
    """
    if frame.n < 3:
        raise StatisticsError("K347", rows=frame.n, coefficients=2 + covariates, needed=4 + covariates)
    for name, values in ((frame.outcome, frame.y), (frame.on, frame.x)):
        if np.ptp(values) == 0:
            raise StatisticsError("K344", column=name, rows=frame.n)
    if family not in FAMILIES:
        raise StatisticsError("K352", family=family, known=", ".join(FAMILIES))
    y, shares = frame.y, np.isin(frame.y, (0, 1))
    if family == "auto":
        return replace(frame, family="binary" if shares.all() else "continuous")
    fits, words = {
        "binary": (shares, "0, 1"), "count": ((y >= 0) & (y == np.round(y)), "0, 1, 2, ..."),
    }.get(family, (np.ones(len(y), dtype=bool), ""))
    if not fits.all():
        raise StatisticsError("K351", column=frame.outcome, family=family, rows=int((~fits).sum()), allowed=words)
    return replace(frame, family=family)  # type: ignore[arg-type]


def codes_by_name(labels: Labels) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Units numbered in the order of their names, so that the order of the rows touches no draw."""
    order = sorted(range(len(labels.order)), key=labels.order.__getitem__)
    return np.argsort(order)[labels.codes], tuple(labels.order[i] for i in order)


def check_roles(data: pd.DataFrame, roles: Roles) -> None:
    """Every column is there once, and plays one role."""
    refuse_absent(data, roles)
    for _, name in roles:
        played = [role for role, column in roles if column == name]
        if len(played) > 1:
            raise StatisticsError("K346", column=name, roles=", ".join(f"`{role}`" for role in played))


def is_category(values: pd.Series) -> bool:
    """True for text and categories, whose levels become columns."""
    kind, types = settled(values).dtype, pd.api.types
    return isinstance(kind, pd.CategoricalDtype) or types.is_string_dtype(kind) or types.is_object_dtype(kind)


def covariate(values: pd.Series) -> Array | Labels:
    """A covariate as it enters: text and categories as labels, all else as numbers."""
    return labels_of(values) if is_category(values) else measured(values, "adjust")


def gaps_of(values: Array | Labels) -> NDArray[np.bool_]:
    """Where a column is empty."""
    return values.empty if isinstance(values, Labels) else np.isnan(values)


def gaps_note(dropped: int, total: int, counts: Mapping[str, int]) -> tuple[Text, ...]:
    """How many of ``total`` rows were dropped, and how many cells were empty by column; nothing where none was."""
    return (Phrase("stats.frame.dropped", dropped=dropped, total=total, cells=cells(counts)),) if dropped else ()


def cells(counts: Mapping[str, int]) -> Text:
    """Empty cells by column."""
    return Joined(*(Phrase("stats.frame.cells", column=name, n=n) for name, n in counts.items()), mark="; ")
