"""A specification curve in words and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import figured, is_missing, level_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from karier_stats.stats.association.specification import Specifications

ROWS_TO = 30
"""Up to so many options are drawn under the curve."""


def _say(key: str, **facts: Any) -> Phrase:
    """A phrase of specification curves."""
    return Phrase(f"association.curve.{key}", **facts)


def sentence(result: Specifications) -> Phrase:
    """Median, range, direction and visibility, with the joint p of each."""
    median, same, seen = (result.row(term) for term in ("curve_median", "curve_same_sign", "curve_seen"))
    computed, alpha = result.computed["estimate"], 1 - result.level
    found = [float(median["estimate"]), float(computed.min()), float(computed.max())]
    (value, low, high), size = figured(found, max(map(abs, found)) / 10)  # three figures
    return _say(
        "sentence", count=len(result.curve), on=result.on, value=value, low=low, high=high, size=size, n=median["n"],
        same=same["estimate"], seen=seen["estimate"], alpha=Figure(alpha, "percent", level_digits(result.level)),
        verdict=_say(f"verdict.{'seen' if median['p_value'] < alpha else 'unseen'}", p=median["p_value"]),
    )


def _options(result: Specifications) -> list[tuple[str, str]]:
    """Every option of every choice that has more than one, in the order of first appearance in the curve."""
    return [
        (name, label) for name in result.choices if result.curve[name].nunique() > 1
        for label in sorted(result.curve[name].unique())
    ][:ROWS_TO]


def draw(result: Specifications, ax: Axes | None, lang: str) -> Axes:
    """Estimates in their order; under them a mark for every option that each rests on. Nothing is computed."""
    from karier_stats.draw.panels import MARKED, PALE, no_change, panel

    options, curve = _options(result), result.computed
    ax, colours = panel(ax, 7.5, 3.0 + 0.22 * len(options)), {"seen": MARKED, "unseen": PALE}
    ax.set_axis_off()
    share = 0.58 if options else 1.0
    top, places = ax.inset_axes((0.0, 1 - share, 1.0, share)), np.arange(len(curve))
    seen = (curve["p_value"] < 1 - result.level).fillna(False).to_numpy(dtype=bool)
    masks = {"seen": seen, "unseen": ~seen}
    for name, mask in masks.items():
        if mask.any():
            top.scatter(places[mask], curve["estimate"].to_numpy(float)[mask], s=14, color=colours[name],
                        label=_say(f"picture.{name}")[lang])
    top.axhline(0, color="0.35", linewidth=0.8)
    no_change(top, "y", float(result.headline["estimate"]))
    top.set_ylabel(_say("picture.axis")[lang])
    top.legend(frameon=False, fontsize="small")
    top.set_xticks([])
    if not options:
        return ax
    below = ax.inset_axes((0.0, 0.0, 1.0, 0.38))
    for line, (choice, label) in enumerate(options):
        taken = (curve[choice] == label).to_numpy(dtype=bool)
        for name, mask in masks.items():
            at = taken & mask
            below.scatter(places[at], np.full(at.sum(), -line), s=9, marker="s", color=colours[name])
    below.set_yticks([-line for line in range(len(options))], [f"{name}: {label}" for name, label in options],
                     fontsize="small")
    below.set_xticks([])
    below.margins(y=0.08)
    return ax


def alternative(result: Specifications) -> Phrase:
    """The picture in words: how many points, their range, the median, and the median of each option."""
    curve, parts = result.computed, []
    for name, label in _options(result):
        values = curve.loc[curve[name] == label, "estimate"]
        middle = None if values.empty else float(values.median())
        kind = "no_option" if is_missing(middle) else "option"
        parts.append(_say(f"picture.{kind}", name=name, label=label, median=middle))
    return _say(
        "picture.words", n=len(curve), low=curve["estimate"].min(), high=curve["estimate"].max(),
        median=result.headline["estimate"],
        options=_say("picture.options", options=Joined(*parts, mark="; ")) if parts else "",
    )
