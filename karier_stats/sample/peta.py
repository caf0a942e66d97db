"""The sample's crosswalk: which of its files feeds which table."""

from __future__ import annotations

from typing import Any

from karier_stats.domain import codes
from karier_stats.sample.answer_files import FEEDBACK, LIKERT, NEEDED, STAFF, TICKED, WISHES, label
from karier_stats.sample.catalogue import COURSES, EVALUATION, ITEMS, NEED_ITEMS, TITLE, UNITS, YEARS

Feed = dict[str, Any]

_AGREEMENT = {text: value for value, text in LIKERT.items()}
_TOPICS = {text: topic for topic, (text, *_) in NEED_ITEMS.items()}


def crosswalk() -> dict[str, Any]:
    """The content of ``peta.yml``.

    Returns
    -------
    dict
        See :mod:`karier_stats.intake.crosswalk` for the format.
    """
    return {
        "evaluation": EVALUATION, "title": dict(TITLE), "synthetic": True, "person": "nip",
        "metadata": {"producer": "BKPSDM Kota Pekanbaru (contoh)", "steward": "Diskominfo Kota Pekanbaru (contoh)",
                     "contact": "Bidang Pengembangan Kompetensi (contoh)"},
        "aliases": {
            "unit": {spelling: unit.unit_id for unit in UNITS for spelling in unit.spellings},
            "program": {variant: course.program_id for course in COURSES for variant in course.variants},
        },
        "tables": {**_staff(), **_training(), **_answers(), **_money(), **_follow_up()},
    }


def _staff() -> dict[str, list[Feed]]:
    """Units and people."""
    people = {
        "employee_uid": "NIP", "name": "Nama", "unit_id": "Unit Kerja", "birth_date": "Data Pribadi / Tanggal Lahir",
        "sex": "Data Pribadi / Jenis Kelamin", "status": "Kepegawaian / Status",
        "standing_code": "Kepegawaian / Kedudukan Hukum", "grade": "Kepegawaian / Golongan",
        "service_years": "Kepegawaian / Masa Kerja (Tahun)", "position_type": "Jabatan / Jenis",
        "position_name": "Jabatan / Nama Jabatan", "is_head": "Jabatan / Kepala Unit", "education": "Pendidikan Terakhir"}
    return {
        "unit": [{"file": "02_unit_kerja.csv", "columns": {
            "unit_id": "Kode Unit", "unit_name": "Nama Unit", "unit_type": "Jenis", "area_code": "Kode Wilayah",
            "parent_unit_id": "Unit Induk", "scope": "Cakupan"}}],
        "employee": [{"file": "01_rekap_pegawai.xlsx", "sheet": str(year), "header": [5, 6], "stop": "Mengetahui",
                      "subtotal": "JUMLAH", "columns": dict(people), "constants": {"year": year}} for year in YEARS],
    }


def _training() -> dict[str, list[Feed]]:
    """Courses, batches, participants, tests."""
    siasn = {"batch_id": "kodeAngkatan", "employee_uid": "nipBaru", "name": "nama", "nomination": "pencalonan",
             "outcome": "status", "attended_jp": "jumlahJam", "credited_jp": "jpDiakui", "final_score": "nilai",
             "certificate_date": "tanggalSertifikat"}
    book = {"batch_id": "Kode Angkatan", "employee_uid": "NIP", "name": "Nama", "unit_id": "Unit Kerja",
            "nomination": "Pencalonan", "outcome": "Hasil", "attended_jp": "JP Dihadiri", "credited_jp": "JP Diakui",
            "final_score": "Nilai Akhir", "certificate_date": "Tanggal Sertifikat"}
    return {
        "program": [{"file": "03_katalog_program.xlsx", "header": 3, "columns": {
            "program_id": "Kode", "title": "Judul", "topic": "Topik", "form": "Bentuk", "training_type_id": "Jenis Diklat BKN",
            "delivery": "Cara", "competency_kind": "Kompetensi", "planned_jp": "JP", "organizer": "Penyelenggara",
            "partner_id": "Mitra", "selection": "Cara Pemilihan Peserta"}}],
        "batch": [{"file": "04_daftar_angkatan.csv", "dates": "teks", "columns": {
            "batch_id": "Kode Angkatan", "program_id": "Nama Pelatihan", "year": "Tahun", "start_date": "Tanggal Mulai",
            "end_date": "Tanggal Selesai", "quota": "Kuota", "jp": "JP", "state": "Status", "cancel_reason": "Alasan Batal",
            "curriculum_version": "Versi Kurikulum"}}],
        "participation": [
            {"file": "05_siasn_riwayat_kursus_2023.csv", "dates": "dd-mm-yyyy", "columns": siasn},
            *({"file": "06_rekap_bangkom.xlsx", "sheet": str(year), "header": 4, "stop": "Mengetahui", "columns": dict(book)}
              for year in YEARS[1:])],
        "test_score": [*(_scores_side_by_side(year) for year in YEARS[:2]), _scores_in_lines()],
    }


def _test_constants(year: int) -> dict[str, Any]:
    """What the score sheets do not say, because it is the same for all."""
    return {"year": year, "scale_kind": "interval", "attempt": 1, "score_min": 0, "score_max": 100}


def _measures(column: str) -> dict[str, dict[str, str]]:
    """Course ids become the name of what its test measures."""
    return {column: {course.program_id: f"Tes {course.title}" for course in COURSES}}


def _scores_side_by_side(year: int) -> Feed:
    """Three tests in three columns."""
    return {
        "file": "07_nilai_tes_2023_2024.xlsx", "sheet": str(year), "header": 3, "subtotal": "Jumlah",
        "columns": {"employee_uid": "NIP", "program_id": "Kode Program", "measure": "Kode Program", "batch_id": "Kode Angkatan",
                    "arm": "Kelompok"},
        "constants": _test_constants(year), "values": _measures("measure"),
        "long": {"value": "score", "columns": {"Nilai Pretes": {"kind": "pre"}, "Nilai Postes": {"kind": "post"},
                                               "Nilai Retensi": {"kind": "retensi"}}}}


def _scores_in_lines() -> Feed:
    """One test a line."""
    return {
        "file": "08_nilai_tes_2025.csv", "dates": "dd-mm-yyyy",
        "columns": {"employee_uid": "nip", "program_id": "kode_program", "measure": "kode_program", "batch_id": "kode_angkatan",
                    "arm": "kelompok", "kind": "jenis_tes", "score": "nilai", "taken_on": "tanggal_tes"},
        "constants": _test_constants(2025), "values": _measures("measure")}


def _items(pairs: tuple[tuple[str, str], ...]) -> dict[str, dict[str, str]]:
    """The column of each item, and the item that it is."""
    return {label(instrument, item): {"instrument": instrument, "item_id": item} for instrument, item in pairs}


def _answers() -> dict[str, list[Feed]]:
    """Instruments, answers, comments, wishes."""
    motivation = tuple(("motivasi", item) for item, *_ in ITEMS["motivasi"][1])
    return {
        "survey_item": [{"rows": [
            {"instrument": instrument, "item_id": item, "item_text": text, "item_text_en": english, "purpose": purpose,
             "scale_min": 1, "scale_max": 5, "reverse": False}
            for instrument, (purpose, items) in ITEMS.items() for item, text, english in items]}],
        "survey_response": [
            {"file": "09_formulir_evaluasi_pelatihan.csv", "dates": "dd/mm/yyyy",
             "columns": {"submitted_on": "Stempel waktu", "batch_id": "Kode angkatan pelatihan", "year": "Tahun pelatihan",
                         "unit_id": "Unit kerja"},
             "constants": {"response_id": "E-{row}"}, "values": {"value": dict(_AGREEMENT)},
             "long": {"value": "value", "columns": _items(FEEDBACK)}},
            {"file": "11_survei_pegawai_2025.csv", "dates": "dd/mm/yyyy",
             "columns": {"submitted_on": "Stempel waktu", "employee_uid": "NIP", "unit_id": "Unit kerja"},
             "constants": {"response_id": "S25-{row}", "year": 2025}, "values": {"value": dict(_AGREEMENT)},
             "long": {"value": "value", "columns": _items(STAFF)}},
            {"file": "13_survei_motivasi_studi.csv", "dates": "dd-mm-yyyy",
             "columns": {"submitted_on": "Tanggal", "employee_uid": "NIP", "unit_id": "Unit kerja",
                         "year": "Tahun", "wave": "Waktu"},
             "constants": {"response_id": "T-{row}"}, "long": {"value": "value", "columns": _items(motivation)}}],
        "comment": [{"file": "10_komentar_terkode.csv", "encoding": "cp1252", "columns": {
            "batch_id": "Kode angkatan", "year": "Tahun", "comment": "Komentar", "theme": "Tema"},
            "constants": {"comment_id": "K-{row}", "theme_source": "manual"}}],
        "need": [*(_wish(rank, header) for rank, header in enumerate(WISHES, start=1)), _ticked()],
    }


def _wish(rank: int, header: str) -> Feed:
    """One wish in order; the hours needed go with the first, so that they stand once per person."""
    columns = {"employee_uid": "NIP", "unit_id": "Unit kerja", "need_item": header, "topic": header}
    return {"file": "11_survei_pegawai_2025.csv", "columns": columns | ({"needed_jp": NEEDED} if rank == 1 else {}),
            "constants": {"year": 2025, "interest_rank": rank}, "values": {"topic": dict(_TOPICS)}}


def _ticked() -> Feed:
    """Boxes joined by commas: one record for each."""
    return {"file": "12_minat_pelatihan_2024.csv",
            "columns": {"employee_uid": "NIP", "unit_id": "Unit kerja", "need_item": TICKED, "topic": TICKED},
            "constants": {"year": 2024}, "values": {"topic": dict(_TOPICS)},
            "split": {"column": "need_item", "separator": ", ", "options": list(_TOPICS)}}


def _money() -> dict[str, list[Feed]]:
    """Heads, budget, partners, activities, study."""
    return {
        "leader_engagement": [{"file": "14_keterlibatan_pimpinan.xlsx", "header": 3, "subtotal": "JUMLAH", "columns": {
            "unit_id": "Unit Kerja", "year": "Tahun", "head_uid": "NIP Kepala", "acting_type": "Penugasan",
            "months": "Bulan Menjabat", "head_jp": "JP Diikuti", "events_opened": "Kegiatan Dibuka/Dihadiri",
            "letters_promoting": "Surat Dorongan", "time_released_jp": "JP Waktu Kerja Diberikan",
            "support_score": "Skor Dukungan", "source": "Sumber"}}],
        "budget": [{"file": "15_realisasi_anggaran_sipd.csv", "numbers": "id", "subtotal": "JUMLAH", "columns": {
            "budget_id": "Kode Baris", "year": "Tahun", "unit_id": "Kode Unit", "program_id": "Kode Program",
            "activity_code": "Kode Kegiatan", "funding_source": "Sumber Dana", "ceiling_rp": "Pagu", "spent_rp": "Realisasi",
            "participants": "Peserta", "jp_total": "JP Orang"}}],
        "partnership": [{"file": "16_kemitraan.csv", "dates": "dd-mm-yyyy", "numbers": "id", "columns": {
            "partner_id": "Kode Mitra", "partner_name": "Nama Lembaga", "partner_kind": "Jenis", "mou_no": "Nomor MoU",
            "start_date": "Mulai", "end_date": "Berakhir", "seats": "Kursi per Tahun", "jp_per_seat": "JP per Kursi",
            "cost_per_seat_rp": "Biaya per Kursi", "value_rp": "Nilai", "topic": "Topik"}}],
        "project_performance": [{"file": "17_kinerja_kegiatan.csv", "dates": "dd-mm-yyyy", "numbers": "id", "columns": {
            "year": "Tahun", "sub_activity_code": "Kode Sub Kegiatan", "unit_id": "Unit Kerja", "officer_uid": "NIP PPTK",
            "ceiling_rp": "Pagu", "spent_rp": "Realisasi", "physical_target_pct": "Target Fisik (%)",
            "physical_actual_pct": "Realisasi Fisik (%)", "planned_finish": "Rencana Selesai", "actual_finish": "Selesai",
            "revisions": "Jumlah Revisi"}}],
        "further_study": [{"file": "18_pendidikan_lanjut.csv", "dates": "dd-mm-yyyy", "columns": {
            "employee_uid": "NIP", "study_kind": "Jenis", "degree": "Jenjang", "university": "Perguruan Tinggi", "field": "Bidang",
            "start_date": "Mulai", "end_date": "Selesai", "state": "Status", "funding_source": "Sumber Dana"}}],
    }


def _follow_up() -> dict[str, list[Feed]]:
    """Competence, ratings, plans, performance, the public's answers, recommendations."""
    book = "20_tindak_lanjut.xlsx"
    return {
        "competency": [{"file": "19_penilaian_kompetensi.csv", "columns": {
            "employee_uid": "nip", "year": "tahun", "competency_code": "kompetensi", "standard_level": "level_standar",
            "actual_level": "level_aktual", "method": "metode"}}],
        "post_training_rating": [{"file": book, "sheet": "Pasca Pelatihan", "columns": {
            "batch_id": "Kode Angkatan", "employee_uid": "NIP", "rater_role": "Penilai", "item_id": "Butir",
            "wave_month": "Bulan ke-", "value": "Nilai"}}],
        "action_plan": [{"file": book, "sheet": "RTL", "columns": {
            "batch_id": "Kode Angkatan", "employee_uid": "NIP", "due_on": "Tenggat", "state": "Status"}}],
        "performance": [{"file": book, "sheet": "Kinerja", "columns": {
            "employee_uid": "NIP", "year": "Tahun", "work_result": "Hasil Kerja", "work_behavior": "Perilaku Kerja",
            "rating": "Predikat", "scheme": "Skema"}}],
        "service_survey": [{"file": "21_survei_kepuasan_masyarakat.csv", "constants": {"response_id": "IKM-{row}"}, "columns": {
            "unit_id": "Unit layanan", "year": "Tahun", **{name: pair[0] for name, pair in codes.SERVICE_ELEMENTS.items()}}}],
        "recommendation": [{"file": book, "sheet": "Rekomendasi", "columns": {
            "rec_id": "Kode", "year": "Tahun", "program_id": "Program", "finding": "Temuan", "action": "Tindakan",
            "owner_unit": "Penanggung Jawab", "due_on": "Tenggat", "state": "Status"}}],
    }
