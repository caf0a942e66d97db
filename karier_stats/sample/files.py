"""The office's own files: the crosswalk written backwards.

``peta.yml`` says which heading holds which column of which table, in which form; ``files.yml`` says what an office
puts around them. Cells are written as the crosswalk and the data dictionary say that they must be read.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.intake.files.sheets import STAMP, same_bytes
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.sample.catalogue import BY_COURSE, BY_UNIT, CROSSWALK, FOLDER, WORDING
from karier_stats.sample.district import District
from karier_stats.sample.people import Roster
from karier_stats.words.catalogue import own_data
from karier_stats.words.numbers import date

Way = Callable[[Any], Any]  # what becomes of a value on its way into a cell


def _spellings(kind: str) -> dict[str, list[str]]:
    """What the crosswalk takes for each unit or course."""
    aliases = CROSSWALK["aliases"][kind]
    return {key: [text for text, meant in aliases.items() if meant == key] for key in dict.fromkeys(aliases.values())}


_YES_NO = {True: "Ya", False: "Tidak"}
_SPELLINGS = {kind: _spellings(kind) for kind in ("unit", "program")}


class Hand:
    """The hand of one file: its own stream of draws, its own choice among spellings.

    Parameters
    ----------
    roster : Roster
        The made-up staff, for their service numbers.
    rng : numpy Generator
    """

    def __init__(self, roster: Roster, rng: np.random.Generator) -> None:
        self.roster, self.rng = roster, rng

    def unit(self, unit_id: str) -> str:
        """A unit's official name, or one of its everyday spellings."""
        others = _SPELLINGS["unit"][unit_id]
        names = [BY_UNIT[unit_id].unit_name, *others]
        return names[int(self.rng.choice(len(names), p=[0.6, *[0.4 / len(others)] * len(others)]))]

    def course(self, program_id: str) -> str:
        """A course's title, or one of its variants."""
        names = [BY_COURSE[program_id].title, *_SPELLINGS["program"].get(program_id, ())]
        return names[int(self.rng.integers(len(names)))]

    def nip(self, uid: str) -> str:
        """A person's service number."""
        return self.roster.by_uid[uid].nip

    def person(self, uid: str) -> str:
        """A person's service number, now and then with the spaces of a letterhead."""
        nip = self.nip(uid)
        return nip if self.rng.random() >= 0.05 else f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"

    def stamp(self, day: pd.Timestamp) -> str:
        """A form's time as an Indonesian locale writes it: ``17/08/2025 9.05.33``."""
        hour, minute, second = (int(self.rng.integers(low, high)) for low, high in ((7, 17), (0, 60), (0, 60)))
        return f"{day:%d/%m/%Y} {hour}.{minute:02d}.{second:02d}"

    def way(self, column: ColumnSpec, feed: dict[str, Any]) -> Way:
        """How the data dictionary and an entry of the crosswalk ask for a column."""
        if column.codes:
            return lambda value: None if pd.isna(value) else codes.label(column.codes or {}, value, "id")
        if column.kind == "date" and "dates" in feed:
            return partial(date, lang="id") if feed["dates"] == "teks" else _day
        if column.kind == "float" and feed.get("numbers") == "id":
            return lambda value: f"{value:g}".replace(".", ",")
        if column.refers_to == "unit":
            return self.unit
        ways: dict[str, Way] = {"person": self.person, "money": rupiah, "bool": _YES_NO.__getitem__}
        return ways.get(column.kind, code)

    def named(self, way: str) -> Way:
        """A way by the name that ``files.yml`` gives it."""
        found: Way = _NAMED.get(way) or getattr(self, way)
        return found


def code(value: Any) -> Any:
    """A value as it is."""
    return value


def rupiah(amount: int) -> str:
    """An amount as the budget system writes it: ``Rp1.234.567,00``."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def _day(day: pd.Timestamp) -> str:
    """``17-08-2025``; empty where there is no date."""
    return "" if pd.isna(day) else f"{day:%d-%m-%Y}"


_NAMED: dict[str, Way] = {"code": code, "day": _day, "topic": WORDING.__getitem__,
                          "topics": lambda topics: ", ".join(WORDING[topic] for topic in topics)}


EXCLUDED = ("K121", "K181", "K182", "K183", "K184", "K185", "K186", "K187")
"""Codes of rows that a rule leaves out; every other code stands for a row in quarantine."""


@dataclass(frozen=True)
class OfficeRow:
    """One row of an office file; ``code`` names why it will not be processed, if it will not."""

    cells: Sequence[Any]
    code: str | None = None


@dataclass(frozen=True)
class OfficeSheet:
    """A sheet, or a csv file: lines above the header, the header rows, what follows.

    ``merged`` are cell ranges of titles and of a two-row header; ``title`` is empty for csv.
    """

    title: str
    above: Sequence[Sequence[Any]]
    header: Sequence[Sequence[Any]]
    rows: Sequence[OfficeRow]
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


def csv_file(name: str, sheet: OfficeSheet, separator: str, encoding: str) -> OfficeFile:
    """A csv file with one header row."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerows([_cell(cell) for cell in line] for line in sheet.lines())
    return OfficeFile(name, text.getvalue().encode(encoding), {"": sheet.tally()})


def xlsx_file(name: str, sheets: Sequence[OfficeSheet]) -> OfficeFile:
    """An xlsx workbook whose bytes depend on its cells alone; nobody is to read its hidden sheets."""
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        for line in sheet.lines():
            page.append([_cell(cell) for cell in line])
        for area in sheet.merged:
            page.merge_cells(area)
        for cells in page.iter_rows(min_row=len(sheet.above) + 1, max_row=len(sheet.above) + len(sheet.header)):
            for cell in cells:
                cell.font = Font(bold=True)
        page.sheet_state = "hidden" if sheet.hidden else "visible"
    book.properties.creator, book.properties.created = "BKPSDM (contoh)", STAMP
    buffer = io.BytesIO()
    book.save(buffer)
    return OfficeFile(name, same_bytes(buffer.getvalue()), {sheet.title: sheet.tally() for sheet in sheets if not sheet.hidden})


def _cell(cell: Any) -> Any:
    """A cell as files take it: nothing where it is missing, whole floats as integers, dates without a clock."""
    if cell is None or (not isinstance(cell, str) and pd.isna(cell)):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime()
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


NUMBERING, SUBTOTAL = "K184", "K186"  # why a line that numbers the columns, and one with a sum, is left out


def office_files(district: District, seed: int) -> Iterator[OfficeFile]:
    """Every file that the office hands in.

    Parameters
    ----------
    district : District
        What was made up.
    seed : int
        Seed of the sample; each file has a stream of its own.
    """
    frames = _frames(district)
    for name, parts in own_data(FOLDER / "files.yml").items():
        hand = Hand(district.roster, np.random.default_rng([seed, parts[0].get("stream", 100 + int(name[:2]))]))
        layouts = [Layout(name, part | ({"year": year, "title": str(year)} if year else {}), hand)
                   for part in parts for year in part.get("years", (None,))]
        sheets = [layout.sheet(frames) for layout in layouts]
        if name.endswith(".xlsx"):
            yield xlsx_file(name, sheets)
        else:
            yield csv_file(name, sheets[0], parts[0].get("separator", ","), layouts[0].encoding)


def _frames(district: District) -> dict[str, pd.DataFrame]:
    """What sheets are written from: the tables, some with more columns or in another order, and the forms."""
    tables, order = district.tables, list(BY_UNIT)
    facts = tables["batch"][["batch_id", "program_id", "year", "end_date"]]
    scores, keys = tables["test_score"], ["year", "employee_uid", "program_id", "arm"]
    marks = scores.set_index([*keys, "kind"])["score"].unstack("kind")
    return tables | {
        "employee": tables["employee"].sort_values("unit_id", key=lambda ids: ids.map(order.index), kind="stable"),
        "participation": tables["participation"].merge(facts, on="batch_id", how="left"),
        "sittings": scores[scores["kind"] == "pre"].join(marks, on=keys), "feedback": district.feedback,
        "survey": district.survey[district.survey["answered"]], "earlier": district.earlier,
        "motivation": district.motivation}


@dataclass(frozen=True)
class OfficeColumn:
    """One column of a sheet: its heading, the name of what it holds, and how that is written."""

    heading: str
    name: str
    write: Way


class Layout:
    """How one sheet of a file is laid out: ``headings`` from left to right, and the ``columns`` that hold them.

    Parameters
    ----------
    file : str
        File name.
    part : dict
        What ``files.yml`` says of the sheet.
    hand : Hand
        Who writes.
    """

    def __init__(self, file: str, part: dict[str, Any], hand: Hand) -> None:
        self.part, self.hand, self.title, self.year = part, hand, part.get("title", ""), part.get("year")
        self.feeds = [(table, feed) for table, feeds in CROSSWALK["tables"].items() for feed in feeds
                      if feed.get("file") == file and feed.get("sheet", self.title) == self.title]
        self.columns = self._columns()
        self.numbered = ["No"] if part.get("line") else []
        self.headings = [*self.numbered, *(column.heading for column in self.columns)]

    @property
    def encoding(self) -> str:
        """How the crosswalk reads the letters of the file."""
        return str(self.feeds[0][1].get("encoding", "utf-8"))

    def sheet(self, frames: dict[str, pd.DataFrame]) -> OfficeSheet:
        """The sheet with all its lines; it has none where no table feeds it."""
        name = self.part.get("table") or next((table for table, _ in self.feeds), None)
        frame = frames[name] if name else pd.DataFrame()
        own = frame if self.year is None else frame[frame["year"] == self.year]
        above = [[text.format(year=self.year)] if text else [] for text in self.part.get("above", ())]
        pairs = [heading.partition(" / ")[::2] for heading in self.headings]
        header: list[list[str | None]] = [[*self.headings]]
        if any(below for _, below in pairs):  # some stand below a common one
            upper = [None if place and one == pairs[place - 1][0] else one for place, (one, _) in enumerate(pairs)]
            header = [upper, [below or None for _, below in pairs]]
        merged, hidden = self.part.get("merged", ()), self.part.get("hidden", False)
        return OfficeSheet(self.title, above, header, list(self._rows(own)), merged, hidden)

    def _columns(self) -> list[OfficeColumn]:
        """The columns in their order: those that are asked for, or all that the crosswalk reads, then items of a form.

        One that the crosswalk reads twice counts once; those that it makes long have words for their numbers.
        """
        read, items, ways = dict[str, OfficeColumn](), dict[str, OfficeColumn](), self.part.get("as", {})
        for table, feed in self.feeds:
            for name, heading in feed["columns"].items():
                read.setdefault(heading, OfficeColumn(heading, name, self.hand.way(TABLES[table].by_name[name], feed)))
            words = {number: text for text, number in feed.get("values", {}).get("value", {}).items()}
            for heading, keys in feed.get("long", {}).get("columns", {}).items():
                items[heading] = OfficeColumn(heading, keys.get("item_id") or keys["kind"], words.__getitem__ if words else code)
        columns = []
        for asked in (*self.part.get("columns", read), *items):
            heading, name = next(iter(asked.items())) if isinstance(asked, dict) else (asked, None)
            known = items.get(heading) or read.get(heading) or OfficeColumn(heading, "", code)
            write = self.hand.named(ways[heading]) if heading in ways else known.write
            columns.append(OfficeColumn(heading, name or known.name, write))
        return columns

    def _rows(self, frame: pd.DataFrame) -> Iterator[OfficeRow]:
        """Numbers of columns, people or things, lines that belong to nobody, total, signature block."""
        told = [OfficeRow(self._cells(place, record)) for place, record in enumerate(frame.to_dict("records"), start=1)]
        if "numbering" in self.part:
            yield OfficeRow(self.part["numbering"], NUMBERING)
        if self.part.get("subtotals"):
            for unit, pairs in groupby(zip(frame["unit_id"], told, strict=True), key=itemgetter(0)):
                own = [row for _, row in pairs]
                yield from (*own, OfficeRow((f"JUMLAH {BY_UNIT[unit].unit_name}", None, None, len(own)), SUBTOTAL))
        else:
            yield from told
        added = [extra for extra in self.part.get("added", ()) if extra.get("year", self.year) == self.year]
        for place, extra in enumerate(added, start=len(told) + 1):  # lines that ``prepare`` must refuse or leave out
            cells = list(told[extra["like"]].cells) if "like" in extra else [None] * len(self.headings)
            new = extra.get("cells", {}) | ({"No": place} if self.numbered else {})
            yield OfficeRow([new.get(heading, cell) for heading, cell in zip(self.headings, cells, strict=True)], extra.get("code"))
        if total := self.part.get("total"):  # as far as its last number
            sums = [column.write(frame[column.name].agg(total[column.heading])) if column.heading in total else None
                    for column in self.columns]
            cells = [*([None] * len(self.numbered)), *sums]
            last = max(place for place, cell in enumerate(cells) if cell is not None)
            yield OfficeRow([total["label"], *cells[1:last + 1]], SUBTOTAL)
        for reason, *text in self.part.get("tail", ()):
            yield OfficeRow(text, reason)

    def _cells(self, place: int, record: dict[Any, Any]) -> list[Any]:
        """One line."""
        cells = [column.write(record[column.name]) for column in self.columns]
        if self.part.get("upper"):
            cells = [cell.upper() if isinstance(cell, str) else cell for cell in cells]
        return [place, *cells] if self.numbered else cells
