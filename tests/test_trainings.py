"""Old and new names of leadership training are one course; likeness alone is none."""

from __future__ import annotations

import pytest

from karier_stats.domain.trainings import structural_level


@pytest.mark.parametrize(("title", "level"), [
    ("Diklat PIM Tk. III Angkatan XII", "PKA"), ("DIKLAT KEPEMIMPINAN TINGKAT III", "PKA"), ("PKA 2023", "PKA"),
    ("Pelatihan Kepemimpinan Administrator (PKA) Angkatan VI Tahun 2022", "PKA"), ("SEPADYA/SPAMA/PIM III", "PKA"),
    ("PIM IV", "PKP"), ("Kepemimpinan Pengawas (PKP)", "PKP"), ("SEPALA/ADUM/DIKLAT PIM TK.IV", "PKP"),
    ("Diklatpim Tingkat II", "PKN_II"), ("SPAMEN/SESPA/PIM II", "PKN_II"), ("PKN Tk. 1", "PKN_I"),
    ("SEPATI/PIM I", "PKN_I"),
])
def test_old_and_new_names(title, level):
    assert structural_level(title) == level


@pytest.mark.parametrize("title", [
    "Pelatihan Kepemimpinan", "Pelatihan Pengawas Bangunan", "Administrator Jaringan", "PKP / PKA", "PIM", "SEPADA", "",
])
def test_titles_that_name_no_level_or_two(title):
    assert structural_level(title) is None
