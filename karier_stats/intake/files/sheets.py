"""The parts of an xlsx package: its sheets, texts and formats, and what each cell shows.

Names are read without their namespaces, so that a workbook saved as "Strict
Open XML Spreadsheet" is read like any other. XML that declares a document type
is refused before any of it is used.
"""

from __future__ import annotations

import datetime
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from karier_stats.intake.files.shown import Flawed, Format
from karier_stats.intake.values import Cell

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_UNCOMPUTED = "="

Attributes = dict[str, str]


class UnsafeXml(Exception):
    """XML that declares a document type, which no workbook needs and entities hide in."""


class Merged(NamedTuple):
    """A merged area: the value that it shows, and where it begins (row from 1, column from 0) and ends."""

    value: Cell
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook: its title, whether it is seen, and the part that holds it."""

    title: str
    visible: bool
    part: str


@dataclass
class Cells:
    """What a sheet holds: cells by row (from 1) and column (from 0), merged areas, hidden rows and columns."""

    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    areas: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    @property
    def height(self) -> int:
        """The last row with a cell."""
        return max((row for row, cells in self.rows.items() if cells), default=0)

    @property
    def width(self) -> int:
        """The number of columns up to the last with a cell."""
        return 1 + max((max(cells, default=-1) for cells in self.rows.values()), default=-1)

    @property
    def hidden(self) -> int:
        """Hidden rows and columns among those with cells."""
        width = self.width
        columns = sum(max(0, min(last, width) - first + 1) for first, last in self.hidden_columns)
        return len(self.hidden_rows & set(self.rows)) + columns

    def merged(self) -> list[Merged]:
        """The merged areas with what they show."""
        return [
            Merged(self.rows.get(top, {}).get(left), top, left, bottom, right) for top, left, bottom, right in self.areas
        ]


class Package:
    """The parts of an xlsx file that matter for its cells.

    Parameters
    ----------
    package : ZipFile
        The opened file.

    Raises
    ------
    UnsafeXml
        A part declares a document type.
    Exception
        Whatever a damaged part leads to.
    """

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self._names = {_plain(name): name for name in package.namelist()}
        root = [target for kind, target in self._related("").values() if kind == "officeDocument"]
        self._book = root[0] if root else "xl/workbook.xml"
        self._epoch = datetime.datetime(1899, 12, 30)
        self._recalculated = False
        self.sheets: list[Sheet] = []
        self._links = self._related(self._book)
        walk(self._read(self._book), self._of_book)

    def _read(self, part: str) -> bytes:
        """The content of a part; some programs write its name in other capitals, or with backslashes."""
        return self._package.read(self._names[_plain(part)])

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to: id to (kind, name)."""
        found: dict[str, tuple[str, str]] = {}
        folder, name = posixpath.split(part)

        def start(tag: str, given: Attributes) -> None:
            if tag == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, given["Target"].replace("\\", "/"))).lstrip("/")
                found[given["Id"]] = (given["Type"].rpartition("/")[2], target)

        links = posixpath.join(folder, "_rels", f"{name}.rels")
        if _plain(links) in self._names:
            walk(self._read(links), start)
        return found

    def _of_book(self, tag: str, given: Attributes) -> None:
        """Sheets, the day 0 of dates, and whether formulas wait for their first calculation."""
        if tag == "sheet":
            link = next((value for name, value in given.items() if name.endswith("}id")), "")
            kind, part = self._links.get(link, ("", ""))
            if kind == "worksheet":
                state = given.get("state", "visible")
                self.sheets.append(Sheet(unescaped(given["name"]), state == "visible", part))
        elif tag == "workbookPr" and _true(given.get("date1904")):
            self._epoch = datetime.datetime(1904, 1, 1)
        elif tag == "calcPr":
            self._recalculated = _true(given.get("fullCalcOnLoad"))

    def _part(self, kind: str) -> bytes | None:
        """The content of the workbook's own part of a kind."""
        names = [name for found, name in self._links.values() if found == kind and _plain(name) in self._names]
        return self._read(names[0]) if names else None

    @cached_property
    def _texts(self) -> list[str]:
        """The shared texts: all runs joined, without the readings of phonetic guides."""
        content, found, runs, guide = self._part("sharedStrings"), list[str](), list[str](), 0

        def start(tag: str, _: Attributes) -> None:
            nonlocal guide
            guide += tag == "rPh"
            if tag == "si":
                runs.clear()

        def end(tag: str, text: str) -> None:
            nonlocal guide
            guide -= tag == "rPh"
            if tag == "t" and not guide:
                runs.append(text)
            elif tag == "si":
                found.append(unescaped("".join(runs)))

        if content is not None:
            walk(content, start, end)
        return found

    @cached_property
    def _formats(self) -> list[Format | None]:
        """The number format of each cell style; None shows the number as it is."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        content, codes, styles = self._part("styles"), dict(BUILTIN_FORMATS), list[int]()
        inside = False

        def start(tag: str, given: Attributes) -> None:
            nonlocal inside
            if tag == "numFmt" and not styles:
                codes[int(given["numFmtId"])] = unescaped(given["formatCode"])
            elif tag == "cellXfs":
                inside = True
            elif tag == "xf" and inside:
                styles.append(int(given.get("numFmtId", 0)))

        def end(tag: str, _: str) -> None:
            nonlocal inside
            inside = inside and tag != "cellXfs"

        if content is not None:
            walk(content, start, end)
        made: dict[int, Format | None] = {}
        for style in set(styles):
            code = codes.get(style, "General")
            made[style] = None if code.lower() in ("general", "@", "") else Format(code, self._epoch)
        return [made[style] for style in styles]

    def cells(self, sheet: Sheet) -> Cells:
        """The cells of a sheet, each as it shows itself."""
        read = _SheetReader(self._texts, self._formats, self._epoch, self._recalculated)
        walk(self._read(sheet.part), read.start, read.end)
        return read.cells


class _SheetReader:
    """Takes the cells of a sheet from its elements, in their order."""

    def __init__(
        self, texts: list[str], formats: list[Format | None], epoch: datetime.datetime, recalculated: bool
    ) -> None:
        self.cells = Cells()
        self._texts, self._formats, self._epoch, self._recalculated = texts, formats, epoch, recalculated
        self._row, self._column, self._current = 0, -1, dict[int, Cell]()
        self._columns: dict[str, int] = {}
        self._kind, self._style, self._inside = "n", 0, False
        self._value: str | None = None
        self._formula, self._guide, self._runs = False, 0, list[str]()

    def start(self, tag: str, given: Attributes) -> None:
        """The beginning of an element."""
        if tag == "c":
            self._begin_cell(given)
        elif tag == "f":
            self._formula = True
        elif tag == "row":
            self._begin_row(given)
        elif tag == "rPh":
            self._guide += 1
        elif tag == "mergeCell":
            self.cells.areas.append(area_of(given["ref"]))
        elif tag == "col" and _true(given.get("hidden")):
            self.cells.hidden_columns.append((int(given["min"]), int(given["max"])))

    def end(self, tag: str, text: str) -> None:
        """The end of an element, with its own text."""
        if tag == "v":
            self._value = text
        elif tag == "t" and not self._guide:
            self._runs.append(text)
        elif tag == "rPh":
            self._guide -= 1
        elif tag == "c" and self._inside:
            self._inside = False
            cell = self._shown()
            if cell is not None and cell != "":
                self._current[self._column] = cell

    def _begin_row(self, given: Attributes) -> None:
        """A row; without a number it follows the one before."""
        self._row = int(given["r"]) if "r" in given else self._row + 1
        if not 1 <= self._row <= _LAST_ROW:
            raise ValueError(self._row)
        self._column = -1
        self._current = self.cells.rows.setdefault(self._row, {})
        if _true(given.get("hidden")):
            self.cells.hidden_rows.add(self._row)

    def _begin_cell(self, given: Attributes) -> None:
        """A cell; without a reference it follows the one before."""
        letters = given["r"].rstrip("0123456789") if "r" in given else None
        if letters is None:
            self._column += 1
        else:
            if letters not in self._columns:
                self._columns[letters] = area_of(letters + "1")[1]
            self._column = self._columns[letters]
            row = int(given["r"][len(letters):])
            if row != self._row:
                self._begin_row({"r": str(row)})
                self._column = self._columns[letters]
        self._kind, self._style = given.get("t", "n"), int(given.get("s", 0))
        self._value, self._formula, self._inside = None, False, True
        self._runs.clear()

    def _shown(self) -> Cell:
        """What the cell shows."""
        kind, value = self._kind, self._value
        if self._formula and self._waits():
            return Flawed(_UNCOMPUTED, "K112")
        if kind == "inlineStr":
            return self._text(unescaped("".join(self._runs))) if self._runs else None
        if not value:
            return None
        if kind == "n":
            return self._number(value)
        if kind == "s":
            return self._text(self._texts[int(value)])
        if kind == "str":
            return self._text(unescaped(value))
        if kind == "b":
            return value.strip() in ("1", "true")
        if kind == "e":
            return Flawed(value, "K117")
        return _iso(value)

    def _waits(self) -> bool:
        """Whether nothing has computed the cell's formula: no value, or the 0 of a program that left it to the next."""
        if self._value is None or (self._value == "" and self._kind != "str"):
            return True
        return self._recalculated and self._kind == "n" and float(self._value) == 0

    def _format(self) -> Format | None:
        """The number format of the cell."""
        return self._formats[self._style] if self._style < len(self._formats) else None

    def _text(self, text: str) -> str:
        """What the cell shows of a text."""
        shown = self._format()
        return text if shown is None else shown.text(text)

    def _number(self, value: str) -> Cell:
        """What the cell shows of a number."""
        number = float(value) if any(letter in value for letter in ".eEiIN") else int(value)
        shown = self._format()
        return number if shown is None else shown.number(number)


def walk(
    content: bytes, start: Callable[[str, Attributes], None], end: Callable[[str, str], None] | None = None
) -> None:
    """Tell the elements of an XML part: their names without namespace, their attributes, and their own text."""
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    pieces: list[str] = []

    def begun(name: str, given: Attributes) -> None:
        pieces.clear()
        start(name.rpartition("}")[2], given)

    def ended(name: str) -> None:
        text = "".join(pieces)
        pieces.clear()
        if end is not None:
            end(name.rpartition("}")[2], text)

    def refuse(*_: object) -> None:
        raise UnsafeXml

    parser.StartElementHandler, parser.EndElementHandler = begun, ended
    parser.CharacterDataHandler = pieces.append
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)


def _plain(name: str) -> str:
    """A part's name for comparison."""
    return name.replace("\\", "/").lower()


def unescaped(text: str) -> str:
    """A text with each ``_xHHHH_`` as the character that it stands for."""
    if "_x" not in text:
        return text
    found = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    if _SURROGATE.search(found):
        found = found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return found


def area_of(reference: str) -> tuple[int, int, int, int]:
    """Top row (from 1), left column (from 0), bottom and right of ``B2:C4`` or ``B2``."""
    ends = [_REFERENCE.fullmatch(end) for end in reference.split(":")]
    if not 1 <= len(ends) <= 2 or None in ends:
        raise ValueError(reference)
    rows = [int(end[2]) for end in ends if end]
    columns = [_column(end[1]) for end in ends if end]
    if not (min(rows) >= 1 and max(rows) <= _LAST_ROW and max(columns) < _LAST_COLUMN):
        raise ValueError(reference)
    return min(rows), min(columns), max(rows), max(columns)


def _column(letters: str) -> int:
    """The column of its letters, from 0."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1


def _true(given: str | None) -> bool:
    """Whether an attribute of XML Schema's boolean is true."""
    return given in ("1", "true")


def _iso(value: str) -> Cell:
    """A date or time of a strict workbook."""
    from openpyxl.utils.datetime import from_ISO8601

    found: Cell = from_ISO8601(value)
    return found
