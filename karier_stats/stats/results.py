"""The contract that every result keeps, its rows, also in words, and notes, and the closed vocabulary of its table.

Each verb returns a frozen :class:`Result` whose ``table`` has the columns of ``COLUMNS``, in that order, at every level.
``TERMS`` and ``METHODS`` name every term and method; ``words/stats.yml`` is the only place where they are explained.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.picture import NAMELESS, Drawn, Picture, PictureKind, worded
from karier_stats.words import Figure, Phrase, say
from karier_stats.words.catalogue import room_of
from karier_stats.words.numbers import LANGUAGES, Text, decimals, figures, is_missing, number, p_value, places

COLUMNS = (
    "term", "method", "estimate", "std_error", "ci_low", "ci_high", "ci_level",
    "statistic", "dof", "p_value", "n", "n_units",
)
FLOATS = ("estimate", "std_error", "ci_low", "ci_high", "ci_level", "statistic", "dof", "p_value")


class Vocabulary(Mapping[str, Text]):
    """Closed list of names, each with its words: the entries below one key of the catalogue."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __getitem__(self, name: str) -> Text:
        if name not in self._names:
            raise KeyError(name)
        return Phrase(f"{self.key}.{name}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def _names(self) -> Mapping[str, Any]:
        room, _, branch = self.key.partition(".")
        names: Mapping[str, Any] = room_of(room)[branch]
        return names


TERMS = Vocabulary("stats.term")
"""Terms; a bracket (``did[seminar]``, ``lead[within]``) names the arm, item or level. Secondary questions of
``regress`` add `` x <moderator>`` or ``^2`` to a term of the score."""
METHODS = Vocabulary("stats.method")

RATIOS = ("odds_ratio", "agq", "rate_ratio", "firth", "negative_binomial", "hurdle_any", "hurdle_positive")
"""Methods whose estimate is a ratio: no association is one, not zero, and percentage points are not its unit."""


def base_term(term: str) -> tuple[str, str]:
    """Split ``did[seminar]`` into ``("did", "seminar")``; no bracket gives ``""``."""
    match = re.fullmatch(r"(.*?)(?:\[(.*)\])?", term)
    assert match is not None
    return match[1], match[2] or ""


def named(base: str, *inside: str) -> str:
    """``did`` and its arm and level as ``did[arm · level]``."""
    named = " · ".join(part for part in inside if part)
    return f"{base}[{named}]" if named else base


def name_of(term: str, lang: str) -> str:
    """The term as a reader knows it; a column's own name stays as it is."""
    if " x " in term:
        slope, _, moderator = term.partition(" x ")
        return f"{name_of(slope, lang)} × {moderator}"
    if term.endswith("^2"):
        return say("stats.squared", lang, term=name_of(term[:-2], lang))
    base, inside = base_term(term)
    if base in TERMS:
        return TERMS[base][lang] + (f": {inside}" if inside else "")
    return f"{base}, {TERMS[inside][lang]}" if inside in TERMS else term


def make_table(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as the contract's table; what is absent, NaN or infinite never leaves the library: it becomes ``pd.NA``."""
    cleaned = [[pd.NA if is_missing(row.get(column)) else row[column] for column in COLUMNS] for row in rows]
    kinds = {"term": "string", "method": "string", "n": "Int64", "n_units": "Int64", **dict.fromkeys(FLOATS, "Float64")}
    return pd.DataFrame(cleaned, columns=list(COLUMNS), dtype=object).astype(kinds)


@dataclass(frozen=True)
class TableRow:
    """One estimate as a row of the table, before a level is chosen, with the rows or people and the units behind it; its method
    is the one named, else the estimate's own.
    """

    term: str
    method: str
    estimate: Estimate
    n: int | None = None
    n_units: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Term and method."""
        return self.term, self.method

    def record(self, level: float) -> dict[str, Any]:
        """The columns of the table at one level, which is named only beside an interval."""
        found, (low, high) = self.estimate, self.estimate.interval(level)
        return {
            "term": self.term, "method": self.method or found.method or None, "estimate": found.value, "std_error": found.std_error,
            "ci_low": low, "ci_high": high, "ci_level": level if math.isfinite(low) else None,
            "statistic": found.statistic, "dof": found.dof, "p_value": found.p, "n": self.n, "n_units": self.n_units,
        }


@dataclass
class Sheet:
    """Rows and notes (each once) of one result as they are gathered; a step makes its own and the next one joins them."""

    rows: list[TableRow] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    _said: list[dict[str, str]] = field(default_factory=list, repr=False, compare=False)
    """The notes in words, so that each is said once however many are held against it."""

    def add(self, term: str, method: str, estimate: Estimate, n: int | None = None, n_units: int | None = None) -> TableRow:
        """One more row."""
        self.rows.append(TableRow(term, method, estimate, n, n_units))
        return self.rows[-1]

    def note(self, *notes: Text | None) -> None:
        """More notes; one that is there already, or None, changes nothing."""
        if len(self._said) != len(self.notes):
            self._said = [dict(note) for note in self.notes]
        for note in notes:
            if note is not None and (words := dict(note)) not in self._said:
                self.notes.append(note)
                self._said.append(words)

    def take(self, *others: Sheet) -> Sheet:
        """Rows and notes of other sheets, in their order, after one's own."""
        for other in others:
            self.rows += other.rows
            self.note(*other.notes)
        return self

    def find(self, term: str, *methods: str) -> TableRow | None:
        """The first row of a term by preference of method; the first of any where none is named."""
        found = [row for row in self.rows if row.term == term]
        ranked = [row for method in methods for row in found if row.method == method] if methods else found
        return next(iter(ranked), None)

    def table(self, level: float) -> pd.DataFrame:
        """The contract's table at one level."""
        return make_table(row.record(level) for row in self.rows)


class Tabled:
    """What is several numbers of which none leads: its table has a row for each, at the level that each was made at."""

    rows: Any

    def table_rows(self) -> Iterable[TableRow]:
        """The rows of its table: those of each of its parts."""
        return [row for part in self.rows for row in part.table_rows()]

    @property
    def table(self) -> pd.DataFrame:
        """The contract's tidy table."""
        return make_table(row.record(row.estimate.level) for row in self.table_rows())

    def _shown(self) -> pd.DataFrame:
        """The table for the eye: a dash for what is absent, no column of dashes alone."""
        table = self.table.dropna(axis=1, how="all").astype(object)
        return table.where(table.notna(), "–")

    def _repr_html_(self) -> str:
        return self._shown().to_html(index=False, escape=True, border=0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}\n{self._shown().to_string(index=False)}"


@dataclass(frozen=True, eq=False)
class Result(Drawn):
    """What a verb returns: a tidy table, the row to speak of, and what was assumed.

    ``table`` has the columns ``COLUMNS``, one row per term and method; ``lead`` is ``(term, method)`` of the headline row;
    ``notes`` say what was dropped, what the design assumes, why a method was switched; ``recompute`` takes a level to the result
    at that level, for :meth:`interval`.
    """

    table: pd.DataFrame
    lead: tuple[str, str]
    notes: tuple[Text, ...]
    recompute: Callable[[float], Result] = field(repr=False)

    @property
    def headline(self) -> pd.Series:
        """The row that the sentence speaks of."""
        return self.row(*self.lead)

    def row(self, term: str, method: str | None = None) -> pd.Series:
        """One row by term, and by method where a term has several."""
        rows = self.table[self.table["term"] == term]
        if method is not None:
            rows = rows[rows["method"] == method]
        if rows.empty:
            known = sorted(set(self.table["term"]))
            raise KeyError(f"no row {term!r} ({method or 'any method'}); terms here: {known}")
        return rows.iloc[0]

    def interval(self, level: float) -> pd.DataFrame:
        """The whole table at another confidence level, computed anew."""
        return self.recompute(level).table

    def sentence(self, lang: str = "id") -> str:
        """The headline in words; no claim beyond what the design allows."""
        raise NotImplementedError

    def picture(self) -> Picture:
        """What the picture of the result shows: by default its rows under one another."""
        return self.pictured_rows(Phrase("change.picture.axis.points"), 0.0)

    def pictured(self, kind: PictureKind, data: pd.DataFrame, x: Text, y: Text = NAMELESS, **more: Any) -> Picture:
        """A picture of the people or rows of the headline; ``more`` is the rest of :class:`Picture`."""
        n = 0 if is_missing(self.headline["n"]) else int(self.headline["n"])
        return Picture(kind, data, NAMELESS, x, y, n, **{"digits": _places(dict(self.headline), 1), **more})

    def pictured_rows(self, x: Text, reference: float | None) -> Picture:
        """The table's rows under one another, each a dot with its interval."""
        rows = self.table[["estimate", "ci_low", "ci_high", "n"]].rename(columns={"ci_low": "low", "ci_high": "high"})
        names = [{lang: name_of(term, lang) for lang in LANGUAGES} for term in self.table["term"]]
        return self.pictured("intervals", rows.assign(**worded("label", names)), x, reference=reference)

    def display_table(self, lang: str = "id", digits: int = 3) -> pd.DataFrame:
        """The rows as text for a reader: names, estimates with intervals, p-values; small numbers keep two figures."""
        rows = [
            [
                name_of(row["term"], lang), METHODS[row["method"]][lang], number(row["estimate"], lang, shown),
                f"[{number(row['ci_low'], lang, shown)}; {number(row['ci_high'], lang, shown)}]",
                p_value(row["p_value"], lang).removeprefix("p = ").removeprefix("p "),
                number(row["n"], lang, 0), number(row["n_units"], lang, 0),
            ]
            for row in self.table.to_dict("records")
            for shown in [_places(row, digits)]
        ]
        return pd.DataFrame(rows, columns=[text[lang] for text in Vocabulary("stats.head").values()])

    def alt(self, lang: str = "id") -> str:
        """The picture in words, for a reader who cannot see it: its rows, each with method, estimate and interval."""
        rows = [f"{name}, {method}: {estimate} {ends}".removesuffix(" [–; –]") for name, method, estimate, ends in
                self.display_table(lang).iloc[:, :4].itertuples(index=False, name=None)]
        return say("stats.alt", lang, rows="; ".join(rows), n=int(self.headline["n"]))

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{html.escape(note['id'])}</li>" for note in self.notes)
        return (
            f"<p>{html.escape(self.sentence('id'))}</p>"
            f"{self.display_table('id').to_html(index=False, escape=True, border=0)}<ul>{notes}</ul>"
        )

    def _repr_markdown_(self) -> str:
        table = self.display_table("id")
        lines = [" | ".join(table.columns), " | ".join("---" for _ in table.columns)]
        lines += [" | ".join(map(str, row)) for row in table.to_numpy()]
        return self.sentence("id") + "\n\n" + "\n".join(f"| {line} |" for line in lines)

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.sentence('en')}\n{self.display_table('en').to_string(index=False)}"


def _places(row: Mapping[Any, Any], least: int) -> int:
    """Decimals of a row: as many as two figures of its error need, else of its value; a slope per rupiah is not 0.000."""
    half = 0.0 if is_missing(row["ci_low"]) else (row["ci_high"] - row["ci_low"]) / 2
    return places(half or row["estimate"], least)


def units_of(row: pd.Series) -> int | None:
    """The units behind a row of a table; None where it has none."""
    return None if is_missing(row["n_units"]) else int(row["n_units"])


POWER = 0.8

Verdict = Literal["not_estimated", "no_interval", "split", "unseen", "seen"]


def digits_for(row: pd.Series) -> int:
    """Decimals that show two figures of half the interval's width."""
    if is_missing(row["ci_low"]):
        return 0 if not is_missing(row["estimate"]) and row["estimate"] == round(row["estimate"]) else 2
    half = (row["ci_high"] - row["ci_low"]) / 2
    return decimals(half) if half > 0 else 4


@dataclass(frozen=True)
class Spoken:
    """A row of a result's table, in its unit, as it is said: ``5,2 poin (selang kepercayaan 95 persen 3,1 s.d. 7,3; n = 120)``."""

    row: pd.Series
    unit: str = "points"

    def say(self, lang: str) -> str:
        """The row in words of one language."""
        row, unit, n = self.row, Phrase(f"change.unit.{self.unit}"), int(self.row["n"])
        if is_missing(row["ci_low"]) or row["ci_low"] == row["ci_high"]:
            return say("change.told.bare", lang, value=self.figure(row["estimate"]), unit=unit, n=n)
        ends = [row["estimate"], row["ci_low"], row["ci_high"]]
        (value, low, high), size = figures(ends, lang, (row["ci_high"] - row["ci_low"]) / 2)
        return say("change.told.interval", lang, value=value, low=low, high=high, size=size, unit=unit, n=n, level=row["ci_level"])

    def figure(self, value: float | None) -> Figure:
        """A number as precise as the row's own."""
        return Figure(value, digits=digits_for(self.row))


def is_null(row: pd.Series) -> bool:
    """True where the interval holds zero."""
    return not is_missing(row["ci_low"]) and row["ci_low"] <= 0 <= row["ci_high"]


def verdict(row: pd.Series, split: Phrase | None = None) -> Verdict:
    """What can be said of a row: the ladder from "no value" to "told apart from zero"."""
    if is_missing(row["estimate"]):
        return "not_estimated"
    if is_missing(row["ci_low"]):
        return "no_interval"
    return "split" if split is not None else "unseen" if is_null(row) else "seen"


def limit(least: float | None, told: Spoken, what: str = "change") -> Phrase | None:
    """The smallest change ("change", "net_gain") that the data of ``told`` would have shown; None where it is unknown."""
    if is_missing(least):
        return None
    unit = Phrase(f"change.unit.{told.unit}")
    return Phrase(f"change.limit.{what}", least=told.figure(least), unit=unit, power=POWER)


_STEPS = (1.0, 1e3, 1e6, 1e9, 1e12)
_MONEY = ("_rp", "_rupiah")
"""Endings of columns that hold rupiah, as in the tables of an evaluation."""
_LEAST = 0.01
"""A slope below this is told for a larger step."""


def step_of(slope: float, reach: float) -> float:
    """The smallest step (1, 1e3, 1e6, ...) at which a slope is at least 0.01, within the range of the score (``reach``).

    A slope per rupiah would read as 0.0000; per million rupiah it is a number that a reader can weigh. ``slope`` is per
    one unit, as it would be told (percentage points for a share); its size alone counts.
    """
    if not math.isfinite(slope) or slope == 0:
        return 1.0
    within = [step for step in _STEPS if step <= max(reach, 1.0)]
    return next((step for step in within if abs(slope) * step >= _LEAST), within[-1])


def step_name(step: float, column: str, way: str = "of") -> Phrase:
    """The step with its column: ``satu satuan `skor` ``, ``1 juta satuan `jarak` `` or ``Rp1 juta `pagu_rp` ``.

    ``way`` is "of", "more" or "higher": ``one unit of`` it, ``one unit more of`` it, or ``one unit of`` it ``higher``.
    """
    money = column.endswith(_MONEY)
    if money:
        amount = Phrase(f"stats.step.rupiah.{step:.0f}")
    elif step == 1:
        amount = Phrase("stats.step.one")
    else:
        amount = Phrase("stats.step.units", name=Phrase(f"stats.step.name.{step:.0f}"))
    return Phrase(f"stats.step.{'money' if money else 'unit'}.{way}", amount=amount, column=column)
