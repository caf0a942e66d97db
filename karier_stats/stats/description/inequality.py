"""``inequality``: how unevenly a total is spread over people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from karier_stats.stats.columns import about_of, having, level_of, takes
from karier_stats.stats.description.describe import Row
from karier_stats.stats.numerics import shares as counts

POINTS = 21
"""Points of a Lorenz curve."""


@dataclass(frozen=True, eq=False)
class Inequality:
    """What ``inequality`` found.

    Parameters
    ----------
    row : Row
        Gini's coefficient with its interval.
    held : float
        Share of the total that the tenth of people with most hold.
    curves : DataFrame
        Lorenz curves: ``group``, ``x`` (percent of people, least first), ``value`` (share of the total), ``n``.
    about : mapping
        What the view says of its table.
    """

    of: str
    row: Row
    held: float
    curves: pd.DataFrame
    about: Mapping[str, Any]

    @property
    def verb(self) -> dict[str, str]:
        """The keywords of the call, by which words are chosen."""
        return {"verb": "inequality", "of": self.of}

    @property
    def n(self) -> int:
        """People."""
        return self.row.n

    def __len__(self) -> int:
        return len(self.curves)


@takes("of")
def inequality(
    data: pd.DataFrame, *, of: str, beside: Mapping[str, pd.DataFrame] | None = None, level: float | None = None,
) -> Inequality:
    """Gini's coefficient of a column of amounts, and its Lorenz curve beside those of other tables.

    Parameters
    ----------
    data : DataFrame
        One row per person; zeros count, those without an amount do not.
    of : str
        The column of amounts.
    beside : mapping of str to DataFrame, optional
        Further tables whose curves are drawn, by what they are called; empty ones are left out.
    level : float, optional
        Default: the view's, else 0.95.

    Raises
    ------
    StatisticsError
        K340: no such column.

    Notes
    -----
    :func:`karier_stats.stats.numerics.shares.gini`: jackknife interval.
    """
    at, data = level_of(data, level), having(data, of)
    total = float(data[of].sum())
    row = Row("", "", "", None, counts.gini(data[of], at), None, len(data) if total else 0)
    drawn = {"": data, **dict(beside or {})}
    curves = []
    for name, table in drawn.items():
        if len(table) and table[of].sum() > 0:
            people, held = counts.lorenz(table[of].dropna(), POINTS)
            percent, known = (100 * people).round().astype(int), int(table[of].notna().sum())
            curves.append(pd.DataFrame({"group": name, "x": percent, "value": held, "n": known}))
    even = curves[0].assign(value=curves[0]["x"] / 100, group="even") if curves else pd.DataFrame()
    return Inequality(of, row, counts.top_share(data[of]) if total else float("nan"),
                      pd.concat([*curves, even], ignore_index=True), about_of(data))
