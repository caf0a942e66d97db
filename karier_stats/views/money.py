"""Budget lines: what was planned, spent and given for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.views import activity
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

UNKNOWN = "lainnya"
"""Form that is not given."""
SAME = 0.5
"""Person hours; totals that lie closer are one."""


@view("budget", names={"form": codes.FORM, "funding_source": codes.FUNDING}, of_people=False)
def paid(ev: Evaluation) -> pd.DataFrame:
    """Budget lines of the period with spending and person hours, one row each.

    Returns
    -------
    DataFrame
        ``budget_id``, ``program_id``, ``funding_source``, ``participants`` (places), ``form`` of the course, ``ceiling``
        and ``spent`` (rupiah) and ``jp`` (person hours). Fact: ``free``, person hours of the lines without spending.

    Raises
    ------
    Wanting
        There are none.
    """
    lines = lines_of(ev)
    rows = lines[(lines["spent"] > 0) & (lines["jp"] > 0)].reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_spending", year=ev.period))
    rows.attrs = {"facts": {"free": float(lines.loc[lines["spent"] <= 0, "jp"].sum())}}
    return rows


def lines_of(ev: Evaluation) -> pd.DataFrame:
    """The period's budget lines as plain numbers; money not given as spent counts as none."""
    lines = ev.table("budget")
    numbers = {name: lines[column].astype("Float64").fillna(0).astype(float)
               for name, column in (("ceiling", "ceiling_rp"), ("spent", "spent_rp"), ("jp", "jp_total"))}
    forms = (
        ev.table("program", "all").set_index("program_id")["form"] if ev.has("program") else pd.Series(dtype="string")
    )
    form = lines["program_id"].map(forms).astype("string").fillna(UNKNOWN)
    return lines[["budget_id", "program_id", "funding_source", "participants"]].assign(form=form, **numbers)


@view("budget", "participation", "batch", "program", optional=("record", "jp"))
def hours_on_record(ev: Evaluation) -> pd.DataFrame:
    """Person hours of the period by the record that holds them, one row per budget line and place.

    Returns
    -------
    DataFrame
        ``record``: ``budget`` (of budget lines), ``credited`` (to people) or ``failed`` (attended by people who did not
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
