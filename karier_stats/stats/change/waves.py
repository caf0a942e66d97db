"""What is left of a change at later waves: the change that lasts, the loss, and the share kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.change_arms import fewest_units
from karier_stats.stats.change.change_rows import (
    Options,
    Row,
    cr2_estimate,
    fits_exactly,
    make_row,
    named,
    share_rows,
    too_few_clusters,
)
from karier_stats.stats.numerics import linear, paired
from karier_stats.stats.numerics.estimate import NAN, Estimate, of_t
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from karier_stats.stats.change.pairing import Pairs
    from karier_stats.words.numbers import Text

    Floats = NDArray[np.float64]
    Contrast = Callable[[Floats], Estimate]
    """An outcome per person, shape (n,), to its mean or its difference between arms; linear in the outcome."""


def share_kept(first: Floats, lasting: Floats, contrast: Contrast, level: float) -> Estimate:
    """How much of a first change is left, as a ratio of two contrasts of the same people.

    Parameters
    ----------
    first, lasting : ndarray, shape (n,)
        Each person's change to the first and to the later wave.
    contrast : callable
        Estimates the mean, or the difference between arms.
    level : float

    Notes
    -----
    The covariance of the two contrasts is ``(var(a + b) - var(a - b)) / 4``;
    the degrees of freedom are those of ``lasting - ratio * first``.
    """
    bottom, top = contrast(first), contrast(lasting)
    if not bottom.p < 1 - level:
        return Estimate(NAN)
    left = contrast(paired.differences(top.estimate / bottom.estimate * first, lasting))
    if not (left.dof > 0 and top.std_error > 0):
        return Estimate(top.estimate / bottom.estimate)
    together, apart = contrast(lasting + first).std_error, contrast(lasting - first).std_error
    shared = (np.nan_to_num(together) ** 2 - np.nan_to_num(apart) ** 2) / 4
    covariance = np.array([[top.std_error**2, shared], [shared, bottom.std_error**2]])
    return paired.fieller(top.estimate, bottom.estimate, covariance, left.dof, level)


@dataclass(frozen=True)
class _Part:
    """Those who have every wave up to one later wave.

    Attributes
    ----------
    pairs : Pairs
    then : ndarray, shape (n,)
        Scores at the later wave.
    first, lasting, since : ndarray, shape (n,)
        Changes from before to after, from before to the wave, from after to the wave.
    """

    pairs: Pairs
    then: Floats
    first: Floats
    lasting: Floats
    since: Floats

    @classmethod
    def of(cls, pairs: Pairs, then: Floats) -> _Part:
        """Pairs with their scores at the later wave."""
        before, after = pairs.before, pairs.after
        return cls(
            pairs, then, paired.differences(before, after), paired.differences(before, then),
            paired.differences(after, then),
        )

    def only(self, mask: NDArray[np.bool_]) -> _Part:
        """The people where ``mask`` holds."""
        return _Part.of(self.pairs.only(mask), self.then[mask])

    @property
    def design(self) -> tuple[Floats, list[int]]:
        """A constant and a column per arm that occurs, shape (n, k), and the positions of those arms."""
        arms, label = self.pairs.arms, self.pairs.arm
        held = [0, *(k for k, arm in enumerate(arms) if k and np.any(label == arm))]
        return np.column_stack([np.ones(len(self.then)), *(label == arms[k] for k in held[1:])]).astype(float), held


def wave_rows(pairs: Pairs, options: Options, suffix: str) -> tuple[list[Row], list[Text]]:
    """Rows of every later wave.

    Notes
    -----
    Each wave speaks of those who have a score before, after and then, so that
    ``lasting`` is their change after plus ``loss``. One group: paired t, with
    clusters CR2. Arms: differences from the comparison arm by Welch
    (``lasting``, ``loss``) and by least squares at equal scores before
    (``lasting_ancova``), with clusters CR2 too.
    """
    rows: list[Row] = []
    notes: list[Text] = []
    for k, wave in enumerate(pairs.waves):
        kept = ~np.isnan(pairs.later[:, k])
        part = _Part.of(pairs.only(kept), pairs.later[kept, k])
        if pairs.arm is None:
            rows += _one_group(part, wave, options, suffix, notes)
        else:
            rows += _arms(part, wave, options, suffix, notes)
        if not suffix:
            notes += _left_out(pairs, k, wave)
    return rows, notes


def _left_out(pairs: Pairs, k: int, wave: str) -> list[Text]:
    """How many pairs have no score at a wave, and whether their first change was another."""
    gone = np.isnan(pairs.later[:, k])
    if not gone.any():
        return []
    change = paired.differences(pairs.before, pairs.after)
    facts = {"wave": wave, "n": int(gone.sum()), "total": len(gone)}
    if gone.all():
        return [Phrase("change.note.wave_gone", **facts)]
    out, stayed = float(change[gone].mean()), float(change[~gone].mean())
    return [Phrase("change.note.wave_gone_changed", out=out, stayed=stayed, **facts)]


def _one_group(part: _Part, wave: str, options: Options, suffix: str, notes: list[Text]) -> list[Row]:
    """What lasts in one group."""
    level, n, pairs = options.level, len(part.first), part.pairs
    if n < 2:
        notes.append(_too_few(wave, suffix))
        return [make_row(named(base, suffix, wave), "paired_t", Estimate(NAN), level, n) for base in ("lasting", "loss")]
    contrast: Contrast = partial(paired.mean_change, level=level)
    rows = [
        make_row(named(base, suffix, wave), "paired_t", contrast(values), level, n)
        for base, values in (("lasting", part.lasting), ("loss", part.since))
    ]
    robust = _robust(np.ones((n, 1)), 0, pairs.cluster, level, None, notes)
    if robust is not None:
        rows += _cr2_rows(part, wave, robust, options, suffix, ("lasting", "loss"))
        contrast = robust
    if pairs.kind == "pass_fail":
        rows += _shares(part, wave, options, suffix)
    if pairs.kind == "ordinal":
        rows += share_rows(pairs, part.lasting, options, " · ".join(name for name in (suffix, wave) if name))
    return [*rows, _share_row(part, wave, contrast, options, named("share_kept", suffix, wave), n, notes)]


def _shares(part: _Part, wave: str, options: Options, suffix: str) -> list[Row]:
    """Differences of shares of a 0/1 outcome with Newcombe's interval and McNemar's exact test."""
    then, rows = part.then, []
    for base, start in (("lasting", part.pairs.before), ("loss", part.pairs.after)):
        found = paired.paired_proportions(start, then, options.level)
        exact = paired.mcnemar(start, then)[0]
        row = make_row(named(base, suffix, wave), "mcnemar", found, options.level, len(then))
        rows.append({**row, "p_value": exact})
    return rows


def _arms(part: _Part, wave: str, options: Options, suffix: str, notes: list[Text]) -> list[Row]:
    """What lasts in every arm beyond the comparison arm."""
    pairs = part.pairs
    assert pairs.arm is not None
    control = pairs.arms[0]
    sizes = {arm: int((pairs.arm == arm).sum()) for arm in pairs.arms}
    rows: list[Row] = []
    for arm in pairs.arms[1:]:
        n = sizes[arm] + sizes[control]
        if min(sizes[arm], sizes[control]) < 2:
            notes.append(_too_few(wave, f"{arm}, {suffix}" if suffix else arm))
            empty = (("lasting", "welch"), ("loss", "welch"), ("lasting_ancova", "ols"))
            rows += [
                make_row(named(base, arm, suffix, wave), method, Estimate(NAN), options.level, n)
                for base, method in empty
            ]
            continue
        inside = arm if not suffix else f"{arm} · {suffix}"
        rows += _one_arm(part, wave, arm, options, inside, n, notes)
    return rows


def _one_arm(
    part: _Part, wave: str, arm: str, options: Options, inside: str, n: int, notes: list[Text]
) -> list[Row]:
    """Differences in what lasts between one arm and the comparison arm, by both readings."""
    pairs, level = part.pairs, options.level
    assert pairs.arm is not None
    mask, control = pairs.arm == arm, pairs.arm == pairs.arms[0]
    contrast: Contrast = lambda y: paired.welch(y[mask], y[control], level)  # noqa: E731
    rows = [
        make_row(named(base, inside, wave), "welch", contrast(values), level, n)
        for base, values in (("lasting", part.lasting), ("loss", part.since))
    ]
    k = pairs.arms.index(arm)
    X, held = part.design
    robust = _robust(X, held.index(k), pairs.cluster, level, _sides(pairs, arm), notes)
    if robust is not None:
        rows += _cr2_rows(part, wave, robust, options, inside, ("lasting", "loss"), n)
        contrast = robust
    rows.append(_share_row(part, wave, contrast, options, named("share_kept", inside, wave), n, notes))
    return rows + _adjusted(part, wave, k, options, inside, notes)


def _adjusted(part: _Part, wave: str, k: int, options: Options, inside: str, notes: list[Text]) -> list[Row]:
    """What lasts at equal scores before (and covariates)."""
    kept, level = part.only(~part.pairs.gap), options.level
    pairs, (dummies, held) = kept.pairs, kept.design
    n = int(np.isin(pairs.arm, [pairs.arms[0], pairs.arms[k]]).sum())  # type: ignore[arg-type]
    covariates = pairs.covariates[:, pairs.columns_among(np.ones(len(kept.then), dtype=bool))]
    X = np.column_stack([dummies, pairs.before - pairs.before.sum() / max(len(kept.then), 1), covariates])
    term, position = named("lasting_ancova", inside, wave), held.index(k) if k in held else -1
    contrast: Contrast = lambda y: _least_squares(X, y, position, level)  # noqa: E731
    try:
        rows = [make_row(term, "ols", contrast(kept.lasting), level, n)] if k in held else []
    except StatisticsError:
        rows = []
    if not rows:
        notes.append(Phrase("change.note.wave_no_ancova", wave=wave))
        return [make_row(term, "ols", Estimate(NAN), level, n)]
    robust = _robust(X, position, pairs.cluster, level, _sides(pairs, pairs.arms[k]), notes)
    if robust is not None:
        rows += _cr2_rows(kept, wave, robust, options, inside, ("lasting_ancova",), n)
        contrast = robust
    return [*rows, _share_row(kept, wave, contrast, options, named("share_kept_ancova", inside, wave), n, notes)]


def _sides(pairs: Pairs, arm: str) -> int | None:
    """Clusters on the smaller side of an arm and the comparison arm; None where clusters hold both, or there are none."""
    if pairs.cluster is None or pairs.arm is None:
        return None
    return fewest_units(pairs.arm, pairs.cluster, arm, pairs.arms[0])


def _least_squares(X: Floats, y: Floats, position: int, level: float) -> Estimate:
    """One coefficient with one error variance; only the estimate where nothing is left over."""
    fitted = linear.fit(X, y)
    error = 0.0 if fits_exactly(fitted.residuals, y) else math.sqrt(fitted.covariance[position, position])
    return of_t(float(fitted.coef[position]), error, fitted.dof, level)


def _robust(
    X: Floats, position: int, clusters: NDArray[Any] | None, level: float, sides: int | None, notes: list[Text]
) -> Contrast | None:
    """The CR2 contrast, or None without clusters or with too few."""
    if clusters is None:
        return None
    refused = too_few_clusters(clusters, sides)
    if refused is not None:
        if refused not in notes:
            notes.append(refused)
        return lambda y: Estimate(float(linear.fit(X, y).coef[position]))
    return lambda y: cr2_estimate(X, y, position, clusters, level)


def _cr2_rows(
    part: _Part, wave: str, contrast: Contrast, options: Options, inside: str, bases: tuple[str, ...],
    n: int | None = None,
) -> list[Row]:
    """Rows by CR2 of what lasts and of the loss."""
    assert part.pairs.cluster is not None
    units, people = len(np.unique(part.pairs.cluster)), len(part.first) if n is None else n
    of = {"lasting": part.lasting, "lasting_ancova": part.lasting, "loss": part.since}
    return [
        make_row(named(base, inside, wave), "cr2", contrast(of[base]), options.level, people, units) for base in bases
    ]


def _share_row(
    part: _Part, wave: str, contrast: Contrast, options: Options, term: str, n: int, notes: list[Text]
) -> Row:
    """The share kept; missing, with a note, where the first change is not told apart from zero."""
    found = share_kept(part.first, part.lasting, contrast, options.level)
    if math.isnan(found.estimate):
        note = Phrase("change.note.wave_no_share", wave=wave)
        if note not in notes:
            notes.append(note)
    return make_row(term, "fieller", found, options.level, n)


def _too_few(wave: str, name: str) -> Text:
    """Nobody, or one person, has a wave."""
    who = Phrase("change.note.where", name=name) if name else ""
    return Phrase("change.note.wave_few", wave=wave, who=who)
