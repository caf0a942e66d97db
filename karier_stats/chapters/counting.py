"""Findings that describe, their words and their tables, for the questions whose analysis is not in a notebook yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from karier_stats.answers import facts, verdicts
from karier_stats.answers.record import (
    Answer,
    Design,
    Evidence,
    Field,
    Finding,
    Picture,
    Recommendation,
    Table,
    grade,
)
from karier_stats.answers.verdicts import is_precise, margin_of, says_nothing
from karier_stats.domain.codes import CodeList, label
from karier_stats.stats.description.contrasts import LEAST
from karier_stats.stats.numerics import shares
from karier_stats.stats.numerics.estimate import Estimate
from karier_stats.words.numbers import both, interval, level_percent, number, percent

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

Words = dict[str, str]

DIFFERENCES = ("share_difference", "percentage_points")
"""Measures of a description that compare: their precision is judged against the smallest difference that matters."""
PRECISE_WIDTH = 0.20
"""Shares whose interval is wider than this (20 points) are too vague to act on."""


def tally(frame: pd.DataFrame, by: str | list[str], flag: str, level: float) -> pd.DataFrame:
    """Counts and Wilson shares of a boolean column by group, in order of the group's code.

    Returns
    -------
    DataFrame
        The grouping columns, ``k``, ``n``, ``estimate``, ``low``, ``high``.
    """
    counted = frame.groupby(by, sort=True, observed=True)[flag].agg(k="sum", n="size").reset_index()
    counted = counted.astype({"k": int, "n": int})
    low, high = shares.wilson(counted["k"].to_numpy(), counted["n"].to_numpy(), level)
    return counted.assign(estimate=counted["k"] / counted["n"], low=low, high=high)


def labelled(frame: pd.DataFrame, column: str, codes: CodeList, name: str = "label") -> pd.DataFrame:
    """Add ``<name>_id`` and ``<name>_en``: the codes of a column in words."""
    values = [str(value).rstrip(".") for value in frame[column]]
    return frame.assign(**{f"{name}_{lang}": [label(codes, value, lang) for value in values] for lang in ("id", "en")})


def code_order(frame: pd.DataFrame, column: str, codes: CodeList) -> pd.DataFrame:
    """Sort by the order of the code list; codes outside it come last by name."""
    rank = {code: place for place, code in enumerate(codes)}
    keys = frame[column].map(lambda value: (rank.get(value, len(rank)), str(value)))
    return frame.loc[keys.sort_values(kind="stable").index].reset_index(drop=True)


def top(frame: pd.DataFrame, column: str, lowest: bool = False) -> pd.Series:
    """The row with the highest (or lowest) value; of equals the first."""
    return frame.sort_values(column, ascending=lowest, kind="stable").iloc[0]


def in_words(make: Callable[[str], str]) -> Words:
    """One sentence made for each language by the same function."""
    return both(make("id"), make("en"))


def level_words(level: float, lang: str) -> str:
    """The interval's name: ``selang kepercayaan 95 persen``."""
    text = level_percent(level, lang)
    return f"selang kepercayaan {text}" if lang == "id" else f"{text} confidence interval"


def span(value: Estimate, lang: str, level: float, scale: float = 100, digits: int = 1) -> str:
    """The bounds in words, ``selang kepercayaan 95 persen: 1,2 s.d. 3,4``; says so where there are none."""
    if not np.isfinite(value.low):
        return "tanpa selang: data terlalu sedikit" if lang == "id" else "no interval: too few data"
    bounds = interval(scale * value.low, scale * value.high, lang, digits)
    return f"{level_words(level, lang)}: {bounds}"


def share_words(value: Estimate, lang: str, level: float) -> str:
    """A share with its interval: ``12,5 persen; selang kepercayaan 95 persen: 1,2 s.d. 3,4``."""
    return f"{percent(value.value, lang)}; {span(value, lang, level)}"


def share_apart(value: Estimate, lang: str, level: float) -> str:
    """A share followed by its interval in brackets."""
    return f"{percent(value.value, lang)} ({span(value, lang, level)})"


def points_words(difference: Estimate, lang: str, level: float, adjusted: int = 1) -> str:
    """A difference of shares in percentage points with its interval in brackets."""
    unit = both("poin persentase", "percentage points")[lang]
    more = both(f", disesuaikan untuk {adjusted} perbandingan", f", adjusted for {adjusted} comparisons")[lang]
    bounds = span(difference, lang, level) + (more if adjusted > 1 else "")
    return f"{number(100 * difference.value, lang)} {unit} ({bounds})"


def unsettled(difference: Estimate, lang: str, level: float, unit: str | None = None, scale: float = 100) -> str:
    """A further sentence where a difference may be nil: the smallest one that the data usually show.

    Empty where the interval lies on one side of 0.
    """
    if difference.low > 0 or difference.high < 0:
        return ""
    seen = number(scale * facts.smallest_seen(difference, level), lang) + " " + (unit or both("poin", "points")[lang])
    return both(
        " Perbedaan tersebut belum cukup bukti secara statistik; perbedaan terkecil yang biasanya dapat terlihat "
        f"dari data seperti ini {seen}.",
        " The difference is not established statistically; the smallest one that data like these usually show "
        f"is {seen}.",
    )[lang]


def change_words(what: Words, change: Estimate, year: int, lang: str, level: float) -> str:
    """How a share differs from an earlier year's, with the interval, never "no change"."""
    points = points_words(change, lang, level)
    text = both(
        f"Selisih {what['id']} terhadap tahun {year} ialah {points}.",
        f"The difference in {what['en']} from {year} is {points}.",
    )[lang]
    return text + judged(change, lang, level)


def judged(difference: Estimate, lang: str, level: float) -> str:
    """Whether a difference of shares matters; where it may be nil and that is not yet known to be small, what could be seen."""
    small = verdicts.verdict(difference, verdicts.smallest("share")) == "terlalu_kecil"
    return matters(difference, lang) + ("" if small else unsettled(difference, lang, level))


def matters(difference: Estimate, lang: str) -> str:
    """A further sentence: whether a difference of shares matters, by the smallest one that does; empty without bounds."""
    if not np.isfinite(difference.low):
        return ""
    margin = verdicts.smallest("share")
    shown = f"{number(100 * margin, lang, 0)} {both('poin persentase', 'percentage points')[lang]}"
    start = both(" Perbedaan ini", " This difference is")[lang]
    return f"{start} {verdicts.weighed(difference, margin, lang, shown)}."


class Contrast(NamedTuple):
    """The group with the highest and the one with the lowest share, and their difference."""

    high: pd.Series
    low: pd.Series
    gap: Estimate
    level: float
    pairs: int
    n: int


def widest(groups: pd.DataFrame, level: float) -> Contrast | None:
    """Highest against lowest group of a :func:`tally`, allowing for all pairs looked at.

    The level of the interval is raised by Bonferroni for the number of pairs.
    Groups of fewer than ``LEAST`` people are left out; None below two groups.
    Where exactly one is left out, so is the smallest of the others: a total
    and the rest would tell the small one.
    """
    rows = groups[groups["n"] >= LEAST]
    if len(groups[groups["n"] > 0]) - len(rows) == 1 and len(rows):
        rows = rows.drop(index=rows["n"].astype(float).idxmin())
    rows = rows.sort_values("estimate", ascending=False, kind="stable")
    if len(rows) < 2:
        return None
    high, low, pairs = rows.iloc[0], rows.iloc[-1], len(rows) * (len(rows) - 1) // 2
    strict = 1 - (1 - level) / pairs
    gap = shares.newcombe(int(high["k"]), int(high["n"]), int(low["k"]), int(low["n"]), strict)
    return Contrast(high, low, gap, strict, pairs, int(rows["n"].sum()))


def finding(
    of: Callable[[Any], Answer], ev: Evaluation, value: Estimate, n: int, sentence: Words, *, part: str = "",
    measure: str = "share", coverage: float | None = 1.0, precise: bool | None = None, robust: bool = True,
    headline: bool = False, recommendation: Recommendation | None = None, n_units: int | None = None,
    level: float | None = None, sources: tuple[str, ...] | None = None, of_people: bool = True,
) -> Finding:
    """A descriptive finding of a chapter's function, graded by the written rubric.

    Parameters
    ----------
    of : callable
        The chapter's function; gives chapter, question and source tables.
    value : Estimate
    n : int
        People (or rows, batches, lines: the unit of ``measure``) behind it.
    part : str
        Tells several findings of one function apart.
    precise : bool, optional
        Default: the interval of a share is at most ``PRECISE_WIDTH`` wide; that
        of a difference tells something about the smallest one that matters.
    sources : tuple of str, optional
        The tables behind it, where they are not those that the function needs.
    of_people : bool
        False where ``n`` counts batches, budget lines or units.
    """
    margin = margin_of(measure) if measure in DIFFERENCES else None
    if precise is None and margin is not None:
        precise = is_precise(value, margin)
    elif precise is None:
        precise = bool(np.isfinite(value.low)) and value.high - value.low <= PRECISE_WIDTH
    return stated(
        of, value, n, sentence, design="descriptive", measure=measure, part=part, level=level or ev.level,
        evidence=grade("descriptive", coverage=coverage, precise=precise, robust=robust,
                       useless=margin is not None and says_nothing(value, margin)),
        headline=headline, recommendation=recommendation, n_units=n_units, sources=sources, of_people=of_people,
    )


def stated(
    of: Callable[[Any], Answer], value: Estimate, n: int, sentence: Words, *, design: Design, evidence: Evidence,
    measure: str, part: str, level: float, sources: tuple[str, ...] | None = None, **more: Any,
) -> Finding:
    """A finding put together: id, question and tables from the chapter's function; no level without an interval.

    ``more`` are further fields of :class:`Finding`; without people there is no evidence.
    """
    chapter: str = of.chapter  # type: ignore[attr-defined]
    return Finding(
        id=f"{chapter}.{of.__name__}" + (f".{part}" if part else ""), chapter=chapter,
        question=of.question,  # type: ignore[attr-defined]
        estimate=value.value, unit_of_measure=measure, ci_low=value.low, ci_high=value.high, n=int(n), design=design,
        evidence=evidence if n else "belum_ada_data",
        source_tables=of.needs if sources is None else sources,  # type: ignore[attr-defined]
        sentence=sentence, ci_level=level if np.isfinite(value.low) else None, **more,
    )


def exact(value: float) -> Estimate:
    """A counted total: it has no sampling interval."""
    return Estimate(float(value))


def answer(
    of: Callable[[Any], Answer], findings: list[Finding], *, picture: Picture | None = None,
    table: Table | None = None, notes: tuple[Words, ...] = (),
) -> Answer:
    """The answer of a chapter's function."""
    chapter: str = of.chapter  # type: ignore[attr-defined]
    return Answer(f"{chapter}.{of.__name__}", chapter, tuple(findings), picture, table, notes)


def nothing(of: Callable[[Any], Answer], ev: Evaluation, id: str, en: str) -> Answer:
    """An answer whose one finding says why the data at hand give none."""
    sentence = both(f"Belum dapat dinilai: {id}", f"Cannot be assessed yet: {en}")
    return answer(of, [finding(of, ev, exact(float("nan")), 0, sentence)])


def no_staff(of: Callable[[Any], Answer], ev: Evaluation) -> Answer:
    """No active staff in the snapshot of the period."""
    return nothing(
        of, ev, f"tidak ada pegawai aktif pada potret tahun {ev.period}.",
        f"no active staff in the snapshot of {ev.period}.",
    )


def bounds(digits: int = 1, kind: Literal["number", "percent", "rupiah"] = "percent") -> tuple[Field, Field]:
    """The two table columns ``low`` and ``high``."""
    return (
        Field("low", both("Batas bawah", "Lower bound"), kind, digits),
        Field("high", both("Batas atas", "Upper bound"), kind, digits),
    )
