"""``regress`` and ``reliability`` against R; ``reference/regress.R`` makes data and values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from karier_stats.stats.association.regress import regress
from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.cluster import means_by
from karier_stats.stats.numerics.factor import one_factor
from karier_stats.stats.numerics.mixed import random_intercept
from karier_stats.stats.scales.reliability import reliability

HERE = Path(__file__).parent / "reference"


@pytest.fixture(scope="module")
def reference() -> dict[tuple[str, str], float]:
    """R's values by case and quantity."""
    table = pd.read_csv(HERE / "regress.csv")
    return {(case, quantity): value for case, quantity, value in table.itertuples(index=False)}


@pytest.fixture(scope="module")
def staff() -> pd.DataFrame:
    """200 people in 8 units."""
    return pd.read_csv(HERE / "regress_data.csv")


def check(row: pd.Series, reference: dict[tuple[str, str], float], case: str, rel: float) -> None:
    """Every quantity that R gave for the case equals that of the row."""
    quantities = [quantity for name, quantity in reference if name == case and quantity in row.index]
    assert quantities
    for quantity in quantities:
        assert row[quantity] == pytest.approx(reference[case, quantity], rel=rel, abs=1e-12), quantity


# Closed forms: both sides are least squares on 200 rows; ten digits leave room for the order of sums.
CLOSED = 1e-9
# lme4 stops its search near 1e-7 in theta; ours goes to rounding.
SEARCHED = 1e-5


def test_unit_means_are_lm_of_the_means(staff, reference):
    result = regress(staff, outcome="y", on="lead", unit="unit")
    check(result.row("lead[between]", "unit_means"), reference, "unit_means", CLOSED)


def test_covariates_enter_unit_means_in_two_steps(staff, reference):
    result = regress(staff, outcome="y", on="score", adjust="age", unit="unit")
    check(result.row("score[between]", "unit_means"), reference, "two_steps", CLOSED)


@pytest.mark.parametrize(
    ("case", "options", "term"),
    [
        ("cr2_unit_level", {"on": "lead", "unit": "unit"}, "lead[between]"),
        ("cr2_between", {"on": "score", "adjust": "age", "unit": "unit"}, "score[between]"),
        ("cr2_within", {"on": "score", "adjust": "age", "unit": "unit"}, "score[within]"),
        ("cr2_adjust", {"on": "score", "adjust": "age", "unit": "unit"}, "age"),
        ("cr2_rows", {"on": "score", "adjust": "age"}, "score"),
    ],
)
def test_cr2_is_clubsandwich(staff, reference, case, options, term):
    check(regress(staff, outcome="y", **options).row(term, "cr2"), reference, case, CLOSED)


@pytest.mark.parametrize("term", ["within", "between", "age"])
def test_reml_is_lme4(staff, reference, term):
    result = regress(staff, outcome="y", on="score", adjust="age", unit="unit")
    name = term if term == "age" else f"score[{term}]"
    plain = result.row(name, "reml_satterthwaite")
    check(plain, reference, f"reml_{term}", SEARCHED)
    check(result.row(name, "reml"), reference, f"kr_{term}", SEARCHED)
    # lmerTest takes second derivatives of the deviance by differences: three to four digits.
    assert plain.dof == pytest.approx(reference[f"satterthwaite_{term}", "dof"], rel=1e-3)


def test_reml_log_likelihood_is_lme4s(staff, reference):
    codes = pd.factorize(staff["unit"])[0]
    between = means_by(staff[["score"]].to_numpy(), codes)[1][codes, 0]
    X = np.column_stack([np.ones(len(staff)), staff["score"] - between, between, staff["age"]])
    fitted = random_intercept(X, staff["y"].to_numpy(), codes)
    # The likelihood is flat at its top: an error of 1e-6 in theta moves it by 1e-12.
    assert fitted.loglik == pytest.approx(reference["reml", "loglik"], rel=1e-10)


def test_icc_and_its_profile_interval_are_lme4s(staff, reference):
    result = regress(staff, outcome="y", on="lead", unit="unit")
    check(result.row("icc"), reference, "icc", SEARCHED)


@pytest.mark.parametrize("scope", ["within", "between"])
def test_logit_is_glm_with_cr2(staff, reference, scope):
    result = regress(staff, outcome="b", on="score", adjust="age", unit="unit")
    term, case = f"score[{scope}]", f"logit_{scope}"
    odds, ame = result.row(term, "odds_ratio"), result.row(term, "ame")
    assert odds.estimate == pytest.approx(reference[case, "odds_ratio"], rel=1e-8)
    assert odds.std_error / odds.estimate == pytest.approx(reference[case, "log_std_error"], rel=1e-7)
    assert ame.estimate == pytest.approx(reference[case, "ame"], rel=1e-8)
    # clubSandwich takes another of the square roots that fulfil the same equation.
    assert odds.std_error / odds.estimate == pytest.approx(reference[case, "club"], rel=0.02)
    # R's gradient is a central difference with step 1e-5: its own error is about 1e-9 of the value.
    assert ame.std_error == pytest.approx(reference[case, "ame_std_error"], rel=1e-6)


@pytest.mark.parametrize("scope", ["within", "between"])
def test_random_intercept_logit_is_glmer(staff, reference, scope):
    result = regress(staff, outcome="b", on="score", adjust="age", unit="unit")
    row, case = result.row(f"score[{scope}]", "agq"), f"agq_{scope}"
    # glmer's search stops near 1e-5 of a coefficient, and its errors come from differences of the deviance.
    assert row.estimate == pytest.approx(reference[case, "estimate"], rel=1e-4)
    assert row.std_error / row.estimate == pytest.approx(reference[case, "log_std_error"], rel=2e-3)
    # 8 units less constant and slope between; 200 rows less 8 units less two terms within.
    assert row.dof == {"between": 6, "within": 190}[scope]


@pytest.mark.parametrize("scope", ["within", "between"])
def test_poisson_is_glm_with_cr2(staff, reference, scope):
    result = regress(staff, outcome="count", on="score", adjust="age", unit="unit", family="count")
    ratio = result.row(f"score[{scope}]", "rate_ratio")
    assert ratio.estimate == pytest.approx(reference[f"poisson_{scope}", "rate_ratio"], rel=1e-8)
    assert ratio.std_error / ratio.estimate == pytest.approx(reference[f"poisson_{scope}", "log_std_error"], rel=1e-7)
    assert ratio.std_error / ratio.estimate == pytest.approx(reference[f"poisson_{scope}", "club"], rel=0.02)


def test_logit_with_independent_rows_is_sandwichs_hc2(staff, reference):
    odds = regress(staff, outcome="b", on="score", adjust="pppk").row("score", "odds_ratio")
    assert odds.std_error / odds.estimate == pytest.approx(reference["logit_rows", "log_std_error"], rel=1e-7)


def test_effect_of_a_binary_score_is_the_mean_difference_of_predictions(staff, reference):
    result = regress(staff, outcome="b", on="pppk", adjust="score")
    assert result.row("pppk", "ame").estimate == pytest.approx(reference["logit_moved", "ame"], rel=1e-8)


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """240 answers to five items."""
    return pd.read_csv(HERE / "reliability_data.csv")


def test_alpha_and_feldt_interval_are_psychs(answers, reference):
    check(reliability(answers, items=list(answers)).row("alpha"), reference, "alpha", 1e-10)


@pytest.mark.parametrize("item", ["q1", "q2", "q3", "q4", "q5"])
def test_item_rest_is_the_plain_correlation(answers, reference, item):
    result = reliability(answers, items=list(answers))
    check(result.row(f"item_rest[{item}]"), reference, f"item_rest_{item}", 1e-10)


def test_omega_and_fit_are_lavaans(answers, reference):
    result = reliability(answers, items=list(answers))
    # lavaan stops its search at a gradient of about 1e-6.
    assert result.row("omega").estimate == pytest.approx(reference["omega", "estimate"], rel=1e-5)
    fitted = one_factor(np.cov(answers.to_numpy().T), len(answers))
    # lavaan divides the discrepancy by n and ours by n - 1: CFI differs in the third digit of the misfit.
    assert fitted.cfi == pytest.approx(reference["omega", "cfi"], abs=5e-4)
    assert fitted.srmr == pytest.approx(reference["omega", "srmr"], rel=1e-4)


def test_longley_to_ten_digits():
    from statsmodels.datasets import longley

    data = longley.load_pandas().data
    X = np.column_stack([np.ones(len(data)), data[["GNPDEFL", "GNP", "UNEMP", "ARMED", "POP", "YEAR"]]])
    certified = [
        -3482258.63459582, 15.0618722713733, -0.0358191792925910, -2.02022980381683, -1.03322686717359,
        -0.0511041056535807, 1829.15146461355,
    ]
    # NIST StRD Longley, certified to 15 digits; validity.md section 1 asks for ten.
    assert linear.fit(X, data["TOTEMP"].to_numpy()).coef == pytest.approx(certified, rel=1e-10)


def test_bh1996_within_and_between(shared_data):
    soldiers = pd.read_csv(shared_data / "bh1996" / "bh1996.csv")
    result = regress(soldiers, outcome="WBEING", on="LEAD", unit="GRP")
    # The README prints six decimals.
    within, between = (result.row(f"LEAD[{scope}]", "reml_satterthwaite") for scope in ("within", "between"))
    assert (within.estimate, within.std_error) == pytest.approx((0.517280, 0.013089), abs=6e-7)
    assert (between.estimate, between.std_error) == pytest.approx((0.413603, 0.059534), abs=6e-7)
    assert result.lead == ("LEAD[between]", "reml")
    # Kenward and Roger add what the estimated variance costs: little with 99 companies.
    assert between.std_error < result.headline.std_error < 1.001 * between.std_error
    # nlme's own search stops at the sixth digit of the README's 0.04337922.
    assert result.row("icc").estimate == pytest.approx(0.043379, abs=6e-7)


def test_carpentries_alpha(shared_data):
    survey = pd.read_csv(shared_data / "carpentries_longterm2017" / "longterm2017.csv")
    items = list(survey.loc[:, "skills_advance_career":"gained_confidence_with_data"])
    scale = {"Strongly disagree": 1, "Disagree": 2, "Neutral": 3, "Agree": 4, "Strongly agree": 5}
    scores = survey[items].apply(lambda column: column.map(scale))
    result = reliability(scores, items=items)
    assert len(items) == 7
    assert result.row("alpha").estimate == pytest.approx(0.9141838, abs=6e-8)
    assert result.headline.n == 404
