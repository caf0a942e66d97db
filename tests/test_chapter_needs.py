"""Needs and wishes, counted by hand in an office of 24 and against the sample district's plan."""

from __future__ import annotations

import pytest
from small_office import IT, MONEY, as_seen, disguised, office, one, only_required, tables

from karier_stats.chapters import needs
from karier_stats.intake.processed import Evaluation
from karier_stats.stats import shares


def changed_need(**columns: object) -> Evaluation:
    """The office with columns of its needs survey replaced."""
    given = tables()
    given["need"] = given["need"].assign(**columns)
    return Evaluation.from_tables(given, period=2025)


def test_choices_are_shares_of_respondents():
    """Nine of ten name IT, nine money, one leadership; of 19 mentions."""
    answer = needs.choices(office())
    data = answer.table.data.set_index("choice")
    assert list(data["k"]) == [9, 9, 1] and set(data["n"]) == {10}
    assert data.loc[IT, "mentions"] == pytest.approx(9 / 19)
    assert (data.loc[IT, "low"], data.loc[IT, "high"]) == shares.share(9, 10)[1:]


def test_first_choice_and_its_lead():
    """Six first choices against three of ten respondents: a lead of 30 points, not established."""
    answer = needs.first_choice(office())
    assert one(answer).estimate == 0.6
    lead = one(answer, "lead")
    assert lead.estimate == pytest.approx(0.3)
    assert (lead.ci_low, lead.ci_high) == shares.paired_difference(6, 3, 10)[1:]
    assert "belum dapat dibedakan dari pilihan kedua" in one(answer).sentence["id"]


def test_a_sure_lead_is_called_first():
    """All ten put IT first."""
    ev = changed_need(topic=lambda n: n["topic"].mask(n["interest_rank"] == 1, IT).mask(n["interest_rank"] != 1, MONEY))
    answer = needs.first_choice(ev)
    assert answer.findings[0].sentence["id"].startswith("Belum dapat dinilai: hanya satu pilihan")
    given = tables()
    given["need"] = given["need"].assign(topic=[IT] * 12 + [MONEY] + [IT] * 6)
    answer = needs.first_choice(Evaluation.from_tables(given, period=2025))
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
    assert list(data["estimate"]) == [1, 0.25] and list(data["below"]) == [1, 0.5]
    assert "Kesenjangan terlebar terdapat pada Komunikasi" in one(answer).sentence["id"]
    assert "Komunikasi" in one(answer).recommendation.action["id"]


def test_match_is_capped_at_the_standard():
    """60, 60, 80, 80: the fourth person's level above the standard adds nothing."""
    assert one(needs.gap(office()), "match").estimate == 70


def test_offer_compares_shares_of_wishes_and_places():
    """Places 20, 10 and 2; the cancelled batch offers none."""
    answer = needs.offer(office())
    data = answer.table.data.set_index("topic")
    assert data.loc[IT, "offer"] == pytest.approx(20 / 32)
    assert data.loc[MONEY, "estimate"] == pytest.approx(9 / 19 - 10 / 32)
    assert one(answer).estimate == pytest.approx(9 / 19 - 10 / 32)
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
    district = pytest.importorskip("karier_stats.intake.sample.district").build(20250817)
    ev = Evaluation.from_tables(district.tables, period=2025)
    answer = needs.first_choice(ev)
    assert one(answer).sentence["id"].endswith("dan menempati urutan pertama.")
    assert one(answer, "lead").ci_low > 0
    rows = answer.picture.data.set_index("choice")
    for topic, truth in district.truth["needs"]["first_2025"].items():
        assert rows.loc[topic, "low"] < truth < rows.loc[topic, "high"], topic
    assert all(question(ev).findings[0].evidence != "belum_ada_data" for question in needs.QUESTIONS)
