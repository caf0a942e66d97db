"""Where a function passes zero, or turns, on a stretch where it may not do so at all."""

from __future__ import annotations

from collections.abc import Callable


def rising_root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing ``function`` passes zero between ``low`` and ``high``; the end beyond which it would.

    Examples
    --------
    >>> rising_root(lambda x: x - 0.5, 0.0, 2.0), rising_root(lambda x: x + 1, 0.0, 2.0)
    (0.5, 0.0)
    """
    from scipy.optimize import brentq

    if function(low) >= 0:
        return low
    if function(high) <= 0:
        return high
    return float(brentq(function, low, high, xtol=1e-300, rtol=1e-15))
