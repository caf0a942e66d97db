"""Alternative texts: what a picture shows, said from its data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.draw.canvas import column, x_text
from karier_stats.draw.people import arms_of
from karier_stats.words.numbers import both, integer, interval, number, write

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.answers.record import Picture

LONGEST = 600
"""Most characters of an alternative text."""

_KIND = {
    "intervals": both("Titik dengan selang", "Points with intervals"),
    "bars": both("Diagram batang", "Bar chart"),
    "stacked": both("Batang bertumpuk", "Stacked bars"),
    "lines": both("Diagram garis", "Line chart"),
    "change": both("Perubahan sebelum–sesudah", "Change from before to after"),
    "units": both("Diagram titik, satu titik per unit", "Scatter plot, one point per unit"),
    "matrix": both("Matriks berwarna", "Shaded matrix"),
}
_HIGHEST, _LOWEST = both("tertinggi", "highest"), both("terendah", "lowest")
_HIDDEN = both("Tidak ditampilkan: {count}.", "Not shown: {count}.")
EMPTY = both("Tidak ada angka yang dapat ditampilkan.", "There is no number that can be shown.")


def describe(picture: Picture, lang: str) -> str:
    """What the picture shows, for a reader who cannot see it.

    Parameters
    ----------
    picture : Picture
        After disclosure control.
    lang : {"id", "en"}
        Language of the text.

    Returns
    -------
    str
        Kind, title, n, highest and lowest value with their names, and what else
        the kind has to say; at most ``LONGEST`` characters, cut between sentences.
    """
    opening = f"{_KIND[picture.kind][lang]}: {picture.title[lang].rstrip('.?')}."
    body = [EMPTY[lang]] if picture.data.empty else _BODY[picture.kind](picture, lang)
    sentences = [opening, f"n = {integer(picture.n, lang)}.", *body]
    if picture.kind not in ("change", "units"):
        sentences += _hidden(picture, lang)
    text = ""
    for sentence in sentences:
        if len(text) + len(sentence) + 1 > LONGEST:
            break
        text = f"{text} {sentence}".strip()
    return text or opening[: LONGEST - 1] + "…"


def _hidden(picture: Picture, lang: str) -> list[str]:
    """How many rows disclosure control took away."""
    gone = int(picture.data["suppressed"].sum()) if "suppressed" in picture.data else 0
    return [_HIDDEN[lang].format(count=_lines(gone, lang))] if gone else []


def _value(picture: Picture, lang: str, value: float) -> str:
    """A value as the picture writes it."""
    return write(value, lang, picture.value_format, picture.digits)


def _extremes(picture: Picture, lang: str, names: list[str], values: np.ndarray, texts: list[str]) -> list[str]:
    """The highest and the lowest value with their names; of one value, or of equals, none is the highest."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return [EMPTY[lang]]
    top, bottom = int(np.nanargmax(values)), int(np.nanargmin(values))
    if len(known) == 1:
        return [f"{names[top]} {texts[top]}."]
    if values[top] == values[bottom]:
        return [both(f"Semua bernilai {_value(picture, lang, values[top])}.",
                     f"All are {_value(picture, lang, values[top])}.")[lang]]
    return [f"{_HIGHEST[lang].capitalize()}: {names[top]} {texts[top]}; {_LOWEST[lang]}: {names[bottom]} {texts[bottom]}."]


def _lines(count: int, lang: str) -> str:
    """How many rows or columns."""
    return both(f"{integer(count, 'id')} baris", "1 row" if count == 1 else f"{integer(count, 'en')} rows")[lang]


def _rows(picture: Picture, lang: str) -> list[str]:
    """Bars and intervals: how many rows, the highest, the lowest, with intervals where there are any."""
    data = picture.data
    values = column(data, "estimate" if picture.kind == "intervals" else "value")
    spans = zip(column(data, "low"), column(data, "high"), strict=True)
    texts = [
        _value(picture, lang, value) + ("" if np.isnan(low + high) else f" ({_span(picture, lang, low, high)})")
        for value, (low, high) in zip(values, spans, strict=True)
    ]
    names = data[f"label_{lang}"].astype(str)
    if f"group_{lang}" in data:
        names = names + ", " + data[f"group_{lang}"].astype(str)
    count = _lines(len(data), lang) + "."
    if not picture.ranked:
        return [count, _range(picture, lang, values)]
    return [count, *_extremes(picture, lang, names.tolist(), values, texts)]


def _range(picture: Picture, lang: str, values: np.ndarray) -> str:
    """From where to where the rows reach, without naming any."""
    known = values[~np.isnan(values)]
    if not len(known):
        return EMPTY[lang]
    reach = _span(picture, lang, known.min(), known.max())
    return both(f"Nilainya {reach}.", f"Values from {reach}.")[lang]


def _span(picture: Picture, lang: str, low: float, high: float) -> str:
    """An interval in the picture's own format."""
    word = both(" s.d. ", " to ")[lang]
    return _value(picture, lang, low) + word + _value(picture, lang, high)


def _parts(picture: Picture, lang: str) -> list[str]:
    """Stacked bars: the parts, and where the last part is largest and smallest."""
    data = picture.data
    parts = list(dict.fromkeys(data[f"part_{lang}"].astype(str)))
    last = data[data[f"part_{lang}"].astype(str) == parts[-1]]
    values = column(last, "value")
    names = last[f"label_{lang}"].astype(str).tolist()
    texts = [_value(picture, lang, value) for value in values]
    order = both("Bagian berurut", "Parts in order")[lang]
    share = both("Bagian", "Part")[lang]
    found = _extremes(picture, lang, names, values, texts)
    return [f"{order}: {', '.join(parts)}.", f"{share} “{parts[-1]}”:", *(text[0].lower() + text[1:] for text in found)]


def _courses(picture: Picture, lang: str) -> list[str]:
    """Lines: first and last value of every group."""
    return [_course(picture, lang, group) for _, group in picture.data.groupby("group_id", sort=False)]


def _course(picture: Picture, lang: str, group: pd.DataFrame) -> str:
    """One line from its first to its last value that is shown."""
    name = str(group[f"group_{lang}"].iloc[0])
    seen = group[~np.isnan(column(group, "value"))]
    if seen.empty:
        return f"{name}: {EMPTY[lang]}"
    values = column(seen, "value")
    ends = [f"{_value(picture, lang, values[at])} ({x_text(seen['x'].iloc[at], lang)})" for at in (0, -1)]
    word = both("dari {} ke {}", "from {} to {}")[lang]
    return f"{name}: {word.format(*ends) if len(seen) > 1 else ends[0]}."


def _change(picture: Picture, lang: str) -> list[str]:
    """Each arm: means before and after, mean change with its interval, how many rose and fell."""
    say = both(
        "{name}rata-rata {before} menjadi {after}, perubahan {mean} ({span}){counts}.",
        "{name}mean {before} to {after}, change {mean} ({span}){counts}.",
    )[lang]
    out = []
    for arm in arms_of(picture):
        mean, low, high = arm.change
        name = arm.name(lang)
        out.append(say.format(
            name=f"{name} (n = {integer(arm.n, lang)}): " if name else "", before=number(arm.means[0], lang),
            after=number(arm.means[1], lang), mean=number(mean, lang), span=interval(low, high, lang),
            counts=_counts(arm.counts, lang),
        ))
    return [text[0].upper() + text[1:] for text in out] or [EMPTY[lang]]


def _counts(counts: tuple[int, int, int] | None, lang: str) -> str:
    """How many people rose, stayed and fell, unless one of the three is a small group."""
    if counts is None:
        return ""
    say = both("; naik {}, tetap {}, turun {} orang", "; {} up, {} unchanged, {} down")[lang]
    return say.format(*(integer(count, lang) for count in counts))


def _points(picture: Picture, lang: str) -> list[str]:
    """Units: how many, the range of both axes, the slope of the line."""
    data = picture.data
    x, y = column(data, "x"), column(data, "y")
    if np.isnan(x).all() or np.isnan(y).all():
        return [EMPTY[lang]]
    spans = both(
        "{count} unit; {x} dari {x_low} sampai {x_high}; {y} dari {y_low} sampai {y_high}.",
        "{count} units; {x} from {x_low} to {x_high}; {y} from {y_low} to {y_high}.",
    )[lang].format(
        count=integer(len(data), lang), x=picture.x[lang], y=picture.y[lang], x_low=number(np.nanmin(x), lang),
        x_high=number(np.nanmax(x), lang), y_low=_value(picture, lang, np.nanmin(y)),
        y_high=_value(picture, lang, np.nanmax(y)),
    )
    if picture.line is None:
        return [spans]
    slope = _value(picture, lang, picture.line[1])
    return [spans, both(f"Kemiringan garis {slope} per satuan.", f"Slope of the line {slope} per unit of x.")[lang]]


def _grid(picture: Picture, lang: str) -> list[str]:
    """Matrix: its size, the highest and the lowest cell."""
    data = picture.data
    values = column(data, "value")
    names = (data[f"row_{lang}"].astype(str) + " × " + data[f"column_{lang}"].astype(str)).tolist()
    rows, columns = _lines(data["row_id"].nunique(), lang), data["column_id"].nunique()
    size = rows + both(f" dan {columns} kolom.", f" and {columns} column{'' if columns == 1 else 's'}.")[lang]
    return [size, *_extremes(picture, lang, names, values, [_value(picture, lang, value) for value in values])]


_BODY: dict[str, Callable[[Picture, str], list[str]]] = {
    "intervals": _rows, "bars": _rows, "stacked": _parts, "lines": _courses, "change": _change, "units": _points,
    "matrix": _grid,
}
