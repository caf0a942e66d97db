"""The list of reports shows whole reports only, and says which are out of date."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_manifest import write_finished
from tiny_report import write_project

from karier_stats.report import manifest, site


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fixed program, since the real one may be edited while a test runs."""
    monkeypatch.setattr(manifest, "PACKAGE", tmp_path / "program")


def listed(root: Path) -> list[str]:
    """The addresses in the list, in order."""
    return re.findall(r'href="([^"]+)"', site.write_index(root).read_text(encoding="utf-8"))


def test_no_report_gives_a_page_that_says_so(tmp_path: Path) -> None:
    """An empty list is a page, not an error."""
    assert "Belum ada laporan." in site.write_index(tmp_path).read_text(encoding="utf-8")


def test_only_whole_reports_are_listed(tmp_path: Path) -> None:
    """A report with a changed file or without a manifest is passed over, and so is a work folder."""
    root = write_project(tmp_path)
    damaged = write_finished(root, "id")
    whole = write_finished(root, "en")
    assert listed(root) == ["contoh/2025/semua/internal/id/laporan.html", "contoh/2025/semua/internal/en/laporan.html"]
    (damaged / "laporan.html").write_text("lain", encoding="utf-8")
    assert listed(root) == ["contoh/2025/semua/internal/en/laporan.html"]
    whole.rename(whole.parents[1] / ".tmp-1")
    assert listed(root) == []


def test_state_is_said_in_both_languages(tmp_path: Path) -> None:
    """A current report is called so; a stale one names what changed."""
    root = write_project(tmp_path)
    write_finished(root)
    assert site.entries(root)[0].state == {"id": "terkini", "en": "current"}
    (root / "ASSUMPTIONS.md").unlink()
    (root / "notebooks" / "delivery.ipynb").unlink()
    assert site.entries(root)[0].state == {
        "id": "usang: buku kerja dan catatan asumsi berubah sejak laporan dibuat",
        "en": "out of date: notebooks and assumptions log changed since",
    }


def test_titles_are_escaped_and_sample_is_marked(tmp_path: Path) -> None:
    """A title with markup is shown; synthetic data carry their mark; no script and no address."""
    root = write_project(tmp_path)
    folder = write_finished(root)
    about = {name: value for name, value in manifest.read(folder).items() if name not in ("seal", "outputs")}
    about["title"] = {"id": "<script>a", "en": "b"}
    made_from, chapters, run = about.pop("made_from"), about.pop("chapters"), about.pop("run")
    manifest.write(folder, about=about, made_from=made_from, chapters=chapters, run=run)
    text = site.write_index(root).read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;a" in text
    assert "CONTOH: data sintetis" in text
    assert "://" not in text
