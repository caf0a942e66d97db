"""The main report and the one page as Word documents and PDF: the same words and numbers as the pages, in an office's form."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from test_editions import cover, read, sample, whole  # noqa: F401  (a fixture)

from karier_stats.answers.record import restored
from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.report import editions, gate, office
from karier_stats.report.contents import Contents

docx = pytest.importorskip("docx", reason="python-docx is not installed (extra `office`)")
pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed (extra `office`)")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
LANGS = pytest.mark.parametrize("lang", ["id", "en"])


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, Any]]:
    """The one page and the main report of the sample in each language, as pages, documents and PDF."""
    return {lang: whole(lang) for lang in ("id", "en")}


def opened(content: bytes) -> Any:
    """A document as python-docx reads it."""
    return docx.Document(io.BytesIO(content))


def paragraphs(document: Any) -> list[str]:
    """The words of every paragraph, those in tables too, as a reader sees them."""
    return ["".join(one.text or "" for one in line.iter(f"{W}t")) for line in document.element.body.iter(f"{W}p")]


def codes(part: Any) -> list[str]:
    """The fields of a part."""
    return [one.text.strip() for one in part.iter(f"{W}instrText")]


@LANGS
def test_a_document_has_what_an_office_expects(made, lang):
    document = opened(made[lang]["laporan.docx"])
    styles = Counter(line.style.name for line in document.paragraphs)
    assert styles["Title"] == 1
    assert styles["Heading 1"] == 12  # foreword, one page, contents, nine chapters
    assert styles["Heading 2"] > 20
    fields = codes(document.element.body)
    assert sum(one.startswith("PAGEREF _Toc") for one in fields) == 11
    signs = [one for one in document.element.body.iter(f"{W}fldChar") if one.get(f"{W}fldCharType") == "begin"]
    assert sum(one.get(f"{W}dirty") == "true" for one in signs) == 11  # computed when the document is opened
    marks = {one.get(f"{W}name") for one in document.element.body.iter(f"{W}bookmarkStart")}
    assert {"F_5_1", "R_2026_01", "bab_needs", *(one.split()[1] for one in fields if one.startswith("PAGEREF"))} <= marks
    assert {one.get(f"{W}anchor") for one in document.element.body.iter(f"{W}hyperlink")} <= marks
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.different_first_page_header_footer
    assert [codes(part._element) for part in (section.header, section.footer)] == [[], ["PAGE", "NUMPAGES"]]
    assert cover(lang).title in section.header.paragraphs[0].text
    assert document.styles["Normal"].font.name == "Arial"


@LANGS
def test_every_picture_has_its_words_and_every_picture_and_table_its_number(made, lang):
    document, page = opened(made[lang]["laporan.docx"]), made[lang][editions.MAIN]
    pictures = list(document.element.body.iter(DRAWN))
    assert len(pictures) == page.count("<figure")
    assert all(len(one.get("descr")) > 40 and one.get("title") for one in pictures)
    captions = [line.text for line in document.paragraphs if line.style.name == "Caption"]
    numbers = re.findall(r'<span class="e-number">\w+ <b>([GT]-[\d.]+)</b>', page)
    assert [re.search(r"[GT]-[\d.]+\d", one)[0] for one in captions] == numbers
    sequences = [one for one in codes(document.element.body) if one.startswith("SEQ")]
    assert len(sequences) == len(numbers)
    with zipfile.ZipFile(io.BytesIO(made[lang]["laporan.docx"])) as parts:
        images = [size_of(parts.read(name)) for name in parts.namelist() if name.endswith(".png")]
    assert min(width for width, _ in images) >= 160 / 25.4 * 299  # 300 dots an inch


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG."""
    return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")


@LANGS
@pytest.mark.parametrize("name", ["laporan", "satu-halaman"])
def test_a_document_says_what_its_page_says(made, lang, name):
    """Every number of the page as often in the document, but for the list of contents, which is a field."""
    page = re.sub(r'<ul class="e-contents">.*?</ul>|<p class="e-strip">.*?</p>|<p class="e-foot e-screen">.*?</p>', "",
                  made[lang][f"{name}.html"], flags=re.DOTALL)
    contents = [line for line in opened(made[lang][f"{name}.docx"]).paragraphs if line.style.name == "TOC 1"]
    listed = NUMBER.findall(" ".join("".join(one.text or "" for one in line._p.iter(f"{W}t")) for line in contents))
    told = Counter(NUMBER.findall(" ".join(paragraphs(opened(made[lang][f"{name}.docx"]))))) - Counter(listed)
    assert told == Counter(NUMBER.findall(" ".join(read(page).text)))


@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")
@LANGS
def test_printed_contents_name_the_page_of_every_chapter(made, lang):
    paper = pypdf.PdfReader(io.BytesIO(made[lang]["laporan.pdf"]))
    assert len(paper.pages) <= 25
    pages = [" ".join(page.extract_text().split()) for page in paper.pages]
    word = "Bab" if lang == "id" else "Chapter"
    listed = re.findall(rf"{word} ([IVX]+) (\d+)", pages[2])
    assert len(listed) == 9
    for roman, place in listed:
        assert f"{word} {roman} ·".lower() in pages[int(place) - 1].lower()
        assert f"{word} {roman} ·".lower() not in pages[int(place) - 2].lower()
    assert [paper.get_destination_page_number(one) + 1 for one in paper.outline[1:]] == [int(place) for _, place in listed]
    assert len(pypdf.PdfReader(io.BytesIO(made[lang]["satu-halaman.pdf"])).pages) == 1


@LANGS
def test_documents_pass_the_gate_and_a_number_of_a_person_does_not(made, lang, tmp_path):
    for name, content in made[lang].items():
        if name.endswith((".docx", ".pdf")):
            (tmp_path / name).write_bytes(content)
    assert gate.inspect(tmp_path) == []
    (tmp_path / "satu").mkdir()
    document = opened(made[lang]["satu-halaman.docx"])
    line = document.add_paragraph("19860926")
    line.add_run("2015051001")
    document.save(tmp_path / "satu" / "satu-halaman.docx")
    assert {leak.code for leak in gate.inspect(tmp_path / "satu")} >= {"K400"}


def test_what_cannot_be_made_is_refused_before_anything_runs(monkeypatch):
    for given in (("odt",), ("pdf", "pdf")):
        with pytest.raises(InputError, match="K219"):
            office.check_kinds(given)
    monkeypatch.setitem(office.PACKAGES, "docx", ("no_such_package",))
    with pytest.raises(EnvironmentFault, match=r"K506.*karier-stats\[office\]"):
        office.check_kinds(("docx",))
    monkeypatch.setattr("karier_stats.report.office.browser", lambda: None)
    with pytest.raises(EnvironmentFault, match="K508"):
        office.check_kinds(("pdf",))


def test_a_browser_that_prints_nothing_is_a_fault_with_a_remedy(monkeypatch):
    monkeypatch.setattr(office, "browser", lambda: shutil.which("false"))
    with pytest.raises(EnvironmentFault, match="K507"):
        office.printed("<p>x</p>")


def test_the_same_page_gives_the_same_bytes(made, sample):  # noqa: F811
    page = {editions.ONE: made["id"][editions.ONE]}
    contents = Contents(sample[0], [restored(one) for one in sample[1]], "id", 2025)
    kinds = [kind for kind in office.PACKAGES if f"satu-halaman.{kind}" in made["id"]]
    for name, content in office.circulated(page, kinds, cover("id"), contents).items():
        assert content == made["id"][name], name


@pytest.mark.skipif(not Path("/usr/lib/libreoffice/program/libswlo.so").exists(), reason="needs LibreOffice Writer")
@LANGS
def test_libreoffice_opens_the_documents(made, lang, tmp_path):
    for name, most in (("laporan", 25), ("satu-halaman", 1)):
        (tmp_path / f"{name}.docx").write_bytes(made[lang][f"{name}.docx"])
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profil", "--headless", "--convert-to", "pdf", "--outdir",
             str(tmp_path), str(tmp_path / f"{name}.docx")], check=True, capture_output=True, timeout=180,
        )
        assert len(pypdf.PdfReader(tmp_path / f"{name}.pdf").pages) <= most
