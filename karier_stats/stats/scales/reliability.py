"""``reliability``: how consistently the items of a scale order the same people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import check_level, is_number, listed, measured, refuse_absent, settled, takes
from karier_stats.stats.description.contrasts import Gap, contrast
from karier_stats.stats.description.describe import shares
from karier_stats.stats.effect import Effect, Refused, effect, tried
from karier_stats.stats.frame import complete_rows
from karier_stats.stats.numerics import special
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, Interval
from karier_stats.stats.numerics.factor import OneFactor, fit_many, one_factor
from karier_stats.stats.picture import Picture, alike, worded
from karier_stats.stats.results import Result, Sheet, base_term, make_table
from karier_stats.stats.scales.agreement import told
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import Text

LEVEL = 0.95
OMEGA_ROWS = 100
"""Fewer complete rows than this give no omega (validity.md, section 4)."""
WORST_SRMR, LEAST_CFI = 0.08, 0.90
"""Beyond these the items do not measure one thing, and omega of one factor has no meaning (Hu & Bentler 1999)."""
RESAMPLES = 999
_NO_OMEGA = "scales.reliability.no_omega"


@dataclass(frozen=True, eq=False, repr=False)
class Reliability(Result):
    """Reliability of the sum (or mean) of a scale's ``items`` (columns).

    ``reversed_items`` go against the rest; named, never turned.
    """

    items: tuple[str, ...]
    reversed_items: tuple[str, ...]

    def sentence(self, lang: str = "id") -> str:
        """Omega and alpha with their intervals, and the items that run the other way."""
        terms = set(self.table["term"])
        figures = [
            Phrase(f"scales.reliability.{name}", value=told(self.row(name), 3)) for name in ("omega", "alpha")
            if name in terms
        ]
        against = self.reversed_items
        return Joined(
            Phrase("scales.reliability.score", items=len(self.items), figures=figures, n=self.headline.n),
            Phrase("scales.reliability.unusable", reversed=against, count=len(against)) if against else None,
        )[lang]

    def picture(self) -> Picture:
        """One point per item: its correlation with the rest."""
        rows = self.table[self.table["term"].str.startswith("item_rest[")]
        labels = worded("label", [alike(base_term(term)[1]) for term in rows["term"]])
        return self.pictured("intervals", rows[["estimate", "n"]].assign(**labels), alike("r"), digits=2)


def reliability(data: pd.DataFrame, *, items: str | Sequence[str]) -> Reliability:
    """How reliable the sum of a scale's items is.

    Parameters
    ----------
    data : DataFrame
        One row per respondent. Never changed.
    items : sequence of str
        Two or more numeric columns, all of one direction.

    Returns
    -------
    Reliability
        Rows ``alpha`` (``feldt``), ``omega`` (``bootstrap``; where there are 100 complete rows and one factor
        fits), and ``item_rest[<item>]`` (``raw``). ``result.interval(level)`` gives other levels than 0.95.

    Raises
    ------
    StatisticsError
        K325, K370-K376: fewer than two items, an item that is absent, constant,
        repeated or not numeric, fewer than three complete rows.

    Notes
    -----
    Rows with a gap in any item are dropped and counted. Alpha is ``k/(k-1) (1 - sum of variances / variance of
    the sum)`` with Feldt's exact interval (F with n-1 and (n-1)(k-1) degrees of freedom). Omega is the share of
    the factor in the variance of the sum under one factor by maximum likelihood, with a percentile bootstrap;
    refused where SRMR exceeds 0.08 or CFI is below 0.90. High alpha is no proof that the items measure one thing. An
    item whose correlation with the rest is negative is named and never turned.

    References
    ----------
    Cronbach (1951), Psychometrika 16, eq. 2; Feldt (1965), Psychometrika 30, 357-370; McDonald (1999), Test
    Theory, eq. 6.21; Kelley & Pornprasertmanit (2016), Psychological Methods 21, 69-92 (bootstrap).

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2, 1, 4, 3]})
    >>> round(float(reliability(answers, items=["a", "b"]).row("alpha").estimate), 4)
    0.75
    """
    names = listed(items)
    return _ScaleRows(names, *_complete(data, names)).result(LEVEL)


def reliabilities(
    data: pd.DataFrame, *, parts: Mapping[str, Sequence[str]] | None = None, level: float | None = None,
) -> dict[str, Effect | Refused]:
    """Alpha of each part of a scale, or why it cannot be assessed; a part of a single item has none.

    Parameters
    ----------
    data : DataFrame
        One row per respondent, such as a view of survey answers.
    parts : mapping of str to sequence of str, optional
        Columns of the items of each part. Default: the parts that the view knows.
    level : float, optional
        Default: the view's, else 0.95.

    Returns
    -------
    dict
        The first part that has several items under an empty name. Sentences are those of :func:`reliability`.
    """
    wanted = {name: items for name, items in (parts or data.attrs["parts"]).items() if len(items) > 1}
    at = level or data.attrs.get("level", LEVEL)
    return {"" if place == 0 else name: _alpha(data, items, at) for place, (name, items) in enumerate(wanted.items())}


def _alpha(data: pd.DataFrame, items: Sequence[str], level: float) -> Effect | Refused:
    """Alpha of one part among those who answered any of its items; it is precise within a tenth."""
    answered = data[data[list(items)].notna().any(axis=1)]
    result = tried(reliability, answered, items=sorted(items))  # their order must not reach the last digit
    if isinstance(result, Refused):
        return result
    leveled = result.recompute(level)
    found = effect(leveled, "alpha", of=data, design="descriptive", measure="alpha")
    return replace(
        found, precise=bool(found.value.high - found.value.low <= 0.1), about={**found.about, "coverage": None},
        sentence={lang: leveled.sentence(lang) for lang in ("id", "en")},
    )


def alpha(scores: Array) -> float:
    """Cronbach's alpha of ``scores`` (n, k)."""
    k = scores.shape[1]
    return float(k / (k - 1) * (1 - scores.var(axis=0, ddof=1).sum() / scores.sum(axis=1).var(ddof=1)))


def feldt_interval(estimate: float, n: int, k: int, level: float) -> tuple[float, float]:
    """Feldt's (1965) interval of alpha from ``n`` rows and ``k`` items."""
    upper, lower = (float(special.fdtri(n - 1, (n - 1) * (k - 1), 0.5 + side * level / 2)) for side in (1, -1))
    return 1 - (1 - estimate) * upper, 1 - (1 - estimate) * lower


def item_rest(scores: Array) -> Array:
    """Correlation of each item with the sum of the others (k,); NaN where that sum is constant."""
    rest = scores.sum(axis=1, keepdims=True) - scores
    a, b = scores - scores.mean(axis=0), rest - rest.mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (a * b).sum(axis=0) / np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))


def omega_draws(scores: Array, resamples: int, rng: np.random.Generator) -> Array:
    """Omega of resampled rows; resamples without a fit are left out.

    Rows are sorted first, so that their order in the data touches no draw.
    """
    ordered = scores[np.lexsort(scores.T[::-1])]
    n = len(ordered)
    S = np.stack([np.cov(ordered[rng.integers(0, n, n)].T) for _ in range(resamples)])
    scale = np.sqrt(np.einsum("bii->bi", S))
    usable = (scale > 0).all(axis=1)
    S, scale = S[usable], scale[usable]
    loadings, unique, converged = fit_many(S / (scale[:, :, None] * scale[:, None, :]))
    common = (loadings * scale).sum(axis=1) ** 2
    return (common / (common + (unique * scale**2).sum(axis=1)))[converged]


def _complete(data: pd.DataFrame, names: tuple[str, ...]) -> tuple[Array, int]:
    """Complete rows of the items (n, k) and the number of rows there were."""
    if len(names) < 2:
        raise StatisticsError("K370", items=len(names))
    _refuse("K375", sorted({name for name in names if names.count(name) > 1}))
    _refuse("K371", [name for name in names if name not in data.columns], known=", ".join(map(str, data.columns)))
    roles = [("items", name) for name in names]
    refuse_absent(data, roles)
    _refuse("K374", [name for name in names if not is_number(settled(data[name]))])
    full = complete_rows(data, roles).numbers
    if len(full) < 3:
        gaps = [int(np.isnan(measured(data[name], role)).sum()) for role, name in roles]
        raise StatisticsError("K373", rows=len(full), total=len(data), emptiest=names[int(np.argmax(gaps))])
    constant = [name for name, spread in zip(names, np.ptp(full, axis=0), strict=True) if spread == 0]
    _refuse("K372", constant, rows=len(full))
    if np.ptp(full.sum(axis=1)) <= 1e-12 * np.abs(full).max():
        raise StatisticsError("K376", rows=len(full))
    return full, len(data)


def _refuse(code: str, columns: Sequence[str], **values: object) -> None:
    """Raise ``code`` where columns are at fault."""
    if columns:
        raise StatisticsError(code, columns=", ".join(columns), **values)


@dataclass(frozen=True, eq=False)
class _ScaleRows:
    """The complete rows of a scale, with what is computed of them once."""

    names: tuple[str, ...]
    scores: Array
    total: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.scores.shape[0], self.scores.shape[1]

    @cached_property
    def factor(self) -> OneFactor | Text:
        """The one-factor model, or the reason why there is none."""
        n, k = self.shape
        if n < OMEGA_ROWS:
            return Phrase(f"{_NO_OMEGA}.few_rows", rows=n, least=OMEGA_ROWS)
        if k < 3:
            return Phrase(f"{_NO_OMEGA}.two_items")
        S = np.cov(self.scores.T)
        scale = np.sqrt(np.diag(S))
        if np.linalg.eigvalsh(S / np.outer(scale, scale))[0] < 1e-8:
            return Phrase(f"{_NO_OMEGA}.same_items")
        fitted = one_factor(S, n)
        if not fitted.converged or fitted.edge:
            return Phrase(f"{_NO_OMEGA}.no_fit")
        if fitted.srmr > WORST_SRMR or fitted.cfi < LEAST_CFI:
            return Phrase(f"{_NO_OMEGA}.poor_fit", srmr=fitted.srmr, cfi=fitted.cfi)
        return fitted

    @cached_property
    def draws(self) -> Array:
        """Bootstrap draws of omega; the generator's seed is fixed, as every level must speak of the same draws."""
        return omega_draws(self.scores, RESAMPLES, np.random.default_rng(0))

    def omega_interval(self, level: float) -> Interval:
        """Percentile interval; none where more than one resample in twenty has no fit."""
        if len(self.draws) < 0.95 * RESAMPLES:
            return NAN, NAN
        low, high = np.quantile(self.draws, [0.5 - level / 2, 0.5 + level / 2])
        return float(low), float(high)

    @cached_property
    def sheet(self) -> Sheet:
        (n, k), sheet, estimate, rest = self.shape, Sheet(), alpha(self.scores), item_rest(self.scores)
        feldt = Estimate(estimate, dof=n - 1, bounds=lambda level: feldt_interval(estimate, n, k, level))
        sheet.add("alpha", "feldt", feldt, n)
        if n < self.total:
            sheet.note(Phrase("scales.reliability.dropped", dropped=self.total - n, total=self.total))
        if self.against:
            sheet.note(Phrase("scales.reliability.against", items=self.against))
        if np.isnan(rest).any():
            sheet.note(Phrase("scales.reliability.rest_constant"))
        if isinstance(self.factor, OneFactor):
            sheet.add("omega", "bootstrap", Estimate(self.factor.omega, bounds=self.omega_interval), n)
            fits = Phrase("scales.reliability.fits", srmr=self.factor.srmr, cfi=self.factor.cfi)
            sheet.note(fits if k > 3 else Phrase("scales.reliability.three_items"))
            if np.isnan(self.omega_interval(LEVEL)[0]):
                sheet.note(Phrase("scales.reliability.no_interval"))
        else:
            sheet.note(self.factor)
        for name, r in zip(self.names, rest, strict=True):
            sheet.add(f"item_rest[{name}]", "raw", Estimate(float(r)), n)
        sheet.note(Phrase("scales.reliability.empty_cells"), Phrase("scales.reliability.no_proof"))
        return sheet

    @cached_property
    def against(self) -> tuple[str, ...]:
        return tuple(name for name, r in zip(self.names, item_rest(self.scores), strict=True) if r < 0)

    def result(self, level: float) -> Reliability:
        check_level(level)
        return Reliability(
            table=make_table(row.record(level) | {"ci_level": level} for row in self.sheet.rows),
            lead=("omega", "bootstrap") if isinstance(self.factor, OneFactor) else ("alpha", "feldt"),
            notes=tuple(self.sheet.notes), recompute=self.result, items=self.names, reversed_items=self.against,
        )


@takes("of", numeric=("of",))
def promoters(data: pd.DataFrame, *, of: str, promoter: float = 9, detractor: float = 6) -> Gap | None:
    """How many more people would recommend something than would not.

    Parameters
    ----------
    data : DataFrame
        One row per respondent; rows without an answer are left out.
    of : str
        A column of answers from 0 to 10 to how likely they are to recommend it.
    promoter, detractor : float
        From this answer on a respondent promotes, and up to that one detracts.

    Returns
    -------
    Gap or None
        The share of promoters less that of detractors, of the same people (Bonett and Price 2012).

    References
    ----------
    Reichheld (2003), Harvard Business Review 81(12), 46-54.
    """
    if not promoter > detractor:
        raise StatisticsError("K317", name="promoter", value=promoter, rule=f"promoter > {detractor}")
    rows = data[data[of].notna()]
    sides = [rows[of] >= promoter, rows[of] <= detractor]
    stand = np.select(sides, ["promoter", "detractor"], "passive")
    return contrast(shares(rows.assign(stand=stand), of="stand", value=["promoter", "detractor"]), "promoter", "detractor")
