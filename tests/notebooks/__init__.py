"""Executed copies of every chapter for a small fixed district, which nbval runs again and compares.

``python -m tests.notebooks`` writes them anew, or those of the chapters named behind it; the difference in the commit shows what a reader will see. Pictures and
records are left out: pictures have tests of their own, and a record holds numbers to the last digit, in which
processors differ.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
import yaml

from karier_stats.intake.processed import conform
from karier_stats.report.engine import CHAPTERS
from karier_stats.report.kernels import FINDINGS_VARIABLE
from karier_stats.report.request import PUBLISHED, analysis
from karier_stats.report.sanitise import clean_notebook, findings_of
from karier_stats.words.record import RECORD_MIME

HERE = Path(__file__).parent
CHAPTER_FOLDER = HERE.parents[1] / "notebooks"
FINDINGS = HERE / "findings.json"
EVALUATION = "dua_unit"
LEFT_OUT = ("image/png", RECORD_MIME)
PARAMETERS = {
    "evaluation": EVALUATION, "unit": "semua", "period": 2025, "lang": "id", "audience": "internal", "level": 0.95,
    "seed": 20250817,
}


def write_project(root: Path) -> dict[str, str]:
    """A project with the processed tables of two units of the sample; the environment in which its notebooks run."""
    from tests.degenerate import district

    folder = root / "data" / "processed" / EVALUATION
    folder.mkdir(parents=True)
    (root / "notebooks").mkdir()
    about = {}
    for name, frame in district().items():
        path = folder / f"{name}.parquet"
        conform(frame, name).to_parquet(path, write_page_checksum=True)
        about[name] = {"rows": len(frame), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    intake = {
        "evaluation": EVALUATION, "title": {"id": "Dua unit kerja", "en": "Two work units"}, "synthetic": True,
        "feeds": [], "tables": about,
    }
    (folder / "intake.json").write_text(json.dumps(intake), encoding="utf-8")
    return {**os.environ, "KARIER_HOME": str(root), "KARIER_LANG": "id", FINDINGS_VARIABLE: str(FINDINGS)}


def write_copies(root: Path, chosen: Collection[str] = CHAPTERS) -> None:
    """Write the list of the package's notebooks; of the chosen chapters, run anew, the copies and what the last one reads."""
    import papermill

    published = {chapter: analysis(CHAPTER_FOLDER / f"{chapter}.ipynb") for chapter in CHAPTERS}
    PUBLISHED.write_text(yaml.safe_dump(published, sort_keys=False, width=100), encoding="utf-8")
    os.environ.update(write_project(root))
    known = json.loads(FINDINGS.read_text(encoding="utf-8"))["findings"]
    findings: list[dict[str, Any]] = []
    for chapter in CHAPTERS:
        FINDINGS.write_text(json.dumps({"findings": findings}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        if chapter not in chosen:
            findings += [one for one in known if one["chapter"] == chapter]
            continue
        notebook = nbformat.read(CHAPTER_FOLDER / f"{chapter}.ipynb", as_version=4)
        ran = papermill.execute_notebook(notebook, None, parameters=PARAMETERS, progress_bar=False, cwd=root)
        findings += findings_of(ran)
        nbformat.write(_copy(ran), HERE / f"{chapter}.ipynb")


def _copy(ran: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An executed notebook without traces of the run, pictures and records; its outputs are otherwise untouched."""
    copy = clean_notebook(ran)
    for cell, before in zip(copy.cells, ran.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs = [
                nbformat.from_dict({**output, "data": {k: v for k, v in output.data.items() if k not in LEFT_OUT}, "metadata": {}})
                if "data" in output else output for output in before.outputs
            ]
    return copy
