"""Processes forked from a server that has done the imports: a kernel or a worker is there in a tenth of a second.

The server imports what chapters need, forks when it is asked to, and watches its forks: it ends each with all that it began
as soon as whoever asked for it is gone. Only Linux forks safely; elsewhere there is no server, and nobody asks.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import ctypes
import functools
import gc
import importlib
import math
import os
import pkgutil
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Client, Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jupyter_client.provisioning import LocalProvisioner

if TYPE_CHECKING:
    from ipykernel.kernelapp import IPKernelApp

PROVISIONER = "karier-fork"
ADDRESS = "KARIER_FORK"
"""Environment variable with the socket of a running server; children find that of their parents in it."""
MEMORY = "KARIER_MEMORY_MB"
"""Environment variable with the megabytes that a kernel may take."""
STOP_SECONDS = 4
PACKAGE = Path(__file__).parents[2]
FIXED = {
    "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # of large pages a fork is there in two thirds of the time, and touches fewer
}
"""What a kernel finds when it begins, so that it computes the same bytes wherever it runs."""

_BEGINNING = threading.Lock()
_OTHERS = (
    "babel.dates", "bleach", "faulthandler", "ipykernel.debugger", "ipykernel.kernelapp", "ipykernel.kernelspec",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger", "IPython.core.oinspect",
    "IPython.extensions.storemagic", "jinja2.meta", "matplotlib.backends.backend_agg", "matplotlib.pyplot", "nbclient",
    "pandas.core.arrays.arrow._arrow_utils", "pandas.core.methods.to_dict", "pandas.core.reshape.reshape", "papermill",
    "pyarrow.dataset", "pyarrow.parquet", "resource", "seaborn", "sqlite3", "statsmodels.api", "tornado.platform.asyncio",
    "tqdm",
)
_NOT = ("karier_stats.sample", "karier_stats.cli", "karier_stats.__main__")


def address() -> str | None:
    """The socket of the server, begun when it is first asked for; None where processes are not forked."""
    if sys.platform != "linux":
        return None
    given = os.environ.get(ADDRESS)
    if given:
        return given
    written = max(path.stat().st_mtime_ns for path in (PACKAGE / "karier_stats").rglob("*.py"))
    with _BEGINNING:
        return _begin(written)


@functools.cache
def _begin(written: int) -> str:
    """Begin a server of the program as it is written now, that lives as long as this process."""
    folder = tempfile.mkdtemp(prefix=f"karier-{os.getpid()}-")
    place = str(Path(folder) / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place)
        listener.listen(64)
        server = subprocess.Popen(
            [sys.executable, "-m", __name__, str(listener.fileno())], stdin=subprocess.PIPE, pass_fds=[listener.fileno()],
            env={**os.environ, **FIXED, "PYTHONPATH": os.pathsep.join(filter(None, (str(PACKAGE), os.environ.get("PYTHONPATH"))))},
        )
    atexit.register(_end, server, folder, os.getpid())
    return place


def _end(server: subprocess.Popen[bytes], folder: str, owner: int) -> None:
    """End our server, unless a fork of this process ends."""
    if os.getpid() == owner:
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.communicate(timeout=STOP_SECONDS + 1)
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def serve(listener: socket.socket) -> None:
    """Be the server: import, then fork for everyone who asks, until the process that began it is gone."""
    try:
        _import()
    except Exception:  # a program that is being changed: whoever asked takes an ordinary process, and is told there
        return
    gc.freeze()  # what is shared stays shared
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Server(listener).serve()
    os._exit(0)


@dataclass
class _Fork:
    """A fork that lives: its process, a file that tells of its end, the socket of whoever asked, and when it must be gone."""

    process: int
    ended: int
    link: socket.socket
    until: float = math.inf


class _Server:
    """What the server waits for: one event at a time, since each can close the file of the next."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener, self.begun_by = listener, sys.stdin.fileno()
        self.forks: dict[int, _Fork] = {}
        self.bell = select.poll()
        for file in (self.begun_by, listener.fileno()):
            self.bell.register(file, select.POLLIN)

    def serve(self) -> None:
        """Serve until whoever began the server is gone, and then all that was forked."""
        leaves = False
        while self.forks or not leaves:
            seconds = max(0, min((fork.until for fork in self.forks.values()), default=math.inf) - time.monotonic())
            for file, _ in self.bell.poll(None if math.isinf(seconds) else math.ceil(1000 * seconds))[:1]:
                if file == self.begun_by:
                    leaves = True
                    self.bell.unregister(file)
                    self.bell.unregister(self.listener)
                    for fork in self.forks.values():
                        self._end(fork)
                elif file == self.listener.fileno():
                    self._begin()
                elif file in self.forks:
                    self._bury(self.forks.pop(file))
                else:
                    self._end(next(fork for fork in self.forks.values() if fork.link.fileno() == file))
            for fork in self.forks.values():
                if fork.until <= time.monotonic():
                    _kill(fork.process, signal.SIGKILL)
                    fork.until += STOP_SECONDS

    def _begin(self) -> None:
        """Fork for one who asks."""
        link, _ = self.listener.accept()
        server = os.getpid()
        process = os.fork()
        if process == 0:
            self.listener.close()
            for fork in self.forks.values():
                fork.link.close()
                os.close(fork.ended)
            _work(Connection(link.detach()), server)
        fork = _Fork(process, os.pidfd_open(process), link)
        self.forks[fork.ended] = fork
        self.bell.register(fork.ended, select.POLLIN)
        self.bell.register(link, 0)  # tells of nothing but a link that is closed on the other side

    def _end(self, fork: _Fork) -> None:
        """Ask a fork that nobody waits for to end; it has some seconds for it."""
        if math.isinf(fork.until):
            self.bell.unregister(fork.link)
            fork.until = time.monotonic() + STOP_SECONDS
            _kill(fork.process, signal.SIGTERM)

    def _bury(self, fork: _Fork) -> None:
        """End what a fork has begun and not ended, and let whoever asked for it know."""
        _kill(fork.process, signal.SIGKILL)
        os.waitpid(fork.process, 0)
        self.bell.unregister(fork.ended)
        os.close(fork.ended)
        if math.isinf(fork.until):
            self.bell.unregister(fork.link)
        with contextlib.suppress(OSError):
            fork.link.shutdown(socket.SHUT_RDWR)  # whatever has a copy of it
        fork.link.close()


def _import() -> None:
    """Import what chapters, workers and kernels use, and nothing that would not outlive a fork."""
    import karier_stats

    for module in pkgutil.walk_packages(karier_stats.__path__, "karier_stats."):
        if not module.name.startswith(_NOT):
            importlib.import_module(module.name)
    for name in _OTHERS:
        importlib.import_module(name)
    _read()


def _read() -> None:
    """Read what each process would read again: words, numbers of languages, templates, widths of letters, notebooks' schema
    and prose, the assumptions."""
    from nbformat import read, validator

    from karier_stats.report.letters import FONTS, lines_in
    from karier_stats.report.markdown import parsed
    from karier_stats.report.render import assumptions_in, environment, reader_cells
    from karier_stats.words import catalogue, numbers

    for room in catalogue.FOLDER.glob("*.yml"):
        catalogue.room_of(room.stem)
    for lang in numbers.LANGUAGES:
        numbers.number(0.5, lang)
    for font in FONTS.glob("*.woff"):
        lines_in("a", 1, 1, font.stem)
    for page in environment().list_templates(["j2"]):
        environment().get_template(page)
    validator.get_validator(4, 5)
    notebooks = [read(path, 4) for path in PACKAGE.glob("notebooks/*.ipynb")]
    log = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("ASSUMPTIONS.md"))
    for lang in numbers.LANGUAGES:
        parsed(assumptions_in(log, lang), lang)
        for cell in (cell for notebook in notebooks for cell in reader_cells(notebook, lang) if cell.cell_type == "markdown"):
            parsed(cell.source, lang)


def _kill(group: int, number: signal.Signals) -> None:
    """Send a signal to a process and to what it began, where they are still there."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def _work(link: Connection, server: int) -> NoReturn:
    """Be a fork: take the work, tell the number of its process, do it, and tell what it gives or raises and how it ended."""
    code = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nobody watches it where the server is killed
        if os.getppid() != server:
            raise SystemExit(1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        environment, folder, sys.path[:] = link.recv()
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        os.chdir(folder)
        work, given = link.recv()
        link.send(os.getpid())
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            answer = True, work(*given)
        except Exception as error:
            answer = False, error
        link.send(answer)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(bool(left.code))
    finally:
        with contextlib.suppress(OSError):
            link.send(code)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


class Forked:
    """A forked process; a ``Popen`` as far as Jupyter asks for one.

    Attributes
    ----------
    link : Connection
        Gives what the work returned or raised, as :func:`_work` says it, and its exit code; closed when the process is gone.
    """

    stdin = stdout = stderr = None

    def __init__(
        self, server: str, work: Callable[..., Any], *given: Any, env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
    ) -> None:
        self.link: Connection = Client(server, "AF_UNIX")
        given_env = {**(os.environ if env is None else env), ADDRESS: server}
        self.link.send((given_env, os.fspath(cwd or Path.cwd()), sys.path))
        self.link.send((work, given))
        self.returncode: int | None = None
        self._said: int = -signal.SIGKILL
        self.pid: int = self.link.recv()

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self.wait(0)

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code as soon as there is one, or None after ``timeout`` seconds."""
        while self.returncode is None and self.link.poll(timeout):
            try:
                said = self.link.recv()
                self._said = said if isinstance(said, int) else self._said
            except (EOFError, OSError):
                self.returncode = self._said
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, unless it has ended."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def fork(work: Callable[..., Any], *given: Any, **where: Any) -> Forked | None:
    """Do a piece of work in a forked process, as :class:`Forked` takes it; None where none can be forked."""
    server = address()
    if server is None:
        return None
    try:
        return Forked(server, work, *given, **where)
    except (OSError, EOFError):  # the server is gone
        return None


class ForkProvisioner(LocalProvisioner):
    """Gives Jupyter a Python kernel by forking it, and the ordinary one where that cannot be done."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel for the command that would begin one."""
        ours = cmd[1:3] == ["-m", "ipykernel_launcher"] and os.path.samefile(cmd[0], sys.executable)
        begin = functools.partial(fork, kernel, cmd[2:], env=kwargs.get("env"), cwd=kwargs.get("cwd"))
        self.process = await asyncio.to_thread(begin) if ours else None  # type: ignore[arg-type]
        if self.process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


def kernel(argv: list[str]) -> None:
    """Be a Jupyter kernel in this process."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    from karier_stats.report.record import RECORDS_ONLY

    limit_memory(os.environ.get(MEMORY, ""))
    np.random.seed()
    sys.argv = argv
    app = IPKernelApp.instance(parent_handle=os.getppid())
    if RECORDS_ONLY in os.environ:
        _spare(app, argv[argv.index("-f") + 1])
    app.initialize(argv)
    app.start()


def _spare(app: IPKernelApp, connection: str) -> None:
    """Let the kernel of a report begin without what no report asks of one: a parser of a command line that says one thing, a
    history, a port for words of processes that a cell may fork, and lists of all modules, for a debugger and for ``%reset``,
    each of which touches, and so copies, a fifth of the server's pages."""
    import types

    from ipykernel import debugger, iostream, ipkernel, kernelapp
    from IPython.core import shellapp
    from traitlets.config import Config

    app.parse_command_line = lambda argv=None: None  # type: ignore[method-assign]
    app.update_config(Config({"IPKernelApp": {"connection_file": connection}, "HistoryManager": {"enabled": False}}))
    kernelapp.IOPubThread = lambda socket, pipe, session: iostream.IOPubThread(socket, session=session)  # type: ignore[assignment, misc]
    debugger._is_debugpy_available = False
    ipkernel.sys = shellapp.sys = types.SimpleNamespace(**{**vars(sys), "modules": {}})  # type: ignore[assignment]


def limit_memory(megabytes: str) -> None:
    """Let this process, and what it begins, take no more memory than so many megabytes."""
    import resource

    if megabytes.isdecimal() and int(megabytes):
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        most = int(megabytes) << 20
        resource.setrlimit(resource.RLIMIT_DATA, (most if hard < 0 else min(most, hard), hard))


def fork_kernels() -> None:
    """Let every kernel that this process begins be forked, whatever its kernelspec says of it."""
    from importlib.metadata import EntryPoint

    from jupyter_client.provisioning import KernelProvisionerFactory as Factory

    known = Factory.instance()
    known.provisioners[PROVISIONER] = EntryPoint(PROVISIONER, f"{__name__}:{ForkProvisioner.__name__}", Factory.GROUP_NAME)
    known.default_provisioner_name = PROVISIONER


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as given:
        serve(given)
