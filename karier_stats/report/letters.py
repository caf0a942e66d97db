"""The letters of the editions: the fonts that every page carries."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"


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
    """How many lines a text fills, on the generous side.

    Parameters
    ----------
    text : str
        Words with white space between them; a word that is wider than the room is broken.
    room, size : float
        Width of a line in millimetres, height of the letters in points.
    face : str
        A file of ``fonts`` without its ending.
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
