"""Rows of a comparison: of one group, of arms beside the comparison arm, of the dose and of later waves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.pairing import Pairs, fewest_units
from karier_stats.stats.contrast import Line, by_content, contrast, wild_note
from karier_stats.stats.numerics import effect_size, linear, paired, resampling, shares
from karier_stats.stats.numerics.effect_size import class_gain, is_resampled, why_missing
from karier_stats.stats.numerics.estimate import NAN, Array, Estimate, between, t_two_sided, z_quantile
from karier_stats.stats.numerics.permutation import office_permutation, sign_flip
from karier_stats.stats.results import Sheet, TableRow, base_term, named
from karier_stats.words import Phrase

Selection = Literal["random", "low_before", "ability", "unknown"]
FEW_CLUSTERS = 40
"""Below so many clusters the arms are also dealt out anew among them."""
FEWEST = 10
"""Fewest people for the interval of Spearman's correlation."""


@dataclass(frozen=True)
class Options:
    """What the caller chose beside the columns."""

    selection: Selection
    smallest_effect: float | None
    level: float
    seed: int
    scale: tuple[float, float] | None = None


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
    """The coefficient at ``position`` by CR2 and by the wild bootstrap; only its value where too few clusters carry it.

    ``sides`` are the clusters on the smaller side, where whole clusters are in one arm; ``n`` people are behind it, by
    default all.
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
        # Without an interval the bootstrap can never reject at this level, and has no say.
        silent = not math.isfinite(again.interval(options.level)[0])
        sheet.note(wild_note(base_term(term)[0], boot),
                   Phrase("association.note.wild.silent", smallest=boot.smallest_p) if silent else None)
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
        other = paired.signed_rank(change, "drop" if test.zeros == "pratt" else "pratt")
        sheet.note(Phrase(f"change.note.zeros_{test.zeros}", zeros=zeros, p=other.p))
    if not math.isfinite(median.interval(level)[0]):
        sheet.note(Phrase("change.note.no_median", n=n, level=level))
    return sheet


def _sizes(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """d_av, d_z and d_rm, and the class gain; BCa intervals where many differences are skewed."""
    sheet, change, level = Sheet(), pairs.change, options.level
    m, skew = effect_size.moments(pairs.before, pairs.after, change), effect_size.skewness(change)
    resampled = len(change) >= effect_size.BCA_FROM and abs(skew) > effect_size.SKEWED
    draw = cache(lambda: resampling.resample(pairs.before, pairs.after, np.random.default_rng(options.seed)))
    if resampled:
        sheet.note(Phrase("change.note.skewed", skew=skew, draws=resampling.DRAWS))
    first, second = math.sqrt(m.before), math.sqrt(m.after)
    if min(first, second) > 0 and max(first, second) > 1.2 * min(first, second):
        sheet.note(Phrase("change.note.other_d_av", other=float(m.change / ((first + second) / 2))))
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
    sheet, part = Sheet(), pairs.beside(arm)
    assert pairs.arm is not None and pairs.cluster is not None
    units = pairs.cluster[part]
    if pairs.fewest_units(arm) is None or len(np.unique(units)) >= FEW_CLUSTERS:
        return sheet
    rng = np.random.default_rng(options.seed)
    found = office_permutation(change[part], pairs.arm[part] == arm, units, rng, level=options.level)
    sheet.note(found.why_refused() or Phrase("change.note.permutation", used=found.used, total=found.arrangements))
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
    sheet = Sheet()
    for k, arm in enumerate(pairs.arms[1:], start=1):
        n, term = int(pairs.beside(arm).sum()), named(base, arm, suffix)
        sheet.add(term, "ols", of.contrast(k, "ols"), n)
        if of.clusters is not None and not of.exact:
            sides = pairs.fewest_units(arm)
            sheet.take(clustered(term, of, k, options, sides=sides, n=n, wild=not suffix))
    return sheet


def dose_line(dose: Array, change: Array, clusters: NDArray[Any] | None = None) -> Line:
    """The change on a constant and the centred dose; position 1 is points of change per unit of dose."""
    return line(np.column_stack([np.ones(len(dose)), dose - dose.mean()]), change, clusters)


def spearman(dose: Array, change: Array, level: float) -> Estimate:
    """Spearman's correlation with midranks of two arrays of shape (n,).

    Test: ``t = r sqrt((n - 2) / (1 - r^2))`` with n - 2 degrees of freedom. Interval: Fisher's z with variance
    ``(1 + r^2 / 2) / (n - 3)`` (Bonett and Wright 2000, Psychometrika 65, 23-28), from ``FEWEST`` people on and while
    ``|r| < 0.95``, where its coverage was shown.
    """
    n, (x, y) = len(dose), (ranks - ranks.mean() for ranks in map(paired.midranks, (dose, change)))
    size = math.sqrt(float(x @ x) * float(y @ y))
    r = max(-1.0, min(1.0, float(x @ y) / size)) if size > 0 else NAN
    if math.isnan(r) or n < 4 or abs(r) > 1 - 1e-12:
        return Estimate(r)
    t = r * math.sqrt((n - 2) / (1 - r**2))
    low, high = NAN, NAN
    if n >= FEWEST and abs(r) < 0.95:
        half = z_quantile(0.5 + level / 2) * math.sqrt((1 + r**2 / 2) / (n - 3))
        low, high = math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
    return between(r, low, high, statistic=t, dof=n - 2, p=t_two_sided(t, n - 2))


def dose_rows(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Rows ``dose[linear]`` and ``dose[monotone]`` among those who took part; the comparison arm is left out.

    Points of change per unit of dose by least squares with HC3 (n - 2 degrees of freedom; Long and Ervin 2000, American
    Statistician 54, 217-224); with clusters the slope has CR2 and Spearman's correlation no test, because people of
    one cluster are not independent.
    """
    part = pairs if pairs.arm is None else pairs.only(pairs.arm != pairs.arms[0])
    assert part.dose is not None
    sheet, known = Sheet(), ~np.isnan(part.dose)
    if not suffix:
        sheet.note(
            Phrase("change.note.dose", name=part.dose_name),
            None if part.arm is None else Phrase("change.note.dose_arms"),
            None if part.cluster is None else Phrase("change.note.dose_clusters"),
            None if known.all() else Phrase("change.note.dose_unknown", n=int((~known).sum())),
        )
    part = part.only(known)
    linear, monotone = (named("dose", kind, suffix) for kind in ("linear", "monotone"))
    dose, change, n = part.dose, part.change, len(part.before)
    assert dose is not None
    if n < 3 or np.ptp(dose) == 0:
        where = Phrase("change.note.where", name=suffix) if suffix else ""
        sheet.note(Phrase("change.note.dose_constant", where=where, name=part.dose_name, n=n))
        sheet.add(linear, "hc3", Estimate(NAN), n)
        sheet.add(monotone, "spearman", Estimate(NAN), n)
        return sheet
    rank, values = spearman(dose, change, options.level), np.unique(dose)
    of = dose_line(dose, change, part.cluster)
    if part.cluster is None:
        sheet.add(linear, "hc3", of.contrast(1, "hc3"), n)
    else:
        sides = None if len(values) > 2 else fewest_units(dose, part.cluster, *values)
        sheet.take(clustered(linear, of, 1, options, sides=sides, wild=False))
        rank = rank.alone
    sheet.add(monotone, "spearman", rank, n)
    return sheet


Contrast = Callable[[Array], Estimate]
"""An outcome per person, shape (n,), to its mean or its difference between arms; linear in the outcome."""


def share_kept(first: Array, lasting: Array, contrast: Contrast, level: float) -> Estimate:
    """How much of a first change is left, as a ratio of two contrasts of the same people.

    ``first`` and ``lasting`` (n,) are each person's change to the first and to the later wave. The covariance of the two
    contrasts is ``(var(a + b) - var(a - b)) / 4``; the degrees of freedom are those of ``lasting - ratio * first``.
    """
    bottom, top = contrast(first), contrast(lasting)
    if not bottom.p < 1 - level:
        return Estimate(NAN)
    left = contrast(paired.differences(top.value / bottom.value * first, lasting))
    if not (left.dof > 0 and top.std_error > 0):
        return Estimate(top.value / bottom.value)
    together, apart = contrast(lasting + first).std_error, contrast(lasting - first).std_error
    shared = (np.nan_to_num(together) ** 2 - np.nan_to_num(apart) ** 2) / 4
    covariance = np.array([[top.std_error**2, shared], [shared, bottom.std_error**2]])
    return paired.fieller(top.value, bottom.value, covariance, left.dof, level)


@dataclass(frozen=True)
class _Part:
    """Those who have every wave up to a later one, their scores ``then`` (n,), and the arm and level that terms carry."""

    pairs: Pairs
    then: Array
    wave: str
    inside: str

    @property
    def lasting(self) -> Array:
        return paired.differences(self.pairs.before, self.then)

    @property
    def loss(self) -> Array:
        return paired.differences(self.pairs.after, self.then)

    def only(self, mask: NDArray[np.bool_]) -> _Part:
        return replace(self, pairs=self.pairs.only(mask), then=self.then[mask])

    def term(self, base: str) -> str:
        return named(base, self.inside, self.wave)

    def told(
        self, method: str, simple: Contrast, X: Array, position: int, sides: int | None, n: int, level: float, ending: str = "",
        more: Sequence[TableRow] = (),
    ) -> Sheet:
        """What lasts, and the loss (of no ``ending``), by one method and with clusters by CR2; after ``more`` the share kept.

        CR2 is without error where there are too few clusters; the share missing, with a note, where the first change is not told
        apart from zero.
        """
        sheet, clusters, lead = Sheet(), self.pairs.cluster, simple
        outcomes = {f"lasting{ending}": self.lasting} if ending else {"lasting": self.lasting, "loss": self.loss}
        for base, y in outcomes.items():
            sheet.add(self.term(base), method, simple(y), n)
        if clusters is not None:
            refused, units = too_few_clusters(clusters, sides), len(np.unique(clusters))
            sheet.note(refused)
            robust: Contrast = lambda y: contrast(X, y, position, clusters)  # noqa: E731
            bare: Contrast = lambda y: Estimate(float(linear.fit(X, y).coef[position]))  # noqa: E731
            lead = robust if refused is None else bare
            for base, y in outcomes.items():
                sheet.add(self.term(base), "cr2", lead(y), n, units)
        sheet.rows += more
        kept = share_kept(self.pairs.change, self.lasting, lead, level)
        sheet.add(self.term(f"share_kept{ending}"), "fieller", kept, n)
        sheet.note(Phrase("change.note.wave_no_share", wave=self.wave) if np.isnan(kept.value) else None)
        return sheet


def wave_rows(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Rows of every later wave.

    Each wave speaks of those who have a score before, after and then, so that ``lasting`` is their change after plus
    ``loss``. One group: paired t, with clusters CR2. Arms: differences from the comparison arm by Welch (``lasting``,
    ``loss``) and by least squares at equal scores before (``lasting_ancova``), with clusters CR2 too.
    """
    sheet = Sheet()
    for k, wave in enumerate(pairs.waves):
        has = ~np.isnan(pairs.later[:, k])
        part = _Part(pairs.only(has), pairs.later[has, k], wave, suffix)
        if pairs.arm is None:
            sheet.take(_lasting(part, options))
        else:
            sheet.take(*(_lasting_of_arm(part, arm, options) for arm in pairs.arms[1:]))
        if not suffix and not has.all():
            facts: dict[str, Any] = {"wave": wave, "n": int((~has).sum()), "total": len(has)}
            if has.any():  # was the first change of those without a score another one?
                facts |= {"out": float(pairs.change[~has].mean()), "stayed": float(pairs.change[has].mean())}
            sheet.note(Phrase(f"change.note.wave_gone{'_changed' if has.any() else ''}", **facts))
    return sheet


def _empty(part: _Part, n: int, who: str, *rows: tuple[str, str]) -> Sheet:
    """Rows without values where nobody, or one person, has a wave."""
    where = Phrase("change.note.where", name=who) if who else ""
    sheet = Sheet(notes=[Phrase("change.note.wave_few", wave=part.wave, who=where)])
    for base, method in rows:
        sheet.add(part.term(base), method, Estimate(NAN), n)
    return sheet


def _lasting(part: _Part, options: Options) -> Sheet:
    level, n, pairs = options.level, len(part.then), part.pairs
    if n < 2:
        return _empty(part, n, part.inside, ("lasting", "paired_t"), ("loss", "paired_t"))
    more = Sheet()
    if pairs.kind == "pass_fail":
        for base, start in (("lasting", pairs.before), ("loss", pairs.after)):
            found = paired.paired_proportions(start, part.then, level)
            more.add(part.term(base), "mcnemar", replace(found, p=paired.mcnemar(start, part.then)[0]), n)
    if pairs.kind == "ordinal":
        suffix = " · ".join(name for name in (part.inside, part.wave) if name)
        more.rows += moved(pairs, part.lasting, options, suffix).rows
    simple = partial(paired.mean_change, level=level)
    return part.told("paired_t", simple, np.ones((n, 1)), 0, None, n, level, more=more.rows)


def _lasting_of_arm(part: _Part, arm: str, options: Options) -> Sheet:
    pairs, level, suffix = part.pairs, options.level, part.inside
    assert pairs.arm is not None
    own, control, n = pairs.arm == arm, pairs.arm == pairs.arms[0], int(pairs.beside(arm).sum())
    part = replace(part, inside=f"{arm} · {suffix}" if suffix else arm)
    if min(own.sum(), control.sum()) < 2:
        who = f"{arm}, {suffix}" if suffix else arm
        return _empty(part, n, who, ("lasting", "welch"), ("loss", "welch"), ("lasting_ancova", "ols"))
    simple: Contrast = lambda y: paired.welch(y[own], y[control], level)  # noqa: E731
    X, held = _design(pairs)
    sheet = part.told("welch", simple, X, held.index(arm), pairs.fewest_units(arm), n, level)
    return sheet.take(_adjusted(part.only(~pairs.gap), arm, options))


def _design(pairs: Pairs) -> tuple[Array, list[str]]:
    """A constant and a column per arm that occurs, shape (n, k), and the arms of the columns."""
    held = [pairs.arms[0], *(arm for arm in pairs.arms[1:] if np.any(pairs.arm == arm))]
    return np.column_stack([np.ones(len(pairs.before)), *(pairs.arm == arm for arm in held[1:])]), held


def _adjusted(part: _Part, arm: str, options: Options) -> Sheet:
    """What lasts at equal scores before (and covariates), of those who have every covariate."""
    pairs, everybody = part.pairs, np.ones(len(part.then), dtype=bool)
    (dummies, held), n = _design(pairs), int(pairs.beside(arm).sum())
    centred = pairs.before - pairs.before.sum() / max(len(part.then), 1)
    X = np.column_stack([dummies, centred, pairs.covariates[:, pairs.columns_among(everybody)]])
    simple: Contrast = lambda y: contrast(X, y, held.index(arm), method="ols")  # noqa: E731
    try:
        # Either nobody of the arm is left, or the columns that are left cannot be told apart.
        simple(part.lasting)
    except ValueError:
        sheet = Sheet(notes=[Phrase("change.note.wave_no_ancova", wave=part.wave)])
        sheet.add(part.term("lasting_ancova"), "ols", Estimate(NAN), n)
        return sheet
    return part.told("ols", simple, X, held.index(arm), pairs.fewest_units(arm), n, options.level, "_ancova")
