"""118 bad inputs, one test each: its fate, its code, its words, every row kept, nobody seen."""

from __future__ import annotations

import pytest
from catalogue.cases import CASES


def test_every_row_of_the_catalogue_is_there_once():
    assert [case.id for case in CASES] == [f"B{number:02d}" for number in range(1, 119)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_bad_input(case):
    case.check()
