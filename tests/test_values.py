"""Cells: Indonesian numbers, money, dates, yes and no, closed lists."""

from __future__ import annotations

import datetime
import itertools
import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    ("'12", None, 12.0), ('="12"', None, 12.0), ("1 250 000", None, 1250000.0), ("1\u00a0250", "id", 1250.0),
    ("1 250,5", "id", 1250.5), ("- 5", None, -5.0),
])
def test_numbers(cell, style, value):
    assert values.number(cell, style) == value


@pytest.mark.parametrize("cell", ["1.250", "1,250", "12.345"])
def test_a_number_with_two_readings_needs_a_declaration(cell):
    assert code_of(values.number, cell) == "K130"


@pytest.mark.parametrize("cell", ["80%", "B+", "tidak hadir", "1e308", "inf", "NaN", float("inf"), True, "--5", "1.2.3",
                                  "１２", datetime.datetime(2025, 1, 1), "7 5", "12 50", "1 2500", "1 25 000",
                                  "1 250.000", "0 250", "5 (lima)", "3 Mei 2025", "2+3 jam"])
def test_what_is_no_number(cell):
    assert code_of(values.number, cell, "id") == "K132"


JP = {"jp": 1.0, "jampelajaran": 1.0, "hari": 8.0}
TERM = {"th": 1.0, "bln": 1 / 12}


@pytest.mark.parametrize(("cell", "words", "value"), [
    ("24 JP", JP, 24), ("24JP", JP, 24), ("24 J.P.", JP, 24), ("20 jam pelajaran", JP, 20), ("2 hari", JP, 16),
    ("4,5 jp", JP, 4.5), ("1 250 JP", JP, 1250), ("12 th", TERM, 12), ("12 th 3 bln", TERM, 12.25),
    ("-3 bln", TERM, -0.25), ("85%", {"%": 1.0}, 85), ("2 hari 4 JP", JP, 20),
])
def test_unit_words_that_are_known_count_what_is_stated(cell, words, value):
    assert values.number(cell, "id", words) == value


@pytest.mark.parametrize(("cell", "code"), [
    ("2 minggu", "K176"), ("24 JP x 2 hari", "K176"), ("12 th 3 bulan", "K176"), ("7 5 JP", "K132"), ("12 th 3", "K132"),
    ("2 th 3 th", "K132"), ("3 th -2 bln", "K132"), ("12 th ± 3 bln", "K132"), ("JP 24", "K132"), ("80%", "K132"),
])
def test_a_unit_word_is_never_cut_off_in_silence(cell, code):
    assert code_of(values.number, cell, "id", {**TERM, "jp": 1.0}) == code
    assert code_of(values.number, cell.split(" ")[0] + " entah", "id", {}) in ("K176", "K132")


def test_whole_numbers():
    assert values.whole("1.234", "id") == 1234
    assert code_of(values.whole, "2,5", "id") == "K132"
    assert code_of(values.whole, 2.0**60) == "K132"


@pytest.mark.parametrize(("cell", "style", "value"), [
    ("Rp1.234.567,00", "id", 1234567), ("Rp 1.500.000,-", "id", 1500000), ("Rp 1,5 M", "id", 1_500_000_000),
    ("250 jt", "id", 250_000_000), ("(1.000.000)", "id", -1000000), ("-2.500", "id", -2500), ("rb 5", None, None),
    ("Rp (1.000.000)", "id", -1000000), ("(Rp1.000.000,00)", "id", -1000000), ("(5", "id", None),
    ("1.000-", "id", None), (1500000, None, 1500000), ("Rp1.234.567,00", None, 1234567), ("IDR 2,500", "en", 2500),
    ("1,2 triliun", "id", 1.2e12), ("Rp-", "id", 0), (" Rp-   ", "id", 0), ("Rp. –", "id", 0), ("Rp 1 250 000", "id", 1250000),
    ("Rp 7 5", "id", None), ("7 5", "id", None), ('="Rp1.500"', "id", 1500), ("Rp", "id", None),
])
def test_money(cell, style, value):
    if value is None:
        assert code_of(values.money, cell, style) == "K132"
    else:
        assert values.money(cell, style) == value


@pytest.mark.parametrize(("cells", "is_accounting"), [
    (["Rp1.000.000", "-"], True), ([" 1.000.000 ", " -   "], True), (["(1.000)", "-"], True), (["Rp-", "-"], True),
    (["1.000.000", "-"], False), ([1000000, "-", None], False), ([" 5.000", "-"], False), ([], False),
    (["Rp belum ada", "-"], False), (["(belum)", " - "], False),
])
def test_the_whole_column_tells_whether_it_is_in_accounting_format(cells, is_accounting):
    assert values.accounting(cells) is is_accounting


def test_money_with_two_readings_needs_a_declaration():
    assert code_of(values.money, "Rp 1.500") == "K130"


@pytest.mark.parametrize(("cell", "style"), [
    ("17-08-2025", "dd-mm-yyyy"), ("17/08/2025", "dd/mm/yyyy"), ("17/8/25", "dd/mm/yyyy"), ("17.08.2025", "dd-mm-yyyy"),
    ("17/08/2025 9.05.33", "dd/mm/yyyy"), ("2025-08-17", None), ("2025-08-17 09:05:33", "yyyy-mm-dd"),
    ("17 Agustus 2025", "teks"), ("17 Agt 2025", "teks"), ("Minggu, 17 Agustus 2025", "teks"),
    (datetime.datetime(2025, 8, 17, 9), None), (datetime.date(2025, 8, 17), "teks"),
    ("2025/08/17", None), ("2025/8/17", "yyyy/mm/dd"), ("2025/08/17 9:05:33 AM GMT+7", "yyyy/mm/dd"), ("08/17/2025", "mm/dd/yyyy"),
    ("8/17/25 9:05 AM", "mm/dd/yyyy"), ("17-Agu-25", "dd-mmm-yy"), ("17-Agu-25", "teks"), ("17/Aug/2025", "teks"),
    ("17 Agst. 2025", "teks"), ("17 Agustus 25", "teks"), ("Minggu 17/08/2025", "dd/mm/yyyy"), ('="17/08/2025"', "dd/mm/yyyy"),
    ("17 Agustus 2025, pukul 09.00 - 12.00 WIB", "teks"), ("17/08/2025 08:00-12:00", "dd/mm/yyyy"),
    ("17/08/2025 09.00 s.d. selesai", "dd/mm/yyyy"),
])
def test_dates(cell, style):
    assert values.date(cell, style) == datetime.date(2025, 8, 17)


@pytest.mark.parametrize(("cell", "style", "code"), [
    ("12/31/2024", "dd/mm/yyyy", "K150"), ("31/12/2024", None, "K133"), ("30-02-2025", "dd-mm-yyyy", "K133"),
    ("0024-01-01", None, "K134"), (45000, None, "K151"), ("45000", None, "K151"),
    (7, None, "K133"), ("17 Foo 2025", "teks", "K133"), ("besok", "teks", "K133"), ("17/08/2025", "mm/dd/yyyy", "K150"),
    ("17/08/2025 s.d. 20/08/2025", "dd/mm/yyyy", "K133"), ("17/08/2025 25.10", "dd/mm/yyyy", "K133"), ("4-8/02",
    "dd/mm/yyyy", "K133"),
    ("24, 25 Februari 2025", "teks", "K133"), ("17/08/2025 13:05 PM", "dd/mm/yyyy", "K133"), ("17/08/2025 entah",
    "dd/mm/yyyy", "K133"),
    ("2025-08-17 09:05 GMT+15", None, "K133"),
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
    ("24 -28 Februari 2025", "teks", "2025-02-24", "2025-02-28"), ("24- 28 Februari 2025", "teks", "2025-02-24", "2025-02-28"),
    ("24, 25 Februari 2025", "teks", "2025-02-24", "2025-02-25"), ("24 & 25 Februari 2025", "teks", "2025-02-24", "2025-02-25"),
    ("24 dan 25 Februari 2025", "teks", "2025-02-24", "2025-02-25"),
    ("24, 25, dan 26 Februari 2025", "teks", "2025-02-24", "2025-02-26"),
    ("30, 31 Januari, 1 Februari 2025", "teks", "2025-01-30", "2025-02-01"),
    ("28 Februari - 2 Maret 2025", "teks", "2025-02-28", "2025-03-02"), ("28 Februari-2 Maret 2025", "teks",
    "2025-02-28", "2025-03-02"),
    ("Senin, 24 s.d. Jumat, 28 Februari 2025", "teks", "2025-02-24", "2025-02-28"),
    ("17-20-Agu-25", "teks", "2025-08-17", "2025-08-20"), ("17-Agu-25 - 20-Agu-25", "teks", "2025-08-17", "2025-08-20"),
    ("24-28/02/2025", "dd/mm/yyyy", "2025-02-24", "2025-02-28"), ("24 s/d 28/02/2025", "dd/mm/yyyy", "2025-02-24", "2025-02-28"),
    ("24/02/2025-28/02/2025", "dd/mm/yyyy", "2025-02-24", "2025-02-28"), ("2025/02/24-2025/02/28", None,
    "2025-02-24", "2025-02-28"),
])
def test_ranges_of_dates(cell, style, first, last):
    assert tuple(map(str, values.date_range(cell, style))) == (first, last)


@pytest.mark.parametrize(("cell", "style", "code"), [
    ("28 s.d. 24 Februari 2025", "teks", "K155"), ("24 s.d. 25 s.d. 26 Februari 2025", "teks", "K133"),
    ("s.d. 28 Februari 2025", "teks", "K133"), ("24 s.d. 28", "teks", "K133"), ("25, 24 Februari 2025", "teks", "K155"),
    ("24 s.d. 25, 28 Februari 2025", "teks", "K133"), ("24, Februari 2025", "teks", "K133"), ("02/24 - 02/28/2025",
    "mm/dd/yyyy", "K133"),
])
def test_ranges_that_are_refused(cell, style, code):
    assert code_of(values.date_range, cell, style) == code


@pytest.mark.parametrize(("cell", "value"), [
    ("Ya", True), ("y", True), ("Sudah", True), ("ADA", True), (1, True), (True, True),
    ("Tidak", False), ("tdk", False), ("f", False), ("belum", False), ("Tidak ada", False), ("0", False), (False, False),
])
def test_yes_and_no(cell, value):
    assert values.yes_no(cell) is value


@pytest.mark.parametrize(("cell", "beside", "value"), [
    ("t", "f", True), ("T", "TRUE", True), ("t", "y", False), ("T", "Ya", False), ("t", "tidak", False),
    ("b", "s benar", True), ("s", "b benar", False), ("b", "s belum", False), ("s", "b sudah", True), ("S", "Salah", False),
    ("x", "", True), ("X", "v", False), ("x", "✓", False), ("v", "x", True), ("✗", "", False), ("ya", "t", True),
])
def test_a_letter_means_what_its_column_says(cell, beside, value):
    assert values.yes_no(cell, values.truth_words([cell, *beside.split()])) is value


@pytest.mark.parametrize(("cell", "beside"), [
    ("t", ""), ("t", "n"), ("t", "1 0"), ("t", "y f"), ("b", "s"), ("s", "b"), ("b", "benar belum"), ("x", "ya"), ("t", "mungkin"),
])
def test_a_letter_that_its_column_leaves_open_is_refused(cell, beside):
    assert code_of(values.yes_no, cell, values.truth_words([cell, *beside.split()])) == "K177"


def test_neither_yes_nor_no():
    assert code_of(values.yes_no, "mungkin") == "K135"


@pytest.mark.parametrize(("cell", "stored"), [
    ("L", "L"), ("p", "P"), ("'L", "L"), ('="P"', "P"), ("Laki-laki", "L"), (" PEREMPUAN ", "P"), ("Women", "P"),
])
def test_a_category_is_known_by_itself_and_by_its_names(cell, stored):
    assert values.category(cell, values.category_names(codes.SEX), codes.SEX) == stored


def test_another_word_is_refused_with_the_list():
    with pytest.raises(Unreadable) as caught:
        values.category("Pria", values.category_names(codes.SEX), codes.SEX)
    assert (caught.value.code, caught.value.values) == ("K131", {"value": "Pria", "allowed": "L, P"})


def test_every_category_label_leads_to_one_code():
    for name, listed in vars(codes).items():
        if name.isupper() and name[0] != "_" and isinstance(listed, dict) and name not in ("TRAINING_TYPE",):
            names = [values.folded(label) for pair in listed.values() for label in set(map(values.folded, pair))]
            assert len(names) == len(set(names)), name


def test_text_is_composed_single_spaced_without_direction_marks_and_capped():
    assert values.text("Cafe\u0301  \u202eterbalik\n baru") == "Café terbalik baru"
    assert len(values.text("x" * 3000)) == 2000


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "–", '=""', '="-"'])
def test_blank_cells(cell):
    assert values.is_blank(cell)


@pytest.mark.parametrize("cell", [0, False, "0", "NA", "None", "null"])
def test_cells_that_say_something(cell):
    assert not values.is_blank(cell)


QUIET = {"derandomize": True, "deadline": None, "max_examples": 300}
DAYS = st.dates(datetime.date(1930, 1, 1), datetime.date(2099, 12, 31))
MONTHS = ("Januari Feb Maret Apr Mei Juni Jul Agst Sept Okt Nop Desember").split()
WRITTEN = {
    "dd/mm/yyyy": "{d:02d}/{m:02d}/{y}", "dd-mm-yyyy": "{d}-{m}-{y}", "mm/dd/yyyy": "{m}/{d:02d}/{y}",
    "mm-dd-yyyy": "{m:02d}-{d}-{y}",
    "yyyy/mm/dd": "{y}/{m:02d}/{d:02d}", "yyyy-mm-dd": "{y}-{m}-{d}", "teks": "{d} {word} {y}", "dd-mmm-yy": "{d:02d}-{word}-{y}",
}


@settings(**QUIET)
@given(day=DAYS, style=st.sampled_from(sorted(WRITTEN)), tail=st.sampled_from(["", " 9.05.33", ", 23:59", " 11:59 PM"]))
def test_a_day_in_any_style_reads_back_equal_and_in_no_other_order(day, style, tail):
    text = WRITTEN[style].format(d=day.day, m=day.month, y=day.year, word=MONTHS[day.month - 1]) + tail
    assert values.date(text, style) == day
    for other in {"dd/mm/yyyy", "yyyy/mm/dd", "teks"} - {style}:
        if values.date_order(other) != values.date_order(style) and values.date_order(style) != "month":
            assert code_of(values.date, text, other) == "K133"


@pytest.mark.parametrize("year", range(100))
def test_two_digits_of_a_year_are_those_of_posix(year):
    text = f"01/03/{year:02d}"
    assert values.date(text, "dd/mm/yyyy") == datetime.datetime.strptime(text, "%d/%m/%y").date()


@settings(**QUIET)
@given(moment=st.datetimes(datetime.datetime(1995, 1, 2), datetime.datetime(2090, 1, 1)), minutes=st.integers(-14 * 60, 14 * 60),
       zone=st.sampled_from(["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]), prefix=st.sampled_from(["", "GMT", "UTC"]))
def test_a_moment_is_the_day_that_it_was_in_the_office(moment, minutes, zone, prefix):
    aware = moment.replace(microsecond=0, tzinfo=datetime.timezone(datetime.timedelta(minutes=minutes)))
    day = aware.astimezone(ZoneInfo(zone)).date()
    sign, (hours, rest) = "+" if minutes >= 0 else "-", divmod(abs(minutes), 60)
    hour = values.ZONES[zone]
    for clock in (aware.strftime("%H:%M:%S"), aware.strftime("%I:%M:%S %p "), aware.strftime("%H.%M ")):
        if prefix or clock[-1] != " " or minutes >= 0:  # 08.00 -12:00 is a time of day to another
            text = f"{aware:%Y/%m/%d} {clock}{prefix}{sign}{hours:02d}:{rest:02d}"
            assert values.date(text, "yyyy/mm/dd", zone=hour) == day, text
    assert values.date(aware, zone=hour) == day


@settings(**QUIET)
@given(first=DAYS, days=st.integers(0, 400), mark=st.sampled_from([" s.d. ", " - ", " -", "- ", "–", " sampai dengan "]),
       style=st.sampled_from(["teks", "dd/mm/yyyy", "yyyy-mm-dd"]))
def test_a_range_written_in_full_reads_back_equal(first, days, mark, style):
    last = first + datetime.timedelta(days=days)
    text = mark.join(WRITTEN[style].format(d=day.day, m=day.month, y=day.year, word=MONTHS[day.month - 1]) for day in (first, last))
    assert values.date_range(text, style) == (first, last)
    if style == "teks" and first.year == last.year:
        short = f"{first.day} {MONTHS[first.month - 1]}{mark}{last.day} {MONTHS[last.month - 1]} {last.year}"
        assert values.date_range(short, style) == (first, last)


def outcome(function, *arguments):
    """A stored value, or the code of the refusal."""
    try:
        return function(*arguments)
    except Unreadable as error:
        return error.code


@settings(**QUIET)
@given(text=st.text(st.sampled_from("0123456789., -+()Rp%"), max_size=12))
def test_every_text_that_is_taken_without_a_style_has_one_meaning(text):
    for reader in (values.number, values.money):
        open_, readings = outcome(reader, text), [outcome(reader, text, style) for style in ("id", "en")]
        numbers = {reading for reading in readings if not isinstance(reading, str)}
        if not isinstance(open_, str):
            assert numbers == {open_}
        if len(numbers) > 1:
            assert open_ == "K130"


@settings(**QUIET)
@given(number=st.decimals(-10**9, 10**9, places=3), style=st.sampled_from(["id", "en"]), blanks=st.booleans())
def test_a_number_with_marks_reads_back_equal(number, style, blanks):
    text = f"{number:,.3f}" if style == "en" else f"{number:,.3f}".translate(str.maketrans(",.", ".,"))
    if blanks:
        text = f"{number:,.3f}".replace(",", " ").replace(".", "," if style == "id" else ".")
    assert values.number(text, style) == float(number)


def test_yes_and_no_by_every_company_of_three_words():
    vocabulary = sorted(values.truth_words(["ya", "y", "tidak", "t", "f", "true", "b", "s", "benar", "belum", "x", "v", "1", "0"]))
    for company in itertools.combinations(vocabulary, 3):
        found = {word: outcome(values.yes_no, word, frozenset(company)) for word in company}
        sure = [word for word in company if word not in "tbsx"]
        assert all(isinstance(found[word], bool) for word in sure)
        assert found == {word: outcome(values.yes_no, word, frozenset(company[::-1])) for word in company}
        if {"t", "f"} <= set(company):
            assert found["t"] is (True if not {"y", "ya", "tidak"} & set(company) else found["t"]) and found["t"] is not False
        if {"t", "tidak"} <= set(company):
            assert found["t"] in (False, "K177")
        assert {"b", "s"} - set(company) or found["b"] == found["s"] == "K177" or found["b"] is not found["s"]


@pytest.mark.parametrize("cell", ["1" * 131_000, "1 " * 65_000, "1a" * 65_000, '="' + '""' * 65_000,
                                  "24, " * 30_000 + "25 Mei 2025"])
def test_a_long_text_is_refused_at_once(cell):
    begun = time.process_time()
    for reader, code in ((values.number, "K132"), (values.money, "K132"), (values.date, "K133"), (values.date_range, "K133")):
        assert code_of(reader, cell, "id" if code == "K132" else "teks") == code
    assert not values.accounting([cell]) and time.process_time() - begun < 1


@pytest.mark.parametrize(("cell", "rest"), [
    ("Pekanbaru, 05-01-1980", "05-01-1980"), ("Pasir Pengaraian, 5 Mei 1980", "5 Mei 1980"), ("05-01-1980", "05-01-1980"),
    ("Pekanbaru", "Pekanbaru"), (None, None)])
def test_a_place_before_the_date_of_birth_is_left_off(cell, rest):
    assert values.without_place(cell) == rest


def test_a_word_before_any_other_day_is_none_of_it():
    with pytest.raises(Unreadable):
        values.date("Ditunda, 05-01-2025", "dd-mm-yyyy")
