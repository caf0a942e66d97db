"""Places on courses: one row per person and batch."""

from __future__ import annotations

import pandas as pd

from karier_stats.domain import codes
from karier_stats.intake.processed import Processed
from karier_stats.views import activity
from karier_stats.views.view import Wanting, view, year_of
from karier_stats.words import Joined, Phrase

OUTCOMES = ("lulus", "tidak_lulus", "mengundurkan_diri", "tidak_hadir", "terdaftar", "diundang")
NAMES = {"form": codes.FORM, "outcome": {code: codes.OUTCOME[code] for code in OUTCOMES}, "topic": codes.TOPIC}
OTHER = "lainnya"
STATES = ("selesai", "berjalan", "direncanakan", "batal")
LONG_JP = 100.0
"""Courses of more hours (basic and leadership training) are shown apart: a design choice."""
FEW = 5
"""Fewer batches make no share."""
NOT_GIVEN = "–"
"""Reason that nobody wrote down."""
LOST = ("tidak_hadir", "mengundurkan_diri")


@view("participation", "batch", "program", names=NAMES)
def places(ev: Processed, year: int | None = None) -> pd.DataFrame:
    """Every place on a batch of one year, with its course.

    The columns of ``participation``, with ``program_id``, ``title``, ``topic``, ``form`` (of training), ``state``
    (of the batch), ``year``, ``batch_jp`` (JP), ``jp`` (JP that count for the person) and ``attended`` (bool).
    """
    return activity.enrolments(ev, year)


@view("participation", "batch", "program", names=NAMES)
def ended(ev: Processed, year: int | None = None, *, years: int = 1) -> pd.DataFrame:
    """Places that came to an end in a year: not those of cancelled batches, nor of people only invited.

    The columns of :func:`places`, with ``lost`` (bool): the place did not end in a pass.
    Raises Wanting: no place ended, or the list of participants holds one outcome only.

    Parameters
    ----------
    year : int, optional
        Default: the period. A negative one counts back from it; another year than the period is set beside it, and
        comes empty where nothing ended.
    years : int
        How many years up to that one.
    """
    rows = _enrolments(ev, year_of(ev.period, year), years)
    over = rows["outcome"].isin((*LOST, *activity.ATTENDED)) & ~(rows["state"] == "batal").fillna(False)
    rows = rows[over].reset_index(drop=True)
    if rows.empty and year is None:
        raise Wanting(Phrase("views.no_places", year=ev.period))
    if activity.enrolments(activity.whole(ev))["outcome"].nunique() == 1:  # so that no loss can be on record
        raise Wanting(Phrase("views.one_outcome"))
    return rows.assign(lost=rows["outcome"] != "lulus", form=rows["form"].fillna("lainnya").astype(str))


@view("program", "batch", "participation", names=NAMES)
def attended(ev: Processed, *, years: int = 1, with_hours: bool = False) -> pd.DataFrame:
    """Places on courses that were attended to their end.

    The columns of :func:`places`, with ``long`` (bool): more than ``LONG_JP`` hours.
    Raises Wanting: none was attended, or none has hours.

    Parameters
    ----------
    years : int
        How many years up to the period.
    with_hours : bool
        Only those whose learning hours are known.
    """
    rows = _enrolments(ev, ev.period, years)
    rows = rows[rows["attended"] & (rows["jp"] > 0)] if with_hours else rows[rows["attended"]]
    if rows.empty:
        raise Wanting(Phrase("views.no_hours" if with_hours else "views.none_attended", year=ev.period))
    rows = rows.assign(form=rows["form"].fillna(OTHER).astype(str), long=rows["jp"] > LONG_JP).reset_index(drop=True)
    rows.attrs = {"facts": {"long_jp": LONG_JP}, "person": "employee_uid"}
    return rows


def _enrolments(ev: Processed, last: int, years: int) -> pd.DataFrame:
    """Participation rows of some years up to one."""
    return pd.concat([activity.enrolments(ev, last - back) for back in range(years)][::-1], ignore_index=True)


@view("program", "batch", of_people=False, names={
    "form": codes.FORM, "state": {code: codes.BATCH_STATE[code] for code in STATES},
    "reason": {NOT_GIVEN: Phrase("views.no_reason")},
})
def batches(ev: Processed, least: int = FEW) -> pd.DataFrame:
    """Batches of the period whose state is known, in the whole evaluation: they belong to no unit.

    The columns of ``batch`` with ``title``, ``topic`` and ``form`` of the course, ``cancelled`` (bool) and
    ``reason``: why it was cancelled, as the office wrote it, which a public release does not show. Facts:
    ``reason`` (the commonest reason, where one is), ``reasons`` and ``times`` (how many there are, and how often that
    one), ``why`` (the same in words) and ``lost`` (places lost in words).
    Raises Wanting: no batch with a state, or fewer than ``least``; or one unit was chosen.

    Parameters
    ----------
    least : int
        Fewer batches are not told.
    """
    activity.of_agency(ev)
    rows = activity.batches(ev)
    rows = rows[(rows["year"] == ev.period).fillna(False) & rows["state"].notna()].reset_index(drop=True)
    if len(rows) < least:
        raise Wanting(Phrase("views.few_batches" if len(rows) else "views.no_state", year=ev.period, n=len(rows)))
    rows = rows.assign(form=rows["form"].fillna(OTHER).astype(str), cancelled=(rows["state"] == "batal").astype(bool))
    written = rows["cancel_reason"].astype("string").str.strip().fillna(NOT_GIVEN)
    rows["reason"] = written if ev.audience != "public" else pd.NA
    rows.attrs = {"facts": _reasons(ev, rows[rows["cancelled"]])}
    return rows


def _reasons(ev: Processed, lost: pd.DataFrame) -> dict[str, object]:
    """What sentences may name of cancelled batches."""
    counts = lost["cancel_reason"].dropna().astype(str).str.strip().value_counts()
    often = [str(each) for each in counts.index[counts == counts.max()]]
    reason, places = often[0] if len(often) == 1 else "", int(lost["quota"].fillna(0).sum())
    why = "unknown" if not len(counts) else "unlike" if not reason else "only" if len(lost) == 1 else "most"
    return {
        "reason": reason, "reasons": len(counts), "times": int(counts.max()) if len(counts) else 0,
        "why": Joined() if ev.audience == "public" else Phrase(f"views.why.{why}", reason=reason),
        "lost": Phrase("views.lost_places", n=places) if places else Joined(),
        "shown": Phrase(f"views.reasons.{ev.audience}"),
    }


@view("program", "batch", names={"topic": codes.TOPIC}, of_people=False)
def seats(ev: Processed) -> pd.DataFrame:
    """Batches of the period that were not cancelled and have a topic, one row each.

    The columns of ``batch`` with ``title``, ``topic`` and ``form`` of the course, and ``seats``: the quota, else the
    number of participants.
    Raises Wanting: no seat has a topic, or one unit was chosen.
    """
    activity.of_agency(ev)
    rows = activity.batches(ev)
    kept = (rows["year"] == ev.period).fillna(False) & ~(rows["state"] == "batal").fillna(False) & rows["topic"].notna()
    rows = rows[kept].reset_index(drop=True)
    taken = rows["batch_id"].map(activity.enrolments(ev)["batch_id"].value_counts()).astype("Float64")
    rows = rows.assign(seats=rows["quota"].astype("Float64").fillna(taken).fillna(0).astype(float))
    rows = rows[rows.groupby("topic")["seats"].transform("sum") > 0].reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_topics"))
    return rows
