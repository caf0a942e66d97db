"""How sound the tables are: empty cells, rows that find their person, columns that agree, and the rule of the verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from karier_stats.domain.rules import rule
from karier_stats.errors import refuse_unknown
from karier_stats.intake.processed import Processed, table_dtypes
from karier_stats.intake.schema import TABLES
from karier_stats.views import activity, intake_record
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import LANGUAGES

REFUSED_GOOD, REFUSED_MOST = 0.05, 0.20
LINKED_GOOD, LINKED_LEAST = 0.95, 0.80
MISSING_GOOD = 0.20
"""Limits of the verdict, printed with it; that 95 % join the staff snapshot is the check of the data model."""
CORE = ["status", "standing_code", "sex", "age_band", "position_type"]
RECORDED = {
    "employee": ["status", "standing_code", "sex", "age_band", "grade", "position_type", "education"],
    "participation": ["nomination", "attended_jp", "credited_jp", "final_score", "certificate_date"],
}
"""Columns of the staff list on which comparisons of groups rest, and those that everybody who attended should have."""
OF_PEOPLE = ("participation", "need", "competency", "test_score", "survey_response", "performance")
NAMES: dict[str, Any] = {
    "table": {name: about.text for name, about in TABLES.items()},
    "column": {name: TABLES[table].by_name[name].text for table, names in RECORDED.items() for name in names},
    "when": {"": Phrase("views.no_year")},
}


@view("employee", names=NAMES, of_people=False)
def columns(ev: Processed) -> pd.DataFrame:
    """The columns of every table that has rows up to the period, one row each.

    Columns: ``table``, ``column``, ``rows``, ``empty`` (share of them without an entry), ``full``, ``partly`` and ``absent``
    (bool: no gap, gaps, no entry at all), ``emptiest`` (place among those with gaps, from 1 on).
    """
    found = _cells(ev).groupby(["table", "column"], sort=False)[["gaps", "rows"]].sum().reset_index()
    share = found["gaps"] / found["rows"]
    found = found.assign(empty=share, full=share == 0, partly=(share > 0) & (share < 1), absent=share == 1)
    worst = found[found["partly"]].sort_values(["empty", "table", "column"], ascending=[False, True, True], kind="stable")
    found["emptiest"] = pd.Series(range(1, len(worst) + 1), index=worst.index).reindex(found.index)
    return found


@view("employee", names=NAMES, of_people=False)
def cells(ev: Processed) -> pd.DataFrame:
    """Filled and empty cells of every column and year: one row each.

    The columns of :func:`columns`, with ``name`` (table and column), ``when`` (the year; empty where a table knows
    none), ``recent`` (bool: of the last three years, or of none), ``filled`` (bool) and ``cells`` (how many). Facts:
    how many columns are ``given``, not given at all (``absent``), and empty beyond the ``limit`` (``holes``).
    """
    known, counts = columns(ev), _cells(ev)
    rows = counts.merge(known.drop(columns=["gaps", "rows"]), on=["table", "column"], how="left", validate="m:1")
    lots = ((True, rows["rows"] - rows["gaps"]), (False, rows["gaps"]))
    found = pd.concat([rows.assign(filled=filled, cells=n) for filled, n in lots], ignore_index=True)
    found["name"] = found["table"] + "." + found["column"]
    years = pd.to_numeric(found["when"], errors="coerce")
    found["recent"] = years.isna() | (years > ev.period - 3)
    given = known[~known["absent"]]
    ordered = known.sort_values("emptiest")
    named = [(table, column, TABLES[table]) for table, column in zip(ordered["table"], ordered["column"], strict=True)]
    names = {f"{table}.{column}": {lang: f"{about.text[lang]}: {about.by_name[column].text[lang]}" for lang in LANGUAGES}
             for table, column, about in named}
    found.attrs = {
        "tables": tuple(known["table"].unique()), "names": {**NAMES, "name": names},
        "examined": int(known.drop_duplicates("table")["rows"].sum()),
        "facts": {"given": len(given), "absent": int(known["absent"].sum()), "limit": MISSING_GOOD,
                  "holes": int((given["empty"] > MISSING_GOOD).sum())},
    }
    return found


@view("unit", "employee", "participation", names=NAMES)
def gaps(ev: Processed, table: str = "employee") -> pd.DataFrame:
    """What is missing from the record of each person of the period, or of each place attended (``participation``).

    Columns: ``unit_id``, one bool for each column of ``RECORDED`` (it is empty), and ``empty``, their share (0-1). Those
    without a unit are left aside.
    Raises Wanting: no staff in the period.
    """
    refuse_unknown("table", table, RECORDED)
    rows = people = activity.staff(ev, standing=None)
    if people.empty:
        raise Wanting(Phrase("views.no_staff", year=ev.period))
    if table == "participation":
        rows = activity.enrolments(ev)
        rows = activity.placed(rows[rows["attended"]], people.set_index("employee_uid")["unit_id"])
    rows = rows[rows["unit_id"].notna()]
    empty = rows[RECORDED[table]].isna()
    found = empty.assign(unit_id=rows["unit_id"], empty=empty.mean(axis=1)).reset_index(drop=True)
    found.attrs = {"names": {**NAMES, "unit_id": unit_names(ev)}}
    return found


@view("unit", "employee", "participation", names=NAMES)
def gaps_by_column(ev: Processed) -> pd.DataFrame:
    """The same cell by cell, of people and of places attended: ``unit_id``, ``column``, ``empty`` (bool)."""
    wide = {table: gaps(ev, table).drop(columns="empty") for table in RECORDED}
    lots = [wide[table].melt("unit_id", RECORDED[table], "column", "empty") for table in RECORDED]
    found = pd.concat([lot.assign(empty=lot["empty"].astype(bool)) for lot in lots], ignore_index=True)
    found.attrs = {"names": wide["employee"].attrs["names"]}
    return found


@view("employee", "participation", "batch", names={"table": {name: TABLES[name].text for name in OF_PEOPLE}})
def joined(ev: Processed, *tables: str) -> pd.DataFrame:
    """Rows of the period that speak of a person: one row each.

    Columns: ``table``, ``known`` (bool): the person is in the staff snapshot of the period. Facts: ``limit``, the share that
    should be, and ``what`` the tables are called.

    Parameters
    ----------
    *tables : str
        Default: all tables about people.
    """
    everyone = set(activity.staff(activity.whole(ev), standing=None)["employee_uid"])
    lots = [pd.DataFrame({"table": [], "known": pd.Series(dtype=bool)})]
    for name in tables or OF_PEOPLE:
        person = ev.table(name)["employee_uid"].dropna()
        lots.append(pd.DataFrame({"table": name, "known": person.isin(everyone).astype(bool)}))
    rows = pd.concat([lot for lot in lots if len(lot)] or lots, ignore_index=True)
    what = [{lang: TABLES[name].text[lang].lower() for lang in LANGUAGES} for name in tables or OF_PEOPLE]
    rows.attrs = {"facts": {"limit": LINKED_GOOD, "what": what}}
    return rows


@view("employee", "participation", "batch", of_people=False)
def cross_checks(ev: Processed) -> pd.DataFrame:
    """Whether columns agree with one another: one row per check of the data model.

    Columns: ``check``, ``rows`` looked at, ``failing``, ``share``, ``holds`` (bool). Facts: the ``worst`` check, how many are
    ``failing`` it, ``of`` how many.
    """
    seats, batch, staff = activity.enrolments(ev), ev.table("batch"), activity.with_activity(ev)
    most = float(rule("jp_pppk_maximum").value)
    credit = seats[seats["credited_jp"].notna() & seats["batch_jp"].notna()]
    dated = batch[batch["end_date"].notna()]
    begun, contract = dated[dated["start_date"].notna()], staff[(staff["status"] == "PPPK").fillna(False)]
    ended = seats.merge(batch[["batch_id", "end_date"]], on="batch_id", how="left", validate="m:1")
    ended = ended[ended["end_date"].notna() & ended["attended"]]
    failing = {
        "credit": credit["credited_jp"] > credit["batch_jp"] + 1e-9, "year": dated["end_date"].dt.year != dated["year"],
        "order": begun["end_date"] < begun["start_date"],
        "twice": ended.duplicated(["employee_uid", "program_id", "end_date"]), "ceiling": contract["jp"] > most,
    }
    found = pd.DataFrame([
        {"check": Phrase(f"views.check.{name}", most=most), "rows": len(bad), "failing": int(bad.sum())}
        for name, bad in failing.items()
    ])
    found["share"] = found["failing"] / found["rows"].replace(0, np.nan)
    found["holds"] = found["failing"] == 0
    worst = found.iloc[int(found["share"].fillna(0).to_numpy().argmax())]
    tied = found.loc[(found["failing"] == worst["failing"]) & (found["rows"] == worst["rows"]), "check"]
    names = Joined(*(Phrase("said.quoted", label=text) for text in tied), mark=", ")
    found.attrs = {
        "examined": len(seats), "facts": {"worst": names, "failing": worst["failing"], "of": worst["rows"]},
    }
    return found


@view("unit", "employee", "program", "batch", "participation", of_people=False)
def criteria(ev: Processed) -> pd.DataFrame:
    """The written rule of the verdict: one row per criterion.

    Columns: ``criterion``, ``value`` (share), ``limit`` (fit), ``least`` (not fit), ``result`` in words, and ``grade``: 2 fit, 1
    with reservations, 0 not fit. Facts: the ``worst`` grade, the names of the criteria not met (``weak``), how many are
    ``met`` and how many there are (``total``).
    """
    people = activity.staff(ev, standing=None)
    known, seats = activity.linked(ev)
    empty = float(people[CORE].isna().to_numpy().mean()) if len(people) else 1.0
    rows = []
    if ev.intake.get("feeds"):  # without a record of how the files were read there is no criterion on them
        fates = intake_record.rows_read(ev).groupby("fate")["rows"].sum()
        refused = fates["quarantined"] / max(fates.sum() - fates["excluded"], 1)
        rows.append(_criterion("lost", float(1 - intake_record.feeds(ev)["holds"].mean()), 0.0, 0.0))
        rows.append(_criterion("refused", float(refused), REFUSED_GOOD, REFUSED_MOST))
    rows.append(_criterion("linked", known / seats if seats else float("nan"), LINKED_GOOD, LINKED_LEAST, high=True))
    rows.append(_criterion("empty", empty, MISSING_GOOD, 1.01))
    found = pd.DataFrame(rows)
    weak = found.loc[found["grade"] < 2, "criterion"]
    found.attrs = {"facts": {
        "worst": int(found["grade"].min()), "weak": [{lang: text[lang].lower() for lang in LANGUAGES} for text in weak],
        "met": len(found) - len(weak), "total": len(found),
    }}
    return found


def _criterion(name: str, value: float, good: float, least: float, high: bool = False) -> dict[str, Any]:
    """One criterion judged; a value that is missing is not fit."""
    passes, fails = (value >= good, not value >= least) if high else (value <= good, not value <= least)
    grade, side = 2 if passes else 0 if fails else 1, "high" if high else "low"
    return {
        "criterion": Phrase(f"views.criterion.{name}"), "value": value, "grade": grade,
        "limit": Phrase(f"views.limit.{side}", limit=good),
        "least": Phrase("views.limit.none") if least > 1 else Phrase(f"views.limit.beyond_{side}", limit=least),
        "result": Phrase(f"views.grade.{('unfit', 'reservations', 'fit')[grade]}"),
    }


def _cells(ev: Processed) -> pd.DataFrame:
    """Rows and gaps of every column of every table by year, up to the period."""
    found = []
    for name in TABLES:
        frame = ev.table(name, "to_date")
        if len(frame):
            own = [column for column in table_dtypes(name) if column not in ("source_file", "source_row")]
            when = frame["year"].astype(str).to_numpy() if "year" in frame else np.full(len(frame), "")
            years, at = np.unique(when, return_inverse=True)
            empty = frame[own].isna().to_numpy()
            found.append(pd.DataFrame({
                "when": np.tile(years, len(own)), "column": np.repeat(own, len(years)), "table": name,
                "gaps": np.stack([empty[at == year].sum(axis=0) for year in range(len(years))], axis=1).ravel(),
                "rows": np.tile(np.bincount(at), len(own)),
            }))
    return pd.concat(found, ignore_index=True)
