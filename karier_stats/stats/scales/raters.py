"""``raters``: do several raters of the same people give the same answer, beyond chance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import level_of, listed
from karier_stats.stats.frame import complete_rows
from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, Interval, unbounded, z_quantile
from karier_stats.stats.picture import Picture, alike
from karier_stats.stats.results import Result, Sheet, check_level, digits_for, make_table
from karier_stats.words import Figure, Phrase
from karier_stats.words.numbers import Text, is_missing

LEVEL = 0.95
MOST_CATEGORIES = 11
"""Whole ratings with more different values than this are scores, for which kappa is not meant."""


@dataclass(frozen=True, eq=False, repr=False)
class Raters(Result):
    """How far several raters of the same people agree.

    Parameters
    ----------
    raters : tuple of str
        Columns, one per rater.
    scores : array (n, k)
        Complete ratings.
    """

    raters: tuple[str, ...]
    scores: Array

    def sentence(self, lang: str = "id") -> str:
        """Absolute agreement with its interval, and kappa where it is meant."""
        row, kappa = self.headline, self.table[self.table["term"] == "kappa"]
        if is_missing(row.estimate):
            return Phrase("scales.raters.no_icc", raters=self.raters, n=row.n)[lang]
        facts = {"raters": self.raters, "n": row.n, "icc": told(row, digits_for(row))}
        if not len(kappa):
            return Phrase("scales.raters.agree", **facts)[lang]
        weighted = told(kappa.iloc[0], digits_for(kappa.iloc[0]))
        return Phrase("scales.raters.agree_kappa", kappa=weighted, **facts)[lang]

    def picture(self) -> Picture:
        """How many people got which pair of ratings from the first two raters, beside the line of equal ratings."""
        pairs, counts = np.unique(self.scores[:, :2], axis=0, return_counts=True)
        data = pd.DataFrame({"label_id": "", "label_en": "", "x": pairs[:, 0], "y": pairs[:, 1], "n": counts})
        equal = Phrase("scales.raters.equal")
        return self.pictured("units", data, alike(self.raters[0]), alike(self.raters[1]), line=(0.0, 1.0), against=equal)


def told(row: pd.Series, digits: int) -> Figure | Phrase:
    """A coefficient with its interval where it has one: ``0,52 (selang kepercayaan 95 persen 0,41 s.d. 0,62)``."""
    value, low, high = (Figure(row[name], "number", digits) for name in ("estimate", "ci_low", "ci_high"))
    if is_missing(low.value):
        return value
    return Phrase("scales.with_interval", value=value, level=row.ci_level, low=low, high=high)


def raters(data: pd.DataFrame, *, raters: Sequence[str], level: float | None = None) -> Raters:
    """Whether several raters of the same people agree, such as graduates and their superiors.

    Parameters
    ----------
    data : DataFrame
        One row per person rated. Never changed.
    raters : sequence of str
        Numeric columns, two or more, one per rater; a person whom a rater left out is not counted, and that is said.
    level : float, optional
        Default: the view's, else 0.95.

    Returns
    -------
    Raters
        Rows ``icc[agreement]`` and ``icc[consistency]`` (``two_way``) and, for two raters with whole levels,
        ``kappa`` (``quadratic``).

    Raises
    ------
    StatisticsError
        K340, K345, K346 (columns), K377 (one rater, or one named twice), K347 (fewer than three people with every rating).

    Notes
    -----
    Two-way mean squares of people and raters. ``icc[agreement]``, ICC(A,1), counts a rater who is milder on all as
    disagreement; ``icc[consistency]``, ICC(C,1), does not. Intervals by F (McGraw & Wong, table 7). Kappa with squared
    distances as weights, its interval by the large-sample standard error of statsmodels.

    References
    ----------
    McGraw & Wong (1996), Psychological Methods 1, 30-46, cases 2 and 2A; Fleiss, Cohen & Everitt (1969),
    Psychological Bulletin 72, 323-327.

    Examples
    --------
    >>> import pandas as pd
    >>> rated = pd.DataFrame({"alumni": [4, 5, 3, 4, 2, 5], "atasan": [4, 4, 3, 4, 1, 5]})
    >>> round(float(raters(rated, raters=["alumni", "atasan"]).headline.estimate), 3)
    0.9
    """
    names = listed(raters)
    if len(names) < 2 or len(set(names)) < len(names):
        raise StatisticsError("K377", columns=", ".join(map(str, names)) or "–")
    found = complete_rows(data, [("raters", name) for name in names])
    if found.n < 3:
        raise StatisticsError("K347", rows=found.n, coefficients=2, needed=3)
    return _result(names, found.numbers, _sheet(found.numbers, found.notes), level_of(data, level))


def _result(names: tuple[str, ...], scores: Array, sheet: Sheet, level: float) -> Raters:
    """The result at one level."""
    check_level(level)
    return Raters(
        table=make_table(row.record(level) | {"ci_level": level} for row in sheet.rows),
        lead=("icc[agreement]", "two_way"), notes=tuple(sheet.notes),
        recompute=lambda other: _result(names, scores, sheet, other), raters=names, scores=scores,
    )


def _sheet(scores: Array, dropped: tuple[Text, ...]) -> Sheet:
    """Rows and notes of complete ratings (n, k)."""
    sheet, (people, columns, rest), (n, k) = Sheet(notes=[*dropped]), mean_squares(scores), scores.shape
    spread = people > 1e-20 * max(float(np.square(scores).max()), 1.0)
    sheet.add("icc[agreement]", "two_way", icc_agreement(people, columns, rest, n, k) if spread else Estimate(NAN), n)
    sheet.add("icc[consistency]", "two_way", icc_consistency(people, rest, n, k) if spread else Estimate(NAN), n)
    if not spread:
        sheet.note(Phrase("scales.raters.no_spread"))
    kappa = _kappa(scores)
    if kappa is None:
        sheet.note(Phrase("scales.raters.no_kappa"))
    else:
        sheet.add("kappa", "quadratic", kappa, n)
    sheet.note(Phrase("scales.raters.independent"))
    return sheet


def mean_squares(scores: Array) -> tuple[float, float, float]:
    """Mean squares of people, of raters and of what is left, of complete ratings ``scores`` (n, k)."""
    n, k = scores.shape
    centred = scores - scores.mean()
    by_person, by_rater = centred.mean(axis=1), centred.mean(axis=0)
    rest = centred - by_person[:, None] - by_rater
    return (
        float(k * (by_person**2).sum() / (n - 1)), float(n * (by_rater**2).sum() / (k - 1)),
        float((rest**2).sum() / ((n - 1) * (k - 1))),
    )


def icc_consistency(people: float, rest: float, n: int, k: int) -> Estimate:
    """ICC(C,1) with its interval (McGraw & Wong 1996, table 7, case 3 consistency); none where nothing is left."""
    dof, other = n - 1, (n - 1) * (k - 1)

    def bounds(level: float) -> Interval:
        tail = 0.5 + level / 2
        low, high = people / rest / special.fdtri(dof, other, tail), people / rest * special.fdtri(other, dof, tail)
        return float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1))

    return Estimate((people - rest) / (people + (k - 1) * rest), bounds=bounds if rest > 1e-20 * people else unbounded)


def icc_agreement(people: float, columns: float, rest: float, n: int, k: int) -> Estimate:
    """ICC(A,1) with its interval (McGraw & Wong 1996, table 7, case 2A); none where nothing is left."""
    value = (people - rest) / (people + (k - 1) * rest + k * (columns - rest) / n)
    if not (rest > 1e-20 * people and value < 1):
        return Estimate(value)
    a, b = k * value / (n * (1 - value)), 1 + k * value * (n - 1) / (n * (1 - value))
    dof = (a * columns + b * rest) ** 2 / ((a * columns) ** 2 / (k - 1) + (b * rest) ** 2 / ((n - 1) * (k - 1)))
    other = k * columns + (k * n - k - n) * rest

    def bounds(level: float) -> Interval:
        f_low, f_high = special.fdtri(n - 1, dof, 0.5 + level / 2), special.fdtri(dof, n - 1, 0.5 + level / 2)
        low = n * (people - f_low * rest) / (f_low * other + n * people)
        return float(low), float(n * (f_high * people - rest) / (other + n * f_high * people))

    return Estimate(value, bounds=bounds)


def _kappa(scores: Array) -> Estimate | None:
    """Cohen's kappa with quadratic weights; None where it is not meant."""
    from statsmodels.stats.inter_rater import cohens_kappa

    levels = np.arange(scores.min(), scores.max() + 1)
    whole = bool((scores == np.round(scores)).all())
    if scores.shape[1] != 2 or not whole or not 2 <= len(levels) <= MOST_CATEGORIES:
        return None
    places = (scores - levels[0]).astype(int)
    table = np.zeros((len(levels), len(levels)))
    np.add.at(table, (places[:, 0], places[:, 1]), 1)
    found = cohens_kappa(table, wt="quadratic")
    kappa, error = float(found.kappa), float(found.std_kappa) if found.kappa < 1 else NAN

    def bounds(level: float) -> Interval:
        half = z_quantile(0.5 + level / 2) * error
        return kappa - half, min(kappa + half, 1.0)

    return Estimate(kappa, error, bounds=bounds)
