"""Selection on what was not measured, in proportion to selection on what was (Oster 2019)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from karier_stats.stats.numerics.estimate import NAN
from karier_stats.stats.numerics.robustness import residuals
from karier_stats.stats.numerics.types import Array


@dataclass(frozen=True)
class Selection:
    """A coefficient without and with covariates, and the variances behind it.

    Attributes
    ----------
    short, long : float
        Coefficient of the score without and with the covariates.
    short_r2, long_r2 : float
        Shares of the outcome that the two regressions explain.
    outcome, score, rest : float
        Variance of the outcome, of the score, and of what the covariates leave of the score.
    """

    short: float
    long: float
    short_r2: float
    long_r2: float
    outcome: float
    score: float
    rest: float

    @property
    def _moved(self) -> float:
        """Covariance of the score with what the covariates say of the outcome."""
        return (self.short - self.long) * self.score

    def delta(self, rmax: float, target: float = 0.0) -> float:
        """How strong selection on the unmeasured, over that on the covariates, makes the coefficient ``target``.

        Parameters
        ----------
        rmax : float
            Share of the outcome that score, covariates and the unmeasured would explain together.
        target : float

        Returns
        -------
        float
            NaN where no ratio does it: no covariate goes with both score and outcome, ``rmax`` is too small, or at
            ``target`` the covariates would go with the score in the other direction than they seem to.

        Notes
        -----
        With ``b = long - target``: ``delta = (s_2X / s_2) / (s_1X / s_1)``, ``s_2X = b rest``,
        ``s_2 = (rmax - long_r2) outcome + b^2 rest``, ``s_1X = moved + b (score - rest)`` and
        ``s_1 = (long_r2 - short_r2) outcome + ...``: the exact form, not the approximation.

        References
        ----------
        Oster (2019), J. Business & Economic Statistics 37, 187-204, propositions 2 and 3.
        """
        b, moved, gap = self.long - target, self._moved, self.score - self.rest
        gained = (self.long_r2 - self.short_r2) * self.outcome
        room = (rmax - self.long_r2) * self.outcome
        drift = moved**2 / self.score
        above = b * self.rest * (gained + drift + 2 * b * moved + b**2 * gap)
        below = (room + b**2 * self.rest) * (moved + b * gap)
        scale = abs(room + b**2 * self.rest) * np.sqrt(self.outcome * self.score)
        if room <= 0 or abs(below) <= 1e-12 * scale or not self.keeps_direction(target):
            return NAN
        return above / below

    def coefficients(self, rmax: float, delta: float = 1.0) -> list[tuple[float, bool]]:
        """The coefficients that a ratio of selections leaves, nearest to ``long`` first.

        Returns
        -------
        list of (float, bool)
            Every real root, and whether it keeps to Oster's assumption 3.

        Notes
        -----
        The cubic in ``b`` that :meth:`delta` implies; a quadratic where ``delta`` is one.
        """
        moved, gap, rest = self._moved, self.score - self.rest, self.rest
        gained = (self.long_r2 - self.short_r2) * self.outcome
        room = (rmax - self.long_r2) * self.outcome
        cubic = np.array([
            (delta - 1) * rest * gap, (delta - 2) * rest * moved,
            delta * room * gap - rest * (gained + moved**2 / self.score), delta * room * moved,
        ])
        # Scaled, so that a coefficient that is zero but for rounding is seen to be.
        unit = np.sqrt(self.outcome / self.score)
        scaled = cubic * unit ** np.arange(3, -1, -1)
        cubic = np.where(np.abs(scaled) > 1e-13 * np.abs(scaled).max(initial=0.0), cubic, 0.0)
        roots = np.roots(cubic) if cubic.any() else np.zeros(0)
        real = sorted(roots[np.abs(roots.imag) <= 1e-7 * np.maximum(np.abs(roots), 1e-300)].real, key=abs)
        return [(float(self.long - b), self.keeps_direction(float(self.long - b))) for b in real]

    def keeps_direction(self, target: float) -> bool:
        """Whether at ``target`` the covariates go with the score in the direction that they seem to (assumption 3)."""
        moved = self._moved
        then = moved + (self.long - target) * (self.score - self.rest)
        return then * moved > 1e-9 * moved**2


def selection(x: Array, y: Array, covariates: Array, always: Array) -> Selection:
    """Regressions of ``y`` (n,) on ``x`` (n,) without and with ``covariates`` (n, k), ``always`` (n, q) in both."""
    x, y, W = (residuals(values, always) for values in (x, y, covariates))
    rest, outcome, score = residuals(x, W), float(y @ y), float(x @ x)
    short, long = float(x @ y) / score, float(rest @ y) / float(rest @ rest)
    beside = residuals(y, x[:, None])
    left = residuals(y, np.column_stack([x, W]))
    n = len(y)
    return Selection(
        short, long, 1 - float(beside @ beside) / outcome, 1 - float(left @ left) / outcome,
        outcome / n, score / n, float(rest @ rest) / n,
    )
