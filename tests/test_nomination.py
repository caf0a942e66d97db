"""Net gain of people nominated for a low score: by hand, against R, and in simulations with a known truth."""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import pytest
from contract import keeps, words_on
from matplotlib import pyplot as plt

from karier_stats.errors import StatisticsError
from karier_stats.stats.change import nomination
from karier_stats.stats.change.nomination import net_gain, retest_reliability
from karier_stats.stats.numerics import paired
from karier_stats.stats.results import TERMS, Sheet
from karier_stats.words import Phrase

HERE = Path(__file__).parent / "reference"
PEOPLE = pd.read_csv(HERE / "nomination_data.csv")
R = pd.read_csv(HERE / "nomination.csv").set_index(["set", "what"])["value"]
CHOSEN, OTHERS = PEOPLE[PEOPLE["chosen"]], PEOPLE[~PEOPLE["chosen"]]
POOL = [40, 44, 48, 60, 64, 68]


def by_r(**more: object) -> nomination.NetGain:
    return net_gain(CHOSEN["before"], CHOSEN["after"], reliability=0.62, **more)  # type: ignore[arg-type]


def test_by_hand():
    found = net_gain([40, 44, 48], [50, 52, 60], reliability=0.5, pool=POOL)
    # pool mean 54, nominated 44: half of the 10 points between them was to be expected
    assert [float(found.row(term)["estimate"]) for term in ("mean_change", "drift", "net_gain")] == [10, 5, 5]


def test_a_perfect_test_has_no_drift():
    found = net_gain([40, 44, 48], [50, 52, 60], reliability=1, pool=POOL)
    plain = paired.mean_change(np.array([10.0, 8.0, 12.0]), 0.95)
    row = found.headline
    assert found.row("drift")["estimate"] == 0
    # the same arithmetic: only rounding of the last bit can differ
    assert [float(row[name]) for name in ("estimate", "ci_low", "ci_high", "dof")] == pytest.approx(
        [plain.estimate, plain.low, plain.high, plain.dof], rel=1e-12
    )


@pytest.mark.parametrize("name, more", [
    ("known", {}), ("estimated", {"reliability_se": 0.07}),
    ("clusters", {"cluster": CHOSEN["unit"], "pool_cluster": PEOPLE["unit"]}),
])
def test_against_r(name: str, more: dict) -> None:
    row = by_r(pool=PEOPLE["before"], **more).headline
    for what, expected in R[name].items():
        # both are sums of at most 172 products of doubles: 1e-10 leaves room for the order of summation
        assert float(row[what]) == pytest.approx(expected, rel=1e-10), what


def test_slope_against_r() -> None:
    plain = retest_reliability(OTHERS["before"], OTHERS["after"])
    assert [plain.estimate, plain.std_error] == pytest.approx(list(R["slope"]), rel=1e-10)
    robust = retest_reliability(OTHERS["before"], OTHERS["after"], cluster=OTHERS["unit"])
    assert [robust.std_error, robust.dof] == pytest.approx(list(R["slope_clusters"]), rel=1e-9)


def test_the_slope_outlives_selection_and_the_correlation_does_not() -> None:
    rng = np.random.default_rng(3)
    true = rng.normal(55, 10, 40_000)
    before, after = (true + rng.normal(0, 10 * math.sqrt(3 / 7), 40_000) for _ in range(2))
    kept = before > 60
    slope = retest_reliability(before[kept], after[kept])
    # the standard error is 0.007 here: four of them
    assert abs(slope.estimate - 0.7) < 0.03
    assert np.corrcoef(before[kept], after[kept])[0, 1] < 0.5  # 0.43 in theory: read as reliability it doubles the drift


def test_the_hard_cut_has_the_published_drift() -> None:
    # James (1973) and Davis (1976): below c the drift is (1 - rho) sigma phi(h)/Phi(h), here h = 0
    pool = np.random.default_rng(5).normal(50, 12, 200_000)
    low = pool[pool <= 50]
    found = net_gain(low, low, reliability=0.7, pool=pool)
    # the mean of 100,000 has an error of 0.024 points, of which 0.3 count
    assert float(found.row("drift")["estimate"]) == pytest.approx(0.3 * 12 * math.sqrt(2 / math.pi), abs=0.03)


def nominated(rng: np.random.Generator, how: str, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores before of a pool, who was nominated, and scores after of those without any effect (validity.md, S3)."""
    true = rng.normal(0, 1, n)
    before, after = (true + rng.normal(0, math.sqrt(3 / 7), n) for _ in range(2))
    # soft: the mean gap between chosen and others is 1.28 SD, which gives S3's bias of 0.46
    seen = before + rng.normal(0, 0.74 * math.sqrt(1 / 0.7), n) * (how == "soft")
    return before, seen <= np.median(seen), after


@pytest.mark.parametrize("how, rejected", [("soft", 0.494), ("hard", 0.694)])
def test_net_gain_is_centred_with_nominal_coverage_and_the_paired_t_is_not(how: str, rejected: float) -> None:
    rng, runs = np.random.default_rng(20251124), 2000
    found = np.empty((runs, 3))
    for run in range(runs):
        before, chosen, after = nominated(rng, how)
        rho, rho_se = 0.7 + 0.05 * rng.normal(), 0.05
        people = nomination._Nominated(before[chosen], after[chosen] + 1, rho, rho_se, None, before, None)
        net = people._estimates(0.95, Sheet())[1]
        naive = paired.mean_change(after[chosen] - before[chosen], 0.95)
        found[run] = net.estimate - 1, net.low <= 1 <= net.high, naive.p < 0.05
    bias, covered, naively = found.mean(axis=0)
    # Monte Carlo error of the mean: 0.12 / sqrt(2000) = 0.003; of a share of 95 percent: 0.5 points; of 50 percent: 1.1
    assert abs(bias) < 0.012
    assert 0.93 <= covered <= 0.97
    assert naively == pytest.approx(rejected, abs=0.045)


def test_clusters_are_allowed_for() -> None:
    rng, runs = np.random.default_rng(7), 600
    unit = np.repeat([f"u{k}" for k in range(24)], 8)
    places = np.repeat(np.arange(24), 8)
    covered = np.empty((runs, 2))
    for run in range(runs):
        ability = rng.normal(0, 0.6, 24)[places] + rng.normal(0, 0.8, 192)
        before, after = (ability + rng.normal(0, math.sqrt(3 / 7), 192) for _ in range(2))
        after += rng.normal(0, 0.5, 24)[places]  # what a unit lives through between the tests
        low = before <= np.median(before)
        for k, units in enumerate((unit, None)):
            mine = None if units is None else units[low]
            people = nomination._Nominated(before[low], after[low] + 1, 0.7, 0.0, mine, before, units)
            net = people._estimates(0.95, Sheet())[1]
            covered[run, k] = net.low <= 1 <= net.high
    robust, naive = covered.mean(axis=0)
    assert 0.93 <= robust <= 0.97  # Monte Carlo error 0.9 points
    assert naive < 0.85  # one error per person is too sure


RESULTS = {
    "pool": lambda: by_r(pool=PEOPLE["before"], reliability_se=0.07),
    "clusters": lambda: by_r(pool=PEOPLE["before"], cluster=CHOSEN["unit"], pool_cluster=PEOPLE["unit"]),
    "a large gain": lambda: net_gain(CHOSEN["before"], CHOSEN["after"] + 9, reliability=0.62, pool=PEOPLE["before"]),
    "all on a line": lambda: net_gain([40, 44, 48], [30, 32, 34], reliability=0.5, pool=POOL),
    "few clusters": lambda: net_gain([40, 44, 48], [50, 52, 60], reliability=0.5, pool=POOL, cluster=["a", "b", "b"]),
}


@pytest.mark.parametrize("name", RESULTS)
def test_the_contract_of_results(name: str) -> None:
    result = RESULTS[name]()
    keeps(result)
    assert set(result.table["term"]) <= set(TERMS)
    assert "Poin" in words_on(result.plot()).split()
    plt.close("all")
    assert "<NA>" not in result._repr_html_() and repr(result).startswith("NetGain: ")
    assert all(set(note) == {"id", "en"} for note in result.notes)


def test_what_cannot_be_computed_says_why() -> None:
    line = RESULTS["all on a line"]()
    assert line.headline["estimate"] == -17 and pd.isna(line.headline["ci_low"])
    few = RESULTS["few clusters"]()
    assert few.headline["estimate"] == 5 and any("only 2 clusters" in note["en"] for note in few.notes)
    alone = net_gain(CHOSEN["before"], CHOSEN["after"], reliability=0.62, pool=PEOPLE["before"], cluster=CHOSEN["unit"])
    assert Phrase("change.net_gain.pool_alone") in alone.notes


def test_the_sentence_of_a_gain_and_of_a_null() -> None:
    text = RESULTS["a large gain"]().sentence("id")
    assert text == (
        "Perubahan rata-rata 13,9 poin pada orang yang dipilih karena nilai awalnya rendah; 3,7 poin sudah diharapkan dari "
        "regresi ke rata-rata (reliabilitas 0,62), sehingga peningkatan bersihnya 10,2 poin (selang kepercayaan 95 persen 7,7 "
        "s.d. 12,8; n = 52); angka ini belum tentu karena program, sebab tidak ada kelompok pembanding."
    )
    assert "not told apart from zero. A net gain smaller than" in RESULTS["pool"]().sentence("en")


@pytest.mark.parametrize("code, call", [
    ("K312", lambda: net_gain([1], [2], reliability=0.5, pool=[1, 2])),
    ("K317", lambda: net_gain([1, 2], [2, 3], reliability=1.2, pool=[1, 2])),
    ("K317", lambda: net_gain([1, 2], [2, 3], reliability=0.5, reliability_se=-1, pool=[1, 2])),
    ("K317", lambda: net_gain([1, 2], [2, 3], reliability=0.5, pool=[1, 2], level=1)),
    ("K336", lambda: net_gain([1, None], [2, 3], reliability=0.5, pool=[1, 2])),
    ("K336", lambda: net_gain([1, 2], [2, 3], reliability=0.5, pool=[1, 2], cluster=["a", None])),
    ("K337", lambda: net_gain([1, 2], [2, 3, 4], reliability=0.5, pool=[1, 2])),
    ("K338", lambda: net_gain([1, 2], [2, 3], reliability=0.5, pool=[1, 2], pool_cluster=["a", "b"])),
    ("K362", lambda: net_gain([1, 2], [2, 3], reliability=0.5, pool=[1])),
])
def test_refusals(code: str, call) -> None:
    with pytest.raises(StatisticsError) as caught:
        call()
    assert caught.value.code == code
    assert caught.value.message("id").startswith(code) and caught.value.message("en").startswith(code)


def test_the_caller_keeps_the_data() -> None:
    frame = PEOPLE.copy()
    by_r(pool=PEOPLE["before"])
    pd.testing.assert_frame_equal(frame, PEOPLE)
    backwards = net_gain(
        CHOSEN["before"][::-1], CHOSEN["after"][::-1], reliability=0.62, pool=PEOPLE["before"][::-1]
    ).headline
    assert float(backwards["estimate"]) == pytest.approx(float(by_r(pool=PEOPLE["before"]).headline["estimate"]), rel=1e-12)
