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

    Text that a spreadsheet would run once the table is copied into it is led
    by an apostrophe.
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
    """A ``<table class="k-table">`` that a screen reader, a printer and JupyterLab can use.

    Parameters
    ----------
    table : Table
        Data and fields; after :func:`karier_stats.report.disclosure.protect` its
        hidden rows are marked.
    lang : {"id", "en"}
        Language of caption, headings, numbers and footnote.
    audience : {"internal", "public"}
        Names the threshold in the footnote.
    shown : list of list of str, optional
        What :func:`to_text` gave, where it was asked before.

    Returns
    -------
    str
        HTML in which every value is escaped.
    """
    heads, *rows = shown or to_text(table, lang)
    hidden = table.data[MARK].tolist() if MARK in table.data else [False] * len(rows)
    body = "".join(_row(table, values, gone) for values, gone in zip(rows, hidden, strict=True))
    return (
        f'<table class="k-table"><caption style="{_LEFT}">{html.escape(inert(table.caption[lang]))}</caption>'
        f"<thead><tr>{''.join(map(_heading, table.fields, heads))}</tr></thead>"
        f"<tbody>{body}</tbody>{_footnote(len(table.fields), lang, audience) if any(hidden) else ''}</table>"
    )


def _heading(field: Field, text: str) -> str:
    """The heading of one column."""
    return f'<th scope="col" style="{_side(field)}">{html.escape(text)}</th>'


def _side(field: Field) -> str:
    """Words to the left, numbers to the right."""
    return _LEFT if field.kind == "text" else _RIGHT


def _row(table: Table, values: list[str], hidden: bool) -> str:
    """One row; its first word is its heading."""
    cells = []
    for place, (field, value) in enumerate(zip(table.fields, values, strict=True)):
        text = html.escape(value)
        if place == 0 and field.kind == "text":
            cells.append(f'<th scope="row" style="{_LEFT}">{text}</th>')
        else:
            cells.append(f"<td{_classes(field, hidden)} style=\"{_side(field)}\">{text}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _classes(field: Field, hidden: bool) -> str:
    """``k-num`` for numbers, ``k-suppressed`` for numbers that are hidden."""
    names = ["k-num"] * (field.kind != "text") + ["k-suppressed"] * (hidden and field.kind != "text")
    return f' class="{" ".join(names)}"' if names else ""


def _footnote(width: int, lang: str, audience: str) -> str:
    """Why some cells are hidden."""
    text = say("report.suppressed.footnote", lang, why=suppressed_sentence(policy_for(audience).safe_threshold))
    return (
        f'<tfoot><tr><td class="k-suppressed" colspan="{width}" style="{_LEFT}">'
        f"<small>{html.escape(text)}</small></td></tr></tfoot>"
    )
