"""The checks of what leaves the office, named as in ACRO: who was counted and who remains, beside who stands behind a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from karier_stats.answers.record import question_of
from karier_stats.domain.disclosure import SdcPolicy, declared
from karier_stats.report.cells import NUMBER, counted, floats, written
from karier_stats.words import say
from karier_stats.words.numbers import LANGUAGES, SHARES, Text, number

if TYPE_CHECKING:
    from karier_stats.answers.record import Finding, Picture, Table

THRESHOLD, ALL_SAME, DOF, DOMINANCE = "threshold", "all-values-are-same", "dof", "dominance"
"""ACRO's names; the last stands for its p-ratio and nk-rule."""
SECONDARY, DIFFERENCING = "secondary", "differencing"
"""What is hidden so that nothing hidden is worked out: from totals of the same answer, from other reports."""
BOUNDS = ("low", "high")
LARGEST = ("_first", "_second")
"""What ends the names of the columns with the two largest parts of a sum of money."""
MONEY = "budget"
"""The table of sums of money: findings on it that are not of people count its lines."""
HEADS = "leadership"
"""The chapter whose models are models on units, since each has one head."""


def small(counts: np.ndarray, policy: SdcPolicy) -> np.ndarray:
    """Which rows have too few people behind them; a missing count is not about people."""
    return (counts < policy.safe_threshold) & ((counts > 0) | policy.zeros_are_disclosive)


def parts_small(shares: np.ndarray, counts: np.ndarray, policy: SdcPolicy) -> np.ndarray:
    """Of shares (0-1) of people: where those counted, or those who remain, are too few.

    A share is one of these people where it counts them in whole numbers; none of them, and all of them, are few too.
    """
    told = counted(shares, counts)
    few: np.ndarray = small(told, policy) | small(counts - told, policy)
    return few


def table_small(question: str, table: Table, counts: np.ndarray, policy: SdcPolicy) -> np.ndarray:
    """The rows of a table that may not leave: too few behind them, among those counted, or among those who remain."""
    data, few = table.data, small(counts, policy)
    for people in table_parts(question, table, counts):
        few |= small(people, policy)
    for name in sums_of_money(table):  # where the second largest spender would know the largest too well, or both decide it
        sums, first, second = (floats(data[name + end]) for end in ("", *LARGEST))
        too_well = sums - first - second < policy.safe_pratio_p * first
        few |= (too_well | (first + second > policy.safe_nk_k * sums)) & (sums > 0)
    if "quartiles" in declared(question):
        few |= counts < policy.safe_staff
    return few


def sums_of_money(table: Table) -> list[str]:
    """The columns of money of which the largest parts are known."""
    return [one.name for one in table.fields if one.kind == "rupiah" and one.name + LARGEST[0] in table.data]


def table_parts(question: str, table: Table, counts: np.ndarray) -> list[np.ndarray]:
    """The people whom the columns of a table count in each row, and of each share those who remain; NaN where they count none."""
    kinds = {one.name: one.kind for one in table.fields if one.name in table.data}
    columns = people_columns(question, kinds, lambda name: floats(table.data[name]), counts, bool(table.count))
    return [part for _, whole, told in columns for part in ([whole] if told is None else [told, whole - told])]


def people_columns(
    question: str, kinds: Mapping[str, str], column: Callable[[str], np.ndarray], counts: np.ndarray, of_people: bool = True
) -> Iterator[tuple[str, np.ndarray, np.ndarray | None]]:
    """The columns that count people: each with the people behind its rows and, of a share, with those whom it counts.

    ``kinds`` says how each column is written, ``column`` gives its numbers, ``counts`` are the people of each row;
    ``of_people`` whether all whole numbers count people, or only those that ``disclosure.yml`` names.
    """
    about = declared(question)
    for name, kind in kinds.items():
        if name in about.get("things", ()) or name.endswith(BOUNDS):
            continue
        if kind == "integer" and (of_people or name in about.get("people", ())):
            yield name, column(name), None
        if kind in SHARES:
            own = about.get("of", {}).get(name, "n" if of_people and kinds.get("n") == "integer" else "")
            whole = column(own) if own else counts
            yield name, whole, counted(column(name), whole)


def picture_small(question: str, picture: Picture, counts: np.ndarray, policy: SdcPolicy) -> np.ndarray:
    """The rows of a picture that may not leave."""
    few, data = small(counts, policy), picture.data
    if declared(question).get("picture") == "things":
        return few
    name = next((name for name in ("value", "estimate") if name in data), None)
    if name and picture.value_format in SHARES:
        few |= parts_small(floats(data[name]), counts, policy)
    if name and picture.value_format == "integer":
        few |= small(np.where(np.isnan(counts), np.nan, floats(data[name])), policy)
    return few


def of_money(finding: Finding) -> bool:
    """Whether a finding rests on lines of the budget, not on people."""
    return not finding.of_people and MONEY in finding.source_tables


def of_things(question: str, finding: Finding) -> bool:
    """Whether a finding's number is one of files or things, in its own question and in one that repeats it."""
    return any(finding.bears(name) for one in {question, question_of(finding.id)} for name in declared(one).get("findings", ()))


def finding_check(question: str, finding: Finding, policy: SdcPolicy) -> str:
    """The first check that a finding fails; empty where it may leave."""
    if of_things(question, finding):
        return ""
    if finding.of_people and finding.unit_of_measure == "share" and finding.estimate is not None:
        share, n = np.array([finding.estimate]), np.array([float(finding.n)])
        if parts_small(share, n, policy)[0]:
            return ALL_SAME if finding.estimate in (0, 1) else THRESHOLD
    sides = [part for k, n in finding.ends for part in ([n] if k is None else [k, n - k])]
    if finding.of_people and small(np.array(sides, dtype=float), policy).any():
        return THRESHOLD  # with the share of one side, or with how many stand behind both, a difference tells the other
    if of_money(finding) and 0 < finding.n < policy.safe_units:
        return DOMINANCE  # one or two lines decide whatever is reckoned from them
    on_units = finding.chapter == HEADS and finding.design in ("adjusted_association", "association")
    if on_units and finding.n_units is not None and finding.n_units - 2 < policy.safe_dof_threshold:
        return DOF
    return THRESHOLD if tells_few([finding.sentence], policy, finding) or says_few(finding.sentence, finding, policy) else ""


def says_few(text: Text, finding: Finding, policy: SdcPolicy) -> bool:
    """Whether a text has a number of one of its finding's rows behind which, among those counted or who remain, are few."""
    few: list[float] = []
    for k, n, value in finding.rows if finding.of_people else ():
        few += [n, value] if 0 < n < policy.safe_threshold else []
        if k is not None and n and min(k, n - k) < policy.safe_threshold:
            few += [k, n - k, k / n, 1 - k / n]
    return says(text, few)


def says(text: Text, numbers: Iterable[float]) -> bool:
    """Whether a text has one of these numbers in either language; a share also as one of a hundred."""
    told = [*numbers]
    told += [round(100 * value) for value in told if 0 < value < 1]

    def forms(lang: str) -> set[str]:
        return {form for value in told for form in (*written(value, lang), f"{value:g}", number(value, lang, 1))}

    return any(not forms(lang).isdisjoint(NUMBER.findall(text[lang])) for lang in LANGUAGES)


def tells_few(texts: Iterable[Text], policy: SdcPolicy, of: Finding | None = None, least: int = 0) -> bool:
    """Whether words count people, in either language, and so few that they may not leave; advice may aim at none (``least`` 1).

    A share is taken as one of the people behind the finding that the words are ``of``: those counted and those who remain.
    """
    n = of.n if of is not None and of.of_people else 0
    told = [(lang, text[lang]) for text in texts for lang in LANGUAGES]
    few = any(least <= int(number) < policy.safe_threshold for lang, text in told for number in _people(lang).findall(text))
    parts = np.round([n * float(number.replace(",", ".")) / float(whole or 100)
                      for lang, text in told if n for number, whole in _shares(lang).findall(text)])
    return few or bool((small(parts, policy) | small(n - parts, policy)).any())


@cache
def _counted(lang: str) -> str:
    """A pattern of the words after which a number counts people."""
    words = sorted(say("report.counted.people", lang).split(", "), key=len, reverse=True)
    return rf"(?:{'|'.join(map(re.escape, words))})(?![\w-]|(?: learning)? hours?)"


@cache
def _people(lang: str) -> re.Pattern[str]:
    """A whole number of one or two digits before a word for people; of ten or a hundred is how a share is told."""
    of = say("report.counted.of", lang)
    return re.compile(rf"(?<![\w.,–-])(\d{{1,2}})(?: {of} (?!100?\b)\d+(?:[.,]\d{{3}})*)? {_counted(lang)}", re.IGNORECASE)


@cache
def _shares(lang: str) -> re.Pattern[str]:
    """A share before a word for people, as percent or of ten or a hundred: its number, and what it is out of."""
    of, percent = say("report.counted.of", lang), say("report.counted.percent", lang)
    return re.compile(rf"(?<![\w.,–-])(\d+(?:[.,]\d+)?)(?: {of} (100?)| {percent}(?: {of})?) {_counted(lang)}", re.IGNORECASE)
