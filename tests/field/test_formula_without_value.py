"""Scores that are formulas which nothing has computed."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from field.office import CASES, prepared
from karier_stats.errors import InputError


def test_formulas_without_a_value_are_refused_with_column_and_count(tmp_path, monkeypatch):
    """Four blank scores and no word of it before."""
    with pytest.raises(InputError) as caught:
        prepared("formula-without-value", tmp_path, monkeypatch)
    error = caught.value
    assert (error.code, error.values["column"], error.values["n"], error.values["row"]) == ("K112", "Nilai", 4, 2)
    assert "Excel" in error.message("id") and "LibreOffice" in error.message("en")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_remedy_of_the_message_mends_it(tmp_path, monkeypatch):
    """Opened and saved by LibreOffice, the same file gives the four scores that it shows."""
    folder = shutil.copytree(CASES / "formula-without-value", tmp_path / "berkas")
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profil", "--headless", "--convert-to", "xlsx", "--outdir",
         str(tmp_path), str(folder / "peserta.xlsx")], check=True, capture_output=True, timeout=180)
    shutil.move(tmp_path / "peserta.xlsx", folder / "peserta.xlsx")
    _, tables = prepared(folder, tmp_path, monkeypatch)
    assert tables["participation"]["final_score"].tolist() == [75.0, 76.0, 77.0, 78.0]
