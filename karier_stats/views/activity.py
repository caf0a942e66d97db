"""Who and what is counted, so that every view counts the same.

Active staff are the people of one year's snapshot with legal standing 01; a person took part where a row of participation
ended with "passed" or "did not pass"; learning hours are those credited. A standing that the office did not give counts as
active.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from karier_stats.intake.processed import Processed
from karier_stats.views.view import Wanting, once
from karier_stats.words import Phrase

ATTENDED = ("lulus", "tidak_lulus")
ACTIVE = "01"
LEAST = 10
"""Groups of fewer people stand together; the describing verbs do not compare them either."""


def of_agency(ev: Processed) -> None:
    """Refuse to tell figures of the whole agency as those of one unit."""
    if ev.of_one_unit:
        raise Wanting(Phrase("views.of_agency"))


@once
def staff(ev: Processed, year: int | None = None, standing: str | None = ACTIVE) -> pd.DataFrame:
    """The people of one year's snapshot (default: the period) with a legal standing (None: everyone), one row each."""
    people = ev.table("employee", "all")
    people = people[(people["year"] == (year or ev.period)).fillna(False)]
    if standing is not None:
        people = people[people["standing_code"].fillna(ACTIVE) == standing]
    return people.drop_duplicates("employee_uid").reset_index(drop=True)


def whole(ev: Processed) -> Processed:
    """The evaluation of all units."""
    return replace(ev, unit="semua")


def placed(rows: pd.DataFrame, home: pd.Series) -> pd.DataFrame:
    """Rows with the unit that they give, else that of their person (``home``, by ``employee_uid``)."""
    given = rows["unit_id"] if "unit_id" in rows else pd.Series(pd.NA, index=rows.index, dtype="string")
    return rows.assign(unit_id=given.fillna(rows["employee_uid"].map(home)))


@once
def enrolments(ev: Processed, year: int | None = None) -> pd.DataFrame:
    """Participation rows of one year (default: the period) with their batch and course.

    Adds ``program_id``, ``year``, ``batch_jp``, ``state``, ``title``, ``topic``, ``form`` and ``jp``, the learning hours that
    count for the person: those credited; for a graduate without credit those attended, else the batch's.
    """
    rows = ev.table("participation", "all")
    course = batches(ev)
    kept = [name for name in rows if name == "batch_id" or name not in course]
    rows = rows[kept].merge(course, on="batch_id", how="left", validate="m:1")
    rows = rows[(rows["year"] == (year or ev.period)).fillna(False)].reset_index(drop=True)
    uncredited = rows["attended_jp"].fillna(rows["batch_jp"]).where(rows["outcome"] == "lulus", 0.0)
    rows["jp"] = rows["credited_jp"].fillna(uncredited).fillna(0.0).astype(float)
    rows["attended"] = rows["outcome"].isin(ATTENDED)
    return rows


@once
def batches(ev: Processed) -> pd.DataFrame:
    """Every batch with its course's title, topic and form."""
    batch = ev.table("batch", "all")[["batch_id", "program_id", "year", "jp", "quota", "state", "cancel_reason"]]
    program = ev.table("program", "all")[["program_id", "title", "topic", "form", "planned_jp"]]
    joined = batch.rename(columns={"jp": "batch_jp"}).merge(program, on="program_id", how="left", validate="m:1")
    joined["batch_jp"] = joined["batch_jp"].fillna(joined["planned_jp"])
    return joined.drop(columns="planned_jp")


@once
def with_activity(ev: Processed, year: int | None = None, standing: str | None = ACTIVE) -> pd.DataFrame:
    """One year's staff with ``took_part`` (bool), ``courses`` attended and ``jp`` credited.

    What a person attended counts whole, also what was attended while in another unit.
    """
    people, rows = staff(ev, year, standing), enrolments(whole(ev), year)
    rows = rows[rows["attended"]]
    by_person = rows.groupby("employee_uid", sort=False).agg(courses=("batch_id", "size"), jp=("jp", "sum"))
    people = people.merge(by_person, left_on="employee_uid", right_index=True, how="left")
    people["courses"] = people["courses"].fillna(0).astype(int)
    people["jp"] = people["jp"].fillna(0.0).round(6)  # sums of halves in another row order differ in the last bit
    people["took_part"] = people["courses"] > 0
    return people


def linked(ev: Processed, year: int | None = None) -> tuple[int, int]:
    """Participation rows whose person is in the staff snapshot of that year, and all of them."""
    rows = enrolments(ev, year)
    known = rows["employee_uid"].isin(staff(whole(ev), year, None)["employee_uid"])
    return int(known.sum()), len(rows)


def years_of(ev: Processed, table: str, count: int = 5) -> list[int]:
    """The last years up to the period for which a table has rows."""
    values = ev.table(table, "all")["year"].dropna().unique()
    return sorted(int(year) for year in values if year <= ev.period)[-count:]


def only_participants(ev: Processed, people: pd.DataFrame) -> bool:
    """Whether the staff list was made from the list of participants, so that nobody else is known."""
    if not people["took_part"].all() or people.empty:
        return False
    files = people["source_file"].dropna().unique()
    made_from = ev.table("participation")["source_file"].dropna().unique()
    return len(files) > 0 and set(files) <= set(made_from)
