"""Heads of units and their staff: the recorded engagement of each unit and year, and who was led by it a year later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.leadership import engagement_index
from karier_stats.views import activity
from karier_stats.views.staff import NAMES, unit_names
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

PARTS = ["head_jp", "events_opened", "letters_promoting"]
ACTING = ("PLT", "PLH", "PJ")
FEWEST = 3
"""A public mean of fewer heads would tell one of them."""
PERMANENT = ("PNS", "CPNS")
BANDS = ("low", "middle", "high")
EDGES = (10 / 3, 20 / 3)
"""Where the bands of the index of 0-10 begin: thirds of what can be reached."""


@view("leader_engagement", of_people=False)
def leaders(ev: Evaluation) -> pd.DataFrame:
    """The engagement of heads, one row per unit and year up to the period.

    Returns
    -------
    DataFrame
        ``unit_id``, ``year``, ``engagement`` (index of 0-10; where heads changed, their counts are added), ``heads``
        (how many there were), ``acting`` (bool: one of them as acting head or caretaker), ``changed`` (bool), and
        ``unsettled`` (bool: either), and ``published`` (index of 0-10): the engagement, for the public only in years of at
        least three units, since the mean of fewer tells a head's own score. Units whose counts are not all known are left out.
    """
    found = _engagement(ev)
    enough = (ev.audience == "internal") | (found.groupby("year")["unit_id"].transform("size") >= FEWEST)
    return found.assign(published=found["engagement"].where(enough))


def _engagement(ev: Evaluation) -> pd.DataFrame:
    """The table of :func:`leaders`."""
    rows = ev.table("leader_engagement", "to_date")
    rows = rows.assign(acting=rows["acting_type"].isin(ACTING), known=rows[PARTS].notna().all(axis=1))
    unit = rows.groupby(["unit_id", "year"], sort=True)
    found = unit[[*PARTS]].sum().astype(float)
    found["engagement"] = engagement_index(*(found[part] for part in PARTS)).where(unit["known"].all())
    found["heads"], found["acting"] = unit.size(), unit["acting"].any()
    found = found.drop(columns=PARTS).dropna(subset=["engagement"]).reset_index()
    changed, acting = found["heads"] > 1, found["acting"].astype(bool)
    return found.assign(changed=changed, unsettled=changed | acting)


@view("leader_engagement", "employee", "participation")
def led(ev: Evaluation, *, empty: bool = False) -> pd.DataFrame:
    """Active staff who head nothing, in each year after one of recorded engagement: one row per person and year.

    Parameters
    ----------
    empty : bool
        Give an empty table where there is no such year, and that of one unit, instead of being wanting.

    Returns
    -------
    DataFrame
        The columns of ``employee``, with

        - ``took_part`` (bool), ``courses`` (number) and ``jp`` (JP) of the year;
        - ``engagement`` (index of 0-10), ``heads``, ``acting``, ``changed`` and ``unsettled`` of the unit in the year before
          (:func:`leaders`), ``settled`` (bool): one permanent head, and ``band``: low, middle or high engagement;
        - ``calendar``: the year as text;
        - ``contract`` (1 on a contract, 0 permanent), ``older`` (1 from the age of 50 on, 0 below) and ``upper`` (1 grades III
          and IV, 0 grades I and II, of permanent staff: grades of contracts are another ladder); missing for all others;
        - ``contract_share`` (0-1) and ``unit_size`` (logarithm of person-years): what is known of the unit.

    Raises
    ------
    Wanting
        No year of participation follows one of recorded engagement, or there is one unit.
    """
    lagged = _engagement(ev).assign(year=lambda frame: frame["year"] + 1)
    years = sorted({int(year) for year in lagged["year"] if year <= ev.period})
    people = [activity.with_activity(ev, year) for year in years] or [activity.with_activity(ev).head(0)]
    staff = pd.concat(people, ignore_index=True)
    led_ones = staff[~staff["is_head"].fillna(False).astype(bool)]
    found = led_ones.merge(lagged, on=["unit_id", "year"], how="inner", validate="m:1")
    if found["unit_id"].nunique() < 2 and not empty:
        raise Wanting(Phrase("views.no_lag" if found.empty else "views.one_unit"))
    contract = found["status"].isin(codes.CONTRACT_STATUS).astype(float).groupby(found["unit_id"], sort=False)
    found = found.assign(
        courses=found["courses"].astype(float), calendar=found["year"].astype(str),
        settled=~found["unsettled"].astype(bool),
        band=np.array(BANDS, dtype=object)[np.digitize(found["engagement"].to_numpy(float), EDGES)],
        contract_share=contract.transform("mean"), unit_size=np.log(contract.transform("size").astype(float)),
    )
    found = found.assign(**_groups(found))
    found.attrs = {"names": {
        **NAMES, "band": {band: Phrase(f"views.engaged.{band}") for band in BANDS}, "unit_id": unit_names(ev),
    }}
    return found


def _groups(staff: pd.DataFrame) -> dict[str, pd.Series]:
    """Pairs of groups of staff as 0/1; missing for who belongs to neither."""
    permanent, grade = staff["status"].isin(PERMANENT), staff["grade"].fillna("").astype(str)
    return {
        "contract": _flag(staff["status"].isin(codes.CONTRACT_STATUS), permanent),
        "older": _flag(staff["age_band"] == "50+", staff["age_band"].notna()),
        "upper": _flag(permanent & grade.str.match(r"(?:III|IV)/"), permanent & grade.str.match(r"(?:I|II)/")),
    }


def _flag(one: pd.Series, zero: pd.Series) -> pd.Series:
    """1 where the first holds, else 0 where the second does, else missing."""
    first, second = (part.fillna(False).astype(bool) for part in (one, zero))
    return pd.Series(np.select([first, second], [1.0, 0.0], np.nan), index=one.index)
