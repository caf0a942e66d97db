"""A specification curve in words and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from karier_stats.stats.picture import Picture, worded
from karier_stats.words import Figure, Phrase
from karier_stats.words.numbers import figured, level_digits

if TYPE_CHECKING:
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


def picture(result: Specifications) -> Picture:
    """Estimates in their order; under them a mark for every option that each rests on."""
    curve = result.computed
    seen = (curve["p_value"] < 1 - result.level).fillna(False).astype(bool)
    taken = {f"{choice}: {label}": curve[choice] == label for choice, label in _options(result)}
    groups = worded("group", [_say(f"picture.{'seen' if one else 'unseen'}") for one in seen])
    data = pd.DataFrame({"estimate": curve["estimate"], "highlight": seen, **groups, **taken}).reset_index(drop=True)
    axis = _say("picture.axis")
    return result.pictured("options", data, axis, axis, reference=float(result.headline["estimate"]))
