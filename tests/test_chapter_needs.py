"""Needs and wishes, counted by hand in an office of 24 and against the sample district's plan."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest
from asked import needs
from scipy.stats import binom
from small_office import IT, MONEY, as_seen, disguised, office, one, only_required, tables

import karier_stats as ks
from karier_stats.intake.processed import Processed
from karier_stats.report.wording import faults
from karier_stats.sample.truth import tell
from karier_stats.stats.numerics import shares
from tests import once
from tests.every_answer import of_chapter


def changed_need(**columns: object) -> Processed:
    """The office with columns of its needs survey replaced."""
    given = tables()
    given["need"] = given["need"].assign(**columns)
    return Processed.from_tables(given, period=2025)


def test_choices_are_shares_of_respondents():
    """Nine of ten name IT, nine money, one leadership; of 19 mentions."""
    answer = needs.choices(office())
    data = answer.table.data.set_index("choice")
    assert list(data["k"]) == [9, 9, 1] and set(data["n"]) == {10}
    assert data.loc[IT, "mentions"] == pytest.approx(9 / 19)
    assert (data.loc[IT, "low"], data.loc[IT, "high"]) == shares.share(9, 10).interval()


def test_first_choice_and_its_lead():
    """Six first choices against three of ten respondents: a lead of 30 points, not established."""
    answer = needs.first_choice(office())
    assert one(answer).estimate == 0.6
    lead = one(answer, "lead")
    assert lead.estimate == pytest.approx(0.3)
    assert (lead.ci_low, lead.ci_high) == shares.paired_difference(6, 3, 10).interval()
    assert "belum dapat dibedakan dari pilihan kedua" in one(answer).sentence["id"]


def test_a_sure_lead_is_called_first():
    """All ten put IT first."""
    ev = changed_need(topic=lambda n: n["topic"].mask(n["interest_rank"] == 1, IT).mask(n["interest_rank"] != 1, MONEY))
    answer = needs.first_choice(ev)
    assert answer.findings[0].sentence["id"].startswith("Belum dapat dinilai: hanya satu pilihan")
    given = tables()
    given["need"] = given["need"].assign(topic=[IT] * 12 + [MONEY] + [IT] * 6)
    answer = needs.first_choice(Processed.from_tables(given, period=2025))
    assert one(answer).estimate == 0.9 and one(answer).sentence["id"].endswith("dan menempati urutan pertama.")


def test_information_technology_may_be_second():
    """Topics exchanged: money leads, and the sentence says so."""
    swap = {IT: MONEY, MONEY: IT, "kepemimpinan": "kepemimpinan"}
    answer = needs.first_choice(changed_need(topic=lambda n: n["topic"].map(swap)))
    assert one(answer).estimate == 0.3
    assert "yang pertama ialah Keuangan dan anggaran (60,0 persen)" in one(answer).sentence["id"]


def test_items_without_topics_and_ranks_are_compared_as_chosen():
    """A multi-select list: respondents who chose only one of the first two decide the lead."""
    ev = changed_need(topic=None, interest_rank=None, need_item=["x"] * 6 + ["y"] * 6 + ["x"] * 3 + ["z"] * 3 + ["z"])
    answer = needs.first_choice(ev)
    assert one(answer).estimate == 0.9 and "Topik teknologi informasi tidak tercantum" in one(answer).sentence["id"]
    lead = one(answer, "lead")  # x 1-9, y 1-6: three chose only x, nobody only y
    assert (lead.estimate, lead.ci_low) == (0.3, shares.paired_difference(3, 0, 10).low)
    assert needs.offer(ev).findings[0].evidence == "belum_ada_data"


def test_gap_is_standard_minus_actual():
    """Competency 3: one level in all four; competency 1: 1, 1, 0, -1."""
    answer = needs.gap(office())
    data = answer.table.data.set_index("code")
    assert list(data["estimate"]) == [1, 0.25] and list(data["short"]) == [1, 0.5]
    assert "Kesenjangan terlebar terdapat pada Komunikasi" in one(answer).sentence["id"]
    assert "komunikasi" in one(answer).recommendation.action["id"]


def test_match_is_capped_at_the_standard():
    """60, 60, 80, 80: the fourth person's level above the standard adds nothing."""
    assert one(needs.gap(office()), "match").estimate == 70


def test_offer_compares_shares_of_wishes_and_places():
    """Places 20, 10 and 2; the cancelled batch offers none."""
    answer = needs.offer(office())
    data = answer.table.data.set_index("choice")
    assert data.loc[IT, "given"] == pytest.approx(20 / 32)
    assert data.loc[MONEY, "estimate"] == pytest.approx(9 / 19 - 10 / 32)
    assert one(answer).estimate == pytest.approx(9 / 19 - 10 / 32)
    drawn = answer.picture.data.set_index(["choice", "part_en"])["value"]
    assert answer.picture.kind == "sides" and drawn[IT, "Places"] == pytest.approx(20 / 32)
    assert drawn[MONEY].to_dict() == pytest.approx({"Wishes": 9 / 19, "Places": 10 / 32})
    overlap = 9 / 19 + 10 / 32 + 1 / 19
    assert f"{100 * overlap:.1f}".replace(".", ",") + " persen" in one(answer).sentence["id"]


def test_absent_tables_are_named():
    for question in needs.QUESTIONS:
        assert question(only_required()).findings[0].sentence["id"].startswith("Belum dapat dinilai: perlu tabel")


def test_a_year_without_a_survey_is_said():
    assert "tidak ada jawaban survei kebutuhan pada tahun 2024" in needs.choices(
        office(period=2024)
    ).findings[0].sentence["id"]


def test_nothing_depends_on_pseudonyms_or_row_order():
    for question in needs.QUESTIONS:
        assert as_seen(question(office())) == as_seen(question(disguised()))


def test_in_the_sample_district_information_technology_is_first():
    """The share of all active staff that would rank it first lies in the interval; so does every other topic's."""
    district = once.district()
    ev = Processed.from_tables(district.tables, period=2025)
    answer = needs.first_choice(ev)
    assert one(answer).sentence["id"].endswith("dan menempati urutan pertama.")
    assert one(answer, "lead").ci_low > 0
    rows = answer.picture.data.set_index("choice")
    for topic, truth in tell(district)["needs"]["first_2025"].items():
        assert rows.loc[topic, "low"] < truth < rows.loc[topic, "high"], topic
    assert all(answer.findings[0].evidence != "belum_ada_data" for answer in of_chapter("needs"))


def asked(groups: dict[str, tuple[int, int]], staff: int = 200) -> Processed:
    """Staff of whom some answered: by post, (respondents, of whom put IT first); the others put money first."""
    posts, wishes = [], []
    for post, (n, chose) in groups.items():
        for k in range(n):
            uid = f"{post}{k}"
            posts.append((uid, post))
            wishes.append((uid, IT if k < chose else MONEY))
    posts += [(f"diam{k}", "pelaksana") for k in range(staff - len(posts))]
    given = tables()
    given["employee"] = pd.DataFrame(posts, columns=["employee_uid", "position_type"]).assign(
        year=2025, unit_id="U1", standing_code="01",
    )
    need = pd.DataFrame(wishes, columns=["employee_uid", "topic"]).assign(year=2025, interest_rank=1)
    given["need"] = need.assign(need_item=need["topic"])
    return Processed.from_tables(given, period=2025)


def test_each_group_is_set_beside_the_rest_with_the_true_coverage():
    groups = {"pelaksana": (60, 54), "fungsional": (40, 10), "administrator": (20, 12)}
    found = one(needs.by_group(asked(groups)), "position_type")
    gaps = {
        post: shares.newcombe(chose, n, 76 - chose, 120 - n, 1 - 0.05 / 3) for post, (n, chose) in groups.items()
    }
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx(gaps["fungsional"].ends)
    told = found.sentence["id"]
    assert "disesuaikan untuk 3 perbandingan" in told and "administrator" not in told
    assert "pelaksana 90,0 persen" in told and "fungsional 25,0 persen" in told and "Perbedaan itu: fungsional" in told
    # 120 of 200 staff answered: below four fifths, one grade less, where 1.0 was taken before
    assert found.evidence == "sedang"
    everyone = one(needs.by_group(asked(groups, staff=120)), "position_type")
    assert everyone.evidence == "kuat"


def test_equal_groups_have_no_highest_and_no_lowest():
    found = one(needs.by_group(asked({"pelaksana": (20, 12), "fungsional": (20, 12)})), "position_type")
    assert found.estimate == 0
    for word in ("tertinggi", "terendah", "highest", "lowest"):
        assert word not in found.sentence["id"] + found.sentence["en"]
    assert faults(found) == ()


def test_a_single_large_group_is_not_compared_with_a_small_rest():
    answer = needs.by_group(asked({"pelaksana": (20, 12), "fungsional": (4, 1)}))
    assert [found.evidence for found in answer.findings] == ["belum_ada_data"]


def test_a_tie_names_all_that_lead():
    given = tables()
    given["need"] = pd.DataFrame({
        "employee_uid": ["a01", "a02", "a03", "a04", "a05"], "topic": [IT, IT, MONEY, MONEY, "kepemimpinan"], "year": 2025,
        "need_item": "x",
    })
    ev = Processed.from_tables(given, period=2025)
    sentence = needs.choices(ev).findings[0].sentence["id"]
    assert sentence.startswith(
        "Pilihan yang paling banyak disebut ialah Keuangan dan anggaran dan Teknologi informasi, masing-masing"
    )
    assert "diikuti" not in sentence
    assert "disebut sama banyak" in one(needs.first_choice(ev), "lead").sentence["id"]
    assert "sama banyak dengan" in one(needs.first_choice(ev)).sentence["id"]


def test_a_note_claims_several_choices_only_where_there_are_some():
    single = asked({"pelaksana": (20, 12), "fungsional": (20, 12)})
    assert "beberapa" not in needs.choices(single).notes[0]["id"] and "several" not in needs.choices(single).notes[0]["en"]
    assert "beberapa" in needs.choices(office()).notes[0]["id"]
    assert "satu pilihan pertama" in needs.first_choice(office()).notes[0]["id"]


def test_no_gap_is_not_called_the_widest():
    given = tables()
    given["competency"] = given["competency"].assign(actual_level=given["competency"]["standard_level"] + 1)
    answer = needs.gap(Processed.from_tables(given, period=2025))
    assert "Rata-rata tidak ada kompetensi yang di bawah standar" in one(answer).sentence["id"]
    assert one(answer).recommendation is None


def test_no_topic_is_called_short_of_places_where_none_is():
    given = tables()
    given["need"] = pd.DataFrame({
        "employee_uid": ["a01", "a02", "a03"], "topic": [IT, IT, MONEY], "year": 2025, "need_item": "x", "interest_rank": 1,
    })
    given["batch"] = given["batch"].assign(quota=[20, 20, 10, 0, 10])
    sentence = one(needs.offer(Processed.from_tables(given, period=2025))).sentence["id"]
    assert sentence.startswith("Tidak terlihat topik yang kurang ditawarkan.")


def test_a_wish_of_all_has_an_interval_with_a_width():
    given = tables()
    given["need"] = pd.DataFrame({
        "employee_uid": [f"a{k:02d}" for k in range(1, 9)], "topic": IT, "year": 2025, "need_item": "x", "interest_rank": 1,
    })
    data = needs.offer(Processed.from_tables(given, period=2025)).table.data.set_index("choice")
    whole = shares.share(8, 8, 1 - 0.05 / 3)  # of three topics at once
    assert (data.loc[IT, "asked_low"], data.loc[IT, "asked_high"]) == pytest.approx(whole.interval())
    assert data.loc[IT, "asked_low"] < 1


def test_topics_that_are_told_for_departing_most_are_one_family():
    """Wishes spread as places are: some topic of eight is set apart in at most one of twenty surveys; alone it was one in four."""
    rng, topics = np.random.default_rng(8), [f"topik bersama {k}" for k in range(8)]
    seats = ks.totals(pd.DataFrame({"topic": topics, "seats": 10}), of="seats", by="topic")
    told, alone, draws = 0, 0, 2000 if os.environ.get("KARIER_LONG") else 120
    for _ in range(draws):
        asked = pd.DataFrame({"person": range(150), "topic": rng.choice(topics, 150)})
        found = ks.mismatch(asked, seats, of="topic", per="person")
        plain = [shares.ratio(asked["topic"] == topic, np.ones(150)).interval() for topic in topics]
        told += any(gap.seen for gap in found.rows)
        alone += any(low > 0.125 or high < 0.125 for low, high in plain)
    assert all(gap.family == 8 and gap.level == 1 - 0.05 / 8 for gap in found.rows)
    assert told <= binom.ppf(0.9995, draws, 0.055) and alone > draws / 6
