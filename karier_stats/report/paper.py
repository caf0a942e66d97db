"""A page of a report as PDF, printed by the browser that the machine has: the same pages that its reader would print.

A browser lays the page out as its style says (running heads, numbered pages,
embedded letters); pypdf, of the extra ``office``, reads on which pages the
chapters begin and takes out the time of day.
"""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from karier_stats.errors import EnvironmentFault

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "msedge")
_PROGRAMS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_MAC = ("Google Chrome", "Microsoft Edge", "Chromium")
SECONDS = 120
_ENTRY = re.compile(r'(<li><span>([^<]*)</span><div>)(<a href="#([\w-]+)">([^<]*)</a>)')
"""An entry of the list of contents: chapter, anchor, name."""
_ELSEWHERE = re.compile(r'<a href="[^#"][^"]*">(.*?)</a>', re.DOTALL)
"""A link to another file of the report, which need not be where the PDF is."""


def browser() -> str | None:
    """The browser that prints: Chromium, Chrome or Edge, wherever the machine keeps it."""
    return next(filter(None, map(shutil.which, NAMES)), None) or next((str(one) for one in _installed() if one.is_file()), None)


def _installed() -> Iterator[Path]:
    """Where browsers lie that stand on no search path: on Windows and on a Mac."""
    for name in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
        if os.environ.get(name):
            yield from (Path(os.environ[name]) / program for program in _PROGRAMS)
    yield from (Path("/Applications") / f"{name}.app" / "Contents" / "MacOS" / name for name in _MAC)


def printed(page: str) -> bytes:
    """A page as PDF; its list of contents names the page of every chapter. Equal pages give equal bytes.

    Parameters
    ----------
    page : str
        HTML of an edition.

    Raises
    ------
    EnvironmentFault
        K507 where the browser prints nothing.
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
