"""``others``: each group's mean beside that of all others of the same kind, as one family; ``within``: each group beside its
colleagues of the same unit, with all else that was declared held equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats import results
from karier_stats.stats.association.regress import slope_within
from karier_stats.stats.change.change_words import counted, family_note
from karier_stats.stats.columns import about_of, having, level_of, listed, takes
from karier_stats.stats.description.contrasts import LEAST, Gap
from karier_stats.stats.description.describe import Row, code_order
from karier_stats.stats.frame import build
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import Estimate, Valued
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, holm, holm_levels, selected_levels
from karier_stats.stats.results import Tabled, TableRow, named
from karier_stats.words import Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text


@dataclass(frozen=True, eq=False, repr=False)
class Others(Tabled):
    """Every group beside the others of its kind; see :func:`others`.

    ``rows`` are by kind and group: the group (``code``) of a kind (``part``) less its others, with p by Benjamini and Hochberg.
    ``by`` is the column of the groups, ``without`` counts rows whose group is not known, ``level`` is that of one comparison.
    """

    rows: tuple[Gap, ...]
    by: str
    without: int
    level: float
    about: Mapping[str, Any] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def verb(self) -> Mapping[str, Any]:
        """The keyword that words may expect."""
        return {"verb": "others", "by": self.by}

    @property
    def n(self) -> int:
        """Rows of all groups."""
        return sum(row.one.n for row in self.rows)

    @property
    def notes(self) -> tuple[Text, ...]:
        """The family of tests, how each was made, and who was left out."""
        return family_note(len(self), self.by, "bh"), Phrase("gains.pairs", least=LEAST), *counted("gains.no_unit", self.without)

    def shown(self, kind: str) -> int:
        """Rows behind it."""
        return self.n

    def frame(self, kind: str) -> pd.DataFrame:
        """One row per group and kind."""
        rows = pd.DataFrame([{
            "pair": _pair(row), "estimate": row.estimate, "low": row.low, "high": row.high, "n": row.one.n, "p": row.value.p,
            "p_bh": row.p_adjusted,
        } for row in self.rows])
        rows.attrs["as"] = {"pair": "label"}
        return rows


@takes("of", "by", "within", numeric=("of",))
def others(data: pd.DataFrame, *, of: str, by: str, within: str, level: float | None = None) -> Others:
    """How far each group's mean lies from that of all others of the same kind.

    Parameters
    ----------
    data : DataFrame
        Rows without a number or a group are left out; the latter are counted.
    of : str
        A column of numbers, such as a change.
    by, within : str
        Columns of the groups, and of the kinds within which they are compared.
    level : float, optional
        Default: the view's, else 0.95.

    Notes
    -----
    Welch's t of each group against the rest of its kind, where both have at least ``LEAST`` rows; p by Benjamini and
    Hochberg, and every interval at the level that this correction uses.
    """
    data = having(data, within)
    at, about = level_of(data, level), about_of(data)
    numbers = data[data[of].notna()]
    named = numbers[numbers[by].notna()]
    pairs = []
    for (kind, group), part in named.groupby([within, by], sort=True):
        rest = named[(named[within] == kind) & (named[by] != group)]
        if len(part) >= LEAST and len(rest) >= LEAST:
            scores = part[of].to_numpy(float), rest[of].to_numpy(float)
            one, two = (Row(by, code, str(kind), None, Estimate(float(own.mean())), None, len(own))
                        for code, own in zip((str(group), ""), scores, strict=True))
            pairs.append((one, two, paired.welch(*scores, at)))
    p = np.array([value.p for _, _, value in pairs], dtype=float)
    rows = tuple(
        Gap(one, two, value.at(float(own)), len(pairs), one.n + two.n, about, value.p, float(adjusted), of=of)
        for (one, two, value), own, adjusted in zip(pairs, selected_levels(p, at), benjamini_hochberg(p), strict=True)
    )
    known = about.get("names", {})
    names = {
        _pair(row): Phrase("gains.pair", one=label_of(known, by, row.one.code), two=label_of(known, within, row.one.part))
        for row in rows
    }
    return Others(rows, by, len(numbers) - len(named), at, {**about, "names": {**known, "pair": names}})


def _pair(row: Gap) -> str:
    return f"{row.one.code} · {row.one.part}"


GROUP = "_group"


@dataclass(frozen=True, repr=False)
class Within(Valued, Tabled):
    """One group (``by``, ``code``) less all others of its breakdown, within units.

    ``value`` is in the unit of the column described (``of``), at the level at which Holm tests it; ``p_adjusted`` by Holm for
    the ``family`` of groups that were compared. ``n``, ``n_group``, ``n_units`` count rows, rows of the group and units,
    ``years`` the values of the first covariate; ``others`` are the other breakdowns, which are held equal.
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

    def table_rows(self) -> list[TableRow]:
        """The difference from the others."""
        return [TableRow(named("difference", f"{self.by}={self.code}"), "cr2", self.value, self.n, self.n_units)]


@dataclass(frozen=True, repr=False)
class Withins(Tabled):
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


@takes("of", "by", "unit", "person", "adjust", numeric=("of",))
def within(
    data: pd.DataFrame, *, of: str, by: str | Sequence[str], unit: str, person: str, adjust: str | Sequence[str] = (),
    level: float | None = None,
) -> Withins:
    """How each group differs from its colleagues of the same unit.

    Parameters
    ----------
    data : DataFrame
        One row per person and year.
    of : str
        Yes or no, or a number.
    by : str or sequence of str
        Breakdowns; beside one, the others are covariates.
    unit, person : str
        Columns of the units and the people.
    adjust : str or sequence of str
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
    at, by, adjust = level_of(data, level), listed(by), listed(adjust)
    rows = having(data.assign(**{column: data[column].astype("string") for column in by}), of, unit, person)
    fitted = [
        (column, code, row) for column in by for code in _large(rows, column)
        if (row := _fitted(rows, column, code, of, (*adjust, *by), unit, person)) is not None
    ]
    p = np.array([row.estimate.p for _, _, row in fitted], dtype=float)
    about, years = about_of(rows), int(rows[adjust[0]].nunique()) if adjust else 0
    return Withins(tuple(
        Within(column, code, row.estimate.at(float(own)), float(adjusted), len(fitted), row.n or 0,
               int((rows[column] == code).sum()), row.n_units or 0, years, tuple(name for name in by if name != column), about, of)
        for (column, code, row), adjusted, own in zip(fitted, holm(p), holm_levels(p, at), strict=True)
    ), about)


def _large(rows: pd.DataFrame, column: str) -> list[str]:
    """Codes with enough rows on both sides, in order; of two groups the second."""
    sizes = rows[column].value_counts()
    ordered = code_order(list(sizes.index), rows.attrs.get("names", {}).get(column, {}))
    codes = [code for code in ordered if LEAST <= sizes[code] <= int(sizes.sum()) - LEAST]
    return codes[1:] if len(codes) == 2 == len(sizes) else codes


def _fitted(
    rows: pd.DataFrame, column: str, code: str, of: str, beside: Sequence[str], unit: str, person: str,
) -> results.TableRow | None:
    """The outcome on belonging to a group; None where the data carry no such comparison."""
    known = rows[rows[column].notna()]
    others: dict[str, Any] = {
        name: known[name].astype("string").fillna("?").astype(str) for name in beside
        if name != column and name in known and known[name].notna().any()
    }
    used = known.assign(**{GROUP: (known[column] == code).astype(float), **others})
    covariates = tuple(name for name in others if used[name].nunique() > 1)
    try:
        row = slope_within(build(used, of, GROUP, covariates, unit, person, "continuous"))
    except StatisticsError:
        return None
    return row if row is not None and row.estimate.tested else None
