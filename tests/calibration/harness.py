"""Cells, tallies and verdicts: what a simulation is made of, whatever it simulates."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import numpy as np

Measure = Literal["coverage", "size", "power", "bias", "se_ratio", "discoveries"]
Role = Literal["promise", "control"]

SEED = 20250817
BLOCK = 200
"""Repetitions in a block; a block has its own seed, so that the first ones of a long run are those of a short one."""

QUICK = 400
"""Repetitions of a cell in the short form; a cheap control that must be told from a close bound takes more."""

LEVEL = 0.95
BAND = 0.999
"""Simulation error allowed around a bound: the probability that a method which sits on the bound stays inside."""

RATES = ("coverage", "size", "power", "discoveries")
"""Measures in percent of repetitions."""

COVERAGE = (94.0, 96.0)
SIZE = (4.0, 6.0)
CONSERVATIVE = (0.0, 6.0)
"""Size of a discrete or exact test, which can only be held from above."""
FLOOR = (94.0, 100.0)
"""Coverage of a discrete interval, which can only be held from below."""
BIAS = (-0.02, 0.02)
"""Bias in standard deviations of the outcome (validity.md, section 5)."""
SE_RATIO = (0.95, 1.05)
"""Mean standard error over the standard deviation of the estimates (validity.md, section 5)."""


@dataclass(frozen=True)
class Check:
    """What one method must show in one cell.

    Parameters
    ----------
    method, measure : str
    low, high : float
        A promise: where the figure must lie. A control: the known amount by which the wrong way fails.
    role : {"promise", "control"}
    broken : tuple of float
        A control: the promise that the wrong way breaks.
    source : str
        Where the bound or the known amount comes from.
    """

    method: str
    measure: Measure
    low: float
    high: float
    role: Role = "promise"
    broken: tuple[float, float] = COVERAGE
    source: str = "validity.md 5"


def promise(method: str, **bounds: tuple[float, float]) -> list[Check]:
    """Checks of one method, as ``coverage=COVERAGE``."""
    return [Check(method, measure, *bound) for measure, bound in bounds.items()]  # type: ignore[arg-type]


def control(method: str, measure: Measure, low: float, high: float, source: str) -> Check:
    """A wrong way that must fail by a known amount."""
    broken = {"coverage": COVERAGE, "size": SIZE, "bias": BIAS, "se_ratio": SE_RATIO}.get(measure, SIZE)
    return Check(method, measure, low, high, "control", broken, source)


@dataclass
class Sums:
    """Count, sum and sum of squares of one figure over repetitions; repetitions without one are counted apart."""

    n: int = 0
    refused: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, other: Sums) -> None:
        """Take another block in."""
        self.n, self.refused = self.n + other.n, self.refused + other.refused
        self.total, self.squares = self.total + other.total, self.squares + other.squares

    @property
    def mean(self) -> float:
        """Mean over the repetitions that gave the figure."""
        return self.total / self.n if self.n else math.nan

    @property
    def variance(self) -> float:
        """Variance over repetitions."""
        return max(self.squares - self.total**2 / self.n, 0.0) / (self.n - 1) if self.n > 1 else math.nan


class Tally:
    """The figures of one block of repetitions, by method and measure."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], list[float]] = {}

    def add(self, method: str, measure: str, value: float) -> None:
        """One repetition's figure; NaN where the method gave none."""
        self._values.setdefault((method, measure), []).append(float(value))

    def interval(
        self, method: str, low: float, high: float, truth: float, estimate: float = math.nan, scale: float = 1.0
    ) -> None:
        """Whether an interval covers the truth and, with an estimate, how far that is off in units of ``scale``."""
        self.add(method, "coverage", math.nan if math.isnan(low) else low <= truth <= high)
        if not math.isnan(estimate):
            self.add(method, "bias", (estimate - truth) / scale)

    def test(self, method: str, p: float, measure: Measure = "size") -> None:
        """Whether a test rejects at the five percent level."""
        self.add(method, measure, math.nan if math.isnan(p) else p <= 1 - LEVEL + 1e-12)

    def sums(self) -> dict[tuple[str, str], Sums]:
        """The block's sums."""
        found = {}
        for key, values in self._values.items():
            kept = np.asarray(values)
            kept = kept[np.isfinite(kept)]
            found[key] = Sums(len(kept), len(values) - len(kept), float(kept.sum()), float((kept**2).sum()))
        return found


Simulate: TypeAlias = Callable[[np.random.Generator, int, Tally], None]


@dataclass(frozen=True)
class Cell:
    """One way of making data, the methods tried on it, and what they must show.

    Parameters
    ----------
    key : str
        Its name, which also seeds it.
    data : str
        The data in words.
    n : int
        Pairs, people per arm, or people in all units.
    units : int or None
        Units that people are nested in.
    simulate : callable
        ``(rng, repetitions, tally)``: fills the tally.
    checks : tuple of Check
    truths : mapping of str to float
        Method to the number that it estimates.
    modules : tuple of str
        Modules of ``karier_stats.stats`` whose change makes stored repetitions stale.
    quick : int
        Repetitions of the short form; 0 where the cell has no part in it.
    """

    key: str
    data: str
    n: int
    units: int | None
    simulate: Simulate
    checks: tuple[Check, ...]
    modules: tuple[str, ...]
    truths: Mapping[str, float] = field(default_factory=dict)
    quick: int = 0

    def block(self, index: int) -> dict[tuple[str, str], Sums]:
        """Simulate one block: the same figures on every run."""
        tally = Tally()
        self.simulate(np.random.default_rng([SEED, zlib.crc32(self.key.encode()), index]), BLOCK, tally)
        return tally.sums()

    def run(self, repetitions: int) -> dict[tuple[str, str], Sums]:
        """Simulate as many blocks as hold ``repetitions``."""
        return merged(self.block(index) for index in range(blocks_of(repetitions)))


def blocks_of(repetitions: int) -> int:
    """Number of blocks that hold the repetitions."""
    return math.ceil(repetitions / BLOCK)


def merged(blocks: Iterable[Mapping[tuple[str, str], Sums]]) -> dict[tuple[str, str], Sums]:
    """Sums of several blocks as one."""
    whole: dict[tuple[str, str], Sums] = {}
    for block in blocks:
        for key, sums in block.items():
            whole.setdefault(key, Sums()).add(sums)
    return whole


def some(repetitions: int, share: int = 5) -> range:
    """Repetitions of a block in which a costly method takes part."""
    return range(repetitions // share)


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Parameters
    ----------
    value, mcse : float
        The figure and its Monte Carlo standard error; rates in percent.
    repetitions, refused : int
        Repetitions that gave the figure, and that gave none.
    bias : float
        Mean error of the estimate, where the method has one.
    verdict : str
        ``kept``, ``within error`` (outside the bound by no more than simulation error), ``missed``;
        of a control ``caught`` or ``NOT CAUGHT``; ``no figure`` where no repetition gave one.
    """

    cell: Cell
    check: Check
    value: float
    mcse: float
    repetitions: int
    refused: int
    bias: float
    verdict: str


def outcomes(cell: Cell, found: Mapping[tuple[str, str], Sums]) -> list[Outcome]:
    """Every check of a cell held against what the simulation found."""
    return [_outcome(cell, check, found) for check in cell.checks]


def _outcome(cell: Cell, check: Check, found: Mapping[tuple[str, str], Sums]) -> Outcome:
    """One check against the sums."""
    sums = found.get((check.method, "std_error" if check.measure == "se_ratio" else check.measure), Sums())
    bias = found.get((check.method, "bias"), Sums())
    value, mcse = _value(check.measure, sums, bias)
    outcome = Outcome(cell, check, value, mcse, sums.n, sums.refused, bias.mean, "")
    return replace(outcome, verdict=_verdict(outcome))


def _value(measure: str, sums: Sums, bias: Sums) -> tuple[float, float]:
    """The figure and its Monte Carlo standard error."""
    if not sums.n:
        return math.nan, math.nan
    if measure == "se_ratio":
        ratio = sums.mean / math.sqrt(bias.variance)
        return ratio, ratio * math.sqrt(1 / (2 * (bias.n - 1)) + sums.variance / sums.mean**2 / sums.n)
    scale = 100 if measure in RATES else 1
    return scale * sums.mean, scale * math.sqrt(sums.variance / sums.n) if sums.n > 1 else math.nan


def _verdict(outcome: Outcome) -> str:
    """The outcome in words."""
    check = outcome.check
    if math.isnan(outcome.value):
        return "no figure"
    if check.role == "control":
        breaks = not accepted(outcome, *check.broken)
        return "caught" if breaks and accepted(outcome, check.low, check.high) else "NOT CAUGHT"
    if check.low <= outcome.value <= check.high:
        return "kept"
    return "within error" if accepted(outcome, check.low, check.high) else "missed"


def accepted(outcome: Outcome, low: float, high: float) -> bool:
    """Whether a figure lies within the bounds but for simulation error.

    Notes
    -----
    Rates: the hits lie between the quantiles, at ``BAND``, of the binomial on
    either bound. Other figures: ``BAND`` quantile times the standard error.
    """
    from scipy.stats import binom, norm

    tail = (1 - BAND) / 2
    if outcome.check.measure not in RATES:
        reach = float(norm.isf(tail)) * outcome.mcse
        return low - reach <= outcome.value <= high + reach
    hits, n = round(outcome.value * outcome.repetitions / 100), outcome.repetitions
    return bool(binom.ppf(tail, n, low / 100) <= hits <= binom.isf(tail, n, high / 100))
