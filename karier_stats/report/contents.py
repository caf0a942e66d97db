"""What the editions of a report are made of: the answers of its notebooks, the chosen findings, the ranked actions.

Everything here is text of one language and plain data; nothing is HTML. Which findings, picture and table a chapter leads
with stands in its catalogue under ``report``; without it the first findings of its questions are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from karier_stats.answers.ledger import LEDGER, Ledger, factors, rank, score, unpriced
from karier_stats.answers.record import DESIGNS, EVIDENCE, Field, Finding, Table, question_of
from karier_stats.answers.verdicts import estimated, margin_of, shown
from karier_stats.report.disclosure import MARK
from karier_stats.report.record import Record, table_of, vectors
from karier_stats.report.render import QUESTION, anchor_of
from karier_stats.report.tables import cell
from karier_stats.report.wording import plainly, sentences, spoken
from karier_stats.words import Phrase, catalogue, say
from karier_stats.words.numbers import LANGUAGES
from karier_stats.words.record import RECORD_MIME, VECTOR

if TYPE_CHECKING:
    from nbformat import NotebookNode

NO_DATA = "belum_ada_data"
VERDICT = "synthesis"
ONE_PAGE = ("worked", "for_whom", "left_behind")
"""The questions of the one page, of those in ``ledger.yml``."""
MOST_FINDINGS = 5
MOST_CAUSES, MOST_EFFECTS = 2, 1
"""Findings that may explain a chapter's condition, and that it may bear on."""
MOST_QUESTIONS = 4
"""Unanswered questions that a chapter lists by name."""
MOST_WORDS = 60
"""Words of a paragraph of the main report."""
SHORT = 20
"""Words of a statement on the one page."""
MOST_ROWS, MOST_COLUMNS = 8, 5
"""Size of a table of the main report; the annexes have it whole."""
OF_ROWS = ("intervals", "bars", "stacked")
"""Kinds of pictures that have a row for each label."""
APART = ("up", "down")
"""Readings that tell a direction."""
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")


@dataclass(frozen=True)
class PagePicture:
    """A picture of an executed notebook, by its record, and as vectors where the notebook has them."""

    record: Mapping[str, Any]
    drawn: str = ""

    def markup(self, lang: str) -> str:
        """The picture as vectors, with its words; the title stands over it."""
        shown = self.shown
        return vectors(shown, lang, titled=False, drawn=self.drawn if shown is self.record else "")

    def height(self, lang: str) -> float:
        """Its height in units of the drawing, whose width is that of a page."""
        return float(re.findall(r'viewBox="0 [\d.]+ [\d.]+ ([\d.]+)"', self.markup(lang))[0])

    @property
    def shown(self) -> Mapping[str, Any]:
        """The record without hidden rows, which are counted in its note: they would fill a picture with nothing."""
        data, note = self.record["data"], self.record.get("note") or {}
        gone = [bool(mark) for mark in data.get(MARK, ())]
        if self.record["kind"] not in OF_ROWS or not any(gone):
            return self.record
        left = Phrase("editions.hidden_rows", n=len({label for label, mark in zip(data["label_id"], gone, strict=True) if mark}))
        kept = {name: [value for value, mark in zip(column, gone, strict=True) if not mark] for name, column in data.items()}
        return {**self.record, "data": kept, "note": {lang: f"{note.get(lang, '')} {left[lang]}".strip() for lang in LANGUAGES}}

    @property
    def tells(self) -> bool:
        """Whether two rows are left to compare."""
        return self.record["kind"] not in OF_ROWS or len(set(self.shown["data"].get("label_id", ()))) > 1


@dataclass(frozen=True)
class AskedQuestion:
    """One question of a chapter with what its executed notebook answered; ``place`` is chapter and question, ``5.2``."""

    name: str
    place: str
    picture: PagePicture | None
    table: Table | None
    checks: tuple[str, ...] = ()

    @property
    def picture_title(self) -> Mapping[str, str]:
        """What stands above its picture."""
        return self.picture.record["title"] if self.picture else {}

    @property
    def table_number(self) -> str:
        """The number of the full table, ``T-B.5.2``."""
        return f"T-B.{self.place}"


def asked(notebooks: Mapping[str, NotebookNode]) -> dict[str, AskedQuestion]:
    """Every question of executed notebooks by its name; chapters and questions are numbered as they stand."""
    found: dict[str, AskedQuestion] = {}
    for chapter, notebook in enumerate(notebooks.values(), 1):
        cells = ((match[1], cell) for cell in notebook.cells if (match := QUESTION.search(cell.source)))
        for place, (name, one) in enumerate(cells, 1):
            shown = [output.get("data", {}) for output in one.get("outputs", [])]
            told = [(data[RECORD_MIME], data) for data in shown if RECORD_MIME in data]
            drawn = [(record["picture"], data) for record, data in told if record["kind"] == "picture"]
            pictures = [PagePicture(picture, data.get(VECTOR, "")) for picture, data in drawn]
            tables = [table_of(record["table"]) for record, _ in told if record["kind"] == "table"]
            checks = tuple(check for record, _ in told for check in record.get("checks", ()))
            found[name] = AskedQuestion(name, f"{chapter}.{place}", next(iter(pictures), None), next(iter(tables), None), checks)
    return found


def records_of_cell(cell: NotebookNode) -> Iterator[Record]:
    """The records of a cell's outputs."""
    for output in cell.get("outputs", []):
        record = output.get("data", {}).get(RECORD_MIME)
        if record:
            yield record


@dataclass(frozen=True)
class ToldFinding:
    """One finding as the main report tells it: number (``F-5.2``), id of the page, words, and the full table of its question."""

    number: str
    anchor: str
    title: str
    paragraph: str
    strength: str
    evidence: str
    table: str
    condition: str = ""

    @property
    def shown(self) -> str:
        """Its number as a reader says it."""
        return spoken(self.number)

    @property
    def message(self) -> bool:
        """Whether its title says something; that of a finding without plain words only asks."""
        return not self.title.endswith("?")

    @property
    def answers(self) -> bool:
        """Whether there is something to tell."""
        return self.strength != NO_DATA

    @property
    def short(self) -> str:
        """What it says in one sentence; of a long one without a title, what stands before its brackets."""
        if self.message:
            return self.title
        sentence = within(self.paragraph, 1)
        return sentence if len(sentence.split()) <= SHORT else sentence.partition(" (")[0]


@dataclass(frozen=True)
class Small:
    """A table of the main report: heads, rows of text, its number, and which rows are not among them."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    number: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Action:
    """One recommendation: rank, number ``R-2026-01``, and what the reader needs to act on it."""

    rank: int
    number: str
    action: str
    weight: str
    strength: str
    evidence: str
    owner: str
    due: str
    target: str
    cost: str
    unpriced: str
    follows: str
    chapter: str
    finding: str
    score: str
    sources: tuple[str, ...]

    @property
    def found(self) -> str:
        """The number of its finding as a reader says it."""
        return spoken(self.finding)


@dataclass(frozen=True)
class Knot:
    """What calls for a chapter's first action, with findings that may explain it and that it may bear on; nothing proves that."""

    condition: ToldFinding
    causes: tuple[ToldFinding, ...]
    effects: tuple[ToldFinding, ...]


@dataclass(frozen=True)
class Results:
    """One results chapter: its leading finding is its title and its answer; the others follow."""

    name: str
    roman: str
    anchor: str
    head: str
    lead: ToldFinding
    findings: tuple[ToldFinding, ...]
    pictures: tuple[AskedQuestion, ...]
    table: Small | None
    by_year: Small | None
    criterion: str
    years: tuple[ToldFinding, ...]
    unsaid: tuple[str, ...]
    actions: tuple[Action, ...]
    knot: Knot | None

    @property
    def answered(self) -> bool:
        """Whether it tells anything; chapters that do not are one list in the introduction."""
        return self.lead.answers

    @property
    def others(self) -> str:
        """The numbers of its recommendations after the first."""
        return ", ".join(one.number for one in self.actions[1:])


class Contents:
    """The content of the main report and of the one page, in one language.

    Made of executed notebooks by chapter, in the order of the report, and of all findings after disclosure control; the
    period is the year that is reported: recommendations bear the next one.
    """

    def __init__(
        self, notebooks: Mapping[str, NotebookNode], findings: Iterable[Finding], lang: str, period: int | None
    ) -> None:
        self.lang, self.period = lang, period or 0
        self.questions = asked(notebooks)
        self.findings = tuple(findings)
        ledger = Ledger(tuple(one for one in self.findings if one.chapter != "data_quality"))
        self.advice = ledger.advice.findings
        self.actions = tuple(self._action(place, one) for place, one in enumerate(self.advice, 1))
        self.last = ROMAN[len(notebooks) - 1]
        self.chapters = tuple(
            self._results(name, ROMAN[place]) for place, name in enumerate(notebooks) if name not in ("data_quality", VERDICT)
        )
        self.answered, self.unanswered = ([one for one in self.chapters if one.answered is so] for so in (True, False))
        told = [line for one in self.chapters for line in (one.lead, *one.findings)] + self.conclusions
        self._shown = {line.number: line.anchor for line in reversed(told) if line.number}

    def link(self, number: str) -> str:
        """Where a finding is told: in the main report, else in the annexes."""
        if number in self._shown:
            return f"#{self._shown[number]}"
        place = re.search(r"\d+\.\d+", number)
        return f"lampiran.html#J_{place[0].replace('.', '_')}" if place else "lampiran.html"

    def _results(self, name: str, roman: str) -> Results:
        """One chapter as its catalogue chooses it."""
        chosen = catalogue.node(f"{name}.report", {})
        own = [one for one in self.findings if one.chapter == name]
        told = [one for one in own if _tellable(one)]
        named = [one for names in chosen.get("findings", ()) if (one := _named(names, told))]
        firsts: dict[str, Finding] = {}
        for one in told:
            firsts.setdefault(question_of(one.id), one)
        first = sorted(firsts.values(), key=lambda one: not one.headline)
        worded = [[one for one in some if one.brief] for some in (named, first)]  # the title of another one would only ask
        wanted = worded[0] or worded[1] or named or first
        lines = self._numbered(wanted[:MOST_FINDINGS])
        pictured = [chosen.get("picture", wanted[0].id if wanted else ""), chosen.get("second_picture", "")]
        pictures = [found for id in pictured if (found := self.question(id)) and found.picture and found.picture.tells]
        tabled, dated = self.question(chosen.get("table", "")), self.question(chosen.get("by_year", ""))
        by_year = self.small(dated) if dated else None  # years side by side; none of a single year
        return Results(
            name, roman, f"bab-{name.replace('_', '-')}", say(f"editions.chapter.{name}", self.lang),
            lines[0] if lines else self._nothing(name), tuple(lines[1:]), tuple(pictures),
            self.small(tabled, name) if tabled else None, by_year if by_year and len(by_year.rows) > 1 else None,
            say(f"{name}.report.criterion", self.lang) if "criterion" in chosen else "",
            self._lines(chosen.get("years", ()), told),
            (*self._unsaid(name), *self._unanswered(own)),
            tuple(one for one in self.actions if one.chapter == name), self._knot(name),
        )

    def _lines(self, names: Iterable[str], among: Sequence[Finding]) -> tuple[ToldFinding, ...]:
        """Findings by their names as they are told, those that have a title."""
        return tuple(self._numbered([one for name in names if (one := _named(name, among)) and one.brief]))

    def _knot(self, chapter: str) -> Knot | None:
        """What a chapter's first action rests on, between what ``ledger.yml`` says may lead to what."""
        first = next((one for one in self.advice if one.chapter == chapter and one.brief), None)
        if first is None:
            return None
        leads, weighty = LEDGER["may_lead_to"], [  # what calls for an action, or where a difference for the better is seen
            one for one in self.findings if _tellable(one)
            and (one.recommendation is not None or (one.design != "descriptive" and one.ci_low is not None and one.ci_low > 0))
        ]
        causes = [name for name, effects in leads.items() if any(map(first.bears, effects))]
        effects = [effect for name, found in leads.items() if first.bears(name) for effect in found]
        return Knot(self.told(first), self._lines(causes, weighty)[:MOST_CAUSES], self._lines(effects, weighty)[:MOST_EFFECTS])

    def question(self, id: str) -> AskedQuestion | None:
        """The question of a finding, by the name that its id begins with."""
        return self.questions.get(question_of(id))

    def number(self, one: Finding) -> str:
        """The number of a finding, ``F-5.2``; none where its notebook asks no question."""
        found = self.question(one.id)
        return one.number or (f"F-{found.place}" if found else "")

    def _numbered(self, findings: Sequence[Finding]) -> list[ToldFinding]:
        """Findings as they are told, no anchor twice."""
        told: list[ToldFinding] = []
        for one in findings:
            line = self.told(one)
            twice = sum(line.anchor == other.anchor.rstrip("_") for other in told)
            told.append(replace(line, anchor=line.anchor + "_" * twice) if twice else line)
        return told

    def told(self, one: Finding) -> ToldFinding:
        """One finding: title, paragraph, evidence with its reasons."""
        lang, brief, asked = self.lang, one.brief, self.question(one.id)
        number = self.number(one)
        message = brief.message[lang] if brief else one.question[lang]
        plain = brief.plain[lang] if brief else plainly(one.sentence[lang], lang)
        bare = say("said.reason.covered", lang) if one.evidence == "kuat" else DESIGNS[one.design][lang]
        reasons = [say(f"said.reason.{key}", lang) for key in one.reasons] or [bare]
        condition = brief.condition[lang].rstrip(".") if brief and brief.condition else ""
        evidence = say("editions.reason", lang, evidence=self.strength(one), reasons=", ".join(reasons)) if one.graded else ""
        return ToldFinding(
            number, anchor_of(number), message, within(plain.removeprefix(f"{message}.").lstrip(), MOST_WORDS),
            one.evidence, evidence, asked.table_number if asked and asked.table else "",
            say("editions.condition", lang, condition=condition) if condition else "",
        )

    def strength(self, one: Finding) -> str:
        """The evidence in words."""
        return say("editions.evidence", self.lang, strength=EVIDENCE[one.evidence])

    def _of(self, *names: str) -> list[Finding]:
        """The findings of some chapters, or that some names mean; all of them without a name."""
        return [one for one in self.findings if not names or one.chapter in names or any(map(one.bears, names))]

    def _nothing(self, *names: str) -> ToldFinding:
        """What stands for the finding that leads where none of some has data, or none may be shown."""
        own = self._of(*names)
        said = next((one for one in own if one.headline), own[0] if own else None)
        why = plainly(said.sentence[self.lang], self.lang) if said else ""
        return ToldFinding("", "", self.lacking("answer", *names), within(why, MOST_WORDS), NO_DATA, "", "")

    def lacking(self, what: str, *names: str) -> str:
        """What stands where findings give no ``answer``, ``verdict`` or ``action``: that there is none, or that it is hidden."""
        hidden = not all(one.told for one in self._of(*names))
        return say(f"editions.{'hidden' if hidden else 'nothing'}.{what}", self.lang)

    def _unanswered(self, own: Sequence[Finding]) -> list[str]:
        """A line each for the questions of a chapter that have no data, and for those that may not be shown; many are counted."""
        shown = {one.question[self.lang] for one in own if _tellable(one)}
        lacking = {"unanswered": [one for one in own if one.evidence == NO_DATA], "untold": [one for one in own if not one.told]}
        asked = {key: dict.fromkeys(text.rstrip("?") for one in found if (text := one.question[self.lang]) not in shown)
                 for key, found in lacking.items()}
        return [
            say(f"editions.{'many_' * (len(names) > MOST_QUESTIONS)}{key}", self.lang, n=len(names), questions="; ".join(names))
            for key, names in asked.items() if names
        ]

    def _unsaid(self, chapter: str) -> list[str]:
        """What a chapter cannot say; nothing of one without data, and what concerns one question only where it is told."""
        told = [one.id for one in self.findings if one.chapter == chapter and _tellable(one)]
        keys = catalogue.node(f"{chapter}.report.unsaid", ()) if told else ()
        asked = [key for key in keys if not catalogue.has(f"{chapter}.{key}.question")
                 or any(f"{one}.".startswith(f"{chapter}.{key}.") for one in told)]
        return [say(f"{chapter}.report.unsaid.{key}", self.lang) for key in asked]

    def _action(self, rank: int, one: Finding) -> Action:
        """One recommendation with its rank."""
        advice, lang = one.recommendation, self.lang
        assert advice is not None
        known = advice.lever if catalogue.has(f"editions.affected.{advice.lever}") else ""
        whole = Phrase(f"editions.affected.{known}")
        affected: Any = Phrase("editions.share", share=advice.share, of=whole) if advice.share is not None else None
        if affected and advice.duty:
            affected = Phrase("editions.duty", share=affected)
        number = self.number(one)
        return Action(
            rank, f"R-{self.period + 1}-{rank:02}", advice.action[lang], affected[lang] if affected else "", one.evidence,
            self.strength(one), catalogue.capital(advice.owner[lang]), advice.due[lang],
            catalogue.capital(advice.indicator[lang]),
            advice.cost[lang] if advice.cost else "", "" if advice.cost else unpriced(advice.lever)[lang],
            say("editions.follows", lang, earlier=", ".join(advice.follows)) if advice.follows else "", one.chapter, number,
            say("editions.score", lang, factors=" × ".join(map(str, factors(one))), score=score(one)), one.source_tables,
        )

    @property
    def unpriced(self) -> list[str]:
        """Why the cost of some actions is not reckoned: a line for each reason, with their numbers."""
        reasons = dict.fromkeys(one.unpriced for one in self.actions if one.unpriced)
        numbers = {why: ", ".join(one.number for one in self.actions if one.unpriced == why) for why in reasons}
        return [say("editions.unpriced", self.lang, why=why, numbers=found) for why, found in numbers.items()]

    def small(self, question: AskedQuestion, chapter: str = "") -> Small | None:
        """The table of a question as the main report has it: bounds beside their estimate, few columns, few rows.

        The chapter's ``report`` may name ``columns`` with their heads, a ``caption``, the number of ``rows`` and a
        ``reading`` (:func:`_read`); rows that lie apart from what they are set against then come first. Hidden rows are
        counted under the table.
        """
        table, lang, place = question.table, self.lang, f"{chapter}.report"
        if table is None:
            return None
        chosen, known = catalogue.node(place) if chapter else {}, {column[0].name: column for column in _columns(table.fields)}
        named: Mapping[str, Any] = chosen.get("columns") or dict.fromkeys(known)
        columns = {name: head or known[name][0].label for name, head in named.items() if name in known}
        heads = [head[lang] for head in columns.values()][:MOST_COLUMNS]
        kept = [row for row in table.data.to_dict("records") if row.get(MARK) is not True]
        rows = [[_cell(row, known[name], lang) for name in columns][:MOST_COLUMNS] for row in kept]
        if "reading" in chosen:
            read = [_read(row, chosen["reading"]) for row in kept]
            told = [Phrase(f"{place}.reading.{key}")[lang] for key in read]
            order = sorted(range(len(rows)), key=lambda place: read[place] not in APART)
            rows = [[*rows[place], told[place]] for place in order]
            heads.append(say("editions.reading", lang))
        most = chosen.get("rows", MOST_ROWS)
        left = {"more_rows": len(rows) - most, "hidden_rows": len(table.data) - len(kept)}
        notes = tuple(say(f"editions.{key}", lang, n=n, number=question.table_number) for key, n in left.items() if n > 0)
        caption = chosen.get("caption", table.caption)[lang]
        return Small(caption, tuple(heads), tuple(map(tuple, rows[:most])), question.table_number, notes) if rows else None

    def first(self, id: str) -> Finding | None:
        """A finding that has data and may be shown."""
        return next((one for one in self.findings if one.id == id and _tellable(one)), None)

    def answer(self, id: str) -> ToldFinding | None:
        """The same as it is told."""
        found = self.first(id)
        return self.told(found) if found else None

    @property
    def answers(self) -> list[tuple[str, ToldFinding]]:
        """The questions of the one page, each with the finding that answers it, as ``ledger.yml`` names them."""
        told = [one for one in self.findings if _tellable(one)]
        named = {key: [*LEDGER["page"][key], *LEDGER["instead"].get(key, ())] for key in ONE_PAGE}
        found = {key: _named("|".join(ids), told) for key, ids in named.items()}
        return [(key, self.told(one) if one else self._nothing(*named[key])) for key, one in found.items()]

    @property
    def verdict(self) -> tuple[str, str]:
        """The conclusion: its message, and the rest."""
        found = self.answer(next((one.id for one in self.findings if one.chapter == VERDICT and one.headline), ""))
        if found is None:
            return self.lacking("verdict", *LEDGER["page"]["worked"]), ""
        if found.message:
            return found.title, found.paragraph
        message, _, rest = found.paragraph.partition(". ")
        return message, rest

    @property
    def conclusions(self) -> list[ToldFinding]:
        """What else the last chapter concludes: what its catalogue chooses beside the verdict."""
        ids = catalogue.node(f"{VERDICT}.report", {}).get("findings", ("", "synthesis.sustainability"))[1:MOST_FINDINGS]
        return self._numbered([one for id in ids if (one := self.first(id))])

    @property
    def unsaid(self) -> list[str]:
        """What the whole evaluation cannot say."""
        return self._unsaid(VERDICT)

    def leading_picture(self, low: bool = False) -> AskedQuestion | None:
        """The picture of the one page as ``ledger.yml`` names it, else the first of the main report, or its lowest one."""
        named = self.questions.get(LEDGER["picture"])
        if named and named.picture and named.picture.tells:
            return named
        found = [picture for one in self.chapters for picture in one.pictures]
        return min(found, key=lambda one: one.picture.height(self.lang) if low and one.picture else 0.0, default=None)

    @property
    def fate(self) -> Small | None:
        """The table of earlier recommendations."""
        found = self.questions.get("synthesis.follow_up")
        return self.small(found, VERDICT) if found else None


def _named(names: str, told: Sequence[Finding]) -> Finding | None:
    """What a list names: of several ids (``a|b``) the first that is told, of all that begin so (``a.*``) the most consequential."""
    for name in names.split("|"):
        if borne := sorted((one for one in told if one.bears(name)), key=rank):
            return borne[0]
    return None


def _tellable(one: Finding) -> bool:
    """Whether a finding has data and may be shown."""
    return one.evidence != NO_DATA and one.told


def within(text: str, words: int) -> str:
    """The first sentences of a text, as many as fit; at least one.

    Examples
    --------
    >>> within("Satu dua. Tiga empat lima.", 4)
    'Satu dua.'
    """
    kept = ""
    for sentence in sentences(text):
        if kept and len(f"{kept} {sentence}".split()) > words:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


Column = tuple[Field, tuple[Field, Field] | None]
"""A column of a small table: a field, and its bounds where it has some."""


def _columns(fields: Sequence[Field]) -> list[Column]:
    """Fields with their bounds beside them; p-values stay in the annexes."""
    columns: list[Column] = []
    fields = [field for field in fields if field.kind != "p"]
    place = 0
    while place < len(fields):
        after = tuple(fields[place + 1 : place + 3])
        bounded = len(after) == 2 and after[0].name.endswith("low") and after[1].name.endswith("high")
        columns.append((fields[place], after if bounded and fields[place].kind != "text" else None))  # type: ignore[arg-type]
        place += 3 if bounded else 1
    return columns


def _read(row: Mapping[Any, Any], words: Mapping[str, Any]) -> str:
    """The verdict on a row, as a key of ``reading``.

    ``of`` names the columns of its number and bounds, ``against`` what they are set against: a number (0 unless it is
    said) or a further column, ``measure`` whose smallest difference that matters they are held against.
    """
    value, low, high, against = (row[name] if isinstance(name, str) else name for name in (*words["of"], words.get("against", 0)))
    return shown(estimated(value, low, high, against), margin_of(words.get("measure", "")))


def _cell(row: Mapping[Any, Any], column: Column, lang: str) -> str:
    """One value, with its range where it has one."""
    field, bounds = column
    value = cell(row, field, lang)
    low, high = (cell(row, bound, lang).rstrip("%\u00a0") for bound in bounds) if bounds else ("–", "–")
    return value if low == high == "–" else say("editions.ranged", lang, value=value, low=low, high=high)
