"""All estimates of one regression with what they mean, and the result that they make at a level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.stats.association import caveats
from karier_stats.stats.association.moderators import Question
from karier_stats.stats.association.regression import Conclusion, Regression
from karier_stats.stats.association.secondary_words import answer
from karier_stats.stats.estimates import RowEstimate
from karier_stats.stats.frame import Facts, Frame
from karier_stats.stats.numerics.multiplicity import holm
from karier_stats.stats.results import RATIOS, make_table
from karier_stats.words.numbers import Text, is_missing

if TYPE_CHECKING:
    import pandas as pd

POWER = 0.8


@dataclass(frozen=True)
class Study:
    """All estimates of one regression, with what they mean."""

    facts: Facts
    scope: str
    lead: tuple[str, str]
    estimates: tuple[RowEstimate, ...]
    notes: tuple[Text, ...]
    points: dict[str, Any]
    line: tuple[float, float]
    smallest_p: float = 0.0
    zeros: Mapping[str, float] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    frame: Frame | None = None


def through_centre(points: Mapping[str, Any], slope: float) -> tuple[float, float]:
    """Intercept and slope of a line through the centre of the points, each as heavy as its rows."""
    x, y = (float(np.average(points[axis], weights=points["n"])) for axis in ("x", "y"))
    return y - slope * x, slope


def by_term(rows: Sequence[RowEstimate]) -> list[RowEstimate]:
    """Rows of one term together, terms in order of appearance, the intraclass correlation last."""
    order = {row.term: i for i, row in reversed(list(enumerate(rows)))} | {"icc": len(rows)}
    return sorted(rows, key=lambda row: order[row.term])


def result_of(study: Study, level: float) -> Regression:
    """The result at one level; another level comes from the same estimates."""
    import pandas as pd

    facts = study.facts
    bounds = [row.bounds(level) for row in study.estimates]
    rows = [
        {
            "term": row.term, "method": row.method, "estimate": row.estimate, "std_error": row.std_error,
            "ci_low": low, "ci_high": high, "ci_level": level, "statistic": row.statistic, "dof": row.dof,
            "p_value": row.p_value, "n": row.n or facts.n, "n_units": row.n_units,
        }
        for row, (low, high) in zip(study.estimates, bounds, strict=True)
    ]
    notes, cannot = study.notes, study.smallest_p > 1 - level
    if facts.family == "binary":
        notes = (*notes, *caveats.linear_probability({row.method for row in study.estimates}))
    if cannot:
        notes = (*notes, caveats.wild_silent(study.smallest_p))
    wide = [
        (row.term, row.method) for row, (low, _) in zip(study.estimates, bounds, strict=True)
        if row.method in RATIOS and row.p_value is not None and low is None
    ]
    notes += (caveats.unbounded(wide),) if wide else ()
    table, asked = make_table(rows), _asked(study.questions)
    notes += _answers(study, table, asked, level)
    return Regression(
        table=table, lead=study.lead, notes=notes, recompute=lambda other: result_of(study, other),
        outcome=facts.outcome, on=facts.on, family=facts.family, scope=study.scope,
        conclusion=_conclusion(study, level), smallest_seen=_smallest_seen(study, level),
        points=pd.DataFrame(study.points), line=study.line, zeros=study.zeros, frame=study.frame,
        secondary=asked,
    )


def _asked(questions: Sequence[Question]) -> pd.DataFrame:
    """Secondary questions with their tests, and p by Holm over all that could be tested."""
    import pandas as pd

    names = [field.name for field in fields(Question)]
    table = pd.DataFrame([[getattr(question, name) for name in names] for question in questions], columns=names)
    p = table["p_value"].to_numpy(dtype=float, na_value=np.nan)
    return table.assign(p_holm=pd.array(holm(p), dtype="Float64")).astype(
        {"statistic": "Float64", "dof2": "Float64", "p_value": "Float64"}
    )


def _answers(study: Study, table: pd.DataFrame, asked: pd.DataFrame, level: float) -> tuple[Text, ...]:
    """Each secondary question in words."""
    notes, tests = [], int(asked["p_holm"].notna().sum())
    for question, corrected in zip(study.questions, asked["p_holm"], strict=True):
        rows = table[table["term"].isin(question.terms) & (table["method"] == "cr2")]
        row = rows.iloc[0] if len(question.terms) == 1 and not rows["ci_low"].isna().any() else None
        p = None if is_missing(corrected) else float(corrected)
        notes.append(answer(question, p, tests, study.facts, row, level))
    return tuple(notes)


def _lead(study: Study) -> RowEstimate:
    """The estimate that leads."""
    return next(row for row in study.estimates if (row.term, row.method) == study.lead)


def _conclusion(study: Study, level: float) -> Conclusion:
    """Whether the methods that can answer do agree across the level."""
    if _lead(study).p_value is None:
        return "untested"
    beside = {"unit_means", "cr2", "wild"} if study.scope == "between" else set()
    methods = {*beside, study.lead[1]} - ({"wild"} if study.smallest_p > 1 - level else set())
    votes = {
        row.p_value < 1 - level
        for row in study.estimates
        if row.term == study.lead[0] and row.method in methods and row.p_value is not None
    }
    return "undecided" if len(votes) > 1 else "association" if votes == {True} else "none_seen"


def _smallest_seen(study: Study, level: float) -> float | None:
    """Slope that the lead's t test detects with a power of 80 percent (Bloom 1995, Evaluation Review 19, 547)."""
    from scipy.special import stdtrit

    row = _lead(study)
    if row.dof is None or row.std_error is None:
        return None
    return row.std_error * float(stdtrit(row.dof, 0.5 + level / 2) + stdtrit(row.dof, POWER))
