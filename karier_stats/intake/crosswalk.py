"""The crosswalk ``peta.yml``: which file feeds which table, and how.

An office brings its own files; the crosswalk says how they are to be read, so
that no file has to be retyped. It lies beside them as
``data/raw/<evaluation>/peta.yml``. The ``peta.yml`` beside this module shows
every key with what it means.

A crosswalk is read by tables of its keys: each key has a reader, which takes
the place (for messages) and what YAML holds there, and gives the value or
refuses it. A key without a value counts as not given.
"""

import codecs
import datetime
import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from karier_stats.domain.cell_words import ANSWER_SCALES
from karier_stats.errors import InputError
from karier_stats.intake.columns import TAKEN, Made
from karier_stats.intake.files.yaml_files import key_lines, read_yaml
from karier_stats.intake.project import check_name, nearest
from karier_stats.intake.schema import REQUIRED, TABLES
from karier_stats.intake.values import DATE_STYLES, NUMBER_STYLES, ZONES, as_text, attempted, bare, date, folded
from karier_stats.words.numbers import LANGUAGES

ALIASED = ("unit", "program", "batch", "partnership")  # tables whose rows may be called by an alias
PETA, PROPOSED = "peta.yml", "peta.usulan.yml"  # the crosswalk, and the one that ``karier start`` proposes beside it
Reader = Callable[[str, Any], Any]
_LAST_ROW, _MOST_LEVELS = 1_048_576, 4
_NESTED = (list, dict, set)  # more than one value
_ENCODINGS = r"utf-?(?:8|16|32)(?:[-_](?:sig|le|be))?|cp\d{3,4}|iso8859-\d+|ascii|mac-roman"
_TEXT_ONLY = ("header", "sheet", "encoding", "separator")
FILES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
DATABASES = (".db", ".sqlite", ".sqlite3")
TABLE_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")  # a table of a database, with its schema or without


@dataclass(frozen=True)
class Long:
    """Wide to long: each of some headings gives records.

    Attributes
    ----------
    value : str
        The column that their cells fill.
    columns : dict of str to dict
        By heading, the constants of its records.
    raw : str, optional
        The column that takes the cell as it stands in the file.
    beside : dict of str to dict of str to str
        By column, for each heading of ``columns`` the one beside that fills it.
    """

    value: str
    columns: dict[str, dict[str, Any]]
    raw: str | None = None
    beside: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Split:
    """Multi-select: one record for each option that a cell lists.

    Attributes
    ----------
    column : str
        The column that the options fill.
    separator : str
        What stands between two of them.
    options : tuple of str
        Those that the form offered, which may hold the separator themselves.
    """

    column: str
    separator: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """How one sheet (or the literal rows) fills one table; see ``peta.yml`` beside this module.

    Attributes
    ----------
    file, source, query, sheet : str, optional
        Where the rows lie; ``rows`` where the crosswalk itself holds them.
    header : tuple of int
        The heading rows; empty where they are to be found by their names.
    columns, constants : dict
        What fills each column: a heading, or a value.
    answers : dict
        By instrument (``*``: all), what its words count; ``unit_words`` by unit or column.
    missing : dict
        By column or heading (``*``: all), the codes that say nothing.
    time_zone : int
        Hours by which the office's clock is ahead of UTC.
    lines : dict
        By the path of a key in the feed, its file and line.
    """

    table: str
    file: str | None = None
    rows: tuple[dict[str, Any], ...] = ()
    source: str | None = None
    query: str | None = None
    sheet: str | None = None
    header: tuple[int, ...] = ()
    stop: tuple[str, ...] = ()
    subtotal: tuple[str, ...] = ()
    encoding: str | None = None
    separator: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    make: dict[str, Made] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    exclude: dict[str, tuple[str, ...]] = field(default_factory=dict)
    distinct: bool = False
    long: Long | None = None
    split: Split | None = None
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    missing: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unit_words: dict[str, dict[str, float]] = field(default_factory=dict)
    time_zone: int = ZONES["WIB"]
    lines: dict[tuple[object, ...], str] = field(default_factory=dict)

    def line(self, column: str, row: int) -> str:
        """File and line of the crosswalk where a column is filled, of literal rows in that row; else where the feed begins."""
        wide = [("long", "columns", name, column) for name in self.long.columns] if self.long else []
        value = ("long", "value") if self.long and column == self.long.value else ()
        places = (("rows", row - 1, column), ("columns", column), value, ("long", "beside", column), *wide, ("constants", column))
        return next((self.lines[place] for place in places if place in self.lines), next(iter(self.lines.values()), PETA))

    def holds_ranges(self, name: str) -> bool:
        """Whether a column is one end of ranges that stand under one heading."""
        ends = [self.columns.get(end) for end in ("start_date", "end_date")]
        return name in ("start_date", "end_date") and ends[0] == ends[1] is not None

    @property
    def filled(self) -> tuple[str, ...]:
        """The table's columns that this feed fills."""
        names = [*self.columns, *self.constants, *(name for row in self.rows for name in row)]
        if self.long:
            names += [self.long.value, *([self.long.raw] if self.long.raw else []), *self.long.beside]
            names += [name for constants in self.long.columns.values() for name in constants]
        return tuple(dict.fromkeys(names))

    @property
    def headers(self) -> tuple[str, ...]:
        """The source headers that this feed reads."""
        names = [*self.columns.values(), *(self.long.columns if self.long else ()), *self.exclude]
        names += [name for others in (self.long.beside.values() if self.long else ()) for name in others.values()]
        return tuple(dict.fromkeys(part for name in names for part in self.sources(name)))

    def sources(self, name: str) -> tuple[str, ...]:
        """The headings behind a name: itself, or those of which the crosswalk makes it."""
        return self.make[name].headings if name in self.make else (name,)


@dataclass(frozen=True)
class Crosswalk:
    """A checked ``peta.yml``.

    Attributes
    ----------
    evaluation, title, synthetic, person, as_of, retention, metadata
        As the file has them; ``title`` in both languages, ``person`` is ``nip`` or ``other``.
    aliases : dict of str to dict of str to str
        By table, alias to id.
    periods : dict of (str, str) to (int, int)
        Table and alias, without spaces and case, to the first and last year in which the alias holds.
    feeds : tuple of Feed
        In the order of the file.
    """

    evaluation: str
    title: dict[str, str]
    synthetic: bool
    person: str
    aliases: dict[str, dict[str, str]]
    feeds: tuple[Feed, ...]
    as_of: datetime.date | None = None
    retention: datetime.date | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    periods: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


def load_crosswalk(path: Path, raw: Path, evaluation: str) -> Crosswalk:
    """Read and check a crosswalk.

    Raises
    ------
    InputError
        K200 to K219, K287, K288: what is wrong, where, and the nearest right key, table,
        column or file; K256 to K258 as :func:`read_yaml`.
    """
    if not _is_file(path):
        proposed = _is_file(path.with_name(PROPOSED))
        raise InputError("K288" if proposed else "K200", file=path.name, evaluation=evaluation, proposed=PROPOSED)
    content = _mapping(path.name, read_yaml(path))
    _check_keys("", content, _TOP, ("evaluation", "title", "tables"))
    if check_name(str(content["evaluation"])) != evaluation:
        raise InputError("K211", file=path.name, found=content["evaluation"], wanted=evaluation)
    given = _values("", content, _TOP)
    given.pop("questions", None)
    office: dict[str, Any] = {key: given.pop(key) for key in ("time_zone", "unit_words") if key in given}
    lines = key_lines(path)
    feeds = tuple(
        replace(_feed(f"tables.{table}[{index}]", table, entry, raw, office), lines={
            place[len(own):]: f"{path.name}:{line}" for place, line in lines.items()
            if place[:len(own)] == own and len(place) > len(own)})
        for table, entries in given.pop("tables").items() for index, entry in enumerate(_listed(entries), start=1)
        for own in [("tables", table, *([index - 1] if isinstance(entries, list) else []))])
    absent = [name for name in REQUIRED if name not in {feed.table for feed in feeds}]
    if absent:
        raise InputError("K212", tables=", ".join(absent))
    aliases, periods = given.pop("aliases", ({}, {}))
    return Crosswalk(**{"synthetic": False, "person": "nip", **given}, aliases=aliases, feeds=feeds, periods=periods)


def _feed(place: str, table: str, entry: object, raw: Path, office: Mapping[str, Any]) -> Feed:
    """One feed, every key of it checked, with what the crosswalk says of the whole office.

    Its columns exist, each is filled in one way, and the required ones are filled.
    """
    entry = _mapping(place, entry)
    _check_keys(place, entry, _FEED)
    if sum(entry.get(key) is not None for key in ("file", "rows", "query", "table")) != 1:
        raise InputError("K215", place=place)
    if table != "survey_response" and entry.get("answers") is not None:
        raise InputError("K202", place=place, name="answers", near="values", known=", ".join(list(_FEED)[:-1]))
    origin = _origin(place, entry, raw)
    read = _values(place, {key: value for key, value in entry.items() if key not in ORIGIN}, _FEED)
    feed, spec = Feed(table, **origin, **read, **office), TABLES[table]
    for name in (*feed.filled, *feed.values, *feed.dates, *feed.numbers):
        _among("K204", name, spec.by_name, place=place, table=table)
    for name in feed.missing:
        _among("K204", name, [*spec.by_name, *feed.headers], place=f"{place}.missing", table=table)
    own = [*feed.columns, *feed.constants, *([feed.long.value, feed.long.raw, *feed.long.beside] if feed.long else [])]
    twice = [name for index, name in enumerate(own) if name and name in own[:index]]
    if twice:
        raise InputError("K207", place=place, column=twice[0])
    absent = [column.name for column in spec.columns if column.required and column.name not in feed.filled]
    if absent:
        raise InputError("K206", place=place, table=table, columns=", ".join(absent))
    if feed.split and feed.split.column not in feed.columns:
        raise InputError("K216", place=place, column=feed.split.column)
    return feed


def _origin(place: str, entry: Mapping[str, Any], raw: Path) -> dict[str, Any]:
    """Where a feed's rows lie: a file and its sheet, or the source, the query, and names for both."""
    given = _values(place, {key: value for key, value in entry.items() if key in ORIGIN}, _FEED)
    useless = [key for key in _TEXT_ONLY if key in entry]
    if useless and ("source" in given or str(given.get("file")).lower().endswith(".parquet")):
        raise InputError("K254", place=place, key=useless[0])
    table, query = given.pop("table", None), given.pop("query", None)
    if table is None and query is None:
        if "source" in given:
            raise InputError("K218", place=place, keys="query")
        return given | ({"file": _file(place, given["file"], raw)} if "file" in given else {})
    if "source" not in given:
        raise InputError("K218", place=place, keys="source")
    if (TABLE_NAME.fullmatch(table or query) is None) != (table is None):
        raise InputError("K249", place=place)
    source = given["source"]
    if source.startswith("sqlite:///"):
        file = _file(place, source.removeprefix("sqlite:///"), raw, DATABASES)
    else:
        file = source.partition("://")[0].partition("+")[0] + ":" + source.partition("?")[0].rpartition("/")[2]
    name = table or f"kueri {hashlib.sha256(query.encode()).hexdigest()[:8]}"
    return {"file": file, "sheet": name, "source": source, "query": table or query}


def _file(place: str, name: str, raw: Path, kinds: tuple[str, ...] = FILES) -> str:
    """The feed's file, which must lie in the raw folder."""
    path = raw / name
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise InputError("K197", file=Path(name).name)
    if not _is_file(path):
        present = sorted(str(found.relative_to(raw)) for found in raw.glob("**/*") if found.is_file())
        raise InputError("K205", place=place, file=name, near=nearest(name, present))
    if path.suffix.lower() not in kinds:
        raise InputError("K217", place=place, file=name)
    return name


def _is_file(path: Path) -> bool:
    """Whether a path is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _check_keys(place: str, given: Mapping[str, Any], keys: Iterable[str], needed: Iterable[str] = ()) -> None:
    """Refuse a key that is not known, and name the nearest; refuse a part that lacks one."""
    for key in given:
        _among("K202", key, keys, place=place or "peta.yml")
    absent = [key for key in needed if given.get(key) in (None, {})]
    if absent:
        raise InputError("K218", place=place or "peta.yml", keys=", ".join(absent))


def _values(place: str, given: Mapping[str, Any], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Every key that has a value, read in its own way and in the order of the readers."""
    return {key: reader(f"{place}.{key}".lstrip("."), given[key]) for key, reader in readers.items() if given.get(key) is not None}


def _part(readers: Mapping[str, Reader], *needed: str, made: Callable[..., Any] = dict) -> Reader:
    """A part of the crosswalk with its own keys."""

    def read(place: str, given: Any) -> Any:
        part = _mapping(place, given)
        _check_keys(place, part, readers, needed)
        return made(**_values(place, part, readers))

    return read


def _each(reader: Reader) -> Reader:
    """Names of the office's own, the value of each read alike; nothing where the part is empty."""
    return lambda place, given: {name: reader(f"{place}.{name}", value) for name, value in _mapping(place, given or {}).items()}


def _all_or_each(reader: Reader) -> Reader:
    """A value for all (under ``*``), or one for each name."""
    return lambda place, given: {
        str(name): reader(place, value) for name, value in (given if isinstance(given, dict) else {"*": given}).items()}


def _several(reader: Reader) -> Reader:
    """One value or a list of them."""
    return lambda place, given: tuple(reader(place, value) for value in _listed(given))


def _choice(*known: str) -> Reader:
    """One of a few words."""

    def read(place: str, given: Any) -> str:
        if given not in known:
            raise InputError("K209", place=place, value=given, known=", ".join(known))
        return str(given)

    return read


def _mapping(place: str, given: object) -> dict[str, Any]:
    """The value itself where it is a mapping of keys to values."""
    if not isinstance(given, dict):
        raise InputError("K208", place=place, wanted="{key: value}")
    return {str(key): value for key, value in given.items()}


def _listed(given: object) -> list[Any]:
    """A list, or the one value as a list."""
    return given if isinstance(given, list) else [given]


def _form(fits: Callable[[Any], object], wanted: str, made: Callable[[Any], Any] = str) -> Reader:
    """A value of a certain form (K208), made into what is kept of it."""

    def read(place: str, given: Any) -> Any:
        if not fits(given):
            raise InputError("K208", place=place, wanted=wanted)
        return made(given)

    return read


def _is_number(given: object) -> bool:
    """Whether YAML has read a number."""
    return isinstance(given, int | float) and not isinstance(given, bool)


def _is_text(given: object) -> bool:
    """Whether it is a text; YAML reads an unquoted year as a number, which is meant as text here."""
    return isinstance(given, str) or (isinstance(given, int) and not isinstance(given, bool))


def _is_header(given: Any) -> bool:
    """Whether it is one header row or up to four rows in order, counted from 1."""
    rows = _listed(given)
    counted = all(isinstance(row, int) and _is_number(row) and 1 <= row <= _LAST_ROW for row in rows)
    return counted and 1 <= len(rows) <= _MOST_LEVELS and rows == sorted(set(rows))


_text = _form(_is_text, '"..."')
_word = _form(  # a text, number, date or truth value that says something
    lambda given: given is not None and not isinstance(given, _NESTED) and bool(folded(str(given))), '"..."')
_blank_or_word = _form(lambda given: not isinstance(given, _NESTED), '"..."', lambda given: "" if given is None else str(given))
_beginning = _form(lambda given: _is_text(given) and bool(folded(str(given))), '"..."')  # nothing begins every row
_flag = _form(lambda given: isinstance(given, bool), "true, false", bool)
_separator = _form(
    lambda given: _is_text(given) and str(given).isascii() and re.fullmatch(r"[\W_]", str(given)) and str(given) not in '"\r\n',
    '";", ",", "|", "\\t"')
_header = _form(_is_header, "4, [4, 5]", lambda given: tuple(_listed(given)))
_code = _form(
    lambda given: (isinstance(given, str) or _is_number(given)) and bool(as_text(given)),
    '{kolom: ["NA", "99"]}', as_text)
_plain = _form(  # columns with one text, number, date or truth value each
    lambda given: not given or (isinstance(given, dict) and not any(isinstance(one, _NESTED) for one in given.values())),
    "{key: value}", lambda given: {str(key): value for key, value in (given or {}).items()})
_unit_words = _form(  # what one of each word for a unit counts
    lambda given: isinstance(given, dict) and all(_is_number(n) and 0 < n < math.inf for n in given.values()),
    "{hari: 8}", lambda given: {bare(str(word)) or str(word): float(n) for word, n in given.items()})
_rows_listed = _form(lambda given: isinstance(given, list) and bool(given), "[{...}, {...}]", list)


def _rows(place: str, given: object) -> tuple[dict[str, Any], ...]:
    """Literal rows."""
    return tuple(_plain(f"{place}[{index}]", row) for index, row in enumerate(_rows_listed(place, given), start=1))


def _day(place: str, given: object) -> datetime.date:
    """A day."""
    day: datetime.date | None = attempted(date, given if isinstance(given, datetime.date) else str(given), "yyyy-mm-dd")
    if day is None:
        raise InputError("K208", place=place, wanted="2025-12-31")
    return day


def _encoding(place: str, given: object) -> str:
    """The name of a text encoding in which offices save files."""
    name: str = _text(place, given)
    try:
        known = re.fullmatch(_ENCODINGS, codecs.lookup(name).name) is not None
    except (LookupError, ValueError):
        known = False
    if not known:
        raise InputError("K209", place=place, value=name, known="utf-8, utf-16, cp1252, latin-1")
    return name


def _spelled(place: str, given: Any) -> dict[str, Any]:
    """Cell text to stored value; YAML makes a truth value of an unquoted yes, and nothing of an unquoted ~."""
    _plain(place, given)
    words: dict[Any, tuple[str, ...]] = {True: ("yes", "true", "on"), False: ("no", "false", "off"), None: ("",)}
    return {word: value for text, value in (given or {}).items()
            for word in (words[text] if text is None or isinstance(text, bool) else (as_text(text),))}


def _split(place: str, given: Any) -> Split:
    """The multi-select rule, with a separator and without an empty option."""
    keys = {"column": _word, "separator": _blank_or_word, "options": _several(_word)}
    split: Split = _part(keys, "column", "separator", made=Split)(place, given)
    if not split.separator:
        raise InputError("K208", place=place, wanted='{column: ..., separator: ", ", options: [...]}')
    return split


def _made(place: str, given: Any) -> Made:
    """One column made of others: joined, the first that is filled, or taken from one."""
    part = _part({"join": _several(_word), "first": _several(_word), "from": _word, "take": _choice(*TAKEN)})(place, given)
    how = [key for key in ("join", "first", "from") if key in part]
    if len(how) != 1 or ("take" in part and how != ["from"]):
        raise InputError("K208", place=place, wanted="{join: [A, B]}, {first: [A, B]}, {from: sheet, take: year}")
    return Made((part["from"],), part.get("take", "text")) if how == ["from"] else Made(part[how[0]], how[0])


def _questions(place: str, given: Any) -> None:
    """Questions that ``karier start`` has left in the crosswalk: each must have its answer (K287)."""
    parts = [_mapping(place, one) for one in _listed(given)]
    answers = [answer.values() if isinstance(answer := part.get("answer"), dict) else [answer] for part in parts]
    unanswered = [part for part, given in zip(parts, answers, strict=True) if not given or any(one is None for one in given)]
    if unanswered:
        raise InputError("K287", n=len(unanswered), question=unanswered[0].get("ask"), place=f"{place} ({unanswered[0].get('id')})")


def _scale(place: str, given: Any) -> dict[str, Any]:
    """What the words of one instrument count: a scale of their own, or one that is known."""
    if isinstance(given, dict):
        return {folded(str(word)): number for word, number in given.items()}
    return dict(ANSWER_SCALES[_choice(*ANSWER_SCALES)(place, given)])


def _alias(place: str, given: Any) -> tuple[str, tuple[int, int] | None]:
    """What an alias stands for, and the first and last year of one that holds for a time only."""
    if not isinstance(given, dict):
        return _word(place, given), None
    _check_keys(place, given, ("id", "from", "until"), ("id",))
    first, last = given.get("from", 0), given.get("until", 9999)
    if not isinstance(first, int) or not isinstance(last, int) or first > last:
        raise InputError("K208", place=place, wanted="{id: U1, from: 2019, until: 2023}")
    return _word(place, given["id"]), (first, last)


def _aliases(place: str, given: Any) -> tuple[dict[str, dict[str, str]], dict[tuple[str, str], tuple[int, int]]]:
    """Aliases by table, and the years in which some of them hold."""
    read = _part(dict.fromkeys(ALIASED, _each(_alias)))(place, given or {})
    ids = {table: {word: target for word, (target, _) in pairs.items()} for table, pairs in read.items()}
    years = {(table, bare(word)): held for table, pairs in read.items() for word, (_, held) in pairs.items() if held}
    return ids, years


def _tables(place: str, given: Any) -> dict[str, Any]:
    """The feeds by table, each a table of the data dictionary."""
    for name in (part := _mapping(place, given)):
        _among("K203", name, TABLES, place=place)
    return part


def _among(code: str, name: str, known: Iterable[str], **values: object) -> None:
    """Refuse a name that is not known; ``*`` stands for all columns."""
    if name not in known and name != "*":
        raise InputError(code, name=name, near=nearest(name, known), known=", ".join(dict.fromkeys(known)), **values)


ORIGIN = ("file", "source", "query", "table", "sheet")
_FEED: dict[str, Reader] = {
    "file": _text, "rows": _rows, "source": _word, "query": _word, "table": _word, "sheet": _text, "header": _header,
    "stop": _several(_beginning), "subtotal": _several(_beginning), "encoding": _encoding, "separator": _separator,
    "columns": _each(_word), "make": _each(_made),
    "constants": _plain, "values": _each(_spelled), "missing": _all_or_each(_several(_code)),
    "dates": _all_or_each(_choice(*DATE_STYLES)), "numbers": _all_or_each(_choice(*NUMBER_STYLES)),
    "exclude": _each(_several(_blank_or_word)), "distinct": _flag,
    "long": _part({"value": _word, "raw": _text, "columns": _each(_plain), "beside": _each(_each(_word))},
                  "value", "columns", made=Long),
    "split": _split, "answers": _all_or_each(_scale)}
_TOP: dict[str, Reader] = {
    "evaluation": _word, "title": _part(dict.fromkeys(LANGUAGES, _word), *LANGUAGES), "synthetic": _flag,
    "person": _choice("nip", "other"), "as_of": _day, "retention": _day,
    "metadata": _part(dict.fromkeys(("producer", "steward", "contact"), _blank_or_word)), "aliases": _aliases,
    "time_zone": lambda place, given: ZONES[_choice(*ZONES)(place, given)],
    "unit_words": _part(dict.fromkeys(sorted({
        name for spec in TABLES.values() for column in spec.columns for name in (column.unit, column.name) if name
    }), _unit_words)),
    "tables": _tables, "questions": _questions}
