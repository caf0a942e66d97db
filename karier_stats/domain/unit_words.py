"""Words of measure that a number column may carry because they are the column's own unit.

Any other word ("2 hari" in a column of learning hours) has a factor only
where the crosswalk declares one.
"""

from __future__ import annotations

from pathlib import Path

from karier_stats.words.catalogue import own_data

UNIT_WORDS: dict[str, dict[str, float]] = own_data(Path(__file__).with_suffix(".yml"))
"""Unit of a column of the data dictionary -> (word, letters only, in lower case -> how many of that unit one is)."""
