"""What must be asked: one question a decision, with its choices; answers are kept under an id that holds next year too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from karier_stats.intake.scrub import MASK, SECRET
from karier_stats.words import Phrase
from karier_stats.words.numbers import both

Label = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """One decision.

    Attributes
    ----------
    id : str
        What is decided, without the numbers of a year or file.
    text : Phrase
        The question.
    choices : dict of str to label
        Each possible answer and what it says; empty where a number or a text is to be typed.
    items : tuple of str
        What is decided one by one under this question; empty for a single decision.
    free : str
        ``year``, ``number`` or ``text`` where the answer is typed.
    """

    id: str
    text: Phrase
    choices: dict[str, Label]
    items: tuple[str, ...] = ()
    free: str = ""

    def takes(self, given: object) -> bool:
        """Whether a text answers the question, or one of its items."""
        text = str(given).strip()
        if text in self.choices:
            return True
        if self.free == "year":
            return re.fullmatch(r"20\d\d", text) is not None
        if self.free == "number":
            return re.fullmatch(r"\d{1,4}(?:\.\d+)?", text) is not None
        return self.free == "text" and 0 < len(text) <= 200

    def unanswered(self, answer: object) -> tuple[str, ...]:
        """The items without an answer; of a single decision its own id."""
        if not self.items:
            return () if answer is not None and self.takes(answer) else (self.id,)
        given = answer if isinstance(answer, Mapping) else {}
        return tuple(item for item in self.items if item not in given or not self.takes(given[item]))


@dataclass
class Interview:
    """The questions of a folder and the answers to them.

    Attributes
    ----------
    answers : dict
        What has been answered, by the id of the question, last year's too.
    questions : dict of str to Question
        All that came up, in their order.
    """

    answers: dict[str, Any]
    questions: dict[str, Question] = field(default_factory=dict)

    def ask(self, name: str, key: str, choices: Mapping[str, Label], *, items: tuple[str, ...] = (), free: str = "",
            **facts: Any) -> Any:
        """The answer to a question; None while there is none, and for items those that are answered.

        Parameters
        ----------
        name : str
            What is decided; numbers in it stand for none in particular.
        key : str
            The sentence, a key of ``start.ask``.
        choices, items, free
            As of :class:`Question`.
        **facts
            What the sentence names.
        """
        question = Question(stable(name), Phrase(f"start.ask.{key}", **facts), dict(choices), items, free)
        earlier = self.questions.get(question.id)
        if earlier is not None and earlier.items:  # one decision that several sheets share
            question = Question(question.id, earlier.text, {**earlier.choices, **question.choices},
                                tuple(dict.fromkeys((*earlier.items, *items))), free)
        self.questions[question.id] = question
        answer = self.answers.get(question.id)
        if items:
            given = answer if isinstance(answer, Mapping) else {}
            return {item: str(given[item]) for item in items if item in given and question.takes(given[item])}
        return str(answer).strip() if answer is not None and question.takes(answer) else None

    @property
    def open(self) -> list[Question]:
        """The questions that still lack an answer."""
        return [question for question in self.questions.values() if question.unanswered(self.answers.get(question.id))]


def coded(codes: Mapping[str, tuple[str, str]]) -> dict[str, Label]:
    """A list of codes as choices."""
    return {code: both(*pair) for code, pair in codes.items()}


def stable(name: str) -> str:
    """The id of a decision: no number of a year, a file or a person in it."""
    return re.sub(r"\d+", "#", SECRET.sub("#", name)).strip().lower()


def shown(cell: object) -> str:
    """A value as a question may show it."""
    return SECRET.sub(MASK, str(cell))[:60]
