"""A checked table as it is stored: people as pseudonyms, nobody in its texts, held against its schema.

Its Parquet file has page checksums, no statistics of what people are, and is on the disk before it counts.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.errors import InputError
from karier_stats.intake.columns import Column, Pool, grouped, joined, keys
from karier_stats.intake.feeds import FATES, Defect, FeedRows, Record
from karier_stats.intake.processed import conform, table_dtypes
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.scrub import Scrubber, lifeless
from karier_stats.intake.values import LONGEST_TEXT

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera
    import pyarrow as pa

Judge = Callable[[Record, "Counter[str]"], Iterable[Defect]]  # may change values, counts what is noticed, says what is wrong


class ReadTable:
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
        self.settle()

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
        ids, _ = self.groups(names)
        found: dict[int, list[int]] = {}
        for place in np.flatnonzero(np.bincount(ids)[ids] > 1).tolist():
            found.setdefault(int(ids[place]), []).append(int(self.at[place]))
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
        self.at = np.flatnonzero(np.concatenate([~read.gone & ~read.unsound()[read.row] for read in self.feeds]))


ROWS = 1_048_576  # rows put together at a time, and of a row group
_LONG, _BETWEEN = re.compile("[0-9]{16}"), re.compile(r"[ .\-]")


class StoredTable:
    """The processed table, put together as it is written; ``named`` gives the pseudonym of a person.

    Raises
    ------
    InputError
        K118 where an id is a person's number, K139 where the table is none of its schema.
    """

    def __init__(self, table: ReadTable, scrubber: Scrubber, named: Callable[[str], str]) -> None:
        self._table, self._scrubber, self._named = table, scrubber, named
        self._noticed = table.read(int(table.at[0])).noticed if len(table.at) else Counter[str]()
        self._columns: dict[str, Column] = {}
        self._counts: dict[str, np.ndarray] = {}
        for spec in TABLES[table.name].columns:
            if not spec.input_only:
                column = table.column(spec.name)
                self._counts[spec.name] = counts = column.counts(table.at)
                used = [value if n else None for value, n in zip(column.values, counts.tolist(), strict=True)]
                self._columns[spec.name] = Column(column.codes, self._stored(spec, used, counts))
        self._columns["source_file"] = Column(table.feed.codes, [read.file for read in table.feeds])
        self._validate()

    def _stored(self, spec: ColumnSpec, values: list[Any], counts: np.ndarray) -> list[Any]:
        """What is stored for each value of a column."""
        if spec.kind == "person":
            return [None if value is None else self._named(value) for value in values]
        if spec.kind == "text":
            scrub = partial(self._scrubber.scrub, runs=spec.name != "mou_no", typed=spec.typed)
            nobody = self._replaced(values, counts, "K126", scrub)
            texts = self._replaced(nobody, counts, "K274", lifeless)
            return [None if text is None else text[:LONGEST_TEXT] for text in texts]
        if spec.kind == "id":
            table = self._table
            long = [code for code, text in enumerate(values) if text and _LONG.search(_BETWEEN.sub("", text))]
            if long:  # service or identity numbers would leave in clear
                at = table.at[np.isin(table.column(spec.name).codes[table.at], long)]
                first = int(at[0])
                raise InputError("K118", where=table.read(first).where, column=spec.name, n=len(at), row=table.number(first))
            return self._replaced(values, counts, "K275", self._code)
        return values

    def _replaced(self, values: list[Any], counts: np.ndarray, code: str, step: Callable[[str], str]) -> list[Any]:
        """Each distinct text put through a step, and how many cells it changed."""
        new = [None if value is None else step(value) for value in values]
        self._noticed[code] += sum(int(n) for old, text, n in zip(values, new, counts, strict=True) if old != text)
        return new

    def _code(self, text: str) -> str:
        """An id as it is; a keyed one in place of what holds somebody's name, address or number, or a path."""
        told = self._scrubber.scrub(text, runs=False) != text or lifeless(text) != text
        return f"k{self._named(f'kode/{text}')[1:]}" if told else text

    def pieces(self) -> Iterator[pa.Table]:
        """The rows in the order of feeds and files."""
        import pandas as pd
        import pyarrow as pa

        schema = arrow_table(conform(pd.DataFrame(), self._table.name)).schema
        values = {name: pa.array(column.values).cast(schema.field(name).type) for name, column in self._columns.items()}
        for begin in range(0, max(len(self._table.at), 1), ROWS):
            at = self._table.at[begin:begin + ROWS]
            arrays = [
                pa.array(self._table.numbers(at), field.type) if field.name == "source_row"
                else values[field.name].take(pa.array(self._columns[field.name].codes[at])) for field in schema]
            yield pa.Table.from_arrays(arrays, schema=schema)

    def _validate(self) -> None:
        """Hold every value against the schema, and every key against all others; whatever came before."""
        if not len(self._table.at):
            return
        given = {name: list(dict.fromkeys(value for value, n in zip(self._columns[name].values, counts, strict=True) if n))
                 for name, counts in self._counts.items()}
        length = max(map(len, given.values()))
        padded = {name: [*some, *some[-1:] * (length - len(some))] for name, some in given.items()}
        found = _faults(padded, self._table.name)
        key = TABLES[self._table.name].key
        if any(len(given[name]) < np.count_nonzero(self._counts[name]) for name in key):  # texts that are one when stored
            columns = [Column(Pool(None).codes(self._columns[name].values)[self._columns[name].codes], self._columns[name].values)
                       for name in key]
            ordered = np.sort(keys(columns, self._table.at)[0])
            found[f"{', '.join(key)}: K120"] += int((ordered[1:] == ordered[:-1]).sum())
        listed = ", ".join(f"{what} ({count})" for what, count in sorted(found.items()) if count)
        if listed:
            raise InputError("K139", table=self._table.name, found=listed)


@cache
def dataframe_schema(name: str) -> pandera.DataFrameSchema:
    """The final validator of a processed table, made from the data dictionary; ``_faults`` gives the columns their types."""
    import pandera.pandas as pandera

    def checks(spec: ColumnSpec) -> list[pandera.Check]:
        found = {"isin": list(spec.codes) if spec.codes else None, "ge": spec.low, "le": spec.high,
                 "str_matches": "^p[0-9a-f]{20}$" if spec.kind == "person" else None}
        return [getattr(pandera.Check, check)(bound) for check, bound in found.items() if bound is not None]

    ruled = [(spec, checks(spec)) for spec in TABLES[name].columns if not spec.input_only]
    return pandera.DataFrameSchema({
        spec.name: pandera.Column(None, rules, nullable=not spec.required) for spec, rules in ruled if rules or spec.required})


_CHECK_CODES = (("isin", "K131"), ("greater_than", "K170"), ("less_than", "K170"), ("not_nullable", "K137"),
                ("str_matches", "K109"))


def _faults(values: dict[str, list[Any]], name: str) -> Counter[str]:
    """Values that the schema of a table does not allow, by column and code; one that is not of its column's type raises."""
    import pandas as pd
    import pandera.errors

    dtypes: dict[str, Any] = table_dtypes(name)
    typed = pd.DataFrame({column: pd.array(some, dtype=dtypes[column]) for column, some in values.items()}, copy=False)
    try:
        dataframe_schema(name).validate(typed, lazy=True)
    except pandera.errors.SchemaErrors as error:
        return Counter(
            f"{case.column}: {next((code for part, code in _CHECK_CODES if part in str(case.check)), 'K139')}"
            for case in error.failure_cases.itertuples())
    return Counter()


_WITH_STATISTICS = ("year", "unit_id", "program_id", "batch_id")


def arrow_table(frame: pd.DataFrame) -> pa.Table:
    """A processed table as it is stored, each column in one piece."""
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()


def write_parquet(pieces: Iterable[pa.Table], path: Path) -> dict[str, Any]:
    """Write one table, given in pieces of one schema, in the order of its rows.

    Parameters
    ----------
    pieces : iterable of pyarrow.Table
        At least one, of :data:`ROWS` rows each but for the last.
    path : Path
        The file.

    Returns
    -------
    dict
        Its ``rows``, the first and last of its ``years``, the share of values ``missing`` by column, and its ``sha256``.
    """
    from pyarrow import parquet

    rows, years, missing, writer = 0, set[int](), Counter[str](), None
    with path.open("wb") as file:
        for piece in pieces:
            if writer is None:
                statistics = [name for name in piece.column_names if name in _WITH_STATISTICS]
                writer = parquet.ParquetWriter(
                    file, piece.schema, compression="zstd", write_page_checksum=True, write_statistics=statistics)
            writer.write_table(piece, row_group_size=ROWS)
            rows += piece.num_rows
            years |= set(piece["year"].unique().to_pylist()) - {None} if "year" in piece.column_names else set()
            missing.update({name: column.null_count for name, column in zip(piece.column_names, piece.columns, strict=True)})
        if writer is not None:
            writer.close()
        file.flush()
        os.fsync(file.fileno())
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    span = {"years": [min(years), max(years)]} if years else {}
    return {"rows": rows, **span, "missing": {name: round(n / max(rows, 1), 6) for name, n in missing.items()}, "sha256": digest}


def write_through(path: Path, content: bytes) -> None:
    """Write a file and wait until it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Wait until the entries of a folder are on the disk, where the system can be asked for it."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
