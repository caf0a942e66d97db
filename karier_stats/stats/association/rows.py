"""Rows of coefficients that every regression here makes, and what is noted of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from karier_stats.stats.contrast import Line, clustered
from karier_stats.stats.numerics.cluster import ClusterCovariance
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.results import Sheet
from karier_stats.words import Phrase

Terms: TypeAlias = Sequence[tuple[str, int]]
"""Names of coefficients with their positions."""
LARGEST_CONDITION = 1e8
"""Beyond this condition number of the scaled columns a regression is warned of."""
FARTHEST_RATIO = 1e6
"""A ratio, or one over it, beyond which an interval is not given: it would say no more than "unknown"."""


def coefficient_rows(line: Line, terms: Terms, n_units: int | None) -> Sheet:
    """CR2 rows of the named coefficients of a regression."""
    return rows_of(line.contrast, terms, line.rows, n_units)


def rows_of(contrast: Callable[[int], Estimate], terms: Terms, n: int, n_units: int | None) -> Sheet:
    """CR2 rows of the coefficients at some positions; one that rests on a single cluster is left out with a note."""
    sheet = Sheet()
    for term, position in terms:
        found = contrast(position)
        if found.reason in ("leverage", "no_spread"):
            sheet.note(Phrase(f"association.note.{found.reason}", term=term))
        if found.reason != "leverage":
            sheet.add(term, "cr2", found, n, n_units)
    return sheet


def ratio_rows(
    method: str, coef: Array, covariance: ClusterCovariance, terms: Terms, n: int, n_units: int | None
) -> Sheet:
    """Exponents of coefficients with CR2; one that rests on a single cluster is left out with a note."""
    sheet = Sheet()
    for term, position in terms:
        found = clustered(coef, covariance, position)
        if found.reason:
            sheet.note(Phrase("association.note.leverage", term=term))
        elif abs(coef[position]) > np.log(FARTHEST_RATIO):
            sheet.note(unbounded([(term, method)]))
        else:
            sheet.add(term, method, found.exponent(FARTHEST_RATIO), n, n_units)
    return sheet


def unbounded(keys: Sequence[tuple[str, str]]) -> Phrase:
    """Ratios, by term and method, whose interval is too wide to be a number."""
    return Phrase("association.note.unbounded", terms=[f"`{term}` ({method})" for term, method in keys])


def near_collinear(X: Array, names: Sequence[str]) -> Phrase | None:
    """A note where the scaled columns of ``X`` are so nearly dependent that half of the digits are gone."""
    scaled = X / np.sqrt((X**2).sum(axis=0))
    _, values, directions = np.linalg.svd(scaled, full_matrices=False)
    condition = float(values[0] / values[-1])
    if condition <= LARGEST_CONDITION:
        return None
    involved = [names[int(i)] for i in np.flatnonzero(np.abs(directions[-1]) > 0.01)]
    return Phrase("association.note.near_collinear", columns=involved, condition=condition)


