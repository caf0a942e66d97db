"""Kinds on a plane: lines over time or order, estimates above their options, units as points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.look import INK, MARKERS, PALE, SMALL, SOFT, TONE, lines_of, shortened, widest
from karier_stats.draw.rows import lay_rows
from karier_stats.draw.sheet import GAP, Canvas, ValueAxis, column, key_of, scale_of, spread, x_text
from karier_stats.words import Phrase, say

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

_LABELLED_UNITS = 8
_MANY = 100
"""More points than so many let those under them through."""
_DASHES, _STROKES = ("-", "--", ":"), ("—", "– –", "···")
_SIGNS = ("○", "□", "△", "◇", "▽", "✚")
Box = tuple[float, float, float, float]


def lines(sheet: Canvas) -> None:
    """One line per group over x, named at its end; a line that stands out is green, the others grey.

    Parameters
    ----------
    sheet : Canvas
        With data of ``x`` (numbers to scale, else days or words in order), ``value``, ``group_id``, ``group_en`` [, ``low``,
        ``high``, ``highlight``, ``n``]: one row per group and point.

    Notes
    -----
    To twelve points the points are marked and lines told apart by their shapes; beyond, by their dashes. Where the axis
    does not begin at nought, the foot says so.
    """
    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    where, texts = _places(data["x"], lang)
    ordered = data.iloc[np.argsort([where[value] for value in data["x"]], kind="stable")]
    groups = [ordered[ordered["group_id"] == key] for key in dict.fromkeys(data["group_id"])]
    tones = _line_tones(groups)
    sheet.lead(picture.y[lang])
    marks = [len(where) <= 12 or len(rows) <= 3 for rows in groups]
    names = [_end(sheet, rows, _SIGNS[place % len(_SIGNS)] if marks[place] else _STROKES[place % 3])
             for place, rows in enumerate(groups)]
    right = GAP + widest((line for name in names for line in name), SMALL, True)
    spans = [column(data, name) for name in ("value", "low", "high")]
    reference = [np.nan if picture.reference is None else picture.reference]
    scale = scale_of(np.concatenate([*spans, reference]), lang, kind=picture.value_format, pad=0.07)
    left, tall, top = widest(scale.texts) + 10, 190.0 if sheet.narrow else 250.0, sheet.at + 6
    wide = sheet.width - left - right
    sheet.scale_beside(scale, top, tall, left, wide)
    low, high = min(where.values()), max(where.values())
    room = 0.05 * (high - low) or 0.5
    ax = sheet.axes(left, top, wide, tall, (low - room, high + room), (scale.low, scale.high))
    if picture.reference is not None:
        ax.axhline(picture.reference, color=INK, linestyle="--", linewidth=1.2, zorder=1)
    for place, (rows, tone) in enumerate(zip(groups, tones, strict=True)):
        _line(ax, rows, where, tone, place, marks[place])
    _write_ends(sheet, groups, names, tones, (scale, top, tall, left + wide + 8))
    _write_x(sheet, texts, ax, left, wide, top + tall)
    sheet.name_under(picture.x[lang], left)
    cut = say("draw.foot.cut", lang) if scale.low > 0 or scale.high < 0 else ""
    sheet.finish(say("draw.foot.band", lang) if "low" in data and not np.isnan(spans[1]).all() else "", cut)


def _places(values: pd.Series, lang: str) -> tuple[dict[Any, float], list[tuple[float, str]]]:
    """Where each value of x stands, and what is written under the axis.

    Numbers stand to scale, years without a thousands mark, words in their order.
    """
    from pandas.api.types import is_numeric_dtype

    distinct = list(dict.fromkeys(values.tolist()))
    if is_numeric_dtype(values) and len(distinct) > 12 and any(value != round(value) for value in distinct):
        scale = scale_of(np.array(distinct, dtype=float), lang, pad=1e-9)
        return {value: float(value) for value in distinct}, list(zip(scale.ticks, scale.texts, strict=True))
    if is_numeric_dtype(values):
        shown = sorted(distinct)[:: max(1, math.ceil(len(distinct) / 6))]
        return {value: float(value) for value in distinct}, [(float(value), x_text(value, lang)) for value in shown]
    distinct = distinct if isinstance(distinct[0], str) else sorted(distinct)
    where = {value: float(place) for place, value in enumerate(distinct)}
    return where, [(where[value], x_text(value, lang)) for value in distinct]


def _line_tones(groups: Sequence[pd.DataFrame]) -> list[str]:
    """Of up to three lines the first stands out; of more, the one that is highlighted."""
    marked = ["highlight" in rows and bool(rows["highlight"].eq(True).any()) for rows in groups]
    if not any(marked) and len(groups) <= 3:
        marked = [place == 0 for place in range(len(groups))]
    return ["naik" if one else "netral" for one in marked]


def _line(ax: Axes, rows: pd.DataFrame, where: dict[Any, float], tone: str, place: int, marked: bool) -> None:
    """One line with its band and, where they are few, its points; else its own dashes."""
    x, value = np.array([where[one] for one in rows["x"]]), column(rows, "value")
    ax.fill_between(x, column(rows, "low"), column(rows, "high"), color=PALE[tone], alpha=0.6, linewidth=0)
    loud = tone != "netral"
    ax.plot(
        x, value, "-" if marked else _DASHES[place % 3], marker=MARKERS[place % len(MARKERS)] if marked else "",
        color=TONE[tone], linewidth=2.6 if loud else 1.8, markersize=8, markeredgewidth=1.8,
        markerfacecolor=TONE[tone] if loud else "white", zorder=3 if loud else 2, clip_on=False,
    )


def _end(sheet: Canvas, rows: pd.DataFrame, sign: str) -> list[str]:
    """What stands at the end of a line: its sign, its name and, where values matter, its last one."""
    seen = np.flatnonzero(~np.isnan(column(rows, "value")))
    if not seen.size:
        return []
    name = shortened(str(rows[f"group_{sheet.lang}"].iloc[0]), 70)
    value = sheet.written(column(rows, "value")[seen[-1]]) if sheet.picture.ranked else ""
    text = f"{sign}\u00a0{name} {value}".rstrip()
    return lines_of(text, 110.0 if sheet.narrow else 190.0, SMALL, True)


def _write_ends(
    sheet: Canvas, groups: Sequence[pd.DataFrame], names: list[list[str]], tones: list[str],
    axis: tuple[ValueAxis, float, float, float],
) -> None:
    """Names, where there are any, at the ends of lines, moved apart where they would touch.

    ``axis`` is the vertical scale, its top and height in units, and where names begin.
    """
    scale, top, tall, x = axis
    here = [place for place, name in enumerate(names) if name]
    ends = [column(groups[place], "value") for place in here]
    wanted = [scale.at(end[~np.isnan(end)][-1], top + tall, -tall) for end in ends]
    sizes = [16.3 * len(names[place]) + 2 for place in here]
    middles = spread(wanted, sizes)
    lift = max(0.0, top - 8 - min((middle - size / 2 for middle, size in zip(middles, sizes, strict=True)), default=top))
    for place, middle, size in zip(here, [middle + lift for middle in middles], sizes, strict=True):
        loud = tones[place] != "netral"
        sheet.lines(x, middle - size / 2, names[place], color=TONE[tones[place]], weight="bold" if loud else "normal")
        sheet.at = max(sheet.at, middle + size / 2)


def _write_x(sheet: Canvas, texts: list[tuple[float, str]], ax: Axes, left: float, wide: float, bottom: float) -> None:
    """What stands under a horizontal axis of times or words."""
    low, high = ax.get_xlim()
    room = wide / max(len(texts), 1) - 4
    fitted = [lines_of(text, max(room, 24), most=4) for _, text in texts]
    if max(map(len, fitted)) > 1 and all(text.replace(",", "").isdigit() for _, text in texts):
        fitted = [[text] if place in (0, len(texts) - 1) else [] for place, (_, text) in enumerate(texts)]
    for (value, _), parts in zip(texts, fitted, strict=True):
        x, half = left + (value - low) / (high - low) * wide, widest(parts) / 2
        sheet.lines(min(max(x, half), sheet.width - half), bottom + 4, parts, ha="center", color=SOFT)
    sheet.at = max(sheet.at, bottom + 6 + 16.3 * max(map(len, fitted), default=1))


def options(sheet: Canvas) -> None:
    """Estimates in their order; under them a mark for every option that each rests on.

    Parameters
    ----------
    sheet : Canvas
        With data of ``estimate``, ``highlight``, ``group_id``, ``group_en`` and one column of booleans per option.
    """
    data, picture = sheet.picture.data, sheet.picture
    names = [str(name) for name in data if name not in ("estimate", "highlight", "group_id", "group_en")]
    loud = data["highlight"].to_numpy(dtype=bool)
    colours = np.where(loud, TONE["naik"], TONE["netral"])
    firsts = ~data["highlight"].duplicated().to_numpy()
    sheet.lead(picture.y[sheet.lang], key_of(data[f"group_{sheet.lang}"][firsts].tolist(), colours[firsts].tolist(), ("●",)))
    estimate, places, top, tall = column(data, "estimate"), np.arange(len(data)), sheet.at + 6, 200.0
    scale = scale_of(np.append(estimate, 0.0), sheet.lang, kind=picture.value_format, pad=0.07)
    sheet.at = top + tall + 12
    band = lay_rows(sheet, names, [[""] for _ in names])
    left = max(band.left, widest(scale.texts) + 10)
    wide, ends = sheet.width - left, (-1.0, float(len(data)))
    sheet.scale_beside(scale, top, tall, left, wide)
    ax = sheet.axes(left, top, wide, tall, ends, (scale.low, scale.high))
    ax.axhline(0, color=SOFT, linewidth=1)
    if picture.reference is not None:
        ax.axhline(picture.reference, color=INK, linestyle="--", linewidth=1.2, zorder=1)
    ax.scatter(places, estimate, s=22, color=colours.tolist(), zorder=3)
    if names:
        below = sheet.axes(left, band.top, wide, band.bottom - band.top, ends, (band.bottom, band.top))
        row, here = np.nonzero(data[names].to_numpy(dtype=bool).T)
        below.scatter(here, band.places[row], s=14, marker="s", color=colours[here].tolist())
    sheet.finish()


def units(sheet: Canvas) -> None:
    """One point per unit, the line of the estimated trend, names where they help.

    Parameters
    ----------
    sheet : Canvas
        With data of ``label_id``, ``label_en``, ``x``, ``y``, ``n`` [, ``y_low``, ``y_high``]: one row per unit, as large as its n.
        ``line`` is the intercept and the slope of the trend.

    Notes
    -----
    The units farthest from the trend (without one, from the mean) are named, where a name touches nothing.
    """
    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    x, y, low, high, n = (column(data, name) for name in ("x", "y", "y_low", "y_high", "n"))
    sheet.lead(picture.y[lang])
    spans = [column(data, name) for name in ("far_low", "far_high")]
    heights = scale_of(np.concatenate([y, low, high, *spans]), lang, kind=picture.value_format, pad=0.06)
    left, tall, top = widest(heights.texts) + 10, 230.0 if sheet.narrow else 320.0, sheet.at + 6
    wide = sheet.width - left
    across = scale_of(x, lang, pad=0.06, room=wide)
    sheet.scale_beside(heights, top, tall, left, wide)
    sheet.scale_under(across, left, wide, top, top + tall, picture.x[lang])
    ax = sheet.axes(left, top, wide, tall, (across.low, across.high), (heights.low, heights.high))
    if picture.reference is not None:
        ax.axhline(picture.reference, color=INK, linestyle="--", linewidth=1.2, zorder=1)
    ax.vlines(x, low, high, color=PALE["netral"], linewidth=3)
    if "far_low" in data:
        ax.vlines(x, column(data, "far_low"), column(data, "far_high"), color=PALE["netral"], linewidth=1)
    size, middle = 26 + 90 * np.nan_to_num(n) / max(float(np.nanmax(n, initial=1)), 1), np.full(len(y), y.mean() if len(y) else 0)
    if picture.line is not None and len(x):
        ends, middle = np.array([np.nanmin(x), np.nanmax(x)]), picture.line[0] + picture.line[1] * x
        ax.plot(ends, picture.line[0] + picture.line[1] * ends, color=TONE["naik"], linewidth=2.4)
    colours = [TONE[tone] for tone in data["tone"]] if "tone" in data else TONE["netral"]
    ax.scatter(x, y, s=size, color=colours, edgecolor="white", linewidth=0.8, zorder=3, alpha=0.6 if len(x) > _MANY else None)
    dots = list(zip(across.at(x, left, wide), heights.at(y, top + tall, -tall), strict=True))
    always = data["named"].to_numpy(dtype=bool) if "named" in data else np.zeros(len(data), dtype=bool)
    order = np.argsort(-np.abs(y - middle), kind="stable")[:len(data) if always.any() else _LABELLED_UNITS]
    names = data[f"label_{lang}"].astype(str).tolist()
    taken: list[Box] = [(x - 6, y - 6, x + 6, y + 6) for x, y in dots]
    for place in (place for place in order if names[place]):
        name = lines_of(names[place], 150.0, most=4)
        _name_unit(sheet, name, dots[place], taken, (left, top, left + wide, top + tall), always[place])
    foot = [(picture.against or Phrase("draw.foot.trend"))[lang]] if picture.line is not None else []
    sheet.finish(*foot, *([say("draw.foot.band", lang)] if not np.isnan(low).all() and "far_low" not in data else []))


def _name_unit(sheet: Canvas, name: list[str], at: tuple[float, float], taken: list[Box], frame: Box, always: bool) -> None:
    """One name inside the frame, at the first side of its point where it touches nothing taken, or at any if ``always``."""
    wide, tall = widest(name), 16.3 * len(name)
    sides = [(1, 0.5), (-1, 0.5), (1, 1.0), (-1, 1.0), (1, 0.0), (-1, 0.0)]
    for step, (side, lift) in enumerate([*sides, *sides] if always else sides):
        left = at[0] + 9 if side > 0 else at[0] - 9 - wide
        top = at[1] - lift * tall
        box = (left, top, left + wide, top + tall)
        inside = frame[0] <= box[0] and box[2] <= frame[2] and frame[1] <= box[1] and box[3] <= frame[3]
        touches = any(box[0] < one[2] and one[0] < box[2] and box[1] < one[3] and one[1] < box[3] for one in taken)
        if inside and (step >= len(sides) or not touches):
            sheet.lines(left if side > 0 else at[0] - 9, top, name, ha="left" if side > 0 else "right")
            taken.append(box)
            return
