"""Leadership training under its old and new names.

Files of one decade hold three generations of names for the same four levels
(ADUM, Diklat Pim IV, PKP). They are one course where they are one level; a
title that is not on this list is never taken for a level by likeness.
"""

from __future__ import annotations

import re
from pathlib import Path

from karier_stats.words.catalogue import own_data

LEVELS: dict[str, list[str]] = own_data(Path(__file__).with_suffix(".yml"))
"""Level -> what is left of its names without "diklat", "tingkat" and the batch."""

_KNOWN = {core: level for level, cores in LEVELS.items() for core in cores}
_TAIL = re.compile(r"\s(?:angkatan\s\S+|tahun\s\d{4}|\d{4})$")
_HEAD = re.compile(r"^(?:diklat|pelatihan|pendidikan dan pelatihan|diklat struktural)\s")
_ARABIC = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}


def _core(title: str) -> str:
    """A title in lower case without punctuation, batch, year, and the words that all such titles share."""
    words = " ".join(re.sub(r"[^\w]+", " ", title.casefold()).split()).replace("diklatpim", "diklat pim")
    while _TAIL.search(words):
        words = _TAIL.sub("", words)
    words = re.sub(r"\b(?:tingkat|tk)\s", "", _HEAD.sub("", words))
    return re.sub(r"(?<=\s)[1-4]$", lambda found: _ARABIC[found[0]], words)


def structural_level(title: str) -> str | None:
    """The level of leadership training that a title names, old or new; None for any other title.

    Examples
    --------
    >>> structural_level("Diklat PIM Tk. III Angkatan XII"), structural_level("Kepemimpinan Pengawas (PKP)")
    ('PKA', 'PKP')
    """
    parts = (title, *re.split(r"[()/]", title))
    found = {level for level in (_KNOWN.get(_core(part)) for part in parts) if level}
    return found.pop() if len(found) == 1 else None
