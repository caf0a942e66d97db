"""SciPy's special functions by their own names, loaded when the first of them is called."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    """A function of ``scipy.special`` (PEP 562)."""
    import scipy.special

    return getattr(scipy.special, name)
