"""Office files as grids of typed cells, with the row numbers that the office sees.

An xlsx cell keeps its type: a number in a column of service numbers has
already lost its last digits, and only the type shows it. A csv cell is always
text. Nothing is guessed beyond encoding and separator, and both are recorded.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import InputError
from karier_stats.intake.values import Cell, as_text

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SEPARATORS = (",", ";", "\t", "|")
LARGEST_UNPACKED = 500_000_000
MOST_TIMES_UNPACKED = 50
MOST_CELLS = 50_000_000
"""Rows times columns beyond which a sheet is no list that an office keeps."""
_SMALL_UNPACKED = 20_000_000
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:$]+)"')
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, ValueError, TypeError, OverflowError,
    EOFError, OSError,
)
"""What a damaged package makes the zip reader raise."""
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
        Cells that lie under a merged cell: (row, column from 0) to its value.
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
    spans: dict[tuple[int, int], Cell]
    hidden: int = 0
    hidden_sheets: int = 0
    mixed: int = 0
    exact: int = 0
    unordered: int = 0


def file_hash(path: Path, folder: Path) -> str:
    """The sha256 of a raw file, read in blocks; refused as in :func:`read_bytes`.

    Raises
    ------
    InputError
        K196, K197.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError("K197", file=path.name)
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError("K196", file=path.name) from error


def read_bytes(path: Path, folder: Path) -> bytes:
    """The bytes of a raw file that lies in ``folder``.

    Raises
    ------
    InputError
        K196 where it may not be read, K197 where its real place is outside
        the folder, K140 where it is empty.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InputError("K197", file=path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError("K196", file=path.name) from error
    if not content.strip():
        raise InputError("K140", file=path.name)
    return content


def read_csv(
    content: bytes, file: str, *, encoding: str | None = None, separator: str | None = None
) -> Grid:
    """A delimited text file.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        Its name, for messages.
    encoding, separator : str, optional
        Where not given: BOM, else UTF-8, else Windows-1252; and the separator
        among comma, semicolon, tab and bar that cuts most rows alike.

    Returns
    -------
    Grid

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
    try:
        rows = list(_csv_rows(text, separator))
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


def _csv_rows(text: str, separator: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """Rows with the line on which each begins; an empty cell is None."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    for row in reader:
        yield begins, tuple(cell or None for cell in row)
        begins = reader.line_num + 1


def read_xlsx(content: bytes, file: str, *, sheet: str | None = None) -> Grid:
    """One sheet of an xlsx workbook, every cell with its own type.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        Its name, for messages.
    sheet : str, optional
        Must be named where the workbook has several visible sheets.

    Returns
    -------
    Grid

    Raises
    ------
    InputError
        K188 a stray cell or merged area makes the sheet huge, K190 unpacks
        too large, K191 refused XML (entities), K192 macros, K193 password,
        K194 not an xlsx file, K210 the sheet is not named or absent.
    """
    _check_package(content, file)
    workbook = _workbook(content, file)
    worksheet = _sheet(workbook, file, sheet)
    if worksheet.max_row * worksheet.max_column > MOST_CELLS:
        raise InputError("K188", file=file, n=worksheet.max_row * worksheet.max_column)
    rows = [
        (index, tuple(None if cell == "" else cell for cell in row))
        for index, row in enumerate(worksheet.iter_rows(values_only=True), start=1)
    ]
    if any(isinstance(cell, str) and "\x00" in cell for _, row in rows for cell in row):
        raise InputError("K198", file=file)
    hidden = [*worksheet.row_dimensions.values(), *worksheet.column_dimensions.values()]
    return Grid(
        _without_blank_end(rows), {"kind": "xlsx", "sheet": worksheet.title}, hashlib.sha256(content).hexdigest(),
        _spans(worksheet), sum(bool(dimension.hidden) for dimension in hidden),
        sum(other.sheet_state != "visible" and other is not worksheet for other in workbook.worksheets),
    )


def sheet_names(content: bytes, file: str) -> list[str]:
    """Every sheet of a workbook, hidden ones too; refused as in :func:`read_xlsx`."""
    _check_package(content, file)
    return [worksheet.title for worksheet in _workbook(content, file).worksheets]


def _check_package(content: bytes, file: str) -> None:
    """Refuse what is no plain xlsx, before anything is unpacked."""
    if content.startswith(_COMPOUND_FILE):
        raise InputError("K193", file=file)
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGED:
        raise InputError("K194", file=file) from None
    parts = package.infolist()
    unpacked = sum(part.file_size for part in parts)
    large = unpacked > _SMALL_UNPACKED and unpacked > MOST_TIMES_UNPACKED * len(content)
    if unpacked > LARGEST_UNPACKED or large:
        raise InputError("K190", file=file, times=unpacked // len(content))
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        raise InputError("K192", file=file)
    merged = sum(_merged_cells(package, part) for part in parts if part.filename.startswith("xl/worksheets/"))
    if merged > MOST_CELLS // 10:
        raise InputError("K188", file=file, n=merged)


def _merged_cells(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many cells the merged areas of a sheet cover; they cost memory before a single value is read."""
    from openpyxl.utils.cell import range_boundaries

    try:
        areas = _MERGED.findall(package.read(part))
        bounds = [range_boundaries(area.decode()) for area in areas]
    except _DAMAGED:
        return 0  # a damaged part is refused by the workbook's own reader
    return sum((bottom - top + 1) * (right - left + 1) for left, top, right, bottom in bounds)


def _workbook(content: bytes, file: str) -> Workbook:
    """The parsed workbook; XML with entities is refused by defusedxml."""
    import warnings

    import defusedxml
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles it does not know
            return openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:  # openpyxl raises, or wraps, whatever its XML parser stumbles on
        unsafe = any(isinstance(found, defusedxml.DefusedXmlException) for found in (error, error.__cause__))
        raise InputError("K191" if unsafe else "K194", file=file) from error


def _sheet(workbook: Workbook, file: str, sheet: str | None) -> Worksheet:
    """The sheet that was named, or the only visible one."""
    sheets: dict[str, Any] = {worksheet.title: worksheet for worksheet in workbook.worksheets}
    visible = [title for title, worksheet in sheets.items() if worksheet.sheet_state == "visible"]
    if sheet is None and len(visible) == 1:
        return sheets[visible[0]]
    if sheet in sheets:
        return sheets[sheet]
    near = difflib.get_close_matches(str(sheet), visible, n=1) if sheet else []
    raise InputError(
        "K210", file=file, sheet=sheet or "–", sheets=", ".join(visible) or "–", near=(near or visible or ["–"])[0]
    )


def _spans(worksheet: Worksheet) -> dict[tuple[int, int], Cell]:
    """Values of merged cells at every place that they cover."""
    return {
        (row, column - 1): worksheet.cell(area.min_row, area.min_col).value
        for area in worksheet.merged_cells.ranges
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }


def _without_blank_end(rows: list[tuple[int, tuple[Cell, ...]]]) -> list[tuple[int, tuple[Cell, ...]]]:
    """The rows up to the last one with anything in it."""
    filled = (index for index, (_, cells) in enumerate(rows, start=1) if any(cell is not None for cell in cells))
    return rows[:max(filled, default=0)]


def headings(grid: Grid, header: tuple[int, ...]) -> list[str]:
    """The heading of each column, from one header row or two.

    Of two rows, an upper heading that spans several columns is joined to each
    lower one as ``Upper / Lower``; a heading merged downwards stands alone.
    A column without a heading is an empty text.
    """
    by_number = dict(grid.rows)
    levels = [_level(grid, row, by_number.get(row, ())) for row in header]
    width = max((len(level) for level in levels), default=0)
    levels = [level + [""] * (width - len(level)) for level in levels]
    if len(levels) == 1:
        return levels[0]
    upper = levels[0] if grid.spans else _carried(levels[0], levels[1])
    return [_joined(high, low) for high, low in zip(upper, levels[1], strict=True)]


def _level(grid: Grid, row: int, cells: tuple[Cell, ...]) -> list[str]:
    """The texts of one header row, merged cells written out."""
    written = (grid.spans.get((row, column), cell) for column, cell in enumerate(cells))
    return ["" if cell is None else as_text(cell) for cell in written]


def _carried(upper: list[str], lower: list[str]) -> list[str]:
    """Upper headings of a csv carried to the right over columns that have only a lower one."""
    carried, current = [], ""
    for high, low in zip(upper, lower, strict=True):
        current = high or (current if low else "")
        carried.append(current)
    return carried


def _joined(upper: str, lower: str) -> str:
    """One heading of its two parts."""
    if not upper or not lower or upper == lower:
        return upper or lower
    return f"{upper} / {lower}"
