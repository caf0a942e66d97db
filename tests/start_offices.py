"""Twelve made-up offices, each with its own words, layout and dialect, the truth of its sheets, and its clerk's answers.

Their headings are taken from other documents than the vocabulary of ``lexicon.yml``: forms of a ministry, a hospital, a
learning platform, a province, a school board.
"""

from __future__ import annotations

import csv
import datetime
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from karier_stats.intake.start.questions import Question, stable
from karier_stats.intake.values import folded

ROSTER = {
    "nip": "employee_uid",
    "name": "name",
    "birth": "birth_date",
    "sex": "sex",
    "status": "status",
    "unit": "unit_id",
    "grade": "grade",
    "post": "position_name",
    "edu": "education",
    "year": "year",
}
SEATS = {
    "nip": "employee_uid",
    "name": "name",
    "unit": "unit_id",
    "outcome": "outcome",
    "jp": "credited_jp",
    "final": "final_score",
    "code": "batch_id",
}
BATCHES = {
    "code": "batch_id",
    "course": "program_id",
    "start": "start_date",
    "end": "end_date",
    "quota": "quota",
    "bjp": "jp",
    "state": "state",
    "year": "year",
}
TESTS = {"nip": "employee_uid", "course": "program_id"}
COURSES = {"course": "title", "form": "form", "cjp": "planned_jp", "host": "organizer"}
UNITS = {"ucode": "unit_id", "unit": "unit_name"}
FIELDS = {
    "employee": ROSTER,
    "participation": SEATS,
    "batch": BATCHES,
    "test_score": TESTS,
    "program": COURSES,
    "unit": UNITS,
}

GIVEN = "Aminah Bagus Chandra Darmawan Eliza Fahmi Gita Hendra Indri Jamal Karina Lukman Mega Nanda Oktavia Prima Qori".split()
FAMILY = "Hasibuan Siregar Pratama Wulandari Kusuma Nasution Saputra Lubis Anggraini Ramadhan Tanjung Harahap".split()
MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()


@dataclass
class Sheet:
    """One sheet: where it lies, what it feeds, its headings with the field under each."""

    file: str
    table: str
    columns: list[tuple[str, str]]
    sheet: str = ""
    title: tuple[str, ...] = ()
    upper: dict[str, str] = field(default_factory=dict)
    closing: tuple[str, ...] = ()
    subtotal: str = ""
    numbering: bool = False
    year: int | None = None
    only: Any = None
    header: tuple[int, ...] = ()
    left: int = 0
    kept: int = 0


@dataclass
class Office:
    """An office: its people and courses, its sheets, how it writes, and what its clerk answers."""

    name: str
    sheets: list[Sheet]
    dates: str = "typed"
    sex: tuple[str, str] = ("L", "P")
    outcomes: dict[str, str] = field(default_factory=lambda: {"lulus": "Lulus", "tidak_lulus": "Tidak Lulus"})
    units: tuple[str, ...] = ("Dinas Kesehatan", "Dinas Pendidikan", "Kelurahan Rejosari", "Sekretariat Daerah")
    courses: tuple[str, ...] = (
        "Pengelolaan Arsip Dinamis",
        "Penyusunan Anggaran Kas",
        "Pelayanan Prima",
        "Analisis Beban Kerja",
    )
    batch_by: str = "code"
    n: int = 48
    seed: int = 1
    decimal: str = "."
    status: dict[str, str] = field(default_factory=lambda: {"PNS": "PNS", "PPPK": "PPPK"})

    def __post_init__(self) -> None:
        draw = random.Random(self.seed)
        self.people = [self._person(draw, place) for place in range(self.n)]
        self.batches = []
        for place in range(6):
            start = datetime.date(2025, 2 + place, draw.choice([3, 14, 22]))
            course, number = self.courses[place % len(self.courses)], place // len(self.courses) + 1
            self.batches.append(
                {
                    "course": course,
                    "number": ["I", "II"][number - 1],
                    "code": f"{course[:2].upper()}-{place + 1:02d}/25",
                    "start": start,
                    "end": start + datetime.timedelta(days=3),
                    "bjp": 20 + 4 * (place % 3),
                    "quota": 30,
                    "state": "Terlaksana",
                    "year": 2025,
                    "form": "Bimbingan Teknis",
                    "cjp": 20 + 4 * (place % 3),
                    "host": "BPSDM Provinsi",
                }
            )
        self.seats = []
        for person in self.people:
            for course in draw.sample(self.courses, 2):
                batch = draw.choice([one for one in self.batches if one["course"] == course])
                passed = draw.random() < 0.85
                pre = draw.randint(41, 70)
                self.seats.append(
                    {
                        **person,
                        **batch,
                        "boss": self.people[0]["nip"],
                        "jp": batch["bjp"],
                        "outcome": "lulus" if passed else "tidak_lulus",
                        "pre": pre,
                        "post": pre + draw.randint(3, 25),
                        "final": draw.randint(600, 950) / 10,
                    }
                )

    def _person(self, draw: random.Random, place: int) -> dict[str, Any]:
        """One person, the service number made of what is true of them."""
        born = datetime.date(draw.randint(1968, 1996), draw.randint(1, 12), draw.randint(1, 28))
        sex, contract = draw.choice("LP"), draw.random() < 0.25
        appointed = born.year + draw.randint(23, 30)
        tail = f"{appointed}21" if contract else f"{appointed}{draw.randint(1, 12):02d}"
        nip = f"{born:%Y%m%d}{tail}{1 if sex == 'L' else 2}{place + 1:03d}"
        name = f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}" + draw.choice(["", ", S.E.", ", S.Sos., M.Si."])
        return {
            "nip": nip,
            "name": name,
            "birth": born,
            "sex": sex,
            "status": "PPPK" if contract else "PNS",
            "unit": self.units[place % len(self.units)],
            "grade": "IX" if contract else draw.choice(["III/a", "III/b", "III/d", "IV/a"]),
            "post": draw.choice(["Analis Kebijakan", "Pengadministrasi Umum", "Bendahara", "Arsiparis"]),
            "edu": draw.choice(["S-1", "S-2", "D-III", "SLTA"]),
            "year": 2025,
        }

    def records(self, sheet: Sheet) -> list[dict[str, Any]]:
        """The rows of a sheet."""
        if sheet.table == "unit":
            rows = [{"ucode": f"U{place:02d}", "unit": unit} for place, unit in enumerate(self.units, 1)]
        elif sheet.table == "program":
            rows = [next(batch for batch in self.batches if batch["course"] == course) for course in self.courses]
        else:
            rows = {"employee": self.people, "batch": self.batches}.get(sheet.table, self.seats)
        return [
            {**row, **({"year": sheet.year} if sheet.year else {})}
            for row in rows
            if sheet.only is None or sheet.only(row)
        ]

    def shown(self, name: str, value: Any) -> Any:
        """A value as the office writes it."""
        if isinstance(value, datetime.date):
            return {
                "typed": value,
                "id": f"{value:%d-%m-%Y}",
                "us": f"{value:%m/%d/%Y}",
                "slash": f"{value:%d/%m/%Y}",
                "teks": f"{value.day} {MONTHS[value.month - 1]} {value.year}",
            }[self.dates]
        if name == "sex":
            return self.sex["LP".index(value)]
        if name == "outcome":
            return self.outcomes[value]
        if name == "status":
            return self.status[value]
        if isinstance(value, float):
            return str(value).replace(".", self.decimal) if self.decimal == "," else value
        return value

    def write(self, folder: Path) -> None:
        """Write every file."""
        import openpyxl

        books: dict[str, Any] = {}
        for sheet in self.sheets:
            rows = self._rows(sheet)
            if sheet.file.endswith(".csv"):
                with (folder / sheet.file).open("w", encoding="utf-8", newline="") as out:
                    csv.writer(out, delimiter=";").writerows(
                        [
                            [cell.isoformat() if isinstance(cell, datetime.date) else cell for cell in row]
                            for row in rows
                        ]
                    )
                continue
            book = books.setdefault(sheet.file, openpyxl.Workbook())
            page = book.active if not book.active.max_row > 1 else book.create_sheet()
            page.title = sheet.sheet or "Sheet1"
            for row in rows:
                page.append(row)
            self._merge(page, sheet)
        for name, book in books.items():
            book.save(folder / name)

    def _rows(self, sheet: Sheet) -> list[list[Any]]:
        """The rows of a sheet with all that offices put around them; header rows and left-out rows are noted."""
        headings = [heading for heading, _ in sheet.columns]
        rows: list[list[Any]] = [[line] for line in sheet.title]
        if sheet.upper:
            seen: set[str] = set()
            rows.append(
                [
                    (sheet.upper[name] if sheet.upper[name] not in seen and not seen.add(sheet.upper[name]) else None)
                    if name in sheet.upper
                    else name
                    for name in headings
                ]
            )
            rows.append([name if name in sheet.upper else None for name in headings])
        else:
            rows.append(headings)
        sheet.header = (len(rows) - 1, len(rows)) if sheet.upper else (len(rows),)
        if sheet.numbering:
            rows.append(list(range(1, len(headings) + 1)))
        before, records = len(rows), self.records(sheet)
        for place, record in enumerate(records, 1):
            rows.append(
                [self.shown(name, place if name == "no" else record.get(name, "")) for _, name in sheet.columns]
            )
            if sheet.subtotal and place % 20 == 0:
                rows.append([sheet.subtotal, None, place])
        rows += [[None, None, line] for line in sheet.closing]
        sheet.kept = len(records)
        sheet.left = len(rows) - before - len(records) + sheet.numbering
        return rows

    def _merge(self, page: Any, sheet: Sheet) -> None:
        """Merge the upper headings over those below them."""
        if not sheet.upper:
            return
        row, names = sheet.header[0], [heading for heading, _ in sheet.columns]
        for group in dict.fromkeys(sheet.upper.values()):
            at = [place for place, name in enumerate(names, 1) if sheet.upper.get(name) == group]
            page.merge_cells(start_row=row, end_row=row, start_column=at[0], end_column=at[-1])
        for place, name in enumerate(names, 1):
            if name not in sheet.upper:
                page.merge_cells(start_row=row, end_row=row + 1, start_column=place, end_column=place)

    def heading(self, sheet: Sheet, name: str) -> str:
        """A heading as it is read: with the one above it."""
        return f"{sheet.upper[name]} / {name}" if name in sheet.upper else name

    def truth(self, sheet: Sheet) -> dict[str, str]:
        """Column of the table to the heading that holds it."""
        found = {
            FIELDS[sheet.table][name]: self.heading(sheet, head)
            for head, name in sheet.columns
            if name in FIELDS[sheet.table]
        }
        return found | ({"program_id": found["title"]} if sheet.table == "program" else {})

    def reply(self, question: Question, item: str, where: dict[str, str]) -> str:
        """What the clerk answers to a question; ``where`` gives the sheet of a pattern of headings."""
        kind, _, rest = question.id.partition(" ")
        sheet = self._meant(rest, where)
        match kind:
            case "rows" | "same":
                return "ya" if kind == "rows" else "tidak"
            case "table":
                return sheet.table
            case "person":
                return next(
                    self.heading(sheet, head)
                    for one in self.sheets
                    for sheet in [one]
                    for head, name in one.columns
                    if name == "nip" and self.heading(sheet, head) in question.choices
                )
            case "dates":
                return "mm/dd/yyyy" if self.dates == "us" else "dd/mm/yyyy"
            case "numbers":
                return "id" if self.decimal == "," else "en"
            case "values":
                return self._word(rest, item)
            case "year":
                return (
                    str(sheet.year or 2025)
                    if not question.choices
                    else next(choice for choice, label in question.choices.items() if "2025" in label["id"])
                )
            case "batch":
                return self._batch(question)
            case "course_from" | "unit_from":
                name = "course" if kind == "course_from" else "unit"
                return next((self.heading(sheet, head) for head, one in sheet.columns if one == name), "@sheet")
            case "column":
                table, column = rest.split(" ")[:2]
                return self.truth(sheet).get(column, "-") if table == sheet.table else "-"
            case "score_max":
                return "100"
            case "unlisted":
                return "baru"
        return next(iter(question.choices), "2025")

    def _meant(self, rest: str, where: dict[str, str]) -> Sheet:
        """The sheet that a question is about."""
        name = next((name for pattern, name in where.items() if pattern and pattern in rest), None)
        found = [
            sheet
            for sheet in self.sheets
            if name in (f"{sheet.file}:{sheet.sheet}", sheet.file, f"{sheet.file}:Sheet1")
        ]
        return found[0] if found else self.sheets[0]

    def _word(self, column: str, item: str) -> str:
        """What a word stands for."""
        if column == "sex":
            return "LP"[[folded(word) for word in self.sex].index(item)]
        labels = {"outcome": self.outcomes, "status": self.status}.get(column, {"selesai": "Terlaksana"})
        return next((code for code, word in labels.items() if folded(word) == item), "-")

    def _batch(self, question: Question) -> str:
        """What makes a batch here: the choice that gives as many as there are."""
        found = [choice for choice, label in question.choices.items() if f"({len(self.batches)})" in label["id"]]
        return min(found, key=len) if found else next(iter(question.choices))


def sheet_patterns(looks: list[Any]) -> dict[str, str]:
    """The pattern of each sheet's headings, as questions name it, to its place."""
    return {stable(look.pattern): look.where for look in looks} | {stable(look.where): look.where for look in looks}


def offices() -> list[Office]:
    """The twelve."""
    plain = [
        ("NO", "no"),
        ("NIP BARU", "nip"),
        ("NAMA TANPA GELAR", "name"),
        ("TANGGAL LAHIR", "birth"),
        ("JENIS KELAMIN", "sex"),
        ("GOL. AKHIR", "grade"),
        ("NAMA JABATAN", "post"),
        ("TINGKAT PENDIDIKAN", "edu"),
        ("UNOR NAMA", "unit"),
        ("JENIS ASN", "status"),
    ]
    return [
        Office(
            "satu",
            [
                Sheet(
                    "pegawai.xlsx",
                    "employee",
                    plain,
                    title=("DAFTAR NOMINATIF PEGAWAI", "KEADAAN 31 DESEMBER 2025"),
                    numbering=True,
                    closing=("Mengetahui,", "Kepala Badan"),
                ),
                Sheet(
                    "jadwal.xlsx",
                    "batch",
                    [
                        ("Kode Kelas", "code"),
                        ("Nama Bimtek", "course"),
                        ("Mulai", "start"),
                        ("Sampai", "end"),
                        ("Jml JP", "bjp"),
                        ("Daya Tampung", "quota"),
                    ],
                ),
                Sheet(
                    "rekap peserta.xlsx",
                    "participation",
                    [
                        ("No.", "no"),
                        ("N I P", "nip"),
                        ("Nama Lengkap & Gelar", "name"),
                        ("Kelas", "code"),
                        ("Hasil Akhir", "outcome"),
                        ("JPL", "jp"),
                    ],
                ),
            ],
        ),
        Office(
            "dua",
            [
                Sheet(
                    "DUK_2025.csv",
                    "employee",
                    [
                        ("nip_pegawai", "nip"),
                        ("nama_pegawai", "name"),
                        ("tgl_lahir", "birth"),
                        ("jk", "sex"),
                        ("satker", "unit"),
                        ("gol_ruang", "grade"),
                    ],
                ),
                Sheet(
                    "diklat.csv",
                    "participation",
                    [
                        ("nip_pegawai", "nip"),
                        ("nama_diklat", "course"),
                        ("angkatan", "number"),
                        ("tgl_mulai", "start"),
                        ("tgl_akhir", "end"),
                        ("jml_jam", "jp"),
                        ("status_lulus", "outcome"),
                    ],
                ),
            ],
            dates="id",
            sex=("1", "2"),
            seed=2,
        ),
        Office(
            "tiga",
            [
                Sheet(
                    "Staff list 2025.xlsx",
                    "employee",
                    [
                        ("Employee No (NIP)", "nip"),
                        ("Employee", "name"),
                        ("DoB", "birth"),
                        ("Gender", "sex"),
                        ("Division", "unit"),
                        ("Highest education", "edu"),
                    ],
                ),
                Sheet(
                    "Completions.xlsx",
                    "participation",
                    [
                        ("ID Number", "nip"),
                        ("Course full name", "course"),
                        ("Cohort", "code"),
                        ("Date started", "start"),
                        ("Date ended", "end"),
                        ("Completion state", "outcome"),
                        ("Final grade", "final"),
                    ],
                ),
            ],
            dates="us",
            sex=("Male", "Female"),
            outcomes={"lulus": "Completed", "tidak_lulus": "Failed"},
            seed=3,
        ),
        Office(
            "empat",
            [
                Sheet("bezetting.xlsx", "employee", plain[1:], sheet="2024", year=2024, title=("BEZETTING PEGAWAI",)),
                Sheet("bezetting.xlsx", "employee", plain[1:], sheet="2025", year=2025, title=("BEZETTING PEGAWAI",)),
                Sheet(
                    "bangkom.xlsx",
                    "participation",
                    [
                        ("NIP", "nip"),
                        ("Nama", "name"),
                        ("Pengembangan Kompetensi yang Diikuti", "course"),
                        ("Tgl Pelaksanaan", "start"),
                        ("Jumlah Jam Pelajaran", "jp"),
                        ("Ket. Kelulusan", "outcome"),
                    ],
                ),
            ],
            dates="slash",
            batch_by="course+start",
            seed=4,
            outcomes={"lulus": "Hadir", "tidak_lulus": "Tidak Lulus"},
        ),
        Office(
            "lima",
            [
                Sheet(
                    "asn.xlsx",
                    "employee",
                    [
                        ("Nomor Induk", "nip"),
                        ("Nama ASN", "name"),
                        ("Lahir", "birth"),
                        ("L/P", "sex"),
                        ("Perangkat Daerah", "unit"),
                        ("Pendidikan Akhir", "edu"),
                    ],
                    title=("Data ASN per 31 Desember 2025",),
                ),
                Sheet(
                    "nilai.xlsx",
                    "test_score",
                    [("NIP", "nip"), ("Nama Peserta", "name"), ("Materi", "course"), ("Pre", "pre"), ("Post", "post")],
                    upper={"Pre": "Nilai Tes", "Post": "Nilai Tes"},
                    title=("REKAP NILAI 2025",),
                ),
                Sheet(
                    "peserta.xlsx",
                    "participation",
                    [
                        ("No", "no"),
                        ("NIP", "nip"),
                        ("Nama Peserta", "name"),
                        ("Judul Diklat", "course"),
                        ("Gelombang", "number"),
                        ("Tanggal", "start"),
                        ("s.d.", "end"),
                        ("Lulus/Tidak", "outcome"),
                    ],
                    subtotal="JUMLAH",
                    closing=("Pekanbaru, 5 Januari 2026", "Kepala Bidang"),
                ),
            ],
            dates="teks",
            sex=("Pria", "Wanita"),
            outcomes={"lulus": "L", "tidak_lulus": "TL"},
            seed=5,
        ),
        Office(
            "enam",
            [
                Sheet(
                    "01 Pegawai.xlsx",
                    "employee",
                    [
                        ("No. Urut", "no"),
                        ("NIP", "nip"),
                        ("Nama dan Gelar", "name"),
                        ("Kelamin", "sex"),
                        ("Pangkat/Gol", "grade"),
                        ("Jabatan Sekarang", "post"),
                        ("Tempat Tugas", "unit"),
                    ],
                    title=("RSUD", "Tahun 2025"),
                ),
                Sheet(
                    "02 Unit.xlsx",
                    "unit",
                    [("Kode", "ucode"), ("Nama Instalasi/Unit", "unit")],
                    title=("Daftar Unit Kerja",),
                ),
                Sheet(
                    "03 Pelatihan.xlsx",
                    "program",
                    [("Judul Pelatihan", "course"), ("Bentuk", "form"), ("Beban JP", "cjp"), ("Penyelenggara", "host")],
                    title=("Katalog",),
                ),
                Sheet(
                    "04 Kalender.xlsx",
                    "batch",
                    [
                        ("ID Kelas", "code"),
                        ("Pelatihan", "course"),
                        ("Tgl Buka", "start"),
                        ("Tgl Tutup", "end"),
                        ("Status Pelaksanaan", "state"),
                    ],
                ),
                Sheet(
                    "05 Peserta.xlsx",
                    "participation",
                    [
                        ("NIP Peserta", "nip"),
                        ("ID Kelas", "code"),
                        ("Keterangan Hasil", "outcome"),
                        ("Skor Akhir", "final"),
                    ],
                ),
            ],
            decimal=",",
            seed=6,
        ),
        Office(
            "tujuh",
            [
                Sheet(
                    "rekap.xlsx",
                    "participation",
                    [
                        ("NIP", "nip"),
                        ("NAMA", "name"),
                        ("INSTANSI", "unit"),
                        ("DIKLAT", "course"),
                        ("ANGKATAN KE", "number"),
                        ("TGL MULAI", "start"),
                        ("TGL SELESAI", "end"),
                        ("JP", "jp"),
                        ("PREDIKAT", "outcome"),
                    ],
                    title=("REKAPITULASI DIKLAT TAHUN 2025",),
                )
            ],
            seed=7,
        ),
        Office(
            "delapan",
            [
                Sheet(
                    "guru 2025.csv",
                    "employee",
                    [
                        ("NIP / NIPPPK", "nip"),
                        ("Nama Guru", "name"),
                        ("Tgl. Lahir", "birth"),
                        ("JK", "sex"),
                        ("Sekolah", "unit"),
                        ("Status Kepegawaian", "status"),
                    ],
                ),
                Sheet(
                    "pelatihan guru 2025.csv",
                    "participation",
                    [
                        ("NIP / NIPPPK", "nip"),
                        ("Nama Guru", "name"),
                        ("Sekolah", "unit"),
                        ("Pelatihan yang Diikuti", "course"),
                        ("Angk.", "number"),
                        ("Selesai pada", "end"),
                        ("Hasil", "outcome"),
                    ],
                ),
            ],
            dates="slash",
            units=("SDN 1", "SDN 11", "SMPN 3", "SMPN 4"),
            status={"PNS": "PNS", "PPPK": "P3K"},
            seed=8,
        ),
        Office(
            "sembilan",
            [
                Sheet(
                    "kepegawaian.xlsx",
                    "employee",
                    [*plain[:6], ("OPD", "unit")],
                    title=("PROVINSI", "DATA PEGAWAI", "TAHUN 2025"),
                ),
                Sheet(
                    "pelatihan.xlsx",
                    "batch",
                    [
                        ("Kode Angkatan", "code"),
                        ("Program", "course"),
                        ("Tanggal Awal", "start"),
                        ("Tanggal Akhir", "end"),
                        ("JP", "bjp"),
                    ],
                    sheet="Jadwal",
                ),
                Sheet(
                    "pelatihan.xlsx",
                    "participation",
                    [("NIP", "nip"), ("Kode Angkatan", "code"), ("Kelulusan", "outcome")],
                    sheet="Peserta",
                ),
                Sheet(
                    "pelatihan.xlsx",
                    "test_score",
                    [
                        ("NIP", "nip"),
                        ("Nama", "name"),
                        ("Program", "course"),
                        ("Skor Pre Test", "pre"),
                        ("Skor Post Test", "post"),
                    ],
                    sheet="Tes 2025",
                ),
            ],
            seed=9,
        ),
        Office(
            "sepuluh",
            [
                Sheet(
                    "daftar asn.xlsx",
                    "employee",
                    [
                        ("NIP", "nip"),
                        ("Nama", "name"),
                        ("Tanggal Lahir", "birth"),
                        ("Jenis Kelamin", "sex"),
                        ("Unit", "unit"),
                        ("Tahun", "year"),
                    ],
                ),
                Sheet(
                    "sertifikat.xlsx",
                    "participation",
                    [
                        ("NIP", "nip"),
                        ("NIP Atasan", "boss"),
                        ("Nama Kegiatan", "course"),
                        ("Batch", "code"),
                        ("Periode Mulai", "start"),
                        ("Periode Selesai", "end"),
                        ("Jam", "jp"),
                        ("Status Peserta", "outcome"),
                    ],
                ),
            ],
            dates="slash",
            seed=10,
        ),
        Office(
            "sebelas",
            [
                Sheet(
                    "personil 2025.xlsx",
                    "employee",
                    [
                        ("NIP", "nip"),
                        ("Personil", "name"),
                        ("Seks", "sex"),
                        ("Bagian/Bidang", "unit"),
                        ("Jenjang Pendidikan", "edu"),
                    ],
                ),
                Sheet(
                    "hasil.xlsx",
                    "participation",
                    [
                        ("NIP", "nip"),
                        ("Personil", "name"),
                        ("Topik Kursus", "course"),
                        ("Rombel", "code"),
                        ("Awal", "start"),
                        ("Akhir", "end"),
                        ("Hasil Kursus", "outcome"),
                        ("Nilai Akhir", "final"),
                    ],
                    upper={"Awal": "Waktu", "Akhir": "Waktu"},
                ),
            ],
            sex=("LK", "PR"),
            seed=11,
        ),
        Office(
            "dua belas",
            [
                Sheet(
                    "Master Pegawai 2025.csv",
                    "employee",
                    [
                        ("NIP", "nip"),
                        ("NAMA PEGAWAI", "name"),
                        ("TGL LAHIR", "birth"),
                        ("KELAMIN", "sex"),
                        ("SATUAN KERJA", "unit"),
                        ("PENDIDIKAN", "edu"),
                    ],
                ),
                Sheet(
                    "Master Kelas.csv",
                    "batch",
                    [
                        ("KODE KELAS", "code"),
                        ("NAMA PELATIHAN", "course"),
                        ("TGL AWAL", "start"),
                        ("TGL AKHIR", "end"),
                        ("KUOTA", "quota"),
                    ],
                ),
                Sheet(
                    "Transaksi.csv",
                    "participation",
                    [("NIP", "nip"), ("KODE KELAS", "code"), ("STATUS", "outcome"), ("JP", "jp")],
                ),
            ],
            dates="slash",
            outcomes={"lulus": "LULUS", "tidak_lulus": "BELUM LULUS"},
            seed=12,
        ),
    ]
