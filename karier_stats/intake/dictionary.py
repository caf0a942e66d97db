"""The data dictionary in words: what every column holds, for forms, reports and readers.

Everything is made from :mod:`karier_stats.intake.schema`, so that a form, the
appendix of a report and the checks of ``prepare`` cannot say different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karier_stats.intake.schema import TABLES, ColumnSpec, TableSpec
from karier_stats.words import Phrase, catalogue
from karier_stats.words.numbers import LANGUAGES, MISSING, Text, integer


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
    return [
        Entry(
            column.name, {lang: heading(column, lang) for lang in LANGUAGES}, _kind(column),
            _unit(column.unit), _allowed(column), column.required, _kept(column),
        )
        for column in table.columns
    ]


def _kind(column: ColumnSpec) -> Text:
    """How a column is filled in."""
    return Phrase(f"dictionary.kind.{'code' if column.kind == 'id' else column.kind}")


def _kept(column: ColumnSpec) -> Text:
    """What becomes of a column on the way to the processed table."""
    stored = "input_only" if column.input_only else "stored"
    return Phrase(f"dictionary.kept.{'person' if column.kind == 'person' else stored}")


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
    return {lang: _bounds(column, lang) for lang in LANGUAGES}


def _bounds(column: ColumnSpec, lang: str) -> str:
    """The lowest and the highest number; a year is written without a thousands mark."""
    if column.low is None:
        return MISSING
    write = (lambda value, _: f"{value:.0f}") if column.name == "year" else integer
    low = write(column.low, lang)
    return f"≥ {low}" if column.high is None else f"{low}–{write(column.high, lang)}"


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
    return {
        name: {**_about(spec), "source": _source(intake, name), "period": _period(intake["tables"][name]), **answering}
        for name, spec in TABLES.items() if name in intake.get("tables", {})
    }


def _about(spec: TableSpec) -> dict[str, Text]:
    """What the schema alone tells of a table: its name, what a row stands for, who may see it, its units."""
    units = [_unit(name) for name in dict.fromkeys(column.unit for column in spec.columns if column.unit)]
    return {
        "title": spec.text,
        "definition": Phrase("dictionary.one_row", keys=[_short(spec.by_name[name]) for name in spec.key]),
        "classification": Phrase(f"dictionary.classification.{'people' if spec.people else 'internal'}"),
        "unit": {lang: ", ".join(unit[lang] for unit in units) or MISSING for lang in LANGUAGES},
    }


def _short(column: ColumnSpec) -> Text:
    """A column's meaning inside a sentence, without its remark in brackets."""
    texts = {lang: text.partition(" (")[0] for lang, text in column.text.items()}
    return {lang: text if text[:2].isupper() else text[:1].lower() + text[1:] for lang, text in texts.items()}


def _source(intake: Mapping[str, Any], table: str) -> Text:
    """The files that feed the table."""
    files = [str(feed.get("file") or "peta.yml") for feed in intake.get("feeds", []) if feed.get("table") == table]
    return _same(", ".join(dict.fromkeys(files)))


def _period(about: Mapping[str, Any]) -> Text:
    """First and last year of the table's rows, where it knows years."""
    return _same("–".join(str(year) for year in dict.fromkeys(about.get("years") or [])))
