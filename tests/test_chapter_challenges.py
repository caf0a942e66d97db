"""Challenges on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from karier_stats.chapters import challenges
from karier_stats.intake.processed import Evaluation

YEAR = 2025


def evaluation(**more: pd.DataFrame) -> Evaluation:
    """Ten active staff; five need 20 hours and five 30; 100 hours cost one million."""
    uids = [f"e{i}" for i in range(10)]
    tables = {
        "unit": pd.DataFrame({"unit_id": ["U"], "unit_name": ["Unit"]}),
        "employee": pd.DataFrame({
            "employee_uid": [*uids, "study"], "year": YEAR, "unit_id": "U", "standing_code": ["01"] * 10 + ["03"],
        }),
        "program": pd.DataFrame({"program_id": ["P"], "title": ["Kursus"], "form": ["bimtek"]}),
        "batch": pd.DataFrame({
            "batch_id": ["B1", "B2", "B3"], "program_id": "P", "year": YEAR, "quota": 10,
            "state": ["selesai", "selesai", "batal"], "cancel_reason": [None, None, "Anggaran tidak tersedia"],
        }),
        "need": pd.DataFrame({
            "employee_uid": uids, "year": YEAR, "need_item": "x", "needed_jp": [20.0] * 5 + [30.0] * 5,
        }),
        "budget": pd.DataFrame({
            "budget_id": ["1", "2", "3"], "year": YEAR, "funding_source": ["apbd", "apbd", "gratis"],
            "ceiling_rp": [1_200_000, 300_000, 0], "spent_rp": [800_000, 200_000, 0], "jp_total": [80.0, 20.0, 500.0],
        }),
        "partnership": pd.DataFrame({
            "partner_id": ["M1", "M2", "M3"], "partner_name": ["Satu", "Dua", "Lama"], "seats": [5, 10, 99],
            "jp_per_seat": [4.0, 10.0, 50.0], "cost_per_seat_rp": [0, 100_000, 0],
            "end_date": pd.to_datetime(["2027-12-31", None, "2024-12-31"]),
        }),
        **more,
    }
    return Evaluation.from_tables(tables, period=YEAR)


def test_the_gap_by_hand():
    found = challenges.budget_gap(evaluation()).findings[0]
    # 10 staff x 25 hours x 10,000 - 1,500,000; the free line does not lower the cost
    assert found.estimate == pytest.approx(10 * 25 * 10_000 - 1_500_000)
    assert found.ci_low < found.estimate < found.ci_high
    assert found.recommendation is not None
    assert "Rp1,0 juta" in found.sentence["id"] and "Rp1.0 million" in found.sentence["en"]


def test_a_ceiling_above_the_need_calls_for_nothing():
    rich = pd.DataFrame({
        "budget_id": ["1"], "year": YEAR, "funding_source": "apbd", "ceiling_rp": [90_000_000], "spent_rp": [1_000_000],
        "jp_total": [100.0],
    })
    found = challenges.budget_gap(evaluation(budget=rich)).findings[0]
    assert found.ci_high < 0 and found.recommendation is None
    assert found.sentence["id"].startswith("Pagu melampaui kebutuhan")
    partners = challenges.partners(evaluation(budget=rich)).findings[0]
    assert partners.recommendation is None


def test_no_need_stated():
    need = pd.DataFrame({"employee_uid": ["e1"], "year": YEAR, "need_item": ["x"]})
    assert challenges.budget_gap(evaluation(need=need)).findings[0].evidence == "belum_ada_data"


def test_sources_add_to_all():
    answer = challenges.sources(evaluation())
    assert answer.table.data["value"].sum() == pytest.approx(1)
    assert answer.findings[0].estimate == 1
    assert "83,3 persen dari JP-orang" in answer.findings[0].sentence["id"]  # 500 of 600 hours are free


def test_the_mix_takes_free_places_first_and_no_expired_partner():
    answer = challenges.partners(evaluation())
    # unspent 500,000: 5 free places (20 hours) and 5 of the others (50 hours); 100 hours are wanting
    taken = answer.table.data.set_index("partner_id")["taken"].to_dict()
    assert taken == {"M1": 5, "M2": 5}
    assert answer.findings[0].estimate == pytest.approx(0.7)
    assert "Tanpa uang bauran terbaik menutup 20 persen" in answer.findings[1].sentence["id"]


def test_commitment_counts_what_has_ended():
    outcomes = ["lulus"] * 7 + ["tidak_hadir"] * 2 + ["mengundurkan_diri"] + ["terdaftar"] * 4
    participation = pd.DataFrame({
        "batch_id": "B1", "employee_uid": [f"p{i}" for i in range(len(outcomes))], "outcome": outcomes,
    })
    plans = pd.DataFrame({
        "batch_id": "B1", "employee_uid": ["p0", "p1", "p2"],
        "due_on": pd.to_datetime(["2025-06-01", "2025-07-01", "2026-01-01"]), "state": ["selesai", "belum", "belum"],
    })
    found = {
        one.id.rpartition(".")[2]: one
        for one in challenges.commitment(evaluation(participation=participation, action_plan=plans)).findings
    }
    assert (found["no_show"].estimate, found["withdrew"].estimate, found["plans"].estimate) == (0.2, 0.1, 0.5)
    assert found["no_show"].recommendation is not None  # 2 of 10: the lower bound is 5.7 %
    assert found["plans"].recommendation is None  # 1 of 2 shows nothing for sure


def test_barriers_are_ranked_and_the_lead_is_judged_on_the_same_people():
    items = pd.DataFrame({
        "instrument": "h", "item_id": ["H1", "H2"], "item_text": ["Uang", "Waktu"], "purpose": "hambatan",
        "scale_min": 1, "scale_max": 5,
    })
    values = [(5, 1)] * 30 + [(4, 4)] * 5 + [(2, 5)] * 5
    answers = pd.DataFrame([{"response_id": f"r{i}", "instrument": "h", "item_id": item, "year": YEAR, "value": value}
                            for i, pair in enumerate(values) for item, value in zip(("H1", "H2"), pair, strict=True)])
    found = challenges.barriers(evaluation(survey_item=items, survey_response=answers)).findings[0]
    assert found.estimate == pytest.approx(35 / 40)
    assert "“Uang”" in found.sentence["id"] and "di atas “Waktu”" in found.sentence["id"]


def test_cancelled_batches_with_their_reason():
    answer = challenges.cancelled(evaluation())
    assert answer.findings[0].estimate == pytest.approx(1 / 3)
    assert "10 kursi hilang; alasan terbanyak: anggaran tidak tersedia." in answer.findings[0].sentence["id"]
