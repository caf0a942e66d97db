"""Measure every case and print one table; the bars are shown and nothing is asserted.

Options: ``--full`` gives the slow peers the whole of the work instead of a
stated share; other words keep the cases whose name holds one of them.
"""

from __future__ import annotations

import os
import sys

# One thread on either side, set before NumPy loads: ratios then do not hang on the number of cores.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")


def main(words: list[str]) -> None:
    """Print the table, a row as soon as it is measured."""
    from . import (
        bench_compare,
        bench_intake,
        bench_mixed,
        bench_regress,
        bench_report,
        bench_resampling,
        bench_sign_flip,
    )
    from .cases import measure

    full = "--full" in words
    wanted = [word for word in words if not word.startswith("--")]
    print("| case | ours (s) | peer | peer (s) | times faster | bar | peak MB | kept |")
    print("|---|---:|---|---:|---:|---|---:|---|")
    for module in (bench_resampling, bench_sign_flip, bench_compare, bench_mixed, bench_regress, bench_intake, bench_report):
        for case in module.cases(full):
            if wanted and not any(word in case.name for word in wanted):
                continue
            found = measure(case)
            peer = "" if found.peer is None else f"{found.peer:.3f}" + ("*" if case.peer_share < 1 else "")
            ratio = "" if found.ratio is None else f"{found.ratio:.1f}"
            bars = [f">= {case.faster:g}x"] if case.faster else []
            bars += [f"<= {case.seconds:g} s"] if case.seconds else []
            memory = "" if found.megabytes is None else f"{found.megabytes:.0f}"
            kept = ("yes" if found.keeps(case) else "NO") if bars else ""
            row = (case.name, f"{found.ours:.3f}", case.peer_name, peer, ratio, " ".join(bars), memory, kept)
            print(f"| {' | '.join(row)} |", flush=True)
    print("\nProcessor seconds, best of several runs, one thread; whole reports by the clock, on all cores.")
    print("* measured on a share of the work and scaled up.")


if __name__ == "__main__":
    main(sys.argv[1:])
