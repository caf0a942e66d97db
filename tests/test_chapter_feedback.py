"""Feedback on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from karier_stats.chapters import feedback, surveys
from karier_stats.intake.processed import Evaluation
from karier_stats.report.wording import faults

YEAR = 2025
ITEMS = pd.DataFrame([
    {
        "instrument": "v", "item_id": "V1", "item_text": "Sesuai tugas", "purpose": "relevansi", "scale_min": 1,
        "scale_max": 5,
    },
    {
        "instrument": "r", "item_id": "R1", "item_text": "Jelas", "item_text_en": "Clear", "purpose": "reaksi",
        "scale_min": 1, "scale_max": 5,
    },
    {
        "instrument": "r", "item_id": "R2", "item_text": "Buruk", "item_text_en": "Bad", "purpose": "reaksi",
        "scale_min": 1, "scale_max": 5, "reverse": True,
    },
])


def relevance(batch: str, unfit: int, fit: int, year: int = YEAR) -> pd.DataFrame:
    """Answers of one batch: 2 for "not relevant", 4 for the others."""
    values = [2] * unfit + [4] * fit
    return pd.DataFrame({
        "response_id": [f"{batch}-{year}-{i}" for i in range(len(values))], "instrument": "v", "item_id": "V1",
        "batch_id": batch, "year": year, "value": values,
    })


def evaluation(answers: pd.DataFrame, **more: pd.DataFrame) -> Evaluation:
    """Three courses; P1 has two versions of its curriculum."""
    tables = {
        "unit": pd.DataFrame({"unit_id": ["U"], "unit_name": ["Unit"]}),
        "employee": pd.DataFrame({"employee_uid": ["a"], "year": YEAR, "unit_id": "U"}),
        "program": pd.DataFrame({"program_id": ["P1", "P2", "P3"], "title": ["Satu", "Dua", "Tiga"], "form": "bimtek"}),
        "batch": pd.DataFrame({
            "batch_id": ["B1", "B1b", "B2", "B3"], "program_id": ["P1", "P1", "P2", "P3"],
            "year": [2024, 2025, 2025, 2025], "curriculum_version": [1, 2, 1, 1],
        }),
        "participation": pd.DataFrame({"batch_id": ["B2"], "employee_uid": ["a"], "outcome": ["lulus"]}),
        "survey_item": ITEMS, "survey_response": answers, **more,
    }
    return Evaluation.from_tables(tables, period=YEAR)


def test_the_rule_revises_watches_keeps_and_waits():
    # 12 of 30: lower bound 24.6 %; 3 of 20: 15 %; 5 of 14: too few
    ev = evaluation(pd.concat([relevance("B1b", 12, 18), relevance("B2", 3, 17), relevance("B3", 5, 9)]))
    answer = feedback.irrelevant(ev)
    assert answer.table.data.set_index("program_id")["decision"].to_dict() == {
        "P1": "revise", "P2": "watch", "P3": "few",
    }
    assert [one.id for one in answer.findings] == ["feedback.irrelevant", "feedback.irrelevant.P1"]
    assert answer.findings[0].recommendation is None
    assert answer.findings[1].recommendation.action["id"].startswith("Merevisi kurikulum Satu")
    assert "1 dari 2 pelatihan" in answer.findings[0].sentence["id"]


def test_no_course_to_revise_gives_no_recommendation():
    answer = feedback.irrelevant(evaluation(relevance("B2", 1, 29)))
    assert len(answer.findings) == 1
    assert "belum ada" in answer.findings[0].sentence["id"]


def test_two_versions_of_one_curriculum():
    ev = evaluation(pd.concat([relevance("B1", 20, 30, 2024), relevance("B1b", 4, 46)]))
    found = feedback.revised(ev).findings[0]
    assert found.estimate == pytest.approx(0.08 - 0.40)
    assert found.ci_high < 0
    assert found.design == "before_after" and found.n == 50
    assert "turun dari 40,0 persen" in found.sentence["id"]
    assert faults(found) == ()


def test_a_version_with_few_answers_is_not_compared():
    ev = evaluation(pd.concat([relevance("B1", 20, 30, 2024), relevance("B1b", 1, 9)]))
    assert feedback.revised(ev).findings[0].evidence == "belum_ada_data"


def test_one_version_only_cannot_be_compared():
    assert feedback.revised(evaluation(relevance("B2", 1, 9))).findings[0].evidence == "belum_ada_data"


def reactions(values: list[tuple[int, int]]) -> pd.DataFrame:
    """Forms of two reaction items."""
    return pd.DataFrame([{"response_id": f"f{i}", "instrument": "r", "item_id": item, "year": YEAR, "value": value}
                         for i, pair in enumerate(values) for item, value in zip(("R1", "R2"), pair, strict=True)])


def test_a_reversed_item_is_turned_and_the_ceiling_counted():
    # turned: (5, 5), (5, 5), (4, 3), (2, 2)
    ev = evaluation(reactions([(5, 1), (5, 1), (4, 3), (2, 4)]))
    found = {one.id.rpartition(".")[2]: one for one in feedback.reactions(ev).findings}
    assert found["reactions"].estimate == pytest.approx((5 + 5 + 3.5 + 2) / 4)
    assert found["ceiling"].estimate == 0.5
    assert "75,0 persen memberi nilai yang sama" in found["ceiling"].sentence["id"]
    assert 0.9 < found["alpha"].estimate < 1


def test_levels_add_to_one_for_each_item():
    data = feedback.reactions(evaluation(reactions([(5, 1), (4, 2), (4, 3), (2, 4)]))).picture.data
    assert data.groupby("label_id")["value"].sum().to_numpy() == pytest.approx([1, 1])  # sums of quarters
    assert data["part_id"].iloc[0] == "1 (terendah)"


def test_an_answer_outside_the_scale_is_not_read():
    scale = surveys.scale(evaluation(reactions([(9, 1), (5, 1)])), "reaksi")
    assert scale.wide["r:R1"].notna().sum() == 1


def test_themes_are_counted_and_comments_not_shown():
    comments = pd.DataFrame({
        "comment_id": list("abcd"), "year": YEAR, "comment": "rahasia", "theme": ["waktu", "waktu", "materi", None],
    })
    answer = feedback.themes(evaluation(relevance("B2", 1, 9), comment=comments))
    assert answer.findings[0].estimate == pytest.approx(2 / 3)
    assert "1 komentar belum diberi tema" in answer.findings[0].sentence["id"]
    assert "rahasia" not in answer.picture.data.to_string()


def test_graduates_and_superiors_on_the_same_people():
    ratings = pd.DataFrame([
        {"batch_id": "B2", "employee_uid": uid, "rater_role": role, "item_id": "E1", "wave_month": 6, "value": value}
        for uid, pair in {"a": (5, 4), "b": (4, 4), "c": (4, 2)}.items()
        for role, value in zip(("alumni", "atasan"), pair, strict=True)
    ])
    found = feedback.at_work(evaluation(relevance("B2", 1, 9), post_training_rating=ratings)).findings
    assert found[0].estimate == pytest.approx(13 / 3)
    assert found[1].estimate == pytest.approx(1)
