"""Files as grids: types of cells, dialects, headers, and files that are refused."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karier_stats.errors import InputError
from karier_stats.intake.files.readers import headings, read_bytes, read_csv, read_xlsx

ROWS = [["NIP", "Nama", "Nilai"], ["001", "Café", "7,5"], ["002", "Ani; Budi", "8"]]


def delimited(separator: str, end: str = "\n") -> str:
    """The three rows with every cell quoted."""
    return end.join(separator.join(f'"{cell}"' for cell in row) for row in ROWS) + end


def workbook(*sheets: tuple[str, list[list[object]]]) -> openpyxl.Workbook:
    """A workbook of named sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def packed(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def code_of(function, *arguments, **named) -> str:
    """The code with which a file is refused."""
    with pytest.raises(InputError) as caught:
        function(*arguments, **named)
    assert caught.value.message("id") and caught.value.message("en")
    return caught.value.code


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_dialect_reads_back_equal(separator, encoding, end):
    grid = read_csv(delimited(separator, end).encode(encoding), "a.csv")
    assert [list(cells) for _, cells in grid.rows] == ROWS
    assert grid.dialect == {"kind": "csv", "encoding": encoding, "separator": separator}


def test_row_numbers_are_the_lines_on_which_rows_begin():
    grid = read_csv(b'a,b\n"x\ny",1\n\nz,2\n\n', "a.csv")
    assert [number for number, _ in grid.rows] == [1, 2, 4, 5]


def test_words_that_look_like_missing_values_stay_words():
    grid = read_csv(b"a,b\nNA,None\nnull,\n", "a.csv")
    assert [cells for _, cells in grid.rows[1:]] == [("NA", "None"), ("null", None)]


@pytest.mark.parametrize(("content", "code"), [
    (b"\n\n", "K140"), (b'a,b\n"x,1\ny,2\n', "K144"), (b"a,b\n\x00,1\n", "K198"), (b"a,b\n\x81,1\n", "K199"),
])
def test_text_files_that_are_refused(content, code):
    assert code_of(read_csv, content, "a.csv") == code


def test_cells_keep_their_types():
    day = datetime.datetime(2025, 8, 17)
    rows = [["n", "d", "t"], [198609262015051001, day, "198609262015051001"]]
    grid = read_xlsx(packed(workbook(("A", rows))), "a.xlsx")
    number, date, text = grid.rows[1][1]
    assert isinstance(number, int | float)
    assert number != 198609262015051001  # the spreadsheet has lost the last digits, which only the type shows
    assert (date, text) == (day, "198609262015051001")


def test_numbers_of_198_people_come_back_digit_for_digit_as_text():
    numbers = [f"19860926201505{sex}{serial:03d}" for sex in (1, 2) for serial in range(1, 100)]
    grid = read_xlsx(packed(workbook(("A", [["NIP"], *([number] for number in numbers)]))), "a.xlsx")
    assert [cells[0] for _, cells in grid.rows[1:]] == numbers


def test_a_sheet_must_be_named_where_there_are_several():
    content = packed(workbook(("2024", [["a"]]), ("2025", [["b"]])))
    assert read_xlsx(content, "a.xlsx", sheet="2025").rows == [(1, ("b",))]
    with pytest.raises(InputError) as caught:
        read_xlsx(content, "a.xlsx", sheet="205")
    assert caught.value.message("en") == (
        'K210 The sheet "205" in a.xlsx does not exist or is not named. The sheets are: 2024, 2025. '
        'Set `sheet`, for instance "2025".')
    assert code_of(read_xlsx, content, "a.xlsx") == "K210"


def test_the_only_visible_sheet_needs_no_name_and_hidden_rows_are_counted():
    book = workbook(("lihat", [["a"], ["b"]]), ("lama", [["c"]]))
    book["lama"].sheet_state = "hidden"
    book["lihat"].row_dimensions[2].hidden = True
    grid = read_xlsx(packed(book), "a.xlsx")
    assert (grid.dialect["sheet"], grid.noticed["K128"]) == ("lihat", 1)


def test_two_header_rows_are_joined_where_the_upper_one_spans():
    book = workbook(("A", [["REKAP"], ["No", "Nilai", None, "Unit"], [None, "Pre", "Post", None], [1, 2, 3, "x"]]))
    for area in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        book["A"].merge_cells(area)
    grid = read_xlsx(packed(book), "a.xlsx")
    assert headings(grid, (2, 3)) == ["No", "Nilai / Pre", "Nilai / Post", "Unit"]


def test_two_header_rows_of_a_csv():
    grid = read_csv(b"No,Nilai,,Unit\n,Pre,Post,\n1,2,3,x\n", "a.csv")
    assert headings(grid, (1, 2)) == ["No", "Nilai / Pre", "Nilai / Post", "Unit"]


def test_a_cell_far_away_from_the_data_does_not_fill_the_memory():
    book = workbook(("A", [["a"]]))
    book["A"]["XFD1048576"] = "x"
    assert code_of(read_xlsx, packed(book), "a.xlsx") == "K188"


def test_a_merged_area_of_the_whole_sheet_is_refused_before_it_is_written_out():
    source = zipfile.ZipFile(io.BytesIO(packed(workbook(("A", [["a"]])))))
    parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')
    assert code_of(read_xlsx, zipped(**parts), "a.xlsx") == "K188"


def test_lines_of_two_encodings_are_each_read_in_their_own():
    grid = read_csv("a,b\né,1\n".encode() + "è,2\n".encode("cp1252"), "a.csv")
    assert [cells[0] for _, cells in grid.rows] == ["a", "é", "è"]
    assert (grid.dialect["encoding"], grid.noticed["K136"]) == ("utf-8+cp1252", 1)


def zipped(**parts: bytes) -> bytes:
    """A zip of named parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def with_entities() -> bytes:
    """A sound workbook whose sheet declares an entity."""
    source = zipfile.ZipFile(io.BytesIO(packed(workbook(("A", [["a"]])))))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            package.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(("content", "code"), [
    (zipped(a=bytes(25_000_000)), "K190"), (with_entities(), "K191"),
    (zipped(**{"xl/vbaProject.bin": b"x"}), "K192"),
    (b"\xd0\xcf\x11\xe0" + bytes(600), "K193"), (b"<html><table></table></html>", "K194"), (zipped(a=b"x"), "K194"),
    (packed(workbook(("A", [["a"]])))[:-200], "K194"),
])
def test_workbooks_that_are_refused(content, code):
    assert code_of(read_xlsx, content, "a.xlsx") == code


def test_a_link_out_of_the_raw_folder_and_an_empty_file_are_refused(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (tmp_path / "outside.csv").write_text("a,b\n")
    (raw / "link.csv").symlink_to(tmp_path / "outside.csv")
    (raw / "empty.csv").write_bytes(b"")
    assert code_of(read_bytes, raw / "link.csv", raw) == "K197"
    assert code_of(read_bytes, raw / "empty.csv", raw) == "K140"
    assert code_of(read_bytes, raw / "absent.csv", raw) == "K196"


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_grid_or_a_named_refusal(content):
    for read in (read_csv, read_xlsx):
        try:
            read(content, "a")
        except InputError as error:
            assert error.message("id")
