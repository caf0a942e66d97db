"""NIST Statistical Reference Datasets through the library's own least squares and analysis of variance.

The certified values were computed by NIST with 500 digits. Norris and the eleven
sets of analysis of variance lie in SciPy's own test data, Longley in
statsmodels'; its certified coefficients are those of NIST's page ``Longley.dat``.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from karier_stats.stats.numerics import linear
from karier_stats.stats.numerics.unit_products import unit_products

# https://www.itl.nist.gov/div898/strd/lls/data/Longley.shtml
LONGLEY = np.array([
    -3482258.63459582, 15.0618722713733, -0.358191792925910e-01, -2.02022980381683, -1.03322686717359,
    -0.511041056535807e-01, 1829.15146461355,
])
LONGLEY_ERRORS = np.array([
    890420.383607373, 84.9149257747669, 0.334910077722432e-01, 0.488399681651699, 0.214274163161675,
    0.226073200069370, 455.478499142212,
])


def digits(got: np.ndarray | float, certified: np.ndarray | float) -> float:
    """Log relative error of the worst value: how many digits are right, 15 at most."""
    error = np.max(np.abs(np.asarray(got) / np.asarray(certified) - 1))
    return float(min(-np.log10(max(error, 1e-15)), 15))


def folder(package: str, inside: str) -> Path:
    """A folder within an installed package, found without importing it."""
    spec = find_spec(package)
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / inside
    if not path.exists():
        pytest.skip(f"this build of {package} carries no test data")
    return path


@pytest.fixture(scope="module")
def longley() -> tuple[np.ndarray, np.ndarray]:
    """Regressors with the constant, and the outcome."""
    table = np.genfromtxt(folder("statsmodels", "datasets/longley") / "longley.csv", delimiter=",", skip_header=1)
    return np.column_stack([np.ones(16), table[:, 2:]]), table[:, 1]


def test_longley_to_ten_digits(longley):
    fitted = linear.fit(*longley)
    assert digits(fitted.coef, LONGLEY) >= 10
    assert digits(np.sqrt(np.diag(fitted.covariance)), LONGLEY_ERRORS) >= 10


def test_wrong_way_normal_equations_lose_four_digits_of_longley(longley):
    X, y = longley
    # validity.md, section 1: 6.8 digits; a digit is left for another library of matrices.
    assert 6 < digits(np.linalg.inv(X.T @ X) @ X.T @ y, LONGLEY) < 8


def test_norris_to_eight_digits():
    lines = (folder("scipy", "stats/tests/data/nist_linregress") / "Norris.dat").read_text().splitlines()
    y, x = np.array([line.split() for line in lines[60:96]], dtype=float).T
    fitted = linear.fit(np.column_stack([np.ones(36), x]), y)
    assert digits(fitted.coef, [-0.262323073774029, 1.00211681802045]) >= 8
    errors = np.sqrt(np.diag(fitted.covariance))
    assert digits(errors, [0.232818234301152, 0.429796848199937e-03]) >= 8
    assert digits(np.sqrt(fitted.sigma2), 0.884796396144373) >= 8


def anova(name: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Values, treatments and the certified F of one set."""
    text = (folder("scipy", "stats/tests/data/nist_anova") / f"{name}.dat").read_text().splitlines()
    rows = np.array([line.split() for line in text[60:] if line.strip()], dtype=float)
    certified = next(float(line.split()[-1]) for line in text if re.match(r"Between", line))
    return rows[:, 1], rows[:, 0], certified


# validity.md, section 1. SmLs04-06 carry seven and SmLs07-09 thirteen constant leading digits: what the data
# themselves keep in double precision is nine and four digits.
LEAST = {
    "SiRstv": 9, "SmLs01": 9, "SmLs02": 9, "SmLs03": 9, "AtmWtAg": 9, "SmLs04": 9, "SmLs05": 9, "SmLs06": 9,
    "SmLs07": 4, "SmLs08": 4, "SmLs09": 4,
}


@pytest.mark.parametrize("name", LEAST)
def test_analysis_of_variance(name):
    values, treatments, certified = anova(name)
    assert digits(unit_products(values[:, None], treatments).one_way().f, certified) >= LEAST[name]


@pytest.mark.parametrize("name", LEAST)
def test_analysis_of_variance_in_another_order(name):
    """The same, in seven parts that cut through the treatments."""
    values, treatments, certified = anova(name)
    order = np.concatenate([np.arange(start, len(values), 7) for start in range(7)])
    parts = unit_products(values[order, None], treatments[order])
    assert digits(parts.one_way().f, certified) >= LEAST[name]


def test_wrong_way_sums_of_raw_squares_lose_everything():
    """SmLs09 by the textbook formula has no digit right."""
    values, treatments, certified = anova("SmLs09")
    sums = np.array([values[treatments == level].sum() for level in range(1, 10)])
    correction = values.sum() ** 2 / len(values)
    between = (sums**2 / 2001).sum() - correction
    within = (values**2).sum() - correction - between
    assert digits((between / 8) / (within / (len(values) - 9)), certified) < 1
