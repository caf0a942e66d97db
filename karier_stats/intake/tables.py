"""The records of one table, of all its feeds, as columns; judged one distinct combination of values at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from karier_stats.intake.columns import Column, Pool, grouped, joined, keys
from karier_stats.intake.feeds import FATES, Defect, FeedRows, Record
from karier_stats.intake.schema import TABLES

Judge = Callable[[Record, "Counter[str]"], Iterable[Defect]]
"""Looks at some values of a record: may change them, counts what is noticed, and says what is wrong."""


class Table:
    """The records of one table.

    Parameters
    ----------
    name : str
        The table.
    feeds : list of FeedRows
        All of its feeds, in order; their records are held here from now on.

    Attributes
    ----------
    columns : dict of str to Column
        The table's columns that any feed fills.
    feed : Column
        The feed of each record.
    at : ndarray of int
        The records that stand: neither dropped nor of a row with a defect.
    """

    def __init__(self, name: str, feeds: list[FeedRows]) -> None:
        self.name, self.feeds = name, feeds
        sizes = [len(read.row) for read in feeds]
        self.feed = Column(np.repeat(np.arange(len(feeds), dtype=np.min_scalar_type(len(feeds))), sizes), list(feeds))
        self._row = np.concatenate([read.row for read in feeds]) if len(feeds) > 1 else feeds[0].row
        self._begins = np.cumsum([0, *sizes])
        self._marks: list[tuple[int, Defect]] = []
        self.columns: dict[str, Column] = {}
        for spec in TABLES[name].columns:
            parts = [read.columns.get(spec.name) for read in feeds]
            if any(parts):
                absent = [Column(np.zeros(n, np.uint8), [None]) for n in sizes]
                self.columns[spec.name] = joined([part or none for part, none in zip(parts, absent, strict=True)])
            for read, begin, end in zip(feeds, self._begins, self._begins[1:], strict=False):
                if spec.name in read.columns:
                    read.columns[spec.name] = Column(self.columns[spec.name].codes[begin:end], self.columns[spec.name].values)
        self.at = self._standing()

    def _standing(self) -> np.ndarray:
        """The records that stand."""
        return np.flatnonzero(np.concatenate([~read.gone & ~read.unsound()[read.row] for read in self.feeds]))

    def column(self, name: str) -> Column:
        """A column; of nothing where no feed fills it."""
        return self.columns.get(name) or Column(np.zeros(len(self._row), np.uint8), [None])

    def value(self, record: int, name: str) -> Any:
        """One value."""
        column = self.columns.get(name)
        return None if column is None else column.values[column.codes[record]]

    def stored(self, record: int) -> tuple[Any, ...]:
        """What a record would be stored as, to hold it against another."""
        return tuple(self.value(record, spec.name) for spec in TABLES[self.name].columns if not spec.input_only)

    def records(self, *names: str) -> list[Record]:
        """Some values of the records that stand."""
        lists = [self.column(name).list(self.at) for name in names]
        return [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]

    def number(self, record: int) -> int:
        """The number of a record's row in its file."""
        return int(self.read(record).numbers[self._row[record]])

    def numbers(self, at: np.ndarray) -> np.ndarray:
        """The row numbers of some records."""
        found = np.zeros(len(at), np.int64)
        for code, read in enumerate(self.feeds):
            own = self.feed.codes[at] == code
            found[own] = read.numbers[self._row[at[own]]]
        return found

    def read(self, record: int) -> FeedRows:
        """The feed of a record."""
        return self.feeds[self.feed.codes[record]]

    def groups(self, names: Sequence[str], *, by_feed: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """The group of each record that stands by some of its columns, and each group's first record."""
        columns = [*([self.feed] if by_feed else []), *(self.columns[name] for name in names if name in self.columns)]
        ids, first = grouped(columns, self.at)
        return ids, self.at[first]

    def counted(self, *names: str) -> list[tuple[Any, ...]]:
        """Each distinct combination of some columns among the records that stand, and how many hold it."""
        ids, first = self.groups(names)
        return list(zip(*(self.column(name).list(first) for name in names), np.bincount(ids).tolist(), strict=True))

    def repeated(self, names: Sequence[str]) -> list[list[int]]:
        """Records that stand and agree in all of some columns, together; only where there are several."""
        key, _ = keys([self.columns[name] for name in names if name in self.columns], self.at)
        ordered = np.sort(key)
        several = ordered[1:][ordered[1:] == ordered[:-1]]
        found: dict[int, list[int]] = {}
        for place in np.flatnonzero(np.isin(key, several)) if len(several) else ():
            found.setdefault(int(key[place]), []).append(int(self.at[place]))
        return list(found.values())

    def each(self, names: Sequence[str], judge: Judge) -> None:
        """Let a judge see each distinct combination of some columns among the records that stand.

        What it changes is taken over, what it notices is counted for every
        record, and its defects fall on every record; they are carried by the
        rows once :meth:`settle` is called.
        """
        ids, first = self.groups(names, by_feed=True)
        wrong: dict[int, list[Defect]] = {}
        seen: list[Record] = []
        changed: set[str] = set()
        counts = np.bincount(ids).tolist()
        for group, (record, n) in enumerate(zip(first.tolist(), counts, strict=True)):
            before = {name: self.value(record, name) for name in names}
            after, noticed = dict(before), Counter[str]()
            defects = list(judge(after, noticed))
            if defects:
                wrong[group] = defects
            for code, times in noticed.items():
                self.read(record).noticed[code] += times * n
            changed.update(name for name in names if after[name] is not before[name])
            seen.append(after)
        for name in changed:
            self._change(name, self.at, [after[name] for after in seen], ids)
        if wrong:
            for place in np.flatnonzero(np.isin(ids, list(wrong))).tolist():
                self._marks += [(int(self.at[place]), defect) for defect in wrong[int(ids[place])]]

    def _change(self, name: str, at: Sequence[int] | np.ndarray, values: list[Any], ids: np.ndarray | int) -> None:
        """Give some records each the value of its group."""
        column = self.column(name)
        pool = Pool(*column.values)
        new = pool.codes(values)
        codes = column.codes.astype(np.min_scalar_type(len(pool.values)))
        codes[at] = new[ids]
        self.columns[name] = Column(codes, pool.values)

    def change(self, records: Sequence[int], facts: Record) -> None:
        """Give some records values that they are to share."""
        for name, value in facts.items():
            self._change(name, list(records), [value], 0)

    def derive(self, name: str, of: str, step: Callable[[Any], Any]) -> None:
        """A further column that follows from another one, value by value."""
        column, pool = self.column(of), Pool(None)
        codes = pool.codes([step(value) for value in column.values])
        self.columns[name] = Column(codes[column.codes], pool.values)

    def mark(self, record: int, defect: Defect) -> None:
        """Let a record carry a defect from the next :meth:`settle` on."""
        self._marks.append((record, defect))

    def drop(self, record: int, code: str) -> None:
        """Take one record from its row; a row without any is left out."""
        read, row = self.read(record), self._row[record]
        read.gone[record - int(self._begins[self.feed.codes[record]])] = True
        begin, end = (np.searchsorted(read.row, read.row.dtype.type(row), side) for side in ("left", "right"))
        if read.gone[begin:end].all():
            read.fate[row] = FATES.index(code)

    def settle(self) -> None:
        """Let rows carry the defects of their records, record by record; those records stand no longer."""
        for record, defect in sorted(self._marks, key=lambda mark: mark[0]):
            self.read(record).add(int(self._row[record]), defect)
        self._marks = []
        self.at = self._standing()

    def of_feeds(self) -> Iterator[tuple[FeedRows, np.ndarray]]:
        """Each feed with its records that stand."""
        for code, read in enumerate(self.feeds):
            yield read, self.at[self.feed.codes[self.at] == code]
