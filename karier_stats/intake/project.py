"""The folders of one evaluation in a project: its name, what may be replaced there, how long data are kept, and one run at a time.

A name of an evaluation becomes the name of folders and files on any system;
whatever reads or writes under that name asks here first.
"""

import contextlib
import datetime
import difflib
import os
import re
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from karier_stats.errors import EnvironmentFault, InputError, describe, visible
from karier_stats.intake.schema import TABLES

DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10))})
"""Names that Windows keeps for devices, in any folder and with any extension."""
_NAME = re.compile(r"(?![a-z0-9_-]*[0-9]{9})[a-z0-9][a-z0-9_-]{0,59}")
_WRITTEN = frozenset({"intake.json", "intake.sha256", *(f"{table}.parquet" for table in TABLES)})
_LONGEST_NAME = 100
_OF_THE_DESKTOP = frozenset({"thumbs.db", "desktop.ini"})


def is_name(name: object) -> bool:
    """Whether an evaluation can have this name: at most 60 of ``a-z 0-9 - _``, no device, no long number."""
    return isinstance(name, str) and bool(_NAME.fullmatch(name)) and name not in DEVICES


def check_name(name: str) -> str:
    """The name of an evaluation itself, where it is one.

    Raises
    ------
    InputError
        K225 with a name near it that would do.
    """
    if not is_name(name):
        raise InputError("K225", evaluation=shown(name), near=proposed_name(name))
    return name


def proposed_name(text: object) -> str:
    """A name that an evaluation can have, as near to a text as may be."""
    plain = re.sub(r"[0-9]{9,}", "", re.sub(r"[^a-z0-9_]+", "-", str(text).lower())).strip("-_")[:60].strip("-_")
    return plain if is_name(plain) else f"evaluasi-{plain}"[:60].strip("-_")


def shown(text: object) -> str:
    """A text that someone gave, fit for a message: one short line without a long number, which may be a person's."""
    return re.sub(r"[0-9]{9,}", "…", visible(str(text)[:200]))[:40]


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like one that somebody gave, without regard to case; a dash for none."""
    alike = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(name[:_LONGEST_NAME].casefold(), list(alike), n=1, cutoff=0.4)
    return alike[found[0]] if found else "–"


def known_table(name: str) -> str:
    """The name of a table itself, where the data dictionary has it.

    Raises
    ------
    InputError
        K224 with the nearest that it has.
    """
    if name not in TABLES:
        raise InputError("K224", what="table", value=shown(name), known=", ".join(TABLES), hint=nearest(name, TABLES))
    return name


def processed_folder(root: Path, evaluation: str) -> Path:
    """Where the tables of an evaluation lie; the name is checked (K225)."""
    return root / "data" / "processed" / check_name(evaluation)


def raw_folder(root: Path, evaluation: str) -> Path:
    """Where the raw files of an evaluation lie by default; the name is checked (K225)."""
    return root / "data" / "raw" / check_name(evaluation)


def check_replaceable(folder: Path) -> None:
    """Refuse a folder of tables that holds what ``prepare`` never wrote: replacing it would lose that.

    Raises
    ------
    InputError
        K226 with the first such file and their number, K229 for a link.
    """
    refuse_link(folder)
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    own = _WRITTEN if "intake.json" in names else frozenset()
    foreign = [name for name in names if name not in own and name[0] != "." and name.lower() not in _OF_THE_DESKTOP]
    if foreign:
        raise InputError("K226", folder=_within(folder), file=shown(foreign[0]), n=len(foreign))


def refuse_link(folder: Path) -> None:
    """Refuse a folder that is a link (K229): what is written there would lie elsewhere."""
    if folder.is_symlink():
        raise InputError("K229", folder=_within(folder))


@contextlib.contextmanager
def private(path: Path, mode: str = "w", **how: Any) -> Iterator[IO[Any]]:
    """A new file that its owner alone may read, opened as ``mode`` and ``how`` say; on the disk once it is left."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), mode, **how) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def check_apart(inputs: Iterable[Path], written: Iterable[Path]) -> None:
    """Refuse raw files that lie in a folder that is about to be written, by whatever path they are named.

    Parameters
    ----------
    inputs : iterable of Path
        The crosswalk and the raw files.
    written : iterable of Path
        Folders in which files are made and removed.

    Raises
    ------
    InputError
        K227 with the first such file and their number.
    """
    files = [path.resolve() for path in inputs]
    for folder in written:
        inside = [path for path in files if path.is_relative_to(folder.resolve())]
        if inside:
            raise InputError("K227", folder=_within(folder), file=shown(inside[0].name), n=len(inside))


def _within(folder: Path) -> str:
    """A folder of the project by the last three parts of its path."""
    return "/".join(folder.parts[-3:])


@contextlib.contextmanager
def alone(root: Path, evaluation: str, busy: EnvironmentFault | None = None) -> Iterator[None]:
    """One run at a time per evaluation, whether it prepares, forgets or reports.

    Parameters
    ----------
    busy : EnvironmentFault, optional
        What to raise where another run has the evaluation; default K513.

    Notes
    -----
    The lock lies beside the tables; the system frees that of a run that died.
    """
    from filelock import FileLock, Timeout

    folder = processed_folder(root, evaluation)
    lock = FileLock(folder.parent / f".{folder.name}.lock", mode=0o600)
    refuse_link(Path(lock.lock_file))  # some releases of filelock would empty what it leads to
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise busy or EnvironmentFault("K513", evaluation=evaluation) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def ending_as_interrupt() -> Iterator[None]:
    """Answer a request to end (SIGTERM, a closed terminal) as Ctrl-C is answered."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.signal(number, interrupt)) for number in signals]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


SOON = 90  # days before the end in which every run says that it is near


def retention_of(intake: Mapping[str, Any]) -> datetime.date | None:
    """The last day that the account of an evaluation (``intake.json``) declares."""
    until = intake.get("retention")
    return datetime.date.fromisoformat(until) if until else None


def check_retention(evaluation: str, until: datetime.date | None, lang: str, today: datetime.date | None = None) -> str | None:
    """Refuse data whose time is over; give the warning where the end is near.

    Parameters
    ----------
    evaluation : str
        Name of the evaluation, for the message.
    until : date or None
        Last day on which the data may be used; None where nothing is declared.
    lang : {"id", "en"}
        Language of the warning.
    today : date, optional
        The day to hold it against; default the machine's.

    Returns
    -------
    str or None
        K238, in words, within 90 days of the end.

    Raises
    ------
    InputError
        K237 after the last day.
    """
    if until is None:
        return None
    days = (until - (today or datetime.date.today())).days
    if days < 0:
        raise InputError("K237", evaluation=evaluation, until=until.isoformat())
    return describe("K238", lang, evaluation=evaluation, days=days, until=until.isoformat()) if days < SOON else None
