"""What must agree between findings of different questions, as ``ledger.yml`` declares it.

A term is the id of a finding, for its number; with ``n`` after it the people
or rows behind it, with ``k`` its number times those.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from karier_stats.answers import build
from karier_stats.answers.one_page import LEDGER
from karier_stats.answers.record import Finding
from karier_stats.words import Phrase
from karier_stats.words.numbers import Text

NEAR = 1e-6
"""Numbers that differ by less than this part of themselves are one: findings are kept with ten digits."""
Known = Mapping[str, Finding]


@dataclass(frozen=True)
class Agreement:
    """The identities whose findings are all told, and those of them that do not hold.

    Parameters
    ----------
    checked, broken : tuple of str
        Names in ``ledger.yml``.
    """

    checked: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many could be checked."""
        return len(self.checked)

    @property
    def k(self) -> int:
        """How many hold."""
        return self.n - len(self.broken)

    @property
    def names(self) -> list[Text]:
        """What those that do not hold are about."""
        return [Phrase(f"synthesis.identities.{name}") for name in self.broken]


def agreement(findings: Iterable[Finding]) -> Agreement:
    """Every declared identity held against the findings; one that a finding is wanting for is passed over."""
    known = {one.id: one for one in findings if not one.suppressed and one.estimate is not None}
    held = {name: holds(about, known) for name, about in LEDGER["identities"].items()}
    checked = tuple(name for name, found in held.items() if found is not None)
    return Agreement(checked, tuple(name for name in checked if not held[name]))


def holds(about: Mapping[str, Any], known: Known) -> bool | None:
    """Whether one identity holds: ``same`` values, a ``whole`` not below its ``parts``, or a ``mean`` of its parts.

    None where fewer than two of its terms are told, or where the parts are not those of the whole.
    """
    if "same" in about:
        values = [value for term in about["same"] if (value := valued(term, known)) is not None]
        return all(near(values[0], value) for value in values) if len(values) > 1 else None
    if "mean" in about:
        return _mean(known.get(about["mean"]), [one for id, one in known.items() if id.startswith(about["of"])])
    whole, parts = valued(about["whole"], known), [valued(term, known) for term in about["parts"]]
    told = [value for value in parts if value is not None]
    return None if whole is None or not told else sum(told) <= whole * (1 + NEAR)


def _mean(whole: Finding | None, parts: list[Finding]) -> bool | None:
    """Whether a number is the mean of its parts by their people; None where they are other people."""
    people = sum(one.n for one in parts)
    if whole is None or not parts or people != whole.n:
        return None
    mean = sum((one.estimate or 0.0) * one.n for one in parts) / people
    return near(mean, whole.estimate or 0.0)


def valued(term: str, known: Known) -> float | None:
    """The value of a term; None where its finding is not told."""
    id, _, kind = term.partition(" ")
    if id not in known:
        return None
    one = known[id]
    number = float(one.estimate or 0.0)
    return {"": number, "n": float(one.n), "k": number * one.n}[kind]


def near(one: float, other: float) -> bool:
    """Whether two numbers are one, but for how they were rounded."""
    return math.isclose(one, other, rel_tol=NEAR, abs_tol=1e-9)


@build.said.register
def _(result: Agreement) -> build.Said:
    return build.counted(result.k, "identities", "kuat" if result.n else None)
