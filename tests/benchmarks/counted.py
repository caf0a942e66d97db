"""The server that processes of a report are forked from, which also notes what processor time they take."""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from karier_stats.report import forking

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def counted(log: Path) -> Iterator[Counter[str]]:
    """Let reports fork from such a server; afterwards the seconds of ``all`` processes, and of ``own`` cells and drawing.

    A cell's own are also the table and the words of its answer: it makes them itself wherever it is run by itself, and in a
    report they are made once for every language. What the server takes to begin is not counted: a batch does that once. What
    it takes to fork is.
    """
    log.touch()
    found: Counter[str] = Counter()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(log.with_suffix(".s")))
        listener.listen(64)
        server = subprocess.Popen(
            [sys.executable, "-m", __name__, str(listener.fileno()), str(log)], stdin=subprocess.PIPE, cwd=ROOT,
            pass_fds=[listener.fileno()], env={**os.environ, **forking.FIXED, "PYTHONPATH": str(ROOT)})
    began = time.process_time()
    with patch.dict(os.environ, {forking.ADDRESS: str(log.with_suffix(".s"))}):
        yield found
    found["all"] += time.process_time() - began
    server.communicate()
    for kind, seconds in (line.split() for line in log.read_text().splitlines()):
        found[kind] += float(seconds)


def serve(listener: int, log: str) -> None:
    """Be the server."""
    from IPython.core.interactiveshell import InteractiveShell

    from karier_stats import draw
    from karier_stats.report import record

    server, leave, imports = os.getpid(), os._exit, forking._import
    began, within = list[float](), list[float]()

    def note(kind: str, seconds: float) -> None:
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{kind} {seconds}\n")

    def used() -> float:
        both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(one.ru_utime + one.ru_stime for one in both)

    def ready() -> None:
        imports()
        began.append(used())

    def last(code: int) -> None:
        if os.getpid() == server:
            note("all", used() - began[0])
        leave(code)

    def timed(call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **named: Any) -> Any:
            if within:  # a picture of an answer
                return call(*given, **named)
            within.append(time.process_time())
            try:
                return call(*given, **named)
            finally:
                note("own", time.process_time() - within.pop())
        return noted

    with patch.object(forking, "_import", ready), patch.object(os, "_exit", last), patch.object(draw, "svg", timed(draw.svg)), \
            patch.object(record, "bundle", timed(record.bundle)), socket.socket(fileno=listener) as given, \
            patch.object(InteractiveShell, "run_cell", timed(InteractiveShell.run_cell)):
        forking.serve(given)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
