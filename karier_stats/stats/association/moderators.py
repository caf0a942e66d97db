"""Declared secondary questions of a regression: does the slope differ between groups, does it bend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.within_between import design_of, own_terms
from karier_stats.stats.contrast import Line, coefficient_rows
from karier_stats.stats.frame import Frame
from karier_stats.stats.numerics.estimate import Array
from karier_stats.stats.results import Sheet
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import LANGUAGES, Text, figured, p_value

Made: TypeAlias = Callable[[tuple[str, ...]], Frame]
DoseResponse: TypeAlias = Literal["quadratic"] | None
FEWEST_UNITS = 3
"""A group that fewer units hold is described, not tested (validity.md, section 2, S8)."""


@dataclass(frozen=True)
class Secondary:
    """One secondary question (``moderator`` or ``quadratic``) about the slope of a ``scope``, with its joint test.

    ``subject`` is the moderator's column, or the score itself; ``terms`` are the rows of the table that answer it; the F test
    that all of them are zero is HTZ, for one term Satterthwaite's t squared.
    """

    kind: str
    subject: str
    scope: str
    terms: tuple[str, ...]
    statistic: float | None
    dof1: int
    dof2: float | None
    p_value: float | None
    n: int
    n_units: int | None


Answered: TypeAlias = tuple[Sheet, list[Secondary]]
"""Rows and notes, and the questions that they answer."""


@dataclass(frozen=True)
class _Base:
    """Regressors of the main question with the parts of the score: ``(scope, term, column (n,))``."""

    frame: Frame
    X: Array
    names: tuple[str, ...]
    clusters: NDArray[np.intp]
    parts: tuple[tuple[str, str, Array], ...]

    @property
    def n_units(self) -> int | None:
        """Units, or persons who repeat; None where every row stands alone."""
        found = int(self.clusters.max()) + 1
        return found if found < self.frame.n else None


def secondary(made: Made, on: str, adjust: tuple[str, ...], moderators: tuple[str, ...], dose_response: DoseResponse) -> Answered:
    """All declared secondary questions, each on the rows that are complete for it; ``made`` gives the frame with some covariates.

    Least squares on the outcome's own scale with CR2 by unit: for a share, differences of slopes in percentage points,
    which the coefficients of a logit would not be. A moderator enters with its main effect; products are made with
    the moderator counted from its mean. A note where the data cannot carry a question.
    """
    if dose_response not in (None, "quadratic"):
        raise StatisticsError("K385", value=dose_response)
    sheet, questions = Sheet(), []
    for name in (*moderators, *([None] if dose_response else [])):
        names = adjust if name is None or name in adjust else (*adjust, name)
        try:
            found, answered = _bent(_base(made(names))) if name is None else _moderated(_base(made(names)), name)
        except StatisticsError as refused:
            if refused.code in ("K325", "K340", "K345", "K346"):
                raise
            sheet.note(Phrase("association.secondary.refused", subject=name or on, message=refused.texts))
            continue
        sheet.take(found)
        questions += answered
    return sheet, questions


def _base(frame: Frame) -> _Base:
    """The main regressors of a frame, with or without units."""
    if frame.units is None:
        clusters = np.arange(frame.n) if frame.persons is None else frame.persons
        X = np.column_stack([np.ones(frame.n), frame.x, frame.adjust])
        return _Base(frame, X, ("1", frame.on, *frame.adjust_names), clusters, (("rows", frame.on, frame.x),))
    design = design_of(frame)
    if design.n_units < 4:
        raise StatisticsError("K341", units=design.n_units)
    own, columns = dict(own_terms(design)), {"between": design.between, "within": design.within}
    parts = tuple((scope, design.term(scope), column) for scope, column in columns.items() if design.term(scope) in own)
    return _Base(frame, design.X, design.names, design.units, parts)


def _moderated(base: _Base, name: str) -> Answered:
    columns = [(label, base.frame.adjust[:, i]) for i, label in enumerate(base.frame.adjust_names)
               if label == name or label.startswith(f"{name}=")]
    thin = [label for label, values in columns if _units_beside(base, values) < FEWEST_UNITS]
    if thin:
        return Sheet(notes=[Phrase("association.secondary.thin_groups", subject=name, groups=thin, units=FEWEST_UNITS)]), []
    added = [
        (scope, f"{term} x {label}", part * (values - values.mean()))
        for scope, term, part in base.parts for label, values in columns
    ]
    return _answered(base, "moderator", name, added)


def _units_beside(base: _Base, values: Array) -> int:
    """The fewer of the units that hold each of two values; all of them where there are more values."""
    if len(np.unique(values)) != 2:
        return int(base.clusters.max()) + 1
    return min(len(np.unique(base.clusters[values == value])) for value in np.unique(values))


def _bent(base: _Base) -> Answered:
    scope, term, part = base.parts[0]
    return _answered(base, "quadratic", base.frame.on, [(scope, f"{term}^2", (part - part.mean()) ** 2)])


def _answered(base: _Base, kind: str, subject: str, added: Sequence[tuple[str, str, Array]]) -> Answered:
    """Fit with the added columns; their rows, and one joint test per scope."""
    frame, start = base.frame, base.X.shape[1]
    X = np.column_stack([base.X, *(column for _, _, column in added)])
    names = (*base.names, *(term for _, term, _ in added))
    if frame.n < len(names) + 2:
        raise StatisticsError("K347", rows=frame.n, coefficients=len(names), needed=len(names) + 2)
    line = Line(X, frame.y, base.clusters).named(names)
    terms = {term: start + i for i, (_, term, _) in enumerate(added)}
    sheet = coefficient_rows(line, list(terms.items()), base.n_units)
    present, questions = {row.term for row in sheet.rows}, []
    for scope in dict.fromkeys(scope for scope, _, _ in added):
        own = tuple(term for at, term, _ in added if at == scope and term in present)
        if own:
            test = line.covariance.wald(np.eye(len(names))[[terms[term] for term in own]], line.fitted.coef)
            statistic, dof2 = (None, None) if test.p_value is None else (test.statistic, test.dof2)
            questions.append(Secondary(kind, subject, scope, own, statistic, test.dof1, dof2, test.p_value, frame.n, base.n_units))
    return sheet, questions


def answer(question: Secondary, holm: float | None, total: int, frame: Frame, row: pd.Series | None, level: float) -> Phrase:
    """One question with its answer; never more than that a difference was, or was not yet, seen.

    ``holm`` is its p-value by Holm over the ``total`` questions that were tested; ``row`` that of the table where one row
    answers it, whose interval is told.
    """
    told = {
        "subject": question.subject, "place": Phrase(f"association.secondary.place.{question.scope}"),
        "outcome": frame.outcome, "on": frame.on,
    }
    if holm is None:
        return Phrase("association.secondary.untested", **told)
    seen = "seen" if holm < 1 - level else "unseen"
    claim = Phrase(f"association.secondary.claim.{question.kind}.{seen}", **told)
    numbers = _numbers(question, holm, frame.family == "binary", row)
    return Phrase("association.secondary.answered", total=total, claim=claim, numbers=numbers)


def _numbers(question: Secondary, holm: float, share: bool, row: pd.Series | None) -> Text:
    """The difference with its interval where there is one, the test, and the counts."""
    parts: list[Text] = []
    if row is not None:
        told = [(100 if share else 1) * float(row[name]) for name in ("estimate", "ci_low", "ci_high")]
        (value, low, high), size = figured(told, (told[2] - told[1]) / 2)
        unit = Phrase(f"association.unit.{'points' if share else 'plain'}")
        parts += [
            Phrase("association.secondary.estimate", value=value, size=size, unit=unit),
            Phrase("association.facts.interval", level=row["ci_level"], low=low, high=high, size=size),
        ]
    corrected = {lang: p_value(holm, lang).removeprefix("p") for lang in LANGUAGES}
    parts += [
        Phrase("association.secondary.test", dof1=question.dof1, dof2=question.dof2, statistic=question.statistic),
        Phrase("association.facts.p", p=question.p_value), Phrase("association.secondary.p_holm", p=corrected),
    ]
    if question.n_units is not None:
        parts.append(Phrase("association.facts.units", units=question.n_units))
    return Joined(*parts, Phrase("association.facts.n", n=question.n), mark="; ")
