"""The sample district: made-up people and files with a known truth."""

from __future__ import annotations

from karier_stats.intake.sample.district import sample_tables

__all__ = ["sample_tables"]
