"""From a researcher's table to arrays: roles checked, gaps counted, categories coded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import Labels, floats, is_number, labels_of, refuse_absent, settled
from karier_stats.stats.numerics.cluster import by_appearance, cluster_sums
from karier_stats.words.numbers import Text, both, integer

if TYPE_CHECKING:
    Array: TypeAlias = NDArray[np.float64]

Family = Literal["binary", "count", "continuous"]
FAMILIES = ("auto", "binary", "count", "continuous")


@dataclass(frozen=True)
class Facts:
    """What a regression is about: outcome, score, family and number of complete rows."""

    outcome: str
    on: str
    family: Family
    n: int


@dataclass(frozen=True)
class Frame:
    """The complete rows of a regression as arrays.

    Parameters
    ----------
    outcome, on : str
        Names of the columns.
    y, x : array (n,)
        Outcome and the score that it is regressed on.
    adjust : array (n, k)
        Covariates; a category with L levels takes L - 1 columns of zeros and ones.
    adjust_names : tuple of str
        Names of those columns: ``age`` or ``status=PPPK``.
    units : array of int (n,) or None
        Unit of each row, 0 .. G-1 in the order of their names.
    unit_labels : tuple of str
        Names of the units in that order.
    persons : array of int (n,) or None
        Person of each row.
    family : {"binary", "count", "continuous"}
    notes : tuple of Text
        What was dropped and how categories were coded.
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

    @property
    def n(self) -> int:
        """Number of complete rows."""
        return len(self.y)

    @property
    def facts(self) -> Facts:
        """What the regression is about."""
        return Facts(self.outcome, self.on, self.family, self.n)

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
    """Check the roles of the columns, drop incomplete rows with a count, and code categories.

    Raises
    ------
    StatisticsError
        K325 (column twice in the data), K340 (column absent), K344 (no variation), K345 (not numeric), K346
        (column used twice), K347 (too few rows), K351 and K352 (family).
    """
    roles = [("outcome", outcome), ("on", on), *(("adjust", name) for name in adjust)]
    roles += [(role, name) for role, name in (("unit", unit), ("person", person)) if name is not None]
    check_roles(data, roles)
    y, x = (numbers(data[name], role) for role, name in roles[:2])
    covariates = [covariate(data[name]) for name in adjust]
    units, persons = (None if name is None else labels_of(data[name]) for name in (unit, person))
    nested = [labels for labels in (units, persons) if labels is not None]
    gaps = [gaps_of(values) for values in (y, x, *covariates, *nested)]
    keep = ~np.logical_or.reduce(gaps)
    if keep.sum() < 3:
        raise StatisticsError("K347", rows=int(keep.sum()), coefficients=2 + len(adjust), needed=4 + len(adjust))
    for name, values in ((outcome, y[keep]), (on, x[keep])):
        if np.ptp(values) == 0:
            raise StatisticsError("K344", column=name, rows=int(keep.sum()))
    coded = [code_columns(name, values, keep) for name, values in zip(adjust, covariates, strict=True)]
    columns = [column for part in coded for column in part[0]]
    notes = gap_notes(roles, gaps, keep) + tuple(note for _, _, part in coded for note in part)
    unit_codes, unit_labels = (None, ()) if units is None else codes_by_name(units.only(keep))
    return Frame(
        outcome, on, y[keep], x[keep],
        np.column_stack(columns) if columns else np.empty((int(keep.sum()), 0)),
        tuple(name for _, names, _ in coded for name in names),
        unit_codes, unit_labels, None if persons is None else by_appearance(persons.only(keep).codes),
        _family(family, outcome, y[keep]), notes,
    )


def unit_means(values: Array, codes: NDArray[np.intp]) -> Array:
    """Means of the columns of ``values`` (n, k) per unit: (G, k)."""
    return cluster_sums(values, codes) / np.bincount(codes)[:, None]


def codes_by_name(labels: Labels) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Units numbered in the order of their names, so that the order of the rows touches no draw."""
    order = sorted(range(len(labels.order)), key=labels.order.__getitem__)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    return rank[labels.codes], tuple(labels.order[i] for i in order)


def check_roles(data: pd.DataFrame, roles: list[tuple[str, str]]) -> None:
    """Every column is there once, and plays one role."""
    refuse_absent(data, roles)
    for _, name in roles:
        played = [other for other, column in roles if column == name]
        if len(played) > 1:
            raise StatisticsError("K346", column=name, roles=", ".join(f"`{other}`" for other in played))


def numbers(values: pd.Series, role: str) -> Array:
    """A numeric or boolean column as floats, missing and infinite values as NaN."""
    column = settled(values)
    if not is_number(column):
        raise StatisticsError("K345", column=values.name, role=role, kind=str(values.dtype))
    found = floats(column)
    return np.where(np.isfinite(found), found, np.nan)


def is_category(values: pd.Series) -> bool:
    """True for text and categories, whose levels become columns."""
    kind, types = settled(values).dtype, pd.api.types
    return isinstance(kind, pd.CategoricalDtype) or types.is_string_dtype(kind) or types.is_object_dtype(kind)


def covariate(values: pd.Series) -> Array | Labels:
    """A covariate as it enters: text and categories as labels, all else as numbers."""
    return labels_of(values) if is_category(values) else numbers(values, "adjust")


def gaps_of(values: Array | Labels) -> NDArray[np.bool_]:
    """Where a column is empty."""
    return values.empty if isinstance(values, Labels) else np.isnan(values)


def code_columns(
    name: str, values: Array | Labels, keep: NDArray[np.bool_]
) -> tuple[list[Array], list[str], list[Text]]:
    """Columns of the kept rows, their names and a note for one covariate; the first level in order is the reference."""
    if not isinstance(values, Labels):
        return [values[keep]], [name], []
    kept = values.only(keep)
    first, *others = kept.order
    note = both(
        f"Kategori `{name}` dibandingkan terhadap `{first}`.", f"Levels of `{name}` are compared with `{first}`."
    ) if others else both(
        f"Kategori `{name}` hanya berisi `{first}`, sehingga tidak ikut sebagai peubah penyesuai.",
        f"`{name}` holds `{first}` only and does not enter as a covariate.",
    )
    columns = [(kept.codes == place).astype(float) for place in range(1, len(kept.order))]
    return columns, [f"{name}={level}" for level in others], [note]


def gap_notes(
    roles: list[tuple[str, str]], gaps: list[NDArray[np.bool_]], keep: NDArray[np.bool_]
) -> tuple[Text, ...]:
    """How many rows were dropped, and which columns were empty there."""
    counts = {name: int(gap.sum()) for (_, name), gap in zip(roles, gaps, strict=True) if gap.any()}
    return gaps_note(int((~keep).sum()), len(keep), counts)


def gaps_note(dropped: int, total: int, counts: Mapping[str, int]) -> tuple[Text, ...]:
    """How many of ``total`` rows were dropped, and how many cells were empty by column; nothing where none was."""
    if not dropped:
        return ()
    words = {
        lang: "; ".join(f"`{name}` {integer(count, lang)}" for name, count in counts.items()) for lang in ("id", "en")
    }
    return (
        both(
            f"{integer(dropped, 'id')} dari {integer(total, 'id')} baris dibuang karena ada kolom kosong "
            f"({words['id']}).",
            f"{integer(dropped, 'en')} of {integer(total, 'en')} rows were dropped because a column was empty "
            f"({words['en']}).",
        ),
    )


def _family(family: str, outcome: str, y: Array) -> Family:
    """The family asked for, checked against the outcome; ``auto`` takes 0/1 as binary and all else as continuous."""
    if family not in FAMILIES:
        raise StatisticsError("K352", family=family, known=", ".join(FAMILIES))
    if family == "auto":
        return "binary" if np.isin(y, (0, 1)).all() else "continuous"
    fits, words = allowed_values(family, y)
    if not fits.all():
        raise StatisticsError("K351", column=outcome, family=family, rows=int((~fits).sum()), allowed=words)
    return family  # type: ignore[return-value]


def allowed_values(family: str, y: Array) -> tuple[NDArray[np.bool_], str]:
    """Where an outcome fits its family, and what the family allows in words."""
    if family == "binary":
        return np.isin(y, (0, 1)), "0, 1"
    if family == "count":
        return (y >= 0) & (y == np.round(y)), "0, 1, 2, ..."
    return np.ones(len(y), dtype=bool), ""
