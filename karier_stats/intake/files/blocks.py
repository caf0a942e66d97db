"""The rows of any file as blocks of columns, each column as its distinct cells.

A sheet that lies in memory is one block. A large delimited text file is never
held: it comes block by block, cut by pyarrow where its lines are regular and
by Python's own reader where they are not. Rows, cells and row numbers are
those of :func:`karier_stats.intake.files.readers.read_csv`; a file of which
that cannot be promised is refused with :class:`Unfit`, and is read by that
function.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.errors import InputError
from karier_stats.intake.columns import Column, Pool
from karier_stats.intake.files.readers import Grid, below, read_csv
from karier_stats.intake.values import Cell, is_blank

if TYPE_CHECKING:
    import pyarrow as pa

LARGE = 8_000_000  # bytes of a delimited text from which on it is read block by block
BLOCK = 8_000_000  # bytes read at a time
HEAD = 1_000_000  # bytes at the start in which headings and separator are looked for
LONGEST_LINE = 131_072  # characters of a cell beyond which Python's own reader refuses it
_SAMPLE = 51
_UTF8 = (None, "utf-8", "utf8", "utf-8-sig")
_QUOTE, _END, _RETURN, _NUL, _MARK = b'"', b"\n", b"\r", b"\x00", b"\xef\xbb\xbf"

Cells = tuple[Cell, ...]


class Unfit(Exception):
    """The file is none that can be read block by block with the outcome of the other reader."""


@dataclass(frozen=True)
class Block:
    """Some rows of a file.

    Attributes
    ----------
    numbers : ndarray of int64, shape (n,)
        The row of the sheet, or the line on which the row begins.
    columns : dict of int to Column
        By position: the cells that the feed reads.
    cells : callable
        All cells of one row.
    beyond : dict of int to int
        Rows with something beyond the headings, and how many cells they have.
    laid : dict of int to set of int
        Rows with cells written out from a merged area, and their positions.
    """

    numbers: np.ndarray
    columns: dict[int, Column]
    cells: Callable[[int], Cells]
    beyond: dict[int, int] = field(default_factory=dict)
    laid: dict[int, set[int]] = field(default_factory=dict)


def block_of_grid(grid: Grid, heading: int, width: int, wanted: Collection[int]) -> Block:
    """The wanted columns, by position, of a sheet's rows below its heading of so many columns."""
    rows = list(below(grid, heading))
    block = _block([number for number, _, _ in rows], [cells for _, cells, _ in rows], width, wanted)
    block.laid.update({place: set(given) for place, (_, _, given) in enumerate(rows) if given})
    return block


def _block(numbers: list[int], rows: list[Cells], width: int, wanted: Collection[int]) -> Block:
    """Rows that are cut already."""
    beyond = {place: len(cells) for place, cells in enumerate(rows)
              if len(cells) > width and not all(map(is_blank, cells[width:]))}
    columns = {}
    for position in wanted:
        pool = Pool(None)
        codes = pool.codes([cells[position] if position < len(cells) else None for cells in rows])
        columns[position] = Column(codes, pool.values)
    return Block(np.array(numbers, np.int64), columns, rows.__getitem__, beyond)


class BlockFile:
    """One large delimited text file in UTF-8; ``grid`` are its first rows.

    Raises
    ------
    Unfit
        Where the other reader must have it.
    """

    def __init__(self, path: Path, encoding: str | None, separator: str | None) -> None:
        self.path = path
        self._digest = hashlib.sha256()
        with path.open("rb") as file:
            start = file.read(HEAD)
            whole = not file.read(1)
        start = start if whole else start[:start.rfind(_END) + 1]
        if encoding not in _UTF8 or start.startswith((b"\xff\xfe", b"\xfe\xff")) or _lone_return(start):
            raise Unfit
        try:
            self.grid = read_csv(start, path.name, encoding=encoding, separator=separator)
        except InputError:
            raise Unfit from None
        self._separator = self.grid.dialect["separator"]
        fit = self.grid.dialect["encoding"] in _UTF8 and len(self._separator) == 1
        if not fit or len(self.grid.rows) < _SAMPLE * (not whole):  # more of the file could change how it is read
            raise Unfit

    @property
    def sha256(self) -> str:
        """The hash of the bytes, once all blocks have been read."""
        return self._digest.hexdigest()

    def blocks(self, heading: int, width: int, wanted: Collection[int]) -> Iterator[Block]:
        """The rows below the heading, in order; parameters as of :func:`block_of_grid`."""
        number = next((line for line, _ in self.grid.rows if line > heading), None)
        if number is None or width < 2:
            raise Unfit
        with self.path.open("rb") as file:
            self._digest.update(b"".join(itertools.islice(file, number - 1)))
            left, more = b"", b" "
            while more:
                more = file.read(BLOCK)
                self._digest.update(more)
                data = left + more
                size = data.rfind(_END) + 1 if more else len(data)
                begun = b""
                if size:
                    block, begun = self._block(data[:size], number, not more, width, wanted)
                    number += data.count(_END, 0, size) - begun.count(_END)
                    yield block
                left = begun + data[size:]
                if len(left) > 8 * BLOCK:
                    raise Unfit

    def _block(self, data: bytes, number: int, at_end: bool, width: int, wanted: Collection[int]) -> tuple[Block, bytes]:
        """The columns of lines, the first on line ``number``, and a row that goes on behind them."""
        if not data.isascii() or _NUL in data:
            _decoded(data)
        if _lone_return(data):
            raise Unfit
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _END[0])
        ends = ends if data.endswith(_END) else np.append(ends, len(data))
        untidy = _QUOTE in data and not _tidy(data, ends, self._separator)
        if not untidy and not data.startswith(_MARK) and np.diff(ends, prepend=-1).max() <= LONGEST_LINE:
            cells = len(self._cut(data[:ends[0]]))
            table = _parsed(data, self._separator, cells, wanted, width) if cells > 1 else None
            if table is not None and table.num_rows == len(ends):
                return self._of_table(table, data, ends, number, width, wanted), b""
        return self._of_rows(data, ends, number, at_end, width, wanted)

    def _cut(self, line: bytes) -> Cells:
        """The cells of one line."""
        text = line.decode().rstrip("\r\n")
        return tuple(cell or None for cell in next(csv.reader([text], delimiter=self._separator, strict=True), ()))

    def _of_table(
        self, table: pa.Table, data: bytes, ends: np.ndarray, number: int, width: int, wanted: Collection[int]
    ) -> Block:
        """Lines of one width, cut and encoded already; an empty cell is None."""
        starts = np.append(0, ends[:-1] + 1)
        read = {}
        for name, held in zip(table.column_names, table.columns, strict=True):
            texts = [text or None for text in held.chunk(0).dictionary.to_pylist()]
            read[int(name)] = Column(held.chunk(0).indices.to_numpy(zero_copy_only=False), texts)
        more = [~column.of(is_blank) for place, column in read.items() if place >= width]
        beyond = np.flatnonzero(np.logical_or.reduce(more)).tolist() if more else []
        absent = Column(np.zeros(len(ends), np.uint8), [None])
        return Block(
            number + np.arange(len(ends)), {place: read.get(place, absent) for place in wanted},
            lambda row: self._cut(data[starts[row]:ends[row]]), dict.fromkeys(beyond, max(read) + 1))

    def _of_rows(
        self, data: bytes, ends: np.ndarray, number: int, at_end: bool, width: int, wanted: Collection[int]
    ) -> tuple[Block, bytes]:
        """Rows with quotation marks, of several widths or with other trouble, cut by Python's own reader."""
        reader = csv.reader(io.StringIO(_decoded(data), newline=""), delimiter=self._separator, strict=True)
        numbers, rows, lines = list[int](), list[Cells](), 0
        try:
            for row in reader:
                numbers.append(number + lines)
                rows.append(tuple(cell or None for cell in row))
                lines = reader.line_num
        except csv.Error:
            if at_end or reader.line_num < len(ends):
                raise Unfit from None
        begun = data[ends[lines - 1] + 1:] if lines else data
        return _block(numbers, rows, width, wanted), begun


def _lone_return(data: bytes) -> bool:
    """Whether a line ends with a carriage return alone."""
    return _RETURN in data and data.count(_RETURN) != data.count(b"\r\n")


def _tidy(data: bytes, ends: np.ndarray, separator: str) -> bool:
    """Whether every quotation mark begins or ends a cell, and no cell runs over a line."""
    letters = np.frombuffer(b"\n" + data + b"\n", np.uint8)
    marks = np.flatnonzero(letters == _QUOTE[0])
    opening, closing = marks[::2], marks[1::2]
    around = np.frombuffer(separator.encode() + b"\n", np.uint8)
    return bool(
        len(opening) == len(closing) and np.isin(letters[opening - 1], around).all()
        and np.isin(letters[closing + 1], [*around, _RETURN[0]]).all()
        and (np.searchsorted(ends, opening - 1) == np.searchsorted(ends, closing - 1)).all())


def _decoded(data: bytes) -> str:
    """The text of UTF-8 bytes without NUL."""
    if _NUL in data:
        raise Unfit
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Unfit from None


def _parsed(data: bytes, separator: str, cells: int, wanted: Collection[int], width: int) -> pa.Table | None:
    """The wanted columns of lines that all have so many cells, and those beyond the heading; None where some have not."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    names = [str(position) for position in range(cells)]
    chosen = [name for name in names if int(name) in wanted or int(name) >= width] or names[:1]
    kinds = dict.fromkeys(chosen, pa.dictionary(pa.int32(), pa.string()))
    try:
        return arrow.read_csv(
            pa.py_buffer(data), arrow.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=True),
            arrow.ParseOptions(delimiter=separator, quote_char=_QUOTE.decode() if _QUOTE in data else False),
            arrow.ConvertOptions(include_columns=chosen, column_types=kinds, null_values=[]))
    except pa.ArrowInvalid:
        return None
