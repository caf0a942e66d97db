"""What heads did, and who takes part in training: the planted leadership truth."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from karier_stats.domain.indices import engagement_index
from karier_stats.sample.catalogue import FACTS, UNITS, YEARS
from karier_stats.sample.people import ACTING, CHANGES, Roster

BASE, WITHIN, BETWEEN, UNIT_SD = 0.47, 0.03, 0.05, 0.05
"""Participation: level at the mean of the index, slope per index point within and between units, unit effect."""
CULTURE = 0.12  # learning culture (scale 1-5, before rounding to answers) per point of the unit's mean engagement
ADDED = {"women": 0.04, "pppk": -0.06, "pelaksana": -0.04, "age_50_plus": -0.06}
"""Differences in the chance to take part, in the same unit and year."""
LAGGED = (2023, 2024)  # years whose recorded engagement is the lag of the participation of 2024 and 2025


@dataclass(frozen=True)
class Planted:
    """Slopes per point of the index: participation within and between units, learning culture between units."""

    within: float = WITHIN
    between: float = BETWEEN
    culture: float = CULTURE


SAMPLE = Planted()  # what the sample district holds


@dataclass(frozen=True)
class Leadership:
    """Recorded engagement, the unit-level parts of the chance to take part, and who took part.

    ``mean`` is the units' mean of the index over the lagged years, ``grand`` the mean of these.

    ``chance`` has one row per eligible person and year; ``index`` is the
    recorded index by unit (rows) and year (columns; 2022 is unrecorded).
    """

    table: pd.DataFrame
    index: pd.DataFrame
    mean: pd.Series
    grand: float
    chance: pd.DataFrame
    planted: Planted = SAMPLE

    def takers(self, year: int) -> set[str]:
        """Who takes part in at least one course in ``year``."""
        rows = self.chance[(self.chance["year"] == year) & self.chance["takes_part"]]
        return set(rows["employee_uid"])


def _record(rng: np.random.Generator, roster: Roster, level: dict[str, float]) -> pd.DataFrame:
    """The table ``leader_engagement`` with the unrecorded year 2022 in front; half-year heads do their share of a year."""
    rows = []
    for year, unit in itertools.product((2022, *YEARS), level):
        heads = roster.heads(unit, year) if year >= 2023 else [roster.head_of(unit, 2023)]
        for place, head in enumerate(heads):
            share = float(np.clip(level[unit] / 10 + rng.normal(0, 0.14), 0.04, 0.98))
            jp = int(np.clip(round(20 * (share + rng.normal(0, 0.12))), 0, 34))
            events = int(np.clip(round(6 * (share + rng.normal(0, 0.12))), 0, 9))
            letters = int(np.clip(round(4 * (share + rng.normal(0, 0.12))), 0, 6))
            months = 12 if len(heads) == 1 else (CHANGES[unit] if place == 0 else 12 - CHANGES[unit])
            if len(heads) > 1:
                jp, events, letters = (round(count * months / 12) for count in (jp, events, letters))
            rows.append({
                "unit_id": unit, "year": year, "head_uid": head.uid,
                "acting_type": "PLT" if place == 1 else ACTING.get((unit, year), "D"), "months": months,
                "head_jp": float(jp), "events_opened": events, "letters_promoting": letters,
                "time_released_jp": float(int(rng.integers(10, 60)) + 12 * int(level[unit])),
                "support_score": round(float(np.clip(2.2 + 0.25 * level[unit] + rng.normal(0, 0.3), 1, 5)), 1),
                "source": FACTS["leaders_source"]})
    return pd.DataFrame(rows)


def index_by_unit(table: pd.DataFrame) -> pd.DataFrame:
    """The engagement index (0-10) by unit (rows) and year (columns), from counts summed over the heads of a year."""
    counts = table.groupby(["unit_id", "year"], sort=True)[["head_jp", "events_opened", "letters_promoting"]].sum()
    index = engagement_index(counts["head_jp"], counts["events_opened"], counts["letters_promoting"])
    return index.unstack("year")


def _chances(
    rng: np.random.Generator, roster: Roster, index: pd.DataFrame, mean: pd.Series, effect: dict[str, float],
    planted: Planted,
) -> pd.DataFrame:
    """The chance of each eligible person in each year, and whether it came true."""
    frame = pd.DataFrame([{
        "employee_uid": p.uid, "year": year, "unit_id": p.unit[year],
        "added": (ADDED["women"] * (p.sex == "P") + ADDED["pppk"] * p.contract.startswith("PPPK")
                  + ADDED["pelaksana"] * (p.post == "PELAKSANA") + ADDED["age_50_plus"] * (p.age(year) >= 50))}
        for year in YEARS for p in roster.active(year)])
    centred = frame["added"] - frame.groupby(["unit_id", "year"], sort=False)["added"].transform("mean")
    lag = np.array([index.at[unit, year - 1] for unit, year in zip(frame["unit_id"], frame["year"], strict=True)])
    middle = frame["unit_id"].map(mean).to_numpy()
    unit = frame["unit_id"].map(effect).to_numpy()
    frame["chance"] = BASE + planted.within * (lag - middle) + planted.between * (middle - mean.mean()) + unit + centred
    frame["takes_part"] = rng.random(len(frame)) < frame["chance"].clip(0.05, 0.95)
    return frame


def lead(roster: Roster, seed: int, planted: Planted = SAMPLE) -> Leadership:
    """Draw what heads did and who takes part.

    The draws are the same for all planted slopes, so that districts differ in nothing else:
    p = base + within x (E of the year before - the unit's mean of E) + between x
    (the unit's mean - grand mean) + unit effect + personal part centred in the
    unit and year. E is computed from the recorded whole counts, so the planted
    slopes hold exactly for the index that an analyst computes.
    """
    rng = np.random.default_rng([seed, 2])
    level = dict(zip([u.unit_id for u in UNITS], rng.permutation(np.linspace(1.8, 8.2, len(UNITS))), strict=True))
    noise = rng.permutation(np.linspace(-1.7, 1.7, len(UNITS))) * UNIT_SD
    effect = dict(zip([u.unit_id for u in UNITS], noise, strict=True))
    table = _record(rng, roster, level)
    index = index_by_unit(table)
    mean = index[list(LAGGED)].mean(axis=1)
    chance = _chances(rng, roster, index, mean, effect, planted)
    recorded = table[table["year"] >= YEARS[0]].reset_index(drop=True)
    return Leadership(recorded, index, mean, float(mean.mean()), chance, planted)
