"""Figures that others printed, beside ours: ``python -m tests.published [FOLDER OF THE DATA]``.

Each row gives the figure as printed in the README beside the data, ours in
full, and the difference; half a unit of the last printed digit is allowed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

import karier_stats as ks
from karier_stats.stats.numerics import paired

SHARED = Path(__file__).parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Figure:
    """One printed figure and ours."""

    source: str
    quantity: str
    printed: str
    ours: float

    @property
    def allowed(self) -> float:
        """Half a unit of the last printed digit and a hair for binary fractions; 1e-7 where R's optimiser stopped."""
        if self.quantity.startswith("ICC"):
            return 1e-7
        exponent = Decimal(self.printed).as_tuple().exponent
        assert isinstance(exponent, int)
        return 0.500001 * 10.0**exponent

    @property
    def difference(self) -> float:
        """Ours less the printed one."""
        return self.ours - float(self.printed)

    @property
    def holds(self) -> bool:
        """Whether ours rounds to the printed figure."""
        return abs(self.difference) <= self.allowed


def figures(folder: Path = SHARED) -> Iterator[Figure]:
    """Every figure, data set by data set."""
    for name, make in SETS.items():
        for quantity, printed, ours in make(folder):
            yield Figure(name, quantity, printed, float(ours))


Rows = Iterator[tuple[str, str, Any]]


def _nsw(folder: Path) -> Rows:
    data = pd.read_csv(folder / "nsw" / "nsw_mixtape.csv")
    data["arm"] = data["treat"].map({0: "control", 1: "trained"})
    result = ks.compare(data, before="re75", after="re78", group="arm", control="control", selection="random")
    did, ancova = result.row("did[trained]", "ols"), result.row("ancova[trained]", "ols")
    yield "difference in differences", "1529.196", did["estimate"]
    yield "its standard error", "679.538", did["std_error"]
    yield "ANCOVA on re75", "1750.151", ancova["estimate"]
    yield "its standard error", "632.091", ancova["std_error"]
    plain = ks.regress(data, outcome="re78", on="treat").row("treat", "cr2")
    yield "difference of re78", "1794.342", plain["estimate"]
    flat = ks.compare(
        data.assign(none=0.0), before="none", after="re78", group="arm", control="control", selection="random",
    ).row("did[trained]", "ols")
    yield "its standard error, one variance", "632.853", flat["std_error"]
    covariates = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    full = ks.compare(
        data, before="re75", after="re78", group="arm", control="control", selection="random",
        adjust=[name for name in covariates if name != "re75"],
    ).row("ancova[trained]", "ols")
    yield "all covariates", "1676.343", full["estimate"]
    yield "its standard error", "638.682", full["std_error"]


def _anorexia(folder: Path) -> Rows:
    data = pd.read_csv(folder / "prepost_small" / "anorexia.csv")
    result = ks.compare(data, before="Prewt", after="Postwt", group="Treat", control="Cont", selection="random")
    for arm, mean, sd in (("CBT", "3.0069", "7.3085"), ("Cont", "-0.4500", "7.9887"), ("FT", "7.2647", "7.1574")):
        row = result.row(f"mean_change[{arm}]")
        yield f"{arm}: mean change", mean, row["estimate"]
        yield f"{arm}: its standard deviation", sd, row["std_error"] * row["n"] ** 0.5
    row = result.row("mean_change[FT]")
    for quantity, printed, name in (
        ("FT: paired t", "4.1849", "statistic"), ("FT: p", "0.0007003", "p_value"), ("FT: lower bound", "3.5847", "ci_low"),
        ("FT: upper bound", "10.9447", "ci_high"),
    ):
        yield quantity, printed, row[name]
    # printed against CBT; ours are against Cont
    ancova = result.row("ancova[CBT]", "ols")
    yield "ANCOVA CBT - Cont", "4.09707", ancova["estimate"]
    yield "its standard error", "1.89349", ancova["std_error"]


def _baumann(folder: Path) -> Rows:
    data = pd.read_csv(folder / "prepost_small" / "baumann.csv")
    for wave, means in (("pretest.1", ("10.500", "9.727", "9.136")), ("post.test.3", ("41.045", "46.727", "44.273"))):
        for arm, printed in zip(("Basal", "DRTA", "Strat"), means, strict=True):
            zero = data[data["group"] == arm].assign(zero=0.0)
            row = ks.compare(zero, before="zero", after=wave).row("mean_change")
            yield f"{wave}, {arm}: mean", printed, row["estimate"]


def _carpentries(folder: Path) -> Rows:
    data = pd.read_csv(folder / "carpentries_longterm2017" / "longterm2017.csv")
    before, since = "programming_usage_before_workshop", "programming_usage_since_workshop"
    order = ["not been using", "Less than once", "Several times", "Monthly", "Weekly", "Daily"]
    codes = {
        text: place for text in {*data[before].dropna(), *data[since].dropna()}
        for place, start in enumerate(order, start=1) if start in text
    }
    pairs = pd.DataFrame({"before": data[before].map(codes), "since": data[since].map(codes)}).astype(float)
    result = ks.compare(pairs, before="before", after="since")
    mean, n = result.row("mean_change"), result.row("mean_change")["n"]
    yield "pairs", "433", n
    for term, printed in (("improved", "202"), ("unchanged", "209"), ("declined", "22")):
        yield term, printed, result.row(term)["estimate"] * n
    yield "Wilcoxon V", "23382", result.row("median_change")["statistic"]
    yield "Wilcoxon p", "1.503E-29", result.row("median_change")["p_value"]
    yield "rank-biserial", "0.8557", result.row("rank_biserial")["estimate"]
    for quantity, printed, name in (
        ("paired t", "12.8695", "statistic"), ("mean change", "0.8753", "estimate"), ("lower bound", "0.7416", "ci_low"),
        ("upper bound", "1.0090", "ci_high"),
    ):
        yield quantity, printed, mean[name]
    yield "d_z", "0.6185", result.row("d_z")["estimate"]


def _hand(_: Path) -> Rows:
    pre = pd.Series([40, 55, 60, 50, 70, 45, 65, 80, 100, 50], dtype=float)
    post = pd.Series([70, 75, 85, 60, 90, 80, 60, 90, 100, 75], dtype=float)
    result = ks.compare(pd.DataFrame({"pre": pre, "post": post}), before="pre", after="post", scale=(0, 100))
    mean = result.row("mean_change")
    yield "mean difference", "17", mean["estimate"]
    yield "t", "4.1503", mean["statistic"]
    yield "p", "0.00248", mean["p_value"]
    yield "d_z", "1.3124", result.row("d_z")["estimate"]
    yield "gain of averages (Hake)", "0.4416", result.row("class_gain")["estimate"]
    yield "Wilcoxon p, zeros left out", "0.0078", paired.signed_rank((post - pre).to_numpy(), "drop").p


def _bh1996(folder: Path) -> Rows:
    data = pd.read_csv(folder / "bh1996" / "bh1996.csv")
    result = ks.regress(data, outcome="WBEING", on="LEAD", unit="GRP")
    for scope, slope, error in (("within", "0.517280", "0.013089"), ("between", "0.413603", "0.059534")):
        row = result.row(f"LEAD[{scope}]", "reml")
        yield f"{scope}: slope", slope, row["estimate"]
        # lmer prints the model's own error; Kenward and Roger's, which leads, is a little larger
        yield "its standard error", error, result.row(f"LEAD[{scope}]", "reml_satterthwaite")["std_error"]
    yield "ICC(1), REML", "0.04337922", result.row("icc")["estimate"]
    agreement = ks.agreement(data, items=["WBEING"], unit="GRP", scale=(0, 6))
    yield "ICC(2), mean reliability of group means", "0.7335211", agreement.row("icc2", "mean_reliability")["estimate"]


SETS: dict[str, Callable[[Path], Rows]] = {
    "nsw": _nsw, "anorexia": _anorexia, "baumann": _baumann, "carpentries": _carpentries, "domain.md 4.2": _hand,
    "bh1996": _bh1996,
}


def main() -> int:
    """Print the table; 1 where a figure does not hold."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    found = list(figures(folder))
    for each in found:
        verdict = "" if each.holds else "  DOES NOT HOLD"
        print(f"{each.source:14} {each.quantity:42} {each.printed:>12} {each.ours:18.9g} {each.difference:10.2g}{verdict}")
    print(f"{sum(each.holds for each in found)} of {len(found)} hold")
    return int(not all(each.holds for each in found))


if __name__ == "__main__":
    sys.exit(main())
