"""Pictures of units side by side; nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.panels import MARKED, PLAIN, bubbles, no_change, panel
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from matplotlib.axes import Axes


NAMES_TO = 60
"""Up to so many units carry their names."""
_LIMITS = {"95": ("--", 8), "998": ("-", 14)}
"""Line and width of a mark in points of each pair of limits."""


def draw_funnel(result: Any, ax: Axes | None, lang: str, names: bool) -> Axes:
    """Units as points against their number of rows, between the limits of chance."""
    ax = panel(ax, 6.5, 4.5)
    units, scale = result.units, result.scale
    for name in _LIMITS:
        _draw_limits(result, ax, name, lang)
    ax.axhline(scale * result.target, color="0.35", linewidth=0.9)
    beyond = (units["outside"] != "").to_numpy()
    for mask, colour in ((~beyond, PLAIN), (beyond, MARKED)):
        bubbles(ax, units["n"][mask], scale * units["raw"][mask], 26, colour)
    if names and len(units) <= NAMES_TO:
        for label, n, value in zip(units["label"], units["n"], scale * units["raw"], strict=True):
            ax.annotate(str(label), (n, value), xytext=(4, 3), textcoords="offset points", fontsize="small")
    ax.set_xlabel(Phrase("units.compare.picture.rows")[lang])
    ax.set_ylabel(result.value_label[lang])
    ax.legend(frameon=False, fontsize="small")
    return ax


def _draw_limits(result: Any, ax: Axes, name: str, lang: str) -> None:
    """One pair of limits: lines through those of the units, or marks where each was adjusted for its own people."""
    line, width = _LIMITS[name]
    label, units = Phrase(f"units.compare.picture.limits_{name}")[lang], result.units.sort_values("n", kind="stable")
    for side in ("low", "high"):
        y, shown = result.scale * units[f"{side}_{name}"], label if side == "low" else "_"
        if result.kind == "share" and result.adjust:
            ax.scatter(units["n"], y, marker="_", s=width**2, color="0.45", label=shown)
        else:
            ax.plot(units["n"], y, color="0.45", linestyle=line, linewidth=0.9, label=shown)


def draw_ranks(result: Any, ax: Axes | None, lang: str, names: bool) -> Axes:
    """Shrunken estimates on the left, intervals of ranks on the right, units in the order of the data."""
    units, scale = result.units, result.scale
    ax = panel(ax, 8.0, max(3.0, 0.24 * min(len(units), NAMES_TO) + 1.2))
    ax.set_axis_off()
    left, right = ax.inset_axes((0, 0, 0.58, 1)), ax.inset_axes((0.64, 0, 0.36, 1))
    places = np.arange(len(units))[::-1]
    left.hlines(places, scale * units["ci_low"], scale * units["ci_high"], PLAIN, linewidth=1.6)
    left.scatter(scale * units["estimate"], places, s=22, color=PLAIN, zorder=3)
    left.scatter(scale * units["raw"], places, s=16, marker="x", color="0.5", linewidth=0.9, zorder=2)
    no_change(left, at=scale * result.target)
    left.set_xlabel(Phrase("units.compare.picture.estimates", value=result.value_label)[lang])
    right.hlines(places, units["rank_low"], units["rank_high"], PLAIN, linewidth=5, alpha=0.6)
    right.hlines(places, units["rank_all_low"], units["rank_all_high"], "0.45", linewidth=0.9)
    right.set_xlim(0.5, len(units) + 0.5)
    right.set_xlabel(Phrase("units.compare.picture.ranks")[lang])
    shown = names and len(units) <= NAMES_TO
    left.set_yticks(places if shown else [], units["label"] if shown else [])
    right.set_yticks([])
    for part in (left, right):
        panel(part, 0, 0).set_ylim(-0.7, len(units) - 0.3)
    return ax
