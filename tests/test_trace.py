"""From a finding back to its cell, tables and raw files; and whether its number comes out again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import once
import openpyxl
import pandas as pd
import pytest
import tiny_report

from karier_stats import cli
from karier_stats.errors import InputError
from karier_stats.intake.processed import EXPECTED, open_evaluation
from karier_stats.report import engine, manifest
from karier_stats.report.processes import Serial
from karier_stats.report.request import Request
from karier_stats.report.trace import differing, spans, trace

REQUEST = Request("contoh", "U2", 2025, ("id",), "internal", 0.95, 20250817, allow_changed=True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project with a finished report in Indonesian, for reading only."""
    folder = tmp_path_factory.mktemp("jejak")
    with pytest.MonkeyPatch.context() as patch:
        _as_tiny(folder, patch)
        root = tiny_report.write_project(folder / "proyek")
        patch.setenv("KARIER_HOME", str(root))
        engine.make_report(root, REQUEST, Serial())
    return root


@pytest.fixture
def report(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That report in a project of one's own."""
    _as_tiny(tmp_path, monkeypatch)
    root = tmp_path / "proyek"
    shutil.copytree(finished, root)
    monkeypatch.setenv("KARIER_HOME", str(root))
    return REQUEST.folder(root) / "id"


def _as_tiny(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Two chapters are all, the program is one that nobody edits meanwhile, and the environment may be set."""
    patch.setattr(engine, "CHAPTERS", tiny_report.CHAPTERS)
    patch.setattr(manifest, "PACKAGE", folder / "program")
    patch.setattr(os, "environ", os.environ.copy())


def verified(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """Exit code and words of ``karier verify``."""
    monkeypatch.setattr(sys, "argv", ["karier", "verify", *map(str, words)])
    code = 0
    try:
        cli.main()
    except SystemExit as left:
        code = int(left.code or 0)
    return code, capsys.readouterr().out


def test_a_finding_is_followed_to_its_cell_tables_and_files(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its sentence, the cell of the notebook, rows used of rows there, and the file and sheet with their counts."""
    monkeypatch.setenv("KARIER_LANG", "en")
    code, words = verified(monkeypatch, capsys, report, "delivery.count")
    assert code == 0
    digest = json.loads((report.parents[5] / "data/processed/contoh/intake.json").read_text())["tables"]["employee"]["sha256"]
    assert words.splitlines() == [
        "The report is whole.",
        "– (delivery.count): Sentence delivery.count.",
        "Computed in chapters/delivery.ipynb, cell 8",
        f"From the table employee: 2 of 4 rows are about this report's units and year (sha256 {digest[:12]})",
        "  01.csv, sheet –: 1,005 rows read, 1,004 processed; the file is gone",
    ]


def test_an_unknown_finding_is_refused_with_the_nearest(report: Path) -> None:
    """K517 names what was probably meant."""
    with pytest.raises(InputError) as caught:
        list(trace(report, report.parents[5], "delivery.cuont"))
    assert caught.value.message("en") == (
        f'K517 The report contoh/2025/{report.parts[-3]}/internal/id has no finding "delivery.cuont". The nearest is: '
        "delivery.count."
    )


def test_numbers_come_out_again_or_are_named(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A re-run leaves the report as it is; a number that somebody changed, seal and all, is found."""
    root = report.parents[5]
    before = {path: path.read_bytes() for path in report.rglob("*") if path.is_file()}
    assert differing(report, root) == (2, [])
    assert {path: path.read_bytes() for path in report.rglob("*") if path.is_file()} == before
    found = json.loads((report / "findings.json").read_text(encoding="utf-8"))
    found["findings"][0]["estimate"] = 0.6
    (report / "findings.json").write_text(json.dumps(found), encoding="utf-8")
    about = manifest.read(report)
    chapters, run, made_from = about.pop("chapters"), about.pop("run"), about.pop("made_from")
    manifest.write(report, about=about, made_from=made_from, chapters=chapters, run=run)
    assert manifest.verify(report, root=root) == ()
    monkeypatch.setenv("KARIER_LANG", "en")
    assert verified(monkeypatch, capsys, report, "--rerun") == (
        5, "The report is whole.\n1 of 2 findings come out again to the last digit.\nDifferent: delivery.count\n")


def test_a_changed_notebook_is_noticed(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`verify` says what the list says: whole, but out of date."""
    path = report.parents[5] / "notebooks" / "delivery.ipynb"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    monkeypatch.setenv("KARIER_LANG", "en")
    assert verified(monkeypatch, capsys, report) == (5, "The report is whole, but notebooks changed since it was made.\n")


def test_rows_lead_to_the_rows_of_their_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two sheets of one file fed a table: of a unit's rows of one year each is found again where it is said to have stood."""
    root = Path(shutil.copytree(once.prepared(), tmp_path / "proyek"))
    (root / "notebooks").mkdir()
    monkeypatch.setenv("KARIER_HOME", str(root))
    ev = open_evaluation("contoh", period=2024, unit="lingkup-a")
    rows = ev.table("test_score").join(ev.origins("test_score")[["row", "feed"]])
    whole = pd.read_parquet(ev.folder / "test_score.parquet")
    feeds = [ev.intake["feeds"][place] for place in rows["feed"].unique()]
    assert [(feed["file"], feed["sheet"]) for feed in feeds] == [("07_nilai_tes_2023_2024.xlsx", "2024")]
    book = openpyxl.load_workbook(root / "data" / "raw" / "contoh" / feeds[0]["file"], read_only=True)
    raw = [[cell.value for cell in line] for line in book[feeds[0]["sheet"]].iter_rows()]
    assert len(rows) > 100
    column = {"pre": 6, "post": 7, "retensi": 8}
    for one in rows.itertuples():
        line = raw[one.source_row - 1]  # a merged cell has its words in the first row only
        assert (line[4] or one.batch_id, float(line[column[one.kind]])) == (one.batch_id, one.score)
        assert whole["employee_uid"][one.row - 1] == one.employee_uid


def test_rows_are_told_as_spans(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the account counts its records, the rows that a report uses stand under their file; nothing is told else."""
    root = report.parents[5]
    account = root / "data" / "processed" / "contoh" / "intake.json"
    content = json.loads(account.read_text(encoding="utf-8"))
    content["feeds"][0]["records"] = 4
    account.write_text(json.dumps(content), encoding="utf-8")
    table = account.with_name("employee.parquet")
    frame = pd.read_parquet(table).assign(source_file="01.csv", source_row=[2, 3, 7, 9])
    frame.to_parquet(table)
    content["tables"]["employee"]["sha256"] = hashlib.sha256(table.read_bytes()).hexdigest()
    account.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.delenv(EXPECTED, raising=False)  # a report may have been made in this process
    lines = [line["en"] for line in trace(report, root, "delivery.count")]
    assert lines[-1] == "    its rows 7, 9 became rows 3–4 of the table"
    assert [spans([3, 1, 2, 9, 2]), spans([])] == ["1–3, 9", ""]
