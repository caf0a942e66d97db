"""Survey answers as one row per response, who answered of those who could have, and whether each sheet was filled in with care."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.codes import PURPOSE
from karier_stats.errors import refuse_unknown
from karier_stats.intake.processed import Processed
from karier_stats.views import activity
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import Text


@dataclass(frozen=True)
class Scale:
    """The answers to the items of one purpose.

    ``wide`` has one row per response: who, where and when, and one column per item, reversed items turned as the instrument
    declares them, so that high is always more. ``items`` has ``item``, ``instrument``, ``label_id``, ``label_en``,
    ``scale_min``, ``scale_max`` and ``reverse``; ``wider`` tells whether years before the period were read.
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

    @property
    def notes(self) -> tuple[Text, ...]:
        """A note where years before the period were read."""
        return (Phrase("views.wider"),) if self.wider else ()

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


def scale(ev: Processed, *purposes: str, when: str = "period") -> Scale:
    """The answers to all items of some purposes (codes of ``PURPOSE``); all years where the period has none."""
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
    items = items[items["item"].isin(rows["item"])].reset_index(drop=True)
    key = ["response_id", "instrument", "wave"]
    rows = rows.assign(wave=rows["wave"].fillna("post")).drop_duplicates([*key, "item"])
    values = rows.pivot(index=key, columns="item", values="value").reindex(columns=list(items["item"]))
    about = rows.drop_duplicates(key).set_index(key)[["employee_uid", "unit_id", "batch_id", "year"]]
    wide = about.join(values).reset_index().sort_values(key, kind="stable").reset_index(drop=True)
    return Scale(wide, items, wider)


def asked(ev: Processed, purpose: str) -> Scale:
    """The scale of one purpose; without an answer the view is wanting."""
    found = scale(ev, purpose)
    if found.means.dropna().empty:
        raise Wanting(Phrase("views.no_answers", what=Phrase(f"columns.{purpose}")))
    return found


def coverage(ev: Processed, found: Scale) -> float | None:
    """Responses over active staff; None where they are not of the period."""
    return None if found.wider else min(len(found.wide) / max(len(activity.staff(ev)), 1), 1.0)


def _answers(ev: Processed, items: pd.DataFrame, when: str) -> pd.DataFrame:
    """Valid answers to the items, reversed ones turned."""
    rows = ev.table("survey_response", when)  # type: ignore[arg-type]
    names = ["instrument", "item_id", "item", "scale_min", "scale_max", "reverse"]
    rows = rows.merge(items[names], on=["instrument", "item_id"], how="inner", validate="m:1")
    rows = rows[rows["value"].between(rows["scale_min"], rows["scale_max"])]
    turned = rows["scale_min"] + rows["scale_max"] - rows["value"]
    return rows.assign(value=rows["value"].where(~rows["reverse"], turned))


@view("survey_item", "survey_response")
def answered(ev: Processed, purpose: str) -> pd.DataFrame:
    """What people answered to the items of one purpose in a survey, one row per response.

    - one column per item, reversed items turned, so that high is always more;
    - a column of the purpose's name: the mean of the items answered, on the scale of the part answered most;
    - ``unit_id``: the unit that the answer names, else that of the person in the year's staff table;
    - ``response_id``, ``employee_uid``, ``instrument``, ``wave``, ``batch_id``, ``year``: all years where the period
      has no answers.

    ``coverage``: responses over active staff, where they are of the period; ``parts``: the items by questionnaire and
    range, the part with most respondents first; ``scale``: the ends of the score.
    Raises Wanting: there are no answers.

    Parameters
    ----------
    purpose : str
        Such as ``budaya_belajar`` (learning culture) or ``dukungan_atasan`` (superiors' support).
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
def answers(ev: Processed, purpose: str) -> pd.DataFrame:
    """What people answered to each item of one purpose in a survey, one row per response and item.

    Columns: ``item``, ``response`` (who answered, also the other items), ``value`` (reversed items turned) and ``agrees``
    (bool): on the two highest levels of the item; ``employee_uid``, ``unit_id``, ``instrument``, ``wave``, ``batch_id``
    and ``year``: all years where the period has no answers.

    ``coverage``: responses over active staff, where they are of the period.
    Raises Wanting: there are no answers.

    Parameters
    ----------
    purpose : str
        Such as ``hambatan`` (what holds people back).
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


STRAIGHT_ITEMS = 4
"""Equal answers to fewer items are no sign of careless answering."""


@view("survey_response")
def instruments(ev: Processed) -> pd.DataFrame:
    """The questionnaires of the period, one row each.

    Columns: ``instrument``, ``items``, ``answered`` (sheets handed in), ``eligible`` (people who could have answered: those who
    attended the batches surveyed, applicants for further study where motivation is asked, else all active staff),
    ``among`` (who they are, in words), ``judged`` (sheets of at least ``STRAIGHT_ITEMS`` items).
    Raises Wanting: no answers in the period.
    """
    sizes = _sheets(ev)["size"].ge(STRAIGHT_ITEMS).groupby("instrument").sum()
    rows = pd.DataFrame([{
        "instrument": name, "items": group["item_id"].nunique(), "answered": group["response_id"].nunique(),
        "eligible": len(due), "among": Phrase(f"views.among.{who}"), "judged": int(sizes[name]),
    } for name, group, due, who in _asked(ev)])
    rows.attrs = {"names": _names(rows), "facts": {"straight_items": STRAIGHT_ITEMS}}
    return rows


@view("survey_response")
def responses(ev: Processed) -> pd.DataFrame:
    """Who answered each questionnaire: one row per instrument, for those who did and those who did not.

    The columns of :func:`instruments`, with ``responded`` (bool) and ``people`` (how many). ``robust``: nowhere are
    there more sheets than people who could have answered. Facts: ``double``, a sentence on where there are.
    """
    rows = instruments(ev)
    about = {"among": dict(zip(rows["instrument"], rows["among"], strict=True)), **_names(rows)}
    over = rows.loc[rows["eligible"].between(1, rows["answered"] - 1), "instrument"]
    found = _parted(rows, rows["answered"].clip(upper=rows["eligible"]), rows["eligible"])
    double = Phrase("views.double", names=[about["instrument"][name] for name in over])
    found.attrs = {
        "names": about, "robust": over.empty,
        "facts": {"double": Joined() if over.empty else double, "straight_items": STRAIGHT_ITEMS},
    }
    return found


@view("unit", "employee", "survey_response")
def responses_of_units(ev: Processed) -> pd.DataFrame:
    """Who answered, unit by unit: one row per instrument and unit, for those who did and those who did not.

    Columns: ``instrument``, ``unit_id`` (as given, else that of the person), ``responded`` (bool), ``people`` (how many) and
    ``largest`` (bool): the instrument that most people could answer.
    Raises Wanting: no answer can be tied to a unit.
    """
    home = activity.staff(ev, standing=None).set_index("employee_uid")["unit_id"]
    found = []
    for name, group, due, _ in _asked(ev, refuse=False):
        units = activity.placed(group.drop_duplicates("response_id"), home)["unit_id"]
        people = activity.placed(due, home).groupby("unit_id", sort=True).size()
        if units.notna().any() and len(people):
            answered = units.value_counts().reindex(people.index).fillna(0).astype(int).clip(upper=people)
            found.append(_parted(people.index.to_frame(index=False).assign(instrument=name), answered, people))
    if not found:
        raise Wanting(Phrase("views.no_unit_answers"))
    rows = pd.concat(found, ignore_index=True)
    largest = str(rows.groupby("instrument", sort=True)["people"].sum().idxmax())
    rows["largest"] = rows["instrument"] == largest
    rows.attrs = {"names": {**_names(rows), "unit_id": unit_names(ev)}}
    return rows


@view("survey_response")
def sheets(ev: Processed) -> pd.DataFrame:
    """Answer sheets of at least ``STRAIGHT_ITEMS`` items, one row each.

    Columns: ``instrument``, ``straight`` (bool): every item has the same answer.
    """
    rows = _sheets(ev).reset_index()
    rows = rows[rows["size"] >= STRAIGHT_ITEMS].reset_index(drop=True)
    rows = rows.assign(straight=rows["nunique"] == 1)
    rows.attrs = {"names": _names(rows)}
    return rows


def _asked(ev: Processed, *, refuse: bool = True) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame, str]]:
    """Each instrument with its answers, those who could have answered, and who they are."""
    rows = ev.table("survey_response")
    if rows.empty and refuse:
        raise Wanting(Phrase("views.no_survey_answers", year=ev.period))
    items = ev.table("survey_item", "all")
    for name, group in rows.astype({"instrument": str}).groupby("instrument", sort=True):
        due, who = activity.staff(ev), "staff"
        if group["batch_id"].notna().all():
            attended, who = activity.enrolments(ev), "participants"
            due = attended[attended["attended"] & attended["batch_id"].isin(set(group["batch_id"]))]
        elif "motivasi" in set(items.loc[items["instrument"] == name, "purpose"]) and ev.has("further_study"):
            due, who = ev.table("further_study", "all").drop_duplicates("employee_uid"), "applicants"
        yield str(name), group, due, who


def _sheets(ev: Processed) -> pd.DataFrame:
    """How many answers a sheet holds and how many different ones, by instrument, response and wave."""
    rows = ev.table("survey_response").astype({"instrument": str}).fillna({"wave": ""})
    return rows.groupby(["instrument", "response_id", "wave"], sort=False)["value"].agg(["size", "nunique"])


def _parted(rows: pd.DataFrame, some: pd.Series, all: pd.Series) -> pd.DataFrame:
    """Each row twice: for the ``people`` who responded and for those who did not."""
    counts = ((True, some), (False, all - some))
    return pd.concat([rows.assign(responded=yes, people=n.to_numpy()) for yes, n in counts], ignore_index=True)


def _names(rows: pd.DataFrame) -> dict[str, dict[str, dict[str, str]]]:
    """What the instruments are called."""
    return {"instrument": {
        name: {lang: codes.label(codes.PURPOSE, name, lang) for lang in ("id", "en")} for name in sorted(set(rows["instrument"]))
    }}
