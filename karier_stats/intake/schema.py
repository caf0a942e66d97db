"""The data dictionary: every table and column that an evaluation can hold.

One :class:`TableSpec` per table, one :class:`ColumnSpec` per column, each with
its kind, unit, allowed values and a sentence in both languages. The checks of
``prepare``, the templates and the page "kamus data" are made from it.

Columns of kind ``person`` hold the service number (NIP) or another personal id
in the raw file and a keyed pseudonym in the processed table. Columns with
``input_only`` are read, used and never written (name, birth date).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from karier_stats.domain import codes
from karier_stats.domain.codes import CodeList
from karier_stats.domain.nip import OLDEST_BIRTH_YEAR
from karier_stats.intake.values import SINCE
from karier_stats.words.numbers import both

Kind = Literal["person", "id", "text", "category", "int", "float", "money", "date", "bool"]


@dataclass(frozen=True)
class ColumnSpec:
    """One column: what it holds and what ``prepare`` accepts.

    ``low`` and ``high`` bound int, float and money columns, inclusive. ``codes``
    is the closed list of a category column. ``refers_to`` names the table
    whose key the values must be among. A date that is ``past`` tells of what
    has happened and cannot lie after the day on which the files were handed in.
    A year of two digits is one of the hundred from ``since`` on.
    """

    name: str
    kind: Kind
    text: dict[str, str]
    required: bool = False
    unit: str = ""
    codes: CodeList | None = None
    low: float | None = None
    high: float | None = None
    refers_to: str | None = None
    input_only: bool = False
    past: bool = False
    since: int = SINCE
    typed: bool = False


@dataclass(frozen=True)
class TableSpec:
    """One table: its columns, its key, and whether an evaluation can do without it."""

    name: str
    text: dict[str, str]
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    required: bool = False
    by_name: dict[str, ColumnSpec] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})


def _col(name: str, kind: Kind, id: str, en: str, **more: object) -> ColumnSpec:
    """A column spec with its two sentences."""
    return ColumnSpec(name, kind, both(id, en), **more)  # type: ignore[arg-type]


def _person(**more: object) -> ColumnSpec:
    """The person of a row: NIP in the raw file, pseudonym in the processed table."""
    return _col("employee_uid", "person", "Pegawai (NIP pada berkas mentah; disamarkan)",
                "Employee (service number in the raw file; pseudonymised)", **more)


def _year(**more: object) -> ColumnSpec:
    """The calendar year that a row belongs to."""
    return _col("year", "int", "Tahun", "Year", low=2000, high=2100, **more)


def _unit(id: str = "Unit kerja", en: str = "Work unit", **more: object) -> ColumnSpec:
    """The work unit of a row."""
    return _col("unit_id", "id", id, en, refers_to="unit", **more)


def _batch(**more: object) -> ColumnSpec:
    """The batch (angkatan) of a row."""
    return _col("batch_id", "id", "Angkatan", "Batch", refers_to="batch", **more)


def _program(**more: object) -> ColumnSpec:
    """The course of a row."""
    return _col("program_id", "id", "Program/pelatihan", "Course", refers_to="program", **more)


TABLES: dict[str, TableSpec] = {spec.name: spec for spec in (
    TableSpec("unit", both("Unit kerja", "Work units"), ("unit_id",), (
        _col("unit_id", "id", "Kode unit", "Unit id", required=True),
        _col("unit_name", "text", "Nama resmi unit", "Official name", required=True),
        _col("unit_type", "category", "Jenis unit", "Kind of unit", codes=codes.UNIT_TYPE),
        _col("area_code", "id", "Kode wilayah Kemendagri", "Area code"),
        _col("parent_unit_id", "id", "Unit induk", "Parent unit", refers_to="unit"),
        _col("scope", "category", "Cakupan populasi (A, B, C)", "Population (A, B, C)", codes=codes.SCOPE),
    ), required=True),
    TableSpec("employee", both("Pegawai per tahun", "Employees per year"), ("employee_uid", "year"), (
        _person(required=True),
        _col("name", "text", "Nama (tidak disimpan)", "Name (not kept)", input_only=True),
        _col("birth_date", "date", "Tanggal lahir (menjadi kelompok umur)", "Birth date (becomes an age band)", input_only=True, past=True,
             since=OLDEST_BIRTH_YEAR),
        _year(required=True),
        _unit(required=True),
        _col("status", "category", "Status kepegawaian", "Employment status", codes=codes.STATUS),
        _col("standing_code", "category", "Kedudukan hukum", "Legal standing", codes=codes.STANDING),
        _col("sex", "category", "Jenis kelamin", "Sex", codes=codes.SEX),
        _col("age_band", "category", "Kelompok umur", "Age band", codes=codes.AGE_BAND),
        _col("service_years", "float", "Masa kerja", "Length of service", unit="year", low=0, high=45),
        _col("grade", "text", "Golongan", "Grade"),
        _col("position_type", "category", "Jenis jabatan", "Post type", codes=codes.POSITION_TYPE),
        _col("position_name", "text", "Nama jabatan", "Post"),
        _col("education", "category", "Pendidikan terakhir", "Highest education", codes=codes.EDUCATION),
        _col("is_head", "bool", "Kepala unit", "Head of the unit"),
    ), required=True),
    TableSpec("program", both("Program/pelatihan", "Courses"), ("program_id",), (
        _col("program_id", "id", "Kode program", "Course id", required=True),
        _col("title", "text", "Judul", "Title", required=True),
        _col("topic", "category", "Topik", "Topic", codes=codes.TOPIC),
        _col("form", "category", "Bentuk pelatihan", "Form of training", codes=codes.FORM),
        _col("training_type_id", "int", "Jenis diklat BKN (1–25)", "BKN training type (1–25)", low=1, high=25),
        _col("delivery", "category", "Cara penyelenggaraan", "Delivery", codes=codes.DELIVERY),
        _col("competency_kind", "category", "Jenis kompetensi", "Kind of competence", codes=codes.COMPETENCY_KIND),
        _col("planned_jp", "float", "JP direncanakan", "Planned learning hours", unit="JP", low=0, high=2000),
        _col("organizer", "text", "Penyelenggara", "Organiser"),
        _col("partner_id", "id", "Mitra", "Partner", refers_to="partnership"),
        _col("selection", "category", "Cara pemilihan peserta", "How participants were chosen", codes=codes.SELECTION),
    ), required=True),
    TableSpec("batch", both("Angkatan", "Batches"), ("batch_id",), (
        _col("batch_id", "id", "Kode angkatan", "Batch id", required=True),
        _program(required=True),
        _year(required=True),
        _col("start_date", "date", "Tanggal mulai", "Start date"),
        _col("end_date", "date", "Tanggal selesai", "End date"),
        _col("quota", "int", "Kuota", "Places", unit="person", low=0, high=100000),
        _col("jp", "float", "JP pelaksanaan", "Learning hours delivered", unit="JP", low=0, high=2000),
        _col("state", "category", "Status pelaksanaan", "State", codes=codes.BATCH_STATE),
        _col("cancel_reason", "text", "Alasan batal", "Reason for cancelling", typed=True),
        _col("curriculum_version", "int", "Versi kurikulum", "Curriculum version", low=1, high=99),
    ), required=True),
    TableSpec("participation", both("Kepesertaan", "Participation"), ("batch_id", "employee_uid"), (
        _batch(required=True),
        _person(required=True),
        _col("name", "text", "Nama (tidak disimpan)", "Name (not kept)", input_only=True),
        _unit("Unit kerja saat pelatihan", "Work unit at the time"),
        _col("nomination", "category", "Cara pencalonan", "Nomination", codes=codes.NOMINATION),
        _col("outcome", "category", "Hasil", "Outcome", codes=codes.OUTCOME, required=True),
        _col("attended_jp", "float", "JP dihadiri", "Learning hours attended", unit="JP", low=0, high=2000),
        _col("credited_jp", "float", "JP diakui", "Learning hours credited", unit="JP", low=0, high=2000),
        _col("final_score", "float", "Nilai akhir", "Final score", unit="0-100", low=0, high=100),
        _col("certificate_date", "date", "Tanggal sertifikat", "Certificate date", past=True),
    ), required=True),
    TableSpec("test_score", both("Nilai tes", "Test scores"), ("employee_uid", "program_id", "batch_id", "year", "measure", "kind", "attempt"), (
        _person(required=True),
        _program(required=True),
        _batch(),
        _year(required=True),
        _col("arm", "category", "Kelompok (peserta/pembanding)", "Arm (participants/comparison)", codes=codes.ARM),
        _col("site", "id", "Lokasi atau lapisan tempat kelompok dibagi; diperhitungkan dalam ANCOVA", "Site or stratum within which the arms were made; a covariate of the ANCOVA"),
        _col("measure", "text", "Yang diukur", "What is measured", required=True),
        _col("scale_kind", "category", "Jenis skala", "Kind of scale", codes=codes.SCALE_KIND, required=True),
        _col("kind", "category", "Pretes/postes/retensi", "Pre, post or retention", codes=codes.TEST_KIND, required=True),
        _col("attempt", "int", "Percobaan ke-", "Attempt", low=1, high=20),
        _col("score", "float", "Nilai", "Score", required=True),
        _col("score_min", "float", "Nilai terendah yang mungkin", "Lowest possible score"),
        _col("score_max", "float", "Nilai tertinggi yang mungkin", "Highest possible score"),
        _col("label", "text", "Label tingkat (skala berurut)", "Level label (ordered scale)"),
        _col("taken_on", "date", "Tanggal tes", "Test date", past=True),
    )),
    TableSpec("survey_item", both("Butir instrumen", "Survey items"), ("instrument", "item_id"), (
        _col("instrument", "id", "Instrumen", "Instrument", required=True),
        _col("item_id", "id", "Butir", "Item", required=True),
        _col("item_text", "text", "Bunyi butir", "Item text", required=True),
        _col("item_text_en", "text", "Bunyi butir (Inggris)", "Item text (English)"),
        _col("purpose", "category", "Tujuan", "Purpose", codes=codes.PURPOSE, required=True),
        _col("scale_min", "float", "Skala terendah", "Lowest value", required=True),
        _col("scale_max", "float", "Skala tertinggi", "Highest value", required=True),
        _col("reverse", "bool", "Butir berbalik", "Reversed item"),
    )),
    TableSpec("survey_response", both("Jawaban survei", "Survey answers"), ("response_id", "instrument", "item_id", "wave"), (
        _col("response_id", "id", "Kode jawaban", "Response id", required=True),
        _col("instrument", "id", "Instrumen", "Instrument", required=True),
        _col("item_id", "id", "Butir", "Item", required=True),
        _person(),
        _unit(),
        _batch(),
        _year(required=True),
        _col("submitted_on", "date", "Tanggal pengisian", "Date of answer", past=True),
        _col("wave", "category", "Sebelum/sesudah", "Before/after", codes=codes.WAVE),
        _col("value", "float", "Jawaban", "Answer", required=True),
    )),
    TableSpec("comment", both("Komentar", "Comments"), ("comment_id",), (
        _col("comment_id", "id", "Kode komentar", "Comment id", required=True),
        _batch(),
        _year(required=True),
        _col("comment", "text", "Komentar", "Comment", required=True, typed=True),
        _col("theme", "category", "Tema", "Theme", codes=codes.THEME),
        _col("theme_source", "category", "Asal tema", "Source of the theme", codes=codes.THEME_SOURCE),
    )),
    TableSpec("need", both("Kebutuhan dan minat", "Needs and interests"), ("employee_uid", "year", "need_item"), (
        _person(required=True),
        _year(required=True),
        _unit(),
        _col("need_item", "text", "Kebutuhan yang dipilih", "Need chosen", required=True, typed=True),
        _col("topic", "category", "Topik", "Topic", codes=codes.TOPIC),
        _col("interest_rank", "int", "Peringkat minat (1 = pertama)", "Rank of interest (1 = first)", low=1, high=50),
        _col("needed_jp", "float", "JP yang dibutuhkan", "Learning hours needed", unit="JP", low=0, high=2000),
        _col("reason", "text", "Alasan", "Reason", typed=True),
    )),
    TableSpec("competency", both("Penilaian kompetensi", "Competency assessment"), ("employee_uid", "year", "competency_code"), (
        _person(required=True),
        _year(required=True),
        _col("competency_code", "text", "Kompetensi (1–9 atau kode teknis)", "Competency (1–9 or technical code)", required=True),
        _col("standard_level", "int", "Tingkat standar", "Required level", required=True, low=0, high=5),
        _col("actual_level", "int", "Tingkat dicapai", "Level reached", required=True, low=0, high=5),
        _col("method", "category", "Cara menilai", "Method", codes=codes.METHOD),
    )),
    TableSpec("leader_engagement", both("Keterlibatan pimpinan", "Leader engagement"), ("unit_id", "year", "head_uid"), (
        _unit(required=True),
        _year(required=True),
        _col("head_uid", "person", "Kepala unit (NIP; disamarkan)", "Head (service number; pseudonymised)"),
        _col("acting_type", "category", "Jenis penugasan", "Assignment", codes=codes.ACTING),
        _col("months", "int", "Bulan menjabat pada tahun itu", "Months in office that year", unit="month", low=1, high=12),
        _col("head_jp", "float", "JP yang diikuti kepala", "Learning hours of the head", unit="JP", low=0, high=2000),
        _col("events_opened", "int", "Kegiatan yang dibuka/dihadiri", "Events opened or attended", low=0, high=500),
        _col("letters_promoting", "int", "Surat yang mendorong pelatihan", "Letters that promote training", low=0, high=500),
        _col("time_released_jp", "float", "JP waktu kerja yang diberikan", "Work time released", unit="JP", low=0, high=100000),
        _col("support_score", "float", "Skor dukungan", "Support score", unit="1-5", low=1, high=5),
        _col("source", "text", "Sumber data", "Source", typed=True),
    )),
    TableSpec("budget", both("Anggaran", "Budget"), ("budget_id",), (
        _col("budget_id", "id", "Kode baris anggaran", "Budget line", required=True),
        _year(required=True),
        _unit(),
        _program(),
        _col("activity_code", "id", "Kode kegiatan", "Activity code"),
        _col("funding_source", "category", "Sumber dana", "Funding source", codes=codes.FUNDING, required=True),
        _col("ceiling_rp", "money", "Pagu", "Budget ceiling", unit="Rp", required=True),
        _col("spent_rp", "money", "Realisasi", "Spent", unit="Rp"),
        _col("reversal", "bool", "Baris koreksi (boleh negatif)", "Reversal (may be negative)"),
        _col("participants", "int", "Peserta", "Participants", unit="person", low=0),
        _col("jp_total", "float", "Jumlah JP-orang", "Person learning hours", unit="JP", low=0),
    )),
    TableSpec("partnership", both("Kemitraan", "Partnerships"), ("partner_id",), (
        _col("partner_id", "id", "Kode mitra", "Partner id", required=True),
        _col("partner_name", "text", "Nama lembaga", "Organisation", required=True),
        _col("partner_kind", "category", "Jenis mitra", "Kind of partner", codes=codes.PARTNER_KIND),
        _col("mou_no", "text", "Nomor nota kesepahaman", "MoU number"),
        _col("start_date", "date", "Mulai", "Start"),
        _col("end_date", "date", "Berakhir", "End"),
        _col("seats", "int", "Kursi per tahun", "Places per year", unit="person", low=0),
        _col("jp_per_seat", "float", "JP per kursi", "Learning hours per place", unit="JP", low=0, high=2000),
        _col("cost_per_seat_rp", "money", "Biaya per kursi", "Cost per place", unit="Rp", low=0),
        _col("value_rp", "money", "Nilai kerja sama", "Value", unit="Rp", low=0),
        _col("topic", "category", "Topik", "Topic", codes=codes.TOPIC),
    )),
    TableSpec("project_performance", both("Kinerja kegiatan", "Activity performance"), ("year", "sub_activity_code", "unit_id"), (
        _year(required=True),
        _col("sub_activity_code", "id", "Kode sub kegiatan", "Sub-activity code", required=True),
        _unit(required=True),
        _col("officer_uid", "person", "PPTK (NIP; disamarkan)", "Activity officer (service number; pseudonymised)"),
        _col("ceiling_rp", "money", "Pagu", "Budget ceiling", unit="Rp", low=0),
        _col("spent_rp", "money", "Realisasi", "Spent", unit="Rp", low=0),
        _col("physical_target_pct", "float", "Target fisik", "Physical target", unit="%", low=0, high=100),
        _col("physical_actual_pct", "float", "Realisasi fisik", "Physical progress", unit="%", low=0, high=100),
        _col("planned_finish", "date", "Rencana selesai", "Planned finish"),
        _col("actual_finish", "date", "Selesai", "Actual finish", past=True),
        _col("revisions", "int", "Jumlah revisi anggaran", "Budget revisions", low=0, high=100),
    )),
    TableSpec("further_study", both("Pendidikan lanjut", "Further study"), ("employee_uid", "degree"), (
        _person(required=True),
        _col("study_kind", "category", "Jenis", "Kind", codes=codes.STUDY_KIND),
        _col("degree", "category", "Jenjang", "Degree", codes=codes.EDUCATION, required=True),
        _col("university", "text", "Perguruan tinggi", "University"),
        _col("field", "text", "Bidang", "Field"),
        _col("start_date", "date", "Mulai", "Start"),
        _col("end_date", "date", "Selesai", "End"),
        _col("state", "category", "Status", "State", codes=codes.STUDY_STATE, required=True),
        _col("funding_source", "category", "Sumber dana", "Funding source", codes=codes.FUNDING),
    )),
    TableSpec("post_training_rating", both("Evaluasi pasca pelatihan", "Post-training evaluation"), ("batch_id", "employee_uid", "rater_role", "item_id", "wave_month"), (
        _batch(required=True),
        _person(required=True),
        _col("rater_role", "category", "Penilai", "Rater", codes=codes.RATER, required=True),
        _col("item_id", "id", "Butir", "Item", required=True),
        _col("wave_month", "int", "Bulan setelah pelatihan", "Months after training", low=0, high=60),
        _col("value", "float", "Nilai", "Rating", unit="1-5", required=True, low=1, high=5),
    )),
    TableSpec("action_plan", both("Rencana tindak lanjut", "Follow-up plans"), ("batch_id", "employee_uid"), (
        _batch(required=True),
        _person(required=True),
        _col("due_on", "date", "Tenggat", "Due date"),
        _col("state", "category", "Status", "State", codes=codes.WORK_STATE, required=True),
    )),
    TableSpec("performance", both("Predikat kinerja", "Performance rating"), ("employee_uid", "year"), (
        _person(required=True),
        _year(required=True),
        _col("work_result", "category", "Hasil kerja", "Work result", codes=codes.EXPECTATION),
        _col("work_behavior", "category", "Perilaku kerja", "Work behaviour", codes=codes.EXPECTATION),
        _col("rating", "category", "Predikat", "Rating", codes=codes.RATING, required=True),
        _col("scheme", "category", "Skema", "Scheme", codes=codes.SCHEME),
    )),
    TableSpec("service_survey", both("Survei kepuasan masyarakat", "Public satisfaction survey"), ("response_id",), (
        _col("response_id", "id", "Kode jawaban", "Response id", required=True),
        _unit(required=True),
        _year(required=True),
        *(_col(name, "int", pair[0], pair[1], unit="1-4", low=1, high=4) for name, pair in codes.SERVICE_ELEMENTS.items()),
    )),
    TableSpec("recommendation", both("Rekomendasi dan tindak lanjut", "Recommendations and follow-up"), ("rec_id",), (
        _col("rec_id", "id", "Kode", "Id", required=True),
        _year(required=True),
        _program(),
        _col("finding", "text", "Temuan", "Finding", typed=True),
        _col("action", "text", "Tindakan", "Action", required=True, typed=True),
        _col("owner_unit", "id", "Penanggung jawab", "Owner", refers_to="unit"),
        _col("due_on", "date", "Tenggat", "Due date"),
        _col("state", "category", "Status", "State", codes=codes.WORK_STATE, required=True),
    )),
)}

REQUIRED = tuple(name for name, spec in TABLES.items() if spec.required)
"""The five tables without which there is no evaluation."""
