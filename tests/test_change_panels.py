"""The picture of a comparison: bins that fit the scores, ordered levels by name."""

from __future__ import annotations

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from karier_stats.draw.shapes import MOST_BINS, bin_edges
from karier_stats.stats.change.compare import compare
from tests.contract import words_on


@pytest.mark.parametrize("step", [1, 5, 0.25, 1 / 3])
@pytest.mark.parametrize("spread", [3, 24, 25, 26, 90])
def test_every_bin_holds_equally_many_possible_changes(step: float, spread: int):
    grid = step * np.arange(spread)
    edges = bin_edges(np.repeat(grid, 4))
    counts, _ = np.histogram(grid, edges)
    assert len(counts) <= MOST_BINS
    assert counts.sum() == spread
    assert set(counts[:-1]) <= {counts[0]}  # the last bin may reach beyond the grid


def test_bins_that_do_not_fit_the_grid_have_teeth():
    # the plain way: 25 bins for 39 possible changes hold one or two of them
    counts, _ = np.histogram(np.arange(39), np.histogram_bin_edges(np.arange(39), bins=25))
    assert set(counts) == {1, 2}


def test_continuous_changes_and_a_constant_one_have_bins():
    assert len(bin_edges(np.random.default_rng(0).normal(size=2000))) == MOST_BINS + 1
    assert bin_edges(np.full(5, 2.0)).tolist() == [1.5, 2.5]


def test_ordered_levels_are_named_and_their_shares_written():
    kind = pd.CategoricalDtype(["never", "some", "often"], ordered=True)
    data = pd.DataFrame({"pre": ["never", "some", "often", "some"], "post": ["some", "some", "some", "often"]}).astype(kind)
    result = compare(data, before="pre", after="post")
    told = words_on(result.plot(lang="en"))
    assert "never some often" in told
    assert "down 25.0%, same 25.0%, up 50.0%" in told and "mean" not in told
    arms = pd.concat([data.assign(arm=arm) for arm in "abc"], ignore_index=True)
    told = words_on(compare(arms, before="pre", after="post", group="arm", control="a").plot(lang="en"))
    assert told.count("down 25.0%, same 25.0%, up 50.0%") == 3 and "–" not in told
    plt.close("all")
