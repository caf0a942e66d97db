"""One killed run after another, each looked at and then made good by an undisturbed one."""

from __future__ import annotations

import os
import pathlib
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from small_intake import SEATS, STAFF, office

from karier_stats.intake import prepare
from karier_stats.intake.files import readers
from karier_stats.intake.processed import open_evaluation
from karier_stats.intake.pseudonyms import make_key

Files = dict[str, bytes]
STEPS = ((os, "fsync"), (os, "open"), (pathlib.Path, "rename"), (pathlib.Path, "replace"), (pathlib.Path, "unlink"),
         (pathlib.Path, "mkdir"), (shutil, "rmtree"))
"""Calls before any of which a run may end."""


@dataclass
class Desk:
    """An office with two states of its files, and what ``prepare`` makes of each.

    Attributes
    ----------
    root : Path
        The project.
    old, new : dict of str to bytes
        The processed files of either state.
    lists : dict of str to bytes
        The lists of rows set aside in the new state.
    seconds : float
        How long an undisturbed run takes.
    kept : Path
        A copy of all data in the old state.
    """

    root: Path
    old: Files
    new: Files
    lists: Files
    seconds: float
    kept: Path

    def outset(self) -> None:
        """The old tables and lists in place, the new files handed in."""
        shutil.rmtree(self.root / "data", ignore_errors=True)
        shutil.copytree(self.kept, self.root / "data")
        hand_in(self.root, 1)

    def look(self) -> str:
        """``old`` or ``new``: which tables a reader finds; AssertionError where they are neither."""
        found = open_evaluation("kecil", period=2025)
        found.check_files()
        files = contents(found.folder)
        assert files in (self.old, self.new), "tables that no whole run has written"
        return "old" if files == self.old else "new"

    def make_good(self) -> None:
        """An undisturbed run gives what it always gives, and nothing is left behind."""
        run(self.root)
        assert contents(self.root / "data/processed/kecil") == self.new
        assert contents(self.root / "data/raw/kecil/karantina") == self.lists
        left = {path.name for path in (self.root / "data/processed").iterdir()}
        assert left <= {"kecil", ".kecil.lock"}, left


def contents(folder: Path) -> Files:
    """Every file of a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.is_dir() else {}


def hand_in(root: Path, state: int) -> None:
    """The office's files in one of two states, either with a row to be set aside."""
    more = "198001012005012905;X Y;U1;P;\n123;X;U1;P;\n" if state else "12;X;U9;P;\n"
    office(root / "data/raw/kecil", pegawai=STAFF + more, peserta=SEATS.replace("91", "92" if state else "91"))


def run(root: Path) -> None:
    """One whole run, its large texts block by block."""
    with patch.object(readers, "LARGE", 0):
        prepare.prepare("kecil", root=root)


def desk(folder: Path) -> Desk:
    """An office in ``folder``; the key and the home of the project are to be set by the caller."""
    for name in ("data/processed", "notebooks"):
        (folder / name).mkdir(parents=True)
    make_key("kecil")
    states = []
    for state in (0, 1):
        hand_in(folder, state)
        began = time.perf_counter()
        run(folder)
        states.append((contents(folder / "data/processed/kecil"), time.perf_counter() - began))
        if not state:
            kept = shutil.copytree(folder / "data", folder / "salinan")
    lists = contents(folder / "data/raw/kecil/karantina")
    assert states[0][0] != states[1][0] and lists
    return Desk(folder, states[0][0], states[1][0], lists, states[1][1], kept)


def in_child(work: Callable[[], object]) -> int:
    """Start a process that does the work and ends with 0, or with 1 after any exception; gives its id."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            work()
            os._exit(0)
        os._exit(1)
    return child


def killed_after(desk: Desk, seconds: float) -> str:
    """A run that is killed after so many seconds, and the tables that are there then."""
    desk.outset()
    child = in_child(lambda: run(desk.root))
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    found = desk.look()
    desk.make_good()
    return found


def killed_before(desk: Desk, step: int) -> str | None:
    """A run that is killed before its ``step``-th touch of the disk; None where it has ended by then."""
    desk.outset()
    child = in_child(lambda: _with_end(desk.root, step))
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    found = desk.look()
    desk.make_good()
    return found if os.WIFSIGNALED(status) else None


def _with_end(root: Path, step: int) -> None:
    """A run that kills itself before its ``step``-th touch of the disk."""
    left = [step]

    def ending(call: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **named)
        return counted

    for owner, name in STEPS:
        setattr(owner, name, ending(getattr(owner, name)))
    run(root)


def random_kills(desk: Desk, kills: int, seed: int) -> list[str]:
    """So many runs, each killed at a moment of its own."""
    rng = random.Random(seed)
    return [killed_after(desk, rng.uniform(0, 1.2 * desk.seconds)) for _ in range(kills)]
