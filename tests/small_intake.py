"""A made-up office's raw files, small enough to count by hand, and the crosswalk that reads them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

from karier_stats.intake.feeds import FATES, Defect, FeedRows

ANI, BUDI, CITRA, DEDI = "198001012005012901", "198502022010011902", "199003032015032903", "197004041995041904"

STAFF = f"""NIP;Nama;Unit;JK;Gol
{ANI};Ani Lestari, S.E.;Kel. Satu;Perempuan;III/a
{BUDI};BUDI SANTOSO;U2;L;III/b
{CITRA};Citra Dewi;Kelurahan  Satu;P;III/a
{DEDI};Dedi;u2;l;IV/a
"""
SEATS = f"""NIP;Angkatan;Hasil;Nilai
{ANI};B1;Lulus;80,5
{BUDI};B1;Tidak hadir;
{CITRA};B2;lulus;91
"""
SCORES = f"""NIP,Pre,Post,Komentar
{ANI},60,75,Terima kasih Bu Citra
{BUDI},55,,
{DEDI},,,
"""

PETA: dict[str, Any] = {
    "evaluation": "kecil", "title": {"id": "Evaluasi kecil", "en": "Small evaluation"},
    "aliases": {"unit": {"Kel. Satu": "U1"}},
    "tables": {
        "unit": [{"rows": [
            {"unit_id": "U1", "unit_name": "Kelurahan Satu", "scope": "A"},
            {"unit_id": "U2", "unit_name": "Dinas Dua", "scope": "C"},
        ]}],
        "employee": [{
            "file": "pegawai.csv", "constants": {"year": 2025},
            "columns": {"employee_uid": "NIP", "name": "Nama", "unit_id": "Unit", "sex": "JK", "grade": "Gol"},
        }],
        "program": [{"rows": [{"program_id": "P1", "title": "Analisis data", "form": "workshop"}]}],
        "batch": [{"rows": [
            {"batch_id": "B1", "program_id": "P1", "year": 2025}, {"batch_id": "B2", "program_id": "P1", "year": 2025},
        ]}],
        "participation": [{
            "file": "peserta.csv", "numbers": "id",
            "columns": {"employee_uid": "NIP", "batch_id": "Angkatan", "outcome": "Hasil", "final_score": "Nilai"},
        }],
        "test_score": [{
            "file": "nilai.csv", "columns": {"employee_uid": "NIP"},
            "constants": {"program_id": "P1", "year": 2025, "measure": "pengetahuan", "scale_kind": "interval"},
            "long": {"value": "score", "columns": {"Pre": {"kind": "pre"}, "Post": {"kind": "post"}}},
        }],
        "comment": [{
            "file": "nilai.csv", "columns": {"comment": "Komentar"}, "exclude": {"Komentar": ""},
            "constants": {"comment_id": "K-{row}", "batch_id": "B1", "year": 2025},
        }],
    },
}


def peta() -> dict[str, Any]:
    """A copy of the crosswalk to be changed at will."""
    return copy.deepcopy(PETA)


def office(folder: Path, crosswalk: dict[str, Any] | None = None, **files: str) -> Path:
    """Write the raw files and the crosswalk; ``pegawai=...`` replaces ``pegawai.csv``."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"pegawai": STAFF, "peserta": SEATS, "nilai": SCORES, **files}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    chosen = yaml.dump(crosswalk or peta(), Dumper=dumper, allow_unicode=True, sort_keys=False)
    (folder / "peta.yml").write_text(chosen, encoding="utf-8")
    return folder


def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *evaluations: str) -> Path:
    """An empty project folder, its keys beside it and not in it; one is made for each evaluation."""
    from karier_stats.intake.pseudonyms import make_key

    for name in ("data/processed", "data/raw", "notebooks"):
        (tmp_path / "proyek" / name).mkdir(parents=True)
    monkeypatch.setenv("KARIER_KEYS", str(tmp_path / "kunci"))
    monkeypatch.setenv("KARIER_HOME", str(tmp_path / "proyek"))
    for evaluation in evaluations:
        make_key(evaluation)
    return tmp_path / "proyek"


class Row(NamedTuple):
    """One row of a feed as a person would look at it: its records, or why there are none."""

    number: int
    records: list[dict[str, Any]]
    excluded: str
    defects: list[Defect]


def rows_of(read: FeedRows) -> list[Row]:
    """Every row of a feed in the order of its file."""
    found = [Row(int(number), [], FATES[fate], read.defects.get(place, []))
             for place, (number, fate) in enumerate(zip(read.numbers, read.fate, strict=True))]
    listed = {name: column.list() for name, column in read.columns.items()}
    for place in np.flatnonzero(~read.gone):
        found[read.row[place]].records.append({name: values[place] for name, values in listed.items()})
    return found
