"""``regress``: an outcome on a score, within and between the units that staff are nested in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.families import family_rows
from karier_stats.stats.association.moderators import DoseResponse, secondary
from karier_stats.stats.association.parquet import Paths, read
from karier_stats.stats.association.regression import Regression, Study, by_term, through_centre
from karier_stats.stats.association.within_between import (
    Design,
    design_of,
    own_terms,
    refuse_few,
    unit_means_row,
    unit_points,
    units_that_vary,
    within_points,
    within_rows,
)
from karier_stats.stats.columns import check_level, listed
from karier_stats.stats.contrast import FARTHEST_RATIO, Line, coefficient_rows, near_collinear, wild_note
from karier_stats.stats.frame import Frame, build
from karier_stats.stats.numerics import glm
from karier_stats.stats.numerics.estimate import Array, Estimate, of_t
from karier_stats.stats.numerics.glmm import logistic_intercept
from karier_stats.stats.numerics.mixed import RandomIntercept, random_intercept
from karier_stats.stats.results import Sheet, TableRow
from karier_stats.words import Phrase

FEW_UNITS = 40
"""Below this number of units the unit means lead (validity.md, section 2)."""


def regress(
    data: pd.DataFrame | Paths, *, outcome: str, on: str, adjust: str | Sequence[str] = (), unit: str | None = None,
    person: str | None = None, family: Literal["auto", "binary", "count", "continuous"] = "auto",
    moderators: str | Sequence[str] = (), dose_response: DoseResponse = None, level: float = 0.95, seed: int = 0,
) -> Regression:
    """How an outcome goes with a score, for staff who are nested in units.

    Parameters
    ----------
    data : DataFrame, or path or paths of Parquet files
        One row per person, or per person and period. Never changed. Files of one layout, with millions of rows: one,
        several, or a folder of them; a unit may stand in several.
    outcome : str
        Numeric column; 0/1 for a share, counts with ``family="count"``.
    on : str
        Numeric column: the leadership score, or 0/1.
    adjust : str or sequence of str
        Covariates; text columns become 0/1 columns named ``column=level`` (in files only numbers are read).
    unit : str, optional
        The unit of each row. With it, the association within and between units is reported apart.
    person : str, optional
        Who the row is about. Without a ``unit``, rows of one person are taken as a cluster.
    family : {"auto", "binary", "count", "continuous"}
        ``auto`` takes an outcome of zeros and ones as binary, all else as continuous.
    moderators : str or sequence of str
        Secondary questions, declared beforehand: does the slope of ``on`` differ by these columns?
    dose_response : "quadratic", optional
        A further one: does the slope bend?
    level : float
        Confidence level of the intervals.
    seed : int
        For the wild bootstrap, where there are too many units to enumerate.

    Returns
    -------
    Regression
        Rows by term and method. Without ``unit``: ``<on>`` (``cr2``). With it: ``<on>[between]`` (``unit_means``, ``cr2``,
        ``wild``, ``reml``, ``reml_satterthwaite``), ``<on>[within]`` (``cr2``, ``reml``, ``reml_satterthwaite``), ``icc``. Each
        covariate (``cr2``, ``reml``, ``reml_satterthwaite``). Binary outcomes add ``ame``, ``odds_ratio`` and, with ``unit``,
        ``agq``, or ``firth`` where the outcome is separated; counts ``ame``, ``rate_ratio``, ``negative_binomial``, ``hurdle_any``
        and ``hurdle_positive``, with ``zeros`` observed and fitted. Secondary questions add ``<on>[between] x <moderator>``,
        ``<on>[within] x <moderator>``, ``<on>[between]^2`` (``cr2``) and the joint tests in ``secondary``. ``n`` counts rows and
        ``n_units`` units (persons, where rows are clustered by person).

    Raises
    ------
    StatisticsError
        K340-K352, K380, K382, K383: a column that is absent, constant, not numeric or collinear, fewer than 4 units, fewer than
        3 units on a side (with the count of choices of units that differ as much), too few rows.

    Notes
    -----
    - The headline is ``<on>[between]``: by ``unit_means`` below 40 units; from 40 on by ``ame`` for shares and
      counts, by ``reml`` otherwise. Where ``on`` does not differ between units it is ``<on>[within]`` by ``cr2``.
      Without ``unit`` it is ``<on>``, by ``ame`` for shares and counts, by ``cr2`` otherwise.
    - ``unit_means``: least squares of the unit means, t with G - 2 degrees of freedom less the unit-level covariates. Covariates
      that vary within units are first taken out with their within-unit slopes (Donald & Lang 2007, two steps).
    - ``cr2``: for ``[within]`` the slope of deviations from the unit means (unit fixed effects), for
      ``[between]`` least squares on ``1, within, between, adjust``; Satterthwaite degrees of freedom.
    - ``wild``: restricted wild cluster bootstrap of the latter, interval by inversion.
    - ``reml``: random intercept on the same regressors, Kenward and Roger's standard error and degrees of freedom;
      ``reml_satterthwaite`` beside. Never z.
    - ``ame``, ``odds_ratio``, ``rate_ratio``, ``negative_binomial``, ``hurdle_any``: logit, Poisson (a quasi-
      likelihood: only the mean must be right) and negative binomial with CR2 by unit, the delta method, and
      Satterthwaite degrees of freedom of the working model. ``hurdle_positive``: jackknife over units, t with their
      number less one. ``firth``: profile of the penalised likelihood, scaled for units.
    - ``agq``: random-intercept logit by adaptive quadrature of 25 points.
    - Secondary questions never touch the rows of the main one. Each is a least-squares fit with products of the parts
      of ``on`` and the moderator (or the square), CR2 by unit, a joint test by HTZ, and Holm over all
      declared ones that can be tested; the others are named in the notes.
    - For a binary outcome the least-squares rows are the linear probability model.
    - ``icc`` belongs to the model without regressors.
    - From Parquet files the columns named are read, and take eight bytes a number: least squares has what the units add
      up to, shares and counts go over the rows once per Newton step. The digits are those of a DataFrame; ``wild`` from
      40 units on, ``agq``, ``firth``, ``negative_binomial`` and the hurdle ask for a DataFrame, and so do ``person``,
      ``moderators`` and ``dose_response`` (K382).

    References
    ----------
    Donald & Lang (2007), Rev. Economics and Statistics 89, 221-233; Pustejovsky & Tipton (2018), J. Business &
    Economic Statistics 36, 672-683; Kenward & Roger (1997), Biometrics 53, 983-997; Mundlak (1978), Econometrica 46,
    69-85; Gourieroux, Monfort & Trognon (1984), Econometrica 52, 701-720 (Poisson as a quasi-likelihood).

    Examples
    --------
    >>> import pandas as pd
    >>> staff = pd.DataFrame({"y": [1, 2, 4, 3, 6, 5.5], "x": [0, 1, 2, 3, 4, 5]})
    >>> round(float(regress(staff, outcome="y", on="x").headline.estimate), 4)
    0.9571
    """
    check_level(level)
    names, asked = listed(adjust), listed(moderators)
    if not isinstance(data, pd.DataFrame):
        given = {"person": person, "moderators": asked, "dose_response": dose_response}
        refused = [f"`{name}`" for name, value in given.items() if value]
        if unit is None or refused:
            raise StatisticsError("K382", asked=", ".join(refused or ["`unit=None`"]))
        found = read(data, outcome, on, names, unit, family)
        return _nested(found.few(), seed, found.rows).result(level)
    made = partial(build, data, outcome, on, unit=unit, person=person, family=family)
    frame = made(names)
    study = _rows(frame) if frame.units is None else _nested(frame, seed)
    beside, questions = secondary(made, on, names, asked, dose_response)
    return replace(study, sheet=Sheet().take(study.sheet, beside), questions=questions).result(level)


def _rows(frame: Frame) -> Study:
    """A regression without units: each row, or each person with several rows, is its own cluster."""
    X = np.column_stack([np.ones(frame.n), frame.x, frame.adjust])
    names = ("1", frame.on, *frame.adjust_names)
    clusters = np.arange(frame.n) if frame.persons is None else frame.persons
    line = _fitted(X, frame, names, clusters)
    n_units = frame.n_persons if frame.persons_repeat else None
    rows = coefficient_rows(line, [(name, position) for position, name in enumerate(names) if position], n_units)
    if not rows.rows or rows.rows[0].term != frame.on:
        low, high = (int((frame.x == end).sum()) for end in (frame.x.min(), frame.x.max()))
        raise StatisticsError("K380", column=frame.on, low=low, high=high)
    more, zeros = family_rows(frame.family, glm.Rows(X, frame.y, clusters), names, [(frame.on, 1)], n_units)
    coef, centre = line.fitted.coef, frame.adjust.mean(axis=0)
    adjusted = frame.y - frame.adjust @ coef[2:] + centre @ coef[2:]
    points = {"label": [""] * frame.n, "x": frame.x, "y": adjusted, "n": np.ones(frame.n, dtype=int)}
    lead = _marginal_lead(frame.on, more)
    plain = float(coef[0] + centre @ coef[2:]), float(coef[1])
    drawn = through_centre(points, lead.estimate.value) if lead else plain
    sheet = Sheet(notes=list(frame.notes))
    alone = Phrase("association.note.rows_alone")
    sheet.note(
        Phrase("association.note.persons_cluster", persons=frame.n_persons) if frame.persons_repeat else alone,
        near_collinear(X, names),
    )
    sheet.take(rows, more)
    return Study(frame, "rows", (frame.on, lead.method if lead else "cr2"), sheet, points, drawn, zeros=zeros)


def _fitted(X: Array, frame: Frame, names: Sequence[str], clusters: NDArray[np.intp]) -> Line:
    """Least squares of the outcome, with at least two rows more than coefficients."""
    line = Line(X, frame.y, clusters, frame.n).named(names)
    if frame.n < X.shape[1] + 2:
        raise StatisticsError("K347", rows=frame.n, coefficients=X.shape[1], needed=X.shape[1] + 2)
    return line


def _marginal_lead(term: str, found: Sheet) -> TableRow | None:
    """The average marginal effect of a term, which leads where it can be tested."""
    row = found.find(term, "ame")
    return row if row is not None and row.estimate.tested else None


def slope_within(frame: Frame) -> TableRow | None:
    """The row of ``<on>[within]`` by CR2 alone; None where too few units vary, refused as :func:`regress` refuses a design."""
    design = design_of(frame)
    refuse_few(design)
    _fitted(design.X, frame, design.names, design.units)
    return within_rows(design).find(design.term("within"), "cr2")


def _nested(frame: Frame, seed: int, every: Callable[[Design], glm.ManyRows] | None = None) -> Study:
    """A regression with units: within and between apart, and the inferences side by side.

    ``frame`` holds the rows, or as few as stand for ``every`` one.
    """
    design = design_of(frame)
    rows = glm.Rows(design.X, frame.y, design.units) if every is None else every(design)
    sheet = Sheet(notes=[*frame.notes, *refuse_few(design)])
    sheet.note(None if frame.one is None else Phrase("association.note.parquet"))
    line = _fitted(design.X, frame, design.names, design.units)
    lead, points, drawn, smallest_p = None, unit_points(design, frame.y), (0.0, 0.0), 0.0
    if design.has_between:
        means, points, drawn = unit_means_row(design)
        boot, smallest_p = _between_side(design, line, seed)
        lead = means.rows[0].key
        sheet.take(means, boot)
    if design.has_within:
        inner = within_rows(design)
        sheet.take(inner)
        lead = lead or (design.term("within"), "cr2")
        if not design.has_between:
            points, drawn = within_points(design, inner.rows)
    sheet.note(near_collinear(design.X, design.names))
    covariates = [(name, len(design.names) - frame.adjust.shape[1] + i) for i, name in enumerate(frame.adjust_names)]
    mixed, fitted = mixed_rows(design, covariates)
    family, zeros = family_rows(frame.family, rows, design.names, own_terms(design), design.n_units)
    sheet.take(coefficient_rows(line, covariates, design.n_units), mixed, family, agq_rows(design))
    if lead and lead[1] == "unit_means" and design.n_units >= FEW_UNITS:
        marginal = _marginal_lead(lead[0], family)
        if marginal is not None:
            lead, drawn = marginal.key, through_centre(points, marginal.estimate.value)
        elif fitted is not None:
            lead, drawn = (lead[0], "reml"), mixed_line(design, fitted)
    if lead is None or sheet.find(*lead) is None:
        raise StatisticsError("K341", units=units_that_vary(design))
    scope = "between" if design.has_between else "within"
    return Study(frame, scope, lead, by_term(sheet), points, drawn, smallest_p, zeros)


def _between_side(design: Design, line: Line, seed: int) -> tuple[Sheet, float]:
    """CR2 and the wild bootstrap of the between-unit slope, and the smallest p of the bootstrap."""
    term = design.term("between")
    sheet = coefficient_rows(line, [(term, design.names.index(term))], design.n_units)
    if not sheet.rows or not sheet.rows[0].estimate.tested:
        return sheet, 0.0
    if design.frame.one is not None and design.n_units >= FEW_UNITS:
        sheet.note(Phrase("association.note.no_wild"))
        return sheet, 0.0
    found, boot = line.wild(design.names.index(term), seed)
    sheet.add(term, "wild", found, design.frame.n, design.n_units)
    sheet.note(wild_note(term, boot))
    return sheet, boot.smallest_p


def mixed_rows(design: Design, covariates: Sequence[tuple[str, int]]) -> tuple[Sheet, RandomIntercept | None]:
    """The random intercept by REML with its fit where no person repeats, and the intraclass correlation.

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
        singular = fitted.between_variance == 0
        for term, position in [*own_terms(design), *covariates]:
            contrast, estimate = np.eye(len(fitted.coef))[position], fitted.coef[position]
            sheet.add(term, "reml", of_t(estimate, *fitted.kenward_roger(contrast)), frame.n, design.n_units)
            if not singular:
                error = float(np.sqrt(fitted.covariance[position, position]))
                found = of_t(estimate, error, fitted.satterthwaite(contrast))
                sheet.add(term, "reml_satterthwaite", found, frame.n, design.n_units)
        sheet.note(Phrase(f"association.note.{'singular' if singular else 'reml_dof'}"))
    sheet.add("icc", "reml", Estimate(empty.icc, bounds=empty.icc_interval), frame.n, design.n_units)
    return sheet, fitted


def agq_rows(design: Design) -> Sheet:
    """Odds ratios of the logit with a random intercept, for a binary outcome of people who do not repeat.

    By adaptive quadrature (Pinheiro & Bates 1995); they speak of people of one unit and are farther from one than those of
    ``odds_ratio``. t with the units less the unit-level terms for a term between units, else with the rows less units less
    the other terms (Li & Redden 2015, BMC Medical Research Methodology 15, 38).
    """
    frame = design.frame
    if frame.family != "binary" or frame.one is not None or frame.persons_repeat or frame.n <= design.n_units:
        return Sheet()
    try:
        fitted = logistic_intercept(design.X, frame.y, design.units)
    except StatisticsError as refused:
        # Separation is told where the logit is fitted.
        return Sheet(notes=[] if refused.code == "K353" else [refused.texts])
    levels = {True: frame.n - design.n_units, False: design.n_units}
    sheet = Sheet()
    sheet.note(Phrase("association.note.agq", latent=fitted.latent_icc, observed=fitted.observed_icc))
    for name, at in own_terms(design):
        staff = bool(design.staff_level[at])
        dof = levels[staff] - int((design.staff_level == staff).sum())
        if abs(fitted.coef[at]) <= np.log(FARTHEST_RATIO):
            error = float(np.sqrt(fitted.covariance[at, at]))
            found = of_t(fitted.coef[at], error, dof).exponent(FARTHEST_RATIO)
            sheet.add(name, "agq", found, frame.n, design.n_units)
    return sheet


def mixed_line(design: Design, fitted: RandomIntercept) -> tuple[float, float]:
    """Intercept at the means of the covariates, and between-unit slope, of the random-intercept model."""
    k = design.frame.adjust.shape[1]
    shift = float(design.frame.mean(design.frame.adjust) @ fitted.coef[len(fitted.coef) - k:]) if k else 0.0
    return float(fitted.coef[0]) + shift, float(fitted.coef[design.names.index(design.term("between"))])
