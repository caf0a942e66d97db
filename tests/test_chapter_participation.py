"""Participation, counted by hand in an office of 24 and seen again in the sample district."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from asked import participation
from small_office import as_seen, disguised, office, one, only_required, tables

from karier_stats.intake.processed import Processed
from karier_stats.sample.truth import tell
from karier_stats.stats.numerics import shares
from karier_stats.views import activity
from tests import once
from tests.every_answer import of_chapter, sample


def test_rate_counts_active_staff_who_attended():
    """People 1-9 and 21 attended; 25 is on study assignment and not in the 24."""
    found = one(participation.rate(office()))
    assert (found.estimate, found.n) == (pytest.approx(10 / 24), 24)
    assert (found.ci_low, found.ci_high) == shares.share(10, 24).interval()
    assert found.sentence["id"] == (
        "Sebanyak 10 dari 24 ASN aktif (41,7 persen; selang kepercayaan 95 persen: 24,5 s.d. 61,2) menghadiri paling sedikit "
        "satu pelatihan sampai selesai pada tahun 2025."
    )


def test_rate_against_last_year_is_a_null_with_its_interval_and_its_reach():
    """6 of 24 last year: 16.7 points more, not established."""
    found = one(participation.rate(office()), "trend")
    assert found.estimate == pytest.approx(4 / 24)
    assert found.ci_low < 0 < found.ci_high
    assert "belum cukup bukti secara statistik; perbedaan terkecil" in found.sentence["id"]
    assert "tidak ada" not in found.sentence["id"]


def test_the_years_stand_side_by_side():
    """Six of 24 and six of 20 PNS last year, ten and eight this year."""
    table = participation.rate(office()).table
    shown = table.data[[field.name for field in table.fields]].to_numpy().tolist()
    assert shown == [["2024", 24, 0.25, 20, 0.3], ["2025", 24, pytest.approx(10 / 24), 20, 0.4]]


def test_a_unit_like_the_others_says_how_far_it_may_lie_on_either_side():
    """Three of 12 here and three of 12 in the other unit: both bounds are told, neither as the range of a difference."""
    made = tables()
    rows = made["participation"].head(6).assign(employee_uid=[f"a{n:02d}" for n in (1, 2, 3, 13, 14, 15)], batch_id="B1")
    ev = Processed.from_tables({**made, "participation": rows}, period=2025, unit="U1")
    found = one(participation.rate(ev), "beside")
    low, high = shares.newcombe(3, 12, 3, 12).interval()
    assert found.brief.plain["en"] == (
        f"In this unit 25.0 percent of staff took part, in other units 25.0 percent. Up to {100 * high:.1f} above and "
        f"{-100 * low:.1f} percentage points below other units remain possible."
    )
    assert found.brief.message["id"] == "Keikutsertaan di unit ini belum terlihat berbeda dari unit lain"


def test_several_units_of_a_scope_are_not_called_one():
    made = tables()
    third = made["unit"].head(1).assign(unit_id="U3", unit_name="Unit tiga")
    units = pd.concat([made["unit"], third], ignore_index=True).assign(scope=["A", "A", "C"])
    moved = made["employee"]["employee_uid"].isin(["a01", "a02", "a03", "a04", "a13", "a14"])
    staff = made["employee"].assign(unit_id=made["employee"]["unit_id"].mask(moved, "U3"))
    ev = Processed.from_tables({**made, "unit": units, "employee": staff}, period=2025, unit="lingkup-a")
    found = one(participation.rate(ev), "beside")
    assert "in these units" in found.brief.message["en"] and found.brief.plain["en"].startswith("In these units ")


def test_people_without_a_unit_count_in_the_whole_alone_and_a_note_says_so():
    made = tables()
    staff = made["employee"].assign(unit_id=made["employee"]["unit_id"].where(made["employee"]["employee_uid"] != "a01"))
    answer, whole = (
        participation.units(Processed.from_tables({**made, "employee": of}, period=2025)) for of in (staff, made["employee"])
    )
    note = "Yang tidak memiliki keterangan unit (1 baris) hanya masuk hitungan keseluruhan."
    assert (one(answer).n, answer.table.data["n"].sum()) == (24, 23)
    assert note in [told["id"] for told in answer.notes] and note not in [told["id"] for told in whole.notes]


def test_people_on_study_assignment_stand_apart():
    found = one(participation.rate(office()), "on_study")
    assert found.estimate == 1 and "1 pegawai tugas belajar" in found.sentence["id"]


def test_equity_compares_the_sexes_and_asks_for_action():
    """9 of 12 women, 1 of 12 men."""
    answer = participation.equity(office())
    found = one(answer, "sex")
    assert found.estimate == pytest.approx(8 / 12)
    assert (found.ci_low, found.ci_high) == shares.newcombe(9, 12, 1, 12).interval()
    men = answer.table.data.query("code == 'L'").iloc[0]
    assert men["ratio"] == pytest.approx((1 / 12) / (10 / 24))
    women = answer.table.data.query("code == 'P'").iloc[0]  # what the table reads is what the finding says, of both groups
    assert women[["rest", "rest_low", "rest_high"]].tolist() == [found.estimate, found.ci_low, found.ci_high]
    assert men[["rest", "rest_low", "rest_high"]].tolist() == [-found.estimate, -found.ci_high, -found.ci_low]
    assert found.recommendation is not None and "laki-laki" in found.recommendation.action["id"]


def test_a_group_below_ten_is_listed_but_not_compared():
    """Four PPPK stand in the table; no finding rests on them."""
    answer = participation.equity(office())
    assert "PPPK" in set(answer.table.data["code"])
    assert [finding.id for finding in answer.findings] == ["participation.equity.sex"]


def test_no_advice_where_groups_do_not_differ():
    """Six of twelve on both sides."""
    changed = tables()
    rows = changed["participation"]
    rows = rows[(rows["batch_id"] != "B1") | rows["employee_uid"].isin(["a05", "a06"])]
    both_sides = {f"a{n:02d}": f"a{n + 12:02d}" for n in (1, 2, 3, 4, 5, 6)}
    twins = rows.assign(employee_uid=rows["employee_uid"].map(both_sides)).dropna(subset="employee_uid")
    rows = rows[rows["employee_uid"] != "a21"]
    changed["participation"] = pd.concat([rows, twins], ignore_index=True)
    found = one(participation.equity(Processed.from_tables(changed, period=2025)), "sex")
    assert found.estimate == 0 and found.recommendation is None


def test_duty_is_the_share_of_pns_with_twenty_hours():
    """8 of 20 PNS; the 300 hours of one pull the mean to 23.8 while the median is 0."""
    answer = participation.duty(office())
    found = one(answer)
    assert (found.estimate, found.n) == (0.4, 20)
    assert found.sentence["id"].startswith("Sebanyak 8 dari 20 PNS aktif (40,0 persen; ")
    assert "bagi 12 PNS yang belum memenuhi" in found.recommendation.action["id"]
    middle = one(answer, "median")
    assert middle.estimate == 0 and "rata-ratanya 23,8 JP" in middle.sentence["id"]


def test_contract_staff_have_a_ceiling_and_are_not_in_the_duty():
    """None of the four PPPK is above 24 JP; with 28 JP one is."""
    assert one(participation.duty(office()), "pppk").estimate == 0
    changed = tables()
    hours = changed["participation"]["credited_jp"].mask(changed["participation"]["employee_uid"] == "a21", 28)
    changed["participation"] = changed["participation"].assign(credited_jp=hours)
    answer = participation.duty(Processed.from_tables(changed, period=2025))
    assert one(answer, "pppk").estimate == 0.25 and one(answer).n == 20


def test_concentration_is_the_gini_of_everyone_zeros_included():
    """Hours: 324, three times 24, four times 20, one 4, fifteen 0."""
    hours = [324, 24, 24, 24, 20, 20, 20, 20, 4] + [0] * 15
    found = one(participation.concentration(office()))
    assert found.estimate == pytest.approx(shares.gini(hours).value)
    assert "62,5 persen pegawai tidak memperoleh JP" in found.sentence["id"]
    assert f"{100 * (324 + 24 + 24) / 480:.1f}".replace(".", ",") + " persen dari seluruh JP" in found.sentence["id"]


def test_dropout_counts_places_that_ended():
    """3 of 17: one no-show, one withdrawal, one failure; the cancelled batch does not count."""
    answer = participation.dropout(office())
    found = one(answer)
    assert found.estimate == pytest.approx(3 / 17) and found.n == 17
    workshop = answer.table.data.query("form == 'workshop'").iloc[0]
    assert workshop["tidak_hadir"] == pytest.approx(1 / 11) and workshop["k"] == 3


def test_units_are_intervals_without_ranks():
    """U1 9 of 12 lies above, U2 1 of 12 below the 10 of 24 of all."""
    answer = participation.units(office())
    assert list(answer.picture.data["label_id"]) == ["Unit Satu", "Unit Dua"]
    assert one(answer).sentence["id"].startswith("Dari 2 unit, 1 jelas di bawah tingkat keseluruhan 41,7 persen")
    assert "Unit Dua (n = 12)" in one(answer).sentence["id"]
    assert answer.picture.reference == pytest.approx(10 / 24)
    drawn = answer.picture.data.set_index("label_id")  # what the picture marks is what the sentence says
    assert drawn.index[drawn["high"] < 10 / 24].tolist() == ["Unit Dua"]
    assert (drawn["low"].iloc[0], drawn["high"].iloc[0]) == shares.share(9, 12, 0.975).interval()


def test_hours_of_someone_who_moved_count_whole():
    """What person 1 attended while recorded in U2 still belongs to person 1 of U1."""
    changed = tables()
    unit = ["U2" if uid == "a01" else None for uid in changed["participation"]["employee_uid"]]
    changed["participation"] = changed["participation"].assign(unit_id=unit)
    ev = Processed.from_tables(changed, period=2025, unit="U1")
    people = activity.with_activity(ev).set_index("employee_uid")
    assert people.loc["a01", "jp"] == 324


def test_every_question_is_answered_from_the_required_tables_alone():
    for question in participation.QUESTIONS:
        answer = question(only_required())
        assert answer.findings and answer.findings[0].evidence != "belum_ada_data"


def test_a_year_without_courses_is_said_not_guessed():
    changed = tables()
    changed["participation"] = changed["participation"].iloc[0:0]
    ev = Processed.from_tables(changed, period=2025)
    for question in participation.QUESTIONS:
        assert question(ev).findings[0].sentence["id"].startswith("Belum dapat dinilai: perlu tabel `participation`")


def test_nothing_depends_on_pseudonyms_or_row_order():
    for question in participation.QUESTIONS:
        assert as_seen(question(office())) == as_seen(question(disguised()))


def test_another_level_widens_every_interval():
    narrow, wide = participation.rate(office(level=0.8)), participation.rate(office(level=0.99))
    assert one(wide).ci_low < one(narrow).ci_low and one(wide).ci_high > one(narrow).ci_high
    assert "99 percent" in one(wide).sentence["en"]


def test_in_the_sample_district_rates_are_those_of_a_plain_count():
    """The headline beside a plain pandas count of the same tables."""
    given = sample()
    ev = Processed.from_tables(given, period=2025)
    staff = given["employee"].query("year == 2025 and standing_code == '01'")
    years = given["batch"].set_index("batch_id")["year"]
    rows = given["participation"]
    rows = rows[rows["batch_id"].map(years).eq(2025) & rows["outcome"].isin(["lulus", "tidak_lulus"])]
    found = one(participation.rate(ev))
    assert found.estimate == pytest.approx(float(np.mean(staff["employee_uid"].isin(rows["employee_uid"]))))
    assert all(finding.n > 0 for answer in of_chapter("participation") for finding in answer.findings)
    drawn = participation.equity(ev).picture.data.set_index("label_en")
    assert drawn.loc["Women", "n"] == (staff["sex"] == "P").sum() > drawn.loc["Women", "least"] == (staff["sex"] == "L").sum()
    one_unit = replace(ev, unit=str(staff["unit_id"].iloc[0]))
    assert one(participation.rate(one_unit)).n == int((staff["unit_id"] == one_unit.unit).sum())


def test_in_the_sample_district_the_planted_no_shows_come_out():
    """Each planted chance lies in the Wilson interval of its share among registered people."""
    district = once.district()
    ev = Processed.from_tables(district.tables, period=2025)
    table = participation.dropout(ev).table.data
    n = int(table["n"].sum())
    for outcome, planted in (("tidak_hadir", "no_show"), ("mengundurkan_diri", "withdrawn")):
        found = shares.share(round(float((table[outcome] * table["n"]).sum())), n)
        assert found.low < tell(district)["commitment"][planted] < found.high
