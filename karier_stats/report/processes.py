"""Processes of our own: begun with their imports, ended with everything that they began, whatever happens."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from karier_stats.report.forking import STOP_SECONDS, Forked, fork

T = TypeVar("T")

SPAWN = multiprocessing.get_context("spawn")


class ProcessDied(Exception):
    """A process ended before its work did."""


class Serial(Executor):
    """An executor that does each piece of work at once, in this process."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Do the work; its future is done when it is returned."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


class Callers(ThreadPoolExecutor):
    """An executor that does each piece of work in a process of its own: the end of one harms no other.

    The work is a function of a module. A process that ends without an answer is :class:`ProcessDied`. When the
    executor is left, however that is, nothing of it runs on.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self._live: set[Forked | Spawned] = set()
        self._closing = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Do the work in the next process that may begin."""
        return super().submit(self._call, partial(fn, *args, **kwargs))

    def __exit__(self, kind: object, *_: object) -> None:
        """End what still runs: politely first, so that it takes its kernels with it."""
        self._closing = True
        self.shutdown(wait=False, cancel_futures=True)
        for child in list(self._live):
            child.terminate()
        end = time.monotonic() + STOP_SECONDS
        while self._live and time.monotonic() < end:
            time.sleep(0.02)
        for child in list(self._live):
            child.kill()
        self.shutdown()

    def _call(self, work: Callable[[], Any]) -> Any:
        """The work's answer from another process."""
        child = fork(_worker, work) or Spawned(work)
        self._live.add(child)
        if self._closing:
            child.terminate()
        try:
            said = child.link.recv()
        except (EOFError, OSError):
            said = None
        finally:
            child.wait(STOP_SECONDS)
            child.kill()
            child.link.close()
            self._live.discard(child)
        if not isinstance(said, tuple):
            raise ProcessDied
        if said[0]:
            return said[1]
        raise said[1]


class Spawned:
    """A process that begins with nothing, where none can be forked; told and asked like a forked one."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.link, theirs = SPAWN.Pipe(duplex=False)
        self._process = SPAWN.Process(target=_answer, args=(theirs, work))
        self._process.start()
        theirs.close()
        self.terminate, self.kill, self.wait = self._process.terminate, self._process.kill, self._process.join


def _answer(link: Connection, work: Callable[[], Any]) -> None:
    """The other side of a spawned process."""
    try:
        answer = True, _worker(work)
    except Exception as error:
        answer = False, error
    link.send(answer)


def _worker(work: Callable[[], T]) -> T:
    """Do the work in a process that leaves with its parent, ignores Ctrl-C (the parent answers it) and stops on SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            connection.wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()
    return work()
