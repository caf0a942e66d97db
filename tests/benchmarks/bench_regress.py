"""Regressions on five million rows in 5,000 units, from Parquet to table, and the wild bootstrap.

statsmodels is always the peer. pyfixest and wildboottest are no dependencies: they are measured where
``KARIER_ORACLE`` names a Python that has them.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from functools import cache, partial
from pathlib import Path

import numpy as np

from karier_stats.stats.association.regress import regress
from karier_stats.stats.association.regression import Regression
from karier_stats.stats.numerics.cluster import WildBootstrap, wild_bootstrap

from .cases import Case

ADJUST = ("age", "female", "pppk", "tenure", "grade", "jp", "distance")
COLUMNS = ("lead", *ADJUST)

READ = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
"""
FIXEST = READ + """
import pyfixest as pf
path, small, outcome, formula = sys.argv[1:]
def fit(path):
    data = pd.read_parquet(path)
    if outcome == "joined":
        return pf.feglm(formula, data, family="logit", vcov={"CRV1": "unit"})
    return pf.feols(formula, data, vcov={"CRV1": "unit"})
fit(small).tidy()
start = time.process_time()
table = fit(path).tidy()
print(json.dumps([time.process_time() - start, float(table.loc["lead", "Estimate"])]))
"""
WILD = READ + """
import statsmodels.formula.api as smf
from wildboottest.wildboottest import wildboottest
data, draws = pd.read_parquet(sys.argv[1]), int(sys.argv[2])
model = smf.ols("y ~ x + z", data)
def test():
    return wildboottest(model, param="x", cluster=data["unit"], B=draws, weights_type="rademacher", seed=1, show=False)
times = []
for _ in range(1 if data["unit"].nunique() > 100 else 4):  # the first one compiles
    start = time.process_time()
    found = test()
    times.append(time.process_time() - start)
print(json.dumps([min(times), float(found["statistic"].iloc[0])]))
"""


def write_staff(path: Path, n: int, units: int, seed: int = 20250817) -> None:
    """A nation's staff: a score of the unit's leader, seven covariates, a share and a score."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rng = np.random.default_rng(seed)
    unit = np.sort(np.append(np.arange(units), rng.integers(0, units, n - units)))
    columns: dict[str, np.ndarray] = {"unit": unit.astype(np.int32), "lead": rng.normal(6, 2, units)[unit]}
    columns |= {
        "age": rng.integers(22, 58, n), "female": rng.integers(0, 2, n), "pppk": (rng.random(n) < 0.3).astype(int),
        "tenure": rng.integers(0, 30, n), "grade": rng.integers(1, 18, n), "jp": rng.gamma(2, 8, n).round(1),
        "distance": rng.normal(10, 3, n),
    }
    slopes = dict(zip(COLUMNS, (0.1, 0.005, -0.1, 0.2, 0.002, 0.016, 0.003, -0.007), strict=True))
    eta = rng.normal(-1.2, 0.4, units)[unit] + sum(slope * columns[name] for name, slope in slopes.items())
    columns["joined"] = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(np.int8)
    columns["score"] = eta + rng.normal(size=n)
    pq.write_table(pa.table(columns), path, row_group_size=250_000)


def ours(path: Path, outcome: str) -> Regression:
    """From Parquet to table."""
    found = regress(path, outcome=outcome, on="lead", adjust=ADJUST, unit="unit")
    assert len(found.table)
    return found


def statsmodels(path: Path, outcome: str) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients and CR1 standard errors of the score and the covariates."""
    import pandas as pd
    import statsmodels.api as sm

    data = pd.read_parquet(path)
    X = sm.add_constant(data[list(COLUMNS)])
    options = {"cov_type": "cluster", "cov_kwds": {"groups": data["unit"]}}
    model, more = (sm.Logit, {"disp": 0}) if outcome == "joined" else (sm.OLS, {})
    fit = model(data[outcome], X).fit(**more, **options)
    assert len(fit.summary2().tables[1])
    return np.asarray(fit.params)[1:], np.asarray(fit.bse)[1:]


def oracle(script: str, *words: object) -> list[float]:
    """Processor seconds and one number of a script under the other Python."""
    done = subprocess.run(
        [os.environ["KARIER_ORACLE"], "-c", script, *map(str, words)], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": ""},
    )
    return [float(value) for value in json.loads(done.stdout.strip().splitlines()[-1])]


@cache
def folder() -> tempfile.TemporaryDirectory[str]:
    """Where the tables lie as long as the process lives."""
    return tempfile.TemporaryDirectory()


def shocked(units: int, path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Twenty-five people in each of some units: regressors, outcome, units; written for the peer."""
    import pandas as pd

    rng = np.random.default_rng(units)
    unit = np.repeat(np.arange(units), 25)
    x, z = rng.normal(size=units)[unit], rng.normal(size=len(unit))
    y = 0.1 * x + rng.normal(0, 0.3, units)[unit] + rng.normal(size=len(unit))
    pd.DataFrame({"y": y, "x": x, "z": z, "unit": unit}).to_parquet(path)
    return np.column_stack([np.ones(len(unit)), x, z]), y, unit


def wild(X: np.ndarray, y: np.ndarray, unit: np.ndarray) -> tuple[WildBootstrap, float]:
    """The bootstrap and its p-value."""
    boot = wild_bootstrap(X, y, unit, 1, np.random.default_rng(1))
    return boot, boot.p_value()


def cases(full: bool) -> list[Case]:
    """Linear and logit beside statsmodels and pyfixest; the bootstrap beside wildboottest."""
    del full
    home = Path(folder().name)
    large, small = home / "staff.parquet", home / "small.parquet"
    write_staff(large, 5_000_000, 5_000)
    write_staff(small, 20_000, 200)
    found = []
    for outcome, name, bars in (("score", "linear", (6, 6)), ("joined", "logit", (6, 8))):
        ours(small, outcome), statsmodels(small, outcome)  # imports are no part of the time
        work, title = partial(ours, large, outcome), f"{name}, 5 million rows in 5,000 units"
        found.append(Case(title, work, partial(statsmodels, large, outcome), "statsmodels, cluster",
                          faster=bars[0], megabytes=1200, repeats=2))
        if "KARIER_ORACLE" in os.environ:
            formula = f"{outcome} ~ {' + '.join(COLUMNS)}"
            clock = partial(oracle, FIXEST, large, small, outcome, formula)
            found.append(Case(title, work, peer_clock=lambda clock=clock: clock()[0], peer_name="pyfixest, CRV1",
                              faster=bars[1], repeats=2))
    for units, draws in ((8, 9999), (50, 9999), (1000, 9999)):
        table = home / f"wild{units}.parquet"
        data = shocked(units, table)
        wild(*data)
        clock = partial(oracle, WILD, table, draws) if "KARIER_ORACLE" in os.environ else None
        found.append(Case(
            f"wild bootstrap, {units} units, {'enumerated' if units == 8 else '9,999 draws'}", partial(wild, *data),
            peer_clock=(lambda clock=clock: clock()[0]) if clock else None, peer_name="wildboottest" if clock else "",
            faster=100 if clock else 0, repeats=5,
        ))
    return found
