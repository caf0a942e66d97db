"""What a cell says: Indonesian numbers, money, dates, yes and no, words.

Each reader takes one cell as it lies in the file (text, or a typed value of
an xlsx cell) and gives the stored value, or raises :class:`Unreadable` with
the code of the defect.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Mapping
from typing import TypeAlias

from karier_stats.domain.codes import CodeList
from karier_stats.intake.shown import Shown

Cell: TypeAlias = "str | int | float | bool | datetime.datetime | datetime.date | datetime.time | None"

LONGEST_TEXT = 2000
DATE_STYLES = ("dd-mm-yyyy", "dd/mm/yyyy", "yyyy-mm-dd", "teks")
NUMBER_STYLES = ("id", "en", "id%", "en%")

_MONTHS = {word: number for number, words in enumerate((
    "januari jan january", "februari feb february pebruari", "maret mar march", "april apr", "mei may",
    "juni jun june", "juli jul july", "agustus agu agt august aug", "september sep sept", "oktober okt october oct",
    "november nov nopember", "desember des december dec",
), start=1) for word in words.split()}
_BIDI = dict.fromkeys([0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2060, 0x206A)])
_YES = frozenset({"ya", "y", "sudah", "ada", "benar", "1", "true", "yes", "x", "✓", "v"})
_NO = frozenset({"tidak", "t", "belum", "tidak ada", "0", "false", "no", "n", "bukan"})
_BLANK = frozenset({"", "-", "–", "—"})
_STYLED = {
    "id": re.compile(r"([1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,(\d+))?", re.ASCII),
    "en": re.compile(r"([1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII),
}
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_MONEY = re.compile(
    r"(?:rp\.?|idr)?\s*([\d.,]+?)(?:,-|\.-)?\s*(triliun|miliar|milyar|juta|ribu|jt|rb|t|m)?\.?", re.IGNORECASE
)
_BRACKETED = re.compile(r"((?:rp\.?|idr)?)\s*\(\s*(.+?)\s*\)", re.IGNORECASE)
_SIZE = {"": 1, "rb": 10**3, "ribu": 10**3, "jt": 10**6, "juta": 10**6, "m": 10**9, "miliar": 10**9, "milyar": 10**9,
         "t": 10**12, "triliun": 10**12}
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[ T,].*)?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_WORDS = re.compile(r"(?:(?:completed|selesai)\s+)?(?:\w+,\s*)?(\d{1,2})\s+([A-Za-z]+)\.?\s+(\d{4})(?:[ ,].*)?", re.IGNORECASE)
_TO = re.compile(
    r"\s*\bs\s?[./]\s?d\b\.?\s*"  # s.d., s/d
    r"|\s+(?:sd\.?|sampai(?:\s+dengan)?|hingga|-)\s+|\s*[–—]\s*"
    r"|(?<=^\d)-(?=\d+ )|(?<=^\d\d)-(?=\d+ )",  # 24-28 Februari
    re.IGNORECASE,
)
_SERIAL = range(20_000, 80_000)


class Unreadable(ValueError):
    """A cell that cannot be stored; ``code`` names the defect, ``values`` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code)


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: empty, spaces, or a lone dash."""
    return cell is None or (isinstance(cell, str) and cell.strip() in _BLANK)


def plain(text: str) -> str:
    """Text in composed form (NFC) with single spaces and without direction marks."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_BIDI).split())


def has_marks(cell: Cell) -> bool:
    """Whether a text holds invisible marks of direction, which can make one name look like another."""
    return isinstance(cell, str) and not cell.isascii() and any(ord(letter) in _BIDI for letter in cell)


def as_text(cell: Cell) -> str:
    """Any cell as text, as its sheet shows it; whole numbers without a decimal part."""
    if isinstance(cell, Shown):
        return plain(cell.text)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return plain(str(cell))


def folded(text: str) -> str:
    """Text for comparison: single spaces, no difference of case."""
    return plain(text).casefold()


def bare(text: str) -> str:
    """Text for comparison of names: letters and digits only, no difference of case."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text).casefold() if letter.isalnum())


def number(cell: Cell, style: str | None = None) -> float:
    """A number as the column writes it.

    Parameters
    ----------
    cell : Cell
        A typed number, or text.
    style : {"id", "en", "id%", "en%"}, optional
        ``id``: 1.234,5; ``en``: 1,234.5; with ``%`` every cell is a text such
        as ``85,5 %`` and gives 85.5. Without a style only texts that can be
        read in one way are taken.

    Raises
    ------
    Unreadable
        K130 where ``1.250`` may be 1250 or 1.25 and no style is declared;
        K132 where the text is no number.
    """
    if isinstance(cell, bool | datetime.date | datetime.time):
        raise Unreadable("K132")
    percent = style is not None and style.endswith("%")
    if isinstance(cell, int | float):
        if isinstance(cell, Shown) and cell.scaled:
            raise Unreadable("K119")
        if (percent and not (isinstance(cell, Shown) and cell.percent)) or not math.isfinite(cell):
            raise Unreadable("K132")  # 0.855 may be 85.5 %, and may not
        return float(cell)
    text = plain(str(cell)).lstrip("'").replace(" ", "")
    if percent:
        if not text.endswith("%"):
            raise Unreadable("K132")
        text, style = text.removesuffix("%"), str(style).removesuffix("%")
    sign = -1.0 if text.startswith("-") else 1.0
    return sign * _unsigned(text.lstrip("+-") if text[:2] not in ("--", "+-") else "", style)


def _unsigned(text: str, style: str | None) -> float:
    """Digits with marks of thousands and decimals."""
    if style is None and _AMBIGUOUS.fullmatch(text):
        raise Unreadable("K130")
    for name in _STYLED if style is None else (style.removesuffix("%"),):
        found = _STYLED[name].fullmatch(text)
        if found:
            whole = found[1].replace(".", "").replace(",", "")
            return float(f"{whole}.{found[2] or 0}")
    raise Unreadable("K132")


def whole(cell: Cell, style: str | None = None) -> int:
    """A whole number; K132 where it has a fraction or cannot be counted exactly."""
    value = number(cell, style)
    if not value.is_integer() or abs(value) >= 2**53:
        raise Unreadable("K132")
    return int(value)


def money(cell: Cell, style: str | None = None) -> int:
    """Rupiah: ``Rp1.234.567,00``, ``Rp 1,5 M``, ``250 jt``, ``(1.000.000)`` for negatives.

    Raises
    ------
    Unreadable
        As :func:`number`.
    """
    if not isinstance(cell, str):
        return round(number(cell))
    text = plain(cell).lstrip("'")
    bracketed = _BRACKETED.fullmatch(text)
    negative = bracketed is not None or text.startswith("-")
    found = _MONEY.fullmatch((bracketed[1] + bracketed[2] if bracketed else text).removeprefix("-").strip())
    if found is None:
        raise Unreadable("K132")
    amount = _unsigned(found[1], style) * _SIZE[(found[2] or "").lower()]
    if amount >= 2**53:
        raise Unreadable("K132")
    return -round(amount) if negative else round(amount)


def date(cell: Cell, style: str | None = None) -> datetime.date:
    """A day; a clock time behind it is not read.

    Parameters
    ----------
    cell : Cell
        A date cell of xlsx, or text.
    style : {"dd-mm-yyyy", "dd/mm/yyyy", "yyyy-mm-dd", "teks"}, optional
        How the column writes dates. Day before month with any of ``- / .``
        between, the year in two or four digits; ISO; or ``17 Agustus 2025``.
        Without it only ISO is taken.

    Raises
    ------
    Unreadable
        K133 no such date in this style, K134 year outside 1900-2100, K150 the
        month stands before the day in a column declared day-first, K151 the
        number by which a spreadsheet counts days.
    """
    if isinstance(cell, datetime.datetime):
        return _in_range(cell.date())
    if isinstance(cell, datetime.date):
        return _in_range(cell)
    if not isinstance(cell, str):
        raise Unreadable("K151" if not isinstance(cell, datetime.time) and cell and int(cell) in _SERIAL else "K133")
    text = plain(cell).lstrip("'")
    if re.fullmatch(r"\d{5}", text, re.ASCII) and int(text) in _SERIAL:
        raise Unreadable("K151")
    year, month, day = _date_parts(text, style)
    if style in ("dd-mm-yyyy", "dd/mm/yyyy") and month > 12 >= day:
        raise Unreadable("K150")
    try:
        return _in_range(datetime.date(year, month, day))
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("K133") from None


def date_range(cell: Cell, style: str | None = None) -> tuple[datetime.date, datetime.date]:
    """First and last day of ``24 s.d. 28 Februari 2025``; one day alone is both.

    Parameters
    ----------
    cell : Cell
        A day as for :func:`date`, or two with ``s.d.``, ``sampai``, or a dash
        between; in words the first may lack month and year.
    style : str, optional
        As for :func:`date`.

    Raises
    ------
    Unreadable
        As :func:`date`; K155 where the last day lies before the first.
    """
    parts = _TO.split(plain(cell)) if isinstance(cell, str) else [cell]
    if len(parts) == 1:
        return (day := date(cell, style)), day
    if len(parts) != 2:
        raise Unreadable("K133")
    first, last = str(parts[0]), str(parts[1])
    lacking = len(last.split()) - len(first.split()) if style == "teks" and first else 0
    first = " ".join([first, *last.split()[-lacking:]]) if lacking > 0 else first
    start, end = date(first, style), date(last, style)
    if end < start:
        raise Unreadable("K155")
    return start, end


def _date_parts(text: str, style: str | None) -> tuple[int, int, int]:
    """Year, month and day of a text in the declared style."""
    if style in ("dd-mm-yyyy", "dd/mm/yyyy"):
        found = _DAY_FIRST.fullmatch(text)
        if found:
            return int(found[3]) + (2000 if len(found[3]) == 2 else 0), int(found[2]), int(found[1])
    elif style == "teks":
        found = _WORDS.fullmatch(text)
        if found and found[2].lower() in _MONTHS:
            return int(found[3]), _MONTHS[found[2].lower()], int(found[1])
    else:
        found = _ISO.fullmatch(text)
        if found:
            return int(found[1]), int(found[2]), int(found[3])
    raise Unreadable("K133")


def _in_range(day: datetime.date) -> datetime.date:
    """The day itself, unless its year cannot belong to any career."""
    if not 1900 <= day.year <= 2100:
        raise Unreadable("K134")
    return day


def yes_no(cell: Cell) -> bool:
    """Ya/Tidak, Y/T, Sudah/Belum, Ada/Tidak ada, 1/0; K135 for anything else."""
    if isinstance(cell, bool):
        return cell
    word = folded(as_text(cell))
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable("K135")


def category_names(codes: CodeList) -> dict[str, str]:
    """Every way to write a code: itself and its names in both languages, folded; to the code."""
    names = {folded(label): value for value, labels in codes.items() for label in labels}
    return {**names, **{folded(value): value for value in codes}}


def category(cell: Cell, names: Mapping[str, str], codes: CodeList) -> str:
    """A code of a closed list, from itself or its name; K131 for anything else."""
    found = names.get(folded(as_text(cell)))
    if found is None:
        raise Unreadable("K131", value=as_text(cell)[:40], allowed=", ".join(codes))
    return found


def text(cell: Cell) -> str:
    """Free text: composed form, single spaces, no direction marks, at most 2,000 characters."""
    return as_text(cell)[:LONGEST_TEXT]
