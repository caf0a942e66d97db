"""The picture of change: where people stood before and after, beside how much they changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from karier_stats.draw.look import INK, NAME, PALE, SMALL, SOFT, TONE, lines_of, shortened, widest, with_count
from karier_stats.draw.shapes import LEVEL, Arm, Shape, arms_of, pairs_of
from karier_stats.draw.sheet import GAP, Canvas, ValueAxis, scale_of
from karier_stats.words import say
from karier_stats.words.numbers import interval, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Pairs: TypeAlias = np.ndarray | None
"""Scores (n, waves) of people who are drawn as lines."""
Place: TypeAlias = tuple[float, float, float, float]
"""Left, top, width and height in units."""

MOST_LINES = 300
"""Above so many people their lines become two densities."""


def draw_change(sheet: Canvas, persons_shown: bool) -> None:
    """One or two arms with scores and change, more arms with their change only.

    Of people, up to ``MOST_LINES`` are a line each where persons may be shown; of a binned picture, none.

    Parameters
    ----------
    sheet : Canvas
        With data of people, ``before`` and ``after`` [, ``arm_id``, ``arm_en``], one row each; or binned
        (:func:`~karier_stats.draw.shapes.binned`), one row per arm.
    persons_shown : bool
        Whether this audience may see single persons.
    """
    picture, lang = sheet.picture, sheet.lang
    arms, people = arms_of(picture, persons_shown), pairs_of(picture)
    sheet.lead(picture.y[lang])
    if len(arms) > 2:
        _many(sheet, arms)
        return
    lines = persons_shown and bool(people) and max(len(scores) for *_, scores in people) <= MOST_LINES
    pairs: list[Pairs] = [scores if lines else None for *_, scores in people] or [None] * len(arms)
    (_one if len(arms) == 1 else _two)(sheet, arms, pairs)
    marks = ("ways" if picture.data.attrs.get("levels") else "persons") if lines else "distributions"
    sheet.finish(say(f"draw.foot.{marks}", lang), _interval_foot(sheet))


def _one(sheet: Canvas, arms: list[Arm], pairs: list[Pairs]) -> None:
    """Scores to the left, change to the right; one over the other where the sheet is narrow."""
    arm, top, tall = arms[0], sheet.at + 6, 210.0
    scores = _score_scale(sheet, arms, pairs)
    left = widest(scores.texts) + 10
    wide = sheet.width - left if sheet.narrow else (sheet.width - left) * 0.45
    _scores(sheet, arm, pairs[0], scores, (left, top, wide, tall), beside=True)
    at = (left, top + tall + 40) if sheet.narrow else (left + wide + 40, top)
    _distribution(sheet, arm, _change_scale(sheet, arms, sheet.width - at[0]), (at[0], at[1], sheet.width - at[0], tall))
    sheet.name_under(say("draw.people.change", sheet.lang), at[0])


def _two(sheet: Canvas, arms: list[Arm], pairs: list[Pairs]) -> None:
    """Arms side by side, scores above, change below, on common axes."""
    scores = _score_scale(sheet, arms, pairs)
    left, gap = widest(scores.texts) + 10, 16.0 if sheet.narrow else 40.0
    wide = (sheet.width - left - gap) / 2
    heads = [lines_of(with_count(arm.name(sheet.lang), arm.n, sheet.lang), wide, NAME, True, most=5) for arm in arms]
    start, top = sheet.at, sheet.at + 16.5 * max(map(len, heads)) + 6
    tall, low = (150.0, 120.0) if sheet.narrow else (190.0, 140.0)
    change, bottom = _change_scale(sheet, arms, wide), top + tall + 36
    for place, (arm, pair) in enumerate(zip(arms, pairs, strict=True)):
        x = left + place * (wide + gap)
        sheet.lines(x, start, heads[place], NAME, weight="bold")
        _scores(sheet, arm, pair, scores, (x, top, wide, tall), beside=not place)
        _distribution(sheet, arm, change, (x, bottom, wide, low))
    sheet.at = bottom + low + 20
    sheet.name_under(say("draw.people.change", sheet.lang), left)


def _many(sheet: Canvas, arms: list[Arm]) -> None:
    """One row per arm: distribution of the change with its mean and interval on the baseline."""
    names = [with_count(arm.name(sheet.lang), arm.n, sheet.lang) for arm in arms]
    limit = 230.0 if not sheet.narrow else 110.0
    fitted = [lines_of(name, limit, NAME, most=4) for name in names]
    means = [_told(sheet, arm) or _signed(arm.change[0], sheet.lang) for arm in arms]
    left, right = GAP + max(widest(lines, NAME) for lines in fitted), GAP + widest(means, NAME)
    wide, step, top = sheet.width - left - right, 70.0, sheet.at
    scale = _change_scale(sheet, arms, wide)
    bottom = top + step * len(arms)
    sheet.scale_under(scale, left, wide, top, bottom)
    ax = sheet.axes(left, top, wide, bottom - top, (scale.low, scale.high), (bottom, top))
    for place, arm in enumerate(arms):
        base = top + step * (place + 0.82)
        _fill(ax, arm.moved, base, -0.72 * step)
        _mean(ax, arm, base)
        sheet.lines(0, base - 8 * len(fitted[place]) - 12, fitted[place], NAME)
        sheet.text(sheet.width, base + 4.7, means[place], NAME, ha="right")
    ax.axvline(0, color=INK, linestyle="--", linewidth=1.2, zorder=1)
    sheet.name_under(say("draw.people.change", sheet.lang), left)
    sheet.finish(_interval_foot(sheet))


def _interval_foot(sheet: Canvas) -> str:
    """What the point of the change is, where there is one."""
    about = sheet.picture.data.attrs
    return "" if "told" in about else say("draw.foot.interval", sheet.lang, level=about.get("level", LEVEL))


def _score_scale(sheet: Canvas, arms: list[Arm], pairs: list[Pairs]) -> ValueAxis:
    """The scale of scores that all arms share."""
    levels = sheet.picture.data.attrs.get("levels")
    if levels:
        return ValueAxis(0.5, len(levels) + 0.5, tuple(range(1, len(levels) + 1)), tuple(shortened(one, 24) for one in levels))
    parts = [np.concatenate([arm.before.at, arm.after.at]) if pair is None else pair.ravel()
             for arm, pair in zip(arms, pairs, strict=True)]
    return scale_of(np.concatenate(parts), sheet.lang, pad=0.02)


def _change_scale(sheet: Canvas, arms: list[Arm], room: float) -> ValueAxis:
    """The scale of change that all arms share."""
    low, high = (pick(pick(arm.moved.at) for arm in arms) for pick in (min, max))
    ends = np.array([low, high + max(arm.moved.width for arm in arms), 0.0])
    return scale_of(ends, sheet.lang, pad=1e-9, room=room)


def _scores(sheet: Canvas, arm: Arm, pairs: Pairs, scale: ValueAxis, place: Place, beside: bool) -> None:
    """Persons as lines, or both distributions on their ticks; the mean over them; the scale's texts only ``beside`` the first."""
    left, top, wide, tall = place
    sheet.scale_beside(scale if beside else replace(scale, texts=("",) * len(scale.ticks)), top, tall, left, wide)
    waves = ("before", "after") if pairs is None else ("before", "after", *sheet.picture.data.attrs.get("waves", ()))
    edge, last = 0.5 if pairs is None else 0.3, len(waves) - 1
    ax = sheet.axes(left, top, wide, tall, (-edge, last + edge), (scale.low, scale.high))
    if pairs is not None:
        _person_lines(ax, pairs, alike=bool(sheet.picture.data.attrs.get("levels")))
    else:
        for shape, where, side, colour in ((arm.before, 0, -0.42, PALE["netral"]), (arm.after, 1, 0.42, PALE["naik"])):
            _fill_beside(ax, shape, where, side, colour)
    ax.plot([0, 1], arm.means, "-o", color=INK, linewidth=2.4, markersize=8, zorder=4)
    for where, wave in enumerate(waves):
        x = left + (where + edge) / (last + 2 * edge) * wide
        name = say(f"draw.people.{wave}", sheet.lang) if where < 2 else shortened(wave, 14)
        sheet.text(x, top + tall + 16, name, ha="center", color=SOFT)


def _person_lines(ax: Axes, scores: np.ndarray, alike: bool) -> None:
    """A thin line per person through the waves that they have, or one for all who moved ``alike``, as wide as they are many."""
    from matplotlib.collections import LineCollection

    ways, counts = np.unique(scores, axis=0, return_counts=True) if alike else (scores, np.ones(len(scores)))
    lines = [np.column_stack([np.arange(len(way)), way])[~np.isnan(way)] for way in ways]
    colours = np.select([ways[:, 1] > ways[:, 0], ways[:, 1] < ways[:, 0]], [TONE["naik"], TONE["awas"]], TONE["netral"])
    alpha = 0.5 if alike else float(np.clip(28 / len(scores), 0.2, 0.7))
    widths = 1.0 + 11 * counts / counts.max() if alike else counts
    ax.add_collection(LineCollection(lines, colors=colours.tolist(), linewidths=widths, alpha=alpha))
    for k in range(2, scores.shape[1] if not alike else 0):  # apart from the first two, for others may be missing there
        mean = scores[~np.isnan(scores[:, k]), k].mean() if (~np.isnan(scores[:, k])).any() else np.nan
        ax.plot([k], [mean], "o", color=INK, markerfacecolor="white", markersize=8, markeredgewidth=2, zorder=4)


def _fill_beside(ax: Axes, shape: Shape, place: float, side: float, colour: str) -> None:
    """A distribution that stands on its tick: to the left before, to the right after."""
    heights = side * np.array(shape.height)
    if shape.width:
        ax.barh(shape.at, heights, shape.width, left=place, color=colour)
    else:
        ax.fill_betweenx(shape.at, place, place + heights, color=colour, linewidth=0)


def _fill(ax: Axes, shape: Shape, base: float, scale: float) -> None:
    """A distribution that lies on a baseline."""
    heights = scale * np.array(shape.height)
    if shape.width and not base:
        import seaborn as sns

        edges = np.append(shape.at, shape.at[-1] + shape.width)
        sns.histplot(
            x=edges[:-1] + shape.width / 2, weights=heights, bins=edges.tolist(), color=PALE["netral"], alpha=1, ax=ax
        )
        ax.set(xlabel="", ylabel="")
    elif shape.width:
        ax.bar(shape.at, heights, shape.width, bottom=base, align="edge", color=PALE["netral"], edgecolor="white")
    else:
        ax.fill_between(shape.at, base, base + heights, color=PALE["netral"], linewidth=0)


def _mean(ax: Axes, arm: Arm, at: float) -> None:
    """The mean change with its interval; full where the interval leaves out nought."""
    mean, low, high = arm.change
    tone = "naik" if low > 0 or high < 0 else "netral"
    ax.hlines(at, low, high, color=TONE[tone], linewidth=2.4)
    ax.plot([mean], [at], "o", color=TONE[tone], markersize=8, markerfacecolor=TONE[tone] if tone == "naik" else "white",
            markeredgewidth=2)


def _distribution(sheet: Canvas, arm: Arm, scale: ValueAxis, place: Place) -> None:
    """How much people changed, on the scale that all arms share, with mean and interval above."""
    left, top, wide, tall = place
    mean, low, high = arm.change
    facts = {"mean": _signed(mean, sheet.lang), "interval": interval(low, high, sheet.lang)}
    told = _told(sheet, arm) or say("draw.people.mean", sheet.lang, **facts)
    parts = [line for part in told.split("\n") for line in lines_of(part, wide)]
    head = 16.3 * len(parts) + 4
    sheet.lines(left + wide / 2, top, parts, SMALL, ha="center")
    sheet.scale_under(scale, left, wide, top + head, top + tall)
    ax = sheet.axes(left, top + head, wide, tall - head, (scale.low, scale.high), (0, 1.25))
    _fill(ax, arm.moved, 0, 1)
    ax.set_xlim(scale.low, scale.high)
    ax.set_ylim(0, 1.25)
    ax.axvline(0, color=INK, linestyle="--", linewidth=1.2)
    _mean(ax, arm, 1.13)


def _told(sheet: Canvas, arm: Arm) -> str:
    """What stands in place of the mean of an arm, if anything."""
    return str(sheet.picture.data.attrs.get("told", {}).get(arm.arm_id, {}).get(sheet.lang, ""))


def _signed(value: float, lang: str) -> str:
    """A change with its sign."""
    text = number(value, lang)
    return text if value < 0 or text in ("0,0", "0.0") else f"+{text}"
