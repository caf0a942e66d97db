"""The result of a comparison: its sentence, its picture, and the words for the picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from karier_stats.errors import StatisticsError
from karier_stats.stats.change.pairing import BALANCE, Pairs, balance_rows
from karier_stats.stats.effect import Refused, tried
from karier_stats.stats.numerics.multiplicity import benjamini_hochberg, holm, rank_intervals
from karier_stats.stats.picture import Picture
from karier_stats.stats.results import Result, base_term
from karier_stats.words import Phrase

if TYPE_CHECKING:
    from karier_stats.stats.change.change_rows import Options
    from karier_stats.stats.change.dropout import Leavers
    from karier_stats.stats.change.nomination import NetGain


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
    """A change between two waves; see :func:`karier_stats.stats.change.compare.compare`.

    Parameters
    ----------
    pairs : Pairs
        The complete pairs behind the result.
    options : Options
        What the caller chose: how people came into their arm, level, seed, scale.
    detectable : dict
        Term of a headline to the smallest true change that these data would find with 80 percent power.
    equivalence : dict
        Term of a headline to its equivalence test; empty without ``smallest_effect``.
    one_level : callable
        Name of a level of ``by`` to its own result.
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
    def groups(self) -> tuple[str, ...]:
        """Levels of ``by``, in the order of the table."""
        return self.pairs.levels

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms, the comparison arm first; empty for one group."""
        return self.pairs.arms

    @cached_property
    def by(self) -> dict[str, Change]:
        """The result of each level of ``by`` that is large enough, by name."""
        found = {name: tried(self.one_level, name) for name in self.groups}
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
        low, high = ranks(frame, self.options.level)
        return frame.drop(columns=["std_error", "dof"]).assign(
            p_holm=pd.array(holm(p), dtype="Float64"),
            p_bh=pd.array(benjamini_hochberg(p), dtype="Float64"),
            rank_low=pd.array(low, dtype="Int64"), rank_high=pd.array(high, dtype="Int64"),
        )

    def net_gain(
        self, *, reliability: float, pool: ArrayLike, reliability_se: float = 0.0, pool_cluster: ArrayLike | None = None,
    ) -> NetGain:
        """What is left of the change when people were chosen for a low score before.

        Parameters
        ----------
        reliability, reliability_se : float
            Test-retest reliability (0-1) and its standard error.
        pool, pool_cluster : array
            Whom they were chosen from: see :func:`karier_stats.stats.change.nomination.net_gain`.

        Raises
        ------
        StatisticsError
            K323: the result has arms, where ANCOVA answers this.
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

        Parameters
        ----------
        deltas : sequence of float
            Points that the leavers are taken to have ended above (below, if negative) others with the same score
            before; see :func:`karier_stats.stats.change.dropout.leavers`.

        Notes
        -----
        Lee's bounds are given where ``selection="random"``. Leavers of an arm that has no pairs are not counted.
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
        from karier_stats.stats.change import change_words

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
        if ordinal:
            data.attrs["told"] = {arm: self._moved(arm) for arm in self.arms or ("",)}
        else:
            data.attrs["change"] = {arm: self._mean_change(arm) for arm in self.arms or ("",)}
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


def ranks(frame: pd.DataFrame, level: float) -> tuple[list[int | None], list[int | None]]:
    """Best and worst rank of every row among the rows of its arm; None without a standard error."""
    low: list[int | None] = [None] * len(frame)
    high: list[int | None] = [None] * len(frame)
    known = frame["std_error"].notna() & frame["dof"].notna()
    for arm in dict.fromkeys(frame["arm"]):
        rows = np.flatnonzero(known & (frame["arm"] == arm))
        if len(rows) < 2:
            continue
        estimates, errors, dofs = (
            frame[name].iloc[rows].to_numpy(dtype=float) for name in ("estimate", "std_error", "dof")
        )
        best, worst = rank_intervals(estimates, errors, dofs, level)
        for row, b, w in zip(rows, best, worst, strict=True):
            low[row], high[row] = int(b), int(w)
    return low, high
