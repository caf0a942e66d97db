"""The sheet that every picture is drawn on: words from the top down, axes beside them, all in units of the page's width."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.look import (
    GLYPHS,
    HEAD,
    INK,
    LEADING,
    LINE,
    SMALL,
    SOFT,
    TITLE,
    lines_of,
    shortened,
    width_of,
)
from karier_stats.words.numbers import SHARES, date, integer, is_missing, number, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from karier_stats.answers.record import Picture

WIDE, NARROW = 720, 350
"""Widths in units: a page or a screen; a phone or a narrow column."""
GAP = 12.0
_TICKS = 5


def column(data: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats, missing as NaN; all NaN where the data have no such column."""
    if name not in data:
        return np.full(len(data), np.nan)
    return data[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan)


@dataclass(frozen=True)
class ValueAxis:
    """Limits of an axis of values, its ticks and their texts."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]

    def at(self, value: Any, left: float, width: float) -> Any:
        """Where a value or some stand on an axis that begins at ``left``; upwards where ``width`` is negative."""
        return left + (value - self.low) / (self.high - self.low) * width


def scale_of(
    values: np.ndarray, lang: str, *, kind: str = "number", zero: bool = False, pad: float = 0.04, room: float = math.inf
) -> ValueAxis:
    """The scale that shows all values, with at most five ticks whose texts fit beside each other.

    Parameters
    ----------
    values : ndarray
        All that must be seen on the axis; NaN and infinity are passed over.
    kind : str
        As in :func:`karier_stats.words.numbers.write`.
    zero : bool
        Whether the axis must begin at nought (bars).
    room : float
        Length of the axis in units.
    """
    from matplotlib.ticker import MaxNLocator

    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    low, high = (min(low, 0.0), max(high, 0.0) or float(low >= 0)) if zero else (low, high)
    more = (high - low) * pad or max(abs(high), 1.0) * 0.1
    low, high = low - (0.0 if zero and low == 0 else more), high + (0.0 if zero and high == 0 else more)
    for count in range(_TICKS - 1, 0, -1):
        locator = MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10], integer=kind == "integer")
        ticks = np.asarray(locator.tick_values(low, high))
        ticks = ticks[(ticks >= low - 1e-9 * (high - low)) & (ticks <= high + 1e-9 * (high - low))]
        scaled = ticks * (100 if kind in SHARES else 1)
        digits = next((d for d in range(6) if np.allclose(scaled, np.round(scaled, d), rtol=0, atol=1e-9)), 6)
        texts = [write(tick, lang, kind, digits) for tick in ticks]
        if sum(map(width_of, texts)) + 10 * len(texts) < room:
            break
    return ValueAxis(low, high, tuple(map(float, ticks)), tuple(texts))


class Canvas:
    """A figure of fixed width that grows downwards as it is written; ``at`` is the height that is filled.

    Parameters
    ----------
    picture : Picture
        Gives title, n, note and the names of the axes.
    lang : {"id", "en"}
        Language of the words.
    width : int
        Width in units; a unit is a point of the figure.
    area : Axes, optional
        What it is drawn on; by default a figure of its own.
    grow : Figure, optional
        The figure of the area, which takes the size of the sheet.
    """

    def __init__(self, picture: Picture, lang: str, width: int, area: Axes | None = None, grow: Figure | None = None) -> None:
        """Write the title, and under it what is measured and n."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.picture, self.lang, self.width = picture, lang, float(width)
        self.narrow = width < 600
        self._place = Affine2D()
        if area is None:
            self.figure: Figure = Figure(figsize=(width / 72, 1), dpi=72)
            FigureCanvasAgg(self.figure)
            self._units = self._place + self.figure.dpi_scale_trans
        else:
            self._units = self._place + area.transAxes
        self._area, self._grow = area, grow
        self._texts: list[Text] = []
        self._boxes: list[tuple[Axes, tuple[float, float, float, float]]] = []
        self.at = 3.0
        self.paragraph(picture.title[lang], size=HEAD, weight="bold", color=TITLE, gid="t")

    def lead(self, over: str = "", key: Sequence[tuple[str, str, str]] = ()) -> None:
        """Under the title: what is measured and n; then a key of (name, glyph, colour), where marks need one."""
        told = [over, f"n = {integer(self.picture.n, self.lang)}" if self.picture.n else ""]
        self.paragraph(" · ".join(filter(None, told)), color=SOFT)
        self.at += 5
        self._key(key)
        self.at += 4

    def text(self, x: float, y: float, text: str, size: float = SMALL, **look: Any) -> None:
        """One line of words; ``y`` is the line that the letters stand on.

        Parameters
        ----------
        x, y : float
            In units from the upper left corner.
        **look
            Of matplotlib's text, such as ``ha``, ``color`` and ``weight``.
        """
        if text:
            word = _word()(x, y, text, transform=self._units, **{"fontsize": size, "va": "baseline", "color": INK, **look})
            self._texts.append(word)
            self._add(word)

    def lines(self, x: float, top: float, lines: Sequence[str], size: float = SMALL, **look: Any) -> float:
        """Several lines of words from a height down; where they end."""
        for place, line in enumerate(lines):
            self.text(x, top + size * (0.98 + LEADING * place), line, size, **look)
        return top + LEADING * size * len(lines)

    def paragraph(self, text: str, size: float = SMALL, **look: Any) -> None:
        """Words over the whole width, under what is filled."""
        if text:
            fitted = lines_of(text, self.width, size, look.get("weight") == "bold")
            self.at = self.lines(0, self.at, fitted, size, **look)

    def rule(self, x: Sequence[float], y: Sequence[float], **look: Any) -> None:
        """A straight line between places on the page, light unless it is told otherwise, under all else."""
        from matplotlib.lines import Line2D

        self._add(Line2D(x, y, transform=self._units, **{"color": LINE, "linewidth": 0.8, "zorder": -1, **look}))

    def clear(self, y: float, width: float, height: float) -> None:
        """White ground for words at the left edge, over light lines and under the words."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((0, y), width, height, transform=self._units, facecolor="white", linewidth=0, zorder=0.5))

    def _add(self, artist: Artist) -> None:
        """Put it on the page; nothing is cut at the edge of an area, nor moves it."""
        artist.set(clip_on=False, in_layout=False)
        (self._area or self.figure).add_artist(artist)

    def axes(self, left: float, top: float, width: float, height: float, x: tuple[float, float],
             y: tuple[float, float]) -> Axes:
        """Bare axes at a place on the page, with the limits of their values.

        Parameters
        ----------
        left, top, width, height : float
            In units; kept until the sheet's height is known.
        x, y : tuple of float
            Limits: of the left and right end, of the bottom and the top.
        """
        from matplotlib.ticker import NullLocator
        from matplotlib.transforms import Affine2D

        if self._area is None:
            ax = self.figure.add_axes((0, 0, 1, 1), axes_class=_bare())
        else:
            box, upwards = (left, -top - height, width, height), Affine2D().scale(1, -1)
            ax = self._area.inset_axes(box, transform=upwards + self._units, zorder=0, axes_class=_bare(), in_layout=False)
        ax.set_axis_off()
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(NullLocator())
        ax.patch.set_visible(False)
        ax.set_xlim(x)
        ax.set_ylim(y)
        self._boxes.append((ax, (left, top, width, height)))
        return ax

    def scale_under(self, scale: ValueAxis, left: float, width: float, top: float, bottom: float, name: str = "") -> None:
        """Light lines at the ticks of a horizontal scale, their texts under them, and the name of what they measure."""
        for tick, text in zip(scale.ticks, scale.texts, strict=True):
            x = scale.at(tick, left, width)
            self.rule([x, x], [top, bottom + 3])
            half = width_of(text) / 2
            self.text(min(max(x, half), self.width - half), bottom + 16, text, ha="center", color=SOFT)
        self.at = bottom + 20
        self.name_under(name, left)

    def name_under(self, name: str, left: float) -> None:
        """The name of a horizontal axis, at its left end where there is room."""
        if not name:
            return
        fitted = lines_of(name, self.width - left)
        if len(fitted) > 1:
            fitted, left = lines_of(name, self.width), max(0.0, min(left, self.width - width_of(name)))
        self.at = self.lines(left, self.at, fitted)

    def scale_beside(self, scale: ValueAxis, top: float, height: float, left: float, width: float) -> None:
        """Light lines at the ticks of a vertical scale, their texts to the left."""
        for tick, text in zip(scale.ticks, scale.texts, strict=True):
            y = scale.at(tick, top + height, -height)
            self.rule([left, left + width], [y, y])
            self.text(left - 6, y + 4.5, text, ha="right", color=SOFT)

    def _key(self, key: Sequence[tuple[str, str, str]]) -> None:
        """Each name after its mark, in as many rows as they need."""
        left, row = 0.0, 0
        for name, glyph, colour in key:
            fitted = lines_of(shortened(str(name), 90), self.width - 20, most=1)[0]
            wide = 18 + width_of(fitted)
            if left and left + wide > self.width:
                left, row = 0.0, row + 1
            y = self.at + 13 + 17 * row
            self.text(left, y, glyph, color=colour)
            self.text(left + 16, y, fitted)
            left += wide + 14
        self.at += (17 * (row + 1) + 3) if key else 0

    def finish(self, *foot: str) -> None:
        """Write what the marks mean and the picture's own note; set the height of the figure, or the size within the area.

        Parameters
        ----------
        *foot : str
            Sentences on marks; empty ones are passed over.
        """
        note = (self.picture.note or {}).get(self.lang, "")
        self.at += 4
        for part in (" ".join(filter(None, foot)), note):
            self.paragraph(part, color=SOFT)
        height = math.ceil(self.at + 4)
        if self._area is not None:
            self._fit(self._area, height)
            return
        self.figure.set_size_inches(self.width / 72, height / 72)
        self._place.clear().scale(1 / 72, -1 / 72).translate(0, height / 72)
        for ax, (left, top, wide, tall) in self._boxes:
            ax.set_position((left / self.width, 1 - (top + tall) / height, wide / self.width, tall / height))

    def _fit(self, area: Axes, height: float) -> None:
        """As large as the area allows, from its upper left corner, with letters in proportion."""
        if self._grow is not None:
            self._grow.set_size_inches(self.width / 72, height / 72)
        wide, tall = (72 * size / area.figure.dpi for size in area.get_window_extent().size)
        size = min(wide / self.width, tall / height)
        self._place.clear().scale(size / wide, -size / tall).translate(0, 1)
        for text in self._texts:
            text.set_fontsize(size * float(text.get_fontsize()))
        for line in (line for ax, _ in self._boxes for line in ax.lines):
            line.set(linewidth=size * line.get_linewidth(), markersize=size * line.get_markersize())

    def written(self, value: float, digits: int | None = None) -> str:
        """A value as the picture writes it."""
        return write(value, self.lang, self.picture.value_format, self.picture.digits if digits is None else digits)


@cache
def _bare() -> type[Axes]:
    """Axes that never make ticks, half of a picture's time; a kind of axis is given as matplotlib's page on projections does."""
    from matplotlib.axes import Axes
    from matplotlib.axis import XAxis, YAxis

    none: dict[str, Any] = {"majorTicks": (), "minorTicks": ()}
    across, up = type("Across", (XAxis,), none), type("Up", (YAxis,), none)

    class Bare(Axes):
        def _init_axis(self) -> None:
            self.xaxis, self.yaxis = across(self, clear=False), up(self, clear=False)
            for side, axis in (("bottom", self.xaxis), ("top", self.xaxis), ("left", self.yaxis), ("right", self.yaxis)):
                self.spines[side].register_axis(axis)

    return Bare


@cache
def _word() -> type[Text]:
    """A line of words that vectors take as it stands, without a layout of its letters."""
    from matplotlib.text import Text

    from karier_stats.draw.vector import Vector

    class Word(Text):
        def draw(self, renderer: Any) -> None:
            if isinstance(renderer, Vector) and not self.get_rotation():
                renderer.word(self)
            else:
                super().draw(renderer)

    return Word


def spread(centres: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Move centres apart, as little as needed, so that things of these sizes do not overlap.

    Parameters
    ----------
    centres, sizes : sequence of float, length n
        Along one line, such as heights of names and how tall they are.

    Returns
    -------
    list of float
        New centres, in the order given; neighbours share what they lack evenly.
    """
    order = sorted(range(len(centres)), key=lambda place: centres[place])
    out = list(centres)
    for _ in range(60):
        moved = False
        for below, above in itertools.pairwise(order):
            lack = (sizes[below] + sizes[above]) / 2 - (out[above] - out[below])
            if lack > 1e-6:
                out[below] -= lack / 2
                out[above] += lack / 2
                moved = True
        if not moved:
            break
    return out


def x_text(value: Any, lang: str) -> str:
    """A year, a number, a day or a word."""
    if isinstance(value, str) or is_missing(value):
        return str(value)
    if hasattr(value, "year"):
        return date(value, lang)
    if float(value).is_integer():
        return str(int(value)) if 1900 <= value <= 2100 else integer(value, lang)
    return number(value, lang, 2)


def key_of(names: Sequence[str], colours: Sequence[str], glyphs: Sequence[str] = GLYPHS) -> list[tuple[str, str, str]]:
    """A key of names, each with its glyph and its colour."""
    return [(str(name), glyphs[k % len(glyphs)], colours[k % len(colours)]) for k, name in enumerate(names)]

