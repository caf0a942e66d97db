"""``agreement``: may the answers of a unit's people be averaged and taken as the unit's own? ``raters``: do several raters of the
same people give the same answer, beyond chance?
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import check_level, level_of, listed
from karier_stats.stats.frame import complete_rows
from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, Interval, unbounded, z_quantile
from karier_stats.stats.numerics.mixed import RandomIntercept, random_intercept
from karier_stats.stats.numerics.unit_products import OneWay, null_variance, rwg, spearman_brown, unit_products, within_variances
from karier_stats.stats.picture import Picture, alike, worded
from karier_stats.stats.results import METHODS, Result, Sheet, digits_for, make_table
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text, is_missing

MOST_CATEGORIES = 11
"""Whole ratings with more different values than this are scores, for which kappa is not meant."""
_ICCS = (
    ("icc1", "reml"), ("icc1", "anova"), ("icc1", "anova_mean_size"),
    ("icc2", "spearman_brown"), ("icc2", "mean_reliability"), ("icc2", "anova"),
)


@dataclass(frozen=True, eq=False, repr=False)
class Agreement(Result):
    """How much of the answers lies between units, and how far people of one unit agree.

    ``items`` are the columns of the items, ``scale`` the lowest and highest answer; ``units`` has one row per unit, in the order of
    the names: ``label, n, mean, ci_low, ci_high, rwg_uniform, rwg_skewed, reliability``, with the unit's own interval (its own
    spread, t(n-1)) at ``level``; ``mean`` is that over all rows.
    """

    items: tuple[str, ...]
    scale: tuple[int, int]
    units: pd.DataFrame
    mean: float
    level: float

    def sentence(self, lang: str = "id") -> str:
        """ICC(1) with its interval, ICC(2) in both definitions, and agreement under both nulls."""
        row, nulls = self.row("icc1", "reml"), self.table[self.table["term"] == "rwg"]
        facts: dict[str, Any] = {"units": row.n_units, "n": row.n}
        within = Phrase("scales.agreement.rwg", figures=[_named(one, 2) for _, one in nulls.iterrows()])
        if is_missing(row.estimate):
            return Joined(Phrase("scales.agreement.no_icc1", **facts), within)[lang]
        first, second = (_named(self.row("icc2", method), 3) for method in ("spearman_brown", "mean_reliability"))
        facts |= {"estimate": row.estimate, "low": row.ci_low, "high": row.ci_high, "level": row.ci_level}
        return Joined(
            Phrase("scales.agreement.icc1", method=METHODS["reml"], **facts),
            Phrase("scales.agreement.icc2", first=first, second=second), within,
            Phrase("scales.agreement.no_ground") if not is_missing(row.ci_low) and row.ci_low <= 0 else None,
        )[lang]

    def picture(self, names: bool = True) -> Picture:
        """Each unit's mean with its own interval, and the mean of all rows; units are named along the axis."""
        units = self.units
        labels = worded("label", [alike(str(name) if names else "") for name in units["label"]])
        data = pd.DataFrame({
            **labels, "estimate": units["mean"], "low": units["ci_low"].clip(lower=self.scale[0]),
            "high": units["ci_high"].clip(upper=self.scale[1]), "n": units["n"],
        })
        return self.pictured("intervals", data, Phrase("scales.agreement.axis"), reference=self.mean, digits=1)


def _mapped(estimate: Estimate, change: Callable[[float], float]) -> Estimate:
    """An increasing function of an estimate, with that of its bounds."""
    def bounds(level: float) -> Interval:
        low, high = map(change, estimate.interval(level))
        return low, high

    return Estimate(change(estimate.value), bounds=bounds)


def _named(row: pd.Series, digits: int) -> Phrase:
    """A figure with the name of its method."""
    return Phrase("scales.named", value=Figure(row.estimate, "number", digits), method=METHODS[row.method])


def agreement(
    data: pd.DataFrame, *, items: str | Sequence[str], unit: str, scale: tuple[int, int], level: float | None = None,
) -> Agreement:
    """May the answers of a unit's people be averaged?

    Parameters
    ----------
    data : DataFrame
        One row per respondent. Never changed.
    items : str or sequence of str
        Numeric columns on one scale and of one direction; where there are several, ICC is that of their mean.
    unit : str
        Column of the unit whose head, climate or culture the answers describe.
    scale : tuple of int
        Lowest and highest answer that could be given, such as ``(1, 5)``; steps are whole numbers.
    level : float, optional
        Default: the view's, else 0.95.

    Returns
    -------
    Agreement
        Rows ``icc1`` (``reml``, ``anova``, ``anova_mean_size``), ``icc2`` (``spearman_brown``,
        ``mean_reliability``, ``anova``) and ``rwg`` (``uniform``, ``skewed``); ``units`` holds what each unit gives.

    Raises
    ------
    StatisticsError
        K340, K345, K346, K375 (columns), K390 (scale), K391 (answers outside it), K392 (too few units).

    Notes
    -----
    ICC(1) is the share of variance between units: by REML; from mean squares with ``n0 = (n - sum n_g^2 / n) / (G -
    1)``, which unequal sizes need; and with the mean size, as is often printed. ICC(2) is the reliability of a unit's
    mean: Spearman-Brown at the mean size, the mean over units of each one's own, and ``1 - 1/F``. They differ where
    sizes do. Agreement r_wg(j) sets the variance within a unit against that of random answers; what counts as random
    is an assumption, so that two are shown. Nothing here is a gate: no figure below .70 forbids, or above it allows.

    References
    ----------
    Bliese (2000), in Klein & Kozlowski (eds.), Multilevel Theory, 349-381; LeBreton & Senter (2008), Organizational
    Research Methods 11, 815-852; Woehr, Loignon, Schmidt, Loughry & Ohland (2015), the same 18, 704-737.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"lead": [4, 5, 4, 2, 2, 1], "unit": list("aaabbb")})
    >>> round(float(agreement(answers, items="lead", unit="unit", scale=(1, 5)).row("icc1", "anova").estimate), 3)
    0.912
    """
    ends = tuple(scale) if isinstance(scale, (tuple, list)) else (scale,)
    whole = [int(end) for end in ends if isinstance(end, (int, float, np.number)) and float(end).is_integer()]
    if len(ends) != 2 or len(whole) != 2 or whole[0] >= whole[1]:
        raise StatisticsError("K390", scale=scale)
    return _study(data, listed(items), unit, (whole[0], whole[1])).result(level_of(data, level))


def _study(data: pd.DataFrame, names: tuple[str, ...], unit: str, scale: tuple[int, int]) -> _Answers:
    """Complete rows, checked."""
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise StatisticsError("K375", columns=", ".join(twice))
    found = complete_rows(data, [("items", name) for name in names], [("unit", unit)])
    scores = found.numbers
    outside = (scores < scale[0]) | (scores > scale[1])
    if outside.any():
        at_fault = [names[i] for i in np.flatnonzero(outside.any(axis=0))]
        raise StatisticsError(
            "K391", count=int(outside.sum()), columns=", ".join(at_fault), low=scale[0], high=scale[1]
        )
    codes, labels = found.by_name("unit")
    sizes = np.bincount(codes)
    if len(labels) < 2 or not (sizes > 1).any():
        raise StatisticsError("K392", units=len(labels), rows=len(codes), shared=int((sizes > 1).sum()))
    order = np.lexsort((*scores.T, codes))  # sums in another order of the rows would differ in their last bit
    return _Answers(names, scale, scores[order], codes[order], labels, found.notes)


@dataclass(frozen=True, eq=False)
class _Answers:
    """Complete rows of the items, with what is computed of them once."""

    items: tuple[str, ...]
    scale: tuple[int, int]
    scores: Array
    codes: NDArray[np.intp]
    labels: tuple[str, ...]
    dropped: tuple[Text, ...]

    @cached_property
    def means(self) -> Array:
        return self.scores.mean(axis=1)

    @cached_property
    def sizes(self) -> NDArray[np.intp]:
        return np.bincount(self.codes)

    @cached_property
    def one_way(self) -> OneWay | None:
        """Analysis of variance of the means; None where nobody differs from the others of the unit."""
        products = unit_products(self.means[:, None], self.codes)
        if products.within[0, 0] <= 1e-20 * max(products.between[0, 0], 1.0):
            return None
        return products.one_way()

    @cached_property
    def fitted(self) -> RandomIntercept:
        return random_intercept(np.ones((len(self.means), 1)), self.means, self.codes)

    @cached_property
    def nulls(self) -> dict[str, float]:
        """Variances of random answers that are known for this number of options."""
        options = self.scale[1] - self.scale[0] + 1
        known = {name: null_variance(options, name) for name in ("uniform", "skewed")}
        return {name: value for name, value in known.items() if np.isfinite(value)}

    @cached_property
    def agreed(self) -> dict[str, Array]:
        """r_wg(j) of each unit (G,) under each null; NaN for a unit of one row."""
        variances = within_variances(self.scores, self.codes)
        return {name: rwg(variances, len(self.items), null) for name, null in self.nulls.items()}

    def result(self, level: float) -> Agreement:
        check_level(level)
        return Agreement(
            table=self.sheet.table(level), lead=("icc1", "reml"), notes=self._notes(), recompute=self.result,
            items=self.items, scale=self.scale, units=self._units(level), mean=float(self.means.mean()), level=level,
        )

    @cached_property
    def sheet(self) -> Sheet:
        """ICC(1) and ICC(2), each by its methods, and mean agreement under each null."""
        sheet, counts = Sheet(), (len(self.means), len(self.labels))
        for (term, method), estimate in self._iccs().items():
            sheet.add(term, method, estimate, *counts)
        for name, values in self.agreed.items():
            sheet.add("rwg", name, Estimate(float(np.nanmean(values))), *counts)
        return sheet

    def _iccs(self) -> dict[tuple[str, str], Estimate]:
        """Each of ``_ICCS``; without a value where nobody differs from the others of the unit."""
        if self.one_way is None:
            return dict.fromkeys(_ICCS, Estimate(NAN))
        mean_size, anova, fitted = len(self.means) / len(self.labels), self.one_way, self.fitted
        even = replace(anova, size=mean_size)
        random = Estimate(fitted.icc, bounds=fitted.icc_interval)
        squares, printed = (
            _mapped(Estimate(kind.icc, bounds=kind.icc_interval), lambda icc: max(icc, -1.0)) for kind in (anova, even)
        )
        found = (
            random, squares, printed, _mapped(random, lambda icc: float(spearman_brown(icc, mean_size))),
            _mapped(random, lambda icc: float(spearman_brown(icc, self.sizes).mean())),
            # 1 - 1/F is Spearman-Brown of ICC(1) at the size that ICC(1) was computed with.
            _mapped(squares, lambda icc: max(float(spearman_brown(icc, anova.size)), 0.0)) if anova.f > 1 else Estimate(NAN),
        )
        return dict(zip(_ICCS, found, strict=True))

    def _units(self, level: float) -> pd.DataFrame:
        n = self.sizes
        mean = np.bincount(self.codes, self.means) / n
        spread = within_variances(self.means[:, None], self.codes)
        # A unit whose rows are all equal says nothing of its spread: no interval, rather than one of no width.
        spread = np.where(spread > 1e-20 * np.maximum(mean**2, 1e-300), spread, np.nan)
        half = special.stdtrit(np.maximum(n - 1, 1), 0.5 + level / 2) * np.sqrt(spread / n)
        nothing = np.full(len(n), np.nan)
        reliability = nothing if self.one_way is None else spearman_brown(self.fitted.icc, n)
        columns = {
            "mean": mean, "ci_low": mean - half, "ci_high": mean + half,
            "rwg_uniform": self.agreed["uniform"], "rwg_skewed": self.agreed.get("skewed", nothing),
            "reliability": reliability,
        }
        return pd.DataFrame({"label": list(self.labels), "n": n} | {
            name: pd.array(values, dtype="Float64") for name, values in columns.items()
        })

    def _notes(self) -> tuple[Text, ...]:
        """What was dropped, what each figure is, and what none of them proves."""
        several, alone, options = len(self.items) > 1, int((self.sizes == 1).sum()), self.scale[1] - self.scale[0] + 1
        known = [Phrase("scales.agreement.null_variance", null=METHODS[name], variance=value) for name, value in self.nulls.items()]
        compared = Phrase("scales.agreement.nulls", known=Joined(*known, mark="; "))
        notes: list[Text] = [
            *self.dropped,
            *([Phrase("scales.agreement.mean_of_items", items=len(self.items))] if several else []),
            *self._icc_notes(),
            *([Phrase("scales.agreement.alone", units=alone)] if alone else []),
            compared if "skewed" in self.nulls else Joined(compared, Phrase("scales.agreement.no_skewed", options=options)),
        ]
        for name, values in self.agreed.items():
            low, middle, high = np.nanquantile(values, [0, 0.5, 1])
            notes.append(Phrase("scales.agreement.spread", null=METHODS[name], low=low, middle=middle, high=high))
        everybody = within_variances(self.scores, np.zeros(len(self.codes), dtype=np.intp))
        together = float(rwg(everybody, len(self.items), self.nulls["uniform"])[0])
        return (*notes, Phrase("scales.agreement.everybody", together=together), Phrase("scales.agreement.no_gate"))

    def _icc_notes(self) -> list[Text]:
        """What each figure between units is."""
        if self.one_way is None:
            return [Phrase("scales.agreement.no_spread")]
        mean = len(self.means) / len(self.labels)
        notes = [Phrase("scales.agreement.sizes", mean=mean, n0=self.one_way.size)]
        notes += [Phrase(f"scales.agreement.{name}") for name in ("reliabilities", "no_tests")]
        return [*notes, Phrase("scales.agreement.below_zero")] if self.one_way.icc < 0 else [*notes]

@dataclass(frozen=True, eq=False, repr=False)
class Raters(Result):
    """How far several raters of the same people agree: a column for each, and their complete ratings ``scores`` (n, k)."""

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

    whole = bool((scores == np.round(scores)).all())
    if scores.shape[1] != 2 or not whole or not 1 <= np.ptp(scores) < MOST_CATEGORIES or (np.ptp(scores, axis=0) == 0).all():
        return None  # of two raters who never vary nothing is expected by chance, and nothing beyond it
    levels = np.arange(scores.min(), scores.max() + 1)
    places = (scores - levels[0]).astype(int)
    table = np.zeros((len(levels), len(levels)))
    np.add.at(table, (places[:, 0], places[:, 1]), 1)
    found = cohens_kappa(table, wt="quadratic")
    kappa, error = float(found.kappa), float(found.std_kappa) if found.kappa < 1 else NAN

    def bounds(level: float) -> Interval:
        half = z_quantile(0.5 + level / 2) * error
        return kappa - half, min(kappa + half, 1.0)

    return Estimate(kappa, error, bounds=bounds)
