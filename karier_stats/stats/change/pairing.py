"""From a table to pairs: one person, one score before and one after; what was left out, and how alike the arms were."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import Labels, floats, is_number, labels_of, refuse_absent, settled, some
from karier_stats.stats.numerics.effect_size import standardised_difference
from karier_stats.stats.numerics.estimate import NAN, Array
from karier_stats.stats.numerics.paired import differences, spread
from karier_stats.words import Phrase
from karier_stats.words.numbers import is_missing

BEFORE = "before"
"""Name of the score before among the variables."""

BALANCE = (
    "variable", "arm", "n", "n_missing", "mean", "sd", "control_n", "control_missing", "control_mean", "control_sd",
    "difference", "smd", "smd_low", "smd_high",
)
"""Columns of the table of balance."""

NOTABLE, LARGE = 0.1, 0.25
"""Absolute standardised differences that are said: Austin (2009), and Rubin's (2001) bound for regression."""

FEWEST_UNITS = 10
"""From so many clusters on, people are taken as nested in them."""
MOST_WITHOUT = 0.5
"""Where a larger share of one arm has no cluster, leaving them out would answer for others than were tested."""

Texts = NDArray[np.str_]
Kind = Literal["score", "ordinal", "pass_fail"]


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


_BY_PERSON = ("before", "after", "arm", "level", "cluster", "covariates", "gap", "later", "dose")


@dataclass(frozen=True)
class Pairs:
    """Complete pairs as arrays, in an order that does not depend on the rows of the data.

    ``before``, ``after`` (n,) are scores, ``later`` (n, w) those at the later ``waves``, NaN where a person has none; ``kind``
    says what they are, ``categories`` name the ordered levels 1, 2, ... ``arm``, ``level`` and ``cluster`` (n,) are labels or
    None, ``arms`` and ``levels`` their orders, the comparison arm first. ``covariates`` (n, k) are numbers and dummies of
    ``adjust``, NaN where missing, with their ``names``; ``labelled`` is the column of labels that each is a level of (no
    letters for numbers), ``gap`` (n,) who lacks one. ``dose`` (n,) is what each person took, NaN where unknown. ``dropped``
    counts people left out by reason (``no_person`` and ``no_wave`` rows), ``changed`` those whose cluster or covariate
    differs between the waves, where their first one counts. ``left`` are people with a score before and none after.
    """

    before: Array
    after: Array
    kind: Kind
    gap: NDArray[np.bool_]
    arm: Texts | None = None
    level: Texts | None = None
    cluster: Texts | None = None
    covariates: Array = field(default_factory=lambda: np.empty((0, 0)))
    names: tuple[str, ...] = ()
    labelled: tuple[str, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    later: Array = field(default_factory=lambda: np.empty((0, 0)))
    waves: tuple[str, ...] = ()
    dose: Array | None = None
    dose_name: str = ""
    cluster_name: str = ""
    categories: tuple[str, ...] = ()
    left: Pairs | None = None

    @property
    def change(self) -> Array:
        """After less before, shape (n,)."""
        return differences(self.before, self.after)

    def rows(self, picked: NDArray[Any]) -> Pairs:
        """The same people, some of them or in another order."""
        arrays = {name: getattr(self, name) for name in _BY_PERSON}
        kept: dict[str, Any] = {name: None if all_ is None else all_[picked] for name, all_ in arrays.items()}
        return replace(self, **kept)

    def only(self, mask: NDArray[np.bool_]) -> Pairs:
        """The pairs where ``mask`` holds, without levels, leavers and a record of what was dropped."""
        return replace(self.rows(mask), level=None, levels=(), dropped={}, changed={}, left=None)

    def at_level(self, name: str) -> Pairs:
        """The pairs and the leavers of one level of ``by``."""
        assert self.level is not None and self.left is not None and self.left.level is not None
        return replace(self.only(self.level == name), left=self.left.only(self.left.level == name))

    def beside(self, arm: str) -> NDArray[np.bool_]:
        """Who is in an arm or in the comparison arm, shape (n,)."""
        return np.isin(self.arm, [arm, self.arms[0]])  # type: ignore[arg-type]

    def fewest_units(self, arm: str) -> int | None:
        """Clusters on the smaller side of an arm and the comparison arm; see :func:`fewest_units`."""
        return None if self.cluster is None else fewest_units(self.arm, self.cluster, arm, self.arms[0])

    def columns_among(self, mask: NDArray[np.bool_]) -> list[int]:
        """Columns of the covariates that the people of ``mask`` can tell apart.

        A label that none of them has drops out; where none has the first label either, the next one takes its place.
        """
        kept: list[int] = []
        for source in dict.fromkeys(self.labelled):
            own = [i for i, name in enumerate(self.labelled) if name == source]
            if source:
                own = [i for i in own if (self.covariates[mask, i] == 1).any()]
                own = own[1:] if own and self.covariates[mask][:, own].any(axis=1).all() else own
            kept += own
        return sorted(kept)

    def in_order(self) -> Pairs:
        """Sorted by scores and covariates, so that the last digit of a sum never hangs on the order of the rows.

        Clusters come last among the keys: their names may be pseudonyms.
        """
        keys = [self.cluster, self.dose, *self.later.T[::-1], *self.covariates.T[::-1], self.after, self.before]
        known = [key for key in (*keys, self.arm, self.level) if key is not None]
        return self.rows(np.lexsort(known))


def fewest_units(arms: Any, clusters: NDArray[Any], arm: Any, control: Any) -> int | None:
    """Clusters on the smaller side where whole clusters are in one arm; None where clusters hold both."""
    treated, other = set(clusters[arms == arm]), set(clusters[arms == control])
    return None if treated & other else min(len(treated), len(other))


def make_pairs(data: pd.DataFrame, columns: Columns, scale: tuple[float, float] | None = None) -> Pairs:
    """Check the table and pair the waves.

    K303-K315, K318-K322, K324, K325, K338, K345: unknown or repeated column, missing keyword, unknown wave or control, a
    person twice in a wave or in wide data, a group or dose that changes, text, infinity or a number beyond the scale among
    the scores, fewer than two pairs.
    """
    _check_columns(data, columns)
    columns, wide, left_out, changed = (_wide if columns.wave is None else _widen)(data, columns)
    scores, kind = _scores(wide, columns)
    if scale is not None:
        _check_scale(data, columns, kind, scale)
    before, after = scores[:2]
    named = {role: getattr(columns, role) for role in ("group", "by", "cluster")}
    labels = {role: None if name is None else labels_of(wide[name]) for role, name in named.items()}
    keep, dropped = _complete(before, after, labels)
    if keep.sum() < 2:
        raise StatisticsError("K312", n=int(keep.sum()), rows=len(wide))
    values, sources, gap = _covariates(wide, columns.adjust, keep)
    dose = None if columns.dose is None else _floats(wide[columns.dose], columns.dose, dose=True)
    arm, level, cluster = (None if found is None else found.text for found in labels.values())
    everybody = Pairs(
        before, after, kind, gap, arm=arm, level=level, cluster=cluster, covariates=values,
        names=tuple(name for name, _ in sources), labelled=tuple(source for _, source in sources),
        later=np.column_stack([np.empty((len(wide), 0)), *scores[2:]]), waves=tuple(map(str, columns.later)),
        dose=dose, dose_name=columns.dose or "", cluster_name=columns.cluster or "",
        categories=tuple(map(str, wide[columns.scores[0]].cat.categories)) if kind == "ordinal" else (),
    )
    gone = ~np.isnan(before) & np.isnan(after)
    for found in labels.values():
        gone &= True if found is None else ~found.empty
    return replace(
        everybody.rows(keep).in_order(), dropped=left_out | dropped, changed=changed,
        levels=() if labels["by"] is None else labels["by"].only(keep).order,
        arms=_arms(labels["group"], keep, columns), left=everybody.rows(gone).in_order(),
    )


def _check_columns(data: pd.DataFrame, columns: Columns) -> None:
    """Every named column exists, and keywords that belong together are given together."""
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
    named += [("adjust", name) for name in columns.adjust]
    refuse_absent(data, named, "K303")
    for role, name in named:
        if columns.outcome == name and role != "outcome":
            raise StatisticsError("K346", column=name, roles=f"`outcome`, `{role}`")
    if (columns.group is None) != is_missing(columns.control):
        given, needed = ("control", "group") if columns.group is None else ("group", "control")
        raise StatisticsError("K338", given=given, needed=needed)


_Table = tuple[Columns, pd.DataFrame, dict[str, int], dict[str, int]]
"""The columns, one row per person, what was left out on the way, and which columns differ between a person's waves."""


def _wide(data: pd.DataFrame, columns: Columns) -> _Table:
    """Wide data with each person once; a row without the person that should be named is left out."""
    if columns.person is None:
        return columns, data, {}, {}
    people = labels_of(data[columns.person])
    known = ~people.empty
    n, places = _repeated(people.codes, known)
    if n:
        raise StatisticsError("K324", column=columns.person, people=n, rows=some(places))
    return columns, data[known], _counted({"no_person": ~known}), {}


def _counted(reasons: dict[str, NDArray[np.bool_]]) -> dict[str, int]:
    return {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}


def _widen(data: pd.DataFrame, columns: Columns) -> _Table:
    """One row per person from one row per person and wave, and the columns with the waves as the data write them.

    Group, level, cluster, dose and covariates are those of the first wave that has them.
    """
    people, waves = labels_of(data[columns.person]), labels_of(data[columns.wave])
    columns = _named_waves(columns, waves)
    parts = [_one_wave(data, people, waves.text == value, value, columns) for value in columns.waves]
    everybody = pd.Index(np.concatenate([part.index for part in parts])).unique()
    parts = [part.reindex(everybody) for part in parts]
    scores = zip(columns.scores, parts, strict=True)
    wide = pd.DataFrame({name: part[columns.outcome] for name, part in scores}, index=everybody)
    fixed = {columns.group: ("K309", "group"), columns.by: ("K309", "by"), columns.dose: ("K322", "dose")}
    changed: dict[str, int] = {}
    for name in parts[0].columns.difference([columns.outcome], sort=False):
        wide[name], differ = _first_known([part[name] for part in parts])
        if differ and name in fixed:
            code, role = fixed[name]
            raise StatisticsError(code, role=role, column=name, people=differ)
        changed |= {name: differ} if differ else {}
    wanted = np.isin(waves.text, columns.waves)
    dropped = _counted({"no_wave": waves.empty, "no_person": wanted & people.empty})
    return columns, wide.reset_index(drop=True), dropped, changed


def _named_waves(columns: Columns, waves: Labels) -> Columns:
    found = []
    for value in columns.waves:
        label = waves.find(value)
        if label is None:
            raise StatisticsError("K306", column=columns.wave, value=value, known=", ".join(waves.order))
        if label in found:
            raise StatisticsError("K317", name="after", value=value, rule=ONE_WAVE_EACH)
        found.append(label)
    return replace(columns, before=found[0], after=found[1], later=tuple(found[2:]))


ONE_WAVE_EACH = Phrase("change.one_wave_each")


def _one_wave(data: pd.DataFrame, people: Labels, rows: NDArray[np.bool_], value: str, columns: Columns) -> pd.DataFrame:
    rows = rows & ~people.empty
    n, places = _repeated(people.codes, rows)
    if n:
        code = "K307" if n > 1 and n == len(places) else "K308"
        raise StatisticsError(code, people=n, value=value, rows=some(places))
    kept = dict.fromkeys((columns.outcome, columns.group, columns.by, columns.cluster, columns.dose, *columns.adjust))
    part = data.loc[rows, [name for name in kept if name is not None]]
    return part.set_axis(pd.Index(people.text[rows], dtype=object))


def _repeated(people: NDArray[np.intp], rows: NDArray[np.bool_]) -> tuple[int, NDArray[np.intp]]:
    """How many people have more than one of some rows, and where they repeat (from 1)."""
    found = pd.Series(people[rows])
    again = found.duplicated().to_numpy()
    return int(found[again].nunique()), np.flatnonzero(rows)[again] + 1


def _first_known(waves: list[pd.Series]) -> tuple[pd.Series, int]:
    """The first value that each person has over the waves, and how many people have another one later."""
    value, differ = waves[0], np.zeros(len(waves[0]), dtype=bool)
    for later in waves[1:]:
        codes = labels_of(pd.concat([value, later], ignore_index=True)).codes
        first, second = codes[: len(value)], codes[len(value):]
        differ |= (first >= 0) & (second >= 0) & (first != second)
        value = value.where(first >= 0, later)
    return value, int(differ.sum())


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
            wrong &= labels_of(data[columns.wave]).text == value
        places = np.flatnonzero(wrong) + 1
        if len(places):
            raise StatisticsError("K319", column=name, count=len(places), rows=some(places), low=f"{low:g}", high=f"{high:g}")


def _scores(wide: pd.DataFrame, columns: Columns) -> tuple[list[Array], Kind]:
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


def _floats(column: pd.Series, name: Any, dose: bool = False) -> Array:
    """A numeric column as floats; text and infinity are refused with their rows, a dose that is no number as a whole."""
    column = settled(column)
    if not is_number(column):
        if dose:
            raise StatisticsError("K321", column=name, count=int(column.notna().sum()))
        if column.notna().any():
            wrong = np.flatnonzero(column.notna().to_numpy()) + 1
            raise StatisticsError("K310", column=name, count=len(wrong), rows=some(wrong))
        return np.full(len(column), np.nan)
    values = floats(column)
    # Beyond 15 digits a double no longer tells neighbouring scores apart.
    wrong = np.flatnonzero(np.abs(np.nan_to_num(values, nan=0.0, posinf=np.inf)) > 1e15) + 1
    if len(wrong):
        raise StatisticsError("K311", column=name, count=len(wrong), rows=some(wrong))
    return values


def _complete(before: Array, after: Array, labels: dict[str, Labels | None]) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Rows with both scores and every label, and how many fall out for which reason."""
    no_before, no_after = np.isnan(before), np.isnan(after)
    keep = ~no_before & ~no_after
    dropped = {"only_before": no_after & ~no_before, "only_after": no_before & ~no_after, "neither": no_before & no_after}
    for role, found in labels.items():
        if found is not None:
            dropped[role] = keep & found.empty
            keep = keep & ~found.empty
    return keep, _counted(dropped)


def _arms(labels: Labels | None, keep: NDArray[np.bool_], columns: Columns) -> tuple[str, ...]:
    """Arms with the control first; each with at least two pairs."""
    if labels is None:
        return ()
    kept = labels.only(keep)
    control = kept.find(columns.control)
    if control is None:
        raise StatisticsError("K313", column=columns.group, control=columns.control, known=", ".join(kept.order))
    if len(kept.order) < 2:
        raise StatisticsError("K314", column=columns.group, control=control)
    for arm, n in zip(kept.order, np.bincount(kept.codes), strict=True):
        if n < 2:
            raise StatisticsError("K315", arm=arm, n=int(n))
    return (control, *(arm for arm in kept.order if arm != control))


def _covariates(
    wide: pd.DataFrame, adjust: tuple[str, ...], keep: NDArray[np.bool_]
) -> tuple[Array, list[tuple[str, str]], NDArray[np.bool_]]:
    """Covariates (n, k), the name of each with the column of labels that it is a level of, and who lacks one.

    Numbers as they are; labels that occur among the kept rows as dummies without their first.
    """
    parts: list[Array] = []
    sources: list[tuple[str, str]] = []
    gap = np.zeros(len(wide), dtype=bool)
    for name in adjust:
        column = settled(wide[name])
        if is_number(column):
            parts.append(_floats(column, name))
            sources.append((name, ""))
            gap |= np.isnan(parts[-1])
            continue
        labels = labels_of(column)
        gap |= labels.empty
        for label in labels.only(keep).order[1:]:
            parts.append(np.where(labels.empty, np.nan, labels.text == label))
            sources.append((f"{name}={label}", name))
    return np.column_stack([np.empty((len(wide), 0)), *parts]), sources, gap


def balance_rows(pairs: Pairs, level: float) -> list[dict[str, Any]]:
    """One row per arm and variable, with the keys ``BALANCE``: the score before, then every covariate."""
    assert pairs.arm is not None
    columns = {BEFORE: pairs.before, **dict(zip(pairs.names, pairs.covariates.T, strict=True))}
    return [
        {"variable": name, "arm": arm, **_against(values[pairs.arm == arm], values[pairs.arm == pairs.arms[0]], level)}
        for name, values in columns.items() for arm in pairs.arms[1:]
    ]


def _against(own: Array, control: Array, level: float) -> dict[str, float]:
    parts: dict[str, float] = {}
    for prefix, values in (("", own), ("control_", control)):
        known = values[~np.isnan(values)]
        parts |= {
            f"{prefix}n": len(known), f"{prefix or 'n_'}missing": len(values) - len(known),
            f"{prefix}mean": float(known.mean()) if len(known) else NAN, f"{prefix}sd": spread(known),
        }
    found = standardised_difference(own[~np.isnan(own)], control[~np.isnan(control)], level)
    return {
        **parts, "difference": parts["mean"] - parts["control_mean"], "smd": found.estimate, "smd_low": found.low,
        "smd_high": found.high,
    }


def balance_note(pairs: Pairs, level: float) -> list[Phrase]:
    """The largest standardised difference before, where it is more than ``NOTABLE``."""
    rows = [row for row in balance_rows(pairs, level) if abs(row["smd"]) > NOTABLE]
    if not rows:
        return []
    worst = max(rows, key=lambda row: abs(row["smd"]))
    variable = worst["variable"]
    name = Phrase("change.note.balance_before") if variable == BEFORE else f"`{variable}`"
    size, bound = ("large", LARGE) if abs(worst["smd"]) > LARGE else ("notable", NOTABLE)
    return [Phrase(
        "change.note.balance", variable=name, arm=worst["arm"], control=pairs.arms[0], smd=worst["smd"],
        bound=Phrase(f"change.note.balance_{size}", bound=bound),
    )]


def nested(
    rows: pd.DataFrame, cluster: str | None, group: str, fewest: int = FEWEST_UNITS,
) -> tuple[pd.DataFrame, str | None, pd.DataFrame]:
    """Those who are analysed, the column of their clusters (None: people are independent), and those left out.

    All are kept where fewer than ``fewest`` clusters are known, or an arm has too many without one.
    """
    if cluster is None:
        return rows, None, rows.iloc[:0]
    clear = rows[cluster].notna()
    arms = clear.groupby(rows[group]).mean()
    if rows.loc[clear, cluster].nunique() < fewest or (arms < 1 - MOST_WITHOUT).any():
        return rows, None, rows.iloc[:0]
    return rows[clear], cluster, rows[~clear]
