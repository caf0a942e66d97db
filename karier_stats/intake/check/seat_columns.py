"""Participation rows kept in columns: held against the other tables, summed and written.

Rows that any check might touch are made into records first and go through
:func:`karier_stats.intake.check.checks.check_table` with the rest: a value that a
check does not pass by itself, a key that stands more than once. What stays
behind in columns is sound.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.intake.check.checks import Entry, Known, alone, validate
from karier_stats.intake.check.seats import ABSENT, ATTENDED, Places, Seats
from karier_stats.intake.columnar import TABLE, ColumnRows
from karier_stats.intake.feeds import FeedRows
from karier_stats.intake.files.parquet_files import arrow_table
from karier_stats.intake.processed import conform, table_dtypes

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_NO_KEY = -1


class SeatColumns:
    """The columns of one feed, each distinct value judged once.

    Parameters
    ----------
    read : ColumnRows
        The feed.
    known : Known
        The tables that participation refers to.
    places : Places
        Codes of people, batches and units.
    """

    def __init__(self, read: ColumnRows, known: Known, places: Places) -> None:
        self.read, self._places = read, places
        self._sound: dict[str, np.ndarray] = {}
        self._noticed: dict[str, dict[int, Counter[str]]] = {}
        self._final: dict[str, np.ndarray] = {}
        self.counts = {name: np.zeros(len(each.values), np.int64) for name, each in read.apart.distinct.items()}
        self.unplaced = 0
        finding: dict[str, Callable[[str], int | None]] = {
            "employee_uid": places.person.get, "batch_id": places.batch.get, "unit_id": places.code_of_unit}
        for name, distinct in read.apart.distinct.items():
            judged = [(None, Counter[str]()), *(alone(TABLE, name, value, known) for value in distinct.values[1:])]
            self._sound[name] = np.array([verdict is not None for verdict in judged])
            self._noticed[name] = {code: verdict[1] for code, verdict in enumerate(judged) if verdict and verdict[1]}
            if name in finding:
                found = [finding[name](verdict[0]) if verdict and verdict[0] else None for verdict in judged]
                self._final[name] = np.array([ABSENT if code is None else code for code in found], np.int64)

    def people(self, codes: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Person and batch of each row; ABSENT where a value is none that is known."""
        return self._final["employee_uid"][codes["employee_uid"]], self._final["batch_id"][codes["batch_id"]]

    def batch_codes(self) -> np.ndarray:
        """The code of the batch that each stored value stands for."""
        return self._final["batch_id"]

    def keys(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """For each block: which rows must be looked at, and the key of every row as one number."""
        for (_, codes), kept in zip(self.read.apart.blocks(), self.read.apart.masks(), strict=True):
            sound = np.logical_and.reduce([self._sound[name][column] for name, column in codes.items()])
            person, batch = self.people(codes)
            keyed = kept & (person != ABSENT) & (batch != ABSENT)
            yield kept & ~sound, np.where(keyed, self._places.key(person, batch), _NO_KEY)

    def placed(self) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray], np.ndarray, np.ndarray, np.ndarray]]:
        """For each block the rows that stay: line numbers, codes, person, batch, unit."""
        for (numbers, codes), kept in zip(self.read.apart.blocks(), self.read.apart.masks(), strict=True):
            mine = {name: column[kept] for name, column in codes.items()}
            person, batch = self.people(mine)
            own = self._places.own_unit(person, batch)
            unit = self._final["unit_id"][mine["unit_id"]] if "unit_id" in mine else np.full(len(own), ABSENT)
            yield numbers[kept], mine, person, batch, np.where(unit == ABSENT, own, unit)

    def sum_up(self, seats: Seats) -> None:
        """Count what the rows that stay hold, and what is noticed about them."""
        apart = self.read.apart
        completed = self._is("outcome", ("lulus",))
        attended = self._is("outcome", ATTENDED)
        hours = self._numbers("credited_jp")
        units = Counter[int]()
        for _, codes, person, batch, unit in self.placed():
            for name, column in codes.items():
                self.counts[name] += np.bincount(column, minlength=len(self.counts[name]))
            credited = hours[codes["credited_jp"]] if "credited_jp" in codes else np.full(len(person), np.nan)
            seats.add(person, batch, unit, completed[codes["outcome"]], attended[codes["outcome"]], credited)
            units.update(dict(zip(*(part.tolist() for part in np.unique(unit, return_counts=True)), strict=True)))
        self.unplaced = units[ABSENT]
        for name, by_code in self._noticed.items():
            for code, noticed in by_code.items():
                for each, n in noticed.items():
                    self.read.noticed[each] += n * int(self.counts[name][code])
        if "final_score" in self.counts:
            held = self.counts["final_score"][1:]
            top = self._numbers("final_score")[1:][held > 0]
            apart.highest = int(held.sum()), float(top.max(initial=0.0))

    def _is(self, name: str, words: Sequence[str]) -> np.ndarray:
        """Which values of a column are among some words."""
        return np.array([value in words for value in self.read.apart.distinct[name].values])

    def _numbers(self, name: str) -> np.ndarray:
        """The values of a column of numbers; NaN for none, and one NaN where the feed has no such column."""
        values = self.read.apart.distinct[name].values if name in self.read.apart.distinct else [None]
        return np.array([np.nan if value is None else value for value in values], float)


def set_apart(reads: list[FeedRows], known: Known, seats: Seats) -> list[SeatColumns]:
    """Make records of all rows that a check might touch; the others are sound.

    Parameters
    ----------
    reads : list of FeedRows
        Every feed of the table, in order.
    known : Known
        The tables that it refers to.
    seats : Seats
        The sums, to which the rows that stay in columns are added.

    Returns
    -------
    list of SeatColumns
        One for each feed that has rows in columns.
    """
    places = seats.places
    columns = [SeatColumns(read, known, places) for read in reads if isinstance(read, ColumnRows)]
    if not columns:
        return []
    judged = [list(each.keys()) for each in columns]
    every = np.concatenate([*(keys for blocks in judged for _, keys in blocks), _record_keys(reads, known, places)])
    every.sort()
    repeated = np.unique(every[1:][(every[1:] == every[:-1]) & (every[1:] != _NO_KEY)])
    for each, blocks in zip(columns, judged, strict=True):
        each.read.bring_out([look | np.isin(keys, repeated) if len(repeated) else look for look, keys in blocks])
        each.sum_up(seats)
    return columns


def _record_keys(reads: list[FeedRows], known: Known, places: Places) -> np.ndarray:
    """The keys of rows that are records already."""
    ids: dict[Any, int] = {}
    found = []
    for read in reads:
        for row in read.rows:
            for record in row.records if not row.defects else ():
                batch, person = record["batch_id"], places.person.get(record["employee_uid"])
                if batch not in ids:
                    verdict = alone(TABLE, "batch_id", batch, known)
                    ids[batch] = places.batch.get(verdict[0], ABSENT) if verdict else ABSENT
                if person is not None and ids[batch] != ABSENT:
                    found.append(int(places.key(person, ids[batch])))
    return np.array(found, np.int64)


class SeatTable:
    """The processed participation table, put together from columns and records as it is written.

    Parameters
    ----------
    reads : list of FeedRows
        Every feed of the table, in order.
    columns : list of SeatColumns
        The feeds with rows in columns, summed up.
    stand : list of Entry
        The records that stand.
    frame : DataFrame
        Those records as they are stored.
    places : Places
        Codes.
    pseudonym, code : callable
        The pseudonym of a person, and an id as it is stored.
    """

    def __init__(
        self, reads: list[FeedRows], columns: list[SeatColumns], stand: list[Entry], frame: pd.DataFrame,
        places: Places, pseudonym: Callable[[str], str], code: Callable[[str], str],
    ) -> None:
        self._reads, self._frame = reads, frame
        self._columns = {id(each.read): each for each in columns}
        self._records = Counter(id(entry.read) for entry in stand)
        self._stored = arrow_table(frame)
        self._values = {id(each.read): _stored_values(each, places, pseudonym, code) for each in columns}
        for each in columns:
            _validate(each, self._values[id(each.read)])

    def account(self) -> dict[str, Any]:
        """Rows, and the share of missing values in each column."""
        missing = {name: int(n) for name, n in self._frame.isna().sum().items()}
        rows = len(self._frame)
        for each in self._columns.values():
            own = each.read.apart.rows
            rows += own
            for name in table_dtypes(TABLE):
                absent = each.counts[name][0] if name in each.counts else own
                missing[name] += {"unit_id": each.unplaced, "source_file": 0, "source_row": 0}.get(name, int(absent))
        return {"rows": rows, "missing": {name: round(n / rows if rows else 0.0, 6) for name, n in missing.items()}}

    def pieces(self) -> Iterator[pa.Table]:
        """The rows in the order of feeds and files."""
        begin = 0
        for read in self._reads:
            records = self._stored.slice(begin, self._records[id(read)])
            begin += records.num_rows
            if id(read) in self._columns:
                yield from self._between(self._columns[id(read)], records)
            else:
                yield records

    def _between(self, columns: SeatColumns, records: pa.Table) -> Iterator[pa.Table]:
        """The rows of one feed, those that are records in their places among the others."""
        import pyarrow as pa

        lines, begin = records["source_row"].to_numpy(), 0
        for numbers, codes, _, _, unit in columns.placed():
            piece = self._piece(columns, numbers, codes, unit)
            end = int(np.searchsorted(lines, numbers[-1])) if len(numbers) else begin
            if end > begin:
                joined = pa.concat_tables([piece, records.slice(begin, end - begin)])
                piece = joined.take(np.argsort(joined["source_row"].to_numpy(), kind="stable"))
            yield piece
            begin = end
        yield records.slice(begin)

    def _piece(
        self, columns: SeatColumns, numbers: np.ndarray, codes: dict[str, np.ndarray], unit: np.ndarray
    ) -> pa.Table:
        """The rows of one block as they are stored."""
        import pyarrow as pa

        values, schema, n = self._values[id(columns.read)], self._stored.schema, len(numbers)
        codes = {**codes, "unit_id": np.where(unit == ABSENT, len(values["unit_id"]) - 1, unit)}
        arrays = []
        for field in schema:
            if field.name == "source_row":
                arrays.append(pa.array(numbers, field.type))
            elif field.name == "source_file":
                arrays.append(pa.repeat(pa.scalar(columns.read.file, field.type), n))
            elif field.name in codes:
                arrays.append(values[field.name].take(pa.array(codes[field.name])))
            else:
                arrays.append(pa.nulls(n, field.type))
        return pa.Table.from_arrays(arrays, schema=schema)


def _stored_values(
    columns: SeatColumns, places: Places, pseudonym: Callable[[str], str], stored: Callable[[str], str]
) -> dict[str, pa.Array]:
    """What each code stands for in the processed table, column by column; None for what no row holds."""
    found: dict[str, list[Any]] = {
        name: [value if n else None for value, n in zip(each.values, columns.counts[name], strict=True)]
        for name, each in columns.read.apart.distinct.items()
    }
    found["employee_uid"] = [None if person is None else pseudonym(person) for person in found["employee_uid"]]
    batches = [stored(batch) for batch in places.batch]
    codes = columns.batch_codes()
    found["batch_id"] = [None if value is None else batches[code]
                         for value, code in zip(found["batch_id"], codes, strict=True)]
    found["unit_id"] = [*(stored(unit) for unit in places.unit), None]
    return {name: _array(name, values) for name, values in found.items() if name in table_dtypes(TABLE)}


def _array(name: str, values: list[Any]) -> pa.Array:
    """Values as their column is stored."""
    import pandas as pd

    frame = pd.DataFrame({name: pd.Series(values, dtype=object)}).astype({name: table_dtypes(TABLE)[name]})
    return arrow_table(frame)[name].combine_chunks()


def _validate(columns: SeatColumns, values: dict[str, pa.Array]) -> None:
    """Hold every value that a column has against the table's schema; their keys have been told apart as codes."""
    import pandas as pd

    given = {name: array.drop_null().to_pylist() for name, array in values.items()}
    length = max(map(len, given.values()))
    if columns.read.apart.rows:
        padded = {name: [*some, *some[-1:] * (length - len(some))] or None for name, some in given.items()}
        frame = pd.DataFrame({**padded, "source_file": columns.read.file, "source_row": 1}, index=range(length))
        validate(conform(frame, TABLE), TABLE, keys=False)
