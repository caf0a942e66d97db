"""The made-up district's fixed facts: units, courses, partners, words for names.

Official names of places and offices are public; the people are not real. Names
are pairs of plain words (plants, weather, virtues), never a list of persons.
"""

from __future__ import annotations

from dataclasses import dataclass

EVALUATION = "contoh"
TITLE = {
    "id": "Program pengembangan karier ASN, Tenayan Raya (contoh)",
    "en": "Career-development programme for civil servants, Tenayan Raya (sample)",
}
YEARS = (2023, 2024, 2025)
PERIOD = 2025


@dataclass(frozen=True)
class UnitFact:
    """One work unit: its id, names as people write them, kind, population and size in persons."""

    unit_id: str
    name: str
    kind: str
    scope: str
    size: int
    spellings: tuple[str, ...]
    parent: str = ""
    area: str = ""


def _ward(code: str, name: str, size: int, *spellings: str) -> UnitFact:
    """A kelurahan of Tenayan Raya with its Kemendagri code."""
    unit_id = f"14.71.10.{code}"
    return UnitFact(unit_id, f"Kelurahan {name}", "kelurahan", "A", size, spellings, "14.71.10", unit_id)


UNITS: tuple[UnitFact, ...] = (
    UnitFact("14.71.10", "Kecamatan Tenayan Raya", "kecamatan", "A", 44,
             ("Kec. Tenayan Raya", "Kantor Camat Tenayan Raya"), "", "14.71.10"),
    _ward("1002", "Bencahlesung", 13, "Kel. Bencah Lesung", "Kelurahan Bencah Lesung"),
    _ward("1003", "Tangkerang Timur", 15, "Kel. Tangkerang Timur", "Kel Tkr. Timur"),
    _ward("1004", "Rejosari", 14, "Kel. Rejosari", "Kelurahan Rejo Sari"),
    _ward("1005", "Bambukuning", 12, "Kel. Bambu Kuning", "Kelurahan Bambu Kuning"),
    _ward("1010", "Melebung", 11, "Kel. Melebung", "Kelurahan Malebung"),
    _ward("1011", "Industritenayan", 12, "Kel. Industri Tenayan", "Kelurahan Industri Tenayan"),
    _ward("1012", "Sialangsakti", 14, "Kel. Sialang Sakti", "Kelurahan Sialang Sakti"),
    _ward("1013", "Tuahnegeri", 13, "Kel. Tuah Negeri", "Kelurahan Tuah Negeri"),
    UnitFact("TR-B01", "Puskesmas Tenayan Raya", "puskesmas", "B", 64, ("PKM Tenayan Raya", "Puskesmas Tenayan"),
             "OPD-11", "14.71.10"),
    UnitFact("TR-B02", "UPTD Pelayanan Pajak Wilayah Tenayan", "uptd", "B", 28,
             ("UPT Pajak Tenayan", "UPTD Pajak Wil. Tenayan"), "OPD-04", "14.71.10"),
    UnitFact("TR-B03", "SMP Negeri Contoh Tenayan Raya", "sekolah", "B", 46,
             ("SMPN Contoh Tenayan Raya", "SMP N Contoh Tenayan"), "OPD-12", "14.71.10"),
    UnitFact("OPD-01", "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "badan", "C", 82, ("BKPSDM", "B K P S D M")),
    UnitFact("OPD-02", "Sekretariat Daerah", "sekretariat", "C", 128, ("Setda", "Sekretariat Daerah Kota")),
    UnitFact("OPD-03", "Badan Perencanaan Pembangunan, Riset, dan Inovasi Daerah", "badan", "C", 76, ("Bapperida", "Bappeda")),
    UnitFact("OPD-04", "Badan Pengelolaan Keuangan dan Aset Daerah", "badan", "C", 96, ("BPKAD", "Badan Keuangan (BPKAD)")),
    UnitFact("OPD-05", "Inspektorat Daerah", "inspektorat", "C", 72, ("Inspektorat", "Inspektorat Kota")),
    UnitFact("OPD-06", "Dinas Komunikasi, Informatika, Statistik, dan Persandian", "dinas", "C", 78,
             ("Diskominfotiksan", "Dinas Kominfo")),
    UnitFact("OPD-07", "Dinas Pekerjaan Umum dan Penataan Ruang", "dinas", "C", 118, ("Dinas PUPR", "PUPR")),
    UnitFact("OPD-08", "Dinas Perumahan Rakyat dan Kawasan Permukiman", "dinas", "C", 84, ("Dinas Perkim", "Disperkim")),
    UnitFact("OPD-09", "Dinas Kependudukan dan Pencatatan Sipil", "dinas", "C", 80, ("Disdukcapil", "Dukcapil")),
    UnitFact("OPD-10", "Dinas Sosial", "dinas", "C", 66, ("Dinsos", "Dinas Sosial Kota")),
    UnitFact("OPD-11", "Dinas Kesehatan", "dinas", "C", 104, ("Dinkes", "Dinas Kesehatan Kota")),
    UnitFact("OPD-12", "Dinas Pendidikan", "dinas", "C", 106, ("Disdik", "Dinas Pendidikan Kota")),
    UnitFact("OPD-13", "Dinas Lingkungan Hidup dan Kebersihan", "dinas", "C", 92, ("DLHK", "Dinas LHK")),
    UnitFact("OPD-14", "Dinas Tenaga Kerja", "dinas", "C", 68, ("Disnaker", "Dinas Tenaga Kerja Kota")),
)


@dataclass(frozen=True)
class CourseFact:
    """One course: what it teaches, in which form, and how its title is misspelt in the files."""

    program_id: str
    title: str
    topic: str
    form: str
    training_type: int
    delivery: str
    competency_kind: str
    jp: int
    organizer: str
    selection: str
    cost_per_jp: int
    funding: str
    partner: str = ""
    variants: tuple[str, ...] = ()


COURSES: tuple[CourseFact, ...] = (
    CourseFact("P01", "Seminar Pelayanan Publik Prima", "pelayanan_publik", "seminar", 9, "luring", "sosiokultural", 6,
               "BKPSDM", "unknown", 95_000, "apbd", variants=("SEMINAR PELAYANAN PRIMA", "Seminar Yanlik Prima")),
    CourseFact("P02", "Seminar Literasi Digital ASN", "teknologi_informasi", "seminar", 9, "daring", "teknis", 6,
               "Diskominfotiksan", "unknown", 60_000, "apbd", variants=("SEMINAR LITERASI DIGITAL",)),
    CourseFact("P03", "Workshop Analisis Data dengan Lembar Kerja", "teknologi_informasi", "workshop", 4, "luring", "teknis",
               16, "BKPSDM", "ability", 120_000, "apbd", "M02", ("WORKSHOP ANALISIS DATA (EXCEL)", "W. Analisis Data")),
    CourseFact("P04", "Workshop Penulisan Naskah Dinas", "komunikasi", "workshop", 4, "luring", "teknis", 16,
               "BKPSDM", "ability", 110_000, "apbd", variants=("WORKSHOP NASKAH DINAS",)),
    CourseFact("P05", "Bimbingan Teknis Penyusunan RKA", "keuangan_anggaran", "bimtek", 8, "luring", "teknis", 24,
               "BPKAD", "low_before", 165_000, "apbd", variants=("BIMTEK PENYUSUNAN RKA", "Bintek RKA")),
    CourseFact("P06", "Bimbingan Teknis Pengadaan Barang/Jasa", "pengadaan", "bimtek", 8, "luring", "teknis", 24,
               "Setda", "low_before", 170_000, "apbd", variants=("BIMTEK PBJ", "Bimtek Pengadaan Brg/Jasa")),
    CourseFact("P07", "Pelatihan Manajemen Proyek", "manajemen_proyek", "diklat_teknis", 3, "luring", "teknis", 40,
               "BPSDM Provinsi Riau", "random", 130_000, "apbd", "M01",
               ("PROYEK MGT SYSTEM (PMS)", "KURSUS MANAJEMEN PROYEK", "SUS MANAG.PROYEK", "MANAGEMENT PROYEK")),
    CourseFact("P08", "Pelatihan Teknis Keamanan Informasi", "teknologi_informasi", "diklat_teknis", 3, "campuran", "teknis", 40,
               "BPSDM Provinsi Riau", "random", 125_000, "apbd", "M01", ("DIKLAT KEAMANAN INFORMASI",)),
    CourseFact("P09", "E-Learning Dasar Hukum Administrasi Pemerintahan", "hukum_kebijakan", "e_learning", 16, "daring", "teknis",
               10, "LAN", "ability", 25_000, "apbn", "M03", ("ELEARNING HUKUM ADM. PEMERINTAHAN",)),
    CourseFact("P10", "E-Learning Komunikasi Publik", "komunikasi", "e_learning", 16, "daring", "sosiokultural", 10,
               "LAN", "ability", 25_000, "apbn", "M03", ("E LEARNING KOMUNIKASI PUBLIK",)),
    CourseFact("P11", "Sosialisasi Tata Kearsipan", "lainnya", "seminar", 7, "luring", "teknis", 8,
               "BKPSDM", "unknown", 90_000, "apbd", variants=("SOSIALISASI ARSIP",)),
    CourseFact("P12", "Bimbingan Teknis Aplikasi Persuratan", "lainnya", "bimtek", 8, "luring", "teknis", 16,
               "Penyedia swasta", "unknown", 150_000, "apbd", "M06", ("BIMTEK APLIKASI SURAT",)),
    CourseFact("P13", "Pelatihan Fungsional Perencana", "fungsional", "diklat_fungsional", 2, "luring", "fungsional", 80,
               "Bappenas", "unknown", 90_000, "apbn", "M04", ("DIKLAT JF PERENCANA",)),
    CourseFact("P14", "Pelatihan Kepemimpinan Pengawas", "kepemimpinan", "diklat_struktural", 1, "campuran", "manajerial", 480,
               "BPSDM Provinsi Riau", "unknown", 34_000, "apbd", "M01", ("PKP", "DIKLAT PIM IV")),
    CourseFact("P15", "Pelatihan Kepemimpinan Administrator", "kepemimpinan", "diklat_struktural", 1, "campuran", "manajerial",
               520, "BPSDM Provinsi Riau", "unknown", 42_000, "apbd", "M01", ("PKA", "DIKLAT PIM III")),
    CourseFact("P16", "Pelatihan Dasar CPNS", "lainnya", "diklat_struktural", 1, "campuran", "sosiokultural", 511,
               "BPSDM Provinsi Riau", "unknown", 17_000, "apbd", "M01", ("LATSAR CPNS",)),
    CourseFact("P17", "Webinar Reformasi Birokrasi", "hukum_kebijakan", "seminar", 9, "daring", "manajerial", 4,
               "KemenPANRB", "unknown", 0, "gratis", variants=("WEBINAR RB",)),
    CourseFact("P18", "Coaching Kinerja Pegawai", "kepemimpinan", "pendampingan", 14, "luring", "manajerial", 4,
               "BKPSDM", "unknown", 70_000, "apbd"),
    CourseFact("P19", "Magang Layanan Digital", "teknologi_informasi", "pendampingan", 10, "luring", "teknis", 20,
               "Diskominfotiksan", "unknown", 65_000, "csr", "M05"),
    CourseFact("P20", "Kursus Daring Kecerdasan Artifisial Dasar", "teknologi_informasi", "e_learning", 22, "daring", "teknis", 12,
               "Kementerian Komunikasi dan Digital", "unknown", 0, "gratis", "M04", ("MOOC AI DASAR",)),
    CourseFact("P21", "Bimbingan Teknis Tata Kelola Data", "teknologi_informasi", "bimtek", 8, "luring", "teknis", 24,
               "Diskominfotiksan", "unknown", 160_000, "apbd", variants=("BIMTEK SATU DATA",)),
    CourseFact("P22", "Patok Banding Pelayanan Terpadu", "pelayanan_publik", "lainnya", 20, "luring", "sosiokultural", 10,
               "Setda", "unknown", 240_000, "apbd"),
)
BY_COURSE = {course.program_id: course for course in COURSES}
TESTED = {"seminar": ("P01", "P02"), "workshop": ("P03", "P04"), "bimtek": ("P05", "P06"),
          "diklat_teknis": ("P07", "P08"), "e_learning": ("P09", "P10")}
"""Courses with tests and a comparison group, by form of training."""
EFFECT = {"seminar": 1.0, "e_learning": 4.0, "workshop": 6.0, "bimtek": 8.0, "diklat_teknis": 9.0}
"""Mean gain in points before rounding and clipping."""
REVISED, STILL_IRRELEVANT, PROJECT_COURSE = "P11", "P12", "P07"

PARTNERS: tuple[tuple[str, str, str, str, int, float, int, str], ...] = (
    ("M01", "BPSDM Provinsi Riau", "bpsdm", "04/MoU/BPSDM/2023", 120, 40.0, 2_400_000, "manajemen_proyek"),
    ("M02", "Universitas Riau", "universitas", "17/UN19/KS/2024", 150, 16.0, 640_000, "teknologi_informasi"),
    ("M03", "Lembaga Administrasi Negara", "lan", "09/LAN/KS/2023", 300, 10.0, 120_000, "hukum_kebijakan"),
    ("M04", "Kementerian Komunikasi dan Digital", "kementerian", "22/KOMDIGI/KS/2024", 250, 12.0, 0, "teknologi_informasi"),
    ("M05", "Perusahaan Mitra TJSL (contoh)", "swasta", "03/TJSL/2025", 60, 20.0, 300_000, "teknologi_informasi"),
    ("M06", "Penyedia Pelatihan Swasta (contoh)", "swasta", "11/PKS/2024", 90, 16.0, 2_300_000, "lainnya"),
)
"""id, name, kind, agreement number, places a year, JP per place, rupiah per place, topic."""

NEED_ITEMS: dict[str, tuple[str, float, float]] = {
    "teknologi_informasi": ("Teknologi informasi dan analisis data", 0.36, 0.30),
    "pelayanan_publik": ("Pelayanan publik", 0.16, 0.18),
    "keuangan_anggaran": ("Keuangan dan penganggaran", 0.13, 0.15),
    "kepemimpinan": ("Kepemimpinan", 0.10, 0.11),
    "manajemen_proyek": ("Manajemen proyek", 0.09, 0.09),
    "pengadaan": ("Pengadaan barang/jasa", 0.07, 0.07),
    "komunikasi": ("Komunikasi", 0.05, 0.06),
    "hukum_kebijakan": ("Hukum dan kebijakan", 0.04, 0.04),
}
"""Topic: wording on the form, share that ranks it first in 2025 and in 2024."""
NEEDED_JP = ((12, 0.15), (20, 0.25), (24, 0.15), (32, 0.20), (40, 0.15), (60, 0.10))
"""Learning hours that a person needs in a year, and how often."""

WORDS_FIRST = (
    "Melati", "Kenanga", "Cempaka", "Anggrek", "Teratai", "Dahlia", "Mawar", "Seruni", "Kemuning", "Flamboyan",
    "Mentari", "Purnama", "Embun", "Pelangi", "Gerimis", "Senja", "Fajar", "Awan", "Bayu", "Samudra",
    "Rimba", "Telaga", "Lembah", "Bukit", "Muara", "Pantai", "Delima", "Meranti", "Jati", "Cendana",
    "Gaharu", "Rotan", "Pandan", "Padi", "Kapas", "Intan", "Mutiara", "Permata", "Nilam", "Zamrud",
)
WORDS_LAST = (
    "Sentosa", "Sejahtera", "Makmur", "Lestari", "Abadi", "Bestari", "Setia", "Bijaksana", "Ikhlas", "Tulus",
    "Santun", "Cermat", "Teguh", "Mandiri", "Harmoni", "Damai", "Bahagia", "Gemilang", "Cemerlang", "Perkasa",
    "Wibawa", "Saksama", "Utama", "Pertiwi", "Nusantara", "Khatulistiwa", "Bahari", "Persada", "Buana", "Angkasa",
    "Cakrawala", "Lazuardi", "Kirana", "Cahaya", "Suluh", "Pelita", "Kencana", "Perdana", "Pratama", "Sahaja",
)

ITEMS: dict[str, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    "reaksi": ("reaksi", (
        ("R1", "Materi disampaikan dengan jelas", "The content was presented clearly"),
        ("R2", "Pengajar menguasai materi", "The trainer mastered the content"),
        ("R3", "Sarana pelatihan memadai", "The facilities were adequate"),
        ("R4", "Waktu pelatihan cukup", "There was enough time"),
        ("R5", "Secara umum saya puas dengan pelatihan ini", "Overall I am satisfied with this training"),
    )),
    "relevansi": ("relevansi", (
        ("V1", "Pelatihan ini sesuai dengan tugas saya", "This training fits my work"),
    )),
    "manfaat": ("manfaat", (
        ("M1", "Saya dapat menerapkan materi dalam pekerjaan", "I can apply the content at work"),
        ("M2", "Pelatihan ini membantu saya menyelesaikan tugas lebih baik", "The training helps me do my tasks better"),
        ("M3", "Saya akan membagikan materi kepada rekan kerja", "I will share the content with colleagues"),
    )),
    "budaya_belajar": ("budaya_belajar", (
        ("B1", "Pegawai di unit saya saling berbagi pengetahuan", "Staff in my unit share knowledge"),
        ("B2", "Kesalahan dibahas sebagai bahan belajar", "Mistakes are discussed as something to learn from"),
        ("B3", "Unit saya memberi waktu untuk belajar", "My unit gives time to learn"),
        ("B4", "Gagasan baru dihargai di unit saya", "New ideas are valued in my unit"),
        ("B5", "Pimpinan unit saya memberi contoh belajar", "The head of my unit sets an example of learning"),
    )),
    "komitmen": ("komitmen", (
        ("K1", "Saya bersedia mengikuti pelatihan di luar jam kerja", "I am willing to train outside working hours"),
        ("K2", "Saya menyelesaikan setiap pelatihan yang saya mulai", "I complete each training that I begin"),
        ("K3", "Saya menerapkan rencana tindak lanjut pelatihan", "I carry out my follow-up plan"),
    )),
    "dukungan_atasan": ("dukungan_atasan", (
        ("D1", "Atasan saya mendorong saya mengikuti pelatihan", "My superior encourages me to attend training"),
        ("D2", "Atasan saya memberi waktu untuk pelatihan", "My superior gives me time for training"),
        ("D3", "Atasan saya membahas hasil pelatihan dengan saya", "My superior discusses the training with me"),
    )),
    "hambatan": ("hambatan", (
        ("H1", "Anggaran pelatihan tidak tersedia", "There is no training budget"),
        ("H2", "Beban kerja terlalu tinggi", "The workload is too high"),
        ("H3", "Atasan sulit memberi izin", "It is hard to get permission"),
        ("H4", "Informasi pelatihan datang terlambat", "News of training comes late"),
        ("H5", "Lokasi pelatihan terlalu jauh", "The place of training is too far"),
        ("H6", "Pelatihan yang ditawarkan tidak menarik bagi saya", "The training on offer does not interest me"),
    )),
    "motivasi": ("motivasi", (
        ("T1", "Saya bersemangat mempelajari hal baru", "I am keen to learn new things"),
        ("T2", "Saya ingin mencapai hasil kerja yang lebih baik", "I want to reach better results"),
        ("T3", "Saya tertantang oleh tugas yang sulit", "Difficult tasks challenge me"),
        ("T4", "Saya melihat masa depan karier saya di instansi ini", "I see my career in this institution"),
        ("T5", "Saya bangga dengan pekerjaan saya", "I am proud of my work"),
        ("T6", "Saya berusaha melebihi target yang ditetapkan", "I try to exceed the targets set"),
    )),
}
"""Instrument: purpose and items (id, wording, wording in English), all on a scale of 1-5."""
BARRIER_MEANS = {"H1": 3.9, "H2": 3.5, "H3": 2.7, "H4": 3.1, "H5": 2.5, "H6": 2.2}
