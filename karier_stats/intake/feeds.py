"""From the rows of a sheet to records of a table, one feed of the crosswalk at a time.

Every row ends in one of three ways: it gives records, it carries defects, or
it is left out by a rule. Nothing is dropped unseen.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from karier_stats.errors import InputError, visible
from karier_stats.intake.cells import CellReader
from karier_stats.intake.crosswalk import Feed
from karier_stats.intake.files.readers import Grid, below, headings
from karier_stats.intake.files.shown import Flawed
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import SECRET
from karier_stats.intake.values import Cell, Unreadable, as_text, folded, is_blank, plain

Record: TypeAlias = dict[str, Any]

FILE_CODES = ("K112", "K101", "K119", "K130", "K150", "K177")
"""Defects of one cell that condemn the whole file: repairing them would be guessing."""

HEADER_AMONG = 30
"""A header row that the crosswalk does not name is looked for among so many rows."""
_LINE, _LINE_MARK = re.compile(r"\s*\n\s*"), "\u241e"
_NUMBERING = frozenset({"", "no", "no.", "nomor", "no urut", "nomor urut"})


class Defect(NamedTuple):
    """What is wrong with one row: a code, the table's column, and what its sentence needs."""

    code: str
    column: str
    values: dict[str, object]


@dataclass
class SourceRow:
    """One row of a file on its way: its records, or why there are none."""

    number: int
    records: list[Record] = field(default_factory=list)
    excluded: str | None = None
    defects: list[Defect] = field(default_factory=list)

    @property
    def state(self) -> str:
        """``quarantined``, ``excluded`` or ``processed``: exactly one of them."""
        if self.defects:
            return "quarantined"
        return "processed" if self.records else "excluded"


@dataclass(frozen=True)
class FeedRows:
    """A feed after reading: its rows, what was noticed (code to count), and the headings that its sheet holds."""

    feed: Feed
    file: str
    sheet: str
    rows: list[SourceRow]
    dialect: dict[str, str]
    noticed: Counter[str]
    headings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("file", "sheet"):  # from outside: as lists, pages and terminals may show them
            object.__setattr__(self, name, visible(getattr(self, name)))

    @property
    def where(self) -> str:
        """File and sheet as a message names them."""
        return f"{self.file}:{self.sheet}" if self.sheet else self.file

    def ends(self) -> Counter[tuple[str, str]]:
        """How many rows ended how: state and, for those without records, the first code."""
        return Counter(
            (row.state, "" if row.state == "processed" else row.defects[0].code if row.defects else str(row.excluded))
            for row in self.rows
        )

    def written(self) -> int:
        """Records of the rows that stand."""
        return sum(len(row.records) for row in self.rows if row.state == "processed")

    def said(self, column: str) -> set[str]:
        """What the records hold in a column of text, whether their row stands or not."""
        return {record[column] for row in self.rows for record in row.records if record.get(column)}

    def scores(self, column: str, top: int | None = None) -> tuple[int, float]:
        """How many numbers the sound records hold in a column, and the highest; of those out of ``top`` where given."""
        found = [
            record[column] for row in self.rows if not row.defects for record in row.records
            if record.get(column) is not None and (top is None or record.get("score_max") == top)
        ]
        return len(found), max(found, default=0.0)


def read_feed(feed: Feed, grid: Grid | None, person: str) -> FeedRows:
    """Turn a sheet, or the literal rows of the crosswalk, into records.

    Parameters
    ----------
    feed : Feed
        The rule.
    grid : Grid or None
        The sheet; None for literal rows.
    person : {"nip", "other"}
        How people are known.

    Returns
    -------
    FeedRows

    Raises
    ------
    InputError
        K101, K112, K119, K130, K150, K177 where a column cannot be trusted;
        K142, K143 where a header is absent or stands twice.
    """
    reader = CellReader(feed, person)
    if grid is None:
        for column in TABLES[feed.table].columns:
            reader.judge(column, [row.get(column.name) for row in feed.rows])
        rows = [
            _literal(SourceRow(number), row, reader) for number, row in enumerate(feed.rows, start=1)
        ]
        read = FeedRows(feed, "peta.yml", "", rows, {"kind": "rows"}, reader.noticed)
    else:
        sheet = grid.dialect.get("sheet", "")
        header = found_header(feed, grid)
        names = headings(grid, header)
        place = positions(feed, grid, header, names)
        sheet_rows = SheetRows(reader, place, len(names))
        rows, written = [], list(below(grid, header[-1]))
        _judge(reader, place, [cells for _, cells, _ in written])
        for number, cells, given in written:
            rows.append(sheet_rows.row(number, cells))
            reader.noticed["K148"] += rows[-1].excluded is None and len(given.keys() & set(place.values()))
        found = {} if feed.header or header in ((0,), (1,)) else {"header": "+".join(map(str, header))}
        read = FeedRows(
            feed, str(feed.file), sheet, rows, {**grid.dialect, **found}, reader.noticed,
            data_headings(names),
        )
        read.noticed["K128"] += grid.hidden
        read.noticed["K129"] += grid.dialect.get("encoding") == "cp1252" and feed.encoding is None
        read.noticed["K136"] += grid.mixed
        read.noticed["K147"] += grid.hidden_sheets
        read.noticed["K247"] += grid.exact * (person == "nip")
        read.noticed["K248"] += grid.unordered
    read.noticed["K141"] += not rows
    refuse_file(read)
    return read


def _judge(reader: CellReader, place: Mapping[str, int], rows: list[tuple[Cell, ...]]) -> None:
    """Show every column to the reader whose cells it judges by."""
    feed, columns = reader.feed, TABLES[reader.feed.table].by_name
    wide = [(feed.long.value, header, header) for header in feed.long.columns] if feed.long else []
    for name, header, heading in [*((name, header, None) for name, header in feed.columns.items()), *wide]:
        reader.judge(columns[name], (_at(cells, place[header]) for cells in rows), heading)


def data_headings(names: list[str]) -> tuple[str, ...]:
    """The headings of a sheet but for that of a column which only numbers its rows."""
    return tuple(name for name in names if folded(name) not in _NUMBERING)


def refuse_file(read: FeedRows) -> None:
    """Refuse the file where a column holds cells that no rule can read safely."""
    for code in FILE_CODES:
        hits = [(row.number, defect) for row in read.rows for defect in row.defects if defect.code == code]
        if hits:
            columns = dict.fromkeys(read.feed.columns.get(defect.column, defect.column) for _, defect in hits)
            facts = {**hits[0][1].values, "column": ", ".join(columns)}
            raise InputError(code, where=read.where, n=len(hits), row=hits[0][0], **facts)


def _literal(row: SourceRow, given: Mapping[str, Any], reader: CellReader) -> SourceRow:
    """A row that the crosswalk itself holds."""
    constants = _constants(reader.feed.constants, row.number)
    record = _record(reader, {**constants, **given}, row)
    row.records = [record]
    return row


def found_header(feed: Feed, grid: Grid) -> tuple[int, ...]:
    """The header rows: declared, or the first row or pair of rows that holds every heading which the feed reads.

    A line ``sep=;`` at the top is not shown by a spreadsheet, so that a
    declared row may be counted without it.
    """
    wanted = {folded(header) for header in feed.headers}
    if feed.header:
        unseen = any(folded(as_text(cell)).startswith("sep=") for _, cells in grid.rows[:1] for cell in cells[:1])
        held = unseen and wanted <= {folded(name) for name in headings(grid, feed.header)}
        return tuple(row + 1 for row in feed.header) if unseen and not held else feed.header
    first = [number for number, _ in grid.rows[:HEADER_AMONG]]
    if first[:1] == [0]:  # the names of a database or of Parquet, not a row of theirs
        return (0,)
    single = [(number,) for number in first]
    pairs = [(number, number + 1) for number in first]
    for rows in (*single, *pairs) if wanted else ():
        if wanted <= {folded(name) for name in headings(grid, rows)}:
            return rows
    return (1,)


class SheetRows:
    """Turns the rows below the heading, in their order, into records.

    Parameters
    ----------
    reader : CellReader
        Of the feed.
    place : mapping of str to int
        The column of each header that the feed reads.
    width : int
        Columns of the heading.
    """

    def __init__(self, reader: CellReader, place: Mapping[str, int], width: int) -> None:
        self._reader, self._place, self._width = reader, place, width
        self._ended, self._first = False, True

    def row(self, number: int, cells: tuple[Cell, ...]) -> SourceRow:
        """One row, classified and, where it holds data, turned into records."""
        row, feed = SourceRow(number), self._reader.feed
        filled = [cell for cell in cells if not is_blank(cell)]
        self._ended = self._ended or _begins(filled, feed.stop)
        row.excluded = _left_out(feed, cells, filled, self._place, self._ended, self._first)
        self._first = self._first and not filled
        if row.excluded is None:
            row.defects += self._unusable(cells)
            _fill(row, cells, self._width, self._place, self._reader)
        return row

    def _unusable(self, cells: tuple[Cell, ...]) -> Iterator[Defect]:
        """Formulas that nothing computed, and errors in a column whose words would leave the row out."""
        for header, position in self._place.items():
            cell = _at(cells, position)
            if isinstance(cell, Flawed) and (cell.code == "K112" or header in self._reader.feed.exclude):
                yield Defect(cell.code, header, {"value": str(cell)})


def positions(feed: Feed, grid: Grid, header: tuple[int, ...], names: list[str]) -> dict[str, int]:
    """The column of each header that the feed reads."""
    at: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        at.setdefault(folded(name), []).append(position)
    where = f"{feed.file}:{grid.dialect['sheet']}" if "sheet" in grid.dialect else str(feed.file)
    absent = [name for name in feed.headers if folded(name) not in at]
    if absent:
        present = _shown_headings(names)
        near = difflib.get_close_matches(absent[0], present, n=1, cutoff=0.4)
        row = "+".join(map(str, header)) if feed.header else "–" if header == (0,) else f"1–{HEADER_AMONG}"
        raise InputError(
            "K142", where=where, headers=", ".join(absent), row=row, near=near[0] if near else "–",
            present=", ".join(present)[:300] or "–",
        )
    twice = [name for name in feed.headers if len(at[folded(name)]) > 1]
    if twice:
        raise InputError("K143", where=where, header=twice[0], n=len(at[folded(twice[0])]))
    return {name: at[folded(name)][0] for name in feed.headers}


def _shown_headings(names: list[str]) -> list[str]:
    """Headings that a message may name: none where the row holds a person's number and so is no heading."""
    return [] if any(SECRET.search(name) for name in names) else [name for name in names if name]


def _left_out(
    feed: Feed, cells: tuple[Cell, ...], filled: list[Cell], place: Mapping[str, int], ended: bool, first: bool
) -> str | None:
    """The code of the rule that leaves a row out, if one does."""
    if not filled:
        return "K181"
    if ended:
        return "K183"
    if first and _is_numbering(filled):
        return "K184"
    if _begins(filled, feed.subtotal):
        return "K186"
    for header, words in feed.exclude.items():
        cell = _at(cells, place[header])
        text = "" if is_blank(cell) else folded(as_text(cell))
        if listed(text, words):
            return "K182"
    return None


def listed(text: str, words: tuple[str, ...]) -> bool:
    """Whether a folded text is among the words of an ``exclude`` rule."""
    return any(_matches(text, folded(word)) for word in words)


def _begins(filled: list[Cell], word: str | None) -> bool:
    """Whether the first filled cell begins with a word."""
    return word is not None and bool(filled) and folded(as_text(filled[0])).startswith(folded(word))


def _is_numbering(filled: list[Cell]) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 and so on."""
    return len(filled) >= 3 and [as_text(cell).strip("()") for cell in filled] == [
        str(number) for number in range(1, len(filled) + 1)
    ]


def _matches(text: str, word: str) -> bool:
    """Equality, or a common beginning where the word ends in a star."""
    return text.startswith(word[:-1]) if word.endswith("*") else text == word


def _at(cells: tuple[Cell, ...], position: int) -> Cell:
    """A cell, or None beyond the end of a short row."""
    return cells[position] if position < len(cells) else None


def _fill(row: SourceRow, cells: tuple[Cell, ...], width: int, place: Mapping[str, int], reader: CellReader) -> None:
    """Make the records of a data row."""
    if any(not is_blank(cell) for cell in cells[width:]):
        row.defects.append(Defect("K145", "", {"width": width, "cells": len(cells)}))
        return
    feed = reader.feed
    source = {name: _at(cells, place[header]) for name, header in feed.columns.items()}
    for given, heading in _variants(reader, row, source, cells, place):
        row.records.append(_record(reader, given, row, heading))
    if not row.records and not row.defects:
        row.excluded = "K187"


def _variants(
    reader: CellReader, row: SourceRow, source: dict[str, Cell], cells: tuple[Cell, ...], place: Mapping[str, int]
) -> Iterator[tuple[dict[str, Cell], str | None]]:
    """The cells of each record that a row gives, one or one per column or option, and the heading of a wide form."""
    feed = reader.feed
    if feed.long:
        for header, constants in feed.long.columns.items():
            cell = _at(cells, place[header])
            if not reader.says_nothing(feed.long.value, cell, header):
                raw = {feed.long.raw: cell} if feed.long.raw else {}
                given = {**feed.constants, **constants}
                yield {**_constants(given, row.number), **source, **raw, feed.long.value: cell}, header
    elif feed.split:
        same = [name for name, header in feed.columns.items() if header == feed.columns[feed.split.column]]
        options = _options(feed, row, source[feed.split.column])
        said = [option for option in options if not reader.says_nothing(feed.split.column, option)]
        for place_in_list, option in enumerate(said, start=1):
            chosen = dict.fromkeys(same, option)
            yield {**_constants(feed.constants, row.number, place_in_list), **source, **chosen}, None
    else:
        yield {**_constants(feed.constants, row.number), **source}, None


def _options(feed: Feed, row: SourceRow, cell: Cell) -> list[str]:
    """The options that a multi-select cell lists, each once."""
    if feed.split is None or is_blank(cell):
        return []
    if isinstance(cell, Flawed):
        return [cell]
    text, separator = as_text(cell), feed.split.separator
    if "\n" in separator:  # lines of a cell, which `as_text` makes blanks
        text, separator = plain(_LINE.sub(_LINE_MARK, str(cell).strip())), _LINE_MARK
    options, found = [plain(word) for word in feed.split.options], list[str]()
    while text:
        known = [len(word) for word in options if _stands_first(text, word, separator)]
        cut = max(known) if known else (text + separator).index(separator)
        found.append(text[:cut].strip() if known else text[:cut].strip().removesuffix(separator.strip()))
        text = text[cut:] if text[cut:].startswith(separator) else text[cut:].lstrip()
        text = text.removeprefix(separator if text.startswith(separator) else separator.strip()).lstrip()
    return list(dict.fromkeys(option for option in found if option and not is_blank(option)))


def _stands_first(text: str, option: str, separator: str) -> bool:
    """Whether a text begins with an option and then ends, or goes on behind a separator."""
    rest = text[len(option):]
    ends = rest.startswith(separator) or rest.lstrip().startswith(separator) or rest.strip() in ("", separator.strip())
    return bool(option) and text[:len(option)].casefold() == option.casefold() and ends


def _constants(constants: Mapping[str, Any], row: int, option: int = 1) -> dict[str, Any]:
    """Constants with ``{row}`` and ``{option}`` written out."""
    return {
        name: value.replace("{row}", str(row)).replace("{option}", str(option)) if isinstance(value, str) else value
        for name, value in constants.items()
    }


def _record(reader: CellReader, given: Mapping[str, Cell], row: SourceRow, heading: str | None = None) -> Record:
    """One record; what cannot be stored becomes a defect of the row."""
    record: Record = {}
    feed = reader.feed
    varies = feed.long.value if feed.long else feed.split.column if feed.split else None
    if feed.answers:
        given = {**given, "value": reader.answer(given.get("instrument"), given.get("value"))}
    for column in TABLES[feed.table].columns:
        if column.name not in given and not column.required:
            continue
        try:
            shared = column.name != varies
            record[column.name] = reader.read(
                column, given.get(column.name), None if shared else heading, again=shared and bool(row.records))
        except Unreadable as error:
            exact = reader.refusal(column, given, error)
            defect = Defect(exact.code, column.name, exact.values)
            if defect not in row.defects:
                row.defects.append(defect)
    return record
