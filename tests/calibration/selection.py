"""Cells of S3: who is trained decides which estimate is biased, whatever its interval says."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.stats.change.nomination import net_gain
from karier_stats.stats.numerics import paired
from karier_stats.words.numbers import is_missing

from .harness import BIAS, COVERAGE, LEVEL, QUICK, SIZE, Cell, Check, Tally, control, promise, some
from .pairs import arm_estimates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PEOPLE = 120
RELIABILITY = 0.7
ERROR = math.sqrt(1 / RELIABILITY - 1)
"""Standard deviation of a test's error beside a true ability of variance 1."""
SCORE_SD = math.sqrt(1 + ERROR**2)
STEEPNESS = 2.0
"""Of the soft rules: logit of being trained per point of score (or ability) below the mean."""

DID, ANCOVA, ALONE = "did, Welch", "ANCOVA, least squares", "paired t on the trained"


def cells() -> list[Cell]:
    """One cell per rule of selection, where nobody's ability changes, and of what is left of a true gain."""
    fair = [*promise(DID, size=SIZE, bias=BIAS), *promise(ANCOVA, size=SIZE, bias=BIAS)]
    return [
        _cell("random", "trained at random", [*fair, *promise(ALONE, size=SIZE)]),
        _cell("low score, soft", "invited for a low score before", [
            *_biased(DID, 0.46, 80.0), *promise(ANCOVA, size=SIZE, bias=BIAS),
            control(ALONE, "size", 47.4, 51.4, "validity.md S3: 49.4"),
        ]),
        _cell("low score, hard", "trained below the median before", [
            *_biased(DID, 0.57, 94.5), *promise(ANCOVA, size=SIZE, bias=BIAS),
            control(ALONE, "size", 67.4, 71.4, "validity.md S3: 69.4"),
        ]),
        _cell("ability", "lower ability trained more", [
            *promise(DID, size=SIZE, bias=BIAS), *_biased(ANCOVA, -0.49, 78.2), *promise(ALONE, size=SIZE),
        ]),
        *(_net(rule) for rule in ("low score, soft", "low score, hard")),
    ]


def _biased(method: str, bias: float, rejected: float) -> list[Check]:
    """The wrong estimate of a rule, by its known bias (in score points) and rejections."""
    scaled = bias / SCORE_SD
    return [
        control(method, "bias", scaled - 0.04, scaled + 0.04, f"validity.md S3: {bias} points"),
        control(method, "size", rejected - 4, rejected + 4, f"validity.md S3: {rejected}"),
    ]


def _cell(rule: str, words: str, checks: list[Check]) -> Cell:
    """A cell of one rule."""
    return Cell(
        f"selection/{rule}/n={PEOPLE}", f"{words}, reliability {RELIABILITY}", PEOPLE, None, partial(_simulate, rule),
        tuple(checks), ("paired", "linear"), {check.method: 0.0 for check in checks}, quick=QUICK,
    )


def trained(rule: str, ability: Floats, before: Floats, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Who is trained under a rule, shape (n,)."""
    if rule == "random":
        return rng.permutation(len(before)) < len(before) // 2
    if rule == "low score, hard":
        return before < np.median(before)
    value = ability if rule == "ability" else before
    return rng.random(len(before)) < 1 / (1 + np.exp(STEEPNESS * value))


def _simulate(rule: str, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Two fallible tests of an ability that does not change."""
    for _ in range(repetitions):
        ability, first, second = rng.standard_normal((3, PEOPLE))
        before, after = ability + ERROR * first, ability + ERROR * second
        chosen = trained(rule, ability, before, rng)
        found = arm_estimates(before, after, chosen.astype(float))
        for method in (DID, ANCOVA):
            tally.add(method, "bias", found[method].estimate / SCORE_SD)
            tally.test(method, found[method].p)
        tally.test(ALONE, paired.mean_change((after - before)[chosen], LEVEL).p)


GAIN = 0.5
"""What the programme adds to ability, in points."""

KNOWN, ESTIMATED = "net gain, reliability known", "net gain, reliability with error"
RELIABILITY_SE = 0.05


def _net(rule: str) -> Cell:
    """What is left of a gain when the drift of low scorers is taken off, with its interval."""
    checks = [check for method in (KNOWN, ESTIMATED) for check in promise(method, coverage=COVERAGE, bias=BIAS)]
    checks.append(control("paired t on the trained", "coverage", 0.0, 75.0, "validity.md S3: rejects 49.4, 69.4"))
    return Cell(
        f"net gain/{rule}/n={PEOPLE}", f"{rule}, reliability {RELIABILITY}, gain {GAIN} points", PEOPLE, None,
        partial(_simulate_net, rule), tuple(checks), ("paired", "nomination", "cluster"),
        {check.method: GAIN for check in checks}, quick=QUICK,
    )


def _simulate_net(rule: str, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Low scorers of a pool are trained and gain ``GAIN``; a hard rule takes all at or below zero, the pool's mean."""
    costly = some(repetitions)
    for repetition in range(repetitions):
        ability, first, second = rng.standard_normal((3, PEOPLE))
        before, after = ability + ERROR * first, ability + GAIN + ERROR * second
        chosen = before <= 0 if rule.endswith("hard") else trained(rule, ability, before, rng)
        low, gained = before[chosen], after[chosen]
        found = paired.mean_change(gained - low, LEVEL)
        tally.interval(ALONE, found.low, found.high, GAIN, found.estimate, SCORE_SD)
        guess = RELIABILITY + RELIABILITY_SE * float(rng.standard_normal())
        _net_row(KNOWN, tally, low, gained, reliability=RELIABILITY, pool=before)
        if repetition not in costly:
            continue
        _net_row(ESTIMATED, tally, low, gained, reliability=guess, reliability_se=RELIABILITY_SE, pool=before)


def _net_row(method: str, tally: Tally, before: Floats, after: Floats, **keywords: Any) -> None:
    """One way of taking the drift off."""
    row = net_gain(before, after, **keywords).headline
    low, high, estimate = (
        math.nan if is_missing(row[name]) else float(row[name]) for name in ("ci_low", "ci_high", "estimate")
    )
    tally.interval(method, low, high, GAIN, estimate, SCORE_SD)
