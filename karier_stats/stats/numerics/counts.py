"""Negative binomial and hurdle regressions of counts on arrays, which stand beside the Poisson one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import linear, special
from karier_stats.stats.numerics.cluster import ClusterCovariance, by_appearance, cluster_sums, cr2
from karier_stats.stats.numerics.estimate import Array
from karier_stats.words import Phrase

LARGEST_SIZE = 1e5
"""A size parameter beyond this one is Poisson's: variance ``m + m^2 / size``."""
REFITTED = 50
"""Up to so many units the jackknife fits the rest of the rows anew."""
_ROUNDS = 200


@dataclass(frozen=True)
class NegativeBinomial:
    """A negative binomial regression with log link and variance ``m + m^2 / size``: log rate ratios ``coef`` (p,), expected
    counts ``mean`` (n,), and ``bread`` (p, p), ``(X'WX)^-1`` with ``W = m / (1 + m / size)``.
    """

    coef: Array
    mean: Array
    size: float
    bread: Array
    loglik: float

    def clustered(self, X: Array, y: Array, codes: NDArray[np.intp]) -> ClusterCovariance:
        """CR2 covariance of the weighted least squares at the last step, the size taken as known."""
        root = np.sqrt(self.mean / (1 + self.mean / self.size))
        return cr2(X * root[:, None], (y - self.mean) / self.mean * root, codes)

    @property
    def zeros(self) -> float:
        """Share of zeros that the model expects."""
        return float(np.exp(-self.size * np.log1p(self.mean / self.size)).mean())


def negative_binomial(X: Array, y: Array) -> NegativeBinomial:
    """Maximum likelihood by statsmodels' Newton steps: regressors with the constant (n, p), counts (n,).

    ``K358`` where the counts are not overdispersed, so that the size grows without end, or the search does not settle.
    Lawless (1987), Canadian J. Statistics 15, 209-225; Venables & Ripley (2002), Modern Applied Statistics with S, 7.4.
    """
    import warnings

    from statsmodels.discrete.discrete_model import NegativeBinomial as Model

    refused = StatisticsError("K358", model=Phrase("association.model.negative_binomial"), rows=len(y))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            found = Model(y, X).fit(method="newton", maxiter=_ROUNDS, tol=1e-13, disp=0)
        except (np.linalg.LinAlgError, ValueError):
            raise refused from None
    coef, spread = np.asarray(found.params[:-1]), float(found.params[-1])
    if not (found.mle_retvals["converged"] and spread > 1 / LARGEST_SIZE and np.isfinite(found.llf)):
        raise refused
    mean = np.exp(np.clip(X @ coef, -30, 30))
    root = np.sqrt(mean / (1 + mean * spread))
    return NegativeBinomial(coef, mean, 1 / spread, linear.fit(X * root[:, None], y).bread, float(found.llf))


@dataclass(frozen=True)
class Positive:
    """The part of a hurdle for those who have at least one: a negative binomial without its zero.

    ``coef`` (p,) are log ratios of the mean before zeros are cut off.
    """

    coef: Array
    size: float
    loglik: float
    _X: Array = field(repr=False)
    _y: Array = field(repr=False)
    _units: NDArray[np.intp] = field(repr=False)

    def jackknife(self) -> Array:
        """Covariance of the coefficients (p, p) by leaving out one unit at a time; ``K358`` where the rest has no maximum.

        ``sum_g d_g d_g'`` with ``d_g`` the move of the coefficients without unit g (CR3): refitted up to 50 units, to the
        first step ``(H - H_g)^-1 s_g`` beyond, where one unit weighs little. The size moves along.
        Bell & McCaffrey (2002), Survey Methodology 28, 169-181, section 3.
        """
        at = np.append(self.coef, np.log(self.size))
        n_units, p = int(self._units.max()) + 1, len(self.coef)
        if n_units <= REFITTED:
            kept = [self._units != g for g in range(n_units)]
            moved = np.stack([_newton(self._X[rows], self._y[rows], at) - at for rows in kept])
        else:
            rows, curvature = _derivatives(self._X, self._y, at)
            summed = cluster_sums(curvature.reshape(len(rows), -1), self._units).reshape(-1, p + 1, p + 1)
            scores = cluster_sums(rows, self._units)
            moved = np.linalg.solve(summed.sum(axis=0) - summed, scores[:, :, None])[:, :, 0]
        return moved[:, :p].T @ moved[:, :p]


def positive(X: Array, y: Array, codes: NDArray[np.intp]) -> Positive:
    """The zero-truncated negative binomial of positive counts (n,) in units ``codes`` (n,); ``K358`` without a finite maximum.

    By hand, since statsmodels' truncated model differentiates by differences: the same digits take it a second, and the
    jackknife fits once for every unit. Mullahy (1986), J. Econometrics 33, 341-365; Cameron & Trivedi (2013), Regression
    Analysis of Count Data, 4.3.
    """
    start = np.zeros(X.shape[1] + 1)
    start[0] = np.log(max(y.mean() - 1, 0.1))
    at = _newton(X, y, start)
    return Positive(at[:-1], float(np.exp(at[-1])), float(_truncated(X, y, at).sum()), X, y, by_appearance(codes))


def _newton(X: Array, y: Array, at: Array) -> Array:
    """Coefficients and log size (p + 1,) at the highest likelihood of the truncated counts."""
    for _ in range(_ROUNDS):
        rows, curvature = _derivatives(X, y, at)
        values, vectors = np.linalg.eigh(curvature.sum(axis=0))
        # Away from the maximum the likelihood may bend upwards: such a direction is climbed by its steepness.
        flattest = max(1e-8 * float(np.abs(values).max()), 1e-300)
        step = vectors @ ((vectors.T @ rows.sum(axis=0)) / np.maximum(np.abs(values), flattest))
        step *= min(1.0, 2 / max(float(np.abs(step).max()), 1e-300))
        if np.abs(step).max() < 1e-9 and values[0] > flattest:
            return at
        before = float(_truncated(X, y, at).sum())
        for _ in range(30):  # halved until the likelihood does not fall
            if float(_truncated(X, y, at + step).sum()) >= before - 1e-11 * (1 + abs(before)):
                break
            step = step / 2
        at = at + step
        if not -12 < at[-1] < np.log(LARGEST_SIZE):
            break
    raise StatisticsError("K358", model=Phrase("association.model.hurdle"), rows=len(y))


def _truncated(X: Array, y: Array, at: Array) -> Array:
    """Log density of the negative binomial given at least one (n,); the last parameter is the log of the size."""
    mean, size = np.exp(np.clip(X @ at[:-1], -30, 30)), float(np.exp(at[-1]))
    log_zero, share = -size * np.log1p(mean / size), np.log(mean / (size + mean))
    ways = special.gammaln(y + size) - special.gammaln(size) - special.gammaln(y + 1)
    return np.asarray(ways + log_zero + y * share - np.log(-np.expm1(log_zero)))


def _row_scores(eta: Array, log_size: float, y: Array) -> Array:
    """Rows' derivatives of the truncated log density in the linear predictor and the log size: (n, 2)."""
    mean, size = np.exp(np.clip(eta, -30, 30)), float(np.exp(log_size))
    log_zero = -size * np.log1p(mean / size)
    odds = 1 / np.expm1(-log_zero)
    in_eta = (y - mean) * size / (size + mean) - odds * size * mean / (size + mean)
    in_size = size * (special.psi(y + size) - special.psi(size) + (mean - y) / (size + mean)) + log_zero
    in_size += odds * (log_zero + size * mean / (size + mean))
    return np.column_stack([in_eta, in_size])


def _derivatives(X: Array, y: Array, at: Array) -> tuple[Array, Array]:
    """Rows' scores (n, p + 1) and minus second derivatives (n, p + 1, p + 1), the latter by central differences."""
    eta, log_size, h = X @ at[:-1], float(at[-1]), 1e-5
    scores = _row_scores(eta, log_size, y)
    by_eta = -(_row_scores(eta + h, log_size, y) - _row_scores(eta - h, log_size, y)) / (2 * h)
    by_size = -(_row_scores(eta, log_size + h, y) - _row_scores(eta, log_size - h, y)) / (2 * h)
    wide = np.column_stack([X, np.ones(len(y))])
    bend = np.repeat(by_eta[:, [0]], X.shape[1], axis=1)
    curvature = np.empty((len(y), *wide.shape[1:] * 2))
    curvature[:, :-1, :-1] = bend[:, :, None] * X[:, :, None] * X[:, None, :]
    curvature[:, -1, :-1] = curvature[:, :-1, -1] = X * by_size[:, [0]]
    curvature[:, -1, -1] = by_size[:, 1]
    return np.column_stack([X * scores[:, [0]], scores[:, 1]]), curvature


