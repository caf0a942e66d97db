"""One number of a comparison or an association, with the design that says how far words may go; or why there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args

import pandas as pd

from karier_stats.errors import StatisticsError, refuse_unknown
from karier_stats.stats.columns import about_of, level_of, read, refuse_absent
from karier_stats.stats.description.describe import Description, code_order
from karier_stats.stats.numerics import pooling
from karier_stats.stats.numerics.estimate import Estimate, Valued, between
from karier_stats.stats.results import units_of
from karier_stats.words.numbers import LANGUAGES, Text, is_missing

Design = Literal["randomised", "comparison_group", "before_after", "adjusted_association", "association", "descriptive"]


@dataclass(frozen=True, eq=False)
class Effect(Valued):
    """What a finding speaks of: a ``value`` in its ``measure``, such as ``points``, at its own level.

    ``n`` people are behind it, of a comparison those of its smaller side, whom disclosure control must protect; ``design`` is
    what the comparison rests on; ``treated`` and ``control`` are the people of the two arms; ``method`` is as in the column of
    a result's table; ``n_units`` units or clusters are behind it. Not ``robust`` where reasonable methods disagree, or nobody
    knows how people were chosen; ``precise`` says whether the interval tells something, where its measure has no smallest
    effect; ``sentence`` is the result's own words for it, ``about`` what the view says of its table; ``verb`` in what the people
    of a change are nested.
    """

    value: Estimate
    n: int
    design: Design
    measure: str = "points"
    treated: int = 0
    control: int = 0
    method: str = ""
    n_units: int | None = None
    robust: bool = True
    precise: bool | None = None
    sentence: Text | None = None
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)
    verb: Mapping[str, Any] = field(default_factory=dict, repr=False)


def cell(value: Any) -> float:
    """A cell of a result's table as a float; NaN where it is missing."""
    return math.nan if value is None or type(value).__name__ == "NAType" else float(value)


def of_row(row: pd.Series | Mapping[Any, Any], level: float) -> Estimate:
    """One row of a result's table as an estimate at the level that it was made at."""
    value, low, high, error, dof, statistic, p = (
        cell(row[name]) for name in ("estimate", "ci_low", "ci_high", "std_error", "dof", "statistic", "p_value")
    )
    method = "" if is_missing(row["method"]) else str(row["method"])
    return between(value, low, high, std_error=error, dof=dof, statistic=statistic, p=p, level=level, method=method)


def over_strata(rows: Sequence[pd.Series], weights: Sequence[int], level: float) -> Estimate:
    """One row each of several results whose people differ, as their weighted mean."""
    values, errors, dofs = ([cell(row[name]) for row in rows] for name in ("estimate", "std_error", "dof"))
    return pooling.combine(values, errors, dofs, weights, level)


@dataclass(frozen=True, eq=False)
class Framed(Effect):
    """One number of a result that is drawn and tabulated as a whole; ``result`` is that one."""

    result: Any = field(default=None, repr=False)

    def shown(self, kind: str) -> int:
        """Rows behind it."""
        return self.n

    @property
    def reference(self) -> float:
        """Everybody's value."""
        return float(self.result.target)

    def frame(self, kind: str) -> pd.DataFrame:
        """Rows of a picture or a table."""
        rows: pd.DataFrame = self.result.frame(kind)
        return rows


def described(result: Description, *, measure: str) -> Effect | None:
    """A described number, such as the mean of differences, as a finding speaks of it; None of fewer than two people."""
    row = result.row
    return Effect(row.value, row.n, "descriptive", measure, about=result.about) if row.n > 1 else None


def effect(
    result: Any, term: str = "", *, of: pd.DataFrame, design: Design = "before_after", measure: str = "points",
    robust: bool = True,
) -> Any:
    """One row of a result as a finding speaks of it.

    Parameters
    ----------
    result : Result
        Of a verb; its refusal (:func:`~karier_stats.stats.effect.tried`) stays as it is.
    term : str
        The row, such as ``dose[linear]``; default: its headline, in the result's own words.
    of : DataFrame
        The table that the verb was given; what its view says goes along.
    design, measure : str
        How far words may go, and the unit of the estimate.
    robust : bool
        False where reasonable methods disagree.
    """
    refuse_unknown("design", design, get_args(Design))
    if isinstance(result, Refused):
        return result
    row = result.row(term) if term else result.headline
    level = level_of(of, None if math.isnan(cell(row["ci_level"])) else float(row["ci_level"]))
    call = {"cluster": result.pairs.cluster_name} if hasattr(result, "pairs") else {}
    told: dict[str, Any] = {"method": str(row["method"]), "n_units": units_of(row), "robust": robust,
                            "verb": call, "about": about_of(of)}
    if not term:
        told["sentence"] = {lang: result.sentence(lang) for lang in LANGUAGES}
    number = of_row(row, level), int(row["n"]), design, measure
    return Framed(*number, result=result, **told) if hasattr(result, "frame") else Effect(*number, **told)


Found = TypeVar("Found")


@dataclass(frozen=True)
class Refused:
    """Why a verb gave no result; ``asked`` are the keywords of the call, ``about`` is what the view says of its table."""

    error: StatisticsError
    asked: Mapping[str, Any] = field(default_factory=dict, repr=False)
    about: Mapping[str, Any] = field(default_factory=dict, repr=False)


def tried(verb: Callable[..., Found], data: Any, **keywords: Any) -> Found | Refused:
    """What a verb finds, or its refusal as a value.

    Parameters
    ----------
    verb : callable
        Such as ``ks.slopes``.
    data : DataFrame or result
        What the verb is given.
    **keywords
        Of the verb.
    """
    try:
        return verb(data, **keywords)
    except StatisticsError as error:
        about = getattr(data, "about", None) or getattr(data, "attrs", {})
        return Refused(error, keywords, {str(name): value for name, value in about.items()})


def each(data: pd.DataFrame, by: str, verb: Callable[..., Any], **keywords: Any) -> dict[str, Any]:
    """What a verb finds in each group, by the group's code.

    Parameters
    ----------
    data : DataFrame
    by : str
        Column of the groups; they come in the order of the view's names, others after them.
    verb : callable
    **keywords
        Of the verb.

    Returns
    -------
    dict
        A result for each group, or why there is none (:func:`~karier_stats.stats.effect.tried`). What the view says by
        group (``facts_of``, ``coverage_of``, ...) stands in the place of what it says of all; sentences may name ``group``.
    """
    refuse_absent(data, [("by", by)])
    names = data.attrs.get("names", {}).get(by, {})
    labels = (data[by] if "" in names else read(data[by])).astype("string")  # a blank that has a name is a group
    found = {}
    for code in code_order(list(labels.dropna().unique()), names):
        lot = data[(labels == code).fillna(False)]
        about = about_of(data)
        of_group = {name[:-3]: given[code] for name, given in about.items() if name.endswith("_of") and code in given}
        facts = {**about.get("facts", {}), **of_group.get("facts", {}), "group": names.get(code, code)}
        lot.attrs = {**about, **of_group, "facts": facts}  # type: ignore[dict-item]
        found[code] = tried(verb, lot, **keywords)
    return found
