"""Rows that belong to a family of outcomes: logit for shares, Poisson and its neighbours for counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association import caveats
from karier_stats.stats.estimates import FARTHEST_RATIO, Bounds, RowEstimate, ratio_bounds, t_estimate
from karier_stats.stats.frame import Frame
from karier_stats.stats.numerics import counts, firth, glm
from karier_stats.stats.numerics.cluster import ClusterCovariance
from karier_stats.stats.numerics.separation import separating
from karier_stats.words.numbers import Text, both

if TYPE_CHECKING:
    Array: TypeAlias = NDArray[np.float64]

_REFUSED = (StatisticsError, np.linalg.LinAlgError)
_MODELS: dict[str, Text] = {"negative binomial": both("binomial negatif", "negative binomial")}
FEWEST = 4
"""Units that must hold somebody with at least one before the positive part of a hurdle is fitted."""


@dataclass(frozen=True)
class FamilyRows:
    """What a family adds to the table.

    Parameters
    ----------
    rows : tuple of RowEstimate
    notes : tuple of Text
    zeros : mapping
        Share of zeros: ``observed`` and by model; empty but for counts.
    """

    rows: tuple[RowEstimate, ...] = ()
    notes: tuple[Text, ...] = ()
    zeros: Mapping[str, float] = field(default_factory=dict)

    def __add__(self, other: FamilyRows) -> FamilyRows:
        return FamilyRows(self.rows + other.rows, self.notes + other.notes, {**self.zeros, **other.zeros})


@dataclass(frozen=True)
class Model:
    """The regressors of one outcome: ``X`` (n, p) with names, clusters (n,), and the terms that are reported."""

    X: Array
    y: Array
    names: Sequence[str]
    clusters: NDArray[np.intp]
    terms: Sequence[tuple[str, int]]
    n_units: int | None

    @property
    def clustered(self) -> bool:
        """True where rows share a cluster."""
        return len(np.unique(self.clusters)) < len(self.y)

    def named(self, columns: NDArray[np.intp]) -> list[str]:
        """Names of columns without the constant."""
        return [self.names[int(i)] for i in columns if self.names[int(i)] != "1"]


def family_rows(
    frame: Frame, X: Array, names: Sequence[str], clusters: NDArray[np.intp], terms: Sequence[tuple[str, int]],
    n_units: int | None,
) -> FamilyRows:
    """Logit rows for a binary outcome, rows of counts for counts, none for a continuous one."""
    if frame.family == "continuous":
        return FamilyRows()
    model = Model(X, frame.y, names, clusters, terms, n_units)
    if frame.family == "binary":
        return _shares(model)
    return _counts(model)


def _shares(model: Model) -> FamilyRows:
    """Average marginal effect and odds ratio; Firth's odds ratio where the outcome is separated."""
    try:
        fitted = glm.fit(model.X, model.y, "logit")
    except StatisticsError:
        return _separated(model)
    covariance = fitted.clustered(model.X, model.y, model.clusters)
    return _marginal(model, fitted, covariance) + _ratios(model, "odds_ratio", fitted.coef, covariance)


def _marginal(model: Model, fitted: glm.GeneralisedLinear, covariance: ClusterCovariance) -> FamilyRows:
    """Average marginal effects by the delta method."""
    rows = []
    for term, position in model.terms:
        if _rests_on_one(covariance, position):
            continue
        effect, gradient = fitted.marginal(model.X, position)
        error, dof = covariance.std_error(gradient), covariance.satterthwaite(gradient)
        rows.append(t_estimate(term, "ame", effect, error, dof, model.n_units))
    return FamilyRows(tuple(rows))


def _ratios(model: Model, method: str, coef: Array, covariance: ClusterCovariance) -> FamilyRows:
    """Exponents of coefficients with CR2; one that rests on a single cluster is left out with a note."""
    rows, notes = [], []
    for term, position in model.terms:
        if _rests_on_one(covariance, position):
            notes.append(caveats.leverage(term))
            continue
        if abs(coef[position]) > np.log(FARTHEST_RATIO):
            notes.append(caveats.unbounded([(term, method)]))
            continue
        contrast = np.eye(len(coef))[position]
        error, dof = covariance.std_error(contrast), covariance.satterthwaite(contrast)
        rows.append(t_estimate(term, method, coef[position], error, dof, model.n_units, exponent=True))
    return FamilyRows(tuple(rows), tuple(notes))


def _rests_on_one(covariance: ClusterCovariance, position: int) -> bool:
    """True where a coefficient rests on one cluster alone, so that its CR2 variance is undefined."""
    return covariance.target_ratio(np.eye(len(covariance.basis))[position]) < 1 - 1e-6


def _separated(model: Model) -> FamilyRows:
    """Firth's odds ratios with profile intervals, and the columns that separate the outcome."""
    columns = separating(model.X, model.y, "logit")
    if not len(columns):
        return FamilyRows(notes=(_refusal(StatisticsError("K381", model="logit", rows=len(model.y))),))
    names = model.named(columns)
    try:
        fitted = firth.fit(model.X, model.y)
        covariance = fitted.clustered(model.clusters) if model.clustered else None
        far = np.abs(fitted.coef) > np.log(FARTHEST_RATIO)
        rows = [_firth_row(model, fitted, covariance, term, at) for term, at in model.terms if not far[at]]
    except _REFUSED:
        return FamilyRows(notes=(
            caveats.separated(names, False), _refusal(StatisticsError("K359", rows=len(model.y))),
        ))
    notes = [caveats.separated(names, bool(rows))]
    notes += [caveats.unbounded([(term, "firth")]) for term, at in model.terms if far[at]]
    notes += [caveats.FIRTH_CLUSTERED if model.clustered else caveats.FIRTH] if rows else []
    return FamilyRows(tuple(rows), tuple(notes))


def _firth_row(
    model: Model, fitted: firth.Firth, covariance: ClusterCovariance | None, term: str, position: int
) -> RowEstimate:
    """One odds ratio with the interval of its profile.

    Notes
    -----
    With clusters the likelihood ratio is divided by the ratio of the CR2 variance to that of independent rows, never
    below one, and compared with the squared t of Satterthwaite's degrees of freedom.

    References
    ----------
    Chandler & Bate (2007), Biometrika 94, 167-183, section 2 (scaling of the profile).
    """
    from scipy.special import chdtrc, chdtri, stdtr, stdtrit

    scale, dof = 1.0, None
    if covariance is not None:
        contrast = np.eye(len(fitted.coef))[position]
        dof = covariance.satterthwaite(contrast)
        scale = max(covariance.covariance[position, position] / fitted.bread[position, position], 1.0)
    ratio = float(np.exp(fitted.coef[position]))
    if dof is not None and (_rests_on_one(covariance, position) or not dof > 0):  # type: ignore[arg-type]
        return RowEstimate(term, "firth", ratio, None, None, None, None, model.n_units, lambda level: (None, None))
    root = float(np.sqrt(fitted.likelihood_ratio(position) / scale))
    p = float(chdtrc(1, root**2)) if dof is None else float(2 * stdtr(dof, -root))

    def bounds(level: float) -> Bounds:
        cutoff = float(chdtri(1, 1 - level)) if dof is None else float(stdtrit(dof, 0.5 + level / 2)) ** 2
        return ratio_bounds(*fitted.profile(position, cutoff * scale, float(np.log(FARTHEST_RATIO))))

    statistic = float(np.copysign(root, fitted.coef[position]))
    return RowEstimate(term, "firth", ratio, None, statistic, dof, p, model.n_units, bounds)


def _counts(model: Model) -> FamilyRows:
    """Poisson first, the negative binomial and the hurdle beside, with observed and fitted zeros."""
    try:
        fitted = glm.fit(model.X, model.y, "log")
    except StatisticsError:
        columns = separating(model.X, model.y, "log")
        note = (
            caveats.count_separated(model.named(columns)) if len(columns)
            else _refusal(StatisticsError("K381", model="Poisson", rows=len(model.y)))
        )
        return FamilyRows(notes=(note,))
    covariance = fitted.clustered(model.X, model.y, model.clusters)
    found = _marginal(model, fitted, covariance) + _ratios(model, "rate_ratio", fitted.coef, covariance)
    zeros = {"observed": float((model.y == 0).mean()), "poisson": float(np.exp(-fitted.mean).mean())}
    found = found + FamilyRows(zeros=zeros)
    for beside in (_negative_binomial, _hurdle):
        found = found + _tried(beside, model)
    return found + FamilyRows(notes=(caveats.zeros(found.zeros),))


def _tried(make: Callable[[Model], FamilyRows], model: Model) -> FamilyRows:
    """Rows of a second model; a note where it has no finite answer."""
    try:
        return make(model)
    except StatisticsError as refused:
        return FamilyRows(notes=(_refusal(refused),))
    except np.linalg.LinAlgError:
        return FamilyRows(notes=(_refusal(StatisticsError("K358", model="hurdle", rows=len(model.y))),))


def _negative_binomial(model: Model) -> FamilyRows:
    """Rate ratios of the negative binomial."""
    fitted = counts.negative_binomial(model.X, model.y)
    covariance = fitted.clustered(model.X, model.y, model.clusters)
    found = _ratios(model, "negative_binomial", fitted.coef, covariance)
    return FamilyRows(found.rows, zeros={"negative_binomial": fitted.zeros})


def _hurdle(model: Model) -> FamilyRows:
    """Odds of at least one, and the ratio of means among those who have one."""
    some = model.y > 0
    if some.all():
        return FamilyRows(notes=(caveats.NO_ZEROS,))
    logit = glm.fit(model.X, some.astype(float), "logit")
    found = _ratios(model, "hurdle_any", logit.coef, logit.clustered(model.X, some.astype(float), model.clusters))
    n_units = len(np.unique(model.clusters[some]))
    if n_units < FEWEST or some.sum() < 2 * (model.X.shape[1] + 1):
        raise StatisticsError("K358", model="hurdle", rows=int(some.sum()))
    part = counts.positive(model.X[some], model.y[some], model.clusters[some])
    errors = np.sqrt(np.diag(part.jackknife()))
    rows = tuple(
        t_estimate(term, "hurdle_positive", part.coef[at], float(errors[at]), n_units - 1, model.n_units, exponent=True)
        for term, at in model.terms
    )
    zeros = {"hurdle": float(1 - logit.mean.mean())}
    return found + FamilyRows(rows, (caveats.hurdle(int(some.sum()), n_units, model.clustered),), zeros)


def _refusal(error: StatisticsError) -> Text:
    """An error as a note, its model called by its name in either language."""
    named = {
        lang: StatisticsError(error.code, **{
            key: _MODELS.get(str(value), {}).get(lang, value) if key == "model" else value
            for key, value in error.values.items()
        })
        for lang in ("id", "en")
    }
    return both(named["id"].message("id"), named["en"].message("en"))
