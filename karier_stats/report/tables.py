"""Tables as semantic HTML: a caption, headings with scope, numbers to the right, hidden cells said to be hidden."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from karier_stats.domain.disclosure import policy_for
from karier_stats.intake.scrub import copied, inert
from karier_stats.report.disclosure import MARK, suppressed_sentence
from karier_stats.words import say
from karier_stats.words.numbers import MISSING, is_missing, write

if TYPE_CHECKING:
    from karier_stats.answers.record import Field, Table

_LEFT, _RIGHT = "text-align: left", "text-align: right"


def cell(row: Any, field: Field, lang: str) -> str:
    """One value as the language writes it; text is taken in that language where the data have it.

    Text that a spreadsheet would run once the table is copied into it is led by an apostrophe.
    """
    if field.kind == "text":
        value = row.get(f"{field.name}_{lang}", row.get(field.name))
        return MISSING if is_missing(value) else copied(str(value))
    return write(row[field.name], lang, field.kind, field.digits)


def to_text(table: Table, lang: str) -> list[list[str]]:
    """The table as the reader sees it: headings in the language, then its rows, every cell text."""
    rows = [[cell(row, field, lang) for field in table.fields] for row in table.data.to_dict("records")]
    return [[inert(field.label[lang]) for field in table.fields], *rows]


def aligned(rows: list[list[str]]) -> str:
    """Such rows in lines, each column to the right of its width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(" ".join(map(str.rjust, row, widths)) for row in rows)


def to_html(table: Table, lang: str, audience: str = "internal", shown: list[list[str]] | None = None) -> str:
    """A ``<table class="k-table">`` that a screen reader, a printer and JupyterLab can use, every value escaped.

    The footnote on hidden rows names the threshold of the audience; ``shown`` is what :func:`to_text` gave, where it was asked
    before.
    """
    heads, *rows = shown or to_text(table, lang)
    hidden, foot = table.data[MARK].tolist() if MARK in table.data else [False] * len(rows), ""
    head = "".join(f'<th scope="col" style="{_side(field)}">{html.escape(text)}</th>'
                   for field, text in zip(table.fields, heads, strict=True))
    body = "".join(_row(table, values, gone) for values, gone in zip(rows, hidden, strict=True))
    if any(hidden):
        why = say("report.suppressed.footnote", lang, why=suppressed_sentence(policy_for(audience).safe_threshold))
        foot = (f'<tfoot><tr><td class="k-suppressed" colspan="{len(table.fields)}" style="{_LEFT}">'
                f"<small>{html.escape(why)}</small></td></tr></tfoot>")
    return (
        f'<table class="k-table"><caption style="{_LEFT}">{html.escape(inert(table.caption[lang]))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>"
    )


def _side(field: Field) -> str:
    """Words to the left, numbers to the right."""
    return _LEFT if field.kind == "text" else _RIGHT


def _row(table: Table, values: list[str], hidden: bool) -> str:
    """One row; its first word is its heading."""
    cells = []
    for place, (field, value) in enumerate(zip(table.fields, values, strict=True)):
        text = html.escape(value)
        kinds = "" if field.kind == "text" else ' class="k-num k-suppressed"' if hidden else ' class="k-num"'
        if place == 0 and field.kind == "text":
            cells.append(f'<th scope="row" style="{_LEFT}">{text}</th>')
        else:
            cells.append(f'<td{kinds} style="{_side(field)}">{text}</td>')
    return f"<tr>{''.join(cells)}</tr>"
