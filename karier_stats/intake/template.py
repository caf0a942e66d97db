"""Blank forms for every table, made from the data dictionary, with the crosswalk that reads them.

A form has a sheet to fill in (headings, drop-down lists, columns of service
numbers and codes as text, one made-up example row), a sheet with the choices,
and the data dictionary of the table. The ``peta.yml`` beside the forms leaves
the example row out by rule, so that filled-in forms go through ``prepare`` as
they are.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.domain.codes import SERVICE_ELEMENTS
from karier_stats.errors import InputError
from karier_stats.intake.files.sheets import STAMP, same_bytes
from karier_stats.intake.project import check_name, known_table, proposed_name, shown
from karier_stats.intake.schema import TABLES, ColumnSpec, TableSpec, entries, heading
from karier_stats.words import Phrase, say
from karier_stats.words.catalogue import own_data
from karier_stats.words.numbers import LANGUAGES

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = Phrase("template.sheet")
HEADER_ROW = 3
EXAMPLE: dict[str, Any] = {**own_data(Path(__file__).with_name("example.yml")), **dict.fromkeys(SERVICE_ELEMENTS, 4)}
"""One made-up row for every table, by column."""
PERSON: str = EXAMPLE["employee_uid"]  # nobody's service number
_LAST_ROW = 1_048_576
_FORMATS = {"person": "@", "id": "@", "date": "dd/mm/yyyy", "int": "0", "float": "General", "money": "#,##0"}
_WIDTHS = {
    "heading": 30, "name": 20, "kind": 26, "unit": 12, "allowed": 60, "required": 8, "kept": 28, "meaning_id": 40,
    "meaning_en": 40}  # columns of the sheet with the data dictionary, and their widths


def write_templates(folder: Path, tables: Sequence[str] = (), *, lang: str = "id", evaluation: str | None = None) -> list[Path]:
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
    if lang not in LANGUAGES:
        raise InputError("K223", name="lang", value=shown(lang), allowed=", ".join(LANGUAGES))
    wanted = [known_table(name) for name in tables] or TABLES
    chosen = [spec for name, spec in TABLES.items() if name in wanted]
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
    sheet, choices = book.create_sheet(SHEET[lang]), book.create_sheet(say("template.choices", lang))
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

    sheet["A1"], sheet["A2"] = table.text[lang], say("template.how", lang)
    sheet["A1"].font = Font(bold=True, size=14)
    columns = [(heading(one, lang), _shown(one, lang), one.required, _FORMATS.get(one.kind, "General")) for one in table.columns]
    remarks = (say("template.remarks", lang), say("template.no_data", lang), False, "General")
    for place, (name, value, required, style) in enumerate([remarks, *columns], start=1):
        head, cell = sheet.cell(HEADER_ROW, place, name), sheet.cell(HEADER_ROW + 1, place, value)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        head.fill = PatternFill("solid", fgColor="FFF2CC" if required else "E7E6E6")
        cell.font, cell.number_format = Font(italic=True, color="7F7F7F"), style
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width, column.number_format = max(14, min(len(name) + 2, 34)), style
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 2)


def _shown(column: ColumnSpec, lang: str) -> Any:
    """The example as the form shows it: names of choices, yes and no in words."""
    value = EXAMPLE.get(column.name, next(iter(column.codes)) if column.codes else None)
    if value is None:
        return None
    if column.codes is not None:
        return column.codes[value][LANGUAGES.index(lang)]
    return _yes_no(value, lang) if column.kind == "bool" else value


def _yes_no(value: bool, lang: str) -> str:
    """Yes or no."""
    return say(f"template.{'yes' if value else 'no'}", lang)


def _add_choices(sheet: Worksheet, choices: Worksheet, table: TableSpec, lang: str) -> None:
    """A drop-down list for every closed list, and what Excel itself can check of the other columns."""
    from openpyxl.utils import get_column_letter

    listed = 0
    for place, column in enumerate(table.columns, start=2):
        names = [labels[LANGUAGES.index(lang)] for labels in (column.codes or {}).values()]
        if column.kind == "bool":
            names = [_yes_no(value, lang) for value in (True, False)]
        source = ""
        if names:
            listed += 1
            letter = get_column_letter(listed)
            for row, text in enumerate([heading(column, lang), *names], start=1):
                choices.cell(row, listed, text)
            choices.column_dimensions[letter].width = 28
            source = f"'{choices.title}'!${letter}$2:${letter}${len(names) + 1}"
        rule = _validation(column, source, lang)
        if rule is not None:
            letter = get_column_letter(place)
            rule.add(f"{letter}{HEADER_ROW + 2}:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)


def _validation(column: ColumnSpec, source: str, lang: str) -> DataValidation | None:
    """What the form accepts in a column; service numbers are only warned of, for they may have spaces."""
    from openpyxl.worksheet.datavalidation import DataValidation

    given: dict[str, Any]
    low, high = column.low, column.high
    if source:
        given = {"type": "list", "formula1": source, "error": say("template.error.list", lang)}
    elif column.kind == "person":
        given = {"type": "textLength", "operator": "equal", "formula1": "18", "errorStyle": "warning",
                 "error": say("template.error.person", lang), "promptTitle": "NIP", "showInputMessage": True,
                 "prompt": say("template.prompt", lang)}
    elif column.kind == "date":
        given = {"type": "date", "operator": "between", "formula1": "DATE(1900,1,1)", "formula2": "DATE(2100,12,31)",
                 "error": say("template.error.date", lang)}
    elif column.kind in ("int", "float", "money") and low is not None and high is not None:
        given = {"type": "decimal" if column.kind == "float" else "whole", "operator": "between",
                 "formula1": f"{low:g}", "formula2": f"{high:g}", "error": f"{low:g}–{high:g}"}
    else:
        return None
    return DataValidation(**given, showErrorMessage=True, allowBlank=True)


def _write_dictionary(book: Workbook, table: TableSpec, lang: str) -> None:
    """The sheet with every column in words, in both languages."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(say("template.dictionary", lang))
    sheet.append([say(f"template.column.{name}", lang) for name in _WIDTHS])
    for one, column in zip(entries(table), table.columns, strict=True):
        sheet.append([one.heading[lang], one.name, one.kind[lang], one.unit[lang], one.allowed[lang],
                      _yes_no(one.required, lang), one.kept[lang], column.text["id"], column.text["en"]])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, width in enumerate(_WIDTHS.values(), start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = width
        for cell in sheet[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _crosswalk(tables: Sequence[TableSpec], lang: str, evaluation: str) -> str:
    """A ``peta.yml`` that reads the forms as they come back; their example rows are left out by rule."""
    import yaml

    remarks, example = say("template.remarks", lang), say("template.example", lang)
    feeds = {
        table.name: [{
            "file": f"{table.name}.xlsx", "sheet": SHEET[lang], "header": HEADER_ROW,
            "columns": {column.name: heading(column, lang) for column in table.columns},
            "dates": "dd/mm/yyyy", "numbers": lang, "exclude": {remarks: [f"{example}*"]},
        }] for table in tables}
    title = dict.fromkeys(LANGUAGES, evaluation)
    content = {"evaluation": evaluation, "title": title, "person": "nip", "tables": feeds}
    head = say("template.crosswalk", lang, name=evaluation)
    return head + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
