"""Words of findings: the badge, the basis, and what the checks of wording catch."""

import os
import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import karier_stats as ks
from karier_stats.answers.record import EVIDENCE, Finding, Recommendation
from karier_stats.errors import GateError
from karier_stats.report.wording import (
    basis,
    causal_words,
    claims_no_effect,
    faults,
    finding_html,
    finding_text,
    lonely_null,
    lonely_p,
    notes_html,
    refuse,
)
from karier_stats.words.numbers import both
from tests.every_answer import of_sample


def finding(id_="Nilai naik.", en="Scores rose.", **more):
    base = {
        "id": "outcomes.x", "chapter": "outcomes", "question": both("q", "q"),
        "estimate": 3.2, "unit_of_measure": "poin",
        "ci_low": 1.1, "ci_high": 5.3, "n": 1433, "design": "before_after", "evidence": "sedang",
        "source_tables": ("test_score", "batch"), "sentence": both(id_, en),
    }
    return Finding(**{**base, **more})


@pytest.mark.parametrize(("lang", "sentence", "words"), [
    ("id", "Pelatihan meningkatkan kompetensi.", ("meningkatkan",)),
    ("id", "Pelatihan ini menyebabkan nilai naik; program berdampak.", ("menyebabkan", "berdampak")),
    ("id", "Kepemimpinan mempengaruhi dan memengaruhi partisipasi.", ("mempengaruhi", "memengaruhi")),
    ("id", "Efek program terlihat.", ("efek program",)),
    ("id", "Nilai rata-rata naik 3,2 poin.", ()),
    ("id", "Peningkatan nilai sejalan dengan keterlibatan pimpinan.", ()),
    ("id", "Ini bukan bukti bahwa pelatihan menyebabkan kenaikan.", ()),
    ("id", "Nilai naik. Data ini tidak membuktikan pelatihan menyebabkannya. Pelatihan berdampak.", ("berdampak",)),
    ("en", "The training improved competence.", ("improved",)),
    ("en", "It caused the rise, due to the effect of the programme.", ("caused", "due to", "effect of")),
    ("en", "Scores rose by 3.2 points.", ()),
    ("en", "This is not proof that the training caused it.", ()),
    ("en", "Scores were higher by 3.2 points (effect size 0.4).", ()),
])
def test_causal_words(lang, sentence, words):
    assert causal_words(sentence, lang) == words


@pytest.mark.parametrize(("lang", "sentence", "found"), [
    ("id", "Tidak ada pengaruh pelatihan.", True), ("id", "Pelatihan tidak berpengaruh.", True),
    ("id", "Belum dapat disimpulkan; selang memuat nol.", False),
    ("en", "There was no effect.", True), ("en", "It had no impact.", True),
    ("en", "Cannot be concluded; the interval holds nought.", False),
])
def test_a_null_is_not_proof_of_nothing(lang, sentence, found):
    assert claims_no_effect(sentence, lang) is found


@pytest.mark.parametrize(("lang", "sentence", "lonely"), [
    ("id", "Naik 3,2 poin (p = 0,031).", True),
    ("id", "Naik 3,2 poin (selang 95 persen 1,1 s.d. 5,3; p = 0,031).", False),
    ("id", "Naik 3,2 poin.", False),
    ("en", "Rose by 3.2 points (p < 0.001).", True),
    ("en", "Rose by 3.2 points (95 percent interval 1.1 to 5.3; p < 0.001).", False),
    ("id", "Selisih Rp1,5 miliar s.d. Rp2,0 miliar, p = 0,2.", False),
    ("id", "Bagian 12,5 persen s.d. 20,1 persen, p = 0,2.", False),
])
def test_p_is_never_alone(lang, sentence, lonely):
    assert lonely_p(sentence, lang) is lonely


def test_faults_of_a_finding_that_claims_too_much():
    bad = finding("Pelatihan meningkatkan nilai (p = 0,010).", "Training improved scores.", p_value=0.01, ci_low=None)
    assert faults(bad) == (
        "id: causal word 'meningkatkan'", "id: p without an interval", "en: causal word 'improved'",
        "finding: p_value alone",
    )


@pytest.mark.parametrize("design", ["randomised", "comparison_group"])
def test_causal_designs_may_use_causal_words(design):
    text = "Bila tren kedua kelompok sejajar, pelatihan meningkatkan nilai 3,2 poin."
    assert faults(finding(text, "If trends are parallel, training improved scores.", design=design)) == ()


@pytest.mark.parametrize("design", ["before_after", "adjusted_association", "descriptive"])
def test_other_designs_may_not(design):
    assert faults(finding("Pelatihan meningkatkan nilai.", "Scores rose.", design=design))


@pytest.mark.parametrize(("lang", "sentence", "lonely"), [
    ("id", "Perbedaan ini belum cukup bukti secara statistik.", True),
    ("id", "Selisih 3,2 poin (selang 95 persen: −1,1 s.d. 5,3) belum cukup bukti secara statistik.", False),
    ("en", "The difference is not established statistically.", True),
    ("en", "A difference of 3.2 (interval: −1.1 to 5.3) is not established statistically.", False),
])
def test_what_is_left_open_stands_beside_its_interval(lang, sentence, lonely):
    assert lonely_null(sentence, lang) is lonely


def test_the_first_fault_holds_the_report_back():
    bad = finding("Pelatihan meningkatkan nilai.")
    with pytest.raises(GateError) as caught:
        refuse([finding(), bad, replace(bad, id="outcomes.y")])
    assert (caught.value.code, caught.value.exit_code) == ("K530", 4)
    assert "outcomes.x" in caught.value.message("id") and "1 temuan lain" in caught.value.message("id")
    assert refuse([finding(), replace(bad, design="randomised")]) is None


CAUSES = {
    "id": (
        "pelatihan meningkatkan nilai", "pelatihan menaikkan skor", "nilai ditingkatkan oleh pelatihan",
        "program berdampak pada kompetensi", "kenaikan ini berkat pelatihan", "pelatihan membuat peserta maju",
        "pelatihan mendorong kinerja", "pelatihan terbukti efektif", "nilai naik karena pelatihan", "pelatihan berefek nyata",
        "program ini memperbaiki kompetensi", "kenaikan merupakan akibat pelatihan", "kenaikan disebabkan pelatihan",
        "pelatihan memengaruhi nilai", "pelatihan menghasilkan kenaikan",
    ),
    "en": (
        "the training raised scores", "the training improved scores", "the programme boosted competence",
        "scores rose because of the training", "the rise is due to the training", "the training enhanced skills",
        "the course helped staff", "training caused the rise", "the training was effective", "it led to higher scores",
        "the rise is attributable to the programme", "training affected scores", "the effect of training is clear",
    ),
}


def pre_post(rng):
    """Before and after scores of people without comparison, of any size, spread and change."""
    n = int(rng.integers(3, 40))
    before = np.clip(rng.normal(rng.uniform(30, 80), rng.uniform(0.1, 15), n), 0, 100).round(int(rng.integers(0, 2)))
    after = np.clip(before + rng.normal(rng.uniform(-8, 12), rng.uniform(0.1, 12), n), 0, 100).round(int(rng.integers(0, 2)))
    return pd.DataFrame({"nilai_awal": before, "nilai_akhir": after})


LONG = bool(os.environ.get("KARIER_LONG"))
DATA = 2_000 if LONG else 120
"""Random data sets; each of the 2,000 mutants starts from one of them."""


@pytest.fixture(scope="module")
def uncontrolled():
    """Findings of an uncontrolled pre/post: the library's own words for random data."""
    rng, found = np.random.default_rng(530), []
    while len(found) < DATA:
        result = ks.compare(pre_post(rng), before="nilai_awal", after="nilai_akhir")
        found.append(finding(result.sentence("id"), result.sentence("en")))
    return found


def test_no_causal_word_survives_in_an_uncontrolled_pre_post(uncontrolled):
    assert [found for one in uncontrolled if (found := faults(one))] == []
    assert len({one.sentence["id"] for one in uncontrolled}) > 0.7 * DATA


def test_a_causal_clause_anywhere_in_such_a_sentence_is_caught(uncontrolled):
    choose, missed = random.Random(530), []
    for one in choose.choices(uncontrolled, k=2_000):
        lang = choose.choice(("id", "en"))
        clauses = one.sentence[lang].rstrip(".").split(". ")
        clauses.insert(choose.randint(0, len(clauses)), (said := choose.choice(CAUSES[lang])).capitalize())
        mutant = replace(one, sentence={**one.sentence, lang: ". ".join(clauses) + "."})
        if not any(fault.startswith(f"{lang}: causal word") for fault in faults(mutant)):
            missed.append((said, mutant.sentence[lang]))
    assert missed == []
    # the same words with a comparison stand
    assert faults(replace(mutant, design="comparison_group")) == ()


@pytest.mark.parametrize("unit", ["semua", "lingkup-a"] if LONG else ["semua"])
def test_every_finding_of_the_sample_keeps_to_its_design(unit):
    found = [one for answer in of_sample(unit, 2025, "public") for one in answer.findings]
    assert [(one.id, faults(one)) for one in found if faults(one)] == []
    assert len(found) > 60


def test_basis_names_design_and_counts():
    assert basis(finding(n_units=24), "id") == "sebelum–sesudah tanpa pembanding · n = 1.433 · 24 unit kerja"
    assert basis(finding(n=0), "en") == "before–after without comparison"
    assert basis(finding(n=0, suppressed=True), "en") == "before–after without comparison · n below the threshold"


@pytest.mark.parametrize("evidence", list(EVIDENCE))
@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_badge_says_the_evidence_in_words(evidence, lang):
    html = finding_html(finding(evidence=evidence), lang)
    assert f'class="k-badge k-evidence-{evidence}"' in html
    assert EVIDENCE[evidence][lang] in html


def test_every_word_is_escaped():
    evil = "<script>alert(1)</script>"
    advice = Recommendation(*[both(evil, evil)] * 4)
    html = finding_html(finding(evil, evil, source_tables=(evil,), recommendation=advice), "id")
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 6
    assert "<script" not in notes_html([both(evil, evil)], "id")


def test_notes_are_a_list_or_nothing():
    assert notes_html([], "id") == ""
    html = notes_html([both("satu", "one"), both("dua", "two")], "en")
    assert html.count("<li>") == 2
    assert "Notes" in html


def test_a_finding_in_plain_text():
    assert finding_text(finding(), "en") == (
        "Scores rose.\n  [Evidence: moderate · before–after without comparison · n = 1,433]"
    )
