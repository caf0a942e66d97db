"""Each group beside the rest: Newcombe and Holm against statsmodels, and the groups planted in the sample district."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from asked import participation
from small_office import office, one, tables
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from karier_stats.answers.record import Answer
from karier_stats.chapters import equity as room
from karier_stats.intake.processed import Evaluation
from karier_stats.report.wording import faults
from karier_stats.sample import sample_tables
from karier_stats.sample.leaders import ADDED
from karier_stats.stats.change.family_levels import holm_levels
from karier_stats.stats.change.result import holm


@pytest.mark.parametrize(
    "counts", [(9, 12, 1, 12), (211, 476, 492, 1004), (40, 41, 700, 1400), (0, 30, 12, 60), (55, 100, 51, 103)],
)
def test_p_is_the_level_at_which_the_interval_of_statsmodels_reaches_zero(counts):
    p = room.newcombe_p(*counts)
    low, high = confint_proportions_2indep(*counts, compare="diff", method="newcomb", alpha=p)
    assert min(abs(low), abs(high)) < 1e-6


def test_levels_are_those_at_which_holm_tests():
    rng = np.random.default_rng(2)
    for _ in range(300 if os.environ.get("KARIER_LONG") else 15):
        p = rng.beta(0.4, 3, rng.integers(1, 9))
        levels = holm_levels(p, 0.95)
        rejected = multipletests(p, 0.05, "holm")
        assert holm(p) == pytest.approx(rejected[1])
        # the interval at that level leaves zero out exactly where Holm rejects
        assert (p <= 1 - levels).tolist() == rejected[0].tolist()


def groups(**counts: tuple[int, int]) -> pd.DataFrame:
    """Groups of one dimension by their counts."""
    k, n = sum(one for one, _ in counts.values()), sum(size for _, size in counts.values())
    return pd.DataFrame([
        {"dimension": "d", "code": code, "k": one, "n": size, "k_rest": k - one, "n_rest": n - size, "estimate": one / size}
        for code, (one, size) in counts.items()
    ])


def test_a_large_group_behind_is_found_where_the_extremes_are_two_small_ones():
    """513 against 807 with a difference of 10 points; the highest and the lowest hold 13 and 40 people."""
    found = room.against_rest(groups(a=(10, 13), b=(15, 40), c=(205, 513), d=(404, 807)), 0.95).set_index("code")
    assert found.loc["c", "diff_high"] < 0 < found.loc["d", "diff_low"]
    assert found.loc[["a", "b"], "p_holm"].min() > 0.05
    low, high = found.loc["c", ["diff_low", "diff_high"]]
    level = found.loc["c", "diff_level"]
    expected = confint_proportions_2indep(205, 513, 429, 860, compare="diff", method="newcomb", alpha=1 - level)
    assert (low, high) == pytest.approx(expected, abs=1e-9)


def test_a_small_group_and_the_one_beside_it_are_not_compared():
    assert room.against_rest(groups(a=(3, 6), b=(20, 40), c=(50, 100)), 0.95)["code"].tolist() == ["c"]


def test_family_error_of_the_whole_question():
    """Eight groups alike: some difference is claimed in at most one of twenty districts."""
    rng, wrong = np.random.default_rng(9), 0
    sizes = [30, 60, 90, 120, 200, 250, 300, 400]
    for _ in range(400):
        made = groups(**{f"g{i}": (int(rng.binomial(n, 0.45)), n) for i, n in enumerate(sizes)})
        found = room.against_rest(made, 0.95)
        wrong += bool(((found["diff_low"] > 0) | (found["diff_high"] < 0)).any())
    assert wrong / 400 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return participation.equity(Evaluation.from_tables(sample_tables(), period=2025))


@pytest.mark.parametrize(("group", "planted"), [
    ("status.pppk", ADDED["pppk"]), ("position_type.pelaksana", ADDED["pelaksana"]), ("age_band.50_plus", ADDED["age_50_plus"]),
])
def test_the_planted_groups_are_found_and_their_intervals_hold_the_truth(answer: Answer, group: str, planted: float):
    found = one(answer, f"within.{group}")
    assert found.ci_high < 0 and found.ci_low <= planted <= found.ci_high
    assert found.design == "adjusted_association" and found.p_value < 0.05
    assert "jelas arahnya" in found.sentence["id"] or "berarti: melampaui" in found.sentence["id"]
    assert found.evidence != "kuat" and "13 perbandingan" in found.sentence["id"]


def test_no_group_without_a_planted_difference_is_found(answer: Answer):
    """PNS mirror PPPK; heads of agencies are set to take part by their office; no band of age but the oldest was planted."""
    seen = {one.id.split("within.")[1] for one in answer.findings if "within." in one.id}
    assert seen <= {"status.pppk", "status.pns", "position_type.pelaksana", "position_type.jpt_pratama", "age_band.50_plus"}


def test_words_and_picture_follow_the_interval_that_decides(answer: Answer):
    assert [faults(each) for each in answer.findings if faults(each)] == []
    raw = one(answer, "status")
    row = answer.picture.data.query("label_id == 'PPPK'").iloc[0]
    assert (raw.estimate, raw.ci_low, raw.ci_high) == pytest.approx((row["estimate"], row["low"], row["high"]))
    assert "belum dapat diketahui" in raw.sentence["id"] and raw.evidence == "sedang"
    assert answer.picture.reference == 0


def test_a_few_units_have_no_model_within_units():
    made = participation.equity(office())
    assert not any("within" in each.id for each in made.findings) and "within" not in made.table.data.columns[:3]
    start = "Menurut jenis kelamin, tingkat partisipasi Perempuan 75,0 persen dan Laki-laki"
    assert one(made, "sex").sentence["id"].startswith(start)


def test_groups_too_small_to_compare_are_said():
    small = tables()
    small["employee"] = small["employee"][small["employee"]["employee_uid"].isin(["a01", "a02", "a13", "a14", "a21"])]
    found = participation.equity(Evaluation.from_tables(small, period=2025)).findings
    assert [each.sentence["id"] for each in found] == ["Kelompok pegawai terlalu kecil untuk dibandingkan."]
