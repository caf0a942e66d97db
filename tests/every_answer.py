"""Every answer of every chapter, for the tests that run over all of them; the sample's are computed once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache

import pandas as pd
from asked import Chapter

from karier_stats.answers import chapters
from karier_stats.answers.record import Answer
from karier_stats.intake.processed import Processed
from karier_stats.report.engine import CHAPTERS
from tests import once


def sample() -> dict[str, pd.DataFrame]:
    """The tables of the sample district, made once in a run; whoever changes one changes a copy."""
    return {name: frame.copy(deep=False) for name, frame in once.tables().items()}


def renamed() -> dict[str, pd.DataFrame]:
    """The sample's tables with other pseudonyms, whose order is another one."""
    def other(uid: str) -> str:
        return hashlib.sha256(uid.encode()).hexdigest()[:20]

    return {name: frame.assign(**{column: frame[column].map(other, na_action="ignore").astype("string")
                                  for column in frame if column.endswith("_uid")}) for name, frame in sample().items()}


def questions(asked: tuple[str, ...] = CHAPTERS[:-1]) -> Iterator[Callable[[Processed], Answer]]:
    """Every question of the chapters, in order; by default without the synthesis, which copies the others."""
    for chapter in asked:
        yield from Chapter(chapter).QUESTIONS


@cache
def _evaluation(unit: str, period: int, audience: str) -> Processed:
    return Processed.from_tables(sample(), period=period, unit=unit, audience=audience)


@once.kept
def of_chapter(chapter: str, unit: str = "semua", period: int = 2025, audience: str = "internal") -> tuple[Answer, ...]:
    """The answers of one chapter for the sample, as it gives them."""
    return tuple(chapters.answers(_evaluation(unit, period, audience), chapter))


def of_question(question: str, unit: str = "semua", period: int = 2025, audience: str = "internal") -> Answer:
    """The sample's answer to one question, such as ``outcomes.change``."""
    return next(one for one in of_chapter(question.partition(".")[0], unit, period, audience) if one.id == question)


def of_sample(unit: str = "semua", period: int = 2025, audience: str = "internal") -> tuple[Answer, ...]:
    """Every answer of the sample, as the chapters give them."""
    return tuple(answer for chapter in CHAPTERS[:-1] for answer in of_chapter(chapter, unit, period, audience))
