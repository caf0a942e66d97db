"""``compare`` and its numerics against R; ``reference/compare.R`` makes the data and the values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from karier_stats.stats.change.compare import Change, compare
from karier_stats.stats.numerics import linear, paired

HERE = Path(__file__).parent / "reference"
REFERENCE = pd.read_csv(HERE / "compare.csv")
DATA = pd.read_csv(HERE / "compare_data.csv")

EXACT = 1e-9
"""Both sides compute in double precision; R's CSV keeps 15 digits."""
ROOT = 1e-6
"""R's intervals of d_z come from a root search that stops at about 1e-7."""


def sample(name: str) -> pd.DataFrame:
    return DATA[DATA["set"] == name].reset_index(drop=True)


def values(name: str, *terms: str) -> list:
    rows = REFERENCE[(REFERENCE["set"] == name) & REFERENCE["term"].isin(terms)]
    assert len(rows), (name, terms)
    return [pytest.param(row.term, row.what, row.value, id=f"{row.term}-{row.what}") for row in rows.itertuples()]


@pytest.fixture(scope="module")
def one_group() -> dict[str, Change]:
    return {name: compare(sample(name), before="before", after="after") for name in ("arms", "ties", "plain", "pass")}


@pytest.fixture(scope="module")
def arms() -> Change:
    return compare(sample("arms"), before="before", after="after", group="arm", control="control", adjust=["age"])


@pytest.fixture(scope="module")
def units() -> Change:
    return compare(
        sample("units"), before="before", after="after", group="arm", control="control", adjust=["age"], cluster="unit"
    )


@pytest.mark.parametrize("name", ["arms", "ties", "plain"])
def test_one_group(one_group: dict[str, Change], name: str) -> None:
    for term in ("mean_change", "d_z", "d_av", "rank_biserial"):
        row = one_group[name].row(term)
        for case in values(name, term):
            _, what, expected = case.values
            if term == "rank_biserial" and what in ("ci_low", "ci_high"):
                continue  # see the next test
            what = what.removeprefix("jackknife.")
            assert row[what] == pytest.approx(expected, rel=ROOT, abs=ROOT if term == "d_z" else EXACT), (term, what)


def test_the_null_variance_makes_the_rank_biserial_interval_too_narrow(one_group: dict[str, Change]) -> None:
    # effectsize's interval, which covers 82 to 90 percent; see the calibration
    printed = {case.values[1]: case.values[2] for case in values("arms", "rank_biserial")}
    row = one_group["arms"].row("rank_biserial")
    z, n = np.arctanh(row["estimate"]), row["n"]
    half = 1.959964 * np.sqrt(n * (n + 1) * (2 * n + 1) / 6) / (n * (n + 1) / 2)
    assert np.tanh(z - half) == pytest.approx(printed["ci_low"], abs=1e-3)  # effectsize counts the one zero difference
    assert row["ci_low"] < printed["ci_low"] and row["ci_high"] > printed["ci_high"]


@pytest.mark.parametrize(("term", "what", "expected"), values("plain", "median_change"))
def test_hodges_lehmann_without_ties(one_group: dict[str, Change], term: str, what: str, expected: float) -> None:
    assert one_group["plain"].row(term)[what] == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize("name", ["ties", "many"])
@pytest.mark.parametrize(("zeros", "method"), [("pratt", "Pratt"), ("drop", "Wilcoxon")])
def test_both_ways_with_zeros(name: str, zeros: str, method: str) -> None:
    data = sample(name)
    [case] = values(name, method)
    change = paired.differences(data["before"].to_numpy(float), data["after"].to_numpy(float))
    assert paired.signed_rank(change, zeros).p == pytest.approx(case.values[2], rel=EXACT)


def test_wilcoxon_above_fifty_is_r_without_correction() -> None:
    row = compare(sample("many"), before="before", after="after").row("median_change")
    for case in values("many", "median_change"):
        assert row[case.values[1]] == pytest.approx(case.values[2], rel=EXACT)


@pytest.mark.parametrize(
    ("term", "what", "expected"),
    values("arms", "did[seminar]", "did[workshop]", "ancova[seminar]", "ancova[workshop]"),
)
def test_arms(arms: Change, term: str, what: str, expected: float) -> None:
    method, column = what.split(".")
    assert arms.row(term, method)[column] == pytest.approx(expected, rel=EXACT)


@pytest.mark.parametrize(("term", "what", "expected"), values("units", "did[trained]", "ancova[trained]"))
def test_clusters(units: Change, term: str, what: str, expected: float) -> None:
    method, column = what.split(".")
    # clubSandwich takes matrix square roots by eigenvalues of n_g x n_g matrices, here of p x p ones
    assert units.row(term, method)[column] == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("kind", ["hc1", "hc2", "hc3"])
def test_heteroskedastic(kind: str) -> None:
    data = sample("arms")
    X = np.column_stack(
        [np.ones(60), data["arm"] == "seminar", data["arm"] == "workshop", data["before"], data["age"]]
    ).astype(float)
    fitted = linear.fit(X, data["after"].to_numpy(float))
    error = np.sqrt(linear.heteroskedastic(fitted, X, kind)[1, 1])
    [case] = values("arms", kind)
    assert error == pytest.approx(case.values[2], rel=EXACT)


@pytest.mark.parametrize(("term", "what", "expected"), values("pass", "mean_change"))
def test_pass_rates(one_group: dict[str, Change], term: str, what: str, expected: float) -> None:
    assert one_group["pass"].row(term, "mcnemar")[what] == pytest.approx(expected, rel=EXACT)
