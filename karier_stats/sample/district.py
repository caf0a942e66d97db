"""Everything that was made up, in one place: tables in processed form, people, and the known truth.

Beside the sample stand three districts in which leadership goes with nothing, the other way, or has few units.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from karier_stats.intake.prepare import write_tables
from karier_stats.intake.processed import Evaluation, conform
from karier_stats.intake.schema import TABLES
from karier_stats.sample import courses, leaders, money, people, records, scores, surveys
from karier_stats.sample.catalogue import FACTS, PERIOD, SEED, UNITS


@dataclass(frozen=True)
class District:
    """The sample district.

    ``tables`` are clean and in processed form, ``employee`` and
    ``participation`` with their input-only columns; the rest is what the
    office's files are written from and what the truth is told by.
    """

    tables: dict[str, pd.DataFrame]
    roster: people.Roster
    training: courses.Training
    leadership: leaders.Leadership
    outcomes: pd.DataFrame
    feedback: pd.DataFrame
    survey: pd.DataFrame
    earlier: pd.DataFrame
    motivation: pd.DataFrame
    study_truth: dict[str, float]
    project_truth: dict[str, float]
    ip_asn_truth: dict[str, Any]


def build(seed: int) -> District:
    """Make up the whole district.

    Parameters
    ----------
    seed : int
        Every part draws from its own stream of this seed, so that a change in
        one part leaves the others as they were.

    Returns
    -------
    District

    Notes
    -----
    Who studies is chosen first, for study takes people out of active staff; then what heads did decides who takes
    part, who takes part decides who is tested, and both decide what people say.
    """
    roster = people.Roster(seed)
    students = records.choose_students(roster, seed)
    leadership = leaders.lead(roster, seed)
    training = courses.train(roster, leadership, seed)
    outcomes = scores.potential_outcomes(training, roster, seed)
    feedback = surveys.feedback(training, seed)
    survey = surveys.population(roster, leadership, seed)
    earlier = surveys.earlier_wishes(roster, seed)
    motivation, study_truth = records.motivation(students, seed)
    projects, project_truth = money.projects(training, roster, seed)
    ratings = records.performance_table(roster, seed)
    ip_asn, ip_asn_truth = records.ip_asn_table(roster, ratings, students["selesai"], seed)
    tables = {
        "unit": people.unit_table(), "employee": people.employee_table(roster), "program": courses.program_table(),
        "batch": training.batch, "participation": training.participation,
        "test_score": scores.score_table(outcomes, training.batch, seed),
        "survey_item": surveys.item_table(), "survey_response": surveys.response_table(feedback, survey, motivation),
        "comment": surveys.comment_table(feedback, seed), "need": surveys.need_table(survey, earlier),
        "competency": records.competency_table(roster, seed), "leader_engagement": leadership.table,
        "budget": money.budget_table(training, seed), "partnership": money.partnership_table(),
        "project_performance": projects, "further_study": records.study_table(students, seed),
        "post_training_rating": records.rating_table(training, seed), "action_plan": records.plan_table(training, seed),
        "performance": ratings, "ip_asn": ip_asn, "service_survey": records.service_table(seed),
        "recommendation": records.recommendation_table()}
    return District({name: tables[name] for name in TABLES}, roster, training, leadership, outcomes, feedback, survey,
                    earlier, motivation, study_truth, project_truth, ip_asn_truth)


def sample_tables(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """The sample district as ``prepare`` would leave it if every file were clean.

    Parameters
    ----------
    seed : int
        Seed of the sample.

    Returns
    -------
    dict of DataFrame
        Every table of the data dictionary with pseudonyms ``u00001``...,
        columns and types as in the processed files; ``source_file`` and
        ``source_row`` say where the row would stand.
    """
    return {name: as_processed(name, frame) for name, frame in build(seed).tables.items()}


def as_processed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """All columns of the data dictionary that are kept, in order and typed, and the source of each row."""
    return conform(frame.assign(source_file=f"{name}.csv", source_row=range(2, len(frame) + 2)), name)


FEW = tuple(unit.unit_id for unit in UNITS[:5])  # the subdistrict's office and four of its wards
VARIANTS: dict[str, tuple[leaders.Planted, tuple[str, ...]]] = {
    name: (leaders.Planted(**about["slopes"]), FEW if about["few"] else ()) for name, about in FACTS["variants"].items()}
"""Planted slopes of each district, and its units where they are not all."""


@dataclass(frozen=True)
class MadeUp:
    """Tables in processed form that the chapter on leadership reads, and the planted slopes.

    ``culture`` is the slope across the district's units had all active staff answered.
    """

    tables: dict[str, pd.DataFrame]
    planted: leaders.Planted
    culture: float


def made_up(variant: str, seed: int = SEED) -> MadeUp:
    """One of the made-up districts.

    Parameters
    ----------
    variant : str
        A key of ``VARIANTS``.
    seed : int
        The same people, heads and draws as in the sample district of this seed; only the slopes and the number of
        units differ.

    Returns
    -------
    MadeUp
    """
    planted, kept = VARIANTS[variant]
    roster = people.Roster(seed)
    leadership = leaders.lead(roster, seed, planted)
    training = courses.train(roster, leadership, seed)
    survey = surveys.population(roster, leadership, seed)
    answers = surveys.staff_answers(survey)
    tables = {
        "unit": people.unit_table(), "employee": people.employee_table(roster), "program": courses.program_table(),
        "batch": training.batch, "participation": training.participation, "survey_item": surveys.item_table(),
        "survey_response": answers, "leader_engagement": leadership.table}
    if kept:
        survey = survey[survey["unit_id"].isin(kept)]
        tables = {name: frame[frame["unit_id"].isin(kept)].reset_index(drop=True) if "unit_id" in frame else frame
                  for name, frame in tables.items()}
    processed = {name: as_processed(name, frame) for name, frame in tables.items()}
    return MadeUp(processed, planted, surveys.culture_slope(survey, leadership))


def write_made_up(target: Path, variant: str, seed: int = SEED) -> None:
    """Write a made-up district as processed tables, so that the notebook of the chapter can be run on it.

    Parameters
    ----------
    target : Path
        The folder of the evaluation, such as ``data/processed/opposite``; its name is the evaluation's.
    variant : str
        A key of ``VARIANTS``.
    seed : int
        Seed of the sample.
    """
    tables = made_up(variant, seed).tables
    evaluation = Evaluation.from_tables(tables, period=PERIOD, name=target.name, title=FACTS["variants"][variant]["title"])
    write_tables(target, tables, evaluation.intake)
