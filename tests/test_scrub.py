"""Free text without the people in it."""

from __future__ import annotations

import pytest

from karier_stats.intake.scrub import MASK, Scrubber

SCRUBBER = Scrubber(["Dr. Ani Lestari, S.E., M.Si.", "BUDI HARAPAN SANTOSO", "Suharjo"])


@pytest.mark.parametrize(("text", "clean"), [
    ("Hubungi 0812-3456-7890 segera", f"Hubungi {MASK} segera"),
    ("surel ani.l@kantor.go.id ya", f"surel {MASK} ya"),
    ("NIP 19800101 200501 2 901.", f"NIP {MASK}."),
    ("telepon +62 812 3456 789", f"telepon {MASK}"),
    ("Nilai 85 dari 100 pada 2025", "Nilai 85 dari 100 pada 2025"), ("Rp1.500.000 per orang", "Rp1.500.000 per orang"),
])
def test_numbers_and_addresses(text, clean):
    assert SCRUBBER.scrub(text, names=False) == clean


@pytest.mark.parametrize(("text", "clean"), [
    ("Terima kasih Ani Lestari!", f"Terima kasih {MASK}!"),
    ("budi harapan santoso baik", f"{MASK} baik"),
    ("Pak Budi sabar", f"Pak {MASK} sabar"), ("Bu Lestari jelas", f"Bu {MASK} jelas"),
    ("Suharjo datang", f"{MASK} datang"),
    ("Sesuai harapan, lestari alamku", "Sesuai harapan, lestari alamku"), ("Bu, materi bagus", "Bu, materi bagus"),
])
def test_names_of_the_evaluation(text, clean):
    assert SCRUBBER.scrub(text, names=True) == clean


@pytest.mark.parametrize(("text", "clean"), [
    ("oleh St. Aminah tadi", f"oleh {MASK} tadi"), ("St Aminah hadir", f"{MASK} hadir"), ("st. aminah", MASK),
    ("Abd. Rahim dan Rahim Abd.", f"{MASK} dan {MASK}."), ("pakbudi sabar", f"{MASK} sabar"), ("BuAminah jelas", f"{MASK} jelas"),
    ("Bapakrahim", MASK), ("drbudi", MASK), ("kata Pak.Budi", f"kata Pak.{MASK}"), ("pakbudinya", MASK),
    ("budi santoso's kelas", f"{MASK} kelas"), ("Budi Santoso’s", MASK), ("budi santosonya", MASK), ("Suharjo's", MASK),
    ("Suharjonya", MASK),
    ("Pak Budilah", f"Pak {MASK}"), ("kelas Santoso's", "kelas Santoso's"), ("budinya luhur", "budinya luhur"),
    ("bukan masukan, dikaji pakar", "bukan masukan, dikaji pakar"), ("Kec. Rahim", "Kec. Rahim"),
])
def test_names_that_are_shortened_glued_or_owned(text, clean):
    staff = ["Siti Aminah", "Budi Santoso", "Abdul Rahim", "Suharjo", "Kania Aji Putra", "Agung Ukan"]
    assert Scrubber(staff).scrub(text) == clean


@pytest.mark.parametrize(("text", "clean"), [
    ("lahir 2/2/85", f"lahir {MASK}"), ("lahir 02-02-85 ya", f"lahir {MASK} ya"), ("2 Feb. 85", MASK), ("2-Peb-1985", MASK),
    ("lahir 1/4/64", f"lahir {MASK}"), ("kode 2.2.85.01", "kode 2.2.85.01"), ("tanggal 3/2/85", "tanggal 3/2/85"),
])
def test_a_birth_date_with_a_year_of_two_digits_is_one(text, clean):
    assert Scrubber(["Ani Lestari"], numbers=["198502022010011902", "196404011990031001"]).scrub(text, names=True) == clean


def test_names_stay_where_names_are_not_looked_for():
    assert SCRUBBER.scrub("Kursus Ani Lestari", names=False) == "Kursus Ani Lestari"
