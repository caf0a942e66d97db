"""``regress`` of Parquet files: the digits of the table in memory, whatever the order, the blocks and the partitions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from benchmarks import bench_regress

from karier_stats.errors import StatisticsError
from karier_stats.stats.association import parquet as module
from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.within_between import design_of
from karier_stats.stats.contrast import Line
from karier_stats.stats.numerics import glm, linear
from karier_stats.stats.numerics.cluster import cluster_sums
from karier_stats.stats.numerics.unit_products import UnitProducts, unit_products

ADJUST = ("age", "pppk")
HERE = Path(__file__).parent / "reference"


def staff(within: bool, seed: int = 3, units: int = 60) -> pd.DataFrame:
    """People in many units of unequal size, three kinds of outcomes."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), rng.integers(5, 60, units))
    n = len(unit)
    lead = rng.normal(6, 2, units)[unit] + within * rng.normal(size=n)
    age, pppk = rng.integers(22, 58, n), rng.random(n) < 0.3
    eta = 0.15 * (lead - 6) + 0.02 * (age - 40) - 0.3 * pppk + rng.normal(0, 0.4, units)[unit]
    return pd.DataFrame({
        "unit": [f"U{u:03d}" for u in unit], "lead": lead, "age": age, "pppk": pppk,
        "score": 1e4 + eta + rng.normal(size=n), "joined": (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int),
        "sessions": rng.poisson(np.exp(0.5 * eta)),
    })


def written(data: pd.DataFrame, folder: Path, parts: int = 1) -> Path:
    """The rows in one or several Parquet files."""
    for part, rows in enumerate(np.array_split(np.arange(len(data)), parts)):
        data.iloc[rows].to_parquet(folder / f"part-{part}.parquet", row_group_size=300)
    return folder


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Blocks of 200 rows, so that units are cut by them."""
    monkeypatch.setattr(module, "_ROWS", 200)


IN_MEMORY = ("agq", "negative_binomial", "hurdle_any", "hurdle_positive")
FAMILIES = {"score": "continuous", "joined": "binary", "sessions": "count"}


@pytest.mark.parametrize("outcome", FAMILIES)
@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("at_once", [50, 2**12])
def test_rows_are_those_of_regress(tmp_path, monkeypatch, outcome, within, at_once):
    monkeypatch.setattr(glm, "_AT_ONCE", at_once)
    data = staff(within)
    options = {"outcome": outcome, "on": "lead", "adjust": ADJUST, "unit": "unit", "family": FAMILIES[outcome]}
    ours = regress(written(data.sample(frac=1, random_state=1), tmp_path, 3), **options)
    whole = regress(data, **options)
    shared = 0
    for row in ours.table.itertuples():
        other = whole.row(row.term, row.method)
        shared += 1
        for quantity in ("estimate", "std_error", "dof", "p_value", "ci_low", "ci_high"):
            one, two = getattr(row, quantity), other[quantity]
            assert pd.isna(one) == pd.isna(two), (row.term, row.method, quantity)
            if not pd.isna(one):
                # Cross-products instead of QR; the random intercept's search multiplies what rounding leaves.
                loose = 1e-6 if row.method in ("reml", "reml_satterthwaite") else 1e-9
                assert float(one) == pytest.approx(float(two), rel=loose, abs=1e-10), (row.term, row.method, quantity)
    assert shared == len(whole.table) - whole.table["method"].isin(["wild", *IN_MEMORY]).sum()
    assert ours.lead == whole.lead and ours.conclusion == whole.conclusion
    assert ours.headline.n == len(data) and ours.headline.n_units == 60


def test_a_score_of_zero_and_one_is_moved(tmp_path):
    data = staff(False)
    data["lead"] = (data["unit"].str[1:].astype(int) % 3 == 0).astype(int)
    options = {"outcome": "joined", "on": "lead", "adjust": "age", "unit": "unit"}
    one = regress(written(data, tmp_path), **options).row("lead[between]", "ame")
    two = regress(data, **options).row("lead[between]", "ame")
    assert (one.estimate, one.std_error) == pytest.approx((two.estimate, two.std_error), rel=1e-8)


def cr0_meat(X: np.ndarray, residuals: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Sum over the units of the products of their scores."""
    scores = cluster_sums(X * residuals[:, None], codes)
    return scores.T @ scores


def test_clustered_covariances_are_sandwichs_and_geepacks():
    """Scores and bread of the last pass make CR1 of R's ``vcovCL`` and CR0 of ``geeglm``."""
    table = pd.read_csv(HERE / "families.csv")
    reference = {(case, quantity): float(value) for case, quantity, value in table.itertuples(index=False)}
    data = pd.read_csv(HERE / "families_data.csv")
    units = pd.factorize(data["unit"])[0]
    raw = np.vstack([np.ones(len(data)), data["score"], data["head"], data["sessions"] > 0]).astype(float)
    order = np.argsort(units, kind="stable")
    raw, edges = raw[:, order], np.append(0, np.cumsum(np.bincount(units)))
    rows = glm.ManyRows(lambda part: raw[:-1, part], raw[-1], edges)
    fitted = glm.fit(rows, "logit")
    n, G = len(data), 12
    meat = cr0_meat(*rows.weighted(fitted.coef, "logit", by_cluster=True))
    for position, term in ((1, "score"), (2, "head")):
        cr0 = np.sqrt((fitted.bread @ meat @ fitted.bread)[position, position])
        assert fitted.coef[position] == pytest.approx(reference[f"cr1_logit_{term}", "estimate"], rel=1e-9)
        # sandwich: G / (G - 1) x (n - 1) / (n - p)
        cr1 = cr0 * np.sqrt(G / (G - 1) * (n - 1) / (n - 3))
        assert cr1 == pytest.approx(reference[f"cr1_logit_{term}", "std_error"], rel=1e-8)
        assert cr0 == pytest.approx(reference[f"gee_{term}", "std_error"], rel=1e-5)  # geeglm stops at 1e-4 of a step
    one, columns, codes = unit_products(data[["score", "head", "sessions"]].to_numpy(float), data["unit"].to_numpy()).rows()
    X = np.column_stack([one, columns[:, :-1]])
    line = linear.fit(X, columns[:, -1])
    meat = cr0_meat(X, line.residuals, codes)
    for position, term in ((1, "score"), (2, "head")):
        cr0 = np.sqrt((line.bread @ meat @ line.bread)[position, position])
        expected = reference[f"cr1_linear_{term}", "std_error"]
        assert cr0 * np.sqrt(G / (G - 1) * (n - 1) / (n - 3)) == pytest.approx(expected, rel=1e-9)


def test_the_order_of_rows_does_not_matter():
    data = staff(True)
    columns, units = data[["lead", "age", "score"]].to_numpy(float), data["unit"].to_numpy()
    whole = line_of(unit_products(columns, units))
    order = np.random.default_rng(1).permutation(len(data))
    again = line_of(unit_products(columns[order], units[order]))
    # The same sums in another order.
    assert again.fitted.coef == pytest.approx(whole.fitted.coef, rel=1e-9)
    assert again.covariance.covariance == pytest.approx(whole.covariance.covariance, rel=1e-8)
    plain = Line(np.column_stack([np.ones(len(data)), columns[:, :-1]]), columns[:, -1], units)
    assert whole.fitted.coef == pytest.approx(plain.fitted.coef, rel=1e-10)
    assert whole.covariance.covariance == pytest.approx(plain.covariance.covariance, rel=1e-9)


def line_of(products: UnitProducts) -> Line:
    """Least squares of the last column on the others and a constant, from what the units add up to."""
    one, columns, codes = products.rows()
    return Line(np.column_stack([one, columns[:, :-1]]), columns[:, -1], codes, products.n)


def test_gaps_are_dropped_and_counted(tmp_path):
    data = staff(False)
    data.loc[[3, 400], "age"] = np.nan
    data.loc[[400, 500], "unit"] = None
    result = regress(written(data, tmp_path), outcome="joined", on="lead", adjust=ADJUST, unit="unit")
    assert result.headline.n == len(data) - 3
    assert result.notes[0]["en"] == (
        f"3 of {len(data):,} rows were dropped because a column was empty (`age` 2; `unit` 2)."
    )


def test_auto_family_looks_at_all_rows(tmp_path):
    data = staff(False)
    data["y"] = data["joined"].astype(float)
    data.loc[len(data) - 1, "y"] = 0.5
    result = regress(written(data, tmp_path), outcome="y", on="lead", unit="unit")
    assert result.family == "continuous"
    assert result.row("lead[between]", "cr2").estimate == pytest.approx(
        regress(data, outcome="y", on="lead", unit="unit").row("lead[between]", "cr2").estimate, rel=1e-9
    )


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(StatisticsError) as caught:
        regress(path, **{"outcome": "score", "on": "lead", "unit": "unit", **options})
    return caught.value.message("en")


def test_wrong_use_is_refused_in_words(tmp_path):
    data = staff(True).assign(twice=lambda d: 2 * d["age"], one=1, name="x")
    path = written(data, tmp_path)
    assert refusal(path, outcome="z").startswith("K340 There is no column z (for `outcome`) in the data.")
    assert refusal(path, adjust="name").startswith("K345 The column name (for `adjust`) must be numeric; it holds ")
    assert refusal(path, adjust=["age", "twice"]) == (
        "K343 The columns twice are linear combinations of other columns. Drop one of them from `adjust`."
    )
    assert refusal(path, on="one").startswith("K344 The column one does not vary")
    assert refusal(path, family="binary").startswith("K351 The column score does not fit the family `binary`")
    assert refusal(path, level=2) == "K349 `level` must lie between 0 and 1, for instance 0.95; got 2."
    assert refusal(tmp_path / "none.parquet") == (
        "K383 No Parquet file found: none.parquet. Check the folder and the names."
    )
    wrong = {"unit": None, "person": "age", "moderators": "age", "dose_response": "quadratic"}
    for name, value in wrong.items():
        asked = "unit=None" if name == "unit" else name
        assert refusal(path, **{name: value}) == (
            f"K382 A regression from Parquet files needs a `unit`, and cannot serve `{asked}`. Name the unit, or read the "
            "table into memory and give it as a DataFrame."
        )
    few = tmp_path / "few.parquet"
    data["pair"] = data["unit"].isin(["U001", "U002"]).astype(int)
    data.to_parquet(few)
    assert refusal(few, on="pair").startswith("K342 The comparison of units on `pair` rests on too few units")


@pytest.mark.parametrize("outcome", FAMILIES)
def test_few_units_are_answered_as_in_memory(tmp_path, outcome):
    """Below 40 units the unit means lead and all sign patterns or draws of the bootstrap are those of the whole table."""
    data = staff(True, units=9)
    options = {"outcome": outcome, "on": "lead", "adjust": ADJUST, "unit": "unit", "family": FAMILIES[outcome]}
    ours, whole = regress(written(data, tmp_path), **options), regress(data, **options)
    assert ours.lead == whole.lead == ("lead[between]", "unit_means")
    wild, other = (result.row("lead[between]", "wild") for result in (ours, whole))
    assert wild.p_value == other.p_value
    for quantity in ("estimate", "statistic", "ci_low", "ci_high"):
        assert wild[quantity] == pytest.approx(other[quantity], rel=1e-8)
    assert ours.sentence("en") == whole.sentence("en") and ours.line == pytest.approx(whole.line, rel=1e-9)


def test_a_separated_outcome_gets_no_logit(tmp_path):
    data = staff(False)
    data["y"] = (data["lead"] > 6).astype(int)
    result = regress(written(data, tmp_path), outcome="y", on="lead", unit="unit")
    assert {"ame", "odds_ratio"}.isdisjoint(result.table["method"])
    assert any(note["en"].startswith("K353 The maximum-likelihood estimate is not finite") for note in result.notes)
    # The headline is the difference of shares, which separation does not touch.
    assert result.lead == regress(data, outcome="y", on="lead", unit="unit").lead


def test_the_result_keeps_the_contract(tmp_path):
    path = written(staff(True), tmp_path)
    for outcome in ("score", "joined"):
        result = regress(path, outcome=outcome, on="lead", adjust=ADJUST, unit="unit")
        rows = result.table.dropna(subset=["ci_low"])
        assert ((rows["ci_low"] <= rows["estimate"]) & (rows["estimate"] <= rows["ci_high"])).all()
        assert (result.interval(0.8)["ci_level"] == 0.8).all()
        assert result.line[1] == pytest.approx(float(result.headline.estimate), rel=1e-12)
        assert len(result.points) == 60 and "in blocks of rows" in " ".join(note["en"] for note in result.notes)
        assert str(len(staff(True))) in result.sentence("en").replace(",", "")


@pytest.mark.parametrize("outcome", ["score", "joined"])
def test_both_sides_of_the_benchmark_give_the_same_digits(tmp_path, outcome):
    """Coefficients of statsmodels, and its CR1 errors from our scores and bread."""
    path = tmp_path / "staff.parquet"
    bench_regress.write_staff(path, 20_000, 100)
    theirs, errors = bench_regress.statsmodels(path, outcome)
    result = bench_regress.ours(path, outcome)
    if outcome == "joined":
        found = module.read(path, outcome, "lead", tuple(bench_regress.ADJUST), "unit", "auto")
        ours = glm.fit(found.rows(design_of(found.few())), "logit").coef[1:].tolist()
        assert np.log(float(result.row("lead[between]", "odds_ratio").estimate)) == pytest.approx(ours[0], rel=1e-12)
    else:
        ours = [float(result.row(name, "cr2").estimate) for name in ("lead[between]", *bench_regress.ADJUST)]
    # statsmodels' Newton stops at 1e-8 of the likelihood's gradient.
    assert ours == pytest.approx(theirs.tolist(), rel=1e-6)
    # CR2 and CR1 differ by terms of the order 1 / units.
    method = "odds_ratio" if outcome == "joined" else "cr2"
    row = result.row("lead[between]", method)
    log_error = row.std_error / (row.estimate if outcome == "joined" else 1)
    assert log_error == pytest.approx(errors[0], rel=0.03)
