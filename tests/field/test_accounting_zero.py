"""Rupiah in accounting format as CSV, where zero is a dash."""

from __future__ import annotations

import pytest

from field.office import CASES, prepared


def budget(lines: str, tmp_path, monkeypatch, peta=lambda text: text):
    """The case with other budget lines: what was noticed, and the table."""
    raw = tmp_path / "kantor"
    raw.mkdir()
    for path in (CASES / "accounting-zero").iterdir():
        (raw / path.name).write_bytes(path.read_bytes())
    (raw / "anggaran.csv").write_text(f"Kode;Pagu;Realisasi\n{lines}")
    (raw / "peta.yml").write_text(peta((raw / "peta.yml").read_text()))
    intake, tables = prepared(raw, tmp_path, monkeypatch)
    noticed = {warning["code"]: warning["n"] for warning in intake.content["warnings"]}
    spent = tables["budget"]["spent_rp"]
    return noticed, tables["budget"]["ceiling_rp"].tolist(), [None if lost else int(x)
    for x, lost in zip(spent, spent.isna(), strict=True)]


def test_a_dash_in_a_column_of_accounting_format_is_zero(tmp_path, monkeypatch):
    intake, tables = prepared("accounting-zero", tmp_path, monkeypatch)
    assert intake.exit_code == 0
    assert tables["budget"]["ceiling_rp"].tolist() == [5_000_000, 2_000_000, 1_000_000]
    assert tables["budget"]["spent_rp"].tolist() == [0, 0, 0]
    assert [(warning["code"], warning["n"]) for warning in intake.content["warnings"]] == [("K175", 1)]


@pytest.mark.parametrize(("lines", "spent"), [
    ("A; 5.000.000 ; 1.000.000 \nB; 2.000.000 ; -   \n", [1_000_000, 0]),
    ("A;Rp5.000.000;Rp1.000.000\nB;Rp2.000.000;-\nC;Rp2.000.000;\n", [1_000_000, 0, None]),
    ("A;5.000.000;1.000.000\nB;2.000.000;-\n", [1_000_000, None]),
    ("A;5.000.000;1.000.000\nB;2.000.000;Rp. -\nC;2.000.000;-\n", [1_000_000, 0, 0]),
])
def test_the_column_tells_what_a_dash_is(tmp_path, monkeypatch, lines, spent):
    assert budget(lines, tmp_path, monkeypatch)[2] == spent


@pytest.mark.parametrize(("declared", "spent"), [
    ('missing: {spent_rp: ["-"]}', [1_000_000, None]), ('missing: {Realisasi: "-"}', [1_000_000, None]),
    ('values: {spent_rp: {"-": null}}', [1_000_000, None]), ('values: {spent_rp: {"-": 0}}', [1_000_000, 0]),
])
def test_the_choice_can_be_declared(tmp_path, monkeypatch, declared, spent):
    noticed, _, found = budget(
        "A;Rp5.000.000;Rp1.000.000\nB;Rp2.000.000;-\n", tmp_path, monkeypatch,
        lambda text: text.replace("  - file: anggaran.csv\n", f"  - file: anggaran.csv\n    {declared}\n"))
    assert found == spent and noticed.get("K174", 0) == (spent[1] is None) and "K175" not in noticed
