"""A whole report without a kernel: the cells of every chapter run here, its records in notebooks, its editions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import nbformat

from karier_stats.answers import chapters
from karier_stats.answers.ledger import VARIABLE
from karier_stats.report import editions
from karier_stats.report.disclosure import protect
from karier_stats.report.engine import unit_words
from karier_stats.report.record import RECORD_MIME, as_data, bundle, records_of
from karier_stats.report.render import QUESTION, Cover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from nbformat import NotebookNode

    from karier_stats.answers.record import Answer
    from karier_stats.intake.processed import Processed

Found = dict[str, tuple["Answer", ...]]
"""Answers by chapter, after disclosure control."""


def found(ev: Processed, folder: Path, known: Callable[[str], Iterable[Answer]] | None = None) -> Found:
    """Every chapter's answers as its readers get them; the synthesis reads those of the others, as in a report.

    Answers of chapters that another test has asked for may be handed in.
    """
    answers = {name: tuple(protect(one, ev.audience) for one in known(name)) if known else _answers(ev, name)
               for name in chapters.CHAPTERS[:-1]}
    place = folder / "findings.json"
    place.write_text(json.dumps({"findings": findings(answers)}), encoding="utf-8")
    with patch.dict("os.environ", {VARIABLE: str(place)}):
        return {**answers, "synthesis": _answers(ev, "synthesis")}


def _answers(ev: Processed, chapter: str) -> tuple[Answer, ...]:
    """One chapter's answers after disclosure control."""
    return tuple(protect(one, ev.audience) for one in chapters.answers(ev, chapter))


def findings(answers: Found) -> list[dict[str, Any]]:
    """All findings as findings.json holds them, each id once."""
    every = as_data([one for given in answers.values() for answer in given for one in answer.findings])
    return list({one["id"]: one for one in reversed(every)}.values())[::-1]


def notebooks(answers: Found, lang: str) -> dict[str, NotebookNode]:
    """The chapters' notebooks with the records of their answers, as they would be executed."""
    return {name: _executed(name, {one.id: one for one in given}, lang) for name, given in answers.items()}


def _executed(chapter: str, answers: Mapping[str, Answer], lang: str) -> NotebookNode:
    """One notebook; a picture is its record alone, of which the editions draw it."""
    notebook = nbformat.read(chapters.NOTEBOOKS / f"{chapter}.ipynb", as_version=4)
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        match = QUESTION.search(cell.source)
        cell.outputs = []
        for record in records_of(answers[match[1]]) if match else ():
            data = {RECORD_MIME: record} if record["kind"] == "picture" else bundle(record, lang)[0]
            cell.outputs.append(nbformat.v4.new_output("display_data", data=data))
    return notebook


def whole(ev: Processed, answers: Found, lang: str) -> dict[str, str]:
    """Every edition in one language, by file."""
    cover = Cover(
        ev.title[lang], lang, unit=unit_words(ev, lang), period=ev.period, audience=ev.audience, synthetic=ev.synthetic,
        intake=ev.intake, unit_names=tuple(ev.units["unit_name"]),
    )
    return editions.editions(cover, notebooks(answers, lang), findings(answers))
