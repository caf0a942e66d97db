"""A project of two chapters and four people, for the tests of the report's machinery."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from karier_stats.intake.processed import conform

CHAPTERS = ("delivery", "synthesis")
MIME = "application/vnd.karier.record+json"
NIP = "198609262015051001"  # a made-up number of the right form

PARAMETERS = """evaluation: str = "contoh"  # evaluasi / evaluation
unit: str = "semua"  # unit
period: int = 2025  # tahun / year
lang: str = "id"  # bahasa / language
audience: str = "internal"  # peruntukan / audience
level: float = 0.95  # tingkat kepercayaan / confidence level
seed: int = 20250817  # benih / seed"""

OPEN = """import karier_stats as ks
ev = ks.open_evaluation(evaluation, unit=unit, period=period, lang=lang, audience=audience, level=level, seed=seed)
ev"""


def png(text: bytes = b"") -> str:
    """A grey picture of 2 x 3 pixels as base64, with a tEXt chunk where ``text`` is given."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 3, 8, 0, 0, 0, 0))]
    if text:
        parts.append(chunk(b"tEXt", b"Software\0" + text))
    parts += [chunk(b"IDAT", zlib.compress(b"\0\x80\x80" * 3)), chunk(b"IEND", b"")]
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode("ascii")


def finding(name: str, **more: Any) -> dict[str, Any]:
    """A finding as findings.json holds it."""
    chapter = name.split(".", maxsplit=1)[0]
    return {
        "id": name, "chapter": chapter, "question": {"id": "Berapa?", "en": "How many?"}, "estimate": 0.5,
        "unit_of_measure": "share", "ci_low": 0.15, "ci_high": 0.85, "n": 4, "design": "descriptive",
        "evidence": "lemah", "source_tables": ["employee"], "suppressed": False, "headline": True,
        "sentence": {"id": f"Kalimat {name}.", "en": f"Sentence {name}."}, "p_value": None, "ci_level": 0.95,
        "n_units": None, "recommendation": {
            "action": {"id": "Lakukan sesuatu", "en": "Do something"}, "owner": {"id": "Camat", "en": "District head"},
            "due": {"id": "Juni 2026", "en": "June 2026"}, "indicator": {"id": "Naik", "en": "Up"},
        }, **more,
    }


def words(*findings: dict[str, Any]) -> dict[str, Any]:
    """The record of findings in words."""
    return {"kind": "words", "findings": list(findings), "notes": []}


def prose(id: str, en: str) -> list[Any]:
    """One paragraph in both languages, as tagged cells."""
    return [
        new_markdown_cell(id, metadata={"tags": ["lang-id"]}), new_markdown_cell(en, metadata={"tags": ["lang-en"]})
    ]


def notebook(*cells: Any) -> nbformat.NotebookNode:
    """A notebook with the kernelspec of the chapters and repeatable cell ids."""
    made = new_notebook(cells=list(cells), metadata={"kernelspec": {
        "name": "python3", "display_name": "Python 3", "language": "python"}})
    for place, cell in enumerate(made.cells):
        cell["id"] = f"cell-{place}"
    return made


def delivery(code: str = "") -> nbformat.NotebookNode:
    """The first chapter: opens the evaluation and shows a picture, a table, a formula and a finding."""
    show = f"""from IPython.display import display
display({{"image/png": {png(b"Matplotlib")!r}, "text/plain": "batang"}},
        metadata={{"image/png": {{"alt": "Dua batang: 3 dan 4."}}}}, raw=True)
display({{"text/html": "<table><thead><tr><th></th><th>n</th></tr></thead><tbody><tr><th>A</th><td>4</td></tr>"
         "</tbody></table>", {MIME!r}: {words(finding("delivery.count"))!r}}}, raw=True)"""
    return notebook(
        *prose("# Apa yang diselenggarakan?", "# What was delivered?"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(OPEN),
        *prose("## Berapa angkatan?\n\nRumusnya $\\bar x$.", "## How many batches?\n\nThe formula is $\\bar x$."),
        new_code_cell(code or show),
    )


def synthesis() -> nbformat.NotebookNode:
    """The last chapter: repeats how many findings the others left for it."""
    show = f"""import json, os
found = json.load(open(os.environ["KARIER_FINDINGS"]))["findings"]
text = {{"id": f"Ada {{len(found)}} temuan.", "en": f"There are {{len(found)}} findings."}}
finding = {finding("synthesis.verdict", recommendation=None)!r} | {{"sentence": text}}
display({{"text/html": f"<p>{{text[lang]}}</p>", {MIME!r}: {{"kind": "words", "findings": [finding]}}}}, raw=True)"""
    return notebook(
        *prose("# Apa kesimpulannya?", "# What is the verdict?"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        *prose("## Seberapa kuat buktinya?", "## How strong is the evidence?"),
        new_code_cell(show),
    )


def write_project(root: Path) -> Path:
    """A project folder with processed tables of four people in two units, and two chapters."""
    (root / "notebooks").mkdir(parents=True)
    nbformat.write(delivery(), root / "notebooks" / "delivery.ipynb")
    nbformat.write(synthesis(), root / "notebooks" / "synthesis.ipynb")
    (root / "ASSUMPTIONS.md").write_text(
        "<!-- lang: id -->\n# Asumsi\n\n## Data\n\nSatu asumsi.\n\n"
        "<!-- lang: en -->\n# Assumptions\n\n## Data\n\nOne assumption.\n",
        encoding="utf-8",
    )
    tables = {
        "unit": pd.DataFrame({"unit_id": ["14.71", "U2"], "unit_name": ["Kantor Camat", "Kulim"], "scope": ["A", "C"]}),
        "employee": pd.DataFrame({"employee_uid": list("abcd"), "year": 2025, "unit_id": ["14.71", "14.71", "U2", "U2"]}),
    }
    folder = root / "data" / "processed" / "contoh"
    folder.mkdir(parents=True)
    about = {}
    for name, frame in tables.items():
        conform(frame, name).to_parquet(folder / f"{name}.parquet", write_page_checksum=True)
        digest = hashlib.sha256((folder / f"{name}.parquet").read_bytes()).hexdigest()
        about[name] = {"rows": len(frame), "sha256": digest}
    intake = {
        "evaluation": "contoh", "title": {"id": "Program contoh", "en": "Sample programme"}, "synthetic": True,
        "feeds": [{"file": "01.csv", "sheet": None, "table": "employee", "rows_read": 1005, "processed": 1004,
                   "quarantined": 1, "excluded": 0}],
        "tables": about,
    }
    (folder / "intake.json").write_text(json.dumps(intake), encoding="utf-8")
    return root


def executed(*outputs: dict[str, Any], lang: str = "id") -> nbformat.NotebookNode:
    """A chapter as if executed, with the given output bundles in one cell; no kernel is needed."""
    cell = new_code_cell("tampilkan()", execution_count=1)
    cell.outputs = [new_output("display_data", data=one["data"], metadata=one.get("metadata", {})) for one in outputs]
    return notebook(
        *prose("# Apa yang diselenggarakan?", "# What was delivered?"),
        new_code_cell(PARAMETERS.replace('"id"', f'"{lang}"'), metadata={"tags": ["parameters"]}),
        *prose("## Berapa angkatan?\n\nRumusnya $\\bar x$.", "## How many batches?\n\nThe formula is $\\bar x$."),
        cell,
    )


def undrawn(*asked: Any, **how: Any) -> str:
    """In place of :func:`karier_stats.report.record.vectors`, however it is asked: a frame without a picture."""
    return '<svg viewBox="0 0 720 300"></svg>'
