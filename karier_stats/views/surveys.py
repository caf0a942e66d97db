"""Survey answers as one row per response, for the scales that several chapters read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.domain.codes import PURPOSE
from karier_stats.errors import refuse_unknown
from karier_stats.views import activity
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation
    from karier_stats.views import evaluation


@dataclass(frozen=True)
class Scale:
    """The answers to the items of one purpose.

    Attributes
    ----------
    wide : DataFrame
        One row per response: who, where and when, and one column per item, reversed
        items turned as the instrument declares them, so that high is always more.
    items : DataFrame
        The items: ``item``, ``instrument``, ``label_id``, ``label_en``, ``scale_min``, ``scale_max``, ``reverse``.
    wider : bool
        Whether years before the period were read.
    """

    wide: pd.DataFrame
    items: pd.DataFrame
    wider: bool

    @property
    def columns(self) -> list[str]:
        """Names of the item columns."""
        return list(self.items["item"])

    @property
    def means(self) -> pd.Series:
        """Each respondent's mean over the items answered, on the scale of the part answered most."""
        parts = self.parts()
        if len(parts) < 2:
            return self.wide[self.columns].mean(axis=1)
        low, high = parts[0].ends
        spans = self.items.set_index("item")
        on_one = (self.wide[self.columns] - spans["scale_min"]) / (spans["scale_max"] - spans["scale_min"])
        return low + (high - low) * on_one.mean(axis=1)

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest value of the first item."""
        first = self.items.iloc[0]
        return float(first["scale_min"]), float(first["scale_max"])

    @property
    def name(self) -> str:
        """What a part is called in the id of a finding: its instrument and the top of its range."""
        return f"{self.items['instrument'].iloc[0]}-{self.ends[1]:g}"

    def parts(self) -> list[Scale]:
        """The scale by instrument and range of its items, the part with most respondents first.

        Two questionnaires of one purpose have other respondents, and items on
        1-4 and on 1-10 have no mean in common: each part is told on its own.
        """
        found = []
        for (instrument, *_), items in self.items.groupby(["instrument", "scale_min", "scale_max"], sort=True):
            rows = self.wide[self.wide["instrument"] == instrument]
            rows = rows[[name for name in rows if name not in self.columns or name in set(items["item"])]]
            kept = rows[list(items["item"])].notna().any(axis=1)
            found.append(Scale(rows[kept].reset_index(drop=True), items.reset_index(drop=True), self.wider))
        return sorted(found, key=lambda part: -len(part.wide))

    def only(self, chosen: pd.Series) -> Scale:
        """The scale with the chosen items alone; ``chosen`` is a boolean per item."""
        items = self.items[chosen.to_numpy(dtype=bool)].reset_index(drop=True)
        gone = [name for name in self.columns if name not in set(items["item"])]
        wide = self.wide.drop(columns=gone)
        return Scale(wide[wide[list(items["item"])].notna().any(axis=1)].reset_index(drop=True), items, self.wider)


def scale(ev: Evaluation, *purposes: str, when: str = "period") -> Scale:
    """The answers to all items of some purposes; all years where the period has none.

    Parameters
    ----------
    ev : Evaluation
    *purposes : str
        Codes of ``PURPOSE``.
    when : {"period", "to_date"}
    """
    for purpose in purposes:
        refuse_unknown("purpose", purpose, PURPOSE)
    items = ev.table("survey_item", "all")
    items = items[items["purpose"].isin(purposes)].reset_index(drop=True)
    items = items.assign(
        item=items["instrument"] + ":" + items["item_id"], label_id=items["item_text"],
        label_en=items["item_text_en"].fillna(items["item_text"]), reverse=items["reverse"].fillna(False).astype(bool),
    )
    rows = _answers(ev, items, when)
    wider = False
    if rows.empty and when == "period":
        rows = _answers(ev, items, "to_date")
        wider = not rows.empty
    used = set(rows["item"])
    items = items[items["item"].isin(used)].reset_index(drop=True)
    return Scale(_wide(rows, list(items["item"])), items, wider)


def asked(ev: Evaluation, purpose: str) -> Scale:
    """The scale of one purpose; without an answer the view is wanting."""
    found = scale(ev, purpose)
    if found.means.dropna().empty:
        raise Wanting(Phrase("views.no_answers", what=Phrase(f"columns.{purpose}")))
    return found


def coverage(ev: Evaluation, found: Scale) -> float | None:
    """Responses over active staff; None where they are not of the period."""
    return None if found.wider else min(len(found.wide) / max(len(activity.staff(ev)), 1), 1.0)


def _answers(ev: Evaluation, items: pd.DataFrame, when: str) -> pd.DataFrame:
    """Valid answers to the items, reversed ones turned."""
    rows = ev.table("survey_response", when)  # type: ignore[arg-type]
    names = ["instrument", "item_id", "item", "scale_min", "scale_max", "reverse"]
    rows = rows.merge(items[names], on=["instrument", "item_id"], how="inner", validate="m:1")
    rows = rows[rows["value"].between(rows["scale_min"], rows["scale_max"])]
    turned = rows["scale_min"] + rows["scale_max"] - rows["value"]
    return rows.assign(value=rows["value"].where(~rows["reverse"], turned))


def _wide(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """One row per response and wave, in the order of the response id."""
    key = ["response_id", "instrument", "wave"]
    filled = rows.assign(wave=rows["wave"].fillna("post"))
    filled = filled.drop_duplicates([*key, "item"])
    values = filled.pivot(index=key, columns="item", values="value").reindex(columns=columns)
    about = filled.drop_duplicates(key).set_index(key)[["employee_uid", "unit_id", "batch_id", "year"]]
    return about.join(values).reset_index().sort_values(key, kind="stable").reset_index(drop=True)


@view("survey_item", "survey_response")
def answered(ev: evaluation.Evaluation, purpose: str) -> pd.DataFrame:
    """What people answered to the items of one purpose in a survey, one row per response.

    Parameters
    ----------
    purpose : str
        Such as ``budaya_belajar`` (learning culture) or ``dukungan_atasan`` (superiors' support).

    Returns
    -------
    DataFrame
        - one column per item, reversed items turned, so that high is always more;
        - a column of the purpose's name: the mean of the items answered, on the scale of the part answered most;
        - ``unit_id``: the unit that the answer names, else that of the person in the year's staff table;
        - ``response_id``, ``employee_uid``, ``instrument``, ``wave``, ``batch_id``, ``year``: all years where the period
          has no answers.

        ``coverage``: responses over active staff, where they are of the period; ``parts``: the items by questionnaire and
        range, the part with most respondents first; ``scale``: the ends of the score.

    Raises
    ------
    Wanting
        There are no answers.
    """
    found = asked(ev, purpose)
    known = ev.table("employee", "all").drop_duplicates(["employee_uid", "year"])[["employee_uid", "year", "unit_id"]]
    rows = found.wide.assign(**{purpose: found.means})
    rows = rows.merge(known, on=["employee_uid", "year"], how="left", suffixes=("", "_staff"))
    rows = rows.assign(unit_id=rows["unit_id"].fillna(rows["unit_id_staff"])).drop(columns="unit_id_staff")
    parts = found.parts()
    rows.attrs = {
        "coverage": coverage(ev, found), "scale": parts[0].ends, "parts": {part.name: part.columns for part in parts},
    }
    return rows


@view("survey_item", "survey_response")
def answers(ev: evaluation.Evaluation, purpose: str) -> pd.DataFrame:
    """What people answered to each item of one purpose in a survey, one row per response and item.

    Parameters
    ----------
    purpose : str
        Such as ``hambatan`` (what holds people back).

    Returns
    -------
    DataFrame
        ``item``, ``response`` (who answered, also the other items), ``value`` (reversed items turned) and ``agrees``
        (bool): on the two highest levels of the item; ``employee_uid``, ``unit_id``, ``instrument``, ``wave``, ``batch_id``
        and ``year``: all years where the period has no answers.

        ``coverage``: responses over active staff, where they are of the period.

    Raises
    ------
    Wanting
        There are no answers.
    """
    found = asked(ev, purpose)
    about = [name for name in found.wide if name not in found.columns]
    rows = found.wide.assign(response=range(len(found.wide))).melt([*about, "response"], found.columns, "item", "value")
    rows, items = rows.dropna(subset=["value"]).reset_index(drop=True), found.items.set_index("item")
    rows = rows.assign(agrees=rows["value"] >= rows["item"].map(items["scale_max"]) - 1)
    rows.attrs = {
        "names": {"item": {item: {"id": row["label_id"], "en": row["label_en"]} for item, row in items.iterrows()}},
        "people": len(found.wide), "coverage": coverage(ev, found),
    }
    return rows
