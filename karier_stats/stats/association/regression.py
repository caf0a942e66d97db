"""What ``regress`` found, in a table, in words and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from karier_stats.stats.picture import Picture, alike
from karier_stats.stats.results import METHODS, Result
from karier_stats.stats.row_words import step_name, step_of
from karier_stats.words import Figure, Joined, Phrase
from karier_stats.words.numbers import Text, figured, is_missing, level_digits

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.frame import Frame

Conclusion = Literal["association", "none_seen", "undecided", "untested"]
VOTERS = ("unit_means", "cr2", "wild")
"""Methods that answer a question between units beside the one that leads."""


@dataclass(frozen=True, eq=False, repr=False)
class Regression(Result):
    """How an outcome goes with a score, within and between units.

    Parameters
    ----------
    outcome, on : str
        Names of the columns.
    family : {"binary", "count", "continuous"}
    scope : {"between", "within", "rows"}
        What the headline compares: units, staff of one unit, or rows without a unit.
    conclusion : {"association", "none_seen", "undecided", "untested"}
        ``undecided`` where the methods disagree across the level.
    smallest_seen : float or None
        Slope that the headline test sees with a power of 80 percent.
    points : DataFrame
        ``label, x, y, n``: unit means, the outcome's adjusted for ``adjust``; rows where there is no unit.
    line : tuple of float
        Intercept and slope of the line that the headline tests.
    zeros : mapping
        For counts, the share of zeros ``observed`` and that each model expects (``poisson``,
        ``negative_binomial``, ``hurdle``); empty otherwise.
    secondary : DataFrame
        Declared secondary questions: ``kind, subject, scope, terms, statistic, dof1, dof2, p_value, n, n_units,
        p_holm``, the last over all of them. The notes tell each in words.
    frame : Frame or None
        The complete rows; None of Parquet files.
    level : float
        Of the intervals.
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
    secondary: pd.DataFrame | None = None
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
            facts |= {
                "size": self._size(abs(row.estimate)), "compared": self._compared(),
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
        """The within-unit association as the second sentence."""
        tested = not is_missing(row.p_value)
        kind = "untested" if not tested else "association" if row.p_value < 1 - self.level else "none_seen"
        return Phrase(
            f"association.regress.within.{kind}", outcome=self.outcome, step=step_name(self._step, self.on),
            size=self._size(row.estimate), facts=self._facts(row),
        )

    def _compared(self) -> Phrase:
        """Who is compared with whom: units are never worded as persons."""
        units = self.scope == "between"
        return Phrase(
            f"association.regress.compared.{'between' if units else 'rows'}",
            step=step_name(self._step, self.on, "higher" if units else "more"),
            quantity=Phrase(f"association.regress.quantity.{self.family}", outcome=self.outcome),
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
            parts.append(interval_fact([row.ci_low * self._unit, row.ci_high * self._unit], self._error, self.level))
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


def interval_fact(bounds: list[float], error: float, level: float) -> Phrase:
    """An interval as it stands in brackets, to two figures of an error."""
    (low, high), size = figured(bounds, error)
    return Phrase("association.facts.interval", level=level, low=low, high=high, size=size)
