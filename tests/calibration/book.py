"""The book of cells, the blocks kept between runs, and the table that is committed."""

from __future__ import annotations

import csv
import hashlib
import inspect
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from . import families, gains, pairs, selection, units
from .harness import Cell, Outcome, Sums, blocks_of, merged, outcomes
from .reasons import reason

HERE = Path(__file__).parent
RESULTS = HERE / "results.csv"
BLOCKS = HERE / "blocks"
"""Blocks already simulated, one file per cell; not committed."""

STATS = HERE.parents[1] / "karier_stats" / "stats"
ROOMS = (pairs, gains, selection, units, families)
COLUMNS = (
    "cell", "data", "n", "units", "method", "measure", "repetitions", "refused", "truth", "bias", "value", "mcse",
    "low", "high", "role", "verdict", "source", "reason",
)


def book() -> dict[str, Cell]:
    """Every cell by its key."""
    return {cell.key: cell for room in ROOMS for cell in room.cells()}


def fingerprint(cell: Cell) -> str:
    """What the cell's figures depend on: its room, the numerics that it calls, NumPy and SciPy."""
    from importlib.metadata import version

    room = Path(inspect.getfile(inspect.unwrap(getattr(cell.simulate, "func", cell.simulate))))
    beside = re.findall(r"^from \.(\w+) import", room.read_text(), re.M)
    paths = [room, *(HERE / f"{name}.py" for name in beside), *(next(STATS.rglob(f"{name}.py")) for name in cell.modules)]
    digest = hashlib.sha256(f"{version('numpy')} {version('scipy')}".encode())
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Store:
    """Blocks of one cell on disk; blocks of other code are forgotten."""

    def __init__(self, cell: Cell) -> None:
        self.path = BLOCKS / (re.sub(r"[^\w=.-]+", "_", cell.key) + ".jsonl")
        self.stamp = fingerprint(cell)
        self.blocks = dict(self._read())
        self.least = cell.quick

    def wanted(self, repetitions: int) -> int:
        """Blocks that hold the repetitions, and no fewer than the short form takes."""
        return blocks_of(max(repetitions, self.least))

    def _read(self) -> Iterator[tuple[int, dict[tuple[str, str], Sums]]]:
        """Blocks whose fingerprint is that of today; a line cut off by a crash ends the file."""
        if not self.path.exists():
            return
        for line in self.path.read_text().splitlines():
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                return
            if entry["stamp"] == self.stamp:
                yield entry["block"], {(method, measure): Sums(**sums) for method, measure, sums in entry["sums"]}

    def keep(self, index: int, sums: dict[tuple[str, str], Sums]) -> None:
        """Add a block to the file."""
        self.blocks[index] = sums
        BLOCKS.mkdir(exist_ok=True)
        rows = [[*key, asdict(value)] for key, value in sums.items()]
        with self.path.open("a") as file:
            file.write(json.dumps({"stamp": self.stamp, "block": index, "sums": rows}) + "\n")

    def first(self, repetitions: int) -> dict[tuple[str, str], Sums]:
        """Sums of the first blocks, in their order."""
        return merged(self.blocks[index] for index in range(self.wanted(repetitions)))


def found(cells: Iterable[Cell], repetitions: int) -> list[Outcome]:
    """The outcomes of the first repetitions of each cell."""
    return [outcome for cell in cells for outcome in outcomes(cell, Store(cell).first(repetitions))]


def write(results: Iterable[Outcome], file: TextIO) -> None:
    """The results as a table, one row per cell, method and measure."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for outcome in results:
        cell, check = outcome.cell, outcome.check
        truth, why = cell.truths.get(check.method), reason(cell.key, check.method)
        writer.writerow([
            cell.key, cell.data, cell.n, cell.units, check.method, check.measure, outcome.repetitions,
            outcome.refused, _short(truth), _short(outcome.bias), _short(outcome.value), _short(outcome.mcse),
            _short(check.low), _short(check.high), check.role, outcome.verdict, check.source,
            why["en"] if why and outcome.verdict == "missed" else "",
        ])


def _short(value: float | None) -> str:
    """Five significant digits; nothing for no value."""
    return "" if value is None or value != value else f"{value:.5g}"
