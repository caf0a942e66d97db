"""What is dear to make and alike for every test: made once in a run, by the worker that asks first, and kept for all."""

from __future__ import annotations

import atexit
import functools
import inspect
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar
from unittest.mock import patch

from filelock import FileLock

if TYPE_CHECKING:  # the library is imported where it is used: whoever only starts other tests does not wait for it
    import pandas as pd

    from karier_stats.sample.district import District

P = ParamSpec("P")
T = TypeVar("T")
RUN = "KARIER_TESTS_RUN"
"""Environment variable with the folder of this run; the workers inherit it."""


def begin() -> None:
    """Make the folder of a run, which goes with the process that made it."""
    os.environ[RUN] = tempfile.mkdtemp(prefix="karier-tests-")
    atexit.register(_end, os.environ[RUN], os.getpid())


def serve() -> None:
    """Begin the server from which all workers fork; what its kernels say of themselves is not the run's."""
    from karier_stats.report import forking

    real = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        os.environ[forking.ADDRESS] = forking.address() or ""
    os.dup2(real, 2)
    os.close(real)


def _end(place: str, process: int) -> None:
    """Remove the folder of a run, unless a forked child of the process ends."""
    if os.getpid() == process:
        shutil.rmtree(place, ignore_errors=True)


def folder(name: str, fill: Callable[[Path], object]) -> Path:
    """A folder filled once in a run; whoever changes it copies it first."""
    if RUN not in os.environ:
        begin()
    place = Path(os.environ[RUN]) / name
    place.parent.mkdir(exist_ok=True)  # whoever tidies the folder for temporary files costs time, not the run
    whole = place.with_name(f"{name}.whole")
    with FileLock(place.with_name(f"{name}.lock")):
        if not whole.exists():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            fill(place)
            whole.touch()
    return place


def kept(make: Callable[P, T]) -> Callable[P, T]:
    """Let a function be computed once in a run for each call, however it is written; its value is pickled for all workers."""
    signature = inspect.signature(make)

    @functools.cache
    def once(*args: P.args, **keywords: P.kwargs) -> T:
        given = signature.bind(*args, **keywords)
        given.apply_defaults()
        name = "-".join([make.__name__, *map(str, given.arguments.values())])
        place = folder(name, lambda place: (place / "value").write_bytes(pickle.dumps(make(*args, **keywords))))
        value: T = pickle.loads((place / "value").read_bytes())
        return value

    return once  # type: ignore[return-value]


@kept
def tables() -> dict[str, pd.DataFrame]:
    """The tables of the sample district."""
    from tests.made_up import sample_tables

    return sample_tables()


@kept
def district() -> District:
    """The sample district itself, with what was planted."""
    from karier_stats.sample.district import build

    return build(20250817)


def raw() -> Path:
    """The files of the sample district as the office hands them in: for reading only."""
    from karier_stats.sample import write_sample

    return folder("raw", lambda place: write_sample(place / "contoh")) / "contoh"


def prepared() -> Path:
    """A project with the sample district prepared, its keys in ``kunci`` beside ``proyek``: for reading only."""
    from karier_stats.intake.prepare import prepare
    from karier_stats.intake.pseudonyms import make_key

    def fill(place: Path) -> None:
        (place / "proyek" / "data" / "processed").mkdir(parents=True)
        shutil.copytree(raw(), place / "proyek" / "data" / "raw" / "contoh")
        with patch.dict(os.environ, KARIER_KEYS=str(place / "kunci")):
            make_key("contoh")
            prepare("contoh", root=place / "proyek")

    return folder("prepared", fill) / "proyek"
