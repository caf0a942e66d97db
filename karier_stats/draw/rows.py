"""Kinds whose rows have names: bars, dots with ranges, stacked and two-sided bars, bridges, shaded cells."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.look import (
    BELOW,
    INK,
    MARKERS,
    NAME,
    PALE,
    SMALL,
    SOFT,
    TONE,
    ink_on,
    lines_of,
    ramp,
    widest,
    width_of,
    with_count,
)
from karier_stats.draw.sheet import GAP, Canvas, column, key_of, scale_of
from karier_stats.words import Phrase, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_STEP, _LINE = 18.0, 16.5
"""Height of a mark and of a line of a name in units."""
_REFERENCE = 20.0
"""Room for the name of a reference over the rows."""
_NAMES = 250.0
"""Names stand beside their rows up to this width, on a narrow sheet up to a third of it; else above them."""


@dataclass(frozen=True)
class Band:
    """Where rows of a picture lie: the axis from left to right, its top and bottom, and the height of every mark.

    Parameters
    ----------
    left, width, top, bottom : float
        In units of the page, from its upper left corner.
    places : ndarray, shape (marks,)
        Middle of every mark, from the top down; a row of several marks has several.
    """

    left: float
    width: float
    top: float
    bottom: float
    places: np.ndarray

    def axes(self, sheet: Canvas, low: float, high: float) -> Axes:
        """Axes of values over the rows; heights on them are heights on the page."""
        return sheet.axes(self.left, self.top, self.width, self.bottom - self.top, (low, high), (self.bottom, self.top))


def _tones(data: pd.DataFrame) -> list[str]:
    """The tone of each row: its own, or that of what is highlighted."""
    if "tone" in data:
        return [tone if tone in TONE else "netral" for tone in data["tone"]]
    marked = data["highlight"].eq(True).to_numpy(dtype=bool) if "highlight" in data else np.zeros(len(data), dtype=bool)
    return ["naik" if one and not marked.all() else "netral" for one in marked]


def _row_names(data: pd.DataFrame, lang: str, total: int) -> list[str]:
    """Names of rows, each with its n where the rows differ in n or the whole is larger."""
    names = data[f"label_{lang}"].astype(str).tolist()
    if "n" not in data or (data["n"] == total).all():
        return names
    counts = column(data, "n")
    return [text if np.isnan(n) else with_count(text, n, lang) for text, n in zip(names, counts, strict=True)]


def lay_rows(
    sheet: Canvas, names: Sequence[str], values: Sequence[Sequence[str]], tones: Sequence[str] = (),
    heads: dict[int, str] | None = None,
) -> Band:
    """Write names to the left of rows, or over them where the sheet is narrow, and values at the right edge.

    Parameters
    ----------
    values : sequence of sequence of str
        The values of the marks of each row, from the top down.
    tones : sequence of str
        Names and values of rows that stand out are bold.
    heads : dict, optional
        What stands over a row, by its place.
    """
    limit = min(_NAMES, 0.35 * sheet.width)
    beside = not sheet.narrow or widest(names, NAME) <= limit
    fitted = [lines_of(name, limit if beside else sheet.width, NAME, bold=True, most=8) for name in names]
    right = widest((text for row in values for text in row), NAME, bold=True)
    left = widest(("\n".join(lines) for lines in fitted), NAME, bold=True) + GAP if beside else 0.0
    top, places = sheet.at, []
    for place, (lines, row) in enumerate(zip(fitted, values, strict=True)):
        loud = place < len(tones) and tones[place] != "netral"
        look: dict[str, Any] = {"color": TONE[tones[place]], "weight": "bold"} if loud else {}
        if heads and place in heads:
            sheet.at = _head(sheet, heads[place])
        tall = max(_LINE * len(lines), _STEP * len(row)) + 8 if beside else _LINE * len(lines) + _STEP * len(row) + 9
        name_at = sheet.at + (tall - _LINE * len(lines)) / 2 if beside else sheet.at + 2
        if not beside:
            sheet.clear(name_at, widest(lines, NAME, loud) + 4, _LINE * len(lines) + 1)
        sheet.lines(0, name_at, lines, NAME, **look)
        middle = sheet.at + tall / 2 if beside else sheet.at + 2 + _LINE * len(lines) + _STEP * len(row) / 2
        for mark, text in enumerate(row):
            places.append(middle + _STEP * (mark - (len(row) - 1) / 2))
            sheet.text(sheet.width, places[-1] + 4.7, text, NAME, ha="right", **look)
        sheet.at += tall
    return Band(left, sheet.width - left - right - GAP, top, sheet.at, np.array(places))


def _head(sheet: Canvas, text: str) -> float:
    """A heading over some rows; where it ends."""
    lines = lines_of(text, sheet.width, SMALL, True)
    sheet.clear(sheet.at + 7, widest(lines, SMALL, True) + 4, _LINE * len(lines))
    return sheet.lines(0, sheet.at + 8, lines, weight="bold", color=SOFT) + 3


def _value_axis(sheet: Canvas, band: Band, *values: np.ndarray, zero: bool) -> Axes:
    """The horizontal axis of values with its ticks and its name; the reference, named over it, belongs to what must be seen."""
    picture = sheet.picture
    reference = [np.nan if picture.reference is None else picture.reference]
    shown = np.concatenate([*values, reference])
    scale = scale_of(shown, sheet.lang, kind=picture.value_format, zero=zero, room=band.width)
    sheet.scale_under(scale, band.left, band.width, band.top, band.bottom, picture.x[sheet.lang])
    ax = band.axes(sheet, scale.low, scale.high)
    if zero and picture.reference != 0:
        ax.axvline(0, color=SOFT, linewidth=1)
    if picture.reference is not None:
        x = scale.at(picture.reference, band.left, band.width)
        # On the page as the ticks are, so that names over rows of a narrow sheet hide it.
        sheet.rule((x, x), (band.top, band.bottom), color=INK, linewidth=1.2, linestyle="--", zorder=-0.5)
        kind = "none" if picture.reference == 0 else "value"
        name = picture.against or Phrase(f"draw.against.{kind}")
        text = say(f"draw.reference.{kind}", sheet.lang, value=sheet.written(picture.reference), name=name)
        half = width_of(text, SMALL, True) / 2
        sheet.text(min(max(x, half), sheet.width - half), band.top - _REFERENCE + 12, text, ha="center", weight="bold")
    return ax


def _hide(sheet: Canvas, band: Band, values: np.ndarray) -> None:
    """In rows whose values are hidden, that they are."""
    for y in band.places[np.isnan(values)]:
        sheet.text(band.left + 5, y + 4.7, say("draw.hidden", sheet.lang), color=SOFT)


def bars(sheet: Canvas) -> None:
    """Horizontal bars from nought, with their values at the edge.

    Parameters
    ----------
    sheet : Canvas
        With data of ``label_id``, ``label_en``, ``value`` [, ``low``, ``high``, ``n``, ``tone``, ``highlight``]; ``reference`` is a
        dashed line.
    """
    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    values, low, high = (column(data, name) for name in ("value", "low", "high"))
    has, tones = ~np.isnan(low) & ~np.isnan(high) & ~np.isnan(values), _tones(data)
    sheet.lead()
    sheet.at += 0 if picture.reference is None else _REFERENCE
    written = [["" if np.isnan(value) else sheet.written(value)] for value in values]
    band = lay_rows(sheet, _row_names(data, lang, picture.n), written, tones)
    ax = _value_axis(sheet, band, values, low, high, zero=True)
    ax.barh(band.places, np.nan_to_num(values), height=13, color=[TONE[tone] for tone in tones])
    pale = [PALE[tone] for tone, one in zip(tones, has, strict=True) if one]
    ax.hlines(band.places[has], low[has], high[has], color=pale, linewidth=5)
    _hide(sheet, band, values)
    sheet.finish(say("draw.foot.whiskers", lang) if has.any() else "")


def intervals(sheet: Canvas) -> None:
    """Dots with their ranges: full where the range leaves out the reference, below it of another shape, else hollow.

    Parameters
    ----------
    sheet : Canvas
        With data of ``label_id``, ``label_en``, ``estimate``, ``low``, ``high`` [, ``n``, ``tone``]. With ``group_id`` and
        ``group_en`` the groups of one label share a row, each with a shape of its own; where every label belongs to one
        group, the groups are headings. Without ``reference`` no dot is hollow.
    """
    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    estimate, low, high = (column(data, name) for name in ("estimate", "low", "high"))
    groups, rows, heads = _groups(data, lang)
    tones = _tones(data)
    if picture.reference is not None and "tone" not in data and "highlight" not in data:
        tones = np.select([low > picture.reference, high < picture.reference], ["naik", "bawah"], "netral").tolist()
    apart, shapes = groups and not heads, [BELOW if tone == "bawah" else MARKERS[0] for tone in tones]
    if apart:
        shapes = [MARKERS[groups.index(key) % len(MARKERS)] for key in data["group_id"]]
    sheet.lead(key=key_of(data.drop_duplicates("group_id")[f"group_{lang}"].tolist(), [INK]) if apart else ())
    sheet.at += 0 if picture.reference is None else _REFERENCE
    firsts = data.iloc[[row[0] for row in rows]]
    names = firsts[f"label_{lang}"].astype(str).tolist() if apart else _row_names(firsts, lang, picture.n)
    written = [["" if np.isnan(estimate[one]) else sheet.written(estimate[one]) for one in row] for row in rows]
    loud = [tones[row[0]] if len(row) == 1 else "netral" for row in rows]
    band = lay_rows(sheet, names, written, loud, heads)
    places = np.empty(len(data))
    places[[one for row in rows for one in row]] = band.places
    ax = _value_axis(sheet, band, estimate, low, high, zero=False)
    ax.hlines(places, low, high, color=[PALE[tone] for tone in tones], linewidth=8, capstyle="round")
    _dots(ax, estimate, places, tones, shapes, hollow=picture.reference is not None)
    _hide(sheet, Band(band.left, band.width, 0, 0, places), estimate)
    ranges = bool((~np.isnan(low)).any())
    key = "below" if "bawah" in tones and not apart else "marks"
    marks = say(f"draw.foot.{key}", lang) if picture.reference is not None and ranges else ""
    sheet.finish(say("draw.foot.whiskers", lang) if ranges else "", marks)


def _groups(data: pd.DataFrame, lang: str) -> tuple[list[Any], list[list[int]], dict[int, str]]:
    """Codes of groups; places in the data of the marks of each row; headings by row, where every row belongs to one group."""
    if "group_id" not in data:
        return [], [[place] for place in range(len(data))], {}
    groups = list(dict.fromkeys(data["group_id"]))
    labels = list(zip(data["label_id"], data["label_en"], strict=True))
    if len(set(labels)) == len(labels):
        members = [np.flatnonzero(data["group_id"] == key).tolist() for key in groups]
        starts = np.cumsum([0, *map(len, members[:-1])]).tolist()
        heads = {start: str(data[f"group_{lang}"].iloc[places[0]]) for start, places in zip(starts, members, strict=True)}
        return groups, [[place] for places in members for place in places], heads
    return groups, [[k for k, one in enumerate(labels) if one == label] for label in dict.fromkeys(labels)], {}


def _dots(
    ax: Axes, estimate: np.ndarray, places: np.ndarray, tones: Sequence[str], shapes: Sequence[str], hollow: bool
) -> None:
    """The dots (n,), those of one marker and one tone together; ``hollow`` ones that do not stand out have a white face."""
    looks = list(zip(shapes, tones, strict=True))
    for shape, tone in itertools.product(dict.fromkeys(shapes), dict.fromkeys(tones)):
        here = np.array([look == (shape, tone) for look in looks])
        ax.plot(
            estimate[here], places[here], shape, color=TONE[tone], markersize=9, markeredgewidth=2, clip_on=False,
            markerfacecolor="white" if hollow and tone == "netral" else TONE[tone],
        )


def cells_of(data: pd.DataFrame, row: str, col: str) -> tuple[np.ndarray, np.ndarray]:
    """Values as a grid of rows and columns in order of appearance, and which cells the data have.

    Returns
    -------
    grid : ndarray, shape (rows, columns)
        NaN where the data have no such cell, or hide it.
    known : ndarray of bool, shape (rows, columns)
        Where the data have a cell, hidden or not.
    """
    rows, columns = (list(dict.fromkeys(data[name])) for name in (row, col))
    grid = np.full((len(rows), len(columns)), np.nan)
    known = np.zeros(grid.shape, dtype=bool)
    place = [rows.index(key) for key in data[row]], [columns.index(key) for key in data[col]]
    grid[place], known[place] = column(data, "value"), True
    return grid, known


def stacked(sheet: Canvas) -> None:
    """Bars cut in ordered parts, light to dark, with the value inside where it fits.

    Parameters
    ----------
    sheet : Canvas
        With data of ``label_id``, ``label_en``, ``part_id``, ``part_en``, ``value``, ``n``: one row per bar and part, in
        order. An n that differs within a bar is not written behind its name.
    """
    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    labels, parts = data.drop_duplicates("label_id"), data.drop_duplicates("part_id")[f"part_{lang}"].astype(str).tolist()
    per_bar = data.groupby("label_id", sort=False)["n"].nunique(dropna=False).eq(1).all()
    names = _row_names(labels, lang, picture.n) if per_bar else labels[f"label_{lang}"].astype(str).tolist()
    cells, colours = cells_of(data, "label_id", "part_id")[0], ramp(len(parts))
    sheet.lead(key=key_of(parts, colours, ("■",)))
    band = lay_rows(sheet, names, [[""] for _ in names])
    band = Band(band.left, sheet.width - band.left, band.top, band.bottom, band.places)
    widths = np.nan_to_num(cells)
    starts = np.cumsum(widths, axis=1) - widths
    scale = scale_of(np.append(widths.sum(axis=1), 0), lang, kind=picture.value_format, zero=True, pad=1e-9, room=band.width)
    sheet.scale_under(scale, band.left, band.width, band.top, band.bottom, picture.x[lang])
    ax = band.axes(sheet, scale.low, scale.high)
    for place, colour in enumerate(colours):
        ax.barh(band.places, widths[:, place], 16, left=starts[:, place], color=colour, edgecolor="white", linewidth=1)
    digits = 0 if picture.value_format == "percent" else picture.digits
    for (row, part), value in np.ndenumerate(cells):
        text = "" if np.isnan(value) else sheet.written(value, digits)
        if value / (scale.high - scale.low) * band.width > width_of(text) + 4:
            x = scale.at(float(starts[row, part] + value / 2), band.left, band.width)
            sheet.text(x, float(band.places[row]) + 4.7, text, ha="center", color=ink_on(colours[part]))
    _hide(sheet, band, np.where(np.isnan(cells).all(axis=1), np.nan, 0.0))
    sheet.finish()


def sides(sheet: Canvas) -> None:
    """Two bars from the middle: the first part to the left, the second to the right, both named over them.

    Parameters
    ----------
    sheet : Canvas
        With data as :func:`stacked`, with two parts; the longest bar of both sides fills its half.
    """
    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    labels, parts = data.drop_duplicates("label_id"), data.drop_duplicates("part_id")[f"part_{lang}"].astype(str).tolist()
    cells, tones = cells_of(data, "label_id", "part_id")[0][:, :2], _tones(labels)
    sheet.lead()
    head, sheet.at = sheet.at + 12, sheet.at + 20
    band = lay_rows(sheet, labels[f"label_{lang}"].astype(str).tolist(), [[""] for _ in tones], tones)
    texts = [[say("draw.hidden", sheet.lang) if np.isnan(value) else sheet.written(value) for value in row] for row in cells]
    room = max((width_of(text) for row in texts for text in row), default=0.0) + 8
    most = float(np.nanmax(np.append(cells, 0))) or 1.0
    band = Band(band.left + room, sheet.width - band.left - 2 * room, band.top, band.bottom, band.places)
    ax, middle, half = band.axes(sheet, -most, most), band.left + band.width / 2, band.width / 2
    dark, pale = [TONE[tone] for tone in tones], [PALE[tone] for tone in tones]
    for side, (sign, colours, held) in enumerate(((-1, dark, "right"), (1, pale, "left"))[:len(parts)]):
        ends = sign * np.nan_to_num(cells[:, side])
        ax.barh(band.places, ends, 13, color=colours, edgecolor=dark, linewidth=0.8)
        named = lines_of(parts[side], middle - 8 if sign < 0 else sheet.width - middle - 8, SMALL, True, most=1)
        sheet.text(middle + 8 * sign, head, named[0], weight="bold", ha=held)
        for y, end, row in zip(band.places, ends, texts, strict=True):
            sheet.text(middle + end / most * half + 5 * sign, y + 4.7, row[side], ha=held)
    ax.axvline(0, color=INK, linewidth=1.2)
    sheet.name_under(picture.x[lang], 0)
    sheet.finish()


def bridge(sheet: Canvas) -> None:
    """Levels from nought, and between them the parts that lead from one to the next.

    Parameters
    ----------
    sheet : Canvas
        With data of ``label_id``, ``label_en``, ``value``, ``n`` [, ``level`` (bool), ``tone``]: a level counts from nought, a part
        from where the row above it ends. Without ``level`` the first row alone is one.
    """
    data, lang = sheet.picture.data, sheet.lang
    values, tones = column(data, "value"), _tones(data)
    level = data["level"].eq(True).to_numpy(dtype=bool) if "level" in data else np.arange(len(data)) == 0
    sheet.lead()
    signs = np.where(level, "", np.where(values > 0, "+", ""))
    written = [["" if np.isnan(value) else sign + sheet.written(value)] for sign, value in zip(signs, values, strict=True)]
    band = lay_rows(sheet, data[f"label_{lang}"].astype(str).tolist(), written, tones)
    parts = np.nan_to_num(values)
    ends = parts.copy()
    for place in np.flatnonzero(~level):
        ends[place] += ends[place - 1] if place else 0.0
    starts = ends - parts
    ax = _value_axis(sheet, band, starts, ends, zero=True)
    ax.barh(band.places, ends - starts, 14, left=starts, color=[
        TONE[tone] if one else PALE[tone] for tone, one in zip(tones, level, strict=True)
    ], edgecolor=[TONE[tone] for tone in tones], linewidth=0.8)
    ax.vlines(ends[:-1], band.places[:-1] + 7, band.places[1:] - 7, color=SOFT, linewidth=0.9, linestyle=":")
    _hide(sheet, band, values)
    sheet.finish(say("draw.foot.bridge", lang))


def matrix(sheet: Canvas) -> None:
    """Shaded cells with their values.

    Parameters
    ----------
    sheet : Canvas
        With data of ``row_id``, ``row_en``, ``column_id``, ``column_en``, ``value``, ``n``: one row per cell. A cell that the data
        do not have stays empty; one that is hidden says so.

    Notes
    -----
    Shades run from nought to the largest value. Where percent signs do not fit, the cells go without and the foot says
    so.
    """
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import LinearSegmentedColormap

    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    rows, heads = data.drop_duplicates("row_id"), data.drop_duplicates("column_id")[f"column_{lang}"].astype(str).tolist()
    grid, known = cells_of(data, "row_id", "column_id")
    sheet.lead(picture.x[lang])
    names, limit = rows[f"row_{lang}"].astype(str).tolist(), min(_NAMES, 0.3 * sheet.width)
    beside = not sheet.narrow or widest(names, NAME) <= limit
    left = GAP + min(limit, widest(names, NAME, True)) if beside else 0.0
    room = (sheet.width - left) / len(heads)
    _heads(sheet, heads, left, room)
    band = lay_rows(sheet, names, [[""] for _ in names])
    top = float(np.nanmax(grid, initial=0)) or 1.0
    shades = LinearSegmentedColormap.from_list("shade", ["#eef3f3", PALE["naik"], TONE["naik"]])
    ax = sheet.axes(left, band.top, sheet.width - left, band.bottom - band.top, (0, len(heads)), (band.bottom, band.top))
    digits = 0 if picture.value_format == "percent" and len(heads) > 4 else picture.digits
    texts = [[sheet.written(value, digits) for value in row] for row in grid]
    bare = picture.value_format == "percent" and max(width_of(text) for row in texts for text in row) > room - 1
    boxes, faces, inner = [], [], 1 - 1.5 / room
    for row, y in enumerate(band.places):
        colours = ["white" if np.isnan(value) else shades(value / top) for value in grid[row]]
        boxes += [[(col, y - 12), (col + inner, y - 12), (col + inner, y + 12), (col, y + 12)] for col in range(len(heads))]
        faces += colours
        for col in np.flatnonzero(known[row]):
            ink = SOFT if np.isnan(grid[row, col]) else ink_on(colours[col])
            text = texts[row][col].rstrip("%\u00a0 ") if bare else texts[row][col]
            sheet.text(left + room * (col + 0.5), y + 4.7, text, ha="center", color=ink)
    ax.add_collection(PolyCollection(boxes, facecolors=faces, linewidths=0), autolim=False)
    sheet.finish(say("draw.foot.percent", lang) if bare else "")


def _heads(sheet: Canvas, heads: Sequence[str], left: float, room: float) -> None:
    """Headings of columns over them, in lines, or upright where a word is too wide."""
    if max(width_of(word) for head in heads for word in head.split() or [""]) <= room - 6:
        fitted = [lines_of(head, room - 6) for head in heads]
        tall = max(map(len, fitted)) * 16.3
        for place, lines in enumerate(fitted):
            for step, line in enumerate(reversed(lines)):
                sheet.text(left + room * (place + 0.5), sheet.at + tall - 4 - 16.3 * step, line, ha="center", color=SOFT)
        sheet.at += tall + 3
        return
    most = max(1, int(room / 15))
    fitted = [lines_of(head, 150, most=most) for head in heads]
    tall = widest(line for lines in fitted for line in lines) + 4
    for place, lines in enumerate(fitted):
        for step, line in enumerate(lines):
            x = left + room * (place + 0.5) + 15 * (step - (len(lines) - 1) / 2) + 4.5
            sheet.text(x, sheet.at + tall, line, rotation=90, va="baseline", ha="left", rotation_mode="anchor", color=SOFT)
    sheet.at += tall + 6

