"""Data quality: conservation, joins, gaps, surveys and the verdict, counted by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from small_office import as_seen, disguised, office, one, only_required, tables

from karier_stats.chapters import data_quality
from karier_stats.intake.processed import Evaluation

FEED = {
    "file": "01_pegawai.xlsx", "table": "employee", "rows_read": 100, "processed": 90, "quarantined": 4, "excluded": 6,
    "records": 90, "reasons": {"quarantined": {"K102": 3, "K120": 1}, "excluded": {"K186": 6}},
}


def with_feeds(*feeds: dict) -> Evaluation:
    """The office with a record of how its files were read."""
    ev = office()
    return replace(ev, intake={**ev.intake, "feeds": list(feeds)})


def with_survey(values: dict[str, list[float]], batch: str | None = "B1") -> Evaluation:
    """The office with one survey: response -> its answers."""
    rows = [(who, f"q{n}", value) for who, answers in values.items() for n, value in enumerate(answers)]
    survey = pd.DataFrame(
        rows, columns=["response_id", "item_id", "value"],
    ).assign(instrument="reaksi", year=2025, batch_id=batch)
    return Evaluation.from_tables({**tables(), "survey_response": survey}, period=2025)


def test_conservation_is_shown_and_checked():
    """100 = 90 + 4 + 6; four of the 94 rows meant to be used are in quarantine."""
    answer = data_quality.received(with_feeds(FEED))
    assert one(answer).estimate == pytest.approx(4 / 94)
    assert one(answer).sentence["id"].startswith(
        "Dari 100 baris pada 1 berkas, 90 diproses, 4 dikarantina, dan 6 dikecualikan"
    )
    assert one(answer, "conserved").estimate == 1
    assert list(answer.table.data["check_id"]) == ["cocok"]


def test_a_lost_row_is_called_lost():
    """99 rows accounted for of 100."""
    answer = data_quality.received(with_feeds({**FEED, "processed": 89}))
    assert "tidak cocok pada 1 dari 1 sumber tabel: 01_pegawai.xlsx" in one(answer, "conserved").sentence["id"]
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
    answer = data_quality.linked(Evaluation.from_tables(given, period=2025))
    assert one(answer).estimate == pytest.approx(17 / 18)
    verdict = one(data_quality.verdict(Evaluation.from_tables(given, period=2025)))
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
    checks = data_quality.linked(Evaluation.from_tables(given, period=2025)).table.data
    assert list(checks["failing"]) == [1, 1, 0, 1, 1]
    assert list(data_quality.linked(office()).table.data["failing"]) == [0] * 5


def test_response_rate_and_straight_lining():
    """Nine attended B1, six answered; two gave the same answer to all four items."""
    values = {f"r{n}": [4, 4, 4, 5] for n in range(4)} | {"r4": [5, 5, 5, 5], "r5": [3, 3, 3, 3]}
    answer = data_quality.surveys(with_survey(values))
    assert one(answer).estimate == pytest.approx(6 / 9)
    assert one(answer, "straight").estimate == pytest.approx(2 / 6)


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
    sample = pytest.importorskip("karier_stats.intake.sample")
    ev = Evaluation.from_tables(sample.sample_tables(), period=2025)
    assert "layak dianalisis" in one(data_quality.verdict(ev)).sentence["id"]
    assert one(data_quality.linked(ev)).estimate > 0.95
    assert one(data_quality.surveys(ev)).n > 0
