"""The price of an hour and the money wanting: by hand, by a plain bootstrap, and by samples of a known population."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from karier_stats.stats.numerics import planning
from karier_stats.stats.numerics.planning import Lines, price_of_hour, shortfall, widening
from karier_stats.stats.numerics.shares import mean


def lines(seed: int, n: int, population: dict[str, np.ndarray]) -> Lines:
    """A sample of budget lines, drawn with replacement."""
    chosen = np.random.default_rng(seed).integers(0, len(population["kind"]), n)
    return Lines.of(*(population[name][chosen] for name in ("spent", "hours", "places")), population["kind"][chosen].astype(object))


@pytest.fixture(scope="module")
def population() -> dict[str, np.ndarray]:
    """Four thousand lines of six kinds: seminars of 6 hours, and courses of 450 hours at a quarter of the price."""
    rng = np.random.default_rng(5)
    kind = rng.choice(6, 4000, p=[0.15, 0.2, 0.3, 0.1, 0.1, 0.15])
    places = rng.integers(3, 80, 4000).astype(float)
    hours = places * np.array([6, 16, 24, 200, 450, 12])[kind] * rng.uniform(0.8, 1, 4000)
    spent = hours * 1000 * np.array([60, 90, 150, 30, 16, 50])[kind] * rng.lognormal(0, 0.35, 4000)
    return {"kind": kind, "places": places, "hours": hours, "spent": spent}


def test_the_price_by_hand_weighs_kinds_by_people():
    made = Lines.of([900, 1000, 3000], [900, 100, 100], [2, 10, 30], ["long", "short", "short"])
    assert made.mean_price == pytest.approx((2 * 1 + 40 * 20) / 42)
    assert made.mean_price > 4 * 4900 / 1100  # the ratio of totals follows the long course


def test_places_that_are_not_known_weigh_alike():
    made = Lines.of([900, 1000], [900, 100], [np.nan, 10], ["long", "short"])
    assert made.mean_price == pytest.approx((1 + 10) / 2)


def test_order_of_lines_and_of_respondents_does_not_matter(population):
    rng = np.random.default_rng(3)
    chosen, hours = rng.integers(0, 4000, 15), rng.choice([12.0, 20, 40], 80)
    mixed = rng.permutation(chosen)
    asked = {"people": 200, "free": 100, "money": 1e8, "level": 0.95, "seed": 8}

    def made(which: np.ndarray) -> Lines:
        parts = (population[name][which] for name in ("spent", "hours", "places"))
        return Lines.of(*parts, population["kind"][which].astype(object))

    assert shortfall(hours, made(chosen), **asked) == shortfall(rng.permutation(hours), made(mixed), **asked)


def test_the_interval_is_that_of_a_plain_bootstrap(population):
    """Loops over people and lines, with the same stretching written down once more."""
    made, rng = lines(1, 12, population), np.random.default_rng(17)
    hours = rng.choice([12.0, 20, 32, 60], 90)
    found = shortfall(hours, made, people=500, free=300, money=5e8, level=0.9, seed=4)
    totals, kinds = made.totals, made.kinds.argmax(axis=1)

    def price(rows: np.ndarray) -> float:
        parts = [(totals[rows][kinds[rows] == kind]).sum(axis=0) for kind in set(kinds[rows])]
        return sum(places * spent / taught for spent, taught, places in parts) / sum(part[2] for part in parts)

    def stretch(n: int) -> float:
        return math.sqrt(n / (n - 1)) * stats.t.ppf(0.95, n - 1) / stats.norm.ppf(0.95)

    base, centre, gaps = price(np.arange(12)), hours.mean(), []
    for _ in range(6000):
        again = price(rng.integers(0, 12, 12))
        needed = centre + stretch(90) * (rng.choice(hours, 90).mean() - centre)
        gaps.append((500 * needed - 300) * base * (again / base) ** stretch(12) - 5e8)
    low, high = np.quantile(gaps, [0.05, 0.95])
    assert found.value == pytest.approx((500 * centre - 300) * base - 5e8)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.03 * (high - low)), pytest.approx(high, abs=0.03 * (high - low)))


@pytest.mark.parametrize(("n", "least"), [(10, 0.88), (20, 0.89), (40, 0.90)])
def test_it_covers_the_truth_and_the_survey_alone_does_not(n, least, population, monkeypatch):
    """Two hundred samples with a known truth; 0.92 to 0.94 in two thousand. The survey's error alone covers a sixth to a half."""
    monkeypatch.setattr(planning, "DRAWS", 1000)
    price = Lines.of(*(population[name] for name in ("spent", "hours", "places")), population["kind"].astype(object)).mean_price
    values, chances = np.array([12.0, 20, 32, 40, 60]), np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    truth = (1480 * values @ chances - 3000) * price - 2e9
    joint = alone = 0
    for seed in range(200):
        made = lines(seed, n, population)
        hours = np.random.default_rng([seed, 1]).choice(values, 400, p=chances)
        found = shortfall(hours, made, people=1480, free=3000, money=2e9, level=0.95, seed=seed)
        joint += found.low <= truth <= found.high
        survey = mean(hours)
        alone += (1480 * survey.low - 3000) * made.mean_price - 2e9 <= truth <= (1480 * survey.high - 3000) * made.mean_price - 2e9
    assert joint / 200 >= least
    assert alone / 200 < 0.6


def test_one_line_or_one_respondent_gives_no_interval(population):
    two, one = lines(2, 2, population), lines(2, 1, population)
    asked = {"people": 10, "free": 0, "money": 0, "level": 0.95, "seed": 1}
    assert math.isnan(shortfall([20.0, 30], one, **asked).low) and math.isnan(price_of_hour(one, 0.95, 1).high)
    assert math.isnan(shortfall([20.0], two, **asked).low)
    assert math.isfinite(shortfall([20.0, 30], two, **asked).low)
    assert widening(1, 0.95) == math.inf and widening(10**6, 0.95) == pytest.approx(1, abs=1e-5)


def test_free_hours_beyond_the_need_leave_the_money_unspent(population):
    found = shortfall([1.0, 2.0], lines(3, 8, population), people=2, free=1e6, money=7.0, level=0.95, seed=1)
    assert found.ends == (-7.0, -7.0, -7.0)
