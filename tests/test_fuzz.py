"""The first inputs of ``make fuzz``: no exception without a code, no row lost, in little memory."""

from __future__ import annotations

import pytest
from fuzz.inputs import input_of
from fuzz.readers import Tally, rows_of, run


def test_damaged_files_are_read_or_refused_and_no_row_is_lost():
    tally = Tally()
    run(1, 0, 4_000, tally)
    assert not tally.broken
    assert tally.done == tally.ends.total() == 4_000
    assert tally.rows > 5_000  # many survive their accidents
    assert {"read", "K140", "K144", "K198", "K194"} <= set(tally.ends)


def test_what_the_long_run_has_found_stays_mended():
    tally = Tally()
    for index in (166_160,):  # a package that asks for a zip of a version yet to come
        run(1, index, index + 1, tally)
    assert not tally.broken


def test_an_input_is_made_from_its_number_alone():
    assert input_of(1, 7) == input_of(1, 7) != input_of(2, 7)
    assert [input_of(1, index)[0] for index in (0, 1, 20)] == ["xlsx", "csv", "xlsx"]


def test_a_lost_row_and_a_stray_exception_are_seen(monkeypatch):
    from fuzz import readers

    tally = Tally()
    monkeypatch.setattr(readers, "rows_of", lambda text, separator: -1)
    run(1, 1, 40, tally)
    assert tally.broken and "a row of the file is lost" in tally.broken[0]
    monkeypatch.setattr(readers, "read_csv", lambda content, file: 1 / 0)
    run(1, 41, 42, tally)
    assert tally.broken[-1] == "seed 1, input 41: ZeroDivisionError: division by zero"


@pytest.mark.parametrize(("text", "rows"), [
    (b"a;b\n1;2", 2), (b'a;"b\n\n";c\n\n;;\n', 1), (b'a"b\nc"', 2), (b'""\n""\n', 0), (b"\r\n\rx\r", 3), (b'"a""\n"\nb', 2)])
def test_rows_are_counted_letter_by_letter(text, rows):
    assert rows_of(text, b";") == rows
