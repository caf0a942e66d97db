"""Rows of a comparison of arms: the change in each, difference in differences, ANCOVA."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.change_rows import Options, clustered, gain, line, named
from karier_stats.stats.change.pairing import Pairs
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.permutation import office_permutation
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.results import Sheet
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.stats.contrast import Line


FEW_CLUSTERS = 40
"""Below so many clusters the arms are also dealt out anew among them."""


def arms(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Change in every arm, difference in differences, ANCOVA."""
    sheet, change, level = Sheet(), pairs.change, options.level
    of_arm = {arm: change[pairs.arm == arm] for arm in pairs.arms}
    for arm, own in of_arm.items():
        sheet.add(named("mean_change", arm, suffix), "paired_t", paired.mean_change(own, level), len(own))
    if options.scale is not None and pairs.kind == "score":
        sheet.take(*(
            gain(pairs.only(pairs.arm == arm), options, named("class_gain", arm, suffix))  # type: ignore[arg-type]
            for arm in pairs.arms
        ))
    control = of_arm[pairs.arms[0]]
    for arm in pairs.arms[1:]:
        found = paired.welch(of_arm[arm], control, level)
        sheet.add(named("did", arm, suffix), "welch", found, len(of_arm[arm]) + len(control))
    sheet.take(_coefficients("did", line(arm_columns(pairs), change, pairs.cluster), pairs, options, suffix))
    if pairs.cluster is not None and not suffix:
        sheet.take(*(_permuted(arm, change, pairs, options) for arm in pairs.arms[1:]))
    sheet.take(_ancova(pairs, options, suffix))
    if any(np.ptp(own) == 0 for own in of_arm.values()):
        sheet.note(Phrase("change.note.no_spread_in_arm"))
    return sheet


def _permuted(arm: str, change: Array, pairs: Pairs, options: Options) -> Sheet:
    """Few whole clusters in one arm each: the difference of cluster means with the arms dealt out anew."""
    sheet, part = Sheet(), pairs.beside(arm)
    assert pairs.arm is not None and pairs.cluster is not None
    units = pairs.cluster[part]
    if pairs.fewest_units(arm) is None or len(np.unique(units)) >= FEW_CLUSTERS:
        return sheet
    rng = np.random.default_rng(options.seed)
    found = office_permutation(change[part], pairs.arm[part] == arm, units, rng, level=options.level)
    sheet.note(
        found.why_refused() or Phrase("change.note.permutation", used=found.used, total=found.arrangements)
    )
    if not found.refused:
        shown = between(found.estimate, found.low, found.high, p=found.p)
        sheet.add(named("did", arm), "permutation", shown, int(part.sum()), found.offices)
    return sheet


def arm_columns(pairs: Pairs) -> Array:
    """The constant and a column of zeros and ones for every arm but the comparison arm, shape (n, arms)."""
    return np.column_stack([np.ones(len(pairs.before)), *(pairs.arm == arm for arm in pairs.arms[1:])])


def ancova_design(pairs: Pairs) -> tuple[Array, tuple[str, ...], NDArray[np.bool_]]:
    """Regressors of the score after, shape (m, p), their names, and which of the n pairs have every covariate."""
    known = ~pairs.gap
    centred, kept = pairs.before - pairs.before.mean(), pairs.columns_among(known)
    X = np.column_stack([arm_columns(pairs), centred, pairs.covariates[:, kept]])[known]
    return X, ("1", *pairs.arms[1:], "before", *(pairs.names[i] for i in kept)), known


def _ancova(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Least squares of the score after on arms, score before and covariates; missing where it cannot be fitted."""
    (X, names, known), sheet = ancova_design(pairs), Sheet()
    if not known.all():
        sheet.note(Phrase("change.note.ancova_gaps", n=int((~known).sum())))
    part = pairs.only(known)
    try:
        return sheet.take(_coefficients("ancova", line(X, part.after, part.cluster), part, options, suffix))
    except StatisticsError as error:
        which = [names[int(c)] for c in str(error.values.get("columns", "")).split(", ") if c]
        sheet.note(Phrase(f"change.note.ancova_{'collinear' if which else 'few'}", columns=", ".join(which)))
        for arm in pairs.arms[1:]:
            sheet.add(named("ancova", arm, suffix), "ols", Estimate(NAN), len(part.before))
        return sheet


def _coefficients(base: str, of: Line, pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Each arm's coefficient by least squares and, with clusters, by CR2."""
    sheet = Sheet()
    for k, arm in enumerate(pairs.arms[1:], start=1):
        n, term = int(pairs.beside(arm).sum()), named(base, arm, suffix)
        sheet.add(term, "ols", of.contrast(k, "ols"), n)
        if of.clusters is not None and not of.exact:
            sides = pairs.fewest_units(arm)
            sheet.take(clustered(term, of, k, options, sides=sides, n=n, wild=not suffix))
    return sheet
