"""Alternative texts: what a picture shows, said from its data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.shapes import arms_of
from karier_stats.draw.sheet import column, x_text
from karier_stats.words import Phrase, say
from karier_stats.words.numbers import interval, listing, write

if TYPE_CHECKING:
    from karier_stats.answers.record import Picture

LONGEST = 600
"""Most characters of an alternative text."""


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
    opening = _said(lang, "opening", kind=Phrase(f"draw.alt.kind.{picture.kind}"), title=picture.title[lang].rstrip(".?"))
    body = [say("draw.nothing", lang)] if picture.data.empty else _BODY[picture.kind](picture, lang)
    sentences = [opening, _said(lang, "n", n=picture.n), *body]
    if picture.kind not in ("change", "units") and "suppressed" in picture.data and picture.data["suppressed"].any():
        sentences.append(_said(lang, "hidden", n=int(picture.data["suppressed"].sum())))
    text = ""
    for sentence in sentences:
        if len(text) + len(sentence) + 1 > LONGEST:
            break
        text = f"{text} {sentence}".strip()
    return text or opening[: LONGEST - 1] + "…"


def _said(lang: str, key: str, **facts: Any) -> str:
    """One sentence of an alternative text."""
    return say(f"draw.alt.{key}", lang, **facts)


def _value(picture: Picture, lang: str, value: float) -> str:
    """A value as the picture writes it, and what else its axis says: that it is one of points."""
    text = write(value, lang, picture.value_format, picture.digits)
    return _said(lang, "apart", value=text) if picture.value_format == "points" else text


def _extremes(
    picture: Picture, lang: str, names: list[str], values: np.ndarray, texts: list[str], first: str = "highest"
) -> str:
    """The highest and the lowest value with their names; of one value, or of equals, none is the highest."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return say("draw.nothing", lang)
    top, bottom = int(np.nanargmax(values)), int(np.nanargmin(values))
    if len(known) == 1:
        return _said(lang, "one", name=names[top], value=texts[top])
    if values[top] == values[bottom]:
        return _said(lang, "equal", value=_value(picture, lang, values[top]))
    (high, highest), (low, lowest) = (_end(picture, lang, names, values, texts, at) for at in (top, bottom))
    return _said(lang, "extremes", first=Phrase(f"draw.alt.{first}"), high=high, highest=highest, low=low, lowest=lowest)


def _end(
    picture: Picture, lang: str, names: list[str], values: np.ndarray, texts: list[str], at: int
) -> tuple[str, str]:
    """The name at one end with its value; of several that tie their names, in quotation marks, or beyond three their number."""
    tied = [say("said.quoted", lang, label=name) for name, value in zip(names, values, strict=True) if value == values[at]]
    if len(tied) == 1:
        return names[at], texts[at]
    return listing(tied, lang) if len(tied) <= 3 else _said(lang, "several", n=len(tied)), _value(picture, lang, values[at])


def _rows(picture: Picture, lang: str) -> list[str]:
    """Bars and intervals: how many rows, the highest, the lowest, with intervals where there are any."""
    data = picture.data
    values = column(data, "estimate" if picture.kind == "intervals" else "value")
    texts = []
    for value, low, high in zip(values, column(data, "low"), column(data, "high"), strict=True):
        told = {name: _value(picture, lang, one) for name, one in (("value", value), ("low", low), ("high", high))}
        texts.append(told["value"] if np.isnan(low + high) else _said(lang, "with_interval", **told))
    names = data[f"label_{lang}"].astype(str)
    if f"group_{lang}" in data:
        names = names + ", " + data[f"group_{lang}"].astype(str)
    ends = _extremes(picture, lang, names.tolist(), values, texts) if picture.ranked else _range(picture, lang, values)
    return [_said(lang, "rows", n=len(data)), ends]


def _range(picture: Picture, lang: str, values: np.ndarray) -> str:
    """From where to where the rows reach, without naming any."""
    known = values[~np.isnan(values)]
    if not len(known):
        return say("draw.nothing", lang)
    low, high = (_value(picture, lang, value) for value in (known.min(), known.max()))
    return _said(lang, "between", interval=Phrase("draw.alt.interval", low=low, high=high))


def _parts(picture: Picture, lang: str) -> list[str]:
    """Stacked bars: the parts, and where the last part is largest and smallest."""
    data = picture.data
    parts = list(dict.fromkeys(data[f"part_{lang}"].astype(str)))
    last = data[data[f"part_{lang}"].astype(str) == parts[-1]]
    values = column(last, "value")
    names = last[f"label_{lang}"].astype(str).tolist()
    texts = [_value(picture, lang, value) for value in values]
    found = _extremes(picture, lang, names, values, texts, "highest_within")
    told = found[0].lower() + found[1:]
    return [_said(lang, "parts", parts=", ".join(parts)), _said(lang, "part", part=parts[-1], told=told)]


def _courses(picture: Picture, lang: str) -> list[str]:
    """Lines: every group from its first to its last value that is shown."""
    told = []
    for _, group in picture.data.groupby("group_id", sort=False):
        name, seen = group[f"group_{lang}"].iloc[0], group[~np.isnan(column(group, "value"))]
        if seen.empty:
            told.append(f"{name}: {say('draw.nothing', lang)}")
            continue
        values = column(seen, "value")
        first, last = (f"{_value(picture, lang, values[at])} ({x_text(seen['x'].iloc[at], lang)})" for at in (0, -1))
        told.append(_said(lang, "course", name=name, first=first, last=last) if len(seen) > 1 else f"{name}: {first}.")
    return told


def _change(picture: Picture, lang: str) -> list[str]:
    """Each arm: means before and after, mean change with its interval, how many rose and fell."""
    out = []
    for arm in arms_of(picture):
        mean, low, high = arm.change
        counts = dict(zip(("rose", "same", "fell"), arm.counts, strict=True)) if arm.counts else {}
        text = _said(
            lang, "change", before=arm.means[0], after=arm.means[1], mean=mean, interval=interval(low, high, lang),
            counts=_said(lang, "counts", **counts) if counts else "",
        )
        out.append(_said(lang, "arm", name=arm.name(lang), n=arm.n, told=text) if arm.name(lang) else text)
    return [text[0].upper() + text[1:] for text in out] or [say("draw.nothing", lang)]


def _points(picture: Picture, lang: str) -> list[str]:
    """Units: how many, the range of both axes, the slope of the line."""
    data = picture.data
    x, y = column(data, "x"), column(data, "y")
    if np.isnan(x).all() or np.isnan(y).all():
        return [say("draw.nothing", lang)]
    told = [_said(
        lang, "points", n=len(data), x=picture.x, y=picture.y, x_low=np.nanmin(x), x_high=np.nanmax(x),
        y_low=_value(picture, lang, np.nanmin(y)), y_high=_value(picture, lang, np.nanmax(y)),
    )]
    if picture.line is not None:
        told.append(_said(lang, "slope", slope=_value(picture, lang, picture.line[1])))
    return told


def _grid(picture: Picture, lang: str) -> list[str]:
    """Matrix: its size, the highest and the lowest cell."""
    data = picture.data
    values = column(data, "value")
    names = (data[f"row_{lang}"].astype(str) + " × " + data[f"column_{lang}"].astype(str)).tolist()
    size = _said(lang, "grid", rows=data["row_id"].nunique(), columns=data["column_id"].nunique())
    return [size, _extremes(picture, lang, names, values, [_value(picture, lang, value) for value in values])]


def _each(picture: Picture, lang: str) -> list[str]:
    """Every row with its value, in order."""
    names, values = picture.data[f"label_{lang}"].astype(str), column(picture.data, "value")
    return [
        _said(lang, "one", name=name, value=say("draw.hidden", lang) if np.isnan(value) else _value(picture, lang, value))
        for name, value in zip(names, values, strict=True)
    ]


_BODY: dict[str, Callable[[Picture, str], list[str]]] = {
    "intervals": _rows, "bars": _rows, "stacked": _parts, "lines": _courses, "change": _change, "units": _points,
    "matrix": _grid, "bridge": _each, "sides": _parts,
    "options": lambda picture, lang: [_range(picture, lang, column(picture.data, "estimate"))],
}
