"""Places on courses: one row per person and batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.chapters import counting
from karier_stats.domain import codes
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

OUTCOMES = ("lulus", "tidak_lulus", "mengundurkan_diri", "tidak_hadir", "terdaftar", "diundang")
NAMES = {"form": codes.FORM, "outcome": {code: codes.OUTCOME[code] for code in OUTCOMES}, "topic": codes.TOPIC}
LOST = ("tidak_hadir", "mengundurkan_diri")


@view("participation", "batch", "program", names=NAMES)
def places(ev: Evaluation, year: int | None = None) -> pd.DataFrame:
    """Every place on a batch of one year, with its course.

    Returns
    -------
    DataFrame
        The columns of ``participation``, with ``program_id``, ``title``, ``topic``, ``form`` (of training), ``state``
        (of the batch), ``year``, ``batch_jp`` (JP), ``jp`` (JP that count for the person) and ``attended`` (bool).
    """
    return counting.enrolments(ev, year)


@view("participation", "batch", "program", names=NAMES)
def ended(ev: Evaluation) -> pd.DataFrame:
    """Places that came to an end in the period: not those of cancelled batches, nor of people only invited.

    Returns
    -------
    DataFrame
        The columns of :func:`places`, with ``lost`` (bool): the place did not end in a pass.

    Raises
    ------
    Wanting
        No place ended, or the list of participants holds one outcome only.
    """
    rows = counting.enrolments(ev)
    over = rows["outcome"].isin((*LOST, *counting.ATTENDED)) & ~(rows["state"] == "batal").fillna(False)
    rows = rows[over].reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_places", year=ev.period))
    if counting.one_outcome_only(ev):
        raise Wanting(Phrase("views.one_outcome"))
    return rows.assign(lost=rows["outcome"] != "lulus", form=rows["form"].fillna("lainnya").astype(str))
