"""The JSON schema of ``findings.json``, read from the types of the records themselves."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal

from karier_stats.answers.record import Finding
from karier_stats.report.request import TYPES
from karier_stats.words.numbers import LANGUAGES

_PLAIN = {str: "string", bool: "boolean", int: "integer", float: "number"}


def schema() -> dict[str, Any]:
    """The schema: what a file of findings holds, and every field of a finding."""
    head = {name: {"type": _PLAIN[kind]} for name, kind in TYPES.items()}
    found = {"type": "array", "items": _kind(Finding)}
    properties = {**head, "data_sha256": {"type": "string"}, "findings": found}
    return {"title": "findings.json", "type": "object", "properties": properties, "required": list(properties)}


def _kind(kind: Any) -> dict[str, Any]:
    """The schema of one type."""
    if is_dataclass(kind):  # a field without a default is required
        known = typing.get_type_hints(kind)
        needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
        properties = {one.name: _kind(known[one.name]) for one in fields(kind)}
        return {"type": "object", "additionalProperties": False, "properties": properties, "required": needed}
    if kind in _PLAIN:
        return {"type": _PLAIN[kind]}
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [{"type": "null"} if one is type(None) else _kind(one) for one in inner]}
    if origin in (dict, Mapping):
        return {"type": "object", "properties": {lang: {"type": "string"} for lang in LANGUAGES}, "required": list(LANGUAGES)}
    return {"type": "array", "items": _kind(inner[0])}
