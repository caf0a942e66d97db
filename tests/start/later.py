"""Three offices written before the vocabulary was read: a service's exports and forms, a district's own sheets, a hospital."""

from __future__ import annotations

import datetime
import random
from typing import Any

from start_offices import MONTHS, Office

from karier_stats.domain.codes import SERVICE_ELEMENTS
from tests.start.further import (
    COURSE,
    EDU,
    END,
    GRADE,
    JP,
    NAME,
    NIP,
    POST,
    START,
    UNIT,
    Further,
    Rows,
    _counter,
    _cycle,
    _dmy,
    _get,
    _of,
    _said,
    _table,
)


def transport() -> Further:
    """Histories and ratings out of e-Kinerja, forms whose headings change language, scores without a year."""
    office, draw = Office("x", [], n=44, seed=71, units=("Bidang Angkutan", "UPT Parkir", "Sekretariat", "Bidang Jalan"), courses=(
        "Manajemen Lalu Lintas", "Uji Kendaraan Bermotor", "Etika Pelayanan", "Penulisan Laporan")), random.Random(4)
    staff: Rows = [["DATA PEGAWAI DINAS PERHUBUNGAN"], ["Posisi per 31 Desember 2025"], [], *_table(
        ["No. Urut", "Nama (beserta gelar)", "Nomor Induk", "Lahir (tgl)", "Gender", "Pkt/Gol.Ruang", "Jabatan Terakhir",
         "Bidang / UPT", "Pend. Terakhir", "Jenis Kepegawaian"],
        office.people, _counter(), NAME, NIP, lambda p: f"{p['birth']:%d/%m/%Y}", lambda p: {"L": "Pria", "P": "Wanita"}[p["sex"]],
        GRADE, POST, UNIT, EDU, _get("status"))]
    taken = _table(
        ["nip", "nama", "nama_kegiatan", "jenis_bangkom", "metode", "tgl_awal", "tgl_akhir", "jumlah_jam", "no_bukti_sertifikat",
         "status_verifikasi"],
        office.seats, NIP, NAME, COURSE, _cycle("Bimbingan Teknis"), _cycle("Klasikal"), lambda s: _dmy(s["start"]),
        lambda s: _dmy(s["end"]), JP, lambda _: f"800/{draw.randint(1, 999)}", _said("Disetujui", "Ditolak"))
    rated = _table(
        ["nip", "nama", "rating_hasil_kerja", "rating_perilaku", "predikat_kinerja", "tahun_penilaian"], office.people, NIP, NAME,
        _cycle("Di Atas Ekspektasi", "Sesuai Ekspektasi"), _cycle("Sesuai Ekspektasi", "Di Bawah Ekspektasi"),
        _cycle("Sangat Baik", "Baik", "Butuh Perbaikan"), _cycle(2025))
    items = ["1. Materi yang saya terima berguna untuk tugas saya", "2. The trainer explained things clearly / Narasumber jelas",
             "3. I am going to use this at work / Saya akan menerapkannya", "4. Waktu pelaksanaan sudah cukup"]
    form = _table(
        ["Timestamp", "NIP Anda (Employee number)", "Which training did you join? / Kegiatan yang diikuti", *items,
         "Kesan dan saran (optional)"],
        office.seats[::2], lambda s: datetime.datetime.combine(s["end"], datetime.time(9, 5, 33)), NIP, COURSE,
        *[lambda _: draw.choice([3, 4, 4, 5])] * 4, _cycle("", "Mantap", "", "Ruang terlalu panas", "Good trainer"))
    topics = ["Keselamatan Jalan", "Public Speaking", "Pengelolaan Parkir", "Microsoft Excel", "Pengadaan"]
    lists = [draw.sample(topics, draw.randint(1, 3)) for _ in office.people]
    wishes = _table(
        ["Timestamp", "Employee number (NIP)", "Topik yang Anda minati (choose up to 3)", "Why do you need it? / Alasannya"],
        office.people, lambda _: datetime.datetime(2025, 10, draw.randint(13, 28), 10), NIP, _cycle(*map(", ".join, lists)),
        _cycle("Menunjang tugas", "", "Naik jabatan", "for my daily work"))
    scores = _table(["NIP", "Judul Kegiatan", "Tes Awal", "Tes Akhir"], office.seats, NIP, COURSE, _get("pre"), _get("post"))
    head = ("name", "employee_uid", "birth_date", "sex", "grade", "position_name", "unit_id", "education", "status")
    return Further("transport", {
        "Data Pegawai Dishub 2025.xlsx": {"Rekap": staff}, "ekinerja_export_bangkom_2025.csv": {"": taken},
        "ekinerja_predikat_2025.csv": {"": rated}, "Evaluasi Pelatihan (Responses).xlsx": {"Form Responses 1": form},
        "Training Needs 2025 (Responses).xlsx": {"Form Responses 1": wishes}, "Hasil tes 2025.xlsx": {"Sheet1": scores},
    }, {
        "Data Pegawai Dishub 2025.xlsx:Rekap": _of("employee", **dict(zip(head, staff[3][1:], strict=True))),
        "ekinerja_export_bangkom_2025.csv": _of(
            "participation", employee_uid="nip", name="nama", outcome="status_verifikasi", credited_jp="jumlah_jam"),
        "ekinerja_predikat_2025.csv": _of(
            "performance", employee_uid="nip", work_result="rating_hasil_kerja", work_behavior="rating_perilaku",
            rating="predikat_kinerja", year="tahun_penilaian"),
        "Evaluasi Pelatihan (Responses).xlsx:Form Responses 1": _of(
            "survey_response", employee_uid=form[0][1], submitted_on="Timestamp"),
        "Training Needs 2025 (Responses).xlsx:Form Responses 1": _of("need", **dict(zip(
            ("employee_uid", "need_item", "reason"), wishes[0][1:], strict=True))),
        "Hasil tes 2025.xlsx:Sheet1": _of("test_score", employee_uid="NIP"),
    }, {
        "table ": "need", "batch ": "1", "column participation outcome": "status_verifikasi", "values outcome disetujui": "lulus",
        "values outcome ditolak": "tidak_lulus", "course_from": "Judul Kegiatan", "score_max": "100", "scale": "5",
        "purpose": "reaksi", "reversed": "-", "column need need_item": wishes[0][2], "split": "ya",
    }, {
        "unit": 4, "employee": 44, "program": 4, "batch": 6, "participation": 88, "test_score": 176, "performance": 44,
        "comment": 26, "survey_response": 176, "need": sum(map(len, lists)),
    })


def district() -> Further:
    """Headings merged by hand, subtotals, a sheet for each course, its schedule with the money, a survey of the public."""
    office = Office("x", [], n=40, seed=72, units=("Kelurahan Sail", "Kelurahan Rejosari", "Kelurahan Kulim", "Kantor Camat"),
                    courses=("Penyusunan RKA", "Pelayanan Terpadu", "Arsip Digital", "Pengaduan Warga"))
    draw, batches = random.Random(5), [batch for batch in office.batches if batch["number"] == "I"]
    staff: Rows = [["DAFTAR PEGAWAI KECAMATAN"], ["KEADAAN BULAN DESEMBER 2025"], [],
                   ["NO", "NAMA", "NIP", "L/P", "PANGKAT", None, "JABATAN", None, "PENDIDIKAN", None],
                   [None, None, None, None, "GOL", "TMT", "NAMA", "ESELON", "TINGKAT", "JURUSAN"]]
    for unit in office.units:
        own = [person for person in office.people if person["unit"] == unit]
        staff += [[unit.upper()], *([n, p["name"], p["nip"], p["sex"], p["grade"], f"01-04-{p['birth'].year + 30}", p["post"], "-",
                                     p["edu"], draw.choice(["Hukum", "Ekonomi"])] for n, p in enumerate(own, 1)),
                  ["JUMLAH", None, f"{len(own)} orang"]]
    staff += [[], [*[None] * 6, "CAMAT TENAYAN"], [*[None] * 6, "Drs. Polan"]]
    seats = [seat for seat in office.seats if seat["number"] == "I"]
    sheets = {batch["course"]: _of_course(batch, [seat for seat in seats if seat["course"] == batch["course"]], office.units)
              for batch in batches}
    plan: Rows = [["RENCANA DAN REALISASI KEGIATAN BIMTEK"], ["TAHUN ANGGARAN 2025"], *_table(
        ["No", "Nama Bimtek", "Penyelenggara", "Waktu Mulai", "Waktu Selesai", "JP", "Sasaran (orang)", "Pagu (Rp)",
         "Realisasi Anggaran (Rp)", "Sumber Dana"],
        batches, _counter(), COURSE, _cycle("BPSDM Provinsi", "Lembaga Administrasi Negara"), START, END, _get("bjp"), _cycle(30),
        _cycle(12_500_000, 20_000_000), _cycle(11_900_000, 19_250_000), _cycle("APBD")),
        ["Total", *[None] * 5, 120, 65_000_000, 62_300_000]]
    public = _table(["No Responden", "Kelurahan", *(f"U{n}" for n in range(1, 10))], [[]] * 60, _counter(), _cycle(*office.units),
                    *[lambda _: draw.choice([3, 3, 4, 2])] * 9)
    leaders = _table(["Unit", "Lurah (NIP)", "Kegiatan yang dibuka", "Surat ajakan pelatihan", "Nilai dukungan (1-5)"],
                     [{"unit": unit} for unit in office.units], UNIT,
                     lambda row: next(p["nip"] for p in office.people if p["unit"] == row["unit"]),
                     _cycle(2, 3, 1), _cycle(1, 4, 0), _cycle(3.5, 4.2, 4.0))
    person = {"employee_uid": "NIP", "name": "Nama Peserta", "unit_id": "Asal", "attended_jp": "JP diikuti", "outcome": "Ket."}
    pattern = "|".join(["no responden", "kelurahan", *["u#"] * 9])
    return Further("district", {
        "Pegawai.xlsx": {"DUK": staff}, "Peserta Bimtek 2025.xlsx": sheets, "Rencana kegiatan.xlsx": {"2025": plan},
        "SKM Kecamatan 2025.xlsx": {"Data": public}, "Peran pimpinan 2025.xlsx": {"Sheet1": leaders},
    }, {
        "Pegawai.xlsx:DUK": _of("employee", name="NAMA", employee_uid="NIP", sex="L/P", grade="PANGKAT / GOL",
                                position_name="JABATAN / NAMA", education="PENDIDIKAN / TINGKAT"),
        **{f"Peserta Bimtek 2025.xlsx:{course}": _of("participation", **person) for course in sheets},
        "Rencana kegiatan.xlsx:2025": _of("batch", program_id="Nama Bimtek", start_date="Waktu Mulai", end_date="Waktu Selesai",
                                          jp="JP", quota="Sasaran (orang)"),
        "SKM Kecamatan 2025.xlsx:Data": _of("service_survey", unit_id="Kelurahan"),
        "Peran pimpinan 2025.xlsx:Sheet1": _of("leader_engagement", **dict(zip(
            ("unit_id", "head_uid", "events_opened", "letters_promoting", "support_score"), leaders[0], strict=True))),
    }, {
        "unit_from": "@part", "course_from": "@named", "batch_from": "@sheet", "values outcome tl": "tidak_lulus",
        "score_max": "100", "column service_survey unit_id": "Kelurahan",
        **{f"elements {pattern} u{n}": element for n, element in enumerate(SERVICE_ELEMENTS, 1)},
    }, {
        "unit": 4, "employee": 40, "program": 4, "batch": 4, "participation": len(seats), "test_score": 2 * len(seats), "budget": 4,
        "service_survey": 60, "leader_engagement": 4,
    }, {
        "Pegawai.xlsx": ("A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:F4", "G4:H4", "I4:J4"),
        "Peserta Bimtek 2025.xlsx": ("A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:F4", "G4:G5", "H4:H5"),
    })


def _of_course(batch: dict[str, Any], seats: list[dict[str, Any]], units: tuple[str, ...]) -> Rows:
    """The sheet of one course: a subtotal under each unit, a signature below."""
    rows: Rows = [[f"DAFTAR PESERTA BIMTEK {batch['course'].upper()}"],
                  [f"Tanggal {batch['start'].day} s.d. {batch['end'].day} {MONTHS[batch['start'].month - 1]} 2025"], [],
                  ["No", "Nama Peserta", "NIP", "Asal", "Hasil Tes", None, "JP diikuti", "Ket."],
                  [None, None, None, None, "Sebelum", "Sesudah", None, None]]
    for unit in units:
        own = [seat for seat in seats if seat["unit"] == unit]
        rows += [[n, s["name"], s["nip"], unit, s["pre"], s["post"], s["jp"], "Lulus" if s["outcome"] == "lulus" else "TL"]
                 for n, s in enumerate(own, 1)]
        rows.append(["Sub jumlah", *[None] * 5, sum(seat["jp"] for seat in own)])
    return [*rows, [], [*[None] * 5, "Ketua Panitia,"], [*[None] * 5, "Fulanah"]]


def hospital() -> Further:
    """A hospital: headings of three rows and a sheet a year, a calendar with semicolons, a Moodle export, two Google forms."""
    rooms = ("Instalasi Gawat Darurat", "Rawat Inap Melati", "Instalasi Farmasi", "Kamar Bedah")
    office = Office("x", [], n=44, seed=73, units=rooms, courses=(
        "Bantuan Hidup Dasar", "Pencegahan dan Pengendalian Infeksi", "Komunikasi Efektif", "Triase"))
    draw, batches = random.Random(6), office.batches
    for place, batch in enumerate(batches, 1):
        batch["code"] = f"DK{place:03d}"
    codes = {(batch["course"], batch["number"]): batch["code"] for batch in batches}

    def code(row: dict[str, Any]) -> str:
        return codes[row["course"], row["number"]]

    merged = ["A4:A6", "B4:E4", "F4:H4", "I4:I6", "J4:M4", "N4:N6", "B5:B6", "C5:C6", "D5:E5", "F5:F6", "G5:H5", "J5:J6", "K5:K6",
              "L5:M5"]
    staff = {str(year): [
        ["DAFTAR TENAGA RSUD PASIR PUTIH"], [f"KEADAAN S.D. 31 DESEMBER {year}"], [],
        ["NO", "IDENTITAS DIRI", None, None, None, "KEPEGAWAIAN", None, None, "RUANGAN", "PROFESI", None, None, None, "KD. SATKER"],
        [None, "NAMA DAN GELAR", "NIP / NI PPPK", "LAHIR DAN JK", None, "SIFAT", "PANGKAT", None, None, "SEBUTAN", "IJAZAH", "STR",
         None, None],
        [None, None, None, "TGL", "JK", None, "GOL", "TMT", None, None, None, "NOMOR", "BERLAKU S.D.", None],
        *([n, p["name"], p["nip"], f"{p['birth']:%d/%m/%Y}", "PW" if p["sex"] == "P" else "LK", p["status"], p["grade"],
           f"01/04/{p['birth'].year + 28}", p["unit"], p["post"].replace("Analis Kebijakan", "Perawat Ahli Muda"), p["edu"],
           f"{draw.randint(10**9, 10**10)}", f"{p['birth']:%d/%m}/2028", "415421"] for n, p in enumerate(office.people, 1)),
        [], [*[None] * 9, "Direktur,"], [*[None] * 9, "dr. Polan, Sp.B."]] for year in (2024, 2025)}
    calendar: Rows = [["KALENDER DIKLAT RSUD PASIR PUTIH TA 2025"], [], *_table(
        ["Kd Diklat", "Diklat", "Gel.", "Awal", "Akhir", "JPL", "SKP", "Kapasitas", "Pelaksana", "Status"], batches, code, COURSE,
        _get("number"), lambda b: f"{b['start']:%d-%m-%Y}", lambda b: f"{b['end']:%d-%m-%Y}", _get("bjp"), _cycle("1,5", "2,0"),
        _get("quota"), _cycle("Bapelkes", "Diklat RS"), _cycle("Terlaksana")), ["Jumlah", "", "", "", "", 144, "", 180, "", ""]]
    seats: Rows = [
        ["REKAPITULASI KEIKUTSERTAAN TENAGA"], ["TAHUN 2025"], [],
        ["NO", "TENAGA", None, None, "DIKLAT", None, "CAPAIAN", None, None],
        [None, "NAMA", "NIP", "RUANGAN", "KODE", "NAMA DIKLAT", "HADIR", "EVALUASI", None],
        [None, None, None, None, None, None, "(JPL)", "NILAI", "KET"],
        *([n, s["name"], s["nip"], s["unit"], code(s), s["course"], s["jp"], s["final"], "K" if s["outcome"] == "lulus" else "BK"]
          for n, s in enumerate(office.seats, 1)),
        [], ["Keterangan: K = kompeten, BK = belum kompeten"]]
    learned = [seat for seat in office.seats if seat["course"] == "Komunikasi Efektif"]
    moodle = _table(
        ["First name", "Last name", "ID number", "Institution", "Department", "Email address", "Quiz: Pre Test (Real)",
         "Quiz: Post Test (Real)", "Course total (Real)", "Last downloaded from this course"],
        learned, lambda s: s["name"].split()[0], lambda s: s["name"].split()[1].strip(","), NIP, _cycle("RSUD Pasir Putih"), UNIT,
        lambda s: f"{s['nip'][-3:]}@rs.example", lambda s: f"{s['pre']:.2f}", lambda s: f"{s['post']:.2f}",
        lambda s: f"{s['post']:.2f}", _cycle("1748736000"))
    items = ["Fasilitator [Menguasai materi]", "Fasilitator [Menjawab pertanyaan]", "Penyelenggaraan [Ruang kelas nyaman]",
             "Penyelenggaraan [Waktu sesuai jadwal]"]
    words = ["Kurang", "Cukup", "Baik", "Sangat Baik"]
    form = _table(
        ["Stempel waktu", "NIP / NI PPPK Anda", "Diklat yang baru Anda ikuti", *items, "Apa yang perlu kami perbaiki?"],
        office.seats[::2], lambda s: datetime.datetime.combine(s["end"], datetime.time(15, 4, 9)), NIP, COURSE,
        *[lambda _: draw.choice(words[1:])] * 4, _cycle("", "AC ruangan", "Sudah baik"))
    asked = {
        "Bagaimana pendapat Saudara tentang kesesuaian persyaratan pelayanan dengan jenis pelayanannya?": "sesuai",
        "Bagaimana pemahaman Saudara tentang kemudahan prosedur pelayanan di unit ini?": "mudah",
        "Bagaimana pendapat Saudara tentang kecepatan waktu dalam memberikan pelayanan?": "cepat",
        "Bagaimana pendapat Saudara tentang kewajaran biaya/tarif dalam pelayanan?": "wajar",
        "Bagaimana pendapat Saudara tentang kesesuaian produk pelayanan antara standar dengan hasilnya?": "sesuai",
        "Bagaimana pendapat Saudara tentang kompetensi/kemampuan petugas dalam pelayanan?": "kompeten",
        "Bagaimana pendapat Saudara tentang perilaku petugas terkait kesopanan dan keramahan?": "sopan dan ramah",
        "Bagaimana pendapat Saudara tentang kualitas sarana dan prasarana?": "baik",
        "Bagaimana pendapat Saudara tentang penanganan pengaduan pengguna layanan?": "baik",
    }
    public = _table(
        ["Timestamp", "Tempat Saudara dilayani", "Jenis kelamin", "Pendidikan", *asked], [[]] * 60,
        lambda _: datetime.datetime(2025, draw.randint(1, 6), draw.randint(1, 28), 8, 30), _cycle(*rooms),
        _cycle("Laki-laki", "Perempuan"), _cycle("SMA", "S1", "SD"),
        *[lambda _, word=word: draw.choice([f"Tidak {word}", f"Kurang {word}", word.capitalize(), f"Sangat {word}"])
          for word in asked.values()])
    money = {f"RBA {year}": [
        ["RENCANA BISNIS DAN ANGGARAN - BAGIAN DIKLAT"], [f"TAHUN {year}"], [],
        ["Kode Rekening", "Uraian", "Anggaran", None, None, "Sumber"], [None, None, "Pagu", "Realisasi", "Sisa", None],
        *([f"5.1.02.01.01.{n:04d}", f"Belanja {course}", 10_000_000 * n, 9_500_000 * n, 500_000 * n, "BLUD"]
          for n, course in enumerate(office.courses, 1)),
        ["JUMLAH", None, 100_000_000, 95_000_000, 5_000_000, None]] for year in (2024, 2025)}
    person = {"name": "IDENTITAS DIRI / NAMA DAN GELAR", "employee_uid": "IDENTITAS DIRI / NIP / NI PPPK",
              "birth_date": "IDENTITAS DIRI / LAHIR DAN JK / TGL", "sex": "IDENTITAS DIRI / LAHIR DAN JK / JK",
              "status": "KEPEGAWAIAN / SIFAT", "grade": "KEPEGAWAIAN / PANGKAT / GOL", "unit_id": "RUANGAN",
              "position_name": "PROFESI / SEBUTAN", "education": "PROFESI / IJAZAH"}
    return Further("hospital", {
        "Ketenagaan.xlsx": staff, "Kalender Diklat.csv": {"": calendar}, "Keikutsertaan 2025.xlsx": {"Rekap": seats},
        "Komunikasi Efektif Grades-20250601.csv": {"": moodle}, "Evaluasi Pasca Diklat (Jawaban).xlsx": {"Form Responses 1": form},
        "Survei Pasien Semester 1 2025.xlsx": {"Form Responses 1": public}, "RBA Diklat.xlsx": money,
    }, {
        **{f"Ketenagaan.xlsx:{year}": _of("employee", **person) for year in staff},
        "Kalender Diklat.csv": _of("batch", batch_id="Kd Diklat", program_id="Diklat", start_date="Awal", end_date="Akhir",
                                   jp="JPL", quota="Kapasitas", state="Status"),
        "Keikutsertaan 2025.xlsx:Rekap": _of(
            "participation", name="TENAGA / NAMA", employee_uid="TENAGA / NIP", unit_id="TENAGA / RUANGAN",
            batch_id="DIKLAT / KODE", attended_jp="CAPAIAN / HADIR / (JPL)", final_score="CAPAIAN / EVALUASI / NILAI",
            outcome="CAPAIAN / EVALUASI / KET"),
        "Komunikasi Efektif Grades-20250601.csv": _of("test_score", employee_uid="ID number"),
        "Evaluasi Pasca Diklat (Jawaban).xlsx:Form Responses 1": _of(
            "survey_response", employee_uid=form[0][1], submitted_on="Stempel waktu"),
        "Survei Pasien Semester 1 2025.xlsx:Form Responses 1": _of("service_survey", unit_id="Tempat Saudara dilayani"),
        **{f"RBA Diklat.xlsx:{sheet}": _of("budget", activity_code="Kode Rekening", ceiling_rp="Anggaran / Pagu",
                                           spent_rp="Anggaran / Realisasi", funding_source="Sumber") for sheet in money},
    }, {
        "column participation outcome": "CAPAIAN / EVALUASI / KET", "values outcome k": "lulus", "values outcome bk": "tidak_lulus",
        "course_from": "@named", "score_max": "100", "year komunikasi": "2025", "scale": "-", "answer words kurang": "1",
        "answer words cukup": "2", "answer words baik": "3", "answer words sangat baik": "4", "purpose": "reaksi", "reversed": "-",
        "column budget funding_source": "Sumber", "values funding_source blud": "mandiri",
        "element words tidak …": "1", "element words kurang …": "2", "element words …": "3", "element words sangat …": "4",
    }, {
        "unit": 4, "employee": 88, "program": 4, "batch": 6, "participation": len(office.seats), "test_score": 2 * len(learned),
        "survey_response": 4 * len(office.seats[::2]), "service_survey": 60, "budget": 8,
    }, {"Ketenagaan.xlsx": tuple(merged), "Keikutsertaan 2025.xlsx": (
        "A4:A6", "B4:D4", "E4:F4", "G4:I4", "B5:B6", "C5:C6", "D5:D6", "E5:E6", "F5:F6", "H5:I5"),
        "RBA Diklat.xlsx": ("A4:A5", "B4:B5", "C4:E4", "F4:F5")}, most=13, separators={"Kalender Diklat.csv": ";"})
