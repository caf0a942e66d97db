"""What the office sees in a workbook is what is stored, or a code names it: each feature once, as prepared."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from small_intake import ANI, BUDI, CITRA, DEDI, office, peta, project

from karier_stats.errors import InputError
from karier_stats.intake.cells import CellReader
from karier_stats.intake.crosswalk import Feed
from karier_stats.intake.files.readers import headings, read_csv, read_xlsx, sheet_names
from karier_stats.intake.files.shown import Flawed, Format, PartOfDay
from karier_stats.intake.prepare import Intake, prepare
from karier_stats.intake.schema import TABLES
from karier_stats.intake.values import Unreadable

PEOPLE = (ANI, BUDI, CITRA, DEDI)
HEAD = ["NIP", "Angkatan", "Hasil", "Nilai", "JP"]
EPOCH = datetime.datetime(1899, 12, 30)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project folder with a key for the evaluation ``kecil``."""
    return project(tmp_path, monkeypatch, "kecil")


def seats(root: Path, change: Callable[[Worksheet], None] | None = None, **feed: Any) -> tuple[Intake, pd.DataFrame]:
    """Prepare with the participation list in a workbook, changed by ``change``."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEAD)
    for person in PEOPLE:
        sheet.append([person, "B1", "lulus", 80, 24])
    if change:
        change(sheet)
    folder = root / "data/raw/kecil"
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / "peserta.xlsx")
    return prepared(root, **feed)


def prepared(root: Path, **feed: Any) -> tuple[Intake, pd.DataFrame]:
    """Prepare with ``peserta.xlsx`` as it lies there."""
    given = peta()
    del given["tables"]["test_score"], given["tables"]["comment"]
    given["tables"]["participation"] = [{
        "file": "peserta.xlsx", "columns": {
            "employee_uid": "NIP", "batch_id": "Angkatan", "outcome": "Hasil", "final_score": "Nilai", "credited_jp": "JP"},
        **feed}]
    office(root / "data/raw/kecil", given)
    intake = prepare("kecil", root=root)
    return intake, pd.read_parquet(intake.folder / "participation.parquet")


def refused(root: Path, change: Callable[[Worksheet], None], **feed: Any) -> InputError:
    """The refusal of a changed list."""
    with pytest.raises(InputError) as caught:
        seats(root, change, **feed)
    assert caught.value.message("id") and caught.value.message("en")
    return caught.value


def noticed(intake: Intake) -> dict[str, int]:
    """The warnings, code to count."""
    return {warning["code"]: warning["n"] for warning in intake.content["warnings"]}


def column(letter: str, values: list[Any], form: str = "General") -> Callable[[Worksheet], None]:
    """Put values with a number format into a column, from row 2."""

    def change(sheet: Worksheet) -> None:
        for row, value in enumerate(values, start=2):
            sheet[f"{letter}{row}"] = value
            sheet[f"{letter}{row}"].number_format = form

    return change


def test_a_score_shown_in_percent_is_that_score(root):
    intake, found = seats(root, column("D", [0.85, 0.905, 1, 0], "0.0%"))
    assert found["final_score"].tolist() == [85, 90.5, 100, 0] and "K149" not in noticed(intake)
    _, found = seats(root, column("D", [0.85, 0.905, 1, 0], "0.0%"), numbers={"final_score": "id%"})
    assert found["final_score"].tolist() == [85, 90.5, 100, 0]  # declared as a percentage: the same


def test_a_percentage_of_hours_is_no_number_of_hours(root):
    intake, _ = seats(root, column("E", [0.85], "0%"))
    assert intake.content["feeds"][-1]["reasons"]["quarantined"] == {"K132": 1}


@pytest.mark.parametrize("form", ["#,##0,", '0.0,,"jt"', '0"000"'])
def test_numbers_shown_in_thousands_are_refused(root, form):
    error = refused(root, column("E", [24000, 24000], form))
    assert error.code == "K119" and (error.values["column"], error.values["n"], error.values["row"]) == ("JP", 2, 2)


def test_dollars_are_no_rupiah():
    reader, money = CellReader(Feed("budget"), "nip"), TABLES["budget"].by_name["ceiling_rp"]
    assert reader.read(money, Format("[$Rp-421]#,##0", EPOCH).number(5000)) == 5000
    for form in ("[$$-409]#,##0", "$#,##0", '#,##0" USD"', "[$€-2] #,##0"):
        with pytest.raises(Unreadable) as caught:
            reader.read(money, Format(form, EPOCH).number(5000))
        assert caught.value.code == "K132"


def test_rounded_and_hidden_numbers_are_used_in_full_and_counted(root):
    intake, found = seats(root, column("D", [79.6, 80, 81.4], "0"))
    assert found["final_score"].tolist() == [79.6, 80, 81.4, 80] and noticed(intake)["K149"] == 2
    intake, found = seats(root, column("D", [79, 80], ";;;"))
    assert found["final_score"].tolist() == [79, 80, 80, 80] and noticed(intake)["K149"] == 2


def test_an_accounting_dash_is_zero_and_units_stay_outside_the_number(root):
    intake, found = seats(root, column("E", [24, 0, 8], '_(* #,##0" JP"_);_(* (#,##0);_(* "-"??_);_(@_)'))
    assert found["credited_jp"].tolist() == [24, 0, 8, 24] and "K149" not in noticed(intake)


def test_ids_keep_the_letters_and_zeros_of_their_format(root):
    _, found = seats(root, column("B", [1] * 4, '"B"0'))
    assert found["batch_id"].tolist() == ["B1"] * 4


def test_formulas_that_nothing_computed_are_counted_by_column(root):
    error = refused(root, column("D", ["=E2*2", "=E3*2", "=E4*2"]))
    assert (error.code, error.values["column"], error.values["n"], error.values["row"]) == ("K112", "Nilai", 3, 2)
    error = refused(root, column("C", ["=A2"]))  # a required column: not "empty"
    assert (error.code, error.values["column"]) == ("K112", "Hasil")
    error = refused(root, column("A", ["=A9"]))
    assert (error.code, error.values["column"]) == ("K112", "NIP")


def test_a_rule_that_leaves_rows_out_is_not_held_against_an_uncomputed_formula(root):
    error = refused(root, column("E", ["=1+1"]), exclude={"JP": "2"}, columns={
        "employee_uid": "NIP", "batch_id": "Angkatan", "outcome": "Hasil"})
    assert (error.code, error.values["column"]) == ("K112", "JP")


def test_uncomputed_formulas_are_counted_cell_by_cell_in_every_kind_of_feed(root):
    """Side by side, as a list of options, and under a value map that takes all others."""
    change = [column("D", ["=1"]), column("E", ["=1", "=1"])]

    def both(sheet: Worksheet) -> None:
        for one in change:
            one(sheet)

    wide = {"columns": {"employee_uid": "NIP", "batch_id": "Angkatan", "outcome": "Hasil"}}
    error = refused(root, both)
    assert (error.values["column"], error.values["n"]) == ("Nilai, JP", 3)
    error = refused(root, both, **wide, long={"value": "final_score", "columns": {"Nilai": {}, "JP": {}}})
    assert (error.values["column"], error.values["n"]) == ("Nilai, JP", 3)
    error = refused(root, column("C", ["=1"]), values={"outcome": {"*": "lulus"}})
    assert (error.values["column"], error.values["n"]) == ("Hasil", 1)
    error = refused(root, column("B", ["=1"]), split={"column": "batch_id", "separator": ";"})
    assert (error.values["column"], error.values["n"]) == ("Angkatan", 1)


def test_formulas_of_columns_that_are_not_read_do_no_harm(root):
    _, found = seats(root, lambda sheet: sheet.__setitem__("F2", "=1+1"))
    assert len(found) == 4


SHEET = """<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>NIP</t></is></c>
<c r="B1" t="inlineStr"><is><t>Angkatan</t></is></c><c r="C1" t="inlineStr"><is><t>Hasil</t></is></c>
<c r="D1" t="inlineStr"><is><t>Nilai</t></is></c><c r="E1" t="inlineStr"><is><t>JP</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>{nip}</t></is></c><c r="B2" t="inlineStr"><is><t>B1</t></is></c>
<c r="C2" t="inlineStr"><is><t>lulus</t></is></c>{score}<c r="E2"><v>24</v></c></row></sheetData></worksheet>"""


def written(root: Path, score: str, *, settings: str = "", styles: str = "", main: str = MAIN) -> None:
    """A workbook written by hand whose score of one person is the given XML."""
    buffer = io.BytesIO()
    office_ns = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("_rels/.rels", f'<Relationships><Relationship Id="r" Type="{office_ns}/officeDocument" '
                         'Target="/xl/workbook.xml"/></Relationships>')
        package.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office_ns}">{settings}<sheets>'
                         '<sheet name="A_x0026_B" sheetId="1" r:id="s"/></sheets></workbook>')
        package.writestr("xl/_rels/workbook.xml.rels", f'<Relationships><Relationship Id="s" Type="{office_ns}/worksheet" '
                         f'Target="worksheets/sheet1.xml"/><Relationship Id="t" Type="{office_ns}/sharedStrings" '
                         f'Target="sharedStrings.xml"/><Relationship Id="y" Type="{office_ns}/styles" Target="styles.xml"/>'
                         "</Relationships>")
        package.writestr("xl/worksheets/sheet1.xml", SHEET.format(main=main, nip=ANI, score=score))
        package.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}"><si><r><rPr><b/></rPr><t>8</t></r><r><t>5,5</t></r>'
                         "<rPh sb='0' eb='1'><t>baca</t></rPh></si></sst>")
        package.writestr("xl/styles.xml", f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>')
    folder = root / "data/raw/kecil"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "peserta.xlsx").write_bytes(buffer.getvalue())


@pytest.mark.parametrize(("score", "settings", "stored"), [
    ('<c r="D2"><f>1+1</f></c>', "", "K112"), ('<c r="D2"><f>1+1</f><v></v></c>', "", "K112"),
    ('<c r="D2" t="str"><f>A9</f></c>', "", "K112"),
    ('<c r="D2"><f>1+1</f><v>0</v></c>', '<calcPr fullCalcOnLoad="1"/>', "K112"),  # as XlsxWriter leaves it
    ('<c r="D2"><f>1+1</f><v>0</v></c>', "", 0.0), ('<c r="D2"><f>1+1</f><v>2</v></c>', '<calcPr fullCalcOnLoad="1"/>', 2.0),
    ('<c r="D2" t="str"><f>""</f><v></v></c>', "", None),  # computed, and empty
    ('<c r="D2" t="s"><v>0</v></c>', "", 85.5),  # two runs of one text, and a phonetic guide
    ('<c r="D2" s="1" t="inlineStr"><is><t>85,5</t></is></c>', "", 85.5),  # an apostrophe before it (quotePrefix)
    ('<c><v>85.5</v></c>', "", 85.5), ('<c r="D2" t="n"><v>8.55E1</v></c>', "", 85.5),
    ('<c r="D2" s="9"><v>85.5</v></c>', "", 85.5),
])
def test_formulas_runs_and_cells_as_programs_write_them(root, score, settings, stored):
    written(root, score, settings=settings, styles='<xf numFmtId="0" quotePrefix="1"/>')
    if isinstance(stored, str):
        with pytest.raises(InputError) as caught:
            prepared(root, numbers="id")
        assert (caught.value.code, caught.value.values["column"]) == (stored, "Nilai")
    else:
        score = prepared(root, numbers="id")[1]["final_score"][0]
        assert pd.isna(score) if stored is None else score == stored


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!"])
def test_error_values_are_set_aside_by_their_own_code(root, error):
    written(root, f'<c r="D2" t="e"><f>1/0</f><v>{error}</v></c>')
    with pytest.raises(InputError, match=r"K270.*Catatan pertama: K117 .*baris 2"):  # the only row of a required table
        prepared(root)
    assert "K117" in (root / "data/raw/kecil/karantina/peserta.xlsx.karantina.csv").read_text(encoding="utf-8-sig")
    given = peta()
    seats = f"NIP;Angkatan;Hasil;Nilai\n{ANI};B1;Lulus;{error}\n{BUDI};B1;Lulus;80\n"
    office(root / "data/raw/kecil", given, peserta=seats)
    intake = prepare("kecil", root=root)  # the same sheet saved as csv
    assert intake.content["feeds"][4]["reasons"]["quarantined"] == {"K117": 1}
    (warning,) = [warning for warning in intake.content["warnings"] if warning["code"] == "K255"]
    assert warning["n"] == 1 and "Nilai" in warning["text"]["en"]


def test_a_word_with_a_hash_is_no_error(root):
    given = peta()
    office(root / "data/raw/kecil", given, nilai=f"NIP,Pre,Post,Komentar\n{ANI},60,75,#bagus!\n{BUDI},60,75,#SIP!\n")
    intake = prepare("kecil", root=root)
    assert pd.read_parquet(intake.folder / "comment.parquet")["comment"].tolist() == ["#bagus!", "#SIP!"]


def test_merged_cells_of_the_data_fill_every_row_that_they_cover(root):
    def change(sheet: Worksheet) -> None:
        for row in (3, 4):
            sheet[f"B{row}"] = sheet[f"E{row}"] = None
        sheet.merge_cells("B2:B4")
        sheet.merge_cells("E2:E4")

    intake, found = seats(root, change)
    assert found["batch_id"].tolist() == ["B1"] * 4 and found["credited_jp"].tolist() == [24] * 4
    assert noticed(intake)["K148"] == 4


def test_titles_between_the_data_and_blank_rows_are_not_filled(root):
    def change(sheet: Worksheet) -> None:
        sheet.insert_rows(4, 2)
        sheet["A4"] = "Gelombang kedua"
        sheet.merge_cells("A4:E5")

    intake, found = seats(root, change, exclude={"Angkatan": ""})
    assert len(found) == 4 and "K148" not in noticed(intake)
    assert intake.content["feeds"][-1]["reasons"]["excluded"] == {"K181": 1, "K182": 1}


def test_two_row_headings_with_and_without_merged_cells():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["REKAP"], ["NIP", "Nilai", None, "Ket"], [None, "Pre", "Post", None], [1, 2, 3, 4]):
        sheet.append(row)
    wanted = ["NIP", "Nilai / Pre", "Nilai / Post", "Ket"]
    for areas in ((), ("A1:D1",), ("A1:D1", "A2:A3"), ("A1:D1", "A2:A3", "B2:C2"), ("A1:D1", "B2:C2", "D2:D3")):
        for area in areas:
            sheet.merge_cells(area)
        assert headings(read_xlsx(saved(book), "a.xlsx"), (2, 3)) == wanted, areas


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_escaped_characters_in_cells_headings_and_sheet_names():
    book = openpyxl.Workbook()
    book.active.title = "A_x0026_B"
    book.active.append(["Nama_x000D_\nUnit", "_x005F_x0041_", "_xD83D__xDE00_", "_xD83D_", "x_x004g_", "_x0041__x0042_"])
    content = saved(book)
    assert sheet_names(content, "a.xlsx") == ["A&B"]
    grid = read_xlsx(content, "a.xlsx", sheet="A&B")
    assert grid.rows[0][1] == ("Nama\r\nUnit", "_x0041_", "😀", "�", "x_x004g_", "AB")
    assert headings(grid, (1,))[0] == "Nama Unit"


def test_an_escaped_nul_is_refused():
    book = openpyxl.Workbook()
    book.active.append(["a_x0000_b"])
    with pytest.raises(InputError) as caught:
        read_xlsx(saved(book), "a.xlsx")
    assert caught.value.code == "K198"


def test_strict_workbooks_and_their_dates(root):
    written(root, '<c r="D2" t="d"><v>2025-08-17</v></c>', main="http://purl.oclc.org/ooxml/spreadsheetml/main")
    grid = read_xlsx((root / "data/raw/kecil/peserta.xlsx").read_bytes(), "a.xlsx")
    assert grid.rows[1][1][3] == datetime.date(2025, 8, 17) and grid.dialect["sheet"] == "A&B"


def test_days_of_both_date_systems_and_dates_that_are_shown_in_part():
    for epoch in (openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, openpyxl.utils.datetime.CALENDAR_MAC_1904):
        book = openpyxl.Workbook()
        book.epoch = epoch
        day = datetime.datetime(2025, 8, 17)
        book.active.append([day, day, day, datetime.timedelta(hours=36), True])
        for place, form in enumerate(("[$-421]dd mmmm yyyy", "dd/mm/yy", "mmm-yy", "[h]:mm"), start=1):
            book.active.cell(1, place).number_format = form
        cells = read_xlsx(saved(book), "a.xlsx").rows[0][1]
        assert cells == (day, day, day, "36:00", True)
        assert [isinstance(cell, PartOfDay) for cell in cells] == [False, False, True, False, False]


def test_filtered_and_hidden_rows_are_read_and_counted(root):
    def change(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:E5"
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["E"].hidden = True

    intake, found = seats(root, change)
    assert len(found) == 4 and noticed(intake)["K128"] == 2


def test_numbers_kept_as_text_are_read_by_the_declared_style(root):
    _, found = seats(root, column("D", ["80,5", "81", "'82", "83,25"]), numbers="id")
    assert found["final_score"].tolist() == [80.5, 81, 82, 83.25]


def test_service_numbers_with_a_format_have_lost_their_digits(root):
    error = refused(root, column("A", [198001012005012901], "00000000 000000 0 000"))
    assert error.code == "K101"


def test_rows_and_cells_without_a_reference_follow_one_another():
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(openpyxl.Workbook()))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="b"><v>1</v></c><c><v>2</v></c></row><row r="4">' \
                    '<c r="B4" t="e"><v>#N/A</v></c></row></sheetData></worksheet>'.encode()
            new.writestr(name, content)
    rows = read_xlsx(buffer.getvalue(), "a.xlsx").rows
    assert rows == [(1, (True, 2)), (2, (None, None)), (3, (None, None)), (4, (None, "#N/A"))]
    assert isinstance(rows[3][1][1], Flawed)


def test_texts_of_a_csv_are_left_alone():
    assert read_csv(b"a,b\n85%,_x000D_\n", "a.csv").rows[1] == (2, ("85%", "_x000D_"))
