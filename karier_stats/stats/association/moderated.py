"""``moderated``: does a slope differ between groups of staff, or bend? Secondary questions as one family."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from karier_stats.stats.association.moderators import DoseResponse
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.slopes import Slope, called, smallest_seen, varying
from karier_stats.stats.columns import about_of, listed, takes
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.effect import of_row
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.association.regression import Regression


@dataclass(frozen=True, eq=False)
class Asked(Slope):
    """One secondary question: how far two slopes lie apart, or how a line bends; its p-value is Holm's.

    Parameters
    ----------
    subject : str
        Column of the groups, or the score.
    kind : str
        ``moderator`` or ``quadratic``.
    family : int
        How many were asked.
    """

    subject: str = ""
    kind: str = "moderator"
    family: int = 1

    @property
    def seen(self) -> bool:
        """Whether it is seen at the corrected p."""
        return self.value.p < 1 - self.level

    @property
    def label(self) -> Text:
        """Who is compared, or that the line bends, and between or within units."""
        column = "bend" if self.kind == "quadratic" else self.subject
        about = called("groups", column) or {"id": column, "en": column}
        return Phrase("slopes.asked", about=about, scope=Phrase(f"slopes.scope.{self.scope}"))

    @property
    def name(self) -> str:
        """What tells it from the others: ``contract``, ``contract.within``, ``bend``."""
        base = "bend" if self.kind == "quadratic" else self.subject
        return base if self.scope == "between" else f"{base}.{self.scope}"


@dataclass(frozen=True, eq=False)
class Moderated(Mapping[str, Asked]):
    """Secondary questions that were declared beforehand and could be tested, by name.

    Parameters
    ----------
    rows : tuple of Asked
    declared : tuple of str
        All columns of groups that were asked about, answered or not.
    about : mapping
        What the view says of its table.
    """

    rows: tuple[Asked, ...]
    declared: tuple[str, ...]
    about: Mapping[str, Any] = field(repr=False)

    def __getitem__(self, name: str) -> Asked:
        return next(one for one in self.rows if one.name == name)

    def __iter__(self) -> Iterator[str]:
        return (one.name for one in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def answered(self) -> list[str]:
        """Declared groups that the data can tell apart."""
        return [name for name in self.declared if name in {one.subject for one in self.rows}]

    @property
    def left(self) -> list[str]:
        """The others."""
        return [name for name in self.declared if name not in self.answered]

    def shown(self, kind: str) -> int:
        """The most people behind a question."""
        return max(one.n for one in self.rows)

    def frame(self, kind: str) -> pd.DataFrame:
        """One row per question (``rows``), or per comparison of groups (``intervals``); shares in percentage points."""
        import pandas as pd

        asked = [one for one in self.rows if kind == "rows" or one.kind == "moderator"]
        scales = [100.0 if one.measure.startswith("share") else 1.0 for one in asked]
        found = pd.DataFrame([{
            "asked": one.name, "estimate": scale * one.value.value, "low": scale * one.value.low,
            "high": scale * one.value.high, "p": one.value.p, "n": one.n,
        } for one, scale in zip(asked, scales, strict=True)])
        found.attrs["as"] = {"asked": "label"}
        return found


@takes("outcome", "on", "moderators", "unit", "person", "adjust")
def moderated(
    data: pd.DataFrame, *, outcome: str, on: str, moderators: str | Sequence[str], unit: str | None = None,
    person: str | None = None, adjust: str | Sequence[str] = (), dose_response: DoseResponse = None,
    family: Literal["auto", "binary", "count", "continuous"] = "auto", least: int = LEAST, measure: str = "share",
    level: float | None = None, seed: int | None = None,
) -> Moderated:
    """Whether a slope differs between groups of staff, or bends.

    Parameters
    ----------
    data, outcome, on, unit, person, dose_response, family
        As in :func:`~karier_stats.stats.association.regress.regress`.
    moderators : str or sequence of str
        0/1 columns of two groups; a gap belongs to neither.
    adjust : str or sequence of str
        Covariates; those that do not vary are left out.
    least : int
        Groups of fewer rows are not asked about.
    measure : str
        Unit of the outcome, such as ``share``.
    level, seed : optional
        Default: the view's, else 0.95 and 0.

    Raises
    ------
    StatisticsError
        As ``regress``.
    """
    about = about_of(data)
    at, declared = about.get("level", 0.95) if level is None else level, tuple(listed(moderators))
    sizes = {name: data[name].value_counts() for name in declared}
    fit = regress(
        data, outcome=outcome, on=on, unit=unit, person=person, adjust=varying(data, adjust), family=family,
        moderators=[name for name in declared if len(sizes[name]) > 1 and sizes[name].min() >= least],
        dose_response=dose_response, level=at, seed=about.get("seed", 0) if seed is None else seed,
    )
    rows = tuple(_asked(fit, question, measure, at, about) for _, question in _questions(fit).iterrows())
    about["names"] = {**about.get("names", {}), "asked": {one.name: one.label for one in rows}}
    return Moderated(rows, declared, about)


def _questions(fit: Regression) -> pd.DataFrame:
    """The questions that could be tested; none where nothing was asked."""
    import pandas as pd

    return pd.DataFrame() if fit.secondary is None else fit.secondary


def _asked(fit: Regression, question: pd.Series, measure: str, level: float, about: Mapping[str, Any]) -> Asked:
    """One question with its row of the regression and its corrected p."""
    row, kind = fit.row(str(question["terms"][0]), "cr2"), str(question["kind"])
    ending = "squared_point" if kind == "quadratic" else "point_difference"
    found = Asked(
        replace(of_row(row, level), p=float(question["p_holm"])), int(row["n"]), "association", f"{measure}_per_{ending}",
        method="cr2", n_units=int(row["n_units"]), about=about, scope=str(question["scope"]), outcome=fit.outcome, on=fit.on,
        leads=False, smallest=smallest_seen(row), subject=str(question["subject"]), kind=kind, family=len(_questions(fit)),
    )
    return replace(found, robust=not found.few)
