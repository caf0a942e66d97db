"""``tried``: a result, or why there is none, so that one part of a question does not end the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import about_of, refuse_absent
from karier_stats.stats.description.describe import code_order

Found = TypeVar("Found")


@dataclass(frozen=True)
class Refused:
    """Why a verb gave no result.

    Parameters
    ----------
    error : StatisticsError
    asked : mapping
        The keywords of the call.
    about : mapping
        What the view says of its table.
    """

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
        A result for each group, or why there is none (:func:`~karier_stats.stats.tried.tried`). What the view says by
        group (``facts_of``, ``coverage_of``, ...) stands in the place of what it says of all; sentences may name ``group``.
    """
    refuse_absent(data, [("by", by)])
    names = data.attrs.get("names", {}).get(by, {})
    codes = [str(code) for code in data[by].dropna().unique()]
    found = {}
    for code in code_order(codes, names):
        lot = data[(data[by].astype("string") == code).fillna(False)]
        about = about_of(data)
        of_group = {name[:-3]: given[code] for name, given in about.items() if name.endswith("_of") and code in given}
        facts = {**about.get("facts", {}), **of_group.get("facts", {}), "group": names.get(code, code)}
        lot.attrs = {**about, **of_group, "facts": facts}  # type: ignore[dict-item]
        found[code] = tried(verb, lot, **keywords)
    return found
