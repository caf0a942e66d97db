"""What the office keeps about people after training: study, competence, ratings, plans, performance, services."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.rules import rule
from karier_stats.sample.catalogue import FACTS, ITEMS, PERIOD, UNITS
from karier_stats.sample.courses import Training
from karier_stats.sample.people import Person, Roster
from karier_stats.sample.surveys import motivated

STUDY_GAIN = 0.38  # gain in motivation (scale 1-5, before rounding to answers) of those who finished a study
_SHARES = {"selesai": 70, "menunggu": 40, "ditolak": 34, "berjalan": 22}


def choose_students(roster: Roster, seed: int) -> dict[str, list[Person]]:
    """People by state of their application for further study; the roster gives those on study assignment standing 03."""
    rng = np.random.default_rng([seed, 10])
    pool = [p for p in roster.settled() if p.contract == "PNS" and p.education in ("30", "40") and p.birth.year >= 1975]
    order = [pool[i] for i in rng.permutation(len(pool))]
    groups: dict[str, list[Person]] = {}
    for state, n in _SHARES.items():
        groups[state], order = order[:n], order[n:]
    for person in groups["selesai"][:14]:
        person.standing[2023] = "03"
    for person in groups["berjalan"]:
        person.standing[2024] = person.standing[2025] = "03"
    return groups


def study_table(students: dict[str, list[Person]], seed: int) -> pd.DataFrame:
    """The processed-form table ``further_study``: applications by state.

    Everybody who studies now, and the first 14 who finished, were on study assignment; the others paid themselves.
    """
    rng = np.random.default_rng([seed, 11])
    rows: list[dict[str, Any]] = []
    for state, people in students.items():
        for place, person in enumerate(people):
            assigned = state == "berjalan" or (state == "selesai" and place < 14)
            started = {"selesai": pd.Timestamp(2022, 9, 1), "berjalan": pd.Timestamp(2024, 9, 2)}.get(state, pd.NaT)
            rows.append({
                "employee_uid": person.uid, "study_kind": "tugas_belajar" if assigned else "biaya_mandiri",
                "degree": "40" if person.education == "30" else "45", "university": str(rng.choice(FACTS["universities"])),
                "field": str(rng.choice(FACTS["fields"])), "start_date": started,
                "end_date": pd.Timestamp(2024, 8, 30) if state == "selesai" else pd.NaT, "state": state,
                "funding_source": str(rng.choice(["beasiswa", "apbd"])) if assigned else "mandiri"})
    return pd.DataFrame(rows)


def motivation(students: dict[str, list[Person]], seed: int) -> tuple[pd.DataFrame, dict[str, float]]:
    """Motivation before (2023) and after (2025) of those who finished, wait or were declined.

    Returns
    -------
    tuple of DataFrame and dict
        Answers, one row per person and wave; the mean gain of those who
        finished and answered twice, with their number.
    """
    rng = np.random.default_rng([seed, 12])
    people = [*students["selesai"], *students["menunggu"], *students["ditolak"]]
    finished = np.arange(len(people)) < len(students["selesai"])
    before, without, with_study = motivated(rng, people, STUDY_GAIN + rng.normal(0, 0.15, len(people)))
    seen = rng.random(len(people)) < 0.93
    after = np.where(finished[:, None], with_study, without)
    waves = []
    for wave, year, answers, keep in (("pre", 2023, before, np.ones(len(people), bool)), ("post", PERIOD, after, seen)):
        frame = pd.DataFrame(answers, columns=ITEMS["motivasi"])
        frame.insert(0, "employee_uid", [p.uid for p in people])
        frame.insert(1, "unit_id", [p.unit[year] for p in people])
        frame = frame.assign(wave=wave, year=year, submitted_on=pd.Timestamp(year, 3, 10),
                             response_id=[f"T-{year}-{i + 1:04d}" for i in range(len(people))])
        waves.append(frame[keep])
    gain = (with_study - without).mean(axis=1)[finished & seen]
    truth = {"difference": float(gain.mean()), "n_finished": int(gain.size), "n_compared": int((~finished & seen).sum())}
    return pd.concat(waves, ignore_index=True), truth


_LEVEL = {"JPT_PRATAMA": 4, "ADMINISTRATOR": 3, "PENGAWAS": 2, "FUNGSIONAL": 2, "PELAKSANA": 1}
DIGITAL = "Literasi digital"


def competency_table(roster: Roster, seed: int) -> pd.DataFrame:
    """The processed-form table ``competency``: nine named competences and digital literacy, two years.

    Four of ten staff are assessed each year. Required less reached lies from -1 to 2: on average 0.2 levels, and 0.85 in
    digital literacy, whose standard is one level higher.
    """
    rng = np.random.default_rng([seed, 13])
    rows: list[dict[str, Any]] = []
    for year in (2024, PERIOD):
        for person in roster.active(year, heads=True):
            if rng.random() >= 0.4:
                continue
            method = "ac" if rng.random() < 0.15 else "atasan"
            for code in codes.COMPETENCIES:
                standard = _LEVEL[person.post] + (1 if code == DIGITAL else 0)
                gap = rng.choice([-1, 0, 1, 2], p=[0.10, 0.20, 0.45, 0.25] if code == DIGITAL else [0.12, 0.60, 0.24, 0.04])
                rows.append({"employee_uid": person.uid, "year": year, "competency_code": code, "standard_level": standard,
                             "actual_level": int(np.clip(standard - gap, 0, 5)), "method": method})
    return pd.DataFrame(rows)


def performance_table(roster: Roster, seed: int) -> pd.DataFrame:
    """The processed-form table ``performance``: nearly everybody is "baik".

    One row per active person and year; the rating is the one that PermenPANRB 6/2022 gives for its two parts.
    """
    rng = np.random.default_rng([seed, 14])
    kinds = (("di_atas", "di_atas", "sangat_baik"), ("sesuai", "sesuai", "baik"), ("di_atas", "sesuai", "baik"),
             ("sesuai", "di_atas", "baik"), ("di_bawah", "sesuai", "butuh_perbaikan"))
    rows: list[dict[str, Any]] = []
    for year in (2023, 2024, 2025):
        for person in roster.active(year, heads=True):
            result, behaviour, rating = kinds[int(rng.choice(5, p=[0.12, 0.55, 0.18, 0.13, 0.02]))]
            rows.append({"employee_uid": person.uid, "year": year, "work_result": result, "work_behavior": behaviour,
                         "rating": rating, "scheme": "permen6"})
    return pd.DataFrame(rows)


MEASURED = {2024: {True: 0.62, False: 0.20}, 2025: {True: 0.80, False: 0.45}}
"""Chance that the professionalism index of somebody was measured: permanent staff, and the others."""
CERTIFIED, CERTIFICATE = 0.20, 17.5  # chance of a new certificate between both years, and what it adds to the competence score
MISTYPED = 9  # rows whose index on record is not the sum of its scores


def ip_asn_table(roster: Roster, ratings: pd.DataFrame, graduates: list[Person], seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The processed-form table ``ip_asn`` and its known truth.

    Qualification and performance follow the rule, but graduates of 2024 bear a degree that the staff list does not know yet.
    Competence rises with new certificates. Those measured in 2025 alone have fewer points, so that the mean of all measured
    rises otherwise than that of the same people.
    """
    rng = np.random.default_rng([seed, 18])
    points, rated = rule("ip_asn_points").value, ratings.set_index(["employee_uid", "year"])["rating"]
    rows: list[dict[str, Any]] = []
    for person in roster.people:
        base = float(rng.choice([10.0, 22.5], p=[0.4, 0.6] if person.contract == "PNS" else [0.95, 0.05]))
        certified, draw = rng.random() < CERTIFIED, rng.random()
        for year, chance in MEASURED.items():
            if person.standing.get(year) == "01" and draw < chance[person.contract == "PNS"]:
                degree = 5.0 * (year == PERIOD and person in graduates)
                scores = {"qualification": points["qualification"][person.education] + degree,
                          "competence": base + CERTIFICATE * (certified and year == PERIOD),
                          "performance": float(points["performance"][rated[person.uid, year]]),
                          "discipline": 5.0 if rng.random() < 0.98 else 3.0}
                rows.append({"employee_uid": person.uid, "year": year, **scores, "total": sum(scores.values())})
    table = pd.DataFrame(rows)
    wide = table.set_index(["employee_uid", "year"]).unstack("year").dropna()
    moved = {name: float((wide[name][PERIOD] - wide[name][PERIOD - 1]).mean()) for name in ("total", *list(scores))}
    table.loc[rng.choice(table.index[table["year"] == PERIOD], MISTYPED, replace=False), "total"] -= 5.0
    measured = table["year"].value_counts().to_dict()
    return table, {"change": moved, "from_competence": moved["competence"] / moved["total"], "n_both": len(wide),
                   "measured": {str(year): int(n) for year, n in sorted(measured.items())}, "mistyped": MISTYPED}


def rating_table(training: Training, seed: int) -> pd.DataFrame:
    """The processed-form table ``post_training_rating``: graduate and superior, six months later.

    Three items of 1-5 for six of ten graduates of four courses; graduates rate themselves 0.2 points higher, before rounding.
    """
    rng = np.random.default_rng([seed, 15])
    came = training.came
    pool = came[came["program_id"].isin(["P03", "P05", "P07", "P08"]) & (came["year"] >= 2024)]
    rows: list[dict[str, Any]] = []
    for batch, uid in zip(pool["batch_id"], pool["employee_uid"], strict=True):
        if rng.random() >= 0.6:
            continue
        level = 3.7 + 0.5 * float(rng.normal())
        for role, shift in (("alumni", 0.2), ("atasan", 0.0)):
            for item, offset in (("PK1", 0.1), ("PK2", 0.0), ("PK3", -0.2)):
                value = float(np.clip(round(level + shift + offset + 0.5 * float(rng.normal())), 1, 5))
                rows.append({"batch_id": batch, "employee_uid": uid, "rater_role": role, "item_id": item,
                             "wave_month": 6, "value": value})
    return pd.DataFrame(rows)


PLAN_SHARES = {"selesai": 0.46, "proses": 0.28, "belum": 0.22, "tidak_dapat_ditindaklanjuti": 0.04}


def plan_table(training: Training, seed: int) -> pd.DataFrame:
    """The processed-form table ``action_plan``: everybody who passed a workshop, bimtek or technical course owes one.

    It is due 90 days after the batch ended; its state is drawn with the chances of ``PLAN_SHARES``.
    """
    rng = np.random.default_rng([seed, 16])
    came = training.came
    passed = came[(came["outcome"] == "lulus") & came["program_id"].isin(["P03", "P04", "P05", "P06", "P07", "P08"])]
    state = rng.choice(list(PLAN_SHARES), len(passed), p=list(PLAN_SHARES.values()))
    return pd.DataFrame({"batch_id": passed["batch_id"], "employee_uid": passed["employee_uid"],
                         "due_on": passed["end_date"] + pd.Timedelta(days=90), "state": state}).reset_index(drop=True)


def service_table(seed: int) -> pd.DataFrame:
    """The processed-form table ``service_survey``: units that serve the public, two years.

    Sixty visitors a unit and year answer each of the nine elements from 1 to 4, around a level of the unit.
    """
    rng = np.random.default_rng([seed, 17])
    rows: list[dict[str, Any]] = []
    units = [u for u in UNITS if u.scope == "A" or u.unit_id in ("TR-B01", "TR-B02", "OPD-09")]
    for year in (2024, PERIOD):
        for unit in units:
            level = 3.25 + 0.12 * float(rng.normal()) + 0.05 * (year == PERIOD)
            for _ in range(60):
                answers = np.clip(np.rint(level + rng.normal(0, 0.5, len(codes.SERVICE_ELEMENTS))), 1, 4)
                rows.append({"response_id": f"IKM-{len(rows) + 1:05d}", "unit_id": unit.unit_id, "year": year}
                            | {name: int(a) for name, a in zip(codes.SERVICE_ELEMENTS, answers, strict=True)})
    return pd.DataFrame(rows)


def recommendation_table() -> pd.DataFrame:
    """The processed-form table ``recommendation``: what earlier evaluations asked for and what became of it."""
    return pd.DataFrame(FACTS["recommendations"]).assign(due_on=lambda rows: pd.to_datetime(rows["due_on"]))
