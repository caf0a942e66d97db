"""Random-intercept rows of a regression with units, and the intraclass correlation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.rows import FARTHEST_RATIO
from karier_stats.stats.association.within_between import Design, own_terms
from karier_stats.stats.numerics.estimate import Estimate, of_t
from karier_stats.stats.numerics.glmm import logistic_intercept
from karier_stats.stats.numerics.mixed import RandomIntercept, random_intercept
from karier_stats.stats.results import Sheet
from karier_stats.words import Phrase


def mixed_rows(design: Design, covariates: Sequence[tuple[str, int]]) -> tuple[Sheet, RandomIntercept | None]:
    """The random intercept by REML with its fit where no person repeats, and the intraclass correlation.

    Notes
    -----
    ``reml`` takes the standard error and degrees of freedom of Kenward and Roger; ``reml_satterthwaite`` those of
    Satterthwaite, and only where the variance between units is not estimated at zero, which would give it the degrees
    of freedom of independent rows.
    """
    frame, units = design.frame, design.units
    if frame.n <= design.n_units:
        return Sheet(notes=[Phrase("association.note.no_reml_single")]), None
    empty, sheet, fitted = random_intercept(frame.constant[:, None], frame.y, units, frame.one), Sheet(), None
    sheet.note(Phrase("association.note.icc"))
    if frame.persons_repeat:
        sheet.note(Phrase("association.note.no_reml_persons"))
    else:
        fitted = random_intercept(design.X, frame.y, units, frame.one)
        own = [(name, i) for i, name in enumerate(design.names) if name in own_terms(design)]
        sheet.take(both_dof(fitted, [*own, *covariates], frame.n, design.n_units))
    sheet.add("icc", "reml", Estimate(empty.icc, bounds=empty.icc_interval), frame.n, design.n_units)
    return sheet, fitted


def agq_rows(design: Design) -> Sheet:
    """Odds ratios of the logit with a random intercept, for a binary outcome of people who do not repeat.

    Notes
    -----
    By adaptive quadrature; they speak of people of one unit and are farther from one than those of ``odds_ratio``. t
    with the units less the unit-level terms for a term between units, else with the rows less units less the other
    terms.

    References
    ----------
    Pinheiro & Bates (1995), J. Computational and Graphical Statistics 4, 12-35; Li & Redden (2015), BMC Medical
    Research Methodology 15, 38 (degrees of freedom).
    """
    frame = design.frame
    if frame.family != "binary" or frame.one is not None or frame.persons_repeat or frame.n <= design.n_units:
        return Sheet()
    try:
        fitted = logistic_intercept(design.X, frame.y, design.units)
    except StatisticsError as refused:
        # Separation is told where the logit is fitted.
        return Sheet(notes=[] if refused.code == "K353" else [refused.texts])
    own = [(name, i) for i, name in enumerate(design.names) if name in own_terms(design)]
    levels = {True: frame.n - design.n_units, False: design.n_units}
    sheet = Sheet()
    sheet.note(Phrase("association.note.agq", latent=fitted.latent_icc, observed=fitted.observed_icc))
    for name, at in own:
        staff = bool(design.staff_level[at])
        dof = levels[staff] - int((design.staff_level == staff).sum())
        if abs(fitted.coef[at]) <= np.log(FARTHEST_RATIO):
            error = float(np.sqrt(fitted.covariance[at, at]))
            found = of_t(fitted.coef[at], error, dof).exponent(FARTHEST_RATIO)
            sheet.add(name, "agq", found, frame.n, design.n_units)
    return sheet


def both_dof(fitted: RandomIntercept, terms: Sequence[tuple[str, int]], n: int, n_units: int) -> Sheet:
    """Coefficients by Kenward and Roger, and by Satterthwaite beside, with what is assumed."""
    sheet, singular = Sheet(), fitted.between_variance == 0
    for term, position in terms:
        contrast, estimate = np.eye(len(fitted.coef))[position], fitted.coef[position]
        sheet.add(term, "reml", of_t(estimate, *fitted.kenward_roger(contrast)), n, n_units)
        if not singular:
            error = float(np.sqrt(fitted.covariance[position, position]))
            found = of_t(estimate, error, fitted.satterthwaite(contrast))
            sheet.add(term, "reml_satterthwaite", found, n, n_units)
    sheet.note(Phrase(f"association.note.{'singular' if singular else 'reml_dof'}"))
    return sheet


def mixed_line(design: Design, fitted: RandomIntercept) -> tuple[float, float]:
    """Intercept at the means of the covariates, and between-unit slope, of the random-intercept model."""
    k = design.frame.adjust.shape[1]
    shift = float(design.frame.mean(design.frame.adjust) @ fitted.coef[len(fitted.coef) - k:]) if k else 0.0
    return float(fitted.coef[0]) + shift, float(fitted.coef[design.names.index(design.term("between"))])
