"""What is wanting, and which places to take: on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from karier_stats import allocate, ratios, shortfall
from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import told_together
from karier_stats.stats.description.describe import Description


def needed() -> pd.DataFrame:
    """Ten people need 20 hours each, half of communication and half of law."""
    return pd.DataFrame({"person": [f"e{i}" for i in range(10)] * 2, "jp": 10.0, "topic": ["law"] * 10 + ["talk"] * 10})


def price() -> Description:
    """Two lines of 100 hours at 10,000 and 20,000 an hour."""
    lines = pd.DataFrame({"spent": [1e6, 2e6], "jp": [100.0, 100.0], "form": ["a", "b"]})
    return ratios(lines, of="spent", to="jp", among="form")


def gap(money: float = 1e6, free: float = 0.0):
    """Of 20 people for whom the ten stand."""
    return shortfall(needed(), price(), of="jp", person="person", people=20, money=money, free=free)


def offers(**more: object) -> pd.DataFrame:
    """Five free places of 4 hours of law, ten of 10 hours of talk at 50,000."""
    return pd.DataFrame({
        "offer": ["A", "B"], "topic": ["law", "talk"], "seats": [5, 10], "hours": [4.0, 10.0], "cost": [0.0, 50_000.0], **more,
    })


def ceiling(money: float) -> pd.DataFrame:
    """One line."""
    return pd.DataFrame({"ceiling": [money]})


def test_the_gap_is_need_times_price_less_free_hours_and_money():
    found = gap(free=40)
    assert (found.total, found.price.row.estimate, found.n) == (400, 15_000, 10)
    assert found.value.value == pytest.approx((400 - 40) * 15_000 - 1e6)
    assert found.need.value.value == pytest.approx(360 * 15_000)
    assert found.value.low < found.value.value < found.value.high


def test_the_gap_does_not_depend_on_the_order_of_rows():
    one, two = gap(), shortfall(needed().sample(frac=1, random_state=2), price(), of="jp", person="person", people=20, money=1e6)
    assert one.value.ends == two.value.ends


def test_one_kind_of_line_is_priced_as_a_ratio_of_totals():
    lines = pd.DataFrame({"spent": [1e6, 2e6], "jp": [100.0, 300.0]})
    found = shortfall(needed(), ratios(lines, of="spent", to="jp"), of="jp", person="person", people=10, money=0)
    assert found.value.value == pytest.approx(200 * 7_500)


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(StatisticsError, match="hours"):
        shortfall(needed(), price(), of="hours", person="person", people=20, money=1)


def test_free_places_come_first_and_no_topic_gets_more_than_is_wanted():
    plan = allocate(offers(), gap(), money=ceiling(2e6))
    # 20 free hours of law, 100 of talk for 500,000; 1,500,000 buy 100 hours of own courses of the 400 wanted
    assert plan.closed == pytest.approx((20 + 100 + 100) / 400) and plan.alone == pytest.approx(2e6 / 15_000 / 400)
    assert (plan.given, plan.paid, plan.own) == (120, 500_000, pytest.approx(100))
    rich = allocate(offers(seats=[500, 10]), gap(), money=ceiling(1e9))
    assert rich.rows.set_index("offer")["taken"]["A"] == 50 and rich.alone == pytest.approx(1)


def test_the_offer_that_matters_most_is_named_where_one_does():
    trials = allocate(offers(), gap(), money=ceiling(2e6)).trials
    assert trials.none == pytest.approx(20 / 400) and trials.decisive == "B"
    assert trials.least == pytest.approx((20 + 2e6 / 15_000) / 400, abs=1e-6)
    alike = allocate(offers(hours=[4.0, 4.0], seats=[5, 5], cost=[0.0, 0.0]), gap(), money=ceiling(0.0)).trials
    assert alike.decisive is None


def test_no_need_closes_nothing():
    nobody = shortfall(needed().assign(jp=0.0), price(), of="jp", person="person", people=20, money=1)
    assert allocate(offers(), nobody, money=ceiling(1.0)).total == 0


def test_what_several_views_say_is_said_of_all():
    one = {"tables": ("a",), "names": {"x": 1}, "level": 0.9}
    two = {"tables": ("b", "a"), "facts": {"y": 2}, "notes": ("n",), "level": 0.95}
    assert told_together(one, two) == {
        "tables": ("a", "b"), "names": {"x": 1}, "facts": {"y": 2}, "notes": ("n",), "level": 0.9,
    }
