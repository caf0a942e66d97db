"""A large delimited text file as blocks of columns, read without holding the file.

Every block gives, for each column that is asked for, the distinct texts and
the place of each row's text among them. Lines that are cut otherwise than
most come apart, as cells. Rows, cells and row numbers are those of
:func:`karier_stats.intake.files.readers.read_csv`; a file of which that cannot be
promised is refused here with :class:`Unfit`, and is read by that function.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from karier_stats.errors import InputError
from karier_stats.intake.files.readers import SEPARATORS, Grid, read_csv
from karier_stats.intake.values import Cell

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 8_000_000
"""Bytes read at a time."""
HEAD = 1_000_000
"""Bytes at the start in which headings and separator are looked for."""
LONGEST_LINE = 131_072
"""Characters of a cell beyond which Python's own reader refuses it."""
_SAMPLE = 51
_TRIES = 20
_UTF8 = (None, "utf-8", "utf8", "utf-8-sig")
_QUOTE, _END, _RETURN, _NUL, _MARK = b'"', b"\n", b"\r", b"\x00", b"\xef\xbb\xbf"


class Unfit(Exception):
    """The file is none that can be read in columns with the outcome of the other reader."""


@dataclass(frozen=True)
class Block:
    """Some rows of a file.

    Attributes
    ----------
    numbers : ndarray of int64, shape (n,)
        The line on which each regular row begins.
    columns : dict of int to (ndarray of int32, list of str)
        By position in the row: the place of each row's text, and the texts.
    width : int
        Cells of a regular row.
    odd : list of (int, tuple of Cell)
        Rows of another width, with their line.
    cells : callable
        All cells of one regular row.
    last : int
        The line on which the last row of the block, regular or odd, begins.
    """

    numbers: np.ndarray
    columns: dict[int, tuple[np.ndarray, list[str]]]
    width: int
    odd: list[tuple[int, tuple[Cell, ...]]]
    cells: Callable[[int], tuple[Cell, ...]]
    last: int


class ColumnFile:
    """One delimited text file in UTF-8.

    Parameters
    ----------
    path : Path
        The file.
    encoding, separator : str, optional
        As the crosswalk declares them.

    Raises
    ------
    Unfit
        Where the other reader must have it.
    """

    def __init__(self, path: Path, encoding: str | None, separator: str | None) -> None:
        if encoding not in _UTF8:
            raise Unfit
        self.path = path
        self._digest = hashlib.sha256()
        self.grid = _head(path, encoding, separator)
        self.separator = self.grid.dialect["separator"]

    @property
    def sha256(self) -> str:
        """The hash of the bytes, once all blocks have been read."""
        return self._digest.hexdigest()

    def blocks(self, after: int, width: int, wanted: tuple[int, ...]) -> Iterator[Block]:
        """The rows below the heading, in order.

        Parameters
        ----------
        after : int
            The last row of the heading.
        width : int
            Cells that a row should have.
        wanted : tuple of int
            Positions of the columns to read; positions beyond ``width`` are
            read wherever a row is longer.

        Yields
        ------
        Block
        """
        number = next((line for line, _ in self.grid.rows if line > after), None)
        if number is None:
            raise Unfit
        cut = _Cut(self.separator, width, wanted)
        with self.path.open("rb") as file, ThreadPoolExecutor(1) as ahead:
            skipped = b"".join(itertools.islice(file, number - 1))
            self._digest.update(skipped)
            waiting: Future[Block] | None = None
            for lines, ends in self._lines(file):
                task = ahead.submit(cut.block, lines, number, ends)
                number += lines.count(_END)
                if waiting is not None:
                    yield waiting.result()
                waiting = task
            if waiting is not None:
                yield waiting.result()

    def _lines(self, file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
        """Runs of whole rows, and whether the file ends with them."""
        left = b""
        while True:
            more = file.read(BLOCK)
            self._digest.update(more)
            data = left + more
            if not data:
                return
            size = _whole_rows(data, self.separator, not more)
            if size:
                yield data[:size], not more
            left = data[size:]
            if len(left) > 8 * BLOCK:
                raise Unfit
            if not more and not left:
                return


def _head(path: Path, encoding: str | None, separator: str | None) -> Grid:
    """The first rows, read as the other reader would; Unfit where more of the file could change how."""
    try:
        with path.open("rb") as file:
            start = file.read(HEAD)
            whole = not file.read(1)
    except OSError:
        raise Unfit from None
    start = start if whole else start[:start.rfind(_END) + 1]
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or _lone_return(start):
        raise Unfit
    grid = _read_start(start, path.name, encoding, separator, 1 if whole else _TRIES)
    if grid.dialect["encoding"] not in _UTF8 or len(grid.dialect["separator"]) != 1:
        raise Unfit
    if len(grid.rows) < _SAMPLE and not whole:
        raise Unfit
    if separator is None and not whole and not _settled(start.decode()):
        raise Unfit
    return grid


def _read_start(start: bytes, file: str, encoding: str | None, separator: str | None, tries: int) -> Grid:
    """The start as a grid; its last lines are left off where they begin a row that goes on."""
    for _ in range(tries):
        try:
            return read_csv(start, file, encoding=encoding, separator=separator)
        except InputError:
            start = start[:start[:-1].rfind(_END) + 1]
    raise Unfit


def _settled(text: str) -> bool:
    """Whether the rows by which the separator is chosen end before the text does, whatever it is."""
    lines = text.count("\n")
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            list(itertools.islice(reader, _SAMPLE))
        except csv.Error:
            continue
        if reader.line_num >= lines:
            return False
    return True


def _lone_return(data: bytes) -> bool:
    """Whether a line ends with a carriage return alone."""
    return _RETURN in data and data.count(_RETURN) != data.count(b"\r\n")


def _whole_rows(data: bytes, separator: str, at_end: bool) -> int:
    """How many bytes at the start of ``data`` are whole rows; a quoted cell may run over lines."""
    size = len(data) if at_end else data.rfind(_END) + 1
    if _QUOTE not in data[:size] or _tidy(data[:size], separator):
        return size
    text = _decoded(data[:size])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines, done = text.count("\n") + (not text.endswith("\n")), 0
    try:
        for _ in reader:
            done = reader.line_num
    except csv.Error:
        if at_end or reader.line_num < lines:
            raise Unfit from None
    if done == lines:
        return size
    ends = np.flatnonzero(np.frombuffer(data[:size], np.uint8) == _END[0])
    return int(ends[done - 1]) + 1 if done else 0


def _tidy(data: bytes, separator: str) -> bool:
    """Whether every quotation mark begins or ends a cell, and no cell runs over a line."""
    letters = np.frombuffer(b"\n" + data + b"\n", np.uint8)
    marks = np.flatnonzero(letters == _QUOTE[0])
    opening, closing = marks[::2], marks[1::2]
    if len(opening) != len(closing):
        return False
    around = np.frombuffer(separator.encode() + b"\n", np.uint8)
    if not np.isin(letters[opening - 1], around).all() or not np.isin(letters[closing + 1], [*around, _RETURN[0]]).all():
        return False
    ends = np.flatnonzero(letters == _END[0])
    return bool((np.searchsorted(ends, opening) == np.searchsorted(ends, closing)).all())


def _decoded(data: bytes) -> str:
    """The text of UTF-8 bytes without NUL."""
    if _NUL in data:
        raise Unfit
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Unfit from None


@dataclass(frozen=True)
class _Cut:
    """How lines are cut into columns."""

    separator: str
    width: int
    wanted: tuple[int, ...]

    def block(self, data: bytes, number: int, at_end: bool) -> Block:
        """The columns of whole rows, the first of which begins on line ``number``."""
        if not data.isascii() or _NUL in data:
            _decoded(data)
        if _lone_return(data):
            raise Unfit
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _END[0])
        if at_end and not data.endswith(_END):
            ends = np.append(ends, len(data))
        lengths = np.diff(ends, prepend=-1)
        untidy = _QUOTE in data and not _tidy(data, self.separator)
        if untidy or data.startswith(_MARK) or lengths.max(initial=0) > LONGEST_LINE:
            return self._of_rows(data, number)
        return self._of_lines(data, number, ends)

    def _of_lines(self, data: bytes, number: int, ends: np.ndarray) -> Block:
        """Rows that are lines."""
        starts = np.append(0, ends[:-1] + 1)
        table, width, regular = self._parsed(data, self.width), self.width, None
        if (table is None or table.num_rows != len(ends)) and _QUOTE in data:
            return self._of_rows(data, number)
        if table is None or table.num_rows != len(ends):
            marks = np.flatnonzero(np.frombuffer(data, np.uint8) == ord(self.separator))
            counts = np.diff(np.searchsorted(marks, ends), prepend=0)
            width = int(np.bincount(counts).argmax()) + 1
            regular = (counts == width - 1) & (width > 1)
            chosen = zip(starts[regular], ends[regular] + 1, strict=True)
            table = self._parsed(b"".join([data[start:end] for start, end in chosen]), width)
        if table is None or (regular is not None and table.num_rows != regular.sum()):
            return self._of_rows(data, number)

        def cells(line: int) -> tuple[Cell, ...]:
            text = data[starts[line]:ends[line]].decode().rstrip("\r\n")
            return tuple(cell or None for cell in next(csv.reader([text], delimiter=self.separator, strict=True), ()))

        numbers = number + np.arange(len(ends))
        places = np.arange(len(ends)) if regular is None else np.flatnonzero(regular)
        odd = [] if regular is None else [(int(numbers[i]), cells(int(i))) for i in np.flatnonzero(~regular)]
        columns = {int(name): _places(table[name].chunk(0)) for name in table.column_names} if table.num_rows else {}
        return Block(numbers[places], columns, width, odd, lambda i: cells(int(places[i])), int(numbers[-1]))

    def _parsed(self, data: bytes, width: int) -> pa.Table | None:
        """The wanted columns of lines that all have ``width`` cells; None where some have not."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        names = [str(position) for position in range(width)]
        wanted = [name for name in names if int(name) in self.wanted or int(name) >= self.width]
        kind = pa.dictionary(pa.int32(), pa.string())
        if not data:
            return pa.table({name: pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), [""]) for name in wanted})
        try:
            return arrow.read_csv(
                pa.py_buffer(data),
                read_options=arrow.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=True),
                parse_options=arrow.ParseOptions(delimiter=self.separator, quote_char=_QUOTE.decode() if _QUOTE in data else False),
                convert_options=arrow.ConvertOptions(
                    include_columns=wanted, column_types=dict.fromkeys(wanted, kind), null_values=[]),
            )
        except pa.ArrowInvalid:
            return None

    def _of_rows(self, data: bytes, number: int) -> Block:
        """Rows with quotation marks or other trouble, cut by Python's own reader."""
        text = _decoded(data)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator, strict=True)
        rows: list[tuple[int, tuple[Cell, ...]]] = []
        begins = number
        try:
            for row in reader:
                rows.append((begins, tuple(cell or None for cell in row)))
                begins = number + reader.line_num
        except csv.Error:
            raise Unfit from None
        regular = [row for row in rows if len(row[1]) == self.width]
        odd = [row for row in rows if len(row[1]) != self.width]
        columns = {place: _listed([row[place] or "" for _, row in regular])  # type: ignore[misc]
                   for place in self.wanted if place < self.width} if regular else {}
        numbers = np.array([begins for begins, _ in regular], dtype=np.int64)
        return Block(numbers, columns, self.width, odd, lambda i: regular[i][1], rows[-1][0])


def _places(column: pa.DictionaryArray) -> tuple[np.ndarray, list[str]]:
    """Places and texts of a column that is encoded already."""
    return column.indices.to_numpy(zero_copy_only=False), column.dictionary.to_pylist()


def _listed(texts: list[str]) -> tuple[np.ndarray, list[str]]:
    """Places and distinct texts, in the order of their first appearance."""
    places: dict[str, int] = {}
    found = np.fromiter((places.setdefault(text, len(places)) for text in texts), np.int32, len(texts))
    return found, list(places)
