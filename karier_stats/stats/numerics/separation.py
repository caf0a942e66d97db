"""Which columns separate an outcome, so that no finite maximum of the likelihood exists."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics.types import Array

_EDGE = 1e-6
"""A direction that gains less than this over all rows is rounding; a true one gains about one."""


def separating(X: Array, y: Array, link: Literal["logit", "log"]) -> NDArray[np.intp]:
    """Positions of the columns along which the likelihood rises without end; empty where it does not.

    Parameters
    ----------
    X : array (n, p)
        Regressors with the constant.
    y : array (n,)
        0/1 for ``logit``; counts for ``log``.
    link : {"logit", "log"}

    Notes
    -----
    A linear program. Logit: is there ``b`` with ``s_i x_i'b >= 0`` for all rows (``s_i`` is +1 for ones and -1 for
    zeros), strictly somewhere? Log: with ``x_i'b = 0`` where ``y_i > 0`` and ``x_i'b <= 0`` where it is zero. Complete
    and quasi-complete separation alike. Rows that are alike enter once.

    References
    ----------
    Albert & Anderson (1984), Biometrika 71, 1-10; Konis (2007), DPhil thesis, University of Oxford, section 4.2;
    Correia, Guimarães & Zylkin (2019), arXiv:1903.01633, proposition 1.
    """
    from scipy.optimize import linprog

    scaled = X / np.maximum(np.abs(X).max(axis=0), 1e-300)
    free = y == 0 if link == "log" else np.ones(len(y), dtype=bool)
    gains = np.unique(np.where((y > 0) & (link == "logit"), 1.0, -1.0)[free, None] * scaled[free], axis=0)
    fixed = np.unique(scaled[~free], axis=0)
    found = linprog(
        -gains.sum(axis=0), A_ub=-gains, b_ub=np.zeros(len(gains)), bounds=(-1, 1), method="highs",
        A_eq=fixed if len(fixed) else None, b_eq=np.zeros(len(fixed)) if len(fixed) else None,
    )
    if found.x is None or -found.fun <= _EDGE:
        return np.empty(0, dtype=np.intp)
    return np.flatnonzero(np.abs(found.x) > _EDGE)
