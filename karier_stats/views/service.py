"""What the public says of the services, and how the performance of staff was rated: outcomes beyond the training itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.indices import predicate, satisfaction_band, satisfaction_index
from karier_stats.errors import refuse_absent
from karier_stats.views import activity
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view, year_of
from karier_stats.words import Phrase
from karier_stats.words.numbers import LANGUAGES, number

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

ELEMENTS = list(codes.SERVICE_ELEMENTS)
FEWEST_ANSWERED = 0.8
"""An element that fewer answered is named: the index gives it the same weight as the others."""
GOOD = ("sangat_baik", "baik")


@view("service_survey", names={"element": codes.SERVICE_ELEMENTS})
def satisfaction(ev: Evaluation, year: int | None = None, *, years: int = 1, by: str | None = None) -> pd.DataFrame:
    """Answer sheets of the public satisfaction survey; the mean of ``ikm`` is the index by rule.

    Parameters
    ----------
    year : int, optional
        Default: the period; a negative one counts back from it. Another year comes empty where there was no survey.
    years : int
        How many years up to the period, those with a survey.
    by : str, optional
        The column whose groups get an index of their own, such as ``unit_id``.

    Returns
    -------
    DataFrame
        One row per sheet: ``unit_id``, ``year``, the nine elements (1-4), and ``ikm`` (25-100).

    Raises
    ------
    Wanting
        No sheet of the period, or an element that nobody answered.

    Notes
    -----
    PermenPANRB 14/2017: 25 times the mean over the nine elements of the mean over those who answered each. ``ikm`` is
    that index plus what the sheet moves it by (Taylor linearisation of the nine ratios), so that its mean within a year
    and a group is the index to the last digit and its spread gives the sampling error, with gaps as without.
    """
    rows = ev.table("service_survey", "to_date")
    last = year_of(ev.period, year)
    rows = rows[rows["year"].between(last - years + 1, last).fillna(False)].reset_index(drop=True)
    refuse_absent([("by", by)] if by is not None else [], rows)
    groups = ["year", by] if by else ["year"]
    whole = pd.concat([_moved(part) for _, part in rows.groupby(groups, sort=False)]) if len(rows) else pd.Series(dtype=float)
    rows = rows.assign(ikm=whole.reindex(rows.index)).dropna(subset=["ikm"]).reset_index(drop=True)
    if rows.empty and year is None:
        raise Wanting(Phrase("outcomes.service.nothing"))
    answered = rows[ELEMENTS].notna().mean()
    few = [codes.SERVICE_ELEMENTS[name] for name in ELEMENTS if answered[name] < FEWEST_ANSWERED]
    rows.attrs = {
        "names": {"unit_id": unit_names(ev), "element": codes.SERVICE_ELEMENTS},
        "notes": (Phrase("outcomes.service.seldom_answered", names=few),) if few else (),
        "facts": _told(rows) if years == 1 and by is None else {}, "sampled": True,
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
def elements(ev: Evaluation) -> pd.DataFrame:
    """Answers to the nine elements in the period: one row per sheet and element, ``element`` and ``score`` (25-100).

    Raises
    ------
    Wanting
        No sheet of the period.
    """
    sheets = satisfaction(ev)
    long = sheets.melt("response_id", ELEMENTS, "element", "answer").dropna(subset=["answer"])
    found = long.assign(score=25 * long["answer"].astype("float64")).reset_index(drop=True)
    found.attrs = {"people": len(sheets), "sampled": True, "names": sheets.attrs["names"]}
    return found


@view("performance", "employee", names={"rating": codes.RATING, "scheme": codes.SCHEME})
def rated(ev: Evaluation, year: int | None = None, *, years: int = 1) -> pd.DataFrame:
    """Performance ratings of active staff by the scheme of the period, one row per person and year.

    Parameters
    ----------
    year : int, optional
        Default: the period; a negative one counts back from it.
    years : int
        How many years up to the period. Years under another scheme are left out: no line crosses the change of 2022.

    Returns
    -------
    DataFrame
        ``employee_uid``, ``year``, ``unit_id``, ``rating``, ``work_result``, ``work_behavior``, ``good`` (bool: good or
        very good), ``by_rule`` (the rating that the matrix gives; missing without both parts) and ``unlike`` (bool: the
        rating on record is another). ``coverage``: share of active staff with a rating.

    Raises
    ------
    Wanting
        No rating in the period.
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
