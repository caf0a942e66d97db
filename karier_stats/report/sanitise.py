"""Executed notebooks made inert: only what a report needs stays, and nothing in it can run.

Outputs keep a few kinds of content, HTML keeps a few elements and attributes, pictures keep the chunks that hold the picture,
and every trace of the run (paths, times, memory addresses) goes.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from karier_stats.report.gate import PNG_CHUNKS, png_chunks
from karier_stats.words.record import RECORD_MIME, VECTOR

if TYPE_CHECKING:
    from bleach.sanitizer import Cleaner
    from nbformat import NotebookNode

KINDS = ("text/html", "text/markdown", "text/latex", "text/plain", "image/png", VECTOR, RECORD_MIME)
"""Kinds of content that an output may keep; of vectors those of our own pictures."""
_OUR_LOOK = (
    r'(?: (?:viewBox|width|height|class|role|lang|id|aria-labelledby|d|[xyr]|c[xy]|transform|text-anchor'
    r'|(?:fill|stroke|font)(?:-[a-z]+)?)="[^"<>&]*+")*+'
)
_OUR_SHAPES = "(?:title|desc|g|path|circle|text)"
_OUR_VECTOR = re.compile(f"<svg{_OUR_LOOK}>(?:[^<]++|<{_OUR_SHAPES}{_OUR_LOOK}/?>|</{_OUR_SHAPES}>)*+</svg>")

_TAGS = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del div dl dt em figcaption figure hr i kbd li mark ol p "
    "pre q s samp section small span strong sub sup table tbody td tfoot th thead tr u ul var h3 h4 h5 h6".split()
)
_ATTRIBUTES = {
    "*": ["class", "lang", "title", "style", "aria-label"],
    "a": ["href"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
}
_WITH_CONTENT = re.compile(
    r"<(script|style|title|template|noscript|iframe|object|svg|math|head)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_INERT = re.compile(
    rf"(?:[^<>&]++|&(?:amp|lt|gt);|<br>|</?(?:{'|'.join(sorted(_TAGS - {'br', 'hr', 'col'}))})"
    r'(?: (?:(?:class|lang|title|scope|aria-label|colspan|rowspan)="[^"<>&]*"|style="text-align: (?:left|right);?"))*+>)*+'
)
"""Markup as the sanitiser would leave it, where all that is opened is closed and a style has its semicolon."""
_SIDE = re.compile(r'(?<= style="text-align: left)(?=")|(?<= style="text-align: right)(?=")')
_TAG = re.compile(r"<(/?)(?!br>)([a-z]\w*)")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def clean_html(markup: str) -> str:
    """HTML with allow-listed elements and attributes only; everything else is dropped or escaped.

    Headings become bold paragraphs, so that the report's own outline stays whole; table headings get their scope.
    """
    body = _WITH_CONTENT.sub("", markup)
    body = re.sub(r"<(/?)h[1-6]\b[^>]*>", lambda tag: "</p>" if tag[1] else '<p class="k-head">', body, flags=re.I)
    inert = _SIDE.sub(";", body) if _is_inert(body) else re.sub(r' style="[;\s]*"', "", _cleaner().clean(body))
    # empty headings of tables become plain cells, as a screen reader needs it
    parts = re.split(r"(<thead\b.*?</thead>)", re.sub(r"<th\b([^>]*)>\s*</th>", r"<td\1></td>", inert), flags=re.DOTALL)
    scopes = ("col" if part.startswith("<thead") else "row" for part in parts)
    return "".join(re.sub(r"<th(?![^>]*\bscope=)(?=[\s>])", f'<th scope="{scope}"', part)
                   for scope, part in zip(scopes, parts, strict=True))


def _is_inert(markup: str) -> bool:
    """Whether markup needs no cleaning: most is our own, and the sanitiser takes a hundred times as long to see that."""
    counts = Counter(_TAG.findall(markup)) if _INERT.fullmatch(markup) else {("/", ""): 1}
    return all(counts.get(("/" * (not end), name)) == n for (end, name), n in counts.items())


@cache
def _cleaner() -> Cleaner:
    """The sanitiser, built once: no address but anchors, of styles only the side of a cell's text."""
    from bleach.css_sanitizer import CSSSanitizer
    from bleach.sanitizer import Cleaner

    styles = CSSSanitizer(allowed_css_properties=["text-align"], allowed_svg_properties=[])
    return Cleaner(
        tags=_TAGS, attributes=_ATTRIBUTES, protocols=[], strip=True, strip_comments=True, css_sanitizer=styles
    )


def clean_picture(encoded: str) -> str:
    """A base64 PNG without the chunks that can carry text; a ValueError of what is no whole PNG."""
    picture = base64.b64decode("".join(encoded.split()), validate=True)
    kept = b"".join(chunk for kind, chunk in png_chunks(picture) if kind in PNG_CHUNKS)
    return base64.b64encode(picture[:8] + kept).decode("ascii")


def clean_notebook(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook without traces of the run and with inert outputs, as a new notebook.

    Kept of the metadata are the kernel's name and language and each cell's tags; of the outputs, standard output and the
    kinds of ``KINDS``. Warnings and other words on standard error are dropped.
    """
    import nbformat

    cells = []
    for cell in notebook.cells:
        tags = [tag for tag in cell.metadata.get("tags", []) if isinstance(tag, str)]
        name = "injected-parameters" if "injected-parameters" in tags else cell.get("id", "")  # papermill's id is random
        kept: dict[str, Any] = {
            "cell_type": cell.cell_type, "id": name, "source": cell.source, "metadata": {"tags": tags} if tags else {},
        }
        if cell.cell_type == "code":
            outputs = [_clean_output(output) for output in cell.outputs]
            kept |= {"execution_count": cell.execution_count, "outputs": [output for output in outputs if output]}
        cells.append(kept)
    language = {"name": notebook.metadata.get("language_info", {}).get("name", "python")}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.from_dict({
        "nbformat": 4, "nbformat_minor": 5, "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": language},
    })


def _clean_output(output: NotebookNode) -> dict[str, Any] | None:
    """One output with its allowed kinds; None where nothing is left of it."""
    if output.output_type == "stream":
        text = _ADDRESS.sub("", output.text)
        return {"output_type": "stream", "name": "stdout", "text": text} if output.name == "stdout" else None
    if output.output_type not in ("display_data", "execute_result"):
        return None
    data: dict[str, Any] = {}
    for kind, content in ((kind, output.data[kind]) for kind in KINDS if kind in output.data):
        plain = _ADDRESS.sub("", content) if isinstance(content, str) else content
        cleaned = {"text/html": clean_html, "image/png": clean_picture}.get(kind)
        data[kind] = cleaned(content) if cleaned else plain
    if not _OUR_VECTOR.fullmatch(str(data.get(VECTOR, ""))):
        data.pop(VECTOR, None)
    alt = output.metadata.get("image/png", {}).get("alt")
    metadata = {"image/png": {"alt": str(alt)}} if alt and "image/png" in data else {}
    return {"output_type": "display_data", "data": data, "metadata": metadata} if data else None


def findings_of(notebook: NotebookNode) -> list[dict[str, Any]]:
    """The findings that the records of a notebook's outputs carry, in order, each id once."""
    found: dict[str, dict[str, Any]] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for finding in output.get("data", {}).get(RECORD_MIME, {}).get("findings", []):
                found.setdefault(finding["id"], finding)
    return list(found.values())
