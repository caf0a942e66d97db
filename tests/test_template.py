"""Blank forms: every column, every choice, and back again through LibreOffice without losing a digit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from small_intake import project

from karier_stats.cli import cli
from karier_stats.domain import nip
from karier_stats.errors import InputError
from karier_stats.intake.prepare import prepare
from karier_stats.intake.processed import conform
from karier_stats.intake.pseudonyms import load_key, pseudonym
from karier_stats.intake.schema import REQUIRED, TABLES, entries, heading
from karier_stats.intake.template import HEADER_ROW, PERSON, SHEET, form, write_templates
from tests import once
from tests.every_answer import sample

FILLED = ("unit", "partnership", "program", "employee", "batch", "participation", "test_score", "budget", "need")
PEOPLE = 198
"""As many service numbers as the bar of the intake names."""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project folder with a key for the evaluation ``formulir``."""
    return project(tmp_path, monkeypatch, "formulir")


def filled_in(place: Path, frame: pd.DataFrame, lang: str = "id") -> None:
    """Write rows under the example, as a person does who picks from the lists."""
    table = TABLES[place.stem]
    book = openpyxl.load_workbook(place)
    sheet = book[SHEET[lang]]
    for row, record in enumerate(frame.to_dict("records"), start=HEADER_ROW + 2):
        for column, spec in enumerate(table.columns, start=2):
            value = record.get(spec.name)
            if value is None or pd.isna(value):
                continue
            if spec.codes is not None:
                value = spec.codes[value][lang == "en"]
            elif spec.kind == "bool":
                value = "Ya" if value else "Tidak"
            elif spec.kind == "date":
                value = value.to_pydatetime()
            cell = sheet.cell(row, column, value)
            cell.number_format = sheet.cell(HEADER_ROW + 1, column).number_format
    book.save(place)


def saved_by_libreoffice(files: list[Path], folder: Path) -> None:
    """Open every form in LibreOffice and save it again in the same place."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    out = folder / "saved"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder / 'profile'}", "--convert-to", "xlsx",
               "--outdir", str(out), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0 and len(list(out.glob("*.xlsx"))) == len(files), done.stderr[-500:]
    for path in files:
        path.write_bytes((out / path.name).read_bytes())


def sample_part() -> dict[str, pd.DataFrame]:
    """The sample's rows about its first people, with service numbers instead of its own ids."""

    numbers = {person.uid: person.nip for person in once.district().roster.people[:PEOPLE]}
    found = {}
    for name, frame in sample().items():
        own = "employee_uid" in frame
        rows = frame.assign(employee_uid=frame["employee_uid"].map(numbers)).dropna(subset="employee_uid") if own else frame
        if name in FILLED:
            found[name] = rows.reset_index(drop=True)
    return found


def test_the_example_row_is_a_sound_row_of_every_table(root):
    """Without the rule that leaves it out, all 21 tables accept it, in both languages."""
    for lang in ("id", "en"):
        place = root / "data" / "raw" / "formulir"
        write_templates(place, lang=lang)
        given = yaml.safe_load((place / "peta.yml").read_text(encoding="utf-8"))
        for feeds in given["tables"].values():
            feeds[0].pop("exclude")
        (place / "peta.yml").write_text(yaml.safe_dump(given), encoding="utf-8")
        intake = prepare("formulir", root=root)
        assert [feed["processed"] for feed in intake.content["feeds"]] == [1] * len(TABLES)
        shutil.rmtree(place)


def test_empty_forms_give_empty_tables_and_name_the_rule(root):
    write_templates(root / "data" / "raw" / "formulir")
    with pytest.raises(InputError) as caught:
        prepare("formulir", root=root)
    assert (caught.value.code, caught.value.values["table"]) == ("K270", "unit")
    assert "Catatan pertama: K182 Dikecualikan menurut peta." in caught.value.message("id")
    peta = root / "data" / "raw" / "formulir" / "peta.yml"
    given = yaml.safe_load(peta.read_text(encoding="utf-8"))
    filled = (*REQUIRED, "partnership")
    for table in filled:
        given["tables"][table][0].pop("exclude")
    peta.write_text(yaml.safe_dump(given), encoding="utf-8")
    intake = prepare("formulir", root=root)
    empty = [feed for feed in intake.content["feeds"] if feed["table"] not in filled]
    assert {feed["processed"] for feed in empty} == {0}
    assert {str(feed["reasons"]["excluded"]) for feed in empty} == {"{'K182': 1}"}


def test_nobody_has_the_number_of_the_example():
    """The sample's own way: a legal form, a serial that no office reaches."""
    assert nip.parse(PERSON).number == PERSON and int(PERSON[-3:]) > 900


def test_filled_in_and_saved_by_libreoffice_it_reads_back_equal(root, tmp_path):
    """Every value of nine tables, 198 service numbers among them, digit for digit."""
    place, tables = root / "data" / "raw" / "formulir", sample_part()
    forms = write_templates(place, FILLED)[:-1]
    for path in forms:
        filled_in(path, tables[path.stem])
    saved_by_libreoffice(forms, tmp_path)
    intake = prepare("formulir", root=root)
    key = load_key("formulir")
    assert intake.quarantined == 0, intake.summary("en")
    for name, frame in tables.items():
        read = pd.read_parquet(intake.folder / f"{name}.parquet")
        known = {"source_file": f"{name}.xlsx", "source_row": read["source_row"].to_numpy()}
        if "employee_uid" in frame:
            known["employee_uid"] = [pseudonym(key, "formulir", number) for number in frame["employee_uid"]]
        wanted = conform(frame.assign(**known), name)
        pd.testing.assert_frame_equal(conform(read, name), wanted)
    assert tables["employee"]["employee_uid"].nunique() == PEOPLE


def test_person_and_code_columns_are_text_and_lists_have_a_drop_down():
    import io

    book = openpyxl.load_workbook(io.BytesIO(form(TABLES["employee"], "id")))
    sheet = book["Isian"]
    headings = [cell.value for cell in sheet[HEADER_ROW]]
    letter = sheet.cell(HEADER_ROW, headings.index("NIP (Pegawai)") + 1).column_letter
    assert sheet.column_dimensions[letter].number_format == "@"
    assert sheet[f"{letter}{HEADER_ROW + 1}"].value == PERSON and sheet[f"{letter}{HEADER_ROW + 1}"].data_type == "s"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert len(lists) == 7  # status, standing, sex, age band, kind of post, education, head
    column = sheet.cell(HEADER_ROW, headings.index("Jenis kelamin") + 1).column_letter
    source = lists[f"{column}{HEADER_ROW + 2}:{column}1048576"]
    title, _, area = source.partition("!")
    cells = [cell.value for (cell,) in book[title.strip("'")][area.replace("$", "")]]
    assert cells == ["Laki-laki", "Perempuan"]


def test_headings_and_choices_of_a_form_are_unlike():
    """Two columns of one heading could not be told apart; two choices of one name neither."""
    for lang in ("id", "en"):
        for table in TABLES.values():
            names = [heading(column, lang) for column in table.columns]
            assert len(set(names)) == len(names), table.name
            for column in table.columns:
                labels = [pair[lang == "en"].casefold() for pair in (column.codes or {}).values()]
                assert len(set(labels)) == len(labels), (table.name, column.name)


def test_the_dictionary_sheet_has_every_column():
    import io

    book = openpyxl.load_workbook(io.BytesIO(form(TABLES["participation"], "id")))
    rows = list(book["Kamus data"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [column.name for column in TABLES["participation"].columns]
    hours = next(row for row in rows if row[1] == "credited_jp")
    assert hours == ("JP diakui", "credited_jp", "bilangan", "JP", "0–2.000", "Tidak", "disimpan", "JP diakui",
                     "Learning hours credited")


def test_the_dictionary_in_words():
    by_name = {entry.name: entry for entry in entries(TABLES["employee"])}
    assert by_name["year"].allowed == {"id": "2000–2100", "en": "2000–2100"}
    assert by_name["sex"].allowed["en"] == "L = Men; P = Women"
    assert by_name["name"].kept["id"] == "dipakai saat membaca, tidak disimpan"
    assert by_name["unit_id"].allowed["en"] == "a code of the table unit"
    assert {entry.name: entry for entry in entries(TABLES["budget"])}["participants"].allowed["id"] == "≥ 0"


def test_equal_tables_give_equal_bytes():
    assert form(TABLES["batch"], "en") == form(TABLES["batch"], "en")


def test_a_form_that_is_there_is_never_overwritten(tmp_path):
    write_templates(tmp_path / "a", ("unit",))
    before = (tmp_path / "a" / "unit.xlsx").read_bytes()
    with pytest.raises(InputError) as caught:
        write_templates(tmp_path / "a", ("unit", "batch"), lang="en")
    assert caught.value.code == "K236"
    assert caught.value.message("en") == (
        "K236 The folder a already holds 2 files of the same name: unit.xlsx, peta.yml. Choose another folder or move "
        "those files first; a form that has been filled in is never overwritten."
    )
    assert (tmp_path / "a" / "unit.xlsx").read_bytes() == before and not (tmp_path / "a" / "batch.xlsx").exists()


def test_an_unknown_table_gets_the_nearest(tmp_path):
    with pytest.raises(InputError) as caught:
        write_templates(tmp_path, ("employe",))
    assert caught.value.code == "K224" and caught.value.values["hint"] == "employee"


def test_the_command_writes_a_folder_for_each_language(tmp_path):
    done = CliRunner().invoke(cli, ["template", "unit", "--out", str(tmp_path / "f"), "--lang", "id,en"])
    assert done.exit_code == 0, done.output
    assert sorted(str(path.relative_to(tmp_path / "f")) for path in (tmp_path / "f").rglob("*.*")) == [
        "en/peta.yml", "en/unit.xlsx", "id/peta.yml", "id/unit.xlsx"]
    assert yaml.safe_load((tmp_path / "f" / "en" / "peta.yml").read_text(encoding="utf-8"))["evaluation"] == "f"


def test_a_birth_year_of_two_digits_reaches_back_as_far_as_a_service_number():
    assert TABLES["employee"].by_name["birth_date"].since == nip.OLDEST_BIRTH_YEAR
