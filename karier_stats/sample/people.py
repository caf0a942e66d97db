"""The made-up staff: who they are, where they work each year, who heads a unit.

A service number here has the legal form and passes every check of form, yet can
belong to nobody: serial numbers restart at 001 for every 15-digit prefix and
never come near 900, and all serials here are 901-999.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from karier_stats.domain.nip import age_band
from karier_stats.sample.catalogue import BY_UNIT, FACTS, NEEDED_JP, UNITS, YEARS, UnitFact

LEAVE, MOVE = 0.03, 0.02  # share of staff that leaves, and that moves to another unit, each year
ACTING = {("14.71.10.1005", 2023): "PLT", ("14.71.10.1005", 2024): "PLT", ("OPD-10", 2024): "PLT"}
"""Units led by an acting head for a whole year."""
CHANGES = {"OPD-08": 7, "14.71.10.1010": 5}  # units whose head leaves in 2025, and the months that head was in office


@dataclass(eq=False)
class Person:
    """One made-up civil servant and where they stand each year.

    Parameters
    ----------
    uid, nip, name : str
        Pseudonym, service number, two plain words.
    contract : str
        How somebody came: ``PNS`` stays so; see :meth:`status` for what it is in a year.
    ability : float
        Standard normal; what all knowledge partly rests on.
    unit, standing : dict
        Unit and legal standing by year; no entry for a year elsewhere.
    head : set of int
        Years as head of the unit.
    moved : dict
        Year of a move: the unit before it, and the day.
    """

    uid: str
    nip: str
    name: str
    sex: str
    birth: pd.Timestamp
    appointed: int
    contract: str
    education: str
    post: str
    ability: float
    needed_jp: int
    unit: dict[int, str] = field(default_factory=dict)
    standing: dict[int, str] = field(default_factory=dict)
    head: set[int] = field(default_factory=set)
    moved: dict[int, tuple[str, pd.Timestamp]] = field(default_factory=dict)

    def status(self, year: int) -> str:
        """Employment status in ``year``: probationary until the year after appointment."""
        if self.contract != "PNS":
            return self.contract
        return "CPNS" if self.appointed >= year - 1 and self.appointed >= 2022 else "PNS"

    def age(self, year: int) -> int:
        """Age at the end of ``year``."""
        return year - self.birth.year


def _birth(rng: np.random.Generator, low: int, high: int) -> pd.Timestamp:
    """A birth date in the years ``low`` to ``high``."""
    return pd.Timestamp(int(rng.integers(low, high + 1)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))


def _contract(rng: np.random.Generator, entered: int) -> str:
    """Contract of somebody in the first roster, or of a newcomer of a later year."""
    if entered == YEARS[0]:
        return "PNS" if rng.random() < 0.71 else "PPPK"
    draw = rng.random()
    if entered == 2025 and draw < 0.15:
        return "PPPK_PART_TIME"
    return "PNS" if draw < 0.5 else "PPPK"


def _dates(rng: np.random.Generator, contract: str, entered: int) -> tuple[pd.Timestamp, int]:
    """Birth date and year of appointment, so that nobody is appointed before 20 or after 50."""
    if contract == "PNS":
        if entered > YEARS[0]:
            return _birth(rng, entered - 32, entered - 22), entered
        birth = _birth(rng, 1967, 1999)
        return birth, int(rng.integers(birth.year + 21, min(birth.year + 34, 2023)))
    birth = _birth(rng, 1976, 2000)
    return birth, entered if entered > YEARS[0] else int(rng.integers(max(2019, birth.year + 21), 2024))


def _post(rng: np.random.Generator, unit: UnitFact, contract: str) -> str:
    """Post type of a person who heads nothing."""
    if unit.unit_type in ("puskesmas", "sekolah"):
        return "FUNGSIONAL" if rng.random() < 0.82 else "PELAKSANA"
    if contract != "PNS":
        return "FUNGSIONAL" if rng.random() < 0.35 else "PELAKSANA"
    draw = rng.random()
    if unit.unit_type == "kelurahan":
        return "PENGAWAS" if draw < 0.30 else "PELAKSANA"
    return "ADMINISTRATOR" if draw < 0.04 else "PENGAWAS" if draw < 0.14 else "FUNGSIONAL" if draw < 0.48 else "PELAKSANA"


class Roster:
    """Everybody who worked in the district in 2023-2025.

    ``people`` in the order in which they came, ``by_uid`` the same by pseudonym. All is drawn from one stream: another order
    of the draws makes other people.
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([seed, 1])
        self.serials: Counter[str] = Counter()
        self.people: list[Person] = []
        for unit in UNITS:
            for place in range(unit.size):
                self._first(unit, head=place == 0)
        for year in YEARS[1:]:
            self._turn(year)
        for name in CHANGES:  # in 2025 two heads leave for pre-retirement and somebody of the unit acts
            self.head_of(name, 2025).standing[2025] = "20"
            staff = [p for p in self.people if p.unit.get(2025) == name and not p.head and p.contract == "PNS" and 2023 in p.unit]
            min(staff, key=lambda p: (p.birth, p.uid)).head.add(2025)
        for person in self.people:
            for year in person.unit:
                draw = self.rng.random()
                rare = "02" if draw < 0.003 else "15" if draw < 0.005 else "01"
                person.standing.setdefault(year, "20" if person.age(year) >= 58 else "01" if person.head else rare)
        self.by_uid = {person.uid: person for person in self.people}

    def _number(self, birth: pd.Timestamp, year: int, month: int, male: bool, contract: str) -> str:
        """NIP (birth, appointment month, sex, serial) or NI PPPK (birth, year, 2, contract 1, sex, serial).

        Serials run from 901 up for each 15-digit prefix: no office has issued them.
        """
        prefix = f"{birth:%Y%m%d}{year}{f'{month:02d}' if contract == 'PNS' else '21'}{1 if male else 2}"
        self.serials[prefix] += 1
        return f"{prefix}{900 + self.serials[prefix]}"

    def _new(self, entered: int, contract: str, post: str) -> Person:
        """A new person with made-up attributes."""
        rng = self.rng
        birth, appointed = _dates(rng, contract, entered)
        male = bool(rng.random() < 0.45)
        nip = self._number(birth, appointed, int(rng.choice([1, 3, 4, 12])), male, contract)
        education = str(rng.choice(["15", "30", "40", "45"], p=[0.22, 0.16, 0.52, 0.10]))
        name = f"{rng.choice(FACTS['first_names'])} {rng.choice(FACTS['last_names'])}"
        needed = int(rng.choice(list(NEEDED_JP), p=list(NEEDED_JP.values())))
        person = Person(f"u{len(self.people) + 1:05d}", nip, name, "L" if male else "P", birth, appointed, contract,
                        education, post, float(rng.normal()), needed)
        self.people.append(person)
        return person

    def _first(self, unit: UnitFact, head: bool) -> None:
        """A person of the first year's roster."""
        contract = "PNS" if head else _contract(self.rng, YEARS[0])
        post = FACTS["head_posts"].get(unit.unit_type, "JPT_PRATAMA") if head else _post(self.rng, unit, contract)
        person = self._new(YEARS[0], contract, post)
        if head:
            # A head is a settled official: neither close to the pension nor on probation.
            person.birth, person.appointed, person.education = _birth(self.rng, 1970, 1982), 2006, "45"
            person.nip = self._number(person.birth, 2006, 4, person.sex == "L", "PNS")
            person.head.add(YEARS[0])
        person.unit[YEARS[0]] = unit.unit_id

    def _turn(self, year: int) -> None:
        """One new year: some leave and are replaced, some move, heads stay."""
        for person in [p for p in self.people if year - 1 in p.unit]:
            unit = person.unit[year - 1]
            draw = self.rng.random()
            if person.head:
                person.unit[year] = unit
                person.head.add(year)
            elif draw < LEAVE:
                contract = _contract(self.rng, year)
                self._new(year, contract, _post(self.rng, BY_UNIT[unit], contract)).unit[year] = unit
            elif draw < LEAVE + MOVE:
                person.unit[year] = str(self.rng.choice([u.unit_id for u in UNITS if u.unit_id != unit and u.scope == "C"]))
                person.moved[year] = (unit, pd.Timestamp(year, int(self.rng.integers(4, 10)), 1))
            else:
                person.unit[year] = unit

    def head_of(self, unit: str, year: int) -> Person:
        """The head of ``unit`` in ``year``; where two held office, the first."""
        return next(p for p in self.people if p.unit.get(year) == unit and year in p.head)

    def heads(self, unit: str, year: int) -> list[Person]:
        """All who headed ``unit`` in ``year``, the one who left first."""
        found = [p for p in self.people if p.unit.get(year) == unit and year in p.head]
        return sorted(found, key=lambda p: (p.standing[year] != "20", p.uid))

    def settled(self) -> list[Person]:
        """People in the same unit, active and not heads, in all three years."""
        return [p for p in self.people if len(p.unit) == 3 and len(set(p.unit.values())) == 1
                and set(p.standing.values()) == {"01"} and not p.head]

    def active(self, year: int, heads: bool = False) -> list[Person]:
        """Active staff of ``year`` in roster order; with ``heads`` also the heads."""
        return [p for p in self.people if p.standing.get(year) == "01" and (heads or year not in p.head)]


def employee_table(roster: Roster) -> pd.DataFrame:
    """The processed-form table ``employee``, one row per person and year, with its input-only columns."""
    rows = [{
        "employee_uid": p.uid, "name": p.name, "birth_date": p.birth, "year": year, "unit_id": unit,
        "status": p.status(year), "standing_code": p.standing[year], "sex": p.sex,
        "age_band": age_band(p.birth, year), "service_years": float(year - p.appointed),
        "grade": FACTS["grades"]["PNS" if p.contract == "PNS" else "PPPK"][p.education],
        "position_type": p.post,
        "position_name": FACTS["heads"].get(BY_UNIT[unit].unit_type, FACTS["posts"]["JPT_PRATAMA"]) if year in p.head
        else FACTS["posts"][p.post], "education": p.education,
        "is_head": year in p.head,
    } for p in roster.people for year, unit in p.unit.items()]
    frame = pd.DataFrame(rows)
    return frame.sort_values(["year", "unit_id", "employee_uid"], kind="stable", ignore_index=True)


def unit_table() -> pd.DataFrame:
    """The processed-form table ``unit``: one row per unit of the catalogue, without its planned size."""
    return pd.DataFrame(UNITS).drop(columns="size")
