"""Kill ``prepare`` and a batch of reports two hundred times each at random moments, ``prepare`` before every touch of the disk.

Options: ``--kills`` (200), ``--seed`` (1); ``--first 60`` passes over ``prepare`` and the first 60 batches: a run that was
stopped goes on, since each batch tells its number.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' own small office

from . import batches
from .kills import desk, killed_before, random_kills


def main() -> None:
    """Print how the kills ended; the first broken promise ends it with a traceback."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--first", type=int, default=-1)
    chosen = options.parse_args()
    if chosen.first < 0:
        prepared(chosen.kills, chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        found: Counter[str] = Counter()
        first = max(0, chosen.first)
        killed = batches.random_kills(batches.Batches(Path(folder)), chosen.kills, chosen.seed, first)
        for number, state in enumerate(killed, first):
            found[state] += 1
            print(f"batch {number}: {state}", flush=True)
        print(f"{found.total()} batches ended at random moments: {dict(found)}; nothing damaged, nothing runs on, all made good")


def prepared(kills: int, seed: int) -> None:
    """The same of ``prepare``."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "proyek"
        os.environ.update(KARIER_KEYS=str(Path(folder) / "kunci"), KARIER_HOME=str(root))
        office = desk(root)
        steps: Counter[str] = Counter()
        while (found := killed_before(office, steps.total())) is not None:
            steps[found] += 1
        print(f"{steps.total()} kills before each touch of the disk: {dict(steps)}", flush=True)
        kills = Counter(random_kills(office, kills, seed))
        print(f"{kills.total()} kills at random moments: {dict(kills)}; every rerun equal, nothing damaged", flush=True)


if __name__ == "__main__":
    main()
