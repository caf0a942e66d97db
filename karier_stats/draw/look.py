"""The look of every picture: colours, letters, theme, and how wide words are."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from functools import cache, lru_cache
from typing import Any

from karier_stats.words.numbers import integer

INK, SOFT = "#14212b", "#4a5963"
TITLE = "#123c5a"
LINE = "#c9d3d8"
TONES = {
    "naik": ("#0b655c", "#b5d8d1"), "awas": ("#b23a1c", "#f0c9bb"), "netral": ("#5f6f79", "#cfd8dc"),
    "bawah": ("#1f4e9e", "#c6d5ee"),
}
"""What stands out, what warns, what stays behind, what lies below: the colour of marks and of words, and their band."""
TONE, PALE = ({name: pair[which] for name, pair in TONES.items()} for which in (0, 1))
BELOW = "v"
"""The mark of what lies below a reference."""
MARKERS = ("o", "s", "^", "D", "v", "P")
GLYPHS = ("●", "■", "▲", "◆", "▼", "✚")

FONTS = ("Public Sans", "Segoe UI", "Noto Sans", "Liberation Sans", "DejaVu Sans")
"""A reader's machine has one of them; all words are measured in the last, the widest."""
SMALL, NAME, HEAD = 12.8, 13.0, 15.0
"""Sizes of letters in units; 12.8 units are 8.5 points where 720 units fill the text of an A4 page."""
LEADING = 1.27

_COUNT = " (n\u00a0"
"""What stands between a name and its n."""
_STYLE: dict[str, Any] = {
    "font.family": FONTS[-1], "font.size": SMALL, "text.color": INK, "text.parse_math": False, "text.hinting": "none",
    "figure.dpi": 72, "axes.xmargin": 0, "axes.ymargin": 0,
}


def style() -> AbstractContextManager[None]:
    """The look of every picture, seaborn's ticks in our colours, whatever the reader's own settings are."""
    import matplotlib.style
    import seaborn as sns

    return matplotlib.style.context(["default", {**sns.axes_style("ticks"), **_STYLE}])


@cache
def _font(bold: bool) -> Any:
    """The widest letters at 100 units, a copy of our own: matplotlib's is set to other sizes."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    font = FT2Font(findfont(FontProperties(family=FONTS[-1], weight="bold" if bold else "normal")))
    font.set_size(100, 72)
    return font


@lru_cache(maxsize=4096)
def width_of(text: str, size: float = SMALL, bold: bool = False) -> float:
    """Width of one line of text in units, on the generous side: in the widest letters that a reader may have.

    Parameters
    ----------
    text : str
        Without line ends.
    size : float
        Of the letters, in units.
    """
    words = text.split(" ")
    return float(sum(_advance(word, bold) for word in words if word) + (len(words) - 1) * _advance(" ", bold)) / 6400 * size


@lru_cache(maxsize=1 << 14)
def _advance(word: str, bold: bool) -> int:
    """Width of a word at 100 units, in 64ths: those of a line add up, and most stand in many lines."""
    from matplotlib.ft2font import LoadFlags

    font = _font(bold)
    font.set_text(word, 0.0, flags=LoadFlags.NO_HINTING)
    return int(font.get_width_height()[0])


def widest(texts: Any, size: float = SMALL, bold: bool = False) -> float:
    """Width of the widest line of some texts; nought for none."""
    return max((width_of(line, size, bold) for text in texts for line in text.split("\n")), default=0.0)


def shortened(text: str, letters: int) -> str:
    """A text of at most so many letters; a longer one ends in an ellipsis."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def lines_of(text: str, room: float, size: float = SMALL, bold: bool = False, most: int = 8) -> list[str]:
    """A text in lines that are at most ``room`` units wide, whatever the office typed.

    Parameters
    ----------
    most : int
        A text of more lines ends in an ellipsis; the n after a name stays.

    Notes
    -----
    Words stay whole where they fit; a wider word is broken.
    """
    name, mark, count = text.partition(_COUNT)
    lines = _broken(name, room, size, bold)
    if len(lines) > most:
        lines = lines[:most]
        while len(lines[-1]) > 1 and width_of(lines[-1] + "…", size, bold) > room:
            lines[-1] = lines[-1][:-1]
        lines[-1] = lines[-1].rstrip() + "…"
    if mark:
        told = (mark + count).lstrip(" ")
        if width_of(f"{lines[-1]} {told}", size, bold) <= room:
            lines[-1] = f"{lines[-1]} {told}"
        else:
            lines.append(told)
    return lines


def _broken(text: str, room: float, size: float, bold: bool) -> list[str]:
    """Words put together to lines, greedily."""
    lines = [""]
    for word in re.split(r"[ \n\t]+", text.strip()):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size, bold) <= room:
            lines[-1] = longer
            continue
        pieces = _pieces(word, room, size, bold)
        lines = [line for line in lines if line] + pieces
    return lines


def _pieces(word: str, room: float, size: float, bold: bool) -> list[str]:
    """A word whole, or cut where it is wider than the room."""
    if width_of(word, size, bold) <= room or len(word) < 2:
        return [word]
    pieces, fits = [], max(1, int(len(word) * room / width_of(word, size, bold)))
    while word:
        end = fits
        while end > 1 and width_of(word[:end], size, bold) > room:
            end -= 1
        joint = max(word.rfind(mark, 0, end) for mark in "_-./") + 1  # names of files break where their parts meet
        end = joint if end < len(word) and joint > end // 2 else end
        pieces.append(word[:end])
        word = word[end:]
    return pieces


def with_count(name: str, n: float, lang: str) -> str:
    """A name with its n, which no line break may cut.

    Returns
    -------
    str
        ``Seminar (n = 40)``; its blanks do not break, and :func:`lines_of` keeps it whole.
    """
    return f"{name}{_COUNT}=\u00a0{integer(n, lang)})"


def ramp(steps: int) -> list[str]:
    """Colours of ordered parts, light to dark."""
    from matplotlib.colors import LinearSegmentedColormap, to_hex

    shades = LinearSegmentedColormap.from_list("parts", ["#e3eaec", "#b5d8d1", "#6aa9a0", TONE["naik"], "#06332f"])
    return [to_hex(shades(step / (steps - 1))) for step in range(steps)] if steps > 1 else [TONE["naik"]]


def ink_on(colour: str) -> str:
    """White or ink, whichever can be read on a colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.5 else INK
