"""Cells exported as a text in a formula, which keeps every digit in a spreadsheet, under a ``sep=;`` line."""

from __future__ import annotations

import pytest

from field.office import CASES, prepared


def test_the_number_inside_is_taken(tmp_path, monkeypatch):
    intake, tables = prepared("excel-text-nip", tmp_path, monkeypatch)
    assert intake.exit_code == 0
    assert [(warning["code"], warning["n"]) for warning in intake.content["warnings"]] == [("K122", 4)]
    assert len(tables["employee"]) == len(tables["participation"]) == 4
    assert set(tables["participation"]["employee_uid"]) == set(tables["employee"]["employee_uid"])


@pytest.mark.parametrize("header", [1, 2])
def test_a_declared_header_row_may_be_counted_as_the_spreadsheet_shows_it(tmp_path, monkeypatch, header):
    raw = tmp_path / "kantor"
    raw.mkdir()
    for path in (CASES / "excel-text-nip").iterdir():
        (raw / path.name).write_bytes(path.read_bytes())
    peta = (raw / "peta.yml").read_text()
    (raw / "peta.yml").write_text(peta.replace("  - file: pegawai.csv\n", f"  - file: pegawai.csv\n    header: {header}\n"))
    intake, tables = prepared(raw, tmp_path, monkeypatch)
    assert intake.exit_code == 0 and len(tables["employee"]) == 4


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_kind_of_column_and_the_headings_may_be_written_so(tmp_path, monkeypatch, quoted, separator):
    raw = tmp_path / "kantor"
    raw.mkdir()
    for path in (CASES / "excel-text-nip").iterdir():
        (raw / path.name).write_bytes(path.read_bytes())

    def cell(text: str) -> str:
        wrapped = f'="{text}"'
        return '"' + wrapped.replace('"', '""') + '"' if quoted else wrapped

    lines = (raw / "pegawai.csv").read_text().splitlines()[1:]
    plain = [[part.strip('="') for part in line.split(";")] for line in lines]
    births = ["Lahir", "14/05/85", "1990-12-30", "", "21/07/1982"]
    told = [separator.join(map(cell, [*row, birth])) for row, birth in zip(plain, births, strict=True)]
    (raw / "pegawai.csv").write_text("\n".join([f"sep={separator}", *told]) + "\n")
    scores = (raw / "peserta.csv").read_text().splitlines()
    (raw / "peserta.csv").write_text("\n".join(";".join(map(cell, line.split(";"))) for line in scores) + "\n")
    peta = (raw / "peta.yml").read_text().replace(
        "      grade: Gol\n", "      grade: Gol\n      birth_date: Lahir\n    dates: dd/mm/yyyy\n"
        "    values: {birth_date: {'1990-12-30': 1990-12-30}}\n")
    (raw / "peta.yml").write_text(peta)
    intake, tables = prepared(raw, tmp_path, monkeypatch)
    assert intake.exit_code == 0
    assert tables["employee"]["sex"].tolist() == ["L", "P", "L", "P"]
    assert tables["employee"]["grade"].tolist() == ["III/b", "III/a", "IV/a", "III/c"]
    assert tables["employee"]["age_band"].tolist() == ["40-49", "30-39", "40-49", "40-49"]
    assert tables["participation"]["final_score"].tolist() == [81.5, 70, 92, 88]
