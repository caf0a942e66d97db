"""Why a bound is missed where it is known: said beside the verdict, which stays ``missed``."""

from __future__ import annotations

import re

from karier_stats.language import Text, both

REASONS: tuple[tuple[str, str, Text], ...] = (
    ("^one group/", "^rank-biserial$", both(
        "selangnya memakai sebaran W pada keadaan tanpa perubahan (seperti effectsize di R), sehingga terlalu sempit bila "
        "banyak yang berubah",
        "the interval takes the spread of W where nothing changes (as R's effectsize does) and is too narrow where much "
        "changes",
    )),
)
"""Patterns of cell and method, and the reason."""


def reason(cell: str, method: str) -> Text | None:
    """The reason of a missed bound; None where none is known."""
    for where, which, words in REASONS:
        if re.search(where, cell) and re.search(which, method):
            return words
    return None
