"""All estimates of one regression with what they mean, and the result that they make at a level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.stats.association.moderators import Question, answer
from karier_stats.stats.association.regression import VOTERS, Conclusion, Regression
from karier_stats.stats.association.rows import unbounded
from karier_stats.stats.frame import Facts, Frame
from karier_stats.stats.numerics.multiplicity import holm
from karier_stats.stats.numerics.paired import detectable
from karier_stats.stats.results import RATIOS, Row, Sheet
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text, is_missing

if TYPE_CHECKING:
    import pandas as pd

_LINEAR, _LOGIT = ("unit_means", "cr2", "wild", "reml"), ("ame", "odds_ratio")
"""Methods of a 0/1 outcome that give differences of shares by least squares, and those that come from the logit."""


@dataclass(frozen=True)
class Study:
    """All estimates of one regression, with what they mean."""

    facts: Facts
    scope: str
    lead: tuple[str, str]
    sheet: Sheet
    points: dict[str, Any]
    line: tuple[float, float]
    smallest_p: float = 0.0
    zeros: Mapping[str, float] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    frame: Frame | None = None

    @property
    def leading(self) -> Row:
        """The row that leads."""
        return next(row for row in self.sheet.rows if row.key == self.lead)

    def result(self, level: float) -> Regression:
        """The result at one level; another level comes from the same estimates."""
        import pandas as pd

        facts, table, asked = self.facts, self.sheet.table(level), _asked(self.questions)
        sheet = Sheet(notes=list(self.sheet.notes))
        sheet.note(self._linear_probability() if facts.family == "binary" else None)
        if self.smallest_p > 1 - level:
            sheet.note(Phrase("association.note.wild.silent", smallest=self.smallest_p))
        rows = [row for row in self.sheet.rows if row.method in RATIOS and row.estimate.tested]
        wide = [row.key for row in rows if not np.isfinite(row.estimate.interval(level)[0])]
        sheet.note(unbounded(wide) if wide else None, *self._answers(table, asked, level))
        lead = self.leading.estimate
        seen = detectable(lead.std_error, lead.dof, level)
        return Regression(
            table=table, lead=self.lead, notes=tuple(sheet.notes), recompute=self.result, outcome=facts.outcome,
            on=facts.on, family=facts.family, scope=self.scope, conclusion=self._conclusion(level),
            smallest_seen=seen if np.isfinite(seen) else None, points=pd.DataFrame(self.points), line=self.line,
            zeros=self.zeros, frame=self.frame, secondary=asked,
            level=level,
        )

    def _linear_probability(self) -> Phrase | None:
        """Which of the rows that a 0/1 outcome has are differences of shares, and which come from the logit."""
        used = {row.method for row in self.sheet.rows}
        linear, logit = ([name for name in names if name in used] for names in (_LINEAR, _LOGIT))
        rest = Phrase(f"association.note.{'from_logit' if logit else 'full_stop'}", logit=logit)
        shown = ", ".join(f"`{name}`" for name in linear)
        return Phrase("association.note.linear_probability", linear=shown, rest=rest) if linear else None

    def _answers(self, table: pd.DataFrame, asked: pd.DataFrame, level: float) -> list[Text]:
        """Each secondary question in words."""
        notes: list[Text] = []
        tests = int(asked["p_holm"].notna().sum())
        for question, corrected in zip(self.questions, asked["p_holm"], strict=True):
            rows = table[table["term"].isin(question.terms) & (table["method"] == "cr2")]
            row = rows.iloc[0] if len(question.terms) == 1 and not rows["ci_low"].isna().any() else None
            p = None if is_missing(corrected) else float(corrected)
            notes.append(answer(question, p, tests, self.facts, row, level))
        return notes

    def _conclusion(self, level: float) -> Conclusion:
        """Whether the methods that can answer do agree across the level."""
        if not self.leading.estimate.tested:
            return "untested"
        beside = set(VOTERS) if self.scope == "between" else set()
        methods = {*beside, self.lead[1]} - ({"wild"} if self.smallest_p > 1 - level else set())
        votes = {
            row.estimate.p < 1 - level for row in self.sheet.rows
            if row.term == self.lead[0] and row.method in methods and row.estimate.tested
        }
        return "undecided" if len(votes) > 1 else "association" if votes == {True} else "none_seen"


def through_centre(points: Mapping[str, Any], slope: float) -> tuple[float, float]:
    """Intercept and slope of a line through the centre of the points, each as heavy as its rows."""
    x, y = (float(np.average(points[axis], weights=points["n"])) for axis in ("x", "y"))
    return y - slope * x, slope


def by_term(sheet: Sheet) -> Sheet:
    """Rows of one term together, terms in order of appearance, the intraclass correlation last."""
    order = {row.term: i for i, row in reversed(list(enumerate(sheet.rows)))} | {"icc": len(sheet.rows)}
    return Sheet(sorted(sheet.rows, key=lambda row: order[row.term]), sheet.notes)


def _asked(questions: Sequence[Question]) -> pd.DataFrame:
    """Secondary questions with their tests, and p by Holm over all that could be tested."""
    import pandas as pd

    table = pd.DataFrame([asdict(question) for question in questions], columns=[each.name for each in fields(Question)])
    p = table["p_value"].to_numpy(dtype=float, na_value=np.nan)
    return table.assign(p_holm=pd.array(holm(p), dtype="Float64")).astype(
        {"statistic": "Float64", "dof2": "Float64", "p_value": "Float64"}
    )
