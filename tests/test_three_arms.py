"""One comparison arm beside several courses, and sites as a covariate: against statsmodels, and from raw files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from asked import outcomes
from field.office import prepared
from three_arms import EFFECT, evaluation_tables, teachers, write_office

from karier_stats.intake.processed import Processed
from karier_stats.stats.change.gains import gains
from karier_stats.views.evaluation import with_views

smf = pytest.importorskip("statsmodels.formula.api")


def by_statsmodels(people: pd.DataFrame, arms: str, site: bool = True) -> tuple[float, float]:
    """Estimate and standard error of the participants' difference at equal scores before, and sites."""
    part = people[people["arm"].isin([*arms, "D"])].assign(trained=lambda frame: (frame["arm"] != "D").astype(float))
    fitted = smf.ols("post ~ trained + pre" + (" + C(site)" if site else ""), part).fit()
    return float(fitted.params["trained"]), float(fitted.bse["trained"])


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    return teachers()


def test_each_arm_stands_beside_the_one_comparison_arm(people: pd.DataFrame) -> None:
    answer = outcomes.by_course(Processed.from_tables(evaluation_tables(people), period=2025))
    data = answer.table.data.set_index("program_id")
    assert list(data.index) == ["A", "B", "C"]
    assert data["control"].tolist() == data["trained"].tolist() == [40, 40, 40]
    for arm, row in data.iterrows():
        value, _ = by_statsmodels(people, str(arm))
        assert row["estimate"] == pytest.approx(value, rel=1e-9)
        assert row["low"] < EFFECT[str(arm)] < row["high"]
    assert data["rank_high"].tolist() == [1, 2, 3]
    assert any("5 lokasi" in note["id"] for note in answer.notes)
    assert any("pembanding yang sama" in note["id"] for note in answer.notes)


def test_the_way_without_sites_is_less_sure(people: pd.DataFrame) -> None:
    # positive control: what the crosswalk could not reach before
    with_site, without = by_statsmodels(people, "B"), by_statsmodels(people, "B", site=False)
    assert without[1] > 1.5 * with_site[1]
    tables = evaluation_tables(people)
    bare = tables | {"test_score": tables["test_score"].drop(columns="site")}
    row = outcomes.by_course(Processed.from_tables(bare, period=2025)).table.data.set_index("program_id").loc["B"]
    assert row["estimate"] == pytest.approx(without[0], rel=1e-9)
    narrow = outcomes.by_course(Processed.from_tables(tables, period=2025)).table.data.set_index("program_id").loc["B"]
    assert row["high"] - row["low"] > 1.5 * (narrow["high"] - narrow["low"])


def test_one_form_counts_every_comparison_person_once(people: pd.DataFrame) -> None:
    ev = Processed.from_tables(evaluation_tables(people), period=2025)
    found = outcomes.change(ev).findings[0]
    value, _ = by_statsmodels(people, "ABC")
    assert found.estimate == pytest.approx(value, rel=1e-9)
    assert "120 peserta dan 40 pembanding" in found.sentence["id"] and found.n == 40
    # as duplicates under every course, the way that was open before: still one person each
    tables = evaluation_tables(people)
    tests = tables["test_score"]
    control = tests[tests["arm"] == "pembanding"]
    copied = pd.concat([tests[tests["arm"] == "peserta"], *(control.assign(program_id=arm) for arm in "ABC")])
    again = outcomes.change(Processed.from_tables(tables | {"test_score": copied}, period=2025)).findings[0]
    assert (again.estimate, again.ci_low, again.n) == pytest.approx((found.estimate, found.ci_low, found.n))


def test_forms_beside_one_comparison_arm_are_no_independent_strata(people: pd.DataFrame) -> None:
    forms = {"A": "workshop", "B": "seminar", "C": "bimtek", "D": "lainnya"}
    ev = Processed.from_tables(evaluation_tables(people, forms), period=2025)
    found = gains(
        with_views(ev).arms("form"), before="pre", after="post", group="arm", control="pembanding", by="form", person="test",
        cluster="unit_id", adjust="site", selection="selection",
    )
    assert set(found) == {"workshop", "seminar", "bimtek"}
    assert len(found.apart) == 1
    value, error = by_statsmodels(people, "ABC")
    total = found.total.value
    assert (total.value, total.std_error) == pytest.approx((value, error))
    # positive control: as if the forms had comparison people of their own
    apart = float(np.sqrt(sum(by_statsmodels(people, arm)[1] ** 2 for arm in "ABC"))) / 3
    assert apart < 0.9 * total.std_error


def test_one_person_without_a_site_is_left_out_and_counted(people: pd.DataFrame) -> None:
    tables = evaluation_tables(people)
    first = people.loc[people["arm"] == "A", "nip"].iloc[0]
    tests = tables["test_score"].assign(site=lambda frame: frame["site"].mask(frame["employee_uid"] == first))
    answer = outcomes.by_course(Processed.from_tables(tables | {"test_score": tests}, period=2025))
    value, _ = by_statsmodels(people[people["nip"] != first], "A")
    assert answer.table.data.set_index("program_id").loc["A", "estimate"] == pytest.approx(value, rel=1e-9)
    assert any("1 orang yang lokasinya tidak diketahui" in note["id"] for note in answer.notes)


def test_site_and_arms_are_reached_from_a_crosswalk(
    people: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, tables = prepared(write_office(tmp_path / "raw", people), tmp_path, monkeypatch)
    answer = outcomes.by_course(Processed.from_tables(tables, period=2025))
    data = answer.table.data.set_index("program_id")
    for arm in "ABC":
        assert data.loc[arm, "estimate"] == pytest.approx(by_statsmodels(people, arm)[0], rel=1e-9)
