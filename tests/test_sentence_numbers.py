"""Small and large numbers in sentences: no slope of 0.0000, no certainty of 100 percent, no share beyond 100."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.specification import specifications
from karier_stats.stats.change.compare import compare
from karier_stats.stats.results import step_name, step_of
from karier_stats.stats.scales.agreement import agreement
from karier_stats.stats.units.compare_units import compare_units
from karier_stats.words.numbers import decimals, figures, level_percent


def money(slope: float = 3e-9, rows: int = 240) -> pd.DataFrame:
    """A score of competence on a budget in rupiah, in 24 units; ``slope`` points per rupiah."""
    draw = np.random.default_rng(5)
    budget = draw.uniform(2e8, 4e9, 24)[np.arange(rows) % 24]
    score = 60 + slope * budget + draw.normal(0, 2, rows)
    return pd.DataFrame({
        "skor": score, "pagu_rp": budget, "jarak": budget / 1e6, "unit": [f"unit {k % 24:02d}" for k in range(rows)],
        "lulus": (score > 66).astype(int),
    })


@pytest.mark.parametrize("outcome", ["skor", "lulus"])
@pytest.mark.parametrize("unit", [None, "unit"])
def test_a_slope_per_rupiah_is_told_per_a_step_that_can_be_read(outcome, unit):
    result = regress(money(), outcome=outcome, on="pagu_rp", unit=unit)
    for lang, words in (("id", r"Rp1 (ribu|juta|miliar)"), ("en", r"Rp1 (thousand|million|billion)")):
        sentence = result.sentence(lang)
        assert re.search(words, sentence), sentence
        assert not re.search(r"\b0[.,]0+\b(?!\d)", sentence), sentence
    row = result.headline
    told = re.search(r"Rp1 (thousand|million|billion)[^0-9]*?(-?[\d.,]+)", result.sentence("en"))
    step = {"thousand": 1e3, "million": 1e6, "billion": 1e9}[told[1]] * (100 if outcome == "lulus" else 1)
    assert float(told[2].replace(",", "")) == pytest.approx(row.estimate * step, rel=0.05)


def test_the_step_stays_within_the_range_of_the_score():
    assert step_of(1e-9, 4e9) == 1e9
    assert step_of(1e-9, 5e6) == 1e6  # told as 0.001: a billion lies beyond the data
    assert step_of(0.5, 4e9) == step_of(0.0, 4e9) == 1.0
    assert step_name(1.0, "skor")["id"] == "satu satuan `skor`"
    assert step_name(1e6, "jarak")["en"] == "one million units of `jarak`"
    assert step_name(1e6, "pagu_rp")["id"] == "Rp1 juta `pagu_rp`"
    assert step_name(1e9, "pagu_rp")["en"] == "Rp1 billion `pagu_rp`"
    assert step_name(1e3, "pagu_rp")["id"] == "Rp1 ribu `pagu_rp`"


def test_a_tiny_slope_on_a_short_scale_keeps_its_figures():
    data = money()
    data["kecil"] = data["skor"] * 1e-6
    data["nilai"] = data["pagu_rp"] / 1e9
    sentence = regress(data, outcome="kecil", on="nilai", unit="unit").sentence("en")
    assert re.search(r"0\.00000[1-9]\d?", sentence), sentence


def test_the_table_beside_the_sentence_keeps_the_figures_of_a_tiny_slope():
    result = regress(money(), outcome="skor", on="pagu_rp", unit="unit")
    row = result.headline
    shown = result.display_table("en").iloc[list(result.table["term"]).index(row.term)]
    told = [float(text.replace("−", "-")) for text in re.findall(r"[−\d.]+", f"{shown.iloc[2]} {shown.iloc[3]}")]
    half = (row.ci_high - row.ci_low) / 2
    # Two figures of the error: each is within a twentieth of half the interval.
    assert told == pytest.approx([row.estimate, row.ci_low, row.ci_high], abs=half / 20) and len(set(told)) == 3


def test_large_amounts_are_told_in_words():
    draw = np.random.default_rng(3)
    before = draw.normal(5e9, 4e8, 60)
    data = pd.DataFrame({"before": before, "after": before + draw.normal(1.5e9, 3e8, 60)})
    sentence = compare(data, before="before", after="after").sentence("id")
    assert re.search(r"naik 1,\d+ miliar poin \(selang kepercayaan 95 persen 1,\d+ s\.d\. 1,\d+ miliar; n = 60\)", sentence)


def test_a_tiny_change_is_not_told_as_nothing():
    draw = np.random.default_rng(3)
    before = draw.normal(0, 1e-6, 60)
    data = pd.DataFrame({"before": before, "after": before + draw.normal(2e-7, 1e-7, 60)})
    assert re.search(r"rose by 0\.000000[12]\d* points", compare(data, before="before", after="after").sentence("en"))


@pytest.mark.parametrize(("level", "told"), [
    (0.95, "95 percent"), (0.995, "99.5 percent"), (0.9999, "99.99 percent"), (0.99999, "99.999 percent"),
    (0.8, "80 percent"), (0.9833333333, "98.3 percent"), (0.9991, "99.91 percent"),
])
def test_a_level_is_never_rounded_to_certainty(level, told):
    assert level_percent(level, "en") == told


@pytest.mark.parametrize("level", [0.9999, 0.99999])
def test_no_verb_tells_its_level_as_100_percent(level):
    data = money().assign(pre=lambda d: d["skor"] - 3, post=lambda d: d["skor"], a=[1, 2, 3, 4, 5] * 48, b=[2, 3, 4, 5, 1] * 48)
    choices = {"outcome": {"skor": "skor"}, "adjust": {"no": (), "yes": ("a",)}}
    results = [
        compare(data, before="pre", after="post", level=level),
        compare(data, before="pre", after="post", cluster="unit", dose="jarak", level=level),
        regress(data, outcome="skor", on="jarak", unit="unit", level=level, moderators="lulus"),
        compare_units(data, outcome="lulus", unit="unit", level=level),
        agreement(data, items=["a", "b"], unit="unit", scale=(1, 5)).recompute(level),
        specifications(data, on="jarak", unit="unit", choices=choices, level=level, draws=19),
    ]
    for result in results:
        for lang in ("id", "en"):
            words = " ".join([result.sentence(lang), *(note[lang] for note in result.notes)])
            assert not re.search(r"\b100([.,]0+)? (persen|percent) conf|kepercayaan 100|taraf 0([.,]0)? persen", words), words
            assert not re.search(r"level of 0(\.0)? percent", words), words


def test_an_adjusted_share_is_told_within_0_and_100():
    # The last unit is expected to have few successes by x, and has one in every row.
    unit, x = np.repeat([f"unit {k}" for k in range(8)], 12), np.tile(np.linspace(-2, 2, 12), 8)
    y = (x + np.repeat(np.linspace(-0.5, 0.5, 8), 12) > 0.3).astype(int)
    x[-12:], y[-12:] = np.linspace(-2, -1, 12), 1
    result = compare_units(pd.DataFrame({"unit": unit, "x": x, "y": y}), outcome="y", unit="unit", adjust=["x"])
    assert result.units["raw"].max() > 1  # what indirect standardisation gives stays in the table, with a note
    for lang in ("id", "en"):
        told = re.findall(r"(−?\d+(?:[.,]\d+)?) (?:persen|percent)", result.sentence(lang))
        shares = [float(share.replace(",", ".").replace("−", "-")) for share in told]
        assert shares and max(shares) <= 100 and min(shares) >= 0


@pytest.mark.parametrize(("error", "places"), [(12, 0), (1.2, 1), (0.12, 2), (0.0012, 4), (1.2e-7, 8), (0, 2), (float("nan"), 2)])
def test_decimals_show_two_figures_of_the_error(error, places):
    assert decimals(error) == places


def test_numbers_that_belong_together_share_their_size():
    assert figures([1.5293e9, 1.2e9, 1.8e9], "en", 3e8) == (["1.53", "1.20", "1.80"], " billion")
    assert figures([1529.2, 1200, 1800], "id", 300) == (["1.529", "1.200", "1.800"], "")
    assert figures([2_000_000.25, 2_000_000.0, 2_000_000.5], "en", 0.25) == (
        ["2,000,000.25", "2,000,000.00", "2,000,000.50"], "")
