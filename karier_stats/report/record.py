"""Records: an answer after disclosure control as plain values without language, and its bundles in a language.

An executed notebook carries a record beside every output, so that it is run once and read in every language. No person is
in a record: a picture of people holds their distributions.
"""

from __future__ import annotations

import base64
import datetime
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from karier_stats.answers.record import Answer, Field, Finding, Picture, Table, restored
from karier_stats.domain.disclosure import policy_for
from karier_stats.report.disclosure import MARK
from karier_stats.words import say
from karier_stats.words.numbers import is_missing
from karier_stats.words.record import RECORD_MIME, VECTOR

if TYPE_CHECKING:
    import pandas as pd
    from nbformat import NotebookNode

Record = dict[str, Any]
Bundle = tuple[dict[str, Any], dict[str, Any]]
"""Contents by mime type, and their metadata."""

RECORDS_ONLY = "KARIER_RECORDS_ONLY"
"""Environment variable of a kernel whose outputs are written from their records afterwards, in every language."""

_DRAWN = frozenset(
    "label_id label_en part_id part_en group_id group_en row_id row_en column_id column_en arm_id arm_en x y y_low y_high "
    "estimate value low high n highlight tone level means change counts before after moved".split()
) | {MARK}
"""Columns of a picture's data that a drawing may need."""

_LANG = re.compile(r"^(lang\s*=\s*)[\"']\w+[\"']", re.MULTILINE)


def records_of(answer: Answer) -> list[Record]:
    """The records of a protected answer: its picture, its table, its words."""
    records: list[Record] = []
    if (picture := answer.picture) is not None:
        if picture.kind == "change":  # people without themselves
            from karier_stats.draw.shapes import binned

            picture = binned(picture, policy_for(answer.audience).persons_shown)
        about = plain({name: value for name, value in vars(picture).items() if name != "data"})
        records.append({"kind": "picture", "audience": answer.audience,
                        "picture": {**about, "data": _columns(picture.data, _DRAWN)}})
    if (table := answer.table) is not None:
        shown = {field.name + end for field in table.fields for end in ("", "_id", "_en")} | {MARK}
        about = {"caption": dict(table.caption), "fields": [asdict(field) for field in table.fields]}
        records.append({"kind": "table", "audience": answer.audience, "table": {**about, "data": _columns(table.data, shown)}})
    notes = [dict(note) for note in answer.notes]
    checks = {"checks": list(answer.checks)} if answer.checks else {}
    return [*records, {"kind": "words", "findings": as_data(answer.findings), "notes": notes, **checks}]


def as_data(findings: Sequence[Finding]) -> list[Record]:
    """Findings as plain JSON values, as findings.json keeps them; a number that is none is a ValueError."""
    found: list[Record] = json.loads(json.dumps([one.as_dict() for one in findings], default=plain, allow_nan=False))
    return found


def plain(value: Any) -> Any:
    """A value as JSON holds it: Python's own scalars, a day as a mapping, a missing number as null."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    value = value.item() if hasattr(value, "item") else value
    if is_missing(value):
        return None
    return {"day": value.isoformat()[:10]} if isinstance(value, datetime.date) else value


def _columns(data: pd.DataFrame, names: frozenset[str] | set[str]) -> Record:
    """Some columns of a frame as lists."""
    return {str(name): plain(data[name].tolist()) for name in data if name in names}


def _frame(columns: Record) -> pd.DataFrame:
    """The frame of such columns, each with the type that its values have; whole numbers stay whole where some are missing."""
    import pandas as pd

    found: dict[str, pd.Series[Any]] = {}
    for name, values in columns.items():
        known = [value for value in values if value is not None]
        if known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
            found[name] = pd.Series(pd.array(values))  # type: ignore[call-overload]
            continue
        days = known and all(isinstance(value, dict) and set(value) == {"day"} for value in known)
        told = [value and datetime.date.fromisoformat(value["day"]) for value in values] if days else values
        found[name] = pd.Series(told, dtype=object)
    return pd.DataFrame(found)


def bundle(record: Record, lang: str, vector: bool = False) -> Bundle:
    """A record in one language, as the front end takes it; the record goes with it. Of pictures a report keeps vectors."""
    kind, metadata = record["kind"], dict[str, Any]()
    if kind == "picture":
        data, metadata = (_vector_bundle if vector else _picture_bundle)(record, lang)
    elif kind == "table":  # as HTML and as aligned text
        from karier_stats.report.tables import aligned, to_html, to_text

        table = table_of(record["table"])
        shown = to_text(table, lang)
        text = f"{table.caption[lang]}\n{aligned(shown)}"
        data = {"text/html": to_html(table, lang, record["audience"], shown), "text/plain": text}
    elif kind == "words":
        from karier_stats.report.wording import words_html, words_text

        told = [restored(one) for one in record["findings"]], record.get("notes", ()), lang
        data = {"text/html": words_html(*told), "text/plain": words_text(*told)}
    else:
        data = dict(record["words"][lang])
    return {**data, RECORD_MIME: record}, metadata


def picture_of(about: Record) -> Picture:
    """The picture of a record's plain values."""
    return Picture(**{**about, "data": _frame(about["data"]), "line": about["line"] and tuple(about["line"])})


def _picture_bundle(record: Record, lang: str) -> Bundle:
    """PNG, which a notebook shows wherever it is opened, its description as text, and the same description as alt text."""
    from karier_stats.draw import describe, draw, png

    picture = picture_of(record["picture"])
    alt = describe(picture, lang)
    data = base64.b64encode(png(draw(picture, lang, record["audience"]))).decode("ascii")
    return {"image/png": data, "text/plain": alt}, {"image/png": {"alt": alt}}


def _vector_bundle(record: Record, lang: str) -> Bundle:
    """The picture as the report's pages have it, and its description as text."""
    from karier_stats.draw import describe, svg

    picture = picture_of(record["picture"])
    alt = describe(picture, lang)
    return {VECTOR: svg(picture, lang, alt=alt), "text/plain": alt}, {}


def table_of(about: Record) -> Table:
    """The table that a record holds."""
    return Table(_frame(about["data"]), tuple(Field(**field) for field in about["fields"]), about["caption"])


def in_language(notebook: NotebookNode, lang: str, vector: bool = False) -> NotebookNode:
    """An executed notebook as if it had been run in another language, from its records; a new notebook.

    Outputs without a record (a frame of data, a printed line) stand as they are: they are those of the notebook that was given.
    """
    cells = [_told(cell, lang, vector) if cell.cell_type == "code" else cell for cell in notebook.cells]
    return type(notebook)({**notebook, "cells": cells})


def _told(cell: NotebookNode, lang: str, vector: bool) -> NotebookNode:
    """One cell of code in a language."""
    injected = "injected-parameters" in cell.metadata.get("tags", [])
    source = _LANG.sub(rf'\g<1>"{lang}"', cell.source) if injected else cell.source
    return type(cell)({**cell, "source": source, "outputs": [_output(one, lang, vector) for one in cell.outputs]})


def _output(output: NotebookNode, lang: str, vector: bool) -> NotebookNode:
    """One output in a language, where it has a record."""
    from nbformat.notebooknode import from_dict

    record = output.get("data", {}).get(RECORD_MIME)
    if not record:
        return output
    data, metadata = bundle(record, lang, vector)
    return type(output)({**output, "data": type(output)(data), "metadata": from_dict(metadata)})


def vectors(about: Mapping[str, Any], lang: str, titled: bool = True, drawn: str = "") -> str:
    """A recorded picture as vectors of two widths, of which the page's style shows the one that fits.

    ``drawn`` is the wide one, where a notebook has it already; a page that writes the title over the picture has it not drawn.
    """
    from karier_stats.draw import bare

    text = json.dumps(about)
    pair = drawn or _vector(text, lang, 720), _vector(text, lang, 350)
    return "\n".join(pair if titled else map(bare, pair))


@lru_cache(maxsize=256)
def _vector(about: str, lang: str, width: int) -> str:
    """The same picture stands in several editions: it is drawn once."""
    from karier_stats.draw import svg

    return svg(picture_of(json.loads(about)), lang, width)


def raster(about: Mapping[str, Any], lang: str, dots: int) -> tuple[bytes, str]:
    """A recorded picture as PNG of so many dots per inch of 72 units, without its title; and its description in words."""
    from karier_stats.draw import describe, drawn, png

    picture = picture_of(dict(about))
    return png(drawn(picture, lang, titled=False), dots), describe(picture, lang)


def image(encoded: str, alt: str, lang: str) -> str:
    """A PNG inside the page, with its size (so that nothing jumps) and its words."""
    head = base64.b64decode(encoded[:44])
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    words = html.escape(alt or say("report.page.no_alt", lang), quote=True)
    return f'<img src="data:image/png;base64,{encoded}" alt="{words}" width="{width}" height="{height}">'
