"""What a workbook's cell shows: its number format read as the office sees it.

A cell holds 0.85 and shows 85 %, holds 7 and shows P07, holds 1234567 and
shows 1.235. What is stored is what is shown; where the two differ and cannot
be reconciled, the cell says so and the reader of the column refuses or counts
it. Formats are those of ECMA-376 part 1, section 18.8.31.
"""

import datetime
import math
import operator
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

ERROR = re.compile(
    r"#(?:N/A|GETTING_DATA"
    r"|(?:DIV/0|NULL|VALUE|REF|NUM|SPILL|CALC|FIELD|BLOCKED|UNKNOWN|CONNECT|BUSY|PYTHON|EXTERNAL|TIMEOUT)!"
    r"|NAME\?|#{2,})|Err:\d{3}")
"""What a spreadsheet shows where a formula has failed or a column is too narrow, also in its csv."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|(?P<skipped>[_*].?)|\[(?P<bracket>[^\]]*)\]|(?P<general>General)'
    r"|(?P<half>AM/PM|A/P)|(?P<exponent>E[+-])|(?P<date>d+|m+|y+|h+|s+)|(?P<digit>[0#?])|(?P<mark>[.,%/@;])"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL)
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, ">": operator.gt, "=": operator.eq, "<=": operator.le, ">=": operator.ge, "<>": operator.ne}
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_SCALE_WORD = re.compile(r"\s*(?:rb|ribu|jt|juta|mio|miliar|milyar|triliun|k|m|t)\b", re.IGNORECASE)
_DASH = re.compile(r"(?:Rp\.?|IDR)?\s*[-–—]", re.IGNORECASE)  # how an accounting format shows nothing
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
        cls, value: float, text: str = "", *, percent: bool = False, scaled: bool = False, altered: bool = False
    ) -> "Shown":
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

    def __new__(cls, text: str, code: str) -> "Flawed":
        """What stands in the cell, and the code of what is wrong with it."""
        flawed = super().__new__(cls, text)
        flawed.code = code
        return flawed


class _Token(NamedTuple):
    """One piece of a format: a literal, a digit, a mark, a date part, or the whole number."""

    kind: str
    text: str


class _Section:
    """One section of a format with the condition under which it is used.

    Attributes
    ----------
    kinds : set of str
        The kinds of its pieces.
    is_date : bool
        Whether it shows a day, a time or a duration.
    first, last, point : int
        Where the number's digits begin and end among the pieces (equal where
        there are none), and where its decimal point stands, or the digits end.
    decimals, percents : int
        Digits behind the point; how often the number is shown a hundredfold.
    scaled : bool
        Whether commas behind the last whole digit leave thousands away.
    plain : bool
        Whether it shows digits and nothing else, without zeros in front.
    """

    def __init__(self, tokens: list[_Token], condition: tuple[str, float] | None) -> None:
        self.tokens, self.condition, self.kinds = tokens, condition, {token.kind for token in tokens}
        self.is_date = bool(self.kinds & {"date", "elapsed"})
        at = [place for place, token in enumerate(tokens) if token.kind in ("digit", "general", "@")]
        self.first, self.last = (at[0], at[-1] + 1) if at else (0, 0)
        self.point = next((place for place in range(self.last) if tokens[place].kind == "."), self.last)
        self.decimals = sum(token.kind == "digit" for token in tokens[self.point:])
        self.percents = sum(token.kind == "%" for token in tokens)
        whole = [place + 1 for place in range(self.point) if tokens[place].kind == "digit"]
        self.scaled = any(token.kind == "," for place in (self.last, *whole[-1:]) for token in tokens[place:place + 1])
        zeros = sum(token == ("digit", "0") for token in tokens[:self.point])
        blank = all(token.kind != "text" or not token.text.strip() for token in tokens)
        more = self.kinds & {"%", "/", "exponent", "general", "@"}
        self.plain = zeros == 1 and blank and not more and not self.scaled

    def text(self, start: int = 0, end: int | None = None) -> str:
        """The literals of its pieces."""
        return "".join(token.text for token in self.tokens[start:end])


class Format:
    """A number format of a workbook."""

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
        section, signed = self._numbers[0], True  # a minus before a negative one
        if self._conditional:
            found = (one for one in self._numbers
                     if one.condition is None or _COMPARISONS[one.condition[0]](value, one.condition[1]))
            section = next(found, self._numbers[-1])
        elif value < 0 and len(self._numbers) > 1:
            section, signed = self._numbers[1], False
        elif value == 0 and len(self._numbers) > 2:
            section = self._numbers[2]
        if section.is_date:
            return _dated(section, value, self._epoch)
        in_full = isinstance(value, int) or round(value, section.decimals) == value
        if section.plain and in_full and (value >= 0 or signed):
            return value
        return _numbered(section, value, signed)


def _sections(code: str) -> Iterator[_Section]:
    """The sections of a format in order; of brackets only a currency's sign and a duration show anything."""
    tokens: list[_Token] = []
    condition: tuple[str, float] | None = None
    for found in (*_TOKEN.finditer(code), None):
        if found is None or found["mark"] == ";":
            yield _Section(tokens, condition)
            tokens, condition = [], None
        elif found["bracket"] is not None:
            stated = _CONDITION.fullmatch(found["bracket"].strip())
            condition = (stated[1], float(stated[2])) if stated else condition
            if re.fullmatch(r"h+|m+|s+", found["bracket"], re.IGNORECASE):
                tokens.append(_Token("elapsed", found["bracket"][0].lower()))
            elif found["bracket"].startswith("$") and (sign := found["bracket"][1:].partition("-")[0]):
                tokens.append(_Token("text", sign))
        elif not found["skipped"]:
            kind = str(found.lastgroup)
            text = str(found[kind])
            if kind == "mark":
                tokens.append(_Token(text, "%" if text == "%" else ""))
            else:
                kind = "text" if kind in ("quoted", "escaped", "other") else kind
                tokens.append(_Token(kind, text.lower() if kind == "date" else text))


def _numbered(section: _Section, value: float, signed: bool) -> float:
    """A number with all that stands around it, and whether any of it cannot be seen."""
    if section.first == section.last:
        text = "".join(token.text for token in section.tokens).strip()
        return Shown(value, text, altered=bool(value) or not _DASH.fullmatch(text))
    exact = Decimal(repr(value)).scaleb(2 * section.percents)
    number = int(exact) if exact == exact.to_integral_value() and isinstance(value, int) else float(exact)
    before, after = section.text(0, section.first), section.text(section.last)
    body, seen = _body(section, abs(exact))
    if "exponent" in section.kinds or ("/" in section.kinds and not section.kinds & {"general", "@"}):
        after = ""
    if section.scaled:
        return Shown(number, before + body + after, scaled=True)
    minus = "-" if signed and value < 0 else ""
    text = (minus + before + body + after).strip()
    signs = bool(minus) or before.strip()[:1] in ("-", "(")
    hidden = (value < 0) != signs if value else not body and not _DASH.fullmatch(text)
    touched = before[-1:].isdigit() or re.match(r"[.,]?\d", after) or _SCALE_WORD.match(after)
    return Shown(number, text, percent="%" in text, scaled=bool(touched), altered=hidden or not math.isclose(
        float(seen), float(abs(exact)), rel_tol=1e-9, abs_tol=1e-12))


def _body(section: _Section, number: Decimal) -> tuple[str, Decimal | Fraction]:
    """The digits that a section shows of a number, and the number that they let be seen."""
    if section.kinds & {"general", "@"}:
        return _bare(number), number
    if "exponent" in section.kinds:
        return _bare(number), Decimal(f"{number:.{min(section.decimals, _MOST_DECIMALS)}E}")
    if "/" in section.kinds:
        found = _nearest(section, number)
        whole, rest = divmod(found.numerator, found.denominator)
        return (f"{whole or ''} {rest}/{found.denominator}".strip() if rest else str(whole)), found
    beyond = number.adjusted() + section.decimals >= 27  # the digits of any cell; half goes away from zero as in spreadsheets
    seen = number if beyond else number.quantize(Decimal(1).scaleb(-section.decimals), ROUND_HALF_UP)
    return _whole_digits(section, str(int(seen))) + _decimal_digits(section, seen), seen


def _bare(number: Decimal) -> str:
    """A number's digits alone."""
    value = float(number)
    return str(int(value)) if value.is_integer() else repr(value)


def _whole_digits(section: _Section, digits: str) -> str:
    """The digits before the point, in their places among zeros and literals; the first place takes all the rest."""
    left = digits if digits != "0" else ""
    shown = ""
    for place in range(section.point - 1, section.first - 1, -1):
        token = section.tokens[place]
        if token.kind != "digit":
            shown = token.text + shown
            continue
        taken = left if place == section.first else left[-1:]
        shown = (taken or ("0" if token.text == "0" else "")) + shown
        left = left[:len(left) - len(taken)]
    return shown if section.point > section.first else left


def _decimal_digits(section: _Section, seen: Decimal) -> str:
    """The point and the digits behind it, optional ones only where they are not zero."""
    behind = [token.text for token in section.tokens[section.point:section.last] if token.kind == "digit"]
    if not behind:
        return ""
    digits = f"{seen:f}".partition(".")[2]
    while digits and digits.endswith("0") and behind[len(digits) - 1] != "0":
        digits = digits[:-1]
    return f".{digits}" if digits else ""


def _nearest(section: _Section, number: Decimal) -> Fraction:
    """The fraction that a section shows."""
    slash = next(place for place, token in enumerate(section.tokens) if token.kind == "/")
    below = section.tokens[slash + 1:]
    named = "".join(text for kind, text in below if (kind == "text" and text.isdigit()) or text == "0")
    if named.strip("0"):
        return Fraction(round(number * int(named)), int(named))
    return Fraction(number).limit_denominator(10 ** max(1, sum(token.kind == "digit" for token in below)) - 1)


def _dated(section: _Section, value: float, epoch: datetime.datetime) -> datetime.datetime | datetime.time | str:
    """A day, a time, or as text a duration with the smaller parts that are shown; an error where there is no such day."""
    from openpyxl.utils.datetime import from_excel

    dates = [token.text for token in section.tokens if token.kind == "date"]
    if "elapsed" in section.kinds:
        unit = next(token.text for token in section.tokens if token.kind == "elapsed")
        seconds = round(abs(value) * 86400)
        hours = [seconds // 3600, seconds % 3600 // 60, seconds % 60]
        parts = {"h": hours, "m": [seconds // 60, seconds % 60], "s": [seconds]}[unit]
        return ("-" if value < 0 else "") + ":".join([str(parts[0]), *(f"{part:02d}" for part in parts[1:1 + len(dates)])])
    try:
        found = from_excel(value, epoch) if value >= 0 else None
    except (OverflowError, ValueError):
        found = None
    if found is None:
        return Flawed("####", "K117")
    seen = "-".join(text if text[0] == "d" else text[0] for text in dates)
    whole = re.search(r"\bd{1,2}\b", seen) and re.search(r"(?<!h-)m(?!-s)", seen) and "y" in seen
    if isinstance(found, datetime.datetime) and not whole:
        return PartOfDay.combine(found.date(), found.time())
    return found
