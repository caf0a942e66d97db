"""The ledger: what findings say together, what must agree between them, and what earlier evaluations asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml
from asked import challenges

from karier_stats.answers.chapters import CHAPTERS, questions
from karier_stats.answers.ledger import LEDGER, Identities, Ledger, cost_of, score
from karier_stats.answers.question import following
from karier_stats.answers.record import Brief, Finding, Recommendation
from karier_stats.domain import codes
from karier_stats.domain.rules import rule
from karier_stats.intake.processed import Processed
from karier_stats.words import catalogue
from karier_stats.words.numbers import both
from tests.every_answer import of_chapter, sample

LEVERS = sorted({
    (chapter, line.split(":")[1].strip()) for chapter in CHAPTERS
    for line in (catalogue.FOLDER / f"{chapter}.yml").read_text(encoding="utf-8").splitlines()
    if line.strip().startswith("lever:") and "{" not in line
})


def finding(id: str, estimate: float = 0.5, low: float | None = 0.4, high: float | None = 0.6, **more: object) -> Finding:
    words = both(f"Judul {id}", f"Title {id}")
    return Finding(**{
        "id": id, "chapter": id.partition(".")[0], "question": words, "estimate": estimate, "unit_of_measure": "share",
        "ci_low": low, "ci_high": high, "n": 100, "design": "descriptive", "evidence": "kuat", "source_tables": (),
        "sentence": words, "brief": Brief(words, words), **more,
    })


def stating(term: str, value: float) -> Finding:
    """A finding that gives a term a value."""
    id, _, kind = term.partition(" ")
    return finding(id, n=round(value)) if kind == "n" else finding(id, value / 100 if kind == "k" else value)


def terms(about: dict) -> tuple[list[str], list[float]]:
    """The terms of an identity with values for which it holds."""
    if "same" in about:
        return about["same"], [60.0] * len(about["same"])
    return [about["whole"], *about["parts"]], [100.0, *[20.0] * len(about["parts"])]


def agreement(findings: list[Finding]) -> Identities:
    return Ledger(tuple(findings)).agreement


NAMED = [name for name, about in LEDGER["identities"].items() if "mean" not in about]


@pytest.mark.parametrize("name", NAMED)
def test_each_identity_holds_and_is_seen_to_be_broken(name):
    named, values = terms(LEDGER["identities"][name])
    found = [stating(term, value) for term, value in zip(named, values, strict=True)]
    assert name not in agreement(found).broken and name in agreement(found).checked
    for place in range(1, len(named)):
        spoilt = [*found[:place], stating(named[place], 999.0), *found[place + 1:]]
        assert name in agreement(spoilt).broken, named[place]


def test_a_whole_is_the_mean_of_its_parts():
    parts = [finding("outcomes.by_form.seminar", 2.0, n=60), finding("outcomes.by_form.bimtek", 7.0, n=40)]
    whole = finding("outcomes.change", 4.0, n=100)
    count = replace(finding("outcomes.by_form.overall", 1.0, n=100), unit_of_measure="forms")  # how many rose is no part
    assert agreement([whole, *parts, count]).checked == ("gains",) and not agreement([whole, *parts, count]).broken
    assert agreement([whole, count]).checked == ()  # where no part may be told
    assert agreement([replace(whole, estimate=5.2), *parts]).broken == ("gains",)
    assert not agreement([replace(whole, n=101), *parts]).checked  # the parts are other people


def test_what_is_not_told_cannot_be_checked():
    assert agreement([]).n == 0
    assert agreement([finding("participation.rate"), finding("participation.units", suppressed=True)]).checked == ()


def test_every_identity_has_a_name_and_every_named_finding_a_question():
    assert all(catalogue.has(f"synthesis.identities.{name}") for name in LEDGER["identities"])
    asked = {question for chapter in CHAPTERS for question in questions(chapter)}
    named = [id for part in ("page", "instead", "measures", "may_lead_to") for ids in LEDGER[part].values() for id in ids]
    named += LEDGER["may_lead_to"]
    named += [term.split()[0] for about in LEDGER["identities"].values() for term in
              (*about.get("same", ()), *about.get("parts", ()), *([about["whole"]] if "whole" in about else []))]
    assert [id for id in named if ".".join(id.split(".")[:2]) not in asked] == []


def test_the_one_page_repeats_findings_and_names_forms_by_what_they_show():
    ledger = Ledger((
        finding("outcomes.change", 5.0, 3.5, 6.5, unit_of_measure="points"),
        finding("outcomes.by_form.bimtek", 9.0, 4.5, 14.0, unit_of_measure="points"),
        finding("outcomes.by_form.seminar", 0.9, -4.0, 6.0, unit_of_measure="points"),
        finding("outcomes.by_form.workshop", 0.5, -1.0, 2.0, unit_of_measure="points"),
    ))
    found = ledger.told("worked")
    assert found.lead.estimate == 5.0 and found.titles["id"] == "Judul outcomes.change."
    assert found.whom["id"] == (
        "Kenaikan terlihat pada bimbingan teknis. Terlalu kecil untuk berarti pada workshop. Belum terlihat pada seminar."
    )
    assert ledger.told("lacking") is None


def test_of_chosen_units_hours_need_not_agree_since_people_move():
    found = (stating("delivery.by_form", 1562), stating("delivery.trend k", 1608))
    assert Ledger(found).agreement.broken == ("hours_credited",)
    assert Ledger(found, Processed.from_tables(sample(), period=2025)).agreement.broken == ("hours_credited",)
    assert Ledger(found, Processed.from_tables(sample(), period=2025, unit="OPD-01")).agreement.checked == ()


def test_another_finding_stands_in_where_the_first_may_not_be_told():
    rate = finding("participation.rate")
    assert Ledger((rate,)).told("left_behind").lead is rate
    beside = finding("participation.rate.beside")  # first how far the unit lies from the others, which the question is about
    assert Ledger((rate, beside)).told("left_behind").findings == (beside, rate)
    assert Ledger((rate, beside, finding("participation.duty"))).told("left_behind").lead.id == "participation.duty"
    assert Ledger((finding("participation.duty", brief=None),)).told("left_behind") is None


def test_what_earlier_recommendations_were_to_move_is_told_by_its_trend():
    trend, revised = finding("challenges.commitment.no_show.trend"), finding("feedback.revised.P11")
    found = Ledger((revised, trend)).moved(pd.DataFrame({"lever": ["no_show", "curriculum", "no_show", "partners"]}))
    assert [one.id for one in found.findings] == [trend.id, revised.id]
    assert Ledger((trend,)).moved(pd.DataFrame({"lever": ["partners"]})) is None
    assert Ledger((trend,)).moved(pd.DataFrame({"state": ["selesai"]})) is None


@pytest.fixture(scope="module")
def ev() -> Processed:
    return Processed.from_tables(sample(), period=2025)


def test_new_advice_follows_what_is_not_done_on_the_same_lever(ev):
    advice = {one.id: one.recommendation for one in challenges.commitment(ev).findings if one.recommendation}
    assert advice["challenges.commitment.plans"].follows == ("R-2023-03",)
    assert advice["challenges.commitment.no_show"].follows == ()  # that one is done


def test_earlier_advice_that_is_not_due_yet_is_followed_but_weighs_no_more(ev):
    tables = sample()
    tables["recommendation"] = tables["recommendation"].assign(due_on=pd.Timestamp(2030, 1, 1))
    found = [{one.id: one for one in challenges.commitment(of).findings}["challenges.commitment.plans"]
             for of in (ev, Processed.from_tables(tables, period=2025))]
    told = [(one.recommendation.follows, one.recommendation.overdue) for one in found]
    assert told == [(("R-2023-03",), True), (("R-2023-03",), False)]
    assert [score(one) for one in found] == [27, 18]  # strong evidence, own authority; consequence 2 by its share, 3 overdue


@pytest.mark.parametrize("spoil", [lambda rows: rows.drop(columns="lever"), lambda rows: rows.assign(lever=pd.NA)])
def test_without_levers_on_record_nothing_is_followed(spoil):
    tables = sample()
    tables["recommendation"] = spoil(tables["recommendation"])
    found = challenges.commitment(Processed.from_tables(tables, period=2025))
    assert not [one for one in found.findings if one.recommendation and one.recommendation.follows]


def test_advice_without_a_lever_is_left_as_it_is(ev):
    answer = challenges.barriers(ev)
    assert following(answer, ev) is answer


@pytest.mark.parametrize(("chapter", "lever"), LEVERS)
def test_every_lever_of_the_catalogue_is_a_code_that_an_office_can_hand_in_next_year(chapter, lever):
    assert lever in codes.LEVER


REPORTED = [chapter for chapter in CHAPTERS if catalogue.node(f"{chapter}.report", {})]


@pytest.mark.parametrize("chapter", REPORTED)
def test_what_the_main_report_tells_of_a_chapter_is_asked_there(chapter):
    about, asked = catalogue.node(f"{chapter}.report"), questions(chapter)
    assert 0 < len(about["findings"]) <= 5 and len(set(about["findings"])) == len(about["findings"])
    named = [*(id for names in about["findings"] for id in names.split("|")), about["picture"], about["table"]]
    assert [id for id in named if ".".join(id.split(".")[:2]) not in asked] == []
    assert 1 <= len(about["unsaid"]) <= 5
    for text in about["unsaid"].values():
        assert all(len(text[lang].split()) <= 25 for lang in text)


def test_the_sample_s_office_names_levers_in_its_own_words():
    written = yaml.safe_load((Path(catalogue.FOLDER).parent / "sample" / "peta.yml").read_text(encoding="utf-8"))
    columns = written["tables"]["recommendation"][0]["columns"]
    assert columns["lever"] == "Pokok Perbaikan"
    assert set(sample()["recommendation"]["lever"]) <= set(codes.LEVER)


def test_the_measure_of_commitment_is_that_of_the_rules():
    text, limits = catalogue.node("challenges.report")["criterion"], rule("commitment").value
    for lang, word in (("id", "persen"), ("en", "percent")):
        assert all(f"{round(100 * limits[name])} {word}" in text[lang] for name in ("no_show", "plans_done"))


def test_advice_says_what_it_moves():
    one = finding("a.b", recommendation=Recommendation(*[both("x", "x")] * 4, lever="hours", share=0.5))
    assert [name["id"] for name in Ledger((one,)).advice.levers] == ["pemenuhan JP"]


def owing(**more: object) -> tuple[Finding, ...]:
    """A duty that is missed, the hours that are lacking, and what one of them costs."""
    words = both("x", "x")
    act = Recommendation(words, words, words, words, lever="hours", share=0.7, duty=True)
    return (finding("participation.duty", recommendation=act), finding("participation.duty.owed", 12318.0, None, None),
            finding("delivery.cost.by_form", **{"estimate": 108_266.0, "low": 81_071.0, "high": 136_334.0, **more}))


def test_an_action_costs_its_hours_at_the_price_of_one_with_its_range():
    def cost(*findings: Finding) -> dict[str, str]:
        return dict(cost_of(Ledger(findings).advice.findings[0].recommendation))

    need = finding("challenges.budget_gap", 2.2e9, 1.2e9, 3.3e9, number="F-8.1")
    assert cost(*owing(), need)["id"] == (
        "sekitar Rp1,3 miliar (kisaran Rp1,0 miliar s.d. Rp1,7 miliar), di dalam kebutuhan seluruh pegawai")
    assert cost(*owing())["en"] == "about Rp1.3 billion (range Rp1.0 billion to Rp1.7 billion)"
    assert cost(*owing(low=None, high=None))["id"] == "sekitar Rp1,3 miliar (data terlalu sedikit untuk memberi kisaran)"
    unknown = "belum dihitung, sebab biaya satu JP tidak diketahui"
    assert cost(*owing()[:2])["id"] == cost(*owing(suppressed=True))["id"] == unknown
    own, other = (replace(owing()[0].recommendation, lever=lever) for lever in ("plans", "low_units"))
    assert cost_of(own)["en"] == "not reckoned, being the work of own staff"
    assert cost_of(other)["id"] == "belum dihitung, sebab bergantung pada pelatihan yang dipilih"
    assert {*LEDGER["costs"], *LEDGER["own_work"]} <= set(codes.LEVER)
    stated = replace(owing()[0].recommendation, cost=both("tanpa biaya", "free"))
    assert cost(replace(owing()[0], recommendation=stated), *owing()[1:])["id"] == "tanpa biaya"


def test_the_price_of_an_hour_is_the_one_that_the_plan_counts_by():
    """So that no cost of an action contradicts the budget's need, of which it is a part."""
    known = {one.id: one for chapter in ("participation", "delivery", "challenges") for answer in of_chapter(chapter)
             for one in answer.findings}
    rows = next(one for one in of_chapter("challenges") if one.id == "challenges.budget_gap").table.data
    price, owed = known["delivery.cost.by_form"].estimate, known["participation.duty.owed"].estimate
    plan = dict(zip(rows["label_en"], rows["value_en"], strict=True))
    assert plan["Cost per person hour, mean over forms of training"] == f"Rp{round(price):,}"
    assert owed == 12318 and owed < float(plan["Mean hours needed"]) * int(plan["Active staff"].replace(",", ""))
    assert owed * price < int(plan["Need"].removeprefix("Rp").replace(",", ""))
