"""Keyed pseudonyms: how a person stays one person without being known.

A service number can be guessed back from any plain hash within seconds,
because its digits are a date, a month and a small serial. Only a secret key
prevents that. The key lies outside the project and its data, one per
evaluation, readable by its owner alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from karier_stats.errors import EnvironmentFault, InputError
from karier_stats.intake.project import check_name

KEY_BYTES = 32
_DOMAIN = b"karier-stats/person/1\x00"
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
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
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
