"""``without``: the same slope where some rows are left out, beside the one of all."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.slopes import Slope, slopes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False, kw_only=True)
class Without(Slope):
    """A slope without some rows.

    Parameters
    ----------
    whole : Slope
        With all rows.
    out : int
        Rows that were left out.
    """

    whole: Slope
    out: int

    @property
    def same(self) -> bool:
        """Whether both are seen, or neither."""
        return self.seen == self.whole.seen


def without(data: pd.DataFrame, rows: pd.Series, **keywords: Any) -> Without | None:
    """The main slope of :func:`slopes` without some rows.

    Parameters
    ----------
    data : DataFrame
    rows : Series of bool
        Those to leave out.
    **keywords
        Of :func:`slopes`.

    Returns
    -------
    Without or None
        None where no row, or every row, is left out, or the data cannot carry one of the two.
    """
    kept = data[~rows.astype(bool)]
    if kept.empty or len(kept) == len(data):
        return None
    try:
        one, whole = (slopes(part, **keywords).lead for part in (kept, data))
    except StatisticsError:
        return None
    found = Without(**{each.name: getattr(one, each.name) for each in fields(Slope)}, whole=whole, out=len(data) - len(kept))
    return replace(found, robust=one.robust and found.same)
