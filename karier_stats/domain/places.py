"""Wards of Tenayan Raya and Kulim, and what became of their codes when the district was split.

On 30 December 2020 five of the thirteen wards of Tenayan Raya became the
district of Kulim and took new codes. A file that still uses the old codes
speaks of another district than it seems to.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from karier_stats.words.catalogue import own_data

SPLIT = datetime.date(2020, 12, 30)  # the day from which the codes of Kulim hold (Perda Kota Pekanbaru 2/2020)


class Ward(NamedTuple):
    """One ward (kelurahan): its code today, its official name, its district, and other ways to write it."""

    code: str
    name: str
    district: str
    spellings: Sequence[str] = ()


_DATA = own_data(Path(__file__).with_suffix(".yml"))
WARDS = tuple(Ward(**row) for row in _DATA["wards"])
MOVED: dict[str, str] = _DATA["moved"]  # codes that were given up in the split, and the codes of the same wards since


def _letters(text: str) -> str:
    """Letters and digits only, no difference of case."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_BY_NAME = {_letters(text): ward for ward in WARDS for text in (ward.name, ward.code, *ward.spellings)}
_KINDS = ("kelurahan", "kel", "lurah")


def today(code: str) -> str:
    """The code of an area since the split; any other code as it is."""
    return MOVED.get(code.strip(), code)


def ward_of(text: str) -> Ward | None:
    """The ward that a text names (``Kel. Pematang Kapau``, an old or new code), if it is one of the thirteen."""
    bare = _letters(today(text))
    shortened = (bare.removeprefix(kind) for kind in _KINDS if bare.startswith(kind))
    return next((_BY_NAME[word] for word in (bare, *shortened) if word in _BY_NAME), None)
