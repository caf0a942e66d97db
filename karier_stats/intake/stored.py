"""A checked table as it is stored: people as pseudonyms, nobody in its texts, held against its schema."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.errors import InputError
from karier_stats.intake.columns import Column, Pool, keys
from karier_stats.intake.files.parquet_files import arrow_table
from karier_stats.intake.processed import conform, table_dtypes
from karier_stats.intake.schema import TABLES, ColumnSpec
from karier_stats.intake.scrub import Scrubber, lifeless
from karier_stats.intake.tables import Table
from karier_stats.intake.values import LONGEST_TEXT

if TYPE_CHECKING:
    import pandera.pandas as pandera
    import pyarrow as pa

PIECE = 262_144
"""Rows put together at a time."""
_LONG, _BETWEEN = re.compile("[0-9]{16}"), re.compile(r"[ .\-]")


class StoredTable:
    """The processed table, put together as it is written; ``named`` gives the pseudonym of a person.

    Raises
    ------
    InputError
        K118 where an id is a person's number, K139 where the table is none of its schema.
    """

    def __init__(self, table: Table, scrubber: Scrubber, named: Callable[[str], str]) -> None:
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

    def account(self) -> dict[str, Any]:
        """Rows, first and last year, and the share of missing values in each column."""
        rows = len(self._table.at)
        missing = {name: int(counts[0]) for name, counts in self._counts.items()} | {"source_file": 0, "source_row": 0}
        years = [year for year, n in zip(self._columns["year"].values, self._counts["year"], strict=True) if n and year
                 ] if "year" in self._columns else []
        span = {"years": [min(years), max(years)]} if years else {}
        return {"rows": rows, **span, "missing": {name: round(n / rows if rows else 0.0, 6) for name, n in missing.items()}}

    def pieces(self) -> Iterator[pa.Table]:
        """The rows in the order of feeds and files."""
        import pandas as pd
        import pyarrow as pa

        schema = arrow_table(conform(pd.DataFrame(), self._table.name)).schema
        values = {name: pa.array(column.values).cast(schema.field(name).type) for name, column in self._columns.items()}
        for begin in range(0, max(len(self._table.at), 1), PIECE):
            at = self._table.at[begin:begin + PIECE]
            arrays = [
                pa.array(self._table.numbers(at), field.type) if field.name == "source_row"
                else values[field.name].take(pa.array(self._columns[field.name].codes[at])) for field in schema
            ]
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
            for case in error.failure_cases.itertuples()
        )
    return Counter()
