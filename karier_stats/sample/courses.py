"""Batches and who sits in them: selection by form, no-shows, withdrawals, cancelled batches."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import pandas as pd

from karier_stats.sample.catalogue import BY_COURSE, FACTS, REVISED, STILL_IRRELEVANT, TESTED, YEARS
from karier_stats.sample.leaders import Leadership
from karier_stats.sample.people import Person, Roster

PER_FORM, COMPARED = 84, 84  # people trained with tests, and compared, in each form and year
NO_SHOW, WITHDRAWN, FAILED = 0.09, 0.04, 0.05
"""Share of those registered who do not come, who withdraw; share of those present who do not pass."""
TRUE_SD, NOISE_SD, PRE_MEAN = 10.7, 7.0, 55.0  # spread of true knowledge, of test noise (reliability .70), mean pre-test


Drawn = TypeVar("Drawn")


@dataclass
class Seating:
    """Who sits in which course in one year, and who is compared.

    ``pretest`` holds noise-laden pre-test scores that decided who was trained;
    it is the score that the test table shows.
    """

    year: int
    main: dict[str, list[str]] = field(default_factory=dict)
    extra: dict[str, list[str]] = field(default_factory=dict)
    compared: dict[str, list[str]] = field(default_factory=dict)
    pretest: dict[tuple[str, str], float] = field(default_factory=dict)

    def attended(self) -> dict[str, list[str]]:
        """Everybody who sat in each course, main and extra."""
        names = sorted({*self.main, *self.extra})
        return {name: self.main.get(name, []) + self.extra.get(name, []) for name in names}


def knowledge(rng: np.random.Generator, ability: float) -> float:
    """True knowledge of one subject in points: ``55 + 10.7 (0.8 ability + 0.6 z)``, z standard normal.

    Its spread is 10.7 whoever is asked, since 0.8² + 0.6² = 1; two subjects of one person correlate at 0.64.
    """
    return PRE_MEAN + TRUE_SD * (0.8 * ability + 0.6 * float(rng.normal()))


class Seats:
    """Fills the courses of one year from those who take part.

    Parameters
    ----------
    rng : numpy Generator
        Draws in the order of :meth:`fill`; another order makes another district.
    roster, leadership
        Who is there, and who takes part.
    year : int
    met : set of (course, uid)
        Who sat a course's tests in an earlier year and is compared in it no more.
    """

    def __init__(self, rng: np.random.Generator, roster: Roster, leadership: Leadership, year: int,
                 met: set[tuple[str, str]]) -> None:
        self.rng, self.year, self.met = rng, year, met
        takers = leadership.takers(year)
        active = roster.active(year)
        self.free: list[Person] = [p for p in active if p.uid in takers]
        self.rest: list[Person] = [p for p in active if p.uid not in takers]
        self.seating = Seating(year)
        self.truth: dict[tuple[str, str], float] = {}

    def fill(self) -> Seating:
        """Lottery first, so that winners are a plain random draw; then the chosen; then the others."""
        self._seat("P16", [p for p in self.free if p.status(self.year) == "CPNS"])
        first = 52 if self.year == 2024 else PER_FORM // 2  # more applicants than places: the lot decides
        for course, n in zip(TESTED["diklat_teknis"], (first, PER_FORM - first), strict=True):
            self._seat(course, self._draw(self.free, n))
        self._low_scorers()
        self._able()
        self._others()
        self._compare()
        everybody = [uid for uids in self.seating.main.values() for uid in uids]  # some take a second and a third course
        for course, n in ((REVISED, 40), (STILL_IRRELEVANT, 40), ("P17", 190), ("P20", 120), ("P18", 30), ("P22", 14)):
            seated = set(self.seating.main.get(course, []))
            self.seating.extra[course] = self._draw([uid for uid in everybody if uid not in seated], n)
        return self.seating

    def _seat(self, course: str, people: list[Person]) -> None:
        """Give people a seat as their main course of the year."""
        self.seating.main.setdefault(course, []).extend(p.uid for p in people)
        self.free = [p for p in self.free if p not in people]

    def _draw(self, pool: list[Drawn], n: int) -> list[Drawn]:
        """A random draw without replacement, in random order; all of a small pool."""
        return [pool[i] for i in self.rng.permutation(len(pool))[:n]]

    def _low_scorers(self) -> None:
        """Everybody in a pool sits the pre-test; the lowest get the seats.

        The test is ``true + 7 z``: its reliability of 0.70 makes those chosen rise without any training.
        """
        for course in TESTED["bimtek"]:
            pool = self._draw(self.free, 95)
            for person in pool:
                true = self.truth[course, person.uid] = knowledge(self.rng, person.ability)
                self.seating.pretest[course, person.uid] = true + NOISE_SD * float(self.rng.normal())
            pool.sort(key=lambda p: self.seating.pretest[course, p.uid])
            self._seat(course, pool[:PER_FORM // 2])

    def _able(self) -> None:
        """Units send those whom they think able: general ability, seen with an error of 0.8 standard deviations.

        They choose by ability and not by the pre-test, so that equal scores before do not make equal people.
        """
        seen = {p.uid: p.ability + 0.8 * float(self.rng.normal()) for p in self.free}
        best = sorted(self.free, key=lambda p: -seen[p.uid])[:2 * PER_FORM]
        best = self._draw(best, len(best))
        for place, course in enumerate((*TESTED["workshop"], *TESTED["e_learning"])):
            self._seat(course, best[place * PER_FORM // 2:(place + 1) * PER_FORM // 2])

    def _others(self) -> None:
        """Courses that a post asks for; seminars for whoever comes; two that many find irrelevant; the small ones."""
        for course, post, n in (("P15", "ADMINISTRATOR", 3), ("P14", "PENGAWAS", 8), ("P13", "FUNGSIONAL", 14)):
            self._seat(course, self._draw([p for p in self.free if p.post == post], n))
        seminars = [(course, PER_FORM // 2) for course in TESTED["seminar"]]
        small = ((REVISED, 34), (STILL_IRRELEVANT, 34), ("P21", 24), ("P19", 10), ("P22", 12), ("P18", 14))
        for course, n in (*seminars, *small):
            self._seat(course, self._draw(self.free, n))
        self._seat("P20", self.free)

    def _compare(self) -> None:
        """People who are not trained that year sit the same tests, each course's but once; for the lottery, those who lost."""
        pool = self._draw([p for p in self.rest if p.status(self.year) != "CPNS"], len(self.rest))
        for courses in TESTED.values():
            for course in courses:
                chosen = [p for p in pool if (course, p.uid) not in self.met][:COMPARED // 2]
                self.seating.compared[course] = [p.uid for p in chosen]
                pool = [p for p in pool if p not in chosen]


def _seat_heads(seating: Seating, roster: Roster, engagement: pd.DataFrame) -> None:
    """Heads sit in short courses that fit into the learning hours on their record."""
    own = engagement[engagement["year"] == seating.year]
    for uid, hours in zip(own["head_uid"], own["head_jp"], strict=True):
        active = roster.by_uid[uid].standing[seating.year] == "01"
        for course, needed in (("P17", 4), ("P22", 14)):
            if active and hours >= needed:
                seating.extra[course].append(uid)


_SIZES = {"P17": 100, "P20": 90, "P14": 30, "P15": 30, "P16": 40}  # people per batch, where not 22


def _days(jp: int) -> int:
    """Working days that ``jp`` learning hours take."""
    return max(1, round(jp / 8))


def _spread(rng: np.random.Generator, course: str, year: int, uids: list[str]) -> list[tuple[str, pd.Timestamp, list[str]]]:
    """Split a course's people into batches with a start date; tested courses run before July."""
    count = max(1, -(-len(uids) // _SIZES.get(course, 22)))
    tested = any(course in courses for courses in TESTED.values())
    parts = np.array_split(np.arange(len(uids)), count)
    last = 172 if tested else 120 if BY_COURSE[course].planned_jp > 400 else 300
    return [(f"{course}-{year}-{place + 1:02d}",
             pd.Timestamp(year, 1, 15) + pd.Timedelta(days=int(rng.integers(15, last - 15))),
             [uids[i] for i in part]) for place, part in enumerate(parts)]


@dataclass(frozen=True)
class Training:
    """All that was delivered: the tables ``batch`` and ``participation``, and what a test needs of them.

    ``seatings`` by year; ``knowledge`` by year, course and person, where a pre-test drew it before the course.
    """

    batch: pd.DataFrame
    participation: pd.DataFrame
    seatings: dict[int, Seating]
    knowledge: dict[tuple[int, str, str], float]

    @property
    def came(self) -> pd.DataFrame:
        """Participation of people who came, passed or not, with the facts of the batch."""
        rows = self.participation[self.participation["outcome"].isin(["lulus", "tidak_lulus"])]
        return rows.join(self.batch.set_index("batch_id"), on="batch_id")


def _cancelled(year: int) -> list[dict[str, object]]:
    """Batches that did not take place, most of them for lack of money."""
    courses = ("P03", "P21", "P08", "P13") if year == 2025 else ("P21", "P19") if year == 2024 else ("P13",)
    return [{"batch_id": f"{course}-{year}-9{place + 1}", "program_id": course, "year": year,
             "start_date": pd.Timestamp(year, 8, 4) + pd.Timedelta(days=7 * place),
             "end_date": pd.Timestamp(year, 8, 4) + pd.Timedelta(days=7 * place + _days(BY_COURSE[course].planned_jp)),
             "quota": 25, "jp": float(BY_COURSE[course].planned_jp), "state": "batal",
             "cancel_reason": FACTS["cancelled"][place], "curriculum_version": 1} for place, course in enumerate(courses)]


class Registrar:
    """Writes batches and participation of one year.

    ``others`` are active people whom no test compares: from them come those who registered and did not show.
    """

    def __init__(self, rng: np.random.Generator, roster: Roster, seating: Seating) -> None:
        self.rng, self.roster, self.seating, self.year = rng, roster, seating, seating.year
        self.batches: list[dict[str, object]] = []
        self.rows: list[dict[str, object]] = []
        tested = {uid for uids in seating.compared.values() for uid in uids}
        self.others = [p for p in roster.active(self.year) if p.uid not in tested]

    def write(self) -> None:
        """All batches of the year, then the heads' own short courses, then what was cancelled."""
        for course, uids in self.seating.attended().items():
            for batch, start, people in _spread(self.rng, course, self.year, uids):
                self._batch(batch, course, start, people)
        self.batches += _cancelled(self.year)

    def _batch(self, batch: str, course: str, start: pd.Timestamp, people: list[str]) -> None:
        """One batch: those present and those who were expected.

        Of ``present / (1 - 0.13)`` registered, a binomial draw stays away, nine of thirteen of them without a word.
        """
        fact = BY_COURSE[course]
        end = start + pd.Timedelta(days=_days(fact.planned_jp) - 1)
        registered = round(len(people) / (1 - NO_SHOW - WITHDRAWN))
        missing = int(self.rng.binomial(registered, NO_SHOW + WITHDRAWN))
        withdrawn = int(self.rng.binomial(missing, WITHDRAWN / (NO_SHOW + WITHDRAWN)))
        no_show = missing - withdrawn
        version = 2 if course == REVISED and self.year == 2025 else 1
        self.batches.append({
            "batch_id": batch, "program_id": course, "year": self.year, "start_date": start, "end_date": end,
            "quota": 5 * -(-(len(people) + no_show + withdrawn) // 5), "jp": float(fact.planned_jp), "state": "selesai",
            "cancel_reason": None, "curriculum_version": version})
        seated = set(self.seating.attended()[course])
        pool = [p.uid for p in self.others if p.uid not in seated]
        absent = [pool[i] for i in self.rng.permutation(len(pool))[:no_show + withdrawn]]
        for uid in people:
            self._present(batch, uid, fact.planned_jp, start, end, fact.selection)
        for place, uid in enumerate(absent):
            self._row(batch, uid, start, "tidak_hadir" if place < no_show else "mengundurkan_diri", fact.selection)

    def _present(self, batch: str, uid: str, jp: int, start: pd.Timestamp, end: pd.Timestamp, selection: str) -> None:
        """Somebody who came: passed, or not."""
        passed = self.rng.random() >= FAILED
        row = self._row(batch, uid, start, "lulus" if passed else "tidak_lulus", selection)
        row["attended_jp"] = float(jp) if passed else float(round(jp * self.rng.uniform(0.4, 0.8)))
        row["credited_jp"] = float(jp) if passed else 0.0
        row["final_score"] = float(np.clip(round(self.rng.normal(82, 5) if passed else self.rng.normal(52, 5)), 0, 100))
        row["certificate_date"] = end + pd.Timedelta(days=int(self.rng.integers(3, 20))) if passed else pd.NaT

    def _row(self, batch: str, uid: str, start: pd.Timestamp, outcome: str, selection: str) -> dict[str, object]:
        """A participation row with the unit at the time: somebody who moved later is still in the old unit."""
        person = self.roster.by_uid[uid]
        unit = person.unit[self.year]
        if self.year in person.moved and start < person.moved[self.year][1]:
            unit = person.moved[self.year][0]
        weights = [0.2, 0.1, 0.6, 0.1] if selection in ("random", "unknown") else [0.6, 0.25, 0.05, 0.1]
        nomination = str(self.rng.choice(["atasan", "penugasan", "mandiri", "undangan"], p=weights))
        row: dict[str, object] = {
            "batch_id": batch, "employee_uid": uid, "name": person.name, "unit_id": unit, "nomination": nomination,
            "outcome": outcome, "attended_jp": 0.0, "credited_jp": 0.0, "final_score": np.nan, "certificate_date": pd.NaT}
        self.rows.append(row)
        return row


def train(roster: Roster, leadership: Leadership, seed: int) -> Training:
    """Fill and record the courses of all years with those who take part.

    Years are drawn in order from one stream, since who is compared in one year is compared on that course in no later one.
    """
    rng = np.random.default_rng([seed, 3])
    batches: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    seatings: dict[int, Seating] = {}
    known: dict[tuple[int, str, str], float] = {}
    met: set[tuple[str, str]] = set()
    for year in YEARS:
        seats = Seats(rng, roster, leadership, year, met)
        seatings[year] = seats.fill()
        for people in (seatings[year].main, seatings[year].compared):
            met |= {(course, uid) for course, uids in people.items() for uid in uids}
        _seat_heads(seatings[year], roster, leadership.table)
        known |= {(year, course, uid): value for (course, uid), value in seats.truth.items()}
        registrar = Registrar(rng, roster, seatings[year])
        registrar.write()
        batches += registrar.batches
        rows += registrar.rows
    participation = pd.DataFrame(rows).drop_duplicates(["batch_id", "employee_uid"], ignore_index=True)
    return Training(pd.DataFrame(batches), participation, seatings, known)


def program_table() -> pd.DataFrame:
    """The processed-form table ``program``."""
    return pd.DataFrame([*BY_COURSE.values()]).drop(columns=["cost_per_jp", "funding"])
