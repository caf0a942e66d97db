"""The walks beside this module are those of today, show nobody, and take a person less than ten minutes."""

from __future__ import annotations

import csv
import os

import pytest

from tests.start.further import further
from tests.start.walk import ANSWERS, HERE, asked_of_a_person, walk

LONG = os.environ.get("KARIER_LONG") == "1"
"""All three offices walk, and reports are made, in the long form alone."""


@pytest.mark.parametrize("name", ANSWERS if LONG else [*ANSWERS][:1])
def test_a_walk_is_as_it_is_written(name, tmp_path):
    kept = (HERE / f"{name}.txt").read_text(encoding="utf-8")
    text, _ = walk(name, tmp_path, report=LONG)
    assert text == (kept if LONG else kept.partition("\n$ karier report")[0]), "python -m tests.start"
    people = {
        str(cell)
        for sheets in next(one for one in further() if one.name == name).files.values()
        for rows in sheets.values()
        for row in rows
        for cell in row
        if str(cell).isdigit() and len(str(cell)) == 18
    }
    assert people and not [number for number in people if number in text]


def test_from_files_to_a_report_takes_less_than_ten_minutes():
    """The words, keys and minutes of each walk are as its text gives them; none takes ten minutes."""
    with (HERE / "minutes.csv").open(encoding="utf-8") as file:
        kept = [*csv.DictReader(file)]
    assert [row["office"] for row in kept] == [*ANSWERS]
    for row in kept:
        told = asked_of_a_person((HERE / f"{row['office']}.txt").read_text(encoding="utf-8"))
        assert {name: row[name] for name in told} == {name: str(value) for name, value in told.items()}
        assert float(row["minutes"]) < 10


def test_a_persons_time_is_reckoned_by_hand():
    """Eleven words, 18 keys in two lines, one answer: 3.3 s, 18 x 0.28 s, 2 x 1.35 s, 5 s, of which masks are none."""
    text = "$ karier key kota\nsatu dua\n**\nJawaban (nomor; q = berhenti dahulu): 1\n"
    told = asked_of_a_person(text)
    assert (told["answers"], told["words_read"], told["keys_typed"], told["minutes"]) == (1, 11, 18, "0.3")
