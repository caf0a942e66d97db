"""Budget lines: what was planned, spent and given for it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.intake.processed import Processed
from karier_stats.views import activity
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

UNKNOWN = "lainnya"
"""Form that is not given."""
PUBLIC = ("apbd", "apbn")
"""Sources that are public budgets."""
SAME = 0.5
"""Person hours; totals that lie closer are one."""


@view("budget", names={"form": codes.FORM, "funding_source": codes.FUNDING}, of_people=False)
def paid(ev: Processed) -> pd.DataFrame:
    """Budget lines of the period with spending and person hours, one row each.

    Columns: ``budget_id``, ``program_id``, ``funding_source``, ``participants`` (places), ``form`` of the course, ``ceiling``
    and ``spent`` (rupiah) and ``jp`` (person hours). Fact: ``free``, person hours of the lines without spending.
    Raises Wanting: there are none.
    """
    lines = lines_of(ev)
    rows = lines[(lines["spent"] > 0) & (lines["jp"] > 0)].reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_spending", year=ev.period))
    free = float(lines.loc[lines["spent"] <= 0, "jp"].sum())
    rows.attrs = {"facts": {"free": free}, "notes": _organisers(ev), "contributor": "program_id"}
    return rows


def lines_of(ev: Processed) -> pd.DataFrame:
    """The period's budget lines as plain numbers; money not given as spent counts as none."""
    lines = ev.table("budget")
    numbers = {name: lines[column].astype("Float64").fillna(0).astype(float)
               for name, column in (("ceiling", "ceiling_rp"), ("spent", "spent_rp"), ("jp", "jp_total"))}
    forms = ev.table("program", "all").set_index("program_id")["form"] if ev.has("program") else pd.Series(dtype="string")
    form = lines["program_id"].map(forms).astype("string").fillna(UNKNOWN)
    return lines[["budget_id", "program_id", "funding_source", "participants"]].assign(form=form, **numbers)


@view("budget", "participation", "batch", "program", optional=("record", "jp"))
def hours_on_record(ev: Processed) -> pd.DataFrame:
    """Person hours of the period by the record that holds them, one row per budget line and place.

    Columns: ``record``: ``budget`` (of budget lines), ``credited`` (to people) or ``failed`` (attended by people who did not
    pass), ``jp`` and ``employee_uid``. Empty where a record is absent, and for some units only: lines belong to the
    unit that organises, hours to that of the participant. Facts: ``failed``, ``rest`` (hours that those do not
    explain) and ``explained``: ``all``, ``part`` or ``none`` of the difference.
    """
    lines, places = lines_of(ev), activity.enrolments(ev)
    places = places[places["attended"]]
    if ev.unit != "semua" or places.empty or not lines["jp"].sum() > 0:
        return pd.DataFrame(columns=["record", "jp", "employee_uid"])
    lost = places[places["outcome"] != "lulus"]
    failed = float(lost["attended_jp"].fillna(0).sum())
    rest = float(lines["jp"].sum()) - float(places["jp"].sum()) - failed
    rows = pd.concat([
        lines[["jp"]].assign(record="budget"), places[["jp", "employee_uid"]].assign(record="credited"),
        lost[["attended_jp", "employee_uid"]].rename(columns={"attended_jp": "jp"}).assign(record="failed"),
    ], ignore_index=True)
    explained = "all" if np.abs(rest) < SAME else "part" if failed else "none"
    rows.attrs = {"person": "employee_uid", "facts": {"failed": failed, "rest": abs(rest), "explained": explained}}
    return rows


@view("budget", names={"funding_source": codes.FUNDING}, of_people=False)
def budget(ev: Processed) -> pd.DataFrame:
    """Budget lines of the period, one row each.

    Columns: ``budget_id``, ``program_id``, ``funding_source``, ``outside`` (bool): a source outside the public budgets,
    ``ceiling``, ``spent`` and ``left`` (ceiling less spent; rupiah) and ``jp`` (person hours).
    Raises Wanting: nothing was spent.
    """
    lines = lines_of(ev)
    if not lines["spent"].sum():
        raise Wanting(Phrase("views.nothing_spent", year=ev.period))
    found = lines.assign(outside=~lines["funding_source"].isin(PUBLIC).fillna(False), left=lines["ceiling"] - lines["spent"])
    found.attrs = {"notes": _organisers(ev), "contributor": "program_id"}
    return found


@view("budget", of_people=False)
def ceilings(ev: Processed) -> pd.DataFrame:
    """Ceilings of the year after the period, one row per line; where the data do not have it yet, those of the period.

    Columns: ``budget_id``, ``ceiling`` (rupiah). Facts: ``ceiling`` (which year's, in words) and ``assumed`` (bool).
    """
    lines = ev.table("budget", "all").rename(columns={"ceiling_rp": "ceiling"})
    lines = lines[(lines["ceiling"] > 0).fillna(False)]
    years = [year for year in (ev.period + 1, ev.period) if (lines["year"] == year).any()] or [ev.period]
    found = lines.loc[lines["year"] == years[0], ["budget_id", "ceiling"]].astype({"ceiling": float})
    assumed, amount = years[0] == ev.period, float(found["ceiling"].sum())
    told = Phrase(f"views.ceiling.{'assumed' if assumed else 'known'}", year=ev.period, next=ev.period + 1, amount=amount)
    found.attrs = {"facts": {"ceiling": told, "assumed": assumed}}
    return found


@view("partnership", names={"topic": codes.TOPIC}, of_people=False)
def offers(ev: Processed, ahead: int = 0) -> pd.DataFrame:
    """Partners whose agreement is in force and who have places, one row each.

    Columns: ``offer`` (the partner), ``topic``, ``seats``, ``hours`` of a place and ``cost`` of a place (rupiah; not given is
    none).
    Raises Wanting: there are none.

    Parameters
    ----------
    ahead : int
        In so many years after the period.
    """
    activity.of_agency(ev)
    found, year = _offers(ev, ev.period + ahead), ev.period + ahead
    if found.empty:
        raise Wanting(Phrase("views.no_offers", year=year))
    named = {offer: {"id": name, "en": name} for offer, name in zip(found["offer"], found["partner_name"].astype(str), strict=True)}
    found.attrs = {"names": {"offer": {**named, "own": Phrase("views.own_courses")}, "topic": codes.TOPIC}}
    return found.drop(columns="partner_name")


def _offers(ev: Processed, year: int) -> pd.DataFrame:
    """Places in force in a year, by partner."""
    rows = ev.table("partnership", "all").dropna(subset=["seats", "jp_per_seat"])
    running = rows["end_date"].isna() | (rows["end_date"].dt.year >= year)
    begun = rows["start_date"].isna() | (rows["start_date"].dt.year <= year)
    rows = rows[running & begun & (rows["seats"] > 0) & (rows["jp_per_seat"] > 0)]
    rows = rows.sort_values("partner_id", kind="stable").reset_index(drop=True)
    topic = rows["topic"].astype("string").fillna(UNKNOWN).astype(str)
    return rows.assign(topic=topic, offer=rows["partner_id"], hours=rows["jp_per_seat"], cost=rows["cost_per_seat_rp"].fillna(0))[
        ["offer", "partner_name", "topic", "seats", "hours", "cost"]]


@view("budget", of_people=False)
def free(ev: Processed) -> pd.DataFrame:
    """Person hours of the period that cost nothing, one row per budget line without spending or per partner's free place.

    Both may be the same places, so that only those are given which are more.

    Columns: ``jp`` (person hours).
    """
    lines, places = lines_of(ev), _offers(ev, ev.period)
    unpaid = lines.loc[lines["spent"] <= 0, ["jp"]]
    places = places[places["cost"] <= 0]
    given = (places["seats"] * places["hours"]).astype(float).to_frame("jp")
    return max(unpaid, given, key=lambda rows: rows["jp"].sum()).reset_index(drop=True)


def _organisers(ev: Processed) -> tuple[Phrase, ...]:
    """A note, in a report on some units only, on whose money the lines are."""
    return () if ev.unit == "semua" else (Phrase("views.organisers"),)
