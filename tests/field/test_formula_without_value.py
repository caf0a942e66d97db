"""Scores that are formulas which nothing has computed."""

from __future__ import annotations

import pytest

from field.office import prepared
from karier_stats.errors import InputError


def test_formulas_without_a_value_are_refused_with_column_and_count(tmp_path, monkeypatch):
    """Four blank scores and no word of it before."""
    with pytest.raises(InputError) as caught:
        prepared("formula-without-value", tmp_path, monkeypatch)
    error = caught.value
    assert (error.code, error.values["column"], error.values["n"], error.values["row"]) == ("K112", "Nilai", 4, 2)
    assert "Excel" in error.message("id") and "LibreOffice" in error.message("en")
