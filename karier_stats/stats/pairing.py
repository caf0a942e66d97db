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


@dataclass(frozen=True)
class Pairs:
    """Complete pairs as arrays, in an order that does not depend on the rows of the data.

    Attributes
    ----------
    before, after : ndarray, shape (n,)
    arm, level, cluster : ndarray of str, shape (n,), or None
    covariates : ndarray, shape (n, k)
        Numbers and dummies of ``adjust``; NaN where missing.
    names : tuple of str
        Names of the k covariates.
    kind : {"score", "ordinal", "pass_fail"}
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

    def only(self, mask: NDArray[np.bool_]) -> Pairs:
        """The pairs where ``mask`` holds, without levels and without a record of what was dropped."""
        return replace(
            self, before=self.before[mask], after=self.after[mask],
            arm=None if self.arm is None else self.arm[mask],
            cluster=None if self.cluster is None else self.cluster[mask],
            covariates=self.covariates[mask], level=None, levels=(), dropped={},
        )


def make_pairs(data: pd.DataFrame, columns: Columns) -> Pairs:
    """Check the table and pair the waves.

    Raises
    ------
    StatisticsError
        K303-K311, K318: unknown column, missing keyword, unknown wave or
        control, a person twice in a wave, a group that changes, text or
        infinity among the scores, fewer than two pairs.
    """
    _check_columns(data, columns)
    wide = data if columns.wave is None else _widen(data, columns)
    names = ("before", "after") if columns.wave is not None else (columns.before, columns.after)
    before, after, kind = _scores(wide, *names)
    labels = {role: _labels(wide, getattr(columns, role)) for role in ("group", "by", "cluster")}
    keep, dropped = _complete(wide, before, after, labels)
    if keep.sum() < 2:
        raise StatisticsError("K312", n=int(keep.sum()), rows=len(wide))
    covariates, covariate_names = _covariates(wide, columns.adjust)
    pairs = Pairs(
        before[keep], after[keep], kind,
        arm=_kept(labels["group"], keep), level=_kept(labels["by"], keep), cluster=_kept(labels["cluster"], keep),
        covariates=covariates[keep], names=covariate_names, dropped=dropped,
        levels=_present(labels["by"], keep), arms=_arms(labels["group"], keep, columns),
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
    roles = ["outcome", "wave", "person", "group", "by", "cluster"]
    roles += ["before", "after"] if columns.wave is None else []
    named = [(role, getattr(columns, role)) for role in roles if getattr(columns, role) is not None]
    for role, name in [*named, *(("adjust", name) for name in columns.adjust)]:
        if name not in data.columns:
            raise StatisticsError("K303", role=role, column=name, known=", ".join(map(str, data.columns)))


def _widen(data: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """One row per person from one row per person and wave.

    Group, level, cluster and covariates are those of the first wave, filled
    from the second where the first has none.
    """
    halves = {}
    for name, value in (("before", columns.before), ("after", columns.after)):
        rows = (data[columns.wave] == value).fillna(False).to_numpy(dtype=bool)
        if not rows.any():
            known = ", ".join(sorted(map(str, data[columns.wave].dropna().unique())))
            raise StatisticsError("K306", column=columns.wave, value=value, known=known)
        rows = rows & data[columns.person].notna().to_numpy()
        _check_unique(data, rows, value, columns)
        extra = [c for c in dict.fromkeys((columns.group, columns.by, columns.cluster, *columns.adjust)) if c]
        half = data.loc[rows, [columns.person, columns.outcome, *(c for c in extra if c != columns.person)]]
        halves[name] = half.set_index(columns.person, drop=False)
    first, second = halves["before"], halves["after"]
    people = first.index.append(second.index[~second.index.isin(first.index)])
    first, second = first.reindex(people), second.reindex(people)
    wide = pd.DataFrame({"before": first[columns.outcome], "after": second[columns.outcome]}, index=people)
    for name in first.columns.difference([columns.outcome], sort=False):
        if name in (columns.group, columns.by):
            _check_constant(first[name], second[name], "group" if name == columns.group else "by", name)
        wide[name] = first[name].where(first[name].notna(), second[name])
    return wide.reset_index(drop=True)


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


def _check_constant(first: pd.Series, second: pd.Series, role: str, name: str) -> None:
    """Refuse people who change their group or level between the waves."""
    both = first.notna() & second.notna()
    changed = int((first[both].astype(str) != second[both].astype(str)).sum())
    if changed:
        raise StatisticsError("K309", role=role, column=name, people=changed)


def _scores(wide: pd.DataFrame, before: Any, after: Any) -> tuple[Floats, Floats, Kind]:
    """Both waves as floats, and what kind of outcome they are."""
    first, second = wide[before], wide[after]
    ordered = [isinstance(s.dtype, pd.CategoricalDtype) and bool(s.dtype.ordered) for s in (first, second)]
    if all(ordered):
        if list(first.cat.categories) != list(second.cat.categories):
            raise StatisticsError("K318", before=before, after=after)
        codes = [np.where(s.cat.codes < 0, np.nan, s.cat.codes + 1.0) for s in (first, second)]
        return codes[0], codes[1], "ordinal"
    values = [_floats(first, before), _floats(second, after)]
    seen = np.unique(np.concatenate(values))
    seen = seen[~np.isnan(seen)]
    return values[0], values[1], "pass_fail" if set(seen) == {0.0, 1.0} else "score"


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
    """Sort by scores and covariates, so that the last digit of a sum never hangs on the order of the rows."""
    keys = [*pairs.covariates.T[::-1], pairs.after, pairs.before]
    keys += [labels for labels in (pairs.cluster, pairs.arm, pairs.level) if labels is not None]
    order = np.lexsort(keys)
    return replace(
        pairs, before=pairs.before[order], after=pairs.after[order], covariates=pairs.covariates[order],
        **{
            name: getattr(pairs, name)[order]
            for name in ("arm", "level", "cluster") if getattr(pairs, name) is not None
        },
    )
