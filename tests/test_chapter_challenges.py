"""Challenges on tables that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from asked import challenges

from karier_stats import allocate, ratios, shortfall
from karier_stats.views.evaluation import Evaluation

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


def lines(ceiling: list[int], spent: list[int], jp: list[float], **more: list) -> pd.DataFrame:
    """Budget lines of the period."""
    return pd.DataFrame({
        "budget_id": [str(i) for i in range(len(jp))], "year": YEAR, "funding_source": "apbd", "ceiling_rp": ceiling,
        "spent_rp": spent, "jp_total": jp, **more,
    })


def test_the_gap_by_hand():
    few_free = lines([1_200_000, 300_000, 0], [800_000, 200_000, 0], [80.0, 20.0, 0.0])
    answer = challenges.budget_gap(evaluation(budget=few_free))
    found, drawn = answer.findings[0], answer.picture
    # 10 staff need 250 hours, 20 of them on a partner's free places; 230 x 10,000 - 1,500,000
    assert found.estimate == pytest.approx(230 * 10_000 - 1_500_000)
    assert found.ci_low < found.estimate < found.ci_high
    assert found.recommendation is not None
    assert drawn.kind == "bridge" and drawn.data["level"].tolist() == [True, False, True]
    assert drawn.data["value"].tolist() == pytest.approx([2_300_000, -1_500_000, 800_000])  # need, less ceiling, gap
    assert "Rp800.000" in found.sentence["id"] and "Rp800,000" in found.sentence["en"]
    assert set(found.source_tables) == {"budget", "need", "employee", "program"}


def test_hours_without_cost_are_counted_once():
    # 500 free hours on a line and 20 on a partner's places may be the same: 500, which is more than the need
    found = challenges.budget_gap(evaluation()).findings[0]
    assert found.estimate == pytest.approx(-1_500_000)
    assert "500 JP-orang tanpa biaya" in found.sentence["id"] and found.recommendation is None


def test_one_long_course_does_not_decide_the_price():
    """A course of 900 hours at 1,000 beside 40 people on short ones at 10,000: the mean by participants, not by hours."""
    budget = lines(
        [2_000_000] * 3, [900_000, 1_000_000, 1_000_000], [900.0, 100.0, 100.0], participants=[2, 20, 20],
        program_id=["L", "P", "P"],
    )
    program = pd.DataFrame({"program_id": ["P", "L"], "title": ["x", "y"], "form": ["bimtek", "diklat_struktural"]})
    found = challenges.budget_gap(evaluation(budget=budget, program=program)).findings[0]
    price = (2 * 1_000 + 40 * 10_000) / 42
    assert found.estimate == pytest.approx(230 * price - 6_000_000)
    assert price > 3 * 2_900_000 / 1_100  # the ratio of totals is the wrong way


def test_a_sign_that_is_not_known_is_said():
    """Prices of 2,000 and 30,000 on either side of the ceiling."""
    wide = lines([1_300_000, 1_300_000], [100_000, 1_500_000], [50.0, 50.0])
    found = challenges.budget_gap(evaluation(budget=wide)).findings[0]
    assert found.ci_low < 0 < found.ci_high and found.recommendation is None
    assert "belum dapat dipastikan apakah pagu mencukupi atau kurang" in found.sentence["id"]
    assert "belum dapat diketahui" in found.sentence["id"] and "cannot" not in found.sentence["en"]
    assert found.evidence == "sedang"


def test_a_ceiling_above_the_need_calls_for_nothing():
    rich = lines([45_000_000, 45_000_000], [500_000, 500_000], [50.0, 50.0])
    found = challenges.budget_gap(evaluation(budget=rich)).findings[0]
    assert found.ci_high < 0 and found.recommendation is None
    assert found.sentence["id"].startswith("Pagu melampaui kebutuhan")
    assert "Kesenjangan ini berarti" in found.sentence["id"]
    partners = challenges.partners(evaluation(budget=rich)).findings[0]
    assert partners.recommendation is None and "tidak ada kekurangan" in partners.sentence["id"]


def test_one_line_tells_nothing_of_how_prices_vary():
    found = challenges.budget_gap(evaluation(budget=lines([90_000_000], [1_000_000], [100.0]))).findings[0]
    assert found.ci_low is None and found.ci_high is None
    assert "tanpa selang: data terlalu sedikit" in found.sentence["id"] and "1 budget line." in found.sentence["en"]


def test_spending_beyond_the_ceiling_or_without_one():
    over = challenges.budget_gap(evaluation(budget=lines([1_000_000, 0], [900_000, 300_000], [50.0, 50.0]))).findings[1]
    assert "realisasi melampaui pagu Rp200.000" in over.sentence["id"] and over.n == 2 and not over.of_people
    none = challenges.budget_gap(evaluation(budget=lines([0, 0], [900_000, 300_000], [50.0, 50.0]))).findings[1]
    assert none.estimate is None and "tanpa pagu" in none.sentence["id"]


def test_no_need_stated():
    need = pd.DataFrame({"employee_uid": ["e1"], "year": YEAR, "need_item": ["x"]})
    assert challenges.budget_gap(evaluation(need=need)).findings[0].evidence == "belum_ada_data"


def test_sources_add_to_all():
    answer = challenges.sources(evaluation())
    assert answer.picture.data["value"].sum() == pytest.approx(1)
    assert answer.findings[0].estimate == 1
    assert "83,3 persen dari JP-orang" in answer.findings[0].sentence["id"]  # 500 of 600 hours are free


def offers(**more: list) -> pd.DataFrame:
    """Five free places of 4 hours, ten of 10 hours at 5,000 an hour, and a partner whose agreement has ended."""
    return pd.DataFrame({
        "partner_id": ["M1", "M2", "M3"], "partner_name": ["Satu", "Dua", "Lama"], "seats": [5, 10, 99],
        "jp_per_seat": [4.0, 10.0, 50.0], "cost_per_seat_rp": [0, 50_000, 0],
        "end_date": pd.to_datetime(["2027-12-31", None, "2024-12-31"]), **more,
    })


def test_the_mix_takes_free_places_first_and_no_expired_partner():
    answer = challenges.partners(evaluation(partnership=offers()))
    # 250 hours; 1,500,000: 5 free places (20 hours), 10 at 50,000 (100 hours), own courses for the rest at 10,000 an hour
    taken = answer.table.data.set_index("offer")["taken"].to_dict()
    assert (taken["M1"], taken["M2"]) == (5, 10) and "M3" not in taken
    assert answer.findings[0].estimate == pytest.approx(220 / 250)
    assert "menutup 88 persen dari kebutuhan 250 JP-orang; tanpa mitra 60 persen" in answer.findings[0].sentence["id"]
    assert "tanpa mitra 60 persen, dengan biaya rata-rata antarbentuk" in answer.findings[0].sentence["id"]
    assert "60 percent without partners, at the mean cost over forms" in answer.findings[0].sentence["en"]
    assert "Tanpa uang bauran terbaik menutup 8 persen" in answer.findings[1].sentence["id"]
    assert "Dua: tanpa mitra itu 68 persen" in answer.findings[1].sentence["id"]


def test_the_ceiling_is_that_of_the_coming_year_or_an_assumption_that_is_said():
    this = challenges.partners(evaluation(partnership=offers())).findings[0]
    assert "diandaikan sama dengan pagu 2025 (Rp1,5 juta)" in this.sentence["id"]
    known = evaluation(partnership=offers()).table("budget", "all")
    coming = pd.DataFrame({
        "budget_id": ["n"], "year": [YEAR + 1], "funding_source": ["apbd"], "ceiling_rp": [700_000],
    })
    given = challenges.partners(evaluation(partnership=offers(), budget=pd.concat([known, coming]))).findings[0]
    assert "pagu tahun 2026 sebesar Rp700.000" in given.sentence["id"]
    assert given.estimate == pytest.approx((20 + 100 + 20) / 250)  # 500,000 for partners, 200,000 for own courses
    grades = ["lemah", "sedang", "kuat"]
    assert grades.index(given.evidence) == grades.index(this.evidence) + 1


def test_places_meet_the_need_of_their_own_topic_only():
    need = pd.DataFrame({
        "employee_uid": [f"e{i}" for i in range(10)], "year": YEAR, "need_item": "x", "needed_jp": 25.0,
        "topic": ["pengadaan"] * 4 + ["komunikasi"] * 6,
    })
    places = offers(topic=["komunikasi", "pengadaan", "pengadaan"], seats=[5, 30, 1])
    answer = challenges.partners(evaluation(need=need, partnership=places))
    taken = answer.table.data.set_index("offer")["taken"].to_dict()
    assert taken["M2"] == 10  # 100 hours of procurement are wanted, though 300 are on offer
    hours = answer.table.data.set_index("offer")["given"].to_dict()
    assert hours["own"] == pytest.approx(100)  # what is left of the money


def test_hours_go_to_the_topic_with_the_wider_gap():
    need = pd.DataFrame({
        "employee_uid": [f"e{i}" for i in range(10)], "year": YEAR, "need_item": "x", "needed_jp": 20.0,
        "topic": ["komunikasi", "teknologi_informasi"] * 5,
    })
    levels = pd.DataFrame({
        "employee_uid": [f"e{i}" for i in range(10)] * 2, "year": YEAR,
        "competency_code": ["3"] * 10 + ["Literasi digital"] * 10, "standard_level": 3,
        "actual_level": [3] * 10 + [1] * 10,
    })
    rich = lines([600_000, 400_000], [500_000, 300_000], [50.0, 30.0])
    places = offers(topic=["komunikasi"] * 3, seats=[1, 1, 1])
    plan = evaluation(need=need, competency=levels, partnership=places, budget=rich)
    price = ratios(plan.paid(), of="spent", to="jp", among="form", weight="participants")
    gap = shortfall(plan.needed(), price, of="jp", person="employee_uid", people=10, free=0, money=0)
    made = allocate(plan.offers(ahead=1), gap, money=plan.ceilings(), worth="worth")
    rows = made.offers.assign(taken=made.mix().places)
    own = rows[rows["offer"] == "own"].set_index("topic")["taken"]
    assert own["teknologi_informasi"] == pytest.approx(100) and own["komunikasi"] < 1


def test_commitment_counts_what_has_ended():
    outcomes = ["lulus"] * 7 + ["tidak_hadir"] * 2 + ["mengundurkan_diri"] + ["terdaftar"] * 4
    participation = pd.DataFrame({
        "batch_id": "B1", "employee_uid": [f"p{i}" for i in range(len(outcomes))], "outcome": outcomes,
    })
    plans = pd.DataFrame({
        "batch_id": "B1", "employee_uid": ["p0", "p1", "p2"],
        "due_on": pd.to_datetime(["2025-06-01", "2025-07-01", "2026-01-01"]), "state": ["selesai", "belum", "belum"],
    })
    answer = challenges.commitment(evaluation(participation=participation, action_plan=plans))
    found = {one.id.rpartition(".")[2]: one for one in answer.findings}
    years = answer.table.data[[field.name for field in answer.table.fields]].to_numpy().tolist()
    assert years == [["2025", 10, 0.2, 2, 0.5]]  # of the plans those that were due
    assert (found["no_show"].estimate, found["withdrew"].estimate, found["plans"].estimate) == (0.2, 0.1, 0.5)
    assert found["no_show"].recommendation is not None  # 2 of 10: the lower bound is 5.7 %
    assert found["plans"].recommendation is None  # 1 of 2 shows nothing for sure


@pytest.mark.parametrize(("open_ones", "told"), [(25, "Menyelesaikan 25 rencana tindak lanjut yang masih terbuka"), (0, None)])
def test_plans_that_cannot_be_followed_up_are_not_asked_for(open_ones, told):
    states = ["selesai"] * 10 + ["proses"] * open_ones + ["tidak_dapat_ditindaklanjuti"] * 15
    uids = [f"p{place}" for place in range(len(states))]
    plans = pd.DataFrame({"batch_id": "B1", "employee_uid": uids, "due_on": pd.Timestamp("2025-06-01"), "state": states})
    ended = pd.DataFrame({"batch_id": "B1", "employee_uid": uids, "outcome": ["tidak_hadir", *["lulus"] * (len(uids) - 1)]})
    answer = challenges.commitment(evaluation(participation=ended, action_plan=plans))
    found = next(one for one in answer.findings if one.id == "challenges.commitment.plans")
    assert found.estimate == 10 / len(states)
    advice = found.recommendation
    assert (advice.action["id"].startswith(told) and advice.share == 0.5) if told else advice is None


@pytest.mark.parametrize(("equal", "words"), [
    (5, "paling banyak disetujui ialah “Uang”: 87,5 persen"),
    (30, "ialah “Uang” dan “Waktu”, sama banyak; yang pertama disebut: 87,5"),
])
def test_barriers_are_ranked_and_the_lead_is_judged_on_the_same_people(equal: int, words: str):
    items = pd.DataFrame({
        "instrument": "h", "item_id": ["H1", "H2"], "item_text": ["Uang", "Waktu"], "purpose": "hambatan",
        "scale_min": 1, "scale_max": 5,
    })
    values = [(5, 1)] * (30 if equal == 5 else 5) + [(4, 4)] * equal + [(2, 5)] * 5
    answers = pd.DataFrame([{"response_id": f"r{i}", "instrument": "h", "item_id": item, "year": YEAR, "value": value}
                            for i, pair in enumerate(values) for item, value in zip(("H1", "H2"), pair, strict=True)])
    found = challenges.barriers(evaluation(survey_item=items, survey_response=answers)).findings[0]
    assert found.estimate == pytest.approx(35 / 40)
    assert words in found.sentence["id"] and ("di atas “Waktu”" in found.sentence["id"]) == (equal == 5)
    assert ("2 barriers to training are agreed with equally often, each by 87.5 percent" in found.brief.plain["en"]) == (equal != 5)


def test_cancelled_batches_with_their_reason():
    answer = challenges.cancelled(evaluation())
    found = answer.findings[0]
    assert (found.estimate, found.n, found.of_people) == (pytest.approx(1 / 3), 3, False)  # three batches, not people
    assert "10 kursi hilang; alasannya: “Anggaran tidak tersedia”." in answer.findings[0].sentence["id"]
