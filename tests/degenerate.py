"""Thirty and more tiny and degenerate districts: one of everything, nothing of something, ties, full counts.

Made from the office that can be counted by hand and from two small units of
the sample district, each spoilt in one way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from karier_stats.answers import chapters
from karier_stats.answers.record import Answer
from karier_stats.intake.processed import Processed
from tests import once, small_office
from tests.every_answer import sample

Tables = dict[str, pd.DataFrame]
SMALL_UNITS = ("14.71.10", "14.71.10.1010")
"""A kecamatan and a kelurahan of the sample."""


@cache
def _district(units: tuple[str, ...] = SMALL_UNITS) -> Tables:
    """The sample cut down to the people of some units, with the courses that they attended."""
    tables = sample()
    staff = tables["employee"][tables["employee"]["unit_id"].isin(units)]
    people = set(staff["employee_uid"])
    return {"employee": staff} | {
        name: frame[_of(name, frame, units, people)].reset_index(drop=True)
        for name, frame in tables.items() if name != "employee"
    }


def _of(name: str, frame: pd.DataFrame, units: tuple[str, ...], people: set[str]) -> pd.Series:
    """The rows of a table about some people, or about some units where it names nobody."""
    person = {"project_performance": "officer_uid"}.get(name, "employee_uid")
    if person in frame and name != "unit":
        return frame[person].isin(people)
    if "unit_id" in frame and name != "budget":
        return frame["unit_id"].isin(units)
    return pd.Series(True, index=frame.index)


def district(*units: str) -> Tables:
    """A fresh copy of the sample cut down to some units."""
    return {name: frame.copy() for name, frame in _district(units or SMALL_UNITS).items()}


def edit(tables: Tables, **changes: Callable[[pd.DataFrame], pd.DataFrame] | None) -> Tables:
    """The tables with some changed, and those set to None left out."""
    out = dict(tables)
    for name, change in changes.items():
        if change is None:
            del out[name]
        else:
            out[name] = change(out[name]).reset_index(drop=True)
    return out


def one_person(tables: Tables, uid: str) -> Tables:
    """What is known of one person."""
    kept = {name: frame[frame["employee_uid"] == uid] if "employee_uid" in frame else frame
            for name, frame in tables.items()}
    if "project_performance" in kept:
        kept["project_performance"] = kept["project_performance"].head(0)
    return {name: frame.reset_index(drop=True) for name, frame in kept.items()}


def outcome(state: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Everybody on a list ends alike."""
    return lambda rows: rows.assign(outcome=state, credited_jp=np.where(state == "lulus", 20.0, 0.0))


def everybody_on(tables: Tables) -> Tables:
    """Every person of the period on one batch, passed."""
    people = tables["employee"].query("year == 2025")["employee_uid"]
    batch = tables["participation"]["batch_id"].iloc[-1]
    rows = pd.DataFrame({"batch_id": batch, "employee_uid": people, "outcome": "lulus", "credited_jp": 20.0})
    return {**tables, "participation": rows}


def all_answer_alike(rows: pd.DataFrame) -> pd.DataFrame:
    """The same answer to every item by everybody."""
    return rows.assign(value=3.0)


def scores(value: float) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """The same score in every test of everybody."""
    return lambda rows: rows.assign(score=value)


def only(column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """Rows with one value of a column."""
    return lambda rows: rows[(rows[column] == value).fillna(False)]


def filled(column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """One value in every row of a column."""
    return lambda rows: rows.assign(**{column: value})


def none(rows: pd.DataFrame) -> pd.DataFrame:
    """No row."""
    return rows.head(0)


def tied_needs(rows: pd.DataFrame) -> pd.DataFrame:
    """Each topic as often as the other, first and second."""
    people = rows["employee_uid"].drop_duplicates().tolist()
    topics = ("keuangan_anggaran", "teknologi_informasi")
    made = [{"employee_uid": uid, "topic": topics[(place + rank) % 2], "interest_rank": rank + 1}
            for place, uid in enumerate(people) for rank in (0, 1)]
    return pd.DataFrame(made).assign(year=2025, need_item=lambda frame: frame["topic"], needed_jp=10.0)


def one_test(rows: pd.DataFrame) -> pd.DataFrame:
    """The tests of one person of the period."""
    now = rows[rows["year"] == 2025]
    return now[now["employee_uid"] == now["employee_uid"].iloc[0]]


def answered_by_one(rows: pd.DataFrame) -> pd.DataFrame:
    """The form of one respondent in each instrument."""
    return rows[rows["response_id"].isin(rows.drop_duplicates("instrument")["response_id"])]


def office() -> Tables:
    """The office that can be counted by hand."""
    return small_office.tables()


DISTRICTS: dict[str, Callable[[], Tables]] = {
    "small office": office,
    "one unit": lambda: edit(office(), unit=lambda u: u.head(1), employee=filled("unit_id", "U1")),
    "one year": lambda: edit(office(), employee=only("year", 2025), batch=only("year", 2025)),
    "one course": lambda: edit(office(), program=lambda p: p.head(1), batch=only("batch_id", "B1"),
                               participation=only("batch_id", "B1"), budget=lambda b: b.head(1)),
    "one person": lambda: one_person(office(), "a01"),
    "one person who took no part": lambda: one_person(office(), "a20"),
    "no participation": lambda: edit(office(), participation=none),
    "everybody took part": lambda: everybody_on(office()),
    "nobody attended": lambda: edit(office(), participation=outcome("tidak_hadir")),
    "everybody passed": lambda: edit(office(), participation=outcome("lulus")),
    "everybody failed": lambda: edit(office(), participation=outcome("tidak_lulus")),
    "no budget": lambda: edit(office(), budget=None),
    "budget of nothing": lambda: edit(office(), budget=lambda b: b.assign(ceiling_rp=0, spent_rp=0)),
    "one budget line": lambda: edit(office(), budget=lambda b: b.head(1)),
    "one sex": lambda: edit(office(), employee=filled("sex", "P")),
    "contract staff only": lambda: edit(office(), employee=filled("status", "PPPK")),
    "everybody on study": lambda: edit(office(), employee=filled("standing_code", "03")),
    "tied needs": lambda: edit(office(), need=tied_needs),
    "one wish": lambda: edit(office(), need=lambda n: n.head(1)),
    "everybody at the standard": lambda: edit(office(), competency=lambda c: c.assign(actual_level=c["standard_level"])),
    "one assessed": lambda: edit(office(), competency=only("employee_uid", "a01")),
    "all batches cancelled": lambda: edit(office(), batch=filled("state", "batal")),
    "equal hours": lambda: edit(office(), batch=filled("jp", 20.0), participation=filled("credited_jp", 20.0)),
    "required tables only": lambda: edit(office(), need=None, competency=None, budget=None, further_study=None),
    "two units": district,
    "one kelurahan": lambda: district("14.71.10.1010"),
    "equal scores": lambda: edit(district(), test_score=scores(70.0)),
    "scores at the ceiling": lambda: edit(district(), test_score=scores(100.0)),
    "no tests": lambda: edit(district(), test_score=none),
    "one person tested": lambda: edit(district(), test_score=one_test),
    "no comparison people": lambda: edit(district(), test_score=only("arm", "peserta")),
    "answers all alike": lambda: edit(district(), survey_response=all_answer_alike,
                                      post_training_rating=all_answer_alike),
    "one respondent": lambda: edit(district(), survey_response=answered_by_one),
    "no surveys": lambda: edit(district(), survey_response=none, survey_item=none, post_training_rating=none),
    "leaders alike": lambda: edit(district(), leader_engagement=lambda f: f.assign(
        head_jp=20.0, events_opened=6, letters_promoting=4)),
    "everybody of two units took part": lambda: everybody_on(district()),
}


@cache
def _evaluation(name: str) -> Processed:
    return Processed.from_tables(DISTRICTS[name](), period=2025)


@once.kept
def of_district(name: str, chapter: str) -> tuple[Answer, ...]:
    """The answers of one chapter for one degenerate district, as it gives them."""
    return tuple(chapters.answers(_evaluation(name), chapter))
