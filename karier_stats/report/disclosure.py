"""Disclosure control: what is said of few people is not shown.

Every answer passes :func:`protect` before anything of it is displayed. Hidden rows stay in their table or picture with their
label, so that a reader sees that something is hidden; their numbers are gone. For the public rare groups of people lose their
label, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.domain.disclosure import SdcPolicy, declared, policy_for
from karier_stats.report.cells import Cell, Cells, agree, floats, same_estimate, tells
from karier_stats.report.checks import (
    BOUNDS,
    DIFFERENCING,
    DOMINANCE,
    HEADS,
    LARGEST,
    SECONDARY,
    THRESHOLD,
    finding_check,
    of_money,
    parts_small,
    picture_small,
    says,
    says_few,
    small,
    sums_of_money,
    table_parts,
    table_small,
    tells_few,
)
from karier_stats.report.wording import sentences
from karier_stats.words import Joined, Phrase
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.answers.record import Answer, Finding, Picture, Table

MARK = "suppressed"
"""Boolean column that :func:`protect` adds to the data of tables and pictures."""
DIFFERENCE = "share_difference"
"""Unit of measure of how far two shares lie apart."""

_LABELS = ("label_id", "label_en", "part_id", "part_en", "group_id", "group_en", "row_id", "row_en",
           "column_id", "column_en", "arm_id", "arm_en", "x", "highlight")
_BARS = {"stacked": "label_id", "sides": "label_id", "matrix": "row_id", "lines": "group_id"}
"""Bars, rows and lines: hidden whole where each rests on one number of people."""
_TOTALS = {
    "stacked": ("label_id", "part_id"), "matrix": ("column_id",), "intervals": ("group_id",), "lines": ("x",),
}
"""Columns within whose groups the rows of a picture may add up to a total: the columns of a matrix are measures."""


def suppressed_sentence(threshold: int) -> Text:
    """What stands in place of a number about too few people."""
    return Phrase("report.suppressed.figures", threshold=threshold)


def protect(answer: Answer, audience: str) -> Answer:
    """The answer as this audience may see it: the numbers of small groups are removed from findings, picture, table and notes.

    What one of them hides, none of them prints. Protecting a protected answer changes nothing.

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
    policy = policy_for(audience)
    if answer.picture and answer.picture.kind == "units" and not policy.units_with_leadership:
        answer = replace(answer, picture=None, table=None)  # each point, and each row beside it, is one head
    if policy.outside and answer.chapter == HEADS and answer.n_units is not None and answer.n_units < policy.safe_units:
        # so few heads that it would tell each head's own score
        hidden = tuple(one if one.evidence == "belum_ada_data" else _hidden_finding(one, policy) for one in answer.findings)
        return replace(answer, findings=hidden, picture=None, table=None, notes=(), audience=audience)
    if policy.outside:
        answer = replace(answer, findings=tuple(_with_less_said(one, policy) for one in answer.findings))
    few = [(one.of_people and 0 < one.n < policy.safe_threshold) or (
        policy.outside and not one.suppressed and finding_check(answer.id, one, policy) != "") for one in answer.findings]
    findings = tuple(_hidden_finding(one, policy) if gone else one for one, gone in zip(answer.findings, few, strict=True))
    answer = _without_beside(answer, policy)
    table, picture = _table_cells(answer, policy), _picture_cells(answer, policy)
    parts = [one for one in (table, picture) if one is not None]
    first = [one.hidden.copy() for one in parts]
    gone = [one for one, shown in zip(answer.findings, findings, strict=True) if shown.suppressed]
    for one in parts:
        if not _is_protected(one.data):
            one.hidden = one.hidden | same_estimate(gone, one)
    if not any(_is_protected(one.data) for one in parts):
        agree(parts)
    more = any((one.hidden & ~own).any() for one, own in zip(parts, first, strict=True))
    money = answer.table is not None and sums_of_money(answer.table)
    checks = [
        *(finding_check(answer.id, one, policy) or THRESHOLD for one, shown in zip(answer.findings, findings, strict=True)
          if shown.suppressed and not one.suppressed),
        *[DOMINANCE if money else THRESHOLD] * any(own.any() for own in first), *[SECONDARY] * more,
    ]
    answer = replace(answer, audience=audience, checks=tuple(dict.fromkeys((*answer.checks, *checks))))
    return _as_shown(answer, findings, table, picture, policy)


def hide_too(answer: Answer, rows: Mapping[str, Collection[int]], ids: Collection[str]) -> Answer:
    """A protected answer of which more is hidden (rows of ``table`` and ``picture``, findings), and what would give that away."""
    policy = policy_for(answer.audience)
    table, picture = _table_cells(answer, policy), _picture_cells(answer, policy)
    for name, one in (("table", table), ("picture", picture)):
        if one is not None:
            before = one.data[MARK].to_numpy(dtype=bool) if MARK in one.data else False
            one.hidden = one.hidden | before | np.isin(np.arange(len(one.data)), list(rows.get(name, ())))
    agree([one for one in (table, picture) if one is not None])
    findings = tuple(_hidden_finding(one, policy) if one.id in ids else one for one in answer.findings)
    checks = tuple(dict.fromkeys((*answer.checks, DIFFERENCING)))
    return _as_shown(replace(answer, checks=checks), findings, table, picture, policy)


def _as_shown(
    answer: Answer, findings: tuple[Finding, ...], table: Cells | None, picture: Cells | None, policy: SdcPolicy
) -> Answer:
    """The answer without its hidden cells, and without the words that tell one of them."""
    gone = [cell for one in (table, picture) if one is not None for cell in one.gone()]
    safe = _protect_table(answer.id, answer.table, table, policy) if answer.table else None
    told = tuple(_without_told(finding, gone, policy) for finding in findings)
    return replace(
        answer,
        findings=_with_differences(told, [one for one in (table, picture) if one is not None], policy),
        picture=_protect_picture(answer.id, answer.picture, picture, policy) if answer.picture else None,
        table=safe,
        notes=tuple(note for note in answer.notes if not (tells(note, gone) or (policy.outside and tells_few([note], policy)))),
    )


def _hidden_finding(finding: Finding, policy: SdcPolicy) -> Finding:
    """A finding whose place says that its numbers are not shown."""
    why = Phrase("report.suppressed.money") if of_money(finding) else suppressed_sentence(policy.safe_threshold)
    return replace(
        finding, estimate=None, ci_low=None, ci_high=None, p_value=None, n=0, suppressed=True,
        sentence=dict(why), recommendation=None, brief=None,
    )


def _with_less_said(finding: Finding, policy: SdcPolicy) -> Finding:
    """A finding with its title for a sentence that tells more, where the more is of few people and the title tells its number."""
    title, own = finding.brief.message if finding.brief else None, finding.estimate
    if title is None or own is None or says_few(title, finding, policy) or not says_few(finding.sentence, finding, policy):
        return finding
    if not says(title, [own, own * finding.n]):
        return finding
    return _entitled(finding, title)


def _entitled(finding: Finding, title: Text) -> Finding:
    """A finding whose title stands for its sentence."""
    return replace(finding, sentence={lang: f"{text}." for lang, text in title.items()})


def _with_differences(findings: tuple[Finding, ...], parts: Sequence[Cells], policy: SdcPolicy) -> tuple[Finding, ...]:
    """The findings; where a share is hidden, so is how far it lies from another one, which may be known (``a.b``: from ``a``)."""
    known = {one.id: one for one in findings}
    rows = np.concatenate([np.zeros(0), *(one.values()[one.hidden] for one in parts)])

    def told_by(one: Finding) -> bool:
        own = known.get(one.id.rpartition(".")[0])
        sides = [] if own is None or own.estimate is None else [own.estimate, own.estimate - (one.estimate or 0.0)]
        return own is not None and (own.suppressed or any(np.isclose(rows, side, atol=1e-7).any() for side in sides))

    return tuple(
        _hidden_finding(one, policy) if one.unit_of_measure == DIFFERENCE and not one.suppressed and told_by(one) else one
        for one in findings)


def _without_told(finding: Finding, gone: list[Cell], policy: SdcPolicy) -> Finding:
    """The finding, or none of its numbers where its words tell a cell that is hidden; its advice likewise."""
    if finding.suppressed or not (gone or policy.outside):
        return finding

    def telling(*texts: Text, least: int = 0) -> bool:
        return any(tells(text, gone) for text in texts) or (
            policy.outside and (tells_few(texts, policy, finding, least) or any(says_few(text, finding, policy) for text in texts)))

    if tells(finding.sentence, gone):  # its title stands for it, unless the hidden cell is what the finding is about
        title = finding.brief.message if finding.brief else None
        own = finding.estimate is None or any(abs(finding.estimate - number) < 1e-7 for cell in gone for number in cell.numbers)
        if title is None or own or telling(title):
            return _hidden_finding(finding, policy)
        finding = _entitled(finding, title)
    brief, advice = finding.brief, finding.recommendation
    if brief is not None and telling(brief.message, brief.plain):
        # without the sentences that tell what is hidden; words without a number stand in their place
        told = {lang: sentences(text) for lang, text in brief.plain.items()}
        pairs = [dict(zip(told, pair, strict=True)) for pair in zip(*told.values(), strict=False)]
        alike = len({len(parts) for parts in told.values()}) == 1
        whole = alike and not (policy.outside and says_few(pairs[0], finding, policy))  # what follows may speak of the first
        kept = [pair for pair in pairs if whole and not telling(pair)]
        hidden = telling(brief.message)
        finding = replace(finding, brief=replace(
            brief, hidden=brief.hidden or hidden, message=dict(Phrase("report.suppressed.message")) if hidden else brief.message,
            plain=dict(Joined(*kept, *([] if kept else [Phrase("report.suppressed.plain")]))),
        ))
    less = advice is not None and telling(advice.action, advice.indicator, least=1)
    return replace(finding, recommendation=None) if less else finding


def _without_beside(answer: Answer, policy: SdcPolicy) -> Answer:
    """The answer, for the public without the columns of a share ``beside`` what the rows tell that counts few in some row.

    So the rows themselves need not be hidden with it.
    """
    about, table = declared(answer.id), answer.table
    for name in about.get("beside", ()) if policy.outside else ():
        whole = about["of"][name]
        if table is None or not {name, whole} <= set(table.data):
            continue
        n = floats(table.data[whole])
        if small(n, policy).any() or parts_small(floats(table.data[name]), n, policy).any():
            gone = {one + end for one in (name, whole) for end in ("", *(f"_{bound}" for bound in BOUNDS))}
            fields = tuple(one for one in table.fields if one.name not in gone)
            table = replace(table, fields=fields, data=table.data.drop(columns=[*gone & set(table.data)]))
    return replace(answer, table=table)


def _table_cells(answer: Answer, policy: SdcPolicy) -> Cells | None:
    """The rows of a table; none is small where the table is not about people."""
    table = answer.table
    if table is None or table.data.empty:
        return None
    data = table.data
    counts = floats(data[table.count]) if table.count else np.full(len(data), np.nan)
    names = [f.name + "_id" if f.name + "_id" in data else f.name for f in table.fields if f.kind == "text"]
    by_year = "over" in data and data["over"].astype(str).ne("").any()  # no total of several years is told
    block = data[table.block] if table.block else data["over"] if by_year else None
    few = table_small(answer.id, table, counts, policy) if policy.outside else small(counts, policy)
    money = sums_of_money(table)
    if money and not table.count:  # of each breakdown of a sum of money no row is hidden alone
        return Cells(data, floats(data[money[0]]), few, tuple(names), (data.get("dimension"),))
    further = table_parts(answer.id, table, counts) if policy.outside else ()
    return Cells(data, counts, few, tuple(names), (block,), least=policy.least_together, further=further)


def _picture_cells(answer: Answer, policy: SdcPolicy) -> Cells | None:
    """The rows of a picture that is not one of persons."""
    picture = answer.picture
    if picture is None or picture.kind == "change" or picture.data.empty:
        return None
    data, counts = picture.data, floats(picture.data["least" if "least" in picture.data else "n"])
    few = picture_small(answer.id, picture, counts, policy) if policy.outside else small(counts, policy)
    names = tuple(name for name in _LABELS if name in data and (name.endswith("_id") or name == "x"))
    if picture.kind == "units":
        names = ("label_id",)
    bar = data.get(_BARS.get(picture.kind))
    alike = bar is not None and (data.groupby(bar.to_numpy(), sort=False)["n"].nunique(dropna=False) == 1).all()
    if alike and policy.outside and picture.kind == "stacked":
        return Cells(data, counts * floats(data["value"]), few, names, (bar,), least=policy.least_together)
    if alike:
        return Cells(data, counts, few, names, (bar,), whole_blocks=True)
    totals = tuple(data[name] for name in _TOTALS.get(picture.kind, ()) if name in data)
    return Cells(data, counts, few, names, totals or (None,), least=policy.least_together)


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


def _protect_table(question: str, table: Table, cells: Cells | None, policy: SdcPolicy) -> Table:
    """Hidden rows keep their words and lose their numbers, for the public those too that stand in words."""
    about = declared(question) if policy.outside else {}
    fields = tuple(one for one in table.fields if one.name not in about.get("alone", ()))
    spenders = [one.name + end for one in table.fields for end in LARGEST if one.name + end in table.data]
    if spenders or fields != table.fields:
        table = replace(table, fields=fields, data=table.data.drop(columns=spenders))
    if cells is None or (table.count is None and not cells.hidden.any()):
        return table
    values = about.get("values", ())
    named = [one.name for one in table.fields if one.kind == "text" and one.name not in values]
    words = tuple(name + end for name in named for end in ("", "_id", "_en"))
    hidden = _hide(table.data, cells.hidden, words)
    return replace(table, data=_without_rare(hidden, "label", table.block or "") if "rare" in about else hidden)


def _without_rare(data: pd.DataFrame, label: str, within: str) -> pd.DataFrame:
    """Of all that is hidden whole within a total only the first, under another name: a label tells that there is somebody."""
    if f"{label}_id" not in data or not data[f"{label}_id"].any():  # rows by year have no label
        return data
    totals = data[within].to_numpy() if within in data and within != f"{label}_id" else np.zeros(len(data))
    gone = data[MARK].groupby([totals, data[f"{label}_id"].to_numpy()]).transform("all").to_numpy(dtype=bool)
    first = data[f"{label}_id"].where(gone).groupby(totals).transform("first")
    kept = data[~gone | (data[f"{label}_id"] == first).to_numpy(dtype=bool)].copy()
    for lang, others in Phrase("report.suppressed.others").items():
        kept[f"{label}_{lang}"] = kept[f"{label}_{lang}"].mask(gone[kept.index], others)
    return kept.reset_index(drop=True)


def _protect_picture(question: str, picture: Picture, cells: Cells | None, policy: SdcPolicy) -> Picture | None:
    """The picture without small groups; none at all where everyone in it is a small group."""
    of_people = "n" not in picture.data or picture.data["n"].notna().any()
    if of_people and 0 < picture.n < policy.safe_threshold:
        return None
    if picture.kind == "change":  # of persons: arms of few people are left out
        data = picture.data
        if "arm_id" in data:
            size = data.groupby("arm_id", sort=False)["arm_id"].transform("size")
            data = data.loc[~small(size.to_numpy(dtype=float), policy)].reset_index(drop=True)
        n = picture.n if len(data) == len(picture.data) else len(data)
        return None if len(data) < policy.safe_threshold else replace(picture, data=data, n=n)
    if cells is None:
        return picture
    if picture.kind == "units":
        return replace(picture, data=picture.data.loc[~cells.hidden].reset_index(drop=True))
    hidden = _hide(picture.data, cells.hidden, _LABELS)
    if policy.outside and "rare" in declared(question):
        label = "group" if picture.kind == "lines" else "label"
        hidden = _without_rare(hidden, label, "group_id")
    return replace(picture, data=hidden)
