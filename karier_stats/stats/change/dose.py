"""Does the change go with the dose, in hours or JP? Linear and monotone association, neither of them an effect."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.stats.change.change_rows import Options, Row, clustered_rows, fits_exactly, make_row, named
from karier_stats.stats.numerics import linear, paired
from karier_stats.stats.numerics.estimate import NAN, Estimate, between, of_t, t_two_sided, z_quantile
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from karier_stats.stats.change.pairing import Pairs
    from karier_stats.words.numbers import Text

    Floats = NDArray[np.float64]

FEWEST = 10
"""Fewest people for the interval of Spearman's correlation."""


def slope(dose: Floats, change: Floats, level: float) -> Estimate:
    """Points of change per unit of dose: least squares with HC3.

    Parameters
    ----------
    dose, change : ndarray, shape (n,)
    level : float

    Notes
    -----
    t with n - 2 degrees of freedom; only the estimate where one person alone
    carries the slope (leverage one) or where every point lies on the line.

    References
    ----------
    MacKinnon and White (1985), J. Econometrics 29, 305-325; Long and Ervin
    (2000), American Statistician 54, 217-224.
    """
    X = _line(dose)
    fitted = linear.fit(X, change)
    estimate = float(fitted.coef[1])
    if fits_exactly(fitted.residuals, change) or linear.leverages(X, fitted.bread).max() > 1 - 1e-9:
        return Estimate(estimate)
    error = math.sqrt(linear.heteroskedastic(fitted, X, "hc3")[1, 1])
    return of_t(estimate, error, fitted.dof, level)


def spearman(dose: Floats, change: Floats, level: float) -> Estimate:
    """Spearman's correlation with midranks.

    Parameters
    ----------
    dose, change : ndarray, shape (n,)
    level : float

    Notes
    -----
    Test: ``t = r sqrt((n - 2) / (1 - r^2))`` with n - 2 degrees of freedom.
    Interval: Fisher's z with variance ``(1 + r^2 / 2) / (n - 3)``, from
    ``FEWEST`` people on and while ``|r| < 0.95``, where its coverage was shown.

    References
    ----------
    Bonett and Wright (2000), Psychometrika 65, 23-28.
    """
    n, r = len(dose), _correlation(paired.midranks(dose), paired.midranks(change))
    if math.isnan(r) or n < 4 or abs(r) > 1 - 1e-12:
        return Estimate(r)
    t = r * math.sqrt((n - 2) / (1 - r**2))
    low, high = NAN, NAN
    if n >= FEWEST and abs(r) < 0.95:
        half = z_quantile(0.5 + level / 2) * math.sqrt((1 + r**2 / 2) / (n - 3))
        low, high = math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
    return between(r, low, high, statistic=t, dof=n - 2, p=t_two_sided(t, n - 2))


def _sides(dose: Floats, clusters: NDArray[Any]) -> int | None:
    """Clusters on the smaller side of a dose with two values that whole clusters took; else None."""
    values = np.unique(dose)
    if len(values) > 2:
        return None
    low, high = (set(clusters[dose == value]) for value in values)
    return None if low & high else min(len(low), len(high))


def _line(dose: Floats) -> Floats:
    """A constant and the centred dose, shape (n, 2)."""
    return np.column_stack([np.ones(len(dose)), dose - dose.mean()])


def _correlation(x: Floats, y: Floats) -> float:
    """Pearson's correlation; NaN where one of the two is constant."""
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(x @ x) * float(y @ y))
    return max(-1.0, min(1.0, float(x @ y) / size)) if size > 0 else NAN


def dose_rows(pairs: Pairs, options: Options, suffix: str) -> tuple[list[Row], list[Text]]:
    """Rows ``dose[linear]`` and ``dose[monotone]`` among those who took part.

    With arms, the comparison arm is left out; with clusters the slope has CR2
    and Spearman's correlation no test, because people of one cluster are not independent.
    """
    assert pairs.dose is not None
    part = pairs if pairs.arm is None else pairs.only(pairs.arm != pairs.arms[0])
    dose = part.dose
    assert dose is not None
    known = ~np.isnan(dose)
    dose, change = dose[known], paired.differences(part.before, part.after)[known]
    notes = _notes(part, int((~known).sum()), suffix)
    n, level = len(dose), options.level
    terms = [named("dose", kind, suffix) for kind in ("linear", "monotone")]
    if n < 3 or np.ptp(dose) == 0:
        notes.append(_constant(part.dose_name, n, suffix))
        return [
            make_row(term, method, Estimate(NAN), level, n)
            for term, method in zip(terms, ("hc3", "spearman"), strict=True)
        ], notes
    rank = spearman(dose, change, level)
    if part.cluster is None:
        rows = [make_row(terms[0], "hc3", slope(dose, change, level), level, n)]
    else:
        clusters = part.cluster[known]
        rows = clustered_rows(
            terms[0], _line(dose), change, 1, clusters, options, notes, _sides(dose, clusters), wild=False
        )
        rank = Estimate(rank.estimate)
    return [*rows, make_row(terms[1], "spearman", rank, level, n)], notes


def _notes(part: Pairs, unknown: int, suffix: str) -> list[Text]:
    """What a dose that nobody assigned can and cannot show."""
    if suffix:
        return []
    notes: list[Text] = [Phrase("change.note.dose", name=part.dose_name)]
    if part.arm is not None:
        notes.append(Phrase("change.note.dose_arms"))
    if part.cluster is not None:
        notes.append(Phrase("change.note.dose_clusters"))
    if unknown:
        notes.append(Phrase("change.note.dose_unknown", n=unknown))
    return notes


def _constant(name: str, n: int, suffix: str) -> Text:
    """Why nothing can be said about the dose."""
    where = Phrase("change.note.where", name=suffix) if suffix else ""
    return Phrase("change.note.dose_constant", where=where, name=name, n=n)
