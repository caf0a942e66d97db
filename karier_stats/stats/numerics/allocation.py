"""Which mix of offered places closes most of a need, topic by topic, for the money at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Mix:
    """Places to take up from each offer (k,), integers unless one is divisible, the person hours they give and the cost."""

    places: NDArray[np.int64] | NDArray[np.float64]
    hours: float
    cost: float


def best_mix(
    places: ArrayLike, hours: ArrayLike, cost: ArrayLike, *, money: float, need: float | Mapping[str, float],
    topic: ArrayLike | None = None, worth: ArrayLike | None = None, divisible: ArrayLike | None = None,
) -> Mix:
    """Places that give the most hours within the money, and of no topic more than is needed.

    ``places``, ``hours`` and ``cost`` of one place (k,); ``need``, the hours that are still wanted, in all or of each
    ``topic`` (k,), where a topic that is not named is not wanted; ``worth`` (k,), what an hour of an offer counts, above 0;
    ``divisible`` (k,), offers of which parts of a place can be had.

    Notes
    -----
    Two mixed-integer programmes solved exactly by branch and bound: maximise ``sum(w h x)`` subject to
    ``sum(c x) <= money``, ``sum(h x) <= need`` in each topic and ``0 <= x <= places``; then minimise ``sum(c x)`` at
    that worth.

    Examples
    --------
    >>> best_mix([2, 10], [40, 10], [100, 50], money=250, need=1000)
    Mix(places=array([2, 1]), hours=90.0, cost=250.0)
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, h, c = (np.asarray(values, dtype=float) for values in (places, hours, cost))
    worthy = h * (1.0 if worth is None else np.asarray(worth, dtype=float))
    parts = np.zeros(len(n), dtype=bool) if divisible is None else np.asarray(divisible, dtype=bool)
    groups, limits = _wanted(need, topic, len(n))
    # Money and worth are brought to one: the solver's tolerances are absolute.
    size, value = max(money, 1.0), max(float(worthy @ n), 1.0)
    box, whole = Bounds(0, n), (~parts).astype(int)
    within = LinearConstraint(np.vstack([c / size, groups * h]), -np.inf, [max(money, 0.0) / size, *limits])
    first = milp(-worthy / value, constraints=within, bounds=box, integrality=whole, options={"mip_rel_gap": 0.0})
    most = float(worthy @ np.where(parts, first.x, np.rint(first.x))) / value
    enough = LinearConstraint(worthy / value, most - 1e-9, np.inf)
    cheap = milp(c / size, constraints=[within, enough], bounds=box, integrality=whole, options={"mip_rel_gap": 0.0})
    found = first.x if cheap.x is None else cheap.x
    chosen = np.where(parts, found, np.rint(found)) if parts.any() else np.rint(found).astype(np.int64)
    return Mix(chosen, float(h @ chosen), float(c @ chosen))


def _wanted(need: float | Mapping[str, float], topic: ArrayLike | None, k: int) -> tuple[NDArray[np.float64], list[float]]:
    """Which offers share a limit, shape (limits, k), and the hours of each limit."""
    if not isinstance(need, Mapping):
        return np.ones((1, k)), [max(float(need), 0.0)]
    names = np.asarray(topic, dtype=object)
    kinds = sorted(set(names.tolist()))
    return np.array([names == kind for kind in kinds], dtype=float), [max(float(need.get(kind, 0.0)), 0.0) for kind in kinds]
