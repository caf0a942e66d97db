"""Databases and Parquet files as grids of typed cells, read and never written.

A feed may name a ``table`` or a ``query`` of a ``source``: a SQLite file
beside the other raw files, or a PostgreSQL server. Rows are numbered from 1
as they come; the hash of a query is that of its rows. Passwords come from the environment
(``KARIER_DB_PASSWORD``, or what libpq itself reads), never from a file. A
service number in an integer column is exact and is taken with a notice; in a
column of floating-point numbers its last digits are gone and it is refused.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib
import io
import math
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.crosswalk import Feed
from karier_stats.intake.readers import Grid
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.intake.values import Cell, folded

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

PASSWORD = "KARIER_DB_PASSWORD"
_TABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?")
_WRITES = re.compile(
    r"\b(?:insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|copy|attach|detach|pragma|vacuum|call|do|into|"
    r"set|lock)\b", re.IGNORECASE,
)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_OPTIONS = ("host", "port", "sslmode", "sslrootcert")
_READ_ONLY = "-c default_transaction_read_only=on -c statement_timeout=600000"
_CONNECT_SECONDS = 10


def read_query(feed: Feed, raw: Path) -> Grid:
    """The rows that a query gives, below its column names as row 0.

    Parameters
    ----------
    feed : Feed
        Names the ``source``, and the ``query``: a table's name or one SELECT.
    raw : Path
        The folder with the raw files, in which a SQLite file must lie.

    Returns
    -------
    Grid
        Cells with the types of the database; its hash is that of the rows.

    Raises
    ------
    InputError
        K197 and K205 for a SQLite file, K244 a password in the crosswalk,
        K246 a column that is no plain value, K249 not a single SELECT, K251
        another kind of source, K253 the database refuses the query.
    EnvironmentFault
        K245 the database cannot be opened, K250 a package is not installed.
    """
    source, place = str(feed.source), f"{feed.file}:{feed.sheet}"
    sql = statement(str(feed.query), place)
    names, rows = _fetched(source, sql, raw, place)
    grid = _grid(names, rows, feed, {"kind": "sql", "sheet": str(feed.sheet)})
    return replace(grid, unordered=int(not re.search(r"\border\s+by\b", sql, re.IGNORECASE)))


def statement(query: str, place: str) -> str:
    """The SELECT that a query stands for; refused (K249) where it is more than one reading statement."""
    text = query.strip().rstrip(";").strip()
    if _TABLE.fullmatch(text):
        return "SELECT * FROM " + ".".join(f'"{part}"' for part in text.split("."))
    bare = _QUOTED.sub(" ", text)
    if not re.match(r"(?:select|with)\b", bare.strip(), re.IGNORECASE) or ";" in bare or _WRITES.search(bare):
        raise InputError("K249", place=place)
    return text


def _fetched(source: str, sql: str, raw: Path, place: str) -> tuple[list[str], list[Sequence[Any]]]:
    """Column names and rows of a statement, in a transaction that can only read."""
    import_or_refuse("sqlalchemy", place)
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(source, raw, place)
    try:
        with engine.connect() as connection:
            try:
                result = connection.execute(text(re.sub(r"(?<!:):(?=\w)", r"\\:", sql)))
                names = [str(column[0]) for column in result.cursor.description]
                return names, [tuple(row) for row in result]
            except SQLAlchemyError as error:
                raise InputError("K253", place=place, reason=_reason(error)) from None
    except SQLAlchemyError as error:
        raise EnvironmentFault("K245", place=place, reason=_reason(error)) from None
    finally:
        engine.dispose()


def import_or_refuse(package: str, place: str) -> None:
    """Refuse (K250) where a package that only databases need is not installed."""
    try:
        importlib.import_module(package)
    except ImportError as error:  # psycopg is also of no use where it finds no libpq
        raise EnvironmentFault("K250", place=place, package=package) from error


def _reason(error: Exception) -> str:
    """The first line of what a database says, without numbers that may be a person's and without quoted values."""
    line = str(getattr(error, "orig", error)).strip().split("\n", maxsplit=1)[0]
    return re.sub(r"'[^']*'|: \"[^\"]*\"", f": {MASK}", SECRET.sub(MASK, line))[:200]


def _engine(source: str, raw: Path, place: str) -> Engine:
    """An engine that opens a source for reading only."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    url = checked_url(source, place)
    if url.drivername == "sqlite":
        path = (raw / str(url.database)).resolve()
        if not path.is_relative_to(raw.resolve()):
            raise InputError("K197", file=path.name)
        return create_engine("sqlite://", creator=lambda: _sqlite(path), poolclass=NullPool)
    import_or_refuse("psycopg", place)
    # a prepared statement is one statement, whatever its text hides from _QUOTED
    given: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "options": _READ_ONLY, "prepare_threshold": 0}
    if os.environ.get(PASSWORD):
        given["password"] = os.environ[PASSWORD]
    return create_engine(url.set(drivername="postgresql+psycopg"), connect_args=given, poolclass=NullPool)


def checked_url(source: str, place: str) -> URL:
    """The address of a source; refused where it holds a password (K244) or is of another kind (K251)."""
    import_or_refuse("sqlalchemy", place)
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(source)
    except (ArgumentError, ValueError):
        raise InputError("K251", place=place) from None
    if url.password is not None or "password" in url.query:
        raise InputError("K244", place=place, variable=PASSWORD)
    if url.drivername not in ("sqlite", "postgresql") or not url.database or set(url.query) - set(_OPTIONS):
        raise InputError("K251", place=place)
    return url


def _sqlite(path: Path) -> Any:
    """A SQLite file, opened for reading only."""
    import sqlite3

    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)


def read_parquet(content: bytes, file: str, feed: Feed) -> Grid:
    """A Parquet file with the types of its columns, below their names as row 0.

    Raises
    ------
    InputError
        K246 a column that is no plain value, K252 no Parquet file, or damaged.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(io.BytesIO(content), page_checksum_verification=True).read()
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError("K252", file=file) from error
    grid = _grid([str(name) for name in table.column_names], zip(*columns, strict=True), feed, {"kind": "parquet"})
    return replace(grid, sha256=hashlib.sha256(content).hexdigest())


def _grid(names: list[str], rows: Iterable[Sequence[Any]], feed: Feed, dialect: dict[str, str]) -> Grid:
    """Typed rows, from 1, below their names; whole numbers of people become text, digit for digit."""
    people = {
        folded(feed.columns[column.name]) for column in TABLES[feed.table].columns
        if column.kind == "person" and column.name in feed.columns
    }
    read = {folded(header) for header in feed.headers}
    exact, cells = 0, [(0, tuple[Cell, ...](names))]
    for number, row in enumerate(rows, start=1):
        typed = [_cell(value, name, feed, folded(name) in read) for value, name in zip(row, names, strict=True)]
        for place, (value, name) in enumerate(zip(typed, names, strict=True)):
            if folded(name) in people and isinstance(value, int) and not isinstance(value, bool):
                typed[place] = str(value)
                exact += 1
        cells.append((number, tuple(typed)))
    content = hashlib.sha256(repr(cells).encode()).hexdigest()
    return Grid(cells, dialect, content, {}, exact=exact)


def _cell(value: Any, name: str, feed: Feed, is_read: bool) -> Cell:
    """One value as a cell; bytes, lists and the like are refused (K246) where they are read, K198 for NUL characters."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str) and "\x00" in value:
        raise InputError("K198", file=feed.file)
    if value is None or isinstance(value, str | int | float | datetime.date | datetime.time):
        return value
    if not is_read:
        return None
    raise InputError("K246", file=feed.file, column=name, kind=type(value).__name__)
