"""Service numbers: every defect has its own code, and a sound number comes back digit for digit."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karier_stats.domain import nip

GOOD = "199608182022041901"


def test_a_sound_number_says_birth_appointment_and_sex():
    read = nip.parse(GOOD)
    assert (read.kind, read.birth, read.appointed_year, read.appointed_month, read.sex) == (
        "PNS", datetime.date(1996, 8, 18), 2022, 4, "L")


def test_the_published_example_of_contract_staff():
    read = nip.parse("200012312024211001")
    assert (read.kind, read.birth, read.appointed_month, read.sex, read.usual) == (
        "PPPK", datetime.date(2000, 12, 31), None, "L", True)


def test_digits_13_and_14_outside_month_and_contract_are_contract_staff_and_unusual():
    read = nip.parse("200012312024131001")
    assert (read.kind, read.usual) == ("PPPK", False)


@pytest.mark.parametrize(("text", "code"), [
    ("", "K109"), ("  ", "K109"),
    ("1996081820220419O1", "K102"), ("１99608182022041901", "K102"),
    ("19960818202204190", "K103"), ("1996081820220419011", "K103"), ("131110468", "K103"),
    ("199613182022041901", "K104"), ("199602302022041901", "K104"),
    ("192908181950041901", "K105"),
    ("199608182012041901", "K106"), ("196008182025041901", "K106"),
    ("199608182022043901", "K107"), ("199608182022041000", "K108"),
])
def test_each_defect_has_its_code(text, code):
    with pytest.raises(nip.InvalidNip) as caught:
        nip.parse(text)
    assert caught.value.code == code


def test_somebody_born_in_2015_is_no_civil_servant_of_2025():
    with pytest.raises(nip.InvalidNip) as caught:
        nip.parse("201501012035041901", year=2025)
    assert caught.value.code == "K105"


@pytest.mark.parametrize("text", ["19960818 202204 1 901", "'" + GOOD, GOOD + " ", GOOD[:8] + "\u00a0" + GOOD[8:],
                                  GOOD[:8] + "\u200b" + GOOD[8:], "19960818.202204.1.901"])
def test_separators_are_cleaned(text):
    assert nip.parse(text).number == GOOD


@pytest.mark.parametrize(("text", "lost"), [
    ("1.98609E+17", True), ("1,98609E+17", True), ("1.98E17", True), (GOOD + ".0", True), (GOOD, False),
    ("P-001", False),
])
def test_a_number_ruined_by_a_spreadsheet_is_known(text, lost):
    assert nip.digits_lost(text) is lost


def test_no_part_of_the_number_shows_but_its_ends():
    assert nip.masked(GOOD) == "19**************01"
    assert nip.masked("19960818") == "********"
    assert GOOD not in repr(nip.parse(GOOD))


@pytest.mark.parametrize(("birth_year", "band"), [(1996, "<30"), (1995, "30-39"), (1985, "40-49"), (1975, "50+")])
def test_age_bands_of_2025(birth_year, band):
    assert nip.age_band(datetime.date(birth_year, 12, 31), 2025) == band


@settings(max_examples=200, derandomize=True, deadline=None)
@given(
    birth=st.dates(datetime.date(1960, 1, 1), datetime.date(2004, 12, 31)), age=st.integers(18, 57),
    month=st.integers(1, 12), sex=st.sampled_from("12"), serial=st.integers(1, 999),
    gap=st.sampled_from(["", " ", "."]),
)
def test_any_sound_number_comes_back_digit_for_digit(birth, age, month, sex, serial, gap):
    parts = (f"{birth:%Y%m%d}", f"{birth.year + age}{month:02d}", sex, f"{serial:03d}")
    read = nip.parse(gap.join(parts))
    assert read.number == "".join(parts)
    assert (read.birth, read.sex) == (birth, "L" if sex == "1" else "P")
