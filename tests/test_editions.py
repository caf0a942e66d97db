"""The editions of a report: one page, main report, message, tables; whole, within their budgets, linked both ways."""

from __future__ import annotations

import copy
import csv
import html
import io
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbformat
import once
import pytest
from fontTools.ttLib import TTFont
from nbformat.v4 import new_code_cell, new_output
from test_render import PAYLOADS
from tiny_report import MIME, executed, finding, notebook, png, prose, synthesis, undrawn, words

from karier_stats.answers.record import restored
from karier_stats.report import editions, gate, letters, record, render
from karier_stats.report.contents import MOST_FINDINGS, Contents, PagePicture, within
from karier_stats.report.engine import CHAPTERS
from karier_stats.report.letters import FONTS
from karier_stats.report.record import in_language
from karier_stats.report.render import Cover
from karier_stats.report.schema import schema
from karier_stats.words import catalogue
from tests import sentences

CHROMIUM = shutil.which("chromium")
GOLDEN = Path(__file__).parent / "golden" / "contoh"
LONG = bool(os.environ.get("KARIER_LONG"))
LANGS = pytest.mark.parametrize("lang", ["id", "en"])


def columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Rows as a record holds them."""
    return {name: [row.get(name) for row in rows] for name in (rows[0] if rows else ())}


def answered(answer: dict[str, Any]) -> Any:
    """A cell that has given this answer, its outputs as an executed notebook has them."""
    bundles = [{"text/html": "<p>.</p>", MIME: words(*answer["findings"])}]
    if answer["table"]:
        table = answer["table"]
        record = {"caption": table["caption"], "fields": table["fields"], "data": columns(table["data"])}
        shown = '<table class="k-table"><caption>.</caption></table>'
        bundles.insert(0, {"text/html": shown, MIME: {"kind": "table", "audience": "internal", "table": record}})
    cell = new_code_cell(f'with ks.question(ev, "{answer["id"]}") as q:\n    q.answer()', execution_count=1)
    cell.outputs = [new_output("display_data", data=one) for one in bundles]
    if answer["picture"]:
        picture = {**answer["picture"], "data": columns(answer["picture"]["data"])}
        record = {"kind": "picture", "audience": "internal", "picture": picture}
        cell.outputs.insert(0, new_output(
            "display_data", {"image/png": png(), MIME: record}, metadata={"image/png": {"alt": "Satu gambar."}}))
    return cell


def kept(folder: Path) -> tuple[dict[str, nbformat.NotebookNode], list[dict[str, Any]]]:
    """The kept answers of an evaluation as executed notebooks, and its findings."""
    there = [name for name in CHAPTERS if (folder / f"{name}.json").exists()]
    answers = {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in there}
    notebooks = {
        name: notebook(*prose(f"# Apa yang ditanyakan {name}?", f"# What does {name} ask?"), *map(answered, given))
        for name, given in answers.items()
    }
    return notebooks, [one for given in answers.values() for answer in given for one in answer["findings"]]


@pytest.fixture(scope="module")
def sample() -> tuple[dict[str, nbformat.NotebookNode], list[dict[str, Any]]]:
    """The sample district's answers as executed notebooks, and its findings."""
    return kept(GOLDEN)


def endless(count: int) -> tuple[dict[str, nbformat.NotebookNode], list[dict[str, Any]]]:
    """Findings with words without end, or none at all."""
    one = "Dinas Kependudukan dan Pencatatan Sipil mengikutsertakan pegawai yang belum ikut. "
    told, wide = (dict.fromkeys(("id", "en"), one * times) for times in (9, 3))
    advice = {"owner": dict.fromkeys(("id", "en"), one), "due": {"id": "Desember 2026", "en": "December 2026"}, "indicator": wide}
    found = [
        finding(f"outcomes.q{place}", sentence=told, recommendation={
            **advice, "action": {lang: f"{place} {text}" for lang, text in wide.items()}})
        for place in range(count)
    ]
    found += [finding("outcomes.change", sentence=told), finding("participation.duty", sentence=told)][:count]
    return {"outcomes": executed(), "synthesis": synthesis()}, found


def cover(lang: str, **more: Any) -> Cover:
    """The title block of the sample."""
    title = "Program pengembangan karier ASN" if lang == "id" else "Career development programme"
    return Cover(title, lang, unit="Semua", period=2025, synthetic=True, parameters={"lang": lang}, **more)


@once.kept
def whole(lang: str) -> dict[str, Any]:
    """All editions of the sample in one language, as pages and, where the extra and a browser are there, as documents."""
    kinds = ("docx", "pdf") if CHROMIUM else ("docx",)
    notebooks, findings = kept(GOLDEN)
    with pytest.MonkeyPatch.context() as patch:
        if lang == "en" and not LONG:  # the short form draws the pictures of one language's annexes
            patch.setattr(render, "vectors", undrawn)
            patch.setattr(record, "_vector_bundle", lambda *asked: ({"text/plain": "."}, {}))
        shown = {name: in_language(one, lang, vector=True) for name, one in notebooks.items()}
        return editions.editions(cover(lang), shown, findings, kinds if find_spec("docx") and find_spec("pypdf") else ())


@pytest.fixture(scope="module")
def made() -> Callable[[str], dict[str, str]]:
    """The pages of the sample in one language."""
    return cache(lambda lang: {name: page for name, page in whole(lang).items() if isinstance(page, str)})


class _Reader(HTMLParser):
    """The words of a page as a sighted reader has them, its elements and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.links += [given["href"]] if "href" in given else []
        self.ids += [given["id"]] if "id" in given else []
        if not self._hidden and (tag in ("style", "title", "svg") or given.get("class") == "e-label"):
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        self._hidden = "" if tag == self._hidden else self._hidden

    def handle_data(self, data: str) -> None:
        self.text += [] if self._hidden else [data]


def read(page: str) -> _Reader:
    """A page as read."""
    reader = _Reader()
    reader.feed(page)
    return reader


@LANGS
def test_every_edition_passes_the_gate(made, lang, tmp_path):
    for name, text in made(lang).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert gate.inspect(tmp_path) == []


@LANGS
def test_editions_keep_their_budgets(made, lang):
    made_now = made(lang)
    one, main = read(made_now[editions.ONE]), read(made_now[editions.MAIN])
    assert len(" ".join(one.text).split()) <= 450
    assert (one.tags.count("img") + one.tags.count("svg") / 2, one.tags.count("tr") - 1) == (1, 5)
    told = {"id": ("Pada skala 0–100", "Dibandingkan pegawai", "Setiap PNS wajib"),
            "en": ("On a scale from 0", "Against untrained staff", "Every PNS owes")}
    assert all(words in " ".join(one.text) for words in told[lang])  # under each of its three answers there is room for a paragraph
    assert len(" ".join(main.text).split()) <= 6000
    assert main.tags.count("img") + main.tags.count("svg") / 2 <= 18  # each picture is drawn in two widths
    assert main.tags.count("table") <= 12
    assert "T-2.5" in main.text and ("paling lambat" if lang == "id" else "by 31") in " ".join(one.text)  # targets stay
    assert len(made_now[editions.MESSAGE]) <= 900
    assert len(made_now[editions.MAIN].encode()) < 2_000_000


@LANGS
def test_the_one_page_has_no_statistics_in_it(made, lang):
    text = " ".join(read(made(lang)[editions.ONE]).text)
    assert not re.search(r"\bp [<>=]|\bt\(|signifikan|significant|selang kepercayaan|confidence interval|Holm", text)


@LANGS
def test_links_lead_somewhere_in_the_report(made, lang):
    made_now = made(lang)
    pages = {name: read(text) for name, text in made_now.items() if name.endswith(".html")}
    for name, page in pages.items():
        assert len(page.ids) == len(set(page.ids)), name
        for link in page.links:
            file, _, anchor = link.partition("#")
            target = pages.get(file or name)
            assert target is not None or file in made_now, (name, link)
            assert not anchor or (target is not None and anchor in target.ids), (name, link)
    assert "F_5_1" in pages[editions.MAIN].ids
    assert "#F_5_1" in pages[editions.MAIN].links
    assert any(re.fullmatch(r"lampiran\.html#T_B_5_\d+", link) for link in pages[editions.MAIN].links)


def test_the_verdict_leads_and_each_chapter_tells_its_headline_first(sample):
    notebooks = {"delivery": executed(), "synthesis": synthesis()}
    found = [finding("delivery.b", headline=False), finding("delivery.a.x"), finding("synthesis.v", evidence="kuat")]
    contents = Contents(notebooks, [restored(one) for one in found], "id", 2025)
    assert contents.verdict[0] == "Kalimat synthesis.v."
    chapter = contents.chapters[0]
    assert [line.paragraph for line in (chapter.lead, *chapter.findings)] == ["Kalimat delivery.a.x.", "Kalimat delivery.b."]
    assert chapter.lead.evidence.startswith("Bukti lemah: gambaran")
    whole = Contents(*sample[:1], [restored(one) for one in sample[1]], "id", 2025)
    assert all(len(one.findings) < MOST_FINDINGS for one in whole.chapters)


def tied(**changed: Any) -> Any:
    """The knot of a chapter on participation whose duty is missed, beside leaders, money and competency gaps."""
    told = {key: {lang: f"{key} {lang}" for lang in ("id", "en")} for key in ("message", "plain")}
    names = ("participation.duty", "leadership.participation.between", "challenges.budget_gap", "needs.gap")
    given = {"leadership.participation.between": {"design": "association", "recommendation": None}, **changed}
    briefs = {name: {**told, "message": dict.fromkeys(("id", "en"), name)} for name in names}
    found = [finding(name, **{"brief": briefs[name], **given.get(name, {})}) for name in names]
    return Contents({"participation": executed()}, [restored(one) for one in found], "id", 2025).chapters[0].knot


def test_a_knot_ties_a_condition_to_what_may_explain_it_and_what_it_may_bear_on():
    knot = tied()
    assert knot.condition.title == "participation.duty"
    assert [one.title for one in knot.causes] == ["leadership.participation.between", "challenges.budget_gap"]
    assert [one.title for one in knot.effects] == ["needs.gap"]
    unseen = {"leadership.participation.between": {"design": "association", "ci_low": -0.1, "recommendation": None},
              "challenges.budget_gap": {"recommendation": None}, "needs.gap": {"suppressed": True}}
    assert tied(**unseen).causes == tied(**unseen).effects == ()
    assert tied(**{"participation.duty": {"recommendation": None}}) is None


@LANGS
def test_nothing_in_a_knot_is_told_as_a_proven_cause(made, lang):
    page = made(lang)[editions.MAIN]
    heads = ("Mungkin sebabnya, belum terbukti", "Mungkin akibatnya, belum diuji") if lang == "id" else (
        "Possible cause, not proven", "Possible effect, not tested")
    assert page.count(f"<dt>{heads[0]}</dt>") == page.count(f"<dt>{heads[1]}</dt>") == 6
    assert "Belum dapat dikatakan dari data yang ada." in page or "Cannot be told from the data at hand." in page


def test_what_cannot_be_said_concerns_what_is_told():
    """No line on wishes or assessments of a district that has none; none at all of a chapter without data."""
    def unsaid(*found: Any) -> tuple[str, ...]:
        contents = Contents({"needs": executed()}, [restored(one) for one in found], "id", 2025)
        return contents.chapters[0].unsaid

    assert [line.split()[0] for line in unsaid(finding("needs.gap"))] == ["Kesenjangan"]
    assert unsaid(finding("needs.gap", evidence="belum_ada_data")) == ("Belum ada data yang memadai untuk: Berapa.",)
    asked = [dict.fromkeys(("id", "en"), f"{place}?") for place in range(5)]
    many = [finding(f"needs.q{place}", evidence="belum_ada_data", question=one) for place, one in enumerate(asked)]
    assert unsaid(*many) == ("Belum ada data yang memadai untuk 5 pertanyaan bab ini; Lampiran B menyebutkannya.",)


def test_a_paragraph_does_not_repeat_its_title():
    told = {key: dict.fromkeys(("id", "en"), text) for key, text in (("message", "Satu dari dua"), ("plain", "Satu dari dua."))}
    contents = Contents({"delivery": executed()}, [restored(finding("delivery.a", brief=told))], "id", 2025)
    assert (contents.chapters[0].lead.title, contents.chapters[0].lead.paragraph) == ("Satu dari dua", "")


def test_a_report_without_a_verdict_says_so_and_one_whose_data_are_not_told_refers_to_the_annex():
    chapters = {"delivery": executed(), "synthesis": synthesis()}
    page = editions.editions(cover("id"), chapters, [finding("delivery.a")])[editions.MAIN]
    assert "Keberhasilan program belum dapat dinilai dari data yang ada" in page
    assert "Lampiran C memuat hasil yang boleh ditampilkan." in page
    assert "Dari 0 baris" not in page


def test_chapters_without_an_answer_are_one_list_and_take_no_page():
    none = dict.fromkeys(("id", "en"), "Belum dapat dinilai: perlu tabel “Nilai tes”.")
    found = [finding("delivery.a"), finding("outcomes.b", evidence="belum_ada_data", sentence=none),
             finding("feedback.c", suppressed=True)]
    chapters = {name: executed() for name in ("delivery", "outcomes", "feedback")} | {"synthesis": synthesis()}
    made = editions.editions(cover("id"), chapters, found)
    page = made[editions.MAIN]
    assert re.findall(r'<section class="e-chapter e-p(\d+)" id="bab-([a-z]+)">', page) == [
        ("4", "pendahuluan"), ("5", "delivery"), ("99", "simpulan")]
    assert re.findall(r'<li id="bab-(\w+)"><b>(.*?)</b> (.*?)</li>', page) == [
        ("outcomes", "Bab II · Hasil.", f"{none['id']} Belum ada data yang memadai untuk: Berapa."),
        ("feedback", "Bab III · Umpan balik.", "Kalimat feedback.c. Tidak ditampilkan karena menyangkut kelompok kecil: Berapa.")]
    assert page.count("@page e-p") == 7
    assert "Belum dapat dinilai dari data yang ada." in made[editions.ONE]  # nothing is asked for whom
    assert "Keberhasilan program belum dapat dinilai" in page


def test_what_may_not_be_shown_is_told_apart_from_what_is_not_known():
    """No lack of data is claimed where an answer is hidden, and no lack of a need to act."""
    untold = {"message": {"id": "Angkanya menyangkut kelompok kecil, sehingga tidak ditampilkan",
                          "en": "The figures concern a small group and are not shown"},
              "plain": dict.fromkeys(("id", "en"), "."), "hidden": True}
    asked = dict.fromkeys(("id", "en"), "Berapa yang tidak hadir?")
    found = [finding("challenges.a", brief=untold, question=asked), finding("challenges.b", headline=False, recommendation=None),
             finding("outcomes.change", suppressed=True)]
    contents = Contents({"challenges": executed(), "outcomes": executed()}, [restored(one) for one in found], "id", 2025)
    assert contents.chapters[0].lead.paragraph == "Kalimat challenges.b."
    assert contents.chapters[0].unsaid == ("Tidak ditampilkan karena menyangkut kelompok kecil: Berapa yang tidak hadir.",)
    assert contents.verdict[0] == "Keberhasilan program tidak dapat dinilai dari angka yang boleh ditampilkan"
    assert {key: one.title for key, one in contents.answers} == {
        "worked": "Tidak dapat dinilai dari angka yang boleh ditampilkan.", "for_whom": "Belum dapat dinilai dari data yang ada.",
        "left_behind": "Belum dapat dinilai dari data yang ada."}
    assert contents.lacking("actions") == "Tindakan yang menyangkut kelompok kecil, bila ada, tidak dituliskan di sini."


def test_years_stand_side_by_side_and_a_single_one_is_no_table():
    fields = [{"name": "over", "label": {"id": "Tahun", "en": "Year"}, "kind": "text", "digits": 1}]

    def of(*years: str) -> Any:
        table = {"caption": {"id": "T", "en": "T"}, "fields": fields, "data": [{"over": one, "suppressed": False} for one in years]}
        answer = {"id": "participation.rate", "findings": [], "picture": None, "table": table}
        return Contents({"participation": notebook(answered(answer))}, [], "id", 2025).chapters[0].by_year

    assert [row[0] for row in of("2024", "2025").rows] == ["2024", "2025"]
    assert of("2025") is None


def pictured(*hidden: bool, kind: str = "bars") -> PagePicture:
    """A picture with a row for each mark, hidden or not."""
    rows = [{"label_id": f"r{place}", "label_en": f"r{place}", "value": None if mark else 0.5, "n": 20, "suppressed": mark}
            for place, mark in enumerate(hidden)]
    texts = {part: {"id": "T", "en": "T"} for part in ("title", "x", "y", "note")}
    return PagePicture({**texts, "kind": kind, "data": columns(rows), "n": 60})


def test_hidden_rows_of_a_picture_are_counted_under_it_and_one_row_is_no_picture():
    shown = pictured(False, True, False, True)
    assert shown.tells and shown.shown["data"]["label_id"] == ["r0", "r2"]
    assert shown.shown["note"]["en"] == "T Not shown, since they concern small groups: 2 rows."
    assert pictured(False, False).shown is not None and pictured(False, False).shown["note"]["en"] == "T"
    assert not pictured(False, True, True).tells
    assert pictured(True, kind="matrix").tells
    record = {"kind": "picture", "audience": "internal", "picture": pictured(False, True).record}
    cell = new_code_cell('with ks.question(ev, "outcomes.by_form") as q:\n    q.answer()', execution_count=1)
    cell.outputs = [new_output("display_data", {MIME: record})]
    assert Contents({"outcomes": notebook(cell)}, [], "id", 2025).leading_picture() is None


@LANGS
def test_a_page_without_test_scores_takes_a_lower_picture_before_it_leaves_out_targets(sample, lang):
    notebooks, found = sample
    gone = copy.deepcopy(notebooks["outcomes"])
    for cell in gone.cells:
        for output in cell.get("outputs", []) if "outcomes.by_form" in cell.source else []:
            output["data"] = {}
    contents = Contents({**notebooks, "outcomes": gone}, [restored(one) for one in found], lang, 2025)
    tall, low = contents.leading_picture(), contents.leading_picture(low=True)
    assert (tall.place, low.place) == ("2.4", "4.3")
    page = editions.one_page(cover(lang), contents)
    assert 'id="G_4_3"' in page and 'id="G_2_4"' not in page
    assert len(contents.actions) >= 5
    assert all(one.target.rstrip(".") in html.unescape(page) for one in contents.actions[:5])


def test_each_recommendation_stands_once():
    found = [finding("delivery.a"), finding("delivery.b"), finding("delivery.c", recommendation=None)]
    contents = Contents({"delivery": executed()}, [restored(one) for one in found], "en", 2025)
    assert [(one.number, one.action, one.owner, one.due, one.target) for one in contents.actions] == [
        ("R-2026-01", "Do something", "District head", "June 2026", "Up")
    ]


def test_what_is_unknown_is_one_list_a_chapter():
    found = [finding(f"delivery.q{place}", evidence="belum_ada_data", recommendation=None) for place in range(4)]
    page = editions.editions(cover("id"), {"delivery": executed(), "synthesis": synthesis()}, found)[editions.MAIN]
    assert page.count("Belum ada data yang memadai untuk: Berapa.") == 1
    assert "Belum dapat dinilai dari data yang ada." in page


def test_names_of_units_stay_out_of_the_public_message():
    action = {"id": "Mendampingi Sekretariat Daerah", "en": "Support the secretariat"}
    one = finding("delivery.a")
    found = [{**one, "recommendation": {**one["recommendation"], "action": action}}, finding("delivery.b")]
    inside, outside = (
        editions.editions(cover("id", audience=audience, unit_names=("Sekretariat Daerah",)), {"delivery": executed()}, found)
        [editions.MESSAGE] for audience in ("internal", "public")
    )
    assert "Mendampingi Sekretariat Daerah" in inside
    assert "Sekretariat Daerah" not in outside
    assert "1. Lakukan sesuatu" in outside


@LANGS
def test_tables_are_files_with_the_cells_that_are_shown(lang):
    fields = [{"name": "label", "label": {"id": "Unit", "en": "Unit"}, "kind": "text", "digits": 1},
              {"name": "n", "label": {"id": "Orang", "en": "People"}, "kind": "integer", "digits": 1}]
    rows = [{"label": "=A", "n": 1234, "suppressed": False}, {"label": "B", "n": None, "suppressed": True}]
    answer = {"id": "delivery.count", "findings": [], "picture": None,
              "table": {"caption": {"id": "T", "en": "T"}, "fields": fields, "data": rows}}
    found = editions.editions(cover(lang), {"delivery": notebook(answered(answer))}, [])["tabel/T-B.1.1.csv"]
    cells = list(csv.reader(io.StringIO(found.removeprefix("\ufeff")), delimiter=";" if lang == "id" else ","))
    assert cells == [["Unit", "Orang" if lang == "id" else "People"], ["'=A", "1.234" if lang == "id" else "1,234"], ["B", "–"]]
    assert [leak.code for leak in gate.table_leaks("Unit,n\n=A1,2\n", "a.csv")] == ["K412"]



@pytest.mark.parametrize(("unit", "name"), [("U1", "Dinas Contoh"), ("semua", "Semua unit kerja (26)")])
def test_the_one_page_and_the_message_of_a_unit_say_which(unit, name):
    asked = Cover("Program", "id", unit=name, period=2025, parameters={"unit": unit})
    made = editions.editions(asked, {"delivery": executed(), "synthesis": synthesis()}, [])
    page = made[editions.ONE]
    assert (f"<b>Program, tahun 2025</b> · {name}" in page) == (f"Program – {name} – " in page) == (unit == "U1")
    assert (name in made[editions.MESSAGE]) == (unit == "U1")


def test_what_office_data_say_is_escaped(sample):
    evil = "</style><script>alert(1)</script>\"\\"
    found = [finding("delivery.a", sentence={"id": evil, "en": evil}, question={"id": evil, "en": evil})]
    pages = editions.editions(Cover(evil, "id", unit=evil, period=2025), {"delivery": executed(), "synthesis": synthesis()}, found)
    for name in (editions.ONE, editions.MAIN):
        assert "<script" not in pages[name]
        assert gate.page_leaks(pages[name], name) == []


@pytest.mark.parametrize("lang", ["id", "en"] if LONG else ["id"])
def test_payloads_are_inert_in_every_text_of_every_edition(lang, monkeypatch):
    """More than a thousand probes: each of the 25 in every text that an office, a notebook or an analyst can write."""
    twice = [{"id": one, "en": one} for one in PAYLOADS]

    def asked(place: int) -> dict[str, Any]:
        said = twice[place]
        advice = dict.fromkeys(("action", "owner", "due", "indicator"), said)
        found = finding(f"outcomes.q{place}", sentence=said, question=said, recommendation=advice,
                        brief={"message": said, "plain": said, "condition": said}, n=90)
        row = {"label_id": PAYLOADS[place], "label_en": PAYLOADS[place], "value": 0.5, "n": 90, "unit": PAYLOADS[place]}
        fields = [{"name": name, "label": said, "kind": kind, "digits": 0} for name, kind in (("label", "text"), ("unit", "text"))]
        picture = {"kind": "bars", "title": said, "x": said, "y": said, "n": 90, "value_format": "percent", "digits": 0,
                   "reference": 0.4, "line": None, "note": said, "against": said, "ranked": True, "data": [row]}
        return {"id": found["id"], "findings": [found], "picture": picture,
                "table": {"caption": said, "fields": fields, "data": [row]}}

    answers = [asked(place) for place in range(len(PAYLOADS))]
    chapter = notebook(*prose("# Apa?", "# What?"), *map(answered, answers))
    for cell in chapter.cells[2:]:
        for output in cell.outputs:
            if output.data.get(MIME, {}).get("kind") == "words":
                output.data[MIME]["notes"] = twice
    feeds = [{"file": one, "sheet": one, "table": one, "rows_read": 1, "processed": 1} for one in PAYLOADS]
    about = cover(
        lang, unit_names=PAYLOADS, assumptions="\n\n".join(PAYLOADS), versions=dict.fromkeys(PAYLOADS, "1"),
        intake={"feeds": feeds, "tables": {one: {"rows": 1, "sha256": one} for one in PAYLOADS},
                "metadata": {"producer": "".join(PAYLOADS)}})
    found = [one for answer in answers for one in answer["findings"]]
    notebooks = {"outcomes": chapter, "synthesis": synthesis()}
    pages = editions.editions(about, {name: in_language(one, lang) for name, one in notebooks.items()}, found)
    told = 0
    for name, text in pages.items():
        if name.endswith(".html"):
            reader = gate._TagReader()
            reader.feed(text)
            assert reader.found == [], name
            told += sum(text.count(html.escape(one, quote=False)) + text.count(html.escape(one)) for one in PAYLOADS)
    assert told >= 1000, told


def test_findings_follow_their_published_schema(sample):
    jsonschema = pytest.importorskip("jsonschema")
    head = {"evaluation": "contoh", "unit": "semua", "period": 2025, "lang": "id", "audience": "internal", "level": 0.95,
            "seed": 1, "data_sha256": ""}
    jsonschema.validate({**head, "findings": sample[1]}, schema())
    with pytest.raises(jsonschema.ValidationError, match="kuat"):
        jsonschema.validate({**head, "findings": [{**sample[1][0], "evidence": "baik"}]}, schema())


def numbers(text: str, lang: str) -> list[float]:
    """The numbers of a text, as its language writes them."""
    found = re.findall(r"\d+(?:[.,]\d+)*", text)
    return sorted(float(one.replace(".", "").replace(",", ".") if lang == "id" else one.replace(",", "")) for one in found)


@pytest.mark.parametrize("name", ["contoh", "carpentries_longterm2017", "five_units", "no_association", "opposite"])
def test_both_languages_tell_the_same_numbers(name):
    """Of every finding, table and action of the main report."""
    notebooks, found = kept(GOLDEN.parent / name)
    told = {lang: Contents(notebooks, [restored(one) for one in found], lang, 2025) for lang in ("id", "en")}
    lines = {
        lang: [numbers(text, lang) for chapter in one.chapters for line in (chapter.lead, *chapter.findings)
               for text in (line.title, line.paragraph)]
        + [numbers(" ".join(row), lang) for chapter in one.chapters if chapter.table for row in chapter.table.rows]
        + [numbers(text, lang) for act in one.actions for text in (act.action, act.weight, act.due, act.target, act.cost)]
        for lang, one in told.items()
    }
    assert lines["id"] == lines["en"]


@LANGS
def test_the_shorter_editions_have_no_number_of_their_own(made, sample, lang):
    made_now = made(lang)
    main = set(numbers(" ".join(read(made_now[editions.MAIN]).text), lang))
    page = numbers(" ".join(read(made_now[editions.ONE]).text), lang)
    message = numbers(made_now[editions.MESSAGE], lang)
    actions = Contents(sample[0], [restored(one) for one in sample[1]], lang, 2025).actions
    shares = numbers(" ".join(one.weight for one in actions), lang)  # they and the ranks stand on the one page alone
    assert set(page) <= main | set(shares)
    assert set(message) <= main


REFERRED = re.compile(r"\b[FGTRJ]-(?:B\.)?[\d.]+[a-z]?(?:-\d+)?")
"""Numbers of findings, figures, tables and recommendations."""


@LANGS
def test_every_number_of_the_main_report_is_in_the_ledger(made, sample, lang):
    """In a finding, its advice or its table; or in the words of the catalogue, such as a law, or the counts of the files."""
    made_now, found = made(lang), [restored(one) for one in sample[1]]
    texts = [text[lang] for one in found for text in (one.sentence, *((one.brief.message, one.brief.plain) if one.brief else ()))]
    for one in (one.recommendation for one in found if one.recommendation):
        texts += [text[lang] for text in (one.action, one.due, one.indicator, one.cost or {lang: ""})]
    files = [io.StringIO(text) for name, text in made_now.items() if name.startswith(editions.TABLES)]
    texts += [cell for file in files for row in csv.reader(file, delimiter=";" if lang == "id" else ",") for cell in row]
    texts += [text[lang] for room in ("editions", *CHAPTERS) for text in sentences.keys(room).values()]
    known = set(numbers(" ".join(texts).replace("-", " "), lang)) | {*range(1, 40), 0, 100, 2025, 2026, 2027}
    body = REFERRED.sub(" ", " ".join(read(made_now[editions.MAIN]).text).replace("−", " "))
    assert sorted(set(numbers(body, lang)) - known) == []


def test_counts_of_the_units_add_up_to_those_of_the_district(sample):
    for name in ("contoh", "five_units"):
        answers = json.loads((GOLDEN.parent / name / "participation.json").read_text(encoding="utf-8"))
        known = {one["id"]: one for answer in answers for one in answer["findings"]}
        units = next(one for one in answers if one["id"] == "participation.units")["table"]["data"]
        whole = known["participation.rate"]
        assert sum(row["n"] for row in units) == whole["n"]
        assert sum(row["k"] for row in units) == round(whole["estimate"] * whole["n"])


def tabled(rows: list[dict[str, Any]], suppressed: tuple[int, ...] = ()) -> Contents:
    """A report whose chapter on needs has these rows in the table that it shows."""
    fields = [{"name": name, "label": {"id": name, "en": name}, "kind": kind, "digits": 1}
              for name, kind in (("label", "text"), ("asked", "percent"), ("given", "percent"), ("lead", "percent"))]
    rows = [{**row, "suppressed": place in suppressed} for place, row in enumerate(rows)]
    answer = {"id": "needs.offer", "findings": [], "picture": None,
              "table": {"caption": {"id": "T", "en": "T"}, "fields": fields, "data": rows}}
    return Contents({"data_quality": executed(), "needs": notebook(answered(answer))}, [], "id", 2025)


def offered(label: str, low: float, high: float) -> dict[str, Any]:
    """A topic with the range of the share of its wishes beyond that of its places."""
    return {"label": label, "asked": 0.5 + (low + high) / 2, "asked_low": 0.5 + low, "asked_high": 0.5 + high, "given": 0.5}


def test_a_table_of_the_main_report_has_its_own_heads_and_a_reading_in_words():
    rows = [offered("a", -0.01, 0.02), offered("b", -0.09, 0.09), offered("c", 0.01, 0.2), offered("d", -0.3, -0.2)]
    shown = tabled(rows).chapters[0].table
    assert shown.heads == ("Topik", "Bagian minat (kisaran)", "Bagian kursi", "Bacaan")
    assert [(row[0], row[-1]) for row in shown.rows] == [
        ("c", "minat melebihi kursi"), ("d", "kursi melebihi minat"), ("a", "sebanding"), ("b", "belum dapat diketahui")]
    assert shown.notes == ()


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if "reading" in catalogue.node(f"{name}.report", {})])
def test_a_reading_names_columns_of_its_table_and_finds_something_in_the_sample(chapter):
    made = kept(GOLDEN.parent / "contoh")
    words, contents = catalogue.node(f"{chapter}.report"), Contents(made[0], [restored(one) for one in made[1]], "id", 2025)
    table = contents.question(words["table"]).table
    named = {name for name in (*words["reading"]["of"], words["reading"].get("against")) if isinstance(name, str)}
    assert named <= set(table.data.columns)
    told = [row[-1] for row in contents.small(contents.question(words["table"]), chapter).rows]
    assert any(told.count(words["reading"][key]["id"]) for key in ("up", "down")), told


def test_hidden_rows_are_counted_under_a_table_and_a_table_of_them_alone_is_left_out():
    rows = [offered(letter, 0.1, 0.2) for letter in "abcdefghijk"]
    shown = tabled(rows, (0, 3)).chapters[0].table
    assert [row[0] for row in shown.rows] == list("bcefghij")
    assert shown.notes == ("Baris selebihnya (1) ada pada tabel T-B.2.1.",
                           "Tidak ditampilkan karena menyangkut kelompok kecil: 2 baris.")
    assert tabled(rows[:2], (0, 1)).chapters[0].table is None


def test_a_number_of_recommendations_has_no_evidence_of_its_own():
    one = restored({**finding("synthesis.overall.to_do"), "n": 0, "evidence": "lemah"})
    assert Contents({"synthesis": synthesis()}, [one], "id", 2025).told(one).evidence == ""


def test_every_edition_carries_letters_for_every_word_of_the_catalogues(made):
    """Widths of figures are one, so that columns of numbers stand under each other; what the letters lack are signs."""
    rooms = (path.stem for path in catalogue.FOLDER.glob("*.yml"))
    letters = {one for room in rooms for texts in sentences.keys(room).values() for text in texts.values() for one in text}
    for path in sorted(FONTS.glob("*.woff")):
        font = TTFont(path)
        lacking = {one for one in letters - set(map(chr, font.getBestCmap())) if one.isprintable()}
        assert not {one for one in lacking if one.isalnum() and one < "\u0250"}, (path.name, lacking)
        assert "tnum" in {one.FeatureTag for one in font["GSUB"].table.FeatureList.FeatureRecord}
        assert (path.parent / f"{path.stem.rpartition('-')[0]}.OFL.txt").is_file()
    for name in (editions.ONE, editions.MAIN, editions.ANNEXES):
        assert made("id")[name].count("@font-face") == 4
    assert sum(path.stat().st_size for path in FONTS.glob("*.woff")) < 110_000


def test_whole_sentences_are_kept_within_a_number_of_words():
    assert within("Satu dua 1,5 poin. Tiga empat. Lima.", 6) == "Satu dua 1,5 poin. Tiga empat."
    assert within("Satu dua tiga.", 1) == "Satu dua tiga."


PRINTS = pytest.mark.skipif(CHROMIUM is None or shutil.which("pdftotext") is None, reason="needs chromium and pdftotext")


def printed(page: str, place: Path) -> Path:
    """A page as Chromium prints it."""
    source, paper = place / "halaman.html", place / "halaman.pdf"
    source.write_text(page, encoding="utf-8")
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={paper}",
         source.as_uri()],
        check=True, capture_output=True, timeout=120,
    )
    return paper


def whole_pages(paper: Path) -> list[list[tuple[str, ...]]]:
    """The boxes of the words of every page: none is empty, and nothing stands beyond the margin."""
    told = subprocess.run(["pdftotext", "-bbox", paper, "-"], check=True, capture_output=True, text=True, timeout=60).stdout
    words = [re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">', one)
             for one in told.split("<page ")[1:]]
    assert min(map(len, words)) > 10
    widths = [float(one) for one in re.findall(r'width="([\d.]+)"', told)]
    assert all(max(float(right) for _, _, right, _ in sheet) <= width - 20 for sheet, width in zip(words, widths, strict=True))
    return words


def sizes(paper: Path) -> Counter[float]:
    """How many words are set in so many points."""
    found: Counter[float] = Counter()

    def seen(text: str, page: list[float], line: list[float], font: Any, size: float) -> None:
        found[round(abs(size * (line[3] or line[1]) * (page[3] or page[1])), 1)] += len(text.split())

    for page in pytest.importorskip("pypdf").PdfReader(paper).pages:
        page.extract_text(visitor_text=seen)
    return +found


@PRINTS
@LANGS
@pytest.mark.parametrize("name", [
    "contoh", "carpentries_longterm2017", "five_units", "no_association", "opposite", "endless", "empty",
])
def test_the_one_page_is_one_sheet_whatever_was_found(name, lang, tmp_path):
    """It is reckoned higher than it is printed, never lower."""
    made = endless(12 if name == "endless" else 0) if name in ("endless", "empty") else kept(GOLDEN.parent / name)
    contents = Contents(made[0], [restored(one) for one in made[1]], lang, 2025)
    page = editions.one_page(cover(lang), contents)
    paper = printed(page, tmp_path)
    told = subprocess.run(["pdftotext", "-bbox", paper, "-"], check=True, capture_output=True, text=True, timeout=30).stdout
    assert told.count("<page ") == 1
    lowest = max(float(found) for found in re.findall(r'yMax="([\d.]+)"', told)) * 25.4 / 72 - 12
    assert lowest <= letters.height(page) <= letters.HEIGHT


@PRINTS
def test_annexes_are_printed_whole_and_legible(made, tmp_path):
    """Every column of every table stands on the paper, no page is empty, and no letter is lower than 8.5 points."""
    annexes = made("id")[editions.ANNEXES]
    assert annexes.count('class="k-title"') == 1  # the head of the page, and no finding, is set so
    paper = printed(annexes, tmp_path)
    words = whole_pages(paper)
    assert len(words) <= 100
    heights = sorted(float(bottom) - float(top) for sheet in words for _, top, _, bottom in sheet)
    assert heights[len(heights) // 1000] >= 8.5 * 1.1  # the box of a letter is higher than its size; a few words stand upright


@pytest.mark.skipif(CHROMIUM is None or shutil.which("pdfinfo") is None, reason="needs chromium and pdfinfo")
@LANGS
def test_printed_pages(made, lang, tmp_path):
    made_now = made(lang)
    for name, most in ((editions.ONE, 1), (editions.MAIN, 25)):
        paper = printed(made_now[name], tmp_path)
        told = subprocess.run(["pdfinfo", paper], check=True, capture_output=True, text=True, timeout=30).stdout
        assert 1 <= len(whole_pages(paper)) <= most, name
        points = sizes(paper)
        assert min(points) >= 8.5 and points[10.0 if name == editions.ONE else 10.5] > 0
        assert "A4" in told
