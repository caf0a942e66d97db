"""Grades are read with the status: III is a grade of a contract and half a grade of a permanent official."""

from __future__ import annotations

import pytest

from karier_stats.domain.grades import PNS_GRADES, PPPK_GRADES, UnfitGrade, parse_grade


@pytest.mark.parametrize(("text", "status", "stored"), [
    ("III/a", "PNS", "III/a"), ("III.A", "PNS", "III/a"), ("IIIb", "PNS", "III/b"), ("3 c", "CPNS", "III/c"),
    ("Penata Muda (III/a)", "PNS", "III/a"), ("Pembina Utama, IV/e", "PNS", "IV/e"), ("Gol. III / d", "PNS", "III/d"),
    ("IX", "PPPK", "IX"), ("Golongan IX", "PPPK", "IX"), ("9", "PPPK_PART_TIME", "IX"), ("xvii", "PPPK", "XVII"),
    ("III/a", None, "III/a"), ("III", None, "III"),
])
def test_ways_to_write_a_grade(text, status, stored):
    assert parse_grade(text, status) == stored


@pytest.mark.parametrize(("text", "status"), [
    ("III", "PNS"), ("IX", "PNS"), ("III/a", "PPPK"), ("III/e", "PNS"), ("V/a", "PNS"), ("XVIII", "PPPK"),
    ("18", "PPPK"), ("5a", "PNS"), ("Honorer", None), ("IIII", "PPPK"), ("0", "PPPK"),
])
def test_what_is_no_grade_of_the_status(text, status):
    with pytest.raises(UnfitGrade):
        parse_grade(text, status)


def test_there_are_as_many_grades_as_the_agency_lists():
    assert (len(PNS_GRADES), len(PPPK_GRADES)) == (17, 17)
    assert (PNS_GRADES[0], PNS_GRADES[-1], PPPK_GRADES[-1]) == ("I/a", "IV/e", "XVII")
