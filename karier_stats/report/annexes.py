"""Rows of the annexes that come from all findings together: methods, disclosure log, actions, traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karier_stats.answers.record import DESIGNS, EVIDENCE
from karier_stats.report.disclosure import MARK
from karier_stats.words import catalogue, say
from karier_stats.words.numbers import integer

if TYPE_CHECKING:
    from karier_stats.report.contents import Contents

Rows = list[list[str]]


def annexes(contents: Contents) -> dict[str, Any]:
    """The rows of every annex that is no chapter, by the name that the template knows."""
    lang = contents.lang
    keys = catalogue.node("editions.methods")
    methods = [[say(f"editions.methods.{key}.{part}", lang) for part in ("head", "text")] for key in keys]
    return {"methods": methods, "hidden": hidden_rows(contents), "actions": action_rows(contents), "traces": trace_rows(contents)}


def hidden_rows(contents: Contents) -> Rows:
    """One row per question of which something is hidden: its number, how much of table and picture, for which checks."""
    rows = []
    for one in contents.questions.values():
        shown: list[Any] = [one.table.data if one.table else {}, one.picture.record["data"] if one.picture else {}]
        marks = [[bool(value) for value in data[MARK]] if MARK in data else [] for data in shown]
        if any(map(any, marks)) or one.checks:
            checks = [say(f"report.checks.{check}", contents.lang) for check in one.checks]
            told = [say("editions.told_of", contents.lang, k=sum(each), n=len(each)) if each else "–" for each in marks]
            rows.append([one.place, *told, ", ".join(checks) or "–"])
    return rows


def action_rows(contents: Contents) -> Rows:
    """One row per recommendation by rank: how its place came about, what its cost is reckoned from, and where that stands."""
    return [
        [one.number, one.action, one.weight or "–", one.evidence, one.score, one.cost or one.unpriced,
         ", ".join((one.found, *one.sources))] for one in contents.actions
    ]


def trace_rows(contents: Contents) -> Rows:
    """One row per finding: number, id, design, people, evidence, source tables."""
    lang = contents.lang
    return [
        [contents.number(one) or "–", one.id, DESIGNS[one.design][lang], integer(one.n, lang) if one.n else "–",
         EVIDENCE[one.evidence][lang] if one.graded else "–", ", ".join(one.source_tables) or "–"]
        for one in contents.findings
    ]
