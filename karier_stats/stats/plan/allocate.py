"""``allocate``: which offered places, beside one's own courses, close most of a need for the money at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import having, measured, numbers, refuse_absent, told_together
from karier_stats.stats.description.describe import Description, lines_of
from karier_stats.stats.effect import Effect
from karier_stats.stats.numerics import planning, shares
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.numerics.planning import Mix, best_mix
from karier_stats.stats.results import Tabled, TableRow, named
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text


@dataclass(frozen=True, eq=False, repr=False)
class Shortfall(Tabled):
    """The need beside the money; see :func:`shortfall`.

    ``value`` is the money wanting, negative where what may be spent (``money``) exceeds the need; ``hours`` the mean hours that
    one person needs, ``price`` what an hour costs (of :func:`~karier_stats.stats.description.describe.ratios`), ``people``
    those for whom the ``n`` respondents stand, ``free`` hours that cost nothing; ``needed`` are the hours as they were
    stated, in the column ``of``; ``about`` is what the views say of both tables.
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

    def table_rows(self) -> list[TableRow]:
        """The money wanting."""
        return [TableRow("shortfall", self.value.method or "counted", self.value, self.n)]

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
        Hours that respondents state; several rows of one person are added, and who states none does not count.
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
    (:func:`karier_stats.stats.numerics.planning.shortfall`). No interval for one respondent or one line.
    """
    refuse_absent(needed, [("of", of), ("person", person)])
    needed = having(needed.assign(**{of: measured(needed[of], "of")}), of, person)
    hours = np.sort(needed.groupby(person, sort=True)[of].sum().to_numpy(dtype=float))  # in an order of no pseudonym's
    value = planning.shortfall(
        hours, lines_of(price), people=people, free=free, money=money, level=price.level, seed=price.about.get("seed", 0))
    return Shortfall(
        value, shares.mean(hours, price.level), price, people, len(hours), free, money, needed, of,
        told_together(needed.attrs, price.about),
    )


OWN = "own"
"""One's own courses, beside those who offer places."""
NO_TOPIC = "–"
MATTERS = 0.005
"""A partner without whom less than this share of the need is lost does not matter."""


@dataclass(frozen=True, eq=False, repr=False)
class Allocation(Tabled):
    """The best mix of places; see :func:`allocate`.

    ``gap`` is what is wanted, and what an hour of one's own courses costs. ``offers`` has ``offer``, ``topic``, ``seats``,
    ``hours`` and ``cost`` of a seat and ``worth``, own courses last, one row per topic. ``wanted`` are hours by topic, ``money`` is
    what may be spent, ``about`` what the views say of the tables.
    """

    gap: Shortfall = field(repr=False)
    offers: pd.DataFrame = field(repr=False)
    wanted: Mapping[str, float]
    money: float
    about: Mapping[str, Any] = field(repr=False)

    def table_rows(self) -> list[TableRow]:
        """The share of the need that the best mix closes, and one's own courses alone."""
        return [TableRow(term, "integer_programme", Estimate(value)) for term, value in (
            ("closed", self.closed), (named("closed", OWN), self.alone))]

    def mix(self, factor: float = 1.0, without: str | None = None, partners: bool = True) -> Mix:
        """The best mix with a multiple of the money, without one offer, or without any."""
        rows = self.offers if partners else self.offers[self._own]
        rows = rows if without is None else rows[rows["offer"] != without]
        return best_mix(
            *(rows[name].to_numpy(float) for name in ("seats", "hours", "cost")), money=factor * self.money, need=self.wanted,
            topic=rows["topic"].to_numpy(object), worth=rows["worth"].to_numpy(float),
            divisible=(rows["offer"] == OWN).to_numpy(bool),
        )

    def closes(self, mix: Mix) -> float:
        """The share of the hours wanted that a mix gives; NaN where none are wanted."""
        return mix.hours / self.total if self.total else NAN

    @property
    def total(self) -> float:
        """Hours wanted in all topics."""
        return sum(self.wanted.values())

    @cached_property
    def closed(self) -> float:
        """The share that the best mix closes."""
        return self.closes(self.mix())

    @cached_property
    def alone(self) -> float:
        """The share that one's own courses close alone."""
        return self.closes(self.mix(partners=False))

    @cached_property
    def rows(self) -> pd.DataFrame:
        """What the mix takes: one row per offer, own courses in the last."""
        every = self.offers.assign(taken=self.mix().places)
        every = every.assign(given=every["taken"] * every["hours"], paid=every["taken"] * every["cost"])
        own = every.loc[self._own, ["given", "paid"]].sum()
        offered = every[~self._own].assign(**{name: every[name].round().astype("Int64") for name in ("seats", "taken")})
        last = pd.DataFrame([{"offer": OWN, "topic": NO_TOPIC, **own}]).astype({"given": float, "paid": float})
        return pd.concat([offered.drop(columns="worth"), last], ignore_index=True)

    @property
    def used(self) -> pd.DataFrame:
        """Offers of which places are taken."""
        return self.rows[(self.rows["taken"] > 0).fillna(False)]

    @property
    def taken(self) -> int:
        """Places taken of all offers."""
        return int(self.used["taken"].sum())

    @property
    def given(self) -> float:
        """Hours that the offers give."""
        return float(self.used["given"].sum())

    @property
    def paid(self) -> float:
        """What their places cost."""
        return float(self.used["paid"].sum())

    @property
    def own(self) -> float:
        """Hours of one's own courses."""
        return float(self.rows["given"].iloc[-1])

    @property
    def places(self) -> list[Phrase]:
        """Each offer of which places are taken, with their number."""
        return [Phrase("plan.places", name=self.name(offer), n=int(n))
                for offer, n in zip(self.used["offer"], self.used["taken"], strict=True)]

    @property
    def trials(self) -> Trials:
        """The mix with other money, and without the offer that matters most."""
        return Trials(self)

    def name(self, offer: str) -> Text | str:
        """What an offer is called."""
        named: Text | str = self.about.get("names", {}).get("offer", {}).get(offer, offer)
        return named

    def frame(self, kind: str) -> pd.DataFrame:
        """Data of a picture (``bars``) or of a table: no row counts people."""
        found = self.rows.assign(value=self.rows["given"], n=pd.Series(pd.NA, index=self.rows.index, dtype="Int64"))
        found.attrs = {"as": {"offer": "label"}}
        return found

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def _own(self) -> pd.Series:
        return self.offers["offer"] == OWN


@dataclass(frozen=True, eq=False)
class Trials:
    """An allocation tried with no money, half and twice of it, and without each of its offers."""

    plan: Allocation

    @cached_property
    def none(self) -> float:
        """The share of the need closed without money."""
        return self.plan.closes(self.plan.mix(0.0))

    @cached_property
    def half(self) -> float:
        """With half of it."""
        return self.plan.closes(self.plan.mix(0.5))

    @cached_property
    def double(self) -> float:
        """With twice as much."""
        return self.plan.closes(self.plan.mix(2.0))

    @cached_property
    def without(self) -> dict[str, float]:
        """The share closed without each offer."""
        offers = self.plan.rows["offer"].iloc[:-1]
        return {offer: round(self.plan.closes(self.plan.mix(without=offer)), 6) for offer in offers}

    @property
    def least(self) -> float:
        """The share closed without the offer that matters most."""
        return min(self.without.values())

    @property
    def decisive(self) -> Text | str | None:
        """The one offer that matters most; None where there is no other, several matter alike or none matters."""
        worst = [offer for offer, share in self.without.items() if share == self.least]
        told = len(self.without) > 1 and len(worst) == 1 and self.least < self.plan.closed - MATTERS
        return self.plan.name(worst[0]) if told else None


def allocate(
    offers: pd.DataFrame, gap: Shortfall, *, money: pd.DataFrame, of: str = "ceiling", by: str = "topic", worth: str | None = None,
) -> Allocation:
    """Which places to take, and how much to teach oneself.

    Parameters
    ----------
    offers : DataFrame
        ``offer``, ``seats``, ``hours`` and ``cost`` of a seat, and ``by``.
    gap : Shortfall
        The hours wanted, and what an hour of one's own courses costs, of which there are as many as are wanted.
    money : DataFrame
        What may be spent, in the column ``of``.
    by : str
        Column of the topics, of ``offers`` and of the hours needed: no topic gets more than is wanted of it.
    worth : str, optional
        Column of the hours needed: what an hour of the topic counts; default 1.

    Raises
    ------
    StatisticsError
        K317: seats, hours or cost below zero. K336: some of them, the need or the price, are not known. K340: columns.

    Notes
    -----
    :func:`karier_stats.stats.numerics.planning.best_mix`: an integer programme, own courses divisible.
    """
    refuse_absent(offers, [(name, name) for name in ("offer", "seats", "hours", "cost", by)])
    refuse_absent(gap.needed, [("by", by), *([("worth", worth)] if worth else [])])
    refuse_absent(money, [("of", of)])
    stated = gap.needed.groupby(by, sort=True)[gap.of].sum()
    share = stated / stated.sum() if stated.sum() else stated
    numbers("gap", [gap.total, gap.price.row.estimate])
    for name in ("seats", "hours", "cost"):
        if numbers(name, offers[name]).min(initial=0.0) < 0:
            raise StatisticsError("K317", name=name, value="< 0", rule=f"{name} >= 0")
    wanted = {str(topic): gap.total * float(part) for topic, part in share.items()}
    own = pd.DataFrame({  # one's own courses of each topic: one hour a seat
        "offer": OWN, "topic": list(wanted), "seats": list(wanted.values()), "hours": 1.0, "cost": gap.price.row.estimate,
    })
    offered = offers.rename(columns={by: "topic"})[list(own)].astype({"seats": float, "hours": float, "cost": float})
    every = pd.concat([offered, own], ignore_index=True)
    counts = dict(gap.needed.groupby(by)[worth].first()) if worth else {}
    every["worth"] = every["topic"].map(counts).fillna(1.0).astype(float)
    about = told_together(gap.about, offers.attrs, money.attrs)
    return Allocation(gap, every, wanted, float(money[of].sum()), about)
