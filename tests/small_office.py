"""A made-up office small enough to count by hand: 24 active staff, one on study assignment, four batches."""

from __future__ import annotations

import numpy as np
import pandas as pd

from karier_stats.answers.record import Answer, Finding
from karier_stats.intake.processed import Processed

IT, MONEY, LEAD = "teknologi_informasi", "keuangan_anggaran", "kepemimpinan"


def person(*numbers: int) -> list[str]:
    """Pseudonyms of people by number."""
    return [f"a{number:02d}" for number in numbers]


def tables() -> dict[str, pd.DataFrame]:
    """The tables: the five required ones and those that the four chapters can use."""
    return {**_people(), **_courses(), **_needs(), **_money()}


def _people() -> dict[str, pd.DataFrame]:
    """Women are 1-12 (unit U1), men 13-25 (unit U2); 1-20 PNS, the others PPPK; 25 is on study assignment."""
    everyone = range(1, 26)
    staff = pd.DataFrame({
        "employee_uid": person(*everyone), "unit_id": ["U1" if n <= 12 else "U2" for n in everyone],
        "status": ["PNS" if n <= 20 or n == 25 else "PPPK" for n in everyone],
        "standing_code": ["03" if n == 25 else "01" for n in everyone],
        "sex": ["P" if n <= 12 else "L" for n in everyone],
    })
    units = pd.DataFrame({"unit_id": ["U1", "U2"], "unit_name": ["Unit Satu", "Unit Dua"], "scope": ["A", "C"]})
    return {"unit": units, "employee": pd.concat([staff.assign(year=2024), staff.assign(year=2025)])}


def _courses() -> dict[str, pd.DataFrame]:
    """B1 20 JP, B2 4 JP, B3 300 JP, B4 cancelled; B0 is last year's."""
    program = pd.DataFrame({
        "program_id": ["P1", "P2", "P3"], "title": ["Satu", "Dua", "Tiga"], "topic": [IT, MONEY, LEAD],
        "form": ["workshop", "seminar", "diklat_struktural"],
    })
    batch = pd.DataFrame({
        "batch_id": ["B0", "B1", "B2", "B3", "B4"], "program_id": ["P1", "P1", "P2", "P3", "P2"],
        "year": [2024, 2025, 2025, 2025, 2025], "jp": [20.0, 20, 4, 300, 4], "quota": [20, 20, 10, 2, 10],
        "state": ["selesai"] * 4 + ["batal"], "cancel_reason": [None] * 4 + ["anggaran dialihkan"],
        "start_date": ["2024-03-01", "2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01"],
        "end_date": ["2024-03-03", "2025-03-03", "2025-04-01", "2025-06-01", "2025-06-01"],
    })
    rows = [("B0", n, "lulus", 20) for n in range(1, 7)] + [("B1", n, "lulus", 20) for n in range(1, 9)]
    rows += [("B1", 9, "tidak_lulus", 0), ("B1", 10, "tidak_hadir", 0), ("B1", 11, "mengundurkan_diri", 0)]
    rows += [("B2", n, "lulus", 4) for n in (1, 2, 3, 4, 21)] + [("B3", 1, "lulus", 300)]
    participation = pd.DataFrame(rows, columns=["batch_id", "employee_uid", "outcome", "credited_jp"])
    participation["employee_uid"] = person(*participation["employee_uid"])
    return {"program": program, "batch": batch, "participation": participation}


def _needs() -> dict[str, pd.DataFrame]:
    """Ten respondents: first choices 6, 3 and 1; four people assessed in two competencies."""
    wishes = [(n, IT, 1) for n in range(1, 7)] + [(n, MONEY, 2) for n in range(1, 7)]
    wishes += [(n, MONEY, 1) for n in (7, 8, 9)] + [(n, IT, 2) for n in (7, 8, 9)] + [(10, LEAD, 1)]
    need = pd.DataFrame(wishes, columns=["employee_uid", "topic", "interest_rank"]).assign(year=2025)
    need = need.assign(employee_uid=person(*need["employee_uid"]), need_item=need["topic"])
    levels = (
        [(n, "1", 3, actual) for n, actual in zip(range(1, 5), (2, 2, 3, 4), strict=True)]
        + [(n, "3", 2, 1) for n in range(1, 5)]
    )
    competency = pd.DataFrame(levels, columns=["employee_uid", "competency_code", "standard_level", "actual_level"])
    return {"need": need, "competency": competency.assign(year=2025, employee_uid=person(*competency["employee_uid"]))}


def _money() -> dict[str, pd.DataFrame]:
    """Two paid budget lines of 20,000 rupiah per person hour, one free; three applications for study."""
    budget = pd.DataFrame({
        "budget_id": ["L1", "L2", "L3"], "year": 2025, "program_id": ["P1", "P2", None],
        "funding_source": ["apbd", "hibah", "gratis"], "ceiling_rp": [4_000_000, 1_000_000, 0],
        "spent_rp": [3_200_000, 800_000, 0], "jp_total": [160.0, 40.0, 100.0],
    })
    study = pd.DataFrame({
        "employee_uid": person(25, 13, 14), "degree": ["45", "40", "45"], "study_kind": "tugas_belajar",
        "state": ["berjalan", "selesai", "ditolak"], "start_date": ["2024-08-01", "2020-08-01", "2025-08-01"],
    })
    return {"budget": budget, "further_study": study}


def office(without: tuple[str, ...] = (), period: int = 2025, **parameters: object) -> Processed:
    """The office as an evaluation, some tables left out."""
    kept = {name: frame for name, frame in tables().items() if name not in without}
    return Processed.from_tables(kept, period=period, **parameters)


def only_required(**parameters: object) -> Processed:
    """The five required tables and nothing else."""
    return office(("need", "competency", "budget", "further_study"), **parameters)


def disguised(seed: int = 3) -> Processed:
    """The same office with other pseudonyms and its rows in another order."""
    random = np.random.default_rng(seed)
    secret = dict(zip(person(*range(1, 26)), (f"z{n:03d}" for n in random.permutation(500)[:25]), strict=True))
    changed = {}
    for name, given in tables().items():
        frame = given.sample(frac=1, random_state=seed).reset_index(drop=True)
        who = {"employee_uid": frame["employee_uid"].map(secret)} if "employee_uid" in frame else {}
        changed[name] = frame.assign(**who)
    return Processed.from_tables(changed, period=2025)


def one(answer: Answer, part: str = "") -> Finding:
    """The finding of an answer with that part of its id."""
    (found,) = [finding for finding in answer.findings if finding.id == answer.id + (f".{part}" if part else "")]
    return found


def as_seen(answer: Answer) -> list[dict]:
    """Everything that the findings of an answer say."""
    return [finding.as_dict() for finding in answer.findings]
