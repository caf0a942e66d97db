"""How strong an unmeasured confounder must be to undo a regression coefficient or a risk ratio; statsmodels has none of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.estimate import NAN, Array, t_quantile


@dataclass(frozen=True)
class Confounder:
    """What an unmeasured variable Z would explain: its partial R2 with the score D, given the covariates X, and with the outcome,
    given D and X.
    """

    score: float
    outcome: float


@dataclass(frozen=True)
class Coefficient:
    """One least-squares coefficient, with its error under equal variances and residual ``dof``, and what its interval rests on.

    ``ratio`` is the standard error that the result reports over ``std_error``, which a confounder is taken to leave as it
    is, NaN where it reports none; ``test_dof`` the degrees of freedom of the reported test where they are not ``dof``.
    """

    estimate: float
    std_error: float
    dof: float
    ratio: float = 1.0
    test_dof: float | None = None

    @property
    def strength(self) -> float:
        """Partial Cohen's f of the score with the outcome: ``|t| / sqrt(dof)``."""
        return abs(self.estimate) / self.std_error / math.sqrt(self.dof)

    @property
    def partial_r2(self) -> float:
        """What a confounder that explains all the rest of the outcome must explain of the score: f2 / (1 + f2)."""
        return self.strength**2 / (1 + self.strength**2)

    def critical(self, level: float) -> float:
        """The partial f that a test at ``level`` asks for once a confounder has taken a degree of freedom."""
        dof = self.dof - 1 if self.test_dof is None else self.test_dof
        return self.ratio * t_quantile(0.5 + level / 2, dof) / math.sqrt(self.dof - 1)

    def adjusted(self, confounder: Confounder) -> Coefficient:
        """The coefficient beside a confounder that pulls it towards zero and beyond.

        ``|bias| = se sqrt(dof) sqrt(R2_YZ R2_DZ / (1 - R2_DZ))`` and ``se sqrt((1 - R2_YZ) / (1 - R2_DZ)) sqrt(dof / (dof - 1))``
        (Cinelli & Hazlett 2020, J. Royal Statistical Society B 82, 39-67, eq. 7, 11 and 12).
        """
        d, y = confounder.score, confounder.outcome
        bias = self.std_error * math.sqrt(self.dof * y * d / (1 - d))
        error = self.std_error * math.sqrt((1 - y) / (1 - d) * self.dof / (self.dof - 1))
        estimate = math.copysign(1.0, self.estimate) * (abs(self.estimate) - bias)
        return Coefficient(estimate, error, self.dof - 1, self.ratio, self.test_dof)


def coefficient(
    X: Array, y: Array, position: int, dof: float, std_error: float | None = None, test_dof: float | None = None
) -> Coefficient:
    """The coefficient of column ``position`` of ``X`` (n, p), with the reported error where it is another one."""
    fitted = linear.fit(X, y)
    classical = math.sqrt(float(fitted.residuals @ fitted.residuals) / dof * fitted.bread[position, position])
    ratio = 1.0 if std_error is None or classical == 0 else std_error / classical
    return Coefficient(float(fitted.coef[position]), classical, dof, ratio, test_dof)


def robustness_value(strength: float, critical: float = 0.0) -> float:
    """The share (0 to 1) that a confounder must explain of score and outcome alike to undo a coefficient; NaN without a test.

    ``strength`` is the partial f of the score with the outcome, ``critical`` that which a test asks for, 0 for the estimate itself.

    The smallest r such that some confounder with both partial R2 at most r does it. With ``f = strength - critical`` it is
    ``(sqrt(f^4 + 4 f^2) - f^2) / 2``; where ``strength critical > 1`` (few degrees of freedom) a confounder that explains less of
    the outcome than of the score is the worst one, and it is ``(strength^2 - critical^2) / (1 + strength^2)``. Cinelli and Hazlett
    (2020), J. Royal Statistical Society B 82, 39-67, eq. 18-20; Cinelli and Hazlett (2025), Biometrika 112, asaf004 (the second
    case).

    >>> f = 4.18 / 783**0.5
    >>> round(robustness_value(f), 3), round(robustness_value(f, 1.963 / 782**0.5), 3)
    (0.139, 0.076)
    """
    if math.isnan(critical):
        return NAN
    if strength <= critical:
        return 0.0
    if strength * critical > 1:
        return (strength**2 - critical**2) / (1 + strength**2)
    f2 = (strength - critical) ** 2
    # The usual form of the root loses its digits where f is large.
    return 2 / (1 + math.sqrt(1 + 4 / f2))


def outcome_needed(strength: float, critical: float, score: Array) -> Array:
    """Partial R2 with the outcome (m,) that a confounder must have, for each ``score`` (m,), its partial R2 with the score.

    NaN where not even all of the rest would do; ``strength`` and ``critical`` as in :func:`robustness_value`.
    """
    a, b = strength * np.sqrt(1 - score), np.sqrt(score)
    discriminant = b**2 + critical**2 - a**2
    root = (a * b - critical * np.sqrt(np.maximum(discriminant, 0))) / (b**2 + critical**2)
    found = np.where(a <= critical, 0.0, root)
    return np.where((found <= 1) & ((discriminant >= 0) | (a <= critical)), found**2, NAN)


def as_strong_as(X: Array, y: Array, position: int, columns: Sequence[int], times: float) -> Confounder | None:
    """A confounder ``times`` as strong as some ``columns`` of ``X`` (n, p), given the others; None where none can be.

    With ``d`` and ``y`` the partial R2 of the covariates with the score (column ``position``) and the outcome: ``R2_DZ = k d / (1 -
    d)``; ``eta = k d^2 / ((1 - k d)(1 - d))``; ``R2_YZ = (sqrt(k) + sqrt(eta))^2 / (1 - eta) y / (1 - y)``, at most 1. Cinelli and
    Hazlett (2020), J. Royal Statistical Society B 82, 39-67, section 4.4 and eq. 52-54.
    """
    rest = np.delete(X, [position, *columns], axis=1)
    d = _partial_r2(X[:, position], rest, X[:, columns])
    share = _partial_r2(y, np.column_stack([rest, X[:, position]]), X[:, columns])
    score = times * d / (1 - d) if d < 1 else math.inf
    if not score < 1 or share >= 1:
        return None
    eta = times * d**2 / ((1 - times * d) * (1 - d))
    if not 0 <= eta < 1:
        return None
    outcome = (math.sqrt(times) + math.sqrt(eta)) ** 2 / (1 - eta) * share / (1 - share)
    return Confounder(score, min(outcome, 1.0))


def _partial_r2(y: Array, given: Array, columns: Array) -> float:
    """Share of what ``given`` leaves of ``y`` that the columns explain."""
    left = residuals(y, given)
    more = residuals(y, np.column_stack([given, columns]))
    total = float(left @ left)
    return 1 - float(more @ more) / total if total > 0 else 0.0


def residuals(y: Array, X: Array) -> Array:
    """What the columns of ``X`` (n, q) leave of ``y`` (n,) or of its columns; all of it where there are none."""
    return y - X @ np.linalg.lstsq(X, y, rcond=None)[0] if X.shape[1] else y


def e_value(ratio: float) -> float:
    """The E-value of a risk ratio: the risk ratios that a confounder must have with both to explain it away.

    ``RR + sqrt(RR (RR - 1))``, of ``1 / RR`` below one (VanderWeele & Ding 2017, Annals of Internal Medicine 167, 268-274).

    >>> round(e_value(3.9), 2), e_value(1.0)
    (7.26, 1.0)
    """
    above = ratio if ratio >= 1 else 1 / ratio
    return above + math.sqrt(above * (above - 1))


def nearer_one(low: float, high: float) -> float:
    """The limit of a ratio's interval that is nearer to one; one where the interval holds it."""
    return 1.0 if low <= 1 <= high else low if low > 1 else high


@dataclass(frozen=True)
class Selection:
    """Coefficients of the score without and with covariates (``short``, ``long``), the shares of the outcome explained, and the
    variances of the outcome, of the score, and of what the covariates leave of the score (``rest``).
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

        ``rmax`` is the share of the outcome that score, covariates and the unmeasured would explain together. NaN where no ratio
        does it: no covariate goes with both score and outcome, ``rmax`` is too small, or at ``target`` the covariates would go with
        the score in the other direction than they seem to.

        With ``b = long - target``: ``delta = (s_2X / s_2) / (s_1X / s_1)``, ``s_2X = b rest``, ``s_2 = (rmax - long_r2) outcome +
        b^2 rest``, ``s_1X = moved + b (score - rest)`` and ``s_1 = (long_r2 - short_r2) outcome + ...``: the exact form, not the
        approximation. Oster (2019), J. Business & Economic Statistics 37, 187-204, propositions 2 and 3.
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
        """Every coefficient that a ratio of selections leaves, nearest to ``long`` first, and whether it keeps assumption 3.

        The real roots of the cubic in ``b`` that :meth:`delta` implies; a quadratic where ``delta`` is one.
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
