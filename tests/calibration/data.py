"""Pairs of scores whose truth is known: normal, skewed, ceiling, ordinal, pass or fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.numerics import effect_size, paired

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CORRELATION = 0.65
"""Of the two waves (validity.md, S2)."""

SIGMA = 0.6
"""Of the lognormal's logarithm: skewness 2.3."""


@dataclass(frozen=True)
class Mechanism:
    """How scores are made from two standard normals with ``CORRELATION``.

    Parameters
    ----------
    name : str
    score : callable
        ``(z, effect)`` to a score; ``effect`` is 0 before, and after where nothing changed.
    effect : float
        What the programme adds, on the scale on which it acts.
    sd : float
        Standard deviation of a score before, for bias in standard deviations.
    """

    name: str
    score: Callable[[Floats, float], Floats]
    effect: float
    sd: float

    def draw(self, rng: np.random.Generator, n: int) -> tuple[Floats, Floats, Floats]:
        """Scores before, after without change, and after with the effect, shape (n,) each."""
        z = rng.standard_normal((2, n))
        after = CORRELATION * z[0] + math.sqrt(1 - CORRELATION**2) * z[1]
        return self.score(z[0], 0.0), self.score(after, 0.0), self.score(after, self.effect)


def _ceiling(z: Floats, effect: float) -> Floats:
    """Scores that stop at 80."""
    return np.minimum(70 + 10 * z + effect, 80.0)


def _ordinal(z: Floats, effect: float) -> Floats:
    """Five answers, 1 to 5."""
    return 1.0 + np.searchsorted([-1.2, -0.4, 0.4, 1.2], z + effect)


_LOGNORMAL_SD = 40 * math.exp(SIGMA**2 / 2) * math.sqrt(math.expm1(SIGMA**2))

NORMAL = Mechanism("normal", lambda z, effect: 60 + 10 * z + effect, 5.0, 10.0)
SKEWED = Mechanism(
    "skewed (lognormal)", lambda z, effect: 40 * np.exp(SIGMA * z) + effect, 0.5 * _LOGNORMAL_SD, _LOGNORMAL_SD
)
CEILING = Mechanism("ceiling at 80", _ceiling, 5.0, 8.0)
ORDINAL = Mechanism("ordinal, 5 answers", _ordinal, 0.5, 1.2)
BINARY = Mechanism("pass or fail", lambda z, effect: (z + effect > 0).astype(float), 0.5, 0.5)
MECHANISMS = (NORMAL, SKEWED, CEILING, ORDINAL, BINARY)


@lru_cache(maxsize=16)
def truth(mechanism: Mechanism) -> dict[str, float]:
    """The true change of a mechanism, by the name of what estimates it.

    Notes
    -----
    Normal and lognormal scores in closed form: both are a shift, so that the
    change is symmetric about the effect. The others on a grid of equally likely
    pairs of quantiles, whose error (at most 0.001 standard deviations) is less
    than a fiftieth of a standard error at n = 100.
    """
    before, after = _grid(mechanism, 1000)
    change = paired.differences(before, after)
    m = effect_size.moments(before, after, change)
    if mechanism in (NORMAL, SKEWED):
        m = _shifted(mechanism)
    found = {name: float(value(m)) for name, value in effect_size.VALUES.items()}
    found |= {
        "mean": float(m.change), "improved": float((change > 0).mean()),
        "unchanged": float((change == 0).mean()), "declined": float((change < 0).mean()),
    }
    coarse = paired.differences(*_grid(mechanism, 400))
    symmetric = mechanism in (NORMAL, SKEWED)
    found["median"] = mechanism.effect if symmetric else paired.hodges_lehmann(coarse, 0.95).estimate
    found["rank_biserial"] = paired.rank_biserial(coarse, 0.95).estimate
    return found


def _grid(mechanism: Mechanism, points: int) -> tuple[Floats, Floats]:
    """Equally likely (before, after) pairs with the effect, shape (points**2,) each."""
    from scipy.special import ndtri

    z = ndtri((np.arange(points) + 0.5) / points)
    first, second = np.repeat(z, points), np.tile(z, points)
    after = CORRELATION * first + math.sqrt(1 - CORRELATION**2) * second
    return mechanism.score(first, 0.0), mechanism.score(after, mechanism.effect)


def _shifted(mechanism: Mechanism) -> effect_size.Moments:
    """Moments of the two mechanisms that the effect only shifts."""
    variance, covariance = mechanism.sd**2, CORRELATION * mechanism.sd**2
    if mechanism is SKEWED:
        covariance = 1600 * math.exp(SIGMA**2) * math.expm1(CORRELATION * SIGMA**2)
    return effect_size.Moments(math.inf, mechanism.effect, variance, variance, covariance)
