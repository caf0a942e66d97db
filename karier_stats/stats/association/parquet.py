"""Parquet files for ``regress``: numbers column by column, and as few rows as have the same cross-products in each unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.within_between import Design
from karier_stats.stats.columns import Labels, labels_of
from karier_stats.stats.frame import Frame, Roles, check_roles, checked, codes_by_name, gaps_note
from karier_stats.stats.numerics.estimate import Array
from karier_stats.stats.numerics.glm import ManyRows
from karier_stats.stats.numerics.unit_products import UnitProducts, products_of
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile

Paths: TypeAlias = str | Path | Sequence[str | Path]
_ROWS = 2**18
"""Rows that are read at once, so that a table takes the memory of its numbers once."""


@dataclass(frozen=True)
class Many:
    """Score, covariates and outcome of more rows than a regression can take at once: ``columns`` (q, n), those of a unit side by
    side; ``frame`` holds the same, units numbered by appearance.
    """

    columns: Array
    units: NDArray[np.intp]
    frame: Frame

    @cached_property
    def products(self) -> UnitProducts:
        """What the units add up to."""
        return products_of(self.columns.T, np.flatnonzero(np.diff(self.units, prepend=-1)))

    def few(self) -> Frame:
        """As few rows as have the same cross-products in each unit, on which every linear regression is the same."""
        one, columns, codes = self.products.rows()
        units, names = codes_by_name(Labels(codes, self.frame.unit_labels))
        return replace(
            self.frame, x=columns[:, 0], adjust=columns[:, 1:-1], y=columns[:, -1], units=units, unit_labels=names, one=one
        )

    def rows(self, design: Design) -> ManyRows:
        """The rows of a logit or Poisson regression, with the regressors of ``design``."""
        products, given = self.products, self.columns[:-1]
        means = products.origin[:-1] + products.means[:, :-1]
        # Columns keep their digits when counted from their means; those of zeros and ones stay, to be moved from 0 to 1.
        origin = np.where(((means < 0) | (means > 1)).any(axis=0), products.sizes @ means / products.n, 0.0)

        def regressors(part: slice) -> Array:
            X = np.ones((len(design.names), self.units[part].size))
            np.subtract(given[:, part], origin[:, None], out=X[-len(given):])
            if design.has_within:
                score, between = X[-len(given)].copy(), means[self.units[part], 0] - origin[0]
                X[-len(given)] = between
                X[1] = score - between
            return X

        return ManyRows(regressors, self.frame.y, np.append(0, np.cumsum(products.sizes)).astype(np.intp))


def read(paths: Paths, outcome: str, on: str, adjust: tuple[str, ...], unit: str, family: str) -> Many:
    """The complete rows of the files; refused as :func:`karier_stats.stats.frame.build` says, K345 where a covariate is text,
    K383 without a file.
    """
    from pyarrow.parquet import ParquetFile

    names = (on, *adjust, outcome)
    files = [ParquetFile(file) for file in _files(paths)]
    for file in files:
        _refuse(file, [("outcome", outcome), ("on", on), *(("adjust", name) for name in adjust), ("unit", unit)])
    columns, labels, notes = _complete(files, names, unit)
    units = labels.codes
    if (units[1:] < units[:-1]).any():
        order = np.argsort(units, kind="stable")
        units = units[order]
        for column in columns:
            column[:] = column[order]
    frame = Frame(outcome, on, columns[-1], columns[0], columns[1:-1].T, adjust, units, labels.order, None, "continuous", notes)
    return Many(columns, units, checked(frame, family, len(adjust)))


def _files(paths: Paths) -> list[Path]:
    """The Parquet files that are meant, in the order of their names within a folder."""
    listed = [paths] if isinstance(paths, (str, Path)) else list(paths)
    files = [file for path in map(Path, listed) for file in (sorted(path.glob("*.parquet")) if path.is_dir() else [path])]
    absent = [file.name for file in files if not file.is_file()]
    if absent or not files:
        raise StatisticsError("K383", files=", ".join(absent or [Path(path).name for path in listed]))
    return files


def _refuse(file: ParquetFile, roles: Roles) -> None:
    """Every column is there, and all but the unit hold numbers."""
    import pyarrow as pa

    check_roles(pd.DataFrame(columns=file.schema_arrow.names), roles)
    for role, name in roles[:-1]:
        kind = file.schema_arrow.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
            raise StatisticsError("K345", column=name, role=role, kind=str(kind))


def _complete(files: Sequence[ParquetFile], names: Sequence[str], unit: str) -> tuple[Array, Labels, tuple[Text, ...]]:
    """Numbers (q, n) and units of the rows without a gap, with a note of the others."""
    import pyarrow as pa

    total, n = sum(file.metadata.num_rows for file in files), 0
    columns, units = np.empty((len(names), total)), np.empty(total, dtype=np.int32)
    known: dict[str, int] = {}
    gaps = np.zeros(len(names) + 1, dtype=int)
    for batch in (batch for file in files for batch in file.iter_batches(_ROWS, columns=[*names, unit])):
        block = columns[:, n:n + batch.num_rows]
        for column, name in zip(block, names, strict=True):
            column[:] = batch.column(name).cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
        found = labels_of(batch.column(unit).to_pandas(), unit)
        codes = np.array([*(known.setdefault(label, len(known)) for label in found.order), -1])[found.codes]
        empty = np.vstack([~np.isfinite(block), codes < 0])
        if empty.any():
            gaps += empty.sum(axis=1)
            full = ~empty.any(axis=0)
            block, codes = block[:, full], codes[full]
        columns[:, n:n + len(codes)], units[n:n + len(codes)] = block, codes
        n += len(codes)
    counts = {name: int(count) for name, count in zip((*names, unit), gaps, strict=True) if count}
    return columns[:, :n], Labels(units[:n], tuple(known)), gaps_note(total - n, total, counts)
