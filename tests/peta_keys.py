"""The list of all keys of ``peta.yml`` in the README, made from the readers of the crosswalk: ``python -m tests.peta_keys``."""

from __future__ import annotations

import re
from pathlib import Path

from karier_stats.intake import crosswalk
from karier_stats.words import say

README = Path(__file__).parents[1] / "README.md"
_BEGIN, _END = "<!-- keys of peta.yml: begin -->", "<!-- keys of peta.yml: end -->"


def section() -> str:
    """The list: the keys of the whole, then those of a feed, each with what it means."""
    lines = [_BEGIN, "| key | where | what it says |", "|---|---|---|"]
    for where, keys in (("top", crosswalk._TOP), ("feed", crosswalk._FEED)):
        lines += [f"| `{key}` | {where} | {say(f'start.keys.{where}.{key}', 'en')} |" for key in keys]
    return "\n".join([*lines, _END])


def in_readme(text: str) -> str:
    """The README with the list as it is now."""
    return re.sub(re.escape(_BEGIN) + ".*?" + re.escape(_END), lambda _: section(), text, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(in_readme(README.read_text(encoding="utf-8")), encoding="utf-8")
