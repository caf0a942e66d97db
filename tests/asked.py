"""The chapters as tests ask them: ``participation.rate(ev)`` runs the cell of that question in its notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from karier_stats.answers import chapters
from karier_stats.answers.record import Answer
from karier_stats.intake.processed import Processed

Ask = Callable[[Processed], Answer]


class Chapter:
    """One notebook; each of its questions is an attribute that takes an evaluation."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, question: str) -> Ask:
        if f"{self.name}.{question}" not in chapters.questions(self.name):
            raise AttributeError(question)
        return self._ask(f"{self.name}.{question}")

    def _ask(self, name: str) -> Ask:
        asked = partial(chapters.answer, question=name)
        asked.__name__ = name.partition(".")[2]  # type: ignore[attr-defined]
        return asked

    @property
    def QUESTIONS(self) -> tuple[Ask, ...]:
        """Every question, in the order of the notebook."""
        return tuple(self._ask(name) for name in chapters.questions(self.name))

    def __iter__(self) -> Iterator[Ask]:
        return iter(self.QUESTIONS)


data_quality, needs, delivery, participation, outcomes, feedback, leadership, challenges, synthesis = map(Chapter, (
    "data_quality", "needs", "delivery", "participation", "outcomes", "feedback", "leadership", "challenges", "synthesis",
))
