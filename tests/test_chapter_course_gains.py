"""Gains by course, by unit, and by hours, on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from asked import outcomes

from karier_stats.intake.processed import Processed
from karier_stats.report.wording import faults

YEAR = 2025
GAIN = {"P1": 10, "P2": 0, "P3": 4, "P4": 2}
HOURS = {"P1": 40, "P2": 10, "P3": 20, "P4": 15}


def evaluation(courses: tuple[str, ...] = ("P1", "P2"), each: int = 12, jump: int = 0) -> Processed:
    """Courses whose participants gain ``GAIN`` points, give or take one; comparison people gain none.

    Participants of even number are in unit U, the others in V; ``jump`` is
    what those of U gain on top.
    """
    people, tests, places = [], [], []
    for course in courses:
        for arm, gain in (("peserta", GAIN[course]), ("pembanding", 0)):
            for k in range(each):
                uid = f"{course}{arm}{k}"
                unit = "U" if k % 2 == 0 else "V"
                people.append({"employee_uid": uid, "year": YEAR, "unit_id": unit})
                extra = jump if arm == "peserta" and unit == "U" else 0
                before, wobble = 50 + k // 2, (-1, 1)[k // 2 % 2]
                tests += [
                    {"employee_uid": uid, "program_id": course, "year": YEAR, "arm": arm, "measure": course,
                     "scale_kind": "interval", "kind": kind, "score": score}
                    for kind, score in (("pre", before), ("post", before + gain + wobble + extra))
                ]
                if arm == "peserta":
                    places.append({
                        "batch_id": f"{course}-1", "employee_uid": uid, "outcome": "lulus",
                        "attended_jp": HOURS[course] + k % 3,
                    })
    return Processed.from_tables(
        {
            "unit": pd.DataFrame({"unit_id": ["U", "V"], "unit_name": ["Unit U", "Unit V"]}),
            "employee": pd.DataFrame(people),
            "program": pd.DataFrame({
                "program_id": list(courses), "title": [f"Kursus {name}" for name in courses], "form": "workshop",
                "selection": "ability", "competency_kind": "teknis",
            }),
            "batch": pd.DataFrame({
                "batch_id": [f"{name}-1" for name in courses], "program_id": list(courses), "year": YEAR,
            }),
            "participation": pd.DataFrame(places), "test_score": pd.DataFrame(tests),
        },
        period=YEAR,
    )


def test_each_course_against_its_own_comparison_people():
    answer = outcomes.by_course(evaluation())
    data = answer.table.data.set_index("program_id")
    assert data["estimate"].tolist() == pytest.approx([10, 0])
    assert data["n"].tolist() == [12, 12]
    assert [(row.rank_low, row.rank_high) for row in data.itertuples()] == [(1, 1), (2, 2)]
    finding = answer.findings[0]
    assert finding.estimate == 1
    assert "1 menunjukkan selisih di atas nol dan 0 di bawah nol" in finding.sentence["id"]
    assert faults(finding) == ()


def test_courses_that_cannot_be_ranked_say_so():
    # 0 against 2 points where units differ by six: the spread hides the order
    answer = outcomes.by_course(evaluation(("P2", "P4"), each=10, jump=6))
    assert answer.table.data[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    assert "peringkat 1–2" in answer.findings[0].sentence["id"]
    assert "may rank 1–2" in answer.findings[0].sentence["en"]


def test_too_few_people_give_no_answer():
    finding = outcomes.by_course(evaluation(each=8)).findings[0]
    assert finding.evidence == "belum_ada_data"
    assert "10 peserta dan 10 pembanding" in finding.sentence["id"]


def test_a_unit_that_gains_more_is_found_and_one_that_does_not_is_a_null_with_its_width():
    more = outcomes.by_unit(evaluation(each=20, jump=8))
    cells = more.table.data.set_index("label_id")["estimate"]
    assert cells["Unit U · Teknis"] == pytest.approx(8)
    assert cells["Unit V · Teknis"] == pytest.approx(-8)
    assert more.findings[0].estimate == 2
    none = outcomes.by_unit(evaluation(each=20))
    assert none.findings[0].estimate == 0
    assert "tidak terlihat" in none.findings[0].sentence["id"]
    assert "tidak ada pengaruh" not in none.findings[0].sentence["id"]


def test_adjusted_p_is_never_below_the_plain_one():
    data = outcomes.by_unit(evaluation(each=20, jump=1)).table.data
    assert (data["p_bh"] >= data["p"]).all()


def test_hours_need_four_courses_and_are_no_effect():
    few = outcomes.hours(evaluation(("P1", "P2", "P3"))).findings[0]
    assert few.evidence == "belum_ada_data"
    answer = outcomes.hours(evaluation(("P1", "P2", "P3", "P4")))
    finding = answer.findings[0]
    assert finding.design == "before_after"
    assert finding.n == 48 and finding.n_units is None  # its clusters are courses
    assert "48 peserta pada 4 pelatihan" in finding.sentence["id"] and "menurut pelatihan" in answer.notes[1]["id"]
    # means 10, 0, 4, 2 at about 41, 11, 21, 16 hours: 0.32 points an hour by least squares
    assert finding.estimate == pytest.approx(0.32, abs=0.02)
    assert "tidak ditetapkan" in answer.notes[0]["id"]
    assert faults(finding) == ()


def test_a_table_that_is_absent_is_named():
    ev = evaluation()
    bare = Processed.from_tables(
        {name: ev.table(name, "all") for name in ("unit", "employee", "program", "test_score")}, period=YEAR
    )
    finding = outcomes.hours(bare).findings[0]
    assert "`participation`" in finding.sentence["id"]
