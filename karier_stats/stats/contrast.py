"""One contrast of least-squares coefficients, by whichever error fits the design, and its row; for all verbs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.cluster import ClusterCovariance, WildBootstrap, cr2, wild_bootstrap
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, of_t
from karier_stats.stats.results import Sheet
from karier_stats.words import Phrase

Method = Literal["ols", "hc3", "cr2"]
_ALONE = 1 - 1e-6
"""A contrast whose working variance is met to less than this rests on one cluster in part."""


@dataclass(frozen=True)
class Line:
    """A least-squares regression of ``y`` (n,) on ``X`` (n, p), whose coefficients are asked for, one or several.

    The constant is a column like any other; each row is a cluster of its own where there are no ``clusters`` (n,). ``n`` is
    the number of rows of the data, where those of ``X`` are fewer that stand for them.
    """

    X: Array
    y: Array
    clusters: NDArray[Any] | None = None
    n: int | None = None

    @property
    def rows(self) -> int:
        """Number of rows of the data."""
        return len(self.y) if self.n is None else self.n

    @cached_property
    def fitted(self) -> linear.LeastSquares:
        """Coefficients and residuals; K301 and K302 where there are none."""
        if self.rows < self.X.shape[1]:
            raise StatisticsError("K301", rows=self.rows, coefficients=self.X.shape[1])
        return linear.fit(self.X, self.y)

    @property
    def exact(self) -> bool:
        """True where nothing is left over: rounding leaves residuals of a perfect fit a little above zero."""
        left = np.abs(self.fitted.residuals).max(initial=0.0)
        return bool(left <= 1e-12 * max(np.abs(self.y).max(initial=0.0), 1e-300))

    @cached_property
    def covariance(self) -> ClusterCovariance:
        """CR2 by cluster."""
        rows = np.arange(len(self.y)) if self.clusters is None else self.clusters
        return cr2(self.X, self.fitted.residuals, rows)

    def contrast(self, position: int, method: Method = "cr2") -> Estimate:
        """One coefficient with the test that fits; only its value, with a reason, where there is none.

        One error variance ("ols"); a variance for each row ("hc3": MacKinnon & White 1985, J. Econometrics 29, 305-325); CR2
        by cluster with Satterthwaite's degrees of freedom ("cr2": Pustejovsky & Tipton 2018, J. Business & Economic Statistics
        36, 672-683).
        """
        fitted, value = self.fitted, float(self.fitted.coef[position])
        if method == "cr2" and rests_on_one(self.covariance, position):
            return Estimate(value, reason="leverage")
        if self.exact:
            return Estimate(value, reason="exact")
        if method == "ols":
            return of_t(value, np.sqrt(fitted.covariance[position, position]), fitted.dof)
        if method == "hc3":
            if linear.leverages(self.X, fitted.bread).max() > 1 - 1e-9:
                return Estimate(value, reason="leverage")
            return of_t(value, np.sqrt(linear.heteroskedastic(fitted, self.X, "hc3")[position, position]), fitted.dof)
        if self.rows == len(self.y) and linear.rests_on_constant(self.X, self.y, position):
            return Estimate(value, reason="no_spread")
        return clustered(fitted.coef, self.covariance, position)

    def wild(self, position: int, seed: int) -> tuple[Estimate, WildBootstrap]:
        """One coefficient by the restricted wild cluster bootstrap; neither standard error nor degrees of freedom."""
        assert self.clusters is not None
        boot = wild_bootstrap(self.X, self.y, self.clusters, position, np.random.default_rng(seed), n=self.rows)
        statistic = boot.estimate / boot.std_error
        found = Estimate(boot.estimate, statistic=statistic, p=boot.p_value(),
                         bounds=cache(lambda level: boot.interval(level) or (NAN, NAN)))
        return found, boot

    def named(self, names: Sequence[str]) -> Line:
        """The same, fitted; its collinear columns are called by name (K343), too few rows are told (K347)."""
        try:
            assert self.fitted is not None
        except StatisticsError as error:
            p = self.X.shape[1]
            if error.code != "K302":
                raise StatisticsError("K347", rows=self.rows, coefficients=p, needed=p + 2) from None
            columns = [names[int(i)] for i in str(error.values["columns"]).split(", ")]
            raise StatisticsError("K343", columns=", ".join(columns)) from None
        return self


def contrast(X: Array, y: Array, position: int, clusters: NDArray[Any] | None = None, method: Method = "cr2") -> Estimate:
    """One coefficient of one regression; see :meth:`Line.contrast`."""
    return Line(X, y, clusters).contrast(position, method)


def clustered(coef: Array, covariance: ClusterCovariance, position: int) -> Estimate:
    """One coefficient of any model with CR2; only its value where part of it rests on one cluster alone."""
    value, weights = float(coef[position]), np.eye(len(coef))[position]
    if rests_on_one(covariance, position):
        return Estimate(value, reason="leverage")
    return of_t(value, covariance.std_error(weights), covariance.satterthwaite(weights))


def rests_on_one(covariance: ClusterCovariance, position: int) -> bool:
    """True where part of a coefficient rests on one cluster alone, so that its CR2 variance is undefined."""
    return covariance.target_ratio(np.eye(len(covariance.basis))[position]) < _ALONE


def by_content(X: Array, y: Array, clusters: NDArray[Any]) -> NDArray[np.intp]:
    """Clusters numbered by what they hold, shape (n,): drawn signs must not hang on names, which may be pseudonyms."""
    _, codes = np.unique(clusters, return_inverse=True)
    sums = np.stack([np.bincount(codes, weights=column) for column in (y, y**2, *X.T)])
    place = np.empty(sums.shape[1], dtype=np.intp)
    place[np.lexsort(sums)] = np.arange(sums.shape[1])
    return place[codes]


def wild_note(term: str, boot: WildBootstrap) -> Phrase:
    """What the bootstrap enumerated, and why its row has empty cells."""
    way = "enumerated" if boot.enumerated else "drawn"
    return Phrase(f"association.note.wild.{way}", term=term, patterns=boot.patterns, smallest=boot.smallest_p)


Terms: TypeAlias = Sequence[tuple[str, int]]
"""Names of coefficients with their positions."""
LARGEST_CONDITION = 1e8
"""Beyond this condition number of the scaled columns a regression is warned of."""
FARTHEST_RATIO = 1e6
"""A ratio, or one over it, beyond which an interval is not given: it would say no more than "unknown"."""


def coefficient_rows(line: Line, terms: Terms, n_units: int | None) -> Sheet:
    """CR2 rows of the named coefficients of a regression; one that rests on a single cluster is left out with a note."""
    sheet = Sheet()
    for term, position in terms:
        found = line.contrast(position)
        if found.reason in ("leverage", "no_spread"):
            sheet.note(Phrase(f"association.note.{found.reason}", term=term))
        if found.reason != "leverage":
            sheet.add(term, "cr2", found, line.rows, n_units)
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
