"""One cell of a feed turned into the value that is stored, or refused with a code."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from karier_stats.domain import nip
from karier_stats.domain.cell_words import UNIT_WORDS
from karier_stats.intake import values
from karier_stats.intake.crosswalk import Feed
from karier_stats.intake.files.shown import ERROR, Flawed, Shown
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.intake.values import Cell, Unreadable, as_text, entry, folded, is_blank

SCORES = frozenset({
    ("participation", "final_score"), ("test_score", "score"), ("survey_response", "value"),
    ("post_training_rating", "value"), ("leader_engagement", "support_score")})
"""Columns on a declared scale: what is no number there is no value of that scale."""
_PERCENT_UNITS = frozenset({"", "%", "0-100"})  # units of columns in which 85 % is 85
_FOREIGN = re.compile(r"[$€£¥]|\b(?:USD|EUR|SGD|MYR|RM|JPY)\b")
_RANGE = "24 s.d. 28 Februari 2025"
FEWEST_DIGITS = 10**14  # from here on (15 digits) a number may be a service number whose last digits a spreadsheet has taken


class CellReader:
    """Turns cells of one feed into stored values; whoever has a column shows it each distinct cell once.

    What a cell says may depend on its column, which :meth:`judge` is shown
    before its cells are read: ``t`` beside ``f`` is true, a dash among
    amounts in accounting format is zero. A column may have several headings
    in a wide form; each heading is a column of its own.
    """

    def __init__(self, feed: Feed, person: str) -> None:
        self.feed = feed
        self.person = person
        self.noticed: Counter[str] = Counter()
        self._maps = {name: {_text(text): value for text, value in pairs.items()} for name, pairs in feed.values.items()}
        self._names = {column.name: values.category_names(column.codes)
                       for column in TABLES[feed.table].columns if column.codes is not None}
        self._units = {
            column.name: {**UNIT_WORDS.get(column.unit, {}), **feed.unit_words.get(column.unit, {}),
                          **feed.unit_words.get(column.name, {})}
            for column in TABLES[feed.table].columns}
        self._missing = {key: frozenset(map(_text, words)) for key, words in feed.missing.items()}
        self._truths: dict[tuple[str, str | None], frozenset[str]] = {}
        self._accounts: set[tuple[str, str | None]] = set()

    def judge(self, column: ColumnSpec, cells: Iterable[Cell], heading: str | None = None) -> None:
        """Take note of what all cells of a column tell of each."""
        if column.kind == "bool":
            self._truths[column.name, heading] = values.truth_words(cells)
        elif column.kind == "money" and values.accounting(cells):
            self._accounts.add((column.name, heading))

    def read(self, column: ColumnSpec, cell: Cell, heading: str | None = None, n: int = 1) -> Any:
        """The stored value of a cell; None where it says nothing.

        ``heading`` is that of a wide form under which the cell stands; what is
        noticed of the cell is counted for the ``n`` rows that hold it.

        Raises
        ------
        Unreadable
            With the code of the defect.
        """
        if isinstance(cell, Flawed) and cell.code == "K112":
            return None  # the row itself carries the defect, once for all records that the cell gives
        self.noticed["K138"] += n * values.has_marks(cell)
        self.noticed["K149"] += n * getattr(cell, "altered", False)
        mapping, declared = self._maps.get(column.name, {}), False
        if self.says_missing(column.name, cell, heading):
            self.noticed["K174"] += n
            cell = None
        elif mapping and _text(cell) in mapping:
            cell, declared = mapping[_text(cell)], True
        elif self._is_nil(column.name, cell, heading):
            self.noticed["K175"] += n
            cell = 0
        elif not is_blank(cell):
            cell = mapping.get("*", cell)
        if not is_blank(cell):
            return self._converted(column, cell, heading, declared)
        if column.required:
            raise Unreadable("K109" if column.kind == "person" else "K137")
        return None

    def says_missing(self, name: str, cell: Cell, heading: str | None = None) -> bool:
        """Whether a cell holds a code that the crosswalk declares to mean that nothing is known."""
        if not self._missing and name not in self._maps:
            return False
        text, mapping = _text(cell), self._maps.get(name, {})
        if text in mapping:
            return is_blank(mapping[text])
        keys = ("*", name, heading or self.feed.columns.get(name, ""))
        spelled = {text, as_text(float(cell))} if isinstance(cell, Shown) else {text}  # 99,00 in a cell is the code 99
        coded = any(not spelled.isdisjoint(self._missing.get(key, ())) for key in keys)
        return coded or (not is_blank(cell) and "*" in mapping and mapping["*"] is None)

    def says_nothing(self, name: str, cell: Cell, heading: str | None = None, n: int = 1) -> bool:
        """Whether a cell of a wide form gives no record: blank, or a missing code, which is counted for ``n`` rows."""
        if self.says_missing(name, cell, heading):
            self.noticed["K174"] += n
            return True
        return is_blank(cell) and not self._is_nil(name, cell, heading) and _text(cell) not in self._maps.get(name, {})

    def _is_nil(self, name: str, cell: Cell, heading: str | None) -> bool:
        """Whether a dash is the zero of a column in accounting format."""
        return (name, heading) in self._accounts and is_blank(cell) and _text(cell) != ""

    def _converted(self, column: ColumnSpec, cell: Cell, heading: str | None, declared: bool) -> Any:
        """The value by the column's kind, inside its bounds; a number of the crosswalk's own has no style."""
        style = None if declared and not isinstance(cell, str) else _style(self.feed.numbers, column)
        if isinstance(cell, str) and (isinstance(cell, Flawed) or ERROR.fullmatch(cell.strip())):
            raise Unreadable("K117", value=cell.strip()[:40])
        if isinstance(cell, Shown):  # a percentage among hours or people, dollars among rupiah
            whole = column.kind in ("int", "money") or (column.kind == "float" and column.unit not in _PERCENT_UNITS)
            if (cell.percent and whole) or (column.kind == "money" and _FOREIGN.search(cell.text)):
                raise Unreadable("K132")
        match column.kind:
            case "person":
                return self._number(cell) if self.person == "nip" else entry(cell)
            case "category":
                return values.category(cell, self._names[column.name], column.codes or {})
            case "date":
                style, how = _style(self.feed.dates, column), {"since": column.since, "zone": self.feed.time_zone}
                if self.feed.holds_ranges(column.name):
                    return values.date_range(cell, style, **how)[column.name == "end_date"]
                return values.date(values.without_place(cell) if column.name == "birth_date" else cell, style, **how)
            case "bool":
                return values.yes_no(cell, self._truths.get((column.name, heading), frozenset()))
            case "int":
                return _bounded(column, values.whole(cell, style, self._units[column.name]))
            case "float" | "money":
                return _bounded(column, self._amount(column, cell, style))
        if not column.input_only and len(as_text(cell)) > values.LONGEST_TEXT:
            self.noticed["K127"] += 1
        return values.text(entry(cell) if column.kind == "id" else cell)

    def answer(self, instrument: object, cell: Cell) -> Cell:
        """The number of an answer in words on the instrument's declared scale; any other cell as it is."""
        words = self.feed.answers.get(str(instrument), self.feed.answers.get("*"))
        return cell if words is None or not isinstance(cell, str) else words.get(folded(cell), cell)

    def refusal(self, column: ColumnSpec, given: Mapping[str, Cell], error: Unreadable) -> Unreadable:
        """The defect of a cell with an example and the forms that are read, or what a scale says of it."""
        cell = given.get(column.name)
        if error.code not in ("K132", "K176") or (self.feed.table, column.name) not in SCORES:
            return Unreadable(error.code, **{**self._facts(column, cell, error.code), **error.values})
        if self.feed.table == "survey_response" and isinstance(cell, str) and any(map(str.isalpha, cell)):
            return Unreadable("K172", value=as_text(cell)[:40], instrument=as_text(given.get("instrument"))[:40])
        low, high = (column.low, column.high) if column.low is not None else (given.get("score_min"), given.get("score_max"))
        return Unreadable("K170", **self._facts(column, cell, "K170"), low=bound(low), high=bound(high))

    def _facts(self, column: ColumnSpec, cell: Cell, code: str) -> dict[str, object]:
        """What the message of a defect shows: the entry, masked where it may tell of a person, and what is read."""
        if code not in ("K130", "K132", "K133", "K134", "K135", "K150", "K151", "K170", "K176", "K177"):
            return {}
        shown = re.sub(r"\w", "*", as_text(cell)) if column.input_only else SECRET.sub(MASK, as_text(cell))
        facts: dict[str, object] = {"key": column.name, "value": shown[:40]}
        if code == "K130":
            cell = self._maps.get(column.name, {}).get(_text(cell), cell)
            facts |= {style: f"{self._amount(column, cell, style):.12g}" for style in ("id", "en")}
        elif code == "K132":
            facts["forms"] = values.FORMS[_style(self.feed.numbers, column) or ""]
        elif code in ("K133", "K150"):
            forms = values.FORMS[values.date_order(_style(self.feed.dates, column))]
            facts["forms"] = f"{forms}, {_RANGE}" if self.feed.holds_ranges(column.name) else forms
        elif code == "K176":
            facts["unit"] = column.unit or column.name
        return facts

    def _amount(self, column: ColumnSpec, cell: Cell, style: str | None) -> float:
        """A number or an amount of money in one style, inside its bounds or not."""
        if column.kind == "money":
            return values.money(cell, style)
        return values.number(cell, style, self._units[column.name])

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


def _bounded(column: ColumnSpec, value: float) -> float:
    """The value, unless it lies outside the column's bounds."""
    low, high = column.low, column.high
    if (low is not None and value < low) or (high is not None and value > high):
        raise Unreadable("K170", low=bound(low), high=bound(high))
    return value


def _style(declared: Mapping[str, str], column: ColumnSpec) -> str | None:
    """How a column writes its numbers or dates, if that is declared."""
    return declared.get(column.name, declared.get("*"))


def _text(cell: Cell) -> str:
    """A cell as the crosswalk names it."""
    return "" if cell is None else folded(entry(cell))


def bound(value: object) -> str:
    """A bound of a scale as a message names it."""
    return f"{value:g}" if isinstance(value, int | float) else "–"
