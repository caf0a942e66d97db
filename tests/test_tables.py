"""Tables: semantic HTML, numbers of the language, hidden cells said to be hidden, nothing unescaped."""

import html
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from karier_stats.answers.record import Answer, Field, Table
from karier_stats.report.disclosure import protect
from karier_stats.report.tables import to_html, to_text
from karier_stats.words.numbers import both

FIELDS = (
    Field("unit", both("Unit kerja", "Work unit")),
    Field("share", both("Partisipasi", "Participation"), "percent"),
    Field("cost", both("Biaya", "Cost"), "rupiah"),
    Field("p", both("p", "p"), "p"),
    Field("n", both("n", "n"), "integer"),
)


def table(counts=(1200, 40), **columns):
    data = pd.DataFrame({
        "unit_id": ["Kecamatan", "Kelurahan"], "unit_en": ["District office", "Ward office"], "share": [0.125, None],
        "cost": [1.5e9, 2e6], "p": [0.00001, 0.25], "n": list(counts),
    }).assign(**columns)
    return Table(data, FIELDS, both("Partisipasi menurut unit", "Participation by unit"), count="n")


class Reader(HTMLParser):
    """Collects tags with attributes, and fails on tags that do not close in order."""

    def __init__(self):
        super().__init__()
        self.tags, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(html):
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader.tags


@pytest.mark.parametrize(("lang", "rows"), [
    ("id", [["Kecamatan", "12,5%", "Rp1,5 miliar", "<0,001", "1.200"],
            ["Kelurahan", "–", "Rp2,0 juta", "0,250", "40"]]),
    ("en", [["District office", "12.5%", "Rp1.5 billion", "<0.001", "1,200"],
            ["Ward office", "–", "Rp2.0 million", "0.250", "40"]]),
])
def test_cells_are_written_as_the_language_does(lang, rows):
    assert to_text(table(), lang)[1:] == rows


def test_structure_is_what_a_screen_reader_needs():
    tags = read(to_html(table(), "id"))
    names = [tag for tag, _ in tags]
    assert names[0] == "table"
    assert tags[0][1] == {"class": "k-table"}
    assert names[1] == "caption"
    assert [attrs["scope"] for tag, attrs in tags if tag == "th"] == ["col"] * 5 + ["row"] * 2
    assert names.count("td") == 8
    assert "tfoot" not in names


def test_numbers_stand_to_the_right_and_words_to_the_left():
    cells = [(tag, attrs) for tag, attrs in read(to_html(table(), "id")) if tag in ("th", "td")]
    assert [attrs["style"] for _, attrs in cells[:5]] == ["text-align: left"] + ["text-align: right"] * 4
    assert all(attrs["style"] == "text-align: right" for tag, attrs in cells if tag == "td")
    assert all(attrs["class"] == "k-num" for tag, attrs in cells if tag == "td")


@pytest.mark.parametrize(("audience", "threshold"), [("internal", 5), ("public", 10)])
def test_hidden_cells_have_a_footnote(audience, threshold):
    safe = protect(Answer("a", "needs", (), table=table(counts=(1200, 3))), audience).table
    html = to_html(safe, "id", audience)
    assert "Kelurahan" in html
    assert html.count('class="k-num k-suppressed"') == 8  # both rows: the next smallest goes with the only small one
    assert f"kurang dari {threshold} orang tidak ditampilkan" in html
    assert "Rp2,0 juta" not in html
    read(html)


def test_a_value_that_is_merely_missing_has_no_footnote():
    html = to_html(table(), "id")
    assert "–" in html
    assert "k-suppressed" not in html


def test_every_value_is_escaped():
    evil = '"><img src=x onerror=alert(1)>'
    data = pd.DataFrame({"unit": [evil]})
    html = to_html(Table(data, (Field("unit", both(evil, evil)),), both(evil, evil)), "id")
    assert "<img" not in html
    assert html.count("&lt;img") == 3


def test_text_without_a_language_is_taken_as_it_is():
    data = pd.DataFrame({"unit": ["P07", None]}, dtype="string")
    shown = to_text(Table(data, (FIELDS[0],), both("x", "x")), "en")
    assert shown == [["Work unit"], ["P07"], ["–"]]


def test_an_empty_table_is_still_a_table():
    empty = table()
    names = [tag for tag, _ in read(to_html(Table(empty.data.iloc[:0], FIELDS, empty.caption), "id"))]
    assert names.count("th") == 5
    assert "td" not in names


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1|x", "-2-SUM(1)", "-x", "@SUM(A1)", "a;=1+1", "a\t=1+1", "\t=1+1"])
def test_a_copied_table_runs_nothing(text):
    """Row headings, cells, headings of columns and the caption: none is a formula, nor is any part of one."""
    data = table(unit_id=[text, "Kelurahan"]).data.assign(word=text)
    fields = (FIELDS[0], Field("word", both(text, text)), FIELDS[4])
    given = Table(data, fields, both(text, text), count="n")
    cells = [cell for row in to_text(given, "id") for cell in row]
    cells += [html.unescape(cell) for cell in re.findall(r"<(?:th|td|caption)[^>]*>([^<]*)<", to_html(given, "id"))]
    parts = [part for cell in cells for part in re.split(r"[;\t]", cell)]
    assert [part for part in parts if part[:1] in tuple("=+-@") and part] == []
    bounds = table(unit_id=["-0,12 s.d. 0,30", "-5"])
    assert [row[0] for row in to_text(bounds, "id")] == ["Unit kerja", "-0,12 s.d. 0,30", "-5"]
    assert to_text(table(share=[-0.125, 0.5]), "id")[1][1].endswith("12,5%")
