"""A report in a real browser: offline, silent, no wider than the screen, and without an accessibility fault."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from test_editions import answered, cover
from test_manifest import write_finished
from tiny_report import MIME, executed, finding, notebook, words, write_project

from karier_stats.report import editions, manifest, site
from karier_stats.report.render import Cover, page
from karier_stats.report.sanitise import clean_notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium")
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (extra `browser`)")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed (extra `browser`)")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")

REPORTS = Path(__file__).parents[1] / "reports"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM)
        yield opened
        opened.close()


def wide_picture() -> str:
    """A picture of 1,400 x 600 pixels as base64."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (1400, 600), 200).save(file, "png")
    return base64.b64encode(file.getvalue()).decode("ascii")


def made(folder: Path, lang: str) -> Path:
    """A page with all that a chapter can hold: wide table and picture, long words, formula, findings of each grade."""
    head = "".join(f'<th scope="col">Kolom yang panjang {place}</th>' for place in range(12))
    row = "".join(f'<td class="k-num">{place}.000.000</td>' for place in range(12))
    grades = "".join(
        f'<div class="k-finding k-evidence-{grade}"><p>Kalimat.</p><p><small><strong class="k-badge '
        f'k-evidence-{grade}">Bukti: {grade}</strong> · gambaran · n = 4</small></p></div>'
        for grade in ("kuat", "sedang", "lemah", "belum_ada_data")
    )
    chapter = executed(
        {"data": {"image/png": wide_picture()}, "metadata": {"image/png": {"alt": "Satu bidang abu-abu."}}},
        {"data": {"text/html": f'<table class="k-table"><caption>Lebar</caption><thead><tr>{head}</tr></thead><tbody>'
                               f"<tr>{row}</tr></tbody></table>", MIME: words(finding("delivery.count"))}},
        {"data": {"text/html": grades + '<div class="k-notes"><p><small>Catatan</small></p><ul><li>Satu</li></ul></div>'}},
        {"data": {"text/plain": "x" * 300}}, lang=lang,
    )
    cover = Cover(
        "Program pengembangan karier ASN, Tenayan Raya", lang, unit="Semua unit kerja", period=2025, synthetic=True,
        parameters={"evaluation": "contoh", "level": 0.95}, versions={"python": "3.11"}, data_sha256="a" * 64,
        intake={"feeds": [{"file": "01_pegawai_" + "x" * 60 + ".xlsx", "table": "employee", "rows_read": 1}],
                "tables": {"employee": {"rows": 1, "sha256": "b" * 64}}},
        assumptions="# A\n\n## B\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n$$ \\frac{a}{b} $$\n",
    )
    file = folder / "laporan.html"
    file.write_text(page(cover, {"delivery": clean_notebook(chapter)}), encoding="utf-8")
    return file


def edition(folder: Path, name: str) -> Path:
    """The one page or the main report, with a finding of each grade, a wide table, and actions."""
    fields = [{"name": f"k{place}", "label": {"id": "Kolom yang panjang", "en": "A long column"},
               "kind": "integer" if place else "text", "digits": 0} for place in range(7)]
    row = {"k0": "Dinas Kependudukan dan Pencatatan Sipil", **{f"k{place}": 1_000_000 for place in range(1, 7)}}
    grades = ("kuat", "sedang", "lemah", "belum_ada_data")
    found = [finding(f"outcomes.q{place}", evidence=grade) for place, grade in enumerate(grades)]
    table = {"caption": {"id": "Lebar", "en": "Wide"}, "fields": fields, "data": [row] * 9}
    answer = {"id": "outcomes.q0", "findings": found, "picture": None, "table": table}
    chapters = {"data_quality": executed(), "outcomes": notebook(answered(answer)), "synthesis": executed()}
    for path, text in editions.editions(cover("id"), chapters, found).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder / name


def real_reports() -> list[Path]:
    """The reports that lie in the project, if any."""
    return sorted(REPORTS.rglob("laporan.html"))[:4]


@pytest.fixture(scope="module", params=["id", "en", "one", "main", "index", "real"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    """The pages to open: made ones in both languages, the list of reports, and the project's own."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield written(request.param, tmp_path_factory.mktemp("halaman"), monkeypatch)


def written(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The pages of one kind."""
    if name in ("one", "main"):
        return [edition(tmp_path, editions.ONE if name == "one" else editions.MAIN)]
    if name == "real":
        return real_reports() or pytest.skip("there is no report in reports/")
    if name == "index":
        monkeypatch.setattr(manifest, "PACKAGE", tmp_path / "program")
        root = write_project(tmp_path / "proyek")
        write_finished(root)
        return [site.write_index(root)]
    return [made(tmp_path, name)]


def watched(browser: Browser, width: int, **options: Any) -> tuple[Page, list[str], list[str]]:
    """A page with what it asks the network for and what it says on the console."""
    opened = browser.new_page(viewport={"width": width, "height": 844}, offline=True, **options)
    asked: list[str] = []
    said: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    return opened, asked, said


def test_opens_offline_in_silence(browser: Browser, files: list[Path]) -> None:
    """No request but for the file itself and its own pictures, no word on the console."""
    for file in files:
        opened, asked, said = watched(browser, 1280)
        opened.goto(file.as_uri())
        assert [url for url in asked if not url.startswith(("data:image/png", "data:font/woff;"))] == [file.as_uri()]
        assert said == []
        opened.close()


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_page_is_no_wider_than_the_screen(browser: Browser, files: list[Path], width: int) -> None:
    """Wide tables scroll within themselves; the page does not."""
    for file in files:
        opened, _, _ = watched(browser, width)
        opened.goto(file.as_uri())
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        opened.close()


@pytest.mark.parametrize("name", [editions.ONE, editions.MAIN])
def test_nothing_scrolls_sideways_on_a_phone(browser: Browser, tmp_path: Path, name: str) -> None:
    """Tables of the one page and the main report become cards, each value with its label; no box is wider than the screen."""
    opened, _, _ = watched(browser, 360)
    opened.goto(edition(tmp_path, name).as_uri())
    wide = "[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > 361 && "
    assert opened.evaluate(f"{wide} !one.closest('thead, .e-skip')).map(one => one.outerHTML.slice(0, 80))") == []
    assert opened.locator(".e-table td .e-label").first.is_visible()
    opened.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_accessibility_fault(browser: Browser, files: list[Path], width: int) -> None:
    """axe-core finds nothing, with the code unfolded too."""
    for file in files:
        opened, _, _ = watched(browser, width, bypass_csp=True)
        opened.goto(file.as_uri())
        opened.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found = axe_api.Axe().run(opened).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
        opened.close()


def test_policy_stops_a_planted_script(browser: Browser, tmp_path: Path) -> None:
    """Were a script to slip in, the page's own policy would not let it run."""
    file = made(tmp_path, "id")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("</main>", "<script>document.title = 'x'</script></main>"), encoding="utf-8")
    opened, _, said = watched(browser, 1280)
    opened.goto(file.as_uri())
    assert opened.title() != "x"
    assert any("Content Security Policy" in text for text in said)
    opened.close()


def test_banner_stands_on_every_printed_page(browser: Browser, tmp_path: Path) -> None:
    """On paper the banner is a repeated table head; on screen it stays at the top."""
    opened, _, _ = watched(browser, 1280)
    opened.goto(made(tmp_path, "id").as_uri())
    opened.evaluate("window.scrollTo(0, 2000)")
    box = opened.locator(".k-banner").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, opened.evaluate("document.documentElement.clientWidth"))
    opened.emulate_media(media="print")
    assert opened.evaluate("getComputedStyle(document.querySelector('.k-header')).display") == "table-header-group"
    opened.close()
