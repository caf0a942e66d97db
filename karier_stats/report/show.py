"""What a notebook shows: an answer as picture, table and words, and what it was computed from."""

from __future__ import annotations

import html
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from karier_stats.answers.record import hand_over
from karier_stats.report.disclosure import protect
from karier_stats.report.record import RECORDS_ONLY, bundle, records_of
from karier_stats.report.wording import refuse
from karier_stats.words import say
from karier_stats.words.record import RECORD_MIME, said

if TYPE_CHECKING:
    from karier_stats.answers.record import Answer
    from karier_stats.intake.processed import Processed


def show(answer: Answer) -> None:
    """Show an answer: picture, then table, then findings in words with their notes.

    Parameters
    ----------
    answer : Answer
        Disclosure control for its audience is applied first; the answer itself is not changed.

    Notes
    -----
    Each output carries its record without language under ``RECORD_MIME``, of
    which the report of the other language is written; a picture's alternative
    text is made from its data and lies in the metadata (``image/png`` -> ``alt``).

    Raises
    ------
    GateError
        K530: the words of a finding go beyond its design; nothing is shown.
    """
    if hand_over(answer):
        return
    safe = protect(answer, answer.audience)
    refuse(safe.findings)
    for record in records_of(safe):
        _display(*(({RECORD_MIME: record}, {}) if os.environ.get(RECORDS_ONLY) else bundle(record, safe.lang)))


def close(evaluation: Processed) -> None:
    """Show parameters, versions and data hash, as the last cell of a chapter.

    Parameters
    ----------
    evaluation : Evaluation
        What ``ks.open_evaluation`` returned; its ``facts()`` are shown.
    """
    facts = evaluation.facts()
    _display(said(lambda lang: _closing(facts, lang), evaluation.lang))


def _closing(facts: Mapping[str, Any], lang: str) -> dict[str, str]:
    """The facts as a table and as lines; the language is that of the words."""
    rows = [(name, lang if name == "lang" else value) for name, value in _flat(facts)]
    body = "".join(
        f'<tr><th scope="row" style="text-align: left">{html.escape(name)}</th>'
        f'<td style="text-align: left"><code>{html.escape(value)}</code></td></tr>'
        for name, value in rows
    )
    caption, *heads = (say(f"report.closing.{name}", lang) for name in ("caption", "item", "value"))
    head = "".join(f'<th scope="col" style="text-align: left">{name}</th>' for name in heads)
    return {
        "text/html": f'<table class="k-table k-facts"><caption style="text-align: left">{caption}</caption>'
                     f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>",
        "text/plain": "\n".join(f"{name}: {value}" for name, value in rows),
    }


def _flat(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nested facts as lines, in their order."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        else:
            items = value if isinstance(value, (list, tuple)) else [value]
            yield name, ", ".join(map(str, items))


def _display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Hand one bundle to the front end."""
    from IPython.display import display

    display(data, raw=True, metadata=metadata or {})  # type: ignore[no-untyped-call]
