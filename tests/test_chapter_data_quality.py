"""Data quality: conservation, joins, gaps, surveys and the verdict, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from asked import data_quality
from small_office import as_seen, disguised, office, one, only_required, tables

from karier_stats.intake.processed import Processed
from tests.every_answer import of_question

FEED = {
    "file": "01_pegawai.xlsx", "table": "employee", "rows_read": 100, "processed": 90, "quarantined": 4, "excluded": 6,
    "records": 90, "reasons": {"quarantined": {"K102": 3, "K120": 1}, "excluded": {"K186": 6}},
}


def with_feeds(*feeds: dict) -> Processed:
    """The office with a record of how its files were read."""
    ev = office()
    return replace(ev, intake={**ev.intake, "feeds": list(feeds)})


def with_survey(values: dict[str, list[float]], batch: str | None = "B1") -> Processed:
    """The office with one survey: response -> its answers."""
    rows = [(who, f"q{n}", value) for who, answers in values.items() for n, value in enumerate(answers)]
    survey = pd.DataFrame(
        rows, columns=["response_id", "item_id", "value"],
    ).assign(instrument="reaksi", year=2025, batch_id=batch)
    return Processed.from_tables({**tables(), "survey_response": survey}, period=2025)


def test_conservation_is_shown_and_checked():
    """100 = 90 + 4 + 6; four of the 94 rows meant to be used are in quarantine."""
    answer = data_quality.received(with_feeds(FEED))
    assert one(answer).estimate == pytest.approx(4 / 94)
    assert one(answer).sentence["id"].startswith(
        "Dari 100 baris pada 1 berkas, 90 diproses, 4 dikarantina, dan 6 dikecualikan"
    )
    assert one(answer, "conserved").estimate == 1
    assert list(answer.table.data["holds_id"]) == ["cocok"]


def test_a_file_that_feeds_four_tables_is_read_once():
    answer = data_quality.received(with_feeds(*({**FEED, "table": table} for table in ("employee", "comment", "need", "unit"))))
    assert one(answer).sentence["id"].startswith("Dari 100 baris pada 1 berkas, 90 diproses") and one(answer).n == 94


def test_a_lost_row_is_called_lost():
    """99 rows accounted for of 100."""
    answer = data_quality.received(with_feeds({**FEED, "processed": 89}))
    assert "tidak cocok pada 1 dari 1 sumber tabel: 01_pegawai.xlsx" in one(answer, "conserved").sentence["id"]
    lost = answer.picture.data.query("fate == 'lost'").iloc[0]
    assert lost["value"] == pytest.approx(1 / 100) and lost["part_en"] == "not accounted for"
    verdict = one(data_quality.verdict(with_feeds({**FEED, "processed": 89})))
    assert "belum layak dianalisis" in verdict.sentence["id"]


def test_reasons_are_counted_by_code():
    """K102 three of four quarantined rows; the rule comes after."""
    answer = data_quality.refused(
        with_feeds(FEED, {**FEED, "file": "b.csv", "reasons": {"quarantined": {"K102": 1}, "excluded": {}}})
    )
    assert list(answer.table.data["code"]) == ["K102", "K120", "K186"]
    assert list(answer.table.data["count"]) == [4, 1, 6]
    assert one(answer).estimate == 0.8 and "K102" in one(answer).recommendation.action["id"]


def test_without_quarantine_nobody_is_told_to_mend():
    answer = data_quality.refused(with_feeds({**FEED, "reasons": {"quarantined": {}, "excluded": {"K186": 6}}}))
    assert one(answer).recommendation is None and "Tidak ada baris yang dikarantina" in one(answer).sentence["id"]


def test_no_record_of_reading_is_said():
    assert data_quality.received(office()).findings[0].evidence == "belum_ada_data"


def test_missing_values_name_the_columns():
    """The reason of cancelling is empty for four of five batches."""
    answer = data_quality.missing_values(only_required())
    row = answer.picture.data.query("row_en == 'Batches: Reason for cancelling' and column_en == '2025'").iloc[0]
    assert row["value"] == pytest.approx(3 / 4)
    employee = answer.table.data.query("table == 'employee'").iloc[0]
    assert (employee["full"], employee["absent"]) == (6, 7)


def test_linked_counts_rows_that_join():
    """17 rows of 2025; one more of somebody who is not in the snapshot."""
    assert one(data_quality.linked(office())).estimate == 1
    given = tables()
    stranger = pd.DataFrame({"batch_id": ["B1"], "employee_uid": ["x99"], "outcome": ["lulus"], "credited_jp": [20]})
    given["participation"] = pd.concat([given["participation"], stranger])
    answer = data_quality.linked(Processed.from_tables(given, period=2025))
    assert one(answer).estimate == pytest.approx(17 / 18)
    verdict = one(data_quality.verdict(Processed.from_tables(given, period=2025)))
    assert "layak dianalisis dengan catatan" in verdict.sentence["id"]
    assert "kepesertaan yang bertemu potret pegawai" in verdict.recommendation.action["id"]


def test_cross_checks_find_what_was_planted():
    """One credit above its batch, one batch of another year, one twin record, one PPPK above the ceiling."""
    given = tables()
    given["batch"] = pd.concat(
        [given["batch"], given["batch"].query("batch_id == 'B2'").assign(batch_id="B5")], ignore_index=True,
    )
    given["batch"].loc[given["batch"]["batch_id"] == "B3", "end_date"] = "2026-01-05"
    more = pd.DataFrame({
        "batch_id": ["B5", "B1"], "employee_uid": ["a01", "a21"], "outcome": "lulus", "credited_jp": [4, 25],
    })
    given["participation"] = pd.concat([given["participation"], more])
    checks = data_quality.linked(Processed.from_tables(given, period=2025)).table.data
    assert list(checks["failing"]) == [1, 1, 0, 1, 1]
    assert list(data_quality.linked(office()).table.data["failing"]) == [0] * 5


def test_response_rate_and_straight_lining():
    """Nine attended B1, six answered; two gave the same answer to all four items."""
    values = {f"r{n}": [4, 4, 4, 5] for n in range(4)} | {"r4": [5, 5, 5, 5], "r5": [3, 3, 3, 3]}
    answer = data_quality.surveys(with_survey(values))
    assert one(answer).estimate == pytest.approx(6 / 9)
    assert one(answer, "straight").estimate == pytest.approx(2 / 6)


def test_of_instruments_that_are_lowest_alike_the_one_told_is_called_one_of_them():
    """Of nine who attended two answered q and r, and four answered s."""
    many = [with_survey({f"{code}{n}": [4.0, 5.0] for n in range(count)}).table("survey_response").assign(instrument=code)
            for code, count in (("q", 2), ("r", 2), ("s", 4))]
    ev = Processed.from_tables({**tables(), "survey_response": pd.concat(many, ignore_index=True)}, period=2025)
    found = one(data_quality.surveys(ev))
    assert found.sentence["en"].startswith("The lowest response rate is alike for 2 instruments, among them q: 2 of 9")
    assert "Tingkat jawaban terendah sama pada 2 instrumen, di antaranya q: 2 dari 9" in found.sentence["id"]
    assert "2 surveys, this one among them, reached the fewest" in found.brief.plain["en"]


def test_more_answers_than_eligible_people_are_pointed_out():
    """Ten forms for the nine who attended."""
    answer = data_quality.surveys(with_survey({f"r{n}": [4, 4, 4, 5] for n in range(10)}))
    assert "Jawaban melebihi yang seharusnya pada Reaksi peserta" in one(answer).sentence["id"]


def test_few_items_are_not_judged():
    """Three equal answers are no sign of carelessness."""
    answer = data_quality.surveys(with_survey({"r1": [4, 4, 4], "r2": [5, 4, 4]}, batch=None))
    assert [finding.id for finding in answer.findings] == ["data_quality.surveys"]
    assert one(answer).estimate == pytest.approx(2 / 24)


def test_the_verdict_from_the_required_tables_alone():
    """Joins complete; age and post are empty for everyone, two of five core columns."""
    found = one(data_quality.verdict(only_required()))
    assert found.headline and "layak dianalisis dengan catatan" in found.sentence["id"]
    assert "sel kosong pada data pokok pegawai" in found.sentence["id"]


def test_every_question_has_an_answer():
    for question in data_quality.QUESTIONS:
        assert question(only_required()).findings


def test_nothing_depends_on_pseudonyms_or_row_order():
    for question in data_quality.QUESTIONS:
        assert as_seen(question(office())) == as_seen(question(disguised()))


def test_the_sample_district_is_fit_for_analysis():
    assert "layak dianalisis" in one(of_question("data_quality.verdict")).sentence["id"]
    assert one(of_question("data_quality.linked")).estimate > 0.95
    assert one(of_question("data_quality.surveys")).n > 0


def with_record(**record: object) -> Processed:
    """The office with something more in its record of reading."""
    ev = office()
    return replace(ev, intake={**ev.intake, **record})


def test_empty_cells_by_unit():
    """Of seven core columns status, standing and sex are filled: 4/7 empty everywhere; U2 lacks the sex of 13 people."""
    given = tables()
    given["employee"].loc[given["employee"]["unit_id"] == "U2", "sex"] = None
    answer = data_quality.by_unit(Processed.from_tables(given, period=2025))
    assert list(answer.table.data["n"]) == [12, 13]
    assert list(answer.table.data["empty"]) == pytest.approx([4 / 7, 5 / 7])
    assert one(answer).estimate == pytest.approx((12 * 4 + 13 * 5) / (25 * 7))
    assert one(answer).sentence["id"].endswith("Yang terbanyak di Unit Dua: 71,4 persen.")
    cell = answer.picture.data.query("row_id == 'Unit Dua' and column_en == 'Sex'").iloc[0]
    assert (cell["value"], cell["n"]) == (1.0, 13)
    # of five columns of the 15 courses attended only the credit is filled
    assert one(answer, "courses").estimate == pytest.approx(4 / 5)
    assert list(answer.table.data["rows"]) == [14, 1]


def with_a_third_unit() -> dict[str, pd.DataFrame]:
    """The office with a unit whose staff are as those of the second."""
    given = tables()
    twins = given["employee"].query("unit_id == 'U2'").assign(unit_id="U3")
    twins["employee_uid"] = twins["employee_uid"].str.replace("a", "c")
    given["employee"] = pd.concat([given["employee"], twins], ignore_index=True)
    given["unit"] = pd.concat([given["unit"], pd.DataFrame({"unit_id": ["U3"], "unit_name": ["Unit Tiga"]})], ignore_index=True)
    return given


def test_units_with_as_many_empty_cells_are_all_named():
    given = with_a_third_unit()
    given["employee"].loc[given["employee"]["unit_id"] != "U1", "sex"] = None
    found = one(data_quality.by_unit(Processed.from_tables(given, period=2025)))
    assert found.sentence["id"].endswith("Yang terbanyak di Unit Dua dan Unit Tiga: 71,4 persen.")


def test_units_that_answer_least_alike_are_all_named():
    """9 of 12 in U1, 3 of 12 in U2 and in U3."""
    who = [f"a{n:02d}" for n in (*range(1, 10), 13, 14, 15)] + ["c13", "c14", "c15"]
    survey = pd.DataFrame({
        "response_id": who, "employee_uid": who, "instrument": "komitmen", "item_id": "q1", "year": 2025, "value": 4.0})
    answer = data_quality.responses_by_unit(Processed.from_tables({**with_a_third_unit(), "survey_response": survey}, period=2025))
    words = "Highest in Unit Satu (75.0 percent), lowest in Unit Dua and Unit Tiga (25.0 percent); a difference of 50.0"
    assert words in one(answer).sentence["en"]


def test_response_rates_by_unit():
    """All 24 active staff could answer: 9 of 12 did in U1, 3 of 12 in U2."""
    who = [f"a{n:02d}" for n in (*range(1, 10), 13, 14, 15)]
    survey = pd.DataFrame({
        "response_id": who, "employee_uid": who, "instrument": "komitmen", "item_id": "q1", "year": 2025, "value": 4.0})
    ev = Processed.from_tables({**tables(), "survey_response": survey}, period=2025)
    answer = data_quality.responses_by_unit(ev)
    assert [tuple(row) for row in answer.table.data[["k", "n"]].to_numpy()] == [(9, 12), (3, 12)]
    assert one(answer).estimate == 0.5
    words = "Tertinggi di Unit Satu (75,0 persen), terendah di Unit Dua (25,0 persen); selisih 50,0 poin"
    assert words in one(answer).sentence["id"]
    fewer = Processed.from_tables({**tables(), "survey_response": survey[3:]}, period=2025)  # 6 of 12 and 3 of 12
    sentence = one(data_quality.responses_by_unit(fewer)).sentence["id"]
    assert "Unit dengan 50,0 persen dan unit dengan 25,0 persen belum dapat dibedakan" in sentence and "Unit Dua" not in sentence


def test_anonymous_answers_belong_to_no_unit():
    answer = data_quality.responses_by_unit(with_survey({"r1": [4.0], "r2": [3.0]}))
    assert answer.findings[0].evidence == "belum_ada_data"
    assert "tidak dapat dikaitkan dengan unit" in answer.findings[0].sentence["id"]


def test_notices_are_listed_as_they_were_said():
    warning = {"code": "K128", "where": "a.xlsx:Mei", "table": "employee", "n": 2,
               "text": {"id": "K128 Dua kolom tersembunyi dibaca.", "en": "K128 Two hidden columns were read."}}
    answer = data_quality.noticed(with_record(warnings=[warning, {**warning, "where": "b.xlsx"}], feeds=[FEED]))
    assert one(answer).estimate == 1 and one(answer).n == 100
    assert one(answer).sentence["en"].startswith("Kinds of oddities noticed and let pass: 1, in 2 files or tables")
    assert answer.table.data.to_dict("records") == [{
        "code": "K128", "places": 2, "count": 4, "text_id": "Dua kolom tersembunyi dibaca.",
        "text_en": "Two hidden columns were read."}]
    assert data_quality.noticed(with_record(warnings=[], feeds=[FEED])).table is None
    assert data_quality.noticed(office()).findings[0].evidence == "belum_ada_data"


def test_loose_ends_in_both_directions():
    """One repeat and three unknown people in the files; B2 has lost its participants; a course and a unit stand alone."""
    given = tables()
    given["participation"] = given["participation"].query("batch_id != 'B2'")
    given["program"] = pd.concat([given["program"], pd.DataFrame({"program_id": ["P9"], "title": ["Sembilan"]})])
    given["unit"] = pd.concat([given["unit"], pd.DataFrame({"unit_id": ["U3"], "unit_name": ["Unit Tiga"]})])
    ev = Processed.from_tables(given, period=2025)
    feed = {**FEED, "reasons": {"quarantined": {"K161": 3}, "excluded": {"K121": 1, "K182": 5}}}
    names = {"K161": {"id": "Orang tidak ada", "en": "Person absent"}, "K121": {"id": "Ulangan", "en": "Repeat"}}
    answer = data_quality.loose_ends(replace(ev, intake={**ev.intake, "feeds": [feed], "reasons": names}))
    assert dict(zip(answer.table.data["check_en"], answer.table.data["count"], strict=True)) == {
        "Repeat": 1, "Person absent": 3, "Completed batches without participants": 1,
        "Courses without a batch in any year": 1, "Units without staff in that year's snapshot": 1}
    assert one(answer).estimate == 5
    assert "terbanyak “Orang tidak ada”: 3 baris" in one(answer).sentence["id"]
    feed = {**FEED, "reasons": {"quarantined": {"K161": 3}, "excluded": {"K121": 3}}}
    ev = Processed.from_tables(given, period=2025)
    answer = data_quality.loose_ends(replace(ev, intake={**ev.intake, "feeds": [feed], "reasons": names}))
    for told in (one(answer).sentence["en"], one(answer).brief.plain["en"]):
        assert "“Person absent”, “Repeat”: 3 rows" in told or "“Repeat”, “Person absent”: 3 rows" in told, told


def test_nothing_loose_is_said_so():
    answer = data_quality.loose_ends(office())
    assert one(answer).estimate == 0 and "Tidak ada baris ganda" in one(answer).sentence["id"]
    assert answer.picture is None


def test_names_not_yet_mapped_are_listed_for_review():
    """The commonest first; the finding tells whoever keeps the dictionary."""
    names = [{"table": "program", "value": "Bimtek SPBE", "n": 3, "near": "SPBE"},
             {"table": "unit", "value": "Kel. Baru", "n": 5, "near": "–"}]
    answer = data_quality.loose_ends(with_record(unmapped=names))
    assert one(answer, "unmapped").estimate == 2 and one(answer, "unmapped").n == 8
    assert list(answer.picture.data["label_en"]) == ["Work units: Kel. Baru", "Courses: Bimtek SPBE"]
    assert "aliases" in one(answer, "unmapped").recommendation.action["id"]


def test_who_answers_for_the_data_and_until_when():
    answer = data_quality.stewardship(with_record(
        metadata={"producer": "BKPSDM", "contact": "data@example.go.id"}, retention="2030-12-31", forgotten=2))
    assert list(answer.table.data["value_id"]) == ["BKPSDM", "–", "data@example.go.id", "31 Desember 2030", "2"]
    assert one(answer).sentence["en"] == (
        "These data may be kept until 31 December 2030. The data of 2 people were deleted on request.")
    assert one(answer).recommendation is None


def test_a_retention_date_that_nobody_has_set_is_asked_for():
    found = one(data_quality.stewardship(office()))
    assert found.evidence == "belum_ada_data" and "belum ditetapkan" in found.sentence["id"]
    assert "retention" in found.recommendation.action["en"]
