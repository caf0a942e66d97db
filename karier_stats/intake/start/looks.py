"""The tables in an office's files: where the headings stand, which rows are data, which are left out by what rule.

What the cells of a column are (numbers of people, days and their order, amounts, words of a list, answers) is its trait.
"""

import datetime
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

from karier_stats.domain import nip
from karier_stats.domain.cell_words import ANSWER_SCALES
from karier_stats.domain.grades import parse_grade
from karier_stats.errors import InputError, KarierError
from karier_stats.intake import values
from karier_stats.intake.cells import FEWEST_DIGITS
from karier_stats.intake.columns import TAKEN, number_of
from karier_stats.intake.crosswalk import DATABASES, FILES
from karier_stats.intake.feeds import is_numbering, title_of_part
from karier_stats.intake.files.readers import Grid, below, headings, written_out
from karier_stats.intake.files.sources import every_grid
from karier_stats.intake.scrub import HONORIFIC, SECRET, TITLES
from karier_stats.intake.start.lexicon import is_word, known_headings
from karier_stats.intake.values import Cell, as_text, attempted, folded, is_blank, refusal

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
    return attempted(nip.parse, as_text(cell))


def _is_day(cell: Cell, order: str) -> bool:
    """Whether a text names a day, or a range of days, in an order."""
    return isinstance(cell, str) and any(map(str.isdigit, cell)) and not refusal(
        values.date_range, values.without_place(cell), order)


def amount(cell: Cell) -> float | None:
    """A number in either style, or money; None for anything else."""
    if isinstance(cell, bool | datetime.date | datetime.time) or cell is None:
        return None
    found = (attempted(values.number, cell, style) for style in (None, *values.NUMBER_STYLES))
    value = next((one for one in found if one is not None), None)
    if value is None and (money := attempted(values.money, cell)) is not None:
        value = float(money)
    return value


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
    grades = _share_of(lambda cell: isinstance(cell, str) and bool(attempted(parse_grade, cell, None)))
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


SEARCHED = 30  # rows among which the heading is looked for
_LONGEST_WORD, _MOST_PARTS = 40, 60


@dataclass(eq=False)
class Look:
    """One table that was found in a file.

    Attributes
    ----------
    file, sheet : str
    origin : dict
        The keys by which a crosswalk names where it lies.
    header : tuple of int
        Its heading rows; ``(0,)`` for the names of a typed file.
    title : str
        What stands above the heading.
    traits : list of Trait
        Its columns.
    rows : list of int
        The numbers of the rows of data.
    stop, subtotal : tuple of str
        Words by which rows are left out.
    exclude : dict
        Heading to the words of rows that repeat the heading.
    left : dict of int to str
        Rows left out, each with its rule.
    parts : tuple of str
        The titles of its parts.
    refers : bool
        Whether its rows name rows of a schedule.
    course : str
        The one course of other sheets that its name, its title or its file's name speaks of.
    """

    file: str
    sheet: str
    origin: dict[str, str]
    header: tuple[int, ...]
    title: str
    traits: list[Trait] = field(repr=False)
    rows: list[int] = field(repr=False)
    stop: tuple[str, ...] = ()
    subtotal: tuple[str, ...] = ()
    exclude: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left: dict[int, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    refers: bool = False
    course: str = ""

    @property
    def where(self) -> str:
        """File and sheet."""
        return f"{self.file}:{self.sheet}" if self.sheet else self.file

    @property
    def around(self) -> dict[str, str]:
        """What stands around the rows, as a crosswalk may take from it."""
        return {"sheet": self.sheet, "title": self.title, "file": Path(self.file).stem}

    @cached_property
    def pattern(self) -> str:
        """The headings of the sheet as one text: equal for sheets that are filled in alike."""
        return "|".join(folded(trait.heading) for trait in self.traits if trait.heading)

    def is_read_by(self, feed: Mapping[str, object]) -> bool:
        """Whether a feed reads the sheet."""
        return all(feed.get(key) == name for key, name in self.origin.items())

    def trait(self, name: str | None) -> Trait | None:
        """The column of a name."""
        return next((trait for trait in self.traits if trait.name == name), None)

    @cached_property
    def people(self) -> list[Trait]:
        """The columns of service numbers."""
        return [trait for trait in self.traits if trait.numbers_of_people >= 0.6]


def looks_of(folder: Path) -> tuple[list[Look], list[KarierError]]:
    """Every table in the files of a folder, and what was refused of it."""
    found, refused = list[Look](), list[KarierError]()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.name.startswith("~$"):  # what Excel lays beside a workbook that is open
            continue
        if path.suffix.lower() in (*FILES, *DATABASES) and path.is_file() and not name.startswith((".", "karantina/")):
            try:
                for origin, grid in every_grid(name, folder, hidden=False):
                    look = _looked(grid, name, origin)
                    found += [look] if look else []
                    refused += [] if look else [InputError("K290", place=":".join(origin.values()))]
            except KarierError as error:
                refused.append(error)
        elif path.suffix.lower() in (".xls", ".xlsm", ".ods", ".pdf", ".docx") and not name.startswith("."):
            refused.append(InputError("K217", place=folder.name, file=name))
    return found, refused


def _looked(grid: Grid, file: str, origin: dict[str, str]) -> Look | None:
    """The table of a sheet, where it holds one."""
    header = found_header(grid)
    if header is None:
        return None
    names = headings(grid, header)
    rows = [(number, cells) for number, cells, _ in below(grid, header[-1]) if not all(map(is_blank, cells))]
    if len(rows) < 1 or sum(map(bool, names)) < 2:
        return None
    title = " ".join(dict.fromkeys(
        as_text(cell) for number, cells in grid.rows if number < header[0] for cell in cells if not is_blank(cell)))
    look = Look(file, grid.dialect.get("sheet", ""), origin, header, title, [], [])
    kept = _kept(look, rows, names)
    look.rows = [number for number, _ in kept]
    look.traits = [*_traits(names, [cells for _, cells in kept])]
    return look if look.rows and len(look.traits) > 1 else None


def _traits(names: list[str], rows: list[tuple[Cell, ...]]) -> Iterator[Trait]:
    """The columns with anything in them; the number and the name of a person in one cell are columns of their own too."""
    from openpyxl.utils import get_column_letter

    often = Counter(map(folded, names))
    uppers = Counter(upper for name in names for upper in name.split(" / ")[:-1])
    for place, heading in enumerate(names):
        cells = [cells[place] if place < len(cells) else None for cells in rows]
        counts = Counter(cell for cell in cells if not is_blank(cell))
        if counts:
            name = heading if heading and often[folded(heading)] == 1 else f"[{get_column_letter(place + 1)}]"
            shared = frozenset(upper for upper in heading.split(" / ")[:-1] if uppers[upper] > 1)
            trait = Trait(place, name, heading, counts, cells, shared=shared)
            yield trait
            worded = trait.share(lambda cell: isinstance(cell, str) and number_of(cell) is not None)
            for take, what in (("nip", "NIP"), ("name", "Nama")) if trait.numbers_of_people < 0.6 and worded >= MOST else ():
                own = [None if is_blank(cell) else TAKEN[take](cell) for cell in cells]
                counts = Counter(cell for cell in own if cell is not None)
                yield Trait(place, f"{take}@{name}", what, counts, own, {"from": name, "take": take})


def found_header(grid: Grid) -> tuple[int, ...] | None:
    """The heading rows of a sheet: the one most like headings that offices use, among rows about as wide as the data, and those
    around it that merged cells or gaps show to belong to it.
    """
    if grid.rows and grid.rows[0][0] == 0:
        return (0,)
    written = {number: written_out(grid, number, cells) for number, cells in grid.rows[:SEARCHED]}
    widths = Counter(filled for _, cells in grid.rows[:200] if (filled := sum(not is_blank(cell) for cell in cells)) > 1)
    if not widths:
        return None
    usual = max(widths, key=lambda width: (widths[width] * width, width))
    scored = [(_likeness(texts, usual), -number) for number, texts in written.items()]
    best = max(scored, default=(0.0, 0))
    if best[0] <= 0:
        return None
    first = last = -best[1]
    while first - 1 in written and _is_upper(grid, first - 1, written):
        first -= 1
    while last + 1 in written and last - first < 3 and _is_upper(grid, last, written):
        last += 1
    return tuple(range(first, last + 1))


def _likeness(cells: list[Cell], usual: int) -> float:
    """How much a row is like one of headings."""
    filled = [cell for cell in cells if not is_blank(cell)]
    labels = [as_text(cell) for cell in filled if is_label(cell)]
    distinct = len(set(map(folded, labels)))
    if len(labels) < len(filled) or distinct < 2 or len(filled) < usual * 0.5:
        return 0.0
    return 3 * known_headings(labels) + distinct / usual


def is_label(cell: Cell) -> bool:
    """Whether a cell could be a heading: words, no amount and no number of a person; a year may be one."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return 1990 <= cell <= 2100
    worded = isinstance(cell, str) and (any(map(str.isalpha, cell)) or not any(map(str.isalnum, cell)))
    return worded and not SECRET.search(str(cell)) and amount(cell) is None


def _is_upper(grid: Grid, row: int, written: dict[int, list[Cell]]) -> bool:
    """Whether the row below a row of headings belongs to it: merged cells reach into it, or it fills gaps with labels alone."""
    upper, lower = written[row], written.get(row + 1, [])
    own = [area for (number, _), area in grid.spans.items() if number == row]
    if any(area.bottom > row for area in own if area.top <= row):
        return True
    filled = [(place, cell) for place, cell in enumerate(lower) if not is_blank(cell)]
    labels = bool(filled) and all(is_label(cell) for _, cell in filled)
    several = len({folded(as_text(cell)) for cell in upper if not is_blank(cell)}) >= 2
    gaps = [place for place, _ in filled if place >= len(upper) or is_blank(upper[place])]
    wide = any(area.right > area.left and area.top == row for area in own)
    held = [place for place, cell in enumerate(upper) if not is_blank(cell)]
    empty = [place for place in held if place >= len(lower) or is_blank(lower[place])]
    return several and labels and (wide or (bool(gaps) and len(empty) * 2 >= len(held)))


def _kept(look: Look, rows: list[tuple[int, tuple[Cell, ...]]], names: list[str]) -> list[tuple[int, tuple[Cell, ...]]]:
    """The rows of data; words and rules for the others are noted on the look."""
    tails = [folded(name.rpartition(" / ")[2]) for name in names]
    for number, cells in rows:  # the headings again, as on a new page
        same = sum(isinstance(cell, str) and bool(name) and folded(cell) == name for cell, name in zip(cells, tails, strict=False))
        if same >= 3 and same * 2 >= sum(map(bool, tails)):
            look.left[number] = "repeat"
    repeats = bool(look.left)
    if rows and is_numbering([cell for cell in rows[0][1] if not is_blank(cell)]):
        look.left[rows[0][0]] = "numbering"
    rows = [row for row in rows if row[0] not in look.left]
    if repeats:
        at = _anchor(rows, names)
        look.exclude = {names[at]: (names[at].rpartition(" / ")[2],)} if names[at] else {}
    widths = Counter(sum(not is_blank(cell) for cell in cells) for _, cells in rows[:500])
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    strong = [_is_data(cells, usual) for _, cells in rows]
    end = max((place for place, sound in enumerate(strong) if sound), default=-1) + 1
    firsts = [folded(_first(cells)) for _, cells in rows]
    while 0 < end < len(rows) and any(first.startswith(folded(_first_word(rows[end][1]))) for first in firsts[:end]):
        end += 1  # a last subtotal, as those between
    if 0 < end < len(rows) and (word := _first_word(rows[end][1])):
        look.stop = (word,)
        look.left |= {number: "stop" for number, _ in rows[end:]}
        rows, strong = rows[:end], strong[:end]
    words = dict.fromkeys(word for (_, cells), sound in zip(rows, strong, strict=True) if not sound
                          and (word := is_word("subtotal", _first(cells))))
    look.subtotal = tuple(words)
    out = [number for number, cells in rows if words and folded(_first(cells)).startswith(tuple(words))]
    look.left |= dict.fromkeys(out, "subtotal")
    _leave_parts(look, rows, [*strong], names, usual)
    return [row for row in rows if row[0] not in look.left]


def _leave_parts(look: Look, rows: list[tuple[int, tuple[Cell, ...]]], strong: list[bool], names: list[str], usual: int) -> None:
    """Leave out titles of parts between the rows of data, by what they hold where every row of data has something else."""
    thin = {number for (number, cells), sound in zip(rows, strong, strict=True) if not sound and number not in look.left
            and sum(not is_blank(cell) for cell in cells) * 3 <= usual}
    if not thin:
        return
    at = _anchor(rows, names)
    held = {number: "" if at >= len(cells) or is_blank(cells[at]) else as_text(cells[at]) for number, cells in rows}
    words = {held[number] for number in thin}
    others = {word for number, word in held.items() if number not in thin and number not in look.left}
    if names[at] and words.isdisjoint(others) and len(words) <= _MOST_PARTS:
        look.exclude = {names[at]: (*look.exclude.get(names[at], ()), *sorted(words))}
        look.left |= dict.fromkeys(thin, "part")
        filled = {number: [as_text(cell) for cell in cells if not is_blank(cell)] for number, cells in rows if number in thin}
        look.parts = tuple(dict.fromkeys(title for cells in filled.values() if (title := title_of_part(cells))))


def _anchor(rows: list[tuple[int, tuple[Cell, ...]]], names: list[str]) -> int:
    """The column that every row of data fills: service numbers, else the fullest one."""
    counts = Counter[int]()
    for _, cells in rows:
        filled = [(place, cell) for place, cell in enumerate(cells[:len(names)]) if not is_blank(cell)]
        counts.update({place: 1 + 2 * is_service_number(cell) for place, cell in filled})
    return max(counts, key=lambda place: (counts[place], -place), default=0)


def _is_data(cells: tuple[Cell, ...], usual: int) -> bool:
    """Whether a row is one of data: it is filled about as much as the others, or names a person beside other things."""
    filled = [cell for cell in cells if not is_blank(cell)]
    if len(filled) >= 2 and any(map(is_service_number, filled)):
        return True
    word = is_word("subtotal", _first(cells)) or is_word("closing", _first(cells))
    return not word and len(filled) >= max(2, 0.5 * usual)


def _first(cells: tuple[Cell, ...]) -> str:
    """The first filled cell of a row."""
    return next((as_text(cell) for cell in cells if not is_blank(cell)), "")


def _first_word(cells: tuple[Cell, ...]) -> str:
    """By what the row that ends the data is told: the beginning of its first cell, without any number of a person."""
    return SECRET.split(_first(cells))[0].strip()[:_LONGEST_WORD].strip()
