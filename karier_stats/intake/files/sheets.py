"""The parts of an xlsx package: its sheets, texts and formats, and what each cell shows; equal cells give equal bytes.

Names are read without their namespaces, so that a workbook saved as "Strict
Open XML Spreadsheet" is read like any other. XML that declares a document type
is refused before any of it is used.
"""

import datetime
import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from karier_stats.intake.files.shown import Flawed, Format
from karier_stats.intake.values import Cell

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_UNCOMPUTED = "="
_TRUE = ("1", "true")  # attributes of XML Schema's boolean that are true


Attributes = dict[str, str]
Texts = dict[str, str]


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
class BookSheet:
    """A sheet of a workbook: its title, whether it is seen, and the part that holds it."""

    title: str
    visible: bool
    part: str


class Package:
    """The parts of an xlsx file that matter for its cells.

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
        book = root[0] if root else "xl/workbook.xml"
        self._links = self._related(book)
        self._epoch, self._recalculated = datetime.datetime(1899, 12, 30), False
        self.sheets: list[BookSheet] = []
        walk(self._read(book), self._of_book)

    def _read(self, part: str) -> bytes:
        """The content of a part; some programs write its name in other capitals, or with backslashes."""
        return self._package.read(self._names[_plain(part)])

    def _of_book(self, tag: str, given: Attributes) -> None:
        """Sheets, the day 0 of dates, and whether formulas wait for their first calculation."""
        if tag == "sheet":
            link = next((value for name, value in given.items() if name.endswith("}id")), "")
            kind, part = self._links.get(link, ("", ""))
            if kind == "worksheet":
                self.sheets.append(BookSheet(unescaped(given["name"]), given.get("state", "visible") == "visible", part))
        elif tag == "workbookPr" and given.get("date1904") in _TRUE:
            self._epoch = datetime.datetime(1904, 1, 1)
        elif tag == "calcPr":
            self._recalculated = given.get("fullCalcOnLoad") in _TRUE

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to: id to (kind, name)."""
        folder, name = posixpath.split(part)
        links = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def take(tag: str, given: Attributes) -> None:
            if tag == "Relationship" and given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, given["Target"].replace("\\", "/"))).lstrip("/")
                found[given["Id"]] = (given["Type"].rpartition("/")[2], target)

        if _plain(links) in self._names:
            walk(self._read(links), take)
        return found

    def _part(self, kind: str) -> bytes | None:
        """The content of the workbook's own part of a kind."""
        names = [name for found, name in self._links.values() if found == kind and _plain(name) in self._names]
        return self._read(names[0]) if names else None

    @cached_property
    def _texts(self) -> list[str]:
        """The shared texts."""
        content, found = self._part("sharedStrings"), list[str]()
        if content is not None:
            walk(content, whole="si", taken=lambda _, texts: found.append(unescaped(texts.get("t", ""))))
        return found

    @cached_property
    def _formats(self) -> list[Format | None]:
        """The number format of each cell style; None shows the number as it is."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        content, codes, styles = self._part("styles"), dict(BUILTIN_FORMATS), list[int]()

        def take(tag: str, given: Attributes) -> None:
            if tag == "numFmt" and not styles:
                codes[int(given["numFmtId"])] = unescaped(given["formatCode"])
            elif tag == "cellXfs":
                styles.clear()  # those before are of named styles
            elif tag == "xf":
                styles.append(int(given.get("numFmtId", 0)))

        if content is not None:
            walk(content, take)
        shown = {style: codes.get(style, "General") for style in set(styles)}
        made = {style: None if code.lower() in ("general", "@", "") else Format(code, self._epoch) for style, code in shown.items()}
        return [made[style] for style in styles]

    def cells(self, sheet: BookSheet) -> "SheetContent":
        """The cells of a sheet, each as it shows itself."""
        cells = SheetContent(self._texts, self._formats, self._recalculated)
        walk(self._read(sheet.part), cells.begun, whole="c", taken=cells.cell)
        return cells


class SheetContent:
    """What a sheet holds, taken from its elements in their order.

    Attributes
    ----------
    rows : dict of int to dict of int to Cell
        The content by row (from 1) and column (from 0).
    areas : list of (int, int, int, int)
        Merged ones: top, left, bottom and right.
    """

    def __init__(self, texts: list[str], formats: list[Format | None], recalculated: bool) -> None:
        self.rows: dict[int, dict[int, Cell]] = {}
        self.areas: list[tuple[int, int, int, int]] = []
        self._hidden_rows, self._hidden_columns = set[int](), list[tuple[int, int]]()
        self._texts, self._formats, self._recalculated = texts, formats, recalculated
        self._row, self._column, self._current = 0, -1, dict[int, Cell]()
        self._columns: dict[str, int] = {}

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
        columns = sum(max(0, min(last, width) - first + 1) for first, last in self._hidden_columns)
        return len(self._hidden_rows & set(self.rows)) + columns

    def begun(self, tag: str, given: Attributes) -> None:
        """The beginning of a row, and what the sheet says of areas and columns."""
        if tag == "row":
            self._begin_row(int(given.get("r", self._row + 1)))
            if given.get("hidden") in _TRUE:
                self._hidden_rows.add(self._row)
        elif tag == "mergeCell":
            self.areas.append(area_of(given["ref"]))
        elif tag == "col" and given.get("hidden") in _TRUE:
            self._hidden_columns.append((int(given["min"]), int(given["max"])))

    def cell(self, given: Attributes, texts: Texts) -> None:
        """A whole cell; without a reference it follows the one before."""
        reference = given.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            row = int(reference[len(letters):])
            if row != self._row:
                self._begin_row(row)
            if letters not in self._columns:
                self._columns[letters] = area_of(letters + "1")[1]
            self._column = self._columns[letters]
        cell = self._shown(given, texts)
        if cell is not None and cell != "":
            self._current[self._column] = cell

    def _begin_row(self, row: int) -> None:
        """A row; without a number it follows the one before."""
        if not 1 <= row <= _LAST_ROW:
            raise ValueError(row)
        self._row, self._column = row, -1
        self._current = self.rows.setdefault(row, {})

    def _shown(self, given: Attributes, texts: Texts) -> Cell:
        """What a cell shows; a formula waits that has no value, or the 0 of a program that left it to the next one."""
        from openpyxl.utils.datetime import from_ISO8601

        kind, value, style = given.get("t", "n"), texts.get("v"), int(given.get("s", 0))
        waits = value is None or (value == "" and kind != "str")
        if "f" in texts and (waits or (self._recalculated and kind == "n" and float(value or 0) == 0)):
            return Flawed(_UNCOMPUTED, "K112")
        shown = self._formats[style] if style < len(self._formats) else None
        if kind == "inlineStr":
            return _seen(unescaped(texts.get("t", "")), shown)
        if not value:
            return None
        if kind == "n":
            number = float(value) if any(letter in value for letter in ".eEiIN") else int(value)
            return number if shown is None else shown.number(number)
        if kind in ("s", "str"):
            return _seen(self._texts[int(value)] if kind == "s" else unescaped(value), shown)
        if kind == "b":
            return value.strip() in _TRUE
        return Flawed(value, "K117") if kind == "e" else from_ISO8601(value)


def _seen(text: str, shown: Format | None) -> str:
    """What a cell of that format shows of a text."""
    return text if shown is None or not text else shown.text(text)


def walk(
    content: bytes, begun: Callable[[str, Attributes], None] | None = None, *, whole: str = "",
    taken: Callable[[Attributes, Texts], None] | None = None,
) -> None:
    """Go through the elements of an XML part in their order, named without their namespace; UnsafeXml where it has a document type.

    ``begun`` is told the name and the attributes of each element as it begins. Elements
    named ``whole`` are told to ``taken`` when they end: their attributes, and the texts in
    them by the name of their element; runs of one text are joined, the readings of phonetic
    guides left out.
    """
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    names: dict[str, str] = {}
    pieces: list[str] = []
    current: tuple[Attributes, Texts] | None = None
    guides = 0

    def start(name: str, given: Attributes) -> None:
        nonlocal current, guides
        tag = names.get(name) or names.setdefault(name, name.rpartition("}")[2])
        pieces.clear()
        if tag == whole:
            current = (given, {})
        elif tag == "rPh":
            guides += 1
        if begun is not None:
            begun(tag, given)

    def end(name: str) -> None:
        nonlocal current, guides
        tag = names[name]
        if tag == "rPh":
            guides -= 1
        elif current is None or taken is None:
            pass
        elif tag == whole:
            taken(*current)
            current = None
        elif not (guides and tag == "t"):
            current[1][tag] = current[1].get(tag, "") + "".join(pieces)
        pieces.clear()

    def refuse(*_: object) -> None:
        raise UnsafeXml

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = pieces.append, refuse
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
    from openpyxl.utils import column_index_from_string

    ends = [_REFERENCE.fullmatch(end) for end in reference.split(":")]
    if not 1 <= len(ends) <= 2 or None in ends:
        raise ValueError(reference)
    rows = [int(end[2]) for end in ends if end]
    columns = [column_index_from_string(end[1]) - 1 for end in ends if end]
    if not (min(rows) >= 1 and max(rows) <= _LAST_ROW and max(columns) < _LAST_COLUMN):
        raise ValueError(reference)
    return min(rows), min(columns), max(rows), max(columns)


STAMP = datetime.datetime(2025, 1, 2, 8, 0, 0)
_ZIP_STAMP = (2025, 1, 2, 8, 0, 0)


def same_bytes(content: bytes) -> bytes:
    """An xlsx package again, with fixed times in its entries and its properties."""
    stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in sorted(old.namelist()):
            data = old.read(entry)
            if entry == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            info = zipfile.ZipInfo(entry, _ZIP_STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, data)
    return out.getvalue()
