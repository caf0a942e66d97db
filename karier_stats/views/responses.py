"""Who answered the surveys of the period, of those who could have, and whether each sheet was filled in with care."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.domain import codes
from karier_stats.views import activity
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view
from karier_stats.words import Joined, Phrase

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation

STRAIGHT_ITEMS = 4
"""Equal answers to fewer items are no sign of careless answering."""


@view("survey_response")
def instruments(ev: Evaluation) -> pd.DataFrame:
    """The questionnaires of the period, one row each.

    Returns
    -------
    DataFrame
        ``instrument``, ``items``, ``answered`` (sheets handed in), ``eligible`` (people who could have answered: those who
        attended the batches surveyed, applicants for further study where motivation is asked, else all active staff),
        ``among`` (who they are, in words), ``judged`` (sheets of at least ``STRAIGHT_ITEMS`` items).

    Raises
    ------
    Wanting
        No answers in the period.
    """
    sizes = _sheets(ev)["size"].ge(STRAIGHT_ITEMS).groupby("instrument").sum()
    rows = pd.DataFrame([{
        "instrument": name, "items": group["item_id"].nunique(), "answered": group["response_id"].nunique(),
        "eligible": len(due), "among": Phrase(f"views.among.{who}"), "judged": int(sizes[name]),
    } for name, group, due, who in _asked(ev)])
    rows.attrs = {"names": _names(rows), "facts": {"straight_items": STRAIGHT_ITEMS}}
    return rows


@view("survey_response")
def responses(ev: Evaluation) -> pd.DataFrame:
    """Who answered each questionnaire: one row per instrument, for those who did and those who did not.

    Returns
    -------
    DataFrame
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
def responses_of_units(ev: Evaluation) -> pd.DataFrame:
    """Who answered, unit by unit: one row per instrument and unit, for those who did and those who did not.

    Returns
    -------
    DataFrame
        ``instrument``, ``unit_id`` (as given, else that of the person), ``responded`` (bool), ``people`` (how many) and
        ``largest`` (bool): the instrument that most people could answer.

    Raises
    ------
    Wanting
        No answer can be tied to a unit.
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
def sheets(ev: Evaluation) -> pd.DataFrame:
    """Answer sheets of at least ``STRAIGHT_ITEMS`` items, one row each.

    Returns
    -------
    DataFrame
        ``instrument``, ``straight`` (bool): every item has the same answer.
    """
    rows = _sheets(ev).reset_index()
    rows = rows[rows["size"] >= STRAIGHT_ITEMS].reset_index(drop=True)
    rows = rows.assign(straight=rows["nunique"] == 1)
    rows.attrs = {"names": _names(rows)}
    return rows


def _asked(ev: Evaluation, *, refuse: bool = True) -> Iterator[tuple[str, pd.DataFrame, pd.DataFrame, str]]:
    """Each instrument with its answers, those who could have answered, and who they are."""
    rows = ev.table("survey_response")
    if rows.empty and refuse:
        raise Wanting(Phrase("views.no_survey_answers", year=ev.period))
    for name, group in rows.astype({"instrument": str}).groupby("instrument", sort=True):
        yield str(name), group, *_eligible(ev, str(name), group)


def _eligible(ev: Evaluation, instrument: str, group: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Those who could have answered an instrument, one row each, and who they are."""
    if group["batch_id"].notna().all():
        attended = activity.enrolments(ev)
        return attended[attended["attended"] & attended["batch_id"].isin(set(group["batch_id"]))], "participants"
    items = ev.table("survey_item", "all")
    asks = set(items.loc[items["instrument"] == instrument, "purpose"])
    if "motivasi" in asks and ev.has("further_study"):
        return ev.table("further_study", "all").drop_duplicates("employee_uid"), "applicants"
    return activity.staff(ev), "staff"


def _sheets(ev: Evaluation) -> pd.DataFrame:
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
