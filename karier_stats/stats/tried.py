"""``tried``: a result, or why there is none, so that one part of a question does not end the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from karier_stats.errors import StatisticsError

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
