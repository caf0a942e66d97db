"""How people in the offices write: units and titles in several spellings, dates and amounts as each program has them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.intake.schema import ColumnSpec
from karier_stats.sample.catalogue import BY_COURSE, BY_UNIT, CROSSWALK, WORDING
from karier_stats.sample.people import Roster
from karier_stats.words.numbers import date

Way = Callable[[Any], Any]
"""What becomes of a value on its way into a cell."""


def _spellings(kind: str) -> dict[str, list[str]]:
    """What the crosswalk takes for each unit or course."""
    aliases = CROSSWALK["aliases"][kind]
    return {key: [text for text, meant in aliases.items() if meant == key] for key in dict.fromkeys(aliases.values())}


_YES_NO = {True: "Ya", False: "Tidak"}
_SPELLINGS = {kind: _spellings(kind) for kind in ("unit", "program")}


class Hand:
    """The hand of one file: its own stream of draws, its own choice among spellings.

    Parameters
    ----------
    roster : Roster
        The made-up staff, for their service numbers.
    rng : numpy Generator
    """

    def __init__(self, roster: Roster, rng: np.random.Generator) -> None:
        self.roster, self.rng = roster, rng

    def unit(self, unit_id: str) -> str:
        """A unit's official name, or one of its everyday spellings."""
        others = _SPELLINGS["unit"][unit_id]
        names = [BY_UNIT[unit_id].unit_name, *others]
        return names[int(self.rng.choice(len(names), p=[0.6, *[0.4 / len(others)] * len(others)]))]

    def course(self, program_id: str) -> str:
        """A course's title, or one of its variants."""
        names = [BY_COURSE[program_id].title, *_SPELLINGS["program"].get(program_id, ())]
        return names[int(self.rng.integers(len(names)))]

    def nip(self, uid: str) -> str:
        """A person's service number."""
        return self.roster.by_uid[uid].nip

    def person(self, uid: str) -> str:
        """A person's service number, now and then with the spaces of a letterhead."""
        nip = self.nip(uid)
        return nip if self.rng.random() >= 0.05 else f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"

    def stamp(self, day: pd.Timestamp) -> str:
        """A form's time as an Indonesian locale writes it: ``17/08/2025 9.05.33``."""
        hour, minute, second = (int(self.rng.integers(low, high)) for low, high in ((7, 17), (0, 60), (0, 60)))
        return f"{day:%d/%m/%Y} {hour}.{minute:02d}.{second:02d}"

    def way(self, column: ColumnSpec, feed: dict[str, Any]) -> Way:
        """How the data dictionary and an entry of the crosswalk ask for a column."""
        if column.codes:
            return partial(_label, column.codes)
        if column.kind == "date" and "dates" in feed:
            return partial(date, lang="id") if feed["dates"] == "teks" else _day
        if column.kind == "float" and feed.get("numbers") == "id":
            return _decimal
        if column.refers_to == "unit":
            return self.unit
        ways: dict[str, Way] = {"person": self.person, "money": rupiah, "bool": _YES_NO.__getitem__}
        return ways.get(column.kind, code)

    def named(self, way: str) -> Way:
        """A way by the name that ``files.yml`` gives it."""
        found: Way = _NAMED.get(way) or getattr(self, way)
        return found


def code(value: Any) -> Any:
    """A value as it is."""
    return value


def rupiah(amount: int) -> str:
    """An amount as the budget system writes it: ``Rp1.234.567,00``."""
    return f"Rp{amount:,}".replace(",", ".") + ",00"


def _label(codelist: codes.CodeList, value: Any) -> str | None:
    """The Indonesian name of a code."""
    return None if pd.isna(value) else codes.label(codelist, value, "id")


def _day(day: pd.Timestamp) -> str:
    """``17-08-2025``; empty where there is no date."""
    return "" if pd.isna(day) else f"{day:%d-%m-%Y}"


def _decimal(value: float) -> str:
    """A number with a decimal comma; a whole one without."""
    return f"{value:g}".replace(".", ",")


def _topics(topics: list[str]) -> str:
    """Boxes that were ticked, joined by commas."""
    return ", ".join(WORDING[topic] for topic in topics)


_NAMED: dict[str, Way] = {"code": code, "day": _day, "topic": WORDING.__getitem__, "topics": _topics}
