"""A whole as a hundred signs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.draw.look import NAME, PALE, SMALL, TONE, lines_of
from karier_stats.draw.sheet import Sheet, column, spread
from karier_stats.words.numbers import integer

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def hundred(sheet: Sheet) -> None:
    """A whole as a hundred signs, each part in its own, with how many of a hundred it is.

    Parameters
    ----------
    sheet : Sheet
        With data of ``label_id``, ``label_en``, ``value`` (share of the whole, 0-1), ``n`` [, ``tone``]: one row per part.
    """
    picture, data, lang = sheet.picture, sheet.picture.data, sheet.lang
    counts, tones = of_hundred(column(data, "value")), _tones(data)
    sheet.lead(picture.x[lang])
    side, top = (15.0 if sheet.narrow else 22.0), sheet.at + 4
    ax = sheet.axes(0, top, 10 * side, 10 * side, (0, 10), (10, 0))
    signs = [(part, pale) for part, pale in enumerate(_pale(tones)) for _ in range(counts[part])]
    for place, (part, pale) in enumerate(signs[:100]):
        _sign(ax, place, tones[part], pale)
    middles = top + side * (np.cumsum(counts) - np.array(counts) / 2) / 10
    _write_parts(sheet, counts, tones, middles.tolist(), 10 * side + 14)
    sheet.at = max(sheet.at, top + 10 * side + 4)
    sheet.finish()


def _write_parts(sheet: Sheet, counts: list[int], tones: list[str], middles: list[float], left: float) -> None:
    """Beside the signs of each part how many of a hundred they are, what it is, and how many it counts."""
    data, start = sheet.picture.data, sheet.at
    values, n = column(data, "value"), column(data, "n")
    blocks = [
        [*lines_of(str(name), sheet.width - left - 56, NAME), *([] if np.isnan(k) else [f"n = {integer(k, sheet.lang)}"])]
        for name, k in zip(data[f"label_{sheet.lang}"], n, strict=True)
    ]
    sizes = [max(34.0, 16.5 * len(lines)) + 6 for lines in blocks]
    places = spread(middles, sizes)
    lift = max(0.0, start - min(place - size / 2 for place, size in zip(places, sizes, strict=True)))
    for part, lines in enumerate(blocks):
        y, known = places[part] + lift, not np.isnan(values[part])
        told, size = (str(counts[part]), 26.0) if known else ("–", SMALL)
        sheet.text(left + 44, y + 9, told, size, ha="right", weight="bold", color=TONE[tones[part]])
        sheet.lines(left + 54, y - 8.2 * len(lines), lines if known else [*lines, sheet.hidden()], NAME)
        sheet.at = max(sheet.at, y + sizes[part] / 2)


def of_hundred(shares: np.ndarray) -> list[int]:
    """Shares (0-1) as whole numbers of a hundred that add up as the shares do, by largest remainders; none for NaN.

    Parameters
    ----------
    shares : ndarray, shape (parts,)

    Returns
    -------
    list of int
        At most one away from a hundred times each share.
    """
    exact = 100 * np.nan_to_num(shares)
    counts = np.floor(exact + 1e-9).astype(int)
    lack = round(float(exact.sum())) - int(counts.sum())
    for place in np.argsort(-(exact - counts), kind="stable")[:max(lack, 0)]:
        counts[place] += 1
    return [int(count) for count in counts]


def _tones(data: pd.DataFrame) -> list[str]:
    """The tone of each part; by itself the last part is what is reached, the others are not."""
    if "tone" in data:
        return [tone if tone in TONE else "netral" for tone in data["tone"]]
    return ["netral"] * (len(data) - 1) + ["naik"]


def _pale(tones: Sequence[str]) -> list[bool]:
    """Of parts of one tone, every second one is pale."""
    return [tones[:place].count(tone) % 2 == 1 for place, tone in enumerate(tones)]


def _sign(ax: Axes, place: int, tone: str, pale: bool) -> None:
    """One of the hundred: a square, or a circle for what is reached."""
    from matplotlib.patches import Circle, Rectangle

    y, x = divmod(place, 10)
    look: dict[str, Any] = {"facecolor": PALE[tone] if pale else TONE[tone], "edgecolor": TONE[tone], "linewidth": 1.2}
    if tone == "naik":
        ax.add_patch(Circle((x + 0.5, y + 0.5), 0.4, **look))
    else:
        ax.add_patch(Rectangle((x + 0.1, y + 0.1), 0.8, 0.8, **look))
