"""What findings say together, as ``ledger.yml`` declares it: the sentences of the one page, and what must agree between questions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karier_stats.answers import build, facts
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

NEAR = 1e-6
"""Numbers that differ by less than this part of themselves are one: findings are kept with ten digits."""
MOST_MOVED = 4
"""Measures that one sentence on earlier recommendations holds."""


@dataclass(frozen=True)
class Told:
    """Findings with a title that answer one question of the one page together, the one that leads first.

    ``forms`` are gains by form of training, where the question is for whom.
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
        names: dict[str, list[Text]] = {"up": [], "small": [], "open": [], "down": [], "none": []}
        for one in self.forms:
            code = one.id.removeprefix(FORMS)
            form = lowered(dict(zip(LANGUAGES, codes.FORM.get(code, (code, code)), strict=True)))
            names[shown(value_of(one), margin_of(one.unit_of_measure))].append(form)
        del names["none"]
        return Joined(*(Phrase(f"synthesis.whom.{name}", names=found) for name, found in names.items() if found))


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


@build.said.register
def _(result: Told) -> build.Said:
    """The number of the finding that leads, as it stands there."""
    one = result.lead
    about = {"tables": one.source_tables, "of_people": one.of_people}
    return build.Said(value_of(one), one.n, one.ci_level or 0.95, one.unit_of_measure, about, one.n_units, design=one.design,
                      evidence=one.evidence, reasons=one.reasons)


@dataclass(frozen=True)
class Agreement(facts.Told):
    """The identities whose findings are all told, and those of them that do not hold, by their names in ``ledger.yml``."""

    checked: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def names(self) -> list[Text]:
        """What those that do not hold are about."""
        return [Phrase(f"synthesis.identities.{name}") for name in self.broken]


def agreement(findings: Iterable[Finding]) -> Agreement:
    """Every declared identity held against the findings; one that a finding is wanting for is passed over."""
    known = {one.id: one for one in findings if not one.suppressed and one.estimate is not None}
    held = {name: holds(about, known) for name, about in LEDGER["identities"].items()}
    checked = tuple(name for name, found in held.items() if found is not None)
    return Agreement(checked, tuple(name for name in checked if not held[name]))


def holds(about: Mapping[str, Any], known: Mapping[str, Finding]) -> bool | None:
    """Whether one identity holds: ``same`` values, a ``whole`` not below its ``parts``, or a ``mean`` of its parts.

    None where fewer than two of its terms are told, or where the parts are not those of the whole.
    """
    if "same" in about:
        values = [value for term in about["same"] if (value := valued(term, known)) is not None]
        return all(near(values[0], value) for value in values) if len(values) > 1 else None
    if "mean" in about:  # by the people of the parts, where these are those of the whole
        found, groups = known.get(about["mean"]), [one for id, one in known.items() if id.startswith(about["of"])]
        people = sum(one.n for one in groups)
        if found is None or not groups or people != found.n:
            return None
        return near(sum((one.estimate or 0.0) * one.n for one in groups) / people, found.estimate or 0.0)
    whole, parts = valued(about["whole"], known), [valued(term, known) for term in about["parts"]]
    told = [value for value in parts if value is not None]
    return None if whole is None or not told else sum(told) <= whole * (1 + NEAR)


def valued(term: str, known: Mapping[str, Finding]) -> float | None:
    """The value of a term: the id of a finding, for its number; with ``n`` after it its people or rows, with ``k`` its number
    times those. None where the finding is not told.
    """
    id, _, kind = term.partition(" ")
    if id not in known:
        return None
    one = known[id]
    number = float(one.estimate or 0.0)
    return {"": number, "n": float(one.n), "k": number * one.n}[kind]


def near(one: float, other: float) -> bool:
    """Whether two numbers are one, but for how they were rounded."""
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=1e-9)


build.said.register(Agreement, lambda result: build.counted(result.k, "identities", "kuat" if result.n else None))
