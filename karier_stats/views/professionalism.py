"""The professionalism index (IP ASN) as it was handed in, beside everybody who should have been measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.indices import professionalism_band
from karier_stats.domain.rules import rule
from karier_stats.views import activity
from karier_stats.views.view import Wanting, view, year_of
from karier_stats.words import Phrase
from karier_stats.words.catalogue import label_of

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

DIMENSIONS = ["qualification", "competence", "performance", "discipline"]
ROUNDING = 0.01
"""An index on record may differ so much from the sum of its four scores."""
NAMES = {"band": codes.IP_ASN_BAND}


@view("ip_asn", "employee", names=NAMES)
def ip_asn(ev: Evaluation, year: int | None = None, *, years: int = 1) -> pd.DataFrame:
    """Active staff with their professionalism index, one row per person and year, measured or not.

    Parameters
    ----------
    year : int, optional
        Default: the period; a negative one counts back from it. Another year comes empty where nobody was measured.
    years : int
        How many years up to that one; those in which nobody was measured are left out.

    Returns
    -------
    DataFrame
        The columns of ``employee``, with

        - ``qualification`` (0-25), ``competence`` (0-40), ``performance`` (0-30), ``discipline`` (0-5): as handed in; a missing
          qualification by the education of the staff list, a missing performance by the rating of that year, where there is
          one (rule ``ip_asn_points``);
        - ``index`` (0-100): their sum, which is what the rule says; without all four the index on record, else missing;
        - ``measured`` (bool): whether there is an index; ``band`` (rule ``ip_asn_bands``);
        - ``apart`` (bool): the index on record is not the sum of its scores; missing without both;
        - ``unlike`` (bool): qualification or performance handed in is another than by rule; missing where neither can be told;
        - ``amiss`` (bool): one of both.

        ``coverage``: share of active staff measured; ``facts``: ``band``, that of the mean, and ``amiss``:
        ``apart``, ``unlike`` or ``both``, which of them somebody has.

    Raises
    ------
    Wanting
        Nobody was measured in the period.
    """
    last = year_of(ev.period, year)
    staff = pd.concat([activity.staff(ev, one) for one in range(last - years + 1, last + 1)], ignore_index=True)
    found = _scored(ev, staff)
    found = found[found.groupby("year")["measured"].transform("any")].reset_index(drop=True)
    if found.empty and year is None:
        raise Wanting(Phrase("needs.ip_asn.nothing"))
    mean = found["index"].mean()
    band = {} if pd.isna(mean) else {"band": label_of(NAMES, "band", professionalism_band(mean))}
    faults = [name for name in ("apart", "unlike") if found[name].any()]
    amiss = "both" if len(faults) > 1 else "".join(faults)
    found.attrs = {"coverage": found["measured"].mean(), "facts": {**band, "amiss": amiss}}
    return found


@view("ip_asn", "employee", names=NAMES)
def ip_asn_change(ev: Evaluation) -> pd.DataFrame:
    """How the index and its four parts moved since last year, among people measured in both years, one row each.

    Returns
    -------
    DataFrame
        ``employee_uid`` and ``unit_id``; ``index`` and the four dimensions of :func:`ip_asn`: now less then, so that the four add
        up to ``index``. Empty where last year is not on record. ``coverage``: share of active staff who are in it; ``facts``:
        ``from_competence``, the part of the rise of the mean that comes from competence, that is certificates and JP; at most 1.
    """
    now, then = (one.dropna(subset=DIMENSIONS).set_index("employee_uid") for one in (ip_asn(ev), ip_asn(ev, -1)))
    both = now.index.intersection(then.index)
    moved = (now.loc[both, ["index", *DIMENSIONS]] - then.loc[both, ["index", *DIMENSIONS]]).assign(unit_id=now["unit_id"])
    found, rise = moved.reset_index(), moved["index"].sum()
    found.attrs = {
        "coverage": len(found) / max(len(activity.staff(ev)), 1),
        "facts": {"from_competence": min(float(moved["competence"].sum() / rise), 1.0) if rise else 0.0},
    }
    return found


def _scored(ev: Evaluation, staff: pd.DataFrame) -> pd.DataFrame:
    """People of some years with their scores, and how these stand to the rule."""
    who, points = ["employee_uid", "year"], rule("ip_asn_points").value
    found = staff.merge(ev.table("ip_asn", "to_date")[[*who, *DIMENSIONS, "total"]], on=who, how="left", validate="m:1")
    rating = staff[who].merge(ev.table("performance", "to_date")[[*who, "rating"]], on=who, how="left")["rating"]
    by_rule = pd.DataFrame({"qualification": found["education"].map(points["qualification"]),
                            "performance": rating.map(points["performance"])}).astype(float)
    given, handed_in = found[[*points]], found[[*DIMENSIONS, "total"]].notna().any(axis=1)
    known = given.notna() & by_rule.notna()
    found[[*points]] = given.fillna(by_rule).where(handed_in, axis=0)
    summed = found[DIMENSIONS].sum(axis=1, skipna=False)
    index = summed.fillna(found["total"])
    faults = pd.DataFrame({
        "apart": ((summed - found["total"]).abs() > ROUNDING).astype("boolean").where(summed.notna() & found["total"].notna()),
        "unlike": ((given != by_rule) & known).any(axis=1).astype("boolean").where(known.any(axis=1)),
    })
    return found.assign(
        index=index, measured=index.notna(), band=index.map(professionalism_band, na_action="ignore").astype("string"), **faults,
        amiss=faults.any(axis=1).astype("boolean").where(faults.notna().any(axis=1)),
    ).drop(columns="total")
