"""Records that somebody collects instead of showing them: the synthesis opened alone, and tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from karier_stats.answers.record import Answer

_COLLECTED: ContextVar[list[Answer] | None] = ContextVar("collected", default=None)


@contextmanager
def collected() -> Iterator[list[Answer]]:
    """Answers given inside the block, in order, instead of being shown."""
    found: list[Answer] = []
    token = _COLLECTED.set(found)
    try:
        yield found
    finally:
        _COLLECTED.reset(token)


def hand_over(record: Answer) -> bool:
    """Give a record to who collects; False where nobody does, so that it is to be shown."""
    waiting = _COLLECTED.get()
    if waiting is not None:
        waiting.append(record)
    return waiting is not None
