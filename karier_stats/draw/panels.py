"""Pictures of results in JupyterLab, in the look of the report: axes, rows as dots, points as large as they weigh.

Nothing is computed here; results bring their data and their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from karier_stats.draw.look import SOFT, TONE, style
from karier_stats.words.numbers import is_missing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

PLAIN, MARKED, PALE = TONE["naik"], TONE["awas"], TONE["netral"]
COLOURS = (PLAIN, PALE, "#123c5a", MARKED, "#8a9aa3", "#06332f")
"""Colours of what is shown, of what stands out from it, and of what stays behind it."""


def panel(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes to draw on, without the frame's sides that carry no scale: ``ax``, or those of a new figure in inches."""
    if ax is None:
        import matplotlib.pyplot as plt

        with style():
            _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    strip_frame(ax)
    return ax


def strip_frame(ax: Axes, *more: str) -> None:
    """Remove the frame's sides that carry no scale: top, right, and any other named."""
    for side in ("top", "right", *more):
        ax.spines[side].set_visible(False)


def no_change(ax: Axes, axis: str = "x", at: float = 0.0) -> None:
    """The dashed line of a value that means nothing happened."""
    {"x": ax.axvline, "y": ax.axhline}[axis](at, color=SOFT, linewidth=0.8, linestyle="--")


def dots(rows: Sequence[Mapping[Any, Any]], names: Sequence[str], axis: str, ax: Axes | None = None) -> Axes:
    """Rows of a table from top to bottom, each a dot with its interval.

    Parameters
    ----------
    rows : sequence of mapping
        With ``estimate``, ``ci_low`` and ``ci_high``; a missing one is not drawn.
    names : sequence of str
        What stands beside each row.
    axis : str
        Name of the horizontal axis.
    ax : Axes, optional
        A new figure by default.
    """
    ax = panel(ax, 7.5, 0.9 + 0.5 * len(rows))
    for place, row in enumerate(reversed(rows)):
        if not is_missing(row["ci_low"]):
            ax.plot([row["ci_low"], row["ci_high"]], [place, place], color=PLAIN, linewidth=2.5)
        if not is_missing(row["estimate"]):
            ax.plot([row["estimate"]], [place], "o", color=PLAIN)
    no_change(ax)
    ax.set_yticks(range(len(rows)), list(reversed(names)))
    ax.set_xlabel(axis)
    return ax


def bubbles(ax: Axes, x: ArrayLike, y: ArrayLike, sizes: ArrayLike, colour: str = PLAIN) -> None:
    """Points of a plane, each as large as its size in square points says."""
    ax.scatter(x, y, s=sizes, color=colour, alpha=0.7, edgecolor="white", zorder=3)
