"""Survey answers as one row per respondent, for the scales that several chapters read."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.chapters.claims import estimate_of
from karier_stats.chapters.counting import finding, in_words
from karier_stats.chapters.findings import Answer, Finding
from karier_stats.stats.reliability import reliability

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation


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
        """Each respondent's mean over the items answered."""
        return self.wide[self.columns].mean(axis=1)


def scale(ev: Evaluation, *purposes: str, when: str = "period") -> Scale:
    """The answers to all items of some purposes; all years where the period has none.

    Parameters
    ----------
    ev : Evaluation
    *purposes : str
        Codes of ``PURPOSE``.
    when : {"period", "to_date"}
    """
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


def reliable(of: Callable[[Evaluation], Answer], ev: Evaluation, scale: Scale) -> list[Finding]:
    """Alpha (and omega) of the scale as a finding; none for a single item."""
    if len(scale.items) < 2:
        return []
    result = reliability(scale.wide[scale.columns], items=scale.columns).recompute(ev.level)
    row = result.row("alpha")
    value = estimate_of(row)
    precise = math.isfinite(value.low) and value.high - value.low <= 0.1
    return [
        finding(
            of, ev, value, int(row["n"]), in_words(result.sentence), part="alpha", measure="alpha", coverage=None,
            precise=precise,
        )
    ]
