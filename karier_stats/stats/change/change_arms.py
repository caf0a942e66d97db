"""Rows of a comparison of arms: the change in each, difference in differences, ANCOVA."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.change_rows import Options, Row, clustered_rows, fits_exactly, gain_row, make_row, named
from karier_stats.stats.change.pairing import Pairs
from karier_stats.stats.numerics import linear, paired
from karier_stats.stats.numerics.estimate import NAN, Estimate, between, of_t
from karier_stats.stats.numerics.permutation import office_permutation
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from karier_stats.words.numbers import Text

    Floats = NDArray[np.float64]

FEW_CLUSTERS = 40
"""Below so many clusters the arms are also dealt out anew among them."""


def arm_rows(pairs: Pairs, options: Options, suffix: str) -> tuple[list[Row], list[Text]]:
    """Change in every arm, difference in differences, ANCOVA."""
    assert pairs.arm is not None
    level = options.level
    notes: list[Text] = []
    change = paired.differences(pairs.before, pairs.after)
    of_arm = {arm: change[pairs.arm == arm] for arm in pairs.arms}
    rows = [
        make_row(named("mean_change", arm, suffix), "paired_t", paired.mean_change(d, level), level, len(d))
        for arm, d in of_arm.items()
    ]
    if options.scale is not None and pairs.kind == "score":
        rows += [
            gain_row(pairs.only(pairs.arm == arm), options, named("class_gain", arm, suffix), notes)
            for arm in pairs.arms
        ]
    control = of_arm[pairs.arms[0]]
    for arm in pairs.arms[1:]:
        n = len(of_arm[arm]) + len(control)
        found = paired.welch(of_arm[arm], control, level)
        rows.append(make_row(named("did", arm, suffix), "welch", found, level, n))
    dummies = arm_columns(pairs)
    rows += _regression_rows("did", dummies, change, pairs, options, suffix, notes)
    if pairs.cluster is not None and not suffix:
        rows += _permutation_rows(change, pairs, options, notes)
    rows += _ancova_rows(pairs, options, suffix, notes)
    if any(np.ptp(d) == 0 for d in of_arm.values()):
        notes.append(Phrase("change.note.no_spread_in_arm"))
    return rows, notes


def _permutation_rows(change: Floats, pairs: Pairs, options: Options, notes: list[Text]) -> list[Row]:
    """Few whole clusters in one arm each: the difference of cluster means with the arms dealt out anew."""
    arms, clusters, rows = pairs.arm, pairs.cluster, []
    assert arms is not None and clusters is not None
    for arm in pairs.arms[1:]:
        part = np.isin(arms, [arm, pairs.arms[0]])
        sides = fewest_units(arms, clusters, arm, pairs.arms[0])
        if sides is None or len(np.unique(clusters[part])) >= FEW_CLUSTERS:
            continue
        rng = np.random.default_rng(options.seed)
        found = office_permutation(change[part], arms[part] == arm, clusters[part], rng, level=options.level)
        told = found.why_refused() or Phrase("change.note.permutation", used=found.used, total=found.arrangements)
        notes += [told] if told not in notes else []
        if not found.refused:
            shown = between(found.estimate, found.low, found.high, p=found.p)
            rows.append(make_row(
                named("did", arm), "permutation", shown, options.level, int(part.sum()), found.offices
            ))
    return rows


def arm_columns(pairs: Pairs) -> Floats:
    """The constant and a column of zeros and ones for every arm but the comparison arm, shape (n, arms)."""
    return np.column_stack([np.ones(len(pairs.before)), *(pairs.arm == arm for arm in pairs.arms[1:])])


def ancova_design(pairs: Pairs) -> tuple[Floats, tuple[str, ...], NDArray[np.bool_]]:
    """Regressors of the score after, shape (m, p), their names, and which of the n pairs have every covariate."""
    known = ~pairs.gap
    centred, kept = pairs.before - pairs.before.mean(), pairs.columns_among(known)
    X = np.column_stack([arm_columns(pairs), centred, pairs.covariates[:, kept]])[known]
    return X, ("1", *pairs.arms[1:], "before", *(pairs.names[i] for i in kept)), known


def _ancova_rows(pairs: Pairs, options: Options, suffix: str, notes: list[Text]) -> list[Row]:
    """Least squares of the score after on arms, score before and covariates; missing where it cannot be fitted."""
    X, names, known = ancova_design(pairs)
    if not known.all():
        missing = int((~known).sum())
        notes.append(Phrase("change.note.ancova_gaps", n=missing))
    try:
        return _regression_rows("ancova", X, pairs.after[known], pairs, options, suffix, notes, known)
    except StatisticsError as error:
        which = [names[int(c)] for c in str(error.values.get("columns", "")).split(", ") if c]
        notes.append(Phrase(f"change.note.ancova_{'collinear' if which else 'few'}", columns=", ".join(which)))
        n = int(known.sum())
        return [make_row(named("ancova", arm, suffix), "ols", Estimate(NAN), options.level, n) for arm in pairs.arms[1:]]


def _regression_rows(
    base: str, X: Floats, y: Floats, pairs: Pairs, options: Options, suffix: str,
    notes: list[Text], known: NDArray[np.bool_] | None = None,
) -> list[Row]:
    """Each arm's coefficient by least squares and, with clusters, by CR2."""
    fitted = linear.fit(X, y)
    exact = fits_exactly(fitted.residuals, y)
    errors = np.zeros(X.shape[1]) if exact else np.sqrt(np.diag(fitted.covariance))
    part = pairs if known is None else pairs.only(known)
    arms, clusters = part.arm, part.cluster
    assert arms is not None
    rows = []
    for k, arm in enumerate(pairs.arms[1:], start=1):
        n = int(np.isin(arms, [arm, pairs.arms[0]]).sum())
        found = of_t(float(fitted.coef[k]), float(errors[k]), fitted.dof, options.level)
        rows.append(make_row(named(base, arm, suffix), "ols", found, options.level, n))
        if clusters is not None and not exact:
            sides = fewest_units(arms, clusters, arm, pairs.arms[0])
            rows += clustered_rows(
                named(base, arm, suffix), X, y, k, clusters, options, notes, sides, n, wild=not suffix
            )
    return rows


def fewest_units(arms: NDArray[Any], clusters: NDArray[Any], arm: str, control: str) -> int | None:
    """Clusters on the smaller side where whole clusters are in one arm; None where clusters hold both."""
    treated, other = set(clusters[arms == arm]), set(clusters[arms == control])
    return None if treated & other else min(len(treated), len(other))


