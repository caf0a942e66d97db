"""Logit and Poisson regression on arrays, whole or some rows at a time, and the average marginal effect.

By hand, since statsmodels takes many times the memory and time of the rows, and its fit answers separation with numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.cluster import ClusterCovariance, cr2
from karier_stats.stats.numerics.estimate import Array
from karier_stats.stats.numerics.unit_products import root_of

Codes: TypeAlias = NDArray[np.intp]
Link = Literal["logit", "log"]

_ROUNDS = 50
_HALVINGS = 12
_SETTLED = 1e-8
"""A step that moves the rows' linear predictors by no more has arrived."""
_SAMPLED = 25
"""One of so many rows finds the point from which the passes over all rows start."""
_AT_ONCE = 2**12
"""Rows whose regressors stay in the processor's cache."""


@dataclass(frozen=True)
class Rows:
    """Rows as arrays: ``X`` (n, p) with the constant, ``y`` (n,) and, where they come in clusters, ``codes`` (n,)."""

    X: Array
    y: Array
    codes: Codes | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def clusters(self) -> Codes:
        """Cluster of each row (n,)."""
        return np.arange(self.n) if self.codes is None else self.codes

    @property
    def clustered(self) -> bool:
        """True where rows share a cluster."""
        return len(np.unique(self.clusters)) < self.n

    def __iter__(self) -> Iterator[tuple[Array, Array]]:
        """All rows at once."""
        yield self.X, self.y

    def start(self, link: Link) -> Array:
        """The constant that gives the mean outcome, from which Newton's steps start."""
        return level(self, link)

    def weighted(self, coef: Array, link: Link, by_cluster: bool = False) -> tuple[Array, Array, Codes]:
        """Regressors and residuals of the working least squares at ``coef``, with the cluster of each row.

        The rows as they are: QR of them keeps digits that cross-products lose.
        """
        mean, weights = mean_of(self.X @ coef, link)
        root = np.sqrt(weights)
        return self.X * root[:, None], (self.y - mean) / root, self.clusters

    def moved(self, step: Array) -> float:
        """By how much a step of the coefficients moves the linear predictor of the row that it moves most."""
        return float(np.abs(self.X @ step).max())


@dataclass(frozen=True)
class ManyRows:
    """So many rows that those of a cluster, which stand side by side, are told by their cross-products.

    ``columns`` gives the regressors (p, m) of some of the rows; clusters begin at ``edges`` (G + 1,), the last being ``n``.
    """

    columns: Callable[[slice], Array]
    y: Array
    edges: Codes

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.y)

    @cached_property
    def sample(self) -> Rows:
        """Some of the rows."""
        some = slice(None, None, _SAMPLED)
        return Rows(self.columns(some).T, self.y[some])

    def __iter__(self) -> Iterator[tuple[Array, Array]]:
        """Regressors (m, p) and outcome (m,) of some rows after the other."""
        for start in range(0, self.n, _AT_ONCE):
            yield self.columns(slice(start, start + _AT_ONCE)).T, self.y[start:start + _AT_ONCE]

    def start(self, link: Link) -> Array:
        """The sample's coefficients; those of the constant alone where it has none."""
        try:
            return fit(self.sample, link).coef
        except StatisticsError:
            return level(self, link)

    def weighted(self, coef: Array, link: Link, by_cluster: bool = False) -> tuple[Array, Array, Codes]:
        """As few rows as have the cross-products of the working regression, over all or by cluster."""
        edges = self.edges if by_cluster else np.append(np.arange(0, self.n, _AT_ONCE), self.n)
        squares = np.empty((len(edges) - 1, len(coef), len(coef)))
        scores = np.empty(squares.shape[:2])
        for place, (start, end) in enumerate(pairwise(edges.tolist())):
            X = self.columns(slice(start, end))
            mean, weights = mean_of(coef @ X, link)
            squares[place], scores[place] = (X * weights) @ X.T, X @ (self.y[start:end] - mean)
        if not by_cluster:
            squares, scores = squares.sum(axis=0)[None], scores.sum(axis=0)[None]
        root, turn = root_of(squares, np.diag(squares.sum(axis=0)))
        z = np.einsum("gpq,gq->gp", turn, scores)
        return root.reshape(-1, len(coef)), z.reshape(-1), np.repeat(np.arange(len(root)), len(coef))

    def moved(self, step: Array) -> float:
        """That of the row of the sample that moves most."""
        return self.sample.moved(step)


Source: TypeAlias = Rows | ManyRows


@dataclass(frozen=True)
class GeneralisedLinear:
    """A logit or Poisson regression: ``coef`` (p,) on the scale of the link, ``bread`` (p, p), the variance at the mean."""

    coef: Array
    bread: Array
    link: Link
    source: Source

    def predict(self, X: Array) -> Array:
        """Probability or expected count of the rows of ``X``."""
        return mean_of(X @ self.coef, self.link)[0]

    def average(self, of: Callable[[Array], Array]) -> float:
        """Mean over all rows of a function of the fitted mean."""
        return sum(float(of(self.predict(X)).sum()) for X, _ in self.source) / self.source.n

    def clustered(self) -> ClusterCovariance:
        """CR2 covariance: that of the weighted least squares at the last step.

        ``A_g = (I - H_gg)^(-1/2)`` is the symmetric root of McCaffrey and Bell, with ``H`` the hat matrix of the working regression
        ``sqrt(w) X``; as ``vcovCL(type = "HC2")`` of R's sandwich. R's clubSandwich takes ``D B^(-1/2) D`` with ``B = D (V - X M
        X') D``: unbiased in the same model, and different in about the third digit where the working variances ``V`` (``D`` their
        root) are not constant. For a linear model the two are one. McCaffrey & Bell (2006), Statistics in Medicine 25, 4081-4098;
        Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36, 672-683, eq. 4 (clubSandwich).
        """
        return cr2(*self.source.weighted(self.coef, self.link, by_cluster=True))

    def marginal(self, position: int) -> tuple[float, Array]:
        """Average marginal effect of one column and its gradient (p,) in the coefficients.

        A column of zeros and ones is moved from 0 to 1; another one by the derivative.
        """
        if all(np.isin(X[:, position], (0, 1)).all() for X, _ in self.source):
            return self._moved(position)
        slope, curvature = self._derivatives
        gradient = self.coef[position] * curvature
        gradient[position] += slope
        return float(self.coef[position] * slope), gradient

    @cached_property
    def _derivatives(self) -> tuple[float, Array]:
        """Means over the rows of the mean's first derivative, and of the second one times the regressors (p,)."""
        slope, curvature = 0.0, np.zeros(len(self.coef))
        for X, _ in self.source:
            mean, weights = mean_of(X @ self.coef, self.link)
            slope += float(weights.sum())
            curvature += (weights * (1 - 2 * mean) if self.link == "logit" else weights) @ X
        return slope / self.source.n, curvature / self.source.n

    def _moved(self, position: int) -> tuple[float, Array]:
        """Mean difference of predictions with the column at 1 and at 0, with its gradient."""
        effect, gradient = 0.0, np.zeros(len(self.coef))
        for X, _ in self.source:
            at = X.copy()
            for value, sign in ((1.0, 1.0), (0.0, -1.0)):
                at[:, position] = value
                mean, weights = mean_of(at @ self.coef, self.link)
                effect += sign * float(mean.sum())
                gradient += sign * (weights @ at)
        return effect / self.source.n, gradient / self.source.n


def fit(rows: Source, link: Link) -> GeneralisedLinear:
    """Maximum likelihood by Newton steps, halved where they overshoot; ``K353`` where there is no finite one (separation).

    Under separation the linear predictor keeps moving by about one per step, while otherwise Newton's steps shrink
    quadratically: a fit that still moves after 50 steps is separated. The likelihood is concave, so that a step is too
    long where its end falls as steeply as its beginning rose.
    McCullagh & Nelder (1989), Generalized Linear Models, section 2.5; Albert & Anderson (1984), Biometrika 71, 1-10.
    """
    coef = rows.start(link)
    X, z, _ = rows.weighted(coef, link)
    for _ in range(_ROUNDS):
        try:
            found = linear.fit(X, z)
        except StatisticsError:
            break
        step, rise = found.coef, float(z @ (X @ found.coef))
        if rows.moved(step) < _SETTLED:
            return GeneralisedLinear(coef + step, found.bread, link, rows)
        for _ in range(_HALVINGS):
            X, z, _ = rows.weighted(coef + step, link)
            if float(z @ (X @ step)) >= -rise:
                break
            step, rise = step / 2, rise / 2
        coef = coef + step
    raise StatisticsError("K353", rows=rows.n)


def level(rows: Source, link: Link) -> Array:
    """Coefficients (p,) of the constant that gives the mean outcome; zeros where the first column is none."""
    (X, _), total = next(iter(rows)), sum(float(y.sum()) for _, y in rows)
    mean, coef = total / rows.n, np.zeros(X.shape[1])
    if np.ptp(X[:, 0]) == 0 and X[0, 0] != 0:
        coef[0] = np.log(mean) - (np.log1p(-mean) if link == "logit" else 0.0)
    return coef


def mean_of(eta: Array, link: Link) -> tuple[Array, Array]:
    """Mean and variance at the linear predictor, kept off the edge where they vanish."""
    odds = np.exp(np.clip(eta, -30, 30))
    if link == "log":
        return odds, odds
    both = 1 + odds
    mean = odds / both
    return mean, mean / both
