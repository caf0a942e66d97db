"""Rows of one group: mean, median, standardised changes and shares; and what every kind of row shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from karier_stats.stats.association import caveats
from karier_stats.stats.change import change_notes
from karier_stats.stats.change.pairing import Pairs
from karier_stats.stats.contrast import Line, by_content, contrast
from karier_stats.stats.numerics import effect_size, linear, paired, resampling, shares
from karier_stats.stats.numerics.class_gain import class_gain, is_resampled, why_missing
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.permutation import sign_flip
from karier_stats.stats.results import base_term
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from karier_stats.words.numbers import Text

    Floats = NDArray[np.float64]

Selection = Literal["random", "low_before", "ability", "unknown"]
Row = dict[str, Any]


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


def make_row(term: str, method: str, found: Estimate, level: float, n: int, n_units: int | None = None) -> Row:
    """One row of the contract's table."""
    return {
        "term": term, "method": method, "estimate": found.estimate, "std_error": found.std_error,
        "ci_low": found.low, "ci_high": found.high,
        "ci_level": level if math.isfinite(found.low) else None,
        "statistic": found.statistic, "dof": found.dof, "p_value": found.p, "n": n, "n_units": n_units,
    }


def find_row(rows: list[Row], term: str, methods: Sequence[str]) -> Row | None:
    """The first row of a term by preference of method."""
    for method in methods:
        for row in rows:
            if row["term"] == term and row["method"] == method:
                return row
    return None


def fits_exactly(residuals: Floats, y: Floats) -> bool:
    """True where nothing is left over: rounding leaves residuals of a perfect fit a little above zero."""
    return bool(np.abs(residuals).max(initial=0.0) <= 1e-12 * max(np.abs(y).max(initial=0.0), 1e-300))


def too_few_clusters(clusters: NDArray[Any], sides: int | None) -> Text | None:
    """Why a clustered test is refused, or None: below 4 clusters, or 3 on a side of whole clusters."""
    units = len(np.unique(clusters))
    if units >= 4 and (sides is None or sides >= 3):
        return None
    where = "" if sides is None else Phrase("change.note.clusters_side", sides=sides)
    return Phrase("change.note.clusters_refused", units=units, sides=where)


def cr2_estimate(X: Floats, y: Floats, position: int, clusters: NDArray[Any], level: float) -> Estimate:
    """One coefficient with CR2 and Satterthwaite; only the estimate where nothing, or one cluster alone, carries it,
    or where a side has no spread."""
    return contrast(X, y, position, clusters).at(level)


def clustered_rows(
    term: str, X: Floats, y: Floats, position: int, clusters: NDArray[Any], options: Options, notes: list[Text],
    sides: int | None = None, n: int | None = None, wild: bool = True,
) -> list[Row]:
    """One coefficient by CR2 and by the wild bootstrap; only the estimate where too few clusters carry it."""
    units, level, people = len(np.unique(clusters)), options.level, len(y) if n is None else n
    refused = too_few_clusters(clusters, sides)
    if refused is not None:
        if refused not in notes:
            notes.append(refused)
        bare = Estimate(float(linear.fit(X, y).coef[position]))
        return [make_row(term, "cr2", bare, level, people, units)]
    found = cr2_estimate(X, y, position, clusters, level)
    rows = [make_row(term, "cr2", found, level, people, units)]
    if math.isnan(found.std_error) and np.ptp(y) > 0:
        notes.append(Phrase("change.note.no_cr2", term=term))
    if wild and math.isfinite(found.std_error):
        boot, more = _wild(term, X, y, position, clusters, options)
        rows.append(make_row(term, "wild", boot, level, people, units))
        notes += [note for note in more if note not in notes]
    return rows


def _wild(
    term: str, X: Floats, y: Floats, position: int, clusters: NDArray[Any], options: Options
) -> tuple[Estimate, list[Text]]:
    """The restricted wild cluster bootstrap of one coefficient and what it rests on."""
    found, boot = Line(X, y, by_content(X, y, clusters)).wild(position, options.seed)
    found = found.at(options.level)
    notes = [caveats.wild(boot, base_term(term)[0])]
    if not math.isfinite(found.low):
        notes.append(caveats.wild_silent(boot.smallest_p))
    return found, notes


def one_group_rows(pairs: Pairs, options: Options, suffix: str) -> tuple[list[Row], list[Text]]:
    """Mean, median, standardised changes, and shares of one group."""
    level, n = options.level, len(pairs.before)
    change = paired.differences(pairs.before, pairs.after)
    rows = [make_row(named("mean_change", suffix), "paired_t", paired.mean_change(change, level), level, n)]
    notes: list[Text] = []
    if pairs.cluster is None and n <= paired.EXACT_TO and not suffix and pairs.kind == "score":
        rows.append(_sign_flip_row(change, options))
    if pairs.cluster is not None:
        rows += clustered_rows(
            named("mean_change", suffix), np.ones((n, 1)), change, 0, pairs.cluster, options, notes, wild=not suffix
        )
    if pairs.kind == "pass_fail":
        found, more = _pass_fail(pairs, level)
        rows.append(make_row(named("mean_change", suffix), "mcnemar", found, level, n))
        notes += more
    else:
        ranked, more = _rank_rows(change, level, suffix)
        sized, others = _size_rows(pairs, change, options, suffix)
        rows += ranked + sized
        notes += more + others
    rows += share_rows(pairs, change, options, suffix)
    if pairs.cluster is not None and not suffix:
        wild = any(row["method"] == "wild" for row in rows)
        notes.append(Phrase(f"change.note.cr2_{'and_wild' if wild else 'alone'}"))
    if np.ptp(change) == 0:
        notes.append(Phrase("change.note.no_spread"))
    return rows, notes


def _sign_flip_row(change: Floats, options: Options) -> Row:
    """The mean change with the test that flips signs, which needs no normal distribution; it gives no interval."""
    found = sign_flip(change, np.random.default_rng(options.seed))
    return make_row(
        "mean_change", "sign_flip", Estimate(found.estimate, p=found.p), options.level, len(change)
    )


def _rank_rows(change: Floats, level: float, suffix: str) -> tuple[list[Row], list[Text]]:
    """Hodges-Lehmann with Wilcoxon's test, and the rank-biserial correlation."""
    n, zeros = len(change), int((change == 0).sum())
    test = paired.signed_rank(change)
    median = replace(paired.hodges_lehmann(change, level), statistic=test.statistic, p=test.p)
    rows = [
        make_row(named("median_change", suffix), "wilcoxon", median, level, n),
        make_row(named("rank_biserial", suffix), "wilcoxon", paired.rank_biserial(change, level), level, n - zeros),
    ]
    notes: list[Text] = []
    if zeros == n:
        notes.append(Phrase("change.note.zeros_all"))
    elif zeros and not suffix:
        notes.append(change_notes.zeros_note(change, test, zeros))
    if not math.isfinite(median.low):
        notes.append(Phrase("change.note.no_median", n=n, level=level))
    return rows, notes


def _size_rows(
    pairs: Pairs, change: Floats, options: Options, suffix: str
) -> tuple[list[Row], list[Text]]:
    """d_av, d_z and d_rm; BCa intervals where many differences are skewed."""
    m = effect_size.moments(pairs.before, pairs.after, change)
    skew = effect_size.skewness(change)
    resample = len(change) >= effect_size.BCA_FROM and abs(skew) > effect_size.SKEWED
    draw = cache(lambda: resampling.resample(pairs.before, pairs.after, np.random.default_rng(options.seed)))
    notes = change_notes.size_notes(m, skew, resample)
    rows = []
    for name, (method, formula) in effect_size.FORMULAS.items():
        found = formula(m, options.level)
        value = effect_size.VALUES[name]
        low, high = resampling.bca(draw(), value, options.level) if resample else (NAN, NAN)
        used = "bca" if math.isfinite(low) else method
        if used == "bca":
            found = between(found.value, low, high)
        rows.append(make_row(named(name, suffix), used, found, options.level, len(change)))
    if math.isnan(rows[-1]["estimate"]) and np.ptp(change) > 0:
        notes.append(Phrase("change.note.no_d_rm"))
    if options.scale is not None and pairs.kind == "score":
        many = is_resampled(pairs.before, options.scale[1])
        rows.append(gain_row(pairs, options, named("class_gain", suffix), notes, draw() if many else None))
    return rows, notes


def gain_row(
    pairs: Pairs, options: Options, term: str, notes: list[Text], resamples: resampling.Resamples | None = None
) -> Row:
    """Hake's gain of averages, and why the mean of individual gains is not given."""
    assert options.scale is not None
    top, n = options.scale[1], len(pairs.before)
    found = class_gain(pairs.before, pairs.after, top, options.level, options.seed, resamples)
    reasons = [Phrase("change.note.gain_trap"), why_missing(pairs.before, pairs.after, top, options.level)]
    notes += [note for note in reasons if note is not None and note not in notes]
    return make_row(term, "bca" if is_resampled(pairs.before, top) else "fieller", found, options.level, n)


def share_rows(pairs: Pairs, change: Floats, options: Options, suffix: str) -> list[Row]:
    """Shares who improved, stayed and declined; of ordered levels in clusters by CR2 too."""
    n, level = len(change), options.level
    counts = {"improved": change > 0, "unchanged": change == 0, "declined": change < 0}
    rows = [
        make_row(named(name, suffix), "wilson", shares.share(int(mask.sum()), n, level), level, n)
        for name, mask in counts.items()
    ]
    if pairs.cluster is None or pairs.kind != "ordinal":
        return rows
    return rows + [
        row for name, mask in counts.items()
        for row in clustered_rows(
            named(name, suffix), np.ones((n, 1)), mask.astype(float), 0, pairs.cluster, options, [], wild=False
        )
    ]


def _pass_fail(pairs: Pairs, level: float) -> tuple[Estimate, list[Text]]:
    """Difference of two shares with Newcombe's interval and McNemar's exact p."""
    exact, mid = paired.mcnemar(pairs.before, pairs.after)
    found = replace(paired.paired_proportions(pairs.before, pairs.after, level), p=exact)
    return found, [Phrase("change.note.pass_fail", mid=mid)]


