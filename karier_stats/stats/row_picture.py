"""Results whose picture is rows of their table: dots with their intervals, and that picture in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from karier_stats.stats.results import Result, name_of
from karier_stats.words import say
from karier_stats.words.numbers import integer, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(rows: Sequence[Mapping[Any, Any]], ax: Axes | None, lang: str) -> Axes:
    """Rows of a table, in points, from top to bottom, each named with its n."""
    from karier_stats.draw.panels import dots

    names = [f"{name_of(row['term'], lang)} (n = {integer(row['n'], lang)})" for row in rows]
    return dots(rows, names, say("change.picture.axis.points", lang), ax)


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
