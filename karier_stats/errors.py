"""What can go wrong, said so that the reader can mend it.

Every defect has a stable code; its sentence lives in ``words/errors.yml``, in both
languages side by side, never in the code that raises it. A message names the file,
the place, the count and the remedy, and never a personal value.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

from karier_stats.words.catalogue import template

LONGEST_FACT = 2000
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]")
_ESCAPE = {"\t": " ", "\n": " ", "\r": " "}


def default_language() -> str:
    """``KARIER_LANG`` where it is set to a known language, else Indonesian."""
    lang = os.environ.get("KARIER_LANG", "id")
    return lang if lang in ("id", "en") else "id"


class KarierError(Exception):
    """A defect with a code, the facts that its sentence needs, and an exit code.

    Parameters
    ----------
    code : str
        Stable code such as ``"K142"``; a key of the catalogue ``errors``.
    **values
        What the sentence names: file, sheet, rows, counts, suggestions.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code)

    def message(self, lang: str | None = None) -> str:
        """The whole sentence, code first, in ``lang`` (default: ``KARIER_LANG``)."""
        return describe(self.code, lang or default_language(), **self.values)

    @property
    def texts(self) -> dict[str, str]:
        """The sentence in every language."""
        return {lang: self.message(lang) for lang in ("id", "en")}

    def __str__(self) -> str:
        return self.message()

    def __reduce__(self) -> tuple:
        return _rebuild, (type(self), self.code, self.values)


def _rebuild(kind: type[KarierError], code: str, values: dict[str, object]) -> KarierError:
    """Rebuild an error on the other side of a process boundary."""
    return kind(code, **values)


def describe(code: str, lang: str, **values: object) -> str:
    """Fill the sentence of ``code`` in ``lang``; used for warnings and errors alike."""
    return f"{code} {template(f'errors.{code}')[lang].format(**{name: _told(value, lang) for name, value in values.items()})}"


def _told(value: object, lang: str) -> object:
    """A fact as a message may hold it: numbers as they are, texts in its language, visible and not without end."""
    if isinstance(value, int | float):
        return value
    text = visible(str(value[lang] if isinstance(value, Mapping) and lang in value else value))
    return text if len(text) <= LONGEST_FACT else f"{text[:LONGEST_FACT]}…"


def visible(text: str) -> str:
    """A text without what a terminal obeys or a reader cannot see.

    Names of files, sheets and headings come from outside. Control characters,
    marks of direction, lone surrogates and line ends are written out as
    ``\\x1b``, so that a message neither moves a cursor nor looks like another.
    """
    return _UNSEEN.sub(lambda found: _ESCAPE.get(found[0], rf"\x{ord(found[0]):02x}"), text)


class InputError(KarierError):
    """A file, a crosswalk or a parameter is refused (K1xx, K2xx)."""

    exit_code = 2


class TooFew(InputError):
    """What the office itself may read, but not the public, since it would tell of too few people."""


class StatisticsError(KarierError, ValueError):
    """The data cannot carry the analysis that was asked for (K3xx)."""

    exit_code = 3


def refuse_unknown(name: str, value: object, known: Iterable[object]) -> None:
    """Raise ``StatisticsError`` K316 where a keyword says what is not in its list; None in the list is no word of it."""
    if value not in (listed := list(known)):
        raise StatisticsError("K316", name=name, value=value, known=", ".join(str(one) for one in listed if one is not None))


def refuse_absent(roles: Iterable[tuple[str, object]], columns: Iterable[object], code: str = "K340") -> None:
    """Raise ``StatisticsError`` where a column that plays a role is not among those at hand; our own begin with a dash."""
    known = list(columns)
    for role, name in roles:
        if name not in known:
            told = ", ".join(one for one in map(str, known) if not one.startswith("_"))
            raise StatisticsError(code, column=name, role=role, known=told)


class GateError(KarierError):
    """A finished report may not leave: something in it must not be there (K4xx)."""

    exit_code = 4


class EnvironmentFault(KarierError):
    """The machine is in the way: disk, lock, memory, kernel, damaged files (K5xx)."""

    exit_code = 5
