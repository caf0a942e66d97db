"""Scales that staff answered, for ratings of superiors (chapter leadership)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.words.numbers import both

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

NEEDS = ("leader_engagement", "survey_item", "survey_response")


@dataclass(frozen=True)
class Subject:
    """A scale that staff answered: the purpose of its items, and its name within a sentence."""

    purpose: str
    name: dict[str, str]


CULTURE = Subject("budaya_belajar", both("budaya belajar", "learning culture"))
SUPPORT = Subject("dukungan_atasan", both("dukungan atasan", "superiors' support"))


def placed(ev: Evaluation, rows: pd.DataFrame) -> pd.DataFrame:
    """Answers with a unit: their own, else that of the person in the year's staff table."""
    known = ev.table("employee", "all").drop_duplicates(["employee_uid", "year"])[["employee_uid", "year", "unit_id"]]
    joined = rows.merge(known, on=["employee_uid", "year"], how="left", suffixes=("", "_staff"))
    return joined.assign(unit_id=joined["unit_id"].fillna(joined["unit_id_staff"])).dropna(subset=["unit_id"])
