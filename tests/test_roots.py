"""Roots of increasing functions, inside a stretch and beyond its ends."""

from __future__ import annotations

import math

import pytest

from karier_stats.stats.description.contrasts import reaches_zero
from karier_stats.stats.numerics.estimate import rising_root
from karier_stats.stats.numerics.shares import newcombe


def test_a_root_inside_is_exact_to_rounding():
    assert rising_root(lambda x: x * x - 2, 0.0, 2.0) == pytest.approx(math.sqrt(2), rel=1e-15)
    assert rising_root(lambda x: x - 1e-12, 0.0, 1.0) == pytest.approx(1e-12, rel=1e-14)  # relative, near zero too


@pytest.mark.parametrize("shift, end", [(1.0, 0.0), (-3.0, 2.0), (0.0, 0.0), (-2.0, 2.0)])
def test_without_a_root_inside_the_end_is_given(shift, end):
    assert rising_root(lambda x: x + shift, 0.0, 2.0) == end


@pytest.mark.parametrize("counts", [(109, 250, 524, 1200), (524, 1200, 109, 250), (30, 100, 300, 999), (2, 10, 5, 10)])
def test_a_function_of_coarse_rounding_has_a_root_to_its_own_digits(counts):
    """Newcombe's bound as a function of the level moves in steps; on the first of these a finer search never ended."""
    p = reaches_zero(newcombe(*counts))
    value = newcombe(*counts, 1 - p)
    assert 0 < p < 1 and min(abs(value.low), abs(value.high)) < 1e-6
