"""One cell of a feed turned into the value that is stored, or refused with a code."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from karier_stats.domain import nip
from karier_stats.intake import values
from karier_stats.intake.crosswalk import Feed
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.shown import ERROR, Flawed, Shown
from karier_stats.intake.values import Cell, Unreadable, as_text, folded, is_blank

SCORES = frozenset({
    ("participation", "final_score"), ("test_score", "score"), ("survey_response", "value"),
    ("post_training_rating", "value"), ("leader_engagement", "support_score"),
})
"""Columns on a declared scale: what is no number there is no value of that scale."""
_PERCENT_UNITS = frozenset({"", "%", "0-100"})
"""Units of columns in which 85 % is 85."""
_FOREIGN = re.compile(r"[$€£¥]|\b(?:USD|EUR|SGD|MYR|RM|JPY)\b")

FEWEST_DIGITS = 10**14
"""From here on (15 digits) a number may be a service number whose last digits a spreadsheet has taken."""


class CellReader:
    """Turns cells of one feed into stored values, each distinct cell once.

    Parameters
    ----------
    feed : Feed
        Styles and value maps.
    person : {"nip", "other"}
        How people are known in the files.
    """

    def __init__(self, feed: Feed, person: str) -> None:
        self.feed = feed
        self.person = person
        self.noticed: Counter[str] = Counter()
        self._maps = {
            name: {folded(text): value for text, value in pairs.items()} for name, pairs in feed.values.items()
        }
        self._names = {
            column.name: values.category_names(column.codes)
            for column in TABLES[feed.table].columns if column.codes is not None
        }
        self._seen: dict[tuple[str, type, Cell], Any] = {}

    def read(self, column: ColumnSpec, cell: Cell) -> Any:
        """The stored value of a cell; None where it is blank.

        Raises
        ------
        Unreadable
            With the code of the defect.
        """
        if is_blank(cell):
            if column.required:
                raise Unreadable("K109" if column.kind == "person" else "K137")
            return None
        self.noticed["K138"] += values.has_marks(cell)
        self.noticed["K149"] += getattr(cell, "altered", False)
        key = (column.name, type(cell), cell)
        if key not in self._seen:
            try:
                self._seen[key] = self._converted(column, self._mapped(column.name, cell))
            except Unreadable as error:
                self._seen[key] = error
        found = self._seen[key]
        if isinstance(found, Unreadable):
            raise found
        return found

    def _mapped(self, name: str, cell: Cell) -> Cell:
        """The value that the crosswalk gives for a cell's text, else the cell itself."""
        mapping = self._maps.get(name)
        if mapping is None:
            return cell
        return mapping.get(folded(as_text(cell)), mapping.get("*", cell))

    def _converted(self, column: ColumnSpec, cell: Cell) -> Any:
        """The value by the column's kind, inside its bounds."""
        numbers = self.feed.numbers.get(column.name, self.feed.numbers.get("*"))
        if isinstance(cell, str) and (isinstance(cell, Flawed) or ERROR.fullmatch(cell.strip())):
            raise Unreadable("K117", value=cell.strip()[:40])
        if isinstance(cell, Shown) and _is_other(cell, column):
            raise Unreadable("K132")
        match column.kind:
            case "person":
                return self._number(cell) if self.person == "nip" else as_text(cell)
            case "category":
                return values.category(cell, self._names[column.name], column.codes or {})
            case "date":
                return self._day(column.name, cell)
            case "bool":
                return values.yes_no(cell)
            case "int":
                return _bounded(column, values.whole(cell, numbers))
            case "float":
                return _bounded(column, values.number(cell, numbers))
            case "money":
                return _bounded(column, values.money(cell, numbers))
        if not column.input_only and len(as_text(cell)) > values.LONGEST_TEXT:
            self.noticed["K127"] += 1
        return values.text(cell)

    def _day(self, name: str, cell: Cell) -> datetime.date:
        """A day, or the end of a range that the heading stands for."""
        style = self.feed.dates.get(name, self.feed.dates.get("*"))
        if self.feed.holds_ranges and name in ("start_date", "end_date"):
            return values.date_range(cell, style)[name == "end_date"]
        return values.date(cell, style)

    def answer(self, instrument: object, cell: Cell) -> Cell:
        """The number of an answer in words on the instrument's declared scale; any other cell as it is."""
        words = self.feed.answers.get(str(instrument), self.feed.answers.get("*"))
        return cell if words is None or not isinstance(cell, str) else words.get(folded(cell), cell)

    def refusal(self, column: ColumnSpec, given: Mapping[str, Cell], error: Unreadable) -> Unreadable:
        """The defect of a cell, said more exactly where the column is on a scale."""
        cell = given.get(column.name)
        if error.code != "K132" or (self.feed.table, column.name) not in SCORES:
            return error
        if self.feed.table == "survey_response" and isinstance(cell, str) and any(map(str.isalpha, cell)):
            return Unreadable("K172", value=as_text(cell)[:40], instrument=as_text(given.get("instrument"))[:40])
        low, high = (column.low, column.high) if column.low is not None else (
            given.get("score_min"), given.get("score_max"))
        return Unreadable("K170", low=_bound(low), high=_bound(high))

    def _number(self, cell: Cell) -> str:
        """A service number; a numeric cell that may have been one is refused, for its last digits are gone."""
        large = isinstance(cell, int | float) and abs(cell) >= FEWEST_DIGITS
        if large or (isinstance(cell, str) and nip.digits_lost(cell)):
            raise Unreadable("K101")
        try:
            found = nip.parse(as_text(cell))
        except nip.InvalidNip as error:
            raise Unreadable(error.code, masked=nip.masked(as_text(cell))) from None
        self.noticed["K122"] += cell != found.number
        self.noticed["K123"] += not found.usual
        return found.number


def _is_other(cell: Shown, column: ColumnSpec) -> bool:
    """Whether a number is of another kind than the column's: a percentage among hours or people, dollars among rupiah."""
    if cell.percent and (column.kind in ("int", "money") or (column.kind == "float" and column.unit not in _PERCENT_UNITS)):
        return True
    return column.kind == "money" and _FOREIGN.search(cell.text) is not None


def _bounded(column: ColumnSpec, value: float) -> float:
    """The value, unless it lies outside the column's bounds."""
    low, high = column.low, column.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise Unreadable("K170", low=_bound(low), high=_bound(high))
    return value


def _bound(value: object) -> str:
    """A bound of a scale as a message names it."""
    return f"{value:g}" if isinstance(value, int | float) else "–"
