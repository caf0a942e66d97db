"""Checks across rows and tables: references, people, ranges, duplicates.

A check never repairs a value by guessing: it resolves what the crosswalk
declares, and marks the rest with a code. It looks at distinct values, so that
a row costs nothing unless something is wrong with it. Marks fall on source
rows, so a row that gives several records stands or falls as one.
"""

import contextlib
import datetime
import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from karier_stats.domain import nip
from karier_stats.domain.grades import UnfitGrade, parse_grade
from karier_stats.domain.places import today, ward_of
from karier_stats.domain.trainings import structural_level
from karier_stats.errors import InputError
from karier_stats.intake.cells import bound
from karier_stats.intake.crosswalk import Crosswalk
from karier_stats.intake.feeds import Defect, Record
from karier_stats.intake.processed import table_dtypes
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.intake.spellings import preferred, spelling
from karier_stats.intake.stored import Judge, ReadTable
from karier_stats.intake.values import bare

NAMING = {"unit": "unit_name", "program": "title", "partnership": "partner_name"}  # the official name, which may stand for the id
_LEVEL, _EXACT, _SPELLED = "level:", "=", "~"
_NUMBER_OF_STATUS = {"PNS": "PNS", "CPNS": "PNS", "PPPK": "PPPK", "PPPK_PART_TIME": "PPPK"}
YEAR = "_year"  # the column of a participation row that holds the year of its batch


@dataclass
class Known:
    """What earlier tables hold, for the checks of later ones.

    Attributes
    ----------
    crosswalk : Crosswalk
    ids : dict of str to dict of str to str
        By table, each word that stands for one of its ids.
    shared : dict of str to set of str
        By table, names, by their spelling, of more than one id.
    people : dict of str to dict of int to str
        By person and year, the unit of the staff list.
    batch_year : dict of str to int
        The year of each batch.
    items : dict of (str, str) to (float, float)
        By instrument and item, the ends of its scale.
    noticed : Counter of str
        What is noticed of the staff list as a whole, by code.
    latest_year : int, optional
        The latest year of the staff list, once that is known.
    """

    crosswalk: Crosswalk
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    shared: dict[str, set[str]] = field(default_factory=dict)
    people: dict[str, dict[int, str]] = field(default_factory=dict)
    batch_year: dict[str, int] = field(default_factory=dict)
    items: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    noticed: Counter[str] = field(default_factory=Counter)
    latest_year: int | None = None

    @property
    def as_of(self) -> datetime.date | None:
        """The last day of which the files can tell: declared, or the end of the year after the last staff list."""
        if self.crosswalk.as_of or self.latest_year is None:
            return self.crosswalk.as_of
        return datetime.date(self.latest_year + 1, 12, 31)


def check_table(table: ReadTable, known: Known) -> None:
    """Run every check of one table; rows are marked in place, and what others need of it is added to ``known``.

    Raises
    ------
    InputError
        K171 where a column of scores is on another scale than declared; K214
        where an alias stands for an id that does not exist.
    """
    named = table.name in NAMING or table.name == "batch"
    if named:
        _join_spellings(table, TABLES[table.name].key[0], NAMING.get(table.name, ""))
        known.ids[table.name] = _names(table, known)
    if table.name == "need":
        _join_spellings(table, "need_item")
    for spec in TABLES[table.name].columns:
        if spec.refers_to and spec.name in table.columns:
            _resolve(table, spec.name, spec.refers_to, known)
    if "area_code" in table.columns:
        def rename(record: Record, noticed: Counter[str]) -> Iterable[Defect]:
            """Write the code of an area as it is since the split of 30 December 2020."""
            before = record["area_code"]
            record["area_code"] = before and today(before)
            noticed["K157"] += record["area_code"] != before
            return ()

        table.each(["area_code"], rename)
    table.settle()
    _judge_people(table, known)
    _judge_ranges(table, known)
    _judge_dates(table, known)
    table.settle()
    _check_scales(table)
    if table.name == "test_score":
        _check_order(table)
    _check_duplicates(table)
    table.settle()
    if named:
        known.ids[table.name] = _names(table, known)
    _remember(table, known)


def _join_spellings(table: ReadTable, key: str, naming: str = "") -> None:
    """Rows that name one unit, course, partner or wish in several spellings get one id and one name; noticed and counted.

    Ids that are codes stay apart unless they, too, differ in spelling alone;
    a code made of the row's number tells nothing. Rows that contradict one
    another are never joined, but for wishes, which are different people's.
    """
    ids, first = table.groups([key, naming], by_feed=True)
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for group, record in enumerate(first.tolist()):
        code, name = table.value(record, key), table.value(record, naming) or ""
        numbered = "{row}" in str(table.read(record).feed.constants.get(key, ""))
        alike["" if numbered and name else spelling(table.name, code), spelling(table.name, name)].append(group)
    new = {group: (table.value(record, key), table.value(record, naming)) for group, record in enumerate(first.tolist())}
    for groups in alike.values():
        spelled = dict.fromkeys(new[group] for group in groups)
        members = table.at[np.isin(ids, groups)].tolist() if len(spelled) > 1 else []
        facts = _agreed(table, members, (key, naming)) if members and table.name != "need" else {} if members else None
        if facts is not None:
            chosen = preferred(dict.fromkeys(name or code for code, name in spelled))
            pair = next(pair for pair in spelled if chosen in pair)
            table.read(members[0]).noticed["K271"] += len(spelled) - 1
            table.change(members, facts | {key: pair[0]} | ({naming: pair[1]} if naming in table.columns else {}))


def _agreed(table: ReadTable, records: list[int], apart: tuple[str, ...]) -> Record | None:
    """What some records say together outside some columns; None where two of them contradict each other."""
    said: Record = {}
    for name in table_dtypes(table.name):
        values = {table.value(record, name) for record in records} - {None} if name not in apart else set()
        if len(values) > 1:
            return None
        said |= dict.fromkeys([name] if values else [], next(iter(values), None))
    return said


def _names(table: ReadTable, known: Known) -> dict[str, str]:
    """Every word that stands for one id of a table: ids, official names, aliases, and their other spellings."""
    name, key, naming = table.name, TABLES[table.name].key[0], NAMING.get(table.name, "")
    stand = table.records(key, naming, "area_code", "unit_type")
    named = [(str(record[naming]), str(record[key])) for record in stand if record.get(naming)]
    ids, names = (_of_one(name, pairs) for pairs in ([(record[key], record[key]) for record in stand], named))
    aliases = []
    for word, target in known.crosswalk.aliases.get(name, {}).items():
        found = ids.get(_EXACT + target) or ids.get(bare(target)) or ids.get(_SPELLED + spelling(name, target))
        if found is None:
            near = difflib.get_close_matches(bare(target), list(ids), n=1)
            raise InputError("K214", table=name, alias=word, target=target, near=ids[near[0]] if near else "–")
        aliases.append((word, found))
    words = {**_official(name, stand), **names, **_of_one(name, aliases), **ids}
    known.shared[name] = {alike for text, _ in named if _SPELLED + (alike := spelling(name, text)) not in words}
    return words


def _of_one(table: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Texts as they are, bare, and spelled alike, to the one id that they stand for; a text of two ids stands for none."""
    owners: dict[str, set[str]] = defaultdict(set)
    for text, key in pairs:
        for word in {_EXACT + text, bare(text), _SPELLED + spelling(table, text)} - {"", _SPELLED}:
            owners[word].add(key)
    return {word: next(iter(keys)) for word, keys in owners.items() if len(keys) == 1}


def _official(name: str, stand: list[Record]) -> dict[str, str]:
    """Names that hold for every office: wards by their code, leadership training by its level.

    A level that several courses share, or a code that several wards share,
    stands for none of them.
    """
    pairs: list[tuple[str, str]] = []
    if name == "unit":
        pairs = [(bare(today(record["area_code"])), record["unit_id"]) for record in stand
                 if record.get("area_code") and record.get("unit_type") == "kelurahan"]
    elif name == "program":
        levels = ((structural_level(record["title"]), record["program_id"]) for record in stand)
        pairs = [(_LEVEL + level, key) for level, key in levels if level]
    counts = Counter(word for word, _ in pairs)
    return {word: key for word, key in pairs if counts[word] == 1}


def _resolve(table: ReadTable, column: str, refers_to: str, known: Known) -> None:
    """Replace names and aliases by ids, also the official names of wards and the old or new ones of leadership trainings.

    What is not known is a defect with a suggestion: a ward of another district, or the nearest known name with its id.
    """
    names, shared = known.ids.get(refers_to, {}), known.shared.get(refers_to, ())
    exact = [word.removeprefix(_EXACT) for word in names if word.startswith(_EXACT)]
    texts = {bare(text): text for text in exact if bare(text) in names}
    periods = {word: years for (of, word), years in known.crosswalk.periods.items() if of == refers_to}

    def judge(record: Record, noticed: Counter[str]) -> Iterator[Defect]:
        value = record[column]
        if value is None:
            return
        found, alike = names.get(_EXACT + value) or names.get(bare(value)), None
        ward, level = (ward_of(value) if refers_to == "unit" else None), refers_to == "program" and structural_level(value)
        if not found:
            alike = names.get(_SPELLED + spelling(refers_to, value))
            official = bare(ward.code) if ward else _LEVEL + level if level else ""
            found = alike or names.get(official)
        noticed["K271"] += alike is not None
        noticed["K157"] += refers_to == "unit" and found is not None and today(value) != value
        years = periods.get(bare(value)) if periods else None
        year = record.get("year") or known.batch_year.get(record.get("batch_id") or "")
        shown = SECRET.sub(MASK, value)[:40]
        if found is None and spelling(refers_to, value) in shared:
            yield Defect("K273", column, {"value": shown, "table": refers_to})
        elif found is None:
            near = [texts[word] if texts[word] == names[word] else f"{texts[word]} ({names[word]})"
                    for word in difflib.get_close_matches(bare(value), list(texts), n=1, cutoff=0.7)]
            meant = f"{ward.name} ({ward.code}, Kecamatan {ward.district})" if ward else (near or ["–"])[0]
            yield Defect("K160", column, {"value": shown, "table": refers_to, "near": meant})
        elif years and year and not years[0] <= year <= years[1]:
            yield Defect("K159", column, {"value": value[:40], "year": year, "first": years[0], "last": years[1]})
        else:
            record[column] = found

    when = [name for name in ("year", "batch_id") if name != column and name in table.columns] if periods else []
    table.each([column, *when], judge)


def _judge_people(table: ReadTable, known: Known) -> None:
    """People must be in the employee table; their number must agree with sex and year, and tells what the staff list does not."""
    staff = table.name == "employee"

    def judge(record: Record, noticed: Counter[str]) -> Iterator[Defect]:
        person = record[column]
        if person is not None and not staff and person not in known.people:
            yield Defect("K161", column, {})
        if person is None or known.crosswalk.person != "nip":
            return
        try:
            number = nip.parse(person, record.get("year") or known.latest_year)
        except nip.InvalidNip as error:
            yield Defect(error.code, column, {"masked": nip.masked(person)})
            return
        if not staff:
            return
        record["sex"] = record["sex"] or number.sex
        if record["sex"] != number.sex:
            yield Defect("K115", "sex", {"masked": nip.masked(number.number)})
        birth, status = record["birth_date"], record["status"]
        noticed["K125"] += birth is not None and birth != number.birth
        noticed["K116"] += status is not None and number.usual and _NUMBER_OF_STATUS[status] != number.kind
        record["age_band"] = record["age_band"] or nip.age_band(birth or number.birth, record["year"])

    for column in TABLES[table.name].people:
        if column in table.columns:
            more = ("sex", "birth_date", "status", "age_band") if staff else ()
            table.each([column, *(["year"] if "year" in table.columns else []), *more], judge)
    for read in table.feeds:  # said of the staff list as a whole
        known.noticed.update({code: read.noticed.pop(code, 0) for code in ("K116", "K125")})


def _judge_ranges(table: ReadTable, known: Known) -> None:
    """Scores and answers must lie on their declared scale, a grade must be one of the person's status."""

    def on_form(record: Record, noticed: Counter[str]) -> Iterator[Defect]:
        scale = known.items.get((record["instrument"], record["item_id"]))
        if scale is None:
            yield Defect("K162", "item_id", {"value": f"{record['instrument']}/{record['item_id']}"[:40]})
        elif record["value"] % 1 and all(bound % 1 == 0 for bound in scale):
            yield Defect("K170", "value", {"value": f"{record['value']:g}", "low": bound(scale[0]), "high": bound(scale[1])})
        else:
            yield from _bounds("value", record["value"], *scale)

    def in_money(record: Record, noticed: Counter[str]) -> Iterator[Defect]:
        for column in ("ceiling_rp", "spent_rp") if not record["reversal"] else ():
            yield from _bounds(column, record[column] or 0, 0, None)

    judges: dict[str, tuple[tuple[str, ...], Judge]] = {
        "test_score": (("score", "score_min", "score_max"),
                       lambda record, _: _bounds("score", record["score"], record["score_min"], record["score_max"])),
        "survey_response": (("instrument", "item_id", "value"), on_form),
        "budget": (("ceiling_rp", "spent_rp", "reversal"), in_money),
        "employee": (("employee_uid", "year", "birth_date", "age_band", "grade", "status"),
                     lambda record, _: _staff_defects(record, known))}
    if table.name in judges:
        table.each(*judges[table.name])


def _staff_defects(record: Record, known: Known) -> Iterator[Defect]:
    """A grade must be one of the person's status, which a usual number tells too; an age band may come from the birth date."""
    numbered, status = known.crosswalk.person == "nip", record["status"]
    if not numbered and record["birth_date"]:
        record["age_band"] = record["age_band"] or nip.age_band(record["birth_date"], record["year"])
    if record["grade"] and numbered and not status:
        with contextlib.suppress(nip.InvalidNip):
            number = nip.parse(record["employee_uid"])
            status = number.kind if number.usual else None
    if record["grade"]:
        try:
            record["grade"] = parse_grade(record["grade"], status)
        except UnfitGrade:
            shown = SECRET.sub(MASK, record["grade"])[:20]
            yield Defect("K156", "grade", {"value": shown, "status": status or "–"})


def _judge_dates(table: ReadTable, known: Known) -> None:
    """What has happened cannot lie in the future, and nothing ends before it starts."""
    past = [spec.name for spec in TABLES[table.name].columns if spec.past and spec.name in table.columns]
    staff = table.name == "employee"

    def judge(record: Record, noticed: Counter[str]) -> Iterator[Defect]:
        limit = datetime.date(record["year"], 12, 31) if staff else known.as_of
        for name in past:
            if record[name] is not None and limit is not None and record[name] > limit:
                yield Defect("K178" if staff else "K154", name, {"limit": limit.isoformat()})
        start, end = record.get("start_date"), record.get("end_date")
        if start is not None and end is not None and end < start:
            yield Defect("K155", "end_date", {})

    ends = [name for name in ("start_date", "end_date") if name in table.columns and name not in past]
    if past or len(ends) > 1:
        table.each([*past, *ends, *(["year"] if staff else [])], judge)


def _bounds(column: str, value: float, low: float | None, high: float | None) -> Iterator[Defect]:
    """A defect where a value lies outside its scale."""
    if (low is not None and value < low) or (high is not None and value > high):
        yield Defect("K170", column, {"value": f"{value:g}", "low": bound(low), "high": bound(high)})


def _check_scales(table: ReadTable) -> None:
    """Refuse a file whose scores of 0-100 are on a scale of 0-1 or 0-10."""
    name = {"participation": "final_score", "test_score": "score"}.get(table.name, "")
    for code, read in enumerate(table.feeds) if name in table.columns else ():
        at = table.at[table.feed.codes[table.at] == code]
        column, tops = table.columns[name], table.column("score_max")
        held = column.counts(at[tops.of(lambda top: top == 100)[at]] if table.name == "test_score" else at)
        scores = [value for value, n in zip(column.values, held, strict=True) if n and value is not None]
        n, top = int(held[1:].sum()), max(scores, default=0.0)
        if n >= 10 and 0 < top <= 10:
            raise InputError("K171", where=read.where, column=name, n=n, top=f"{top:g}")


def _check_order(table: ReadTable) -> None:
    """Mark post-tests that are dated before the same person's pre-test."""
    ids, _ = table.groups(("employee_uid", "program_id", "batch_id", "measure", "attempt"))
    days, kinds = table.column("taken_on").list(table.at), table.column("kind").list(table.at)
    dated = [one for one in zip(table.at.tolist(), ids.tolist(), days, kinds, strict=True) if one[2] is not None]
    pretests = {group: day for _, group, day, kind in dated if kind == "pre"}
    for record, group, day, kind in dated:
        if kind == "post" and group in pretests and day < pretests[group]:
            table.mark(record, Defect("K152", "taken_on", {}))
    table.settle()


def _check_duplicates(table: ReadTable) -> None:
    """One record per key: identical repeats go, different ones condemn all their rows."""
    for group in table.repeated(TABLES[table.name].key):
        rest = [record for record in group[1:] if not table.read(record).feed.distinct]
        first = table.stored(group[0])
        different = any(table.stored(record) != first for record in rest)
        for record in group[1:]:
            if table.read(record).feed.distinct:
                table.drop(record, "K185")
            elif not different:
                table.drop(record, "K121")
                table.read(record).noticed["K121"] += 1
        if different:
            numbers = ", ".join(str(table.number(record)) for record in [group[0], *rest][:5])
            for record in [group[0], *rest]:
                table.mark(record, Defect("K120", TABLES[table.name].key[0], {"rows": numbers}))


def _remember(table: ReadTable, known: Known) -> None:
    """Keep what later tables are checked against."""
    if table.name == "employee":
        for record in table.records("employee_uid", "year", "unit_id"):
            known.people.setdefault(record["employee_uid"], {})[record["year"]] = record["unit_id"]
        known.latest_year = max((year for years in known.people.values() for year in years), default=known.latest_year)
    elif table.name == "batch":
        for record in table.records("batch_id", "year"):
            known.batch_year[record["batch_id"]] = record["year"]
        if {"start_date", "end_date"} & table.columns.keys():
            def in_other_year(record: Record, noticed: Counter[str]) -> Iterable[Defect]:
                """Batches of which no day lies in their year."""
                dates = [day for day in (record["start_date"], record["end_date"]) if day]
                noticed["K153"] += bool(dates) and record["year"] not in {day.year for day in dates}
                return ()

            table.each(["year", "start_date", "end_date"], in_other_year)
    elif table.name == "survey_item":
        for record in table.records("instrument", "item_id", "scale_min", "scale_max"):
            known.items[record["instrument"], record["item_id"]] = (record["scale_min"], record["scale_max"])
    elif table.name == "participation":
        def place(record: Record, noticed: Counter[str]) -> Iterable[Defect]:
            """Let somebody without a unit belong where the staff list of the year has them."""
            if record["unit_id"] is None:
                record["unit_id"] = known.people[record["employee_uid"]].get(record[YEAR])
            return ()

        table.derive(YEAR, "batch_id", known.batch_year.get)
        table.each(["employee_uid", YEAR, "unit_id"], place)
