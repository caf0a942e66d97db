"""The sample district's tables without their files, and three districts in which leadership goes otherwise or has few units."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from karier_stats.intake.prepare import write_tables
from karier_stats.intake.processed import Processed, conform
from karier_stats.sample import courses, leaders, people, surveys
from karier_stats.sample.catalogue import PERIOD, SEED, UNITS
from karier_stats.sample.district import build

FEW = tuple(unit.unit_id for unit in UNITS[:5])  # the subdistrict's office and four of its wards
VARIANTS: dict[str, tuple[leaders.Planted, tuple[str, ...]]] = {
    "no_association": (leaders.Planted(within=0.0, between=0.0, culture=0.0), ()),
    "opposite": (leaders.Planted(within=-0.03, between=-0.05, culture=-0.12), ()),
    "five_units": (leaders.Planted(within=0.03, between=0.05, culture=0.12), FEW),
}
"""Planted slopes per point of the engagement index, and the units where they are not all."""
TITLES = {
    "no_association": {"id": "Kecamatan rekaan tanpa keterkaitan", "en": "Made-up district without an association"},
    "opposite": {"id": "Kecamatan rekaan yang berlawanan", "en": "Made-up district the other way round"},
    "five_units": {"id": "Kecamatan rekaan dengan lima unit", "en": "Made-up district of five units"},
}


@dataclass(frozen=True)
class MadeUp:
    """Tables in processed form that the chapter on leadership reads, and the planted slopes.

    ``culture`` is the slope across the district's units had all active staff answered.
    """

    tables: dict[str, pd.DataFrame]
    planted: leaders.Planted
    culture: float


def sample_tables(seed: int = SEED) -> dict[str, pd.DataFrame]:
    """The sample district as ``prepare`` would leave it if every file were clean, with pseudonyms ``u00001``..."""
    return {name: as_processed(name, frame) for name, frame in build(seed).tables.items()}


def as_processed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """All columns of the data dictionary that are kept, in order and typed, and the source of each row."""
    return conform(frame.assign(source_file=f"{name}.csv", source_row=range(2, len(frame) + 2)), name)


def made_up(variant: str, seed: int = SEED) -> MadeUp:
    """One of ``VARIANTS``: the people, heads and draws of the sample district of this seed with other slopes or fewer units."""
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

    ``target`` is the folder of the evaluation, such as ``data/processed/opposite``; its name is the evaluation's.
    """
    tables = made_up(variant, seed).tables
    evaluation = Processed.from_tables(tables, period=PERIOD, name=target.name, title=TITLES[variant])
    write_tables(target, tables, evaluation.intake)
