"""The personnel office's own files: staff list, units, courses, batches, participants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.sample.catalogue import BY_COURSE, COURSES, UNITS, YEARS
from karier_stats.sample.district import District
from karier_stats.sample.workbook import (
    OfficeFile,
    Row,
    Sheet,
    csv_file,
    day_first,
    in_words,
    records,
    xlsx_file,
)

_UNITS = {unit.unit_id: unit for unit in UNITS}
ORPHAN = "198803142012032999"
"""A number of legal form that is on no staff list."""


class Hand:
    """How people in the offices write: units and titles in several spellings, numbers with spaces."""

    def __init__(self, district: District, seed: int, stream: int) -> None:
        self.rng = np.random.default_rng([seed, stream])
        self.people = district.roster.by_uid

    def unit(self, unit_id: str) -> str:
        """A unit's official name, or one of its everyday spellings."""
        names = (_UNITS[unit_id].name, *_UNITS[unit_id].spellings)
        return names[int(self.rng.choice(len(names), p=[0.6, *[0.4 / (len(names) - 1)] * (len(names) - 1)]))]

    def course(self, program_id: str) -> str:
        """A course's title, or one of its variants."""
        names = (BY_COURSE[program_id].title, *BY_COURSE[program_id].variants)
        return names[int(self.rng.integers(len(names)))]

    def number(self, uid: str) -> str:
        """A person's service number, now and then with the spaces of a letterhead."""
        nip = self.people[uid].nip
        if self.rng.random() >= 0.05:
            return nip
        return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def _title(codelist: codes.CodeList, value: object) -> str | None:
    """The Indonesian name of a code."""
    return None if pd.isna(value) else codes.label(codelist, str(value), "id")  # type: ignore[call-overload]


_STAFF_HEADER = (
    ("No", "NIP", "Nama", "Unit Kerja", "Data Pribadi", None, "Kepegawaian", None, None, None, "Jabatan", None, None,
     "Pendidikan Terakhir"),
    (None, None, None, None, "Tanggal Lahir", "Jenis Kelamin", "Status", "Kedudukan Hukum", "Golongan", "Masa Kerja (Tahun)",
     "Jenis", "Nama Jabatan", "Kepala Unit", None),
)
_STAFF_MERGED = ("A1:N1", "A2:N2", "A5:A6", "B5:B6", "C5:C6", "D5:D6", "E5:F5", "G5:J5", "K5:M5", "N5:N6")


def staff_list(district: District, seed: int) -> OfficeFile:
    """The staff list: one sheet a year, title rows, merged two-row header, subtotals, signature block."""
    hand = Hand(district, seed, 101)
    employee = district.tables["employee"]
    sheets = [Sheet(str(year), _letterhead(year), _STAFF_HEADER, tuple(_staff_rows(hand, employee[employee["year"] == year], year)),
                    _STAFF_MERGED) for year in YEARS]
    notes = Sheet("Catatan", (), (("Catatan",),), (Row(("Data per 31 Desember setiap tahun",)),))
    book = xlsx_file("01_rekap_pegawai.xlsx", [*sheets, notes], hidden=("Catatan",))
    return OfficeFile(book.name, book.content, {key: tally for key, tally in book.tallies.items() if key != "Catatan"})


def _letterhead(year: int) -> tuple[tuple[Any, ...], ...]:
    """The four lines above the header."""
    return (("PEMERINTAH KOTA PEKANBARU (CONTOH: DATA SINTETIS)",), (f"REKAPITULASI PEGAWAI TAHUN {year}",),
            ("Keadaan 31 Desember",), ())


def _staff_rows(hand: Hand, employee: pd.DataFrame, year: int) -> Iterator[Row]:
    """Numbering row, people unit by unit with a subtotal each, rows that cannot be used, signature block."""
    yield Row([f"({place})" for place in range(1, 15)], "K184")
    number = 0
    for unit in UNITS:
        rows = employee[employee["unit_id"] == unit.unit_id]
        for record in records(rows):
            number += 1
            yield Row(_staff_cells(hand, number, record))
        yield Row((f"JUMLAH {unit.name}", None, None, len(rows)), "K186")
    yield from _unusable(number, year)
    yield Row((), "K181")
    for line in ("Mengetahui,", "Kepala Bidang Data dan Informasi,"):
        yield Row((line,), "K183")
    yield Row((), "K181")
    yield Row(("(tanda tangan)",), "K183")


def _staff_cells(hand: Hand, number: int, record: dict[str, Any]) -> list[Any]:
    """One person's line."""
    return [number, hand.number(record["employee_uid"]), record["name"], hand.unit(record["unit_id"]), record["birth_date"],
            "Laki-laki" if record["sex"] == "L" else "Perempuan", _title(codes.STATUS, record["status"]),
            _title(codes.STANDING, record["standing_code"]), record["grade"], record["service_years"],
            _title(codes.POSITION_TYPE, record["position_type"]), record["position_name"],
            "Ya" if record["is_head"] else "Tidak", _title(codes.EDUCATION, record["education"])]


def _unusable(number: int, year: int) -> Iterator[Row]:
    """Lines that belong to nobody in the list and must be refused, each for its own reason."""
    born = pd.Timestamp(1988, 3, 14)
    rest = ("PNS", "Aktif", "III/b", 12, "Pelaksana", "Pengadministrasi Perkantoran", "Tidak", "S-1")
    bad = (("198803142012031000", "Dinas Sosial", "Laki-laki", "K108"),
           ("198813142012031997", "Dinas Sosial", "Laki-laki", "K104"),
           ("198803142012031996", "Dinas Sosial", "Perempuan", "K115"),
           ("198803142012031995", "Dinas Anggaran Belanja Negara Wilayah", "Laki-laki", "K160"))
    for place, (nip, unit, sex, code) in enumerate(bad if year == 2025 else bad[:2], start=number + 1):
        yield Row((place, nip, "Contoh Tidak Sah", unit, born, sex, *rest), code)


def unit_list(district: District, seed: int) -> OfficeFile:
    """The list of units, semicolons between."""
    frame = district.tables["unit"]
    header = ("Kode Unit", "Nama Unit", "Jenis", "Kode Wilayah", "Unit Induk", "Cakupan")
    rows = [Row((r["unit_id"], r["unit_name"], _title(codes.UNIT_TYPE, r["unit_type"]), r["area_code"], r["parent_unit_id"],
                 r["scope"])) for r in frame.to_dict("records")]
    return csv_file("02_unit_kerja.csv", header, rows, ";")


def course_list(district: District, seed: int) -> OfficeFile:
    """The catalogue of courses."""
    header = ("No", "Kode", "Judul", "Topik", "Bentuk", "Jenis Diklat BKN", "Cara", "Kompetensi", "JP", "Penyelenggara", "Mitra",
              "Cara Pemilihan Peserta")
    rows = [Row((place, c.program_id, c.title, _title(codes.TOPIC, c.topic), _title(codes.FORM, c.form), c.training_type,
                 _title(codes.DELIVERY, c.delivery), _title(codes.COMPETENCY_KIND, c.competency_kind), c.jp, c.organizer,
                 c.partner or None, _title(codes.SELECTION, c.selection))) for place, c in enumerate(COURSES, start=1)]
    sheet = Sheet("Katalog", (("KATALOG PROGRAM PENGEMBANGAN KOMPETENSI",), ()), (header,), rows, ("A1:L1",))
    return xlsx_file("03_katalog_program.xlsx", [sheet])


def batch_list(district: District, seed: int) -> OfficeFile:
    """The list of batches: messy titles, dates in words, one course that is in no catalogue."""
    hand = Hand(district, seed, 104)
    header = ("Kode Angkatan", "Nama Pelatihan", "Tahun", "Tanggal Mulai", "Tanggal Selesai", "Kuota", "JP", "Status",
              "Alasan Batal", "Versi Kurikulum")
    rows = [Row((r["batch_id"], hand.course(r["program_id"]), r["year"], in_words(r["start_date"]), in_words(r["end_date"]),
                 r["quota"], int(r["jp"]), _title(codes.BATCH_STATE, r["state"]), r["cancel_reason"], r["curriculum_version"]))
            for r in district.tables["batch"].to_dict("records")]
    lost = Row(("X01-2024-01", "Pelatihan Merangkai Bunga Papan", 2024, "5 Maret 2024", "6 Maret 2024", 20, 12, "Selesai", "", 1),
               "K160")
    return csv_file("04_daftar_angkatan.csv", header, [*rows, lost], ";")


def _joined(district: District, years: tuple[int, ...]) -> pd.DataFrame:
    """Participation of some years with the facts of the batch."""
    facts = district.tables["batch"][["batch_id", "program_id", "year", "end_date"]]
    rows = district.tables["participation"].merge(facts, on="batch_id", how="left")
    return rows[rows["year"].isin(years)]


def siasn_export(district: District, seed: int) -> OfficeFile:
    """The 2023 export of the national personnel system: upper case, ``dd-mm-yyyy``, no unit."""
    hand = Hand(district, seed, 105)
    header = ("nipBaru", "nama", "namaKursus", "kodeAngkatan", "tanggalSelesaiKursus", "jumlahJam", "jpDiakui", "nilai", "status",
              "pencalonan", "tanggalSertifikat")
    rows = [Row((hand.number(r["employee_uid"]), r["name"].upper(), hand.course(r["program_id"]).upper(), r["batch_id"],
                 day_first(r["end_date"]), int(r["attended_jp"]), int(r["credited_jp"]),
                 "" if pd.isna(r["final_score"]) else int(r["final_score"]), codes.label(codes.OUTCOME, r["outcome"], "id").upper(),
                 codes.label(codes.NOMINATION, r["nomination"], "id").upper(), day_first(r["certificate_date"])))
            for r in _joined(district, (2023,)).to_dict("records")]
    first = rows[0].cells
    bad = [Row((ORPHAN, "CONTOH TIDAK TERDAFTAR", *first[2:]), "K161"),
           Row((ORPHAN[:15] + "998", "CONTOH TIDAK TERDAFTAR", *first[2:]), "K161"),
           Row((*rows[1].cells[:3], "P99-2023-07", *rows[1].cells[4:]), "K160"),
           Row(rows[4].cells, "K121"), Row(rows[9].cells, "K121")]
    return csv_file("05_siasn_riwayat_kursus_2023.csv", header, [*rows, *bad])


def training_book(district: District, seed: int) -> OfficeFile:
    """The office's book of participants 2024 and 2025: title rows, numbering row, signature block."""
    hand = Hand(district, seed, 106)
    header = ("No", "NIP", "Nama", "Unit Kerja", "Kode Angkatan", "Pencalonan", "Hasil", "JP Dihadiri", "JP Diakui", "Nilai Akhir",
              "Tanggal Sertifikat")
    sheets = []
    for year in YEARS[1:]:
        above = (("REKAP PENGEMBANGAN KOMPETENSI",), (f"TAHUN {year}",), ())
        sheets.append(Sheet(str(year), above, (header,), tuple(_book_rows(hand, _joined(district, (year,)))), ("A1:K1", "A2:K2")))
    return xlsx_file("06_rekap_bangkom.xlsx", sheets)


def _book_rows(hand: Hand, participation: pd.DataFrame) -> Iterator[Row]:
    """Participants batch by batch, then rows that cannot be used."""
    yield Row(list(range(1, 12)), "K184")
    kept: list[Row] = []
    for place, r in enumerate(participation.to_dict("records"), start=1):
        kept.append(Row((place, hand.number(r["employee_uid"]), r["name"], hand.unit(r["unit_id"]), r["batch_id"],
                         _title(codes.NOMINATION, r["nomination"]), _title(codes.OUTCOME, r["outcome"]), r["attended_jp"],
                         r["credited_jp"], r["final_score"], r["certificate_date"])))
    yield from kept
    n = len(kept)
    yield Row((n + 1, ORPHAN, "Contoh Tidak Terdaftar", *kept[0].cells[3:]), "K161")
    yield Row((n + 2, *kept[1].cells[1:6], "Hadir sebagian", *kept[1].cells[7:]), "K131")
    yield Row((n + 3, *kept[6].cells[1:]), "K121")
    yield Row((n + 4, *kept[2].cells[1:3], "Kelurahan Antah Berantah", *kept[2].cells[4:]), "K160")
    yield Row((), "K181")
    yield Row(("Mengetahui,",), "K183")
    yield Row(("Kepala Bidang Pengembangan Kompetensi,",), "K183")
