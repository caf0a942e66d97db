"""Heads of units and their staff: recorded engagement by unit and year, who was led by it a year later, and what staff say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.indices import engagement_index
from karier_stats.intake.processed import Processed
from karier_stats.views import activity, surveys
from karier_stats.views.staff import NAMES, unit_names
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

PARTS = ["head_jp", "events_opened", "letters_promoting"]
ACTING = ("PLT", "PLH", "PJ")
FEWEST = 3
"""A public mean of fewer heads would tell one of them."""
PERMANENT = ("PNS", "CPNS")
BANDS = ("low", "middle", "high")
EDGES = (10 / 3, 20 / 3)
"""Where the bands of the index of 0-10 begin: thirds of what can be reached."""


@view("leader_engagement", of_people=False)
def leaders(ev: Processed) -> pd.DataFrame:
    """The engagement of heads, one row per unit and year up to the period.

    Columns: ``unit_id``, ``year``, ``engagement`` (index of 0-10; where heads changed, their counts are added), ``heads``
    (how many there were), ``acting`` (bool: one of them as acting head or caretaker), ``changed`` (bool), and
    ``unsettled`` (bool: either), and ``published`` (index of 0-10): the engagement, for the public only in years of at
    least three units, since the mean of fewer tells a head's own score. Units whose counts are not all known are left out.
    """
    found = _engagement(ev)
    enough = (ev.audience == "internal") | (found.groupby("year")["unit_id"].transform("size") >= FEWEST)
    return found.assign(published=found["engagement"].where(enough))


def _engagement(ev: Processed) -> pd.DataFrame:
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
def led(ev: Processed, *, empty: bool = False) -> pd.DataFrame:
    """Active staff who head nothing, in each year after one of recorded engagement: one row per person and year.

    The columns of ``employee``, with

    - ``took_part`` (bool), ``courses`` (number) and ``jp`` (JP) of the year;
    - ``engagement`` (index of 0-10), ``heads``, ``acting``, ``changed`` and ``unsettled`` of the unit in the year before
      (:func:`leaders`), ``settled`` (bool): one permanent head, and ``band``: low, middle or high engagement;
    - ``calendar``: the year as text;
    - ``contract`` (1 on a contract, 0 permanent), ``older`` (1 from the age of 50 on, 0 below) and ``upper`` (1 grades III
      and IV, 0 grades I and II, of permanent staff: grades of contracts are another ladder); missing for all others;
    - ``contract_share`` (0-1) and ``unit_size`` (logarithm of person-years): what is known of the unit.

    Raises Wanting: no year of participation follows one of recorded engagement, or there is one unit.

    Parameters
    ----------
    empty : bool
        Give an empty table where there is no such year, and that of one unit, instead of being wanting.
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


CULTURE, SUPPORT = "budaya_belajar", "dukungan_atasan"


@view("leader_engagement", "survey_item", "survey_response")
def raters(ev: Processed) -> pd.DataFrame:
    """Complete ratings of superiors by staff who head nothing and whose unit is known, one row per response.

    The columns of :func:`~karier_stats.views.surveys.answered`, with ``rating`` (the mean of the items) and
    ``culture`` (the mean on learning culture in the same response, where it has one). ``parts``: the items under an
    empty name; ``scale``: lowest and highest answer. Nobody knows how many could have rated: there is no coverage.
    Raises Wanting: there is no such rating.
    """
    rated, culture = surveys.scale(ev, SUPPORT), surveys.scale(ev, CULTURE)
    head = ev.table("employee", "all").drop_duplicates(["employee_uid", "year"])[["employee_uid", "year", "is_head"]]
    rows = surveys.answered(ev, SUPPORT) if len(rated.wide) else rated.wide.assign(**{SUPPORT: 0.0})
    rows = rows.dropna(subset=[*rated.columns, "unit_id"]).merge(head, on=["employee_uid", "year"], how="left")
    rows = rows[~rows["is_head"].fillna(False).astype(bool)].rename(columns={SUPPORT: "rating"})
    if rows.empty:
        raise Wanting(Phrase("views.no_ratings"))
    said = culture.wide.assign(culture=culture.means)[["response_id", "culture"]].dropna()
    rows = rows.merge(said, on="response_id", how="left", validate="1:1")
    ends = int(rated.items["scale_min"].min()), int(rated.items["scale_max"].max())
    rows.attrs = {"coverage": None, "scale": ends, "parts": {"": rated.columns}, "names": {"unit_id": unit_names(ev)}}
    return rows


@view("leader_engagement", "survey_item", "survey_response")
def describers(ev: Processed) -> pd.DataFrame:
    """Those who described the learning culture, one row per response.

    With ``rated`` (bool): the same questionnaire also rates the superior. ``robust`` is False where participation is
    told in the questionnaire of staff instead of attendance lists.
    """
    rows, rated = surveys.scale(ev, CULTURE).wide, surveys.scale(ev, SUPPORT).wide
    rows = rows.drop_duplicates("response_id").reset_index(drop=True)
    rows = rows.assign(rated=rows["response_id"].isin(set(rated["response_id"])))
    rows.attrs = {"robust": not _attendance_is_told(ev)}
    return rows


@view("leader_engagement", "participation", "survey_item", "survey_response", of_people=False)
def sources(ev: Processed) -> pd.DataFrame:
    """Where the answers on leaders, participation, culture and support came from: ``what``, ``source``, ``n`` (rows)."""
    engaged, attended = ev.table("leader_engagement", "to_date"), ev.table("participation", "to_date")
    recorded = sorted({str(text) for text in engaged["source"].dropna()})
    told = "form" if _attendance_is_told(ev) else "lists"
    kind = "recorded" if recorded else "records"
    rows: list[tuple[Phrase, Phrase, int]] = [
        (Phrase("columns.engagement"), Phrase(f"views.source.{kind}", names=recorded), len(engaged)),
        (Phrase("views.source.participation"), Phrase(f"views.source.{told}"), len(attended)),
    ]
    for purpose in (CULTURE, SUPPORT):
        scale = surveys.scale(ev, purpose)
        names = ", ".join(sorted(set(scale.items["instrument"].astype(str))))
        rows.append((Phrase(f"columns.{purpose}"), Phrase("views.source.form_named", names=names), len(scale.wide)))
    return pd.DataFrame(rows, columns=["what", "source", "n"])


def _attendance_is_told(ev: Processed) -> bool:
    """Whether the rows of participation come from a file of the questionnaire instead of attendance lists."""
    files = (set(ev.table(name, "all")["source_file"].dropna()) for name in ("participation", "survey_response"))
    return bool(set.intersection(*files))


@view("leader_engagement", "survey_item", "survey_response")
def climate(ev: Processed, purpose: str) -> pd.DataFrame:
    """What staff say on a scale, beside the engagement of their unit's heads in earlier years: one row per response.

    The columns of :func:`~karier_stats.views.surveys.answered`, with ``earlier_engagement`` (index of 0-10): the mean
    of the unit's years before the period. Responses from units where it is not known are left out.

    ``coverage``: these responses over active staff.
    Raises Wanting: no response comes from a unit whose engagement is known, or all come from one.

    Parameters
    ----------
    purpose : str
        As in :func:`~karier_stats.views.surveys.answered`.
    """
    said, known = surveys.answered(ev, purpose), leaders(ev)
    earlier = known[known["year"] < ev.period].groupby("unit_id", sort=True)["engagement"].mean()
    rows = said.assign(earlier_engagement=said["unit_id"].map(earlier).astype(float))
    rows = rows.dropna(subset=["earlier_engagement", purpose]).reset_index(drop=True)
    if rows["unit_id"].nunique() < 2:
        raise Wanting(Phrase("views.no_climate" if rows.empty else "views.one_unit", what=Phrase(f"columns.{purpose}")))
    whole = max(len(activity.staff(ev)), 1)
    rows.attrs = {**said.attrs, "coverage": min(len(rows) / whole, 1.0), "names": {"unit_id": unit_names(ev)}}
    return rows
