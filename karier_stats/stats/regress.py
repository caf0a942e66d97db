"""``regress``: an outcome on a score, within and between the units that staff are nested in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.language import Text, both
from karier_stats.stats import caveats, glm, linear
from karier_stats.stats.cluster import ClusterCovariance, cr2
from karier_stats.stats.frame import Frame, build, unit_means
from karier_stats.stats.mixed import RandomIntercept, random_intercept
from karier_stats.stats.regression import Conclusion, Regression
from karier_stats.stats.results import make_table
from karier_stats.stats.wild import wild_bootstrap

if TYPE_CHECKING:
    import pandas as pd

    Array: TypeAlias = NDArray[np.float64]
    Bounds: TypeAlias = tuple[float | None, float | None]

FEW_UNITS = 40
"""Below this number of units the unit means lead (validity.md, section 2)."""
POWER = 0.8


def regress(
    data: pd.DataFrame,
    *,
    outcome: str,
    on: str,
    adjust: str | Sequence[str] = (),
    unit: str | None = None,
    person: str | None = None,
    family: Literal["auto", "binary", "count", "continuous"] = "auto",
    level: float = 0.95,
    seed: int = 0,
) -> Regression:
    """How an outcome goes with a score, for staff who are nested in units.

    Parameters
    ----------
    data : DataFrame
        One row per person, or per person and period. Never changed.
    outcome : str
        Numeric column; 0/1 for a share, counts with ``family="count"``.
    on : str
        Numeric column: the leadership score, or 0/1.
    adjust : str or sequence of str
        Covariates; text columns become 0/1 columns named ``column=level``.
    unit : str, optional
        The unit of each row. With it, the association within and between units is reported apart.
    person : str, optional
        Who the row is about. Without a ``unit``, rows of one person are taken as a cluster.
    family : {"auto", "binary", "count", "continuous"}
        ``auto`` takes an outcome of zeros and ones as binary, all else as continuous.
    level : float
        Confidence level of the intervals.
    seed : int
        For the wild bootstrap, where there are too many units to enumerate.

    Returns
    -------
    Regression
        Rows by term and method. Without ``unit``: ``<on>`` (``cr2``). With it: ``<on>[between]``
        (``unit_means``, ``cr2``, ``wild``, ``reml``), ``<on>[within]`` (``cr2``, ``reml``), ``icc``. Each
        covariate (``cr2``, ``reml``). Binary outcomes add ``ame`` and ``odds_ratio``, counts ``rate_ratio``.
        ``n`` counts rows and ``n_units`` units (persons, where rows are clustered by person).

    Raises
    ------
    StatisticsError
        K340-K351: a column that is absent, constant, not numeric or collinear,
        fewer than 4 units, fewer than 3 units on a side, too few rows.

    Notes
    -----
    - The headline is ``<on>[between]``: by ``unit_means`` below 40 units, by ``reml`` from 40 on. Where ``on``
      does not differ between units it is ``<on>[within]`` by ``cr2``.
    - ``unit_means``: least squares of the unit means, t with G - 2 degrees of freedom less the unit-level
      covariates. Covariates that vary within units are first taken out with their within-unit slopes
      (Donald & Lang 2007, two steps).
    - ``cr2``: for ``[within]`` the slope of deviations from the unit means (unit fixed effects), for
      ``[between]`` least squares on ``1, within, between, adjust``; Satterthwaite degrees of freedom.
    - ``wild``: restricted wild cluster bootstrap of the latter, interval by inversion.
    - ``reml``: random intercept on the same regressors; degrees of freedom by the inner-outer rule (G less the
      unit-level terms; rows less units less the others). Never z.
    - ``ame``, ``odds_ratio``, ``rate_ratio``: logit and Poisson with CR2 by unit, the delta method, and
      Satterthwaite degrees of freedom of the working model.
    - ``icc`` belongs to the model without regressors.

    References
    ----------
    Donald & Lang (2007), Rev. Economics and Statistics 89, 221-233; Pustejovsky & Tipton (2018), J. Business &
    Economic Statistics 36, 672-683; Pinheiro & Bates (2000), Mixed-Effects Models in S and S-PLUS, p. 91;
    Mundlak (1978), Econometrica 46, 69-85.

    Examples
    --------
    >>> import pandas as pd
    >>> staff = pd.DataFrame({"y": [1, 2, 4, 3, 6, 5.5], "x": [0, 1, 2, 3, 4, 5]})
    >>> round(float(regress(staff, outcome="y", on="x").headline.estimate), 4)
    0.9571
    """
    if not 0 < level < 1:
        raise StatisticsError("K349", level=level)
    names = (adjust,) if isinstance(adjust, str) else tuple(adjust)
    frame = build(data, outcome, on, names, unit, person, family)
    study = _rows(frame) if frame.units is None else _nested(frame, seed)
    return _result(study, level)


@dataclass(frozen=True)
class _Estimate:
    """One row of the table before a level is chosen."""

    term: str
    method: str
    estimate: float
    std_error: float | None
    statistic: float | None
    dof: float | None
    p_value: float | None
    n_units: int | None
    bounds: Callable[[float], Bounds]


@dataclass(frozen=True)
class _Study:
    """All estimates of one regression, with what they mean."""

    frame: Frame
    scope: str
    lead: tuple[str, str]
    estimates: tuple[_Estimate, ...]
    notes: tuple[Text, ...]
    points: dict[str, Any]
    line: tuple[float, float]
    smallest_p: float = 0.0


@dataclass(frozen=True)
class _Design:
    """The regressors of nested data: ``X`` (n, p) with names, and what varies where."""

    frame: Frame
    units: NDArray[np.intp]
    between: Array
    within: Array
    has_within: bool
    has_between: bool
    X: Array
    names: tuple[str, ...]
    staff_level: NDArray[np.bool_] = field(repr=False)

    @property
    def n_units(self) -> int:
        """Number of units."""
        return int(self.units.max()) + 1

    @property
    def sizes(self) -> Array:
        """Rows per unit (G,)."""
        return np.bincount(self.units).astype(float)

    def centred(self, values: Array) -> Array:
        """Deviations of the columns of ``values`` (n, k) from their unit means."""
        return values - unit_means(values, self.units)[self.units]

    def term(self, scope: str) -> str:
        """``<on>[within]`` or ``<on>[between]``."""
        return f"{self.frame.on}[{scope}]"


def _t_estimate(
    term: str, method: str, estimate: float, std_error: float, dof: float, n_units: int | None, exponent: bool = False
) -> _Estimate:
    """A row with a t interval; with ``exponent`` on the log scale and shown as a ratio.

    A standard error of zero, or no degree of freedom, leaves the estimate without a test.
    """
    from scipy.special import stdtr, stdtrit

    shown = float(np.exp(estimate)) if exponent else float(estimate)
    error = std_error * shown if exponent else std_error
    if not dof > 0 or std_error <= 1e-10 * abs(estimate) or std_error == 0:
        return _Estimate(term, method, shown, error, None, None, None, n_units, lambda level: (None, None))

    def bounds(level: float) -> Bounds:
        half = float(stdtrit(dof, 0.5 + level / 2)) * std_error
        ends = (estimate - half, estimate + half)
        return (float(np.exp(ends[0])), float(np.exp(ends[1]))) if exponent else ends

    statistic = estimate / std_error
    p = float(2 * stdtr(dof, -abs(statistic)))
    return _Estimate(term, method, shown, error, statistic, float(dof), p, n_units, bounds)


def _fit(X: Array, y: Array, names: Sequence[str]) -> linear.LeastSquares:
    """Least squares whose collinear columns are called by name."""
    try:
        return linear.fit(X, y)
    except StatisticsError as error:
        if error.code != "K302":
            needed = X.shape[1] + 2
            raise StatisticsError("K347", rows=len(y), coefficients=X.shape[1], needed=needed) from None
        columns = [names[int(i)] for i in str(error.values["columns"]).split(", ")]
        raise StatisticsError("K343", columns=", ".join(columns)) from None


def _cr2_rows(
    terms: Sequence[tuple[str, int]], fitted: linear.LeastSquares, covariance: ClusterCovariance, n_units: int | None
) -> tuple[list[_Estimate], list[Text]]:
    """CR2 rows of the named coefficients; one that rests on a single cluster is left out with a note."""
    rows, notes = [], []
    for term, position in terms:
        contrast = np.eye(len(fitted.coef))[position]
        if covariance.target_ratio(contrast) < 1 - 1e-6:
            notes.append(caveats.leverage(term))
            continue
        error, dof = covariance.std_error(contrast), covariance.satterthwaite(contrast)
        rows.append(_t_estimate(term, "cr2", fitted.coef[position], error, dof, n_units))
    return rows, notes


def _rows(frame: Frame) -> _Study:
    """A regression without units: each row, or each person with several rows, is its own cluster."""
    X = np.column_stack([np.ones(frame.n), frame.x, frame.adjust])
    names = ("1", frame.on, *frame.adjust_names)
    if frame.n < X.shape[1] + 2:
        raise StatisticsError("K347", rows=frame.n, coefficients=X.shape[1], needed=X.shape[1] + 2)
    fitted = _fit(X, frame.y, names)
    clusters = np.arange(frame.n) if frame.persons is None else frame.persons
    n_units = frame.n_persons if frame.persons_repeat else None
    terms = [(name, position) for position, name in enumerate(names) if position]
    rows, notes = _cr2_rows(terms, fitted, cr2(X, fitted.residuals, fitted.bread, clusters), n_units)
    if not rows or rows[0].term != frame.on:
        raise StatisticsError("K342", column=frame.on, **_sides(frame.x))
    more, why = _generalised(frame, X, clusters, [(frame.on, 1)], n_units)
    adjusted = frame.y - frame.adjust @ fitted.coef[2:] + frame.adjust.mean(axis=0) @ fitted.coef[2:]
    points = {"label": [""] * frame.n, "x": frame.x, "y": adjusted, "n": np.ones(frame.n, dtype=int)}
    line = (float(fitted.coef[0] + frame.adjust.mean(axis=0) @ fitted.coef[2:]), float(fitted.coef[1]))
    clustering = caveats.persons_cluster(frame.n_persons) if frame.persons_repeat else caveats.ROWS_ALONE
    notes = [*frame.notes, clustering, *notes, *why]
    return _Study(frame, "rows", (frame.on, "cr2"), (*rows, *more), tuple(notes), points, line)


def _sides(values: Array) -> dict[str, int]:
    """How many of the values are the smallest one, and how many the largest one."""
    return {"low": int((values == values.min()).sum()), "high": int((values == values.max()).sum())}


def _design(frame: Frame) -> _Design:
    """Split the score into its unit mean and the deviation from it, and find which columns vary within units."""
    units = frame.units
    assert units is not None
    means = unit_means(frame.x[:, None], units)[:, 0]
    within = frame.x - means[units]
    spread = 1e-9 * np.ptp(frame.x)
    has_within, has_between = bool(np.abs(within).max() > spread), bool(np.ptp(means) > spread)
    # A score that is constant within units is taken as it is: its mean would differ in the last digit.
    between = means[units] if has_within else frame.x
    parts = [("1", np.ones(frame.n))]
    parts += [(f"{frame.on}[within]", within)] if has_within else []
    parts += [(f"{frame.on}[between]", between)] if has_between else []
    X = np.column_stack([*(column for _, column in parts), frame.adjust])
    names = (*(name for name, _ in parts), *frame.adjust_names)
    deviation = X - unit_means(X, units)[units]
    staff = np.abs(deviation).max(axis=0) > 1e-9 * np.maximum(np.ptp(X, axis=0), 1e-300)
    return _Design(frame, units, between, within, has_within, has_between, X, names, staff)


def _nested(frame: Frame, seed: int) -> _Study:
    """A regression with units: within and between apart, and the inferences side by side."""
    design = _design(frame)
    notes = list(frame.notes) + _refuse_few(design)
    fitted = _fit(design.X, frame.y, design.names)
    if frame.n < len(design.names) + 2:
        raise StatisticsError("K347", rows=frame.n, coefficients=len(design.names), needed=len(design.names) + 2)
    pooled = cr2(design.X, fitted.residuals, fitted.bread, design.units)
    rows, lead, points, line = [], None, _unit_points(design, frame.y), (0.0, 0.0)
    smallest_p = 0.0
    if design.has_between:
        means_row, points, line, more = _unit_means(design)
        boot_rows, boot_notes, smallest_p = _between_side(design, fitted, pooled, seed)
        rows, notes, lead = [means_row, *boot_rows], [*notes, *more, *boot_notes], (means_row.term, "unit_means")
    if design.has_within:
        within_rows, more = _within(design)
        rows, notes = [*rows, *within_rows], [*notes, *more]
        lead = lead or (design.term("within"), "cr2")
        if not design.has_between:
            points, line = _within_points(design, within_rows)
    covariates = [(name, len(design.names) - frame.adjust.shape[1] + i) for i, name in enumerate(frame.adjust_names)]
    adjust_rows, more = _cr2_rows(covariates, fitted, pooled, design.n_units)
    reml_rows, reml_notes, mixed = _reml(design, covariates)
    terms = [(name, i) for i, name in enumerate(design.names) if name in _own_terms(design)]
    glm_rows, glm_notes = _generalised(frame, design.X, design.units, terms, design.n_units)
    rows = _by_term([*rows, *adjust_rows, *reml_rows, *glm_rows])
    notes = [*notes, *more, *reml_notes, *glm_notes]
    if lead and lead[1] == "unit_means" and design.n_units >= FEW_UNITS and mixed is not None:
        lead = (lead[0], "reml")
        line = _mixed_line(design, mixed)
    scope = "between" if design.has_between else "within"
    return _Study(frame, scope, _present(lead, rows, design), tuple(rows), tuple(notes), points, line, smallest_p)


def _by_term(rows: Sequence[_Estimate]) -> list[_Estimate]:
    """Rows of one term together, terms in order of appearance, the intraclass correlation last."""
    order = {row.term: i for i, row in reversed(list(enumerate(rows)))} | {"icc": len(rows)}
    return sorted(rows, key=lambda row: order[row.term])


def _present(lead: tuple[str, str] | None, rows: Sequence[_Estimate], design: _Design) -> tuple[str, str]:
    """The lead row, or a refusal where it could not be made."""
    if lead is None or not any((row.term, row.method) == lead for row in rows):
        raise StatisticsError("K341", units=_units_that_vary(design))
    return lead


def _own_terms(design: _Design) -> tuple[str, ...]:
    """Terms of the score itself that the data can carry."""
    scopes = ["between"] if design.has_between else []
    scopes += ["within"] if design.has_within and _units_that_vary(design) >= 4 else []
    return tuple(design.term(scope) for scope in scopes)


def _units_that_vary(design: _Design) -> int:
    """In how many units the score differs between rows."""
    return len(np.unique(design.units[np.abs(design.within) > 1e-9 * np.ptp(design.frame.x)]))


def _refuse_few(design: _Design) -> list[Text]:
    """Refuse fewer than four units or three on a side; note what makes the answer less certain."""
    if design.n_units < 4:
        raise StatisticsError("K341", units=design.n_units)
    notes = [] if design.n_units > 5 else [caveats.indicative(design.n_units)]
    if not design.has_within:
        notes.append(caveats.only_between(design.frame.on))
    means = unit_means(design.between[:, None], design.units)[:, 0]
    high = means > (means.min() + means.max()) / 2
    rounded = np.round(means / max(np.ptp(means), 1e-300), 9)
    if design.has_between and len(np.unique(rounded)) == 2:
        if min(high.sum(), (~high).sum()) < 3:
            raise StatisticsError("K342", column=design.frame.on, low=int((~high).sum()), high=int(high.sum()))
        sizes = sorted((design.sizes[high].mean(), design.sizes[~high].mean()))
        notes += [caveats.unequal(design.frame.on, sizes[1] / sizes[0])] if sizes[1] > 3 * sizes[0] else []
    if design.frame.persons_repeat:
        notes.append(caveats.persons_repeat(design.frame.n_persons, design.frame.n))
    return notes


def _unit_means(design: _Design) -> tuple[_Estimate, dict[str, Any], tuple[float, float], list[Text]]:
    """Least squares of adjusted unit means on the unit mean of the score: row, points, line, notes."""
    frame, k = design.frame, design.frame.adjust.shape[1]
    staff = design.staff_level[-k:] if k else np.zeros(0, dtype=bool)
    y, notes = frame.y, []
    if staff.any():
        y = frame.y - _staff_part(design, frame.adjust[:, staff])
        notes.append(caveats.two_steps([name for name, flag in zip(frame.adjust_names, staff, strict=True) if flag]))
    unit_level = unit_means(frame.adjust[:, ~staff], design.units)
    names = [name for name, flag in zip(frame.adjust_names, staff, strict=True) if not flag]
    if design.n_units < unit_level.shape[1] + 4:
        needed = unit_level.shape[1] + 4
        raise StatisticsError("K348", columns=", ".join(names), units=design.n_units, needed=needed)
    points = _unit_points(design, y)
    Z = np.column_stack([np.ones(design.n_units), points["x"], unit_level])
    fitted = _fit(Z, points["y"], ("1", design.term("between"), *names))
    error = float(np.sqrt(fitted.covariance[1, 1]))
    row = _t_estimate(design.term("between"), "unit_means", fitted.coef[1], error, fitted.dof, design.n_units)
    centre = unit_level.mean(axis=0)
    points["y"] = points["y"] - (unit_level - centre) @ fitted.coef[2:]
    if row.p_value is None:
        notes.append(caveats.no_residual(row.term))
    return row, points, (float(fitted.coef[0] + centre @ fitted.coef[2:]), float(fitted.coef[1])), notes


def _staff_part(design: _Design, staff: Array) -> Array:
    """What covariates that vary within units explain, by their within-unit slopes, around their grand means (n,)."""
    frame = design.frame
    columns = [design.within[:, None]] if design.has_within else []
    X = design.centred(np.column_stack([*columns, staff]))
    names = [design.term("within")] * len(columns)
    varying = {name for name, flag in zip(design.names, design.staff_level, strict=True) if flag}
    names += [name for name in frame.adjust_names if name in varying]
    slopes = _fit(X, design.centred(frame.y[:, None])[:, 0], names).coef[len(columns):]
    return (staff - staff.mean(axis=0)) @ slopes


def _unit_points(design: _Design, y: Array) -> dict[str, Any]:
    """Unit means of the score and of the outcome, with the rows behind them."""
    means = unit_means(np.column_stack([design.between, y]), design.units)
    return {
        "label": list(design.frame.unit_labels), "x": means[:, 0], "y": means[:, 1], "n": design.sizes.astype(int),
    }


def _between_side(
    design: _Design, fitted: linear.LeastSquares, pooled: ClusterCovariance, seed: int
) -> tuple[list[_Estimate], list[Text], float]:
    """CR2 and the wild bootstrap of the between-unit slope, their notes, and the smallest p of the bootstrap."""
    term = design.term("between")
    position = design.names.index(term)
    rows, notes = _cr2_rows([(term, position)], fitted, pooled, design.n_units)
    if not rows or rows[0].p_value is None:
        return rows, notes, 0.0
    boot = wild_bootstrap(design.X, design.frame.y, design.units, position, np.random.default_rng(seed))
    statistic = boot.estimate / boot.std_error
    row = _Estimate(
        term, "wild", boot.estimate, None, statistic, None, boot.p_value(), design.n_units,
        lambda level: boot.interval(level) or (None, None),
    )
    return [*rows, row], [*notes, caveats.wild(boot, term)], boot.smallest_p


def _within(design: _Design) -> tuple[list[_Estimate], list[Text]]:
    """The slope of deviations from the unit means, with CR2 by unit."""
    term, vary = design.term("within"), _units_that_vary(design)
    if vary < 4:
        return [], [caveats.few_within(design.frame.on, vary)]
    k = design.frame.adjust.shape[1]
    staff = design.frame.adjust[:, design.staff_level[-k:]] if k else design.frame.adjust
    X = design.centred(np.column_stack([design.within, staff]))
    names = [term, *(n for n, flag in zip(design.names, design.staff_level, strict=True) if flag and n != term)]
    fitted = _fit(X, design.centred(design.frame.y[:, None])[:, 0], names)
    covariance = cr2(X, fitted.residuals, fitted.bread, design.units)
    rows, notes = _cr2_rows([(term, 0)], fitted, covariance, design.n_units)
    return rows, [*notes, caveats.fixed_effects(design.frame.on)]


def _within_points(design: _Design, rows: Sequence[_Estimate]) -> tuple[dict[str, Any], tuple[float, float]]:
    """Deviations from the unit means, for a score that does not differ between units."""
    n = design.frame.n
    y = design.centred(design.frame.y[:, None])[:, 0]
    points = {"label": [""] * n, "x": design.within, "y": y, "n": np.ones(n, dtype=int)}
    return points, (0.0, rows[0].estimate if rows else 0.0)


def _reml(
    design: _Design, covariates: Sequence[tuple[str, int]]
) -> tuple[list[_Estimate], list[Text], RandomIntercept | None]:
    """Random-intercept rows and the intraclass correlation; the former only where no person repeats."""
    frame, units = design.frame, design.units
    if frame.n <= design.n_units:
        return [], [caveats.NO_REML_SINGLE], None
    empty = random_intercept(np.ones((frame.n, 1)), frame.y, units)
    icc = _Estimate("icc", "reml", empty.icc, None, None, None, None, design.n_units, empty.icc_interval)
    if frame.persons_repeat:
        return [icc], [caveats.ICC, caveats.NO_REML_PERSONS], None
    mixed = random_intercept(design.X, frame.y, units)
    terms = [(name, i) for i, name in enumerate(design.names) if name in _own_terms(design)]
    unit_level = int((~design.staff_level).sum())
    inner = frame.n - design.n_units - int(design.staff_level.sum())
    rows = []
    for name, position in (*terms, *covariates):
        dof = inner if design.staff_level[position] else design.n_units - unit_level
        error = float(np.sqrt(mixed.covariance[position, position]))
        rows.append(_t_estimate(name, "reml", mixed.coef[position], error, dof, design.n_units))
    notes: list[Text] = [caveats.ICC, caveats.REML_DOF]
    notes += [caveats.SINGULAR] if mixed.between_variance == 0 else []
    return [*rows, icc], notes, mixed


def _mixed_line(design: _Design, mixed: RandomIntercept) -> tuple[float, float]:
    """Intercept at the means of the covariates, and between-unit slope, of the random-intercept model."""
    k = design.frame.adjust.shape[1]
    shift = float(design.frame.adjust.mean(axis=0) @ mixed.coef[len(mixed.coef) - k:]) if k else 0.0
    return float(mixed.coef[0]) + shift, float(mixed.coef[design.names.index(design.term("between"))])


def _generalised(
    frame: Frame, X: Array, clusters: NDArray[np.intp], terms: Sequence[tuple[str, int]], n_units: int | None
) -> tuple[list[_Estimate], list[Text]]:
    """Logit rows for a binary outcome, Poisson rows for counts, none for a continuous one."""
    if frame.family == "continuous":
        return [], []
    try:
        fitted = glm.fit(X, frame.y, "logit" if frame.family == "binary" else "log")
    except StatisticsError as refused:
        return [], [both(refused.message("id"), refused.message("en"))]
    covariance = fitted.clustered(X, frame.y, clusters)
    rows, notes = [], []
    for term, position in terms:
        contrast = np.eye(len(fitted.coef))[position]
        if covariance.target_ratio(contrast) < 1 - 1e-6:
            notes.append(caveats.leverage(term))
            continue
        ratio = "odds_ratio" if frame.family == "binary" else "rate_ratio"
        if frame.family == "binary":
            effect, gradient = fitted.marginal(X, position)
            error, dof = covariance.std_error(gradient), covariance.satterthwaite(gradient)
            rows.append(_t_estimate(term, "ame", effect, error, dof, n_units))
        error, dof = covariance.std_error(contrast), covariance.satterthwaite(contrast)
        rows.append(_t_estimate(term, ratio, fitted.coef[position], error, dof, n_units, exponent=True))
    return rows, notes


def _result(study: _Study, level: float) -> Regression:
    """The result at one level; another level comes from the same estimates."""
    import pandas as pd

    frame = study.frame
    rows = []
    for row in study.estimates:
        low, high = row.bounds(level)
        rows.append(
            {
                "term": row.term, "method": row.method, "estimate": row.estimate, "std_error": row.std_error,
                "ci_low": low, "ci_high": high, "ci_level": level, "statistic": row.statistic, "dof": row.dof,
                "p_value": row.p_value, "n": frame.n, "n_units": row.n_units,
            }
        )
    notes, cannot = study.notes, study.smallest_p > 1 - level
    if cannot:
        notes = (*notes, caveats.wild_silent(study.smallest_p))
    return Regression(
        table=make_table(rows), lead=study.lead, notes=notes, recompute=lambda other: _result(study, other),
        outcome=frame.outcome, on=frame.on, family=frame.family, scope=study.scope,
        conclusion=_conclusion(study, level), smallest_seen=_smallest_seen(study, level),
        points=pd.DataFrame(study.points), line=study.line,
    )


def _lead(study: _Study) -> _Estimate:
    """The estimate that leads."""
    return next(row for row in study.estimates if (row.term, row.method) == study.lead)


def _conclusion(study: _Study, level: float) -> Conclusion:
    """Whether the methods that can answer do agree across the level."""
    if _lead(study).p_value is None:
        return "untested"
    methods = {"unit_means", "cr2", "wild", study.lead[1]} - ({"wild"} if study.smallest_p > 1 - level else set())
    votes = {
        row.p_value < 1 - level
        for row in study.estimates
        if row.term == study.lead[0] and row.method in methods and row.p_value is not None
    }
    return "undecided" if len(votes) > 1 else "association" if votes == {True} else "none_seen"


def _smallest_seen(study: _Study, level: float) -> float | None:
    """Slope that the lead's t test detects with a power of 80 percent (Bloom 1995, Evaluation Review 19, 547)."""
    from scipy.special import stdtrit

    row = _lead(study)
    if row.dof is None or row.std_error is None:
        return None
    return row.std_error * float(stdtrit(row.dof, 0.5 + level / 2) + stdtrit(row.dof, POWER))
