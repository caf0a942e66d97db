"""Delivery, counted by hand in an office of 24 and run on the sample district."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from asked import delivery
from small_office import as_seen, disguised, office, one, only_required, tables

from karier_stats.intake.processed import Processed
from karier_stats.report.disclosure import MARK, protect
from karier_stats.stats.numerics import shares
from tests.every_answer import of_chapter, sample


def test_by_form_counts_courses_batches_people_and_hours():
    """Workshop 9 places and 160 hours, seminar 5 and 20, leadership 1 and 300."""
    answer = delivery.by_form(office())
    data = answer.table.data.set_index("form")
    assert list(data.loc["workshop", ["courses", "batches", "people", "places", "jp"]]) == [1, 1, 9, 9, 160]
    assert data.loc["diklat_struktural", "share"] == pytest.approx(300 / 480)
    assert one(answer).sentence["id"] == (
        "Pada tahun 2025, 3 program dalam 3 angkatan dihadiri 10 orang (15 keikutsertaan), dengan 480 JP-orang."
    )
    assert one(answer, "leading").estimate == pytest.approx(9 / 15)


def test_trend_is_hours_per_active_employee():
    """480 hours over 24 people, last year 120."""
    answer = delivery.trend(office())
    found = one(answer)
    assert found.estimate == pytest.approx(20)
    assert list(answer.table.data["mean"]) == [5, 20]
    change = one(answer, "change")
    assert change.estimate == pytest.approx(15)
    assert "terhadap tahun 2024 ialah 15,0 JP" in change.sentence["id"]


def more_batches(like: str, count: int) -> Processed:
    """The office with further batches like one of its own."""
    changed = tables()
    extra = changed["batch"].query("batch_id == @like")
    changed["batch"] = pd.concat([changed["batch"], *(extra.assign(batch_id=f"C{n}") for n in range(count))])
    return Processed.from_tables(changed, period=2025)


def test_planned_batches_and_the_reason_of_the_cancelled_one():
    """One of ten, Wilson 1.8 to 40.4: too vague to ask for action."""
    found = one(delivery.planned(more_batches("B1", 6)))
    assert (found.estimate, found.n) == (0.1, 10)
    assert "Alasan: “anggaran dialihkan” (1 angkatan)" in found.sentence["id"]
    assert found.recommendation is None and found.evidence == "sedang"


def test_a_few_batches_make_no_share():
    assert one(delivery.planned(office())).sentence["id"].startswith("Belum dapat dinilai: hanya 4 angkatan")


def test_many_cancelled_batches_call_for_action():
    """Eleven of fourteen cancelled for one reason."""
    found = one(delivery.planned(more_batches("B4", 10)))
    assert found.estimate == pytest.approx(11 / 14)
    assert "anggaran dialihkan" in found.recommendation.action["id"]


def test_hours_give_the_median_before_the_mean():
    """Five of 4, eight of 20 and one of 300 hours."""
    found = one(delivery.hours(office()))
    assert found.estimate == 20 and "rata-ratanya 34,3 JP" in found.sentence["id"]
    assert "mencakup 7,1 persen keikutsertaan tetapi 62,5 persen JP-orang" in found.sentence["id"]


def test_cost_is_money_over_hours_and_free_hours_stand_apart():
    """4,000,000 rupiah over 200 hours; the 100 free hours do not make it cheaper."""
    answer = delivery.cost(office())
    found = one(answer)
    assert found.estimate == 20_000 and "Rp20.000" in found.sentence["id"]
    assert "100 JP-orang tanpa biaya dihitung terpisah" in found.sentence["id"]
    assert list(answer.table.data["label_id"]) == ["Seminar", "Workshop", "APBD", "Hibah"]


def test_cost_bounds_stay_positive():
    """Three lines that vary widely: bounds on the log scale."""
    value = shares.ratio([1, 1, 100], [10, 10, 10], positive=True)
    assert 0 < value.low < value.value < value.high
    assert value.high * value.low == pytest.approx(value.value**2)


def test_study_counts_people_of_the_snapshot():
    """25 studies and 13 has finished, of 25 people; 14 was declined."""
    answer = delivery.study(office())
    found = one(answer)
    assert found.estimate == pytest.approx(2 / 25)
    assert counted(answer) == {"Menunggu": 0, "Ditolak": 1, "Berjalan": 1, "Selesai": 1}
    assert "ditolak" not in found.sentence["id"]  # one person each: told by no sentence that the table hides


def counted(answer) -> dict[str, int]:
    """Applications by state in the table."""
    return answer.table.data.groupby("part_id")["n"].sum().to_dict()


@pytest.mark.parametrize("audience", ["internal", "public"])
def test_picture_and_table_of_further_study_hide_the_same_cells(audience):
    """Cells of 12, 4, 0 and 30 people: the four and one beside it are hidden in both."""
    rows = pd.DataFrame({
        "employee_uid": [f"s{n}" for n in range(46)], "degree": "45", "study_kind": "tugas_belajar",
        "state": ["menunggu"] * 12 + ["ditolak"] * 4 + ["selesai"] * 30, "start_date": "2024-08-01",
    })
    changed = {**tables(), "further_study": rows}
    answer = delivery.study(Processed.from_tables(changed, period=2025))
    safe = protect(answer, audience)
    hidden = [frame[MARK].tolist() for frame in (safe.table.data, safe.picture.data)]
    assert hidden[0] == hidden[1] and sum(hidden[0]) >= 2
    assert safe.table.data["n"].isna().tolist() == safe.picture.data["value"].isna().tolist() == hidden[0]
    assert "menunggu" not in one(answer).sentence["id"]


def test_states_are_told_where_no_cell_is_small():
    rows = pd.DataFrame({
        "employee_uid": [f"s{n}" for n in range(46)], "degree": "45", "study_kind": "tugas_belajar",
        "state": ["menunggu"] * 16 + ["selesai"] * 30, "start_date": "2024-08-01",
    })
    found = one(delivery.study(Processed.from_tables({**tables(), "further_study": rows}, period=2025)))
    assert "Menurut status usulan: menunggu 16 dan selesai 30." in found.sentence["id"]


def test_study_that_starts_after_the_period_does_not_count():
    """In 2024 the application of 2025 is not yet made."""
    assert counted(delivery.study(office(period=2024)))["Ditolak"] == 0


def test_absent_tables_are_named():
    ev = only_required()
    assert delivery.cost(ev).findings[0].sentence["id"] == "Belum dapat dinilai: perlu tabel `budget`."
    assert delivery.study(ev).findings[0].evidence == "belum_ada_data"
    assert all(question(ev).findings for question in delivery.QUESTIONS)


def test_nothing_depends_on_pseudonyms_or_row_order():
    for question in delivery.QUESTIONS:
        assert as_seen(question(office())) == as_seen(question(disguised()))


def test_in_the_sample_district_cost_is_the_ratio_of_totals():
    """Spent over person hours of the paid lines, by plain pandas."""
    given = sample()
    ev = Processed.from_tables(given, period=2025)
    paid = given["budget"].query("year == 2025 and spent_rp > 0 and jp_total > 0")
    found = one(delivery.cost(ev))
    assert found.estimate == pytest.approx(float(paid["spent_rp"].sum() / paid["jp_total"].sum()))
    assert found.ci_low < found.estimate < found.ci_high
    assert all(np.isfinite(finding.estimate) for answer in of_chapter("delivery") for finding in answer.findings)
