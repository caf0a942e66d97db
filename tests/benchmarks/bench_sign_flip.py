"""Sign-flip permutation beside ``scipy.stats.permutation_test``."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import stats

from karier_stats.stats.numerics import permutation

from .cases import Case, scores

DRAWS = 9_999


def ours(change: np.ndarray, draws: int = DRAWS) -> float:
    """Two-sided p: exact on a grid that allows it, drawn otherwise."""
    return permutation.sign_flip(change, np.random.default_rng(0), draws).p


def peer(change: np.ndarray, draws: float = DRAWS) -> float:
    """Two-sided p by scipy, vectorised."""
    return float(stats.permutation_test(
        (change,), lambda x, axis: x.mean(axis), permutation_type="samples", vectorized=True, n_resamples=draws,
        batch=max(1, 2_000_000 // len(change)), rng=np.random.default_rng(0),
    ).pvalue)


def cases(full: bool) -> list[Case]:
    """Whole points, and differences of which none repeats, at n = 1,000 and 10,000."""
    found = []
    for n in (1_000, 10_000):
        before, after = scores(n)
        whole = after - before - 9
        share = 1.0 if full or n < 10_000 else 0.2
        for kind, change in (("whole points", whole), ("no size repeats", whole + np.random.default_rng(1).random(n))):
            found.append(Case(
                f"sign flip, n = {n:,}, {kind}", partial(ours, change), partial(peer, change, int(DRAWS * share)),
                "scipy.stats.permutation_test", share, faster=30.0,
            ))
    return found
