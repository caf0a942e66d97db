"""What a cell says: Indonesian numbers, money, dates, yes and no, words.

Each reader takes one cell as it lies in the file (text, or a typed value of
an xlsx cell) and gives the stored value, or raises :class:`Unreadable` with
the code of the defect.
"""

import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from karier_stats.domain.codes import CodeList
from karier_stats.domain.nip import unwrapped
from karier_stats.intake.files.shown import Shown

Cell: TypeAlias = "str | int | float | bool | datetime.datetime | datetime.date | datetime.time | None"
LONGEST_TEXT = 2000
LONGEST_ENTRY = 200  # letters beyond which a text is no number, day or range of days; no pattern is tried on it
NUMBER_STYLES = ("id", "en", "id%", "en%")
_ORDER = {
    "dd-mm-yyyy": "day", "dd/mm/yyyy": "day", "mm-dd-yyyy": "month", "mm/dd/yyyy": "month", "yyyy-mm-dd": "year",
    "yyyy/mm/dd": "year", "dd-mmm-yy": "words", "teks": "words"}  # what stands first in a date, by the style that a column declares
DATE_STYLES = tuple(_ORDER)
FORMS = {
    "id": "1.234,5", "en": "1,234.5", "id%": "85,5 %", "en%": "85.5 %", "": "1234; 1.234.567,5; 1,234,567.5",
    "day": "17-08-2025, 17/8/25", "month": "08/17/2025", "year": "2025-08-17, 2025/08/17",
    "words": "17 Agustus 2025, 17-Agu-25"}  # what each style of numbers (none: the empty key) and each order of dates looks like
SINCE = 1969  # the first of the hundred years that two digits may stand for, as in POSIX: 69 is 1969, 68 is 2068
ZONES = {"Asia/Jakarta": 7, "Asia/Pontianak": 7, "WIB": 7, "Asia/Makassar": 8, "WITA": 8, "Asia/Jayapura": 9, "WIT": 9}
"""Hours by which the clocks of Indonesia are ahead of UTC; none of them changes in summer."""
MONTHS = {word: number for number, words in enumerate((
    "januari jan january", "februari feb febr february pebruari peb", "maret mar mrt march", "april apr", "mei may",
    "juni jun june", "juli jul july", "agustus agu agus agt ags agst agust august aug", "september sep sept",
    "oktober okt october oct", "november nov nopember nop", "desember des december dec",
), start=1) for word in words.split()}
_BIDI = dict.fromkeys([0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2060, 0x206A)])
_CHECKED = frozenset({"v", "✓", "√", "✔", "☑"})
_TRUTH = frozenset({"benar", "betul", "salah"})
_DONE = frozenset({"sudah", "sdh", "belum", "blm"})
_YES = _CHECKED | {"ya", "y", "sudah", "sdh", "ada", "benar", "betul", "1", "true", "yes"}
_NO = frozenset({"tidak", "tdk", "belum", "blm", "tidak ada", "tdk ada", "salah", "0", "false", "f", "no", "n", "bukan",
                 "✗", "✘", "✕"})
_LETTERS: dict[str, dict[bool, frozenset[str]]] = {
    "t": {True: frozenset({"f", "true", "false"}), False: frozenset({"y", "ya", "tidak", "tdk", "yes"})},
    "b": {True: _TRUTH, False: _DONE},
    "s": {True: _DONE, False: _TRUTH},
    "x": {False: _CHECKED}}
"""Letters that mean yes in one company and no in another (Tidak or true, Benar or Belum, Sudah or Salah)."""
_BLANK = frozenset({"", "-", "–", "—"})
_STYLED = {
    "id": re.compile(r"([1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,(\d+))?", re.ASCII),
    "en": re.compile(r"([1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.(\d+))?", re.ASCII)}
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_SPACED = re.compile(r"[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d+)?", re.ASCII)  # blanks before groups of exactly three digits
_MEASURE = re.compile(r"([-+]? ?\d(?:[\d., ]*\d)?) ?([a-z][a-z .]*?|%)\.? ?(?=\d|$)", re.ASCII | re.IGNORECASE)
_MONEY = re.compile(
    r"(?:rp\.?|idr)?\s*([\d., ]*\d)(?:,-|\.-)?\s*(triliun|miliar|milyar|juta|ribu|jt|rb|t|m)?\.?", re.IGNORECASE | re.ASCII
)
_BRACKETED = re.compile(r"((?:rp\.?|idr)?)\s*\(\s*(.+?)\s*\)", re.IGNORECASE)
_NIL = re.compile(r"(?:rp\.?|idr)\s*[-–—]", re.IGNORECASE)
_ACCOUNTING = re.compile(
    r"\s*(?:rp\.?|idr)\s*(?:[-–—]|\(?\d).*|\s*\(\s*\d[\d.,]*\s*\)\s*|\s+\d[\d.,]*\s+|\s+[-–—]\s{2,}",
    re.IGNORECASE | re.ASCII)
"""What only a column of a spreadsheet's accounting format looks like: sign of currency, brackets, blanks on both sides."""
_SIZE = {"": 1, "rb": 10**3, "ribu": 10**3, "jt": 10**6, "juta": 10**6, "m": 10**9, "miliar": 10**9, "milyar": 10**9,
         "t": 10**12, "triliun": 10**12}
_WEEKDAY = re.compile(
    r"\b(?:senin|selasa|rabu|kamis|jum['’`]?at|sabtu|minggu|ahad"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)\b(?:, ?| )", re.IGNORECASE)
_YEAR, _PLACE = r"(?P<y>\d{4}|\d{2})", re.compile(r"[a-z][a-z.' ]*, ?(?=\d)", re.IGNORECASE)
"""A year; and a place before a day, as in place and date of birth."""
_ZONE = r"Z|WIB|WITA|WIT|(?:GMT|UTC)(?:[+-]\d{1,2}(?::?\d{2})?)?|\+\d{1,2}(?::?\d{2})?|(?<=[:.]\d\d[:.]\d\d)-\d{2}:?\d{2}"
_CLOCK = (  # 08:00-12:00 is a time of day to another; after seconds, -03:00 is a zone
    r"(?:(?:, ?| |T)(?:(?:pukul|jam|pk\.?|at) )?(?P<hour>\d{1,2})[.:](?P<minute>\d{2})(?P<second>[.:]\d{2}(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[ap])m)?(?:(?<![:.]\d\d[:.]\d\d) ?(?:-|–|s\.?d\.?|s/d) ?(?:\d{1,2}[.:]\d{2}|selesai))?"
    rf"(?: ?(?P<zone>{_ZONE}))?)?")
_OFFSET = re.compile(r"(?:GMT|UTC|Z)?(?:([+-])(\d{1,2}):?(\d{2})?)?")
_STAMP = {order: re.compile(day + _CLOCK, re.IGNORECASE | re.ASCII) for order, day in {
    "day": rf"(?P<d>\d{{1,2}})([-/.])(?P<m>\d{{1,2}})\2{_YEAR}",
    "month": rf"(?P<m>\d{{1,2}})([-/.])(?P<d>\d{{1,2}})\2{_YEAR}",
    "year": r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})",
    "words": rf"(?:(?:completed|selesai) )?(?:[a-z]+, ?)?(?P<d>\d{{1,2}})(?: ?[-/] ?| )(?P<m>[a-z]+)\.?(?: ?[-/] ?|,? ){_YEAR}",
}.items()}  # a day in each order, with a clock and a time zone behind it or without
_BETWEEN = (
    r" ?(?<![a-z])s ?[./] ?d(?![a-z])\.? ?"  # s.d., s/d
    r"| (?:sd\.?|sampai(?: dengan)?|hingga|to|until) | ?[–—] ?| - ?|- |")
_TO = {"words": re.compile(_BETWEEN + r"(?<=[a-z\d])-(?=\d{1,2}[ -][a-z])", re.IGNORECASE),  # 24-28 Februari
       **dict.fromkeys(("day", "month", "year"), re.compile(  # 24-28/02/2025
           _BETWEEN + r"(?<=\d)-(?=\d{1,2}/\d{1,2}/)|(?<=\d)-(?=\d{4}/)", re.IGNORECASE))}
_AND = re.compile(r" ?, ?(?:(?:dan|and|&) )?| ?& ?| (?:dan|and) ", re.IGNORECASE)
_SERIAL = range(20_000, 80_000)


class Unreadable(ValueError):
    """A cell that cannot be stored; ``code`` names the defect, ``values`` fill its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code)


def refusal(read: Callable[..., object], cell: Cell, *given: object) -> str:
    """The code with which a cell cannot be read; empty where it can."""
    try:
        read(cell, *given)
    except Unreadable as error:
        return error.code
    return ""


def attempted(read: Callable[..., Any], cell: Cell, *given: object, **how: Any) -> Any:
    """What a reader makes of a cell; None where it refuses it."""
    try:
        return read(cell, *given, **how)
    except ValueError:  # every refusal of a reader is one
        return None


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing: empty, spaces, or a lone dash."""
    return cell is None or (isinstance(cell, str) and unwrapped(cell).strip() in _BLANK)


def plain(text: str) -> str:
    """Text in composed form (NFC) with single spaces and without direction marks."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_BIDI).split())


def has_marks(cell: Cell) -> bool:
    """Whether a text holds invisible marks of direction, which can make one name look like another."""
    return isinstance(cell, str) and not cell.isascii() and any(ord(letter) in _BIDI for letter in cell)


def as_text(cell: Cell) -> str:
    """Any cell as text, as its sheet shows it; whole numbers without a decimal part, and what stands in ``="…"``."""
    if isinstance(cell, Shown):
        return plain(cell.text)
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return plain(unwrapped(str(cell)))


def entry(cell: Cell) -> str:
    """The text of a cell that holds a number, a day, a word or an id, without the marks that only keep it a text."""
    return as_text(cell).lstrip("'’")


def _short(cell: Cell, code: str) -> str:
    """The text of a cell, refused with ``code`` where it is longer than any number or day."""
    text = entry(cell)
    if len(text) > LONGEST_ENTRY:
        raise Unreadable(code)
    return text


def folded(text: str) -> str:
    """Text for comparison: single spaces, no difference of case."""
    return plain(text).casefold()


def bare(text: str) -> str:
    """Text for comparison of names: letters and digits only, no difference of case."""
    return "".join(letter for letter in unicodedata.normalize("NFC", text).casefold() if letter.isalnum())


def number(cell: Cell, style: str | None = None, words: Mapping[str, float] | None = None) -> float:
    """A number as the column writes it.

    Styles: ``id`` is 1.234,5; ``en`` 1,234.5; with ``%`` every cell is a text such
    as ``85,5 %`` and gives 85.5. Without a style only texts that can be read in one
    way are taken. ``words`` says what one of each unit word counts, by its letters
    alone: with ``{"th": 1, "bln": 1 / 12}``, ``12 th 3 bln`` is 12.25.

    Raises
    ------
    Unreadable
        K130 where ``1.250`` may be 1250 or 1.25 and no style is declared;
        K132 where the text is no number; K176 where it has another unit word.
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
    text = _short(cell, "K132")
    if percent:
        if not text.endswith("%"):
            raise Unreadable("K132")
        return _signed(text.removesuffix("%").rstrip(), str(style).removesuffix("%"))
    parts = list(_MEASURE.finditer(text))
    if not parts or "".join(part[0] for part in parts) != text:
        return _signed(text, style)
    counted, known = words or {}, [bare(part[2]) or part[2] for part in parts]
    if any(name not in counted for name in known):
        raise Unreadable("K132" if any(part[2] == "%" and part[2] not in counted for part in parts) else "K176")
    if len(set(known)) < len(known) or any(part[1][0] in "+-" for part in parts[1:]):
        raise Unreadable("K132")  # each word once, and no sign but before the first
    amounts = [abs(_signed(part[1], style)) * counted[name] for part, name in zip(parts, known, strict=True)]
    return -sum(amounts) if parts[0][1].startswith("-") else sum(amounts)


def _signed(text: str, style: str | None) -> float:
    """Digits behind at most one sign."""
    sign = -1.0 if text.startswith("-") else 1.0
    return sign * _unsigned(text[1:].lstrip() if text[:1] in ("+", "-") else text, style)


def _unsigned(text: str, style: str | None) -> float:
    """Digits with marks of thousands and decimals."""
    if style is None and _AMBIGUOUS.fullmatch(text):
        raise Unreadable("K130")
    if " " in text:
        text = text.replace(" ", "") if _SPACED.fullmatch(text) else ""
    for name in _STYLED if style is None else (style.removesuffix("%"),):
        found = _STYLED[name].fullmatch(text)
        if found:
            whole = found[1].replace(".", "").replace(",", "")
            return float(f"{whole}.{found[2] or 0}")
    raise Unreadable("K132")


def whole(cell: Cell, style: str | None = None, words: Mapping[str, float] | None = None) -> int:
    """A whole number; K132 where it has a fraction or cannot be counted exactly."""
    value = number(cell, style, words)
    if not value.is_integer() or abs(value) >= 2**53:
        raise Unreadable("K132")
    return int(value)


def money(cell: Cell, style: str | None = None) -> int:
    """Rupiah: ``Rp1.234.567,00``, ``Rp 1,5 M``, ``250 jt``, ``(1.000.000)`` for negatives, ``Rp-`` for zero; as :func:`number`."""
    if not isinstance(cell, str):
        return round(number(cell))
    text = _short(cell, "K132")
    if _NIL.fullmatch(text):
        return 0
    bracketed = _BRACKETED.fullmatch(text)
    negative = bracketed is not None or text.startswith("-")
    found = _MONEY.fullmatch((bracketed[1] + bracketed[2] if bracketed else text).removeprefix("-").strip())
    if found is None:
        raise Unreadable("K132")
    amount = _unsigned(found[1], style) * _SIZE[(found[2] or "").lower()]
    if amount >= 2**53:
        raise Unreadable("K132")
    return -round(amount) if negative else round(amount)


def accounting(cells: Iterable[Cell]) -> bool:
    """Whether a column of money is in a spreadsheet's accounting format, in which a dash is zero."""
    return any(isinstance(cell, str) and _ACCOUNTING.fullmatch(unwrapped(cell)) for cell in cells)


def without_place(cell: Cell) -> Cell:
    """What stands behind the place of a cell of place and date of birth; any other cell as it is."""
    found = _PLACE.match(cell) if isinstance(cell, str) and len(cell) <= LONGEST_ENTRY else None
    return cell[found.end():] if found and isinstance(cell, str) else cell


def date(cell: Cell, style: str | None = None, *, since: int = SINCE, zone: int = ZONES["WIB"]) -> datetime.date:
    """A day; a clock time behind it counts only where it names its time zone.

    The style is one of :data:`DATE_STYLES`: day or month first with ``-``, ``/`` or
    ``.`` between, the year in two or four digits; year first; or ``17 Agustus 2025``
    and ``17-Agu-25``. Without it only dates that begin with the year are taken.
    ``since`` is the first of the hundred years that two digits may stand for;
    ``zone`` the hours of the office's clock ahead of UTC: a moment with a time zone
    of its own is the day that it was in the office.

    Raises
    ------
    Unreadable
        K133 no such date in this style, K134 year outside 1900-2100, K150 the
        month stands where the style has the day, K151 the number by which a
        spreadsheet counts days.
    """
    if isinstance(cell, datetime.datetime):
        offset = cell.utcoffset()
        return _in_range((cell if offset is None else cell - offset + datetime.timedelta(hours=zone)).date())
    if isinstance(cell, datetime.date):
        return _in_range(cell)
    if not isinstance(cell, str):
        raise Unreadable("K151" if not isinstance(cell, datetime.time) and cell and int(cell) in _SERIAL else "K133")
    text = _WEEKDAY.sub("", _short(cell, "K133"), count=1)
    if re.fullmatch(r"\d{5}", text, re.ASCII) and int(text) in _SERIAL:
        raise Unreadable("K151")
    order = date_order(style)
    found = _STAMP[order].fullmatch(text)
    if found is None:
        raise Unreadable("K133")
    day = _day(found, order, since)
    return _in_range((datetime.datetime.combine(day, datetime.time()) + _clock(found, zone)).date())


def date_order(style: str | None) -> str:
    """What stands first in dates of a style: day, month, year, or the day with the month in words."""
    return "year" if style is None else _ORDER[style]


def _day(found: re.Match[str], order: str, since: int) -> datetime.date:
    """The day that the digits of a stamp name."""
    year, day = int(found["y"]), int(found["d"])
    month = MONTHS.get(found["m"].lower(), 0) if order == "words" else int(found["m"])
    if len(found["y"]) == 2:
        year = since + (year - since) % 100
    if order in ("day", "month") and month > 12 >= day:
        raise Unreadable("K150")
    if not 1900 <= year <= 2100:
        raise Unreadable("K134")
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise Unreadable("K133") from None


def _clock(found: re.Match[str], zone: int) -> datetime.timedelta:
    """The time of day in the office of a stamp that names its time zone; nothing for the others."""
    if found["hour"] is None:
        return datetime.timedelta()
    hour, minute = int(found["hour"]), int(found["minute"])
    if minute > 59 or hour > (12 if found["half"] else 23):
        raise Unreadable("K133")
    if not found["zone"]:
        return datetime.timedelta()
    hour = hour % 12 + 12 * (found["half"].lower() == "p") if found["half"] else hour
    name = found["zone"].upper()
    sign, hours, minutes = ("+", ZONES[name], 0) if name in ZONES else _OFFSET.fullmatch(name).groups(default="0")  # type: ignore[union-attr]
    if int(hours) > 14 or int(minutes) > 59:
        raise Unreadable("K133")
    ahead = datetime.timedelta(hours=int(hours), minutes=int(minutes))
    return datetime.timedelta(hours=hour + zone, minutes=minute) - (-ahead if sign == "-" else ahead)


def date_range(
    cell: Cell, style: str | None = None, *, since: int = SINCE, zone: int = ZONES["WIB"]
) -> tuple[datetime.date, datetime.date]:
    """First and last day of ``24 s.d. 28 Februari 2025`` or ``24, 25 Februari 2025``; one day alone is both.

    Days stand as for :func:`date`, two with ``s.d.``, ``sampai``, or a dash
    between, or several with commas, ``dan`` or ``&``. A day that lacks month or
    year has those of the next one.

    Raises
    ------
    Unreadable
        As :func:`date`; K155 where a day lies before the one that it follows.
    """
    try:
        return (day := date(cell, style, since=since, zone=zone)), day
    except Unreadable:
        if not isinstance(cell, str):
            raise
        text, order = _WEEKDAY.sub("", _short(cell, "K133")), date_order(style)
        parts = _TO[order].split(text)
        if len(parts) > 2:
            raise Unreadable("K133") from None
        parts = parts if len(parts) == 2 else _AND.split(text)
        if len(parts) == 1:
            raise
    marks, mark = (r"[\s/-]+", " ") if order == "words" else (r"[-/.]", "/")
    for place in range(len(parts) - 2, -1, -1) if order in ("words", "day") else ():
        own, later = re.split(marks, parts[place]), re.split(marks, parts[place + 1])
        parts[place] = mark.join([*own, *later[len(own):3]]) if len(own) < 3 else parts[place]
    days = [date(part, style, since=since, zone=zone) for part in parts]
    if sorted(days) != days:
        raise Unreadable("K155")
    return days[0], days[-1]


def _in_range(day: datetime.date) -> datetime.date:
    """The day itself, unless its year cannot belong to any career."""
    if not 1900 <= day.year <= 2100:
        raise Unreadable("K134")
    return day


def yes_no(cell: Cell, company: frozenset[str] = frozenset()) -> bool:
    """Ya/Tidak, Y/T, Sudah/Belum, Ada/Tidak ada, 1/0, a mark; the letters T, B, S and X by their company.

    ``company`` are the words of the whole column, as :func:`truth_words` gives them.

    Raises
    ------
    Unreadable
        K135 another word; K177 a letter that the column leaves open: ``t``
        is *true* beside ``f``, *tidak* beside ``y``, and neither alone.
    """
    if isinstance(cell, bool):
        return cell
    word = _truth_word(cell)
    if word in _YES or word in _NO:
        return word in _YES
    if word not in _LETTERS:
        raise Unreadable("K135")
    if word == "x" and not company - {"x"}:
        return True
    fits = [meaning for meaning, beside in _LETTERS[word].items() if company & beside]
    if len(fits) != 1:
        raise Unreadable("K177")
    return fits[0]


def truth_words(cells: Iterable[Cell]) -> frozenset[str]:
    """The words of yes and no that a column holds."""
    return frozenset(map(_truth_word, cells)) & (_YES | _NO | _LETTERS.keys())


def _truth_word(cell: Cell) -> str:
    """A cell as one of the words of yes and no."""
    return folded(entry(cell)).rstrip(".")


def category_names(codes: CodeList) -> dict[str, str]:
    """Every way to write a code: itself and its names in both languages, folded; to the code."""
    names = {folded(label): value for value, labels in codes.items() for label in labels}
    return {**names, **{folded(value): value for value in codes}}


def category(cell: Cell, names: Mapping[str, str], codes: CodeList) -> str:
    """A code of a closed list, from itself or its name; K131 for anything else."""
    found = names.get(folded(entry(cell)))
    if found is None:
        raise Unreadable("K131", value=as_text(cell)[:40], allowed=", ".join(codes))
    return found


def text(cell: Cell) -> str:
    """Free text: composed form, single spaces, no direction marks, at most 2,000 characters."""
    return as_text(cell)[:LONGEST_TEXT]
