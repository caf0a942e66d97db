"""The editions of a report: one page, main report, annexes, message, tables; all from the same executed notebooks.

Each is written from the records and findings that the notebooks carry; no
edition has a number that another does not have.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from karier_stats.answers.record import restored
from karier_stats.domain.rules import Laws, Rules
from karier_stats.intake.scrub import copied
from karier_stats.report.annexes import annexes
from karier_stats.report.contents import ROMAN, Contents, within
from karier_stats.report.letters import fits
from karier_stats.report.office import circulated
from karier_stats.report.render import QUALITY, Cover, chapter_title, environment, page, stylesheet
from karier_stats.words import Phrase, catalogue, say

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from karier_stats.report.contents import AskedQuestion

ONE, MAIN, ANNEXES, MESSAGE, SCHEMA = (
    "satu-halaman.html", "laporan.html", "lampiran.html", "pesan.txt", "findings.schema.json",
)
TABLES = "tabel"
MOST_ACTIONS = 5
"""Actions on the one page; the main report has them all."""
MOST_WORDS = 450
"""Words of the one page beside those of its picture."""
_LESS = (*((spare, MOST_ACTIONS) for spare in range(6)), *((5, most) for most in range(MOST_ACTIONS - 1, 0, -1)))
"""How much of the one page is spared, and how many actions stay: the first that stands on one sheet is taken."""
MOST_LETTERS = 900
"""Length of the message."""
_TAG = re.compile(r'<svg\b.*?</svg>|<span class="e-label".*?</span>|<[^>]*>', re.DOTALL)
"""What is no word of a printed page: tags, pictures, and the labels that cards have on a phone."""
_DELIMITER = {"id": ";", "en": ","}
"""What a spreadsheet set to this language expects between the cells of a CSV file."""


def editions(
    cover: Cover, notebooks: Mapping[str, NotebookNode], findings: Iterable[Mapping[str, Any]], kinds: Iterable[str] = ()
) -> dict[str, str | bytes]:
    """Every file of a report in one language but its notebooks, findings and manifest, by path below its folder.

    Parameters
    ----------
    cover : Cover
        Title block.
    notebooks : mapping of str to notebook
        Executed notebooks by chapter, in the order of the report.
    findings : iterable of mapping
        Findings as in findings.json.
    kinds : iterable of {"docx", "pdf"}
        Further kinds of files in which the one page and the main report are written.
    """
    found = [restored(one) for one in findings]
    contents = Contents(notebooks, found, cover.lang, cover.period)
    read = {ONE: one_page(cover, contents), MAIN: _rendered("laporan", cover, contents, notebooks)}
    return {
        **read, **circulated(read, kinds, cover, contents),
        ANNEXES: page(cover, notebooks, annexes(contents)), MESSAGE: message(cover, contents), SCHEMA: schema_text(),
        **tables(contents.questions.values(), cover.lang),
    }


def one_page(cover: Cover, contents: Contents) -> str:
    """The one page; where it would not stand on one sheet, what is told least goes first: why a cost is not known, then more."""
    page = ""
    for spare, most in _LESS:
        page = _rendered("satu-halaman", cover, contents, spare=spare, most=most)
        if len(_TAG.sub(" ", page.partition("<body>")[2]).split()) <= MOST_WORDS and fits(page):
            break
    return page


def _rendered(
    name: str, cover: Cover, contents: Contents, notebooks: Mapping[str, NotebookNode] | None = None, spare: int = 0,
    most: int = MOST_ACTIONS,
) -> str:
    """One page of its template."""
    lang = cover.lang
    facts = {
        "title": cover.title, "unit": cover.unit, "year": contents.period, "next_year": contents.period + 1,
        "rule": Rules(), "law": Laws(), **_counts(cover),
    }
    return environment().get_template(f"{name}.html.j2").render(
        cover=cover, lang=lang, contents=contents, css=stylesheet("edisi"), roman=ROMAN,
        words={key: text.get(lang, text) for key, text in catalogue.node("editions.page").items()},
        say=lambda key, **more: say(f"editions.{key}", lang, **{**facts, **more}),
        listed=lambda key: list(catalogue.node(f"editions.{key}")),
        questions=[chapter_title(one, lang) for name, one in (notebooks or {}).items() if name != QUALITY],
        answers=contents.answers, most=most, spare=spare, within=within, closing=contents.last,
        pages=_running(cover, contents), rows=facts["read"],
    )


def _running(cover: Cover, contents: Contents) -> str:
    """The rules of print that give every chapter its running header, and every page its number."""
    lang = cover.lang
    heads = [*(say(f"editions.page.{key}", lang) for key in ("approval", "foreword", "one", "contents")),
             say("editions.running", lang, roman="I", name=Phrase("editions.page.introduction"))]
    heads += [say("editions.running", lang, roman=one.roman, name=one.head) for one in contents.answered]
    names = [f"e-p{place}" for place in range(len(heads))] + ["e-p99"]
    heads.append(say("editions.running", lang, roman=contents.last, name=Phrase("editions.chapter.synthesis")))
    title = _quoted(say("editions.heading", lang, title=cover.title, year=contents.period))
    foot = _quoted(cover.mark)
    sheet, of = _quoted(say("editions.page.sheet", lang) + " "), _quoted(f" {say('editions.page.of', lang)} ")
    rules = [
        f".{name} {{ page: {name}; }} @page {name} {{ @top-left {{ content: {title}; }} @top-right {{ content: {_quoted(head)}; }}"
        f" @bottom-left {{ content: {foot}; }} @bottom-right {{ content: {sheet} counter(page) {of} counter(pages); }} }}"
        for name, head in zip(names, heads, strict=True)
    ]
    return "\n".join(["@media print {", *rules, "}"])


def _quoted(text: str) -> str:
    """A text as a string of a style sheet; what could end it, or the sheet, is written by number."""
    return '"' + re.sub(r"[\"\\\\<>&\n]", lambda mark: f"\\{ord(mark[0]):x} ", text) + '"'


def _counts(cover: Cover) -> dict[str, int]:
    """Rows read and what became of them; those of a sheet that feeds several tables count once, by the table that took most."""
    counts = [
        (feed.get("file"), feed.get("sheet"), *(int(feed.get(key) or 0) for key in ("rows_read", "processed", "quarantined")))
        for feed in cover.intake.get("feeds", [])
    ]
    counts.sort(key=lambda one: one[2:4], reverse=True)
    once = {one[:2]: one[2:] for one in reversed(counts)}
    read, processed, quarantined = map(sum, zip((0, 0, 0), *once.values(), strict=True))
    return {"read": read, "processed": processed, "quarantined": quarantined}


def message(cover: Cover, contents: Contents) -> str:
    """A message of at most ``MOST_LETTERS``; for the public without names of units."""
    lang, names = cover.lang, cover.unit_names if cover.audience == "public" else ()
    head = [say("editions.message.head", lang, title=cover.title, year=contents.period)]
    head += [cover.part] if cover.part and cover.part not in names else []
    head += [say(f"editions.message.{name}", lang) for name in ("synthetic", "changed") if getattr(cover, name)]
    lines = [contents.verdict[0]]
    for key, answer in contents.answers:
        if answer.answers:
            lines.append(say("editions.message.answer", lang, head=Phrase(f"editions.page.{key}"), text=answer.short))
    lines = [line for line in lines if not any(name in line for name in names)]
    told = [one for one in contents.actions if not any(name in f"{one.action} {one.owner}" for name in names)]
    acts = [
        say("editions.message.action", lang, place=place, action=within(one.action, 1).rstrip("."), owner=one.owner, due=one.due)
        for place, one in enumerate(told[:3], 1)
    ]
    acts = [say("editions.message.actions", lang), *acts] if acts else []
    more = say("editions.message.more", lang)
    while len("\n".join([*head, *lines, *acts, more])) > MOST_LETTERS and len(acts) > 2:
        acts = acts[:-1]
    while len("\n".join([*head, *lines, *acts, more])) > MOST_LETTERS and len(lines) > 1:
        lines = lines[:-1]
    return "\n".join([*head, *lines, *acts, more]) + "\n"


def tables(questions: Iterable[AskedQuestion], lang: str) -> dict[str, str]:
    """The full table of every question as CSV, cells as the tables show them."""
    return {
        f"{TABLES}/{one.table_number}.csv": _csv(one, lang) for one in questions if one.table is not None
    }


def _csv(question: AskedQuestion, lang: str) -> str:
    """One table; the mark at its head tells spreadsheets how its letters are written."""
    from karier_stats.report.tables import to_text

    assert question.table is not None
    file = io.StringIO()
    writer = csv.writer(file, delimiter=_DELIMITER[lang], lineterminator="\n")
    rows = to_text(question.table, lang)
    writer.writerows([copied(cell.replace("\u2212", "-")) for cell in row] for row in rows)  # a spreadsheet knows no other minus
    return "\ufeff" + file.getvalue()


def schema_text() -> str:
    """The JSON schema of findings.json."""
    from karier_stats.report.schema import schema

    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"
