"""Estimates of strata put together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from karier_stats.stats.numerics.estimate import between
from karier_stats.stats.numerics.paired import welch
from karier_stats.stats.numerics.pooling import combine, mean_difference, ratio_of


def test_weights_by_size_give_the_mean_over_people():
    found = combine([2.0, 6.0], [1.0, 1.0], [10, 10], [30, 10])
    assert found.estimate == 3.0
    # a sum of two squares: exact to rounding
    assert found.std_error == pytest.approx(math.sqrt(0.75**2 + 0.25**2), rel=1e-12)


def test_one_stratum_keeps_its_own_interval():
    found = combine([5.0], [2.0], [8], [3])
    assert (found.dof, found.std_error) == (pytest.approx(8), pytest.approx(2.0))
    assert found.high - found.estimate == pytest.approx(2.306004 * 2, abs=1e-5)  # t(8), printed to six decimals


def test_no_spread_gives_no_interval():
    assert math.isnan(combine([1.0], [0.0], [5], [1]).low)


def test_fieller_bounds_solve_their_equation():
    n, d = between(6.0, 5.0, 7.0), between(10.0, 8.0, 12.0)
    found = ratio_of(n, d)
    for r in (found.low, found.high):
        assert (6 - r * 10) ** 2 == pytest.approx(1 + r**2 * 4, rel=1e-12)  # a quadratic solved in floating point


def test_a_gain_that_may_be_zero_excludes_no_ratio():
    found = ratio_of(between(1.0, 0.0, 2.0), between(1.0, -1.0, 3.0))
    assert found.value == 1.0
    assert math.isnan(found.low) and math.isnan(found.high)


def test_mean_difference_is_welch():
    one, two = np.array([5.0, 7.0, 9.0, 12.0]), np.array([1.0, 2.0, 6.0])
    other = welch(one, two, 0.95)
    found = mean_difference(one, two)
    assert found.ends == pytest.approx(other.ends, rel=1e-12)  # the same formula, another code


def test_mean_difference_of_single_values_has_no_interval():
    assert mean_difference([3.0], [1.0, 2.0]).value == 1.5
    assert math.isnan(mean_difference([3.0], [1.0, 2.0]).low)
