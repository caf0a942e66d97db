"""Free text without the people in it: numbers, addresses and known names masked."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

MASK = "[disamarkan]"
SECRET = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?:\+62|\b0)[ .-]?8(?:[ .-]?\d){7,12}\b"  # mobile phone
    r"|\d(?:[ .\-]?\d){8,}"  # any run of nine digits or more
)
_TITLES = frozenset("dr drs dra h hj ir prof st se sh mm msi mh ssos skom spd mkes amd sip sstp map kom sos ak".split())
_ADDRESS = frozenset({"pak", "bapak", "bu", "ibu", "sdr", "sdri", "saudara", "saudari", "mas", "mbak", "bang", "kak"})
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
FREE_TEXT = frozenset({"comment", "reason", "finding", "action", "cancel_reason"})
"""Columns in which people write what they like, names of colleagues included."""


class Scrubber:
    """Masks numbers, addresses and the evaluation's own names in free text.

    A name is masked where two words of it stand together, where one word of
    it follows a form of address (Pak, Bu), and where it has but one word. A
    single word of a longer name is left alone: most are common words too.
    """

    def __init__(self, names: Iterable[str]) -> None:
        words = [self._words(name) for name in names]
        self._pairs = {pair for name in words for pair in itertools.pairwise(name)}
        self._single = {name[0] for name in words if len(name) == 1 and len(name[0]) >= 4}
        self._any = {word for name in words for word in name}

    @staticmethod
    def _words(name: str) -> list[str]:
        """The words of a name without titles, folded."""
        found = [word.casefold() for word in _WORD.findall(name.split(",", maxsplit=1)[0])]
        return [word for word in found if word not in _TITLES and len(word) > 1]

    def scrub(self, text: str, *, names: bool) -> str:
        """The text with ``[disamarkan]`` in place of what may tell who somebody is."""
        text = SECRET.sub(MASK, text)
        return self._without_names(text) if names and self._any else text

    def _without_names(self, text: str) -> str:
        """Names of the evaluation's people masked."""
        found = list(_WORD.finditer(text))
        words = [match.group().casefold() for match in found]
        hits = {place for place, word in enumerate(words) if word in self._single}
        for place, pair in enumerate(itertools.pairwise(words)):
            if pair in self._pairs:
                hits |= {place, place + 1}
            if pair[0] in _ADDRESS and pair[1] in self._any:
                hits.add(place + 1)
        for place in sorted(hits, reverse=True):
            text = text[:found[place].start()] + MASK + text[found[place].end():]
        return re.sub(rf"{re.escape(MASK)}(?: {re.escape(MASK)})+", MASK, text)
