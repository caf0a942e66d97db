"""All rows of the catalogue in order."""

from __future__ import annotations

from . import cells, files, numbers, statistics
from .door import Case

CASES: tuple[Case, ...] = (*numbers.CASES, *files.DIALECTS, *cells.CASES, *files.UNSAFE_FILES, *statistics.CASES)
