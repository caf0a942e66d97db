"""What staff say they need and want: one row per respondent and choice, one per person and competency."""

from __future__ import annotations

import pandas as pd

from karier_stats.domain import codes
from karier_stats.domain.indices import job_person_match
from karier_stats.intake.processed import Processed
from karier_stats.views.staff import NAMES, staff
from karier_stats.views.view import Wanting, view
from karier_stats.words import Phrase

OTHER = "lainnya"
LEAST_WORTH = 0.1
"""An hour of a topic without any gap still counts this much."""


@view("need")
def wishes(ev: Processed, *, first: bool = False, rank: int | None = None, topics: bool = False) -> pd.DataFrame:
    """What the needs survey of the period named: one row per respondent and choice.

    The columns of ``need``, with ``choice``: the topic where topics are given, else the item as it was written.
    ``coverage``: respondents over active staff.
    Raises Wanting: no answers in the period; for a public release, or with ``topics``, none with a topic.

    Parameters
    ----------
    first : bool
        Only each respondent's first choice, where ranks were asked for; else everything.
    rank : int, optional
        Only choices of this rank; none where ranks were not asked for.
    topics : bool
        Needs choices by topic.
    """
    rows = ev.table("need")
    by_topic = bool(rows["topic"].notna().any())
    if rows.empty or (ev.audience == "public" and not by_topic):
        raise Wanting(Phrase("views.topics_only" if len(rows) else "views.no_survey", year=ev.period))
    if topics and not by_topic:
        raise Wanting(Phrase("views.no_topics"))
    choice = rows["topic"].fillna(OTHER) if by_topic else rows["need_item"]
    rows = rows.assign(choice=choice.astype(str)).sort_values(["interest_rank", "choice"], kind="stable")
    several = bool(rows.drop_duplicates(["employee_uid", "choice"])["employee_uid"].duplicated().any())
    ranked = bool((rows["interest_rank"] == 1).fillna(False).any())
    if first and ranked:
        rows = rows[(rows["interest_rank"] == 1).fillna(False)].drop_duplicates("employee_uid")
    rows = rows if rank is None else rows[(rows["interest_rank"] == rank).fillna(False)]
    people = staff(ev)["employee_uid"] if ev.has("employee") else pd.Series(dtype=str)
    how = "first" if first and ranked else "several" if several else "one"
    rows = rows.drop_duplicates(["employee_uid", "choice"]).reset_index(drop=True)
    rows.attrs = {
        "coverage": float(people.isin(set(rows["employee_uid"])).mean()) if len(people) else None,
        "names": {"choice": codes.TOPIC if by_topic else {}},
        "facts": {"how": Phrase(f"views.chosen.{how}"), "respondents": Phrase(f"views.respondents.{how}")},
    }
    return rows


@view("need", "employee", names=NAMES)
def respondents(ev: Processed, choice: str, *, first: bool = False) -> pd.DataFrame:
    """Respondents of the needs survey who are in the staff snapshot, one row each.

    The columns of ``employee``, with ``chose`` (bool): named ``choice`` (with ``first``, as first choice).
    """
    rows = wishes(ev, first=first)
    chosen = rows.assign(chose=rows["choice"] == choice).groupby("employee_uid", sort=False)["chose"].any()
    people = staff(ev, standing=None)
    people = people[people["employee_uid"].isin(chosen.index)]
    people = people.assign(chose=people["employee_uid"].map(chosen).astype(bool)).reset_index(drop=True)
    people.attrs = {"coverage": rows.attrs["coverage"], "facts": rows.attrs["facts"]}
    return people


@view("competency", names={"competency_code": codes.COMPETENCIES})
def competencies(ev: Processed) -> pd.DataFrame:
    """Assessments of the period, one row per person and competency.

    The columns of ``competency``, with ``gap`` (levels): required less reached; ``short`` (bool): below the
    standard; ``match`` (percent): the person's job-person match, the same in all of the person's rows; missing
    where no standard is above 0. ``coverage``: assessed over active staff.
    """
    rows = ev.table("competency")
    if rows.empty:
        raise Wanting(Phrase("views.no_assessment", year=ev.period))
    gap = (rows["standard_level"] - rows["actual_level"]).astype(float)
    match = job_person_match(rows["standard_level"], rows["actual_level"], rows["employee_uid"])
    rows = rows.assign(gap=gap, short=gap > 0, match=rows["employee_uid"].map(match))
    people = staff(ev)["employee_uid"] if ev.has("employee") else pd.Series(dtype=str)
    rows.attrs = {
        "coverage": float(people.isin(set(rows["employee_uid"])).mean()) if len(people) else float("nan"),
        "people": int(rows["employee_uid"].nunique()),
    }
    return rows


@view("need", "employee", names={"topic": codes.TOPIC})
def needed(ev: Processed) -> pd.DataFrame:
    """Learning hours that respondents of the needs survey say they need, one row per respondent and topic.

    Columns: ``employee_uid``, ``topic``, ``jp`` and ``worth``: what an hour of the topic counts, 1 for a topic whose
    competencies fall short as far as the mean, 2 for one that falls short by one level more. ``coverage``:
    respondents over active staff.
    Raises Wanting: no active staff, or nobody states hours.
    """
    people, rows = staff(ev), ev.table("need").dropna(subset=["needed_jp"])
    if people.empty or rows.empty:
        raise Wanting(Phrase("views.no_staff" if people.empty else "views.no_hours_needed", year=ev.period))
    rows = rows.assign(topic=rows["topic"].astype("string").fillna(OTHER).astype(str), jp=rows["needed_jp"].astype(float))
    found = rows.groupby(["employee_uid", "topic"], sort=True)["jp"].sum().reset_index()
    found["worth"] = found["topic"].map(_worth(ev)).fillna(1.0).astype(float)
    found.attrs = {"coverage": min(found["employee_uid"].nunique() / len(people), 1.0)}
    return found


def _worth(ev: Processed) -> dict[str, float]:
    """What an hour of each topic counts, by the last assessment of its competencies."""
    rows = ev.table("competency", "to_date")
    topics = pd.Series([codes.topic_of_competency(str(code)) for code in rows["competency_code"]], index=rows.index, dtype=object)
    last = (rows["year"] == rows["year"].max()).fillna(False) & topics.notna()
    short = (rows["standard_level"] - rows["actual_level"]).clip(lower=0).astype(float)
    gap = short[last].groupby(topics[last], sort=True).mean()
    return {str(topic): max(1 + value - float(gap.mean()), LEAST_WORTH) for topic, value in gap.items()}
