"""Does the change go with the dose, in hours or JP? Linear and monotone association, neither of them an effect."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.change.change_rows import Options, clustered, line, named
from karier_stats.stats.change.pairing import fewest_units
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import NAN, Estimate, between, t_two_sided, z_quantile
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.results import Sheet
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.stats.change.pairing import Pairs
    from karier_stats.stats.contrast import Line
    from karier_stats.words.numbers import Text


FEWEST = 10
"""Fewest people for the interval of Spearman's correlation."""


def regression(dose: Array, change: Array, clusters: NDArray[Any] | None = None) -> Line:
    """The change on a constant and the centred dose; position 1 is points of change per unit of dose."""
    return line(np.column_stack([np.ones(len(dose)), dose - dose.mean()]), change, clusters)


def spearman(dose: Array, change: Array, level: float) -> Estimate:
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


def _sides(dose: Array, clusters: NDArray[Any]) -> int | None:
    """Clusters on the smaller side of a dose with two values that whole clusters took; else None."""
    values = np.unique(dose)
    return None if len(values) > 2 else fewest_units(dose, clusters, *values)


def _correlation(x: Array, y: Array) -> float:
    """Pearson's correlation; NaN where one of the two is constant."""
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(x @ x) * float(y @ y))
    return max(-1.0, min(1.0, float(x @ y) / size)) if size > 0 else NAN


def dose_rows(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Rows ``dose[linear]`` and ``dose[monotone]`` among those who took part.

    With arms, the comparison arm is left out. Points of change per unit of dose by least squares with HC3 (n - 2
    degrees of freedom); with clusters the slope has CR2 and Spearman's correlation no test, because people of one
    cluster are not independent.

    References
    ----------
    MacKinnon and White (1985), J. Econometrics 29, 305-325; Long and Ervin
    (2000), American Statistician 54, 217-224.
    """
    part = pairs if pairs.arm is None else pairs.only(pairs.arm != pairs.arms[0])
    assert part.dose is not None
    known = ~np.isnan(part.dose)
    sheet = Sheet(notes=[] if suffix else _notes(part, int((~known).sum())))
    part = part.only(known)
    linear, monotone = (named("dose", kind, suffix) for kind in ("linear", "monotone"))
    dose, change, n = part.dose, part.change, len(part.before)
    assert dose is not None
    if n < 3 or np.ptp(dose) == 0:
        where = Phrase("change.note.where", name=suffix) if suffix else ""
        sheet.note(Phrase("change.note.dose_constant", where=where, name=part.dose_name, n=n))
        sheet.add(linear, "hc3", Estimate(NAN), n)
        sheet.add(monotone, "spearman", Estimate(NAN), n)
        return sheet
    rank = spearman(dose, change, options.level)
    of = regression(dose, change, part.cluster)
    if part.cluster is None:
        sheet.add(linear, "hc3", of.contrast(1, "hc3"), n)
    else:
        sheet.take(clustered(linear, of, 1, options, sides=_sides(dose, part.cluster), wild=False))
        rank = rank.alone
    sheet.add(monotone, "spearman", rank, n)
    return sheet


def _notes(part: Pairs, unknown: int) -> list[Text]:
    """What a dose that nobody assigned can and cannot show."""
    notes: list[Text] = [Phrase("change.note.dose", name=part.dose_name)]
    if part.arm is not None:
        notes.append(Phrase("change.note.dose_arms"))
    if part.cluster is not None:
        notes.append(Phrase("change.note.dose_clusters"))
    if unknown:
        notes.append(Phrase("change.note.dose_unknown", n=unknown))
    return notes
