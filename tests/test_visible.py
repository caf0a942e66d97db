"""Names from outside reach the terminal as text: no escape, no mark of direction, no line of their own."""

from __future__ import annotations

import re
import string

import openpyxl
import pytest
from click.testing import CliRunner
from small_intake import ANI, SEATS, office, peta, project

from karier_stats.cli import cli
from karier_stats.errors import LONGEST_FACT, KarierError, describe, visible
from karier_stats.words.catalogue import room_of

HOSTILE = "\x1b[31mawas\x1b]0;judul\x07\x9b2J\x00\r\nK000 palsu\u202egpj.exe\u2066x\u200b\ud800\x7f\u2028y"
SEEN_BY_TERMINALS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]")


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_message_lets_a_terminal_obey_what_it_names(lang):
    for code, texts in room_of("errors").items():
        fields = {name for _, name, _, _ in string.Formatter().parse(texts[lang]) if name}
        told = describe(code, lang, **dict.fromkeys(fields, HOSTILE))
        assert not SEEN_BY_TERMINALS.search(told) and "\n" not in told, code
        assert told == KarierError(code, **dict.fromkeys(fields, HOSTILE)).message(lang), code
        assert not fields or "awas" in told, code  # what is harmless stays


def test_what_is_hidden_is_written_out_and_letters_stay():
    assert visible("a\x1b[2Jb\u202ec") == "a\\x1b[2Jb\\x202ec"
    assert visible("Café – Ñ 😀 “x” 中") == "Café – Ñ 😀 “x” 中"
    assert len(describe("K142", "id", where="x" * 10**6, headers="", near="", present="", row=1)) < LONGEST_FACT + 500


def run(*arguments: str) -> str:
    """Everything that the command line says."""
    result = CliRunner().invoke(cli, arguments, catch_exceptions=True)
    error = result.exception
    assert error is None or isinstance(error, KarierError | SystemExit), error
    return result.output + (str(error) if isinstance(error, KarierError) else "")


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("where", ["heading", "absent heading", "sheet", "sheets", "file", "cell", "alias"])
def test_prepare_says_hostile_names_as_text(tmp_path, monkeypatch, where, lang):
    root = project(tmp_path, monkeypatch, "kecil")
    monkeypatch.setenv("KARIER_LANG", lang)
    folder, given = root / "data/raw/kecil", peta()
    bad, texts = "\x1b[31mX\u202eY\x9b", {}
    seats = given["tables"]["participation"][0]
    if where in ("heading", "absent heading"):
        texts["peserta"] = SEATS.replace("Angkatan", f"Ang{bad}katan") if where == "absent heading" else SEATS.replace(
            "Nilai\n", f"Nilai;{bad}\n")
    elif where in ("sheet", "sheets"):
        book = openpyxl.Workbook()
        book.active.title = "_x001B__x005B_31mX\u202eY"
        book.active.append(["NIP", "Angkatan", "Hasil", "Nilai"])
        book.active.append([ANI, "B1", "lulus", 80])
        if where == "sheets":
            book.create_sheet("dua")
        folder.mkdir(parents=True)
        book.save(folder / "peserta.xlsx")
        seats["file"] = "peserta.xlsx"
    elif where == "file":
        folder.mkdir(parents=True)
        (folder / "pe\x1b[31m\u202eserta.csv").write_text(SEATS)
        seats["file"] = "peserta2.csv"
    elif where == "cell":
        texts["peserta"] = SEATS.replace("Lulus", f"Lu{bad}lus")
    else:
        texts["pegawai"] = f"NIP;Nama;Unit;JK;Gol\n{ANI};Ani;Kel {bad};P;III/a\n"
    office(folder, given, **texts)
    said = run("prepare", "kecil")
    assert said.strip() and not SEEN_BY_TERMINALS.search(said)
    lists = "".join(path.read_text(encoding="utf-8-sig") for path in folder.rglob("*.karantina.csv"))
    assert "\x1b" not in lists and "\x9b" not in lists
    if where == "sheet":
        assert "\\x1b[31mX" in said
