"""What earlier evaluations recommended on the same lever and is not done: new advice stands on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from karier_stats.answers.record import Answer, Finding
from karier_stats.views.view import Wanting

if TYPE_CHECKING:
    from karier_stats.views.evaluation import Evaluation


class Undone(NamedTuple):
    """Earlier recommendations on one lever that are not done."""

    ids: tuple[str, ...]
    overdue: bool


def undone(ev: Evaluation) -> dict[str, Undone]:
    """Earlier recommendations that are not done, by lever; none where no lever is on record."""
    try:
        rows = ev.earlier()
    except Wanting:
        return {}
    if "lever" not in rows:
        return {}
    rows = rows[rows["undone"]]
    return {str(lever): Undone(tuple(map(str, of["rec_id"])), bool(of["late"].any())) for lever, of in rows.groupby("lever", sort=True)}


def following(answer: Answer, ev: Evaluation) -> Answer:
    """The answer, its advice with the earlier recommendations that it follows."""
    if not any(one.recommendation and one.recommendation.lever for one in answer.findings):
        return answer
    earlier = undone(ev)
    return replace(answer, findings=tuple(_followed(one, earlier) for one in answer.findings))


def _followed(one: Finding, earlier: dict[str, Undone]) -> Finding:
    """A finding whose advice names what it follows."""
    advice = one.recommendation
    if advice is None or advice.lever not in earlier:
        return one
    ids, overdue = earlier[advice.lever]
    return replace(one, recommendation=replace(advice, follows=ids, overdue=overdue))
