"""Databases and Parquet files as grids of typed cells, read and never written.

A feed may name a ``table`` or a ``query`` of a ``source``: a SQLite file
beside the other raw files, or a PostgreSQL server. Rows are numbered from 1
as they come; the hash of a query is that of its rows. Time, rows and memory of
every query are limited. A service number in an integer column is exact and is
taken with a notice; in a column of floating-point numbers its last digits are
gone and it is refused.

Passwords come from the environment (``KARIER_DB_PASSWORD``, or what libpq
itself reads), never from a file. The crosswalk comes from whoever sent the
files, so it may not choose who is told a password: servers are named in
``KARIER_DB_HOST`` (``host`` or ``host:port``, several with commas between) or,
one a line, in ``db-hosts.txt`` beside the pseudonym keys, and a password leaves
the machine only under TLS. A source without a host is the user's own PGHOST or
local socket.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib
import io
import ipaddress
import math
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.crosswalk import DATABASES, TABLE_NAME, Feed
from karier_stats.intake.files.readers import MOST_CELLS, Grid, read_bytes, read_csv, read_xlsx, sheet_names
from karier_stats.intake.pseudonyms import key_path
from karier_stats.intake.schema import TABLES
from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.intake.values import Cell, attempted, folded

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

PASSWORD = "KARIER_DB_PASSWORD"
_WRITES = re.compile(
    r"\b(?:insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|copy|attach|detach|pragma|vacuum|call|do|"
    r"into|set|lock)\b", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
_TABLES = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
_OPTIONS = ("host", "port", "sslmode", "sslrootcert")
_READ_ONLY = "-c default_transaction_read_only=on -c lock_timeout=10000"
_CONNECT_SECONDS = 10
SECONDS = 60
MOST_ROWS = 2_000_000
MOST_BYTES = 500_000_000
LARGEST_CELL = 10_000_000
"""What a query may take: seconds, rows, bytes in all and in one cell."""
_CELL = 60  # bytes that a cell takes beside its content
_PIECE, _STEPS = 1000, 10_000


def grid_of(feed: Feed, content: bytes) -> Grid:
    """The cells of the sheet of a feed, from the bytes of its file; refused as by the reader of its kind."""
    file = str(feed.file)
    if file.lower().endswith(".xlsx"):
        return read_xlsx(content, file, sheet=feed.sheet)
    if file.lower().endswith(".parquet"):
        return read_parquet(content, file, feed)
    return read_csv(content, file, encoding=feed.encoding, separator=feed.separator)


def every_grid(name: str, raw: Path, *, hidden: bool = True) -> Iterator[tuple[dict[str, str], Grid]]:
    """Every sheet of a raw file (``hidden`` ones too), or table of a SQLite file, with the keys by which a crosswalk names it."""
    if name.lower().endswith(DATABASES):
        source = f"sqlite:///{name}"
        for _, (table,) in read_query(Feed("unit", file=name, source=source, query=_TABLES), raw).rows[1:]:
            origin = {"source": source, "table": str(table)}
            yield origin, read_query(Feed("unit", file=name, sheet=str(table), source=source, query=str(table)), raw)
        return
    content = read_bytes(raw / name, raw)
    sheets = sheet_names(content, name, hidden=hidden) if name.lower().endswith(".xlsx") else [None]
    for sheet in sheets:
        origin = {"file": name, **({"sheet": sheet} if sheet and len(sheets) > 1 else {})}
        yield origin, grid_of(Feed("unit", file=name, sheet=sheet), content)


def read_query(feed: Feed, raw: Path) -> Grid:
    """The rows that a query gives, below its column names as row 0.

    Returns
    -------
    Grid
        Cells with the types of the database; its hash is that of the rows.

    Raises
    ------
    InputError
        K197 and K205 for a SQLite file, K244 a password in the crosswalk,
        K246 a column that is no plain value, K249 not a single SELECT, K251
        another kind of source, K253 the database refuses the query, K259 it
        asks for too much, K261 and K262 for a server.
    EnvironmentFault
        K245 the database cannot be opened, K250 a package is not installed.
    """
    source, place = str(feed.source), f"{feed.file}:{feed.sheet}"
    sql, url = statement(str(feed.query), place), checked_url(source, place)
    if url.drivername == "sqlite":
        path = (raw / str(url.database)).resolve()
        if not path.is_relative_to(raw.resolve()):
            raise InputError("K197", file=path.name)
        names, rows = _from_sqlite(path, sql, place)
    else:
        names, rows = _from_server(url, sql, place)
    grid = _grid(names, rows, feed, {"kind": "sql", "sheet": str(feed.sheet)})
    return replace(grid, noticed={**grid.noticed, "K248": int(not re.search(r"\border\s+by\b", sql, re.IGNORECASE))})


def statement(query: str, place: str) -> str:
    """The SELECT that a query stands for; refused (K249) where it is more than one reading statement."""
    text = query.strip().rstrip(";").strip()
    if TABLE_NAME.fullmatch(text):
        return "SELECT * FROM " + ".".join(f'"{part}"' for part in text.split("."))
    bare = _QUOTED.sub(" ", text)
    if not re.match(r"(?:select|with)\b", bare.strip(), re.IGNORECASE) or ";" in bare or _WRITES.search(bare):
        raise InputError("K249", place=place)
    return text


def _from_sqlite(path: Path, sql: str, place: str) -> tuple[list[str], list[Sequence[Any]]]:
    """The rows of a SQLite file; stopped (K259) where they take too long or too much."""
    import sqlite3

    too_much = (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_NOMEM)
    end = time.monotonic() + SECONDS
    try:
        connection = _sqlite(path)
    except sqlite3.Error as error:
        raise EnvironmentFault("K245", place=place, reason=_reason(error)) from None
    try:
        connection.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
        cursor = connection.execute(sql)
        return [str(column[0]) for column in cursor.description], _within(cursor.fetchmany, place, end)
    except MemoryError:
        raise _over(place) from None
    except (sqlite3.Error, sqlite3.Warning) as error:
        if getattr(error, "sqlite_errorcode", None) in too_much:
            raise _over(place) from None
        raise InputError("K253", place=place, reason=_reason(error)) from None
    finally:
        connection.close()


def _from_server(url: URL, sql: str, place: str) -> tuple[list[str], list[Sequence[Any]]]:
    """The rows of a PostgreSQL server, measured there before any is fetched, then fetched in pieces."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    engine = _engine(url, place)
    sql = re.sub(r"(?<!:):(?=\w)", r"\\:", sql)  # its colons name no parameters
    measure = f"SELECT max(octet_length(q::text)), sum(octet_length(q::text) + {_CELL}), count(*) FROM ({sql}\n) AS q"
    try:
        with engine.connect() as connection:
            try:
                longest, size, rows = connection.execute(text(measure)).one()
                if (longest or 0) > LARGEST_CELL or (size or 0) > MOST_BYTES or rows > MOST_ROWS:
                    raise _over(place)
                end = time.monotonic() + SECONDS
                stream = connection.execution_options(stream_results=True, max_row_buffer=_PIECE)
                result = stream.execute(text(sql))
                return [str(column[0]) for column in result.cursor.description], _within(result.fetchmany, place, end)
            except SQLAlchemyError as error:
                state = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
                if state.startswith(("57014", "53", "54")):  # cancelled by its timeout, out of memory, too large
                    raise _over(place) from None
                raise InputError("K253", place=place, reason=_reason(error)) from None
    except SQLAlchemyError as error:
        raise EnvironmentFault("K245", place=place, reason=_reason(error)) from None
    finally:
        engine.dispose()


def _within(fetch: Callable[[int], Sequence[Sequence[Any]]], place: str, end: float) -> list[Sequence[Any]]:
    """Rows fetched piece by piece, until they are too many, too large or too late (K259)."""
    rows: list[Sequence[Any]] = []
    size = 0
    while piece := fetch(_PIECE):
        rows += map(tuple, piece)
        size += sum(len(cell) if isinstance(cell, str | bytes) else 0 for row in piece for cell in row)
        size += _CELL * sum(map(len, piece))
        if len(rows) > MOST_ROWS or size > MOST_BYTES or time.monotonic() > end:
            raise _over(place)
    return rows


def _over(place: str) -> InputError:
    """The refusal of a query that asks for too much."""
    return InputError("K259", place=place, seconds=SECONDS, rows=MOST_ROWS, mb=MOST_BYTES // 1_000_000,
                      cell=LARGEST_CELL // 1_000_000)


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


def _engine(url: URL, place: str) -> Engine:
    """An engine that opens a server for reading only, if the user has named it."""
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    mode = check_server(url, place)
    import_or_refuse("psycopg", place)
    # a prepared statement is one statement, whatever its text hides from _QUOTED
    options = f"{_READ_ONLY} -c statement_timeout={1000 * SECONDS}"
    given: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, "options": options, "prepare_threshold": 0}
    if os.environ.get(PASSWORD):
        given["password"] = os.environ[PASSWORD]
    if mode:
        given["sslmode"] = mode
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
    """A SQLite file, opened for reading only; what it holds may be as hostile as any file."""
    import sqlite3

    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for pragma in ("trusted_schema=OFF", "temp_store=MEMORY", f"hard_heap_limit={MOST_BYTES}"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def read_parquet(content: bytes, file: str, feed: Feed) -> Grid:
    """A Parquet file with the types of its columns, below their names as row 0.

    Raises
    ------
    InputError
        K246 a column that is no plain value, K252 no Parquet file, or damaged,
        K263 too many cells.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        held = parquet.ParquetFile(io.BytesIO(content), page_checksum_verification=True)
        about = held.metadata
        size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
        if about.num_rows * about.num_columns > MOST_CELLS or size > MOST_BYTES:
            raise InputError("K263", file=file, rows=about.num_rows, columns=about.num_columns)
        table = held.read()
        columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError("K252", file=file) from error
    grid = _grid([str(name) for name in table.column_names], zip(*columns, strict=True), feed, {"kind": "parquet"})
    return replace(grid, sha256=hashlib.sha256(content).hexdigest())


def _grid(names: list[str], rows: Iterable[Sequence[Any]], feed: Feed, dialect: dict[str, str]) -> Grid:
    """Typed rows, from 1, below their names; whole numbers of people become text, digit for digit."""
    people = {folded(feed.columns[name]) for name in TABLES[feed.table].people if name in feed.columns}
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
    return Grid(cells, dialect, content, {}, {"K247": exact})


def _cell(value: Any, name: str, feed: Feed, is_read: bool) -> Cell:
    """One value as a cell; bytes, lists and the like are refused where they are read (K246), as are NULs (K198)."""
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


HOSTS = "KARIER_DB_HOST"
PORT = 5432
_WEAK = ("disable", "allow", "prefer")


def hosts_file() -> Path:
    """The user's own list of servers."""
    return key_path("db").parent / "db-hosts.txt"


def check_server(url: URL, place: str) -> str | None:
    """The ``sslmode`` to connect with, None on this machine; refused is a server that the user has not named, and an open way.

    Raises
    ------
    InputError
        K261 the server is not named by the user, K262 TLS is switched off.
    """
    given = url.query.get("host") or url.host or ""
    hosts = [host.lower() for one in ([given] if isinstance(given, str) else given) for host in one.split(",") if given]
    ports, named = str(url.query.get("port") or url.port or PORT).split(","), _named()
    for place_of, host in enumerate(hosts):  # every host and port that libpq would try
        port = ports[place_of] if place_of < len(ports) else ports[0]
        if (host, port) not in named:
            raise InputError("K261", place=place, server=f"{host}:{port}", variable=HOSTS, file=hosts_file())
    mode = str(url.query.get("sslmode") or os.environ.get("PGSSLMODE") or "require")
    away = [host for host in hosts if not _is_here(host)]
    if away and mode in _WEAK:
        raise InputError("K262", place=place, server=away[0], mode=mode)
    return mode if away else None


def _named() -> set[tuple[str, str]]:
    """The servers that the user has named."""
    try:
        listed = hosts_file().read_text(encoding="utf-8")
    except (OSError, ValueError):
        listed = ""
    words = f"{os.environ.get(HOSTS, '')} {listed}".replace(",", " ").split()
    found = set()
    for word in words:  # host, host:port or [::1]:port
        host, colon, port = word.lower().rpartition(":")
        ported = colon and port.isdigit() and (":" not in host or host.endswith("]"))
        found.add((host.strip("[]"), port) if ported else (word.lower().strip("[]"), str(PORT)))
    return found


def _is_here(host: str) -> bool:
    """Whether a host is this machine: a socket's folder, or a loopback address."""
    address = attempted(ipaddress.ip_address, host)
    return host.startswith(("/", "@")) or host == "localhost" or (address is not None and address.is_loopback)
