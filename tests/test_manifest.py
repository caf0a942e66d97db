"""The manifest proves a report: whole, unchanged, and made from what lies there now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_report import CHAPTERS, write_project

from karier_stats.errors import EnvironmentFault
from karier_stats.report import manifest

ABOUT = {"evaluation": "contoh", "period": 2025, "unit": "semua", "lang": "id", "synthetic": True,
         "audience": "internal", "title": {"id": "Program", "en": "Programme"}, "unit_name": "Semua"}


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of one file, since the real one may be edited while a test runs."""
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / "a.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(manifest, "PACKAGE", folder)
    return folder


def write_finished(root: Path, lang: str = "id", run: int = 1) -> Path:
    """A finished report folder of two small files, with its manifest."""
    folder = root / "reports" / "contoh" / "2025" / "semua" / "internal" / lang
    (folder / "chapters").mkdir(parents=True)
    (folder / "laporan.html").write_text("isi", encoding="utf-8")
    (folder / "chapters" / "delivery.ipynb").write_text("{}", encoding="utf-8")
    manifest.write(folder, about={**ABOUT, "lang": lang}, made_from=manifest.sources(root, "contoh", CHAPTERS),
                   chapters=CHAPTERS, run=run)
    return folder


def test_a_whole_report_is_verified_and_current(tmp_path: Path) -> None:
    """Nothing differs, nothing is stale; the digest is the file's own."""
    folder = write_finished(write_project(tmp_path))
    assert manifest.verify(folder, root=tmp_path) == ()
    assert manifest.read(folder)["outputs"]["laporan.html"] == {  # printf isi | sha256sum
        "sha256": "55c123196402ef4b16c36bad51f12467397146987c479d41375831d1de9ed935", "bytes": 3,
    }


def test_same_run_same_bytes(tmp_path: Path) -> None:
    """No clock: the same report twice gives the same manifest."""
    root = write_project(tmp_path)
    folder = write_finished(root)
    first = (folder / manifest.NAME).read_bytes()
    manifest.write(folder, about=ABOUT, made_from=manifest.sources(root, "contoh", CHAPTERS), chapters=CHAPTERS, run=1)
    assert (folder / manifest.NAME).read_bytes() == first


@pytest.mark.parametrize("damage", ["change", "remove", "add"])
def test_any_difference_is_found(tmp_path: Path, damage: str) -> None:
    """One changed byte, one missing file or one file too many is K503 with the file's name."""
    folder = write_finished(write_project(tmp_path))
    victim = folder / "chapters" / "delivery.ipynb"
    if damage == "change":
        victim.write_text("[]", encoding="utf-8")
    elif damage == "remove":
        victim.unlink()
    else:
        victim = folder / "lain.html"
        victim.write_text("", encoding="utf-8")
    with pytest.raises(EnvironmentFault) as caught:
        manifest.verify(folder)
    name = victim.relative_to(folder).as_posix()
    assert caught.value.message("en") == (
        f"K503 The report contoh/2025/semua/internal/id does not match its manifest: 1 file(s) differ, are missing or are too "
        f"many; the first is {name}. Make it again with `karier report`."
    )


@pytest.mark.parametrize("damage", ["remove", "cut", "edit", "status"])
def test_a_manifest_that_is_not_whole_proves_nothing(tmp_path: Path, damage: str) -> None:
    """Absent, cut off, edited or not complete: K502."""
    folder = write_finished(write_project(tmp_path))
    path = folder / manifest.NAME
    text = path.read_text(encoding="utf-8")
    if damage == "remove":
        path.unlink()
    else:
        changed = {"cut": text[:-20], "edit": text.replace('"run": 1', '"run": 9'),
                   "status": text.replace("complete", "running")}[damage]
        assert changed != text
        path.write_text(changed, encoding="utf-8")
    with pytest.raises(EnvironmentFault) as caught:
        manifest.verify(folder)
    assert caught.value.code == "K502"


def test_what_changed_since_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data, notebooks, assumptions and versions are told apart; the report itself stays sound."""
    root = write_project(tmp_path)
    folder = write_finished(root)
    (root / "ASSUMPTIONS.md").write_text("lain", encoding="utf-8")
    assert manifest.verify(folder, root=root) == ("assumptions",)
    (root / "notebooks" / "delivery.ipynb").unlink()
    (root / "data" / "processed" / "contoh" / "unit.parquet").write_bytes(b"")
    monkeypatch.setattr(manifest, "versions", lambda: {})
    assert manifest.verify(folder, root=root) == ("data", "notebooks", "assumptions", "versions")


def test_a_changed_program_makes_a_report_stale(tmp_path: Path, program: Path) -> None:
    """One changed source file is enough; compiled files do not count."""
    root = write_project(tmp_path / "proyek")
    folder = write_finished(root)
    (program / "a.pyc").write_bytes(b"x")
    assert manifest.verify(folder, root=root) == ()
    (program / "a.py").write_text("1", encoding="utf-8")
    assert manifest.verify(folder, root=root) == ("program",)


def test_data_that_are_gone_are_stale(tmp_path: Path) -> None:
    """A report outlives its data, and says so."""
    root = write_project(tmp_path)
    folder = write_finished(root)
    (root / "data" / "processed" / "contoh").rename(root / "data" / "processed" / "lain")
    assert manifest.verify(folder, root=root) == ("data",)


def test_runs_are_counted_and_damaged_ones_passed_over(tmp_path: Path) -> None:
    """The next run is one more than the highest whole one."""
    root = write_project(tmp_path)
    place = write_finished(root, "id", run=4).parent
    broken = write_finished(root, "en", run=8)
    assert manifest.next_run(place) == 9
    (broken / manifest.NAME).write_text(json.dumps({"run": 20}), encoding="utf-8")
    assert manifest.next_run(place) == 5
    assert manifest.next_run(tmp_path / "tidak-ada") == 1


def test_raw_files_that_changed_after_they_were_prepared_are_noticed(tmp_path: Path) -> None:
    """A changed one makes the report stale; one that is gone, as it may have to be, does not."""
    root = write_project(tmp_path)
    raw = root / "data" / "raw" / "contoh"
    raw.mkdir(parents=True)
    (raw / "01.csv").write_text("a", encoding="utf-8")
    account = root / "data" / "processed" / "contoh" / "intake.json"
    files = {"01.csv": manifest.sha256(raw / "01.csv"), "02.csv": "0" * 64}
    account.write_text(json.dumps(json.loads(account.read_text()) | {"files": files}))
    folder = write_finished(root)
    assert manifest.raw_files(root, "contoh") == {"01.csv": "same", "02.csv": "gone"}
    assert manifest.verify(folder, root=root) == ()
    (raw / "01.csv").write_text("b", encoding="utf-8")
    assert manifest.verify(folder, root=root) == ("raw",)
