"""What every result keeps, asked of one result."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from karier_stats.stats.results import COLUMNS, METHODS, TERMS, Result, base_term, digits_for
from karier_stats.words.numbers import number


def keeps(result: Result) -> None:
    """Columns, closed vocabulary, estimates in their intervals, levels recomputed, and words that agree with the table."""
    assert tuple(result.table.columns) == COLUMNS
    assert {base_term(term)[0] for term in result.table["term"]} <= set(TERMS)
    assert set(result.table["method"]) <= set(METHODS)
    rows = result.table.dropna(subset=["ci_low"])
    assert ((rows["ci_low"] <= rows["estimate"]) & (rows["estimate"] <= rows["ci_high"])).all()
    for column in COLUMNS[2:]:
        assert np.isfinite(result.table[column].dropna().to_numpy(dtype=float)).all()
    wider = result.interval(0.99)
    known = result.table["ci_low"].notna() & wider["ci_low"].notna()
    assert (wider["ci_high"] >= result.table["ci_high"])[known].all()
    pd.testing.assert_frame_equal(result.interval(0.95), result.table)
    row = result.headline
    for lang in ("id", "en"):
        text = result.sentence(lang)
        alternative = result.alt(lang)
        assert alternative.endswith(".") and all(name in alternative for name in result.display_table(lang).iloc[:, 0])
        assert "nan" not in re.findall(r"\w+", alternative)
        assert "n = " in text and text.endswith(".") and "nan" not in text.replace("dengan", "")
        for column in ("estimate", "ci_low", "ci_high"):
            if not pd.isna(row[column]):
                assert number(row[column], lang, digits_for(row)) in text


def words_on(ax: Axes) -> str:
    """Every word on axes, in the order of writing."""
    from matplotlib.text import Text

    return " ".join(text.get_text() for text in ax.findobj(Text) if text.get_text())
