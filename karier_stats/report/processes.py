"""Processes of our own: begun with their imports, ended with everything that they began, whatever happens."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

T = TypeVar("T")

STOP_SECONDS = 4
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


@contextlib.contextmanager
def workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that are gone when this ends, however it ends."""
    with stopped_with_us():
        pool = ProcessPoolExecutor(jobs, mp_context=SPAWN, initializer=prepare_worker)
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        pool.shutdown()


@contextlib.contextmanager
def callers(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Threads for :func:`call`; when this ends, however it ends, nothing of it runs on."""
    with stopped_with_us():
        pool = ThreadPoolExecutor(jobs)
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def stopped_with_us() -> Iterator[None]:
    """End what was begun meanwhile and is still there: politely first, so that it takes its kernels with it."""
    before = set(multiprocessing.active_children())
    try:
        yield
    finally:
        children = [child for child in multiprocessing.active_children() if child not in before]
        for child in children:
            child.terminate()
        for child in children:
            child.join(STOP_SECONDS / len(children))
            end(child)


def end(child: BaseProcess) -> None:
    """Kill a process that is still there."""
    if child.is_alive():
        child.kill()
        child.join()


def prepare_worker() -> None:
    """Make a worker leave with its parent, ignore Ctrl-C (the parent answers it) and stop on SIGTERM."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    parent = multiprocessing.parent_process()
    if parent is not None:

        def follow() -> None:
            connection.wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=follow, daemon=True).start()


def call(work: Callable[..., T], *given: Any) -> T:
    """Do a piece of work in a process of its own, so that its end harms no other.

    Parameters
    ----------
    work : callable
        A function of a module; what it returns or raises comes back.

    Raises
    ------
    ProcessDied
        The process ended without either.
    """
    ours, theirs = SPAWN.Pipe(duplex=False)
    child = SPAWN.Process(target=_answer, args=(theirs, work, given))
    child.start()
    theirs.close()
    try:
        good, answer = ours.recv()
    except (EOFError, OSError):
        raise ProcessDied from None
    finally:
        child.join(STOP_SECONDS)
        end(child)
        ours.close()
    if good:
        return answer  # type: ignore[no-any-return]
    raise answer


def _answer(link: connection.Connection, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    """The other side of :func:`call`."""
    prepare_worker()
    try:
        answer = True, work(*given)
    except Exception as error:
        answer = False, error
    link.send(answer)


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
