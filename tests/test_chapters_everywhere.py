"""The chapters on outcomes, needs and feedback answer for a ward, a population, an early year and the public alike."""

from __future__ import annotations

import re

import pytest

from karier_stats.chapters import feedback, needs, outcomes
from karier_stats.intake.processed import Evaluation
from karier_stats.intake.sample import sample_tables
from karier_stats.report.disclosure import protect
from karier_stats.report.wording import faults


@pytest.fixture(scope="module")
def tables():
    return sample_tables()


@pytest.mark.parametrize(("unit", "period", "audience"), [
    ("14.71.10.1010", 2025, "internal"), ("14.71.10.1011", 2023, "public"), ("lingkup-a", 2025, "public"),
    ("lingkup-c", 2023, "internal"),
])
def test_every_question_answers(tables, unit: str, period: int, audience: str) -> None:
    ev = Evaluation.from_tables(tables, period=period, unit=unit, audience=audience)
    for question in (*outcomes.QUESTIONS, *needs.QUESTIONS, *feedback.QUESTIONS):
        answer = protect(question(ev), audience)
        assert answer.findings, answer.id
        assert [(one.id, fault) for one in answer.findings for fault in faults(one)] == []
        words = [one.sentence[lang] for one in answer.findings for lang in ("id", "en")]
        assert [each for each in words if re.search(r"\b(?:nan|None|0 dari 0|dari 0 pelatihan)\b", each)] == [], answer.id
