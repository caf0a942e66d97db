"""The sample district: made-up people and files with a known truth, as an office would hand them in."""

from __future__ import annotations

from karier_stats.sample.truth import write_sample

__all__ = ["write_sample"]
