"""Processed tables as Parquet files: page checksums, no statistics of what people are, on the disk before it counts."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ROWS = 1_048_576
"""Rows of a row group."""
_WITH_STATISTICS = ("year", "unit_id", "program_id", "batch_id")


def arrow_table(frame: pd.DataFrame) -> pa.Table:
    """A processed table as it is stored, each column in one piece."""
    import pyarrow as pa

    return pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()


def write_parquet(pieces: Iterable[pa.Table], path: Path) -> str:
    """Write one table, given in pieces of one schema, in the order of its rows.

    Parameters
    ----------
    pieces : iterable of pyarrow.Table
        At least one; how the rows are shared out among them leaves no trace.
    path : Path
        The file.

    Returns
    -------
    str
        Its sha256.
    """
    from pyarrow import parquet

    with path.open("wb") as file:
        hashed = _Hashed(file)
        writer = None
        for group in _groups(pieces):
            if writer is None:
                statistics = [name for name in group.column_names if name in _WITH_STATISTICS]
                writer = parquet.ParquetWriter(
                    hashed, group.schema, compression="zstd", write_page_checksum=True, write_statistics=statistics)
            writer.write_table(group, row_group_size=ROWS)
        if writer is not None:
            writer.close()
        file.flush()
        os.fsync(file.fileno())
    return hashed.digest.hexdigest()


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


def _groups(pieces: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The pieces put together to whole row groups."""
    import pyarrow as pa

    waiting: list[pa.Table] = []
    rows = 0
    first = True
    for piece in pieces:
        waiting.append(piece)
        rows += piece.num_rows
        while rows >= ROWS:
            joined = pa.concat_tables(waiting)
            yield joined.slice(0, ROWS).combine_chunks()
            waiting, rows, first = [joined.slice(ROWS)], rows - ROWS, False
    if rows or first:
        yield pa.concat_tables(waiting).combine_chunks()


class _Hashed:
    """A file that keeps the hash of what goes through it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.closed = False

    def write(self, content: bytes) -> int:
        """Write, and remember."""
        self.digest.update(content)
        return self._file.write(content)

    def tell(self) -> int:
        """How far it is written."""
        return self._file.tell()

    def flush(self) -> None:
        """Hand on what is held back."""
        self._file.flush()

    def close(self) -> None:
        """Leave the file to whoever opened it."""
        self.closed = True
