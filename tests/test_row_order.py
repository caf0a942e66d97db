"""Nothing depends on the order of rows or on pseudonyms: every table of the sample shuffled, every chapter's findings compared."""

from __future__ import annotations

import os

import pytest
from asked import Chapter

from karier_stats.answers.record import Answer
from karier_stats.intake.processed import Processed
from tests.every_answer import of_chapter, renamed

CHAPTERS = ("data_quality", "needs", "delivery", "participation", "outcomes", "feedback", "leadership", "challenges")


def _told(answer: Answer) -> list[tuple[object, ...]]:
    """What an answer says: words, counts and numbers to nine digits, the last bits of a sum apart."""
    def digits(value: float | None) -> str | None:
        return None if value is None else f"{value:.9g}"

    return [
        (one.id, one.sentence, one.n, one.n_units, one.design, one.evidence, digits(one.estimate), digits(one.ci_low),
         digits(one.ci_high), digits(one.p_value))
        for one in answer.findings
    ]


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if name != "leadership" or os.environ.get("KARIER_LONG")])
def test_no_finding_follows_the_order_of_rows_or_pseudonyms(chapter: str) -> None:
    mixed = {name: frame.sample(frac=1, random_state=11).reset_index(drop=True) for name, frame in renamed().items()}
    other, moved = Processed.from_tables(mixed, period=2025), {}
    for question, answer in zip(Chapter(chapter).QUESTIONS, of_chapter(chapter), strict=True):
        before, after = _told(answer), _told(question(other))
        if before != after:
            moved[question.__name__] = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    assert moved == {}
