"""Columns that a sheet does not hold as such: made of several headings, of part of one, or of what stands around the sheet.

``make`` of a feed gives each a name, which is then used like any heading:
``{join: [Diklat, Tahun]}`` is "Diklat / Tahun", ``{first: [Unit baru, Unit]}``
the first that is filled, ``{from: sheet, take: year}`` the year in the sheet's
name.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from karier_stats.intake.columns import Column, Pool, grouped
from karier_stats.intake.values import MONTHS, Cell, as_text, is_blank, plain

PART = "part"
AROUND = ("title", "sheet", "file", PART)
"""What stands around the rows of a sheet: the rows above its heading, its name, its file's, the title of each part."""
JOINED = " / "

_NUMBER = re.compile(r"(?<!\d)\d(?:[ .]?\d){17}(?!\d)", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)", re.ASCII)
_SHORT_YEAR = re.compile(rf"(?<![^\W_])(?:\d{{1,2}}[-/. ]+\d{{1,2}}|{'|'.join(MONTHS)})[-/. ]+(\d\d)$", re.ASCII | re.IGNORECASE)
"""Two digits are a year behind a day and a month alone: ``KEG-01`` and ``Angkatan 02`` name none."""
_BESIDE_A_NUMBER = re.compile(r"\bnip\b\s*[.:]?", re.IGNORECASE)
_EDGES: Final = " /-–,;:()|"


@dataclass(frozen=True)
class Made:
    """A column made of others.

    Attributes
    ----------
    parts : tuple of str
        Headings, or one of :data:`AROUND`.
    how : str
        ``join``, ``first``, or what is taken of the one part: a key of :data:`TAKEN`.
    """

    parts: tuple[str, ...]
    how: str

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the sheet that it reads."""
        return tuple(part for part in self.parts if part not in AROUND)

    def column(self, held: Mapping[str, Column], around: Mapping[str, str], n: int) -> Column:
        """Its cells in the ``n`` rows of a sheet, from the columns that the sheet holds and from what is around it."""
        whole = {part: Column(np.zeros(n, np.uint8), [around[part] or None]) for part in self.parts if part in around}
        columns = [whole.get(part) or held[part] for part in self.parts]
        ids, first = grouped(columns, np.arange(n))
        rows = zip(*(column.list(first) for column in columns), strict=True)
        pool = Pool(None)
        return Column(pool.codes([self._made(cells) for cells in rows])[ids], pool.values)

    def _made(self, cells: tuple[Cell, ...]) -> Cell:
        """The cell of one row."""
        filled = [cell for cell in cells if not is_blank(cell)]
        if self.how == "join":
            return JOINED.join(map(as_text, filled)) if len(filled) == len(cells) else None
        if not filled or self.how == "first":
            return filled[0] if filled else None
        return TAKEN[self.how](filled[0])


def year_of(cell: Cell) -> Cell:
    """The year that a cell names; of several the last, in which what it tells of has ended."""
    if isinstance(cell, datetime.date):
        return cell.year
    found = _YEAR.findall(as_text(cell))
    short = _SHORT_YEAR.search(as_text(cell))
    return int(found[-1]) if found else 2000 + int(short[1]) if short else None


def number_of(cell: Cell) -> Cell:
    """The service number that stands among other words."""
    found = _NUMBER.search(as_text(cell))
    return found[0] if found else None


def name_of(cell: Cell) -> Cell:
    """What stands beside a service number: the name."""
    return plain(_BESIDE_A_NUMBER.sub(" ", _NUMBER.sub(" ", as_text(cell)))).strip(_EDGES) or None


TAKEN: dict[str, Callable[[Cell], Cell]] = {"text": as_text, "year": year_of, "nip": number_of, "name": name_of}
"""What may be taken of a heading's cells, the sheet's title, its name or the file's."""
