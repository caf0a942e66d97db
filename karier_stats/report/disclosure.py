"""Disclosure control: what is said of few people is not shown.

Every answer passes :func:`protect` before anything of it is displayed. Hidden
rows stay in their table or picture with their label, so that a reader sees
that something is hidden; their numbers are gone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from karier_stats.domain.disclosure import POLICIES, SdcPolicy
from karier_stats.report.cells import Cell, Cells, agree, same_estimate, tells
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from karier_stats.answers.record import Answer, Finding, Picture, Table

MARK = "suppressed"
"""Boolean column that :func:`protect` adds to the data of tables and pictures."""

_LABELS = ("label_id", "label_en", "part_id", "part_en", "group_id", "group_en", "row_id", "row_en",
           "column_id", "column_en", "arm_id", "arm_en", "x", "highlight")
_BARS = {"stacked": "label_id", "matrix": "row_id", "lines": "group_id"}
"""Bars, rows and lines: hidden whole where each rests on one number of people."""
_TOTALS = {
    "stacked": ("label_id", "part_id"), "matrix": ("column_id",), "intervals": ("group_id",), "lines": ("x",),
}
"""Columns within whose groups the rows of a picture may add up to a total: the columns of a matrix are measures."""


def suppressed_sentence(threshold: int) -> Text:
    """What stands in place of a number about too few people."""
    return Phrase("report.suppressed.figures", threshold=threshold)


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
        Findings, picture, table and notes with the numbers of small groups
        removed; what one of them hides, none of them prints. Protecting a
        protected answer changes nothing.

    Notes
    -----
    Primary suppression: fewer than ``safe_threshold`` people. Secondary: where
    exactly one row is hidden within a total, the next smallest is hidden too,
    so that the first cannot be had by subtraction: within the table, within
    each bar and each part, each column of a matrix and each point of time, and
    between a picture's whole and the table's parts, or the other way round. A sentence
    that names a hidden cell with one of its numbers is not shown; a row that
    prints the estimate of a hidden finding is hidden.
    """
    policy = POLICIES[audience]
    findings = tuple(_protect_finding(finding, policy) for finding in answer.findings)
    table, picture = _table_cells(answer.table, policy), _picture_cells(answer.picture, policy)
    parts = [one for one in (table, picture) if one is not None]
    few = [one for one, shown in zip(answer.findings, findings, strict=True) if shown.suppressed]
    for one in parts:
        if not _is_protected(one.data):
            one.hidden = one.hidden | same_estimate(few, one)
    if not any(_is_protected(one.data) for one in parts):
        agree(parts)
    gone = [cell for one in parts for cell in one.gone()]
    safe = _protect_table(answer.table, table) if answer.table else None
    if safe and answer.picture and answer.picture.kind == "units" and not policy.unit_names_with_leadership:
        safe = _without_unit_names(safe, answer.picture)
    return replace(
        answer,
        findings=tuple(_without_told(finding, gone, policy) for finding in findings),
        picture=_protect_picture(answer.picture, picture, policy) if answer.picture else None,
        table=safe,
        notes=tuple(note for note in answer.notes if not tells(note, gone)),
        audience=audience,
        results=answer.results if policy.persons_shown else {},
    )


def _protect_finding(finding: Finding, policy: SdcPolicy) -> Finding:
    """The finding, or a sentence that says why its numbers are not shown."""
    hidden = finding.of_people and 0 < finding.n < policy.safe_threshold
    return _hidden_finding(finding, policy) if hidden else finding


def _hidden_finding(finding: Finding, policy: SdcPolicy) -> Finding:
    """A finding whose place says that its numbers are not shown."""
    return replace(
        finding, estimate=None, ci_low=None, ci_high=None, p_value=None, n=0, suppressed=True,
        sentence=dict(suppressed_sentence(policy.safe_threshold)), recommendation=None, brief=None,
    )


def _without_told(finding: Finding, gone: list[Cell], policy: SdcPolicy) -> Finding:
    """The finding, or none of its numbers where its words tell a cell that is hidden; its advice likewise."""
    if finding.suppressed or not gone:
        return finding
    if tells(finding.sentence, gone):
        return _hidden_finding(finding, policy)
    advice = finding.recommendation
    told = advice is not None and any(tells(text, gone) for text in (advice.action, advice.indicator))
    brief = finding.brief
    if brief is not None and (tells(brief.message, gone) or tells(brief.plain, gone)):
        finding = replace(finding, brief=None)
    return replace(finding, recommendation=None) if told else finding


def small(counts: np.ndarray, policy: SdcPolicy) -> np.ndarray:
    """Which rows have too few people behind them; a missing count is not about people."""
    return (counts < policy.safe_threshold) & ((counts > 0) | policy.zeros_are_disclosive)


def _counts(column: pd.Series) -> np.ndarray:
    """Numbers of people as floats; a missing one is NaN."""
    return column.astype("Float64").to_numpy(dtype=float, na_value=float("nan"))


def _table_cells(table: Table | None, policy: SdcPolicy) -> Cells | None:
    """The rows of a table; none is small where the table is not about people."""
    import numpy as np

    if table is None or table.data.empty:
        return None
    data = table.data
    counts = _counts(data[table.count]) if table.count else np.full(len(data), np.nan)
    names = [f.name + "_id" if f.name + "_id" in data else f.name for f in table.fields if f.kind == "text"]
    block = data[table.block] if table.block else None
    return Cells(data, counts, small(counts, policy), tuple(names), (block,))


def _picture_cells(picture: Picture | None, policy: SdcPolicy) -> Cells | None:
    """The rows of a picture that is not one of persons."""
    if picture is None or picture.kind == "change" or picture.data.empty:
        return None
    data, counts = picture.data, _counts(picture.data["n"])
    names = tuple(name for name in _LABELS if name in data and (name.endswith("_id") or name == "x"))
    if picture.kind == "units":
        names = ("label_id",)
    bar = data.get(_BARS.get(picture.kind))
    if bar is not None and (data.groupby(bar.to_numpy(), sort=False)["n"].nunique(dropna=False) == 1).all():
        return Cells(data, counts, small(counts, policy), names, (bar,), whole_blocks=True)
    totals = tuple(data[name] for name in _TOTALS.get(picture.kind, ()) if name in data)
    return Cells(data, counts, small(counts, policy), names, totals or (None,))


def _is_protected(data: pd.DataFrame) -> bool:
    """Whether disclosure control has been here; there is no second round."""
    return MARK in data and bool(data[MARK].any())


def _hide(data: pd.DataFrame, hidden: np.ndarray, keep: tuple[str, ...]) -> pd.DataFrame:
    """A copy whose hidden rows have lost every value outside ``keep``, and that says so in ``MARK``."""
    import pandas as pd

    out = data.reset_index(drop=True).copy()
    before = out[MARK].to_numpy(dtype=bool) if MARK in out else False
    for column in out.columns.difference([*keep, MARK], sort=False):
        out[column] = out[column].mask(pd.Series(hidden), pd.NA)
    out[MARK] = hidden | before
    return out


def _protect_table(table: Table, cells: Cells | None) -> Table:
    """Hidden rows keep their words and lose their numbers."""
    if cells is None or (table.count is None and not cells.hidden.any()):
        return table
    words = tuple(f.name + end for f in table.fields if f.kind == "text" for end in ("", "_id", "_en"))
    return replace(table, data=_hide(table.data, cells.hidden, words))


def _protect_picture(picture: Picture, cells: Cells | None, policy: SdcPolicy) -> Picture | None:
    """The picture without small groups; none at all where everyone in it is a small group."""
    of_people = "n" not in picture.data or picture.data["n"].notna().any()
    if of_people and 0 < picture.n < policy.safe_threshold:
        return None
    if picture.kind == "change":
        return _protect_persons(picture, policy)
    if cells is None:
        return picture
    if picture.kind == "units":
        data = picture.data.loc[~cells.hidden].reset_index(drop=True)
        if not policy.unit_names_with_leadership:
            data = data.assign(label_id="", label_en="")
        return replace(picture, data=data)
    return replace(picture, data=_hide(picture.data, cells.hidden, _LABELS))


def _protect_persons(picture: Picture, policy: SdcPolicy) -> Picture | None:
    """Arms of few people are left out of a picture of persons."""
    data = picture.data
    if "arm_id" in data:
        size = data.groupby("arm_id", sort=False)["arm_id"].transform("size")
        data = data.loc[~small(size.to_numpy(dtype=float), policy)].reset_index(drop=True)
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
