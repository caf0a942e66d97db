"""Executed notebooks as one self-contained page: no script, no address, every picture with its words."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.report.letters import faces
from karier_stats.report.markdown import Outline, display, to_html
from karier_stats.report.record import image, vectors
from karier_stats.words import catalogue, say
from karier_stats.words.numbers import LANGUAGES, Text, integer, number
from karier_stats.words.record import RECORD_MIME, VECTOR

if TYPE_CHECKING:
    from jinja2 import Environment
    from nbformat import NotebookNode

TEMPLATES = Path(__file__).parent / "templates"
QUESTION = re.compile(r'^with ks\.question\(ev, "([\w.]+)"', re.MULTILINE)
"""The line of a cell that answers a question, with the question's name."""
WIDE = 13
"""Columns from which a table is printed across the long side of the page."""
_LANG_TAGS = {f"lang-{lang}" for lang in LANGUAGES}
QUALITY = "data_quality"
"""The chapter that is an annex of its own."""
DATA_KEYS = ("rows_read", "processed", "quarantined", "excluded")
"""The counts of a feed in ``intake.json``; the last three sum to the first."""

@dataclass(frozen=True)
class Cover:
    """What a report says of itself: title, population, readers, and what it was made from.

    ``intake`` is the content of ``intake.json``, ``assumptions`` the text of the assumptions log; both may be empty.
    ``changed``: the notebooks are not those of the package.
    """

    title: str
    lang: str
    unit: str = ""
    period: int | None = None
    audience: str = "internal"
    synthetic: bool = False
    parameters: Mapping[str, object] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    intake: Mapping[str, Any] = field(default_factory=dict)
    data_sha256: str = ""
    assumptions: str = ""
    unit_names: tuple[str, ...] = ()
    changed: bool = False

    @property
    def part(self) -> str:
        """The units that it is of, where they are not all."""
        return self.unit if self.parameters.get("unit", "semua") != "semua" else ""

    @property
    def banners(self) -> list[str]:
        """What every page says aloud: that the data are made up, that the notebooks are not the package's."""
        said = {"banner": self.synthetic, "changed": self.changed}
        return [say(f"editions.page.{name}", self.lang) for name, so in said.items() if so]

    @property
    def mark(self) -> str:
        """What stands under every page: its banners, and for whom it is."""
        return " · ".join([*self.banners, say(f"editions.page.short.{self.audience}", self.lang)])


@dataclass(frozen=True)
class Chapter:
    """One chapter, ready for the page: number, anchor, title, questions and body."""

    name: str
    number: str
    anchor: str
    title: str
    sections: tuple[tuple[str, str, str], ...]
    body: str


def page(cover: Cover, notebooks: Mapping[str, NotebookNode], annexes: Mapping[str, Any] | None = None) -> str:
    """One self-contained HTML page of executed notebooks, in the order of the report: without script, without any address.

    The notebooks are inert already (:func:`~karier_stats.report.sanitise.clean_notebook`). Without the rows of
    :mod:`karier_stats.report.annexes` those annexes are left out.
    """
    lang = cover.lang
    chapters = [chapter(notebook, name, str(place), lang) for place, (name, notebook) in enumerate(notebooks.items(), 1)]
    further = {"methods": (), "hidden": (), "actions": (), "traces": (), **(annexes or {})}
    return environment().get_template("lampiran.html.j2").render(
        cover=cover, lang=lang, words={key: text[lang] for key, text in catalogue.node("report.page").items()},
        css=stylesheet("lampiran"), audience=say(f"report.audience.{cover.audience}", lang),
        answers=[one for one in chapters if one.name != QUALITY], quality=[one for one in chapters if one.name == QUALITY],
        **further,
        assumptions=_assumptions(cover), parameters=_parameter_rows(cover), metadata=_metadata(cover),
        dictionary=_dictionary(cover),
        feeds=[[*(str(feed.get(key) or "–") for key in ("file", "sheet", "table")),
                *(integer(feed.get(key), lang) for key in DATA_KEYS)] for feed in cover.intake.get("feeds", [])],
        tables=[(name, integer(about.get("rows"), lang), str(about.get("sha256", "–")))
                for name, about in cover.intake.get("tables", {}).items()],
    )


@cache
def environment() -> Environment:
    """Jinja2 with escaping on; an unknown name is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )
    made.filters |= {"anchor": anchor_of, "short": lambda number: number.replace("-B.", "-")}
    return made


def anchor_of(number: str) -> str:
    """The id of a numbered thing: ``F-5.2`` is ``F_5_2``."""
    return re.sub(r"\W", "_", number)


def stylesheet(name: str) -> str:
    """A style sheet as it stands in a page, with its letters."""
    return faces() + (TEMPLATES / f"{name}.css").read_text(encoding="utf-8")


def chapter_title(notebook: NotebookNode, lang: str) -> str:
    """The question that a chapter asks, as its first heading has it."""
    prose = (cell.source for cell in reader_cells(notebook, lang) if cell.cell_type == "markdown")
    return next((line[2:].strip() for text in prose for line in text.splitlines() if line.startswith("# ")), "")


def chapter(notebook: NotebookNode, name: str, number: str, lang: str) -> Chapter:
    """A notebook as one chapter: prose of one language, outputs, code folded away."""
    outline = Outline(anchor="bab-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"), number=number, lang=lang)
    asked = itertools.count(1)
    cells = [(cell, f"{number}.{next(asked)}" if QUESTION.search(cell.source) else "") for cell in reader_cells(notebook, lang)]
    body = "\n".join(_cell(cell, outline, lang, place) for cell, place in cells)
    return Chapter(name, number, outline.anchor, outline.title or name, tuple(outline.sections), body)


def reader_cells(notebook: NotebookNode, lang: str) -> list[NotebookNode]:
    """The cells that a reader of ``lang`` sees; injected parameters stand for the defaults."""
    tagged = [(set(cell.metadata.get("tags", [])), cell) for cell in notebook.cells]
    hidden = {"remove-cell", *(_LANG_TAGS - {f"lang-{lang}"})}
    if any("injected-parameters" in tags for tags, _ in tagged):
        hidden.add("parameters")
    return [cell for tags, cell in tagged if not tags & hidden]


def _cell(cell: NotebookNode, outline: Outline, lang: str, place: str = "") -> str:
    """One cell as HTML; ``place`` is the number of the question that it answers."""
    if cell.cell_type == "markdown":
        return _scrolling(to_html(cell.source, outline), lang)
    if cell.cell_type != "code":
        return ""
    tags = cell.metadata.get("tags", [])
    whole = "\n".join(_output(output, lang) for output in cell.outputs)
    if "remove-input" not in tags and cell.source.strip():  # the code, folded away but there
        label = say(f"report.page.{'parameters_code' if 'injected-parameters' in tags else 'code'}", lang)
        whole += (f'<details class="k-code"><summary>{html.escape(label)}</summary>'
                  f"<pre><code>{html.escape(cell.source)}</code></pre></details>\n")
    return _numbered(whole, place) if place else whole


def _numbered(markup: str, place: str) -> str:
    """An answer with the anchors of its trace (``J_5_2``) and its table (``T_B_5_2``)."""
    trace, table = anchor_of(f"J-{place}"), anchor_of(f"T-B.{place}")
    label = f'<p class="k-trace">T-B.{place} · <a href="tabel/T-B.{place}.csv">CSV</a></p>'
    box = re.compile(r'<div (class="k-scroll[^>]*>)(?=<table class="k-table")')
    found = box.sub(rf'<div id="{table}" \1{label}', markup, count=1)
    return f'<section class="k-answer" id="{trace}" aria-label="J-{place}">{found}</section>\n'


def _output(output: NotebookNode, lang: str) -> str:
    """The richest kind of an output that a reader can use."""
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text)}</pre>\n"
    data = output.data
    if data.get(RECORD_MIME, {}).get("kind") == "picture":
        return f'<figure class="k-figure">{vectors(data[RECORD_MIME]["picture"], lang, drawn=data.get(VECTOR, ""))}</figure>\n'
    if "image/png" in data:
        picture = image(data["image/png"], output.metadata.get("image/png", {}).get("alt", ""), lang)
        return f'<figure class="k-figure">{picture}</figure>\n'
    if "text/html" in data:
        return f'<div class="k-output">{_scrolling(data["text/html"], lang)}</div>\n'
    if "text/markdown" in data:
        return to_html(data["text/markdown"], Outline("", "", title="–", below=True, lang=lang))
    if "text/latex" in data:
        return display(data["text/latex"].strip().strip("$"), lang) + "\n"
    return f"<pre>{html.escape(data.get('text/plain', ''))}</pre>\n"


def _scrolling(markup: str, lang: str) -> str:
    """Every table in a box of its own that scrolls on a narrow screen and that the keyboard reaches."""

    def wrap(table: re.Match[str]) -> str:
        caption = re.search(r"<caption[^>]*>(.*?)</caption>", table[0], re.DOTALL)
        words = re.sub(r"<[^>]*>", "", caption[1]).strip() if caption else say("report.page.table", lang)
        words = words.replace('"', "&quot;")
        head = table[0].partition("</thead>")[0]
        wide = " k-lebar" if head.count("<th") - 1 >= WIDE else ""  # "<thead" is one of them
        return f'<div class="k-scroll{wide}" role="group" tabindex="0" aria-label="{words}">{table[0]}</div>'

    return re.sub(r"<table\b.*?</table>", wrap, markup, flags=re.DOTALL)


def _assumptions(cover: Cover) -> str:
    """The assumptions log in the report's language, its headings below the appendix's own."""
    outline = Outline("asumsi", "A", below=True, lang=cover.lang)
    return _scrolling(to_html(assumptions_in(cover.assumptions, cover.lang), outline), cover.lang)


def assumptions_in(log: str, lang: str) -> str:
    """The part of the assumptions log in one language; the whole of a log without parts."""
    part = re.split(r"^<!--\s*lang:\s*(\w+)\s*-->\s*$", log, flags=re.MULTILINE)
    chosen = dict(zip(part[1::2], part[2::2], strict=True)).get(lang, part[0]) if part[1:] else part[0]
    return re.sub(r"<!--.*?-->", "", chosen, flags=re.DOTALL)


def _parameter_rows(cover: Cover) -> list[tuple[str, str]]:
    """Parameters, data hash and versions as rows of text."""
    lang, known = cover.lang, catalogue.node("report.parameter")
    rows = [(known.get(name, {}).get(lang, name), number(value, lang, 2) if isinstance(value, float) else str(value))
            for name, value in cover.parameters.items()]
    if cover.data_sha256:
        rows.append((say("report.page.data_hash", lang), cover.data_sha256))
    return rows + [(f"{say('report.page.version', lang)} {name}", version) for name, version in cover.versions.items()]


_METADATA = ("title", "definition", "classification", "unit", "source", "period", "producer", "steward", "contact")
_METADATA_HEADS = {"unit": "unit_of_measure", "period": "period_covered"}
"""Metadata whose head has another name in the catalogue."""


def _metadata(cover: Cover) -> dict[str, Any]:
    """Satu Data metadata: what all tables have in common, and the heads and rows of what they have each."""
    from karier_stats.intake.schema import metadata

    lang, words = cover.lang, catalogue.node("report.page")
    told = {table: [about[key][lang] for key in _METADATA] for table, about in metadata(cover.intake).items()}
    values = list(zip(*told.values(), strict=True))
    heads = [words[_METADATA_HEADS.get(key, key)][lang] for key in _METADATA]
    own = [place for place, column in enumerate(values) if len(set(column)) > 1 or len(told) == 1]
    return {
        "shared": [(heads[place], column[0]) for place, column in enumerate(values) if place not in own],
        "heads": [heads[place] for place in own],
        "rows": [[table, *(row[place] for place in own)] for table, row in told.items()],
    }


def _dictionary(cover: Cover) -> list[tuple[str, str, list[list[str]]]]:
    """Name, title and columns of every table of the evaluation, in the words of the data dictionary."""
    from karier_stats.intake.schema import TABLES, entries

    lang, given = cover.lang, cover.intake.get("tables", {})
    return [
        (name, spec.text[lang], [
            [one.name, one.heading[lang], one.kind[lang], one.unit[lang], one.allowed[lang],
             say(f"report.page.{'yes' if one.required else 'no'}", lang), one.kept[lang]] for one in entries(spec)
        ])
        for name, spec in TABLES.items() if name in given
    ]


def notebook_cover(notebook: NotebookNode, lang: str, title: Text) -> Cover:
    """A cover for a notebook that is exported by itself, from its own parameters cell."""
    source = "\n".join(
        cell.source for cell in notebook.cells
        if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", []))
    )
    period = re.findall(r"^period(?::\s*int)?\s*=\s*(\d{4})\b", source, re.MULTILINE)
    shown = "".join(str(output.get("data", {}).get("text/html", "")) for cell in notebook.cells
                    for output in cell.get("outputs", []))
    synthetic = any(text in shown for text in catalogue.template("report.page.banner").values())
    return Cover(title[lang], lang, period=int(period[-1]) if period else None, synthetic=synthetic)
