"""Pictures of how well something measures, and of what a plan could see; nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.panels import MARKED, PLAIN, bubbles, no_change, panel
from karier_stats.words import Phrase

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

NAMES_TO = 40
"""Up to so many units are named along the axis."""


def draw_agreement(result: Any, ax: Axes | None, lang: str, names: bool) -> Axes:
    """Each unit's mean with its own interval, and the mean of all rows."""
    units = result.units
    ax = panel(ax, 6.5, max(3.0, 0.25 * min(len(units), NAMES_TO) + 1))
    places = np.arange(len(units))[::-1]
    low, high, mean = (units[name].to_numpy(dtype=float, na_value=np.nan) for name in ("ci_low", "ci_high", "mean"))
    known = np.isfinite(low)
    ends = np.maximum(low, result.scale[0]), np.minimum(high, result.scale[1])
    ax.hlines(places[known], ends[0][known], ends[1][known], PLAIN)
    ax.scatter(mean, places, s=22, color=PLAIN, zorder=3)
    no_change(ax, at=result.mean)
    shown = names and len(places) <= NAMES_TO
    ax.set_yticks(places if shown else [], units["label"] if shown else [])
    ax.set_ylabel("" if shown else Phrase("scales.agreement.unit")[lang])
    ax.set_xlabel(Phrase("scales.agreement.axis")[lang])
    return ax


def draw_raters(result: Any, ax: Axes | None) -> Axes:
    """How many people got which pair of ratings from the first two raters, beside the line of equal ratings."""
    ax = panel(ax, 4.5, 4.5)
    pairs, counts = np.unique(result.scores[:, :2], axis=0, return_counts=True)
    bubbles(ax, pairs[:, 0], pairs[:, 1], 20 + 380 * counts / counts.max())
    ends = [result.scores.min(), result.scores.max()]
    ax.plot(ends, ends, color="0.35", linewidth=0.8, linestyle="--")
    ax.set_xlabel(result.raters[0])
    ax.set_ylabel(result.raters[1])
    return ax


def draw_items(rows: pd.DataFrame, ax: Axes | None) -> Axes:
    """One point per item: its correlation with the rest."""
    ax = panel(ax, 6, 0.4 * len(rows) + 1)
    names = [term.partition("[")[2].removesuffix("]") for term in rows["term"]]
    ax.axvline(0, color="0.6", linewidth=0.8)
    ax.scatter(rows["estimate"].astype(float), names, color=PLAIN)
    ax.invert_yaxis()
    ax.set_xlim(min(-0.05, float(rows["estimate"].min()) - 0.05), 1)
    ax.set_xlabel("r")
    return ax


def draw_power(result: Any, ax: Axes | None, lang: str) -> Axes:
    """Power over a range of effects, with the effect and the power of the plan."""
    ax, scale = panel(ax, 6, 4), 100 if result.plan.design == "shares" else 1
    ax.plot(scale * result.curve["effect"], 100 * result.curve["power"], color=PLAIN, linewidth=1.8)
    if len(result.curve):
        ax.plot([scale * abs(result.plan.effect)], [100 * result.plan.power], "o", color=MARKED)
    no_change(ax, "y", 100 * result.target)
    ax.set_ylim(0, 102)
    ax.set_ylabel(Phrase("plan.axis.power")[lang])
    ax.set_xlabel(Phrase("plan.axis.effect", measure=result.measure)[lang])
    return ax
