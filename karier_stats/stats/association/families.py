"""Rows that belong to a family of outcomes: logit for shares, Poisson and its neighbours for counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.contrast import FARTHEST_RATIO, clustered, rests_on_one, unbounded
from karier_stats.stats.frame import Family
from karier_stats.stats.numerics import counts, firth, glm
from karier_stats.stats.numerics.cluster import ClusterCovariance
from karier_stats.stats.numerics.estimate import Array, Estimate, Interval, of_t, t_quantile, t_two_sided
from karier_stats.stats.numerics.firth import separating
from karier_stats.stats.results import Sheet
from karier_stats.words import Joined, Phrase

FEWEST = 4
"""Units that must hold somebody with at least one before the positive part of a hurdle is fitted."""


@dataclass(frozen=True)
class Model:
    """The rows of one outcome with the names of its regressors, and the terms that are reported."""

    rows: glm.Source
    names: Sequence[str]
    terms: Sequence[tuple[str, int]]
    n_units: int | None

    @property
    def n(self) -> int:
        """Rows."""
        return self.rows.n

    def named(self, columns: NDArray[np.intp]) -> list[str]:
        """Names of columns without the constant."""
        return [self.names[int(i)] for i in columns if self.names[int(i)] != "1"]

    def ratios(self, method: str, coef: Array, covariance: ClusterCovariance) -> Sheet:
        """Exponents of the reported coefficients with CR2; one that rests on a single cluster is left out with a note."""
        sheet = Sheet()
        for term, position in self.terms:
            found = clustered(coef, covariance, position)
            if found.reason:
                sheet.note(Phrase("association.note.leverage", term=term))
            elif abs(coef[position]) > np.log(FARTHEST_RATIO):
                sheet.note(unbounded([(term, method)]))
            else:
                sheet.add(term, method, found.exponent(FARTHEST_RATIO), self.n, self.n_units)
        return sheet

    def marginal(self, fitted: glm.GeneralisedLinear, covariance: ClusterCovariance) -> Sheet:
        """Average marginal effects by the delta method."""
        sheet = Sheet()
        for term, position in self.terms:
            if not rests_on_one(covariance, position):
                effect, gradient = fitted.marginal(position)
                found = of_t(effect, covariance.std_error(gradient), covariance.satterthwaite(gradient))
                sheet.add(term, "ame", found, self.n, self.n_units)
        return sheet


def family_rows(
    family: Family, rows: glm.Source, names: Sequence[str], terms: Sequence[tuple[str, int]], n_units: int | None
) -> tuple[Sheet, dict[str, float]]:
    """Logit rows for a binary outcome, rows of counts and shares of zeros for counts, none for a continuous one."""
    model = Model(rows, names, terms, n_units)
    if family == "count":
        return _counts(model)
    return _shares(model) if family == "binary" else Sheet(), {}


def _shares(model: Model) -> Sheet:
    """Average marginal effect and odds ratio; Firth's odds ratio where the outcome is separated."""
    try:
        fitted = glm.fit(model.rows, "logit")
    except StatisticsError as refused:
        return _separated(model, model.rows) if isinstance(model.rows, glm.Rows) else Sheet(notes=[refused.texts])
    covariance = fitted.clustered()
    return model.marginal(fitted, covariance).take(model.ratios("odds_ratio", fitted.coef, covariance))


def _separated(model: Model, data: glm.Rows) -> Sheet:
    """Firth's odds ratios with profile intervals, and the columns that separate the outcome."""
    columns, rows, sheet = separating(data.X, data.y, "logit"), Sheet(), Sheet()
    if not len(columns):
        return _refused("K381", model.n, "logit")
    names = model.named(columns)
    try:
        fitted = firth.fit(data.X, data.y)
        covariance = fitted.clustered(data.clusters) if data.clustered else None
        far = [key for key in model.terms if abs(fitted.coef[key[1]]) > np.log(FARTHEST_RATIO)]
        for term, at in model.terms:
            if (term, at) not in far:
                rows.add(term, "firth", _firth(fitted, covariance, at), model.n, model.n_units)
    except (StatisticsError, np.linalg.LinAlgError):
        sheet.note(Phrase("association.note.separated", columns=names))
        return sheet.take(Sheet(notes=[StatisticsError("K359", rows=model.n).texts]))
    sheet.note(Phrase(f"association.note.separated{'_firth' if rows.rows else ''}", columns=names))
    sheet.note(*(unbounded([(term, "firth")]) for term, _ in far))
    sheet.note(Phrase(f"association.note.firth{'_clustered' if data.clustered else ''}") if rows.rows else None)
    return sheet.take(rows)


def _firth(fitted: firth.Firth, covariance: ClusterCovariance | None, position: int) -> Estimate:
    """One odds ratio with the interval of its profile.

    With clusters the likelihood ratio is divided by the ratio of the CR2 variance to that of independent rows, never below
    one, and compared with the squared t of Satterthwaite's degrees of freedom (Chandler & Bate 2007, Biometrika 94, 167-183).
    """
    scale, dof, value = 1.0, np.inf, float(fitted.coef[position])
    if covariance is not None:
        dof = covariance.satterthwaite(np.eye(len(fitted.coef))[position])
        scale = max(covariance.covariance[position, position] / fitted.bread[position, position], 1.0)
        if rests_on_one(covariance, position) or not dof > 0:
            return Estimate(value).exponent()
    root = float(np.sqrt(fitted.likelihood_ratio(position) / scale))

    @cache
    def bounds(level: float) -> Interval:
        cutoff = t_quantile(0.5 + level / 2, dof) ** 2 * scale
        low, high = fitted.profile(position, cutoff, float(np.log(FARTHEST_RATIO)))
        return (np.nan, np.nan) if low is None or high is None else (low, high)

    found = Estimate(value, dof=dof if np.isfinite(dof) else np.nan, p=t_two_sided(root, dof), bounds=bounds)
    return replace(found.exponent(FARTHEST_RATIO), statistic=float(np.copysign(root, value)))


def _counts(model: Model) -> tuple[Sheet, dict[str, float]]:
    """Poisson first, the negative binomial and the hurdle beside, with observed and fitted zeros."""
    try:
        fitted = glm.fit(model.rows, "log")
    except StatisticsError as refused:
        if not isinstance(model.rows, glm.Rows):
            return Sheet(notes=[refused.texts]), {}
        columns = separating(model.rows.X, model.rows.y, "log")
        note = Phrase("association.note.count_separated", columns=model.named(columns))
        return (Sheet(notes=[note]) if len(columns) else _refused("K381", model.n, "poisson")), {}
    covariance = fitted.clustered()
    sheet = model.marginal(fitted, covariance).take(model.ratios("rate_ratio", fitted.coef, covariance))
    zeros = {
        "observed": sum(int((y == 0).sum()) for _, y in model.rows) / model.n,
        "poisson": fitted.average(lambda mean: np.exp(-mean)),
    }
    held = [model.rows] if isinstance(model.rows, glm.Rows) else []
    for name, make in (("negative_binomial", _negative_binomial), ("hurdle", _hurdle)) if held else ():
        try:
            found, share = make(model, held[0])
        except StatisticsError as refused:
            found, share = Sheet(notes=[refused.texts]), None
        except np.linalg.LinAlgError:
            found, share = _refused("K358", model.n, "hurdle"), None
        sheet.take(found)
        zeros |= {} if share is None else {name: share}
    models = Joined(*(
        Phrase("association.note.zeros_of", model=Phrase(f"association.model.{name}"), share=share)
        for name, share in zeros.items() if name != "observed"
    ), mark="; ")
    sheet.note(Phrase("association.note.zeros", observed=zeros["observed"], models=models))
    return sheet, zeros


def _negative_binomial(model: Model, data: glm.Rows) -> tuple[Sheet, float | None]:
    fitted = counts.negative_binomial(data.X, data.y)
    found = model.ratios("negative_binomial", fitted.coef, fitted.clustered(data.X, data.y, data.clusters))
    return Sheet(found.rows), fitted.zeros


def _hurdle(model: Model, data: glm.Rows) -> tuple[Sheet, float | None]:
    """Odds of at least one, and the ratio of means among those who have one."""
    X, some = data.X, data.y > 0
    if some.all():
        return Sheet(notes=[Phrase("association.note.no_zeros")]), None
    logit = glm.fit(replace(data, y=some.astype(float)), "logit")
    sheet = model.ratios("hurdle_any", logit.coef, logit.clustered())
    n_units = len(np.unique(data.clusters[some]))
    if n_units < FEWEST or some.sum() < 2 * (X.shape[1] + 1):
        raise StatisticsError("K358", model=Phrase("association.model.hurdle"), rows=int(some.sum()))
    part = counts.positive(X[some], data.y[some], data.clusters[some])
    errors = np.sqrt(np.diag(part.jackknife()))
    for term, at in model.terms:
        found = of_t(part.coef[at], errors[at], n_units - 1).exponent(FARTHEST_RATIO)
        sheet.add(term, "hurdle_positive", found, model.n, model.n_units)
    each = Phrase(f"association.each.{'units' if data.clustered else 'rows'}")
    sheet.note(Phrase("association.note.hurdle", rows=int(some.sum()), units=n_units, each=each))
    return sheet, 1 - logit.average(lambda mean: mean)


def _refused(code: str, rows: int, model: str) -> Sheet:
    """A note that a model has no answer."""
    error = StatisticsError(code, rows=rows, model=Phrase(f"association.model.{model}"))
    return Sheet(notes=[error.texts])
