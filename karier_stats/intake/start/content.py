"""From the tables of the sheets to the proposed crosswalk: staff first, then lists that others refer to, then what happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from karier_stats.domain.codes import SERVICE_ELEMENTS
from karier_stats.errors import KarierError
from karier_stats.intake.columns import PART
from karier_stats.intake.schema import REQUIRED, TABLES
from karier_stats.intake.spellings import near_pairs, preferred, spelling
from karier_stats.intake.start import feed as drafts
from karier_stats.intake.start import lexicon, tables
from karier_stats.intake.start.feed import NULL, Draft
from karier_stats.intake.start.looks import Look, Trait, amount
from karier_stats.intake.start.questions import Interview, coded, shown, stable
from karier_stats.intake.start.tables import Claim, Match, matched
from karier_stats.intake.values import as_text, folded
from karier_stats.words import Phrase
from karier_stats.words.numbers import both

Path = tuple[Any, ...]
NUMBERED = {"budget_id": "A-{row}", "response_id": "S-{row}", "comment_id": "K-{row}", "partner_id": "M-{row}", "rec_id": "R-{row}"}
"""Ids that a row may get from its number."""
_NAMED = (("unit", "unit_id", "unit_name"), ("program", "program_id", "title"))
"""Tables whose rows other tables name: a list that the office keeps, else the names that its files hold."""
OVERLAP = 0.9
_PARTS, _TITLED = 3, 0.2
_OF_COURSES = ("form", "delivery", "organizer", "topic", "competency_kind")  # what a sheet that names courses may say of them


@dataclass
class Proposal:
    """A proposed crosswalk.

    Attributes
    ----------
    content : dict
        What ``peta.yml`` would hold.
    why : dict
        The reason of a line, by its path.
    asked : Interview
        The questions.
    looks : list of Look
    tables : dict of str to str
        The table of each sheet; absent while open.
    beside : dict of str to tuple of str
        The tables that it feeds besides.
    told : set of (str, str)
        Sheet and heading of what is taken over into rows for courses.
    refused : list of KarierError
        Files that could not be read.
    """

    content: dict[str, Any]
    asked: Interview
    looks: list[Look]
    why: dict[Path, Phrase] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    refused: list[KarierError] = field(default_factory=list)

    def feed(self, draft: Draft) -> None:
        """Take a finished feed."""
        feeds = self.content["tables"].setdefault(draft.table, [])
        if feeds:  # rows of another sheet have the same numbers
            draft.renumber(len(feeds) + 1)
        self.why |= {("tables", draft.table, len(feeds), *path): reason for path, reason in draft.why.items()}
        feeds.append(draft.parts)
        for unit, words in draft.unit_words.items():
            self.content.setdefault("unit_words", {}).setdefault(unit, {}).update(words)

    def feeds(self, look: Look) -> list[dict[str, Any]]:
        """The feeds that read a sheet."""
        return [feed for feeds in self.content["tables"].values() for feed in feeds if look.is_read_by(feed)]

    def of(self, table: str) -> list[Look]:
        """The sheets that feed a table."""
        return [look for look in self.looks if table in (self.tables.get(look.where), *self.beside.get(look.where, ()))]


def propose(looks: list[Look], answers: Mapping[str, Any], evaluation: str, refused: Sequence[KarierError] = ()) -> Proposal:
    """The crosswalk of some sheets, as far as it is proven, proposed or answered.

    Parameters
    ----------
    looks : list of Look
    answers : mapping
        Answers to earlier questions, by their id.
    evaluation : str
        Its name.
    refused : sequence of KarierError
        Files that could not be read.
    """
    content = {"evaluation": evaluation, "title": both(evaluation, evaluation), "person": "nip", "tables": {}}
    made = Proposal(content, Interview(dict(answers)), looks, refused=list(refused))
    _choose_ids(made)
    if made.asked.open:
        return made
    _confirm_rows(made)
    tables.relate(looks)
    made.tables = tables.tables_of(looks, made.asked)
    made.beside = {look.where: tables.beside(look, made.tables.get(look.where, "")) for look in looks}
    for look in looks:
        if len(look.people) > 1:  # of several columns of service numbers the one of the row's person comes first
            numbers = {trait.name: both(trait.heading, trait.heading) for trait in look.people}
            who = made.asked.ask(f"person {'|'.join(numbers)}", "person", numbers, where=look.where)
            look.people.sort(key=lambda trait: trait.name != who)
    for look in made.of("employee"):
        _staff(made, look)
    for look in (*made.of("participation"), *made.of("test_score")):
        _happened(made, look)
    for look in made.of("survey_response"):
        if tables.items(look):
            drafts.answered(made, look, _named_in(made, look, "batch_id"))
        else:  # each row is one answer
            _listed(made, look, "survey_response")
    for table in TABLES:
        if table not in ("employee", "participation", "test_score", "survey_response"):
            for look in made.of(table):
                _listed(made, look, table)
    choices = {"ya": Phrase("start.choice.go_on")}
    if not made.of("employee") and made.of("participation") and made.asked.ask("no_staff", "no_staff", choices):
        for look in made.of("participation"):
            _staff(made, look)
    for table, key, name in _NAMED:
        _complete(made, table, key, name)
    content["tables"] = {table: made.content["tables"][table] for table in TABLES if made.content["tables"].get(table)}
    for table in () if made.asked.open else REQUIRED:
        if table not in content["tables"]:
            made.asked.ask(f"absent {table}", "absent", {}, table=TABLES[table].text)
    return made


def _confirm_rows(made: Proposal) -> None:
    """Rows are left out only once somebody has seen which; sheets that are filled in alike are asked about together."""
    alike: dict[tuple[str, ...], list[Look]] = {}
    for look in made.looks:
        if look.stop or look.subtotal or look.exclude:
            words = (*look.subtotal, *look.stop, *(look.parts[:3] or look.exclude))
            alike.setdefault((look.pattern, *map(folded, words)), []).append(look)
    ruled: dict[str, list[Look]] = {}
    for (_, *left), looks in alike.items():
        more = " …" if len(looks) > 1 else ""
        ruled.setdefault(stable(f"{looks[0].where}{more}: {', '.join(left)}"), []).extend(looks)
    choices = {"ya": Phrase("start.choice.leave_out"), "tidak": Phrase("start.choice.keep")}
    given = made.asked.ask("rows", "rows", choices, items=tuple(ruled)) if ruled else {}
    for item, looks in ruled.items():
        for look in looks if given.get(item) == "tidak" else ():
            look.stop, look.subtotal, look.exclude = (), (), {}


def _choose_ids(made: Proposal) -> None:
    """Where no file holds service numbers, people are known by another id, which must recur from sheet to sheet."""
    if any(trait.numbers_of_people >= 0.6 for look in made.looks for trait in look.traits):
        return
    codes = [(look, trait) for look in made.looks for trait in look.traits if trait.heading and trait.years < OVERLAP
             and not trait.is_days and lexicon.normal(trait.heading) != ("nomor",)]
    staff = [(look, trait) for look, trait in codes if trait.distinct > 0.98 and trait.n > 2]
    recur = {trait.heading: trait for look, trait in staff
             if any(other is not look and len(trait.words & one.words) >= OVERLAP * len(one.words) > 1 for other, one in codes)}
    choices: dict[str, Mapping[str, str]] = {name: both(name, name) for name in recur}
    given = made.asked.ask("person_id", "person_id", {**choices, NULL: Phrase("start.choice.none_of_these")}) if recur else None
    if given in recur:
        made.content["person"] = "other"
        for look, trait in codes:
            if len(trait.words & recur[given].words) >= OVERLAP * len(trait.words) > 1 and not look.people:
                look.people.append(trait)


def _claims(look: Look) -> dict[str, Claim]:
    """Columns that are settled by what the sheet is about."""
    proof = dict[str, Claim]()
    if look.people:
        who = look.people[0]
        reason = Phrase("start.reason.numbers_of_people", n=round(who.numbers_of_people * who.n), of=who.n)
        proof["employee_uid"] = Claim(who, reason)
    titled = [trait for trait in look.traits if trait.titles >= _TITLED and trait.names >= OVERLAP and not trait.made]
    if look.people and len(titled) == 1:
        proof["name"] = Claim(titled[0], Phrase("start.reason.titles"))
    return proof


def _fill(made: Proposal, draft: Draft, match: Match) -> bool:
    """Take over what was matched and ask for required columns; False where it is said that one has no source."""
    whole = True
    for column, claim in {**match.claims, **draft.worded(match)}.items():
        draft.fill(column, claim)
    for spec in TABLES[draft.table].columns:
        if spec.name in draft.filled | draft.waits or not spec.required:
            continue
        if spec.name in NUMBERED:
            draft.put("constants", spec.name, NUMBERED[spec.name], Phrase("start.reason.row"))
        elif spec.name == "year":
            draft.year(match.claims, listed=made.tables.get(draft.look.where) == "employee")
        else:
            whole &= _ask_column(made, draft, spec.name, match)
    return whole


def _ask_column(made: Proposal, draft: Draft, column: str, match: Match) -> bool:
    """Ask which heading fills a required column; False where it is said that none does."""
    spec = TABLES[draft.table].by_name[column]
    used = set(draft.parts.get("columns", {}).values())
    likely = match.doubtful.get(column, [])
    others = [trait for trait in draft.look.traits if trait not in likely and trait.numbers_of_people < 0.6]
    choices: dict[str, Mapping[str, str]] = {
        trait.name: both(trait.heading or trait.name, trait.heading or trait.name)
        for trait in (*likely, *others) if trait.name not in used}
    constants = {f"={code}": both(*pair) for code, pair in (spec.codes or {}).items()}
    given = made.asked.ask(f"column {draft.table} {column} {draft.look.pattern}", "column",
                           {**choices, **constants, NULL: Phrase("start.choice.none")}, where=draft.look.where,
                           column=spec.text, table=TABLES[draft.table].text)
    if given is None or given == NULL:
        return given is None
    if given.startswith("="):
        draft.put("constants", column, given[1:], Phrase("start.reason.answered"))
        return True
    trait = draft.look.trait(given)
    return trait is not None and draft.fill(column, Claim(trait, Phrase("start.reason.answered")))


def _staff(made: Proposal, look: Look) -> None:
    """The staff list of a sheet: birth dates and sex are proven by the service numbers."""
    draft = Draft(look, "employee", made.asked)
    claims = _claims(look)
    for trait in look.traits:
        if trait.is_days and drafts.birth_order(look, trait) and "birth_date" not in claims:
            claims["birth_date"] = Claim(trait, Phrase("start.reason.birth"))
        elif len(trait.counts) <= _PARTS and "sex" not in claims and len(trait.words) > 1 and (
                len(drafts.proven_labels(look, trait, "sex")) == len(trait.words)):
            claims["sex"] = Claim(trait, Phrase("start.reason.labels"))
    without = () if made.tables.get(look.where) == "employee" else ("standing_code", "position_type")
    match = matched(look, "employee", claims=claims, without=without)
    if made.tables.get(look.where) != "employee":
        draft.parts["distinct"] = True
    if "unit_id" not in match.claims and (look.parts or not match.doubtful.get("unit_id")):
        draft.from_anywhere("unit_id", "unit_from")
    if _fill(made, draft, match):
        made.feed(draft)


def _listed(made: Proposal, look: Look, table: str) -> None:
    """Any table whose columns stand as such in the sheet."""
    draft = Draft(look, table, made.asked)
    who = TABLES[table].people
    unsaid = "unit_id" in TABLES[table].by_name and not look.people and not tables.lexicon_hits(look, table, "unit_id")
    units = _named_in(made, look, "unit_id") if unsaid and table != "unit" else {}
    known = {who[0] if column == "employee_uid" and len(who) == 1 else column: claim
             for column, claim in {**units, **_named_in(made, look, "batch_id"), **_claims(look)}.items() if table != "batch"}
    match = matched(look, table, claims={column: claim for column, claim in known.items() if column in TABLES[table].by_name},
                    without=("batch_id",) if made.tables[look.where] != table == "comment" and "batch_id" not in known else ())
    for key, name in ((key, name) for named, key, name in _NAMED if named == table and key not in match.doubtful):
        if name in match.claims:  # a list of names without codes is known by the names themselves
            match.claims.setdefault(key, match.claims[name])
    if table == "service_survey":
        _elements(made, draft, match)
    if table == "batch":
        _schedule(made, draft, match)
    drafts.widened(draft, match)
    whole = _fill(made, draft, match)
    if wish := look.trait(draft.parts.get("columns", {}).get("need_item")):
        drafts.listed_in_cells(draft, wish)
    if whole:
        made.feed(draft)


def _named_in(made: Proposal, look: Look, column: str) -> dict[str, Claim]:
    """The one column whose entries are batches or units of other sheets, as only names of some length prove it."""
    named = {folded(name) for name in _used(made, column)}
    found = [trait for trait in look.traits if len(trait.words) > 1 and min(map(len, trait.words)) >= _PARTS
             and len(trait.words & named) >= OVERLAP * len(trait.words)]
    return {column: Claim(found[0], Phrase("start.reason.listed"))} if len(found) == 1 else {}


def _elements(made: Proposal, draft: Draft, match: Match) -> None:
    """Elements of the satisfaction survey are known by name; what is only numbered is asked.

    What the answers in words count is asked once for each beginning (*kurang …*), as the form grades all elements alike.
    """
    named = {claim.trait.name for claim in match.claims.values()}
    for element, trait in tables.elements(draft.look).items():
        if trait.name not in named:
            match.claims.setdefault(element, Claim(trait, Phrase("start.reason.heading", heading=trait.heading)))
    named = {claim.trait.name for claim in match.claims.values()}
    rest = [trait for trait in tables.items(draft.look) if trait.name not in named]
    choices = {**coded(SERVICE_ELEMENTS), NULL: Phrase("start.choice.none_of_these")}
    given = made.asked.ask(f"elements {draft.look.pattern}", "elements", choices,
                           items=tuple(folded(trait.heading) for trait in rest), where=draft.look.where) if rest else {}
    for trait in rest:
        if given.get(folded(trait.heading), NULL) != NULL:
            match.claims[given[folded(trait.heading)]] = Claim(trait, Phrase("start.reason.answered"))
    begins: dict[str, dict[str, str]] = {}
    for element in SERVICE_ELEMENTS:
        if element in match.claims:
            words = {as_text(cell): folded(as_text(cell)) for cell in match.claims[element].trait.counts if amount(cell) is None}
            short = {text: f"{first} …" if (first := word.split()[0]) in lexicon.LEXICON["degrees"] else "…"
                     for text, word in words.items()}
            begins[element] = short if len({*short.values()}) == len({*words.values()}) else words
    items_said = tuple(sorted({item for own in begins.values() for item in own.values()}))
    said = made.asked.ask("element words", "element_words", {str(n): both(str(n), str(n)) for n in (1, 2, 3, 4)},
                          items=items_said) if items_said else {}
    for element, own in begins.items():
        for text in [text for text in own if own[text] in said]:
            draft.parts.setdefault("values", {}).setdefault(element, {})[text] = int(said[own[text]])


def _schedule(made: Proposal, draft: Draft, match: Match) -> None:
    """A schedule: what makes a batch of it is its code, or what is asked."""
    code, course = match.claims.get("batch_id"), match.claims.get("program_id")
    named = {code.name: code for look in made.looks if look.people for _, code in tables.links(look, draft.look)}
    coded = {name: trait for name, trait in named.items() if trait.codes >= OVERLAP}
    named = coded or named
    if len(named) == 1 and (code is None or code.trait.name not in named):
        (trait,) = named.values()
        for column in [column for column, claim in match.claims.items() if claim.trait is trait and column != "program_id"]:
            match.claims.pop(column)
        match.claims["batch_id"] = Claim(trait, Phrase("start.reason.named"))
    elif code is None or code.trait.distinct < 1 or code.trait.codes < OVERLAP or min(map(len, code.trait.words)) < _PARTS:
        match.claims.pop("batch_id", None)
        match.doubtful.pop("batch_id", None)
        _identify(made, draft, course.trait if course else None, code.trait if code else None)


def _identify(made: Proposal, draft: Draft, course: Trait | None, batch: Trait | None) -> None:
    """Ask what makes one batch: a code, or the course with its batch, its days or its year; each with how many that gives."""
    look = draft.look
    days = [trait for trait in look.traits if trait.is_days and not drafts.birth_order(look, trait) and lexicon.likeness(
        trait.heading, lexicon.phrases("employee", "birth_date")) < lexicon.KNOWN][:1]
    years = [trait for trait in look.traits if trait.years >= 0.95 and trait.heading][:1]
    keys = [trait.name for trait in look.traits if course and trait is not course and trait.heading and trait.is_repeated
            and trait.codes >= OVERLAP and _combined((trait, course)) == len(trait.counts) > 1]
    named = [trait for trait in dict.fromkeys((batch.name if batch else "", *keys[:1], course.name if course else "")) if trait]
    parts = [*(trait for name in named if (trait := look.trait(name))), *years, *days]
    options: dict[str, tuple[Trait, ...]] = {}
    for n in (1, 2, 3):
        for some in combinations(parts, n):
            if any(trait.name in named for trait in some):
                options["+".join(trait.name for trait in some)] = some
    if not options:
        draft.from_anywhere("batch_id", "batch_from")
        return
    choices = {name: Phrase("start.choice.batch", parts=[trait.heading for trait in some], n=_combined(some))
               for name, some in options.items()}
    given = made.asked.ask(f"batch {'|'.join(options)}", "batch", choices, where=look.where)
    if given is None:
        draft.waits.add("batch_id")
        return
    some = options[given]
    if len(some) == 1:
        draft.put("columns", "batch_id", some[0].name, Phrase("start.reason.answered"))
    else:
        name = drafts.MADE.format(what="angkatan", of="+".join(trait.name for trait in some))
        draft.make("batch_id", name, {"join": [trait.name for trait in some]}, Phrase("start.reason.answered"))


def _combined(traits: Sequence[Trait]) -> int:
    """How many distinct combinations some columns hold."""
    return len(set(zip(*(trait.cells for trait in traits), strict=True)))


def _happened(made: Proposal, look: Look) -> None:
    """A sheet of people on courses: who took part, with what scores; and, without a schedule, which batches there were."""
    course = _course(made, look)
    batch = next((trait for trait in tables.lexicon_hits(look, "participation", "batch_id") if trait is not course), None)
    proven = _in_schedule(made, look)
    claims = _claims(look)
    if proven is not None:
        claims["batch_id"] = Claim(proven[0], Phrase("start.reason.overlap", heading=proven[1].heading))
        course = None if course is proven[0] else course
    waves = drafts.scores_asked(look, made.asked)
    match = matched(look, "participation", claims=claims, without=(*waves, *(("batch_id",) if proven is None else ())))
    held, hours = batch if proven is None else proven[0], match.claims.get("credited_jp")
    rest = matched(look, "batch", only=("jp",), without=(hours.trait.name,)).claims.get("jp") if hours and held else None
    if rest and held and "attended_jp" not in match.claims and _combined((held, rest.trait)) > len(held.counts):
        match.claims["attended_jp"] = Claim(rest.trait, Phrase("start.reason.hours"))
    if made.tables[look.where] == "participation":
        draft = Draft(look, "participation", made.asked)
        if proven is None:
            _identify(made, draft, course, batch)
        if _fill(made, draft, match):
            made.feed(draft)
        if proven is None and not made.of("batch"):
            _batches(made, look, draft, course)
    if waves or made.tables[look.where] == "test_score":
        draft, scores = drafts.scored(made, look, {**_named_in(made, look, "batch_id"), **_claims(look)}, course, proven)
        if _fill(made, draft, scores):
            made.feed(draft)


def _course(made: Proposal, look: Look) -> Trait | None:
    """The column with the name of the course; asked where several headings, or none, are known for it."""
    hits = [trait for trait in tables.lexicon_hits(look, "batch", "program_id") if trait.codes < OVERLAP]
    exact = [trait for trait in hits if lexicon.likeness(trait.heading, lexicon.phrases("batch", "program_id")) >= lexicon.KNOWN]
    if len(exact) < 2 and hits:
        return hits[0]
    return None if not hits and _in_schedule(made, look) else look.trait(drafts.source_of(made.asked, look, "course_from"))


def _in_schedule(made: Proposal, look: Look) -> tuple[Trait, Trait] | None:
    """The column of a sheet that names rows of the schedule, and the column there; None where none or several do."""
    pairs = [pair for schedule in made.of("batch") for pair in tables.links(look, schedule)]
    return pairs[0] if len({own.name for own, _ in pairs}) == 1 else None


def _batches(made: Proposal, look: Look, seats: Draft, course: Trait | None) -> None:
    """The batches of a list of participants, each taken once."""
    draft = Draft(look, "batch", made.asked)
    draft.parts["distinct"] = True
    claims = {"program_id": Claim(course, Phrase("start.reason.heading", heading=course.heading))} if course else {}
    others = [claim.trait.name for claim in _claims(look).values()] if course else ["program_id"]
    match = matched(look, "batch", claims=claims, without=("batch_id", "state", "quota", "employee_uid", *others))
    made_of = seats.parts.get("make", {}).get(seats.parts.get("columns", {}).get("batch_id"), {}).get("join")
    parts = [look.trait(name) for name in made_of or [seats.parts.get("columns", {}).get("batch_id")]]
    keys = list(zip(*(part.cells for part in parts if part), strict=True))
    for column in ("jp", "start_date", "end_date"):  # what differs within a batch is no fact of it
        if column in match.claims and keys and len({*zip(keys, match.claims[column].trait.cells, strict=True)}) > len(set(keys)):
            match.claims.pop(column)
    if "batch_id" in seats.filled:
        name = seats.parts["columns"]["batch_id"]
        draft.put("columns", "batch_id", name)
        if name in seats.parts.get("make", {}):
            draft.put("make", name, seats.parts["make"][name])
    else:
        draft.waits.add("batch_id")
    if course is None:
        draft.from_anywhere("program_id", "course_from")
    if _fill(made, draft, match):
        made.feed(draft)


def _used(made: Proposal, column: str) -> Counter[str]:
    """The names that feeds hold in a column, each with how many rows hold it; what is made of a sheet's surroundings too."""
    found = Counter[str]()
    for feeds in made.content["tables"].values():
        for feed in feeds:
            heading = feed.get("columns", {}).get(column)
            look = next((one for one in made.looks if one.is_read_by(feed)), None)
            if heading is None or look is None:
                continue
            source = feed.get("make", {}).get(heading, {}).get("from")
            trait, said = look.trait(heading), feed.get("values", {}).get(column, {})
            texts = {as_text(cell): n for cell, n in trait.counts.items()} if trait else {}
            for text, n in texts.items():
                found[said.get(text, text)] += n
            found.update({} if trait else {look.around[source]: len(look.rows)} if source in look.around else
                         dict.fromkeys(look.parts, 1) if source == PART else {})
    return found


def _names_of(made: Proposal, table: str, column: str) -> tuple[dict[str, str], dict[str, str]]:
    """One name for each spelling among those used, and the aliases of names that are said to be the same."""
    used = _used(made, column)
    spelled: dict[str, list[str]] = {}
    for name in used:
        spelled.setdefault(spelling(table, name), []).append(name)
    names = {alike: preferred(group) for alike, group in spelled.items()}
    counts = {name: sum(used[one] for one in spelled[alike]) for alike, name in names.items()}
    pairs = {f"{shown(one)} = {shown(other)}": (one, other) for one, other in near_pairs(table, names.values())}
    choices = {"ya": Phrase("start.choice.same"), "tidak": Phrase("start.choice.apart")}
    given = made.asked.ask(f"same {table}", "same", choices, items=tuple(pairs), table=TABLES[table].text) if pairs else {}
    aliases: dict[str, str] = {}
    for item, (one, other) in pairs.items():
        if given.get(item) == "ya":
            kept, gone = sorted((one, other), key=lambda name: -counts[name])
            aliases[gone] = aliases.get(kept, kept)
    return {alike: name for alike, name in names.items() if name not in aliases}, aliases


def _facts(made: Proposal) -> dict[str, dict[str, str]]:
    """What the sheets that name courses say of each in every row alike, by the spelling of its name."""
    held: dict[str, dict[str, set[str | None]]] = {}
    for look in dict.fromkeys([*made.of("batch"), *made.of("participation")]):
        feeds = [feed.get("columns", {}) for feed in made.feeds(look)]
        course = look.trait(next((columns["program_id"] for columns in feeds if "program_id" in columns), None))
        draft, used = Draft(look, "program", made.asked), {name for columns in feeds for name in columns.values()}
        if course is None:
            continue
        match = matched(look, "program", only=_OF_COURSES, without=used)
        for column, claim in {**match.claims, **draft.worded(match)}.items():
            if not draft.fill(column, claim):
                continue
            made.told.add((look.where, claim.trait.name))
            words = draft.parts.get("values", {}).get(column, {})
            for name, cell in zip(course.cells, claim.trait.cells, strict=True):
                own = held.setdefault(spelling("program", as_text(name)), {}).setdefault(column, set())
                own |= {words.get(as_text(cell), as_text(cell))} - {"", None}
    return {name: {column: str(*texts) for column, texts in facts.items() if len(texts) == 1} for name, facts in held.items()}


def _complete(made: Proposal, table: str, key: str, name: str) -> None:
    """Rows for the names that no list of the office holds; names that differ in a letter are asked about."""
    listed = {spelling(table, text) for look in made.of(table) for trait in look.traits for text in map(as_text, trait.counts)}
    names, aliases = _names_of(made, table, key)
    facts = _facts(made) if table == "program" and not listed else {}
    rows = [{key: text, name: text, **facts.get(alike, {})} for alike, text in names.items() if alike not in listed and text]
    known = {alike for alike in names if alike in listed}
    if listed and rows:
        choices = {"baru": Phrase("start.choice.new"), NULL: Phrase("start.choice.not_this")}
        given = made.asked.ask(f"unlisted {table}", "unlisted", choices, items=tuple(folded(shown(row[key])) for row in rows),
                               table=TABLES[table].text, known=len(known))
        rows = [row for row in rows if given.get(folded(shown(row[key]))) == "baru"]
    if rows:
        made.content["tables"].setdefault(table, []).append({"rows": rows})
        made.why["tables", table, len(made.content["tables"][table]) - 1, "rows"] = Phrase("start.reason.names", n=len(rows))
    if aliases:
        made.content.setdefault("aliases", {})[table] = aliases


def unread(made: Proposal, look: Look) -> list[str]:
    """The headings of a sheet that no feed reads, but for that of a column which numbers the rows."""
    feeds = made.feeds(look)
    read = {name for feed in feeds for name in (*feed.get("columns", {}).values(), *feed.get("long", {}).get("columns", {}))}
    read |= {part for feed in feeds for made_of in feed.get("make", {}).values()
             for part in (*made_of.get("join", ()), made_of.get("from", ""))}
    read |= {name for where, name in made.told if where == look.where}
    return [shown(trait.heading or trait.name) for trait in look.traits
            if trait.name not in read and lexicon.normal(trait.heading) != ("nomor",)]
