"""Everything that was made up, in one place: tables in processed form, people, and the known truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from karier_stats.intake.schema import TABLES
from karier_stats.sample import courses, leaders, money, people, records, scores, surveys


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
