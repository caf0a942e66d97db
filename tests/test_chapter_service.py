"""The satisfaction index by its rule with its sampling error, ratings beside their matrix, the index of professionalism."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from asked import needs, outcomes
from small_office import one

from karier_stats.domain.codes import SERVICE_ELEMENTS
from karier_stats.domain.indices import predicate, professionalism_band, satisfaction_index
from karier_stats.intake.processed import Processed, conform
from karier_stats.report.disclosure import protect
from karier_stats.views.evaluation import with_views

ELEMENTS = list(SERVICE_ELEMENTS)


def sheets(seed: int = 1, n: int = 300, gaps: float = 0.0) -> pd.DataFrame:
    """Answer sheets of two units in two years; ``gaps`` is the share of answers left out, more of the last element."""
    rng = np.random.default_rng(seed)
    leaning = rng.normal(3.2, 0.5, n)[:, None]
    answers = pd.DataFrame(np.clip(np.rint(leaning + rng.normal(0, 0.6, (n, 9))), 1, 4), columns=ELEMENTS)
    left = rng.random((n, 9)) < gaps * np.linspace(0.5, 2, 9)
    return answers.mask(left).assign(
        response_id=[f"S{place}" for place in range(n)], unit_id=np.where(np.arange(n) < n // 3, "U1", "U2"),
        year=np.where(np.arange(n) % 2, 2025, 2024),
    )


UNITS = pd.DataFrame({"unit_id": ["U1", "U2"], "unit_name": ["Kelurahan Satu", "Kelurahan Dua"]})
STAFF = pd.concat([
    pd.DataFrame({"employee_uid": [f"p{place}" for place in range(20)], "year": year, "unit_id": "U1"}) for year in (2024, 2025)
])


def evaluation(**tables: pd.DataFrame) -> Processed:
    given = {"unit": UNITS, "employee": STAFF, **tables}
    return with_views(Processed.from_tables({name: conform(table, name) for name, table in given.items()}, period=2025))


@pytest.mark.parametrize("gaps", [0.0, 0.1])
def test_the_mean_of_what_sheets_move_is_the_index_of_the_rule(gaps):
    rows = sheets(gaps=gaps)
    ev = evaluation(service_survey=rows)
    assert ev.satisfaction()["ikm"].mean() == pytest.approx(satisfaction_index(rows[rows["year"] == 2025]), rel=1e-12)
    by_unit = ev.satisfaction(by="unit_id").groupby("unit_id")["ikm"].mean()
    for unit, part in rows[rows["year"] == 2025].groupby("unit_id"):
        assert by_unit[unit] == pytest.approx(satisfaction_index(part), rel=1e-12)


def test_its_sampling_error_is_that_of_sheets_drawn_anew():
    """4,000 bootstrap samples: the standard error from linearisation is theirs within their own error of 3 percent."""
    rows = sheets(gaps=0.1)
    now = rows[rows["year"] == 2025].reset_index(drop=True)
    linear = evaluation(service_survey=rows).satisfaction()["ikm"].std() / np.sqrt(len(now))
    rng = np.random.default_rng(2)
    answers = now[ELEMENTS].to_numpy()
    drawn = [25 * np.nanmean(answers[rng.integers(0, len(now), len(now))], axis=0).mean() for _ in range(4000)]
    assert linear == pytest.approx(np.std(drawn), rel=0.05)
    wrong = (25 * now[ELEMENTS].fillna(0).mean(axis=1)).std() / np.sqrt(len(now))  # a gap read as no satisfaction at all
    assert wrong > 1.25 * linear


def test_the_office_is_told_index_grade_and_the_figure_with_the_printed_weight():
    perfect = sheets().assign(**dict.fromkeys(ELEMENTS, 4.0))
    found = one(outcomes.service(evaluation(service_survey=perfect)))
    assert found.estimate == 100 and "mutu A" in found.sentence["id"] and "99,00" in found.sentence["id"]
    assert "counted" not in found.reasons
    change = one(outcomes.service(evaluation(service_survey=sheets(seed=3))), "change")
    assert change.ci_low < change.estimate < change.ci_high


def test_a_title_bears_the_verdict_of_its_sentence():
    """Half of the sheets raise one element by one level: 1.4 points, seen and below the 3 that matter, so no rise in the title."""
    rows = sheets().assign(**dict.fromkeys(ELEMENTS, 3.0))
    rows["biaya"] = np.where(rows.index % 8 < 4, 4.0, 3.0)  # sheets all alike would say nothing of how far chance moves them (S45)
    raised = rows.assign(waktu=np.where(rows.index % 4 == 1, 4.0, 3.0))
    change = one(outcomes.service(evaluation(service_survey=raised)), "change")
    assert change.ci_low > 0 and change.ci_high < 3
    assert all("terlalu kecil untuk berarti" in text["id"] for text in (change.sentence, change.brief.message))


def test_an_element_that_few_answered_is_named_and_one_that_nobody_answered_leaves_no_index():
    seldom = sheets()
    seldom.loc[seldom.index % 3 > 0, "pengaduan"] = np.nan
    assert any("Penanganan pengaduan" in note["id"] for note in outcomes.service(evaluation(service_survey=seldom)).notes)
    never = outcomes.service(evaluation(service_survey=sheets().assign(biaya=np.nan)))
    assert never.findings[0].evidence == "belum_ada_data"


def ratings(year: int, scheme: str, rating: str, n: int = 20, work: str = "sesuai") -> pd.DataFrame:
    return pd.DataFrame({
        "employee_uid": [f"p{place}" for place in range(n)], "year": year, "scheme": scheme, "rating": rating,
        "work_result": work, "work_behavior": "sesuai",
    })


def staffed(*years: pd.DataFrame) -> Processed:
    return evaluation(performance=pd.concat(years))


def test_no_line_crosses_the_change_of_schemes():
    ev = staffed(ratings(2024, "pp30", "butuh_perbaikan"), ratings(2025, "permen6", "baik"))
    answer = outcomes.performance(ev)
    assert [one.id for one in answer.findings] == ["outcomes.performance", "outcomes.performance.unlike"]
    assert set(ev.rated(years=5)["year"]) == {2025}
    same = outcomes.performance(staffed(ratings(2024, "permen6", "butuh_perbaikan"), ratings(2025, "permen6", "baik")))
    assert one(same, "trend").estimate == 1


def test_a_rating_that_the_matrix_does_not_give_is_counted():
    good = ratings(2025, "permen6", "baik")
    assert one(outcomes.performance(staffed(good)), "unlike").estimate == 0
    bent = pd.concat([good.head(17), ratings(2025, "permen6", "sangat_baik").tail(3)])
    assert one(outcomes.performance(staffed(bent)), "unlike").estimate == pytest.approx(3 / 20)


@pytest.mark.parametrize(("result", "behaviour", "rating"), [
    ("di_atas", "di_atas", "sangat_baik"), ("di_atas", "sesuai", "baik"), ("sesuai", "di_atas", "baik"),
    ("di_atas", "di_bawah", "kurang"), ("di_bawah", "di_atas", "butuh_perbaikan"), ("di_bawah", "di_bawah", "sangat_kurang"),
    (None, "sesuai", None), ("sesuai", None, None),
])
def test_the_matrix_of_the_rule(result, behaviour, rating):
    assert predicate(result, behaviour) == rating


def measured(year: int, people: range, scores: tuple[float | None, ...] = (15, 10, 25, 5), total: object = None) -> pd.DataFrame:
    """People with the same four scores: qualification, competence, performance, discipline."""
    names = ["qualification", "competence", "performance", "discipline"]
    return pd.DataFrame({"employee_uid": [f"p{place}" for place in people], "year": year}).assign(
        **dict(zip(names, scores, strict=True)), total=total)


def indexed(*parts: pd.DataFrame, **tables: pd.DataFrame) -> Processed:
    return evaluation(ip_asn=pd.concat(parts, ignore_index=True), **tables)


@pytest.mark.parametrize(("education", "competence", "rating", "discipline", "index", "band"), [
    ("40", 22.5, "baik", 5, 67.5, "rendah"),  # staff, bachelor, 20 JP and no seminar, no sanction
    ("40", 40, "baik", 5, 85, "tinggi"),  # the same with a seminar
    ("45", 15 + 15 + 0, "sangat_baik", 5, 85, "tinggi"),  # supervisor, master, leadership training and 20 JP, no seminar
    ("15", 0, "sangat_kurang", 1, 7, "sangat_rendah"),  # functional post, upper secondary, nothing, a heavy sanction
])
def test_the_index_of_the_rule_from_education_and_rating(education, competence, rating, discipline, index, band):
    ev = indexed(
        measured(2025, range(1), (None, competence, None, discipline)), employee=STAFF.assign(education=education),
        performance=ratings(2025, "permen6", rating, n=1),
    )
    found = ev.ip_asn().iloc[0]
    assert (found["index"], found["band"], found["employee_uid"]) == (index, band, "p0")
    assert ev.ip_asn().attrs["coverage"] == 1 / 20


@pytest.mark.parametrize(("index", "band"), [
    (0, "sangat_rendah"), (60, "sangat_rendah"), (60.5, "rendah"), (70, "rendah"), (70.5, "sedang"), (80, "sedang"),
    (80.5, "tinggi"), (90, "tinggi"), (90.5, "sangat_tinggi"), (100, "sangat_tinggi"),
])
def test_half_points_between_the_whole_numbers_of_the_bands_go_up(index, band):
    assert professionalism_band(index) == band


def test_the_rise_is_that_of_the_same_people_and_parted_without_a_rest():
    """Ten people rise by 10: 8 by certificates, 3 by study, less 1 for a sanction; five weak newcomers pull the mean down."""
    newcomers = measured(2025, range(10, 15), (5, 0, 15, 5))
    ev = indexed(measured(2024, range(10)), measured(2025, range(10), (18, 18, 25, 4)), newcomers)
    moved = ev.ip_asn_change()
    assert len(moved) == 10 and moved["index"].tolist() == [10.0] * 10
    assert (moved[["qualification", "competence", "performance", "discipline"]].sum(axis=1) == moved["index"]).all()
    answer = needs.ip_asn(ev)
    change, whole = one(answer, "change"), answer.findings[0]
    assert (change.estimate, change.n, change.ci_low) == (10, 10, None)
    assert whole.estimate == pytest.approx((10 * 65 + 5 * 25) / 15)
    assert whole.estimate < 55  # the mean of all who were measured fell
    assert "80 persen berasal dari kompetensi" in change.sentence["id"] and "bukan bukti" in change.sentence["id"]
    assert "80 percent comes from competence" in change.sentence["en"] and "no proof of better work" in change.sentence["en"]
    assert "15 dari 20 pegawai aktif (75,0 persen)" in whole.sentence["id"]
    assert [field.name for field in answer.table.fields][:5] == ["over", "staff", "n", "measured", "index"]
    by_year = answer.table.data[["over", "n", "measured", "staff"]].to_numpy().tolist()
    assert by_year == [["2024", 10, 0.5, 20], ["2025", 15, 0.75, 20]]


@pytest.mark.parametrize(("now", "told"), [
    ((20, 10, 25, 5), "tidak berasal dari sertifikat"), ((15, 10, 15, 5), "−10,00 poin"),
    ((15, 10, 25, 5), "berubah rata-rata 0,00"),
    ((15, 20, 20, 5), "Dari kenaikan itu 100 persen"),  # ten points of certificates, of which a worse rating takes five
])
def test_a_rise_without_certificates_a_fall_and_none_are_told_apart(now, told):
    change = one(needs.ip_asn(indexed(measured(2024, range(10)), measured(2025, range(10), now))), "change")
    assert told in change.sentence["id"] and change.brief is not None
    assert ("bukan bukti" in change.sentence["id"]) == ("100" in told)


def test_an_index_that_is_not_its_sum_or_not_by_rule_is_counted_and_one_without_scores_is_taken():
    ev = indexed(
        measured(2025, range(8), total=55.005), measured(2025, range(8, 10), total=60),
        measured(2025, range(10, 11), (None,) * 4, 72),
        employee=STAFF.assign(education="40"), performance=ratings(2025, "permen6", "sangat_baik", n=3),
    )
    answer = needs.ip_asn(ev)
    assert answer.findings[0].estimate == pytest.approx((10 * 55 + 72) / 11)
    amiss = one(answer, "amiss")
    assert (amiss.estimate, amiss.n) == (5 / 10, 10)
    assert "nilai 2 pegawai bukan jumlah" in amiss.sentence["id"] and "kinerja 3 pegawai berbeda" in amiss.sentence["id"]
    assert [one.id for one in answer.findings] == ["needs.ip_asn", "needs.ip_asn.amiss"]


@pytest.mark.parametrize(("total", "rating", "told"), [
    (60, None, "Nilai IP ASN 10 dari 10 pegawai (100,0 persen) bukan jumlah"),
    (55, "sangat_baik", "Skor kualifikasi atau kinerja 10 dari 10 pegawai (100,0 persen) berbeda"),
    (55, "baik", "ke-10 pegawai sesuai"),
])
def test_of_two_faults_only_those_that_somebody_has_are_told(total, rating, told):
    performance = {"performance": ratings(2025, "permen6", rating, n=10)} if rating else {}
    ev = indexed(measured(2025, range(10), total=total), employee=STAFF.assign(education="40"), **performance)
    sentence = one(needs.ip_asn(ev), "amiss").sentence["id"]
    assert told in sentence and not re.search(r"\b0 pegawai", sentence)


def test_without_the_table_or_a_measured_year_there_is_no_index():
    absent = needs.ip_asn(staffed(ratings(2025, "permen6", "baik")))
    assert absent.missing == ("ip_asn",) and absent.findings[0].evidence == "belum_ada_data"
    early = needs.ip_asn(indexed(measured(2024, range(10))))
    assert early.findings[0].evidence == "belum_ada_data" and "tidak ada IP ASN" in early.findings[0].sentence["id"]


def test_the_public_is_told_neither_few_who_were_not_measured_nor_few_whose_scores_are_amiss():
    staff = pd.DataFrame({"employee_uid": [f"p{place}" for place in range(60)], "year": 2025, "unit_id": "U1"})
    parts = [measured(2025, range(20), total=55), measured(2025, range(20, 29), (15, 20, 25, 5), total=60)]
    few = needs.ip_asn(indexed(*parts, measured(2025, range(29, 57), (15, 20, 25, 5), total=65), employee=staff))
    many = needs.ip_asn(indexed(*parts, measured(2025, range(29, 45), (15, 20, 25, 5), total=65), employee=staff))
    shown = {name: {one.id: one.suppressed for one in protect(answer, "public").findings}
             for name, answer in {"few": few, "many": many}.items()}
    assert shown["few"] == {"needs.ip_asn": True, "needs.ip_asn.amiss": True}  # 3 of 60 were not measured
    assert shown["many"] == {"needs.ip_asn": False, "needs.ip_asn.amiss": True}  # 15 were not; the sum of 9 is wrong
    assert not any(one.suppressed for one in protect(many, "internal").findings)
