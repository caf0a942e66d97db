"""Cells of the gain as a share of what was lacking, of what lasts, and of the dose."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from karier_stats.stats.change import change_rows
from karier_stats.stats.change.change_rows import share_kept
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.effect_size import class_gain
from karier_stats.stats.numerics.estimate import t_quantile

from .data import CEILING, NORMAL, Mechanism, truth
from .harness import BIAS, COVERAGE, LEVEL, QUICK, SIZE, Cell, Tally, control, promise, some

TOP = 80.0
"""Highest score of the ceiling mechanism."""

CLASS, INDIVIDUAL = "class gain", "mean of individual gains"
KEPT, LOST = 0.6, "share kept, Fieller"
SLOPE, RANK = "dose, HC3", "dose, Spearman"
CORRELATION = 0.4
"""Of dose and change."""


def cells() -> list[Cell]:
    """Every cell of this room."""
    return [*(_class(n) for n in (12, 30, 100)), *(_kept(n) for n in (12, 30, 100)), *(_dose(n) for n in (12, 30, 100))]


def _class(n: int) -> Cell:
    """Hake's gain of averages: Fieller below 50 pairs, BCa from there on."""
    before = _mean_before(CEILING)
    expected = truth(CEILING)["mean"] / (TOP - before)
    checks = promise(CLASS, coverage=COVERAGE, bias=(-0.03, 0.03))
    return Cell(
        f"class gain/{CEILING.name}/n={n}", f"one group, {CEILING.name}", n, None,
        partial(_simulate_class, n, expected), tuple(checks), ("effect_size", "paired", "resampling"), {CLASS: expected},
        quick=QUICK * (n < 50),
    )


def _mean_before(mechanism: Mechanism) -> float:
    """Mean score before, on a grid of quantiles fine enough for four digits."""
    from scipy.special import ndtri

    return float(mechanism.score(ndtri((np.arange(200_000) + 0.5) / 200_000), 0.0).mean())


def _simulate_class(n: int, expected: float, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Fill the tally of :func:`_class`."""
    for repetition in range(repetitions) if n < 50 else some(repetitions):
        before, _, after = CEILING.draw(rng, n)
        found = class_gain(before, after, TOP, LEVEL, repetition)
        tally.interval(CLASS, found.low, found.high, expected, found.estimate)


def _kept(n: int) -> Cell:
    """How much of a first change is left at a later wave."""
    return Cell(
        f"share kept/normal/n={n}", "one group, three waves, normal", n, None, partial(_simulate_kept, n),
        tuple(promise(LOST, coverage=COVERAGE)), ("change_rows", "paired"), {LOST: KEPT}, quick=QUICK,
    )


def _simulate_kept(n: int, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Fill the tally of :func:`_kept`; a first change of one SD of the change, so that few samples are refused."""
    for _ in range(repetitions):
        shared, own, later = rng.standard_normal((3, n))
        first = 1.0 + 0.6 * shared + 0.8 * own
        lasting = KEPT + 0.6 * shared + 0.8 * later
        found = share_kept(first, lasting, partial(paired.mean_change, level=LEVEL), LEVEL)
        tally.interval(LOST, found.low, found.high, KEPT)


def _dose(n: int) -> Cell:
    """The association of the change with the dose, whose spread grows with it."""
    rank = 6 / math.pi * math.asin(CORRELATION / 2)
    checks = promise(SLOPE, coverage=COVERAGE, bias=BIAS) + promise(RANK, coverage=COVERAGE, size=SIZE)
    if n >= 30:
        checks.append(control("dose, one variance", "coverage", 80.0, 91.0, "SD of the change grows with the dose"))
    return Cell(
        f"dose/normal/n={n}", "one group, dose at random, normal", n, None, partial(_simulate_dose, n, rank),
        tuple(checks), ("change_rows", "contrast", "linear"), {SLOPE: NORMAL.effect, RANK: rank}, quick=QUICK,
    )


def _simulate_dose(n: int, rank: float, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Fill the tally of :func:`_dose`; Spearman's correlation on a bivariate normal."""
    for _ in range(repetitions):
        taken, noise = rng.standard_normal((2, n))
        change = NORMAL.effect * taken + NORMAL.sd * np.sqrt((1 + taken**2) / 2) * noise
        found = change_rows.dose_line(taken, change).contrast(1, "hc3").at(LEVEL)
        tally.interval(SLOPE, found.low, found.high, NORMAL.effect, found.estimate, NORMAL.sd)
        plain = np.polyfit(taken, change, 1, cov=True)
        half = t_quantile(0.5 + LEVEL / 2, n - 2) * math.sqrt(plain[1][0, 0])
        tally.interval("dose, one variance", plain[0][0] - half, plain[0][0] + half, NORMAL.effect)
        found = change_rows.spearman(taken, CORRELATION * taken + math.sqrt(1 - CORRELATION**2) * noise, LEVEL)
        tally.interval(RANK, found.low, found.high, rank)
        tally.test(RANK, change_rows.spearman(taken, noise, LEVEL).p)
