"""Office files as grids of typed cells or blocks of columns, with the row numbers that the office sees.

An xlsx cell keeps its type and what the sheet shows of it: a number in a
column of service numbers has already lost its last digits, and only the type
tells; 0.85 shown as 85 % is 85. A csv cell is always text. Nothing is guessed
beyond encoding and separator, and both are recorded.

A sheet that lies in memory is one block. A large delimited text file is never
held: it comes block by block, cut by pyarrow where its lines are regular and
by Python's own reader where they are not. Rows, cells and row numbers are
those of :func:`read_csv`; a file of which that cannot be promised is refused
with :class:`Unfit`, and is read by that function.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
import hashlib
import io
import itertools
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.errors import InputError
from karier_stats.intake.columns import Column, Pool
from karier_stats.intake.files.sheets import Merged, Package, UnsafeXml
from karier_stats.intake.values import Cell, as_text, is_blank

if TYPE_CHECKING:
    import pyarrow as pa

SEPARATORS = (",", ";", "\t", "|")
LARGEST_UNPACKED = 500_000_000
MOST_TIMES_UNPACKED = 50
MOST_CELLS = 50_000_000  # rows times columns beyond which a sheet is no list that an office keeps
_SMALL_UNPACKED = 20_000_000
_LONGEST_TITLE = 64
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet.

    Attributes
    ----------
    rows : list of (int, tuple of Cell)
        Row number as the office counts (from 1; in csv the line on which the
        row begins) and its cells; blank rows at the end are left out. The
        names of a database's or Parquet's columns are row 0.
    dialect : dict
        How the file was read: kind, encoding and separator, or sheet.
    sha256 : str
        Hash of the file's bytes.
    spans : dict
        Cells that lie under a merged cell: (row, column from 0) to its area.
    noticed : dict of str to int
        What is to be told of the file, by code: K128 hidden rows and columns, which are read like any other; K147 hidden
        sheets, which are not; K129 a text that is taken for Windows-1252, K136 lines of a UTF-8 text that are in it; K247
        numbers of people that came as whole numbers, every digit there; K248 rows of a database in no order of its own.
    """

    rows: list[tuple[int, tuple[Cell, ...]]]
    dialect: dict[str, str]
    sha256: str
    spans: dict[tuple[int, int], Merged]
    noticed: dict[str, int] = field(default_factory=dict)


def file_hash(path: Path, folder: Path) -> str:
    """The sha256 of a raw file, read in blocks; K196 and K197 as in :func:`read_bytes`."""
    with _opened(path, folder) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_bytes(path: Path, folder: Path) -> bytes:
    """The bytes of a raw file that lies in ``folder``; K197 where its real place is outside, K196 unreadable, K140 empty."""
    with _opened(path, folder) as file:
        content = file.read()
    if not content.strip():
        raise InputError("K140", file=path.name)
    return content


@contextlib.contextmanager
def _opened(path: Path, folder: Path) -> Iterator[io.BufferedReader]:
    """A raw file, if it lies in the folder (K197) and may be read (K196)."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError("K197", file=path.name)
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise InputError("K196", file=path.name) from error


def read_csv(content: bytes, file: str, *, encoding: str | None = None, separator: str | None = None) -> Grid:
    """A delimited text file; ``file`` is its name, for messages.

    Where not given, the encoding is that of a BOM, else UTF-8, else Windows-1252;
    the separator that among comma, semicolon, tab and bar which cuts most rows alike.

    Raises
    ------
    InputError
        K140 empty, K144 a quotation mark is not closed, K198 NUL characters,
        K199 the encoding does not fit.
    """
    guessed = encoding is None
    text, encoding, mixed = _decoded(content, file, encoding)
    if not text.strip():
        raise InputError("K140", file=file)
    if "\x00" in text:
        raise InputError("K198", file=file)
    separator = separator or _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, begins = list[tuple[int, tuple[Cell, ...]]](), 1
    try:
        for row in reader:
            rows.append((begins, tuple(cell or None for cell in row)))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError("K144", file=file) from error
    dialect = {"kind": "csv", "encoding": encoding, "separator": separator}
    noticed = {"K129": int(guessed and encoding == "cp1252"), "K136": mixed}
    return Grid(_without_blank_end(rows), dialect, hashlib.sha256(content).hexdigest(), {}, noticed)


def _decoded(content: bytes, file: str, encoding: str | None) -> tuple[str, str, int]:
    """The text, the name of its encoding, and how many lines were in another one."""
    if encoding is None:
        if content.startswith(b"\xef\xbb\xbf"):
            encoding = "utf-8-sig"
        elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = content.decode(candidate)
        except (UnicodeError, LookupError):
            continue
        mixed = _line_by_line(content) if candidate == "cp1252" and encoding is None else None
        return mixed or (text, candidate, 0)
    raise InputError("K199", file=file, encoding=encoding or "utf-8, cp1252")


def _line_by_line(content: bytes) -> tuple[str, str, int] | None:
    """A text put together from files of two encodings, each line in its own; None where all are in one."""
    lines, other, accented = [], 0, 0
    for line in content.splitlines(keepends=True):
        try:
            lines.append(line.decode("utf-8"))
            accented += not line.isascii()
        except UnicodeDecodeError:
            lines.append(line.decode("cp1252"))
            other += 1
    return ("".join(lines), "utf-8+cp1252", other) if accented else None


def _separator(text: str) -> str:
    """The separator that gives most of the first 50 rows the same number of cells, above one."""

    def fit(separator: str) -> tuple[int, int]:
        sample = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            widths = Counter(len(row) for row, _ in zip(sample, range(50), strict=False) if len(row) > 1)
        except csv.Error:
            return 0, 0
        if not widths:
            return 0, 0
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        return count, width

    return max(SEPARATORS, key=fit)


def read_xlsx(content: bytes, file: str, *, sheet: str | None = None) -> Grid:
    """One sheet of an xlsx workbook, every cell with its own type and as the sheet shows it; named where several are visible.

    Raises
    ------
    InputError
        K188 a stray cell or merged area makes the sheet huge, K190 unpacks
        too large, K191 refused XML (entities), K192 macros, K193 password,
        K194 not an xlsx file, K198 NUL characters, K210 the sheet is not
        named or absent.
    """
    package = _package(content, file)
    visible = [one for one in package.sheets if one.visible]
    found = visible if sheet is None else [one for one in package.sheets if one.title == sheet]
    if len(found) != 1:
        titles = [one.title for one in visible]
        near = difflib.get_close_matches(sheet[:_LONGEST_TITLE], titles, n=1) if sheet else []
        raise InputError("K210", file=file, sheet=sheet or "–", sheets=", ".join(titles) or "–", near=(near or titles or ["–"])[0])
    named = found[0]
    with _refused(file):
        cells = package.cells(named)
    covered = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in cells.areas)
    height, width = cells.height, cells.width
    if height * width > MOST_CELLS or covered > MOST_CELLS // 10:
        raise InputError("K188", file=file, n=max(height * width, covered))
    rows = [(number, tuple(map(cells.rows.get(number, {}).get, range(width)))) for number in range(1, height + 1)]
    if any(isinstance(cell, str) and "\x00" in cell for _, row in rows for cell in row):
        raise InputError("K198", file=file)
    merged = [Merged(cells.rows.get(area[0], {}).get(area[1]), *area) for area in cells.areas]
    spans = {(row, column): area for area in merged
             for row in range(area.top, area.bottom + 1) for column in range(area.left, area.right + 1)}
    noticed = {"K128": cells.hidden, "K147": sum(not other.visible and other is not named for other in package.sheets)}
    return Grid(
        _without_blank_end(rows), {"kind": "xlsx", "sheet": named.title}, hashlib.sha256(content).hexdigest(), spans, noticed)


def sheet_names(content: bytes, file: str, *, hidden: bool = True) -> list[str]:
    """Every sheet of a workbook, hidden ones too unless left out; refused as in :func:`read_xlsx`."""
    return [sheet.title for sheet in _package(content, file).sheets if hidden or sheet.visible]


def _package(content: bytes, file: str) -> Package:
    """The parts of what is a plain xlsx; anything else is refused before it is unpacked."""
    if content.startswith(_COMPOUND_FILE):
        raise InputError("K193", file=file)
    with _refused(file):
        package = zipfile.ZipFile(io.BytesIO(content))
        parts = package.infolist()
    unpacked = sum(part.file_size for part in parts)
    large = unpacked > _SMALL_UNPACKED and unpacked > MOST_TIMES_UNPACKED * len(content)
    if unpacked > LARGEST_UNPACKED or large:
        raise InputError("K190", file=file, times=unpacked // len(content))
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise InputError("K192", file=file)
    with _refused(file):
        return Package(package)


@contextlib.contextmanager
def _refused(file: str) -> Iterator[None]:
    """Refuse what is damaged: whatever its zip or its XML makes stumble."""
    try:
        yield
    except UnsafeXml as error:
        raise InputError("K191", file=file) from error
    except Exception as error:
        raise InputError("K194", file=file) from error


def _without_blank_end(rows: list[tuple[int, tuple[Cell, ...]]]) -> list[tuple[int, tuple[Cell, ...]]]:
    """The rows up to the last one with anything in it."""
    filled = (index for index, (_, cells) in enumerate(rows, start=1) if any(cell is not None for cell in cells))
    return rows[:max(filled, default=0)]


def below(grid: Grid, heading: int) -> Iterator[tuple[int, tuple[Cell, ...], dict[int, Cell]]]:
    """The rows below the heading: number, cells with merged ones written out, and those that came from elsewhere, by column.

    A merged area is written into every row of data that it covers: a text in
    the column where it begins (it may be the title of a part), anything else
    in all of its columns. A row that holds nothing of its own stays blank. An
    area that begins in the last heading row or above is a heading's.
    """
    places: dict[int, dict[int, Cell]] = {}
    for (row, column), area in grid.spans.items():
        elsewhere = (row, column) != (area.top, area.left) and area.value is not None
        if elsewhere and area.top > heading and (column == area.left or not isinstance(area.value, str)):
            places.setdefault(row, {})[column] = area.value
    for number, cells in grid.rows:
        if number > heading:
            given = places.get(number, {})
            if given and any(cell is not None and place not in given for place, cell in enumerate(cells)):
                width = max(len(cells), max(given) + 1)
                laid = (given.get(place, cells[place] if place < len(cells) else None) for place in range(width))
                yield number, tuple(laid), given
            else:
                yield number, cells, {}


def headings(grid: Grid, header: tuple[int, ...]) -> list[str]:
    """The heading of each column, from one header row or several.

    Of two rows, an upper heading that spans several columns is joined to each
    lower one as ``Upper / Lower``; a heading merged downwards stands alone.
    Where the upper row merges no columns, each of its headings goes for the
    columns to its right that have only a lower one. A third row is joined in
    the same way to what the first two give. A column without a heading is an
    empty text.
    """
    by_number = dict(grid.rows)
    levels = [["" if cell is None else as_text(cell) for cell in written_out(grid, row, by_number.get(row, ()))] for row in header]
    width = max((len(level) for level in levels), default=0)
    levels = [level + [""] * (width - len(level)) for level in levels]
    names = [""] * width
    for depth, row in enumerate(header):
        own = [grid.spans[row, place] for place in range(width) if (row, place) in grid.spans]
        if depth + 1 < len(header) and not any(area.right > area.left for area in own):
            below = [next(filter(None, lower), "") for lower in zip(*levels[depth + 1:], strict=True)]
            begins = [any(upper) for upper in zip(*levels[:depth], strict=True)] or [False] * width
            carried, current = list[str](), ""
            for high, low, new in zip(levels[depth], below, begins, strict=True):
                current = high or (current if low and not new else "")
                carried.append(current)
                current = "" if high and high == low else current  # merged downwards: it stands alone
            names = _joined(names, carried)
        else:
            names = _joined(names, levels[depth])
    return names


def written_out(grid: Grid, row: int, cells: tuple[Cell, ...]) -> list[Cell]:
    """The cells of a row of headings, merged ones written out."""
    areas = (grid.spans.get((row, column)) for column in range(len(cells)))
    return [area.value if area else cell for area, cell in zip(areas, cells, strict=True)]


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """The heading of each column with that below it."""
    return [high or low if not high or not low or high == low or high.endswith(f" / {low}") else f"{high} / {low}"
            for high, low in zip(upper, lower, strict=True)]


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
    beyond = {place: len(cells) for place, cells in enumerate(rows) if len(cells) > width and not all(map(is_blank, cells[width:]))}
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
        if encoding not in _UTF8 or start.startswith((b"\xff\xfe", b"\xfe\xff")) or start.count(_RETURN) != start.count(b"\r\n"):
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
            _utf8(data)
        if data.count(_RETURN) != data.count(b"\r\n"):  # a line that ends with a carriage return alone
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

    def _of_table(self, table: pa.Table, data: bytes, ends: np.ndarray, number: int, width: int, wanted: Collection[int]) -> Block:
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
        reader = csv.reader(io.StringIO(_utf8(data), newline=""), delimiter=self._separator, strict=True)
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


def _utf8(data: bytes) -> str:
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
