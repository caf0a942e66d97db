"""An account or a machine named by an ordinary word: the report leaves; where the name tells, it is still held back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import tiny_report

from karier_stats.report import gate

WORDS = (
    "pegawai", "pelatihan", "diklat", "kepegawaian", "umum", "BKPSDM", "Tenayan", "nobody", "budi", "sekretariat", "data",
    "camat", "python", "semua", "laporan", "span",
)
SENTENCES = (
    "Pegawai pegawai pelatihan/diklat bagian kepegawaian/umum BKPSDM Kecamatan Tenayan Raya; nobody, budi, sekretariat",
    "dan/umum; /umum; laki /perempuan; umum/pelatihan; data/processed; (camat) python semua: laporan",
    "Kepegawaian: kepegawaian, umum.kepegawaian, ~umum, @dataclass, 3 @ umum, span-data",
)
TELLING = (
    "/home/{name}/data.csv", "/srv/{name}", "C:\\Users\\{name}\\Desktop", "D:\\{name}", "home/{name}/x", "~{name}/x",
    "{name}@pc-07", "{name}@kantor.desa.go.id", "(oleh {name}@pc-07)", "\\\\{name}\\bagi", "siti@{name}", "siti@{name}.local",
)


@pytest.fixture(params=WORDS)
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the account, and of the machine too."""
    monkeypatch.setattr("getpass.getuser", lambda: request.param)
    monkeypatch.setattr("platform.node", lambda: request.param)
    return str(request.param)


def notebook(text: str) -> nbformat.NotebookNode:
    """An executed chapter that shows a text."""
    return tiny_report.executed({"data": {"text/html": f"<p><b>{text}</b></p>", "text/plain": text},
                                 "metadata": {"image/png": {"alt": text}}})


@pytest.mark.parametrize("text", SENTENCES)
def test_a_word_of_the_report_is_no_secret(tmp_path: Path, name: str, text: str) -> None:
    """As it came: K406 in every chapter. As it should: nothing is held back."""
    nbformat.write(notebook(text), tmp_path / "a.ipynb")
    (tmp_path / "findings.json").write_text(json.dumps({"sentence": text, text: 1}), encoding="utf-8")
    assert gate.inspect(tmp_path) == []


@pytest.mark.parametrize("telling", TELLING)
def test_where_it_tells_it_is_held_back(name: str, telling: str) -> None:
    """In a path, as a share, in an address of account and machine: in any spelling of its letters."""
    for text in (telling.format(name=name), f"lihat {telling.format(name=name.upper())}, ya"):
        codes = {leak.code for leak in gate.text_leaks(text, "a", "1", gate.own_traces())}
        assert "K406" in codes, text


def test_in_metadata_it_is_held_back_by_itself(name: str) -> None:
    """Nobody writes metadata by hand: what stands there comes from the machine."""
    made = notebook("baik")
    made.metadata["authors"] = [{"name": name}]
    made.cells[0].metadata["editor"] = name
    held = [leak for leak in gate.notebook_leaks(made, "a.ipynb", gate.own_traces()) if leak.code == "K406"]
    assert len(held) >= (2 if name != "python" else 0)
    assert not gate.notebook_leaks(notebook("baik"), "a.ipynb", gate.own_traces())


def test_in_a_picture_it_is_held_back(tmp_path: Path, name: str) -> None:
    """A PNG with a chunk that can carry text does not leave, whatever the text."""
    made = tiny_report.executed({"data": {"image/png": tiny_report.png(name.encode())}})
    assert {leak.code for leak in gate.notebook_leaks(made, "a.ipynb", gate.own_traces())} == {"K408"}


def test_an_address_of_the_office_is_no_trace(name: str) -> None:
    """The office's own contact may begin with the word that the account is called."""
    address = f"{name}@pekanbaru.go.id"
    hidden = replace(gate.own_traces(), known=json.dumps({"contact": f"surel {address}"}))
    assert gate.text_leaks(f"Kontak: {address}.", "a", "1", hidden) == []
    assert [leak.code for leak in gate.text_leaks(f"{name}@pc-07", "a", "1", hidden)] == ["K406"]
