"""``dealt_out``: a comparison of two arms by dealing out the training anew within and among units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from karier_stats.stats.change.gain import Gain
from karier_stats.stats.change.gains import Gains
from karier_stats.stats.columns import labels_of
from karier_stats.stats.effect import Effect
from karier_stats.stats.numerics.estimate import NAN, Estimate, between
from karier_stats.stats.numerics.permutation import OfficePermutation, office_permutation
from karier_stats.words import Figure, Phrase
from karier_stats.words.numbers import Text


@dataclass(frozen=True, eq=False)
class DealtOut:
    """The permutation with the gain that it stands beside; see :func:`dealt_out`.

    Parameters
    ----------
    dealt : OfficePermutation
    gain : Gain or None
        Least squares, which lead where the permutation is refused; None where nothing can be compared.
    about : mapping
        What the view says of its table.
    """

    dealt: OfficePermutation
    gain: Gain | None = field(repr=False)
    about: Mapping[str, Any] = field(repr=False)

    @property
    def everybody(self) -> int:
        """All who could be compared."""
        return 0 if self.gain is None else len(self.gain.people) + len(self.gain.without)

    @property
    def effect(self) -> Effect:
        """The permutation's, or least squares' where it is refused."""
        if self.gain is None:
            return Effect(Estimate(NAN), 0, "comparison_group", about=self.about)
        lead, dealt = self.gain.effect, self.dealt
        share = (len(self.gain.people) if dealt.refused else dealt.people) / self.everybody
        about = {**self.about, "coverage": self.about.get("coverage", 1.0) * share}
        if dealt.refused:
            return replace(lead, method="", sentence=None, about=about)
        value = between(dealt.estimate, dealt.low, dealt.high, p=dealt.p, level=self.gain.roles.level)
        control = dealt.people - dealt.trained
        return Effect(value, min(dealt.trained, control), lead.design, lead.measure, dealt.trained, control,
                      n_units=dealt.offices, robust=lead.robust, about=about)

    @property
    def where(self) -> Phrase:
        """Within or among how many units."""
        return Phrase(f"gains.dealt.{self.dealt.design}", units=self.dealt.offices)

    @property
    def note(self) -> Text:
        """What the permutation does and takes for granted, or why it is refused."""
        dealt, left = self.dealt, self.everybody - self.dealt.people
        refused = dealt.why_refused()
        if refused is not None:
            return refused
        ways = Phrase(f"gains.dealt.{'all' if dealt.enumerated else 'drawn'}", n=dealt.used)
        return Phrase(
            f"gains.dealt.{'note_left' if left else 'note'}", where=self.where, ways=ways, left=left,
            least=Figure(dealt.smallest_p, "p_bare"),
        )


def dealt_out(gains: Gains) -> DealtOut:
    """Compare the two arms of one group by dealing out the training anew within and among their clusters.

    Parameters
    ----------
    gains : Gains
        Of :func:`~karier_stats.stats.change.gains.gains` without ``by``, with ``cluster``; people without one are left
        out.

    Returns
    -------
    DealtOut
        Of nobody where ``gains`` holds no comparison.

    Notes
    -----
    See :func:`karier_stats.stats.numerics.permutation.office_permutation`: exact if without the training every
    arrangement was equally likely; the interval holds the shifts that are not rejected.
    """
    roles = gains.roles
    gain = gains.rows[0] if gains.rows else None
    known = gains.data.dropna(subset=[roles.before, roles.after, str(roles.cluster)])
    change = (known[roles.after] - known[roles.before]).to_numpy(dtype=float)
    dealt = office_permutation(
        change, (known[roles.group] != roles.control).to_numpy(dtype=bool), labels_of(known[roles.cluster]).text,
        np.random.default_rng(roles.seed), level=roles.level,
    )
    return DealtOut(dealt, gain, gains.about)
