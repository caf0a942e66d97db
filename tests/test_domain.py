"""Rules, codes and official indices, against the figures that their sources print."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import karier_stats as ks
from karier_stats.answers.record import Answer, collected
from karier_stats.domain import codes
from karier_stats.domain.indices import engagement_index, job_person_match, satisfaction_band, satisfaction_index
from karier_stats.domain.rules import Laws, all_rules, legal_note, rule
from karier_stats.views.evaluation import with_views
from tests import small_office


def test_a_rule_carries_its_value_and_whether_it_was_checked():
    duty = rule("jp_pns_minimum", 2025)
    assert (duty.value, duty.verified) == (20, True)
    assert not rule("jpm_bands").verified


def test_a_rule_does_not_reach_back_before_its_law():
    with pytest.raises(KeyError, match="no rule 'jp_pppk_maximum' in force in 2017"):
        rule("jp_pppk_maximum", 2017)


def test_every_rule_speaks_both_languages():
    assert all(set(entry.text) == {"id", "en"} for entry in all_rules())


def test_the_25_forms_of_training_fall_under_known_forms():
    assert sorted(codes.TRAINING_TYPE) == list(range(1, 26))
    assert {form for _, form in codes.TRAINING_TYPE.values()} <= set(codes.FORM)


def survey_of_total_955() -> pd.DataFrame:
    """29 answers to nine elements that add to 955, as in the worked example of domain.md, 1.5."""
    scores = np.full(29 * 9, 3)
    scores[: 955 - 3 * 29 * 9] = 4
    return pd.DataFrame(scores.reshape(29, 9), columns=list(codes.SERVICE_ELEMENTS))


def test_the_satisfaction_index_is_the_published_one_and_011_is_too_low():
    answers = survey_of_total_955()
    # 25 x 955 / (29 x 9) and the same with the printed weight; three decimals are published.
    assert satisfaction_index(answers) == pytest.approx(91.475, abs=5e-4)
    assert satisfaction_index(answers, legacy_weight_011=True) == pytest.approx(90.560, abs=5e-4)


@pytest.mark.parametrize(("index", "band"), [(88.306, "A"), (88.304, "B"), (76.61, "B"), (76.60, "C"), (64.99, "D")])
def test_the_band_is_taken_after_rounding_to_two_decimals(index, band):
    assert satisfaction_band(index) == band


def test_a_level_above_the_standard_does_not_pay_for_one_below():
    assert job_person_match(pd.Series([3, 3]), pd.Series([5, 1]), pd.Series(list("aa")))["a"] == pytest.approx(100 * 4 / 6)


def test_the_engagement_index_is_capped_in_each_part():
    index = engagement_index(np.array([0.0, 10, 400]), np.array([0.0, 3, 60]), np.array([0.0, 2, 40]))
    assert index == pytest.approx([0, 5, 10])


def test_a_rule_under_the_repealed_law_says_so_and_an_unchecked_one_is_marked():
    told = legal_note(rule("jp_pns_minimum"))
    assert "UU 5/2014" in told["id"] and "UU 20/2023 pasal 49" in told["id"] and "berlaku per 7 April 2017" in told["id"]
    assert "belum diperiksa pada naskah hukumnya" in legal_note(rule("budget_minimum_share"))["id"]
    parts = legal_note(rule("jp_pppk_maximum"))
    assert "PP 49/2018 pasal 40" in parts["id"] and "PP 49/2018 article 40" in parts["en"] and "pasal" not in parts["en"]
    assert Laws().leaders_give_chance == {
        "id": "PP 94/2021 pasal 4 huruf h (Disiplin PNS)", "en": "PP 94/2021 article 4 letter h (Disiplin PNS)",
    }
    assert legal_note(rule("revise_curriculum")) is None and legal_note(rule("duty_to_learn")) is None
    assert "contract" in rule("jp_pppk_maximum").text["en"]


def test_no_finding_that_rests_on_an_unchecked_rule_is_strong():
    def answered(*rules: str) -> Answer:
        with collected() as found, ks.question(ev, "participation.rate") as q:
            for name in rules:
                rule(name)
            q.answer(ks.shares(ev.people(), of="took_part", census=True))
        return found[0]

    ev = with_views(small_office.office())
    assert answered().findings[0].evidence == "kuat"
    found = answered("budget_minimum_share")
    assert found.findings[0].evidence == "sedang"
    assert any("has not been checked" in note["en"] for note in found.notes)
