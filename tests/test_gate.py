"""What may not leave is found in every kind of file, and what may leave is not mistaken for it."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path

import pytest
from tiny_report import MIME, NIP, png

from karier_stats.errors import GateError
from karier_stats.intake.pseudonyms import Names, fingerprint, keep_names, kept_names, load_key, make_key
from karier_stats.intake.scrub import Scrubber
from karier_stats.report import gate

CSP = (
    "<meta http-equiv=\"Content-Security-Policy\" "
    "content=\"default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'\">"
)


def page(body: str) -> str:
    """A page with this body."""
    return f"<html lang=\"id\"><head>{CSP}</head><body>{body}</body></html>"


def page_codes(body: str) -> list[str]:
    """The codes that it gives."""
    return [leak.code for leak in gate.page_leaks(page(body))]


@pytest.mark.parametrize(("body", "code"), [
    (f"<p>{NIP}</p>", "K400"),
    ("<p>19860926 201505 1 001</p>", "K400"),
    ("<p>19860926-201505-1-001</p>", "K400"),
    ("<p>1986.09.26 2015.05 1 001</p>", "K400"),
    ("<p>1 9 8 6 0 9 2 6 2 0 1 5 0 5 1 0 0 1</p>", "K400"),
    ("<p>19860926<b>201505</b>1001</p>", "K400"),
    ("<p>19860926\u200b2015051001</p>", "K400"),
    ("<p>１９８６０９２６２０１５０５１００１</p>", "K400"),
    ("<p>&#49;98609262015051001</p>", "K400"),
    (f"<img src=\"data:image/png;base64,{png()}\" alt=\"{NIP}\">", "K400"),
    ("<script>alert(1)</script>", "K401"),
    ("<p>&lt;script</p><ScRiPt src=x></ScRiPt>", "K401"),
    ("<p onclick=\"x()\">a</p>", "K402"),
    ("<p title=\"a\" OnMouseOver = x>a</p>", "K402"),
    ("<a href=\"javascript:alert(1)\">a</a>", "K403"),
    ("<a href=\"java\tscript:alert(1)\">a</a>", "K404"),
    ("<a href=\"https://example.org\">a</a>", "K404"),
    ("<p>lihat http://example.org</p>", "K404"),
    ("<img src=\"//example.org/a.png\" alt=\"\">", "K404"),
    ("<img src=\"a.png\" alt=\"\">", "K404"),
    ("<style>@import 'x.css'</style>", "K404"),
    ("<style>p { background: url(x.png) }</style>", "K404"),
    ("<p>/home/budi/data.xlsx</p>", "K405"),
    ("<p>C:\\Users\\budi</p>", "K405"),
    ("<p>\\\\server\\bagi</p>", "K405"),
    ("<!-- catatan -->", "K407"),
    ("<img src=\"data:image/svg+xml;base64,AAAA\" alt=\"\">", "K408"),
    (f"<img src=\"data:image/png;base64,{png(b'Budi')}\" alt=\"\">", "K408"),
    ("<img src=\"data:image/png;base64,AAAA\" alt=\"\">", "K408"),
    ("<iframe></iframe>", "K409"),
    ("<form><input></form>", "K409"),
    ("<svg><animate></animate></svg>", "K409"),
    ("<svg><foreignObject></foreignObject></svg>", "K409"),
    ("<svg><use href=\"#a\" xlink:href=\"#b\"></use></svg>", "K409"),
    ("<svg><path clip-path=\"none\" d=\"M0 0\"></path></svg>", "K409"),
    ("<p srcset=\"a\">a</p>", "K409"),
    ("<meta http-equiv=\"refresh\" content=\"0\">", "K409"),
])
def test_each_leak_is_found(body: str, code: str) -> None:
    """Every row of the catalogue has its code."""
    assert code in page_codes(body)


@pytest.mark.parametrize("body", [
    "<p>0.06153846153846154 dan 0,061538461538461539</p>",
    "<p>2019 2020 2021 2022 2023 2024 2025</p>",
    "<table><tr><td>123456789</td><td>123456789</td></tr></table>",
    "<p>Rp1.234.567.890.123 pada 17/08/2025, dan/atau 20 JP</p>",
    "<p>14.71.10.1012</p><code>regress(data, on=\"x\", one=1)</code>",
    "<p>sumber data: tabel <code>employee</code></p><a href=\"#bab-1\">a</a>",
    "<p>3dae4891bc123456789012345678e1f7ee</p>",
    f"<img src=\"data:image/png;base64,{png()}\" alt=\"Dua batang\">",
    "<math display=\"block\"><mrow><mi>x</mi><mo>=</mo><mn>1</mn></mrow></math>",
])
def test_what_a_report_says_passes(body: str) -> None:
    """Long fractions, years, codes of areas, money, digests and formulas are no leaks."""
    assert page_codes(body) == []


def test_markup_that_is_not_taken_apart_holds_nothing_that_may_not_be_there() -> None:
    """Bits of markup in 20,000 random orders: where the quick look is content, so is the parser."""
    bits = [
        "<p>", "</p>", '<b class="', '">', '"', " ", "a", ">", "<", "<!--", "-->", "=", '<a href="#a">', '<a href="', "x//y",
        "onclick=x", '<td colspan="2" open>', "<script>", "<style>", "</style>", '<img src="data:image/png;base64,">', "<br/>", "/",
        "<svg viewBox=", "'", '<meta http-equiv="Content-Security-Policy" content="', '<meta http-equiv="', "refresh",
        "<!DOCTYPE html>", '<i title="']
    rng, quick = random.Random(1), 0
    for _ in range(20_000):
        markup = "".join(rng.choices(bits, k=rng.randint(1, 7)))
        if gate._PLAIN.fullmatch(markup):
            quick += 1
            reader = gate._TagReader()
            reader.feed(markup)
            reader.close()
            assert not reader.found, markup
    assert quick > 500


def test_a_page_without_the_policy_is_held_back() -> None:
    """The strict Content-Security-Policy must be there word for word."""
    assert [leak.code for leak in gate.page_leaks("<html><body></body></html>")] == ["K411"]


def test_a_notebook_is_read_cell_by_cell() -> None:
    """Sources, outputs and metadata are scanned; the place is the cell."""
    notebook = {"metadata": {}, "cells": [
        {"cell_type": "markdown", "source": ["baik"]},
        {"cell_type": "code", "source": "1", "outputs": [
            {"data": {"text/html": ["<p onclick='x'>", "a</p>"], "image/png": png(), "text/plain": "a"},
             "metadata": {"image/png": {"alt": "dua batang"}}}]},
    ]}
    assert [(leak.code, leak.place) for leak in gate.notebook_leaks(notebook, "a.ipynb")] == [("K402", "sel 2")]


def test_numbers_that_read_as_a_service_number_are_found_in_json() -> None:
    """A NIP that became a number is a leak; other numbers and long fractions are not."""
    none = gate.NO_TRACES
    leaky = gate._value_leaks({"a": int(NIP)}, "f.json", "", none) + gate._value_leaks([float(NIP)], "f.json", "", none)
    assert [leak.code for leak in leaky] == ["K400", "K400"]
    assert gate._value_leaks({"a": 0.061538461538461539, "b": 12345678901, "c": True}, "f.json", "", none) == []


def test_user_and_folders_of_this_machine_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user name of one's own is looked for where it tells, a shared account's is not; a word is only a word."""
    monkeypatch.setattr("getpass.getuser", lambda: "sitirahma")
    assert "sitirahma" in gate.own_traces().names
    assert [leak.code for leak in gate.text_leaks("oleh sitirahma@pc-3", "a", "1", gate.own_traces())] == ["K406"]
    assert gate.text_leaks("oleh sitirahma", "a", "1", gate.own_traces()) == []
    monkeypatch.setattr("getpass.getuser", lambda: "root")
    assert "root" not in gate.own_traces().names


def test_a_system_without_a_name_or_folder_for_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's nameless account has nothing that could tell, and is no fault."""
    def unknown(*_: object) -> None:
        raise KeyError("getpwuid(): uid not found")

    def homeless(*_: object) -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("getpass.getuser", unknown)
    monkeypatch.setattr("pathlib.Path.home", homeless)
    monkeypatch.setattr("platform.node", str)
    assert gate.own_traces().names == ()


@pytest.mark.parametrize(("name", "content"), [
    ("a.xlsx", b"x"), ("a.csv", b"\xff\xfe\x00"), ("a.txt", b"\xff\xfe\x00"),
    ("laporan.html", b"\xff\xfe\x00"), ("findings.json", b"{"), ("a.ipynb", b"{}"), ("a", b""),
])
def test_unknown_or_unreadable_files_close_the_gate(tmp_path: Path, name: str, content: bytes) -> None:
    """What the gate cannot read does not pass."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(GateError) as caught:
        gate.check(tmp_path)
    assert caught.value.code == "K410"
    assert caught.value.exit_code == 4


def test_a_linked_file_closes_the_gate(tmp_path: Path) -> None:
    """A symbolic link could lead anywhere."""
    (tmp_path / "a.json").symlink_to(tmp_path / "b")
    with pytest.raises(GateError, match="K410"):
        gate.check(tmp_path)


PERSON = (NIP, "1471081208860003", "081234567890", "budi.santoso@contoh.go.id")
"""A made-up person: service number, identity number, mobile phone, e-mail."""


def document(text: str, author: str = "") -> bytes:
    """A Word document that says a text, or whose properties do."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("word/document.xml", f'<w:p xmlns:w="urn:w"><w:t>{text}</w:t></w:p>')
        parts.writestr("docProps/core.xml", f"<core><creator>{author}</creator></core>")
    return file.getvalue()


def paper(text: str) -> bytes:
    """A PDF whose properties say a text."""
    from pypdf import PdfWriter

    made, file = PdfWriter(), io.BytesIO()
    made.add_blank_page(100, 100)
    made.add_metadata({"/Author": text})
    made.write(file)
    return file.getvalue()


def executed(**cell: object) -> str:
    """A notebook of one cell."""
    return json.dumps({"metadata": {}, "cells": [{"cell_type": "code", "source": "", "metadata": {}, "outputs": [], **cell}]})


PLACES = {
    "laporan.html": lambda one: page(f"<p>{one}</p>"),
    "alt.html": lambda one: page(f'<img src="data:image/png;base64,{png()}" alt="{one}">'),
    "gambar.html": lambda one: page(f"<svg><text>{one}</text></svg>"),
    "uraian.html": lambda one: page(f"<svg><desc>{one}</desc></svg>"),
    "findings.json": lambda one: json.dumps({"findings": [{"sentence": {"id": one}}]}),
    "numbers.json": lambda one: json.dumps({"units": [], "numbers": [["t.q", "table", [one], "n", 20]]}),
    "kunci.json": lambda one: json.dumps({one: 1}),
    "keluaran.ipynb": lambda one: executed(outputs=[{"data": {"text/plain": [one]}}]),
    "rekaman.ipynb": lambda one: executed(outputs=[{"data": {MIME: {"data": {"label_id": [one]}}}}]),
    "kode.ipynb": lambda one: executed(source=f"# {one}"),
    "tanda.ipynb": lambda one: executed(metadata={"tags": [one]}),
    "pesan.txt": lambda one: f"Kepada {one}\n",
    "T-B.1.1.csv": lambda one: f"Unit;n\n{one};20\n",
    "laporan.docx": document,
    "penulis.docx": lambda one: document("", one),
    "laporan.pdf": paper,
}


@pytest.mark.parametrize("name", PLACES)
def test_a_person_planted_in_any_file_closes_the_gate(name: str, tmp_path: Path) -> None:
    """Whatever tells of one person is found wherever a report has words; the same file without it passes."""
    if name.endswith(".pdf"):
        pytest.importorskip("pypdf")
    for one in ("dua puluh", *PERSON):
        made = PLACES[name](one)
        (tmp_path / name).write_bytes(made if isinstance(made, bytes) else made.encode())
        found = {leak.code for leak in gate.inspect(tmp_path)}
        assert found == {"dua puluh": set(), NIP: {"K400"}}.get(one, {"K415"}), one


def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> Names:
    """These as the gate knows them after ``prepare``; the office has a unit called Puskesmas Arifin Ahmad."""
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci"))
    make_key("kecil")
    key = load_key("kecil")
    pairs = Scrubber(names, places=["Puskesmas Arifin Ahmad"]).telling_pairs()
    found = kept_names("kecil", {"names": keep_names("kecil", key, pairs), "key_fingerprint": fingerprint(key)})
    assert found is not None
    return found


@pytest.mark.parametrize("name", PLACES)
def test_a_name_of_the_staff_in_any_file_closes_the_gate(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name.endswith(".pdf"):
        pytest.importorskip("pypdf")
    staff, folder = people(tmp_path, monkeypatch, "Dr. Rosmiati Kusuma Hutapea, M.Si."), tmp_path / "laporan"
    folder.mkdir()
    for one, codes in (("Rosmiati Hutapea", {"K416"}), ("Rosmiati", set())):
        made = PLACES[name](one)
        (folder / name).write_bytes(made if isinstance(made, bytes) else made.encode())
        assert {leak.code for leak in gate.inspect(folder, people=staff)} == codes
        assert gate.inspect(folder) == [], "whoever does not know the staff finds nobody"


@pytest.mark.parametrize(("text", "named"), [
    ("Rosmiati Hutapea", True), ("HUTAPEA, Rosmiati", True), ("rosmiati k. hutapea", True), ("Kusuma-Hutapea", True),
    ("<p>Rosmiati <b>Hutapea</b></p>", True), ("Rosmiati dan Hutapea", False), ("Rosmiati; Hutapea", False),
    ("Melati Lestari", True), ("Lestari Melati", False), ("bunga melati lestari", False), ("Puskesmas Arifin Ahmad", False),
])
def test_names_are_known_as_colleagues_write_them(
    text: str, named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In any order; words of every day only as the name has them; whoever is called like a unit is not told from it."""
    staff = people(tmp_path, monkeypatch, "Rosmiati Kusuma Hutapea", "Melati Lestari", "Arifin Ahmad")
    leaks = gate.markup_leaks(text, "a.html", "1", gate.Traces(people=staff))
    assert [leak.code for leak in leaks] == ["K416"] * named


def test_an_address_of_the_office_may_stand() -> None:
    assert gate.text_leaks(PERSON[3], "a", "1", gate.Traces(known="Narahubung: budi.santoso@contoh.go.id")) == []
    assert [one.code for one in gate.text_leaks(PERSON[3], "a", "1")] == ["K415"]


@pytest.mark.parametrize("text", ["0.0812345678901", "Rp1.471.081.208.860.003", "3600000000000000", "0,8123456789", "n@2 = 5"])
def test_numbers_that_tell_of_nobody_pass(text: str) -> None:
    assert gate.text_leaks(text, "a", "1") == []


def test_message_names_place_and_never_the_text(tmp_path: Path) -> None:
    """File, place and counts are said; the digits are not."""
    (tmp_path / "findings.json").write_text(json.dumps({"a": NIP, "b": "/etc/hosts"}), encoding="utf-8")
    with pytest.raises(GateError) as caught:
        gate.check(tmp_path)
    assert caught.value.message("id") == (
        "K400 Laporan ditahan: ada deret angka yang terbaca sebagai NIP pada findings.json, tempat a (1 kali; 1 temuan "
        "lain). Laporan lama tidak diubah. Perbaiki data atau buku kerja asalnya."
    )
    assert NIP not in caught.value.message("en")


def test_png_chunks_must_be_whole() -> None:
    """A picture that is cut off or goes on after its end is refused."""
    import base64

    whole = base64.b64decode(png())
    assert [kind for kind, _ in gate.png_chunks(whole)] == [b"IHDR", b"IDAT", b"IEND"]
    for broken in (whole[:-3], whole + b"NIP", whole[1:], b""):
        with pytest.raises(ValueError, match=r"PNG|cut off|trailing"):
            list(gate.png_chunks(broken))
