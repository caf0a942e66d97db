"""Office files as bytes: rows with what becomes of them, csv text, xlsx workbooks that are the same every time."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from karier_stats.intake.files.workbooks import STAMP, same_bytes

EXCLUDED = ("K121", "K181", "K182", "K183", "K184", "K185", "K186", "K187")
"""Codes of rows that a rule leaves out; every other code stands for a row in quarantine."""
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
           "Desember")


@dataclass(frozen=True)
class Row:
    """One row of an office file; ``code`` names why it will not be processed, if it will not."""

    cells: Sequence[Any]
    code: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet, or a csv file: lines above the header, the header rows, what follows.

    ``merged`` are cell ranges of a two-row header; ``title`` is empty for csv.
    """

    title: str
    above: Sequence[Sequence[Any]]
    header: Sequence[Sequence[Any]]
    rows: Sequence[Row]
    merged: Sequence[str] = ()

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


def csv_file(name: str, header: Sequence[str], rows: Iterable[Row], separator: str = ",", encoding: str = "utf-8") -> OfficeFile:
    """A csv file with one header row."""
    sheet = Sheet("", (), (header,), tuple(rows))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(["" if _empty(cell) else cell for cell in row.cells] for row in sheet.rows)
    return OfficeFile(name, text.getvalue().encode(encoding), {"": sheet.tally()})


def xlsx_file(name: str, sheets: Sequence[Sheet], hidden: Sequence[str] = ()) -> OfficeFile:
    """An xlsx workbook whose bytes depend on its cells alone.

    Parameters
    ----------
    name : str
        File name.
    sheets : sequence of Sheet
        Sheets in order.
    hidden : sequence of str
        Titles of sheets that the office has hidden.

    Returns
    -------
    OfficeFile
    """
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        for line in (*sheet.above, *sheet.header, *(row.cells for row in sheet.rows)):
            page.append([_cell(cell) for cell in line])
        for area in sheet.merged:
            page.merge_cells(area)
        for cells in page.iter_rows(min_row=len(sheet.above) + 1, max_row=len(sheet.above) + len(sheet.header)):
            for cell in cells:
                cell.font = Font(bold=True)
        page.sheet_state = "hidden" if sheet.title in hidden else "visible"
    book.properties.creator, book.properties.created = "BKPSDM (contoh)", STAMP
    buffer = io.BytesIO()
    book.save(buffer)
    return OfficeFile(name, same_bytes(buffer.getvalue()), {sheet.title: sheet.tally() for sheet in sheets})


def _empty(cell: Any) -> bool:
    """Nothing to write: None, NaN, NaT, NA."""
    return cell is None or (not isinstance(cell, str) and bool(pd.isna(cell)))


def _cell(cell: Any) -> Any:
    """A cell as openpyxl takes it: whole floats as integers, dates without a clock."""
    if _empty(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    item = cell.item() if hasattr(cell, "item") else cell
    return int(item) if isinstance(item, float) and item.is_integer() else item


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as dictionaries by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def rupiah(amount: int) -> str:
    """An amount as the budget system writes it: ``Rp1.234.567,00``."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def day_first(day: pd.Timestamp, mark: str = "-") -> str:
    """``17-08-2025``, or with another mark; empty where there is no date."""
    return "" if pd.isna(day) else day.strftime(f"%d{mark}%m{mark}%Y")


def in_words(day: pd.Timestamp) -> str:
    """``17 Agustus 2025``; empty where there is no date."""
    return "" if pd.isna(day) else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def decimal(value: float) -> str:
    """A number with a decimal comma; whole numbers without one; empty where missing."""
    return "" if pd.isna(value) else f"{value:g}".replace(".", ",")
