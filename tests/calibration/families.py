"""Cells of many tests at once: how often does a family of units or courses find what is not there?"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, holm

from .harness import LEVEL, QUICK, Cell, Tally, control, promise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FAMILY = 24
PEOPLE = 20
ERRORS = (0.0, 5.5)
"""False discoveries of BH and family errors of Holm, in percent (validity.md, section 5)."""

HOLM, BH, NAIVE = "Holm, family error", "Benjamini-Hochberg, false discoveries", "no adjustment, family error"


def cells() -> list[Cell]:
    """No true change anywhere, and a change in a third of the units."""
    return [_cell(0), _cell(FAMILY // 3)]


def _cell(changed: int) -> Cell:
    """A family of which ``changed`` units have a true change of 0.8 standard deviations of the change."""
    checks = [*promise(HOLM, discoveries=ERRORS), *promise(BH, discoveries=ERRORS)]
    if not changed:
        # 1 - 0.95**24 = 70.8 where units are independent; validity.md, S6 has 66.7 for contrasts with the others.
        checks.append(control(NAIVE, "discoveries", 66.0, 75.0, "1 - 0.95**24 = 70.8"))
    return Cell(
        f"families/{changed} of {FAMILY} changed", f"{FAMILY} units, {changed} changed", PEOPLE, FAMILY,
        partial(_simulate, changed), tuple(checks), ("paired", "multiplicity"), quick=QUICK,
    )


def _simulate(changed: int, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Fill the tally of :func:`_cell`."""
    for _ in range(repetitions):
        change = rng.standard_normal((FAMILY, PEOPLE))
        change[:changed] += 0.8
        p = np.array([paired.mean_change(row, LEVEL).p for row in change])
        alpha = 1 - LEVEL
        found = benjamini_hochberg(p) <= alpha
        tally.add(HOLM, "discoveries", (holm(p)[changed:] <= alpha).any())
        tally.add(BH, "discoveries", found[changed:].sum() / max(found.sum(), 1))
        tally.add(NAIVE, "discoveries", (p[changed:] <= alpha).any() if not changed else math.nan)
