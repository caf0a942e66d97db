"""Hake's normalised gain in its class form: how much of the way to the top score the average went.

Only the class form is here. The mean of individual gains divides by what each person lacked, so that luck before counts
twice: where nobody changed it lies far below zero, the further the nearer the class is to the top.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from karier_stats.stats.numerics import resampling
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.paired import differences, fieller
from karier_stats.stats.numerics.types import Array
from karier_stats.words import Figure, Phrase

WITH_ROOM = 20
"""Fewest people below the maximum for it: with fewer, a resample may hold nobody who can still gain."""


def class_gain(
    before: Array, after: Array, maximum: float, level: float, seed: int,
    resamples: resampling.Resamples | None = None,
) -> Estimate:
    """The change of the average as a share of what the average lacked before, of scores (n,) that are at most ``maximum``.

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
