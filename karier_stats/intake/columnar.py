"""A large feed kept as columns of codes instead of one record per row.

Each distinct text of a column is read once, by the same
:class:`karier_stats.intake.cells.CellReader` as any cell. A row whose every
cell is sound stays in columns; any other row becomes a
:class:`karier_stats.intake.feeds.SourceRow` and takes the way of all rows.
Memory holds the distinct values and the rows that were looked at; the codes
of the others lie in a file without a name.

What can be kept so: feeds of ``participation`` from a delimited text file in
UTF-8 of :data:`LARGE` bytes or more, one record per row, without ``stop``,
``subtotal``, ``long`` or ``split`` and without ``{row}`` in a constant.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np

from karier_stats.intake.cells import CellReader
from karier_stats.intake.crosswalk import Feed
from karier_stats.intake.feeds import (
    FeedRows,
    SheetRows,
    SourceRow,
    data_headings,
    found_header,
    listed,
    positions,
    refuse_file,
)
from karier_stats.intake.files.columnar_csv import Block, ColumnFile, Unfit
from karier_stats.intake.files.readers import headings
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.values import Cell, Unreadable, as_text, folded, has_marks, is_blank

LARGE = 8_000_000
"""Bytes of a file from which on its feeds are read in columns."""
TABLE = "participation"
LOOK = -1
"""The code of what only the whole row can settle."""
GONE = -2
"""The code of a declared missing code, which is stored as nothing and counted."""


@dataclass
class Distinct:
    """The distinct stored values of one column; the first is None."""

    values: list[Any] = field(default_factory=lambda: [None])
    _codes: dict[object, int] = field(default_factory=dict)

    def code(self, value: Any) -> int:
        """The code of a value; numbers that are equal but written apart (0.0, -0.0) have their own."""
        if value is None:
            return 0
        key = repr(value) if isinstance(value, float) else value
        if key not in self._codes:
            self._codes[key] = len(self.values)
            self.values.append(value)
        return self._codes[key]


@dataclass
class Apart:
    """The rows of a feed that stay in columns.

    Attributes
    ----------
    spool : file
        Line numbers and codes, block after block.
    distinct : dict of str to Distinct
        The stored values of each column that the feed fills.
    sizes : list of int
        Rows of each block.
    kept : list of ndarray of bool
        Once the table has been checked: the rows of each block that stayed.
    excluded : Counter
        Rows left out by a rule, by code.
    highest : tuple of (int, float)
        Final scores in kept rows, and the highest.
    """

    spool: IO[bytes]
    distinct: dict[str, Distinct]
    sizes: list[int] = field(default_factory=list)
    kept: list[np.ndarray] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    highest: tuple[int, float] = (0, 0.0)

    def add(self, numbers: np.ndarray, codes: dict[str, np.ndarray]) -> None:
        """Put the rows of one block away."""
        self.sizes.append(len(numbers))
        np.save(self.spool, numbers)
        for name, column in codes.items():
            np.save(self.spool, column.astype(np.min_scalar_type(len(self.distinct[name].values))))

    def blocks(self) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """Line numbers and codes of every block, as they were put away."""
        self.spool.seek(0)
        for _ in self.sizes:
            numbers = np.load(self.spool)
            yield numbers, {name: np.load(self.spool) for name in self.distinct}

    def masks(self) -> list[np.ndarray]:
        """Which rows of each block stay in columns."""
        return self.kept or [np.ones(size, bool) for size in self.sizes]

    @property
    def rows(self) -> int:
        """Rows that stay in columns."""
        return sum(int(kept.sum()) for kept in self.kept) if self.kept else sum(self.sizes)


@dataclass(frozen=True)
class ColumnRows(FeedRows):
    """A feed after reading, most of whose rows are kept as columns; ``rows`` holds the others."""

    apart: Apart = field(kw_only=True)

    def ends(self) -> Counter[tuple[str, str]]:
        """How many rows ended how."""
        excluded = {("excluded", code): n for code, n in self.apart.excluded.items()}
        return super().ends() + Counter({("processed", ""): self.apart.rows}) + Counter(excluded)

    def written(self) -> int:
        """Records of the rows that stand."""
        return super().written() + self.apart.rows

    def said(self, column: str) -> set[str]:
        """What the records hold in a column of text, whether their row stands or not."""
        distinct = self.apart.distinct.get(column)
        return super().said(column) | set(distinct.values[1:] if distinct else ())

    def scores(self, column: str, top: int | None = None) -> tuple[int, float]:
        """How many numbers the sound records hold in a column, and the highest."""
        n, highest = super().scores(column, top)
        return n + self.apart.highest[0], max(highest, self.apart.highest[1])

    def bring_out(self, chosen: Iterable[np.ndarray]) -> None:
        """Make records of some of the rows that stay in columns: of those that are true in each block's mask."""
        apart, found = self.apart, []
        kept = apart.masks()
        for place, ((numbers, codes), mask) in enumerate(zip(apart.blocks(), chosen, strict=True)):
            kept[place] = kept[place] & ~mask
            for row in np.flatnonzero(mask):
                record = {name: apart.distinct[name].values[column[row]] for name, column in codes.items()}
                found.append(SourceRow(int(numbers[row]), [record]))
        apart.kept = kept
        self.rows.extend(found)
        self.rows.sort(key=lambda row: row.number)

    def bring_out_people(self, chosen: Callable[[str], bool]) -> None:
        """Make records of the rows of some people."""
        distinct = self.apart.distinct["employee_uid"]
        theirs = np.array([person is not None and chosen(person) for person in distinct.values])
        self.bring_out([theirs[codes["employee_uid"]] for _, codes in self.apart.blocks()])


def fits(feed: Feed, path: Path) -> bool:
    """Whether a feed may be read in columns, as far as its rule and the size of its file tell."""
    plain = not (feed.stop or feed.subtotal or feed.long or feed.split or feed.answers)
    per_row = any("{" in value for value in feed.constants.values() if isinstance(value, str))
    text = path.suffix.lower() not in (".xlsx", ".parquet")
    return (
        feed.table == TABLE and "employee_uid" in feed.columns and plain and not per_row and text
        and path.is_file() and path.stat().st_size >= LARGE
    )


def read_columns(feed: Feed, path: Path, person: str, scratch: Path) -> tuple[ColumnRows, str]:
    """Read a large feed in columns.

    Parameters
    ----------
    feed : Feed
        The rule, for which :func:`fits` holds.
    path : Path
        The file.
    person : {"nip", "other"}
        How people are known.
    scratch : Path
        A folder that may hold the codes (and nothing that tells of a person)
        for as long as the rows are in use.

    Returns
    -------
    ColumnRows, str
        The rows, and the sha256 of the file.

    Raises
    ------
    Unfit
        Where the record reader must have the file.
    InputError
        As :func:`karier_stats.intake.feeds.read_feed`.
    """
    file = ColumnFile(path, feed.encoding, feed.separator)
    header = found_header(feed, file.grid)
    names = headings(file.grid, header)
    place = positions(feed, file.grid, header, names)
    found = {} if feed.header or header == (1,) else {"header": "+".join(map(str, header))}
    sorting = _Sorting(CellReader(feed, person), place, len(names), scratch)
    if len(names) < 2:
        raise Unfit
    for block in file.blocks(header[-1], len(names), tuple(sorted(set(place.values())))):
        sorting.take(block)
    read = sorting.finished({**file.grid.dialect, **found}, names)
    refuse_file(read)
    return read, file.sha256


class _Texts:
    """The distinct cells at one position of the file."""

    def __init__(self, *cells: Cell) -> None:
        self.cells: list[Cell] = list(cells)
        self._codes: dict[Cell, int] = {}

    def codes(self, block: Block, position: int) -> np.ndarray:
        """The code of each row's cell; a row that does not reach so far has an empty one."""
        places, texts = block.columns.get(position, (np.zeros(len(block.numbers), np.int32), [""]))
        for text in texts:
            if text not in self._codes:
                self._codes[text] = len(self.cells)
                self.cells.append(text)
        return np.fromiter(map(self._codes.__getitem__, texts), np.int32, len(texts))[places]


class _Verdicts:
    """What each distinct cell at a position is, found out once and only for rows that are read."""

    def __init__(self, texts: _Texts, judge: Callable[[Cell], int]) -> None:
        self._texts, self._judge = texts, judge
        self._found = np.zeros(0, np.int32)
        self._done = np.zeros(0, bool)

    def __call__(self, codes: np.ndarray, read: np.ndarray) -> np.ndarray:
        """The verdict on each row's cell; of no meaning where the row is not read."""
        more = len(self._texts.cells) - len(self._done)
        self._found = np.append(self._found, np.zeros(more, np.int32))
        self._done = np.append(self._done, np.zeros(more, bool))
        if not self._done.all():
            used = np.bincount(codes[read], minlength=len(self._done)) > 0
            for code in np.flatnonzero(used & ~self._done):
                self._found[code] = self._judge(self._texts.cells[code])
            self._done |= used
        return self._found[codes]


class _Sorting:
    """Sorts the rows of a file into those that stay in columns and those that are looked at."""

    def __init__(self, reader: CellReader, place: dict[str, int], width: int, scratch: Path) -> None:
        feed = reader.feed
        self._reader, self._width, self._place = reader, width, place
        self._sheet = SheetRows(reader, place, width)
        self._texts = {position: _Texts() for position in place.values()}
        self._out = [
            (place[header], _Verdicts(self._texts[place[header]], partial(_is_out, words=words)))
            for header, words in feed.exclude.items()
        ]
        self._rows: list[SourceRow] = []
        self._blank: list[int] = []
        self._last, self._first = 0, True
        distinct: dict[str, Distinct] = {}
        self._stored: dict[str, tuple[int | None, _Verdicts]] = {}
        for column in TABLES[feed.table].columns:
            if column.name in feed.filled:
                position = place[feed.columns[column.name]] if column.name in feed.columns else None
                texts = _Texts(feed.constants[column.name]) if position is None else self._texts[position]
                distinct[column.name] = Distinct()
                judge = partial(_code, reader=reader, column=column, distinct=distinct[column.name])
                self._stored[column.name] = position, _Verdicts(texts, judge)
        self._apart = Apart(tempfile.TemporaryFile(dir=scratch), distinct)  # noqa: SIM115 - as long as the rows

    def take(self, block: Block) -> None:
        """Sort the rows of one block."""
        n = len(block.numbers)
        codes = {position: texts.codes(block, position) for position, texts in self._texts.items()}
        look = self._must_be_looked_at(block)
        out = np.zeros(n, bool)
        for position, verdicts in self._out:
            fate = verdicts(codes[position], np.ones(n, bool))
            look |= fate == LOOK
            out |= fate == 1
        read = ~(out | look)
        stored = {
            name: verdicts(np.zeros(n, np.int32) if position is None else codes[position], read)
            for name, (position, verdicts) in self._stored.items()
        }
        self._apart.excluded["K182"] += int((out & ~look).sum())
        unsound = look | (read & np.logical_or.reduce([column == LOOK for column in stored.values()]))
        sound = ~(unsound | out)
        for column in stored.values():
            gone = column == GONE
            self._reader.noticed["K174"] += int((gone & sound).sum())
            column[gone] = 0
        self._look(block, np.flatnonzero(unsound))
        self._last = max(self._last, int(block.numbers[~unsound].max(initial=0)))
        self._apart.add(block.numbers[sound], {name: column[sound] for name, column in stored.items()})

    def _must_be_looked_at(self, block: Block) -> np.ndarray:
        """The first rows down to one that is filled, and rows with something beyond the headings."""
        look = np.zeros(len(block.numbers), bool)
        for place in range(len(look) if self._first else 0):
            look[place] = True
            if not all(is_blank(cell) for cell in block.cells(place)):
                self._first = False
                break
        for position, (places, texts) in block.columns.items():
            if position >= self._width:
                look |= np.array([not is_blank(text) for text in texts])[places]
        return look

    def _look(self, block: Block, places: np.ndarray) -> None:
        """Take rows the way of all rows, in the order of the file."""
        rows = [*block.odd, *((int(block.numbers[place]), block.cells(place)) for place in places)]
        for number, cells in sorted(rows, key=lambda row: row[0]):
            if all(cell is None for cell in cells):
                self._blank.append(number)
                continue
            self._last = max(self._last, number)
            row = self._sheet.row(number, cells)
            if row.state == "excluded":
                self._apart.excluded[str(row.excluded)] += 1
                continue
            self._rows.append(row)

    def finished(self, dialect: dict[str, str], names: list[str]) -> ColumnRows:
        """The feed, once every block has been sorted; blank rows at the end of the file are none."""
        apart, feed = self._apart, self._reader.feed
        apart.excluded["K181"] += sum(number < self._last for number in self._blank)
        noticed = self._reader.noticed
        noticed["K141"] += not (self._rows or apart.rows or sum(apart.excluded.values()))
        return ColumnRows(
            feed, str(feed.file), "", self._rows, dialect, noticed, data_headings(names), apart=apart)


def _is_out(cell: Cell, words: tuple[str, ...]) -> int:
    """1 where an ``exclude`` rule leaves a cell's row out; LOOK where the row may be a blank one."""
    blank = is_blank(cell)
    if not listed("" if blank else folded(as_text(cell)), words):
        return 0
    return LOOK if blank else 1


def _code(cell: Cell, reader: CellReader, column: ColumnSpec, distinct: Distinct) -> int:
    """The code of what a cell is stored as; LOOK where it is a defect or has to be counted row by row."""
    if has_marks(cell):
        return LOOK
    if reader.says_missing(column.name, cell):
        return LOOK if column.required else GONE
    try:
        return distinct.code(reader.read(column, None if cell == "" else cell))
    except Unreadable:
        return LOOK
