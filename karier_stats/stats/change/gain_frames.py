"""Gains as rows of a picture or a table: values by code, no words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from karier_stats.stats.effect import cell

if TYPE_CHECKING:
    from karier_stats.stats.change.gains import Gain, Gains


def of(gains: Gains, kind: str) -> pd.DataFrame:
    """People for a picture of change, shares of levels for a stacked one, else one row per group."""
    if kind == "change":
        return people(gains)
    if gains.alone_ordinal:
        return levels(gains)
    rows = pd.DataFrame([_row(gain) for gain in gains.rows])
    rows.attrs["as"] = {gains.by: "label"}
    return rows


def people(gains: Gains) -> pd.DataFrame:
    """``before``, ``after`` and arm of everybody, participants first."""
    roles = gains.roles
    names = {roles.before: "before", roles.after: "after"}
    rows = gains.people.rename(columns=names)
    rows = rows.sort_values([roles.group, "before", "after"], ascending=[False, True, True], kind="stable")
    rows = rows.reset_index(drop=True)[["before", "after", roles.group]]
    rows.attrs["as"] = {"drop": [roles.group]}
    return rows


def levels(gains: Gains) -> pd.DataFrame:
    """How many of all who answered a wave are on each level."""
    parts = []
    for wave in (gains.roles.before, gains.roles.after):
        counts = gains.data[wave].dropna().astype(float).value_counts().sort_index()
        parts.append(pd.DataFrame({
            "wave": wave, "score": [f"{score:g}" for score in counts.index], "count": counts.to_numpy(),
            "value": counts.to_numpy() / counts.sum(), "n": int(counts.sum()),
        }))
    rows = pd.concat(parts, ignore_index=True)
    rows.attrs["as"] = {"wave": "label", "score": "part"}
    return rows


def _row(gain: Gain) -> dict[str, object]:
    """One group: the leading estimate with its interval, both estimates, people, adjusted p and possible ranks."""
    value = gain.estimate
    both = {base: cell(gain.other(base)["estimate"]) for base in ("did", "ancova")} if gain.control else {}
    low, high = gain.ranks or (1, 1)
    return {
        gain.by: gain.code, "estimate": value.value, "low": value.low, "high": value.high, "n": gain.n,
        "trained": gain.treated, "control": gain.control, "selection": gain.selection, "lead": gain.base, **both,
        "p_holm": gain.p_adjusted, "rank_low": low, "rank_high": high, "ranks": f"{low}–{high}",
    }
