"""What was recommended before: one row per recommendation of earlier evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from karier_stats.domain import codes
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

DONE, OPEN = "selesai", ("belum", "proses")
NOTHING = {"id": "–", "en": "–"}


@view("recommendation", names={"state": codes.WORK_STATE}, of_people=False)
def earlier(ev: Evaluation) -> pd.DataFrame:
    """The recommendations up to the period, by their id.

    Returns
    -------
    DataFrame
        The columns of ``recommendation``, with ``done`` and ``late`` (bool; not done, and due before the period's end) and
        ``due``, the day in words.

    Raises
    ------
    Wanting
        There is none.
    """
    rows = ev.table("recommendation", "to_date").sort_values("rec_id", kind="stable").reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_recommendations"))
    late = (rows["due_on"] <= pd.Timestamp(ev.period, 12, 31)).fillna(False) & rows["state"].isin(OPEN)
    due: list[Any] = [Phrase("views.day", day=day.date()) if pd.notna(day) else NOTHING for day in rows["due_on"]]
    rows = rows.assign(done=rows["state"] == DONE, late=late, due=due, owner_unit=rows["owner_unit"].fillna(NOTHING["id"]))
    units = dict(zip(ev.units["unit_id"], ({"id": name, "en": name} for name in ev.units["unit_name"]), strict=True))
    rows.attrs = {"names": {"state": codes.WORK_STATE, "owner_unit": units}}
    return rows
