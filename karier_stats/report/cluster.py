"""Reports of a batch on other machines, by dask.distributed: a job brings its tables and takes its report home.

No disk is shared. A job carries what it reads as one archive, is made by the function that a process here would run, and
comes back as an archive of the finished report. Of a worker that is lost the jobs go to another.
"""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path

from karier_stats.errors import EnvironmentFault
from karier_stats.intake.names import kept_names
from karier_stats.intake.project import processed_folder
from karier_stats.report import gate, manifest
from karier_stats.report.engine import swap, texts_of_office, workspace
from karier_stats.report.kernels import private_folder
from karier_stats.report.processes import Callers
from karier_stats.report.request import Request, check_request

SECONDS = 30
Made = tuple[float, bytes]
"""How many seconds a report took, and its languages as an archive."""


@contextlib.contextmanager
def workers(address: str) -> Iterator[Executor]:
    """What hands jobs to the workers of a scheduler.

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
        yield client.get_executor(pure=False)


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
