"""The made-up district's fixed facts: ``catalogue.yml``, and what the office's own crosswalk ``peta.yml`` says of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karier_stats.words.catalogue import own_data

FOLDER = Path(__file__).parent
FACTS: dict[str, Any] = own_data(FOLDER / "catalogue.yml")
CROSSWALK: dict[str, Any] = own_data(FOLDER / "peta.yml")  # ``karier sample`` hands the file out as it is
SEED = 20250817  # the seed of the sample district, where nobody asks for another
YEARS = (2023, 2024, 2025)
PERIOD = 2025


@dataclass(frozen=True)
class UnitFact:
    """One work unit: columns of the table ``unit``, and its size in persons."""

    unit_id: str
    unit_name: str
    unit_type: str
    scope: str
    size: int
    parent_unit_id: str | None = None
    area_code: str | None = None


@dataclass(frozen=True)
class CourseFact:
    """One course: columns of the table ``program``, what an hour costs and who pays."""

    program_id: str
    title: str
    topic: str
    form: str
    training_type_id: int
    delivery: str
    competency_kind: str
    planned_jp: int
    organizer: str
    selection: str
    cost_per_jp: int
    funding: str
    partner_id: str | None = None


UNITS = tuple(UnitFact(**row) for row in FACTS["units"])
BY_UNIT = {unit.unit_id: unit for unit in UNITS}
BY_COURSE = {row["program_id"]: CourseFact(**row) for row in FACTS["courses"]}
PARTNERS: list[dict[str, Any]] = FACTS["partners"]
TESTED: dict[str, list[str]] = FACTS["tested"]  # courses with tests and a comparison group, by form of training
EFFECT: dict[str, float] = FACTS["effect"]  # mean gain in points before rounding and clipping, by form
REVISED, STILL_IRRELEVANT, PROJECT_COURSE = "P11", "P12", "P07"
FIRST_WISHES: dict[int, dict[str, float]] = FACTS["first_wishes"]  # share that ranks each topic first, by year
NEEDED_JP: dict[int, float] = FACTS["needed_jp"]  # learning hours that a person needs in a year, and how often
WORDING = {topic: text for text, topic in CROSSWALK["tables"]["need"][0]["values"]["topic"].items()}
"""What the form calls each topic."""
ITEM_ROWS: list[dict[str, Any]] = CROSSWALK["tables"]["survey_item"][0]["rows"]
ITEMS = {name: [row["item_id"] for row in ITEM_ROWS if row["instrument"] == name]
         for name in dict.fromkeys(row["instrument"] for row in ITEM_ROWS)}  # items by instrument, all on a scale of 1-5
