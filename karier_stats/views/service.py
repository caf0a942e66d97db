"""Outcomes beyond the training itself: what the public says of services, ratings of performance, and the professionalism index."""

from __future__ import annotations

import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.indices import predicate, professionalism_band, satisfaction_band, satisfaction_index
from karier_stats.domain.rules import rule
from karier_stats.errors import refuse_absent
from karier_stats.intake.processed import Processed
from karier_stats.views import activity
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view, year_of
from karier_stats.words import Phrase
from karier_stats.words.catalogue import label_of
from karier_stats.words.numbers import LANGUAGES, number

ELEMENTS = list(codes.SERVICE_ELEMENTS)
FEWEST_ANSWERED = 0.8
"""An element that fewer answered is named: the index gives it the same weight as the others."""
GOOD = ("sangat_baik", "baik")


@view("service_survey", names={"element": codes.SERVICE_ELEMENTS})
def satisfaction(ev: Processed, year: int | None = None, *, by: str | None = None) -> pd.DataFrame:
    """Answer sheets of the public satisfaction survey; the mean of ``ikm`` is the index by rule.

    One row per sheet: ``unit_id``, ``year``, the nine elements (1-4), and ``ikm`` (25-100).
    Raises Wanting: no sheet of the period, or an element that nobody answered.

    Parameters
    ----------
    year : int, optional
        Default: the period; a negative one counts back from it. Another year comes empty where there was no survey.
    by : str, optional
        The column whose groups get an index of their own, such as ``unit_id``.

    Notes
    -----
    PermenPANRB 14/2017: 25 times the mean over the nine elements of the mean over those who answered each. ``ikm`` is
    that index plus what the sheet moves it by (Taylor linearisation of the nine ratios), so that its mean within
    a group is the index to the last digit and its spread gives the sampling error, with gaps as without.
    """
    rows = ev.table("service_survey", "to_date")
    rows = rows[(rows["year"] == year_of(ev.period, year)).fillna(False)].reset_index(drop=True)
    refuse_absent([("by", by)] if by is not None else [], rows)
    parts = [part for _, part in rows.groupby(by or "year", sort=False)]
    whole = pd.concat([_moved(part) for part in parts]) if parts else pd.Series(dtype=float)
    rows = rows.assign(ikm=whole.reindex(rows.index)).dropna(subset=["ikm"]).reset_index(drop=True)
    if rows.empty and year is None:
        raise Wanting(Phrase("outcomes.service.nothing"))
    answered = rows[ELEMENTS].notna().mean()
    few = [codes.SERVICE_ELEMENTS[name] for name in ELEMENTS if answered[name] < FEWEST_ANSWERED]
    rows.attrs = {
        "names": {"unit_id": unit_names(ev), "element": codes.SERVICE_ELEMENTS},
        "notes": (Phrase("outcomes.service.seldom_answered", names=few),) if few else (),
        "facts": _told(rows) if by is None else {}, "sampled": True,
    }
    return rows


def _moved(rows: pd.DataFrame) -> pd.Series:
    """The index of some sheets plus what each sheet moves it by; missing where an element has no answer."""
    answers = rows[ELEMENTS].astype("float64")
    weight = 1 / answers.notna().mean()
    moves = ((answers - answers.mean()).fillna(0.0) * weight).sum(axis=1, skipna=False)
    return satisfaction_index(answers) + 25 / len(ELEMENTS) * moves


def _told(rows: pd.DataFrame) -> dict[str, object]:
    """What sentences name of one year's index: its band, and the figure with the weight that many offices print."""
    if rows.empty:
        return {}
    index, legacy = satisfaction_index(rows), satisfaction_index(rows, legacy_weight_011=True)
    return {"band": satisfaction_band(index), "legacy": {lang: number(legacy, lang, 2) for lang in LANGUAGES}}


@view("service_survey", names={"element": codes.SERVICE_ELEMENTS})
def elements(ev: Processed) -> pd.DataFrame:
    """Answers to the nine elements in the period: one row per sheet and element, ``element`` and ``score`` (25-100).

    Raises Wanting: no sheet of the period.
    """
    sheets = satisfaction(ev)
    long = sheets.melt("response_id", ELEMENTS, "element", "answer").dropna(subset=["answer"])
    found = long.assign(score=25 * long["answer"].astype("float64")).reset_index(drop=True)
    found.attrs = {"people": len(sheets), "sampled": True, "names": sheets.attrs["names"]}
    return found


@view("performance", "employee", names={"rating": codes.RATING, "scheme": codes.SCHEME})
def rated(ev: Processed, year: int | None = None, *, years: int = 1) -> pd.DataFrame:
    """Performance ratings of active staff by the scheme of the period, one row per person and year.

    Columns: ``employee_uid``, ``year``, ``unit_id``, ``rating``, ``work_result``, ``work_behavior``, ``good`` (bool: good or
    very good), ``by_rule`` (the rating that the matrix gives; missing without both parts) and ``unlike`` (bool: the
    rating on record is another). ``coverage``: share of active staff with a rating.
    Raises Wanting: no rating in the period.

    Parameters
    ----------
    year : int, optional
        Default: the period; a negative one counts back from it.
    years : int
        How many years up to the period. Years under another scheme are left out: no line crosses the change of 2022.
    """
    last = year_of(ev.period, year)
    rows = ev.table("performance", "to_date")
    now = rows.loc[(rows["year"] == ev.period).fillna(False), "scheme"].mode()
    if len(now):
        rows = rows[(rows["scheme"] == now.iloc[0]).fillna(False)]
    rows = rows[rows["year"].between(last - years + 1, last).fillna(False)].reset_index(drop=True)
    if rows.empty and year is None:
        raise Wanting(Phrase("outcomes.performance.nothing"))
    by_rule = [predicate(result, behaviour) for result, behaviour in zip(rows["work_result"], rows["work_behavior"], strict=True)]
    rows = rows.assign(good=rows["rating"].isin(GOOD), by_rule=pd.array(by_rule, dtype="string"))
    rows["unlike"] = (rows["by_rule"] != rows["rating"]).fillna(False).astype(bool)
    staff = set(activity.staff(ev, last)["employee_uid"])
    rows.attrs = {"coverage": rows.loc[rows["year"] == last, "employee_uid"].isin(staff).sum() / max(len(staff), 1)}
    return rows


DIMENSIONS = ["qualification", "competence", "performance", "discipline"]
ROUNDING = 0.01
"""An index on record may differ so much from the sum of its four scores."""
IP_NAMES = {"band": codes.IP_ASN_BAND}


@view("ip_asn", "employee", names=IP_NAMES)
def ip_asn(ev: Processed, year: int | None = None, *, years: int = 1) -> pd.DataFrame:
    """Active staff with their professionalism index, one row per person and year, measured or not.

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
    Raises Wanting: nobody was measured in the period.

    Parameters
    ----------
    year : int, optional
        Default: the period; a negative one counts back from it. Another year comes empty where nobody was measured.
    years : int
        How many years up to that one; those in which nobody was measured are left out.
    """
    last = year_of(ev.period, year)
    staff = pd.concat([activity.staff(ev, one) for one in range(last - years + 1, last + 1)], ignore_index=True)
    found = _indexed(ev, staff)
    found = found[found.groupby("year")["measured"].transform("any")].reset_index(drop=True)
    if found.empty and year is None:
        raise Wanting(Phrase("needs.ip_asn.nothing"))
    mean = found["index"].mean()
    band = {} if pd.isna(mean) else {"band": label_of(IP_NAMES, "band", professionalism_band(mean))}
    faults = [name for name in ("apart", "unlike") if found[name].any()]
    amiss = "both" if len(faults) > 1 else "".join(faults)
    found.attrs = {"coverage": found["measured"].mean(), "facts": {**band, "amiss": amiss}}
    return found


@view("ip_asn", "employee", names=IP_NAMES)
def ip_asn_change(ev: Processed) -> pd.DataFrame:
    """How the index and its four parts moved since last year, among people measured in both years, one row each.

    Columns: ``employee_uid`` and ``unit_id``; ``index`` and the four dimensions of :func:`ip_asn`: now less then, so that the
    four add up to ``index``. Empty where last year is not on record. ``coverage``: share of active staff who are in it; ``facts``:
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


def _indexed(ev: Processed, staff: pd.DataFrame) -> pd.DataFrame:
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
