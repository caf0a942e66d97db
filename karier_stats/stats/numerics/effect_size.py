"""Standardised changes, each named by its denominator, with intervals that belong to it; and Hake's normalised gain.

Every ``d`` is the mean difference over a standard deviation, and they differ only in which: the average of the two
waves (``d_av``), the differences themselves (``d_z``), or the differences freed of their correlation (``d_rm``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from karier_stats.stats.numerics import resampling, special
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, Interval, between, of_t, z_quantile
from karier_stats.stats.numerics.paired import differences, fieller, spread
from karier_stats.stats.numerics.resampling import Moments, Statistic
from karier_stats.words import Figure, Phrase

SKEWED = 1.0
"""Absolute skewness of the differences above which normal-theory intervals of d are not trusted."""

BCA_FROM = 100
"""Fewest pairs for a bootstrap interval of d; below, resampling covers less than normal theory."""


def moments(before: Array, after: Array, change: Array) -> Moments:
    """Moments of one sample of pairs, shape (n,) each."""
    v_before, v_after, v_change = spread(before) ** 2, spread(after) ** 2, spread(change) ** 2
    covariance = (v_before + v_after - v_change) / 2
    return Moments(len(change), float(change.mean()), v_before, v_after, covariance, float(before.mean()))


def value_av(m: Moments) -> Array | float:
    """Mean change over the root of the average variance: Cumming (2012), eq. 11.9."""
    return m.change / np.sqrt((m.before + m.after) / 2)


def value_z(m: Moments) -> Array | float:
    """Mean change over the SD of the differences: Lakens (2013), eq. 6."""
    return m.change / np.sqrt(m.differences)


def value_rm(m: Moments) -> Array | float:
    """d_z times the root of 2(1 - r): Lakens (2013), eq. 8."""
    return value_z(m) * np.sqrt(2 * (1 - m.covariance / np.sqrt(m.before * m.after)))


VALUES: dict[str, Statistic] = {"d_av": value_av, "d_z": value_z, "d_rm": value_rm}


def d_av(m: Moments, level: float) -> Estimate:
    """d_av with Bonett's interval, which lets the variances differ.

    ``var = d^2 (s1^4 + s2^4 + 2 s12^2) / (8 (n-1) s^4) + s_d^2 / ((n-1) s^2)`` with ``s^2`` the average variance; normal quantile;
    the estimate is not corrected for small-sample bias. Bonett (2008), Psychological Methods 13, 99-109, eq. 11-12.
    """
    s2 = (m.before + m.after) / 2
    if not s2 > 0:
        return Estimate(NAN)
    d, dof = float(value_av(m)), m.n - 1
    if not m.differences > 0:
        return Estimate(d)
    shape = d**2 * (m.before**2 + m.after**2 + 2 * m.covariance**2) / (8 * dof * s2**2)
    error = math.sqrt(shape + m.differences / (dof * s2))
    return replace(of_t(d, error, level=level), dof=NAN, statistic=NAN, p=NAN)


def d_z(m: Moments, level: float) -> Estimate:
    """d_z with the interval that inverts the noncentral t.

    Cumming and Finch (2001), Educational and Psychological Measurement 61, 532-574.
    """
    if not m.differences > 0:
        return Estimate(NAN)
    root = math.sqrt(m.n)
    d = float(value_z(m))

    def bounds(at: float) -> Interval:
        low, high = noncentrality_interval(d * root, m.n - 1, at)
        return low / root, high / root

    return Estimate(d, bounds=lru_cache(bounds), level=level)


def d_rm(m: Moments, level: float) -> Estimate:
    """d_rm with the noncentral-t interval of d_z rescaled; the correlation is taken as known.

    Morris and DeShon (2002), Psychological Methods 7, 105-125, eq. 12; Lakens (2013), Frontiers in Psychology 4:863.
    """
    if not (m.differences > 0 and m.before > 0 and m.after > 0):
        return Estimate(NAN)
    apart = 1 - float(m.covariance / math.sqrt(m.before * m.after))
    if apart <= 1e-12:
        return Estimate(NAN)
    base, factor = d_z(m, level), math.sqrt(2 * apart)
    return base.times(factor)


FORMULAS: dict[str, tuple[str, Callable[[Moments, float], Estimate]]] = {
    "d_av": ("bonett", d_av),
    "d_z": ("noncentral_t", d_z),
    "d_rm": ("noncentral_t", d_rm),
}
"""Each d with the method of its interval, most useful first."""


def skewness(values: Array) -> float:
    """Third standardised moment; 0 for constant values."""
    centred = values - values.mean()
    second = float((centred**2).mean())
    return float((centred**3).mean()) / second**1.5 if second > 0 and np.ptp(values) > 0 else 0.0


def noncentral_t_cdf(t: float, dof: float, noncentrality: Array) -> Array:
    """P(T <= t) for each noncentrality, shape (k,), by scipy; far out, where scipy has no answer, 0 or 1."""
    nc = np.asarray(noncentrality, dtype=float)
    p = special.nctdtr(dof, nc, t)
    return np.where(np.isfinite(p), p, nc < t)


@lru_cache(maxsize=64)
def noncentrality_interval(t: float, dof: float, level: float) -> tuple[float, float]:
    """Noncentralities at which ``t`` sits on the upper and the lower tail."""
    from scipy.optimize import brentq

    if t < 0:
        low, high = noncentrality_interval(-t, dof, level)
        return -high, -low
    # As wide as a normal T with the standard deviation of t would have it, and half as much again.
    reach = 2 * ((z_quantile(0.5 + level / 2) + 2) * math.sqrt(1 + t**2 / (2 * dof)) + 2)

    def end(tail: float) -> float:
        return float(brentq(lambda nc: float(noncentral_t_cdf(t, dof, nc)) - tail, t - reach, t + reach, xtol=1e-12))

    return end(0.5 + level / 2), end(0.5 - level / 2)


WITH_ROOM = 20
"""Fewest people below the maximum for it: with fewer, a resample may hold nobody who can still gain."""


def class_gain(
    before: Array, after: Array, maximum: float, level: float, seed: int,
    resamples: resampling.Resamples | None = None,
) -> Estimate:
    """The change of the average as a share of what the average lacked before, of scores (n,) that are at most ``maximum``.

    Only this class form is here. The mean of individual gains divides by what each person lacked, so that luck before
    counts twice: where nobody changed it lies far below zero, the further the nearer the class is to the top.

    NaN throughout where the mean before is at the maximum or cannot be told from it (:func:`why_missing`); without bounds
    where the data do not vary. ``seed`` is that of the resamples, unless those of these pairs are at hand already.

    ``(mean after - mean before) / (maximum - mean before)``. Fieller's interval, or BCa where :func:`is_resampled`. It
    compares averages and says nothing of a person; it does not rank classes, which start at different heights. Hake
    (1998), American Journal of Physics 66, 64-74, eq. 1; Nissen, Talbot, Thompson and Van Dusen (2018), Physical Review
    Physics Education Research 14, 010115 (its bias against classes that start high or low).

    >>> before = np.array([40.0, 55, 60, 50, 70])
    >>> round(class_gain(before, before + 18, 100, 0.95, 0).estimate, 4)
    0.4
    """
    exact = _by_fieller(before, after, maximum, level)
    if not (is_resampled(before, maximum) and math.isfinite(exact.low)):
        return exact
    resamples = resamples or resampling.resample(before, after, np.random.default_rng(seed))
    low, high = resampling.bca(resamples, partial(gain_of, maximum=maximum), level)
    return between(exact.value, low, high)


def is_resampled(before: Array, maximum: float) -> bool:
    """Whether the interval is BCa: at least 50 pairs, of whom 20 could still gain; otherwise it is Fieller's."""
    return len(before) >= resampling.PERCENTILE_FROM and int((before < maximum).sum()) >= WITH_ROOM


def _by_fieller(before: Array, after: Array, maximum: float, level: float) -> Estimate:
    """The gain with Fieller's interval; only the gain where everyone scored alike."""
    room, change = maximum - before, differences(before, after)
    if len(room) < 2 or room.mean() <= 0:
        return Estimate(NAN)
    covariance = np.cov(change, room) / len(room)
    found = fieller(float(change.mean()), float(room.mean()), covariance, len(room) - 1, level)
    return Estimate(found.estimate) if np.ptp(change) == 0 and np.ptp(room) == 0 else found


def gain_of(moments: resampling.Moments, maximum: float) -> Array | float:
    """The class gain as a function of the moments of the pairs."""
    return moments.change / (maximum - moments.start)


def why_missing(before: Array, after: Array, maximum: float, level: float) -> Phrase | None:
    """Why the class gain has no value, in words; None where it has one."""
    if math.isfinite(_by_fieller(before, after, maximum, level).estimate):
        return None
    top = Figure(maximum, digits=0 if maximum == round(maximum) else 2)
    if before.mean() >= maximum:
        return Phrase("change.note.gain_at_top", top=top)
    return Phrase("change.note.gain_near_top", top=top, n=len(before))


def standardised_difference(a: Array, b: Array, level: float) -> Estimate:
    """Mean of ``a`` (n,) less mean of ``b`` (m,), neither with gaps, over the root of their average variance.

    With ``s2 = (sa^2 + sb^2) / 2`` the variance is ``d^2 (sa^4 / (n-1) + sb^4 / (m-1)) / (8 s2^2) + (sa^2 / (n-1) + sb^2 / (m-1)) /
    s2``; normal quantile. NaN where neither varies; no interval where only one does, since a share of 0 or 100 percent says nothing
    of its own variance. Austin (2009), Statistics in Medicine 28, 3083-3107; Bonett (2008), Psychological Methods 13, 99-109.
    """
    if min(len(a), len(b)) < 2:
        return Estimate(NAN)
    va, vb = spread(a) ** 2, spread(b) ** 2
    s2 = (va + vb) / 2
    if not s2 > 0:
        return Estimate(NAN)
    d, na, nb = float(a.mean() - b.mean()) / math.sqrt(s2), len(a) - 1, len(b) - 1
    if min(va, vb) == 0:
        return Estimate(d)
    error = math.sqrt(d**2 * (va**2 / na + vb**2 / nb) / (8 * s2**2) + (va / na + vb / nb) / s2)
    half = z_quantile(0.5 + level / 2) * error
    return between(d, d - half, d + half, std_error=error)
