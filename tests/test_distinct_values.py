"""Columns of distinct values: codes, groups, and columns put together, against plain lists."""

from __future__ import annotations

import numpy as np
import pytest

from karier_stats.intake.columns import Column, Pool, grouped, joined, keys
from karier_stats.intake.files.shown import Flawed, Shown


def column(*values: object) -> Column:
    """Some values as a column whose first value is None."""
    pool = Pool(None)
    return Column(pool.codes(values), pool.values)


def test_what_is_written_apart_stays_apart():
    values = [1, True, 1.0, "1", 0.0, -0.0, Shown(1, "1"), Shown(1, "1", altered=True), Flawed("a", "K112"), Flawed("a", "K117")]
    made = column(*values, *values, None)
    assert len(made.values) == len(values) + 1
    assert [repr(value) for value in made.list()] == [repr(value) for value in (*values, *values, None)]


@pytest.mark.parametrize("distinct", [20, 600])  # told apart by their places, and by sorting
def test_groups_come_in_the_order_of_their_first_rows(distinct):
    rng = np.random.default_rng(0)
    parts = [column(*rng.integers(0, distinct, 900).tolist()) for _ in range(2)]
    at = np.flatnonzero(rng.integers(0, 2, 900))
    assert (keys(parts, at)[1] > 2**16) == (distinct == 600)
    ids, first = grouped(parts, at)
    pairs = list(zip(parts[0].list(at), parts[1].list(at), strict=True))
    order = list(dict.fromkeys(pairs))
    assert [order[group] for group in ids] == pairs
    assert [pairs[place] for place in first] == order and [pairs.index(pair) for pair in order] == first.tolist()


def test_many_columns_are_told_apart_beyond_what_one_number_holds():
    wide = [column(*np.random.default_rng(seed).permutation(2_000).tolist()) for seed in range(8)]
    ids, first = grouped(wide, np.arange(2_000))
    assert sorted(ids.tolist()) == list(range(2_000)) and first.tolist() == list(range(2_000))


def test_joined_columns_share_their_codes():
    made = joined([column("a", None, "b"), column("b", "a"), column()])
    assert made.list() == ["a", None, "b", "b", "a"] and made.values == [None, "a", "b"]
    assert made.counts().tolist() == [1, 2, 2] and made.of(lambda value: value == "b").tolist() == [False, False, True, True, False]
