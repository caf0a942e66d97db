"""The logistic regression with a random intercept, by adaptive Gauss-Hermite quadrature.

The integral over the intercept of each unit is a weighted sum over points laid about its mode. Gradient and curvature
are exact (means and covariances of the scores over those points), so that Newton's steps end in a few rounds; rows that
are alike within a unit are counted once. By hand, since statsmodels has variational and Laplace fits only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import glm
from karier_stats.stats.numerics.estimate import Array

POINTS = 25
"""Points of the quadrature; with fewer than 15 small units lose digits of the likelihood (validity.md, section 4)."""
LATENT = float(np.pi**2 / 3)
"""Variance of the standard logistic distribution: that of the latent answer within a unit."""
_COARSE = 7
_ROUNDS = 60
_CLOSE = 0.05
"""A step that should gain less than this of the log-likelihood, a third of a standard error, is close to the top."""
_STUCK = 1e-4
"""Where steps end before the gain is as small as asked for, less than this is left, or there is no maximum."""
_LARGEST = 10.0
"""Beyond this standard deviation, in logits, nearly every unit holds one answer, and 25 points miss 0.01 of a unit's
log-likelihood (1e-4 at 3 logits): no estimate."""
_NOTHING = 1e-4
"""One below this is zero."""
_BLOCK = 200_000
"""So many numbers are worked on at once: rows times points that fit into a processor's cache."""


@dataclass(frozen=True)
class _DistinctRows:
    """Distinct rows within units, unit by unit, of regressors ``X`` (c, p) brought to one scale.

    ``trials`` and ``successes`` (c,); ``starts`` (G + 1,) the first cell of each unit and the end; ``unit`` (c,).
    """

    X: Array
    trials: Array
    successes: Array
    starts: NDArray[np.intp]
    unit: NDArray[np.intp]

    def blocks(self, points: int) -> list[_DistinctRows]:
        """The same in pieces of whole units that fit into the cache."""
        piece = self.starts[:-1] // max(_BLOCK // points, 1)
        edges, pieces = [0, *(np.flatnonzero(np.diff(piece)) + 1), len(self.starts) - 1], []
        for a, b in pairwise(edges):
            rows, starts = slice(self.starts[a], self.starts[b]), self.starts[a:b + 1] - self.starts[a]
            pieces.append(_DistinctRows(self.X[rows], self.trials[rows], self.successes[rows], starts, self.unit[rows] - a))
        return pieces

    def sums(self, values: Array) -> Array:
        """Sums over the cells of each unit."""
        return np.add.reduceat(values, self.starts[:-1], axis=0)


@dataclass(frozen=True)
class _Height:
    """The log-likelihood at one place, with its gradient (p + 1,) and its second derivatives (p + 1, p + 1)."""

    value: float
    gradient: Array
    curvature: Array

    @property
    def step(self) -> Array:
        """Newton's step, uphill also where the likelihood is not concave."""
        values, vectors = np.linalg.eigh(-self.curvature)
        size = np.maximum(np.abs(values), 1e-8 * np.abs(values).max())
        return np.asarray(vectors @ ((vectors.T @ self.gradient) / size))


@dataclass(frozen=True)
class RandomInterceptLogit:
    """A logistic regression with a random intercept, in logits.

    ``coef`` (p,), for a unit of the average intercept, with ``covariance`` (p, p) from the observed information of
    coefficients and variance together; ``sigma``, the standard deviation of the intercepts over units; ``loglik`` as
    ``logLik`` of R's lme4 gives it for rows of zeros and ones.
    """

    coef: Array
    covariance: Array
    sigma: float
    loglik: float
    _cells: _DistinctRows = field(repr=False)
    _inner: Array = field(repr=False)

    @property
    def latent_icc(self) -> float:
        """Share between units of the variance of the latent answer in logits, which nobody observes."""
        return self.sigma**2 / (self.sigma**2 + LATENT)

    @property
    def observed_icc(self) -> float:
        """Share between units of the variance of the zeros and ones themselves, at equal fixed effects.

        ``sum_i Var_u(p_i) / sum_i E_u(p_i) (1 - E_u(p_i))`` over the rows, ``p_i(u)`` the probability of row ``i`` in a unit of
        intercept ``u``. By quadrature where Goldstein, Browne & Rasbash (2002), Understanding Statistics 1, 223-231, simulate.
        """
        return observed_icc(self._cells.X @ self._inner, self._cells.trials, self.sigma)


@dataclass(frozen=True)
class _Likelihood:
    """The likelihood of the cells with one number of points."""

    cells: _DistinctRows
    points: int

    def height(self, place: Array) -> _Height:
        """Value and derivatives at ``place``: the coefficients, then sigma."""
        nodes = np.polynomial.hermite.hermgauss(self.points)
        parts = [_block_height(block, place, *nodes) for block in self.cells.blocks(self.points)]
        value, gradient, curvature = (sum(part[i] for part in parts) for i in range(3))
        return _Height(float(value), np.asarray(gradient), np.asarray(curvature))

    def climb(self, place: Array, enough: float) -> tuple[Array, _Height, bool]:
        """Newton's steps until the gain still to come is below ``enough``; halved far from the top.

        Where units are steep, value and gradient differ by the error of the quadrature: close to the top that is more
        than a step gains, and the gradient alone leads, for as long as the gain to come falls.
        """
        here, gain = self.height(place), np.inf
        for _ in range(_ROUNDS):
            step, last = here.step, gain
            gain = float(step @ here.gradient)
            if last <= gain < _CLOSE:
                break
            before = place
            place, here = self._moved(place, step) if gain < _CLOSE else self._uphill(place, here, step)
            if gain < enough or place is before or place[-1] > _LARGEST:
                break
        return place, here, gain < _STUCK and place[-1] <= _LARGEST

    def _moved(self, place: Array, step: Array) -> tuple[Array, _Height]:
        """A whole step; the likelihood is even in sigma, so that a negative one is turned."""
        target = place + step
        target[-1] = abs(target[-1])
        return target, self.height(target)

    def _uphill(self, place: Array, here: _Height, step: Array) -> tuple[Array, _Height]:
        """A step that is halved until the value does not fall."""
        for _ in range(12):
            target, there = self._moved(place, step)
            if there.value >= here.value:
                return target, there
            step = step / 2
        return place, here


def logistic_intercept(X: Array, y: Array, codes: NDArray[np.intp], points: int = POINTS) -> RandomInterceptLogit:
    """Fit ``logit P(y = 1) = X b + intercept of the unit`` by maximum likelihood, with ``points`` (15 or more) a unit.

    ``X`` (n, p) has the constant and full column rank; ``codes`` (n,) are the units, 0 .. G-1. ``K353`` where a regressor separates
    the outcome; ``K356`` where fewer than two units hold both answers; ``K357`` where the variance between units grows beyond what
    can be computed.

    The points lie about the mode of each unit at the scale of its curvature, laid anew at every step. A first climb takes 7 points,
    the last one ``points``. Where the likelihood falls from ``sigma = 0`` on and is lower at several other values, the estimate is
    0 and the rest that of a plain logistic regression. ML, not restricted: with few units the variance comes out too small.
    Pinheiro & Bates (1995), J. Computational and Graphical Statistics 4, 12-35, eq. 10; Liu & Pierce (1994), Biometrika 81,
    624-629; Louis (1982), JRSS B 44, 226-233, eq. 3.2.
    """
    if points < 15:
        raise ValueError(f"points must be 15 or more, got {points}")
    mixed = int((np.abs(2 * np.bincount(codes, y) / np.bincount(codes) - 1) < 1).sum())
    facts = {"mixed": mixed, "units": int(codes.max()) + 1, "rows": len(y)}
    if mixed < 2:
        raise StatisticsError("K356", **facts)
    plain = glm.fit(glm.Rows(X, y), "logit")
    mean, weights = glm.mean_of(X @ plain.coef, "logit")
    back = np.linalg.inv(np.linalg.qr(X, mode="r")) * np.sqrt(len(y))
    cells = _cells(X, y, codes, back)
    inner = np.linalg.solve(back, plain.coef)
    coarse, fine = _Likelihood(cells, _COARSE), _Likelihood(cells, points)
    eta = cells.X @ inner
    edge = float(cells.successes @ eta - cells.trials @ np.logaddexp(0, eta))  # log-likelihood where units do not differ
    # Derivative of the log-likelihood in the variance between units, there.
    start = _start(coarse, inner, edge, float((np.bincount(codes, y - mean) ** 2).sum() - weights.sum()) / 2)
    if start is not None:
        place, here, done = fine.climb(coarse.climb(start, 1e-4)[0], 1e-8)
        if not done:
            raise StatisticsError("K357", **facts)
        if place[-1] > _NOTHING:
            inner, spread = place[:-1], back @ np.linalg.inv(-here.curvature)[:-1, :-1] @ back.T
            return RandomInterceptLogit(back @ inner, spread, float(place[-1]), here.value, cells, inner)
    return RandomInterceptLogit(plain.coef, plain.bread, 0.0, edge, cells, inner)


def observed_icc(eta: Array, trials: Array, sigma: float) -> float:
    """Intraclass correlation of zeros and ones whose fixed effects are ``eta`` (c,), each ``trials`` (c,) times."""
    # The trapezoidal rule is exact to rounding on a bell, also where it is cut by a logit as steep as _LARGEST.
    u = np.linspace(-8.0, 8.0, 401)
    weights = np.exp(-(u**2) / 2) / np.exp(-(u**2) / 2).sum()
    between = total = 0.0
    for part in range(0, len(eta), _BLOCK // len(u)):
        rows = slice(part, part + _BLOCK // len(u))
        p = _probability(eta[rows, None] + sigma * u)
        mean = p @ weights
        between += float(trials[rows] @ ((p - mean[:, None]) ** 2 @ weights))
        total += float(trials[rows] @ (mean * (1 - mean)))
    return between / total


def _probability(logit: Array) -> Array:
    return 1 / (1 + np.exp(-np.maximum(logit, -700)))


def _cells(X: Array, y: Array, codes: NDArray[np.intp], back: Array) -> _DistinctRows:
    """Rows brought together by unit, those that are alike within one counted once, times ``back`` (p, p)."""
    order = np.lexsort((*X.T, codes))
    X, y, codes = X[order], y[order], codes[order]
    new = np.append(True, (codes[1:] != codes[:-1]) | (X[1:] != X[:-1]).any(axis=1))
    first = np.flatnonzero(new)
    unit = codes[first]
    trials = np.diff(np.append(first, len(y))).astype(float)
    starts = np.searchsorted(unit, np.arange(int(unit[-1]) + 2))
    return _DistinctRows(X[first] @ back, trials, np.add.reduceat(y, first).astype(float), starts, unit)


def _start(likelihood: _Likelihood, coef: Array, edge: float, slope: float) -> Array | None:
    """The best of a few places; None where all lie below the edge and the likelihood falls from there.

    Coefficients within units exceed those of a plain logit as Zeger, Liang & Albert (1988, eq. 3.3) have it.
    """
    stretch = (16 * np.sqrt(3) / (15 * np.pi)) ** 2
    places = [np.append(coef * np.sqrt(1 + stretch * sigma**2), sigma) for sigma in (0.1, 0.3, 0.7, 1.5, 3.0)]
    values = [likelihood.height(place).value for place in places]
    best = int(np.argmax(values))
    return places[best] if slope > 0 or values[best] > edge else None


def _block_height(cells: _DistinctRows, place: Array, x: Array, w: Array) -> tuple[float, Array, Array]:
    """Log-likelihood, gradient and second derivatives of some units.

    With the posterior weights of the points as probabilities, the gradient is the mean of the complete-data scores, the
    second derivatives are the mean of the complete-data ones plus the covariance of the scores.
    """
    coef, sigma = place[:-1], place[-1]
    eta = cells.X @ coef
    mode, scale = _modes(cells, eta, sigma)
    u = mode[:, None] + np.sqrt(2) * scale[:, None] * x
    along = eta[:, None] + sigma * u[cells.unit]
    small = np.exp(-np.abs(along))
    soft = np.maximum(along, 0) + np.log1p(small)
    logs = cells.sums(cells.successes[:, None] * along - cells.trials[:, None] * soft)
    logs += np.log(w) + x**2 - u**2 / 2 + np.log(scale / np.sqrt(np.pi))[:, None]
    top = logs.max(axis=1, keepdims=True)
    posterior = np.exp(logs - top)
    total = posterior.sum(axis=1, keepdims=True)
    posterior /= total
    p = np.where(along >= 0, 1.0, small) / (1 + small)
    residuals = cells.successes[:, None] - cells.trials[:, None] * p
    # Complete-data scores of each unit at each point: (p + 1, G, points).
    scores = np.stack([*(cells.sums(residuals * column[:, None]) for column in cells.X.T), u * cells.sums(residuals)])
    mean = np.einsum("jgk,gk->jg", scores, posterior)
    spread = np.einsum("igk,jgk->ij", scores * posterior, scores) - mean @ mean.T
    inner = _complete(cells, cells.trials[:, None] * p * (1 - p) * posterior[cells.unit], u)
    return float((top + np.log(total)).sum()), mean.sum(axis=1), spread - inner


def _modes(cells: _DistinctRows, eta: Array, sigma: float) -> tuple[Array, Array]:
    """Where the integrand of each unit is highest, and its scale there."""
    mode = np.zeros(len(cells.starts) - 1)
    for _ in range(40):
        p = _probability(eta + sigma * mode[cells.unit])
        curvature = sigma**2 * cells.sums(cells.trials * p * (1 - p)) + 1
        step = (sigma * cells.sums(cells.successes - cells.trials * p) - mode) / curvature
        # A move of more than one logit may overshoot; shorter ones cannot (the third derivative is below the second).
        mode += step / np.maximum(1, np.abs(sigma * step))
        if np.abs(step).max() < 1e-7:
            break
    return mode, 1 / np.sqrt(curvature)


def _complete(cells: _DistinctRows, weights: Array, u: Array) -> Array:
    """Complete-data information, averaged over the points: (p + 1, p + 1)."""
    at = u[cells.unit]
    plain, once = weights.sum(axis=1), np.einsum("ck,ck->c", weights, at)
    cross = cells.X.T @ once
    information = np.empty((len(cross) + 1, len(cross) + 1))
    information[:-1, :-1] = cells.X.T @ (cells.X * plain[:, None])
    information[:-1, -1] = information[-1, :-1] = cross
    information[-1, -1] = np.einsum("ck,ck,ck->", weights, at, at)
    return information
