"""The tables in an office's files: where the headings stand, which rows are data, and which are left out by what rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from karier_stats.errors import InputError, KarierError
from karier_stats.intake.columns import TAKEN, number_of
from karier_stats.intake.crosswalk import DATABASES, FILES
from karier_stats.intake.feeds import is_numbering, title_of_part
from karier_stats.intake.files.readers import Grid, below, headings, written_out
from karier_stats.intake.files.sources import every_grid
from karier_stats.intake.scrub import SECRET
from karier_stats.intake.start.lexicon import is_word, known_headings
from karier_stats.intake.start.traits import MOST, Trait, amount, is_service_number
from karier_stats.intake.values import Cell, as_text, folded, is_blank

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
        if path.suffix.lower() in (*FILES, *DATABASES) and path.is_file() and not name.startswith((".", "karantina/")):
            try:
                for origin, grid in every_grid(name, folder, hidden=False):
                    look = _looked(grid, name, origin)
                    found += [look] if look else []
                    refused += [] if look else [InputError("K290", place=":".join(origin.values()))]
            except KarierError as error:
                refused.append(error)
        elif path.suffix.lower() in (".xls", ".xlsm", ".ods", ".pdf", ".docx") and not name.startswith("."):
            refused.append(InputError("K217", place=name, file=name))
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


def _leave_parts(
    look: Look, rows: list[tuple[int, tuple[Cell, ...]]], strong: list[bool], names: list[str], usual: int,
) -> None:
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
