"""Who and what the chapters count, so that every chapter counts the same.

Active staff are the people of one year's snapshot with legal standing 01; a
person took part where a row of participation ended with "passed" or "did not
pass"; learning hours are those credited. A standing that the office did not
give counts as active.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from karier_stats.chapters.findings import Answer, Finding, Picture, Recommendation, Table, grade
from karier_stats.domain.codes import CodeList, label
from karier_stats.language import both, interval, number, percent
from karier_stats.stats import shares
from karier_stats.stats.shares import Estimate

if TYPE_CHECKING:
    from karier_stats.intake.processed import Evaluation

Words = dict[str, str]

ATTENDED = ("lulus", "tidak_lulus")
ACTIVE = "01"
ON_STUDY = "03"
PRECISE_WIDTH = 0.20
"""Shares whose interval is wider than this (20 points) are too vague to act on."""
POWER_FACTOR = (1.959964 + 0.841621) / 1.959964
"""Smallest true difference seen in four cases of five, as a multiple of half the 95 % interval."""


def staff(ev: Evaluation, year: int | None = None, standing: str | None = ACTIVE) -> pd.DataFrame:
    """The people of one year's snapshot (default: the period), one row each.

    Parameters
    ----------
    ev : Evaluation
    year : int, optional
    standing : str or None
        Legal standing to keep; None keeps everyone.
    """
    people = ev.table("employee", "all")
    people = people[(people["year"] == (year or ev.period)).fillna(False)]
    if standing is not None:
        people = people[people["standing_code"].fillna(ACTIVE) == standing]
    return people.drop_duplicates("employee_uid").reset_index(drop=True)


def enrolments(ev: Evaluation, year: int | None = None) -> pd.DataFrame:
    """Participation rows of one year (default: the period) with their batch and course.

    Adds ``program_id``, ``year``, ``batch_jp``, ``state``, ``title``, ``topic``,
    ``form`` and ``jp``, the learning hours that count for the person: those
    credited; for a graduate without credit those attended, else the batch's.
    """
    rows = ev.table("participation", "all")
    course = batches(ev)
    kept = [name for name in rows if name == "batch_id" or name not in course]
    rows = rows[kept].merge(course, on="batch_id", how="left", validate="m:1")
    rows = rows[(rows["year"] == (year or ev.period)).fillna(False)].reset_index(drop=True)
    uncredited = rows["attended_jp"].fillna(rows["batch_jp"]).where(rows["outcome"] == "lulus", 0.0)
    rows["jp"] = rows["credited_jp"].fillna(uncredited).fillna(0.0).astype(float)
    rows["attended"] = rows["outcome"].isin(ATTENDED)
    return rows


def batches(ev: Evaluation) -> pd.DataFrame:
    """Every batch with its course's title, topic and form."""
    batch = ev.table("batch", "all")[["batch_id", "program_id", "year", "jp", "quota", "state", "cancel_reason"]]
    program = ev.table("program", "all")[["program_id", "title", "topic", "form", "planned_jp"]]
    joined = batch.rename(columns={"jp": "batch_jp"}).merge(program, on="program_id", how="left", validate="m:1")
    joined["batch_jp"] = joined["batch_jp"].fillna(joined["planned_jp"])
    return joined.drop(columns="planned_jp")


def with_activity(ev: Evaluation, year: int | None = None, standing: str | None = ACTIVE) -> pd.DataFrame:
    """One year's staff with ``took_part`` (bool), ``courses`` attended and ``jp`` credited.

    What a person attended counts whole, also what was attended while in another unit.
    """
    people, rows = staff(ev, year, standing), enrolments(replace(ev, unit="semua"), year)
    rows = rows[rows["attended"]]
    by_person = rows.groupby("employee_uid", sort=False).agg(courses=("batch_id", "size"), jp=("jp", "sum"))
    people = people.merge(by_person, left_on="employee_uid", right_index=True, how="left")
    people["courses"] = people["courses"].fillna(0).astype(int)
    people["jp"] = people["jp"].fillna(0.0).round(6)  # sums of halves in another row order differ in the last bit
    people["took_part"] = people["courses"] > 0
    return people


def linked(ev: Evaluation, year: int | None = None) -> Estimate:
    """Share of participation rows whose person is in the staff snapshot of that year."""
    rows = enrolments(ev, year)
    known = rows["employee_uid"].isin(staff(replace(ev, unit="semua"), year, None)["employee_uid"])
    return shares.share(int(known.sum()), len(rows), ev.level)


def years_of(ev: Evaluation, table: str, count: int = 5) -> list[int]:
    """The last years up to the period for which a table has rows."""
    values = ev.table(table, "all")["year"].dropna().unique()
    return sorted(int(year) for year in values if year <= ev.period)[-count:]


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
    values = [str(value) for value in frame[column]]
    return frame.assign(**{f"{name}_{lang}": [label(codes, value, lang) for value in values] for lang in ("id", "en")})


def code_order(frame: pd.DataFrame, column: str, codes: CodeList) -> pd.DataFrame:
    """Sort by the order of the code list; codes outside it come last by name."""
    rank = {code: place for place, code in enumerate(codes)}
    keys = frame[column].map(lambda value: (rank.get(value, len(rank)), str(value)))
    return frame.loc[keys.sort_values(kind="stable").index].reset_index(drop=True)


def in_words(make: Callable[[str], str]) -> Words:
    """One sentence made for each language by the same function."""
    return both(make("id"), make("en"))


def level_words(level: float, lang: str) -> str:
    """The interval's name: ``selang kepercayaan 95%``."""
    digits = 0 if abs(100 * level - round(100 * level)) < 1e-9 else 1
    text = percent(level, lang, digits, sign=True)
    return f"selang kepercayaan {text}" if lang == "id" else f"{text} confidence interval"


def span(value: Estimate, lang: str, level: float, scale: float = 100, digits: int = 1) -> str:
    """The bounds in words, ``selang kepercayaan 95%: 1,2 s.d. 3,4``; says so where there are none."""
    if not np.isfinite(value.low):
        return "tanpa selang: data terlalu sedikit" if lang == "id" else "no interval: too few data"
    bounds = interval(scale * value.low, scale * value.high, lang, digits)
    return f"{level_words(level, lang)}: {bounds}"


def share_words(value: Estimate, lang: str, level: float) -> str:
    """A share with its interval: ``12,5 persen; selang kepercayaan 95%: 1,2 s.d. 3,4``."""
    return f"{percent(value.value, lang)}; {span(value, lang, level)}"


def change_words(change: Estimate, year: int, lang: str, level: float) -> str:
    """How a share differs from an earlier year's, with the interval, never "no change"."""
    points = number(abs(100 * change.value), lang)
    bounds = span(change, lang, level)
    if change.low > 0 or change.high < 0:
        word = both("lebih tinggi", "higher") if change.value > 0 else both("lebih rendah", "lower")
        if lang == "id":
            return f"Capaian ini {word['id']} {points} poin persentase dibandingkan tahun {year} ({bounds})."
        return f"This is {points} percentage points {word['en']} than in {year} ({bounds})."
    seen = number(100 * smallest_seen(change), lang)
    signed = number(100 * change.value, lang)
    if lang == "id":
        return (
            f"Selisih dengan tahun {year} sebesar {signed} poin persentase ({bounds}) belum cukup bukti "
            f"secara statistik; perubahan terkecil yang biasanya dapat terlihat dari data ini {seen} poin."
        )
    return (
        f"The difference from {year}, {signed} percentage points ({bounds}), is not established statistically; "
        f"the smallest change that data like these usually show is {seen} points."
    )


def smallest_seen(difference: Estimate) -> float:
    """The smallest true difference that such data show in about four cases of five (power 0.8)."""
    return POWER_FACTOR * (difference.high - difference.low) / 2


def finding(
    of: Callable[[Any], Answer], ev: Evaluation, value: Estimate, n: int, sentence: Words, *, part: str = "",
    measure: str = "share", coverage: float | None = 1.0, precise: bool | None = None, robust: bool = True,
    headline: bool = False, recommendation: Recommendation | None = None, n_units: int | None = None,
    level: float | None = None,
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
        Default: the interval of a share is at most ``PRECISE_WIDTH`` wide.
    """
    chapter = of.__module__.rpartition(".")[2]
    if precise is None:
        precise = bool(np.isfinite(value.low)) and value.high - value.low <= PRECISE_WIDTH
    bounded = bool(np.isfinite(value.low))
    return Finding(
        id=f"{chapter}.{of.__name__}" + (f".{part}" if part else ""), chapter=chapter,
        question=of.question,  # type: ignore[attr-defined]
        estimate=value.value, unit_of_measure=measure, ci_low=value.low, ci_high=value.high, n=int(n),
        design="descriptive",
        evidence=grade("descriptive", coverage=coverage, precise=precise, robust=robust) if n else "belum_ada_data",
        source_tables=of.needs,  # type: ignore[attr-defined]
        sentence=sentence, headline=headline, recommendation=recommendation, n_units=n_units,
        ci_level=(level or ev.level) if bounded else None,
    )


def exact(value: float) -> Estimate:
    """A counted total: it has no sampling interval."""
    return Estimate(float(value), float("nan"), float("nan"))


def answer(
    of: Callable[[Any], Answer], findings: list[Finding], *, picture: Picture | None = None,
    table: Table | None = None, notes: tuple[Words, ...] = (),
) -> Answer:
    """The answer of a chapter's function."""
    chapter = of.__module__.rpartition(".")[2]
    return Answer(f"{chapter}.{of.__name__}", chapter, tuple(findings), picture, table, notes)


def nothing(of: Callable[[Any], Answer], ev: Evaluation, id: str, en: str) -> Answer:
    """An answer whose one finding says why the data at hand give none."""
    sentence = both(f"Belum dapat dinilai: {id}", f"Cannot be assessed yet: {en}")
    return answer(of, [finding(of, ev, exact(float("nan")), 0, sentence)])
