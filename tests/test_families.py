"""Families of ``regress``: Firth, negative binomial, hurdle, zeros; R, published figures and brute force."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.regression import Regression
from karier_stats.stats.numerics import counts, firth, glm
from karier_stats.stats.numerics.firth import separating

HERE = Path(__file__).parent / "reference"
CHI2 = 3.841458820694124


@pytest.fixture(scope="module")
def reference() -> dict[tuple[str, str], float]:
    """R's values by case and quantity; ``reference/families.R`` makes them."""
    table = pd.read_csv(HERE / "families.csv")
    return {(case, quantity): float(value) for case, quantity, value in table.itertuples(index=False)}


@pytest.fixture(scope="module")
def staff() -> pd.DataFrame:
    """280 people in 12 units."""
    return pd.read_csv(HERE / "families_data.csv")


@pytest.fixture(scope="module")
def cancer() -> tuple[np.ndarray, np.ndarray]:
    """The endometrial cancer study: regressors with the constant, and grade."""
    data = pd.read_csv(HERE / "families_endometrial.csv")
    return np.column_stack([np.ones(len(data)), data[["NV", "PI", "EH"]]]), data["HG"].to_numpy(float)


def test_firth_is_brglm2(cancer, reference):
    fitted = firth.fit(*cancer)
    for position, term in enumerate(["(Intercept)", "NV", "PI", "EH"]):
        # brglm2 stops at a step of 1e-13 of its own scale; both print 14 digits.
        assert fitted.coef[position] == pytest.approx(reference["endometrial", term], rel=1e-9)
        assert np.sqrt(fitted.bread[position, position]) == pytest.approx(reference["endometrial_se", term], rel=1e-8)


def test_firth_profile_intervals_are_the_published_ones(cancer):
    fitted = firth.fit(*cancer)
    # Heinze & Schemper (2002) and the manual of R's logistf print these seven digits.
    published = {1: (0.6097244, 7.85463171), 2: (-0.1244587, 0.04045547), 3: (-4.3651832, -1.23272106)}
    for position, bounds in published.items():
        assert fitted.profile(position, CHI2) == pytest.approx(bounds, rel=2e-7)
    # Likelihood-ratio statistics of the same table.
    for position, statistic in ((1, 6.7984572), (2, 0.7468285), (3, 17.7593175)):
        assert fitted.likelihood_ratio(position) == pytest.approx(statistic, abs=1e-6)


def test_firth_profile_by_brute_force(cancer):
    X, y = cancer

    def loss(free: np.ndarray, slope: float) -> float:
        b = np.array([free[0], slope, *free[1:]])
        eta = X @ b
        m = 1 / (1 + np.exp(-eta))
        information = X.T @ (X * (m * (1 - m))[:, None])
        return -float((y * eta - np.logaddexp(0, eta)).sum() + np.linalg.slogdet(information)[1] / 2)

    fitted = firth.fit(X, y)
    for bound in fitted.profile(1, CHI2):
        found = minimize(loss, fitted.coef[[0, 2, 3]], args=(bound,), method="Nelder-Mead",
                         options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 20000, "maxfev": 20000})
        # Nelder-Mead knows the height of the top to about 1e-10.
        assert 2 * (fitted.penalised + found.fun) == pytest.approx(CHI2, abs=1e-6)


def test_firth_of_a_two_by_two_table_adds_one_half_to_every_cell():
    # A saturated model: Jeffreys' prior is half an observation per cell (Firth 1993, section 3.1).
    x, y = np.repeat([0.0, 1.0], [10, 8]), np.repeat([1.0, 0, 1], [3, 7, 8])
    fitted = firth.fit(np.column_stack([np.ones(18), x]), y)
    assert fitted.coef == pytest.approx([np.log(3.5 / 7.5), np.log(8.5 / 0.5) - np.log(3.5 / 7.5)], abs=1e-9)


@pytest.mark.parametrize("kind", ["none", "complete", "quasi", "log_quasi", "log_none"])
def test_separation_is_found_by_the_linear_program_where_newton_does_not_settle(kind):
    rng = np.random.default_rng(4)
    x, z = rng.normal(size=60), rng.integers(0, 2, 60).astype(float)
    X = np.column_stack([np.ones(60), x, z])
    y = {
        "none": rng.integers(0, 2, 60), "complete": x > 0.2, "quasi": (z == 1) | (rng.random(60) < 0.5),
        "log_none": rng.poisson(1.0, 60), "log_quasi": np.where(z == 1, 0, rng.poisson(1.0, 60)),
    }[kind].astype(float)
    link = "log" if kind.startswith("log") else "logit"
    expected = {"complete": {0, 1}, "quasi": {2}, "log_quasi": {2}}.get(kind, set())
    found = set(separating(X, y, link).tolist())
    assert found >= expected if kind == "complete" else found == expected
    if expected:
        with pytest.raises(StatisticsError, match="K353"):
            glm.fit(glm.Rows(X, y), link)
    else:
        glm.fit(glm.Rows(X, y), link)


def test_near_separation_is_not_called_separation():
    # One row stands against the rule: the estimate is large and finite.
    x = np.linspace(-1, 1, 40)
    y = (x > 0).astype(float)
    y[0] = 1.0
    X = np.column_stack([np.ones(40), x])
    assert not len(separating(X, y, "logit"))
    assert np.isfinite(glm.fit(glm.Rows(X, y), "logit").coef).all()


def test_separated_outcome_gets_firth_rows(staff, reference):
    result = regress(staff, outcome="joined", on="score", adjust="head")
    row = result.row("score", "firth")
    assert row.estimate == pytest.approx(np.exp(reference["separated", "score"]), rel=1e-8)
    assert row.ci_low < row.estimate < row.ci_high and pd.isna(row.std_error)
    assert any("separated by `head`" in note["en"] and "`firth` takes its place" in note["en"] for note in result.notes)
    # The wrong way: maximum likelihood climbs on and on, to a standard error in the thousands.
    X = np.column_stack([np.ones(len(staff)), staff[["score", "head"]]])
    b = np.zeros(3)
    for _ in range(25):
        m = 1 / (1 + np.exp(-X @ b))
        information = X.T @ (X * (m * (1 - m))[:, None])
        b = b + np.linalg.solve(information, X.T @ (staff["joined"] - m))
    assert b[2] > 20 and np.sqrt(np.linalg.inv(information)[2, 2]) > 1000


def test_firth_with_units_is_scaled_by_the_clusters():
    """Eight units, a rare outcome that hangs on the unit: the profile of independent rows rejects a true null often."""
    rng = np.random.default_rng(7)
    unit = np.repeat(np.arange(8), 25)
    wanted, runs, alone, scaled = 80 if os.environ.get("KARIER_LONG") else 40, 0, 0, 0
    for _ in range(wanted):
        lead, shock = rng.normal(size=8), rng.normal(0, 0.8, 8)
        head = (np.arange(200) % 10 == 0).astype(int)
        joined = (rng.random(200) < 1 / (1 + np.exp(1.5 - shock[unit]))).astype(int)
        data = pd.DataFrame({"unit": unit, "lead": lead[unit], "head": head, "y": np.where(head, 1, joined)})
        table = regress(data, outcome="y", on="lead", unit="unit", adjust="head").table
        row = table[(table["method"] == "firth") & table["p_value"].notna()]
        if row.empty:
            continue
        X = np.column_stack([np.ones(200), data[["lead", "head"]]])
        runs += 1
        alone += firth.fit(X, data["y"].to_numpy(float)).likelihood_ratio(1) > CHI2
        scaled += float(row["p_value"].iloc[0]) < 0.05
    assert runs > wanted - 10
    # With an ICC of about .15 the independent profile rejects some 40 in 100; the scaled one keeps below the 7.5 of
    # validity.md section 5, plus three standard errors of the runs.
    assert alone / runs > 0.25
    assert scaled / runs < 0.075 + 3 * np.sqrt(0.05 * 0.95 / wanted)


@pytest.fixture(scope="module")
def sessions(staff) -> Regression:
    """Sessions on the score, within and between units."""
    return regress(staff, outcome="sessions", on="score", adjust="head", unit="unit", family="count")


@pytest.mark.parametrize("scope", ["within", "between"])
def test_marginal_effect_of_a_count_is_rs(sessions, reference, scope):
    row = sessions.row(f"score[{scope}]", "ame")
    # Closed forms at a maximum that both find to 1e-14.
    assert row.estimate == pytest.approx(reference[f"ame_{scope}", "estimate"], rel=1e-8)
    assert row.std_error == pytest.approx(reference[f"ame_{scope}", "std_error"], rel=1e-7)


@pytest.mark.parametrize("scope", ["within", "between"])
def test_negative_binomial_is_glm_nb(sessions, reference, scope):
    row = sessions.row(f"score[{scope}]", "negative_binomial")
    # glm.nb takes turns until its deviance moves by 1e-14: seven digits of the estimates.
    assert row.estimate == pytest.approx(reference[f"nb_{scope}", "estimate"], rel=1e-6)
    assert row.std_error / row.estimate == pytest.approx(reference[f"nb_{scope}", "log_std_error"], rel=1e-5)


@pytest.mark.parametrize("scope", ["within", "between"])
def test_hurdle_is_pscls(sessions, reference, scope):
    some, more = (sessions.row(f"score[{scope}]", method) for method in ("hurdle_any", "hurdle_positive"))
    # hurdle searches with BFGS on the likelihood: five to six digits.
    assert some.estimate == pytest.approx(reference[f"hurdle_{scope}", "any"], rel=1e-5)
    assert more.estimate == pytest.approx(reference[f"hurdle_{scope}", "positive"], rel=1e-4)
    # R leaves out one unit at a time and searches anew.
    expected = reference[f"hurdle_{scope}", "positive_log_std_error"]
    assert more.std_error / more.estimate == pytest.approx(expected, rel=1e-3)


def test_zeros_are_observed_and_fitted(sessions, reference):
    assert set(sessions.zeros) == {"observed", "poisson", "negative_binomial", "hurdle"}
    for name, share in sessions.zeros.items():
        assert share == pytest.approx(reference["zeros", name], abs=1e-5), name  # as far as R's searches go
    note = next(note for note in sessions.notes if "Share of zeros" in note["en"])
    assert note["en"] == (
        "Share of zeros: observed 53.6 percent; by model: Poisson 26.5 percent; negative binomial 52.8 percent; hurdle "
        "53.6 percent."
    )


def test_sizes_and_likelihoods_are_rs(staff, reference):
    between = staff.groupby("unit")["score"].transform("mean")
    X = np.column_stack([np.ones(len(staff)), staff["score"] - between, between, staff["head"]])
    y, units = staff["sessions"].to_numpy(float), pd.factorize(staff["unit"])[0]
    fitted = counts.negative_binomial(X, y)
    assert fitted.size == pytest.approx(reference["nb", "size"], rel=1e-6)
    assert fitted.loglik == pytest.approx(reference["nb", "loglik"], rel=1e-10)  # flat at the top
    some = y > 0
    part = counts.positive(X[some], y[some], units[some])
    logit = glm.fit(glm.Rows(X, some.astype(float)), "logit").predict(X)
    both = part.loglik + np.log(np.where(some, logit, 1 - logit)).sum()
    assert part.size == pytest.approx(reference["hurdle", "size"], rel=1e-4)
    assert both == pytest.approx(reference["hurdle", "loglik"], rel=1e-9)


def test_one_step_jackknife_nears_the_refitted_one(staff, monkeypatch):
    """With 140 pairs as units the first step stands for the refit."""
    some = staff[staff["sessions"] > 0].reset_index(drop=True)
    X = np.column_stack([np.ones(len(some)), some["head"]]).astype(float)
    part = counts.positive(X, some["sessions"].to_numpy(float), np.arange(len(some)) // 2)
    step = np.sqrt(np.diag(part.jackknife()))
    monkeypatch.setattr(counts, "REFITTED", 1000)
    # The step leaves out terms of order 1 / G = 1.5 percent, several times over for the size parameter.
    assert np.sqrt(np.diag(part.jackknife())) == pytest.approx(step, rel=0.1)


def test_counts_that_vary_no_more_than_poisson_say_so():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.normal(size=200), "y": rng.binomial(8, 0.5, 200)})
    result = regress(data, outcome="y", on="x", family="count")
    assert "negative_binomial" not in set(result.table["method"])
    assert any(note["en"].startswith("K358 The negative binomial model has no finite estimate") for note in result.notes)
    assert any(note["id"].startswith("K358 Model binomial negatif tidak memiliki taksiran") for note in result.notes)
    assert result.lead == ("x", "ame")


def test_hurdle_is_never_worded_about_everyone(sessions):
    note = next(note for note in sessions.notes if "hurdle_positive" in note["en"])
    assert "only those with at least one" in note["en"] and "neither holds for everyone" in note["en"]
    assert "keduanya tidak berlaku bagi semua orang" in note["id"]
    assert not sessions.lead[1].startswith("hurdle")


@pytest.mark.parametrize(("outcome", "family"), [("joined", "binary"), ("sessions", "count")])
def test_marginal_effects_by_numeric_differentiation(staff, outcome, family):
    """Average marginal effect and its gradient, column by column, against differences of predictions."""
    data = staff[staff["head"] == 0]
    X, y = np.column_stack([np.ones(len(data)), data["score"]]), data[outcome].to_numpy(float)
    link = "logit" if family == "binary" else "log"
    fitted, h = glm.fit(glm.Rows(X, y), link), 1e-5
    mean = (lambda eta: 1 / (1 + np.exp(-eta))) if link == "logit" else np.exp

    def effect(coef: np.ndarray) -> float:
        eta = X @ coef
        return float((mean(eta + h * coef[1]) - mean(eta - h * coef[1])).mean() / (2 * h))

    value, gradient = fitted.marginal(1)
    assert value == pytest.approx(effect(fitted.coef), rel=1e-8)  # central difference: h^2 and rounding / h
    numeric = [(effect(fitted.coef + step) - effect(fitted.coef - step)) / 2e-5 for step in np.eye(2) * 1e-5]
    assert gradient == pytest.approx(numeric, rel=1e-4)  # a difference of differences
    row = regress(data, outcome=outcome, on="score", family=family).row("score", "ame")
    covariance = fitted.clustered().covariance
    assert row.std_error == pytest.approx(float(np.sqrt(gradient @ covariance @ gradient)), rel=1e-9)


def test_marginal_effect_leads_without_units_and_from_forty_units_on(staff):
    assert regress(staff, outcome="sessions", on="score", family="count").lead == ("score", "ame")
    binary = regress(staff.assign(some=(staff["sessions"] > 0).astype(int)), outcome="some", on="score")
    assert binary.lead == ("score", "ame") and "percentage points" in binary.sentence("en")
    assert binary.line[1] == binary.headline.estimate
    # The linear probability model stands beside and says nearly the same.
    assert binary.row("score", "cr2").estimate == pytest.approx(float(binary.headline.estimate), abs=0.002)
