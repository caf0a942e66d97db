"""``ks.ledger``: all findings of a report's other chapters, what they advise, and what they say together.

``ledger.yml`` declares the sentences of the one page and what must agree between questions.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from karier_stats.answers import build, chapters, facts
from karier_stats.answers.phrases import lowered, span
from karier_stats.answers.record import EVIDENCE, Finding, Recommendation, restored, weakest
from karier_stats.answers.verdicts import margin_of, shown, value_of
from karier_stats.domain import codes
from karier_stats.errors import EnvironmentFault, refuse_unknown
from karier_stats.views.evaluation import Evaluation
from karier_stats.words import Joined, Phrase
from karier_stats.words.catalogue import own_data
from karier_stats.words.numbers import LANGUAGES, Text

VARIABLE = "KARIER_FINDINGS"
"""Environment variable that names the file of findings while a report is being made."""
SOURCES = tuple(name for name in chapters.CHAPTERS if name != "synthesis")
"""The chapters that are read, in order."""
MOST_LEVERS = 5
"""How many of the first actions a sentence names by what they move."""
LEDGER: dict[str, Any] = own_data(Path(__file__).with_name("ledger.yml"))
"""Which findings the one page repeats, which must agree, and which tell whether an earlier recommendation moved anything."""
FORMS = "outcomes.by_form."
"""What the ids of gains by form of training begin with; the form's code follows."""
NEAR = 1e-6
"""Numbers that differ by less than this part of themselves are one: findings are kept with ten digits."""
MOST_MOVED = 4
"""Measures that one sentence on earlier recommendations holds."""


@dataclass(frozen=True)
class Ledger:
    """Findings in the order of their chapters, and the evaluation that they were found in."""

    findings: tuple[Finding, ...]
    ev: Evaluation | None = field(default=None, repr=False)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __repr__(self) -> str:
        return "\n".join(f"{one.number} {one.sentence['id']}" for one in self)

    @property
    def headlines(self) -> tuple[Finding, ...]:
        """Those that their chapters lead with."""
        return tuple(one for one in self.findings if one.headline)

    @property
    def advice(self) -> Advice:
        """What they recommend, by consequence, evidence and feasibility; advice on one lever to one owner is one action.

        The last chapter itself advises on earlier recommendations past their due date. What repairs the files is no action
        for those who lead: it is listed with the quality of the data.
        """
        kept: dict[tuple[str, str, str], Finding] = {}
        overdue = () if self.ev is None else chapters.answer(self.ev, "synthesis.follow_up").findings[:1]
        # Of equal rank the earlier chapter first.
        for one in sorted((one for one in (*self, *overdue) if not one.suppressed), key=rank):
            advice = one.recommendation
            if advice is not None and not advice.repair:
                kept.setdefault((advice.lever or advice.action["id"], advice.subject, advice.owner["id"]), self._priced(one))
        return Advice(tuple(kept.values()))

    def _priced(self, one: Finding) -> Finding:
        """A finding whose action costs what its learning hours cost, where ``ledger.yml`` names both and both are known."""
        advice, known = one.recommendation, {one.id: one for one in self if one.told and one.estimate is not None}
        terms = {name: known.get(id) for name, id in LEDGER["costs"].get(advice.lever if advice else "", {}).items()}
        hours, price, need = (terms.get(name) for name in ("hours", "price", "need"))
        if advice is None or advice.cost or hours is None or price is None:
            return one
        cost = value_of(price).times(value_of(hours).value)
        within = Phrase("synthesis.cost.within") if need else Joined()
        told = Phrase("synthesis.cost.hours", cost=cost.value, range=span(cost, cost.level, kind="rupiah").range, within=within)
        return replace(one, recommendation=replace(advice, cost=dict(told)))

    def told(self, name: str) -> Answered | None:
        """The findings that answer one question of the one page: ``worked``, ``left_behind`` or ``lacking``.

        None where none may be told.
        """
        refuse_unknown("name", name, LEDGER["page"])
        chosen = self._among(LEDGER["page"][name]) or self._among(LEDGER["instead"].get(name, ()))
        forms = tuple(one for one in self if one.id.startswith(FORMS) and one.id not in LEDGER["page"]["for_whom"])
        whole = name == "worked" and not any(one.suppressed or one.ci_low is None for one in forms)
        return Answered(chosen, forms if whole else ()) if chosen else None

    def moved(self, earlier: pd.DataFrame) -> Answered | None:
        """What became of the measures that earlier recommendations were to move; None where none of their levers has a trend."""
        levers = dict.fromkeys(earlier["lever"]) if "lever" in earlier else ()
        chosen = self._among(id for lever in levers for id in LEDGER["measures"].get(lever, ()))
        return Answered(chosen[:MOST_MOVED]) if chosen else None

    def _among(self, ids: Iterable[str]) -> tuple[Finding, ...]:
        """The findings with a title that may be told and are named, in the order of their names."""
        titles = [one for one in self if one.told and one.brief]
        return tuple(one for id in ids for one in titles if one.bears(id))

    @property
    def agreement(self) -> Identities:
        """Every declared identity held against the findings; one that a finding is wanting for is passed over."""
        known = {one.id: one for one in self if not one.suppressed and one.estimate is not None}
        chosen = self.ev is not None and self.ev.unit != "semua"
        held = {name: holds(about, known) for name, about in LEDGER["identities"].items() if not (chosen and "everybody" in about)}
        checked = tuple(name for name, found in held.items() if found is not None)
        return Identities(checked, tuple(name for name in checked if not held[name]))

    @property
    def about(self) -> Mapping[str, Any]:
        """What codes are called."""
        return {"names": {"row": {name: Phrase(f"synthesis.chapters.{name}") for name in SOURCES}, "column": EVIDENCE}}

    def shown(self, kind: str) -> int:
        """How many findings it shows."""
        return len(self)

    def frame(self, kind: str) -> pd.DataFrame:
        """How many findings of each chapter have which evidence: ``row``, ``column``, ``value``; nobody is counted."""
        return pd.DataFrame([
            {"row": chapter, "column": grade, "n": pd.NA,
             "value": sum((one.chapter, one.evidence) == (chapter, grade) for one in self)}
            for chapter in SOURCES for grade in EVIDENCE
        ]).astype({"n": "Int64"})


@dataclass(frozen=True)
class Answered:
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


def titled(one: Finding) -> Text:
    """The title of a finding."""
    assert one.brief is not None
    return one.brief.message


@build.said.register
def _(result: Answered) -> build.Said:
    """The number of the finding that leads, as it stands there."""
    one = result.lead
    about = {"tables": one.source_tables, "of_people": one.of_people}
    return build.Said(value_of(one), one.n, one.ci_level or 0.95, one.unit_of_measure, about, one.n_units, design=one.design,
                      evidence=one.evidence, reasons=one.reasons)


@dataclass(frozen=True)
class Identities(facts.Factual):
    """The identities whose findings are all told, and those of them that do not hold, by their names in ``ledger.yml``."""

    checked: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def names(self) -> list[Text]:
        """What those that do not hold are about."""
        return [Phrase(f"synthesis.identities.{name}") for name in self.broken]


def holds(about: Mapping[str, Any], known: Mapping[str, Finding]) -> bool | None:
    """Whether one identity holds: ``same`` values, a ``whole`` not below its ``parts``, or a ``mean`` of its parts.

    None where fewer than two of its terms are told, or where the parts are not those of the whole.
    """
    if "same" in about:
        values = [value for term in about["same"] if (value := valued(term, known)) is not None]
        return all(near(values[0], value) for value in values) if len(values) > 1 else None
    if "mean" in about:  # by the people of the parts, where these are those of the whole
        if (found := known.get(about["mean"])) is None:
            return None
        groups = [one for id, one in known.items() if id.startswith(about["of"]) and one.unit_of_measure == found.unit_of_measure]
        people = sum(one.n for one in groups)
        if not groups or people != found.n:
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


build.said.register(Identities, lambda result: build.counted(result.k, "identities", "kuat" if result.n else None))


CONSEQUENCE = ((0.02, 1), (0.10, 2), (0.25, 3), (0.50, 4))
"""The consequence of an action (1-5) by the share affected that it stays under; 5 beyond, and one more where a duty is missed."""
GRADES = {"kuat": 3, "sedang": 2, "lemah": 1}
FEASIBLE = {"own": 3, "other": 2, "rule": 1}


def factors(finding: Finding) -> tuple[int, int, int]:
    """Consequence (1-5), evidence (1-3) and feasibility (1-3) of what a finding recommends; 0 without a recommendation.

    One more of consequence, to 5, where the law is not met or an earlier recommendation on the same lever is overdue; a
    share that is not known counts as the smallest.
    """
    advice = finding.recommendation
    if advice is None:
        return 0, 0, 0
    affected = next((points for bound, points in CONSEQUENCE if (advice.share or 0.0) < bound), 5)
    return min(5, affected + (advice.duty or advice.overdue)), GRADES.get(finding.evidence, 0), FEASIBLE[advice.authority]


def score(finding: Finding) -> int:
    """The product of its factors."""
    return math.prod(factors(finding))


def rank(finding: Finding) -> tuple[float, ...]:
    """What recommendations are ordered by: score, then evidence, then the share affected; the largest first.

    Each is negative, so that an ascending sort puts the most urgent first and leaves equals in the order of their chapters.
    """
    share = finding.recommendation.share if finding.recommendation else None
    return (-score(finding), -GRADES.get(finding.evidence, 0), -(share or 0.0))


def cost_of(advice: Recommendation) -> Text:
    """What an action costs, else why that is not reckoned."""
    return advice.cost or unpriced(advice.lever)


def unpriced(lever: str) -> Phrase:
    """Why the cost of an action is not reckoned, by what it moves."""
    reason = "price" if lever in LEDGER["costs"] else "own_work" if lever in LEDGER["own_work"] else "courses"
    return Phrase(f"synthesis.cost.{reason}")


@dataclass(frozen=True)
class Advice(facts.Factual):
    """Findings that recommend something, the most urgent first."""

    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def levers(self) -> list[Text]:
        """What the first of them move, as the list of levers calls it, within a sentence."""
        levers = [one.recommendation.lever for one in self.findings if one.recommendation]
        named = [codes.LEVER[lever] for lever in levers if lever in codes.LEVER]
        first = list(dict.fromkeys(named))[:MOST_LEVERS]
        return [{lang: name[:1].lower() + name[1:] for lang, name in zip(LANGUAGES, names, strict=True)} for names in first]

    @property
    def about(self) -> Mapping[str, Any]:
        """What codes are called."""
        return {"names": {"evidence": EVIDENCE}}

    def frame(self, kind: str) -> pd.DataFrame:
        """One row each: rank, what, by whom, by when, how one sees it, on which evidence, from which finding."""
        given = [(one, one.recommendation) for one in self.findings if one.recommendation]
        return pd.DataFrame([
            {"rank": place, **{f"{part}_{lang}": getattr(advice, part)[lang]
                for part in ("action", "owner", "due", "indicator") for lang in LANGUAGES},
             **{f"cost_{lang}": text for lang, text in cost_of(advice).items()},
             "evidence": one.evidence, "source": one.number, "score": score(one)}
            for place, (one, advice) in enumerate(given, 1)
        ])


build.said.register(Advice, lambda result: build.counted(
    len(result), "recommendations", weakest(one.evidence for one in result.findings) if len(result) else None))


def ledger(ev: Evaluation) -> Ledger:
    """All findings of the other chapters for this evaluation, in the order of the chapters, without the synthesis.

    Taken from the file that ``KARIER_FINDINGS`` names; else from a finished report of the same parameters and data;
    else computed here, by running the cells of the other notebooks.
    """
    place = os.environ.get(VARIABLE) or _finished(ev)
    if not place:
        return Ledger(_computed(ev, ev.facts()["data_sha256"]), ev)
    found = [restored(one) for one in json.loads(Path(place).read_text(encoding="utf-8"))["findings"]]
    return Ledger(tuple(one for one in found if one.chapter in SOURCES), ev)


def _finished(ev: Evaluation) -> Path | None:
    """findings.json of a whole report with the same parameters and data, made by notebooks and a program as they are now."""
    from karier_stats.report import manifest

    if not ev.folder.name:
        return None
    facts, root = ev.facts(), ev.folder.resolve().parents[2]
    wanted = {**facts["parameters"], "data_sha256": facts["data_sha256"]}
    place = root / "reports" / ev.name / str(ev.period)
    for path in sorted(place.glob(f"*/{ev.audience}/{ev.lang}/findings.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if all(content.get(name) == value for name, value in wanted.items()):
            with suppress(EnvironmentFault):
                if not {"data", "notebooks", "program", "versions"} & set(manifest.verify(path.parent, root=root)):
                    return path
    return None


@lru_cache(maxsize=4)
def _computed(ev: Evaluation, data: str) -> tuple[Finding, ...]:
    """Every question of every chapter answered here, protected as in a report; ``data`` tells evaluations with other tables
    apart.
    """
    from karier_stats.report.disclosure import protect

    found: dict[str, Finding] = {}
    for chapter in SOURCES:
        for answer in chapters.answers(ev, chapter):
            for one in protect(answer, ev.audience).findings:
                found.setdefault(one.id, one)
    return tuple(found.values())
