"""The rules that figures rest on: versioned, with legal basis, checked or not.

The values lie in ``rules.yml`` beside this file, so that a reviewer can see
which figures were checked against a source and which are a design choice.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).with_name("rules.yml")


@dataclass(frozen=True)
class Rule:
    """One rule: its value, its legal basis, since when, and whether it was checked."""

    id: str
    value: Any
    legal_basis: str
    valid_from: datetime.date
    verified: bool
    text: dict[str, str]
    valid_to: datetime.date | None = None


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule of ``rules.yml``, in file order."""
    import yaml

    return tuple(Rule(**entry) for entry in yaml.safe_load(RULES.read_text(encoding="utf-8")))


def rule(id: str, year: int | None = None) -> Rule:
    """The rule ``id`` that was in force at the end of ``year`` (default: the newest).

    Raises
    ------
    KeyError
        Where no rule of that id was in force: the programmer named it wrongly
        or the year lies before the rule.
    """
    day = datetime.date(year, 12, 31) if year is not None else datetime.date.max
    found = [
        entry for entry in all_rules()
        if entry.id == id and entry.valid_from <= day and (entry.valid_to is None or day <= entry.valid_to)
    ]
    if not found:
        raise KeyError(f"no rule {id!r} in force in {year}; rules: {sorted({entry.id for entry in all_rules()})}")
    return max(found, key=lambda entry: entry.valid_from)
