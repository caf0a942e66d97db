"""Three made-up districts beside the sample, in which leadership goes with nothing, the other way, or has few units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from karier_stats.intake.prepare import write_tables
from karier_stats.intake.processed import Evaluation
from karier_stats.sample import courses, leaders, people, surveys
from karier_stats.sample.catalogue import FACTS, PERIOD, SEED, UNITS
from karier_stats.sample.district import as_processed

FEW = tuple(unit.unit_id for unit in UNITS[:5])
"""The subdistrict's office and four of its wards."""
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
        "survey_response": answers, "leader_engagement": leadership.table,
    }
    if kept:
        survey = survey[survey["unit_id"].isin(kept)]
        tables = {name: _of_units(frame, kept) for name, frame in tables.items()}
    processed = {name: as_processed(name, frame) for name, frame in tables.items()}
    return MadeUp(processed, planted, surveys.culture_slope(survey, leadership))


def _of_units(frame: pd.DataFrame, units: tuple[str, ...]) -> pd.DataFrame:
    """The rows of some units; a table that names no unit stays whole."""
    return frame[frame["unit_id"].isin(units)].reset_index(drop=True) if "unit_id" in frame else frame


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
