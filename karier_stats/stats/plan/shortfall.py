"""``shortfall``: a need in hours and in money beside what may be spent, with one interval for all sources of error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.stats.columns import refuse_absent, told_together
from karier_stats.stats.description.describe import Description, lines_of
from karier_stats.stats.effect import Effect
from karier_stats.stats.numerics import shares, unit_price
from karier_stats.stats.numerics.estimate import Estimate


@dataclass(frozen=True, eq=False)
class Shortfall:
    """The need beside the money.

    Parameters
    ----------
    value : Estimate
        Money wanting; negative where what may be spent exceeds the need.
    hours : Estimate
        Mean hours that one person needs.
    price : Description
        What an hour costs, of :func:`~karier_stats.stats.description.describe.ratios`.
    people, n : int
        Those for whom the respondents stand, and the respondents.
    free : float
        Hours that cost nothing.
    money : float
        What may be spent.
    needed : DataFrame
        The hours as they were stated.
    of : str
        Their column.
    about : mapping
        What the views say of both tables.
    """

    value: Estimate
    hours: Estimate
    price: Description = field(repr=False)
    people: int
    n: int
    free: float
    money: float
    needed: pd.DataFrame = field(repr=False)
    of: str
    about: Mapping[str, Any] = field(repr=False)

    @property
    def total(self) -> float:
        """Hours that all people need."""
        return self.people * self.hours.value

    @property
    def effect(self) -> Effect:
        """The money wanting as a finding speaks of it."""
        return Effect(self.value, self.n, "descriptive", "Rp", about=self.about)

    @property
    def need(self) -> Effect:
        """The need in money, before what may be spent is taken off."""
        return Effect(Estimate(self.value.value + self.money), self.n, "descriptive", "Rp", about=self.about)


def shortfall(
    needed: pd.DataFrame, price: Description, *, of: str, person: str, people: int, money: float, free: float = 0.0,
) -> Shortfall:
    """How much money is wanting for what people need.

    Parameters
    ----------
    needed : DataFrame
        Hours that respondents state; several rows of one person are added.
    price : Description
        What an hour costs: :func:`~karier_stats.stats.description.describe.ratios` of money to hours, ``among`` kinds.
    of, person : str
        Columns of the hours and of the respondents.
    people : int
        Those for whom the respondents stand.
    money : float
        What may be spent: a decision, hence without error.
    free : float
        Hours that cost nothing.

    Notes
    -----
    ``max(people * mean(hours) - free, 0) * price - money``; respondents and priced lines are resampled at once
    (:func:`karier_stats.stats.numerics.unit_price.shortfall`). No interval for one respondent or one line.
    """
    refuse_absent(needed, [("of", of), ("person", person)])
    hours = np.sort(needed.groupby(person, sort=True)[of].sum().to_numpy(dtype=float))  # in an order of no pseudonym's
    value = unit_price.shortfall(
        hours, lines_of(price), people=people, free=free, money=money, level=price.level, seed=price.about.get("seed", 0))
    return Shortfall(
        value, shares.mean(hours, price.level), price, people, len(hours), free, money, needed, of,
        told_together(needed.attrs, price.about),
    )
