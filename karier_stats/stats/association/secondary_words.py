"""Answers to secondary questions in words; never more than that a difference was, or was not yet, seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karier_stats.words.numbers import Text, both, figures, integer, level_percent, number, p_value

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.stats.association.moderators import Question
    from karier_stats.stats.frame import Facts

_WHERE: dict[str, Text] = {
    "between": both(" antarunit", " between units"), "within": both(" di dalam unit", " within units"),
    "rows": both("", ""),
}


_HEAD = both("Pertanyaan sekunder", "Secondary question")


def answer(
    question: Question, holm: float | None, total: int, facts: Facts, row: pd.Series | None, level: float
) -> Text:
    """One question with its answer.

    Parameters
    ----------
    question : Question
    holm : float or None
        Its p-value by Holm over the ``total`` questions that were tested.
    facts : Facts
    row : Series, optional
        The row of the table where one row answers it; its interval is told.
    level : float
    """
    if holm is None:
        return both(*(_HEAD[lang] + ": " + _untested(question, facts, lang) for lang in ("id", "en")))
    seen = holm < 1 - level
    return both(*(
        f"{_head(total, lang)}{_claim(question, facts, seen, lang)} ({_numbers(question, holm, facts, row, lang)})."
        for lang in ("id", "en")
    ))


def _head(total: int, lang: str) -> str:
    """That the question was one of several that were tested."""
    return both(
        f"{_HEAD['id']} (satu dari {integer(total, 'id')}, p dikoreksi menurut Holm): ",
        f"{_HEAD['en']} (one of {integer(total, 'en')}, p corrected by Holm): ",
    )[lang]


def _untested(question: Question, facts: Facts, lang: str) -> str:
    """There are too few units for a test."""
    return both(
        f"untuk `{question.subject}`{_WHERE[question.scope]['id']} tidak tersisa derajat bebas, sehingga ujinya tidak dibuat.",
        f"no degrees of freedom are left for `{question.subject}`{_WHERE[question.scope]['en']}; no test is made.",
    )[lang]


def _claim(question: Question, facts: Facts, seen: bool, lang: str) -> str:
    """What was asked, and whether a difference was seen."""
    where = _WHERE[question.scope][lang]
    pair = both(
        f"keterkaitan{where} `{facts.outcome}` dengan `{facts.on}`",
        f"the association of `{facts.outcome}` with `{facts.on}`{where}",
    )[lang]
    verbs = {
        "moderator": both(
            f"{'berbeda' if seen else 'belum terlihat berbeda'} menurut `{question.subject}`",
            f"{'differs' if seen else 'is not seen to differ'} by `{question.subject}`",
        ),
        "quadratic": both(
            "tidak berupa garis lurus" if seen else "belum terlihat menyimpang dari garis lurus",
            "is not a straight line" if seen else "is not seen to depart from a straight line",
        ),
    }
    if question.kind in verbs:
        return f"{pair} {verbs[question.kind][lang]}"
    return both(
        f"rata-rata `{facts.outcome}`{where} {'berbeda' if seen else 'belum terlihat berbeda'} antarkelas `{facts.on}`",
        f"the mean of `{facts.outcome}`{where} {'differs' if seen else 'is not seen to differ'} between the classes of "
        f"`{facts.on}`",
    )[lang]


def _numbers(question: Question, holm: float, facts: Facts, row: pd.Series | None, lang: str) -> str:
    """The difference with its interval where there is one, the test, and the counts."""
    parts: list[str] = [] if row is None else _difference(row, facts, lang)
    dofs = both("; ", ", ")[lang].join([integer(question.dof1, lang), number(question.dof2, lang, 1)])
    parts.append(f"F({dofs}) = {number(question.statistic, lang, 2)}")
    parts += [p_value(question.p_value, lang), p_value(holm, lang).replace("p", both("p Holm", "Holm p")[lang], 1)]
    if question.n_units is not None:
        parts.append(f"{integer(question.n_units, lang)} {both('unit', 'units')[lang]}")
    return "; ".join([*parts, f"n = {integer(question.n, lang)}"])


def _difference(row: pd.Series, facts: Facts, lang: str) -> list[str]:
    """The estimate of the one row that answers, with its interval."""
    share = facts.family == "binary"
    scale = 100 if share else 1
    told = [scale * float(row[name]) for name in ("estimate", "ci_low", "ci_high")]
    (value, low, high), size = figures(told, lang, (told[2] - told[1]) / 2)
    unit = both(" poin persentase", " percentage points")[lang] if share else ""
    level = level_percent(row["ci_level"], lang)
    words = both(f"selang kepercayaan {level}", f"{level} confidence interval")[lang]
    return [
        f"{both('taksiran', 'estimate')[lang]} {value}{size}{unit}",
        f"{words} {low} {both('s.d.', 'to')[lang]} {high}{size}",
    ]
