"""The page: one language, inert, self-contained, every picture with words, an outline without gaps."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from tiny_report import MIME, executed, finding, notebook, png, prose, words

from karier_stats.report import gate, sanitise
from karier_stats.report.markdown import Outline, formula, to_html
from karier_stats.report.render import Cover, page
from karier_stats.report.sanitise import clean_html, clean_notebook, findings_of

PICTURE = {"data": {"image/png": png(b"Matplotlib"), "text/plain": "gambar"},
           "metadata": {"image/png": {"alt": "Dua batang: \"3\" dan 4."}}}
TABLE = {"data": {"text/html": "<table><caption>Isi</caption><tr><th>A</th><td>4</td></tr></table>",
                  MIME: words(finding("delivery.count"))}}


def rendered(lang: str = "id", **more: object) -> str:
    """A page of one chapter with a picture and a table."""
    cover = Cover("Program contoh", lang, parameters={"lang": lang, "level": 0.95}, **more)  # type: ignore[arg-type]
    return page(cover, {"delivery": clean_notebook(executed(PICTURE, TABLE, lang=lang))})


def test_prose_of_one_language_only() -> None:
    """Cells tagged for the other language are left out."""
    assert "Apa yang diselenggarakan?" in rendered("id")
    assert "What was delivered?" not in rendered("id")
    assert "What was delivered?" in rendered("en")
    assert '<html lang="en">' in rendered("en")


def test_page_passes_the_gate() -> None:
    """A page of ordinary content holds nothing that may not leave."""
    assert gate.page_leaks(rendered(synthetic=True, unit="Kulim", period=2025)) == []


def test_same_input_same_bytes() -> None:
    """Nothing in a page depends on the moment."""
    assert rendered() == rendered()


def test_the_data_dictionary_is_an_appendix_with_its_metadata() -> None:
    """Every table that the evaluation holds, who answers for it, and every column; nothing where there are no tables."""
    intake = {"tables": {"unit": {"rows": 2}, "employee": {"rows": 4, "years": [2024, 2025]}},
              "feeds": [{"file": "pegawai.csv", "table": "employee"}], "metadata": {"producer": "BKPSDM", "contact": "a@b.id"}}
    text = rendered("id", intake=intake)
    part = text[text.index('id="lampiran-f"'):text.index('id="lampiran-g"')]
    assert re.findall(r"<caption>([^<]+)", part) == ["Metadata tabel", "Unit kerja (", "Pegawai per tahun ("]
    assert ('<code>employee</code></th><td>Pegawai per tahun</td><td>Satu baris untuk setiap pegawai dan tahun.</td>'
            "<td>terbatas (data pribadi tersamar)</td><td>tahun</td><td>pegawai.csv</td><td>2024–2025</td></tr>") in part
    shared = re.findall(r"<p><b>[^<]+:</b> ([^<]*)</p>", part)  # what all tables have in common is said once
    assert shared == ["BKPSDM", "–", "a@b.id"]
    assert ('<code>sex</code></th><td>Jenis kelamin</td><td>pilihan</td><td>–</td><td>L = Laki-laki; P = Perempuan</td>'
            "<td>tidak</td><td>disimpan</td></tr>") in part
    assert gate.page_leaks(text, hidden=gate.Traces(known=json.dumps(intake))) == []
    assert [leak.code for leak in gate.page_leaks(text)] == ["K415"]  # an address that the office has not given itself
    assert "lampiran-f" not in rendered("id") and "Data dictionary" in rendered("en", intake=intake)


def test_banner_only_for_synthetic_data() -> None:
    """The banner says so in the page's language, and only for made-up data."""
    assert '<p class="k-banner">CONTOH: data sintetis</p>' in rendered("id", synthetic=True)
    assert '<p class="k-banner">SAMPLE: synthetic data</p>' in rendered("en", synthetic=True)
    assert "k-banner\">" not in rendered()


def test_picture_is_inside_with_alt_text_and_size() -> None:
    """The alt text comes from the output's metadata, the size from the picture, and chunks with text are gone."""
    assert (
        f'<img src="data:image/png;base64,{png()}" alt="Dua batang: &quot;3&quot; dan 4." width="2" height="3">'
        in rendered()
    )


def test_code_is_folded_away_but_there() -> None:
    """Each code cell lies in closed details; a cell tagged remove-input has none."""
    assert "<summary>Kode program</summary><pre><code>tampilkan()</code></pre></details>" in rendered()
    hidden = executed(TABLE)
    hidden.cells[-1].metadata["tags"] = ["remove-input"]
    assert "tampilkan()" not in page(Cover("a", "id"), {"delivery": hidden})


def test_outline_is_numbered_without_gaps() -> None:
    """One h1, chapters h2, questions h3; anchors are unique and every inner link has its target."""
    text = rendered(assumptions="# Asumsi\n\n## Data\n\nIsi.\n")
    levels = [int(level) for level in re.findall(r"<h(\d)", text)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    anchors = re.findall(r' id="([^"]+)"', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(anchors)
    assert '<h3 id="bab-delivery-1"><span class="k-number">1.1</span> Berapa angkatan?</h3>' in text


def test_provenance_and_parameters_in_the_language() -> None:
    """Counts have the language's thousands mark, the level its decimal mark."""
    intake = {"feeds": [{"file": "a.csv", "table": "unit", "rows_read": 1005, "processed": 1004, "quarantined": 1,
                         "excluded": 0}], "tables": {"unit": {"rows": 1004, "sha256": "ab"}}}
    assert '<td class="k-num">1.005</td><td class="k-num">1.004</td>' in rendered("id", intake=intake)
    assert '<td class="k-num">1,005</td>' in rendered("en", intake=intake)
    assert "<td><code>0,95</code></td>" in rendered("id")


def test_assumptions_in_the_language_or_whole() -> None:
    """Marked parts are chosen by language; a log without marks is printed whole."""
    marked = "<!-- lang: id -->\n# Asumsi\n\nSatu asumsi.\n\n<!-- lang: en -->\n# Assumptions\n\nOne assumption.\n"
    assert "Satu asumsi." in rendered("id", assumptions=marked)
    assert "One assumption." not in rendered("id", assumptions=marked)
    assert "Untuk semua." in rendered("en", assumptions="# A\n\nUntuk semua.\n")


def test_what_office_data_say_is_escaped() -> None:
    """Markup in a title, a unit, a file name or a finding is shown, not obeyed."""
    evil = "<script>alert(1)</script>"
    text = page(
        Cover(evil, "id", unit=evil, parameters={"a": evil}, intake={"feeds": [{"file": evil}]}),
        {"delivery": executed()},
    )
    assert "<script" not in text
    assert text.count("&lt;script&gt;") == 5  # title twice, unit, parameter, file


PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg><script>x</script></svg>",
    "<a href=\"javascript:alert(1)\">x</a>", "<a href=\"https://a.id\">x</a>", "<iframe src=x></iframe>",
    "<style>@import 'x'</style>", "<p style=\"background:url(x)\">a</p>", "<math><mtext><script>x</script></mtext></math>",
    "<object data=x></object>", "<form action=x><input onfocus=x autofocus></form>", "<!-- a -->", "<base href=x>",
    "<meta http-equiv=refresh content=0>", "<details ontoggle=x open>a</details>", "<p title='\"onclick=x'>a</p>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "<a href=\"data:text/html,x\">x</a>",
    "<link rel=stylesheet href=x>", "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">", "<textarea><script>",
    "<template><img src=x onerror=x></template>", "<video src=x onerror=x></video>", "<b onmouseover=x>a</b>",
)


@pytest.mark.parametrize("vector", [
    *(f'<svg viewBox="0 0 9 9">{payload}</svg>' for payload in PAYLOADS if "<" in payload),
    '<svg viewBox="0 0 9 9" onload="alert(1)"><path d="M0 0"/></svg>', '<svg><g onclick="x"></g></svg>',
    '<svg viewBox="0 0 9 9"><use href="#a"/></svg>', '<?xml version="1.0"?><svg viewBox="0 0 9 9"></svg>',
])
def test_vectors_that_are_not_ours_are_dropped(vector: str) -> None:
    """Only shapes and words, with looks that nothing can be done with; ours stay."""
    ours = '<svg viewBox="0 0 9 9" role="img"><title id="a">1 &lt; 2</title><circle cx="1" cy="2" r="3" fill="#000"/></svg>'
    cell = new_code_cell("1")
    cell.outputs = [new_output("display_data", {"image/svg+xml": one, "text/plain": "a"}) for one in (vector, ours)]
    assert [list(output.data) for output in clean_notebook(notebook(cell)).cells[0].outputs] == [
        ["text/plain"], ["text/plain", "image/svg+xml"]]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payloads_are_inert_in_every_way_in(payload: str) -> None:
    """Output HTML, prose, text, a heading, a formula, an alt text and standard output stay inert.

    Code and text show an address in clear, so addresses in words (K403, K404)
    and words that are comments are left to the gate; what would run or load is
    what counts here.
    """
    cell = new_code_cell("1", execution_count=1)
    cell.outputs = [
        new_output("display_data", {"text/html": payload}), new_output("display_data", {"text/markdown": payload}),
        new_output("display_data", {"text/plain": payload}), new_output("stream", name="stdout", text=payload),
        new_output("display_data", {"image/png": png()}, metadata={"image/png": {"alt": payload}}),
        new_output("display_data", {"text/latex": f"${payload}$"}),
    ]
    made = notebook(*prose(f"# {payload}\n\n{payload}\n\n## {payload}\n\n$$ {payload} $$", ""), cell)
    reader = gate._TagReader()
    reader.feed(page(Cover("a", "id"), {"a": clean_notebook(made)}))
    assert reader.found == []


def test_clean_html_keeps_tables_and_gives_scopes() -> None:
    """Classes, spans and the side of the text stay; pandas' empty heading becomes a cell."""
    cleaned = clean_html(
        '<table border="1" class="dataframe"><thead><tr style="text-align: right; color: red"><th></th><th>n</th></tr>'
        '</thead><tbody><tr><th>A</th><td colspan="2">4</td></tr></tbody></table><h2>B</h2>'
    )
    assert cleaned == (
        '<table class="dataframe"><thead><tr style="text-align: right;"><td></td><th scope="col">n</th></tr></thead>'
        '<tbody><tr><th scope="row">A</th><td colspan="2">4</td></tr></tbody></table><p class="k-head">B</p>'
    )


def test_what_is_inert_already_is_left_as_the_sanitiser_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own tables pass unchanged but for a semicolon, without the sanitiser; what opens or closes too much does not."""
    table = ('<table class="k-table"><caption style="text-align: left">A &amp; B</caption><thead><tr><th scope="col">n</th></tr>'
             '</thead><tbody><tr><td class="k-num" style="text-align: right">&lt; 10<br>(1)</td></tr></tbody></table>')
    quick = clean_html(table)
    assert clean_html("</div><p>a") == "<p>a</p>" and clean_html("<p>a</p></section>") == "<p>a</p>"
    monkeypatch.setattr(sanitise, "_is_inert", lambda _: False)
    assert quick == clean_html(table) == table.replace('left"', 'left;"').replace('right"', 'right;"')


def test_clean_notebook_drops_traces() -> None:
    """Standard error, papermill's metadata, unknown kinds and memory addresses go; findings stay."""
    cell = new_code_cell("1", execution_count=1, metadata={"papermill": {"duration": 1}, "execution": {"a": "b"}})
    cell.outputs = [
        new_output("stream", name="stderr", text="awas"),
        new_output("display_data", {"text/plain": "<Axes at 0x7f00>", MIME: words({"id": "a.b"}), "image/svg+xml": "<svg/>"}),
        new_output("display_data", {"application/javascript": "x"}),
    ]
    made = notebook(cell)
    made.metadata["papermill"] = {"input_path": "a"}
    cleaned = clean_notebook(made)
    nbformat.validate(cleaned)
    assert cleaned.cells[0].metadata == {}
    assert [output.data for output in cleaned.cells[0].outputs] == [{"text/plain": "<Axes>", MIME: words({"id": "a.b"})}]
    assert "papermill" not in cleaned.metadata
    assert findings_of(cleaned) == [{"id": "a.b"}]


def test_formulas_become_mathml_without_an_address() -> None:
    """A formula is MathML; what cannot be read stays as code; dollar signs in code are left alone."""
    assert formula("n") == '<math display="inline"><mrow><mi>n</mi></mrow></math>'
    outline = Outline("a", "1")
    assert "<mfrac>" in to_html("Nilai $\\frac{a}{b}$.", outline)
    assert '<math display="block">' in to_html("$$ x $$", outline)
    assert "<code>$HOME$</code>" in to_html("`$HOME$`", outline)


def test_exporter_is_an_nbconvert_exporter(tmp_path: Path) -> None:
    """One notebook by itself gives the same kind of page, in the language of its parameters."""
    from karier_stats.report.exporter import ReportExporter

    path = tmp_path / "delivery.ipynb"
    nbformat.write(executed(PICTURE, lang="en"), path)
    text, resources = ReportExporter().from_filename(str(path))
    assert resources["output_extension"] == ".html"
    assert '<html lang="en">' in text
    assert "What was delivered?" in text
    assert gate.page_leaks(text) == []


def test_render_loads_nothing_heavy() -> None:
    """nbconvert, Jinja2 and bleach load where they are used."""
    code = (
        "import sys, karier_stats.report.render, karier_stats.report.engine; "
        "print([m for m in ('nbconvert', 'jinja2', 'bleach', 'papermill', 'scipy', 'statsmodels', 'matplotlib') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
