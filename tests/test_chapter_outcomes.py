"""Outcomes on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from karier_stats.chapters import outcomes, scores, work
from karier_stats.intake.processed import Evaluation
from karier_stats.report.wording import faults

YEAR = 2025


def scored(people: list[tuple[str, str, float, float | None]], kind: str = "interval") -> pd.DataFrame:
    """Test rows of (person, arm, before, after)."""
    rows = [
        {
            "employee_uid": uid, "program_id": "P1", "year": YEAR, "arm": arm, "measure": "m", "scale_kind": kind,
            "kind": wave, "score": score,
        }
        for uid, arm, before, after in people
        for wave, score in (("pre", before), ("post", after))
        if score is not None
    ]
    return pd.DataFrame(rows)


def evaluation(test_score: pd.DataFrame, selection: str = "ability", **more: pd.DataFrame) -> Evaluation:
    """A unit with one workshop and these tests."""
    uids = sorted(set(test_score["employee_uid"]))
    tables = {
        "unit": pd.DataFrame({"unit_id": ["U"], "unit_name": ["Unit"]}),
        "employee": pd.DataFrame({"employee_uid": uids, "year": YEAR, "unit_id": "U"}),
        "program": pd.DataFrame({
            "program_id": ["P1"], "title": ["Kursus"], "form": ["workshop"], "selection": [selection],
        }),
        "test_score": test_score, **more,
    }
    return Evaluation.from_tables(tables, period=YEAR)


TRAINED = [
    (f"t{i}", "peserta", before, after) for i, (before, after) in enumerate([(50, 60), (52, 64), (54, 62), (56, 66)])
]
CONTROL = [
    (f"c{i}", "pembanding", before, after) for i, (before, after) in enumerate([(50, 51), (52, 55), (54, 54), (56, 58)])
]


def test_difference_in_differences_by_hand():
    ev = evaluation(scored(TRAINED + CONTROL))
    found = outcomes.change(ev).findings[0]
    # changes 10, 12, 8, 10 against 1, 3, 0, 2: 10 - 1.5
    assert found.estimate == pytest.approx(8.5)
    assert found.design == "comparison_group"
    assert found.n == 4
    assert "meningkatkan" in found.sentence["id"] and "dengan asumsi" in found.sentence["id"]
    assert "raised" in found.sentence["en"] and "on the assumption" in found.sentence["en"]


def test_a_lottery_is_randomised_and_an_unknown_choice_gives_the_bracket():
    lottery = outcomes.by_form(evaluation(scored(TRAINED + CONTROL), "random")).findings[0]
    assert lottery.design == "randomised"
    unknown = outcomes.by_form(evaluation(scored(TRAINED + CONTROL), "unknown")).findings[0]
    assert "tidak diketahui" in unknown.sentence["id"]
    assert "ANCOVA" in unknown.sentence["en"]


def test_without_comparison_people_nothing_is_claimed():
    ev = evaluation(scored(TRAINED))
    found = outcomes.change(ev).findings[0]
    assert found.estimate == pytest.approx(10)
    assert found.design == "before_after"
    assert "tidak ada kelompok pembanding" in found.sentence["id"]
    assert faults(found) == ()


def test_ordered_levels_lead_with_shares_and_frequencies():
    people = [
        ("a", "peserta", 1, 2), ("b", "peserta", 2, 2), ("c", "peserta", 3, 1), ("d", "peserta", 1, 3),
        ("e", "peserta", 2, None),
    ]
    answer = outcomes.change(evaluation(scored(people, "ordinal")))
    shares = {one.id.rpartition(".")[2]: one.estimate for one in answer.findings}
    assert shares == {"improved": 0.5, "unchanged": 0.25, "declined": 0.25}
    assert all(one.design == "before_after" for one in answer.findings)
    counts = answer.table.data.set_index(["label_id", "part_id"])["count"]
    assert counts["Pretes", "2"] == 2  # e answered before only and is in the frequencies
    assert counts["Postes", "2"] == 2


def test_those_who_missed_the_post_test_are_counted():
    ev = evaluation(scored([*TRAINED, ("x", "peserta", 40, None)]))
    found = outcomes.missed(ev).findings
    assert found[0].estimate == pytest.approx(1 / 5)
    assert "1 dari 5" in found[0].sentence["id"]
    assert len(found) == 1  # one leaver gives no interval for the difference before


def test_a_scale_of_its_own_is_written_on_a_hundred():
    rows = scored(TRAINED).assign(score_min=0.0, score_max=200.0)
    assert outcomes.change(evaluation(rows)).findings[0].estimate == pytest.approx(5)


def test_the_first_attempt_counts():
    again = scored([("t0", "peserta", 90, 95)]).assign(attempt=2)
    rows = pd.concat([scored(TRAINED).assign(attempt=1), again])
    wide, _ = scores.tests(evaluation(rows))
    assert wide.set_index("employee_uid").loc["t0", "pre"] == 50


def test_few_in_the_period_reads_all_years_and_says_so():
    earlier = scored([(f"e{i}", "peserta", 50 + i, 60 + i) for i in range(30)]).assign(year=YEAR - 1)
    answer = outcomes.change(evaluation(pd.concat([scored(TRAINED), earlier])))
    assert answer.findings[0].n == 34
    assert scores.TO_DATE in answer.notes


def test_no_tests_at_all():
    answer = outcomes.change(evaluation(scored([("t0", "peserta", 50, None)])))
    assert answer.findings[0].evidence == "belum_ada_data"


def projects(rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    """Activities of (officer, year, percent spent)."""
    return pd.DataFrame([
        {
            "officer_uid": uid, "year": year, "unit_id": "U", "sub_activity_code": f"{uid}", "ceiling_rp": 1000,
            "spent_rp": int(10 * share),
        }
        for uid, year, share in rows
    ])


def test_officers_trained_between_the_two_years_are_set_beside_the_others():
    rows = [
        ("a", 2023, 70), ("a", 2025, 80), ("b", 2023, 72), ("b", 2025, 84), ("c", 2023, 70), ("c", 2025, 71),
        ("d", 2023, 74), ("d", 2025, 77), ("late", 2023, 70), ("late", 2025, 90), ("early", 2023, 70),
        ("early", 2025, 95), ("once", 2025, 50),
    ]
    trained = [("a", 2024), ("b", 2024), ("late", 2025), ("early", 2022)]
    ev = evaluation(
        scored(TRAINED), project_performance=projects(rows),
        batch=pd.DataFrame({
            "batch_id": [f"B{year}" for year in (2022, 2024, 2025)], "program_id": "PM", "year": [2022, 2024, 2025],
        }),
        participation=pd.DataFrame([
            {"employee_uid": uid, "batch_id": f"B{year}", "outcome": "lulus"} for uid, year in trained
        ]),
        program=pd.DataFrame({
            "program_id": ["P1", "PM"], "title": ["Kursus", "Proyek"], "form": ["workshop", "bimtek"],
            "topic": [None, "manajemen_proyek"],
        }),
    )
    found = work.officers(ev)
    assert (found.earlier, found.late, found.unpaired) == (1, 1, 1)
    assert sorted(found.pairs["officer_uid"]) == ["a", "b", "c", "d"]
    finding = outcomes.project_management(ev).findings[0]
    assert finding.estimate == pytest.approx((10 + 12) / 2 - (1 + 3) / 2)


def test_those_still_studying_are_neither_graduates_nor_comparison():
    items = pd.DataFrame({
        "instrument": "motivasi", "item_id": ["T1", "T2"], "item_text": "x", "purpose": "motivasi", "scale_min": 1,
        "scale_max": 5, "reverse": [False, True],
    })
    values = {"a": (3, 5), "b": (2, 3), "c": (3, 3), "d": (4, 4), "s": (1, 5)}
    answers = pd.DataFrame([
        {
            "response_id": f"{uid}-{wave}", "instrument": "motivasi", "item_id": item, "employee_uid": uid,
            "year": YEAR, "wave": wave, "value": value if item == "T1" else 6 - value,
        }
        for uid, pair in values.items()
        for wave, value in zip(("pre", "post"), pair, strict=True)
        for item in ("T1", "T2")
    ])
    study = pd.DataFrame({
        "employee_uid": list("abcds"), "degree": "45",
        "state": ["selesai", "selesai", "menunggu", "ditolak", "berjalan"],
    })
    ev = evaluation(scored(TRAINED), survey_item=items, survey_response=answers, further_study=study)
    pairs = work.studied(ev).set_index("employee_uid")
    assert sorted(pairs.index) == ["a", "b", "c", "d"]
    assert pairs.loc["a", "post"] == 5  # the reversed item is turned
    assert outcomes.study_motivation(ev).findings[0].estimate == pytest.approx(1.5)
