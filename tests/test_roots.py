"""Roots of increasing functions, inside a stretch and beyond its ends."""

from __future__ import annotations

import math

import pytest

from karier_stats.stats.numerics.roots import rising_root


def test_a_root_inside_is_exact_to_rounding():
    assert rising_root(lambda x: x * x - 2, 0.0, 2.0) == pytest.approx(math.sqrt(2), rel=1e-15)
    assert rising_root(lambda x: x - 1e-12, 0.0, 1.0) == pytest.approx(1e-12, rel=1e-14)  # relative, near zero too


@pytest.mark.parametrize("shift, end", [(1.0, 0.0), (-3.0, 2.0), (0.0, 0.0), (-2.0, 2.0)])
def test_without_a_root_inside_the_end_is_given(shift, end):
    assert rising_root(lambda x: x + shift, 0.0, 2.0) == end
