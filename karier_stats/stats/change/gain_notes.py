"""What gains were made from: the family of tests, how people were taken, and who was left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from karier_stats.stats.results import METHODS
from karier_stats.words import Phrase
from karier_stats.words.catalogue import has
from karier_stats.words.numbers import Text

if TYPE_CHECKING:
    from karier_stats.stats.change.gains import Gain, Gains

CLUSTERED = ("cr2", "wild")
"""Methods that take people as nested in clusters."""
Made = tuple["Text | None", str]
"""What a result is called (None: it is the only one) and its method, as in a result's table."""


def method_notes(made: Sequence[Made], without: int = 0) -> tuple[Text, ...]:
    """How the people of some results are taken, each from the method of its row; ``without`` have no known cluster."""
    notes: list[Text] = []
    kinds = {kind: [one for one in made if (one[1] in CLUSTERED) == (kind == "nested")] for kind in ("nested", "alone")}
    for kind, found in kinds.items():
        if not found:
            continue
        how = Phrase(f"gains.{kind}", methods=[METHODS[method] for method in dict.fromkeys(method for _, method in found)])
        names = [name for name, _ in found if name] if all(kinds.values()) else []
        notes.append(Phrase("gains.some", names=names, how=how) if names else Phrase("gains.all", how=how))
    return (*notes, *left_out(without))


def left_out(without: int) -> tuple[Text, ...]:
    """A note that counts those whose unit is not known; none where there are none."""
    return (Phrase("gains.no_unit", n=without),) if without else ()


def family_note(count: int, by: str, method: str) -> Text:
    """How many tests make one family and how their p-values were adjusted; a single test needs nothing."""
    what = Phrase(f"gains.what.{by}") if has(f"gains.what.{by}") else by
    return Phrase("gains.one_test" if count == 1 else "gains.tests", n=count, what=what, method=Phrase(f"gains.{method}"))


def family_notes(gains: Gains) -> tuple[Text, ...]:
    """The family, and which estimate leads for which way of choosing people, of the ways that there are."""
    ways = sorted({(gain.selection, gain.base) for gain in gains.rows})
    told: list[Any] = [Phrase("gains.way_beside" if way == "unknown" else "gains.way", way=Phrase(f"gains.selection.{way}"),
                              lead=Phrase(f"gains.lead.{base}")) for way, base in ways]
    return family_note(len(gains), gains.by, "holm"), Phrase("gains.ways", ways=told)


def site_notes(found: Sequence[Gain]) -> tuple[Text, ...]:
    """Where sites are a covariate of the ANCOVA, and where they are given and are not."""
    used, lost = [gain for gain in found if gain.adjust], sum(len(gain.off_site) for gain in found)
    given = [gain for gain in found if (name := gain.roles.adjust) and gain.people[name].notna().any() and not gain.adjust]
    most = max((gain.people[gain.adjust[0]].nunique() for gain in used), default=0)
    return (
        *((Phrase("gains.sites", most=most),) if used else ()), *((Phrase("gains.no_site", n=lost),) if lost else ()),
        *((Phrase("gains.sites_unused"),) if given else ()),
    )


def rank_notes(gains: Gains, linked: int) -> tuple[Text, ...]:
    """The family, what ranks are, and how many groups share their comparison people."""
    shared = (Phrase("gains.linked", n=linked),) if linked else ()
    return family_note(len(gains), gains.by, "holm"), Phrase("gains.ranks"), *shared


def limit_notes(top: int, left: int) -> tuple[Text, ...]:
    """Participants whose score could not rise, and those of groups that cannot be compared."""
    return (*((Phrase("gains.at_top", n=top),) if top else ()), *((Phrase("gains.left", n=left),) if left else ()))
