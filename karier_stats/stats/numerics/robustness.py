"""How strong an unmeasured confounder must be to undo a regression coefficient or a risk ratio; statsmodels has none of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.estimate import NAN, t_quantile
from karier_stats.stats.numerics.types import Array


@dataclass(frozen=True)
class Confounder:
    """What an unmeasured variable Z would explain.

    Attributes
    ----------
    score : float
        Partial R2 of Z with the score D, given the covariates X.
    outcome : float
        Partial R2 of Z with the outcome Y, given D and X.
    """

    score: float
    outcome: float


@dataclass(frozen=True)
class Coefficient:
    """One least-squares coefficient and what its interval rests on.

    Attributes
    ----------
    estimate : float
    std_error : float
        Under equal error variances.
    dof : float
        Residual degrees of freedom.
    ratio : float
        The standard error that the result reports over ``std_error``, which a confounder is taken to leave as it is;
        NaN where the result reports none.
    test_dof : float or None
        Degrees of freedom of the reported test; None where they are ``dof``.
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

        Notes
        -----
        ``|bias| = se sqrt(dof) sqrt(R2_YZ R2_DZ / (1 - R2_DZ))`` and
        ``se sqrt((1 - R2_YZ) / (1 - R2_DZ)) sqrt(dof / (dof - 1))``.

        References
        ----------
        Cinelli and Hazlett (2020), J. Royal Statistical Society B 82, 39-67, eq. 7, 11 and 12.
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
    """The share that a confounder must explain of score and outcome alike to undo a coefficient.

    Parameters
    ----------
    strength : float
        Partial f of the score with the outcome.
    critical : float
        Partial f that a test asks for; 0 brings the estimate itself to zero.

    Returns
    -------
    float
        Between 0 (nothing to undo) and 1; NaN where ``critical`` is NaN.

    Notes
    -----
    The smallest r such that some confounder with both partial R2 at most r does it. With ``f = strength - critical``
    it is ``(sqrt(f^4 + 4 f^2) - f^2) / 2``; where ``strength critical > 1`` (few degrees of freedom) a confounder
    that explains less of the outcome than of the score is the worst one, and it is
    ``(strength^2 - critical^2) / (1 + strength^2)``.

    References
    ----------
    Cinelli and Hazlett (2020), J. Royal Statistical Society B 82, 39-67, eq. 18-20; Cinelli and Hazlett (2025),
    Biometrika 112, asaf004 (the second case).

    Examples
    --------
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
    """What a confounder must explain of the outcome, for each share that it explains of the score.

    Parameters
    ----------
    strength, critical : float
        As in :func:`robustness_value`.
    score : array (m,)
        Partial R2 with the score, between 0 and 1.

    Returns
    -------
    array (m,)
        Partial R2 with the outcome; NaN where not even all of the rest would do.
    """
    a, b = strength * np.sqrt(1 - score), np.sqrt(score)
    discriminant = b**2 + critical**2 - a**2
    root = (a * b - critical * np.sqrt(np.maximum(discriminant, 0))) / (b**2 + critical**2)
    found = np.where(a <= critical, 0.0, root)
    return np.where((found <= 1) & ((discriminant >= 0) | (a <= critical)), found**2, NAN)


def as_strong_as(X: Array, y: Array, position: int, columns: Sequence[int], times: float) -> Confounder | None:
    """A confounder ``times`` as strong as covariates of ``X`` (n, p), given the other ones.

    Parameters
    ----------
    X, y : array (n, p), (n,)
    position : int
        Column of the score.
    columns : sequence of int
        Columns of the covariate: one, or all those of a category.
    times : float

    Returns
    -------
    Confounder or None
        None where no confounder can be that strong.

    Notes
    -----
    With ``d`` and ``y`` the partial R2 of the covariates with score and outcome:
    ``R2_DZ = k d / (1 - d)``; ``eta = k d^2 / ((1 - k d)(1 - d))``;
    ``R2_YZ = (sqrt(k) + sqrt(eta))^2 / (1 - eta) y / (1 - y)``, at most 1.

    References
    ----------
    Cinelli and Hazlett (2020), J. Royal Statistical Society B 82, 39-67, section 4.4 and eq. 52-54.
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

    Notes
    -----
    ``RR + sqrt(RR (RR - 1))``, of ``1 / RR`` below one.

    References
    ----------
    VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> round(e_value(3.9), 2), e_value(1.0)
    (7.26, 1.0)
    """
    above = ratio if ratio >= 1 else 1 / ratio
    return above + math.sqrt(above * (above - 1))


def nearer_one(low: float, high: float) -> float:
    """The limit of a ratio's interval that is nearer to one; one where the interval holds it."""
    return 1.0 if low <= 1 <= high else low if low > 1 else high
