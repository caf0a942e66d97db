"""``ks.scorecard``: the written rubric of the synthesis, from findings to a verdict on the programme.

Nothing is computed from data here; findings of the other chapters are read and weighed. A criterion is as sure as the
weakest finding that it rests on. The words lie in ``words/synthesis.yml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from karier_stats.answers import build
from karier_stats.answers.facts import Factual
from karier_stats.answers.record import CAUSAL_DESIGNS, EVIDENCE, STRONGEST_FIRST, Design, Evidence, Finding, weakest
from karier_stats.answers.verdicts import margin_of, value_of, verdict
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import Text

Judgement = Literal[
    "unfavourable", "action", "favourable", "leaning", "too_small", "not_visible", "described", "no_data",
]
PRECEDENCE: tuple[Judgement, ...] = (
    "unfavourable", "action", "favourable", "leaning", "too_small", "not_visible", "described",
)
"""Of several judgements behind one criterion the first of these holds."""
CRITERIA: dict[str, tuple[str, ...]] = {
    "data": ("data_quality.verdict",),
    "fit": ("needs.offer", "needs.gap"),
    "reach": ("participation.rate", "participation.duty", "participation.units"),
    "benefit": ("outcomes.change", "outcomes.change.improved"),
    "lasting": ("outcomes.retention.left",),
    "work": ("outcomes.project_management", "outcomes.study_motivation"),
    "relevance": ("feedback.irrelevant", "feedback.irrelevant.*"),
    "leaders": ("leadership.participation.between", "leadership.learning_culture"),
    "commitment": ("challenges.commitment.no_show", "challenges.commitment.withdrew", "challenges.commitment.plans"),
    "budget": ("challenges.budget_gap",),
}
"""The findings that each criterion rests on, by id; one that ends in ``*`` stands for all that begin so."""
SUSTAINING = ("lasting", "leaders", "commitment", "budget", "relevance")
"""Criteria that decide whether the programme can go on as it is."""
DIRECTIONS = {
    "outcomes.change": 1, "outcomes.retention.left": 1, "outcomes.project_management": 1, "outcomes.study_motivation": 1,
    "leadership.participation.between": 1, "leadership.learning_culture": 1, "challenges.budget_gap": -1,
}
"""Findings whose sign is good (1) or bad (-1) news; their interval is held against the smallest difference that matters."""
GROUPS: dict[str, tuple[Judgement, ...]] = {
    "supporting": ("favourable",), "calling": ("action", "unfavourable"), "leaning": ("leaning",),
    "little": ("too_small",), "unseen": ("not_visible",), "absent": ("no_data",),
}
"""How the verdict groups the criteria beside the benefit."""


@dataclass(frozen=True)
class Judged:
    """A criterion (of ``CRITERIA``) with its judgement, the evidence of its weakest finding, and the findings that it rests on."""

    name: str
    judgement: Judgement
    evidence: Evidence
    findings: tuple[Finding, ...]

    @property
    def strength(self) -> Text:
        """How strong the findings behind it are: the weakest, and the strongest where it is another."""
        known = [one.evidence for one in self.findings if one.evidence in STRONGEST_FIRST]
        if not known or self.judgement == "no_data":
            return EVIDENCE[self.evidence]
        lowest, highest = weakest(known), min(known, key=STRONGEST_FIRST.index)
        if lowest == highest:
            return EVIDENCE[lowest]
        return Phrase("synthesis.from_to", low=EVIDENCE[lowest], high=EVIDENCE[highest])

    @property
    def told(self) -> Text:
        """The criterion within a sentence, with its evidence where there is any."""
        name = Phrase(f"synthesis.criteria.{self.name}")
        return name if self.evidence == "belum_ada_data" else Phrase("synthesis.with_evidence", name=name, strength=self.strength)

    @property
    def attributable(self) -> bool:
        """Whether a finding behind it has a design that can show what the programme did."""
        return any(one.design in CAUSAL_DESIGNS for one in self.findings)


@dataclass(frozen=True)
class Scorecard(Factual):
    """Criteria with their judgements, in the order of the evaluation; facts for sentences."""

    lines: tuple[Judged, ...]

    def __iter__(self) -> Iterator[Judged]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def __repr__(self) -> str:
        return "\n".join(f"{line.name}: {line.judgement} ({line.evidence})" for line in self)

    def __getitem__(self, name: str) -> Judged:
        return next(line for line in self.lines if line.name == name)

    @property
    def sustaining(self) -> Sustaining:
        """The criteria that decide on going on."""
        return Sustaining(tuple(line for line in self.lines if line.name in SUSTAINING))

    @property
    def assessed(self) -> Assessed:
        """The criteria as they are counted."""
        return Assessed(self.lines)

    def told(self, *judgements: Judgement, but: str = "") -> list[Text]:
        """The criteria with some judgements, as sentences name them."""
        return [line.told for line in self.lines if line.judgement in judgements and line.name != but]

    @property
    def code(self) -> str:
        """What the scorecard says of the programme as a whole, as a key.

        The benefit to competence decides, and only a design with a comparison can show one: a change before-after alone
        leaves the verdict open (``change``). Too small to matter: to be reviewed (``small``). In favour by direction
        only: open as to size (``leaning``). Against: not to be continued as it is (``against``). In favour with weak
        evidence: continue and strengthen the evidence (``weak``). In favour: ``continue``, with improvements where
        another criterion calls for action or speaks against (``improve``). Otherwise the data do not decide (``open``).
        """
        benefit = self["benefit"]
        if benefit.judgement in ("favourable", "leaning", "unfavourable") and not benefit.attributable:
            return "change"
        if benefit.judgement != "favourable":
            return {"unfavourable": "against", "too_small": "small", "leaning": "leaning"}.get(benefit.judgement, "open")
        if benefit.evidence == "lemah":
            return "weak"
        return "improve" if self.told("action", "unfavourable") else "continue"

    @property
    def benefit(self) -> Text:
        """What the verdict rests on, as a sentence."""
        benefit = self["benefit"]
        state: str = benefit.judgement
        if self.code == "change":
            state = "fell" if state == "unfavourable" else "rose"
        return Phrase(f"synthesis.benefit.{state}", strength=benefit.strength)

    @property
    def beside(self) -> Text:
        """The other criteria by judgement, a sentence for each group."""
        found = {name: self.told(*judgements, but="benefit") for name, judgements in GROUPS.items()}
        return Joined(*(Phrase(f"synthesis.groups.{name}", names=names) for name, names in found.items() if names))

    @property
    def about(self) -> Mapping[str, Any]:
        """What codes are called."""
        words = {name: Phrase("synthesis.capital", what=Phrase(f"synthesis.criteria.{name}")) for name in CRITERIA}
        judged = {name: Phrase(f"synthesis.judgements.{name}") for name in (*PRECEDENCE, "no_data")}
        return {"names": {"criterion": words, "judgement": judged, "evidence": {line.name: line.strength for line in self}}}

    def frame(self, kind: str) -> pd.DataFrame:
        """One row per criterion: its judgement, the strength of its evidence (by criterion), the findings behind it."""
        return pd.DataFrame([
            {"criterion": line.name, "judgement": line.judgement, "evidence": line.name, "findings": len(line.findings)}
            for line in self.lines
        ])


@dataclass(frozen=True)
class Assessed(Scorecard):
    """How many criteria can be assessed."""


@dataclass(frozen=True)
class Sustaining(Scorecard):
    """The criteria that carry or limit a programme in the years to come."""

    @property
    def weighed(self) -> tuple[Judged, ...]:
        """Those that lean one way or the other."""
        return tuple(line for line in self.lines if line.judgement in ("favourable", "leaning", "action", "unfavourable"))

    @property
    def verdict(self) -> Text:
        """What carries, what limits, and what is not certain, a sentence each."""
        carrying, limiting = self.told("favourable"), self.told("action", "unfavourable")
        rest = self.told("leaning", "too_small", "not_visible", "described", "no_data")
        if not carrying and not limiting:
            return Phrase("synthesis.sustained.unknown")
        parts = {"carried": carrying, "limited": limiting, "uncertain": rest}
        return Joined(*(Phrase(f"synthesis.sustained.{name}", names=names) for name, names in parts.items() if names))


def judge(finding: Finding) -> Judgement:
    """What one finding says, by the rubric.

    The interval of findings of ``DIRECTIONS`` is held against the smallest difference that matters (of a measure without
    one: against 0); of all others only whether they recommend something counts. What is suppressed is as good as unknown.

    Returns
    -------
    str
        ``favourable`` or ``unfavourable``: the whole interval on one side of 0, and for the good beyond the margin;
        ``leaning``: on the good side, but perhaps too small; ``too_small``: wholly inside the margin; ``not_visible``: both
        signs are possible, or there is no interval; ``action`` or ``described``: no direction, with advice or without.
    """
    if finding.evidence == "belum_ada_data" or finding.suppressed:
        return "no_data"
    sign = DIRECTIONS.get(finding.id)
    if sign is None:
        return "described" if finding.recommendation is None else "action"
    if finding.estimate is None or finding.ci_low is None or finding.ci_high is None:
        return "not_visible"
    value = value_of(finding)
    said = verdict(value, margin_of(finding.unit_of_measure) or 0.0)
    if said == "terlalu_kecil":
        return "too_small"
    if value.low <= 0 <= value.high:
        return "not_visible"
    if sign * value.low < 0:
        return "unfavourable"
    return "favourable" if said == "berarti" else "leaning"


def weigh(name: str, findings: Iterable[Finding]) -> Judged:
    """One criterion judged by the findings that it rests on; shares of people who moved up and down count as a pair.

    Of their judgements the first of ``PRECEDENCE`` holds, bad news before good; the evidence is the weakest among them.
    """
    given = tuple(findings)
    kept = tuple(one for one in given if any(map(one.bears, CRITERIA[name])))
    judgements = {judge(one) for one in kept} | _moved(given, kept)
    found: Judgement = next((one for one in PRECEDENCE if one in judgements), "no_data")
    if found == "no_data":
        return Judged(name, found, "belum_ada_data", kept)
    return Judged(name, found, weakest(one.evidence for one in kept), kept)


def _moved(given: tuple[Finding, ...], kept: tuple[Finding, ...]) -> set[Judgement]:
    """Ordered levels: more people surely moved up than down, fewer, or neither."""
    shares = {one.id.rpartition(".")[2]: one for one in given if one.id.startswith("outcomes.change.")}
    up, down = shares.get("improved"), shares.get("declined")
    if up not in kept or up is None or down is None or None in (up.ci_low, up.ci_high, down.ci_low, down.ci_high):
        return set()
    if up.ci_low > down.ci_high:  # type: ignore[operator]
        return {"favourable"}
    return {"unfavourable"} if up.ci_high < down.ci_low else {"not_visible"}  # type: ignore[operator]


def scorecard(findings: Iterable[Finding]) -> Scorecard:
    """Every criterion judged by the findings of the other chapters (:func:`~karier_stats.ledger`)."""
    given = tuple(findings)
    return Scorecard(tuple(weigh(name, given) for name in CRITERIA))


@build.said.register
def _(result: Scorecard) -> build.Said:
    """The verdict stands on the benefit, with its design and its people."""
    benefit = result["benefit"]
    base = benefit.findings[0] if benefit.findings else None
    design: Design = base.design if base else "descriptive"
    return build.Said(Estimate(NAN), base.n if base else 0, 0.95, "", {}, design=design, evidence=benefit.evidence,
                      reasons=base.reasons if base else ())


@build.said.register
def _(result: Sustaining) -> build.Said:
    """As sure as the weakest finding behind what leans one way or the other."""
    findings = [one for line in result.weighed for one in line.findings]
    leaders = {one.design for line in result.weighed if line.name == "leaders" for one in line.findings}
    order: tuple[Design, ...] = ("association", "adjusted_association")
    design: Design = next((one for one in order if one in leaders), "descriptive")
    evidence = weakest(line.evidence for line in result.weighed)
    n = max((one.n for one in findings), default=0)
    return build.Said(Estimate(NAN), n, 0.95, "", {}, design=design, evidence=evidence)


build.said.register(Assessed, lambda result: build.counted(
    result.known, "criteria", "kuat" if result.known else "belum_ada_data"))
