"""``decide``: groups sorted by a rule that was written before the numbers were seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError, refuse_unknown
from karier_stats.stats.description.describe import Description, Row


@dataclass(frozen=True, eq=False)
class Decisions:
    """What a written rule says of every group; see :func:`decide`, which has the names of its keywords."""

    result: Description
    limits: Mapping[str, float]
    least: int

    @property
    def about(self) -> Mapping[str, Any]:
        """What the view says of its table."""
        return self.result.about

    @property
    def verb(self) -> Mapping[str, Any]:
        """The keywords of the description."""
        return self.result.verb

    @property
    def rows(self) -> dict[str, tuple[Row, ...]]:
        """The groups of each decision, the largest first."""
        names = (*self.limits, "keep", "few")
        ranked = [(self.of(row), row) for row in self.result.ranked()]
        return {name: tuple(row for found, row in ranked if found == name) for name in names}

    @property
    def table(self) -> pd.DataFrame:
        """The decision on each group, beside the group's code."""
        return pd.DataFrame([{row.by: row.code, "decision": name} for name, rows in self.rows.items() for row in rows])

    def of(self, row: Row) -> str:
        """The decision on one group: the strictest whose limit lies below its whole interval, or below a full count."""
        low = row.estimate if self.verb.get("census") else row.low
        passed = [name for name, limit in self.limits.items() if low > limit]
        return "few" if row.n < self.least or np.isnan(low) else max(passed, key=self.limits.__getitem__, default="keep")

    def each(self, decision: str) -> dict[str, Description]:
        """The groups of one decision, each as what the description is about."""
        refuse_unknown("decision", decision, self.rows)
        return {row.name: replace(self.result, focus=row.name) for row in self.rows[decision]}


def decide(result: Description, *, least: int, **limits: float) -> Decisions:
    """Sort groups by a rule that was written before the numbers were seen.

    Parameters
    ----------
    result : Description
        Of groups.
    least : int
        Groups of fewer people, or without an interval, are ``few``.
    **limits : float
        Each decision and the limit that the lower bound must pass; the highest limit passed counts, and a group that
        passes none is ``keep``.

    Notes
    -----
    The bound and not the share is held against the limit: the share of few answers passes any limit by chance.
    """
    for name, limit in limits.items():
        if not isinstance(limit, Real):
            raise StatisticsError("K317", name=name, value=limit, rule=f"-inf < {name} < inf")
    return Decisions(result, limits, least)
