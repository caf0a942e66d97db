"""What the office sees in a cell: number formats, against LibreOffice where it is installed and by hand everywhere."""

from __future__ import annotations

import csv
import datetime
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karier_stats.intake.files.shown import Flawed, Format, HiddenText, PartOfDay, Shown
from karier_stats.intake.values import as_text

EPOCH = datetime.datetime(1899, 12, 30)
ACCOUNTS = '_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-;_-@_-'

SEEN = [
    ("0%", 0.85, 85.0, "85%"), ("0.0%", 0.855, 85.5, "85.5%"), ("0.00%", 0.29, 29.0, "29.00%"), ("0%", 1, 100, "100%"),
    ("0%", 0.07, 7.0, "7%"), ('0"%"', 85, 85, "85%"), ("0\\%", 85, 85, "85%"),
    ('0" JP"', 24, 24, "24 JP"), ('"JP "0.0', 7.5, 7.5, "JP 7.5"), ("General\" JP\"", 7.5, 7.5, "7.5 JP"),
    ("000", 7, 7, "007"), ('"P"00', 7, 7, "P07"), ("00\\.00\\.00", 147110, 147110, "14.71.10"),
    ("00000000\\ 000000\\ 0\\ 000", 198505, 198505, "00000000 000019 8 505"),
    ("0", 85, 85, "85"), ("0.00", 85.5, 85.5, "85.5"), ("#,##0", 1234567, 1234567, "1234567"), ("0.0#", 7.25, 7.25, "7.25"),
    ("0.##", 7.5, 7.5, "7.5"), ("#,##0;[Red]-#,##0", -5, -5, "-5"), ("#,##0_);(#,##0)", -5, -5, "(5)"),
    ('[$Rp-421]#,##0', 1500000, 1500000, "Rp1500000"), (ACCOUNTS, 0, 0, "Rp-"), ('0;-0;"-"', 0, 0, "-"),
    ('_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', 0, 0, "-"), ("# ?/?", 0.5, 0.5, "1/2"), ("# ??/??", 1.25, 1.25, "1 1/4"),
    ("0.00E+00", 12300, 12300, "12300"), ("[Blue]0", 4, 4, "4"), ("[>=90]0\" A\";[>=80]0\" B\";0\" C\"", 85, 85, "85 B"),
    ("[>=90]0\" A\";[>=80]0\" B\";0\" C\"", 12, 12, "12 C"), ('"Lulus: "0;"Rugi: "-0', 3, 3, "Lulus: 3"),
]
"""Format, what the cell holds, the number that it stands for, and what is seen (without marks of thousands)."""

PARTLY = [
    ("0", 79.6, 79.6, "80"), ("0.0", 85.25, 85.25, "85.3"), ("0%", 0.856, 85.6, "86%"), ("0;0", -5, -5, "5"),
    ("#,##0;[Red]#,##0", -5, -5, "5"), (";;;", 85, 85, ""), ("0;-0;;@", 0, 0, ""), ("#,###", 0, 0, ""),
    ('[=1]"Ya";[=0]"Tidak";0', 1, 1, "Ya"), ("# ?/?", 0.3333, 0.3333, "1/3"), ('"- "0', 5, 5, "- 5"),
    ("0.0E+00", 12345, 12345, "12345"),
]
"""The same where the cell holds more than it shows: used as it is held, and counted."""

SCALED = [("#,##0,", 1234567), ("0.0,,", 1234567), ('0.0,,"jt"', 1234567), ('#,##0,"rb"', 1234567), ('0"000"', 5),
          ('#,##0".000"', 5), ('0" juta"', 5), ('0"jt"', 5), ('[>=1000000]0.0,,"jt";[>=1000]0,"rb";0', 1234567)]


AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,true"


@pytest.mark.parametrize(("code", "held", "number", "text"), SEEN)
def test_a_number_is_what_its_cell_shows(code, held, number, text):
    found = Format(code, EPOCH).number(held)
    assert (float(found), as_text(found)) == (number, text)
    assert not getattr(found, "altered", False) and not getattr(found, "scaled", False)


@pytest.mark.parametrize(("code", "held", "number", "text"), PARTLY)
def test_what_is_not_seen_in_full_says_so(code, held, number, text):
    found = Format(code, EPOCH).number(held)
    assert isinstance(found, Shown) and (float(found), found.text, found.altered) == (number, text, True)


@pytest.mark.parametrize(("code", "held"), SCALED)
def test_thousands_left_away_or_put_on_are_no_number(code, held):
    found = Format(code, EPOCH).number(held)
    assert isinstance(found, Shown) and found.scaled


@pytest.mark.parametrize(("code", "held", "found"), [
    ("[$-421]dd mmmm yyyy", 45886, datetime.datetime(2025, 8, 17)), ("mm-dd-yy", 45886, datetime.datetime(2025, 8, 17)),
    ("[$-F800]dddd\\,\\ d\\ mmmm\\ yyyy", 45886, datetime.datetime(2025, 8, 17)),
    ("dd/mm/yyyy hh:mm", 45886.5, datetime.datetime(2025, 8, 17, 12)), ("hh:mm", 0.25, datetime.time(6)),
    ("[h]:mm", 1.5, "36:00"), ("[hh]:mm:ss", 1.0, "24:00:00"), ("[mm]:ss", 0.0625, "90:00"), ("[h]", 2, "48"),
    ("[h]:mm", -0.25, "-6:00"), ("dd/mm/yyyy", -3, Flawed("####", "K117")), ("dd/mm/yyyy", 1e12, Flawed("####", "K117")),
])
def test_days_times_and_durations(code, held, found):
    shown = Format(code, EPOCH).number(held)
    assert shown == found and type(shown) is type(found) and not isinstance(shown, PartOfDay)


@pytest.mark.parametrize("code", ["mmm-yy", "d-mmm", "yyyy", "mmmm yyyy", "hh:mm", "dddd", "h:mm AM/PM", "mm:ss"])
def test_a_part_of_a_date_says_so(code):
    assert isinstance(Format(code, EPOCH).number(45886.5), PartOfDay)


def test_texts_with_a_format_of_their_own():
    assert Format('0;-0;0;"Kel. "@', EPOCH).text("Mawar") == "Kel. Mawar"
    assert Format(ACCOUNTS, EPOCH).text("Mawar") == "Mawar"
    assert isinstance(Format(";;;", EPOCH).text("Mawar"), HiddenText)
    assert Format("0.00", EPOCH).text("Mawar") == "Mawar"


@settings(max_examples=400, derandomize=True, deadline=None)
@given(code=st.text(st.sampled_from('0#?.,%E+-/@;"\\_*[]()dmyhsG :Rp<>=19jt'), max_size=14),
       held=st.one_of(st.integers(-10**15, 10**15), st.floats(allow_nan=True, allow_infinity=True)))
def test_any_format_shows_something_of_any_number(code, held):
    """A format that nobody would write is no reason to refuse the file."""
    form = Format(code, EPOCH)
    found = form.number(held)
    assert isinstance(found, int | float | str | datetime.datetime | datetime.time) and isinstance(form.text("a"), str)
    assert isinstance(as_text(found), str)


def test_equal_numbers_with_other_texts_are_other_cells():
    assert Format("000", EPOCH).number(7) != Format("00", EPOCH).number(7)
    assert Format("000", EPOCH).number(7) == Format("000", EPOCH).number(7)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_the_same(tmp_path: Path):
    """Each format by a program that nobody here wrote; marks of thousands and blanks are its own."""
    book = openpyxl.Workbook()
    cases = [case for case in SEEN + PARTLY if "E+" not in case[0]]
    for row, (code, held, *_) in enumerate(cases, start=1):
        cell = book.active.cell(row, 2, held)
        cell.number_format = code
        book.active.cell(row, 1, "x")
        book.active.cell(row, 3, 45886.5).number_format = ("[h]:mm", "dd/mm/yyyy")[row % 2]
    book.save(tmp_path / "a.xlsx")
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/profil", "--headless", "--convert-to", AS_SHOWN, "--outdir",
         str(tmp_path), str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=180)
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        shown = [row[1] for row in csv.reader(file)]

    def bare(text: str) -> str:
        return text.replace(",", "").replace(" ", "").removesuffix(".")

    different = []
    for (code, held, _, text), seen in zip(cases, shown, strict=True):
        found = Format(code, EPOCH).number(held)
        ours = found.text if isinstance(found, Shown) else as_text(found)
        if bare(ours) != bare(seen) and not (isinstance(found, int | float) and not isinstance(found, Shown)):
            different.append((code, held, ours, seen))
        assert ours == text
    assert different == []
