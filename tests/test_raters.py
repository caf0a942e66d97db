"""``raters``: against R's psych, the printed figures of Shrout and Fleiss, statsmodels' mean squares, and by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from karier_stats.errors import StatisticsError
from karier_stats.stats.scales.agreement import mean_squares, raters
from tests.contract import keeps, words_on

HERE = Path(__file__).parent / "reference"
DATA = pd.read_csv(HERE / "raters_data.csv")
REFERENCE = pd.read_csv(HERE / "raters.csv")
TERMS = {"agreement": "icc[agreement]", "consistency": "icc[consistency]", "kappa": "kappa"}


def rated(name: str, k: int = 2) -> pd.DataFrame:
    return DATA.loc[DATA["set"] == name, [f"r{j}" for j in range(1, k + 1)]]


@pytest.mark.parametrize("row", list(REFERENCE.itertuples()), ids=lambda row: f"{row.set}-{row.raters}-{row.what}")
def test_against_r(row):
    """psych 2.2.9 rounds nothing on the way: closed forms agree to rounding error."""
    what, level = row.what.split("_")
    result = raters(rated(row.set, row.raters), raters=[f"r{j}" for j in range(1, row.raters + 1)])
    found = result.interval(float(level)).set_index("term").loc[TERMS[what]]
    assert found["estimate"] == pytest.approx(row.value, abs=1e-12)
    assert found["ci_low"] == pytest.approx(row.low, abs=1e-10)
    assert found["ci_high"] == pytest.approx(min(row.high, 1.0), abs=1e-10)


def test_the_published_example():
    result = raters(rated("judges", 4), raters=["r1", "r2", "r3", "r4"])
    assert result.row("icc[agreement]").estimate == pytest.approx(0.29, abs=0.005)
    assert result.row("icc[consistency]").estimate == pytest.approx(0.71, abs=0.005)
    assert "kappa" not in set(result.table["term"]) and any("No kappa" in note["en"] for note in result.notes)


def test_mean_squares_are_those_of_statsmodels():
    import statsmodels.formula.api as smf
    from statsmodels.stats.anova import anova_lm

    scores = rated("milder", 3).to_numpy(float)
    n, k = scores.shape
    long = pd.DataFrame({"y": scores.ravel(), "p": np.repeat(np.arange(n), k), "r": np.tile(np.arange(k), n)})
    table = anova_lm(smf.ols("y ~ C(p) + C(r)", long).fit())
    assert mean_squares(scores) == pytest.approx(tuple(table["mean_sq"]), rel=1e-9)


def test_a_milder_rater_is_disagreement_but_consistent():
    base = np.array([1, 2, 3, 4, 2, 3, 1, 4, 2, 3.0])
    result = raters(pd.DataFrame({"a": base + 1, "b": base}), raters=["a", "b"])
    assert result.row("icc[consistency]").estimate == pytest.approx(1.0)
    assert result.row("icc[agreement]").estimate < 0.75
    # The wrong way: a correlation sees no disagreement at all.
    assert np.corrcoef(base + 1, base)[0, 1] == pytest.approx(1.0)


def test_a_person_without_a_rating_is_left_out_and_said():
    data = rated("close").astype(float)
    holed = data.copy()
    holed.iloc[3, 1] = np.nan
    found, whole = raters(holed, raters=["r1", "r2"]), raters(data.drop(index=data.index[3]), raters=["r1", "r2"])
    pd.testing.assert_frame_equal(found.table, whole.table)
    assert any("1 of 186 rows were dropped" in note["en"] for note in found.notes)


def test_the_order_of_the_rows_does_not_matter():
    data = rated("close")
    shuffled = data.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(raters(data, raters=["r1", "r2"]).table, raters(shuffled, raters=["r1", "r2"]).table, rtol=1e-12)


@pytest.mark.parametrize("name", ["close", "few"])
def test_contract(name):
    result = raters(rated(name), raters=["r1", "r2"])
    keeps(result)
    ax = Figure().add_subplot()
    assert result.plot(ax) is ax and {"r1", "r2"} <= set(words_on(ax).split())


def test_degenerate_ratings_have_no_figure_and_say_why():
    same = raters(pd.DataFrame({"a": [3, 3, 3, 3], "b": [3, 3, 3, 3]}), raters=["a", "b"])
    assert same.headline.isna()["estimate"] and "cannot be computed" in same.sentence("en")
    equal = raters(pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 3, 4]}), raters=["a", "b"])
    assert equal.headline.estimate == pytest.approx(1) and pd.isna(equal.headline.ci_low)
    for result in (same, equal):
        assert not any("nan" in result.sentence(lang) for lang in ("en",)) and "<NA>" not in repr(result)


@pytest.mark.parametrize(("given", "code"), [
    (["r1"], "K377"), (["r1", "r1"], "K377"), ("r1", "K377"), (["r1", "r9"], "K340"), ([], "K377"),
])
def test_errors(given, code):
    with pytest.raises(StatisticsError) as caught:
        raters(rated("few"), raters=given)
    assert caught.value.code == code


def test_fewer_than_three_people_are_refused():
    with pytest.raises(StatisticsError) as caught:
        raters(rated("few").head(2), raters=["r1", "r2"])
    assert caught.value.code == "K347"
