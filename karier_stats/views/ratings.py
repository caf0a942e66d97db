"""What staff say of their superiors and of learning, and where each answer came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.views import surveys
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

CULTURE, SUPPORT = "budaya_belajar", "dukungan_atasan"


@view("leader_engagement", "survey_item", "survey_response")
def raters(ev: Evaluation) -> pd.DataFrame:
    """Complete ratings of superiors by staff who head nothing and whose unit is known, one row per response.

    Returns
    -------
    DataFrame
        The columns of :func:`~karier_stats.views.surveys.answered`, with ``rating`` (the mean of the items) and
        ``culture`` (the mean on learning culture in the same response, where it has one). ``parts``: the items under an
        empty name; ``scale``: lowest and highest answer. Nobody knows how many could have rated: there is no coverage.

    Raises
    ------
    Wanting
        There is no such rating.
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
def describers(ev: Evaluation) -> pd.DataFrame:
    """Those who described the learning culture, one row per response.

    Returns
    -------
    DataFrame
        With ``rated`` (bool): the same questionnaire also rates the superior. ``robust`` is False where participation is
        told in the questionnaire of staff instead of attendance lists.
    """
    rows, rated = surveys.scale(ev, CULTURE).wide, surveys.scale(ev, SUPPORT).wide
    rows = rows.drop_duplicates("response_id").reset_index(drop=True)
    rows = rows.assign(rated=rows["response_id"].isin(set(rated["response_id"])))
    rows.attrs = {"robust": not _attendance_is_told(ev)}
    return rows


@view("leader_engagement", "participation", "survey_item", "survey_response", of_people=False)
def sources(ev: Evaluation) -> pd.DataFrame:
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


def _attendance_is_told(ev: Evaluation) -> bool:
    """Whether the rows of participation come from a file of the questionnaire instead of attendance lists."""
    files = (set(ev.table(name, "all")["source_file"].dropna()) for name in ("participation", "survey_response"))
    return bool(set.intersection(*files))
