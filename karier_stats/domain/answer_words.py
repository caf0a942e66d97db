"""Answers in words, by scale: what "Setuju" counts as depends on the form that was used.

"Kurang Setuju" stands for 3 on some forms and for 2 on others, so it belongs
to no scale here: a form that uses it must state its numbers itself.
"""

from __future__ import annotations

ANSWER_SCALES: dict[str, dict[str, int]] = {
    "setuju-5": {
        "sangat tidak setuju": 1, "sts": 1, "tidak setuju": 2, "ts": 2, "netral": 3, "n": 3, "ragu-ragu": 3,
        "ragu ragu": 3, "setuju": 4, "s": 4, "sangat setuju": 5, "ss": 5,
    },
    "setuju-4": {
        "sangat tidak setuju": 1, "sts": 1, "tidak setuju": 2, "ts": 2, "setuju": 3, "s": 3, "sangat setuju": 4,
        "ss": 4,
    },
    "baik-5": {
        "sangat tidak baik": 1, "stb": 1, "tidak baik": 2, "tb": 2, "cukup": 3, "c": 3, "baik": 4, "b": 4,
        "sangat baik": 5, "sb": 5,
    },
    "baik-4": {"tidak baik": 1, "tb": 1, "kurang baik": 2, "kb": 2, "baik": 3, "b": 3, "sangat baik": 4, "sb": 4},
}
"""Scale -> (answer in lower case -> its number). The five-point scales have a middle, the four-point ones have none."""
