"""The sample district: made-up people and files with a known truth.

``write_sample`` writes what an office would hand in, ``sample_tables`` gives
the same data as ``prepare`` would leave them if every row were clean.
"""

from __future__ import annotations

from karier_stats.sample.district import sample_tables
from karier_stats.sample.truth import write_sample

__all__ = ["sample_tables", "write_sample"]
