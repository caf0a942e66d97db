"""What an office would hand in, as files, and what was planted: numbers with a sentence on each estimand (``truth.json``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from karier_stats.sample import catalogue, leaders, money, scores, surveys
from karier_stats.sample.catalogue import PERIOD, REVISED, SEED, STILL_IRRELEVANT, YEARS
from karier_stats.sample.courses import NO_SHOW, WITHDRAWN
from karier_stats.sample.district import District, build
from karier_stats.sample.files import office_files
from karier_stats.sample.records import PLAN_SHARES
from karier_stats.words.catalogue import own_data


def tell(district: District) -> dict[str, Any]:
    """The known truth of every planted effect.

    Parameters
    ----------
    district : District
        What was made up.

    Returns
    -------
    dict
        Each entry holds its numbers and ``estimand``, a sentence that says what they are.
    """
    gains = {str(year): scores.gain_truth(district.outcomes, year) for year in YEARS}
    numbers = {
        "test_gain": _pick(gains, "by_form", "overall", "n") | {
            "selection": {form: catalogue.BY_COURSE[catalogue.TESTED[form][0]].selection
                          for form in ("bimtek", "workshop", "e_learning", "diklat_teknis", "seminar")},
            "drift": scores.DRIFT},
        "retention": _pick(gains, "later_by_form", "later_overall", "share_kept"),
        "leadership": _leadership(district.leadership),
        "learning_culture": {"slope": surveys.culture_slope(district.survey, district.leadership),
                             "slope_before_rounding": district.leadership.planted.culture},
        "equity": {"added": leaders.ADDED}, "needs": _needs(district.survey), "irrelevant": _irrelevant(district.feedback),
        "budget_gap_2025": money.gap_truth(district.tables["budget"], district.survey["needed_jp"]),
        "project_performance": district.project_truth, "motivation_after_study": district.study_truth,
        "ip_asn": district.ip_asn_truth,
        "commitment": _commitment(district), "counts": _counts(district)}
    estimands = own_data(catalogue.FOLDER / "truth.yml")
    return {key: told | {"estimand": estimands[key]} for key, told in numbers.items()}


def _pick(years: dict[str, dict[str, Any]], *keys: str) -> dict[str, Any]:
    """Some numbers of each year."""
    return {year: {key: told[key] for key in keys} for year, told in years.items()}


def _leadership(leadership: leaders.Leadership) -> dict[str, Any]:
    """Slopes of participation on engagement."""
    chance = leadership.chance["chance"]
    return {
        "within": leadership.planted.within, "between": leadership.planted.between, "base": leaders.BASE,
        "unit_effect_sd": leaders.UNIT_SD, "lag_years": list(leaders.LAGGED),
        "outcome_years": [year + 1 for year in leaders.LAGGED], "clipped": int(((chance <= 0.05) | (chance >= 0.95)).sum()),
        "mean_engagement": {unit: float(value) for unit, value in leadership.mean.items()}}


def _needs(survey: pd.DataFrame) -> dict[str, Any]:
    """First wishes and hours needed."""
    return {
        "planted_first_2025": catalogue.FIRST_WISHES[PERIOD], "first_2025": surveys.wish_shares(survey),
        "mean_needed_jp": float(survey["needed_jp"].mean()),
        "planted_mean_needed_jp": sum(jp * share for jp, share in catalogue.NEEDED_JP.items()),
        "respondents": int(survey["answered"].sum()), "active": len(survey)}


def _irrelevant(feedback: pd.DataFrame) -> dict[str, Any]:
    """Shares that call a course not relevant."""
    unfit = (feedback["V1"] <= 2).groupby([feedback["program_id"], feedback["year"]]).agg(not_relevant="sum", n="size")
    observed = {course: {str(year): unfit.loc[(course, year)].to_dict() for year in YEARS}
                for course in (REVISED, STILL_IRRELEVANT)}
    return {"planted": {f"{course}_v{version}": share for (course, version), share in surveys.NOT_RELEVANT.items()},
            "others": surveys.OTHERS_NOT_RELEVANT, "revised": REVISED, "still": STILL_IRRELEVANT, "observed": observed}


def _by_value(values: pd.Series) -> dict[Any, int]:
    """How often each value stands, in the order of values."""
    return dict(values.value_counts(sort=False).sort_index().to_dict())


def _commitment(district: District) -> dict[str, Any]:
    """No-shows, withdrawals and plans, planted and seen."""
    rows = district.tables["participation"].merge(district.tables["batch"][["batch_id", "year"]], on="batch_id")
    seen = {str(year): _by_value(rows.loc[rows["year"] == year, "outcome"]) for year in YEARS}
    return {"no_show": NO_SHOW, "withdrawn": WITHDRAWN, "outcomes": seen, "planned_states": PLAN_SHARES,
            "plans": _by_value(district.tables["action_plan"]["state"])}


def _counts(district: District) -> dict[str, Any]:
    """Rows, staff and participants, to be counted again by hand."""
    employee, came = district.tables["employee"], district.training.came
    active = employee[employee["standing_code"] == "01"]
    return {
        "rows": {name: len(frame) for name, frame in district.tables.items()},
        "active": {str(year): int((active["year"] == year).sum()) for year in YEARS},
        "participants": {str(year): int(came.loc[came["year"] == year, "employee_uid"].nunique()) for year in YEARS},
        "period": PERIOD}


def write_sample(folder: Path, seed: int = SEED) -> dict[str, Any]:
    """Write the sample district's raw files, its crosswalk and its known truth.

    Parameters
    ----------
    folder : Path
        The raw folder of the evaluation ``contoh``; made where it is absent.
    seed : int
        The same seed gives the same bytes.

    Returns
    -------
    dict
        What ``truth.json`` holds: planted effects with their estimands, and
        under ``intake`` what ``prepare`` must report of each file and sheet.
    """
    district = build(seed)
    folder.mkdir(parents=True, exist_ok=True)
    tallies: dict[str, Any] = {}
    for file in office_files(district, seed):
        (folder / file.name).write_bytes(file.content)
        tallies[file.name] = file.tallies
    items = len(catalogue.ITEM_ROWS)
    tallies["peta.yml"] = {"": {"rows_read": items, "processed": items, "quarantined": 0, "excluded": 0, "reasons": {}}}
    (folder / "peta.yml").write_bytes((catalogue.FOLDER / "peta.yml").read_bytes())
    truth = {"seed": seed, **tell(district), "intake": tallies}
    (folder / "truth.json").write_bytes((json.dumps(truth, indent=2, ensure_ascii=False) + "\n").encode())
    return truth
