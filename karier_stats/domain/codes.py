"""Closed lists of codes, each value with its Indonesian and English name.

A processed column of kind ``category`` holds only values of one of these
lists. Names follow the glossary of the field; ids of the 25 forms of
training follow the reference list of the national civil-service agency.
"""

from __future__ import annotations

from collections.abc import Iterable

CodeList = dict[str, tuple[str, str]]

UNIT_TYPE: CodeList = {
    "sekretariat": ("Sekretariat", "Secretariat"),
    "dinas": ("Dinas", "Agency"),
    "badan": ("Badan", "Board"),
    "inspektorat": ("Inspektorat", "Inspectorate"),
    "kecamatan": ("Kecamatan", "District office"),
    "kelurahan": ("Kelurahan", "Ward office"),
    "uptd": ("UPTD", "Technical unit"),
    "puskesmas": ("Puskesmas", "Health centre"),
    "sekolah": ("Sekolah", "School"),
    "rsud": ("RSUD", "Hospital"),
    "lainnya": ("Lainnya", "Other"),
}
SCOPE: CodeList = {
    "A": ("Kecamatan dan kelurahan", "District and ward offices"),
    "B": ("Unit lain di kecamatan", "Other units in the district"),
    "C": ("Kompleks perkantoran", "Office complex"),
    "luar": ("Di luar cakupan", "Outside the scope"),
}
STATUS: CodeList = {
    "PNS": ("PNS", "Permanent (PNS)"),
    "CPNS": ("CPNS", "Probationary (CPNS)"),
    "PPPK": ("PPPK", "Contract (PPPK)"),
    "PPPK_PART_TIME": ("PPPK paruh waktu", "Part-time contract (PPPK)"),
}
CONTRACT_STATUS = ("PPPK", "PPPK_PART_TIME")
"""Statuses of people on a contract; part-time ones are staff of their own kind."""
STANDING: CodeList = {
    "01": ("Aktif", "Active"),
    "02": ("CLTN", "Unpaid leave"),
    "03": ("Tugas belajar", "On study assignment"),
    "04": ("Pemberhentian sementara", "Suspended"),
    "15": ("Kena hukuman disiplin", "Under sanction"),
    "20": ("MPP", "Pre-retirement"),
}
SEX: CodeList = {"L": ("Laki-laki", "Men"), "P": ("Perempuan", "Women")}
AGE_BAND: CodeList = {
    "<30": ("di bawah 30 tahun", "under 30"),
    "30-39": ("30–39 tahun", "30–39"),
    "40-49": ("40–49 tahun", "40–49"),
    "50+": ("50 tahun ke atas", "50 and over"),
}
POSITION_TYPE: CodeList = {
    "JPT_PRATAMA": ("JPT pratama", "Senior executive"),
    "ADMINISTRATOR": ("Administrator", "Administrator"),
    "PENGAWAS": ("Pengawas", "Supervisor"),
    "PELAKSANA": ("Pelaksana", "Staff"),
    "FUNGSIONAL": ("Jabatan fungsional", "Functional post"),
}
EDUCATION: CodeList = {
    "05": ("SD", "Primary school"),
    "10": ("SLTP", "Lower secondary"),
    "12": ("SLTP kejuruan", "Lower vocational"),
    "15": ("SLTA", "Upper secondary"),
    "17": ("SLTA kejuruan", "Upper vocational"),
    "18": ("SLTA keguruan", "Teacher school"),
    "20": ("D-I", "Diploma I"),
    "25": ("D-II", "Diploma II"),
    "30": ("D-III", "Diploma III"),
    "35": ("D-IV", "Diploma IV"),
    "40": ("S-1", "Bachelor"),
    "42": ("Profesi", "Professional"),
    "45": ("S-2", "Master"),
    "47": ("Spesialis", "Specialist"),
    "49": ("Subspesialis", "Subspecialist"),
    "50": ("S-3", "Doctorate"),
}
TOPIC: CodeList = {
    "teknologi_informasi": ("Teknologi informasi", "Information technology"),
    "manajemen_proyek": ("Manajemen proyek", "Project management"),
    "keuangan_anggaran": ("Keuangan dan anggaran", "Finance and budgeting"),
    "pelayanan_publik": ("Pelayanan publik", "Public service"),
    "kepemimpinan": ("Kepemimpinan", "Leadership"),
    "pengadaan": ("Pengadaan barang/jasa", "Procurement"),
    "hukum_kebijakan": ("Hukum dan kebijakan", "Law and policy"),
    "komunikasi": ("Komunikasi", "Communication"),
    "fungsional": ("Fungsional", "Functional skills"),
    "lainnya": ("Lainnya", "Other"),
}
FORM: CodeList = {
    "seminar": ("Seminar", "Seminar"),
    "workshop": ("Workshop", "Workshop"),
    "bimtek": ("Bimbingan teknis", "Technical guidance"),
    "diklat_teknis": ("Pelatihan teknis", "Technical training"),
    "diklat_fungsional": ("Pelatihan fungsional", "Functional training"),
    "diklat_struktural": ("Pelatihan kepemimpinan", "Leadership training"),
    "e_learning": ("E-learning", "E-learning"),
    "pendampingan": ("Coaching dan mentoring", "Coaching and mentoring"),
    "pendidikan": ("Pendidikan formal", "Formal study"),
    "lainnya": ("Lainnya", "Other"),
}
DELIVERY: CodeList = {
    "luring": ("Luring", "In person"),
    "daring": ("Daring", "Online"),
    "campuran": ("Campuran", "Blended"),
}
COMPETENCY_KIND: CodeList = {
    "teknis": ("Teknis", "Technical"),
    "manajerial": ("Manajerial", "Managerial"),
    "sosiokultural": ("Sosial kultural", "Socio-cultural"),
    "fungsional": ("Fungsional", "Functional"),
}
BATCH_STATE: CodeList = {
    "direncanakan": ("Direncanakan", "Planned"),
    "berjalan": ("Berjalan", "Running"),
    "selesai": ("Selesai", "Completed"),
    "batal": ("Batal", "Cancelled"),
}
NOMINATION: CodeList = {
    "atasan": ("Diusulkan atasan", "Nominated by superior"),
    "penugasan": ("Penugasan", "Assigned"),
    "mandiri": ("Mendaftar sendiri", "Applied in person"),
    "undangan": ("Undangan", "Invited"),
}
OUTCOME: CodeList = {
    "diundang": ("Diundang", "Invited"),
    "terdaftar": ("Terdaftar", "Registered"),
    "tidak_hadir": ("Tidak hadir", "No-show"),
    "mengundurkan_diri": ("Mengundurkan diri", "Withdrew"),
    "tidak_lulus": ("Tidak lulus", "Did not pass"),
    "lulus": ("Lulus", "Completed"),
}
TEST_KIND: CodeList = {
    "pre": ("Pretes", "Pre-test"),
    "post": ("Postes", "Post-test"),
    "retensi": ("Tes retensi", "Retention test"),
}
ARM: CodeList = {
    "peserta": ("Peserta", "Participants"),
    "pembanding": ("Pembanding", "Comparison group"),
}
SCALE_KIND: CodeList = {
    "interval": ("Skor", "Score"),
    "ordinal": ("Tingkat berurut", "Ordered level"),
    "pass_fail": ("Lulus/tidak", "Pass/fail"),
}
SELECTION: CodeList = {
    "random": ("acak", "random"),
    "low_before": ("nilai pretes rendah", "low pre-test score"),
    "ability": ("kemampuan", "ability"),
    "unknown": ("tidak diketahui", "unknown"),
}
PURPOSE: CodeList = {
    "reaksi": ("Reaksi peserta", "Reaction"),
    "relevansi": ("Relevansi", "Relevance"),
    "manfaat": ("Manfaat dalam pekerjaan", "Usefulness at work"),
    "motivasi": ("Motivasi", "Motivation"),
    "dukungan_atasan": ("Dukungan atasan", "Supervisor support"),
    "komitmen": ("Komitmen", "Commitment"),
    "hambatan": ("Hambatan", "Barriers"),
    "budaya_belajar": ("Budaya belajar", "Learning culture"),
}
WAVE: CodeList = {"pre": ("Sebelum", "Before"), "post": ("Sesudah", "After")}
THEME: CodeList = {
    "relevansi": ("Relevansi", "Relevance"),
    "materi": ("Materi", "Content"),
    "pengajar": ("Pengajar", "Trainer"),
    "waktu": ("Waktu", "Timing"),
    "sarana": ("Sarana", "Facilities"),
    "biaya": ("Biaya", "Cost"),
    "lainnya": ("Lainnya", "Other"),
}
THEME_SOURCE: CodeList = {
    "manual": ("Manual", "By hand"),
    "aturan": ("Aturan", "By rule"),
}
ACTING: CodeList = {
    "D": ("Definitif", "Permanent"),
    "PLT": ("Plt.", "Acting"),
    "PLH": ("Plh.", "Daily acting"),
    "PJ": ("Pj.", "Caretaker"),
    "TT": ("Kosong", "Vacant"),
}
FUNDING: CodeList = {
    "apbd": ("APBD", "Regional budget"),
    "apbn": ("APBN", "State budget"),
    "hibah": ("Hibah", "Grant"),
    "csr": ("TJSL (CSR)", "CSR"),
    "perguruan_tinggi": ("Perguruan tinggi", "University"),
    "beasiswa": ("Beasiswa", "Scholarship"),
    "mitra": ("Mitra pembangunan", "Development partner"),
    "mandiri": ("Biaya mandiri", "Self-funded"),
    "gratis": ("Gratis", "Free of charge"),
}
PARTNER_KIND: CodeList = {
    "universitas": ("Universitas", "University"),
    "bpsdm": ("BPSDM", "Provincial training board"),
    "lan": ("LAN", "National institute of administration"),
    "kementerian": ("Kementerian", "Ministry"),
    "swasta": ("Swasta", "Private sector"),
    "donor": ("Donor", "Donor"),
}
STUDY_KIND: CodeList = {
    "tugas_belajar": ("Tugas belajar", "Study assignment"),
    "biaya_mandiri": ("Biaya mandiri", "Self-funded study"),
}
STUDY_STATE: CodeList = {
    "menunggu": ("Menunggu", "Waiting"),
    "ditolak": ("Ditolak", "Declined"),
    "berjalan": ("Berjalan", "Running"),
    "selesai": ("Selesai", "Completed"),
}
RATER: CodeList = {
    "alumni": ("Alumni", "Graduate"),
    "atasan": ("Atasan", "Superior"),
    "rekan": ("Rekan", "Peer"),
    "bawahan": ("Bawahan", "Subordinate"),
}
WORK_STATE: CodeList = {
    "belum": ("Belum", "Not started"),
    "proses": ("Proses", "In progress"),
    "selesai": ("Selesai", "Done"),
    "tidak_dapat_ditindaklanjuti": ("Tidak dapat ditindaklanjuti", "Cannot be followed up"),
}
RATING: CodeList = {
    "sangat_baik": ("Sangat baik", "Very good"),
    "baik": ("Baik", "Good"),
    "butuh_perbaikan": ("Butuh perbaikan", "Needs improvement"),
    "kurang": ("Kurang", "Poor"),
    "sangat_kurang": ("Sangat kurang", "Very poor"),
}
EXPECTATION: CodeList = {
    "di_atas": ("Di atas ekspektasi", "Above expectation"),
    "sesuai": ("Sesuai ekspektasi", "Meets expectation"),
    "di_bawah": ("Di bawah ekspektasi", "Below expectation"),
}
SCHEME: CodeList = {"pp30": ("PP 30/2019", "PP 30/2019"), "permen6": ("PermenPANRB 6/2022", "PermenPANRB 6/2022")}
METHOD: CodeList = {
    "ac": ("Assessment center", "Assessment centre"),
    "cat": ("CAT", "Computer-assisted test"),
    "atasan": ("Penilaian atasan", "Rated by superior"),
    "mandiri": ("Penilaian mandiri", "Self-rated"),
}

TRAINING_TYPE: dict[int, tuple[str, str]] = {
    1: ("Diklat Struktural", "diklat_struktural"),
    2: ("Diklat Fungsional", "diklat_fungsional"),
    3: ("Diklat Teknis", "diklat_teknis"),
    4: ("Workshop", "workshop"),
    5: ("Pelatihan Manajerial", "diklat_teknis"),
    6: ("Pelatihan Sosial Kultural", "diklat_teknis"),
    7: ("Sosialisasi", "seminar"),
    8: ("Bimbingan Teknis", "bimtek"),
    9: ("Seminar", "seminar"),
    10: ("Magang", "pendampingan"),
    11: ("Kursus", "diklat_teknis"),
    12: ("Penataran", "diklat_teknis"),
    13: ("Klasikal lainnya", "lainnya"),
    14: ("Coaching", "pendampingan"),
    15: ("Mentoring", "pendampingan"),
    16: ("E-Learning", "e_learning"),
    17: ("Pelatihan Jarak Jauh", "e_learning"),
    18: ("Detasering (Secondment)", "pendampingan"),
    19: ("Pembelajaran Alam Terbuka (Outbond)", "lainnya"),
    20: ("Patok Banding (Benchmarking)", "lainnya"),
    21: ("Pertukaran PNS dengan swasta/BUMN/BUMD", "pendampingan"),
    22: ("Belajar Mandiri", "e_learning"),
    23: ("Komunitas Belajar (CoP)", "pendampingan"),
    24: ("Bimbingan di Tempat Kerja", "pendampingan"),
    25: ("Nonklasikal lainnya", "lainnya"),
}
"""BKN's 25 forms of training: id -> (its name there, the ``FORM`` it counts under)."""

SERVICE_ELEMENTS: CodeList = {
    "persyaratan": ("Persyaratan", "Requirements"),
    "prosedur": ("Prosedur", "Procedure"),
    "waktu": ("Waktu penyelesaian", "Time"),
    "biaya": ("Biaya/tarif", "Fee"),
    "produk": ("Produk layanan", "Product"),
    "kompetensi": ("Kompetensi pelaksana", "Staff competence"),
    "perilaku": ("Perilaku pelaksana", "Staff behaviour"),
    "sarana": ("Sarana dan prasarana", "Facilities"),
    "pengaduan": ("Penanganan pengaduan", "Complaint handling"),
}
"""The nine elements of the public satisfaction survey, known by name and never by number."""

COMPETENCIES: CodeList = {
    "1": ("Integritas", "Integrity"),
    "2": ("Kerja sama", "Cooperation"),
    "3": ("Komunikasi", "Communication"),
    "4": ("Orientasi pada hasil", "Results orientation"),
    "5": ("Pelayanan publik", "Public service"),
    "6": ("Pengembangan diri dan orang lain", "Developing self and others"),
    "7": ("Mengelola perubahan", "Managing change"),
    "8": ("Pengambilan keputusan", "Decision making"),
    "9": ("Perekat bangsa", "National unity"),
}
_COMPETENCY_TOPIC = {
    "3": "komunikasi", "4": "kepemimpinan", "5": "pelayanan_publik", "6": "kepemimpinan", "7": "kepemimpinan",
    "8": "kepemimpinan",
}
_TOPIC_WORDS = {
    "teknologi_informasi": ("digital", "teknologi", "komputer", "informatika"), "manajemen_proyek": ("proyek", "project"),
    "keuangan_anggaran": ("keuangan", "anggaran", "akuntansi"), "pengadaan": ("pengadaan",),
    "hukum_kebijakan": ("hukum", "kebijakan"), "pelayanan_publik": ("pelayanan",), "komunikasi": ("komunikasi",),
}


def label(codes: CodeList, value: str, lang: str) -> str:
    """The name of one code in ``lang``; an unknown code stands for itself."""
    pair = codes.get(value)
    return value if pair is None else pair[0 if lang == "id" else 1]


def labels(codes: CodeList, values: Iterable[str], lang: str) -> list[str]:
    """The names of several codes in ``lang``, in order."""
    return [label(codes, value, lang) for value in values]


def topic_of_competency(code: str) -> str | None:
    """The topic of courses that train a competency, by its number or by a word of a technical code; None if unknown.

    Examples
    --------
    >>> topic_of_competency("5"), topic_of_competency("Literasi digital"), topic_of_competency("9")
    ('pelayanan_publik', 'teknologi_informasi', None)
    """
    words = code.casefold().replace("_", " ").split()
    named = (topic for topic, known in _TOPIC_WORDS.items() if any(word in known for word in words))
    return _COMPETENCY_TOPIC.get(code.strip()) or next(named, None)
