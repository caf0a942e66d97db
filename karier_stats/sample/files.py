"""The office's own files: the crosswalk written backwards.

``peta.yml`` says which heading holds which column of which table, in which form; ``files.yml`` says what an office
puts around them. Cells are written as the crosswalk and the data dictionary say that they must be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.intake.schema import TABLES
from karier_stats.sample.catalogue import BY_UNIT, CROSSWALK, FOLDER
from karier_stats.sample.district import District
from karier_stats.sample.hand import Hand, Way, code
from karier_stats.sample.workbook import OfficeFile, Row, Sheet, csv_file, xlsx_file
from karier_stats.words.catalogue import own_data

NUMBERING, SUBTOTAL = "K184", "K186"
"""The reasons for which ``prepare`` leaves out a line that numbers the columns, and a line with a sum."""


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
        layouts = [Layout(name, part, hand) for part in _by_year(parts)]
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
        "motivation": district.motivation,
    }


def _by_year(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The parts of a file; one that has years once for each."""
    for part in parts:
        yield from [part | {"year": year, "title": str(year)} for year in part["years"]] if "years" in part else [part]


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its heading, the name of what it holds, and how that is written."""

    heading: str
    name: str
    write: Way


class Layout:
    """How one sheet of a file is laid out.

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

    def sheet(self, frames: dict[str, pd.DataFrame]) -> Sheet:
        """The sheet with all its lines."""
        above = [[text.format(year=self.year)] if text else [] for text in self.part.get("above", ())]
        return Sheet(self.title, above, _header(self.headings), list(self._rows(self._frame(frames))),
                     self.part.get("merged", ()), self.part.get("hidden", False))

    def _columns(self) -> list[Column]:
        """The columns in their order: those that are asked for, or all that the crosswalk reads, then items of a form."""
        read, items, ways = self._read(), self._items(), self.part.get("as", {})
        columns = []
        for asked in (*self.part.get("columns", read), *items):
            heading, name = next(iter(asked.items())) if isinstance(asked, dict) else (asked, None)
            known = items.get(heading) or read.get(heading) or Column(heading, "", code)
            write = self.hand.named(ways[heading]) if heading in ways else known.write
            columns.append(Column(heading, name or known.name, write))
        return columns

    def _read(self) -> dict[str, Column]:
        """The columns that the crosswalk reads, by heading; one that it reads twice counts once."""
        found: dict[str, Column] = {}
        for table, feed in self.feeds:
            for name, heading in feed["columns"].items():
                found.setdefault(heading, Column(heading, name, self.hand.way(TABLES[table].by_name[name], feed)))
        return found

    def _items(self) -> dict[str, Column]:
        """The columns that the crosswalk makes long, by heading, with the words for their numbers."""
        found: dict[str, Column] = {}
        for _, feed in self.feeds:
            words = {number: text for text, number in feed.get("values", {}).get("value", {}).items()}
            for heading, keys in feed.get("long", {}).get("columns", {}).items():
                found[heading] = Column(heading, keys.get("item_id") or keys["kind"], words.__getitem__ if words else code)
        return found

    def _frame(self, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
        """What the sheet is written from; nothing for a sheet that no table is fed from."""
        name = self.part.get("table") or next((table for table, _ in self.feeds), None)
        frame = frames[name] if name else pd.DataFrame()
        return frame if self.year is None else frame[frame["year"] == self.year]

    def _rows(self, frame: pd.DataFrame) -> Iterator[Row]:
        """Numbers of columns, people or things, lines that belong to nobody, total, signature block."""
        told = [Row(self._cells(place, record)) for place, record in enumerate(frame.to_dict("records"), start=1)]
        if "numbering" in self.part:
            yield Row(self.part["numbering"], NUMBERING)
        yield from _with_subtotals(frame["unit_id"], told) if self.part.get("subtotals") else told
        yield from self._added(told)
        if "total" in self.part:
            yield self._total(frame)
        for reason, *text in self.part.get("tail", ()):
            yield Row(text, reason)

    def _cells(self, place: int, record: dict[Any, Any]) -> list[Any]:
        """One line."""
        cells = [column.write(record[column.name]) for column in self.columns]
        if self.part.get("upper"):
            cells = [cell.upper() if isinstance(cell, str) else cell for cell in cells]
        return [place, *cells] if self.numbered else cells

    def _added(self, told: list[Row]) -> Iterator[Row]:
        """Lines that ``prepare`` must refuse or leave out, most of them like another."""
        added = [extra for extra in self.part.get("added", ()) if extra.get("year", self.year) == self.year]
        for place, extra in enumerate(added, start=len(told) + 1):
            cells = list(told[extra["like"]].cells) if "like" in extra else [None] * len(self.headings)
            new = extra.get("cells", {}) | ({"No": place} if self.numbered else {})
            yield Row([new.get(heading, cell) for heading, cell in zip(self.headings, cells, strict=True)], extra.get("code"))

    def _total(self, frame: pd.DataFrame) -> Row:
        """The line below all others, as far as its last number."""
        total = self.part["total"]
        blank = [None] * len(self.numbered)
        cells = [*blank, *(column.write(frame[column.name].agg(total[column.heading])) if column.heading in total else None
                           for column in self.columns)]
        last = max(place for place, cell in enumerate(cells) if cell is not None)
        return Row([total["label"], *cells[1:last + 1]], SUBTOTAL)


def _with_subtotals(units: pd.Series, rows: list[Row]) -> Iterator[Row]:
    """The people of each unit, then their number."""
    for unit, pairs in groupby(zip(units, rows, strict=True), key=lambda pair: pair[0]):
        own = [row for _, row in pairs]
        yield from own
        yield Row((f"JUMLAH {BY_UNIT[unit].unit_name}", None, None, len(own)), SUBTOTAL)


def _header(headings: list[str]) -> list[list[str | None]]:
    """One row of headings, or two where some stand below a common one."""
    pairs = [heading.partition(" / ")[::2] for heading in headings]
    if not any(below for _, below in pairs):
        return [[*headings]]
    upper = [None if place and above == pairs[place - 1][0] else above for place, (above, _) in enumerate(pairs)]
    return [upper, [below or None for _, below in pairs]]
