"""``regress_parquet``: the same question asked of a table that need not fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.mixed_rows import both_dof
from karier_stats.stats.association.regression import Regression
from karier_stats.stats.association.rows import ratio_rows, rows_of
from karier_stats.stats.association.study import Study, by_term, through_centre
from karier_stats.stats.association.within_between import two_sides
from karier_stats.stats.columns import labels_of, listed, text_of
from karier_stats.stats.contrast import clustered, rests_on_one
from karier_stats.stats.frame import FAMILIES, Facts, allowed_values, check_roles, gaps_note
from karier_stats.stats.numerics import blocks
from karier_stats.stats.numerics.blocks import Block, Link, UnitSums
from karier_stats.stats.numerics.estimate import Estimate, of_t
from karier_stats.stats.numerics.mixed import from_products
from karier_stats.stats.numerics.unit_products import UnitProducts
from karier_stats.stats.results import Sheet, check_level
from karier_stats.words import Phrase

if TYPE_CHECKING:
    import pyarrow as pa

    Array: TypeAlias = NDArray[np.float64]

FEWEST_UNITS = 40
"""Below this number of units the unit means must lead, which ``regress`` does."""
HELD = 600_000_000
"""Bytes of blocks that stay in memory between passes; a longer table is read anew for each."""
_ROWS = 2**18


def regress_parquet(
    paths: str | Path | Sequence[str | Path],
    *,
    outcome: str,
    on: str,
    adjust: str | Sequence[str] = (),
    unit: str,
    family: str = "auto",
    level: float = 0.95,
) -> Regression:
    """How an outcome goes with a score over many units, from Parquet files of any length.

    Parameters
    ----------
    paths : path or sequence of paths
        Parquet files of one layout: one, several, or a folder of them. A unit may stand in several.
    outcome, on : str
        Numeric or boolean columns, as in :func:`karier_stats.regress`.
    adjust : str or sequence of str
        Numeric or boolean covariates; make categories 0/1 columns beforehand.
    unit : str
        The unit of each row, at least 40 of them.
    family : {"auto", "binary", "count", "continuous"}
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Regression
        ``<on>[between]`` and ``<on>[within]``: ``cr2``, ``reml``, ``reml_satterthwaite`` for a continuous outcome,
        ``ame`` and ``odds_ratio`` or ``rate_ratio`` for shares and counts; covariates alike but for ``ame``; ``icc``
        for a continuous outcome. The same digits as ``regress`` gives; no wild bootstrap and no unit means, which add
        little from 40 units on. ``points`` are unit means that are not adjusted.

    Raises
    ------
    StatisticsError
        K340, K343-K346, K349, K351-K353 as ``regress``; K382 with fewer than 40 units; K383 without a file.

    Notes
    -----
    Rows go by in blocks. A continuous outcome takes one pass that keeps the cross-products of each unit; shares and
    counts take a pass for the unit means of the score and one per Newton step (three, as a rule).
    """
    check_level(level)
    if family not in FAMILIES:
        raise StatisticsError("K352", family=family, known=", ".join(FAMILIES))
    names = listed(adjust)
    survey = _survey(_Table.open(paths, outcome, on, names, unit, family))
    return (_linear(survey) if survey.facts.family == "continuous" else _newton(survey)).result(level)


@dataclass
class _Table:
    """The files as blocks of complete rows: constant, score, covariates, outcome.

    ``units`` are in order of appearance; ``dropped`` and ``gaps`` count incomplete rows and empty cells
    of the last reading. Regressors, and an outcome that is not of zeros and ones or counts, are counted from
    ``origin``: their means in the first block.
    """

    files: Sequence[Path]
    outcome: str
    on: str
    adjust: tuple[str, ...]
    unit: str
    family: str
    rows: int
    declared: bool
    units: pa.Array | None = None
    origin: Array | None = None
    dropped: int = 0
    gaps: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(
        cls, paths: str | Path | Sequence[str | Path], outcome: str, on: str, adjust: tuple[str, ...], unit: str,
        family: str,
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
        return cls(files, outcome, on, adjust, unit, family, rows, family != "auto")

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


def _files(paths: str | Path | Sequence[str | Path]) -> list[Path]:
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


@dataclass(frozen=True)
class _Survey:
    """What one pass tells of a table.

    Parameters
    ----------
    table : _Table
    facts : Facts
    raw : array (G, q, q) or (G, 3)
        Cross-products of each unit for a continuous outcome; else rows, sum of the score and sum of the outcome.
    source : iterable of Block
        What later passes go through: blocks in memory, or the table anew.
    sample : Block
        One row of fifty.
    has_within, has_between : bool
        Where the score varies.
    """

    table: _Table
    facts: Facts
    raw: Array
    source: Iterable[Block]
    sample: Block
    has_within: bool
    has_between: bool

    @property
    def sizes(self) -> Array:
        """Rows of each unit (G,)."""
        return self.raw[:, 0, 0] if self.raw.ndim == 3 else self.raw[:, 0]

    @property
    def unit_means(self) -> tuple[Array, Array]:
        """Means of score and outcome by unit, counted from the origin."""
        sums = self.raw[:, 0, [1, -1]] if self.raw.ndim == 3 else self.raw[:, 1:]
        means = sums / self.sizes[:, None]
        return means[:, 0], means[:, 1]

    @property
    def names(self) -> tuple[str, ...]:
        """Regressors after the constant."""
        on = self.table.on
        parts = [f"{on}[within]"] * self.has_within + [f"{on}[between]"] * self.has_between
        return (*parts, *self.table.adjust)

    @property
    def terms(self) -> tuple[str, ...]:
        """Those of the score, the leading one first."""
        return tuple(name for name in reversed(self.names) if name.startswith(f"{self.table.on}["))

    @property
    def points(self) -> dict[str, Any]:
        """Unit means as they are, by the names of the units."""
        x, y = self.unit_means
        labels = self.table.labels
        order = sorted(range(len(labels)), key=labels.__getitem__)
        origin = self.table.origin
        assert origin is not None
        return {
            "label": [labels[i] for i in order], "x": x[order] + origin[0], "y": y[order] + origin[-1],
            "n": self.sizes[order].astype(int),
        }

    def study(self, sheet: Sheet, method: str, slope: float) -> Study:
        """The study of these rows, led by the first term's ``method``."""
        notes = [*gaps_note(self.table.dropped, self.table.rows, self.table.gaps), Phrase("association.note.parquet")]
        scope, points = ("between" if self.has_between else "within"), self.points
        sheet = by_term(Sheet(notes=notes).take(sheet))
        return Study(self.facts, scope, (self.terms[0], method), sheet, points, through_centre(points, slope))


def _survey(table: _Table) -> _Survey:
    """Go through a table once: sums by unit, ranges, and the blocks where they fit in memory."""
    q = len(table.numbers) + 1
    sums, low, high, sample, held = None, UnitSums(1, fill=np.inf), UnitSums(1, fill=-np.inf), [], []
    hold, wrong, ends = 8 * q * table.rows <= HELD, 0, [np.inf, -np.inf]
    for block in table:
        linear = table.family == "continuous"
        sums = sums or (UnitSums(q, q) if linear else UnitSums(3))
        (blocks.add_products if linear else _add_sums)(sums, block)
        score, y, runs = block.columns[1], block.columns[-1], block.starts[:-1]
        for edge, farther in ((low, np.minimum), (high, np.maximum)):
            place = edge.room(block.units)[:, 0]
            place[block.units] = farther(place[block.units], farther.reduceat(score, runs))
        ends = [min(ends[0], float(y.min())), max(ends[1], float(y.max()))]
        wrong += 0 if linear else int((~allowed_values(table.family, y)[0]).sum())
        if not linear:
            sample.append((block.columns[:, ::blocks.SAMPLED], block.codes[::blocks.SAMPLED]))
            held += [block] if hold else []
    if wrong and table.family == "binary" and not table.declared:
        return _survey(replace(table, family="continuous", origin=None, units=None, gaps={}))
    n = table.rows - table.dropped
    _refuse(table, n, wrong, ends, low.sums[:, 0], high.sums[:, 0])
    assert sums is not None
    facts = Facts(table.outcome, table.on, table.family, n)  # type: ignore[arg-type]
    spread = 1e-9 * float(high.sums.max() - low.sums.min())
    has_within = bool((high.sums - low.sums).max() > spread)
    survey = _Survey(table, facts, sums.sums, held if hold else table, _joined(sample), has_within, True)
    score, outcome = survey.unit_means
    if np.ptp(score) <= spread:
        return replace(survey, has_between=False)
    two_sides(facts, score, outcome)
    return survey


def _add_sums(sums: UnitSums, block: Block) -> None:
    """Add rows, score and outcome to those of their units."""
    wanted = block.columns[[0, 1, -1]]
    sums.room(block.units)[block.units] += np.add.reduceat(wanted, block.starts[:-1], axis=1).T


def _joined(parts: Sequence[tuple[Array, NDArray[np.intp]]]) -> Block:
    """Sampled rows as one block, each its own run."""
    if not parts:
        return Block(np.empty((0, 0)), np.zeros(1, dtype=np.intp), np.zeros(0, dtype=np.intp))
    columns = np.concatenate([part for part, _ in parts], axis=1)
    units = np.concatenate([codes for _, codes in parts])
    return Block(columns, np.arange(len(units) + 1), units)


def _refuse(table: _Table, n: int, wrong: int, ends: Sequence[float], low: Array, high: Array) -> None:
    """The same refusals as for a table in memory."""
    if n < 3:
        raise StatisticsError("K347", rows=n, coefficients=2 + len(table.adjust), needed=4 + len(table.adjust))
    for name, varies in ((table.outcome, ends[0] < ends[1]), (table.on, low.min() < high.max())):
        if not varies:
            raise StatisticsError("K344", column=name, rows=n)
    if wrong:
        allowed = allowed_values(table.family, np.zeros(1))[1]
        raise StatisticsError("K351", column=table.outcome, family=table.family, rows=wrong, allowed=allowed)
    if len(low) < FEWEST_UNITS:
        raise StatisticsError("K382", units=len(low), needed=FEWEST_UNITS)


def _named(names: Sequence[str], fit: Callable[[], Any]) -> Any:
    """What ``fit`` returns; collinear columns are called by name."""
    try:
        return fit()
    except StatisticsError as error:
        if error.code != "K302":
            raise
        columns = [names[int(i)] for i in str(error.values["columns"]).split(", ")]
        raise StatisticsError("K343", columns=", ".join(columns)) from None


def _linear(survey: _Survey) -> Study:
    """CR2 and random-intercept rows from the cross-products of the units."""
    origin, names, G = survey.table.origin, survey.names, len(survey.raw)
    assert origin is not None
    base = blocks.to_unit_products(survey.raw, survey.table.labels, origin)
    products = _split(base, survey)
    pooled = _named(names, lambda: blocks.least_squares(products))
    positions = {name: i + 1 for i, name in enumerate(names)}
    crossed = [name for name in names if not name.endswith("[within]")]
    n = survey.facts.n
    terms = [(name, positions[name]) for name in crossed]
    sheet = rows_of(partial(clustered, pooled.coef, pooled.covariance), terms, n, G)
    if survey.has_within:
        staff = [i for i, name in enumerate(names) if _varies(products, i) and not name.endswith("[between]")]
        inner = blocks.least_squares(products.select([*staff, -1]), absorbed=True)
        sheet.rows += rows_of(partial(clustered, inner.coef, inner.covariance), [(names[staff[0]], 0)], n, G).rows
        sheet.note(Phrase("association.note.fixed_effects", on=survey.table.on))
    mixed, empty = from_products(products), from_products(products.select([-1]))
    beside = both_dof(mixed, list(positions.items()), n, G)
    sheet.take(Sheet(beside.rows, [Phrase("association.note.icc"), *beside.notes]))
    sheet.add("icc", "reml", Estimate(empty.icc, bounds=empty.icc_interval), n, G)
    return survey.study(sheet, "reml", float(mixed.coef[positions[survey.terms[0]]]))


def _varies(products: UnitProducts, column: int) -> bool:
    """Whether a column differs within units by more than rounding."""
    within, between = products.within[column, column], products.between[column, column]
    return bool(within > 1e-12 * (within + between))


def _split(base: UnitProducts, survey: _Survey) -> UnitProducts:
    """The score as deviation from its unit mean and as that mean, where it varies so; the other columns as they are."""
    G, q = base.means.shape
    within, between = survey.has_within, survey.has_between
    at = np.flatnonzero([within, between, *[True] * (q - 1)])
    source = np.array([0, 0, *range(1, q)])
    means = np.column_stack([np.zeros(G), base.means])
    scatter = base.scatter[:, source[:, None], source[None, :]].copy()
    scatter[:, 1, :] = scatter[:, :, 1] = 0.0
    origin = np.append(0.0, base.origin)
    return UnitProducts(base.units, base.sizes, origin, means, scatter).select(at)


def _newton(survey: _Survey) -> Study:
    """Average marginal effects and ratios of a logit or Poisson regression."""
    link: Link = "logit" if survey.facts.family == "binary" else "log"
    ratio = "odds_ratio" if link == "logit" else "rate_ratio"
    names, G, spread = ("1", *survey.names), len(survey.raw), _spreader(survey)
    sample = np.vstack([spread(survey.sample), survey.sample.columns[-1]])
    fitted = _named(names, lambda: blocks.newton(survey.source, sample, link, spread))
    sheet, n = Sheet(), survey.facts.n
    for name in (*survey.terms, *survey.table.adjust):
        position = names.index(name)
        if name in survey.terms and not rests_on_one(fitted.covariance, position):
            ends = _zero_one(survey)
            effect, gradient = (
                fitted.marginal(position) if ends is None
                else blocks.moved(survey.source, fitted.coef, link, spread, position, ends)
            )
            error, dof = fitted.covariance.std_error(gradient), fitted.covariance.satterthwaite(gradient)
            sheet.add(name, "ame", of_t(effect, error, dof), n, G)
        sheet.take(ratio_rows(ratio, fitted.coef, fitted.covariance, [(name, position)], n, G))
    lead = sheet.find(survey.terms[0], "ame")
    assert lead is not None
    return survey.study(sheet, "ame", lead.estimate.value)


def _zero_one(survey: _Survey) -> tuple[float, float] | None:
    """What 0 and 1 are from the origin, where the score takes only these two and does not vary within units."""
    origin = survey.table.origin
    assert origin is not None
    values = np.unique(np.round(survey.unit_means[0] + origin[0], 9))
    return (-origin[0], 1 - origin[0]) if not survey.has_within and set(values) == {0.0, 1.0} else None


def _spreader(survey: _Survey) -> Callable[[Block], Array]:
    """The regressors (p, n) of a block: the constant, the score in its parts, the covariates."""
    if not survey.has_within:
        return lambda block: block.columns[:-1]
    means = survey.unit_means[0]

    def spread(block: Block) -> Array:
        between = means[block.codes]
        parts = [block.columns[0], block.columns[1] - between, *[between] * survey.has_between]
        return np.vstack([*parts, block.columns[2:-1]])

    return spread
