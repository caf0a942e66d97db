"""The crosswalk ``peta.yml``: which file feeds which table, and how.

An office brings its own files; the crosswalk says how they are to be read, so
that no file has to be retyped. It lies beside them as
``data/raw/<evaluation>/peta.yml``::

    evaluation: contoh
    title: {id: "Program pengembangan karier", en: "Career development programme"}
    synthetic: false            # true puts a banner on every page
    person: nip                 # nip, or other (any id that stays the same for a person)
    as_of: 2026-01-31           # day on which the files were handed in: later dates cannot be right; without it the
                                # end of the year after the last staff list
    retention: 2030-12-31       # last day on which the data may be kept and used
    time_zone: Asia/Jakarta     # of the office (or Asia/Makassar, Asia/Jayapura): the day of a moment with an offset
    unit_words: {JP: {hari: 8}} # by unit or column: what one of a word counts ("2 hari" is 16 JP). The unit's own word
                                # (24 JP, 12 th 3 bln, 30 orang, 85%) needs none
    metadata:                   # who answers for the data (Satu Data): producer, steward (walidata), contact
      {producer: BKPSDM, steward: Diskominfo, contact: data@example.go.id}
    aliases:                    # other ways to write a unit, course, batch or partner -> its id
      unit: {"Kel. Sialang Sakti": "14.71.10.1012"}
      program: {"PROYEK MGT SYSTEM (PMS)": P07}
      partnership: {"Balai Diklat": {id: M1, from: 2019, until: 2023}}   # a name that held for some years only
    tables:
      unit:                     # a table has one feed or several
        - rows:                 # a feed without file: the rows themselves
            - {unit_id: "14.71.10.1012", unit_name: Sialangsakti, scope: A}
      employee:
        - file: 01_pegawai.xlsx
          sheet: "2025"         # where the workbook has several visible sheets
          header: [4, 5]        # header row, or two rows joined as "Upper / Lower"; found by its names if not given
          stop: Mengetahui      # the row whose first filled cell begins so ends the data
          subtotal: JUMLAH      # rows whose first filled cell begins so are left out
          columns: {employee_uid: NIP, name: Nama, unit_id: Unit Kerja, sex: JK}
          constants: {year: 2025}
          values: {sex: {Pria: L, Wanita: P}}     # cell text -> stored value; "*" takes all others, null is missing
          missing: {grade: ["NA", "99"]}    # codes for "not known", by the table's column or the sheet's heading; a
                                # list alone holds for all columns. A cell that has one is blank, and counted
          exclude: {Keterangan: [Pensiun, "Pindah*"]}   # source header -> values of rows to leave out; "": blank
      test_score:
        - file: nilai.csv       # encoding and separator are detected unless given
          header: 1
          columns: {employee_uid: NIP, taken_on: Tanggal}
          constants: {year: 2025, program_id: P07, measure: pengetahuan, scale_kind: interval}
          dates: dd-mm-yyyy     # dd-mm-yyyy, dd/mm/yyyy, mm/dd/yyyy, yyyy-mm-dd, yyyy/mm/dd, teks (17 Agustus 2025)
                                # or dd-mmm-yy (17-Agu-25); a birth year of two digits is 1930 to 2029, others 1969
                                # to 2068
          numbers: id           # id 1.234,5; en 1,234.5; or per column: {score: id}
          long:                 # one record for each of several columns
            value: score        # the table's column that takes the cell
            raw: label          # optional: the column that keeps the cell's text
            columns: {Nilai Pre: {kind: pre}, Nilai Post: {kind: post}}
      need:
        - file: minat.csv
          header: 1
          columns: {employee_uid: NIP, need_item: Pelatihan yang diminati}
          constants: {year: 2025, interest_rank: "{option}"}  # {row}: row number; {option}: place in the list
          split: {column: need_item, separator: ", ", options: ["Analisis data, dasar", "Pengadaan"]}
      performance:
        - source: sqlite:///simpeg.db     # beside the raw files; or postgresql://user@host/database, without a password,
                                          # whose host the user names in KARIER_DB_HOST
          query: SELECT nip, tahun, predikat FROM kinerja ORDER BY id     # or table: kinerja
          columns: {employee_uid: nip, year: tahun, rating: predikat}
      participation:
        - file: peserta.csv
          header: 1
          distinct: true        # keep the first row of each key, leave out its repeats
          columns: {employee_uid: NIP, batch_id: Angkatan, outcome: Hasil}

Headers are matched without regard to case, line breaks and double spaces.
Every row of a feed ends as processed, quarantined or excluded by rule.

A form answered in words declares its scale with ``answers``: ``setuju-5``,
``setuju-4``, ``baik-5`` or ``baik-4`` for all instruments of the feed, or
``{reaksi: setuju-5, dukungan: {Kurang Setuju: 2, Setuju: 3}}`` for each.
A heading that fills both ``start_date`` and ``end_date`` holds ranges such as
``24 s.d. 28 Februari 2025`` or ``24, 25 Februari 2025``.

In a column of money in a spreadsheet's accounting format (amounts with Rp or
in brackets, blanks around them) a lone dash is zero; ``missing`` or ``values``
can say otherwise.
"""

from __future__ import annotations

import codecs
import datetime
import difflib
import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from karier_stats.domain.answer_words import ANSWER_SCALES
from karier_stats.errors import InputError
from karier_stats.intake.files.yaml_files import read_yaml
from karier_stats.intake.project import check_name
from karier_stats.intake.schema import REQUIRED, TABLES
from karier_stats.intake.values import DATE_STYLES, NUMBER_STYLES, ZONES, Unreadable, as_text, bare, date, folded
from karier_stats.words.numbers import LANGUAGES

ALIASED = ("unit", "program", "batch", "partnership")
"""Tables whose rows may be called by an alias."""

_LAST_ROW = 1_048_576
_LONGEST_NAME = 100
_ENCODINGS = r"utf-?(?:8|16|32)(?:[-_](?:sig|le|be))?|cp\d{3,4}|iso8859-\d+|ascii|mac-roman"
_TEXT_ONLY = ("header", "sheet", "encoding", "separator")
_FILES = (".csv", ".tsv", ".txt", ".xlsx", ".parquet")
_TOP = ("evaluation", "title", "synthetic", "person", "as_of", "retention", "metadata", "aliases", "time_zone",
        "unit_words", "tables")
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")
"""A table of a database, with its schema or without."""
_METADATA = ("producer", "steward", "contact")
_FEED = (
    "file", "rows", "source", "query", "table", "sheet", "header", "stop", "subtotal", "encoding", "separator", "columns",
    "constants", "values", "missing", "dates", "numbers", "exclude", "distinct", "long", "split", "answers",
)


@dataclass(frozen=True)
class Long:
    """Wide to long: the columns that become records, and the constants of each."""

    value: str
    columns: dict[str, dict[str, Any]]
    raw: str | None = None


@dataclass(frozen=True)
class Split:
    """Multi-select: one record for each option that a cell lists."""

    column: str
    separator: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feed:
    """How one sheet (or the literal rows) fills one table; see the module's example.

    An empty ``header`` is one to be found by its names. ``answers`` gives for
    each instrument (``*``: all) what its words count, ``unit_words`` for each
    unit or column, ``missing`` the codes of each column or heading (``*``:
    all), ``time_zone`` the hours of the office's clock ahead of UTC.
    """

    table: str
    file: str | None = None
    rows: tuple[dict[str, Any], ...] = ()
    source: str | None = None
    query: str | None = None
    sheet: str | None = None
    header: tuple[int, ...] = ()
    stop: str | None = None
    subtotal: str | None = None
    encoding: str | None = None
    separator: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
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

    @property
    def holds_ranges(self) -> bool:
        """Whether one heading fills both the start and the end."""
        return "start_date" in self.columns and self.columns["start_date"] == self.columns.get("end_date")

    @property
    def filled(self) -> tuple[str, ...]:
        """The table's columns that this feed fills."""
        names = [*self.columns, *self.constants, *(name for row in self.rows for name in row)]
        if self.long:
            names += [self.long.value, *([self.long.raw] if self.long.raw else [])]
            names += [name for constants in self.long.columns.values() for name in constants]
        return tuple(dict.fromkeys(names))

    @property
    def headers(self) -> tuple[str, ...]:
        """The source headers that this feed reads."""
        names = [*self.columns.values(), *(self.long.columns if self.long else ()), *self.exclude]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class Crosswalk:
    """A checked ``peta.yml``."""

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
    """(Table, alias without spaces and case) to the first and last year in which the alias holds."""


def load_crosswalk(path: Path, raw: Path, evaluation: str) -> Crosswalk:
    """Read and check a crosswalk.

    Parameters
    ----------
    path : Path
        The YAML file.
    raw : Path
        The folder with the office's files.
    evaluation : str
        The evaluation that it must be for.

    Returns
    -------
    Crosswalk

    Raises
    ------
    InputError
        K200 to K219: what is wrong, where, and the nearest right key, table,
        column or file; K256 to K258 as :func:`read_yaml`.
    """
    if not _is_file(path):
        raise InputError("K200", file=path.name, evaluation=evaluation)
    content = _mapping(path.name, read_yaml(path))
    _known("", content, _TOP)
    _need("", content, "evaluation", "title", "tables")
    if check_name(str(content["evaluation"])) != evaluation:
        raise InputError("K211", file=path.name, found=content["evaluation"], wanted=evaluation)
    person = _choice("person", content.get("person", "nip"), ("nip", "other"))
    tables = _mapping("tables", content["tables"])
    for name in tables:
        _among("K203", name, TABLES, place="tables")
    office: dict[str, Any] = {
        "time_zone": ZONES[_choice("time_zone", content.get("time_zone", "Asia/Jakarta"), tuple(ZONES))],
        "unit_words": _unit_words(content.get("unit_words") or {}),
    }
    feeds = tuple(
        replace(_feed(f"tables.{name}[{index}]", name, entry, raw), **office)
        for name, entries in tables.items()
        for index, entry in enumerate(_listed(entries), start=1)
    )
    absent = [name for name in REQUIRED if name not in {feed.table for feed in feeds}]
    if absent:
        raise InputError("K212", tables=", ".join(absent))
    aliases, periods = _aliases(content.get("aliases") or {})
    return Crosswalk(
        evaluation, _title(content["title"]), _flag("synthetic", content.get("synthetic", False)), person,
        aliases, feeds, _day("as_of", content.get("as_of")), _day("retention", content.get("retention")),
        _metadata(content.get("metadata") or {}), periods,
    )


def _feed(place: str, table: str, entry: object, raw: Path) -> Feed:
    """One feed, every key of it checked."""
    entry = _mapping(place, entry)
    _known(place, entry, _FEED)
    if sum(key in entry for key in ("file", "rows", "query", "table")) != 1:
        raise InputError("K215", place=place)
    columns = {
        name: _word(f"{place}.columns.{name}", header)
        for name, header in _mapping(f"{place}.columns", entry.get("columns") or {}).items()
    }
    feed = Feed(
        table, **_origin(place, entry, raw), rows=_rows(place, entry.get("rows")), header=_header(place, entry),
        stop=_beginning(place, entry, "stop"), subtotal=_beginning(place, entry, "subtotal"),
        encoding=_encoding(place, entry), separator=_separator(place, entry),
        dates=_styles(place, "dates", entry.get("dates"), DATE_STYLES),
        numbers=_styles(place, "numbers", entry.get("numbers"), NUMBER_STYLES), columns=columns,
        constants=_mapping(f"{place}.constants", entry.get("constants") or {}),
        values=_value_maps(place, entry), exclude=_exclude(place, entry), long=_long(place, entry),
        split=_split(place, entry), distinct=_flag(f"{place}.distinct", entry.get("distinct", False)),
        answers=_answers(place, table, entry), missing=_missing(place, entry),
    )
    _check_columns(place, feed)
    _check_plain(place, feed)
    return feed


def _check_columns(place: str, feed: Feed) -> None:
    """Columns exist, each is filled in one way, and the required ones are filled."""
    spec = TABLES[feed.table]
    for name in (*feed.filled, *feed.values, *feed.dates, *feed.numbers):
        _among("K204", name, spec.by_name, place=place, table=feed.table)
    for name in feed.missing:
        _among("K204", name, dict.fromkeys([*spec.by_name, *feed.headers]), place=f"{place}.missing", table=feed.table)
    own = [*feed.columns, *feed.constants, *([feed.long.value, feed.long.raw] if feed.long else [])]
    twice = [name for index, name in enumerate(own) if name and name in own[:index]]
    if twice:
        raise InputError("K207", place=place, column=twice[0])
    absent = [column.name for column in spec.columns if column.required and column.name not in feed.filled]
    if absent:
        raise InputError("K206", place=place, table=feed.table, columns=", ".join(absent))
    if feed.split and feed.split.column not in feed.columns:
        raise InputError("K216", place=place, column=feed.split.column)


def _check_plain(place: str, feed: Feed) -> None:
    """Every constant and stored value is one text, number, date or truth value."""
    given = {"constants": (feed.constants,), "rows": feed.rows, "values": tuple(feed.values.values()),
             "long.columns": tuple(feed.long.columns.values()) if feed.long else ()}
    for part, mappings in given.items():
        if any(isinstance(value, list | dict | set) for mapping in mappings for value in mapping.values()):
            raise InputError("K208", place=f"{place}.{part}", wanted="{key: value}")


def _origin(place: str, entry: Mapping[str, Any], raw: Path) -> dict[str, Any]:
    """Where a feed's rows lie: a file and its sheet, or the source, the query, and names for both."""
    useless = [key for key in _TEXT_ONLY if key in entry]
    if useless and ("source" in entry or str(entry.get("file")).lower().endswith(".parquet")):
        raise InputError("K254", place=place, key=useless[0])
    if "query" not in entry and "table" not in entry:
        if "source" in entry:
            raise InputError("K218", place=place, keys="query")
        return {"file": _file(place, entry, raw), "sheet": _text(place, entry, "sheet")}
    _need(place, entry, "source", "query" if "query" in entry else "table")
    named = _NAME.fullmatch(str(entry.get("table") or entry["query"]))
    if (named is None) != ("query" in entry):
        raise InputError("K249", place=place)
    source, query = str(entry["source"]), str(entry.get("table") or entry["query"])
    if source.startswith("sqlite:///"):
        file = str(_file(place, {"file": source.removeprefix("sqlite:///")}, raw, (".db", ".sqlite", ".sqlite3")))
    else:
        file = source.partition("://")[0].partition("+")[0] + ":" + source.partition("?")[0].rpartition("/")[2]
    name = query if named else f"kueri {hashlib.sha256(query.encode()).hexdigest()[:8]}"
    return {"file": file, "sheet": name, "source": source, "query": query}


def _file(place: str, entry: Mapping[str, Any], raw: Path, kinds: tuple[str, ...] = _FILES) -> str | None:
    """The feed's file, which must lie in the raw folder."""
    name = _text(place, entry, "file")
    if name is None:
        return None
    path = raw / name
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise InputError("K197", file=Path(name).name)
    if not _is_file(path):
        present = sorted(str(found.relative_to(raw)) for found in raw.glob("**/*") if found.is_file())
        raise InputError("K205", place=place, file=name, near=_near(name, present))
    if path.suffix.lower() not in kinds:
        raise InputError("K217", place=place, file=name)
    return name


def _is_file(path: Path) -> bool:
    """Whether a path is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _beginning(place: str, entry: Mapping[str, Any], key: str) -> str | None:
    """The word with which a row begins; an empty one would begin every row."""
    word = _text(place, entry, key)
    if word is not None and not folded(word):
        raise InputError("K208", place=f"{place}.{key}", wanted='"..."')
    return word


def _encoding(place: str, entry: Mapping[str, Any]) -> str | None:
    """The name of a text encoding in which offices save files."""
    name = _text(place, entry, "encoding")
    if name is None:
        return None
    try:
        known = re.fullmatch(_ENCODINGS, codecs.lookup(name).name) is not None
    except (LookupError, ValueError):
        known = False
    if not known:
        raise InputError("K209", place=f"{place}.encoding", value=name, known="utf-8, utf-16, cp1252, latin-1")
    return name


def _separator(place: str, entry: Mapping[str, Any]) -> str | None:
    """The one letter between the cells of a text file."""
    letter = _text(place, entry, "separator")
    if letter is not None and (len(letter) != 1 or not letter.isascii() or letter.isalnum() or letter in '"\r\n'):
        raise InputError("K208", place=f"{place}.separator", wanted='";", ",", "|", "\\t"')
    return letter


def _header(place: str, entry: Mapping[str, Any]) -> tuple[int, ...]:
    """One header row or two rows in order, counted from 1; nothing where none is given."""
    given = entry.get("header")
    if given is None:
        return ()
    listed = _listed(given)
    rows = tuple(row for row in listed if isinstance(row, int) and not isinstance(row, bool) and 1 <= row <= _LAST_ROW)
    if len(rows) != len(listed) or len(rows) not in (1, 2) or list(rows) != sorted(set(rows)):
        raise InputError("K208", place=f"{place}.header", wanted="4, [4, 5]")
    return rows


def _rows(place: str, given: object) -> tuple[dict[str, Any], ...]:
    """Literal rows."""
    if given is None:
        return ()
    if not isinstance(given, list) or not given:
        raise InputError("K208", place=f"{place}.rows", wanted="[{...}, {...}]")
    return tuple(_mapping(f"{place}.rows[{index}]", row) for index, row in enumerate(given, start=1))


def _value_maps(place: str, entry: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Cell text to stored value, by column."""
    given = _mapping(f"{place}.values", entry.get("values") or {})
    for name, pairs in given.items():
        _mapping(f"{place}.values.{name}", pairs)
    return {
        name: {word: value for text, value in pairs.items() for word in _spelled(text)} for name, pairs in given.items()
    }


def _spelled(text: object) -> tuple[str, ...]:
    """A key as a cell may hold it: YAML makes a truth value of an unquoted yes, and nothing of an unquoted ~."""
    if isinstance(text, bool):
        return ("yes", "true", "on") if text else ("no", "false", "off")
    return ("" if text is None else as_text(text),)  # type: ignore[arg-type]


def _missing(place: str, entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Codes for what is not known, by column or heading; a list alone stands under ``*``."""
    given = entry.get("missing") or {}
    codes = {str(name): _listed(words) for name, words in (given if isinstance(given, dict) else {"*": given}).items()}
    if not all(isinstance(word, str | int | float) and not isinstance(word, bool) and as_text(word)
               for words in codes.values() for word in words):
        raise InputError("K208", place=f"{place}.missing", wanted='{kolom: ["NA", "99"]}')
    return {name: tuple(as_text(word) for word in words) for name, words in codes.items()}  # type: ignore[arg-type]


def _unit_words(given: object) -> dict[str, dict[str, float]]:
    """What one of each unit word counts, by the unit of a column or the column itself."""
    known = {name for spec in TABLES.values() for column in spec.columns for name in (column.unit, column.name) if name}
    declared = {}
    for name, words in _mapping("unit_words", given).items():
        _among("K202", name, sorted(known), place="unit_words")
        factors = _mapping(f"unit_words.{name}", words)
        if not all(isinstance(n, int | float) and not isinstance(n, bool) and 0 < n < math.inf for n in factors.values()):
            raise InputError("K208", place=f"unit_words.{name}", wanted="{hari: 8}")
        declared[name] = {bare(word) or word: float(n) for word, n in factors.items()}
    return declared


def _styles(place: str, key: str, given: object, known: tuple[str, ...]) -> dict[str, str]:
    """A style for all columns (under ``*``) or for each."""
    if given is None:
        return {}
    styles = given if isinstance(given, dict) else {"*": given}
    return {str(name): _choice(f"{place}.{key}", style, known) for name, style in styles.items()}


def _exclude(place: str, entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Source header to the values whose rows are left out."""
    given = _mapping(f"{place}.exclude", entry.get("exclude") or {})
    return {
        str(header): tuple("" if value is None else _word(f"{place}.exclude.{header}", value) for value in _listed(values))
        for header, values in given.items()
    }


def _listed(given: object) -> list[object]:
    """A list, or the one value as a list."""
    return given if isinstance(given, list) else [given]


def _long(place: str, entry: Mapping[str, Any]) -> Long | None:
    """The wide-to-long rule."""
    if "long" not in entry:
        return None
    given = _mapping(f"{place}.long", entry["long"])
    _known(f"{place}.long", given, ("value", "raw", "columns"))
    _need(f"{place}.long", given, "value", "columns")
    columns = {
        str(header): _mapping(f"{place}.long.columns", constants or {})
        for header, constants in _mapping(f"{place}.long.columns", given["columns"]).items()
    }
    return Long(_word(f"{place}.long.value", given["value"]), columns, _text(f"{place}.long", given, "raw"))


def _split(place: str, entry: Mapping[str, Any]) -> Split | None:
    """The multi-select rule."""
    if "split" not in entry:
        return None
    given = _mapping(f"{place}.split", entry["split"])
    _known(f"{place}.split", given, ("column", "separator", "options"))
    _need(f"{place}.split", given, "column", "separator")
    options = tuple(_word(f"{place}.split.options", word) for word in _listed(given.get("options") or []))
    split = Split(_word(f"{place}.split", given["column"]), _word(f"{place}.split", given["separator"]), options)
    if not split.separator or not all(map(folded, split.options)):
        raise InputError("K208", place=f"{place}.split", wanted='{column: ..., separator: ", ", options: [...]}')
    return split


def _title(given: object) -> dict[str, str]:
    """The title in both languages."""
    title = _mapping("title", given)
    _need("title", title, *LANGUAGES)
    return {lang: _word(f"title.{lang}", title[lang]) for lang in LANGUAGES}


def _metadata(given: object) -> dict[str, str]:
    """Who answers for the data."""
    stated = _mapping("metadata", given)
    _known("metadata", stated, _METADATA)
    return {name: _word(f"metadata.{name}", value) for name, value in stated.items()}


def _answers(place: str, table: str, entry: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the words of each instrument count; one scale for all stands under ``*``."""
    given = entry.get("answers")
    if given is None:
        return {}
    if table != "survey_response":
        raise InputError("K202", place=place, name="answers", near="values", known=", ".join(_FEED[:-1]))
    scales = given if isinstance(given, dict) else {"*": given}
    return {
        str(name): {folded(str(word)): number for word, number in scale.items()} if isinstance(scale, dict)
        else dict(ANSWER_SCALES[_choice(f"{place}.answers", scale, tuple(ANSWER_SCALES))])
        for name, scale in scales.items()
    }


def _aliases(given: object) -> tuple[dict[str, dict[str, str]], dict[tuple[str, str], tuple[int, int]]]:
    """Aliases by table, and the years in which some of them hold."""
    aliases = _mapping("aliases", given)
    _known("aliases", aliases, ALIASED)
    ids: dict[str, dict[str, str]] = {}
    periods = {}
    for table, pairs in aliases.items():
        for word, target in _mapping(f"aliases.{table}", pairs or {}).items():
            if isinstance(target, dict):
                periods[table, bare(word)] = _years(f"aliases.{table}.{word}", target)
            named = target["id"] if isinstance(target, dict) else target
            ids.setdefault(table, {})[str(word)] = _word(f"aliases.{table}.{word}", named)
    return ids, periods


def _years(place: str, target: dict[str, Any]) -> tuple[int, int]:
    """The first and the last year of an alias that holds for a time only."""
    _known(place, target, ("id", "from", "until"))
    _need(place, target, "id")
    first, last = target.get("from", 0), target.get("until", 9999)
    if not isinstance(first, int) or not isinstance(last, int) or first > last:
        raise InputError("K208", place=place, wanted="{id: U1, from: 2019, until: 2023}")
    return first, last


def _day(place: str, given: object) -> datetime.date | None:
    """A day, or nothing."""
    if given is None:
        return None
    try:
        return date(given if isinstance(given, datetime.date) else str(given), "yyyy-mm-dd")
    except Unreadable:
        raise InputError("K208", place=place, wanted="2025-12-31") from None


def _mapping(place: str, given: object) -> dict[str, Any]:
    """The value itself where it is a mapping of keys to values."""
    if not isinstance(given, dict):
        raise InputError("K208", place=place, wanted="{key: value}")
    return {str(key): value for key, value in given.items()}


def _text(place: str, entry: Mapping[str, Any], key: str) -> str | None:
    """A text or nothing; YAML reads an unquoted year as a number, which is meant as text here."""
    given = entry.get(key)
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    raise InputError("K208", place=f"{place}.{key}", wanted='"..."')


def _word(place: str, given: object) -> str:
    """One text, number, date or truth value, as text."""
    if given is None or isinstance(given, list | dict | set):
        raise InputError("K208", place=place, wanted='"..."')
    return str(given)


def _flag(place: str, given: object) -> bool:
    """True or false."""
    if not isinstance(given, bool):
        raise InputError("K208", place=place, wanted="true, false")
    return given


def _choice(place: str, given: object, known: tuple[str, ...]) -> str:
    """One of a few words."""
    if given not in known:
        raise InputError("K209", place=place, value=given, known=", ".join(known))
    return str(given)


def _known(place: str, content: Iterable[str], keys: tuple[str, ...]) -> None:
    """Refuse a key that the crosswalk does not know, and name the nearest."""
    for key in content:
        _among("K202", key, keys, place=place or "peta.yml")


def _need(place: str, content: Mapping[str, Any], *keys: str) -> None:
    """Refuse a part of the crosswalk that lacks a key."""
    absent = [key for key in keys if content.get(key) is None]
    if absent:
        raise InputError("K218", place=place or "peta.yml", keys=", ".join(absent))


def _among(code: str, name: str, known: Iterable[str], **values: object) -> None:
    """Refuse a name that is not known; ``*`` stands for all columns."""
    known = list(known)
    if name not in known and name != "*":
        raise InputError(code, name=name, near=_near(name, known), known=", ".join(known), **values)


def _near(name: str, known: Iterable[str]) -> str:
    """The nearest known name, or a dash."""
    folded = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(name[:_LONGEST_NAME].casefold(), list(folded), n=1, cutoff=0.4)
    return folded[found[0]] if found else "–"
