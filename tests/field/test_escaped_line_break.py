"""A line break of Windows in a cell, as OOXML escapes it."""

from __future__ import annotations

from field.office import prepared


def test_an_escaped_line_break_is_a_blank_between_words(tmp_path, monkeypatch):
    """``Kelurahan_x000D_ Mawar`` is the unit's name and was unknown."""
    intake, tables = prepared("escaped-line-break", tmp_path, monkeypatch)
    assert intake.quarantined == 0
    assert tables["employee"]["unit_id"].tolist() == ["U1", "U1", "U2", "U2"]
