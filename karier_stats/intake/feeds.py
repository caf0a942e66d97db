"""From the cells of a sheet to the records of a table, one feed of the crosswalk at a time.

The cells come as columns of distinct values; each value is read once, however
many rows hold it. Every row ends in one of three ways: it gives records, it
carries defects, or it is left out by a rule. Nothing is dropped unseen.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from karier_stats.errors import InputError, visible
from karier_stats.intake.cells import CellReader
from karier_stats.intake.columns import PART, Column, Pool, grouped, narrow
from karier_stats.intake.crosswalk import PETA, Feed, Long, Split
from karier_stats.intake.files.readers import Block, BlockFile, Grid, block_of_grid, headings
from karier_stats.intake.files.sheets import area_of
from karier_stats.intake.files.shown import Flawed
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.scrub import SECRET
from karier_stats.intake.values import Cell, Unreadable, as_text, folded, is_blank, plain

Record: TypeAlias = dict[str, Any]
FILE_CODES = ("K112", "K101", "K119", "K130", "K150", "K177")  # of one cell, that condemn the file: a repair would be a guess
FATES = ("", "K181", "K182", "K183", "K184", "K186", "K187", "K121", "K185", "K239")  # why a row is left out, by place
HEADER_AMONG = 30  # a header row that the crosswalk does not name is looked for among so many rows
_LETTERS, _NUMBERED = re.compile(r"\[([A-Z]{1,2})\]"), re.compile(r"(?:[A-Z]|[IVX]{1,5}|\d{1,2})[.)]?")
_LINE, _LINE_MARK = re.compile(r"\s*\n\s*"), "\u241e"
_NUMBERING = frozenset({"", "no", "no.", "nomor", "no urut", "nomor urut"})
_TOLD_BY = ("instrument", "score_min", "score_max")  # columns whose cells the message of another one may need


class Defect(NamedTuple):
    """What is wrong with one row: a code, the table's column, and what its sentence needs."""

    code: str
    column: str
    values: dict[str, object]


@dataclass
class FeedRows:
    """A feed after reading.

    Attributes
    ----------
    feed : Feed
    file, sheet, dialect, headings
        Where it was read, how, and the headings that its sheet holds.
    noticed : Counter
        What was noticed and let pass, by code.
    numbers : ndarray of int, shape (rows,)
        The number of each row in its file.
    fate : ndarray of int8, shape (rows,)
        The rule of :data:`FATES` that leaves a row out; 0 for none.
    defects : dict of int to list of Defect
        By the place of the row.
    row : ndarray of int, shape (records,)
        The place of each record's row.
    columns : dict of str to Column
        The stored values of all records, those of rows with defects too.
    gone : ndarray of bool, shape (records,)
        Records that have been dropped.
    """

    feed: Feed
    file: str
    sheet: str
    dialect: dict[str, str]
    noticed: Counter[str]
    numbers: np.ndarray
    headings: tuple[str, ...] = ()
    fate: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int8))
    defects: dict[int, list[Defect]] = field(default_factory=dict)
    row: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    columns: dict[str, Column] = field(default_factory=dict)
    gone: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        self.file, self.sheet = visible(self.file), visible(self.sheet)  # lists, pages and terminals may show them

    @property
    def where(self) -> str:
        """File and sheet as a message names them."""
        return f"{self.file}:{self.sheet}" if self.sheet else self.file

    def add(self, row: int, defect: Defect) -> None:
        """Let a row carry a defect, once."""
        found = self.defects.setdefault(row, [])
        if defect not in found:
            found.append(defect)

    def exclude(self, rows: np.ndarray, code: str) -> None:
        """Leave rows out; what was wrong with them goes too."""
        self.fate[rows] = FATES.index(code)
        left = np.zeros(len(self.numbers), bool)
        left[rows] = True
        self.gone |= left[self.row]
        for row in rows.tolist() if self.defects else ():
            self.defects.pop(row, None)

    def unsound(self) -> np.ndarray:
        """Which rows give no records: they carry defects, or are left out."""
        found = self.fate != 0
        found[list(self.defects)] = True
        return found

    def faulty(self) -> Iterator[tuple[int, list[Defect]]]:
        """The number and the defects of each row that carries some, in the order of the file."""
        return ((int(self.numbers[row]), self.defects[row]) for row in sorted(self.defects))

    def ends(self) -> Counter[tuple[str, str]]:
        """How many rows ended how: ``quarantined``, ``excluded`` or ``processed``, and the first code of the others."""
        fates = np.bincount(self.fate, minlength=len(FATES)) - np.bincount(self.fate[list(self.defects)], minlength=len(FATES))
        found = Counter({("excluded", code): int(n) for code, n in zip(FATES, fates, strict=True) if code and n})
        found.update(("quarantined", defects[0].code) for defects in self.defects.values())
        return found + Counter({("processed", ""): int(fates[0])})

    def written(self) -> int:
        """Records of the rows that stand."""
        return int((~self.gone & ~self.unsound()[self.row]).sum())

    def said(self, column: str) -> set[Any]:
        """What the records hold in a column, whether their row stands or not."""
        held = self.columns.get(column)
        return {value for value, n in zip(held.values, held.counts(~self.gone), strict=True) if n and value} if held else set()


def read_feed(feed: Feed, source: Grid | BlockFile | None, person: str) -> FeedRows:
    """Turn a sheet, or the literal rows of the crosswalk, into records.

    Raises
    ------
    InputError
        K101, K112, K119, K130, K150, K177 where a column cannot be trusted;
        K142, K143 where a header is absent or stands twice.
    Unfit
        Where a file cannot be read block by block.
    """
    reader = CellReader(feed, person)
    read = _literal(feed, reader) if source is None else _from_sheet(feed, source, reader)
    read.noticed["K141"] += not len(read.numbers)
    for code in FILE_CODES:
        hits = [(number, defect) for number, defects in read.faulty() for defect in defects if defect.code == code]
        if hits:
            columns = dict.fromkeys(feed.columns.get(defect.column, defect.column) for _, defect in hits)
            row, defect = hits[0]
            facts = {**defect.values, "column": ", ".join(columns), "peta": feed.line(defect.column, row)}
            raise InputError(code, where=read.where, n=len(hits), row=row, **facts)
    return read


def _from_sheet(feed: Feed, source: Grid | BlockFile, reader: CellReader) -> FeedRows:
    """The records of a sheet, and what is noticed about the sheet as such."""
    grid = source.grid if isinstance(source, BlockFile) else source
    header = found_header(feed, grid)
    names = headings(grid, header)
    place = positions(feed, grid, header, names)
    wanted = sorted(set(place.values()))
    blocks: Iterable[Block] = (
        source.blocks(header[-1], len(names), wanted) if isinstance(source, BlockFile)
        else [block_of_grid(source, header[-1], len(names), wanted)])
    above = [as_text(cell) for row, cells in grid.rows if row < header[0] for cell in cells if not is_blank(cell)]
    around = {"title": " ".join(above), "sheet": grid.dialect.get("sheet", ""), "file": Path(str(feed.file)).stem}
    sheet = _SheetRows(feed, place, blocks, around)
    found = {} if feed.header or header in ((0,), (1,)) else {"header": "+".join(map(str, header))}
    noticed = reader.noticed
    read = FeedRows(feed, str(feed.file), grid.dialect.get("sheet", ""), {**grid.dialect, **found}, noticed,
                    sheet.numbers, tuple(name for name in names if folded(name) not in _NUMBERING), sheet.fate,
                    sheet.defects(len(names)))
    _fill(read, reader, *_of_sheet(sheet, reader))
    bare = np.ones(len(read.numbers), bool)
    bare[read.row] = False
    bare[list(read.defects)] = False
    read.fate[bare & (read.fate == 0)] = FATES.index("K187")
    noticed["K148"] += sum(len(given & set(wanted)) for row, given in sheet.laid.items() if not read.fate[row])
    noticed.update({code: n for code, n in grid.noticed.items() if code != "K247" or reader.person == "nip"})
    return read


def _literal(feed: Feed, reader: CellReader) -> FeedRows:
    """The records of rows that the crosswalk itself holds."""
    for column in TABLES[feed.table].columns:
        reader.judge(column, [row.get(column.name) for row in feed.rows])
    numbers = np.arange(1, len(feed.rows) + 1)
    raws = _constants(feed, [{}], np.zeros(len(numbers), np.uint8), numbers)
    for name in dict.fromkeys(name for row in feed.rows for name in row):
        given = raws[name].list() if name in raws else [None] * len(numbers)
        pool = Pool()
        raws[name] = Column(pool.codes([row.get(name, cell) for row, cell in zip(feed.rows, given, strict=True)]), pool.values)
    read = FeedRows(feed, PETA, "", {"kind": "rows"}, reader.noticed, numbers, fate=np.zeros(len(numbers), np.int8))
    _fill(read, reader, np.arange(len(numbers)), raws)
    return read


def found_header(feed: Feed, grid: Grid) -> tuple[int, ...]:
    """The header rows: declared, or the first row, pair or three rows that hold every heading which the feed reads.

    A line ``sep=;`` at the top is not shown by a spreadsheet, so that a
    declared row may be counted without it.
    """
    wanted = {folded(header) for header in feed.headers if not _LETTERS.fullmatch(header)}
    if feed.header:
        unseen = any(folded(as_text(cell)).startswith("sep=") for _, cells in grid.rows[:1] for cell in cells[:1])
        held = unseen and wanted <= {folded(name) for name in headings(grid, feed.header)}
        return tuple(row + 1 for row in feed.header) if unseen and not held else feed.header
    first = [number for number, _ in grid.rows[:HEADER_AMONG]]
    if first[:1] == [0]:  # the names of a database or of Parquet, not a row of theirs
        return (0,)
    single = [(number,) for number in first]
    several = [tuple(range(number, number + n)) for n in (2, 3) for number in first]
    for rows in (*single, *several) if wanted else ():
        if wanted <= {folded(name) for name in headings(grid, rows)}:
            return rows
    return (1,)


def positions(feed: Feed, grid: Grid, header: tuple[int, ...], names: list[str]) -> dict[str, int]:
    """The column of each header that the feed reads; ``[F]`` is the column with that letter."""
    at: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        at.setdefault(folded(name), []).append(position)
    for name in feed.headers:
        lettered = _LETTERS.fullmatch(name)
        if lettered and folded(name) not in at and (position := area_of(lettered[1] + "1")[1]) < len(names):
            at[folded(name)] = [position]
    where = f"{feed.file}:{grid.dialect['sheet']}" if "sheet" in grid.dialect else str(feed.file)
    absent = [name for name in feed.headers if folded(name) not in at]
    if absent:
        present = [] if any(map(SECRET.search, names)) else list(filter(None, names))  # a person's number: no heading
        near = difflib.get_close_matches(absent[0], present, n=1, cutoff=0.4)
        row = "+".join(map(str, header)) if feed.header else "–" if header == (0,) else f"1–{HEADER_AMONG}"
        raise InputError("K142", where=where, headers=", ".join(absent), row=row, near=near[0] if near else "–",
                         present=", ".join(present)[:300] or "–")
    twice = [name for name in feed.headers if len(at[folded(name)]) > 1]
    if twice:
        raise InputError("K143", where=where, header=twice[0], n=len(at[folded(twice[0])]))
    return {name: at[folded(name)][0] for name in feed.headers}


class _SheetRows:
    """The rows of a sheet, gathered block by block: their numbers, their cells as columns, and the rules that leave them out.

    ``place`` is the column of each header that the feed reads, ``around`` the
    sheet's title, its name and its file's.
    """

    def __init__(self, feed: Feed, place: Mapping[str, int], blocks: Iterable[Block], around: Mapping[str, str]) -> None:
        self._feed, self._place, self._around = feed, place, around
        self._pools = {position: Pool(None) for position in place.values()}
        codes: dict[int, list[np.ndarray]] = {position: [] for position in self._pools}
        numbers, fates = list[np.ndarray](), list[np.ndarray]()
        self._ended, self._first, self._empty = False, True, set[int]()
        self._parted = any(PART in made.parts for made in feed.make.values())
        self._title, self._titles, titles = 0, Pool(None), list[np.ndarray]()
        self.beyond: dict[int, int] = {}
        self.laid: dict[int, set[int]] = {}
        n = 0
        for block in blocks:
            numbers.append(block.numbers)
            fates.append(self._fates(block, n))
            titles.append(self._under(block) if self._parted else np.zeros(0, np.int8))
            for position, column in block.columns.items():
                codes[position].append(self._pools[position].codes(column.values)[column.codes])
            self.beyond |= {n + row: cells for row, cells in block.beyond.items()}
            self.laid |= {n + row: given for row, given in block.laid.items()}
            n += len(block.numbers)
        while n - 1 in self._empty:  # blank rows at the end of a file are none
            n -= 1
        self.numbers, self.fate = (np.concatenate(parts)[:n] if parts else np.zeros(0, np.int8) for parts in (numbers, fates))
        self._columns = {
            position: Column(np.concatenate(codes.pop(position) or [np.zeros(0, np.int8)])[:n], pool.values)
            for position, pool in self._pools.items()}
        self._parts = Column(np.concatenate([np.zeros(0, np.int8), *titles])[:n], self._titles.values)
        for header, words in feed.exclude.items():
            out = self.column(header).of(partial(listed, words=words))
            self.fate[out & (self.fate == 0)] = FATES.index("K182")

    def column(self, header: str) -> Column:
        """The cells under a heading, or of a column that the crosswalk makes."""
        made = self._feed.make.get(header)
        if made is None:
            return self._columns[self._place[header]]
        held = {PART: self._parts, **{part: self.column(part) for part in made.headings}}
        return made.column(held, self._around, len(self.fate))

    def _fates(self, block: Block, begin: int) -> np.ndarray:
        """The rules that leave out rows of a block by all of their cells."""
        fate, feed = np.zeros(len(block.numbers), np.int8), self._feed
        blank = np.ones(len(fate), bool)
        for column in sorted(block.columns.values(), key=lambda column: len(column.values)):
            if blank.any():
                blank &= column.of(is_blank)
        for row in np.flatnonzero(blank).tolist():
            cells = block.cells(row)
            fate[row] = FATES.index("K181") * all(map(is_blank, cells))
            self._empty |= {begin + row} if all(cell is None for cell in cells) else set()
        for row in np.flatnonzero(fate == 0).tolist() if self._first or feed.stop or feed.subtotal else ():
            filled = [cell for cell in block.cells(row) if not is_blank(cell)]
            self._ended = self._ended or _begins(filled, feed.stop)
            rule = ("K183" if self._ended else "K184" if self._first and is_numbering(filled)
                    else "K186" if _begins(filled, feed.subtotal) else "")
            fate[row], self._first = FATES.index(rule), False
            if not (feed.stop or feed.subtotal):
                break
        return fate

    def _under(self, block: Block) -> np.ndarray:
        """The title of the part under which each row of a block stands: the last row above with one text, numbered or not."""
        found = []
        for row in range(len(block.numbers)):
            filled = [as_text(cell) for cell in block.cells(row) if not is_blank(cell)]
            if title := title_of_part(filled):
                self._title = self._titles.code(title)
            found.append(self._title)
        return np.array(found, np.int32)

    def defects(self, width: int) -> dict[int, list[Defect]]:
        """Rows with formulas that nothing computed, errors where words would leave a row out, and cells beyond the headings."""
        found: dict[int, list[Defect]] = {}
        for header in self._place:
            column = self.column(header)
            for code, cell in enumerate(column.values):
                if isinstance(cell, Flawed) and (cell.code == "K112" or header in self._feed.exclude):
                    for row in np.flatnonzero((column.codes == code) & (self.fate == 0)).tolist():
                        found.setdefault(row, []).append(Defect(cell.code, header, {"value": str(cell)}))
        self.beyond = {row: cells for row, cells in self.beyond.items() if row < len(self.fate) and not self.fate[row]}
        for row, cells in self.beyond.items():
            found.setdefault(row, []).append(Defect("K145", "", {"width": width, "cells": cells}))
        return found


def title_of_part(filled: list[str]) -> str:
    """The title that the filled cells of a row are, where they are a text alone or behind its number; empty for any other row."""
    numbered = len(filled) == 2 and _NUMBERED.fullmatch(filled[0]) is not None
    return filled[-1] if filled and (len(filled) == 1 or numbered) and any(map(str.isalpha, filled[-1])) else ""


def listed(cell: Cell, words: tuple[str, ...]) -> bool:
    """Whether a cell is among the words of an ``exclude`` rule; a star at the end of a word stands for any ending."""
    text = "" if is_blank(cell) else folded(as_text(cell))
    return any(text.startswith(word[:-1]) if word.endswith("*") else text == word for word in map(folded, words))


def _begins(filled: list[Cell], words: tuple[str, ...]) -> bool:
    """Whether the first filled cell begins with one of some words."""
    return bool(words and filled) and folded(as_text(filled[0])).startswith(tuple(map(folded, words)))


def is_numbering(filled: list[Cell]) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 and so on."""
    return len(filled) >= 3 and [as_text(cell).strip("()") for cell in filled] == [str(n + 1) for n in range(len(filled))]


def _of_sheet(sheet: _SheetRows, reader: CellReader) -> tuple[np.ndarray, dict[str, Column]]:
    """The row of each record that a sheet gives, and the cells of its columns."""
    feed, columns = reader.feed, TABLES[reader.feed.table].by_name
    for name, header in feed.columns.items():
        reader.judge(columns[name], sheet.column(header).values)
    for value, header in [(feed.long.value, header) for header in feed.long.columns] if feed.long else []:
        reader.judge(columns[value], sheet.column(header).values, header)
    read = sheet.fate == 0
    read[list(sheet.beyond)] = False
    rows = np.flatnonzero(read)
    if feed.long:
        return _long(feed.long, sheet, reader, rows)
    if feed.split:
        return _split(feed.split, sheet, reader, rows)
    raws = _constants(feed, [{}], np.zeros(len(rows), np.uint8), sheet.numbers[rows])
    return narrow(rows, len(read)), raws | _source(feed, sheet, slice(None) if read.all() else rows)


def _source(feed: Feed, sheet: _SheetRows, rows: np.ndarray | slice) -> dict[str, Column]:
    """The cells of the columns that headings of the sheet fill."""
    columns = {name: sheet.column(header) for name, header in feed.columns.items()}
    return {name: Column(column.codes[rows], column.values) for name, column in columns.items()}


def _long(long: Long, sheet: _SheetRows, reader: CellReader, rows: np.ndarray) -> tuple[np.ndarray, dict[str, Column]]:
    """A record for each heading of a wide form under which a row says something."""
    columns = {header: sheet.column(header) for header in long.columns}
    said = []
    for header, column in columns.items():
        counts = column.counts(rows).tolist()
        silent = np.array([n == 0 or reader.says_nothing(long.value, cell, header, n)
                           for cell, n in zip(column.values, counts, strict=True)], bool)
        said.append(~silent[column.codes[rows]])
    place, variant = np.nonzero(np.column_stack(said))
    row = rows[place]
    raws = _constants(reader.feed, list(long.columns.values()), variant, sheet.numbers[row]) | _source(reader.feed, sheet, row)
    value = _picked(columns, row, variant)
    if long.raw:
        pool = Pool()
        raws[long.raw] = Column(pool.codes(value.values)[value.codes], pool.values)
    for name, others in long.beside.items():
        nothing = Column(np.zeros(len(sheet.fate), np.uint8), [None])
        beside = {header: sheet.column(others[header]) if header in others else nothing for header in columns}
        raws[name] = _picked(beside, row, variant)
    return row, {long.value: value, **raws}


def _picked(columns: Mapping[str, Column], row: np.ndarray, variant: np.ndarray) -> Column:
    """For each record the cell of its row in one of several columns."""
    begins = np.cumsum([0, *(len(column.values) for column in columns.values())], dtype=np.int32)
    codes = np.zeros(len(row), np.int32)
    for place, column in enumerate(columns.values()):
        own = variant == place
        codes[own] = begins[place] + column.codes[row[own]]
    headings = [header for header, column in columns.items() for _ in column.values]
    return Column(codes, [cell for column in columns.values() for cell in column.values], headings)


def _split(split: Split, sheet: _SheetRows, reader: CellReader, rows: np.ndarray) -> tuple[np.ndarray, dict[str, Column]]:
    """A record for each option that a row lists in one cell."""
    feed, pool = reader.feed, Pool()
    column = sheet.column(feed.columns[split.column])
    lists = [
        pool.codes([option for option in _options(feed, cell) if not reader.says_nothing(split.column, option, None, n)])
        if n else np.zeros(0, np.uint8)
        for cell, n in zip(column.values, column.counts(rows).tolist(), strict=True)]
    chosen = [lists[code] for code in column.codes[rows].tolist()]
    row = np.repeat(rows, [len(options) for options in chosen])
    place = np.concatenate([np.zeros(0, int), *(np.arange(len(options)) for options in chosen)])
    raws = _constants(feed, [{}], np.zeros(len(row), np.uint8), sheet.numbers[row], place + 1) | _source(feed, sheet, row)
    option = Column(np.concatenate([np.zeros(0, np.uint8), *chosen]), pool.values)
    same = [name for name, header in feed.columns.items() if header == feed.columns[split.column]]
    return row, {**raws, **dict.fromkeys(same, option)}


def _constants(
    feed: Feed, variants: list[Mapping[str, Any]], variant: np.ndarray, numbers: np.ndarray, option: np.ndarray | None = None,
) -> dict[str, Column]:
    """What the crosswalk itself says of each record, ``{row}`` and ``{option}`` written out."""
    found = {}
    for name in dict.fromkeys(name for own in (feed.constants, *variants) for name in own):
        values = [own.get(name, feed.constants.get(name)) for own in variants]
        found[name] = Column(narrow(variant, len(values)), values)
        if any(isinstance(value, str) and ("{row}" in value or "{option}" in value) for value in values):
            pool, places = Pool(), [1] * len(numbers) if option is None else option.tolist()
            found[name] = Column(pool.codes([
                value.replace("{row}", str(number)).replace("{option}", str(place)) if isinstance(value, str) else value
                for value, number, place in zip(found[name].list(), numbers.tolist(), places, strict=True)
            ]), pool.values)
    return found


def _fill(read: FeedRows, reader: CellReader, row: np.ndarray, raws: dict[str, Column]) -> None:
    """Read the cells of all records, each distinct one once; what cannot be stored becomes a defect of its rows."""
    feed, none = read.feed, Column(np.zeros(len(row), np.uint8), [None])
    read.row, read.gone = row, np.zeros(len(row), bool)
    if feed.answers and "value" in raws:
        value, instrument = raws["value"], raws.get("instrument", none)
        ids, first = grouped([instrument, value], np.arange(len(row)))
        words = [reader.answer(form, cell) for form, cell in zip(instrument.list(first), value.list(first), strict=True)]
        raws["value"] = Column(ids, words, value.headings and [value.headings[code] for code in value.codes[first]])
    wide = feed.long.value if feed.long else feed.split.column if feed.split else None
    once = np.flatnonzero(np.diff(row, prepend=-1)) if wide else slice(None)
    told_by = {name: raws[name] for name in _TOLD_BY if name in raws}
    found: list[tuple[int, Defect]] = []
    for spec in TABLES[feed.table].columns:
        if spec.name not in raws and not spec.required:
            continue
        raw = raws.pop(spec.name, none)
        counts = (raw.counts(once) if spec.name != wide and len(row) else raw.counts()).tolist()
        pool, codes, bad = Pool(None), np.zeros(len(raw.values), np.int32), dict[int, Unreadable]()
        for code in np.flatnonzero(raw.counts()).tolist():
            heading = raw.headings[code] if raw.headings else None
            try:
                codes[code] = pool.code(reader.read(spec, raw.values[code], heading, counts[code]))
            except Unreadable as error:
                bad[code] = error
        read.columns[spec.name] = Column(narrow(codes, len(pool.values))[raw.codes], pool.values)
        found += _refused(spec, raw, bad, told_by, reader) if bad else ()
    for record, defect in sorted(found, key=lambda one: one[0]):
        read.add(int(row[record]), defect)


def _refused(
    spec: ColumnSpec, raw: Column, bad: dict[int, Unreadable], told_by: Mapping[str, Column], reader: CellReader
) -> Iterator[tuple[int, Defect]]:
    """The records whose cells cannot be stored, each with its defect."""
    faulty = np.isin(raw.codes, list(bad))
    beside = {**told_by, spec.name: raw}
    known: dict[tuple[int, ...], Defect] = {}
    for record in np.flatnonzero(faulty).tolist():
        key = tuple(int(other.codes[record]) for other in beside.values())
        if key not in known:
            given = {name: other.values[code] for (name, other), code in zip(beside.items(), key, strict=True)}
            exact = reader.refusal(spec, given, bad[int(raw.codes[record])])
            known[key] = Defect(exact.code, spec.name, exact.values)
        yield record, known[key]


def _options(feed: Feed, cell: Cell) -> list[str]:
    """The options that a multi-select cell lists, each once; a known one stands first that ends the text or a separator follows."""
    if feed.split is None or is_blank(cell):
        return []
    if isinstance(cell, Flawed):
        return [cell]
    text, separator = as_text(cell), feed.split.separator
    if "\n" in separator:  # lines of a cell, which `as_text` makes blanks
        text, separator = plain(_LINE.sub(_LINE_MARK, str(cell).strip())), _LINE_MARK
    options, found = [plain(word) for word in feed.split.options], list[str]()
    while text:
        begun = [len(word) for word in options if word and text[:len(word)].casefold() == word.casefold()]
        known = [n for n in begun if not text[n:].strip() or text[n:].lstrip().startswith(separator.strip() or separator)]
        cut = max(known) if known else (text + separator).index(separator)
        found.append(text[:cut].strip() if known else text[:cut].strip().removesuffix(separator.strip()))
        text = text[cut:] if text[cut:].startswith(separator) else text[cut:].lstrip()
        text = text.removeprefix(separator if text.startswith(separator) else separator.strip()).lstrip()
    return list(dict.fromkeys(option for option in found if option and not is_blank(option)))
