"""``others``: each group's mean beside that of all others of the same kind, as one family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.stats.change.gain_notes import counted, family_note
from karier_stats.stats.change.gains import name_of
from karier_stats.stats.columns import about_of, level_of
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, selected_levels
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text


@dataclass(frozen=True)
class Other:
    """One group less the others of its kind.

    Parameters
    ----------
    by, within : str
        Codes of the group and of the kind.
    value : Estimate
        The difference of means, at the level that goes with its adjusted test.
    p_adjusted : float
        By Benjamini and Hochberg, over all groups and kinds.
    n : int
        Rows of the group.
    """

    by: str
    within: str
    value: Estimate
    p_adjusted: float
    n: int

    @property
    def seen(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.value.seen


@dataclass(frozen=True, eq=False)
class Others:
    """Every group beside the others of its kind; see :func:`others`.

    Parameters
    ----------
    rows : tuple of Other
        By kind and group.
    by : str
        The column of the groups.
    without : int
        Rows whose group is not known.
    level : float
        Of one comparison.
    about : mapping
        What the view says of its table.
    """

    rows: tuple[Other, ...]
    by: str
    without: int
    level: float
    about: Mapping[str, Any] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def n(self) -> int:
        """Rows of all groups."""
        return sum(row.n for row in self.rows)

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
            "pair": f"{row.by} · {row.within}", "estimate": row.value.value, "low": row.value.low, "high": row.value.high,
            "n": row.n, "p": row.value.p, "p_bh": row.p_adjusted,
        } for row in self.rows])
        rows.attrs["as"] = {"pair": "label"}
        return rows


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

    Returns
    -------
    Others

    Notes
    -----
    Welch's t of each group against the rest of its kind, where both have at least ``LEAST`` rows; p by Benjamini and
    Hochberg, and every interval at the level that this correction uses.
    """
    at = level_of(data, level)
    numbers = data[data[of].notna()]
    known = numbers[numbers[by].notna()]
    found = []
    for (kind, group), part in known.groupby([within, by], sort=True):
        rest = known[(known[within] == kind) & (known[by] != group)]
        if len(part) >= LEAST and len(rest) >= LEAST:
            value = paired.welch(part[of].to_numpy(float), rest[of].to_numpy(float), at)
            found.append(Other(str(group), str(kind), value, value.p, len(part)))
    p = np.array([row.value.p for row in found], dtype=float)
    rows = tuple(
        Other(row.by, row.within, row.value.at(float(own)), float(adjusted), row.n)
        for row, own, adjusted in zip(found, selected_levels(p, at), benjamini_hochberg(p), strict=True)
    )
    about = about_of(data)
    pairs = {
        f"{row.by} · {row.within}":
            Phrase("gains.pair", one=name_of(about, by, row.by), two=name_of(about, within, row.within)) for row in rows
    }
    return Others(rows, by, len(numbers) - len(known), at, {**about, "names": {**about.get("names", {}), "pair": pairs}})
