"""Every question of the chapters on delivery, participation, leadership and challenges, for every unit, population and year."""

from __future__ import annotations

import importlib

import numpy as np
import pandas as pd
import pytest

from karier_stats.intake.processed import SCOPES, Evaluation
from karier_stats.intake.sample import sample_tables
from karier_stats.intake.sample.catalogue import UNITS
from karier_stats.report.disclosure import protect
from karier_stats.report.wording import faults

CHAPTERS = ("delivery", "participation", "challenges", "leadership")
ONE = "14.71.10.1004"
CASES = [
    *((unit.unit_id, 2025) for unit in UNITS), *((scope, 2025) for scope in SCOPES),
    *((name, year) for name in (ONE, "lingkup-a", "semua") for year in (2023, 2024)),
]


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return sample_tables()


@pytest.mark.parametrize(("unit", "year"), CASES)
def test_every_question_is_answered(unit: str, year: int, tables: dict[str, pd.DataFrame]) -> None:
    ev = Evaluation.from_tables(tables, period=year, unit=unit)
    for chapter in CHAPTERS:
        for question in importlib.import_module(f"karier_stats.chapters.{chapter}").QUESTIONS:
            answer = question(ev)
            assert answer.findings, question.__name__
            for audience in ("internal", "public"):
                assert len(protect(answer, audience).findings) == len(answer.findings)
            for one in answer.findings:
                assert faults(one) == (), one.id
                assert one.sentence["id"] and one.sentence["en"], one.id
                assert all(np.isfinite(value) for value in (one.estimate, one.ci_low, one.ci_high) if value is not None)
