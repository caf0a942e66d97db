"""A million damaged files for the readers: no exception without a code, no row lost, little memory.

Options: ``--count`` (one million), ``--seed`` (1). Where a run is broken off, the next one with the same
seed goes on; ``--again`` begins anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from .readers import LIMIT_MB, Tally, run

STEP = 10_000


def main() -> int:
    """Run, print the count as it grows, and give 0 where every promise was kept."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--again", action="store_true")
    chosen = options.parse_args()
    state = Path(tempfile.gettempdir()) / f"karier-fuzz-{chosen.seed}.json"
    tally = Tally()
    if state.is_file() and not chosen.again:
        kept = json.loads(state.read_text())
        tally = Tally(kept["done"], kept["rows"], Counter(kept["ends"]), kept["broken"])
    while tally.done < chosen.count:
        run(chosen.seed, tally.done, min(tally.done + STEP, chosen.count), tally)
        state.write_text(json.dumps(
            {"done": tally.done, "rows": tally.rows, "ends": tally.ends, "broken": tally.broken}))
        print(f"{tally.done:,} inputs, {tally.rows:,} rows, {len(tally.broken)} broken, {tally.peak:.0f} MB", flush=True)
    for code, n in sorted(tally.ends.items()):
        print(f"  {code}: {n:,}")
    print("\n".join(tally.broken[:20]))
    return int(bool(tally.broken) or tally.peak > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
