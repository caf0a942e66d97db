"""A page of a report as a Word document: the same words, tables and pictures, in the styles and fields of an office.

The document is read from the page itself, so it can say nothing that the page does not say. Of the extra ``office``:
python-docx writes the parts, lxml reads the page.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph

FONT = "Arial"
WIDTH = 160
"""Width of the text in millimetres, and of every picture."""
_MM, _PT = 36000, 12700
"""Millimetres and points in the units of a document."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BLUE, _SOFT, _INK = "123C5A", "4A5963", "14212B"
_STYLES: dict[str, tuple[float, float, float, bool, str]] = {
    "Normal": (11, 0, 4, False, _INK), "Title": (24, 120, 12, True, _BLUE), "Subtitle": (10, 0, 0, True, _BLUE),
    "Heading 1": (16, 0, 6, True, _BLUE), "Heading 2": (12, 8, 2, True, _BLUE), "Caption": (9.5, 6, 3, True, _INK),
    "List Bullet": (11, 0, 2, False, _INK), "List Number": (11, 0, 2, False, _INK), "Header": (8.5, 0, 0, False, _SOFT),
    "Footer": (8.5, 0, 0, False, _SOFT), "TOC 1": (10.5, 0, 4, False, _INK), "Note": (9, 0, 4, False, _SOFT),
    "Table Text": (9, 1, 1, False, _INK),
}
"""Size, space before and after in points, boldness and colour of every style that a document uses."""
_ON_ONE_PAGE = 0.8
"""Letters of a document of one page beside those of a whole report."""
_NOTES = ("e-evidence", "e-note", "e-foot")
_BARS = {"lemah": "■□□", "sedang": "■■□", "kuat": "■■■"}
_LOCALE = {"id": "id-ID", "en": "en-GB"}


def document(
    page: str, lang: str, *, head: tuple[str, str], foot: tuple[str, str, str],
    picture: Callable[[str], tuple[bytes, str]],
) -> bytes:
    """The HTML of the main report or of the one page as a document of A4 pages; equal pages give equal bytes.

    ``head`` stands at the left and at the right over every page but the first, ``foot`` at the left under every page, with the
    two words around its number; ``picture`` leads from the anchor of a figure to its PNG and its alternative text.
    """
    import lxml.html

    body = lxml.html.fromstring(page).find(".//main")
    made = _Writer(lang, picture, whole=bool(body.xpath(".//section[contains(@class, 'e-cover')]")))
    made.frame(head, foot)
    made.blocks(body)
    made.list_contents()
    raw, packed = io.BytesIO(), io.BytesIO()
    made.file.save(raw)
    with zipfile.ZipFile(raw) as parts, zipfile.ZipFile(packed, "w") as file:  # without the time of day
        for name in parts.namelist():
            file.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


class _Writer:
    """A document that grows at its end, block by block of a page."""

    def __init__(self, lang: str, picture: Callable[[str], tuple[bytes, str]], whole: bool) -> None:
        from docx import Document

        self.file, self.picture, self.lang, self.whole = Document(), picture, lang, whole
        self.place: Any = self.file
        self.kicker, self.marks = "", 0
        self.toc: Paragraph | None = None
        self.headings: list[tuple[str, str]] = []
        self._style_all()
        properties = self.file.core_properties._element
        for one in list(properties):
            properties.remove(one)
        for key, relation in list(self.file.part.package.rels.items()):
            if relation.reltype.endswith("/thumbnail"):
                del self.file.part.package.rels[key]

    def _style_all(self) -> None:
        """Every style in one font, without what the writer's own template had in mind."""
        from docx.enum.style import WD_STYLE_TYPE
        from docx.shared import RGBColor

        known = self.file.styles
        for name, (size, before, after, bold, colour) in _STYLES.items():
            style: ParagraphStyle = known[name] if name in known else known.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            for old in (*style.element.findall(f"{_W}rPr"), *style.element.xpath("w:pPr/w:pBdr | w:pPr/w:tabs")):
                old.getparent().remove(old)
            style.font.name, style.font.bold, style.font.color.rgb = FONT, bold, RGBColor.from_string(colour)
            style.font.size = round(_PT * (size if self.whole else _ON_ONE_PAGE * size))
            for where, points in (("space_before", before), ("space_after", after)):
                setattr(style.paragraph_format, where, round(_PT * (points if self.whole else min(points, 2))))
            style.paragraph_format.line_spacing = 1.08
        known["Normal"].element.get_or_add_rPr().append(_element("lang", val=_LOCALE[self.lang]))
        for name in ("Heading 1", "Heading 2"):
            known[name].paragraph_format.keep_with_next = True
        self.ids = {name: None if name == "Normal" else known[name].style_id for name in _STYLES}

    def styled(self, line: Paragraph, style: str) -> Paragraph:
        """A paragraph in a style, by its id; by name, python-docx goes through all styles each time."""
        line._p.style = self.ids[style]
        return line

    def line(self, style: str) -> Paragraph:
        """A new paragraph at the end."""
        return self.styled(self.place.add_paragraph(), style)

    def frame(self, head: tuple[str, str], foot: tuple[str, str, str]) -> None:
        """Sheet, margins, and what stands over and under every page."""
        from docx.shared import Mm

        section = self.file.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm((210 - WIDTH) // 2)
        section.top_margin, section.bottom_margin = Mm(20), Mm(18)
        section.header_distance = section.footer_distance = Mm(9)
        section.different_first_page_header_footer = self.whole
        for part, texts in ((section.header, head), (section.footer, foot[:2])):
            line = part.paragraphs[0]
            _right_stop(line)
            line.add_run(f"{texts[0]}\t{texts[1]}")
        _field(line, "PAGE", "1")
        line.add_run(foot[2])
        _field(line, "NUMPAGES", "1")

    def blocks(self, node: Any) -> None:
        """Everything within an element, in its order: by its class, else by its tag."""
        for child in node:
            kind = child.get("class", "")
            if not any(name in kind for name in ("e-skip", "e-screen", "e-strip")):
                writes = (write for name, write in _WRITE.items() if name in kind.split() or name == child.tag)
                next(writes, _Writer.blocks)(self, child)

    def heading(self, node: Any) -> None:
        """A heading; the first of a chapter begins a page and tells the chapter over its message."""
        sub = "e-sub" in node.get("class", "") or node.tag == "h3" or (node.tag == "h2" and not self.whole)
        line = self.line("Heading 2" if sub else "Title" if node.tag == "h1" else "Heading 1")
        if not sub and node.tag == "h2":
            line.paragraph_format.page_break_before = True
            text = " ".join(f"{self.kicker}. {_text(node)}".split()).removeprefix(". ")
            if node.getparent().tag != "nav":
                self.headings.append((f"_Toc{len(self.headings):06}", text))
                self.bookmark(line, self.headings[-1][0])
            if self.kicker:
                line.add_run(self.kicker).font.size = 10 * _PT
                line.add_run().add_break()
        self.bookmarks(line, node)
        self.inline(line, node)
        self.kicker = ""

    def paragraph(self, node: Any) -> None:
        """A paragraph; a kicker waits for the heading under it, a note is small."""
        kinds = node.get("class", "").split()
        if "e-kicker" in kinds and self.place is self.file and node.getnext() is not None and node.getnext().tag == "h2":
            self.kicker = _text(node)
            return
        style = "Subtitle" if "e-kicker" in kinds else "Note" if set(kinds) & set(_NOTES) else "Normal"
        self.inline(self.line(style), node)

    def listed(self, node: Any) -> None:
        """Points or numbers; every list counts from one."""
        style, number = "List Bullet", None
        if node.tag == "ol":  # a numbering like that of the style that begins at one
            style, numbering = "List Number", self.file.part.numbering_part.element
            old = self.file.styles[style].element.pPr.numPr.numId.val
            made = numbering.add_num(numbering.num_having_numId(old).abstractNumId.val)
            made.add_lvlOverride(0).add_startOverride(1)
            number = int(made.numId)
        for item in node.iter("li"):
            line = self.line(style)
            if number is not None:
                line._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number
            self.inline(line, item)

    def pairs(self, node: Any) -> None:
        """Words and what is said of them: a table of two columns without lines."""
        rows = [(one, one.getnext()) for one in node.iter("dt")]
        table = self.place.add_table(len(rows), 2)
        _shaped(table, (34, WIDTH - 34), lines=False)
        for row, (name, text) in zip(table.rows, rows, strict=True):
            self.fill(row.cells[0], name, bold=True)
            self.fill(row.cells[1], text)
        self.line("Table Text")

    def table(self, node: Any) -> None:
        """A table with its caption over it: a small one on one page; the heads of a list of actions stand over every page."""
        caption, rows = node.find("caption"), list(node.iter("tr"))
        whole = "e-actions" not in node.get("class", "")
        if caption is not None:
            self.caption(caption).paragraph_format.keep_with_next = True
        heads = len(list(rows[0]))
        table = self.place.add_table(len(rows), heads)
        given = [float(found[1]) for one in node.iter("col") if (found := re.search(r"([\d.]+)%", one.get("style", "")))]
        given = given or [27.0]
        given += [(100 - sum(given)) / (heads - len(given))] * (heads - len(given))
        _shaped(table, [WIDTH * share / 100 for share in given], lines=True)
        for place, (row, told) in enumerate(zip(table.rows, rows, strict=True)):
            row._tr.get_or_add_trPr().append(_element("cantSplit"))
            for cell, one in zip(row.cells, told, strict=False):
                self.fill(cell, one, bold=place == 0)
                cell.paragraphs[0].paragraph_format.keep_with_next = whole and place < len(rows) - 1
            self.bookmarks(row.cells[0].paragraphs[0], told)
        table.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader"))
        self.line("Table Text")

    def fill(self, cell: Any, node: Any, bold: bool = False) -> None:
        """The words of one cell; its label on a phone is left out."""
        self.inline(self.styled(cell.paragraphs[0], "Table Text"), node, bold=bold)

    def figure(self, node: Any) -> None:
        """A picture with its words, and its caption under it."""
        line = self.place.add_paragraph()
        line.paragraph_format.keep_with_next = True
        image, words = self.picture(node.get("id"))
        shown = line.add_run().add_picture(io.BytesIO(image), width=WIDTH * _MM)._inline.docPr
        shown.set("descr", words)
        shown.set("title", _text(node.find("figcaption")))
        self.bookmarks(self.caption(node.find("figcaption")), node)

    def caption(self, node: Any) -> Paragraph:
        """``Gambar G-5.2. Title``, its last number a field of its own sequence, so that lists of them can be made."""
        line = self.line("Caption")
        named = node.find("span")
        if named is None:
            self.inline(line, node)
            return line
        word, _, number = _text(named).partition(" ")
        stem, _, last = number.rpartition(".")
        line.add_run(f"{word} {stem}.")
        _field(line, f"SEQ {word} \\* ARABIC \\r {last}", last)
        line.add_run(f". {(named.tail or '').strip()}")
        return line

    def signature(self, node: Any) -> None:
        """Room for place, date, name and signature."""
        table = self.place.add_table(2, len(node))
        _shaped(table, [WIDTH / len(node)] * len(node), lines=True)
        table.rows[1].height = 32 * _MM
        for cell, one in zip(table.rows[0].cells, node, strict=True):
            self.fill(cell, one)

    def columns(self, node: Any) -> None:
        """Blocks that stand side by side."""
        table = self.place.add_table(1, len(node))
        _shaped(table, [WIDTH / len(node)] * len(node), lines=False)
        outer = self.place
        for cell, one in zip(table.rows[0].cells, node, strict=True):
            self.place = cell
            self.blocks(one)
            cell._tc.remove(cell.paragraphs[0]._p)
        self.place = outer

    def listing(self, node: Any) -> None:
        """The place of the contents, which are known when the last heading is."""
        self.toc = self.line("TOC 1")

    def list_contents(self) -> None:
        """Every heading, and the number of its page as a field of its own, which Word and LibreOffice compute alike."""
        if self.toc is None:
            return
        for name, text in self.headings:
            line = self.styled(self.toc.insert_paragraph_before(), "TOC 1")
            _right_stop(line, dots=True)
            line.paragraph_format.right_indent, line.paragraph_format.first_line_indent = 10 * _MM, 0
            line.add_run(f"{text}\t")
            _field(line, f"PAGEREF {name} \\h", "–", dirty=True)

    def inline(self, line: Paragraph, node: Any, bold: bool = False) -> None:
        """The words within an element, as runs: what is strong, links within the document, signs of evidence."""
        self._run(line, node.text, bold)
        for child in node:
            kinds = child.get("class", "").split()
            if "e-bars" in kinds:
                self._run(line, next((_BARS[one[2:]] for one in kinds if one[2:] in _BARS), ""), False)
            elif child.tag == "a" and child.get("href", "").startswith("#"):
                self._link(line, child)
            elif "e-label" not in kinds:
                self.inline(line, child, bold or child.tag in ("b", "strong") or "e-number" in kinds)
                if "e-number" in kinds or child.tag == "br":
                    line.add_run(" ").add_break()
            self._run(line, child.tail, bold)

    def _run(self, line: Paragraph, text: str | None, bold: bool) -> None:
        """Some words; white space as a page shows it."""
        words = re.sub(r"\s+", " ", text or "")
        if not line.text or line.text.endswith((" ", "\n")):
            words = words.lstrip()
        if words:
            line.add_run(words).bold = bold or None

    def _link(self, line: Paragraph, node: Any) -> None:
        """A link to a bookmark of the document."""
        from docx.shared import RGBColor

        link = _element("hyperlink", anchor=_mark(node.get("href")[1:]))
        run = line.add_run(_text(node))
        run.font.color.rgb = RGBColor.from_string(_BLUE)
        link.append(run._r)
        line._p.append(link)

    def bookmarks(self, line: Paragraph, node: Any) -> None:
        """The anchors of an element, and of the one that it begins."""
        above = node.getparent()
        for one in (node, *([above] if above is not None and node.tag.startswith("h") else [])):
            if one.get("id"):
                self.bookmark(line, _mark(one.get("id")))

    def bookmark(self, line: Paragraph, name: str) -> None:
        """A name that links and fields can lead to."""
        self.marks += 1
        line._p.append(_element("bookmarkStart", id=str(self.marks), name=name))
        line._p.append(_element("bookmarkEnd", id=str(self.marks)))


def _element(name: str, /, **attributes: str) -> Any:
    """An element of a document's text."""
    from docx.oxml import OxmlElement

    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(f"{_W}{key}", value)
    return made


def _right_stop(line: Paragraph, dots: bool = False) -> None:
    """A tab that leads to the right edge of the text."""
    from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER

    leader = WD_TAB_LEADER.DOTS if dots else WD_TAB_LEADER.SPACES
    line.paragraph_format.tab_stops.add_tab_stop(WIDTH * _MM, WD_TAB_ALIGNMENT.RIGHT, leader)


def _mark(anchor: str) -> str:
    """An anchor as a name that Word accepts."""
    return re.sub(r"\W", "_", anchor)[:40]


def _text(node: Any) -> str:
    """The words of an element on one line."""
    return " ".join(node.text_content().split())


def _field(line: Paragraph, code: str, shown: str, dirty: bool = False) -> None:
    """A field and what it shows until it is computed anew; a dirty one is computed when it is opened."""
    text = _element("instrText")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    text.text = f" {code} "
    line.add_run()._r.append(_element("fldChar", fldCharType="begin", **({"dirty": "true"} if dirty else {})))
    line.add_run()._r.append(text)
    line.add_run()._r.append(_element("fldChar", fldCharType="separate"))
    line.add_run(shown)
    line.add_run()._r.append(_element("fldChar", fldCharType="end"))


def _shaped(table: Any, widths: Sequence[float], lines: bool) -> None:
    """A table of fixed columns, in millimetres, with thin lines under its rows or with none."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        for cell in column.cells:
            cell.width = round(width * _MM)
        column.width = round(width * _MM)
    if lines:
        borders = _element("tblBorders")
        for side in ("top", "bottom", "insideH"):
            borders.append(_element(side, val="single", sz="8" if side == "top" else "4", color=_SOFT))
        table._tbl.tblPr.append(borders)


_WRITE: dict[str, Callable[[_Writer, Any], object]] = {
    "e-three": _Writer.columns, "e-sign": _Writer.signature, "e-contents": _Writer.listing,
    "h1": _Writer.heading, "h2": _Writer.heading, "h3": _Writer.heading, "p": _Writer.paragraph, "ul": _Writer.listed,
    "ol": _Writer.listed, "dl": _Writer.pairs, "table": _Writer.table, "figure": _Writer.figure,
}
"""How a block is written, by its class or its tag; any other one is only gone through."""
