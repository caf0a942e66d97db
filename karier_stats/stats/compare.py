"""Did scores change between two waves, and by how much more than in a comparison group?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.language import both, integer, p_value, percent
from karier_stats.stats import change_notes, effect_size, linear, paired
from karier_stats.stats.change import Change, Equivalence
from karier_stats.stats.cluster import cr2
from karier_stats.stats.paired import NAN, Estimate
from karier_stats.stats.pairing import Columns, Pairs, make_pairs
from karier_stats.stats.results import make_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from karier_stats.language import Text

Selection = Literal["random", "low_before", "ability", "unknown"]
SELECTIONS: tuple[Selection, ...] = ("random", "low_before", "ability", "unknown")
Row = dict[str, Any]


@dataclass(frozen=True)
class Options:
    """What the caller chose beside the columns."""

    selection: Selection
    smallest_effect: float | None
    level: float
    seed: int


def compare(
    data: pd.DataFrame,
    *,
    before: Any,
    after: Any,
    outcome: str | None = None,
    wave: str | None = None,
    person: str | None = None,
    group: str | None = None,
    control: Any = None,
    by: str | None = None,
    adjust: Sequence[str] = (),
    cluster: str | None = None,
    selection: Selection = "unknown",
    smallest_effect: float | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Change:
    """Compare scores before and after, alone or beside a comparison group.

    Parameters
    ----------
    data : DataFrame
        Wide: one row per person. Long (``wave`` given): one row per person and wave.
    before, after : str or value
        Wide: the two score columns. Long: the two values of ``wave``.
    outcome, wave, person : str, optional
        Long data: columns of the score, the wave and the person.
    group, control : str, value, optional
        Column of the arms and the value of the comparison arm.
    by : str, optional
        Column whose levels are also analysed one by one: rows such as
        ``mean_change[<level>]`` (with arms ``did[<arm> · <level>]``),
        results in ``result.by``, family-adjusted p-values in ``result.by_table()``.
    adjust : sequence of str
        Covariates of the ANCOVA, numbers or labels, measured before.
    cluster : str, optional
        Column of what people are nested in (unit, batch): CR2 leads then.
    selection : {"random", "low_before", "ability", "unknown"}
        How people came into their arm; picks the headline.
    smallest_effect : float, optional
        Smallest change worth having, in points, set before the data were seen: equivalence test.
    level : float
        Confidence level between 0.5 and 1.
    seed : int
        Seed of the BCa resamples.

    Returns
    -------
    Change

    Raises
    ------
    StatisticsError
        K303-K318: the data or the keywords do not make a comparison.

    Notes
    -----
    One group: paired t; Wilcoxon's signed rank with Hodges-Lehmann;
    d_av (Bonett), d_z (noncentral t), d_rm; shares with Wilson intervals.
    From 100 pairs with |skewness| of the change above 1 the intervals of d
    are BCa. An ordered categorical outcome leads with the shares and codes
    its categories 1, 2, ...; a 0/1 outcome leads with McNemar's test and
    Newcombe's interval.

    Arms: the change in each; ``did[arm]`` by Welch and by least squares with
    one pooled variance; ``ancova[arm]`` by least squares of the score after
    on arms, score before and ``adjust``. Difference in differences assumes
    that without the programme both arms would have changed alike; ANCOVA that
    arms with equal scores before (and covariates) would have ended alike.
    With selection on a fallible score before, the first is biased by
    regression to the mean; with selection on true ability, the second. So
    ``random`` and ``low_before`` lead with ANCOVA, ``ability`` with the
    difference in differences, and ``unknown`` speaks of both.

    References
    ----------
    Van Breukelen (2013), Multivariate Behavioral Research 48, 895-922;
    Lord (1967), Psychological Bulletin 68, 304-305.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"pre": [40, 55, 60, 50, 70], "post": [70, 75, 85, 60, 90]})
    >>> round(float(compare(scores, before="pre", after="post").headline["estimate"]), 2)
    21.0
    """
    options = _checked_options(selection, smallest_effect, level, seed)
    columns = Columns(before, after, outcome, wave, person, group, control, by, tuple(adjust), cluster)
    pairs = make_pairs(data, columns)
    return analyse(pairs, options)


def _checked_options(selection: Any, smallest_effect: float | None, level: float, seed: int) -> Options:
    """Refuse what no analysis can be made with."""
    if selection not in SELECTIONS:
        raise StatisticsError("K316", value=selection, known=", ".join(SELECTIONS))
    if not 0.5 <= level < 1:
        raise StatisticsError("K317", name="level", value=level, rule="0.5 <= level < 1")
    if smallest_effect is not None and not 0 < smallest_effect < math.inf:
        raise StatisticsError("K317", name="smallest_effect", value=smallest_effect, rule="> 0")
    return Options(selection, smallest_effect, level, seed)


def analyse(pairs: Pairs, options: Options) -> Change:
    """The whole result for pairs that are already checked."""
    rows, notes = _rows(pairs, options, "")
    lead = _lead(pairs, options, rows)
    level_rows, level_notes = _level_rows(pairs, options)
    heads = _headings(pairs, options, rows)
    return Change(
        table=make_table(rows + level_rows),
        lead=lead,
        notes=tuple(change_notes.pair_notes(pairs) + notes + level_notes + change_notes.design_notes(pairs)),
        recompute=lambda level: analyse(pairs, replace(options, level=level)),
        pairs=pairs,
        selection=options.selection,
        detectable={term: paired.detectable(e.std_error, e.dof, options.level) for term, e in heads.items()},
        equivalence={term: _equivalence(pairs, e, options) for term, e in heads.items()}
        if options.smallest_effect else {},
        one_level=lambda name: _one_level(pairs, options, name),
    )


def _one_level(pairs: Pairs, options: Options, name: str) -> Change:
    """The result of one level of ``by``; K312 where it is too small."""
    part = pairs.only(pairs.level == name)  # type: ignore[arg-type]
    if _too_small(part):
        raise StatisticsError("K312", n=len(part.before), rows=len(pairs.before))
    return analyse(part, options)


def _rows(pairs: Pairs, options: Options, suffix: str) -> tuple[list[Row], list[Text]]:
    """Rows and notes of one analysis; ``suffix`` is the level that its terms carry."""
    return _arm_rows(pairs, options, suffix) if pairs.arm is not None else _one_group_rows(pairs, options, suffix)


def _term(base: str, *inside: str) -> str:
    """``did`` and its arm and level as ``did[arm · level]``."""
    named = " · ".join(part for part in inside if part)
    return f"{base}[{named}]" if named else base


def _row(term: str, method: str, found: Estimate, level: float, n: int, n_units: int | None = None) -> Row:
    """One row of the contract's table."""
    return {
        "term": term, "method": method, "estimate": found.estimate, "std_error": found.std_error,
        "ci_low": found.low, "ci_high": found.high,
        "ci_level": level if math.isfinite(found.low) else None,
        "statistic": found.statistic, "dof": found.dof, "p_value": found.p, "n": n, "n_units": n_units,
    }


def _one_group_rows(pairs: Pairs, options: Options, suffix: str) -> tuple[list[Row], list[Text]]:
    """Mean, median, standardised changes, and shares of one group."""
    level, n = options.level, len(pairs.before)
    change = paired.differences(pairs.before, pairs.after)
    rows = [_row(_term("mean_change", suffix), "paired_t", paired.mean_change(change, level), level, n)]
    notes: list[Text] = []
    if pairs.cluster is not None:
        found, units = _clustered(np.ones((n, 1)), change, np.array([1.0]), pairs.cluster, level, notes)
        rows.append(_row(_term("mean_change", suffix), "cr2", found, level, n, units))
    if pairs.kind == "pass_fail":
        found, more = _pass_fail(pairs, level)
        rows.append(_row(_term("mean_change", suffix), "mcnemar", found, level, n))
        notes += more
    else:
        ranked, more = _rank_rows(change, level, suffix)
        sized, others = _size_rows(pairs, change, options, suffix)
        rows += ranked + sized
        notes += more + others
    rows += _share_rows(change, level, suffix)
    if np.ptp(change) == 0:
        notes.append(both(
            "Semua selisih sama besar: simpangan bakunya nol, sehingga selang, uji t, dan ukuran efek tidak dihitung.",
            "All differences are equal: their standard deviation is zero, so that intervals, t tests and effect sizes "
            "are not computed.",
        ))
    return rows, notes


def _rank_rows(change: NDArray[np.float64], level: float, suffix: str) -> tuple[list[Row], list[Text]]:
    """Hodges-Lehmann with Wilcoxon's test, and the rank-biserial correlation."""
    n, zeros = len(change), int((change == 0).sum())
    test = paired.signed_rank(change)
    median = replace(paired.hodges_lehmann(change, level), statistic=test.statistic, p=test.p)
    rows = [
        _row(_term("median_change", suffix), "wilcoxon", median, level, n),
        _row(_term("rank_biserial", suffix), "wilcoxon", paired.rank_biserial(change, level), level, n - zeros),
    ]
    notes: list[Text] = []
    if zeros == n:
        notes.append(both(
            "Wilcoxon: tidak ada nilai yang berubah, sehingga uji tidak dapat dibuat.",
            "Wilcoxon: no score changed, so that no test can be made.",
        ))
    elif zeros:
        notes.append(change_notes.zeros_note(change, test, zeros))
    if not math.isfinite(median.low):
        notes.append(both(
            f"Dengan {n} pasangan, selang median pada tingkat {percent(level, 'id', 0)} tidak tercapai.",
            f"With {n} pairs the interval of the median cannot reach the level of {percent(level, 'en', 0)}.",
        ))
    return rows, notes


def _size_rows(
    pairs: Pairs, change: NDArray[np.float64], options: Options, suffix: str
) -> tuple[list[Row], list[Text]]:
    """d_av, d_z and d_rm; BCa intervals where many differences are skewed."""
    m = effect_size.moments(pairs.before, pairs.after, change)
    skew = effect_size.skewness(change)
    resample = len(change) >= effect_size.BCA_FROM and abs(skew) > effect_size.SKEWED
    bounds = (
        effect_size.bca(pairs.before, pairs.after, options.level, np.random.default_rng(options.seed))
        if resample else {}
    )
    rows = []
    for name, (method, formula) in effect_size.FORMULAS.items():
        found = formula(m, options.level)
        low, high = bounds.get(name, (NAN, NAN))
        used = "bca" if math.isfinite(low) else method
        if used == "bca":
            found = Estimate(found.estimate, low=low, high=high)
        rows.append(_row(_term(name, suffix), used, found, options.level, len(change)))
    return rows, change_notes.size_notes(m, skew, resample)


def _share_rows(change: NDArray[np.float64], level: float, suffix: str) -> list[Row]:
    """Shares who improved, stayed and declined."""
    n = len(change)
    counts = {"improved": change > 0, "unchanged": change == 0, "declined": change < 0}
    return [
        _row(_term(name, suffix), "wilson", paired.wilson(int(mask.sum()), n, level), level, n)
        for name, mask in counts.items()
    ]


def _pass_fail(pairs: Pairs, level: float) -> tuple[Estimate, list[Text]]:
    """Difference of two shares with Newcombe's interval and McNemar's exact p."""
    exact, mid = paired.mcnemar(pairs.before, pairs.after)
    found = replace(paired.paired_proportions(pairs.before, pairs.after, level), p=exact)
    note = both(
        f"Luaran bernilai 0/1: selang Newcombe (1998), uji McNemar eksak; mid-p: {p_value(mid, 'id')}.",
        f"The outcome is 0/1: Newcombe's (1998) interval, McNemar's exact test; mid-p: {p_value(mid, 'en')}.",
    )
    return found, [note]


def _clustered(
    X: NDArray[np.float64], y: NDArray[np.float64], contrast: NDArray[np.float64], clusters: NDArray[Any],
    level: float, notes: list[Text], sides: int | None = None,
) -> tuple[Estimate, int]:
    """One contrast with CR2 and Satterthwaite; only the estimate where too few clusters carry it."""
    fitted = linear.fit(X, y)
    estimate, units = float(contrast @ fitted.coef), len(np.unique(clusters))
    if units < 4 or (sides is not None and sides < 3):
        notes.append(both(
            f"Uji menurut klaster ditolak: hanya {units} klaster"
            + (f", {sides} di salah satu sisi" if sides is not None else "")
            + " (perlu sekurang-kurangnya 4, dan 3 di tiap sisi).",
            f"The clustered test is refused: only {units} clusters"
            + (f", {sides} on one side" if sides is not None else "")
            + " (it needs at least 4, and 3 on each side).",
        ))
        return Estimate(estimate), units
    robust = cr2(X, fitted.residuals, fitted.bread, clusters)
    return paired.t_estimate(estimate, robust.std_error(contrast), robust.satterthwaite(contrast), level), units


def _arm_rows(pairs: Pairs, options: Options, suffix: str) -> tuple[list[Row], list[Text]]:
    """Change in every arm, difference in differences, ANCOVA."""
    assert pairs.arm is not None
    level = options.level
    notes: list[Text] = []
    change = paired.differences(pairs.before, pairs.after)
    of_arm = {arm: change[pairs.arm == arm] for arm in pairs.arms}
    rows = [
        _row(_term("mean_change", arm, suffix), "paired_t", paired.mean_change(d, level), level, len(d))
        for arm, d in of_arm.items()
    ]
    control = of_arm[pairs.arms[0]]
    for arm in pairs.arms[1:]:
        n = len(of_arm[arm]) + len(control)
        found = paired.welch(of_arm[arm], control, level)
        rows.append(_row(_term("did", arm, suffix), "welch", found, level, n))
    dummies = np.column_stack([np.ones(len(change)), *(pairs.arm == arm for arm in pairs.arms[1:])])
    rows += _regression_rows("did", dummies, change, pairs, options, suffix, notes)
    rows += _ancova_rows(dummies, pairs, options, suffix, notes)
    if any(np.ptp(d) == 0 for d in of_arm.values()):
        notes.append(both(
            "Dalam satu kelompok semua selisih sama besar: selang dan uji kelompok itu tidak dihitung.",
            "In one arm all differences are equal: the interval and test of that arm are not computed.",
        ))
    return rows, notes


def _ancova_rows(
    dummies: NDArray[np.float64], pairs: Pairs, options: Options, suffix: str, notes: list[Text]
) -> list[Row]:
    """Least squares of the score after on arms, score before and covariates; missing where it cannot be fitted."""
    known = np.asarray(~np.isnan(pairs.covariates).any(axis=1))
    if not known.all():
        missing = int((~known).sum())
        notes.append(both(
            f"ANCOVA: {integer(missing, 'id')} orang tanpa peubah penyesuai tidak ikut.",
            f"ANCOVA: {integer(missing, 'en')} {'person' if missing == 1 else 'people'} without a covariate left out.",
        ))
    centred = pairs.before - pairs.before.mean()
    X = np.column_stack([dummies, centred, pairs.covariates])[known]
    try:
        return _regression_rows("ancova", X, pairs.after[known], pairs, options, suffix, notes, known)
    except StatisticsError as error:
        names = ["1", *pairs.arms[1:], "before", *pairs.names]
        which = [names[int(c)] for c in str(error.values.get("columns", "")).split(", ") if c]
        notes.append(both(
            "ANCOVA tidak dapat dihitung: " + (f"kolom tidak bebas linear ({', '.join(which)})." if which
                                               else "orangnya lebih sedikit daripada koefisiennya."),
            "ANCOVA cannot be computed: " + (f"columns are not linearly independent ({', '.join(which)})." if which
                                             else "there are fewer people than coefficients."),
        ))
        n = int(known.sum())
        return [_row(_term("ancova", arm, suffix), "ols", Estimate(NAN), options.level, n) for arm in pairs.arms[1:]]


def _regression_rows(
    base: str, X: NDArray[np.float64], y: NDArray[np.float64], pairs: Pairs, options: Options, suffix: str,
    notes: list[Text], known: NDArray[np.bool_] | None = None,
) -> list[Row]:
    """Each arm's coefficient by least squares and, with clusters, by CR2."""
    fitted = linear.fit(X, y)
    # Rounding leaves residuals of a perfect fit a little above zero.
    exact = np.abs(fitted.residuals).max(initial=0.0) <= 1e-12 * max(np.abs(y).max(initial=0.0), 1e-300)
    errors = np.zeros(X.shape[1]) if exact else np.sqrt(np.diag(fitted.covariance))
    part = pairs if known is None else pairs.only(known)
    arms, clusters = part.arm, part.cluster
    assert arms is not None
    rows = []
    for k, arm in enumerate(pairs.arms[1:], start=1):
        n = int(np.isin(arms, [arm, pairs.arms[0]]).sum())
        found = paired.t_estimate(float(fitted.coef[k]), float(errors[k]), fitted.dof, options.level)
        rows.append(_row(_term(base, arm, suffix), "ols", found, options.level, n))
        if clusters is not None and not exact:
            sides = _fewest_units(arms, clusters, arm, pairs.arms[0])
            robust, units = _clustered(X, y, np.eye(X.shape[1])[k], clusters, options.level, notes, sides)
            rows.append(_row(_term(base, arm, suffix), "cr2", robust, options.level, n, units))
    return rows


def _fewest_units(arms: NDArray[Any], clusters: NDArray[Any], arm: str, control: str) -> int | None:
    """Clusters on the smaller side where whole clusters are in one arm; None where clusters hold both."""
    treated, other = set(clusters[arms == arm]), set(clusters[arms == control])
    return None if treated & other else min(len(treated), len(other))


def _find(rows: list[Row], term: str, methods: Sequence[str]) -> Row | None:
    """The first row of a term by preference of method."""
    for method in methods:
        for row in rows:
            if row["term"] == term and row["method"] == method:
                return row
    return None


def _lead(pairs: Pairs, options: Options, rows: list[Row]) -> tuple[str, str]:
    """Which row the sentence speaks of."""
    if pairs.arm is None:
        if pairs.kind == "ordinal":
            return "improved", "wilson"
        if pairs.cluster is not None:
            return "mean_change", "cr2"
        return "mean_change", "mcnemar" if pairs.kind == "pass_fail" else "paired_t"
    arm = pairs.arms[1]
    base = "ancova" if options.selection in ("random", "low_before") else "did"
    found = _find(rows, _term(base, arm), ("cr2", "welch", "ols"))
    if options.selection == "random" and (found is None or not math.isfinite(found["estimate"])):
        found = _find(rows, _term("did", arm), ("cr2", "welch"))
    assert found is not None
    return found["term"], found["method"]


def _headings(pairs: Pairs, options: Options, rows: list[Row]) -> dict[str, Estimate]:
    """The estimates that sentences speak of, by term, with what their tests rest on."""
    terms = ["mean_change"] if pairs.arm is None else [
        _term(base, arm) for base in ("did", "ancova") for arm in pairs.arms[1:]
    ]
    found = {term: _find(rows, term, ("cr2", "welch", "paired_t", "ols")) for term in terms}
    return {
        term: Estimate(row["estimate"], row["std_error"], row["ci_low"], row["ci_high"],
                       row["statistic"], row["dof"], row["p_value"])
        for term, row in found.items() if row is not None
    }


def _equivalence(pairs: Pairs, found: Estimate, options: Options) -> Equivalence:
    """Whether the change is shown to be smaller, or larger, than the smallest one worth having."""
    margin, level = options.smallest_effect or NAN, max(2 * options.level - 1, 0.0)
    inner = paired.t_estimate(found.estimate, found.std_error, found.dof, level)
    low, high, p = inner.low, inner.high, paired.equivalence_p(found, margin)
    outer_low, outer_high = found.low, found.high
    if pairs.kind == "pass_fail" and pairs.arm is None:
        share = paired.paired_proportions(pairs.before, pairs.after, level)
        outer = paired.paired_proportions(pairs.before, pairs.after, options.level)
        low, high, p, outer_low, outer_high = share.low, share.high, NAN, outer.low, outer.high
    if not math.isfinite(low):
        return Equivalence(margin, level, NAN, NAN, NAN, "not_tested")
    if -margin < low and high < margin:
        return Equivalence(margin, level, low, high, p, "smaller")
    beyond = outer_low > margin or outer_high < -margin
    return Equivalence(margin, level, low, high, p, "larger" if beyond else "open")


def _level_rows(pairs: Pairs, options: Options) -> tuple[list[Row], list[Text]]:
    """Rows of every level of ``by``; a level too small for an analysis keeps its n and an empty row."""
    rows: list[Row] = []
    small: list[str] = []
    for name in pairs.levels:
        part = pairs.only(pairs.level == name)  # type: ignore[arg-type]
        if _too_small(part):
            small.append(name)
            base = "mean_change" if part.arm is None else "did"
            method = "paired_t" if part.arm is None else "welch"
            terms = [_term(base, name)] if part.arm is None else [_term(base, a, name) for a in part.arms[1:]]
            rows += [_row(term, method, Estimate(NAN), options.level, len(part.before)) for term in terms]
        else:
            rows += _rows(part, options, name)[0]
    if not small:
        return rows, []
    return rows, [both(
        f"Terlalu sedikit pasangan untuk dianalisis sendiri (perlu 2 di tiap kelompok): {', '.join(small)}.",
        f"Too few pairs for an analysis of their own (2 are needed in each arm): {', '.join(small)}.",
    )]


def _too_small(pairs: Pairs) -> bool:
    """True where an arm has fewer than two pairs."""
    if pairs.arm is None:
        return len(pairs.before) < 2
    return any(int((pairs.arm == arm).sum()) < 2 for arm in pairs.arms)
