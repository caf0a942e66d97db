"""One killed batch of reports after another, each looked at and then made good by one that goes on where it was."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import psutil
import tiny_report

from karier_stats.report import engine, forking, manifest

SCRIPT = """import signal
from pathlib import Path
from karier_stats.report import batch, engine, manifest
from karier_stats.report.request import Request
engine.CHAPTERS = {chapters!r}
manifest.PACKAGE = Path({root!r}) / "program"
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    first = Request("contoh", "", 0, ("id",), "internal", 0.95, 1, allow_changed=True)
    asked = batch.requests_for(Path({root!r}), first, "each", "2025", "internal")
    try:
        for one in batch.make_reports(asked, root=Path({root!r}), progress=False):
            print(one.request.unit, one.state, flush=True)
    except KeyboardInterrupt:  # as the command line answers it; else Python ends itself by SIGINT, whatever the signal was
        raise SystemExit(130) from None
"""
"""A batch of the tiny project in a process of its own."""


class Batches:
    """The tiny project, what an undisturbed batch makes of it, and how long that takes."""

    def __init__(self, folder: Path) -> None:
        self.root = tiny_report.write_project(folder / "proyek")
        with patch.dict(os.environ):  # a server of this process: what another's forks do, nobody here could wait for
            os.environ.pop(forking.ADDRESS, None)
            self.server = forking.address() or ""
        self.script = folder / "kerja.py"
        self.script.write_text(SCRIPT.format(root=str(self.root), chapters=tiny_report.CHAPTERS), encoding="utf-8")
        began = time.monotonic()
        assert self.states(self.begin()) == {"made": 2}
        self.seconds = time.monotonic() - began
        self.whole = self.contents()

    def begin(self) -> subprocess.Popen[str]:
        """Begin a batch; it forks from a server of ours, so that it is its work that is hit, not its imports."""
        path = os.pathsep.join((str(Path(engine.__file__).parents[2]), os.environ.get("PYTHONPATH", "")))
        env = {**os.environ, "PYTHONPATH": path, forking.ADDRESS: self.server}
        return subprocess.Popen(
            [sys.executable, str(self.script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env,
            start_new_session=True)

    def states(self, run: subprocess.Popen[str]) -> Counter[str]:
        """How the reports of a run ended that ends by itself."""
        words, _ = run.communicate()
        assert run.returncode == 0
        return Counter(line.split()[1] for line in words.splitlines())

    def contents(self) -> dict[str, bytes]:
        """Every file of the whole reports, but what counts the runs."""
        pages = {path.relative_to(self.root).as_posix(): path.read_bytes() for path in self._files()}
        return {name: page for name, page in pages.items() if not name.endswith(manifest.NAME)}

    def _files(self) -> Iterator[Path]:
        for path in (self.root / "reports").rglob("*"):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(self.root).parts):
                yield path

    def outset(self) -> None:
        """One report whole, the other as if a page of it had been damaged."""
        page = next(path for path in self._files() if path.name == "laporan.html")
        page.write_bytes(page.read_bytes() + b" ")

    def killed(self, seconds: float, number: signal.Signals) -> str:
        """End a batch after so many seconds; whatever is listed is whole, nothing runs on, and the next one makes it good."""
        self.outset()
        others = forks()
        run = self.begin()
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            run.send_signal(number)
        code = run.wait(60)
        assert code in (0, 130, -number), (code, number)
        assert all_gone(str(self.root), others), "something runs on"
        damaged = 0
        for path in [path for path in self._files() if path.name == manifest.NAME]:
            try:
                manifest.verify(path.parent)
            except engine.EnvironmentFault:
                damaged += 1
        assert damaged <= 1, "a kill has damaged a report"  # the one that was damaged before
        self.states(self.begin())
        assert self.contents() == self.whole, "a batch that goes on gives other bytes"
        left = [path.name for path in (self.root / "reports").rglob(".*")]
        assert not left, left
        return "old" if damaged else "new"


def forks() -> set[int]:
    """The processes that the server of this process has forked: they bear its command, not that of whoever asked for them."""
    found = set()
    for server in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):
            found |= {one.pid for one in server.children(recursive=True)}
    return found


def all_gone(mark: str, others: set[int], seconds: float = 15) -> bool:
    """Whether no process that names a folder, and no fork but the others, is left after some seconds."""
    for _ in range(int(10 * seconds)):
        if forks() <= others and not any(_names(path, mark.encode()) for path in Path("/proc").glob("[0-9]*")):
            return True
        time.sleep(0.1)
    return False


def _names(process: Path, mark: bytes) -> bool:
    """Whether a living process other than this works in the folder, or was begun for it."""
    try:
        begun = (process / "cmdline").read_bytes() + os.readlink(process / "cwd").encode()
    except OSError:
        return False
    return mark in begun and int(process.name) != os.getpid()


def random_kills(batches: Batches, kills: int, seed: int, first: int = 0) -> Iterator[str]:
    """So many batches, each ended at a moment and by a signal of its own; those before ``first`` are passed over."""
    rng = random.Random(seed)
    for place in range(kills):
        number = rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        moment = rng.uniform(0, 1.2)
        if place >= first:
            yield batches.killed(moment * batches.seconds, number)
