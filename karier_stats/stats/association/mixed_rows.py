"""Random-intercept rows of a regression with units, and the intraclass correlation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association import caveats
from karier_stats.stats.association.within_between import Design, own_terms
from karier_stats.stats.estimates import FARTHEST_RATIO, RowEstimate, t_estimate
from karier_stats.stats.numerics.glmm import logistic_intercept
from karier_stats.stats.numerics.mixed import RandomIntercept, random_intercept
from karier_stats.words.numbers import Text, both

if TYPE_CHECKING:
    Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True)
class MixedRows:
    """Rows of the random-intercept models, their notes, and the linear fit where one was made."""

    rows: tuple[RowEstimate, ...]
    notes: tuple[Text, ...]
    fitted: RandomIntercept | None = None


def mixed_rows(design: Design, covariates: Sequence[tuple[str, int]]) -> MixedRows:
    """The random intercept by REML, and the intraclass correlation; the former only where no person repeats.

    Notes
    -----
    ``reml`` takes the standard error and degrees of freedom of Kenward and Roger; ``reml_satterthwaite`` those of
    Satterthwaite, and only where the variance between units is not estimated at zero, which would give it the degrees
    of freedom of independent rows.
    """
    frame, units = design.frame, design.units
    if frame.n <= design.n_units:
        return MixedRows((), (caveats.NO_REML_SINGLE,))
    empty = random_intercept(np.ones((frame.n, 1)), frame.y, units)
    icc = RowEstimate("icc", "reml", empty.icc, None, None, None, None, design.n_units, empty.icc_interval)
    if frame.persons_repeat:
        return MixedRows((icc,), (caveats.ICC, caveats.NO_REML_PERSONS))
    fitted = random_intercept(design.X, frame.y, units)
    own = [(name, i) for i, name in enumerate(design.names) if name in own_terms(design)]
    rows = [row for name, at in (*own, *covariates) for row in both_dof(fitted, name, at, design.n_units)]
    notes = (caveats.ICC, caveats.SINGULAR if fitted.between_variance == 0 else caveats.REML_DOF)
    return MixedRows((*rows, icc), notes, fitted)


def agq_rows(design: Design) -> MixedRows:
    """Odds ratios of the logit with a random intercept, for a binary outcome of people who do not repeat.

    Notes
    -----
    By adaptive quadrature; they speak of people of one unit and are farther from one than those of ``odds_ratio``. t with
    the units less the unit-level terms for a term between units, else with the rows less units less the other terms.

    References
    ----------
    Pinheiro & Bates (1995), J. Computational and Graphical Statistics 4, 12-35; Li & Redden (2015), BMC Medical
    Research Methodology 15, 38 (degrees of freedom).
    """
    frame = design.frame
    if frame.family != "binary" or frame.persons_repeat or frame.n <= design.n_units:
        return MixedRows((), ())
    try:
        fitted = logistic_intercept(design.X, frame.y, design.units)
    except StatisticsError as refused:
        # Separation is told where the logit is fitted.
        return MixedRows((), () if refused.code == "K353" else (both(refused.message("id"), refused.message("en")),))
    own = [(name, i) for i, name in enumerate(design.names) if name in own_terms(design)]
    levels = {True: frame.n - design.n_units, False: design.n_units}
    rows = []
    for name, at in own:
        staff = bool(design.staff_level[at])
        dof = levels[staff] - int((design.staff_level == staff).sum())
        if abs(fitted.coef[at]) <= np.log(FARTHEST_RATIO):
            error = float(np.sqrt(fitted.covariance[at, at]))
            rows.append(t_estimate(name, "agq", fitted.coef[at], error, dof, design.n_units, exponent=True))
    return MixedRows(tuple(rows), (caveats.agq(fitted.latent_icc, fitted.observed_icc),))


def both_dof(fitted: RandomIntercept, term: str, position: int, n_units: int) -> list[RowEstimate]:
    """One coefficient by Kenward and Roger, and by Satterthwaite beside."""
    contrast = np.eye(len(fitted.coef))[position]
    estimate = float(fitted.coef[position])
    rows = [t_estimate(term, "reml", estimate, *fitted.kenward_roger(contrast), n_units)]
    if fitted.between_variance > 0:
        error = float(np.sqrt(fitted.covariance[position, position]))
        dof = fitted.satterthwaite(contrast)
        rows.append(t_estimate(term, "reml_satterthwaite", estimate, error, dof, n_units))
    return rows


def mixed_line(design: Design, fitted: RandomIntercept) -> tuple[float, float]:
    """Intercept at the means of the covariates, and between-unit slope, of the random-intercept model."""
    k = design.frame.adjust.shape[1]
    shift = float(design.frame.adjust.mean(axis=0) @ fitted.coef[len(fitted.coef) - k:]) if k else 0.0
    return float(fitted.coef[0]) + shift, float(fitted.coef[design.names.index(design.term("between"))])
