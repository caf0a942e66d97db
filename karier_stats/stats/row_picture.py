"""Rows of a result as dots with their intervals, and that picture in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from karier_stats.stats.results import Result, name_of
from karier_stats.stats.row_words import missing
from karier_stats.words import say
from karier_stats.words.numbers import integer, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Rows = Sequence[Mapping[Any, Any]]


def draw(rows: Rows, ax: Axes | None, lang: str) -> Axes:
    """The rows from top to bottom, each with its interval and its n; nothing is computed.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of a result's table, in points.
    ax : Axes, optional
        A new figure by default.
    lang : {"id", "en"}
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(7.5, 0.9 + 0.5 * len(rows)), layout="constrained")
    for place, row in enumerate(reversed(rows)):
        if not missing(row["ci_low"]):
            ax.plot([row["ci_low"], row["ci_high"]], [place, place], color="#1b6ca8", linewidth=2.5)
        if not missing(row["estimate"]):
            ax.plot([row["estimate"]], [place], "o", color="#1b6ca8")
    ax.axvline(0, color="0.35", linewidth=0.8, linestyle="--")
    names = [f"{name_of(row['term'], lang)} (n = {integer(row['n'], lang)})" for row in reversed(rows)]
    ax.set_yticks(range(len(rows)), names)
    ax.set_xlabel(say("change.picture.axis.points", lang))
    return ax


class DrawnRows(Result):
    """A result whose picture is rows of its table, in points."""

    @property
    def drawn(self) -> list[dict[Any, Any]]:
        """Rows of the picture, in their order."""
        return self.table.to_dict("records")

    def alt(self, lang: str = "id") -> str:
        """The picture in words, for a reader who cannot see it."""
        rows = [f"{name_of(row['term'], lang)} {number(row['estimate'], lang, 2)}" for row in self.drawn]
        return say("change.picture.dots", lang, rows="; ".join(rows))

    def plot(self, ax: Axes | None = None, lang: str = "id") -> Axes:
        """Draw the rows under one another."""
        return draw(self.drawn, ax, lang)


def panel(ax: Axes | None, width: float, height: float) -> Axes:
    """The axes to draw on, without the frame's sides that carry no scale: ``ax``, or those of a new figure in inches."""
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    strip_frame(ax)
    return ax


def strip_frame(panel: Axes, *more: str) -> None:
    """Remove the frame's sides that carry no scale: top, right, and any other named."""
    for side in ("top", "right", *more):
        panel.spines[side].set_visible(False)
