"""Cells of ``regress``: staff in a few units, a score of the unit or of the person, three kinds of outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import glm, linear
from karier_stats.stats.numerics.cluster import cr2, means_by, wild_bootstrap
from karier_stats.stats.numerics.estimate import Estimate, of_t
from karier_stats.stats.numerics.mixed import random_intercept

from .harness import BIAS, COVERAGE, LEVEL, QUICK, SE_RATIO, Cell, Check, Tally, control, promise, some

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

UNITS = (4, 6, 8, 12, 24)
ICCS = (0.0, 0.05, 0.2)
STAFF = (6, 9, 12, 18, 25, 30, 40, 60)
"""Unequal staff of eight units (validity.md, section 2); other numbers of units lie on the same curve."""

HEADLINE = (4.0, 6.5)
SIDE = (0.0, 7.5)
"""Bound of the methods that stand beside the headline, and of all with 4 or 5 units (validity.md, section 5)."""
SIDE_COVERAGE = (92.5, 100.0)

MEANS, CR2, WILD, REML, KENWARD, AME, RATE = (
    "unit means, t(G-2)", "CR2, Satterthwaite", "wild bootstrap, restricted", "random intercept, t(G-2)",
    "random intercept, Kenward-Roger", "logit AME, CR2", "Poisson rate, CR2",
)
CR1 = "statsmodels CR1, z"


@dataclass(frozen=True)
class StaffOutcome:
    """An outcome of staff with a given intraclass correlation, and no association with anything.

    Parameters
    ----------
    name : str
    mean : float
        Share of ones, or mean count; unused for a continuous outcome.
    """

    name: str
    mean: float = 0.0

    def draw(self, rng: np.random.Generator, codes: Codes, icc: float) -> Floats:
        """The outcome of each person, shape (n,).

        Notes
        -----
        Continuous: variance 1, of which ``icc`` between units. Shares: beta
        over units; counts: gamma over units, with ``icc`` of the variance between.
        """
        units, n = int(codes.max()) + 1, len(codes)
        if self.name.startswith("continuous"):
            raw = rng.standard_exponential(units) - 1 if "skewed" in self.name else rng.standard_normal(units)
            return math.sqrt(icc) * raw[codes] + math.sqrt(1 - icc) * rng.standard_normal(n)
        if icc == 0:
            level = np.full(units, self.mean)
        elif self.name == "count":
            shape = self.mean * (1 - icc) / icc
            level = rng.gamma(shape, self.mean / shape, units)
        else:
            level = rng.beta(self.mean * (1 - icc) / icc, (1 - self.mean) * (1 - icc) / icc, units)
        drawn = rng.poisson(level[codes]) if self.name == "count" else rng.random(n) < level[codes]
        return drawn.astype(float)

    @property
    def family(self) -> str:
        """``continuous``, ``binary`` or ``count``."""
        return self.name.split(",")[0].split(" ")[0]


CONTINUOUS, SKEWED = StaffOutcome("continuous"), StaffOutcome("continuous, skewed units")
OUTCOMES = (CONTINUOUS, StaffOutcome("binary, 0.45", 0.45), StaffOutcome("binary, 0.10", 0.10), StaffOutcome("count", 2.0))


def staff(units: int, equal: bool) -> NDArray[np.int_]:
    """Staff per unit, shape (G,)."""
    if equal:
        return np.full(units, 25)
    return np.rint(np.interp(np.linspace(0, 7, units), range(8), STAFF)).astype(int)


def cells() -> list[Cell]:
    """Every cell of ``regress``."""
    grid = [
        _size(outcome, units, equal, icc, "continuous")
        for outcome in OUTCOMES for units in UNITS for equal in (True, False) for icc in ICCS
    ]
    halves = [_size(outcome, units, False, 0.1, "half") for outcome in (CONTINUOUS, OUTCOMES[2]) for units in UNITS[1:]]
    skewed = [_size(SKEWED, units, False, 0.2, "continuous") for units in (8, 24)]
    return [*grid, *halves, *skewed, _design_b(), _power(), *(_within(units) for units in (8, 24))]


def _size(outcome: StaffOutcome, units: int, equal: bool, icc: float, score: str) -> Cell:
    """Size of every inference on a unit-level score that goes with nothing."""
    side = SIDE if units < 6 else HEADLINE
    checks = promise(MEANS, size=side)
    if outcome in (CONTINUOUS, SKEWED):
        checks += promise(MEANS, se_ratio=SE_RATIO) if units >= 8 and score == "half" else []
    for method in (CR2, WILD, REML, KENWARD, {"binary": AME, "count": RATE}.get(outcome.family)):
        checks += promise(method, size=SIDE) if method else []
    if units == 8 and outcome in (CONTINUOUS, SKEWED) and icc >= 0.05:
        checks.append(control(CR1, "size", 15.0, 40.0, "validity.md 2: 18.9-27.6"))
    sizes = staff(units, equal)
    words = f"{outcome.name}, {score} score, staff {sizes.min()}-{sizes.max()}, ICC {icc:g}"
    return Cell(
        f"units/{outcome.name}/{score}/{'equal' if equal else 'unequal'}/ICC={icc:g}/G={units}", words,
        int(sizes.sum()), units, partial(_simulate_size, outcome, sizes, icc, score), tuple(checks),
        ("linear", "cluster", "frame", "mixed", "unit_products", "glm", "paired"), {check.method: 0.0 for check in checks},
        quick=QUICK * (not equal and (units in (4, 8, 24) if icc == 0.2 else (score, units) == ("half", 6))),
    )


def _score(rng: np.random.Generator, units: int, kind: str) -> Floats:
    """A unit-level score, shape (G,): normal, or one for half of the units at random."""
    return rng.standard_normal(units) if kind == "continuous" else (rng.permutation(units) % 2).astype(float)


def _simulate_size(
    outcome: StaffOutcome, sizes: NDArray[np.int_], icc: float, score: str, rng: np.random.Generator, repetitions: int,
    tally: Tally,
) -> None:
    """Fill the tally of :func:`_size`."""
    codes = np.repeat(np.arange(len(sizes)), sizes)
    costly = some(repetitions)
    for repetition in range(repetitions):
        x = _score(rng, len(sizes), score)[codes]
        y = outcome.draw(rng, codes, icc)
        found = {MEANS: means_estimate(x, y, codes), CR2: cr2_estimate(x, y, codes)}
        tally.add(MEANS, "bias", found[MEANS].estimate)
        tally.add(MEANS, "std_error", found[MEANS].std_error)
        if repetition in costly:
            found |= {WILD: wild_estimate(x, y, codes, rng), **reml_estimates(x, y, codes)}
            found |= generalised_estimate(x, y, codes, outcome.family)
            if len(sizes) == 8:
                tally.test(CR1, cr1_p(x, y, codes))
        for method, estimate in found.items():
            tally.test(method, estimate.p)


def means_estimate(x: Floats, y: Floats, codes: Codes) -> Estimate:
    """The slope of unit means, as ``regress`` leads with it."""
    means = means_by(np.column_stack([x, y]), codes)[1]
    if np.ptp(means[:, 1]) == 0:
        return Estimate(0.0)
    fitted = linear.fit(np.column_stack([np.ones(len(means)), means[:, 0]]), means[:, 1])
    return of_t(float(fitted.coef[1]), math.sqrt(fitted.covariance[1, 1]), fitted.dof, LEVEL)


def cr2_estimate(x: Floats, y: Floats, codes: Codes) -> Estimate:
    """The slope of a unit-level score with CR2 and Satterthwaite's degrees of freedom."""
    X = np.column_stack([np.ones(len(y)), x])
    fitted = linear.fit(X, y)
    robust = cr2(X, fitted.residuals, codes)
    contrast = np.array([0.0, 1.0])
    return of_t(
        float(fitted.coef[1]), robust.std_error(contrast), robust.satterthwaite(contrast), LEVEL
    )


def wild_estimate(x: Floats, y: Floats, codes: Codes, rng: np.random.Generator) -> Estimate:
    """The p-value of the restricted wild cluster bootstrap."""
    if np.ptp(y) == 0:
        return Estimate(0.0)
    boot = wild_bootstrap(np.column_stack([np.ones(len(y)), x]), y, codes, 1, rng)
    return Estimate(boot.estimate, p=boot.p_value())


def reml_estimates(x: Floats, y: Floats, codes: Codes) -> dict[str, Estimate]:
    """The slope of the random-intercept model with G - 2 degrees of freedom, and with Kenward and Roger's."""
    if np.ptp(y) == 0:
        return dict.fromkeys((REML, KENWARD), Estimate(0.0))
    mixed = random_intercept(np.column_stack([np.ones(len(y)), x]), y, codes)
    slope, error = float(mixed.coef[1]), math.sqrt(mixed.covariance[1, 1])
    adjusted, dof = mixed.kenward_roger([0.0, 1.0])
    return {
        REML: of_t(slope, error, float(codes.max() - 1), LEVEL),
        KENWARD: of_t(slope, adjusted, dof, LEVEL),
    }


def generalised_estimate(x: Floats, y: Floats, codes: Codes, family: str) -> dict[str, Estimate]:
    """The average marginal effect of a logit, or the log rate of a Poisson regression; no p where it is separated."""
    if family == "continuous":
        return {}
    method, link = (AME, "logit") if family == "binary" else (RATE, "log")
    X = np.column_stack([np.ones(len(y)), x])
    if np.ptp(y) == 0:
        return {method: Estimate(math.nan)}
    try:
        fitted = glm.fit(glm.Rows(X, y, codes), link)  # type: ignore[arg-type]
    except StatisticsError:
        return {method: Estimate(math.nan)}
    robust, contrast, effect = fitted.clustered(), np.array([0.0, 1.0]), float(fitted.coef[1])
    if family == "binary":
        effect, contrast = fitted.marginal(1)
    return {method: of_t(effect, robust.std_error(contrast), robust.satterthwaite(contrast), LEVEL)}


def cr1_p(x: Floats, y: Floats, codes: Codes) -> float:
    """The p-value that statsmodels gives by default when it is told the clusters."""
    import statsmodels.api as sm

    fitted = sm.OLS(y, np.column_stack([np.ones(len(y)), x])).fit(cov_type="cluster", cov_kwds={"groups": codes})
    return float(fitted.pvalues[1])


def _design_b() -> Cell:
    """Design B of the main simulation, with its published sizes (40,000 repetitions)."""
    checks = [
        *promise(MEANS, size=HEADLINE, bias=(-0.03, 0.03)), *promise(CR2, size=SIDE), *promise(WILD, size=SIDE),
        *promise(REML, size=SIDE), *promise(KENWARD, size=SIDE), control(CR1, "size", 22.0, 26.0, "validity.md 2: 24.0"),
    ]
    return Cell(
        "design B/size/G=8", "continuous, staff 6-60, ICC 0.1", sum(STAFF), 8, partial(_simulate_b, 0.0),
        tuple(checks), ("linear", "cluster", "frame", "mixed", "unit_products", "paired"), {MEANS: 0.0}, quick=QUICK,
    )


def _power() -> Cell:
    """Design B at a slope of half a standard deviation."""
    known = {MEANS: 71.0, CR2: 50.0, WILD: 44.0}
    checks = [
        Check(method, "power", value - 2, value + 2, source=f"validity.md 2: {value:g}")
        for method, value in known.items()
    ]
    checks += promise(MEANS, coverage=COVERAGE, bias=(-0.03, 0.03))
    return Cell(
        "design B/power/G=8", "continuous, slope 0.5, staff 6-60, ICC 0.1", sum(STAFF), 8, partial(_simulate_b, 0.5),
        tuple(checks), ("linear", "cluster", "frame", "mixed", "unit_products", "paired"), {MEANS: 0.5}, quick=QUICK,
    )


def _simulate_b(slope: float, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Fill the tally of design B."""
    codes = np.repeat(np.arange(8), STAFF)
    measure = "power" if slope else "size"
    for _ in range(repetitions):
        x = rng.standard_normal(8)[codes]
        y = slope * x + CONTINUOUS.draw(rng, codes, 0.1)
        found = means_estimate(x, y, codes)
        tally.interval(MEANS, found.low, found.high, slope, found.estimate)
        tally.test(MEANS, found.p, measure)  # type: ignore[arg-type]
        tally.test(CR2, cr2_estimate(x, y, codes).p, measure)  # type: ignore[arg-type]
        tally.test(WILD, wild_estimate(x, y, codes, rng).p, measure)  # type: ignore[arg-type]
        if not slope:
            for method, estimate in reml_estimates(x, y, codes).items():
                tally.test(method, estimate.p)
            tally.test(CR1, cr1_p(x, y, codes))


WITHIN, BETWEEN, AME_WITHIN, ICC = (
    "within slope, CR2", "between slope, unit means", "logit AME within, CR2", "ICC, profile REML",
)


def _within(units: int) -> Cell:
    """A score that differs within units and between them, with a slope of its own for each."""
    checks = promise(WITHIN, coverage=COVERAGE, bias=BIAS) + promise(BETWEEN, coverage=COVERAGE, bias=(-0.03, 0.03))
    checks += promise(AME_WITHIN, coverage=COVERAGE, bias=BIAS) + promise(ICC, coverage=(93.0, 97.0))
    return Cell(
        f"within and between/G={units}", "slopes 0.3 within, 0.8 between, staff 6-60, ICC 0.1",
        int(staff(units, False).sum()), units, partial(_simulate_within, units), tuple(checks),
        ("linear", "cluster", "frame", "mixed", "unit_products", "glm", "paired"),
        {WITHIN: 0.3, BETWEEN: 0.8, ICC: 0.1}, quick=QUICK,
    )


def _simulate_within(units: int, rng: np.random.Generator, repetitions: int, tally: Tally) -> None:
    """Fill the tally of :func:`_within`."""
    codes = np.repeat(np.arange(units), staff(units, False))
    costly = some(repetitions)
    for repetition in range(repetitions):
        own = rng.standard_normal(len(codes))
        own -= means_by(own[:, None], codes)[1][codes, 0]
        between = rng.standard_normal(units)[codes]
        noise = CONTINUOUS.draw(rng, codes, 0.1)
        y = 0.3 * own + 0.8 * between + noise
        found = within_estimate(own, y, codes)
        tally.interval(WITHIN, found.low, found.high, 0.3, found.estimate)
        found = means_estimate(between, y, codes)
        tally.interval(BETWEEN, found.low, found.high, 0.8, found.estimate)
        _marginal_row(rng, own, codes, tally)
        if repetition in costly:
            low, high = random_intercept(np.ones((len(y), 1)), noise, codes).icc_interval(LEVEL)
            tally.interval(ICC, low, high, 0.1)


def within_estimate(own: Floats, y: Floats, codes: Codes) -> Estimate:
    """The slope of deviations from the unit means with CR2, as ``regress`` gives it."""
    X = own[:, None]
    centred = y - means_by(y[:, None], codes)[1][codes, 0]
    fitted = linear.fit(X, centred)
    robust, contrast = cr2(X, fitted.residuals, codes), np.ones(1)
    return of_t(
        float(fitted.coef[0]), robust.std_error(contrast), robust.satterthwaite(contrast), LEVEL
    )


def _marginal_row(rng: np.random.Generator, own: Floats, codes: Codes, tally: Tally) -> None:
    """The marginal effect of a personal score where the share is exactly logistic and people of a unit go together.

    A logistic error with a normal copula keeps the share exactly logistic, so that
    the true effect is the mean of ``b p (1 - p)`` over the people at hand.
    """
    from scipy.special import ndtr

    shared = rng.standard_normal(int(codes.max()) + 1)[codes]
    uniform = ndtr(math.sqrt(0.1) * shared + math.sqrt(0.9) * rng.standard_normal(len(codes)))
    eta = -0.3 + 0.6 * own
    share = 1 / (1 + np.exp(-eta))
    found = generalised_estimate(own, (uniform < share).astype(float), codes, "binary")[AME]
    tally.interval(AME_WITHIN, found.low, found.high, float(0.6 * (share * (1 - share)).mean()), found.estimate)
