"""The sentences of the one page: what findings of the ledger say together, by their own titles and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karier_stats.answers import build
from karier_stats.answers.phrases import lowered
from karier_stats.answers.record import Finding
from karier_stats.answers.verdicts import margin_of, shown, value_of
from karier_stats.domain import codes
from karier_stats.errors import refuse_unknown
from karier_stats.words import Joined, Phrase
from karier_stats.words.catalogue import own_data
from karier_stats.words.numbers import LANGUAGES, Text

LEDGER: dict[str, Any] = own_data(Path(__file__).with_name("ledger.yml"))
"""Which findings the one page repeats, which must agree, and which tell whether an earlier recommendation moved anything."""
FORMS = "outcomes.by_form."
"""What the ids of gains by form of training begin with; the form's code follows."""

MOST_MOVED = 4
"""Measures that one sentence on earlier recommendations holds."""


@dataclass(frozen=True)
class Told:
    """Findings that answer one question of the one page together.

    Parameters
    ----------
    findings : tuple of Finding
        The one that leads first; each has a title.
    forms : tuple of Finding
        Gains by form of training, where the question is for whom.
    """

    findings: tuple[Finding, ...]
    forms: tuple[Finding, ...] = ()

    @property
    def lead(self) -> Finding:
        """The finding that leads."""
        return self.findings[0]

    @property
    def title(self) -> Text:
        """Its title."""
        return titled(self.lead)

    @property
    def titles(self) -> Text:
        """The titles of all, a sentence each."""
        return Joined(*(Phrase("synthesis.sentence", title=titled(one)) for one in self.findings))

    @property
    def whom(self) -> Text:
        """In which forms of training a gain is seen and in which not yet, a sentence each; empty without comparisons."""
        seen = [(shown(value_of(one), margin_of(one.unit_of_measure)), one) for one in self.forms]
        groups = {name: [one for found, one in seen if found == name] for name in ("up", "small", "open", "down")}
        names = {name: [form(one) for one in found] for name, found in groups.items() if found}
        return Joined(*(Phrase(f"synthesis.whom.{name}", names=found) for name, found in names.items()))


def told(name: str, findings: Iterable[Finding]) -> Told | None:
    """The findings that answer one question of the one page, as ``ledger.yml`` names them; None where none may be told."""
    refuse_unknown("name", name, LEDGER["page"])
    findings = tuple(findings)
    given = [one for one in findings if one.told]
    chosen = among(given, LEDGER["page"][name]) or among(given, LEDGER["instead"].get(name, ()))
    forms = [one for one in findings if one.id.startswith(FORMS) and one.id not in LEDGER["page"]["for_whom"]]
    whole = name == "worked" and not any(one.suppressed or one.ci_low is None for one in forms)
    return Told(tuple(chosen), tuple(forms) if whole else ()) if chosen else None


def moved(levers: Iterable[str], findings: Iterable[Finding]) -> Told | None:
    """What became of the measures that earlier recommendations were to move; None where none of them has a trend."""
    given = [one for one in findings if one.told]
    ids = [id for lever in dict.fromkeys(levers) for id in LEDGER["measures"].get(lever, ())]
    chosen = among(given, ids)
    return Told(tuple(chosen[:MOST_MOVED])) if chosen else None


def among(findings: Iterable[Finding], ids: Iterable[str]) -> list[Finding]:
    """The findings with a title that are named, in the order of their names."""
    titles = [one for one in findings if one.brief]
    named = [[one for one in titles if one.bears(id)] for id in ids]
    return [one for found in named for one in found]


def titled(one: Finding) -> Text:
    """The title of a finding."""
    assert one.brief is not None
    return one.brief.message


def form(one: Finding) -> Text:
    """The form of training that a gain is of, within a sentence."""
    code = one.id.removeprefix(FORMS)
    names = codes.FORM.get(code, (code, code))
    return lowered(dict(zip(LANGUAGES, names, strict=True)))


@build.said.register
def _(result: Told) -> build.Said:
    """The number of the finding that leads, as it stands there."""
    one = result.lead
    about = {"tables": one.source_tables, "of_people": one.of_people}
    return build.Said(value_of(one), one.n, one.ci_level or 0.95, one.unit_of_measure, about, one.n_units, design=one.design,
                      evidence=one.evidence, reasons=one.reasons)
