"""What gains were made from: the family of tests, how people were taken, and who was left out."""

from __future__ import annotations

from collections.abc import Sequence

from karier_stats.stats.results import METHODS
from karier_stats.words import Phrase
from karier_stats.words.catalogue import has
from karier_stats.words.numbers import Text

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
    return *notes, *counted("gains.no_unit", without)


def counted(key: str, n: int) -> tuple[Text, ...]:
    """A note that counts those whom something befell; none where there are none."""
    return (Phrase(key, n=n),) if n else ()


def family_note(count: int, by: str, method: str) -> Text:
    """How many tests make one family and how their p-values were adjusted; a single test needs nothing."""
    what = Phrase(f"gains.what.{by}") if has(f"gains.what.{by}") else by
    return Phrase("gains.one_test" if count == 1 else "gains.tests", n=count, what=what, method=Phrase(f"gains.{method}"))
