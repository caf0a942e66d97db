"""Both sides of every benchmark do the same work: they give the same digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from benchmarks import bench_compare, bench_mixed, bench_resampling, bench_sign_flip
from benchmarks.cases import Case, Measured, measure, peak, scores

from karier_stats.stats.numerics import resampling


@pytest.fixture(scope="module")
def pairs() -> tuple[np.ndarray, np.ndarray]:
    return scores(200)


@pytest.mark.parametrize("name", bench_resampling.PEERS)
def test_both_sides_compute_the_same_statistic(name, pairs):
    observed = resampling.resample(*pairs, np.random.default_rng(0), 2).observed
    # one works on moments and one on scores: the last digits differ
    assert np.asarray(bench_resampling.VALUES[name](observed))[0] == pytest.approx(
        float(bench_resampling.PEERS[name](*pairs)), rel=1e-12
    )


def test_both_sides_give_the_same_intervals(pairs):
    ours, peers = (side(*pairs, draws=10_000) for side in (bench_resampling.ours, bench_resampling.peer))
    for name, (low, high) in ours.items():
        # two sets of 10,000 draws: a 2.5 percent bound varies by about 0.02 of the width, three of the difference
        assert (low, high) == pytest.approx(peers[name], abs=0.09 * (high - low)), name


def test_both_sides_give_the_same_p(pairs):
    before, after = pairs
    for shift in (-8, -9):
        change = after - before + shift
        ours, peer = bench_sign_flip.ours(change), bench_sign_flip.peer(change)
        # scipy draws 9,999 patterns (and doubles the smaller tail) where ours counts all: three standard errors
        assert ours == pytest.approx(peer, abs=3 * math.sqrt(ours * (2 - ours) / 9_999) + 2e-4)
    few = change[:10]
    assert bench_sign_flip.ours(few) == pytest.approx(bench_sign_flip.peer(few, math.inf), rel=1e-12)


def test_the_courses_and_the_picture_are_made():
    result = bench_compare.by_course(bench_compare.courses(3, 10))
    assert result.pairs.levels == ("K000", "K001", "K002")
    bench_compare.drawn(result)


def test_both_sides_fit_the_same_random_intercept():
    data = bench_mixed.staff(3_000, 60)
    ours, (coef, loglik) = bench_mixed.linear(*data), bench_mixed.statsmodels_linear(*data)
    # statsmodels stops its search at a gradient of 1e-5
    assert ours.coef == pytest.approx(coef, rel=1e-5)
    assert ours.loglik == pytest.approx(loglik, abs=1e-6)


@pytest.mark.skipif(not bench_mixed.has_lme4(), reason="R or lme4 is not on this machine")
def test_both_sides_fit_the_same_logit():
    data = bench_mixed.staff(3_000, 60)
    seconds, deviance = bench_mixed.glmer(*data)
    # both lay 25 points about the mode of each unit
    assert -2 * bench_mixed.logit(*data).loglik == pytest.approx(deviance, abs=1e-5)
    assert seconds > 0


def test_bars_are_kept_or_not():
    case = Case("x", int, int, faster=2, seconds=1, megabytes=100)
    assert Measured(0.5, 1.0, 90).keeps(case)
    assert not Measured(0.5, 0.9, 90).keeps(case)
    assert not Measured(0.5, 1.0, 101).keeps(case)
    assert not Measured(1.5, 9.0, 90).keeps(case)
    assert peak(int) > 1
    assert measure(Case("x", int, peer_clock=lambda: 8.0)).peer == 8.0
