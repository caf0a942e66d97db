"""Pictures of results in JupyterLab, in the look of the report.

Nothing is computed here; ``result.picture()`` brings data and words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.comparison import draw_comparison
from karier_stats.draw.panels import MARKED, PALE, PLAIN, no_change, panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMES_TO = 40
"""Rows that a picture has room for in full height."""
_GREY = {"color": "0.45", "linewidth": 0.9}
_STYLES: dict[str, dict[str, Any]] = {
    "trend": {"color": MARKED, "linewidth": 1.8}, "first": {"color": PLAIN, "linewidth": 1.8},
    "second": {"color": MARKED, "linewidth": 1.8, "linestyle": "--"},
    "limit": {**_GREY, "linestyle": "--"}, "far": _GREY,
    "limit_own": {"color": "0.45", "linestyle": "", "marker": "_", "markersize": 8},
    "far_own": {"color": "0.45", "linestyle": "", "marker": "_", "markersize": 14},
    "equal": {"color": "0.35", "linewidth": 0.8, "linestyle": "--"},
    "bench": {"color": "0.25", "linewidth": 0.8, "marker": "o", "markersize": 4},
}
_OPTIONS = {"seen": MARKED, "unseen": PALE}


def draw(picture: Any, ax: Axes | None, lang: str) -> Axes:
    """Draw the picture of a result.

    Parameters
    ----------
    picture : Drawing
        Of ``result.picture()``.
    ax : Axes, optional
        A new figure by default.
    lang : {"id", "en"}
    """
    if picture.kind == "change":
        return draw_comparison(picture.data, ax, lang)
    return _KINDS[picture.kind](picture, ax, lang)


def _rows(picture: Any, ax: Axes | None, lang: str) -> Axes:
    """Rows from top to bottom, each a dot with its interval; a missing one is not drawn."""
    rows = picture.data
    ax = panel(ax, 7.5, 0.9 + 0.5 * min(len(rows), NAMES_TO))
    places = np.arange(len(rows))[::-1]
    low, high, value = (rows[name].to_numpy(dtype=float, na_value=np.nan) for name in ("ci_low", "ci_high", "estimate"))
    known = np.isfinite(low)
    no_change(ax, at=picture.reference)
    ax.hlines(places[known], low[known], high[known], PLAIN, linewidth=2.5)
    ax.scatter(value, places, s=30, color=PLAIN, zorder=3)
    named = "label" in rows and len(rows) <= NAMES_TO
    ax.set_yticks(places if named else [], [_text(one, lang) for one in rows["label"]] if named else [])
    return _name(ax, picture, lang)


def _plane(picture: Any, ax: Axes | None, lang: str) -> Axes:
    """Lines, and points as large as they weigh; what stands out in its own colour, and named where names are given.

    Parameters
    ----------
    picture : Drawing
        ``data`` has ``x``, ``y``, ``size`` and, where wanted, ``marked`` and ``label``; ``lines`` are drawn by their
        style, those of style ``bench`` named at their ends.
    """
    ax, points = panel(ax, 6.5, 4.5), picture.data
    for line in picture.lines:
        bench = line.style == "bench"
        ax.plot(line.x, line.y, **_STYLES[line.style], label="_" if bench else _text(line.label, lang) or "_")
    benches = [line for line in picture.lines if line.style == "bench"]
    for step, line in enumerate(benches):  # one above the other, for their ends may lie close together
        _note(ax, line.label, (line.x.iloc[-1], line.y.iloc[-1]), lang, 4 + 11 * step)
    if points is not None:
        marked = points["marked"].to_numpy(dtype=bool) if "marked" in points else np.zeros(len(points), dtype=bool)
        for mask, colour in ((~marked, PLAIN), (marked, MARKED)):
            ax.scatter(points["x"][mask], points["y"][mask], s=points["size"][mask], color=colour, alpha=0.7,
                       edgecolor="white", zorder=3)
        for row in points.to_dict("records") if "label" in points else []:
            _note(ax, row["label"], (row["x"], row["y"]), lang, 3)
    if picture.reference is not None:
        no_change(ax, "y", picture.reference)
    if picture.limits:
        ax.set(xlim=picture.limits, ylim=picture.limits)
    if any(line.label and line.style != "bench" for line in picture.lines):
        ax.legend(frameon=False, fontsize="small")
    return _name(ax, picture, lang)


def _options(picture: Any, ax: Axes | None, lang: str) -> Axes:
    """Estimates in their order; under them a mark for every option that each rests on: two panels, ``ax.child_axes``.

    Parameters
    ----------
    picture : Drawing
        ``data`` has ``estimate``, ``seen`` and one column of truth values for every option.
    """
    data = picture.data
    options, seen, places = [name for name in data if name not in ("estimate", "seen")], data["seen"], np.arange(len(data))
    ax = panel(ax, 7.5, 3.0 + 0.22 * len(options))
    ax.set_axis_off()
    share = 0.58 if options else 1.0
    top = panel(ax.inset_axes((0.0, 1 - share, 1.0, share)), 0, 0)
    masks = {line.style: (seen if line.style == "seen" else ~seen).to_numpy(dtype=bool) for line in picture.lines}
    for line in picture.lines:
        if (mask := masks[line.style]).any():
            top.scatter(places[mask], data["estimate"][mask], s=14, color=_OPTIONS[line.style], label=_text(line.label, lang))
    top.axhline(0, color="0.35", linewidth=0.8)
    no_change(top, "y", picture.reference)
    top.legend(frameon=False, fontsize="small")
    top.set_xticks([])
    top.set_ylabel(_text(picture.y, lang))
    if options:
        below = panel(ax.inset_axes((0.0, 0.0, 1.0, 0.38)), 0, 0)
        for style, mask in masks.items():
            column, row = np.nonzero(data.loc[mask, options].to_numpy(dtype=bool))
            below.scatter(places[mask][column], -row, s=9, marker="s", color=_OPTIONS[style])
        below.set_yticks([-line for line in range(len(options))], options, fontsize="small")
        below.set_xticks([])
    return ax


_KINDS: dict[str, Callable[[Any, Axes | None, str], Axes]] = {"rows": _rows, "plane": _plane, "options": _options}


def _name(ax: Axes, picture: Any, lang: str) -> Axes:
    """Names of the axes."""
    ax.set_xlabel(_text(picture.x, lang))
    ax.set_ylabel(_text(picture.y, lang))
    return ax


def _note(ax: Axes, label: Any, at: tuple[float, float], lang: str, lift: int) -> None:
    """A name beside a point, so many points of the page above it."""
    ax.annotate(_text(label, lang), at, xytext=(5, lift), textcoords="offset points", fontsize="small")


def _text(words: Any, lang: str) -> str:
    """Words of a language; a column's name is the same in both."""
    return str(words[lang] if isinstance(words, Mapping) else words)
