"""What every result of ``regress`` and ``reliability`` keeps: table, levels, words, picture."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from test_regress import staff
from test_reliability import scale

from karier_stats.stats.association.regress import regress
from karier_stats.stats.results import (
    COLUMNS,
    FLOATS,
    METHODS,
    RATIOS,
    TERMS,
    Result,
    base_term,
)
from karier_stats.stats.scales.reliability import reliability
from karier_stats.words.numbers import number


def separated() -> pd.DataFrame:
    """Staff whose heads all joined, whatever else they did."""
    data = staff(within=True)
    data["head"] = (data.index % 5 == 0).astype(int)
    return data.assign(joined=np.where(data["head"] == 1, 1, data["joined"]))


NESTED = {"on": "lead", "unit": "unit"}
RESULTS = {
    "units": lambda: regress(staff(), outcome="y", **NESTED),
    "within": lambda: regress(staff(within=True, slope=0.6), outcome="y", adjust=["age", "status"], **NESTED),
    "share": lambda: regress(staff(slope=1.0), outcome="joined", adjust="age", **NESTED),
    "count": lambda: regress(staff(within=True), outcome="sessions", family="count", **NESTED),
    "many": lambda: regress(staff(sizes=[4] * 45, slope=1.0), outcome="y", **NESTED),
    "rows": lambda: regress(staff(), outcome="joined", on="lead", adjust="status"),
    "five": lambda: regress(staff(sizes=[9] * 5), outcome="y", **NESTED),
    "separated": lambda: regress(separated(), outcome="joined", adjust="head", **NESTED),
    "separated_rows": lambda: regress(separated(), outcome="joined", on="lead", adjust="head"),
    "count_rows": lambda: regress(staff(slope=0.5), outcome="sessions", on="lead", family="count"),
    "many_shares": lambda: regress(staff(sizes=[12] * 45, slope=1.0), outcome="joined", **NESTED),
    "secondary": lambda: regress(
        staff(within=True, sizes=(15,) * 12), outcome="joined", moderators=("status", "age"), dose_response="quadratic", **NESTED
    ),
    "scale": lambda: reliability(scale(), items=["q1", "q2", "q3", "q4"]),
    "short": lambda: reliability(scale(n=20), items=["q1", "q2"]),
}
CAUSAL = re.compile(r"meningkatkan|menyebabkan|pengaruh|dampak|improv|caus|effect of|impact|leads to", re.IGNORECASE)


@pytest.fixture(params=RESULTS, scope="module")
def result(request) -> Result:
    """Every kind of result in turn."""
    return RESULTS[request.param]()


def test_columns_and_types(result):
    assert tuple(result.table.columns) == COLUMNS
    assert (result.table[list(FLOATS)].dtypes == "Float64").all()
    assert (result.table[["n", "n_units"]].dtypes == "Int64").all()


def test_nan_and_infinity_never_leave(result):
    for column in FLOATS:
        present = result.table[column].dropna().to_numpy(dtype=float)
        assert np.isfinite(present).all()


def test_vocabulary_is_closed(result):
    assert set(result.table["method"]) <= set(METHODS)
    for term in result.table["term"]:
        base, inside = base_term(term)
        assert base in TERMS or inside in TERMS or inside == "" or inside.startswith(">=")


def test_estimate_lies_in_its_interval(result):
    rows = result.table.dropna(subset=["ci_low"])
    assert len(rows)
    assert ((rows["ci_low"] <= rows["estimate"]) & (rows["estimate"] <= rows["ci_high"])).all()


def test_interval_and_test_agree(result):
    """Zero (one for ratios) is outside exactly where p is below 5 percent."""
    for row in result.table.dropna(subset=["ci_low", "p_value"]).itertuples():
        null = 1.0 if row.method in RATIOS else 0.0
        assert (row.p_value < 0.05) == (not row.ci_low <= null <= row.ci_high), (row.term, row.method)


def test_a_new_level_is_computed_anew(result):
    wide, narrow = result.interval(0.99), result.interval(0.8)
    assert (wide["ci_level"] == 0.99).all() and (narrow["ci_level"] == 0.8).all()
    assert wide["estimate"].equals(result.table["estimate"]) and wide["p_value"].equals(result.table["p_value"])
    both_there = wide["ci_low"].notna() & narrow["ci_low"].notna()
    widths = [(table["ci_high"] - table["ci_low"])[both_there] for table in (wide, narrow)]
    assert (widths[0] > widths[1]).all()
    pd.testing.assert_frame_equal(result.interval(0.95), result.table)


def test_the_headline_is_in_the_table_and_in_the_sentence(result):
    row = result.headline
    assert (row.term, row.method) == result.lead
    for lang in ("id", "en"):
        text = result.sentence(lang)
        assert f"n = {number(row.n, lang, 0)}" in text
        assert text.endswith(".") and not re.search(r"\b(nan|none)\b", text, re.IGNORECASE)


def test_numbers_of_the_sentence_are_the_table(result):
    row = result.headline
    share = getattr(result, "family", None) == "binary"
    values = [float(v) * (100 if share else 1) for v in (row.ci_low, row.ci_high)]
    for lang in ("id", "en"):
        digits = next(d for d in (4, 3, 2, 1, 0) if number(values[0], lang, d) in result.sentence(lang))
        assert number(values[1], lang, digits) in result.sentence(lang)


def test_no_causal_word(result):
    for lang in ("id", "en"):
        assert not CAUSAL.search(result.sentence(lang))


def test_notes_speak_both_languages(result):
    assert result.notes
    for note in result.notes:
        assert set(note) == {"id", "en"} and note["id"] != note["en"]


def test_views_are_stable_and_show_the_same_rows(result):
    again = result.recompute(0.95)
    assert repr(result) == repr(again) and result._repr_html_() == again._repr_html_()
    assert not re.search(r"0x[0-9a-f]{6,}|\bnan\b", repr(result) + result._repr_html_())
    assert result._repr_html_().count("<tr>") == len(result.table)
    assert result._repr_markdown_().count("\n|") >= len(result.table)


def test_plot_draws_and_the_alternative_text_has_its_numbers(result):
    ax = Figure().add_subplot()
    assert result.plot(ax) is ax
    assert len(ax.child_axes[0].collections)
    for lang in ("id", "en"):
        assert all(estimate in result.alt(lang) for estimate in result.display_table(lang).iloc[:, 2])


def test_the_line_is_the_headline():
    result = RESULTS["within"]()
    assert result.line[1] == pytest.approx(float(result.headline.estimate), rel=1e-12)
    x, y = result.points["x"].to_numpy(), result.points["y"].to_numpy()
    # A least-squares line runs through the centre of its points.
    assert result.line[0] + result.line[1] * x.mean() == pytest.approx(y.mean(), abs=1e-10)


def test_a_null_carries_its_interval_and_the_smallest_slope_seen():
    result = RESULTS["units"]()
    assert result.conclusion == "none_seen"
    row = result.headline
    # (t quantile at 97.5 percent + at 80 percent, 6 degrees of freedom) x SE.
    assert result.smallest_seen == pytest.approx((2.446912 + 0.905703) * float(row.std_error), rel=1e-6)
    assert "belum terlihat" in result.sentence("id") and "daya uji 80 persen" in result.sentence("id")
    assert "no association" in result.sentence("en") and "power 80 percent" in result.sentence("en")
    assert "confidence interval" in result.sentence("en")


def test_methods_that_disagree_leave_it_undecided():
    results = (regress(staff(seed, slope=0.35), outcome="y", **NESTED) for seed in range(60))
    result = next(result for result in results if result.conclusion == "undecided")
    p = result.table.set_index("method").loc[["unit_means", "cr2", "wild"], "p_value"]
    assert (p < 0.05).any() and (p >= 0.05).any()
    assert "belum dapat disimpulkan" in result.sentence("id")
    assert "cannot be concluded yet" in result.sentence("en")
    for value in p:
        assert number(value, "en", 3) in result.sentence("en")


def test_between_units_is_worded_about_units():
    data = staff(sizes=[30] * 12, slope=1.5)
    result = regress(data, outcome="y", **NESTED)
    assert result.conclusion == "association"
    assert result.sentence("id").startswith(
        "Antarunit, `y` berkaitan dengan `lead`: unit dengan `lead` satu satuan lebih tinggi memiliki rata-rata `y` "
    )
    assert result.sentence("en").startswith(
        "Between units, `y` goes with `lead`: units one unit of `lead` higher have a mean of `y` "
    )
    for word in ("pegawai", "staff", "people", "orang"):
        assert word not in result.sentence("id") + result.sentence("en")


def test_within_and_between_are_told_apart():
    text = RESULTS["within"]().sentence("id")
    assert text.index("Antarunit") < text.index("Di dalam unit")


def test_a_negative_slope_is_lower():
    result = regress(staff(sizes=[30] * 12, slope=-1.5), outcome="y", **NESTED)
    assert " lower (" in result.sentence("en") and " lebih rendah (" in result.sentence("id")


def test_secondary_terms_have_names():
    names = RESULTS["secondary"]().display_table("id")["Besaran"]
    assert "lead, antarunit × status=PPPK" in set(names)


def test_names_are_escaped_in_html():
    data = staff().rename(columns={"lead": "<b>lead</b>"})
    assert "<b>lead" not in regress(data, outcome="y", on="<b>lead</b>", unit="unit")._repr_html_()
