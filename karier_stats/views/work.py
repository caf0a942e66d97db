"""What changed at work: budgets of activity officers, formal study and motivation, follow-up plans and earlier recommendations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from karier_stats.domain import codes
from karier_stats.intake.processed import Processed
from karier_stats.views import activity, surveys
from karier_stats.views.activity import ATTENDED
from karier_stats.views.scores import CONTROL, TRAINED
from karier_stats.views.staff import NAMES as STAFF_NAMES
from karier_stats.views.staff import unit_names
from karier_stats.views.view import Wanting, view, year_of
from karier_stats.words import Phrase
from karier_stats.words.numbers import LANGUAGES

PROJECT = "manajemen_proyek"
NAMES = {"arm": codes.ARM}


@view("project_performance", "participation", "program", "batch", names=NAMES)
def officers(ev: Processed) -> pd.DataFrame:
    """Budget absorption of activity officers in two years, one row each.

    The last year is the period, the first one two years before (else the latest earlier year).

    Columns: ``officer_uid``, ``pre``, ``post`` (spent in percent of the ceiling of all their activities), ``unit_id`` and
    ``arm``: ``peserta`` was trained in project management between the two years, ``pembanding`` never. Officers
    trained before or in the last year only, and those without both years, are left out, which a note counts;
    ``years``: the two years.
    Raises Wanting: there are no two years.
    """
    rows = ev.table("project_performance", "to_date").dropna(subset=["officer_uid", "spent_rp", "ceiling_rp"])
    years = sorted({int(year) for year in rows["year"]})
    if len(years) < 2 or years[-1] != ev.period:
        raise Wanting(Phrase("outcomes.project_management.nothing"))
    first = ev.period - 2 if ev.period - 2 in years else years[-2]
    both = rows[rows["year"].isin([first, ev.period])]
    sums = both.groupby(["officer_uid", "year"], sort=True)[["spent_rp", "ceiling_rp"]].sum().astype(float)
    sums = sums[sums["ceiling_rp"] > 0]
    wide = (100 * sums["spent_rp"] / sums["ceiling_rp"]).unstack("year").reindex(columns=[first, ev.period])
    wide.columns = pd.Index(["pre", "post"])
    last = both.sort_values("year", kind="stable").drop_duplicates("officer_uid", keep="last")
    wide = wide.join(last.set_index("officer_uid")["unit_id"]).reset_index()
    seats, batch = ev.table("participation", "to_date"), activity.batches(ev)
    project = batch.loc[batch["topic"] == PROJECT, "batch_id"]
    trained = seats[seats["outcome"].isin(ATTENDED) & seats["batch_id"].isin(project)]
    when = wide["officer_uid"].map(trained.groupby("employee_uid", sort=True)["year"].min())
    ends = first if ev.period - first == 1 else first + 1
    earlier, late = (when < ends).fillna(False), (when == ev.period).fillna(False)
    complete = wide["pre"].notna() & wide["post"].notna()
    wide["arm"] = np.where(when.notna(), TRAINED, CONTROL)
    kept = wide[complete & ~earlier & ~late].reset_index(drop=True)
    unpaired = int((~complete).sum())
    left = Phrase("views.officers_left", earlier=int((earlier & complete).sum()), late=int((late & complete).sum()),
                  unpaired=unpaired)
    kept.attrs = {
        "years": (first, ev.period), "measure": "percentage_points", "coverage": len(kept) / max(len(kept) + unpaired, 1),
        "notes": (left, Phrase("views.one_year_before")),
    }
    return kept


@view("project_performance", "participation", "program", "batch", names=NAMES)
def activities(ev: Processed) -> pd.DataFrame:
    """What else is on record of the activities of :func:`officers` in its two years, one row each.

    The columns of ``project_performance``, with ``arm``, ``absorbed`` (percent of the ceiling that was spent), ``behind``
    (percentage points: physical target less what was reached), ``late`` (days from the planned to the actual finish;
    negative where earlier) and ``revisions``.
    """
    kept = officers(ev)
    rows = ev.table("project_performance", "to_date")
    rows = rows[rows["year"].isin(kept.attrs["years"])].merge(kept[["officer_uid", "arm"]], on="officer_uid", validate="m:1")
    found = rows.assign(
        absorbed=100 * (rows["spent_rp"] / rows["ceiling_rp"].where(rows["ceiling_rp"] > 0)).astype(float),
        behind=rows["physical_target_pct"] - rows["physical_actual_pct"],
        late=(rows["actual_finish"] - rows["planned_finish"]).dt.days, revisions=rows["revisions"].astype(float),
    )
    found.attrs = {"person": "officer_uid"}
    return found


@view("further_study", "survey_item", "survey_response", names=NAMES)
def studied(ev: Processed) -> pd.DataFrame:
    """Motivation before and after of applicants for further study, one row each; people with both waves only.

    Columns: ``employee_uid``, ``pre``, ``post`` (mean of the items), ``unit_id`` and ``arm``: ``peserta`` finished a study,
    ``pembanding`` only waits or was declined; those still studying are neither. ``coverage``: of all applicants.
    """
    scale = surveys.scale(ev, "motivasi", when="to_date")
    answers = scale.wide.assign(score=scale.means).dropna(subset=["employee_uid", "score"])
    answers = answers.sort_values(["year", "response_id"], kind="stable")
    ends = {"pre": answers.drop_duplicates(["employee_uid", "wave"], keep="first"),
            "post": answers.drop_duplicates(["employee_uid", "wave"], keep="last")}
    scores = {wave: frame[frame["wave"] == wave].set_index("employee_uid")["score"] for wave, frame in ends.items()}
    wide = pd.concat(scores, axis=1, join="inner").reset_index()
    unit = answers.dropna(subset=["unit_id"]).drop_duplicates("employee_uid", keep="last").set_index("employee_uid")["unit_id"]
    states = ev.table("further_study", "all").groupby("employee_uid", sort=True)["state"].agg(frozenset)
    finished = states.map(lambda found: "selesai" in found).astype(bool)  # of nobody it would be text
    waiting = states.map(lambda found: found <= {"menunggu", "ditolak"}).astype(bool)
    arm = pd.Series(pd.NA, index=states.index, dtype="string").mask(finished, TRAINED).mask(waiting & ~finished, CONTROL)
    found = wide.assign(arm=wide["employee_uid"].map(arm), unit_id=wide["employee_uid"].map(unit)).dropna(subset=["arm"])
    found.attrs = {"measure": "scale_points", "coverage": len(found) / max(len(states), 1)}
    return found


@view("action_plan", "batch", optional=("done", "year"))
def plans(ev: Processed, year: int | None = None, *, years: int = 1) -> pd.DataFrame:
    """Follow-up plans that were due in a year, one row each; without a due date, of batches of that year.

    The columns of ``action_plan``, with ``done`` (bool). Empty where no plans are on record. Facts: ``pending``, how many
    can still be done.

    Parameters
    ----------
    year : int, optional
        Default: the period. A negative one counts back from it.
    years : int
        How many years up to that one; ``year`` is then the one that each was due in.
    """
    rows = ev.table("action_plan", "all")
    due = rows["due_on"].dt.year.astype("Int64").fillna(rows["year"])
    last = year_of(ev.period, year)
    rows = rows.assign(year=due)[due.between(last - years + 1, last).fillna(False)].reset_index(drop=True)
    rows = rows.assign(done=(rows["state"] == DONE).fillna(False).astype(bool))
    rows.attrs = {"facts": {"pending": int(rows["state"].isin(OPEN).sum())}}
    return rows


UNKNOWN = "lainnya"
TAKEN = ("berjalan", "selesai")


@view("further_study", "employee", names={"study_state": codes.STUDY_STATE})
def applications(ev: Processed) -> pd.DataFrame:
    """Applications for formal study up to the period, one row per person and degree.

    The columns of ``further_study``, with ``study_state`` (its ``state``) and ``study``: degree and kind in one.
    Raises Wanting: there are none.
    """
    rows = ev.table("further_study", "all")
    rows = rows[~(rows["start_date"].dt.year > ev.period).fillna(False)].reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_study", year=ev.period))
    kind, degree = rows["study_kind"].fillna(UNKNOWN).astype(str), rows["degree"].astype(str)
    known = list(codes.EDUCATION)
    bars = sorted(set(zip(degree, kind, strict=True)),
                  key=lambda bar: (known.index(bar[0]) if bar[0] in known else len(known), bar[1]))
    rows = rows.assign(study_state=rows["state"], study=degree + " " + kind)
    rows.attrs = {"names": {"study_state": codes.STUDY_STATE, "study": {f"{one} {two}": _study(one, two) for one, two in bars}}}
    return rows


@view("further_study", "employee", names=STAFF_NAMES)
def students(ev: Processed) -> pd.DataFrame:
    """Everybody in the snapshot of the period, those on study assignment included, one row each.

    The columns of ``employee``, with ``studies`` (bool): is in further study, or has finished.
    Raises Wanting: there is no application up to the period.
    """
    rows = applications(ev)
    people = activity.staff(ev, standing=None)
    return people.assign(studies=people["employee_uid"].isin(set(rows.loc[rows["state"].isin(TAKEN), "employee_uid"])))


def _study(degree: str, kind: str) -> Phrase:
    """Degree and kind in words."""
    named, of = ({lang: codes.label(names, code, lang) for lang in LANGUAGES}
                 for names, code in ((codes.EDUCATION, degree), (codes.STUDY_KIND, kind)))
    return Phrase("views.study" if kind in codes.STUDY_KIND else "views.study_unknown", degree=named,
                  kind={lang: text.lower() for lang, text in of.items()})


DONE, OPEN = "selesai", ("belum", "proses")
NOTHING = {"id": "–", "en": "–"}


@view("recommendation", of_people=False)
def earlier(ev: Processed) -> pd.DataFrame:
    """The recommendations up to the period, by their id; of one unit those that it is to carry out.

    The columns of ``recommendation``, with ``done`` and ``late`` (bool; not done, and due before the period's end),
    ``due``, the day in words, and ``undone`` (bool): not started, or in progress. No ``lever`` where none is on record.
    Raises Wanting: there is none.
    """
    rows = ev.table("recommendation", "to_date").sort_values("rec_id", kind="stable")
    rows = (rows[rows["owner_unit"] == ev.unit] if ev.of_one_unit else rows).reset_index(drop=True)
    if rows.empty:
        raise Wanting(Phrase("views.no_recommendations"))
    undone = rows["state"].isin(OPEN)
    late = (rows["due_on"] <= pd.Timestamp(ev.period, 12, 31)).fillna(False) & undone
    due: list[Any] = [Phrase("views.day", day=day.date()) if pd.notna(day) else NOTHING for day in rows["due_on"]]
    owner = rows["owner_unit"].fillna(NOTHING["id"])
    rows = rows.assign(done=rows["state"] == DONE, undone=undone, late=late, due=due, owner_unit=owner)
    known = rows["lever"].isin(codes.LEVER) if "lever" in rows else pd.Series(False, index=rows.index)
    if known.any():
        rows["lever"] = rows["lever"].where(known, NOTHING["id"])
    else:
        rows = rows.drop(columns="lever", errors="ignore")
    rows.attrs = {"names": {"state": codes.WORK_STATE, "lever": codes.LEVER, "owner_unit": unit_names(ev)}}
    return rows
