"""Keyed pseudonyms: how a person stays one person without being known.

A service number can be guessed back from any plain hash within seconds,
because its digits are a date, a month and a small serial. Only a secret key
prevents that. The key lies outside the project and its data, one per
evaluation, readable by its owner alone.

Personal data end at ``prepare``. So that the gate of a report can still tell a
name of the staff, ``prepare`` leaves a keyed mark of any two words of one name
where the key lies. Without the key they tell nothing; where it is not there,
nor are they. Beside them lies the list of the people who are to be forgotten:
no number and no pseudonym, only a keyed mark of each, by which ``prepare``
knows them when they come in again and nobody else does.
"""

import contextlib
import errno
import hashlib
import hmac
import os
import re
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from karier_stats.errors import EnvironmentFault, GateError, InputError
from karier_stats.intake.project import check_name, private
from karier_stats.intake.scrub import folded_word

KEY_BYTES = 32
_DOMAIN, _FORGOTTEN = b"karier-stats/person/1\x00", b"karier-stats/forgotten/1\x00"
_FINGERPRINT = b"karier-stats/fingerprint/1"


def key_path(evaluation: str) -> Path:
    """Where the key of an evaluation lies: ``$KARIER_KEYS``, else the user's configuration folder.

    Raises
    ------
    InputError
        K225 for a name that an evaluation cannot have.
    EnvironmentFault
        K505 where the user has no folder of their own.
    """
    file, chosen = f"{check_name(evaluation)}.key", os.environ.get("KARIER_KEYS")
    if chosen:
        return Path(chosen) / file
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("APPDATA") or Path.home())
        else:
            base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    except RuntimeError:  # neither HOME nor the system's list of users names a folder
        raise EnvironmentFault("K505", path="~", reason="HOME") from None
    return base / "karier_stats" / "keys" / file


@contextlib.contextmanager
def _reachable(path: Path) -> Iterator[None]:
    """A folder of keys that the system refuses to read or write is said with its remedy (K505)."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFault("K505", path=path.parent, reason=error.strerror or "–") from error


def has_key(evaluation: str) -> bool:
    """Whether the key of an evaluation is there (K225, K505 as :func:`key_path` and :func:`load_key`)."""
    path = key_path(evaluation)
    with _reachable(path):
        return path.exists()


def make_key(evaluation: str, *, project: Path | None = None) -> Path:
    """Make the key of an evaluation once; an existing key is never replaced.

    Parameters
    ----------
    evaluation : str
        The evaluation's name.
    project : Path, optional
        The project's folder; the key must not lie in it.

    Returns
    -------
    Path
        The key file, mode 0600.

    Raises
    ------
    InputError
        K113 where the key exists already, K114 where it would lie inside the
        project, K225 for a name that an evaluation cannot have.
    EnvironmentFault
        K505 where the folder of the keys cannot be made or written.
    """
    path = key_path(evaluation)
    with _reachable(path):
        _refuse_inside(path, project)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.path.lexists(path):
            raise InputError("K113", evaluation=evaluation, path=path)
        try:
            with private(path, "wb") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
        except OSError:  # half a key would be taken for a damaged one
            path.unlink(missing_ok=True)
            raise
    return path


def _refuse_inside(path: Path, project: Path | None) -> None:
    """Refuse a key inside the project (K114), where it would travel with the data."""
    if project is not None and path.resolve().is_relative_to(project.resolve()):
        raise InputError("K114", path=path)


def load_key(evaluation: str, *, project: Path | None = None) -> bytes:
    """The key of an evaluation, refused where others could read it.

    Parameters
    ----------
    evaluation : str
        The evaluation's name.
    project : Path, optional
        The project's folder; the key must not lie in it.

    Raises
    ------
    InputError
        K110 where the key is absent, damaged or open to others; K114 where
        it lies inside the project; K225 for a name that an evaluation cannot have.
    EnvironmentFault
        K505 where the folder of the keys cannot be read.
    """
    path = key_path(evaluation)
    with _reachable(path):
        _refuse_inside(path, project)
        if not path.is_file():
            raise InputError("K110", evaluation=evaluation, path=path, found="–")
        mode = stat.S_IMODE(path.stat().st_mode)
        if os.name == "posix" and mode & 0o077:
            raise InputError("K110", evaluation=evaluation, path=path, found=f"{mode:04o}")
        key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise InputError("K110", evaluation=evaluation, path=path, found=f"{len(key)} byte")
    return key


def pseudonym(key: bytes, evaluation: str, person: str) -> str:
    """The pseudonym of one person: ``p`` and 80 bits in hexadecimal.

    Notes
    -----
    HMAC-SHA256 of the person's id under the key, the evaluation's name mixed
    in, so that two evaluations cannot be joined even under one key.

    References
    ----------
    RFC 2104 (HMAC); RFC 2104 section 5 on truncation.
    """
    message = _DOMAIN + evaluation.encode() + b"\x00" + person.encode()
    return "p" + hmac.new(key, message, hashlib.sha256).hexdigest()[:20]


def fingerprint(key: bytes) -> str:
    """Eight bytes that tell whether a key is the same, and nothing else about it."""
    return hmac.new(key, _FINGERPRINT, hashlib.sha256).digest()[:8].hex()


def write_marks(path: Path, lines: str) -> None:
    """Let a list of keyed marks take the place of an earlier one once it is on the disk, readable by its owner alone."""
    fresh = path.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    with private(fresh, encoding="ascii") as file:
        file.write(lines)
    fresh.replace(path)


def mark(key: bytes, evaluation: str, person: str) -> str:
    """The keyed mark of a forgotten person; another one than the pseudonym, and longer."""
    return hmac.new(key, _FORGOTTEN + evaluation.encode() + b"\x00" + person.encode(), hashlib.sha256).hexdigest()


def list_path(evaluation: str) -> Path:
    """Where the list of the forgotten people of an evaluation lies: beside its key."""
    return key_path(evaluation).with_suffix(".forgotten")


def forgotten_marks(evaluation: str, known: int = 0) -> frozenset[str]:
    """The marks of everybody forgotten so far.

    Parameters
    ----------
    evaluation : str
        Its name.
    known : int
        How many people the tables that are there say are forgotten.

    Raises
    ------
    InputError
        K243 where the list is damaged, open to others, or shorter than
        ``known``: those people would come back unseen.
    """
    path = list_path(evaluation)
    lines = path.read_text(encoding="ascii", errors="replace").split("\n")[:-1] if path.is_file() else []
    open_to_others = bool(lines) and os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    bad = [row for row, line in enumerate(lines, start=1) if not re.fullmatch("[0-9a-f]{64}", line)]
    if bad or open_to_others or len(set(lines)) < known:
        raise InputError("K243", evaluation=evaluation, row=bad[0] if bad else len(lines) + 1)
    return frozenset(lines)


def remember_to_forget(evaluation: str, marks: Iterable[str]) -> None:
    """Add people to the list, readable by its owner alone, and wait until it is on the disk."""
    everybody = sorted(forgotten_marks(evaluation) | set(marks))
    write_marks(list_path(evaluation), "".join(f"{line}\n" for line in everybody))


_NAMED = b"karier-stats/name/1\x00"
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
        pairs = set(_PAIR.findall(text))
        for pair in pairs - self._known.keys():
            words = (folded_word(pair[0]), folded_word(pair[1]))
            kinds = (False, True) if pair[0][0].isupper() and pair[1][0].isupper() else (False,)
            self._known[pair] = any(_mark(self._key, self._evaluation, words, kind) in self._marks for kind in kinds)
        named = {pair for pair in pairs if self._known[pair]}
        return [hit for hit in _PAIR.finditer(text) if hit.groups() in named] if named else []


def _mark(key: bytes, evaluation: str, pair: tuple[str, str], common: bool) -> str:
    """The keyed mark of two words: of common ones in their order, else in either."""
    text = "\x00".join((evaluation, *(("", *pair) if common else sorted(pair))))
    return hmac.digest(key, _NAMED + text.encode(), "sha256").hex()[:20]


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
