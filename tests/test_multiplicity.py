"""Intervals of a family leave zero out just where its adjusted test sees something, and keep their level."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, holm, holm_levels, selected_levels

ALPHA = 0.05


@pytest.mark.parametrize(("levels", "adjusted"), [(holm_levels, holm), (selected_levels, benjamini_hochberg)])
def test_an_interval_leaves_zero_out_just_where_the_adjusted_p_is_small(levels, adjusted) -> None:
    rng = np.random.default_rng(4)
    disagreed = 0
    for _ in range(500):
        z = rng.normal(rng.choice([0, 1.5, 3], 7), 1)
        p = 2 * stats.norm.sf(abs(z))
        out = abs(z) > stats.norm.isf((1 - levels(p, 1 - ALPHA)) / 2)
        assert (out == (adjusted(p) < ALPHA)).all()
        assert (levels(p, 1 - ALPHA) >= 1 - ALPHA - 1e-12).all()
        disagreed += int(((abs(z) > stats.norm.isf(ALPHA / 2)) != (adjusted(p) < ALPHA)).any())
    assert disagreed > 50  # the wrong way: intervals of 95 percent beside an adjusted p


def test_holm_by_hand_and_gaps_outside_the_family() -> None:
    found = holm_levels([0.001, np.nan, 0.02, 0.4, 0.03], 0.95)
    # four tests: 0.05/4; then 0.02 > 0.05/3 stops, and the rest keep that step
    assert found == pytest.approx([1 - 0.05 / 4, 0.95, 1 - 0.05 / 3, 1 - 0.05 / 3, 1 - 0.05 / 3])
    assert holm_levels([0.2], 0.95) == pytest.approx([0.95])
    assert selected_levels([np.nan, np.nan], 0.9) == pytest.approx([0.9, 0.9])


def test_of_those_picked_out_few_intervals_are_wrong() -> None:
    # Benjamini and Yekutieli's own question: the share of wrong intervals among the selected, on average
    rng, truth = np.random.default_rng(8), np.array([0.0] * 12 + [1.0] * 4 + [2.5] * 4)
    wrong = {"selected": [], "plain": []}
    for _ in range(3000):
        z = rng.normal(truth, 1)
        p = 2 * stats.norm.sf(abs(z))
        seen = benjamini_hochberg(p) < ALPHA
        if not seen.any():
            wrong["selected"].append(0.0), wrong["plain"].append(0.0)
            continue
        half = {"selected": stats.norm.isf((1 - selected_levels(p)) / 2), "plain": np.full(len(z), stats.norm.isf(ALPHA / 2))}
        for name, width in half.items():
            wrong[name].append(float((abs(z - truth) > width)[seen].mean()))
    assert np.mean(wrong["selected"]) < ALPHA
    assert np.mean(wrong["plain"]) > 2 * ALPHA
