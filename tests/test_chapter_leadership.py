"""Leadership on tables that can be counted by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from asked import leadership, participation

import karier_stats as ks
from karier_stats.answers import build
from karier_stats.answers.facts import facts_of
from karier_stats.answers.record import collected
from karier_stats.answers.rules import RULES
from karier_stats.intake.processed import Processed
from karier_stats.report.wording import faults
from karier_stats.stats.association.halves import by_others
from karier_stats.stats.association.slopes import Asked, Slope
from karier_stats.stats.numerics.estimate import between
from karier_stats.stats.plan.power import power
from karier_stats.views.evaluation import with_views
from karier_stats.words import Phrase

YEAR = 2025
STAFF = 10


def district(rates: dict[str, float], events: dict[str, int], heads: int = 1, **more: pd.DataFrame) -> Processed:
    """Units of ten staff and a head; ``rates`` of them took part, heads opened ``events``."""
    people = [
        {"employee_uid": f"{unit}-{i}", "year": YEAR, "unit_id": unit, "standing_code": "01", "is_head": i == STAFF}
        for unit in rates for i in range(STAFF + 1)
    ]
    joined = [
        {"batch_id": "B", "employee_uid": f"{unit}-{i}", "outcome": "lulus"} for unit, rate in rates.items()
        for i in range(round(rate * STAFF))
    ]
    joined += [{"batch_id": "B", "employee_uid": f"{unit}-{STAFF}", "outcome": "lulus"} for unit in rates]
    engaged = [
        {
            "unit_id": unit, "year": YEAR - 1, "head_uid": f"h{unit}{k}", "acting_type": "D", "head_jp": 20.0 / heads,
            "events_opened": count // heads, "letters_promoting": 4 // heads,
        }
        for unit, count in events.items()
        for k in range(heads)
    ]
    tables = {
        "unit": pd.DataFrame({"unit_id": list(rates), "unit_name": [f"Unit {unit}" for unit in rates]}),
        "employee": pd.DataFrame(people), "participation": pd.DataFrame(joined),
        "leader_engagement": pd.DataFrame(engaged),
        "batch": pd.DataFrame({"batch_id": ["B"], "program_id": ["P"], "year": [YEAR]}),
        "program": pd.DataFrame({"program_id": ["P"], "title": ["Kursus"], "form": ["seminar"]}), **more,
    }
    return Processed.from_tables(tables, period=YEAR)


RATES = {"A": 0.2, "B": 0.4, "C": 0.4, "D": 0.6, "E": 0.6, "F": 0.8}
EVENTS = {"A": 0, "B": 1, "C": 2, "D": 4, "E": 5, "F": 6}


def test_heads_are_not_among_the_staff():
    rows = with_views(district(RATES, EVENTS)).led()
    assert len(rows) == 6 * STAFF
    assert rows.groupby("unit_id")["took_part"].mean().to_dict() == pytest.approx(RATES)


def test_the_index_by_hand_and_counts_of_two_heads_are_added():
    one = with_views(district(RATES, EVENTS)).leaders().set_index("unit_id")["engagement"]
    assert one["A"] == pytest.approx(10 * 2 / 3)
    assert one["D"] == pytest.approx(10 * (1 + 4 / 6 + 1) / 3)
    two = with_views(district(RATES, dict.fromkeys(RATES, 2), heads=2)).leaders().set_index("unit_id")
    assert two.loc["A", "engagement"] == pytest.approx(10 * (1 + 2 / 6 + 1) / 3)
    assert (two["heads"] == 2).all()


def test_a_unit_with_an_unknown_count_is_left_out():
    ev = district(RATES, EVENTS)
    table = ev.table("leader_engagement", "all")
    table.loc[0, "letters_promoting"] = pd.NA
    tables = {name: ev.table(name, "all") for name in ("unit", "employee", "participation", "batch", "program")}
    again = Processed.from_tables({**tables, "leader_engagement": table}, period=YEAR)
    assert "A" not in set(with_views(again).leaders()["unit_id"])


def test_units_apart_by_engagement_and_worded_as_association():
    answer = leadership.participation(district(RATES, EVENTS))
    found = answer.findings[0]
    # slope of the unit means on the index; the index rises by 10/18 per event
    x, y = pd.Series(EVENTS) * 10 / 18, pd.Series(RATES)
    assert found.estimate == pytest.approx(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    assert found.design == "association" and found.n_units == 6
    assert any(note["en"].startswith("This estimate is not adjusted") for note in answer.notes)  # no covariate is known here
    assert "bukan hubungan sebab akibat" in found.sentence["id"]
    assert all(faults(one) == () for one in answer.findings)


def test_the_other_way_round_is_said():
    found = leadership.participation(
        district(RATES, dict(zip(RATES, reversed(EVENTS.values()), strict=True)))
    ).findings[0]
    assert found.estimate < 0
    assert "berlawanan dengan dugaan" in found.sentence["id"] or "belum dapat disimpulkan" in found.sentence["id"]
    assert found.recommendation is None


def test_nothing_seen_has_its_interval_and_the_smallest_it_could_see():
    flat = {"A": 0.5, "B": 0.4, "C": 0.6, "D": 0.4, "E": 0.6, "F": 0.5}
    found = leadership.participation(district(flat, EVENTS)).findings[0]
    assert found.ci_low < 0 < found.ci_high
    assert "tidak terlihat" in found.sentence["id"] and "terkecil" in found.sentence["id"]
    assert faults(found) == ()


def test_three_units_are_refused():
    few = {unit: RATES[unit] for unit in "ABC"}
    found = leadership.participation(district(few, {unit: EVENTS[unit] for unit in "ABC"})).findings[0]
    assert found.evidence == "belum_ada_data"
    assert "Data belum memadai" in found.sentence["id"]
    assert found.source_tables == ("leader_engagement", "employee", "participation")  # of the view that was opened


def test_acting_heads_and_changes_are_counted():
    ev = district(RATES, EVENTS)
    table = ev.table("leader_engagement", "all")
    table.loc[0, "acting_type"] = "PLT"
    extra = table.iloc[[1]].assign(head_uid="other")
    tables = {name: ev.table(name, "all") for name in ("unit", "employee", "participation", "batch", "program")}
    again = Processed.from_tables({**tables, "leader_engagement": pd.concat([table, extra])}, period=YEAR)
    found = leadership.heads(again).findings[0]
    assert found.estimate == pytest.approx(2 / 6)
    assert "1 dipimpin pelaksana tugas atau penjabat dan 1 berganti kepala" in found.sentence["id"]


def test_bands_hold_their_units():
    ev = with_views(district(RATES, EVENTS))
    assert leadership.bands(ev).picture.data["n"].sum() == 60
    # index 6.67 (A: in the top band, which begins at 20/3) and above
    assert [row.lots for row in ks.shares(ev.led(), of="took_part", by="band", cluster="unit_id")] == [6]
    assert "6 unit" in leadership.bands(ev).findings[0].sentence["id"]


def test_what_staff_say_is_set_beside_the_record_of_their_own_unit():
    items = pd.DataFrame({
        "instrument": "b", "item_id": ["B1"], "item_text": "x", "purpose": "budaya_belajar", "scale_min": 1,
        "scale_max": 5,
    })
    said = dict(zip(RATES, (1, 2, 2, 3, 4, 5), strict=True))
    answers = pd.DataFrame([
        {
            "response_id": f"{unit}-{i}", "instrument": "b", "item_id": "B1", "employee_uid": f"{unit}-{i}",
            "year": YEAR, "value": value,
        }
        for unit, value in said.items() for i in range(2)
    ])  # no unit in the form: it comes from the staff table
    found = leadership.learning_culture(district(RATES, EVENTS, survey_item=items, survey_response=answers)).findings
    assert set(found[0].source_tables) == {"leader_engagement", "survey_item", "survey_response"}  # a view upon a view
    x, y = pd.Series(EVENTS) * 10 / 18, pd.Series(said, dtype=float)
    assert len(found) == 1  # one item has no reliability
    assert found[0].estimate == pytest.approx(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    assert found[0].n == 12 and faults(found[0]) == ()
    assert leadership.support(district(RATES, EVENTS, survey_item=items, survey_response=answers)).findings[0].n == 0


def survey(said: dict[str, dict[str, int]], each: int = 4) -> dict[str, pd.DataFrame]:
    """One item per purpose, answered by the first staff of every unit; people of one unit differ by one point."""
    purposes = list(said)
    items = pd.DataFrame({
        "instrument": purposes, "item_id": "X1", "item_text": "x", "purpose": purposes, "scale_min": 1, "scale_max": 5,
    })
    answers = pd.DataFrame([
        {
            "response_id": f"{unit}-{i}", "instrument": purpose, "item_id": "X1", "employee_uid": f"{unit}-{i}",
            "year": YEAR, "value": value + i % 2,
        }
        for purpose, by_unit in said.items() for unit, value in by_unit.items() for i in range(each)
    ])
    return {"survey_item": items, "survey_response": answers}


def test_one_unit_alone_is_said_to_be_one_and_no_column_is_named():
    one_unit = district({"A": 0.2}, {"A": 4}, **survey({"budaya_belajar": {"A": 3}}))
    found = leadership.learning_culture(one_unit).findings[0]
    assert found.sentence["id"] == "Belum dapat dinilai: keterlibatan pimpinan dibandingkan antarunit; di sini hanya ada satu unit."


RATED = dict(zip(RATES, (1, 2, 2, 3, 4, 4), strict=True))
SAID = {"dukungan_atasan": RATED, "budaya_belajar": dict(zip(RATES, (2, 1, 3, 2, 4, 3), strict=True))}


def test_five_units_conclude_nothing_and_six_may():
    five = {unit: RATES[unit] for unit in "ABCDE"}
    found = leadership.participation(district(five, {unit: EVENTS[unit] for unit in "ABCDE"})).findings[0]
    assert "data tidak cukup untuk menyimpulkan" in found.sentence["id"]
    assert "hanya 5 unit, sedangkan diperlukan paling sedikit 6" in found.sentence["id"]
    assert "there are only 5 units and at least 6 are needed" in found.sentence["en"]
    assert found.evidence == "lemah" and found.recommendation is None
    assert "tidak cukup" not in leadership.participation(district(RATES, EVENTS)).findings[0].sentence["id"]


def test_the_forest_holds_the_ways_in_one_unit_of_measure():
    answer = leadership.inferences(district(RATES, EVENTS))
    data = answer.picture.data
    # one row per person here, so that the random intercept stands beside the others
    assert {"unit means, t(G−2)", "random intercept, REML"} <= {
        text.removeprefix("between units: ") for text in data["label_en"]
    }
    assert answer.picture.reference == 0.0
    assert not data["label_en"].str.contains("odds").any()
    assert data["estimate"].iloc[0] == pytest.approx(100 * leadership.participation(district(RATES, EVENTS)).findings[0].estimate)


def test_units_needed_are_those_of_the_plan():
    ev = district(RATES, EVENTS)
    (found,) = [one for one in leadership.inferences(ev).findings if one.id.endswith("units_needed")]
    rows = with_views(ev).led()
    icc = float(ks.regress(rows, outcome="took_part", on="engagement", unit="unit_id").row("icc").estimate)
    effect = 0.02 * rows.groupby("unit_id")["engagement"].first().std() / rows["took_part"].std()
    plan = power(design="slope", effect=effect, size=STAFF, icc=icc)  # equal sizes
    assert found.estimate == plan.headline["estimate"]
    assert "at least" in found.sentence["en"] and "these data hold 6 units" in found.sentence["en"]


def test_amounts_are_the_slopes_of_unit_means():
    ev = district(RATES, EVENTS)
    courses, jp = leadership.amounts(ev).findings
    x, y = pd.Series(EVENTS) * 10 / 18, pd.Series(RATES)  # each participant attended one course
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    assert courses.estimate == pytest.approx(slope)
    assert courses.id == "leadership.amounts.courses"
    assert jp.n == 0 and "belum dapat dinilai" in jp.sentence["id"]  # the batch has no hours


def test_groups_of_the_moderators():
    ev = district(RATES, EVENTS)
    people = ev.table("employee", "all").head(5).assign(
        status=["PNS", "CPNS", "PPPK", "PPPK_PART_TIME", None], age_band=["50+", "30-39", "50+", None, "<30"],
        grade=["III/a", "II/d", "IX", "III", "IV/a"],
    )
    tables = {name: ev.table(name, "all") for name in ("unit", "leader_engagement", "participation", "batch", "program")}
    five = with_views(Processed.from_tables({**tables, "employee": people}, period=YEAR))
    rows = five.led(empty=True).sort_values("employee_uid")
    known = {name: [None if value != value else value for value in rows[name]] for name in ("contract", "older", "upper")}
    assert known["contract"] == [0, 0, 1, 1, None]
    assert known["older"] == [1, 0, 1, None, 0]
    assert known["upper"] == [1, 0, None, None, None]  # III of a contract is another ladder; IV/a has no status


def test_moderators_are_told_from_one_family():
    ev = district(RATES, EVENTS)
    people = ev.table("employee", "all")
    people["status"] = ["PPPK" if uid[-1] in "13579" else "PNS" for uid in people["employee_uid"]]
    tables = {name: ev.table(name, "all") for name in ("unit", "leader_engagement", "participation", "batch", "program")}
    answer = leadership.moderators(Processed.from_tables({**tables, "employee": people}, period=YEAR))
    assert [one.id for one in answer.findings] == ["leadership.moderators.contract", "leadership.moderators.bend"]
    assert all("koreksi Holm untuk 2 pertanyaan" in one.sentence["id"] for one in answer.findings)
    assert [faults(one) for one in answer.findings] == [(), ()]
    for one in answer.findings:  # the interval, which a picture draws, and the corrected p say the same
        assert one.ci_level > 0.95 and (not one.ci_low <= 0 <= one.ci_high) == (one.p_value < 0.05)


def test_a_difference_within_units_is_told_where_it_is_seen():
    seen = Asked(
        between(0.04, 0.01, 0.07, p=0.02), 200, "association", "share_per_point_difference", n_units=20, scope="within",
        method="cr2", smallest=0.03, subject="upper", family=7,
    )
    unseen, told = replace(seen, value=between(0.04, -0.01, 0.09, p=0.2)), "leadership.moderators.main.said"
    assert seen.name == "upper.within" and build.said(seen).p == 0.02
    assert RULES["asked"](seen) == "up"
    assert Phrase(f"{told}.up", it=facts_of(seen))["id"].startswith(
        "Keterkaitan berbeda, PNS golongan III–IV dibandingkan dengan golongan I–II (di dalam unit): kemiringan pada "
        "kelompok pertama 4,0 poin persentase per poin indeks lebih besar"
    )
    assert RULES["asked"](unseen) is None and RULES["asked"](replace(unseen, scope="between")) == "open"
    sentence = Phrase(f"{told}.open", it=facts_of(unseen))["en"]
    assert sentence.startswith("A difference in the association is not seen: permanent staff of grades III–IV")
    assert "smallest difference that could be seen" in sentence
    assert "kolom_baru" in replace(seen, subject="kolom_baru").label["id"]  # groups that the catalogue has no words for


def test_a_change_of_conclusion_without_acting_heads_is_said():
    ev = district(RATES, EVENTS)
    table = ev.table("leader_engagement", "all")
    table.loc[0, "acting_type"] = "PLT"
    tables = {name: ev.table(name, "all") for name in ("unit", "employee", "participation", "batch", "program")}
    found = leadership.heads(Processed.from_tables({**tables, "leader_engagement": table}, period=YEAR)).findings[1]
    assert found.n == 50 and found.n_units == 5
    assert "Tanpa unit-tahun tersebut (10 pegawai-tahun)" in found.sentence["id"]
    assert "data tidak cukup" in found.sentence["id"]  # five units are left


def test_the_mean_of_the_others_leaves_oneself_out():
    rows = pd.DataFrame({"unit_id": ["A", "A", "A", "B"], "rating": [1.0, 2.0, 6.0, 4.0]})
    others = by_others(rows, "rating", "unit_id")
    assert others[:3].tolist() == [4.0, 3.5, 1.5]
    assert others[3] != others[3]


def test_halves_set_other_peoples_ratings_beside_the_culture():
    ev = district(RATES, EVENTS, **survey(SAID))
    found = {one.id.rpartition(".")[2]: one for one in leadership.averaging(ev).findings}
    # every way to let two of four rate the superior and the other two describe the culture, in all six units
    slopes = every_split(list(RATED.values()), list(SAID["budaya_belajar"].values()))
    middle, spread = float(np.median(slopes)), float(np.std(slopes))
    assert abs(found["one_source"].estimate - middle) < spread  # the median of 21 lots
    assert found["one_source"].ci_low < middle < found["one_source"].ci_high
    assert found["one_source"].n == 12 and found["one_source"].n_units == 6
    assert "24 dari 24" in found["sources"].sentence["id"]
    assert found["agreement"].n_units == 6


def every_split(rated: list[int], said: list[int]) -> np.ndarray:
    """Slopes of unit means over all 6^6 splits of four people, who say v, v + 1, v, v + 1, into halves."""
    # of the two who rate, 0, 1 or 2 are among those who say one more: 1, 4 and 1 ways
    shift, ways = np.array([0.0, 0.5, 1.0]), np.array([1, 4, 1])
    cases = np.array(list(product(range(3), repeat=len(rated))))
    x, y = np.array(rated) + shift[cases], np.array(said) + shift[2 - cases]
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    return np.repeat((x * y).sum(axis=1) / (x**2).sum(axis=1), ways[cases].prod(axis=1))


def test_halves_do_not_follow_the_order_of_rows_or_the_names_of_responses():
    made = survey(SAID)
    answers = made["survey_response"]
    found = leadership.averaging(district(RATES, EVENTS, **made)).findings
    mixed = answers.sample(frac=1, random_state=4).reset_index(drop=True)
    names = {old: f"r{place:03d}" for place, old in enumerate(mixed["response_id"].unique())}
    mixed = mixed.assign(response_id=mixed["response_id"].map(names))
    again = leadership.averaging(district(RATES, EVENTS, survey_item=made["survey_item"], survey_response=mixed)).findings
    assert [one.as_dict() for one in again] == [one.as_dict() for one in found]


def test_ratings_by_heads_are_left_out():
    made = survey({"dukungan_atasan": RATED})
    head = made["survey_response"].assign(employee_uid=[f"{name[0]}-{STAFF}" for name in made["survey_response"]["response_id"]])
    found = leadership.averaging(district(RATES, EVENTS, survey_item=made["survey_item"], survey_response=head)).findings
    assert found[0].n == 0 and "belum ada penilaian" in found[0].sentence["id"]


def test_participation_told_in_the_questionnaire_is_a_warning():
    ev = district(RATES, EVENTS, **survey(SAID))
    names = ("unit", "employee", "participation", "batch", "program", "leader_engagement", "survey_item", "survey_response")
    tables = {name: ev.table(name, "all") for name in names}
    for name in ("participation", "survey_response"):
        tables[name]["source_file"] = "kuesioner.xlsx"
    (found,) = [one for one in leadership.averaging(Processed.from_tables(tables, period=YEAR)).findings
                if one.id.endswith("sources")]
    assert found.sentence["id"].startswith("Peringatan: partisipasi dan kuesioner pegawai berasal dari berkas yang sama")
    assert found.evidence == "sedang"


def test_what_is_known_of_units():
    ev = district(RATES, EVENTS)
    people = ev.table("employee", "all")
    people["status"] = ["PPPK" if name in ("A-0", "A-1", "A-2", "A-3", "A-4") else "PNS" for name in people["employee_uid"]]
    tables = {name: ev.table(name, "all") for name in ("unit", "leader_engagement", "participation", "batch", "program")}
    kept = people[people["employee_uid"] != "B-0"]
    known = with_views(Processed.from_tables({**tables, "employee": kept}, period=YEAR)).led().groupby("unit_id").first()
    assert known["contract_share"].tolist() == [0.5, 0, 0, 0, 0, 0]
    assert known["unit_size"].tolist() == pytest.approx([math.log(9 if unit == "B" else 10) for unit in RATES])


def test_doubts_count_every_declared_way():
    answer = leadership.doubts(district(RATES, EVENTS))
    unmeasured, curve = answer.findings
    assert unmeasured.id == "leadership.doubts.unmeasured" and 0 < unmeasured.estimate < 1
    assert "keterlibatan pimpinan" in unmeasured.sentence["id"] and "`" not in unmeasured.sentence["id"]
    # nothing is known of the staff, no hours, no acting heads, one course each: the same question in every way
    assert len(answer.picture.data) == 1
    assert curve.estimate == pytest.approx(answer.picture.data["estimate"].iloc[0])


def test_units_stand_in_the_order_of_the_data_and_shrunken():
    answer = leadership.side_by_side(district(RATES, EVENTS))
    data = answer.table.data
    assert data["label_id"].tolist() == [f"Unit {unit}" for unit in RATES]
    # the same active staff as in participation.units: ten and the head, who attended
    assert data["raw"].tolist() == pytest.approx([(STAFF * rate + 1) / (STAFF + 1) for rate in RATES.values()])
    middle = sum(RATES.values()) / 6
    assert (abs(data["estimate"] - middle) <= abs(data["raw"] - middle) + 1e-12).all()
    assert "partisipasi pegawai" in answer.findings[0].sentence["id"]


def test_a_public_mean_of_few_units_is_not_a_heads_own_score():
    ev = district(RATES, EVENTS)
    names = ("unit", "employee", "participation", "batch", "program", "leader_engagement")
    tables = {name: ev.table(name, "all") for name in names}
    one = Processed.from_tables(tables, period=YEAR, unit="A", audience="public")
    assert "published" not in leadership.heads(one).table.data
    inside = Processed.from_tables(tables, period=YEAR, unit="A")
    assert leadership.heads(inside).table.data["published"].notna().all()


def test_units_have_one_denominator_in_both_chapters():
    ev = district(RATES, EVENTS)
    one, other = participation.units(ev).table.data, leadership.side_by_side(ev).table.data
    assert one["n"].tolist() == other["n"].tolist()
    assert one["estimate"].tolist() == pytest.approx(other["raw"].tolist())


def test_a_slope_is_weighed_against_the_smallest_that_matters():
    def slope(low: float, high: float) -> Slope:
        return Slope(
            between(0.008, low, high), 900, "association", "share_per_point", n_units=30, scope="between",
            outcome="took_part", on="engagement", method="unit_means",
        )

    small, wide = slope(0.001, 0.015), slope(-0.05, 0.066)
    text = facts_of(small).matters["id"]
    assert "terlalu kecil untuk berarti: seluruh kisarannya di bawah 2 poin persentase per poin indeks" in text
    assert build.said(small).exact
    assert not build.said(wide).exact
    assert "belum dapat diketahui" in facts_of(wide).matters["id"]


def test_a_slope_without_rows_stands_beside_that_of_all():
    staff = with_views(district(RATES, EVENTS)).led()
    keywords = {"outcome": "took_part", "on": "engagement", "unit": "unit_id"}
    found = ks.without(staff, staff["unit_id"] == "A", **keywords)
    assert found.out == STAFF and found.n == len(staff) - STAFF
    assert found.whole.value.value == ks.slopes(staff, **keywords).lead.value.value
    assert found.value.value == ks.slopes(staff[staff["unit_id"] != "A"], **keywords).lead.value.value
    assert ks.without(staff, staff["unit_id"] == "nowhere", **keywords) is None
    assert ks.without(staff, staff["unit_id"] != "A", **keywords) is None  # one unit alone carries no slope


def test_words_and_axes_follow_another_outcome():
    ev = with_views(district(RATES, EVENTS))
    with collected() as given:
        with ks.question(ev, "leadership.participation") as q:
            q.answer(ks.slopes(ev.led(), outcome="courses", on="engagement", unit="unit_id", family="count"))
        with ks.question(ev, "leadership.inferences") as q:
            q.answer(ks.slopes(ev.led(), outcome="courses", on="engagement", unit="unit_id", family="count"))
        with ks.question(ev, "leadership.participation") as q:
            q.answer(ks.slopes(ev.led(), outcome="took_part", on="engagement"))
    first, ways, alone = given
    assert "rata-rata banyaknya pelatihan yang diikuti seorang pegawai" in first.findings[0].sentence["id"]
    assert first.findings[0].unit_of_measure == "courses_per_point" and first.picture.value_format == "number"
    assert "mean number of courses" in first.picture.title["en"]
    assert "pelatihan per poin indeks" in ways.findings[0].sentence["id"] and ways.picture.x["en"].startswith("Courses per point")
    # without units nobody is nested: rows are told, and no unit is drawn
    assert alone.findings[0].sentence["en"].startswith("In these data") and alone.picture is None


def test_a_refused_part_says_why_and_does_not_end_the_question():
    ev = with_views(district(RATES, EVENTS))
    refused = ks.tried(ks.slopes, ev.led(), outcome="jp", on="engagement", unit="unit_id")
    assert facts_of(refused).reason["en"] and build.said(refused).n == 0
    assert facts_of(refused).outcome["en"] == "the mean learning hours per person"
