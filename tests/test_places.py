"""Wards of Tenayan Raya and Kulim: spellings, and codes before and after the split."""

from __future__ import annotations

import pytest

from karier_stats.domain.places import MOVED, WARDS, today, ward_of


def test_eight_wards_stayed_and_five_went_to_kulim():
    districts = [ward.district for ward in WARDS]
    assert (districts.count("Tenayan Raya"), districts.count("Kulim")) == (8, 5)
    assert sorted(MOVED.values()) == sorted(ward.code for ward in WARDS if ward.district == "Kulim")
    assert not set(MOVED) & {ward.code for ward in WARDS}


def test_old_codes_become_those_of_today_and_others_stay():
    assert today("14.71.10.1009") == "14.71.14.1005"
    assert today("14.71.10.1012") == "14.71.10.1012"
    assert today("OPD-01") == "OPD-01"


@pytest.mark.parametrize(("text", "code"), [
    ("Sialang Sakti", "14.71.10.1012"), ("KELURAHAN  TUAH NEGERI", "14.71.10.1013"), ("Kel. Rejosari", "14.71.10.1004"),
    ("Pematangkapau", "14.71.14.1005"), ("14.71.10.1006", "14.71.14.1004"), ("Lurah Kulim", "14.71.14.1001"),
])
def test_ways_to_name_a_ward(text, code):
    assert ward_of(text).code == code


@pytest.mark.parametrize("text", ["Sialang", "Kecamatan Kulim", "Kelapa", "", "Rejosari Barat"])
def test_what_names_no_ward(text):
    assert ward_of(text) is None
