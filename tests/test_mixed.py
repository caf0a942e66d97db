"""The random-intercept model against lme4, lmerTest, pbkrtest and published figures."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from karier_stats.errors import StatisticsError
from karier_stats.stats.contrast import Line
from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.mixed import RandomIntercept, random_intercept
from karier_stats.stats.numerics.unit_products import UnitProducts, unit_products

HERE = Path(__file__).parent / "reference"
SETS = ("unequal", "tiny", "contrast", "balanced", "singular", "singular_unequal")
BH = {"bh_null": (), "bh_hrs": ("HRS", "G.HRS"), "bh_lead": ("LEAD", "HRS"), "bh_split": ("W.LEAD", "G.LEAD")}

# lme4 searches theta on the likelihood alone, which is flat to rounding over 1e-8 to 1e-7 of theta around its top:
# its estimates keep six or seven digits, where ours come from the derivative. lmerTest takes its curvature by
# finite differences, at the same loss.
SEARCHED = 2e-6
# At the edge theta is 0 in both, and only the order of sums and the inverses of 3 x 3 matrices differ.
CLOSED = 1e-8
# An error of 1e-6 in theta moves the likelihood by 1e-12 of its curvature.
LIKELIHOOD = 1e-10


@pytest.fixture(scope="module")
def reference() -> dict[tuple[str, str], float]:
    """R's values by case and quantity."""
    table = pd.read_csv(HERE / "mixed.csv")
    return {(case, quantity): value for case, quantity, value in table.itertuples(index=False)}


@pytest.fixture(scope="module")
def sets() -> pd.DataFrame:
    """Six small sets: unequal and equal units, units of one person, two whose units do not differ."""
    return pd.read_csv(HERE / "mixed_data.csv")


@pytest.fixture(scope="module")
def soldiers(shared_data) -> pd.DataFrame:
    """7,382 soldiers in 99 companies."""
    data = pd.read_csv(shared_data / "bh1996" / "bh1996.csv")
    for name in ("HRS", "LEAD"):
        data[f"G.{name}"] = data.groupby("GRP")[name].transform("mean")
        data[f"W.{name}"] = data[name] - data[f"G.{name}"]
    return data


def fitted(data: pd.DataFrame, columns: tuple[str, ...], outcome: str, unit: str) -> RandomIntercept:
    """The model with a constant and the columns."""
    X = np.column_stack([np.ones(len(data)), *(data[name] for name in columns)])
    return random_intercept(X, data[outcome].to_numpy(), pd.factorize(data[unit])[0])


def check(fit: RandomIntercept, columns: tuple[str, ...], case: str, reference: dict[tuple[str, str], float]) -> None:
    """Every figure that R gave for the case."""
    want = {quantity: value for (name, quantity), value in reference.items() if name == case}
    edge = fit.between_variance == 0
    rel = CLOSED if edge else SEARCHED
    assert fit.between_variance == pytest.approx(want["between_variance"], rel=rel, abs=1e-12)
    assert fit.residual_variance == pytest.approx(want["residual_variance"], rel=rel)
    assert -2 * fit.loglik == pytest.approx(want["reml_deviance"], rel=LIKELIHOOD)
    for at, name in enumerate(("constant", *columns)):
        contrast = np.eye(len(columns) + 1)[at]
        error, dof = fit.kenward_roger(contrast)
        got = {
            "estimate": fit.coef[at], "std_error": np.sqrt(fit.covariance[at, at]),
            "satterthwaite": fit.satterthwaite(contrast), "kr_error": error, "kr_dof": dof,
        }
        for quantity, value in got.items():
            assert value == pytest.approx(want[f"{quantity}:{name}"], rel=rel), (name, quantity)


@pytest.mark.parametrize("name", SETS)
def test_small_sets_are_lme4_lmertest_and_pbkrtest(sets, reference, name):
    fit = fitted(sets[sets["set"] == name], ("x", "w"), "y", "unit")
    assert (fit.between_variance == 0) == name.startswith("singular")
    check(fit, ("x", "w"), name, reference)


@pytest.mark.parametrize("case", list(BH))
def test_bh1996_is_lme4_lmertest_and_pbkrtest(soldiers, reference, case):
    check(fitted(soldiers, BH[case], "WBEING", "GRP"), BH[case], case, reference)


def test_bh1996_is_the_published_figures(soldiers, reference):
    """Bliese (2016) and the data's own README; the digits are those that are printed there."""
    null = fitted(soldiers, (), "WBEING", "GRP")
    assert (null.between_variance, null.residual_variance) == pytest.approx((0.03580079, 0.78949727), abs=2e-8)
    assert null.icc == pytest.approx(0.04337922, abs=2e-8)
    assert -2 * null.loglik == pytest.approx(19347.34, abs=0.005)
    without = null._profile.deviance(0.0)  # where units do not differ
    assert without + 2 * null.loglik == pytest.approx(188.83, abs=0.005)
    assert without == pytest.approx(reference["bh_null", "gls_deviance"], abs=1e-6)
    sizes = soldiers.groupby("GRP").size().to_numpy()
    shares = null.between_variance / (null.between_variance + null.residual_variance / sizes)
    assert shares.mean() == pytest.approx(0.7335211, abs=1e-7)
    hours = fitted(soldiers, BH["bh_hrs"], "WBEING", "GRP")
    assert hours.coef == pytest.approx([4.740829, -0.046461, -0.126926], abs=3e-6)
    assert np.sqrt(np.diag(hours.covariance)) == pytest.approx([0.213687, 0.004888, 0.019404], abs=1e-5)
    assert (hours.between_variance, hours.residual_variance) == pytest.approx((0.013547, 0.780105), abs=3e-6)
    lead = fitted(soldiers, BH["bh_lead"], "WBEING", "GRP")
    assert lead.coef[1:] == pytest.approx([0.500743, -0.031617], abs=1e-6)
    assert np.sqrt(np.diag(lead.covariance))[1:] == pytest.approx([0.012811, 0.004378], abs=1e-6)
    split = fitted(soldiers, BH["bh_split"], "WBEING", "GRP")
    assert split.coef[1:] == pytest.approx([0.517280, 0.413603], abs=1e-6)
    assert np.sqrt(np.diag(split.covariance))[1:] == pytest.approx([0.013089, 0.059534], abs=1e-6)


@pytest.mark.parametrize("name", ["WBEING", "HRS", "LEAD", "COHES"])
def test_bh1996_both_intraclass_correlations(soldiers, reference, name):
    fit = fitted(soldiers, (), name, "GRP")
    case, size = f"bh_icc_{name}", len(soldiers) / 99
    # mult.icc fits with nlme, whose own search stops some digits earlier.
    assert fit.icc == pytest.approx(reference[case, "icc1"], rel=2e-6)
    reliability = size * fit.icc / (1 + (size - 1) * fit.icc)
    assert reliability == pytest.approx(reference[case, "icc2"], rel=1e-6)
    table = unit_products(soldiers[[name]], soldiers["GRP"]).one_way()
    # R's ICC1 takes the plain mean size; that of the unbalanced analysis of variance is smaller. Closed forms.
    assert (table.f - 1) / (table.f - 1 + size) == pytest.approx(reference[case, "anova"], rel=1e-10)
    assert table.size < size and table.icc > reference[case, "anova"]


def test_bh1996_correlations_within_and_between(soldiers, reference):
    """WABA of work hours and well-being is read off the cross-products."""
    parts = unit_products(soldiers[["HRS", "WBEING"]], soldiers["GRP"])
    total = parts.between + parts.within
    got = {
        "RawCorr": total[0, 1] / np.sqrt(total[0, 0] * total[1, 1]),
        "EtaBx": np.sqrt(parts.between[0, 0] / total[0, 0]), "EtaBy": np.sqrt(parts.between[1, 1] / total[1, 1]),
        "CorrB": parts.between[0, 1] / np.sqrt(parts.between[0, 0] * parts.between[1, 1]),
        "EtaWx": np.sqrt(parts.within[0, 0] / total[0, 0]), "EtaWy": np.sqrt(parts.within[1, 1] / total[1, 1]),
        "CorrW": parts.within[0, 1] / np.sqrt(parts.within[0, 0] * parts.within[1, 1]),
    }
    for name, value in got.items():
        # Closed forms on 7,382 rows.
        assert value == pytest.approx(reference["bh_waba", name], rel=1e-10), name


def test_searles_interval_is_psychs_when_balanced(sets, reference):
    data = sets[sets["set"] == "balanced"]
    table = unit_products(data[["y"]], data["unit"]).one_way()
    low, high = table.icc_interval(0.95)
    # Closed forms; the F quantiles of both libraries agree to twelve digits.
    assert table.icc == pytest.approx(reference["searle", "icc"], rel=1e-11)
    assert (low, high) == pytest.approx((reference["searle", "ci_low"], reference["searle", "ci_high"]), rel=1e-10)


def test_the_likelihood_is_that_of_the_whole_covariance_matrix(sets):
    """Brute force: n x n matrices, no shortcut, at the fitted variances."""
    data = sets[sets["set"] == "tiny"]
    fit = fitted(data, ("x", "w"), "y", "unit")
    X = np.column_stack([np.ones(len(data)), data["x"], data["w"]])
    same = np.equal.outer(data["unit"].to_numpy(), data["unit"].to_numpy())
    V = fit.between_variance * same + fit.residual_variance * np.eye(len(data))
    inverse = np.linalg.inv(V)
    information = X.T @ inverse @ X
    projection = inverse - inverse @ X @ np.linalg.solve(information, X.T @ inverse)
    y = data["y"].to_numpy()
    logdets = np.linalg.slogdet(V)[1] + np.linalg.slogdet(information)[1]
    deviance = (len(y) - 3) * np.log(2 * np.pi) + logdets + y @ projection @ y
    # Twenty rows in double precision.
    assert -2 * fit.loglik == pytest.approx(deviance, rel=1e-12)
    assert fit.covariance == pytest.approx(np.linalg.inv(information), rel=1e-9)


def test_equal_units_give_the_degrees_of_freedom_of_unit_means(sets):
    """With units of one size and a unit-level regressor alone, the slope is that of the unit means: G - 2."""
    data = sets[sets["set"] == "balanced"]
    fit = fitted(data, ("x",), "y", "unit")
    error, dof = fit.kenward_roger([0, 1])
    # The expected information is exact here; 1e-9 is left for the search of the variance.
    assert dof == pytest.approx(5, rel=1e-9)
    assert error == pytest.approx(np.sqrt(fit.covariance[1, 1]), rel=1e-9)
    assert fit.satterthwaite([0, 1]) == pytest.approx(5, rel=1e-9)


def from_products(products: UnitProducts) -> RandomIntercept:
    """The fit to as few rows as have these cross-products, the outcome last, with a constant first."""
    one, columns, codes = products.rows()
    return random_intercept(np.column_stack([one, columns[:, :-1]]), columns[:, -1], codes, one)


def test_products_give_the_same_fit_as_rows(soldiers):
    columns = ("LEAD", "HRS", "G.HRS")
    rows = fitted(soldiers, columns, "WBEING", "GRP")
    merged = from_products(unit_products(soldiers[[*columns, "WBEING"]], soldiers["GRP"]))
    # The condition number of these columns is about 10; its square costs two of sixteen digits.
    assert merged.coef == pytest.approx(rows.coef, rel=1e-11)
    assert merged.covariance == pytest.approx(rows.covariance, rel=1e-10)
    assert merged.loglik == pytest.approx(rows.loglik, rel=1e-13)
    assert merged.icc_interval(0.9) == pytest.approx(rows.icc_interval(0.9), rel=1e-9)
    contrast = np.array([0, 1, 0, 0])
    assert merged.kenward_roger(contrast) == pytest.approx(rows.kenward_roger(contrast), rel=1e-9)


def test_partitions_give_the_same_digits_as_one_table(soldiers):
    """Three partitions that cut through companies, the last one first."""
    columns = ["LEAD", "HRS", "WBEING"]
    cuts = [soldiers.iloc[start::3] for start in (2, 0, 1)]
    together = pd.concat(cuts)
    parts = unit_products(together[columns], together["GRP"])
    whole, apart = from_products(unit_products(soldiers[columns], soldiers["GRP"])), from_products(parts)
    # Sums in another order: a few units in the last place of sums over 7,382 rows.
    assert apart.coef == pytest.approx(whole.coef, rel=1e-12)
    assert apart.covariance == pytest.approx(whole.covariance, rel=1e-11)
    assert apart.between_variance == pytest.approx(whole.between_variance, rel=1e-11)
    assert apart.loglik == pytest.approx(whole.loglik, rel=1e-14)


def test_a_far_away_level_costs_no_digits(sets):
    """One million added to every column changes the constant alone."""
    data = sets[sets["set"] == "unequal"]
    columns = data[["x", "w", "y"]].to_numpy()
    here, away = (from_products(unit_products(columns + level, data["unit"])) for level in (0.0, 1e6))
    # Adding a million rounds the data themselves at 1e-10.
    assert away.coef[1:] == pytest.approx(here.coef[1:], rel=1e-9)
    assert away.between_variance == pytest.approx(here.between_variance, rel=1e-9)


def test_products_of_close_regressors_lose_three_digits_and_no_more():
    rng = np.random.default_rng(12)
    codes = np.repeat(np.arange(20), 15)
    one = rng.normal(size=300)
    columns = np.column_stack([one, one + 0.0447 * rng.normal(size=300)])
    y = columns[:, 0] + rng.normal(size=20)[codes] + rng.normal(size=300)
    assert np.corrcoef(columns.T)[0, 1] == pytest.approx(0.999, abs=2e-4)
    rows = random_intercept(np.column_stack([np.ones(300), columns]), y, codes)
    products = from_products(unit_products(np.column_stack([columns, y]), codes))
    # Condition number of the cross-products 2,000, times the rounding of 300 sums.
    assert products.coef == pytest.approx(rows.coef, rel=1e-11)


def test_collinear_columns_are_named():
    rng = np.random.default_rng(5)
    one, two = rng.normal(size=(2, 60))
    columns = np.column_stack([one, two, one - 2 * two, rng.normal(size=60)])
    one, few, _ = unit_products(columns, np.repeat(np.arange(6), 10)).rows()
    with pytest.raises(StatisticsError) as error:
        linear.fit(np.column_stack([one, few[:, :-1]]), few[:, -1])
    assert error.value.code == "K302" and error.value.values == {"columns": "3"}


def test_fewer_rows_than_coefficients_are_refused():
    one, few, codes = unit_products(np.arange(8.0).reshape(2, 4), [0, 1]).rows()
    assert len(np.unique(codes)) == 2 and round(float(one @ one)) == 2
    with pytest.raises(StatisticsError, match="K347"):
        Line(np.column_stack([one, few[:, :-1]]), few[:, -1], codes, 2).named(["1", "a", "b", "c"])


def test_an_outcome_without_spread_within_units_is_described_and_not_tested():
    """The likelihood has no maximum: the standard error is that of three unit means, without degrees of freedom."""
    y = np.array([1.0, 1, 1, 4, 4, 4, 4, 9, 9])
    codes = np.array([0, 0, 0, 1, 1, 1, 1, 2, 2])
    fit = random_intercept(np.ones((9, 1)), y, codes)
    assert (fit.residual_variance, fit.icc) == (0, 1)
    # The search ends at a ratio of variances of 1e9.
    assert fit.between_variance == pytest.approx(np.var([1, 4, 9], ddof=1), rel=1e-8)
    error, dof = fit.kenward_roger([1.0])
    assert error == pytest.approx(np.std([1, 4, 9], ddof=1) / 3**0.5, rel=1e-8)
    assert dof == fit.satterthwaite([1.0]) == 0
    low, high = fit.icc_interval(0.95)
    assert 0.99 < low <= high <= 1


def test_an_outcome_that_does_not_differ_leaves_no_degrees_of_freedom():
    fit = random_intercept(np.ones((6, 1)), np.full(6, 3.0), np.array([0, 0, 1, 1, 2, 2]))
    assert (fit.icc, fit.between_variance) == (0, 0)
    error, dof = fit.kenward_roger([1.0])
    assert error < 1e-12 and np.isfinite([dof, fit.satterthwaite([1.0]), *fit.adjusted_covariance.ravel()]).all()


def test_units_of_one_row_leave_no_degrees_of_freedom():
    """The two variances cannot be told apart."""
    fit = random_intercept(np.ones((6, 1)), np.array([3.0, 1, 4, 1, 5, 9]), np.arange(6))
    error, dof = fit.kenward_roger([1.0])
    assert dof == 0 and error == pytest.approx(np.sqrt(fit.covariance[0, 0]), rel=1e-12)


def test_a_constant_alone_from_products(sets):
    data = sets[sets["set"] == "unequal"]
    products = from_products(unit_products(data[["y"]], data["unit"]))
    rows = fitted(data, (), "y", "unit")
    # The same sums by two ways.
    assert products.coef == pytest.approx(rows.coef, rel=1e-12)
    assert products.kenward_roger([1]) == pytest.approx(rows.kenward_roger([1]), rel=1e-9)


# The wrong way, as a positive control.


def test_wrong_way_satterthwaite_at_the_edge_counts_rows_as_units(sets):
    """Where no variance between units is found, Satterthwaite's degrees of freedom are those of 142 free rows."""
    fit = fitted(sets[sets["set"] == "singular_unequal"], ("x", "w"), "y", "unit")
    assert fit.between_variance == 0
    assert fit.satterthwaite([0, 1, 0]) == 135
    assert 5 < fit.kenward_roger([0, 1, 0])[1] < 8


@pytest.fixture(scope="module")
def eight_units() -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Design B of validity.md without variance between units: 12 draws of 200 people in 8 unequal units."""
    codes = np.repeat(np.arange(8), (6, 9, 12, 18, 25, 30, 40, 60))
    draws = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        X = np.column_stack([np.ones(200), rng.normal(size=8)[codes]])
        draws.append((X, 0.5 * X[:, 1] + rng.normal(size=200), codes))
    return draws


def test_wrong_way_statsmodels_calls_a_diverged_fit_converged(eight_units):
    """Infinite likelihood or missing standard errors, and `converged` all the same; the search in one dimension ends."""
    import statsmodels.api as sm

    broken = 0
    for X, y, codes in eight_units:
        with warnings.catch_warnings(record=True):
            theirs = sm.MixedLM(y, X, groups=codes).fit(method="lbfgs")
            broken += bool(theirs.converged and not np.isfinite([theirs.llf, *theirs.bse_fe]).all())
        ours = random_intercept(X, y, codes)
        assert np.isfinite([ours.loglik, *ours.kenward_roger([0, 1]), *np.diag(ours.covariance)]).all()
    # validity.md, S7: 39 to 47 of 100 standard errors; with the likelihood counted too it is most of them.
    assert broken >= 5


def test_wrong_way_statsmodels_loses_the_slope_of_a_unit_level_regressor():
    """Below a variance of 1e-10 its coefficients of what is constant in a unit are zero (its issue 10239)."""
    import statsmodels.api as sm

    codes = np.repeat(np.arange(8), 4)
    X = np.column_stack([np.ones(32), np.arange(8.0)[codes]])
    y = X @ [1, 2] + np.tile([-1.0, 1, 2, -2], 8)
    with warnings.catch_warnings(record=True):
        model = sm.MixedLM(y, X, groups=codes)
        at = [model.get_fe_params(np.array([[variance]]), np.array([]))[0] for variance in (1e-9, 1e-11)]
    # The units' means lie on the line exactly, so that no variance between them is the estimate.
    assert at[0] == pytest.approx([1, 2], rel=1e-6)
    assert at[1] == pytest.approx([0, 0], abs=1e-6)
    ours = random_intercept(X, y, codes)
    assert ours.between_variance == 0 and ours.coef == pytest.approx([1, 2], rel=1e-12)


def test_wrong_way_z_rejects_a_true_null_twice_too_often():
    """Design B of validity.md, 400 draws: z 10.8 of 100, Kenward-Roger 3.2 (measured there with R)."""
    from scipy import stats

    codes = np.repeat(np.arange(8), (6, 9, 12, 18, 25, 30, 40, 60))
    rng = np.random.default_rng(20250817)
    p_values = []
    for _ in range(400):
        X = np.column_stack([np.ones(200), rng.normal(size=8)[codes]])
        y = rng.normal(0, np.sqrt(0.1), 8)[codes] + rng.normal(0, np.sqrt(0.9), 200)
        fit = random_intercept(X, y, codes)
        error, dof = fit.kenward_roger([0, 1])
        slope = abs(fit.coef[1])
        p_values.append((2 * stats.norm.sf(slope / np.sqrt(fit.covariance[1, 1])), 2 * stats.t.sf(slope / error, dof)))
    z, kenward_roger = (np.array(p_values) < 0.05).mean(axis=0)
    # 99.9 percent bands of 400 draws: 10.8 -5.1/+5.4 and 3.2 -2.6/+3.2.
    assert 0.057 < z < 0.162
    assert 0.006 < kenward_roger < 0.064
