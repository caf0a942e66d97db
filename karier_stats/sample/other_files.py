"""The remaining files: heads, money, partners, activities, study, competence, follow-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from karier_stats.domain import codes
from karier_stats.sample.district import District
from karier_stats.sample.staff_files import ORPHAN, Hand
from karier_stats.sample.workbook import (
    OfficeFile,
    Row,
    Sheet,
    csv_file,
    day_first,
    decimal,
    records,
    rupiah,
    xlsx_file,
)


def _rows(frame: pd.DataFrame, cells: Callable[[dict[str, Any]], Sequence[Any]]) -> list[Row]:
    """One row per record."""
    return [Row(tuple(cells(record))) for record in records(frame)]


def _name(codelist: codes.CodeList, value: str) -> str:
    """The Indonesian name of a code."""
    return codes.label(codelist, value, "id")


def head_list(district: District, seed: int) -> OfficeFile:
    """What heads did, year by year."""
    hand = Hand(district, seed, 114)
    header = ("No", "Unit Kerja", "Tahun", "NIP Kepala", "Penugasan", "Bulan Menjabat", "JP Diikuti", "Kegiatan Dibuka/Dihadiri",
              "Surat Dorongan", "JP Waktu Kerja Diberikan", "Skor Dukungan", "Sumber")
    rows = _rows(district.tables["leader_engagement"].reset_index(names="no"), lambda r: (
        r["no"] + 1, hand.unit(r["unit_id"]), r["year"], hand.people[r["head_uid"]].nip, r["acting_type"], r["months"],
        r["head_jp"], r["events_opened"], r["letters_promoting"], r["time_released_jp"], r["support_score"], r["source"]))
    total = Row(("JUMLAH", None, None, None, None, None, float(district.tables["leader_engagement"]["head_jp"].sum())), "K186")
    sheet = Sheet("Pimpinan", (("KETERLIBATAN PIMPINAN UNIT",), ()), (header,), [*rows, total], ("A1:L1",))
    return xlsx_file("14_keterlibatan_pimpinan.xlsx", [sheet])


def budget_export(district: District, seed: int) -> OfficeFile:
    """The budget system's export: ``Rp1.234.567,00``, codes with points, a total at the end."""
    frame = district.tables["budget"]
    header = ("Kode Baris", "Tahun", "Kode Unit", "Kode Program", "Kode Kegiatan", "Sumber Dana", "Pagu", "Realisasi", "Peserta",
              "JP Orang")
    rows = _rows(frame, lambda r: (
        r["budget_id"], r["year"], r["unit_id"], r["program_id"], r["activity_code"], _name(codes.FUNDING, r["funding_source"]),
        rupiah(r["ceiling_rp"]), rupiah(r["spent_rp"]), r["participants"], int(r["jp_total"])))
    sums = [rupiah(int(frame[name].sum())) for name in ("ceiling_rp", "spent_rp")]
    total = Row(("JUMLAH", "", "", "", "", "", *sums), "K186")
    return csv_file("15_realisasi_anggaran_sipd.csv", header, [*rows, total], ";")


def partner_list(district: District, seed: int) -> OfficeFile:
    """Agreements with partners."""
    header = ("Kode Mitra", "Nama Lembaga", "Jenis", "Nomor MoU", "Mulai", "Berakhir", "Kursi per Tahun", "JP per Kursi",
              "Biaya per Kursi", "Nilai", "Topik")
    rows = _rows(district.tables["partnership"], lambda r: (
        r["partner_id"], r["partner_name"], _name(codes.PARTNER_KIND, r["partner_kind"]), r["mou_no"], day_first(r["start_date"]),
        day_first(r["end_date"]), r["seats"], int(r["jp_per_seat"]), rupiah(r["cost_per_seat_rp"]), rupiah(r["value_rp"]),
        _name(codes.TOPIC, r["topic"])))
    return csv_file("16_kemitraan.csv", header, rows, ";")


def activity_list(district: District, seed: int) -> OfficeFile:
    """Activities and their officers."""
    hand = Hand(district, seed, 117)
    header = ("Tahun", "Kode Sub Kegiatan", "Unit Kerja", "NIP PPTK", "Pagu", "Realisasi", "Target Fisik (%)",
              "Realisasi Fisik (%)", "Rencana Selesai", "Selesai", "Jumlah Revisi")
    rows = _rows(district.tables["project_performance"], lambda r: (
        r["year"], r["sub_activity_code"], hand.unit(r["unit_id"]), hand.number(r["officer_uid"]), rupiah(r["ceiling_rp"]),
        rupiah(r["spent_rp"]), decimal(r["physical_target_pct"]), decimal(r["physical_actual_pct"]), day_first(r["planned_finish"]),
        day_first(r["actual_finish"]), r["revisions"]))
    bad = Row((2025, "5.01.999", *rows[0].cells[2:3], ORPHAN, *rows[0].cells[4:]), "K161")
    return csv_file("17_kinerja_kegiatan.csv", header, [*rows, bad], ";")


def study_list(district: District, seed: int) -> OfficeFile:
    """Applications for further study."""
    hand = Hand(district, seed, 118)
    header = ("NIP", "Jenis", "Jenjang", "Perguruan Tinggi", "Bidang", "Mulai", "Selesai", "Status", "Sumber Dana")
    rows = _rows(district.tables["further_study"], lambda r: (
        hand.number(r["employee_uid"]), _name(codes.STUDY_KIND, r["study_kind"]), _name(codes.EDUCATION, r["degree"]),
        r["university"], r["field"], day_first(r["start_date"]), day_first(r["end_date"]), _name(codes.STUDY_STATE, r["state"]),
        _name(codes.FUNDING, r["funding_source"])))
    return csv_file("18_pendidikan_lanjut.csv", header, rows, ";")


def competency_list(district: District, seed: int) -> OfficeFile:
    """Competency assessments, one line per person and competence."""
    hand = Hand(district, seed, 119)
    rows = _rows(district.tables["competency"], lambda r: (
        hand.number(r["employee_uid"]), r["year"], r["competency_code"], r["standard_level"], r["actual_level"],
        _name(codes.METHOD, r["method"])))
    rows.append(Row((*rows[0].cells[:3], 9, 1, rows[0].cells[5]), "K170"))
    header = ("nip", "tahun", "kompetensi", "level_standar", "level_aktual", "metode")
    return csv_file("19_penilaian_kompetensi.csv", header, rows)


def follow_up_book(district: District, seed: int) -> OfficeFile:
    """Ratings after training, follow-up plans, performance, and recommendations, a sheet each."""
    hand = Hand(district, seed, 120)
    tables = district.tables
    rating = _rows(tables["post_training_rating"], lambda r: (
        r["batch_id"], hand.number(r["employee_uid"]), _name(codes.RATER, r["rater_role"]), r["item_id"],
        r["wave_month"], r["value"]))
    plan = _rows(tables["action_plan"], lambda r: (
        r["batch_id"], hand.number(r["employee_uid"]), r["due_on"], _name(codes.WORK_STATE, r["state"])))
    performance = _rows(tables["performance"], lambda r: (
        hand.number(r["employee_uid"]), r["year"], _name(codes.EXPECTATION, r["work_result"]),
        _name(codes.EXPECTATION, r["work_behavior"]), _name(codes.RATING, r["rating"]), _name(codes.SCHEME, r["scheme"])))
    performance.append(Row((performance[0].cells[0], 2024, None, None, "Istimewa", None), "K131"))
    advice = _rows(tables["recommendation"], lambda r: (
        r["rec_id"], r["year"], r["program_id"], r["finding"], r["action"], hand.unit(r["owner_unit"]), r["due_on"],
        _name(codes.WORK_STATE, r["state"])))
    return xlsx_file("20_tindak_lanjut.xlsx", [
        Sheet("Pasca Pelatihan", (), (("Kode Angkatan", "NIP", "Penilai", "Butir", "Bulan ke-", "Nilai"),), rating),
        Sheet("RTL", (), (("Kode Angkatan", "NIP", "Tenggat", "Status"),), plan),
        Sheet("Kinerja", (), (("NIP", "Tahun", "Hasil Kerja", "Perilaku Kerja", "Predikat", "Skema"),), performance),
        Sheet("Rekomendasi", (), (("Kode", "Tahun", "Program", "Temuan", "Tindakan", "Penanggung Jawab", "Tenggat", "Status"),),
              advice),
    ])


def service_form(district: District, seed: int) -> OfficeFile:
    """Answers of the public, elements by name."""
    hand = Hand(district, seed, 121)
    header = ("No", "Unit layanan", "Tahun", *(names[0] for names in codes.SERVICE_ELEMENTS.values()))
    rows = _rows(district.tables["service_survey"].reset_index(names="no"), lambda r: (
        r["no"] + 1, hand.unit(r["unit_id"]), r["year"], *(r[name] for name in codes.SERVICE_ELEMENTS)))
    rows.append(Row((len(rows) + 1, *rows[0].cells[1:3], 5, *rows[0].cells[4:]), "K170"))
    return csv_file("21_survei_kepuasan_masyarakat.csv", header, rows)
