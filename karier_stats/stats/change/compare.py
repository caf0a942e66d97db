"""Did scores change between two waves, and by how much more than in a comparison group?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from karier_stats.errors import StatisticsError, refuse_unknown
from karier_stats.stats.change import change_words
from karier_stats.stats.change.change_rows import Options, Selection, arms, dose_rows, one_group, wave_rows
from karier_stats.stats.change.pairing import BALANCE, ONE_WAVE_EACH, Columns, Pairs, balance_rows, make_pairs
from karier_stats.stats.columns import listed, text_of
from karier_stats.stats.effect import Refused, tried
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, holm, rank_intervals
from karier_stats.stats.picture import Picture
from karier_stats.stats.results import Result, Sheet, base_term, named
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.stats.change.dropout import Leavers
    from karier_stats.stats.change.nomination import NetGain

SELECTIONS: tuple[Selection, ...] = ("random", "low_before", "ability", "unknown")


@dataclass(frozen=True)
class Equivalence:
    """Two one-sided tests against the smallest change worth having, in points (``margin``).

    ``low`` to ``high`` is the interval of the change at ``level``, ``2 * level - 1`` of the result's own, NaN where not
    tested; ``p`` the larger of the two one-sided p-values, NaN where the outcome is 0/1.
    """

    margin: float
    level: float
    low: float
    high: float
    p: float
    verdict: Literal["smaller", "larger", "open", "not_tested"]


@dataclass(frozen=True, eq=False, repr=False)
class Change(Result):
    """A change between two waves; see :func:`compare`.

    ``pairs`` are the complete pairs behind the result, ``options`` what the caller chose: how people came into their arm, level,
    seed, scale. Of the term of each headline ``detectable`` has the smallest true change that these data would find with 80
    percent power, ``equivalence`` its equivalence test (empty without ``smallest_effect``). ``one_level`` takes the name of a
    level of ``by`` to its own result.
    """

    pairs: Pairs = field(repr=False)
    options: Options
    detectable: dict[str, float]
    equivalence: dict[str, Equivalence]
    one_level: Callable[[str], Change] = field(repr=False)

    @property
    def selection(self) -> str:
        """How people came into their arm."""
        return self.options.selection

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms, the comparison arm first; empty for one group."""
        return self.pairs.arms

    @cached_property
    def by(self) -> dict[str, Change]:
        """The result of each level of ``by`` that is large enough, by name."""
        found = {name: tried(self.one_level, name) for name in self.pairs.levels}
        return {name: one for name, one in found.items() if not isinstance(one, Refused)}

    def by_table(self) -> pd.DataFrame:
        """One row per level (and arm) with p-values adjusted over all of them.

        Returns
        -------
        DataFrame
            level, arm, n, estimate, ci_low, ci_high, p_value, p_holm, p_bh, rank_low, rank_high;
            ordinal outcomes give the median change, and then no ranks. In the order of the levels, which is no
            ranking: rank_low and rank_high are the best and worst rank that a level may have among those with an
            interval (per arm), all of them at once at the result's level.

        Notes
        -----
        See :func:`karier_stats.stats.numerics.multiplicity.rank_intervals`.
        """
        frame = level_estimates(self.table, self.lead, self.pairs)
        p = frame["p_value"].to_numpy(dtype=float, na_value=np.nan)
        places = np.full((len(frame), 2), np.nan)
        for _, rows in frame.dropna(subset=["std_error", "dof"]).groupby("arm"):
            if len(rows) > 1:
                values, errors, dofs = (rows[name].to_numpy(dtype=float) for name in ("estimate", "std_error", "dof"))
                places[rows.index] = np.column_stack(rank_intervals(values, errors, dofs, self.options.level))
        columns = {"p_holm": holm(p), "p_bh": benjamini_hochberg(p), "rank_low": places[:, 0], "rank_high": places[:, 1]}
        return frame.drop(columns=["std_error", "dof"]).assign(**{
            name: pd.array(values, dtype="Int64" if name.startswith("rank") else "Float64") for name, values in columns.items()
        })

    def net_gain(
        self, *, reliability: float, pool: ArrayLike, reliability_se: float = 0.0, pool_cluster: ArrayLike | None = None,
    ) -> NetGain:
        """What is left of the change when people were chosen for a low score before.

        ``reliability`` (0-1) is that of a retest, with its standard error; ``pool`` and ``pool_cluster`` are whom they were
        chosen from: see :func:`karier_stats.stats.change.nomination.net_gain`. K323 where the result has arms, for there
        ANCOVA answers this.
        """
        from karier_stats.stats.change.nomination import net_gain

        if self.arms:
            raise StatisticsError("K323", arms=", ".join(self.arms))
        pairs = self.pairs
        return net_gain(
            pairs.before, pairs.after, reliability=reliability, reliability_se=reliability_se, pool=pool,
            cluster=pairs.cluster, pool_cluster=pool_cluster, level=self.options.level,
        )

    def leavers(self, deltas: Sequence[float] = ()) -> Leavers:
        """Who had a score before and none after, and how different they must have been to undo the result.

        ``deltas`` are points that the leavers are taken to have ended above (below, if negative) others with the same score before;
        see :func:`karier_stats.stats.change.dropout.leavers`. Lee's bounds are given where ``selection="random"``. Leavers of
        an arm that has no pairs are not counted.
        """
        from karier_stats.stats.change.dropout import leavers

        pairs = self.pairs
        left = pairs.left
        assert left is not None
        if left.arm is not None:
            left = left.only(np.isin(left.arm, pairs.arms))
        return leavers(
            pairs.before, pairs.after, left.before, arm=pairs.arm, left_arm=left.arm,
            control=pairs.arms[0] if pairs.arms else None, cluster=pairs.cluster, left_cluster=left.cluster,
            random=self.selection == "random", level=self.options.level, seed=self.options.seed, deltas=deltas,
        )

    def balance(self) -> pd.DataFrame:
        """How alike the arms were before, by the score before and every covariate of ``adjust``.

        Returns
        -------
        DataFrame
            One row per variable and arm: variable, arm, n, n_missing, mean, sd, control_n, control_missing,
            control_mean, control_sd, difference, smd, smd_low, smd_high. The denominator of ``smd`` is the root of
            the average variance of both arms (Austin 2009), its interval Bonett's (2008). Empty without arms.
        """
        rows = balance_rows(self.pairs, self.options.level) if self.arms else []
        frame = pd.DataFrame(rows, columns=list(BALANCE))
        whole = ["n", "n_missing", "control_n", "control_missing"]
        return frame.astype({**dict.fromkeys(BALANCE[2:], "Float64"), **dict.fromkeys(whole, "Int64")})

    def sentence(self, lang: str = "id") -> str:
        """The headline in words, with its interval and what the design cannot tell."""
        return change_words.sentence(self)[lang]

    def picture(self) -> Picture:
        """Every person's scores beside the distribution of the changes, with the mean change of each arm as the table has it.

        Of ordered levels, the shares who moved down, stayed and moved up stand in place of the mean.
        """
        pairs, ordinal = self.pairs, self.pairs.kind == "ordinal"
        later = {f"later_{k}": pairs.later[:, k] for k in range(len(pairs.waves))}
        data = pd.DataFrame({"before": pairs.before, "after": pairs.after, **later})
        if pairs.arm is not None:
            order = np.argsort([self.arms.index(arm) for arm in pairs.arm], kind="stable")
            data = data.assign(arm_id=pairs.arm, arm_en=pairs.arm).iloc[order].reset_index(drop=True)
        data.attrs = {"waves": pairs.waves, "levels": pairs.categories, "level": self.options.level}
        data.attrs["told" if ordinal else "change"] = {
            arm: self._moved(arm) if ordinal else self._mean_change(arm) for arm in self.arms or ("",)
        }
        axis = Phrase("change.picture.axis.score", unit=Phrase("change.picture.levels" if ordinal else "change.unit.points"))
        return self.pictured("change", data, axis, axis)

    def _moved(self, arm: str) -> Phrase:
        """Shares of an arm, or of the one group, who moved down, stayed and moved up."""
        change = (self.pairs.after - self.pairs.before)[self.pairs.arm == arm if arm else slice(None)]
        shares = {name: float(np.mean(np.sign(change) == k - 1)) for k, name in enumerate(("down", "same", "up"))}
        return Phrase("change.picture.shares", **shares)

    def _mean_change(self, arm: str) -> tuple[float, float, float]:
        """The mean change of an arm, or of the one group, with its interval."""
        same = self.lead[0] == "mean_change"
        row = self.row(f"mean_change[{arm}]" if arm else "mean_change", self.lead[1] if same else None)
        mean, low, high = row[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float, na_value=np.nan)
        return mean, low, high


def compare(
    data: pd.DataFrame, *, before: Any, after: Any | Sequence[Any], outcome: str | None = None, wave: str | None = None,
    person: str | None = None, group: str | None = None, control: Any = None, by: str | None = None,
    adjust: str | Sequence[str] = (), cluster: str | None = None, dose: str | None = None,
    scale: tuple[float, float] | None = None, selection: Selection = "unknown", smallest_effect: float | None = None,
    level: float = 0.95, seed: int = 0,
) -> Change:
    """Compare scores before and after, alone or beside a comparison group.

    Parameters
    ----------
    data : DataFrame
        Wide: one row per person. Long (``wave`` given): one row per person and wave.
    before, after : str or value
        Wide: the two score columns. Long: the two values of ``wave``. ``after`` may be a list of waves in their order:
        the first is compared as ever, for the later ones the result says what lasts.
    outcome, wave, person : str, optional
        Long data: columns of the score, the wave and the person.
    group, control : str, value, optional
        Column of the arms and the value of the comparison arm.
    by : str, optional
        Column whose levels are also analysed one by one: rows such as ``mean_change[<level>]`` (with arms
        ``did[<arm> · <level>]``), results in ``result.by``, family-adjusted p-values in ``result.by_table()``.
    adjust : str or sequence of str
        Covariates of the ANCOVA, numbers or labels, measured before.
    cluster : str, optional
        Column of what people are nested in (unit, batch): CR2 leads then, with the restricted wild cluster bootstrap
        beside it.
    dose : str, optional
        Column of what each person took, in JP or hours: does the change go with it?
    scale : (float, float), optional
        Lowest and highest possible score: counts people at its ends and gives the class gain.
    selection : {"random", "low_before", "ability", "unknown"}
        How people came into their arm; picks the headline.
    smallest_effect : float, optional
        Smallest change worth having, in points, set before the data were seen: equivalence test.
    level : float
        Confidence level between 0.5 and 1.
    seed : int
        Seed of the resamples.

    Returns
    -------
    Change
        With ``by_table()``, ``balance()``, ``net_gain(...)`` and ``leavers(...)`` for what stands beside the headline.

    Raises
    ------
    StatisticsError
        K303-K322, K324, K325, K338, K345, K346: the data or the keywords do not make a comparison.

    Notes
    -----
    One group: paired t; Wilcoxon's signed rank with Hodges-Lehmann; d_av (Bonett), d_z (noncentral t), d_rm; shares
    with Wilson intervals. From 100 pairs with |skewness| of the change above 1 the intervals of d are BCa. An ordered
    categorical outcome leads with the shares and codes its categories 1, 2, ...; a 0/1 outcome leads with McNemar's
    test and Newcombe's interval.

    Arms: the change in each; ``did[arm]`` by Welch and by least squares with one pooled variance; ``ancova[arm]`` by
    least squares of the score after on arms, score before and ``adjust``. Difference in differences assumes that
    without the programme both arms would have changed alike; ANCOVA that arms with equal scores before (and covariates)
    would have ended alike. With selection on a fallible score before, the first is biased by regression to the mean;
    with selection on true ability, the second. So ``random`` and ``low_before`` lead with ANCOVA, ``ability`` with the
    difference in differences, and ``unknown`` speaks of both.

    Later waves: ``lasting``, ``loss`` and ``share_kept`` (Fieller) of those who have every wave concerned; with arms as
    differences from the comparison arm, ``..._ancova`` at equal scores before. Dose: ``dose[linear]`` (HC3, or CR2 with
    clusters) and ``dose[monotone]`` (Spearman) among participants.

    References
    ----------
    Van Breukelen (2013), Multivariate Behavioral Research 48, 895-922; Lord (1967), Psychological Bulletin 68, 304-305.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"pre": [40, 55, 60, 50, 70], "post": [70, 75, 85, 60, 90]})
    >>> round(float(compare(scores, before="pre", after="post").headline["estimate"]), 2)
    21.0
    """
    options = _checked_options(selection, smallest_effect, level, seed, scale)
    waves = list(after) if isinstance(after, (list, tuple)) else [after]
    if not waves or len({text_of(one) for one in (before, *waves)}) <= len(waves):
        raise StatisticsError("K317", name="after", value=after, rule=ONE_WAVE_EACH)
    first, *later = waves
    columns = Columns(before, first, outcome, wave, person, group, control, by, listed(adjust), cluster, tuple(later), dose)
    return analyse(make_pairs(data, columns, scale), options)


def _checked_options(
    selection: Any, smallest_effect: float | None, level: float, seed: int, scale: tuple[float, float] | None
) -> Options:
    refuse_unknown("selection", selection, SELECTIONS)
    if not (isinstance(level, Real) and 0.5 <= level < 1):
        raise StatisticsError("K317", name="level", value=level, rule="0.5 <= level < 1")
    if smallest_effect is not None and not (isinstance(smallest_effect, Real) and 0 < smallest_effect < math.inf):
        raise StatisticsError("K317", name="smallest_effect", value=smallest_effect, rule="> 0")
    ends = scale is None or (len(scale) == 2 and all(isinstance(end, Real) for end in scale))
    if scale is not None and not (ends and -math.inf < scale[0] < scale[1] < math.inf):
        raise StatisticsError("K317", name="scale", value=scale, rule="(lowest, highest), lowest < highest")
    return Options(selection, smallest_effect, level, seed, scale)


def analyse(pairs: Pairs, options: Options) -> Change:
    """The whole result for pairs that are already checked."""
    def one_level(name: str) -> Change:
        part = _large_enough(pairs.at_level(name))
        if part is None:
            raise StatisticsError("K312", n=int(np.sum(pairs.level == name)), rows=len(pairs.before))
        return analyse(part, options)

    sheet, levels = _sheet(pairs, options, ""), _levels(pairs, options)
    lead, heads = _lead(pairs, options, sheet), _headings(pairs, sheet)
    table = Sheet(sheet.rows + levels.rows).table(options.level)
    notes = Sheet()
    notes.note(
        *change_words.pair_notes(pairs, options.scale), *sheet.notes, *levels.notes,
        *change_words.design_notes(pairs, options.selection, options.level),
        *change_words.family_notes(pairs, level_estimates(table, lead, pairs)),
    )
    return Change(
        table, lead, tuple(notes.notes), lambda level: analyse(pairs, replace(options, level=level)), pairs, options,
        detectable={term: paired.detectable(e.std_error, e.dof, options.level) for term, e in heads.items()},
        equivalence={
            term: _equivalence(pairs, e, options) for term, e in heads.items()
            if options.smallest_effect and base_term(term)[0] in ("mean_change", "did", "ancova")
        },
        one_level=one_level,
    )


def _sheet(pairs: Pairs, options: Options, suffix: str) -> Sheet:
    """Rows and notes of one analysis; ``suffix`` is the level that its terms carry."""
    sheet = (one_group if pairs.arm is None else arms)(pairs, options, suffix)
    if pairs.waves:
        sheet.take(wave_rows(pairs, options, suffix))
    if pairs.dose is not None:
        sheet.take(dose_rows(pairs, options, suffix))
    return sheet


def _lead(pairs: Pairs, options: Options, sheet: Sheet) -> tuple[str, str]:
    """Which row the sentence speaks of."""
    if pairs.arm is None:
        if pairs.kind == "ordinal":
            robust = sheet.find("improved", "cr2")
            return "improved", "cr2" if robust is not None and robust.estimate.tested else "wilson"
        simple = "mcnemar" if pairs.kind == "pass_fail" else "paired_t"
        return "mean_change", simple if pairs.cluster is None else "cr2"
    arm = pairs.arms[1]
    base = "ancova" if options.selection in ("random", "low_before") else "did"
    found = sheet.find(named(base, arm), "cr2", "welch", "ols")
    if options.selection == "random" and (found is None or not math.isfinite(found.estimate.value)):
        found = sheet.find(named("did", arm), "cr2", "welch")
    assert found is not None
    return found.key


def _headings(pairs: Pairs, sheet: Sheet) -> dict[str, Estimate]:
    """The estimates that sentences speak of, by term, with what their tests rest on."""
    bases = ("mean_change",) if pairs.arm is None else ("did", "ancova")
    terms = [named(base, arm) for base in bases for arm in pairs.arms[1:] or ("",)]
    for wave in pairs.waves:
        bases = ("lasting",) if pairs.arm is None else ("lasting", "lasting_ancova")
        terms += [named(base, arm, wave) for base in bases for arm in pairs.arms[1:] or ("",)]
    if pairs.dose is not None:
        terms.append("dose[linear]")
    found = {term: sheet.find(term, "cr2", "welch", "paired_t", "ols", "hc3") for term in terms}
    return {term: row.estimate for term, row in found.items() if row is not None}


def _equivalence(pairs: Pairs, found: Estimate, options: Options) -> Equivalence:
    """Whether the change is shown to be smaller, or larger, than the smallest one worth having."""
    margin, level = options.smallest_effect or NAN, max(2 * options.level - 1, 0.0)
    p, share = paired.equivalence_p(found, margin), found
    if pairs.kind == "pass_fail" and pairs.arm is None:
        p, share = NAN, paired.paired_proportions(pairs.before, pairs.after, options.level)
    (low, high), (outer_low, outer_high) = share.interval(level), share.interval(options.level)
    if not math.isfinite(low):
        return Equivalence(margin, level, NAN, NAN, NAN, "not_tested")
    if -margin < low and high < margin:
        return Equivalence(margin, level, low, high, p, "smaller")
    beyond = outer_low > margin or outer_high < -margin
    return Equivalence(margin, level, low, high, p, "larger" if beyond else "open")


def _levels(pairs: Pairs, options: Options) -> Sheet:
    """Rows of every level of ``by``; what is too small for an analysis keeps its n and an empty row."""
    sheet, small = Sheet(), []
    for name in pairs.levels:
        part = pairs.at_level(name)
        large = _large_enough(part)
        sheet.rows += [] if large is None else _sheet(large, options, name).rows
        absent = [arm for arm in pairs.arms[1:] or ("",) if large is None or (arm and arm not in large.arms)]
        for arm in absent:
            n = int(part.beside(arm).sum()) if arm else len(part.before)
            base, method = ("did", "welch") if arm else ("mean_change", "paired_t")
            sheet.add(named(base, arm, name), method, Estimate(NAN), n)
        if absent:
            small.append(name if large is None else f"{name} ({', '.join(absent)})")
    sheet.note(Phrase("change.note.small_levels", levels=", ".join(small)) if small else None)
    return sheet


def _large_enough(pairs: Pairs) -> Pairs | None:
    """The pairs without arms that hold fewer than two of them; None where no comparison is left."""
    if pairs.arm is None:
        return pairs if len(pairs.before) >= 2 else None
    arms = tuple(arm for arm in pairs.arms if np.sum(pairs.arm == arm) >= 2)
    if len(arms) < 2 or arms[0] != pairs.arms[0]:
        return None
    kept = np.isin(pairs.arm, arms)  # type: ignore[arg-type]
    return pairs if arms == pairs.arms else replace(pairs.only(kept), arms=arms, left=pairs.left)


def level_estimates(table: pd.DataFrame, lead: tuple[str, str], pairs: Pairs) -> pd.DataFrame:
    """The family of a comparison by level: the row of each level (and arm) that answers the headline's question.

    Columns level, arm, n, estimate, ci_low, ci_high, p_value (missing where no test was made), std_error, dof.
    """
    base, method = base_term(lead[0])[0], lead[1]
    if base == "improved":
        base, method = "median_change", "wilcoxon"
    names = ["n", "estimate", "ci_low", "ci_high", "p_value", "std_error", "dof"]
    found = {(row["term"], row["method"]): row for row in table.to_dict("records")}
    alone = {term: row for (term, _), row in reversed(found.items())}
    # A level too small for an analysis has one row, of another term or method.
    other = {"median_change": "mean_change", "ancova": "did"}.get(base, base)
    rows = []
    for level in pairs.levels:
        for arm in pairs.arms[1:] or ("",):
            inside = f"[{arm} · {level}]" if arm else f"[{level}]"
            row = found.get((base + inside, method)) or alone[other + inside]
            # Newcombe's interval has no standard error; the same difference by t has.
            spread = found.get((base + inside, "paired_t"), row) if method == "mcnemar" else row
            rows.append([level, arm, *(row[name] for name in names[:5]), spread["std_error"], spread["dof"]])
    frame = pd.DataFrame(rows, columns=["level", "arm", *names])
    return frame.astype({"n": "Int64", **dict.fromkeys(names[1:], "Float64")})
