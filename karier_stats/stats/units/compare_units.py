"""``compare_units``: how far units differ, and how much of that one may believe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.columns import check_level, listed
from karier_stats.stats.contrast import Line
from karier_stats.stats.frame import complete_rows
from karier_stats.stats.numerics import glm, pooling, special
from karier_stats.stats.numerics.cluster import by_appearance, means_by
from karier_stats.stats.numerics.estimate import Array, Estimate, between
from karier_stats.stats.numerics.mixed import random_intercept
from karier_stats.stats.numerics.multiplicity import holm, rank_intervals
from karier_stats.stats.numerics.pooling import Pooled, Posterior, binomial_chances, count_chances
from karier_stats.stats.numerics.shares import wilson
from karier_stats.stats.numerics.unit_products import unit_products
from karier_stats.stats.picture import Picture, alike, worded
from karier_stats.stats.results import METHODS, Result, Sheet
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text, decimals

FEWEST = 4
"""Fewer units than this are not compared."""
_NOTHING = 1e-8
"""A spread within units below this share of the variance is rounding, not spread."""


@dataclass(frozen=True, eq=False)
class UnitEstimates:
    """What each unit gives, in the order of the units' names: complete rows ``n``, adjusted estimate ``values`` and its sampling
    variance if units do not differ (G,).

    ``given`` (G,) are the positions of the units in the order in which the data name them; ``target`` the mean over all rows;
    ``dof`` that of the pooled spread within units, infinite for shares; ``tau2`` the variance between units where the rows
    gave it. For shares counts ``observed`` and ``expected`` (from the covariates, or the share of all), and ``chances``, the
    distribution of each unit's count if units do not differ.
    """

    kind: str
    labels: tuple[str, ...]
    given: NDArray[np.intp]
    n: NDArray[np.intp]
    values: Array
    variances: Array
    target: float
    notes: tuple[Text, ...]
    dof: float = np.inf
    tau2: float | None = None
    observed: NDArray[np.intp] | None = None
    expected: Array | None = None
    chances: Sequence[Array] = ()

    @property
    def scale(self) -> Array:
        """What turns a share of the unit's people into its value: 1 where shares are not standardised."""
        assert self.expected is not None
        return self.target * self.n / self.expected


def read_units(data: pd.DataFrame, outcome: str, unit: str, adjust: Sequence[str]) -> UnitEstimates:
    """Check the columns, drop incomplete rows with a count, and estimate each unit; K340, K343-K347, K353, K355, K395."""
    found = complete_rows(data, [("outcome", outcome)], [("unit", unit)], adjust)
    (codes, labels), y = found.by_name("unit"), found.numbers[:, 0]
    if len(labels) < FEWEST:
        raise StatisticsError("K395", units=len(labels))
    if np.ptp(y) == 0:
        raise StatisticsError("K344", column=outcome, rows=len(y))
    X = np.column_stack([np.ones(len(y)), found.adjust - found.adjust.mean(axis=0)])
    Line(X, y).named(["1", *found.adjust_names])  # refuses collinear columns by name
    kind, estimated = ("share", _shares) if np.isin(y, (0, 1)).all() else ("mean", _means)
    # Positions of the units as the data name them: by category where it is one, else by first appearance.
    units, declared = found.labels["unit"], isinstance(data[unit].dtype, pd.CategoricalDtype)
    order = units.order if declared else dict.fromkeys(units.text.tolist())
    given = np.array([labels.index(label) for label in order], dtype=np.intp)
    return UnitEstimates(kind, labels, given, np.bincount(codes), notes=found.notes, **estimated(X, y, codes))


def _means(X: Array, y: Array, codes: NDArray[np.intp]) -> dict[str, Any]:
    """Means at average covariates, with one spread within units."""
    unit_products(y[:, None], by_appearance(codes)).one_way()  # refuses rows that do not differ within any unit
    n = np.bincount(codes)
    dof = len(y) - len(n) - X.shape[1] + 1
    if dof < 1:
        raise StatisticsError("K347", rows=len(y), coefficients=len(y) - dof, needed=len(y) - dof + 1)
    fitted = random_intercept(X, y, codes)
    if fitted.residual_variance <= _NOTHING * (fitted.between_variance + fitted.residual_variance):
        raise StatisticsError("K355", units=len(n), rows=len(y))
    means = means_by(np.column_stack([y, X[:, 1:]]), codes)[1]
    values = means[:, 0] - means[:, 1:] @ fitted.coef[1:]
    return {"values": values, "variances": fitted.residual_variance / n, "target": float(n @ values / n.sum()), "dof": float(dof),
            "tau2": fitted.between_variance}


def _shares(X: Array, y: Array, codes: NDArray[np.intp]) -> dict[str, Any]:
    """Shares, by indirect standardisation where there are covariates."""
    n, share = np.bincount(codes), float(y.mean())
    each = glm.fit(glm.Rows(X, y), "logit").predict(X) if X.shape[1] > 1 else np.full(len(y), share)
    observed = np.bincount(codes, y).round().astype(np.intp)
    expected, spread = (np.bincount(codes, weight).astype(float) for weight in (each, each * (1 - each)))
    chances = (
        [count_chances(each[codes == g]) for g in range(len(n))] if X.shape[1] > 1
        else [binomial_chances(share, int(size)) for size in n]
    )
    return {"values": share * observed / expected, "variances": share**2 * spread / expected**2, "target": share,
            "observed": observed, "expected": expected, "chances": chances}


DRAWS = 4000
"""Draws of the true values behind the intervals of ranks."""
NAMES_TO = 60
"""Up to so many units carry their names in the picture."""
_VALUES = {"own_rows": ("raw", "raw_low", "raw_high"), "shrunken": ("estimate", "ci_low", "ci_high")}
_MANY = 1e9
"""Degrees of freedom that stand for a known spread."""
LIMITS = {"95": 0.95, "998": 0.998}
"""Levels of the funnel's two limits."""


@dataclass(frozen=True, eq=False, repr=False)
class Units(Result):
    """Units side by side, none of them ranked without saying how sure the rank is.

    ``outcome`` and ``unit`` name the columns, ``adjust`` the covariates that the units' values are adjusted for; ``kind`` is mean
    or share, ``target`` the mean over all rows, about which the funnel stands. ``units`` has one row per unit in the order of the
    data, never by value: ``label, n, observed, expected, raw, raw_low, raw_high, estimate, ci_low, ci_high, rank_low, rank_high,
    rank_all_low, rank_all_high, low_95, high_95, low_998, high_998, wide_low, wide_high, outside, outside_wide, p_value, p_holm``.
    ``observed`` and ``expected`` are counts and belong to shares. ``outside`` is ``""``, ``"95"`` or ``"99.8"``.
    """

    outcome: str
    unit: str
    adjust: tuple[str, ...]
    kind: str
    target: float
    units: pd.DataFrame

    def sentence(self, lang: str = "id") -> str:
        """How far units differ beyond chance, how many stand out, and how little a rank says."""
        row, places = self.headline, self.units["rank_high"] - self.units["rank_low"] + 1
        beyond, far = (int(self.units["outside"].isin(which).sum()) for which in (("95", "99.8"), ("99.8",)))
        what = Phrase(f"units.compare.{'adjusted' if self.adjust else 'plain'}", outcome=self.outcome, adjust=self.adjust)
        spread = Phrase(
            f"units.compare.{'apart' if row.ci_low > 0 else 'not_apart'}", what=what, size=self._told(row.estimate),
            low=self._told(row.ci_low), high=self._told(row.ci_high), level=row.ci_level, method=METHODS[row.method],
            units=row.n_units, n=row.n, unit=Phrase("units.points") if self.kind == "share" else "",
        )
        outside = Phrase(
            "units.compare.outside", beyond=beyond, far=far, units=len(self.units), by_chance=0.05 * len(self.units),
            holm=int((self.units["p_holm"] < 0.05).sum()),
        )
        return Joined(
            spread, outside, Phrase("units.compare.no_league_table", wide=places.mean(), units=len(self.units))
        )[lang]

    def frame(self, kind: str) -> pd.DataFrame:
        """One row per unit, in the order of the data and never by value."""
        units = self.units
        places = [f"{int(low)}–{int(high)}" for low, high in zip(units["rank_low"], units["rank_high"], strict=True)]
        ranks: list[Any] = [{"id": place, "en": place} for place in places]
        outside: list[Any] = [Phrase(f"units.outside.{str(kind).replace('.', '_') or 'none'}") for kind in units["outside"]]
        low, high = ((units[name].astype(float).clip(0, 1) if self.kind == "share" else units[name].astype(float))
                     for name in ("ci_low", "ci_high"))
        rows = units[["label", "n", "raw", "estimate"]].astype({"n": int, "raw": float, "estimate": float})
        rows = rows.rename(columns={"label": self.unit}).assign(low=low, high=high, rank=ranks, outside=outside)
        rows.attrs = {"as": {self.unit: "label"}}
        return rows

    @property
    def scale(self) -> float:
        """Shares are told in percent."""
        return 100.0 if self.kind == "share" else 1.0

    def _told(self, value: float) -> Figure:
        """A value with two figures of the upper end of the spread between units."""
        return Figure(self.scale * value, "number", decimals(self.scale * float(self.headline.ci_high)))

    def picture(self, names: bool = False) -> Picture:
        """Funnel: each unit's value against its number of rows, on its limits of chance; on request with ``names``."""
        units, named = self.units, names and len(self.units) <= NAMES_TO
        value = Phrase(f"units.value{'_in_percent' if self.kind == 'share' else ''}", outcome=self.outcome)
        ends = {"y_low": "low_95", "y_high": "high_95", "far_low": "low_998", "far_high": "high_998"}
        data = pd.DataFrame({
            **worded("label", [alike(str(name) if named else "") for name in units["label"]]), "x": units["n"],
            "y": self.scale * units["raw"], **{end: self.scale * units[limit] for end, limit in ends.items()},
            "tone": np.where(units["outside"] != "", "awas", "netral"), "named": named,
        })
        return self.pictured(
            "units", data, Phrase("units.compare.picture.rows"), value, reference=self.scale * self.target,
            note=Phrase("units.compare.picture.limits"), ranked=False,
        )


def compare_units(
    data: pd.DataFrame, *, outcome: str, unit: str, adjust: str | Sequence[str] = (), level: float = 0.95, seed: int = 0
) -> Units:
    """Compare units without a league table.

    Parameters
    ----------
    data : DataFrame
        One row per person. Never changed.
    outcome : str
        A number, or 0/1 (share).
    unit : str
        Column of the unit.
    adjust : str or sequence of str
        Covariates that units should not be held to account for, such as age or status of their staff.
    level : float
        Level of the intervals; funnel limits are always those of 95 and 99.8 percent.
    seed : int
        Of the draws behind the intervals of ranks.

    Returns
    -------
    Units
        Rows ``between_sd`` (``reml``), ``pooled_mean`` (``hartung_knapp``), ``new_unit`` (``hartung_knapp``,
        ``averaged``), and for each unit ``unit_value[<unit>]`` by ``own_rows`` and ``shrunken``; the rest is in
        ``units``.

    Raises
    ------
    StatisticsError
        K340, K343-K347 (columns), K349 (level), K353 (adjustment separates the outcome), K355 (no spread within
        units), K395 (fewer than 4 units).

    Notes
    -----
    Means are adjusted by the slopes of a random-intercept model and have one spread within units; shares are adjusted
    by indirect standardisation, observed over expected from a logit without units, times the share of all. The
    variance between units is REML's. Shrunken estimates are empirical Bayes; their intervals, and those of ranks,
    average over what that variance may be (flat prior on the standard deviation), so that an estimate of zero does not
    make units equal; Hartung and Knapp's interval for another unit takes it as known, the row ``averaged`` does not.
    Limits of the funnel are exact for counts and Student's t for means and allow for chance only; ``wide_low`` and
    ``wide_high`` also for ordinary differences between units (95 percent). Units are listed as they come.

    References
    ----------
    Goldstein & Spiegelhalter (1996), J. Royal Statistical Society A 159, 385-443; Spiegelhalter (2005), Statistics in
    Medicine 24, 1185-1202; Partlett & Riley (2017), the same 36, 301-317 (another unit); Mogstad, Romano, Shaikh &
    Wilhelm (2024), Review of Economic Studies 91, 476-518 (ranks).

    Examples
    --------
    >>> import pandas as pd
    >>> staff = pd.DataFrame({"hours": [4, 6, 5, 9, 4, 8, 7, 6], "unit": list("aabbccdd")})
    >>> compare_units(staff, outcome="hours", unit="unit").units["n"].tolist()
    [2, 2, 2, 2]
    """
    names = listed(adjust)
    return _Comparison(read_units(data, outcome, unit, names), outcome, unit, names, seed).result(level)


def _around(value: float, span: Sequence[float] | Array, **known: Any) -> Estimate:
    """A value with bounds that hold it."""
    return between(value, min(span[0], value), max(span[1], value), **known)


@dataclass(frozen=True, eq=False)
class _Comparison:
    """Units' estimates, with what is computed of them once; in the order of the units' names."""

    found: UnitEstimates
    outcome: str
    unit: str
    adjust: tuple[str, ...]
    seed: int

    @property
    def top(self) -> float:
        """Largest value that can be: 1 for a share that is not standardised."""
        return 1.0 if self.found.kind == "share" and not self.adjust else np.inf

    @cached_property
    def pooled(self) -> Pooled:
        found = self.found
        if found.tau2 is None:
            return pooling.fit(found.values, found.variances)
        return Pooled(found.values, found.variances, found.tau2)

    @cached_property
    def posterior(self) -> Posterior:
        """True values with the variance between units unknown."""
        return Posterior(self.found.values, self.found.variances)

    def result(self, level: float) -> Units:
        check_level(level)
        units, pooled, sheet = self._frame(self._columns(level) | self._chance()), self.pooled, Sheet()
        sizes = int(self.found.n.sum()), len(self.found.n)
        sd, mean, dof = float(np.sqrt(pooled.tau2)), pooled.mean, pooled.dof
        sheet.add("between_sd", "reml", _around(sd, np.sqrt(pooling.tau2_interval(pooled, level))), *sizes)
        for term, method, span, known in (
            ("pooled_mean", "hartung_knapp", pooled.mean_interval(level), {"std_error": pooled.std_error, "dof": dof}),
            ("new_unit", "hartung_knapp", pooled.new_unit_interval(level), {"dof": dof}),
            ("new_unit", "averaged", self.posterior.new_unit_interval(level), {}),
        ):
            sheet.add(term, method, _around(mean, self._kept(np.array(span)), **known), *sizes)
        errors = {"own_rows": np.sqrt(self.found.variances), "shrunken": self.posterior.std_errors}
        for g, row in zip(self.found.given, units.to_dict("records"), strict=True):
            for method, columns in _VALUES.items():
                value = between(*(row[name] for name in columns), std_error=errors[method][g])
                sheet.add(f"unit_value[{row['label']}]", method, value, row["n"])
        return Units(
            sheet.table(level), ("between_sd", "reml"), self._notes(), self.result, self.outcome, self.unit, self.adjust,
            self.found.kind, self.found.target, units,
        )

    def _kept(self, values: Array) -> Array:
        return np.clip(values, 0.0, self.top) if self.found.kind == "share" else values

    def _columns(self, level: float) -> dict[str, Any]:
        """Everything that is told of each unit (G,), in the order of the names."""
        found, estimate = self.found, self.pooled.shrunken()[0]
        low, high = (self._kept(bound) for bound in self.posterior.interval(level))
        raw_low, raw_high = self._own_interval(level)
        rank_low, rank_high = self.posterior.ranks(level, DRAWS, np.random.default_rng(self.seed))
        errors = np.sqrt(found.variances)
        sure_low, sure_high = rank_intervals(found.values, errors, np.full(len(errors), min(found.dof, _MANY)), level)
        return {
            "raw": found.values, "raw_low": raw_low, "raw_high": raw_high, "estimate": estimate,
            "ci_low": np.minimum(low, estimate), "ci_high": np.maximum(high, estimate),
            "rank_low": rank_low, "rank_high": rank_high, "rank_all_low": sure_low, "rank_all_high": sure_high,
        }

    def _own_interval(self, level: float) -> tuple[Array, Array]:
        """Interval of each unit from its own rows: t with the pooled spread, or Wilson."""
        found = self.found
        if found.kind == "mean":
            low, high = pooling.mean_limits(0.0, np.sqrt(found.variances), found.dof, level)
            return found.values + low, found.values + high
        assert found.observed is not None
        low, high = wilson(found.observed, found.n, level)
        return low * found.scale, high * found.scale

    def _chance(self) -> dict[str, Any]:
        """Limits of the funnel and what lies beyond them."""
        found = self.found
        columns: dict[str, Any] = {}
        for name, level in LIMITS.items():
            low, high = self._limits(level)
            columns |= {f"low_{name}": low, f"high_{name}": high}
        spread = np.sqrt(found.variances + self.pooled.tau2)
        low, high = (self._kept(bound) for bound in pooling.mean_limits(self.pooled.mean, spread, np.inf, 0.95))
        columns |= {"wide_low": low, "wide_high": high}
        beyond = {
            name: (found.values < columns[f"low_{name}"]) | (found.values > columns[f"high_{name}"]) for name in LIMITS
        }
        if found.kind == "mean":
            p = 2 * special.stdtr(found.dof, -np.abs(found.values - found.target) / np.sqrt(found.variances))
        else:
            assert found.observed is not None
            p = np.array([
                pooling.tail_p(mass, int(count)) for mass, count in zip(found.chances, found.observed, strict=True)
            ])
        return columns | {
            "outside": np.where(beyond["998"], "99.8", np.where(beyond["95"], "95", "")),
            "outside_wide": (found.values < low) | (found.values > high), "p_value": p, "p_holm": holm(p),
        }

    def _limits(self, level: float) -> tuple[Array, Array]:
        """Limits of chance for each unit's own size."""
        found = self.found
        if found.kind == "mean":
            return pooling.mean_limits(found.target, np.sqrt(found.variances), found.dof, level)
        low, high = pooling.count_limits(found.chances, level)
        return low * found.scale, high * found.scale

    def _frame(self, columns: dict[str, Any]) -> pd.DataFrame:
        found = self.found
        counts = {
            name: pd.array(np.full(len(found.n), np.nan) if values is None else values.astype(float), dtype="Float64")
            for name, values in (("observed", found.observed), ("expected", found.expected))
        }
        frame = pd.DataFrame({"label": list(found.labels), "n": found.n, **counts, **columns})
        return frame.iloc[found.given].reset_index(drop=True)

    def _notes(self) -> tuple[Text, ...]:
        """What was dropped, how units were adjusted, and what each column may be used for."""
        found = self.found
        notes = [*found.notes, Phrase(f"units.compare.spread.{found.kind}")]
        if self.adjust:
            notes.append(Phrase(f"units.compare.adjusting.{found.kind}", columns=self.adjust))
        if self.pooled.tau2 == 0:
            notes.append(Phrase("units.compare.no_variance"))
        units = len(found.n)
        return (
            *notes, Phrase("units.compare.new_unit"), Phrase("units.compare.limits", units=units, by_chance=0.05 * units),
            Phrase("units.compare.ranks", draws=DRAWS, seed=self.seed), Phrase("units.compare.no_league"),
        )
