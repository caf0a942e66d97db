"""One feed of the proposed crosswalk: its columns, and the dialect of each as its cells prove it or as it is asked."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from karier_stats.domain.unit_words import UNIT_WORDS
from karier_stats.intake import values
from karier_stats.intake.made import year_of
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.start import lexicon
from karier_stats.intake.start.columns import MAYBE, Claim, Match, matched
from karier_stats.intake.start.looks import Look
from karier_stats.intake.start.questions import Asked, coded, shown
from karier_stats.intake.start.traits import MOST, Trait, parsed, spoken
from karier_stats.intake.values import Cell, Unreadable, as_text, category_names, entry, folded, is_blank, refusal
from karier_stats.words import Phrase
from karier_stats.words.numbers import both

DAY_FIRST, MONTH_FIRST = "dd/mm/yyyy", "mm/dd/yyyy"
MOST_WORDS = 12
"""Words of a column beyond which nobody is asked what each of them counts as."""
PROOF = 0.95
MADE = "{what}@{of}"
NULL = "-"
_FEWEST, _ENOUGH, _MONTHS = 5, 400, 12
_ENDS = ("end_date", "start_date", "taken_on", "submitted_on")
"""Columns of days by which a row belongs to a year, the best first."""


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
    asked: Asked
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
        """The style of the numbers of a column, where they can be read in two ways."""
        texts = [cell for cell in trait.counts if isinstance(cell, str)]
        read = values.money if spec.kind == "money" else partial(values.number, words=UNIT_WORDS.get(spec.unit, {}))
        codes = {code for cell in texts if (code := refusal(read, cell, None))}
        if "K176" in codes:
            self._measures(spec, trait, [cell for cell in texts if refusal(read, cell, None) == "K176"])
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

    def _measures(self, spec: ColumnSpec, trait: Trait, texts: list[str]) -> None:
        """What one of each further word of measure counts in the unit of a column: always asked."""
        words = tuple(dict.fromkeys(word for text in texts for word in re.findall(r"[^\W\d_]+", folded(text))
                                    if word not in UNIT_WORDS.get(spec.unit, {})))
        given = self.asked.ask(f"unit_words {spec.unit}", "unit_words", {}, items=words, free="number", heading=trait.heading,
                               unit=spec.unit or spec.text)
        self.unit_words.setdefault(spec.unit or spec.name, {}).update({word: float(n) for word, n in given.items()})

    def _words(self, spec: ColumnSpec, trait: Trait) -> bool:
        """What the words of a column count as; False where too many are unknown."""
        codes = spec.codes or {}
        proven = proven_labels(self.look, trait, spec.name)
        read, known = category_names(codes), lexicon.labels_of(spec.name, codes)
        asked_always = lexicon.LEXICON["asked"].get(spec.name, ())
        unknown: list[str] = []
        found: dict[str, tuple[str | None, Phrase]] = {}
        sure = spec.name != "sex" or {folded(entry(cell)) for cell in trait.counts} <= read.keys() | proven.keys()
        wrong = contradicted(self.look, trait, spec.name, read)
        for cell in trait.counts:
            text = entry(cell)
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
            given = self.asked.ask(f"values {spec.name}", "values", choices, items=items,
                                   column=spec.text, heading=trait.heading)
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


def source_of(asked: Asked, look: Look, key: str) -> str | None:
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
    pairs = people_beside(look, trait)
    for order in (DAY_FIRST, MONTH_FIRST, "yyyy-mm-dd", "teks"):
        same = [_born(cell, order) == number.birth for number, cell in pairs]
        if len(same) >= _FEWEST and sum(same) >= PROOF * len(same):
            return order
    return None


def _born(cell: Cell, order: str) -> Any:
    """The birth date in a cell."""
    try:
        return values.date(values.without_place(cell), order, since=TABLES["employee"].by_name["birth_date"].since)
    except Unreadable:
        return None


def _digits(look: Look, trait: Trait, column: str) -> dict[str, Counter[str]]:
    """What the digits of service numbers say beside each word of a column for sex or status."""
    seen: dict[str, Counter[str]] = {}
    if column in ("sex", "status") and len(trait.counts) <= MOST_WORDS:
        for number, cell in people_beside(look, trait):
            seen.setdefault(folded(as_text(cell)), Counter())[number.sex if column == "sex" else number.kind] += 1
    return seen


def contradicted(look: Look, trait: Trait, column: str, read: Mapping[str, str]) -> set[str]:
    """Words of sex that the digits do not bear out: a list may hold somebody else's."""
    return {word for word, counts in _digits(look, trait, column).items()
            if column == "sex" and word in read and counts[read[word]] < MOST * counts.total()}


def proven_labels(look: Look, trait: Trait, column: str) -> dict[str, str]:
    """What the words for sex and status stand for, as the digits of service numbers show; empty without a proof."""
    seen = _digits(look, trait, column)
    sure = {word: counts.most_common(1)[0][0] for word, counts in seen.items()
            if counts.total() >= _FEWEST and counts.most_common(1)[0][1] >= PROOF * counts.total()}
    if column == "status":
        read = lexicon.labels_of("status", TABLES["employee"].by_name["status"].codes or {})
        return {word: kind for word, kind in sure.items() if word not in read and len(set(sure.values())) == len(sure) == 2}
    return sure if set(sure.values()) <= {"L", "P"} and len(set(sure.values())) == len(set(sure)) else {}
