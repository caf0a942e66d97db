"""Which mix of offered places gives the most learning hours for the money at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Mix:
    """Places to take up from each offer.

    Attributes
    ----------
    places : ndarray of int, shape (k,)
        Places per offer.
    hours : float
        Person learning hours that they give.
    cost : float
        What they cost.
    """

    places: NDArray[np.int64]
    hours: float
    cost: float


def best_mix(places: ArrayLike, hours: ArrayLike, cost: ArrayLike, *, money: float, need: float) -> Mix:
    """Whole places that give the most hours within the money, and no more than is needed.

    Parameters
    ----------
    places : array of int, shape (k,)
        Places offered.
    hours, cost : array, shape (k,)
        Learning hours and cost of one place.
    money : float
        What may be spent.
    need : float
        Hours that are still wanted.

    Returns
    -------
    Mix
        Among mixes with the same hours, the cheapest.

    Notes
    -----
    Two integer programmes solved exactly by branch and bound: maximise
    ``sum(h x)`` subject to ``sum(c x) <= money``, ``sum(h x) <= need`` and
    ``0 <= x <= places``; then minimise ``sum(c x)`` at those hours.

    Examples
    --------
    >>> best_mix([2, 10], [40, 10], [100, 50], money=250, need=1000)
    Mix(places=array([2, 1]), hours=90.0, cost=250.0)
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, h, c = (np.asarray(values, dtype=float) for values in (places, hours, cost))
    box, whole = Bounds(0, n), np.ones(len(n))
    within = LinearConstraint(np.vstack([c, h]), -np.inf, [max(money, 0.0), max(need, 0.0)])
    first = milp(-h, constraints=within, bounds=box, integrality=whole, options={"mip_rel_gap": 0.0})
    most = float(h @ np.rint(first.x))
    enough = LinearConstraint(h, most - 1e-6, np.inf)
    cheap = milp(c, constraints=[within, enough], bounds=box, integrality=whole, options={"mip_rel_gap": 0.0})
    chosen = np.rint(first.x if cheap.x is None else cheap.x).astype(np.int64)
    return Mix(chosen, float(h @ chosen), float(c @ chosen))
