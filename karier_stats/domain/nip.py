"""The service number of civil servants (NIP), read and checked digit by digit.

Permanent staff (PNS): birth date YYYYMMDD, month of appointment YYYYMM, sex 1
or 2, serial 001 on. Contract staff (PPPK): birth date, year of the contract,
``2`` and the number of the contract, sex, serial. The number holds birth date
and sex, so it is personal data in whole and in part: :func:`masked` is the
only form in which any of it may be shown.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal

OLDEST_BIRTH_YEAR = 1930
YOUNGEST_APPOINTED = 17
OLDEST_APPOINTED = {"PNS": 58, "PPPK": 64}  # beyond these ages the digits cannot be right (PPPK experts may start late)

_SEPARATORS = re.compile("[\\s.\\-'’`\u00a0\u200b\u200c\u200d\u2007\u202f\u2060\ufeff]+")
_WRAPPED = re.compile(r'\s*=\s*"((?:[^"]|"")*)"\s*')
_LOST = re.compile(r"^\d(?:[.,]\d+)?E\+?1[4-9]$|^\d{15,}[.,]0+$", re.IGNORECASE)


class InvalidNip(ValueError):
    """A text that is not a service number; ``code`` names the defect, the text is not kept."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Nip:
    """A service number that has passed every check.

    ``usual`` is False where digits 13-14 are neither a month (PNS) nor 21-29
    (PPPK); such numbers are taken for PPPK.
    """

    number: str
    kind: Literal["PNS", "PPPK"]
    birth: datetime.date
    appointed_year: int
    appointed_month: int | None
    sex: Literal["L", "P"]
    usual: bool = True

    def __repr__(self) -> str:
        return f"Nip({masked(self.number)})"


def unwrapped(text: str) -> str:
    """The text inside ``="…"``, in which exports keep every digit from a spreadsheet; any other text as it is."""
    found = _WRAPPED.fullmatch(text) if "=" in text else None
    return found[1].replace('""', '"') if found else text


def clean(text: str) -> str:
    """The text without spaces, dots, hyphens, apostrophes, zero-width characters and ``="…"`` around it."""
    return _SEPARATORS.sub("", unwrapped(text))


def digits_lost(text: str) -> bool:
    """Whether a spreadsheet has turned the number into ``1.98E+17`` or ``….0``; ``60.0`` never was one."""
    return bool(_LOST.match(unwrapped(text).strip().replace(" ", "")))


def masked(text: str) -> str:
    """First two and last two characters with stars between (``19**************01``); a short text all in stars."""
    bare = clean(text)
    return bare[:2] + "*" * (len(bare) - 4) + bare[-2:] if len(bare) >= 16 else "*" * len(bare)


def parse(text: str, year: int | None = None) -> Nip:
    """Read a service number, with or without separators; nobody is younger than 17 in ``year``, that of the record.

    Raises
    ------
    InvalidNip
        K102 characters other than the digits 0-9, K103 not 18 digits, K104
        no such birth date, K105 birth year not believable, K106 appointed
        too young or too old, K107 sex neither 1 nor 2, K108 serial 000 (the
        mark of a spreadsheet that keeps 15 digits), K109 empty.

    References
    ----------
    Perka BKN 22/2007 (NIP of PNS); the form of the NI PPPK follows published
    examples, and sources differ on its digits 13-14.
    """
    number = clean(text)
    if not number:
        raise InvalidNip("K109")
    if not re.fullmatch("[0-9]+", number):
        raise InvalidNip("K102")
    if len(number) != 18:
        raise InvalidNip("K103")
    try:
        birth = datetime.date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    except ValueError:
        raise InvalidNip("K104") from None
    if birth.year < OLDEST_BIRTH_YEAR or (year is not None and year - birth.year < YOUNGEST_APPOINTED):
        raise InvalidNip("K105")
    month = int(number[12:14])
    kind: Literal["PNS", "PPPK"] = "PNS" if 1 <= month <= 12 else "PPPK"
    months = (int(number[8:12]) - birth.year) * 12 + (month if kind == "PNS" else 12) - birth.month
    if not YOUNGEST_APPOINTED * 12 <= months < (OLDEST_APPOINTED[kind] + 1) * 12:
        raise InvalidNip("K106")
    if number[14] not in "12":
        raise InvalidNip("K107")
    if number[15:] == "000":
        raise InvalidNip("K108")
    return Nip(
        number, kind, birth, int(number[8:12]), month if kind == "PNS" else None,
        "L" if number[14] == "1" else "P", usual=month <= 12 or 21 <= month <= 29)


def age_band(birth: datetime.date, year: int) -> str:
    """The age band (a code of ``codes.AGE_BAND``) at the end of ``year``."""
    age = year - birth.year
    if age < 30:
        return "<30"
    if age < 40:
        return "30-39"
    return "40-49" if age < 50 else "50+"
