"""Where a function passes zero, or turns, on a stretch where it may not do so at all."""

from __future__ import annotations

from collections.abc import Callable


def rising_root(function: Callable[[float], float], low: float, high: float, *, xtol: float = 1e-300) -> float:
    """Where an increasing ``function`` passes zero between ``low`` and ``high``; the end beyond which it would.

    ``xtol`` is how far off it may be beside 15 digits: a function whose own rounding is coarser has no nearer root.

    >>> rising_root(lambda x: x - 0.5, 0.0, 2.0), rising_root(lambda x: x + 1, 0.0, 2.0)
    (0.5, 0.0)
    """
    from scipy.optimize import brentq

    if function(low) >= 0:
        return low
    if function(high) <= 0:
        return high
    return float(brentq(function, low, high, xtol=xtol, rtol=1e-15))
