"""Did scores change between two waves, and by how much more than in a comparison group?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from karier_stats.errors import StatisticsError, refuse_unknown
from karier_stats.stats.change import change_words
from karier_stats.stats.change.change_rows import Options, Selection, arms, dose_rows, named, one_group, wave_rows
from karier_stats.stats.change.pairing import ONE_WAVE_EACH, Columns, Pairs, make_pairs
from karier_stats.stats.change.result import Change, Equivalence, level_estimates
from karier_stats.stats.columns import listed, text_of
from karier_stats.stats.numerics import paired
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.results import Sheet, base_term
from karier_stats.words import Phrase

SELECTIONS: tuple[Selection, ...] = ("random", "low_before", "ability", "unknown")


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
        table=table,
        lead=lead,
        notes=tuple(notes.notes),
        recompute=lambda level: analyse(pairs, replace(options, level=level)),
        pairs=pairs,
        options=options,
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
    terms = ["mean_change"] if pairs.arm is None else [
        named(base, arm) for base in ("did", "ancova") for arm in pairs.arms[1:]
    ]
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
