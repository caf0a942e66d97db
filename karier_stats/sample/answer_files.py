"""Files with tests and answers: score sheets, forms exports, coded comments, the motivation survey."""

from __future__ import annotations

from typing import Any

import pandas as pd

from karier_stats.domain import codes
from karier_stats.sample.catalogue import ITEMS, NEED_ITEMS, PERIOD
from karier_stats.sample.district import District
from karier_stats.sample.staff_files import ORPHAN, Hand
from karier_stats.sample.workbook import OfficeFile, Row, Sheet, csv_file, day_first, xlsx_file

LIKERT = {5: "Sangat Setuju", 4: "Setuju", 3: "Netral", 2: "Tidak Setuju", 1: "Sangat Tidak Setuju"}
SCORE_HEADER = ("No", "NIP", "Kode Program", "Judul Pelatihan", "Kode Angkatan", "Kelompok", "Nilai Pretes", "Nilai Postes",
                "Nilai Retensi")
_PERSON = ["employee_uid", "program_id", "arm"]


def label(instrument: str, item: str) -> str:
    """The long column heading that a form gives an item."""
    return next(text for key, text, _ in ITEMS[instrument][1] if key == item)


def _side_by_side(scores: pd.DataFrame, year: int) -> pd.DataFrame:
    """The tests of one year with a column for each kind."""
    own = scores[scores["year"] == year]
    wide = own[own["kind"] == "pre"].rename(columns={"score": "pre"})[[*_PERSON, "batch_id", "pre"]]
    for kind in ("post", "retensi"):
        later = own[own["kind"] == kind].rename(columns={"score": kind})[[*_PERSON, kind]]
        wide = wide.merge(later, on=_PERSON, how="left")
    return wide


def score_book(district: District, seed: int) -> OfficeFile:
    """Score sheets of 2023 and 2024: one line per person, three tests side by side."""
    hand = Hand(district, seed, 107)
    sheets = []
    for year in (2023, 2024):
        wide = _side_by_side(district.tables["test_score"], year)
        rows = [Row((place, hand.number(r["employee_uid"]), r["program_id"], hand.course(r["program_id"]), r["batch_id"],
                     codes.label(codes.ARM, r["arm"], "id"), r["pre"], r["post"], r["retensi"]))
                for place, r in enumerate(wide.to_dict("records"), start=1)]
        cells = rows[3].cells
        rows.append(Row((len(rows) + 1, *cells[1:6], 165, *cells[7:]), "K170"))
        rows.append(Row((len(rows) + 1, ORPHAN, *cells[2:]), "K161"))
        rows.append(Row(("Jumlah peserta tes", None, None, None, None, None, len(wide)), "K186"))
        sheets.append(Sheet(str(year), ((f"NILAI TES TAHUN {year}",), ()), (SCORE_HEADER,), rows, ("A1:I1",)))
    return xlsx_file("07_nilai_tes_2023_2024.xlsx", sheets)


def score_export(district: District, seed: int) -> OfficeFile:
    """The 2025 export of the learning system: one line per test, ``dd-mm-yyyy``."""
    hand = Hand(district, seed, 108)
    scores = district.tables["test_score"]
    header = ("nip", "kode_program", "kode_angkatan", "kelompok", "jenis_tes", "nilai", "tanggal_tes")
    rows = [Row((hand.number(r["employee_uid"]), r["program_id"], r["batch_id"], r["arm"], r["kind"], int(r["score"]),
                 day_first(r["taken_on"]))) for r in scores[scores["year"] == PERIOD].to_dict("records")]
    first = rows[0].cells
    bad = [Row((ORPHAN, *first[1:]), "K161"), Row((*first[:5], "belum", first[6]), "K170"), Row(rows[2].cells, "K121")]
    return csv_file("08_nilai_tes_2025.csv", header, [*rows, *bad], ";")


def _stamp(hand: Hand, day: pd.Timestamp) -> str:
    """A form's time as an Indonesian locale writes it: ``17/08/2025 9.05.33``."""
    hour, minute, second = (int(hand.rng.integers(low, high)) for low, high in ((7, 17), (0, 60), (0, 60)))
    return f"{day_first(day, '/')} {hour}.{minute:02d}.{second:02d}"


FEEDBACK = tuple((instrument, item) for instrument in ("reaksi", "relevansi", "manfaat") for item, *_ in ITEMS[instrument][1])
STAFF = tuple((instrument, item) for instrument in ("budaya_belajar", "komitmen", "dukungan_atasan", "hambatan")
              for item, *_ in ITEMS[instrument][1])


def feedback_form(district: District, seed: int) -> OfficeFile:
    """The export of the course form: long labels, agreement in words, units typed by hand."""
    hand = Hand(district, seed, 109)
    header = ("Stempel waktu", "Kode angkatan pelatihan", "Tahun pelatihan", "Unit kerja",
              *(label(*pair) for pair in FEEDBACK))
    rows = [Row((_stamp(hand, r["submitted_on"]), r["batch_id"], r["year"], hand.unit(r["unit_id"]),
                 *(LIKERT[int(r[item])] for _, item in FEEDBACK))) for r in district.feedback.to_dict("records")]
    first = rows[0].cells
    bad = [Row((*first[:3], "Kantor kami", *first[4:]), "K160"), Row((first[0], "angkatan pagi", *first[2:]), "K160"),
           Row((*first[:4], "Agak setuju", *first[5:]), "K172")]
    return csv_file("09_formulir_evaluasi_pelatihan.csv", header, [*rows, *bad])


def comment_list(district: District, seed: int) -> OfficeFile:
    """Comments as somebody coded them by hand."""
    header = ("No", "Kode angkatan", "Tahun", "Komentar", "Tema")
    rows = [Row((place, r["batch_id"], r["year"], r["comment"], codes.label(codes.THEME, r["theme"], "id")))
            for place, r in enumerate(district.tables["comment"].to_dict("records"), start=1)]
    rows.append(Row((len(rows) + 1, rows[0].cells[1], 2023, "", "Materi"), "K137"))
    return csv_file("10_komentar_terkode.csv", header, rows, ";", "cp1252")


WISHES = ("Pilihan pertama pelatihan yang Anda butuhkan", "Pilihan kedua", "Pilihan ketiga")
NEEDED = "Berapa JP pelatihan yang Anda butuhkan dalam setahun?"
TICKED = "Pelatihan apa saja yang Anda minati? (boleh lebih dari satu)"


def staff_form(district: District, seed: int) -> OfficeFile:
    """The export of the staff survey of 2025: wishes in order, hours needed, agreement in words."""
    hand = Hand(district, seed, 110)
    header = ("Stempel waktu", "NIP", "Unit kerja", *WISHES, NEEDED, *(label(*pair) for pair in STAFF))
    answered = district.survey[district.survey["answered"]]
    rows = [Row((_stamp(hand, r["submitted_on"]), hand.number(r["employee_uid"]), hand.unit(r["unit_id"]),
                 *(NEED_ITEMS[r[f"wish_{place}"]][0] for place in (1, 2, 3)), int(r["needed_jp"]),
                 *(LIKERT[int(r[item])] for _, item in STAFF))) for r in answered.to_dict("records")]
    first = rows[0].cells
    bad = [Row((first[0], ORPHAN, *first[2:]), "K161"), Row((first[0], "19880314", *first[2:]), "K103"),
           Row((*rows[5].cells[:2], "kntr sya", *rows[5].cells[3:]), "K160")]
    return csv_file("11_survei_pegawai_2025.csv", header, [*rows, *bad])


def ticked_form(district: District, seed: int) -> OfficeFile:
    """The needs survey of 2024: boxes joined by commas."""
    hand = Hand(district, seed, 111)
    rows = [Row((_stamp(hand, r["submitted_on"]), hand.number(r["employee_uid"]), hand.unit(r["unit_id"]),
                 ", ".join(NEED_ITEMS[topic][0] for topic in r["topics"]))) for r in district.earlier.to_dict("records")]
    rows.append(Row((rows[0].cells[0], ORPHAN, *rows[0].cells[2:]), "K161"))
    rows.append(Row((*rows[1].cells[:3], ""), "K187"))
    return csv_file("12_minat_pelatihan_2024.csv", ("Stempel waktu", "NIP", "Unit kerja", TICKED), rows)


def motivation_list(district: District, seed: int) -> OfficeFile:
    """Motivation of applicants for further study, in numbers 1-5."""
    hand = Hand(district, seed, 112)
    items = [item for item, *_ in ITEMS["motivasi"][1]]
    header = ("NIP", "Unit kerja", "Tahun", "Waktu", "Tanggal", *(label("motivasi", item) for item in items))
    rows: list[Row] = []
    for r in district.motivation.to_dict("records"):
        answers: list[Any] = [int(r[item]) for item in items]
        rows.append(Row((hand.number(r["employee_uid"]), hand.unit(r["unit_id"]), r["year"],
                         codes.label(codes.WAVE, r["wave"], "id"), day_first(r["submitted_on"]), *answers)))
    rows.append(Row((*rows[0].cells[:5], 7, *rows[0].cells[6:]), "K170"))
    return csv_file("13_survei_motivasi_studi.csv", header, rows, ";")
