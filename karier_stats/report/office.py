"""The main report and the one page as an office circulates them: Word documents and PDF, beside the pages.

They need the extra ``office`` and, for PDF, the browser that the machine has, which prints the same pages that its reader
would. Both are looked for before a report is begun.
"""

from __future__ import annotations

import html
import importlib.util
import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.project import shown
from karier_stats.report.record import raster
from karier_stats.report.render import anchor_of
from karier_stats.words import say

if TYPE_CHECKING:
    from karier_stats.report.contents import Contents
    from karier_stats.report.render import Cover

PACKAGES: dict[str, tuple[str, ...]] = {"docx": ("docx", "lxml"), "pdf": ("pypdf",)}
"""What each kind of file needs of the extra ``office``."""
DOTS = 189
"""Dots per 72 units of a picture in a document: 720 units on 160 mm are then 300 dots an inch."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
_PROGRAMS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_MAC = ("Google Chrome", "Microsoft Edge", "Chromium")
SECONDS = 120
_ENTRY = re.compile(r'(<li><span>([^<]*)</span><div>)(<a href="#([\w-]+)">([^<]*)</a>)')
"""An entry of the list of contents: chapter, anchor, name."""
_ELSEWHERE = re.compile(r'<a href="[^#"][^"]*">(.*?)</a>', re.DOTALL)
"""A link to another file of the report, which need not be where the PDF is."""


def check_kinds(kinds: Iterable[str]) -> None:
    """Refuse kinds of files that cannot be made here.

    K219 for a kind that there is not, or that is named twice; K506 and K508 where what it needs is not installed.
    """
    given = list(kinds)
    if len(set(given)) < len(given) or set(given) - set(PACKAGES):
        raise InputError("K219", given=", ".join(map(shown, given)), known=", ".join(PACKAGES))
    for kind in given:
        lacking = [name for name in PACKAGES[kind] if importlib.util.find_spec(name) is None]
        if lacking:
            raise EnvironmentFault("K506", kind=kind)
    if "pdf" in given and browser() is None:
        raise EnvironmentFault("K508")


def circulated(pages: Mapping[str, str], kinds: Iterable[str], cover: Cover, contents: Contents) -> dict[str, bytes]:
    """Pages as files of other kinds, each by its name with the other ending."""
    return {
        named(name, kind): _document(page, cover, contents) if kind == "docx" else printed(page)
        for kind in kinds for name, page in pages.items()
    }


def named(page: str, kind: str) -> str:
    """The name of a page's file of another kind: ``laporan.docx`` of ``laporan.html``."""
    return page.removesuffix("html") + kind


def _document(page: str, cover: Cover, contents: Contents) -> bytes:
    """A page as a Word document."""
    from karier_stats.report.word import document

    lang, asked = cover.lang, {anchor_of(f"G-{one.place}"): one for one in contents.questions.values()}

    def picture(anchor: str) -> tuple[bytes, str]:
        found = asked[anchor].picture
        assert found is not None  # the page shows it
        return raster(found.shown, lang, DOTS)

    heading = say("editions.heading", lang, title=cover.title, year=contents.period)
    sheet, of = say("editions.page.sheet", lang), say("editions.page.of", lang)
    return document(page, lang, head=(heading, cover.unit), foot=(cover.mark, f"{sheet} ", f" {of} "), picture=picture)


def browser() -> str | None:
    """The browser that prints: Chromium, Chrome or Edge, wherever the machine keeps it."""
    roots = [os.environ[name] for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData") if os.environ.get(name)]
    places = [Path(root) / program for root in roots for program in _PROGRAMS]  # on Windows and on a Mac on no search path
    places += [Path("/Applications") / f"{name}.app" / "Contents" / "MacOS" / name for name in _MAC]
    return next(filter(None, map(shutil.which, NAMES)), None) or next((str(one) for one in places if one.is_file()), None)


def printed(page: str) -> bytes:
    """The HTML of an edition as PDF; its list of contents names the page of every chapter. Equal pages give equal bytes.

    The browser lays the page out as its style says (running heads, numbered pages, embedded letters); pypdf reads on which
    pages the chapters begin and takes out the time of day. K507 where the browser prints nothing.
    """
    from pypdf import PdfReader

    page = _ELSEWHERE.sub(r"\1", page)
    once = _print(page)
    first = PdfReader(io.BytesIO(once))
    leaves = {name.strip("/"): first.get_destination_page_number(one) or 0 for name, one in first.named_destinations.items()}
    numbered = _ENTRY.sub(lambda entry: f'{entry[1]}<b class="e-leaf">{leaves[entry[4]] + 1}</b>{entry[3]}', page)
    outline = [(html.unescape(f"{entry[2]} {entry[5]}").strip(), leaves[entry[4]]) for entry in _ENTRY.finditer(page)]
    return _finished(_print(numbered) if outline else once, outline)


def _print(page: str) -> bytes:
    """One run of the browser, in a folder of its own and without a network."""
    with tempfile.TemporaryDirectory(prefix="karier-") as folder:
        source, made = Path(folder) / "halaman.html", Path(folder) / "halaman.pdf"
        source.write_text(page, encoding="utf-8")
        words = [
            browser() or "", "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--no-pdf-header-footer",
            "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profil",
            f"--print-to-pdf={made}", source.as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # the browser's own walls do not stand for the superuser
            words.insert(1, "--no-sandbox")
        try:
            subprocess.run(words, check=True, capture_output=True, timeout=SECONDS)
            return made.read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise EnvironmentFault("K507", program=Path(words[0]).name, reason=type(error).__name__) from error


def _finished(pdf: bytes, outline: Sequence[tuple[str, int]]) -> bytes:
    """The same pages with an outline of the chapters, without the time, the program and the number of this print."""
    from pypdf import PdfWriter
    from pypdf.generic import ArrayObject, ByteStringObject

    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.metadata = {"/Title": writer.metadata.title if writer.metadata else None}
    writer._ID = ArrayObject([ByteStringObject(b"karier"), ByteStringObject(b"karier")])
    for name, place in outline:
        writer.add_outline_item(title=name, page_number=place)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
