"""``others``: each group's mean beside that of all others of the same kind, as one family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.stats.change.gain import counted, family_note
from karier_stats.stats.columns import about_of, having, level_of, takes
from karier_stats.stats.description.contrasts import LEAST, Gap
from karier_stats.stats.description.describe import Row
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, selected_levels
from karier_stats.words import Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import Text


@dataclass(frozen=True, eq=False)
class Others:
    """Every group beside the others of its kind; see :func:`others`.

    Parameters
    ----------
    rows : tuple of Gap
        By kind and group: the group (``code``) of a kind (``part``) less its others, with p by Benjamini and Hochberg.
    by : str
        The column of the groups.
    without : int
        Rows whose group is not known.
    level : float
        Of one comparison.
    about : mapping
        What the view says of its table.
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


@takes("of", "by", "within")
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
