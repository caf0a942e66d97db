"""``every_way``: one association asked in every way that was declared beforehand, none of them picked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.stats.association.slopes import Slopes, filled
from karier_stats.stats.association.specification import specifications
from karier_stats.stats.columns import refuse_absent
from karier_stats.stats.effect import Framed, effect
from karier_stats.words import Joined, Phrase, catalogue
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    import pandas as pd

PLAIN, ALSO, ALL = "plain", "also", "all"


@dataclass(frozen=True, eq=False)
class Curve(Framed):
    """The median of all ways, with the curve that they make.

    Parameters
    ----------
    outcomes : tuple of str
        Columns that were asked about.
    also : tuple of str
        Covariates of half of the ways; empty where nothing is known.
    """

    outcomes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def frame(self, kind: str) -> pd.DataFrame:
        """Every way in the order of the estimates."""
        import pandas as pd

        rows = self.result.computed
        codes = rows[["outcome", "adjust", "sample"]].astype(str).to_numpy()
        labels = [Joined(*map(way, of), mark=", ") for of in codes]
        estimate = rows["estimate"].to_numpy(float)
        return pd.DataFrame({"label": labels, "estimate": estimate, "low": np.nan, "high": np.nan, "n": self.n})


def way(code: str) -> Text:
    """What an option is called; its own name where the catalogue has none."""
    key = f"slopes.option.{code}"
    return Phrase(key) if catalogue.has(key) else {"id": code, "en": code}


def every_way(found: Slopes, *, outcomes: Sequence[str], samples: Sequence[str] = (), draws: int = 99) -> Curve:
    """Outcome × adjustment × sample by unit means, and a joint test of them all.

    Parameters
    ----------
    found : Slopes
        The main answer: its covariates, and those that it ``also`` looked at, make the two adjustments.
    outcomes : sequence of str
        Columns that can stand for the outcome.
    samples : sequence of str
        Columns of yes and no: all rows, and only those where each is true.
    draws : int
        Permutations of the whole curve; the smallest joint p is ``1 / (draws + 1)``.

    Raises
    ------
    StatisticsError
        As :func:`~karier_stats.stats.association.specification.specifications`.
    """
    refuse_absent(found.data, [("samples", name) for name in samples])
    adjust: dict[str, Any] = {PLAIN: found.adjust, **({ALSO: (*found.adjust, *found.also)} if found.also else {})}
    chosen = {name: (lambda rows, name=name: rows[name].astype(bool)) for name in samples}
    curve = specifications(
        filled(found.data, found.also), on=found.fit.on, unit=found.unit, draws=draws, level=found.level,
        seed=found.seed,
        choices={"outcome": {name: name for name in outcomes}, "adjust": adjust, "sample": {ALL: None, **chosen},
                 "method": {"unit_means": "unit_means"}},
    )
    signs = np.sign(curve.computed["estimate"])
    robust = bool((signs == np.sign(float(curve.headline["estimate"]))).all())
    told = effect(curve, of=found.data, design="association", measure="sd_per_sd", robust=robust)
    return Curve(told.value, told.n, told.design, told.measure, n_units=told.n_units, robust=robust,
                 sentence=told.sentence, about=told.about, result=curve, outcomes=tuple(outcomes), also=found.also)
