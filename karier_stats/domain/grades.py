"""Grades (golongan), which mean nothing without the employment status.

Permanent staff (PNS, CPNS) hold a roman number and a letter, I/a to IV/e;
contract staff (PPPK) a roman number alone, I to XVII. "III" is a grade of a
contract and half a grade of a permanent official, so it is never guessed.
"""

from __future__ import annotations

import re

PNS_GRADES = (*(f"{roman}/{letter}" for roman in ("I", "II", "III") for letter in "abcd"),
              *(f"IV/{letter}" for letter in "abcde"))
PPPK_GRADES = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI",
               "XVII")
_OF_STATUS = {"PNS": PNS_GRADES, "CPNS": PNS_GRADES, "PPPK": PPPK_GRADES, "PPPK_PART_TIME": PPPK_GRADES}
_GRADE = re.compile(r"([IVX]+|[1-4](?=\W*[A-E]\b)|\d{1,2})(?:\W*([A-E]))?", re.ASCII)
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_WORDS = re.compile(r"\b(GOLONGAN|GOL|RUANG|PANGKAT)\b\.?")
_PNS_NUMBERS = ("I", "II", "III", "IV")


class UnfitGrade(ValueError):
    """A text that is no grade of the person's employment status."""


def parse_grade(text: str, status: str | None) -> str:
    """A grade as it is stored, ``III/a`` or ``IX``, from ``III.a``, ``IIIA``, ``3a``, ``Penata Muda (III/a)``, ``Golongan IX``.

    ``status`` is the employment status; without it the letter decides.

    Raises
    ------
    UnfitGrade
        No grade, or a grade of the other status.

    References
    ----------
    Lists of the national civil-service agency: 17 grades of permanent staff
    (ids 11 to 45), I to XVII of contract staff (Perpres 98/2020).
    """
    inside = _IN_BRACKETS.search(text)
    bare = _WORDS.sub(" ", (inside[1] if inside else text.rsplit(",", 1)[-1]).upper()).strip()
    found = _GRADE.fullmatch(bare)
    if found is None:
        raise UnfitGrade
    number = found[1]
    if number.isdigit():
        names = _PNS_NUMBERS if found[2] else PPPK_GRADES
        if not 1 <= int(number) <= len(names):
            raise UnfitGrade
        number = names[int(number) - 1]
    grade = number + (f"/{found[2].lower()}" if found[2] else "")
    known = _OF_STATUS.get(status or "", (*PNS_GRADES, *PPPK_GRADES))
    if grade not in known:
        raise UnfitGrade
    return grade
