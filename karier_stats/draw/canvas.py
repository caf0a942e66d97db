"""The sheet that every picture is drawn on: its look, its measures in inches, its axes in the reader's language."""

from __future__ import annotations

import itertools
import math
import re
import textwrap
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.words.numbers import date, integer, is_missing, number, write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from karier_stats.answers.record import Picture

ACCENT, MUTED, FAINT = "#0b5d6b", "#a3bfc4", "#e4eeef"
INK, GREY, GRID = "#1f2a30", "#59646b", "#dfe4e6"
PALETTE = (ACCENT, "#cf8a1f", "#6f93bd", "#84372b", "#828c94", "#4a2f63")
"""Told apart by people who see no red or green; lightness differs between neighbours, for print in grey."""
MARKERS = ("o", "s", "^", "D", "v", "P")

WIDTH = 5.6
_LETTER = 0.084
"""Width of a letter of a row's name in inches, on the generous side."""
MARGIN = 0.1
_COUNT = " (n\u00a0"
"""What stands between a name and its n."""
_GLYPHS = ("●", "■", "▲", "◆", "▼", "✚")
_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans", "font.size": 10.5, "text.color": INK, "text.parse_math": False,
    "axes.edgecolor": GREY, "axes.labelcolor": INK, "axes.axisbelow": True, "axes.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "xtick.color": GREY, "ytick.color": INK, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
    "xtick.labelsize": 10, "ytick.labelsize": 10.5, "xtick.major.size": 3, "ytick.major.size": 0,
    "grid.color": GRID, "grid.linewidth": 0.8, "axes.xmargin": 0, "axes.ymargin": 0,
}


def style() -> AbstractContextManager[None]:
    """The look of every picture, seaborn's ticks in our colours, whatever the reader's own settings are."""
    import matplotlib.style
    import seaborn as sns

    return matplotlib.style.context(["default", {**sns.axes_style("ticks"), **_STYLE}])


def column(data: pd.DataFrame, name: str) -> np.ndarray:
    """A column as floats, missing as NaN; all NaN where the data have no such column."""
    if name not in data:
        return np.full(len(data), np.nan)
    return data[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def wrapped(texts: Sequence[str], width: int, *, size: float | None = None, most: int = 8) -> list[str]:
    """Texts in lines of about ``width`` characters, whatever the office typed.

    Parameters
    ----------
    size : float, optional
        Size of the letters in points; where it is given, lines of wide letters are made shorter.
    most : int
        A text of more lines ends in an ellipsis; the n after a name stays.

    Notes
    -----
    A word stays whole up to five letters more than ``width``, and up to 18;
    a longer one is broken.
    """
    return [_wrapped(str(text), width, size, most) for text in texts]


def _wrapped(text: str, width: int, size: float | None, most: int) -> str:
    """One text in lines."""
    name, mark, count = text.partition(_COUNT)
    whole = shortened(name, most * width) + mark + count
    longest = max(width + 5, 18)
    words = re.sub(rf"[^\s]{{{longest + 1},}}", lambda word: " ".join(textwrap.wrap(word[0], max(width, 13))), whole)
    lines = "\n".join(textwrap.wrap(words, width, break_long_words=False))
    if size is None or width <= 8 or line_inches(lines, size) <= longest * _LETTER * size / 10.5:
        return lines
    return _wrapped(text, width - 2, size, most)


def shortened(text: str, letters: int) -> str:
    """A text of at most so many letters; a longer one ends in an ellipsis."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def line_inches(text: str, size: float) -> float:
    """Width of the widest line of a text in inches, before there is a figure to draw it on."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family="DejaVu Sans", size=size)
    return max((_measure().get_text_width_height_descent(line, font, False)[0] for line in text.split("\n")), default=0) / 150


@cache
def _measure() -> Any:
    """What measures text at the report's 150 dots per inch."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    return FigureCanvasAgg(Figure(dpi=150)).get_renderer()


def with_count(name: str, n: float, lang: str) -> str:
    """A name with its n, which no line break may cut."""
    return f"{name}{_COUNT}=\u00a0{integer(n, lang)})"


def ramp(steps: int) -> list[str]:
    """Colours of ordered parts, light to dark."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    shades = LinearSegmentedColormap.from_list("parts", ["#dbe8ea", "#93bcc3", "#4d8f9a", "#1c6371", "#06333b"])
    return [to_hex(shades(value)) for value in np.linspace(0, 1, steps)] if steps > 1 else [ACCENT]


def darker(colour: str) -> str:
    """A colour of the palette dark enough for words on white."""
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = 0.6 * np.array(to_rgb(colour)) + 0.4 * np.array(to_rgb(INK))
    return to_hex((red, green, blue))


def _lines(text: str) -> int:
    """How many lines a text has; none for no text."""
    return text.count("\n") + 1 if text else 0


class Page:
    """A figure of fixed width that is as high as its words and its body need.

    Parameters
    ----------
    picture : Picture
        Gives title, n, note and the names of the axes.
    lang : {"id", "en"}
        Language of the words.
    body : float
        Height of the drawing in inches, tick labels included.
    under : str
        Name of the horizontal axis, written under the body.
    foot : str
        What the marks mean; the picture's own note follows it.
    key : sequence of str
        Names of groups or parts, with ``colours`` and ``glyphs``.
    """

    def __init__(
        self, picture: Picture, lang: str, *, body: float, under: str = "", foot: str = "", key: Sequence[str] = (),
        colours: Sequence[str] = PALETTE, glyphs: Sequence[str] = _GLYPHS, over: str = "",
    ) -> None:
        """Measure the words, set the height, write title, n, key and notes."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.picture, self.lang = picture, lang
        self.figure: Figure = Figure(figsize=(WIDTH, 4), dpi=150)
        self.renderer = FigureCanvasAgg(self.figure).get_renderer()
        title = wrapped([picture.title[lang]], 48)[0]
        lead = wrapped([" · ".join(filter(None, [over, f"n = {integer(picture.n, lang)}"]))], 62)[0]
        rows = self._key_rows(key)
        notes = wrapped([part for part in (foot, (picture.note or {}).get(lang, "")) if part], 78)
        below = wrapped([under], 60)[0]
        self.top = MARGIN + 0.22 * _lines(title) + 0.19 * _lines(lead) + 0.08 + 0.21 * len(rows) + 0.05 * bool(rows)
        self.bottom = 0.06 + 0.18 * _lines(below) + 0.155 * sum(map(_lines, notes)) + MARGIN
        self.height = self.top + body + self.bottom
        self.figure.set_size_inches(WIDTH, self.height)
        self.write(MARGIN, MARGIN, title, fontsize=12.5, fontweight="bold", linespacing=1.15)
        self.write(MARGIN, MARGIN + 0.22 * _lines(title) + 0.02, lead, color=GREY, fontsize=10)
        self._write_key(rows, colours, glyphs, MARGIN + 0.22 * _lines(title) + 0.19 * _lines(lead) + 0.08)
        self.under_at = self.top + body + 0.04
        self.below = below
        self.write(
            MARGIN, self.under_at + 0.18 * _lines(below) + 0.04, "\n".join(notes), color=GREY, fontsize=9,
            linespacing=1.2,
        )

    def write(self, left: float, top: float, text: str, **look: Any) -> None:
        """Text at a place in inches from the upper left corner."""
        self.figure.text(left / WIDTH, 1 - top / self.height, text, **{"va": "top", "ha": "left", **look})

    def text_width(self, text: str, size: float) -> float:
        """Width of a text in inches."""
        drawn = self.figure.text(0, 0, text, fontsize=size)
        width = drawn.get_window_extent(self.renderer).width / self.figure.dpi
        drawn.remove()
        return float(width)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes at a place in inches from the upper left corner of the body."""
        box = (left / WIDTH, 1 - (self.top + top + height) / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(box)

    def name_under(self, left: float) -> None:
        """The name of the horizontal axis, at the left edge of the axes where there is room."""
        width = self.text_width(self.below, 10.5)
        self.write(max(MARGIN, min(left, WIDTH - MARGIN - width)), self.under_at, self.below)

    def _key_rows(self, key: Sequence[str]) -> list[list[tuple[int, float, str]]]:
        """Names of the key as (number, left edge, text), broken into rows."""
        rows: list[list[tuple[int, float, str]]] = []
        left = WIDTH
        for place, long in enumerate(key):
            name = shortened(str(long), 66)
            while (width := self.text_width(name, 10) + 0.36) > WIDTH - 2 * MARGIN:
                name = shortened(name, len(name) - 2)
            if left + width > WIDTH - MARGIN:
                rows.append([])
                left = MARGIN
            rows[-1].append((place, left, name))
            left += width
        return rows

    def _write_key(
        self, rows: list[list[tuple[int, float, str]]], colours: Sequence[str], glyphs: Sequence[str], top: float
    ) -> None:
        """Each name after its mark."""
        for line, row in enumerate(rows):
            for place, left, name in row:
                at = top + 0.21 * line
                self.write(left, at, glyphs[place % len(glyphs)], color=colours[place % len(colours)], fontsize=11)
                self.write(left + 0.16, at, name, fontsize=10)


class Sheet(Page):
    """A page with one pair of axes: named rows from the top down, or a free plane of given height.

    ``places`` has the height of each row of the data in inches from the top,
    which is also the unit of the vertical axis; ``edges`` has the borders
    between rows.
    """

    def __init__(
        self, picture: Picture, lang: str, names: Sequence[str], *, foot: str = "", key: Sequence[str] = (),
        colours: Sequence[str] = PALETTE, glyphs: Sequence[str] = _GLYPHS, merge: bool = False,
        heads: Sequence[str] = (), height: float | None = None, right: float = 0.2,
    ) -> None:
        """Give every row the height that its name needs, and the axes what is left of the width."""
        labels = list(dict.fromkeys(names)) if merge else list(names)
        texts = wrapped(labels, 25, size=10.5)
        together = [list(names).count(label) if merge else 1 for label in labels]
        rows = [max(0.185 * _lines(t) + 0.13, 0.2 * k + 0.14) for t, k in zip(texts, together, strict=True)]
        self.edges = np.concatenate([[0.0], np.cumsum(rows)])
        self.body = height if height is not None else float(self.edges[-1])
        over = picture.y[lang] if height is not None else ""
        widest = max((max(_LETTER * max(map(len, t.split("\n"))), line_inches(t, 10.5)) for t in texts), default=0.45)
        self.left, self.right = MARGIN + 0.12 + widest, right
        self.plot_width = WIDTH - self.left - self.right
        shown, turn, lift = self._fit_heads(heads)
        super().__init__(
            picture, lang, body=lift + self.body + (0.0 if heads else 0.24), under=picture.x[lang], foot=foot, key=key,
            colours=colours, glyphs=glyphs, over=over,
        )
        self.ax = self.axes(self.left, lift, self.plot_width, self.body)
        self.places = self._places(names, labels, together) if merge else (self.edges[1:] + self.edges[:-1]) / 2
        if height is None:
            self._name_rows(texts)
        if heads:
            self.ax.xaxis.tick_top()
            self.ax.set_xticks(range(len(heads)), shown, rotation=turn, linespacing=1.1, fontsize=9.5)
            self.ax.tick_params(axis="x", length=0)
            self.ax.spines["bottom"].set_visible(False)

    def _fit_heads(self, heads: Sequence[str]) -> tuple[list[str], float, float]:
        """Headings of columns broken into lines, or upright where a word is too wide; and their height."""
        if not heads:
            return [], 0.0, 0.0
        room = int(self.plot_width / len(heads) / _LETTER)
        if max(len(word) for head in heads for word in head.split()) <= room:
            lines = wrapped(heads, room)
            return lines, 0.0, 0.1 + 0.17 * max(map(_lines, lines))
        lines = wrapped(heads, 18, size=9.5, most=4)
        longest = max(max(0.075 * len(line), line_inches(line, 9.5)) for text in lines for line in text.split("\n"))
        return lines, 90.0, 0.12 + longest

    def _places(self, names: Sequence[str], labels: list[str], together: list[int]) -> np.ndarray:
        """Rows of one label spread within the space of that label."""
        middle = dict(zip(labels, (self.edges[1:] + self.edges[:-1]) / 2, strict=True))
        count, seen, places = dict(zip(labels, together, strict=True)), dict.fromkeys(labels, 0), []
        for name in names:
            places.append(middle[name] + 0.2 * (seen[name] - (count[name] - 1) / 2))
            seen[name] += 1
        return np.array(places)

    def _name_rows(self, texts: list[str]) -> None:
        """Names of rows to the left of their marks."""
        self.ax.set_ylim(self.body, 0)
        self.ax.set_yticks((self.edges[1:] + self.edges[:-1]) / 2, texts, linespacing=1.1)

    def thickness(self, share: float) -> float:
        """Height of a bar: a share of the lowest row."""
        return share * float(np.diff(self.edges).min())

    def name_ends(self, ends: list[tuple[float, float, str, str]]) -> None:
        """Names at the ends of lines (x, y, text, colour), moved apart where they would touch."""
        texts = wrapped([text for _, _, text, _ in ends], 17, size=10)
        self.right = 0.2 + max((self.text_width(text, 10) for text in texts), default=0.0)
        self.plot_width = WIDTH - self.left - self.right
        box = self.ax.get_position()
        self.ax.set_position((self.left / WIDTH, box.y0, self.plot_width / WIDTH, box.height))
        low, high = self.ax.get_ylim()
        inches = [(y - low) / (high - low) * self.body for _, y, _, _ in ends]
        for place, at in zip(range(len(ends)), spread(inches, [0.17 * _lines(t) + 0.03 for t in texts]), strict=True):
            y = low + at / self.body * (high - low)
            self.ax.annotate(
                texts[place], (self.ax.get_xlim()[1], y), xytext=(4, 0), textcoords="offset points", va="center",
                color=darker(ends[place][3]), fontsize=10, linespacing=1.05, annotation_clip=False,
            )

    def finish(self) -> Figure:
        """Draw the reference line and the name of the axis; hand over the figure."""
        if self.picture.reference is not None and self.picture.kind in ("intervals", "bars", "stacked"):
            self.ax.axvline(self.picture.reference, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
        elif self.picture.reference is not None and self.picture.kind in ("lines", "units"):
            self.ax.axhline(self.picture.reference, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
        self.name_under(self.left)
        return self.figure


def spread(centres: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """Move centres apart, as little as needed, so that things of these sizes do not overlap."""
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


def value_ticks(
    ax: Axes, values: np.ndarray, lang: str, *, kind: str = "number", axis: str = "x", zero: bool = False,
    pad: float = 0.04, steps: int = 4,
) -> None:
    """Limits, ticks and their texts for an axis of values, written as the language does.

    Parameters
    ----------
    values : ndarray
        All that must be seen on the axis; NaN and infinity are passed over.
    kind : str
        As in :func:`karier_stats.words.numbers.write`.
    zero : bool
        Whether the axis must begin at nought (bars).
    """
    from matplotlib.ticker import MaxNLocator

    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    low, high = (min(low, 0.0), max(high, 0.0) or float(low >= 0)) if zero else (low, high)
    room = (high - low) * pad or max(abs(high), 1.0) * 0.1
    low, high = low - (0.0 if zero and low == 0 else room), high + (0.0 if zero and high == 0 else room)
    getattr(ax, f"set_{axis}lim")(low, high)
    for count in range(steps, 0, -1):
        locator = MaxNLocator(nbins=count, steps=[1, 2, 2.5, 5, 10], integer=kind == "integer")
        ticks = np.asarray(locator.tick_values(low, high))
        ticks = ticks[(ticks >= low) & (ticks <= high)]
        texts = [write(tick, lang, kind, _digits(ticks, kind)) for tick in ticks]
        if axis == "y" or sum(map(len, texts)) * _LETTER < 0.8 * ax.get_position().width * WIDTH:
            break
    getattr(ax, f"set_{axis}ticks")(ticks, texts)
    ax.grid(axis=axis)  # type: ignore[arg-type]


def _digits(ticks: np.ndarray, kind: str) -> int:
    """The fewest decimals that tell the ticks apart."""
    scaled = ticks * (100 if kind == "percent" else 1)
    return next((d for d in range(6) if np.allclose(scaled, np.round(scaled, d), rtol=0, atol=1e-9)), 6)


def place_x(ax: Axes, values: pd.Series, lang: str) -> dict[Any, float]:
    """Where each value of x stands: numbers to scale, years without a thousands mark, words in their order."""
    from pandas.api.types import is_numeric_dtype

    distinct = list(dict.fromkeys(values.tolist()))
    if is_numeric_dtype(values):
        where = {value: float(value) for value in distinct}
        shown = sorted(distinct)[:: max(1, math.ceil(len(distinct) / 7))]
        ax.set_xticks([where[value] for value in shown], [x_text(value, lang) for value in shown])
    else:
        distinct = distinct if isinstance(distinct[0], str) else sorted(distinct)
        where = {value: float(place) for place, value in enumerate(distinct)}
        names = wrapped([x_text(value, lang) for value in distinct], max(8, int(40 / len(distinct))), size=10, most=4)
        ax.set_xticks(range(len(distinct)), names, linespacing=1.05)
    reach = max(where.values()) - min(where.values())
    ax.set_xlim(min(where.values()) - (0.05 * reach or 0.5), max(where.values()) + (0.05 * reach or 0.5))
    return where


def x_text(value: Any, lang: str) -> str:
    """A year, a number, a day or a word."""
    if isinstance(value, str) or is_missing(value):
        return str(value)
    if hasattr(value, "year"):
        return date(value, lang)
    if float(value).is_integer():
        return str(int(value)) if 1900 <= value <= 2100 else integer(value, lang)
    return number(value, lang, 2)
