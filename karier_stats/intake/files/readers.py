"""Office files as grids of typed cells, with the row numbers that the office sees.

An xlsx cell keeps its type and what the sheet shows of it: a number in a
column of service numbers has already lost its last digits, and only the type
tells; 0.85 shown as 85 % is 85. A csv cell is always text. Nothing is guessed
beyond encoding and separator, and both are recorded.
"""

from __future__ import annotations

import contextlib
import csv
import difflib
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from karier_stats.errors import InputError
from karier_stats.intake.files.sheets import Merged, Package, UnsafeXml
from karier_stats.intake.values import Cell, as_text

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
    hidden : int
        Hidden rows and columns, which are read like any other.
    hidden_sheets : int
        Hidden sheets of the workbook other than this one, which are not read.
    mixed : int
        Lines of a UTF-8 text that are in Windows-1252, each read in its own.
    exact : int
        Numbers of people that came as whole numbers, every digit there.
    unordered : int
        1 where a database was not told in which order to give its rows.
    """

    rows: list[tuple[int, tuple[Cell, ...]]]
    dialect: dict[str, str]
    sha256: str
    spans: dict[tuple[int, int], Merged]
    hidden: int = 0
    hidden_sheets: int = 0
    mixed: int = 0
    exact: int = 0
    unordered: int = 0


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
    return Grid(_without_blank_end(rows), dialect, hashlib.sha256(content).hexdigest(), {}, mixed=mixed)


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
    return Grid(
        _without_blank_end(rows), {"kind": "xlsx", "sheet": named.title}, hashlib.sha256(content).hexdigest(),
        spans, cells.hidden, sum(not other.visible and other is not named for other in package.sheets))


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
    levels = [["" if cell is None else as_text(cell) for cell in written_out(grid, row, by_number.get(row, ()))]
              for row in header]
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
