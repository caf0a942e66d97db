"""Money: budget lines, partners, and the activities whose officers were trained in project management."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from karier_stats.sample.catalogue import BY_COURSE, PARTNERS, PERIOD, PROJECT_COURSE, YEARS
from karier_stats.sample.courses import Training
from karier_stats.sample.people import Person, Roster

ABSORPTION_GAIN = 0.06  # rise of spent / ceiling for officers trained in 2024, before the cap at 100 %
_ORGANIZER_UNIT = {"BPKAD": "OPD-04", "Setda": "OPD-02", "Diskominfotiksan": "OPD-06"}


def budget_table(training: Training, seed: int) -> pd.DataFrame:
    """The processed-form table ``budget``: one line per course and year, with what was held and what was cancelled.

    Participants and hours of a line are those of its batches. Spending is the hours at the course's price, 3.5 points of
    that price dearer each year and within 5 percent of it, in whole thousands; the ceiling leaves 3-14 percent of it unspent.
    """
    rng = np.random.default_rng([seed, 18])
    facts = training.batch.set_index("batch_id")[["program_id", "year", "state"]]
    held = training.came.groupby(["year", "program_id"], sort=True)["attended_jp"].agg(["size", "sum"])
    cancelled = set(zip(facts["year"], facts["program_id"], facts["state"], strict=True))
    rows: list[dict[str, Any]] = []
    for (year, course), (people, hours) in zip(held.index, held.itertuples(index=False), strict=True):
        fact = BY_COURSE[course]
        spent = int(round(hours * fact.cost_per_jp * rng.uniform(0.95, 1.05) * (0.93 + 0.035 * (year - 2023)), -3))
        lost = (year, course, "batal") in cancelled
        ceiling = int(round(spent / rng.uniform(0.86, 0.97) * (1.02 if lost else 1.0), -4))
        rows.append({
            "budget_id": f"A{year}-{course}", "year": year, "unit_id": _ORGANIZER_UNIT.get(fact.organizer, "OPD-01"),
            "program_id": course, "activity_code": f"5.04.02.2.{int(course[1:]):02d}", "funding_source": fact.funding,
            "ceiling_rp": ceiling, "spent_rp": spent, "participants": int(people), "jp_total": float(hours)})
    return pd.DataFrame(rows)


def partnership_table() -> pd.DataFrame:
    """The processed-form table ``partnership``: agreements of 2024-2026, worth (rupiah) their places times the cost of one."""
    table = pd.DataFrame(PARTNERS)
    return table.assign(start_date=pd.Timestamp(2024, 1, 2), end_date=pd.Timestamp(2026, 12, 31),
                        value_rp=table["seats"] * table["cost_per_seat_rp"])


def _officers(training: Training, roster: Roster, rng: np.random.Generator) -> tuple[list[Person], list[Person]]:
    """Officers trained in 2024 for the first time, and officers never trained, who stayed in their units."""
    course = training.came
    course = course[course["program_id"] == PROJECT_COURSE]
    by_year = {year: set(course.loc[course["year"] == year, "employee_uid"]) for year in YEARS}
    stay = roster.settled()
    trained = [p for p in stay if p.uid in by_year[2024] and p.uid not in by_year[2023] | by_year[2025]]
    never = [p for p in stay if p.contract == "PNS" and not any(p.uid in uids for uids in by_year.values())]
    others = [never[i] for i in rng.permutation(len(never))[:90 - len(trained)]]
    return trained, others


def projects(training: Training, roster: Roster, seed: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """The processed-form table ``project_performance`` and its known truth.

    Returns
    -------
    tuple of DataFrame and dict
        Rows by officer and year; the mean difference, in percentage points,
        that the training made in 2025 to the absorption of those trained.
    """
    rng = np.random.default_rng([seed, 19])
    trained, others = _officers(training, roster, rng)
    rows: list[dict[str, Any]] = []
    gains: list[float] = []
    for place, person in enumerate((*trained, *others)):
        base = 0.79 + 0.07 * float(rng.normal())
        gain = max(0.0, ABSORPTION_GAIN + 0.02 * float(rng.normal()))
        size = float(rng.lognormal(20.0, 0.5))
        for year in (2023, 2024, PERIOD):
            without = base + 0.01 * (year - 2023) + 0.045 * float(rng.normal())
            share = {2023: 0.0, 2024: 0.4, PERIOD: 1.0}[year] if place < len(trained) else 0.0
            ceiling = int(round(size * rng.uniform(0.9, 1.15), -5))
            seen = float(np.clip(without + share * gain, 0.2, 1.0))
            if share == 1.0:
                gains.append(100 * (seen - float(np.clip(without, 0.2, 1.0))))
            planned = pd.Timestamp(year, int(rng.integers(8, 13)), 15)
            late = int(max(0, rng.normal(60 * (1 - seen), 12)))
            rows.append({
                "year": year, "sub_activity_code": f"5.01.{place + 1:03d}", "unit_id": person.unit[year],
                "officer_uid": person.uid, "ceiling_rp": ceiling, "spent_rp": round(ceiling * seen), "physical_target_pct": 100.0,
                "physical_actual_pct": float(round(np.clip(100 * seen + rng.normal(4, 3), 20, 100), 1)),
                "planned_finish": planned, "actual_finish": planned + pd.Timedelta(days=late),
                "revisions": int(rng.poisson(3 * (1.1 - seen) + 0.3))})
    table = pd.DataFrame(rows).sort_values(["year", "sub_activity_code"], kind="stable", ignore_index=True)
    return table, {"difference_points": float(np.mean(gains)), "n_trained": len(trained), "n_compared": len(others)}


def gap_truth(budget: pd.DataFrame, needed_jp: pd.Series) -> dict[str, float]:
    """Need in rupiah less ceiling, and each of its parts, in 2025.

    ``needed_jp`` are the learning hours that each of the active staff needs. Need in rupiah =
    (people × mean hours - free hours) × the mean price over forms, weighted by participants, as ``ks.shortfall`` has it.
    """
    lines = budget[budget["year"] == PERIOD]
    lines = lines.assign(form=[BY_COURSE[course].form for course in lines["program_id"]])
    paid = lines[lines["spent_rp"] > 0]
    columns = ["spent_rp", "jp_total", "participants"]
    spent, hours, people = paid.groupby("form", sort=True)[columns].sum().to_numpy(float).T
    typical = float(spent / hours @ people / people.sum())
    given = float(lines.loc[lines["spent_rp"] == 0, "jp_total"].sum())
    offered = float(sum(p["seats"] * p["jp_per_seat"] for p in PARTNERS if p["cost_per_seat_rp"] == 0))
    ceiling, free, mean = float(lines["ceiling_rp"].sum()), max(given, offered), float(needed_jp.mean())
    need = (len(needed_jp) * mean - free) * typical
    return {"n_active": len(needed_jp), "mean_needed_jp": mean, "free_jp_person": free,
            "cost_per_jp_person_rp": float(paid["spent_rp"].sum() / paid["jp_total"].sum()),
            "mean_cost_by_form_rp": typical, "ceiling_rp": ceiling, "spent_rp": float(lines["spent_rp"].sum()),
            "need_rp": need, "gap_rp": need - ceiling}
