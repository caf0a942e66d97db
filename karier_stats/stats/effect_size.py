"""Standardised changes, each named by its denominator, with intervals that belong to it.

Every ``d`` is the mean difference over a standard deviation, and they differ
only in which: the average of the two waves (``d_av``), the differences
themselves (``d_z``), or the differences freed of their correlation (``d_rm``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.stats.paired import NAN, Estimate, spread, z_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SKEWED = 1.0
"""Absolute skewness of the differences above which normal-theory intervals of d are not trusted."""

BCA_FROM = 100
"""Fewest pairs for a bootstrap interval of d; below, resampling covers less than normal theory."""

DRAWS = 4999


@dataclass(frozen=True)
class Moments:
    """What every d is made of: n, mean change, variances of both waves, their covariance.

    Each attribute is a number, or an array with one entry per resample.
    """

    n: float
    change: Floats | float
    before: Floats | float
    after: Floats | float
    covariance: Floats | float

    @property
    def differences(self) -> Floats | float:
        """Variance of the differences."""
        return self.before + self.after - 2 * self.covariance


def moments(before: Floats, after: Floats, change: Floats) -> Moments:
    """Moments of one sample of pairs, shape (n,) each."""
    v_before, v_after, v_change = spread(before) ** 2, spread(after) ** 2, spread(change) ** 2
    return Moments(len(change), float(change.mean()), v_before, v_after, (v_before + v_after - v_change) / 2)


def value_av(m: Moments) -> Floats | float:
    """Mean change over the root of the average variance: Cumming (2012), eq. 11.9."""
    return m.change / np.sqrt((m.before + m.after) / 2)


def value_z(m: Moments) -> Floats | float:
    """Mean change over the SD of the differences: Lakens (2013), eq. 6."""
    return m.change / np.sqrt(m.differences)


def value_rm(m: Moments) -> Floats | float:
    """d_z times the root of 2(1 - r): Lakens (2013), eq. 8."""
    return value_z(m) * np.sqrt(2 * (1 - m.covariance / np.sqrt(m.before * m.after)))


VALUES: dict[str, Callable[[Moments], Floats | float]] = {"d_av": value_av, "d_z": value_z, "d_rm": value_rm}


def d_av(m: Moments, level: float) -> Estimate:
    """d_av with Bonett's interval, which lets the variances differ.

    Notes
    -----
    ``var = d^2 (s1^4 + s2^4 + 2 s12^2) / (8 (n-1) s^4) + s_d^2 / ((n-1) s^2)``
    with ``s^2`` the average variance; normal quantile; the estimate is not
    corrected for small-sample bias.

    References
    ----------
    Bonett (2008), Psychological Methods 13, 99-109, eq. 11-12.
    """
    s2 = (m.before + m.after) / 2
    if not s2 > 0:
        return Estimate(NAN)
    d, dof = float(value_av(m)), m.n - 1
    if not m.differences > 0:
        return Estimate(d)
    shape = d**2 * (m.before**2 + m.after**2 + 2 * m.covariance**2) / (8 * dof * s2**2)
    error = math.sqrt(shape + m.differences / (dof * s2))
    half = z_quantile(0.5 + level / 2) * error
    return Estimate(d, error, d - half, d + half)


def d_z(m: Moments, level: float) -> Estimate:
    """d_z with the interval that inverts the noncentral t.

    References
    ----------
    Cumming and Finch (2001), Educational and Psychological Measurement 61, 532-574.
    """
    if not m.differences > 0:
        return Estimate(NAN)
    root = math.sqrt(m.n)
    d = float(value_z(m))
    low, high = noncentrality_interval(d * root, m.n - 1, level)
    return Estimate(d, low=low / root, high=high / root)


def d_rm(m: Moments, level: float) -> Estimate:
    """d_rm with the noncentral-t interval of d_z rescaled; the correlation is taken as known.

    References
    ----------
    Morris and DeShon (2002), Psychological Methods 7, 105-125, eq. 12; Lakens (2013), Frontiers in Psychology 4:863.
    """
    if not (m.differences > 0 and m.before > 0 and m.after > 0):
        return Estimate(NAN)
    base = d_z(m, level)
    factor = math.sqrt(2 * (1 - float(m.covariance / math.sqrt(m.before * m.after))))
    return Estimate(base.estimate * factor, low=base.low * factor, high=base.high * factor)


FORMULAS: dict[str, tuple[str, Callable[[Moments, float], Estimate]]] = {
    "d_av": ("bonett", d_av),
    "d_z": ("noncentral_t", d_z),
    "d_rm": ("noncentral_t", d_rm),
}
"""Each d with the method of its interval, most useful first."""


def skewness(values: Floats) -> float:
    """Third standardised moment; 0 for constant values."""
    centred = values - values.mean()
    second = float((centred**2).mean())
    return float((centred**3).mean()) / second**1.5 if second > 0 and np.ptp(values) > 0 else 0.0


def noncentral_t_cdf(t: float, dof: float, noncentrality: Floats) -> Floats:
    """P(T <= t) for each noncentrality, shape (k,); never NaN and decreasing in the noncentrality.

    Notes
    -----
    With ``T = (Z + nc) / S`` either ``E[Phi(t S - nc)]`` over S, or, where t is
    large beside ``sqrt(2 dof)``, ``E[P(S >= (Z + nc) / t)]`` over Z: each is
    smooth where it is used, and Gauss-Legendre nodes settle it to ten digits.
    """
    nc = np.atleast_1d(np.asarray(noncentrality, dtype=float))
    if t < 0:
        return 1.0 - noncentral_t_cdf(-t, dof, -nc)
    return _over_scale(t, dof, nc) if t <= math.sqrt(2 * dof) else _over_normal(t, dof, nc)


def _nodes(low: float, high: float) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on an interval, shape (200,) each."""
    x, w = _LEGENDRE
    return (high - low) / 2 * x + (high + low) / 2, (high - low) / 2 * w


_LEGENDRE = np.polynomial.legendre.leggauss(200)


def _over_scale(t: float, dof: float, nc: Floats) -> Floats:
    """E[Phi(t S - nc)] with dof S^2 chi-square."""
    from scipy.special import gammaln, ndtr

    reach = 9 / math.sqrt(2 * dof)
    s, w = _nodes(max(1 - reach, 0.0), 1 + reach)
    log_density = (
        math.log(2) + dof / 2 * math.log(dof / 2) - gammaln(dof / 2) + (dof - 1) * np.log(s) - dof * s**2 / 2
    )
    return np.clip(ndtr(t * s - nc[:, None]) @ (w * np.exp(log_density)), 0.0, 1.0)


def _over_normal(t: float, dof: float, nc: Floats) -> Floats:
    """E[P(S >= (Z + nc) / t)]; below Z = -nc the event is certain."""
    from scipy.special import gammaincc, ndtr

    out = np.empty_like(nc)
    for k, centre in enumerate(nc):
        start = min(max(-centre, -9.0), 9.0)
        z, w = _nodes(start, 9.0)
        survival = gammaincc(dof / 2, dof / 2 * (np.maximum(z + centre, 0.0) / t) ** 2)
        out[k] = ndtr(start) * (-centre >= start) + (w * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)) @ survival
    return np.clip(out, 0.0, 1.0)


def noncentrality_interval(t: float, dof: float, level: float) -> tuple[float, float]:
    """Noncentralities at which ``t`` sits on the upper and the lower tail.

    Notes
    -----
    Bisection on :func:`noncentral_t_cdf`, which is monotone.
    """
    tails = np.array([0.5 + level / 2, 0.5 - level / 2])
    reach = (z_quantile(0.5 + level / 2) + 2) * math.sqrt(1 + t**2 / (2 * dof)) + 2
    low, high = np.full(2, t - 2 * reach), np.full(2, t + 2 * reach)
    while np.max(high - low) > 1e-10 * max(1.0, abs(t)):
        middle = (low + high) / 2
        above = noncentral_t_cdf(t, dof, middle) > tails
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return float((low[0] + high[0]) / 2), float((low[1] + high[1]) / 2)


def bca(
    before: Floats, after: Floats, level: float, rng: np.random.Generator, draws: int = DRAWS
) -> dict[str, tuple[float, float]]:
    """BCa intervals of every d from one set of resamples.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
    level : float
    rng : numpy.random.Generator
    draws : int

    Returns
    -------
    dict
        Name of d to its bounds; NaN where the resamples do not give one.

    Notes
    -----
    Scores repeat, so the counts of the distinct (before, after) pairs are
    resampled (multinomial): the same distribution as resampling people, and
    the same numbers whatever the order of the rows.

    References
    ----------
    Efron (1987), J. American Statistical Association 82, 171-185, eq. 6.5-6.6.
    """
    pairs, counts = np.unique(np.column_stack([before, after]), axis=0, return_counts=True)
    powers = _powers(pairs - pairs.mean(axis=0))
    n = len(before)
    centre_shift = float(pairs[:, 1].mean() - pairs[:, 0].mean())
    resampled = _from_sums(_resampled_sums(powers, counts, n, rng, draws), n, centre_shift)
    whole = counts @ powers
    observed = _from_sums(whole[None, :], n, centre_shift)
    left_out = _from_sums(whole - powers, n - 1, centre_shift)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            name: _bca_bounds(float(np.asarray(value(observed))[0]), value(resampled), value(left_out), counts, level)
            for name, value in VALUES.items()
        }


def _powers(pairs: Floats) -> Floats:
    """b, a, b^2, a^2, ab of each distinct pair, shape (k, 5)."""
    b, a = pairs[:, 0], pairs[:, 1]
    return np.column_stack([b, a, b**2, a**2, a * b])


def _resampled_sums(powers: Floats, counts: NDArray[np.int_], n: int, rng: np.random.Generator, draws: int) -> Floats:
    """Sums of the powers in each resample, shape (draws, 5), in blocks of bounded memory."""
    block = max(1, 4_000_000 // len(counts))
    share = counts / n
    parts = [
        rng.multinomial(n, share, size=min(block, draws - start)) @ powers for start in range(0, draws, block)
    ]
    return np.concatenate(parts)


def _from_sums(sums: Floats, n: int, shift: float) -> Moments:
    """Moments from sums of powers about a fixed centre."""
    b, a, bb, aa, ab = (sums / n).T
    scale = n / (n - 1)
    return Moments(n, a - b + shift, (bb - b**2) * scale, (aa - a**2) * scale, (ab - a * b) * scale)


def _bca_bounds(
    observed: float, resampled: Floats | float, left_out: Floats | float, counts: NDArray[np.int_], level: float
) -> tuple[float, float]:
    """Bias-corrected and accelerated percentile bounds."""
    from scipy.special import ndtr, ndtri

    draws, jack = np.asarray(resampled), np.asarray(left_out)
    if not (np.isfinite(draws).all() and np.isfinite(jack).all()):
        return NAN, NAN
    below = ((draws < observed).sum() + (draws <= observed).sum()) / (2 * len(draws))
    z0 = float(ndtri(min(max(below, 0.5 / len(draws)), 1 - 0.5 / len(draws))))
    gap = (counts @ jack) / counts.sum() - jack
    acceleration = float(counts @ gap**3) / (6 * float(counts @ gap**2) ** 1.5)
    z = z0 + np.array([-1.0, 1.0]) * z_quantile(0.5 + level / 2)
    low, high = np.quantile(draws, ndtr(z0 + z / (1 - acceleration * z)))
    return float(low), float(high)
