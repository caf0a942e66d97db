"""One measured case, and how it is measured."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Case:
    """Own work beside a peer's.

    Attributes
    ----------
    name : str
    ours : callable
    peer : callable, optional
        The same work by ``peer_name``.
    peer_share : float
        Share of the work that the peer is given; its time is divided by it.
    peer_clock : callable, optional
        A peer outside Python, in place of ``peer``: does the work once and returns its own seconds.
    our_clock : callable, optional
        The same of ours, where it works in processes of its own.
    faster : float
        How many times faster ours should be; 0 without a bar.
    seconds : float
        Processor time that ours should not exceed; 0 without a bar.
    megabytes : float
        Peak memory of the whole process that ours should not exceed; 0 where it is not measured.
    """

    name: str
    ours: Callable[[], Any]
    peer: Callable[[], Any] | None = None
    peer_name: str = ""
    peer_share: float = 1.0
    faster: float = 0.0
    seconds: float = 0.0
    megabytes: float = 0.0
    repeats: int = 3
    peer_clock: Callable[[], float] | None = None
    our_clock: Callable[[], float] | None = None


@dataclass(frozen=True)
class Measured:
    """Processor seconds of both sides (the peer's for the whole work), and peak memory."""

    ours: float
    peer: float | None
    megabytes: float | None

    @property
    def ratio(self) -> float | None:
        """How many times faster ours is."""
        return None if self.peer is None else self.peer / self.ours

    def keeps(self, case: Case) -> bool:
        """Whether every bar of the case is kept."""
        fast = not case.faster or (self.ratio or 0.0) >= case.faster
        small = not case.megabytes or (self.megabytes or 0.0) <= case.megabytes
        return fast and small and (not case.seconds or self.ours <= case.seconds)


def measure(case: Case) -> Measured:
    """Best processor time of several runs on either side, one after the other."""
    ours = case.our_clock() if case.our_clock else best(case.ours, case.repeats)
    peer = case.peer_clock() if case.peer_clock else None
    if case.peer is not None:
        peer = best(case.peer, 1 if case.peer_share < 1 else case.repeats) / case.peer_share
    return Measured(ours, peer, peak(case.ours) if case.megabytes else None)


def best(work: Callable[[], Any], repeats: int) -> float:
    """Least processor seconds of some runs."""
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def peak(work: Callable[[], Any]) -> float:
    """Peak resident megabytes of a process of its own that does the work."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    assert status == 0
    return usage.ru_maxrss / 1024


def scores(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Whole points from 0 to 100 of n people before and after, skewed gains."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(65, 10, n)
    before = truth + rng.normal(0, 6, n)
    after = truth + 4 + rng.normal(0, 6, n) + rng.exponential(5, n)
    return np.clip(np.rint(before), 0, 100), np.clip(np.rint(after), 0, 100)
