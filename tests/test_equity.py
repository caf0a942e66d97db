"""Each group beside the rest: Newcombe and Holm against statsmodels, and the groups planted in the sample district."""

from __future__ import annotations

import gc
import os
import re

import numpy as np
import pandas as pd
import pytest
from asked import participation
from matplotlib.text import Text
from small_office import office, one, tables
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from karier_stats.answers.record import Answer
from karier_stats.draw import describe, draw
from karier_stats.intake.processed import Processed
from karier_stats.report.tables import cell
from karier_stats.report.wording import faults
from karier_stats.sample.leaders import ADDED
from karier_stats.stats.description.contrasts import Gap, reaches_zero, rest
from karier_stats.stats.description.describe import Description, Row
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.multiplicity import holm, holm_levels
from karier_stats.words.numbers import number, percent
from tests.every_answer import of_question


@pytest.mark.parametrize(
    "counts", [(9, 12, 1, 12), (211, 476, 492, 1004), (40, 41, 700, 1400), (0, 30, 12, 60), (55, 100, 51, 103)],
)
def test_p_is_the_level_at_which_the_interval_of_statsmodels_reaches_zero(counts):
    p = reaches_zero(shares.newcombe(*counts))
    low, high = confint_proportions_2indep(*counts, compare="diff", method="newcomb", alpha=p)
    assert min(abs(low), abs(high)) < 1e-6


def test_levels_are_those_at_which_holm_tests(monkeypatch):
    monkeypatch.setattr(gc, "collect", lambda *_: 0)  # statsmodels collects the garbage of the whole process at each call
    rng = np.random.default_rng(2)
    for _ in range(300 if os.environ.get("KARIER_LONG") else 15):
        p = rng.beta(0.4, 3, rng.integers(1, 9))
        levels = holm_levels(p, 0.95)
        rejected = multipletests(p, 0.05, "holm")
        assert holm(p) == pytest.approx(rejected[1])
        # the interval at that level leaves zero out exactly where Holm rejects
        assert (p <= 1 - levels).tolist() == rejected[0].tolist()


def found_in(**counts: tuple[int, int]) -> dict[str, Gap]:
    """Groups of one breakdown by their counts, each beside the rest."""
    rows = tuple(Row("d", code, "", None, shares.share(k, n), k, n) for code, (k, n) in counts.items())
    described = Description("share", "x", rows[:1], rows, {}, {}, 0.95, pd.DataFrame())
    return {gap.one.code: gap for gap in rest(described)}


def test_a_large_group_behind_is_found_where_the_extremes_are_two_small_ones():
    """513 against 807 with a difference of 10 points; the highest and the lowest hold 13 and 40 people."""
    found = found_in(a=(10, 13), b=(15, 40), c=(205, 513), d=(404, 807))
    assert found["c"].value.high < 0 < found["d"].value.low
    assert min(found["a"].p_adjusted, found["b"].p_adjusted) > 0.05
    alpha = 1 - found["c"].level
    expected = confint_proportions_2indep(205, 513, 429, 860, compare="diff", method="newcomb", alpha=alpha)
    assert found["c"].value.interval() == pytest.approx(expected, abs=1e-9)


def test_a_small_group_and_the_one_beside_it_are_not_compared():
    assert list(found_in(a=(3, 6), b=(20, 40), c=(50, 100))) == ["c"]


def test_family_error_of_the_whole_question():
    """Eight groups alike: some difference is claimed in at most one of twenty districts; the long form has 400."""
    rng, wrong, districts = np.random.default_rng(9), 0, 400 if os.environ.get("KARIER_LONG") else 120
    sizes = [30, 60, 90, 120, 200, 250, 300, 400]
    for _ in range(districts):
        made = found_in(**{f"g{i}": (int(rng.binomial(n, 0.45)), n) for i, n in enumerate(sizes)})
        wrong += any(gap.seen for gap in made.values())
    assert wrong / districts < 0.05 + 3 * np.sqrt(0.05 * 0.95 / districts)


@pytest.fixture(scope="module")
def answer() -> Answer:
    return of_question("participation.equity")


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


def test_how_far_shares_are_apart_is_written_in_points_and_the_heading_says_so(answer: Answer):
    fields, row = {one.name: one for one in answer.table.fields}, answer.table.data.iloc[0]
    for name in ("rest", "within"):
        assert "(percentage points)" in fields[name].label["en"] and "(poin persentase)" in fields[name].label["id"]
    for name in ("rest", "rest_low", "rest_high"):
        assert cell(row, fields[name], "id") == number(100 * row[name], "id")
    assert cell(row, fields["estimate"], "id") == percent(row["estimate"], "id", sign=True)
    assert "(percentage points)" in answer.picture.x["en"] and answer.picture.value_format == "points"
    told = describe(answer.picture, "en")
    assert "%" not in told and re.search(r"Highest: [^;]* \d+ points \(", told)
    drawn = " ".join(text.get_text() for text in draw(answer.picture, "en").findobj(Text))
    assert "%" not in drawn and "(percentage points)" in drawn


def test_a_few_units_have_no_model_within_units():
    made = participation.equity(office())
    assert not any("within" in each.id for each in made.findings) and "within" not in made.table.data.columns[:3]
    start = "Menurut jenis kelamin, tingkat partisipasi Perempuan 75,0 persen dan Laki-laki"
    assert one(made, "sex").sentence["id"].startswith(start)


def test_groups_too_small_to_compare_are_said():
    small = tables()
    small["employee"] = small["employee"][small["employee"]["employee_uid"].isin(["a01", "a02", "a13", "a14", "a21"])]
    found = participation.equity(Processed.from_tables(small, period=2025)).findings
    assert [each.sentence["id"] for each in found] == [
        "Belum dapat dinilai: tidak ada kelompok menurut jenis kelamin, umur, status, atau jenis jabatan yang cukup besar untuk "
        "dibandingkan."
    ]
