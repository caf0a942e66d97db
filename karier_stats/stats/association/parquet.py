"""A table that need not fit in memory, for ``regress``: Parquet files read in blocks of rows.

One pass keeps what the units add up to, and makes of it a frame of as few rows as have the same cross-products, on which
every linear regression is the same. A logit or Poisson regression goes over the blocks once per Newton step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.within_between import Design
from karier_stats.stats.columns import labels_of, text_of
from karier_stats.stats.frame import FAMILIES, Frame, allowed_values, check_roles, gaps_note
from karier_stats.stats.numerics import blocks
from karier_stats.stats.numerics.blocks import Block, Streamed, UnitSums
from karier_stats.stats.numerics.glm import Rows
from karier_stats.stats.numerics.types import Array

if TYPE_CHECKING:
    import pyarrow as pa

Paths: TypeAlias = str | Path | Sequence[str | Path]
HELD = 600_000_000
"""Bytes of blocks that stay in memory between passes; a longer table is read anew for each."""
SAMPLED = 25
"""One row in so many finds the point from which the passes over all rows start."""
_ROWS = 2**18


@dataclass(frozen=True)
class Survey:
    """What one pass tells of a table.

    Parameters
    ----------
    frame : Frame
        As few rows as have the same cross-products in each unit.
    source : iterable of Block
        What later passes go through: blocks in memory, or the table anew.
    sample : Block
        Some of its rows.
    means : array (G,)
        Means of the score in the units as the blocks number them, counted as the blocks count it.
    """

    frame: Frame
    source: Iterable[Block]
    sample: Block
    means: Array

    def rows(self, design: Design) -> Streamed:
        """The rows of a logit or Poisson regression, with the regressors of ``design``."""
        def spread(block: Block) -> Array:
            if not design.has_within:
                return block.columns[:-1]
            between = self.means[block.codes]
            parts = [block.columns[0], block.columns[1] - between, *[between] * design.has_between]
            return np.vstack([*parts, block.columns[2:-1]])

        sample = Rows(spread(self.sample).T, self.sample.columns[-1])
        return Streamed(self.source, spread, self.frame.n, sample)


def survey(paths: Paths, outcome: str, on: str, adjust: tuple[str, ...], unit: str, family: str) -> Survey:
    """Go through the files once: sums by unit, ranges, and the blocks where they fit in memory.

    Raises
    ------
    StatisticsError
        As :func:`karier_stats.stats.frame.build`; K345 where a covariate is text; K383 without a file.
    """
    if family not in FAMILIES:
        raise StatisticsError("K352", family=family, known=", ".join(FAMILIES))
    table = _Table.open(paths, outcome, on, adjust, unit, family)
    q = len(table.numbers) + 1
    sums, wrong, ends, sample, held = UnitSums(q, q), 0, np.array([[np.inf] * 2, [-np.inf] * 2]), [], []
    for block in table:
        blocks.add_products(sums, block)
        told = block.columns[[1, -1]]
        ends = np.array([np.minimum(ends[0], told.min(axis=1)), np.maximum(ends[1], told.max(axis=1))])
        if table.family != "continuous":
            wrong += int((~allowed_values(table.family, told[1])[0]).sum())
            sample.append((block.columns[:, ::SAMPLED], block.codes[::SAMPLED]))
            held += [block] if 8 * q * table.rows <= HELD else []
    if wrong and family == "auto":
        table.family, wrong = "continuous", 0
    _refuse(table, wrong, ends)
    return _surveyed(table, sums.sums, held or table, _joined(sample))


def _surveyed(table: _Table, raw: Array, source: Iterable[Block], sample: Block) -> Survey:
    """The frame of condensed rows, units in the order of their names as everywhere."""
    labels, origin = table.labels, table.origin
    assert origin is not None
    order = sorted(range(len(labels)), key=labels.__getitem__)
    products = blocks.to_unit_products(raw[order], [labels[i] for i in order], origin)
    one, columns, codes = products.rows()
    frame = Frame(
        table.outcome, table.on, columns[:, -1], columns[:, 0], columns[:, 1:-1], table.adjust, codes,
        tuple(labels[i] for i in order), None, table.family, gaps_note(table.dropped, table.rows, table.gaps),  # type: ignore[arg-type]
        one,
    )
    means = np.empty(len(order))
    means[order] = products.means[:, 0]
    return Survey(frame, source, sample, means)


@dataclass
class _Table:
    """The files as blocks of complete rows: constant, score, covariates, outcome.

    ``units`` are in order of appearance; ``dropped`` and ``gaps`` count incomplete rows and empty cells
    of the last reading. Regressors that are not of zeros and ones, and a continuous outcome, are counted from
    ``origin``: their means in the first block.
    """

    files: Sequence[Path]
    outcome: str
    on: str
    adjust: tuple[str, ...]
    unit: str
    family: str
    rows: int
    units: pa.Array | None = None
    origin: Array | None = None
    dropped: int = 0
    gaps: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(
        cls, paths: Paths, outcome: str, on: str, adjust: tuple[str, ...], unit: str, family: str
    ) -> _Table:
        """Find the files and check the roles of their columns."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        files, rows = _files(paths), 0
        roles = [("outcome", outcome), ("on", on), *(("adjust", name) for name in adjust), ("unit", unit)]
        for file in files:
            found = pq.ParquetFile(file)
            check_roles(pd.DataFrame(columns=found.schema_arrow.names), roles)
            for role, name in roles[:-1]:
                _refuse_text(found.schema_arrow.field(name).type, name, role)
            if pa.types.is_nested(found.schema_arrow.field(unit).type):
                raise StatisticsError("K327", column=unit)
            rows += found.metadata.num_rows
        return cls(files, outcome, on, adjust, unit, family, rows)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns of numbers, the outcome last."""
        return (self.on, *self.adjust, self.outcome)

    @property
    def labels(self) -> list[str]:
        """Names of the units."""
        return [] if self.units is None else [text_of(unit) for unit in self.units.to_pylist()]

    def __iter__(self) -> Iterator[Block]:
        """Read all files once."""
        import pyarrow.parquet as pq

        self.dropped, self.gaps = 0, {}
        for file in self.files:
            for batch in pq.ParquetFile(file).iter_batches(_ROWS, columns=[*self.numbers, self.unit]):
                block = self._block(batch)
                if block is not None:
                    yield block

    def _block(self, batch: pa.RecordBatch) -> Block | None:
        """The complete rows of one batch; None where there are none."""
        import pyarrow as pa

        columns = np.empty((len(self.numbers) + 1, batch.num_rows))
        columns[0] = 1.0
        for i, name in enumerate(self.numbers, start=1):
            values = batch.column(name)
            values = values.cast(pa.float64()) if pa.types.is_boolean(values.type) else values
            columns[i] = values.to_numpy(zero_copy_only=False)
        codes = self._units(batch.column(self.unit))
        if not np.isfinite(columns.sum()) or codes.min(initial=0) < 0:
            full = np.isfinite(columns).all(axis=0) & (codes >= 0)
            self._count(columns, codes, full)
            columns, codes = columns[:, full], codes[full]
        if not len(codes):
            return None
        if self.origin is None:
            self.origin = self._origin(columns)
        columns[1:] -= self.origin[:, None]
        return blocks.block_of(columns, codes)

    def _origin(self, columns: Array) -> Array:
        """Where the columns are counted from; the family, where it is to be found, is settled on the way."""
        if self.family == "auto":
            self.family = "binary" if np.isin(columns[-1], (0, 1)).all() else "continuous"
        origin = columns[1:].mean(axis=1)
        origin[[np.isin(column, (0, 1)).all() for column in columns[1:]]] = 0.0
        origin[-1] *= self.family == "continuous"
        return origin

    def _units(self, labels: pa.Array) -> NDArray[np.int32]:
        """Numbers of the units of a batch; -1 where there is none."""
        import pyarrow as pa
        import pyarrow.compute as pc

        labels = labels.dictionary_decode() if pa.types.is_dictionary(labels.type) else labels
        known = labels.slice(0, 0) if self.units is None or pa.types.is_null(self.units.type) else self.units
        try:
            labels = labels.cast(known.type)
        except pa.ArrowInvalid:
            raise StatisticsError("K327", column=self.unit) from None
        codes = pc.index_in(labels, value_set=known)
        if codes.null_count > labels.null_count:
            new = pc.unique(labels.filter(pc.and_(codes.is_null(), labels.is_valid())))
            empty = pa.array(labels_of(new.to_pylist()).empty)
            labels = pc.if_else(pc.is_in(labels, value_set=new.filter(empty)), pa.scalar(None, labels.type), labels)
            known = pa.concat_arrays([known, new.filter(pc.invert(empty))])
            codes = pc.index_in(labels, value_set=known)
        self.units = known
        return codes.fill_null(-1).to_numpy(zero_copy_only=False)

    def _count(self, columns: Array, codes: NDArray[np.int32], full: NDArray[np.bool_]) -> None:
        """Add incomplete rows and empty cells to the counts."""
        self.dropped += int((~full).sum())
        empty = {name: int((~np.isfinite(columns[i])).sum()) for i, name in enumerate(self.numbers, start=1)}
        empty[self.unit] = int((codes < 0).sum())
        for name, count in empty.items():
            if count:
                self.gaps[name] = self.gaps.get(name, 0) + count


def _files(paths: Paths) -> list[Path]:
    """The Parquet files that are meant, in the order of their names within a folder."""
    listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
    files = [
        file for path in map(Path, listed) for file in (sorted(path.glob("*.parquet")) if path.is_dir() else [path])
    ]
    absent = [file.name for file in files if not file.is_file()]
    if absent or not files:
        raise StatisticsError("K383", files=", ".join(absent or [Path(path).name for path in listed]))
    return files


def _refuse_text(kind: pa.DataType, name: str, role: str) -> None:
    """Only numbers can be summed."""
    import pyarrow as pa

    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        raise StatisticsError("K345", column=name, role=role, kind=str(kind))


def _joined(parts: Sequence[tuple[Array, NDArray[np.intp]]]) -> Block:
    """Sampled rows as one block, each its own run."""
    columns = np.concatenate([np.empty((2, 0)) if not parts else parts[0][0][:, :0], *(part for part, _ in parts)], axis=1)
    units = np.concatenate([np.zeros(0, dtype=np.intp), *(codes for _, codes in parts)])
    return Block(columns, np.arange(len(units) + 1), units)


def _refuse(table: _Table, wrong: int, ends: Array) -> None:
    """The same refusals as for a table in memory."""
    n = table.rows - table.dropped
    if n < 3:
        raise StatisticsError("K347", rows=n, coefficients=2 + len(table.adjust), needed=4 + len(table.adjust))
    for name, low, high in zip((table.on, table.outcome), *ends, strict=True):
        if not low < high:
            raise StatisticsError("K344", column=name, rows=n)
    if wrong:
        allowed = allowed_values(table.family, np.zeros(1))[1]
        raise StatisticsError("K351", column=table.outcome, family=table.family, rows=wrong, allowed=allowed)
