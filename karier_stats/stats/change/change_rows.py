"""Rows of one group: mean, median, standardised changes and shares; and what every kind of row shares."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.change import change_notes
from karier_stats.stats.change.pairing import Pairs
from karier_stats.stats.contrast import Line, by_content, wild_note, wild_silent
from karier_stats.stats.numerics import effect_size, paired, resampling, shares
from karier_stats.stats.numerics.class_gain import class_gain, is_resampled, why_missing
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.permutation import sign_flip
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.results import Sheet, base_term
from karier_stats.words import Phrase

Selection = Literal["random", "low_before", "ability", "unknown"]


@dataclass(frozen=True)
class Options:
    """What the caller chose beside the columns."""

    selection: Selection
    smallest_effect: float | None
    level: float
    seed: int
    scale: tuple[float, float] | None = None


def named(base: str, *inside: str) -> str:
    """``did`` and its arm and level as ``did[arm · level]``."""
    named = " · ".join(part for part in inside if part)
    return f"{base}[{named}]" if named else base


def too_few_clusters(clusters: NDArray[Any], sides: int | None) -> Phrase | None:
    """Why a clustered test is refused, or None: below 4 clusters, or 3 on a side of whole clusters."""
    units = len(np.unique(clusters))
    if units >= 4 and (sides is None or sides >= 3):
        return None
    where = "" if sides is None else Phrase("change.note.clusters_side", sides=sides)
    return Phrase("change.note.clusters_refused", units=units, sides=where)


def line(X: Array, y: Array, clusters: NDArray[Any] | None) -> Line:
    """A regression whose clusters, where there are any, are numbered by what they hold."""
    return Line(X, y, None if clusters is None else by_content(X, y, clusters))


def clustered(
    term: str, of: Line, position: int, options: Options, *, sides: int | None = None, n: int | None = None,
    wild: bool = True,
) -> Sheet:
    """One coefficient by CR2 and by the wild bootstrap; only its value where too few clusters carry it.

    Parameters
    ----------
    term : str
    of : Line
        With clusters.
    position : int
        Column of the coefficient.
    options : Options
    sides : int, optional
        Clusters on the smaller side, where whole clusters are in one arm.
    n : int, optional
        People behind it; all of them by default.
    wild : bool
    """
    sheet, units, people = Sheet(), len(np.unique(of.clusters)), len(of.y) if n is None else n  # type: ignore[arg-type]
    refused = too_few_clusters(of.clusters, sides)  # type: ignore[arg-type]
    if refused is not None:
        sheet.note(refused)
        sheet.add(term, "cr2", Estimate(float(of.fitted.coef[position])), people, units)
        return sheet
    found = of.contrast(position)
    sheet.add(term, "cr2", found, people, units)
    if not found.tested and np.ptp(of.y) > 0:
        sheet.note(Phrase("change.note.no_cr2", term=term))
    if wild and found.tested:
        again, boot = of.wild(position, options.seed)
        sheet.add(term, "wild", again, people, units)
        sheet.note(wild_note(base_term(term)[0], boot))
        if not math.isfinite(again.interval(options.level)[0]):
            sheet.note(wild_silent(boot))
    return sheet


def one_group(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Mean, median, standardised changes, and shares of one group."""
    sheet, change, term = Sheet(), pairs.change, named("mean_change", suffix)
    n = len(change)
    sheet.add(term, "paired_t", paired.mean_change(change, options.level), n)
    if pairs.cluster is not None:
        sheet.take(clustered(term, line(np.ones((n, 1)), change, pairs.cluster), 0, options, wild=not suffix))
    elif n <= paired.EXACT_TO and not suffix and pairs.kind == "score":
        # Needs no normal distribution, and gives no interval.
        flipped = sign_flip(change, np.random.default_rng(options.seed))
        sheet.add(term, "sign_flip", Estimate(flipped.estimate, p=flipped.p), n)
    if pairs.kind == "pass_fail":
        exact, mid = paired.mcnemar(pairs.before, pairs.after)
        share = paired.paired_proportions(pairs.before, pairs.after, options.level)
        sheet.add(term, "mcnemar", replace(share, p=exact), n)
        sheet.note(Phrase("change.note.pass_fail", mid=mid))
    else:
        sheet.take(_ranked(change, options.level, suffix), _sizes(pairs, options, suffix))
    sheet.rows += moved(pairs, change, options, suffix).rows
    if pairs.cluster is not None and not suffix:
        wild = any(row.method == "wild" for row in sheet.rows)
        sheet.note(Phrase(f"change.note.cr2_{'and_wild' if wild else 'alone'}"))
    if np.ptp(change) == 0:
        sheet.note(Phrase("change.note.no_spread"))
    return sheet


def _ranked(change: Array, level: float, suffix: str) -> Sheet:
    """Hodges-Lehmann with Wilcoxon's test, and the rank-biserial correlation."""
    sheet, n, zeros = Sheet(), len(change), int((change == 0).sum())
    test = paired.signed_rank(change)
    median = replace(paired.hodges_lehmann(change, level), statistic=test.statistic, p=test.p)
    sheet.add(named("median_change", suffix), "wilcoxon", median, n)
    sheet.add(named("rank_biserial", suffix), "wilcoxon", paired.rank_biserial(change, level), n - zeros)
    if zeros == n:
        sheet.note(Phrase("change.note.zeros_all"))
    elif zeros and not suffix:
        sheet.note(change_notes.zeros_note(change, test, zeros))
    if not math.isfinite(median.interval(level)[0]):
        sheet.note(Phrase("change.note.no_median", n=n, level=level))
    return sheet


def _sizes(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """d_av, d_z and d_rm, and the class gain; BCa intervals where many differences are skewed."""
    sheet, change, level = Sheet(), pairs.change, options.level
    m, skew = effect_size.moments(pairs.before, pairs.after, change), effect_size.skewness(change)
    resampled = len(change) >= effect_size.BCA_FROM and abs(skew) > effect_size.SKEWED
    draw = cache(lambda: resampling.resample(pairs.before, pairs.after, np.random.default_rng(options.seed)))
    sheet.note(*change_notes.size_notes(m, skew, resampled))
    for name, (method, formula) in effect_size.FORMULAS.items():
        found = formula(m, level)
        low, high = resampling.bca(draw(), effect_size.VALUES[name], level) if resampled else (NAN, NAN)
        drawn = math.isfinite(low)
        shown = between(found.value, low, high) if drawn else found
        sheet.add(named(name, suffix), "bca" if drawn else method, shown, len(change))
    if math.isnan(sheet.rows[-1].estimate.value) and np.ptp(change) > 0:
        sheet.note(Phrase("change.note.no_d_rm"))
    if options.scale is not None and pairs.kind == "score":
        many = is_resampled(pairs.before, options.scale[1])
        sheet.take(gain(pairs, options, named("class_gain", suffix), draw() if many else None))
    return sheet


def gain(pairs: Pairs, options: Options, term: str, resamples: resampling.Resamples | None = None) -> Sheet:
    """Hake's gain of averages, and why the mean of individual gains is not given."""
    assert options.scale is not None
    sheet, top, level = Sheet(), options.scale[1], options.level
    found = class_gain(pairs.before, pairs.after, top, level, options.seed, resamples)
    method = "bca" if is_resampled(pairs.before, top) else "fieller"
    sheet.add(term, method, found, len(pairs.before))
    sheet.note(Phrase("change.note.gain_trap"), why_missing(pairs.before, pairs.after, top, level))
    return sheet


def moved(pairs: Pairs, change: Array, options: Options, suffix: str) -> Sheet:
    """Shares who improved, stayed and declined; of ordered levels in clusters by CR2 too."""
    sheet, n = Sheet(), len(change)
    counts = {"improved": change > 0, "unchanged": change == 0, "declined": change < 0}
    for name, mask in counts.items():
        sheet.add(named(name, suffix), "wilson", shares.share(int(mask.sum()), n, options.level), n)
    if pairs.cluster is not None and pairs.kind == "ordinal":
        for name, mask in counts.items():
            share = line(np.ones((n, 1)), mask.astype(float), pairs.cluster)
            sheet.take(clustered(named(name, suffix), share, 0, options, wild=False))
    return sheet
