"""How alike the arms were before: standardised mean differences with their intervals."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from karier_stats.stats.change.pairing import Pairs
from karier_stats.stats.numerics.estimate import NAN, Estimate, between, z_quantile
from karier_stats.stats.numerics.paired import spread
from karier_stats.stats.numerics.types import Array
from karier_stats.words import Phrase

BEFORE = "before"
"""Name of the score before among the variables."""

BALANCE = (
    "variable", "arm", "n", "n_missing", "mean", "sd", "control_n", "control_missing", "control_mean", "control_sd",
    "difference", "smd", "smd_low", "smd_high",
)
"""Columns of the table of balance."""

NOTABLE, LARGE = 0.1, 0.25
"""Absolute standardised differences that are said: Austin (2009), and Rubin's (2001) bound for regression."""


def standardised_difference(a: Array, b: Array, level: float) -> Estimate:
    """Mean of ``a`` (n,) less mean of ``b`` (m,), neither with gaps, over the root of their average variance.

    With ``s2 = (sa^2 + sb^2) / 2`` the variance is ``d^2 (sa^4 / (n-1) + sb^4 / (m-1)) / (8 s2^2) + (sa^2 / (n-1) +
    sb^2 / (m-1)) / s2``; normal quantile. NaN where neither varies; no interval where only one does, since a share of 0
    or 100 percent says nothing of its own variance. Austin (2009), Statistics in Medicine 28, 3083-3107; Bonett (2008),
    Psychological Methods 13, 99-109.
    """
    if min(len(a), len(b)) < 2:
        return Estimate(NAN)
    va, vb = spread(a) ** 2, spread(b) ** 2
    s2 = (va + vb) / 2
    if not s2 > 0:
        return Estimate(NAN)
    d, na, nb = float(a.mean() - b.mean()) / math.sqrt(s2), len(a) - 1, len(b) - 1
    if min(va, vb) == 0:
        return Estimate(d)
    error = math.sqrt(d**2 * (va**2 / na + vb**2 / nb) / (8 * s2**2) + (va / na + vb / nb) / s2)
    half = z_quantile(0.5 + level / 2) * error
    return between(d, d - half, d + half, std_error=error)


def balance_rows(pairs: Pairs, level: float) -> list[dict[str, Any]]:
    """One row per arm and variable, with the keys ``BALANCE``: the score before, then every covariate."""
    assert pairs.arm is not None
    columns = {BEFORE: pairs.before, **dict(zip(pairs.names, pairs.covariates.T, strict=True))}
    return [
        {"variable": name, "arm": arm, **_against(values[pairs.arm == arm], values[pairs.arm == pairs.arms[0]], level)}
        for name, values in columns.items() for arm in pairs.arms[1:]
    ]


def _against(own: Array, control: Array, level: float) -> dict[str, float]:
    parts: dict[str, float] = {}
    for prefix, values in (("", own), ("control_", control)):
        known = values[~np.isnan(values)]
        parts |= {
            f"{prefix}n": len(known), f"{prefix or 'n_'}missing": len(values) - len(known),
            f"{prefix}mean": float(known.mean()) if len(known) else NAN, f"{prefix}sd": spread(known),
        }
    found = standardised_difference(own[~np.isnan(own)], control[~np.isnan(control)], level)
    return {
        **parts, "difference": parts["mean"] - parts["control_mean"], "smd": found.estimate, "smd_low": found.low,
        "smd_high": found.high,
    }


def balance_note(pairs: Pairs, level: float) -> list[Phrase]:
    """The largest standardised difference before, where it is more than ``NOTABLE``."""
    rows = [row for row in balance_rows(pairs, level) if abs(row["smd"]) > NOTABLE]
    if not rows:
        return []
    worst = max(rows, key=lambda row: abs(row["smd"]))
    variable = worst["variable"]
    name = Phrase("change.note.balance_before") if variable == BEFORE else f"`{variable}`"
    size, bound = ("large", LARGE) if abs(worst["smd"]) > LARGE else ("notable", NOTABLE)
    return [Phrase(
        "change.note.balance", variable=name, arm=worst["arm"], control=pairs.arms[0], smd=worst["smd"],
        bound=Phrase(f"change.note.balance_{size}", bound=bound),
    )]
