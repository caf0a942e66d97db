"""The main report and the one page as an office circulates them: Word documents and PDF, beside the pages.

They need the extra ``office`` and, for PDF, a browser. Both are looked for
before a report is begun.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
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


def check_kinds(kinds: Iterable[str]) -> None:
    """Refuse kinds of files that cannot be made here.

    Raises
    ------
    InputError
        K219 for a kind that there is not, or that is named twice.
    EnvironmentFault
        K506 where what it needs is not installed.
    """
    given = list(kinds)
    if len(set(given)) < len(given) or set(given) - set(PACKAGES):
        raise InputError("K219", given=", ".join(map(shown, given)), known=", ".join(PACKAGES))
    for kind in given:
        lacking = [name for name in PACKAGES[kind] if importlib.util.find_spec(name) is None]
        if lacking:
            raise EnvironmentFault("K506", kind=kind)
    if "pdf" in given:
        from karier_stats.report.paper import browser

        if browser() is None:
            raise EnvironmentFault("K508")


def circulated(pages: Mapping[str, str], kinds: Iterable[str], cover: Cover, contents: Contents) -> dict[str, bytes]:
    """Pages as files of other kinds, each by its name with the other ending.

    Parameters
    ----------
    pages : mapping of str to str
        HTML by file name.
    kinds : iterable of {"docx", "pdf"}
    """
    return {
        named(name, kind): _document(page, cover, contents) if kind == "docx" else _paper(page)
        for kind in kinds for name, page in pages.items()
    }


def named(page: str, kind: str) -> str:
    """The name of a page's file of another kind: ``laporan.docx`` of ``laporan.html``."""
    return page.removesuffix("html") + kind


def _paper(page: str) -> bytes:
    """A page as PDF."""
    from karier_stats.report.paper import printed

    return printed(page)


def _document(page: str, cover: Cover, contents: Contents) -> bytes:
    """A page as a Word document."""
    from karier_stats.report.word import document

    lang, asked = cover.lang, {anchor_of(f"G-{one.place}"): one for one in contents.questions.values()}

    def picture(anchor: str) -> tuple[bytes, str]:
        """The picture of a figure with its words."""
        found = asked[anchor].picture
        assert found is not None  # the page shows it
        return raster(found.shown, lang, DOTS)

    heading = say("editions.heading", lang, title=cover.title, year=contents.period)
    sheet, of = say("editions.page.sheet", lang), say("editions.page.of", lang)
    return document(page, lang, head=(heading, cover.unit), foot=(cover.mark, f"{sheet} ", f" {of} "), picture=picture)
