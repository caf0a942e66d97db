"""The chapters' notebooks as questions: their cells run on an evaluation in this process, their records collected.

A notebook is the only place where an analysis is written. The synthesis, when it is opened alone, and the tests ask it
here; a report runs it in a kernel.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from types import CodeType

from karier_stats.answers.record import Answer, collected
from karier_stats.intake.processed import Processed
from karier_stats.views.evaluation import with_views

CHAPTERS = (
    "data_quality", "needs", "delivery", "participation", "outcomes", "feedback", "leadership", "challenges", "synthesis",
)
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
_QUESTION = re.compile(r'^with ks\.question\(ev, "([\w.]+)"\)', re.M)
_OUTSIDE = re.compile(r"^(import karier_stats|ev = ks\.open_evaluation|ks\.close|evaluation: str)", re.M)


@cache
def cells(chapter: str) -> tuple[tuple[str, CodeType], ...]:
    """The cells of a chapter that hold analysis, in order; not those that open and close an evaluation.

    Each with the question that it answers, or an empty name where it sets up what later cells share.
    """
    path = NOTEBOOKS / f"{chapter}.ipynb"
    found = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or _OUTSIDE.search(source):
            continue
        match = _QUESTION.search(source)
        name = match[1] if match else ""
        found.append((name, compile(source, f"{path.name}: {name or 'set-up'}", "exec")))
    return tuple(found)


def questions(chapter: str) -> list[str]:
    """The questions of a chapter, such as ``participation.rate``, in order."""
    return [name for name, _ in cells(chapter) if name]


@cache
def number(question: str) -> str:
    """The number of a question in the report, such as ``F-5.2``: its chapter's, and its place in the notebook."""
    chapter = question.partition(".")[0]
    asked = questions(chapter) if chapter in CHAPTERS else []
    return f"F-{CHAPTERS.index(chapter) + 1}.{asked.index(question) + 1}" if question in asked else ""


def answer(ev: Processed, question: str) -> Answer:
    """The answer to one question, such as ``participation.rate``; a KeyError where its notebook has no such question."""
    found = {one.id: one for one in reversed(answers(ev, question.partition(".")[0], question))}
    return found[question]


def answers(ev: Processed, chapter: str, question: str = "") -> list[Answer]:
    """Every answer of a chapter, or what it takes to answer one question of it, before disclosure control."""
    import karier_stats as ks

    names = {"ks": ks, "ev": with_views(ev)}
    with collected() as found:
        for name, code in cells(chapter):
            if not question or name in ("", question):
                exec(code, names)
    return found
