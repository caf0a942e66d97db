"""Axes of pictures of results, in the look of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karier_stats.draw.look import SOFT, TONE, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
    ax.margins(0.05)  # the report's own axes have none, and would cut points at the edge
    return ax


def strip_frame(ax: Axes, *more: str) -> None:
    """Remove the frame's sides that carry no scale: top, right, and any other named."""
    for side in ("top", "right", *more):
        ax.spines[side].set_visible(False)


def no_change(ax: Axes, axis: str = "x", at: float = 0.0) -> None:
    """The dashed line of a value that means nothing happened."""
    {"x": ax.axvline, "y": ax.axhline}[axis](at, color=SOFT, linewidth=0.8, linestyle="--")
