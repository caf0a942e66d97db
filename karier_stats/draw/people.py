"""The picture of change: where people stood before and after, beside how much they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from karier_stats.domain.disclosure import POLICIES
from karier_stats.draw.canvas import (
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
from karier_stats.words import say
from karier_stats.words.numbers import interval, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from karier_stats.answers.record import Picture

Pairs: TypeAlias = tuple[np.ndarray, np.ndarray] | None
"""Scores before and after (n,) of people who are drawn as lines."""

MOST_LINES = 300
"""Above so many people their lines become two densities."""

LEVEL = 0.95


@dataclass(frozen=True)
class Shape:
    """A distribution for drawing: places (k,), heights (k,) as parts of the largest, and the width of a bar.

    A width of nought is an area.
    """

    at: tuple[float, ...]
    height: tuple[float, ...]
    width: float = 0.0


@dataclass(frozen=True)
class Arm:
    """One group of people as it is drawn: distributions and means, no person.

    ``counts`` are those who rose, stayed and fell; None where one of the three is a small group.
    """

    arm_id: str
    arm_en: str
    n: int
    means: tuple[float, float]
    change: tuple[float, float, float]
    counts: tuple[int, int, int] | None
    before: Shape
    after: Shape
    moved: Shape

    def name(self, lang: str) -> str:
        """The group's name; empty where there is but one."""
        return self.arm_en if lang == "en" else self.arm_id


def mean_interval(change: np.ndarray, level: float = LEVEL) -> tuple[float, float, float]:
    """Mean of changes (n,) with its t interval; NaN bounds for fewer than two people.

    Notes
    -----
    ``mean ± t(n − 1, (1 + level) / 2) · sd / √n``, the paired t interval.
    """
    from scipy.special import stdtrit

    mean = float(change.mean())
    if len(change) < 2:
        return mean, np.nan, np.nan
    half = stdtrit(len(change) - 1, (1 + level) / 2) * change.std(ddof=1) / np.sqrt(len(change))
    return mean, mean - float(half), mean + float(half)


def pairs_of(picture: Picture) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    """Names and scores before and after (n,) of each arm, in order of appearance, of people with both."""
    data = picture.data
    if not len(data) or "moved" in data:
        return []
    scores = np.column_stack([column(data, "before"), column(data, "after")])
    known = ~np.isnan(scores).any(axis=1)
    names = data["arm_id"].astype(str).to_numpy() if "arm_id" in data else np.full(len(data), "")
    english = data["arm_en"].astype(str).to_numpy() if "arm_en" in data else names
    return [
        (str(name), str(english[names == name][0]), *scores[known & (names == name)].T)
        for name in dict.fromkeys(names) if (known & (names == name)).any()
    ]


def binned(picture: Picture, persons_shown: bool) -> Picture:
    """A picture of change without its people: what the drawing needs of each arm, one row each.

    Parameters
    ----------
    picture : Picture
        Of kind ``change``, with one row per person; one that is binned already comes back as it is.
    persons_shown : bool
        Whether bars may stand, whose heights can be single persons; else every distribution is smoothed.
    """
    import pandas as pd

    if "moved" in picture.data:
        return picture
    found = [asdict(arm) for arm in arms_of(picture, persons_shown)]
    return replace(picture, data=pd.DataFrame(found, columns=[field.name for field in fields(Arm)]))


def arms_of(picture: Picture, persons_shown: bool = True) -> list[Arm]:
    """The arms of a picture of change, binned or of people, in order of appearance."""
    if "moved" in picture.data:
        return [_restored(row) for row in picture.data.to_dict("records")]
    people = pairs_of(picture)
    if not people:
        return []
    scores = _limits(np.concatenate([part for _, _, *both_waves in people for part in both_waves]), 0.15)
    moves = _limits(np.concatenate([after - before for _, _, before, after in people] + [np.zeros(1)]), 0.06)
    return [_arm(*one, scores, moves, persons_shown) for one in people]


def _arm(
    arm_id: str, arm_en: str, before: np.ndarray, after: np.ndarray, scores: tuple[float, float],
    moves: tuple[float, float], bars: bool,
) -> Arm:
    """One arm from its people."""
    change = after - before
    rose, same, fell = (int((np.sign(change) == sign).sum()) for sign in (1, 0, -1))
    small = any(0 < count < POLICIES["public"].safe_threshold for count in (rose, same, fell))
    levels = bars and _few_levels(np.concatenate([before, after]))
    grid = np.linspace(*scores, 121)
    waves = [_levels(one) if levels else _area(one, grid) for one in (before, after)]
    return Arm(
        arm_id, arm_en, len(change), (float(before.mean()), float(after.mean())), mean_interval(change),
        None if small else (rose, same, fell),
        waves[0], waves[1], _bars(change, bin_edges(change, moves)) if bars else _area(change, np.linspace(*moves, 121)),
    )


def _restored(row: Mapping[Any, Any]) -> Arm:
    """An arm from the plain values of a record."""
    shapes = {name: Shape(**row[name]) for name in ("before", "after", "moved")}
    change = tuple(np.nan if value is None else value for value in row["change"])
    return Arm(**{**row, "n": int(row["n"]), "change": change, **shapes})


def _limits(values: np.ndarray, room: float) -> tuple[float, float]:
    """Limits about values, rounded outwards so that they tell nobody's score."""
    low, high = float(values.min()), float(values.max())
    reach = (high - low) * room or 1.0
    step = 10 ** np.floor(np.log10(reach))
    return float(np.floor((low - reach) / step) * step), float(np.ceil((high + reach) / step) * step)


def _relative(heights: np.ndarray) -> tuple[float, ...]:
    """Heights as parts of the largest, no finer than a picture shows."""
    return tuple(np.round(heights / heights.max(), 4).tolist())


def _levels(scores: np.ndarray) -> Shape:
    """How many stand at each level."""
    levels, counts = np.unique(scores, return_counts=True)
    return Shape(tuple(levels.tolist()), _relative(counts), 0.78)


def _bars(values: np.ndarray, edges: np.ndarray) -> Shape:
    """A histogram."""
    return Shape(tuple(edges[:-1].tolist()), _relative(np.histogram(values, edges)[0]), float(edges[1] - edges[0]))


def _area(values: np.ndarray, grid: np.ndarray) -> Shape:
    """A density."""
    return Shape(tuple(grid.tolist()), _relative(density(values, grid)))


def draw_change(picture: Picture, lang: str, persons_shown: bool) -> Figure:
    """One or two arms with scores and change, more arms with their change only.

    Of people, up to ``MOST_LINES`` are a line each where persons may be shown; of a binned picture, none.
    """
    arms, people = arms_of(picture, persons_shown), pairs_of(picture)
    if len(arms) > 2:
        return _many(picture, lang, arms)
    lines = persons_shown and bool(people) and max(len(before) for _, _, before, _ in people) <= MOST_LINES
    marks = "persons" if lines else "distributions"
    foot = f"{say(f'draw.foot.{marks}', lang)} {say('draw.foot.interval', lang)}"
    pairs = [(before, after) if lines else None for _, _, before, after in people] or [None] * len(arms)
    return (_one if len(arms) < 2 else _two)(picture, lang, list(zip(arms, pairs, strict=True)), foot)


def _one(picture: Picture, lang: str, arms: list[tuple[Arm, Pairs]], foot: str) -> Figure:
    """Scores to the left, change to the right."""
    page = Page(picture, lang, body=2.9, foot=foot, over=picture.y[lang])
    for arm, pairs in arms:
        left, right = page.axes(0.55, 0.1, 2.0, 2.3), page.axes(3.0, 0.1, WIDTH - 3.1, 2.3)
        _scores(left, arm, lang, pairs)
        value_ticks(left, _extent([(arm, pairs)]), lang, axis="y", steps=5, pad=0.02)
        _distribution(right, arm, lang, _reach([arm]))
        page.write(3.0, page.top + 2.68, say("draw.people.change", lang), fontsize=10)
    return page.figure


def _two(picture: Picture, lang: str, arms: list[tuple[Arm, Pairs]], foot: str) -> Figure:
    """Arms side by side, scores above, change below, on common axes."""
    heads = wrapped([with_count(arm.name(lang), arm.n, lang) for arm, _ in arms], 24, size=11.5, most=5)
    lift = 0.1 + 0.18 * max(head.count("\n") + 1 for head in heads)
    page = Page(picture, lang, body=lift + 4.55, foot=foot, over=picture.y[lang])
    width = (WIDTH - 0.55 - 0.15 - 0.3) / 2
    for place, (arm, pairs) in enumerate(arms):
        left = 0.55 + place * (width + 0.3)
        page.write(left, page.top + 0.02, heads[place], fontsize=10.5, fontweight="bold")
        upper, lower = page.axes(left, lift, width, 2.1), page.axes(left, lift + 2.5, width, 1.55)
        _scores(upper, arm, lang, pairs)
        value_ticks(upper, _extent(arms), lang, axis="y", steps=5, pad=0.02)
        if place:
            upper.tick_params(axis="y", labelleft=False)
        _distribution(lower, arm, lang, _reach([one for one, _ in arms]))
    page.write(0.55, page.top + lift + 4.32, say("draw.people.change", lang), fontsize=10)
    return page.figure


def _many(picture: Picture, lang: str, arms: list[Arm]) -> Figure:
    """One row per arm: distribution of the change with its mean and interval on the baseline."""
    names = wrapped([with_count(arm.name(lang), arm.n, lang) for arm in arms], 22, size=10.5, most=4)
    page = Page(
        picture, lang, body=0.62 * len(arms) + 0.3, under=say("draw.people.change", lang),
        foot=say("draw.foot.interval", lang), over=picture.y[lang],
    )
    left = MARGIN + 0.12 + max(page.text_width(name, 10.5) for name in names)
    ax = page.axes(left, 0, WIDTH - left - 0.72, 0.62 * len(arms))
    low, high = _reach(arms)
    for place, arm in enumerate(arms):
        base = place + 0.8
        _fill(ax, arm.moved, base, -0.62)
        mean, bottom, top = arm.change
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


def _scores(ax: Axes, arm: Arm, lang: str, pairs: Pairs) -> None:
    """Persons as lines, or the two distributions; the mean over them."""
    if pairs:
        _person_lines(ax, *pairs)
    else:
        for shape, place, side, colour in ((arm.before, 0, -0.42, MUTED), (arm.after, 1, 0.42, ACCENT)):
            _fill_beside(ax, shape, place, side, colour)
    ax.plot([0, 1], arm.means, "-o", color=INK, linewidth=2.6, markersize=6.5, zorder=4)
    edge = 0.3 if pairs else 0.5
    ax.set_xlim(-edge, 1 + edge)
    ax.set_xticks([0, 1], [say(f"draw.people.{wave}", lang) for wave in ("before", "after")])


def _person_lines(ax: Axes, before: np.ndarray, after: np.ndarray) -> None:
    """One thin line per person, coloured by the direction of change."""
    from matplotlib.collections import LineCollection

    ends = np.zeros((len(before), 2, 2))
    ends[:, 1, 0] = 1
    ends[:, 0, 1], ends[:, 1, 1] = before, after
    colours = np.select([after > before, after < before], [ACCENT, PALETTE[1]], GREY)
    alpha = float(np.clip(28 / len(before), 0.2, 0.7))
    ax.add_collection(LineCollection(list(ends), colors=colours.tolist(), linewidths=1.0, alpha=alpha))


def _few_levels(values: np.ndarray) -> bool:
    """Whole numbers within a dozen: a scale of levels, not a score."""
    return bool(np.allclose(values, np.round(values)) and np.ptp(values) <= 12)


def _fill_beside(ax: Axes, shape: Shape, place: float, side: float, colour: str) -> None:
    """A distribution that stands on its tick: to the left before, to the right after."""
    heights = side * np.array(shape.height)
    if shape.width:
        ax.barh(shape.at, heights, shape.width, left=place, color=colour, alpha=0.8)
    else:
        ax.fill_betweenx(shape.at, place, place + heights, color=colour, alpha=0.75, linewidth=0)


def _fill(ax: Axes, shape: Shape, base: float, scale: float) -> None:
    """A distribution that lies on a baseline."""
    heights = scale * np.array(shape.height)
    if shape.width and not base:
        import seaborn as sns

        edges = np.append(shape.at, shape.at[-1] + shape.width)
        sns.histplot(x=edges[:-1] + shape.width / 2, weights=heights, bins=edges.tolist(), color=MUTED, alpha=1, ax=ax)
        ax.set_ylabel("")
    elif shape.width:
        ax.bar(shape.at, heights, shape.width, bottom=base, align="edge", color=MUTED, edgecolor="white", linewidth=0.8)
    else:
        ax.fill_between(shape.at, base, base + heights, color=MUTED, linewidth=0)


def _distribution(ax: Axes, arm: Arm, lang: str, reach: tuple[float, float]) -> None:
    """How much people changed, with mean and interval above."""
    _fill(ax, arm.moved, 0, 1)
    ax.axvline(0, color=GREY, linestyle=(0, (4, 3)), linewidth=1.2)
    mean, low, high = arm.change
    ax.hlines(1.1, low, high, color=ACCENT, linewidth=2.4)
    ax.plot([mean], [1.1], "o", color=ACCENT, markersize=4)
    text = say("draw.people.mean", lang, mean=_signed(mean, lang), interval=interval(low, high, lang))
    value_ticks(ax, np.array(reach), lang, pad=0.0)
    ax.text((reach[0] + reach[1]) / 2, 1.22, text, ha="center", va="bottom", fontsize=9.5, linespacing=1.1,
            bbox={"boxstyle": "square,pad=0.15", "facecolor": "white", "edgecolor": "none"})
    ax.set_ylim(0, 1.72)
    ax.set_yticks([])


def _extent(arms: list[tuple[Arm, Pairs]]) -> np.ndarray:
    """All places of the scores that are drawn."""
    parts = [np.asarray(part) for arm, pairs in arms for part in (pairs or (arm.before.at, arm.after.at))]
    return np.concatenate(parts)


def _reach(arms: list[Arm]) -> tuple[float, float]:
    """Limits of the change that all arms share."""
    low, high = (pick(pick(arm.moved.at) for arm in arms) for pick in (min, max))
    return low, high + max(arm.moved.width for arm in arms)


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
