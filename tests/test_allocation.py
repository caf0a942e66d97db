"""The best mix of offered places, against every mix tried one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from karier_stats.stats.numerics.planning import best_mix


def brute_force(places, hours, cost, money, need):
    """Most hours, then least cost, over every mix."""
    mixes = [
        (-float(np.dot(hours, x)), float(np.dot(cost, x)))
        for x in product(*(range(n + 1) for n in places))
        if np.dot(cost, x) <= money and np.dot(hours, x) <= need
    ]
    return min(mixes)


@pytest.mark.parametrize("case", range(12))
def test_agrees_with_every_mix_tried(case):
    rng = np.random.default_rng(case)
    places, hours, cost = rng.integers(0, 5, 3), rng.integers(4, 41, 3), rng.integers(0, 30, 3)
    money, need = float(rng.integers(0, 120)), float(rng.integers(20, 200))
    found = best_mix(places, hours, cost, money=money, need=need)
    assert (-found.hours, found.cost) == brute_force(places, hours, cost, money, need)
    assert (found.places <= places).all()


def test_free_places_come_first_where_hours_are_alike():
    found = best_mix([5, 5], [10, 10], [0, 100], money=1000, need=50)
    assert found.places.tolist() == [5, 0]


def test_nothing_is_needed():
    assert best_mix([5], [10], [0], money=100, need=0).hours == 0
