"""Birth dates as dd/mm/yy, Excel's own short form in CSV."""

from __future__ import annotations

import datetime

import pytest

from field.office import CASES, prepared


def test_a_birth_year_of_two_digits_is_never_in_the_future(tmp_path, monkeypatch):
    intake, tables = prepared("two-digit-birth-year", tmp_path, monkeypatch)
    assert intake.exit_code == 0 and not intake.content["warnings"]  # K125 would tell that a date is not the number's
    assert tables["employee"]["age_band"].tolist() == ["40-49", "30-39", "40-49", "40-49"]
    assert len(tables["participation"]) == 4


@pytest.mark.parametrize(("written", "style"), [
    ("%d/%m/%y", "dd/mm/yyyy"), ("%d-%m-%y", "dd-mm-yyyy"), ("%m/%d/%y", "mm/dd/yyyy"), ("%d-%b-%y", "dd-mmm-yy"),
])
@pytest.mark.parametrize("person", ["nip", "other"])
def test_whatever_the_form_the_age_is_that_of_the_date(tmp_path, monkeypatch, written, style, person):
    raw = tmp_path / "kantor"
    raw.mkdir()
    for path in (CASES / "two-digit-birth-year").iterdir():
        (raw / path.name).write_bytes(path.read_bytes())
    lines = (raw / "pegawai.csv").read_text().splitlines()
    births = [datetime.date.fromisoformat(f"{line[:4]}-{line[4:6]}-{line[6:8]}") for line in lines[1:]]
    told = [f"{line.rpartition(';')[0]};{birth.strftime(written)}" for line, birth in zip(lines[1:], births, strict=True)]
    (raw / "pegawai.csv").write_text("\n".join([lines[0], *told]) + "\n")
    peta = (raw / "peta.yml").read_text()
    (raw / "peta.yml").write_text(f"person: {person}\n" + peta.replace("dates: dd/mm/yyyy", f"dates: {style}"))
    intake, tables = prepared(raw, tmp_path, monkeypatch)
    assert intake.exit_code == 0 and "K125" not in {warning["code"] for warning in intake.content["warnings"]}
    assert tables["employee"]["age_band"].tolist() == ["40-49", "30-39", "40-49", "40-49"]
