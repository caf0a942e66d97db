"""Pictures: the data of a :class:`Picture` drawn, as vectors for a report and as PNG for a notebook.

One look for all: title to the left, what is measured and n under it, names and
values beside their marks, numbers as the language writes them. The same data
give the same bytes on every machine.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.domain.disclosure import policy_for
from karier_stats.draw import planes, rows
from karier_stats.draw.alt_text import describe
from karier_stats.draw.look import HEAD, LEADING, SOFT, style
from karier_stats.draw.people import draw_change
from karier_stats.draw.shapes import arms_of
from karier_stats.draw.sheet import NARROW, WIDE, Canvas, column
from karier_stats.words import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from karier_stats.answers.record import Picture

MOST_ROWS = 20
"""Rows of a picture in a report; a notebook draws all of an answer."""
MOST_NAMES = 40
"""Rows of the picture of a result."""
DOTS = 108
"""Per 72 units, of a picture in a notebook."""

_DRAW: dict[str, Callable[[Canvas], None]] = {
    "bars": rows.bars, "intervals": rows.intervals, "stacked": rows.stacked, "sides": rows.sides, "bridge": rows.bridge,
    "matrix": rows.matrix, "lines": planes.lines, "units": planes.units, "options": planes.options,
}
_ROW = {**dict.fromkeys(("bars", "intervals", "stacked", "sides"), "label_id"), "matrix": "row_id"}
"""Columns that name the rows of a kind of many."""
_TITLE_LINE = re.compile('<text [^>]* class="t"[^>]*>[^<]*</text>\n')
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="[\d.]+" height="[\d.]+"')


def draw(picture: Picture, lang: str, audience: str = "internal", width: int = WIDE) -> Figure:
    """Draw a picture.

    Parameters
    ----------
    picture : Picture
        Data, kind and words; after disclosure control.
    lang : {"id", "en"}
        Language of every word and number.
    audience : {"internal", "public"}
        The public never sees single persons: their lines become densities.
    width : {720, 350}
        Width in units, which are points of the figure.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot, so that a notebook shows it once and nothing piles up.
    """
    with style():
        sheet = Canvas(picture, lang, width)
        _fill(sheet, policy_for(audience).persons_shown)
    return sheet.figure


def plot(picture: Picture, lang: str, ax: Axes | None = None) -> Axes:
    """Draw the picture of a result on a reader's axes, as large as they allow, or in a figure of its own that pyplot shows.

    Its parts are the ``child_axes``; of more than ``MOST_NAMES`` rows it says how many are missing.
    """
    import matplotlib.pyplot as plt

    shown = _fewer(picture, lang, MOST_NAMES)
    with style():
        own = plt.figure(dpi=DOTS) if ax is None else None
        area = ax or plt.gcf().add_axes((0, 0, 1, 1))
        area.set_axis_off()
        whole = area.get_figure(root=True)
        if whole is not None and whole.get_layout_engine() is not None:
            whole.draw_without_rendering()  # only then have axes their place
        wide = 72 * area.get_window_extent().width / area.figure.dpi
        sheet = Canvas(shown, lang, WIDE if own or wide > 0.6 * WIDE else NARROW, area, own)
        _fill(sheet, persons_shown=True)
    return area


def _fill(sheet: Canvas, persons_shown: bool) -> None:
    """Draw the picture of a sheet, or say that there is nothing to draw."""
    picture = sheet.picture
    if picture.data.empty or (picture.kind == "change" and not arms_of(picture)):
        sheet.lead()
        sheet.paragraph(say("draw.nothing", sheet.lang), color=SOFT)
        sheet.finish()
    elif picture.kind == "change":
        draw_change(sheet, persons_shown)
    else:
        _DRAW[picture.kind](sheet)


def svg(picture: Picture, lang: str, width: int = WIDE, alt: str = "") -> str:
    """The picture as one ``<svg>`` for a page, with its title and its description in words.

    Parameters
    ----------
    picture : Picture
        Data, kind and words; after disclosure control.
    lang : {"id", "en"}
        Language of every word and number.
    width : {720, 350}
        Width in units: for a page or a screen, or for a phone or a narrow column.
    alt : str
        Its description, where :func:`describe` was asked before.

    Returns
    -------
    str
        Without script, style, address or comment; letters are those of the page. Its class is ``w720`` or ``w350``,
        its ids are made from what is drawn. Of more than ``MOST_ROWS`` rows, those that stand out come first, and the
        picture says how many are missing.
    """
    from karier_stats.draw.vector import figure_svg

    body = figure_svg(drawn(picture, lang, width))
    name = f"g{hashlib.sha256(body.encode()).hexdigest()[:10]}w{width}"
    told = escape(alt or describe(picture, lang))
    words = f'<title id="{name}t">{escape(picture.title[lang])}</title><desc id="{name}d">{told}</desc>'
    start, rest = body.split(">", 1)
    return f'{start} class="w{width}" role="img" lang="{lang}" aria-labelledby="{name}t {name}d">{words}{rest}'


def bare(vector: str) -> str:
    """What :func:`svg` drew, without the lines of the title: all else stands below them, and the view begins there."""
    below, lines = _TITLE_LINE.subn("", vector)
    width, height = _VIEW.findall(below)[0]
    top, high = (f"{value:.1f}".removesuffix(".0") for value in (LEADING * HEAD * lines, float(height) - LEADING * HEAD * lines))
    return _VIEW.sub(f'viewBox="0 {top} {width} {high}" width="{width}" height="{high}"', below, count=1)


def drawn(picture: Picture, lang: str, width: int = WIDE, titled: bool = True) -> Figure:
    """The picture as a report has it: at most ``MOST_ROWS`` rows, and its title only where the page does not write it."""
    shown = _fewer(picture, lang)
    return draw(shown if titled else replace(shown, title={"id": "", "en": ""}), lang, width=width)


def png(figure: Figure, dots: int = DOTS) -> bytes:
    """The figure as PNG of so many dots per inch of 72 units, without date or software in it."""
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="png", dpi=dots, metadata={"Software": None})
    return out.getvalue()


def _fewer(picture: Picture, lang: str, most: int = MOST_ROWS) -> Picture:
    """The picture with at most so many rows: those that stand out, then the first; its note says what is missing."""
    name = _ROW.get(picture.kind)
    data, reference = picture.data, picture.reference
    if name is None or len(data) <= most:
        return picture
    rows = data[name].where(data[name].ne(""), data.index.to_series())  # those without a name are told apart by their place
    if rows.nunique() <= most:
        return picture
    apart = data["highlight"].eq(True).to_numpy() if "highlight" in data else np.zeros(len(data), dtype=bool)
    if reference is not None:
        apart = apart | (column(data, "low") > reference) | (column(data, "high") < reference)
    first = list(dict.fromkeys([*rows[apart], *rows]))[:most]
    told = say("draw.foot.fewer", lang, n=rows.nunique() - most)
    note = " ".join(filter(None, [told, (picture.note or {}).get(lang, "")]))
    return replace(picture, data=data[rows.isin(first)].reset_index(drop=True), note={"id": note, "en": note})

