"""The rules that figures rest on: versioned, with legal basis, checked or not.

The values lie in ``rules.yml`` beside this file, so that a reviewer can see
which figures were checked against a source and which are a design choice.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from karier_stats.words.catalogue import Joined, Phrase, own_data, say
from karier_stats.words.numbers import LANGUAGES, Text

RULES = Path(__file__).with_name("rules.yml")
_PART = re.compile(r"\b(?:pasal|huruf|ayat)\b")


@dataclass(frozen=True)
class Rule:
    """One rule: its value, its legal basis, since when, and whether it was checked.

    ``choice`` is true for a decision of the evaluation, which no legal text can
    confirm; ``repealed`` names the law that the rule was made under where that
    law is no longer in force.
    """

    id: str
    value: Any
    legal_basis: str
    valid_from: datetime.date
    verified: bool
    text: dict[str, str]
    valid_to: datetime.date | None = None
    choice: bool = False
    repealed: str = ""

    @property
    def basis(self) -> Text:
        """Its legal basis, in which the parts of a law are called what each language calls them."""
        def named(lang: str) -> str:
            return _PART.sub(lambda found: say(f"domain.legal.part.{found[0]}", lang), self.legal_basis)

        return {lang: named(lang) for lang in LANGUAGES}

    @property
    def unchecked(self) -> bool:
        """Whether a figure rests on a legal text or custom that nobody has checked."""
        return not (self.verified or self.choice)


_USED: ContextVar[dict[str, Rule] | None] = ContextVar("used", default=None)  # the rules that the question being answered has read


@contextmanager
def rules_read() -> Iterator[dict[str, Rule]]:
    """Collect the rules that are read inside the block, by id, in order."""
    found: dict[str, Rule] = {}
    token = _USED.set(found)
    try:
        yield found
    finally:
        _USED.reset(token)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of ``rules.yml``, in file order."""
    return tuple(Rule(**entry) for entry in own_data(RULES))


def rule(id: str, year: int | None = None) -> Rule:
    """The rule ``id`` that was in force at the end of ``year`` (default: the newest); a KeyError tells a programmer of none."""
    day = datetime.date(year, 12, 31) if year is not None else datetime.date.max
    found = [
        entry for entry in all_rules()
        if entry.id == id and entry.valid_from <= day and (entry.valid_to is None or day <= entry.valid_to)]
    if not found:
        raise KeyError(f"no rule {id!r} in force in {year}; rules: {sorted({entry.id for entry in all_rules()})}")
    newest = max(found, key=lambda entry: entry.valid_from)
    used = _USED.get()
    if used is not None:
        used[id] = newest
    return newest


class Rules:
    """Values of the rules as facts of sentences: ``{rule.jp_pns_minimum:integer}``."""

    def __getattr__(self, id: str) -> Any:
        return rule(id).value


class Laws:
    """The legal basis of each rule: ``{law.jp_pns_minimum}``."""

    def __getattr__(self, id: str) -> Text:
        return rule(id).basis


def legal_note(one: Rule) -> Text | None:
    """What a reader must know of the rule behind a figure; None for a choice, which its own chapter tells.

    Names the basis and the day since which it holds; that the law above it was
    repealed; that nobody has checked the figure against the legal text.
    """
    if one.choice or not (one.repealed or one.unchecked):
        return None
    return Joined(
        Phrase("domain.legal.basis", basis=one.basis, since=one.valid_from),
        Phrase("domain.legal.repealed", law=one.repealed) if one.repealed else None,
        Phrase("domain.legal.unchecked") if one.unchecked else None)
