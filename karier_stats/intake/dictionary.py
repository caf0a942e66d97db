"""The data dictionary in words: what every column holds, for forms, reports and readers.

Everything is made from :mod:`karier_stats.intake.schema`, so that a form, the
appendix of a report and the checks of ``prepare`` cannot say different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from karier_stats.intake.schema import TABLES, ColumnSpec, TableSpec
from karier_stats.words.numbers import LANGUAGES, MISSING, both, integer, listing

KINDS: dict[str, dict[str, str]] = {
    "person": both("NIP sebagai teks, 18 digit", "service number (NIP) as text, 18 digits"),
    "id": both("kode (teks)", "code (text)"), "text": both("teks", "text"), "category": both("pilihan", "choice"),
    "int": both("bilangan bulat", "whole number"), "float": both("bilangan", "number"),
    "money": both("rupiah penuh", "rupiah in full"), "date": both("tanggal", "date"),
    "bool": both("ya atau tidak", "yes or no"),
}
"""How each kind of column is filled in."""

UNITS: dict[str, dict[str, str]] = {
    "year": both("tahun", "years"), "month": both("bulan", "months"), "person": both("orang", "people"),
    "JP": both("JP", "JP (learning hours)"), "Rp": both("Rp", "Rp"), "%": both("persen", "percent"),
}
"""Units that differ between the languages; a scale such as ``1-5`` is written with its own bounds."""

YES_NO = both("ya; tidak", "yes; no")

@dataclass(frozen=True)
class Entry:
    """One column as a reader sees it; every text in both languages."""

    name: str
    heading: dict[str, str]
    kind: dict[str, str]
    unit: dict[str, str]
    allowed: dict[str, str]
    required: bool
    kept: dict[str, str]


@dataclass(frozen=True)
class Metadata:
    """The metadata of one table as Satu Data Indonesia asks for them.

    ``title``, ``definition``, ``classification``, ``unit``, ``source``,
    ``period``, ``producer``, ``steward`` and ``contact``, each in both
    languages.
    """

    table: str
    texts: dict[str, dict[str, str]]


def heading(column: ColumnSpec, lang: str) -> str:
    """The heading of a column on a form: its sentence, and for people what is to be filled in."""
    text = column.text[lang]
    return f"NIP ({text.partition(' (')[0]})" if column.kind == "person" else text


def entries(table: TableSpec) -> list[Entry]:
    """Every column of a table in words, in the order of the schema."""
    return [
        Entry(
            column.name, {lang: heading(column, lang) for lang in LANGUAGES}, KINDS[column.kind],
            UNITS.get(column.unit, both(column.unit or MISSING, column.unit or MISSING)),
            {lang: allowed(column, lang) for lang in LANGUAGES}, column.required, _kept(column),
        )
        for column in table.columns
    ]


def allowed(column: ColumnSpec, lang: str) -> str:
    """Which values a column takes, as one line."""
    if column.codes is not None:
        place = LANGUAGES.index(lang)
        return "; ".join(f"{code} = {labels[place]}" for code, labels in column.codes.items())
    if column.kind == "bool":
        return YES_NO[lang]
    if column.refers_to is not None:
        return both(f"kode pada tabel {column.refers_to}", f"a code of the table {column.refers_to}")[lang]
    return _bounds(column, lang)


def _bounds(column: ColumnSpec, lang: str) -> str:
    """The lowest and the highest number; a year is written without a thousands mark."""
    write = (lambda value, _: f"{value:.0f}") if column.name == "year" else integer
    low, high = column.low, column.high
    if low is not None and high is not None:
        return f"{write(low, lang)}–{write(high, lang)}"
    return f"≥ {write(low, lang)}" if low is not None else MISSING


def _kept(column: ColumnSpec) -> dict[str, str]:
    """What becomes of the column on the way to the processed table."""
    if column.kind == "person":
        return both("disamarkan dengan kunci", "pseudonymised with a key")
    if column.input_only:
        return both("dipakai saat membaca, tidak disimpan", "used while reading, not kept")
    return both("disimpan", "kept")


def metadata(intake: Mapping[str, Any]) -> list[Metadata]:
    """Satu Data metadata of every table that an evaluation holds.

    Parameters
    ----------
    intake : mapping
        The content of ``intake.json``.

    Returns
    -------
    list of Metadata
        In the order of the schema; what nobody has declared is a dash.

    References
    ----------
    Perpres 39/2019 (Satu Data Indonesia): data standard, metadata,
    interoperability, reference codes.
    """
    declared = {name: str(intake.get("metadata", {}).get(name) or MISSING) for name in ("producer", "steward", "contact")}
    found = []
    for name, spec in TABLES.items():
        about = intake.get("tables", {}).get(name)
        if about is None:
            continue
        found.append(Metadata(name, {
            "title": spec.text, "definition": _definition(spec), "classification": _classification(spec),
            "unit": _units(spec), "source": _source(intake, name), "period": _period(about),
            **{key: both(text, text) for key, text in declared.items()},
        }))
    return found


def _definition(spec: TableSpec) -> dict[str, str]:
    """What one row of the table stands for: the columns of its key."""
    keys = {lang: listing([_short(spec.by_name[name], lang) for name in spec.key], lang) for lang in LANGUAGES}
    return both(f"Satu baris untuk setiap {keys['id']}.", f"One row for each {keys['en']}.")


def _short(column: ColumnSpec, lang: str) -> str:
    """A column's meaning inside a sentence, without its remark in brackets."""
    text = column.text[lang].partition(" (")[0]
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _classification(spec: TableSpec) -> dict[str, str]:
    """Whether the table tells of people, and which closed lists it uses."""
    people = any(column.kind == "person" for column in spec.columns)
    return (
        both("terbatas (data pribadi tersamar)", "restricted (pseudonymised personal data)") if people
        else both("internal", "internal")
    )


def _units(spec: TableSpec) -> dict[str, str]:
    """The units in which the table measures."""
    names = list(dict.fromkeys(column.unit for column in spec.columns if column.unit))
    return {lang: ", ".join(UNITS.get(name, {}).get(lang, name) for name in names) or MISSING for lang in LANGUAGES}


def _source(intake: Mapping[str, Any], table: str) -> dict[str, str]:
    """The files that feed the table."""
    files = [str(feed.get("file") or "peta.yml") for feed in intake.get("feeds", []) if feed.get("table") == table]
    text = ", ".join(dict.fromkeys(files)) or MISSING
    return both(text, text)


def _period(about: Mapping[str, Any]) -> dict[str, str]:
    """First and last year of the table's rows, where it knows years."""
    years = about.get("years") or []
    text = "–".join(str(year) for year in dict.fromkeys(years)) or MISSING
    return both(text, text)
