"""What sentences say at the ends and on a tie: nobody, everybody, all alike, nothing left over."""

from __future__ import annotations

import re

import pandas as pd
import pytest
import sentences
from asked import challenges, data_quality, delivery, feedback, needs, participation
from small_office import IT, LEAD, MONEY, one, person, tables
from test_chapter_challenges import evaluation, lines
from test_chapter_data_quality import FEED, with_feeds
from test_chapter_feedback import evaluation as judged_courses
from test_chapter_feedback import relevance
from test_chapter_needs import changed_need
from test_chapter_service import indexed, measured

from karier_stats.intake.processed import Processed
from karier_stats.report.engine import CHAPTERS
from karier_stats.words.numbers import percent

SUPERLATIVE = re.compile(
    r"\bter(besar|tinggi|rendah|lebar|banyak|sering|luas)\b|\b(largest|highest|lowest|widest|commonest|on top)\b")
HEDGED = re.compile("belum dapat dibedakan|tidak boleh dibaca sebagai peringkat|cannot be told|not to be read as a ranking")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_nothing_told_apart_is_called_the_largest(chapter):
    """A sentence for an open result has no superlative unless it says that the order is not known."""
    said = {key: texts for key, texts in sentences.keys(chapter).items() if {"said", "open"} <= set(key.split("."))}
    found = {key: text for key, texts in said.items() for text in texts.values() if SUPERLATIVE.search(text)}
    assert [key for key, text in found.items() if not HEDGED.search(text)] == []


def test_a_whole_percentage_is_all_or_nothing_only_where_it_is():
    told = [percent(share, "id", 0) for share in (0.0, 0.0003, 0.004, 0.5, 0.996, 1 - 1e-9, 1.0)]
    assert told == ["0 persen", "0,03 persen", "0,4 persen", "50 persen", "99,6 persen", "100 persen", "100 persen"]


def of(**changed: pd.DataFrame) -> Processed:
    """The office of 24 with some tables replaced."""
    return Processed.from_tables({**tables(), **changed}, period=2025)


def places(**taken: range) -> pd.DataFrame:
    """Who passed which batch."""
    rows = [(batch, uid, "lulus", 20.0) for batch, who in taken.items() for uid in person(*who)]
    return pd.DataFrame(rows, columns=["batch_id", "employee_uid", "outcome", "credited_jp"])


def test_where_every_unit_is_told_apart_none_is_left_over():
    """All women of one unit and no man of the other."""
    found = one(participation.units(of(participation=places(B1=range(1, 13)))))
    assert "1 jelas di atasnya, dan 0 belum dapat dibedakan darinya" in found.sentence["id"]
    assert "1 lies clearly below" in found.sentence["en"] and "and 0 cannot be told apart from it" in found.sentence["en"]


def test_forms_that_lose_alike_are_none_the_largest():
    """Two of ten places in each of two forms, none of ten in a third."""
    rows = pd.concat([places(**{batch: range(1, 11)}) for batch in ("B1", "B2", "B3")], ignore_index=True)
    rows.loc[[0, 1, 10, 11], "outcome"] = "tidak_lulus"
    found = one(participation.dropout(of(participation=rows)), "form")
    assert found.sentence["id"].startswith("Pada seminar 20,0 persen keikutsertaan tidak berakhir dengan kelulusan")


def test_groups_that_take_part_alike_have_none_that_stands_out():
    """Of four post types two of ten each."""
    everyone = range(1, 31)
    staff = pd.DataFrame({
        "employee_uid": person(*everyone), "unit_id": "U1", "status": "PNS", "standing_code": "01", "year": 2025,
        "position_type": [("pelaksana", "fungsional", "administrator")[(n - 1) // 10] for n in everyone],
    })
    rows = places(B1=range(1, 31, 5))
    found = one(participation.equity(of(employee=staff, participation=rows)), "position_type")
    assert found.sentence["id"] == "Menurut jenis jabatan, setiap kelompok yang dibandingkan sama: 20,0 persen mengikuti pelatihan."
    assert found.brief.plain == found.sentence


def test_nobody_without_hours_is_not_the_first_to_be_scheduled():
    advice = one(participation.duty(of(participation=places(B2=range(1, 21)).assign(credited_jp=4.0)))).recommendation
    assert "bagi 20 PNS yang belum memenuhi, dimulai dari yang JP-nya paling sedikit (0 orang belum" in advice.action["id"]


def test_topics_that_are_first_alike_are_all_named():
    firsts = [IT] * 3 + [MONEY] * 3 + [LEAD] * 3
    need = pd.DataFrame({"employee_uid": person(*range(1, 10)), "topic": firsts, "need_item": firsts, "interest_rank": 1})
    found = one(needs.first_choice(of(need=need.assign(year=2025))))
    assert found.sentence["id"].endswith("dari 9 responden, sama banyak dengan kepemimpinan dan keuangan dan anggaran.")
    assert "sama banyak dengan kepemimpinan" in found.brief.plain["id"]


def test_choices_that_come_second_alike_are_all_named():
    wishes = [IT] * 5 + [MONEY] * 2 + [LEAD] * 2
    need = pd.DataFrame({"employee_uid": person(*range(1, 10)), "topic": wishes, "need_item": wishes, "interest_rank": 1})
    found = one(needs.choices(of(need=need.assign(year=2025))))
    assert "diikuti Kepemimpinan dan Keuangan dan anggaran (22,2 persen). Selisihnya belum dapat" in found.sentence["id"]
    assert "followed by leadership and finance and budgeting (2 of 9). The difference cannot" in found.brief.plain["en"]


def test_one_choice_alone_is_the_only_one():
    found = one(needs.choices(changed_need(topic=IT, need_item=IT)))
    assert found.sentence["id"].startswith("Satu-satunya pilihan yang disebut ialah Teknologi informasi: 10 dari 10")


def competency(**levels: list[int]) -> pd.DataFrame:
    """Levels reached by four people against a standard of 3."""
    rows = [(f"a0{n}", code, 3, actual) for code, reached in levels.items() for n, actual in enumerate(reached, start=1)]
    found = pd.DataFrame(rows, columns=["employee_uid", "competency_code", "standard_level", "actual_level"])
    return found.assign(year=2025, competency_code=found["competency_code"].str.removeprefix("c"))


def test_everybody_at_the_standard():
    answer = needs.gap(of(competency=competency(c1=[3, 3, 4, 3], c3=[3, 3, 3, 3])))
    assert "In komunikasi, 0 of 4" not in one(answer).brief.plain["id"] and "masih" not in one(answer).brief.plain["id"]
    match = one(answer, "match")
    assert match.brief.message["id"] == "Sebanyak 4 dari 4 pegawai yang dinilai memenuhi seluruh standar jabatannya"


def test_gaps_that_are_alike_are_acted_on_alike():
    found = one(needs.gap(of(competency=competency(c1=[2, 2, 2, 1], c3=[2, 2, 1, 2]))))
    assert found.brief.message["id"].startswith("Sebanyak 2 kompetensi rata-rata 1,25 tingkat")
    assert found.recommendation.action["id"].startswith("Mendahulukan integritas dan komunikasi dalam rencana")


def test_an_index_measured_for_everybody_leaves_no_others():
    found = one(needs.ip_asn(indexed(measured(2025, range(20)))))
    assert "diukur pada seluruh 20 pegawai aktif" in found.sentence["id"] and "berbeda" not in found.brief.plain["id"]


def test_a_small_rise_of_the_index_is_not_written_as_none():
    then, now = measured(2024, range(20)), measured(2025, range(20), (15.04, 10, 25, 5))
    change = one(needs.ip_asn(indexed(then, now)), "change")
    assert change.brief.message["id"].startswith("IP ASN 20 pegawai naik 0,04 poin")


def test_the_only_barrier_is_not_the_one_most_agreed_with_and_one_not_told_apart_is_not_nearly_as_common():
    items = pd.DataFrame({"instrument": "h", "item_id": ["H1", "H2"], "item_text": ["Uang", "Waktu"], "purpose": "hambatan",
                          "scale_min": 1, "scale_max": 5})
    values = [(5, 1)] * 3 + [(4, 4)] * 2 + [(1, 5)]
    answers = pd.DataFrame([{"response_id": f"r{i}", "instrument": "h", "item_id": item, "year": 2025, "value": value}
                            for i, pair in enumerate(values) for item, value in zip(("H1", "H2"), pair, strict=True)])
    both = challenges.barriers(evaluation(survey_item=items, survey_response=answers)).findings[0]
    assert both.brief.plain["id"].endswith("“Waktu” (3 responden) belum dapat dibedakan darinya.")
    alone = challenges.barriers(evaluation(survey_item=items[:1], survey_response=answers[answers["item_id"] == "H1"])).findings[0]
    assert alone.sentence["id"].startswith("Satu-satunya hambatan yang ditanyakan ialah “Uang”: disetujui 83,3 persen")


def test_a_batch_that_is_not_cancelled_need_not_have_taken_place():
    batch = pd.DataFrame({"batch_id": ["B1", "B2", "B3"], "program_id": "P", "year": 2025, "quota": 10,
                          "state": ["selesai", "berjalan", "direncanakan"], "cancel_reason": None})
    found = challenges.cancelled(evaluation(batch=batch)).findings[0]
    assert found.brief.plain["id"] == "Dari 3 angkatan yang direncanakan pada tahun 2025, tidak satu pun dibatalkan."


def test_a_ceiling_spent_whole_leaves_nothing():
    spent = challenges.budget_gap(evaluation(budget=lines([800_000, 200_000], [800_000, 200_000], [50.0, 50.0]))).findings[1]
    assert spent.sentence["en"] == "All of a ceiling of Rp1.0 million was spent." and "Sisanya" not in spent.brief.plain["id"]


def test_hours_free_of_charge_stand_beside_the_need_that_they_lessen():
    """(10 x 25 - 520) hours would be below zero: without the free hours nobody could recompute the need."""
    few_free = lines([1_200_000, 300_000, 0], [800_000, 200_000, 0], [80.0, 20.0, 30.0])
    plain = challenges.budget_gap(evaluation(budget=few_free)).findings[0].brief.plain
    assert "30 JP-orang tanpa biaya" in plain["id"] and "30 " in plain["en"]


def test_all_comments_on_one_theme():
    comments = pd.DataFrame({"comment_id": list("abc"), "year": 2025, "comment": "x", "theme": "waktu"})
    sentence = feedback.themes(judged_courses(relevance("B2", 1, 9), comment=comments)).findings[0].sentence
    assert sentence["id"].startswith("Seluruh 3 komentar bertema membahas waktu") and sentence["en"].startswith("All 3 comments")


def test_reasons_of_quarantine_that_are_as_common_are_all_named():
    tied = one(data_quality.refused(with_feeds({**FEED, "reasons": {"quarantined": {"K102": 2, "K120": 2}, "excluded": {}}})))
    assert tied.sentence["id"].startswith("Alasan karantina tersering ialah K102") and "dan K120" in tied.sentence["id"]
    assert "masing-masing 2 dari 4 penolakan" in tied.sentence["id"] and tied.recommendation is not None
    alone = one(data_quality.refused(with_feeds({**FEED, "reasons": {"quarantined": {"K102": 4}, "excluded": {}}})))
    assert alone.sentence["id"].startswith("Satu-satunya alasan karantina ialah K102")


def test_one_person_is_not_spoken_of_in_the_plural():
    sentence = one(delivery.study(of(further_study=tables()["further_study"].head(1)))).sentence["en"]
    assert sentence.startswith("1 of 25 staff (4.0 percent") and ") is in or has finished further study." in sentence
