"""Print the catalogue with pass or fail: ``python -m tests.catalogue`` from the project's folder."""

from __future__ import annotations

import os
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("KARIER_LONG", "1")

from catalogue.cases import CASES


def main() -> int:
    """Run every case and print one line for each; the number of failures."""
    failed = 0
    print("| id | given | fate | code | |\n| --- | --- | --- | --- | --- |")
    begun = time.perf_counter()
    for case in CASES:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                case.check()
            outcome = "pass"
        except Exception as error:  # a failure of any kind is a line of the table
            outcome = f"FAIL {type(error).__name__}"
            failed += 1
        print(f"| {case.id} | {case.given} | {case.fate} | {case.code or '–'} | {outcome} |", flush=True)
    print(f"\n{len(CASES) - failed} of {len(CASES)} pass, {time.perf_counter() - begun:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
