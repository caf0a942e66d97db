"""What people said: course feedback, the yearly staff survey, comments, needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from karier_stats.sample import catalogue
from karier_stats.sample.catalogue import ITEMS, PERIOD, REVISED, STILL_IRRELEVANT, UNITS, WORDING
from karier_stats.sample.courses import Training
from karier_stats.sample.leaders import Leadership
from karier_stats.sample.people import Person, Roster

ANSWERED_FEEDBACK, ANSWERED_STAFF = 0.8, 0.7  # share that answers the course form and the staff survey, at random
NOT_RELEVANT = {(REVISED, 1): 0.40, (REVISED, 2): 0.08, (STILL_IRRELEVANT, 1): 0.42}
OTHERS_NOT_RELEVANT = 0.04  # chance that a participant calls a course not relevant (1 or 2 of 5), by course and curriculum version


def _likert(rng: np.random.Generator, mean: np.ndarray | float, spread: float, shape: tuple[int, ...] = ()) -> np.ndarray:
    """Whole answers from 1 to 5 around ``mean``: normal with this spread, then rounded and cut, which shrinks a planted slope."""
    return np.clip(np.rint(mean + spread * rng.normal(size=shape or None)), 1, 5)


def feedback(training: Training, seed: int) -> pd.DataFrame:
    """Course feedback: many satisfied people, a quarter of whom tick the highest box throughout.

    Returns
    -------
    DataFrame, one row per answered form
        Batch, unit, year, course, version, day, answers R1-R5, V1 (fits the work), M1-M3, in order of days.
    """
    rng = np.random.default_rng([seed, 6])
    came = training.came
    came = came[rng.random(len(came)) < ANSWERED_FEEDBACK].reset_index(drop=True)
    n = len(came)
    frame = came[["batch_id", "unit_id", "year", "program_id", "curriculum_version"]].copy()
    frame["submitted_on"] = came["end_date"] + pd.to_timedelta(rng.integers(0, 4, n), unit="D")
    person = rng.normal(0, 0.45, n)
    flat = rng.random(n) < 0.25
    for item in ("R1", "R2", "R3", "R4", "R5"):
        frame[item] = np.where(flat, 5, _likert(rng, 4.45 + person, 0.5, (n,)))
    chance = [NOT_RELEVANT.get(key, OTHERS_NOT_RELEVANT)
              for key in zip(came["program_id"], came["curriculum_version"], strict=True)]
    unfit = rng.random(n) < np.array(chance)
    frame["V1"] = np.where(unfit, rng.choice([1, 2], n, p=[0.3, 0.7]), rng.choice([3, 4, 5], n, p=[0.12, 0.45, 0.43]))
    for item in ("M1", "M2", "M3"):
        frame[item] = _likert(rng, 4.2 + 0.8 * person - 1.1 * unfit, 0.55, (n,))
    return frame.sort_values(["submitted_on", "batch_id"], kind="stable", ignore_index=True)


def population(roster: Roster, leadership: Leadership, seed: int) -> pd.DataFrame:
    """What every active person would answer in the staff survey of 2025, and who did.

    The learning culture rests on the engagement of heads.

    Returns
    -------
    DataFrame, one row per active person
        Answers B1-B5, K1-K3, D1-D3, H1-H6, wishes 1-3 (topics), needed JP, ``answered``.
    """
    rng = np.random.default_rng([seed, 7])
    people = roster.active(PERIOD, heads=True)
    unit = [p.unit[PERIOD] for p in people]
    lift = leadership.planted.culture * (leadership.mean - leadership.grand)
    shift = {u.unit_id: lift[u.unit_id] + 0.08 * float(rng.normal()) for u in UNITS}
    culture = 3.3 + np.array([shift[u] for u in unit]) + rng.normal(0, 0.45, len(people))
    frame = pd.DataFrame({"employee_uid": [p.uid for p in people], "unit_id": unit})
    for item, offset in zip(("B1", "B2", "B3", "B4", "B5"), (0.15, -0.10, -0.15, 0.0, 0.10), strict=True):
        frame[item] = _likert(rng, culture + offset, 0.6, (len(people),))
    will = 3.7 + rng.normal(0, 0.5, len(people))
    for item, offset in zip(("K1", "K2", "K3"), (-0.4, 0.3, -0.1), strict=True):
        frame[item] = _likert(rng, will + offset, 0.6, (len(people),))
    for item in ("D1", "D2", "D3"):
        frame[item] = _likert(rng, culture + 0.05, 0.7, (len(people),))
    for item, mean in catalogue.FACTS["barriers"].items():
        frame[item] = _likert(rng, mean, 1.0, (len(people),))
    wishes = _wishes(rng, len(people), PERIOD)
    for place in range(3):
        frame[f"wish_{place + 1}"] = [row[place] for row in wishes]
    frame["needed_jp"] = [float(p.needed_jp) for p in people]
    frame["answered"] = rng.random(len(people)) < ANSWERED_STAFF
    days = rng.integers(0, 21, len(people))
    frame["submitted_on"] = pd.Timestamp(PERIOD, 8, 4) + pd.to_timedelta(days, unit="D")
    return frame


def _wishes(rng: np.random.Generator, n: int, year: int) -> list[list[str]]:
    """Three different topics per person in order of wish."""
    topics, weight = list(catalogue.FIRST_WISHES[year]), np.array([*catalogue.FIRST_WISHES[year].values()])
    return [[topics[i] for i in rng.choice(len(topics), 3, replace=False, p=weight / weight.sum())] for _ in range(n)]


def earlier_wishes(roster: Roster, seed: int) -> pd.DataFrame:
    """The needs survey of 2024: up to three boxes ticked, without order.

    Returns
    -------
    DataFrame, one row per respondent
        ``topics`` holds the list of boxes as the form has them.
    """
    rng = np.random.default_rng([seed, 8])
    people = [p for p in roster.active(2024, heads=True) if rng.random() < ANSWERED_STAFF]
    wishes = _wishes(rng, len(people), 2024)
    count = rng.choice([1, 2, 3], len(people), p=[0.2, 0.4, 0.4])
    return pd.DataFrame({"employee_uid": [p.uid for p in people], "unit_id": [p.unit[2024] for p in people],
                         "topics": [sorted(row[:k], key=list(WORDING).index) for row, k in zip(wishes, count, strict=True)],
                         "submitted_on": pd.Timestamp(2024, 7, 1) + pd.to_timedelta(rng.integers(0, 21, len(people)), unit="D")})


def need_table(survey: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """The processed-form table ``need``: ranked wishes of 2025, ticked boxes of 2024; hours needed with the first wish."""
    ranks = {f"wish_{rank}": rank for rank in (1, 2, 3)}
    answered = survey[survey["answered"]].rename(columns=ranks)
    wishes = answered.melt(["employee_uid", "unit_id", "needed_jp"], [*ranks.values()], "interest_rank", "topic")
    wishes = wishes.assign(year=PERIOD, needed_jp=wishes["needed_jp"].where(wishes["interest_rank"] == 1))
    ticked = earlier.explode("topics").rename(columns={"topics": "topic"}).assign(year=2024)
    table = pd.concat([wishes, ticked], ignore_index=True)
    return table.assign(need_item=table["topic"].map(WORDING))


def item_table() -> pd.DataFrame:
    """The processed-form table ``survey_item``."""
    return pd.DataFrame(catalogue.ITEM_ROWS)


def _long(frame: pd.DataFrame, instruments: tuple[str, ...], keep: list[str]) -> pd.DataFrame:
    """Answers in columns become one row per answer."""
    instrument_of = {item: name for name in instruments for item in ITEMS[name]}
    long = frame.melt(["response_id", *keep], [*instrument_of], "item_id", "value")
    return long.assign(instrument=long["item_id"].map(instrument_of))


def response_table(forms: pd.DataFrame, survey: pd.DataFrame, motivation: pd.DataFrame) -> pd.DataFrame:
    """The processed-form table ``survey_response``: course forms without names, staff survey, motivation and study."""
    forms = forms.assign(response_id=[f"E-{i + 1:05d}" for i in range(len(forms))])
    parts = [
        _long(forms, ("reaksi", "relevansi", "manfaat"), ["unit_id", "batch_id", "year", "submitted_on"]),
        staff_answers(survey),
        _long(motivation, ("motivasi",), ["employee_uid", "unit_id", "year", "submitted_on", "wave"])]
    return pd.concat(parts, ignore_index=True)


def staff_answers(survey: pd.DataFrame) -> pd.DataFrame:
    """The answers to the staff survey, one row per answer; see :func:`population`."""
    staff = survey[survey["answered"]].reset_index(drop=True)
    staff = staff.assign(response_id=[f"S25-{i + 1:05d}" for i in range(len(staff))], year=PERIOD)
    return _long(staff, ("budaya_belajar", "komitmen", "dukungan_atasan", "hambatan"),
                 ["employee_uid", "unit_id", "year", "submitted_on"])


def comment_table(forms: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The processed-form table ``comment``: a few forms carry one, about relevance where the course did not fit."""
    rng = np.random.default_rng([seed, 9])
    comments: dict[str, list[str]] = catalogue.FACTS["comments"]
    rows: list[dict[str, Any]] = []
    for batch, year, relevant in zip(forms["batch_id"], forms["year"], forms["V1"] >= 3, strict=True):
        if rng.random() < (0.09 if relevant else 0.45):
            theme = "relevansi" if not relevant and rng.random() < 0.85 else str(rng.choice(
                list(comments), p=[0.04, 0.28, 0.20, 0.18, 0.16, 0.06, 0.08]))
            rows.append({"comment_id": f"K-{len(rows) + 1:04d}", "batch_id": batch, "year": year,
                         "comment": str(rng.choice(comments[theme])), "theme": theme, "theme_source": "manual"})
    return pd.DataFrame(rows)


def culture_slope(survey: pd.DataFrame, leadership: Leadership) -> float:
    """Slope of the units' mean learning culture on mean engagement if everybody had answered."""
    scale = survey[["B1", "B2", "B3", "B4", "B5"]].mean(axis=1)
    means = scale.groupby(survey["unit_id"], sort=True).mean()
    return float(np.polyfit(leadership.mean.reindex(means.index).to_numpy(), means.to_numpy(), 1)[0])


def wish_shares(survey: pd.DataFrame) -> dict[str, float]:
    """Share of all active staff that ranks each topic first."""
    counts = survey["wish_1"].value_counts(normalize=True)
    return {topic: float(counts.get(topic, 0.0)) for topic in WORDING}


def motivated(rng: np.random.Generator, people: list[Person], gain: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Answers to the motivation items before, and after without and with study, on the same noise.

    Returns
    -------
    tuple of arrays, each of shape (people, items)
    """
    shape = (len(people), len(ITEMS["motivasi"]))
    person = 3.45 + rng.normal(0, 0.4, (len(people), 1))
    before = np.clip(np.rint(person + rng.normal(0, 0.55, shape)), 1, 5)
    noise = rng.normal(0, 0.55, shape)
    without = np.clip(np.rint(person + 0.05 + noise), 1, 5)
    return before, without, np.clip(np.rint(person + 0.05 + gain[:, None] + noise), 1, 5)
