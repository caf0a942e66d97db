"""``agreement``: ICC(1), ICC(2), r_wg(j), against R, published figures and hand counts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics.unit_products import null_variance, rwg, within_variances
from karier_stats.stats.results import COLUMNS, FLOATS, METHODS, TERMS
from karier_stats.stats.scales.agreement import agreement
from karier_stats.words.numbers import number
from tests.contract import words_on

HERE = Path(__file__).parent / "reference"
REFERENCE = pd.read_csv(HERE / "agreement.csv", keep_default_na=False)
ITEMS = ["q1", "q2", "q3", "q4"]

EXACT = 1e-9
"""Mean squares and variances: both sides compute in double precision, R's CSV keeps 15 digits."""
LME = 2e-5
"""nlme's optimiser stops when the likelihood moves by less than about 1e-8; ICC is then right to 4-5 digits."""


def answers(name: str) -> pd.DataFrame:
    data = pd.read_csv(HERE / "agreement_data.csv")
    return data[data["set"] == name].reset_index(drop=True)


def reference(name: str, prefix: str = "") -> dict[str, float]:
    rows = REFERENCE[(REFERENCE["set"] == name) & (REFERENCE["unit"] == "") & REFERENCE["what"].str.startswith(prefix)]
    return dict(zip(rows["what"].str.removeprefix(prefix), rows["value"], strict=True))


def small(**changes) -> pd.DataFrame:
    """Two units of three; variances within are 1/3 and 1/3, means 13/3 and 5/3."""
    return pd.DataFrame({"lead": [4, 5, 4, 2, 2, 1], "unit": list("aaabbb")} | changes)


@pytest.mark.parametrize("name", ["uneven", "even"])
@pytest.mark.parametrize("what", ["icc1_reml", "icc1_anova", "icc1_anova_mean_size", "icc2_spearman_brown",
                                  "icc2_mean_reliability", "icc2_anova"])
def test_icc_against_r(name, what):
    term, method = what.split("_", 1)
    found = agreement(answers(name), items=ITEMS, unit="unit", scale=(1, 5)).row(term, method).estimate
    tolerance = EXACT if "anova" in method else LME
    assert found == pytest.approx(reference(name)[what], rel=tolerance)


def test_intervals_against_psych_where_units_are_of_one_size():
    result = agreement(answers("even"), items=ITEMS, unit="unit", scale=(1, 5))
    known = reference("even", "psych_")
    for term, name in (("icc1", "ICC1"), ("icc2", "ICC1k")):
        row = result.row(term, "anova")
        for column, end in (("estimate", ""), ("ci_low", "_low"), ("ci_high", "_high")):
            assert row[column] == pytest.approx(known[name + end], rel=EXACT), (term, column)


@pytest.mark.parametrize("null", ["uniform", "skewed"])
@pytest.mark.parametrize("kind", ["rwgj", "rwg"])
def test_agreement_of_every_unit_against_r(null, kind):
    data = answers("uneven")
    items = ITEMS if kind == "rwgj" else ["q1"]
    units = agreement(data, items=items, unit="unit", scale=(1, 5)).units.set_index("label")[f"rwg_{null}"]
    rows = REFERENCE[(REFERENCE["set"] == "uneven") & (REFERENCE["what"] == f"{kind}_{null}")]
    assert len(rows) == 7  # eight units, one of a single row
    for row in rows.itertuples():
        assert units[row.unit] == pytest.approx(row.value, abs=1e-12)  # values near 0 and 1 in double precision
    assert pd.isna(units["u08"])


@pytest.mark.parametrize("column", ["HRS", "LEAD", "COHES", "WBEING"])
def test_bh1996_against_r(shared_data, column):
    data = pd.read_csv(shared_data / "bh1996" / "bh1996.csv")
    scale = (1, 5) if column in ("LEAD", "COHES") else (0, 24)
    result = agreement(data, items=column, unit="GRP", scale=scale)
    for what, value in reference("bh1996", f"{column}_").items():
        term, method = what.split("_", 1)
        tolerance = EXACT if "anova" in method or term == "rwg" else LME
        assert result.row(term, method).estimate == pytest.approx(value, rel=tolerance), what


def test_bh1996_against_the_published_figures(shared_data):
    data = pd.read_csv(shared_data / "bh1996" / "bh1996.csv")
    found = {name: agreement(data, items=name, unit="GRP", scale=(0, 24)) for name in ("HRS", "LEAD", "COHES", "WBEING")}
    published = {
        ("WBEING", "icc1", "reml"): 0.04337922, ("WBEING", "icc1", "anova_mean_size"): 0.04336905,
        ("WBEING", "icc2", "mean_reliability"): 0.7335211, ("WBEING", "icc2", "spearman_brown"): 0.77175607,
        ("HRS", "icc1", "reml"): 0.12923699, ("HRS", "icc2", "spearman_brown"): 0.91712863,
        ("LEAD", "icc1", "reml"): 0.14746136, ("LEAD", "icc2", "spearman_brown"): 0.92804423,
        ("COHES", "icc1", "reml"): 0.04804840, ("COHES", "icc2", "spearman_brown"): 0.79007452,
        ("HRS", "icc1", "anova_mean_size"): 0.1331067, ("LEAD", "icc1", "anova_mean_size"): 0.1270276,
    }
    for (name, term, method), value in published.items():
        # seven or eight printed digits, of which lme's optimiser makes five certain
        assert found[name].row(term, method).estimate == pytest.approx(value, rel=1e-5), (name, term, method)


def test_the_two_sizes_are_not_mixed_up():
    """Unequal sizes: the mean size makes ICC(1) smaller than n0 does, here by 2.3 points."""
    result = agreement(answers("uneven"), items=ITEMS, unit="unit", scale=(1, 5))
    right, customary = (float(result.row("icc1", method).estimate) for method in ("anova", "anova_mean_size"))
    assert right - customary == pytest.approx(0.02331, abs=5e-6)
    # sizes 2, 3, 5, 8, 9, 14, 20, 1: n0 = (62 - 780/62) / 7, mean 62/8
    assert "n0 = 7.06" in result.notes[1]["en"] and "7.75" in result.notes[1]["en"]


def test_counted_by_hand():
    """Mean squares: between 3 x 2 x (4/3)^2 = 32/3, within 1/3; F = 32; ICC(1) = 31/34; r_wg = 1 - (1/3)/2."""
    result = agreement(small(), items="lead", unit="unit", scale=(1, 5))
    assert result.row("icc1", "anova").estimate == pytest.approx(31 / 34, abs=1e-12)
    assert result.row("icc2", "anova").estimate == pytest.approx(31 / 32, abs=1e-12)
    assert result.row("rwg", "uniform").estimate == pytest.approx(5 / 6, abs=1e-12)
    assert result.row("rwg", "skewed").estimate == pytest.approx(1 - (1 / 3) / 1.34, abs=1e-12)
    assert result.units["mean"].tolist() == pytest.approx([13 / 3, 5 / 3])
    # own interval of unit a: 13/3 -+ t(2) sqrt(1/9)
    assert result.units["ci_high"][0] == pytest.approx(13 / 3 + 4.302652729911275 / 3, rel=1e-9)  # SciPy's t quantile has 11 digits


def test_null_variances():
    """Uniform by enumeration; slightly skewed for five options from the shares .05 .15 .20 .35 .25."""
    for options in (2, 5, 7):
        assert null_variance(options, "uniform") == pytest.approx(np.arange(options).var())
    share, answer = np.array([0.05, 0.15, 0.20, 0.35, 0.25]), np.arange(1, 6)
    assert null_variance(5, "skewed") == pytest.approx(share @ answer**2 - (share @ answer) ** 2)
    assert np.isnan(null_variance(4, "skewed"))


def test_rwg_formula_for_several_items():
    """Four items, mean variance 0.5 of 2: 4 x .75 / (4 x .75 + .25)."""
    assert rwg([0.5], 4, 2.0)[0] == pytest.approx(3 / 3.25)
    assert rwg([0.0, 2.0, 9.0], 4, 2.0).tolist() == [1.0, 0.0, 0.0]


def test_variances_do_not_lose_digits_far_from_zero():
    scores = np.array([[1e9 + 1], [1e9 + 2], [1e9 + 3]])
    assert within_variances(scores, np.zeros(3, dtype=np.intp))[0] == 1.0


def unit_means_without_self(values, units) -> np.ndarray:
    """The mean answer of everybody else in one's unit; missing where nobody else answered."""
    answers = pd.Series(np.asarray(values, dtype=float))
    unit = answers.groupby(np.asarray(units))
    others = unit.transform("count") - answers.notna()
    return ((unit.transform("sum") - answers.fillna(0)) / others.where(others > 0)).to_numpy()


def test_means_without_self():
    """a: 1, 2, 6 gives 4, 3.5, 1.5; a gap is not counted; b is alone."""
    found = unit_means_without_self([1, 2, 6, 5, np.nan, 7], ["a", "a", "a", "b", "c", "c"])
    assert found[:3].tolist() == [4.0, 3.5, 1.5]
    assert np.isnan(found[3])
    assert found[4] == 7.0 and np.isnan(found[5])


def test_own_answer_on_both_sides_is_seen_as_an_association():
    """A mood that colours both answers, nothing between units: the plain unit mean goes with the outcome, the others' not."""
    rng = np.random.default_rng(1)
    slopes = []
    for _ in range(200):
        unit = np.repeat(np.arange(60), 4)
        mood = rng.normal(size=240)
        lead, outcome = mood + rng.normal(size=240), mood + rng.normal(size=240)
        plain = (np.bincount(unit, lead) / 4)[unit]
        slopes.append([np.polyfit(x, outcome, 1)[0] for x in (plain, unit_means_without_self(lead, unit))])
    plain, others = np.mean(slopes, axis=0)
    # True association of the others' answers is 0; that of the plain mean cov/var = (1/4)/(2/4). 4 SE of the means.
    assert plain == pytest.approx(0.5, abs=0.03)
    assert others == pytest.approx(0.0, abs=0.03)


def test_high_agreement_without_any_difference_between_units():
    """Woehr et al. (2015): everybody answers 4 with little spread, so r_wg is high and ICC(1) is about zero."""
    rng = np.random.default_rng(3)
    data = pd.DataFrame({"lead": np.clip(rng.normal(4, 0.45, 240).round(), 1, 5), "unit": np.repeat(np.arange(24), 10)})
    result = agreement(data, items="lead", unit="unit", scale=(1, 5))
    assert result.row("rwg", "uniform").estimate > 0.8
    row = result.row("icc1", "reml")
    assert row.ci_low == 0
    assert "belum terlihat" in result.sentence("id") and "not seen to differ yet" in result.sentence("en")
    assert "no proof that units differ" in result.notes[-2]["en"]


def test_negative_anova_icc_keeps_its_sign_and_says_so():
    data = small(lead=[1, 3, 5, 1, 3, 5])
    result = agreement(data, items="lead", unit="unit", scale=(1, 5))
    # F = 0 with n0 = 3: ICC(1) = -1 / (3 - 1)
    assert result.row("icc1", "anova").estimate == pytest.approx(-0.5)
    assert pd.isna(result.row("icc2", "anova").estimate)
    assert result.row("icc1", "reml").estimate == 0
    assert any("is negative" in note["en"] for note in result.notes)


def test_everybody_agrees_is_a_value_with_a_reason():
    result = agreement(small(lead=[4, 4, 4, 2, 2, 2]), items="lead", unit="unit", scale=(1, 5))
    assert result.row("rwg", "uniform").estimate == 1
    assert result.table.loc[result.table["term"] != "rwg", "estimate"].isna().all()
    assert any("all answers are equal" in note["en"] for note in result.notes)
    assert "tidak dapat ditaksir" in result.sentence("id")


def test_other_scales_have_no_skewed_null():
    result = agreement(small(), items="lead", unit="unit", scale=(1, 6))
    assert "skewed" in set(result.table["method"])
    result = agreement(small(), items="lead", unit="unit", scale=(0, 20))
    assert "skewed" not in set(result.table["method"])
    assert any("5 to 11 options, and here there are 21" in note["en"] for note in result.notes)


def test_gaps_are_dropped_and_counted_and_the_data_stay():
    data = small(lead=[4, 5, None, 2, 2, 1])
    before = data.copy()
    result = agreement(data, items="lead", unit="unit", scale=(1, 5))
    assert result.headline.n == 5
    assert result.notes[0]["en"] == "1 of 6 rows were dropped because a column was empty (`lead` 1)."
    pd.testing.assert_frame_equal(data, before)


def test_order_of_rows_and_names_of_units_do_not_matter():
    data = answers("uneven")
    one = agreement(data, items=ITEMS, unit="unit", scale=(1, 5)).table
    mixed = data.sample(frac=1, random_state=2).assign(unit=lambda d: d["unit"].map(lambda u: f"x{9 - int(u[1:])}"))
    two = agreement(mixed, items=ITEMS, unit="unit", scale=(1, 5)).table
    np.testing.assert_allclose(
        one[list(FLOATS)].to_numpy(dtype=float, na_value=np.nan), two[list(FLOATS)].to_numpy(dtype=float, na_value=np.nan),
        rtol=1e-9,  # sums in another order
    )


ERRORS = {
    "K340": ({"items": "trust"}, "There is no column trust (for `items`) in the data. Columns at hand: lead, unit, kind."),
    "K345": ({"items": "kind"}, "The column kind (for `items`) must be numeric; it holds str. Make it a number first, "
             "for instance 0 and 1."),
    "K346": ({"unit": "lead"}, "The column lead is used more than once in the analysis (as `items`, `unit`). Use each "
             "column once."),
    "K375": ({"items": ["lead", "lead"]}, "The items lead are named more than once. Name each item once."),
    "K390": ({"scale": (5, 1)}, "`scale` must name the lowest and the highest answer as two whole numbers, for instance "
             "(1, 5); got (5, 1)."),
    "K391": ({"scale": (1, 4)}, "1 answers in lead lie outside the scale 1 to 4. Mend them at the source, or give the true "
             "ends in `scale`."),
    "K392": ({"unit": "kind"}, "Agreement within units cannot be judged: complete rows: 6; units: 1, with two rows or "
             "more: 1. At least 2 units are needed, one of them with two rows. Check the unit column."),
}


@pytest.mark.parametrize("code", ERRORS)
def test_errors_word_for_word(code):
    changes, message = ERRORS[code]
    with pytest.raises(StatisticsError) as caught:
        agreement(small(kind="x"), **({"items": "lead", "unit": "unit", "scale": (1, 5)} | changes))
    assert caught.value.message("en") == f"{code} {message}"


CASES = {
    "uneven": lambda: agreement(answers("uneven"), items=ITEMS, unit="unit", scale=(1, 5)),
    "one item": lambda: agreement(answers("even"), items="q1", unit="unit", scale=(1, 5)),
    "negative": lambda: agreement(small(lead=[1, 3, 5, 1, 3, 5]), items="lead", unit="unit", scale=(1, 5)),
    "unanimous": lambda: agreement(small(lead=[4, 4, 4, 2, 2, 2]), items="lead", unit="unit", scale=(1, 5)),
}


@pytest.mark.parametrize("name", CASES)
def test_contract(name):
    result = CASES[name]()
    assert tuple(result.table.columns) == COLUMNS
    assert set(result.table["term"]) <= set(TERMS) and set(result.table["method"]) <= set(METHODS)
    rows = result.table.dropna(subset=["ci_low"])
    assert ((rows["ci_low"] <= rows["estimate"]) & (rows["estimate"] <= rows["ci_high"])).all()
    for column in FLOATS:
        assert np.isfinite(result.table[column].dropna().to_numpy(dtype=float)).all()
    wide, narrow = result.interval(0.99), result.interval(0.8)
    assert wide["estimate"].equals(result.table["estimate"])
    there = wide["ci_low"].notna()
    assert (wide["ci_high"] - wide["ci_low"])[there].ge((narrow["ci_high"] - narrow["ci_low"])[there]).all()
    pd.testing.assert_frame_equal(result.interval(0.95), result.table)
    for lang in ("id", "en"):
        text = result.sentence(lang)
        assert f"n = {number(result.headline.n, lang, 0)}" in text and text.endswith(".")
        if not pd.isna(result.headline.estimate):
            for column in ("estimate", "ci_low", "ci_high"):
                assert number(result.headline[column], lang, 3) in text
        assert not re.search(r"\bnan\b|<NA>", text)
    assert all(set(note) == {"id", "en"} and note["id"] != note["en"] for note in result.notes)
    again = result.recompute(0.95)
    assert repr(result) == repr(again) and result._repr_html_() == again._repr_html_()
    assert not re.search(r"0x[0-9a-f]{6,}|\bnan\b", repr(result) + result._repr_html_())


@pytest.mark.parametrize("lang", ["id", "en"])
def test_plot_draws_units_in_the_order_of_their_names(lang):
    result = CASES["uneven"]()
    ax = Figure().add_subplot()
    assert result.plot(ax, lang) is ax
    dots = [line.get_xydata() for line in ax.child_axes[0].lines if line.get_marker() not in ("None", "")]
    points = sorted(np.concatenate(dots).tolist(), key=lambda point: point[1])  # heights grow downwards
    assert len(points) == 8
    assert [x for x, _ in points] == pytest.approx(result.units["mean"].to_numpy(dtype=float))
    assert re.findall(r"u\d+", words_on(ax)) == [f"u0{i}" for i in range(1, 9)]
    assert not re.findall(r"u\d+", words_on(result.plot(Figure().add_subplot(), lang, names=False)))
