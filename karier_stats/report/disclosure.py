"""Disclosure control: what is said of few people is not shown.

Every answer passes :func:`protect` before anything of it is displayed. Hidden
rows stay in their table or picture with their label, so that a reader sees
that something is hidden; their numbers are gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karier_stats.language import both

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from karier_stats.chapters.findings import Answer, Finding, Picture, Table

MARK = "suppressed"
"""Boolean column that :func:`protect` adds to the data of tables and pictures."""

_LABELS = ("label_id", "label_en", "part_id", "part_en", "group_id", "group_en", "row_id", "row_en",
           "column_id", "column_en", "arm_id", "arm_en", "x", "highlight")
_BLOCK = {"stacked": "label_id", "matrix": "row_id", "intervals": "group_id"}


@dataclass(frozen=True)
class SdcPolicy:
    """The limits that an output keeps, named as in ACRO's risk appetite.

    Parameters
    ----------
    safe_threshold : int
        Least number of people behind a number that is shown.
    zeros_are_disclosive : bool
        Whether a group without people is hidden as well.
    persons_shown : bool
        Whether a picture may draw single persons.
    unit_names_with_leadership : bool
        Whether a unit's leadership score may stand beside its name: it is the
        personal score of one head.

    References
    ----------
    ACRO, ``acro/default.yaml``: ``safe_threshold``, ``zeros_are_disclosive``.
    """

    safe_threshold: int
    zeros_are_disclosive: bool
    persons_shown: bool
    unit_names_with_leadership: bool


POLICIES: dict[str, SdcPolicy] = {
    "internal": SdcPolicy(5, False, True, True),
    "public": SdcPolicy(10, True, False, False),
}


def suppressed_sentence(threshold: int) -> dict[str, str]:
    """What stands in place of a number about too few people."""
    return both(
        f"Angka untuk kelompok dengan kurang dari {threshold} orang tidak ditampilkan.",
        f"Figures for groups of fewer than {threshold} people are not shown.",
    )


def protect(answer: Answer, audience: str) -> Answer:
    """The answer as this audience may see it.

    Parameters
    ----------
    answer : Answer
        What a chapter found; it is not changed.
    audience : {"internal", "public"}
        Sets the policy of ``POLICIES``.

    Returns
    -------
    Answer
        Findings, picture and table with the numbers of small groups removed.
        Protecting a protected answer changes nothing.

    Notes
    -----
    Primary suppression: fewer than ``safe_threshold`` people. Secondary: where
    exactly one row is hidden, the next smallest is hidden too, so that the
    first cannot be had by subtraction; in stacked bars and matrices whose
    counts differ within a bar or row this holds within each bar or row.
    """
    policy = POLICIES[audience]
    table = _protect_table(answer.table, policy) if answer.table else None
    if table and answer.picture and answer.picture.kind == "units" and not policy.unit_names_with_leadership:
        table = _without_unit_names(table, answer.picture)
    return replace(
        answer,
        findings=tuple(_protect_finding(finding, policy) for finding in answer.findings),
        picture=_protect_picture(answer.picture, policy) if answer.picture else None,
        table=table,
        audience=audience,
        results=answer.results if policy.persons_shown else {},
    )


def _protect_finding(finding: Finding, policy: SdcPolicy) -> Finding:
    """The finding, or a sentence that says why its numbers are not shown."""
    if not (finding.of_people and 0 < finding.n < policy.safe_threshold):
        return finding
    return replace(
        finding, estimate=None, ci_low=None, ci_high=None, p_value=None, n=0, suppressed=True,
        sentence=suppressed_sentence(policy.safe_threshold), recommendation=None,
    )


def small(counts: pd.Series, policy: SdcPolicy) -> np.ndarray:
    """Which rows have too few people behind them; a missing count is not about people."""
    import numpy as np

    n = counts.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return (n < policy.safe_threshold) & ((n > 0) | policy.zeros_are_disclosive)


def with_complement(hidden: np.ndarray, counts: pd.Series) -> np.ndarray:
    """Hide the next smallest row where exactly one is hidden (secondary suppression)."""
    import numpy as np

    n = counts.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    candidates = np.where(hidden | ~(n > 0), np.inf, n)
    if hidden.sum() != 1 or not np.isfinite(candidates).any():
        return hidden
    more = hidden.copy()
    more[int(np.argmin(candidates))] = True
    return more


def _hide(data: pd.DataFrame, counts: pd.Series, hidden: np.ndarray, keep: tuple[str, ...]) -> pd.DataFrame:
    """A copy whose hidden rows have lost every value outside ``keep``, and that says so in ``MARK``."""
    import pandas as pd

    out = data.reset_index(drop=True).copy()
    before = out[MARK].to_numpy(dtype=bool) if MARK in out else False
    for column in out.columns.difference([*keep, MARK], sort=False):
        out[column] = out[column].mask(pd.Series(hidden), pd.NA)
    out[MARK] = hidden | before
    return out


def _protect_table(table: Table, policy: SdcPolicy) -> Table:
    """Rows of few people keep their words and lose their numbers."""
    if table.count is None or table.data.empty:
        return table
    counts = table.data[table.count]
    block = table.data[table.block] if table.block else None
    hidden = _settled(table.data, _with_complements(small(counts, policy), counts, block))
    words = tuple(f.name + end for f in table.fields if f.kind == "text" for end in ("", "_id", "_en"))
    return replace(table, data=_hide(table.data, counts, hidden, words))


def _settled(data: pd.DataFrame, hidden: np.ndarray) -> np.ndarray:
    """No second round for rows that are protected already."""
    if MARK in data and data[MARK].any():
        return hidden & data[MARK].to_numpy(dtype=bool)
    return hidden


def _protect_picture(picture: Picture, policy: SdcPolicy) -> Picture | None:
    """The picture without small groups; none at all where everyone in it is a small group."""
    if 0 < picture.n < policy.safe_threshold:
        return None
    if picture.kind == "change":
        return _protect_persons(picture, policy)
    data = picture.data
    hidden = _settled(data, _hidden_rows(picture, policy))
    if picture.kind == "units":
        data = data.loc[~hidden].reset_index(drop=True)
        if not policy.unit_names_with_leadership:
            data = data.assign(label_id="", label_en="")
        return replace(picture, data=data)
    return replace(picture, data=_hide(data, data["n"], hidden, _LABELS))


def _hidden_rows(picture: Picture, policy: SdcPolicy) -> np.ndarray:
    """Primary and secondary suppression for one picture."""
    data = picture.data
    hidden = small(data["n"], policy)
    name = _BLOCK.get(picture.kind)
    block = data.get(name)
    one_n = block is not None and (data.groupby(block.to_numpy(), sort=False)["n"].nunique(dropna=False) == 1).all()
    if block is not None and one_n and picture.kind != "intervals":
        return _hidden_blocks(hidden, data["n"], block)
    return _with_complements(hidden, data["n"], block)


def _with_complements(hidden: np.ndarray, counts: pd.Series, block: pd.Series | None) -> np.ndarray:
    """Secondary suppression, within each block that has a total of its own."""
    if block is None:
        return with_complement(hidden, counts)
    out = hidden.copy()
    for label in block.unique():
        rows = (block == label).to_numpy(dtype=bool)
        out[rows] = with_complement(hidden[rows], counts[rows])
    return out


def _hidden_blocks(hidden: np.ndarray, counts: pd.Series, block: pd.Series) -> np.ndarray:
    """Whole bars or rows of a matrix, where each has one count for all its parts."""
    import pandas as pd

    frame = pd.DataFrame({"block": block.to_numpy(), "hidden": hidden, "n": counts.to_numpy()})
    first = frame.drop_duplicates("block")
    gone = first["block"][with_complement(first["hidden"].to_numpy(dtype=bool), first["n"])]
    return frame["block"].isin(gone).to_numpy(dtype=bool)


def _protect_persons(picture: Picture, policy: SdcPolicy) -> Picture | None:
    """Arms of few people are left out of a picture of persons."""
    data = picture.data
    if "arm_id" in data:
        size = data.groupby("arm_id", sort=False)["arm_id"].transform("size")
        data = data.loc[~small(size, policy)].reset_index(drop=True)
    if len(data) < policy.safe_threshold:
        return None
    return replace(picture, data=data, n=picture.n if len(data) == len(picture.data) else len(data))


def _without_unit_names(table: Table, picture: Picture) -> Table:
    """A table whose rows are the units of the picture loses their names."""
    names = set(picture.data["label_id"]) | set(picture.data["label_en"])
    data = table.data.copy()
    for column in data.columns:
        if data[column].isin(names).any():
            data[column] = "–"
    return replace(table, data=data)
