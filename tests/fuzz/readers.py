"""What must hold of a reader whatever bytes it is given."""

from __future__ import annotations

import resource
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from karier_stats.errors import KarierError
from karier_stats.intake.crosswalk import Feed
from karier_stats.intake.feeds import read_feed
from karier_stats.intake.files.readers import BlockFile, Grid, Unfit, headings, read_csv, read_xlsx
from karier_stats.intake.values import folded

from .inputs import input_of

LIMIT_MB = 500
FILLED = ("employee_uid", "batch_id", "outcome")
COLUMNS_EVERY = 7
"""One input in so many is read in columns too."""


@dataclass
class Tally:
    """How the inputs ended: read, or refused under which code; and which broke a promise."""

    done: int = 0
    rows: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def peak(self) -> float:
        """Peak resident megabytes of this process."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(seed: int, start: int, stop: int, tally: Tally) -> None:
    """Give the inputs from ``start`` up to ``stop`` to the readers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        for index in range(start, stop):
            try:
                tally.ends[one(seed, index, path, tally)] += 1
            except Exception as error:  # whatever it is, it is what is looked for
                tally.broken.append(f"seed {seed}, input {index}: {type(error).__name__}: {error}")
            tally.done += 1


def one(seed: int, index: int, path: Path, tally: Tally) -> str:
    """One input: the code of its refusal, or ``read``; AssertionError where a row is lost."""
    kind, content = input_of(seed, index)
    try:
        grid = read_csv(content, "a.csv") if kind == "csv" else read_xlsx(content, "a.xlsx")
    except KarierError as error:
        assert error.message("id") and error.message("en")
        grid, code = None, error.code
    if kind == "csv" and index % COLUMNS_EVERY == 0:
        path.write_bytes(content)
        _same_in_columns(path, grid)
    if grid is None:
        return code
    if kind == "csv":
        encoding = grid.dialect["encoding"]
        text = content if encoding in ("cp1252", "utf-8+cp1252") else content.decode(encoding).encode()
        assert len(grid.rows) == rows_of(text, grid.dialect["separator"].encode()), "a row of the file is lost"
    tally.rows += len(grid.rows)
    return _fed(grid)


def _fed(grid: Grid) -> str:
    """What a feed makes of the grid: every row below the heading ends in one of three ways."""
    names = [name for name in headings(grid, (1,)) if name]
    if len({folded(name) for name in names}) < len(FILLED) or not grid.rows:
        return "read, no headings"
    feed = Feed("participation", file="a.csv", header=(1,), columns=dict(zip(FILLED, names, strict=False)))
    try:
        read = read_feed(feed, grid, "nip")
    except KarierError as error:
        return error.code
    below = sum(number > 1 for number, _ in grid.rows)
    assert read.ends().total() == len(read.numbers) == below, "a row of the grid is lost"
    return "read"


def _same_in_columns(path: Path, grid: Grid | None) -> None:
    """Rows read in columns are those of the grid, or the file is left to the other reader."""
    try:
        file = BlockFile(path, None, None)
        if not file.grid.rows:
            return
        width = max(len(file.grid.rows[0][1]), 2)
        found = []
        for block in file.blocks(file.grid.rows[0][0], width, tuple(range(width))):
            found += [(int(number), block.cells(row)) for row, number in enumerate(block.numbers)]
            for position, column in block.columns.items():
                for row, cell in enumerate(column.list()):
                    cells = block.cells(row)
                    assert cell == (cells[position] if position < len(cells) else None)
    except Unfit:
        return
    assert grid is not None, "read in columns though the other reader refuses it"
    last = grid.rows[-1][0]
    assert sorted(row for row in found if row[0] <= last) == grid.rows[1:], "rows in columns differ"
    assert all(cell is None for number, cells in found if number > last for cell in cells)


def rows_of(text: bytes, separator: bytes) -> int:
    """How many rows a delimited text has up to the last that says anything; counted letter by letter."""
    row = said = 0
    quoted = filled = False
    start = True  # of a cell: only there a quotation mark opens
    place, pending = 0, False
    while place < len(text):
        letter = text[place:place + 1]
        place += 1
        pending = True
        if quoted:
            if letter != b'"':
                filled = True
            elif text[place:place + 1] == b'"':
                filled, place = True, place + 1
            else:
                quoted = False
        elif letter == b'"' and start:
            quoted, start = True, False
        elif letter in (b"\n", b"\r"):
            place += letter == b"\r" and text[place:place + 1] == b"\n"
            row, said = row + 1, row + 1 if filled else said
            filled, start, pending = False, True, False
        elif letter == separator:
            start = True
        else:
            filled, start = True, False
    return row + 1 if pending and filled else said
