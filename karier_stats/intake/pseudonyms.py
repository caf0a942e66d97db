"""Keyed pseudonyms: how a person stays one person without being known.

A service number can be guessed back from any plain hash within seconds,
because its digits are a date, a month and a small serial. Only a secret key
prevents that. The key lies outside the project and its data, one per
evaluation, readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import sys
from pathlib import Path

from karier_stats.errors import InputError

KEY_BYTES = 32
_DOMAIN = b"karier-stats/person/1\x00"
_FINGERPRINT = b"karier-stats/fingerprint/1"


def key_path(evaluation: str) -> Path:
    """Where the key of an evaluation lies: ``$KARIER_KEYS``, else the user's configuration folder."""
    chosen = os.environ.get("KARIER_KEYS")
    if chosen:
        return Path(chosen) / f"{evaluation}.key"
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA", str(Path.home())))
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "karier_stats" / "keys" / f"{evaluation}.key"


def make_key(evaluation: str) -> Path:
    """Make the key of an evaluation once; an existing key is never replaced.

    Parameters
    ----------
    evaluation : str
        The evaluation's name.

    Returns
    -------
    Path
        The key file, mode 0600.

    Raises
    ------
    InputError
        K113 where the key exists already.
    """
    path = key_path(evaluation)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError("K113", evaluation=evaluation, path=path) from None
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    return path


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
        it lies inside the project.
    """
    path = key_path(evaluation)
    if project is not None and path.resolve().is_relative_to(project.resolve()):
        raise InputError("K114", path=path)
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
