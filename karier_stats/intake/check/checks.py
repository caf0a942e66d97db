"""Checks across rows and tables: references, people, ranges, duplicates, the final validator.

A check never repairs a value by guessing: it resolves what the crosswalk
declares, and marks the rest with a code. Marks fall on source rows, so a row
that gives several records stands or falls as one.
"""

from __future__ import annotations

import datetime
import difflib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from karier_stats.domain import nip
from karier_stats.domain.grades import UnfitGrade, parse_grade
from karier_stats.domain.places import today, ward_of
from karier_stats.domain.trainings import structural_level
from karier_stats.errors import InputError
from karier_stats.intake.crosswalk import Crosswalk, Feed
from karier_stats.intake.feeds import Defect, FeedRows, Record, SourceRow
from karier_stats.intake.processed import table_dtypes
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.intake.spellings import preferred, spelling
from karier_stats.intake.values import bare
from karier_stats.words.numbers import both

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

NAMING = {"unit": "unit_name", "program": "title", "partnership": "partner_name"}
"""The column of a table whose text is an official name and may stand for the id."""

_LEVEL, _EXACT, _SPELLED = "level:", "=", "~"
_NUMBER_OF_STATUS = {"PNS": "PNS", "CPNS": "PNS", "PPPK": "PPPK", "PPPK_PART_TIME": "PPPK"}

REASONS: dict[str, dict[str, str]] = {
    "K102": both("NIP memuat huruf atau angka tidak baku", "Service number with letters or non-standard digits"),
    "K103": both("NIP tidak 18 digit", "Service number not of 18 digits"),
    "K104": both("Tanggal lahir dalam NIP tidak ada", "No such birth date in the service number"),
    "K105": both("Tahun lahir dalam NIP tidak wajar", "Birth year in the service number not plausible"),
    "K106": both("Masa pengangkatan dalam NIP tidak wajar", "Appointment in the service number not plausible"),
    "K107": both("Digit jenis kelamin dalam NIP salah", "Wrong sex digit in the service number"),
    "K108": both("Nomor urut NIP 000", "Serial 000 in the service number"),
    "K109": both("NIP kosong", "Service number empty"),
    "K115": both("Jenis kelamin tidak sesuai NIP", "Sex disagrees with the service number"),
    "K117": both("Nilai galat (#N/A dan sejenisnya)", "Error value (#N/A and the like)"),
    "K120": both("Baris ganda yang isinya berbeda", "Repeated key with different content"),
    "K121": both("Baris ganda yang isinya sama", "Identical repeat"),
    "K131": both("Isian di luar daftar", "Entry not in the list"),
    "K132": both("Bukan angka", "Not a number"),
    "K133": both("Tanggal tidak terbaca", "Unreadable date"),
    "K134": both("Tahun di luar 1900–2100", "Year outside 1900–2100"),
    "K135": both("Bukan ya atau tidak", "Neither yes nor no"),
    "K137": both("Isian wajib kosong", "Required entry empty"),
    "K145": both("Sel melebihi judul kolom", "More cells than headings"),
    "K151": both("Tanggal berupa angka seri Excel", "Date as an Excel serial number"),
    "K152": both("Postes lebih awal daripada pretes", "Post-test earlier than the pre-test"),
    "K154": both("Tanggal melewati hari penyerahan berkas", "Date after the day of handing in"),
    "K155": both("Tanggal selesai sebelum tanggal mulai", "End date before the start date"),
    "K156": both("Golongan tidak sesuai status", "Grade does not fit the status"),
    "K159": both("Nama unit di luar masa berlakunya", "Name of a unit outside its years"),
    "K160": both("Rujukan tidak dikenal", "Unknown reference"),
    "K161": both("Orang tidak ada dalam tabel pegawai", "Person not in the employee table"),
    "K162": both("Butir tidak ada dalam tabel instrumen", "Item not in the instrument table"),
    "K170": both("Angka di luar batas", "Number out of bounds"),
    "K172": both("Kata jawaban tanpa nilai", "Answer word without a number"),
    "K176": both("Kata satuan belum dinyatakan", "Unit word not declared"),
    "K178": both("Tanggal lahir melewati tahun daftar pegawai", "Birth date after the year of the staff list"),
    "K181": both("Baris kosong", "Blank row"),
    "K182": both("Dikecualikan menurut peta", "Left out by the crosswalk"),
    "K183": both("Blok penutup", "Closing block"),
    "K184": both("Baris nomor kolom", "Column numbering row"),
    "K185": both("Ulangan menurut kunci (distinct)", "Repeat of a key (distinct)"),
    "K186": both("Baris jumlah", "Subtotal row"),
    "K187": both("Tanpa isian", "Nothing filled in"),
    "K239": both("Dihapus atas permintaan", "Forgotten on request"),
    "K273": both("Nama milik lebih dari satu kode", "Name of more than one id"),
}
"""Short names of the reasons for which rows are quarantined or left out."""


class Entry(NamedTuple):
    """One record with the row and the feed that it came from."""

    record: Record
    row: SourceRow
    read: FeedRows


@dataclass
class Known:
    """What earlier tables hold, for the checks of later ones."""

    crosswalk: Crosswalk
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    shared: dict[str, set[str]] = field(default_factory=dict)
    """Names, by their spelling, that stand for more than one id of a table."""
    people: dict[str, dict[int, str]] = field(default_factory=dict)
    batch_year: dict[str, int] = field(default_factory=dict)
    items: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    noticed: Counter[str] = field(default_factory=Counter)
    latest_year: int | None = None
    """The latest year of the employee table, once that is known."""

    @property
    def as_of(self) -> datetime.date | None:
        """The last day of which the files can tell: declared, or the end of the year after the last staff list."""
        if self.crosswalk.as_of or self.latest_year is None:
            return self.crosswalk.as_of
        return datetime.date(self.latest_year + 1, 12, 31)


def entries(reads: Iterable[FeedRows]) -> list[Entry]:
    """Records of the rows that are still sound, in the order of feeds and rows."""
    return [
        Entry(record, row, read) for read in reads for row in read.rows if not row.defects for record in row.records
    ]


def check_table(name: str, reads: list[FeedRows], known: Known) -> list[Entry]:
    """Run every check of one table and give the records that stand.

    Parameters
    ----------
    name : str
        The table.
    reads : list of FeedRows
        Its feeds; rows are marked in place.
    known : Known
        Earlier tables; what this one adds to them is added in place.

    Returns
    -------
    list of Entry

    Raises
    ------
    InputError
        K171 where a column of scores is on another scale than declared; K214
        where an alias stands for an id that does not exist.
    """
    if name in NAMING or name == "batch":
        _join_spellings(name, reads)
        known.ids[name] = _names(name, reads, known)
    for entry in entries(reads):
        entry.row.defects += _resolve(name, entry, known)
        _rename_area(entry)
    for entry in entries(reads):
        entry.row.defects += [
            *_person_defects(name, entry.record, known), *_range_defects(name, entry.record, known),
            *_date_defects(name, entry.record, known),
        ]
    _check_scales(name, reads)
    if name == "test_score":
        _check_order(reads)
    _check_duplicates(name, reads)
    if name in NAMING or name == "batch":
        known.ids[name] = _names(name, reads, known)
    stand = entries(reads)
    _remember(name, stand, known)
    return stand


def alone(table: str, column: str, value: Any, known: Known) -> tuple[Any, Counter[str]] | None:
    """What a value becomes by the checks that look at no other column, and what is noticed.

    None where there is a defect, or where the year of the row has a say: its
    rows must be looked at whole.
    """
    read = FeedRows(Feed(table), "", "", [], {}, Counter())
    entry = Entry({column: value}, SourceRow(0), read)
    refers_to = TABLES[table].by_name[column].refers_to
    if refers_to and (refers_to, bare(value)) in known.crosswalk.periods:
        return None
    defects = [
        *_resolve(table, entry, known), *_person_defects(table, entry.record, known),
        *_date_defects(table, entry.record, known),
    ]
    return None if defects else (entry.record[column], read.noticed)


def _join_spellings(table: str, reads: list[FeedRows]) -> None:
    """Rows that name one unit, course or partner in several spellings get one id and one name; noticed and counted.

    Ids that are codes stay apart unless they, too, differ in spelling alone;
    a code made of the row's number tells nothing. Rows that contradict one
    another are never joined.
    """
    key, naming = TABLES[table].key[0], NAMING.get(table, "")
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries(reads):
        numbered = "{row}" in str(entry.read.feed.constants.get(key, ""))
        name = entry.record.get(naming) or ""
        groups["" if numbered and name else spelling(table, entry.record[key]), spelling(table, name)].append(entry)
    for group in groups.values():
        spelled = {(entry.record[key], entry.record.get(naming)) for entry in group}
        facts = _agreed(table, group, (key, naming)) if len(spelled) > 1 else None
        if facts is not None:
            chosen = preferred(dict.fromkeys(entry.record.get(naming) or entry.record[key] for entry in group))
            first = next(entry for entry in group if chosen in (entry.record.get(naming), entry.record[key])).record
            facts |= {name: first[name] for name in (key, naming) if name in first}
            group[0].read.noticed["K271"] += len(spelled) - 1
            for entry in group:
                entry.record.update(facts)


def _agreed(table: str, group: list[Entry], apart: tuple[str, ...]) -> Record | None:
    """What the records of a group say together outside some columns; None where two of them contradict each other."""
    said: Record = {}
    for name in table_dtypes(table):
        values = {entry.record.get(name) for entry in group} - {None} if name not in apart else set()
        if len(values) > 1:
            return None
        said |= dict.fromkeys([name] if values else [], next(iter(values), None))
    return said


def _names(name: str, reads: list[FeedRows], known: Known) -> dict[str, str]:
    """Every word that stands for one id of a table: ids, official names, aliases, and their other spellings."""
    key, naming = TABLES[name].key[0], NAMING.get(name, "")
    stand = [entry.record for entry in entries(reads)]
    named = [(str(record[naming]), str(record[key])) for record in stand if record.get(naming)]
    ids, names = (_of_one(name, pairs) for pairs in ([(record[key], record[key]) for record in stand], named))
    aliases = []
    for word, target in known.crosswalk.aliases.get(name, {}).items():
        found = _looked_up(target, ids) or ids.get(_SPELLED + spelling(name, target))
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


def _looked_up(text: str, words: dict[str, str]) -> str | None:
    """The id that a text stands for as it is, or bare."""
    return words.get(_EXACT + text) or words.get(bare(text))


def _official(name: str, stand: list[Record]) -> dict[str, str]:
    """Names that hold for every office: wards by their code, leadership training by its level.

    A level that several courses share, or a code that several wards share,
    stands for none of them.
    """
    pairs: list[tuple[str, str]] = []
    if name == "unit":
        pairs = [
            (bare(today(record["area_code"])), record["unit_id"]) for record in stand
            if record.get("area_code") and record.get("unit_type") == "kelurahan"
        ]
    elif name == "program":
        levels = ((structural_level(record["title"]), record["program_id"]) for record in stand)
        pairs = [(_LEVEL + level, key) for level, key in levels if level]
    counts = Counter(word for word, _ in pairs)
    return {word: key for word, key in pairs if counts[word] == 1}


def _resolve(table: str, entry: Entry, known: Known) -> Iterator[Defect]:
    """Replace names and aliases by ids; what is not known is a defect with a suggestion."""
    for column in TABLES[table].columns:
        value = entry.record.get(column.name)
        if column.refers_to is None or value is None:
            continue
        names = known.ids.get(column.refers_to, {})
        plain = _looked_up(value, names)
        alike = None if plain else names.get(_SPELLED + spelling(column.refers_to, value))
        found = plain or alike or _by_official_name(column.refers_to, value, names)
        entry.read.noticed["K271"] += alike is not None
        years = known.crosswalk.periods.get((column.refers_to, bare(value)))
        year = entry.record.get("year") or known.batch_year.get(entry.record.get("batch_id", ""))
        entry.read.noticed["K157"] += column.refers_to == "unit" and found is not None and today(value) != value
        if found is None and spelling(column.refers_to, value) in known.shared.get(column.refers_to, ()):
            yield Defect("K273", column.name, {"value": SECRET.sub(MASK, value)[:40], "table": column.refers_to})
        elif found is None:
            shown = SECRET.sub(MASK, value)[:40]
            near = _nearest(column.refers_to, value, names)
            yield Defect("K160", column.name, {"value": shown, "table": column.refers_to, "near": near})
        elif years and year and not years[0] <= year <= years[1]:
            yield Defect("K159", column.name, {"value": value[:40], "year": year, "first": years[0], "last": years[1]})
        else:
            entry.record[column.name] = found


def _rename_area(entry: Entry) -> None:
    """Write the code of an area as it is since the split of 30 December 2020."""
    code = entry.record.get("area_code")
    if code is not None and today(code) != code:
        entry.record["area_code"] = today(code)
        entry.read.noticed["K157"] += 1


def _by_official_name(table: str, value: str, names: dict[str, str]) -> str | None:
    """The id behind the official name of a ward or the old or new name of a leadership training."""
    if table == "unit":
        ward = ward_of(value)
        return names.get(bare(ward.code)) if ward else None
    level = structural_level(value) if table == "program" else None
    return names.get(_LEVEL + level) if level else None


def _nearest(table: str, value: str, names: dict[str, str]) -> str:
    """What may have been meant: a ward of another district with its code, or the nearest known name's id."""
    ward = ward_of(value) if table == "unit" else None
    if ward is not None:
        return f"{ward.name} ({ward.code}, Kecamatan {ward.district})"
    near = difflib.get_close_matches(bare(value), list(names), n=1, cutoff=0.7)
    return names[near[0]] if near else "–"


def _person_defects(table: str, record: Record, known: Known) -> Iterator[Defect]:
    """People must be in the employee table; their number must agree with sex and year."""
    for column in TABLES[table].columns:
        person = record.get(column.name)
        if column.kind != "person" or person is None:
            continue
        if table != "employee" and person not in known.people:
            yield Defect("K161", column.name, {})
        if known.crosswalk.person == "nip":
            yield from _number_defects(table, column.name, record, known)


def _number_defects(table: str, column: str, record: Record, known: Known) -> Iterator[Defect]:
    """What the digits of a service number say against the record; missing facts are taken from them."""
    try:
        number = nip.parse(record[column], record.get("year") or known.latest_year)
    except nip.InvalidNip as error:
        yield Defect(error.code, column, {"masked": nip.masked(record[column])})
        return
    if table != "employee":
        return
    if record.setdefault("sex", number.sex) is None:
        record["sex"] = number.sex
    if record["sex"] != number.sex:
        yield Defect("K115", "sex", {"masked": nip.masked(number.number)})
    birth = record.get("birth_date")
    known.noticed["K125"] += birth is not None and birth != number.birth
    status = record.get("status")
    known.noticed["K116"] += status is not None and number.usual and _NUMBER_OF_STATUS[status] != number.kind
    if record.get("age_band") is None:
        record["age_band"] = nip.age_band(birth or number.birth, record["year"])


def _range_defects(table: str, record: Record, known: Known) -> Iterator[Defect]:
    """Scores and answers must lie on their declared scale."""
    if table == "test_score":
        yield from _bounds("score", record["score"], record.get("score_min"), record.get("score_max"))
    elif table == "survey_response":
        scale = known.items.get((record["instrument"], record["item_id"]))
        if scale is None:
            yield Defect("K162", "item_id", {"value": f"{record['instrument']}/{record['item_id']}"[:40]})
        elif record["value"] % 1 and all(bound % 1 == 0 for bound in scale):
            yield Defect("K170", "value", {"low": f"{scale[0]:g}", "high": f"{scale[1]:g}"})
        else:
            yield from _bounds("value", record["value"], *scale)
    elif table == "budget" and not record.get("reversal"):
        for column in ("ceiling_rp", "spent_rp"):
            yield from _bounds(column, record.get(column) or 0, 0, None)
    elif table == "employee":
        yield from _staff_defects(record, known)


def _staff_defects(record: Record, known: Known) -> Iterator[Defect]:
    """A grade must be one of the person's status; an age band may come from the birth date."""
    if known.crosswalk.person != "nip" and record.get("birth_date"):
        record.setdefault("age_band", nip.age_band(record["birth_date"], record["year"]))
    if record.get("grade"):
        status = record.get("status") or _status_of_number(record, known)
        try:
            record["grade"] = parse_grade(record["grade"], status)
        except UnfitGrade:
            shown = SECRET.sub(MASK, record["grade"])[:20]
            yield Defect("K156", "grade", {"value": shown, "status": status or "–"})


def _status_of_number(record: Record, known: Known) -> str | None:
    """PNS or PPPK as the service number tells it, where it does so beyond doubt."""
    if known.crosswalk.person != "nip":
        return None
    try:
        number = nip.parse(record["employee_uid"])
    except nip.InvalidNip:
        return None
    return number.kind if number.usual else None


def _date_defects(table: str, record: Record, known: Known) -> Iterator[Defect]:
    """What has happened cannot lie in the future, and nothing ends before it starts."""
    limit = datetime.date(record["year"], 12, 31) if table == "employee" else known.as_of
    for column in TABLES[table].columns:
        day = record.get(column.name) if column.past else None
        if day is not None and limit is not None and day > limit:
            yield Defect("K178" if table == "employee" else "K154", column.name, {"limit": limit.isoformat()})
    start, end = record.get("start_date"), record.get("end_date")
    if start is not None and end is not None and end < start:
        yield Defect("K155", "end_date", {})


def _bounds(column: str, value: float, low: float | None, high: float | None) -> Iterator[Defect]:
    """A defect where a value lies outside its scale."""
    if (low is not None and value < low) or (high is not None and value > high):
        yield Defect("K170", column, {
            "low": "–" if low is None else f"{low:g}", "high": "–" if high is None else f"{high:g}",
        })


def _check_scales(table: str, reads: list[FeedRows]) -> None:
    """Refuse a file whose scores of 0-100 are on a scale of 0-1 or 0-10."""
    column = {"participation": "final_score", "test_score": "score"}.get(table, "")
    for read in reads if column else ():
        n, top = read.scores(column, 100 if table == "test_score" else None)
        if n >= 10 and 0 < top <= 10:
            raise InputError("K171", where=read.where, column=column, n=n, top=f"{top:g}")


def _check_order(reads: list[FeedRows]) -> None:
    """Mark post-tests that are dated before the same person's pre-test."""
    pretests: dict[tuple[Any, ...], Any] = {}
    posttests: list[tuple[tuple[Any, ...], Entry]] = []
    for entry in entries(reads):
        record = entry.record
        key = tuple(record.get(name) for name in ("employee_uid", "program_id", "batch_id", "measure", "attempt"))
        if record.get("taken_on") is not None and record["kind"] == "pre":
            pretests[key] = record["taken_on"]
        elif record.get("taken_on") is not None and record["kind"] == "post":
            posttests.append((key, entry))
    for key, entry in posttests:
        if key in pretests and entry.record["taken_on"] < pretests[key]:
            entry.row.defects.append(Defect("K152", "taken_on", {}))


def _check_duplicates(table: str, reads: list[FeedRows]) -> None:
    """One record per key: identical repeats go, different ones condemn all their rows."""
    groups: dict[tuple[Any, ...], list[Entry]] = defaultdict(list)
    for entry in entries(reads):
        groups[tuple(entry.record.get(name) for name in TABLES[table].key)].append(entry)
    for group in groups.values():
        if len(group) > 1:
            _settle(table, group)


def _settle(table: str, group: list[Entry]) -> None:
    """Settle the records of one key."""
    first, rest = group[0], [entry for entry in group[1:] if not entry.read.feed.distinct]
    stored = table_dtypes(table)
    different = any(entry.record.get(name) != first.record.get(name) for entry in rest for name in stored)
    for entry in group[1:]:
        if entry.read.feed.distinct:
            _drop(entry, "K185")
        elif not different:
            _drop(entry, "K121")
            entry.read.noticed["K121"] += 1
    if different:
        numbers = ", ".join(str(entry.row.number) for entry in [first, *rest][:5])
        for entry in [first, *rest]:
            defect = Defect("K120", TABLES[table].key[0], {"rows": numbers})
            if defect not in entry.row.defects:
                entry.row.defects.append(defect)


def _drop(entry: Entry, code: str) -> None:
    """Take one record from its row; a row without any is left out."""
    entry.row.records = [record for record in entry.row.records if record is not entry.record]
    if not entry.row.records:
        entry.row.excluded = code


def _remember(name: str, stand: list[Entry], known: Known) -> None:
    """Keep what later tables are checked against."""
    for record, _, read in stand:
        if name == "employee":
            known.people.setdefault(record["employee_uid"], {})[record["year"]] = record["unit_id"]
            known.latest_year = max(known.latest_year or record["year"], record["year"])
        elif name == "batch":
            known.batch_year[record["batch_id"]] = record["year"]
            dates = [record.get("start_date"), record.get("end_date")]
            read.noticed["K153"] += not {record["year"]} & {day.year for day in dates if day} and any(dates)
        elif name == "survey_item":
            known.items[record["instrument"], record["item_id"]] = (record["scale_min"], record["scale_max"])
        elif name == "participation" and record.get("unit_id") is None:
            units = known.people[record["employee_uid"]]
            record["unit_id"] = units.get(known.batch_year[record["batch_id"]])


def dataframe_schema(name: str) -> pandera.DataFrameSchema:
    """The final validator of a processed table, made from the data dictionary."""
    import pandera.pandas as pandera

    columns = {}
    for column in TABLES[name].columns:
        if column.input_only:
            continue
        checks = [pandera.Check.isin(list(column.codes))] if column.codes else []
        if column.low is not None:
            checks.append(pandera.Check.ge(column.low))
        if column.high is not None:
            checks.append(pandera.Check.le(column.high))
        if column.kind == "person":
            checks.append(pandera.Check.str_matches("^p[0-9a-f]{20}$"))
        columns[column.name] = pandera.Column(
            table_dtypes(name)[column.name], checks=checks, nullable=not column.required
        )
    columns["source_file"] = pandera.Column("string")
    columns["source_row"] = pandera.Column("Int64", checks=[pandera.Check.ge(1)])
    return pandera.DataFrameSchema(columns, strict=True, ordered=True, unique=list(TABLES[name].key))


_CHECK_CODES = (("isin", "K131"), ("greater_than", "K170"), ("less_than", "K170"), ("not_nullable", "K137"),
                ("uniqueness", "K120"), ("str_matches", "K109"))


def validate(frame: pd.DataFrame, name: str, *, keys: bool = True) -> None:
    """Hold a finished table against its schema, whatever came before.

    Parameters
    ----------
    frame : DataFrame
        The table.
    name : str
        Its name.
    keys : bool
        Whether its key must be unique, as it must be unless the rows are but
        a list of values.

    Raises
    ------
    InputError
        K139 naming the table, the columns, the codes and how many values.
    """
    import pandera.errors

    try:
        schema = dataframe_schema(name)
        if not keys:
            schema.unique = None
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        found = Counter(
            f"{case.column}: {next((code for part, code in _CHECK_CODES if part in str(case.check)), 'K139')}"
            for case in cases.itertuples()
        )
        listed = ", ".join(f"{what} ({count})" for what, count in sorted(found.items()))
        raise InputError("K139", table=name, found=listed) from None
