"""The letters of the editions: the fonts that every page carries, and how high the one page stands on paper.

The one page is held to one A4 sheet before it is printed, reckoned from its letters; sizes and distances are those that
``edisi.css`` gives ``.e-sheet`` in print.
"""

from __future__ import annotations

import base64
import html
import re
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
WIDTH, HEIGHT = 182.0, 275.0
"""The sheet between its margins, in millimetres."""
SPARE = 3.0
"""Millimetres that stay free for what a browser lays out otherwise than it is reckoned here."""
_POINT = 25.4 / 72
_SERIF = "newsreader-600"
_COLUMN = (WIDTH - 2 * 5) / 3
_HIDDEN = re.compile(r'<span class="e-label".*?</span>|<[^>]*>', re.DOTALL)


@cache
def faces() -> str:
    """The letters of every edition inside its style sheet, so that all readers see the same pages.

    Notes
    -----
    Public Sans and Newsreader, each under the SIL Open Font License that lies beside it, without a reserved name. They
    were subset with fonttools (``pyftsubset --flavor=woff --no-hinting`` with U+0020-017F, the punctuation and the signs
    of comparison, and the features kern, mark, mkmk, ccmp, locl, liga, lnum and tnum, for columns of figures).
    """
    rules = []
    for path in sorted(FONTS.glob("*.woff")):
        name, _, weight = path.stem.rpartition("-")
        letters = base64.b64encode(path.read_bytes()).decode("ascii")
        rules.append(
            f'@font-face {{ font-family: "{name.replace("-", " ").title()}"; font-weight: {weight};'
            f' src: url(data:font/woff;base64,{letters}) format("woff"); }}\n'
        )
    return "".join(rules)


def lines_in(text: str, room: float, size: float, face: str = "public-sans-400") -> int:
    """How many lines a text fills, on the generous side; a word that is wider than the room is broken.

    The room is the width of a line in millimetres, the size the height of the letters in points, the face a file of ``fonts``.
    """
    lines, filled, gap = 1, 0.0, _width(" ", size, face)
    for word in text.split():
        width = _width(word, size, face)
        if filled and filled + gap + width > room:
            lines, filled = lines + 1, 0.0
        filled += width + (gap if filled else 0.0)
        lines, filled = lines + int(filled // room), filled % room
    return lines


def _width(text: str, size: float, face: str) -> float:
    """The width of some letters in millimetres; one that the font lacks is as wide as it is high."""
    widths, whole = _advances(face)
    return sum(widths.get(ord(one), whole) for one in text) / whole * size * 25.4 / 72


@cache
def _advances(face: str) -> tuple[dict[int, int], int]:
    """The width of every letter of a font, and the height to which widths refer."""
    from fontTools.ttLib import TTFont

    font = TTFont(FONTS / f"{face}.woff")
    metrics = font["hmtx"].metrics
    return {letter: metrics[name][0] for letter, name in font.getBestCmap().items()}, font["head"].unitsPerEm


def fits(page: str) -> bool:
    """Whether the HTML of the one page stands on one sheet."""
    return height(page) <= HEIGHT - SPARE


def height(page: str) -> float:
    """The height of the one page in millimetres."""
    head, _, rest = page.partition("</h1>")
    before, _, after = rest.partition('<div class="e-three">')
    high = 8.5 + 3 + _lines(head.rpartition("<h1>")[2], WIDTH, 15.5, 1.22, _SERIF)
    high += sum(1.2 + _lines(text, WIDTH, 10, 1.28) for text in re.findall(r"<p>(.*?)</p>", before, re.DOTALL))
    high += 6 + max(map(_section, re.findall(r"<section>(.*?)</section>", after, re.DOTALL)), default=0.0)
    high += sum(map(_figure, re.findall(r"<figure.*?</figure>", after, re.DOTALL)))
    table = re.search(r"<table.*?</table>", after, re.DOTALL)
    shares = [float(share) for share in re.findall(r'<col style="width: (\d+)%"', page)]
    rows = re.findall(r"<tr.*?</tr>", table[0], re.DOTALL) if table else []
    return high + 8 + sum(_row(row, [*shares, 100 - sum(shares)]) for row in rows) + 8


def _section(markup: str) -> float:
    """One of the three answers: heading, message, paragraph, evidence."""
    high = 2.5 + _lines(re.findall(r"<h2>(.*?)</h2>", markup)[0], _COLUMN, 9.5, 1.3, "public-sans-700")
    for kind, text in re.findall(r"<p(?: class=\"([\w-]+)\")?>(.*?)</p>", markup, re.DOTALL):
        if kind == "e-lead":
            high += 1 + _lines(text, _COLUMN, 10.5, 1.2, _SERIF)
        else:
            high += 1 + _lines(text, _COLUMN - (8 if kind else 0), 8.6 if kind else 10, 1.28)
    return high


def _figure(markup: str) -> float:
    """The picture with its caption."""
    wide, tall = map(float, re.findall(r'viewBox="0 [\d.]+ ([\d.]+) ([\d.]+)"', markup)[0])
    caption = re.sub(r"<span.*?</span>", "", re.findall(r"<figcaption>(.*?)</figcaption>", markup, re.DOTALL)[0])
    return 8 + _lines(caption, WIDTH, 10, 1.28, "public-sans-700") + tall * WIDTH / wide


def _row(markup: str, shares: list[float]) -> float:
    """One row of the table of actions: as high as its highest cell."""
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", markup, re.DOTALL)
    rooms = [WIDTH * share / 100 - 1.6 for share in shares]
    return 0.8 + max(_lines(cell, room, 8.6, 1.2) for cell, room in zip(cells, rooms, strict=True))


def _lines(markup: str, room: float, size: float, leading: float, face: str = "public-sans-400") -> float:
    """The height of some words in a column; bars of evidence are as wide as three letters."""
    text = html.unescape(_HIDDEN.sub("", markup.replace('<span class="e-bars', 'mmm <span class="e-bars')))
    return lines_in(text, room, size, face) * size * leading * _POINT
