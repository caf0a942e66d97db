"""Random intercepts at 100,000 rows in 1,000 units beside statsmodels' ``MixedLM`` and lme4's ``glmer``."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from functools import partial
from pathlib import Path

import numpy as np

from karier_stats.stats.numerics.glmm import RandomInterceptLogit, logistic_intercept
from karier_stats.stats.numerics.mixed import RandomIntercept, random_intercept

from .cases import Case

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]

GLMER = """
suppressMessages(library(lme4)); options(digits = 17)
d <- read.csv(commandArgs(TRUE)[1]); names(d)[1:2] <- c("y", "unit")
terms <- c(names(d)[-(1:2)], "(1 | unit)")
spent <- system.time(f <- glmer(reformulate(terms, "y"), d, family = binomial, nAGQ = 25))
cat(sum(spent[1:2]), -2 * as.numeric(logLik(f)), "\\n")
"""


def staff(n: int = 100_000, units: int = 1_000, seed: int = 0) -> Arrays:
    """Constant, a regressor of the unit, three of the person; a score; the units."""
    rng = np.random.default_rng(seed)
    codes = np.sort(np.append(np.arange(units), rng.integers(0, units, n - units)))
    person = np.column_stack([rng.normal(size=n), rng.integers(0, 2, n), rng.normal(size=n)])
    X = np.column_stack([np.ones(n), rng.normal(size=units)[codes], person])
    shock = rng.normal(0, 0.8, units)[codes]
    return X, X @ [-0.5, 0.3, 0.4, 0.2, -0.1] + shock + rng.logistic(size=n), codes


def linear(X: np.ndarray, y: np.ndarray, codes: np.ndarray) -> RandomIntercept:
    """REML, with the degrees of freedom of the unit's regressor."""
    fit = random_intercept(X, y, codes)
    fit.kenward_roger(np.eye(X.shape[1])[1])
    return fit


def statsmodels_linear(X: np.ndarray, y: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, float]:
    """Coefficients and restricted log-likelihood of ``MixedLM``."""
    import statsmodels.api as sm

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = sm.MixedLM(y, X, groups=codes).fit()
    return np.asarray(fit.fe_params), float(fit.llf)


def logit(X: np.ndarray, y: np.ndarray, codes: np.ndarray) -> RandomInterceptLogit:
    """Maximum likelihood with 25 points of who lies above zero."""
    return logistic_intercept(X, (y > 0).astype(float), codes)


def glmer(X: np.ndarray, y: np.ndarray, codes: np.ndarray) -> tuple[float, float]:
    """Processor seconds and minus two times the log-likelihood of ``glmer(nAGQ = 25)``; reading is not counted."""
    table = np.column_stack([y > 0, codes, X[:, 1:]])
    names = ",".join(["y", "unit", *(f"x{i}" for i in range(1, X.shape[1]))])
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "data.csv", Path(folder) / "glmer.R"
        np.savetxt(data, table, fmt="%.17g", delimiter=",", header=names, comments="")
        script.write_text(GLMER, encoding="utf-8")
        printed = subprocess.run(["Rscript", str(script), str(data)], check=True, capture_output=True, text=True)
    seconds, deviance = map(float, printed.stdout.split())
    return seconds, deviance


def has_lme4() -> bool:
    """Whether R and lme4 are on this machine."""
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(lme4)"], check=False, capture_output=True).returncode == 0


def cases(full: bool) -> list[Case]:
    """The linear and the logistic model."""
    del full
    data = staff()
    small = staff(2_000, 50)
    linear(*small), logit(*small), statsmodels_linear(*small)  # imports are no part of the time
    glmer_clock = (lambda: glmer(*data)[0]) if has_lme4() else None
    return [
        Case("random intercept, 100,000 rows", partial(linear, *data), partial(statsmodels_linear, *data),
             "statsmodels MixedLM", faster=10, repeats=2),
        Case("random-intercept logit, 100,000 rows", partial(logit, *data), peer_clock=glmer_clock,
             peer_name="lme4::glmer", faster=20 if glmer_clock else 0),
    ]
