"""The picture of change: where people stood before and after, beside how much they changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.report.canvas import (
    ACCENT,
    GREY,
    INK,
    MARGIN,
    MUTED,
    PALETTE,
    WIDTH,
    Page,
    column,
    value_ticks,
    with_count,
    wrapped,
)
from karier_stats.words.numbers import both, interval, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from karier_stats.answers.record import Picture

MOST_LINES = 300
"""Above so many people their lines become two densities."""

LEVEL = 0.95
BEFORE, AFTER = both("sebelum", "before"), both("sesudah", "after")
_CHANGE = both("Perubahan (sesudah − sebelum)", "Change (after − before)")
_MEAN = both("rata-rata", "mean")
_LINES = both(
    "Garis tipis: seorang (hijau naik, kuning turun, kelabu tetap); garis tebal: rata-rata.",
    "Thin lines: persons (green up, yellow down, grey unchanged); thick line: mean.",
)
_DENSITIES = both(
    "Bidang: sebaran nilai sebelum dan sesudah; garis tebal: rata-rata.",
    "Areas: distribution of scores before and after; thick line: mean.",
)
_INTERVAL = both("Titik: rata-rata dengan selang 95 persen.", "Point: mean with its 95 percent interval.")


@dataclass(frozen=True)
class Arm:
    """One group of people: its name and the scores (n,) of those with both."""

    name: str
    before: np.ndarray
    after: np.ndarray

    @property
    def change(self) -> np.ndarray:
        """After minus before, (n,)."""
        return self.after - self.before

    def mean_interval(self, level: float = LEVEL) -> tuple[float, float, float]:
        """Mean change with its t interval; NaN bounds for fewer than two people.

        Notes
        -----
        ``mean ± t(n − 1, (1 + level) / 2) · sd / √n``, the paired t interval.
        """
        from scipy.special import stdtrit

        mean = float(self.change.mean())
        if len(self.change) < 2:
            return mean, np.nan, np.nan
        half = stdtrit(len(self.change) - 1, (1 + level) / 2) * self.change.std(ddof=1) / np.sqrt(len(self.change))
        return mean, mean - float(half), mean + float(half)


def arms_of(picture: Picture, lang: str) -> list[Arm]:
    """The arms of a picture of change, in order of appearance; one without a name where there are none."""
    data = picture.data
    scores = np.column_stack([column(data, "before"), column(data, "after")])
    both_known = ~np.isnan(scores).any(axis=1)
    names = data[f"arm_{lang}"].astype(str).to_numpy() if f"arm_{lang}" in data else np.full(len(data), "")
    return [
        Arm(str(name), *scores[both_known & (names == name)].T)
        for name in dict.fromkeys(names)
        if (both_known & (names == name)).any()
    ]


def draw_change(picture: Picture, lang: str, persons_shown: bool) -> Figure:
    """One or two arms with scores and change, more arms with their change only."""
    arms = arms_of(picture, lang)
    if len(arms) > 2:
        return _many(picture, lang, arms)
    lines = persons_shown and max((len(arm.before) for arm in arms), default=0) <= MOST_LINES
    foot = f"{(_LINES if lines else _DENSITIES)[lang]} {_INTERVAL[lang]}"
    return (_one if len(arms) < 2 else _two)(picture, lang, arms, foot=foot, lines=lines, bins=persons_shown)


def _one(picture: Picture, lang: str, arms: list[Arm], *, foot: str, lines: bool, bins: bool) -> Figure:
    """Scores to the left, change to the right."""
    page = Page(picture, lang, body=2.9, foot=foot, over=picture.y[lang])
    for arm in arms:
        left, right = page.axes(0.55, 0.1, 2.0, 2.3), page.axes(3.0, 0.1, WIDTH - 3.1, 2.3)
        _scores(left, arm, lang, lines, bins)
        value_ticks(left, np.concatenate([arm.before, arm.after]), lang, axis="y", steps=5, pad=0.1)
        _distribution(right, arm, lang, bins, _reach([arm]))
        page.write(3.0, page.top + 2.68, _CHANGE[lang], fontsize=10)
    return page.figure


def _two(picture: Picture, lang: str, arms: list[Arm], *, foot: str, lines: bool, bins: bool) -> Figure:
    """Arms side by side, scores above, change below, on common axes."""
    heads = wrapped([with_count(arm.name, len(arm.before), lang) for arm in arms], 24, size=11.5, most=5)
    lift = 0.1 + 0.18 * max(head.count("\n") + 1 for head in heads)
    page = Page(picture, lang, body=lift + 4.55, foot=foot, over=picture.y[lang])
    width = (WIDTH - 0.55 - 0.15 - 0.3) / 2
    scores = np.concatenate([np.concatenate([arm.before, arm.after]) for arm in arms])
    for place, arm in enumerate(arms):
        left = 0.55 + place * (width + 0.3)
        page.write(left, page.top + 0.02, heads[place], fontsize=10.5, fontweight="bold")
        upper, lower = page.axes(left, lift, width, 2.1), page.axes(left, lift + 2.5, width, 1.55)
        _scores(upper, arm, lang, lines, bins)
        value_ticks(upper, scores, lang, axis="y", steps=5, pad=0.1)
        if place:
            upper.tick_params(axis="y", labelleft=False)
        _distribution(lower, arm, lang, bins, _reach(arms))
    page.write(0.55, page.top + lift + 4.32, _CHANGE[lang], fontsize=10)
    return page.figure


def _many(picture: Picture, lang: str, arms: list[Arm]) -> Figure:
    """One row per arm: density of the change with its mean and interval on the baseline."""
    names = wrapped([with_count(arm.name, len(arm.before), lang) for arm in arms], 22, size=10.5, most=4)
    page = Page(
        picture, lang, body=0.62 * len(arms) + 0.3, under=_CHANGE[lang], foot=_INTERVAL[lang], over=picture.y[lang]
    )
    left = MARGIN + 0.12 + max(page.text_width(name, 10.5) for name in names)
    ax = page.axes(left, 0, WIDTH - left - 0.72, 0.62 * len(arms))
    low, high = _reach(arms)
    grid = np.linspace(low, high, 240)
    for place, arm in enumerate(arms):
        base = place + 0.8
        shape = density(arm.change, grid)
        ax.fill_between(grid, base, base - 0.62 * shape / shape.max(), color=MUTED, linewidth=0)
        mean, bottom, top = arm.mean_interval()
        ax.hlines(base, bottom, top, color=ACCENT, linewidth=2.4)
        ax.plot([mean], [base], "o", color=ACCENT, markersize=5)
        ax.annotate(
            _signed(mean, lang), (high, base), xytext=(5, 0), textcoords="offset points", va="center",
            annotation_clip=False,
        )
    value_ticks(ax, np.array([low, high]), lang, pad=0.0)
    ax.set_ylim(len(arms), 0)
    ax.set_yticks(np.arange(len(arms)) + 0.6, names, linespacing=1.1)
    ax.axvline(0, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2, zorder=1)
    page.name_under(left)
    return page.figure


def _scores(ax: Axes, arm: Arm, lang: str, lines: bool, bins: bool) -> None:
    """Persons as lines, or the two distributions; the mean over them."""
    if lines:
        _person_lines(ax, arm)
    elif bins and _few_levels(np.concatenate([arm.before, arm.after])):
        _level_bars(ax, arm)
    else:
        _half_violins(ax, arm)
    ax.plot([0, 1], [arm.before.mean(), arm.after.mean()], "-o", color=INK, linewidth=2.6, markersize=6.5, zorder=4)
    edge = 0.3 if lines else 0.5
    ax.set_xlim(-edge, 1 + edge)
    ax.set_xticks([0, 1], [BEFORE[lang], AFTER[lang]])


def _person_lines(ax: Axes, arm: Arm) -> None:
    """One thin line per person, coloured by the direction of change."""
    from matplotlib.collections import LineCollection

    ends = np.zeros((len(arm.before), 2, 2))
    ends[:, 1, 0] = 1
    ends[:, 0, 1], ends[:, 1, 1] = arm.before, arm.after
    colours = np.select([arm.change > 0, arm.change < 0], [ACCENT, PALETTE[1]], GREY)
    alpha = float(np.clip(28 / len(arm.before), 0.2, 0.7))
    ax.add_collection(LineCollection(list(ends), colors=colours.tolist(), linewidths=1.0, alpha=alpha))


def _few_levels(values: np.ndarray) -> bool:
    """Whole numbers within a dozen: a scale of levels, not a score."""
    return bool(np.allclose(values, np.round(values)) and np.ptp(values) <= 12)


def _level_bars(ax: Axes, arm: Arm) -> None:
    """How many people stand at each level, before to the left, after to the right."""
    for scores, place, side, colour in ((arm.before, 0, -1, MUTED), (arm.after, 1, 1, ACCENT)):
        levels, counts = np.unique(scores, return_counts=True)
        ax.barh(levels, side * 0.42 * counts / counts.max(), 0.78, left=place, color=colour, alpha=0.8)


def _half_violins(ax: Axes, arm: Arm) -> None:
    """The density before to the left of its tick, after to the right."""
    values = np.concatenate([arm.before, arm.after])
    reach = np.ptp(values) or 1.0
    grid = np.linspace(values.min() - 0.3 * reach, values.max() + 0.3 * reach, 200)
    for scores, place, side, colour in ((arm.before, 0, -1, MUTED), (arm.after, 1, 1, ACCENT)):
        shape = density(scores, grid)
        ax.fill_betweenx(grid, place, place + side * 0.42 * shape / shape.max(), color=colour, alpha=0.75, linewidth=0)


def _distribution(ax: Axes, arm: Arm, lang: str, bins: bool, reach: tuple[float, float]) -> None:
    """How much people changed, with mean and interval above; bins only where persons may be seen."""
    grid = np.linspace(*reach, 200)
    if bins:
        edges = bin_edges(arm.change, reach)
        heights, _ = np.histogram(arm.change, edges)
        ax.bar(edges[:-1], heights, np.diff(edges), align="edge", color=MUTED, edgecolor="white", linewidth=0.8)
    else:
        heights = density(arm.change, grid)
        ax.fill_between(grid, 0, heights, color=MUTED, linewidth=0)
    top = float(heights.max())
    ax.axvline(0, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2)
    mean, low, high = arm.mean_interval()
    ax.hlines(1.1 * top, low, high, color=ACCENT, linewidth=2.4)
    ax.plot([mean], [1.1 * top], "o", color=ACCENT, markersize=4)
    text = f"{_MEAN[lang]} {_signed(mean, lang)}\n({interval(low, high, lang)})"
    value_ticks(ax, np.array(reach), lang, pad=0.0)
    ax.text((reach[0] + reach[1]) / 2, 1.22 * top, text, ha="center", va="bottom", fontsize=9.5, linespacing=1.1,
            bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"})
    ax.set_ylim(0, 1.72 * top)
    ax.set_yticks([])


def _reach(arms: list[Arm]) -> tuple[float, float]:
    """Limits of the change that all arms share, nought among them."""
    values = np.concatenate([arm.change for arm in arms])
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    room = 0.08 * (high - low) or 1.0
    return low - room, high + room


def bin_edges(values: np.ndarray, reach: tuple[float, float]) -> np.ndarray:
    """Edges of a histogram: one bin per value for few whole numbers, else about twenty equal bins."""
    low, high = reach
    if np.allclose(values, np.round(values)) and high - low <= 15:
        return np.arange(np.floor(low) - 0.5, np.ceil(high) + 1.0)
    return np.linspace(low, high, 21)


def density(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Gaussian kernel density on a grid (m,).

    Notes
    -----
    Bandwidth by Silverman's rule of thumb, ``0.9 · min(sd, IQR / 1.34) · n^(-1/5)``,
    never less than a fortieth of the grid's width, and half a level for a
    scale of few levels, so that distinct scores do not become spikes that
    show single persons.

    References
    ----------
    Silverman (1986), Density Estimation for Statistics and Data Analysis, eq. 3.31.
    """
    sd, quartiles = values.std(ddof=1) if len(values) > 1 else 0.0, np.percentile(values, [25, 75])
    scale = min(sd, (quartiles[1] - quartiles[0]) / 1.34) or sd
    width = max(0.9 * scale * len(values) ** -0.2, np.ptp(grid) / 40, 0.5 if _few_levels(values) else 0.0)
    z = (grid[:, None] - values[None, :]) / width
    return np.asarray(np.exp(-0.5 * z**2).sum(axis=1) / (len(values) * width * np.sqrt(2 * np.pi)))


def _signed(value: float, lang: str) -> str:
    """A change with its sign."""
    text = number(value, lang)
    return text if value < 0 or text in ("0,0", "0.0") else f"+{text}"
