"""``within``: each group beside its colleagues of the same unit, with all else that was declared held equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import slope_within
from karier_stats.stats.columns import about_of, having, level_of, read, takes
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.frame import build
from karier_stats.stats.numerics.estimate import Estimate, Valued
from karier_stats.stats.numerics.multiplicity import holm, holm_levels
from karier_stats.stats.results import Row

GROUP = "_group"


@dataclass(frozen=True)
class Within(Valued):
    """One group less all others of its breakdown, within units.

    Parameters
    ----------
    by, code : str
        Column and value of the group.
    value : Estimate
        Difference, in the unit of the column described; its level is that at which Holm tests it.
    p_adjusted : float
        By Holm.
    family : int
        Groups that were compared.
    n, n_group, n_units : int
        Rows, rows of the group, units.
    years : int
        Values of the first covariate.
    others : tuple of str
        The other breakdowns, which are held equal.
    about : mapping
        What the view says of its table.
    of : str
        The column described.
    """

    by: str
    code: str
    value: Estimate
    p_adjusted: float
    family: int
    n: int
    n_group: int
    n_units: int
    years: int
    others: tuple[str, ...]
    about: Mapping[str, Any]
    of: str = ""

    @property
    def verb(self) -> Mapping[str, Any]:
        """The keywords of the call, by which words are chosen."""
        return {"verb": "within", "of": self.of}


@dataclass(frozen=True)
class Withins:
    """Every group that is large enough, as one family."""

    rows: tuple[Within, ...]
    about: Mapping[str, Any]

    def __iter__(self) -> Iterator[Within]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def told(self) -> dict[str, Within]:
        """Those that differ, by breakdown and code; where none does, the plainest under the empty name."""
        slugs = (one.code.lower().replace("+", "_plus").replace("<", "under_") for one in self.rows)
        seen = {f"{one.by}.{slug}": one for one, slug in zip(self.rows, slugs, strict=True) if one.seen}
        return seen or ({"": min(self.rows, key=lambda one: one.p_adjusted)} if self.rows else {})


@takes("of", "unit", "person", "adjust")
def within(
    data: pd.DataFrame, *, of: str, by: Sequence[str], unit: str, person: str, adjust: Sequence[str] = (),
    level: float | None = None,
) -> Withins:
    """How each group differs from its colleagues of the same unit.

    Parameters
    ----------
    data : DataFrame
        One row per person and year.
    of : str
        Yes or no, or a number.
    by : sequence of str
        Breakdowns; beside one, the others are covariates.
    unit, person : str
        Columns of the units and the people.
    adjust : sequence of str
        Further covariates, such as the year.
    level : float, optional
        Of the family. Default: the view's, else 0.95.

    Returns
    -------
    Withins
        Empty where units are too few to compare within them.

    Notes
    -----
    A linear model of ``of`` on belonging to the group with fixed units, CR2 errors by unit: the row within units of
    :func:`~karier_stats.stats.association.regress.regress`, and refused where that is. Groups of fewer than ``LEAST``
    rows are not compared; of two groups, the second. All comparisons form one family by Holm; each interval is that of
    the level at which Holm tests it.
    """
    at = level_of(data, level)
    data = data.assign(**{column: read(data[column]) for column in by if column in data})
    asked = _Asked(having(data, of, unit, person), of, tuple(by), unit, person, tuple(adjust))
    fitted = [
        (column, code, row) for column in by if column in data for code in asked.large(column)
        if (row := asked.fit(column, code)) is not None
    ]
    p = np.array([row.estimate.p for _, _, row in fitted], dtype=float)
    family = zip(fitted, holm(p), holm_levels(p, at), strict=True)
    return Withins(tuple(
        asked.made(column, code, row, float(own), float(adjusted), len(fitted))
        for (column, code, row), adjusted, own in family
    ), about_of(asked.rows))


@dataclass(frozen=True)
class _Asked:
    """One call: rows with a unit, and the columns' roles."""

    rows: pd.DataFrame
    of: str
    by: tuple[str, ...]
    unit: str
    person: str
    adjust: tuple[str, ...]

    def large(self, column: str) -> list[str]:
        """Codes with enough rows on both sides, in order; of two groups the second."""
        sizes = self.rows[column].value_counts()
        names = list(self.rows.attrs.get("names", {}).get(column, sorted(sizes.index)))
        codes = [code for code in names if LEAST <= sizes.get(code, 0) <= int(sizes.sum()) - LEAST]
        return codes[1:] if len(codes) == 2 == len(sizes) else codes

    def fit(self, column: str, code: str) -> Row | None:
        """The outcome on belonging to a group; None where the data carry no such comparison."""
        known = self.rows[self.rows[column].notna()]
        others: dict[str, Any] = {
            name: known[name].astype("string").fillna("?").astype(str) for name in (*self.adjust, *self.by)
            if name != column and name in known and known[name].notna().any()
        }
        used = known.assign(**{
            GROUP: (known[column] == code).astype(float), self.of: known[self.of].astype(float), **others,
        })
        covariates = tuple(name for name in others if used[name].nunique() > 1)
        try:
            row = slope_within(build(used, self.of, GROUP, covariates, self.unit, self.person, "continuous"))
        except StatisticsError:
            return None
        return row if row is not None and row.estimate.tested else None

    def made(self, column: str, code: str, row: Row, level: float, p: float, family: int) -> Within:
        """One group from its row at the level at which Holm tests it."""
        years = int(self.rows[self.adjust[0]].nunique()) if self.adjust else 0
        return Within(
            column, code, row.estimate.at(level), p, family, row.n or 0, int((self.rows[column] == code).sum()), row.n_units or 0,
            years, tuple(name for name in self.by if name != column), about_of(self.rows), self.of,
        )
