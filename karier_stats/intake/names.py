"""The people of an evaluation by keyed marks of their names, beside the key: whom a report must not name.

Personal data end at ``prepare``. So that the gate of a report can still tell a name of the staff, ``prepare`` leaves a mark
of any two words of one name where the key lies. Without the key they tell nothing; where it is not there, nor are they.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from karier_stats.errors import EnvironmentFault, GateError
from karier_stats.intake.forgotten import write_marks
from karier_stats.intake.pseudonyms import fingerprint, has_key, key_path, load_key
from karier_stats.intake.scrub import folded_word

_DOMAIN = b"karier-stats/name/1\x00"
_LETTER = "[A-Za-zÀ-ɏ]"  # faster than any letter, and those of every name in a Latin script
_WORD = rf"{_LETTER}{{2,}}(?:['’`]{_LETTER}+)*"
_PAIR = re.compile(rf"(?<!{_LETTER})({_WORD})(?=[\s.,_\-]{{1,3}}(?:{_LETTER}(?:\.\s?|\s)){{0,2}}({_WORD}))")
"""A word and the next one, initials between them or not."""


class Names:
    """Knows the people of an evaluation in a text by the marks of their names."""

    def __init__(self, key: bytes, evaluation: str, marks: frozenset[str]) -> None:
        self._key, self._evaluation, self._marks = key, evaluation, marks
        self._known: dict[tuple[str, str], bool] = {}

    def hits(self, text: str) -> list[re.Match[str]]:
        """Where two words of one name stand together, in either order; common words as the name has them, with capitals."""
        named = {pair for pair in set(_PAIR.findall(text)) if self._knows(pair)}
        return [hit for hit in _PAIR.finditer(text) if hit.groups() in named] if named else []

    def _knows(self, pair: tuple[str, str]) -> bool:
        if pair not in self._known:
            words = (folded_word(pair[0]), folded_word(pair[1]))
            written = pair[0][0].isupper() and pair[1][0].isupper()
            kinds = (False, True) if written else (False,)
            self._known[pair] = any(_mark(self._key, self._evaluation, words, kind) in self._marks for kind in kinds)
        return self._known[pair]


def _mark(key: bytes, evaluation: str, pair: tuple[str, str], common: bool) -> str:
    """The keyed mark of two words: of common ones in their order, else in either."""
    text = "\x00".join((evaluation, *(("", *pair) if common else sorted(pair))))
    return hmac.digest(key, _DOMAIN + text.encode(), "sha256").hex()[:20]


def _place(evaluation: str, digest: str) -> Path:
    """Where a list of marks lies; by its own hash, so that tables and list of one run belong together whatever happens."""
    return key_path(evaluation).with_suffix(f".{digest[:16]}.names")


def keep_names(evaluation: str, key: bytes, pairs: Iterable[tuple[tuple[str, str], bool]]) -> str:
    """Keep the marks of pairs of words, each told whether of common ones, beside the key; the hash of their list.

    Empty where the folder of the key is only to be read: then no gate knows the names.
    """
    text = "".join(f"{mark}\n" for mark in sorted({_mark(key, evaluation, *pair) for pair in pairs}))
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        write_marks(_place(evaluation, digest), text)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        return ""
    return digest


def drop_other_names(evaluation: str, digest: str) -> None:
    """Remove the lists of earlier tables, where there is a new one."""
    if not digest:
        return
    kept = _place(evaluation, digest)
    for old in kept.parent.glob(f"{evaluation}.*.names"):
        if old != kept:
            old.unlink(missing_ok=True)


def kept_names(evaluation: str, intake: Mapping[str, Any]) -> Names | None:
    """The people behind some tables, as the gate knows them.

    Parameters
    ----------
    evaluation : str
        Its name.
    intake : mapping
        The content of its ``intake.json``.

    Returns
    -------
    Names or None
        None where the key of these tables is not on this machine.

    Raises
    ------
    GateError
        K417 where the key is there and the list is not, or is not the one that ``prepare`` wrote.
    InputError
        K110 where others could read the key.
    """
    digest = intake.get("names", "")
    try:
        key = load_key(evaluation) if digest and has_key(evaluation) else b""
    except EnvironmentFault:  # no folder of one's own, or none that may be read
        return None
    if not key or fingerprint(key) != intake["key_fingerprint"]:
        return None
    path = _place(evaluation, digest)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        raise GateError("K417", evaluation=evaluation)
    return Names(key, evaluation, frozenset(content.decode().split()))
