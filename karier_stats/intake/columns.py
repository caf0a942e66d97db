"""Columns of distinct values: what is true of a value is found out once, however many rows hold it.

Some a sheet does not hold as such: ``make`` of a feed gives each a name, which
is then used like any heading. ``{join: [Diklat, Tahun]}`` is "Diklat / Tahun",
``{first: [Unit baru, Unit]}`` the first that is filled, ``{from: sheet, take:
year}`` the year in the sheet's name.
"""

import datetime
import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from karier_stats.intake.values import MONTHS, Cell, as_text, is_blank, plain


class Pool:
    """Distinct values in the order of their first appearance, each with its code.

    Parameters
    ----------
    *values
        The first of them; a column whose rows may say nothing begins with None.
    """

    def __init__(self, *values: Any) -> None:
        self.values: list[Any] = []
        self._codes: dict[Hashable, int] = {}
        for value in values:
            self.code(value)

    def code(self, value: Any) -> int:
        """The code of a value; what is equal but written apart (1 and True, 0.0 and -0.0) or shows itself otherwise has its own."""
        key: Hashable = value
        if isinstance(value, float):
            key = (type(value), value, math.copysign(1.0, value), *getattr(value, "__dict__", {}).values())
        elif type(value) is not str:
            key = (type(value), value, getattr(value, "code", None))
        found = self._codes.get(key)
        if found is None:
            found = self._codes[key] = len(self.values)
            self.values.append(value)
        return found

    def codes(self, values: Sequence[Any]) -> np.ndarray:
        """The codes of some values, as narrow as they may be stored."""
        return narrow(np.fromiter(map(self.code, values), np.int32, len(values)), len(self.values))


def narrow(codes: np.ndarray, n: int) -> np.ndarray:
    """Codes below ``n`` in the smallest type that holds them."""
    return codes.astype(np.min_scalar_type(n), copy=False)


@dataclass
class Column:
    """One column: the code of each row, and the value of each code; in a wide form also the heading under which it stands."""

    codes: np.ndarray
    values: list[Any]
    headings: list[str] | None = None

    def counts(self, at: np.ndarray | slice = slice(None)) -> np.ndarray:
        """How many of some rows hold each value."""
        return np.bincount(self.codes[at], minlength=len(self.values))

    def of(self, test: Callable[[Any], Any], kind: type = bool) -> np.ndarray:
        """What a test says of each row, asked once of each value."""
        return np.fromiter(map(test, self.values), kind, len(self.values))[self.codes]

    def list(self, at: np.ndarray | slice = slice(None)) -> list[Any]:
        """The values of some rows."""
        return [self.values[code] for code in self.codes[at].tolist()]


def joined(columns: Sequence[Column]) -> Column:
    """Columns one after the other, in codes that they share; the first value is None."""
    if len(columns) == 1:
        return columns[0]
    pool = Pool(None)
    parts = [pool.codes(column.values)[column.codes] for column in columns]
    return Column(np.concatenate(parts), pool.values)


def keys(columns: Iterable[Column], at: np.ndarray) -> tuple[np.ndarray, int]:
    """The values of several columns as one number per row, and the bound of these numbers."""
    key, size = np.zeros(len(at), np.int64), 1
    for column in columns:
        if size * len(column.values) >= 2**62:
            distinct, key = np.unique(key, return_inverse=True)
            size = len(distinct)
        key *= len(column.values)
        key += column.codes[at]
        size *= len(column.values)
    return key, size


def grouped(columns: Iterable[Column], at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows that hold the same values, as groups in the order of their first rows.

    Returns
    -------
    ids : ndarray of int, shape (n,)
        The group of each of the ``n`` rows in ``at``.
    first : ndarray of int, shape (groups,)
        The place in ``at`` of each group's first row.
    """
    import pandas as pd

    ids, distinct = pd.factorize(keys(columns, at)[0])
    first = np.zeros(len(distinct), np.int64)
    first[ids[::-1]] = np.arange(len(ids))[::-1]  # the last to be written is the first row
    return ids, first


PART = "part"
AROUND = ("title", "sheet", "file", PART)  # the rows above a heading, names of sheet and file, the title of each part
JOINED = " / "
_NUMBER = re.compile(r"(?<!\d)\d(?:[ .]?\d){17}(?!\d)", re.ASCII)
_DD, _MM, _YYYY = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])", r"((?:19|20)\d\d)"
_YEAR = re.compile(rf"(?<!\d)(?:(?:{_DD}{_MM})?{_YYYY}|{_YYYY}{_MM}{_DD})(?!\d)", re.ASCII)
"""A year, or one in eight digits of a day: 20250601, 01062025."""
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
    found = [alone or first for alone, first in _YEAR.findall(as_text(cell))]
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
