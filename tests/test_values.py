"""Cells: Indonesian numbers, money, dates, yes and no, closed lists."""

from __future__ import annotations

import datetime

import pytest

from karier_stats.domain import codes
from karier_stats.intake import values
from karier_stats.intake.values import Unreadable


def code_of(function, *arguments) -> str:
    """The code with which a cell is refused."""
    with pytest.raises(Unreadable) as caught:
        function(*arguments)
    return caught.value.code


@pytest.mark.parametrize(("cell", "style", "value"), [
    (7, None, 7.0), (7.5, None, 7.5), ("7", None, 7.0), ("7.5", None, 7.5), ("7,5", None, 7.5), ("10.0", None, 10.0),
    ("1.234", "id", 1234.0), ("1.234", "en", 1.234), ("1,234", "en", 1234.0), ("1,234", "id", 1.234),
    ("1.234,56", "id", 1234.56), ("1,234.56", "en", 1234.56), ("1.250,75", None, 1250.75), ("1,250.75", None, 1250.75),
    ("1.234.567", None, 1234567.0), ("0.125", None, 0.125), ("-3,5", "id", -3.5), ("+4", None, 4.0),
    ("'12", None, 12.0),
])
def test_numbers(cell, style, value):
    assert values.number(cell, style) == value


@pytest.mark.parametrize("cell", ["1.250", "1,250", "12.345"])
def test_a_number_with_two_readings_needs_a_declaration(cell):
    assert code_of(values.number, cell) == "K130"


@pytest.mark.parametrize("cell", ["80%", "B+", "tidak hadir", "1e308", "inf", "NaN", float("inf"), True, "--5", "1.2.3",
                                  "１２", datetime.datetime(2025, 1, 1)])
def test_what_is_no_number(cell):
    assert code_of(values.number, cell, "id") == "K132"


def test_whole_numbers():
    assert values.whole("1.234", "id") == 1234
    assert code_of(values.whole, "2,5", "id") == "K132"
    assert code_of(values.whole, 2.0**60) == "K132"


@pytest.mark.parametrize(("cell", "style", "value"), [
    ("Rp1.234.567,00", "id", 1234567), ("Rp 1.500.000,-", "id", 1500000), ("Rp 1,5 M", "id", 1_500_000_000),
    ("250 jt", "id", 250_000_000), ("(1.000.000)", "id", -1000000), ("-2.500", "id", -2500), ("rb 5", None, None),
    ("Rp (1.000.000)", "id", -1000000), ("(Rp1.000.000,00)", "id", -1000000), ("(5", "id", None),
    ("1.000-", "id", None), (1500000, None, 1500000), ("Rp1.234.567,00", None, 1234567), ("IDR 2,500", "en", 2500),
    ("1,2 triliun", "id", 1.2e12),
])
def test_money(cell, style, value):
    if value is None:
        assert code_of(values.money, cell, style) == "K132"
    else:
        assert values.money(cell, style) == value


def test_money_with_two_readings_needs_a_declaration():
    assert code_of(values.money, "Rp 1.500") == "K130"


@pytest.mark.parametrize(("cell", "style"), [
    ("17-08-2025", "dd-mm-yyyy"), ("17/08/2025", "dd/mm/yyyy"), ("17/8/25", "dd/mm/yyyy"), ("17.08.2025", "dd-mm-yyyy"),
    ("17/08/2025 9.05.33", "dd/mm/yyyy"), ("2025-08-17", None), ("2025-08-17 09:05:33", "yyyy-mm-dd"),
    ("17 Agustus 2025", "teks"), ("17 Agt 2025", "teks"), ("Minggu, 17 Agustus 2025", "teks"),
    (datetime.datetime(2025, 8, 17, 9), None), (datetime.date(2025, 8, 17), "teks"),
])
def test_dates(cell, style):
    assert values.date(cell, style) == datetime.date(2025, 8, 17)


@pytest.mark.parametrize(("cell", "style", "code"), [
    ("12/31/2024", "dd/mm/yyyy", "K150"), ("31/12/2024", None, "K133"), ("30-02-2025", "dd-mm-yyyy", "K133"),
    ("0024-01-01", None, "K134"), (45000, None, "K151"), ("45000", None, "K151"),
    (7, None, "K133"), ("17 Foo 2025", "teks", "K133"), ("besok", "teks", "K133"),
])
def test_dates_that_are_refused(cell, style, code):
    assert code_of(values.date, cell, style) == code


@pytest.mark.parametrize(("cell", "style", "first", "last"), [
    ("24 s.d. 28 Februari 2025", "teks", "2025-02-24", "2025-02-28"),
    ("24 s/d 28 Feb 2025", "teks", "2025-02-24", "2025-02-28"), ("4-8 Feb 2025", "teks", "2025-02-04", "2025-02-08"),
    ("24–28 Februari 2025", "teks", "2025-02-24", "2025-02-28"),
    ("24 Februari sampai dengan 7 Maret 2025", "teks", "2025-02-24", "2025-03-07"),
    ("28 Desember 2024 s.d. 3 Januari 2025", "teks", "2024-12-28", "2025-01-03"),
    ("17 Agustus 2025", "teks", "2025-08-17", "2025-08-17"),
    ("24-02-2025 s.d. 28-02-2025", "dd-mm-yyyy", "2025-02-24", "2025-02-28"),
    ("24-02-2025 - 28-02-2025", "dd-mm-yyyy", "2025-02-24", "2025-02-28"),
    ("24-02-2025", "dd-mm-yyyy", "2025-02-24", "2025-02-24"),
    ("2025-02-24 – 2025-02-28", None, "2025-02-24", "2025-02-28"),
    (datetime.date(2025, 2, 24), None, "2025-02-24", "2025-02-24"),
])
def test_ranges_of_dates(cell, style, first, last):
    assert tuple(map(str, values.date_range(cell, style))) == (first, last)


@pytest.mark.parametrize(("cell", "style", "code"), [
    ("28 s.d. 24 Februari 2025", "teks", "K155"), ("24 s.d. 25 s.d. 26 Februari 2025", "teks", "K133"),
    ("s.d. 28 Februari 2025", "teks", "K133"), ("24 s.d. 28", "teks", "K133"),
])
def test_ranges_that_are_refused(cell, style, code):
    assert code_of(values.date_range, cell, style) == code


@pytest.mark.parametrize(("cell", "value"), [
    ("Ya", True), ("y", True), ("Sudah", True), ("ADA", True), (1, True), (True, True),
    ("Tidak", False), ("T", False), ("belum", False), ("Tidak ada", False), ("0", False), (False, False),
])
def test_yes_and_no(cell, value):
    assert values.yes_no(cell) is value


def test_neither_yes_nor_no():
    assert code_of(values.yes_no, "mungkin") == "K135"


@pytest.mark.parametrize(("cell", "stored"), [
    ("L", "L"), ("p", "P"), ("Laki-laki", "L"), (" PEREMPUAN ", "P"), ("Women", "P"),
])
def test_a_category_is_known_by_itself_and_by_its_names(cell, stored):
    assert values.category(cell, values.category_names(codes.SEX), codes.SEX) == stored


def test_another_word_is_refused_with_the_list():
    with pytest.raises(Unreadable) as caught:
        values.category("Pria", values.category_names(codes.SEX), codes.SEX)
    assert (caught.value.code, caught.value.values) == ("K131", {"value": "Pria", "allowed": "L, P"})


def test_every_category_label_leads_to_one_code():
    for name, listed in vars(codes).items():
        if name.isupper() and isinstance(listed, dict) and name not in ("TRAINING_TYPE",):
            names = [values.folded(label) for pair in listed.values() for label in set(map(values.folded, pair))]
            assert len(names) == len(set(names)), name


def test_text_is_composed_single_spaced_without_direction_marks_and_capped():
    assert values.text("Cafe\u0301  \u202eterbalik\n baru") == "Café terbalik baru"
    assert len(values.text("x" * 3000)) == 2000


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "–"])
def test_blank_cells(cell):
    assert values.is_blank(cell)


@pytest.mark.parametrize("cell", [0, False, "0", "NA", "None", "null"])
def test_cells_that_say_something(cell):
    assert not values.is_blank(cell)
