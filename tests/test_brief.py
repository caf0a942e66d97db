"""What the main report says of a finding keeps to its budget and says nothing that an official could not read."""

from __future__ import annotations

import re

import pytest

from karier_stats.answers.ledger import SOURCES, Ledger, score
from karier_stats.answers.record import Brief, Finding, Recommendation, grade, restored
from karier_stats.words import catalogue
from karier_stats.words.numbers import LANGUAGES

WORDS = {"id": "kata", "en": "word"}
JARGON = re.compile(
    r"\bp\s*[=<>]|\bt\(|selang|interval|signifikan|significant|statisti[ck]|Holm|ANCOVA|CR2|ICC|regresi|regression|koefisien"
    r"|coefficient|median\b.*\bundian|`", re.IGNORECASE)
"""Words that the main report does without (report.md, section 8)."""


def finding(id: str = "a.b", evidence: str = "kuat", advice: Recommendation | None = None, **given: object) -> Finding:
    return Finding(**{
        "id": id, "chapter": "needs", "question": WORDS, "estimate": 0.5, "unit_of_measure": "share", "ci_low": 0.4,
        "ci_high": 0.6, "n": 100, "design": "descriptive", "evidence": evidence, "source_tables": (), "sentence": WORDS,
        "recommendation": advice, **given,
    })


def advice(owner: str = "BKPSDM", **given: object) -> Recommendation:
    return Recommendation(WORDS, {"id": owner, "en": owner}, WORDS, WORDS, **given)


def briefs():
    """Every text of a brief in the catalogues, with its place."""
    def walk(node, place, part):
        if not isinstance(node, dict):
            return
        if part and set(node) == set(LANGUAGES):
            yield place, part, node
            return
        for name, inner in node.items():
            here = f"{place}.{name}"
            now = name if ".brief" in place and name in ("message", "plain", "condition") else part
            yield from walk(inner, here, now)

    for chapter in SOURCES:
        yield from walk(catalogue.node(chapter), chapter, "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_briefs_in_the_catalogue_keep_to_their_words(lang):
    most = {"message": 14, "plain": 60, "condition": 30}
    found = list(briefs())
    assert found
    long = [place for place, part, text in found if len(re.sub(r"\{[^{}]*\}", "x", text[lang]).split()) > most[part]]
    assert not long
    assert not [place for place, _, text in found if JARGON.search(re.sub(r"\{[^{}]*\}", "", text[lang]))]
    assert not [place for place, part, text in found if part == "message" and text[lang].rstrip().endswith((".", "?", "!"))]


def test_reasons_say_what_speaks_for_a_finding_and_what_lowers_it():
    assert grade("descriptive", coverage=1.0, precise=True) == ("kuat", ("counted",))
    assert grade("before_after", coverage=0.5, precise=False) == ("lemah", ("uncompared", "incomplete", "wide"))
    assert grade("association", coverage=1.0, precise=False, useless=True).reasons == ("associated", "useless")
    assert grade("randomised", coverage=1.0, precise=True, robust=False) == ("sedang", ("randomised", "disputed"))


@pytest.mark.parametrize(("share", "duty", "authority", "evidence", "points"), [
    (0.78, True, "own", "kuat", 45), (0.01, False, "own", "kuat", 9), (0.05, False, "other", "sedang", 8),
    (0.2, True, "other", "sedang", 16), (0.4, False, "rule", "lemah", 4), (None, False, "own", "lemah", 3),
    (0.5, False, "own", "kuat", 45),
])
def test_a_recommendation_is_weighed_by_consequence_evidence_and_feasibility(share, duty, authority, evidence, points):
    assert score(finding(evidence=evidence, advice=advice(share=share, duty=duty, authority=authority))) == points


def test_advice_on_one_lever_to_one_owner_is_one_action_and_repairs_stand_apart():
    few, many = advice(lever="seats", share=0.05), advice(lever="seats", share=0.3)
    other, mend = advice("Inspektorat", lever="seats", share=0.3), advice(lever="files", repair=True, share=1.0)
    ledger = Ledger(tuple(finding(f"a.{place}", advice=one) for place, one in enumerate((few, many, other, mend))))
    assert [one.id for one in ledger.advice.findings] == ["a.1", "a.2"]
    assert [one.id for one in ledger.repairs.findings] == ["a.3"]
    assert list(ledger.advice.frame("rows")["score"]) == [36, 36]


def test_a_finding_comes_back_from_its_plain_types():
    whole = finding(advice=advice(share=0.2, follows=("R-1",)), brief=Brief(WORDS, WORDS), reasons=("counted",), number="F-2.1")
    assert restored(whole.as_dict()) == whole
