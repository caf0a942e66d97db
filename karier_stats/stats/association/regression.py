"""What ``regress`` found, in a table, in words and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

import numpy as np
import pandas as pd

from karier_stats.stats.association.moderators import Secondary, answer
from karier_stats.stats.contrast import unbounded
from karier_stats.stats.frame import Frame
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.numerics.multiplicity import holm
from karier_stats.stats.numerics.paired import detectable
from karier_stats.stats.picture import Picture, alike
from karier_stats.stats.results import METHODS, RATIOS, Result, Sheet, step_name, step_of
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text, figured, is_missing, level_digits

Conclusion = Literal["association", "none_seen", "undecided", "untested"]
VOTERS = ("unit_means", "cr2", "wild")
"""Methods that answer a question between units beside the one that leads."""


@dataclass(frozen=True, eq=False, repr=False)
class Regression(Result):
    """How the column ``outcome`` goes with the column ``on``, within and between units.

    ``scope`` is what the headline compares: units ("between"), staff of one unit ("within"), or "rows" without a unit; the
    ``conclusion`` is "association", "none_seen", "undecided" where the methods disagree across the level, or "untested".
    ``smallest_seen`` is the slope that the headline test sees with a power of 80 percent; ``points`` are ``label, x, y, n``: unit
    means, the outcome's adjusted for ``adjust``, or rows where there is no unit; ``line`` has intercept and slope of the line
    that the headline tests. ``zeros``, for counts, are the share of zeros ``observed`` and that each model expects (``poisson``,
    ``negative_binomial``, ``hurdle``). ``secondary`` has the declared secondary questions: ``kind, subject, scope, terms,
    statistic, dof1, dof2, p_value, n, n_units, p_holm``, the last over all of them; the notes tell each in words. ``frame`` are
    the complete rows, None of Parquet files.
    """

    outcome: str
    on: str
    family: str
    scope: str
    conclusion: Conclusion
    smallest_seen: float | None
    points: pd.DataFrame
    line: tuple[float, float]
    zeros: Mapping[str, float] = field(default_factory=dict)
    frame: Frame | None = field(default=None, repr=False)
    secondary: pd.DataFrame = field(default_factory=pd.DataFrame)
    level: float = 0.95

    def sentence(self, lang: str = "id") -> str:
        """The headline, the within-unit association beside it, and what neither can show."""
        within = f"{self.on}[within]"
        told = self.scope == "between" and within in set(self.table["term"])
        beside = self._within(self.row(within)) if told else None
        return Joined(self._headline(), beside, Phrase("association.regress.no_effect", on=self.on))[lang]

    def _headline(self) -> Phrase:
        """The lead row by what the methods together allow: an interval without zero, one with it, or disagreement."""
        row = self.headline
        facts = {
            "place": Phrase(f"association.place.{self.scope}"), "outcome": self.outcome, "on": self.on,
            "step": step_name(self._step, self.on), "size": self._size(row.estimate), "facts": self._facts(row),
            "n": row.n,
        }
        if self.conclusion == "association":
            # Units are never worded as persons.
            compared = Phrase(
                f"association.regress.compared.{'between' if self.scope == 'between' else 'rows'}",
                step=step_name(self._step, self.on, "higher" if self.scope == "between" else "more"),
                quantity=Phrase(f"association.regress.quantity.{self.family}", outcome=self.outcome),
            )
            facts |= {
                "size": self._size(abs(row.estimate)), "compared": compared,
                "higher": Phrase(f"association.regress.{'higher' if row.estimate > 0 else 'lower'}"),
            }
        if self.conclusion == "undecided":
            voters = self.table[(self.table["term"] == self.lead[0]) & self.table["p_value"].notna()]
            voters = voters[voters["method"].isin((*VOTERS, self.lead[1]))]
            facts["answers"] = Joined(*(
                Phrase("association.regress.answer", method=METHODS[method], p=p)
                for method, p in zip(voters["method"], voters["p_value"], strict=True)
            ), mark="; ")
            facts["alpha"] = Figure(1 - self.level, "percent", level_digits(self.level))
        seen = self.smallest_seen
        facts["smallest"] = "" if seen is None else Phrase("association.regress.smallest", size=self._size(seen))
        return Phrase(f"association.regress.{self.conclusion}", **facts)

    def _within(self, row: pd.Series) -> Phrase:
        tested = not is_missing(row.p_value)
        kind = "untested" if not tested else "association" if row.p_value < 1 - self.level else "none_seen"
        return Phrase(
            f"association.regress.within.{kind}", outcome=self.outcome, step=step_name(self._step, self.on),
            size=self._size(row.estimate), facts=self._facts(row),
        )

    def _size(self, slope: float) -> Phrase:
        """A slope as text; percentage points for a share."""
        (value,), size = figured([slope * self._unit], self._error)
        unit = Phrase(f"association.unit.{'points' if self.family == 'binary' else 'plain'}")
        return Phrase("association.regress.size", value=value, size=size, unit=unit)

    def _facts(self, row: pd.Series) -> Text:
        """Interval, p, method, dof, units and rows of one row, in brackets after an estimate."""
        parts: list[Text] = []
        if not is_missing(row.ci_low):
            (low, high), size = figured([row.ci_low * self._unit, row.ci_high * self._unit], self._error)
            parts.append(Phrase("association.facts.interval", level=self.level, low=low, high=high, size=size))
        parts += [Phrase("association.facts.p", p=row.p_value), METHODS[row.method]]
        if not is_missing(row.dof) and row.dof < 1000:
            dof = Figure(row.dof, digits=int(round(row.dof, 1) % 1 > 0))  # as it is written: the last bits differ by machine
            parts.append(Phrase("association.facts.dof", dof=dof))
        if self.scope != "rows":
            parts.append(Phrase("association.facts.units", units=row.n_units))
        return Joined(*parts, Phrase("association.facts.n", n=row.n), mark="; ")

    @property
    def _unit(self) -> float:
        """What a slope is multiplied by where it is told: percentage points for a share, and the step of the score."""
        return self._step * (100.0 if self.family == "binary" else 1.0)

    @property
    def _step(self) -> float:
        """The step of the score that slopes are told for."""
        row, scale = self.headline, 100.0 if self.family == "binary" else 1.0
        told = max((abs(value) for value in (row.estimate, row.std_error) if not is_missing(value)), default=0.0)
        return step_of(scale * float(told), float(self.points["x"].max() - self.points["x"].min()))

    @property
    def _error(self) -> float:
        """The headline's standard error as it is told; how many figures are shown hangs on it."""
        error = self.headline.std_error
        return float("nan") if is_missing(error) else float(error) * self._unit

    def picture(self) -> Picture:
        """Units as points, as large as their number of rows, with the line that the headline tests; no unit is named."""
        columns = ["x", "y", "n"] if self.scope == "between" else ["x", "y"]
        data = self.points[columns].assign(label_id="", label_en="")
        return self.pictured("units", data, alike(self.on), alike(self.outcome), line=self.line)


_LINEAR, _LOGIT = ("unit_means", "cr2", "wild", "reml"), ("ame", "odds_ratio")
"""Methods of a 0/1 outcome that give differences of shares by least squares, and those that come from the logit."""


@dataclass(frozen=True)
class Study:
    """All estimates of one regression, with what they mean."""

    frame: Frame
    scope: str
    lead: tuple[str, str]
    sheet: Sheet
    points: dict[str, Any]
    line: tuple[float, float]
    smallest_p: float = 0.0
    zeros: Mapping[str, float] = field(default_factory=dict)
    questions: Sequence[Secondary] = ()

    @property
    def leading(self) -> Estimate:
        """That of the row that leads."""
        return next(row.estimate for row in self.sheet.rows if row.key == self.lead)

    def result(self, level: float) -> Regression:
        """The result at one level; another level comes from the same estimates."""
        frame, table, asked = self.frame, self.sheet.table(level), _asked(self.questions)
        sheet = Sheet(notes=list(self.sheet.notes))
        sheet.note(self._linear_probability() if frame.family == "binary" else None)
        if self.smallest_p > 1 - level:
            sheet.note(Phrase("association.note.wild.silent", smallest=self.smallest_p))
        rows = [row for row in self.sheet.rows if row.method in RATIOS and row.estimate.tested]
        wide = [row.key for row in rows if not np.isfinite(row.estimate.interval(level)[0])]
        sheet.note(unbounded(wide) if wide else None, *self._answers(table, asked, level))
        seen = detectable(self.leading.std_error, self.leading.dof, level)
        return Regression(
            table=table, lead=self.lead, notes=tuple(sheet.notes), recompute=self.result, outcome=frame.outcome,
            on=frame.on, family=frame.family, scope=self.scope, conclusion=self._conclusion(level),
            smallest_seen=seen if np.isfinite(seen) else None, points=pd.DataFrame(self.points), line=self.line,
            zeros=self.zeros, frame=frame if frame.one is None else None, secondary=asked, level=level,
        )

    def _linear_probability(self) -> Phrase | None:
        """Which of the rows that a 0/1 outcome has are differences of shares, and which come from the logit."""
        used = {row.method for row in self.sheet.rows}
        linear, logit = ([name for name in names if name in used] for names in (_LINEAR, _LOGIT))
        rest = Phrase(f"association.note.{'from_logit' if logit else 'full_stop'}", logit=logit)
        shown = ", ".join(f"`{name}`" for name in linear)
        return Phrase("association.note.linear_probability", linear=shown, rest=rest) if linear else None

    def _answers(self, table: pd.DataFrame, asked: pd.DataFrame, level: float) -> list[Text]:
        notes: list[Text] = []
        tests = int(asked["p_holm"].notna().sum())
        for question, corrected in zip(self.questions, asked["p_holm"], strict=True):
            rows = table[table["term"].isin(question.terms) & (table["method"] == "cr2")]
            row = rows.iloc[0] if len(question.terms) == 1 and not rows["ci_low"].isna().any() else None
            p = None if is_missing(corrected) else float(corrected)
            notes.append(answer(question, p, tests, self.frame, row, level))
        return notes

    def _conclusion(self, level: float) -> Conclusion:
        """Whether the methods that can answer do agree across the level."""
        if not self.leading.tested:
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


def _asked(questions: Sequence[Secondary]) -> pd.DataFrame:
    """Secondary questions with their tests, and p by Holm over all that could be tested."""
    table = pd.DataFrame([asdict(question) for question in questions], columns=[each.name for each in fields(Secondary)])
    p = table["p_value"].to_numpy(dtype=float, na_value=np.nan)
    return table.assign(p_holm=pd.array(holm(p), dtype="Float64")).astype(
        {"statistic": "Float64", "dof2": "Float64", "p_value": "Float64"}
    )
