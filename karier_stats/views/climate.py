"""What staff say of their unit, beside what is on record of its heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karier_stats.views import activity, surveys
from karier_stats.views.leaders import leaders
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.views.evaluation import Evaluation


@view("leader_engagement", "survey_item", "survey_response")
def climate(ev: Evaluation, purpose: str) -> pd.DataFrame:
    """What staff say on a scale, beside the engagement of their unit's heads in earlier years: one row per response.

    Parameters
    ----------
    purpose : str
        As in :func:`~karier_stats.views.surveys.answered`.

    Returns
    -------
    DataFrame
        The columns of :func:`~karier_stats.views.surveys.answered`, with ``earlier_engagement`` (index of 0-10): the mean
        of the unit's years before the period. Responses from units where it is not known are left out.

        ``coverage``: these responses over active staff.

    Raises
    ------
    Wanting
        No response comes from a unit whose engagement is known.
    """
    said, known = surveys.answered(ev, purpose), leaders(ev)
    earlier = known[known["year"] < ev.period].groupby("unit_id", sort=True)["engagement"].mean()
    rows = said.assign(earlier_engagement=said["unit_id"].map(earlier).astype(float))
    rows = rows.dropna(subset=["earlier_engagement", purpose]).reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_climate", what=Phrase(f"columns.{purpose}")))
    whole = max(len(activity.staff(ev)), 1)
    rows.attrs = {**said.attrs, "coverage": min(len(rows) / whole, 1.0), "names": {"unit_id": unit_names(ev)}}
    return rows
