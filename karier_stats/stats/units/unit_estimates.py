"""One estimate per unit from the rows of its people, adjusted where asked, with its sampling variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import Labels
from karier_stats.stats.contrast import Line
from karier_stats.stats.frame import complete_rows
from karier_stats.stats.numerics import glm
from karier_stats.stats.numerics.cluster import by_appearance, means_by
from karier_stats.stats.numerics.funnel import binomial_chances, count_chances
from karier_stats.stats.numerics.mixed import random_intercept
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.numerics.unit_products import unit_products
from karier_stats.words.numbers import Text

FEWEST = 4
"""Fewer units than this are not compared."""
_NOTHING = 1e-8
"""A spread within units below this share of the variance is rounding, not spread."""


@dataclass(frozen=True, eq=False)
class UnitEstimates:
    """What each unit gives, in the order of the units' names.

    Parameters
    ----------
    kind : {"mean", "share"}
    labels : tuple of str
        Names of the units.
    given : array of int (G,)
        Positions of the units in the order in which the data name them.
    n : array of int (G,)
        Complete rows.
    values, variances : array (G,)
        Adjusted estimate and its sampling variance if units do not differ.
    target : float
        Mean over all rows.
    dof : float
        Degrees of freedom of the pooled spread within units; infinite for shares.
    tau2 : float or None
        Variance between units where the rows gave it.
    observed, expected : array (G,) or None
        Counts, for shares; expected from the covariates, or from the share of all.
    chances : list of array
        Distribution of each unit's count if units do not differ; empty for means.
    notes : tuple of Text
        What was dropped and how categories were coded.
    """

    kind: str
    labels: tuple[str, ...]
    given: NDArray[np.intp]
    n: NDArray[np.intp]
    values: Array
    variances: Array
    target: float
    dof: float
    tau2: float | None
    observed: NDArray[np.intp] | None
    expected: Array | None
    chances: list[Array]
    notes: tuple[Text, ...]

    @property
    def scale(self) -> Array:
        """What turns a share of the unit's people into its value: 1 where shares are not standardised."""
        assert self.expected is not None
        return self.target * self.n / self.expected


def read_units(data: pd.DataFrame, outcome: str, unit: str, adjust: Sequence[str]) -> UnitEstimates:
    """Check the columns, drop incomplete rows with a count, and estimate each unit.

    Raises
    ------
    StatisticsError
        K340, K343-K347, K353, K355, K395.
    """
    found = complete_rows(data, [("outcome", outcome)], [("unit", unit)], adjust)
    (codes, labels), y = found.by_name("unit"), found.numbers[:, 0]
    if len(labels) < FEWEST:
        raise StatisticsError("K395", units=len(labels))
    if np.ptp(y) == 0:
        raise StatisticsError("K344", column=outcome, rows=len(y))
    X = np.column_stack([np.ones(len(y)), found.adjust - found.adjust.mean(axis=0)])
    Line(X, y).named(["1", *found.adjust_names])  # refuses collinear columns by name
    kind = _shares if np.isin(y, (0, 1)).all() else _means
    return kind(X, y, codes, labels, _given(data[unit], found.labels["unit"], labels), found.notes)


def _given(column: pd.Series, units: Labels, names: tuple[str, ...]) -> NDArray[np.intp]:
    """Positions of the units as the data name them: by category where it is one, else by first appearance."""
    declared = isinstance(column.dtype, pd.CategoricalDtype)
    order = units.order if declared else dict.fromkeys(units.text.tolist())
    place = {name: i for i, name in enumerate(names)}
    return np.array([place[label] for label in order], dtype=np.intp)


def _means(
    X: Array, y: Array, codes: NDArray[np.intp], labels: tuple[str, ...], given: NDArray[np.intp],
    notes: tuple[Text, ...],
) -> UnitEstimates:
    """Means at average covariates, with one spread within units."""
    unit_products(y[:, None], by_appearance(codes)).one_way()  # refuses rows that do not differ within any unit
    n = np.bincount(codes)
    dof = len(y) - len(n) - X.shape[1] + 1
    if dof < 1:
        raise StatisticsError("K347", rows=len(y), coefficients=len(y) - dof, needed=len(y) - dof + 1)
    fitted = random_intercept(X, y, codes)
    if fitted.residual_variance <= _NOTHING * (fitted.between_variance + fitted.residual_variance):
        raise StatisticsError("K355", units=len(n), rows=len(y))
    means = means_by(np.column_stack([y, X[:, 1:]]), codes)[1]
    values = means[:, 0] - means[:, 1:] @ fitted.coef[1:]
    return UnitEstimates(
        "mean", labels, given, n, values, fitted.residual_variance / n, float(n @ values / n.sum()),
        float(dof), fitted.between_variance, None, None, [], notes,
    )


def _shares(
    X: Array, y: Array, codes: NDArray[np.intp], labels: tuple[str, ...], given: NDArray[np.intp],
    notes: tuple[Text, ...],
) -> UnitEstimates:
    """Shares, by indirect standardisation where there are covariates."""
    n, share = np.bincount(codes), float(y.mean())
    each = glm.fit(glm.Rows(X, y), "logit").predict(X) if X.shape[1] > 1 else np.full(len(y), share)
    observed = np.bincount(codes, y).round().astype(np.intp)
    expected, spread = (np.bincount(codes, weight).astype(float) for weight in (each, each * (1 - each)))
    chances = (
        [count_chances(each[codes == g]) for g in range(len(n))] if X.shape[1] > 1
        else [binomial_chances(share, int(size)) for size in n]
    )
    return UnitEstimates(
        "share", labels, given, n, share * observed / expected, share**2 * spread / expected**2, share, np.inf, None,
        observed, expected, chances, notes,
    )
