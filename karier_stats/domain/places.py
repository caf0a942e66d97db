"""Wards of Tenayan Raya and Kulim, and what became of their codes when the district was split.

On 30 December 2020 five of the thirteen wards of Tenayan Raya became the
district of Kulim and took new codes. A file that still uses the old codes
speaks of another district than it seems to.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

SPLIT = datetime.date(2020, 12, 30)
"""The day from which the codes of Kulim hold (Perda Kota Pekanbaru 2/2020)."""


class Ward(NamedTuple):
    """One ward (kelurahan): its code today, its official name, its district, and other ways to write it."""

    code: str
    name: str
    district: str
    spellings: tuple[str, ...] = ()


WARDS = (
    Ward("14.71.10.1002", "Bencahlesung", "Tenayan Raya", ("Bencah Lesung",)),
    Ward("14.71.10.1003", "Tangkerang Timur", "Tenayan Raya"),
    Ward("14.71.10.1004", "Rejosari", "Tenayan Raya"),
    Ward("14.71.10.1005", "Bambukuning", "Tenayan Raya", ("Bambu Kuning",)),
    Ward("14.71.10.1010", "Melebung", "Tenayan Raya"),
    Ward("14.71.10.1011", "Industritenayan", "Tenayan Raya", ("Industri Tenayan",)),
    Ward("14.71.10.1012", "Sialangsakti", "Tenayan Raya", ("Sialang Sakti",)),
    Ward("14.71.10.1013", "Tuahnegeri", "Tenayan Raya", ("Tuah Negeri",)),
    Ward("14.71.14.1001", "Kulim", "Kulim"),
    Ward("14.71.14.1002", "Mentangor", "Kulim"),
    Ward("14.71.14.1003", "Sialangrampai", "Kulim", ("Sialang Rampai",)),
    Ward("14.71.14.1004", "Pebatuan", "Kulim"),
    Ward("14.71.14.1005", "Pematangkapau", "Kulim", ("Pematang Kapau",)),
)
"""Kemendagri 300.2.2-2430/2025; the joined spelling is the official one."""

MOVED = {
    "14.71.10.1001": "14.71.14.1001", "14.71.10.1008": "14.71.14.1002", "14.71.10.1007": "14.71.14.1003",
    "14.71.10.1006": "14.71.14.1004", "14.71.10.1009": "14.71.14.1005",
}
"""Codes that were given up in the split, and the codes of the same wards since."""


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
