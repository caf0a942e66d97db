"""What may be said of few people: the limits of each audience, and what of a report counts no people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from karier_stats.domain.rules import rule
from karier_stats.errors import GateError
from karier_stats.words.catalogue import own_data

LEAST, MOST = 5, 20  # between which an office may set the threshold of its public reports


@dataclass(frozen=True)
class SdcPolicy:
    """The limits that an output keeps, named as in ACRO's risk appetite.

    ``safe_threshold`` is the least number of people behind a number that is shown;
    ``zeros_are_disclosive`` hides a group without people as well; ``persons_shown``
    lets a picture draw single persons, ``units_with_leadership`` lets units be drawn
    or listed by leadership score, which is the personal score of one head. An output
    that leaves the office (``outside``) also tests those counted and those who remain;
    what is hidden within a total is together no small group, and the limits below hold:
    ``safe_dof_threshold`` residual degrees of freedom of a model on units,
    ``safe_units`` units behind a number about units or their heads; of a sum of money
    all but the two largest spent at least ``safe_pratio_p`` of the largest, and the two
    largest at most the part ``safe_nk_k``.

    References
    ----------
    ACRO, ``acro/default.yaml``: ``safe_threshold``, ``safe_dof_threshold``, ``safe_pratio_p``, ``safe_nk_k`` (of
    ``safe_nk_n`` 2), ``zeros_are_disclosive``.
    """

    safe_threshold: int
    zeros_are_disclosive: bool
    persons_shown: bool
    units_with_leadership: bool
    outside: bool = False
    safe_dof_threshold: int = 10
    safe_units: int = 3
    safe_pratio_p: float = 0.1
    safe_nk_k: float = 0.9

    @property
    def least_together(self) -> int:
        """People whom the rows hidden within a total are together at least; 0 where two rows suffice."""
        return self.safe_threshold if self.outside else 0

    @property
    def safe_staff(self) -> int:
        """Least number of staff of whom a report of their own may leave the office; 0 for one that stays."""
        return 2 * self.safe_threshold if self.outside else 0


def threshold() -> int:
    """The least number of people of a public report (rule ``public_threshold``), a whole number within its bounds (K414)."""
    given = rule("public_threshold").value
    if given not in range(LEAST, MOST + 1):
        raise GateError("K414", given=given, least=LEAST, most=MOST)
    return int(given)


def policy_for(audience: str) -> SdcPolicy:
    """The limits of an audience, ``internal`` or ``public``; whoever is unknown is the public. K414 as :func:`threshold`."""
    if audience == "internal":
        return SdcPolicy(5, False, True, True)
    return SdcPolicy(threshold(), True, False, False, outside=True)


@cache
def declared(question: str) -> Mapping[str, Any]:
    """What of a question counts no people, or needs more of them; see ``disclosure.yml``."""
    found: dict[str, Mapping[str, Any]] = own_data(Path(__file__).with_name("disclosure.yml"))
    return found.get(question, {})
