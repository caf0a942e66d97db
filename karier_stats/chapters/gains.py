"""What a course added to its participants' scores, form by form, and over all forms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from karier_stats.chapters import claims, scores
from karier_stats.domain.codes import FORM, label
from karier_stats.errors import StatisticsError
from karier_stats.language import both, listing
from karier_stats.stats import strata
from karier_stats.stats.change import Change, holm
from karier_stats.stats.compare import compare
from karier_stats.stats.shares import Estimate

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

WIDEST = 5.0
"""An interval of more than 5 of 100 points to each side is too wide to choose between forms of training."""
ASSUMPTION = {
    "did": both(
        "tanpa pelatihan kedua kelompok akan berubah sama besar",
        "without the training both groups would have changed alike",
    ),
    "ancova": both(
        "tanpa pelatihan, peserta dan pembanding dengan nilai pretes yang sama akan memperoleh nilai akhir yang sama",
        "without the training, participants and comparison people with equal pre-test scores would have ended alike",
    ),
}


@dataclass(frozen=True)
class Gain:
    """The gain of one form of training against its comparison people.

    Attributes
    ----------
    form, selection : str
        Codes of ``FORM`` and ``SELECTION``.
    base : str
        ``did`` or ``ancova``: the estimate that leads, by how people were chosen.
    row : Series
        Its row of the result's table.
    result : Change
        The whole comparison.
    trained, control : int
        People with both tests.
    """

    form: str
    selection: str
    base: str
    row: pd.Series
    result: Change
    trained: int
    control: int

    @property
    def estimate(self) -> Estimate:
        """The leading estimate with its interval, in points."""
        return claims.estimate_of(self.row)

    def other(self, base: str) -> pd.Series:
        """The row of ``did`` or ``ancova`` by the method of the leading row where it has one."""
        return preferred(self.result, f"{base}[{scores.TRAINED}]")

    @property
    def agree(self) -> bool:
        """Whether the two estimates lead to one conclusion; asked only where the way of choosing is unknown."""
        if self.selection != "unknown":
            return True
        one, two = (claims.estimate_of(self.other(base)) for base in ("did", "ancova"))
        return claims.decided(one) == claims.decided(two) and math.copysign(1, one.value) == math.copysign(1, two.value)


def preferred(result: Change, term: str) -> pd.Series:
    """The row of a term by CR2 where there are clusters, else by Welch, else by least squares."""
    rows = result.table[result.table["term"] == term]
    order = ["cr2", "welch", "ols"]
    rows = rows[rows["method"].isin(order)]
    return rows.iloc[int(np.argmin([order.index(method) for method in rows["method"]]))]


def by_form(ev: Evaluation, pairs: pd.DataFrame) -> list[Gain]:
    """The gain of every form that has comparison people, in the order of the code list."""
    found = []
    for form in [code for code in FORM if code in set(pairs["form"])]:
        gain = one_form(ev, pairs[pairs["form"] == form], form)
        if gain is not None:
            found.append(gain)
    return found


def one_form(ev: Evaluation, part: pd.DataFrame, form: str) -> Gain | None:
    """The gain of one form; None where the comparison cannot be made."""
    if not scores.has_control(part):
        return None
    chosen = part.loc[part["arm"] == scores.TRAINED, "selection"].unique()
    selection = str(chosen[0]) if len(chosen) == 1 else "unknown"
    try:
        result = compare(
            part, before="pre", after="post", group="arm", control=scores.CONTROL, cluster=scores.cluster_of(part),
            selection=selection, level=ev.level, seed=ev.seed,  # type: ignore[arg-type]
        )
    except StatisticsError:
        return None
    row = result.headline
    if math.isnan(claims.plain(row["std_error"])):
        return None
    sizes = part["arm"].value_counts()
    base = str(row["term"]).split("[")[0]
    return Gain(form, selection, base, row, result, int(sizes[scores.TRAINED]), int(sizes[scores.CONTROL]))


def overall(gains: list[Gain], level: float) -> strata.Combined:
    """The mean gain over the participants of all forms."""
    estimates, errors, dofs = (
        [claims.plain(gain.row[name]) for gain in gains] for name in ("estimate", "std_error", "dof")
    )
    return strata.combine(estimates, errors, dofs, [gain.trained for gain in gains], level)


def holm_p(gains: list[Gain]) -> list[float]:
    """Holm-adjusted p-values within the family of forms."""
    return [float(p) for p in holm(np.array([claims.plain(gain.row["p_value"]) for gain in gains]))]


def assumptions(gains: list[Gain], lang: str) -> str:
    """The assumptions that the leading estimates rest on, in words."""
    used = [base for base in ("did", "ancova") if any(gain.base == base for gain in gains)]
    if len(used) == 1:
        return ASSUMPTION[used[0]][lang]
    names = {
        base: listing([label(FORM, gain.form, lang).lower() for gain in gains if gain.base == base], lang)
        for base in used
    }
    return both(
        f"{ASSUMPTION['did']['id']} ({names['did']}) dan {ASSUMPTION['ancova']['id']} ({names['ancova']})",
        f"{ASSUMPTION['did']['en']} ({names['did']}) and {ASSUMPTION['ancova']['en']} ({names['ancova']})",
    )[lang]
