"""Words of measure that a number column may carry because they are the column's own unit.

Any other word ("2 hari" in a column of learning hours) has a factor only
where the crosswalk declares one.
"""

from __future__ import annotations

UNIT_WORDS: dict[str, dict[str, float]] = {
    "JP": dict.fromkeys(("jp", "jpl", "jampelajaran", "jampelatihan"), 1.0),
    "year": {**dict.fromkeys(("tahun", "thn", "th", "year", "years"), 1.0),
             **dict.fromkeys(("bulan", "bln", "bl", "month", "months"), 1 / 12)},
    "month": {**dict.fromkeys(("bulan", "bln", "bl", "month", "months"), 1.0),
              **dict.fromkeys(("tahun", "thn", "th", "year", "years"), 12.0)},
    "person": dict.fromkeys(("orang", "org", "peserta", "kursi", "person", "persons", "people"), 1.0),
    "%": dict.fromkeys(("%", "persen", "percent"), 1.0),
}
"""Unit of a column of the data dictionary -> (word, letters only, in lower case -> how many of that unit one is)."""
