"""Long data in which some people's ids are empty: the rows are left out, and the note says how many."""

from __future__ import annotations

import pandas as pd
import pytest

from karier_stats.stats.change.compare import compare


def long() -> pd.DataFrame:
    return pd.DataFrame({
        "id": ["a", "a", "b", "b", "c", "c", None, None, None, None], "wave": ["pre", "post"] * 5,
        "score": [50, 60, 40, 45, 47, 55, 30, 25, 62, 60],
    })


def test_rows_without_a_person_are_counted() -> None:
    result = compare(long(), before="pre", after="post", outcome="score", wave="wave", person="id")
    assert result.headline["n"] == 3
    assert result.headline["estimate"] == pytest.approx((10 + 5 + 8) / 3)
    assert {"en": "4 rows without a person are not counted.",
            "id": "4 baris tanpa keterangan orang tidak ikut dihitung."} in result.notes


def test_rows_of_waves_that_nobody_asked_for_are_not_counted() -> None:
    data = long()
    data.loc[10] = [None, "later", 50]
    result = compare(data, before="pre", after="post", outcome="score", wave="wave", person="id")
    assert "4 rows without a person are not counted." in [note["en"] for note in result.notes]


def test_a_row_without_a_wave_is_counted() -> None:
    data = long()
    data.loc[1, "wave"] = None
    result = compare(data, before="pre", after="post", outcome="score", wave="wave", person="id")
    said = [note["en"] for note in result.notes]
    assert result.headline["n"] == 2
    assert "1 row without a wave is not counted." in said
    assert "1 person has only a score before and is not counted." in said
