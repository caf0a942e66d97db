"""Sensitivity: against R (confounders really added, all signs of pairs), published figures, brute force, known truths."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from test_regress import staff
from test_result_contract import people
from test_result_contract_regress import CAUSAL

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.sensitivity import Sensitivity, sensitivity
from karier_stats.stats.change.compare import compare
from karier_stats.stats.numerics import linear, permutation, robustness
from karier_stats.stats.results import COLUMNS, FLOATS, METHODS, TERMS, base_term
from karier_stats.stats.scales.reliability import reliability
from karier_stats.words.numbers import number, percent
from tests.contract import words_on

HERE = Path(__file__).parent / "reference"
DATA = pd.read_csv(HERE / "regress_data.csv")
R = pd.read_csv(HERE / "sensitivity.csv").set_index(["set", "what"])["value"]


def gone(data: pd.DataFrame) -> pd.DataFrame:
    """Every sixth person has no score after."""
    return data.assign(post=data["post"].where(np.arange(len(data)) % 6 > 0))


ARMS = {"before": "pre", "after": "post", "group": "arm", "control": "control"}
PAIRED = {"before": "pre", "after": "post"}
RESULTS = {
    "rows": lambda: sensitivity(
        regress(staff(slope=1.0, sizes=[20] * 10), outcome="y", on="lead", adjust=["age", "status"]), benchmark=["age", "status"]
    ),
    "units": lambda: sensitivity(regress(staff(slope=1.0), outcome="y", on="lead", unit="unit")),
    "many units": lambda: sensitivity(
        regress(staff(sizes=[4] * 45, slope=1.0), outcome="joined", on="lead", unit="unit", adjust="age")
    ),
    "within": lambda: sensitivity(
        regress(
            staff(within=True).assign(lead=lambda d: d["lead"] - d.groupby("unit")["lead"].transform("mean")),
            outcome="y", on="lead", unit="unit", adjust="age",
        ), benchmark="age",
    ),
    "share": lambda: sensitivity(regress(staff(slope=1.0), outcome="joined", on="lead", adjust="age"), benchmark="age"),
    "count": lambda: sensitivity(regress(staff(slope=0.5), outcome="sessions", on="lead", family="count")),
    "arms": lambda: sensitivity(compare(people(), **ARMS, selection="low_before"), benchmark="before"),
    "arms in clusters": lambda: sensitivity(
        compare(people(), **ARMS, cluster="office", adjust=["jp"]), benchmark=["before", "jp"]
    ),
    "pass of arms": lambda: sensitivity(
        compare((people()[["pre", "post"]] > 62).assign(arm=people()["arm"]), **ARMS)
    ),
    "drawn by lot": lambda: sensitivity(compare(gone(people()), **ARMS, selection="random")),
    "drawn by lot, nobody left": lambda: sensitivity(compare(people(), **ARMS, selection="random")),
    "matched": lambda: sensitivity(compare(people(), **PAIRED), matched=True),
    "matched shares": lambda: sensitivity(compare(people()[["pre", "post"]] > 62, **PAIRED), matched=True),
    "matched, nobody differs": lambda: sensitivity(
        compare(people().assign(post=lambda d: d["pre"]), **PAIRED), matched=True
    ),
    "one group": lambda: sensitivity(compare(people(), **PAIRED)),
}


@pytest.fixture(params=RESULTS, scope="module")
def result(request: pytest.FixtureRequest) -> Sensitivity:
    return RESULTS[request.param]()


# --- the contract -----------------------------------------------------------------------------------------------


def test_columns_vocabulary_and_finite_values(result: Sensitivity) -> None:
    assert tuple(result.table.columns) == COLUMNS
    assert {base_term(term)[0] for term in result.table["term"]} <= set(TERMS)
    assert set(result.table["method"]) <= set(METHODS)
    assert not result.table.duplicated(["term", "method"]).any()
    for column in FLOATS:
        assert np.isfinite(result.table[column].dropna().to_numpy(dtype=float)).all()


def test_an_empty_cell_has_a_note(result: Sensitivity) -> None:
    if result.table["estimate"].isna().any():
        assert re.search("kosong|tidak dihitung|tidak ada yang perlu", " ".join(note["id"] for note in result.notes))
    assert all(set(note) == {"id", "en"} and note["id"] != note["en"] for note in result.notes)


def test_the_estimate_lies_in_its_interval_and_a_new_level_is_computed_anew(result: Sensitivity) -> None:
    rows = result.table.dropna(subset=["ci_low"])
    rows = rows[~rows["term"].str.startswith("lee_")]
    assert ((rows["ci_low"] <= rows["estimate"]) & (rows["estimate"] <= rows["ci_high"])).all()
    wide = result.interval(0.99)
    assert set(wide["ci_level"].dropna()) <= {0.99}
    harder = result.table["term"].str.startswith(("robustness_value_alpha", "gamma", "e_value_limit")).to_numpy()
    assert (wide["estimate"][harder].fillna(0) <= result.table["estimate"][harder].fillna(0)).all()
    pd.testing.assert_frame_equal(result.interval(0.95), result.table)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_sentence_agrees_with_the_table(result: Sensitivity, lang: str) -> None:
    text, row = result.sentence(lang), result.headline
    counted = row if result.lead[0].startswith("lee_") else result.about[0]
    assert f"n = {number(counted['n'], lang, 0)}" in text
    if base_term(result.lead[0])[0] == "robustness_value" and not pd.isna(row["estimate"]):
        assert percent(row["estimate"], lang) in text
    for base in ("e_value", "gamma", "e_value_limit"):
        for value in result.table.loc[result.table["term"] == base, "estimate"].dropna():
            assert number(value, lang, 2) in text
    assert text.endswith(".") and not CAUSAL.search(text)
    assert not re.search(r"\b(nan|none)\b|<NA>", text, re.IGNORECASE)


def test_views_are_stable(result: Sensitivity) -> None:
    assert repr(result) == repr(result.recompute(0.95))
    assert not re.search(r"0x[0-9a-f]{6,}|\bnan\b", repr(result) + result._repr_html_() + result._repr_markdown_())
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.lead = ("did", "ols")  # type: ignore[misc]


def test_the_picture_is_drawn(result: Sensitivity) -> None:
    before = result.table.copy()
    for lang in ("id", "en"):
        assert result.picture().x[lang] in words_on(result.plot(lang=lang))
    pd.testing.assert_frame_equal(before, result.table)
    plt.close("all")


# --- robustness values ------------------------------------------------------------------------------------------


def test_darfur() -> None:
    """Cinelli and Hazlett (2020), table 1 and section 5: t = 4.18 on 783 degrees of freedom; the covariate female."""
    found = robustness.Coefficient(0.09726, 0.09726 / 4.184, 783)
    # Published to three figures.
    assert robustness.robustness_value(found.strength) == pytest.approx(0.139, abs=5e-4)
    assert robustness.robustness_value(found.strength, found.critical(0.95)) == pytest.approx(0.076, abs=5e-4)
    assert found.partial_r2 == pytest.approx(0.022, abs=5e-4)
    beside = found.adjusted(robustness.Confounder(0.00916, 0.12464))
    # Published: 0.0752 (0.0219), t 3.44; the inputs have five figures.
    assert (beside.estimate, beside.std_error) == pytest.approx((0.0752, 0.0219), abs=5e-5)
    assert beside.estimate / beside.std_error == pytest.approx(3.44, abs=5e-3)


def test_against_confounders_that_r_adds() -> None:
    rows = sensitivity(regress(DATA, outcome="y", on="lead", adjust=["age", "pppk"]), benchmark="age")
    X = np.column_stack([np.ones(len(DATA)), DATA[["lead", "age", "pppk"]]])
    classical = robustness.coefficient(X, DATA["y"].to_numpy(), 1, len(DATA) - 4)
    # R's roots stop at 1e-13, and a root of a flat minimum keeps about half of the digits.
    assert float(rows.headline["estimate"]) == pytest.approx(R["rows", "robustness_value"], rel=1e-8)
    alpha = robustness.robustness_value(classical.strength, classical.critical(0.95))
    assert alpha == pytest.approx(R["rows", "robustness_value_alpha"], rel=1e-6)
    assert float(rows.row("partial_r2")["estimate"]) == pytest.approx(R["rows", "partial_r2"], rel=1e-10)
    for k in (1, 2, 3):
        confounder = robustness.as_strong_as(X, DATA["y"].to_numpy(), 1, [2], k)
        beside = classical.adjusted(confounder)
        # The same least squares by another way.
        assert beside.estimate == pytest.approx(R["rows", f"estimate x{k}"], rel=1e-9)
        assert beside.std_error == pytest.approx(R["rows", f"std_error x{k}"], rel=1e-9)
        assert float(rows.row(f"as_strong_as[age × {k}]")["estimate"]) == pytest.approx(beside.estimate, rel=1e-12)
    units = sensitivity(regress(DATA, outcome="y", on="lead", unit="unit"))
    assert float(units.headline["estimate"]) == pytest.approx(R["units", "robustness_value"], rel=1e-8)
    alpha = float(units.row("robustness_value_alpha")["estimate"])
    assert alpha == pytest.approx(R["units", "robustness_value_alpha"], rel=1e-6)


def test_with_few_units_the_usual_formula_is_wrong() -> None:
    """Eight units: a confounder that explains less of the outcome than of the score is worse; the usual form says more."""
    strength, critical = 2.449, 2.5706 / 5**0.5
    f2 = (strength - critical) ** 2
    usual = (math.sqrt(f2**2 + 4 * f2) - f2) / 2
    found = robustness.robustness_value(strength, critical)

    def worst(r: float) -> float:
        """The least partial f that confounders up to ``r`` leave."""
        y = np.linspace(0, r, 4001)
        return float(((strength * math.sqrt(1 - r) - np.sqrt(y * r)) / np.sqrt(1 - y)).min())

    # The grid of 4,001 shares finds the minimum to about 1e-7.
    assert worst(found) == pytest.approx(critical, abs=1e-5)
    assert usual - found > 0.02
    assert worst(usual) < critical - 0.05


def test_the_curve_passes_through_the_robustness_values() -> None:
    strength, critical = 0.6, 0.2
    for c in (0.0, critical):
        value = robustness.robustness_value(strength, c)
        assert robustness.outcome_needed(strength, c, np.array([value]))[0] == pytest.approx(value, rel=1e-9)
    # Not even all of the outcome's rest would do where the score is hardly explained.
    assert np.isnan(robustness.outcome_needed(strength, 0.0, np.array([0.01]))[0])
    # 0.36 * 0.5 / 0.5 of the outcome where half of the score is explained.
    assert robustness.outcome_needed(strength, 0.0, np.array([0.5]))[0] == pytest.approx(0.36, rel=1e-12)


def test_the_value_at_the_level_is_zero_where_the_interval_holds_zero() -> None:
    seen = {True: 0, False: 0}
    for seed in range(12):
        found = regress(staff(seed, slope=0.25), outcome="y", on="lead", adjust="age")
        row, alpha = found.row("lead", "cr2"), sensitivity(found).row("robustness_value_alpha")["estimate"]
        # A confounder takes one of 196 degrees of freedom: the two can only differ at an interval that ends at zero.
        assert (alpha == 0) == (row["ci_low"] <= 0 <= row["ci_high"])
        seen[bool(alpha == 0)] += 1
    assert min(seen.values()) > 0


def test_a_category_is_one_benchmark() -> None:
    data = staff(slope=1.0).assign(grade=lambda d: np.array(["II", "III", "IV"])[np.arange(len(d)) % 3])
    found = sensitivity(regress(data, outcome="y", on="lead", adjust=["grade", "age"]), benchmark="grade")
    y, X = data["y"].to_numpy(), np.column_stack([np.ones(len(data)), data["lead"], data["age"]])
    dummies = np.column_stack([data["grade"] == "III", data["grade"] == "IV"]).astype(float)
    rss = [float(linear.fit(Z, y).residuals @ linear.fit(Z, y).residuals) for Z in (X, np.column_stack([X, dummies]))]
    share = 1 - rss[1] / rss[0]
    mark = found.marks.set_index("label").loc["grade × 1"]
    d = mark["score"] / (1 + mark["score"])
    eta = d**2 / (1 - d) ** 2
    # R2_YZ = (1 + sqrt(eta))^2 / (1 - eta) share / (1 - share): the same numbers by another way.
    assert mark["outcome"] == pytest.approx((1 + eta**0.5) ** 2 / (1 - eta) * share / (1 - share), rel=1e-9)


def test_ancova_of_each_arm_is_the_regression_of_the_score_after() -> None:
    data = people()
    found = sensitivity(compare(data, **ARMS, selection="low_before"), benchmark="before")
    dummies = data.assign(s=(data["arm"] == "seminar") * 1, w=(data["arm"] == "workshop") * 1)
    for arm, on, other in (("seminar", "s", "w"), ("workshop", "w", "s")):
        X = np.column_stack([np.ones(60), dummies[[on, other, "pre"]]])
        direct = robustness.coefficient(X, data["post"].to_numpy(), 1, 56)
        value = float(found.row(f"robustness_value[{arm}]")["estimate"])
        assert value == pytest.approx(robustness.robustness_value(direct.strength), rel=1e-9)  # order of sums only
        assert f"({arm})" in found.sentence("en")
    with pytest.raises(StatisticsError) as caught:
        sensitivity(compare(data, **ARMS), benchmark="seminar")
    assert caught.value.code == "K366"


# --- E-values ---------------------------------------------------------------------------------------------------


def test_e_values_as_published_and_by_search() -> None:
    """VanderWeele and Ding (2017): RR 3.9 (1.8 to 8.7) has 7.26 and 3.0."""
    assert robustness.e_value(3.9) == pytest.approx(7.26, abs=5e-3)  # published to two decimals
    assert robustness.e_value(robustness.nearer_one(1.8, 8.7)) == pytest.approx(3.0, abs=5e-3)
    for ratio in (3.9, 1.8, 0.5, 1.05):
        assert robustness.e_value(ratio) == pytest.approx(R["e_value", f"{ratio}"], rel=1e-9)  # R's root at 1e-13
    assert robustness.e_value(robustness.nearer_one(0.8, 1.3)) == 1.0
    assert robustness.nearer_one(0.2, 0.6) == 0.6


def test_a_common_outcome_takes_the_square_root() -> None:
    common = staff(slope=1.0)
    rare = common.assign(joined=np.where(np.arange(len(common)) % 9 == 0, common["joined"], 0))
    assert rare["joined"].mean() < 0.15 <= common["joined"].mean()
    for data, power, method in ((common, 0.5, "bias_factor_root"), (rare, 1.0, "bias_factor")):
        found = regress(data, outcome="joined", on="lead")
        row = sensitivity(found).row("e_value")
        ratio = float(found.row("lead", "odds_ratio")["estimate"]) ** power
        above = max(ratio, 1 / ratio)
        assert row["method"] == method
        assert float(row["estimate"]) == pytest.approx(above + math.sqrt(above**2 - above), rel=1e-12)


# --- Oster ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("s1x", "s2x", "g2", "noise"), [(0.5, 0.3, 0.8, 1.0), (0.5, -0.4, 0.5, 0.0), (0.3, 0.9, 0.9, 0.5)])
def test_oster_recovers_a_confounder_that_is_known(s1x: float, s2x: float, g2: float, noise: float) -> None:
    """y = 0.7 x + w1 + w2: the two indices without correlation, the second one unmeasured."""
    n, rng = 400, np.random.default_rng(1)
    basis, _ = np.linalg.qr(np.column_stack([np.ones(n), rng.normal(size=(n, 6))]))
    a, b, c, u, e = (basis[:, i] * np.sqrt(n) for i in range(1, 6))
    x = s1x * a + 0.4 * b + s2x * c + u
    index = 0.8 * a + 0.5 * b
    y = 0.7 * x + index + g2 * c + noise * e
    delta = (s2x * g2 / g2**2) / ((0.8 * s1x + 0.5 * 0.4) / (0.8**2 + 0.5**2))
    rmax = 1 - noise**2 / float(np.var(y))
    found = robustness.selection(x, y, np.column_stack([a, b]), np.ones((n, 1)))
    # Exact but for rounding: the construction has no sampling error.
    assert found.delta(rmax, 0.7) == pytest.approx(delta, rel=1e-9)
    roots = found.coefficients(rmax, delta)
    assert min(abs(root - 0.7) for root, keeps in roots if keeps) < 1e-9
    # Every root is one: its own ratio of selections is the one asked for.
    for root, keeps in roots:
        if keeps:
            assert found.delta(rmax, root) == pytest.approx(delta, rel=1e-6)
    # The approximation of Oster (2019), section 3.2, is not the exact root: it misses by more than 0.01 here.
    approximate = found.long - delta * (found.short - found.long) * (rmax - found.long_r2) / (found.long_r2 - found.short_r2)
    assert abs(approximate - 0.7) > 0.01


def test_oster_against_r() -> None:
    X = np.column_stack([np.ones(len(DATA)), DATA[["age", "pppk"]]])
    found = robustness.selection(DATA["lead"].to_numpy(), DATA["y"].to_numpy(), X[:, 1:], X[:, :1])
    for rmax in (0.9, 1.0):
        assert found.delta(rmax) == pytest.approx(R["oster", f"delta {rmax:g}"], rel=1e-8)  # order of sums only
        first = next(root for root, keeps in found.coefficients(rmax) if keeps)
        assert first == pytest.approx(R["oster", f"root {rmax:g}"], rel=1e-8)  # R's root at 1e-13


def test_oster_without_what_it_needs_says_why() -> None:
    away = RESULTS["rows"]()
    assert away.table.loc[away.table["term"].str.startswith("oster_delta"), "estimate"].isna().all()
    assert any("move the estimate away from zero" in note["en"] for note in away.notes)
    alone = RESULTS["units"]()
    assert not alone.table["term"].str.startswith("oster").any()
    assert any(note["en"].startswith("No Oster: there is no covariate") for note in alone.notes)


# --- matched people ---------------------------------------------------------------------------------------------

CHANGE = np.array([3, 5, -1, 2, 2, 0, 7, 4, -2, 6, 1, 3], dtype=float)
EXPOSED = [38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49, 48, 44, 35, 43, 39,
           34, 13, 73, 25, 27]
CONTROL = [16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7, 18, 19, 12, 11, 22,
           25, 16, 13, 11, 13]


def test_rosenbaum_against_all_signs() -> None:
    test = permutation.matched_test(CHANGE, False)
    for gamma in (1, 1.5, 2, 3):
        assert test.p_value(gamma) == pytest.approx(R["rosenbaum", f"p {gamma:g}"], rel=1e-12)  # the same sum
    assert test.gamma(0.95) == pytest.approx(R["rosenbaum", "gamma"], rel=1e-8)  # both root finders at 1e-10
    pairs = np.repeat([1.0, -1.0, 0.0], [14, 4, 9])
    assert permutation.matched_test(pairs, True).gamma(0.95) == pytest.approx(R["mcnemar", "gamma"], rel=1e-8)


def test_rosenbaum_by_enumeration_here() -> None:
    weights = permutation.matched_test(CHANGE[:7], False).weights
    up = CHANGE[:7][CHANGE[:7] != 0] > 0
    total = 0.0
    for signs in itertools.product((0, 1), repeat=len(weights)):
        if np.dot(signs, weights) >= weights[up].sum():
            total += 0.6 ** sum(signs) * 0.4 ** (len(signs) - sum(signs))
    assert permutation.matched_test(CHANGE[:7], False).p_value(1.5) == pytest.approx(2 * total, rel=1e-12)  # gamma 1.5: 0.6


def test_smoking_and_lead_as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rosenbaum (2002): table 4.1, 110 of 122 pairs (Hammond 1964); table 4.3, lead in 33 pairs of children."""
    smoking = permutation.matched_test(np.repeat([1.0, -1.0], [110, 12]), True)
    published = {4: 0.0036, 5: 0.03, 6: 0.1}
    for gamma, p in published.items():
        # The book has the normal approximation to one or two figures: an exact tail differs by up to half of a small p.
        assert smoking.p_value(gamma) / 2 == pytest.approx(p, rel=0.5)
    lead = permutation.matched_test(np.subtract(EXPOSED, CONTROL).astype(float), False)
    assert lead.p_value(4.25) / 2 < 0.0468  # the exact tail is the lighter one
    monkeypatch.setattr(permutation, "EXACT_TO", 0)
    for gamma, p in {2: 0.0018, 3: 0.0136, 4: 0.0388, 4.25: 0.0468, 5: 0.0740}.items():
        assert lead.p_value(gamma) / 2 == pytest.approx(p, abs=6e-4), gamma


def test_the_normal_tail_takes_over_smoothly(monkeypatch: pytest.MonkeyPatch) -> None:
    change = np.random.default_rng(2).normal(0.45, 1, permutation.EXACT_TO)
    exact = permutation.matched_test(change, False).gamma(0.95)
    monkeypatch.setattr(permutation, "EXACT_TO", 0)
    # At 100 pairs the skewness of the sum still moves gamma by about one percent.
    assert permutation.matched_test(change, False).gamma(0.95) == pytest.approx(exact, rel=0.02)


def test_gamma_is_one_where_nothing_is_seen() -> None:
    data = pd.DataFrame({"one": [5, 6, 4, 7, 5, 6], "two": [6, 5, 5, 6, 6, 6]})
    found = sensitivity(compare(data, before="one", after="two"), matched=True)
    assert float(found.headline["estimate"]) == 1.0
    assert "not seen yet" in found.sentence("en") and "belum terlihat" in found.sentence("id")


# --- what does not fit ------------------------------------------------------------------------------------------


def test_designs_say_what_they_leave_out() -> None:
    notes = {name: " ".join(note["en"] for note in RESULTS[name]().notes) for name in ("one group", "arms", "rows", "matched")}
    assert "A comparison group is needed." in notes["one group"]
    for name, words in (
        ("arms", ("No E-value", "No Rosenbaum", "No Lee")), ("rows", ("No E-value", "No Rosenbaum", "No Lee")),
        ("matched", ("No RV, Oster, E-value and Lee bounds",)),
    ):
        assert all(word in notes[name] for word in words)


def test_lee_is_that_of_the_leavers() -> None:
    change = compare(gone(people()), **ARMS, selection="random")
    found, bounds = sensitivity(change).table, change.leavers().table
    pd.testing.assert_frame_equal(found, bounds[bounds["term"].str.startswith("lee_")].reset_index(drop=True))
    assert "nobody left" in RESULTS["drawn by lot, nobody left"]().sentence("en")


def test_refusals_in_words() -> None:
    with pytest.raises(StatisticsError) as caught:
        sensitivity(reliability(pd.DataFrame({"a": [1, 2, 3, 5], "b": [1, 3, 2, 4]}), items=["a", "b"]))
    assert caught.value.message("en") == (
        "K365 `sensitivity` needs a result of `compare` or `regress`; got Reliability. Run one of them first."
    )
    fitted = regress(staff(), outcome="y", on="lead", adjust=["age", "status"])
    with pytest.raises(StatisticsError) as caught:
        sensitivity(fitted, benchmark=["umur", "age"])
    assert caught.value.message("id") == (
        "K366 Peubah pembanding umur tidak ada dalam regresi yang diuji kepekaannya. Yang tersedia: age, status."
    )
    for wrong in (fitted, compare(people(), **ARMS), compare(people(), **PAIRED, cluster="unit")):
        with pytest.raises(StatisticsError) as caught:
            sensitivity(wrong, matched=True)
        assert caught.value.code == "K367"


def test_a_perfect_fit_and_too_few_clusters_leave_cells_empty() -> None:
    exact = pd.DataFrame({"x": [0, 1, 2, 3, 4, 5.0], "y": [1, 3, 5, 7, 9, 11.0]})
    found = sensitivity(regress(exact, outcome="y", on="x"))
    assert found.table["estimate"].isna().all() and "lihat catatan" in found.sentence("id")
    few = people().assign(office=lambda d: d["arm"].astype(object) + (np.arange(60) // 30).astype(str).astype(object))
    found = sensitivity(compare(few, **ARMS, cluster="office"))
    assert found.row("robustness_value[seminar]")["estimate"] > 0
    assert pd.isna(found.row("robustness_value_alpha[seminar]")["estimate"])


def test_neither_row_order_nor_units_of_measure_matter() -> None:
    data = staff(slope=0.6)
    one = sensitivity(regress(data, outcome="y", on="lead", adjust="age"))
    other = sensitivity(regress(
        data.sample(frac=1, random_state=1).assign(y=lambda d: 100 * d["y"] - 7, lead=lambda d: d["lead"] / 5),
        outcome="y", on="lead", adjust="age",
    ))
    shares = ~one.table["term"].str.startswith("oster_beta").to_numpy()
    ours, theirs = (found.table["estimate"][shares].to_numpy(dtype=float, na_value=np.nan) for found in (one, other))
    np.testing.assert_allclose(ours, theirs, rtol=1e-8)  # sums in another order


def test_the_e_value_of_the_estimate_alone_would_mislead() -> None:
    """Positive control: a ratio whose interval holds one has an E-value above one, and none for its limit."""
    found = sensitivity(regress(staff(), outcome="joined", on="lead"))
    ratio = regress(staff(), outcome="joined", on="lead").row("lead", "odds_ratio")
    assert ratio["ci_low"] < 1 < ratio["ci_high"]
    assert float(found.row("e_value")["estimate"]) > 1.1
    assert float(found.row("e_value_limit")["estimate"]) == 1.0


def test_with_few_units_the_worst_confounder_lies_below_the_diagonal() -> None:
    strength, critical = 2.449, 2.5706 / 5**0.5
    value = robustness.robustness_value(strength, critical)
    # The worst share of the outcome is r / (f^2 (1 - r)), less than r itself; a little above r the curve is defined.
    worst = value / (strength**2 * (1 - value))
    assert worst < value
    needed = robustness.outcome_needed(strength, critical, np.array([value - 1e-6, value + 1e-9]))
    assert np.isnan(needed[0])
    # The root of the discriminant is as steep as a square root at its end.
    assert needed[1] == pytest.approx(worst, abs=1e-3)


@pytest.mark.parametrize("outcome", ["y", "joined"])
def test_rows_that_were_never_in_memory_leave_the_e_value(outcome: str) -> None:
    fitted = dataclasses.replace(regress(staff(slope=1.0), outcome=outcome, on="lead", unit="unit"), frame=None)
    found = sensitivity(fitted)
    assert any("never in memory" in note["en"] for note in found.notes)
    if outcome == "y":
        assert found.lead[0] == "robustness_value" and found.table["estimate"].isna().all()
    else:
        # Nothing is known of how common the outcome is: the square root is the cautious one.
        assert found.lead == ("e_value", "bias_factor_root")
        assert number(found.headline["estimate"], "en", 2) in found.sentence("en")


def test_the_row_that_the_figures_are_about_is_named_where_it_is_not_the_headline() -> None:
    notes = [note["en"] for note in RESULTS["share"]().notes]
    assert any(note.startswith("RV and Oster are about the row of least squares (CR2") for note in notes)
    assert not any("not about the headline" in note["en"] for note in RESULTS["units"]().notes)
