"""Cross-products of units joined from the parts of a table, as the engine for tables of any length joins its blocks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from karier_stats.stats.numerics import blocks
from karier_stats.stats.numerics.unit_products import UnitProducts


def joined(parts: Iterable[tuple[ArrayLike, ArrayLike]]) -> UnitProducts:
    """What ``unit_products`` gives of the whole, from (columns, units) of its parts."""
    given = [(np.asarray(columns, dtype=float), np.asarray(units)) for columns, units in parts]
    labels = np.unique(np.concatenate([units for _, units in given]))
    origin = given[0][0].mean(axis=0)
    width = given[0][0].shape[1] + 1
    sums = blocks.UnitSums(width, width)
    for columns, units in given:
        rows = np.vstack([np.ones(len(units)), (columns - origin).T])
        blocks.add_products(sums, blocks.block_of(rows, np.searchsorted(labels, units)))
    return blocks.to_unit_products(sums.sums, labels, origin)
