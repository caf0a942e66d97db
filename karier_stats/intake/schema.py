"""The data dictionary: every table and column that an evaluation can hold.

It is written in ``schema.yml``: one :class:`TableSpec` per table, one
:class:`ColumnSpec` per column, each with its kind, unit, allowed values and a
sentence in both languages. The checks of ``prepare``, the forms and the page
"kamus data" of a report are made from it, so that they cannot say different
things.

Columns of kind ``person`` hold the service number (NIP) or another personal id
in the raw file and a keyed pseudonym in the processed table. Columns with
``input_only`` are read, used and never written (name, birth date).
"""

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
from karier_stats.words import Phrase, catalogue
from karier_stats.words.catalogue import own_data
from karier_stats.words.numbers import LANGUAGES, MISSING, Text, integer

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
    """Every table as ``schema.yml`` has it; ``each`` stands for a column for every code of a list."""
    for name, about in own_data(Path(__file__).with_suffix(".yml"))["tables"].items():
        columns = list[ColumnSpec]()
        for key, given in about["columns"].items():
            more = {word: value for word, value in given.items() if word not in LANGUAGES}
            listed = getattr(codes, more.pop("codes")) if "codes" in more else None
            if key == "each":
                columns += [ColumnSpec(code, text=dict(zip(LANGUAGES, labels, strict=True)), **more)
                            for code, labels in (listed or {}).items()]
            else:
                columns.append(ColumnSpec(key, text={lang: given[lang] for lang in LANGUAGES}, codes=listed, **more))
        text = {lang: about[lang] for lang in LANGUAGES}
        yield TableSpec(name, text, tuple(about["key"]), tuple(columns), about.get("required", False))


TABLES: dict[str, TableSpec] = {spec.name: spec for spec in _tables()}
REQUIRED = tuple(name for name, spec in TABLES.items() if spec.required)  # the five tables without which there is no evaluation


@cache
def schema_version() -> str:
    """A short hash of the data dictionary: tables, columns, kinds, keys."""
    shape = [
        [spec.name, spec.key, [[c.name, c.kind, c.required, c.low, c.high, list(c.codes or ())] for c in spec.columns]]
        for spec in TABLES.values()]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Entry:
    """One column as a reader sees it; every text in both languages."""

    name: str
    heading: Text
    kind: Text
    unit: Text
    allowed: Text
    required: bool
    kept: Text


def heading(column: ColumnSpec, lang: str) -> str:
    """The heading of a column on a form: its sentence, and for people what is to be filled in."""
    text = column.text[lang]
    return f"NIP ({text.partition(' (')[0]})" if column.kind == "person" else text


def entries(table: TableSpec) -> list[Entry]:
    """Every column of a table in words, in the order of the schema."""
    found = []
    for column in table.columns:
        kind, kept = "code" if column.kind == "id" else column.kind, "input_only" if column.input_only else "stored"
        found.append(Entry(
            column.name, {lang: heading(column, lang) for lang in LANGUAGES}, Phrase(f"dictionary.kind.{kind}"),
            _unit(column.unit), _allowed(column), column.required,
            Phrase(f"dictionary.kept.{'person' if column.kind == 'person' else kept}")))
    return found


def _unit(name: str) -> Text:
    """A unit in words, or as it is written in both languages."""
    return Phrase(f"dictionary.unit.{name}") if catalogue.has(f"dictionary.unit.{name}") else _same(name)


def _same(text: str) -> Text:
    """A text that is the same in both languages; a dash for none."""
    return dict.fromkeys(LANGUAGES, text or MISSING)


def _allowed(column: ColumnSpec) -> Text:
    """Which values a column takes, as one line."""
    if column.codes is not None:
        labels = zip(*([f"{code} = {label}" for label in pair] for code, pair in column.codes.items()), strict=True)
        return {lang: "; ".join(listed) for lang, listed in zip(LANGUAGES, labels, strict=True)}
    if column.kind == "bool":
        return Phrase("dictionary.allowed.yes_no")
    if column.refers_to is not None:
        return Phrase("dictionary.allowed.code_of", table=column.refers_to)
    if column.low is None:
        return _same("")
    write = (lambda value, _: f"{value:.0f}") if column.name == "year" else integer  # a year has no mark of thousands
    bounds = {lang: [write(bound, lang) for bound in (column.low, column.high) if bound is not None] for lang in LANGUAGES}
    return {lang: "–".join(said) if len(said) > 1 else f"≥ {said[0]}" for lang, said in bounds.items()}


def metadata(intake: Mapping[str, Any]) -> dict[str, dict[str, Text]]:
    """Satu Data metadata of every table that an evaluation holds.

    Parameters
    ----------
    intake : mapping
        The content of ``intake.json``.

    Returns
    -------
    dict of str to dict
        By table in the order of the schema: ``title``, ``definition``,
        ``classification``, ``unit``, ``source``, ``period``, ``producer``,
        ``steward`` and ``contact`` in both languages; what nobody has declared
        is a dash.

    References
    ----------
    Perpres 39/2019 (Satu Data Indonesia): data standard, metadata,
    interoperability, reference codes.
    """
    declared = intake.get("metadata", {})
    answering = {name: _same(str(declared.get(name) or "")) for name in ("producer", "steward", "contact")}
    found = {}
    for name, spec in TABLES.items():
        if name in intake.get("tables", {}):
            files = [str(feed.get("file") or "peta.yml") for feed in intake.get("feeds", []) if feed.get("table") == name]
            years = map(str, dict.fromkeys(intake["tables"][name].get("years") or []))
            units = [_unit(one) for one in dict.fromkeys(column.unit for column in spec.columns if column.unit)]
            found[name] = {
                "title": spec.text,
                "definition": Phrase("dictionary.one_row", keys=[_short(spec.by_name[key]) for key in spec.key]),
                "classification": Phrase(f"dictionary.classification.{'people' if spec.people else 'internal'}"),
                "unit": {lang: ", ".join(unit[lang] for unit in units) or MISSING for lang in LANGUAGES},
                "source": _same(", ".join(dict.fromkeys(files))), "period": _same("–".join(years)), **answering}
    return found


def _short(column: ColumnSpec) -> Text:
    """A column's meaning inside a sentence, without its remark in brackets."""
    texts = {lang: text.partition(" (")[0] for lang, text in column.text.items()}
    return {lang: text if text[:2].isupper() else text[:1].lower() + text[1:] for lang, text in texts.items()}
