"""The first inputs of ``make fuzz``: no exception without a code, no row lost, in little memory."""

from __future__ import annotations

import csv
import io
import itertools

import openpyxl
import pytest
from fuzz.inputs import input_of
from fuzz.readers import Tally, rows_of, run
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from karier_stats.intake.files.readers import read_csv, read_xlsx


def test_damaged_files_are_read_or_refused_and_no_row_is_lost():
    tally = Tally()
    run(1, 0, 4_000, tally)
    assert not tally.broken
    assert tally.done == tally.ends.total() == 4_000
    assert tally.rows > 5_000  # many survive their accidents
    assert {"read", "K140", "K144", "K198", "K194"} <= set(tally.ends)


def test_what_the_long_run_has_found_stays_mended():
    tally = Tally()
    for index in (166_160,):  # a package that asks for a zip of a version yet to come
        run(1, index, index + 1, tally)
    assert not tally.broken


def test_an_input_is_made_from_its_number_alone():
    assert input_of(1, 7) == input_of(1, 7) != input_of(2, 7)
    assert [input_of(1, index)[0] for index in (0, 1, 20)] == ["xlsx", "csv", "xlsx"]


def test_a_lost_row_and_a_stray_exception_are_seen(monkeypatch):
    from fuzz import readers

    tally = Tally()
    monkeypatch.setattr(readers, "rows_of", lambda text, separator: -1)
    run(1, 1, 40, tally)
    assert tally.broken and "a row of the file is lost" in tally.broken[0]
    monkeypatch.setattr(readers, "read_csv", lambda content, file: 1 / 0)
    run(1, 41, 42, tally)
    assert tally.broken[-1] == "seed 1, input 41: ZeroDivisionError: division by zero"


@pytest.mark.parametrize(("text", "rows"), [
    (b"a;b\n1;2", 2), (b'a;"b\n\n";c\n\n;;\n', 1), (b'a"b\nc"', 2), (b'""\n""\n', 0), (b"\r\n\rx\r", 3), (b'"a""\n"\nb', 2)])
def test_rows_are_counted_letter_by_letter(text, rows):
    assert rows_of(text, b";") == rows


DIALECTS = [*itertools.product(
    (("utf-8", ";", "\n"), ("utf-8-sig", ",", "\r\n"), ("utf-16", "\t", "\r\n"), ("utf-8", "|", "\r"), ("cp1252", ";", "\r\n")),
    (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)), "xlsx", "xlsx in a second sheet"]
"""Twelve ways in which an office hands in one table."""
LETTER = st.sampled_from("aé1,;.|'\"\t -=+@<\nÿŽ€")
CELL = st.text(LETTER, max_size=6).map(str.strip)


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
@settings(max_examples=12, derandomize=True, deadline=None)
@given(rows=st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=2, max_size=6)))
@example(rows=[["a", "b"], ["1.250", "=1+1"], ['"', "x;y,z|"]])
def test_any_table_reads_back_equal_in_any_of_twelve_dialects(dialect, rows):
    assume(any(rows[-1]) and all(row.count("") < 2 for row in rows))
    wanted = [tuple(cell or None for cell in row) for row in rows]
    if isinstance(dialect, str):
        grid = read_xlsx(in_xlsx(rows, "second" in dialect), "a.xlsx", sheet="isi" if "second" in dialect else None)
    else:
        (encoding, separator, end), quoting = dialect
        # Python's own writer leaves a line feed bare where lines end otherwise
        assume(end != "\r" or quoting == csv.QUOTE_ALL or "\n" not in "".join(itertools.chain(*rows)))
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
        declared = encoding if encoding == "cp1252" else None  # its bytes may be sound UTF-8 of other letters
        grid = read_csv(out.getvalue().encode(encoding), "a.csv", encoding=declared, separator=separator)
    assert [cells for _, cells in grid.rows] == wanted


def in_xlsx(rows: list[list[str]], second: bool) -> bytes:
    """The rows as text cells, alone in a workbook or on its second sheet."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("isi") if second else book.active
    for line, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            if text:
                cell = sheet.cell(line, place, text)
                cell.data_type = "s"  # a text that begins with = stays a text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
