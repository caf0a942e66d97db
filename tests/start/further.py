"""Six offices in the words of other documents: a register, forms, files by unit, two languages, abbreviations, raters.

Each gives its files, the truth of each sheet (table, and heading of each column), what its clerk answers, and the rows that
``prepare`` then stores.
"""

from __future__ import annotations

import csv
import datetime
import itertools
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from start_offices import MONTHS, Office

Rows = list[list[Any]]


@dataclass
class Further:
    """An office: its files with their sheets, what they truly hold, the clerk's answers, rows and questions in the end."""

    name: str
    files: dict[str, dict[str, Rows]]
    truth: dict[str, tuple[str, dict[str, str]]]
    replies: dict[str, str]
    rows: dict[str, int]
    merged: dict[str, tuple[str, ...]] = field(default_factory=dict)
    most: int = 12
    separators: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write every file."""
        import openpyxl

        for name, sheets in self.files.items():
            if name.endswith(".csv"):
                with (folder / name).open("w", encoding="utf-8", newline="") as out:
                    csv.writer(out, delimiter=self.separators.get(name, ",")).writerows(next(iter(sheets.values())))
            elif name.endswith(".db"):
                with sqlite3.connect(folder / name) as database:
                    for table, (head, *rows) in sheets.items():
                        database.execute(f"CREATE TABLE {table} ({', '.join(f'{one} TEXT' for one in head)})")
                        database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in head)})", rows)
            else:
                book = openpyxl.Workbook()
                book.remove(book.active)
                for sheet, rows in sheets.items():
                    page = book.create_sheet(sheet)
                    for row in rows:
                        page.append(row)
                    for area in self.merged.get(name, ()):
                        page.merge_cells(area)
                book.save(folder / name)

    def reply(self, question: str, item: str, choices: Sequence[str]) -> str:
        """What the clerk answers: a choice, the number of one, or the first."""
        found = next((reply for begin, reply in self.replies.items() if f"{question} {item}".startswith(begin)), "0")
        return (
            list(choices)[int(found)]
            if found.isdigit() and found not in choices and len(choices) > int(found)
            else found
        )


def _of(table: str, **columns: str) -> tuple[str, dict[str, str]]:
    """The truth of a sheet."""
    return table, columns


def _dmy(day: datetime.date) -> str:
    """A day with digits."""
    return f"{day:%d-%m-%Y}"


def _word(day: datetime.date) -> str:
    """A day with its month in words."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _table(head: list[str | None], rows: Iterable[dict[str, Any] | list[Any]], *cells: Callable[[Any], Any]) -> Rows:
    """Headings and, for each row, its cells."""
    return [head, *([cell(row) for cell in cells] for row in rows)]


def _get(name: str) -> Callable[[dict[str, Any]], Any]:
    """One value of a row."""
    return lambda row: row[name]


def _counter() -> Callable[[Any], int]:
    """The number of a row."""
    numbers = itertools.count(1)
    return lambda _: next(numbers)


def _cycle(*values: Any) -> Callable[[Any], Any]:
    """Values in turn."""
    turn = itertools.cycle(values)
    return lambda _: next(turn)


def _said(passed: str, failed: str) -> Callable[[dict[str, Any]], str]:
    """The outcome of a seat in the office's words."""
    return lambda seat: passed if seat["outcome"] == "lulus" else failed


NIP, NAME, UNIT, POST, EDU, GRADE = map(_get, ("nip", "name", "unit", "post", "edu", "grade"))
COURSE, CODE, START, END, JP, FINAL = map(_get, ("course", "code", "start", "end", "jp", "final"))


def register() -> Further:
    """The state's register of staff as a database, a learning platform's completions, ratings of e-Kinerja."""
    office = Office("x", [], n=40, seed=31)
    staff = _table(
        [
            "PNS_ID",
            "NIP_BARU",
            "NIP_LAMA",
            "NAMA",
            "GELAR_BELAKANG",
            "TEMPAT_LAHIR_NAMA",
            "TANGGAL_LAHIR",
            "JENIS_KELAMIN",
            "EMAIL",
            "STATUS_CPNS_PNS",
            "KEDUDUKAN_HUKUM_NAMA",
            "TMT_CPNS",
            "GOL_AKHIR_NAMA",
            "TMT_GOLONGAN",
            "MK_TAHUN",
            "JENIS_JABATAN_NAMA",
            "JABATAN_NAMA",
            "TINGKAT_PENDIDIKAN_NAMA",
            "PENDIDIKAN_NAMA",
            "UNOR_NAMA",
            "UNOR_INDUK_NAMA",
        ],
        office.people,
        lambda p: f"A{p['nip'][-3:]}",
        NIP,
        lambda _: "",
        lambda p: p["name"].split(",")[0].upper(),
        _cycle("S.E", ""),
        lambda _: "PEKANBARU",
        lambda p: _dmy(p["birth"]),
        lambda p: "MF"["LP".index(p["sex"])],
        lambda p: f"u{p['nip'][-3:]}@x.id",
        lambda p: {"PNS": "P", "PPPK": "PPPK"}[p["status"]],
        lambda _: "Aktif",
        lambda _: "01-03-2010",
        GRADE,
        lambda _: "01-04-2020",
        _cycle(5, 9, 14),
        _cycle("Jabatan Pelaksana", "Jabatan Fungsional"),
        POST,
        EDU,
        lambda _: "S-1 EKONOMI",
        UNIT,
        lambda _: "PEMERINTAH KOTA",
    )
    done = _table(
        [
            "First name",
            "Last name",
            "ID number",
            "Institution",
            "Department",
            "Course full name",
            "Course short name",
            "Date enrolled",
            "Date completed",
            "Completion status",
            "Course total (Real)",
        ],
        office.seats,
        lambda s: s["name"].split(",")[0].split()[0],
        lambda s: s["name"].split(",")[0].split()[-1],
        NIP,
        lambda _: "Pemkot",
        UNIT,
        COURSE,
        CODE,
        lambda s: f"{s['start']}",
        lambda s: f"{s['end']}",
        _said("Completed", "Not completed"),
        FINAL,
    )
    rated = _table(
        [
            "nip",
            "nama",
            "unit_kerja",
            "periode_penilaian",
            "rating_hasil_kerja",
            "rating_perilaku_kerja",
            "predikat_kinerja",
        ],
        office.people,
        NIP,
        NAME,
        UNIT,
        lambda _: "2025",
        _cycle("Sesuai Ekspektasi", "Diatas Ekspektasi"),
        lambda _: "Sesuai Ekspektasi",
        _cycle("Baik", "Sangat Baik"),
    )
    return Further(
        "register",
        {"siasn_2025.db": {"pegawai": staff}, "lms_completion.csv": {"": done}, "ekinerja_2025.csv": {"": rated}},
        {
            "siasn_2025.db:pegawai": _of(
                "employee",
                employee_uid="NIP_BARU",
                name="NAMA",
                birth_date="TANGGAL_LAHIR",
                sex="JENIS_KELAMIN",
                status="STATUS_CPNS_PNS",
                standing_code="KEDUDUKAN_HUKUM_NAMA",
                grade="GOL_AKHIR_NAMA",
                service_years="MK_TAHUN",
                position_type="JENIS_JABATAN_NAMA",
                position_name="JABATAN_NAMA",
                education="TINGKAT_PENDIDIKAN_NAMA",
                unit_id="UNOR_NAMA",
            ),
            "lms_completion.csv": _of(
                "participation",
                employee_uid="ID number",
                batch_id="Course short name",
                outcome="Completion status",
                final_score="Course total (Real)",
                unit_id="Department",
            ),
            "ekinerja_2025.csv": _of(
                "performance",
                employee_uid="nip",
                work_result="rating_hasil_kerja",
                work_behavior="rating_perilaku_kerja",
                rating="predikat_kinerja",
            ),
        },
        {
            "batch ": "Course short name",
            "column participation outcome": "Completion status",
            "values outcome completed": "lulus",
            "values outcome not": "tidak_lulus",
        },
        {"unit": 4, "employee": 40, "batch": 6, "participation": 80, "performance": 40},
    )


def forms() -> Further:
    """Name and number in one cell, place and date of birth, ranges of days, and two forms with long questions."""
    office, draw = Office("x", [], n=40, seed=32), random.Random(1)
    topics = ["Microsoft Excel lanjutan", "Pengadaan barang/jasa", "Public speaking", "Arsip digital"]

    def stamp(month: int) -> str:
        return f"{month}/{draw.randint(13, 28)}/2025 {draw.randint(8, 15)}:05:11"

    def days(seat: dict[str, Any]) -> str:
        return f"{seat['start'].day} s.d. {_word(seat['end'])}"

    staff = [
        ["Data Pegawai Per 1 Desember 2025"],
        *_table(
            [
                "No.",
                "Nama/NIP",
                "L/P",
                "Tempat, Tgl Lahir",
                "Pangkat (Gol./Ruang)",
                "Jabatan",
                "Unit Kerja/Unor",
                "Pend. Akhir",
            ],
            office.people,
            _counter(),
            lambda p: f"{p['name']} NIP. {p['nip']}",
            _get("sex"),
            lambda p: f"Pasir Pengaraian, {_word(p['birth'])}",
            lambda p: f"Penata ({p['grade']})",
            POST,
            UNIT,
            EDU,
        ),
    ]
    seats = [
        ["Rekapitulasi Keikutsertaan Bangkom TA 2025"],
        *_table(
            ["No", "Nama/NIP", "Nama Bangkom", "Kode Angk.", "Tgl. Pelaks.", "JP", "Ket"],
            office.seats,
            _counter(),
            lambda s: f"{s['name']} NIP. {s['nip']}",
            COURSE,
            CODE,
            days,
            JP,
            _said("Lulus", "Tidak Lulus"),
        ),
    ]
    asked = "Pelatihan apa saja yang Saudara butuhkan tahun 2026? (boleh pilih lebih dari satu)"
    wish = _table(
        ["Timestamp", "NIP Bapak/Ibu (18 digit, tanpa spasi)", "Nama lengkap beserta gelar", asked],
        office.people,
        lambda _: stamp(12),
        NIP,
        NAME,
        lambda _: ", ".join(draw.sample(topics, 2)),
    )
    agree = [lambda _: draw.choice(["Setuju", "Sangat Setuju", "Tidak Setuju", "Netral"])] * 5
    view = _table(
        [
            "Timestamp",
            "NIP",
            "Angkatan pelatihan yang Saudara ikuti",
            "Materi pelatihan sesuai dengan kebutuhan pekerjaan saya",
            "Pengajar menguasai materi dengan baik",
            "Panitia melayani peserta dengan ramah",
            "Waktu pelaksanaan pelatihan mencukupi",
            "Saya merekomendasikan pelatihan ini kepada rekan kerja",
        ],
        office.seats,
        lambda _: stamp(11),
        NIP,
        CODE,
        *agree,
    )
    return Further(
        "forms",
        {
            "data pegawai.xlsx": {"Sheet1": staff},
            "rekap bangkom.xlsx": {"Sheet1": seats},
            "Kebutuhan Pelatihan 2026 (Jawaban).csv": {"": wish},
            "Evaluasi penyelenggaraan (Responses).csv": {"": view},
        },
        {
            "data pegawai.xlsx:Sheet1": _of(
                "employee",
                employee_uid="nip@Nama/NIP",
                name="name@Nama/NIP",
                sex="L/P",
                birth_date="Tempat, Tgl Lahir",
                grade="Pangkat (Gol./Ruang)",
                position_name="Jabatan",
                unit_id="Unit Kerja/Unor",
                education="Pend. Akhir",
            ),
            "rekap bangkom.xlsx:Sheet1": _of(
                "participation", employee_uid="nip@Nama/NIP", batch_id="Kode Angk.", credited_jp="JP", outcome="Ket"
            ),
            "Kebutuhan Pelatihan 2026 (Jawaban).csv": _of(
                "need", employee_uid="NIP Bapak/Ibu (18 digit, tanpa spasi)", need_item=asked
            ),
            "Evaluasi penyelenggaraan (Responses).csv": _of(
                "survey_response",
                employee_uid="NIP",
                batch_id="Angkatan pelatihan yang Saudara ikuti",
                submitted_on="Timestamp",
            ),
        },
        {
            "table ": "need",
            "batch ": "Kode Angk.",
            "scale": "setuju-5",
            "purpose": "relevansi",
            "reversed": "-",
            "split": "ya",
        },
        {
            "unit": 4,
            "employee": 40,
            "batch": 6,
            "participation": 80,
            "survey_item": 5,
            "survey_response": 400,
            "need": 80,
        },
    )


def wards() -> Further:
    """One file for each unit, one sheet for each year, two-row headings; a staff list whose units are titles of parts."""
    office = Office("x", [], n=40, seed=33)
    head: Rows = [
        ["No", "Nama Pegawai", "NIP", "Diklat Yang Telah Diikuti", None, None, None, "Sertifikat", None],
        [None, None, None, "Nama Diklat", "Angk", "Mulai", "Selesai", "Nomor", "JP"],
    ]
    files: dict[str, dict[str, Rows]] = {}
    truth = {}
    for unit, year in itertools.product(office.units, (2024, 2025)):
        seats = [seat for seat in office.seats if seat["unit"] == unit]
        rows = _table(
            [],
            seats,
            _counter(),
            NAME,
            NIP,
            COURSE,
            _get("number"),
            lambda s, year=year: s["start"].replace(year=year),
            lambda s, year=year: s["end"].replace(year=year),
            lambda s, year=year: f"893/{s['nip'][-3:]}/{year}",
            JP,
        )[1:]
        files.setdefault(f"Bangkom {unit}.xlsx", {})[str(year)] = [
            [f"REKAP PENGEMBANGAN KOMPETENSI {unit.upper()}"],
            [f"TAHUN {year}"],
            [],
            *head,
            *rows,
        ]
        truth[f"Bangkom {unit}.xlsx:{year}"] = _of(
            "participation", employee_uid="NIP", name="Nama Pegawai", credited_jp="Sertifikat / JP"
        )
    for year in (2024, 2025):
        rows = [
            ["NOMINATIF ASN"],
            [f"KEADAAN DESEMBER {year}"],
            ["NO", "NAMA", "NIP", "TMP/TGL LAHIR", "JNS KEL", "PGKT/GOL", "TMT", "JAB", "ESELON", "PDDKN", "KET"],
        ]
        for unit in office.units:
            rows += [
                [unit.upper()],
                *_table(
                    [],
                    [one for one in office.people if one["unit"] == unit],
                    _counter(),
                    NAME,
                    NIP,
                    lambda p: f"Pekanbaru, {_dmy(p['birth'])}",
                    _get("sex"),
                    GRADE,
                    lambda _: datetime.date(2020, 4, 1),
                    POST,
                    _cycle("-", "IV/a"),
                    EDU,
                    lambda _: None,
                )[1:],
            ]
        files.setdefault("nominatif.xlsx", {})[str(year)] = rows
        truth[f"nominatif.xlsx:{year}"] = _of(
            "employee",
            employee_uid="NIP",
            name="NAMA",
            birth_date="TMP/TGL LAHIR",
            sex="JNS KEL",
            grade="PGKT/GOL",
            position_name="JAB",
            education="PDDKN",
        )
    return Further(
        "wards",
        files,
        truth,
        {"rows": "ya", "unit_from": "@part", "batch ": "3", "column participation outcome": "=lulus"},
        {"unit": 4, "employee": 80, "batch": 12, "participation": 160},
        {name: ("A4:A5", "B4:B5", "C4:C5", "D4:G4", "H4:I4") for name in files if name.startswith("Bangkom")},
    )


def bilingual() -> Further:
    """Headings and words in two languages, levels of competence in pairs, recommendations."""
    office, draw = Office("x", [], n=40, seed=34), random.Random(2)
    staff = _table(
        [
            "NIP / Employee ID",
            "Nama / Name",
            "Tanggal Lahir / Date of Birth",
            "Jenis Kelamin / Sex",
            "Status Pegawai / Employment Status",
            "Unit Kerja / Work Unit",
            "Golongan / Rank",
            "Pendidikan / Education",
        ],
        office.people,
        NIP,
        NAME,
        _get("birth"),
        lambda p: {"L": "Laki-laki", "P": "Perempuan"}[p["sex"]],
        _get("status"),
        UNIT,
        GRADE,
        EDU,
    )
    plan = _table(
        [
            "Kode Kelas / Class Code",
            "Judul Pelatihan / Training Title",
            "Tanggal Mulai / Start Date",
            "Tanggal Selesai / End Date",
            "Jam Pelajaran / Learning Hours",
            "Lokasi / Venue",
        ],
        office.batches,
        CODE,
        COURSE,
        START,
        END,
        _get("bjp"),
        lambda _: "Pekanbaru",
    )
    seats = _table(
        [
            "NIP / Employee ID",
            "Kode Kelas / Class Code",
            "Nilai Awal / Pre-test",
            "Nilai Akhir / Post-test",
            "Hasil / Result",
            "Cara Pencalonan / Nomination",
        ],
        office.seats,
        NIP,
        CODE,
        _get("pre"),
        _get("post"),
        _said("Lulus / Passed", "Tidak lulus / Failed"),
        lambda _: draw.choice(["Usulan atasan", "Penugasan", "Pendaftaran mandiri"]),
    )
    levels = [lambda _: 3, lambda _: draw.randint(1, 4)] * 3
    held: Rows = [
        ["Hasil Pemetaan Kompetensi 2025"],
        ["NIP", "Nama", "Integritas", None, "Kerja sama", None, "Komunikasi", None],
        [None, None, "Std", "Cap", "Std", "Cap", "Std", "Cap"],
        *_table([], office.people, NIP, NAME, *levels)[1:],
    ]
    advice = _table(
        [
            "No",
            "Temuan",
            "Rekomendasi",
            "Perangkat Daerah Penanggung Jawab",
            "Batas Waktu",
            "Status Tindak Lanjut",
            "Tahun",
        ],
        [[unit] for unit in office.units],
        _counter(),
        lambda row: f"Temuan {row[0]}",
        lambda row: f"Lakukan {row[0]}",
        lambda row: row[0],
        lambda _: datetime.date(2025, 12, 31),
        _cycle("Belum", "Proses", "Selesai"),
        lambda _: 2024,
    )
    return Further(
        "bilingual",
        {
            "Staff 2025.xlsx": {"Pegawai - Staff": staff},
            "Kompetensi.xlsx": {"Sheet1": held},
            "Tindak lanjut.xlsx": {"Sheet1": advice},
            "Training 2025.xlsx": {"Kelas - Classes": plan, "Peserta - Participants": seats},
        },
        {
            "Staff 2025.xlsx:Pegawai - Staff": _of(
                "employee",
                **dict(
                    zip(
                        ("employee_uid", "name", "birth_date", "sex", "status", "unit_id", "grade", "education"),
                        staff[0],
                        strict=True,
                    )
                ),
            ),
            "Training 2025.xlsx:Kelas - Classes": _of(
                "batch", **dict(zip(("batch_id", "program_id", "start_date", "end_date", "jp"), plan[0], strict=False))
            ),
            "Training 2025.xlsx:Peserta - Participants": _of(
                "participation",
                employee_uid=seats[0][0],
                batch_id=seats[0][1],
                outcome=seats[0][4],
                nomination=seats[0][5],
            ),
            "Kompetensi.xlsx:Sheet1": _of("competency", employee_uid="NIP"),
            "Tindak lanjut.xlsx:Sheet1": _of(
                "recommendation",
                finding="Temuan",
                action="Rekomendasi",
                owner_unit="Perangkat Daerah Penanggung Jawab",
                due_on="Batas Waktu",
                state="Status Tindak Lanjut",
                year="Tahun",
            ),
        },
        {"score_max": "100"},
        {
            "unit": 4,
            "employee": 40,
            "program": 4,
            "batch": 6,
            "participation": 80,
            "test_score": 160,
            "competency": 120,
            "recommendation": 4,
        },
        {"Kompetensi.xlsx": ("A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:H2")},
    )


def abbreviated() -> Further:
    """Everything shortened: a ranked staff list under two-row headings, a training history, a budget, one course's scores."""
    office = Office("x", [], n=40, seed=35)
    staff: Rows = [
        ["PEMERINTAH KABUPATEN"],
        ["DAFTAR URUT KEPANGKATAN (DUK) TH. 2025"],
        [],
        [
            "NO URT",
            "NAMA",
            "NIP",
            "PANGKAT",
            None,
            "JABATAN",
            None,
            "MASA KERJA",
            None,
            "PENDIDIKAN",
            None,
            "USIA",
            "UNIT KERJA",
            "KET",
        ],
        [None, None, None, "GOL", "TMT", "NAMA", "TMT", "THN", "BLN", "NAMA", "LLS THN", None, None, None],
        [*range(1, 15)],
        *_table(
            [],
            office.people,
            _counter(),
            NAME,
            NIP,
            GRADE,
            lambda _: "01-04-2021",
            POST,
            lambda _: "02-01-2022",
            _cycle(5, 9, 14),
            _cycle(1, 7),
            EDU,
            _cycle(2001, 2010),
            lambda p: 2025 - p["birth"].year,
            UNIT,
            lambda _: None,
        )[1:],
        [],
        *([*[None] * 11, line] for line in ("Pekanbaru, 31 Desember 2025", "KEPALA BKPSDM", "NIP. 196501011990031001")),
    ]
    history = [
        ["RIWAYAT DIKLAT TH 2025"],
        *_table(
            [
                "NO",
                "N I P",
                "NM PEG",
                "JNS DIKLAT",
                "NM DIKLAT",
                "TGL MULAI",
                "TGL SLS",
                "JML JAM",
                "NO STTPP",
                "TGL STTPP",
            ],
            office.seats,
            _counter(),
            NIP,
            NAME,
            lambda _: "Teknis",
            COURSE,
            lambda s: _dmy(s["start"]),
            lambda s: _dmy(s["end"]),
            lambda s: f"{s['jp'] // 8} hari" if s["jp"] % 8 == 0 else f"{s['jp']} JP",
            lambda s: f"893/{s['nip'][-3:]}/2025",
            lambda s: _dmy(s["end"]),
        ),
    ]
    spent: Rows = [
        ["LAPORAN REALISASI BELANJA DIKLAT TA 2025"],
        ["KODE REKENING", "URAIAN", "PAGU (RP)", "REALISASI KEUANGAN (RP)", "%", "REALISASI FISIK (%)", "SUMBER DANA"],
        *(
            [f"5.1.02.02.0{n}", f"Belanja {n}", f"Rp {10 + n}.000.000", f"Rp {9 + n}.500.000", "95%", "100%", "APBD"]
            for n in range(6)
        ),
        ["JUMLAH", "", "Rp 75.000.000", "", "", "", ""],
    ]
    course = [seat for seat in office.seats if seat["course"] == "Penyusunan Anggaran Kas"]
    scores = [
        ["DAFTAR NILAI PRE TEST DAN POST TEST"],
        ["BIMTEK PENYUSUNAN ANGGARAN KAS TAHUN 2025"],
        *_table(
            ["NO", "NAMA", "NIP", "PRE", "POST", "N-GAIN"],
            course,
            _counter(),
            NAME,
            NIP,
            _get("pre"),
            _get("post"),
            lambda s: round((s["post"] - s["pre"]) / (100 - s["pre"]), 2),
        ),
    ]
    return Further(
        "abbreviated",
        {
            "DUK 2025.xlsx": {"Sheet1": staff},
            "riwayat diklat.xlsx": {"Sheet1": history},
            "realisasi.xlsx": {"Sheet1": spent},
            "nilai anggaran kas.xlsx": {"Sheet1": scores},
        },
        {
            "DUK 2025.xlsx:Sheet1": _of(
                "employee",
                employee_uid="NIP",
                name="NAMA",
                grade="PANGKAT / GOL",
                position_name="JABATAN / NAMA",
                service_years="MASA KERJA / THN",
                education="PENDIDIKAN / NAMA",
                unit_id="UNIT KERJA",
            ),
            "riwayat diklat.xlsx:Sheet1": _of(
                "participation",
                employee_uid="N I P",
                name="NM PEG",
                credited_jp="JML JAM",
                certificate_date="TGL STTPP",
            ),
            "realisasi.xlsx:Sheet1": _of(
                "budget",
                activity_code="KODE REKENING",
                ceiling_rp="PAGU (RP)",
                spent_rp="REALISASI KEUANGAN (RP)",
                funding_source="SUMBER DANA",
            ),
            "nilai anggaran kas.xlsx:Sheet1": _of("test_score", employee_uid="NIP"),
        },
        {
            "rows": "ya",
            "batch ": "1",
            "column participation outcome": "=lulus",
            "course_from": "@named",
            "score_max": "100",
            "unit_words": "8",
        },
        {
            "unit": 4,
            "employee": 40,
            "program": 4,
            "batch": 6,
            "participation": 80,
            "test_score": 2 * len(course),
            "budget": 6,
        },
        {"DUK 2025.xlsx": ("A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:G4", "H4:I4", "J4:K4", "L4:L5", "M4:M5", "N4:N5")},
    )


def raters() -> Further:
    """Wishes ticked under one heading each, ratings after the course by several raters, a transcript in English."""
    office, draw = Office("x", [], n=40, seed=36), random.Random(4)
    staff = _table(
        [
            "id_pegawai",
            "nip",
            "nama_lengkap",
            "jenis_kelamin",
            "status_asn",
            "nama_unor",
            "eselon",
            "golru",
            "kelas_jab",
        ],
        office.people,
        lambda p: 1000 + int(p["nip"][-3:]),
        NIP,
        NAME,
        _get("sex"),
        _get("status"),
        UNIT,
        lambda _: "",
        GRADE,
        lambda _: 7,
    )
    topics = ["Teknologi Informasi", "Manajemen Proyek", "Keuangan dan Anggaran", "Pelayanan Publik", "Kepemimpinan"]
    ticked = _table(
        ["NIP", "Nama", "Unit", *topics], office.people, NIP, NAME, UNIT, *[lambda _: draw.choice(["v", None])] * 5
    )
    grades = [lambda _: draw.randint(2, 5)] * 4
    rated = _table(
        [
            "Timestamp",
            "NIP Alumni",
            "Nama Alumni",
            "Kelas",
            "Penilai",
            "Bulan ke-",
            "Alumni menerapkan hasil pelatihan",
            "Kinerja alumni meningkat",
            "Alumni berbagi pengetahuan",
            "Alumni lebih percaya diri",
        ],
        office.seats[:40],
        lambda _: f"2025-12-0{draw.randint(1, 9)}",
        NIP,
        NAME,
        CODE,
        _cycle("Atasan", "Rekan"),
        lambda _: 6,
        *grades,
    )
    taken = _table(
        [
            "Employee Number",
            "Employee Name",
            "Course Code",
            "Course Title",
            "Session",
            "Session Start",
            "Session End",
            "Credits",
            "Score",
            "Pass/Fail",
            "Nominated by",
        ],
        office.seats,
        NIP,
        NAME,
        lambda s: f"C{s['code'][:2]}",
        COURSE,
        CODE,
        START,
        END,
        JP,
        FINAL,
        _said("Pass", "Fail"),
        _cycle("Supervisor", "Self"),
    )
    marks = sum(cell == "v" for row in ticked for cell in row)
    return Further(
        "raters",
        {
            "master_pegawai_2025.csv": {"": staff},
            "minat pelatihan 2025.xlsx": {"Sheet1": ticked},
            "evaluasi pasca pelatihan.xlsx": {"Sheet1": rated},
            "transcript.xlsx": {"Sheet1": taken},
        },
        {
            "master_pegawai_2025.csv": _of(
                "employee",
                employee_uid="nip",
                name="nama_lengkap",
                sex="jenis_kelamin",
                status="status_asn",
                unit_id="nama_unor",
                grade="golru",
            ),
            "minat pelatihan 2025.xlsx:Sheet1": _of("need", employee_uid="NIP", unit_id="Unit"),
            "evaluasi pasca pelatihan.xlsx:Sheet1": _of(
                "post_training_rating",
                employee_uid="NIP Alumni",
                batch_id="Kelas",
                rater_role="Penilai",
                wave_month="Bulan ke-",
            ),
            "transcript.xlsx:Sheet1": _of(
                "participation",
                employee_uid="Employee Number",
                batch_id="Session",
                credited_jp="Credits",
                final_score="Score",
                outcome="Pass/Fail",
                name="Employee Name",
            ),
        },
        {"batch ": "Session"},
        {"unit": 4, "employee": 40, "batch": 6, "participation": 80, "need": marks, "post_training_rating": 160},
    )


def further() -> Iterator[Further]:
    """The six."""
    yield from (make() for make in (register, forms, wards, bilingual, abbreviated, raters))
