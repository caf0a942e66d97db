"""What is left of a change at later waves: the change that lasts, the loss, and the share kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from karier_stats.stats.change.change_rows import Options, moved, named, too_few_clusters
from karier_stats.stats.change.pairing import Pairs
from karier_stats.stats.contrast import contrast
from karier_stats.stats.numerics import linear, paired
from karier_stats.stats.numerics.estimate import NAN, Estimate
from karier_stats.stats.numerics.types import Array
from karier_stats.stats.results import Sheet
from karier_stats.words import Phrase

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

    def rows(self, method: str, by: Contrast, n: int, bases: tuple[str, ...] = ("lasting", "loss")) -> Sheet:
        """What lasts, and the loss, by one method."""
        sheet, clusters = Sheet(), self.pairs.cluster if method == "cr2" else None
        for base in bases:
            found = by(self.loss if base == "loss" else self.lasting)
            sheet.add(self.term(base), method, found, n, None if clusters is None else len(np.unique(clusters)))
        return sheet

    def kept(self, by: Contrast, level: float, n: int, ending: str = "") -> Sheet:
        """The share kept; missing, with a note, where the first change is not told apart from zero."""
        sheet, found = Sheet(), share_kept(self.pairs.change, self.lasting, by, level)
        sheet.add(self.term(f"share_kept{ending}"), "fieller", found, n)
        sheet.note(Phrase("change.note.wave_no_share", wave=self.wave) if np.isnan(found.value) else None)
        return sheet

    def robust(self, X: Array, position: int, sides: int | None) -> tuple[Contrast | None, Phrase | None]:
        """The CR2 contrast, without error where there are too few clusters, and why; None without clusters."""
        clusters = self.pairs.cluster
        refused = None if clusters is None else too_few_clusters(clusters, sides)
        if refused is not None:
            return lambda y: Estimate(float(linear.fit(X, y).coef[position])), refused
        return None if clusters is None else lambda y: contrast(X, y, position, clusters), None


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
            sheet.take(_one_group(part, options))
        else:
            sheet.take(*(_arm(part, arm, options) for arm in pairs.arms[1:]))
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


def _one_group(part: _Part, options: Options) -> Sheet:
    level, n, pairs = options.level, len(part.then), part.pairs
    if n < 2:
        return _empty(part, n, part.inside, ("lasting", "paired_t"), ("loss", "paired_t"))
    simple: Contrast = partial(paired.mean_change, level=level)
    sheet = part.rows("paired_t", simple, n)
    robust, refused = part.robust(np.ones((n, 1)), 0, None)
    sheet.note(refused)
    if robust is not None:
        sheet.take(part.rows("cr2", robust, n))
    if pairs.kind == "pass_fail":
        for base, start in (("lasting", pairs.before), ("loss", pairs.after)):
            found = paired.paired_proportions(start, part.then, level)
            sheet.add(part.term(base), "mcnemar", replace(found, p=paired.mcnemar(start, part.then)[0]), n)
    if pairs.kind == "ordinal":
        suffix = " · ".join(name for name in (part.inside, part.wave) if name)
        sheet.rows += moved(pairs, part.lasting, options, suffix).rows
    return sheet.take(part.kept(robust or simple, level, n))


def _arm(part: _Part, arm: str, options: Options) -> Sheet:
    pairs, level, suffix = part.pairs, options.level, part.inside
    assert pairs.arm is not None
    own, control, n = pairs.arm == arm, pairs.arm == pairs.arms[0], int(pairs.beside(arm).sum())
    part = replace(part, inside=f"{arm} · {suffix}" if suffix else arm)
    if min(own.sum(), control.sum()) < 2:
        who = f"{arm}, {suffix}" if suffix else arm
        return _empty(part, n, who, ("lasting", "welch"), ("loss", "welch"), ("lasting_ancova", "ols"))
    simple: Contrast = lambda y: paired.welch(y[own], y[control], level)  # noqa: E731
    sheet = part.rows("welch", simple, n)
    X, held = _design(pairs)
    robust, refused = part.robust(X, held.index(arm), pairs.fewest_units(arm))
    sheet.note(refused)
    if robust is not None:
        sheet.take(part.rows("cr2", robust, n))
    return sheet.take(part.kept(robust or simple, level, n), _adjusted(part.only(~pairs.gap), arm, options))


def _design(pairs: Pairs) -> tuple[Array, list[str]]:
    """A constant and a column per arm that occurs, shape (n, k), and the arms of the columns."""
    held = [pairs.arms[0], *(arm for arm in pairs.arms[1:] if np.any(pairs.arm == arm))]
    return np.column_stack([np.ones(len(pairs.before)), *(pairs.arm == arm for arm in held[1:])]), held


def _adjusted(part: _Part, arm: str, options: Options) -> Sheet:
    """What lasts at equal scores before (and covariates), of those who have every covariate."""
    pairs, sheet, term = part.pairs, Sheet(), part.term("lasting_ancova")
    (dummies, held), n = _design(pairs), int(pairs.beside(arm).sum())
    everybody = np.ones(len(part.then), dtype=bool)
    centred = pairs.before - pairs.before.sum() / max(len(part.then), 1)
    X = np.column_stack([dummies, centred, pairs.covariates[:, pairs.columns_among(everybody)]])
    try:
        # Either nobody of the arm is left, or the columns that are left cannot be told apart.
        position = held.index(arm)
        simple: Contrast = lambda y: contrast(X, y, position, method="ols")  # noqa: E731
        sheet.take(part.rows("ols", simple, n, ("lasting_ancova",)))
    except ValueError:
        sheet.note(Phrase("change.note.wave_no_ancova", wave=part.wave))
        sheet.add(term, "ols", Estimate(NAN), n)
        return sheet
    robust, refused = part.robust(X, position, pairs.fewest_units(arm))
    sheet.note(refused)
    if robust is not None:
        sheet.take(part.rows("cr2", robust, n, ("lasting_ancova",)))
    return sheet.take(part.kept(robust or simple, options.level, n, "_ancova"))
