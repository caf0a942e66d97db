"""What must hold of ``regress`` and its numerics whatever the data; several as in clubSandwich's own tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_regress import staff

from karier_stats.errors import StatisticsError
from karier_stats.stats.association.regress import regress
from karier_stats.stats.numerics import firth, glm, linear
from karier_stats.stats.numerics.cluster import ClusterCovariance, cr2, wild_bootstrap
from karier_stats.stats.numerics.unit_products import unit_products

SAME = 1e-8
"""Two routes to one number in double precision, through inverses and roots of small matrices."""


def arrays(seed: int = 1, within: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressors with the constant, outcome and units of 200 people."""
    data = staff(seed, within=within)
    X = np.column_stack([np.ones(len(data)), data[["lead", "age"]]])
    return X, data["y"].to_numpy(), pd.factorize(data["unit"])[0]


def robust(X: np.ndarray, y: np.ndarray, units: np.ndarray) -> tuple[linear.LeastSquares, ClusterCovariance]:
    fitted = linear.fit(X, y)
    return fitted, cr2(X, fitted.residuals, units)


def weighted(X: np.ndarray, y: np.ndarray, units: np.ndarray, w: np.ndarray) -> ClusterCovariance:
    root = np.sqrt(w)
    return robust(X * root[:, None], y * root, units)[1]


def test_scale_of_weights_does_not_matter():
    X, y, units = arrays()
    w = np.random.default_rng(1).uniform(0.5, 3, len(y))
    one, other = (weighted(X, y, units, scale * w) for scale in (1.0, 1000.0))
    assert other.covariance == pytest.approx(one.covariance, rel=SAME)
    assert other.satterthwaite([0, 1, 0]) == pytest.approx(one.satterthwaite([0, 1, 0]), rel=SAME)


def test_weights_of_one_are_no_weights():
    X, y, units = arrays()
    assert weighted(X, y, units, np.ones(len(y))).covariance == pytest.approx(robust(X, y, units)[1].covariance, rel=SAME)


def test_whole_weights_are_rows_that_repeat():
    X, y, _ = arrays()
    w = np.random.default_rng(2).integers(1, 4, len(y))
    one = linear.fit(X * np.sqrt(w)[:, None], y * np.sqrt(w)).coef
    assert linear.fit(np.repeat(X, w, axis=0), np.repeat(y, w)).coef == pytest.approx(one, rel=SAME)


def test_row_order_and_names_of_clusters_do_not_matter():
    X, y, units = arrays()
    order = np.random.default_rng(3).permutation(len(y))
    names = np.array(list("hgfedcba"))[units]
    one, other = robust(X, y, units)[1], robust(X[order], y[order], names[order])[1]
    assert other.covariance == pytest.approx(one.covariance, rel=SAME)
    assert other.satterthwaite([0, 1, 0]) == pytest.approx(one.satterthwaite([0, 1, 0]), rel=SAME)


def test_cr2_follows_the_columns():
    """Other columns that span the same space: the covariance is carried along."""
    X, y, units = arrays()
    T = np.array([[1.0, 2.0, -1.0], [0.0, 3.0, 0.5], [0.0, 0.0, 0.2]])
    one, other = robust(X, y, units)[1], robust(X @ T, y, units)[1]
    assert T @ other.covariance @ T.T == pytest.approx(one.covariance, rel=1e-7)
    contrast = np.array([0.0, 1.0, 0.0])
    # b = T g, so that c'b is (T'c)'g
    assert other.satterthwaite(T.T @ contrast) == pytest.approx(one.satterthwaite(contrast), rel=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_cr2_is_unbiased_for_its_target(seed):
    """Mean of CR2 over independent errors is the true covariance, which CR0's is not."""
    X, _, units = arrays(seed, within=False)
    bread = linear.fit(X, X[:, 1]).bread
    rng = np.random.default_rng(seed)
    draws, ours, naive = 3000, 0.0, 0.0
    for _ in range(draws):
        e = rng.normal(size=len(X))
        residuals = e - X @ (bread @ (X.T @ e))
        ours += cr2(X, residuals, units).covariance[1, 1] / draws
        scores = np.array([X[units == g].T @ residuals[units == g] for g in range(8)])
        naive += (bread @ scores.T @ scores @ bread)[1, 1] / draws
    # Three degrees of freedom: a variance of 2 / 3 of the square, over 3,000 draws 1.5 percent, three times that.
    assert ours / bread[1, 1] == pytest.approx(1, abs=0.045)
    assert naive / bread[1, 1] < 0.85
    assert robust(X, X[:, 2], units)[1].target_ratio([0, 1, 0]) == pytest.approx(1, abs=1e-9)


def test_an_aliased_column_is_named_and_leaving_it_out_gives_the_same_slope():
    data = staff(within=True)
    plain = regress(data, outcome="y", on="lead", unit="unit", adjust="age")
    with pytest.raises(ValueError, match=r"K343 .*months"):
        regress(data.assign(months=12 * data["age"]), outcome="y", on="lead", unit="unit", adjust=["age", "months"])
    other = regress(data.assign(months=12 * data["age"]), outcome="y", on="lead", unit="unit", adjust="months")
    for term in ("lead[between]", "lead[within]"):
        assert other.row(term).estimate == pytest.approx(float(plain.row(term).estimate), rel=SAME)


def test_nearly_aliased_columns_are_warned_of_by_name():
    data = staff(within=True)
    noise = np.random.default_rng(1).normal(size=len(data))
    near = regress(data.assign(again=data["age"] + 4e-7 * noise), outcome="y", on="lead", adjust=["age", "again"])
    note = next(note for note in near.notes if "condition number" in note["en"])
    assert note["en"].startswith("`age` and `again` are nearly linear combinations of each other")
    assert note["id"].startswith("`age` dan `again` hampir merupakan gabungan linear satu sama lain")
    assert not any("condition number" in note["en"] for note in regress(data, outcome="y", on="lead", adjust="age").notes)


def test_between_and_within_slopes_make_the_pooled_one():
    """The slope that mixes levels is their mean, weighted by sums of squares."""
    data = staff(within=True)
    result = regress(data, outcome="y", on="lead", unit="unit")
    means = data.groupby("unit")["lead"].transform("mean")
    between, within = ((means - means.mean()) ** 2).sum(), ((data["lead"] - means) ** 2).sum()
    pooled = regress(data, outcome="y", on="lead").headline.estimate
    parts = [float(result.row(f"lead[{scope}]", "cr2").estimate) for scope in ("between", "within")]
    assert pooled == pytest.approx((between * parts[0] + within * parts[1]) / (between + within), rel=SAME)


def test_of_a_two_by_two_table_logit_and_linear_say_the_same():
    data = staff()
    data["x"] = (data["age"] > 40).astype(int)
    result = regress(data, outcome="joined", on="x")
    share = data.groupby("x")["joined"].mean()
    for method in ("cr2", "ame"):
        row = result.row("x", method)
        assert row.estimate == pytest.approx(share[1] - share[0], rel=SAME)
        # HC2 of two groups: p (1 - p) / (n - 1), by either way.
        groups = data.groupby("x")["joined"]
        assert row.std_error**2 == pytest.approx((groups.var() / groups.size()).sum(), rel=1e-7)


def test_swapping_zeros_and_ones_turns_odds_about():
    data = staff(slope=0.6)
    one = regress(data, outcome="joined", on="lead", unit="unit")
    other = regress(data.assign(joined=1 - data["joined"]), outcome="joined", on="lead", unit="unit")
    for method in ("odds_ratio", "agq"):
        row, back = (result.row("lead[between]", method) for result in (one, other))
        assert back.estimate == pytest.approx(1 / row.estimate, rel=1e-6)
        assert back.ci_low == pytest.approx(1 / row.ci_high, rel=1e-6)
    assert other.row("lead[between]", "ame").estimate == pytest.approx(-one.row("lead[between]", "ame").estimate, rel=SAME)
    X, y, _ = arrays()
    y = (y > 0.5).astype(float)
    assert firth.fit(X, 1 - y).coef == pytest.approx(-firth.fit(X, y).coef, rel=1e-7)


def test_firth_nears_maximum_likelihood_as_rows_repeat():
    X, y, _ = arrays()
    y = (y > 0.5).astype(float)
    ml = glm.fit(glm.Rows(X, y), "logit").coef
    apart = [np.abs(firth.fit(np.repeat(X, k, axis=0), np.repeat(y, k)).coef - ml).max() for k in (1, 10, 100)]
    # The penalty weighs 1 / n.
    assert apart[1] == pytest.approx(apart[0] / 10, rel=0.1) and apart[2] == pytest.approx(apart[0] / 100, rel=0.1)


def test_units_of_the_score_scale_every_row():
    data = staff(within=True, slope=0.5)
    one = regress(data, outcome="sessions", on="lead", unit="unit", family="count")
    other = regress(data.assign(lead=data["lead"] * 4), outcome="sessions", on="lead", unit="unit", family="count")
    for row in one.table[one.table["term"].str.startswith("lead")].itertuples():
        back = other.row(row.term, row.method)
        ratio = row.method in ("rate_ratio", "negative_binomial", "hurdle_any", "hurdle_positive")
        expected = row.estimate**0.25 if ratio else row.estimate / 4
        # Estimates that are searched for stop at about 1e-9 of their steps.
        assert back.estimate == pytest.approx(expected, rel=1e-6), row.method
        if not pd.isna(row.p_value):
            assert back.p_value == pytest.approx(row.p_value, rel=1e-4, abs=1e-12), row.method


def test_negative_binomial_of_huge_size_is_poisson():
    from scipy.optimize import root
    from statsmodels.discrete.discrete_model import NegativeBinomial

    X, y, _ = arrays()
    y = np.random.default_rng(1).poisson(np.exp(0.3 * X[:, 1])).astype(float)
    poisson = glm.fit(glm.Rows(X, y), "log")
    model = NegativeBinomial(y, X)  # the one that counts.negative_binomial fits; its last parameter is log(1 / size)
    coef = root(lambda coef: model.score([*coef, -np.log(1e9)])[:-1], poisson.coef * 0.9, tol=1e-14).x
    # The variance differs by m / size.
    assert coef == pytest.approx(poisson.coef, rel=1e-6)


def test_wild_p_does_not_hang_on_sign_scale_or_level_of_the_outcome():
    X, y, units = arrays(within=False)
    one = wild_bootstrap(X, y, units, 1, np.random.default_rng(0))
    for other in (-y, 1000 * y, y + 50 + 3 * X[:, 2]):
        again = wild_bootstrap(X, other, units, 1, np.random.default_rng(0))
        assert again.p_value() == one.p_value()


def test_drawn_signs_near_the_enumerated_ones():
    X, y, units = arrays(within=False)
    exact = wild_bootstrap(X, y, units, 1, np.random.default_rng(0)).p_value()
    drawn = wild_bootstrap(X, y, units, 1, np.random.default_rng(0), draws=200)
    assert not drawn.enumerated
    # 200 draws: four standard errors.
    assert drawn.p_value() == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 200) + 1 / 201)


@pytest.mark.parametrize("noise", [1e-3, 1e-4, 1e-5, 1e-6])
def test_a_column_that_nearly_repeats_another_costs_no_digits(noise: float) -> None:
    # months = 12 age + noise spans the same space as age and the noise itself, so that nothing about x may change
    rng = np.random.default_rng(3)
    n, age = 160, np.random.default_rng(4).integers(20, 55, 160).astype(float)
    x, y, wobble = rng.normal(size=(3, n))
    near = robust(np.column_stack([np.ones(n), x, age, 12 * age + noise * wobble]), y, np.arange(n))[1]
    apart = robust(np.column_stack([np.ones(n), x, age, wobble]), y, np.arange(n))[1]
    # the sum 12 age + noise keeps about 16 - log10(age / noise) digits of the wobble
    assert near.std_error([0, 1, 0, 0]) == pytest.approx(apart.std_error([0, 1, 0, 0]), rel=1e-7)
    assert near.satterthwaite([0, 1, 0, 0]) == pytest.approx(apart.satterthwaite([0, 1, 0, 0]), rel=1e-6)


def test_cross_products_that_cannot_tell_two_columns_apart_name_them() -> None:
    """Columns that agree to eleven digits: what is left between them is beyond the rounding of cross-products."""
    rng = np.random.default_rng(2)
    age = rng.normal(size=90)
    columns = np.column_stack([age, age + 1e-11 * rng.normal(size=90), rng.normal(size=90)])
    one, few, _ = unit_products(columns, np.repeat(np.arange(5), 18)).rows()
    with pytest.raises(StatisticsError) as refused:
        linear.fit(np.column_stack([one, few[:, :2]]), few[:, 2])
    assert refused.value.code == "K302" and refused.value.values["columns"] == "2"
