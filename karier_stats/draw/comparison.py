"""The picture of a comparison: people's scores on the left, the distribution of their changes on the right.

Nothing is computed here beyond counts for drawing; every estimate comes from the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.panels import COLOURS, no_change, panel, strip_frame
from karier_stats.draw.shapes import bin_edges
from karier_stats.words import Phrase, say
from karier_stats.words.numbers import integer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

def draw_comparison(result: Any, ax: Axes | None, lang: str) -> Axes:
    """Fill an area with one panel per arm and one for the changes: of ``ks.compare``, or of what has its parts.

    Parameters
    ----------
    result : Change
        ``arms``, ``pairs``, ``crowded``, ``scores_of``, ``moved`` and ``mean_row`` are read, and nothing else.
    ax : Axes, optional
        Its area is divided among ``ax.child_axes``, the changes last.
    """
    ax = panel(ax, 9.0, 4.2)
    ax.set_axis_off()
    groups, pairs = result.arms or ("",), result.pairs
    width = 0.54 / len(groups)
    panels = [ax.inset_axes((k * width, 0, width * 0.92, 1)) for k in range(len(groups))]
    crowded = result.crowded
    for k, (part, name) in enumerate(zip(panels, groups, strict=True)):
        before, after = result.scores_of(name)
        if crowded:
            _density(part, before, after, _colour(k))
        else:
            later = pairs.later if not name else pairs.later[pairs.arm == name]
            _lines(part, np.column_stack([before, after, later]), pairs, _colour(k), lang)
        part.set_title(f"{name}\nn = {integer(len(before), lang)}".strip(), fontsize="medium")
        _share_scale(part, pairs, crowded, first=k == 0, lang=lang)
    _changes(result, ax.inset_axes((0.66, 0, 0.34, 1)), groups, lang)
    return ax


def _changes(result: Any, panel: Axes, groups: tuple[str, ...], lang: str) -> None:
    """Histogram of the changes of each arm; under it the mean and its interval, or the shares of ordered levels."""
    pairs = result.pairs
    edges = bin_edges(pairs.after - pairs.before)
    for k, name in enumerate(groups):
        before, after = result.scores_of(name)
        counts, _ = np.histogram(after - before, edges)
        base = len(groups) - 1 - k
        height = base + 0.75 * counts / max(counts.max(), 1)
        panel.stairs(height, edges, baseline=base, fill=True, color=_colour(k), alpha=0.35)
        if pairs.kind == "ordinal":
            panel.text(
                0.5, base - 0.07, say("change.picture.shares", lang, **result.moved(name)), ha="center", va="top",
                fontsize="small", backgroundcolor="white", transform=panel.get_yaxis_transform(),
            )
        else:
            _mean(panel, result.mean_row(name), base, _colour(k))
    no_change(panel)
    panel.set_yticks([len(groups) - 1 - k for k in range(len(groups))] if result.arms else [], result.arms or [])
    panel.set_ylim(-0.3, len(groups) - 0.1)
    if pairs.kind == "ordinal":
        panel.set_xticks(np.arange(np.ceil(edges[0]), np.floor(edges[-1]) + 1))
    panel.set_xlabel(say(f"change.picture.change_{'levels' if pairs.kind == 'ordinal' else 'points'}", lang))
    strip_frame(panel, "left")


def _mean(panel: Axes, row: Any, base: float, colour: str) -> None:
    """The mean change with its interval."""
    if type(row["ci_low"]).__name__ != "NAType":
        ends = [row["ci_low"], row["ci_high"]]
        panel.plot(ends, [base - 0.1] * 2, color=colour, linewidth=2.5, solid_capstyle="butt")
    panel.plot([row["estimate"]], [base - 0.1], "o", color=colour, markersize=6)


def _lines(panel: Axes, scores: Floats, pairs: Any, colour: str, lang: str) -> None:
    """One line per person through the waves, shape (n, waves), and the mean of those who have each wave.

    Ordered levels repeat: one line per way of moving, as wide as the number of people who moved so.

    Parameters
    ----------
    scores : ndarray, shape (people, waves)
        NaN where somebody has no later score.
    pairs : Pairs
        Kind of outcome, and names of the later waves.
    """
    from matplotlib.collections import LineCollection

    places = np.arange(scores.shape[1])
    if pairs.kind == "ordinal":
        ways, counts = np.unique(scores, axis=0, return_counts=True)
        widths, faint = 1 + 11 * counts / counts.max(), 0.35
    else:
        ways, widths, faint = scores, np.ones(len(scores)), max(0.12, min(0.6, 12 / len(scores)))
    segments = [np.column_stack([places, row])[~np.isnan(row)] for row in ways]
    panel.add_collection(
        LineCollection(segments, colors=colour, alpha=faint, linewidths=list(widths), capstyle="round")
    )
    if pairs.kind != "ordinal":
        _wave_means(panel, scores, colour)
    names = [*(say(f"change.picture.waves.{wave}", lang) for wave in ("before", "after")), *pairs.waves]
    panel.set_xticks(places, names, rotation=30 if pairs.waves else 0, ha="right" if pairs.waves else "center")
    panel.set_xlim(-0.35, places[-1] + 0.35)


def _wave_means(panel: Axes, scores: Floats, colour: str) -> None:
    """The means before and after, joined; later ones apart, for others may be missing there."""
    panel.plot([0, 1], scores[:, :2].mean(axis=0), "o-", color=colour, linewidth=2.5, markersize=5)
    for k in range(2, scores.shape[1]):
        known = scores[~np.isnan(scores[:, k]), k]
        if len(known):
            panel.plot([k], [known.mean()], "o", color=colour, markerfacecolor="white", markersize=6)


def _density(panel: Axes, before: Floats, after: Floats, colour: str) -> None:
    """Shaded counts of people by score before and after, with the line of no change."""
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("people", ["white", colour])
    edges = bin_edges(np.concatenate([before, after]))
    panel.hist2d(before, after, bins=[edges, edges], cmap=shades, cmin=1)
    ends = (min(before.min(), after.min()), max(before.max(), after.max()))
    panel.plot(ends, ends, color="0.35", linewidth=0.8, linestyle="--")


def _share_scale(panel: Axes, pairs: Any, crowded: bool, first: bool, lang: str) -> None:
    """The same scale of scores in every panel, named once; ordered levels by their names."""
    later = pairs.later[~np.isnan(pairs.later)]
    scores = np.concatenate([pairs.before, pairs.after, *([] if crowded else [later])])
    low, high = scores.min(), scores.max()
    margin = 0.05 * (high - low) or 1.0
    panel.set_ylim(low - margin, high + margin)
    if crowded:
        panel.set_xlim(low - margin, high + margin)
    if pairs.kind == "ordinal":
        panel.set_yticks(np.arange(1, len(pairs.categories) + 1), pairs.categories)
        panel.set_ylim(min(low, 1) - 0.3, max(high, len(pairs.categories)) + 0.3)
        if crowded:
            panel.set_xlim(panel.get_ylim())
            panel.set_xticks(np.arange(1, len(pairs.categories) + 1), pairs.categories, rotation=30, ha="right")
    if first:
        _name_scale(panel, pairs.kind == "ordinal", crowded, lang)
    else:
        panel.set_yticklabels([])
    strip_frame(panel)


def _name_scale(panel: Axes, ordinal: bool, crowded: bool, lang: str) -> None:
    """Names of the axes of the first panel."""
    unit = Phrase("change.picture.levels" if ordinal else "change.unit.points")
    if crowded:
        panel.set_xlabel(say("change.picture.axis.before", lang, unit=unit), loc="left")
    panel.set_ylabel(say(f"change.picture.axis.{'after' if crowded else 'score'}", lang, unit=unit))


def _colour(k: int) -> str:
    """Colour of the k-th arm."""
    return COLOURS[k % len(COLOURS)]
