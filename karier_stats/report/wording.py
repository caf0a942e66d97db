"""Findings in words, and the checks that keep the words within the design.

The sentence itself comes from the finding; here it gets its badge of evidence, its design, its n and its sources, in HTML and
in plain text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.answers.record import CAUSAL_DESIGNS, DESIGNS, EVIDENCE
from karier_stats.errors import GateError
from karier_stats.words import catalogue, say
from karier_stats.words.numbers import LANGUAGES, Text

if TYPE_CHECKING:
    from karier_stats.answers.record import Finding


@cache
def _guard() -> dict[str, Any]:
    """Patterns of words, by kind and language."""
    found: dict[str, Any] = catalogue.own_data(Path(__file__).parent / "guard.yml")
    return found


@cache
def _pattern(kind: str, lang: str) -> re.Pattern[str]:
    """One kind of words in one language; of a list, any of them as a word of its own."""
    given = _guard()[kind][lang]
    return re.compile(given if isinstance(given, str) else rf"\b(?:{'|'.join(given)})\b", re.IGNORECASE)


def causal_words(sentence: str, lang: str) -> tuple[str, ...]:
    """Words of a sentence that claim a cause, in order.

    A clause that says what may *not* be concluded ("bukan bukti bahwa ...",
    "does not prove that ...") claims nothing and is passed over.
    """
    clauses = re.split(r"[.;:](?=\s|$)", sentence)
    claiming = [clause for clause in clauses if not _pattern("disclaimed", lang).search(clause)]
    return tuple(match[0].lower() for clause in claiming for match in _pattern("causal", lang).finditer(clause))


def plainly(sentence: str, lang: str) -> str:
    """A sentence as it is told to those who read no statistics: ranges without their level, no p-value, tables by their title."""
    from karier_stats.intake.schema import TABLES

    for pattern, instead in _guard()["plain"][lang]:
        sentence = re.sub(pattern, instead, sentence)
    titles = {name: table.text[lang] for name, table in TABLES.items()}
    return re.sub(r"`(\w+)`", lambda name: f"“{titles.get(name[1], name[1])}”", sentence)


def sentences(text: str) -> list[str]:
    """The sentences of a text.

    Examples
    --------
    >>> sentences("Satu dua (3 s.d. 4). Tiga empat lima.")
    ['Satu dua (3 s.d. 4).', 'Tiga empat lima.']
    """
    return re.split(r"(?<=[.!?])(?<!s\.d\.)(?<!jo\.)\s+(?=[A-Z“])", text)


def claims_no_effect(sentence: str, lang: str) -> bool:
    """True for a sentence that reads a null as proof of nothing ("tidak ada pengaruh")."""
    return _pattern("no_effect", lang).search(sentence) is not None


def lonely_p(sentence: str, lang: str) -> bool:
    """True for a sentence with a p-value and without an interval."""
    has_p = re.search(r"\bp\s*[=<>]\s*\d", sentence) is not None
    return has_p and _pattern("span", lang).search(sentence) is None


def lonely_null(sentence: str, lang: str) -> bool:
    """True for a sentence that leaves a difference open without the interval of what remains possible."""
    return _pattern("open", lang).search(sentence) is not None and _pattern("span", lang).search(sentence) is None


def faults(finding: Finding) -> tuple[str, ...]:
    """What is wrong with a finding's words, each as ``<language>: <what>``; empty where all is well.

    Sentence, title and plain words alike: causal words need a design of ``CAUSAL_DESIGNS``; none may say that there is no
    effect; a p-value, and a difference that is left open, stand only beside an interval, in the sentence as in the finding.
    """
    found = []
    brief = finding.brief
    told = [finding.sentence, *((brief.message, brief.plain) if brief else ())]
    for lang, sentence in ((lang, text[lang]) for lang in LANGUAGES for text in told):
        if finding.design not in CAUSAL_DESIGNS:
            found += [f"{lang}: causal word {word!r}" for word in causal_words(sentence, lang)]
        if claims_no_effect(sentence, lang):
            found.append(f"{lang}: claims no effect")
        if lonely_p(sentence, lang):
            found.append(f"{lang}: p without an interval")
        if lonely_null(sentence, lang):
            found.append(f"{lang}: left open without an interval")
    if finding.p_value is not None and finding.estimate is not None and finding.ci_low is None:
        found.append("finding: p_value alone")
    return tuple(found)


def refuse(findings: Iterable[Finding]) -> None:
    """Let no finding pass whose words go beyond its design (K530 with the first one, its fault and how many more there are)."""
    bad = [(one.id, found) for one in findings if (found := faults(one))]
    if bad:
        name, found = bad[0]
        raise GateError("K530", finding=name, fault=found[0], more=len(bad) - 1)


def spoken(number: str) -> str:
    """The number of a finding without the name of its part: ``F-5.2`` of ``F-5.2-seminar``."""
    return "-".join(number.split("-")[:2])


def basis(finding: Finding, lang: str) -> str:
    """Design, n and number of units as one line of text."""
    parts = [DESIGNS[finding.design][lang]]
    if finding.suppressed:
        return f"{parts[0]} · {say('report.finding.hidden', lang)}"
    parts += [say("report.finding.n", lang, n=finding.n)] if finding.n else []
    parts += [say("report.finding.units", lang, n=finding.n_units)] if finding.n_units else []
    return " · ".join(parts)


def evidence_word(evidence: str, lang: str) -> str:
    """The strength of the evidence in words."""
    return say("report.finding.evidence", lang, evidence=EVIDENCE[evidence])


def finding_html(finding: Finding, lang: str) -> str:
    """One finding: title, sentence, badge, design, n, sources; what to do, by whom, by when, and how one sees it."""
    told, sources, advice = title(finding, lang), ", ".join(finding.source_tables), finding.recommendation
    head = f'<p class="k-message"><strong>{html.escape(told)}</strong></p>' if told else ""
    source = f" · {html.escape(say('report.finding.sources', lang, tables=sources))}" if sources else ""
    hidden, badge, action = " k-suppressed" if finding.suppressed else "", "", ""
    if finding.graded:  # its word, not its colour, carries the meaning
        word = html.escape(evidence_word(finding.evidence, lang))
        badge = f'<strong class="k-badge k-evidence-{finding.evidence}">{word}</strong> · '
    if advice:
        details = say("report.finding.details", lang, owner=advice.owner, due=advice.due, indicator=advice.indicator)
        action = (f'<p class="k-recommendation"><strong>{say("report.finding.recommendation", lang)}</strong> '
                  f"{html.escape(advice.action[lang])} <small>{html.escape(details)}</small></p>")
    return (
        f'<div class="k-finding k-evidence-{finding.evidence}{hidden}">{head}<p>{html.escape(finding.sentence[lang])}</p>'
        f"<p><small>{badge}{html.escape(basis(finding, lang))}{source}</small></p>{action}</div>"
    )


def title(finding: Finding, lang: str) -> str:
    """The number of a finding and its message: what the report calls it; empty of one that has no number."""
    message = finding.brief.message[lang] if finding.brief else ""
    return ". ".join(filter(None, [spoken(finding.number), message])) if finding.number else ""


def notes_html(notes: Sequence[Text], lang: str) -> str:
    """Notes as a list under their heading; nothing where there are none."""
    if not notes:
        return ""
    items = "".join(f"<li>{html.escape(note[lang])}</li>" for note in notes)
    head = say("report.finding.notes", lang)
    return f'<div class="k-notes"><p><small>{head}</small></p><ul>{items}</ul></div>'


def finding_text(finding: Finding, lang: str) -> str:
    """One finding as plain text, for a console and for a reader without HTML."""
    told = [title(finding, lang)] if finding.number else []
    strength = [evidence_word(finding.evidence, lang)] if finding.graded else []
    lines = [*told, finding.sentence[lang], f"  [{' · '.join([*strength, basis(finding, lang)])}]"]
    if finding.recommendation:
        lines.append(f"  {say('report.finding.recommendation', lang)} {finding.recommendation.action[lang]}")
    return "\n".join(lines)


def words_html(findings: Sequence[Finding], notes: Sequence[Text], lang: str) -> str:
    """All findings of an answer with its notes."""
    return "".join(finding_html(finding, lang) for finding in findings) + notes_html(notes, lang)


def words_text(findings: Sequence[Finding], notes: Sequence[Text], lang: str) -> str:
    """The same as plain text."""
    return "\n".join([*(finding_text(finding, lang) for finding in findings), *(f"- {note[lang]}" for note in notes)])
