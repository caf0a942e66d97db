"""The need in hours and money beside the budget, and the budget's lines (chapter challenges)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.chapters import counting
from karier_stats.stats import shares
from karier_stats.stats.shares import Estimate

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation


@dataclass(frozen=True)
class Need:
    """The need in hours and money beside the budget.

    Attributes
    ----------
    staff, respondents : int
        Active staff, and those who stated the hours that they need.
    hours : Estimate
        Mean hours needed by one person.
    cost : float
        Rupiah per person hour.
    ceiling, spent : float
        Rupiah of the period.
    """

    staff: int
    respondents: int
    hours: Estimate
    cost: float
    ceiling: float
    spent: float

    @property
    def gap(self) -> Estimate:
        """Money wanting, in rupiah; negative where the ceiling exceeds the need."""
        return Estimate(*(self.staff * hours * self.cost - self.ceiling for hours in self.hours))

    @property
    def unmet(self) -> float:
        """Person hours that the ceiling cannot pay for."""
        return max(self.gap.value / self.cost, 0.0)


def need_of(ev: Evaluation) -> Need | None:
    """The parts of the gap; None where one of them is not given."""
    lines = lines_of(ev)
    paid = lines[(lines["spent"] > 0) & (lines["jp"] > 0)]
    wished = ev.table("need").dropna(subset=["needed_jp"])
    people = counting.staff(ev)
    hours = wished.groupby("employee_uid", sort=True)["needed_jp"].sum().to_numpy(float)
    if not len(paid) or not len(hours) or not len(people):
        return None
    # sorted: the order of pseudonyms must not reach the last bit of a mean
    return Need(
        len(people), len(hours), shares.mean(np.sort(hours), ev.level), float(paid["spent"].sum() / paid["jp"].sum()),
        float(lines["ceiling"].sum()), float(lines["spent"].sum()),
    )


def lines_of(ev: Evaluation) -> pd.DataFrame:
    """The period's budget lines as plain numbers; money not given as spent counts as none."""
    lines = ev.table("budget")
    numbers = {name: lines[column].astype("Float64").fillna(0).astype(float)
               for name, column in (("ceiling", "ceiling_rp"), ("spent", "spent_rp"), ("jp", "jp_total"))}
    return lines[["budget_id", "funding_source", "participants"]].assign(**numbers)


def people_behind(lines: pd.DataFrame) -> int:
    """Participants whom the lines paid for; the number of lines where that is not given."""
    return int(lines["participants"].fillna(0).sum()) or len(lines)


def not_people(data: pd.DataFrame) -> pd.DataFrame:
    """Rows that count money, places or batches: disclosure control asks only for people."""
    return data.assign(n=pd.Series(pd.NA, index=data.index, dtype="Int64"))
