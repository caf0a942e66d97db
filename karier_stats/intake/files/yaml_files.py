"""YAML from outside: whatever it holds, it is read or refused by a code, and soon.

Size, depth and repetition (an alias counts as all that it stands for) are
measured on the events of the parser, before anything is built of them.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from karier_stats.errors import InputError

LARGEST = 500_000
DEEPEST = 50
MOST = 50_000
LONGEST = 20_000
"""Bytes, levels, entries (with repetitions) and letters of one entry beyond which YAML is no crosswalk."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_UNREADABLE = (ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What the constructors of YAML's types raise over a value that is none of its type."""


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; a key that stands twice is refused rather than half forgotten.

    Raises
    ------
    InputError
        K196 it may not be read, K201 no YAML, K213 a key twice, K256 too
        large, too deep or too often repeated, K257 a value that does not
        exist, K258 letters that cannot be written.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError("K196", file=path.name) from error
    if len(content) > LARGEST:
        raise _boundless(path, 1)
    try:
        text = content.decode("utf-8-sig")
        _measure(text, path)
        return yaml.load(text, _loader(path))
    except (yaml.YAMLError, UnicodeError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError("K201", file=path.name, line=mark.line + 1 if mark else 1) from error


def key_lines(path: Path) -> dict[tuple[object, ...], int]:
    """The line of each key of a YAML file that :func:`read_yaml` has read, by its path; places in lists count from 0."""
    found: dict[tuple[object, ...], int] = {}

    def walk(node: yaml.Node | None, place: tuple[object, ...]) -> None:
        parts = enumerate(node.value) if isinstance(node, yaml.SequenceNode) else ()
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            found[*place, key.value] = key.start_mark.line + 1
            walk(value, (*place, key.value))
        for n, part in parts:
            walk(part, (*place, n))

    walk(yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_base()), ())
    return found


def _base() -> Any:
    """The loader written in C where it is there."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _boundless(path: Path, line: int) -> InputError:
    """The refusal of what is too much."""
    return InputError("K256", file=path.name, line=line, kb=LARGEST // 1000, levels=DEEPEST, entries=MOST, letters=LONGEST)


def _measure(text: str, path: Path) -> None:
    """Refuse (K256) what is too deep, too long, or too much when its aliases are written out."""
    sizes: dict[str, int] = {}
    open_parts: list[tuple[str | None, int]] = []
    for event in yaml.parse(text, Loader=_base()):
        anchor, size = None, 0
        if isinstance(event, yaml.CollectionStartEvent):
            open_parts.append((event.anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_parts.pop()
        elif isinstance(event, yaml.ScalarEvent):
            anchor, size = event.anchor, MOST + 1 if len(event.value) > LONGEST else 1
        elif isinstance(event, yaml.AliasEvent):
            size = sizes.get(event.anchor or "", 0)  # one that is unknown, or within itself, is refused by the loader
        if anchor:
            sizes[anchor] = size
        if open_parts and size:
            outer, so_far = open_parts[-1]
            open_parts[-1] = (outer, so_far + size)
            size += so_far
        if size > MOST or len(open_parts) > DEEPEST:
            raise _boundless(path, event.start_mark.line + 1 if event.start_mark else 1)


def _loader(path: Path) -> Any:
    """A safe loader that refuses repeated keys and names the line of a value that does not exist."""
    class Loader(_base()):  # type: ignore[misc]
        """YAML's plain types, each checked."""

        def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
            """The value of a node."""
            line = node.start_mark.line + 1
            try:
                found = super().construct_object(node, deep)
            except (yaml.YAMLError, InputError):
                raise
            except _UNREADABLE as error:
                raise InputError("K257", file=path.name, line=line) from error
            if isinstance(found, bytes) or (isinstance(found, int) and abs(found) >= 2**63):
                raise InputError("K257", file=path.name, line=line)
            if isinstance(found, str) and _UNWRITABLE.search(found):
                raise InputError("K258", file=path.name, line=line)
            return found

    def mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if key in found:
                raise InputError("K213", file=path.name, key=key, line=node.start_mark.line + 1)
            found[key] = loader.construct_object(value_node, deep=True)
        return found

    Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    return Loader
