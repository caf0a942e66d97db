"""The logistic random intercept against lme4, ordinal, brute-force integrals and planted truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats.numerics import glm, glmm
from karier_stats.stats.numerics.glmm import RandomInterceptLogit, logistic_intercept
from karier_stats.stats.numerics.unit_products import unit_products

HERE = Path(__file__).parent / "reference"
SETS = ("unequal", "many", "steep", "singular")


@pytest.fixture(scope="module")
def reference() -> pd.Series:
    """R's values by case and quantity."""
    return pd.read_csv(HERE / "glmm.csv").set_index(["case", "quantity"])["value"]


@pytest.fixture(scope="module")
def sets() -> pd.DataFrame:
    """Eight unequal units, many small ones, steep ones, and six whose variance is estimated as zero."""
    return pd.read_csv(HERE / "glmm_data.csv")


@pytest.fixture(scope="module")
def fits(sets) -> dict[str, RandomInterceptLogit]:
    """Each set fitted once."""
    return {name: fitted(sets[sets["set"] == name]) for name in SETS}


def arrays(data: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressors with the constant, outcome and units of one set."""
    X = np.column_stack([np.ones(len(data)), data["x"], data["w"]])
    return X, data["y"].to_numpy(dtype=float), pd.factorize(data["unit"])[0]


def fitted(data: pd.DataFrame, points: int = 25) -> RandomInterceptLogit:
    """The model with both columns."""
    return logistic_intercept(*arrays(data), points=points)


@pytest.mark.parametrize("name", SETS)
def test_the_likelihood_is_glmers_and_clmms(fits, reference, name):
    # The same integral with the same 25 points; both tops are flat, so that the searches cost nothing here.
    assert -2 * fits[name].loglik == pytest.approx(reference[name, "deviance"], abs=1e-7)
    if name != "singular":
        assert -2 * fits[name].loglik == pytest.approx(reference[name, "clmm_deviance"], abs=1e-7)


@pytest.mark.parametrize("name", SETS)
def test_estimates_are_glmers(fits, reference, name):
    # glmer searches without derivatives and takes its Hessian by finite differences: five digits.
    fit, want = fits[name], reference[name]
    assert fit.coef == pytest.approx([want[f"coef{i}"] for i in range(3)], rel=1e-5)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx([want[f"error{i}"] for i in range(3)], rel=1e-5)
    assert fit.sigma == pytest.approx(want["sigma"], rel=1e-5)


@pytest.mark.parametrize("name", SETS[:3])
def test_a_second_package_agrees(fits, reference, name):
    """ordinal::clmm, whose code shares nothing with lme4's."""
    fit, want = fits[name], reference[name]
    assert fit.sigma == pytest.approx(want["clmm_sigma"], rel=1e-5)
    errors = [want["clmm_error_x"], want["clmm_error_w"]]
    assert np.sqrt(np.diag(fit.covariance))[1:] == pytest.approx(errors, rel=5e-6)


@pytest.mark.parametrize("name", SETS[:3])
def test_the_observed_icc_is_the_integral(fits, reference, name):
    # R integrates at its own estimates, which keep six digits.
    assert fits[name].observed_icc == pytest.approx(reference[name, "observed_icc"], rel=2e-6)


def test_the_observed_icc_of_steep_units_is_that_of_a_threshold():
    """Intercepts of 25 logits about a probability of one half: P(both yes) is near 1/2, and the ICC near one."""
    # 1 - icc = 4 E[p (1 - p)] = 4 / (sigma sqrt(2 pi)) to the order sigma^-3: the bell is flat where p (1 - p) lives.
    share = glmm.observed_icc(np.zeros(1), np.ones(1), 25.0)
    assert 1 - share == pytest.approx(4 / (25 * np.sqrt(2 * np.pi)), rel=5e-3)


def test_two_units_by_brute_force():
    """Five rows; the integral over each intercept by an adaptive rule of another kind."""
    from scipy.integrate import quad

    X = np.column_stack([np.ones(5), [0.0, 1, 2, 0, 1]])
    y, codes = np.array([0.0, 1, 1, 1, 0]), np.array([0, 0, 0, 1, 1])
    coef, sigma = np.array([0.3, -0.2]), 1.7

    def integrand(u: float, unit: int) -> float:
        rows = codes == unit
        p = 1 / (1 + np.exp(-(X[rows] @ coef + sigma * u)))
        return float(np.where(y[rows] == 1, p, 1 - p).prod() * np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi))

    want = sum(np.log(quad(integrand, -12, 12, args=(unit,), epsabs=1e-14)[0]) for unit in (0, 1))
    likelihood = glmm._Likelihood(glmm._cells(X, y, codes, np.eye(2)), 25)
    # 25 points are exact to a dozen digits on units of three rows.
    assert likelihood.height(np.append(coef, sigma)).value == pytest.approx(want, abs=1e-10)


def test_gradient_and_curvature_are_those_of_the_likelihood(sets):
    """Away from the top, against central differences of the value and of the gradient."""
    X, y, codes = arrays(sets[sets["set"] == "many"])
    likelihood = glmm._Likelihood(glmm._cells(X, y, codes, np.eye(3)), 25)
    place, step = np.array([-1.0, 0.1, 0.3, 1.1]), 1e-5
    here = likelihood.height(place)
    for at in range(4):
        up, down = (likelihood.height(place + sign * step * np.eye(4)[at]) for sign in (1, -1))
        # A central difference of step 1e-5 on values near 250 has an error near 1e-8 of rounding and 1e-9 of bending.
        assert here.gradient[at] == pytest.approx((up.value - down.value) / (2 * step), abs=1e-6)
        assert here.curvature[at] == pytest.approx((up.gradient - down.gradient) / (2 * step), rel=1e-5, abs=1e-5)


def test_the_edge_is_the_plain_logit(sets, fits):
    X, y, _ = arrays(sets[sets["set"] == "singular"])
    fit, plain = fits["singular"], glm.fit(glm.Rows(X, y), "logit")
    assert (fit.sigma, fit.latent_icc) == (0.0, 0.0)
    assert fit.observed_icc == pytest.approx(0, abs=1e-15)  # rounding of the mean of equal probabilities
    assert (fit.coef == plain.coef).all() and (fit.covariance == plain.bread).all()


def test_the_order_of_rows_and_the_names_of_units_do_not_matter(sets, fits):
    data = sets[sets["set"] == "unequal"].sample(frac=1, random_state=1)
    turned = fitted(data.assign(unit=data["unit"].map(lambda name: f"Z{name}")))
    # Sums in another order.
    assert turned.coef == pytest.approx(fits["unequal"].coef, rel=1e-9)
    assert turned.loglik == pytest.approx(fits["unequal"].loglik, rel=1e-13)


def test_a_column_far_from_zero_costs_no_digits(sets, fits):
    """Years in place of their distance from 2020; ages in days."""
    X, y, codes = arrays(sets[sets["set"] == "many"])
    X = X * [1, 1, 365] + [0, 2020, 0]
    fit, want = logistic_intercept(X, y, codes), fits["many"]
    # A level of 2020 beside a spread of 2 takes three digits of the slope and six of its variance.
    assert fit.coef[1:] * [1, 365] == pytest.approx(want.coef[1:], rel=1e-8)
    assert np.sqrt(np.diag(fit.covariance))[1:] * [1, 365] == pytest.approx(
        np.sqrt(np.diag(want.covariance))[1:], rel=1e-6
    )
    assert fit.loglik == pytest.approx(want.loglik, rel=1e-12)


def test_points_beyond_25_change_nothing(sets, fits):
    # What is left of the quadrature's error with units of up to 60 rows.
    assert fitted(sets[sets["set"] == "unequal"], points=40).loglik == pytest.approx(fits["unequal"].loglik, abs=1e-9)
    assert fitted(sets[sets["set"] == "steep"], points=40).loglik == pytest.approx(fits["steep"].loglik, abs=1e-6)


def test_planted_truth_is_found():
    """600 units of 20; all three within three standard errors."""
    rng = np.random.default_rng(20250817)
    codes = np.repeat(np.arange(600), 20)
    X = np.column_stack([np.ones(12000), rng.normal(size=600)[codes], rng.integers(0, 2, 12000)])
    truth = np.array([-0.5, 0.4, 0.3])
    eta = X @ truth + rng.normal(0, 0.9, 600)[codes]
    fit = logistic_intercept(X, (rng.random(12000) < 1 / (1 + np.exp(-eta))).astype(float), codes)
    assert (np.abs(fit.coef - truth) < 3 * np.sqrt(np.diag(fit.covariance))).all()
    assert abs(fit.sigma - 0.9) < 0.15  # three of its standard errors, 0.05


@pytest.mark.parametrize(("sigma", "least", "most"), [(1.0, 0, 1e-8), (3.0, 5e-5, 1.2e-4), (10.0, 0.003, 0.01)])
def test_how_far_25_points_reach(sigma, least, most):
    """The error of one unit's log-likelihood, against a sum over 20,001 points: why sigma ends at 10 logits."""
    u = np.linspace(-9, 9, 20001)
    errors = []
    for rows, ones in ((1, 0), (3, 1), (8, 0), (8, 4), (30, 0), (30, 15)):
        y = np.repeat([1.0, 0.0], [ones, rows - ones])
        cells = glmm._cells(np.ones((rows, 1)), y, np.zeros(rows, dtype=int), np.eye(1))
        for constant in (-4.0, -1.0, 0.0, 2.0):
            eta = constant + sigma * u
            bell = np.exp(ones * eta - rows * np.logaddexp(0, eta) - u**2 / 2) / np.sqrt(2 * np.pi)
            got = glmm._Likelihood(cells, 25).height(np.array([constant, sigma])).value
            errors.append(abs(got - np.log(bell.sum() * (u[1] - u[0]))))
    assert least <= max(errors) < most


@pytest.mark.filterwarnings("error")
def test_forty_odd_tables_give_finite_numbers_or_a_reason():
    """Units of one row, columns constant in units at 2,000, rare answers, steep units."""
    codes_of_refusals = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        sizes = rng.integers(1, rng.integers(2, 25), rng.integers(2, 12)) + (seed % 3 > 0)
        codes = np.repeat(np.arange(len(sizes)), sizes)
        X = np.column_stack([np.ones(len(codes)), (2000 + 100 * rng.normal(size=len(sizes)))[codes]])
        eta = rng.normal(0, rng.choice([0, 0.5, 2, 6]), len(sizes))[codes] + rng.choice([0, -2, -4])
        y = (rng.random(len(codes)) < 1 / (1 + np.exp(-eta))).astype(float)
        try:
            fit = logistic_intercept(X[:, : 1 + seed % 2], y, codes)
        except StatisticsError as error:
            codes_of_refusals.add(error.code)
            continue
        assert np.isfinite([*fit.coef, *fit.covariance.ravel(), fit.sigma, fit.loglik, fit.observed_icc]).all()
        assert (np.diag(fit.covariance) > 0).all()
    assert codes_of_refusals <= {"K353", "K356", "K357"} and "K356" in codes_of_refusals


# What has no finite answer is refused with its reason.


def refusal(X: np.ndarray, y: np.ndarray, codes: np.ndarray) -> StatisticsError:
    """The error of a fit that cannot be."""
    with pytest.raises(StatisticsError) as error:
        logistic_intercept(X, y, codes)
    return error.value


def test_units_that_hold_one_answer_each_are_refused():
    codes = np.repeat(np.arange(6), 5)
    y = np.where(codes % 2 == 0, 1.0, 0.0)
    y[0] = 0
    assert refusal(np.ones((30, 1)), y, codes).message("en") == (
        "K356 The variance of a yes-or-no outcome between units cannot be estimated: 1 of 6 units hold both answers "
        "(30 rows), at least 2 are needed. Use the unit means, or merge units."
    )


def test_a_separating_regressor_is_refused(sets):
    X, y, codes = arrays(sets[sets["set"] == "many"])
    X[:, 2] = y * 2 + (np.arange(len(y)) % 2)
    assert refusal(X, y, codes).code == "K353"


def test_a_variance_that_grows_without_end_is_refused():
    """A threshold of its own in every unit: regressor and intercepts together foretell every answer."""
    codes = np.repeat(np.arange(12), 6)
    x = np.tile(np.arange(6.0), 12)
    threshold = np.tile([0.5, 1.5, 2.5, 3.5], 3)[codes]
    error = refusal(np.column_stack([np.ones(72), x]), (x > threshold).astype(float), codes)
    assert error.message("en") == (
        "K357 The variance of a yes-or-no outcome between units has no finite estimate, or one too large to compute "
        "(standard deviation above 10 logits): 72 rows in 12 units, of which 12 hold both answers. Use the unit means, "
        "or merge units."
    )


def test_fewer_than_fifteen_points_are_refused(sets):
    with pytest.raises(ValueError, match="points must be 15 or more, got 7"):
        fitted(sets[sets["set"] == "many"], points=7)


# The wrong way, as a positive control.


@pytest.mark.parametrize(("name", "gap"), [("unequal", 0.03), ("many", 0.70), ("steep", 3.3)])
def test_wrong_way_laplace_misses_the_likelihood_in_small_units(reference, fits, name, gap):
    """One point, which is glmer's default: the less a unit holds and the more units differ, the worse."""
    missed = reference[name, "laplace_deviance"] + 2 * fits[name].loglik
    # The digits that R printed.
    assert missed == pytest.approx(gap, abs=0.05)


def test_wrong_way_the_latent_icc_is_not_that_of_the_answers(sets, fits):
    """Where units differ by two logits, .56 of the latent answer but .40 of the answers themselves lie between them."""
    fit = fits["steep"]
    rng = np.random.default_rng(6)
    eta = arrays(sets[sets["set"] == "steep"])[0] @ fit.coef
    units = np.repeat(np.arange(4000), 10)
    spread = []
    for at in np.quantile(eta, [0.1, 0.5, 0.9]):
        p = 1 / (1 + np.exp(-(at + fit.sigma * rng.normal(size=4000)[units])))
        spread.append(unit_products((rng.random(40000) < p).astype(float)[:, None], units).one_way().icc)
    # Simulated answers of 4,000 units of ten: the error of each is about .007.
    assert np.mean(spread) == pytest.approx(fit.observed_icc, abs=0.02)
    assert fit.latent_icc - fit.observed_icc == pytest.approx(0.16, abs=0.01)
