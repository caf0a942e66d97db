"""What can go wrong, said so that the reader can mend it.

Every defect has a stable code; its sentence lives in ``messages/id.yml`` and
``messages/en.yml``, never in the code that raises it. A message names the
file, the place, the count and the remedy, and never a personal value.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import ClassVar

MESSAGES = Path(__file__).parent / "messages"


@cache
def catalogue(lang: str) -> dict[str, str]:
    """The message templates of one language, by code."""
    import yaml

    return yaml.safe_load((MESSAGES / f"{lang}.yml").read_text(encoding="utf-8"))


def default_language() -> str:
    """``KARIER_LANG`` where it is set to a known language, else Indonesian."""
    lang = os.environ.get("KARIER_LANG", "id")
    return lang if lang in ("id", "en") else "id"


class KarierError(Exception):
    """A defect with a code, the facts that its sentence needs, and an exit code.

    Parameters
    ----------
    code : str
        Stable code such as ``"K142"``; a key of both message files.
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

    def __str__(self) -> str:
        return self.message()

    def __reduce__(self) -> tuple:
        return _rebuild, (type(self), self.code, self.values)


def _rebuild(kind: type[KarierError], code: str, values: dict[str, object]) -> KarierError:
    """Rebuild an error on the other side of a process boundary."""
    return kind(code, **values)


def describe(code: str, lang: str, **values: object) -> str:
    """Fill the template of ``code`` in ``lang``; used for warnings and errors alike."""
    return f"{code} {catalogue(lang)[code].format(**values)}"


class InputError(KarierError):
    """A file, a crosswalk or a parameter is refused (K1xx, K2xx)."""

    exit_code = 2


class StatisticsError(KarierError, ValueError):
    """The data cannot carry the analysis that was asked for (K3xx)."""

    exit_code = 3


class GateError(KarierError):
    """A finished report may not leave: something in it must not be there (K4xx)."""

    exit_code = 4


class EnvironmentFault(KarierError):
    """The machine is in the way: disk, lock, memory, kernel, damaged files (K5xx)."""

    exit_code = 5
