"""What the main report says of a finding keeps to its budget and says nothing that an official could not read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from karier_stats.answers import build
from karier_stats.answers.ledger import SOURCES, Ledger, score
from karier_stats.answers.phrases import few, plainly, shortened
from karier_stats.answers.record import Brief, Finding, Recommendation, grade, restored
from karier_stats.domain.rules import rule
from karier_stats.report.disclosure import protect
from karier_stats.report.wording import faults
from karier_stats.words import catalogue
from karier_stats.words.numbers import LANGUAGES
from tests.degenerate import of_district
from tests.every_answer import of_chapter
from tests.test_degenerate_districts import LONG, READ_BY, absurd

GOLDEN = Path(__file__).parent / "golden"
WORDS = {"id": "kata", "en": "word"}
JARGON = re.compile(
    r"\bp\s*[=<>]|\bt\(|selang|interval|signifikan|significant|statisti[ck]|Holm|ANCOVA|CR2|ICC|regresi|regression|koefisien"
    r"|coefficient|median\b.*\bundian|`", re.IGNORECASE)
"""Words that the main report does without (report.md, section 8)."""
MOST = {"message": 14, "plain": 60, "condition": 30}
"""Words of each part of a brief."""
TOLD = ("needs", "delivery", "participation", "outcomes", "feedback", "leadership", "challenges")
"""The chapters whose findings are read below as the main report tells them."""
RANKED = {
    "id": r"\b(?:tertinggi|terendah|terbanyak|terbesar|terkecil|terlebar|paling (?!sedikit|banyak|lama)|peringkat|urutan)\b",
    "en": r"\b(?:highest|lowest|most|largest|smallest|widest|best|worst|ranks?)\b(?<!at most)",
}
"""A title ranks nobody."""
DATED = {"id": r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b", "en": r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b"}
SPOILT = (
    "small office", "one unit", "one person who took no part", "everybody took part", "nobody attended", "everybody passed",
    "contract staff only", "tied needs", "everybody at the standard", "all batches cancelled", "equal hours",
)


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
    found = list(briefs())
    assert found
    long = [place for place, part, text in found if len(re.sub(r"\{[^{}]*\}", "x", text[lang]).split()) > MOST[part]]
    assert not long
    assert not [place for place, _, text in found if JARGON.search(re.sub(r"\{[^{}]*\}", "", text[lang]))]
    assert not [place for place, part, text in found if part == "message" and text[lang].rstrip().endswith((".", "?", "!"))]


def told_badly(one: Finding, lang: str) -> list[str]:
    """What is wrong with a finding as the main report tells it."""
    if one.brief is None:
        return []
    texts = {part: text[lang] for part in MOST if (text := getattr(one.brief, part)) is not None}
    found = [f"{part} has {len(text.split())} words" for part, text in texts.items() if len(text.split()) > MOST[part]]
    found += [f"{part}: {what}" for part, text in texts.items() for what in absurd(text, lang)]
    found += [f"{part}: {match[0]}" for part, text in texts.items() if (match := JARGON.search(text))]
    found += [match[0] for match in re.finditer(RANKED[lang], texts["message"])]
    found += [f"{k} of {n}" for k, n in counts(texts["message"], lang)
              if one.unit_of_measure == "share" and n == one.n and n != 100 and one.estimate is not None
              and min(abs(k / n - one.estimate), abs(1 - k / n - one.estimate)) > 0.0005 and not other(k, n, one)]
    found += side_by_side(one, lang)
    return [f"{one.id}: {what}: {texts}" for what in found]


def counts(text: str, lang: str) -> list[tuple[int, int]]:
    """Every ``37 dari 121`` of a text."""
    mark = {"id": ".", "en": ","}[lang]
    pairs = re.findall(r"(\d[\d.,]*) (?:dari|of) (\d[\d.,]*)", text)
    return [(int(k.rstrip(".,").replace(mark, "")), int(n.rstrip(".,").replace(mark, ""))) for k, n in pairs if k.rstrip(".,")]


def other(k: int, n: int, one: Finding) -> bool:
    """Counts of another matter that a sentence of the same finding tells as well."""
    return any(k in (a, b - a) for lang in LANGUAGES for a, b in counts(one.sentence[lang], lang) if b == n) or one.id in OTHERS


OTHERS = {"delivery.planned"}
"""Findings whose title counts the opposite of what they measure among a third: batches are completed, cancelled or running."""


COMPARED = {
    "id": re.compile(r"(?<!tanpa )(?<!tidak ada )(?<!tidak ada pegawai )(?<!tidak ada kelompok )(?<!didampingi )(?<!peserta dan )"
                     r"pembanding|selisih (?:nilai antara )?peserta dan pembanding|keunggulan peserta|unggul", re.IGNORECASE),
    "en": re.compile(r"(?<!no )(?<!without a )comparison (?:staff|people|group)|against untrained|participants' lead"),
}
"""Words that set people beside others."""
ALONE = {
    "id": re.compile(r"tanpa pembanding|tidak ada (?:pegawai |kelompok )?pembanding"),
    "en": re.compile(r"without a comparison|no comparison"),
}
"""Words that say that nobody stands beside them."""


JUDGED = {
    "id": re.compile(
        r"selisih|beda|jelas|melampaui|kebetulan|belum terlihat|masih mungkin|lebih|di (?:atas|bawah)|turun|naik|tetap"
        r"|sama banyak"),
    "en": re.compile(
        r"differ|clearly|beyond|chance|seen yet|remains? possible|more|fewer|less|above|below|fell|rose|but|as many|hardly"
        r"|higher|lower"),
}
"""Words that tell whether two counts beside each other are told apart."""
OF_ONE = {"delivery.by_form.leading", "participation.duty", "feedback.irrelevant"}
"""Findings whose two counts are of one group by two measures, or of a whole and its part."""


def side_by_side(one: Finding, lang: str) -> list[str]:
    """The words of a finding that sets two counts beside each other and does not say whether they are told apart."""
    assert one.brief is not None
    text = f"{one.brief.message[lang]}. {one.brief.plain[lang]}"
    alone = one.id in OF_ONE or len(set(re.findall(r"\d[\d.,]* (?:dari|of|in) \d[\d.,]*", text))) < 2
    return [] if alone or JUDGED[lang].search(text) else [f"two counts, not told apart: {text}"]


def unlike_its_evidence(one: Finding) -> list[str]:
    """Where a finding's words name a comparison that its evidence denies, or deny one that it rests on."""
    texts = [one.sentence, *((one.brief.message, one.brief.plain) if one.brief else ())]
    wrong = {"before_after": COMPARED, "comparison_group": ALONE, "randomised": ALONE}.get(one.design, {})
    return [f"{one.id} ({one.design}): {text[lang]}" for lang, found in wrong.items() for text in texts
            if found.search(text[lang])]


@pytest.mark.parametrize("name", ["contoh", "carpentries_longterm2017", "five_units", "no_association", "opposite"])
def test_words_and_evidence_agree_on_whether_there_was_a_comparison(name):
    """The same is asked of every finding that an official reads, below."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((GOLDEN / name).glob("*.json"))]
    found = [restored(one) for answers in records for answer in answers for one in answer["findings"]]
    assert found and [line for one in found for line in unlike_its_evidence(one)] == []
    lone, compared = (finding(design=design, sentence={"id": "Selisih peserta dan pembanding 3 poin.", "en": "."}) for design in (
        "before_after", "comparison_group"))
    assert unlike_its_evidence(lone) and not unlike_its_evidence(compared)


def told(name: str, chapter: str):
    """The findings of a chapter, for the sample or for a spoilt district."""
    if name == "sample":
        answers, audience = of_chapter(chapter), "internal"
    elif name == "public":
        answers, audience = of_chapter(chapter, audience="public"), "public"
    elif name == "kelurahan":  # as test_hidden_cells.py asks it
        answers, audience = of_chapter(chapter, "14.71.10.1002", audience="public"), "public"
    elif name == "kecamatan":
        answers, audience = of_chapter(chapter, "14.71.10"), "internal"
    else:
        answers, audience = of_district(name, chapter), "internal"
    return [one for answer in answers for one in protect(answer, audience).findings]


def asked() -> list[tuple[str, str]]:
    """Each chapter of the sample and of every spoilt district; in the short form those that read what is spoilt there."""
    every = [*TOLD, "data_quality"]
    spoilt = {name: [chapter for chapter in every if LONG or chapter in READ_BY[name]] for name in SPOILT}
    whole = ("sample", "public", "kelurahan", *(["kecamatan"] if LONG else []))
    return [(name, chapter) for name, chapters in ({**dict.fromkeys(whole, every), **spoilt}).items() for chapter in chapters]


@pytest.mark.parametrize(("name", "chapter"), asked())
def test_every_brief_can_be_read_by_an_official(name, chapter):
    found = told(name, chapter)
    assert [line for one in found for lang in LANGUAGES for line in told_badly(one, lang)] == []
    assert [(one.id, faults(one)) for one in found if faults(one)] == []
    assert [line for one in found for line in unlike_its_evidence(one)] == []
    for one in found:
        asked = one.recommendation
        if asked is None:
            continue
        assert asked.lever, one.id
        if asked.repair:  # for those who keep the files: not in the main report
            continue
        assert asked.share is None or 0 <= asked.share <= 1
        for lang in LANGUAGES:
            assert len(asked.action[lang].split()) <= 30, (one.id, asked.action)
            assert re.search(DATED[lang], asked.due[lang]), (one.id, asked.due)
            assert re.search(r"\d", asked.indicator[lang]), (one.id, asked.indicator)
            assert not JARGON.search(" ".join((asked.action[lang], asked.indicator[lang]))), one.id


@pytest.mark.parametrize("chapter", TOLD)
def test_a_chapter_says_what_the_main_report_tells_of_it(chapter):
    chosen, answers = catalogue.node(f"{chapter}.report"), of_chapter(chapter)
    known = {one.id: one for answer in answers for one in answer.findings}
    assert 0 < len(chosen["findings"]) <= 5
    told = [names for names in chosen["findings"]
            if any(one.bears(id) and one.brief is not None for one in known.values() for id in names.split("|"))]
    question = {names: ".".join(names.split("|")[0].split(".")[:2]) for names in chosen["findings"]}
    assert {question[id] for id in told} == set(question.values())  # one in the place of another of the same question
    assert chosen["picture"] in {answer.id for answer in answers if answer.picture is not None}
    assert chosen["table"] in {answer.id for answer in answers if answer.table is not None}
    assert {chosen.get("second_picture", chosen["picture"])} <= {answer.id for answer in answers if answer.picture is not None}
    assert 1 <= len(chosen["unsaid"]) <= 3
    for lang in LANGUAGES:
        assert all(len(text[lang].split()) <= 25 for text in chosen["unsaid"].values())
        assert len(chosen["criterion"][lang].split()) <= 30


def test_the_measure_of_participation_is_that_of_the_rules():
    for lang in LANGUAGES:
        text = catalogue.node("participation.report")["criterion"][lang]
        for name in ("jp_pns_minimum", "jp_pppk_maximum"):
            assert str(rule(name).value) in text and rule(name).legal_basis.partition(" pasal")[0].partition(" (")[0] in text


def test_a_share_is_told_as_it_was_counted_or_in_a_hundred():
    assert plainly(37 / 121, 37, 121)["id"] == "37 dari 121"
    assert plainly(0.544, 544, 1000)["en"] == "54 of 100"
    assert plainly(1 / 1000, 1, 1000)["id"] == "1 dari 1.000"
    assert plainly(0.001)["id"] == "kurang dari 1 dari 100"
    assert plainly(0.999)["en"] == "more than 99 of 100"
    assert plainly(0.25, 10, 121)["id"] == "25 dari 100"  # a share of something else than of these people


def test_a_list_of_names_stays_short():
    names = [{"id": letter, "en": letter} for letter in "abcde"]
    assert few(names[:3])["id"] == "a, b, dan c"
    assert few(names)["id"] == "a, b, c, dan 2 lainnya"
    assert shortened({"id": "satu dua tiga empat lima enam", "en": "one"}) == {"id": "satu dua tiga empat lima…", "en": "one"}


def test_a_share_affected_is_a_fact_what_is_left_of_it_or_a_product():
    facts = {"one": 0.25, "two": 0.5, "none": float("nan"), "nil": 0}
    assert [build.reach(told, facts) for told in ("one", "1 - one", "one * two", 0.3, None, "none")] == [
        0.25, 0.75, 0.125, 0.3, None, None]
    assert [build.reach(told, facts) for told in ("one / two", "1 - one / two", "one / nil")] == [0.5, 0.5, None]


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
    assert [one.id for one in ledger if one.recommendation.repair] == ["a.3"]  # stands in the ledger, and in no action
    assert list(ledger.advice.frame("rows")["score"]) == [36, 36]
    tied = Ledger(tuple(finding(f"a.{place}", advice=advice(lever=lever, share=0.3)) for place, lever in enumerate("xyz")))
    assert [one.id for one in tied.advice.findings] == ["a.0", "a.1", "a.2"]


def test_a_finding_comes_back_from_its_plain_types():
    whole = finding(advice=advice(share=0.2, follows=("R-1",)), brief=Brief(WORDS, WORDS), reasons=("counted",), number="F-2.1")
    assert restored(whole.as_dict()) == whole
