"""What every view is: a tidy table that says what its columns rest on, or the reason why there is none."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Concatenate, ParamSpec

import pandas as pd

from karier_stats.intake.processed import Processed
from karier_stats.intake.schema import TABLES
from karier_stats.words import Phrase

P = ParamSpec("P")
Make = Callable[Concatenate[Processed, P], pd.DataFrame]


OWN = (
    "coverage", "coverage_of", "names", "facts", "facts_of", "people", "person", "notes", "scale", "scale_of", "measure",
    "years", "tables", "examined", "robust", "parts", "sampled",
)
"""What a view's function may say of its table itself."""


_READ: ContextVar[dict[str, None] | None] = ContextVar("tables_read", default=None)


@contextmanager
def tables_read() -> Iterator[dict[str, None]]:
    """Collect the tables behind the views that are opened inside the block, in order."""
    found: dict[str, None] = {}
    token = _READ.set(found)
    try:
        yield found
    finally:
        _READ.reset(token)


class Kept(dict[Any, Any]):
    """What is known of a table, passed on as it is: pandas copies ``attrs`` in depth at every step of a frame."""

    def __deepcopy__(self, memo: object) -> Kept:
        return self


class Wanting(Exception):
    """The data at hand cannot give a view or an answer.

    Parameters
    ----------
    reason : Phrase or None
        Why, as the end of a sentence; None where tables are absent.
    tables : tuple of str
        The tables that are needed.
    absent : tuple of str
        Those of them that are not there.
    """

    def __init__(self, reason: Phrase | None = None, tables: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> None:
        super().__init__(reason or absent)
        self.reason, self.tables, self.absent = reason, tables, absent


def once(make: Callable[Concatenate[Any, P], pd.DataFrame]) -> Callable[Concatenate[Any, P], pd.DataFrame]:
    """Let a function of an evaluation work once for each call; who asks again gets a copy."""
    @functools.wraps(make)
    def again(ev: Any, *args: P.args, **keywords: P.kwargs) -> pd.DataFrame:
        call, outside = (make, args, tuple(sorted(keywords.items()))), _READ.get()
        try:
            hash(call)
        except TypeError:  # a list of names, say
            return make(ev, *args, **keywords)
        with tables_read() as read:
            try:
                data, tables = ev.once(lambda: (make(ev, *args, **keywords), tuple(read)), *call)
                read.update(dict.fromkeys(tables))
            finally:
                if outside is not None:
                    outside.update(read)
        found: pd.DataFrame = data.copy(deep=False)
        return found

    return again


def year_of(period: int, year: int | None) -> int:
    """The year meant: by default the period; a negative one counts back from it."""
    if year is None:
        return period
    return period + year if year < 0 else year


def _known(ev: Processed, data: pd.DataFrame, tables: tuple[str, ...]) -> dict[Hashable, Any]:
    """What any view's table carries, and what its function set; ``tables`` also of a view that it reads."""
    return {
        "level": ev.level, "seed": ev.seed, "coverage": 1.0, "rows": len(data),
        **{key: value for key, value in data.attrs.items() if key in OWN},
        "tables": tuple(dict.fromkeys((*data.attrs.get("tables", ()), *tables))),
    }


def _coded(tables: tuple[str, ...], data: pd.DataFrame) -> dict[str, Any]:
    """The code lists of the dictionary for a view's columns, of which anybody may ask: a name of two lists is told by none."""
    columns = [column for table in tables for column in TABLES[table].columns]
    found = [(column.name, column.codes) for column in columns if column.codes and column.name in data]
    lists = {name: [codes for other, codes in found if other == name] for name, _ in found}
    return {name: first for name, (first, *others) in lists.items() if all(one == first for one in others)}


def view(
    *tables: str, names: Mapping[str, Any] | None = None, of_people: bool = True, optional: tuple[str, ...] = (),
) -> Callable[[Make[P]], Make[P]]:
    """Make a function of an evaluation a view.

    Parameters
    ----------
    *tables : str
        Processed tables behind the view's columns; without one of them the view is wanting.
    names : mapping, optional
        Code lists of its columns beside those of the dictionary: what each code is called in both languages.
    of_people : bool
        False where a row is no person's: disclosure control asks for people only.
    optional : tuple of str
        Columns of the empty table that stands for one whose tables are absent, where questions can do without it.

    Notes
    -----
    The table's ``attrs`` carry ``tables``, ``names``, ``rows`` (how many), ``level``, ``seed``, ``of_people`` and, where
    the function set it, ``coverage``: the share (0-1) of those concerned who are in the data; ``people``, how many
    stand behind several rows each; ``person``, their column; ``facts``: what sentences may name; ``notes``: what a
    reader must know of how it was made; ``scale``: the lowest and highest possible score; ``measure``: the unit of a
    change; ``years``: those that are compared; ``examined``: how many rows were looked at to find those of a list;
    ``robust``: False where the data contradict one another; ``sampled``: True where the rows are a sample, so that nobody
    may say that everybody was counted; ``parts``: the items of each part of a survey's scale;
    ``coverage_of``, ``facts_of``, ``scale_of``: the same by group. Of a view that can be asked for another year they
    carry ``year``, so that words name the year that was read; ``view`` has the keywords of the view's own call.
    """
    def wrap(make: Make[P]) -> Make[P]:
        asked = inspect.signature(make)

        @once
        @functools.wraps(make)
        def made(ev: Processed, *args: P.args, **keywords: P.kwargs) -> pd.DataFrame:
            if (read := _READ.get()) is not None:
                read.update(dict.fromkeys(tables))
            absent = ev.missing(*tables)
            if absent and not optional:
                raise Wanting(tables=tables, absent=absent)
            try:
                data = pd.DataFrame(columns=list(optional)) if absent else make(ev, *args, **keywords)
            except Wanting as wanting:
                wanting.tables = wanting.tables or tables
                raise
            about = {"names": names or {}, "of_people": of_people, **_known(ev, data, tables)}
            about["names"] = {**_coded(about["tables"], data), **about["names"]}
            about["view"] = dict(list(asked.bind(ev, *args, **keywords).arguments.items())[1:])
            if "year" in asked.parameters:
                about["year"] = year_of(ev.period, about["view"].get("year"))
            data.attrs = {key: Kept(value) if isinstance(value, dict) else value for key, value in about.items()}
            return data

        return made

    return wrap
