"""The need in hours and money beside the budget, and the budget's lines (chapter challenges)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.answers import verdicts
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.numerics.unit_price import Lines, price_of_hour, shortfall
from karier_stats.views import activity
from karier_stats.views.money import lines_of

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

UNKNOWN = "lainnya"
"""Form or topic that is not given."""


@dataclass(frozen=True)
class Need:
    """The need in hours and money beside the budget.

    Attributes
    ----------
    staff, respondents : int
        Active staff, and those who stated the hours that they need.
    hours : Estimate
        Mean hours needed by one person.
    wishes : DataFrame
        ``topic`` and share of all hours stated (``share``), one row per topic.
    cost : Estimate
        Rupiah per person hour, the mean over forms of training by their places.
    lines : int
        Budget lines with spending behind the cost.
    free : float
        Person hours that cost nothing.
    ceiling, spent : float
        Rupiah of the period.
    gap : Estimate
        Money wanting, in rupiah; negative where the ceiling exceeds the need. Its interval holds the error of the
        survey and that of the cost.
    """

    staff: int
    respondents: int
    hours: Estimate
    wishes: pd.DataFrame
    cost: Estimate
    lines: int
    free: float
    ceiling: float
    spent: float
    gap: Estimate

    @property
    def total(self) -> float:
        """Person hours that all active staff need."""
        return self.staff * self.hours.value

    @property
    def margin(self) -> float:
        """The smallest gap that matters, in rupiah."""
        return verdicts.smallest("money") * self.ceiling


def need_of(ev: Evaluation) -> Need | None:
    """The parts of the gap; None where one of them is not given."""
    lines = lines_of(ev)
    paid, people = paid_lines(lines), activity.staff(ev)
    wished = ev.table("need").dropna(subset=["needed_jp"])
    hours = wished.groupby("employee_uid", sort=True)["needed_jp"].sum().to_numpy(float)
    if paid.empty or not len(hours) or not len(people):
        return None
    prices, free, ceiling = prices_of(paid), _free_hours(ev, lines), float(lines["ceiling"].sum())
    gap = shortfall(
        hours, prices, people=len(people), free=free, money=ceiling, level=ev.level, seed=ev.seed,
    )
    # sorted: the order of pseudonyms must not reach the last bit of a mean
    return Need(
        len(people), len(hours), shares.mean(np.sort(hours), ev.level), _wishes(wished),
        price_of_hour(prices, ev.level, ev.seed), len(paid), free, ceiling, float(lines["spent"].sum()), gap,
    )


def _wishes(wished: pd.DataFrame) -> pd.DataFrame:
    """How the hours that respondents need divide among topics."""
    hours = wished.assign(topic=wished["topic"].astype("string").fillna(UNKNOWN)).groupby("topic", sort=True)["needed_jp"].sum()
    total = float(hours.sum())
    return pd.DataFrame({"topic": hours.index.astype(str), "share": hours.to_numpy(float) / total if total else 0.0})


def _free_hours(ev: Evaluation, lines: pd.DataFrame) -> float:
    """Person hours of the period without cost: of lines without spending, or of partners' free places if those are more.

    Both may be the same places, so they are not added.
    """
    given = float(lines.loc[lines["spent"] <= 0, "jp"].sum())
    if not ev.has("partnership"):
        return given
    offers = offers_in(ev, ev.period)
    free = offers[offers["cost_per_seat_rp"] <= 0]
    return max(given, float((free["seats"] * free["jp_per_seat"]).sum()))


def offers_in(ev: Evaluation, year: int) -> pd.DataFrame:
    """Partners with places whose agreement is in force in a year, by partner."""
    offers = ev.table("partnership", "all").dropna(subset=["seats", "jp_per_seat"])
    running = offers["end_date"].isna() | (offers["end_date"].dt.year >= year)
    begun = offers["start_date"].isna() | (offers["start_date"].dt.year <= year)
    offers = offers[running & begun & (offers["seats"] > 0) & (offers["jp_per_seat"] > 0)]
    offers = offers.sort_values("partner_id", kind="stable").reset_index(drop=True)
    return offers.assign(cost_per_seat_rp=offers["cost_per_seat_rp"].fillna(0))


def paid_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with spending and person hours."""
    return lines[(lines["spent"] > 0) & (lines["jp"] > 0)].reset_index(drop=True)


def prices_of(paid: pd.DataFrame) -> Lines:
    """The lines with spending as prices of an hour by form of training."""
    places = paid["participants"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return Lines.of(paid["spent"], paid["jp"], places, paid["form"].astype(str))


def not_people(data: pd.DataFrame) -> pd.DataFrame:
    """Rows that count money, places or batches: disclosure control asks only for people."""
    return data.assign(n=pd.Series(pd.NA, index=data.index, dtype="Int64"))
