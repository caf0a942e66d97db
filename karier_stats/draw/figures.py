"""Pictures: the data of a :class:`Picture` drawn, and described in words for those who cannot see it.

One look for the whole report: title to the left, n under it, the unit of
measure on the axis, names beside what they name, numbers as the language
writes them. Sizes suit a phone 390 px wide. The same data give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.domain.disclosure import POLICIES
from karier_stats.draw.alt_text import describe
from karier_stats.draw.canvas import (
    ACCENT,
    FAINT,
    GREY,
    INK,
    MARGIN,
    MARKERS,
    MUTED,
    PALETTE,
    Page,
    Sheet,
    column,
    place_x,
    ramp,
    shortened,
    style,
    value_ticks,
    with_count,
    wrapped,
)
from karier_stats.draw.people import arms_of, draw_change
from karier_stats.words import say
from karier_stats.words.numbers import write

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

    from karier_stats.answers.record import Picture

_LABELLED_UNITS = 8

__all__ = ["describe", "draw", "png"]


def draw(picture: Picture, lang: str, audience: str = "internal") -> Figure:
    """Draw a picture.

    Parameters
    ----------
    picture : Picture
        Data, kind and words; after disclosure control.
    lang : {"id", "en"}
        Language of every word and number.
    audience : {"internal", "public"}
        The public never sees single persons: their lines become densities.

    Returns
    -------
    matplotlib.figure.Figure
        Not known to pyplot, so that a notebook shows it once and nothing piles up.
    """
    with style():
        if picture.data.empty or (picture.kind == "change" and not arms_of(picture)):
            return _nothing(picture, lang)
        if picture.kind == "change":
            return draw_change(picture, lang, POLICIES[audience].persons_shown)
        return _DRAW[picture.kind](picture, lang)


def _nothing(picture: Picture, lang: str) -> Figure:
    """A page that says that there is nothing to draw."""
    page = Page(picture, lang, body=0.3)
    page.write(MARGIN, page.top + 0.05, say("draw.nothing", lang), color=GREY)
    return page.figure


def png(figure: Figure) -> bytes:
    """The figure as PNG at 150 dots per inch, without date or software in it."""
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="png", dpi=150, metadata={"Software": None})
    return out.getvalue()


def _row_names(data: pd.DataFrame, lang: str, name: str, total: int) -> list[str]:
    """Names of rows, each with its n where the rows differ in n or the whole is larger."""
    names = data[f"{name}_{lang}"].astype(str).tolist()
    if "n" not in data or (data["n"] == total).all():
        return names
    counts = column(data, "n")
    return [text if np.isnan(n) else with_count(text, n, lang) for text, n in zip(names, counts, strict=True)]


def _write_beside(sheet: Sheet, ends: np.ndarray, values: np.ndarray, places: np.ndarray | None = None) -> None:
    """The value of each row beside its mark; for hidden rows, that it is hidden."""
    ax, picture, lang = sheet.ax, sheet.picture, sheet.lang
    for y, end, value in zip(sheet.places if places is None else places, ends, values, strict=True):
        hidden = np.isnan(value)
        text = say("draw.hidden", lang) if hidden else write(value, lang, picture.value_format, picture.digits)
        ax.annotate(
            text, (ax.get_xlim()[0] if hidden else end, y), xytext=(5, 0), textcoords="offset points", va="center",
            color=GREY if hidden else INK, fontsize=10, annotation_clip=False,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"} if hidden else None,
        )


def _beside(picture: Picture, lang: str) -> float:
    """Room to the right of the axes for the values, in inches."""
    names = {"bars": ("value",), "intervals": ("estimate",)}.get(picture.kind, ())
    values = np.concatenate([column(picture.data, name) for name in names])
    texts = [write(value, lang, picture.value_format, picture.digits) for value in values]
    return 0.25 + 0.088 * max(map(len, texts), default=4)


def _value_axis(sheet: Sheet, picture: Picture, lang: str, *values: np.ndarray, zero: bool) -> None:
    """The horizontal axis of values; the reference belongs to what must be seen."""
    reference = [np.nan if picture.reference is None else picture.reference]
    value_ticks(sheet.ax, np.concatenate([*values, reference]), lang, kind=picture.value_format, zero=zero)
    if zero:
        sheet.ax.axvline(0, color=GREY, linewidth=0.8)


def _bars(picture: Picture, lang: str) -> Figure:
    """Horizontal bars with their values at the end."""
    data = picture.data
    values, low, high = (column(data, name) for name in ("value", "low", "high"))
    has = ~np.isnan(low) & ~np.isnan(high) & ~np.isnan(values)
    names = _row_names(data, lang, "label", picture.n)
    sheet = Sheet(picture, lang, names, foot=say("draw.foot.whiskers", lang) if has.any() else "", right=_beside(picture, lang))
    marked = data["highlight"].eq(True).to_numpy(dtype=bool) if "highlight" in data else np.ones(len(data), dtype=bool)
    colours = np.where(marked, ACCENT, MUTED).tolist()
    sheet.ax.barh(sheet.places, np.nan_to_num(values), height=sheet.thickness(0.62), color=colours)
    sheet.ax.hlines(sheet.places[has], low[has], high[has], color=INK, linewidth=1.4)
    _value_axis(sheet, picture, lang, values, low, high, zero=True)
    _write_beside(sheet, np.fmax(np.fmax(values, high), 0), values)
    return sheet.finish()


def _intervals(picture: Picture, lang: str) -> Figure:
    """Points with whiskers; groups of one label lie close together."""
    data = picture.data
    estimate, low, high = (column(data, name) for name in ("estimate", "low", "high"))
    groups = data.drop_duplicates("group_id") if "group_id" in data else data.iloc[:0]
    keys = groups["group_id"].tolist() if len(groups) else []
    names = data[f"label_{lang}"].astype(str).tolist() if keys else _row_names(data, lang, "label", picture.n)
    sheet = Sheet(
        picture, lang, names, foot=say("draw.foot.whiskers", lang) if (~np.isnan(low)).any() else "", merge=bool(keys),
        key=groups[f"group_{lang}"].tolist() if keys else (), right=_beside(picture, lang),
    )
    code = np.array([keys.index(key) for key in data["group_id"]]) if keys else np.zeros(len(data), dtype=int)
    for group in range(max(len(keys), 1)):
        rows, colour = code == group, PALETTE[group % len(PALETTE)]
        sheet.ax.hlines(sheet.places[rows], low[rows], high[rows], color=colour, linewidth=2)
        sheet.ax.plot(
            estimate[rows], sheet.places[rows], MARKERS[group % len(MARKERS)], color=colour, markersize=7,
            markeredgecolor="white",
        )
    _value_axis(sheet, picture, lang, estimate, low, high, zero=False)
    _write_beside(sheet, np.fmax(estimate, high), estimate)
    return sheet.finish()


def _stacked(picture: Picture, lang: str) -> Figure:
    """Bars cut in ordered parts, light to dark, with the value inside where it fits."""
    data = picture.data
    labels, parts = data.drop_duplicates("label_id"), data.drop_duplicates("part_id")
    per_bar = data.groupby("label_id", sort=False)["n"].nunique(dropna=False).eq(1).all()
    names = _row_names(labels, lang, "label", picture.n) if per_bar else labels[f"label_{lang}"].astype(str).tolist()
    colours = ramp(len(parts))
    sheet = Sheet(
        picture, lang, names, key=parts[f"part_{lang}"].astype(str).tolist(), colours=colours, glyphs=("■",), right=0.3,
    )
    cells = _cells(data, "label_id", "part_id")[0]
    left, longest = np.zeros(len(labels)), float(np.nansum(cells, axis=1).max()) or 1.0
    for place, colour in enumerate(colours):
        width = cells[:, place]
        sheet.ax.barh(
            sheet.places, np.nan_to_num(width), sheet.thickness(0.66), left=left, color=colour, edgecolor="white",
        )
        _write_inside(sheet, left, width, longest=longest, colour="white" if place >= len(colours) / 2 else INK)
        left = left + np.nan_to_num(width)
    value_ticks(sheet.ax, np.append(left, 0), lang, kind=picture.value_format, zero=True, pad=1e-9)
    gone = np.isnan(cells).all(axis=1)
    _write_beside(sheet, left[gone], np.full(gone.sum(), np.nan), sheet.places[gone])
    return sheet.finish()


def _cells(data: pd.DataFrame, row: str, col: str) -> tuple[np.ndarray, np.ndarray]:
    """Values as a grid of rows and columns in order of appearance, and which cells the data have."""
    rows, columns = (list(dict.fromkeys(data[name])) for name in (row, col))
    grid = np.full((len(rows), len(columns)), np.nan)
    known = np.zeros(grid.shape, dtype=bool)
    place = [rows.index(key) for key in data[row]], [columns.index(key) for key in data[col]]
    grid[place], known[place] = column(data, "value"), True
    return grid, known


def _write_inside(
    sheet: Sheet, left: np.ndarray, width: np.ndarray, *, longest: float, colour: str
) -> None:
    """Values inside the parts that have room for them."""
    picture, lang = sheet.picture, sheet.lang
    for y, start, value in zip(sheet.places, left, width, strict=True):
        text = write(value, lang, picture.value_format, 0 if picture.value_format == "percent" else picture.digits)
        if not np.isnan(value) and value / longest * sheet.plot_width > 0.095 * len(text) + 0.06:
            sheet.ax.text(start + value / 2, y, text, ha="center", va="center", color=colour, fontsize=9.5)


def _lines(picture: Picture, lang: str) -> Figure:
    """One line per group over x, named at its end."""
    data = picture.data
    sheet = Sheet(picture, lang, [], foot=say("draw.foot.band", lang) if "low" in data else "", height=3.0)
    where = place_x(sheet.ax, data["x"], lang)
    ends = []
    for place, (_, rows) in enumerate(data.groupby("group_id", sort=False)):
        group = rows.iloc[np.argsort([where[value] for value in rows["x"]], kind="stable")]
        x = np.array([where[value] for value in group["x"]])
        value, colour = column(group, "value"), PALETTE[place % len(PALETTE)]
        sheet.ax.fill_between(x, column(group, "low"), column(group, "high"), color=colour, alpha=0.14, linewidth=0)
        sheet.ax.plot(x, value, "-", marker=MARKERS[place % len(MARKERS)], color=colour, linewidth=2, markersize=6.5)
        seen = np.flatnonzero(~np.isnan(value))
        if seen.size:
            last = value[seen[-1]]
            name = shortened(str(group[f"group_{lang}"].iloc[0]), 70)
            text = f"{name} {write(last, lang, picture.value_format, picture.digits)}"
            ends.append((x[seen[-1]], last, text, colour))
    spans = [column(data, name) for name in ("value", "low", "high")]
    reference = [np.nan if picture.reference is None else picture.reference]
    shown = np.concatenate([*spans, reference])
    value_ticks(sheet.ax, shown, lang, kind=picture.value_format, axis="y", pad=0.07, steps=5)
    sheet.name_ends(ends)
    return sheet.finish()


def _units(picture: Picture, lang: str) -> Figure:
    """One point per unit, the line of the estimated trend, names where they help."""
    data = picture.data
    x, y, low, high, n = (column(data, name) for name in ("x", "y", "y_low", "y_high", "n"))
    sheet = Sheet(picture, lang, [], foot=say("draw.foot.trend", lang) if picture.line is not None else "", height=3.4)
    sheet.ax.vlines(x, low, high, color=MUTED, linewidth=1.2)
    size = 26 + 90 * np.nan_to_num(n) / max(float(np.nanmax(n, initial=1)), 1)
    sheet.ax.scatter(x, y, s=size, color=ACCENT, edgecolor="white", linewidth=0.8, zorder=3)
    value_ticks(sheet.ax, x, lang, pad=0.06)
    heights = np.concatenate([y, low, high])
    value_ticks(sheet.ax, heights, lang, kind=picture.value_format, axis="y", pad=0.06, steps=5)
    if picture.line is not None and len(x):
        ends = np.array([np.nanmin(x), np.nanmax(x)])
        sheet.ax.plot(ends, picture.line[0] + picture.line[1] * ends, color=PALETTE[1], linewidth=2)
    _name_units(sheet, data[f"label_{lang}"].astype(str).tolist(), x, y, picture.line)
    return sheet.finish()


def _name_units(sheet: Sheet, names: list[str], x: np.ndarray, y: np.ndarray, line: tuple[float, float] | None) -> None:
    """Names of the units farthest from the line, where they touch neither a point nor another name."""
    from matplotlib.transforms import Bbox

    middle = line[0] + line[1] * x if line is not None else np.full(len(y), np.nanmean(y) if len(y) else 0.0)
    dots = sheet.ax.transData.transform(np.column_stack([x, y]))
    taken = [Bbox.from_bounds(at[0] - 6, at[1] - 6, 12, 12) for at in dots]
    for place in np.argsort(-np.abs(y - middle), kind="stable")[:_LABELLED_UNITS]:
        if names[place]:
            _name_unit(sheet, wrapped([names[place]], 22, most=4)[0], (x[place], y[place]), taken)


def _name_unit(sheet: Sheet, name: str, at: tuple[float, float], taken: list[Bbox]) -> None:
    """One name, at the first side of its point that has room; none where no side has."""
    for right, up in ((8, 0), (-8, 0), (8, 9), (-8, 9), (8, -9), (-8, -9)):
        text = sheet.ax.annotate(
            name, at, xytext=(right, up), textcoords="offset points", ha="left" if right > 0 else "right",
            va=("center", "bottom", "top")[(up > 0) - (up < 0)], fontsize=8.5, linespacing=1.05,
        )
        box, frame = text.get_window_extent(sheet.renderer), sheet.ax.get_window_extent(sheet.renderer)
        if frame.x0 - 20 <= box.x0 and box.x1 <= frame.x1 + 20 and not any(box.overlaps(other) for other in taken):
            taken.append(box)
            return
        text.remove()


def _matrix(picture: Picture, lang: str) -> Figure:
    """Shaded cells with their values."""
    from matplotlib.colors import LinearSegmentedColormap

    data = picture.data
    rows, columns = data.drop_duplicates("row_id"), data.drop_duplicates("column_id")
    grid, known = _cells(data, "row_id", "column_id")
    heads = columns[f"column_{lang}"].astype(str).tolist()
    sheet = Sheet(picture, lang, rows[f"row_{lang}"].astype(str).tolist(), heads=heads)
    top = float(np.nanmax(grid, initial=0)) or 1.0
    shades = LinearSegmentedColormap.from_list("shade", [FAINT, ACCENT])
    sheet.ax.pcolormesh(
        np.arange(len(columns) + 1) - 0.5, sheet.edges, np.ma.masked_invalid(grid / top), cmap=shades, vmin=0, vmax=1,
        edgecolor="white", linewidth=1.5,
    )
    digits = 0 if picture.value_format == "percent" and len(columns) > 4 else picture.digits
    for (row, col), value in np.ndenumerate(grid):
        if known[row, col]:
            text = write(value, lang, picture.value_format, digits)
            sheet.ax.text(
                col, float(sheet.places[row]), text, ha="center", va="center",
                fontsize=9.5 if len(columns) < 8 else 8.5, color="white" if value > 0.55 * top else INK,
            )
    return sheet.finish()


_DRAW: dict[str, Callable[[Picture, str], Figure]] = {
    "bars": _bars, "intervals": _intervals, "stacked": _stacked, "lines": _lines, "units": _units, "matrix": _matrix,
}
