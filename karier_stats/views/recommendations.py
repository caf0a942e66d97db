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


NAMES = {"state": codes.WORK_STATE, "lever": codes.LEVER}


@view("recommendation", names=NAMES, of_people=False)
def earlier(ev: Evaluation) -> pd.DataFrame:
    """The recommendations up to the period, by their id; of one unit those that it is to carry out.

    Returns
    -------
    DataFrame
        The columns of ``recommendation``, with ``done`` and ``late`` (bool; not done, and due before the period's end),
        ``due``, the day in words, and ``undone`` (bool): not started, or in progress. No ``lever`` where none is on record.

    Raises
    ------
    Wanting
        There is none.
    """
    rows = ev.table("recommendation", "to_date").sort_values("rec_id", kind="stable")
    rows = (rows[rows["owner_unit"] == ev.unit] if ev.of_one_unit else rows).reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_recommendations"))
    undone = rows["state"].isin(OPEN)
    late = (rows["due_on"] <= pd.Timestamp(ev.period, 12, 31)).fillna(False) & undone
    due: list[Any] = [Phrase("views.day", day=day.date()) if pd.notna(day) else NOTHING for day in rows["due_on"]]
    owner = rows["owner_unit"].fillna(NOTHING["id"])
    rows = _with_levers(rows.assign(done=rows["state"] == DONE, undone=undone, late=late, due=due, owner_unit=owner))
    units = dict(zip(ev.units["unit_id"], ({"id": name, "en": name} for name in ev.units["unit_name"]), strict=True))
    rows.attrs = {"names": {**NAMES, "owner_unit": units}}
    return rows


def _with_levers(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a dash where no lever is on record; without the column where none is."""
    known = rows["lever"].isin(codes.LEVER) if "lever" in rows else pd.Series(False, index=rows.index)
    if not known.any():
        return rows.drop(columns="lever", errors="ignore")
    return rows.assign(lever=rows["lever"].where(known, NOTHING["id"]))
