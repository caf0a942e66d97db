"""The cells of an answer: which of them are hidden, in its table, its picture and its sentences alike.

A table and a picture of one answer often count the same people, cut more or less finely. A cell that one of them hides and the
other prints is not hidden, and neither is one that remains when the printed parts are taken from a printed whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from karier_stats.words.numbers import LANGUAGES, Text, integer, is_missing, number, percent, rupiah

if TYPE_CHECKING:
    import pandas as pd

    from karier_stats.answers.record import Finding

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_AMOUNT = re.compile(r"Rp\d+(?:[.,]\d+)*(?: \w+)?")


class Cell(NamedTuple):
    """One row that is hidden: its words in each language, those that no shown row carries, and its numbers."""

    names: dict[str, frozenset[str]]
    own: dict[str, frozenset[str]]
    numbers: tuple[float, ...]


@dataclass
class Cells:
    """The rows of a table or picture with the number of people behind each, and which are hidden.

    ``texts`` names the columns whose words tell the rows apart; ``blocks`` are
    the columns within whose groups the rows add up to a total that may be known.
    """

    data: pd.DataFrame
    counts: np.ndarray
    hidden: np.ndarray
    texts: tuple[str, ...]
    blocks: tuple[pd.Series | None, ...]
    whole_blocks: bool = False
    """Every block is one bar of the same people: it is hidden whole."""
    least: int = 0
    """People whom the rows hidden within a total are together at least; 0 asks for no more than that there are two."""
    further: Sequence[np.ndarray] = ()
    """More numbers of people in each row of whom that holds: those whom further columns count, and who remain."""

    def keys(self) -> list[frozenset[str]]:
        """The words of each row."""
        columns = [self.data[name].astype(str) for name in self.texts]
        return [frozenset(words) for words in zip(*columns, strict=True)] if columns else [frozenset()] * len(self.data)

    def values(self) -> np.ndarray:
        """The estimate of each row; NaN where there is none."""
        name = next((name for name in ("estimate", "value") if name in self.data), None)
        if name is None:
            return np.full(len(self.data), np.nan)
        return floats(self.data[name])

    def complete(self) -> None:
        """Secondary suppression: no hidden row may stand alone within a total."""
        if self.least and not self.whole_blocks:
            people, told = np.nan_to_num(self.counts), np.nan_to_num(counted(self.values(), self.counts))
            parts = [people, told, np.where(told > 0, people - told, 0), *map(np.nan_to_num, self.further)]
            self.hidden = with_complements(self.hidden, parts, self.groups(), self.least)
            return
        before, groups = -1, self.groups()
        while before != self.hidden.sum():
            before, self.hidden = self.hidden.sum(), self.hidden.copy()
            if self.whole_blocks:
                for block in (one for one in self.blocks if one is not None):
                    codes = block.astype("category").cat.codes.to_numpy()
                    first = np.array([np.flatnonzero(codes == code)[0] for code in np.unique(codes)])
                    some = np.array([self.hidden[codes == code].any() for code in np.unique(codes)], dtype=bool)
                    self.hidden = np.isin(codes, np.unique(codes)[with_complement(some, self.counts[first])])
                continue
            for rows in groups:
                self.hidden[rows] = with_complement(self.hidden[rows], self.counts[rows])

    def groups(self) -> list[np.ndarray]:
        """The rows of each total, as places."""
        found = []
        for block in self.blocks:
            labels = np.zeros(len(self.data)) if block is None else block.to_numpy()
            found += [np.flatnonzero(labels == label) for label in dict.fromkeys(labels)]
        return found

    def gone(self) -> Iterator[Cell]:
        """The hidden rows that still hold their numbers; outside the office, those that no shown row bears too."""
        columns = [str(name) for name in self.data if self.data[name].dtype.kind in "iuf" or name == "n"]
        shown = {lang: frozenset(self.data.loc[~self.hidden, list(self.texts_in(lang))].astype(str).to_numpy().ravel())
                 for lang in LANGUAGES}
        common = {name: set(self.data.loc[~self.hidden, name].dropna()) for name in columns if self.least}
        for place in np.flatnonzero(self.hidden):
            row = self.data.iloc[place]
            known = row[columns] if not self.least else row[[name for name in columns if row[name] not in common[name]]]
            numbers = tuple(float(value) for value in known if not is_missing(value))
            names = {lang: frozenset(str(row[name]) for name in self.texts_in(lang)) - {""} for lang in LANGUAGES}
            if numbers:
                yield Cell(names, {lang: names[lang] - shown[lang] for lang in LANGUAGES}, numbers)

    def texts_in(self, lang: str) -> tuple[str, ...]:
        """The columns of words in one language."""
        own = tuple(name[:-2] + lang if name.endswith("_id") else name for name in self.texts)
        return tuple(name for name in own if name in self.data)


def floats(column: pd.Series) -> np.ndarray:
    """A column as floats; a missing number is NaN."""
    return column.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def counted(shares: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """How many people shares (0-1) of them count; NaN where a number is no share of these people, since it counts none whole."""
    told = shares * counts
    whole = np.round(told)
    return np.where((np.abs(told - whole) < 1e-6) & (counts > 0) & (whole >= 0) & (whole <= counts), whole, np.nan)


def with_complement(hidden: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Hide the next smallest row where exactly one is hidden (secondary suppression)."""
    candidates = np.where(hidden | ~(counts > 0), np.inf, counts)
    if hidden.sum() != 1 or not np.isfinite(candidates).any():
        return hidden
    more = hidden.copy()
    more[int(np.argmin(candidates))] = True
    return more


def with_complements(
    hidden: np.ndarray, parts: Sequence[np.ndarray], groups: Sequence[np.ndarray], least: int
) -> np.ndarray:
    """Hide as few people more as can be, so that no total gives a hidden row away (secondary suppression).

    ``hidden`` (rows,) are those that must not be shown; each of ``parts`` (rows,) the people behind each row, those counted of
    them, or those who remain (0 where a row is not about people); ``groups`` the rows of each total that may be known. The
    hidden rows of a total are together at least ``least`` people of each part; where all of its rows are fewer, all are hidden.

    Notes
    -----
    A mixed-integer programme: of the rows of each total that has hidden ones, two at least, and ``least`` people of each
    part at least, are hidden; what is hidden besides is the fewest people, and of equals the first rows. It is the
    problem of Fischetti and Salazar (2000) with the level of protection taken over the hidden rows of a total.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, totals = len(hidden), len(groups)
    if not hidden.any():
        return hidden
    conditions: list[np.ndarray] = []

    def ask(of: np.ndarray, weights: np.ndarray, total: int, level: float) -> None:
        """The weights of hidden rows, and what is asked of them where their total has any."""
        line = np.zeros(rows + totals)
        line[of], line[rows + total] = weights, level
        conditions.append(line)

    for total, group in enumerate(groups):
        able = group[(parts[0][group] > 0) | hidden[group]]
        for weights, wanted in [(np.ones(len(able)), 2), *((part[able], least) for part in parts)]:
            ask(able, weights, total, -min(wanted, weights.sum()))
        for row in group:
            ask(np.array([row]), np.array([-1.0]), total, 1.0)
    cost = np.concatenate([parts[0] + 1 + np.arange(rows) * 1e-6, np.zeros(totals)])
    found = milp(
        cost, integrality=np.ones(rows + totals), bounds=Bounds(np.concatenate([hidden, np.zeros(totals)]), 1),
        constraints=LinearConstraint(np.array(conditions), lb=0),
    )
    return hidden | (found.x[:rows] > 0.5) if found.success else np.ones(rows, dtype=bool)


def agree(parts: Sequence[Cells]) -> None:
    """Make the tables and pictures of one answer hide the same cells, to the last complement."""
    before = -1
    while before != (total := sum(int(one.hidden.sum()) for one in parts)):
        before = total
        for one in parts:
            for other in parts:
                if one is not other:
                    _link(one, other)
        for one in parts:
            one.complete()


def _link(whole: Cells, part: Cells) -> None:
    """Carry what is hidden between each row of ``whole`` and the rows of ``part`` that it is made of.

    Of the words that both know, a row is the sum of the other's rows that carry all of its own; where two rows share their
    words, they are the parts. A part with the numbers of the whole is the same cell.
    """
    coarse, fine = whole.keys(), part.keys()
    common = frozenset().union(*coarse) & frozenset().union(*fine)
    coarse, fine = [key & common for key in coarse], [key & common for key in fine]
    for place, key in enumerate(coarse):
        rows = np.array([bool(key) and key <= other for other in fine], dtype=bool)
        if not rows.any() or coarse.count(key) > 1:
            continue
        same = rows & (part.counts == whole.counts[place]) & (part.values() == whole.values()[place])
        if same.any():
            rows = same
        if whole.hidden[place]:
            part.hidden = part.hidden | rows
        elif same.any() or rows.sum() == 1:
            whole.hidden[place] = part.hidden[rows].all()
        else:
            part.hidden[rows] = with_complement(part.hidden[rows], part.counts[rows])


def tells(text: Text, cells: Iterable[Cell]) -> bool:
    """Whether a sentence names a hidden cell together with one of its numbers, in either language.

    A word of its own names a cell; one that shares all its words with shown rows is named by all of them together. A number
    inside a name is none.
    """
    for cell in cells:
        for lang in LANGUAGES:
            sentence, own, names = text[lang], cell.own[lang], cell.names[lang]
            heard = {name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sentence, re.IGNORECASE)}
            if not (heard & own if own else heard == names and heard):
                continue
            for name in heard:
                sentence = re.sub(re.escape(name), " ", sentence, flags=re.IGNORECASE)
            seen = {*NUMBER.findall(sentence), *_AMOUNT.findall(sentence)}
            if seen & {form for value in cell.numbers for form in written(value, lang)}:
                return True
    return False


def written(value: float, lang: str) -> set[str]:
    """How a number of a cell may stand in a sentence: whole, with decimals, in percent, in rupiah; no sign."""
    value = abs(value)
    if value == int(value) and value > 1:
        return {integer(value, lang), rupiah(value, lang)} if value >= 1e6 else {integer(value, lang)}
    forms = {number(value, lang, digits) for digits in (1, 2, 3)}
    if value <= 1:
        forms |= {percent(value, lang, digits).split(" ")[0] for digits in (1, 2)}
    return forms


def same_estimate(findings: Iterable[Finding], cells: Cells) -> np.ndarray:
    """Rows that print the very estimate and bounds of one of these findings."""
    told = {(one.estimate, one.ci_low, one.ci_high) for one in findings if None not in (one.estimate, one.ci_low)}
    name = "estimate" if "estimate" in cells.data else "value"
    if not told or not {name, "low", "high"} <= set(cells.data):
        return np.zeros(len(cells.data), dtype=bool)
    rows: list[Mapping[str, object]] = cells.data[[name, "low", "high"]].to_dict("records")  # type: ignore[assignment]
    return np.array([(row[name], row["low"], row["high"]) in told for row in rows], dtype=bool)
