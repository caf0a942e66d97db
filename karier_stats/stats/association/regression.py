"""What ``regress`` found, in a table, in words and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from karier_stats.stats.results import METHODS, Result
from karier_stats.stats.steps import step_amount, step_name, step_of
from karier_stats.words.numbers import (
    Text,
    both,
    figures,
    integer,
    interval,
    level_digits,
    level_percent,
    number,
    p_value,
    percent,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from karier_stats.stats.frame import Frame

Conclusion = Literal["association", "none_seen", "undecided", "untested"]

_SCOPE: dict[str, Text] = {
    "between": both("Antarunit", "Between units"),
    "within": both("Di dalam unit", "Within units"),
    "rows": both("Pada data ini", "In these data"),
}


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
        The complete rows; None where they were never in memory at once.
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

    def sentence(self, lang: str = "id") -> str:
        """The headline, the within-unit association beside it, and what neither can show."""
        parts = [self._headline(lang)]
        within = f"{self.on}[within]"
        if self.scope == "between" and within in set(self.table["term"]):
            parts.append(self._within(self.row(within), lang))
        parts.append(
            both(
                f"Data ini hanya dapat menunjukkan keterkaitan, bukan apa yang terjadi apabila `{self.on}` diubah.",
                f"These data can only show an association, not what would happen if `{self.on}` were changed.",
            )[lang]
        )
        return " ".join(parts)

    def _headline(self, lang: str) -> str:
        """The sentence of the lead row, by what the methods together allow."""
        words = {
            "association": self._association, "none_seen": self._none_seen,
            "undecided": self._undecided, "untested": self._untested,
        }
        return words[self.conclusion](lang)

    def _association(self, lang: str) -> str:
        """Methods agree that the interval leaves out zero."""
        row = self.headline
        higher = row.estimate > 0
        return both(
            f"{_SCOPE[self.scope]['id']}, `{self.outcome}` berkaitan dengan `{self.on}`: {self._compared('id')} "
            f"{self._size(abs(row.estimate), 'id')} lebih {'tinggi' if higher else 'rendah'} "
            f"({self._facts(row, 'id')}).",
            f"{_SCOPE[self.scope]['en']}, `{self.outcome}` goes with `{self.on}`: {self._compared('en')} "
            f"{self._size(abs(row.estimate), 'en')} {'higher' if higher else 'lower'} ({self._facts(row, 'en')}).",
        )[lang]

    def _none_seen(self, lang: str) -> str:
        """The interval holds zero: what the data leave open, and the smallest slope they could have shown."""
        row = self.headline
        return both(
            f"{_SCOPE[self.scope]['id']}, keterkaitan `{self.outcome}` dengan `{self.on}` belum terlihat: beda per "
            f"{self._step_name('id')} ditaksir {self._size(row.estimate, 'id')} ({self._facts(row, 'id')}).",
            f"{_SCOPE[self.scope]['en']}, no association of `{self.outcome}` with `{self.on}` is seen yet: the "
            "difference "
            f"per {self._step_name('en')} is estimated at {self._size(row.estimate, 'en')} ({self._facts(row, 'en')}).",
        )[lang] + self._smallest(lang)

    def _undecided(self, lang: str) -> str:
        """Reasonable methods disagree: each with its p-value."""
        row = self.headline
        voters = self._voters()
        answers = "; ".join(
            f"{METHODS[method][lang]} {p_value(p, lang)}"
            for method, p in zip(voters["method"], voters["p_value"], strict=True)
        )
        alpha = percent(1 - row.ci_level, lang, level_digits(row.ci_level))
        return both(
            f"{_SCOPE[self.scope]['id']}, keterkaitan `{self.outcome}` dengan `{self.on}` belum dapat disimpulkan: "
            f"cara-cara yang wajar berbeda jawaban pada taraf {alpha} ({answers}). Beda per {self._step_name('id')} "
            f"ditaksir {self._size(row.estimate, 'id')} ({self._facts(row, 'id')}).",
            f"{_SCOPE[self.scope]['en']}, the association of `{self.outcome}` with `{self.on}` cannot be concluded "
            "yet: "
            f"reasonable methods disagree at the level of {alpha} ({answers}). The difference per "
            f"{self._step_name('en')} is estimated at {self._size(row.estimate, 'en')} ({self._facts(row, 'en')}).",
        )[lang] + self._smallest(lang)

    def _untested(self, lang: str) -> str:
        """An estimate without a test; the reason is in the notes."""
        row = self.headline
        return both(
            f"{_SCOPE[self.scope]['id']}, beda `{self.outcome}` per {self._step_name('id')} ditaksir "
            f"{self._size(row.estimate, 'id')} (n = {integer(row.n, 'id')}); ujinya tidak dapat dilakukan, lihat "
            "catatan.",
            f"{_SCOPE[self.scope]['en']}, the difference in `{self.outcome}` per {self._step_name('en')} is "
            "estimated at "
            f"{self._size(row.estimate, 'en')} (n = {integer(row.n, 'en')}); it cannot be tested, see the notes.",
        )[lang]

    def _within(self, row: pd.Series, lang: str) -> str:
        """The within-unit association as the second sentence."""
        if _missing(row.p_value):
            return both("Di dalam unit, keterkaitan tidak dapat diuji.", "Within units, it cannot be tested.")[lang]
        size, facts = self._size(row.estimate, lang), self._facts(row, lang)
        if row.p_value < 1 - row.ci_level:
            return both(
                f"Di dalam unit, beda {self._step_name('id')} berkaitan dengan beda `{self.outcome}` sebesar "
                f"{size} ({facts}).",
                f"Within units, a difference of {self._step_name('en')} goes with a difference in `{self.outcome}` of "
                f"{size} ({facts}).",
            )[lang]
        return both(
            f"Di dalam unit, keterkaitan belum terlihat: beda `{self.outcome}` per {self._step_name('id')} ditaksir {size} "
            f"({facts}).",
            f"Within units, no association is seen yet: the difference in `{self.outcome}` per {self._step_name('en')} is "
            "estimated at "
            f"{size} ({facts}).",
        )[lang]

    def _compared(self, lang: str) -> str:
        """Who is compared with whom: units are never worded as persons."""
        more, name = f"`{self.on}` {step_amount(self._step, self.on, 'id')} lebih tinggi", self._step_name("en")
        subject = both(f"pada {more}", f"at {name.replace(' of ', ' more of ', 1)}")
        if self.scope == "between":
            subject = both(f"unit dengan {more}", f"units {name} higher")
        quantity = {
            "binary": both(f"bagian dengan `{self.outcome}`", f"share with `{self.outcome}`"),
            "count": both(f"rata-rata jumlah `{self.outcome}`", f"mean count of `{self.outcome}`"),
            "continuous": both(f"rata-rata `{self.outcome}`", f"mean of `{self.outcome}`"),
        }[self.family]
        has = both("memiliki", "have a") if self.scope == "between" else both("terdapat", "there is a")
        return f"{subject[lang]} {has[lang]} {quantity[lang]}"

    def _size(self, slope: float, lang: str) -> str:
        """A slope as text; percentage points for a share."""
        points = both(" poin persentase", " percentage points")[lang] if self.family == "binary" else ""
        (shown,), size = figures([slope * self._unit], lang, self._error)
        return shown + size + points

    def _facts(self, row: pd.Series, lang: str) -> str:
        """Interval, p, method, dof, units and rows of one row, in brackets after an estimate."""
        level = level_percent(row.ci_level, lang)
        parts = []
        if not _missing(row.ci_low):
            words = both(f"selang kepercayaan {level}", f"{level} confidence interval")[lang]
            (low, high), size = figures([row.ci_low * self._unit, row.ci_high * self._unit], lang, self._error)
            parts.append(f"{words} {low} {both('s.d.', 'to')[lang]} {high}{size}")
        parts += [p_value(row.p_value, lang), METHODS[row.method][lang]]
        if not _missing(row.dof) and row.dof < 1000:
            parts.append(f"{both('db', 'dof')[lang]} {number(row.dof, lang, 0 if row.dof == round(row.dof) else 1)}")
        if self.scope != "rows":
            parts.append(both(f"{integer(row.n_units, 'id')} unit", f"{integer(row.n_units, 'en')} units")[lang])
        return "; ".join([*parts, f"n = {integer(row.n, lang)}"])

    def _smallest(self, lang: str) -> str:
        """The smallest slope the headline test could have seen."""
        if self.smallest_seen is None:
            return ""
        size = self._size(self.smallest_seen, lang)
        return both(
            f" Dengan data ini, beda terkecil yang dapat terlihat (daya uji 80 persen) sekitar {size}.",
            f" With these data the smallest difference that could be seen (power 80 percent) is about {size}.",
        )[lang]

    def _voters(self) -> pd.DataFrame:
        """Rows of the headline's term that answer the same question by another way."""
        rows = self.table[(self.table["term"] == self.lead[0]) & self.table["p_value"].notna()]
        side = rows["method"].isin(("unit_means", "cr2", "wild")) | (rows["method"] == self.lead[1])
        return rows[side]

    @property
    def _unit(self) -> float:
        """What a slope is multiplied by where it is told: percentage points for a share, and the step of the score."""
        return self._step * (100.0 if self.family == "binary" else 1.0)

    @property
    def _step(self) -> float:
        """The step of the score that slopes are told for."""
        row, scale = self.headline, 100.0 if self.family == "binary" else 1.0
        told = max((abs(value) for value in (row.estimate, row.std_error) if not _missing(value)), default=0.0)
        return step_of(scale * float(told), float(self.points["x"].max() - self.points["x"].min()))

    def _step_name(self, lang: str) -> str:
        """That step in words."""
        return step_name(self._step, self.on, lang)

    @property
    def _error(self) -> float:
        """The headline's standard error as it is told; how many figures are shown hangs on it."""
        error = self.headline.std_error
        return float("nan") if _missing(error) else float(error) * self._unit

    def plot(self, ax: Axes | None = None) -> Axes:
        """Units as points, as large as their number of rows, with the line that the headline tests."""
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(6, 4))
        sizes = 20 + 180 * self.points["n"] / self.points["n"].max() if self.scope == "between" else 12
        ax.scatter(self.points["x"], self.points["y"], s=sizes, alpha=0.6, edgecolor="white", color="#2a6f97")
        ends = self.points["x"].agg(["min", "max"])
        ax.plot(ends, self.line[0] + self.line[1] * ends, color="#bb3e03", linewidth=1.8)
        ax.set_xlabel(self.on)
        ax.set_ylabel(self.outcome)
        return ax

    def alt(self, lang: str = "id") -> str:
        """The picture in words, made from its data."""
        x = interval(self.points["x"].min(), self.points["x"].max(), lang, 2)
        y = interval(self.points["y"].min(), self.points["y"].max(), lang, 2)
        slope = number(self.line[1], lang, 3)
        count, units = integer(len(self.points), lang), self.scope == "between"
        return both(
            f"Diagram titik {count} {'unit, ukuran titik menurut jumlah baris' if units else 'baris'}: `{self.on}` "
            f"{x}, "
            f"`{self.outcome}` {y}; garis dengan kemiringan {slope}.",
            f"Scatter of {count} {'units, points as large as their rows are many' if units else 'rows'}: "
            f"`{self.on}` {x}, "
            f"`{self.outcome}` {y}; a line with slope {slope}.",
        )[lang]


def _missing(value: object) -> bool:
    """True for ``pandas.NA``, NaN and None."""
    import pandas as pd

    return bool(pd.isna(value))  # type: ignore[call-overload]
