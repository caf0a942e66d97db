"""The data dictionary: every table and column that an evaluation can hold.

It is written in ``schema.yml``: one :class:`TableSpec` per table, one
:class:`ColumnSpec` per column, each with its kind, unit, allowed values and a
sentence in both languages. The checks of ``prepare``, the templates and the
page "kamus data" are made from it.

Columns of kind ``person`` hold the service number (NIP) or another personal id
in the raw file and a keyed pseudonym in the processed table. Columns with
``input_only`` are read, used and never written (name, birth date).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from karier_stats.domain import codes
from karier_stats.domain.codes import CodeList
from karier_stats.intake.values import SINCE
from karier_stats.words.catalogue import own_data
from karier_stats.words.numbers import LANGUAGES

Kind = Literal["person", "id", "text", "category", "int", "float", "money", "date", "bool"]


@dataclass(frozen=True)
class ColumnSpec:
    """One column: what it holds and what ``prepare`` accepts.

    ``low`` and ``high`` bound int, float and money columns, inclusive. ``codes``
    is the closed list of a category column. ``refers_to`` names the table
    whose key the values must be among. A date that is ``past`` tells of what
    has happened and cannot lie after the day on which the files were handed in.
    A year of two digits is one of the hundred from ``since`` on. What is
    ``typed`` is in somebody's own words.
    """

    name: str
    kind: Kind
    text: dict[str, str]
    required: bool = False
    unit: str = ""
    codes: CodeList | None = None
    low: float | None = None
    high: float | None = None
    refers_to: str | None = None
    input_only: bool = False
    past: bool = False
    since: int = SINCE
    typed: bool = False


@dataclass(frozen=True)
class TableSpec:
    """One table: its columns, its key, and whether an evaluation can do without it."""

    name: str
    text: dict[str, str]
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    required: bool = False
    by_name: dict[str, ColumnSpec] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def people(self) -> tuple[str, ...]:
        """The columns that name a person."""
        return tuple(column.name for column in self.columns if column.kind == "person")


def _tables() -> Iterator[TableSpec]:
    """Every table as ``schema.yml`` has it."""
    for name, about in own_data(Path(__file__).with_suffix(".yml"))["tables"].items():
        columns = tuple(column for key, given in about["columns"].items() for column in _columns(key, given))
        yield TableSpec(name, _text(about), tuple(about["key"]), columns, about.get("required", False))


def _columns(name: str, given: Mapping[str, Any]) -> Iterator[ColumnSpec]:
    """A column, or under ``each`` one for every code of a list."""
    more = {key: value for key, value in given.items() if key not in LANGUAGES}
    listed = getattr(codes, more.pop("codes")) if "codes" in more else None
    if name != "each":
        yield ColumnSpec(name, text=_text(given), codes=listed, **more)
    else:
        for code, labels in (listed or {}).items():
            yield ColumnSpec(code, text=dict(zip(LANGUAGES, labels, strict=True)), **more)


def _text(given: Mapping[str, Any]) -> dict[str, str]:
    """The sentence of a table or column in both languages."""
    return {lang: given[lang] for lang in LANGUAGES}


TABLES: dict[str, TableSpec] = {spec.name: spec for spec in _tables()}

REQUIRED = tuple(name for name, spec in TABLES.items() if spec.required)
"""The five tables without which there is no evaluation."""


@cache
def schema_version() -> str:
    """A short hash of the data dictionary: tables, columns, kinds, keys."""
    shape = [
        [spec.name, spec.key, [[c.name, c.kind, c.required, c.low, c.high, list(c.codes or ())] for c in spec.columns]]
        for spec in TABLES.values()
    ]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]
