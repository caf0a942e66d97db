"""One feed of the proposed crosswalk: its columns, and the dialect of each as its cells prove it or as it is asked.

Scores before and after, answers to forms, wishes and ratings are wide columns that become records; nothing about their scale
is guessed.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from karier_stats.domain.cell_words import ANSWER_SCALES, UNIT_WORDS
from karier_stats.domain.codes import ARM, PURPOSE, TEST_KIND
from karier_stats.intake import values
from karier_stats.intake.columns import year_of
from karier_stats.intake.project import proposed_name
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.start import lexicon, tables
from karier_stats.intake.start.looks import MOST, Look, Trait, parsed, spoken
from karier_stats.intake.start.questions import Interview, coded, shown
from karier_stats.intake.start.tables import MAYBE, Claim, Match, matched
from karier_stats.intake.values import Cell, as_text, folded, is_blank, refusal, yes_no
from karier_stats.words import Phrase
from karier_stats.words.numbers import both

if TYPE_CHECKING:
    from karier_stats.intake.start.content import Proposal

DAY_FIRST, MONTH_FIRST = "dd/mm/yyyy", "mm/dd/yyyy"
MOST_WORDS = 12  # words of a column beyond which nobody is asked what each of them counts as
PROOF = 0.95
MADE = "{what}@{of}"
NULL = "-"
_FEWEST, _ENOUGH, _MONTHS = 5, 400, 12
_ENDS = ("end_date", "start_date", "taken_on", "submitted_on")  # columns of days by which a row belongs to a year, the best first


@dataclass
class Draft:
    """A feed being made.

    Attributes
    ----------
    look : Look
    table : str
    parts : dict
        The keys of the feed, as the crosswalk has them.
    why : dict
        Path in the feed to the reason of that line.
    waits : set of str
        Columns about which something is asked already.
    unit_words : dict
        By unit, what one of a word counts, as the crosswalk says it for all feeds.
    """

    look: Look
    table: str
    asked: Interview
    parts: dict[str, Any] = field(default_factory=dict)
    why: dict[tuple[str, ...], Phrase] = field(default_factory=dict)
    waits: set[str] = field(default_factory=set)
    unit_words: dict[str, dict[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        look = self.look
        self.parts = {**look.origin}
        if look.header != (0,):
            self.parts["header"] = look.header[0] if len(look.header) == 1 else list(look.header)
        for key, rule in (("stop", look.stop), ("subtotal", look.subtotal)):
            if rule:
                self.parts[key] = rule[0] if len(rule) == 1 else list(rule)
        if look.exclude:
            self.parts["exclude"] = {heading: list(words) for heading, words in look.exclude.items()}

    @property
    def filled(self) -> set[str]:
        """The columns that have a source."""
        long = self.parts.get("long", {})
        more = (long.get("value"), *long.get("beside", ()), *(name for own in long.get("columns", {}).values() for name in own))
        return {*self.parts.get("columns", {}), *self.parts.get("constants", {}), *more} - {None}

    def put(self, key: str, name: str, value: Any, reason: Phrase | None = None) -> None:
        """One line under a key."""
        self.parts.setdefault(key, {})[name] = value
        if reason is not None:
            self.why[key, name] = reason

    def fill(self, column: str, claim: Claim) -> bool:
        """Let a heading fill a column, in the dialect of its cells; False where its words are too many to ask about."""
        spec = TABLES[self.table].by_name[column]
        if spec.codes is not None and not self._words(spec, claim.trait):
            return False
        self.put("columns", column, claim.trait.name, claim.reason)
        if claim.trait.made:
            self.put("make", claim.trait.name, claim.trait.made)
        if spec.kind == "date":
            self._days(spec, claim.trait)
        if column == "start_date" and claim.trait.has_ranges:
            self.put("columns", "end_date", claim.trait.name, claim.reason)
            self._days(TABLES[self.table].by_name["end_date"], claim.trait)
        elif spec.kind in ("int", "float", "money"):
            self._numbers(spec, claim.trait)
        return True

    def worded(self, match: Match) -> dict[str, Claim]:
        """The columns that headings fill which say nothing over words of lists: which one it is, is asked."""
        held = {f"{folded(heading)} = {', '.join(sorted(trait.words))}": (trait, columns)
                for heading, columns in match.worded.items() if (trait := self.look.trait(heading))}
        choices: dict[str, Mapping[str, str]] = {
            name: TABLES[self.table].by_name[name].text for _, columns in held.values() for name in columns}
        given = self.asked.ask(f"worded {self.table}", "worded", {**choices, NULL: Phrase("start.choice.none_of_these")},
                               items=tuple(held), table=TABLES[self.table].text) if held else {}
        return {given[item]: Claim(trait, Phrase("start.reason.answered"))
                for item, (trait, columns) in held.items() if given.get(item) in columns}

    def make(self, column: str, name: str, made: Mapping[str, Any], reason: Phrase | None = None) -> None:
        """Let a column be filled by one that is made."""
        self.put("make", name, dict(made))
        self.put("columns", column, name, reason)

    def renumber(self, n: int) -> None:
        """Let ids that rows get from their numbers be those of the table's ``n``-th feed."""
        for given in (self.parts.get("constants", {}), *self.parts.get("long", {}).get("columns", {}).values()):
            given |= {name: value.replace("{row}", f"{n}-{{row}}") for name, value in given.items() if isinstance(value, str)}

    def told_by(self, column: str, batch: Trait, told: Mapping[str, Any], reason: Phrase) -> None:
        """Let a column be filled by what another sheet tells of each batch."""
        self.put("columns", column, batch.name, reason)
        self.parts.setdefault("values", {})[column] = {text: told[text] for text in map(as_text, batch.counts) if text in told}

    def from_anywhere(self, column: str, key: str) -> None:
        """Let a column be filled by what is said to hold it: a heading, or what stands around the sheet."""
        source = source_of(self.asked, self.look, key)
        trait = self.look.trait(source)
        if trait is not None:
            self.fill(column, Claim(trait, Phrase("start.reason.answered")))
        elif source is not None and source.startswith("="):
            self.put("constants", column, source[1:], Phrase("start.reason.answered"))
        elif source is not None:
            self.make(column, MADE.format(what=column, of=source[1:]), {"from": source[1:]}, Phrase("start.reason.answered"))
        else:
            self.waits.add(column)

    def _days(self, spec: ColumnSpec, trait: Trait) -> None:
        """The order of the dates of a column: proven by a day beyond the twelfth or by service numbers, else asked."""
        if not trait.share(lambda cell: isinstance(cell, str)):
            return
        typed = [cell for cell in trait.counts if isinstance(cell, datetime.date)]
        if typed and all(cell.day <= _MONTHS for cell in typed):  # a spreadsheet has taken the months for days, where it could
            self.asked.ask("dates swapped", "swapped", {"ya": Phrase("start.choice.looked")}, items=(folded(trait.heading),))
        proven = birth_order(self.look, trait) if spec.name == "birth_date" else None
        orders = (proven,) if proven else trait.orders or tuple(
            order for order in trait.days if order != "typed" and trait.days[order] >= 0.5)
        if DAY_FIRST in orders and MONTH_FIRST in orders:
            choices = {DAY_FIRST: Phrase("start.choice.day"), MONTH_FIRST: Phrase("start.choice.month")}
            found = self.asked.ask("dates", "dates", choices, items=(folded(trait.heading),))
            orders = (found[folded(trait.heading)],) if found else ()
        if orders:
            reason = Phrase("start.reason.birth") if proven else Phrase("start.reason.days", n=trait.n)
            self.put("dates", spec.name, orders[0], reason)

    def _numbers(self, spec: ColumnSpec, trait: Trait) -> None:
        """The style of the numbers of a column that can be read in two ways; what further words of measure count is asked."""
        texts = [cell for cell in trait.counts if isinstance(cell, str)]
        read = values.money if spec.kind == "money" else partial(values.number, words=UNIT_WORDS.get(spec.unit, {}))
        codes = {code for cell in texts if (code := refusal(read, cell, None))}
        if "K176" in codes:
            further = [cell for cell in texts if refusal(read, cell, None) == "K176"]
            words = tuple(dict.fromkeys(word for text in further for word in re.findall(r"[^\W\d_]+", folded(text))
                                        if word not in UNIT_WORDS.get(spec.unit, {})))
            given = self.asked.ask(f"unit_words {spec.unit}", "unit_words", {}, items=words, free="number",
                                   heading=trait.heading, unit=spec.unit or spec.text)
            self.unit_words.setdefault(spec.unit or spec.name, {}).update({word: float(n) for word, n in given.items()})
        if "K130" not in codes and not any(text.rstrip().endswith("%") for text in texts):
            return
        styles = [style for style in values.NUMBER_STYLES if not any(refusal(read, cell, style) == "K132" for cell in texts)]
        if len(styles) > 1:
            examples = ", ".join(list(dict.fromkeys(shown(cell) for cell in texts if refusal(read, cell, None)))[:3])
            choices = {"id": Phrase("start.choice.comma"), "en": Phrase("start.choice.point")}
            found = self.asked.ask("numbers", "numbers", choices, items=(folded(trait.heading),), examples=examples)
            styles = [found[folded(trait.heading)]] if found else []
        if styles:
            self.put("numbers", spec.name, styles[0], Phrase("start.reason.numbers", n=len(texts)))

    def _words(self, spec: ColumnSpec, trait: Trait) -> bool:
        """What the words of a column count as; False where too many are unknown."""
        codes = spec.codes or {}
        proven = proven_labels(self.look, trait, spec.name)
        read, known = values.category_names(codes), lexicon.labels_of(spec.name, codes)
        asked_always = lexicon.LEXICON["asked"].get(spec.name, ())
        unknown: list[str] = []
        found: dict[str, tuple[str | None, Phrase]] = {}
        sure = spec.name != "sex" or {folded(values.entry(cell)) for cell in trait.counts} <= read.keys() | proven.keys()
        wrong = {word for word, counts in _digits(self.look, trait, spec.name).items()  # a list may hold somebody else's number
                 if spec.name == "sex" and word in read and counts[read[word]] < MOST * counts.total()}
        for cell in trait.counts:
            text = values.entry(cell)
            word = folded(text)
            doubtful = word in wrong or not sure  # P beside W may be Pria
            if word in proven or (word in read and word not in asked_always and not doubtful):
                if word in proven and read.get(word) != proven[word]:
                    found[text] = proven[word], Phrase("start.reason.labels")
            elif not doubtful and (code := _code_of(word, known, spec.name)) is not None:
                found[text] = code, Phrase("start.reason.word")
            else:
                unknown.append(text)
        if len(unknown) > MOST_WORDS or (unknown and any(map(str.isdigit, "".join(unknown))) and spec.name == "grade"):
            return False
        if unknown:
            items = tuple(dict.fromkeys(folded(shown(text)) for text in unknown))
            choices = {**coded(codes), NULL: Phrase("start.choice.unknown")}
            given = self.asked.ask(f"values {spec.name}", "values", choices, items=items, column=spec.text, heading=trait.heading)
            for text in unknown:
                if (code := given.get(folded(shown(text)))) is not None:
                    found[text] = None if code == NULL else code, Phrase("start.reason.answered")
        for text, (code, reason) in found.items():
            self.parts.setdefault("values", {}).setdefault(spec.name, {})[text] = code
            self.why["values", spec.name, text] = reason
        return True

    def year(self, claims: Mapping[str, Claim], *, listed: bool = False) -> None:
        """The year of the rows: from the days of what they tell of, else from what stands around; asked where these disagree.

        Rows that list what there is at one time (``listed``) have no such days: those in them tell of other years.
        """
        known = {} if listed else {**matched(self.look, "batch", only=("start_date", "end_date")).claims, **claims}
        if self.table == "comment":
            known |= matched(self.look, "survey_response", only=("submitted_on",)).claims
        days = next((known[name].trait for name in _ENDS if name in known), None if listed else self._days_of_one_year())
        if days is not None:
            self.make("year", MADE.format(what="tahun", of=days.name), {"from": days.name, "take": "year"},
                      Phrase("start.reason.year_of", heading=days.heading))
            return
        around = {kind: {year} for kind, text in self.look.around.items() if (year := year_of(text))}
        choices: dict[str, Mapping[str, str]] = {
            kind: Phrase(f"start.choice.{kind}", text=shown(*year)) for kind, year in around.items()}
        own = {trait.name: years for trait in self.look.traits if (years := self._own_years(trait)) and (
            len(years) == 1 or (not listed and all(years > year for year in around.values())))}
        choices |= {name: both(name, name) for name in own}
        told = own | around
        chosen = next(iter(told), None)
        if len({*map(frozenset, told.values())}) > 1 or (own and not around):
            chosen = self.asked.ask(f"year {self.look.pattern}", "years", choices, where=self.look.where)
        elif not told:
            dated: dict[str, Mapping[str, str]] = {
                trait.name: both(trait.heading, trait.heading) for trait in self.look.traits if trait.is_days}
            given = self.asked.ask(f"year {self.look.where}", "year", dated, free="year", where=self.look.where)
            reason = Phrase("start.reason.answered")
            if given in dated:
                self.make("year", MADE.format(what="tahun", of=given), {"from": given, "take": "year"}, reason)
            elif given is not None:
                self.put("constants", "year", int(given), reason)
            return
        if chosen in own:
            self.put("columns", "year", chosen, Phrase("start.reason.heading", heading=chosen))
        elif chosen is not None:
            self.make("year", MADE.format(what="tahun", of=chosen), {"from": chosen, "take": "year"},
                      Phrase(f"start.reason.{chosen}", text=shown(self.look.around[chosen])))

    def _own_years(self, trait: Trait) -> set[Any]:
        """The years of a column whose heading speaks of a year; empty for any other."""
        like = lexicon.likeness(trait.heading, lexicon.phrases(self.table, "year"))
        return {*map(year_of, trait.counts)} if like >= MAYBE and trait.years == 1 else set()

    def _days_of_one_year(self) -> Trait | None:
        """The last of several columns of days that lie in one year in every row, whatever they are called."""
        days = [trait for trait in self.look.traits if trait.is_days and not birth_order(self.look, trait)]
        years = [{year for cell in row if not is_blank(cell) and (year := year_of(cell))}
                 for row in zip(*(trait.cells for trait in days), strict=True)]
        return days[-1] if len(days) > 1 and all(len(own) < 2 for own in years) else None


def source_of(asked: Interview, look: Look, key: str) -> str | None:
    """Which column, or what around the sheet, says something that no heading is known for; None while that is open."""
    told = matched(look, "employee" if key == "unit_from" else "participation", without=("unit_id", "batch_id")).claims.values()
    taken = {claim.trait.name for claim in told}
    choices: dict[str, Mapping[str, str]] = {trait.name: both(trait.heading, trait.heading) for trait in look.traits
                                             if trait.is_repeated and trait.heading and trait.name not in taken}
    around = {f"@{kind}": Phrase(f"start.choice.{kind}", text=shown(text)) for kind, text in look.around.items() if text}
    if look.parts:
        around["@part"] = Phrase("start.choice.part", text=shown(look.parts[0]))
    named = bool(look.course) and key == "course_from"
    if named:
        around = {"@named": Phrase("start.choice.named", text=shown(look.course)), **around}
    given: str | None = asked.ask(f"{key}{' named' * named} {look.pattern}", key, {**choices, **around}, where=look.where)
    return f"={look.course}" if given == "@named" else given


def _code_of(word: str, known: Mapping[str, str], column: str) -> str | None:
    """The code of a word, by the vocabulary; of a degree also by how it begins (S-1 Hukum)."""
    plain = " ".join(lexicon.normal(word))
    means = {code for part in spoken(word) if (code := known.get(part.rstrip(".")))}
    found = known.get(word) or known.get(plain) or (means.pop() if len(means) == 1 else None)
    if found is None and column == "education":
        begins = [" ".join(text.split()[:n]) for text in (word, plain) for n in (2, 1)]
        found = next((known[part] for part in begins if part in known), None)
    return found


def people_beside(look: Look, trait: Trait) -> list[tuple[Any, Cell]]:
    """The parsed service number and the cell of the first rows that have both, as many as a proof needs."""
    who = look.people[0].cells if look.people else []
    rows = ((number, cell) for person, cell in zip(who, trait.cells, strict=False)
            if not (is_blank(cell) or is_blank(person)) and (number := parsed(person)))
    return list(islice(rows, _ENOUGH))


def birth_order(look: Look, trait: Trait) -> str | None:
    """The order in which days are the birth dates in the service numbers; ``typed`` has no order to prove."""
    pairs, since = people_beside(look, trait), TABLES["employee"].by_name["birth_date"].since
    for order in (DAY_FIRST, MONTH_FIRST, "yyyy-mm-dd", "teks"):
        born = [values.attempted(values.date, values.without_place(cell), order, since=since) for _, cell in pairs]
        same = [day == number.birth for day, (number, _) in zip(born, pairs, strict=True)]
        if len(same) >= _FEWEST and sum(same) >= PROOF * len(same):
            return order
    return None


def _digits(look: Look, trait: Trait, column: str) -> dict[str, Counter[str]]:
    """What the digits of service numbers say beside each word of a column for sex or status."""
    seen: dict[str, Counter[str]] = {}
    if column in ("sex", "status") and len(trait.counts) <= MOST_WORDS:
        for number, cell in people_beside(look, trait):
            seen.setdefault(folded(as_text(cell)), Counter())[number.sex if column == "sex" else number.kind] += 1
    return seen


def proven_labels(look: Look, trait: Trait, column: str) -> dict[str, str]:
    """What the words for sex and status stand for, as the digits of service numbers show; empty without a proof."""
    seen = _digits(look, trait, column)
    sure = {word: counts.most_common(1)[0][0] for word, counts in seen.items()
            if counts.total() >= _FEWEST and counts.most_common(1)[0][1] >= PROOF * counts.total()}
    if column == "status":
        read = lexicon.labels_of("status", TABLES["employee"].by_name["status"].codes or {})
        return {word: kind for word, kind in sure.items() if word not in read and len(set(sure.values())) == len(sure) == 2}
    return sure if set(sure.values()) <= {"L", "P"} and len(set(sure.values())) == len(set(sure)) else {}


_OF_SCORES = ("employee_uid", "batch_id", "year", "taken_on", "arm", "site")
_LIKELY = ("5", "4")  # scales that forms have


def scores_asked(look: Look, asked: Interview) -> dict[str, str]:
    """The wave of each column of scores: what its heading says, else what is answered; empty without a before and an after."""
    found = {trait.name: str(lexicon.wave_of(trait.heading)) for trait in tables.score_columns(look)}
    silent = [trait for trait in look.traits if trait.amounts >= 0.8 and not trait.is_days and trait.name not in found
              and lexicon.is_score(trait.heading)]
    if len(silent) >= 2 and not found:
        given = asked.ask(f"waves {look.pattern}", "waves", {**coded(TEST_KIND), NULL: Phrase("start.choice.none_of_these")},
                          items=tuple(folded(trait.heading) for trait in silent), where=look.where)
        found = {trait.name: wave for trait in silent if (wave := given.get(folded(trait.heading), NULL)) != NULL}
    scores = [trait for trait in look.traits if trait.amounts >= MOST and not trait.is_days and lexicon.is_score(trait.heading)]
    if not found and len(scores) == 1 and (wave := tables.sheet_wave(look)):
        return {scores[0].name: wave}
    return found if {"pre", "post"} <= set(found.values()) else {}


def scored(
    made: Proposal, look: Look, claims: Mapping[str, Claim], course: Trait | None, proven: tuple[Trait, Trait] | None
) -> tuple[Draft, Match]:
    """The scores of a sheet: one record for each column of them, or a row for each, its wave in a column."""
    waves = scores_asked(look, made.asked)
    draft, further = Draft(look, "test_score", made.asked), () if waves else ("kind", "score")
    match = matched(look, "test_score", claims={name: claim for name, claim in claims.items() if name in _OF_SCORES},
                    only=(*_OF_SCORES, *further), without=tuple(waves))
    _course(made, draft, course, proven, dated=match.claims.keys().isdisjoint(("year", "taken_on")))
    armed = "arm" not in match.claims and any(lexicon.said_in(lexicon.LEXICON["arms"], text) for text in look.around.values())
    if armed and (arm := made.asked.ask(f"arm {look.where}", "arm", coded(ARM), where=look.where)) is not None:
        draft.put("constants", "arm", arm, Phrase("start.reason.answered"))
    draft.put("constants", "measure", "tes", Phrase("start.reason.measure"))
    draft.put("constants", "scale_kind", "interval")
    held = [trait for trait in look.traits if trait.name in waves] or [
        claim.trait for name, claim in match.claims.items() if name == "score"]
    if held:  # the highest possible score, which no column of scores can tell
        top, names = max(trait.range[1] for trait in held), "|".join(sorted(folded(trait.heading) for trait in held))
        choices = {str(n): {"id": str(n), "en": str(n)} for n in (4, 5, 10, 20, 50, 100) if n >= top}
        given = made.asked.ask(f"score_max {names}", "score_max", choices, free="number",
                               headings=[trait.heading for trait in held], top=f"{top:g}")
        if given is not None:
            draft.put("constants", "score_max", float(given), Phrase("start.reason.answered"))
    if waves:
        draft.parts["long"] = {"value": "score", "columns": {name: {"kind": wave} for name, wave in waves.items()}}
        draft.why |= {("long", "columns", name): Phrase("start.reason.wave") for name in waves}
    return draft, match


def _course(made: Proposal, draft: Draft, course: Trait | None, proven: tuple[Trait, Trait] | None, *, dated: bool) -> None:
    """The course of a sheet of scores, and its year where it is dated by it: its own, its batch's in the schedule, or asked."""
    schedules = made.of("batch")
    if proven is not None and schedules and (dated or course is None):
        own, code = proven
        told = matched(schedules[0], "batch").claims
        days = next((told[name].trait.cells for name in ("year", "end_date", "start_date") if name in told), ())
        reason, codes = Phrase("start.reason.overlap", heading=code.heading), [*map(as_text, code.cells)]
        years = {text: year for text, day in zip(codes, days, strict=False) if (year := year_of(day))}
        if years and dated:
            draft.told_by("year", own, years, reason)
        if "program_id" in told and course is None:
            courses = dict(zip(codes, map(as_text, told["program_id"].trait.cells), strict=True))
            draft.told_by("program_id", own, courses, reason)
            return
    if course is not None:
        draft.fill("program_id", Claim(course, Phrase("start.reason.heading", heading=course.heading)))
    else:
        draft.from_anywhere("program_id", "course_from")


def answered(made: Proposal, look: Look, claims: Mapping[str, Claim]) -> None:
    """The answers of a form, one record for each item; purpose, scale and reversed items are asked once a form."""
    found = tables.items(look)
    instrument = proposed_name(f"{look.sheet} {look.around['file']}" if len(look.origin) > 1 else look.around["file"])
    draft = Draft(look, "survey_response", made.asked)
    match = matched(look, "survey_response", claims=claims, without=tuple(trait.name for trait in found),
                    only=("unit_id", "batch_id", "year", "submitted_on", "wave"))
    for column, claim in match.claims.items():
        draft.fill(column, claim)
    if look.people:
        draft.fill("employee_uid", Claim(look.people[0], Phrase("start.reason.heading", heading=look.people[0].heading)))
    draft.put("constants", "response_id", "S-{row}", Phrase("start.reason.row"))
    draft.put("constants", "instrument", instrument)
    if "year" not in draft.filled:
        draft.year(match.claims)
    top = _scale(made, draft, found)
    draft.parts["long"] = {"value": "value", "columns": {trait.name: {"item_id": f"B{n:02d}"} for n, trait in enumerate(found, 1)}}
    made.feed(draft)
    purpose = made.asked.ask(f"purpose {look.pattern}", "purpose", coded(PURPOSE), where=look.where, first=found[0].heading)
    turned = made.asked.ask(f"reversed {look.pattern}", "reversed", {NULL: Phrase("start.choice.none_of_these")}, free="text",
                            where=look.where, texts=[f"{n}. {trait.heading}" for n, trait in enumerate(found, 1)])
    if purpose is None or turned is None or top is None:
        return
    numbers = {part.strip() for part in turned.split(",")}
    rows: list[dict[str, Any]] = [
        {"instrument": instrument, "item_id": f"B{n:02d}", "item_text": trait.heading, "purpose": purpose, "scale_min": 1,
         "scale_max": top, "reverse": str(n) in numbers} for n, trait in enumerate(found, 1)]
    made.content["tables"].setdefault("survey_item", []).append({"rows": rows})


def widened(draft: Draft, match: Match) -> None:
    """Columns that stand for one competency, wish or item each become records."""
    look = draft.look
    if draft.table == "competency" and (pairs := tables.level_pairs(look)):
        long = {"value": "actual_level", "columns": {own.name: {"competency_code": name} for name, (_, own) in pairs.items()},
                "beside": {"standard_level": {own.name: standard.name for _, (standard, own) in pairs.items()}}}
        _become(draft, match, long)
    elif draft.table == "need" and (ticked := tables.ticks(look)):
        long = {"value": "need_item", "columns": {trait.name: {"need_item": trait.heading} for trait in ticked}}
        _become(draft, match, long)
        if no := sorted({as_text(cell) for trait in ticked for cell in trait.counts if not yes_no(cell)}):
            draft.put("missing", "need_item", no, Phrase("start.reason.ticks"))
    elif draft.table == "need" and (ranked := tables.ranks(look)):
        _become(draft, match, {"value": "interest_rank", "columns": {one.name: {"need_item": one.heading} for one in ranked}})
    elif draft.table == "need" and (wishes := tables.ordered(look)):
        _become(draft, match, {"value": "need_item", "columns": {one.name: {"interest_rank": n} for n, one in wishes.items()}})
    elif draft.table == "comment" and "comment_id" not in match.claims and (said := tables.remarks(look)):
        long = {"value": "comment", "columns": {one.name: {"comment_id": f"K{n}-{{row}}"} for n, one in enumerate(said, 1)}}
        _become(draft, match, long)
    elif draft.table == "post_training_rating" and "item_id" not in match.claims and (rated := [
            trait for trait in tables.items(look) if trait.name not in {claim.trait.name for claim in match.claims.values()}]):
        _become(draft, match, {"value": "value", "columns": {one.name: {"item_id": f"B{n:02d}"} for n, one in enumerate(rated, 1)}})


def _become(draft: Draft, match: Match, long: dict[str, Any]) -> None:
    """Let columns become records; they fill nothing else."""
    draft.parts["long"] = long
    draft.why["long",] = Phrase("start.reason.wide")
    used = {*long["columns"], *(name for others in long.get("beside", {}).values() for name in others.values())}
    for column in draft.filled & {*match.claims, *match.doubtful} | {
            column for column, claim in match.claims.items() if claim.trait.name in used}:
        match.claims.pop(column, None)


def listed_in_cells(draft: Draft, trait: Trait) -> None:
    """Cells that list several answers: whether they do is asked, with what they would be."""
    if listed := tables.options_in(trait):
        separator, options = listed
        choices = {"ya": Phrase("start.choice.several", options=list(options)[:6], n=len(options)),
                   "tidak": Phrase("start.choice.one_text")}
        if draft.asked.ask(f"split {trait.heading}", "split", choices, where=draft.look.where, heading=trait.heading) == "ya":
            draft.parts["split"] = {"column": "need_item", "separator": separator}
            draft.why["split",] = Phrase("start.reason.answered")


def _scale(made: Proposal, draft: Draft, found: list[Trait]) -> float | None:
    """The highest number of the scale, and what its words count: always asked."""
    look, words = draft.look, sorted({word for trait in found for word in trait.words if any(map(str.isalpha, word))})
    if not words:
        choices = {n: {"id": f"1–{n}", "en": f"1–{n}"} for n in _LIKELY}
        given = made.asked.ask(f"scale {look.pattern}", "scale", choices, free="number", where=look.where)
        return float(given) if given else None
    scales = {name: Phrase("start.choice.scale", words=list(scale)[::-1]) for name, scale in ANSWER_SCALES.items()
              if set(words) <= set(scale)}
    if scales:
        own = {NULL: Phrase("start.choice.none_of_these")}
        given = made.asked.ask(f"scale {look.pattern}", "scale", {**scales, **own}, where=look.where)
        if given is None:
            return None
        if given != NULL:
            draft.parts["answers"] = given
            return float(max(ANSWER_SCALES[given].values()))
    numbers = made.asked.ask("answer words", "answer_words", {}, items=tuple(words), free="number")
    if len(numbers) < len(words):
        return None
    draft.parts["answers"] = {"*": {word: float(numbers[word]) for word in words}}
    return max(float(numbers[word]) for word in words)
