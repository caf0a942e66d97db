"""One row of a regression's table before a level is chosen, and how such rows are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association import caveats
from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.cluster import ClusterCovariance
from karier_stats.words.numbers import Text

Array: TypeAlias = NDArray[np.float64]
Bounds: TypeAlias = tuple[float | None, float | None]

LARGEST_CONDITION = 1e8
"""Beyond this condition number of the scaled columns a regression is warned of."""
FARTHEST_RATIO = 1e6
"""A ratio, or one over it, beyond which an interval is not given: it would say no more than "unknown"."""


@dataclass(frozen=True)
class RowEstimate:
    """One row of the table before a level is chosen; ``n`` where it has other rows than the main question."""

    term: str
    method: str
    estimate: float
    std_error: float | None
    statistic: float | None
    dof: float | None
    p_value: float | None
    n_units: int | None
    bounds: Callable[[float], Bounds]
    n: int | None = None


def t_estimate(
    term: str, method: str, estimate: float, std_error: float, dof: float, n_units: int | None, exponent: bool = False
) -> RowEstimate:
    """A row with a t interval; with ``exponent`` on the log scale and shown as a ratio.

    A standard error of zero, or no degree of freedom, leaves the estimate without a test.
    """
    from scipy.special import stdtr, stdtrit

    shown = float(np.exp(estimate)) if exponent else float(estimate)
    error = std_error * shown if exponent else std_error
    if not dof > 0 or std_error <= 1e-10 * abs(estimate) or std_error == 0:
        return RowEstimate(term, method, shown, error, None, None, None, n_units, lambda level: (None, None))

    def bounds(level: float) -> Bounds:
        half = float(stdtrit(dof, 0.5 + level / 2)) * std_error
        ends = (estimate - half, estimate + half)
        return ratio_bounds(*ends) if exponent else ends

    statistic = estimate / std_error
    p = float(2 * stdtr(dof, -abs(statistic)))
    return RowEstimate(term, method, shown, error, statistic, float(dof), p, n_units, bounds)


def ratio_bounds(low: float | None, high: float | None) -> Bounds:
    """The exponents of two bounds; none at all where one is so far away that it says nothing."""
    if low is None or high is None or max(abs(low), abs(high)) > np.log(FARTHEST_RATIO):
        return None, None
    return float(np.exp(low)), float(np.exp(high))


def fit_named(X: Array, y: Array, names: Sequence[str]) -> linear.LeastSquares:
    """Least squares whose collinear columns are called by name."""
    try:
        return linear.fit(X, y)
    except StatisticsError as error:
        if error.code != "K302":
            needed = X.shape[1] + 2
            raise StatisticsError("K347", rows=len(y), coefficients=X.shape[1], needed=needed) from None
        columns = [names[int(i)] for i in str(error.values["columns"]).split(", ")]
        raise StatisticsError("K343", columns=", ".join(columns)) from None


def near_collinear(X: Array, names: Sequence[str]) -> list[Text]:
    """A note where the scaled columns of ``X`` are so nearly dependent that half of the digits are gone."""
    scaled = X / np.sqrt((X**2).sum(axis=0))
    _, values, directions = np.linalg.svd(scaled, full_matrices=False)
    condition = float(values[0] / values[-1])
    if condition <= LARGEST_CONDITION:
        return []
    involved = np.flatnonzero(np.abs(directions[-1]) > 0.01)
    return [caveats.near_collinear([names[int(i)] for i in involved], condition)]


def cr2_rows(
    terms: Sequence[tuple[str, int]], coef: Array, covariance: ClusterCovariance, n_units: int | None,
    data: tuple[Array, Array] | None = None,
) -> tuple[list[RowEstimate], list[Text]]:
    """CR2 rows of the named coefficients; one that rests on a single cluster is left out with a note.

    With ``data``, the regressors (n, p) and the outcome (n,), one that rests on a group without spread has no test.
    """
    rows, notes = [], []
    for term, position in terms:
        contrast = np.eye(len(coef))[position]
        if covariance.target_ratio(contrast) < 1 - 1e-6:
            notes.append(caveats.leverage(term))
            continue
        if data is not None and linear.rests_on_constant(*data, position):
            notes.append(caveats.no_spread(term))
            value = float(coef[position])
            rows.append(RowEstimate(term, "cr2", value, None, None, None, None, n_units, lambda level: (None, None)))
            continue
        error, dof = covariance.std_error(contrast), covariance.satterthwaite(contrast)
        rows.append(t_estimate(term, "cr2", coef[position], error, dof, n_units))
    return rows, notes
