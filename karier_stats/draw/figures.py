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
from karier_stats.draw import planes, rows, squares
from karier_stats.draw.alt_text import describe
from karier_stats.draw.look import HEAD, LEADING, SOFT, style
from karier_stats.draw.people import draw_change
from karier_stats.draw.shapes import arms_of
from karier_stats.draw.sheet import WIDE, Sheet, column
from karier_stats.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from karier_stats.answers.record import Picture

MOST_ROWS = 20
"""Rows of a picture in a report; a notebook draws all."""

_DRAW: dict[str, Callable[[Picture, str, int], Figure]] = {
    "bars": rows.bars, "intervals": rows.intervals, "stacked": rows.stacked, "sides": rows.sides, "bridge": rows.bridge,
    "matrix": rows.matrix, "lines": planes.lines, "units": planes.units, "hundred": squares.hundred,
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
        if picture.data.empty or (picture.kind == "change" and not arms_of(picture)):
            return _nothing(picture, lang, width)
        if picture.kind == "change":
            return draw_change(picture, lang, width, policy_for(audience).persons_shown)
        return _DRAW[picture.kind](picture, lang, width)


def svg(picture: Picture, lang: str, width: int = WIDE, audience: str = "internal", titled: bool = True) -> str:
    """The picture as one ``<svg>`` for a page, with its title and its description in words.

    Parameters
    ----------
    picture : Picture
        Data, kind and words; after disclosure control.
    lang : {"id", "en"}
        Language of every word and number.
    width : {720, 350}
        Width in units: for a page or a screen, or for a phone or a narrow column.
    audience : {"internal", "public"}
        The public never sees single persons.
    titled : bool
        Whether its title is drawn; it stands in ``<title>`` in any case.

    Returns
    -------
    str
        Without script, style, address or comment; letters are those of the page. Its class is ``w720`` or ``w350``,
        its ids are made from what is drawn. Of more than ``MOST_ROWS`` rows, those that stand out come first, and the
        picture says how many are missing.
    """
    from karier_stats.draw.vector import figure_svg

    body = figure_svg(drawn(picture, lang, width, audience))
    name = f"g{hashlib.sha256(body.encode()).hexdigest()[:10]}w{width}"
    words = f'<title id="{name}t">{escape(picture.title[lang])}</title><desc id="{name}d">{escape(describe(picture, lang))}</desc>'
    start, rest = body.split(">", 1)
    whole = f'{start} class="w{width}" role="img" lang="{lang}" aria-labelledby="{name}t {name}d">{words}{rest}'
    return whole if titled else bare(whole)


def bare(vector: str) -> str:
    """What :func:`svg` drew, without the lines of the title: all else stands below them, and the view begins there."""
    below, lines = _TITLE_LINE.subn("", vector)
    width, height = _VIEW.findall(below)[0]
    top, high = (f"{value:.1f}".removesuffix(".0") for value in (LEADING * HEAD * lines, float(height) - LEADING * HEAD * lines))
    return _VIEW.sub(f'viewBox="0 {top} {width} {high}" width="{width}" height="{high}"', below, count=1)


def drawn(picture: Picture, lang: str, width: int = WIDE, audience: str = "internal", titled: bool = True) -> Figure:
    """The picture as a report has it: at most ``MOST_ROWS`` rows, and its title only where the page does not write it."""
    shown = _fewer(picture, lang)
    return draw(shown if titled else replace(shown, title={"id": "", "en": ""}), lang, audience, width)


def png(figure: Figure, dots: int = 108) -> bytes:
    """The figure as PNG of so many dots per inch of 72 units, without date or software in it."""
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="png", dpi=dots, metadata={"Software": None})
    return out.getvalue()


def _nothing(picture: Picture, lang: str, width: int) -> Figure:
    """A sheet that says that there is nothing to draw."""
    sheet = Sheet(picture, lang, width)
    sheet.lead()
    sheet.paragraph(say("draw.nothing", lang), color=SOFT)
    return sheet.finish()


def _fewer(picture: Picture, lang: str) -> Picture:
    """The picture with at most ``MOST_ROWS`` rows: those that stand out, then the first; its note says what is missing."""
    name = _ROW.get(picture.kind)
    if name is None or picture.data.empty or picture.data[name].nunique() <= MOST_ROWS:
        return picture
    data, reference = picture.data, picture.reference
    apart = data["highlight"].eq(True).to_numpy() if "highlight" in data else np.zeros(len(data), dtype=bool)
    if reference is not None:
        apart = apart | (column(data, "low") > reference) | (column(data, "high") < reference)
    first = list(dict.fromkeys([*data.loc[apart, name], *data[name]]))[:MOST_ROWS]
    told = say("draw.foot.fewer", lang, n=data[name].nunique() - MOST_ROWS)
    note = " ".join(filter(None, [told, (picture.note or {}).get(lang, "")]))
    return replace(picture, data=data[data[name].isin(first)].reset_index(drop=True), note={"id": note, "en": note})


__all__ = ["bare", "describe", "draw", "drawn", "png", "svg"]
