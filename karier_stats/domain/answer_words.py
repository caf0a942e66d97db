"""Answers in words, by scale: what "Setuju" counts as depends on the form that was used.

"Kurang Setuju" stands for 3 on some forms and for 2 on others, so it belongs
to no scale here: a form that uses it must state its numbers itself.
"""

from __future__ import annotations

from pathlib import Path

from karier_stats.words.catalogue import own_data

ANSWER_SCALES: dict[str, dict[str, int]] = own_data(Path(__file__).with_suffix(".yml"))
"""Scale -> (answer in lower case -> its number). The five-point scales have a middle, the four-point ones have none."""
