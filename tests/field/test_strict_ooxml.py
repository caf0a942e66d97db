"""A workbook saved as Strict Open XML Spreadsheet."""

from __future__ import annotations

from field.office import prepared


def test_a_strict_workbook_is_read_like_any_other(tmp_path, monkeypatch):
    """No sheet was found in its namespace."""
    intake, tables = prepared("strict-ooxml", tmp_path, monkeypatch)
    assert intake.quarantined == 0 and len(tables["employee"]) == 4
    assert tables["employee"]["grade"].tolist() == ["III/b", "III/a", "IV/a", "III/c"]
