"""Later waves, dose and balance of ``compare`` against R; ``reference/waves.R`` makes the data and the values."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from karier_stats.stats.change.compare import Change, compare

HERE = Path(__file__).parent / "reference"
REFERENCE = pd.read_csv(HERE / "waves.csv")
DATA = pd.read_csv(HERE / "waves_data.csv")

EXACT = 1e-9
"""Both sides compute in double precision; R's CSV keeps 15 digits."""
CLUSTERED = 1e-7
"""clubSandwich takes square roots of n_g x n_g matrices by eigenvalues, here of p x p ones."""
ROOT = 1e-8
"""R searches the ends of Fieller's set for a root, to 1e-13 in the ratio; its t statistics carry about ten digits."""


def values(name: str) -> list:
    rows = REFERENCE[REFERENCE["set"] == name]
    assert len(rows), name
    return [pytest.param(row.term, row.what, row.value, id=f"{row.term}-{row.what}") for row in rows.itertuples()]


def waves(**more: object) -> Change:
    return compare(DATA, before="before", after=["after", "later"], **more)


@pytest.fixture(scope="module")
def one_group() -> Change:
    return waves()


@pytest.fixture(scope="module")
def arms() -> Change:
    return waves(group="arm", control="control", adjust=["age"])


@pytest.fixture(scope="module")
def clusters() -> Change:
    return waves(cluster="unit")


@pytest.mark.parametrize(("term", "what", "expected"), values("one"))
def test_one_group(one_group: Change, term: str, what: str, expected: float) -> None:
    near = ROOT if term.startswith("share_kept") else EXACT
    assert one_group.row(term)[what] == pytest.approx(expected, rel=near)


@pytest.mark.parametrize(("term", "what", "expected"), values("arms"))
def test_arms(arms: Change, term: str, what: str, expected: float) -> None:
    near = ROOT if term.startswith("share_kept") else EXACT
    assert arms.row(term)[what] == pytest.approx(expected, rel=near)


@pytest.mark.parametrize(("term", "what", "expected"), values("clusters"))
def test_clusters(clusters: Change, term: str, what: str, expected: float) -> None:
    method = "fieller" if term.startswith("share_kept") else "cr2"
    assert clusters.row(term, method)[what] == pytest.approx(expected, rel=CLUSTERED)


@pytest.mark.parametrize(("term", "what", "expected"), values("dose"))
def test_dose(term: str, what: str, expected: float) -> None:
    method, _, column = what.rpartition(".")
    found = waves(dose="jp", **({"cluster": "unit"} if method else {}))
    default = "hc3" if term == "dose[linear]" else "spearman"
    near = CLUSTERED if method else EXACT
    assert found.row(term, method or default)[column] == pytest.approx(expected, rel=near)


@pytest.mark.parametrize(("arm", "what", "expected"), values("balance"))
def test_balance(arm: str, what: str, expected: float) -> None:
    variable, column = what.split(".")
    table = waves(group="arm", control="control", adjust=["age", "female"]).balance().set_index(["variable", "arm"])
    assert table.loc[(variable, arm), column] == pytest.approx(expected, rel=EXACT)
