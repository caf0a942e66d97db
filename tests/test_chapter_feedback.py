"""Feedback on tables that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from asked import feedback

import karier_stats as ks
from karier_stats.answers.record import Answer, collected
from karier_stats.domain.rules import rule
from karier_stats.intake.processed import Processed
from karier_stats.report.wording import faults
from karier_stats.stats.description.describe import Row
from karier_stats.stats.numerics import shares
from karier_stats.views import surveys
from karier_stats.views.evaluation import with_views
from tests.small_office import one as finding_of
from tests.small_office import tables

YEAR = 2025
ITEMS = pd.DataFrame([
    {
        "instrument": "v", "item_id": "V1", "item_text": "Sesuai tugas", "purpose": "relevansi", "scale_min": 1,
        "scale_max": 5,
    },
    {
        "instrument": "r", "item_id": "R1", "item_text": "Jelas", "item_text_en": "Clear", "purpose": "reaksi",
        "scale_min": 1, "scale_max": 5,
    },
    {
        "instrument": "r", "item_id": "R2", "item_text": "Buruk", "item_text_en": "Bad", "purpose": "reaksi",
        "scale_min": 1, "scale_max": 5, "reverse": True,
    },
])


def relevance(batch: str, unfit: int, fit: int, year: int = YEAR) -> pd.DataFrame:
    """Answers of one batch: 2 for "not relevant", 4 for the others."""
    values = [2] * unfit + [4] * fit
    return pd.DataFrame({
        "response_id": [f"{batch}-{year}-{i}" for i in range(len(values))], "instrument": "v", "item_id": "V1",
        "batch_id": batch, "year": year, "value": values,
    })


def evaluation(answers: pd.DataFrame, **more: pd.DataFrame) -> Processed:
    """Three courses; P1 has two versions of its curriculum."""
    tables = {
        "unit": pd.DataFrame({"unit_id": ["U"], "unit_name": ["Unit"]}),
        "employee": pd.DataFrame({"employee_uid": ["a"], "year": YEAR, "unit_id": "U"}),
        "program": pd.DataFrame({"program_id": ["P1", "P2", "P3"], "title": ["Satu", "Dua", "Tiga"], "form": "bimtek"}),
        "batch": pd.DataFrame({
            "batch_id": ["B1", "B1b", "B2", "B3"], "program_id": ["P1", "P1", "P2", "P3"],
            "year": [2024, 2025, 2025, 2025], "curriculum_version": [1, 2, 1, 1],
        }),
        "participation": pd.DataFrame({"batch_id": ["B2"], "employee_uid": ["a"], "outcome": ["lulus"]}),
        "survey_item": ITEMS, "survey_response": answers, **more,
    }
    return Processed.from_tables(tables, period=YEAR)


def test_the_rule_revises_watches_keeps_and_waits():
    # lower bounds: 12 of 30 24.6 %; 7 of 30 11.8 %; 5 of 14: too few
    ev = evaluation(pd.concat([relevance("B1b", 12, 18), relevance("B2", 7, 23), relevance("B3", 5, 9)]))
    answer = feedback.irrelevant(ev)
    assert answer.table.data.set_index("program_id")["decision"].to_dict() == {
        "P1": "revise", "P2": "watch", "P3": "few",
    }
    assert [one.id for one in answer.findings] == ["feedback.irrelevant", "feedback.irrelevant.P1"]
    assert answer.findings[0].recommendation is None
    assert answer.findings[1].recommendation.action["id"].startswith("Merevisi kurikulum Satu")
    assert "1 dari 2 pelatihan" in answer.findings[0].sentence["id"]


def test_a_share_above_the_limit_by_chance_is_not_watched():
    # 3 of 20 is 15 %, of which the interval begins at 5.2 %
    answer = feedback.irrelevant(evaluation(relevance("B2", 3, 17)))
    assert answer.table.data["decision"].tolist() == ["keep"]
    assert "0 perlu dipantau" in answer.findings[0].sentence["id"]


def decided(k: np.ndarray, n: np.ndarray) -> list[str]:
    """What the written rule says of courses with ``k`` of ``n`` answers "not relevant"."""
    limits = rule("revise_curriculum").value
    forms = ks.shares(pd.DataFrame({"course": ["x"], "unfit": True}), of="unfit", by="course")
    by_rule = ks.decide(forms, revise=limits["revise_above"], watch=limits["watch_above"], least=limits["minimum_n"])
    return [by_rule.of(Row("", "", "", None, shares.share(int(one), int(of)), int(one), int(of)))
            for one, of in zip(k, n, strict=True)]


def test_false_alarms_over_whole_districts_are_rare_by_the_interval_and_common_by_the_share():
    rng = np.random.default_rng(7)
    answered = np.array([57, 16, 37, 60, 34, 31, 34, 17, 169, 166, 26, 34, 35, 36, 37, 38, 32, 32])  # as in the sample
    courses, districts, least = len(answered), 200, rule("revise_curriculum").value["watch_above"]
    unfit = rng.binomial(answered, 0.05, (districts, courses))  # nowhere near the limit of 10 percent
    found = decided(unfit.ravel(), np.tile(answered, districts))
    alarm = np.isin(found, ["watch", "revise"]).reshape(districts, courses)
    wrong = unfit / answered >= least  # the wrong way, as positive control
    assert alarm.any(axis=1).mean() <= 0.05
    assert wrong.any(axis=1).mean() > 0.5


def test_a_course_far_above_the_limit_is_still_found():
    rng = np.random.default_rng(8)
    unfit = rng.binomial(57, 0.42, 200)  # the sample's irrelevant course
    assert np.mean(np.array(decided(unfit, np.full(200, 57))) == "revise") > 0.95


def test_no_course_to_revise_gives_no_recommendation():
    answer = feedback.irrelevant(evaluation(relevance("B2", 1, 29)))
    assert len(answer.findings) == 1
    assert "belum ada" in answer.findings[0].sentence["id"]


def test_two_versions_of_one_curriculum():
    ev = evaluation(pd.concat([relevance("B1", 20, 30, 2024), relevance("B1b", 4, 46)]))
    found = feedback.revised(ev).findings[0]
    assert found.estimate == pytest.approx(0.08 - 0.40)
    assert found.ci_high < 0
    assert found.design == "before_after" and found.n == 50
    assert "turun dari 40,0 persen" in found.sentence["id"]
    assert faults(found) == ()


def test_a_version_with_few_answers_is_not_compared():
    ev = evaluation(pd.concat([relevance("B1", 20, 30, 2024), relevance("B1b", 1, 9)]))
    assert feedback.revised(ev).findings[0].evidence == "belum_ada_data"


def test_one_version_only_cannot_be_compared():
    assert feedback.revised(evaluation(relevance("B2", 1, 9))).findings[0].evidence == "belum_ada_data"


def reactions(values: list[tuple[int, int]]) -> pd.DataFrame:
    """Forms of two reaction items."""
    return pd.DataFrame([{"response_id": f"f{i}", "instrument": "r", "item_id": item, "year": YEAR, "value": value}
                         for i, pair in enumerate(values) for item, value in zip(("R1", "R2"), pair, strict=True)])


def test_a_reversed_item_is_turned_and_the_ceiling_counted():
    # turned: (5, 5), (5, 5), (4, 3), (2, 2)
    ev = evaluation(reactions([(5, 1), (5, 1), (4, 3), (2, 4)]))
    found = {one.id.rpartition(".")[2]: one for one in feedback.reactions(ev).findings}
    assert found["reactions"].estimate == pytest.approx((5 + 5 + 3.5 + 2) / 4)
    assert found["ceiling"].estimate == 0.5
    assert "75,0 persen memberi nilai yang sama" in found["ceiling"].sentence["id"]
    assert 0.9 < found["alpha"].estimate < 1


@pytest.mark.parametrize(("attended", "covered", "incomplete"), [(5, 0.8, False), (6, 4 / 6, True)])
def test_the_same_forms_have_one_coverage_whatever_they_are_asked_for(attended, covered, incomplete):
    """Places attended of their courses count, those of other courses do not."""
    places = pd.DataFrame({"batch_id": ["B2"] * attended + ["B3"] * 3, "employee_uid": list("abcdefghi")[:attended + 3],
                           "outcome": "lulus"})
    forms = pd.concat([relevance("B2", 1, 3), reactions([(5, 1), (5, 1), (4, 3), (2, 4)]).assign(batch_id="B2")])
    ev = with_views(evaluation(forms, participation=places))
    found = [view.attrs["coverage"] for view in (ev.relevance(), ev.forms("reaksi"), ev.item_answers("reaksi"))]
    assert found == pytest.approx([covered] * 3)
    told = {one.id: one for ask in (feedback.irrelevant, feedback.reactions) for one in ask(ev).findings}
    for name in ("feedback.irrelevant", "feedback.reactions", "feedback.reactions.ceiling"):
        assert ("incomplete" in told[name].reasons) == incomplete


def test_places_known_only_from_the_forms_tell_no_coverage():
    """A file of answers alone that feeds the attendance too: nobody knows who did not answer."""
    origin = {"source_file": "survei.csv", "source_row": [2, 3, 4, 5]}
    places = pd.DataFrame({"batch_id": "B2", "employee_uid": list("abcd"), "outcome": "lulus", **origin})
    ev = with_views(evaluation(relevance("B2", 1, 3).assign(**origin), participation=places))
    assert ev.relevance().attrs["coverage"] is None
    apart = with_views(evaluation(relevance("B2", 1, 3).assign(**{**origin, "source_file": "formulir.csv"}), participation=places))
    assert apart.relevance().attrs["coverage"] == 1.0


def test_levels_add_to_one_for_each_item():
    data = feedback.reactions(evaluation(reactions([(5, 1), (4, 2), (4, 3), (2, 4)]))).picture.data
    assert data.groupby("label_id")["value"].sum().to_numpy() == pytest.approx([1, 1])  # sums of quarters
    assert data["part_id"].iloc[0] == "1 (terendah)"


def test_an_answer_outside_the_scale_is_not_read():
    scale = surveys.scale(evaluation(reactions([(9, 1), (5, 1)])), "reaksi")
    assert scale.wide["r:R1"].notna().sum() == 1


def test_themes_are_counted_and_comments_not_shown():
    comments = pd.DataFrame({
        "comment_id": list("abcd"), "year": YEAR, "comment": "rahasia", "theme": ["waktu", "waktu", "materi", None],
    })
    answer = feedback.themes(evaluation(relevance("B2", 1, 9), comment=comments))
    assert answer.findings[0].estimate == pytest.approx(2 / 3)
    assert "1 komentar belum diberi tema" in answer.findings[0].sentence["id"]
    assert "rahasia" not in answer.picture.data.to_string()


def test_graduates_and_superiors_on_the_same_people():
    ratings = pd.DataFrame([
        {"batch_id": "B2", "employee_uid": uid, "rater_role": role, "item_id": "E1", "wave_month": 6, "value": value}
        for uid, pair in {"a": (5, 4), "b": (4, 4), "c": (4, 2)}.items()
        for role, value in zip(("alumni", "atasan"), pair, strict=True)
    ])
    found = feedback.at_work(evaluation(relevance("B2", 1, 9), post_training_rating=ratings)).findings
    assert found[0].estimate == pytest.approx(13 / 3)
    assert found[1].estimate == pytest.approx(1)


def instrument(name: str, items: list[tuple[str, int, int, str]], answers: list[list[float]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items of (id, lowest, highest, text) for the purpose ``reaksi``, and one form per row of answers."""
    rows = pd.DataFrame([
        {"instrument": name, "item_id": item, "item_text": text, "purpose": "reaksi", "scale_min": low, "scale_max": high}
        for item, low, high, text in items
    ])
    given = pd.DataFrame([
        {"response_id": f"{name}{k}", "instrument": name, "item_id": item, "year": YEAR, "value": value}
        for k, form in enumerate(answers) for (item, *_), value in zip(items, form, strict=True)
    ])
    return rows, given


def told(*parts: tuple[pd.DataFrame, pd.DataFrame]) -> Answer:
    """The reactions of some instruments."""
    items, answers = (pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True))
    return feedback.reactions(evaluation(answers, survey_item=items))


def test_two_instruments_of_one_purpose_are_told_each_on_its_own():
    first = instrument("a", [("A1", 1, 5, "Jelas"), ("A2", 1, 5, "Baik")], [[5, 4], [4, 4], [3, 2], [2, 3], [5, 5]])
    second = instrument("b", [("B1", 1, 4, "Puas"), ("B2", 1, 4, "Cocok")], [[4, 4], [3, 2], [2, 2], [1, 2]])
    answer = told(first, second)
    found = {one.id: one for one in answer.findings}
    alone = {one.id: one for one in told(first).findings}
    # the wrong way: no form answers the items of both, and the whole question was void (K373)
    assert all(one.evidence != "belum_ada_data" for one in answer.findings)
    for name, one in alone.items():
        assert (found[name].estimate, found[name].ci_low, found[name].n) == (one.estimate, one.ci_low, one.n)
    assert found["feedback.reactions.b-4"].estimate == pytest.approx(20 / 8)
    assert "pada skala 1–4" in found["feedback.reactions.b-4"].sentence["id"]
    assert found["feedback.reactions.alpha.b-4"].n == 4
    assert any("masing-masing dihitung sendiri" in note["id"] for note in answer.notes)


def test_a_refused_reliability_leaves_the_rest_of_the_question():
    answer = told(instrument("a", [("A1", 1, 5, "Jelas"), ("A2", 1, 5, "Baik")], [[4, 5], [4, 3], [4, 2], [4, 4]]))
    found = {one.id.rpartition(".")[2]: one for one in answer.findings}
    assert found["reactions"].estimate == pytest.approx(3.75)
    assert found["alpha"].evidence == "belum_ada_data" and "K372" in found["alpha"].sentence["id"]
    assert [fault for one in answer.findings for fault in faults(one)] == []


def test_one_item_is_not_called_the_same_value_on_all_items():
    answer = told(instrument("a", [("A1", 1, 5, "Jelas")], [[5], [4], [5], [3]]))
    words = " ".join(one.sentence[lang] for one in answer.findings for lang in ("id", "en"))
    assert "semua butir" not in words and "all items" not in words and "1 butir" not in words
    assert [one.id for one in answer.findings] == ["feedback.reactions", "feedback.reactions.ceiling"]


def test_a_likelihood_of_ten_gives_a_net_promoter_score():
    values = [10, 10, 9, 9, 9, 8, 7, 7, 6, 3]
    answer = told(instrument(
        "a", [("A1", 1, 5, "Jelas"), ("N", 0, 10, "Kemungkinan merekomendasikan pelatihan ini")],
        [[4 + k % 2, value] for k, value in enumerate(values)],
    ))
    found = {one.id: one for one in answer.findings}
    score = found["feedback.reactions.nps.N"]
    expected = shares.paired_difference(5, 2, 10)
    assert (score.estimate, score.ci_low, score.ci_high) == pytest.approx(tuple(100 * each for each in expected.ends))
    assert score.estimate == pytest.approx(30) and "50,0 persen menjawab 9–10 dan 20,0 persen menjawab 0–6" in score.sentence["id"]
    assert any("Reichheld 2003" in note["en"] for note in answer.notes)
    # the item is no part of the mean on 1-5
    assert found["feedback.reactions"].estimate == pytest.approx(4.5)


def test_an_item_of_ten_about_something_else_is_no_promoter_score():
    answer = told(instrument("a", [("A1", 0, 10, "Mutu bahan")], [[9], [8], [3], [10]]))
    assert not any("nps" in one.id for one in answer.findings)


def test_the_promoter_interval_holds_its_level():
    # trinomial of 40 answers: 45 percent promote, 25 percent detract
    rng = np.random.default_rng(11)
    draws = rng.multinomial(40, [0.45, 0.30, 0.25], size=4000)
    inside = [found.low <= 0.20 <= found.high for found in (shares.paired_difference(int(p), int(d), 40) for p, _, d in draws)]
    assert 0.93 < np.mean(inside) < 0.975


def test_relevance_is_judged_on_the_scale_of_its_own_instrument():
    items = pd.concat([ITEMS, pd.DataFrame([
        {"instrument": "w", "item_id": "W1", "item_text": "Sesuai", "purpose": "relevansi", "scale_min": 0, "scale_max": 10},
    ])])
    wide = pd.DataFrame({
        "response_id": [f"w{k}" for k in range(20)], "instrument": "w", "item_id": "W1", "batch_id": "B3", "year": YEAR,
        "value": [1] * 4 + [2] * 16,
    })
    answer = feedback.irrelevant(evaluation(pd.concat([relevance("B2", 5, 15), wide]), survey_item=items))
    data = answer.table.data.set_index("program_id")
    # 2 of 0-10 is not on the two lowest levels, 2 of 1-5 is
    assert (data.loc["P2", "k"], data.loc["P3", "k"]) == (5, 4)


def test_no_course_with_enough_answers_is_not_none_of_zero():
    sentence = feedback.irrelevant(evaluation(relevance("B2", 1, 3))).findings[0].sentence
    assert "dari 0 pelatihan" not in sentence["id"] and "of 0 courses" not in sentence["en"]
    assert "Belum ada pelatihan dengan sekurang-kurangnya 15 jawaban" in sentence["id"]


def test_themes_on_a_tie_name_both_and_none_without_a_theme_is_not_told():
    comments = pd.DataFrame({
        "comment_id": list("abcd"), "year": YEAR, "comment": "x", "theme": ["waktu", "waktu", "materi", "materi"],
    })
    sentence = feedback.themes(evaluation(relevance("B2", 1, 9), comment=comments)).findings[0].sentence
    assert "materi dan waktu" in sentence["id"] and "masing-masing 50,0 persen" in sentence["id"]
    assert "0 komentar" not in sentence["id"]


@pytest.mark.parametrize(("noise", "said"), [
    (0.1, "sufficient (at least 0.50)"), (3.0, "too weak (below 0.50)"), (0.6, "not known yet to be sufficient or not"),
])
def test_the_agreement_of_graduates_and_superiors_is_judged_by_its_interval(noise, said):
    """ICC(A,1) of the two, by the library's own verb; the verdict rests on the interval and never on the estimate."""
    draw = np.random.default_rng(6)
    n = 60
    truth = draw.normal(3, 0.7, n)
    own, other = (np.clip(truth + draw.normal(0, noise, n), 1, 5).round(1) for _ in range(2))
    ratings = pd.DataFrame({
        "batch_id": "B1", "employee_uid": [f"a{k:02d}" for k in range(n)] * 2, "rater_role": ["alumni"] * n + ["atasan"] * n,
        "item_id": "1", "wave_month": 6, "value": [*own, *other],
    })
    answer = feedback.at_work(Processed.from_tables({**tables(), "post_training_rating": ratings}, period=2025))
    found = finding_of(answer, "agreement")
    wanted = ks.raters(pd.DataFrame({"alumni": own, "atasan": other}), raters=["alumni", "atasan"]).headline
    assert (found.estimate, found.ci_low, found.ci_high) == pytest.approx((wanted.estimate, wanted.ci_low, wanted.ci_high))
    assert said in found.sentence["en"] and not faults(found)


def test_versions_along_another_column_are_told_in_plain_words():
    ev = with_views(evaluation(pd.concat([relevance("B1", 20, 30, 2024), relevance("B1b", 4, 46)])))
    with collected() as found, ks.question(ev, "feedback.revised") as q:
        changes = ks.last_change(ks.shares(ev.relevance(to_date=True), of="unfit", by="program_id", over="year"))
        q.answer(changes)
    assert "kurikulum" not in found[0].findings[0].sentence["id"] and "kurikulum" not in found[0].picture.title["id"]
    assert found[0].findings[0].estimate == pytest.approx(0.08 - 0.40)


def test_a_verb_on_each_group_and_its_refusal():
    data = pd.DataFrame({"group": ["a", "a", "a", "b"], "one": [1, 2, 3, 4], "two": [1, 2, 2, 4]})
    found = ks.each(data, "group", ks.raters, raters=["one", "two"])
    assert found["a"].headline.n == 3 and "K347" in found["b"].error.message("en")
