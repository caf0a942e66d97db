"""The walks beside this module are those of today, and show nobody."""

from __future__ import annotations

import pytest

from tests.start.further import further
from tests.start.walk import HERE, WALKED, walk


@pytest.mark.parametrize("name", WALKED)
def test_a_walk_is_as_it_is_written(name, tmp_path):
    office = next(one for one in further() if one.name == name)
    text = walk(office, tmp_path / "proyek")
    assert text == (HERE / f"{name}.txt").read_text(encoding="utf-8"), "python -m tests.start"
    people = {
        str(cell)
        for sheets in office.files.values()
        for rows in sheets.values()
        for row in rows
        for cell in row
        if str(cell).isdigit() and len(str(cell)) == 18
    }
    assert people and not [number for number in people if number in text]
