"""Words that stand for numbers: answers by their scale, and the units of a measure."""

from __future__ import annotations

from pathlib import Path

from karier_stats.words.catalogue import own_data

ANSWER_SCALES: dict[str, dict[str, int]] = own_data(Path(__file__).with_name("answer_words.yml"))
"""Scale -> (answer in lower case -> its number). The five-point scales have a middle, the four-point ones have none.

"Kurang Setuju" stands for 3 on some forms and for 2 on others, so it belongs to
no scale here: a form that uses it must state its numbers itself.
"""
UNIT_WORDS: dict[str, dict[str, float]] = own_data(Path(__file__).with_name("unit_words.yml"))
"""Unit of a column of the data dictionary -> (word, letters only, in lower case -> how many of that unit one is).

Any other word ("2 hari" in a column of learning hours) has a factor only where the crosswalk declares one.
"""
