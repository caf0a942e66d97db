"""``mismatch``: what is asked for beside what is given, category by category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.stats.columns import about_of, having, level_of, read, refuse_absent
from karier_stats.stats.description.contrasts import Gap, refuse_kind
from karier_stats.stats.description.describe import Description, Row
from karier_stats.stats.numerics import shares as counts
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.results import Tabled
from karier_stats.words import Phrase


@dataclass(frozen=True, eq=False, repr=False)
class Mismatch(Tabled):
    """Asked for less given, category by category; see :func:`mismatch`.

    ``rows`` go from what is given too little to what is given too much; of each ``one`` is asked for and ``two`` is given.
    ``lead`` has the share of first choices by category, empty where none were asked for; ``n`` people asked; ``aside`` is the
    category that names nothing in particular and is never told.
    """

    rows: tuple[Gap, ...]
    lead: Mapping[str, float]
    n: int
    aside: str
    about: Mapping[str, Any] = field(repr=False)
    verb: Mapping[str, Any] = field(repr=False)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def overlap(self) -> float:
        """The share that both spreads have in common, 0-1."""
        return sum(min(gap.one.estimate, gap.two.estimate) for gap in self.rows)

    @property
    def named(self) -> list[Gap]:
        """Categories that somebody asked for and that have a name."""
        return [gap for gap in self.rows if gap.one.k and gap.one.part != self.aside]

    def agrees(self, gap: Gap, margin: float) -> bool:
        """Whether first choices lie on the same side of what is given, by more than ``margin``."""
        lead = self.lead.get(gap.one.part, 0.0) - gap.two.estimate if self.lead else gap.value.value
        return lead > margin if gap.value.value > 0 else lead < -margin

    def short(self, margin: float) -> list[Gap]:
        """Categories surely given too little, by more than ``margin``, by all that is asked for and by first choices."""
        return [gap for gap in self.named if gap.value.low > margin and self.agrees(gap, margin)]

    def over(self, margin: float) -> list[Gap]:
        """Categories surely given too much."""
        return [gap for gap in self.named if gap.value.high < -margin and self.agrees(gap, margin)]

    def top(self, margin: float) -> Gap:
        """The category that is given least for what is asked."""
        return next(found for found in (self.short(margin), self.named, self.rows) if found)[0]

    def shown(self, kind: str) -> int:
        """People behind it."""
        return self.n

    def frame(self, kind: str) -> pd.DataFrame:
        """One row per category; of ``sides`` two, the share of all that is asked for and that of all that is given (0-1)."""
        if kind == "sides":
            rows = pd.DataFrame([
                {self.verb["of"]: gap.one.part, "part": Phrase(f"stats.sides.{side}"), "value": row.estimate, "n": gap.one.k,
                 "highlight": gap.value.low > 0}
                for gap in self.rows for side, row in (("asked", gap.one), ("given", gap.two))])
            rows.attrs["as"] = {self.verb["of"]: "label"}
            return rows
        rows = pd.DataFrame([{
            self.verb["of"]: gap.one.part, "estimate": gap.value.value, "low": gap.value.low, "high": gap.value.high,
            "n": gap.one.k, "asked": gap.one.estimate, "asked_low": gap.one.low, "asked_high": gap.one.high,
            "given": gap.two.estimate, "total": gap.two.k, "lead": self.lead.get(gap.one.part, 0.0) if self.lead else NAN,
        } for gap in self.rows])
        rows.attrs["as"] = {self.verb["of"]: "label"}
        return rows


def mismatch(
    asked: pd.DataFrame, given: Description, *, of: str, per: str, lead: Description | None = None, aside: str = "",
    level: float | None = None,
) -> Mismatch:
    """How far the spread of what is asked for departs from that of what is given.

    Parameters
    ----------
    asked : DataFrame
        One row per person and category.
    given : Description
        Of :func:`~karier_stats.stats.description.describe.totals` by the same categories: a full count.
    of, per : str
        Columns of the category and of the person.
    lead : Description, optional
        Shares of first choices: a category is told only where these depart to the same side.
    aside : str
        Category that names nothing in particular.
    level : float, optional
        Default: the view's, else 0.95.

    Notes
    -----
    Share of all mentions, linearised over people (:func:`karier_stats.stats.numerics.shares.ratio`); where that has no
    width, because all named one category alone or nobody did, Wilson's interval of the people. The categories are one
    family: their intervals hold all at once (Bonferroni), since those that depart most are the ones that are told.
    """
    refuse_kind(given.kind, "total")
    refuse_absent(asked, [("of", of), ("per", per)])
    asked = having(asked.assign(**{name: read(asked[name]) for name in (of, per)}), of, per)
    at, said = level_of(asked, level), about_of(asked)
    totals = {row.code: row for row in given.rows}
    whole = sum(row.estimate for row in given.rows)
    mentions = asked.groupby(per, sort=False).size()
    codes, rows = sorted({*asked[of].astype(str), *totals}), []
    family = max(sum(code != aside for code in codes), 1)
    at = 1 - (1 - at) / family
    for code in codes:
        total = totals[code].estimate if code in totals else 0.0
        two = Row("", "", code, None, Estimate(total / whole if whole else 0.0, level=at), round(total), round(whole))
        people = mentions.index.isin(asked.loc[asked[of].astype(str) == code, per])
        one, value = _asked(people, mentions, two, at)
        rows.append(Gap(one, two, value, family, len(mentions), said, of=of))
    rows.sort(key=lambda gap: -gap.value.value)
    first = {} if lead is None or not lead.n else {row.part: row.estimate for row in lead.rows}
    tables = tuple(dict.fromkeys((*asked.attrs.get("tables", ()), *given.about.get("tables", ()))))
    about = {**said, "tables": tables}
    return Mismatch(tuple(rows), first, len(mentions), aside, about, {"verb": "mismatch", "of": of, "per": per})


def _asked(people: NDArray[np.bool_], mentions: pd.Series, given: Row, level: float) -> tuple[Row, Estimate]:
    """The share of all mentions that one category has, and how far it lies above what is given."""
    wish, k = counts.ratio(people, mentions, level), int(people.sum())
    if not wish.low < wish.high:
        wish = counts.share(k, len(mentions), level)
    value, low, high = (end - given.estimate for end in wish.ends)
    kept = between(wish.value, max(wish.low, 0.0), min(wish.high, 1.0), level=level)
    return Row("", "", given.part, None, kept, k, len(mentions)), between(value, low, high, level=level, method=wish.method)
