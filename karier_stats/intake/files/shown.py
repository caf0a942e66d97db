"""What a workbook's cell shows: its number format read as the office sees it.

A cell holds 0.85 and shows 85 %, holds 7 and shows P07, holds 1234567 and
shows 1.235. What is stored is what is shown; where the two differ and cannot
be reconciled, the cell says so and the reader of the column refuses or counts
it. Formats are those of ECMA-376 part 1, section 18.8.31.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property

ERROR = re.compile(
    r"#(?:N/A|GETTING_DATA|(?:DIV/0|NULL|VALUE|REF|NUM|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|CONNECT|BUSY|PYTHON|EXTERNAL|TIMEOUT)!"
    r"|NAME\?|#{2,})|Err:\d{3}")
"""What a spreadsheet shows where a formula has failed or a column is too narrow, also in its csv."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<skipped>[_*].?)|\[(?P<bracket>[^\]]*)\]|(?P<general>General)|(?P<half>AM/PM|A/P)'
    r"|(?P<exponent>E[+-])|(?P<date>d+|m+|y+|h+|s+)|(?P<digit>[0#?])|(?P<mark>[.,%/@;])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_SCALE_WORD = re.compile(r"\s*(?:rb|ribu|jt|juta|mio|miliar|milyar|triliun|k|m|t)\b", re.IGNORECASE)
_DASH = re.compile(r"(?:Rp\.?|IDR)?\s*[-–—]", re.IGNORECASE)
"""How an accounting format shows nothing."""
_MOST_DECIMALS = 30


class Shown(float):
    """A number whose cell shows more, or something else, than its digits.

    Attributes
    ----------
    text : str
        What the sheet shows, without marks of thousands.
    percent : bool
        Whether a percent sign stands behind it; the number is then 85 for 85 %.
    scaled : bool
        Whether it is shown in thousands or millions, or with digits that it does not hold.
    altered : bool
        Whether digits, sign or the number itself are not seen.
    """

    text: str
    percent: bool
    scaled: bool
    altered: bool

    def __new__(
        cls, value: float, text: str, *, percent: bool = False, scaled: bool = False, altered: bool = False
    ) -> Shown:
        """A number with what its cell shows."""
        shown = super().__new__(cls, value)
        shown.text, shown.percent, shown.scaled, shown.altered = text, percent, scaled, altered
        return shown

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) is True and self.text == getattr(other, "text", None)

    def __ne__(self, other: object) -> bool:  # that of float would be taken
        return not self == other

    def __hash__(self) -> int:
        return hash((float(self), self.text))

    def __reduce__(self) -> tuple:
        return _again, (float(self), self.text, self.percent, self.scaled, self.altered)


def _again(value: float, text: str, percent: bool, scaled: bool, altered: bool) -> Shown:
    """A shown number on the other side of a process boundary."""
    return Shown(value, text, percent=percent, scaled=scaled, altered=altered)


class PartOfDay(datetime.datetime):
    """A date of which the sheet shows only a part, such as month and year."""

    altered = True


class HiddenText(str):
    """A text that the sheet does not show."""

    __slots__ = ()
    altered = True


class Flawed(str):
    """A cell that is no value: an error (K117), or a formula that nothing has computed (K112)."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, text: str, code: str) -> Flawed:
        """What stands in the cell, and the code of what is wrong with it."""
        flawed = super().__new__(cls, text)
        flawed.code = code
        return flawed


@dataclass(frozen=True)
class _Token:
    """One piece of a format: a literal, a digit, a mark, a date part, or the whole number."""

    kind: str
    text: str


@dataclass(frozen=True)
class _Section:
    """One section of a format with the condition under which it is used."""

    tokens: tuple[_Token, ...]
    condition: tuple[str, float] | None

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of its pieces."""
        return frozenset(token.kind for token in self.tokens)

    @cached_property
    def is_date(self) -> bool:
        """Whether it shows a day, a time or a duration."""
        return bool(self.kinds & {"date", "elapsed"})

    @cached_property
    def digits(self) -> tuple[int, int]:
        """Where the number's digits begin and end among the pieces; equal where there are none."""
        at = [place for place, token in enumerate(self.tokens) if token.kind in ("digit", "general", "@")]
        return (at[0], at[-1] + 1) if at else (0, 0)

    @cached_property
    def point(self) -> int:
        """Where the decimal point stands, or the end of the digits."""
        last = self.digits[1]
        return next((place for place in range(last) if self.tokens[place].kind == "."), last)

    @cached_property
    def decimals(self) -> int:
        """Digits behind the point."""
        return sum(token.kind == "digit" for token in self.tokens[self.point:])

    @cached_property
    def scaled(self) -> bool:
        """Whether commas behind the last whole digit leave thousands away."""
        whole = [place for place in range(self.point) if self.tokens[place].kind == "digit"]
        behind = {self.digits[1], whole[-1] + 1 if whole else self.digits[1]}
        return any(token.kind == "," for place in behind for token in self.tokens[place:place + 1])

    @cached_property
    def percents(self) -> int:
        """How often the number is shown a hundredfold."""
        return sum(token.kind == "%" for token in self.tokens)

    @cached_property
    def plain(self) -> bool:
        """Whether it shows digits and nothing else, without zeros in front."""
        zeros = sum(token == _Token("digit", "0") for token in self.tokens[:self.point])
        blank = all(token.kind != "text" or not token.text.strip() for token in self.tokens)
        return zeros == 1 and blank and not (self.kinds & {"%", "/", "exponent", "general", "@"} or self.scaled)


class Format:
    """A number format of a workbook.

    Parameters
    ----------
    code : str
        Such as ``0.0%`` or ``[$-421]dd mmmm yyyy``.
    epoch : datetime
        Day 0 of the workbook's dates.
    """

    def __init__(self, code: str, epoch: datetime.datetime) -> None:
        self._epoch = epoch
        sections = [*_sections(code)]
        texts = [section for section in sections if "@" in section.kinds]
        self._text = sections[3] if len(sections) > 3 else texts[0] if texts else None
        numbers = [section for section in sections[:3] if "@" not in section.kinds]
        self._numbers = numbers or sections[:1]
        self._conditional = any(section.condition for section in self._numbers)

    def text(self, text: str) -> str:
        """What the sheet shows of a text."""
        section = self._text
        if section is None:
            return text
        shown = "".join(text if token.kind == "@" else token.text for token in section.tokens)
        return shown if "@" in section.kinds else HiddenText(text)

    def number(self, value: float) -> float | datetime.datetime | datetime.time | str:
        """What the sheet shows of a number: itself, a :class:`Shown`, or a date."""
        if not math.isfinite(value):
            return value
        section, signed = self._section(value)
        if section.is_date:
            return _dated(section, value, self._epoch)
        if section.plain and (value >= 0 or signed) and (isinstance(value, int) or round(value, section.decimals) == value):
            return value
        return _numbered(section, value, signed)

    def _section(self, value: float) -> tuple[_Section, bool]:
        """The section for a number, and whether a minus is set before a negative one."""
        sections = self._numbers
        if self._conditional:
            found = (one for one in sections if one.condition is None or _holds(one.condition, value))
            return next(found, sections[-1]), True
        if value < 0 and len(sections) > 1:
            return sections[1], False
        if value == 0 and len(sections) > 2:
            return sections[2], True
        return sections[0], True


def _sections(code: str) -> Iterator[_Section]:
    """The sections of a format in order."""
    tokens: list[_Token] = []
    condition: tuple[str, float] | None = None
    for found in (*_TOKEN.finditer(code), None):
        if found is None or found["mark"] == ";":
            yield _Section(tuple(tokens), condition)
            tokens, condition = [], None
        elif found["bracket"] is not None:
            stated = _CONDITION.fullmatch(found["bracket"].strip())
            condition = (stated[1], float(stated[2])) if stated else condition
            tokens += _bracketed(found["bracket"])
        elif not found["skipped"]:
            tokens.append(_token(found))


def _bracketed(content: str) -> list[_Token]:
    """A currency's sign, or a duration; colours, conditions and languages show nothing."""
    if re.fullmatch(r"h+|m+|s+", content, re.IGNORECASE):
        return [_Token("elapsed", content[0].lower())]
    sign = content[1:].partition("-")[0] if content.startswith("$") else ""
    return [_Token("text", sign)] if sign else []


def _token(found: re.Match[str]) -> _Token:
    """One piece of a format."""
    kind, text = str(found.lastgroup), str(found[str(found.lastgroup)])
    if kind in ("quoted", "escaped", "other"):
        return _Token("text", text)
    if kind == "mark":
        return _Token(text, "%" if text == "%" else "")
    return _Token(kind, text.lower() if kind == "date" else text)


def _holds(condition: tuple[str, float], value: float) -> bool:
    """Whether a number meets a section's condition."""
    sign, bound = condition
    return {
        "<": value < bound, ">": value > bound, "=": value == bound, "<=": value <= bound, ">=": value >= bound,
        "<>": value != bound,
    }[sign]


def _numbered(section: _Section, value: float, signed: bool) -> float:
    """A number with all that stands around it, and whether any of it cannot be seen."""
    first, last = section.digits
    if first == last:
        text = "".join(token.text for token in section.tokens).strip()
        return Shown(value, text, altered=bool(value) or not _DASH.fullmatch(text))
    exact = Decimal(repr(value)).scaleb(2 * section.percents)
    number = int(exact) if exact == exact.to_integral_value() and isinstance(value, int) else float(exact)
    before, body, after = _around(section, abs(exact))
    if section.scaled:
        return Shown(number, before + body + after, scaled=True)
    minus = "-" if signed and value < 0 else ""
    seen = _seen(section, abs(exact))
    text = (minus + before + body + after).strip()
    signs = bool(minus) or before.strip()[:1] in ("-", "(")
    hidden = (value < 0) != signs if value else not body and not _DASH.fullmatch(text)
    touched = before[-1:].isdigit() or re.match(r"[.,]?\d", after) or _SCALE_WORD.match(after)
    return Shown(number, text, percent="%" in text, scaled=bool(touched), altered=hidden or not math.isclose(
        float(seen), float(abs(exact)), rel_tol=1e-9, abs_tol=1e-12))


def _around(section: _Section, number: Decimal) -> tuple[str, str, str]:
    """What a section shows before, in and behind a number's digits."""
    first, last = section.digits
    before = "".join(token.text for token in section.tokens[:first])
    after = "".join(token.text for token in section.tokens[last:] if token.kind != "exponent")
    if section.kinds & {"general", "@", "exponent"}:
        return before, _bare(number), "" if "exponent" in section.kinds else after
    if "/" in section.kinds:
        return before, _fraction(section, number), ""
    return before, _whole_digits(section, number) + _decimal_digits(section, number), after


def _seen(section: _Section, number: Decimal) -> Decimal | Fraction:
    """The number that a section lets be seen."""
    if section.kinds & {"general", "@"}:
        return number
    if "exponent" in section.kinds:
        return Decimal(f"{number:.{min(section.decimals, _MOST_DECIMALS)}E}")
    if "/" in section.kinds:
        return _nearest(section, number)
    return _rounded(number, section.decimals)


def _rounded(number: Decimal, decimals: int) -> Decimal:
    """A number to so many digits, half away from zero as spreadsheets do."""
    if number.adjusted() + decimals >= 27:  # beyond the digits of any cell
        return number
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _bare(number: Decimal) -> str:
    """A number's digits alone."""
    value = float(number)
    return str(int(value)) if value.is_integer() else repr(value)


def _whole_digits(section: _Section, number: Decimal) -> str:
    """The digits before the point, in their places among zeros and literals."""
    digits = str(int(_rounded(number, section.decimals)))
    digits = "" if digits == "0" else digits
    first, _ = section.digits
    pieces: list[str] = []
    for place in range(section.point - 1, first - 1, -1):
        token = section.tokens[place]
        if token.kind != "digit":
            pieces.append(token.text)
        elif place == first:
            pieces.append(digits or ("0" if token.text == "0" else ""))
        else:
            pieces.append(digits[-1:] or ("0" if token.text == "0" else ""))
            digits = digits[:-1]
    return "".join(reversed(pieces)) if pieces else digits


def _decimal_digits(section: _Section, number: Decimal) -> str:
    """The point and the digits behind it, optional ones only where they are not zero."""
    behind = [token for token in section.tokens[section.point:section.digits[1]] if token.kind == "digit"]
    if not behind:
        return ""
    digits = f"{_rounded(number, len(behind)):f}".partition(".")[2]
    while digits and digits.endswith("0") and behind[len(digits) - 1].text != "0":
        digits = digits[:-1]
    return f".{digits}" if digits else ""


def _nearest(section: _Section, number: Decimal) -> Fraction:
    """The fraction that a section shows."""
    places = [place for place, token in enumerate(section.tokens) if token.kind == "/"]
    below = section.tokens[places[0] + 1:]
    named = "".join(token.text for token in below if (token.kind == "text" and token.text.isdigit()) or token.text == "0")
    if named.strip("0"):
        return Fraction(round(number * int(named)), int(named))
    return Fraction(number).limit_denominator(10 ** max(1, sum(token.kind == "digit" for token in below)) - 1)


def _fraction(section: _Section, number: Decimal) -> str:
    """A number as whole and fraction."""
    found = _nearest(section, number)
    whole, rest = divmod(found.numerator, found.denominator)
    if not rest:
        return str(whole)
    return f"{whole or ''} {rest}/{found.denominator}".strip()


def _dated(section: _Section, value: float, epoch: datetime.datetime) -> datetime.datetime | datetime.time | str:
    """A day, a time, or a duration as text; an error where no such day can be shown."""
    from openpyxl.utils.datetime import from_excel

    if "elapsed" in section.kinds:
        return _duration(section, value)
    try:
        found = from_excel(value, epoch) if value >= 0 else None
    except (OverflowError, ValueError):
        found = None
    if found is None:
        return Flawed("####", "K117")
    if isinstance(found, datetime.datetime) and not _whole_day(section):
        return PartOfDay.combine(found.date(), found.time())
    return found


def _duration(section: _Section, value: float) -> str:
    """Hours, minutes or seconds in all, with the smaller parts that are shown."""
    unit = next(token.text for token in section.tokens if token.kind == "elapsed")
    seconds = round(abs(value) * 86400)
    parts = [seconds // 3600, seconds % 3600 // 60, seconds % 60]
    if unit == "m":
        parts = [seconds // 60, seconds % 60]
    elif unit == "s":
        parts = [seconds]
    smaller = sum(token.kind == "date" for token in section.tokens)
    return ("-" if value < 0 else "") + ":".join([str(parts[0]), *(f"{part:02d}" for part in parts[1:1 + smaller])])


def _whole_day(section: _Section) -> bool:
    """Whether day, month and year can all be seen."""
    parts = "-".join(token.text if token.text[0] == "d" else token.text[0] for token in section.tokens if token.kind == "date")
    return bool(re.search(r"\bd{1,2}\b", parts) and re.search(r"(?<!h-)m(?!-s)", parts) and "y" in parts)
