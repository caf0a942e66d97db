"""What may be said of few people: the limits of each audience."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SdcPolicy:
    """The limits that an output keeps, named as in ACRO's risk appetite.

    Parameters
    ----------
    safe_threshold : int
        Least number of people behind a number that is shown.
    zeros_are_disclosive : bool
        Whether a group without people is hidden as well.
    persons_shown : bool
        Whether a picture may draw single persons.
    unit_names_with_leadership : bool
        Whether a unit's leadership score may stand beside its name: it is the
        personal score of one head.

    References
    ----------
    ACRO, ``acro/default.yaml``: ``safe_threshold``, ``zeros_are_disclosive``.
    """

    safe_threshold: int
    zeros_are_disclosive: bool
    persons_shown: bool
    unit_names_with_leadership: bool


POLICIES: dict[str, SdcPolicy] = {
    "internal": SdcPolicy(5, False, True, True),
    "public": SdcPolicy(10, True, False, False),
}
