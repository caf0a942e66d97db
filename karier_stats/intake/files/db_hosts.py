"""Which database servers the user has named: a password goes to no other, and leaves the machine only under TLS.

The crosswalk comes from whoever sent the files, so it may not choose who is
told a password. Servers are named in ``KARIER_DB_HOST`` (``host`` or
``host:port``, several with commas between) or, one a line, in ``db-hosts.txt``
beside the pseudonym keys. A source without a host is the user's own PGHOST or
local socket.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING

from karier_stats.errors import InputError
from karier_stats.intake.pseudonyms import key_path

if TYPE_CHECKING:
    from sqlalchemy import URL

HOSTS = "KARIER_DB_HOST"
PORT = 5432
_WEAK = ("disable", "allow", "prefer")


def hosts_file() -> Path:
    """The user's own list of servers."""
    return key_path("db").parent / "db-hosts.txt"


def check_server(url: URL, place: str) -> str | None:
    """The ``sslmode`` to connect with, None on this machine; refused is a server that the user has not named, and an open way.

    Raises
    ------
    InputError
        K261 the server is not named by the user, K262 TLS is switched off.
    """
    servers = _servers(url)
    named = _named()
    for host, port in servers:
        if (host, port) not in named:
            raise InputError("K261", place=place, server=f"{host}:{port}", variable=HOSTS, file=hosts_file())
    mode = str(url.query.get("sslmode") or os.environ.get("PGSSLMODE") or "require")
    away = [host for host, _ in servers if not _is_here(host)]
    if away and mode in _WEAK:
        raise InputError("K262", place=place, server=away[0], mode=mode)
    return mode if away else None


def _servers(url: URL) -> list[tuple[str, str]]:
    """Every host and port that libpq would try."""
    given = url.query.get("host") or url.host or ""
    hosts = [host for one in ([given] if isinstance(given, str) else given) for host in one.split(",")]
    ports = str(url.query.get("port") or url.port or PORT).split(",")
    if hosts == [""]:
        return []
    several = len(ports) > 1
    return [
        (host.lower(), ports[place] if several and place < len(ports) else ports[0]) for place, host in enumerate(hosts)
    ]


def _named() -> set[tuple[str, str]]:
    """The servers that the user has named."""
    try:
        listed = hosts_file().read_text(encoding="utf-8")
    except (OSError, ValueError):
        listed = ""
    words = f"{os.environ.get(HOSTS, '')} {listed}".replace(",", " ").split()
    return {_split(word.lower()) for word in words}


def _split(word: str) -> tuple[str, str]:
    """Host and port of ``host``, ``host:port`` or ``[::1]:port``."""
    host, colon, port = word.rpartition(":")
    if colon and port.isdigit() and (":" not in host or host.endswith("]")):
        return host.strip("[]"), port
    return word.strip("[]"), str(PORT)


def _is_here(host: str) -> bool:
    """Whether a host is this machine: a socket's folder, or a loopback address."""
    if host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
