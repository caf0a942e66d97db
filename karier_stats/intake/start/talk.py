"""The questions in a terminal: numbered, one at a time, saved after each, so that one may stop and go on another day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karier_stats.errors import InputError, visible
from karier_stats.intake.project import proposed_name, shown
from karier_stats.intake.start import proposal
from karier_stats.intake.start.content import Proposal, propose
from karier_stats.intake.start.looks import Look, looks_of
from karier_stats.intake.start.questions import Question
from karier_stats.words import say

QUIT = frozenset({"q", "keluar", "berhenti"})
YES = frozenset({"ya", "y", "yes"})


@dataclass
class Start:
    """One folder on its way to a crosswalk.

    Attributes
    ----------
    folder : Path
    evaluation : str
    looks : list of Look
    answers : dict
        What has been answered.
    made : Proposal
        The proposal that these answers give.
    """

    folder: Path
    evaluation: str
    looks: list[Look]
    answers: dict[str, Any]
    made: Proposal
    lang: str = "id"

    def answer(self, question: Question, given: Any, item: str = "") -> None:
        """Take an answer, save the proposal, and see what it leaves to be asked."""
        if item:
            held = self.answers.get(question.id)
            self.answers[question.id] = {**(held if isinstance(held, dict) else {}), item: given}
        else:
            self.answers[question.id] = given
        self.refresh()

    def refresh(self) -> None:
        """Make the proposal anew, with the lines that somebody has changed by hand, and write it."""
        made = propose([*self.looks], self.answers, self.evaluation, self.made.refused)
        proposal.keep_own_lines(made, self.folder)
        self.made = made
        proposal.write(made, self.folder, self.lang)

    @property
    def open(self) -> list[Question]:
        """What is still to be asked; which table a sheet feeds comes first."""
        return sorted(self.made.asked.open, key=lambda question: not question.id.startswith("table "))


def begin(folder: Path, answers: Path | None = None, lang: str = "id") -> Start:
    """Look at every file of a folder and propose a crosswalk.

    Parameters
    ----------
    folder : Path
        The office's files.
    answers : Path, optional
        A crosswalk of another year whose answers hold again.
    lang : {"id", "en"}

    Raises
    ------
    InputError
        K289 where no file can be read.
    """
    looks, refused = looks_of(folder)
    if not looks:
        raise refused[0] if refused else InputError("K289", folder=shown(folder.name))
    evaluation = proposed_name(folder.resolve().name)
    known = {**(proposal.earlier_answers(answers) if answers else {}), **proposal.earlier_answers(proposal.current(folder))}
    found = Start(folder, evaluation, looks, known, Proposal({}, asked=None, looks=looks, refused=refused), lang)  # type: ignore[arg-type]
    found.refresh()
    return found


def talk(start: Start, read: Callable[[str], str], tell: Callable[[str], None]) -> bool:
    """Ask what is open until nothing is; False where somebody stops before.

    Parameters
    ----------
    start : Start
    read : callable
        Shows a prompt and gives the line that is typed.
    tell : callable
        Shows a line.
    """
    while start.open:
        question, n = start.open[0], len(start.open)
        item = question.unanswered(start.answers.get(question.id))[0] if question.items else ""
        tell("")
        tell(visible(say("start.progress", start.lang, n=n) + " " + question.text[start.lang]))
        if item:
            tell(visible(f"  {item}"))
        choices = list(question.choices)
        if not choices and not question.free:  # a file is wanting, which no answer makes good
            return False
        for number, choice in enumerate(choices, start=1):
            tell(visible(f"  {number}. {question.choices[choice][start.lang]}"))
        given = _typed(question, choices, read, tell, start.lang)
        if given is None:
            tell(say("start.stopped", start.lang))
            return False
        start.answer(question, given, item)
    return True


def _typed(
    question: Question, choices: list[str], read: Callable[[str], str], tell: Callable[[str], None], lang: str
) -> str | None:
    """The answer that somebody types; Enter alone answers nothing. None where they stop."""
    while True:
        try:
            text = read(say("start.prompt", lang)).strip()
        except EOFError:
            return None
        if text.casefold() in QUIT:
            return None
        if text.isascii() and text.isdigit() and 1 <= int(text) <= len(choices):
            return choices[int(text) - 1]
        if text and question.takes(text):
            return text
        tell(say("start.again", lang))
