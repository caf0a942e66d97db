"""Why a bound is missed where it is known: said beside the verdict, which stays ``missed``."""

from __future__ import annotations

import re

from karier_stats.words.numbers import Text, both

REASONS: tuple[tuple[str, str, Text], ...] = (
    ("^one group/ordinal.*n=12$", "^rank-biserial$", both(
        "hanya beberapa nilai berbeda di antara 12 orang: selangnya lebih lebar daripada nominal, tidak pernah lebih sempit",
        "few distinct values among 12 people: the interval is wider than nominal, never narrower",
    )),
)
"""Patterns of cell and method, and the reason."""


def reason(cell: str, method: str) -> Text | None:
    """The reason of a missed bound; None where none is known."""
    for where, which, words in REASONS:
        if re.search(where, cell) and re.search(which, method):
            return words
    return None
