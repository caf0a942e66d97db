"""What a notebook shows: an answer as picture, table and words, and what it was computed from."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from karier_stats.report.disclosure import protect
from karier_stats.report.wording import refuse, words_html, words_text
from karier_stats.words.numbers import both

if TYPE_CHECKING:
    from karier_stats.answers.record import Answer, Finding, Picture, Table
    from karier_stats.intake.processed import Evaluation

FINDINGS_MIME = "application/vnd.karier.findings+json"
"""Mime type under which an executed notebook carries its findings."""

_CLOSING = both("Asal angka bab ini", "What this chapter was computed from")
_ITEM = both("Hal", "Item")
_VALUE = both("Nilai", "Value")


def show(answer: Answer) -> None:
    """Show an answer: picture, then table, then findings in words with their notes.

    Parameters
    ----------
    answer : Answer
        What a chapter's function returned. Disclosure control for the
        answer's audience is applied first; the answer itself is not changed.

    Notes
    -----
    The picture's alternative text is made from its data and lies in the
    output's metadata (``image/png`` -> ``alt``). The words carry the findings
    as data under ``application/vnd.karier.findings+json``.

    Raises
    ------
    GateError
        K530: the words of a finding go beyond its design; nothing is shown.
    """
    from karier_stats.answers.question import hand_over

    if hand_over(answer):
        return
    safe = protect(answer, answer.audience)
    refuse(safe.findings)
    if safe.picture is not None:
        _display(*_picture_bundle(safe.picture, safe.lang, safe.audience))
    if safe.table is not None:
        _display(_table_bundle(safe.table, safe.lang, safe.audience))
    _display({
        "text/html": words_html(safe.findings, safe.notes, safe.lang),
        "text/plain": words_text(safe.findings, safe.notes, safe.lang),
        FINDINGS_MIME: as_data(safe.findings),
    })


def close(evaluation: Evaluation) -> None:
    """Show parameters, versions and data hash, as the last cell of a chapter.

    Parameters
    ----------
    evaluation : Evaluation
        What ``ks.open_evaluation`` returned; its ``facts()`` are shown.
    """
    rows = list(_flat(evaluation.facts()))
    lang = evaluation.lang
    body = "".join(
        f'<tr><th scope="row" style="text-align: left">{html.escape(name)}</th>'
        f'<td style="text-align: left"><code>{html.escape(value)}</code></td></tr>'
        for name, value in rows
    )
    _display({
        "text/html": f'<table class="k-table k-facts"><caption style="text-align: left">{_CLOSING[lang]}</caption>'
                     f'<thead><tr><th scope="col" style="text-align: left">{_ITEM[lang]}</th>'
                     f'<th scope="col" style="text-align: left">{_VALUE[lang]}</th></tr></thead>'
                     f"<tbody>{body}</tbody></table>",
        "text/plain": "\n".join(f"{name}: {value}" for name, value in rows),
    })


def as_data(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as plain JSON values, as findings.json keeps them."""
    plain: list[dict[str, Any]] = json.loads(
        json.dumps([finding.as_dict() for finding in findings], default=_scalar, allow_nan=False)
    )
    return plain


def _scalar(value: Any) -> Any:
    """A NumPy scalar as Python's own; a missing value as null."""
    return value.item() if hasattr(value, "item") else None


def _flat(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nested facts as lines, in their order."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value)
        else:
            items = value if isinstance(value, (list, tuple)) else [value]
            yield name, ", ".join(map(str, items))


def _picture_bundle(picture: Picture, lang: str, audience: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """PNG, its description as text, and the same description as alt text."""
    from karier_stats.report.figures import describe, draw, png

    alt = describe(picture, lang)
    data = base64.b64encode(png(draw(picture, lang, audience))).decode("ascii")
    return {"image/png": data, "text/plain": alt}, {"image/png": {"alt": alt}}


def _table_bundle(table: Table, lang: str, audience: str) -> dict[str, Any]:
    """The table as HTML and as aligned text."""
    from karier_stats.report.tables import to_html, to_text

    return {
        "text/html": to_html(table, lang, audience),
        "text/plain": f"{table.caption[lang]}\n{to_text(table, lang).to_string(index=False)}",
    }


def _display(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Hand one bundle to the front end."""
    from IPython.display import display

    display(data, raw=True, metadata=metadata or {})  # type: ignore[no-untyped-call]
