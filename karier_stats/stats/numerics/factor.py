"""The one-factor model by maximum likelihood, for one covariance matrix or for many at once.

By hand: a bootstrap fits a thousand matrices in one pass, and statsmodels' ``Factor`` tells neither SRMR nor CFI.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.numerics.estimate import Array

_LEAST = 0.005
"""Smallest unique variance, as a share of the item's variance (as R's factanal sets it)."""


@dataclass(frozen=True)
class OneFactor:
    """A one-factor model: ``loadings`` and ``unique`` variances (k,) on the scale of the covariance matrix.

    ``srmr`` and ``cfi`` are Hu & Bentler's (1999); ``edge``: a unique variance lies at its smallest value (Heywood case).
    """

    loadings: Array
    unique: Array
    converged: bool
    srmr: float
    cfi: float
    edge: bool

    @property
    def omega(self) -> float:
        """Share of the variance of the sum that the factor carries."""
        common = float(self.loadings.sum()) ** 2
        return common / (common + float(self.unique.sum()))


def one_factor(S: Array, n: int) -> OneFactor:
    """Fit ``S = loadings loadings' + diag(unique)`` to a covariance (k, k), positive definite, of ``n`` rows.

    Jöreskog (1967), Psychometrika 32, 443-482; Hu & Bentler (1999), Structural Equation Modeling 6, 1-55 (SRMR, CFI).
    """
    scale = np.sqrt(np.diag(S))
    R = S / np.outer(scale, scale)
    loadings, unique, converged = (part[0] for part in fit_many(R[None]))
    k = len(R)
    implied = np.outer(loadings, loadings) + np.diag(unique)
    log_ratio = np.linalg.slogdet(implied)[1] - np.linalg.slogdet(R)[1]
    discrepancy = float(log_ratio + np.trace(np.linalg.solve(implied, R)) - k)
    lower = np.tril_indices(k)
    srmr = float(np.sqrt(((R - implied)[lower] ** 2).mean()))
    misfit = max((n - 1) * discrepancy - k * (k - 3) / 2, 0.0)
    baseline = max(-(n - 1) * np.linalg.slogdet(R)[1] - k * (k - 1) / 2, misfit)
    cfi = float(1 - misfit / baseline) if baseline > 0 else 1.0
    edge = bool((unique <= _LEAST * 1.001).any())
    return OneFactor(loadings * scale, unique * scale**2, bool(converged), srmr, cfi, edge)


def fit_many(R: Array, rounds: int = 200) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Fit a stack of correlation matrices (B, k, k) by Fisher scoring: loadings and unique (B, k), converged (B,).

    With ``P = Sigma^-1``, ``q = P l`` and ``s = l'q`` the information per row is ``q q' + s P`` for loadings,
    ``P * P / 2`` for unique variances and ``P diag(q)`` across; the gradient is ``D l`` and ``diag(D) / 2`` with
    ``D = P (R - Sigma) P``. Steps are shortened to keep unique variances above their smallest value.
    """
    values, vectors = np.linalg.eigh(R)
    # From the loadings of the first principal component, shrunk a little.
    loadings = np.clip(vectors[:, :, -1] * np.sqrt(values[:, [-1]]) * 0.9, -0.95, 0.95)
    unique = np.clip(1 - loadings**2, 0.05, None)
    converged = np.zeros(len(R), dtype=bool)
    for _ in range(rounds):
        step = _scoring_step(R, loadings, unique)
        k = R.shape[1]
        longest = np.abs(step).max(axis=1, keepdims=True)
        step = step * np.minimum(1.0, 0.3 / np.maximum(longest, 1e-300))
        fresh = np.clip(unique + step[:, k:], _LEAST, None)
        moved = np.maximum(np.abs(step[:, :k]).max(axis=1), np.abs(fresh - unique).max(axis=1))
        loadings, unique, converged = loadings + step[:, :k], fresh, moved < 1e-9
        if converged.all():
            break
    sign = np.where(loadings.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    return loadings * sign, unique, converged


def _scoring_step(R: Array, loadings: Array, unique: Array) -> Array:
    """One step of Fisher scoring for every matrix (B, 2k)."""
    k = R.shape[1]
    implied = loadings[:, :, None] * loadings[:, None, :] + unique[:, :, None] * np.eye(k)
    P = np.linalg.inv(implied)
    q = (P @ loadings[:, :, None])[:, :, 0]
    s = (loadings * q).sum(axis=1)[:, None, None]
    D = P @ (R - implied) @ P
    gradient = np.concatenate([(D @ loadings[:, :, None])[:, :, 0], np.einsum("bii->bi", D) / 2], axis=1)
    information = np.empty((len(R), 2 * k, 2 * k))
    information[:, :k, :k] = q[:, :, None] * q[:, None, :] + s * P
    information[:, :k, k:] = P * q[:, None, :]
    information[:, k:, :k] = np.swapaxes(information[:, :k, k:], 1, 2)
    information[:, k:, k:] = P**2 / 2
    # A loading of exactly zero makes the information singular; a small ridge keeps the step finite.
    information += 1e-10 * np.eye(2 * k)
    return np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
