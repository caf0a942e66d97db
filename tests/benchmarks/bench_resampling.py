"""All resampled intervals of one comparison beside ``scipy.stats.bootstrap``, statistic by statistic."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import stats

from karier_stats.stats.numerics import effect_size, resampling
from karier_stats.stats.numerics.effect_size import gain_of

from .cases import Case, scores

DRAWS = 10_000
VALUES: dict[str, resampling.Statistic] = {
    "mean": lambda m: m.change, **effect_size.VALUES, "class_gain": partial(gain_of, maximum=100.0),
}


def mean(before: np.ndarray, after: np.ndarray, axis: int = -1) -> np.ndarray:
    return (after - before).mean(axis)


def d_av(before: np.ndarray, after: np.ndarray, axis: int = -1) -> np.ndarray:
    return (after - before).mean(axis) / np.sqrt((before.var(axis, ddof=1) + after.var(axis, ddof=1)) / 2)


def d_z(before: np.ndarray, after: np.ndarray, axis: int = -1) -> np.ndarray:
    change = after - before
    return change.mean(axis) / change.std(axis, ddof=1)


def d_rm(before: np.ndarray, after: np.ndarray, axis: int = -1) -> np.ndarray:
    v, w, u = before.var(axis, ddof=1), after.var(axis, ddof=1), (after - before).var(axis, ddof=1)
    return (after - before).mean(axis) / np.sqrt(u) * np.sqrt(2 * (1 - (v + w - u) / 2 / np.sqrt(v * w)))


def class_gain(before: np.ndarray, after: np.ndarray, axis: int = -1) -> np.ndarray:
    return (after - before).mean(axis) / (100.0 - before.mean(axis))


PEERS: dict[str, Callable[..., np.ndarray]] = {
    "mean": mean, "d_av": d_av, "d_z": d_z, "d_rm": d_rm, "class_gain": class_gain,
}


def ours(before: np.ndarray, after: np.ndarray, draws: int = DRAWS) -> dict[str, tuple[float, float]]:
    """Percentile and BCa bounds of every statistic from one set of draws; the percentile ones are returned."""
    drawn = resampling.resample(before, after, np.random.default_rng(0), draws)
    found = {name: resampling.percentile(drawn, value, 0.95) for name, value in VALUES.items()}
    for value in VALUES.values():
        resampling.bca(drawn, value, 0.95)
    return found


def peer(
    before: np.ndarray, after: np.ndarray, draws: int = DRAWS, names: tuple[str, ...] = tuple(PEERS)
) -> dict[str, tuple[float, float]]:
    """Percentile bounds by scipy, vectorised, each statistic with draws of its own."""
    found = {}
    for name in names:
        # scipy's default batch takes all draws at once: 24 GB at n = 100,000
        result = stats.bootstrap(
            (before, after), PEERS[name], paired=True, vectorized=True, n_resamples=draws, method="percentile",
            batch=max(1, 2_000_000 // len(before)), rng=np.random.default_rng(0),
        )
        found[name] = tuple(result.confidence_interval)
    return found


def cases(full: bool) -> list[Case]:
    """n = 1,000 and 100,000; at the latter scipy gets a twentieth of the draws unless ``full``."""
    found = []
    for n, faster in ((1_000, 2.0), (100_000, 15.0)):
        before, after = scores(n)
        share = 1.0 if full or n < 10_000 else 0.05
        work, draws = partial(ours, before, after), int(DRAWS * share)
        name = f"resampled intervals, n = {n:,}"
        memory = 1000.0 if n > 10_000 else 0.0
        found += [
            Case(f"{name}: 5 statistics v 5", work, partial(peer, before, after, draws), "scipy.stats.bootstrap",
                 share, faster=faster, megabytes=memory),
            Case(f"{name}: 5 statistics v d_z alone", work, partial(peer, before, after, draws, ("d_z",)),
                 "scipy.stats.bootstrap", share),
        ]
    rng = np.random.default_rng(1)
    before = rng.normal(60, 10, 100_000)
    after = before + rng.normal(5, 6, 100_000)
    share = 1.0 if full else 0.05
    found.append(Case(
        "resampled intervals, n = 100,000, no score repeats", partial(ours, before, after),
        partial(peer, before, after, int(DRAWS * share)), "scipy.stats.bootstrap", share, faster=15.0,
        megabytes=1000.0, repeats=1,
    ))
    return found
