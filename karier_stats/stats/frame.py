"""From a researcher's table to arrays: roles checked, gaps counted, categories coded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.language import Text, both, integer
from karier_stats.stats.cluster import cluster_sums

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
        K340 (column absent), K344 (no variation), K345 (not numeric), K346
        (column used twice), K347 (too few rows), K351 and K352 (family).
    """
    roles = [("outcome", outcome), ("on", on), *(("adjust", name) for name in adjust)]
    roles += [(role, name) for role, name in (("unit", unit), ("person", person)) if name is not None]
    check_roles(data, roles)
    y, x = (numbers(data[name], role) for role, name in roles[:2])
    covariates = [data[name] if is_category(data[name]) else numbers(data[name], "adjust") for name in adjust]
    labels = [data[name] for role, name in roles if role in ("unit", "person")]
    gaps = [~np.isfinite(y), ~np.isfinite(x), *map(gaps_of, covariates), *map(gaps_of, labels)]
    keep = ~np.logical_or.reduce(gaps)
    if keep.sum() < 3:
        raise StatisticsError("K347", rows=int(keep.sum()), coefficients=2 + len(adjust), needed=4 + len(adjust))
    for name, values in ((outcome, y[keep]), (on, x[keep])):
        if np.ptp(values) == 0:
            raise StatisticsError("K344", column=name, rows=int(keep.sum()))
    coded = [code_columns(name, values[keep]) for name, values in zip(adjust, covariates, strict=True)]
    columns = [column for part in coded for column in part[0]]
    notes = gap_notes(roles, gaps, keep) + tuple(note for _, _, part in coded for note in part)
    unit_codes, unit_labels = codes_by_name(data.loc[keep, unit]) if unit else (None, ())
    return Frame(
        outcome, on, y[keep], x[keep],
        np.column_stack(columns) if columns else np.empty((int(keep.sum()), 0)),
        tuple(name for _, names, _ in coded for name in names),
        unit_codes, unit_labels, pd.factorize(data.loc[keep, person])[0] if person else None,
        _family(family, outcome, y[keep]), notes,
    )


def unit_means(values: Array, codes: NDArray[np.intp]) -> Array:
    """Means of the columns of ``values`` (n, k) per unit: (G, k)."""
    return cluster_sums(values, codes) / np.bincount(codes)[:, None]


def codes_by_name(labels: pd.Series) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """Units numbered in the order of their names, so that the order of the rows touches no draw."""
    codes, found = pd.factorize(labels)
    names = [str(label) for label in found]
    order = sorted(range(len(names)), key=names.__getitem__)
    rank = np.empty(len(names), dtype=np.intp)
    rank[order] = np.arange(len(names))
    return rank[codes], tuple(names[i] for i in order)


def check_roles(data: pd.DataFrame, roles: list[tuple[str, str]]) -> None:
    """Every column is there, and plays one role."""
    for role, name in roles:
        if name not in data.columns:
            known = ", ".join(map(str, data.columns))
            raise StatisticsError("K340", column=name, role=role, known=known)
        played = [other for other, column in roles if column == name]
        if len(played) > 1:
            raise StatisticsError("K346", column=name, roles=", ".join(f"`{other}`" for other in played))


def numbers(values: pd.Series, role: str) -> Array:
    """A numeric or boolean column as floats, missing and infinite values as NaN."""
    if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
        raise StatisticsError("K345", column=values.name, role=role, kind=str(values.dtype))
    found = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(found), found, np.nan)


def is_category(values: pd.Series) -> bool:
    """True for text and categories, whose levels become columns."""
    kind = values.dtype
    return isinstance(kind, pd.CategoricalDtype) or pd.api.types.is_string_dtype(kind) or pd.api.types.is_object_dtype(kind)


def gaps_of(values: pd.Series | Array) -> NDArray[np.bool_]:
    """Where a column is empty."""
    return np.asarray(pd.isna(values), dtype=bool)


def code_columns(name: str, values: pd.Series | Array) -> tuple[list[Array], list[str], list[Text]]:
    """Columns, their names and a note for one covariate; the first level in order is the reference."""
    if isinstance(values, np.ndarray):
        return [values], [name], []
    text = values.astype(str).to_numpy()
    levels = sorted(set(text))
    note = both(
        f"Kategori `{name}` dibandingkan terhadap `{levels[0]}`.",
        f"Levels of `{name}` are compared with `{levels[0]}`."
    )
    return [(text == level).astype(float) for level in levels[1:]], [f"{name}={level}" for level in levels[1:]], [note]


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
