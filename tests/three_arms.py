"""A made-up teacher study: three ways of teaching beside one comparison arm, drawn by lot within five sites."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

EFFECT = {"A": 12.0, "B": 6.0, "C": 0.0}
"""Planted points of each way of teaching; D is the comparison arm."""
SITES = {"S1": 0.0, "S2": 15.0, "S3": -10.0, "S4": 5.0, "S5": 20.0}


def teachers(each: int = 8, seed: int = 7) -> pd.DataFrame:
    """One row per teacher: ``nip, arm, site, pre, post``; ``each`` teachers per arm and site."""
    rng = np.random.default_rng(seed)
    rows = []
    for k, (site, level) in enumerate(SITES.items()):
        for arm in "ABCD":
            for _ in range(each):
                pre = float(np.round(np.clip(rng.normal(50, 10), 20, 70), 1))
                post = float(np.round(np.clip(0.5 * pre + 20 + level + EFFECT.get(arm, 0) + rng.normal(0, 4), 0, 100), 1))
                rows.append((f"19800101200501{len(rows) + 1001:04d}", arm, site, pre, post, k))
    return pd.DataFrame(rows, columns=["nip", "arm", "site", "pre", "post", "k"]).drop(columns="k")


def write_office(folder: Path, people: pd.DataFrame) -> Path:
    """The raw files and the crosswalk that a person who knows the data would write."""
    folder.mkdir(parents=True)
    staff = "NIP;Nama;Unit;JK\n" + "".join(f"{nip};Guru {k};Sekolah;L\n" for k, nip in enumerate(people["nip"]))
    tests = "NIP,Kelompok,Lokasi,Pre,Post\n" + "".join(
        f"{row.nip},{row.arm},{row.site},{row.pre},{row.post}\n" for row in people.itertuples()
    )
    seats = "NIP,Angkatan,Hasil\n" + "".join(
        f"{row.nip},B{row.arm},Lulus\n" for row in people.itertuples() if row.arm != "D"
    )
    for name, text in (("pegawai", staff), ("nilai", tests), ("peserta", seats)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    crosswalk = {
        "evaluation": "kecil", "title": {"id": "Tiga cara", "en": "Three ways"},
        "tables": {
            "unit": [{"rows": [{"unit_id": "Sekolah", "unit_name": "Sekolah", "scope": "A"}]}],
            "employee": [{
                "file": "pegawai.csv", "constants": {"year": 2025},
                "columns": {"employee_uid": "NIP", "name": "Nama", "unit_id": "Unit", "sex": "JK"},
            }],
            "program": [{"rows": [
                {"program_id": arm, "title": f"Cara {arm}", "form": "workshop", "selection": "random"} for arm in "ABCD"
            ]}],
            "batch": [{"rows": [{"batch_id": f"B{arm}", "program_id": arm, "year": 2025} for arm in "ABC"]}],
            "participation": [{
                "file": "peserta.csv", "columns": {"employee_uid": "NIP", "batch_id": "Angkatan", "outcome": "Hasil"},
            }],
            "test_score": [
                {
                    "file": "nilai.csv", "numbers": "en", "exclude": {"Kelompok": others},
                    "columns": {"employee_uid": "NIP", "program_id": "Kelompok", "site": "Lokasi"},
                    "constants": {"year": 2025, "measure": "isi", "scale_kind": "interval", "arm": side},
                    "long": {"value": "score", "columns": {"Pre": {"kind": "pre"}, "Post": {"kind": "post"}}},
                }
                for side, others in (("peserta", ["D"]), ("pembanding", ["A", "B", "C"]))
            ],
        },
    }
    (folder / "peta.yml").write_text(yaml.safe_dump(crosswalk, sort_keys=False), encoding="utf-8")
    return folder


def evaluation_tables(people: pd.DataFrame, form: dict[str, str] | None = None) -> dict[str, pd.DataFrame]:
    """The same as processed tables, without files."""
    forms = form or dict.fromkeys("ABCD", "workshop")
    tests = pd.DataFrame([
        {
            "employee_uid": row.nip, "program_id": row.arm, "year": 2025, "measure": "isi", "scale_kind": "interval",
            "arm": "pembanding" if row.arm == "D" else "peserta", "site": row.site, "kind": kind, "score": score,
        }
        for row in people.itertuples() for kind, score in (("pre", row.pre), ("post", row.post))
    ])
    return {
        "unit": pd.DataFrame({"unit_id": ["U"], "unit_name": ["Sekolah"]}),
        "employee": pd.DataFrame({"employee_uid": people["nip"], "year": 2025, "unit_id": "U"}),
        "program": pd.DataFrame({
            "program_id": list("ABCD"), "title": [f"Cara {arm}" for arm in "ABCD"], "form": [forms[arm] for arm in "ABCD"],
            "selection": "random",
        }),
        "batch": pd.DataFrame({"batch_id": [f"B{arm}" for arm in "ABC"], "program_id": list("ABC"), "year": 2025}),
        "participation": pd.DataFrame([
            {"employee_uid": row.nip, "batch_id": f"B{row.arm}", "outcome": "lulus", "attended_jp": 10.0}
            for row in people.itertuples() if row.arm != "D"
        ]),
        "test_score": tests,
    }
