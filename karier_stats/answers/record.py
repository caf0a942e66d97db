"""Findings: what a report may say, how strongly, and from which data.

A question gives an :class:`Answer`: findings in both languages, and the data of at most one picture and one table.
Pictures are drawn and words are shown by the report's rooms; nothing here draws or formats HTML.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from karier_stats.domain.rules import Rule, legal_note
from karier_stats.stats.picture import Picture
from karier_stats.words import Phrase
from karier_stats.words.numbers import LANGUAGES, Text

if TYPE_CHECKING:
    import pandas as pd


Design = Literal["randomised", "comparison_group", "before_after", "adjusted_association", "association", "descriptive"]
Counts = tuple[float | None, float, float]
"""Whom a row counts, if anybody, of how many, and its value."""
Authority = Literal["own", "other", "rule"]
Evidence = Literal["kuat", "sedang", "lemah", "belum_ada_data"]

DESIGNS: dict[str, Text] = {name: Phrase(f"said.design.{name}") for name in get_args(Design)}
EVIDENCE: dict[str, Text] = {name: Phrase(f"said.evidence.{name}") for name in get_args(Evidence)}
_CEILING = {
    "randomised": 3, "comparison_group": 3, "descriptive": 3, "adjusted_association": 2, "association": 2, "before_after": 2,
}
CAUSAL_DESIGNS = ("randomised", "comparison_group")
"""Designs whose sentences may use a causal verb, with the assumption stated."""

REASONS = (
    "randomised", "compared", "counted", "uncompared", "associated", "incomplete", "wide", "useless", "disputed", "reported",
    "selected", "unchecked", "assumed", "calendar", "unadjusted", "unreconciled", "unfit",
)
"""Why evidence has its grade, by key of ``said.reason``; the first three speak for it."""
_DESIGN_REASON = {
    "randomised": "randomised", "comparison_group": "compared", "before_after": "uncompared", "association": "associated",
    "adjusted_association": "associated",
}
STRONGEST_FIRST: tuple[Evidence, ...] = ("kuat", "sedang", "lemah")


def weakest(grades: Iterable[Evidence]) -> Evidence:
    """The weakest of some grades; ``belum_ada_data`` where there is none with data."""
    found = [grade for grade in grades if grade in STRONGEST_FIRST]
    return max(found, key=STRONGEST_FIRST.index, default="belum_ada_data")


class Grade(NamedTuple):
    """How strong a finding is, and why: keys of ``REASONS``, the design's own first."""

    evidence: Evidence
    reasons: tuple[str, ...] = ()


def grade(
    design: Design, *, coverage: float | None, precise: bool, robust: bool = True, useless: bool = False,
    reported: bool = False, selected: bool = True,
) -> Grade:
    """How strong a finding is, by the written rubric of ASSUMPTIONS.md.

    The design sets the highest grade: strong for randomised, comparison group and plain description, moderate for
    before-after and associations. Each of what follows costs one grade, down to weak.

    Parameters
    ----------
    coverage : float or None
        Share (0-1) of those concerned who are in the data; below 0.8, or unknown, it costs a grade.
    precise : bool
        False for an interval too wide for the smallest difference that matters; a narrow one around nothing is precise.
    robust : bool
        False where methods disagree.
    useless : bool
        Whether a difference that matters is possible either way.
    reported : bool
        Whether people tell the outcome of themselves.
    selected : bool
        False where nobody knows how people were chosen.
    """
    against = {
        "incomplete": coverage is None or coverage < 0.8, "wide": not precise, "useless": useless, "disputed": not robust,
        "reported": reported, "selected": not selected,
    }
    level = max(_CEILING[design] - sum(against.values()), 1)
    whole = design == "descriptive" and coverage == 1
    first = "counted" if whole else _DESIGN_REASON.get(design, "")
    reasons = [first, *(name for name, holds in against.items() if holds and not (name == "wide" and useless))]
    return Grade(STRONGEST_FIRST[-level], tuple(filter(None, reasons)))


@dataclass(frozen=True)
class Recommendation:
    """What should be done, by whom, by when, and how one sees that it was done.

    Parameters
    ----------
    action, owner, due, indicator : dict
        Its four texts, in every language.
    lever, subject : str
        What is moved, and which of several such things (a course): advice on one of them to one owner is one action.
    share : float, optional
        Of staff, places or money affected (0-1).
    duty : bool
        Whether the law is not met.
    authority : {"own", "other", "rule"}
        Who may do it: the office itself, only with another agency or budget cycle, only by a new rule.
    repair : bool
        Whether it concerns the files alone; it is then listed with the quality of the data.
    cost : dict, optional
        What it costs, in words.
    follows : tuple of str
        Earlier recommendations on the same lever that are not done, by their id.
    overdue : bool
        Whether one of them is past its due date.
    """

    action: dict[str, str]
    owner: dict[str, str]
    due: dict[str, str]
    indicator: dict[str, str]
    lever: str = ""
    subject: str = ""
    share: float | None = None
    duty: bool = False
    authority: Authority = "own"
    repair: bool = False
    cost: dict[str, str] | None = None
    follows: tuple[str, ...] = ()
    overdue: bool = False


@dataclass(frozen=True)
class Brief:
    """A finding as the main report tells it: a title that is true if read alone, and the matter in plain words.

    Parameters
    ----------
    message, plain : dict
        Title and paragraph, in every language.
    condition : dict, optional
        What must hold for it to be true, where something must.
    hidden : bool
        Whether the title said what may not be told.
    """

    message: dict[str, str]
    plain: dict[str, str]
    condition: dict[str, str] | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Finding:
    """One statement of the report with everything that it rests on.

    Parameters
    ----------
    id, chapter, question
        Its question's name, with the part's after it; where it belongs; what is asked, in every language.
    estimate, ci_low, ci_high, p_value : float or None
        In ``unit_of_measure`` (shares as 0-1, money in rupiah); None, also for NaN and infinity, where there is none.
    n, n_units : int
        People or rows behind it, and units (clusters), where these count.
    design, evidence, reasons
        What it rests on, how strong it is, and why: keys of ``REASONS``.
    source_tables : tuple of str
        Processed tables behind it.
    sentence : dict
        The same numbers in words, in every language.
    ci_level : float, optional
        Level of the interval (0-1).
    headline, suppressed : bool
        Whether its chapter leads with it; whether disclosure control has emptied it.
    of_people : bool
        False where ``n`` counts batches, budget lines or units: disclosure control asks only for people.
    number : str
        Where it stands in the report (``F-5.2``): the same every year; a further part adds its letter.
    ends : tuple
        Of a difference whom each side counts, if anybody, and of how many: for disclosure control alone, in no record.
    rows : frozenset
        The same of the rows whose numbers its words tell, each with its value.

    Raises
    ------
    ValueError
        The sentence lacks a language.
    """

    id: str
    chapter: str
    question: dict[str, str]
    estimate: float | None
    unit_of_measure: str
    ci_low: float | None
    ci_high: float | None
    n: int
    design: Design
    evidence: Evidence
    source_tables: tuple[str, ...]
    sentence: dict[str, str]
    suppressed: bool = False
    p_value: float | None = None
    ci_level: float | None = None
    n_units: int | None = None
    headline: bool = False
    recommendation: Recommendation | None = None
    of_people: bool = True
    number: str = ""
    reasons: tuple[str, ...] = ()
    brief: Brief | None = None
    ends: tuple[tuple[float | None, float], ...] = field(default=(), compare=False)
    rows: frozenset[Counts] = field(default=frozenset(), compare=False)

    def __post_init__(self) -> None:
        for name in ("estimate", "ci_low", "ci_high", "p_value"):
            value = getattr(self, name)
            missing = value is None or type(value).__name__ == "NAType" or not math.isfinite(value)
            object.__setattr__(self, name, None if missing else float(value))
        if set(self.sentence) != set(LANGUAGES):
            raise ValueError(f"finding {self.id} must speak {LANGUAGES}")

    @property
    def graded(self) -> bool:
        """Whether it has evidence of its own: a number of recommendations or criteria has none, since it estimates nothing."""
        return self.n > 0 or self.suppressed or self.evidence == "belum_ada_data"

    @property
    def told(self) -> bool:
        """Whether it may be told: neither it nor its title is hidden."""
        return not self.suppressed and (self.brief is None or not self.brief.hidden)

    def bears(self, name: str) -> bool:
        """Whether a name in a list of findings means this one: its id, or with ``*`` at its end what its id begins with."""
        return self.id.startswith(name[:-1]) if name.endswith("*") else self.id == name

    def as_dict(self) -> dict[str, Any]:
        """Plain types for findings.json."""
        return {name: value for name, value in asdict(self).items() if name not in ("ends", "rows")}


def question_of(id: str) -> str:
    """The question of a finding: what its id begins with."""
    return ".".join(id.split(".")[:2])


def restored(one: Mapping[str, Any]) -> Finding:
    """A finding from its plain types, as findings.json holds them."""
    advice, brief = one.get("recommendation"), one.get("brief")
    return Finding(**{
        **one, "source_tables": tuple(one["source_tables"]), "reasons": tuple(one.get("reasons", ())),
        "recommendation": Recommendation(**{**advice, "follows": tuple(advice.get("follows", ()))}) if advice else None,
        "brief": Brief(**brief) if brief else None,
    })


@dataclass(frozen=True)
class Field:
    """One column of a table: where it lies in the data, its heading, how it is written.

    ``kind`` ``text`` takes ``<name>_id``/``<name>_en`` where the data has them.
    """

    name: str
    label: dict[str, str]
    kind: Literal["text", "number", "integer", "percent", "points", "rupiah", "p"] = "text"
    digits: int = 1


@dataclass(frozen=True)
class Table:
    """The data of one table; ``report.tables`` writes it.

    ``count`` names the column with the number of people behind each row: rows below the disclosure threshold are not shown.
    ``block`` names the column whose groups each add up to a total of their own (sex, age, ...).
    """

    data: pd.DataFrame
    fields: tuple[Field, ...]
    caption: dict[str, str]
    count: str | None = None
    block: str | None = None


@dataclass(frozen=True)
class Answer:
    """The answer to one question of a chapter.

    Parameters
    ----------
    id, chapter : str
        Such as ``participation.rate`` and ``participation``.
    findings, picture, table, notes
        What is told, in every language; the first finding is the question's own.
    needs, missing : tuple of str
        Tables that it rests on, and those of them that are not there.
    lang, audience : str
        For whom it is shown first.
    n_units : int, optional
        Units that the evaluation tells of.
    checks : tuple of str
        The checks of disclosure control for which something of it is hidden.
    """

    id: str
    chapter: str
    findings: tuple[Finding, ...]
    picture: Picture | None = None
    table: Table | None = None
    notes: tuple[dict[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    lang: str = "id"
    audience: str = "internal"
    n_units: int | None = None
    checks: tuple[str, ...] = ()


def resting_on(answer: Answer, used: tuple[Rule, ...]) -> Answer:
    """The answer with the legal notes of the rules behind it, none of its findings stronger than they are."""
    told = tuple(dict(note) for one in used if (note := legal_note(one)) is not None)
    kept = answer.findings
    if any(one.unchecked for one in used):
        kept = tuple(
            replace(one, evidence="sedang", reasons=(*one.reasons, "unchecked")) if one.evidence == "kuat" else one for one in kept
        )
    return replace(answer, findings=kept, notes=(*answer.notes, *(note for note in told if note not in answer.notes)))


_COLLECTED: ContextVar[list[Answer] | None] = ContextVar("collected", default=None)


@contextmanager
def collected() -> Iterator[list[Answer]]:
    """Answers given inside the block, in order, instead of being shown: the synthesis opened alone, and tests."""
    found: list[Answer] = []
    token = _COLLECTED.set(found)
    try:
        yield found
    finally:
        _COLLECTED.reset(token)


def hand_over(record: Answer) -> bool:
    """Give a record to who collects; False where nobody does, so that it is to be shown."""
    waiting = _COLLECTED.get()
    if waiting is not None:
        waiting.append(record)
    return waiting is not None
