"""The people who are to be forgotten: a keyed list beside the key, and the rule that leaves their rows out.

The list holds no number and no pseudonym, only a keyed mark of each person,
so that ``prepare`` knows them when they come in again and nobody else does.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from karier_stats.errors import InputError
from karier_stats.intake.columns import Column
from karier_stats.intake.feeds import FeedRows
from karier_stats.intake.pseudonyms import key_path, write_marks
from karier_stats.intake.schema import TABLES

CODE = "K239"  # the rule under which the rows of a forgotten person are left out

WRITTEN = ("comment", "survey_response")  # their rows may come from a form that names nobody: they go with the form

_DOMAIN = b"karier-stats/forgotten/1\x00"


def mark(key: bytes, evaluation: str, person: str) -> str:
    """The keyed mark of a forgotten person; another one than the pseudonym, and longer."""
    return hmac.new(key, _DOMAIN + evaluation.encode() + b"\x00" + person.encode(), hashlib.sha256).hexdigest()


def list_path(evaluation: str) -> Path:
    """Where the list of an evaluation lies: beside its key."""
    return key_path(evaluation).with_suffix(".forgotten")


def forgotten_marks(evaluation: str, known: int = 0) -> frozenset[str]:
    """The marks of everybody forgotten so far.

    Parameters
    ----------
    evaluation : str
        Its name.
    known : int
        How many people the tables that are there say are forgotten.

    Raises
    ------
    InputError
        K243 where the list is damaged, open to others, or shorter than
        ``known``: those people would come back unseen.
    """
    path = list_path(evaluation)
    lines = path.read_text(encoding="ascii", errors="replace").split("\n")[:-1] if path.is_file() else []
    open_to_others = bool(lines) and os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    bad = [row for row, line in enumerate(lines, start=1) if not re.fullmatch("[0-9a-f]{64}", line)]
    if bad or open_to_others or len(set(lines)) < known:
        raise InputError("K243", evaluation=evaluation, row=bad[0] if bad else len(lines) + 1)
    return frozenset(lines)


def remember_to_forget(evaluation: str, marks: Iterable[str]) -> None:
    """Add people to the list, readable by its owner alone, and wait until it is on the disk."""
    everybody = sorted(forgotten_marks(evaluation) | set(marks))
    write_marks(list_path(evaluation), "".join(f"{line}\n" for line in everybody))


def owned_by(table: str) -> list[str]:
    """Columns whose person the whole row is about: the employee, or a person in the table's key."""
    return [name for name in TABLES[table].people if name == "employee_uid" or name in TABLES[table].key]


def only_named_in(table: str) -> list[str]:
    """Columns that name a person in a row about something else: the name goes, the row stays."""
    return [name for name in TABLES[table].people if name not in owned_by(table)]


def leave_out(reads: list[FeedRows], evaluation: str, key: bytes, marks: frozenset[str]) -> None:
    """Exclude the rows of forgotten people, in place, and what they wrote on the same rows.

    Parameters
    ----------
    reads : list of FeedRows
        Every feed.
    evaluation, key
        Whose marks they are.
    marks : frozenset of str
        From :func:`forgotten_marks`.
    """
    known: dict[str, bool] = {}

    def gone(person: object) -> bool:
        if person is None:
            return False
        return known.setdefault(str(person), mark(key, evaluation, str(person)) in marks)

    left: dict[str, set[int]] = {}
    for read in reads if marks else ():
        own, named = ([name for name in names(read.feed.table) if name in read.columns] for names in (owned_by, only_named_in))
        rows = read.row[np.logical_or.reduce([read.columns[name].of(gone) for name in own])] if own else read.row[:0]
        if len(rows):
            read.exclude(rows, CODE)
            left.setdefault(read.where, set()).update(read.numbers[rows].tolist())
        for name in named:
            column = read.columns[name]
            read.columns[name] = Column(np.where(column.of(gone), 0, column.codes), column.values)
    for read in reads if left else ():
        if read.feed.table in WRITTEN and read.feed.file and read.where in left:
            with_records = np.zeros(len(read.numbers), bool)
            with_records[read.row] = True
            read.exclude(np.flatnonzero(with_records & np.isin(read.numbers, list(left[read.where]))), CODE)
