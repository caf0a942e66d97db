"""A large participation list from CSV to checked, pseudonymised Parquet, beside pyarrow merely copying it."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from functools import cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml
from pyarrow import csv, parquet

from karier_stats.intake.prepare import prepare
from karier_stats.intake.pseudonyms import make_key

from .cases import Case

PEOPLE, BATCHES, UNITS, COURSES = 20_000, 4_000, 26, 40
BATCH = 250_000
"""Rows made at a time."""
COLUMNS = {
    "employee_uid": "NIP", "name": "Nama", "unit_id": "Unit", "batch_id": "Angkatan", "nomination": "Pencalonan",
    "outcome": "Hasil", "attended_jp": "JP hadir", "credited_jp": "JP diakui", "final_score": "Nilai",
    "certificate_date": "Tanggal",
}


def numbers(n: int = PEOPLE) -> list[str]:
    """Service numbers of people who do not exist: their serials begin at 900."""
    return [f"{1970 + i % 30}{1 + i // 30 % 12:02d}{1 + i // 360 % 28:02d}{1995 + i % 30}"
            f"{1 + i % 12:02d}{1 + i % 2}{900 + i // 10_080:03d}" for i in range(n)]


@cache
def office(rows: int) -> Path:
    """A project whose office hands in so many participation rows in fifteen columns."""
    root = Path(tempfile.mkdtemp(prefix="karier-bench-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    keys = _keys(root)
    atexit.register(shutil.rmtree, keys, ignore_errors=True)
    raw = root / "data" / "raw" / "besar"
    for folder in (root / "data" / "processed", root / "notebooks", raw):
        folder.mkdir(parents=True)
    make_key("besar")
    people = numbers()
    lines = [f"{nip},Orang{i} Nama{i % 977},U{i % UNITS},2025\n" for i, nip in enumerate(people)]
    (raw / "pegawai.csv").write_text("".join(["NIP,Nama,Unit,Tahun\n", *lines]))
    batches = [f"B{i},P{i % COURSES},2025,40,2025-0{1 + i % 9}-11\n" for i in range(BATCHES)]
    (raw / "angkatan.csv").write_text("".join(["Kode,Program,Tahun,JP,Selesai\n", *batches]))
    (raw / "peta.yml").write_text(yaml.safe_dump(crosswalk(), sort_keys=False))
    _write_rows(raw / "peserta.csv", rows, people)
    return root


def _keys(root: Path) -> Path:
    """The folder of the office's key from now on."""
    os.environ["KARIER_KEYS"] = str(root.parent / f"{root.name}-kunci")
    return Path(os.environ["KARIER_KEYS"])


def crosswalk() -> dict[str, object]:
    """How the office's files are read."""
    rows = {"unit": [{"unit_id": f"U{i}", "unit_name": f"Unit {i}", "scope": "A"} for i in range(UNITS)],
            "program": [{"program_id": f"P{i}", "title": f"Pelatihan {i}"} for i in range(COURSES)]}
    staff = {"employee_uid": "NIP", "name": "Nama", "unit_id": "Unit", "year": "Tahun"}
    batch = {"batch_id": "Kode", "program_id": "Program", "year": "Tahun", "jp": "JP", "end_date": "Selesai"}
    return {
        "evaluation": "besar", "title": {"id": "Besar", "en": "Large"}, "synthetic": True,
        "tables": {
            **{table: [{"rows": listed}] for table, listed in rows.items()},
            "employee": [{"file": "pegawai.csv", "columns": staff}],
            "batch": [{"file": "angkatan.csv", "columns": batch}],
            "participation": [{"file": "peserta.csv", "columns": COLUMNS, "dates": "yyyy-mm-dd", "numbers": "en"}],
        },
    }


def _write_rows(path: Path, rows: int, people: list[str]) -> None:
    """The participation list; no person stands twice in a batch."""
    rng = np.random.default_rng(0)
    names = pa.array([f"Orang{i} Nama{i % 977}" for i in range(len(people))])
    words = {"Pencalonan": ["atasan", "mandiri", ""], "Hasil": ["lulus", "lulus", "tidak_lulus", "tidak_hadir"],
             "Jabatan": ["Analis", "Arsiparis"], "Cara": ["tatap muka", "daring"], "Sumber": ["LMS", "formulir"]}
    writer = None
    with path.open("wb") as file:
        for begin in range(0, rows, BATCH):
            row = np.arange(begin, min(begin + BATCH, rows))
            person = row % len(people)
            batch = (row // len(people) + 7 * person) % BATCHES
            jp = rng.integers(4, 40, len(row))
            days = np.datetime64("2025-01-06") + rng.integers(0, 300, len(row))
            chosen = {name: pa.array(values).take(pa.array(rng.integers(0, len(values), len(row))))
                      for name, values in words.items()}
            table = pa.table({
                "No": row + 1, "NIP": pa.array(people).take(pa.array(person)), "Nama": names.take(pa.array(person)),
                "Unit": pa.array([f"U{i}" for i in range(UNITS)]).take(pa.array(person % UNITS)),
                "Angkatan": pa.array([f"B{i}" for i in range(BATCHES)]).take(pa.array(batch)),
                "Program": batch % COURSES, "JP hadir": jp, "JP diakui": jp, "Nilai": rng.integers(500, 1000, len(row)) / 10,
                "Tanggal": pa.array(days).cast(pa.date32()), **chosen,
            })
            if writer is None:
                writer = csv.CSVWriter(file, table.schema, write_options=csv.WriteOptions(quoting_style="none"))
            writer.write_table(table)
        if writer is not None:
            writer.close()


def ours(rows: int) -> Path:
    """The whole of ``karier prepare``; gives the table's file."""
    root = office(rows)
    _keys(root)
    return prepare("besar", root=root).folder / "participation.parquet"


def peer(rows: int) -> Path:
    """pyarrow reads the same CSV in blocks, guesses types, checks nothing and writes Parquet."""
    root = office(rows)
    target = root / "salinan.parquet"
    reader = csv.open_csv(root / "data" / "raw" / "besar" / "peserta.csv")
    with parquet.ParquetWriter(target, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
    return target


def cases(full: bool) -> list[Case]:
    """Five million rows; with ``full`` also twenty million, for the memory. The first of two runs makes the file."""
    sizes = (5_000_000, *((20_000_000,) if full else ()))
    return [
        Case(f"{size // 1_000_000} million rows from CSV to checked, pseudonymised Parquet", partial(ours, size),
             partial(peer, size), "pyarrow, copying only", faster=0.25, seconds=60 if size <= 5_000_000 else 0,
             megabytes=2_000, repeats=2)
        for size in sizes
    ]
