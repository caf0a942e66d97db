"""What the participation rows come to in sum, against the staff lists and the batches.

Rows are given as arrays of codes, so that a row costs the same whether it
came as a record or in a column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from karier_stats.intake.feeds import Record

ABSENT = -1
"""The code of what a row does not say."""
ATTENDED = ("lulus", "tidak_lulus")


class Places:
    """Codes of people, batches and units, and where each person belonged in each year.

    Parameters
    ----------
    people : dict of str to dict of int to str
        Each person's unit by year.
    batches : iterable of Record
        The batches that stand.
    """

    def __init__(self, people: dict[str, dict[int, str]], batches: Iterable[Record]) -> None:
        self.batches = {record["batch_id"]: record for record in batches}
        self.person = {person: code for code, person in enumerate(people)}
        self.batch = {batch: code for code, batch in enumerate(self.batches)}
        years = sorted({year for units in people.values() for year in units} | {
            record["year"] for record in self.batches.values()})
        self.year = {year: code for code, year in enumerate(years)}
        self.unit: dict[str, int] = {}
        self.year_of_batch = np.array([self.year[record["year"]] for record in self.batches.values()], np.int32)
        self.unit_of = np.full((max(len(people), 1), max(len(years), 1)), ABSENT, np.int32)
        for code, units in enumerate(people.values()):
            for year, unit in units.items():
                self.unit_of[code, self.year[year]] = self.code_of_unit(unit)

    def code_of_unit(self, unit: str | None) -> int:
        """The code of a unit, ABSENT for none."""
        return ABSENT if unit is None else self.unit.setdefault(unit, len(self.unit))

    def key(self, person: np.ndarray | int, batch: np.ndarray | int) -> np.ndarray | int:
        """Person and batch as one number."""
        return batch * len(self.person) + person

    def own_unit(self, person: np.ndarray, batch: np.ndarray) -> np.ndarray:
        """The unit of each row's person in the year of its batch; ABSENT where no staff list of that year has them."""
        return self.unit_of[person, self.year_of_batch[batch]]


class Seats:
    """Sums over the participation rows that stand.

    Parameters
    ----------
    places : Places
        Codes.

    Attributes
    ----------
    rows, elsewhere, unlisted, above_batch : int
        Rows; those with another unit than the staff list's, with nobody in
        the staff list, and with more hours than their batch.
    of_batch, attended : ndarray of int64, shape (batches,)
        Rows and attended rows of each batch.
    hours : ndarray of float64, shape (people, years)
        Learning hours credited.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self.rows = self.elsewhere = self.unlisted = self.above_batch = 0
        self.of_batch = np.zeros(len(places.batch), np.int64)
        self.attended = np.zeros(len(places.batch), np.int64)
        self.hours = np.zeros(places.unit_of.shape)
        records = places.batches.values()
        hours = [record.get("jp") for record in records]
        self._jp = np.array([np.inf if jp is None else jp for jp in hours], float)
        days: dict[object, int] = {}
        ends = [(record["program_id"], record.get("end_date")) for record in records]
        self._day = np.array(
            [ABSENT if end[1] is None else days.setdefault(end, len(days)) for end in ends], np.int64)
        self._completed: list[np.ndarray] = []

    def add_records(self, records: list[Record]) -> None:
        """Rows that came as records."""
        places = self.places
        self.add(
            np.array([places.person[record["employee_uid"]] for record in records], np.int64),
            np.array([places.batch[record["batch_id"]] for record in records], np.int64),
            np.array([places.code_of_unit(record.get("unit_id")) for record in records], np.int64),
            np.array([record["outcome"] == "lulus" for record in records], bool),
            np.array([record["outcome"] in ATTENDED for record in records], bool),
            np.array([np.nan if record.get("credited_jp") is None else record["credited_jp"] for record in records],
                     float),
        )

    def add(
        self, person: np.ndarray, batch: np.ndarray, unit: np.ndarray, completed: np.ndarray, attended: np.ndarray,
        credited: np.ndarray,
    ) -> None:
        """Rows as arrays, each of shape (n,): codes, whether completed and attended, hours (NaN for none)."""
        own = self.places.own_unit(person, batch)
        self.rows += len(person)
        self.unlisted += int((own == ABSENT).sum())
        self.elsewhere += int(((own != ABSENT) & (own != unit)).sum())
        self.above_batch += int((credited > self._jp[batch] + 1e-9).sum())
        self.of_batch += np.bincount(batch, minlength=len(self.of_batch))
        self.attended += np.bincount(batch[attended], minlength=len(self.attended))
        cell = person * self.hours.shape[1] + self.places.year_of_batch[batch]
        self.hours += np.bincount(cell, np.nan_to_num(credited), self.hours.size).reshape(self.hours.shape)
        day = self._day[batch]
        counted = completed & (day != ABSENT)
        self._completed.append(person[counted] * (self._day.max(initial=0) + 1) + day[counted])

    @property
    def repeats(self) -> int:
        """Completions beyond the first of one person, course and end date."""
        every = np.sort(np.concatenate([*self._completed, np.zeros(0, np.int64)]))
        return int((every[1:] == every[:-1]).sum())

    def above_ceiling(self, contract: set[tuple[str, int]], ceiling: float) -> int:
        """How many of the given people and years have more hours than the ceiling, beyond rounding."""
        places = self.places
        cells = [(places.person[person], places.year[year]) for person, year in contract]
        return sum(bool(self.hours[cell] > ceiling + 1e-9) for cell in cells)

    def of_courses(self) -> tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]]:
        """Rows and attended rows of each course and year."""
        rows: Counter[tuple[str, int]] = Counter()
        attended: Counter[tuple[str, int]] = Counter()
        for code, record in enumerate(self.places.batches.values()):
            rows[record["program_id"], record["year"]] += int(self.of_batch[code])
            attended[record["program_id"], record["year"]] += int(self.attended[code])
        return rows, attended
