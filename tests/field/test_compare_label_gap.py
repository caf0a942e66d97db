"""One empty cell in a label column: the row is left out and counted, and every label keeps all of its letters.

Reference values of the ANCOVA are R's, on the rows without the gap: ``lm(post ~ T + pre + grade)``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from karier_stats.stats.change.compare import Change, compare
from tests.field.office import CASES

ROW = 7


@pytest.fixture
def data() -> pd.DataFrame:
    return pd.read_csv(CASES / "compare-label-gap" / "data.csv")


def holed(data: pd.DataFrame, column: str) -> pd.DataFrame:
    """The data with one cell empty."""
    data.loc[ROW, column] = None
    return data


def said(result: Change) -> str:
    """All notes in English."""
    return " ".join(note["en"] for note in result.notes)


def test_a_covariate_with_a_gap_stays_in_the_ancova(data: pd.DataFrame) -> None:
    result = compare(
        holed(data, "grade"), before="pre", after="post", group="arm", control="pembanding", adjust=["grade"],
        selection="random",
    )
    row = result.row("ancova[peserta]", "ols")
    assert row["n"] == 239
    assert row["estimate"] == pytest.approx(1.12173428382948, rel=1e-12)
    assert row["std_error"] == pytest.approx(0.751613191070671, rel=1e-9)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx([-0.359059182402403, 2.60252775006136], rel=1e-9)
    other = smf.ols("post ~ C(arm, Treatment('pembanding')) + pre + grade", data.drop(index=ROW)).fit()
    assert row["estimate"] == pytest.approx(other.params.iloc[1], rel=1e-9)
    assert "1 person without a covariate left out" in said(result)


def test_the_covariate_cut_to_its_first_letter_would_leave_the_model(data: pd.DataFrame) -> None:
    """The wrong way, as a positive control: 5.87 instead of 1.12."""
    other = smf.ols("post ~ C(arm, Treatment('pembanding')) + pre", data).fit()
    assert other.params.iloc[1] == pytest.approx(5.87, abs=0.01)


def cr2_of_a_mean(change: pd.Series, unit: pd.Series) -> tuple[float, float]:
    """CR2's standard error of a mean and its Satterthwaite degrees of freedom, from their definition by matrices."""
    known = unit.notna()
    y, labels = change[known].to_numpy(), unit[known].to_numpy()
    n = len(y)
    left = np.eye(n) - np.full((n, n), 1 / n)
    parts = []
    for label in np.unique(labels):
        mine = labels == label
        values, vectors = np.linalg.eigh(left[np.ix_(mine, mine)])
        adjusted = vectors @ np.diag(values**-0.5) @ vectors.T
        parts.append(left[mine].T @ adjusted @ np.ones(mine.sum()) / n)
    P = np.array(parts)
    error = np.sqrt(((P @ y) ** 2).sum())
    inner = P @ P.T
    return float(error), float(np.trace(inner) ** 2 / (inner**2).sum())


def test_all_clusters_are_there(data: pd.DataFrame) -> None:
    result = compare(holed(data, "unit"), before="pre", after="post", cluster="unit")
    row = result.row("mean_change", "cr2")
    assert (row["n"], row["n_units"]) == (239, 30)
    error, dof = cr2_of_a_mean(data["post"] - data["pre"], data["unit"])
    assert (row["std_error"], row["dof"]) == pytest.approx((error, dof), rel=1e-9)
    assert (error, dof) == pytest.approx((0.806, 28.98), abs=0.01)
    few = cr2_of_a_mean(data["post"] - data["pre"], data["unit"].str[:1])  # the wrong way, as a positive control
    assert few == pytest.approx((0.45, 5.0), abs=0.02)
    assert "1 person has no cluster and is not counted." in said(result)


def test_all_levels_are_there(data: pd.DataFrame) -> None:
    result = compare(holed(data, "sex"), before="pre", after="post", by="sex")
    assert result.pairs.levels == ("Pria", "Wanita")
    assert sum(int(result.row(f"mean_change[{name}]")["n"]) for name in result.pairs.levels) == 239
    assert "1 person has no level of `by` and is not counted." in said(result)


def test_both_arms_are_there(data: pd.DataFrame) -> None:
    whole = data.drop(index=ROW)
    result = compare(holed(data, "arm"), before="pre", after="post", group="arm", control="pembanding")
    assert result.arms == ("pembanding", "peserta")
    assert result.headline["n"] == 239
    change = (whole["post"] - whole["pre"]).groupby(whole["arm"]).mean()
    assert result.headline["estimate"] == pytest.approx(change["peserta"] - change["pembanding"], rel=1e-12)
    assert "1 person has no group and is not counted." in said(result)
    assert np.isfinite(float(result.headline["p_value"]))
