"""What was planted, told as numbers with a sentence on each estimand: ``truth.json``."""

from __future__ import annotations

from typing import Any

import pandas as pd

from karier_stats.sample import leaders, money, scores, surveys
from karier_stats.sample.catalogue import NEED_ITEMS, NEEDED_JP, PERIOD, REVISED, STILL_IRRELEVANT, YEARS
from karier_stats.sample.courses import NO_SHOW, WITHDRAWN, attended
from karier_stats.sample.records import PLAN_SHARES


def tell(tables: dict[str, pd.DataFrame], leadership: leaders.Leadership, outcomes: pd.DataFrame, survey: pd.DataFrame,
         feedback: pd.DataFrame, study: dict[str, float], projects: dict[str, float]) -> dict[str, Any]:
    """Gather the known truth of every planted effect.

    Parameters
    ----------
    tables : dict of DataFrame
        The clean tables.
    leadership : leaders.Leadership
        Planted slopes and recorded engagement.
    outcomes : DataFrame
        Potential outcomes of everybody tested.
    survey, feedback : DataFrame
        What all active staff would answer; the course forms.
    study, projects : dict
        Truth of motivation after study and of activity performance.

    Returns
    -------
    dict
        Each entry holds its numbers and ``estimand``, a sentence that says what they are.
    """
    return {
        "test_gain": _gains(outcomes), "retention": _kept(outcomes), "leadership": _leadership(leadership),
        "learning_culture": {
            "slope": surveys.culture_slope(survey, leadership),
            "slope_before_rounding": leadership.planted.culture,
            "estimand": "Slope across units of the mean of the five learning-culture answers (1-5), had all active staff "
                        "answered, on the unit's engagement index averaged over 2023 and 2024."},
        "equity": {"added": leaders.ADDED, "estimand":
                   "Difference in the chance to take part in at least one course in a year (1 = 100 percentage points) between "
                   "people of the same unit and year; the parts add up and are centred within unit and year."},
        "needs": _needs(survey), "irrelevant": _irrelevant(feedback), "budget_gap_2025": _gap(tables, survey),
        "project_performance": projects | {"estimand":
            "Mean over officers first trained in project management in 2024 of absorption (100 x spent / ceiling) in 2025 with "
            "less without the training, cap at 100 included. Difference in differences 2023 to 2025 estimates it."},
        "motivation_after_study": study | {"estimand":
            "Mean over those who finished a study and answered twice of the motivation scale (mean of six items, 1-5) after, "
            "with less without the study. Those who wait or were declined are the comparison."},
        "commitment": _commitment(tables), "counts": _counts(tables),
    }


def _gains(outcomes: pd.DataFrame) -> dict[str, Any]:
    """Effects on the tests by year."""
    years = {str(year): scores.gain_truth(outcomes, year) for year in YEARS}
    keep = ("by_form", "overall", "n")
    return {year: {key: truth[key] for key in keep} for year, truth in years.items()} | {
        "selection": {"bimtek": "low_before", "workshop": "ability", "e_learning": "ability", "diklat_teknis": "random",
                      "seminar": "unknown"},
        "drift": scores.DRIFT,
        "estimand": "Mean over those trained who sat both tests of post-test marks with less without training (0-100, same "
                    "noise, rounded and clipped in both conditions), by form and over all forms. The practice gain of "
                    "everybody (drift) is no part of it."}


def _kept(outcomes: pd.DataFrame) -> dict[str, Any]:
    """What is left at the retention test."""
    years = {str(year): scores.gain_truth(outcomes, year) for year in YEARS}
    keep = ("later_by_form", "later_overall", "share_kept")
    return {year: {key: truth[key] for key in keep} for year, truth in years.items()} | {
        "estimand": "Mean over those trained who sat the retention test (4 to 6 months later) of marks with less without "
                    "training; share_kept divides it by the same people's gain at the post-test."}


def _leadership(leadership: leaders.Leadership) -> dict[str, Any]:
    """Slopes of participation on engagement."""
    return {
        "within": leadership.planted.within, "between": leadership.planted.between, "base": leaders.BASE,
        "unit_effect_sd": leaders.UNIT_SD,
        "lag_years": list(leaders.LAGGED), "outcome_years": [year + 1 for year in leaders.LAGGED],
        "clipped": int(((leadership.chance["chance"] <= 0.05) | (leadership.chance["chance"] >= 0.95)).sum()),
        "mean_engagement": {unit: float(value) for unit, value in leadership.mean.items()},
        "estimand": "Change in the chance that an active member of staff who heads nothing takes part in at least one course "
                    "in a year, per point of the unit's engagement index (0-10) of the year before: within units (deviation "
                    "from the unit's mean of 2023-2024) and between units (the unit's mean). The index is computed from the "
                    "counts of a year summed over the heads of the unit."}


def _needs(survey: pd.DataFrame) -> dict[str, Any]:
    """First wishes and hours needed."""
    return {
        "planted_first_2025": {topic: shares[1] for topic, shares in NEED_ITEMS.items()},
        "first_2025": surveys.wish_shares(survey), "mean_needed_jp": float(survey["needed_jp"].mean()),
        "planted_mean_needed_jp": sum(jp * share for jp, share in NEEDED_JP),
        "respondents": int(survey["answered"].sum()), "active": len(survey),
        "estimand": "Share of all active staff of 2025 that would rank each topic first, and the mean of the hours they need; "
                    "respondents are a random part of them."}


def _irrelevant(feedback: pd.DataFrame) -> dict[str, Any]:
    """Shares that call a course not relevant."""
    unfit = (feedback["V1"] <= 2).groupby([feedback["program_id"], feedback["year"]], sort=True).agg(["sum", "size"])
    counts = {key: (int(k), int(n)) for key, k, n in unfit.itertuples(name=None)}
    observed = {course: {str(year): dict(zip(("not_relevant", "n"), counts[course, year], strict=True)) for year in YEARS}
                for course in (REVISED, STILL_IRRELEVANT)}
    return {
        "planted": {f"{course}_v{version}": share for (course, version), share in surveys.NOT_RELEVANT.items()},
        "others": surveys.OTHERS_NOT_RELEVANT, "revised": REVISED, "still": STILL_IRRELEVANT, "observed": observed,
        "estimand": "Chance that a participant answers 1 or 2 of 5 to whether the course fits the work. The revised course has "
                    "curriculum version 2 from 2025."}


def _gap(tables: dict[str, pd.DataFrame], survey: pd.DataFrame) -> dict[str, Any]:
    """The budget gap and its parts."""
    truth = money.gap_truth(tables["budget"], len(survey), float(survey["needed_jp"].mean()))
    return truth | {"estimand": "gap_rp = (n_active x mean_needed_jp - free_jp_person) x mean_cost_by_form_rp - ceiling_rp: the "
                                "mean over all active staff of 2025, hours without cost (of lines without spending or of free "
                                "partner places, whichever are more), the cost of each form on lines with spending weighted by "
                                "participants, and the sum of ceilings."}


def _commitment(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """No-shows, withdrawals and plans, planted and seen."""
    rows = tables["participation"].merge(tables["batch"][["batch_id", "year"]], on="batch_id")
    seen = {str(year): rows.loc[rows["year"] == year, "outcome"].value_counts(sort=False).sort_index().to_dict() for year in YEARS}
    plans = tables["action_plan"]["state"].value_counts(sort=False).sort_index().to_dict()
    return {"no_show": NO_SHOW, "withdrawn": WITHDRAWN, "outcomes": seen, "planned_states": PLAN_SHARES, "plans": plans,
            "estimand": "Chance that somebody registered does not come, or withdraws; chance of each state of a follow-up plan."}


def _counts(tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Rows, staff and participants, to be counted again by hand."""
    employee = tables["employee"]
    active = employee[employee["standing_code"] == "01"]
    came = attended(tables["participation"]).merge(tables["batch"][["batch_id", "year"]], on="batch_id")
    return {
        "rows": {name: len(frame) for name, frame in tables.items()},
        "active": {str(year): int((active["year"] == year).sum()) for year in YEARS},
        "participants": {str(year): int(came.loc[came["year"] == year, "employee_uid"].nunique()) for year in YEARS},
        "period": PERIOD,
        "estimand": "Plain counts of the clean tables."}
