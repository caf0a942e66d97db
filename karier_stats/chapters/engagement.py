"""The recorded engagement of heads, by unit and year (chapter leadership)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.domain.leadership import engagement_index
from karier_stats.language import both

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

PARTS = ["head_jp", "events_opened", "letters_promoting"]
INDEX = both(
    "Indeks keterlibatan pimpinan (0–10) dihitung dari jam pelajaran kepala unit, kegiatan yang dibuka atau dihadiri, "
    "dan surat yang mendorong pelatihan; bila kepala berganti, hitungan para kepala dijumlahkan.",
    "The index of leader engagement (0–10) is computed from the head's learning hours, events opened or attended, and "
    "letters that promote training; where heads changed, their counts are added.",
)


def engagement(ev: Evaluation) -> pd.DataFrame:
    """Engagement of every unit and year up to the period: ``unit_id, year, engagement, heads, acting``."""
    rows = ev.table("leader_engagement", "to_date")
    rows = rows.assign(acting=rows["acting_type"].isin(["PLT", "PLH", "PJ"]), known=rows[PARTS].notna().all(axis=1))
    unit = rows.groupby(["unit_id", "year"], sort=True)
    found = unit[[*PARTS]].sum().astype(float)
    found["engagement"] = engagement_index(*(found[part] for part in PARTS)).where(unit["known"].all())
    found["heads"], found["acting"] = unit.size(), unit["acting"].any()
    return found.drop(columns=PARTS).dropna(subset=["engagement"]).reset_index()
