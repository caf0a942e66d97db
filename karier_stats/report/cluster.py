"""Reports of a batch on other machines, by dask.distributed: a job brings its tables and takes its report home.

Raw files and keys stay where they are: it is the worker that holds them that prepares an evaluation, and its tables come home.

No disk is shared. A job carries what it reads as one archive, is made by the function that a process here would run, and
comes back as an archive of the finished report. Of a worker that is lost the jobs go to another.
"""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import EnvironmentFault, KarierError
from karier_stats.intake.crosswalk import PETA
from karier_stats.intake.processed import find_root
from karier_stats.intake.project import processed_folder, raw_folder
from karier_stats.intake.pseudonyms import has_key, kept_names
from karier_stats.report import gate, manifest
from karier_stats.report.engine import swap, texts_of_office, workspace
from karier_stats.report.kernels import private_folder
from karier_stats.report.processes import Callers
from karier_stats.report.request import Request, check_request

if TYPE_CHECKING:
    from distributed import Client, Future

SECONDS = 30
AGAIN_SECONDS = 2
"""After how many seconds without an answer it is asked who is still there."""
Made = tuple[float, bytes]
"""How many seconds a report took, and its languages as an archive."""


@contextlib.contextmanager
def workers(address: str) -> Iterator[Executor]:
    """What hands jobs to the workers of a scheduler; K532 where there is none."""
    with _client(address) as client:
        yield client.get_executor(pure=False)


@contextlib.contextmanager
def _client(address: str) -> Iterator[Client]:
    """Who speaks to a scheduler.

    Raises
    ------
    EnvironmentFault
        K532 where the extra ``cluster`` is not installed or nobody answers.
    """
    try:
        from distributed import Client

        client = Client(address, timeout=SECONDS)
    except (ImportError, OSError, ValueError) as error:
        raise EnvironmentFault("K532", address=address, reason=type(error).__name__) from error
    with client:
        yield client


@contextlib.contextmanager
def agencies(address: str, prepare: Callable[..., Any], receive: Callable[..., Path]) -> Iterator[Callable[..., Any]]:
    """What prepares an evaluation as ``prepare`` does, on a worker that holds its raw files and its key.

    The tables come home through ``receive``; the lists of rows set aside stay beside the raw files. Of a worker that is lost
    the job goes to another that holds the same.

    Raises
    ------
    EnvironmentFault
        K532; of an evaluation: K534 where no worker holds it, K535 where all that did are lost.
    KarierError
        As ``prepare`` and ``receive``.
    """
    with _client(address) as client:

        def elsewhere(evaluation: str, *, root: Path, **how: Any) -> Any:
            told = client.run(_holds, evaluation, how["raw"], how["peta"], on_error="ignore")
            able = {worker for worker, holds in told.items() if holds}
            if not able:
                raise EnvironmentFault("K534", evaluation=evaluation, address=address)
            done = client.submit(_prepared, prepare, evaluation, how, workers=list(able), pure=False)
            intake, tables = _awaited(client, done, able, evaluation)
            return replace(intake, folder=receive(evaluation, partial(_unpack, tables), root=root))

        yield elsewhere


def _holds(evaluation: str, raw: Path | None, peta: Path | None) -> bool:
    """Whether this machine has the crosswalk of an evaluation and its key."""
    try:
        folder = raw or raw_folder(find_root(), evaluation)
    except EnvironmentFault:
        return False
    return (peta or folder / PETA).is_file() and has_key(evaluation)


def _prepared(prepare: Callable[..., Any], evaluation: str, how: dict[str, Any]) -> tuple[Any, bytes]:
    """An evaluation prepared on a worker, in a process of its own, and its tables as an archive."""
    with Callers(1) as pool:
        intake = pool.submit(prepare, evaluation, root=find_root(), **how).result()
    return intake, _archive(intake.folder, intake.folder.iterdir())


def _awaited(client: Client, done: Future, able: set[str], evaluation: str) -> tuple[Any, bytes]:
    """What a worker gives; K535 as soon as none is left that could."""
    try:
        while True:
            with contextlib.suppress(TimeoutError):
                made: tuple[Any, bytes] = done.result(timeout=AGAIN_SECONDS)
                return made
            if not able & client.nthreads().keys():
                raise ConnectionError
    except KarierError:
        raise
    except Exception as error:
        raise EnvironmentFault("K535", evaluation=evaluation, reason=type(error).__name__) from error


def packed(root: Path, evaluation: str, chapters: Iterable[str]) -> bytes:
    """What a report is made from: the processed tables, the notebooks, the assumptions."""
    folder = processed_folder(root, evaluation)
    paths = [*folder.iterdir(), *(root / "notebooks" / f"{name}.ipynb" for name in chapters), root / "ASSUMPTIONS.md"]
    return _archive(root, (path for path in paths if path.is_file()))


def away(
    project: bytes, make: Callable[[Path, Request, tuple[str, ...]], float], request: Request, chapters: tuple[str, ...]
) -> Made:
    """Make one report on a worker, in a process of its own, and give it back.

    Raises
    ------
    KarierError
        As ``make``.
    """
    with private_folder() as root:
        _unpack(project, root)
        with Callers(1) as pool:
            seconds = pool.submit(make, root, request, chapters).result()
        place = request.folder(root)
        return seconds, _archive(place, (path for path in place.rglob("*") if path.is_file()))


def put(root: Path, request: Request, report: bytes) -> None:
    """Put a report that came back in its place, once it is whole, made as it would be made here, and names nobody.

    Raises
    ------
    GateError
        K416 where it names a member of staff: workers have no key and know nobody.
    EnvironmentFault
        K503 where it is not whole, K515 where the worker's program or packages are others.
    """
    place, opened = request.folder(root), check_request(root, request)
    people, known = kept_names(opened.name, opened.intake), texts_of_office(root, opened)
    with workspace(place) as work:
        _unpack(report, work)
        number = manifest.next_run(place)
        for lang in request.langs:
            other = [name for name in manifest.verify(work / lang, root=root) if name != "raw"]
            if other:
                raise EnvironmentFault("K515", report=request.place, what=", ".join(other))
            if people:
                gate.check(work / lang, known=known, people=people)
            manifest.renumber(work / lang, number)
        for lang in request.langs:
            swap(work / lang, place / lang)


def _archive(folder: Path, paths: Iterable[Path]) -> bytes:
    """Files of a folder as one archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz", compresslevel=1) as archive:
        for path in paths:
            archive.add(path, path.relative_to(folder))
    return content.getvalue()


def _unpack(content: bytes, folder: Path) -> None:
    """The files of an archive, none of them outside of the folder."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(folder, filter="data")
