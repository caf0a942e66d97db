"""Columns of distinct values: what is true of a value is found out once, however many rows hold it."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_DENSE = 4
"""So many places per row may be set aside to tell groups apart without sorting."""


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
        """The code of a value; what is equal but written apart (1 and True, 0.0 and -0.0) has its own."""
        key = value if type(value) is str else _key(value)
        found = self._codes.get(key)
        if found is None:
            found = self._codes[key] = len(self.values)
            self.values.append(value)
        return found

    def codes(self, values: Sequence[Any]) -> np.ndarray:
        """The codes of some values, as narrow as they may be stored."""
        return narrow(np.fromiter(map(self.code, values), np.int32, len(values)), len(self.values))


def _key(value: Any) -> Hashable:
    """What tells a value from all others, its type and what its cell shows included."""
    if isinstance(value, float):
        return type(value), value, math.copysign(1.0, value), *getattr(value, "__dict__", {}).values()
    return type(value), value, getattr(value, "code", None)


def narrow(codes: np.ndarray, n: int) -> np.ndarray:
    """Codes below ``n`` in the smallest type that holds them."""
    return codes.astype(np.min_scalar_type(n), copy=False)


@dataclass
class Column:
    """One column: the code of each row, and the value of each code."""

    codes: np.ndarray
    values: list[Any]

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

    Parameters
    ----------
    columns : iterable of Column
    at : ndarray of int, shape (n,)
        The rows.

    Returns
    -------
    ids : ndarray of int, shape (n,)
        The group of each row.
    first : ndarray of int, shape (groups,)
        The place in ``at`` of each group's first row.
    """
    key, size = keys(columns, at)
    if size > max(_DENSE * len(at), 2**16):
        _, first, ids = np.unique(key, return_index=True, return_inverse=True)
        order = np.argsort(first)
        return np.argsort(order)[ids], first[order]
    place = np.full(size, -1, np.int64)
    place[key[::-1]] = np.arange(len(key))[::-1]  # the last to be written is the first row
    first = np.sort(place[place >= 0])
    place[key[first]] = np.arange(len(first))
    return place[key], first
