"""Findings in words, and the checks that keep the words within the design.

The sentence itself comes from the finding; here it gets its badge of
evidence, its design, its n and its sources, in HTML and in plain text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from karier_stats.answers.record import CAUSAL_DESIGNS, DESIGNS, EVIDENCE
from karier_stats.errors import GateError
from karier_stats.words.numbers import LANGUAGES, Text, both, integer

if TYPE_CHECKING:
    from karier_stats.answers.record import Finding, Recommendation

EVIDENCE_WORD = both("Bukti", "Evidence")
_NOTES = both("Catatan", "Notes")
_SOURCES = both("Sumber", "Sources")
_HIDDEN = both("kurang dari ambang", "below the threshold")
_UNITS = both("unit kerja", "work units")
_RECOMMENDATION = both("Rekomendasi", "Recommendation")
_OWNER = both("Penanggung jawab", "Responsible")
_DUE = both("Tenggat", "Due")
_INDICATOR = both("Indikator", "Indicator")

_CAUSAL = {
    "id": (
        r"meningkatkan", r"menurunkan", r"menaikkan", r"menyebabkan", r"mengakibatkan", r"menghasilkan",
        r"memperbaiki", r"mendorong", r"berdampak", r"berpengaruh", r"me(?:m)?pengaruhi", r"memengaruhi",
        r"disebabkan", r"diakibatkan", r"dipengaruhi", r"berkat", r"akibat", r"dampak", r"pengaruh",
        r"efek (?:dari )?(?:program|pelatihan|kepemimpinan)", r"membuat", r"berefek", r"memicu", r"menumbuhkan",
        r"memperkuat", r"memperlemah", r"mengurangi", r"memajukan", r"meningkatnya \w+ oleh",
        r"(?:di(?:tingkatkan|naikkan|turunkan|hasilkan|perbaiki|dorong)|karena|hasil dari|berasal dari) "
        r"(?:oleh )?(?:program|pelatihan|kursus|bimtek|kepemimpinan|pimpinan)",
        r"(?:program|pelatihan)(?: ini)? (?:terbukti )?(?:efektif|berhasil|membantu|mengubah|menambah)",
    ),
    "en": (
        r"improve[sd]", r"caus(?:e|es|ed|ing)", r"increase[sd] (?:the|their|its|staff|competence|scores?)",
        r"rais(?:e|es|ed) (?:the|their|its|staff|competence|scores?)", r"reduce[sd]", r"led to", r"leads to",
        r"result(?:s|ed) in", r"impact(?:s|ed)?", r"affect(?:s|ed)?", r"influence[sd]?", r"because of", r"due to",
        r"thanks to", r"effects? of", r"produce[sd]", r"made (?:staff|participants|people)", r"boost(?:s|ed)?",
        r"enhance[sd]?", r"lift(?:s|ed)", r"drove", r"triggered", r"strengthen(?:s|ed)", r"lower(?:s|ed) (?:the|their)",
        r"decrease[sd] (?:the|their)", r"owing to", r"brought about", r"attributable to", r"(?:is|was|were|proved) effective",
        r"(?:programme|training|course)s? (?:helped|worked|succeeded|changed|raised|built)",
    ),
}
_DISCLAIMED = {
    "id": r"\b(?:bukan(?:lah)?|belum (?:tentu|dapat|membuktikan)|tidak (?:membuktikan|berarti|dapat|menunjukkan bahwa)|"
          r"tanpa menyatakan)\b",
    "en": r"\b(?:cannot|not (?:a |an |the )?(?:proof|evidence|effect)|not (?:mean|prove|show)|need not|not yet|"
          r"without claiming)\b",
}
_NO_EFFECT = {
    "id": r"tidak (?:ada|terdapat|berpengaruh|memiliki) (?:pengaruh|dampak|efek|perbedaan)|tidak berpengaruh|"
          r"tidak berdampak|tidak berbeda\b",
    "en": r"\bno (?:effect|impact|difference|influence)\b|\b(?:has|had) no (?:effect|impact)\b|"
          r"did not (?:affect|differ)\b",
}
_OPEN = {"id": r"belum cukup bukti secara statistik", "en": r"\bnot established statistically\b"}
_SPAN = {"id": r"\d\S*(?: \S+)? s\.d\. (?:-|Rp|−)*\d", "en": r"\d\S*(?: \S+)? to (?:-|Rp|−)*\d"}


def causal_words(sentence: str, lang: str) -> tuple[str, ...]:
    """Words of a sentence that claim a cause, in order.

    A clause that says what may *not* be concluded ("bukan bukti bahwa ...",
    "does not prove that ...") claims nothing and is passed over.
    """
    pattern = re.compile(r"\b(?:" + "|".join(_CAUSAL[lang]) + r")\b", re.IGNORECASE)
    clauses = re.split(r"[.;:](?=\s|$)", sentence)
    claiming = [clause for clause in clauses if not re.search(_DISCLAIMED[lang], clause, re.IGNORECASE)]
    return tuple(match[0].lower() for clause in claiming for match in pattern.finditer(clause))


def claims_no_effect(sentence: str, lang: str) -> bool:
    """True for a sentence that reads a null as proof of nothing ("tidak ada pengaruh")."""
    return re.search(_NO_EFFECT[lang], sentence, re.IGNORECASE) is not None


def lonely_p(sentence: str, lang: str) -> bool:
    """True for a sentence with a p-value and without an interval."""
    has_p = re.search(r"\bp\s*[=<>]\s*\d", sentence) is not None
    return has_p and re.search(_SPAN[lang], sentence) is None


def lonely_null(sentence: str, lang: str) -> bool:
    """True for a sentence that leaves a difference open without the interval of what remains possible."""
    return re.search(_OPEN[lang], sentence, re.IGNORECASE) is not None and re.search(_SPAN[lang], sentence) is None


def faults(finding: Finding) -> tuple[str, ...]:
    """What is wrong with a finding's words, each as ``<language>: <what>``; empty where all is well.

    Notes
    -----
    Causal words need a design of ``CAUSAL_DESIGNS``; no sentence may say that
    there is no effect; a p-value, and a difference that is left open, stand
    only beside an interval, in the sentence as in the finding.
    """
    found = []
    for lang in LANGUAGES:
        sentence = finding.sentence[lang]
        if finding.design not in CAUSAL_DESIGNS:
            found += [f"{lang}: causal word {word!r}" for word in causal_words(sentence, lang)]
        if claims_no_effect(sentence, lang):
            found.append(f"{lang}: claims that there is no effect")
        if lonely_p(sentence, lang):
            found.append(f"{lang}: p without an interval")
        if lonely_null(sentence, lang):
            found.append(f"{lang}: left open without an interval")
    if finding.p_value is not None and finding.estimate is not None and finding.ci_low is None:
        found.append("finding: p_value without ci_low and ci_high")
    return tuple(found)


def refuse(findings: Iterable[Finding]) -> None:
    """Let no finding pass whose words go beyond its design.

    Raises
    ------
    GateError
        K530 for the first one, with its id, what is wrong with it and how many
        further findings have a fault.
    """
    bad = [(one.id, found) for one in findings if (found := faults(one))]
    if bad:
        name, found = bad[0]
        raise GateError("K530", finding=name, fault=found[0], more=len(bad) - 1)


def basis(finding: Finding, lang: str) -> str:
    """Design, n and number of units as one line of text."""
    parts = [DESIGNS[finding.design][lang]]
    if finding.suppressed:
        parts.append(f"n {_HIDDEN[lang]}")
    elif finding.n:
        parts.append(f"n = {integer(finding.n, lang)}")
    if finding.n_units and not finding.suppressed:
        parts.append(f"{integer(finding.n_units, lang)} {_UNITS[lang]}")
    return " · ".join(parts)


def badge_html(evidence: str, lang: str) -> str:
    """The badge of evidence; its word, not its colour, carries the meaning."""
    word = f"{EVIDENCE_WORD[lang]}: {EVIDENCE[evidence][lang]}"
    return f'<strong class="k-badge k-evidence-{evidence}">{html.escape(word)}</strong>'


def finding_html(finding: Finding, lang: str) -> str:
    """One finding: sentence, badge, design, n, sources, and its recommendation where it has one."""
    sources = ", ".join(finding.source_tables)
    source = f" · {_SOURCES[lang]}: {html.escape(sources)}" if sources else ""
    hidden = " k-suppressed" if finding.suppressed else ""
    return (
        f'<div class="k-finding k-evidence-{finding.evidence}{hidden}">'
        f"<p>{html.escape(finding.sentence[lang])}</p>"
        f"<p><small>{badge_html(finding.evidence, lang)} · {html.escape(basis(finding, lang))}{source}</small></p>"
        f"{_recommendation_html(finding.recommendation, lang) if finding.recommendation else ''}</div>"
    )


def _recommendation_html(advice: Recommendation, lang: str) -> str:
    """What to do, by whom, by when, and how one sees it."""
    rows = ((_OWNER, advice.owner), (_DUE, advice.due), (_INDICATOR, advice.indicator))
    details = "; ".join(f"{name[lang]}: {html.escape(value[lang])}" for name, value in rows)
    return (
        f'<p class="k-recommendation"><strong>{_RECOMMENDATION[lang]}:</strong> '
        f"{html.escape(advice.action[lang])} <small>({details})</small></p>"
    )


def notes_html(notes: Sequence[Text], lang: str) -> str:
    """Notes as a list under their heading; nothing where there are none."""
    if not notes:
        return ""
    items = "".join(f"<li>{html.escape(note[lang])}</li>" for note in notes)
    return f'<div class="k-notes"><p><small>{_NOTES[lang]}</small></p><ul>{items}</ul></div>'


def finding_text(finding: Finding, lang: str) -> str:
    """One finding as plain text, for a console and for a reader without HTML."""
    evidence = f"{EVIDENCE_WORD[lang]}: {EVIDENCE[finding.evidence][lang]}"
    lines = [finding.sentence[lang], f"  [{evidence} · {basis(finding, lang)}]"]
    if finding.recommendation:
        lines.append(f"  {_RECOMMENDATION[lang]}: {finding.recommendation.action[lang]}")
    return "\n".join(lines)


def words_html(findings: Sequence[Finding], notes: Sequence[Text], lang: str) -> str:
    """All findings of an answer with its notes."""
    return "".join(finding_html(finding, lang) for finding in findings) + notes_html(notes, lang)


def words_text(findings: Sequence[Finding], notes: Sequence[Text], lang: str) -> str:
    """The same as plain text."""
    return "\n".join([*(finding_text(finding, lang) for finding in findings), *(f"- {note[lang]}" for note in notes)])
