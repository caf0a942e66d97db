"""One chapter in a kernel of its own: run, cleaned, and every failure turned into a message with a code.

What runs here runs in a worker process of the engine.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karier_stats.errors import EnvironmentFault, GateError, InputError, KarierError, StatisticsError
from karier_stats.intake.processed import EXPECTED
from karier_stats.report.forking import FIXED, MEMORY, PACKAGE, fork_kernels
from karier_stats.report.manifest import FINDINGS, read_notebook, write_notebook
from karier_stats.report.record import RECORDS_ONLY, in_language
from karier_stats.report.sanitise import clean_notebook, findings_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = "python3"
CELL_SECONDS = 300
CHAPTER_SECONDS = 900
START_SECONDS = 120
MEGABYTES = 4096
"""What a kernel may take where ``KARIER_MEMORY_MB`` says nothing."""
FINDINGS_VARIABLE = "KARIER_FINDINGS"
"""Environment variable that tells the synthesis where the other chapters' findings lie."""

_PRIVATE = "karier-"
_OUT_OF_MEMORY = frozenset({"MemoryError", "_ArrayMemoryError", "ArrowMemoryError"})
_CODED = re.compile(r"K\d{3} ")
_KINDS: dict[str, type[KarierError]] = {
    "InputError": InputError, "StatisticsError": StatisticsError, "GateError": GateError,
}


@dataclass(frozen=True)
class Job:
    """One chapter: which notebook, with what parameters, of which data, and where to in each language.

    It is run once; every language is written from its records. Where it stands in a language already, as it would come
    out again, it is not run.
    """

    chapter: str
    notebook: Path
    targets: Mapping[str, Path]
    parameters: Mapping[str, Any]
    root: Path
    data_sha256: str = ""
    findings: Path | None = None
    standing: Mapping[str, Path] = field(default_factory=dict)


def check_kernel() -> None:
    """Refuse to begin where the Python kernel is missing, cannot start, or does not know this package.

    Raises
    ------
    EnvironmentFault
        K520.
    """
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        python = KernelSpecManager().get_kernel_spec(KERNEL).argv[0]
        if Path(python).name == python or os.path.samefile(python, sys.executable):  # Jupyter takes the running one
            return
        imports = [python, "-c", "import ipykernel_launcher, karier_stats"]
        subprocess.run(imports, check=True, capture_output=True, timeout=START_SECONDS)
    except (NoSuchKernel, OSError, subprocess.SubprocessError) as error:
        raise EnvironmentFault("K520", kernel=KERNEL) from error


def run(job: Job) -> list[dict[str, Any]]:
    """Run one chapter, write its cleaned notebook in every language and return its findings.

    Raises
    ------
    KarierError
        K521 a cell failed (of the kind that the cell raised), K522 out of
        time, K523 the kernel died, K524 its output cannot be used, K531 out of memory.
    """
    told = {lang: read_notebook(path) for lang, path in job.standing.items()}
    executed = next(iter(told.values()), None) or _executed(job)
    try:
        for lang in job.targets.keys() - told.keys():
            told[lang] = clean_notebook(in_language(executed, lang, vector=True))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EnvironmentFault("K524", chapter=job.chapter) from error
    for lang, target in job.targets.items():
        write_notebook(target, told[lang])
    for path in job.standing.values():
        found = json.loads((path.parents[1] / FINDINGS).read_text(encoding="utf-8"))["findings"]
        return [one for one in found if one["chapter"] == job.chapter]
    return findings_of(told[job.parameters["lang"]])


def _executed(job: Job) -> NotebookNode:
    """The chapter as its kernel leaves it; this process's own environment is as before, since the folder is gone then."""
    before = dict(os.environ)
    with private_folder() as private:
        os.environ.update(_environment(job, private))
        try:
            return _execute(job, private)
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder that no other account can open; those that killed runs have left are removed first."""
    mark = f"{_PRIVATE}{os.getpid()}-"
    for left in Path(tempfile.gettempdir()).glob(f"{_PRIVATE}[0-9]*-*"):
        if sys.platform != "win32" and not _runs(int(re.sub(r"\D.*", "", left.name.removeprefix(_PRIVATE)))):
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=mark) as folder:
        yield Path(folder)


def _runs(process: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def megabytes() -> int:
    """How many megabytes a kernel may take."""
    said = os.environ.get(MEMORY, "")
    return int(said) if said.isdecimal() and int(said) else MEGABYTES


def _environment(job: Job, private: Path) -> dict[str, str]:
    """What the kernel may know: the project's folder, this program, one thread, a private folder."""
    paths = [str(PACKAGE), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        "KARIER_HOME": str(job.root), "KARIER_LANG": str(job.parameters["lang"]),
        FINDINGS_VARIABLE: str(job.findings or ""), EXPECTED: job.data_sha256, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        **FIXED, MEMORY: str(megabytes()), "TZ": "UTC", RECORDS_ONLY: "1",
        "JUPYTER_RUNTIME_DIR": str(private / "r"), "IPYTHONDIR": str(private / "i"),
    }


def _execute(job: Job, private: Path) -> NotebookNode:
    """The notebook as papermill leaves it; papermill's errors become ours."""
    from jupyter_client.manager import AsyncKernelManager  # noqa: F401  (slow: outside the time limit)
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook, raise_for_execution_errors

    fork_kernels()
    end = time.monotonic() + CHAPTER_SECONDS
    given = str(job.notebook).replace("{", "{{").replace("}", "}}")  # papermill fills parameters into a path's braces
    prepared = execute_notebook(given, None, parameters=dict(job.parameters), kernel_name=KERNEL, prepare_only=True)
    try:  # in two steps, since papermill's one writes what was run, though into nothing: a tenth of its work
        executed = papermill_engines.execute_notebook_with_engine(
            None, prepared, KERNEL, progress_bar=False, start_timeout=START_SECONDS, config=_transport(private),
            timeout_func=lambda _: max(1, min(CELL_SECONDS, int(end - time.monotonic()))),
            shutdown_kernel="immediate", resources={"metadata": {"path": str(job.root)}},
        )
        raise_for_execution_errors(executed, None)
        return executed
    except PapermillExecutionError as error:
        raise failure(job.chapter, error.ename, error.evalue, error.cell_index) from None
    except CellTimeoutError:
        raise EnvironmentFault("K522", chapter=job.chapter, seconds=CELL_SECONDS) from None
    except (DeadKernelError, RuntimeError):
        raise EnvironmentFault("K523", chapter=job.chapter) from None


def _transport(private: Path) -> Any:
    """Sockets in the private folder where the system has them, else encrypted ones: no open network port.

    The folder must be named: by default all kernels of one working folder
    would share the same sockets.
    """
    from traitlets.config import Config

    if sys.platform == "win32":
        return Config({"ConnectionFileMixin": {"transport_encryption": "auto"}})
    return Config({"ConnectionFileMixin": {"transport": "ipc", "ip": str(private / "k")}})


def failure(chapter: str, kind: str, text: str, cell: int) -> KarierError:
    """The error of a cell that failed: its class, and its message where that is one of ours.

    Other messages can hold data and are not repeated; of ours, digits in long
    rows are masked. Errors of statistics, of input and of the gate keep their exit code.
    """
    if kind in _OUT_OF_MEMORY:
        return EnvironmentFault("K531", chapter=chapter, cell=cell + 1, megabytes=megabytes())
    ours = masked(text) if _CODED.match(text) else "–"
    return _KINDS.get(kind, EnvironmentFault)("K521", chapter=chapter, cell=cell + 1, kind=kind, reason=ours)


def masked(text: str) -> str:
    """Text with long rows of digits masked but for the first and last two, and without absolute paths."""
    text = re.sub(r"\d{9,}", lambda run: run[0][:2] + "*" * (len(run[0]) - 4) + run[0][-2:], text)
    return re.sub(r"(?<![\w.])(?:/[\w.-]+){2,}", lambda path: Path(path[0]).name, text)
