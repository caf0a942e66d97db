"""Columns that a sheet does not hold as such, column letters, three header rows, several words that end or part the data."""

from __future__ import annotations

import datetime

import pytest
from small_intake import rows_of

from karier_stats.errors import InputError
from karier_stats.intake.columns import name_of, number_of, year_of
from karier_stats.intake.crosswalk import Feed, _feed
from karier_stats.intake.feeds import read_feed
from karier_stats.intake.files.readers import headings, read_csv

NIP = "198001012005012001"


def feed(text: str, table: str, tmp_path, **keys) -> list[dict]:
    """The records that a feed gives of a text."""
    (tmp_path / "rekap_2024.csv").write_text(text, encoding="utf-8")
    read = _feed("tables.x[1]", table, {"file": "rekap_2024.csv", **keys}, tmp_path, {})
    return [record for row in rows_of(read_feed(read, read_csv(text.encode(), "rekap_2024.csv"), "nip")) for record in row.records]


def test_an_id_is_joined_of_two_columns_and_a_year_taken_of_the_files_name(tmp_path):
    got = feed("Diklat;Gel\nPMS;I\nPMS;\n", "batch", tmp_path, columns={
        "batch_id": "Kelas", "program_id": "Diklat", "year": "Tahun"},
        make={"Kelas": {"join": ["Diklat", "Gel"]}, "Tahun": {"from": "file", "take": "year"}})
    assert [(one["batch_id"], one["year"]) for one in got] == [("PMS / I", 2024), (None, 2024)]


def test_a_year_is_taken_of_the_title_above_the_heading(tmp_path):
    got = feed("Keadaan 31 Desember 2023\nUnit;NIP\nA;" + NIP + "\n", "employee", tmp_path, header=2,
               columns={"employee_uid": "NIP", "unit_id": "Unit", "year": "T"}, make={"T": {"from": "title", "take": "year"}})
    assert got[0]["year"] == 2023


def test_name_and_number_stand_in_one_cell_and_the_first_of_two_units_counts(tmp_path):
    got = feed(f"Nama/NIP;Baru;Lama\nAni, S.E. / NIP. {NIP[:8]} {NIP[8:14]} {NIP[14:15]} {NIP[15:]};;U1\n", "employee", tmp_path,
               columns={"employee_uid": "N", "name": "Nama", "unit_id": "U"}, constants={"year": 2025},
               make={"N": {"from": "Nama/NIP", "take": "nip"}, "Nama": {"from": "Nama/NIP", "take": "name"},
                     "U": {"first": ["Baru", "Lama"]}})
    assert got == [{"employee_uid": NIP, "name": "Ani, S.E.", "unit_id": "U1", "year": 2025}]


@pytest.mark.parametrize(("cell", "year"), [
    (datetime.date(2024, 3, 1), 2024), ("24 s.d. 28 Februari 2025", 2025), ("30/12/2024 - 3/1/2025", 2025), ("3-Mar-25", 2025),
    ("Angkatan I", None), ("12024", None), ("KEG-01", None), ("Angkatan 02", None), ("Kelas 3.12", None), ("3/3/25", 2025),
    ("1 s.d. 3 Agst 25", 2025), ("Januari 25", 2025), (20250601, 2025), ("20250601", 2025), ("01062025", 2025),
    ("Rekap_20241231", 2024), ("20122019", 2019), ("2025060", None), ("20251301", None), ("198001012005012905", None)])
def test_the_year_of_a_cell_is_the_last_that_it_names(cell, year):
    assert year_of(cell) == year


def test_a_number_is_found_among_words_and_its_name_beside_it():
    assert number_of(f"Ani ({NIP})") == NIP and number_of("Ani 123") is None
    assert name_of(f"Ani ({NIP})") == "Ani" and name_of(NIP) is None


def test_two_columns_under_one_heading_are_told_apart_by_their_letters(tmp_path):
    got = feed(f"NIP;Nilai;Nilai\n{NIP};60;75\n", "test_score", tmp_path, columns={"employee_uid": "NIP"}, header=1,
               constants={"year": 2025, "program_id": "P", "measure": "m", "scale_kind": "interval"},
               long={"value": "score", "columns": {"[B]": {"kind": "pre"}, "[C]": {"kind": "post"}}})
    assert [(one["kind"], one["score"]) for one in got] == [("pre", 60), ("post", 75)]
    with pytest.raises(InputError, match="K142"):
        feed(f"NIP\n{NIP}\n", "unit", tmp_path, columns={"unit_id": "NIP", "unit_name": "[F]"})


def test_three_header_rows_are_joined():
    grid = read_csv(b"NIP;Nilai;;;\n;Tes;;Praktik;\n;Awal;Akhir;Awal;Akhir\n1;2;3;4;5\n", "x.csv")
    assert headings(grid, (1, 2, 3)) == [
        "NIP", "Nilai / Tes / Awal", "Nilai / Tes / Akhir", "Nilai / Praktik / Awal", "Nilai / Praktik / Akhir"]


def test_several_words_part_and_end_the_data(tmp_path):
    text = "Kode;Nama\nU1;Satu\nJumlah;1\nU2;Dua\nTotal;2\nMengetahui;\nU3;Tiga\n"
    got = feed(text, "unit", tmp_path, columns={"unit_id": "Kode", "unit_name": "Nama"}, stop=["Mengetahui", "Catatan"],
               subtotal=["jumlah", "total"])
    assert [one["unit_id"] for one in got] == ["U1", "U2"]


@pytest.mark.parametrize("made", [{}, {"join": ["A"], "first": ["B"]}, {"join": ["A"], "take": "year"}, {"from": "A", "take": "x"}])
def test_a_column_is_made_in_one_way(tmp_path, made):
    with pytest.raises(InputError) as caught:
        feed("A\n1\n", "unit", tmp_path, columns={"unit_id": "A", "unit_name": "B"}, make={"B": made})
    assert caught.value.code in ("K208", "K209")
    assert Feed("unit").headers == ()


def test_the_title_of_a_part_is_the_unit_of_the_rows_under_it(tmp_path):
    text = f"No;NIP;Gol\nI.;BAGIAN UMUM;\n1;{NIP};III/a\n;JUMLAH;1\nII.;BAGIAN HUKUM;\n1;{NIP[:-1]}2;\n"
    got = feed(text, "employee", tmp_path, columns={"employee_uid": "NIP", "unit_id": "U"}, constants={"year": 2025},
               subtotal="JUMLAH", exclude={"NIP": ["BAGIAN*"]}, make={"U": {"from": "part"}})
    assert [one["unit_id"] for one in got] == ["BAGIAN UMUM", "BAGIAN HUKUM"]


def test_a_second_column_of_each_pair_stands_beside_the_first(tmp_path):
    text = f"NIP;Std A;Cap A;Std B;Cap B\n{NIP};3;2;4;\n{NIP[:-1]}2;3;3;4;5\n"
    got = feed(text, "competency", tmp_path, columns={"employee_uid": "NIP"}, constants={"year": 2025}, long={
        "value": "actual_level", "columns": {"Cap A": {"competency_code": "A"}, "Cap B": {"competency_code": "B"}},
        "beside": {"standard_level": {"Cap A": "Std A", "Cap B": "Std B"}}})
    assert [(one["competency_code"], one["standard_level"], one["actual_level"]) for one in got] == [
        ("A", 3, 2), ("A", 3, 3), ("B", 4, 5)]


def test_a_tick_under_a_heading_is_what_the_heading_stands_for(tmp_path):
    text = f"NIP;Excel;Arsip\n{NIP};v;tidak\n{NIP[:-1]}2;;ya\n"
    got = feed(text, "need", tmp_path, columns={"employee_uid": "NIP"}, constants={"year": 2025}, missing={"need_item": ["tidak"]},
               long={"value": "need_item", "columns": {"Excel": {"need_item": "Excel"}, "Arsip": {"need_item": "Kearsipan"}}})
    assert [one["need_item"] for one in got] == ["Excel", "Kearsipan"]
