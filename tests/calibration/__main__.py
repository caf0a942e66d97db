"""The long form: ``python -m tests.calibration [--reps 10000] [--only PATTERN] [--jobs 2]``."""

from __future__ import annotations

import os

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import re
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import lru_cache

from .book import RESULTS, Store, book, found, write
from .harness import Cell, Outcome, Sums

_book = lru_cache(maxsize=1)(book)


def main(words: Sequence[str] | None = None) -> int:
    """Simulate what is not yet there, write the table, print it; 1 where a control is not caught."""
    options = _options(words)
    cells = [cell for key, cell in _book().items() if re.search(options.only, key)]
    _simulate(cells, options.reps, options.jobs)
    results = found(cells, options.reps)
    if not options.only:
        with RESULTS.open("w", encoding="utf-8", newline="") as file:
            write(results, file)
    _print(results)
    return int(any(outcome.verdict == "NOT CAUGHT" for outcome in results))


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.calibration", description=__doc__)
    parser.add_argument("--reps", type=int, default=10_000, help="repetitions per cell")
    parser.add_argument("--only", default="", help="cells whose key matches; the table is then printed, not written")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    return parser.parse_args(words)


def _simulate(cells: Sequence[Cell], repetitions: int, jobs: int) -> None:
    """Simulate the blocks that are not kept yet, the first blocks of all cells first."""
    stores = {cell.key: Store(cell) for cell in cells}
    wanted = sorted(
        (index, key) for key, store in stores.items()
        for index in range(store.wanted(repetitions)) if index not in store.blocks
    )
    with ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(_block, key, index): (key, index) for index, key in wanted}
        for done, future in enumerate(as_completed(running), 1):
            key, index = running[future]
            if future.exception() is not None:
                pool.shutdown(cancel_futures=True)
                raise RuntimeError(f"{key}, block {index}") from future.exception()
            stores[key].keep(index, future.result())
            if done % 100 == 0 or done == len(wanted):
                print(f"{done} / {len(wanted)} blocks", file=sys.stderr, flush=True)


def _block(key: str, index: int) -> dict[tuple[str, str], Sums]:
    """One block of one cell, in a process of its own."""
    return _book()[key].block(index)


def _print(results: Sequence[Outcome]) -> None:
    """Each method and measure in one line, then every bound that is missed."""
    groups: dict[tuple[str, str, str], list[Outcome]] = {}
    for outcome in results:
        groups.setdefault((outcome.check.role, outcome.check.method, outcome.check.measure), []).append(outcome)
    print(f"{'':8} {'method':40} {'measure':11} {'cells':>5} {'lowest':>8} {'highest':>8}  verdicts")
    for (role, method, measure), members in groups.items():
        values = [outcome.value for outcome in members if outcome.value == outcome.value]
        verdicts = [outcome.verdict for outcome in members]
        counts = ", ".join(f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts))
        low, high = (min(values), max(values)) if values else (float("nan"),) * 2
        print(f"{role:8} {method:40} {measure:11} {len(members):5} {low:8.3f} {high:8.3f}  {counts}")
    for outcome in results:
        if outcome.verdict in ("missed", "NOT CAUGHT", "no figure"):
            check = outcome.check
            print(f"{outcome.verdict}: {outcome.cell.key}: {check.method}: {check.measure} {outcome.value:.4g} "
                  f"(simulation error {outcome.mcse:.2g}, bound {check.low:g} to {check.high:g}, "
                  f"{outcome.repetitions} repetitions)")


if __name__ == "__main__":
    sys.exit(main())
