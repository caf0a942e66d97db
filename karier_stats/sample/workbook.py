"""Office files as bytes: rows with what becomes of them, csv text, xlsx workbooks that are the same every time."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from karier_stats.intake.files.workbooks import STAMP, same_bytes

EXCLUDED = ("K121", "K181", "K182", "K183", "K184", "K185", "K186", "K187")
"""Codes of rows that a rule leaves out; every other code stands for a row in quarantine."""


@dataclass(frozen=True)
class Row:
    """One row of an office file; ``code`` names why it will not be processed, if it will not."""

    cells: Sequence[Any]
    code: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet, or a csv file: lines above the header, the header rows, what follows.

    ``merged`` are cell ranges of titles and of a two-row header; ``title`` is empty for csv.
    """

    title: str
    above: Sequence[Sequence[Any]]
    header: Sequence[Sequence[Any]]
    rows: Sequence[Row]
    merged: Sequence[str] = ()
    hidden: bool = False

    def lines(self) -> Iterator[Sequence[Any]]:
        """Cells line by line, from the top."""
        yield from (*self.above, *self.header, *(row.cells for row in self.rows))

    def tally(self) -> dict[str, Any]:
        """What ``prepare`` must report of the rows below the header."""
        reasons = Counter(row.code for row in self.rows if row.code)
        excluded = sum(n for code, n in reasons.items() if code in EXCLUDED)
        quarantined = sum(reasons.values()) - excluded
        return {"rows_read": len(self.rows), "processed": len(self.rows) - excluded - quarantined,
                "quarantined": quarantined, "excluded": excluded, "reasons": dict(sorted(reasons.items()))}


@dataclass(frozen=True)
class OfficeFile:
    """One file as the office hands it in, and the tally of each of its sheets."""

    name: str
    content: bytes
    tallies: dict[str, dict[str, Any]]


def csv_file(name: str, sheet: Sheet, separator: str, encoding: str) -> OfficeFile:
    """A csv file with one header row."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([_cell(cell) for cell in line] for line in sheet.lines())
    return OfficeFile(name, text.getvalue().encode(encoding), {"": sheet.tally()})


def xlsx_file(name: str, sheets: Sequence[Sheet]) -> OfficeFile:
    """An xlsx workbook whose bytes depend on its cells alone; nobody is to read its hidden sheets."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for sheet in sheets:
        _write_page(book.create_sheet(sheet.title), sheet)
    book.properties.creator, book.properties.created = "BKPSDM (contoh)", STAMP
    buffer = io.BytesIO()
    book.save(buffer)
    return OfficeFile(name, same_bytes(buffer.getvalue()), {sheet.title: sheet.tally() for sheet in sheets if not sheet.hidden})


def _write_page(page: Any, sheet: Sheet) -> None:
    """Fill one page of a workbook: cells, merged areas, the header in bold."""
    from openpyxl.styles import Font

    for line in sheet.lines():
        page.append([_cell(cell) for cell in line])
    for area in sheet.merged:
        page.merge_cells(area)
    for cells in page.iter_rows(min_row=len(sheet.above) + 1, max_row=len(sheet.above) + len(sheet.header)):
        for cell in cells:
            cell.font = Font(bold=True)
    page.sheet_state = "hidden" if sheet.hidden else "visible"


def _cell(cell: Any) -> Any:
    """A cell as files take it: nothing where it is missing, whole floats as integers, dates without a clock."""
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
