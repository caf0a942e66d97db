"""Distributions of people before and after, and of their change: what a record holds instead of persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.domain.disclosure import policy_for
from karier_stats.draw.sheet import column

if TYPE_CHECKING:
    from karier_stats.answers.record import Picture

LEVEL = 0.95
MOST_BINS = 25


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


def mean_interval(change: np.ndarray) -> tuple[float, float, float]:
    """Mean of changes (n,) with its t interval; NaN bounds for fewer than two people.

    Notes
    -----
    ``mean ± t(n − 1, 0.975) · sd / √n``, the paired t interval.
    """
    from scipy.special import stdtrit

    mean = float(change.mean())
    if len(change) < 2:
        return mean, np.nan, np.nan
    half = stdtrit(len(change) - 1, (1 + LEVEL) / 2) * change.std(ddof=1) / np.sqrt(len(change))
    return mean, mean - float(half), mean + float(half)


def pairs_of(picture: Picture) -> list[tuple[str, str, np.ndarray]]:
    """Names of each arm, in order of appearance, and the scores (n, waves) of its people who have both before and after."""
    data = picture.data
    if not len(data) or "moved" in data:
        return []
    later = [f"later_{k}" for k in range(len(data.attrs.get("waves", ())))]
    scores = np.column_stack([column(data, name) for name in ("before", "after", *later)])
    known = ~np.isnan(scores[:, :2]).any(axis=1)
    names = data["arm_id"].astype(str).to_numpy() if "arm_id" in data else np.full(len(data), "")
    english = data["arm_en"].astype(str).to_numpy() if "arm_en" in data else names
    return [
        (str(name), str(english[names == name][0]), scores[known & (names == name)])
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
    scores = _limits(np.concatenate([part[:, :2].ravel() for *_, part in people]), 0.15)
    moves = np.concatenate([part[:, 1] - part[:, 0] for *_, part in people])
    reach = bin_edges(moves) if persons_shown else np.linspace(*_limits(np.append(moves, 0), 0.06), 121)
    arms = [_arm(name, english, part[:, 0], part[:, 1], scores, reach, persons_shown) for name, english, part in people]
    if "told" in picture.data.attrs:  # ordered levels have no mean
        return [replace(arm, means=(np.nan, np.nan), change=(np.nan,) * 3) for arm in arms]
    given = picture.data.attrs.get("change", {})
    return [replace(arm, change=given.get(arm.arm_id, arm.change)) for arm in arms]


def _arm(
    arm_id: str, arm_en: str, before: np.ndarray, after: np.ndarray, scores: tuple[float, float],
    moves: np.ndarray, bars: bool,
) -> Arm:
    """One arm from its people; ``moves`` are the edges of the bins of change, or the grid of its density."""
    change = after - before
    rose, same, fell = (int((np.sign(change) == sign).sum()) for sign in (1, 0, -1))
    small = any(0 < count < policy_for("public").safe_threshold for count in (rose, same, fell))
    if bars and _few_levels(np.concatenate([before, after])):  # how many stand at each level
        counted = [np.unique(one, return_counts=True) for one in (before, after)]
        waves = [Shape(tuple(levels.tolist()), _relative(counts), 0.78) for levels, counts in counted]
    else:
        waves = [_area(one, np.linspace(*scores, 121)) for one in (before, after)]
    if bars:
        moved = Shape(tuple(moves[:-1].tolist()), _relative(np.histogram(change, moves)[0]), float(moves[1] - moves[0]))
    else:
        moved = _area(change, moves)
    return Arm(
        arm_id, arm_en, len(change), (float(before.mean()), float(after.mean())), mean_interval(change),
        None if small else (rose, same, fell),
        waves[0], waves[1], moved,
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


def _area(values: np.ndarray, grid: np.ndarray) -> Shape:
    """A density."""
    return Shape(tuple(grid.tolist()), _relative(density(values, grid)))


def _few_levels(values: np.ndarray) -> bool:
    """Whole numbers within a dozen: a scale of levels, not a score."""
    return bool(np.allclose(values, np.round(values)) and np.ptp(values) <= 12)


def bin_edges(change: np.ndarray) -> np.ndarray:
    """Edges of at most ``MOST_BINS`` bins that hold equally many possible changes.

    Notes
    -----
    Scores lie on a grid; bins that do not fit it would show teeth that the
    data do not have. The width is a whole number of grid steps.
    """
    distinct = np.unique(np.round(change, 9))
    if len(distinct) == 1:
        return distinct[0] + np.array([-0.5, 0.5])
    step = float(np.diff(distinct).min())
    steps = np.diff(distinct) / step
    if np.abs(steps - np.round(steps)).max() > 1e-6 or len(distinct) > 20 * MOST_BINS:
        return np.linspace(*_limits(change, 0.02), min(MOST_BINS, max(5, len(distinct))) + 1)  # no edge is somebody's change
    spread = round(float(np.ptp(distinct)) / step) + 1
    each = -(-spread // MOST_BINS)
    return distinct[0] - step / 2 + step * each * np.arange(-(-spread // each) + 1)


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
