"""Outcomes on tables that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from asked import outcomes

from karier_stats.answers.record import Answer, Finding
from karier_stats.intake.processed import Processed
from karier_stats.report.disclosure import protect
from karier_stats.report.wording import faults
from karier_stats.views.evaluation import with_views

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


def evaluation(test_score: pd.DataFrame, selection: str = "ability", **more: pd.DataFrame) -> Processed:
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
    return Processed.from_tables(tables, period=YEAR)


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
    wide = with_views(evaluation(rows)).scores()
    assert wide.set_index("employee_uid").loc["t0", "pre"] == 50


def test_few_in_the_period_reads_all_years_and_says_so():
    earlier = scored([(f"e{i}", "peserta", 50 + i, 60 + i) for i in range(30)]).assign(year=YEAR - 1)
    answer = outcomes.change(evaluation(pd.concat([scored(TRAINED), earlier])))
    assert answer.findings[0].n == 34
    assert any("semua tahun sampai dengan periode ini dipakai" in note["id"] for note in answer.notes)


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
    found = with_views(ev).officers()
    assert found.attrs["notes"][0].facts == {"earlier": 1, "late": 1, "unpaired": 1}
    assert sorted(found["officer_uid"]) == ["a", "b", "c", "d"]
    answer = outcomes.project_management(ev)
    finding = answer.findings[0]
    assert finding.estimate == pytest.approx((10 + 12) / 2 - (1 + 3) / 2)
    # two of four can be trained in 6 ways: no test at 95 percent, and least squares lead
    assert finding.n_units is None
    assert "selected" in finding.reasons and "disputed" not in finding.reasons  # the reason that it has, not another
    assert answer.notes[-1]["en"] == (
        "The permutation test is refused: there are only 6 arrangements, so that the smallest possible p-value is 0.333."
    )
    shown = answer.table.data[["code", "over", "n", "activities"]].to_numpy().tolist()
    assert sorted(shown) == [[arm, year, 2, 2] for arm in ("pembanding", "peserta") for year in ("2023", "2025")]


def test_the_further_columns_of_activities_stand_beside_each_other():
    """Of a: 15 points below target and four days late in 2023, on target and two days early in 2025."""
    work = projects([("a", 2023, 70), ("a", 2025, 80), ("b", 2023, 70), ("b", 2025, 71)]).assign(
        physical_target_pct=100.0, physical_actual_pct=[85.0, 100, 90, 90], revisions=[2, 0, 1, 1],
        planned_finish=pd.to_datetime(["2023-06-01", "2025-06-03"] * 2),
        actual_finish=pd.to_datetime(["2023-06-05", "2025-06-01", "2023-06-01", "2025-06-03"]),
    )
    ev = evaluation(
        scored(TRAINED), project_performance=work, batch=pd.DataFrame({"batch_id": ["B"], "program_id": "PM", "year": [2024]}),
        participation=pd.DataFrame({"employee_uid": ["a"], "batch_id": "B", "outcome": "lulus"}),
        program=pd.DataFrame({"program_id": ["PM"], "title": ["Proyek"], "form": ["bimtek"], "topic": ["manajemen_proyek"]}),
    )
    told = with_views(ev).activities().sort_values(["officer_uid", "year"])[["arm", "behind", "late", "revisions"]]
    alike = ["pembanding", 10, 0, 1]
    assert told.to_numpy().tolist() == [["peserta", 15, 4, 2], ["peserta", 0, -2, 0], alike, alike]


def officers_of_units(changes: list[tuple[str, bool, int]]) -> Processed:
    """Officers of (unit, trained in 2024, change in percentage points since 2023)."""
    rows = [
        (f"o{k}", year, 60 + (change if year == YEAR else 0))
        for k, (_, _, change) in enumerate(changes) for year in (2023, YEAR)
    ]
    activities = projects(rows).assign(unit_id=[unit for unit, _, _ in changes for _ in range(2)])
    return evaluation(
        scored(TRAINED), project_performance=activities,
        batch=pd.DataFrame({"batch_id": ["B"], "program_id": ["PM"], "year": [2024]}),
        participation=pd.DataFrame([
            {"employee_uid": f"o{k}", "batch_id": "B", "outcome": "lulus"}
            for k, (_, trained, _) in enumerate(changes) if trained
        ]),
        program=pd.DataFrame({
            "program_id": ["P1", "PM"], "title": ["Kursus", "Proyek"], "form": ["workshop", "bimtek"],
            "topic": [None, "manajemen_proyek"],
        }),
    )


def test_officers_are_compared_within_their_units_with_the_other_methods_beside():
    units = [(name, trained, base + 4 * trained + k) for base, name in ((0, "A"), (9, "B"), (20, "C"))
             for trained, k in ((True, 0), (True, 2), (False, 0), (False, 1))]
    answer = outcomes.project_management(officers_of_units([*units, ("C", True, 21), ("D", True, 30)]))
    finding = answer.findings[0]
    # A and B: 5 + base less 0.5 + base; C: (24 + 26 + 21) / 3 less 20.5; weights 1, 1 and 6/5
    assert finding.estimate == pytest.approx((4.5 + 4.5 + 1.2 * (71 / 3 - 20.5)) / 3.2)
    # 6 x 6 x 10 arrangements; D has nobody to compare with
    assert (finding.n, finding.n_units) == (6, 3)
    assert finding.ci_low <= finding.estimate <= finding.ci_high
    for words in ("menurut permutasi di dalam 3 unit kerja", "7 pejabat terlatih dan 6 lainnya"):
        assert words in finding.sentence["id"]
    assert "Other methods: difference in differences of all officers" in finding.sentence["en"]
    assert "ANCOVA" in finding.sentence["en"]
    note = answer.notes[-1]
    assert "within 3 work units (all 360 arrangements; smallest possible p-value 0.006)" in note["en"]
    assert note["en"].endswith("1 officer without a unit, or without a comparison in it, is not in this test.")
    assert note["id"].endswith("1 pejabat tanpa unit atau tanpa pembanding di unitnya tidak ikut dalam uji ini.")
    assert faults(finding) == ()


def test_whole_units_trained_or_not_are_dealt_out_as_units():
    trained = [(name, True, change) for name, change in (("A", 9), ("A", 7), ("B", 8), ("C", 6), ("D", 7))]
    others = [(name, False, change) for name, change in (("E", 1), ("F", 3), ("F", 1), ("G", 0), ("H", 2))]
    finding = outcomes.project_management(officers_of_units(trained + others)).findings[0]
    # unit means 8, 8, 6, 7 against 1, 2, 0, 2: the most extreme of 70 ways
    assert finding.estimate == pytest.approx(7.25 - 1.25)
    assert finding.p_value == pytest.approx(2 / 70)
    assert "permutasi antarunit pada 8 unit kerja" in finding.sentence["id"]


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
    pairs = with_views(ev).studied().set_index("employee_uid")
    assert sorted(pairs.index) == ["a", "b", "c", "d"]
    assert pairs.loc["a", "post"] == 5  # the reversed item is turned
    assert outcomes.study_motivation(ev).findings[0].estimate == pytest.approx(1.5)


def retested(gain: float, later: float, each: int = 30, seed: int = 3) -> Processed:
    """Both arms at three tests: participants move by ``gain`` to the post-test and by ``later`` to the retention test."""
    rng = np.random.default_rng(seed)
    rows = []
    for arm, first, last in (("peserta", gain, later), ("pembanding", 0.0, 0.0)):
        for k in range(each):
            before = rng.normal(60, 8)
            waves = {"pre": before, "post": before + first + rng.normal(0, 3), "retensi": before + last + rng.normal(0, 3)}
            rows += [
                {"employee_uid": f"{arm}{k}", "program_id": "P1", "year": YEAR, "arm": arm, "measure": "m",
                 "scale_kind": "interval", "kind": kind, "score": score}
                for kind, score in waves.items()
            ]
    return evaluation(pd.DataFrame(rows))


def told(answer: Answer) -> dict[str, Finding]:
    """Findings by the last part of their id."""
    return {one.id.rpartition(".")[2]: one for one in answer.findings}


def test_a_lasting_harm_is_no_share_kept():
    answer = outcomes.retention(retested(-8, -8))
    found = told(answer)
    assert found["lasting"].ci_high < 0
    assert found["lasting"].sentence["id"].startswith("Berlawanan dengan tujuan program")
    assert "masih" not in found["lasting"].sentence["id"] and "still" not in found["lasting"].sentence["en"]
    assert found["left"].estimate is None and found["left"].recommendation is None
    assert "tidak ada peningkatan yang dapat bertahan" in found["left"].sentence["id"]
    assert answer.table.data["kept"].isna().all()
    # the wrong way, sign and all: nearly the whole of a harm of 8 points is left
    data = answer.table.data.iloc[0]
    assert data["lasting"] / data["gain"] > 0.8


def test_a_share_is_kept_only_of_a_sure_gain():
    kept = told(outcomes.retention(retested(10, 6)))["left"]
    assert kept.ci_low < 0.6 < kept.ci_high and "ditaksir" in kept.sentence["id"]
    unsure = told(outcomes.retention(retested(0, 0)))["left"]
    assert unsure.estimate is None and "belum jelas di atas nol" in unsure.sentence["id"]
    turned = told(outcomes.retention(retested(8, -8)))["left"]
    assert turned.ci_high < 0 and "tidak bertahan" in turned.sentence["id"]


def test_no_share_of_a_lead_is_left_where_nobody_stands_beside_participants_at_the_later_test():
    """Too few comparison people took it: the gain would be compared and its loss not."""
    found = told(outcomes.retention(retested(10, 6, each=15)))
    assert "left" not in found and found["loss"].design == "before_after" and found["loss"].ci_high < 0
    assert told(outcomes.retention(retested(10, 6, each=20)))["left"].design == "comparison_group"


@pytest.mark.parametrize(("gain", "spread", "words", "evidence"), [
    (8.0, 3.0, "berarti: melampaui batas 3 poin", True), (0.0, 3.0, "terlalu kecil untuk berarti", True),
    (0.0, 25.0, "belum dapat diketahui berarti atau tidaknya: kisarannya memuat nol", False), (4.0, 6.0, "jelas arahnya", True),
])
def test_precision_is_judged_against_the_smallest_difference_that_matters(gain, spread, words, evidence):
    rng = np.random.default_rng(1)
    people = [
        (f"{arm}{k}", arm, before, before + (gain if arm == "peserta" else 0) + rng.normal(0, spread))
        for arm in ("peserta", "pembanding") for k, before in enumerate(rng.normal(50, 8, 60))
    ]
    found = outcomes.change(evaluation(scored(people))).findings[0]
    assert words in found.sentence["id"]
    assert (found.evidence == "kuat") is evidence
    assert faults(found) == ()


def test_the_verdict_the_interval_and_holms_p_agree_in_sentence_picture_and_table():
    rng = np.random.default_rng(5)
    courses, tests = [], []
    for number, (form, gain) in enumerate((("seminar", 0), ("workshop", 3), ("bimtek", 6), ("e_learning", 2), ("magang", 4))):
        courses.append({"program_id": f"Q{number}", "title": form, "form": form, "selection": "ability"})
        people = [
            (f"{form}{arm}{k}", arm, before, before + (gain if arm == "peserta" else 0) + rng.normal(0, 8))
            for arm in ("peserta", "pembanding") for k, before in enumerate(rng.normal(50, 8, 40))
        ]
        tests.append(scored(people).assign(program_id=f"Q{number}"))
    answer = outcomes.by_form(evaluation(pd.concat(tests), program=pd.DataFrame(courses)))
    data, drawn = answer.table.data.set_index("form"), answer.picture.data.set_index("form")
    seen = (data["low"] > 0) | (data["high"] < 0)
    assert 0 < seen.sum() < len(data)
    assert (seen == (data["p_holm"] < 0.05)).all()
    assert data[["low", "high"]].equals(drawn[["low", "high"]])
    *forms, overall = answer.findings
    assert (overall.id, overall.estimate) == ("outcomes.by_form.overall", (data["low"] > 0).sum())
    for one in forms:
        row = data.loc[one.id.rpartition(".")[2]]
        assert (one.ci_low, one.ci_high) == (row["low"], row["high"])
        assert ("meningkatkan" in one.sentence["id"]) == (row["low"] > 0)
        assert one.ci_level >= 0.95


def test_sentence_picture_and_table_hide_the_same_forms():
    sizes = {"seminar": (30, 6), "workshop": (30, 12), "bimtek": (30, 30)}
    rng = np.random.default_rng(2)
    courses = pd.DataFrame([
        {"program_id": form, "title": form, "form": form, "selection": "ability"} for form in sizes
    ])
    tests = pd.concat([
        scored([
            (f"{form}{arm}{k}", arm, before, before + rng.normal(3, 4))
            for arm, n in zip(("peserta", "pembanding"), pair, strict=True) for k, before in enumerate(rng.normal(50, 8, n))
        ]).assign(program_id=form)
        for form, pair in sizes.items()
    ])
    answer = outcomes.by_form(evaluation(tests, program=courses))
    assert answer.table.count == "n" and answer.table.data["n"].tolist() == answer.picture.data["n"].tolist()
    assert [one.n for one in answer.findings[:-1]] == answer.table.data["n"].tolist() == [6, 12, 30]
    assert answer.findings[-1].n == 48
    safe = protect(answer, "public")
    hidden = set(safe.table.data.loc[safe.table.data["estimate"].isna(), "label_id"])
    assert hidden == set(safe.picture.data.loc[safe.picture.data["estimate"].isna(), "label_id"])
    assert "Seminar" in hidden


def test_study_motivation_of_nobody_is_told_and_not_an_error():
    items = pd.DataFrame({
        "instrument": "m", "item_id": ["T1"], "item_text": "x", "purpose": "motivasi", "scale_min": 1, "scale_max": 5,
    })
    answers = pd.DataFrame({
        "response_id": ["a", "b"], "instrument": "m", "item_id": "T1", "employee_uid": ["a", "a"], "year": YEAR,
        "wave": ["pre", "post"], "value": [3, 4], "unit_id": "U",
    })
    study = pd.DataFrame({"employee_uid": ["z"], "degree": "45", "state": ["selesai"]})
    tables = {
        "unit": pd.DataFrame({"unit_id": ["U", "V"], "unit_name": ["Unit", "Lain"], "scope": "A"}),
        "employee": pd.DataFrame({"employee_uid": ["a", "z"], "year": YEAR, "unit_id": ["U", "V"]}),
        "survey_item": items, "survey_response": answers, "further_study": study,
    }
    ev = evaluation(scored(TRAINED), **tables)
    for unit in ("U", "V", "semua"):
        answer = outcomes.study_motivation(replace(ev, unit=unit))
        assert answer.findings[0].evidence == "belum_ada_data"
