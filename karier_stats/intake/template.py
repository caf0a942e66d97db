"""Blank forms for every table, made from the data dictionary, with the crosswalk that reads them.

A form has a sheet to fill in (headings, drop-down lists, columns of service
numbers and codes as text, one made-up example row), a sheet with the choices,
and the data dictionary of the table. The ``peta.yml`` beside the forms leaves
the example row out by rule, so that filled-in forms go through ``prepare`` as
they are.
"""

from __future__ import annotations

import datetime
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.domain.codes import SERVICE_ELEMENTS
from karier_stats.errors import InputError
from karier_stats.intake.dictionary import Entry, entries, heading
from karier_stats.intake.files.workbooks import STAMP, same_bytes
from karier_stats.intake.project import check_name, proposed_name, shown
from karier_stats.intake.schema import TABLES, ColumnSpec, TableSpec
from karier_stats.words.numbers import LANGUAGES, both

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = both("Isian", "Entries")
CHOICES = both("Daftar pilihan", "Choices")
DICTIONARY = both("Kamus data", "Data dictionary")
NOTE = both("Keterangan", "Remarks")
EXAMPLE = both("CONTOH", "EXAMPLE")
HEADER_ROW = 3
_LAST_ROW = 1_048_576
_DATES, _NUMBERS = "dd/mm/yyyy", both("id", "en")
_HOW = both(
    "Isi mulai baris di bawah contoh. Kolom bertanda kuning wajib diisi. Baris CONTOH boleh dibiarkan; ia tidak ikut dibaca.",
    "Fill in below the example. Columns marked yellow are required. The row EXAMPLE may stay; it is not read.",
)
_NOTE_SAYS = both("CONTOH – bukan data", "EXAMPLE – not data")
_FORMATS = {"person": "@", "id": "@", "date": "dd/mm/yyyy", "int": "0", "float": "General", "money": "#,##0"}

PERSON = "199001152015031901"
"""Nobody's service number: serials restart at 001 for every birth date and month and never come near 900."""

_DAY = datetime.date(2025, 3, 10)
_ROW: dict[str, Any] = {
    "employee_uid": PERSON, "head_uid": PERSON, "officer_uid": PERSON, "year": 2025, "unit_id": "U01",
    "unit_name": "Kelurahan Contoh", "unit_type": "kelurahan", "scope": "A", "name": "Budi Contoh, S.E.",
    "birth_date": datetime.date(1990, 1, 15), "age_band": "30-39", "sex": "L", "service_years": 10, "grade": "III/b",
    "position_name": "Analis Contoh", "education": "40", "program_id": "P01", "title": "Pelatihan Contoh",
    "training_type_id": 5, "planned_jp": 20, "organizer": "Balai Diklat Contoh", "partner_id": "M01",
    "batch_id": "P01-2025-1", "start_date": _DAY, "end_date": datetime.date(2025, 3, 14), "quota": 30, "jp": 20,
    "state": "selesai", "curriculum_version": 1, "outcome": "lulus", "attended_jp": 20, "credited_jp": 20,
    "final_score": 85, "certificate_date": datetime.date(2025, 3, 20), "measure": "pengetahuan", "attempt": 1,
    "score": 60, "score_min": 0, "score_max": 100, "taken_on": _DAY, "instrument": "reaksi", "item_id": "R1",
    "item_text": "Materi sesuai dengan tugas saya", "item_text_en": "The material fits my work", "scale_min": 1,
    "scale_max": 5, "reverse": False, "response_id": "J001", "submitted_on": datetime.date(2025, 3, 14), "value": 4,
    "comment_id": "K001", "comment": "Waktunya terlalu singkat.", "need_item": "Analisis data", "interest_rank": 1,
    "needed_jp": 20, "reason": "Menyusun laporan bulanan", "competency_code": "1", "standard_level": 3,
    "actual_level": 2, "months": 12, "head_jp": 20, "events_opened": 3, "letters_promoting": 2,
    "time_released_jp": 40, "support_score": 4, "source": "Laporan kegiatan", "budget_id": "A001",
    "activity_code": "5.04.02.2.01", "ceiling_rp": 50_000_000, "spent_rp": 45_000_000, "reversal": False,
    "participants": 1, "jp_total": 20, "partner_name": "Balai Diklat Contoh", "mou_no": "MoU/01/2025", "seats": 30,
    "jp_per_seat": 20, "cost_per_seat_rp": 1_500_000, "value_rp": 45_000_000, "sub_activity_code": "5.04.02.2.01.01",
    "physical_target_pct": 100, "physical_actual_pct": 95, "planned_finish": datetime.date(2025, 11, 30),
    "actual_finish": datetime.date(2025, 12, 5), "revisions": 1, "degree": "45", "university": "Universitas Contoh",
    "field": "Administrasi publik", "wave_month": 6, "due_on": datetime.date(2025, 6, 30), "rec_id": "R001",
    "finding": "Peserta menilai waktu terlalu singkat", "action": "Menambah satu hari praktik", "owner_unit": "U01",
    "is_head": False, **dict.fromkeys(SERVICE_ELEMENTS, 4),
}
"""One made-up row for every table, by column: the tables of the example join one another."""


def write_templates(
    folder: Path, tables: Sequence[str] = (), *, lang: str = "id", evaluation: str | None = None
) -> list[Path]:
    """Write one blank form per table, and the crosswalk that reads the forms.

    Parameters
    ----------
    folder : Path
        Where to; made if it is not there. Nothing in it is overwritten.
    tables : sequence of str
        Tables of the data dictionary; all of them where none is named.
    lang : {"id", "en"}
        Language of headings and choices. The data dictionary has both.
    evaluation : str, optional
        Name of the evaluation in the crosswalk; default one near the folder's name.

    Returns
    -------
    list of Path
        The forms, then ``peta.yml``.

    Raises
    ------
    InputError
        K223 another language, K224 no such table, K225 a name that an
        evaluation cannot have, K236 a file is there already.
    """
    import difflib

    if lang not in LANGUAGES:
        raise InputError("K223", name="lang", value=shown(lang), allowed=", ".join(LANGUAGES))
    for name in tables:
        if name not in TABLES:
            near = difflib.get_close_matches(name, list(TABLES), n=1, cutoff=0.4)
            raise InputError("K224", what="table", value=shown(name), known=", ".join(TABLES), hint=near[0] if near else "–")
    chosen = [spec for name, spec in TABLES.items() if not tables or name in tables]
    contents = {f"{spec.name}.xlsx": form(spec, lang) for spec in chosen}
    name = proposed_name(folder.resolve().name) if evaluation is None else check_name(evaluation)
    contents["peta.yml"] = _crosswalk(chosen, lang, name).encode()
    there = [name for name in contents if os.path.lexists(folder / name)]  # a link to nowhere would be written through
    if there:
        raise InputError("K236", folder=folder.name, files=", ".join(there), n=len(there))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def form(table: TableSpec, lang: str) -> bytes:
    """One blank form as an xlsx workbook; equal tables give equal bytes."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    sheet, choices = book.create_sheet(SHEET[lang]), book.create_sheet(CHOICES[lang])
    _write_entries(sheet, table, lang)
    _add_choices(sheet, choices, table, lang)
    if choices.max_row == 1:
        book.remove(choices)
    _write_dictionary(book, table, lang)
    book.properties.creator, book.properties.created = "karier-stats", STAMP
    buffer = io.BytesIO()
    book.save(buffer)
    return same_bytes(buffer.getvalue())


def _write_entries(sheet: Worksheet, table: TableSpec, lang: str) -> None:
    """Title, how to fill in, headings, the example row, and the format of each column."""
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet["A1"], sheet["A2"] = table.text[lang], _HOW[lang]
    sheet["A1"].font = Font(bold=True, size=14)
    names = [NOTE[lang], *(heading(column, lang) for column in table.columns)]
    example = [_NOTE_SAYS[lang], *(_shown(column, lang) for column in table.columns)]
    marked = [False, *(column.required for column in table.columns)]
    formats = ["General", *(_FORMATS.get(column.kind, "General") for column in table.columns)]
    for place, (name, value, required, style) in enumerate(zip(names, example, marked, formats, strict=True), start=1):
        head, cell = sheet.cell(HEADER_ROW, place, name), sheet.cell(HEADER_ROW + 1, place, value)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        head.fill = PatternFill("solid", fgColor="FFF2CC" if required else "E7E6E6")
        cell.font, cell.number_format = Font(italic=True, color="7F7F7F"), style
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width, column.number_format = max(14, min(len(name) + 2, 34)), style
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 2)


def _shown(column: ColumnSpec, lang: str) -> Any:
    """The example as the form shows it: names of choices, yes and no in words."""
    value = _ROW.get(column.name, next(iter(column.codes)) if column.codes else None)
    if value is None:
        return None
    if column.codes is not None:
        return column.codes[value][LANGUAGES.index(lang)]
    return _yes_no(lang)[not value] if column.kind == "bool" else value


def _yes_no(lang: str) -> tuple[str, str]:
    """Yes and no."""
    return ("Ya", "Tidak") if lang == "id" else ("Yes", "No")


def _add_choices(sheet: Worksheet, choices: Worksheet, table: TableSpec, lang: str) -> None:
    """A drop-down list for every closed list, and what Excel itself can check of the other columns."""
    from openpyxl.utils import get_column_letter

    listed = 0
    for place, column in enumerate(table.columns, start=2):
        names: Sequence[str] = ()
        if column.codes is not None:
            names = [labels[LANGUAGES.index(lang)] for labels in column.codes.values()]
        elif column.kind == "bool":
            names = _yes_no(lang)
        source = ""
        if names:
            listed += 1
            for row, text in enumerate([heading(column, lang), *names], start=1):
                choices.cell(row, listed, text)
            letter = get_column_letter(listed)
            choices.column_dimensions[letter].width = 28
            source = f"'{CHOICES[lang]}'!${letter}$2:${letter}${len(names) + 1}"
        rule = _validation(column, source, lang)
        if rule is not None:
            letter = get_column_letter(place)
            rule.add(f"{letter}{HEADER_ROW + 2}:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)


def _validation(column: ColumnSpec, source: str, lang: str) -> DataValidation | None:
    """What the form accepts in a column; service numbers are only warned of, for they may have spaces."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if source:
        rule = DataValidation("list", formula1=source, allow_blank=True)
        rule.error = both("Pilih salah satu dari daftar.", "Choose one of the list.")[lang]
    elif column.kind == "person":
        rule = DataValidation("textLength", operator="equal", formula1="18", allow_blank=True, errorStyle="warning")
        rule.error = both("NIP terdiri atas 18 digit.", "A service number has 18 digits.")[lang]
        rule.promptTitle, rule.showInputMessage = "NIP", True
        rule.prompt = both("Tempel sebagai teks, 18 digit.", "Paste as text, 18 digits.")[lang]
    elif column.kind == "date":
        rule = DataValidation("date", operator="between", formula1="DATE(1900,1,1)", formula2="DATE(2100,12,31)")
        rule.error = both("Isi tanggal, misalnya 17/08/2025.", "Fill in a date, such as 17/08/2025.")[lang]
    elif column.kind in ("int", "float", "money") and column.low is not None and column.high is not None:
        kind = "decimal" if column.kind == "float" else "whole"
        rule = DataValidation(kind, operator="between", formula1=f"{column.low:g}", formula2=f"{column.high:g}")
        rule.error = f"{column.low:g}–{column.high:g}"
    else:
        return None
    rule.showErrorMessage, rule.allowBlank = True, True
    return rule


def _write_dictionary(book: Workbook, table: TableSpec, lang: str) -> None:
    """The sheet with every column in words, in both languages."""
    from openpyxl.styles import Alignment, Font

    sheet = book.create_sheet(DICTIONARY[lang])
    yes, no = _yes_no(lang)
    sheet.append([pair[lang] for pair in (
        both("Judul kolom", "Heading"), both("Nama kolom", "Column"), both("Jenis isian", "Kind of entry"),
        both("Satuan", "Unit"), both("Nilai yang boleh", "Allowed values"), both("Wajib", "Required"),
        both("Penyimpanan", "Storage"), both("Arti (Indonesia)", "Meaning (Indonesian)"),
        both("Arti (Inggris)", "Meaning (English)"),
    )])
    for entry in entries(table):
        sheet.append(_dictionary_row(entry, table, lang, yes if entry.required else no))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHI", (30, 20, 26, 12, 60, 8, 28, 40, 40), strict=True):
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _dictionary_row(entry: Entry, table: TableSpec, lang: str, required: str) -> list[str]:
    """One column of the table as a row of its dictionary."""
    meaning = table.by_name[entry.name].text
    return [entry.heading[lang], entry.name, entry.kind[lang], entry.unit[lang], entry.allowed[lang], required,
            entry.kept[lang], meaning["id"], meaning["en"]]


def _crosswalk(tables: Sequence[TableSpec], lang: str, evaluation: str) -> str:
    """A ``peta.yml`` that reads the forms as they come back."""
    import yaml

    head = both(
        "# Peta untuk formulir isian. Hapus bagian tabel yang formulirnya tidak dipakai.\n"
        "# Letakkan formulir yang sudah diisi di samping berkas ini, lalu jalankan: karier prepare {name}\n",
        "# Crosswalk of the forms. Delete the part of every table whose form is not used.\n"
        "# Keep the filled-in forms beside this file, then run: karier prepare {name}\n",
    )[lang].format(name=evaluation)
    content = {
        "evaluation": evaluation, "title": both(evaluation, evaluation), "person": "nip",
        "tables": {table.name: [_feed(table, lang)] for table in tables},
    }
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _feed(table: TableSpec, lang: str) -> dict[str, Any]:
    """How one form is read; its example row is left out by rule."""
    return {
        "file": f"{table.name}.xlsx", "sheet": SHEET[lang], "header": HEADER_ROW,
        "columns": {column.name: heading(column, lang) for column in table.columns},
        "dates": _DATES, "numbers": _NUMBERS[lang], "exclude": {NOTE[lang]: [f"{EXAMPLE[lang]}*"]},
    }
