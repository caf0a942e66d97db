"""What the cells of a column are: numbers of people, days and their order, amounts, words of a list, answers."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice

from karier_stats.domain import nip
from karier_stats.domain.cell_words import ANSWER_SCALES
from karier_stats.domain.grades import UnfitGrade, parse_grade
from karier_stats.intake import values
from karier_stats.intake.cells import FEWEST_DIGITS
from karier_stats.intake.scrub import HONORIFIC, TITLES
from karier_stats.intake.values import Cell, Unreadable, as_text, folded, refusal

MOST = 0.8  # share of the filled cells from which on a column is said to hold what they hold
LONGEST_CODE, _SEARCHED = 24, 200
ORDERS = ("dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd", "teks")
_ANSWERS = frozenset(word for scale in ANSWER_SCALES.values() for word in scale) | {"kurang setuju", "cukup setuju", "cukup baik"}
_CODE = re.compile(r"[\w./\- ]*\d[\w./\- ]*")
_TITLE = re.compile(r",\s?(?:S|M|A\.?Md|Dr|Sp)\.\s?[A-Z]|^(?:Dr[sa]?|Ir|dr|Hj?)\.\s", re.ASCII)
_MEASURED = re.compile(r"\d[\d.,]*\s?(?:/\s?\d[\d.,]*|[A-Za-z]{1,6}\.?)")
_WORDS = re.compile(r"[^\W\d_]+")


def spoken(text: str) -> list[str]:
    """A text, and what it says in each language where it says it in two: ``Lulus / Passed``."""
    return [text, *(text.split(" / ") if " / " in text else ())]


def is_service_number(cell: Cell) -> bool:
    """Whether a cell holds a service number, or what a spreadsheet has made of one."""
    if isinstance(cell, bool | datetime.date | datetime.time) or cell is None:
        return False
    if isinstance(cell, int | float):
        return abs(cell) >= FEWEST_DIGITS
    text = nip.clean(cell)
    return nip.digits_lost(cell) or (text.isascii() and text.isdigit() and 17 <= len(text) <= 19)


def parsed(cell: Cell) -> nip.Nip | None:
    """A service number where it is one."""
    try:
        return nip.parse(as_text(cell))
    except nip.InvalidNip:
        return None


def _is_day(cell: Cell, order: str) -> bool:
    """Whether a text names a day, or a range of days, in an order."""
    return isinstance(cell, str) and any(map(str.isdigit, cell)) and not refusal(
        values.date_range, values.without_place(cell), order)


def amount(cell: Cell) -> float | None:
    """A number in either style, or money; None for anything else."""
    if isinstance(cell, bool | datetime.date | datetime.time) or cell is None:
        return None
    for style in (None, "id", "en", "id%", "en%"):
        try:
            return values.number(cell, style)
        except Unreadable:
            continue
    try:
        return float(values.money(cell))
    except Unreadable:
        return None


def _is_grade(cell: Cell) -> bool:
    """Whether a text is a grade of civil servants."""
    try:
        return isinstance(cell, str) and bool(parse_grade(cell, None))
    except UnfitGrade:
        return False


def _is_name(cell: Cell) -> bool:
    """Whether a text looks like the name of a person."""
    if not isinstance(cell, str) or any(map(str.isdigit, cell)) or len(cell) > 60:
        return False
    words = [word.casefold() for word in _WORDS.findall(cell)]
    titled = any(word in TITLES or word in HONORIFIC for word in words)
    letters = re.sub(r"['.,`’\s]", "", cell)
    return 1 <= len(words) <= 8 and (titled or (len(words) <= 4 and letters.isalpha()))


def _share_of(test: Callable[[Cell], bool]) -> cached_property[float]:
    """The share of a column's filled cells that pass a test, found once."""
    return cached_property(lambda trait: trait.share(test))


@dataclass
class Trait:
    """A column of a sheet: its heading, and how many rows hold each of its values.

    Attributes
    ----------
    place : int
        The column, from 0.
    name : str
        The heading as the crosswalk names it; ``[F]`` where the sheet has none or has it twice.
    counts : Counter
        The filled cells.
    cells : list of Cell
        Each row's, blank ones included.
    made : dict
        What the crosswalk makes it of, where the sheet does not hold it as such.
    shared : frozenset of str
        The upper headings over it that stand over other columns too.
    numbers_of_people, amounts, years, truths, names, titles, grades, codes : float
        The share of the filled cells that are service numbers (spoiled ones
        too), numbers or money, years, yes or no, like names of people, with
        an academic title, grades of civil servants, short codes with a digit.
    """

    place: int
    name: str
    heading: str
    counts: Counter[Cell]
    cells: list[Cell] = field(repr=False)
    made: dict[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    numbers_of_people = _share_of(is_service_number)
    amounts = _share_of(lambda cell: not is_service_number(cell) and (
        amount(cell) is not None or _MEASURED.fullmatch(as_text(cell)) is not None))
    years = _share_of(lambda cell: (value := amount(cell)) is not None and value.is_integer() and 2000 <= value <= 2100)
    truths = _share_of(lambda cell: refusal(values.yes_no, cell) in ("", "K177"))
    names = _share_of(_is_name)
    titles = _share_of(lambda cell: isinstance(cell, str) and bool(_TITLE.search(cell)))
    grades = _share_of(_is_grade)
    codes = _share_of(lambda cell: len(as_text(cell)) <= LONGEST_CODE and bool(_CODE.fullmatch(as_text(cell))))

    @cached_property
    def n(self) -> int:
        """Filled cells."""
        return self.counts.total()

    def share(self, test: Callable[[Cell], bool]) -> float:
        """The share of the filled cells that pass a test, asked once of each value."""
        return sum(n for cell, n in self.counts.items() if test(cell)) / self.n if self.n else 0.0

    @cached_property
    def distinct(self) -> float:
        """Distinct values per filled cell."""
        return len(self.counts) / self.n if self.n else 0.0

    @cached_property
    def days(self) -> dict[str, float]:
        """By order of dates the share of texts that are days in it; ``typed`` is that of date cells."""
        typed = self.share(lambda cell: isinstance(cell, datetime.date))
        some = any(_is_day(cell, order) for cell in islice(self.counts, _SEARCHED) for order in ORDERS)
        return {"typed": typed, **{order: self.share(partial(_is_day, order=order)) if some else 0.0 for order in ORDERS}}

    @cached_property
    def is_days(self) -> bool:
        """Whether it holds days, in whatever order; codes such as 4.01.01 are none."""
        dotted = self.share(lambda cell: isinstance(cell, str) and re.fullmatch(r"\d\.\d\d\.\d\d", cell.strip()) is not None)
        return dotted < 1 - MOST and self.days["typed"] + max(self.days[order] for order in ORDERS) >= MOST

    @cached_property
    def has_ranges(self) -> bool:
        """Whether some of its cells name a first and a last day."""
        orders = self.orders or ORDERS
        texts = [cell for cell in self.counts if isinstance(cell, str)]
        return any(not refusal(values.date_range, cell, order) and len({*values.date_range(cell, order)}) == 2
                   for cell in texts for order in orders)

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """The orders in which every text of it is a day."""
        texts = self.share(lambda cell: isinstance(cell, str))
        return tuple(order for order in ORDERS if texts and self.days[order] >= texts * 0.97)

    @cached_property
    def numbers(self) -> list[tuple[float, int]]:
        """Its numbers, each with how many rows hold it."""
        return [(value, n) for cell, n in self.counts.items() if (value := amount(cell)) is not None]

    @cached_property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest number."""
        found = [value for value, _ in self.numbers]
        return (min(found), max(found)) if found else (0.0, 0.0)

    @cached_property
    def answers(self) -> float:
        """The share of answers in words, or of whole numbers from 1 to 5."""
        whole = self.share(lambda cell: (value := amount(cell)) is not None and value in (1, 2, 3, 4, 5))
        return max(whole, self.share(lambda cell: isinstance(cell, str) and folded(cell) in _ANSWERS))

    @property
    def is_repeated(self) -> bool:
        """Whether it holds texts that many rows share, as names of courses and units are."""
        return 0 < self.distinct <= 0.5 and self.amounts < MOST and not self.is_days and self.numbers_of_people < 0.6

    @cached_property
    def words(self) -> frozenset[str]:
        """Its texts, folded."""
        return frozenset(folded(as_text(cell)) for cell in self.counts)

    def known(self, labels: Mapping[str, str]) -> float:
        """The share of cells that are among the words of a list."""
        return self.share(lambda cell: any(part.rstrip(".") in labels for part in spoken(folded(as_text(cell)))))
