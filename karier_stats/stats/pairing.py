"""From a table to pairs: one person, one score before and one after, and what was left out on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Labels = NDArray[np.str_]

Kind = Literal["score", "ordinal", "pass_fail"]
ROWS_SHOWN = 10


@dataclass(frozen=True)
class Columns:
    """Names of the columns as the caller gave them."""

    before: Any
    after: Any
    outcome: str | None = None
    wave: str | None = None
    person: str | None = None
    group: str | None = None
    control: Any = None
    by: str | None = None
    adjust: tuple[str, ...] = ()
    cluster: str | None = None
    later: tuple[Any, ...] = ()
    dose: str | None = None

    @property
    def waves(self) -> tuple[Any, ...]:
        """Every wave in order: before, after, and the later ones."""
        return (self.before, self.after, *self.later)

    @property
    def scores(self) -> tuple[Any, ...]:
        """Columns of the wide table that hold the scores of ``waves``."""
        return self.waves if self.wave is None else tuple(_LONG.format(k) for k in range(len(self.waves)))


_LONG = "score at wave {}"
"""Name of a score column made from long data."""


@dataclass(frozen=True)
class Left:
    """People with a score before and none after.

    Attributes
    ----------
    before : ndarray, shape (m,)
    arm, level, cluster : ndarray of str, shape (m,), or None
    covariates : ndarray, shape (m, k)
    """

    before: Floats
    arm: Labels | None = None
    level: Labels | None = None
    cluster: Labels | None = None
    covariates: Floats = field(default_factory=lambda: np.empty((0, 0)))

    def only(self, mask: NDArray[np.bool_]) -> Left:
        """The people where ``mask`` holds, without levels."""
        return Left(
            self.before[mask], _masked(self.arm, mask), None, _masked(self.cluster, mask), self.covariates[mask]
        )


@dataclass(frozen=True)
class Pairs:
    """Complete pairs as arrays, in an order that does not depend on the rows of the data.

    Attributes
    ----------
    before, after : ndarray, shape (n,)
    later : ndarray, shape (n, w)
        Scores at the later waves, NaN where a person has none.
    waves : tuple of str
        Names of the w later waves.
    dose : ndarray, shape (n,), or None
        What each person took, NaN where unknown.
    dose_name : str
    left : Left
        People who have no score after.
    arm, level, cluster : ndarray of str, shape (n,), or None
    covariates : ndarray, shape (n, k)
        Numbers and dummies of ``adjust``; NaN where missing.
    names : tuple of str
        Names of the k covariates.
    kind : {"score", "ordinal", "pass_fail"}
    categories : tuple of str
        Names of the ordered levels 1, 2, ...; empty for scores.
    dropped : dict
        Reason to number of people left out.
    levels : tuple of str
        Levels of ``by`` in their order.
    """

    before: Floats
    after: Floats
    kind: Kind
    arm: Labels | None = None
    level: Labels | None = None
    cluster: Labels | None = None
    covariates: Floats = field(default_factory=lambda: np.empty((0, 0)))
    names: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    later: Floats = field(default_factory=lambda: np.empty((0, 0)))
    waves: tuple[str, ...] = ()
    dose: Floats | None = None
    dose_name: str = ""
    categories: tuple[str, ...] = ()
    left: Left = field(default_factory=lambda: Left(np.empty(0)))

    def only(self, mask: NDArray[np.bool_]) -> Pairs:
        """The pairs where ``mask`` holds, without levels, leavers and a record of what was dropped."""
        return replace(
            self, before=self.before[mask], after=self.after[mask], arm=_masked(self.arm, mask),
            cluster=_masked(self.cluster, mask), covariates=self.covariates[mask], later=self.later[mask],
            dose=_masked(self.dose, mask), level=None, levels=(), dropped={}, left=Left(np.empty(0)),
        )

    def at_level(self, name: str) -> Pairs:
        """The pairs and the leavers of one level of ``by``."""
        assert self.level is not None and self.left.level is not None
        return replace(self.only(self.level == name), left=self.left.only(self.left.level == name))


def _masked(values: Any, mask: NDArray[Any]) -> Any:
    """The entries that a mask or an order picks; None stays None."""
    return None if values is None else values[mask]


def make_pairs(data: pd.DataFrame, columns: Columns, scale: tuple[float, float] | None = None) -> Pairs:
    """Check the table and pair the waves.

    Raises
    ------
    StatisticsError
        K303-K315, K318-K322: unknown column, missing keyword, unknown wave or
        control, a person twice in a wave, a group or dose that changes, text,
        infinity or a number beyond the scale among the scores, fewer than two pairs.
    """
    _check_columns(data, columns)
    wide = data if columns.wave is None else _widen(data, columns)
    scores, kind = _scores(wide, columns)
    if scale is not None:
        _check_scale(data, columns, kind, scale)
    before, after = scores[:2]
    labels = {role: _labels(wide, getattr(columns, role)) for role in ("group", "by", "cluster")}
    keep, dropped = _complete(wide, before, after, labels)
    if keep.sum() < 2:
        raise StatisticsError("K312", n=int(keep.sum()), rows=len(wide))
    covariates, covariate_names = _covariates(wide, columns.adjust)
    dose = None if columns.dose is None else _dose(wide[columns.dose], columns.dose)
    gone = ~np.isnan(before) & np.isnan(after)
    for found in labels.values():
        gone &= True if found is None else ~found[1]
    pairs = Pairs(
        before[keep], after[keep], kind,
        arm=_kept(labels["group"], keep), level=_kept(labels["by"], keep), cluster=_kept(labels["cluster"], keep),
        covariates=covariates[keep], names=covariate_names, dropped=dropped,
        levels=_present(labels["by"], keep), arms=_arms(labels["group"], keep, columns),
        later=np.column_stack([np.empty((int(keep.sum()), 0)), *(score[keep] for score in scores[2:])]),
        waves=tuple(map(str, columns.later)), dose=_masked(dose, keep), dose_name=columns.dose or "",
        categories=tuple(map(str, wide[columns.scores[0]].cat.categories)) if kind == "ordinal" else (),
        left=Left(
            before[gone], arm=_kept(labels["group"], gone), level=_kept(labels["by"], gone),
            cluster=_kept(labels["cluster"], gone), covariates=covariates[gone],
        ),
    )
    return _in_order(pairs)


def _check_columns(data: pd.DataFrame, columns: Columns) -> None:
    """Every named column exists, and long data name all that they need."""
    if columns.wave is not None:
        for role in ("outcome", "person"):
            if getattr(columns, role) is None:
                raise StatisticsError("K304", role=role)
    elif columns.outcome is not None:
        raise StatisticsError("K305")
    roles = ("outcome", "wave", "person", "group", "by", "cluster", "dose")
    named = [(role, getattr(columns, role)) for role in roles if getattr(columns, role) is not None]
    if columns.wave is None:
        named += [("before", columns.before), *(("after", name) for name in (columns.after, *columns.later))]
    for role, name in [*named, *(("adjust", name) for name in columns.adjust)]:
        if name not in data.columns:
            raise StatisticsError("K303", role=role, column=name, known=", ".join(map(str, data.columns)))


def _widen(data: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """One row per person from one row per person and wave.

    Group, level, cluster, dose and covariates are those of the first wave,
    filled from the second where the first has none.
    """
    parts = [_one_wave(data, value, columns) for value in columns.waves]
    first, second = parts[:2]
    people = first.index.append(second.index[~second.index.isin(first.index)])
    first, second, *later = (part.reindex(people) for part in parts)
    scores = zip(columns.scores, (first, second, *later), strict=True)
    wide = pd.DataFrame({name: part[columns.outcome] for name, part in scores}, index=people)
    fixed = {columns.group: ("K309", "group"), columns.by: ("K309", "by"), columns.dose: ("K322", "dose")}
    for name in first.columns.difference([columns.outcome], sort=False):
        if name in fixed:
            _check_constant(first[name], second[name], *fixed[name], name)
        wide[name] = first[name].where(first[name].notna(), second[name])
    return wide.reset_index(drop=True)


def _one_wave(data: pd.DataFrame, value: object, columns: Columns) -> pd.DataFrame:
    """The rows of one wave by person, each person once."""
    rows = _rows_of(data, value, columns)
    if not rows.any():
        known = ", ".join(sorted(map(str, data[columns.wave].dropna().unique())))
        raise StatisticsError("K306", column=columns.wave, value=value, known=known)
    rows = rows & data[columns.person].notna().to_numpy()
    _check_unique(data, rows, value, columns)
    extra = dict.fromkeys((columns.group, columns.by, columns.cluster, columns.dose, *columns.adjust))
    kept = [columns.person, columns.outcome, *(c for c in extra if c and c != columns.person)]
    return data.loc[rows, kept].set_index(columns.person, drop=False)


def _rows_of(data: pd.DataFrame, value: object, columns: Columns) -> NDArray[np.bool_]:
    """Which rows of long data belong to one wave."""
    return (data[columns.wave] == value).fillna(False).to_numpy(dtype=bool)


def _check_unique(data: pd.DataFrame, rows: NDArray[np.bool_], value: object, columns: Columns) -> None:
    """Refuse a person with two rows in one wave, naming the rows (from 1) that repeat."""
    people = data[columns.person][rows]
    repeated = people.duplicated()
    if not repeated.any():
        return
    places = np.flatnonzero(rows)[repeated.to_numpy()] + 1
    n = people[repeated].nunique()
    code = "K307" if n > 1 and n == repeated.sum() else "K308"
    raise StatisticsError(code, people=n, value=value, rows=_some(places))


def _some(places: Sequence[int] | NDArray[np.int_]) -> str:
    """The first few row numbers as text."""
    shown = ", ".join(map(str, places[:ROWS_SHOWN]))
    return shown + (", ..." if len(places) > ROWS_SHOWN else "")


def _check_constant(first: pd.Series, second: pd.Series, code: str, role: str, name: str) -> None:
    """Refuse people who change their group, level or dose between the waves."""
    both = first.notna() & second.notna()
    changed = int((first[both].astype(str) != second[both].astype(str)).sum())
    if changed:
        raise StatisticsError(code, role=role, column=name, people=changed)


def _check_scale(data: pd.DataFrame, columns: Columns, kind: Kind, scale: tuple[float, float]) -> None:
    """Refuse scores beyond the ends of the scale, with their rows, and a scale of ordered categories."""
    if kind == "ordinal":
        raise StatisticsError("K320", column=columns.outcome if columns.wave is not None else columns.before)
    low, high = scale
    for value in columns.waves:
        name = value if columns.wave is None else columns.outcome
        scores = _floats(data[name], name)
        wrong = (scores < low) | (scores > high)
        if columns.wave is not None:
            wrong &= _rows_of(data, value, columns)
        places = np.flatnonzero(wrong) + 1
        if len(places):
            raise StatisticsError(
                "K319", column=name, count=len(places), rows=_some(places), low=f"{low:g}", high=f"{high:g}"
            )


def _scores(wide: pd.DataFrame, columns: Columns) -> tuple[list[Floats], Kind]:
    """Every wave as floats, and what kind of outcome they are."""
    waves = [wide[name] for name in columns.scores]
    ordered = [isinstance(s.dtype, pd.CategoricalDtype) and bool(s.dtype.ordered) for s in waves]
    if all(ordered):
        for name, later in zip(columns.waves[1:], waves[1:], strict=True):
            if list(later.cat.categories) != list(waves[0].cat.categories):
                raise StatisticsError("K318", before=columns.before, after=name)
        return [np.where(s.cat.codes < 0, np.nan, s.cat.codes + 1.0) for s in waves], "ordinal"
    values = [_floats(s, name) for s, name in zip(waves, columns.scores, strict=True)]
    seen = np.unique(np.concatenate(values))
    seen = seen[~np.isnan(seen)]
    return values, "pass_fail" if set(seen) == {0.0, 1.0} else "score"


def _dose(column: pd.Series, name: str) -> Floats:
    """The dose as floats; K321 where it is not a number."""
    if not pd.api.types.is_numeric_dtype(column):
        raise StatisticsError("K321", column=name, count=int(column.notna().sum()))
    return _floats(column, name)


def _floats(column: pd.Series, name: Any) -> Floats:
    """A numeric column as floats; text and infinity are refused with their rows."""
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        if column.notna().any():
            wrong = np.flatnonzero(column.notna().to_numpy()) + 1
            raise StatisticsError("K310", column=name, count=len(wrong), rows=_some(wrong))
        return np.full(len(column), np.nan)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    # Beyond 15 digits a double no longer tells neighbouring scores apart.
    wrong = np.flatnonzero(np.abs(np.nan_to_num(values, nan=0.0, posinf=np.inf)) > 1e15) + 1
    if len(wrong):
        raise StatisticsError("K311", column=name, count=len(wrong), rows=_some(wrong))
    return values


def _labels(wide: pd.DataFrame, name: str | None) -> tuple[NDArray[Any], NDArray[np.bool_], tuple[str, ...]] | None:
    """A column as text labels, where it is missing, and its labels in order."""
    if name is None:
        return None
    column = wide[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        order = tuple(map(str, column.cat.categories))
    else:
        order = tuple(map(str, sorted(column.dropna().unique(), key=_natural)))
    return column.astype(str).to_numpy(dtype=str), column.isna().to_numpy(), order


def _natural(label: object) -> tuple[bool, float, str]:
    """Numbers in numeric order, before words in alphabetical order."""
    if isinstance(label, (int, float, np.number)):
        return False, float(label), ""
    return True, 0.0, str(label)


def _complete(
    wide: pd.DataFrame, before: Floats, after: Floats, labels: dict[str, Any]
) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Rows with both scores and every label, and how many fall out for which reason."""
    no_before, no_after = np.isnan(before), np.isnan(after)
    keep = ~no_before & ~no_after
    dropped = {
        "only_before": int((no_after & ~no_before).sum()),
        "only_after": int((no_before & ~no_after).sum()),
        "neither": int((no_before & no_after).sum()),
    }
    for role, found in labels.items():
        if found is not None:
            dropped[role] = int((keep & found[1]).sum())
            keep &= ~found[1]
    return keep, {reason: n for reason, n in dropped.items() if n}


def _kept(labels: Any, keep: NDArray[np.bool_]) -> Labels | None:
    """Labels of the kept rows, or None where no column was named."""
    return None if labels is None else labels[0][keep]


def _present(labels: Any, keep: NDArray[np.bool_]) -> tuple[str, ...]:
    """Labels in order that occur among the kept rows."""
    if labels is None:
        return ()
    seen = set(labels[0][keep])
    return tuple(label for label in labels[2] if label in seen)


def _arms(labels: Any, keep: NDArray[np.bool_], columns: Columns) -> tuple[str, ...]:
    """Arms with the control first; each with at least two pairs."""
    if labels is None:
        return ()
    arms, control = _present(labels, keep), str(columns.control)
    if columns.control is None or control not in arms:
        raise StatisticsError("K313", column=columns.group, control=columns.control, known=", ".join(arms))
    if len(arms) < 2:
        raise StatisticsError("K314", column=columns.group, control=control)
    for arm in arms:
        n = int((labels[0][keep] == arm).sum())
        if n < 2:
            raise StatisticsError("K315", arm=arm, n=n)
    return (control, *(arm for arm in arms if arm != control))


def _covariates(wide: pd.DataFrame, adjust: tuple[str, ...]) -> tuple[Floats, tuple[str, ...]]:
    """Numbers as they are, labels as dummies without their first, shape (n, k)."""
    parts: list[Floats] = []
    names: list[str] = []
    for name in adjust:
        column = wide[name]
        if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            parts.append(_floats(column, name))
            names.append(name)
            continue
        values, missing, order = _labels(wide, name)  # type: ignore[misc]
        for label in [label for label in order if label in set(values[~missing])][1:]:
            parts.append(np.where(missing, np.nan, values == label))
            names.append(f"{name}={label}")
    return (np.column_stack(parts) if parts else np.empty((len(wide), 0))), tuple(names)


def _in_order(pairs: Pairs) -> Pairs:
    """Sort by scores and covariates, so that the last digit of a sum never hangs on the order of the rows.

    Clusters come last among the keys: their names may be pseudonyms.
    """
    keys: list[NDArray[Any]] = [values for values in (pairs.cluster, pairs.dose) if values is not None]
    keys += [*pairs.later.T[::-1], *pairs.covariates.T[::-1], pairs.after, pairs.before]
    keys += [labels for labels in (pairs.arm, pairs.level) if labels is not None]
    order = np.lexsort(keys)
    return replace(
        pairs, before=pairs.before[order], after=pairs.after[order], covariates=pairs.covariates[order],
        later=pairs.later[order], left=_left_in_order(pairs.left),
        **{name: _masked(getattr(pairs, name), order) for name in ("arm", "level", "cluster", "dose")},
    )


def _left_in_order(left: Left) -> Left:
    """Leavers sorted as the pairs are."""
    keys: list[NDArray[Any]] = [] if left.cluster is None else [left.cluster]
    keys += [*left.covariates.T[::-1], left.before]
    keys += [labels for labels in (left.arm, left.level) if labels is not None]
    order = np.lexsort(keys)
    return Left(
        left.before[order], arm=_masked(left.arm, order), level=_masked(left.level, order),
        cluster=_masked(left.cluster, order), covariates=left.covariates[order],
    )
