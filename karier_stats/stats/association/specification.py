"""All reasonable ways to ask one question, side by side, none of them picked: the specification curve, and ``every_way``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.slopes import Slopes, filled
from karier_stats.stats.association.within_between import design_of, refuse_few, unit_level
from karier_stats.stats.columns import (
    Labels,
    check_level,
    floats,
    is_number,
    labels_of,
    listed,
    measured,
    refuse_absent,
    settled,
    true_in,
)
from karier_stats.stats.contrast import Line, contrast
from karier_stats.stats.effect import Framed, effect
from karier_stats.stats.frame import Frame, build, cells, check_roles, codes_by_name, covariate, gaps_of
from karier_stats.stats.numerics.cluster import means_by
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate
from karier_stats.stats.picture import Picture, worded
from karier_stats.stats.results import Result, Sheet
from karier_stats.words import Figure, Joined, Phrase, catalogue
from karier_stats.words.numbers import Text, figured, level_digits

Choices: TypeAlias = Mapping[str, Mapping[str, Any]]
KNOWN = ("outcome", "adjust", "method", "missing", "sample")
"""Choices that the built-in fit understands."""
GAP = "{} missing"
"""Name of the column that says where a covariate has a gap."""
ROWS_TO = 30
"""Up to so many options are drawn under the curve."""


@dataclass(frozen=True)
class Specification:
    """One way to ask the question: ``run`` takes the regressor's values (n,) to its estimate, or to none with the reason.

    ``key`` is what the regression is made of, equal for choices that come to the same; empty where it cannot be made.
    """

    run: Callable[[Array], Estimate]
    key: tuple[Any, ...] = ()


def built_in(data: pd.DataFrame, on: str, unit: str | None, choice: Mapping[str, Any]) -> Specification:
    """Least squares of one outcome on the regressor, as ``choice`` has it.

    A choice that was not declared takes its first option: no covariate, unit means (``cr2`` without units), complete rows,
    all rows.
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


def used_rows(data: pd.DataFrame, on: str, unit: str | None, choices: Sequence[Mapping[str, Any]]) -> NDArray[np.bool_]:
    """Rows (n,) that a specification can use; all with a value and a unit where none can be made."""
    used = np.zeros(len(data), dtype=bool)
    for choice in choices:
        with suppress(StatisticsError):  # a specification that cannot be made says so in its own row
            used[_rows(data, on, unit, choice)[2]] = True
    known = ~np.logical_or.reduce(list(gaps_by_column(data, on, unit, ()).values()))
    return used & known if used.any() else known


def gaps_by_column(data: pd.DataFrame, on: str, unit: str | None, others: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Where the columns are empty or infinite, shape (n,) each."""
    columns = {name: settled(data[name]) for name in (on, *others, unit) if name is not None}
    return {
        name: ~np.isfinite(floats(column)) if is_number(column) else labels_of(column).empty
        for name, column in columns.items()
    }


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
    known = measured(values, "outcome")
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


@dataclass(frozen=True, eq=False, repr=False)
class Specifications(Result):
    """Estimates of all specifications, and whether together they are more than chance; see :func:`specifications`.

    ``curve`` has one row per specification, in the order of the estimates of ``on``: ``estimate, p_value``, one column per
    choice with the label chosen, and ``reason`` where it could not be computed; one is seen where its p is below 1 - ``level``.
    """

    on: str
    curve: pd.DataFrame = field(repr=False)
    draws: int
    level: float

    @property
    def choices(self) -> list[str]:
        """Names of the choices."""
        return [name for name in self.curve.columns if name not in ("estimate", "p_value", "reason")]

    @property
    def computed(self) -> pd.DataFrame:
        """The specifications that could be computed."""
        return self.curve[self.curve["estimate"].notna()]

    def sentence(self, lang: str = "id") -> str:
        """Median, direction and visibility of all specifications together; no specification is picked."""
        median, same, seen = (self.row(term) for term in ("curve_median", "curve_same_sign", "curve_seen"))
        computed, alpha = self.computed["estimate"], 1 - self.level
        found = [float(median["estimate"]), float(computed.min()), float(computed.max())]
        (value, low, high), size = figured(found, max(map(abs, found)) / 10)  # three figures
        return _say(
            "sentence", count=len(self.curve), on=self.on, value=value, low=low, high=high, size=size, n=median["n"],
            same=same["estimate"], seen=seen["estimate"], alpha=Figure(alpha, "percent", level_digits(self.level)),
            verdict=_say(f"verdict.{'seen' if median['p_value'] < alpha else 'unseen'}", p=median["p_value"]),
        )[lang]

    def picture(self) -> Picture:
        """Estimates in their order; under them a mark for every option that each rests on."""
        curve, options = self.computed, [
            (name, label) for name in self.choices if self.curve[name].nunique() > 1
            for label in sorted(self.curve[name].unique())
        ]
        seen = (curve["p_value"] < 1 - self.level).fillna(False).astype(bool)
        taken = {f"{choice}: {label}": curve[choice] == label for choice, label in options[:ROWS_TO]}
        groups = worded("group", [_say(f"picture.{'seen' if one else 'unseen'}") for one in seen])
        data = pd.DataFrame({"estimate": curve["estimate"], "highlight": seen, **groups, **taken}).reset_index(drop=True)
        axis = _say("picture.axis")
        return self.pictured("options", data, axis, axis, reference=float(self.headline["estimate"]))


def _say(key: str, **facts: Any) -> Phrase:
    return Phrase(f"association.curve.{key}", **facts)


def specifications(
    data: pd.DataFrame, *, on: str, choices: Choices, unit: str | None = None, draws: int = 499, level: float = 0.95,
    seed: int = 0,
) -> Specifications:
    """Every combination of declared choices, and a joint permutation test of them all.

    Parameters
    ----------
    data : DataFrame
        One row per person, or per person and period. Never changed.
    on : str
        Numeric column of the regressor.
    choices : mapping
        Name of a choice to its options, each a label and a value: ``outcome`` (columns), ``adjust``
        (sequences of columns), ``method`` (``"unit_means"``, ``"cr2"``), ``missing`` (``"complete"``: rows with gaps
        are left out; ``"indicator"``: a covariate's gaps take its mean and a column of their own), ``sample``
        (None for all rows, or a function of ``data`` that gives True for the rows to take).
    unit : str, optional
        What people are nested in: the regressor's unit means are then dealt out among units.
    draws : int
        Permutations.
    level : float
        A specification is seen where its p is below ``1 - level``.
    seed : int
        Seed of the permutations.

    Returns
    -------
    Specifications
        Rows ``curve_median`` (headline), ``curve_same_sign`` and ``curve_seen`` with joint p-values; ``curve`` with
        every specification that is a regression of its own.

    Raises
    ------
    StatisticsError
        K325, K340, K345-K347 (columns), K349 (level), K368 (a choice that cannot be used), K369 (nothing could be computed).

    Notes
    -----
    Estimates are standard deviations of the outcome per standard deviation of ``on``, both over the
    rows that any specification uses, so that outcomes can stand in one curve; with ``unit`` they are those of
    ``[between]``. The joint p of a figure is ``(1 + draws at least as extreme) / (1 + draws)``, extreme meaning a
    median farther from zero, a larger share with the median's sign, a larger share with that sign and seen, whatever
    that sign is. Dealing out ``on`` tests that it goes with nothing, covariates included.

    References
    ----------
    Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4, 1208-1214.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> staff = pd.DataFrame({"x": rng.normal(size=60), "age": rng.normal(size=60)})
    >>> staff["y"] = staff["x"] + rng.normal(size=60)
    >>> found = specifications(
    ...     staff, on="x", choices={"outcome": {"y": "y"}, "adjust": {"none": (), "age": ("age",)}}, draws=99
    ... )
    >>> len(found.curve), round(float(found.headline["p_value"]), 2)
    (2, 0.01)
    """
    _check(data, on, unit, choices, draws)
    options = [tuple(choices[name].items()) for name in choices]
    combinations = [dict(zip(choices, pick, strict=True)) for pick in itertools.product(*options)]
    chosen = [{name: value for name, (_, value) in pick.items()} for pick in combinations]
    asked = gaps_by_column(data, on, unit, _columns(data, choices))
    gaps = {name: int(gap.sum()) for name, gap in asked.items() if gap.any()}
    used = used_rows(data, on, unit, chosen)
    if not used.any():
        raise StatisticsError("K347", rows=0, coefficients=2, needed=4)
    data = data[used]
    deal = _Deal.of(data, on, unit, choices)
    ways = [built_in(data, on, unit, choice) for choice in chosen]
    first: dict[Any, int] = {}
    for k, way in enumerate(ways):
        first.setdefault(way.key or k, k)
    kept = list(first.values())  # those that come to the same as an earlier one are left out
    found = [ways[k].run(deal.values) for k in kept]
    if not any(math.isfinite(one.value) for one in found):
        raise StatisticsError("K369", count=len(found), reason=found[0].reason)
    rng = np.random.default_rng(seed)
    alive = [ways[k] for k, one in zip(kept, found, strict=True) if math.isfinite(one.value)]
    permuted = [[way.run(dealt) for way in alive] for dealt in (deal.drawn(rng) for _ in range(draws))]
    labels = tuple({name: label for name, (label, _) in combinations[k].items()} for k in kept)
    units = None if unit is None else len(deal.means)
    return _Gathered(on, len(data), units, labels, tuple(found), permuted, len(ways) - len(kept), gaps).result(level)


@dataclass(frozen=True)
class _Deal:
    """The regressor as it can be dealt out: ``values`` (n,), unit of each row, ``means`` by unit."""

    values: Array
    codes: NDArray[np.intp]
    means: Array

    @classmethod
    def of(cls, data: pd.DataFrame, on: str, unit: str | None, choices: Choices) -> _Deal:
        """From the table; a row without a value keeps what it has."""
        values = floats(settled(data[on]))
        codes = np.full(len(values), -1, dtype=np.intp)
        known = np.isfinite(values)
        if unit is None:
            order = _by_content(data, on, choices)
            codes[order[known[order]]] = np.arange(known.sum())
            return cls(values, codes, values[order[known[order]]])
        units = labels_of(data[unit])
        known &= ~units.empty
        codes[known] = codes_by_name(units.only(known))[0]
        means: Array = means_by(np.asarray(values[known][:, None], dtype=np.float64), codes[known])[1][:, 0]
        return cls(values, codes, means)

    def drawn(self, rng: np.random.Generator) -> Array:
        """The regressor with the means of units (or the values of rows) dealt out anew, deviations kept."""
        moved = self.means[rng.permutation(len(self.means))] - self.means
        return self.values + np.where(self.codes >= 0, moved[self.codes], 0.0)


def _by_content(data: pd.DataFrame, on: str, choices: Choices) -> NDArray[np.intp]:
    """Rows sorted by what they hold: a draw must not hang on the order of the rows, which may be that of pseudonyms."""
    columns = list(dict.fromkeys([on, *_columns(data, choices)]))
    ranked = data[columns].reset_index(drop=True)
    for name in columns:
        column = settled(ranked[name])
        ranked[name] = column if is_number(column) else labels_of(column).text
    return ranked.sort_values(columns, kind="stable").index.to_numpy(dtype=np.intp)


def _columns(data: pd.DataFrame, choices: Choices) -> list[str]:
    """Columns of the data that options name, each once."""
    named: list[Any] = []
    for options in choices.values():
        for value in options.values():
            named += listed(value) if isinstance(value, (str, list, tuple)) else []
    return list(dict.fromkeys(name for name in named if isinstance(name, str) and name in data.columns))


@dataclass(frozen=True)
class _Gathered:
    """All specifications, observed and permuted, before a level is chosen."""

    on: str
    n: int
    n_units: int | None
    labels: tuple[dict[str, str], ...]
    found: tuple[Estimate, ...]
    permuted: Sequence[Sequence[Estimate]]
    same: int
    gaps: Mapping[str, int]

    def result(self, level: float) -> Specifications:
        """Median and shares with their joint p-values."""
        check_level(level)
        alive = [point for point in self.found if math.isfinite(point.value)]
        figures = _figures(alive, level)
        extreme = np.array([_figures(drawn, level) for drawn in self.permuted]).reshape(-1, 3)
        # Rounding must not make a draw that equals the data less extreme.
        as_far = np.abs(extreme) >= np.abs(figures) - 1e-12
        p = (1 + as_far.sum(axis=0)) / (1 + len(extreme))
        terms = ("curve_median", "curve_same_sign", "curve_seen")
        curve = pd.DataFrame([
            {"estimate": point.value, "p_value": point.p, **label, "reason": point.reason}
            for point, label in zip(self.found, self.labels, strict=True)
        ]).sort_values("estimate", kind="stable", ignore_index=True)  # those without an estimate last
        sheet = Sheet(notes=self._notes())
        for term, value, chance in zip(terms, figures, p, strict=True):
            sheet.add(term, "specification_curve", Estimate(value, p=float(chance)), self.n, self.n_units)
        return Specifications(
            sheet.table(level), sheet.rows[0].key, tuple(sheet.notes), self.result, self.on,
            curve.astype({"estimate": "Float64", "p_value": "Float64"}), len(self.permuted), level,
        )

    def _notes(self) -> list[Text]:
        """What was tested, and which specifications have no estimate."""
        failed = [point for point in self.found if not math.isfinite(point.value)]
        untested = sum(math.isfinite(point.value) and not point.tested for point in self.found)
        told = {
            f"joint.{'row' if self.n_units is None else 'unit'}": True, "standardised": True, "alike": True,
            "same": self.same, "failed": len(failed), "untested": untested,
            "empty_cells": bool(self.gaps),
        }
        reason = failed[0].reason if failed else ""
        return [
            Phrase(f"association.curve.{key}", on=self.on, n=n, reason=reason, cells=cells(self.gaps))
            for key, n in told.items() if n
        ]


def _figures(points: Sequence[Estimate], level: float) -> tuple[float, float, float]:
    """Median estimate, share with its sign, share with its sign and seen."""
    estimates, p = (np.array([getattr(point, name) for point in points]) for name in ("value", "p"))
    known = np.isfinite(estimates)
    if not known.any():
        return 0.0, 0.0, 0.0
    median = float(np.median(estimates[known]))
    same = known & (np.sign(estimates) == np.sign(median))
    return median, float(same.sum() / known.sum()), float((same & (p < 1 - level)).sum() / known.sum())


def _check(data: pd.DataFrame, on: str, unit: str | None, choices: Choices, draws: int) -> None:
    """Refuse columns and choices that no specification can be made of."""
    check_roles(data, [(role, name) for role, name in (("on", on), ("unit", unit)) if name is not None])
    if not is_number(settled(data[on])):
        raise StatisticsError("K345", column=on, role="on", kind=str(data[on].dtype))
    if not (draws >= 1 and float(draws).is_integer()):
        raise StatisticsError("K368", name="draws", value=draws, rule="1, 2, 3, ...")
    for name, options in choices.items():
        if not isinstance(options, Mapping) or not options:
            raise StatisticsError("K368", name=name, value=type(options).__name__, rule="{label: value, ...}")
        if name not in KNOWN:
            raise StatisticsError("K368", name=name, value="-", rule=", ".join(KNOWN))
    refuse_absent(data, [("choices", name) for name in _columns(data, choices)])
    if "outcome" not in choices:
        raise StatisticsError("K368", name="outcome", value="-", rule="{label: column, ...}")
    known = {"method": ("unit_means", "cr2") if unit else ("cr2",), "missing": ("complete", "indicator")}
    for name, value in ((name, value) for name, options in choices.items() for value in options.values()):
        if name in known and value not in known[name]:
            raise StatisticsError("K368", name=name, value=value, rule=", ".join(known[name]))
        if name == "sample" and value is not None and not callable(value):
            raise StatisticsError("K368", name=name, value=value, rule="None | callable(data)")


PLAIN, ALSO, ALL = "plain", "also", "all"


@dataclass(frozen=True, eq=False)
class Curve(Framed):
    """The median of all ways, with the curve that they make.

    ``outcomes`` are the columns that were asked about, ``also`` the covariates of half of the ways; none where nothing is known.
    """

    outcomes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def frame(self, kind: str) -> pd.DataFrame:
        """Every way in the order of the estimates."""
        rows = self.result.computed
        codes = rows[["outcome", "adjust", "sample"]].astype(str).to_numpy()
        labels = [Joined(*map(way, of), mark=", ") for of in codes]
        estimate = rows["estimate"].to_numpy(float)
        return pd.DataFrame({"label": labels, "estimate": estimate, "low": np.nan, "high": np.nan, "n": self.n})


def way(code: str) -> Text:
    """What an option is called; its own name where the catalogue has none."""
    key = f"slopes.option.{code}"
    return Phrase(key) if catalogue.has(key) else {"id": code, "en": code}


def every_way(
    found: Slopes, *, outcomes: str | Sequence[str], samples: str | Sequence[str] = (), draws: int = 99,
) -> Curve:
    """Outcome × adjustment × sample by unit means, and a joint test of them all.

    Parameters
    ----------
    found : Slopes
        The main answer: its covariates, and those that it ``also`` looked at, make the two adjustments.
    outcomes : str or sequence of str
        Columns that can stand for the outcome.
    samples : str or sequence of str
        Columns of yes and no: all rows, and only those where each is true; where nobody knows it is not.
    draws : int
        Permutations of the whole curve; the smallest joint p is ``1 / (draws + 1)``.

    Raises
    ------
    StatisticsError
        As :func:`~karier_stats.stats.association.specification.specifications`.
    """
    outcomes, samples = listed(outcomes), listed(samples)
    refuse_absent(found.data, [("outcomes", name) for name in outcomes] + [("samples", name) for name in samples])
    adjust: dict[str, Any] = {PLAIN: found.adjust, **({ALSO: (*found.adjust, *found.also)} if found.also else {})}
    chosen = {name: (lambda rows, name=name: true_in(rows[name], "samples")) for name in samples}
    curve = specifications(
        filled(found.data, found.also), on=found.fit.on, unit=found.unit, draws=draws, level=found.level,
        seed=found.seed,
        choices={"outcome": {name: name for name in outcomes}, "adjust": adjust, "sample": {ALL: None, **chosen},
                 "method": {"unit_means": "unit_means"}},
    )
    signs = np.sign(curve.computed["estimate"])
    robust = bool((signs == np.sign(float(curve.headline["estimate"]))).all())
    told = effect(curve, of=found.data, design="association", measure="sd_per_sd", robust=robust)
    return Curve(**{**vars(told), "method": ""}, result=curve, outcomes=outcomes, also=found.also)
