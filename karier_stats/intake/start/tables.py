"""Which table a sheet feeds, and which heading fills which of its columns.

A table is told by whom its rows are about, what its columns hold, and what its name and title say; columns all at once, by
heading and by what the cells are, with the reason of each.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from karier_stats.domain.codes import SERVICE_ELEMENTS
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.start import lexicon
from karier_stats.intake.start.looks import MOST, Look, Trait, amount
from karier_stats.intake.start.questions import Interview
from karier_stats.intake.values import as_text, is_blank, refusal, yes_no
from karier_stats.words import Phrase

STATED, MARGIN, MAYBE, _WORDIER = 0.75, 0.1, 0.4, 0.01
"""Likeness from which a mapping is proposed, its lead over the second, from which one is worth a question, and a tie's end."""
_FEW = 12
PROVEN, _PROOF = 0.9, 1.25  # share of cells that are words of the list alone, and what that adds to a wordy heading


class Claim(NamedTuple):
    """A heading for a column, and why."""

    trait: Trait
    reason: Phrase


@dataclass(frozen=True)
class Match:
    """What was found for the columns of a table.

    Attributes
    ----------
    claims : dict of str to Claim
        The columns that are filled.
    doubtful : dict of str to list of Trait
        Columns for which several headings come into question, the likeliest first.
    worded : dict of str to list of str
        Headings that say nothing over words of lists alone, with the columns of
        those lists, where that proves no single one.
    """

    claims: dict[str, Claim]
    doubtful: dict[str, list[Trait]]
    worded: dict[str, list[str]] = field(default_factory=dict)


def fit(trait: Trait, table: str, spec: ColumnSpec) -> float:
    """How well cells are what a column of a table takes: 0 not at all, 1 wholly, more where they speak for themselves."""
    person = trait.numbers_of_people >= 0.6
    if spec.kind == "person" or person:
        return float(person and spec.kind == "person")
    match spec.kind:
        case "category":
            known = trait.known(lexicon.labels_of(spec.name, spec.codes or {}))
            return _PROOF if known >= PROVEN and len(trait.counts) > 1 else 1.0 if known >= 0.6 else 0.8 * (
                known > 0 and len(trait.counts) <= _FEW) or 0.3 * (len(trait.counts) <= _FEW)
        case "date":
            return float(trait.is_days)
        case "bool":
            return float(trait.truths >= MOST and len(trait.counts) <= 4)
        case "int" | "float" | "money":
            if spec.name == "year":
                return float(trait.years >= 0.95)
            if trait.amounts < MOST or trait.is_days:
                return 0.0
            low, high = -np.inf if spec.low is None else spec.low, np.inf if spec.high is None else spec.high * 1.05
            outside = sum(n for value, n in trait.numbers if not low <= value <= high)  # slips of the pen are no reason to doubt
            return 1.0 if outside <= (1 - PROVEN) * trait.n and (spec.kind != "money" or trait.range[1] >= 1000) else 0.3
    if trait.is_days:
        return 0.0
    if spec.name == "name":
        return _PROOF if trait.names >= PROVEN and trait.distinct > 0.3 else 1.0 if trait.names >= 0.7 else 0.2
    if spec.name == "grade":
        return _PROOF if trait.grades >= PROVEN else 0.2
    return 1.0 if trait.amounts < MOST or spec.kind == "id" else 0.2


def matched(
    look: Look, table: str, *, claims: Mapping[str, Claim] | None = None, without: Collection[str] = (),
    only: Iterable[str] | None = None,
) -> Match:
    """The headings of a sheet for the columns of a table, assigned jointly.

    Parameters
    ----------
    look : Look
    table : str
    claims : mapping, optional
        Columns that are settled already.
    without : collection of str
        Headings, and columns of the table, that take no part.
    only : iterable of str, optional
        The columns to be filled; default all.
    """
    from scipy.optimize import linear_sum_assignment

    settled = dict(claims or {})
    used = {claim.trait.name for claim in settled.values()} | set(without)
    traits = [trait for trait in look.traits if trait.name not in used and trait.heading]
    wanted = TABLES[table].by_name if only is None else dict.fromkeys(only)
    specs = [spec for name, spec in TABLES[table].by_name.items() if name in wanted and name not in settled and name not in without]
    if not traits or not specs:
        return Match(settled, {})
    score = np.array([[_score(trait, table, spec) for spec in specs] for trait in traits])
    said = np.array([[lexicon.words_alike(trait.heading, lexicon.phrases(table, spec.name)) for spec in specs] for trait in traits])
    score += _WORDIER * said * (score > 0)
    doubtful: dict[str, list[Trait]] = {}
    for row, column in zip(*linear_sum_assignment(score, maximize=True), strict=True):
        value, spec = score[row, column], specs[column]
        rivals = [other for other in range(len(traits)) if other != row and score[other, column] > value - MARGIN
                  and score[other, column] >= score[other].max() - MARGIN and said[other, column] >= said[row, column]]
        if value >= STATED and not rivals:
            settled[spec.name] = Claim(traits[row], Phrase("start.reason.heading", heading=traits[row].heading))
        elif value >= MAYBE or rivals:
            order = sorted(range(len(traits)), key=lambda place: -score[place, column])
            doubtful[spec.name] = [traits[place] for place in order if score[place, column] >= MAYBE / 2]
    free = [spec for spec in specs if spec.name not in settled and not doubtful.get(spec.name)]
    taken = {claim.trait.name for claim in settled.values()}
    sure, worded = _worded([trait for trait in traits if trait.name not in taken], free)
    return Match(settled | sure, doubtful, worded)


def _worded(traits: list[Trait], specs: list[ColumnSpec]) -> tuple[dict[str, Claim], dict[str, list[str]]]:
    """Columns for which a heading says nothing, of whose list alone every cell is a word; and headings with several such lists,
    or with one word throughout, which may stand for anything.
    """
    worded = [trait for trait in traits if len(trait.counts) <= _FEW and not lexicon.is_of_others(trait.heading)
              and all(any(map(str.isalpha, str(cell))) for cell in trait.counts)]
    lists = {spec.name: lexicon.labels_of(spec.name, spec.codes or {}) for spec in specs if spec.kind == "category"}
    fits = {trait.name: names for trait in worded if (names := [name for name in lists if trait.known(lists[name]) == 1])}
    often = Counter(name for names in fits.values() for name in names)
    sure = {fits[trait.name][0]: Claim(trait, Phrase("start.reason.words")) for trait in worded
            if len(trait.counts) > 1 and [often[name] for name in fits.get(trait.name, ())] == [1]}
    settled = {claim.trait.name for claim in sure.values()}
    return sure, {name: names for name, names in fits.items() if name not in settled}


def _score(trait: Trait, table: str, spec: ColumnSpec) -> float:
    """How well a column of a sheet fits a column of a table, by heading and cells."""
    like = lexicon.likeness(trait.heading, lexicon.phrases(table, spec.name), trait.shared)
    return min(1.0, like * fit(trait, table, spec)) if like else 0.0


NONE = "-"  # the answer that a sheet is no table
OF_PEOPLE = tuple(name for name, table in TABLES.items() if table.people or name == "comment")
OF_OTHERS = ("unit", "program", "batch", "budget", "partnership", "project_performance", "service_survey", "survey_response",
             "leader_engagement", "recommendation", "comment")
FEWEST_ITEMS, FEWEST_CHOICES, _TOP_OF_SERVICE, _MOST_ELEMENTS = 4, 3, 4, 7
_LEAD, _SURE = 1.5, 5  # points of lead to be proposed unasked, and those that rows need where the sheet is named otherwise
_OWN_WORDS = frozenset(name for name, n in Counter(
    column.name for spec in TABLES.values() for column in spec.columns if column.codes).items() if n == 1)
"""Columns of codes that one table alone has: cells that are among their words prove that table."""
_OVERLAP, _RECUR = 0.9, 20  # share of values, and people, in common for one sheet to prove what another is
_LISTS = (", ", "; ", ";", "|")  # what parts several answers in one cell
_BESIDE = {"survey_response": ("comment", "need"), "participation": ("comment",), "test_score": ("comment",),
           "post_training_rating": ("comment",), "batch": ("budget",), "budget": ("batch",)}
"""Tables that the sheet of a table may feed besides."""
_EVERYWHERE = ("name", "year", "unit_id", "employee_uid", "program_id", "batch_id")  # in many tables, telling none


def tables_of(looks: list[Look], asked: Interview) -> dict[str, str]:
    """The table of each sheet, ``-`` for one that is none, without those that are open; what is filled in alike feeds the same."""
    strange = {look.where for look in looks if _is_strange(look, looks)}
    stated = {look.where: None if look.where in strange else _stated(look) for look in looks}
    alike: dict[str, set[str]] = {}
    for look in looks:
        alike.setdefault(look.pattern, set()).update({stated[look.where] or ""} - {""})
    found = dict[str, str]()
    for look in looks:
        known = alike[look.pattern] if len(alike[look.pattern]) == 1 and look.where not in strange else ()
        table = stated[look.where] or next(iter(known), None)
        if not table:  # asked, the likeliest first among the choices
            choices: dict[str, Mapping[str, str]] = {one: TABLES[one].text for one, _ in points(look).most_common()}
            table = asked.ask(f"table {look.pattern}", "table", {**choices, NONE: Phrase("start.choice.none")}, where=look.where,
                              headings=", ".join(trait.heading for trait in look.traits[:8]))
        found |= {look.where: table} if table else {}
    return found


def _is_strange(look: Look, looks: list[Look]) -> bool:
    """Whether a sheet is said to be of other people, or to be an example, which people who stand in other files prove it is not."""
    strangers, examples = (any(lexicon.said_in(lexicon.LEXICON[kind], text) for text in look.around.values())
                           for kind in ("strangers", "examples"))
    others = [trait.words for one in looks if one.file != look.file for trait in one.people]
    return strangers or (examples and not any(len(own.words & words) >= _RECUR for words in others for own in look.people))


def _stated(look: Look) -> str | None:
    """The table for which so much speaks that it is proposed."""
    scores = points(look)
    best, *others = sorted(scores, key=lambda table: -scores[table])
    second = next(table for table in others if table not in beside(look, best))
    unsaid = _named(look, best) < max(_named(look, table) for table in scores) and scores[best] - _named(look, best) < _SURE
    sure = scores[best] >= 3 and scores[best] - scores[second] >= _LEAD and not unsaid
    return best if sure else None


@lru_cache
def beside(look: Look, table: str) -> tuple[str, ...]:
    """The tables that a sheet feeds besides its own: remarks and wishes in a form, the money of a schedule."""
    holds: dict[str, Callable[[], object]] = {
        "comment": lambda: remarks(look), "need": lambda: ordered(look) or ticks(look),
        "budget": lambda: "ceiling_rp" in matched(look, "budget").claims,
        "batch": lambda: {"program_id", "start_date"} <= matched(look, "batch").claims.keys()}
    return tuple(other for other in _BESIDE.get(table, ()) if holds[other]())


def points(look: Look) -> Counter[str]:
    """How much speaks for each table that a sheet can feed."""
    found = {}
    for table in OF_PEOPLE if look.people else OF_OTHERS:
        own = [name for name in TABLES[table].by_name if name not in _EVERYWHERE or name in TABLES[table].key[:1]]
        claims = matched(look, table, only=own).claims
        alone = table == "employee" and len(claims) < 2  # a number says who, and nothing of them
        worded = sum(claim.trait.known(labels) >= PROVEN for name, claim in claims.items()
                     if name in _OWN_WORDS and (labels := lexicon.labels_of(name, TABLES[table].by_name[name].codes or {})))
        found[table] = (_named(look, table) + min(4, 1.0 * len(claims)) + _structure(look, table)
                        + min(3, 1.5 * worded) - 1.0 * alone)
    return Counter(found)


def _named(look: Look, table: str) -> float:
    """What the names of sheet and file and the title say for a table."""
    said = [(look.sheet, 1.5), (look.title, 1.0), (look.around["file"], 1.5)]
    return sum(weight * min(2, lexicon.said_in(lexicon.table_words(table), text)) for text, weight in said)


def _structure(look: Look, table: str) -> float:
    """What the rows themselves say: whether people, courses, answers and scores stand in them, and how often."""
    once = bool(look.people) and max(trait.distinct for trait in look.people) > 0.98
    course = look.refers or bool(course_columns(look))
    answers = len(items(look))
    scores = len(score_columns(look))
    pairs = len(level_pairs(look)) > 1
    chosen = bool(ticks(look) or ranks(look) or ordered(look)) or lists_wishes(look)
    match table:
        case "competency" | "need":
            return 4.0 * pairs - 1.0 if table == "competency" else 2.5 * chosen - 1.0  # ticks alone may be of attendance
        case "employee":
            return 2.0 * once - 3.0 * course - 2.0 * (answers >= FEWEST_ITEMS) - 2.0 * (scores >= 2) - 4.0 * (pairs or chosen)
        case "participation":
            crowded = 2.0 * (answers >= FEWEST_ITEMS) + 3.0 * repeats(look)
            return 2.0 * course + 1.0 * (not once) - crowded - 1.0 * (scores >= 2) * (len(look.traits) < 8)
        case "test_score":
            waved = scores >= 2 or sheet_wave(look) is not None or wave_column(look) is not None
            return 4.0 * waved - 2.0 * (scores < 1 and wave_column(look) is None)
        case "survey_response":
            alone = pairs or bool(ranks(look)) or (chosen and answers < FEWEST_ITEMS)
            return 4.0 * (answers >= FEWEST_ITEMS) - 4.0 * (answers < FEWEST_ITEMS) - 4.0 * alone
        case "post_training_rating":
            return 3.0 * (answers >= FEWEST_ITEMS)
        case "action_plan":
            return 2.0 * ("due_on" in matched(look, table, only=("due_on",)).claims) - 1.0
        case "service_survey":
            nine = answers == len(SERVICE_ELEMENTS) and all(trait.range[1] == _TOP_OF_SERVICE for trait in items(look))
            asked, named = max(answers, len(elements(look))), len(elements(look)) == len(SERVICE_ELEMENTS)
            return 3.0 * (asked >= _MOST_ELEMENTS) - 3.0 * (asked < _MOST_ELEMENTS) + max(1.5 * nine, 2.5 * named)
        case "batch":
            return 1.5 * any(trait.is_days for trait in look.traits) - 1.5 * (not course)
        case "unit" | "program":
            return 1.0 * any(trait.distinct == 1 for trait in look.traits) - 2.0 * any(trait.is_days for trait in look.traits)
        case "budget":
            return 2.0 * any(trait.amounts > 0.8 and trait.range[1] > 100_000 for trait in look.traits) - 1.0
    return -1.0


def links(look: Look, schedule: Look) -> list[tuple[Trait, Trait]]:
    """Columns of a sheet whose values all stand in a column of another that names each row once: overlap proves what they are."""
    return [(own, code) for code in schedule.traits for own in look.traits
            if code.distinct == 1 and not code.is_days and len(own.words) > 1 and own.numbers_of_people < 0.6 and own.distinct < 1
            and (code.codes >= _OVERLAP or code.amounts < _OVERLAP) and code.heading and lexicon.normal(code.heading) != ("nomor",)
            and len(own.words & code.words) >= _OVERLAP * len(own.words)]


def relate(looks: list[Look]) -> None:
    """Note which sheets of people name rows of a sheet with days, that is of a schedule; and of which course of other sheets the
    title or a name of a sheet speaks.
    """
    schedules = [look for look in looks if not look.people and any(trait.is_days for trait in look.traits)]
    for look in looks:
        look.refers = bool(look.people) and any(links(look, schedule) for schedule in schedules)
    held = {trait.name: trait for look in looks for trait in lexicon_hits(look, "batch", "program_id")}
    names = [as_text(cell) for trait in held.values() for cell in trait.counts if len(lexicon.normal(as_text(cell))) > 1]
    for look in looks:
        said = [name for name in dict.fromkeys(names) if any(lexicon.said_in((name,), text) for text in look.around.values())]
        longest = [name for name in said if not any(name != other and lexicon.said_in((name,), other) for other in said)]
        look.course = longest[0] if len({*map(lexicon.normal, longest)}) == 1 else ""


def course_columns(look: Look) -> list[Trait]:
    """Columns that name the course or its batch."""
    found = [*lexicon_hits(look, "batch", "program_id"), *lexicon_hits(look, "participation", "batch_id")]
    return list({trait.name: trait for trait in found}.values())


def lexicon_hits(look: Look, table: str, column: str) -> list[Trait]:
    """The columns whose heading the vocabulary knows for a column of a table, the likeliest first; large numbers name nothing."""
    known = lexicon.phrases(table, column)
    scored = [(lexicon.likeness(trait.heading, known, trait.shared), trait) for trait in look.traits
              if trait.numbers_of_people < 0.6 and not trait.is_days
              and not (trait.amounts > 0.8 and trait.range[1] > 500 and trait.years < 0.9)]
    return [trait for like, trait in sorted(scored, key=lambda pair: -pair[0]) if like >= STATED]


@lru_cache
def items(look: Look) -> list[Trait]:
    """The columns of answers to a form: words of agreement, or whole numbers to 5 under one heading after the other."""
    found = [trait for trait in look.traits if trait.answers >= 0.9 and trait.heading and not lexicon.is_score(trait.heading)
             and trait.years < 0.5 and not (trait.distinct > 0.9 and trait.n > 5)]
    return [trait for trait in found if lexicon.normal(trait.heading) != ("nomor",)]


@lru_cache
def remarks(look: Look) -> list[Trait]:
    """The columns of remarks in somebody's own words."""
    words = (*lexicon.table_words("comment"), *lexicon.phrases("comment", "comment"))
    return [trait for trait in look.traits if trait.heading and lexicon.said_in(words, trait.heading) and not trait.is_days
            and max(trait.amounts, trait.truths, trait.answers, trait.numbers_of_people) < 1 - MOST]


@lru_cache
def level_pairs(look: Look) -> dict[str, tuple[Trait, Trait]]:
    """By competency the columns of the level that is required and of the one that is reached."""
    found: dict[str, dict[str, Trait]] = {}
    for trait in look.traits:
        upper, _, lower = trait.heading.rpartition(" / ")
        for kind, words in lexicon.LEXICON["levels"].items():
            if upper and lexicon.said_in(words, lower) and trait.amounts >= MOST:
                found.setdefault(upper, {})[kind] = trait
    return {name: (pair["standard"], pair["actual"]) for name, pair in found.items() if len(pair) == 2}


def _choices(look: Look, fits: Callable[[Trait], bool]) -> list[Trait]:
    """Columns that stand for one choice each: they fit, are not filled by everybody, and no vocabulary knows their headings."""
    found = [trait for trait in look.traits if trait.heading and trait.numbers_of_people == 0 and not trait.is_days and fits(trait)]
    known = lexicon.known_headings(trait.heading for trait in found)
    return found if len(found) >= FEWEST_CHOICES and not known else []


@lru_cache
def ticks(look: Look) -> list[Trait]:
    """Columns of ticks, or of yes and no, of which none can be read in two ways."""
    return _choices(look, lambda trait: trait.truths == 1 and not any(refusal(yes_no, cell) for cell in trait.counts))


def options_in(trait: Trait) -> tuple[str, Counter[str]] | None:
    """The separator and the options of a column whose cells list several answers; None where each is one."""
    cells = [as_text(cell) for cell in trait.cells if isinstance(cell, str)]
    for separator in _LISTS:
        options = Counter(part.strip() for cell in cells for part in cell.split(separator) if part.strip())
        if sum(separator in cell for cell in cells) >= 0.2 * len(cells) > 0 and len(options) <= 0.5 * options.total():
            return separator, options
    return None


@lru_cache
def lists_wishes(look: Look) -> bool:
    """Whether a column of wishes lists several of them in a cell."""
    return any(map(options_in, lexicon_hits(look, "need", "need_item")))


@lru_cache
def elements(look: Look) -> dict[str, Trait]:
    """The columns whose headings speak of one element of the satisfaction survey, of which no other heading speaks."""
    said = [(element, trait) for trait in look.traits if trait.heading and trait.numbers_of_people == 0 and not trait.is_days
            for element in SERVICE_ELEMENTS if lexicon.likeness(trait.heading, lexicon.phrases("service_survey", element)) >= MAYBE]
    return {element: trait for element, trait in said if sum(element == one or trait is other for one, other in said) == 1}


@lru_cache
def ranks(look: Look) -> list[Trait]:
    """Columns of ranks: whole numbers from 1 on, none of them twice in a row."""
    found = _choices(look, lambda trait: trait.amounts == 1 and trait.range[0] >= 1 and all(
        (value := amount(cell)) is not None and value.is_integer() for cell in trait.counts))
    rows = [[cell for cell in cells if not is_blank(cell)] for cells in zip(*(trait.cells for trait in found), strict=True)]
    return found if any(len(row) > 1 for row in rows) and all(len(row) == len(set(row)) for row in rows) else []


@lru_cache
def ordered(look: Look) -> dict[int, Trait]:
    """Columns of texts for the first choice, the second and so on, by their place."""
    groups: dict[str, dict[int, Trait]] = {}
    for trait in look.traits:
        words = lexicon.normal(trait.heading)
        for before, word in pairwise(words):
            place = next((n for n, names in lexicon.LEXICON["ordinals"].items() if word in names), None)
            if place and trait.amounts < 0.5 and trait.numbers_of_people == 0 and not trait.is_days:
                groups.setdefault(before, {}).setdefault(place, trait)
    return next((found for found in groups.values() if len(found) > 1 and frozenset.intersection(
        *(trait.words for trait in found.values()))), {})


@lru_cache
def repeats(look: Look) -> bool:
    """Whether people stand several times under one course or batch, as in a list of participants they do not."""
    named = course_columns(look)
    if not named or not look.people:
        return False
    return len(set(zip(look.people[0].cells, *(trait.cells for trait in named), strict=True))) < _OVERLAP * len(look.rows)


@lru_cache
def wave_column(look: Look) -> Trait | None:
    """The column that says of each row whether it is from before, after or later."""
    labels = lexicon.labels_of("kind", TABLES["test_score"].by_name["kind"].codes or {})
    return next((trait for trait in look.traits if len(trait.counts) > 1 and trait.known(labels) >= PROVEN), None)


def sheet_wave(look: Look) -> str | None:
    """Whether the name or the title of a sheet says that its scores are from before or after."""
    found = {wave for text in look.around.values() if lexicon.is_score(text) and (wave := lexicon.wave_of(text))}
    return found.pop() if len(found) == 1 else None


def score_columns(look: Look) -> list[Trait]:
    """The columns of scores before, after or later."""
    return [trait for trait in look.traits if trait.amounts >= 0.8 and not trait.is_days
            and lexicon.wave_of(trait.heading) and (lexicon.is_score(trait.heading) or lexicon.is_wave(trait.heading))]
