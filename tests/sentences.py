"""The sentences of a catalogue, for tests that read all of them."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Any

from karier_stats.words.catalogue import room_of
from karier_stats.words.numbers import LANGUAGES


def keys(room: str) -> dict[str, Mapping[str, str]]:
    """Every sentence of a room by its whole key."""
    return dict(_leaves(room, room_of(room)))


def _leaves(key: str, node: Any) -> Iterator[tuple[str, Mapping[str, str]]]:
    if isinstance(node, dict) and set(LANGUAGES) & set(node):
        yield key, node
    elif isinstance(node, dict):
        for name, below in node.items():
            yield from _leaves(f"{key}.{name}", below)


def facts_of(text: str) -> set[str]:
    """Names of the facts that one template takes."""
    return {name.partition(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}
